//! The partition against its definition, written down as plainly as possible, on small random graphs in which every
//! feature is mixed.

mod identity_model;

use identity_model::{World, build, naive, order, world};
use proptest::prelude::*;
use throughline::identity::{Explain, partition};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn it_is_what_the_definition_says(world in world()) {
        let fast = partition(&build(&world), &world.rules, Explain::No);
        let slow = naive(&world);
        let clusters: Vec<Vec<_>> = fast.clusters().map(|cluster| cluster.members().collect()).collect();
        prop_assert_eq!(&clusters, &slow.clusters);
        let founders: Vec<_> = fast.clusters().map(|cluster| cluster.founder()).collect();
        prop_assert_eq!(&founders, &slow.founders);
        let components: Vec<_> = fast.clusters().map(|cluster| cluster.component()).collect();
        prop_assert_eq!(&components, &slow.components);
        prop_assert_eq!(fast.quarantined(), &slow.quarantined[..]);
        prop_assert_eq!(fast.generic(), &slow.generic[..]);
    }

    #[test]
    fn profiles_form_in_the_order_of_the_definition(world in world()) {
        let fast = partition(&build(&world), &world.rules, Explain::Yes);
        let component = |id| fast.component_of(id).unwrap();
        let joins: Vec<_> =
            fast.joins().map(|link| (component(link.a), link.a, link.b, link.tier)).collect();
        // The definition takes all components at a time.
        let mut slow = naive(&world).joins;
        slow.sort_by_key(|join| join.0);
        prop_assert_eq!(&joins, &slow);
        let mut links: Vec<_> = fast.joins().cloned().collect();
        links.sort_by_key(|link| (link.a, link.b));
        prop_assert_eq!(&links[..], fast.links());
        prop_assert_eq!(partition(&build(&world), &world.rules, Explain::No).joins().count(), 0);
    }

    #[test]
    fn no_order_and_no_repetition_changes_it(world in world(), seed in any::<u64>()) {
        let once = partition(&build(&world), &world.rules, Explain::Yes);
        let shuffled = order(&world, seed);
        prop_assert_eq!(partition(&build(&shuffled), &world.rules, Explain::Yes), once);
    }

    #[test]
    fn explaining_changes_nothing_else(world in world()) {
        let graph = build(&world);
        let plain = partition(&graph, &world.rules, Explain::No);
        let explained = partition(&graph, &world.rules, Explain::Yes);
        let members = |partition: &throughline::identity::Partition| -> Vec<Vec<_>> {
            partition.clusters().map(|cluster| cluster.members().collect()).collect()
        };
        prop_assert_eq!(members(&plain), members(&explained));
        prop_assert_eq!(plain.quarantined(), explained.quarantined());
        let links: usize = explained.clusters().map(|cluster| cluster.members().len() - 1).sum();
        prop_assert_eq!(explained.links().len(), links);
    }

    #[test]
    fn parts_that_share_nothing_are_decided_alone(left in world(), right in world()) {
        let right = World { rules: left.rules.clone(), ..right }.renamed();
        let alone = [&left, &right].map(|world| partition(&build(world), &world.rules, Explain::Yes));
        let both = left.clone().beside(right);
        let both = partition(&build(&both), &both.rules, Explain::Yes);
        let mut clusters: Vec<(Vec<_>, _, _)> = alone
            .iter()
            .flat_map(throughline::identity::Partition::clusters)
            .map(|cluster| (cluster.members().collect(), cluster.founder(), cluster.component()))
            .collect();
        clusters.sort();
        let together: Vec<(Vec<_>, _, _)> = both
            .clusters()
            .map(|cluster| (cluster.members().collect(), cluster.founder(), cluster.component()))
            .collect();
        prop_assert_eq!(together, clusters);
        let mut quarantined: Vec<_> = alone.iter().flat_map(|part| part.quarantined().to_vec()).collect();
        quarantined.sort();
        prop_assert_eq!(both.quarantined(), &quarantined[..]);
    }

    #[test]
    fn a_raw_component_can_be_decided_alone(world in world()) {
        let whole = partition(&build(&world), &world.rules, Explain::Yes);
        for component in whole.clusters().map(|cluster| cluster.component()) {
            let records = |id| whole.component_of(id) == Some(component);
            let part = world.only(records);
            let part = partition(&build(&part), &part.rules, Explain::Yes);
            for cluster in part.clusters() {
                let same = whole.cluster_of(cluster.founder()).unwrap();
                prop_assert!(same.members().eq(cluster.members()));
                prop_assert_eq!(same.founder(), cluster.founder());
            }
        }
    }

    #[test]
    fn a_retracted_decision_never_was(world in world()) {
        let mut without = world.clone();
        without.decisions.clear();
        let mut taken_back = world.clone();
        for decision in &mut taken_back.decisions {
            decision.retracted = true;
        }
        prop_assert_eq!(
            partition(&build(&taken_back), &world.rules, Explain::Yes),
            partition(&build(&without), &world.rules, Explain::Yes)
        );
    }
}

/// The worlds are only worth something if every rule speaks in some of them.
#[test]
fn the_random_worlds_reach_every_rule() {
    use proptest::strategy::ValueTree;
    use std::collections::BTreeMap;
    use throughline::identity::{GenericReason, QuarantineReason, Tier};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..2_000 {
        let world = world().new_tree(&mut runner).unwrap().current();
        let people = partition(&build(&world), &world.rules, Explain::Yes);
        for entry in people.quarantined() {
            let name = match entry.reason {
                QuarantineReason::KeptApart(_) => "kept apart",
                QuarantineReason::Unproven => "unproven",
                QuarantineReason::BothIdentified => "both identified",
                QuarantineReason::UnverifiedAgainstProof => "unverified against proof",
                QuarantineReason::BeforeProof => "before proof",
                QuarantineReason::Decayed => "decayed",
                QuarantineReason::Exclusive(_) => "exclusive",
                QuarantineReason::Limit(_) => "limit",
                QuarantineReason::TooManyRecords => "too many records",
                QuarantineReason::WeakBridge => "weak bridge",
                QuarantineReason::Outweighed => "outweighed",
            };
            *seen.entry(name).or_default() += 1;
        }
        for generic in people.generic() {
            let name = match generic.reason {
                GenericReason::Records => "generic by records",
                GenericReason::Persons => "generic by persons",
            };
            *seen.entry(name).or_default() += 1;
        }
        for link in people.links() {
            let name = match link.tier {
                Tier::Decision => "linked by decision",
                Tier::Verified => "linked by proof",
                Tier::Observed => "linked by observation",
                Tier::Matched => "linked by match",
                Tier::Unproven => "linked unproven",
            };
            *seen.entry(name).or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 18, "{seen:?}");
    assert!(seen.values().all(|count| *count >= 5), "{seen:?}");
}
