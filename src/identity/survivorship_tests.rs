use proptest::prelude::*;

use super::*;
use crate::time::from_millis;

fn say(record: u8, value: &str, at: i64, source: &'static str, verified: bool) -> FieldValue<'static> {
    FieldValue {
        value: Pii::new(value.to_owned()),
        at: from_millis(at),
        source,
        channel: Channel::Web,
        record: RecordId::from_bytes([record; 16]),
        event: EventKey::from_bytes([record; 16]),
        verified,
    }
}

fn by(criteria: &[Criterion]) -> SurvivorshipRules {
    SurvivorshipRules {
        sources: vec!["bank".to_owned(), "shop".to_owned()],
        fields: BTreeMap::new(),
        other: criteria.to_vec(),
    }
}

#[test]
fn each_criterion_picks_its_own_winner() {
    let values = [
        say(1, "سارا", 5, "shop", false),
        say(2, "ساراً", 1, "shop", false),
        say(3, "Сара Каримовна", 3, "web", false),
        say(4, "שרה", 9, "web", false),
        say(5, "Sara", 2, "bank", false),
        say(6, "Sarah", 4, "web", true),
    ];
    let cases = [
        (Criterion::VerifiedFirst, "Sarah"),
        (Criterion::MostTrustedSource, "Sara"),
        (Criterion::MostRecent, "שרה"),
        (Criterion::MostFrequent, "سارا"),
        (Criterion::Longest, "Сара Каримовна"),
    ];
    for (criterion, winner) in cases {
        let survivor = survive("name", &values, &by(&[criterion])).unwrap();
        assert_eq!(survivor.value.value.reveal(), winner, "{criterion:?}");
        assert_eq!(survivor.won_by, WonBy::Criterion(criterion));
        assert_eq!(survivor.others, 4);
    }
}

#[test]
fn a_later_criterion_decides_what_the_first_leaves_open() {
    let values = [say(1, "A", 1, "shop", true), say(2, "B", 2, "shop", true)];
    let survivor = survive("x", &values, &by(&[Criterion::VerifiedFirst, Criterion::MostRecent])).unwrap();
    assert_eq!(
        (survivor.value.value.reveal().as_str(), survivor.won_by),
        ("B", WonBy::Criterion(Criterion::MostRecent))
    );
    let survivor = survive("x", &values, &by(&[Criterion::VerifiedFirst])).unwrap();
    assert_eq!((survivor.value.value.reveal().as_str(), survivor.won_by), ("B", WonBy::TieBreak));
}

#[test]
fn a_record_speaks_with_its_latest_and_its_latest_proved_value() {
    let values = [
        say(1, "old name that is long", 1, "shop", false),
        say(1, "proved@example.ir", 2, "shop", true),
        say(1, "typed@example.ir", 3, "shop", false),
    ];
    let survivor = survive("email", &values, &by(&[Criterion::VerifiedFirst])).unwrap();
    assert_eq!(survivor.value.value.reveal(), "proved@example.ir");
    assert_eq!((survivor.agreeing, survivor.others), (0, 1));
    let survivor = survive("email", &values, &by(&[Criterion::Longest])).unwrap();
    assert_eq!(survivor.value.value.reveal(), "proved@example.ir");
    let survivor = survive("email", &values, &by(&[Criterion::MostFrequent])).unwrap();
    assert_eq!(survivor.value.value.reveal(), "typed@example.ir");
}

#[test]
fn nothing_and_blanks_leave_no_survivor() {
    assert_eq!(survive("name", &[], &SurvivorshipRules::default()), None);
    let blank = [say(1, " \u{200c} ", 1, "shop", false)];
    assert_eq!(survive("name", &blank, &SurvivorshipRules::default()), None);
    let alone = [say(1, "سارا", 1, "shop", false), say(2, "سارا", 2, "shop", false)];
    let survivor = survive("name", &alone, &SurvivorshipRules::default()).unwrap();
    assert_eq!((survivor.won_by, survivor.agreeing, survivor.others), (WonBy::Unopposed, 2, 0));
}

#[test]
fn rules_survive_storage() {
    for rules in [SurvivorshipRules::retail(), SurvivorshipRules::bank()] {
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<SurvivorshipRules>(&json).unwrap(), rules);
    }
}

fn values() -> impl Strategy<Value = Vec<FieldValue<'static>>> {
    let texts =
        proptest::sample::select(vec!["سارا", "ساراً", "Sara", "SARA", "Сара", "שרה", "", "سارة", "Sara K"]);
    let sources = proptest::sample::select(vec!["bank", "shop", "web"]);
    let one = (0..5_u8, texts, 0..4_i64, sources, any::<bool>());
    proptest::collection::vec(one, 0..10).prop_map(|list| {
        list.into_iter()
            .map(|(record, text, at, source, verified)| say(record, text, at, source, verified))
            .collect()
    })
}

fn criteria() -> impl Strategy<Value = Vec<Criterion>> {
    use Criterion::{Longest, MostFrequent, MostRecent, MostTrustedSource, VerifiedFirst};
    Just(vec![VerifiedFirst, MostTrustedSource, MostRecent, MostFrequent, Longest])
        .prop_shuffle()
        .prop_flat_map(|all| (0..=all.len()).prop_map(move |count| all.iter().copied().take(count).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_order_and_no_repetition_changes_the_survivor(
        (given, shuffled) in values().prop_flat_map(|list| {
            let mut twice = list.clone();
            twice.extend(list.first().cloned());
            (Just(list), Just(twice).prop_shuffle())
        }),
        criteria in criteria(),
    ) {
        let rules = by(&criteria);
        prop_assert_eq!(survive("x", &given, &rules), survive("x", &shuffled, &rules));
    }

    /// No candidate is better than the winner by the criteria, read one after the other.
    #[test]
    fn nobody_beats_the_winner(given in values(), criteria in criteria()) {
        let rules = by(&criteria);
        let Some(survivor) = survive("x", &given, &rules) else {
            let latest_is_blank = given.iter().all(|value| {
                text::fold(value.value.reveal()).is_empty()
                    || given.iter().any(|other| other.record == value.record && other.at >= value.at
                        && text::fold(other.value.reveal()).is_empty())
            });
            prop_assert!(latest_is_blank);
            return Ok(());
        };
        let is_last = |value: &FieldValue<'_>, proved: bool| {
            !given.iter().any(|other| {
                other.record == value.record && (other.verified || !proved)
                    && (other.at, other.verified, &other.value, other.source)
                        > (value.at, value.verified, &value.value, value.source)
            })
        };
        let speaks = |value: &FieldValue<'_>| is_last(value, false) || (value.verified && is_last(value, true));
        let votes = |form: &str| {
            given.iter().filter(|value| is_last(value, false) && text::fold(value.value.reveal()) == form)
                .map(|value| value.record).collect::<BTreeSet<_>>().len()
        };
        let score = |value: &FieldValue<'_>| -> Vec<i64> {
            let folded = text::fold(value.value.reveal());
            criteria.iter().map(|criterion| match criterion {
                Criterion::VerifiedFirst => i64::from(value.verified),
                Criterion::MostTrustedSource => match value.source { "bank" => 2, "shop" => 1, _ => 0 },
                Criterion::MostRecent => value.at.timestamp_millis(),
                Criterion::MostFrequent => i64::try_from(votes(&folded)).unwrap(),
                Criterion::Longest => i64::try_from(folded.chars().count()).unwrap(),
            }).collect()
        };
        prop_assert!(speaks(survivor.value));
        for value in given.iter().filter(|value| speaks(value) && !text::fold(value.value.reveal()).is_empty()) {
            prop_assert!(score(value) <= score(survivor.value));
        }
    }
}
