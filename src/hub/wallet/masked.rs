//! What a request shows in a log: names of the host's customers, families and cards are told apart and not shown.

use std::fmt;

use super::requests::{Deed, Payer};
use crate::pii::tag;

/// A text of which a log shows four digits.
struct Masked<'a>(&'a str);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pii({:04x})", tag(self.0))
    }
}

impl fmt::Debug for Payer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(who) => f.debug_tuple("Customer").field(who).finish(),
            Self::Member { family, member, zone } => f
                .debug_struct("Member")
                .field("family", &Masked(family))
                .field("member", member)
                .field("zone", zone.id())
                .finish(),
        }
    }
}

impl fmt::Debug for Deed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TopUp { to, from, ref amount } => {
                let mut out = f.debug_struct("TopUp");
                out.field("to", to).field("from", &from).field("amount", amount).finish()
            }
            Self::Pay { ref by, to, ref amount, ref hold } => {
                let mut out = f.debug_struct("Pay");
                out.field("by", by).field("to", &to).field("amount", amount).field("hold", hold).finish()
            }
            Self::Capture { of, ref amount } => {
                f.debug_struct("Capture").field("of", &of).field("amount", amount).finish()
            }
            Self::Release { of } => f.debug_struct("Release").field("of", &of).finish(),
            Self::Refund { of, amount } => {
                f.debug_struct("Refund").field("of", &of).field("amount", &amount).finish()
            }
            Self::Earn { to, programme, points, ref from, ref until } => {
                let mut out = f.debug_struct("Earn");
                out.field("to", to).field("programme", programme).field("points", &points);
                out.field("from", from).field("until", until).finish()
            }
            Self::Spend { ref by, programme, points } => {
                let mut out = f.debug_struct("Spend");
                out.field("by", by).field("programme", programme).field("points", &points).finish()
            }
            Self::GiveBack { of, points, ref how } => {
                let mut out = f.debug_struct("GiveBack");
                out.field("of", &of).field("points", &points).field("how", how).finish()
            }
            Self::TakeBack { of, points, ref policy } => {
                let mut out = f.debug_struct("TakeBack");
                out.field("of", &of).field("points", &points).field("policy", policy).finish()
            }
            Self::IssueGift { code, from, ref amount, ref until, refund_days } => {
                let mut out = f.debug_struct("IssueGift");
                out.field("code", code).field("from", &from).field("amount", amount);
                out.field("until", until).field("refund_days", &refund_days).finish()
            }
            Self::IssueVoucher { code, from, ref amount, to, terms } => {
                let mut out = f.debug_struct("IssueVoucher");
                out.field("code", code).field("from", &from).field("amount", amount);
                out.field("to", &to).field("terms", terms).finish()
            }
            Self::PayByVoucher { code, by, to, ref amount, ref basket, ref hold, subject, guesses } => {
                let mut out = f.debug_struct("PayByVoucher");
                out.field("code", &Masked(code)).field("by", &by).field("to", &to).field("amount", amount);
                out.field("basket", basket).field("hold", hold);
                out.field("subject", &Masked(subject)).field("guesses", guesses).finish()
            }
            Self::PayByGift { code, to, ref amount, ref hold, subject, guesses } => {
                let mut out = f.debug_struct("PayByGift");
                out.field("code", &Masked(code)).field("to", &to).field("amount", amount);
                out.field("hold", hold).field("subject", &Masked(subject)).field("guesses", guesses).finish()
            }
        }
    }
}
