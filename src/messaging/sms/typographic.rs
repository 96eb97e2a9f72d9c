//! Typographic characters and the plain ones that mean the same.

/// When a character that shows nothing may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// In every text.
    Always,
    /// In a text of Latin and Greek letters only: there is nothing that it could join or turn around.
    SevenBit,
}

/// Whether the character shows nothing and may be left out.
pub(super) const fn dropped(c: char) -> Option<Dropped> {
    match c {
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => Some(Dropped::Always),
        '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2061}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' => Some(Dropped::SevenBit),
        _ => None,
    }
}

/// At most four ASCII characters, or a character of the GSM alphabet.
pub(super) struct Plain {
    bytes: [u8; 4],
    length: usize,
}

impl Plain {
    fn character(c: char) -> Self {
        let mut bytes = [0; 4];
        let length = c.encode_utf8(&mut bytes).len();
        Self { bytes, length }
    }

    fn ascii(text: &str) -> Self {
        let mut bytes = [0; 4];
        bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        Self { bytes, length: text.len().min(4) }
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// How a typographic character is written plainly, in the GSM alphabet. `None` for everything that carries a meaning of
/// its own, letters and digits above all.
pub(super) fn plain_form(c: char) -> Option<Plain> {
    let text = match c {
        // Apostrophes and single quotation marks. The Hawaiian and Uzbek letters U+02BB and U+02BC are no quotation marks.
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2039}' | '\u{203a}' | '\u{b4}' | '`' => "'",
        // Double ones.
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => "\"",
        // Hyphens, dashes, minus, bullets.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2022}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' => "-",
        '\u{2024}' => ".",
        '\u{2025}' => "..",
        '\u{2026}' => "...",
        // Spaces of all widths, and the tab.
        '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        // Line breaks.
        '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        '\u{2044}' | '\u{2215}' => "/",
        '\u{2217}' => "*",
        '\u{2236}' => ":",
        '\u{223c}' | '\u{2dc}' => "~",
        '\u{fb00}' => "ff",
        '\u{fb01}' => "fi",
        '\u{fb02}' => "fl",
        '\u{fb03}' => "ffi",
        '\u{fb04}' => "ffl",
        '\u{fb05}' | '\u{fb06}' => "st",
        '\u{ffe1}' => return Some(Plain::character('£')),
        '\u{ffe5}' => return Some(Plain::character('¥')),
        // Full-width forms stand 0xFEE0 above ASCII; the grave accent has no place in the alphabet.
        '\u{ff40}' => "'",
        '\u{ff01}'..='\u{ff5e}' => return char::from_u32(u32::from(c) - 0xfee0).map(Plain::character),
        _ => return None,
    };
    Some(Plain::ascii(text))
}
