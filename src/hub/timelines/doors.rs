//! More use cases of timelines as methods of both drivers.

use crate::calendar::Zone;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::journey::{
    Entry, OwnershipSettings, Session, SessionSettings, TimelineCursor, TimelineFilter, TimelinePage, Turn,
};

use super::OwnedEvent;

use_cases! {
    /// One page of her timeline; see [`timeline_page`](super::timeline_page()).
    timeline_page(who: &Who, filter: &TimelineFilter, cursor: Option<&TimelineCursor>, turn: Turn, limit: usize)
        -> Option<TimelinePage>;
    /// Her visits after events arrived; see [`update_sessions`](super::update_sessions()).
    update_sessions(who: &Who, known: &[Session], arrived: &[Entry], settings: &SessionSettings, zone: &Zone)
        -> Option<Vec<Session>>;
    /// Whose the events on her devices are; see [`owners`](super::owners()).
    owners(who: &Who, settings: &OwnershipSettings) -> Option<Vec<OwnedEvent>>;
}
