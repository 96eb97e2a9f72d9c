//! What carries a thread on, whatever it is made of: no text of a token panics or opens by chance, a token survives being
//! written and a slip of one character does not; edits of parts in any order of the parts give one view, which survives its
//! stored form; a conversation has one owner, in any order of its acts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::channel::Channel;
use throughline::event::OrderKey;
use throughline::ids::RecordId;
use throughline::journey::{
    Closed, ConversationOwner, HandoffAct, HandoffEvent, KnownEdit, Member, PartId, ResumeToken, Sensitivity,
    Speech, ThreadEdit, ThreadKind, ThreadPart, ThreadRules, Versions, difference, handoff, meet,
};
use throughline::keyed::Pepper;
use throughline::time::{TimeDelta, from_millis};

const NAMES: [&str; 6] = ["lines/چای", "lines/MUG", "currency", "note", "шаг", ""];

/// Reads the input, and noughts when it is over.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next()) % limit
    }

    fn of<'n>(&mut self, names: &[&'n str]) -> &'n str {
        names[self.below(names.len())]
    }

    fn channel(&mut self) -> Channel {
        Channel::KNOWN[self.below(Channel::KNOWN.len())].clone()
    }
}

fuzz_target!(|input: &[u8]| {
    tokens(input);
    threads(Bytes(input));
    handoffs(Bytes(input));
});

fn tokens(input: &[u8]) {
    let (pepper, now) = (Pepper::new(b"secret"), from_millis(1_774_000_000_000));
    if let Ok(text) = std::str::from_utf8(input) {
        // 96 bits of a signature are not found by chance.
        assert!(ResumeToken::open(text, &pepper, 1, now).is_err());
    }
    let mut bytes = Bytes(input);
    let tenant = u32::from(bytes.next());
    let part = |byte| PartId::from_bytes([byte; 16]);
    let record = RecordId::from_bytes([bytes.next(); 16]);
    let lifetime = TimeDelta::seconds(i64::from(bytes.next()) << bytes.below(40));
    let channel = bytes.channel();
    let named = part(bytes.next());
    let Ok(token) = ResumeToken::new(tenant, record, named, channel, now, lifetime) else { return };
    let seen = (0..bytes.below(20)).map(|_| (part(bytes.next()), u64::MAX >> bytes.below(64)));
    let mut token = token.seen(&Versions(seen.collect()));
    if let Ok(at) =
        std::str::from_utf8(bytes.0).map_err(drop).and_then(|step| token.clone().at(step).map_err(drop))
    {
        token = at;
    }
    if bytes.next() % 2 == 0 {
        token = token.once([bytes.next(); 8]);
    }
    let text = token.text(&pepper);
    assert_eq!(ResumeToken::open(&text, &pepper, tenant, now), Ok(token.clone()));
    assert!(ResumeToken::open(&text, &pepper, tenant, token.expires()).is_err());
    assert!(ResumeToken::open(&text, &pepper, tenant + 1, now).is_err());
    let place = bytes.below(text.len());
    let slip: String = text
        .char_indices()
        .map(|(at, c)| if at == place { if c == 'Z' { 'Y' } else { 'Z' } } else { c })
        .collect();
    assert!(ResumeToken::open(&slip, &pepper, tenant, now).is_err(), "{slip}");
    let _ = token.qr(&pepper, "HTTPS://SHOP.EXAMPLE/R/").modules();
}

fn threads(mut bytes: Bytes<'_>) {
    let mut parts: Vec<Option<ThreadPart>> = vec![None, None, None];
    let rules = ThreadRules::retail();
    let kind = [ThreadKind::Cart, ThreadKind::Form, ThreadKind::Playlist][bytes.below(3)].clone();
    let id = |place: usize| PartId::from_bytes([u8::try_from(place).unwrap_or(0) + 1; 16]);
    let mut at = 0;
    for number in 0..24 {
        if bytes.0.is_empty() {
            break;
        }
        at += i64::from(bytes.next());
        let (place, object) = (bytes.below(3), bytes.of(&["a", "سبد", "a"]));
        let mut edit = ThreadEdit::new(&number.to_string(), kind.clone(), object, bytes.channel());
        for _ in 0..bytes.below(4) {
            let name = bytes.of(&NAMES);
            edit = match bytes.below(6) {
                0 => edit.set(name, bytes.next()),
                1 => edit.set(name, bytes.of(&["x", "Привет", "שלום"])),
                2 => edit.set(name, vec![bytes.next(); 2]),
                3 => edit.remove(name),
                4 => edit.done(name),
                _ => edit.open(name),
            };
        }
        if bytes.below(8) == 0 {
            edit = edit.close([Closed::Converted, Closed::Emptied, Closed::Cancelled][bytes.below(3)]);
        }
        let members = members(&parts, &id);
        let seen =
            meet(&members, &rules).into_iter().find(|met| met.document.versions.0.contains_key(&id(place)));
        let over = seen.filter(|_| bytes.below(2) == 0).map(|met| met.document.versions.without(id(place)));
        let (over, now) = (over.unwrap_or_default(), from_millis(at));
        let before = parts[place].clone();
        let applied = match &mut parts[place] {
            Some(part) => part.apply(&edit, now, &over),
            slot => ThreadPart::new(&edit, Sensitivity::Personal, now, &over).map(|part| *slot = Some(part)),
        };
        match (applied, &parts[place]) {
            (Ok(()), Some(part)) => {
                assert_eq!(part.version, before.map_or(0, |part| part.version) + 1);
                assert_eq!(part.knows(&edit), Some(KnownEdit::Same));
                assert_eq!(part.knows(&edit.clone().on(&over).set("more", 1)), Some(KnownEdit::Other));
                let stored = serde_json::to_string(part).expect("a part can be stored");
                assert_eq!(&serde_json::from_str::<ThreadPart>(&stored).expect("and read"), part);
            }
            (Err(_), now) => assert_eq!(now, &before, "what is refused changes nothing"),
            (Ok(()), None) => panic!("an edit without a part"),
        }
    }
    let one_way = members(&parts, &id);
    let mut other_way = one_way.clone();
    other_way.reverse();
    other_way.extend(one_way.iter().copied());
    let met = meet(&one_way, &rules);
    assert_eq!(meet(&other_way, &rules), met);
    assert_eq!(met.iter().map(|met| met.document.versions.0.len()).sum::<usize>(), one_way.len());
    for met in &met {
        assert!(difference(&met.document, &one_way, &met.document.versions).is_empty());
        assert!(!met.report.asked.iter().any(|_| true));
    }
}

fn members<'p>(parts: &'p [Option<ThreadPart>], id: &dyn Fn(usize) -> PartId) -> Vec<Member<'p>> {
    let held = parts.iter().enumerate().filter_map(|(place, part)| Some((place, part.as_ref()?)));
    held.map(|(place, part)| Member { id: id(place), guest: place == 2, part }).collect()
}

fn handoffs(mut bytes: Bytes<'_>) {
    let agents = ["مریم", "דנה", ""];
    let mut events = Vec::new();
    let mut at = 0;
    while !bytes.0.is_empty() && events.len() < 40 {
        at += i64::from(bytes.next()) * 100;
        let agent: Box<str> = bytes.of(&agents).into();
        let act = match bytes.below(7) {
            0 | 1 => HandoffAct::Requested {
                skill: bytes.of(&["loans", "ссуды"]).into(),
                accept_by: (bytes.below(2) == 0).then(|| from_millis(at + i64::from(bytes.next()) * 100)),
                start_within_seconds: (bytes.below(2) == 0)
                    .then(|| u32::from(bytes.next()) << bytes.below(24)),
            },
            2 => HandoffAct::Accepted { agent },
            3 => HandoffAct::Declined { agent },
            4 => HandoffAct::Started { agent },
            5 => HandoffAct::Returned { agent },
            _ => HandoffAct::Closed { agent },
        };
        let _ = act.check();
        let order =
            OrderKey { time: from_millis(at), sequence: None, id: (events.len() % 37).to_string().into() };
        events.push(HandoffEvent { order, act });
    }
    let mut backwards = events.clone();
    backwards.reverse();
    backwards.extend(events.iter().cloned());
    let now = from_millis(at + i64::from(bytes.next()));
    let stands = handoff(&events, now);
    assert_eq!(handoff(&backwards, now), stands);
    let speakers = agents.iter().map(|agent| ConversationOwner::Agent((*agent).into()));
    let speaks = |speaker: &ConversationOwner| stands.may_speak(speaker) == Speech::Allowed;
    let allowed = speakers.chain([ConversationOwner::Bot]).filter(speaks).count();
    assert_eq!(allowed, usize::from(!matches!(stands.owner, ConversationOwner::Queue(_))));
    assert!(
        stands.owners.windows(2).all(|pair| pair[0].since <= pair[1].since && pair[0].owner != pair[1].owner)
    );
    let stored = serde_json::to_string(&events).expect("acts can be stored");
    assert_eq!(serde_json::from_str::<Vec<HandoffEvent>>(&stored).expect("and read"), events);
}
