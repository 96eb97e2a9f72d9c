//! The same name and the same telephone number, written as each channel writes them.

use crate::names::Name;
use crate::places::{Language, Plan};

/// How a channel writes a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As the person writes it: own script, joiners, dots on the Russian yo.
    Own,
    /// Own script, typed on another keyboard: Arabic yeh and kaf for Persian, no joiner, plain alef, no yo, letters
    /// and accents apart.
    Keyboard,
    /// Latin letters only.
    Latin,
    /// Latin capitals, as on a receipt.
    Capitals,
}

/// A name in a style. Russian women's family names take their ending here.
pub(crate) fn spell(name: &Name, feminine: bool, language: Language, style: Style) -> String {
    let russian = feminine && language == Language::Russian;
    match style {
        Style::Own => format!("{}{}", name.native, if russian { "а" } else { "" }),
        Style::Latin => format!("{}{}", name.latin, if russian { "a" } else { "" }),
        Style::Capitals => format!("{}{}", name.latin, if russian { "a" } else { "" }).to_uppercase(),
        Style::Keyboard => {
            let mut text = keyboard(name.native, language);
            if russian {
                text.push('а');
            }
            text
        }
    }
}

fn keyboard(native: &str, language: Language) -> String {
    let mut text = String::with_capacity(native.len() + 4);
    for letter in native.chars() {
        match (language, letter) {
            (Language::Persian, 'ی') => text.push('ي'),
            (Language::Persian, 'ک') => text.push('ك'),
            (Language::Persian, '\u{200c}') => text.push(' '),
            (Language::Arabic, 'أ' | 'إ' | 'آ') => text.push('ا'),
            (Language::Arabic, 'ة') => text.push('ه'),
            // The tatweel stretches a letter for the eye only.
            (Language::Arabic, 'ح') => text.push_str("حـ"),
            (Language::Hebrew, '־') => text.push('-'),
            (Language::Russian, 'ё') => text.push('е'),
            (_, 'ä') => text.push_str("a\u{308}"),
            (_, 'ö') => text.push_str("o\u{308}"),
            (_, 'ü') => text.push_str("u\u{308}"),
            (_, 'é') => text.push_str("e\u{301}"),
            (_, 'á') => text.push_str("a\u{301}"),
            (_, '’') => text.push('\''),
            (_, other) => text.push(other),
        }
    }
    text
}

/// How a channel writes a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dial {
    /// `+989123456789`.
    E164,
    /// `09123456789`.
    National,
    /// `0912 345 6789`, grouped as in the country.
    Grouped,
    /// Grouped, and in the person's own digits where the script has them.
    OwnDigits,
    /// `00989123456789`.
    DoubleZero,
    /// `+98 912 345 6789`.
    Spaced,
}

/// A mobile number: the plan and the digits behind the country code.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub(crate) plan: Plan,
    pub(crate) digits: String,
}

impl Phone {
    fn code(&self) -> &'static str {
        match self.plan {
            Plan::Iran => "98",
            Plan::Emirates => "971",
            Plan::Israel => "972",
            Plan::Russia => "7",
            Plan::Germany => "49",
            Plan::Britain => "44",
        }
    }

    /// The number written in one way.
    pub(crate) fn write(&self, dial: Dial, language: Language) -> String {
        let (code, digits) = (self.code(), self.digits.as_str());
        let trunk = if self.plan == Plan::Russia { '8' } else { '0' };
        match dial {
            Dial::E164 => format!("+{code}{digits}"),
            Dial::DoubleZero => format!("00{code}{digits}"),
            Dial::National => format!("{trunk}{digits}"),
            Dial::Spaced => format!("+{code} {}", self.group("xxx xxx xxxxxx")),
            Dial::Grouped => match self.plan {
                Plan::Iran => self.group("0xxx xxx xxxx"),
                Plan::Emirates => self.group("0xx xxx xxxx"),
                Plan::Israel => self.group("0xx-xxx-xxxx"),
                Plan::Russia => self.group("8 (xxx) xxx-xx-xx"),
                Plan::Germany => self.group("0xxx / xxx xx xx"),
                Plan::Britain => self.group("0xxxx xxxxxx"),
            },
            Dial::OwnDigits => {
                let grouped = self.write(Dial::Grouped, language);
                match language {
                    Language::Persian => native_digits(&grouped, '۰'),
                    Language::Arabic => native_digits(&grouped, '٠'),
                    _ => grouped,
                }
            }
        }
    }

    /// Puts the digits where the pattern has an `x`; what is left over on either side is dropped.
    fn group(&self, pattern: &str) -> String {
        let mut digits = self.digits.chars();
        let mut text = String::with_capacity(pattern.len());
        for letter in pattern.chars() {
            match letter {
                'x' => match digits.next() {
                    Some(digit) => text.push(digit),
                    None => break,
                },
                other => text.push(other),
            }
        }
        text
    }
}

fn native_digits(text: &str, zero: char) -> String {
    text.chars()
        .map(|letter| {
            letter.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit)).unwrap_or(letter)
        })
        .collect()
}
