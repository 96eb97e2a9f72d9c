//! Delivery states and digests.

use serde::Deserialize;
use serde_json::json;
use throughline::messaging::delivery::{DeliveryKind, delivery_state};
use throughline::messaging::digest::{DigestPolicy, digest};
use throughline::time::from_millis;

use crate::messaging::Suite;

pub(crate) fn delivery_states() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        events: Vec<DeliveryKind>,
    }
    Box::new(|given| {
        let Ok(input) = Input::deserialize(given) else { return json!({"error": "unreadable"}) };
        let state = delivery_state(input.events.iter().copied());
        // In any order and however often, as the suite says.
        let turned = input.events.iter().rev().chain(&input.events).copied();
        assert_eq!(delivery_state(turned), state);
        let mut engagement: Vec<&str> = state.engagement.iter().map(|kind| kind.as_str()).collect();
        engagement.sort_unstable();
        json!({
            "delivery": state.delivery.as_str(),
            "engagement": engagement,
            "suppress": state.suppress,
            "anomaly": state.anomaly,
        })
    })
}

pub(crate) fn digests() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        policy: DigestPolicy,
        events: Vec<i64>,
    }
    Box::new(|given| {
        let Ok(input) = Input::deserialize(given) else { return json!({"error": "unreadable"}) };
        let events = input.events.iter().map(|second| (from_millis(second * 1_000), ()));
        let deliveries: Vec<(i64, usize)> = digest(&input.policy, events)
            .into_iter()
            .map(|delivery| (delivery.at.timestamp(), delivery.items.len()))
            .collect();
        json!({"deliveries": deliveries})
    })
}
