//! The front door: use cases as plain functions over a [`Tx`](crate::store::Tx), and two drivers for them.
//!
//! Each use case ([`record`], [`profile`], [`timeline`], [`resume`], [`quote`], [`decide`], [`enqueue`], [`escalate`],
//! [`digest_add`], [`delivery`], [`channel_health`], [`link`], [`keep_apart`], [`erase`], …) loads facts, calls one pure
//! function of a module below, and writes facts. [`Hub`] runs them on the calling thread, [`AsyncHub`] in an asynchronous
//! service. This is the one module that may read a clock.

mod addresses;
mod blocks;
mod bulk;
mod carts;
mod channels;
mod command;
mod consents;
mod context;
mod coupons;
mod decide;
mod decided;
mod decisions;
mod digests;
mod erase;
mod erased;
mod event_log;
mod explain;
mod fold;
mod front;
mod holders;
mod keys;
mod likeness;
mod linkage;
mod matching;
mod members;
mod orders;
mod outbox;
mod packed;
mod price_history;
mod profile;
mod quotes;
mod record;
mod rehearse;
mod resolve;
mod rules;
mod scan;
mod sources;
mod standing;
mod stock;
mod stored;
mod subscribe;
mod threads;
mod timelines;
mod triggers;
mod verify;
mod wallet;
mod who;

pub use bulk::{Census, Intake, RefusedLine};
pub use carts::{cart, quote};
pub use channels::{channel_health, inbound};
pub use command::CommandKey;
pub use consents::{
    ConsentOutcome, UnsubscribeOutcome, address_consent, consent, consent_at, prefer, unsubscribe,
};
pub use context::{Clock, Context, FixedClock, SystemClock};
pub use coupons::{CouponOutcome, CouponRefusal, CouponRequest, coupon, coupon_guesses};
pub use decide::{Inquiry, address, decide, decide_traced};
pub use decisions::{DecisionOutcome, decisions, keep_apart, link, retract};
pub use digests::{DigestAdded, DigestOutcome, DueDigest, digest_add, digest_send, digests_due};
pub use erase::{Afterwards, ErasureOutcome, What, erase, readmit};
pub use explain::{Formed, how, why, why_not};
pub use fold::{Outcome, Recorded};
pub use front::{AsyncHub, Hub};
pub use likeness::{ComparedPart, Consideration, Likeness, NoPart, likeness};
pub use linkage::{Linkage, LinkageError, LinkageErrorKind};
pub use orders::{
    DueRepeat, OrderActed, OrderRequest, OrderTerms, PlaceOutcome, PlaceRefusal, RenewOutcome, RenewRequest,
    RepeatChange, RepeatDays, RepeatOrder, RepeatOutcome, RepeatRefusal, RepeatRequest, RepeatState,
    RepeatedLine, Retry, RetryRule, change_subscription, hand_over, order, order_act, order_id, order_tick,
    orders_due, orders_of, parcel_promise, place_order, renew_order, subscribe_order, subscription,
    subscriptions_due, subscriptions_of,
};
pub use outbox::{
    Claimed, DeliveryOf, DeliveryOutcome, Dispatch, Dispatched, DispatchedEntry, Enqueue, EnqueueOutcome,
    EscalateOutcome, MessageToldOf, Messages, Unsent, claim_message, delivery, due_messages, enqueue,
    escalate, kpi, messages, settle_message,
};
pub use price_history::{PriceSeries, prior_price, record_price};
pub use profile::{GoldenField, Profile, ProfileIdentifier, RecordSummary, profile};
pub use quotes::{QuoteOutcome, QuotePresented, QuoteStanding, honour_quote, revoke_quote};
pub use record::{record, record_all};
pub use rehearse::{Rehearsal, apply, rehearse};
pub use rules::Rules;
pub use sources::{SourceRule, SourceRules};
pub use stock::{
    Booking, GivenPromise, PromiseEnd, SlotOutcome, SlotPlace, SlotRequest, StockAnswer, StockInquiry,
    act_on_stock, act_on_stock_once, book_slot, booking, cancel_booking, change_stock, free_slots,
    give_promise, given_promise, promises_kept, route_order, score_promise, slots_left, stock_at,
    stock_everywhere, stock_ticket,
};
pub use subscribe::{Change, ChangeKind, Changed, Changes, Subscription, acknowledge, subscribed_to};
pub use threads::{
    EditOutcome, HandoffOutcome, HandoffRequest, Issue, LastState, OpenOutcome, Shown, ThreadSettings,
    TokenRefusal, TouchedThread, WaitingConversation, abandoned, abandonment_signal, edit_thread,
    handoff_act, handoff_of, handoff_packet, issue_token, last_state, mark_abandonment, may_speak,
    open_token, request_handoff, settle_abandonment, thread, threads_of, waiting_handoffs,
};
pub use timelines::{
    CustomerJourney, JourneySettings, JourneysPage, OwnedEvent, event, journey, journeys, owners, resume,
    sessions, timeline, timeline_page, update_sessions,
};
pub use triggers::{Triggering, due_triggers};
pub use verify::{Verified, challenge, verify};
pub use wallet::{
    AccountHeld, Deed, GiftStanding, MemberLimit, Payer, TransfersOutcome, UnitHeld, WalletAct,
    WalletOutcome, WalletRefusal, WalletView, account_balances, account_statement, balance_proof,
    customer_statement, end_family, gift_card, house_account_id, leave_family, limit_account, moved_by,
    open_house_account, points_issued, share_account, statement, statement_proof, tier, transfer,
    transfer_all, wallet, wallet_act,
};
pub use who::Who;
