//! Small random worlds of people, and the way from their records to clusters.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "each test file uses a part of it"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::identity::linkage::{
    BlockingSettings, Candidates, Dataset, LinkSettings, Links, Model, Training, TrainingError,
    TrainingSettings,
};
use throughline::identity::{Explain, Graph, Rules, partition};
use throughline::ids::RecordId;

pub const FIELDS: [&str; 10] = [
    "given_name",
    "family_name",
    "full_name",
    "birth_date",
    "email",
    "phone",
    "address_line",
    "postcode",
    "city",
    "gender",
];

/// One record, in the order of [`FIELDS`].
pub type Row = [String; 10];

/// A person: given names, family names, birth dates, e-mails, phones, addresses, postcode, cities, each in the writings
/// that are met.
struct Person {
    given: &'static [&'static str],
    family: &'static [&'static str],
    born: &'static [&'static str],
    email: &'static [&'static str],
    phone: &'static [&'static str],
    address: &'static [&'static str],
    postcode: &'static str,
    city: &'static [&'static str],
}

const MILANI: &[&str] = &["Milani", "میلانی", "ميلاني", "Милани", "מילני", "Millani"];
const SHIRAZ_HOME: &[&str] =
    &["خیابان فردوسی، پلاک ۱۴۱، واحد ۲۰", "No. 141, Ferdousi St, Unit 20", "141 Ferdowsi Street, apt 20"];
const MULLER: &[&str] = &["Müller", "Mueller", "Muller", "Мюллер", "Mller"];
const LONDON_HOME: &[&str] = &["Flat 31, 3 Sycamore Gardens", "31/3 Sycamore Gdns", "3 Sycamore Gardens"];

const PEOPLE: &[Person] = &[
    Person {
        given: &["Sara", "سارا", "سارة", "Сара", "שרה", "Sarah", "S.", "Sraa"],
        family: MILANI,
        born: &["1991-08-03", "۱۳۷۰/۰۵/۱۲", "03/08/1991", "08/03/1991", "1991", "1991-08-08"],
        email: &["sara.milani@mail.ir", "Sara.Milani+news@mail.ir", "sara.milani@mial.ir"],
        phone: &["+98 912 345 6701", "0912 345 6701", "۰۹۱۲۳۴۵۶۷۰۱"],
        address: SHIRAZ_HOME,
        postcode: "71348",
        city: &["Shiraz", "شیراز", "Шираз"],
    },
    Person {
        given: &["Reza", "رضا", "Реза", "רזא", "Rezza"],
        family: MILANI,
        born: &["1962-01-30", "30/01/1962", "۱۳۴۰/۱۱/۱۰"],
        email: &["milani1962@mail.ir", "sara.milani@mail.ir"],
        phone: &["0912 345 6701", "0917 222 8834"],
        address: SHIRAZ_HOME,
        postcode: "71348",
        city: &["Shiraz", "شیراز"],
    },
    Person {
        given: &["Jürgen", "Juergen", "Jurgen", "Юрген"],
        family: MULLER,
        born: &["1958-11-05", "05.11.1958", "11/05/1958", "1958-11"],
        email: &["j.mueller@post.de", "jmueller@post.de"],
        phone: &["+44 (0)7152708469", "0715 270 8469", "٠٧١٥٢٧٠٨٤٦٩"],
        address: LONDON_HOME,
        postcode: "N4 3AB",
        city: &["London", "Лондон", "لندن"],
    },
    Person {
        given: &["Anna", "Анна", "אנה", "Ana", "A"],
        family: MULLER,
        born: &["1960-02-11", "1960-11-02", "11.02.1960"],
        email: &["anna@mueller.de", "j.mueller@post.de"],
        phone: &["0715 270 8469", "0715 2708 460"],
        address: LONDON_HOME,
        postcode: "N4 3AB",
        city: &["London"],
    },
    Person {
        given: &["Alexander", "Александр", "Sasha", "Саша", "אלכסנדר", "Aleksandr"],
        family: &["Kovalenko", "Коваленко", "קובלנקו", "Kovalenka"],
        born: &["1985-12-01", "01.12.1985", "1985-12-10"],
        email: &["kovalenko85@yandex.ru", "a.kovalenko@yandex.ru"],
        phone: &["+7 921 555-01-77", "8 921 555 01 77"],
        address: &["ул. Ленина, д. 5, кв. 12", "Lenina 5-12", "12/5 Lenina ulitsa"],
        postcode: "190000",
        city: &["Санкт-Петербург", "Sankt-Peterburg"],
    },
    Person {
        given: &["Ahmed", "أحمد", "Ахмед", "אחמד", "Ahmad"],
        family: &["el-Sayed", "السيد", "Elsayed", "Al Sayed"],
        born: &["1975-06-15", "15/06/1975", "١٩٧٥-٠٦-١٥"],
        email: &["ahmed.sayed@relay.example", "none@example.com", "asayed@mail.eg"],
        phone: &["+20 100 555 1234", "0100 555 1234", "٠١٠٠٥٥٥١٢٣٤"],
        address: &["١٢ شارع التحرير، شقة ٤", "12 Tahrir St, flat 4"],
        postcode: "11511",
        city: &["القاهرة", "Cairo", "Каир"],
    },
    Person {
        given: &["Eyal", "אייל", "Эяль"],
        family: &["Azoulay", "אזולאי", "Азулай", "Azulai"],
        born: &["1948-03-21", "21.3.1948", "03/21/1948"],
        email: &["eyal.azoulay825@hotmail.com"],
        phone: &["07846485721", "+44 7846 485721"],
        address: &["רחוב המלך ג׳ורג׳ 5", "המלך גורג 5", "King George 5"],
        postcode: "1808567",
        city: &["חולון", "Holon"],
    },
    Person {
        given: &["Mary", "Mary Ann", "Марья", "ماري"],
        family: &["O'Connor", "OConnor", "О’Коннор", "Connor"],
        born: &["1999-09-09", "09/09/1999"],
        email: &["mary.oconnor@mail.co.uk", "maryoconnor@mail.co.uk"],
        phone: &["07154732913"],
        address: &["66 Queens Avenue", "Queens Ave 66"],
        postcode: "BD1 1AA",
        city: &["Bradford"],
    },
];

/// How many people there are.
pub const fn people() -> usize {
    PEOPLE.len()
}

/// What a record of a person says: of each fact the writing, or nothing where the draw is above 200.
fn record(person: usize, draws: [u8; 10]) -> Row {
    let person = &PEOPLE[person % PEOPLE.len()];
    let pick = |from: &[&str], draw: u8| {
        if draw > 200 { String::new() } else { from[usize::from(draw) % from.len()].to_owned() }
    };
    let (mut given, mut family) = (pick(person.given, draws[0]), pick(person.family, draws[1]));
    let mut full = String::new();
    match draws[2] {
        0..=20 => std::mem::swap(&mut given, &mut family),
        21..=40 => full = format!("{} {}", std::mem::take(&mut given), std::mem::take(&mut family)),
        41..=55 => full = format!("{}, {}", std::mem::take(&mut family), std::mem::take(&mut given)),
        56..=65 => given = format!("{given} {}", std::mem::take(&mut family)),
        66..=75 => family = format!("{} {family}", std::mem::take(&mut given)),
        _ => {}
    }
    let mut row = [
        given,
        family,
        full,
        pick(person.born, draws[3]),
        pick(person.email, draws[4]),
        pick(person.phone, draws[5]),
        pick(person.address, draws[6]),
        pick(&[person.postcode], draws[7]),
        pick(person.city, draws[8]),
        pick(&["f", "m", "F"], draws[9]),
    ];
    // A slip of the pen: two neighbours exchanged.
    if draws[9].is_multiple_of(5) {
        let field = usize::from(draws[8]) % row.len();
        let mut letters: Vec<char> = row[field].chars().collect();
        if letters.len() > 2 {
            let at = usize::from(draws[7]) % (letters.len() - 1);
            letters.swap(at, at + 1);
            row[field] = letters.into_iter().collect();
        }
    }
    row
}

/// Records of a few people in five scripts, with slips, missing values and households.
pub fn world(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    let one = (0..PEOPLE.len(), any::<[u8; 10]>()).prop_map(|(person, draws)| record(person, draws));
    prop::collection::vec(one, size)
}

/// The same rows in another order: the place of each in the first one.
pub fn order(size: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<(u64, usize)> = (0..size)
        .map(|row| {
            let mut state = (row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed;
            state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (state ^ (state >> 27), row)
        })
        .collect();
    rows.sort_unstable();
    rows.into_iter().map(|(_, row)| row).collect()
}

pub fn dataset<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Dataset {
    let mut dataset = Dataset::new(FIELDS);
    for row in rows {
        dataset.push(&row.each_ref().map(String::as_str)).unwrap();
    }
    dataset
}

/// The record's field, as a scorer asks for it.
pub fn field<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    let place = FIELDS.iter().position(|field| *field == name)?;
    Some(row[place].as_str()).filter(|text| !text.is_empty())
}

pub fn candidates(dataset: &Dataset) -> Candidates {
    Candidates::new(dataset, &Model::person(), &BlockingSettings::default(), &()).unwrap()
}

/// All from records to links.
pub fn linked(dataset: &Dataset) -> Result<(Training, Links), TrainingError> {
    let candidates = candidates(dataset);
    let training = candidates.train(&TrainingSettings::default(), &())?;
    let links = candidates.link(&training.model, &LinkSettings::default(), &[], &()).unwrap();
    Ok((training, links))
}

fn id(number: u32) -> RecordId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    RecordId::from_bytes(bytes)
}

/// The clusters, as sets of the numbers that the records have; `numbers` gives that of each row.
pub fn clusters(numbers: &[u32], links: &Links) -> BTreeSet<Vec<u32>> {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let records: Vec<_> = numbers.iter().map(|number| (id(*number), at)).collect();
    let of_id: BTreeMap<RecordId, u32> = numbers.iter().map(|number| (id(*number), *number)).collect();
    let graph = Graph::from_matches(records, links.pairs.clone()).unwrap();
    let people = partition(&graph, &Rules::default(), Explain::No);
    let mut clusters = BTreeSet::new();
    for cluster in people.clusters() {
        let mut members: Vec<u32> = cluster.members().map(|member| of_id[&member]).collect();
        members.sort_unstable();
        clusters.insert(members);
    }
    clusters
}

/// For each row the smallest row of its cluster.
pub fn labels(rows: usize, clusters: &BTreeSet<Vec<u32>>) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..rows as u32).collect();
    for cluster in clusters {
        for member in cluster {
            labels[*member as usize] = cluster[0];
        }
    }
    labels
}

pub fn numbers(rows: usize) -> Vec<u32> {
    (0..rows as u32).collect()
}
