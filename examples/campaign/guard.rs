//! What authors get wrong, refused before anything is sent.

use std::error::Error;

use throughline::channel::Channel;
use throughline::messaging::content::{CheckFacts, Content, Problem, Published, Template, Text, check};

use crate::page::Page;
use crate::shop::Shop;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("The content guard")?;
    let facts = CheckFacts { settings: shop.settings.clone(), ..CheckFacts::default() };
    for name in ["ready", "spring"] {
        let content = shop.content(name)?;
        let refused = check(content, &facts).iter().filter(|finding| finding.problem.refuses()).count();
        page.paragraph(&format!(
            "`{name}`: {} variants, {refused} refused. Each of them tells the same prices, percentages and codes.",
            content.variants.len()
        ))?;
    }
    page.paragraph("Then three mistakes are made on purpose.")?;
    let spring = shop.content("spring")?;

    let mut typed = spring.clone();
    set(
        &mut typed,
        "spring-sms-de",
        "{name}, {off} auf {product}, jetzt 49,92 €, mit {code} bis {until}. {link}",
    )?;
    say(page, "Somebody types a price into the German text message instead of the slot", &typed, &facts)?;

    let mut copied = spring.clone();
    let shown = body(spring, "spring-kiosk-en")?.to_owned();
    set(&mut copied, "spring-social-en", &shown.replace("Ask us for your size.", "Ask us for your size!"))?;
    say(page, "The public post copies the text of the shop's display", &copied, &facts)?;

    let text = "Schnee weg, Schuhe her: Laufschuh Alborz, 59,92 €. Wer SPRING20 eingibt, zahlt 20 % weniger. Schluss ist am 05.04.2026!";
    let published = Published::new([("page-2025-spring".to_owned(), text)]);
    let facts = CheckFacts { published: Some(&published), ..facts };
    say(page, "The German post is nearly the page that is out there already", spring, &facts)
}

fn find<'c>(content: &'c mut Content, id: &str) -> Result<&'c mut Text, Box<dyn Error>> {
    let variant = content.variants.iter_mut().find(|variant| variant.id == id);
    Ok(&mut variant.ok_or_else(|| format!("no variant `{id}`"))?.body)
}

fn set(content: &mut Content, id: &str, text: &str) -> Result<(), Box<dyn Error>> {
    *find(content, id)? = text.parse::<Template>()?.into();
    Ok(())
}

fn body<'c>(content: &'c Content, id: &str) -> Result<&'c str, Box<dyn Error>> {
    let variant =
        content.variants.iter().find(|variant| variant.id == id && variant.channel == Channel::Kiosk);
    match &variant.ok_or("no such variant")?.body {
        Text::Message(template) => Ok(template.source()),
        Text::Jinja { .. } => Err("not a message".into()),
    }
}

fn say(page: &mut Page, what: &str, content: &Content, facts: &CheckFacts<'_>) -> Result<(), Box<dyn Error>> {
    page.paragraph(&format!("{what}:"))?;
    let points = check(content, facts).into_iter().map(|finding| {
        let verdict = if finding.problem.refuses() { "refused" } else { "look at it" };
        let why = match &finding.problem {
            Problem::MissingClaim(slot) => format!("does not tell `{slot}`, which the others tell"),
            Problem::OtherClaims { than, only_here, only_there } => {
                let list = |claims: &std::collections::BTreeSet<_>| {
                    claims.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                };
                format!("says {} where `{than}` says {}", list(only_here), list(only_there))
            }
            Problem::NearCopy { of, inter, union, .. } => {
                format!("copies `{of}`: {inter} of {union} shingles are the same")
            }
            other => other.as_str().replace('_', " "),
        };
        format!("{verdict}: `{}` {why}", finding.variant)
    });
    page.points(points)?;
    Ok(())
}
