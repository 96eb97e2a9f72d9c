//! The SQL of measures that Splink spells out.

/// Kilometres between two places; the names are those of the sides' columns, in quotes.
pub(super) fn kilometres(latitudes: [&str; 2], longitudes: [&str; 2]) -> String {
    let ([left, right], [left_longitude, right_longitude]) = (latitudes, longitudes);
    let cosine = format!(
        "(sin(radians({left})) * sin(radians({right})) + cos(radians({left})) * cos(radians({right})) \
         * cos(radians({right_longitude} - {left_longitude})))"
    );
    format!(
        "cast(acos(case when {cosine} > 1 then 1 when {cosine} < -1 then -1 else {cosine} end) * 6371 as float)"
    )
}

/// The difference of two numbers as a share of the larger, as Splink writes it.
pub(super) fn relative_difference(left: &str, right: &str) -> String {
    format!("(ABS({left} - {right}) / (CASE WHEN {right} > {left} THEN {right} ELSE {left} END))")
}

/// The difference of two numbers as a share of the one further from 0.
pub(super) fn absolute_share(left: &str, right: &str) -> String {
    format!("(ABS({left} - {right}) / GREATEST(ABS({left}), ABS({right})))")
}

/// How many values the shorter of two lists has.
pub(super) fn shorter(left: &str, right: &str) -> String {
    format!("LEAST(array_length({left}), array_length({right}))")
}

/// How many values two lists have in common.
pub(super) fn shared(left: &str, right: &str) -> String {
    format!("array_length(list_intersect({left}, {right}))")
}

/// How many values two lists have in common, as Splink 3 counts them.
pub(super) fn shared_by_counts(left: &str, right: &str) -> String {
    format!("list_unique({left}) + list_unique({right}) - list_unique(list_concat({left}, {right}))")
}

/// A name in double quotes.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in single quotes.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
