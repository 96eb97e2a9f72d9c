//! Why a Splink model cannot be taken over, or a model not be given to Splink.

use std::fmt;

use super::super::error::ModelError;

/// Why a model could not be read from, or written as, a Splink settings file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplinkError {
    kind: SplinkErrorKind,
    place: String,
    text: String,
}

/// The kind of a [`SplinkError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SplinkErrorKind {
    /// The text is not JSON, or not of the shape of Splink's settings: fix the file.
    Json,
    /// SQL that is not of a known shape: [`SplinkError::text`] is exactly the part that is not understood.
    UnsupportedSql,
    /// A setting that has no equal here.
    UnsupportedSetting,
    /// What this model holds cannot be said in Splink's SQL.
    NotExpressible,
    /// Everything was understood, but the model makes no sense.
    Model,
}

impl SplinkError {
    pub(super) fn new(kind: SplinkErrorKind, place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, place: place.into(), text: text.into() }
    }

    pub(super) fn model(error: &ModelError) -> Self {
        Self::new(SplinkErrorKind::Model, "model", error.to_string())
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> SplinkErrorKind {
        self.kind
    }

    /// Where: the name of the comparison, or `blocking rule` with its place counted from 0.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The SQL, the setting or the complaint.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SplinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, text, .. } = self;
        match self.kind {
            SplinkErrorKind::Json => write!(f, "not a splink model: {text}"),
            SplinkErrorKind::UnsupportedSql => write!(f, "{place}: unsupported sql `{text}`"),
            SplinkErrorKind::UnsupportedSetting => write!(f, "{place}: unsupported setting `{text}`"),
            SplinkErrorKind::NotExpressible => write!(f, "{place}: splink has no sql for {text}"),
            SplinkErrorKind::Model => write!(f, "{text}"),
        }
    }
}

impl std::error::Error for SplinkError {}
