//! The rules made ready.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::error::{JourneyRulesError, JourneyRulesErrorKind};
use super::rules::{FeedbackRule, JourneyRules, MAX_RULES, QuestionRule, Worth};
use super::step::{Journey, JourneyStep, StepKind, StepMoney, StepQuestion, StepWork};
use super::which::{Chosen, Which, form, said, states};
use crate::event::{Event, EventKind, EventName, OrderKey};
use crate::journey::Feedback;
use crate::journey::paths::Aliases;
use crate::money::{CurrencyTable, CurrencyUnit, Decimal, Rounding};
use crate::text::digits;

/// [`JourneyRules`] made ready.
#[derive(Clone)]
pub struct JourneyReader {
    rules: JourneyRules,
    pages: Aliases,
    unit: Option<CurrencyUnit>,
    /// By the form in which names are compared.
    names: BTreeMap<String, Box<str>>,
    channels: Vec<Chosen>,
    hidden: Vec<Chosen>,
    excluded: Vec<Chosen>,
    outbound: Vec<Chosen>,
    internal: Vec<Chosen>,
    key_touches: Vec<Chosen>,
    conversions: Vec<Chosen>,
    refunds: Vec<Chosen>,
    feedback: Vec<(Chosen, BTreeMap<String, Feedback>)>,
    questions: Vec<Chosen>,
    work: Vec<Chosen>,
}

impl fmt::Debug for JourneyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JourneyReader").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl JourneyRules {
    /// Makes the rules ready.
    ///
    /// # Errors
    /// [`JourneyRulesErrorKind`], with the field and the place of the rule.
    ///
    /// # Complexity
    /// Linear in the rules, and that of [`AliasRules::compile`](crate::journey::paths::AliasRules::compile).
    pub fn compile(&self) -> Result<JourneyReader, JourneyRulesError> {
        let wrong = JourneyRulesError::new;
        let rules = self.clone();
        let pages = self
            .pages
            .compile()
            .map_err(|error| wrong(JourneyRulesErrorKind::Page(error.kind()), "pages", error.rule()))?;
        let mut names: BTreeMap<String, Box<str>> =
            EventName::KNOWN.iter().map(|name| (form(name.as_str()), name.as_str().into())).collect();
        check_count("names", self.names.len())?;
        let mut own: BTreeMap<String, &str> = BTreeMap::new();
        for (place, (name, called)) in self.names.iter().enumerate() {
            if name.trim().is_empty() || called.trim().is_empty() {
                return Err(wrong(JourneyRulesErrorKind::Empty, "names", place));
            }
            if own.insert(form(name), called).is_some_and(|before| *before != **called) {
                return Err(wrong(JourneyRulesErrorKind::SameName, "names", place));
            }
            names.insert(form(name), called.clone());
        }
        let unit = match self.currency {
            Some(currency) => {
                let table = CurrencyTable::new(self.decimals.map(|decimals| (currency, decimals)));
                let unit = table.and_then(|table| table.unit(currency));
                Some(unit.map_err(|_| wrong(JourneyRulesErrorKind::DecimalsNotChosen, "currency", 0))?)
            }
            None => None,
        };
        let empty = |text: &str| text.trim().is_empty();
        for (place, rule) in self.channels.iter().enumerate() {
            if empty(&rule.channel) {
                return Err(wrong(JourneyRulesErrorKind::Empty, "channels", place));
            }
        }
        for (place, rule) in self.questions.iter().enumerate() {
            if empty(&rule.topic) {
                return Err(wrong(JourneyRulesErrorKind::Empty, "questions", place));
            }
        }
        for (place, rule) in self.work.iter().enumerate() {
            if empty(&rule.kind) || empty(&rule.property) {
                return Err(wrong(JourneyRulesErrorKind::Empty, "work", place));
            }
        }
        let mut feedback = Vec::new();
        for (place, rule) in self.feedback.iter().enumerate() {
            if rule.bad_below > rule.good_from || rule.bad_below.is_nan() || rule.good_from.is_nan() {
                return Err(wrong(JourneyRulesErrorKind::InvalidFeedback, "feedback", place));
            }
            let words = rule.words.iter().map(|(word, means)| (form(word), *means)).collect();
            feedback.push((rule.which.compile("feedback", place)?, words));
        }
        check_count("feedback", feedback.len())?;
        Ok(JourneyReader {
            rules,
            pages,
            unit,
            names,
            channels: all("channels", self.channels.iter().map(|rule| &rule.which))?,
            hidden: all("hidden", &self.hidden)?,
            excluded: all("excluded", &self.excluded)?,
            outbound: all("outbound", &self.outbound)?,
            internal: all("internal", &self.internal)?,
            key_touches: all("key_touches", &self.key_touches)?,
            conversions: all("conversions", self.conversions.iter().map(|rule| &rule.which))?,
            refunds: all("refunds", self.refunds.iter().map(|rule| &rule.which))?,
            feedback,
            questions: all("questions", self.questions.iter().map(|rule| &rule.which))?,
            work: all("work", self.work.iter().map(|rule| &rule.which))?,
        })
    }
}

fn check_count(field: &'static str, count: usize) -> Result<(), JourneyRulesError> {
    if count > MAX_RULES {
        return Err(JourneyRulesError::new(JourneyRulesErrorKind::TooManyRules, field, MAX_RULES));
    }
    Ok(())
}

fn all<'a>(
    field: &'static str,
    rules: impl IntoIterator<Item = &'a Which>,
) -> Result<Vec<Chosen>, JourneyRulesError> {
    let rules: Result<Vec<Chosen>, _> =
        rules.into_iter().enumerate().map(|(place, which)| which.compile(field, place)).collect();
    let rules = rules?;
    check_count(field, rules.len())?;
    Ok(rules)
}

/// An event with the form of its name.
#[derive(Clone, Copy)]
struct Read<'a> {
    event: &'a Event,
    form: &'a str,
}

impl Read<'_> {
    fn is_any(self, rules: &[Chosen]) -> bool {
        rules.iter().any(|rule| rule.fits(self.event, self.form))
    }

    /// The first rule that fits, with its place.
    fn first<'r, T>(self, chosen: &[Chosen], rules: &'r [T]) -> Option<&'r T> {
        let mut both = chosen.iter().zip(rules);
        both.find(|(chosen, _)| chosen.fits(self.event, self.form)).map(|(_, rule)| rule)
    }
}

impl JourneyReader {
    /// The rules.
    #[must_use]
    pub const fn rules(&self) -> &JourneyRules {
        &self.rules
    }

    /// One customer's journey. Events may come in any order and more than once. What they say of consents decides whether she
    /// refused the purpose of the rules, so give all of them; where a ledger of consents is kept, ask that and call
    /// [`journey_of_consenting`](Self::journey_of_consenting).
    ///
    /// # Complexity
    /// O(n (r + log n)) for n events and r rules, and that of [`Aliases::name`] for pages.
    #[must_use]
    pub fn journey<'e>(&self, events: impl IntoIterator<Item = &'e Event>) -> Journey {
        // The last word on the purpose; a refusal at the same place counts.
        let mut refused: Option<(OrderKey, bool)> = None;
        let journey = self.journey_of_consenting(events.into_iter().inspect(|event| {
            if let Some(no) = self.refuses(event) {
                refused = refused.take().max(Some((event.order_key(), no)));
            }
        }));
        if refused.is_some_and(|(_, no)| no) { Journey::nobody() } else { journey }
    }

    /// The same for a customer of whom it is known from elsewhere that she did not refuse the purpose: what the events say of
    /// consents makes no difference.
    ///
    /// # Complexity
    /// As [`journey`](Self::journey).
    #[must_use]
    pub fn journey_of_consenting<'e>(&self, events: impl IntoIterator<Item = &'e Event>) -> Journey {
        let mut steps = Vec::new();
        for event in events {
            let name = self.name(event);
            let form = form(&name);
            let read = Read { event, form: &form };
            if read.is_any(&self.excluded) {
                return Journey::nobody();
            }
            steps.extend(self.step_of(read, &name));
        }
        Journey::of(steps, self.rules.orders_once)
    }

    /// Whether a customer who has that event has no journey, whatever else she has.
    ///
    /// # Complexity
    /// O(r) for r rules that exclude.
    #[must_use]
    pub fn excludes(&self, event: &Event) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let form = form(&self.name(event));
        Read { event, form: &form }.is_any(&self.excluded)
    }

    /// One event alone, whoever's it is; `None` if the rules hide it.
    #[must_use]
    pub fn step(&self, event: &Event) -> Option<JourneyStep> {
        let name = self.name(event);
        let form = form(&name);
        self.step_of(Read { event, form: &form }, &name)
    }

    /// Whether we did it, and not the customer: such an event never opens nor extends a visit.
    #[must_use]
    pub fn is_outbound(&self, event: &Event) -> bool {
        if event.is_ours() {
            return true;
        }
        if self.outbound.is_empty() {
            return false;
        }
        let form = form(&self.name(event));
        Read { event, form: &form }.is_any(&self.outbound)
    }

    /// What an event says about the purpose of the rules: `true` is a refusal. A purpose speaks for those under it, as in a ledger
    /// of consents.
    fn refuses(&self, event: &Event) -> Option<bool> {
        let purpose = self.rules.purpose.as_deref()?;
        let about = event.consents().filter(|change| {
            let all = change.purpose == "*" && !change.granted;
            change.channel.is_none() && (all || covers(change.purpose, purpose))
        });
        about.map(|change| !change.granted).max()
    }

    /// The name of an event: a page by its address, the rest by what it is called; empty if there is none.
    fn name<'e>(&'e self, event: &'e Event) -> Cow<'e, str> {
        let own = event.kind().name().map(EventName::as_str).filter(|name| !name.trim().is_empty());
        let name = match event.kind() {
            EventKind::Page { .. } if self.rules.pages_by_address || own.is_none() => {
                match said(event, "path").or_else(|| said(event, "url")) {
                    Some(address) => self.pages.name(address),
                    None => own.map_or_else(|| self.pages.name(""), Cow::Borrowed),
                }
            }
            _ => Cow::Borrowed(own.unwrap_or_default()),
        };
        match self.names.get(&form(&name)) {
            Some(called) => Cow::Borrowed(&**called),
            None => name,
        }
    }

    fn step_of(&self, read: Read<'_>, name: &str) -> Option<JourneyStep> {
        let event = read.event;
        if read.is_any(&self.hidden) {
            return None;
        }
        let conversion = read.first(&self.conversions, &self.rules.conversions);
        let refund = read.first(&self.refunds, &self.rules.refunds);
        let (kind, money) = if event.is_ours() || read.is_any(&self.outbound) {
            (StepKind::Outbound, None)
        } else if let Some(rule) = conversion {
            (StepKind::Conversion, Some(self.sale(event, rule.worth)))
        } else if let Some(rule) = refund {
            (StepKind::Refund, Some(StepMoney { whole: rule.whole, ..self.amount(event, true) }))
        } else if name.trim().is_empty() || read.is_any(&self.internal) {
            (StepKind::Internal, None)
        } else {
            (StepKind::Touch, None)
        };
        let channel = read.first(&self.channels, &self.rules.channels);
        let channel = channel.map_or_else(|| event.channel().as_str(), |rule| &*rule.channel);
        let question = read.first(&self.questions, &self.rules.questions).map(|rule| question(event, rule));
        let work = self.work.iter().zip(&self.rules.work).find_map(|(chosen, rule)| {
            let id = chosen.fits(event, read.form).then(|| said(event, &rule.property)).flatten()?;
            Some(StepWork { object: format!("{}/{id}", rule.kind).into(), ends: rule.ends })
        });
        let feedback = self.feedback.iter().zip(&self.rules.feedback).find_map(|((chosen, words), rule)| {
            chosen.fits(event, read.form).then(|| feedback(event, words, rule)).flatten()
        });
        let subject = self.rules.subject_properties.iter().find_map(|property| said(event, property));
        Some(JourneyStep {
            order: event.order_key(),
            kind,
            channel: channel.into(),
            key: kind == StepKind::Touch && read.is_any(&self.key_touches),
            name: name.trim().into(),
            session: None,
            money,
            feedback,
            work,
            question,
            subject: subject.map(Into::into),
        })
    }

    /// What a conversion says about an order.
    fn sale(&self, event: &Event, worth: Worth) -> StepMoney {
        if let Worth::Fixed(minor) = worth {
            let order = said(event, &self.rules.order_property).map(Into::into);
            return StepMoney { order, value_minor: Some(i64::from(minor)), ..StepMoney::default() };
        }
        self.amount(event, false)
    }

    /// What an event states. A refund may be told below zero; a sale below zero is worth nothing.
    fn amount(&self, event: &Event, refund: bool) -> StepMoney {
        let order = said(event, &self.rules.order_property).map(Into::into);
        let Some(unit) = self.unit else { return StepMoney { order, ..StepMoney::default() } };
        let currency = said(event, &self.rules.currency_property);
        let foreign =
            currency.is_some_and(|code| !code.trim().eq_ignore_ascii_case(unit.currency().as_str()));
        let number = |property: &str| Decimal::parse(said(event, property)?).ok();
        let value = self.rules.value_properties.iter().find_map(|property| number(property));
        // Rounded, since sums of binary fractions have some decimals too many (49.900000000000006).
        let value = value
            .filter(|_| !foreign)
            .and_then(|number| number.to_money_rounded(unit, Rounding::default()).ok())
            .map(|money| if refund { money.minor().saturating_abs() } else { money.minor() })
            .filter(|&minor| minor >= 0);
        let stated = self.rules.value_properties.iter().any(|property| states(event, property));
        let unreadable = stated && value.is_none();
        StepMoney { order, value_minor: value, foreign, unreadable, ..StepMoney::default() }
    }
}

/// Whether a purpose that somebody spoke of is that one, or the one it lies under, in whatever case: `Analytics` covers
/// `analytics.journeys`.
fn covers(said: &str, purpose: &str) -> bool {
    let (said, purpose) = (said.to_ascii_lowercase(), purpose.to_ascii_lowercase());
    purpose.strip_prefix(&*said).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn question(event: &Event, rule: &QuestionRule) -> StepQuestion {
    let stated = rule.topic_property.as_deref().and_then(|property| said(event, property));
    let at_hand = rule.known_property.as_deref().and_then(|property| said(event, property)) == Some("true");
    StepQuestion {
        topic: stated.map_or_else(|| rule.topic.clone(), Into::into),
        known: at_hand || rule.known_in.contains(event.channel()),
    }
}

fn feedback(event: &Event, words: &BTreeMap<String, Feedback>, rule: &FeedbackRule) -> Option<Feedback> {
    let text = said(event, &rule.property)?;
    if let Some(&means) = words.get(&form(text)) {
        return Some(means);
    }
    let number: f64 = digits::fold(text).trim().parse().ok().filter(|number: &f64| number.is_finite())?;
    Some(match number {
        bad if bad < rule.bad_below => Feedback::Bad,
        good if good >= rule.good_from => Feedback::Good,
        _ => Feedback::Neutral,
    })
}
