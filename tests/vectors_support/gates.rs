//! The gates of messages: caps, service windows, escalation, unsubscribing, words that stop.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::messaging::{
    Cap, CapQuestion, CapWindow, Class, Effect, EscalationStep, MessageKind, PastSend, PinnedZones,
    ServiceWindows, StepEvent, StepSend, StopWords, Unsubscribe, UnsubscribeRequest, Whereabouts, WordList,
    escalate, frequency_caps,
};
use throughline::signing::SigningKeys;
use throughline::time::{DateTime, Utc, Weekday};

use crate::messaging::Suite;

fn read<T: for<'de> Deserialize<'de>>(given: &Value) -> T {
    T::deserialize(given).unwrap()
}

fn instant(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

pub(crate) fn caps() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        now: DateTime<Utc>,
        tz: Option<String>,
        caps: Vec<Cap>,
        history: Vec<PastSend>,
        candidate: Candidate,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Candidate {
        channel: Channel,
        category: Option<String>,
        message: Option<String>,
        #[serde(default = "marketing")]
        class: Class,
    }
    fn marketing() -> Class {
        Class::Marketing
    }
    let zones = Zones::bundled();
    Box::new(move |given| {
        let input: Input = read(given);
        let pinned = input.caps.iter().filter_map(|cap| match &cap.window {
            CapWindow::Calendar { zone: Some(id), .. } => Some((id.clone(), zones.zone(id).unwrap())),
            _ => None,
        });
        let answer = frequency_caps(
            &input.caps,
            &CapQuestion {
                now: input.now,
                class: input.candidate.class,
                channel: &input.candidate.channel,
                category: input.candidate.category.as_deref(),
                message: input.candidate.message.as_deref(),
                sends: &input.history,
                whereabouts: &Whereabouts::locate(&zones, input.tz.as_deref(), [], None),
                week_start: Weekday::Mon,
                pinned: &PinnedZones::new(pinned),
            },
        );
        let ids: BTreeMap<usize, &str> = input.caps.iter().map(|cap| &*cap.id).enumerate().collect();
        json!({
            "allowed": answer.allowed(),
            "until": answer.until.map(instant),
            "blocked_by": answer.blocked_by.iter().map(|position| ids[position]).collect::<Vec<_>>(),
        })
    })
}

pub(crate) fn service_windows() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        channel: Channel,
        last_inbound: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
        kind: String,
        #[serde(default)]
        human_agent: bool,
    }
    let windows = ServiceWindows::published();
    Box::new(move |given| {
        let input: Input = read(given);
        let kind = match (&*input.kind, input.human_agent) {
            ("template", _) => MessageKind::Template,
            ("freeform", true) => MessageKind::HumanReply,
            ("freeform", false) => MessageKind::FreeForm,
            (other, _) => return json!({"error": format!("unknown kind `{other}`")}),
        };
        let answer = windows.ask(&input.channel, kind, input.last_inbound, input.now);
        json!({
            "allowed": answer.allowed(),
            "reason": answer.reason.as_str(),
            "closes_at": answer.closes_at.map(instant),
        })
    })
}

pub(crate) fn routing() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        plan: Vec<EscalationStep>,
        now: DateTime<Utc>,
        sends: Vec<StepSend>,
        events: Vec<StepEvent>,
    }
    Box::new(|given| {
        let input: Input = read(given);
        let next = escalate(&input.plan, &input.sends, &input.events, input.now);
        serde_json::to_value(next).unwrap()
    })
}

pub(crate) fn unsubscribe() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        method: String,
        body: String,
        token: String,
        /// Whether the request brought cookies: nobody looks at them.
        #[serde(default, rename = "cookies")]
        _cookies: Option<bool>,
    }
    let keys = SigningKeys::new("2026", b"vectors");
    let link = Unsubscribe::new("a-1", "marketing".parse().unwrap(), "email".parse().unwrap(), "m-1");
    Box::new(move |given| {
        let input: Input = read(given);
        let token = match &*input.token {
            "valid" => link.token(&keys),
            _ => link.token(&SigningKeys::new("2026", b"somebody else")),
        };
        let request = UnsubscribeRequest { method: &input.method, body: &input.body };
        json!({"effect": match request.effect(&token, &keys) {
            Effect::ConfirmPage => "confirm_page",
            Effect::Unsubscribe(_) => "unsubscribe",
            Effect::Reject(_) => "reject",
        }})
    })
}

pub(crate) fn stop_keywords() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        text: String,
        #[serde(default)]
        extra: Extra,
    }
    #[derive(Deserialize, Default)]
    #[serde(deny_unknown_fields, default)]
    struct Extra {
        opt_out: Vec<String>,
        opt_in: Vec<String>,
        help: Vec<String>,
    }
    let base = StopWords::base();
    let own = WordList::published("en").unwrap();
    Box::new(move |given| {
        let Input { text, extra: Extra { opt_out, opt_in, help } } = read(given);
        let extra = WordList { opt_out, opt_in, help, review: Vec::new(), ..own.clone() };
        json!({"kind": base.clone().with(&extra).read(&text)})
    })
}
