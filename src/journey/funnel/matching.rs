//! Which steps events can serve when each serves one at most.

/// Events by the steps that they match, and a matching of steps to them that grows one step at a time (Kuhn's
/// augmenting paths).
#[derive(Clone, Default)]
pub(super) struct Matching {
    masks: Vec<u32>,
    /// For each event the step that it serves.
    serves: Vec<Option<u32>>,
    tried: Vec<bool>,
}

impl Matching {
    /// Begins with the masks of these events. Of equal ones only as many are kept as could be of use.
    pub(super) fn begin(&mut self, masks: impl Iterator<Item = u32>) {
        self.masks.clear();
        self.masks.extend(masks.filter(|&mask| mask != 0));
        self.masks.sort_unstable();
        let (mut last, mut copies) = (0, 0);
        self.masks.retain(|&mask| {
            copies = if mask == last { copies + 1 } else { 1 };
            last = mask;
            copies <= mask.count_ones()
        });
        self.restart();
    }

    /// No step is served any more.
    pub(super) fn restart(&mut self) {
        self.serves.clear();
        self.serves.resize(self.masks.len(), None);
    }

    /// Has one more step served, if it can be.
    pub(super) fn add(&mut self, step: u32) -> bool {
        self.tried.clear();
        self.tried.resize(self.masks.len(), false);
        self.augment(step)
    }

    /// As deep as there are steps.
    fn augment(&mut self, step: u32) -> bool {
        for event in 0..self.masks.len() {
            let fits = self.masks.get(event).is_some_and(|mask| mask & (1 << step) != 0);
            let Some(tried) = self.tried.get_mut(event) else { continue };
            if !fits || std::mem::replace(tried, true) {
                continue;
            }
            let served = self.serves.get(event).copied().flatten();
            if served.is_none_or(|served| self.augment(served)) {
                if let Some(slot) = self.serves.get_mut(event) {
                    *slot = Some(step);
                }
                return true;
            }
        }
        false
    }

    /// What the event matches that serves a step; 0 if none does.
    pub(super) fn serving(&self, step: u32) -> u32 {
        let event = self.serves.iter().position(|served| *served == Some(step));
        event.and_then(|event| self.masks.get(event)).copied().unwrap_or(0)
    }
}
