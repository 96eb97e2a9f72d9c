//! Abuse cases: each test is named after what must not happen.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::collections::BTreeSet;

use attack_support::{email, fresh, identifier, phone, profile, said, together};
use serde_json::json;
use throughline::event::Flag;
use throughline::hub::{Afterwards, CommandKey, DecisionOutcome, ErasureOutcome, Outcome, What, Who};
use throughline::identifier::{Email, Identifier, IdentifierKind, IdentifierSettings};
use throughline::ids::RecordId;
use throughline::record::Record;
use throughline::text::TextFlags;

const VICTIM: &str = "sara@example.ir";

/// Typing somebody's address at a kiosk does not open her profile.
#[test]
fn an_address_typed_at_a_kiosk_does_not_open_a_profile() {
    let (_, hub) = fresh();
    let account = said("m-1", "web", 1).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    let kiosk = said("m-2", "kiosk", 2).visitor("kiosk-4").email(VICTIM).kept(&hub);
    assert!(!together(&hub, account, kiosk));
    assert_eq!(profile(&hub, kiosk), [kiosk].into());
    assert_eq!(profile(&hub, email(VICTIM)), [account].into());
}

/// An address that nobody proved names nobody, however many people say it.
#[test]
fn an_unproved_address_does_not_name_anybody() {
    let (_, hub) = fresh();
    let account = said("m-1", "web", 1).user("u-sara").email(VICTIM).phone("+989121112233").kept(&hub);
    for (at, channel) in ["kiosk", "call_centre", "app"].into_iter().enumerate() {
        let other = said(&format!("o-{at}"), channel, 2)
            .visitor("v-9")
            .email(VICTIM)
            .phone("+989121112233")
            .kept(&hub);
        assert!(!together(&hub, account, other), "{channel}");
    }
    assert!(profile(&hub, email(VICTIM)).is_empty());
    assert!(profile(&hub, phone("+989121112233")).is_empty());
}

/// An account that types another account's address or number stays another account, whichever came first.
#[test]
fn an_address_on_another_account_does_not_merge_the_accounts() {
    for attacker_first in [false, true] {
        let (_, hub) = fresh();
        let victim = said("m-1", "web", if attacker_first { 9 } else { 1 })
            .source("accounts")
            .user("u-sara")
            .proved_email(VICTIM)
            .proved_phone("+989121112233");
        let attacker = said("m-2", "app", 5).user("u-mallory").email(VICTIM).phone("+989121112233");
        let (first, second) = if attacker_first { (&attacker, &victim) } else { (&victim, &attacker) };
        let (first, second) = (first.kept(&hub), second.kept(&hub));
        assert!(!together(&hub, first, second));
        let sara = if attacker_first { second } else { first };
        assert_eq!(profile(&hub, email(VICTIM)), [sara].into());
        assert_eq!(profile(&hub, phone("+989121112233")), [sara].into());
    }
}

/// A browser's own word that an address is verified is a browser's word.
#[test]
fn a_verified_flag_from_an_untrusted_source_does_not_verify() {
    let (_, hub) = fresh();
    let account = said("m-1", "web", 1).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    for (at, channel) in ["web", "app", "kiosk", "marketplace", "chat"].into_iter().enumerate() {
        let liar = said(&format!("l-{at}"), channel, 2).visitor("v-mallory").proved_email(VICTIM).kept(&hub);
        assert!(!together(&hub, account, liar), "{channel}");
    }
    assert_eq!(profile(&hub, email(VICTIM)), [account].into());
}

/// A flag in another spelling than `true` is no proof even from a source that may verify.
#[test]
fn a_misspelt_flag_does_not_verify() {
    let (_, hub) = fresh();
    let odd = [json!("true"), json!(1), json!("yes"), json!(null), json!([true]), json!({"verified": true})];
    for (at, flag) in odd.into_iter().enumerate() {
        said(&format!("m-{at}"), "web", 1)
            .source("accounts")
            .user(&format!("u-{at}"))
            .email(VICTIM)
            .with("email_verified", flag)
            .kept(&hub);
    }
    assert!(profile(&hub, email(VICTIM)).is_empty());
}

/// Two accounts that both proved an address still are two accounts: account ids are exclusive.
#[test]
fn a_shared_mailbox_does_not_merge_two_accounts() {
    let (_, hub) = fresh();
    let one = said("m-1", "web", 1).source("accounts").user("u-1").proved_email(VICTIM).kept(&hub);
    let two = said("m-2", "web", 2).source("accounts").user("u-2").proved_email(VICTIM).kept(&hub);
    assert!(!together(&hub, one, two));
    assert!(profile(&hub, email(VICTIM)).is_empty(), "an address that two profiles proved names neither");
}

/// Guessing the number of a card on the web does not open its owner's profile; only a reader sees cards.
#[test]
fn a_card_number_typed_on_the_web_does_not_open_a_profile() {
    let (_, hub) = fresh();
    let till = said("m-1", "till", 1).card("NV-70011").kept(&hub);
    let owner = said("m-2", "kiosk", 2).card("NV 70011").kept(&hub);
    let guess = said("m-3", "web", 3).visitor("v-mallory").card("NV-70011").kept(&hub);
    let account = said("m-4", "app", 4).user("u-mallory").card("nv-70011").kept(&hub);
    assert!(together(&hub, till, owner));
    assert_eq!(profile(&hub, guess), [guess].into());
    assert_eq!(profile(&hub, account), [account].into());
}

/// Whoever registers with somebody's address before she does keeps nothing of what he planted once she proves it: not
/// his telephone, not his device, not his visitor id.
#[test]
fn a_planted_account_does_not_keep_the_planters_identifiers() {
    let (_, hub) = fresh();
    // The attacker's own world: his device, his visitor id and his number elsewhere.
    let his_app = said("a-0", "app", 1).visitor("v-mallory-app").device("d-mallory").kept(&hub);
    let his_chat = said("a-1", "chat", 1).visitor("v-mallory").kept(&hub);
    let his_number = said("a-2", "call_centre", 1).phone("+14155550100").kept(&hub);
    // He plants the account with her address.
    let planted = said("a-3", "web", 2)
        .source("web-shop")
        .user("u-sara")
        .visitor("v-mallory")
        .device("d-mallory")
        .email(VICTIM)
        .phone("+14155550100")
        .kept(&hub);
    // She arrives and proves her address on that very account.
    let account = said("s-1", "web", 60).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    assert_eq!(planted, account, "one account of one system is one record");
    assert_eq!(profile(&hub, account), [account].into());
    for his in [his_app, his_chat, his_number] {
        assert!(!together(&hub, account, his));
        assert_eq!(profile(&hub, his), [his].into());
    }
}

/// The same, whatever the order in which the planter's and her events arrive.
#[test]
fn a_planted_identifier_does_not_come_back_with_a_late_event() {
    let (_, hub) = fresh();
    let his_app = said("a-0", "app", 1).visitor("v-mallory-app").device("d-mallory").kept(&hub);
    let account = said("s-1", "web", 60).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    assert!(!together(&hub, account, his_app));
    // Happened before her proof, arrives after it.
    said("a-3", "web", 2).user("u-sara").device("d-mallory").email(VICTIM).kept(&hub);
    assert!(!together(&hub, account, his_app));
}

/// What she claims again after her proof is hers.
#[test]
fn a_device_used_after_the_proof_is_not_lost() {
    let (_, hub) = fresh();
    let her_app = said("s-0", "app", 1).visitor("v-sara-app").device("d-sara").kept(&hub);
    let account = said("s-1", "web", 2).user("u-sara").device("d-sara").kept(&hub);
    assert!(together(&hub, account, her_app));
    said("s-2", "web", 60).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    assert!(!together(&hub, account, her_app), "detached until the device is seen again");
    said("s-3", "web", 61).user("u-sara").device("d-sara").kept(&hub);
    assert!(together(&hub, account, her_app));
}

/// A device that was detached by the owner's proof does not open her profile to whoever holds it.
#[test]
fn a_detached_device_does_not_name_the_account() {
    let (_, hub) = fresh();
    let planted = said("a-1", "web", 2).user("u-sara").visitor("v-mallory").device("d-mallory").email(VICTIM);
    let account = planted.kept(&hub);
    said("s-1", "web", 60).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    for (kind, value) in [(IdentifierKind::DeviceId, "d-mallory"), (IdentifierKind::AnonymousId, "v-mallory")]
    {
        let found = profile(&hub, identifier(kind.clone(), value));
        assert!(found.is_empty(), "{kind}");
    }
    assert_eq!(profile(&hub, identifier(IdentifierKind::UserId, "u-sara")), [account].into());
}

/// A number that was proved long ago has a new owner by now.
#[test]
fn a_recycled_number_does_not_merge_its_owners() {
    let (_, hub) = fresh();
    let number = "+989121112233";
    let old = said("m-1", "web", 0)
        .at("2024-01-10T09:00:00Z")
        .source("accounts")
        .visitor("v-old")
        .proved_phone(number)
        .kept(&hub);
    let new = said("m-2", "app", 0)
        .at("2026-01-10T09:00:00Z")
        .source("accounts")
        .visitor("v-new")
        .proved_phone(number)
        .kept(&hub);
    assert!(!together(&hub, old, new));
    // Proofs that lie close together are of one owner.
    let (_, hub) = fresh();
    let old = said("m-1", "web", 0)
        .at("2025-06-10T09:00:00Z")
        .source("accounts")
        .user("u-1")
        .proved_phone(number)
        .kept(&hub);
    let new = said("m-2", "whatsapp", 0).at("2026-01-10T09:00:00Z").phone(number).kept(&hub);
    assert!(together(&hub, old, new));
}

/// A tablet in a shop is nobody: neither do its users merge nor does what happens on it land with one of them.
#[test]
fn a_shared_tablet_does_not_merge_its_users() {
    let (_, hub) = fresh();
    let visitor = said("m-0", "kiosk", 0).visitor("v-tablet").device("tablet-1").kept(&hub);
    let one = said("m-1", "app", 1).user("u-1").device("tablet-1").kept(&hub);
    assert!(together(&hub, one, visitor), "while one person uses it, it is hers");
    let two = said("m-2", "app", 2).user("u-2").device("tablet-1").kept(&hub);
    assert!(!together(&hub, one, two));
    assert!(!together(&hub, one, visitor));
    assert!(!together(&hub, two, visitor));
    assert!(profile(&hub, identifier(IdentifierKind::DeviceId, "tablet-1")).is_empty());
}

/// What programs and people write when they have no value joins nobody.
#[test]
fn junk_identifiers_do_not_merge_people() {
    let (_, hub) = fresh();
    let junk =
        ["null", "undefined", "0000000000", "NaN", "[object Object]", "", " ", "N/A", "ندارد", "אין", "нет"];
    let addresses = ["test@test.com", "null@example.com", "noemail@example.com", "undefined", "none"];
    let numbers = ["+0000000000", "0000000000", "+11111111111", "+1234567890", "null"];
    let mut records: BTreeSet<RecordId> = BTreeSet::new();
    for person in 0..200_usize {
        let real = format!("real-{person}");
        let event = said(&format!("m-{person}"), "web", 1)
            .visitor(&real)
            .device(junk[person % junk.len()])
            .email(addresses[person % addresses.len()])
            .phone(numbers[person % numbers.len()])
            .card(junk[(person + 3) % junk.len()])
            .context("externalIds", json!([{"type": "crm", "id": junk[(person + 5) % junk.len()]}]));
        records.insert(event.kept(&hub));
    }
    assert_eq!(records.len(), 200);
    for &record in &records {
        assert_eq!(profile(&hub, record), [record].into());
    }
}

/// Two hundred people whose only id is junk are two hundred strangers at worst on one record that is nobody's evidence.
#[test]
fn a_junk_account_id_does_not_attract_accounts() {
    let (_, hub) = fresh();
    let nobody = said("m-0", "web", 1).user("null").email("null").kept(&hub);
    for person in 0..50 {
        let record = said(&format!("m-{}", person + 1), "app", 1)
            .user(&format!("u-{person}"))
            .visitor("undefined")
            .kept(&hub);
        assert!(!together(&hub, nobody, record));
    }
    let refused = said("m-x", "web", 1).user("undefined").to(&hub);
    assert!(refused.reasons.iter().any(|reason| reason.rule == "identifier_blocked"));
}

/// The number of a call centre that is written into everybody's file joins its callers only as long as few have it; then
/// the profile falls apart, and it comes back when enough of the files are erased.
#[test]
fn a_call_centre_number_does_not_glue_its_callers() {
    let (_, hub) = fresh();
    let number = "+982188113095";
    let most = 16;
    let caller =
        |at: usize| said(&format!("m-{at}"), "call_centre", 1).visitor(&format!("caller-{at}")).phone(number);
    let mut records: Vec<RecordId> = (0..most).map(|at| caller(at).kept(&hub)).collect();
    assert_eq!(profile(&hub, records[0]).len(), most, "few enough to be a household");
    records.push(caller(most).kept(&hub));
    for &record in &records {
        assert_eq!(profile(&hub, record), [record].into(), "one more than the rules allow");
    }
    for at in most + 1..60 {
        records.push(caller(at).kept(&hub));
    }
    assert!(records.iter().all(|record| profile(&hub, *record).len() == 1));
    while records.len() > most {
        assert_eq!(profile(&hub, records[0]).len(), 1, "{} are left", records.len());
        let victim = records.pop().unwrap();
        let key = CommandKey::new(&format!("erase-{}", records.len()));
        let outcome = hub.erase(&key, &What::Record(victim), Afterwards::Admit).unwrap();
        assert_eq!(outcome, ErasureOutcome::Erased { records: 1, events: 1 });
    }
    assert_eq!(profile(&hub, records[0]), records.iter().copied().collect());
}

/// An address that looks like another is another address or none at all; mail goes to what the customer wrote.
#[test]
fn a_look_alike_address_does_not_name_the_same_person() {
    let (_, hub) = fresh();
    let victim = "mike.sick@example.com";
    let account = said("m-0", "web", 1).source("accounts").user("u-mike").proved_email(victim).kept(&hub);
    let look_alikes = [
        "mіke.sick@example.com",         // Cyrillic і
        "mıke.sick@example.com",         // dotless ı
        "mike.ſick@example.com",         // long s
        "mike.sic\u{212a}@example.com",  // Kelvin sign
        "ｍｉｋｅ.sick@example.com",     // full-width
        "mi\u{200c}ke.sick@example.com", // zero-width non-joiner
        "mi\u{202e}ke.sick@example.com", // right-to-left override
        "mi\u{ad}ke.sick@example.com",   // soft hyphen
        "mike\u{ff0e}sick@example.com",  // full-width full stop
        "mikе.sick@example.com",         // Cyrillic е
        "mike.sick@exаmple.com",         // Cyrillic а in the domain
        "mike.sick@ex\u{200b}ample.com",
        "mike.sick@example.com.",
        "\"mike.sick\"@example.com",
        "mike.sick@example.com@example.com",
        "mike.sick@example.com\n",
        "mike.sick@example.com\0",
    ];
    for (at, written) in look_alikes.into_iter().enumerate() {
        // Surrounding ASCII white space is all that is forgiven.
        if written.trim_ascii() == victim {
            continue;
        }
        let settings = IdentifierSettings::default();
        let parsed = Identifier::parse(IdentifierKind::Email, written, &settings);
        if let Ok(parsed) = &parsed {
            assert_ne!(parsed, &identifier(IdentifierKind::Email, victim), "look-alike {at}");
            assert_eq!(Email::parse(written).unwrap().address(), written.trim_ascii());
        }
        let other = said(&format!("m-{}", at + 1), "app", 1)
            .source("accounts")
            .visitor(&format!("v-{at}"))
            .proved_email(written);
        let recorded = other.to(&hub);
        assert!(!together(&hub, account, recorded.record), "look-alike {at}");
        let told = recorded.reasons.iter().any(|reason| reason.rule == "identifier_refused");
        assert_eq!(told, parsed.is_err(), "look-alike {at}");
    }
    assert_eq!(profile(&hub, email(victim)), [account].into());
}

/// Characters that look alike raise a warning and change neither what matches nor what is kept.
#[test]
fn confusables_do_not_match() {
    let (latin, cyrillic) = ("paypal", "pаypаl");
    assert!(TextFlags::of(cyrillic).mixed_scripts);
    assert!(!TextFlags::of(latin).mixed_scripts);
    let (_, hub) = fresh();
    let one = said("m-1", "web", 1).user(latin).kept(&hub);
    let two = said("m-2", "app", 1).user(cyrillic).kept(&hub);
    assert!(!together(&hub, one, two));
    let kept = hub.timeline(&Who::Record(two), None).unwrap().unwrap();
    assert_eq!(kept.entries().len(), 1, "it is kept");
}

/// An alias call joins a visitor to a person and takes over no account.
#[test]
fn an_alias_does_not_take_over_an_account() {
    let (_, hub) = fresh();
    let victim = said("m-1", "web", 1).user("u-sara").kept(&hub);
    let thief =
        said("m-2", "app", 2).user("u-mallory").top("type", "alias").top("previousId", "u-sara").kept(&hub);
    assert!(!together(&hub, victim, thief));
    // Nor does one whose visitor id is shared by two accounts.
    let shared = said("m-3", "kiosk", 3).visitor("v-shared").kept(&hub);
    said("m-4", "web", 4).user("u-sara").visitor("v-shared").kept(&hub);
    said("m-5", "app", 5).user("u-mallory").top("type", "alias").top("previousId", "v-shared").kept(&hub);
    assert!(!together(&hub, victim, thief));
    assert!(!together(&hub, thief, shared));
}

/// A second account id hidden in another place of the event neither moves the event to that account nor merges with it.
#[test]
fn an_account_named_among_external_ids_does_not_merge() {
    for thief in ["a-mallory", "z-mallory"] {
        let (_, hub) = fresh();
        let victim = said("m-1", "till", 1).user("u-sara").kept(&hub);
        let web = said("m-2", "web", 1).user("u-sara").kept(&hub);
        for kind in ["user_id", "userId", "uid", "USER ID"] {
            let smuggled = said(&format!("m-{kind}"), "web", 2)
                .user(thief)
                .context("externalIds", json!([{"type": kind, "id": "u-sara"}]))
                .kept(&hub);
            assert_ne!(smuggled, web, "{kind}");
            assert!(!together(&hub, victim, smuggled), "{kind}");
        }
    }
}

/// A record that names more identifiers than a person has stops being evidence for anybody.
#[test]
fn a_crowded_record_does_not_glue_people() {
    let (_, hub) = fresh();
    let people: Vec<RecordId> = (0..6)
        .map(|at| said(&format!("p-{at}"), "till", 1).card(&format!("NV-{at}-77")).kept(&hub))
        .collect();
    // A kiosk that reports all cards of the day under one visitor id.
    let mut kiosk = None;
    for at in 0..3 {
        kiosk = Some(
            said(&format!("k-{at}"), "kiosk", 2).visitor("kiosk-1").card(&format!("NV-{at}-77")).kept(&hub),
        );
    }
    let kiosk = kiosk.unwrap();
    for at in 0..=Record::MAX_CLAIMS {
        said(&format!("x-{at}"), "kiosk", 3).visitor("kiosk-1").card(&format!("XX-{at}-99")).kept(&hub);
    }
    assert_eq!(profile(&hub, kiosk), [kiosk].into());
    for &person in &people {
        assert_eq!(profile(&hub, person), [person].into());
    }
    // And it cannot become evidence again by saying less.
    said("k-9", "kiosk", 90).visitor("kiosk-1").card("NV-0-77").kept(&hub);
    assert_eq!(profile(&hub, kiosk), [kiosk].into());
}

/// A person's decision to keep two records apart outlasts any evidence that arrives later.
#[test]
fn later_evidence_does_not_undo_a_decision() {
    let (_, hub) = fresh();
    let one = said("m-1", "till", 1).card("NV-1-77").kept(&hub);
    let two = said("m-2", "kiosk", 1).card("NV-1-77").kept(&hub);
    assert!(together(&hub, one, two));
    let made = hub.keep_apart(&CommandKey::new("apart"), &[one], &[two]).unwrap();
    assert!(matches!(made, DecisionOutcome::Made { .. }));
    for at in 0..5 {
        said(&format!("t-{at}"), "till", 2).card("NV-1-77").phone("+989121112233").kept(&hub);
        said(&format!("k-{at}"), "kiosk", 2).card("NV-1-77").phone("+989121112233").kept(&hub);
        assert!(!together(&hub, one, two));
    }
}

/// An event from the future waits for nobody: it is kept, moved to its receipt and flagged, and does not win over what
/// is said later.
#[test]
fn a_claimed_future_does_not_win() {
    let (_, hub) = fresh();
    for (at, absurd) in
        ["9999-12-31T23:59:59Z", "+262142-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]
            .into_iter()
            .enumerate()
    {
        let mallory = said(&format!("f-{at}"), "web", 1)
            .user("u-1")
            .with("timezone", "Europe/Berlin")
            .top("timestamp", absurd);
        let flags = mallory.event().flags();
        let odd = [Flag::Clamped, Flag::AbsurdTime, Flag::UnparsableTime, Flag::MissingTime];
        assert!(odd.into_iter().any(|flag| flags.contains(flag)), "{absurd}");
        let recorded = mallory.to(&hub);
        assert!(recorded.reasons.iter().any(|reason| odd.iter().any(|flag| reason.rule == flag.as_str())));
        assert!(mallory.event().to_segment().contains(absurd), "the raw time is kept");
    }
    let later = said("s-1", "web", 2).user("u-1").with("timezone", "Asia/Tehran").kept(&hub);
    let timeline = hub.timeline(&Who::Record(later), None).unwrap().unwrap();
    assert_eq!(timeline.entries().len(), 5);
    assert_eq!(&*timeline.entries()[4].order.id, "s-1", "what really came last stands last");
    let last = timeline.entries()[4].order.time;
    assert!(timeline.entries().iter().all(|entry| entry.order.time <= last));
}

/// An erased person stays erased: no replay, no late event, no partner's list under another account brings her back.
#[test]
fn an_erased_person_does_not_come_back_by_herself() {
    let (store, hub) = fresh();
    let history = [
        said("m-1", "web", 1)
            .source("accounts")
            .user("u-sara")
            .proved_email(VICTIM)
            .with("firstName", "Sara-Canary"),
        said("m-2", "app", 2)
            .source("accounts")
            .user("u-sara")
            .visitor("v-sara")
            .device("d-sara")
            .proved_email(VICTIM),
        said("m-3", "till", 3).card("NV-1-77").user("u-sara"),
    ];
    let records: BTreeSet<RecordId> = history.iter().map(|event| event.kept(&hub)).collect();
    let outcome =
        hub.erase(&CommandKey::new("gdpr-1"), &What::Profile(email(VICTIM)), Afterwards::Suppress).unwrap();
    assert_eq!(outcome, ErasureOutcome::Erased { records: records.len(), events: 3 });
    for event in &history {
        assert_eq!(event.to(&hub).outcome, Outcome::Erased, "a replay");
    }
    let late = said("m-4", "web", 0).user("u-sara").to(&hub);
    assert_eq!(late.outcome, Outcome::Erased, "a late event");
    let partner = said("m-5", "partner", 90).user("partner-17").email(" SARA@example.ir ").to(&hub);
    assert_eq!(partner.outcome, Outcome::Erased, "a partner's list");
    let card = said("m-6", "kiosk", 91).visitor("kiosk-2").card("nv 1 77").to(&hub);
    assert_eq!(card.outcome, Outcome::Erased, "her card in somebody's hand");
    assert_eq!(
        hub.record_all(&history.clone().map(|event| event.event())).unwrap()[0].outcome,
        Outcome::Erased
    );
    for value in ["u-sara", "sara@example.ir", "Sara-Canary", "v-sara", "d-sara", "NV177"] {
        assert!(!store.holds(value.as_bytes()));
    }
    // She asks to come back, value by value.
    assert!(hub.readmit(&identifier(IdentifierKind::Email, VICTIM)).unwrap());
    assert!(!hub.readmit(&identifier(IdentifierKind::Email, VICTIM)).unwrap(), "once is enough");
    assert_eq!(partner.event, said("m-5", "partner", 90).user("partner-17").email(VICTIM).to(&hub).event);
    assert_eq!(
        said("m-7", "web", 92).user("u-sara").to(&hub).outcome,
        Outcome::Erased,
        "her account was not readmitted"
    );
    assert!(hub.readmit(&identifier(IdentifierKind::UserId, "u-sara")).unwrap());
    assert_eq!(said("m-8", "web", 93).user("u-sara").to(&hub).outcome, Outcome::First);
}

/// Whoever typed an erased person's address somewhere does not keep it working for whoever imports her again.
#[test]
fn a_stranger_who_typed_her_address_does_not_keep_an_erased_person_alive() {
    let (_, hub) = fresh();
    said("m-1", "web", 1).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    said("m-2", "kiosk", 2).visitor("v-mallory").email(VICTIM).kept(&hub);
    hub.erase(&CommandKey::new("gdpr-1"), &What::Profile(email(VICTIM)), Afterwards::Suppress).unwrap();
    assert_eq!(said("m-3", "partner", 90).user("partner-17").email(VICTIM).to(&hub).outcome, Outcome::Erased);
}

/// A value that somebody else proved too goes on working for her.
#[test]
fn an_erasure_does_not_silence_somebody_else() {
    let (_, hub) = fresh();
    let one = said("m-1", "web", 1).source("accounts").user("u-1").proved_email(VICTIM).kept(&hub);
    said("m-2", "web", 1).source("accounts").user("u-2").proved_email(VICTIM).kept(&hub);
    hub.erase(&CommandKey::new("gdpr-1"), &What::Record(one), Afterwards::Suppress).unwrap();
    assert_eq!(said("m-3", "web", 2).user("u-2").email(VICTIM).to(&hub).outcome, Outcome::First);
    assert_eq!(said("m-4", "web", 2).user("u-1").to(&hub).outcome, Outcome::Erased);
}

/// An erasure by somebody's unproved address erases nobody.
#[test]
fn a_typed_address_does_not_erase_anybody() {
    let (_, hub) = fresh();
    let account = said("m-1", "web", 1).user("u-sara").email(VICTIM).kept(&hub);
    let outcome =
        hub.erase(&CommandKey::new("weapon"), &What::Profile(email(VICTIM)), Afterwards::Suppress).unwrap();
    assert_eq!(outcome, ErasureOutcome::Unknown);
    assert_eq!(profile(&hub, account), [account].into());
}

/// A command key that was used for one command does not run another.
#[test]
fn a_used_command_key_does_not_run_another_command() {
    let (_, hub) = fresh();
    let one = said("m-1", "web", 1).user("u-1").kept(&hub);
    let two = said("m-2", "app", 1).user("u-2").kept(&hub);
    let key = CommandKey::new("ticket-1");
    assert!(matches!(hub.link(&key, one, two).unwrap(), DecisionOutcome::Made { .. }));
    assert_eq!(hub.erase(&key, &What::Record(one), Afterwards::Suppress).unwrap(), ErasureOutcome::KeyReused);
    assert_eq!(hub.keep_apart(&key, &[one], &[two]).unwrap(), DecisionOutcome::KeyReused);
    assert!(together(&hub, one, two));
}

/// Messages for an account do not go to the telephone or the device that somebody planted on it.
#[cfg(feature = "tzdb")]
#[test]
fn a_planted_number_does_not_get_the_owners_messages() {
    use throughline::calendar::Zones;
    use throughline::hub::Inquiry;
    use throughline::messaging::{Class, Decision, Message, Policy};
    let (_, hub) = fresh();
    let account = said("a-1", "app", 2).user("u-sara").device("d-mallory").phone("+14155550100").kept(&hub);
    said("s-1", "app", 60).source("accounts").user("u-sara").kept(&hub);
    let message = Message::new("receipt", Class::Transactional, "service.receipt".parse().unwrap());
    let (policy, zones, told) = (Policy::default(), Zones::bundled(), BTreeSet::new());
    let inquiry = Inquiry { message: &message, policy: &policy, zones: &zones, told: &told, holdout: false };
    let ask = || hub.decide(&Who::Record(account), &inquiry).unwrap().unwrap();
    let Decision::Send { address: planted, .. } = ask() else { panic!("before the proof they are hers") };
    said("s-2", "app", 61).source("accounts").user("u-sara").proved_email(VICTIM).kept(&hub);
    assert_eq!(hub.address(&Who::Record(account), &planted).unwrap(), None);
    for _ in 0..2 {
        match ask() {
            Decision::Send { address, .. } => {
                assert_eq!(hub.address(&Who::Record(account), &address).unwrap().unwrap(), VICTIM);
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A token proves one value for one record, once, and not for long.
#[test]
fn a_proof_does_not_serve_another_record_value_or_time() {
    use throughline::hub::Verified;
    use throughline::time::TimeDelta;
    let (_, hub) = fresh();
    let sara = said("m-1", "web", 1).user("u-sara").email(VICTIM).kept(&hub);
    let mallory = said("m-2", "web", 1).user("u-mallory").email("mallory@example.com").kept(&hub);
    let (hers, his) =
        (identifier(IdentifierKind::Email, VICTIM), identifier(IdentifierKind::Email, "mallory@example.com"));
    let token = hub.challenge(mallory, &his, TimeDelta::minutes(5)).unwrap().unwrap();
    assert_eq!(hub.verify(mallory, &hers, &token).unwrap(), Verified::Refused);
    assert_eq!(hub.verify(sara, &his, &token).unwrap(), Verified::Refused);
    assert_eq!(hub.verify(sara, &hers, &token).unwrap(), Verified::Refused);
    for at in 0..token.len() {
        let changed: String = token
            .char_indices()
            .map(|(place, c)| if place == at { if c == 'A' { 'B' } else { 'A' } } else { c })
            .collect();
        if changed != token {
            assert_ne!(hub.verify(mallory, &his, &changed).unwrap(), Verified::Proved, "changed at {at}");
        }
    }
    assert_eq!(hub.verify(mallory, &his, &token).unwrap(), Verified::Proved);
    assert_eq!(hub.verify(mallory, &his, &token).unwrap(), Verified::Used);
    assert!(profile(&hub, email(VICTIM)).is_empty());
}

/// A value said for the far future does not stay the newest for ever.
#[test]
fn a_field_from_the_future_does_not_survive_what_is_said_later() {
    let (_, hub) = fresh();
    let record = said("f-1", "web", 1)
        .user("u-1")
        .with("firstName", "Mallory")
        .top("timestamp", "2026-12-31T00:00:00Z")
        .kept(&hub);
    said("s-1", "web", 2).user("u-1").with("firstName", "Sara").kept(&hub);
    let view = hub.profile(&Who::Record(record)).unwrap().unwrap();
    assert_eq!(&**view.fields["first_name"].value.reveal(), "Sara");
}
