//! Models of [Splink](https://moj-analytical-services.github.io/splink/) 3, 4 and 5, read and written.

mod error;
mod export;
mod import;
mod link_type;
mod operand;
mod shapes;
mod sql;
mod templates;
mod token;

pub use error::{SplinkError, SplinkErrorKind};
pub use export::{Dialect, SplinkExport};
pub use import::SplinkImport;
pub use link_type::LinkType;
