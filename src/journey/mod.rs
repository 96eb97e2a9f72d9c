//! What happened, and where did they leave off?
//!
//! * [`Timeline`]: one person's events from all records, in one total order that does not depend on arrival.
//! * [`sessions`]: visits per device; [`owners`]: whose the acts on a shared device are.
//! * [`reading`]: which events are touches, and what conversions are worth: rules as data, and journeys made by them.
//! * [`paths`]: whole journeys, cleaned, mapped and counted; [`attribution`]: credit where it is due.
//! * [`funnel`]: how far people get through steps, and how fast.
//! * [`stages`](mod@stages): how near customers are; [`pain_points`]: where it hurts; [`measures`]: how well channels work as one.
//! * [`threads`] and [`resume`]: carts, forms and plans that any channel can take up where another left off.

mod abandonment;
pub mod attribution;
mod bought;
mod continuation;
pub mod funnel;
mod handoff;
pub mod measures;
mod ownership;
pub mod pain_points;
pub mod paths;
pub mod reading;
mod resume_token;
mod session;
mod session_update;
pub mod stages;
mod thread;
mod timeline;
mod timeline_page;
mod touchpoint;
mod visibility;

pub use abandonment::{Abandonment, AbandonmentNews, Sequel, Told, abandonment_news, abandonments};
pub(crate) use bought::drop_bought;
pub use continuation::{Contact, Continuation, ResumeSettings, Resumption, resume};
pub use handoff::{
    Asked, ConversationOwner, Handoff, HandoffAct, HandoffEvent, HandoffLimit, HandoffRefusal, HandoffState,
    OpenObject, OwnerSince, Packet, PacketInput, PacketSettings, RefusedAct, Speech, handoff,
};
pub use ownership::{DeviceAct, DeviceUser, Owner, OwnershipPolicy, OwnershipSettings, owners};
pub use resume_token::{QrPayload, ResumeToken, ResumeTokenError, ResumeTokenErrorKind};
pub use session::{Act, Boundary, Session, SessionSettings, sessions};
pub use session_update::{Restart, restart, update_sessions};
pub use thread::{
    Closed, Difference, Document, Effect, FieldMove, FieldNews, FieldShape, KindRules, KnownEdit, MeetReport,
    Meeting, Member, Met, PartId, Seen, Sensitivity, StepState, Thread, ThreadAct, ThreadEdit, ThreadError,
    ThreadErrorKind, ThreadKind, ThreadPart, ThreadRules, ThreadState, Touch, Versions, difference, meet,
    threads,
};
pub use timeline::{Entry, Timeline};
pub use timeline_page::{TimelineCursor, TimelineFilter, TimelinePage, Turn};
pub use touchpoint::{Feedback, Question, Touchpoint, Work};
pub use visibility::{Sight, SightRule, Visibility};
