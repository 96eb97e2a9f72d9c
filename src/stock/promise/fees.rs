//! What it costs to have it delivered, and to send it back: as lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Way;
use crate::money::{Money, MoneyError};

/// How she gives something back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnWay {
    /// In a shop, any shop.
    Shop,
    /// By the carrier.
    Carrier,
    /// At a pick-up point or a locker.
    Point,
}

/// What a way costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayFee {
    /// The fee.
    pub fee: Money,
    /// Goods of this value or more go free; never if not given.
    #[serde(default)]
    pub free_from: Option<Money>,
}

/// What ways cost. A way that is not listed is not offered.
///
/// ```
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::stock::promise::{FeeKind, FeeRules, Way, WayFee};
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let mut rules = FeeRules::default();
/// let home = WayFee { fee: Money::parse("4.90", euro)?, free_from: Some(Money::parse("50", euro)?) };
/// rules.delivery.insert(Way::Home, home);
/// let lines = rules.delivery(Way::Home, Money::parse("50", euro)?)?.ok_or("not offered")?;
/// assert_eq!(lines.iter().map(|line| line.kind).collect::<Vec<_>>(), [FeeKind::Delivery, FeeKind::FreeDelivery]);
/// assert_eq!(lines[1].amount, Money::parse("-4.90", euro)?);
/// assert_eq!(rules.delivery(Way::Locker, Money::parse("50", euro)?)?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeeRules {
    /// Of bringing it to her, or letting her collect it.
    pub delivery: BTreeMap<Way, WayFee>,
    /// Of giving it back.
    pub returns: BTreeMap<ReturnWay, WayFee>,
}

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// The fee of delivery.
    Delivery,
    /// It is waived: the same amount, negative.
    FreeDelivery,
    /// The fee of a return.
    Return,
    /// It is waived: the same amount, negative.
    FreeReturn,
}

/// One line of fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeLine {
    /// What it is for.
    pub kind: FeeKind,
    /// How much.
    pub amount: Money,
}

impl FeeRules {
    /// The lines of a delivery of goods of that value: the fee, and what waives it. None if it costs nothing, `None` if the
    /// way is not offered. The value is that of the goods after discounts, whoever brings them and in whichever channel.
    ///
    /// # Errors
    /// Of [`Money::compare`], if the amounts are in different currencies.
    pub fn delivery(&self, way: Way, goods: Money) -> Result<Option<Vec<FeeLine>>, MoneyError> {
        let fee = self.delivery.get(&way);
        fee.map(|fee| fee.lines(goods, FeeKind::Delivery, FeeKind::FreeDelivery)).transpose()
    }

    /// The lines of a return; what is free is told by the value of the goods that were ordered together.
    ///
    /// # Errors
    /// As [`FeeRules::delivery`].
    pub fn returns(&self, way: ReturnWay, goods: Money) -> Result<Option<Vec<FeeLine>>, MoneyError> {
        let fee = self.returns.get(&way);
        fee.map(|fee| fee.lines(goods, FeeKind::Return, FeeKind::FreeReturn)).transpose()
    }
}

impl WayFee {
    fn lines(&self, goods: Money, kind: FeeKind, waived: FeeKind) -> Result<Vec<FeeLine>, MoneyError> {
        // Also a fee of nothing must be in the currency of the goods.
        self.fee.compare(goods)?;
        if self.fee.is_zero() {
            return Ok(Vec::new());
        }
        let mut lines = vec![FeeLine { kind, amount: self.fee }];
        if let Some(free_from) = self.free_from
            && goods.compare(free_from)?.is_ge()
        {
            lines.push(FeeLine { kind: waived, amount: self.fee.negated()? });
        }
        Ok(lines)
    }
}
