//! Which of the things that a person left standing an order of hers has ended.

use std::collections::BTreeMap;

use super::{Effect, Thread, ThreadAct, ThreadKind, ThreadState};
use crate::time::{DateTime, Utc};

/// Takes out of these threads, made of these acts, what is open but ended with an order of that instant or an earlier one:
/// nothing was put into it since, though it may have been looked at. Of what nothing was ever put into, the first act counts.
/// `ends` says of which kinds that is so.
///
/// # Complexity
/// O(n log n) for n acts.
pub(crate) fn drop_bought(
    threads: &mut Vec<Thread>,
    acts: &[ThreadAct],
    order: Option<DateTime<Utc>>,
    ends: impl Fn(&ThreadKind) -> bool,
) {
    let Some(order) = order else { return };
    // When something was put into it last; until then, when somebody first looked at it.
    let mut filled: BTreeMap<(&ThreadKind, &str), (bool, DateTime<Utc>)> = BTreeMap::new();
    for act in acts {
        let (is_change, at) = (act.effect == Effect::Changed, act.order.time);
        let known = filled.entry((&act.kind, &act.object)).or_insert((is_change, at));
        *known = match (known.0, is_change) {
            (true, true) => (true, known.1.max(at)),
            (false, false) => (false, known.1.min(at)),
            (true, false) => *known,
            (false, true) => (true, at),
        };
    }
    threads.retain(|thread| {
        let filled = filled.get(&(&thread.kind, &*thread.object));
        let is_bought = filled.is_some_and(|(_, at)| *at <= order);
        thread.state != ThreadState::Open || !is_bought || !ends(&thread.kind)
    });
}
