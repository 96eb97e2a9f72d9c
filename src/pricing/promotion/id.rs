//! Names of promotions and of their groups.

use super::{PromotionError, PromotionErrorKind};
use crate::checked_name::{checked, checked_names};

/// Longest id, tag, customer group and campaign name, in bytes.
pub const MAX_NAME: usize = 128;

/// Whether the text may stand as a name as it is: 1 to [`MAX_NAME`] bytes, without white space around it and control
/// characters.
pub(super) fn is_name(text: &str) -> bool {
    checked(text, MAX_NAME) == Some(text)
}

checked_names! {
    128 bytes, PromotionError: PromotionError::new(PromotionErrorKind::InvalidName);
    /// The host's id of a promotion.
    PromotionId;
    /// The host's id of a group of promotions.
    GroupId;
}
