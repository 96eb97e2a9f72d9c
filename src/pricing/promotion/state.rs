//! The basket as it stands between two promotions.

use super::share::proportion;
use super::table::Table;

/// What promotions change. Amounts are minor units.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// What each line costs now.
    pub(super) running: Table<i64>,
    /// The sum of the lines.
    pub(super) total: i64,
    /// How many units of each line are triggers, rewards or parts of sets.
    pub(super) used: Table<u64>,
    /// What those cost now, of the line's amount.
    pub(super) used_amount: Table<i64>,
    /// Lines that are closed to the promotions of the group at hand, one bit each.
    pub(super) closed: Table<u64>,
    /// Promotions that gave something, one bit each.
    applied: Table<u64>,
    /// What is left of each campaign's budget.
    pub(super) budgets: Table<i64>,
    pub(super) delivery: i64,
    /// What is left of the cap of the order.
    pub(super) order_left: i64,
}

impl State {
    pub(super) fn new(first: &Table<i64>, words: usize, promotions: usize) -> Self {
        Self {
            running: first.clone(),
            total: first.iter().sum(),
            used: Table(vec![0; first.len()]),
            used_amount: Table(vec![0; first.len()]),
            closed: Table(vec![0; words]),
            applied: Table(vec![0; promotions.div_ceil(64)]),
            budgets: Table::default(),
            delivery: 0,
            order_left: i64::MAX,
        }
    }

    /// Becomes equal to another, keeping its memory.
    pub(super) fn copy(&mut self, other: &Self) {
        self.running.0.clone_from(&other.running.0);
        self.used.0.clone_from(&other.used.0);
        self.used_amount.0.clone_from(&other.used_amount.0);
        self.closed.0.clone_from(&other.closed.0);
        self.applied.0.clone_from(&other.applied.0);
        self.budgets.0.clone_from(&other.budgets.0);
        (self.total, self.delivery, self.order_left) = (other.total, other.delivery, other.order_left);
    }

    pub(super) fn is_applied(&self, promotion: usize) -> bool {
        self.applied[promotion / 64] >> (promotion % 64) & 1 == 1
    }

    pub(super) fn mark_applied(&mut self, promotion: usize) {
        self.applied[promotion / 64] |= 1 << (promotion % 64);
    }

    pub(super) fn close(&mut self, line: usize) {
        self.closed[line / 64] |= 1 << (line % 64);
    }

    pub(super) fn open_all(&mut self) {
        self.closed.0.fill(0);
    }

    /// Takes something off a line; units in use bear their share of it.
    pub(super) fn take_off(&mut self, line: usize, amount: i64) {
        let used = self.used_amount[line];
        if used > 0 {
            self.used_amount[line] = used - proportion(amount, used, self.running[line]);
        }
        self.running[line] -= amount;
        self.total -= amount;
    }

    /// Takes something off units of a line that have just been put to use.
    pub(super) fn take_off_used(&mut self, line: usize, amount: i64) {
        self.used_amount[line] -= amount;
        self.running[line] -= amount;
        self.total -= amount;
    }
}
