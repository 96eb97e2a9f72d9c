//! Models of [Splink](https://moj-analytical-services.github.io/splink/) 3, 4 and 5, read and written.

mod error;
mod export;
mod import;
mod operand;
mod shapes;
mod sql;
mod templates;
mod token;

pub use error::{SplinkError, SplinkErrorKind};
pub use export::Dialect;
pub use import::SplinkImport;
