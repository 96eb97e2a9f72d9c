//! What an event says about a cart or an order.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::draft::{Draft, Place, Scalar};
use super::flags::Flag;
use super::limits::Limits;
use super::name::EventName;
use super::span::{Span, Texts};

/// What happened to the cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CartAction {
    /// Lines were put in.
    Added,
    /// Lines were taken out.
    Removed,
    /// The cart was seen; its lines, where given, are its whole content.
    Viewed,
    /// The lines are the cart's whole new content.
    Updated,
    /// Everything was taken out.
    Emptied,
    /// The checkout began; the lines, where given, are the cart's whole content.
    CheckoutStarted,
    /// The cart became an order.
    Completed,
    /// The order was cancelled.
    Cancelled,
}

/// A cart signal of an event.
#[derive(Clone, Copy)]
pub struct CartSignal<'a> {
    texts: &'a Texts,
    parts: &'a Parts,
}

/// One line of a cart signal. What was sent in another shape is left out and flagged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CartLine<'a> {
    /// The product's id.
    pub product_id: Option<&'a str>,
    /// The stock keeping unit. A line has this or a product id.
    pub sku: Option<&'a str>,
    /// The product's variant (size, colour).
    pub variant: Option<&'a str>,
    /// The product's name.
    pub name: Option<&'a str>,
    /// How many, 1 to 1,000,000; 1 where nothing was said.
    pub quantity: u32,
    /// The price of one, decimal text as written.
    pub price: Option<&'a str>,
}

impl<'a> CartSignal<'a> {
    /// What happened.
    #[must_use]
    pub const fn action(self) -> CartAction {
        self.parts.action
    }

    /// The cart's id, as it was sent.
    #[must_use]
    pub fn cart_id(self) -> Option<&'a str> {
        self.parts.cart_id.map(|span| self.texts.get(span))
    }

    /// The order's id, as it was sent.
    #[must_use]
    pub fn order_id(self) -> Option<&'a str> {
        self.parts.order_id.map(|span| self.texts.get(span))
    }

    /// The currency, as it was sent; [`Flag::UnknownCurrency`] tells when it is no ISO 4217 code.
    #[must_use]
    pub fn currency(self) -> Option<&'a str> {
        self.parts.currency.map(|span| self.texts.get(span))
    }

    /// The total (`total`, else `revenue`, else `value`), decimal text as written.
    #[must_use]
    pub fn total(self) -> Option<&'a str> {
        self.parts.total.map(|span| self.texts.get(span))
    }

    /// Whether the event lists the cart's lines at all: an empty list says that the cart is empty, no list says
    /// nothing.
    #[must_use]
    pub const fn lists_lines(self) -> bool {
        self.parts.listed
    }

    /// The lines, in the order in which they stand in the event.
    pub fn lines(self) -> impl ExactSizeIterator<Item = CartLine<'a>> {
        self.parts.lines.iter().map(move |line| {
            let get = |span: Option<Span>| span.map(|span| self.texts.get(span));
            CartLine {
                product_id: get(line.product_id),
                sku: get(line.sku),
                variant: get(line.variant),
                name: get(line.name),
                quantity: line.quantity,
                price: get(line.price),
            }
        })
    }
}

impl fmt::Debug for CartSignal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CartSignal")
            .field("action", &self.parts.action)
            .field("lines", &self.parts.lines.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CartLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CartLine").finish_non_exhaustive()
    }
}

/// A [`CartSignal`] by places.
#[derive(Clone)]
pub(super) struct Parts {
    action: CartAction,
    cart_id: Option<Span>,
    order_id: Option<Span>,
    currency: Option<Span>,
    total: Option<Span>,
    listed: bool,
    lines: Vec<Line>,
}

impl Parts {
    pub(super) const fn signal<'a>(&'a self, texts: &'a Texts) -> CartSignal<'a> {
        CartSignal { texts, parts: self }
    }
}

#[derive(Clone)]
struct Line {
    product_id: Option<Span>,
    sku: Option<Span>,
    variant: Option<Span>,
    name: Option<Span>,
    quantity: u32,
    price: Option<Span>,
}

/// One product as it stands in the event.
#[derive(Default)]
struct Product {
    product_id: Scalar,
    sku: Scalar,
    variant: Scalar,
    name: Scalar,
    quantity: Scalar,
    price: Scalar,
}

const fn action(name: &EventName) -> Option<CartAction> {
    Some(match name {
        EventName::ProductAdded | EventName::WishlistProductAddedToCart => CartAction::Added,
        EventName::ProductRemoved => CartAction::Removed,
        EventName::CartViewed => CartAction::Viewed,
        EventName::CartUpdated => CartAction::Updated,
        EventName::CartEmptied => CartAction::Emptied,
        EventName::CheckoutStarted => CartAction::CheckoutStarted,
        EventName::OrderCompleted => CartAction::Completed,
        EventName::OrderCancelled => CartAction::Cancelled,
        _ => return None,
    })
}

/// The cart signal of a track event, where it has one.
pub(super) fn collect(draft: &mut Draft<'_>, name: &EventName) -> Option<Parts> {
    let action = action(name)?;
    let property = |draft: &Draft<'_>, key: &str| draft.find(Place::Properties, key).unwrap_or_default();
    let cart_id = property(draft, "cart_id");
    let cart_id = draft.identifier_of(cart_id);
    let order_id = property(draft, "order_id");
    let order_id = draft.identifier_of(order_id);
    let currency = match property(draft, "currency") {
        Scalar::Text(span) => {
            let code = draft.scribe.get(span).to_ascii_uppercase();
            if iso_currency::Currency::from_code(&code).is_none() {
                draft.flags.set(Flag::UnknownCurrency);
            }
            Some(span)
        }
        Scalar::Absent | Scalar::Null => None,
        _ => {
            draft.flags.set(Flag::UnknownCurrency);
            None
        }
    };
    let total = ["total", "revenue", "value"].into_iter().find_map(|key| draft.find(Place::Properties, key));
    let total = price(draft, total.unwrap_or_default());
    let mut parts = Parts { action, cart_id, order_id, currency, total, listed: false, lines: Vec::new() };
    if let Some(json) = draft.products.and_then(|span| draft.scribe.raw(span)) {
        parts.listed = true;
        let mut inner = serde_json::Deserializer::from_str(json);
        let read = Products { draft: &mut *draft, lines: &mut parts.lines }.deserialize(&mut inner);
        if read.is_err() {
            draft.flags.set(Flag::WrongShape);
        }
    } else if matches!(action, CartAction::Added | CartAction::Removed) {
        parts.listed = true;
        let product = Product {
            product_id: property(draft, "product_id"),
            sku: property(draft, "sku"),
            variant: property(draft, "variant"),
            name: property(draft, "name"),
            quantity: property(draft, "quantity"),
            price: property(draft, "price"),
        };
        parts.lines.extend(line(draft, &product));
    }
    Some(parts)
}

fn line(draft: &mut Draft<'_>, product: &Product) -> Option<Line> {
    let product_id = draft.identifier_of(product.product_id);
    let sku = draft.identifier_of(product.sku);
    if product_id.is_none() && sku.is_none() {
        draft.flags.set(Flag::NamelessLine);
        return None;
    }
    let quantity = match product.quantity {
        Scalar::Absent | Scalar::Null => Some(1),
        Scalar::Number(span) | Scalar::Text(span) => whole(draft.scribe.get(span)),
        Scalar::Bool(_) | Scalar::Other(_) => None,
    };
    let Some(quantity) = quantity else {
        draft.flags.set(Flag::BadQuantity);
        return None;
    };
    Some(Line {
        product_id,
        sku,
        variant: draft.identifier_of(product.variant),
        name: draft.identifier_of(product.name),
        quantity,
        price: price(draft, product.price),
    })
}

/// Digits only, 1 to 1,000,000.
fn whole(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.len() > 7 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|quantity| (1..=1_000_000).contains(quantity))
}

/// A decimal number that is not negative, without an exponent, at most 32 bytes.
fn price(draft: &mut Draft<'_>, value: Scalar) -> Option<Span> {
    let span = match value {
        Scalar::Absent | Scalar::Null => return None,
        Scalar::Number(span) | Scalar::Text(span) => span,
        Scalar::Bool(_) | Scalar::Other(_) => {
            draft.flags.set(Flag::BadPrice);
            return None;
        }
    };
    let text = draft.scribe.get(span);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() <= 32 && digits(whole) && digits(fraction) {
        return Some(span);
    }
    draft.flags.set(Flag::BadPrice);
    None
}

/// Reads the `products` array.
struct Products<'w, 'de> {
    draft: &'w mut Draft<'de>,
    lines: &'w mut Vec<Line>,
}

impl<'de> DeserializeSeed<'de> for Products<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Products<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of products")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<&'de RawValue>()? {
            if self.lines.len() >= Limits::CART_LINES {
                self.draft.flags.set(Flag::ManyLines);
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(());
            }
            let json = raw.get();
            let mut inner = serde_json::Deserializer::from_str(json);
            let product = json
                .starts_with('{')
                .then(|| OneProduct { draft: &mut *self.draft }.deserialize(&mut inner).ok())
                .flatten();
            match product {
                Some(product) => self.lines.extend(line(self.draft, &product)),
                None => self.draft.flags.set(Flag::WrongShape),
            }
        }
        Ok(())
    }
}

/// Reads one element of it.
struct OneProduct<'w, 'de> {
    draft: &'w mut Draft<'de>,
}

impl<'de> DeserializeSeed<'de> for OneProduct<'_, 'de> {
    type Value = Product;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Product, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneProduct<'_, 'de> {
    type Value = Product;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a product")
    }

    /// A key that stands twice makes the product unreadable: nobody can say which quantity was meant.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Product, A::Error> {
        let mut product = Product::default();
        while let Some(key) = map.next_key_seed(super::walk::Key)? {
            let slot = match &*key {
                "product_id" | "productId" | "id" => &mut product.product_id,
                "sku" => &mut product.sku,
                "variant" => &mut product.variant,
                "name" => &mut product.name,
                "quantity" => &mut product.quantity,
                "price" => &mut product.price,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if *slot != Scalar::Absent {
                return Err(A::Error::custom("key twice"));
            }
            *slot = self.draft.scalar(map.next_value::<&'de RawValue>()?.get());
        }
        Ok(product)
    }
}
