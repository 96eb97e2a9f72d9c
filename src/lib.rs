//! One customer, followed across every channel: an embeddable library for omnichannel customer experience.

pub mod calendar;
pub mod cart;
pub mod channel;
pub mod device;
pub mod event;
pub mod hub;
pub mod identifier;
pub mod identity;
pub mod ids;
pub mod journey;
pub mod keyed;
pub mod messaging;
pub mod money;
pub mod pii;
pub mod pricing;
pub mod reason;
pub mod record;
pub mod region;
pub mod store;
pub mod text;
pub mod time;
