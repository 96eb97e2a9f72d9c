//! From which locations an order is sent: fewest parcels, then lowest cost, then balance.
//!
//! [`route`] is exact within a budget of steps, and beyond it says how far from the best its answer can be at most.

mod greedy;
mod model;
mod problem;
mod search;

#[cfg(test)]
mod tests;

pub use model::{
    Bound, MAX_CANDIDATES, MAX_PRODUCTS, NotRouted, Parcel, Route, RouteLine, RouteRequest, RouteSettings,
    Routed, Supplier,
};
pub use search::route;
