//! What providers and standards let a message be: bytes, characters, headers, senders. Dated data, which a host overrides.

mod header;
mod push;
mod sender_id;
mod template;

pub use header::{HeaderError, LONGEST_HEADER, check_header};
pub use push::{PUSH_BYTES, PushEscape, VOIP_PUSH_BYTES, push_bytes};
pub use sender_id::{InvalidSenderId, SenderId};
pub use template::{TemplateLimits, TemplateTooLong};
