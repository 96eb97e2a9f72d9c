//! From a word in another script to Latin spellings.

use crate::text::{Script, fold};

use super::forms::Forms;
use super::token::{MAX_FORMS, Token};
use super::{arabic, cyrillic, dictionary, hebrew};

/// Plausible Latin spellings of one word, only `a` to `z`, best first, at most [`MAX_FORMS`]; none for a script that is
/// not romanised.
///
/// Names in the tables come with their usual spellings, whose short vowels no letter shows. Persian compounds are read
/// part by part (`حیدرنژاد`). Every other name is read by rule: Arabic script as Persian and as Arabic (`ث` is `s` and
/// `th`, `ذ` `z` and `dh`, `ض` `z` and `d`, `و` `v`, `w` and a vowel); Hebrew with vav and yod as consonants and as
/// vowels; Cyrillic in the popular way, as in passports since 2013 (ICAO), with `ye` and `x`, short (`h`, `c`, `sch`) and
/// with `j`.
///
/// ```
/// use throughline::names::romanise;
/// use throughline::text::Script;
/// assert!(romanise("محمد", Script::Arabic).contains(&"mohammad".to_owned()));
/// assert!(romanise("Юлия", Script::Cyrillic).contains(&"iuliia".to_owned()));
/// assert_eq!(romanise("ощепков", Script::Cyrillic), ["oshchepkov", "oschepkov"]);
/// ```
#[must_use]
pub fn romanise(token: &str, script: Script) -> Vec<String> {
    let folded: String = fold(token).chars().filter(|c| c.is_alphabetic()).take(48).collect();
    if folded.is_empty() {
        return Vec::new();
    }
    let token = Token::new(&folded, None);
    if token.script() == Some(script) {
        return token.latin().map(str::to_owned).collect();
    }
    let entries = dictionary::find(&folded, &folded);
    forms(&folded, &folded, script, &entries)
}

/// The forms of a folded word; `stem` is it without its article, `entries` are the names in the tables that it spells.
pub(super) fn forms(folded: &str, stem: &str, script: Script, entries: &[u16]) -> Vec<String> {
    let mut forms = Forms::new(MAX_FORMS);
    let mut letters = folded.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        let list = match script {
            Script::Arabic => arabic::initial(letter),
            Script::Hebrew => hebrew::initial(letter),
            Script::Cyrillic => cyrillic::initial(letter),
            _ => &[],
        };
        list.iter().for_each(|form| forms.push(*form));
        return forms.into_list();
    }
    let has_article = stem.len() < folded.len()
        && folded.ends_with(stem)
        && matches!(script, Script::Arabic | Script::Latin);
    // A woman's family name that is known by the man's.
    let ending =
        if stem.len() < folded.len() && !has_article && !dictionary::is_known(folded) { "a" } else { "" };
    // A Latin word has its own spelling and needs only the one that it shares with the other scripts.
    let most = if script == Script::Latin { 1 } else { MAX_FORMS };
    for entry in entries {
        let latin = dictionary::latin(*entry);
        for form in latin.iter().take(most) {
            if has_article {
                forms.push(format!("al{form}"));
            }
            forms.push(format!("{form}{ending}"));
            if has_article && script == Script::Arabic {
                forms.push(format!("el{form}"));
            }
        }
    }
    if entries.is_empty()
        && script != Script::Cyrillic
        && let Some(whole) = dictionary::compound(stem)
    {
        forms.push(whole);
    }
    match script {
        Script::Cyrillic => cyrillic::read(folded, &mut forms),
        Script::Hebrew if entries.is_empty() => hebrew::read(folded, &mut forms),
        Script::Arabic if entries.is_empty() && has_article => {
            let mut bare = Forms::new(2);
            arabic::read(stem, &mut bare);
            for form in bare.into_list() {
                forms.push(format!("al{form}"));
                forms.push(format!("el{form}"));
                forms.push(form);
            }
        }
        Script::Arabic if entries.is_empty() => arabic::read(folded, &mut forms),
        Script::Latin if has_article && entries.is_empty() => {
            forms.push(format!("al{stem}"));
            forms.push(stem);
        }
        _ => {}
    }
    forms.into_list()
}
