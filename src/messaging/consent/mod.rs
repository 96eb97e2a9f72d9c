//! Consent: the ledger of what a person has allowed, how entries come about, and what the law makes of silence.

mod double_opt_in;
mod jurisdiction;
mod ledger;
mod receipt;
mod rules;
mod stop_words;
mod token;
mod unsubscribe;

pub use double_opt_in::DoubleOptIn;
pub use jurisdiction::{ConsentBook, ConsentLaw};
pub use ledger::{
    ConsentAnswer, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState, InvalidConsent,
    InvalidConsentKind, Relationship, Suppression, consent, consent_across,
};
pub use receipt::{ConsentReceipt, ReceiptError, ReceiptTerms};
pub use rules::ConsentRules;
pub use stop_words::{KeywordKind, StopWords, WordList};
pub use token::{TokenError, TokenErrorKind};
pub use unsubscribe::{Effect, InvalidLink, Unsubscribe, UnsubscribeRequest};
