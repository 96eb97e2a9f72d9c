//! What whoever takes a conversation is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::journey::thread::{Document, StepState, ThreadKind, ThreadState};
use crate::journey::timeline::Entry;
use crate::locale::Locale;
use crate::pii::Pii;
use crate::text::Direction;
use crate::time::{DateTime, Utc};

/// One question that was asked, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The host's name of the question (`order_number`).
    pub question: Box<str>,
    /// The answer; `None` if none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Pii<Box<str>>>,
}

/// One thing that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenObject {
    /// What it is.
    pub kind: ThreadKind,
    /// The host's id of it.
    pub object: Box<str>,
    /// The step that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<str>>,
    /// The steps that are to be done.
    pub steps_open: Vec<Box<str>>,
    /// When somebody was last at work.
    pub last: DateTime<Utc>,
}

/// What a packet is made of. All of it is given: nothing is looked up.
#[derive(Debug, Clone, Default)]
pub struct PacketInput<'a> {
    /// Why a person is asked for: the host's word.
    pub reason: &'a str,
    /// Of which skill.
    pub skill: &'a str,
    /// Her language.
    pub language: Option<Locale>,
    /// By purpose, whether she may be told; latest word.
    pub consents: BTreeMap<Box<str>, bool>,
    /// Her fields by name.
    pub profile: BTreeMap<Box<str>, Pii<Box<str>>>,
    /// Her timeline, earliest first.
    pub timeline: &'a [Entry],
    /// Her threads, as the agent's channel may see them.
    pub threads: &'a [&'a Document],
    /// What was asked and answered, the earliest first.
    pub asked: &'a [Asked],
    /// Where the whole transcript is: the host's reference.
    pub transcript: Option<&'a str>,
    /// Until when somebody is to accept.
    pub accept_by: Option<DateTime<Utc>>,
}

/// How much goes into a packet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PacketSettings {
    /// How many of the latest entries of the timeline.
    pub entries: usize,
    /// Which fields of the profile, by name.
    pub fields: BTreeSet<Box<str>>,
}

impl Default for PacketSettings {
    /// Twenty entries; names, language and home town.
    fn default() -> Self {
        let fields = ["first_name", "last_name", "name", "locale", "city"];
        Self { entries: 20, fields: fields.map(Into::into).into() }
    }
}

/// What whoever takes a conversation is told. `Debug` shows how much it is, not what.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packet {
    /// Why a person is asked for.
    pub reason: Box<str>,
    /// Of which skill.
    pub skill: Box<str>,
    /// Her language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Locale>,
    /// The direction in which it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// By purpose, whether she may be told.
    pub consents: BTreeMap<Box<str>, bool>,
    /// Who she is, in short.
    pub profile: BTreeMap<Box<str>, Pii<Box<str>>>,
    /// What happened lately, earliest first.
    pub timeline: Vec<Entry>,
    /// What is open, the latest first.
    pub open: Vec<OpenObject>,
    /// What was asked, each question once with its latest answer, in the order in which they were first asked.
    pub asked: Vec<Asked>,
    /// Where the whole transcript is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Box<str>>,
    /// Until when somebody is to accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_by: Option<DateTime<Utc>>,
}

impl Packet {
    /// Packs what is given.
    ///
    /// # Complexity
    /// O(n log n) in what is given.
    ///
    /// ```
    /// use throughline::journey::{Asked, Packet, PacketInput, PacketSettings};
    /// use throughline::pii::Pii;
    /// use throughline::text::Direction;
    /// let asked = [Asked { question: "order".into(), answer: Some(Pii::new("۴۷۱۱".into())) }];
    /// let input = PacketInput { language: Some("fa-IR".parse()?), asked: &asked, ..PacketInput::default() };
    /// let packet = Packet::build(&input, &PacketSettings::default());
    /// assert_eq!(packet.direction, Some(Direction::Rtl));
    /// assert_eq!(packet.still_to_ask(&["order", "address"]), ["address"]);
    /// # Ok::<(), throughline::locale::InvalidLocale>(())
    /// ```
    #[must_use]
    pub fn build(input: &PacketInput<'_>, settings: &PacketSettings) -> Self {
        let surplus = input.timeline.len().saturating_sub(settings.entries);
        let is_open = |document: &&&Document| document.state == ThreadState::Open;
        let mut open: Vec<OpenObject> = input
            .threads
            .iter()
            .filter(is_open)
            .map(|document| OpenObject {
                kind: document.kind.clone(),
                object: document.object.clone(),
                step: document.last.step.clone(),
                steps_open: document.steps_in(StepState::Open).map(Into::into).collect(),
                last: document.last.at.into(),
            })
            .collect();
        open.sort_by(|a, b| {
            b.last.cmp(&a.last).then_with(|| (&a.kind, &a.object).cmp(&(&b.kind, &b.object)))
        });
        let mut asked: Vec<Asked> = Vec::new();
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for one in input.asked {
            match places.get(&*one.question).and_then(|place| asked.get_mut(*place)) {
                Some(known) if one.answer.is_some() => known.answer.clone_from(&one.answer),
                Some(_) => {}
                None => {
                    places.insert(&one.question, asked.len());
                    asked.push(one.clone());
                }
            }
        }
        let profile = input.profile.iter().filter(|(name, _)| settings.fields.contains(*name));
        Self {
            reason: input.reason.into(),
            skill: input.skill.into(),
            direction: input.language.as_ref().map(Locale::direction),
            language: input.language.clone(),
            consents: input.consents.clone(),
            profile: profile.map(|(name, value)| (name.clone(), value.clone())).collect(),
            timeline: input.timeline.get(surplus..).unwrap_or_default().to_vec(),
            open,
            asked,
            transcript: input.transcript.map(Into::into),
            accept_by: input.accept_by,
        }
    }

    /// The answer to a question, if it was answered.
    #[must_use]
    pub fn answer(&self, question: &str) -> Option<&Pii<Box<str>>> {
        self.asked.iter().find(|asked| *asked.question == *question)?.answer.as_ref()
    }

    /// Of these questions those that were not answered yet, in their order.
    #[must_use]
    pub fn still_to_ask<'q>(&self, questions: &[&'q str]) -> Vec<&'q str> {
        questions.iter().copied().filter(|question| self.answer(question).is_none()).collect()
    }
}

impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packet")
            .field("reason", &self.reason)
            .field("skill", &self.skill)
            .field("language", &self.language)
            .field("profile", &self.profile.len())
            .field("timeline", &self.timeline.len())
            .field("open", &self.open.len())
            .field("asked", &self.asked.len())
            .field("accept_by", &self.accept_by)
            .finish_non_exhaustive()
    }
}
