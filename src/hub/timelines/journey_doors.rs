//! The use cases of journeys as methods of both drivers.

use crate::calendar::Zone;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::ids::RecordId;
use crate::journey::attribution::{AttributionError, Model};
use crate::journey::reading::JourneyReader;

use super::{CustomerJourney, JourneySettings, JourneysPage};

use_cases! {
    /// One customer's journey with visits, stages and credits; see [`journey`](super::journey()).
    journey(who: &Who, reader: &JourneyReader, settings: &JourneySettings, zone: &Zone, model: Model<'_>)
        -> Option<Result<CustomerJourney, AttributionError>>;
    /// The journeys of some customers after a record; see [`journeys`](super::journeys()).
    journeys(reader: &JourneyReader, settings: &JourneySettings, zone: &Zone, after: Option<RecordId>, limit: usize)
        -> JourneysPage;
}
