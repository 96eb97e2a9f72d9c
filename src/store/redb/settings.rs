//! How a redb store uses memory and groups commits.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of a [`RedbStore`](super::RedbStore). The file's content does not depend on them.
///
/// ```
/// use throughline::store::RedbSettings;
/// let settings = RedbSettings { cache_bytes: 256 * 1024 * 1024, ..RedbSettings::default() };
/// assert_eq!(settings.group_limit, 256);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Memory for cached and not yet written pages, in bytes. Default 64 MiB.
    pub cache_bytes: usize,
    /// Most batches that share one sync of the disk. Default 256; 0 counts as 1.
    pub group_limit: usize,
    /// Longest time, in microseconds, that a commit waits for others to share its sync. Default 2,000. It is only
    /// ever waited while fewer commits are queued than the previous group held, so a lone caller never waits.
    pub group_wait_micros: u32,
    /// Most bytes of keys and values in a group of more than one batch. Default 32 MiB.
    pub group_bytes: usize,
    /// Verify the checksum of every page when opening, in time linear in the file. Default off: after a crash the
    /// commit protocol vouches for the file, and only a disk or a person that altered bytes is caught by this.
    pub verify_on_open: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cache_bytes: 64 * 1024 * 1024,
            group_limit: 256,
            group_wait_micros: 2_000,
            group_bytes: 32 * 1024 * 1024,
            verify_on_open: false,
        }
    }
}

impl Settings {
    /// The wait as a duration.
    pub(super) fn group_wait(&self) -> Duration {
        Duration::from_micros(u64::from(self.group_wait_micros))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_read_back_with_gaps_and_without_strangers() {
        let text = serde_json::to_string(&Settings::default()).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), Settings::default());
        let some: Settings = serde_json::from_str(r#"{"group_limit": 3}"#).unwrap();
        assert_eq!(some, Settings { group_limit: 3, ..Settings::default() });
        assert!(serde_json::from_str::<Settings>(r#"{"group_limits": 3}"#).is_err());
    }
}
