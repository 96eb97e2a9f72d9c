//! The work of one customer that lies open, by the channel in which it lies.

use std::collections::{BTreeMap, BTreeSet};

/// Where a thing was touched last, and when.
#[derive(Clone, Copy)]
struct Left<'a> {
    channel: &'a str,
    at: i64,
}

/// Open work.
#[derive(Default)]
pub(super) struct Open<'a> {
    objects: BTreeMap<&'a str, Left<'a>>,
    /// For each channel its open objects by their last touch.
    channels: BTreeMap<&'a str, BTreeSet<(i64, &'a str)>>,
}

impl<'a> Open<'a> {
    /// Of these channels the other ones in which something lies that was touched at `since` or later.
    pub(super) fn elsewhere(&self, channel: &str, since: i64, of: &[&'a str]) -> Vec<&'a str> {
        let lies = |other: &str| {
            let last = self.channels.get(other).and_then(BTreeSet::last);
            other != channel && last.is_some_and(|&(at, _)| at >= since)
        };
        of.iter().copied().filter(|other| lies(other)).collect()
    }

    /// The thing is touched. If it lay in another channel: that channel, and for how long.
    pub(super) fn touch(
        &mut self,
        object: &'a str,
        channel: &'a str,
        at: i64,
        ends: bool,
    ) -> Option<(&'a str, i64)> {
        let before = self.objects.remove(object);
        if let Some(left) = before
            && let Some(objects) = self.channels.get_mut(left.channel)
        {
            objects.remove(&(left.at, object));
            if objects.is_empty() {
                self.channels.remove(left.channel);
            }
        }
        if !ends {
            self.objects.insert(object, Left { channel, at });
            self.channels.entry(channel).or_default().insert((at, object));
        }
        before.filter(|left| left.channel != channel).map(|left| (left.channel, at - left.at))
    }
}
