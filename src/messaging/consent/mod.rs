//! Consent: the ledger of what a person has allowed, and what the law makes of silence.

mod ledger;

pub use ledger::{
    ConsentAnswer, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState, Relationship,
    Suppression, consent, consent_across,
};
