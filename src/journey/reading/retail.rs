//! Rules to begin with.

use super::rules::{ConversionRule, FeedbackRule, JourneyRules, QuestionRule, RefundRule, WorkRule, Worth};
use super::which::Which;
use crate::channel::Channel;
use crate::journey::paths::{AliasRule, AliasRules};
use crate::money::Currency;

impl JourneyRules {
    /// What a retailer would begin with: the names of the Segment e-commerce specification.
    ///
    /// An order is a conversion of what it states; a refund takes back what it states or the rest, a cancellation everything. What
    /// is put into a cart is a lead. Signing in and out, consent and identification are no touches; what our messages report
    /// of themselves (delivered, bounced) is ours. Two stars of five are bad, four are good. Carts are work. To be identified is a
    /// question, which messengers, the till and wearables answer by themselves. Whoever refused the purpose `analytics` has no journey.
    ///
    /// A currency that needs a number of decimals (the Iranian rial, say) has it from
    /// [`decimals`](Self::decimals); [`compile`](Self::compile) tells.
    #[must_use]
    pub fn retail(currency: Currency) -> Self {
        let page = |(pattern, alias)| AliasRule::new(pattern, alias);
        let pages = [
            (r"^https?://[^/]+", ""),
            (r"^/?$", "Home"),
            (r"^/(p|product|products)/[^/]+/?$", "Product page"),
            (r"^/(cart|basket)/?$", "Cart page"),
            (r"^/checkout(/.*)?$", "Checkout page"),
        ];
        let carts = |names: &[&str], ends| WorkRule {
            which: Which::named(names.iter().copied()),
            kind: "cart".into(),
            property: "cart_id".into(),
            ends,
        };
        Self {
            pages: AliasRules { rules: pages.map(page).into(), ..AliasRules::default() },
            purpose: Some("analytics".into()),
            outbound: vec![Which::named([
                "Email Delivered",
                "Email Bounced",
                "Message Sent",
                "Message Delivered",
                "Push Notification Received",
            ])],
            internal: vec![
                Which::of_type(["identify", "alias", "group"]),
                Which::named([
                    "Signed In",
                    "Signed Out",
                    "Signed Up",
                    "Consent Granted",
                    "Consent Withdrawn",
                    "Unsubscribed",
                    "Email Marked as Spam",
                ]),
            ],
            key_touches: vec![Which::named(["Product Added", "Wishlist Product Added to Cart"])],
            conversions: vec![ConversionRule {
                which: Which { types: ["track".into()].into(), ..Which::named(["Order Completed"]) },
                worth: Worth::Stated,
            }],
            refunds: vec![
                RefundRule { which: Which::named(["Order Refunded"]), whole: false },
                RefundRule { which: Which::named(["Order Cancelled"]), whole: true },
            ],
            currency: Some(currency),
            feedback: vec![FeedbackRule {
                which: Which::default(),
                property: "rating".into(),
                bad_below: 2.5,
                good_from: 3.5,
                words: [].into(),
            }],
            questions: vec![QuestionRule {
                which: Which::of_type(["identify"]),
                topic: "identity".into(),
                topic_property: None,
                known_in: [Channel::WhatsApp, Channel::Telegram, Channel::Till, Channel::Wearable].into(),
                known_property: None,
            }],
            work: vec![
                carts(&["Order Completed", "Order Cancelled", "Cart Emptied"], true),
                carts(
                    &[
                        "Product Added",
                        "Product Removed",
                        "Wishlist Product Added to Cart",
                        "Cart Viewed",
                        "Cart Updated",
                        "Cart Shared",
                        "Checkout Started",
                        "Checkout Step Viewed",
                        "Checkout Step Completed",
                        "Payment Info Entered",
                    ],
                    false,
                ),
            ],
            subject_properties: ["product_id", "sku"].map(Into::into).into(),
            ..Self::default()
        }
    }
}
