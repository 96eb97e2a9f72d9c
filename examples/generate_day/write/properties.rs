//! The properties of each event, with the names of the e-commerce specification.

use super::Line;
use crate::catalogue::product;
use crate::json::Json;
use crate::places::Language;
use crate::plan::Step;

/// What somebody writes to the shop.
fn greeting(language: Language) -> &'static str {
    match language {
        Language::Persian => "سلام، سفارش من آماده است؟",
        Language::Arabic => "مرحبا، هل طلبي جاهز؟",
        Language::Hebrew => "שלום, ההזמנה שלי מוכנה?",
        Language::Russian => "Здравствуйте, мой заказ готов?",
        Language::English => "Hello, is my order ready?",
        Language::German => "Hallo, ist meine Bestellung fertig?",
    }
}

impl Line<'_> {
    pub(super) fn properties(&self, json: &mut Json) {
        match self.act.step {
            Step::Page(path, title) => {
                json.text("path", path);
                json.text("title", title);
                json.text("url", &format!("https://nava.example{path}"));
            }
            Step::List(category) => {
                let shown = [product(category * 6), product(category * 6 + 1), product(category * 6 + 2)];
                json.text("list_id", shown.first().map_or("", |item| item.category));
                Self::products(json, shown.iter().map(|item| (item, None)));
            }
            Step::Search(query) => json.text("query", query),
            Step::View(number) => {
                Self::item(json, &product(number), None);
                json.text("currency", "EUR");
            }
            Step::Add(number, quantity) | Step::Remove(number, quantity) => {
                json.text("cart_id", &self.cart_id());
                Self::item(json, &product(number), Some(quantity));
                json.text("currency", "EUR");
            }
            Step::Cart | Step::Checkout => {
                json.text("cart_id", &self.cart_id());
                self.basket(json, false);
            }
            Step::Coupon => {
                json.text("cart_id", &self.cart_id());
                json.text("coupon_id", "NOWRUZ10");
            }
            Step::Order => {
                json.text("order_id", &self.order_id(self.act.cart));
                json.text("cart_id", &self.cart_id());
                self.basket(json, true);
            }
            Step::Refund => self.refund(json),
            Step::Review(number, rating) => {
                json.text("product_id", &product(number).sku());
                json.raw("rating", rating);
            }
            Step::Consent { way, .. } => {
                json.text("purpose", "marketing.offers");
                json.text("channel", way);
            }
            Step::Unsubscribed(way) => json.text("channel", way),
            Step::CardLinked => json.text("loyalty_card", &self.person.card),
            Step::Message => {
                json.text("text", greeting(self.person.language));
            }
            Step::CallAnswered | Step::CallEnded => json.text("queue", self.person.language.locale()),
            Step::Zone(zone) => {
                json.text("zone", zone);
                json.text("shop", self.person.place.slug);
            }
            Step::Custom(_) => json.raw("count", self.number + 1),
            Step::Screen(_) | Step::Identify(_) | Step::Alias | Step::SignedOut => {}
        }
    }
}
