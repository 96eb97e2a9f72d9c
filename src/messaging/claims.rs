//! What a text promises: percentages, amounts of money, codes. The variants of one message must promise the same.

use std::collections::BTreeSet;
use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::money::{Currency, Decimal};
use crate::text::{controls, digits, is_link};

/// A claim of a text, in one spelling whatever the language, the digits and the separators.
///
/// Written as `pct:20`, `money:EUR:4990` (minor units by ISO 4217; an amount finer than that keeps its decimals) and
/// `code:SPRING20`, and ordered by this text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claim(Box<str>);

impl Claim {
    /// The claim as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The claims of a text.
///
/// * Percentages: a number with `%` or `٪` before or behind it, or followed by *percent*, *درصد*, *процентов*, *אחוז* …
/// * Money: a number with a currency's sign, ISO 4217 code or name before or behind it. A toman is ten rials; `1.299,00`,
///   `1,299.00`, `1 299` and `۱٬۲۹۹` are one number; *thousand* and *million* (هزار, میلیون, тыс., млн, אלף …) count.
/// * Codes: a token of at least four capital letters and digits with one of each.
///
/// Digits of every script are read. Links are left out.
///
/// # Known limit
/// A set of claims does not say what each is about: *10% on shoes and 20% on bags* makes the same claims as *20% on shoes
/// and 10% on bags*. Bind claims to named slots of the message where that matters.
///
/// # Complexity
/// O(n).
///
/// ```
/// use throughline::messaging::claims::claims;
/// assert_eq!(claims("قیمت ویژه: ۴۹٬۹۰۰ تومان"), claims("قیمت ویژه: 499,000 ریال"));
/// let found: Vec<String> = claims("Now €49.90, 20% off with SPRING20").iter().map(|claim| claim.to_string()).collect();
/// assert_eq!(found, ["code:SPRING20", "money:EUR:4990", "pct:20"]);
/// ```
#[must_use]
pub fn claims(text: &str) -> BTreeSet<Claim> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    let mut used = vec![false; tokens.len()];
    let mut place = 0;
    while place < tokens.len() {
        let Some(number) = Number::read(&tokens, place) else {
            place += 1;
            continue;
        };
        if let Some((claim, from, to)) = number.claim(&tokens) {
            found.insert(Claim(claim.into()));
            used.iter_mut().take(to).skip(from).for_each(|used| *used = true);
        }
        place = number.end;
    }
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let mut end = at + 1;
        let mut word = String::new();
        if matches!(token, Token::Word(_) | Token::Digits(_)) {
            word.push_str(token.text());
            // A run of letters and digits is one token, in however many parts it was read.
            while let Some(next @ (Token::Word(_) | Token::Digits(_))) = tokens.get(end) {
                word.push_str(next.text());
                end += 1;
            }
        }
        let free = used.get(at..end).is_some_and(|used| used.iter().all(|used| !used));
        if free && is_code(&word) {
            found.insert(Claim(format!("code:{word}").into()));
        }
        at = end;
    }
    found
}

/// Whether both texts make the same claims. See the known limit of [`claims`].
///
/// # Complexity
/// O(n).
#[must_use]
pub fn claims_equal(a: &str, b: &str) -> bool {
    claims(a) == claims(b)
}

fn is_code(word: &str) -> bool {
    word.chars().count() >= 4
        && word.chars().any(|c| c.is_ascii_digit())
        && word.chars().any(char::is_uppercase)
        && !word.chars().any(char::is_lowercase)
}

/// A part of a text. Digits and letters are apart; spaces count, for they part thousands and tokens.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Digits(String),
    Word(String),
    Space,
    Sign(char),
}

impl Token {
    fn text(&self) -> &str {
        match self {
            Self::Digits(text) | Self::Word(text) => text,
            Self::Space | Self::Sign(_) => "",
        }
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for part in text.split_inclusive(char::is_whitespace) {
        if is_link(part) {
            tokens.push(Token::Space);
            continue;
        }
        for c in part.nfkc() {
            let c = digits::ascii(c);
            if controls::is_invisible(c) {
                continue;
            }
            match (c, tokens.last_mut()) {
                ('0'..='9', Some(Token::Digits(run))) => run.push(c),
                ('0'..='9', _) => tokens.push(Token::Digits(c.into())),
                (c, Some(Token::Space)) if c.is_whitespace() => {}
                (c, _) if c.is_whitespace() => tokens.push(Token::Space),
                (c, Some(Token::Word(word))) if is_letter(c) => word.push(fold(c)),
                (c, _) if is_letter(c) => tokens.push(Token::Word(fold(c).into())),
                (c, _) => tokens.push(Token::Sign(c)),
            }
        }
    }
    tokens
}

/// Letters, and the gershayim inside a Hebrew abbreviation.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '\u{5f4}'
}

const fn fold(c: char) -> char {
    match c {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        c => c,
    }
}

/// A number of a text: several runs of digits with separators between them.
struct Number {
    /// The first token and the one after the last.
    start: usize,
    end: usize,
    whole: String,
    /// Digits after a mark that parts decimals for sure, or may do so.
    fraction: String,
    /// Whether `whole` and `fraction` may be one whole number: one point or comma with three digits after it.
    grouped: Option<char>,
}

impl Number {
    fn read(tokens: &[Token], start: usize) -> Option<Self> {
        let Some(Token::Digits(first)) = tokens.get(start) else { return None };
        let mut runs = vec![first.as_str()];
        let mut marks = Vec::new();
        let mut end = start + 1;
        while let (Some(mark), Some(Token::Digits(run))) = (tokens.get(end), tokens.get(end + 1)) {
            let mark = match mark {
                Token::Sign(mark @ ('.' | ',' | '٫' | '٬' | '\'' | '’' | '_')) => *mark,
                // Thousands parted by spaces: always three digits, and one to three before.
                Token::Space if run.len() == 3 && runs.last().is_some_and(|last| last.len() <= 3) => ' ',
                _ => break,
            };
            // After a decimal mark only that same mark may follow, and then it was none.
            if mark == ' ' && marks.iter().any(|mark| matches!(mark, '.' | ',' | '٫')) {
                break;
            }
            marks.push(mark);
            runs.push(run);
            end += 2;
        }
        let mut number = Self { start, end, whole: String::new(), fraction: String::new(), grouped: None };
        let last = marks.last().copied();
        let decimal = match last {
            Some('٫') => true,
            Some(mark @ ('.' | ',')) => {
                let alone = marks.iter().filter(|other| **other == mark).count() == 1;
                let digits = runs.last().map_or(0, |run| run.len());
                let head = runs.first().is_some_and(|run| run.len() <= 3 && *run != "0");
                if alone && marks.len() == 1 && digits == 3 && head {
                    number.grouped = Some(mark);
                }
                alone
            }
            _ => false,
        };
        let (fraction, whole) = match runs.split_last() {
            Some((fraction, whole)) if decimal => (*fraction, whole),
            _ => ("", runs.as_slice()),
        };
        number.whole = whole.concat();
        number.fraction = fraction.to_owned();
        Some(number)
    }

    /// As a plain decimal, where the unit has so many decimals.
    fn plain(&self, decimals: u8) -> String {
        // `1.299` are thousands, but for a dinar with three decimals, where the point parts them.
        let one = self.grouped.is_some_and(|mark| !(mark == '.' && decimals == 3));
        if one || self.fraction.is_empty() {
            format!("{}{}", self.whole, self.fraction)
        } else {
            format!("{}.{}", self.whole, self.fraction)
        }
    }

    /// The claim with the tokens that it is written in.
    fn claim(&self, tokens: &[Token]) -> Option<(String, usize, usize)> {
        let behind = after_space(tokens, self.end);
        let before = before_space(tokens, self.start);
        if tokens.get(behind) == Some(&Token::Sign('%'))
            || tokens.get(behind) == Some(&Token::Sign('٪'))
            || is_percent(tokens, behind)
        {
            return Some((percent(&self.plain(0))?, self.start, behind + 1));
        }
        if let Some(Token::Sign('%' | '٪')) = tokens.get(self.start.wrapping_sub(1)) {
            return Some((percent(&self.plain(0))?, self.start - 1, self.end));
        }
        let said = magnitude(tokens, behind);
        let (power, next) = said.unwrap_or((0, behind));
        if let Some((unit, end)) = currency_after(tokens, next).filter(|_| !belongs_to_next(tokens, next)) {
            return Some((self.money(&unit, power)?, self.start, end));
        }
        let (unit, from) = currency_before(tokens, before?)?;
        Some((self.money(&unit, power)?, from, said.map_or(self.end, |(_, end)| end)))
    }

    fn money(&self, unit: &Unit, power: u32) -> Option<String> {
        let currency = Currency::parse(unit.code).ok()?;
        let decimals = currency.digits().iso_4217?;
        let plain = if power > 0 && !self.fraction.is_empty() {
            format!("{}.{}", self.whole, self.fraction)
        } else {
            self.plain(decimals)
        };
        let shift = power + u32::from(decimals) + u32::from(unit.is_tenfold);
        Some(format!("money:{currency}:{}", shifted(&plain, shift)?))
    }
}

fn percent(plain: &str) -> Option<String> {
    Some(format!("pct:{}", shifted(plain, 0)?))
}

/// The number times a power of ten, written plainly.
fn shifted(plain: &str, power: u32) -> Option<String> {
    Decimal::parse(&format!("{plain}e{power}")).ok().map(|number| number.to_string())
}

fn after_space(tokens: &[Token], at: usize) -> usize {
    if tokens.get(at) == Some(&Token::Space) { at + 1 } else { at }
}

fn before_space(tokens: &[Token], at: usize) -> Option<usize> {
    let before = at.checked_sub(1)?;
    if tokens.get(before) == Some(&Token::Space) { before.checked_sub(1) } else { Some(before) }
}

fn is_percent(tokens: &[Token], at: usize) -> bool {
    let Some(Token::Word(word)) = tokens.get(at) else { return false };
    let word = word.to_lowercase();
    matches!(&*word, "percent" | "درصد" | "بالمئة" | "بالمائة" | "prozent" | "yüzde")
        || ["процент", "אחוז"].iter().any(|stem| word.starts_with(stem))
}

/// Whether the sign there stands before a number of its own: the second one in `2 $5 vouchers`.
fn belongs_to_next(tokens: &[Token], at: usize) -> bool {
    matches!(tokens.get(at), Some(Token::Sign(_)))
        && matches!(tokens.get(at + 1), Some(Token::Digits(_)))
        && matches!(at.checked_sub(1).and_then(|before| tokens.get(before)), Some(Token::Space))
}

/// A power of ten that is said in a word, and where the text goes on.
fn magnitude(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let Some(Token::Word(word)) = tokens.get(at) else { return None };
    let power = match &*word.to_lowercase() {
        "هزار" | "thousand" | "тыс" | "тысяч" | "тысячи" | "אלף" | "ألف" | "الف" | "bin" => {
            3
        }
        "میلیون" | "ملیون" | "million" | "mln" | "млн" | "миллион" | "миллиона" | "миллионов" | "מיליון"
        | "milyon" => 6,
        "میلیارد"
        | "ملیار"
        | "billion"
        | "млрд"
        | "миллиард"
        | "миллиарда"
        | "миллиардов"
        | "מיליארד"
        | "milyar" => 9,
        _ => return None,
    };
    let mut next = at + 1;
    if tokens.get(next) == Some(&Token::Sign('.')) {
        next += 1;
    }
    Some((power, after_space(tokens, next)))
}

/// A currency, by its code, and whether it is counted in tens of it.
struct Unit {
    code: &'static str,
    is_tenfold: bool,
}

const fn unit(code: &'static str) -> Unit {
    Unit { code, is_tenfold: false }
}

/// The currency that is written there, and where the text goes on.
fn currency_after(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    match tokens.get(at)? {
        Token::Sign(sign) => Some((unit(of_sign(*sign)?), at + 1)),
        Token::Word(word) => {
            let found = of_word(word)?;
            if found.code == "IRR" && !found.is_tenfold {
                // Other countries have riyals, and say so.
                let country = after_space(tokens, at + 1);
                if let Some(Token::Word(word)) = tokens.get(country)
                    && let Some(code) = riyal_of(word)
                {
                    return Some((unit(code), country + 1));
                }
            }
            Some((found, at + 1))
        }
        Token::Digits(_) | Token::Space => None,
    }
}

/// The currency that ends there, and where it begins.
fn currency_before(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    match tokens.get(at)? {
        Token::Sign('$') => {
            let code = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
                Some(Token::Word(word)) => match &**word {
                    "R" => "BRL",
                    "A" | "AU" => "AUD",
                    "C" | "CA" => "CAD",
                    "US" => "USD",
                    "HK" => "HKD",
                    "NZ" => "NZD",
                    "S" => "SGD",
                    _ => return Some((unit("USD"), at)),
                },
                _ => return Some((unit("USD"), at)),
            };
            Some((unit(code), at - 1))
        }
        Token::Sign(sign) => Some((unit(of_sign(*sign)?), at)),
        Token::Word(word) if !is_english(word) && word != "TRY" => Some((of_code(word)?, at)),
        _ => None,
    }
}

/// Codes that are words of English in capitals.
fn is_english(word: &str) -> bool {
    matches!(
        word,
        "ALL" | "TOP" | "CUP" | "PEN" | "MOP" | "SOS" | "BAM" | "GEL" | "RON" | "COP" | "LAK" | "ANG"
    )
}

const fn of_sign(sign: char) -> Option<&'static str> {
    Some(match sign {
        '€' => "EUR",
        '$' => "USD",
        '£' => "GBP",
        '¥' => "JPY",
        '₪' => "ILS",
        '₽' => "RUB",
        '₺' => "TRY",
        '₴' => "UAH",
        '₹' => "INR",
        '₸' => "KZT",
        '₼' => "AZN",
        '₾' => "GEL",
        '₩' => "KRW",
        _ => return None,
    })
}

/// The ISO 4217 code, in capitals as codes are written.
fn of_code(word: &str) -> Option<Unit> {
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let currency = is_code.then(|| Currency::parse(word).ok()).flatten()?;
    Some(unit(currency.as_str()))
}

fn of_word(word: &str) -> Option<Unit> {
    if !is_english(word)
        && let Some(found) = of_code(word)
    {
        return Some(found);
    }
    Some(unit(match &*word.to_lowercase() {
        "تومان" | "تومن" | "toman" | "tomans" => {
            return Some(Unit { code: "IRR", is_tenfold: true });
        }
        "ریال" | "rial" | "rials" => "IRR",
        "руб" | "рубль" | "рубля" | "рублей" | "р" => "RUB",
        "грн" | "гривен" | "гривень" | "гривны" => "UAH",
        "тенге" => "KZT",
        "שח" | "ש״ח" | "שקל" | "שקלים" => "ILS",
        "euro" | "euros" | "евро" | "یورو" | "یورو۔" | "יורו" | "أورو" => "EUR",
        "dollar" | "dollars" | "доллар" | "доллара" | "долларов" | "دلار" | "دولار" | "דולר" => {
            "USD"
        }
        "درهم" | "dirham" | "dirhams" => "AED",
        "tl" | "lira" | "лир" | "لیر" | "لیره" => "TRY",
        "افغانی" => "AFN",
        "zł" => "PLN",
        _ => return None,
    }))
}

fn riyal_of(country: &str) -> Option<&'static str> {
    Some(match country {
        "سعودی" => "SAR",
        "قطری" => "QAR",
        "عمانی" => "OMR",
        "یمنی" => "YER",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{claims, claims_equal};

    #[test]
    fn claims_are_read_in_every_notation() {
        for (text, expected) in [
            ("Save 20 % today", &["pct:20"][..]),
            ("۱۲٫۵٪ تخفیف", &["pct:12.5"]),
            ("%20 indirim", &["pct:20"]),
            ("٢٠ بالمئة", &["pct:20"]),
            ("скидка 15 процентов", &["pct:15"]),
            ("20% הנחה", &["pct:20"]),
            ("۵۰ هزار تومان", &["money:IRR:50000000"]),
            ("1.2 میلیون تومان", &["money:IRR:1200000000"]),
            ("٥٠٠ ريال سعودي", &["money:SAR:50000"]),
            ("5 тыс. руб.", &["money:RUB:500000"]),
            ("12'500.50 CHF", &["money:CHF:1250050"]),
            ("KWD 1.250", &["money:KWD:1250"]),
            ("1.250 KWD or 1,250 KWD", &["money:KWD:1250", "money:KWD:1250000"]),
            ("₪ 49.90 / 49.90 ש״ח", &["money:ILS:4990"]),
            ("R$ 50, US$ 5 and A$7", &["money:AUD:700", "money:BRL:5000", "money:USD:500"]),
            ("¥1,000", &["money:JPY:1000"]),
            ("EUR49 or 49EUR", &["money:EUR:4900"]),
            ("0.999 €", &["money:EUR:99.9"]),
            ("use ВЕСНА25 or NOROOZ۱۴۰۵", &["code:NOROOZ1405", "code:ВЕСНА25"]),
            ("2 $5 vouchers", &["money:USD:500"]),
            ("ALL 20 shoes, TOP 10, 2024, AB1, Spring20", &[]),
            ("https://shop.example/SALE2024?x=20% now", &[]),
            ("", &[]),
        ] {
            let found: Vec<String> = claims(text).iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_set_does_not_bind_a_claim_to_its_object() {
        // The known limit.
        assert!(claims_equal("10% on shoes and 20% on bags", "20% on shoes and 10% on bags"));
        assert!(!claims_equal("10% on shoes", "20% on shoes"));
    }

    #[test]
    fn long_texts_are_read_in_one_pass() {
        for text in [
            "1 ".repeat(5_000),
            "111,".repeat(2_500),
            "9".repeat(10_000) + " €",
            "%".repeat(10_000),
            "A1".repeat(5_000),
        ] {
            let _ = claims(&text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn no_text_panics(text in "[0-9۰-۹., %€$٫٬A-Zتومانریل тыс.руб]{0,60}", any in any::<String>()) {
            let _ = (claims(&text), claims(&any));
        }

        #[test]
        fn digits_and_separators_do_not_count(euros in 0_i64..10_000_000, cents in 0_i64..100) {
            let grouped = |separator: &str| {
                let digits = euros.to_string();
                let mut text = String::new();
                for (place, digit) in digits.chars().enumerate() {
                    if place > 0 && (digits.len() - place) % 3 == 0 {
                        text.push_str(separator);
                    }
                    text.push(digit);
                }
                text
            };
            let expected = vec![format!("money:EUR:{}", euros * 100 + cents)];
            for text in [
                format!("€{euros}.{cents:02}"),
                format!("{}.{cents:02} EUR", grouped(",")),
                format!("{},{cents:02} €", grouped(".")),
                format!("{},{cents:02} €", grouped(" ")),
                format!("{}٫{cents:02} یورو", grouped("٬")),
            ] {
                let found: Vec<String> = claims(&text).iter().map(ToString::to_string).collect();
                prop_assert_eq!(&found, &expected, "{}", text);
            }
        }
    }
}
