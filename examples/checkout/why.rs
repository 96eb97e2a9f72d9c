//! Plain words for the rules that a price answers with.

use throughline::reason::Reason;

/// What a rule means.
pub(crate) fn words(rule: &str) -> String {
    match rule {
        "price_chosen" => "chosen",
        "price_reduced" => "the regular price, which the sale is below",
        "price_ended" => "it has ended",
        "price_not_begun" => "it has not begun",
        "price_list_ended" => "its list has ended",
        "price_list_not_begun" => "its list has not begun",
        "price_list_for_others" => "its list is for other customers",
        "price_other_quantity" => "it is for another quantity",
        "price_not_override" => "another stands in for it",
        "price_sale_not_lower" => "a sale that would be dearer than the regular price",
        "promotion_lost" => "another of its group takes more off",
        "promotion_coupon_missing" => "needs a coupon",
        "promotion_outside_hours" => "not at this time of day",
        "promotion_other_customer_group" => "for other customers",
        "promotion_not_begun" => "has not begun",
        "promotion_excluded" => "an exclusive one stands alone",
        "promotion_other_currency" => "declared in another currency",
        "promotion_limited_by_floor" => "held at the least price of a product",
        "quote_tampered" => "something in it was changed",
        "quote_used_up" => "it was used before",
        "quote_key_unknown" => "signed with a key that is retired",
        "quote_expired" => "it has expired",
        "quote_revoked" => "it was taken back",
        "quote_cart_changed" => "the cart has changed since",
        "quote_for_another_customer" => "it was made for somebody else",
        "as_sold" => "each piece at what was paid for it",
        "kept_goods_priced_anew" => "kept goods priced anew",
        "delivery_comes_back" => "delivery with the last piece",
        "no_reduction" => "no reduction is in force",
        "lowest_price_before" => "the lowest of the days before",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// All rules of an answer.
pub(crate) fn all(reasons: &[Reason]) -> String {
    let words: Vec<String> = reasons.iter().map(|reason| words(&reason.rule)).collect();
    words.join("; ")
}

/// The id that a reason names: `evidence(reason, "price")` of `price:kilim` is `kilim`.
pub(crate) fn evidence<'a>(reason: &'a Reason, kind: &str) -> Vec<&'a str> {
    let of_kind = |text: &'a String| text.strip_prefix(kind)?.strip_prefix(':');
    reason.evidence.iter().filter_map(of_kind).collect()
}
