//! Two channels edit one thread at once, calm and in a storm: of two edits on the same version one wins, the other is shown
//! the difference, and nothing is lost or done twice.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use attack_support::said;
use serde_json::json;
use stock_support::in_every_shop;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, EditOutcome, ThreadSettings, Who};
use throughline::journey::{Document, StepState, ThreadEdit, ThreadKind, Versions};

/// How many edits each channel makes; both together are fewer than a thread knows again.
const EDITS: u64 = 8;

#[test]
fn nothing_that_two_channels_edit_at_once_is_lost() {
    in_every_shop(6, |shop| {
        let settings = ThreadSettings::retail();
        let hub = shop.hub();
        let record = |event| shop.insist(|| hub.record(&event)).record;
        let account = record(said("m-1", "web", 1).user("u-7").event());
        let visitor = record(said("m-2", "app", 2).visitor("v-3").event());
        shop.insist(|| hub.link(&CommandKey::new("one person"), account, visitor));
        let channels = [(Who::Record(account), Channel::Web), (Who::Record(visitor), Channel::App)];
        let lost = shop.at_once(2, |at, hub| {
            let (who, channel) = &channels[at];
            let (mut seen, mut known, mut lost) = (Versions::default(), 0, Vec::new());
            let shared = |document: &Document| document.fields["shared"].as_u64().unwrap();
            for number in 0..EDITS {
                loop {
                    let edit = ThreadEdit::new(
                        &format!("{channel}-{number}"),
                        ThreadKind::Plan,
                        "سفر",
                        channel.clone(),
                    )
                    .on(&seen)
                    .set("shared", known + 1)
                    .set(&format!("{channel}/{number}"), number)
                    .done(&format!("{channel}-{number}"));
                    match shop.insist(|| hub.edit_thread(who, &edit, &settings)) {
                        EditOutcome::Applied { document } | EditOutcome::Repeated { document } => {
                            (known, seen) = (shared(&document), document.versions.clone());
                            break;
                        }
                        EditOutcome::Changed { difference, document } => {
                            assert!(difference.fields.contains_key("shared") && !difference.is_empty());
                            lost.push(number);
                            (known, seen) = (shared(&document), document.versions.clone());
                        }
                        outcome => panic!("{outcome:?}"),
                    }
                }
            }
            lost
        });
        // Who lost made the edit again on what it was shown, and it stands.
        assert!(!lost.is_empty(), "both began it on nothing seen");
        for who in channels.iter().map(|(who, _)| who) {
            let shown =
                shop.insist(|| hub.thread(who, &ThreadKind::Plan, "سفر", &Channel::Web, &settings)).unwrap();
            let document = shown.document().unwrap();
            assert_eq!(document.versions.total(), 2 * EDITS, "each once");
            assert_eq!(document.fields["shared"], json!(2 * EDITS), "each on what the one before it left");
            assert_eq!(document.steps_in(StepState::Done).count() as u64, 2 * EDITS);
            for (_, channel) in &channels {
                for number in 0..EDITS {
                    assert_eq!(document.fields[format!("{channel}/{number}").as_str()], json!(number));
                }
            }
        }
    });
}
