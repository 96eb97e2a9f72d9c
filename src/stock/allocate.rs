//! Which location gives how many of one product.

use serde::{Deserialize, Serialize};

use super::LocationId;

/// In which order locations are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AllocationStrategy {
    /// In the order in which they are listed.
    ListedOrder,
    /// Those with the most to give first, equal ones as they are listed.
    HighStockGreedy,
    /// From as few as possible. Of equally many: those that are left with the least over, then as they are listed.
    MinSplits,
    /// From where she collects it, if that has all; else from there and, for the rest, those with the most to give.
    PickupFirst {
        /// Where.
        pickup: LocationId,
    },
}

/// What a location can give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Which location.
    pub location: LocationId,
    /// What can be sold there, after holds, allocations and whatever is kept back.
    pub units: u32,
}

/// What became of a wish to allocate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "allocation")]
pub enum Allocation {
    /// Every unit has its location.
    Allocated {
        /// Who gives how many, at least one each, in the order of asking. Each is a parcel.
        parts: Vec<Offer>,
    },
    /// There are not enough anywhere: nothing is allocated.
    Insufficient {
        /// How many are missing.
        short: u64,
    },
}

/// Decides which locations give how many of one product: exactly as many as are wanted, or none.
///
/// A location listed twice counts once, as it was listed first. None wanted is nobody asked.
///
/// ```
/// use throughline::stock::LocationId;
/// use throughline::stock::allocate::{Allocation, AllocationStrategy, Offer, allocate};
/// let offer = |name, units| Ok::<_, throughline::stock::StockError>(Offer { location: LocationId::parse(name)?, units });
/// let offers = [offer("w1", 2)?, offer("w2", 3)?];
/// let one_parcel = allocate(3, &offers, &AllocationStrategy::MinSplits);
/// assert_eq!(one_parcel, Allocation::Allocated { parts: vec![offer("w2", 3)?] });
/// assert_eq!(allocate(6, &offers, &AllocationStrategy::ListedOrder), Allocation::Insufficient { short: 1 });
/// # Ok::<(), throughline::stock::StockError>(())
/// ```
///
/// # Complexity
/// O(n log n) in the locations.
#[must_use]
pub fn allocate(wanted: u32, offers: &[Offer], strategy: &AllocationStrategy) -> Allocation {
    let mut seen = std::collections::BTreeSet::new();
    let mut asked: Vec<&Offer> = offers.iter().filter(|offer| seen.insert(&offer.location)).collect();
    let there: u64 = asked.iter().map(|offer| u64::from(offer.units)).sum();
    if there < u64::from(wanted) {
        return Allocation::Insufficient { short: u64::from(wanted) - there };
    }
    match strategy {
        AllocationStrategy::ListedOrder => {}
        AllocationStrategy::HighStockGreedy => most_first(&mut asked),
        AllocationStrategy::MinSplits => {
            most_first(&mut asked);
            asked = fewest(wanted, &asked);
        }
        AllocationStrategy::PickupFirst { pickup } => {
            most_first(&mut asked);
            asked.sort_by_key(|offer| offer.location != *pickup);
        }
    }
    let mut left = wanted;
    let mut parts = Vec::new();
    for offer in asked {
        let units = offer.units.min(left);
        if units > 0 {
            left -= units;
            parts.push(Offer { location: offer.location.clone(), units });
        }
    }
    Allocation::Allocated { parts }
}

fn most_first(offers: &mut [&Offer]) {
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.units));
}

/// The fewest that have enough, of those given in falling order: all but the last are the largest there are, and the last
/// is the smallest that is enough for the rest.
fn fewest<'a>(wanted: u32, falling: &[&'a Offer]) -> Vec<&'a Offer> {
    let mut left = wanted;
    let mut chosen = Vec::new();
    let mut rest = falling;
    while left > 0
        && let Some((largest, others)) = rest.split_first()
    {
        if largest.units >= left {
            let enough = rest.iter().filter(|offer| offer.units >= left);
            let last = enough.min_by_key(|offer| offer.units);
            chosen.push(*last.unwrap_or(largest));
            return chosen;
        }
        chosen.push(*largest);
        left -= largest.units;
        rest = others;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn offers(units: &[u32]) -> Vec<Offer> {
        let name = |at: usize| LocationId::parse(&format!("l{at}")).unwrap();
        units.iter().enumerate().map(|(at, units)| Offer { location: name(at), units: *units }).collect()
    }

    fn parts(answer: &Allocation) -> Vec<(String, u32)> {
        match answer {
            Allocation::Allocated { parts } => {
                parts.iter().map(|part| (part.location.to_string(), part.units)).collect()
            }
            Allocation::Insufficient { short } => panic!("{short} short"),
        }
    }

    #[test]
    fn the_last_parcel_comes_from_where_least_is_over() {
        let answer = allocate(3, &offers(&[9, 3, 4]), &AllocationStrategy::MinSplits);
        assert_eq!(parts(&answer), [("l1".to_owned(), 3)]);
    }

    #[test]
    fn odd_input_is_counted_right() {
        let all = offers(&[u32::MAX, u32::MAX]);
        assert_eq!(allocate(0, &[], &AllocationStrategy::MinSplits), Allocation::Allocated { parts: vec![] });
        assert_eq!(parts(&allocate(u32::MAX, &all, &AllocationStrategy::HighStockGreedy)).len(), 1);
        let twice = [all.clone(), all].concat();
        assert_eq!(
            allocate(1, &offers(&[]), &AllocationStrategy::ListedOrder),
            Allocation::Insufficient { short: 1 }
        );
        let listed: Vec<Offer> = offers(&[2, 1]).into_iter().chain(offers(&[2, 1])).collect();
        assert_eq!(
            allocate(4, &listed, &AllocationStrategy::ListedOrder),
            Allocation::Insufficient { short: 1 }
        );
        assert_eq!(twice.len(), 4);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn as_many_are_allocated_as_are_wanted(
            units in prop::collection::vec(0_u32..9, 0..7), wanted in 0_u32..40, pickup in 0_usize..7, how in 0..4,
        ) {
            let offers = offers(&units);
            let strategy = match how {
                0 => AllocationStrategy::ListedOrder,
                1 => AllocationStrategy::HighStockGreedy,
                2 => AllocationStrategy::MinSplits,
                _ => AllocationStrategy::PickupFirst { pickup: LocationId::parse(&format!("l{pickup}")).unwrap() },
            };
            let there: u32 = units.iter().sum();
            let answer = allocate(wanted, &offers, &strategy);
            if there < wanted {
                prop_assert_eq!(answer, Allocation::Insufficient { short: u64::from(wanted - there) });
                return Ok(());
            }
            let Allocation::Allocated { parts } = answer else { panic!() };
            prop_assert_eq!(parts.iter().map(|part| part.units).sum::<u32>(), wanted);
            for part in &parts {
                let offer = offers.iter().find(|offer| offer.location == part.location).unwrap();
                prop_assert!(part.units > 0 && part.units <= offer.units);
            }
            if how == 2 {
                let fewest = (0_u32..1 << units.len())
                    .filter(|set| {
                        let chosen = (0..units.len()).filter(|at| set >> at & 1 == 1);
                        chosen.map(|at| units[at]).sum::<u32>() >= wanted
                    })
                    .map(u32::count_ones)
                    .min()
                    .unwrap();
                prop_assert_eq!(u32::try_from(parts.len()).unwrap(), fewest);
            }
        }
    }
}
