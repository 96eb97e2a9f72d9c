use super::*;

fn of(raw: &str) -> EmailValue {
    EmailValue::parse(raw).unwrap()
}

fn degree(a: &str, b: &str) -> u8 {
    let (a, b) = (of(a), of(b));
    assert_eq!(EmailValue::degree(&a, &b), EmailValue::degree(&b, &a));
    EmailValue::degree(&a, &b)
}

#[test]
fn tags_case_spaces_and_dots_at_the_end_do_not_matter() {
    for raw in [
        "Sara.Milani@Mail.ir",
        " sara.milani@mail.ir ",
        "sara.milani+news@mail.ir",
        "SARA.MILANI+a+b@MAIL.IR.",
        "sara.milani@mail.ir\u{200f}",
        "ｓara.milani@mail.ir",
    ] {
        assert_eq!(of(raw).as_str(), "sara.milani@mail.ir", "{raw}");
    }
}

#[test]
fn what_is_nobodys_is_no_address() {
    for raw in [
        "",
        "none",
        "@",
        "a@",
        "@mail.ir",
        "+tag@mail.ir",
        "none@mail.ir",
        "N/A@",
        "noreply@shop.ir",
        "no-reply@shop.ir",
        "test@mail.ir",
        "unknown@mail.ru",
        "sara@example.com",
        "x91@privaterelay.appleid.com",
        "abc123@relay.firefox.com",
        "sara@duck.com",
        "77@marketplace.amazon.co.uk",
    ] {
        assert!(EmailValue::parse(raw).is_none(), "{raw}");
    }
}

#[test]
fn degrees() {
    for (a, b, wanted) in [
        ("sara.milani@mail.ir", "sara.milani+x@MAIL.ir", 5),
        // The same before the @, with other signs or at another house.
        ("sara.milani@mail.ir", "saramilani@mail.ir", 4),
        ("sara.milani@mail.ir", "sara_milani@post.de", 4),
        // A slip.
        ("sara.milani@mail.ir", "sara.milnai@mail.ir", 4),
        ("sara.milani@mail.ir", "sara.milani@mial.ir", 4),
        ("сара.милани@почта.рф", "сара.милпни@почта.рф", 4),
        // Two or three slips.
        ("sara.milani@mail.ir", "zara.milany@mail.ir", 3),
        // Too short to tell from chance.
        ("ali@mail.ir", "eli@post.de", 1),
        ("abd@mail.ir", "xyz@mail.ir", 1),
        ("sara.milani@mail.ir", "reza.karimi@mail.ir", 1),
        ("سارا@mail.ir", "رضا@mail.ir", 1),
    ] {
        assert_eq!(degree(a, b), wanted, "{a} {b}");
    }
}

#[test]
fn the_part_before_the_at_is_a_key_where_it_is_long_enough() {
    assert_eq!(of("sara.milani@mail.ir").local().as_deref(), Some("saramilani"));
    assert_eq!(of("s-a-r-a@mail.ir").local().as_deref(), Some("sara"));
    assert_eq!(of("ali@mail.ir").local(), None);
    assert_eq!(of("سارا.میلانی@mail.ir").local().as_deref(), Some("سارامیلانی"));
}

#[test]
fn an_address_spells_a_name_in_any_script() {
    for (address, name, wanted) in [
        ("sara.milani@mail.ir", "Milani", true),
        ("sara.milani@mail.ir", "میلانی", true),
        ("sara.milani@mail.ir", "Милани", true),
        ("sara.milani@mail.ir", "מילני", true),
        ("milani77@mail.ir", "سارا میلانی", true),
        ("sara.milani@mail.ir", "Karimi", false),
        ("7152708469@mail.ir", "Milani", false),
        ("x@mail.ir", "Milani", false),
    ] {
        let name = PersonName::parse(name).unwrap();
        assert_eq!(of(address).spells(&name), wanted, "{address} {:?}", name.key());
    }
}

#[test]
fn long_and_strange_texts() {
    let long = format!("{}@{}", "x".repeat(10_000), "y.".repeat(10_000));
    assert_eq!(EmailValue::degree(&of(&long), &of(&long)), 5);
    assert_eq!(EmailValue::degree(&of(&long), &of("sara.milani@mail.ir")), 1);
    for raw in ["a@b@c.ir", "\"a b\"@c.ir", "🌹🌹🌹🌹🌹@c.ir", "a\u{0}b@c.ir", "@@@@", "\u{202e}ri.c@a"]
    {
        if let Some(address) = EmailValue::parse(raw) {
            assert_eq!(EmailValue::degree(&address, &address), 5);
        }
    }
}
