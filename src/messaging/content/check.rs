//! The guard of a message's content: each variant says the same, and public texts do not copy one another.

use std::collections::{BTreeMap, BTreeSet};

use super::error::RenderError;
use super::render::{Reader, RenderSettings, Rendering, render_variant};
use super::slot::SlotName;
use super::text::Text;
use super::variant::{Content, Variant};
use crate::messaging::claims::{Claim, claims};
use crate::messaging::cta::CtaDevice;
use crate::messaging::near_copy::{NearCopyIndex, NearCopyRules, Verdict, compare};

/// What is wrong with a content, by the variant it is wrong with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The variant's name.
    pub variant: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong with a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Another variant has the same name, or its name is empty.
    NotUnique,
    /// It cannot be written with the examples.
    Unrenderable(RenderError),
    /// Another variant tells this claim by its slot, this one does not.
    MissingClaim(SlotName),
    /// It says other things that a customer may hold the business to: prices, percentages, codes.
    OtherClaims {
        /// The variant that it is compared with: the first.
        than: String,
        /// What only this variant says.
        only_here: BTreeSet<Claim>,
        /// What only the other says.
        only_there: BTreeSet<Claim>,
    },
    /// Its text in a public place copies another: who finds both takes one for spam.
    NearCopy {
        /// The other: a variant's name, or the id of a published text.
        of: String,
        /// How many shingles they share.
        inter: usize,
        /// How many they have in all.
        union: usize,
        /// Whether that is a copy or only near one.
        verdict: Verdict,
    },
}

impl Problem {
    /// Whether the message must not go out with it. A text that is near another one is for the author to look at.
    #[must_use]
    pub fn refuses(&self) -> bool {
        match self {
            Self::NearCopy { verdict, .. } => *verdict == Verdict::Duplicate,
            _ => true,
        }
    }

    /// Its stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotUnique => "not_unique",
            Self::Unrenderable(_) => "unrenderable",
            Self::MissingClaim(_) => "missing_claim",
            Self::OtherClaims { .. } => "other_claims",
            Self::NearCopy { .. } => "near_copy",
        }
    }
}

/// The public texts that are out already, each under the host's id.
#[derive(Debug)]
pub struct Published {
    ids: Vec<String>,
    index: NearCopyIndex,
}

impl Published {
    /// Takes texts with their ids.
    #[must_use]
    pub fn new<T: AsRef<str>>(texts: impl IntoIterator<Item = (String, T)>) -> Self {
        let (ids, texts): (Vec<String>, Vec<T>) = texts.into_iter().unzip();
        Self { ids, index: NearCopyIndex::new(NearCopyRules::default().near_percent, texts) }
    }

    /// Adds a text.
    pub fn add(&mut self, id: impl Into<String>, text: &str) {
        self.ids.push(id.into());
        self.index.add(text);
    }

    fn near(&self, text: &str) -> impl Iterator<Item = Problem> {
        self.index.matches(text).into_iter().filter_map(|found| {
            let duplicate = usize::from(NearCopyRules::default().duplicate_percent);
            let same = found.inter * 100 >= found.union * duplicate;
            let verdict = if same { Verdict::Duplicate } else { Verdict::Near };
            let (inter, union) = (found.inter, found.union);
            Some(Problem::NearCopy { of: self.ids.get(found.position)?.clone(), inter, union, verdict })
        })
    }
}

/// What [`check`] looks at besides the content.
#[derive(Debug, Clone, Default)]
pub struct CheckFacts<'a> {
    /// The limits of channels.
    pub settings: RenderSettings,
    /// What the links of the devices in use can do; without any, an unknown device.
    pub devices: Vec<CtaDevice>,
    /// The public texts that are out already.
    pub published: Option<&'a Published>,
}

/// Looks for what would make a message say different things in different places, or copy a public text.
///
/// Each variant is written with the content's own facts and the examples of what differs from person to person. Then:
/// each tells the slots that are [claims](super::Slot::is_claim) which any of them tells, so that a price stays bound to
/// what it is the price of; and the claims found in the written texts are the same, which finds a price that was typed
/// into one text by hand. Texts of public channels are compared with one another and with those published.
///
/// # Complexity
/// O(v) renderings; public texts pairwise, and one look-up each in the index.
#[must_use]
pub fn check(content: &Content, facts: &CheckFacts<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report =
        |variant: &Variant, problem| findings.push(Finding { variant: variant.id.clone(), problem });
    let mut names = BTreeSet::new();
    let mut written: Vec<(&Variant, Rendering)> = Vec::new();
    let devices = if facts.devices.is_empty() { vec![CtaDevice::default()] } else { facts.devices.clone() };
    for variant in &content.variants {
        if variant.id.is_empty() || !names.insert(&variant.id) {
            report(variant, Problem::NotUnique);
        }
        let mut first = None;
        for links in &devices {
            let locales = std::slice::from_ref(&variant.locale);
            let reader =
                Reader { channel: &variant.channel, locales, device: variant.device.as_ref(), links };
            match render_variant(content, variant, &reader, &content.personal, &facts.settings) {
                Ok(rendering) => first = first.or(Some(rendering)),
                Err(error) => {
                    report(variant, Problem::Unrenderable(error));
                    break;
                }
            }
        }
        written.extend(first.map(|rendering| (variant, rendering)));
    }
    let claimed: BTreeMap<&str, BTreeSet<&SlotName>> =
        written.iter().map(|(variant, _)| (&*variant.id, claim_slots(content, variant))).collect();
    let all: BTreeSet<&SlotName> = claimed.values().flatten().copied().collect();
    let said: Vec<BTreeSet<Claim>> = written.iter().map(|(_, rendering)| claims_of(rendering)).collect();
    for ((variant, _), says) in written.iter().zip(&said) {
        let tells = claimed.get(&*variant.id);
        // What a Jinja text names is not known; it is judged by what it says.
        let known = variant.texts().all(|text| matches!(text, Text::Message(_)));
        let missing = |slot: &&&SlotName| known && tells.is_none_or(|tells| !tells.contains(**slot));
        for slot in all.iter().filter(missing) {
            report(variant, Problem::MissingClaim((*slot).clone()));
        }
        if let (Some(reference), Some((than, _))) = (said.first(), written.first())
            && says != reference
        {
            report(
                variant,
                Problem::OtherClaims {
                    than: than.id.clone(),
                    only_here: says.difference(reference).cloned().collect(),
                    only_there: reference.difference(says).cloned().collect(),
                },
            );
        }
    }
    let public: Vec<(&Variant, &str)> = written
        .iter()
        .filter(|(variant, _)| variant.channel.nature().public)
        .map(|(variant, rendering)| (*variant, rendering.body.reveal().as_str()))
        .collect();
    for (place, (variant, text)) in public.iter().enumerate() {
        // A text may stand in one channel for several devices.
        let earlier = public.iter().take(place).filter(|(other, _)| other.channel != variant.channel);
        for (other, theirs) in earlier {
            let found = compare(text, theirs);
            if found.verdict != Verdict::Distinct {
                let (inter, union) = (found.inter, found.union);
                report(
                    variant,
                    Problem::NearCopy { of: other.id.clone(), inter, union, verdict: found.verdict },
                );
            }
        }
        for problem in facts.published.iter().flat_map(|published| published.near(text)) {
            report(variant, problem);
        }
    }
    findings
}

/// The claims that a variant tells by its slots.
fn claim_slots<'c>(content: &'c Content, variant: &'c Variant) -> BTreeSet<&'c SlotName> {
    let is_claim = |name: &&SlotName| {
        let slot = content.slots.get(*name).or_else(|| content.personal.get(*name));
        slot.is_some_and(super::Slot::is_claim)
    };
    variant.texts().flat_map(Text::slots).filter(is_claim).collect()
}

fn claims_of(rendering: &Rendering) -> BTreeSet<Claim> {
    let texts = [Some(&rendering.body), rendering.title.as_ref()];
    texts.into_iter().flatten().flat_map(|text| claims(text.reveal())).collect()
}

impl Content {
    /// The slots that a person's values must give: those that a text names and the message itself has no value for.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<&SlotName> {
        let named = self.variants.iter().flat_map(|variant| variant.texts().flat_map(Text::slots));
        let link = self.intent.map(|_| "link");
        named.filter(|name| !self.slots.contains_key(*name) && link != Some(name.as_str())).collect()
    }
}
