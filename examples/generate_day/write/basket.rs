//! Carts and orders: what lies in the cart is worked out from the acts before.

use super::Line;
use crate::catalogue::{Product, product};
use crate::json::Json;
use crate::plan::Step;

impl Line<'_> {
    pub(super) fn cart_id(&self) -> String {
        match self.person.story {
            Some(_) => self.person.cart.clone(),
            None => format!("{}-{}", self.person.cart, self.act.cart),
        }
    }

    pub(super) fn order_id(&self, cart: u64) -> String {
        match self.person.story {
            Some(story) => format!("order-{story}"),
            None => format!("order-{}-{cart}", self.person.stream),
        }
    }

    pub(super) fn item(json: &mut Json, item: &Product, quantity: Option<i64>) {
        json.text("product_id", &item.sku());
        json.text("sku", &item.sku());
        json.text("name", item.name);
        json.text("category", item.category);
        json.amount("price", item.minor);
        if let Some(quantity) = quantity {
            json.raw("quantity", quantity);
        }
    }

    /// What lies in the cart by now, products in the order in which they came.
    fn lines(&self) -> Vec<(Product, i64)> {
        let mut lines: Vec<(Product, i64)> = Vec::new();
        for act in self.acts.iter().take(self.number).filter(|act| act.cart == self.act.cart) {
            let (number, change) = match act.step {
                Step::Add(number, quantity) => (number, quantity),
                Step::Remove(number, quantity) => (number, -quantity),
                _ => continue,
            };
            match lines.iter_mut().find(|(known, _)| known.number == number) {
                Some((_, quantity)) => *quantity += change,
                None => lines.push((product(number), change)),
            }
        }
        lines.retain(|(_, quantity)| *quantity > 0);
        lines
    }

    pub(super) fn products<'b>(json: &mut Json, items: impl Iterator<Item = (&'b Product, Option<i64>)>) {
        json.list("products", |json| {
            for (item, quantity) in items {
                json.object("", |json| Self::item(json, item, quantity));
            }
        });
    }

    /// The cart's lines with their sum, less the coupon if one was entered.
    pub(super) fn basket(&self, json: &mut Json, paid: bool) {
        let lines = self.lines();
        let sum: i64 = lines.iter().map(|(item, quantity)| item.minor * quantity).sum();
        let coupon = self
            .acts
            .iter()
            .take(self.number)
            .any(|act| act.cart == self.act.cart && act.step == Step::Coupon);
        if paid && coupon {
            let discount = sum / 10;
            json.amount("discount", discount);
            json.text("coupon", "NOWRUZ10");
            json.amount("total", sum - discount);
        } else {
            json.amount(if paid { "total" } else { "value" }, sum);
        }
        json.text("currency", "EUR");
        Self::products(json, lines.iter().map(|(item, quantity)| (item, Some(*quantity))));
    }

    pub(super) fn refund(&self, json: &mut Json) {
        let before = self.acts.iter().take(self.number);
        let order = before.rev().find(|act| act.step == Step::Order).map_or(self.act.cart, |act| act.cart);
        json.text("order_id", &self.order_id(order));
        json.text("currency", "EUR");
    }
}
