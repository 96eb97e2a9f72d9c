//! The cart as a function of the set of its changes.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CartAct, CartChange, CartError, CartErrorKind, LineKey, MAX_LINES, Quantity};
use crate::ids::{CartId, EventKey};
use crate::money::Currency;
use crate::time::{DateTime, Utc};

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartState {
    /// Somebody may go on filling it; it may be empty.
    #[default]
    Open,
    /// Its last change bought it.
    Ordered,
}

/// A cart. It knows no channel and no price.
///
/// Lines are held in the order of their keys. JSON holds them as a list of `{"line":…,"quantity":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    /// Which cart.
    pub id: CartId,
    /// The currency in which its owner wants to see prices.
    pub currency: Currency,
    /// How many distinct changes made it: grows with every new change, wherever in time it belongs.
    pub version: u64,
    /// Whether it is open or was just bought.
    pub state: CartState,
    /// What is in it.
    #[serde(with = "as_list")]
    pub lines: BTreeMap<LineKey, Quantity>,
    /// The time of its last change in the order of changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// Changes that had no effect because the cart already held [`MAX_LINES`] lines, in the order of changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<EventKey>,
}

impl Cart {
    /// A cart with nothing in it.
    #[must_use]
    pub const fn empty(id: CartId, currency: Currency) -> Self {
        Self {
            id,
            currency,
            version: 0,
            state: CartState::Open,
            lines: BTreeMap::new(),
            changed_at: None,
            refused: Vec::new(),
        }
    }

    /// The cart that these changes make: the same for every order and every repetition of them.
    ///
    /// A change that arrives late takes its place in the order of changes, so the result is what it would have been
    /// had it arrived in time. Removing or emptying what is not there changes no line.
    ///
    /// # Complexity
    /// O(n log n) in the number of changes.
    ///
    /// ```
    /// use throughline::cart::{Cart, CartAct, CartChange, LineKey, Quantity, Sku};
    /// use throughline::ids::{CartId, EventKey};
    /// use throughline::money::Currency;
    /// let line = LineKey::plain(Sku::parse("MUG-1")?);
    /// let add = CartAct::Add { line: line.clone(), quantity: Quantity::new(2)? };
    /// let set = CartAct::SetQuantity { line: line.clone(), quantity: Quantity::new(5)? };
    /// let on_the_web = CartChange::new(EventKey::from_bytes([1; 16]), "2026-03-20T09:00:00Z".parse()?, add);
    /// let at_the_till = CartChange::new(EventKey::from_bytes([2; 16]), "2026-03-20T17:00:00Z".parse()?, set);
    /// let (id, euro) = (CartId::from_bytes([0; 16]), Currency::parse("EUR")?);
    /// let cart = Cart::fold(id, euro, [&at_the_till, &on_the_web, &at_the_till]);
    /// assert_eq!(cart.lines.get(&line), Some(&Quantity::new(5)?));
    /// assert_eq!(cart.version, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fold<'a>(
        id: CartId,
        currency: Currency,
        changes: impl IntoIterator<Item = &'a CartChange>,
    ) -> Self {
        let mut ordered: Vec<&CartChange> = changes.into_iter().collect();
        ordered.sort_unstable();
        let mut seen = BTreeSet::new();
        let mut cart = Self::empty(id, currency);
        for change in ordered {
            if seen.insert(change.id) {
                cart.apply(change);
            }
        }
        cart
    }

    /// One more change, which must come after all others in their order and must be new.
    fn apply(&mut self, change: &CartChange) {
        self.version = self.version.saturating_add(1);
        self.changed_at = Some(change.at);
        match &change.act {
            CartAct::Add { line, quantity } => {
                self.state = CartState::Open;
                self.put(change.id, line, |held| held.map_or(*quantity, |held| held.plus_capped(*quantity)));
            }
            CartAct::SetQuantity { line, quantity } => {
                self.state = CartState::Open;
                self.put(change.id, line, |_| *quantity);
            }
            CartAct::Remove { line, quantity } => {
                if let Entry::Occupied(mut held) = self.lines.entry(line.clone()) {
                    match quantity.and_then(|quantity| held.get().minus(quantity)) {
                        Some(rest) => drop(held.insert(rest)),
                        None => drop(held.remove()),
                    }
                }
            }
            CartAct::Clear => self.lines.clear(),
            CartAct::Ordered => {
                self.lines.clear();
                self.state = CartState::Ordered;
            }
        }
    }

    fn put(&mut self, change: EventKey, line: &LineKey, quantity: impl FnOnce(Option<Quantity>) -> Quantity) {
        let held = self.lines.get(line).copied();
        if held.is_none() && self.lines.len() >= MAX_LINES {
            self.refused.push(change);
        } else {
            self.lines.insert(line.clone(), quantity(held));
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many pieces are in it, over all lines.
    #[must_use]
    pub fn pieces(&self) -> u64 {
        self.lines.values().map(|quantity| u64::from(quantity.get())).sum()
    }
}

/// JSON has no maps with structured keys.
mod as_list {
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        line: LineKey,
        quantity: Quantity,
    }

    #[derive(Serialize)]
    struct LineRef<'a> {
        line: &'a LineKey,
        quantity: Quantity,
    }

    pub(super) fn serialize<S: Serializer>(
        lines: &BTreeMap<LineKey, Quantity>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(lines.iter().map(|(line, &quantity)| LineRef { line, quantity }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<LineKey, Quantity>, D::Error> {
        let list = Vec::<Line>::deserialize(deserializer)?;
        let count = list.len();
        let lines: BTreeMap<_, _> = list.into_iter().map(|item| (item.line, item.quantity)).collect();
        if lines.len() != count || count > MAX_LINES {
            return Err(D::Error::custom(CartError::new(CartErrorKind::InvalidLines)));
        }
        Ok(lines)
    }
}
