//! Names of promotions and of their groups.

use super::{PromotionError, PromotionErrorKind};
use crate::pricing::name::{LONGEST, checked, checked_name};

/// Longest id, tag, customer group and campaign name, in bytes.
pub const MAX_NAME: usize = LONGEST;

/// Whether the text may stand as a name as it is: 1 to [`MAX_NAME`] bytes, without white space around it and control
/// characters.
pub(super) fn is_name(text: &str) -> bool {
    checked(text) == Some(text)
}

checked_name!(
    /// The host's id of a promotion.
    PromotionId as PromotionError: PromotionError::new(PromotionErrorKind::InvalidName)
);

checked_name!(
    /// The host's id of a group of promotions.
    GroupId as PromotionError: PromotionError::new(PromotionErrorKind::InvalidName)
);
