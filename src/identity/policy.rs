//! The rules of identity: what each kind of identifier proves, and how far a profile may grow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::blocked::{self, Blocked, BlockedReason};
use crate::identifier::{Identifier, IdentifierKind};
use crate::record::ClaimLevel;

/// Whom values of a kind stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// One person: an account, an e-mail address, a loyalty card.
    Person,
    /// A thing that a person uses and that others may use too. It attaches records that nobody identified to a
    /// person and never merges two persons.
    Device,
    /// People who live together. Never evidence that two records are one person.
    Household,
    /// One visit. Never evidence either.
    Session,
}

/// How many different values of a kind one profile may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The largest number of different values.
    pub values: u16,
    /// Count only values whose first claims lie within one window of this many seconds, wherever the window lies; a
    /// claim exactly that long after another is outside. `None` counts all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u32>,
}

/// What one kind of identifier proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindPolicy {
    /// Whom a value stands for.
    pub class: Class,
    /// The order among kinds when evidence of one tier competes; larger goes first.
    pub strength: u8,
    /// Two different values are never in one profile, unless a person decided to link the records.
    pub exclusive: bool,
    /// How many different values one profile may hold.
    pub limit: Option<Limit>,
    /// A value held by more records than this is generic and no evidence; at most 32.
    pub max_records: u16,
    /// A value held by records of more different persons than this is generic: a tablet in a shop. Persons are
    /// counted by the values of exclusive person kinds that the holders hold at [`ClaimLevel::Observed`] or better
    /// (of the exclusive kind with the most different values).
    pub max_persons: Option<u16>,
    /// The lowest claim on both sides that links records of which at most one side is identified.
    pub attaches: ClaimLevel,
    /// The lowest claim on both sides that links two identified profiles; `None`: never.
    pub merges: Option<ClaimLevel>,
    /// Whether a record that holds a value at [`ClaimLevel::Observed`] or better is *identified*: we know who it is.
    pub identifies: bool,
    /// A place where the person can be reached, which anybody can type: an e-mail address, a phone number. Once one
    /// record proved the value, only records that proved it link through it. Without a proof it links only profiles
    /// of which neither is identified. A record's first proof of such a value detaches whatever it claimed earlier
    /// without proof and did not claim again.
    pub contact: bool,
    /// Two records that proved a value link only if no more than this many days lie between their proofs: phone
    /// numbers are given to new owners.
    pub decay_days: Option<u16>,
    /// Values that are no evidence, besides [`Rules::blocked`] and the stop lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<Blocked>,
}

impl Default for KindPolicy {
    /// A cautious person kind: attaches at observed, never merges two identified profiles, at most five values.
    fn default() -> Self {
        Self {
            class: Class::Person,
            strength: 10,
            exclusive: false,
            limit: Some(Limit { values: 5, window: None }),
            max_records: 16,
            max_persons: None,
            attaches: ClaimLevel::Observed,
            merges: None,
            identifies: false,
            contact: false,
            decay_days: None,
            blocked: Vec::new(),
        }
    }
}

/// The rules by which [`partition`](super::partition()) decides who is one person.
///
/// ```
/// use throughline::identity::{Rules, Class};
/// use throughline::identifier::IdentifierKind;
/// let rules = Rules::retail();
/// rules.validate()?;
/// assert_eq!(rules.policy(&IdentifierKind::DeviceId).class, Class::Device);
/// # Ok::<(), throughline::identity::RulesError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// The policy of each kind.
    pub kinds: BTreeMap<IdentifierKind, KindPolicy>,
    /// The policy of every kind that is not in `kinds`.
    pub other: KindPolicy,
    /// Values of any kind that are no evidence.
    pub blocked: Vec<Blocked>,
    /// Whether the shipped stop lists ("null", "ندارد", "нет", …) and values of zeros alone are no evidence.
    pub stop_lists: bool,
    /// The hard cap on a profile's records.
    pub max_records_per_profile: u32,
    /// The lowest match weight, in bits (the base-2 logarithm of the odds), that links two records; with
    /// [`MatchLinkage::Mean`] the lowest mean that joins two clusters. Compared to the nearest 2^-24 bit.
    pub match_threshold_bits: f64,
    /// How much one match weight counts at most.
    pub match_clip: MatchClip,
    /// How match weights join clusters.
    pub match_linkage: MatchLinkage,
}

/// How much one match weight counts in a mean, in bits: a pair that speaks against counts at most `low`, one that speaks
/// for at most `high`, so that one loud pair does not decide for many.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchClip {
    /// The most that a pair counts against: 0 to 128. Weights below `-low` count as `-low`.
    pub low: f64,
    /// The most that a pair counts for: at least the threshold and 0, at most 128. Weights above count as this.
    pub high: f64,
}

impl Default for MatchClip {
    /// 3 bits against, 10 bits for.
    fn default() -> Self {
        Self { low: 3.0, high: 10.0 }
    }
}

/// How match weights join clusters of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MatchLinkage {
    /// The two clusters with the highest mean weight between them join first, and none below the threshold do: the
    /// pairs that speak against count too. Pairs of records without a weight are passed over.
    #[default]
    Mean,
    /// Each weight that reaches the threshold joins by itself, the largest first, and what speaks against is not
    /// looked at: connected components, where nothing else forbids them. One mistaken pair joins two people.
    Single,
}

impl Default for Rules {
    /// The same as [`Rules::retail`].
    fn default() -> Self {
        Self::retail()
    }
}

const DIGIT_PATTERNS: [Blocked; 2] = [Blocked::AllSameCharacter, Blocked::SequentialDigits];

impl Rules {
    /// For shops: accounts are exclusive, cards merge when they were seen, proved addresses merge, devices attach.
    #[must_use]
    pub fn retail() -> Self {
        let person = KindPolicy::default();
        let device = KindPolicy {
            class: Class::Device,
            strength: 30,
            limit: Some(Limit { values: 100, window: Some(30 * 86_400) }),
            max_persons: Some(1),
            blocked: vec![Blocked::AllSameCharacter],
            ..person.clone()
        };
        let kinds = [
            (
                IdentifierKind::UserId,
                KindPolicy {
                    strength: 100,
                    exclusive: true,
                    limit: None,
                    max_records: 32,
                    merges: Some(ClaimLevel::Observed),
                    identifies: true,
                    ..person.clone()
                },
            ),
            (
                IdentifierKind::NationalId,
                KindPolicy {
                    strength: 95,
                    exclusive: true,
                    limit: None,
                    attaches: ClaimLevel::Verified,
                    merges: Some(ClaimLevel::Verified),
                    identifies: true,
                    blocked: DIGIT_PATTERNS.to_vec(),
                    ..person.clone()
                },
            ),
            (
                IdentifierKind::LoyaltyCard,
                KindPolicy {
                    strength: 90,
                    max_records: 32,
                    merges: Some(ClaimLevel::Observed),
                    identifies: true,
                    blocked: DIGIT_PATTERNS.to_vec(),
                    ..person.clone()
                },
            ),
            (
                IdentifierKind::Email,
                KindPolicy {
                    strength: 70,
                    attaches: ClaimLevel::Asserted,
                    merges: Some(ClaimLevel::Verified),
                    contact: true,
                    ..person.clone()
                },
            ),
            (
                IdentifierKind::Phone,
                KindPolicy {
                    strength: 60,
                    attaches: ClaimLevel::Asserted,
                    merges: Some(ClaimLevel::Verified),
                    contact: true,
                    decay_days: Some(365),
                    blocked: DIGIT_PATTERNS.to_vec(),
                    ..person.clone()
                },
            ),
            (
                IdentifierKind::SocialHandle,
                KindPolicy { strength: 50, merges: Some(ClaimLevel::Verified), ..person.clone() },
            ),
            (IdentifierKind::DeviceId, device.clone()),
            (IdentifierKind::AnonymousId, KindPolicy { strength: 20, ..device.clone() }),
            (IdentifierKind::CookieId, KindPolicy { strength: 15, ..device.clone() }),
            (
                IdentifierKind::HouseholdId,
                KindPolicy { class: Class::Household, limit: None, ..person.clone() },
            ),
            (IdentifierKind::SessionId, KindPolicy { class: Class::Session, limit: None, ..person.clone() }),
        ];
        Self {
            kinds: kinds.into(),
            other: person,
            blocked: Vec::new(),
            stop_lists: true,
            max_records_per_profile: 512,
            match_threshold_bits: 1.5,
            match_clip: MatchClip::default(),
            match_linkage: MatchLinkage::Mean,
        }
    }

    /// For banks and insurers: an e-mail address alone never merges two customers, phone proofs age in 90 days,
    /// unknown kinds are no evidence, profiles are small, and it takes 10 bits of match weight to link.
    #[must_use]
    pub fn bank() -> Self {
        let mut rules = Self::retail();
        for (kind, policy) in &mut rules.kinds {
            match kind {
                IdentifierKind::Email | IdentifierKind::SocialHandle => policy.merges = None,
                IdentifierKind::Phone => policy.decay_days = Some(90),
                IdentifierKind::LoyaltyCard => policy.merges = Some(ClaimLevel::Verified),
                _ => {}
            }
            policy.max_records = policy.max_records.min(16);
        }
        rules.other = KindPolicy { class: Class::Session, limit: None, ..KindPolicy::default() };
        rules.max_records_per_profile = 64;
        rules.match_threshold_bits = 10.0;
        rules.match_clip.high = 20.0;
        rules
    }

    /// The policy of a kind.
    #[must_use]
    pub fn policy(&self, kind: &IdentifierKind) -> &KindPolicy {
        self.kinds.get(kind).unwrap_or(&self.other)
    }

    /// Why the identifier is no evidence for anybody, if so. Linear in the length of the value.
    #[must_use]
    pub fn is_blocked(&self, identifier: &Identifier) -> Option<BlockedReason> {
        let own = &self.policy(identifier.kind()).blocked;
        blocked::reason(identifier, self.stop_lists, self.blocked.iter().chain(own))
    }

    /// Checks that the rules keep what the crate promises.
    ///
    /// # Errors
    /// Names the kind and what is wrong with its policy.
    pub fn validate(&self) -> Result<(), RulesError> {
        let all = self.kinds.iter().map(|(kind, policy)| (Some(kind), policy));
        for (kind, policy) in all.chain([(None, &self.other)]) {
            let fault = |fault| Err(RulesError { of: kind.cloned(), kind: fault });
            if policy.max_records < 2 || policy.max_records > 32 {
                return fault(RulesErrorKind::MaxRecords);
            }
            if policy.contact && policy.merges.is_some_and(|level| level < ClaimLevel::Verified) {
                return fault(RulesErrorKind::ContactMergesUnproved);
            }
            if policy.class == Class::Device && policy.merges.is_some() {
                return fault(RulesErrorKind::DeviceMerges);
            }
            if policy.class != Class::Person && (policy.exclusive || policy.identifies || policy.contact) {
                return fault(RulesErrorKind::NotAPerson);
            }
            if policy.merges.is_some_and(|merges| merges < policy.attaches) {
                return fault(RulesErrorKind::MergesBelowAttaches);
            }
            if policy.limit.is_some_and(|limit| limit.values == 0 || limit.window == Some(0)) {
                return fault(RulesErrorKind::EmptyLimit);
            }
        }
        let fault = |kind| Err(RulesError { of: None, kind });
        if self.max_records_per_profile == 0 {
            return fault(RulesErrorKind::ProfileCap);
        }
        if !self.match_threshold_bits.is_finite() {
            return fault(RulesErrorKind::Threshold);
        }
        let MatchClip { low, high } = self.match_clip;
        let most = 0.0..=MOST_BITS;
        let reachable = self.match_threshold_bits <= high && self.match_threshold_bits > -low;
        if !most.contains(&low) || !most.contains(&high) || !reachable {
            return fault(RulesErrorKind::Clip);
        }
        Ok(())
    }
}

/// The most bits that any weight counts: sums of weights keep their exact value in 64 bits.
pub(super) const MOST_BITS: f64 = 128.0;

/// What is wrong with a set of rules. In every case the settings need fixing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesErrorKind {
    /// `max_records` is not in 2 to 32: a value's holders are compared pair by pair.
    #[error("`max_records` must be 2 to 32")]
    MaxRecords,
    /// A contact kind would merge two identified profiles without a proof.
    #[error("a contact kind may merge identified profiles at `verified` only")]
    ContactMergesUnproved,
    /// A device would merge two persons.
    #[error("a device kind must not merge identified profiles")]
    DeviceMerges,
    /// `exclusive`, `identifies` and `contact` are for person kinds.
    #[error("`exclusive`, `identifies` and `contact` are for kinds of class `person`")]
    NotAPerson,
    /// It would take more to attach than to merge.
    #[error("`merges` must not be lower than `attaches`")]
    MergesBelowAttaches,
    /// A limit of no values or of no time.
    #[error("a limit needs at least one value and a window of at least one second")]
    EmptyLimit,
    /// No record would fit into a profile.
    #[error("`max_records_per_profile` must be at least 1")]
    ProfileCap,
    /// The threshold is not a finite number.
    #[error("`match_threshold_bits` must be finite")]
    Threshold,
    /// A clip is not in 0 to 128 bits, or no weight could reach the threshold, or none could miss it.
    #[error("`match_clip` must be 0 to 128 bits on both sides, with the threshold in between")]
    Clip,
}

/// A set of rules that breaks a promise of the crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesError {
    of: Option<IdentifierKind>,
    kind: RulesErrorKind,
}

impl RulesError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> RulesErrorKind {
        self.kind
    }

    /// The identifier kind whose policy is wrong; `None` for `other` and for the rules as a whole.
    #[must_use]
    pub const fn identifier_kind(&self) -> Option<&IdentifierKind> {
        self.of.as_ref()
    }
}

impl std::fmt::Display for RulesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.of {
            Some(kind) => write!(f, "policy of `{kind}`: {}", self.kind),
            None => write!(f, "{}", self.kind),
        }
    }
}

impl std::error::Error for RulesError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_are_valid_and_survive_storage() {
        for rules in [Rules::retail(), Rules::bank()] {
            assert_eq!(rules.validate(), Ok(()));
            let json = serde_json::to_string(&rules).unwrap();
            assert_eq!(serde_json::from_str::<Rules>(&json).unwrap(), rules);
        }
        assert_eq!(serde_json::from_str::<Rules>("{}").unwrap(), Rules::retail());
    }

    #[test]
    fn rules_that_break_a_promise_are_refused() {
        type Change = fn(&mut KindPolicy);
        let cases: &[(IdentifierKind, Change, RulesErrorKind)] = &[
            (IdentifierKind::Email, |p| p.max_records = 33, RulesErrorKind::MaxRecords),
            (
                IdentifierKind::Email,
                |p| p.merges = Some(ClaimLevel::Observed),
                RulesErrorKind::ContactMergesUnproved,
            ),
            (
                IdentifierKind::DeviceId,
                |p| p.merges = Some(ClaimLevel::Verified),
                RulesErrorKind::DeviceMerges,
            ),
            (IdentifierKind::SessionId, |p| p.identifies = true, RulesErrorKind::NotAPerson),
            (
                IdentifierKind::UserId,
                |p| p.attaches = ClaimLevel::Verified,
                RulesErrorKind::MergesBelowAttaches,
            ),
            (
                IdentifierKind::Email,
                |p| p.limit = Some(Limit { values: 0, window: None }),
                RulesErrorKind::EmptyLimit,
            ),
        ];
        for (kind, change, expected) in cases {
            let mut rules = Rules::retail();
            change(rules.kinds.get_mut(kind).unwrap());
            let error = rules.validate().unwrap_err();
            assert_eq!((error.kind(), error.identifier_kind()), (*expected, Some(kind)));
        }
        let rules = Rules { match_threshold_bits: f64::NAN, ..Rules::retail() };
        assert_eq!(rules.validate().unwrap_err().kind(), RulesErrorKind::Threshold);
        for (threshold, low, high) in [
            (1.0, -0.5, 10.0),
            (1.0, 129.0, 10.0),
            (1.0, 3.0, f64::INFINITY),
            (1.0, f64::NAN, 10.0),
            (1.0, 3.0, f64::NAN),
            (-1.0, 3.0, -0.5),
            (10.5, 3.0, 10.0),
            (-3.0, 3.0, 10.0),
            (0.0, 0.0, 10.0),
        ] {
            let match_clip = MatchClip { low, high };
            let rules = Rules { match_threshold_bits: threshold, match_clip, ..Rules::retail() };
            assert_eq!(
                rules.validate().unwrap_err().kind(),
                RulesErrorKind::Clip,
                "{threshold} {low} {high}"
            );
        }
        let rules = Rules { max_records_per_profile: 0, ..Rules::retail() };
        assert_eq!(rules.validate().unwrap_err().kind(), RulesErrorKind::ProfileCap);
    }
}
