//! What a message says: the same facts in each channel and language, within each channel's limits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::device::DeviceKind;
use throughline::locale::Locale;
use throughline::messaging::content::{
    Content, Reader, RenderErrorKind, RenderSettings, Rendering, Slot, SlotName, Template, Text, Values,
    Variant, render,
};
use throughline::messaging::cta::{CtaDevice, Intent, Os};
use throughline::money::{Currency, CurrencyUnit, Money};

fn locale(tag: &str) -> Locale {
    tag.parse().unwrap()
}

fn slot(name: &str) -> SlotName {
    name.parse().unwrap()
}

fn template(text: &str) -> Text {
    text.parse::<Template>().unwrap().into()
}

fn content(variants: &[(Channel, &str, &str)]) -> Content {
    let mut content = Content::new(locale("en"));
    for (channel, tag, text) in variants {
        content.variants.push(Variant::new(
            format!("{channel}-{tag}"),
            channel.clone(),
            locale(tag),
            template(text),
        ));
    }
    content
}

fn written(
    content: &Content,
    channel: &Channel,
    tags: &[&str],
    values: &Values,
) -> Result<Rendering, RenderErrorKind> {
    let locales: Vec<Locale> = tags.iter().map(|tag| locale(tag)).collect();
    let links = CtaDevice::default();
    let reader = Reader { channel, locales: &locales, device: None, links: &links };
    render(content, &reader, values, &RenderSettings::default()).map_err(|error| error.kind())
}

fn body(content: &Content, tag: &str, values: &Values) -> String {
    written(content, &Channel::Sms, &[tag], values).unwrap().body.into_inner()
}

#[test]
fn each_language_writes_the_facts_its_own_way() {
    let euro = CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap();
    let rial = CurrencyUnit::new(Currency::parse("IRR").unwrap(), 0).unwrap();
    let texts: Vec<(Channel, &str, &str)> = ["en", "de", "fa", "ar-EG", "he", "ru"]
        .into_iter()
        .map(|tag| (Channel::Sms, tag, "{off} {price} {toman} {day}"))
        .collect();
    let mut content = content(&texts);
    content.slots = Values::from([
        (slot("off"), Slot::Percentage(1_250)),
        (slot("price"), Slot::Price(Money::new(123_450, euro))),
        (slot("toman"), Slot::Toman(Money::new(4_990_000, rial))),
        (slot("day"), Slot::Date("2026-03-21".parse().unwrap())),
    ]);
    let shown = |tag: &str| {
        let marks = |c: char| matches!(c, '\u{2066}'..='\u{2069}');
        body(&content, tag, &Values::new()).replace(marks, "").replace('\u{a0}', " ")
    };
    assert_eq!(shown("en-US"), "12.5% €1,234.50 499,000 toman 03/21/2026");
    assert_eq!(shown("en-GB"), "12.5% €1,234.50 499,000 toman 21/03/2026");
    assert_eq!(shown("de-DE"), "12,5 % 1.234,50 € 499.000 toman 21.03.2026");
    assert_eq!(shown("de-AT"), "12,5 % € 1.234,50 499.000 toman 21.03.2026");
    assert_eq!(shown("fa-IR"), "۱۲٫۵٪ ۱٬۲۳۴٫۵۰ € ۴۹۹٬۰۰۰ تومان ۱۴۰۵/۰۱/۰۱");
    assert_eq!(shown("ar-EG"), "١٢٫٥٪ ١٬٢٣٤٫٥٠ € ٤٩٩٬٠٠٠ toman ٢١/٠٣/٢٠٢٦");
    assert_eq!(shown("he"), "12.5% 1,234.50 € 499,000 toman 21.03.2026");
    assert_eq!(shown("ru"), "12,5 % 1 234,50 € 499 000 toman 21.03.2026");
}

#[test]
fn plural_forms_are_those_of_the_language() {
    let content = content(&[
        (Channel::Sms, "en", "{n, plural, =0 {none} one {# item} other {# items}}"),
        (Channel::Sms, "ru", "{n, plural, one {# товар} few {# товара} many {# товаров} other {# товара}}"),
        (
            Channel::Sms,
            "ar",
            "{n, plural, zero {لا شيء} one {واحد} two {اثنان} few {# قليل} many {# كثير} other {#}}",
        ),
        (Channel::Sms, "he", "{n, plural, one {אחד} two {שניים} other {# פריטים}}"),
        (Channel::Sms, "fa", "{n, plural, one {# کالا} other {# کالا}}"),
    ]);
    let of = |tag: &str, n: i64| body(&content, tag, &Values::from([(slot("n"), Slot::Number(n))]));
    assert_eq!(["0", "1", "2"].map(|n| of("en", n.parse().unwrap())), ["none", "1 item", "2 items"]);
    assert_eq!(
        [1, 3, 5, 21, 111].map(|n| of("ru", n)),
        ["1 товар", "3 товара", "5 товаров", "21 товар", "111 товаров"]
    );
    assert_eq!(
        [0, 1, 2, 3, 11, 100].map(|n| of("ar", n)),
        ["لا شيء", "واحد", "اثنان", "٣ قليل", "١١ كثير", "١٠٠"]
    );
    assert_eq!([1, 2, 10].map(|n| of("he", n)), ["אחד", "שניים", "10 פריטים"]);
    assert_eq!(of("fa", 12), "۱۲ کالا");
}

#[test]
fn nobody_gets_a_language_that_nobody_asked_for() {
    let content = content(&[
        (Channel::Sms, "fa", "سلام"),
        (Channel::Sms, "ru", "привет"),
        (Channel::Email, "en", "hello"),
    ]);
    let values = Values::new();
    assert_eq!(written(&content, &Channel::Sms, &["he", "ru-RU"], &values).unwrap().locale, locale("ru"));
    // The default is English, which the text message does not have.
    assert_eq!(
        written(&content, &Channel::Sms, &["he"], &values).unwrap_err(),
        RenderErrorKind::MissingVariant
    );
    assert_eq!(written(&content, &Channel::Email, &["he"], &values).unwrap().locale, locale("en"));
    assert_eq!(
        written(&content, &Channel::Push, &["en"], &values).unwrap_err(),
        RenderErrorKind::MissingVariant
    );
    assert_eq!(written(&content, &Channel::Sms, &[], &values).unwrap_err(), RenderErrorKind::MissingVariant);
}

#[test]
fn the_language_counts_before_the_device() {
    let mut content = content(&[(Channel::Web, "fa", "همه"), (Channel::Web, "en", "all")]);
    let watch = Variant {
        device: Some(DeviceKind::Watch),
        ..Variant::new("watch", Channel::Web, locale("en"), template("short"))
    };
    content.variants.push(watch);
    let chosen =
        |tag: &str, device| content.choose(&Channel::Web, &[locale(tag)], device).unwrap().id.clone();
    assert_eq!(chosen("en", Some(&DeviceKind::Watch)), "watch");
    assert_eq!(chosen("en", Some(&DeviceKind::Phone)), "web-en");
    assert_eq!(chosen("en", None), "web-en");
    assert_eq!(chosen("fa", Some(&DeviceKind::Watch)), "web-fa");
}

#[test]
fn what_is_wrong_is_said_by_its_kind() {
    let values = Values::from([
        (slot("name"), Slot::text("Sara\r\nBcc: all@example.com")),
        (slot("n"), Slot::Number(2)),
    ]);
    let of = |text: &str| {
        written(&content(&[(Channel::Sms, "en", text)]), &Channel::Sms, &["en"], &values)
            .map(|sent| sent.body.into_inner())
    };
    assert_eq!(of("{nobody}"), Err(RenderErrorKind::MissingValue));
    assert_eq!(of("{name, plural, other {x}}"), Err(RenderErrorKind::NotANumber));
    assert_eq!(of("{n, select, other {x}}"), Err(RenderErrorKind::NotWords));
    assert_eq!(of(""), Err(RenderErrorKind::Empty));
    assert_eq!(of(&"long ".repeat(400)), Err(RenderErrorKind::TooManySegments));
    // A line break in a value is a space, so no header can begin; one in the author's text is refused.
    assert_eq!(of("{name}"), Ok("Sara Bcc: all@example.com".to_owned()));
    let mut mail = content(&[(Channel::Email, "en", "text")]);
    mail.variants[0].title = Some(template("{name}"));
    let sent = written(&mail, &Channel::Email, &["en"], &values).unwrap();
    assert_eq!(sent.title.unwrap().into_inner(), "Sara Bcc: all@example.com");
    mail.variants[0].title = Some(template("Hello\n{name}"));
    assert_eq!(
        written(&mail, &Channel::Email, &["en"], &values).unwrap_err(),
        RenderErrorKind::HeaderInjection
    );
    let mut push = content(&[(Channel::Push, "en", "x")]);
    push.variants[0].body = template(&"آ".repeat(2_100));
    assert_eq!(written(&push, &Channel::Push, &["en"], &values).unwrap_err(), RenderErrorKind::TooManyBytes);
    let mut chat = content(&[(Channel::WhatsApp, "en", "x")]);
    chat.variants[0].template = Some("t".to_owned());
    chat.variants[0].body = template(&"آ".repeat(1_025));
    assert_eq!(
        written(&chat, &Channel::WhatsApp, &["en"], &values).unwrap_err(),
        RenderErrorKind::TooManyCharacters
    );
    chat.intent = Some(Intent::View);
    assert_eq!(
        written(&chat, &Channel::WhatsApp, &["en"], &values).unwrap_err(),
        RenderErrorKind::NoCallToAction
    );
}

#[test]
fn facts_of_the_message_are_not_replaced_and_public_places_name_nobody() {
    let mut content =
        content(&[(Channel::Sms, "en", "{off} {name}"), (Channel::Kiosk, "en", "{off} {name}")]);
    content.slots.insert(slot("off"), Slot::Percentage(2_000));
    content.personal.insert(slot("name"), Slot::text("Parisa"));
    let values = Values::from([(slot("off"), Slot::Percentage(9_000)), (slot("name"), Slot::text("Sara"))]);
    assert_eq!(body(&content, "en", &values), "20% Sara");
    assert_eq!(
        written(&content, &Channel::Kiosk, &["en"], &values).unwrap_err(),
        RenderErrorKind::MissingValue
    );
    let wrong = Values::from([(slot("name"), Slot::Number(7))]);
    assert_eq!(written(&content, &Channel::Sms, &["en"], &wrong).unwrap_err(), RenderErrorKind::WrongKind);
    let debugged = format!("{values:?} {:?}", written(&content, &Channel::Sms, &["en"], &values));
    assert!(!debugged.contains("Sara"), "{debugged}");
}

#[test]
fn the_link_is_the_one_that_serves() {
    let mut content = content(&[(Channel::Sms, "fa", "ببینید: {link}"), (Channel::Email, "fa", "{link}")]);
    content.intent = Some(Intent::View);
    content.links.desktop = Some("https://shop.example/?d=1&x=2".parse().unwrap());
    content.links.mobile_web = Some("https://m.shop.example/".parse().unwrap());
    content.variants[1].html = Some(template("<a href=\"{link}\">x</a>"));
    let locales = [locale("fa")];
    let on = |os, channel| {
        let links = CtaDevice { os, app: None };
        let reader = Reader { channel, locales: &locales, device: None, links: &links };
        render(&content, &reader, &Values::new(), &RenderSettings::default()).unwrap()
    };
    // No mark is glued to the link.
    assert_eq!(on(Os::Android, &Channel::Sms).body.into_inner(), "ببینید: https://m.shop.example/");
    let mail = on(Os::Windows, &Channel::Email);
    assert_eq!(mail.body.into_inner(), "https://shop.example/?d=1&x=2");
    assert_eq!(mail.html.unwrap().into_inner(), "<a href=\"https://shop.example/?d=1&amp;x=2\">x</a>");
}

#[test]
#[cfg(feature = "templates")]
fn jinja_templates_see_the_same_slots_and_are_bounded() {
    use throughline::messaging::content::JinjaTemplate;
    let values = Values::from([
        (slot("name"), Slot::text("<b>Sara</b>")),
        (slot("n"), Slot::Number(3)),
        (slot("off"), Slot::Percentage(2_000)),
    ]);
    let of = |tag: &str, text: &str| {
        let mut content = content(&[(Channel::Email, tag, "x")]);
        content.variants[0].body = Text::Jinja { jinja: JinjaTemplate::new(text) };
        content.variants[0].html = Some(Text::Jinja { jinja: JinjaTemplate::new(text) });
        let sent = written(&content, &Channel::Email, &[tag], &values)?;
        Ok::<_, RenderErrorKind>((sent.body.into_inner(), sent.html.unwrap().into_inner()))
    };
    let text = "{{ name }}: {% if numbers.off > 1000 %}{{ off }}{% endif %} {{ plural('n') }}";
    let (plain, html) = of("fa", text).unwrap();
    assert_eq!(plain, "\u{2068}<b>Sara</b>\u{2069}: \u{2066}۲۰٪\u{2069} other");
    assert_eq!(html, "<bdi>&lt;b&gt;Sara&lt;/b&gt;</bdi>: <bdi dir=\"ltr\">۲۰٪</bdi> other");
    assert_eq!(of("ru", "{{ plural('n') }}").unwrap().0, "few");
    let failed = |text: &str| of("en", text).unwrap_err();
    assert_eq!(failed("{{ nobody }}"), RenderErrorKind::MissingValue);
    assert_eq!(failed("{{ plural('name') }}"), RenderErrorKind::Template);
    assert_eq!(failed("{% if %}"), RenderErrorKind::Template);
    assert_eq!(failed("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), RenderErrorKind::Template);
    assert_eq!(
        failed("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}"),
        RenderErrorKind::Template
    );
    assert_eq!(failed("{{ 'x' * 70000 }}"), RenderErrorKind::TooLong);
    assert_eq!(failed("{% include 'other' %}"), RenderErrorKind::Template);
}

#[test]
#[cfg(not(feature = "templates"))]
fn without_the_feature_a_jinja_text_is_refused() {
    let mut content = content(&[(Channel::Email, "en", "x")]);
    content.variants[0].body =
        Text::Jinja { jinja: throughline::messaging::content::JinjaTemplate::new("hello") };
    assert_eq!(
        written(&content, &Channel::Email, &["en"], &Values::new()).unwrap_err(),
        RenderErrorKind::Template
    );
}

#[test]
fn content_is_plain_data() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/campaign.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    for name in ["ready", "spring"] {
        let content: Content = serde_json::from_value(all["contents"][name].clone()).unwrap();
        assert_eq!(serde_json::to_value(&content).unwrap(), all["contents"][name]);
    }
    for bad in [
        r#"{"default_locale": "en", "variants": [{"id": "a", "channel": "sms", "locale": "en", "body": "{x"}]}"#,
        r#"{"default_locale": "not a tag", "variants": []}"#,
        r#"{"default_locale": "en", "variants": [], "slots": {"1": {"number": 1}}}"#,
        r#"{"default_locale": "en", "variants": [], "links": {"deep": "javascript://x"}}"#,
    ] {
        assert!(serde_json::from_str::<Content>(bad).is_err(), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever a value holds, the sentence around it stays as it is and no control comes through.
    #[test]
    fn a_value_cannot_turn_its_sentence(value in "\\PC{0,12}|[\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}\\r\\na-zא-ת]{0,20}", tag in "en|fa|he|ru|ar") {
        let content = content(&[(Channel::Email, &tag, "A{name}B")]);
        let sent = written(&content, &Channel::Email, &[&tag], &Values::from([(slot("name"), Slot::text(&*value))])).unwrap();
        let text = sent.body.into_inner();
        let inside = text.strip_prefix('A').and_then(|rest| rest.strip_suffix('B')).unwrap();
        let inside = inside.strip_prefix(['\u{2068}', '\u{2066}']).and_then(|rest| rest.strip_suffix('\u{2069}')).unwrap_or(inside);
        let steers = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') || c.is_control();
        prop_assert!(!inside.contains(steers), "{:?}", inside);
    }
}

mod guard {
    use throughline::messaging::content::{CheckFacts, Problem, Published, check};
    use throughline::messaging::near_copy::Verdict;

    use super::*;

    fn offer() -> Content {
        let mut content = content(&[
            (Channel::Sms, "en", "{off} off with {code}"),
            (Channel::Email, "fa", "{off} تخفیف با {code}"),
            (Channel::Kiosk, "ru", "Скидка {off} на всю обувь по коду {code} до воскресенья"),
        ]);
        content.slots.insert(slot("off"), Slot::Percentage(2_000));
        content.slots.insert(slot("code"), Slot::Code("SPRING20".to_owned()));
        content
    }

    fn problems(content: &Content) -> Vec<(String, &'static str)> {
        let named =
            |finding: throughline::messaging::content::Finding| (finding.variant, finding.problem.as_str());
        check(content, &CheckFacts::default()).into_iter().map(named).collect()
    }

    fn found(variant: &str, problem: &'static str) -> (String, &'static str) {
        (variant.to_owned(), problem)
    }

    #[test]
    fn what_says_the_same_everywhere_passes() {
        assert_eq!(problems(&offer()), []);
    }

    #[test]
    fn a_claim_that_one_text_leaves_out_or_adds_is_found() {
        let mut content = offer();
        content.variants[1].body = template("{off} تخفیف");
        assert_eq!(
            problems(&content),
            [found("email-fa", "missing_claim"), found("email-fa", "other_claims")]
        );
        // Typed by hand, in Persian digits.
        content.variants[1].body = template("{off} تخفیف با {code}، فقط ۴۹٬۹۰۰ تومان");
        assert_eq!(problems(&content), [found("email-fa", "other_claims")]);
        // The same words, another number in a slot's place: the slot is missed although the sets of claims agree.
        content.variants[1].body = template("۲۰٪ تخفیف با {code}");
        assert_eq!(problems(&content), [found("email-fa", "missing_claim")]);
    }

    #[test]
    fn a_name_that_stands_for_two_texts_and_a_text_that_cannot_be_written_are_found() {
        let mut content = offer();
        content.variants[1].id = "sms-en".to_owned();
        content.variants[2].body = template("{off} {code} {nobody}");
        assert_eq!(problems(&content), [found("sms-en", "not_unique"), found("kiosk-ru", "unrenderable")]);
        let asked: Vec<&str> = content.asked().into_iter().map(SlotName::as_str).collect();
        assert_eq!(asked, ["nobody"]);
    }

    #[test]
    fn public_texts_do_not_copy_one_another() {
        let mut content = offer();
        let post = "Скидка {off} на всю обувь — по коду {code}, до воскресенья!";
        content.variants.push(Variant::new("post", Channel::Social, locale("ru"), template(post)));
        let copies = check(&content, &CheckFacts::default());
        assert!(matches!(&copies[..], [one] if one.variant == "post" && one.problem.refuses()), "{copies:?}");
        // A message to one person may say what the display says.
        content.variants[3].channel = Channel::Email;
        content.variants[3].locale = locale("de");
        assert_eq!(problems(&content), []);
        let mut published =
            Published::new([("old-page".to_owned(), "Что-то совсем другое о погоде сегодня")]);
        published.add("page-7", "Скидка 20% на всю обувь по коду SPRING20 до субботы");
        let facts = CheckFacts { published: Some(&published), ..CheckFacts::default() };
        let near = check(&content, &facts);
        assert!(
            matches!(&near[..], [one] if matches!(&one.problem, Problem::NearCopy { of, verdict: Verdict::Near, .. } if of == "page-7") && !one.problem.refuses()),
            "{near:?}"
        );
    }
}
