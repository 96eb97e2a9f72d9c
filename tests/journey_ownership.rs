//! Owners of acts on shared devices, against histories with known answers, and their laws.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use throughline::event::OrderKey;
use throughline::journey::{DeviceAct, DeviceUser, Owner, OwnershipPolicy, OwnershipSettings, owners};
use throughline::time::from_millis;

#[derive(Deserialize)]
struct Vectors {
    profiles: Vec<Profile>,
}

/// Id, device, seconds, what, campaign, user.
type Row = (String, String, i64, String, Option<String>, Option<String>);

#[derive(Deserialize)]
struct Profile {
    id: String,
    events: Vec<Row>,
    stitch: BTreeMap<String, BTreeMap<String, String>>,
}

fn orders(rows: &[Row]) -> Vec<OrderKey> {
    let key =
        |row: &Row| OrderKey { time: from_millis(row.2 * 1000), sequence: None, id: row.0.as_str().into() };
    rows.iter().map(key).collect()
}

/// The owner of each act by its id, sign-outs aside.
fn owned(rows: &[Row], settings: &OwnershipSettings) -> BTreeMap<String, String> {
    let orders = orders(rows);
    let acts: Vec<DeviceAct<'_>> = rows
        .iter()
        .zip(&orders)
        .map(|(row, order)| {
            let user = match (&*row.3, row.5.as_deref()) {
                ("reset", _) => DeviceUser::SignedOut,
                (_, Some(user)) => DeviceUser::User(user),
                _ => DeviceUser::Unsaid,
            };
            DeviceAct { order, device: &row.1, user }
        })
        .collect();
    rows.iter()
        .zip(owners(&acts, settings))
        .filter(|(row, _)| row.3 != "reset")
        .map(|(row, owner)| match owner {
            Owner::User(name) | Owner::Device(name) => (row.0.clone(), name.to_owned()),
        })
        .collect()
}

const POLICIES: [(&str, OwnershipPolicy); 2] =
    [("intervals", OwnershipPolicy::Intervals), ("last_user_wins", OwnershipPolicy::LastUserWins)];

#[test]
fn owners_agree_with_the_vectors() {
    let vectors: Vectors = serde_json::from_str(include_str!("data/journey/sessions.json")).unwrap();
    assert_eq!(vectors.profiles.len(), 310);
    let (mut checked, mut different) = (0, 0);
    for profile in &vectors.profiles {
        for (name, policy) in POLICIES {
            let settings = OwnershipSettings { policy, ..OwnershipSettings::default() };
            assert_eq!(owned(&profile.events, &settings), profile.stitch[name], "{name} {}", profile.id);
        }
        let [a, b] = POLICIES.map(|(name, _)| &profile.stitch[name]);
        checked += a.len();
        different += a.iter().filter(|(id, owner)| b[*id] != **owner).count();
    }
    assert_eq!((checked, different), (2812, 643));
}

fn history() -> impl Strategy<Value = Vec<Row>> {
    let act = (
        0..40_i64,
        proptest::sample::select(&["گوشی", "планшет"][..]),
        proptest::sample::select(vec![0, 1, 60, 86_400, 2_592_000, 2_592_001]),
        proptest::sample::select(&["act", "act", "act", "reset"][..]),
        proptest::option::of(proptest::sample::select(&["سارا", "דנה", "Иван"][..])),
    );
    proptest::collection::vec(act, 0..25).prop_map(|acts| {
        let mut clock = 0;
        acts.into_iter()
            .map(|(id, device, step, what, user)| {
                clock += step;
                let user = user.filter(|_| what == "act").map(str::to_owned);
                (format!("e{id}"), device.to_owned(), clock, what.to_owned(), None, user)
            })
            .collect()
    })
}

/// Each act under an id of its own.
fn distinct(mut rows: Vec<Row>) -> Vec<Row> {
    for (n, row) in rows.iter_mut().enumerate() {
        row.0 = format!("e{:02}", n * 7 % 25);
    }
    rows
}

/// Word for word: an act belongs to who was last heard on the device and has not signed out, else to who comes next.
fn model(rows: &[Row]) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for row in rows.iter().filter(|row| row.3 == "act") {
        let place = (row.2, &row.0);
        let on = |other: &&Row| other.1 == row.1 && (other.3 == "reset" || other.5.is_some());
        let before =
            rows.iter().filter(on).filter(|other| (other.2, &other.0) <= place).max_by_key(|o| (o.2, &o.0));
        let after =
            rows.iter().filter(on).filter(|other| (other.2, &other.0) > place).min_by_key(|o| (o.2, &o.0));
        let owner = before
            .and_then(|other| other.5.clone())
            .or_else(|| after.filter(|other| other.2 - row.2 <= 2_592_000).and_then(|other| other.5.clone()))
            .unwrap_or_else(|| row.1.clone());
        told.insert(row.0.clone(), owner);
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arrival_does_not_matter((rows, shuffled) in history().prop_flat_map(|rows| {
        let rows = distinct(rows);
        let twice: Vec<Row> = rows.iter().chain(rows.iter().take(5)).cloned().collect();
        (Just(rows), Just(twice).prop_shuffle())
    })) {
        for (_, policy) in POLICIES {
            let settings = OwnershipSettings { policy, ..OwnershipSettings::default() };
            prop_assert_eq!(owned(&rows, &settings), owned(&shuffled, &settings));
        }
    }

    #[test]
    fn owners_are_what_the_rule_says(rows in history()) {
        let rows = distinct(rows);
        prop_assert_eq!(owned(&rows, &OwnershipSettings::default()), model(&rows));
    }
}
