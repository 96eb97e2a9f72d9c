//! A provider of the bad kind: it times out after it has sent, and loses, repeats and reorders its reports.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use throughline::channel::Channel;
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::{Accepted, Outgoing, SendError, SendErrorKind};
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::people::draw;

/// A report as it comes in: of which message, by its idempotency key, and what.
pub(crate) type Report = (String, DeliveryEvent);

/// What the provider saw and did.
#[derive(Default)]
pub(crate) struct Log {
    /// How often it was called.
    pub(crate) calls: usize,
    /// Calls that it answered with an error before it sent anything.
    pub(crate) failed: usize,
    /// Calls that it sent for, and whose answer was lost on the way.
    pub(crate) lost_answers: usize,
    /// Calls with a key that it had sent for: nothing is sent again.
    pub(crate) repeated: usize,
    /// How many copies of each message are in the recipient's hands, by idempotency key.
    pub(crate) delivered: BTreeMap<String, usize>,
    /// Addresses that do not exist.
    pub(crate) bounced: usize,
    pub(crate) reports: usize,
    pub(crate) lost_reports: usize,
    pub(crate) repeated_reports: usize,
    waiting: Vec<(u64, Report)>,
    tries: BTreeMap<String, u64>,
}

pub(crate) struct Provider {
    log: Mutex<Log>,
    now: Mutex<DateTime<Utc>>,
}

impl Provider {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self { log: Mutex::default(), now: Mutex::new(now) }
    }

    pub(crate) fn at(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Takes a message.
    pub(crate) fn send(&self, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        let now = *self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let key = outgoing.idempotency_key();
        log.calls += 1;
        let tries = log.tries.entry(key.clone()).or_default();
        *tries += 1;
        let mood = mood(&key, *tries);
        let accepted = Accepted::under(format!("p-{key}"));
        if log.delivered.contains_key(&key) {
            log.repeated += 1;
            return Ok(accepted);
        }
        if mood % 100 < 3 {
            log.failed += 1;
            return Err(SendError::new(SendErrorKind::Transient).retry_after(TimeDelta::minutes(10)));
        }
        let bounces = self::mood(outgoing.address.reveal(), 0) % 100 < 2;
        log.delivered.insert(key.clone(), usize::from(!bounces));
        log.bounced += usize::from(bounces);
        for (step, kind) in kinds(bounces, mood, &outgoing.channel).into_iter().enumerate() {
            let event =
                DeliveryEvent::new(kind, now + TimeDelta::seconds(7 + 60 * i64::try_from(step).unwrap_or(0)));
            log.report(&key, &event, mood.rotate_left(u32::try_from(8 * step).unwrap_or(0)));
        }
        if mood / 100 % 100 < 3 {
            log.lost_answers += 1;
            return Err(SendError::new(SendErrorKind::Unknown));
        }
        Ok(accepted)
    }

    /// The reports that come in now, in an order of their own.
    pub(crate) fn reports(&self) -> Vec<Report> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = std::mem::take(&mut log.waiting);
        waiting.sort_by_key(|(order, _)| *order);
        waiting.into_iter().map(|(_, report)| report).collect()
    }

    pub(crate) fn into_log(self) -> Log {
        self.log.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// One report in ten is lost, one in five comes twice.
    fn report(&mut self, key: &str, event: &DeliveryEvent, mood: u64) {
        self.reports += 1;
        if mood.is_multiple_of(10) {
            self.lost_reports += 1;
            return;
        }
        let copies = if (mood / 10).is_multiple_of(5) { 2 } else { 1 };
        self.repeated_reports += copies - 1;
        for copy in 0..copies {
            let order = draw(mood, u64::try_from(copy).unwrap_or(0));
            self.waiting.push((order, (key.to_owned(), event.clone())));
        }
    }
}

/// What becomes of a message in its recipient's hands.
fn kinds(bounces: bool, mood: u64, channel: &Channel) -> Vec<DeliveryKind> {
    if bounces {
        return vec![DeliveryKind::Sent, DeliveryKind::HardBounced];
    }
    let mut kinds = vec![DeliveryKind::Sent, DeliveryKind::Delivered];
    let interest = mood / 1_000 % 100;
    if *channel != Channel::Sms && interest < 40 {
        kinds.push(DeliveryKind::Opened);
    }
    if interest < 12 {
        kinds.push(DeliveryKind::Clicked);
    }
    if interest == 99 {
        kinds.push(DeliveryKind::Unsubscribed);
    }
    kinds
}

/// The same for the same key and try.
fn mood(key: &str, tries: u64) -> u64 {
    key.bytes().fold(draw(tries, 77), |mood, byte| draw(mood ^ u64::from(byte), 78))
}
