//! What a channel takes: bytes of a push notification, characters of a template, one line of a header, a sender's name.
//!
//! | question | answer |
//! |---|---|
//! | Does this push notification fit, and if not, how much of it? | [`push_bytes`], [`fit_push`] |
//! | Cut a text without breaking what is seen as one | [`truncate`] |
//! | Is this template within WhatsApp's limits? | [`WhatsAppLimits`] |
//! | May this text stand in a header? | [`header_value`], [`subject_advice`] |
//! | Is this a sender that text messages can have? | [`SmsSender`] |
//!
//! Vendors change their limits: each is data with its source and date, and can be overridden.

mod header;
mod push;
mod sms_sender;
mod truncate;
mod whatsapp;

pub use header::{HeaderError, HeaderErrorKind, SubjectAdvice, header_value, subject_advice};
pub use push::{JsonEscape, PushLimit, fit_push, json_bytes, push_bytes};
pub use sms_sender::{InvalidSmsSender, SmsSender};
pub use truncate::truncate;
pub use whatsapp::{TemplatePart, TooLong, WhatsAppLimits, WhatsAppTemplate};
