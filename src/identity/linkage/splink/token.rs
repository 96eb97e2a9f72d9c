//! SQL text into tokens.

/// A token with the place of its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A bare word, a keyword among them.
    Word(String),
    /// A name in double quotes or backticks.
    Quoted(String),
    /// A number.
    Number(f64),
    /// A text in single quotes.
    Text(String),
    /// An operator or a bracket.
    Symbol(&'static str),
}

const SYMBOLS: [&str; 20] = [
    "<=", ">=", "<>", "!=", "==", "::", "->", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ".", "[", "]",
];

/// The longest condition that is read, in bytes.
pub(super) const LONGEST: usize = 100_000;

/// The tokens; or the place of the first character that starts none.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token>, usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (kind, length) = next(rest).ok_or(at)?;
        found.push(Token { kind, start: at, end: at + length });
        at += length;
    }
    Ok(found)
}

fn next(rest: &str) -> Option<(TokenKind, usize)> {
    let first = rest.chars().next()?;
    match first {
        '\'' => quoted(rest, '\'').map(|(text, length)| (TokenKind::Text(text), length)),
        '"' | '`' => quoted(rest, first).map(|(text, length)| (TokenKind::Quoted(text), length)),
        _ if first.is_ascii_digit() => number(rest),
        _ if first.is_alphabetic() || first == '_' => {
            let inside = |character: char| character.is_alphanumeric() || character == '_';
            let length = rest.find(|character| !inside(character)).unwrap_or(rest.len());
            Some((TokenKind::Word(rest.get(..length)?.to_owned()), length))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol))?;
            Some((TokenKind::Symbol(symbol), symbol.len()))
        }
    }
}

/// A text between quotes; a quote within is written twice.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            text.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
            text.push(quote);
            characters.next();
        } else {
            return Some((text, at + 1));
        }
    }
    None
}

fn number(rest: &str) -> Option<(TokenKind, usize)> {
    let digits =
        |from: usize| rest.get(from..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let byte = |at: usize| rest.as_bytes().get(at).copied();
    let mut length = digits(0);
    if byte(length) == Some(b'.') {
        length += 1 + digits(length + 1);
    }
    if matches!(byte(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(byte(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let number: f64 = rest.get(..length)?.parse().ok()?;
    number.is_finite().then_some((TokenKind::Number(number), length))
}
