//! Which touchpoint leads to which stage.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::journey::touchpoint::Touchpoint;

/// How near a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// They know of us.
    Awareness,
    /// They look at what we have.
    Consideration,
    /// They bought.
    Purchase,
    /// We help them with what they bought.
    Service,
    /// They come back.
    Loyalty,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Awareness, Self::Consideration, Self::Purchase, Self::Service, Self::Loyalty];

    /// The stage's stable name, as in the serialised form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Awareness => "awareness",
            Self::Consideration => "consideration",
            Self::Purchase => "purchase",
            Self::Service => "service",
            Self::Loyalty => "loyalty",
        }
    }
}

/// One rule. A touchpoint must fit everything that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRule {
    /// Where it leads.
    pub to: Stage,
    /// Names of touchpoints; none: all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub names: BTreeSet<Box<str>>,
    /// Channels; none: all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Box<str>>,
    /// Stages of which the customer must have been in one before, this time of getting near; none: no matter.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub after: BTreeSet<Stage>,
    /// Stages out of which the rule does not lead.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub not_from: BTreeSet<Stage>,
}

impl StageRule {
    /// A rule for touchpoints of those names, wherever the customer stands.
    #[must_use]
    pub fn new<'a>(to: Stage, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            to,
            names: names.into_iter().map(Into::into).collect(),
            channels: BTreeSet::new(),
            after: BTreeSet::new(),
            not_from: BTreeSet::new(),
        }
    }

    fn fits(&self, touchpoint: &Touchpoint<'_>, now: Option<Stage>, been: &BTreeSet<Stage>) -> bool {
        (self.names.is_empty() || self.names.contains(touchpoint.name))
            && (self.channels.is_empty() || self.channels.contains(touchpoint.channel))
            && (self.after.is_empty() || !self.after.is_disjoint(been))
            && now.is_none_or(|now| !self.not_from.contains(&now))
    }
}

/// Rules in the order in which they are asked: the first that fits a touchpoint decides. One that none fits leaves the
/// customer where they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StageRules {
    /// The rules.
    pub rules: Vec<StageRule>,
    /// After a longer break than this, in days, the customer has left, and begins anew. `None`: never.
    pub left_after_days: Option<u32>,
}

impl StageRules {
    /// What a retailer would begin with: names of the Segment e-commerce specification and of shops, calls and messages.
    /// An order after an order is loyalty, as are reviews, recommendations and cards; calls, messages, refunds and claims
    /// after an order are service, before it consideration, as is walking through a shop's zones; nothing leads back to awareness but a year's absence.
    #[must_use]
    pub fn retail() -> Self {
        use Stage::{Awareness, Consideration, Loyalty, Purchase, Service};
        let bought = BTreeSet::from([Purchase, Service, Loyalty]);
        let contacts = ["Call Answered", "Message Received", "Chat Started"];
        let shopping = [
            "Products Searched",
            "Product List Viewed",
            "Product List Filtered",
            "Product Clicked",
            "Product Viewed",
            "Product Added",
            "Product Removed",
            "Product Added to Wishlist",
            "Cart Viewed",
            "Cart Updated",
            "Cart Shared",
            "Checkout Started",
            "Checkout Step Viewed",
            "Checkout Step Completed",
            "Payment Info Entered",
            "Coupon Entered",
            "Zone Entered",
        ];
        let after = |rule: StageRule| StageRule { after: bought.clone(), ..rule };
        let praise = [
            "Product Reviewed",
            "Product Shared",
            "Loyalty Card Linked",
            "Stickers Collected",
            "Friend Invited",
        ];
        Self {
            rules: vec![
                after(StageRule::new(Loyalty, ["Order Completed"])),
                StageRule::new(Purchase, ["Order Completed"]),
                after(StageRule::new(Loyalty, praise)),
                after(StageRule::new(
                    Service,
                    ["Order Refunded", "Order Cancelled", "Order Tracked", "Return Requested"],
                )),
                StageRule { not_from: BTreeSet::from([Loyalty]), ..after(StageRule::new(Service, contacts)) },
                StageRule {
                    not_from: bought.clone(),
                    ..StageRule::new(Consideration, shopping.into_iter().chain(contacts))
                },
                StageRule {
                    not_from: Stage::ALL.into_iter().filter(|&stage| stage != Awareness).collect(),
                    ..StageRule::new(Awareness, [])
                },
            ],
            left_after_days: Some(365),
        }
    }

    /// Where a touchpoint leads; `None` if no rule fits.
    pub(super) fn decide(
        &self,
        touchpoint: &Touchpoint<'_>,
        now: Option<Stage>,
        been: &BTreeSet<Stage>,
    ) -> Option<Stage> {
        self.rules.iter().find(|rule| rule.fits(touchpoint, now, been)).map(|rule| rule.to)
    }
}
