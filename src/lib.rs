//! One customer, followed across every channel: an embeddable library for omnichannel customer experience.
//!
//! A person meets a business on its website, in its app, at the till, on the telephone, in WhatsApp, on a marketplace.
//! `throughline` takes the events of all of them, finds out who is who, and answers for one person instead of many
//! accounts. It is a library: plain types, pure functions and one storage trait inside your own service.
//!
//! ```
//! use std::sync::Arc;
//! use throughline::event::Event;
//! use throughline::hub::{Hub, Rules, Who};
//! use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
//! use throughline::store::{MemoryStore, Tenant};
//!
//! let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
//! for line in [
//!     r#"{"type":"page","name":"Carpets","messageId":"1","anonymousId":"browser-9","context":{"channel":"web"}}"#,
//!     r#"{"type":"identify","messageId":"2","anonymousId":"browser-9","userId":"u-1","traits":{"firstName":"سارا"},
//!         "context":{"channel":"web"}}"#,
//!     r#"{"type":"screen","name":"Orders","messageId":"3","userId":"u-1","context":{"channel":"app"}}"#,
//! ] {
//!     hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?;
//! }
//! let sara = Who::Identifier(Identifier::parse(IdentifierKind::UserId, "u-1", &IdentifierSettings::default())?);
//! let profile = hub.profile(&sara)?.ok_or("unknown")?;
//! assert_eq!(profile.records.len(), 3); // browser, web account, app account
//! assert_eq!(hub.timeline(&sara, None)?.ok_or("unknown")?.entries().len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The questions it answers
//! | question | module | use case |
//! |---|---|---|
//! | Who is this? | [`identity`], [`identity::linkage`] | [`record`](hub::record()), [`profile`](hub::profile()), [`why`](hub::why()), [`link`](hub::link()), [`keep_apart`](hub::keep_apart()), [`erase`](hub::erase()) |
//! | What happened, and where did they leave off? | [`journey`] | [`timeline`](hub::timeline()), [`resume`](hub::resume()) |
//! | What does it cost? | [`pricing`] | [`quote`](hub::quote()) |
//! | Can they have it, where and when? | [`stock`] | [`change_stock`](hub::change_stock()), [`act_on_stock`](hub::act_on_stock()), [`stock_at`](hub::stock_at()), [`book_slot`](hub::book_slot()), [`give_promise`](hub::give_promise()), [`place_order`](hub::place_order()), [`order_act`](hub::order_act()) |
//! | What do they hold with us? | [`wallet`] | [`wallet`](hub::wallet()), [`wallet_act`](hub::wallet_act), [`tier`](hub::tier), [`statement`](hub::statement()) |
//! | What do we tell them, where and when? | [`messaging`] | [`decide`](hub::decide()), [`consent`](hub::consent()), [`enqueue`](hub::enqueue()), [`Hub::dispatch`](hub::Hub::dispatch), [`delivery`](hub::delivery()) |
//!
//! Around them: [`store`], where facts are kept (in memory, in an embedded file, or in your own storage through one
//! trait), and [`hub`], the front door for blocking and asynchronous services. The nouns that they share are [`event`],
//! [`record`](mod@record), [`identifier`], [`channel`], [`device`], [`cart`], [`money`], [`calendar`], [`locale`], [`text`].
//!
//! # Four laws
//! 1. *Facts belong to records; profiles are views.* What a source says is never rewritten, so a merge moves no event and
//!    an un-merge loses none, and any order of arrival gives the same profiles, byte for byte.
//! 2. *Decisions are pure*: facts, rules and an instant in, a decision with its reasons out. Only `hub` reads a clock.
//! 3. *The price function cannot see the channel.*
//! 4. *Narrow waists*: storage is one trait of three methods, and a suite proves your own implementation of it.
//!
//! # What it does not do yet
//! It hands messages to your own [`Sender`](messaging::Sender). Service desks and PostgreSQL are not here yet.
//!
//! # Features
//! `redb` (the embedded durable store), `phone` (national telephone formats), `tzdb` (bundled time zones) and `parallel`
//! (batch work on all cores) are on by default; `templates` (message texts in the Jinja language) and `testkit` (the
//! conformance suite and the fault-injecting store) are not.
//! Without default features the crate is the pure core.
//!
//! # Supported Rust
//! The `rust-version` of the manifest, tested on every change.

pub mod calendar;
pub mod cart;
pub mod channel;
mod checked_name;
pub mod device;
pub mod event;
mod hash;
pub mod hub;
pub mod identifier;
pub mod identity;
pub mod ids;
pub mod journey;
pub mod keyed;
pub mod locale;
pub mod messaging;
pub mod money;
pub mod names;
pub mod pii;
pub mod pricing;
pub mod reason;
pub mod record;
pub mod region;
pub mod signing;
pub mod similarity;
pub mod stock;
pub mod store;
pub mod text;
pub mod time;
pub mod wallet;

/// The README's code is compiled and run with the tests.
#[cfg(all(doctest, feature = "redb"))]
#[doc = include_str!("../README.md")]
struct Readme;
