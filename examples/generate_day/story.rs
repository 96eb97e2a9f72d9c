//! The people whose day is told, the same whatever the seed. The table is at the top of the example.

use crate::names::Name;
use crate::people::{Channel, Person};
use crate::places::{DUBAI, Language, MOSCOW, Place, Plan, TEHRAN, TEL_AVIV};
use crate::plan::{Act, DAY, HOUR, MINUTE, Mess, Proof, Step};
use crate::spelling::Phone;

/// One person with all acts, and which of them arrive a second time, when (milliseconds after midnight UTC).
pub(crate) struct Story {
    pub(crate) person: Person,
    pub(crate) acts: Vec<Act>,
    pub(crate) again: Vec<(usize, i64)>,
    /// Somebody whom the retailer knows, and who counts among the day's people.
    pub(crate) customer: bool,
    visit: u64,
}

const NOTHING: Proof = Proof { email: None, phone: None, card: false, mistyped: false };

impl Story {
    fn new(
        number: u64,
        label: &'static str,
        place: &'static Place,
        language: Language,
        names: (Name, Name),
    ) -> Self {
        let (first, family) = names;
        let person = Person {
            seed: 0,
            stream: number,
            place,
            language,
            woman: false,
            first,
            family,
            email: String::new(),
            phone: Phone { plan: place.plan, digits: String::new() },
            user_id: format!("u-{}", 1001 + number),
            card: String::new(),
            contact: format!("cc-{}", 1001 + number),
            band: format!("band-{}", 778 + number),
            relay: String::new(),
            browser: format!("anon-{label}-web"),
            device: format!("device-{label}"),
            tablet: None,
            cart: format!("cart-{label}"),
            mistyped: None,
            birthday: None,
            company: None,
            channels: Vec::new(),
            clock: 0,
            story: Some(label),
        };
        Self { person, acts: Vec::new(), again: Vec::new(), customer: true, visit: 0 }
    }

    /// Adds one act at a local time. An identify makes the person known to the channel from then on.
    fn at(&mut self, hour: i64, minute: i64, channel: Channel, step: Step) {
        let at = DAY + hour * HOUR + (minute - self.person.place.offset) * MINUTE;
        let before = self.acts.last();
        if before.is_some_and(|act| act.channel != channel) {
            self.visit += 1;
        }
        let known = before.is_some_and(|act| act.channel == channel && act.known)
            || matches!(step, Step::Identify(_)) && channel != Channel::Kiosk;
        self.acts.push(Act {
            channel,
            step,
            visit: self.visit,
            cart: 0,
            known,
            shared: false,
            at,
            sent: at + 800,
            received: at + 950,
            late: false,
            mess: Mess::None,
        });
    }

    /// The last act stayed on the device and was sent at this local time.
    fn kept_until(&mut self, hour: i64, minute: i64) {
        let offset = self.person.place.offset;
        if let Some(act) = self.acts.last_mut() {
            act.sent = DAY + hour * HOUR + (minute - offset) * MINUTE;
            act.received = act.sent + 120;
            act.late = true;
        }
    }

    /// The last act arrives a second time at this local time.
    fn arrives_again(&mut self, hour: i64, minute: i64) {
        let number = self.acts.len().saturating_sub(1);
        self.again.push((number, hour * HOUR + (minute - self.person.place.offset) * MINUTE));
    }
}

fn name(latin: &'static str, native: &'static str) -> Name {
    Name { latin, native }
}

fn phone(plan: Plan, digits: &str) -> Phone {
    Phone { plan, digits: digits.to_owned() }
}

/// All of them, in the order of the table.
pub(crate) fn stories() -> Vec<Story> {
    vec![sara(), omar(), noa(), pyotr(), intruder()]
}

fn sara() -> Story {
    use Channel::{App, CallCentre, Till, Wearable, Web, WhatsApp};
    let names = (name("Sara", "سارا"), name("Rahimi", "رحیمی"));
    let mut story = Story::new(0, "sara", &TEHRAN, Language::Persian, names);
    story.person.woman = true;
    story.person.email = "Sara.Rahimi@example.ir".to_owned();
    story.person.phone = phone(Plan::Iran, "9127436580");
    story.person.card = "NV-100-200-300".to_owned();
    story.person.birthday = Some("1991-03-21".to_owned());

    story.at(8, 5, Web, Step::Page("/", "Nava"));
    story.at(8, 6, Web, Step::Search("هفت سین"));
    story.at(8, 8, Web, Step::View(0));
    story.at(8, 10, Web, Step::Add(0, 1));
    story.arrives_again(8, 31);
    story.at(8, 12, Web, Step::View(6));
    story.at(8, 14, Web, Step::Add(6, 2));
    let proof = Proof { email: Some(true), phone: Some(false), ..NOTHING };
    story.at(8, 20, Web, Step::Identify(proof));
    story.at(8, 22, Web, Step::Consent { granted: true, way: "email" });
    story.at(8, 23, Web, Step::Consent { granted: false, way: "sms" });
    story.at(8, 24, Web, Step::Cart);

    story.at(10, 40, App, Step::Screen("Home"));
    story.at(10, 41, App, Step::Identify(Proof { email: Some(true), phone: Some(true), ..NOTHING }));
    story.at(10, 42, App, Step::Consent { granted: true, way: "push" });
    story.at(10, 43, App, Step::Screen("Carpets"));
    story.at(10, 44, App, Step::View(18));
    story.kept_until(17, 45);

    story.at(12, 9, WhatsApp, Step::Identify(Proof { phone: Some(true), ..NOTHING }));
    story.at(12, 10, WhatsApp, Step::Message);

    story.at(13, 5, CallCentre, Step::CallAnswered);
    story.at(13, 7, CallCentre, Step::Identify(Proof { phone: Some(true), ..NOTHING }));
    story.at(13, 11, CallCentre, Step::CallEnded);

    story.at(16, 30, Till, Step::Identify(Proof { phone: Some(true), card: true, ..NOTHING }));
    story.at(16, 31, Till, Step::Cart);
    story.at(16, 33, Till, Step::Add(44, 1));

    story.at(16, 35, Wearable, Step::Identify(Proof { card: true, ..NOTHING }));
    story.at(16, 36, Wearable, Step::Zone("tea bar"));
    story
}

fn omar() -> Story {
    use Channel::{App, Web};
    let names = (name("Omar", "عمر"), name("Haddad", "حداد"));
    let mut story = Story::new(1, "omar", &DUBAI, Language::Arabic, names);
    story.person.email = "Omar.Haddad@example.com".to_owned();
    story.person.phone = phone(Plan::Emirates, "507163824");

    story.at(9, 0, Web, Step::Page("/", "Nava"));
    story.at(9, 2, Web, Step::Identify(Proof { email: Some(true), phone: Some(false), ..NOTHING }));
    for (minute, way) in [(4, "email"), (5, "sms"), (6, "whatsapp"), (7, "push")] {
        story.at(9, minute, Web, Step::Consent { granted: false, way });
    }
    story.at(9, 8, Web, Step::Unsubscribed("email"));

    story.at(14, 0, App, Step::Screen("Home"));
    story.at(14, 1, App, Step::Identify(Proof { email: Some(true), phone: Some(true), ..NOTHING }));
    story.at(14, 2, App, Step::View(30));
    story.at(14, 4, App, Step::Add(30, 1));
    story
}

fn noa() -> Story {
    use Channel::{App, Web, WhatsApp};
    let names = (name("Noa", "נועה"), name("Levi", "לוי"));
    let mut story = Story::new(2, "noa", &TEL_AVIV, Language::Hebrew, names);
    story.person.woman = true;
    story.person.email = "Noa.Levi@example.org".to_owned();
    story.person.phone = phone(Plan::Israel, "542718365");

    story.at(10, 0, Web, Step::Page("/", "Nava"));
    story.at(10, 2, Web, Step::Identify(Proof { email: Some(true), phone: Some(false), ..NOTHING }));
    story.at(10, 3, Web, Step::Consent { granted: true, way: "email" });
    story.at(10, 4, Web, Step::Consent { granted: true, way: "whatsapp" });
    story.at(10, 6, Web, Step::View(42));

    story.at(11, 0, App, Step::Screen("Home"));
    story.at(11, 1, App, Step::Identify(Proof { email: Some(true), phone: Some(true), ..NOTHING }));
    story.at(11, 2, App, Step::Consent { granted: true, way: "push" });

    story.at(12, 0, WhatsApp, Step::Identify(Proof { phone: Some(true), ..NOTHING }));
    story.at(12, 1, WhatsApp, Step::Message);
    story
}

fn pyotr() -> Story {
    use Channel::{Till, Wearable, Web};
    let names = (name("Petr", "Пётр"), name("Semenov", "Семёнов"));
    let mut story = Story::new(3, "pyotr", &MOSCOW, Language::Russian, names);
    story.person.email = "Petr.Semenov@example.net".to_owned();
    story.person.phone = phone(Plan::Russia, "9164083175");
    story.person.card = "NV-200-300-400".to_owned();

    story.at(9, 30, Web, Step::Page("/", "Nava"));
    story.at(
        9,
        32,
        Web,
        Step::Identify(Proof { email: Some(true), phone: Some(false), card: true, ..NOTHING }),
    );
    story.at(9, 33, Web, Step::CardLinked);
    story.at(9, 35, Web, Step::View(12));
    story.at(9, 36, Web, Step::Add(12, 1));

    story.at(12, 0, Till, Step::Identify(Proof { card: true, ..NOTHING }));
    story.at(12, 1, Till, Step::Cart);
    story.at(12, 3, Till, Step::Order);

    story.at(12, 10, Wearable, Step::Identify(Proof { card: true, ..NOTHING }));
    story.at(12, 11, Wearable, Step::Zone("entrance"));
    story
}

/// Somebody at a kiosk in Dubai who types Sara's address. Nothing confirms it.
fn intruder() -> Story {
    let names = (name("Nobody", "Nobody"), name("Known", "Known"));
    let mut story = Story::new(4, "session-77", &DUBAI, Language::English, names);
    story.person.email = "sara.rahimi@example.ir".to_owned();
    story.customer = false;
    story.at(18, 0, Channel::Kiosk, Step::Screen("Welcome"));
    story.at(18, 1, Channel::Kiosk, Step::View(53));
    story.at(18, 3, Channel::Kiosk, Step::Identify(Proof { email: Some(false), ..NOTHING }));
    story
}
