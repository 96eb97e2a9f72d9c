//! Reasons for and against two records being one person.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failure here is a failed test"
)]

mod identity_model;

use std::collections::BTreeSet;

use identity_model::{World, build, day, naive, record, value, world};
use proptest::prelude::*;
use throughline::identifier::IdentifierKind;
use throughline::identity::{
    Class, Decision, DecisionKind, Evidence, GenericReason, MatchLinkage, MatchWeight, Obstacle,
    QuarantineReason, Rules, ValueInput, WhyNot, check_path, partition, why, why_not,
};
use throughline::ids::DecisionId;
use throughline::record::{Claim, ClaimLevel, ProofKind};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn there_is_a_way_exactly_within_a_profile_and_it_holds(world in world()) {
        let graph = build(&world);
        let people = partition(&graph, &world.rules, Default::default());
        let ids: BTreeSet<_> = world.records.iter().map(|(id, _)| *id).collect();
        let a = *ids.first().unwrap();
        for b in &ids {
            let same = people.profile_of(a) == people.profile_of(*b);
            let path = why(&graph, &world.rules, a, *b);
            prop_assert_eq!(path.is_some(), same);
            match path {
                Some(path) => {
                    prop_assert_eq!(check_path(&graph, &world.rules, a, *b, &path), Ok(()));
                    prop_assert_eq!(why_not(&graph, &world.rules, a, *b), WhyNot::SameProfile);
                    if let Some(step) = path.first() {
                        let mut forged = path.clone();
                        forged[0].evidence = Evidence::Match { weight: MatchWeight(99.5) };
                        prop_assert!(check_path(&graph, &world.rules, a, *b, &forged).is_err());
                        prop_assert!(check_path(&graph, &world.rules, step.to, *b, &path).is_err());
                        prop_assert!(check_path(&graph, &world.rules, a, *b, &path[1..]).is_err());
                    }
                }
                None => {
                    let WhyNot::Apart(reasons) = why_not(&graph, &world.rules, a, *b) else {
                        return Err(TestCaseError::fail("no reasons"));
                    };
                    prop_assert!(!reasons.is_empty());
                    // What the definition holds back between the two profiles is among the reasons.
                    let plain = naive(&world);
                    let of = |id| plain.clusters.iter().position(|cluster| cluster.contains(&id));
                    for entry in &plain.quarantined {
                        let ends = BTreeSet::from([of(entry.a), of(entry.b)]);
                        if ends == BTreeSet::from([of(a), of(*b)]) {
                            let told = if entry.reason == QuarantineReason::Outweighed {
                                let Evidence::Match { weight } = entry.evidence else {
                                    return Err(TestCaseError::fail("outweighed what?"));
                                };
                                let threshold = MatchWeight(world.rules.match_threshold_bits);
                                reasons.iter().any(|reason| matches!(reason,
                                    Obstacle::Outweighed { mean, strongest }
                                        if *mean < threshold && *strongest >= weight && weight >= threshold))
                            } else {
                                reasons.contains(&Obstacle::HeldBack {
                                    reason: entry.reason.clone(),
                                    evidence: Some(entry.evidence.clone()),
                                })
                            };
                            prop_assert!(told);
                            prop_assert!(!reasons.contains(&Obstacle::NoSharedEvidence));
                        }
                    }
                }
            }
        }
    }
}

/// Two records with one shared value, claimed as said.
fn two(kind: IdentifierKind, left: Claim, right: Claim) -> World {
    let hold = |n, claim| identity_model::Hold { record: record(n), value: value(0), claim, subject: false };
    World {
        rules: Rules { match_threshold_bits: 1.0, ..Rules::retail() },
        records: vec![(record(0), day(0)), (record(1), day(1))],
        values: vec![ValueInput::new(value(0), kind)],
        holds: vec![hold(0, left), hold(1, right)],
        decisions: Vec::new(),
        matches: Vec::new(),
    }
}

fn claim(level: ClaimLevel, at: i64) -> Claim {
    Claim::new(level, day(at), ProofKind::Channel)
}

fn identify(mut world: World, record_number: u8, value_number: u8, kind: IdentifierKind) -> World {
    world.values.push(ValueInput::new(value(value_number), kind));
    world.holds.push(identity_model::Hold {
        record: record(record_number),
        value: value(value_number),
        claim: claim(ClaimLevel::Observed, 0),
        subject: true,
    });
    world
}

fn reasons(world: &World) -> Vec<Obstacle> {
    match why_not(&build(world), &world.rules, record(0), record(1)) {
        WhyNot::Apart(reasons) => reasons,
        other => panic!("{other:?}"),
    }
}

fn held_back(world: &World) -> Vec<QuarantineReason> {
    let reasons = reasons(world).into_iter();
    reasons
        .filter_map(|reason| match reason {
            Obstacle::HeldBack { reason, .. } => Some(reason),
            _ => None,
        })
        .collect()
}

#[test]
fn each_reason_against_is_named() {
    use ClaimLevel::{Asserted, Observed, Verified};
    let kind = IdentifierKind::LoyaltyCard;
    let mut world = two(kind.clone(), claim(Observed, 0), claim(Observed, 0));
    world.values[0].blocked = true;
    assert_eq!(reasons(&world), [Obstacle::Blocked { hash: value(0), kind: kind.clone() }]);

    let mut world = two(kind.clone(), claim(Observed, 0), claim(Observed, 0));
    world.values[0].holders_total = 33;
    let reason = GenericReason::Records;
    assert_eq!(reasons(&world), [Obstacle::Generic { hash: value(0), kind, reason }]);

    let kind = IdentifierKind::HouseholdId;
    let world = two(kind.clone(), claim(Verified, 0), claim(Verified, 0));
    assert_eq!(reasons(&world), [Obstacle::NeverLinks { hash: value(0), kind, class: Class::Household }]);

    let world = two(IdentifierKind::LoyaltyCard, claim(Asserted, 0), claim(Observed, 0));
    assert_eq!(held_back(&world), [QuarantineReason::Unproven]);

    let world = two(IdentifierKind::Email, claim(Verified, 0), claim(Asserted, 9));
    assert_eq!(held_back(&world), [QuarantineReason::UnverifiedAgainstProof]);

    let world = two(IdentifierKind::Phone, claim(Verified, 0), claim(Verified, 366));
    assert_eq!(held_back(&world), [QuarantineReason::Decayed]);

    let mut world = two(IdentifierKind::LoyaltyCard, claim(Observed, 0), claim(Observed, 0));
    world.decisions.push(Decision {
        id: DecisionId::from_bytes([1; 16]),
        at: day(1),
        kind: DecisionKind::KeepApart(vec![record(1)], vec![record(0)]),
        by: None,
        retracted: false,
    });
    let kept_apart = QuarantineReason::KeptApart(DecisionId::from_bytes([1; 16]));
    assert_eq!(held_back(&world), [kept_apart.clone(), kept_apart]);

    let mut world = two(IdentifierKind::SessionId, claim(Observed, 0), claim(Observed, 0));
    world.holds.clear();
    assert_eq!(reasons(&world), [Obstacle::NoSharedEvidence]);
    world.matches.push((record(0), record(1), -9.5));
    assert_eq!(reasons(&world), [Obstacle::BelowThreshold { weight: MatchWeight(-9.5) }]);
    world.matches.push((record(0), record(1), 0.75));
    assert_eq!(reasons(&world), [Obstacle::BelowThreshold { weight: MatchWeight(0.75) }]);
    world.matches.push((record(1), record(0), 1.0));
    assert_eq!(why_not(&build(&world), &world.rules, record(0), record(1)), WhyNot::SameProfile);
    assert_eq!(why_not(&build(&world), &world.rules, record(0), record(9)), WhyNot::Unknown);
}

#[test]
fn a_typed_address_never_joins_an_account() {
    let typed = two(IdentifierKind::Email, claim(ClaimLevel::Asserted, 0), claim(ClaimLevel::Asserted, 0));
    assert_eq!(partition(&build(&typed), &typed.rules, Default::default()).clusters().len(), 1);
    let victim = identify(typed, 0, 1, IdentifierKind::LoyaltyCard);
    assert_eq!(held_back(&victim), [QuarantineReason::Unproven]);
    let both = identify(victim, 1, 2, IdentifierKind::UserId);
    assert_eq!(held_back(&both), [QuarantineReason::Unproven]);
}

#[test]
fn two_accounts_never_join_but_by_decision() {
    let world = two(IdentifierKind::Email, claim(ClaimLevel::Verified, 0), claim(ClaimLevel::Verified, 0));
    let world = identify(identify(world, 0, 1, IdentifierKind::UserId), 1, 2, IdentifierKind::UserId);
    let exclusive = QuarantineReason::Exclusive(IdentifierKind::UserId);
    assert_eq!(held_back(&world), [exclusive.clone(), exclusive]);
    let mut joined = world.clone();
    joined.decisions.push(Decision {
        id: DecisionId::from_bytes([1; 16]),
        at: day(1),
        kind: DecisionKind::Link(record(1), record(0)),
        by: None,
        retracted: false,
    });
    let graph = build(&joined);
    let path = why(&graph, &joined.rules, record(0), record(1)).unwrap();
    assert_eq!(path[0].evidence, Evidence::Decision(DecisionId::from_bytes([1; 16])));
}

#[test]
fn what_was_planted_before_the_first_proof_is_detached() {
    // The attacker's device was on the victim's record before she proved her address.
    let world = two(IdentifierKind::DeviceId, claim(ClaimLevel::Observed, 1), claim(ClaimLevel::Observed, 1));
    assert_eq!(partition(&build(&world), &world.rules, Default::default()).clusters().len(), 1);
    let mut proved = world.clone();
    proved.values.push(ValueInput::new(value(1), IdentifierKind::Email));
    let proof = claim(ClaimLevel::Verified, 2);
    proved.holds.push(identity_model::Hold {
        record: record(0),
        value: value(1),
        claim: proof,
        subject: false,
    });
    assert_eq!(held_back(&proved), [QuarantineReason::BeforeProof]);
    // Claimed again after the proof, it is hers.
    proved.holds[0].claim.join(&claim(ClaimLevel::Observed, 2));
    assert_eq!(partition(&build(&proved), &proved.rules, Default::default()).clusters().len(), 1);
}

#[test]
fn a_tablet_in_a_shop_joins_nobody() {
    let world = two(IdentifierKind::DeviceId, claim(ClaimLevel::Observed, 0), claim(ClaimLevel::Observed, 0));
    let world = identify(identify(world, 0, 1, IdentifierKind::UserId), 1, 2, IdentifierKind::UserId);
    let generic =
        Obstacle::Generic { hash: value(0), kind: IdentifierKind::DeviceId, reason: GenericReason::Persons };
    assert!(reasons(&world).contains(&generic));
}

/// Records without any value, and weights in bits.
fn alike(records: u8, weights: &[(u8, u8, f64)]) -> World {
    World {
        rules: Rules { match_threshold_bits: 1.0, ..Rules::retail() },
        records: (0..records).map(|n| (record(n), day(0))).collect(),
        values: Vec::new(),
        holds: Vec::new(),
        decisions: Vec::new(),
        matches: weights.iter().map(|(a, b, weight)| (record(*a), record(*b), *weight)).collect(),
    }
}

#[test]
fn one_pair_does_not_decide_for_many() {
    // Two people of three records each, and one pair of them that is alike by mistake.
    let own = [(0, 2, 9.0), (0, 3, 9.0), (2, 3, 9.0), (1, 4, 9.0), (1, 5, 9.0), (4, 5, 9.0)];
    let across = [(0, 1, 8.0), (2, 4, -30.0), (2, 5, -2.0), (3, 4, -2.5)];
    let mut world = alike(6, &[&own[..], &across].concat());
    // 8 - 3 - 2 - 2.5 over four pairs; the other five were never compared.
    let (mean, strongest) = (MatchWeight(0.125), MatchWeight(8.0));
    assert_eq!(reasons(&world), [Obstacle::Outweighed { mean, strongest }]);
    let people = partition(&build(&world), &world.rules, Default::default());
    assert_eq!(people.clusters().len(), 2);
    let held_back: Vec<_> = people.quarantined().iter().map(|entry| entry.reason.clone()).collect();
    assert_eq!(held_back, [QuarantineReason::Outweighed]);
    world.rules.match_linkage = MatchLinkage::Single;
    assert_eq!(partition(&build(&world), &world.rules, Default::default()).clusters().len(), 1);
    // What speaks against counts no more than the rules say.
    world.rules.match_linkage = MatchLinkage::Mean;
    world.rules.match_clip.low = 1.0;
    assert_eq!(why_not(&build(&world), &world.rules, record(0), record(1)), WhyNot::SameProfile);
    let path = why(&build(&world), &world.rules, record(3), record(5)).unwrap();
    let across = path.iter().find(|step| step.evidence == Evidence::Match { weight: strongest });
    assert!(across.is_some());
}

#[test]
fn a_weight_that_only_rounds_to_the_threshold_is_proof_enough() {
    let world = alike(2, &[(0, 1, 1.0 - 1e-9)]);
    let graph = build(&world);
    let path = why(&graph, &world.rules, record(0), record(1)).unwrap();
    assert_eq!(check_path(&graph, &world.rules, record(0), record(1), &path), Ok(()));
}
