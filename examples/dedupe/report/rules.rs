//! The blocking rules and what each adds.

use super::page::{Page, key, table};
use super::svg::name;
use super::tables::bar;
use super::{ReportInput, count};

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let rules = &input.facts.rules;
    if rules.is_empty() {
        return;
    }
    let most = rules.iter().map(|rule| rule.pairs.max(rule.new_pairs)).max().unwrap_or(0);
    let mut together = 0_u64;
    let rows: Vec<Vec<String>> = rules
        .iter()
        .map(|rule| {
            together = together.saturating_add(rule.new_pairs);
            vec![
                name(&rule.name),
                bar(rule.new_pairs, rule.pairs.saturating_sub(rule.new_pairs), most),
                count(rule.pairs),
                count(rule.new_pairs),
                count(together),
                count(rule.largest_block),
                count(rule.held_back),
            ]
        })
        .collect();
    page.section(
        "Which pairs are looked at",
        "Two records are compared if a rule puts them into one block. A rule that adds few new pairs costs little; one with a \
         huge largest block rests on a value that says nothing. Records in blocks that are too large, also when they were \
         split by a second value, are left to the other rules.",
        &(key(&[("for", "new pairs"), ("mute", "pairs that an earlier rule found")])
            + &table(&["rule", "", ">pairs", ">new", ">together", ">largest block", ">in large blocks"], rows)),
    );
}
