//! Writes invented people with known truth, for measuring record linkage at any size.
//!
//! ```text
//! cargo run --release --example generate_people -- --people-like latin|multi|historical|plain
//!     [--records N] [--seed S] [--noise X] --out DIR
//! ```
//!
//! `DIR/records.csv` has a record id and what a channel or a register wrote; `DIR/truth.csv` says who it was
//! (`record_id,truth_id`, and `household_id` where there are households). The same arguments give the same bytes, and a
//! larger `N` has the same people and more. Record ids are numbers in a shuffled order and mean nothing. Memory: twelve
//! bytes per record; the text of one record at a time.
//!
//! | like | people | columns |
//! |---|---|---|
//! | `latin` | households of customers, seven of eight English, the others with names from all over Europe, with or without their marks | channel, first_name, last_name, email, phone, date_of_birth, address, postcode, city, loyalty_card, device_id |
//! | `multi` | Persian, Arabic, Hebrew, Russian and English households, each record in their own script or in Latin letters | the same |
//! | `historical` | born 1600 to 1950, one to fifteen records each | full_name, first_name, surname, dob, birth_place, postcode_fake, gender, occupation |
//! | `plain` | a small register, one to seven records each | first_name, surname, dob, city, email |
//!
//! People of a household share an address (and move together), mostly a family name, one in three a loyalty card, few a
//! mailbox or a tablet. Some marry, change their number or their mailbox; some get a number that somebody else had.
//! Records have placeholders (`0000000000`, `none@none.com`, 1970-01-01, Guest), relay addresses of a marketplace, typing
//! and scanning mistakes, initials, pet names, swapped and joined name columns, tagged mailboxes, other digits,
//! calendars, date formats and address forms. `--noise` scales all of these: 0 is clean, 1 is usual, 2 is twice as bad.

#![expect(clippy::print_stderr, reason = "a command-line tool: progress and errors go to stderr")]

mod culture;
mod eastern;
mod historical;
mod mistakes;
mod people;
mod place;
mod plain;
mod random;
mod record;
mod words;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use random::Random;

/// The kinds of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Like {
    Latin,
    Multi,
    Historical,
    Plain,
}

#[derive(Debug)]
struct Arguments {
    like: Like,
    records: u64,
    seed: u64,
    noise: f64,
    out: PathBuf,
}

/// One record to be written: whose it is and the how manieth.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// Household, or person where there are no households.
    group: u32,
    member: u8,
    turn: u8,
    /// Number of the person in the order of making.
    person: u32,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut like = None;
    let mut parsed =
        Arguments { like: Like::Latin, records: 10_000, seed: 1, noise: 1.0, out: PathBuf::new() };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next().ok_or_else(|| format!("`{name}` needs a value"))?;
        match name.as_str() {
            "--people-like" => {
                like = Some(match value.as_str() {
                    "latin" => Like::Latin,
                    "multi" => Like::Multi,
                    "historical" => Like::Historical,
                    "plain" => Like::Plain,
                    _ => return Err("`--people-like` is one of latin, multi, historical, plain".into()),
                });
            }
            "--records" => parsed.records = value.replace('_', "").parse()?,
            "--seed" => parsed.seed = value.parse()?,
            "--noise" => parsed.noise = value.parse()?,
            "--out" => parsed.out = PathBuf::from(value),
            _ => return Err(format!("unknown argument `{name}`").into()),
        }
    }
    parsed.like = like.ok_or("`--people-like` is missing: latin, multi, historical or plain")?;
    if parsed.out.as_os_str().is_empty() {
        return Err("`--out` is missing: the folder to write to".into());
    }
    if !(0.0..=10.0).contains(&parsed.noise) {
        return Err("`--noise` is a number from 0 to 10".into());
    }
    if parsed.records > 100_000_000 {
        return Err("`--records` is at most 100000000".into());
    }
    Ok(parsed)
}

/// Who has how many records, cut at the wanted number and shuffled.
fn slots(arguments: &Arguments) -> Result<Vec<Slot>, Box<dyn Error>> {
    let wanted = usize::try_from(arguments.records)?;
    let mut slots = Vec::with_capacity(wanted);
    let (mut group, mut person) = (0_u32, 0_u32);
    while slots.len() < wanted {
        let counts = match arguments.like {
            Like::Latin | Like::Multi => people::plan(arguments.seed, u64::from(group)),
            Like::Historical => vec![historical::plan(arguments.seed, u64::from(group))],
            Like::Plain => vec![plain::plan(arguments.seed, u64::from(group))],
        };
        for (member, count) in counts.iter().enumerate() {
            for turn in 0..*count {
                slots.push(Slot { group, member: u8::try_from(member)?, turn: u8::try_from(turn)?, person });
            }
            person += 1;
        }
        group += 1;
    }
    slots.truncate(wanted);
    let mut random = Random::new(arguments.seed, "shuffle", arguments.records);
    for at in (1..slots.len()).rev() {
        slots.swap(at, random.index(at + 1));
    }
    Ok(slots)
}

/// One line of comma-separated values.
fn line(out: &mut impl Write, id: &str, values: &[String]) -> std::io::Result<()> {
    out.write_all(id.as_bytes())?;
    for value in values {
        out.write_all(b",")?;
        if value.contains(['"', ',', '\n', '\r']) || value.starts_with(' ') || value.ends_with(' ') {
            write!(out, "\"{}\"", value.replace('"', "\"\""))?;
        } else {
            out.write_all(value.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

fn file(folder: &Path, name: &str) -> std::io::Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(1 << 20, File::create(folder.join(name))?))
}

fn write_all(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&arguments.out)?;
    let slots = slots(arguments)?;
    let mut records = file(&arguments.out, "records.csv")?;
    let mut truth = file(&arguments.out, "truth.csv")?;
    let households = matches!(arguments.like, Like::Latin | Like::Multi);
    let columns = match arguments.like {
        Like::Latin | Like::Multi => record::COLUMNS,
        Like::Historical => historical::COLUMNS,
        Like::Plain => plain::COLUMNS,
    };
    writeln!(records, "record_id,{columns}")?;
    writeln!(truth, "record_id,truth_id{}", if households { ",household_id" } else { "" })?;
    let people = slots.iter().map(|slot| slot.person).max().map_or(0, |last| last + 1);
    let groups = slots.iter().map(|slot| slot.group).max().map_or(0, |last| last + 1);
    // Numbers in the order of the file, so that they say nothing about who is kin to whom.
    let mut numbers = vec![u32::MAX; usize::try_from(people)?];
    let mut group_numbers = vec![u32::MAX; usize::try_from(groups)?];
    let (mut seen, mut seen_groups) = (0_u32, 0_u32);
    let seed = arguments.seed;
    for (at, slot) in slots.iter().enumerate() {
        let id = format!("r{at:07}");
        let own = u64::from(slot.person) * 16 + u64::from(slot.turn);
        let random = Random::new(seed, "record", own);
        let group = u64::from(slot.group);
        match arguments.like {
            Like::Latin | Like::Multi => {
                let household = people::household(seed, group, arguments.like == Like::Latin);
                let person = household.people.get(usize::from(slot.member)).ok_or("a record of nobody")?;
                line(&mut records, &id, &record::write(&household, person, arguments.noise, random))?;
            }
            Like::Historical => {
                line(&mut records, &id, &historical::write(seed, group, arguments.noise, random))?;
            }
            Like::Plain => line(&mut records, &id, &plain::write(seed, group, arguments.noise, random))?,
        }
        let number = number_of(&mut numbers, slot.person, &mut seen);
        let household = number_of(&mut group_numbers, slot.group, &mut seen_groups);
        if households {
            writeln!(truth, "{id},p{number},h{household}")?;
        } else {
            writeln!(truth, "{id},p{number}")?;
        }
        if at % 250_000 == 249_999 {
            eprintln!("{} records", at + 1);
        }
    }
    records.flush()?;
    truth.flush()?;
    eprintln!("{} records of {seen} people in {}", slots.len(), arguments.out.display());
    Ok(())
}

/// The number of something in the order of first sight.
fn number_of(numbers: &mut [u32], which: u32, seen: &mut u32) -> u32 {
    let Some(slot) = usize::try_from(which).ok().and_then(|at| numbers.get_mut(at)) else { return u32::MAX };
    if *slot == u32::MAX {
        *slot = *seen;
        *seen += 1;
    }
    *slot
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| write_all(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate_people: {error}");
            ExitCode::FAILURE
        }
    }
}
