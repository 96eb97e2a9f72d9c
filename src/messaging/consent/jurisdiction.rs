//! What the law makes of silence, by region: data with its source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::presets::Bindingness;
use super::ledger::ConsentRule;
use super::rules::ConsentRules;
use crate::channel::Channel;
use crate::region::Region;
use crate::time::NaiveDate;

/// The consent rules of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentLaw {
    /// What silence means.
    pub rules: ConsentRules,
    /// What the rules cannot express and a sender has to see to.
    pub note: String,
    /// How binding the source says it is.
    pub bindingness: Bindingness,
    /// Where it is written.
    pub source: String,
    /// The date of this entry. Laws change: read the source before you rely on it.
    pub as_of: NaiveDate,
}

/// Consent rules by region: data with source and date, which a host can override. Not legal advice: an entry says which
/// rule we read in its source, no more, and where a source leaves room it takes the stricter reading. Consent has to be
/// provable in all of them: keep evidence.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{Class, ConsentBook, ConsentRule, Policy};
/// let policy = Policy { consent_regions: ConsentBook::published().rules(), ..Policy::default() };
/// let rule = |region: &str, channel| Ok::<_, throughline::region::InvalidRegion>(
///     policy.consent_rule(Class::Marketing, Some(region.parse()?), &channel),
/// );
/// assert_eq!(rule("US", Channel::Email)?, ConsentRule::OptOut);
/// assert_eq!(rule("US", Channel::Sms)?, ConsentRule::OptIn);
/// assert_eq!(rule("DE", Channel::Email)?, ConsentRule::SoftOptIn);
/// assert_eq!(rule("IL", Channel::Email)?, ConsentRule::OptIn);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsentBook(BTreeMap<Region, ConsentLaw>);

impl ConsentBook {
    /// The rules this version of the crate knows of.
    #[must_use]
    pub fn published() -> Self {
        let laws = PUBLISHED.iter().filter_map(|entry| Some((entry.regions, entry.law()?)));
        let each = laws.flat_map(|(regions, law)| {
            regions.split(' ').filter_map(Region::parse).map(move |region| (region, law.clone()))
        });
        Self(each.collect())
    }

    /// The law of a region.
    #[must_use]
    pub fn law(&self, region: Region) -> Option<&ConsentLaw> {
        self.0.get(&region)
    }

    /// The same with another law for a region.
    #[must_use]
    pub fn with(mut self, region: Region, law: ConsentLaw) -> Self {
        self.0.insert(region, law);
        self
    }

    /// All laws, by region.
    pub fn iter(&self) -> impl Iterator<Item = (Region, &ConsentLaw)> {
        self.0.iter().map(|(region, law)| (*region, law))
    }

    /// The rules alone, for [`Policy::consent_regions`](super::super::Policy::consent_regions).
    #[must_use]
    pub fn rules(&self) -> BTreeMap<Region, ConsentRules> {
        self.iter().map(|(region, law)| (region, law.rules.clone())).collect()
    }
}

struct Entry {
    regions: &'static str,
    /// For channels that are not named.
    marketing: ConsentRule,
    email: ConsentRule,
    sms: ConsentRule,
    bindingness: Bindingness,
    source: &'static str,
    note: &'static str,
}

impl Entry {
    fn law(&self) -> Option<ConsentLaw> {
        let channels = [(Channel::Email, self.email), (Channel::Sms, self.sms)];
        Some(ConsentLaw {
            rules: ConsentRules {
                marketing: self.marketing,
                channels: channels.into_iter().filter(|(_, rule)| *rule != self.marketing).collect(),
                service: OptOut,
            },
            note: self.note.to_owned(),
            bindingness: self.bindingness,
            source: self.source.to_owned(),
            as_of: NaiveDate::from_ymd_opt(2026, 11, 1)?,
        })
    }
}

use Bindingness::{Advice, Law, Provider};
use ConsentRule::{OptIn, OptOut, SoftOptIn};

const SIMILAR: &str = "The exception for customers holds for the sender's own similar goods, where the address came with a \
                       sale and every message offers to object.";

const PUBLISHED: &[Entry] = &[
    Entry {
        regions: "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO",
        marketing: OptIn,
        email: SoftOptIn,
        sms: SoftOptIn,
        bindingness: Law,
        source: "Directive 2002/58/EC, article 13(1) and (2); electronic mail includes text messages (article 2(h))",
        note: "A directive: the member state's own act decides, such as UWG section 7 in Germany. The exception for customers \
               holds for the sender's own similar goods, where the address came with a sale and every message offers to \
               object.",
    },
    Entry {
        regions: "GB",
        marketing: OptIn,
        email: SoftOptIn,
        sms: SoftOptIn,
        bindingness: Law,
        source: "Privacy and Electronic Communications (EC Directive) Regulations 2003, regulation 22",
        note: SIMILAR,
    },
    Entry {
        regions: "US",
        marketing: OptIn,
        email: OptOut,
        sms: OptIn,
        bindingness: Law,
        source: "e-mail: CAN-SPAM Act, 15 U.S.C. 7704(a)(3) to (5); calls and texts: TCPA, 47 U.S.C. 227(b), 47 CFR \
                 64.1200(a)",
        note: "States have laws of their own, some with earlier quiet hours. Consent for texts is for a named sender.",
    },
    Entry {
        regions: "CA",
        marketing: OptIn,
        email: SoftOptIn,
        sms: SoftOptIn,
        bindingness: Law,
        source: "Canada's Anti-Spam Legislation, S.C. 2010, c. 23, sections 6 and 10(9) to (13)",
        note: "A purchase implies consent for two years: set the greatest age of the relationship to 730 days. Implied \
               consent does not ask for similar goods; this entry does.",
    },
    Entry {
        regions: "IL",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Law,
        source: "Communications Law (Telecommunications and Broadcasting), 5742-1982, section 30A",
        note: "Section 30A(c) has an exception for customers under conditions, which this entry does not use.",
    },
    Entry {
        regions: "RU",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Law,
        source: "Federal Law 38-FZ of 13 March 2006 on Advertising, article 18(1)",
        note: "Advertising counts as sent without consent unless the sender proves it.",
    },
    Entry {
        regions: "TR",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Law,
        source: "Law 6563 on the Regulation of Electronic Commerce, article 6",
        note: "Consents and refusals are kept in a national register; ask it before sending.",
    },
    Entry {
        regions: "CH",
        marketing: OptIn,
        email: SoftOptIn,
        sms: SoftOptIn,
        bindingness: Law,
        source: "Federal Act against Unfair Competition, article 3(1)(o)",
        note: SIMILAR,
    },
    Entry {
        regions: "AU",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Law,
        source: "Spam Act 2003 (Cth), section 16 and schedule 2",
        note: "Consent can also be inferred from an existing relationship, which this entry does not use.",
    },
    Entry {
        regions: "AE SA JO KW",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Provider,
        source: "SMS guidelines of messaging providers for the region",
        note: "Promotional sender names are registered with the operators; the regulators' own texts were not read.",
    },
    Entry {
        regions: "IR",
        marketing: OptIn,
        email: OptIn,
        sms: OptIn,
        bindingness: Advice,
        source: "recommendation of this crate; the operators' blacklist of promotional lines by several providers' pages",
        note: "Numbers on the operators' blacklist do not get messages from promotional lines, only from service lines: treat \
               what the provider reports as blacklisted as a refusal of marketing. No text of a law was verified.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_source_and_survives_storage() {
        let book = ConsentBook::published();
        assert_eq!(book.iter().count(), 30 + 9 + 4);
        for (region, law) in book.iter() {
            assert!(!law.source.is_empty() && !law.note.is_empty(), "{region}");
            assert_ne!(law.rules.marketing, OptOut, "{region}");
        }
        let stored = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<ConsentBook>(&stored).unwrap(), book);
    }
}
