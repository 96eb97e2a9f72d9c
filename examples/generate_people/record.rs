//! One record as a channel wrote it: what it asks for, how it writes it, and what went wrong.

use crate::culture::{Culture, Word};
use crate::mistakes;
use crate::people::{Channel, Day, Household, Person};
use crate::random::Random;

/// The columns after the record id.
pub(crate) const COLUMNS: &str =
    "channel,first_name,last_name,email,phone,date_of_birth,address,postcode,city,loyalty_card,device_id";

/// How often a channel fills a column, in a thousand.
struct Habit {
    name: &'static str,
    first: f64,
    last: f64,
    email: f64,
    phone: f64,
    birth: f64,
    address: f64,
    card: f64,
    device: f64,
    /// Written in the customer's own script.
    native: f64,
    upper: f64,
}

fn habit(channel: Channel) -> Habit {
    match channel {
        Channel::Web => Habit {
            name: "web",
            first: 972.0,
            last: 985.0,
            email: 983.0,
            phone: 641.0,
            birth: 445.0,
            address: 745.0,
            card: 420.0,
            device: 899.0,
            native: 480.0,
            upper: 80.0,
        },
        Channel::App => Habit {
            name: "app",
            first: 960.0,
            last: 930.0,
            email: 906.0,
            phone: 905.0,
            birth: 600.0,
            address: 485.0,
            card: 680.0,
            device: 976.0,
            native: 480.0,
            upper: 80.0,
        },
        Channel::Store => Habit {
            name: "store",
            first: 925.0,
            last: 945.0,
            email: 458.0,
            phone: 728.0,
            birth: 515.0,
            address: 450.0,
            card: 870.0,
            device: 0.0,
            native: 650.0,
            upper: 200.0,
        },
        Channel::Marketplace => Habit {
            name: "marketplace",
            first: 984.0,
            last: 935.0,
            email: 898.0,
            phone: 485.0,
            birth: 0.0,
            address: 976.0,
            card: 0.0,
            device: 0.0,
            native: 300.0,
            upper: 90.0,
        },
        Channel::CallCentre => Habit {
            name: "call_centre",
            first: 986.0,
            last: 990.0,
            email: 578.0,
            phone: 973.0,
            birth: 785.0,
            address: 688.0,
            card: 400.0,
            device: 0.0,
            native: 720.0,
            upper: 110.0,
        },
        Channel::Whatsapp => Habit {
            name: "whatsapp",
            first: 958.0,
            last: 420.0,
            email: 146.0,
            phone: 1000.0,
            birth: 52.0,
            address: 150.0,
            card: 90.0,
            device: 100.0,
            native: 600.0,
            upper: 70.0,
        },
    }
}

struct Writer<'a> {
    household: &'a Household,
    person: &'a Person,
    channel: Channel,
    native: bool,
    /// When the record was written, 0..1000.
    time: u64,
    noise: f64,
    random: Random,
}

/// The eleven values of one record.
pub(crate) fn write(household: &Household, person: &Person, noise: f64, mut random: Random) -> [String; 11] {
    let channel = if random.chance(400.0) { person.favourite } else { Channel::draw(&mut random) };
    let habit = habit(channel);
    let native_share = if household.culture == Culture::European { 490.0 } else { habit.native };
    let drawn = random.chance(native_share);
    let (native, time) = (person.one_script.unwrap_or(drawn), random.below(1000));
    let mut writer = Writer { household, person, channel, native, time, noise, random };
    let (first, last) = writer.names(&habit);
    let email = writer.when(habit.email, Writer::email);
    let phone = writer.when(habit.phone, Writer::phone);
    let birth = writer.when(habit.birth, Writer::birth);
    let (address, postcode, city) = if writer.random.chance(habit.address) {
        writer.place()
    } else {
        (String::new(), String::new(), String::new())
    };
    let card = writer.when(habit.card, Writer::card);
    let device = writer.when(habit.device, Writer::device);
    [habit.name.to_owned(), first, last, email, phone, birth, address, postcode, city, card, device]
}

impl Writer<'_> {
    fn when(&mut self, per_mille: f64, make: fn(&mut Self) -> String) -> String {
        if self.random.chance(per_mille) { make(self) } else { String::new() }
    }

    /// Something goes wrong.
    fn slip(&mut self, per_mille: f64) -> bool {
        self.random.chance(per_mille * self.noise)
    }

    fn word(&mut self, word: &Word) -> String {
        let text = word.write(self.native, &mut self.random);
        mistakes::spelling(&text, &mut self.random)
    }

    fn garble(&mut self, text: String, per_mille: f64) -> String {
        if self.slip(per_mille) {
            mistakes::typing(&text, &mut self.random)
        } else if self.slip(per_mille / 6.0) {
            mistakes::scanning(&text, &mut self.random)
        } else {
            text
        }
    }

    fn names(&mut self, habit: &Habit) -> (String, String) {
        if self.slip(6.0) {
            let first = self.random.pick(&["Guest", "Unknown", "N/A", "Test", ".", "Customer"]);
            return (
                first.to_owned(),
                if self.random.chance(500.0) { "Customer".to_owned() } else { String::new() },
            );
        }
        let person = self.person;
        let mut first = match &person.given.pet {
            Some(pet) if self.slip(60.0) => self.word(pet),
            _ => self.word(&person.given.full),
        };
        let mut last = match &person.married {
            Some((family, from)) if self.time >= *from => self.word(family),
            _ => self.word(&person.family),
        };
        // Of a compound family name sometimes only the last part is said.
        if last.contains(' ') && self.slip(90.0) {
            last = last.rsplit(' ').next().map(str::to_owned).unwrap_or(last);
        }
        first = self.garble(first, 40.0);
        last = self.garble(last, 40.0);
        if self.slip(29.0) {
            let dot = if self.random.chance(340.0) { "." } else { "" };
            first = format!("{}{dot}", first.chars().take(1).collect::<String>());
        }
        if self.slip(10.0) {
            first = format!("{} {first}", self.honorific());
        }
        let (mut first, mut last) = if self.slip(16.0) { (last, first) } else { (first, last) };
        let (keep_first, keep_last) = (self.random.chance(habit.first), self.random.chance(habit.last));
        if keep_last && self.slip(if self.channel == Channel::Whatsapp { 110.0 } else { 28.0 }) {
            first =
                if self.random.chance(850.0) { format!("{first} {last}") } else { format!("{last} {first}") };
            last = String::new();
        } else {
            if !keep_first {
                first = String::new();
            }
            if !keep_last {
                last = String::new();
            }
        }
        if self.slip(habit.upper) {
            (first, last) = (first.to_uppercase(), last.to_uppercase());
        } else if self.slip(27.0) {
            (first, last) = (first.to_lowercase(), last.to_lowercase());
        }
        if !first.is_empty() && self.slip(if self.channel == Channel::Whatsapp { 50.0 } else { 2.5 }) {
            let picture = self.random.pick(&["🌸", "✨", "❤️", "👑", "🏠"]);
            first = format!("{first} {picture}");
        }
        (first, last)
    }

    /// As often as not the wrong one.
    fn honorific(&mut self) -> &'static str {
        let native = self.native;
        let list: &[&str] = match self.household.culture {
            Culture::Persian if native => &["آقای", "خانم", "دکتر"],
            Culture::Arabic if native => &["السيد", "السيدة", "د."],
            Culture::Hebrew if native => &["מר", "גב'", "ד\"ר"],
            Culture::Russian if native => &["г-н", "г-жа"],
            _ => &["Mr", "Mrs", "Dr"],
        };
        self.random.pick(list)
    }

    fn email(&mut self) -> String {
        if self.slip(20.0) {
            let list = ["a@a.com", "noemail@store.com", "test@test.com", "none@none.com", "no@email.com"];
            return self.random.pick(&list).to_owned();
        }
        if self.channel == Channel::Marketplace && self.random.chance(720.0) {
            return format!("{}@relay.marketplace.example", self.random.hex(12));
        }
        let household = self.household;
        let mut email = match &household.family_email {
            Some(shared) if self.random.chance(250.0) => shared.clone(),
            _ => {
                let [old, new] = &self.person.emails;
                if self.time >= self.person.email_changes { new.clone() } else { old.clone() }
            }
        };
        if self.slip(25.0) {
            let (front, domain) = email.split_once('@').unwrap_or((&email, ""));
            let front = mistakes::typing(front, &mut self.random);
            email = format!("{front}@{domain}");
        } else if self.slip(8.0) {
            email = email.replace("@gmail", "@gmial").replace("@hotmail", "@hotmial");
        }
        if self.slip(62.0) {
            let tag = self.random.pick(&["shop", "news", "promo"]);
            email = email.replace('@', &format!("+{tag}@"));
        }
        if self.slip(40.0) {
            email = email.to_uppercase();
        } else if self.slip(62.0) {
            let mut letters = email.chars();
            email =
                letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
        }
        if self.slip(14.0) {
            email.push(' ');
        }
        email
    }

    fn phone(&mut self) -> String {
        let native_zero = match self.household.culture {
            Culture::Persian => Some('۰'),
            Culture::Arabic => Some('٠'),
            _ => None,
        }
        .filter(|_| self.native && self.random.chance(470.0));
        let plain = if self.slip(25.0) {
            self.random.pick(&["0000000000", "1111111111", "1234567890", "9999999999", "00000"]).to_owned()
        } else if self.slip(3.0) {
            // The switchboard of a shop or an agent instead of the customer's own number.
            self.random
                .pick(&["+442071838750", "+442071838751", "+97143334455", "+74957778899", "+97235556677"])
                .to_owned()
        } else {
            self.own_phone()
        };
        let text = native_zero.map_or_else(|| plain.clone(), |zero| mistakes::digits_of(&plain, zero));
        let right_to_left =
            matches!(self.household.culture, Culture::Persian | Culture::Arabic | Culture::Hebrew);
        if right_to_left && self.slip(32.0) { format!("\u{202a}{text}\u{202c}") } else { text }
    }

    fn own_phone(&mut self) -> String {
        let [old, new] = &self.person.phones;
        let (country, number) = if self.time >= self.person.phone_changes { new } else { old };
        let number = if self.slip(20.0) { mistakes::digit(number, &mut self.random) } else { number.clone() };
        let exact = matches!(self.channel, Channel::App | Channel::Whatsapp);
        if self.random.chance(if exact { 790.0 } else { 265.0 }) {
            return format!("+{country}{number}");
        }
        let trunk = if *country == "7" { "8" } else { "0" };
        let groups = |text: &str, sizes: &[usize], between: &str| -> String {
            let mut letters = text.chars();
            let mut parts: Vec<String> =
                sizes.iter().map(|size| letters.by_ref().take(*size).collect::<String>()).collect();
            parts.push(letters.collect());
            parts.join(between)
        };
        match self.random.weighted(&[36, 15, 13, 12, 12, 8, 8, 3]) {
            1 => groups(&format!("{trunk}{number}"), &[4, 3], " "),
            2 => groups(&format!("{trunk}{number}"), &[4, 3], "-"),
            3 => format!("00{country}{number}"),
            4 => format!("+{country} {}", groups(&number, &[3, 3], " ")),
            5 if *country == "7" => {
                let rest: String = number.chars().skip(3).collect();
                let head: String = number.chars().take(3).collect();
                format!("8 ({head}) {}", groups(&rest, &[3, 2], "-"))
            }
            5 => format!("+{country} (0){number}"),
            6 => format!("{country}{number}"),
            7 => number,
            _ => format!("{trunk}{number}"),
        }
    }

    fn birth(&mut self) -> String {
        let mut day = self.person.birth;
        if self.slip(15.0) {
            day = Day { year: if self.random.chance(500.0) { 1970 } else { 1900 }, month: 1, day: 1 };
        } else if self.slip(13.0) {
            day.year = if self.random.chance(500.0) { day.year + 1 } else { day.year - 1 };
        } else if self.slip(13.0) {
            if day.day <= 12 {
                (day.month, day.day) = (day.day, day.month);
            } else {
                day.day = 1;
            }
        } else if self.slip(13.0) {
            day.day = 1 + self.random.below(28);
        }
        let jalali = self.household.culture == Culture::Persian
            && day.year > 1900
            && self.random.chance(if self.native { 650.0 } else { 60.0 });
        let typed = matches!(self.channel, Channel::Web | Channel::App);
        let text = if jalali {
            let (year, month, date) = solar_hijri(day);
            format!("{year:04}/{month:02}/{date:02}")
        } else if typed {
            format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
        } else {
            let dotted = match self.household.culture {
                Culture::Russian | Culture::European => 930.0,
                _ => 0.0,
            };
            let mark = if self.random.chance(dotted) { '.' } else { '/' };
            format!("{:02}{mark}{:02}{mark}{:04}", day.day, day.month, day.year)
        };
        match self.household.culture {
            Culture::Persian if jalali && self.random.chance(800.0) => mistakes::digits_of(&text, '۰'),
            Culture::Arabic if self.native && !typed && self.random.chance(450.0) => {
                mistakes::digits_of(&text, '٠')
            }
            _ => text,
        }
    }

    fn place(&mut self) -> (String, String, String) {
        let [old, new] = &self.household.homes;
        let home = if self.time >= self.household.moves { new } else { old };
        let (native, culture) = (self.native, self.household.culture);
        let mut address = home.line(native, &mut self.random);
        address = self.garble(address, 52.0);
        let mut postcode = if self.random.chance(80.0) { String::new() } else { home.postcode.clone() };
        if self.slip(18.0) {
            postcode = mistakes::digit(&postcode, &mut self.random);
        }
        if culture == Culture::English && self.slip(145.0) {
            postcode = postcode.replace(' ', "");
            if self.slip(165.0) {
                postcode = postcode.to_lowercase();
            }
        }
        let zero = match culture {
            Culture::Persian => Some('۰'),
            Culture::Arabic => Some('٠'),
            _ => None,
        };
        if let Some(zero) = zero.filter(|_| native && self.random.chance(350.0)) {
            address = mistakes::digits_of(&address, zero);
            postcode = mistakes::digits_of(&postcode, zero);
        }
        let city =
            if self.random.chance(57.0) { String::new() } else { home.city.write(native, &mut self.random) };
        (address, postcode, city)
    }

    fn card(&mut self) -> String {
        if self.slip(3.5) {
            return "LC0000000000".to_owned();
        }
        let Some(card) = &self.person.card else { return String::new() };
        if self.slip(6.0) { mistakes::digit(card, &mut self.random) } else { card.clone() }
    }

    fn device(&mut self) -> String {
        if self.slip(17.0) {
            return "00000000-0000-0000-0000-000000000000".to_owned();
        }
        match &self.household.tablet {
            Some(tablet) if self.random.chance(200.0) => tablet.clone(),
            _ => {
                let at = self.random.index(self.person.devices.len());
                self.person.devices.get(at).cloned().unwrap_or_default()
            }
        }
    }
}

/// The day in the Solar Hijri calendar (the 33-year rule).
fn solar_hijri(day: Day) -> (u64, u64, u64) {
    let before_month = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap_base = if day.month > 2 { day.year + 1 } else { day.year };
    let month_start =
        usize::try_from(day.month - 1).ok().and_then(|at| before_month.get(at)).copied().unwrap_or(0);
    let mut days = 355_666 + 365 * day.year + leap_base.div_ceil(4) - leap_base.div_ceil(100)
        + leap_base.div_ceil(400)
        + day.day
        + month_start;
    let mut year = 33 * (days / 12_053);
    days %= 12_053;
    year += 4 * (days / 1461);
    days %= 1461;
    if days > 365 {
        year += (days - 1) / 365;
        days = (days - 1) % 365;
    }
    let (month, date) = if days < 186 {
        (1 + days / 31, 1 + days % 31)
    } else {
        (7 + (days - 186) / 30, 1 + (days - 186) % 30)
    };
    (year.saturating_sub(1595), month, date)
}
