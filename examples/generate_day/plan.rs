//! What each person does on the day: visits to channels, and in each visit a few acts.
//!
//! Acts are small and copied; the text of an event is only made when its turn in the file comes.

use crate::catalogue::PRODUCTS;
use crate::people::{Channel, Person};
use crate::random::Random;

/// Friday 20 March 2026, 00:00 UTC, in milliseconds.
pub(crate) const DAY: i64 = 1_773_964_800_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// What a sign-in or a greeting proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The channel knows the address, and says whether it has been confirmed.
    pub(crate) email: Option<bool>,
    pub(crate) phone: Option<bool>,
    /// The loyalty card was scanned, or is stored in the account.
    pub(crate) card: bool,
    /// The address is somebody else's.
    pub(crate) mistyped: bool,
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Page(&'static str, &'static str),
    Screen(&'static str),
    Identify(Proof),
    Alias,
    List(usize),
    Search(&'static str),
    View(usize),
    Add(usize, i64),
    Remove(usize, i64),
    Cart,
    Checkout,
    Coupon,
    Order,
    Refund,
    Review(usize, u64),
    Consent {
        granted: bool,
        way: &'static str,
    },
    Unsubscribed(&'static str),
    CardLinked,
    SignedOut,
    Message,
    CallAnswered,
    CallEnded,
    Zone(&'static str),
    /// A custom event that no specification knows.
    Custom(&'static str),
}

/// What is wrong with an act on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mess {
    None,
    /// An identifier is one of the junk values.
    Junk(u64),
    /// The device says the year 0001 (`false`) or 9999 (`true`).
    Absurd(bool),
}

/// One act with its three times (true ones; the device's clock error is added when it is written).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act {
    pub(crate) channel: Channel,
    pub(crate) step: Step,
    /// Which visit of the person this is, and which visit's cart it touches.
    pub(crate) visit: u64,
    pub(crate) cart: u64,
    /// Whether the channel knows who it is: the account is signed in, the card is scanned.
    pub(crate) known: bool,
    /// On the family's tablet.
    pub(crate) shared: bool,
    pub(crate) at: i64,
    pub(crate) sent: i64,
    pub(crate) received: i64,
    pub(crate) late: bool,
    pub(crate) mess: Mess,
}

/// How a visit reaches the file.
#[derive(Debug, Clone, Copy)]
enum Delivery {
    Direct,
    /// Without a network: kept on the device, sent in one go later.
    Kept(i64),
    /// Sent at once, held up on the way.
    HeldUp(i64),
}

const SEARCHES: [&str; 10] =
    ["haft sin", "سبزه", "فرش", "مصباح", "هدية", "מתנה", "чай", "платок", "Lampe", "backgammon"];

/// What the plan of one person needs while it is made.
struct Planner<'a> {
    person: &'a Person,
    random: Random,
    acts: Vec<Act>,
    visit: u64,
    open_cart: Option<u64>,
    ordered: bool,
    /// Steps of the visit under way, each with whether the person was known by then.
    steps: Vec<(Step, bool)>,
    known: bool,
    shared: bool,
}

/// The acts of a person: exactly `budget` of them, the last visit cut short where the budget ends.
pub(crate) fn plan(person: &Person, budget: usize) -> Vec<Act> {
    let mut planner = Planner {
        person,
        random: Random::new(person.seed, "plan", person.stream),
        acts: Vec::with_capacity(budget + 8),
        visit: 0,
        open_cart: None,
        ordered: false,
        steps: Vec::with_capacity(16),
        known: false,
        shared: false,
    };
    let mut start = planner.random.between(7 * 60, 21 * 60);
    while planner.acts.len() < budget {
        planner.visit(start);
        start += planner.random.between(20, 300);
        if start > 22 * 60 + 30 {
            start = planner.random.between(7 * 60, 22 * 60);
        }
    }
    planner.acts.truncate(budget);
    planner.acts
}

impl Planner<'_> {
    fn product(&mut self) -> usize {
        // The lower of two draws: some products are looked at far more often than others.
        let limit = u64::try_from(PRODUCTS).unwrap_or(1);
        let number = self.random.below(limit).min(self.random.below(limit));
        usize::try_from(number).unwrap_or(0)
    }

    fn step(&mut self, step: Step) {
        self.steps.push((step, self.known));
    }

    fn maybe(&mut self, per_mille: u64, step: Step) {
        if self.random.chance(per_mille) {
            self.step(step);
        }
    }

    fn visit(&mut self, start_minute: i64) {
        let count = u64::try_from(self.person.channels.len()).unwrap_or(1);
        let which = usize::try_from(self.random.below(count)).unwrap_or(0);
        let channel = self.person.channels.get(which).copied().unwrap_or(Channel::Web);
        self.steps.clear();
        self.known = false;
        self.shared = channel == Channel::Web && self.person.tablet.is_some() && self.random.chance(800);
        // A cart that was left behind is taken up again, in whichever channel, more often than not.
        let resumed = self.open_cart.filter(|_| self.random.chance(600));
        let cart = resumed.unwrap_or(self.visit);
        match channel {
            Channel::Web => self.web(resumed.is_some()),
            Channel::App => self.app(resumed.is_some()),
            Channel::Till => self.till(resumed.is_some()),
            Channel::CallCentre => self.call_centre(),
            Channel::WhatsApp => self.whatsapp(),
            Channel::Marketplace => self.marketplace(),
            Channel::Kiosk => self.kiosk(),
            Channel::Wearable => self.wearable(),
        }
        if self.steps.iter().any(|(step, _)| *step == Step::Order) {
            self.ordered = true;
            self.open_cart = None;
        } else if self.steps.iter().any(|(step, _)| matches!(step, Step::Add(..))) {
            self.open_cart = Some(cart);
        }
        self.deliver(channel, cart, start_minute);
        self.visit += 1;
    }

    /// Gives the visit's steps their times and keeps them.
    fn deliver(&mut self, channel: Channel, cart: u64, start_minute: i64) {
        let local = start_minute * MINUTE + self.random.between(0, MINUTE);
        let start = DAY + local - self.person.place.offset * MINUTE;
        let start = start.max(DAY + self.random.between(0, 2 * HOUR));
        let delivery = match (channel, self.random.below(1000)) {
            (Channel::Web | Channel::App | Channel::Till | Channel::Wearable | Channel::Kiosk, 0..48) => {
                Delivery::Kept(self.random.between(12 * MINUTE, 48 * HOUR))
            }
            (_, 48..62) => Delivery::HeldUp(self.random.between(12 * MINUTE, 6 * HOUR)),
            _ => Delivery::Direct,
        };
        let steps = std::mem::take(&mut self.steps);
        let mut clock = start;
        let mut batch = start + self.random.between(40, 900);
        for (step, known) in &steps {
            clock += self.random.between(1_500, 75_000);
            let delay = self.random.between(150, 5_000);
            let way = self.random.between(35, 900);
            let (at, sent, received) = match delivery {
                Delivery::Direct => (clock, clock + delay, clock + delay + way),
                Delivery::Kept(age) => {
                    batch += 3 + way / 50;
                    (clock - age, start, batch)
                }
                Delivery::HeldUp(age) => (clock - age, clock - age + delay, clock + way),
            };
            let mess = match self.random.below(100_000) {
                0..500 => Mess::Junk(self.random.next()),
                500..540 => Mess::Absurd(self.random.chance(500)),
                _ => Mess::None,
            };
            self.acts.push(Act {
                channel,
                step: *step,
                visit: self.visit,
                cart,
                known: *known,
                shared: self.shared,
                at,
                sent,
                received: received.min(DAY + 24 * HOUR - 1),
                late: !matches!(delivery, Delivery::Direct),
                mess,
            });
        }
        self.steps = steps;
    }

    /// Looking around, the same on the web, in the app and at a kiosk.
    fn browse(&mut self) {
        let category = usize::try_from(self.random.below(10)).unwrap_or(0);
        let query = self.random.pick(&SEARCHES);
        if self.random.chance(400) {
            self.step(Step::List(category));
        } else {
            self.maybe(600, Step::Search(query));
        }
        let product = self.product();
        self.step(Step::View(product));
        if self.random.chance(450) {
            let other = self.product();
            self.step(Step::View(other));
        }
        if self.random.chance(500) {
            let quantity = 1 + i64::from(self.random.chance(200));
            self.step(Step::Add(product, quantity));
            self.maybe(80, Step::Remove(product, 1));
        }
    }

    /// Paying what is in the cart, or leaving it.
    fn checkout(&mut self, resumed: bool) {
        let added = self.steps.iter().any(|(step, _)| matches!(step, Step::Add(..)));
        if !(added || resumed) {
            return;
        }
        self.maybe(600, Step::Cart);
        if self.random.chance(450) {
            self.step(Step::Checkout);
            self.maybe(200, Step::Coupon);
            self.maybe(750, Step::Order);
        }
    }

    /// What the account in a channel has confirmed: the same all day.
    fn proof(&self, channel: Channel, email_confirmed: u64, phone_confirmed: u64) -> Proof {
        let mut random = Random::new(self.person.seed, channel.name(), self.person.stream);
        let holds_card = self.person.channels.contains(&Channel::Till);
        Proof {
            email: Some(random.chance(email_confirmed)),
            phone: Some(random.chance(phone_confirmed)),
            card: random.chance(600) && holds_card,
            mistyped: false,
        }
    }

    fn web(&mut self, resumed: bool) {
        self.step(Step::Page("/", "Nava"));
        if self.ordered && self.random.chance(300) {
            self.known = true;
            let (product, rating) = (self.product(), 1 + self.random.below(5));
            let step = if self.random.chance(250) { Step::Refund } else { Step::Review(product, rating) };
            self.step(step);
            return;
        }
        self.browse();
        if self.random.chance(if self.shared { 900 } else { 620 }) {
            self.known = true;
            let proof = self.proof(Channel::Web, 650, 150);
            self.step(Step::Identify(proof));
            self.maybe(60, Step::Alias);
            if self.random.chance(110) {
                self.consent();
            }
            if proof.card {
                self.maybe(120, Step::CardLinked);
            }
        }
        self.checkout(resumed);
        if self.shared && self.known {
            self.maybe(600, Step::SignedOut);
        }
    }

    fn consent(&mut self) {
        let way = self.random.pick(&crate::people::WAYS);
        let granted = self.random.chance(700);
        self.step(Step::Consent { granted, way });
    }

    fn app(&mut self, resumed: bool) {
        self.step(Step::Screen("Home"));
        self.known = true;
        let proof = self.proof(Channel::App, 500, 800);
        self.step(Step::Identify(proof));
        if self.random.chance(80) {
            let granted = self.random.chance(600);
            self.step(Step::Consent { granted, way: "push" });
        }
        self.browse();
        self.checkout(resumed);
        self.maybe(30, Step::Custom("Stickers Collected"));
    }

    fn till(&mut self, resumed: bool) {
        if self.random.chance(850) {
            self.known = true;
            let phone = self.random.chance(500).then_some(false);
            self.step(Step::Identify(Proof { email: None, phone, card: true, mistyped: false }));
        }
        if resumed {
            self.step(Step::Cart);
        }
        if !resumed || self.random.chance(400) {
            let (product, quantity) = (self.product(), self.random.between(1, 4));
            self.step(Step::Add(product, quantity));
        }
        self.maybe(900, Step::Order);
        if self.ordered {
            self.maybe(80, Step::Refund);
        }
    }

    fn call_centre(&mut self) {
        self.step(Step::CallAnswered);
        self.known = true;
        let confirmed = self.random.chance(300);
        let email = self.random.chance(500).then_some(false);
        let mistyped = self.person.mistyped.is_some() && email.is_some();
        self.step(Step::Identify(Proof { email, phone: Some(confirmed), card: false, mistyped }));
        if self.ordered {
            self.maybe(300, Step::Refund);
        }
        if self.random.chance(60) {
            self.step(Step::Consent { granted: false, way: "sms" });
        }
        self.step(Step::CallEnded);
    }

    fn whatsapp(&mut self) {
        self.known = true;
        self.step(Step::Identify(Proof { email: None, phone: Some(true), card: false, mistyped: false }));
        self.step(Step::Message);
        self.maybe(400, Step::Message);
        if self.random.chance(70) {
            self.step(Step::Unsubscribed("whatsapp"));
            self.step(Step::Consent { granted: false, way: "whatsapp" });
        }
    }

    fn marketplace(&mut self) {
        self.known = true;
        self.step(Step::Identify(Proof { email: Some(false), phone: None, card: false, mistyped: false }));
        let product = self.product();
        self.step(Step::Add(product, 1));
        self.step(Step::Order);
        let rating = 1 + self.random.below(5);
        self.maybe(200, Step::Review(product, rating));
    }

    fn kiosk(&mut self) {
        self.step(Step::Screen("Welcome"));
        self.browse();
        if self.person.mistyped.is_some() || self.random.chance(350) {
            let mistyped = self.person.mistyped.is_some();
            self.step(Step::Identify(Proof { email: Some(false), phone: None, card: false, mistyped }));
        }
        self.maybe(300, Step::Cart);
    }

    fn wearable(&mut self) {
        self.known = self.person.channels.contains(&Channel::Till);
        if self.known {
            self.step(Step::Identify(Proof { email: None, phone: None, card: true, mistyped: false }));
        }
        self.step(Step::Zone("entrance"));
        let zone = self.random.pick(&["carpets", "tea bar", "play corner", "lighting", "fitting rooms"]);
        self.step(Step::Zone(zone));
        self.maybe(300, Step::Custom("Band Tapped"));
    }
}
