//! The code with which a parcel is handed over.

use std::fmt;

use crate::ids::OrderId;
use crate::keyed::{Pepper, same};
use crate::text::{controls, digits};

/// Letters and digits that are not taken for one another, seen or heard, after Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many of them make a code: 30 bits, of which five wrong guesses find one in 200 million.
const LENGTH: usize = 6;
/// Characters of a typed code that are read.
const LONGEST: usize = 64;

/// The code of one parcel: six letters and digits, made from the order with the tenant's secret, so that nothing needs to
/// be kept. Shown to the customer in the message that her parcel is ready, and at the till compared without telling.
///
/// ```
/// use throughline::ids::OrderId;
/// use throughline::keyed::Pepper;
/// use throughline::stock::order::HandOverCode;
/// let pepper = Pepper::new(b"from your secret manager");
/// let code = HandOverCode::of(&pepper, OrderId::from_bytes([7; 16]), 0);
/// assert_eq!(code.reveal().len(), 6);
/// assert!(code.matches(&format!(" {} ", code.reveal().to_lowercase())));
/// assert!(!code.matches("not it"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct HandOverCode(String);

impl HandOverCode {
    /// The code of a parcel.
    #[must_use]
    pub fn of(pepper: &Pepper, order: OrderId, parcel: u16) -> Self {
        let digest = pepper.digest("hand_over", &[order.as_bytes(), &parcel.to_be_bytes()]);
        let letters = digest.iter().take(LENGTH).filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        Self(letters.map(|letter| char::from(*letter)).collect())
    }

    /// The code, to tell her.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether that is what was typed or read out. Spaces, hyphens, marks of direction and case do not matter, digits may
    /// be of any script, and `O` is zero, `I` and `L` are one. The time it takes does not depend on where a wrong code
    /// differs.
    #[must_use]
    pub fn matches(&self, typed: &str) -> bool {
        let short: String = typed.chars().take(LONGEST).collect();
        let plain = digits::fold(&controls::strip(&short)).to_ascii_uppercase();
        let typed: String = plain.chars().filter(|typed| !is_between(*typed)).map(meant).collect();
        same(self.0.as_bytes(), typed.as_bytes())
    }
}

/// What stands between letters and says nothing.
fn is_between(typed: char) -> bool {
    typed.is_whitespace() || digits::is_dash(typed)
}

/// The letter or digit that a character is taken for.
const fn meant(typed: char) -> char {
    match typed {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

impl fmt::Debug for HandOverCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandOverCode(secret)")
    }
}
