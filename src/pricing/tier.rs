//! Prices that fall with the quantity, computed in bands of equal pieces.

use serde::{Deserialize, Serialize};

use super::{PricingError, PricingErrorKind};
use crate::cart::Quantity;
use crate::money::Money;

/// Which pieces get the price of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// All pieces, once the quantity reaches the step.
    #[default]
    AllUnits,
    /// The pieces from the step on; those before it keep the price of their own step.
    Graduated,
}

/// Over what a quantity is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Each line of the cart by itself.
    #[default]
    PerLine,
    /// All lines of the product together, in the cart's order.
    PerProduct,
}

/// From how many pieces on what price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierStep {
    /// The least quantity.
    pub from: Quantity,
    /// The price of one piece.
    pub unit_price: Money,
}

/// The pieces of one line, and how many of the same product the cart has in the lines before and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pieces {
    /// How many are in the line.
    pub quantity: Quantity,
    /// How many are in earlier lines of the same product.
    #[serde(default)]
    pub before: u32,
    /// How many are in later lines of the same product.
    #[serde(default)]
    pub after: u32,
}

impl Pieces {
    /// The only line of its product.
    #[must_use]
    pub const fn line(quantity: Quantity) -> Self {
        Self { quantity, before: 0, after: 0 }
    }

    /// All lines of one product, in the cart's order. Counts saturate.
    #[must_use]
    pub fn of_lines(lines: &[Quantity]) -> Vec<Self> {
        let all = lines.iter().fold(0_u32, |sum, line| sum.saturating_add(line.get()));
        let mut before = 0_u32;
        lines
            .iter()
            .map(|&quantity| {
                let through = before.saturating_add(quantity.get());
                let pieces = Self { quantity, before, after: all.saturating_sub(through) };
                before = through;
                pieces
            })
            .collect()
    }

    /// How many stand before the line and how many there are, as that way of counting sees it.
    pub(super) fn counted(self, counted: Counted) -> (u64, u64) {
        let own = u64::from(self.quantity.get());
        match counted {
            Counted::PerLine => (0, own),
            Counted::PerProduct => {
                let before = u64::from(self.before);
                (before, before + own + u64::from(self.after))
            }
        }
    }
}

/// The steps of a price.
///
/// JSON: `{"mode":"all_units","counted":"per_line","off_when_reduced":true,"steps":[{"from":5,"unit_price":…},…]}`,
/// checked when read.
///
/// ```
/// use throughline::cart::Quantity;
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::pricing::{Pieces, TierMode, TierStep, Tiers};
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let price = |minor| Money::new(minor, euro);
/// let tiers = Tiers::new(TierMode::Graduated, [
///     TierStep { from: Quantity::new(5)?, unit_price: price(900) },
///     TierStep { from: Quantity::new(10)?, unit_price: price(800) },
/// ])?;
/// let charge = tiers.charge(price(1000), Pieces::line(Quantity::new(12)?), None)?;
/// assert_eq!(charge.total, price(4 * 1000 + 5 * 900 + 3 * 800));
/// assert_eq!(charge.bands.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawTiers")]
pub struct Tiers {
    mode: TierMode,
    counted: Counted,
    off_when_reduced: bool,
    /// By quantity, ascending, all in one unit.
    steps: Vec<TierStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTiers {
    #[serde(default)]
    mode: TierMode,
    #[serde(default)]
    counted: Counted,
    #[serde(default = "off")]
    off_when_reduced: bool,
    steps: Vec<TierStep>,
}

const fn off() -> bool {
    true
}

impl TryFrom<RawTiers> for Tiers {
    type Error = PricingError;

    fn try_from(raw: RawTiers) -> Result<Self, PricingError> {
        let tiers = Self::new(raw.mode, raw.steps)?;
        Ok(Self { counted: raw.counted, off_when_reduced: raw.off_when_reduced, ..tiers })
    }
}

/// So many pieces at such a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// How many.
    pub count: Quantity,
    /// What one of them costs.
    pub unit_price: Money,
}

/// What a line costs, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// The sum of the bands.
    pub total: Money,
    /// Pieces of equal price, in the order of the steps; neighbours differ in price.
    pub bands: Vec<Band>,
}

impl Charge {
    /// The price of one piece, if all cost the same.
    #[must_use]
    pub fn unit_price(&self) -> Option<Money> {
        match &*self.bands {
            [band] => Some(band.unit_price),
            _ => None,
        }
    }

    /// That many pieces at one price.
    pub(super) fn flat(unit_price: Money, quantity: Quantity) -> Result<Self, PricingError> {
        let total = unit_price.times(i64::from(quantity.get())).map_err(PricingError::overflow)?;
        Ok(Self { total, bands: vec![Band { count: quantity, unit_price }] })
    }
}

impl Tiers {
    /// Steps that count per line and are off for a reduced price.
    ///
    /// Before the first step the price is the entry's own, and without steps it always is. Prices may rise from one
    /// step to the next.
    ///
    /// # Errors
    /// [`PricingErrorKind::TiersOutOfOrder`] unless each step begins at a larger quantity than the one before it;
    /// [`PricingErrorKind::NegativePrice`]; [`PricingErrorKind::MixedUnits`].
    pub fn new(mode: TierMode, steps: impl IntoIterator<Item = TierStep>) -> Result<Self, PricingError> {
        let steps: Vec<TierStep> = steps.into_iter().collect();
        let wrong = |kind| Err(PricingError::new(kind));
        if steps.iter().any(|step| step.unit_price.is_negative()) {
            return wrong(PricingErrorKind::NegativePrice);
        }
        for (one, next) in steps.iter().zip(steps.iter().skip(1)) {
            if one.from >= next.from {
                return wrong(PricingErrorKind::TiersOutOfOrder);
            }
            if one.unit_price.unit() != next.unit_price.unit() {
                return wrong(PricingErrorKind::MixedUnits);
            }
        }
        Ok(Self { mode, counted: Counted::PerLine, off_when_reduced: true, steps })
    }

    /// The same steps, counted over all lines of the product or per line.
    #[must_use]
    pub fn counting(self, counted: Counted) -> Self {
        Self { counted, ..self }
    }

    /// The same steps, with a reduced price switching them off or not.
    #[must_use]
    pub fn off_when_reduced(self, off_when_reduced: bool) -> Self {
        Self { off_when_reduced, ..self }
    }

    /// Which pieces get the price of a step.
    #[must_use]
    pub const fn mode(&self) -> TierMode {
        self.mode
    }

    /// Over what the quantity is counted.
    #[must_use]
    pub const fn counted(&self) -> Counted {
        self.counted
    }

    /// Whether a reduced price switches the steps off.
    #[must_use]
    pub const fn is_off_when_reduced(&self) -> bool {
        self.off_when_reduced
    }

    /// The steps, ascending.
    #[must_use]
    pub fn steps(&self) -> &[TierStep] {
        &self.steps
    }

    /// What a line costs: `base` is the price of one piece before the first step, `reduced` the price to which one
    /// piece was reduced, if it was.
    ///
    /// A reduced price that is not below `base` is none. Otherwise it is the price of every piece where it switches
    /// the steps off, and where it does not each piece costs the lower of the two.
    ///
    /// The lines of one product, counted over the product, add up to what all pieces cost in one line.
    ///
    /// # Errors
    /// [`PricingErrorKind::MixedUnits`], [`PricingErrorKind::NegativePrice`] for a reduced price below zero,
    /// [`PricingErrorKind::Overflow`].
    ///
    /// # Complexity
    /// O(s) for s steps, whatever the quantity.
    pub fn charge(
        &self,
        base: Money,
        pieces: Pieces,
        reduced: Option<Money>,
    ) -> Result<Charge, PricingError> {
        let unit = base.unit();
        let other = |price: Money| price.unit() != unit;
        if self.steps.first().is_some_and(|step| other(step.unit_price)) {
            return Err(PricingError::new(PricingErrorKind::MixedUnits));
        }
        let reduced = reduction(base, reduced)?;
        if let Some(reduced) = reduced.filter(|_| self.off_when_reduced) {
            return Charge::flat(reduced, pieces.quantity);
        }
        let mut bands: Vec<Band> = Vec::new();
        let mut total = Money::zero(unit);
        let mut wrong = None;
        self.each_band(base, pieces, |count, unit_price| {
            let unit_price = match reduced {
                Some(reduced) if reduced.minor() < unit_price.minor() => reduced,
                _ => unit_price,
            };
            match unit_price.times(i64::from(count)).and_then(|amount| total.plus(amount)) {
                Ok(sum) => total = sum,
                Err(error) => wrong = Some(error),
            }
            let joined = match bands.last_mut() {
                Some(last) if last.unit_price == unit_price => {
                    Quantity::new(last.count.get() + count).map(|sum| last.count = sum).is_ok()
                }
                _ => false,
            };
            if let (false, Ok(count)) = (joined, Quantity::new(count)) {
                bands.push(Band { count, unit_price });
            }
        });
        match wrong {
            Some(error) => Err(PricingError::overflow(error)),
            None => Ok(Charge { total, bands }),
        }
    }

    /// The line's total in minor units, of whatever size.
    pub(super) fn cost(&self, base: Money, pieces: Pieces) -> i128 {
        let mut cost = 0_i128;
        self.each_band(base, pieces, |count, unit_price| {
            cost += i128::from(unit_price.minor()) * i128::from(count);
        });
        cost
    }

    /// Calls with every band of the line, in the order of the steps: how many pieces, never none, and their price.
    fn each_band(&self, base: Money, pieces: Pieces, mut visit: impl FnMut(u32, Money)) {
        let (before, all) = pieces.counted(self.counted);
        if self.mode == TierMode::AllUnits {
            let reached = self.steps.partition_point(|step| u64::from(step.from.get()) <= all);
            let step = reached.checked_sub(1).and_then(|last| self.steps.get(last));
            visit(pieces.quantity.get(), step.map_or(base, |step| step.unit_price));
            return;
        }
        // The line has the pieces with the numbers `next..end`, counted from one.
        let mut next = before + 1;
        let end = next + u64::from(pieces.quantity.get());
        let mut price = base;
        for step in &self.steps {
            let from = u64::from(step.from.get()).min(end);
            if from > next {
                // No more than the line's quantity, so it fits.
                visit(u32::try_from(from - next).unwrap_or(u32::MAX), price);
                next = from;
            }
            price = step.unit_price;
            if next == end {
                return;
            }
        }
        visit(u32::try_from(end - next).unwrap_or(u32::MAX), price);
    }
}

/// The reduced price, if it is one.
pub(super) fn reduction(base: Money, reduced: Option<Money>) -> Result<Option<Money>, PricingError> {
    match reduced {
        Some(price) if price.unit() != base.unit() => Err(PricingError::new(PricingErrorKind::MixedUnits)),
        Some(price) if price.is_negative() => Err(PricingError::new(PricingErrorKind::NegativePrice)),
        other => Ok(other.filter(|price| price.minor() < base.minor())),
    }
}
