use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::ids::{CartId, EventKey};
use crate::money::{Currency, Decimal};
use crate::time::from_millis;

fn euro() -> Currency {
    Currency::parse("EUR").unwrap()
}

fn id() -> CartId {
    CartId::from_bytes([7; 16])
}

fn line(sku: &str) -> LineKey {
    LineKey::plain(Sku::parse(sku).unwrap())
}

fn quantity(pieces: u32) -> Quantity {
    Quantity::new(pieces).unwrap()
}

fn change(n: u8, at: i64, act: CartAct) -> CartChange {
    CartChange::new(EventKey::from_bytes([n; 16]), from_millis(at), act)
}

fn add(sku: &str, pieces: u32) -> CartAct {
    CartAct::Add { line: line(sku), quantity: quantity(pieces) }
}

fn cart_of(lines: &[(&str, u32)]) -> Cart {
    let mut cart = Cart::empty(id(), euro());
    cart.lines = lines.iter().map(|&(sku, pieces)| (line(sku), quantity(pieces))).collect();
    cart
}

#[test]
fn quantities() {
    for bad in [0, 1_000_001, u32::MAX] {
        assert_eq!(Quantity::new(bad).unwrap_err().kind(), CartErrorKind::InvalidQuantity);
    }
    for (text, pieces) in [("2", 2), ("2.0", 2), ("۲", 2), ("1e6", 1_000_000)] {
        assert_eq!(Quantity::from_decimal(Decimal::parse(text).unwrap()).unwrap().get(), pieces);
    }
    for bad in ["0", "-1", "1.5", "1e9", "1e30", "0.0000001"] {
        assert!(Quantity::from_decimal(Decimal::parse(bad).unwrap()).is_err(), "{bad}");
    }
    for bad in ["0", "-1", "1.5", "1000001", "\"2\"", "null", "4294967296"] {
        assert!(serde_json::from_str::<Quantity>(bad).is_err(), "{bad}");
    }
    assert_eq!(Quantity::MAX.plus_capped(Quantity::ONE), Quantity::MAX);
    assert_eq!(quantity(2).minus(quantity(2)), None);
    assert_eq!(quantity(2).minus(Quantity::ONE), Some(Quantity::ONE));
}

#[test]
fn product_codes_and_options() {
    for good in ["A", " MUG-1 ", "کیف-۷", "חולצה", "чашка", "محفظة", "コップ"] {
        assert_eq!(Sku::parse(good).unwrap().as_str(), good.trim());
    }
    let long = "x".repeat(MAX_TEXT + 1);
    for bad in
        ["", "  ", "a\u{0}b", "a\nb", "a\u{202E}b", "a\u{200B}b", "a\u{FEFF}b", "a\u{2066}b", long.as_str()]
    {
        assert_eq!(Sku::parse(bad).unwrap_err().kind(), CartErrorKind::InvalidSku, "{bad:?}");
    }
    let options = |list: &[(&str, &str)]| LineKey::new(Sku::parse("A").unwrap(), list.iter().copied());
    for bad in [&[("", "M")][..], &[("size", "")], &[("size", "M"), (" size", "L")], &[("size", "a\u{7}")]] {
        assert_eq!(options(bad).unwrap_err().kind(), CartErrorKind::InvalidOption);
    }
    let many: Vec<(String, &str)> = (0..=MAX_OPTIONS).map(|n| (n.to_string(), "x")).collect();
    assert!(LineKey::new(Sku::parse("A").unwrap(), many.clone()).is_err());
    assert!(LineKey::new(Sku::parse("A").unwrap(), many.into_iter().skip(1)).is_ok());
    assert!(serde_json::from_str::<LineKey>(r#"{"sku":"A","price":1}"#).is_err());
    let engraved = options(&[("engraving", "سارا")]).unwrap();
    assert!(!format!("{engraved:?}").contains("سارا"));
    let json = serde_json::to_string(&engraved).unwrap();
    assert_eq!(json, r#"{"sku":"A","options":{"engraving":"سارا"}}"#);
    assert_eq!(serde_json::from_str::<LineKey>(&json).unwrap(), engraved);
}

#[test]
fn each_change_does_what_it_says() {
    let fold = |acts: Vec<CartAct>| {
        let changes: Vec<_> =
            acts.into_iter().zip(0_u8..).map(|(act, n)| change(n, i64::from(n), act)).collect();
        Cart::fold(id(), euro(), &changes)
    };
    let set = |sku: &str, pieces| CartAct::SetQuantity { line: line(sku), quantity: quantity(pieces) };
    let take =
        |sku: &str, pieces: Option<u32>| CartAct::Remove { line: line(sku), quantity: pieces.map(quantity) };

    assert_eq!(fold(vec![add("a", 2), add("a", 3)]).lines, cart_of(&[("a", 5)]).lines);
    assert_eq!(fold(vec![add("a", 2), set("a", 3), add("b", 1)]).pieces(), 4);
    assert_eq!(fold(vec![add("a", 2), take("a", None)]).lines, BTreeMap::new());
    assert_eq!(fold(vec![add("a", 2), take("a", Some(1))]).lines, cart_of(&[("a", 1)]).lines);
    assert!(fold(vec![add("a", 2), take("a", Some(9))]).is_empty());
    assert!(fold(vec![take("a", None), CartAct::Clear]).is_empty());
    assert!(fold(vec![add("a", 2), CartAct::Clear]).is_empty());
    assert_eq!(fold(vec![add("a", 1_000_000), add("a", 5)]).lines.get(&line("a")), Some(&Quantity::MAX));

    let bought = fold(vec![add("a", 2), CartAct::Ordered]);
    assert_eq!((bought.state, bought.is_empty(), bought.version), (CartState::Ordered, true, 2));
    let again = fold(vec![add("a", 2), CartAct::Ordered, add("b", 1)]);
    assert_eq!((again.state, &again.lines), (CartState::Open, &cart_of(&[("b", 1)]).lines));
    assert_eq!(again.changed_at, Some(from_millis(2)));
}

#[test]
fn a_late_order_closes_the_cart_in_its_place() {
    let (filled, bought, refilled) =
        (change(1, 10, add("a", 2)), change(2, 20, CartAct::Ordered), change(3, 30, add("b", 1)));
    let before = Cart::fold(id(), euro(), [&filled, &refilled]);
    assert_eq!(before.lines, cart_of(&[("a", 2), ("b", 1)]).lines);
    let after = Cart::fold(id(), euro(), [&filled, &refilled, &bought]);
    assert_eq!(after.lines, cart_of(&[("b", 1)]).lines);
    assert!(after.version > before.version);
}

#[test]
fn ties_in_time_go_by_sequence_and_then_by_id() {
    let at = |n, sequence, act| CartChange { sequence, ..change(n, 0, act) };
    let (first, second) = (at(9, Some(1), add("a", 1)), at(1, Some(2), CartAct::Clear));
    assert!(Cart::fold(id(), euro(), [&second, &first]).is_empty());
    let (first, second) = (at(1, None, CartAct::Clear), at(2, None, add("a", 1)));
    assert_eq!(Cart::fold(id(), euro(), [&second, &first]).pieces(), 1);
}

#[test]
fn a_cart_has_a_limit_of_lines_and_says_what_it_refused() {
    let changes: Vec<CartChange> = (0..=MAX_LINES)
        .map(|n| {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&(n as u64).to_be_bytes());
            CartChange::new(EventKey::from_bytes(bytes), from_millis(0), add(&format!("sku{n:05}"), 1))
        })
        .collect();
    let cart = Cart::fold(id(), euro(), &changes);
    assert_eq!(cart.lines.len(), MAX_LINES);
    assert_eq!(cart.refused, [changes[MAX_LINES].id]);
    let merged = merge(&cart, &cart_of(&[("zz", 1), ("sku00000", 2)]), MergeStrategy::default());
    assert_eq!(merged.report.dropped, [line("zz")]);
    assert_eq!(merged.report.changed.len(), 1);
}

#[test]
fn merging_keeps_the_larger_quantity_and_reports() {
    let kept = cart_of(&[("a", 1), ("b", 5), ("c", 2)]);
    let mut other = cart_of(&[("b", 3), ("c", 4), ("d", 1)]);
    other.currency = Currency::parse("IRR").unwrap();
    other.version = 9;
    let merged = merge(&kept, &other, MergeStrategy::MaxQuantity);
    assert_eq!(merged.cart.lines, cart_of(&[("a", 1), ("b", 5), ("c", 4), ("d", 1)]).lines);
    assert_eq!((merged.cart.id, merged.cart.currency, merged.cart.version), (kept.id, euro(), 10));
    assert_eq!(
        merged.report,
        MergeReport {
            added: vec![LineChange { line: line("d"), from: None, to: quantity(1) }],
            changed: vec![LineChange { line: line("c"), from: Some(quantity(2)), to: quantity(4) }],
            dropped: vec![],
            asked: vec![],
            repriced_from: Some(other.currency),
        }
    );
    let bought = Cart { state: CartState::Ordered, ..cart_of(&[]) };
    assert_eq!(merge(&bought, &kept, MergeStrategy::MaxQuantity).cart.state, CartState::Open);
    assert_eq!(merge(&bought, &bought, MergeStrategy::MaxQuantity).cart.state, CartState::Ordered);
}

#[test]
fn a_merge_has_another_version_if_and_only_if_a_line_changed() {
    let kept = Cart { version: 9, changed_at: Some(from_millis(1)), ..cart_of(&[("a", 2), ("b", 5)]) };
    let later = Some(from_millis(7));
    // Nothing of it is new: the very cart that was seen, though the other is of a higher version and later.
    let same = Cart { version: 12, changed_at: later, ..cart_of(&[("a", 2), ("b", 1)]) };
    for strategy in [MergeStrategy::MaxQuantity, MergeStrategy::ExistingWins, MergeStrategy::Ask] {
        assert_eq!(merge(&kept, &same, strategy).cart, kept, "{strategy:?}");
    }
    // One line more: another version than either was seen in.
    for version in [0, 9, 12] {
        let more = Cart { version, changed_at: later, ..cart_of(&[("c", 1)]) };
        let merged = merge(&kept, &more, MergeStrategy::MaxQuantity).cart;
        assert_eq!((merged.version, merged.changed_at), (version.max(9) + 1, later));
        assert_eq!(merge(&merged, &more, MergeStrategy::MaxQuantity).cart, merged);
    }
}

#[test]
fn what_was_bought_is_not_merged_again() {
    let kept = Cart { version: 3, ..cart_of(&[("a", 1)]) };
    // A store that keeps the lines of what was bought.
    let bought = Cart { version: 8, state: CartState::Ordered, ..cart_of(&[("a", 4), ("b", 2)]) };
    for strategy in [MergeStrategy::SumCapped, MergeStrategy::GuestWins, MergeStrategy::Ask] {
        assert_eq!(
            merge(&kept, &bought, strategy),
            Merged { cart: kept.clone(), report: MergeReport::default() }
        );
    }
}

#[test]
fn each_strategy_joins_as_it_says() {
    let kept = cart_of(&[("a", 1), ("b", 5)]);
    let mut other = cart_of(&[("b", 3), ("c", 2)]);
    other.changed_at = Some(from_millis(1));
    let lines = |strategy, kept: &Cart, other: &Cart| merge(kept, other, strategy).cart.lines;
    let with_b = |b| cart_of(&[("a", 1), ("b", b), ("c", 2)]).lines;
    for (strategy, b) in [
        (MergeStrategy::SumCapped, 8),
        (MergeStrategy::MaxQuantity, 5),
        (MergeStrategy::GuestWins, 3),
        (MergeStrategy::ExistingWins, 5),
        (MergeStrategy::NewestWins, 3),
    ] {
        assert_eq!(lines(strategy, &kept, &other), with_b(b), "{strategy:?}");
    }
    let later = Cart { changed_at: other.changed_at, ..kept.clone() };
    assert_eq!(lines(MergeStrategy::NewestWins, &later, &other), with_b(5));
    let much = cart_of(&[("b", 999_999)]);
    assert_eq!(lines(MergeStrategy::SumCapped, &much, &other)[&line("b")], Quantity::MAX);
    let asked = merge(&kept, &other, MergeStrategy::Ask);
    assert_eq!(asked.cart, kept);
    assert_eq!(
        asked.report.asked,
        [
            LineChange { line: line("b"), from: Some(quantity(5)), to: quantity(3) },
            LineChange { line: line("c"), from: None, to: quantity(2) },
        ]
    );
}

#[test]
fn stored_form() {
    let mut cart = cart_of(&[("b", 2), ("a", 1)]);
    cart.changed_at = Some(from_millis(0));
    let json = serde_json::to_string(&cart).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"id":"07070707-0707-0707-0707-070707070707","currency":"EUR","version":0,"state":"open","#,
            r#""lines":[{"line":{"sku":"a"},"quantity":1},{"line":{"sku":"b"},"quantity":2}],"#,
            r#""changed_at":"1970-01-01T00:00:00Z"}"#
        )
    );
    assert_eq!(serde_json::from_str::<Cart>(&json).unwrap(), cart);
    assert!(
        serde_json::from_str::<Cart>(&json.replace(r#""sku":"b""#, r#""sku":"a""#)).is_err(),
        "a line twice"
    );
    assert!(serde_json::from_str::<Cart>(&json.replace(r#""quantity":2"#, r#""quantity":0"#)).is_err());
    assert!(
        serde_json::from_str::<Cart>(&json.replace(r#""version":0"#, r#""version":0,"channel":"web""#))
            .is_err()
    );

    let taken = change(1, 0, CartAct::Remove { line: line("a"), quantity: None });
    let json = serde_json::to_string(&taken).unwrap();
    assert!(json.contains(r#""act":{"act":"remove","line":{"sku":"a"}}"#), "{json}");
    for act in [add("a", 2), CartAct::Clear, CartAct::Ordered, taken.act] {
        let json = serde_json::to_string(&act).unwrap();
        assert_eq!(serde_json::from_str::<CartAct>(&json).unwrap(), act);
    }
    assert!(
        serde_json::from_str::<CartAct>(r#"{"act":"add","line":{"sku":"a"},"quantity":1,"price":9}"#)
            .is_err()
    );
    assert!(serde_json::from_str::<CartAct>(r#"{"act":"steal"}"#).is_err());
}

fn some_act() -> impl Strategy<Value = CartAct> {
    let sku = prop::sample::select(vec!["a", "b", "c", "کیف"]);
    let pieces = prop_oneof![1_u32..5, Just(999_999)];
    (0..6_u8, sku, pieces).prop_map(|(kind, sku, pieces)| match kind {
        0 | 1 => add(sku, pieces),
        2 => CartAct::SetQuantity { line: line(sku), quantity: quantity(pieces) },
        3 => CartAct::Remove { line: line(sku), quantity: (pieces % 2 == 0).then(|| quantity(pieces)) },
        4 => CartAct::Clear,
        _ => CartAct::Ordered,
    })
}

/// Few times and few ids, so that ties and duplicates (also contradictory ones) are common.
fn some_changes() -> impl Strategy<Value = Vec<CartChange>> {
    let one = (0..12_u8, 0..4_i64, prop::option::of(0..3_u64), some_act());
    prop::collection::vec(
        one.prop_map(|(n, at, sequence, act)| CartChange { sequence, ..change(n, at, act) }),
        0..16,
    )
}

fn some_cart() -> impl Strategy<Value = Cart> {
    some_changes().prop_map(|changes| Cart::fold(id(), euro(), &changes))
}

/// Walks the changes again and again, each time for the next one in order; quantities by plain arithmetic.
fn fold_naively(changes: &[CartChange]) -> BTreeMap<LineKey, u64> {
    let mut left: Vec<&CartChange> = changes.iter().collect();
    let mut done: Vec<EventKey> = Vec::new();
    let mut lines: BTreeMap<LineKey, u64> = BTreeMap::new();
    while let Some(next) = left.iter().copied().min() {
        left.retain(|other| *other != next);
        if done.contains(&next.id) {
            continue;
        }
        done.push(next.id);
        match &next.act {
            CartAct::Add { line, quantity } => {
                let held = lines.entry(line.clone()).or_insert(0);
                *held = (*held + u64::from(quantity.get())).min(1_000_000);
            }
            CartAct::SetQuantity { line, quantity } => {
                lines.insert(line.clone(), u64::from(quantity.get()));
            }
            CartAct::Remove { line, quantity } => {
                let held = lines.entry(line.clone()).or_insert(0);
                *held = quantity.map_or(0, |quantity| held.saturating_sub(u64::from(quantity.get())));
            }
            CartAct::Clear | CartAct::Ordered => lines.clear(),
        }
        lines.retain(|_, pieces| *pieces > 0);
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_order_and_repetition_of_arrival_gives_the_same_cart(
        (changes, shuffled) in some_changes().prop_flat_map(|changes| {
            let twice: Vec<_> = changes.iter().chain(&changes).cloned().collect();
            (Just(changes), Just(twice).prop_shuffle())
        }),
    ) {
        let cart = Cart::fold(id(), euro(), &changes);
        prop_assert_eq!(&Cart::fold(id(), euro(), &shuffled), &cart);
        let plain: BTreeMap<LineKey, u64> =
            cart.lines.iter().map(|(line, quantity)| (line.clone(), u64::from(quantity.get()))).collect();
        prop_assert_eq!(plain, fold_naively(&changes));
        let json = serde_json::to_string(&cart).unwrap();
        prop_assert_eq!(serde_json::from_str::<Cart>(&json).unwrap(), cart);
    }

    #[test]
    fn a_merge_is_idempotent_and_loses_nothing(a in some_cart(), b in some_cart()) {
        let merged = merge(&a, &b, MergeStrategy::MaxQuantity);
        let again = merge(&merged.cart, &b, MergeStrategy::MaxQuantity);
        prop_assert_eq!(&again.cart, &merged.cart);
        prop_assert_eq!(again.report, MergeReport::default());
        let other_way = merge(&b, &a, MergeStrategy::MaxQuantity);
        prop_assert_eq!(&other_way.cart.lines, &merged.cart.lines);
        prop_assert_eq!(merge(&a, &a, MergeStrategy::MaxQuantity).report, MergeReport::default());
        let is_new = merged.report != MergeReport { repriced_from: None, ..MergeReport::default() };
        prop_assert_eq!(merged.cart.version > a.version, is_new, "another version for another cart, and for no other");
        for (line, &quantity) in a.lines.iter().chain(&b.lines) {
            prop_assert!(merged.cart.lines.get(line).is_some_and(|&held| held >= quantity));
        }
        // The report accounts for every difference from the kept cart.
        let reported: usize = merged.report.added.len() + merged.report.changed.len();
        let differing = merged.cart.lines.iter().filter(|(line, held)| a.lines.get(*line) != Some(*held)).count();
        prop_assert_eq!(reported, differing);
    }
}
