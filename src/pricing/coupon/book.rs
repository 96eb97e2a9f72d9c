//! Which codes there are, what they open, and how often.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::code::CouponCode;
use super::family::{CodeFamily, FamilyVerdict};
use crate::checked_name::checked_names;
use crate::keyed::Pepper;
use crate::pricing::InvalidName;
use crate::time::{DateTime, Utc};

checked_names! {
    128 bytes, InvalidName: InvalidName::new();
    /// The host's name of a coupon campaign. Promotions name the campaign that they ask for.
    CampaignId;
}

/// How often the coupons of a campaign may be used; none is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CouponLimits {
    /// Each code.
    pub code: Option<u64>,
    /// Each customer, over all her accounts and all codes of the campaign.
    pub customer: Option<u64>,
    /// All codes together.
    pub campaign: Option<u64>,
}

/// The codes of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Codes {
    /// These.
    Listed(BTreeSet<CouponCode>),
    /// All codes of the family with this prefix, and with numbers below a bound.
    Family {
        /// With what they begin.
        prefix: CouponCode,
        /// How many were handed out.
        count: u32,
    },
}

/// Coupons that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// Its name.
    pub id: CampaignId,
    /// Its codes.
    pub codes: Codes,
    /// How often.
    #[serde(default)]
    pub limits: CouponLimits,
    /// From when; always, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Until when, without that instant; for ever, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeStanding<'a> {
    /// A code of this campaign.
    Of(&'a Campaign),
    /// The campaign has not begun.
    NotBegun(&'a Campaign),
    /// The campaign is over.
    Ended(&'a Campaign),
    /// A code of a family with a wrong character: ask again. No guess.
    Mistyped,
    /// It looks like a code that exists, in letters of another script.
    LooksAlike,
    /// There is no such code.
    Unknown,
}

/// All campaigns, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Campaign>", into = "Vec<Campaign>")]
pub struct CouponBook {
    campaigns: Vec<Campaign>,
    listed: BTreeMap<CouponCode, usize>,
    looks: BTreeSet<String>,
}

/// Campaigns that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CouponBookError {
    /// Two campaigns of one name.
    #[error("two coupon campaigns are named `{0}`")]
    DuplicateCampaign(CampaignId),
    /// One code, or two that look the same, in two campaigns; or a code with the prefix of a family.
    #[error("a code of coupon campaign `{0}` can be taken for one of another")]
    AmbiguousCode(CampaignId),
    /// A campaign that ends before it begins.
    #[error("coupon campaign `{0}` ends before it begins")]
    EmptyWindow(CampaignId),
    /// A family whose prefix has other letters than Latin ones, which its codes have behind it.
    #[error("the codes of coupon campaign `{0}` would have letters of two scripts")]
    PrefixNotLatin(CampaignId),
    /// A family of more codes than there are.
    #[error("coupon campaign `{0}` has more codes than a family can have")]
    TooManyCodes(CampaignId),
}

impl CouponBook {
    /// Checks the campaigns.
    ///
    /// # Errors
    /// See [`CouponBookError`].
    pub fn new(campaigns: impl IntoIterator<Item = Campaign>) -> Result<Self, CouponBookError> {
        let mut book = Self { campaigns: campaigns.into_iter().collect(), ..Self::default() };
        let mut names = BTreeSet::new();
        let mut prefixes: Vec<&CouponCode> = Vec::new();
        for (place, campaign) in book.campaigns.iter().enumerate() {
            let id = || campaign.id.clone();
            if !names.insert(&campaign.id) {
                return Err(CouponBookError::DuplicateCampaign(id()));
            }
            if campaign.from.zip(campaign.until).is_some_and(|(from, until)| from >= until) {
                return Err(CouponBookError::EmptyWindow(id()));
            }
            match &campaign.codes {
                Codes::Listed(codes) => {
                    for code in codes {
                        if !book.looks.insert(code.look()) {
                            return Err(CouponBookError::AmbiguousCode(id()));
                        }
                        book.listed.insert(code.clone(), place);
                    }
                }
                Codes::Family { count, .. } if *count > CodeFamily::SIZE => {
                    return Err(CouponBookError::TooManyCodes(id()));
                }
                Codes::Family { prefix, .. } if !prefix.as_str().is_ascii() => {
                    return Err(CouponBookError::PrefixNotLatin(id()));
                }
                Codes::Family { prefix, .. } => prefixes.push(prefix),
            }
        }
        for (place, prefix) in prefixes.iter().enumerate() {
            let begins = |other: &CouponCode| other.as_str().starts_with(prefix.as_str());
            let others = prefixes.iter().enumerate().filter(|(other, _)| *other != place);
            if book.listed.keys().any(begins) || others.map(|(_, other)| *other).any(begins) {
                let of = book.campaigns.iter().find(
                    |campaign| matches!(&campaign.codes, Codes::Family { prefix: own, .. } if own == *prefix),
                );
                if let Some(campaign) = of {
                    return Err(CouponBookError::AmbiguousCode(campaign.id.clone()));
                }
            }
        }
        Ok(book)
    }

    /// The campaigns.
    #[must_use]
    pub fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// The campaign of that name.
    #[must_use]
    pub fn campaign(&self, id: &CampaignId) -> Option<&Campaign> {
        self.campaigns.iter().find(|campaign| campaign.id == *id)
    }

    /// The family of codes of a campaign, under the secret from which each campaign's own is made.
    #[must_use]
    pub fn family(&self, id: &CampaignId, secret: &Pepper) -> Option<CodeFamily> {
        match &self.campaign(id)?.codes {
            Codes::Family { prefix, .. } => Some(CodeFamily::new(prefix, own_secret(secret, id))),
            Codes::Listed(_) => None,
        }
    }

    /// What a code is at an instant.
    ///
    /// # Complexity
    /// O(log n) for n listed codes, and one hash for each family whose prefix it has.
    #[must_use]
    pub fn standing(&self, code: &CouponCode, secret: &Pepper, now: DateTime<Utc>) -> CodeStanding<'_> {
        if let Some(campaign) = self.listed.get(code).and_then(|place| self.campaigns.get(*place)) {
            return timed(campaign, now);
        }
        for campaign in &self.campaigns {
            let Codes::Family { prefix, count } = &campaign.codes else { continue };
            match CodeFamily::new(prefix, own_secret(secret, &campaign.id)).check(code) {
                FamilyVerdict::Member(number) if number < *count => return timed(campaign, now),
                FamilyVerdict::Mistyped => return CodeStanding::Mistyped,
                FamilyVerdict::Member(_) | FamilyVerdict::Forged => return CodeStanding::Unknown,
                FamilyVerdict::Other => {}
            }
        }
        if self.looks.contains(&code.look()) { CodeStanding::LooksAlike } else { CodeStanding::Unknown }
    }
}

fn own_secret(secret: &Pepper, id: &CampaignId) -> Pepper {
    Pepper::new(&secret.full_digest("coupon_campaign", &[id.as_str().as_bytes()]))
}

fn timed(campaign: &Campaign, now: DateTime<Utc>) -> CodeStanding<'_> {
    if campaign.from.is_some_and(|from| now < from) {
        CodeStanding::NotBegun(campaign)
    } else if campaign.until.is_some_and(|until| until <= now) {
        CodeStanding::Ended(campaign)
    } else {
        CodeStanding::Of(campaign)
    }
}

impl TryFrom<Vec<Campaign>> for CouponBook {
    type Error = CouponBookError;

    fn try_from(campaigns: Vec<Campaign>) -> Result<Self, CouponBookError> {
        Self::new(campaigns)
    }
}

impl From<CouponBook> for Vec<Campaign> {
    fn from(book: CouponBook) -> Self {
        book.campaigns
    }
}
