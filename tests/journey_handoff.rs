//! Hand-off between bot, queue and person: one owner at any time, deadlines, packets, the hub.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use pollster::block_on;
use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::{Event, OrderKey};
use throughline::hub::{
    Afterwards, CommandKey, ConsentOutcome, FixedClock, HandoffOutcome, HandoffRequest, Hub, Rules,
    ThreadSettings, What, Who,
};
use throughline::ids::RecordId;
use throughline::journey::{
    Asked, ConversationOwner, HandoffAct, HandoffEvent, HandoffLimit, HandoffRefusal, HandoffState, Packet,
    PacketSettings, Speech, ThreadEdit, ThreadKind, handoff,
};
use throughline::messaging::{ConsentRecord, ConsentState};
use throughline::pii::Pii;
use throughline::store::{Key, MemoryStore, ReadSet, Scan, Store, Tenant};
use throughline::text::Direction;
use throughline::time::{DateTime, TimeDelta, Utc, from_millis};

const AGENTS: [&str; 3] = ["مریم", "דנה", "Иван"];

fn event(id: usize, at: i64, act: HandoffAct) -> HandoffEvent {
    HandoffEvent {
        order: OrderKey { time: from_millis(at), sequence: None, id: format!("e{id:02}").into() },
        act,
    }
}

fn some_acts() -> impl Strategy<Value = Vec<HandoffEvent>> {
    let agent = proptest::sample::select(&AGENTS[..]).prop_map(Box::<str>::from);
    let act = (0..7_u8, agent, proptest::option::of(0..40_i64), proptest::option::of(0..10_u32)).prop_map(
        |(what, agent, by, within)| match what {
            0 | 1 => HandoffAct::Requested {
                skill: "loans".into(),
                accept_by: by.map(from_millis),
                start_within_seconds: within.map(|_| 0),
            },
            2 => HandoffAct::Accepted { agent },
            3 => HandoffAct::Declined { agent },
            4 => HandoffAct::Started { agent },
            5 => HandoffAct::Returned { agent },
            _ => HandoffAct::Closed { agent },
        },
    );
    proptest::collection::vec((act, 0..40_i64), 0..20)
        .prop_map(|acts| acts.into_iter().enumerate().map(|(id, (act, at))| event(id, at, act)).collect())
}

/// Word for word: what the rules say, one act after the other, in a table of states.
fn model(events: &[HandoffEvent], now: i64) -> (Option<HandoffState>, ConversationOwner) {
    use HandoffState::{Accepted, Active, Closed, Declined, Expired, Requested, Returned};
    let mut sorted: Vec<&HandoffEvent> =
        events.iter().filter(|event| event.order.time <= from_millis(now)).collect();
    sorted.sort_by_key(|event| event.order.clone());
    let (mut state, mut owner, mut deadline, mut within) = (None, ConversationOwner::Bot, None, None);
    let expire =
        |state: &mut Option<HandoffState>, owner: &mut ConversationOwner, deadline: &mut Option<_>, at| {
            if deadline.is_some_and(|deadline| deadline < at) {
                (*state, *owner, *deadline) = (Some(Expired), ConversationOwner::Bot, None);
            }
        };
    for event in sorted {
        let at = event.order.time;
        expire(&mut state, &mut owner, &mut deadline, at);
        match (&event.act, state) {
            (
                HandoffAct::Requested { skill, accept_by, start_within_seconds },
                None | Some(Declined | Expired | Returned | Closed),
            ) => {
                (state, owner) = (Some(Requested), ConversationOwner::Queue(skill.clone()));
                (deadline, within) = (*accept_by, *start_within_seconds);
            }
            (HandoffAct::Accepted { agent }, Some(Requested)) => {
                (state, owner) = (Some(Accepted), ConversationOwner::Agent(agent.clone()));
                deadline = within.map(|within| at + TimeDelta::seconds(i64::from(within)));
            }
            (HandoffAct::Declined { .. }, Some(Requested)) => {
                (state, owner, deadline) = (Some(Declined), ConversationOwner::Bot, None);
            }
            (HandoffAct::Declined { agent }, Some(Accepted))
                if owner == ConversationOwner::Agent(agent.clone()) =>
            {
                (state, owner, deadline) = (Some(Declined), ConversationOwner::Bot, None);
            }
            (HandoffAct::Started { agent }, Some(Accepted | Active))
                if owner == ConversationOwner::Agent(agent.clone()) =>
            {
                (state, deadline) = (Some(Active), None);
            }
            (HandoffAct::Returned { agent }, Some(Accepted | Active))
                if owner == ConversationOwner::Agent(agent.clone()) =>
            {
                (state, owner, deadline) = (Some(Returned), ConversationOwner::Bot, None);
            }
            (HandoffAct::Closed { agent }, Some(Accepted | Active))
                if owner == ConversationOwner::Agent(agent.clone()) =>
            {
                (state, owner, deadline) = (Some(Closed), ConversationOwner::Bot, None);
            }
            _ => {}
        }
    }
    expire(&mut state, &mut owner, &mut deadline, from_millis(now));
    (state, owner)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn there_is_exactly_one_owner((acts, shuffled) in some_acts().prop_flat_map(|acts| {
        let twice: Vec<HandoffEvent> = acts.iter().chain(acts.iter().take(5)).cloned().collect();
        (Just(acts), Just(twice).prop_shuffle())
    })) {
        let end = handoff(&acts, from_millis(100));
        prop_assert_eq!(&handoff(&shuffled, from_millis(100)), &end, "any order of arrival");
        for now in 0..50 {
            let then = handoff(&acts, from_millis(now));
            let (state, owner) = model(&acts, now);
            prop_assert_eq!((&then.state, &then.owner), (&state, &owner));
            let is_agent = matches!(then.state, Some(HandoffState::Accepted | HandoffState::Active));
            prop_assert_eq!(matches!(then.owner, ConversationOwner::Agent(_)), is_agent);
            prop_assert_eq!(matches!(then.owner, ConversationOwner::Queue(_)), then.state == Some(HandoffState::Requested));
            // Of all who might speak exactly one is allowed to, or all but the bot's word of comfort are refused.
            let agents = AGENTS.iter().map(|agent| ConversationOwner::Agent((*agent).into()));
            let allowed = agents.chain([ConversationOwner::Bot]).filter(|speaker| then.may_speak(speaker) == Speech::Allowed).count();
            prop_assert_eq!(allowed, usize::from(then.state != Some(HandoffState::Requested)));
            if is_agent {
                prop_assert_eq!(then.may_speak(&ConversationOwner::Bot), Speech::Refused);
            }
        }
        // Hand-overs follow each other in time, each to somebody else.
        prop_assert!(end.owners.windows(2).all(|pair| pair[0].since <= pair[1].since && pair[0].owner != pair[1].owner));
    }
}

#[test]
fn deadlines_count_whether_or_not_anybody_looks() {
    let asked = |by, within| HandoffAct::Requested {
        skill: "x".into(),
        accept_by: Some(from_millis(by)),
        start_within_seconds: within,
    };
    let accept = || HandoffAct::Accepted { agent: "a".into() };
    let at = |acts: &[HandoffEvent], now| handoff(acts, from_millis(now));
    let in_time = [event(0, 0, asked(10, None)), event(1, 10, accept())];
    assert_eq!(at(&in_time, 10).state, Some(HandoffState::Accepted));
    let late = [event(0, 0, asked(10, None)), event(1, 11, accept())];
    let refused = at(&late, 20);
    assert_eq!(
        (refused.state, refused.refused[0].why),
        (Some(HandoffState::Expired), HandoffRefusal::NotRequested)
    );
    assert_eq!(refused.owner_at(from_millis(10)), &ConversationOwner::Bot);
    assert_eq!(refused.owner_at(from_millis(9)), &ConversationOwner::Queue("x".into()));
    let silent = [event(0, 0, asked(10, Some(5))), event(1, 1, accept())];
    assert_eq!(at(&silent, 5_001).state, Some(HandoffState::Accepted));
    assert_eq!(at(&silent, 5_002).state, Some(HandoffState::Expired));
    let text = format!("{:?} {:?}", at(&silent, 5_001), silent);
    assert!(!text.contains("\"a\""), "{text}");
}

fn packet_of(hub: &Hub, who: &Who) -> Option<Packet> {
    hub.handoff_packet(who, "محادثة-9", &ThreadSettings::retail(), &PacketSettings::default()).unwrap()
}

struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
    who: Who,
}

fn world() -> World {
    let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
    let hub =
        Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret"), clock.clone())
            .unwrap();
    let mut who = None;
    for line in [
        r#"{"type":"identify","messageId":"1","userId":"u-7","timestamp":"2026-03-20T08:00:00Z","traits":{"firstName":"ليلى","locale":"ar-EG"},"context":{"channel":"chat"}}"#,
        r#"{"type":"track","event":"Message Received","messageId":"2","userId":"u-7","timestamp":"2026-03-20T08:30:00Z","properties":{"text":"أين طلبي؟"},"context":{"channel":"chat"}}"#,
    ] {
        who = Some(Who::Record(
            hub.record(&Event::from_segment(line.as_bytes(), &hub.import()).unwrap()).unwrap().record,
        ));
    }
    World { hub, clock, who: who.unwrap() }
}

fn request<'a>(id: &'a str, asked: &'a [Asked]) -> HandoffRequest<'a> {
    HandoffRequest {
        id,
        conversation: "محادثة-9",
        reason: "angry",
        skill: "parcels",
        asked,
        transcript: Some("t-1"),
        accept_within: Some(TimeDelta::minutes(5)),
        start_within_seconds: Some(60),
        channel: &Channel::CallCentre,
    }
}

impl World {
    fn ask(&self, request: &HandoffRequest<'_>) -> HandoffOutcome {
        self.hub.request_handoff(&self.who, request).unwrap()
    }

    fn packet(&self) -> Option<Packet> {
        packet_of(&self.hub, &self.who)
    }

    fn act(&self, id: &str, act: &HandoffAct) -> HandoffOutcome {
        self.hub.handoff_act(&self.who, "محادثة-9", id, act).unwrap()
    }

    fn may_bot_speak(&self) -> Speech {
        self.hub.may_speak(&self.who, "محادثة-9", &ConversationOwner::Bot).unwrap().unwrap()
    }
}

#[test]
fn the_agent_knows_what_the_bot_asked_and_the_bot_is_silent() {
    let world = world();
    let settings = ThreadSettings::retail();
    let loan =
        ThreadEdit::new("1", ThreadKind::Application, "loan", Channel::App).open("income").at("income");
    world.hub.edit_thread(&world.who, &loan, &settings).unwrap();
    let asked = [
        Asked { question: "order".into(), answer: None },
        Asked { question: "phone".into(), answer: None },
        Asked { question: "order".into(), answer: Some(Pii::new("٤٧١١".into())) },
    ];
    assert_eq!(world.may_bot_speak(), Speech::Allowed);
    assert!(matches!(world.ask(&request("r1", &asked)), HandoffOutcome::Done { .. }));
    assert_eq!(world.may_bot_speak(), Speech::HoldingOnly);
    let waiting = world.hub.waiting_handoffs("parcels", 10).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((&*waiting[0].reason, waiting[0].accept_by), ("angry", "2026-03-20T09:05:00Z".parse().ok()));
    assert!(world.hub.waiting_handoffs("loans", 10).unwrap().is_empty());
    let accept = HandoffAct::Accepted { agent: "a-1".into() };
    let HandoffOutcome::Done { handoff } = world.act("a", &accept) else { panic!() };
    let packet = world.packet().unwrap();
    assert_eq!(handoff.state, Some(HandoffState::Accepted));
    assert_eq!(
        (packet.language.as_ref().unwrap().as_str(), packet.direction),
        ("ar-EG", Some(Direction::Rtl))
    );
    assert_eq!(packet.still_to_ask(&["order", "phone", "name"]), ["phone", "name"]);
    assert_eq!(&**packet.answer("order").unwrap().reveal(), "٤٧١١");
    assert_eq!(&**packet.profile["first_name"].reveal(), "ليلى");
    assert_eq!(packet.timeline.len(), 2);
    assert_eq!((packet.open.len(), &*packet.open[0].steps_open[0]), (1, "income"));
    assert!(world.hub.waiting_handoffs("parcels", 10).unwrap().is_empty());
    assert_eq!(world.may_bot_speak(), Speech::Refused);
    // The same act sent again is done; another agent is too late.
    assert!(matches!(world.act("a", &accept), HandoffOutcome::Done { .. }));
    let other = world.act("b", &HandoffAct::Accepted { agent: "a-2".into() });
    assert!(matches!(other, HandoffOutcome::Refused { why: HandoffRefusal::AlreadyAccepted, .. }));
    world.act("c", &HandoffAct::Started { agent: "a-1".into() });
    world.clock.set("2026-03-20T11:00:00Z".parse().unwrap());
    let back = world.act("d", &HandoffAct::Returned { agent: "a-1".into() });
    assert!(
        matches!(back, HandoffOutcome::Done { handoff, .. } if handoff.state == Some(HandoffState::Returned))
    );
    assert_eq!(world.may_bot_speak(), Speech::Allowed, "the bot speaks again by itself");
    assert_eq!(world.packet(), None, "there is nobody to tell");
    let text = format!("{:?}", world.act("d", &HandoffAct::Returned { agent: "a-1".into() }));
    assert!(!text.contains("ليلى") && !text.contains("٤٧١١") && !text.contains("a-1"), "{text}");
}

#[test]
fn of_many_agents_one_takes_it_and_nobody_waits_for_ever() {
    let world = world();
    world.ask(&request("r1", &[]));
    let taken: usize = std::thread::scope(|scope| {
        let running: Vec<_> = (0..8)
            .map(|n| {
                let world = &world;
                scope.spawn(move || {
                    let accept = HandoffAct::Accepted { agent: format!("a-{n}").into() };
                    matches!(world.act(&format!("x{n}"), &accept), HandoffOutcome::Done { .. })
                })
            })
            .collect();
        running.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(taken, 1);
    // Nobody answered within a minute: the bot has it again and may ask anew.
    world.clock.set("2026-03-20T09:02:00Z".parse().unwrap());
    assert_eq!(
        world.hub.handoff_of(&world.who, "محادثة-9").unwrap().unwrap().state,
        Some(HandoffState::Expired)
    );
    assert!(
        matches!(world.ask(&request("r2", &[])), HandoffOutcome::Done { handoff, .. } if handoff.round == 2)
    );
    world.clock.set("2026-03-20T09:08:00Z".parse().unwrap());
    assert!(world.hub.waiting_handoffs("parcels", 10).unwrap().is_empty(), "expired");
    assert_eq!(world.may_bot_speak(), Speech::Allowed);
    let long = "ب".repeat(10_000);
    assert_eq!(
        world.hub.handoff_act(&world.who, &long, "x", &HandoffAct::Closed { agent: "a".into() }).unwrap(),
        HandoffOutcome::Invalid { why: HandoffLimit::Name }
    );
    world.ask(&request("r3", &[]));
    world.hub.erase(&CommandKey::new("e"), &What::Profile(world.who.clone()), Afterwards::Suppress).unwrap();
    assert!(world.hub.waiting_handoffs("parcels", 10).unwrap().is_empty(), "erased");
    assert_eq!(world.ask(&request("r4", &[])), HandoffOutcome::Unknown);
}

#[test]
fn a_clock_that_is_behind_gives_it_to_nobody_else() {
    let world = world();
    world.ask(&request("r1", &[]));
    world.clock.set("2026-03-20T09:00:30Z".parse().unwrap());
    let accept = |agent: &str| HandoffAct::Accepted { agent: agent.into() };
    assert!(matches!(world.act("a", &accept("a-1")), HandoffOutcome::Done { .. }));
    // Another machine's clock, or a unit that began before that acceptance was kept.
    world.clock.set("2026-03-20T09:00:10Z".parse().unwrap());
    let late = world.act("b", &accept("a-2"));
    assert!(matches!(late, HandoffOutcome::Refused { why: HandoffRefusal::AlreadyAccepted, .. }), "{late:?}");
    assert_eq!(world.may_bot_speak(), Speech::Refused);
    let stands = world.hub.handoff_of(&world.who, "محادثة-9").unwrap().unwrap();
    assert_eq!(stands.owner, ConversationOwner::Agent("a-1".into()));
    let back = world.act("c", &HandoffAct::Returned { agent: "a-1".into() });
    assert!(matches!(back, HandoffOutcome::Done { .. }), "{back:?}");
    // Nor is another request.
    let asked = [Asked { question: "order".into(), answer: Some(Pii::new("٤٧١١".into())) }];
    let first = request("r1", &[]);
    assert!(matches!(world.ask(&first), HandoffOutcome::Done { .. }), "sent again, later");
    for other in [
        HandoffRequest { asked: &asked, ..first.clone() },
        HandoffRequest { reason: "calm", ..first.clone() },
        HandoffRequest { transcript: None, ..first.clone() },
        HandoffRequest { accept_within: None, ..first.clone() },
        HandoffRequest { channel: &Channel::Chat, ..first.clone() },
    ] {
        let refused = world.ask(&other);
        assert!(
            matches!(refused, HandoffOutcome::Refused { why: HandoffRefusal::IdTaken, .. }),
            "{refused:?}"
        );
    }
    // Under an id that is taken nothing else is done.
    let other = world.act("c", &HandoffAct::Closed { agent: "a-1".into() });
    assert!(matches!(other, HandoffOutcome::Refused { why: HandoffRefusal::IdTaken, .. }), "{other:?}");
}

#[test]
fn who_has_it_may_let_go_of_it_however_much_was_done() {
    let world = world();
    for round in 0..499 {
        world.ask(&request(&format!("r{round}"), &[]));
        world.act(&format!("d{round}"), &HandoffAct::Declined { agent: "a-1".into() });
    }
    world.ask(&request("last", &[]));
    let accepted = world.act("a", &HandoffAct::Accepted { agent: "a-1".into() });
    assert!(matches!(accepted, HandoffOutcome::Done { .. }));
    assert_eq!(world.act("s", &HandoffAct::Started { agent: "a-1".into() }), HandoffOutcome::TooMuch);
    let back = world.act("b", &HandoffAct::Returned { agent: "a-1".into() });
    assert!(matches!(back, HandoffOutcome::Done { .. }), "{back:?}");
    assert_eq!(world.may_bot_speak(), Speech::Allowed);
    assert_eq!(world.ask(&request("more", &[])), HandoffOutcome::TooMuch);
}

/// Everything that is kept, in lines.
fn content(store: &MemoryStore) -> Vec<String> {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    view.scans[0].items.iter().map(|(_, held)| String::from_utf8_lossy(&held.value).into_owned()).collect()
}

#[test]
fn nothing_of_another_record_is_kept_with_a_conversation() {
    for apart in [true, false] {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
        let hub = Hub::with_clock(store.clone(), Tenant(1), Rules::retail(b"secret"), clock).unwrap();
        let record = |json: &str| {
            hub.record(&Event::from_segment(json.as_bytes(), &hub.import()).unwrap()).unwrap().record
        };
        let chat = record(
            r#"{"type":"page","messageId":"1","anonymousId":"v-1","timestamp":"2026-03-20T08:00:00Z","context":{"channel":"chat"}}"#,
        );
        let account = record(
            r#"{"type":"identify","messageId":"2","userId":"u-7","timestamp":"2026-03-20T08:10:00Z","traits":{"firstName":"ليلى"},"context":{"channel":"app"}}"#,
        );
        let loan = ThreadEdit::new("1", ThreadKind::Application, "قرض", Channel::App).set("sum", 5);
        hub.edit_thread(&account.into(), &loan, &ThreadSettings::retail()).unwrap();
        hub.link(&CommandKey::new("l"), chat, account).unwrap();
        let who = Who::Record(chat);
        let asked = [Asked { question: "order".into(), answer: Some(Pii::new("٤٧١١".into())) }];
        assert!(matches!(
            hub.request_handoff(&who, &request("r1", &asked)).unwrap(),
            HandoffOutcome::Done { .. }
        ));
        let told = packet_of(&hub, &who).unwrap();
        assert_eq!((&**told.profile["first_name"].reveal(), told.open.len()), ("ليلى", 1));
        let kept: Vec<String> =
            content(&store).into_iter().filter(|value| value.contains(r#""kind":"conversation""#)).collect();
        assert_eq!(kept.len(), 1);
        assert!(
            kept[0].contains("٤٧١١") && !kept[0].contains("ليلى") && !kept[0].contains("قرض"),
            "{kept:?}"
        );
        if apart {
            hub.keep_apart(&CommandKey::new("k"), &[chat], &[account]).unwrap();
        } else {
            hub.erase(&CommandKey::new("e"), &What::Record(account), Afterwards::Admit).unwrap();
            assert!(content(&store).iter().all(|value| !value.contains("ليلى") && !value.contains("قرض")));
        }
        // Whoever takes it now is told what was passed on, and of whom it is.
        let accept = HandoffAct::Accepted { agent: "a-1".into() };
        assert!(matches!(
            hub.handoff_act(&who, "محادثة-9", "a", &accept).unwrap(),
            HandoffOutcome::Done { .. }
        ));
        let told = packet_of(&hub, &who).unwrap();
        assert_eq!((told.profile.len(), told.open.len(), told.timeline.len()), (0, 0, 1));
        assert_eq!(told.answer("order").map(|answer| &**answer.reveal()), Some("٤٧١١"));
    }
}

#[test]
fn what_is_too_long_is_refused_by_name_and_nothing_is_kept() {
    let store = Arc::new(MemoryStore::new());
    let hub = Hub::new(store.clone(), Tenant(1), Rules::retail(b"secret")).unwrap();
    let line = br#"{"type":"identify","messageId":"1","userId":"u-7"}"#;
    let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import()).unwrap()).unwrap().record);
    let before = content(&store);
    let asked = |question: &str, answer: String| Asked {
        question: question.into(),
        answer: Some(Pii::new(answer.into())),
    };
    let (long, name) = ("ب".repeat(10_000), "ش".repeat(129));
    let many: Vec<Asked> = (0..201).map(|n| asked(&n.to_string(), String::new())).collect();
    let much: Vec<Asked> = (0..20).map(|n| asked(&n.to_string(), "ж".repeat(8_000))).collect();
    let odd = [asked("order", "ט".repeat(8_193))];
    let (unnamed, control) = ([asked("", "1".into())], [asked("a\n", "1".into())]);
    let first = request("r1", &[]);
    let refused = |request: HandoffRequest<'_>| match hub.request_handoff(&who, &request).unwrap() {
        HandoffOutcome::Invalid { why } => why,
        outcome => panic!("{outcome:?}"),
    };
    for (request, why) in [
        (HandoffRequest { id: "", ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { id: &name, ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { conversation: &long, ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { skill: "", ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { skill: &name, ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { reason: &long, ..first.clone() }, HandoffLimit::Text),
        (HandoffRequest { transcript: Some(&long), ..first.clone() }, HandoffLimit::Text),
        (HandoffRequest { asked: &many, ..first.clone() }, HandoffLimit::Asked),
        (HandoffRequest { asked: &much, ..first.clone() }, HandoffLimit::Asked),
        (HandoffRequest { asked: &odd, ..first.clone() }, HandoffLimit::Text),
        (HandoffRequest { asked: &unnamed, ..first.clone() }, HandoffLimit::Name),
        (HandoffRequest { asked: &control, ..first.clone() }, HandoffLimit::Name),
    ] {
        assert_eq!(refused(request), why);
    }
    for act in [
        HandoffAct::Accepted { agent: name.clone().into() },
        HandoffAct::Declined { agent: long.clone().into() },
        HandoffAct::Started { agent: "".into() },
        HandoffAct::Returned { agent: "a\u{0}".into() },
        HandoffAct::Closed { agent: name.into() },
    ] {
        let outcome = hub.handoff_act(&who, "chat", "x", &act).unwrap();
        assert_eq!(outcome, HandoffOutcome::Invalid { why: HandoffLimit::Name });
    }
    assert_eq!(content(&store), before);
    let short = "ب".repeat(2_048);
    let largest: Vec<Asked> = (0..16).map(|n| asked(&n.to_string(), "ж".repeat(8_000))).collect();
    let fits = HandoffRequest { asked: &largest, reason: &short, ..first };
    assert!(matches!(hub.request_handoff(&who, &fits).unwrap(), HandoffOutcome::Done { .. }));
}

#[test]
fn the_packet_is_the_latest_requests_whatever_was_done_since() {
    let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
    let hub =
        Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret"), clock.clone())
            .unwrap();
    let record = |json: &str| {
        hub.record(&Event::from_segment(json.as_bytes(), &hub.import()).unwrap()).unwrap().record
    };
    let first = record(r#"{"type":"page","messageId":"1","anonymousId":"v-1"}"#);
    let second = record(r#"{"type":"identify","messageId":"2","userId":"u-7"}"#);
    let at = |minute: u32| clock.set(format!("2026-03-20T09:{minute:02}:00Z").parse().unwrap());
    let asks = |who: RecordId, id: &str, reason: &str| {
        let asked = HandoffRequest { reason, accept_within: None, ..request(id, &[]) };
        let done = hub.request_handoff(&Who::Record(who), &asked).unwrap();
        assert!(matches!(done, HandoffOutcome::Done { .. }), "{done:?}");
    };
    let acts = |who: RecordId, id: &str, act: &HandoffAct| {
        let done = hub.handoff_act(&Who::Record(who), "محادثة-9", id, act).unwrap();
        assert!(matches!(done, HandoffOutcome::Done { .. }), "{done:?}");
    };
    let agent = |name: &str| HandoffAct::Accepted { agent: name.into() };
    // While nobody knows that both are one, each record has its own request; the act after that is at the first.
    asks(first, "r1", "the first");
    at(10);
    asks(second, "r2", "the second");
    at(20);
    acts(first, "a1", &agent("a"));
    hub.link(&CommandKey::new("l"), first, second).unwrap();
    for who in [first, second] {
        let packet = packet_of(&hub, &Who::Record(who)).unwrap();
        assert_eq!(&*packet.reason, "the second");
    }
}

#[test]
fn the_packet_tells_the_latest_and_what_is_allowed_where_the_agent_works() {
    let world = world();
    let record = |json: String| {
        world.hub.record(&Event::from_segment(json.as_bytes(), &world.hub.import()).unwrap()).unwrap();
    };
    for day in 1..29 {
        record(format!(
            r#"{{"type":"page","messageId":"d{day}","userId":"u-7","timestamp":"2026-02-{day:02}T08:00:00Z"}}"#
        ));
    }
    // Too old to be told, and not yet.
    record(r#"{"type":"page","messageId":"o","userId":"u-7","timestamp":"2025-11-01T08:00:00Z"}"#.to_owned());
    record(r#"{"type":"page","messageId":"n","userId":"u-7","timestamp":"2026-03-20T09:00:00Z"}"#.to_owned());
    record(r#"{"type":"page","messageId":"s","userId":"u-7","timestamp":"2026-03-20T09:10:00Z"}"#.to_owned());
    world.ask(&request("r1", &[]));
    let ids = |packet: &Packet| packet.timeline.iter().map(|entry| entry.order.clone()).collect::<Vec<_>>();
    let since = "2025-12-20T09:00:00Z".parse().unwrap();
    let all = world.hub.timeline(&world.who, Some(since)).unwrap().unwrap();
    let all: Vec<OrderKey> = all
        .entries()
        .iter()
        .map(|entry| entry.order.clone())
        .filter(|order| order.time <= "2026-03-20T09:00:00Z".parse::<DateTime<Utc>>().unwrap())
        .collect();
    assert!(all.len() > 30);
    for entries in [0, 1, 20, usize::MAX] {
        let packets = PacketSettings { entries, ..PacketSettings::default() };
        let told = world.hub.handoff_packet(&world.who, "محادثة-9", &ThreadSettings::retail(), &packets);
        assert_eq!(ids(&told.unwrap().unwrap()), all[all.len().saturating_sub(entries)..]);
    }
    let says = |purpose: &str, channel: &str, state: ConsentState, at: &str| {
        let (purpose, channel) = (purpose.parse().unwrap(), channel.parse().unwrap());
        let said = ConsentRecord::new(purpose, channel, state, at.parse().unwrap());
        let taken = world.hub.consent(&world.who, &said).unwrap();
        assert!(matches!(taken, ConsentOutcome::Recorded { is_new: true, .. }), "{taken:?}");
    };
    let told = || {
        world
            .packet()
            .unwrap()
            .consents
            .into_iter()
            .map(|(name, is)| format!("{name} {is}"))
            .collect::<Vec<_>>()
    };
    says("marketing", "*", ConsentState::Granted, "2026-01-01T00:00:00Z");
    says("surveys", "email", ConsentState::Granted, "2026-01-01T00:00:00Z");
    says("marketing", "sms", ConsentState::Withdrawn, "2026-01-02T00:00:00Z");
    assert_eq!(told(), ["marketing true"], "of text messages she said no, not of calls");
    says("*", "call_centre", ConsentState::Withdrawn, "2026-01-03T00:00:00Z");
    assert_eq!(told(), ["* false", "marketing false", "surveys false"]);
    says("marketing", "call_centre", ConsentState::Granted, "2026-01-04T00:00:00Z");
    assert_eq!(told(), ["* false", "marketing true", "surveys false"]);
}
