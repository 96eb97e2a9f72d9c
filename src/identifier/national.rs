//! Numbering plans: national formats of phone numbers, and whether a number is in use.
//!
//! The plans are those of the `phonenumber` crate. Only its data is used: its parser strips a trunk prefix twice (so
//! Russian 8 800 numbers come out wrong) and has paths that panic.

use std::sync::{Once, PoisonError};

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Database, Descriptor};

use crate::region::Region;

/// Compiled patterns that are kept. The crate's own 100 are fewer than what the plans of a few countries hold, and
/// compiling them again and again takes milliseconds a number. Numbers of all countries mixed fill it, which takes about 60 MB.
const PATTERNS: usize = 300;

/// All plans. The first call reads them, which takes about a tenth of a second.
fn plans() -> &'static Database {
    static ENLARGED: Once = Once::new();
    ENLARGED.call_once(|| {
        DATABASE.cache().lock().unwrap_or_else(PoisonError::into_inner).set_capacity(PATTERNS);
    });
    &DATABASE
}

/// The international digits (without `+`) of what somebody in the region dialled, if that is a number in use.
/// Candidates in order, the first in use wins: dialled abroad with the region's own prefix, national with the trunk
/// prefix removed, national as it is, and international without any prefix.
pub(super) fn international(dialled: &str, region: Region) -> Option<String> {
    if let Some(number) = abroad(dialled, region) {
        return Some(number.to_owned());
    }
    let plan = plans().by_id(region.as_str())?;
    // Regions that share a country code dial each other like themselves: Toronto from New York, Jersey from London.
    let code = plan.country_code();
    without_trunk_prefix(plan, dialled)
        .into_iter()
        .flatten()
        .chain([dialled.to_owned()])
        .find(|national| has_number(code, national))
        .map(|national| format!("{code}{national}"))
        .or_else(|| {
            let national = dialled.strip_prefix(&code.to_string())?;
            has_number(code, national).then(|| dialled.to_owned())
        })
}

/// What follows the region's own prefix for dialling abroad (011 in America, 810 in Russia, 0011 in Australia), if it
/// is a number in use.
pub(super) fn abroad(dialled: &str, region: Region) -> Option<&str> {
    let prefix = plans().by_id(region.as_str())?.international_prefix()?.find(dialled)?;
    dialled.get(prefix.end()..).filter(|number| prefix.start() == 0 && in_use(number))
}

/// The number as dialled inside the country, less what is dialled before it: by the plan's pattern, which can also
/// move a mobile marker (Argentina), and by its plain trunk prefix.
fn without_trunk_prefix(plan: &Metadata, dialled: &str) -> [Option<String>; 2] {
    let by_pattern = plan.national_prefix_for_parsing().and_then(|pattern| {
        let found = pattern.captures(dialled)?;
        let whole = found.get(0).filter(|whole| whole.start() == 0)?;
        let last = found.get(found.len().checked_sub(1)?);
        match plan.national_prefix_transform_rule() {
            Some(rule) if last.is_some() => Some(pattern.replace(dialled, rule).into_owned()),
            _ => dialled.get(whole.end()..).map(ToOwned::to_owned),
        }
    });
    let by_prefix = plan
        .national_prefix()
        .filter(|prefix| !prefix.is_empty())
        .and_then(|prefix| dialled.strip_prefix(prefix))
        .map(ToOwned::to_owned);
    [by_pattern, by_prefix]
}

/// Whether the national digits are a number of any type in the plan.
fn is_national(plan: &Metadata, national: &str) -> bool {
    let types = plan.descriptors();
    let any_type = [
        types.fixed_line(),
        types.mobile(),
        types.toll_free(),
        types.premium_rate(),
        types.shared_cost(),
        types.personal_number(),
        types.voip(),
        types.pager(),
        types.uan(),
        types.voicemail(),
    ];
    let matches = |descriptor: &Descriptor| descriptor.is_match(national);
    !national.is_empty()
        && national.bytes().all(|b| b.is_ascii_digit())
        && matches(types.general())
        && any_type.into_iter().flatten().any(matches)
}

/// Whether the national digits are a number in the plan that no text message reaches: of a fixed line or of a service,
/// and of no kind that takes text messages. Where fixed and mobile numbers look alike, as in America, nothing is said.
fn is_textless(plan: &Metadata, national: &str) -> bool {
    let types = plan.descriptors();
    let takes_texts = [types.mobile(), types.personal_number(), types.voip(), types.pager()];
    is_national(plan, national)
        && !takes_texts.into_iter().flatten().any(|descriptor| descriptor.is_match(national))
}

/// Whether the national digits are a number in one of the plans under the country code.
fn has_number(code: u16, national: &str) -> bool {
    plans().by_code(&code).is_some_and(|plans| plans.into_iter().any(|plan| is_national(plan, national)))
}

/// Whether the international digits (without `+`) are a number of some country's plan.
pub(super) fn in_use(digits: &str) -> bool {
    !digits.starts_with('0')
        && (1..=3).any(|length| {
            digits
                .split_at_checked(length)
                .and_then(|(code, national)| Some((code.parse().ok()?, national)))
                .is_some_and(|(code, national)| has_number(code, national))
        })
}

/// Whether the international digits (without `+`) are of a number that no text message reaches, as far as is known: in
/// every plan that has the number.
pub(super) fn is_without_texts(digits: &str) -> bool {
    let plan_and_number = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        Some((plans().by_code(&code.parse().ok()?)?, national))
    });
    plan_and_number.is_some_and(|(plans, national)| {
        let mut holds = plans.into_iter().filter(|plan| is_national(plan, national)).peekable();
        holds.peek().is_some() && holds.all(|plan| is_textless(plan, national))
    })
}
