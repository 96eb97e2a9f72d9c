//! Every gate of one endpoint at one instant, as plain values: reasons are written only for who reads them.

use std::cell::Cell;

use super::caps::{CapQuestion, CapState, Counter};
use super::combine::State;
use super::consent::{ConsentAnswer, ConsentQuestion, ConsentRecord, ConsentState, consent, consent_across};
use super::gate::{Context, Gate, Stage, Verdict};
use super::input::{Class, Endpoint, Message, Recipient};
use super::policy::Policy;
use super::purpose::ChannelScope;
use super::quiet::{Quiet, QuietReason, quiet};
use super::readiness::Unready;
use super::service_window::{ServiceWindowAnswer, ServiceWindowReason};
use crate::calendar::Windows;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// How often an endpoint is asked for one release. Each time a gate opens for good or a window ends: this is far more
/// than caps and quiet hours of a person's life need.
const MOST_ROUNDS: usize = 4_096;

/// What a gate found.
#[derive(Debug, Clone)]
pub(super) enum Finding {
    Consent(ConsentAnswer),
    Preference(DateTime<Utc>),
    Unreachable,
    Unverified,
    Unready(Unready),
    Window(ServiceWindowAnswer),
    Quiet(Option<QuietReason>),
    Caps(DateTime<Utc>),
    MissingVariant,
    Own(Reason),
}

/// What a gate says.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Pass(Option<Finding>),
    Until(DateTime<Utc>, Finding),
    Block(Finding),
}

/// What an endpoint says: whether and when it opens, and the gate that keeps it shut longest.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) state: State,
    pub(super) why: Option<(Stage, Finding)>,
}

/// Quiet hours at an instant.
type QuietAt = (DateTime<Utc>, Quiet);

pub(super) struct Judge<'a> {
    pub(super) message: &'a Message,
    pub(super) recipient: &'a Recipient,
    pub(super) policy: &'a Policy,
    gates: &'a [&'a dyn Gate],
    windows: &'a Windows,
    counter: Counter<'a>,
    /// Quiet hours are those of the person, not of an endpoint: the last two answers hold for all,
    /// that of now and that of the instant waited for.
    quiet: Cell<[Option<QuietAt>; 2]>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        message: &'a Message,
        recipient: &'a Recipient,
        policy: &'a Policy,
        gates: &'a [&'a dyn Gate],
        now: DateTime<Utc>,
    ) -> Self {
        let question = CapQuestion {
            now,
            class: message.class,
            channel: &crate::channel::Channel::Server,
            category: message.category.as_deref(),
            message: Some(&message.id),
            sends: &recipient.sends,
            whereabouts: &recipient.whereabouts,
            week_start: policy.week_start(recipient.region),
            pinned: &policy.pinned_zones,
        };
        let windows = policy.quiet_hours.of(recipient.region);
        let counter = Counter::new(&policy.caps, question);
        Self { message, recipient, policy, gates, windows, counter, quiet: Cell::new([None; 2]) }
    }

    /// Whether the host has gates of its own, of which nobody knows when they change.
    pub(super) const fn has_own(&self) -> bool {
        !self.gates.is_empty()
    }

    /// What a gate of this crate says.
    pub(super) fn ask(&self, stage: Stage, endpoint: &Endpoint, at: DateTime<Utc>) -> Answer {
        match stage {
            Stage::Consent => self.consent(endpoint, at),
            Stage::Preference => self.preference(endpoint, at),
            Stage::Reachable => self.reachable(endpoint),
            Stage::ServiceWindow => self.service_window(endpoint, at),
            Stage::QuietHours => self.quiet_hours(endpoint, at),
            Stage::FrequencyCap => match self.counter.ask(&endpoint.channel, at) {
                CapState::Open => Answer::Pass(None),
                CapState::Until(until) => Answer::Until(until, Finding::Caps(at)),
                CapState::Never => Answer::Block(Finding::Caps(at)),
            },
            Stage::Render => match &self.message.written_for {
                Some(channels) if !channels.contains(&endpoint.channel) => {
                    Answer::Block(Finding::MissingVariant)
                }
                _ => Answer::Pass(None),
            },
        }
    }

    /// What the host's gates of a stage say, in a total order.
    pub(super) fn ask_own(&self, stage: Stage, endpoint: &Endpoint, at: DateTime<Utc>) -> Vec<Answer> {
        let context = Context {
            message: self.message,
            recipient: self.recipient,
            endpoint,
            policy: self.policy,
            now: at,
        };
        let own = self.gates.iter().filter(|gate| gate.stage() == stage);
        let mut verdicts: Vec<Verdict> = own.map(|gate| gate.judge(&context)).collect();
        verdicts.sort_by(|one, other| rule(one).cmp(rule(other)));
        let answer = |verdict| match verdict {
            Verdict::Pass(reason) => Answer::Pass(reason.map(Finding::Own)),
            Verdict::Until(until, reason) if until > at => Answer::Until(until, Finding::Own(reason)),
            Verdict::Until(..) => Answer::Pass(None),
            Verdict::Block(reason) => Answer::Block(Finding::Own(reason)),
        };
        verdicts.into_iter().map(answer).collect()
    }

    /// When an endpoint opens: the first instant from `now` on at which no gate keeps it shut. Gates that let go at
    /// different times are asked again at each, because one may have shut while another was waited for.
    pub(super) fn standing(&self, endpoint: &Endpoint, now: DateTime<Utc>) -> Standing {
        let mut at = now;
        let mut why = None;
        for _ in 0..MOST_ROUNDS {
            match self.at(endpoint, at) {
                Together::Open if at == now => return Standing { state: State::Open, why: None },
                Together::Open => return Standing { state: State::Opens(at), why },
                Together::Shut(stage, finding) => {
                    return Standing { state: State::Shut, why: Some((stage, finding)) };
                }
                Together::Until(until, stage, finding) => {
                    at = until;
                    why = Some((stage, finding));
                    // It need not be known when exactly it opens after the message has expired.
                    if self.message.expires_at.is_some_and(|expiry| at >= expiry) {
                        return Standing { state: State::Opens(at), why };
                    }
                }
            }
        }
        Standing { state: State::Shut, why }
    }

    fn at(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Together {
        let mut waits: Option<(DateTime<Utc>, Stage, Finding)> = None;
        let mut later = |until: DateTime<Utc>, stage: Stage, finding: Finding| {
            // Of two gates that open at one instant the earlier stage is named.
            if waits.as_ref().is_none_or(|(latest, ..)| until > *latest) {
                waits = Some((until, stage, finding));
            }
        };
        for stage in Stage::ALL {
            if stage.bypassed_by(self.message.class) {
                continue;
            }
            match self.ask(stage, endpoint, at) {
                Answer::Pass(_) => {}
                Answer::Until(until, finding) => later(until, stage, finding),
                Answer::Block(finding) => return Together::Shut(stage, finding),
            }
            if self.gates.is_empty() {
                continue;
            }
            for answer in self.ask_own(stage, endpoint, at) {
                match answer {
                    Answer::Pass(_) => {}
                    Answer::Until(until, finding) => later(until, stage, finding),
                    Answer::Block(finding) => return Together::Shut(stage, finding),
                }
            }
        }
        waits.map_or(Together::Open, |(until, stage, finding)| Together::Until(until, stage, finding))
    }

    fn consent(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Answer {
        let question = self.consent_question(endpoint, at);
        let ledgers = self.recipient.ledgers.iter().chain([&endpoint.ledger]).map(Vec::as_slice);
        let (_, answer) = consent_across(ledgers, &question);
        let finding = Finding::Consent(answer);
        if answer.allowed() { Answer::Pass(Some(finding)) } else { Answer::Block(finding) }
    }

    fn consent_question(&self, endpoint: &'a Endpoint, at: DateTime<Utc>) -> ConsentQuestion<'a> {
        let (message, recipient) = (self.message, self.recipient);
        ConsentQuestion {
            now: at,
            class: message.class,
            purpose: &message.purpose,
            channel: &endpoint.channel,
            rule: self.policy.consent_rule(message.class, recipient.region, &endpoint.channel),
            suppression: endpoint.suppression,
            relationship: recipient.relationship.as_ref(),
        }
    }

    /// A refusal that covers purpose and channel shuts the channel. What is owed a person may be told where to go, not to
    /// stay away: for it only what was said of this very channel counts.
    fn preference(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Answer {
        let preferences = &self.recipient.preferences;
        if preferences.is_empty() {
            return Answer::Pass(None);
        }
        let question = ConsentQuestion { suppression: None, ..self.consent_question(endpoint, at) };
        if self.message.class == Class::Transactional {
            let of_channel = preferences.iter().filter(|record| record.channel != ChannelScope::All);
            let of_channel: Vec<ConsentRecord> = of_channel.cloned().collect();
            let said = refusal(&of_channel, &question);
            return said.map_or(Answer::Pass(None), |record| Answer::Block(Finding::Preference(record.at)));
        }
        let said = refusal(preferences, &question);
        said.map_or(Answer::Pass(None), |record| Answer::Block(Finding::Preference(record.at)))
    }

    fn reachable(&self, endpoint: &Endpoint) -> Answer {
        let class = self.message.class;
        if !endpoint.reachable {
            return Answer::Block(Finding::Unreachable);
        }
        if !endpoint.verified && self.policy.verified_only.contains(&class) {
            return Answer::Block(Finding::Unverified);
        }
        let health = self.recipient.health.get(&endpoint.channel);
        match health.and_then(|health| self.policy.readiness.ask(&endpoint.channel, class, health)) {
            Some(unready) => Answer::Block(Finding::Unready(unready)),
            None => Answer::Pass(None),
        }
    }

    fn service_window(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Answer {
        let windows = &self.policy.service_windows;
        let answer = windows.ask(&endpoint.channel, self.message.kind, endpoint.last_inbound, at);
        match answer.reason {
            ServiceWindowReason::NoWindow => Answer::Pass(None),
            ServiceWindowReason::WindowClosed => Answer::Block(Finding::Window(answer)),
            _ => Answer::Pass(Some(Finding::Window(answer))),
        }
    }

    fn quiet_hours(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Answer {
        if self.windows.is_empty() || self.policy.quiet_hours.exempt.contains(&endpoint.channel) {
            return Answer::Pass(None);
        }
        let known = self.quiet.get();
        let answer = match known.into_iter().flatten().find(|(when, _)| *when == at) {
            Some((_, answer)) => answer,
            None => {
                let answer = quiet(self.windows, &self.recipient.whereabouts, at);
                self.quiet.set([Some((at, answer)), known[0]]);
                answer
            }
        };
        let finding = Finding::Quiet(answer.reason);
        match (answer.quiet, answer.until) {
            (false, _) => Answer::Pass(answer.reason.map(|_| finding)),
            (true, Some(until)) => Answer::Until(until, finding),
            (true, None) => Answer::Block(finding),
        }
    }

    /// The first instant after `at` and before `limit` at which a gate may say something else than follows from what it
    /// said: a consent that begins or ends, a window that closes, a send that is dated ahead.
    pub(super) fn next_change(
        &self,
        at: DateTime<Utc>,
        limit: DateTime<Utc>,
        standings: &[Standing],
    ) -> Option<DateTime<Utc>> {
        let recipient = self.recipient;
        let mut next = limit;
        let mut see = |instant: DateTime<Utc>| {
            if instant > at && instant < next {
                next = instant;
            }
        };
        let endpoints = || recipient.endpoints.iter();
        let ledgers = recipient.ledgers.iter().chain(endpoints().map(|endpoint| &endpoint.ledger));
        for record in ledgers.chain([&recipient.preferences]).flatten() {
            see(record.at);
            if let Some(end) = record.expires_at {
                see(end);
            }
        }
        if let Some(bought) = &recipient.relationship {
            see(bought.last_purchase);
            let age = TimeDelta::days(i64::from(bought.max_age_days)) + TimeDelta::nanoseconds(1);
            bought.last_purchase.checked_add_signed(age).into_iter().for_each(&mut see);
        }
        for endpoint in endpoints() {
            let windows = &self.policy.service_windows;
            let answer = windows.ask(&endpoint.channel, self.message.kind, endpoint.last_inbound, at);
            answer.closes_at.into_iter().for_each(&mut see);
        }
        if !self.policy.caps.is_empty() && !Stage::FrequencyCap.bypassed_by(self.message.class) {
            recipient.sends.iter().for_each(|send| see(send.at));
        }
        let held = |standing: &Standing| matches!(standing.why, Some((Stage::QuietHours, _)));
        if standings.iter().any(|standing| matches!(standing.state, State::Shut) && held(standing)) {
            // Zones that share no open time within a week may share one later.
            at.checked_add_signed(TimeDelta::days(super::quiet::SEARCH_DAYS)).into_iter().for_each(&mut see);
        }
        (next < limit).then_some(next)
    }

    /// A finding as a reason.
    pub(super) fn reason(&self, endpoint: &Endpoint, finding: &Finding) -> Reason {
        let at = |what: &str, at: DateTime<Utc>| {
            format!("{what}:{}", at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
        };
        match finding {
            Finding::Consent(answer) => answer.to_reason(),
            Finding::Preference(said) => Reason::new("preference").evidence(at("preference", *said)),
            Finding::Unreachable => Reason::new("unreachable"),
            Finding::Unverified => Reason::new("unverified"),
            Finding::Unready(unready) => unready.to_reason(),
            Finding::Window(answer) => {
                let reason = Reason::new(answer.reason.as_str());
                answer.closes_at.into_iter().fold(reason, |reason, end| reason.evidence(at("closes", end)))
            }
            Finding::Quiet(why) => match why {
                Some(QuietReason::FallbackTimezone) => {
                    Reason::new(Stage::QuietHours.as_str()).evidence(QuietReason::FallbackTimezone.as_str())
                }
                Some(why) => Reason::new(why.as_str()),
                None => Reason::new(Stage::QuietHours.as_str()),
            },
            Finding::Caps(at) => {
                let full = self.counter.blocked_by(&endpoint.channel, *at);
                let named = full.iter().filter_map(|position| self.policy.caps.get(*position));
                named.fold(Reason::new(Stage::FrequencyCap.as_str()), |reason, cap| {
                    reason.evidence(format!("cap:{}", cap.id))
                })
            }
            Finding::MissingVariant => Reason::new("missing_variant"),
            Finding::Own(reason) => reason.clone(),
        }
    }

    /// As a reason for passing, which names the fallback zone by itself.
    pub(super) fn passing_reason(&self, endpoint: &Endpoint, finding: &Finding) -> Reason {
        match finding {
            Finding::Quiet(Some(why)) => Reason::new(why.as_str()),
            other => self.reason(endpoint, other),
        }
    }

    /// What the gates that an open endpoint passed have to show, by stage.
    pub(super) fn passed(&self, endpoint: &Endpoint, at: DateTime<Utc>, reasons: &mut Vec<Reason>) {
        for stage in Stage::ALL {
            if stage.bypassed_by(self.message.class) {
                continue;
            }
            if let Answer::Pass(Some(finding)) = self.ask(stage, endpoint, at) {
                reasons.push(self.passing_reason(endpoint, &finding));
            }
            if !self.gates.is_empty() {
                for answer in self.ask_own(stage, endpoint, at) {
                    if let Answer::Pass(Some(finding)) = answer {
                        reasons.push(self.passing_reason(endpoint, &finding));
                    }
                }
            }
        }
    }

    /// Every gate's verdict at an instant, those that the class bypasses left out.
    pub(super) fn verdicts(&self, endpoint: &Endpoint, at: DateTime<Utc>) -> Vec<(Stage, Verdict)> {
        let mut verdicts = Vec::new();
        for stage in Stage::ALL {
            if stage.bypassed_by(self.message.class) {
                continue;
            }
            let own = self.ask_own(stage, endpoint, at);
            for answer in [self.ask(stage, endpoint, at)].into_iter().chain(own) {
                let verdict = match answer {
                    Answer::Pass(finding) => {
                        Verdict::Pass(finding.map(|finding| self.passing_reason(endpoint, &finding)))
                    }
                    Answer::Until(until, finding) => Verdict::Until(until, self.reason(endpoint, &finding)),
                    Answer::Block(finding) => Verdict::Block(self.reason(endpoint, &finding)),
                };
                verdicts.push((stage, verdict));
            }
        }
        verdicts
    }
}

/// All gates of an endpoint at an instant.
enum Together {
    Open,
    Until(DateTime<Utc>, Stage, Finding),
    Shut(Stage, Finding),
}

/// The entry of a ledger that refuses, if the deciding one does.
fn refusal<'l>(ledger: &'l [ConsentRecord], question: &ConsentQuestion<'_>) -> Option<&'l ConsentRecord> {
    let said = consent(ledger, question).evidence.and_then(|position| ledger.get(position))?;
    matches!(said.state, ConsentState::Denied | ConsentState::Withdrawn).then_some(said)
}

fn rule(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Pass(None) => "",
        Verdict::Pass(Some(reason)) | Verdict::Until(_, reason) | Verdict::Block(reason) => &reason.rule,
    }
}
