//! Tokens that carry threads: read aloud, typed, forged, late, used, of others, of the erased.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{
    Afterwards, CommandKey, FixedClock, Hub, Issue, OpenOutcome, Rules, ThreadSettings, TokenRefusal, What,
    Who,
};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::ids::RecordId;
use throughline::journey::{
    PartId, QrPayload, ResumeToken, ResumeTokenErrorKind, Sensitivity, ThreadEdit, ThreadKind, Versions,
};
use throughline::keyed::Pepper;
use throughline::store::{MemoryStore, Store, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc, from_millis};

fn token() -> impl Strategy<Value = ResumeToken> {
    let channel = prop_oneof![
        proptest::sample::select(Channel::KNOWN).prop_map(|channel| channel.clone()),
        Just(Channel::Other("bale".into())),
    ];
    let seen =
        proptest::collection::btree_map(any::<[u8; 16]>().prop_map(PartId::from_bytes), any::<u64>(), 0..4);
    let step = proptest::option::of(proptest::sample::select(&["hotel", "پرداخت", "оплата", "חתימה"][..]));
    (any::<u32>(), any::<[u8; 16]>(), any::<[u8; 16]>(), channel, seen, step, any::<Option<[u8; 8]>>())
        .prop_map(|(tenant, record, part, channel, seen, step, nonce)| {
            let (record, part) = (RecordId::from_bytes(record), PartId::from_bytes(part));
            let token =
                ResumeToken::new(tenant, record, part, channel, from_millis(0), TimeDelta::hours(1)).unwrap();
            let token = token.seen(&Versions(seen));
            let token = step.map_or(token.clone(), |step| token.at(step).unwrap());
            nonce.map_or(token.clone(), |nonce| token.once(nonce))
        })
}

/// The tenant is what opens a token, so the token does not tell it.
fn tenant(token: &ResumeToken) -> u32 {
    let text = format!("{token:?}");
    let digits = text.split("tenant: ").nth(1).unwrap().chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_token_survives_being_typed(token in token(), case in any::<bool>(), dash in proptest::sample::select(&["", " ", "-", "–", "\u{200f} ", " . "][..])) {
        let pepper = Pepper::new(b"secret");
        let text = token.text(&pepper);
        let folded: String = text.chars().map(|c| match c { '0' if case => 'o', '1' if case => 'I', c => c }).collect();
        let typed = if case { folded.to_lowercase() } else { folded };
        let persian: String = typed
            .replace('-', dash)
            .chars()
            .map(|c| c.to_digit(10).filter(|_| !case).and_then(|digit| char::from_u32(0x6F0 + digit)).unwrap_or(c))
            .collect();
        prop_assert_eq!(ResumeToken::open(&persian, &pepper, tenant(&token), from_millis(1)), Ok(token.clone()));
        let payload = token.qr(&pepper, "HTTPS://SHOP.EXAMPLE/R/");
        prop_assert!(payload.alphanumeric && payload.version.is_some_and(|version| version <= 15));
        let other = ResumeToken::open(&text, &pepper, tenant(&token).wrapping_add(1), from_millis(1)).unwrap_err();
        prop_assert_eq!(other.kind(), ResumeTokenErrorKind::WrongTenant);
        let forged = ResumeToken::open(&text, &Pepper::new(b"another"), tenant(&token), from_millis(1)).unwrap_err();
        prop_assert_eq!(forged.kind(), ResumeTokenErrorKind::Invalid);
        let late = ResumeToken::open(&text, &pepper, tenant(&token), from_millis(3_600_000)).unwrap_err();
        prop_assert_eq!(late.kind(), ResumeTokenErrorKind::Expired);
    }

    #[test]
    fn a_slip_of_the_finger_is_told_from_a_forgery(token in token(), at in any::<proptest::sample::Index>(), by in 1..31_usize) {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let pepper = Pepper::new(b"secret");
        let text: Vec<u8> = token.text(&pepper).bytes().filter(|byte| *byte != b'-').collect();
        let place = at.index(text.len());
        let mut wrong = text.clone();
        let value = ALPHABET.iter().position(|known| *known == text[place]).unwrap();
        wrong[place] = ALPHABET[(value + by) % 32];
        let error = ResumeToken::open(std::str::from_utf8(&wrong).unwrap(), &pepper, tenant(&token), from_millis(1)).unwrap_err();
        prop_assert_eq!(error.kind(), ResumeTokenErrorKind::Mistyped, "one wrong character");
        let mut swapped = text.clone();
        if place > 0 && place < text.len() - 2 && text[place - 1] != text[place] {
            swapped.swap(place - 1, place);
            let error = ResumeToken::open(std::str::from_utf8(&swapped).unwrap(), &pepper, tenant(&token), from_millis(1)).unwrap_err();
            prop_assert_eq!(error.kind(), ResumeTokenErrorKind::Mistyped, "two neighbours swapped");
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,200}") {
        prop_assert!(ResumeToken::open(&text, &Pepper::new(b"s"), 1, from_millis(0)).is_err());
    }
}

#[test]
fn odd_texts_and_settings_are_refused() {
    for odd in ["", "0", "سلام", &"0".repeat(10_000), &"\u{200f}".repeat(10_000), &"-".repeat(10_000)] {
        let error = ResumeToken::open(odd, &Pepper::new(b"s"), 1, from_millis(0)).unwrap_err();
        assert!(matches!(error.kind(), ResumeTokenErrorKind::Mistyped | ResumeTokenErrorKind::Invalid));
    }
    let new = |lifetime| {
        let (record, part) = (RecordId::from_bytes([1; 16]), PartId::from_bytes([2; 16]));
        ResumeToken::new(1, record, part, Channel::Web, from_millis(0), lifetime)
    };
    let (record, part) = (RecordId::from_bytes([1; 16]), PartId::from_bytes([2; 16]));
    let early = ResumeToken::new(1, record, part, Channel::Web, from_millis(-1), TimeDelta::hours(1));
    assert_eq!(early.unwrap_err().kind(), ResumeTokenErrorKind::Settings);
    for lifetime in [TimeDelta::zero(), TimeDelta::milliseconds(999), TimeDelta::MAX, TimeDelta::seconds(-5)]
    {
        assert_eq!(new(lifetime).unwrap_err().kind(), ResumeTokenErrorKind::Settings);
    }
    let token = new(TimeDelta::hours(1)).unwrap();
    assert!(token.clone().at("").is_err() && token.clone().at(&"ש".repeat(33)).is_err());
    // Sizes as the standard's table of capacities gives them for level M.
    for (length, version) in
        [(20, Some(1)), (21, Some(2)), (311, Some(10)), (312, Some(11)), (3391, Some(40)), (3392, None)]
    {
        assert_eq!(QrPayload::of("A".repeat(length)).version, version, "{length}");
    }
    assert_eq!(QrPayload::of("a".repeat(14)).version, Some(1));
    assert_eq!(QrPayload::of("a".repeat(15)).version, Some(2));
}

struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
    who: Who,
    settings: ThreadSettings,
}

fn world(store: Arc<dyn Store>, tenant: u32) -> World {
    let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
    let hub = Hub::with_clock(store, Tenant(tenant), Rules::retail(b"secret"), clock.clone()).unwrap();
    let line = br#"{"type":"identify","messageId":"u","userId":"u-7","traits":{"firstName":"Sara"}}"#;
    let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import()).unwrap()).unwrap().record);
    World { hub, clock, who, settings: ThreadSettings::retail() }
}

impl World {
    fn plan(&self, id: &str) -> ThreadEdit {
        ThreadEdit::new(id, ThreadKind::Plan, "trip-1", Channel::Web)
    }

    fn issue(&self, once: bool) -> String {
        let (kind, channel) = (&ThreadKind::Plan, &Channel::Web);
        let issue = Issue { kind, object: "trip-1", channel, lifetime: TimeDelta::hours(1), once };
        self.hub
            .issue_token(&self.who, &issue, &self.settings)
            .unwrap()
            .unwrap()
            .text(&self.hub.rules().pepper)
    }

    fn open(&self, text: &str, channel: &Channel) -> OpenOutcome {
        self.hub.open_token(text, channel, &self.settings).unwrap()
    }
}

fn refusal(outcome: &OpenOutcome) -> Option<TokenRefusal> {
    match outcome {
        OpenOutcome::Refused { why } => Some(*why),
        _ => None,
    }
}

#[test]
fn a_trip_goes_from_laptop_to_phone_to_band() {
    let world = world(Arc::new(MemoryStore::new()), 1);
    let begun = world.plan("1").set("مقصد", "شیراز").open("هتل").at("مقصد");
    world.hub.edit_thread(&world.who, &begun, &world.settings).unwrap();
    let text = world.issue(false);
    assert!(!text.to_lowercase().contains("sara"));
    let OpenOutcome::Same { document, token } = world.open(&text, &Channel::App) else { panic!() };
    assert_eq!((document.fields["مقصد"].as_str(), token.step()), (Some("شیراز"), Some("مقصد")));
    let hotel = ThreadEdit { channel: Channel::App, ..world.plan("2") }
        .on(&document.versions)
        .set("هتل", "زندیه")
        .done("هتل");
    world.hub.edit_thread(&world.who, &hotel, &world.settings).unwrap();
    let OpenOutcome::Changed { difference, document, .. } = world.open(&text, &Channel::Wearable) else {
        panic!()
    };
    assert_eq!(difference.fields.keys().map(|name| &**name).collect::<Vec<_>>(), ["هتل"]);
    assert_eq!(difference.last.channel, Channel::App);
    assert!(!difference.split);
    assert_eq!(document.versions.total(), 2);
    let again = world.open(&text, &Channel::Wearable);
    assert!(matches!(again, OpenOutcome::Changed { .. }), "may be used as often as one likes");
}

#[test]
fn each_refusal_has_its_name() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let ours = world(store.clone(), 1);
    ours.hub.edit_thread(&ours.who, &ours.plan("1").set("a", 1), &ours.settings).unwrap();
    let (text, once) = (ours.issue(false), ours.issue(true));
    assert_ne!(text, once);
    assert_eq!(
        refusal(&ours.open(&once, &Channel::Kiosk)),
        Some(TokenRefusal::Hidden),
        "and it is not used up"
    );
    assert_eq!(refusal(&ours.open(&once, &Channel::App)), None);
    assert_eq!(refusal(&ours.open(&once, &Channel::App)), Some(TokenRefusal::Used));
    let other = world(store.clone(), 2);
    assert_eq!(refusal(&other.open(&text, &Channel::App)), Some(TokenRefusal::WrongTenant));
    let stranger = Hub::new(store, Tenant(1), Rules::retail(b"another secret")).unwrap();
    let forged = stranger.open_token(&text, &Channel::App, &ours.settings).unwrap();
    assert_eq!(refusal(&forged), Some(TokenRefusal::Invalid));
    assert_eq!(refusal(&ours.open("HELLO", &Channel::App)), Some(TokenRefusal::Mistyped));
    let sensitive =
        ThreadEdit::new("2", ThreadKind::Form, "f", Channel::App).guarded(Sensitivity::Sensitive).set("a", 1);
    ours.hub.edit_thread(&ours.who, &sensitive, &ours.settings).unwrap();
    let issue = |channel| Issue {
        kind: &ThreadKind::Form,
        object: "f",
        channel,
        lifetime: TimeDelta::hours(1),
        once: false,
    };
    assert!(ours.hub.issue_token(&ours.who, &issue(&Channel::Till), &ours.settings).unwrap().is_none());
    let form = ours.hub.issue_token(&ours.who, &issue(&Channel::App), &ours.settings).unwrap().unwrap();
    let form = form.text(&ours.hub.rules().pepper);
    assert_eq!(refusal(&ours.open(&form, &Channel::Till)), Some(TokenRefusal::Hidden));
    ours.clock.set("2026-03-20T10:00:00Z".parse().unwrap());
    assert_eq!(refusal(&ours.open(&text, &Channel::App)), Some(TokenRefusal::Expired));
    ours.clock.set("2026-03-20T09:30:00Z".parse().unwrap());
    ours.hub.erase(&CommandKey::new("e"), &What::Profile(ours.who.clone()), Afterwards::Suppress).unwrap();
    assert_eq!(refusal(&ours.open(&text, &Channel::App)), Some(TokenRefusal::Gone));
}

#[test]
fn of_many_who_open_at_once_one_uses_it() {
    let world = world(Arc::new(MemoryStore::new()), 1);
    world.hub.edit_thread(&world.who, &world.plan("1").set("a", 1), &world.settings).unwrap();
    let text = world.issue(true);
    let opened: usize = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..8).map(|_| scope.spawn(|| refusal(&world.open(&text, &Channel::App)).is_none())).collect();
        running.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(opened, 1);
}

#[test]
fn a_token_from_before_an_erasure_does_not_open_what_she_began_since() {
    for (begun_at, edits) in [("09:00:01", 3), ("09:00:00", 1)] {
        let world = world(Arc::new(MemoryStore::new()), 1);
        let seen =
            world.hub.edit_thread(&world.who, &world.plan("1").set("a", "راز"), &world.settings).unwrap();
        let seen = seen.document().unwrap().versions.clone();
        world.hub.edit_thread(&world.who, &world.plan("2").on(&seen).set("a", 2), &world.settings).unwrap();
        let (text, once) = (world.issue(false), world.issue(true));
        let user = IdentifierKind::UserId;
        let user = Identifier::parse(user, "u-7", &IdentifierSettings::default()).unwrap();
        let erased =
            world.hub.erase(&CommandKey::new("e"), &What::Profile(world.who.clone()), Afterwards::Suppress);
        erased.unwrap();
        assert_eq!(refusal(&world.open(&text, &Channel::App)), Some(TokenRefusal::Gone));
        // She asks to be admitted again, and begins a plan of the same name: at the same record, under the same ids.
        assert!(world.hub.readmit(&user).unwrap());
        world.clock.set(format!("2026-03-20T{begun_at}Z").parse().unwrap());
        let line = br#"{"type":"identify","messageId":"u2","userId":"u-7"}"#;
        let again =
            world.hub.record(&Event::from_segment(line, &world.hub.import()).unwrap()).unwrap().record;
        assert_eq!(Who::Record(again), world.who);
        for number in 0..edits {
            let shown =
                world.hub.thread(&world.who, &ThreadKind::Plan, "trip-1", &Channel::Web, &world.settings);
            let shown = shown.unwrap().map(|shown| shown.document().unwrap().versions.clone());
            let edit = world.plan(&format!("new-{number}")).set("a", number).on(&shown.unwrap_or_default());
            world.hub.edit_thread(&world.who, &edit, &world.settings).unwrap();
        }
        assert_eq!(refusal(&world.open(&text, &Channel::App)), Some(TokenRefusal::Gone));
        assert_eq!(
            refusal(&world.open(&once, &Channel::App)),
            Some(TokenRefusal::Gone),
            "and it is not used up"
        );
        // A token of the new one opens the new one.
        assert!(matches!(world.open(&world.issue(true), &Channel::App), OpenOutcome::Same { .. }));
    }
}

#[test]
fn a_token_issued_on_a_machine_whose_clock_is_behind_opens() {
    let world = world(Arc::new(MemoryStore::new()), 1);
    world.hub.edit_thread(&world.who, &world.plan("1").set("a", 1), &world.settings).unwrap();
    world.clock.set("2026-03-20T08:59:58Z".parse().unwrap());
    assert!(matches!(world.open(&world.issue(false), &Channel::App), OpenOutcome::Same { .. }));
}

/// As it was written before tokens told when they were issued.
#[test]
fn a_token_of_the_first_layout_opens() {
    const TEXT: &str = "04000-007VE-JE0XR-TRA28-HTB0V-G079M-9VXYN-D4HSJ-NQ8X3-STT58-7ZTV6-6SMSG-0TF4P-PR06X-V5C83-DHD6S-GZCB2-0DAT9-3K40D-VW65G-EJ3A1-P3JCJ-H4QCV-B";
    let pepper = Rules::retail(b"a secret for tests").pepper;
    let token = ResumeToken::open(TEXT, &pepper, 7, "2026-03-21T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!((token.issued(), token.channel(), token.step()), (None, &Channel::Web, Some("شهر")));
    assert_eq!(token.expires(), "2026-04-19T11:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(token.text(&pepper), TEXT);
    let late = ResumeToken::open(TEXT, &pepper, 7, token.expires()).unwrap_err();
    assert_eq!(late.kind(), ResumeTokenErrorKind::Expired);
}
