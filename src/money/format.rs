//! Amounts as people of a language and country write them, and back.

use super::{CurrencyUnit, Decimal, Money, MoneyError, MoneyErrorKind};
use crate::text::controls;

/// How digits are grouped before the decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grouping {
    /// By three.
    Thousands,
    /// By three, but only from five digits on.
    FromFive,
    /// The last three, then by two.
    Lakhs,
}

/// Where the sign of percent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Percent {
    Behind,
    BehindSpace,
    Before,
}

/// How amounts are written in one language and country: digits, separators, and where the currency stands.
///
/// The currency's own number of decimals is always written out, so that nothing is lost: what [`MoneyFormat::parse`]
/// reads is what [`MoneyFormat::format`] wrote. Source of the conventions: Unicode CLDR 47, patterns of standard amounts.
///
/// ```
/// use throughline::money::{Currency, CurrencyTable, Money, MoneyFormat};
/// let table = CurrencyTable::new([(Currency::parse("IRR")?, 0)])?;
/// let unit = |code| table.unit(Currency::parse(code)?);
/// let price = Money::new(1_234_550, unit("EUR")?);
/// assert_eq!(MoneyFormat::of("de").format(price), "12.345,50\u{a0}€");
/// assert_eq!(MoneyFormat::of("en-IN").format(price), "€12,345.50");
/// assert_eq!(MoneyFormat::of("fa").format(price), "۱۲٬۳۴۵٫۵۰\u{a0}€");
/// let rial = Money::new(1_250_000, unit("IRR")?);
/// assert_eq!(MoneyFormat::of("fa").format_toman(rial)?, "۱۲۵٬۰۰۰ تومان");
/// assert_eq!(MoneyFormat::of("ar-EG").parse("١٢٬٣٤٥٫٥٠ €", unit("EUR")?)?, price);
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyFormat {
    zero: char,
    group: char,
    decimal: char,
    grouping: Grouping,
    /// Before the number, or after it and a space that does not break.
    symbol_first: bool,
    /// Whether a space stands between a symbol that is first and the number.
    space: bool,
    right_to_left: bool,
    percent: Percent,
}

const NO_BREAK: char = '\u{a0}';
const NARROW: char = '\u{202f}';

impl MoneyFormat {
    /// English as in the United States, and what every other language falls back on.
    pub const ENGLISH: Self = Self {
        zero: '0',
        group: ',',
        decimal: '.',
        grouping: Grouping::Thousands,
        symbol_first: true,
        space: false,
        right_to_left: false,
        percent: Percent::Behind,
    };

    /// The conventions of a language tag such as `fa`, `ar-EG` or `de-CH`; those of its language if its country has none
    /// of its own, and [`MoneyFormat::ENGLISH`] if the language is not known. Case and `_` for `-` do not count.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let region = parts.find(|part| part.len() == 2).unwrap_or_default();
        let after = Self { symbol_first: false, ..Self::ENGLISH };
        let continental = Self { group: '.', decimal: ',', ..after };
        let spaced = Self { group: NO_BREAK, decimal: ',', ..after };
        let numbers = match (language, region) {
            ("en", "in") | ("hi", _) => Self { grouping: Grouping::Lakhs, ..Self::ENGLISH },
            ("de", "ch" | "li") => Self { group: '’', space: true, ..Self::ENGLISH },
            ("de", "at") => Self { group: '.', decimal: ',', space: true, ..Self::ENGLISH },
            ("de" | "it" | "id" | "da" | "el" | "ro" | "sl" | "hr", _) => continental,
            ("es", "mx" | "us" | "pr") => Self::ENGLISH,
            ("es", _) => Self { grouping: Grouping::FromFive, ..continental },
            ("nl", _) => Self { group: '.', decimal: ',', space: true, ..Self::ENGLISH },
            ("pt", "br") => Self { group: '.', decimal: ',', space: true, ..Self::ENGLISH },
            ("pt" | "pl", _) => Self { grouping: Grouping::FromFive, ..spaced },
            ("tr", _) => Self { group: '.', decimal: ',', ..Self::ENGLISH },
            ("fr", _) => Self { group: NARROW, ..spaced },
            ("ru" | "uk" | "be" | "kk" | "cs" | "sk" | "sv" | "fi" | "hu" | "bg", _) => spaced,
            ("he" | "iw", _) => Self { right_to_left: true, ..after },
            ("fa", _) => Self { zero: '۰', group: '٬', decimal: '٫', right_to_left: true, ..after },
            // The Gulf and the Maghreb write Latin digits.
            ("ar", "ma" | "dz" | "tn" | "ly" | "eh") => Self { right_to_left: true, ..continental },
            ("ar", "ae") => Self { right_to_left: true, ..after },
            ("ar", _) => Self { zero: '٠', group: '٬', decimal: '٫', right_to_left: true, ..after },
            _ => Self::ENGLISH,
        };
        let percent = match (language, region) {
            ("de", "ch" | "li") => Percent::Behind,
            ("de" | "es" | "fr" | "ru" | "be" | "cs" | "sk" | "sv" | "fi" | "da" | "ro" | "sl" | "hr", _) => {
                Percent::BehindSpace
            }
            ("tr", _) => Percent::Before,
            _ => Percent::Behind,
        };
        Self { percent, ..numbers }
    }

    /// The amount with the sign of its currency.
    ///
    /// # Complexity
    /// O(digits).
    #[must_use]
    pub fn format(&self, amount: Money) -> String {
        self.placed(&self.number(&amount.plain()), symbol(amount.currency().as_str()))
    }

    /// An amount of rials in toman, as prices are said in Iran.
    ///
    /// # Errors
    /// The amount is not in rials.
    pub fn format_toman(&self, amount: Money) -> Result<String, MoneyError> {
        let name = if self.zero == '۰' { "تومان" } else { "toman" };
        Ok(format!("{} {name}", self.number(&amount.in_toman()?)))
    }

    /// A whole number.
    ///
    /// ```
    /// use throughline::money::MoneyFormat;
    /// assert_eq!(MoneyFormat::of("fa").whole(1_250), "۱٬۲۵۰");
    /// ```
    #[must_use]
    pub fn whole(&self, number: i64) -> String {
        self.number(&number.to_string())
    }

    /// A share in basis points (10,000 are the whole) as a percentage, with the decimals that it has.
    ///
    /// ```
    /// use throughline::money::MoneyFormat;
    /// assert_eq!(MoneyFormat::of("en").percentage(2_000), "20%");
    /// assert_eq!(MoneyFormat::of("de").percentage(1_250), "12,5\u{a0}%");
    /// assert_eq!(MoneyFormat::of("fa").percentage(2_000), "۲۰٪");
    /// assert_eq!(MoneyFormat::of("tr").percentage(2_000), "%20");
    /// ```
    #[must_use]
    pub fn percentage(&self, basis_points: i32) -> String {
        let sign = if basis_points < 0 { "-" } else { "" };
        let (whole, rest) = (basis_points.unsigned_abs() / 100, basis_points.unsigned_abs() % 100);
        let plain = format!("{sign}{whole}.{rest:02}");
        let number = self.number(plain.trim_end_matches('0').trim_end_matches('.'));
        match self.percent {
            Percent::Behind => format!("{number}{}", if self.zero == '0' { '%' } else { '٪' }),
            Percent::BehindSpace => format!("{number}{NO_BREAK}%"),
            Percent::Before => format!("%{number}"),
        }
    }

    /// The number alone.
    fn number(&self, plain: &str) -> String {
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
        let (whole, fraction) =
            digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let mut text = String::new();
        if !sign.is_empty() {
            // A sign beside right-to-left letters would jump to the other side of the number.
            text.push_str(if self.right_to_left { "\u{200e}-" } else { "-" });
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && self.grouped(whole.len(), whole.len() - place) {
                text.push(self.group);
            }
            text.push(self.digit(digit));
        }
        if let Some(fraction) = fraction {
            text.push(self.decimal);
            text.extend(fraction.chars().map(|digit| self.digit(digit)));
        }
        text
    }

    /// Whether a separator stands where so many digits of so many follow.
    const fn grouped(&self, digits: usize, follow: usize) -> bool {
        match self.grouping {
            Grouping::Thousands => follow.is_multiple_of(3),
            Grouping::FromFive => digits > 4 && follow.is_multiple_of(3),
            Grouping::Lakhs => follow == 3 || (follow > 3 && (follow - 3).is_multiple_of(2)),
        }
    }

    fn digit(&self, digit: char) -> char {
        let value = digit.to_digit(10).unwrap_or(0);
        char::from_u32(u32::from(self.zero) + value).unwrap_or(digit)
    }

    fn placed(&self, number: &str, symbol: &str) -> String {
        if !self.symbol_first {
            return format!("{number}{NO_BREAK}{symbol}");
        }
        // A code of letters needs a space.
        let space = self.space || symbol.chars().all(char::is_alphabetic);
        let gap = if space { "\u{a0}" } else { "" };
        match number.strip_prefix('-') {
            Some(number) => format!("-{symbol}{gap}{number}"),
            None => format!("{symbol}{gap}{number}"),
        }
    }

    /// Reads an amount as people of this language write it: with or without the sign or code of its currency, in digits
    /// of any script, with or without separators of groups.
    ///
    /// # Errors
    /// What is left is no number, names another currency, or has more decimals than the currency.
    ///
    /// # Complexity
    /// O(n).
    pub fn parse(&self, text: &str, unit: CurrencyUnit) -> Result<Money, MoneyError> {
        let not_decimal = || MoneyError::new(MoneyErrorKind::NotDecimal);
        if text.len() > 256 {
            return Err(not_decimal());
        }
        let code = unit.currency().as_str();
        let shown = controls::strip(text);
        let mut rest = shown.trim().replace('\u{2212}', "-");
        let mut negative = false;
        // A sign may stand before or behind the currency's.
        for _ in 0..2 {
            if let Some(unsigned) = rest.strip_prefix('-') {
                if std::mem::replace(&mut negative, true) {
                    return Err(not_decimal());
                }
                rest = unsigned.trim().to_owned();
            }
            for name in [symbol(code), code] {
                let bare = rest.strip_prefix(name).or_else(|| rest.strip_suffix(name));
                if let Some(bare) = bare {
                    rest = bare.trim().to_owned();
                }
            }
        }
        let space = |c: char| c == NO_BREAK || c == NARROW || c == ' ';
        let mut plain = String::with_capacity(rest.len());
        let mut groups = vec![0_usize];
        for c in rest.chars() {
            match c {
                _ if c == self.decimal || (c == '٫' && self.decimal != ',') => plain.push('.'),
                _ if plain.contains('.') && crate::text::digits::value(c).is_none() => {
                    return Err(not_decimal());
                }
                _ if c == self.group || c == '٬' || (space(self.group) && space(c)) => groups.push(0),
                _ if crate::text::digits::value(c).is_some() => {
                    if !plain.contains('.') {
                        groups.last_mut().into_iter().for_each(|digits| *digits += 1);
                    }
                    plain.push(crate::text::digits::ascii(c));
                }
                _ => return Err(not_decimal()),
            }
        }
        if !self.well_grouped(&groups) {
            return Err(not_decimal());
        }
        if negative {
            plain.insert(0, '-');
        }
        Decimal::parse(&plain)?.to_money(unit)
    }
}

impl MoneyFormat {
    /// Whether separators stand where they belong, or nowhere: `1.50` is no amount where the point parts thousands.
    fn well_grouped(&self, groups: &[usize]) -> bool {
        let [first, inner @ .., last] = groups else { return true };
        let between = if self.grouping == Grouping::Lakhs { 2 } else { 3 };
        (1..=3).contains(first) && *last == 3 && inner.iter().all(|digits| *digits == between)
    }
}

/// The sign that people know a currency by, or its code.
fn symbol(code: &'static str) -> &'static str {
    match code {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "ILS" => "₪",
        "RUB" => "₽",
        "UAH" => "₴",
        "TRY" => "₺",
        "INR" => "₹",
        "JPY" => "¥",
        "KZT" => "₸",
        "PLN" => "zł",
        "IRR" => "ریال",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    const TAGS: [&str; 18] = [
        "en", "en-IN", "de", "de-CH", "de-AT", "es", "fr", "fa", "fa-IR", "ar", "ar-AE", "ar-MA", "he", "ru",
        "tr", "pl", "pt_BR", "xx",
    ];

    fn unit(code: &str, exponent: u8) -> CurrencyUnit {
        CurrencyUnit::new(Currency::parse(code).unwrap(), exponent).unwrap()
    }

    #[test]
    fn each_language_writes_its_own_way() {
        let price = Money::new(123_456_789, unit("EUR", 2));
        for (tag, written) in [
            ("en", "€1,234,567.89"),
            ("en-IN", "€12,34,567.89"),
            ("de-CH", "€\u{a0}1’234’567.89"),
            ("fr", "1\u{202f}234\u{202f}567,89\u{a0}€"),
            ("ru-RU", "1\u{a0}234\u{a0}567,89\u{a0}€"),
            ("he", "1,234,567.89\u{a0}€"),
            ("fa", "۱٬۲۳۴٬۵۶۷٫۸۹\u{a0}€"),
            ("ar-SA", "١٬٢٣٤٬٥٦٧٫٨٩\u{a0}€"),
            ("ar-AE", "1,234,567.89\u{a0}€"),
        ] {
            assert_eq!(MoneyFormat::of(tag).format(price), written, "{tag}");
        }
        let polish = MoneyFormat::of("pl");
        assert_eq!(polish.format(Money::new(123_450, unit("PLN", 2))), "1234,50\u{a0}zł");
        assert_eq!(MoneyFormat::of("en").format(Money::new(-5, unit("BHD", 3))), "-BHD\u{a0}0.005");
        assert_eq!(MoneyFormat::of("he").format(Money::new(-5, unit("ILS", 2))), "\u{200e}-0.05\u{a0}₪");
        assert_eq!(MoneyFormat::of("ja").format(Money::new(1_000, unit("JPY", 0))), "¥1,000");
        assert!(MoneyFormat::of("fa").format_toman(price).is_err());
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        let german = MoneyFormat::of("de");
        for text in
            ["", "€", "1,2,3", "--5", "5 USD", "12a", "1,234", "1.50", "12.34.567", "1,5.0", &"1".repeat(300)]
        {
            assert!(german.parse(text, unit("EUR", 2)).is_err(), "{text}");
        }
        assert_eq!(german.parse("EUR 1.234,5", unit("EUR", 2)).unwrap().minor(), 123_450);
        assert_eq!(MoneyFormat::of("fa").parse("‎−۱۲٬۵۰۰ ریال", unit("IRR", 0)).unwrap().minor(), -12_500);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn what_is_written_is_read(minor in any::<i64>(), at in 0..TAGS.len(), exponent in 0_u8..5, code in 0_usize..6) {
            let code = ["EUR", "IRR", "ILS", "RUB", "BHD", "PLN"][code];
            let (format, unit) = (MoneyFormat::of(TAGS[at]), unit(code, exponent));
            let amount = Money::new(minor, unit);
            let written = format.format(amount);
            prop_assert_eq!(format.parse(&written, unit).map(Money::minor), Ok(minor), "{}", written);
        }

        #[test]
        fn reading_never_panics(text in any::<String>(), at in 0..TAGS.len()) {
            let _ = MoneyFormat::of(TAGS[at]).parse(&text, unit("EUR", 2));
        }
    }
}
