use proptest::prelude::*;

use super::*;
use crate::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn rate(name: &str, points: i32) -> TaxRate {
    TaxRate { name: RateName::parse(name).unwrap(), rate: Ratio::basis_points(points) }
}

fn zone(inclusive: bool, level: TaxLevel, standard: Vec<TaxRate>) -> ZoneTax {
    let food = TaxCategory::parse("غذا").unwrap();
    ZoneTax {
        inclusive,
        level,
        rounding: Rounding::HalfEven,
        categories: [(food, vec![rate("reduced", 700)])].into(),
        standard,
    }
}

fn request(lines: &[(i64, u32, bool)]) -> TaxRequest {
    let line = |&(minor, units, food): &(i64, u32, bool)| TaxableLine {
        amount: Money::new(minor, euro()),
        units,
        category: food.then(|| TaxCategory::parse("غذا").unwrap()),
    };
    TaxRequest { zone: TaxZone::parse("DE").unwrap(), unit: euro(), lines: lines.iter().map(line).collect() }
}

fn policy(zone: ZoneTax) -> TaxPolicy {
    TaxPolicy::new([(TaxZone::parse("DE").unwrap(), zone)]).unwrap()
}

/// Net, tax and gross of all lines.
fn totals(zone: ZoneTax, lines: &[(i64, u32, bool)]) -> (i64, i64, i64) {
    let taxes = assess(&policy(zone), &request(lines)).unwrap();
    (taxes.net.minor(), taxes.tax.minor(), taxes.gross.minor())
}

#[test]
fn the_level_decides_what_is_rounded() {
    let vat = || vec![rate("VAT", 1_900)];
    assert_eq!(totals(zone(false, TaxLevel::Unit, vat()), &[(324, 3, false)]), (324, 63, 387));
    assert_eq!(totals(zone(false, TaxLevel::Line, vat()), &[(324, 3, false)]), (324, 62, 386));
    let spree = [(850, 1, true), (165, 1, true)];
    assert_eq!(totals(zone(true, TaxLevel::Total, vat()), &spree), (949, 66, 1_015));
    assert_eq!(totals(zone(true, TaxLevel::Line, vat()), &spree), (948, 67, 1_015));
}

#[test]
fn an_invoice_lists_every_rate() {
    let lines = [(10_000, 1, false), (10_000, 1, true)];
    let canada = vec![rate("GST", 500), rate("PST", 997)];
    let taxes = assess(&policy(zone(false, TaxLevel::Line, canada.clone())), &request(&lines)).unwrap();
    let listed: Vec<_> = taxes
        .rates
        .iter()
        .map(|(name, total)| (name.as_str(), total.net.minor(), total.tax.minor()))
        .collect();
    assert_eq!(listed, [("GST", 10_000, 500), ("PST", 10_000, 997), ("reduced", 10_000, 700)]);
    // Within a gross price the rates share what is rounded once: 100.00 has 13.02 of tax in it.
    let taxes = assess(&policy(zone(true, TaxLevel::Line, canada)), &request(&lines[..1])).unwrap();
    let shared: Vec<_> = taxes.lines[0].rates.iter().map(|rate| rate.tax.minor()).collect();
    assert_eq!((taxes.tax.minor(), shared), (1_302, vec![435, 867]));
}

#[test]
fn what_cannot_be_taxed_is_refused() {
    let vat = policy(zone(true, TaxLevel::Unit, vec![rate("VAT", 1_900)]));
    let kind = |request: &TaxRequest| assess(&vat, request).unwrap_err().kind();
    assert_eq!(kind(&request(&[(-1, 1, false)])), TaxErrorKind::NegativeAmount);
    assert_eq!(kind(&request(&[(1, 0, false)])), TaxErrorKind::NoUnits);
    assert_eq!(kind(&request(&[(i64::MAX, 1, false), (1, 1, false)])), TaxErrorKind::Money);
    let elsewhere = TaxRequest { zone: TaxZone::parse("ایران").unwrap(), ..request(&[]) };
    assert_eq!(kind(&elsewhere), TaxErrorKind::UnknownZone);
    let yen = CurrencyUnit::new(Currency::parse("JPY").unwrap(), 0).unwrap();
    assert_eq!(kind(&TaxRequest { unit: yen, ..request(&[(1, 1, false)]) }), TaxErrorKind::Money);
    let twice = zone(true, TaxLevel::Line, vec![rate("VAT", 1), rate("VAT", 2)]);
    let refused = TaxPolicy::new([(TaxZone::parse("DE").unwrap(), twice)]).unwrap_err();
    assert_eq!(refused.kind(), TaxErrorKind::DuplicateRate);
    let below = zone(true, TaxLevel::Line, vec![rate("VAT", -1)]);
    let json = serde_json::json!({ "DE": below }).to_string();
    assert!(serde_json::from_str::<TaxPolicy>(&json).is_err());
    let large = zone(false, TaxLevel::Line, vec![rate("VAT", 20_000)]);
    let refused = assess(&policy(large), &request(&[(i64::MAX, 1, false)])).unwrap_err();
    assert_eq!(refused.kind(), TaxErrorKind::Money);
}

#[test]
fn a_host_engine_that_does_not_add_up_is_not_believed() {
    struct Off(TaxPolicy);
    impl TaxEngine for Off {
        fn assess(&self, request: &TaxRequest) -> Result<Taxes, TaxError> {
            let mut taxes = self.0.assess(request)?;
            taxes.tax = taxes.tax.plus(Money::new(1, request.unit))?;
            Ok(taxes)
        }
    }
    let off = Off(policy(zone(true, TaxLevel::Line, vec![rate("VAT", 1_900)])));
    assert_eq!(assess(&off, &request(&[(100, 1, false)])).unwrap_err().kind(), TaxErrorKind::DoesNotAddUp);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn net_and_tax_are_gross(
        lines in proptest::collection::vec((0_i64..1_000_000, 1_u32..2_000, any::<bool>()), 0..12),
        inclusive in any::<bool>(),
        level in prop_oneof![Just(TaxLevel::Unit), Just(TaxLevel::Line), Just(TaxLevel::Total)],
        points in proptest::collection::vec(0_i32..5_000, 0..3),
    ) {
        let rates = points.iter().enumerate().map(|(at, points)| rate(&format!("{at}"), *points)).collect();
        let policy = policy(zone(inclusive, level, rates));
        // `assess` checks every sum itself.
        let taxes = assess(&policy, &request(&lines)).unwrap();
        let exact: i64 = lines.iter().map(|line| line.0).sum();
        prop_assert_eq!(if inclusive { taxes.gross } else { taxes.net }.minor(), exact);
        // No line is further from the exact tax than what is rounded: its units, or itself, at each rate.
        for (line, asked) in taxes.lines.iter().zip(&lines) {
            let points = if asked.2 { 700 } else { points.iter().sum::<i32>() };
            let base = if inclusive { 10_000 + points } else { 10_000 };
            let off = i128::from(line.tax.minor()) * i128::from(base) - i128::from(asked.0) * i128::from(points);
            let rounded = match level { TaxLevel::Unit => asked.1, TaxLevel::Line => 1, TaxLevel::Total => 2 };
            prop_assert!(off.abs() <= i128::from(base) * i128::from(rounded) * 3);
        }
    }
}
