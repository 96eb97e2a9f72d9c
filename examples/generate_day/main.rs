//! Writes one retailer's day as events in the Segment event specification, one JSON object per line.
//!
//! ```text
//! cargo run --release --example generate_day -- [--events N] [--people P] [--seed S] [--out FILE] [--check]
//! ```
//!
//! Without arguments, run in the package's root, it writes `examples/data/day.jsonl.gz` (24,000 events of 3,000
//! people) and the price book that goes with it, `examples/data/catalogue.json`. The same seed gives the same bytes. A
//! name that ends in `.gz` is compressed, any other is written plain. `--check` writes nothing: it makes the files again
//! in memory, compares them byte by byte with what is on disk (the day after decompression, so a new compressor is no
//! difference) and ends with 1 if they differ. `--events 5000000` makes a day for load: sixteen bytes of memory per
//! event, a few per identifier, and the text of one event at a time.
//!
//! # The retailer
//! *Nava* has shops in Tehran, Dubai, Tel Aviv, Moscow, Berlin and London, and sells over `web`, `app`, `till`,
//! `call_centre`, `whatsapp`, `marketplace`, `kiosk` and `wearable` (`context.channel`). The day is Friday 20 March 2026,
//! Nowruz. All prices are in euro. Lines stand in the order in which they were received, 00:00 to 24:00 UTC.
//!
//! # Whose day is told
//! These people are in every file, whatever the seed. Times are local; message ids are `sara-01`, `sara-02` and so on.
//!
//! | person | `userId` | identifiers | what happens when |
//! |---|---|---|---|
//! | Sara Rahimi, سارا رحیمی, Tehran (UTC+3:30) | `u-1001` | browser `anon-sara-web`, e-mail `Sara.Rahimi@example.ir` (verified), phone `+989127436580` (web: `۰۹۱۲ ۷۴۳ ۶۵۸۰`, not verified; app, WhatsApp, call centre, till: verified), app `app-device-sara` on device `device-sara`, WhatsApp `wa-sara`, contact `cc-1001` in call `call-sara`, card `NV-100-200-300` at `till-tehran-01-sara`, band `band-778` | 08:05 anonymous on the web; 08:10 adds SKU-1001 and 08:14 two of SKU-1007 to `cart-sara`; 08:20 signs in; 08:22 consents to e-mail, 08:23 withdraws SMS; 10:40 app, 10:42 consents to push, 10:44 looks at SKU-1019 without a network (arrives 17:45); 12:10 WhatsApp message; 13:05 calls, the agent calls back; 16:30 her card is scanned at the till in Tehran, `cart-sara` is opened there, 16:33 one SKU-1045 added, not paid; 16:35 band bound to the card. `sara-04` arrives twice |
//! | Omar Haddad, عمر حداد, Dubai (UTC+4) | `u-1002` | browser `anon-omar-web`, e-mail `Omar.Haddad@example.com` (verified), phone `+971507163824` (verified in the app), app `app-device-omar`, cart `cart-omar` | 09:02 signs in; 09:04 to 09:07 withdraws e-mail, SMS, WhatsApp and push; 09:08 unsubscribes; 14:00 app, adds SKU-1031 |
//! | Noa Levi, נועה לוי, Tel Aviv (UTC+2) | `u-1003` | browser `anon-noa-web`, e-mail `Noa.Levi@example.org` (verified), phone `+972542718365` (verified in the app and WhatsApp), app `app-device-noa`, WhatsApp `wa-noa` | 10:03 consents to e-mail, 10:04 to WhatsApp, 11:02 to push; 12:00 WhatsApp |
//! | Пётр Семёнов (web: Петр Семенов; till: SEMENOV PETR), Moscow (UTC+3) | `u-1004` | browser `anon-pyotr-web`, e-mail `Petr.Semenov@example.net` (verified), phone `+79164083175` (not verified), card `NV-200-300-400`, band `band-781`, cart `cart-pyotr` | 09:32 signs in, 09:33 links the card to the account, 09:36 adds SKU-1013; 12:00 the card is scanned at `till-moscow-01-pyotr`, 12:03 pays `order-pyotr`; 12:10 band bound to the card. Web, till and band hang together by the card alone |
//! | somebody at a kiosk in Dubai | none | `kiosk-dubai-1-session-77`, asserts `sara.rahimi@example.ir` | 18:00 to 18:03; nothing proves the address, so this must never join Sara |
//!
//! A message decided at 2026-03-21 05:40 UTC finds Sara at 09:10 in Tehran and Noa at 07:40 in Tel Aviv, inside the usual
//! quiet hours from 21:00 to 08:00. Families share a tablet (`home-…`) or a telephone; a few people type somebody else's
//! address; tills and kiosks report their own device id for everybody; `email_verified` and `phone_number_verified` (claim names of `OpenID` Connect) say what was proved.
//!
//! # The mess
//! Of the events 3 % are exact copies of an earlier line, about 5 % are late by up to two days, 0.5 % carry a junk
//! identifier, 2 % of the devices have a clock that is wrong by hours, a few say the year 0001 or 9999. Thirty-five
//! broken or odd lines come on top of the events (`bad.rs`).

#![expect(clippy::print_stderr, reason = "a command-line tool: progress and the final table go to stderr")]

mod bad;
mod catalogue;
mod json;
mod names;
mod people;
mod places;
mod plan;
mod random;
mod report;
mod spelling;
mod story;
mod write;

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Read as _, Write};
use std::process::ExitCode;

use flate2::{Compression, GzBuilder, read::GzDecoder};

use crate::json::Json;
use crate::people::Person;
use crate::plan::{DAY, HOUR};
use crate::random::Random;
use crate::report::Report;
use crate::story::Story;

const DAY_FILE: &str = "examples/data/day.jsonl.gz";
const CATALOGUE: &str = "examples/data/catalogue.json";

/// What the command line asks for.
#[derive(Debug)]
struct Settings {
    events: u64,
    people: u64,
    seed: u64,
    out: String,
    check: bool,
}

impl Settings {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut settings =
            Self { events: 24_000, people: 0, seed: 1405, out: DAY_FILE.to_owned(), check: false };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            match argument.as_str() {
                "--events" => settings.events = value()?.parse()?,
                "--people" => settings.people = value()?.parse()?,
                "--seed" => settings.seed = value()?.parse()?,
                "--out" => settings.out = value()?,
                "--check" => settings.check = true,
                other => return Err(format!("unknown argument `{other}`").into()),
            }
        }
        if settings.people == 0 {
            settings.people = (settings.events / 8).max(5);
        }
        if settings.events < 100 || settings.people < 5 || settings.people > 4_000_000_000 {
            return Err("at least 100 events and 5 people, at most 4,000,000,000 people".into());
        }
        Ok(settings)
    }
}

/// What stands in one line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Content {
    /// An act of a person of the crowd, by the person's number.
    Crowd(u32),
    /// An act of one whose day is told, by the place in the table.
    Told(u32),
    Bad,
}

/// One line, before its text is made: ordered as in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    /// Milliseconds since the day began.
    at: u32,
    again: bool,
    number: u16,
    content: Content,
}

impl Slot {
    fn new(at: i64, again: bool, content: Content, number: usize) -> Result<Self, Box<dyn Error>> {
        Ok(Self { at: u32::try_from(at)?, again, number: u16::try_from(number)?, content })
    }
}

/// The crowd: everybody but the four whose day is told. How many acts each has is drawn among eight neighbours, so that
/// the whole day comes to exactly the number asked for.
#[derive(Debug, Clone, Copy)]
struct Crowd {
    seed: u64,
    people: u64,
    acts: u64,
}

impl Crowd {
    fn budget(&self, person: u64) -> Result<usize, Box<dyn Error>> {
        let before = |number: u64| u128::from(self.acts) * u128::from(number) / u128::from(self.people);
        let (start, end) = (person / 8 * 8, (person / 8 * 8 + 8).min(self.people));
        let total = u64::try_from(before(end) - before(start))?;
        // Everybody does something, if there is enough to do.
        let floor = u64::from(total >= end - start);
        let rest = total - floor * (end - start);
        let mut random = Random::new(self.seed, "budget", start);
        let weights: Vec<u64> = (start..end).map(|_| 1 + random.below(6) * random.below(6)).collect();
        let sum: u64 = weights.iter().sum();
        let place = usize::try_from(person - start)?;
        let until: u64 = weights.iter().take(place).sum();
        let own = weights.get(place).copied().unwrap_or(0);
        Ok(usize::try_from(floor + rest * (until + own) / sum - rest * until / sum)?)
    }

    fn person(&self, number: u64) -> Person {
        Person::new(self.seed, number)
    }
}

/// Puts every line of the day in order.
fn slots(
    settings: &Settings,
    crowd: Crowd,
    stories: &[Story],
    report: &mut Report,
) -> Result<Vec<Slot>, Box<dyn Error>> {
    let bad = bad::lines().len();
    let mut slots = Vec::with_capacity(usize::try_from(settings.events)? + bad);
    for (place, story) in stories.iter().enumerate() {
        let content = Content::Told(u32::try_from(place)?);
        if story.customer {
            report.person(&story.person);
        }
        for (number, act) in story.acts.iter().enumerate() {
            slots.push(Slot::new(act.received - DAY, false, content, number)?);
        }
        for (number, at) in &story.again {
            slots.push(Slot::new(*at, true, content, *number)?);
        }
    }
    let told = u64::try_from(slots.len())?;
    let copies = settings.events - told - crowd.acts;
    let mut done = 0_u64;
    for person in 0..crowd.people {
        let somebody = crowd.person(person);
        report.person(&somebody);
        let content = Content::Crowd(u32::try_from(person)?);
        let mut random = Random::new(crowd.seed, "copies", person);
        for (number, act) in plan::plan(&somebody, crowd.budget(person)?).iter().enumerate() {
            slots.push(Slot::new(act.received - DAY, false, content, number)?);
            let copied = |acts: u64| u128::from(acts) * u128::from(copies) / u128::from(crowd.acts);
            if copied(done + 1) > copied(done) {
                let later = act.received + random.between(1_000, 6 * HOUR);
                slots.push(Slot::new(later - DAY, true, content, number)?);
            }
            done += 1;
        }
    }
    slots.sort_unstable();
    // The bad lines stand evenly between the events.
    let times: Vec<u32> = (0..bad)
        .map(|number| slots.get(slots.len() * (number * 2 + 1) / (bad * 2)).map_or(0, |slot| slot.at))
        .collect();
    for (number, at) in times.into_iter().enumerate() {
        slots.push(Slot::new(i64::from(at), false, Content::Bad, number)?);
    }
    slots.sort_unstable();
    Ok(slots)
}

/// Writes the day.
fn generate(settings: &Settings, out: &mut dyn Write) -> Result<Report, Box<dyn Error>> {
    let stories = story::stories();
    let told: usize = stories.iter().map(|story| story.acts.len() + story.again.len()).sum();
    let again: usize = stories.iter().map(|story| story.again.len()).sum();
    let copies = (settings.events * 3 / 100).saturating_sub(u64::try_from(again)?);
    let acts = settings.events - copies - u64::try_from(told)?;
    let crowd = Crowd { seed: settings.seed, people: settings.people - 4, acts };
    let mut report = Report::default();
    let loud = settings.events >= 500_000;
    if loud {
        eprintln!("planning the day of {} people", settings.people);
    }
    let slots = slots(settings, crowd, &stories, &mut report)?;
    let bad = bad::lines();
    let mut json = Json::default();
    for (done, slot) in slots.iter().enumerate() {
        let number = usize::from(slot.number);
        let line: &[u8] = match slot.content {
            Content::Bad => {
                report.bad += 1;
                bad.get(number).map_or(&[], Vec::as_slice)
            }
            Content::Told(place) => {
                if let Some(story) = stories.get(usize::try_from(place)?) {
                    write::write(&mut json, &story.person, &story.acts, number, &mut report);
                }
                json.as_str().as_bytes()
            }
            Content::Crowd(person) => {
                let person = u64::from(person);
                let somebody = crowd.person(person);
                let acts = plan::plan(&somebody, crowd.budget(person)?);
                write::write(&mut json, &somebody, &acts, number, &mut report);
                json.as_str().as_bytes()
            }
        };
        report.duplicates += u64::from(slot.again);
        report.bytes += u64::try_from(line.len())? + 1;
        out.write_all(line)?;
        out.write_all(b"\n")?;
        if loud && (done + 1) % 250_000 == 0 {
            eprintln!("{} of {} lines", done + 1, slots.len());
        }
    }
    Ok(report)
}

/// Makes the day in memory and compares it with the file; says where they part.
fn check(settings: &Settings) -> Result<bool, Box<dyn Error>> {
    let mut expected = Vec::new();
    generate(settings, &mut expected)?;
    let mut found = fs::read(&settings.out)?;
    if settings.out.ends_with(".gz") {
        let mut plain = Vec::new();
        GzDecoder::new(found.as_slice()).read_to_end(&mut plain)?;
        found = plain;
    }
    let same = expected == found;
    if !same {
        let line = expected.split(|byte| *byte == b'\n').zip(found.split(|byte| *byte == b'\n'));
        let line = line.take_while(|(one, other)| one == other).count() + 1;
        eprintln!("`{}` differs from line {line} on", settings.out);
    }
    let prices = fs::read_to_string(CATALOGUE)? == catalogue::price_book();
    if !prices {
        eprintln!("`{CATALOGUE}` differs");
    }
    Ok(same && prices)
}

fn create(settings: &Settings) -> Result<Report, Box<dyn Error>> {
    let file = BufWriter::with_capacity(1 << 20, fs::File::create(&settings.out)?);
    if settings.out.ends_with(".gz") {
        // No time and no name in the header: the same day is the same file.
        let mut out = GzBuilder::new().mtime(0).write(file, Compression::default());
        let report = generate(settings, &mut out)?;
        out.finish()?.flush()?;
        Ok(report)
    } else {
        let mut out = file;
        let report = generate(settings, &mut out)?;
        out.flush()?;
        Ok(report)
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let settings = Settings::parse(std::env::args().skip(1))?;
    if settings.check {
        let same = check(&settings)?;
        eprintln!(
            "{}",
            if same { "the committed day is what the generator writes" } else { "run without --check" }
        );
        return Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let report = create(&settings).map_err(|error| format!("cannot write `{}`: {error}", settings.out))?;
    if settings.out == DAY_FILE {
        fs::write(CATALOGUE, catalogue::price_book())?;
    }
    eprint!("{}", report.table());
    eprintln!("written to               {}", settings.out);
    Ok(ExitCode::SUCCESS)
}
