//! Messages.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::calendar::{WeekData, Window, Windows, WindowsErrorKind, Zones};
use throughline::channel::Channel;
use throughline::identifier::{Email, IdentifierSettings, Phone};
use throughline::messaging::{
    AddressId, ChannelGates, Class, Competing, ConsentQuestion, ConsentRecord, ConsentRule, Decision,
    Inquiry, PersonSuppression, Purpose, QuietReason, Relationship, Stage, Suppression, Verdict, Whereabouts,
    combine, consent, quiet,
};
use throughline::reason::Reason;
use throughline::region::Region;
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// Answers the cases of one suite.
pub(crate) type Suite = Box<dyn Fn(&Value) -> Value>;

fn read<T: for<'de> Deserialize<'de>>(given: &Value) -> T {
    T::deserialize(given).unwrap()
}

fn instant(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

pub(crate) fn quiet_hours() -> Suite {
    let zones = Zones::bundled();
    Box::new(move |given| {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Input {
            now: DateTime<Utc>,
            windows: Vec<Window>,
            tz: Option<String>,
            #[serde(default)]
            tz_candidates: Vec<String>,
            fallback_tz: Option<String>,
            #[serde(default)]
            holidays: Vec<NaiveDate>,
        }
        let input: Input = read(given);
        let windows =
            match Windows::new(input.windows).and_then(|windows| windows.with_whole_days(input.holidays)) {
                Ok(windows) => windows,
                Err(error) if error.kind() == WindowsErrorKind::EmptyWindow => {
                    return json!({"error": "empty_window"});
                }
                Err(error) => return json!({"error": error.to_string()}),
            };
        let fallback = input.fallback_tz.map(|name| name.parse().unwrap());
        let candidates = input.tz_candidates.iter().map(String::as_str);
        let whereabouts = Whereabouts::locate(&zones, input.tz.as_deref(), candidates, fallback.as_ref());
        let answer = quiet(&windows, &whereabouts, input.now);
        json!({
            "quiet": answer.quiet,
            "until": answer.until.map(instant),
            "reason": answer.reason.map(QuietReason::as_str),
        })
    })
}

pub(crate) fn consent_ledger() -> Suite {
    Box::new(|given| {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Input {
            now: DateTime<Utc>,
            class: Class,
            purpose: Purpose,
            channel: Channel,
            rule: ConsentRule,
            records: Vec<ConsentRecord>,
            relationship: Option<Relationship>,
            suppression: Option<Suppression>,
        }
        let input: Input = read(given);
        let answer = consent(
            &input.records,
            &ConsentQuestion {
                now: input.now,
                class: input.class,
                purpose: &input.purpose,
                channel: &input.channel,
                rule: input.rule,
                suppression: input.suppression,
                relationship: input.relationship.as_ref(),
            },
        );
        json!({"allowed": answer.allowed(), "reason": answer.reason.as_str(), "evidence": answer.evidence})
    })
}

pub(crate) fn weekend() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        region: Region,
    }
    let data = WeekData::cldr();
    Box::new(move |given| serde_json::to_value(data.week(read::<Input>(given).region)).unwrap())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionInput {
    now: DateTime<Utc>,
    message: MessageInput,
    person: PersonInput,
    channels: Vec<ChannelInput>,
    #[serde(default)]
    competing: Vec<CompetingInput>,
    #[serde(default)]
    conflict_s: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageInput {
    class: Class,
    priority: i64,
    patience_s: i64,
    expires_at: Option<DateTime<Utc>>,
    dedupe_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonInput {
    suppressed: Option<String>,
    holdout: bool,
    told: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelInput {
    name: Channel,
    score: f64,
    consent: bool,
    preference: bool,
    reachable: bool,
    window_open: bool,
    quiet_until: Option<DateTime<Utc>>,
    cap_until: Option<String>,
    render: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompetingInput {
    priority: i64,
    at: DateTime<Utc>,
}

impl ChannelInput {
    fn gates(&self) -> ChannelGates {
        let open = |stage: Stage, passes: bool| {
            (stage, if passes { Verdict::Pass(None) } else { Verdict::Block(Reason::new(stage.as_str())) })
        };
        let until =
            |stage: Stage, at: DateTime<Utc>| (stage, Verdict::Until(at, Reason::new(stage.as_str())));
        let mut verdicts = vec![
            open(Stage::Consent, self.consent),
            open(Stage::Preference, self.preference),
            open(Stage::Reachable, self.reachable),
            open(Stage::ServiceWindow, self.window_open),
            open(Stage::Render, self.render == "ok"),
        ];
        verdicts.extend(self.quiet_until.map(|at| until(Stage::QuietHours, at)));
        verdicts.extend(self.cap_until.as_deref().map(|at| match at {
            "never" => open(Stage::FrequencyCap, false),
            at => until(Stage::FrequencyCap, at.parse().unwrap()),
        }));
        ChannelGates { channel: self.name.clone(), address: AddressId::new("a"), score: self.score, verdicts }
    }
}

pub(crate) fn decision() -> Suite {
    Box::new(|given| {
        let input: DecisionInput = read(given);
        let competing: Vec<Competing> = input
            .competing
            .iter()
            .map(|other| Competing { priority: other.priority, at: other.at })
            .collect();
        let inquiry = Inquiry {
            priority: input.message.priority,
            expires_at: input.message.expires_at,
            patience: TimeDelta::seconds(input.message.patience_s),
            suppression: input.person.suppressed.as_deref().map(|why| match why {
                "legal" => PersonSuppression::Legal,
                _ => PersonSuppression::Erased,
            }),
            told: input.message.dedupe_key.is_some_and(|key| input.person.told.contains(&key)),
            holdout: input.person.holdout,
            competing: &competing,
            conflict: TimeDelta::seconds(input.conflict_s),
            ..Inquiry::new(input.message.class, input.now)
        };
        let channels: Vec<ChannelGates> = input.channels.iter().map(ChannelInput::gates).collect();
        let decision = combine(&inquiry, &channels);
        let reason = decision.reasons()[0].rule.clone();
        match decision {
            Decision::Send { channel, .. } => {
                json!({"decision": "send", "channel": channel, "reason": reason})
            }
            Decision::Ghost { channel, .. } => {
                json!({"decision": "ghost", "channel": channel, "reason": reason})
            }
            Decision::Defer { channel, until, .. } => {
                json!({"decision": "defer", "channel": channel, "until": instant(until), "reason": reason})
            }
            Decision::Drop { channels, .. } => {
                let gates: BTreeMap<String, String> =
                    channels.into_iter().map(|refusal| (refusal.channel.to_string(), refusal.gate)).collect();
                json!({"decision": "drop", "reason": reason, "gates": gates})
            }
        }
    })
}

pub(crate) fn addresses() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        kind: String,
        value: String,
    }
    Box::new(|given| {
        let input: Input = read(given);
        match &*input.kind {
            "e164" => match Phone::parse(&input.value, &IdentifierSettings::default()) {
                Ok(phone) => json!({"valid": true, "normal": phone.reveal()}),
                Err(_) => json!({"valid": false}),
            },
            "email" => match Email::parse(&input.value) {
                Ok(email) => json!({"valid": true, "needs_smtputf8": email.needs_smtputf8()}),
                Err(_) => json!({"valid": false}),
            },
            other => json!({"error": format!("unknown kind `{other}`")}),
        }
    })
}
