//! One act as one line of JSON in the Segment event specification.

mod basket;
mod context;
mod identifiers;
mod properties;
mod traits;

use chrono::{DateTime, Datelike, Timelike};

use crate::json::Json;
use crate::people::{Channel, Person};
use crate::plan::{Act, MINUTE, Mess, Step};
use crate::random::Random;
use crate::report::Report;

/// Everything one line is made from.
struct Line<'a> {
    person: &'a Person,
    acts: &'a [Act],
    act: &'a Act,
    number: usize,
    source: String,
    anonymous: String,
    user: Option<String>,
    device: String,
    email: Option<String>,
    phone: Option<String>,
}

/// Writes act `number` of a person as one line, without the line end.
pub(crate) fn write(json: &mut Json, person: &Person, acts: &[Act], number: usize, report: &mut Report) {
    json.clear();
    if let Some(act) = acts.get(number) {
        let line = Line::new(person, acts, act, number);
        line.count(report);
        json.object("", |json| line.fill(json));
    }
}

/// An instant as text, in UTC or at the place's own offset.
fn instant(milliseconds: i64, offset: Option<i64>) -> String {
    let shifted = milliseconds + offset.unwrap_or(0) * MINUTE;
    let Some(time) = DateTime::from_timestamp_millis(shifted) else { return String::new() };
    let zone = match offset {
        Some(minutes) => format!("+{:02}:{:02}", minutes / 60, minutes % 60),
        None => "Z".to_owned(),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{zone}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.timestamp_subsec_millis()
    )
}

impl Line<'_> {
    fn count(&self, report: &mut Report) {
        report.event(self.person, self.act);
        report.identifier("anonymous", &self.anonymous);
        let user = self.user.as_deref();
        for (kind, value) in
            [("user", user), ("email", self.email.as_deref()), ("phone", self.phone.as_deref())]
        {
            if let Some(value) = value {
                report.identifier(kind, value);
            }
        }
        if matches!(self.act.channel, Channel::App | Channel::Wearable) {
            report.identifier("device", &self.device);
        }
        for (kind, value) in self.external_ids() {
            report.identifier(kind, &value);
        }
    }

    fn fill(&self, json: &mut Json) {
        let (kind, event) = self.names();
        json.text("type", kind);
        json.text("messageId", &self.message_id());
        if let Some(event) = event {
            json.text(if kind == "track" { "event" } else { "name" }, event);
        }
        if self.act.step == Step::Alias {
            json.text("previousId", &self.anonymous);
            json.text("userId", &self.person.user_id);
        } else {
            if let Some(user) = &self.user {
                json.text("userId", user);
            }
            json.text("anonymousId", &self.anonymous);
        }
        self.times(json);
        match self.act.step {
            Step::Identify(proof) => json.object("traits", |json| self.traits(json, proof)),
            Step::Alias => {}
            _ => json.object("properties", |json| self.properties(json)),
        }
        json.object("context", |json| self.context(json));
    }

    fn message_id(&self) -> String {
        match self.person.story {
            Some(story) => format!("{story}-{:02}", self.number + 1),
            None => {
                let number = u64::try_from(self.number).unwrap_or(0);
                let stream = self.person.stream.wrapping_mul(100_003).wrapping_add(number);
                Random::new(self.person.seed, "message", stream).uuid()
            }
        }
    }

    /// The four clocks of the specification. `timestamp` is what the collector works out from the other three, so a
    /// wrong device clock cancels out and a hold-up on the way does not.
    fn times(&self, json: &mut Json) {
        let device = matches!(self.act.channel, Channel::Web | Channel::App | Channel::Wearable);
        let clock = if device { self.person.clock } else { 0 };
        let offset = matches!(self.act.channel, Channel::Till | Channel::CallCentre)
            .then_some(self.person.place.offset);
        let Act { at, sent, received, .. } = *self.act;
        let original = match self.act.mess {
            Mess::Absurd(true) => "9999-12-31T23:59:59.999Z".to_owned(),
            Mess::Absurd(false) => "0001-01-01T00:00:00.000Z".to_owned(),
            _ => instant(at + clock, offset),
        };
        json.text("originalTimestamp", &original);
        json.text("sentAt", &instant(sent + clock, offset));
        json.text("receivedAt", &instant(received, None));
        if !matches!(self.act.mess, Mess::Absurd(_)) {
            json.text("timestamp", &instant(received - (sent - at), None));
        }
    }

    /// Type of the event, and its name if it has one.
    fn names(&self) -> (&'static str, Option<&'static str>) {
        let track = |name| ("track", Some(name));
        match self.act.step {
            Step::Page(_, title) => ("page", Some(title)),
            Step::Screen(name) => ("screen", Some(name)),
            Step::Identify(_) => ("identify", None),
            Step::Alias => ("alias", None),
            Step::List(_) => track("Product List Viewed"),
            Step::Search(_) => track("Products Searched"),
            Step::View(_) => track("Product Viewed"),
            Step::Add(..) => track("Product Added"),
            Step::Remove(..) => track("Product Removed"),
            Step::Cart => track("Cart Viewed"),
            Step::Checkout => track("Checkout Started"),
            Step::Coupon => track("Coupon Entered"),
            Step::Order => track("Order Completed"),
            Step::Refund => track("Order Refunded"),
            Step::Review(..) => track("Product Reviewed"),
            Step::Consent { granted: true, .. } => track("Consent Granted"),
            Step::Consent { granted: false, .. } => track("Consent Withdrawn"),
            Step::Unsubscribed(_) => track("Unsubscribed"),
            Step::CardLinked => track("Loyalty Card Linked"),
            Step::SignedOut => track("Signed Out"),
            Step::Message => track("Message Received"),
            Step::CallAnswered => track("Call Answered"),
            Step::CallEnded => track("Call Ended"),
            Step::Zone(_) => track("Zone Entered"),
            Step::Custom(name) => track(name),
        }
    }
}
