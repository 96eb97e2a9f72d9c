//! What kind of event it is, and the names that commerce knows.

use std::fmt;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The name of a track event. An open set: the names of the Segment e-commerce specification are known, any
        /// other is kept as it is.
        ///
        /// ```
        /// use throughline::event::EventName;
        /// assert_eq!(EventName::parse("Order Completed"), EventName::OrderCompleted);
        /// assert_eq!(EventName::parse("Band Worn").as_str(), "Band Worn");
        /// ```
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventName {
            $($(#[$doc])* $name,)*
            /// A name outside the specification, as it was sent, at most 256 bytes.
            Other(Box<str>),
        }

        impl EventName {
            /// The known names, in a fixed order.
            pub const KNOWN: &[EventName] = &[$(EventName::$name),*];

            /// The name as the specification writes it, or as it was sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(EventName::$name => $text,)* EventName::Other(name) => name }
            }

            /// Reads a name. Upper and lower case are different, as in the specification.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                match text { $($text => EventName::$name,)* other => EventName::Other(other.into()) }
            }
        }

        impl fmt::Debug for EventName {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(EventName::$name => stringify!($name),)*
                    EventName::Other(_) => "Other",
                })
            }
        }
    };
}

names! {
    /// A search in the shop.
    ProductsSearched = "Products Searched",
    /// A list or category was seen.
    ProductListViewed = "Product List Viewed",
    /// A list was filtered.
    ProductListFiltered = "Product List Filtered",
    /// A promotion was seen.
    PromotionViewed = "Promotion Viewed",
    /// A promotion was followed.
    PromotionClicked = "Promotion Clicked",
    /// A product was followed from a list.
    ProductClicked = "Product Clicked",
    /// A product's details were seen.
    ProductViewed = "Product Viewed",
    /// A product was put into the cart.
    ProductAdded = "Product Added",
    /// A product was taken out of the cart.
    ProductRemoved = "Product Removed",
    /// The cart was seen.
    CartViewed = "Cart Viewed",
    /// The cart's whole content was set.
    CartUpdated = "Cart Updated",
    /// The cart was emptied.
    CartEmptied = "Cart Emptied",
    /// The checkout began.
    CheckoutStarted = "Checkout Started",
    /// A step of the checkout was seen.
    CheckoutStepViewed = "Checkout Step Viewed",
    /// A step of the checkout was done.
    CheckoutStepCompleted = "Checkout Step Completed",
    /// Payment data was entered.
    PaymentInfoEntered = "Payment Info Entered",
    /// An order was changed.
    OrderUpdated = "Order Updated",
    /// An order was placed.
    OrderCompleted = "Order Completed",
    /// An order was paid back.
    OrderRefunded = "Order Refunded",
    /// An order was cancelled.
    OrderCancelled = "Order Cancelled",
    /// A coupon was entered.
    CouponEntered = "Coupon Entered",
    /// A coupon was applied.
    CouponApplied = "Coupon Applied",
    /// A coupon was refused.
    CouponDenied = "Coupon Denied",
    /// A coupon was removed.
    CouponRemoved = "Coupon Removed",
    /// A product was put on the wish list.
    ProductAddedToWishlist = "Product Added to Wishlist",
    /// A product was taken off the wish list.
    ProductRemovedFromWishlist = "Product Removed from Wishlist",
    /// A product of the wish list went into the cart.
    WishlistProductAddedToCart = "Wishlist Product Added to Cart",
    /// A product was shared.
    ProductShared = "Product Shared",
    /// A cart was shared.
    CartShared = "Cart Shared",
    /// A product was reviewed.
    ProductReviewed = "Product Reviewed",
    /// An account was opened.
    SignedUp = "Signed Up",
    /// A person signed in.
    SignedIn = "Signed In",
    /// A person signed out.
    SignedOut = "Signed Out",
    /// A person agreed to a purpose.
    ConsentGranted = "Consent Granted",
    /// A person took an agreement back.
    ConsentWithdrawn = "Consent Withdrawn",
    /// A person refused further messages.
    Unsubscribed = "Unsubscribed",
    /// An e-mail of ours was opened.
    EmailOpened = "Email Opened",
    /// A link in an e-mail of ours was followed.
    EmailLinkClicked = "Email Link Clicked",
    /// An e-mail of ours arrived.
    EmailDelivered = "Email Delivered",
    /// An e-mail of ours came back.
    EmailBounced = "Email Bounced",
    /// An e-mail of ours was reported as unwanted.
    EmailMarkedAsSpam = "Email Marked as Spam",
}

/// What kind of event it is: the specification's six calls, or a word of the sender's own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody says who they are, with traits.
    Identify,
    /// Somebody did something.
    Track {
        /// What they did.
        name: EventName,
    },
    /// Somebody saw a page.
    Page {
        /// The page's name, where it has one.
        name: Option<EventName>,
    },
    /// Somebody saw a screen of an application.
    Screen {
        /// The screen's name, where it has one.
        name: Option<EventName>,
    },
    /// Two ids of one person.
    Alias,
    /// Somebody belongs to a group.
    Group,
    /// A `type` outside the specification.
    Custom {
        /// The word, as it was sent.
        word: EventName,
    },
}

impl EventKind {
    /// The `type` word, in lower case for the known ones.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Identify => "identify",
            Self::Track { .. } => "track",
            Self::Page { .. } => "page",
            Self::Screen { .. } => "screen",
            Self::Alias => "alias",
            Self::Group => "group",
            Self::Custom { word } => word.as_str(),
        }
    }

    /// What happened, in words: the name of a track, page or screen event, else nothing.
    #[must_use]
    pub const fn name(&self) -> Option<&EventName> {
        match self {
            Self::Track { name } => Some(name),
            Self::Page { name } | Self::Screen { name } => name.as_ref(),
            _ => None,
        }
    }
}
