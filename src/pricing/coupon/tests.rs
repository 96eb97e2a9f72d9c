use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::keyed::Pepper;
use crate::time::{DateTime, TimeDelta, Utc};

fn second(seconds: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-20T00:00:00Z".parse().unwrap();
    start + TimeDelta::seconds(seconds)
}

fn code(text: &str) -> CouponCode {
    CouponCode::parse(text).unwrap()
}

fn campaign(id: &str, codes: Codes) -> Campaign {
    Campaign {
        id: CampaignId::parse(id).unwrap(),
        codes,
        limits: CouponLimits::default(),
        from: None,
        until: None,
    }
}

fn listed(codes: &[&str]) -> Codes {
    Codes::Listed(codes.iter().map(|text| code(text)).collect())
}

#[test]
fn one_code_however_it_is_typed() {
    for (one, other) in [
        ("SPRING10", " spring-10 "),
        ("SPRING10", "ＳＰＲＩＮＧ１０"),
        ("نوروز1405", "نوروز\u{200c}۱۴۰۵"),
        ("کیف", "كيف"),
        ("אביב10", "אביב־10"),
        ("ёлка", "ЕЛКА"),
        ("Größe", "GRÖSSE"),
    ] {
        assert_eq!(code(one), code(other), "{one} {other}");
    }
    for (text, error) in [
        ("", CouponCodeError::Length),
        (" - \u{200f}", CouponCodeError::Length),
        (&"A".repeat(65), CouponCodeError::Length),
        (&"-".repeat(10_000), CouponCodeError::Length),
        ("10%", CouponCodeError::NotLetters),
        ("SPRING'; DROP", CouponCodeError::NotLetters),
        ("SPRІNG", CouponCodeError::MixedScripts),
        ("بهارABC", CouponCodeError::MixedScripts),
    ] {
        assert_eq!(CouponCode::parse(text), Err(error), "{text}");
    }
    assert!(serde_json::from_str::<CouponCode>("\"10%\"").is_err());
}

#[test]
fn a_book_says_what_a_code_is() {
    let secret = Pepper::new(b"secret");
    let family = Codes::Family { prefix: code("SPRING"), count: 1_000 };
    let from =
        Campaign {
            from: Some(second(10)), until: Some(second(20)), ..campaign("soon", listed(&["نوروز"]))
        };
    let book = CouponBook::new([campaign("listed", listed(&["COPE", "10OFF"])), campaign("f", family), from])
        .unwrap();
    let standing = |text: &str, at| match book.standing(&code(text), &secret, second(at)) {
        CodeStanding::Of(campaign) => campaign.id.as_str().to_owned(),
        CodeStanding::NotBegun(_) => "not begun".to_owned(),
        CodeStanding::Ended(_) => "ended".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!(standing("cope", 0), "listed");
    assert_eq!(standing("СОРЕ", 0), "LooksAlike");
    assert_eq!(
        [standing("نوروز", 9), standing("نوروز", 10), standing("نوروز", 20)],
        ["not begun", "soon", "ended"]
    );
    let codes = book.family(&CampaignId::parse("f").unwrap(), &secret).unwrap();
    let member = codes.code(999).unwrap();
    assert_eq!(standing(member.as_str(), 0), "f");
    // Handed out by nobody yet.
    assert_eq!(standing(codes.code(1_000).unwrap().as_str(), 0), "Unknown");
    let forged = CodeFamily::new(&code("SPRING"), Pepper::new(b"guess")).code(7).unwrap();
    assert_eq!(standing(forged.as_str(), 0), "Unknown");
    let json = serde_json::to_string(&book).unwrap();
    assert_eq!(serde_json::from_str::<CouponBook>(&json).unwrap(), book);
}

#[test]
fn campaigns_that_contradict_each_other_are_refused() {
    let error = |campaigns: Vec<Campaign>| CouponBook::new(campaigns).unwrap_err();
    let family = |prefix: &str, count| Codes::Family { prefix: code(prefix), count };
    let named = |id: &str| CampaignId::parse(id).unwrap();
    assert_eq!(
        error(vec![campaign("a", listed(&[])), campaign("a", listed(&[]))]),
        CouponBookError::DuplicateCampaign(named("a"))
    );
    let ambiguous = CouponBookError::AmbiguousCode(named("b"));
    assert_eq!(error(vec![campaign("a", listed(&["COPE"])), campaign("b", listed(&["СОРЕ"]))]), ambiguous);
    assert_eq!(
        error(vec![campaign("a", listed(&["SPRINGTIME"])), campaign("b", family("SPRING", 1))]),
        ambiguous
    );
    assert_eq!(
        error(vec![campaign("a", family("SPRINGS", 1)), campaign("b", family("SPRING", 1))]),
        ambiguous
    );
    let many = CouponBookError::TooManyCodes(named("a"));
    assert_eq!(error(vec![campaign("a", family("S", CodeFamily::SIZE + 1))]), many);
    let mixed = CouponBookError::PrefixNotLatin(named("a"));
    assert_eq!(error(vec![campaign("a", family("بهار", 1))]), mixed);
    let never = Campaign { from: Some(second(1)), until: Some(second(1)), ..campaign("a", listed(&[])) };
    assert_eq!(error(vec![never]), CouponBookError::EmptyWindow(named("a")));
}

#[test]
fn guesses_wait_longer_and_longer_and_are_forgotten() {
    let rules = GuessRules::retail();
    let mut guesses = Guesses::default();
    let mut now = 0;
    let mut waits = Vec::new();
    for _ in 0..20 {
        assert_eq!(guesses.wait_until(&rules, second(now)), None);
        guesses = guesses.after_wrong(&rules, second(now));
        let until =
            guesses.wait_until(&rules, second(now)).map_or(now, |until| (until - second(0)).num_seconds());
        waits.push(until - now);
        now = until;
    }
    assert_eq!(waits[..9], [0, 0, 0, 0, 0, 2, 4, 8, 16]);
    assert_eq!((waits[18], guesses.wrong), (3_600, 20));
    assert_eq!(guesses.after_wrong(&rules, second(now + 86_400)).wrong, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn families_know_their_codes_and_see_slips(
        number in 0..CodeFamily::SIZE,
        prefix in prop_oneof!["[A-Z]{1,8}", Just("بهار".to_owned()), Just("ВЕСНА".to_owned())],
        place in any::<proptest::sample::Index>(),
        other in "[0-9A-HJKMNP-TV-Z]",
    ) {
        let family = CodeFamily::new(&code(&prefix), Pepper::new(b"s"));
        // A family whose prefix is of another script has Latin letters in its codes, so nobody could type them.
        let Some(own) = family.code(number) else {
            prop_assert!(!prefix.is_ascii());
            return Ok(());
        };
        prop_assert_eq!(family.check(&own), FamilyVerdict::Member(number));
        let spoken = own.as_str().replace('1', "l").replace('0', "o");
        if !prefix.contains(['L', 'O', 'I']) {
            prop_assert_eq!(family.check(&code(&spoken)), FamilyVerdict::Member(number));
        }
        let mut characters: Vec<char> = own.as_str().chars().collect();
        let body = characters.len() - 14;
        let at = body + place.index(14);
        let slip = other.chars().next().unwrap();
        if characters[at] != slip {
            characters[at] = slip;
            let text: String = characters.iter().collect();
            prop_assert_eq!(family.check(&code(&text)), FamilyVerdict::Mistyped);
        }
        let mut exchanged: Vec<char> = own.as_str().chars().collect();
        let at = body + place.index(13);
        if exchanged[at] != exchanged[at + 1] {
            exchanged.swap(at, at + 1);
            let text: String = exchanged.into_iter().collect();
            prop_assert_eq!(family.check(&code(&text)), FamilyVerdict::Mistyped);
        }
    }

    #[test]
    fn no_sequence_of_acts_breaks_a_limit(
        acts in proptest::collection::vec((0_u8..4, 0_usize..5, 0_i64..40, 1_i64..20), 0..60),
        most in 0_u64..4,
    ) {
        let mut counter = Counter::default();
        let mut uses = [CouponUse::None; 5];
        // Naive: what each key holds or has redeemed.
        let mut redeemed = BTreeSet::new();
        let mut held: std::collections::BTreeMap<usize, i64> = std::collections::BTreeMap::new();
        let mut now = 0;
        for (what, key, later, ttl) in acts {
            now += later;
            held.retain(|_, until| now < *until);
            let doing = match what {
                0 => CouponAct::Hold { until: second(now + ttl) },
                1 => CouponAct::Redeem,
                2 => CouponAct::Rollback,
                _ => CouponAct::Release,
            };
            let others = (redeemed.len() + held.keys().filter(|other| **other != key).count()) as u64;
            let expected = match what {
                0 | 1 if redeemed.contains(&key) => UseOutcome::Ok,
                0 | 1 if held.contains_key(&key) || others < most => UseOutcome::Ok,
                0 | 1 => UseOutcome::LimitReached { limit: Limit::Code },
                2 if redeemed.contains(&key) => UseOutcome::Ok,
                2 => UseOutcome::NothingToRollBack,
                _ if held.contains_key(&key) => UseOutcome::Ok,
                _ => UseOutcome::NothingToRelease,
            };
            match what {
                0 if expected == UseOutcome::Ok && !redeemed.contains(&key) => {
                    held.entry(key).or_insert(now + ttl);
                }
                1 if expected == UseOutcome::Ok => {
                    held.remove(&key);
                    redeemed.insert(key);
                }
                2 => { redeemed.remove(&key); }
                3 => { held.remove(&key); }
                _ => {}
            }
            let mut counted =
                [UsageLimit { of: Limit::Code, counter: &mut counter, elsewhere: 0, most: Some(most) }];
            let outcome = act(doing, &key.to_string(), &mut uses[key], &mut counted, second(now));
            prop_assert_eq!(outcome, expected);
            prop_assert_eq!(counter.redeemed, redeemed.len() as u64);
            prop_assert!(counter.taken("nobody", second(now)) <= most);
        }
    }
}
