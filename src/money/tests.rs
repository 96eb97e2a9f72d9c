use super::*;

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(currency("EUR"), 2).unwrap()
}

fn rial() -> CurrencyUnit {
    CurrencyUnit::new(currency("IRR"), 0).unwrap()
}

fn kind<T: std::fmt::Debug>(result: Result<T, MoneyError>) -> MoneyErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn only_codes_of_iso_4217_parse() {
    for code in ["EUR", "eur", "Irr", "JPY", "VES"] {
        assert_eq!(currency(code).as_str(), code.to_uppercase());
    }
    for code in ["", "EU", "EURO", "AAA", "IRT", "تومان", "€", " EUR", "ЕUR", "null", "﷼"] {
        assert_eq!(kind(Currency::parse(code)), MoneyErrorKind::UnknownCurrency, "{code}");
    }
    assert!(currency("AFN") < currency("EUR") && currency("EUR") < currency("YER"));
}

#[test]
fn six_currencies_refuse_to_start_without_a_choice() {
    let six = ["IRR", "AFN", "IQD", "SYP", "YER", "LBP"];
    for code in six {
        let error = CurrencyTable::iso().unit(currency(code)).unwrap_err();
        assert_eq!(error.kind(), MoneyErrorKind::ExponentNotChosen);
        assert_eq!(error.currency(), Some(currency(code)));
        assert!(error.to_string().contains(code));
        let table = CurrencyTable::new([(currency(code), 0)]).unwrap();
        assert_eq!(table.unit(currency(code)).unwrap().exponent(), 0);
        assert!(table.require(&six.map(currency)).is_err(), "the other five are still open");
    }
    let all = CurrencyTable::new(six.map(|code| (currency(code), 2))).unwrap();
    all.require(&six.map(currency)).unwrap();
    // Exactly these six, of all that ISO 4217 lists.
    let open = every_currency().filter(|c| c.digits().must_be_explicit).count();
    assert_eq!(open, 6);
}

fn every_currency() -> impl Iterator<Item = Currency> {
    let letters = || 'A'..='Z';
    letters()
        .flat_map(move |a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}"))))
        .filter_map(|code| Currency::parse(&code).ok())
}

#[test]
fn iso_and_cldr_agree_but_for_those_that_are_named() {
    let differ: Vec<&str> = every_currency()
        .filter(|c| c.digits().iso_4217.is_some_and(|iso| iso != c.digits().cldr))
        .map(Currency::as_str)
        .collect();
    let named =
        ["AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SLL", "SOS", "SYP", "YER"];
    assert_eq!(differ, named);
    assert!(every_currency().count() > 170);
}

#[test]
fn the_host_may_override_a_currency_once() {
    let fuel = CurrencyTable::new([(currency("EUR"), 4), (currency("EUR"), 4)]).unwrap();
    assert_eq!(fuel.unit(currency("EUR")).unwrap().exponent(), 4);
    assert_eq!(fuel.unit(currency("JPY")).unwrap().exponent(), 0);
    let twice = CurrencyTable::new([(currency("EUR"), 4), (currency("EUR"), 2)]);
    assert_eq!(kind(twice), MoneyErrorKind::InvalidExponent);
    assert_eq!(kind(CurrencyTable::new([(currency("EUR"), 10)])), MoneyErrorKind::InvalidExponent);
    assert_eq!(kind(CurrencyTable::iso().unit(currency("XAU"))), MoneyErrorKind::NoMinorUnit);
    let stored = serde_json::to_string(&fuel).unwrap();
    assert_eq!(stored, r#"{"EUR":4}"#);
    assert_eq!(serde_json::from_str::<CurrencyTable>(&stored).unwrap(), fuel);
    assert!(serde_json::from_str::<CurrencyTable>(r#"{"EUR":10}"#).is_err());
    assert!(serde_json::from_str::<CurrencyTable>(r#"{"TOMAN":0}"#).is_err());
}

#[test]
fn currencies_and_exponents_never_mix() {
    let cent = Money::new(1, euro());
    let tenth_of_cent = Money::new(1, CurrencyUnit::new(currency("EUR"), 3).unwrap());
    let toman = Money::new(10, rial());
    assert_eq!(kind(cent.plus(toman)), MoneyErrorKind::CurrencyMismatch);
    assert_eq!(kind(cent.minus(toman)), MoneyErrorKind::CurrencyMismatch);
    assert_eq!(kind(cent.compare(toman)), MoneyErrorKind::CurrencyMismatch);
    assert_eq!(kind(Money::sum(euro(), [cent, toman])), MoneyErrorKind::CurrencyMismatch);
    assert_eq!(kind(cent.plus(tenth_of_cent)), MoneyErrorKind::ExponentMismatch);
    assert_ne!(cent, tenth_of_cent);
    assert_eq!(cent.plus(toman).unwrap_err().to_string(), "two currencies in one operation: `EUR` and `IRR`");
}

#[test]
fn overflow_is_an_error() {
    let (most, least) = (Money::new(i64::MAX, euro()), Money::new(i64::MIN, euro()));
    let one = Money::new(1, euro());
    for result in [
        most.plus(one),
        least.minus(one),
        least.negated(),
        most.times(2),
        least.times(-1),
        most.times_ratio(Ratio::new(i64::MAX, 1).unwrap(), Rounding::Down),
        Money::sum(euro(), [most, one]),
    ] {
        assert_eq!(kind(result), MoneyErrorKind::Overflow);
    }
    // Passing the limit on the way is fine as long as the sum fits.
    assert_eq!(Money::sum(euro(), [most, one, least]).unwrap(), Money::zero(euro()));
    assert_eq!(most.times_ratio(Ratio::ONE, Rounding::Up).unwrap(), most);
    assert_eq!(most.cash_round(5).unwrap().payable.minor(), i64::MAX - 2);
    assert_eq!(kind(most.cash_round(1000).map(|r| r.payable)), MoneyErrorKind::Overflow);
    assert_eq!(kind(most.cash_round(0)), MoneyErrorKind::InvalidRatio);
    assert_eq!(kind(most.cash_round(-5)), MoneyErrorKind::InvalidRatio);
}

#[test]
fn amounts_in_many_scripts() {
    for text in [
        "1234.50",
        "۱۲۳۴٫۵۰",
        "١٢٣٤٫٥",
        "۱٬۲۳۴٫۵",
        "१२३४.५",
        "１２３４.５",
        " +1234.5 ",
        "\u{200F}1234.5\u{200E}",
        "12345e-1",
        "1.2345E+3",
        "0001234.5000000000000000000000000000000000000000000000000",
    ] {
        assert_eq!(Money::parse(text, euro()).unwrap().to_string(), "1234.50 EUR", "{text}");
    }
    assert_eq!(Money::parse("\u{2212}۰٫۰۵", euro()).unwrap().to_string(), "-0.05 EUR");
    assert_eq!(Money::parse("-0", euro()).unwrap(), Money::zero(euro()));
}

#[test]
fn what_is_no_number_is_an_error() {
    for text in [
        "",
        " ",
        "-",
        "+",
        ".",
        "1.",
        ".5",
        "1..2",
        "1.2.3",
        "--1",
        "+-1",
        "1e",
        "1e+",
        "e3",
        "1e1.5",
        "NaN",
        "Infinity",
        "null",
        "undefined",
        "12,50",
        "1,234",
        "0x10",
        "½",
        "Ⅶ",
        "七",
        "1 000",
        "1٬23",
        "1٬2345",
        "1٬٬234",
        "٬123",
        "1٬",
        "1234٬567",
        "1.2٬345",
        "12 EUR",
        "€12",
        "1_000",
        "\u{0}1",
        "1\u{200F}2",
    ] {
        assert_eq!(kind(Decimal::parse(text)), MoneyErrorKind::NotDecimal, "{text}");
    }
    assert_eq!(kind(Decimal::parse(&"9".repeat(1 << 20))), MoneyErrorKind::NotDecimal);
}

#[test]
fn huge_and_tiny_numbers_are_errors() {
    for text in
        ["1e400", "1e-400", "1e99999999999999999999", "-1e61", "1e-61", &"7".repeat(40), &"7".repeat(160)]
    {
        assert_eq!(kind(Decimal::parse(text)), MoneyErrorKind::TooManyDigits, "{text}");
    }
    assert_eq!(kind(Money::parse("1e17", euro())), MoneyErrorKind::Overflow);
    assert_eq!(Money::parse("92233720368547758.07", euro()).unwrap().minor(), i64::MAX);
    assert_eq!(Money::parse("-92233720368547758.08", euro()).unwrap().minor(), i64::MIN);
    assert_eq!(kind(Money::parse("92233720368547758.08", euro())), MoneyErrorKind::Overflow);
    assert_eq!(kind(Money::parse("1e60", euro())), MoneyErrorKind::Overflow);
    assert_eq!(Decimal::parse("0e9999999").unwrap(), Decimal::ZERO);
    assert_eq!(kind(Decimal::parse("-3").unwrap().not_negative()), MoneyErrorKind::Negative);
    assert!(Decimal::parse("0").unwrap().not_negative().is_ok());
}

#[test]
fn a_digit_is_never_lost_silently() {
    assert_eq!(kind(Money::parse("10.005", euro())), MoneyErrorKind::LosesDigits);
    assert_eq!(kind(Money::parse("1e-60", euro())), MoneyErrorKind::LosesDigits);
    assert_eq!(kind(Money::parse("0.5", rial())), MoneyErrorKind::LosesDigits);
    let number = Decimal::parse("10.005").unwrap();
    assert_eq!(number.to_money_rounded(euro(), Rounding::HalfEven).unwrap().minor(), 1000);
    assert_eq!(number.to_money_rounded(euro(), Rounding::HalfUp).unwrap().minor(), 1001);
    let tiny = Decimal::parse("-1e-60").unwrap();
    assert_eq!(tiny.rounded(2, Rounding::HalfUp).unwrap(), 0);
    assert_eq!(tiny.rounded(2, Rounding::Up).unwrap(), -1);
    assert_eq!(tiny.rounded(2, Rounding::Down).unwrap(), 0);
}

#[test]
fn json_numbers_are_read_by_their_text() {
    #[derive(serde::Deserialize)]
    struct Product {
        price: Decimal,
        #[serde(default)]
        old_price: Option<Decimal>,
    }
    let read = |json: &str| serde_json::from_str::<Product>(json);
    for json in [
        r#"{"price":12.50}"#,
        r#"{"price":"12.5"}"#,
        r#"{"price":1.25e1}"#,
        r#"{"price":"۱۲٫۵","old_price":null}"#,
    ] {
        let product = read(json).unwrap();
        assert_eq!(product.price.to_money(euro()).unwrap().minor(), 1250, "{json}");
        assert!(product.old_price.is_none());
    }
    // A double would hold 9007199254740992 or 0.30000000000000004.
    assert_eq!(
        read(r#"{"price":9007199254740993}"#).unwrap().price.scaled(0).unwrap(),
        9_007_199_254_740_993
    );
    assert_eq!(read(r#"{"price":0.1}"#).unwrap().price.to_string(), "0.1");
    for json in [
        r#"{"price":true}"#,
        r#"{"price":null}"#,
        r#"{"price":[]}"#,
        r#"{"price":{}}"#,
        r#"{"price":"sara@example.ir"}"#,
        r#"{"price":1e400}"#,
    ] {
        let error = read(json).err().unwrap().to_string();
        assert!(!error.contains("sara"), "{error}");
    }
    assert_eq!(Decimal::from_json("\"\\u06F1\"").unwrap(), Decimal::from(1));
    assert_eq!(kind(Decimal::from_json("\"1")), MoneyErrorKind::NotDecimal);
    assert_eq!(serde_json::to_string(&Decimal::parse("-0.050").unwrap()).unwrap(), r#""-0.05""#);
}

#[test]
fn plain_notation() {
    for (text, plain) in [
        ("0", "0"),
        ("100", "100"),
        ("1e3", "1000"),
        ("-1.50", "-1.5"),
        ("5e-3", "0.005"),
        ("-0.1", "-0.1"),
        ("12e-1", "1.2"),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().to_string(), plain);
    }
    for (minor, plain) in
        [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (1250, "12.50"), (i64::MIN, "-92233720368547758.08")]
    {
        assert_eq!(Money::new(minor, euro()).plain(), plain);
    }
    assert_eq!(Money::new(-1250, rial()).to_string(), "-1250 IRR");
    assert_eq!(format!("{:?}", Money::new(1250, euro())), "Money(12.50 EUR)");
}

#[test]
fn toman_is_ten_rial() {
    let fine = CurrencyUnit::new(currency("IRR"), 2).unwrap();
    assert_eq!(Money::new(1_250_000, rial()).in_toman().unwrap(), "125000");
    assert_eq!(Money::new(5, rial()).in_toman().unwrap(), "0.5");
    assert_eq!(Money::new(-100, rial()).in_toman().unwrap(), "-10");
    assert_eq!(Money::new(0, rial()).in_toman().unwrap(), "0");
    assert_eq!(Money::new(100_000, fine).in_toman().unwrap(), "100");
    assert_eq!(Money::parse_toman("۱۲۵٬۰۰۰", rial()).unwrap().minor(), 1_250_000);
    assert_eq!(Money::parse_toman("100", fine).unwrap().minor(), 100_000);
    assert_eq!(kind(Money::parse_toman("0.05", rial())), MoneyErrorKind::LosesDigits);
    assert_eq!(kind(Money::parse_toman("1", euro())), MoneyErrorKind::CurrencyMismatch);
    assert_eq!(kind(Money::new(1, euro()).in_toman()), MoneyErrorKind::CurrencyMismatch);
}

#[test]
fn stored_form() {
    let price = Money::new(1250, euro());
    let stored = r#"{"minor":1250,"currency":"EUR","exponent":2}"#;
    assert_eq!(serde_json::to_string(&price).unwrap(), stored);
    assert_eq!(serde_json::from_str::<Money>(stored).unwrap(), price);
    for bad in [
        r#"{"minor":1250,"currency":"EUR","exponent":2,"channel":"web"}"#,
        r#"{"minor":1250,"currency":"EUR"}"#,
        r#"{"minor":12.5,"currency":"EUR","exponent":2}"#,
        r#"{"minor":9223372036854775808,"currency":"EUR","exponent":2}"#,
        r#"{"minor":1,"currency":"EUR","exponent":10}"#,
        r#"{"minor":1,"currency":"EUR","exponent":-1}"#,
        r#"{"minor":1,"currency":"ABC","exponent":2}"#,
    ] {
        assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
    }
    let half = Ratio::basis_points(5000);
    assert_eq!(serde_json::to_string(&half).unwrap(), r#"{"numerator":1,"denominator":2}"#);
    assert!(serde_json::from_str::<Ratio>(r#"{"numerator":1,"denominator":0}"#).is_err());
}

#[test]
fn fractions() {
    assert_eq!(kind(Ratio::new(1, 0)), MoneyErrorKind::InvalidRatio);
    assert_eq!(kind(Ratio::new(1, -2)), MoneyErrorKind::InvalidRatio);
    assert_eq!(Ratio::new(i64::MIN, i64::MAX).unwrap().numerator(), i64::MIN);
    assert_eq!(Ratio::new(i64::MIN, 1 << 62).unwrap(), Ratio::new(-2, 1).unwrap());
    assert_eq!(Ratio::new(0, 7).unwrap(), Ratio::new(0, 1).unwrap());
    assert_eq!(Ratio::basis_points(-250).to_string(), "-1/40");
}

#[test]
fn floors_and_what_is_left() {
    let line = |amount, floor| LineWithFloor { amount, floor };
    let taken = allocate_with_floors(2500, &[line(5000, 4500), line(6000, 4500)]).unwrap();
    assert_eq!((taken.parts, taken.left), (vec![500, 1500], 500));
    let taken = allocate_with_floors(-2500, &[line(5000, 4500), line(6000, 4500)]).unwrap();
    assert_eq!((taken.parts, taken.left), (vec![-500, -1500], -500));
    let above = allocate_with_floors(10, &[line(5, 9), line(0, 0)]).unwrap();
    assert_eq!((above.parts, above.left), (vec![0, 0], 10));
    let nothing = allocate_with_floors(10, &[]).unwrap();
    assert_eq!((nothing.parts, nothing.left), (vec![], 10));
    assert_eq!(kind(allocate_with_floors(1, &[line(-1, 0)])), MoneyErrorKind::Negative);
    assert_eq!(kind(allocate_with_floors(1, &[line(i64::MAX, 0), line(1, 0)])), MoneyErrorKind::Overflow);
    let extreme = allocate_with_floors(i64::MAX, &[line(i64::MAX, i64::MIN)]).unwrap();
    assert_eq!((extreme.parts, extreme.left), (vec![i64::MAX], 0));
    // As money, in the unit of the amount.
    let money = Money::new(10, euro()).allocate_with_floors(&[line(5, 0), line(5, 0)]).unwrap();
    assert_eq!(money.parts, [5, 5]);
}

#[test]
fn sharing_at_the_limits() {
    assert_eq!(kind(allocate(1, &[], ZeroWeights::Equal)), MoneyErrorKind::NothingToShare);
    assert!(allocate(0, &[], ZeroWeights::Equal).unwrap().is_empty());
    assert!(allocate(1, &[], ZeroWeights::Nothing).unwrap().is_empty());
    assert_eq!(allocate(i64::MIN, &[u64::MAX], ZeroWeights::Equal).unwrap(), [i64::MIN]);
    let halves = allocate(i64::MAX, &[u64::MAX, u64::MAX], ZeroWeights::Equal).unwrap();
    assert_eq!(halves, [i64::MAX / 2 + 1, i64::MAX / 2]);
    assert_eq!(
        kind(whole_weights(&[Decimal::parse("1e30").unwrap(), Decimal::from(1)])),
        MoneyErrorKind::TooManyDigits
    );
    assert_eq!(kind(whole_weights(&[Decimal::from(-1)])), MoneyErrorKind::Negative);
    assert_eq!(whole_weights(&[Decimal::parse("0.25").unwrap(), Decimal::from(3)]).unwrap(), [25, 300]);
}
