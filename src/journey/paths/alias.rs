//! Addresses of pages as names of touchpoints.

use std::borrow::Cow;
use std::fmt;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The most rules.
pub const MAX_ALIAS_RULES: usize = 500;

/// The longest address, in bytes, before the first rule and after each; what is longer is cut between two characters.
pub const MAX_ALIASED_BYTES: usize = 4_096;

/// The longest pattern and the longest alias, in bytes, as the documentation of [`AliasRule`] says.
const MOST_BYTES: usize = 1_024;

/// The most memory of a compiled pattern, in bytes.
const MOST_COMPILED: usize = 1 << 20;

/// What an address shall be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasRule {
    /// A regular expression in the syntax of the crate `regex`, at most 1,024 bytes: no look-around and no back-references,
    /// so that a search takes linear time. It matches anywhere unless it is anchored with `^` and `$`.
    pub pattern: String,
    /// What stands in place of each match, at most 1,024 bytes. `$1` and `${name}` are groups of the pattern (nothing, if
    /// there is no such group), `$$` is a dollar sign. A name is as long as can be: in `$1a` it is `1a`; write `${1}a`.
    pub alias: String,
}

impl AliasRule {
    /// The rule that puts `alias` in place of what `pattern` matches.
    #[must_use]
    pub fn new(pattern: &str, alias: &str) -> Self {
        Self { pattern: pattern.to_owned(), alias: alias.to_owned() }
    }
}

/// Rules that make one name out of the many addresses of a page, applied one after another, each to what the one before
/// it left. Plain settings; [`compile`](Self::compile) makes them ready.
///
/// ```
/// use throughline::journey::paths::{AliasRule, AliasRules};
/// let rules = AliasRules {
///     rules: vec![AliasRule::new("^https?://[^/]+", ""), AliasRule::new("^/p/[^/]+$", "product"), AliasRule::new("^/?$", "home")],
///     ..AliasRules::default()
/// };
/// let aliases = rules.compile()?;
/// assert_eq!(aliases.name("https://nava.example/p/SKU-1006?utm_source=mail#top"), "product");
/// assert_eq!(aliases.name("https://nava.example/"), "home");
/// assert_eq!(aliases.name("/سبد"), "/سبد");
/// # Ok::<(), throughline::journey::paths::AliasError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AliasRules {
    /// In the order in which they are applied.
    pub rules: Vec<AliasRule>,
    /// Whether `?` and `#` and what follows are left off first.
    pub drop_query: bool,
}

impl Default for AliasRules {
    /// No rules; queries and fragments are left off.
    fn default() -> Self {
        Self { rules: Vec::new(), drop_query: true }
    }
}

impl AliasRules {
    /// Makes the rules ready.
    ///
    /// # Errors
    /// [`AliasErrorKind`], with the place of the rule.
    ///
    /// # Complexity
    /// O(m) for patterns of m states; a pattern that compiles to more than a mebibyte, such as `\w{999}{999}`, is refused; one
    /// takes a few mebibytes at most once it has been used.
    pub fn compile(&self) -> Result<Aliases, AliasError> {
        if self.rules.len() > MAX_ALIAS_RULES {
            return Err(AliasError { kind: AliasErrorKind::TooManyRules, rule: MAX_ALIAS_RULES });
        }
        let mut rules = Vec::with_capacity(self.rules.len());
        for (place, rule) in self.rules.iter().enumerate() {
            let wrong = |kind| AliasError { kind, rule: place };
            if rule.pattern.len() > MOST_BYTES || rule.alias.len() > MOST_BYTES {
                return Err(wrong(AliasErrorKind::TooLong));
            }
            let pattern = RegexBuilder::new(&rule.pattern).size_limit(MOST_COMPILED).build();
            let pattern = pattern.map_err(|error| {
                wrong(match error {
                    regex::Error::CompiledTooBig(_) => AliasErrorKind::TooLong,
                    _ => AliasErrorKind::InvalidPattern,
                })
            })?;
            rules.push((pattern, rule.alias.clone()));
        }
        Ok(Aliases { rules, drop_query: self.drop_query })
    }
}

/// Rules made ready.
#[derive(Clone)]
pub struct Aliases {
    rules: Vec<(Regex, String)>,
    drop_query: bool,
}

impl fmt::Debug for Aliases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aliases").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl Aliases {
    /// The name of an address. It can be empty, which no touchpoint may be: a last rule `^$` gives such ones a name.
    ///
    /// # Complexity
    /// O(n m) for an address of n bytes, at most [`MAX_ALIASED_BYTES`], and rules of m states, if the matches of a rule are
    /// found one after another; O(n^2 m) for a pattern that looks through the whole rest for each match. A few mebibytes
    /// while a rule applies.
    #[must_use]
    pub fn name<'a>(&self, address: &'a str) -> Cow<'a, str> {
        let end = if self.drop_query { address.find(['?', '#']) } else { None };
        let mut name = Cow::Borrowed(cut(address.get(..end.unwrap_or(address.len())).unwrap_or(address)));
        for (pattern, alias) in &self.rules {
            if let Cow::Owned(changed) = pattern.replace_all(&name, alias.as_str()) {
                name = Cow::Owned(if changed.len() > MAX_ALIASED_BYTES {
                    cut(&changed).to_owned()
                } else {
                    changed
                });
            }
        }
        name
    }
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_ALIASED_BYTES)).unwrap_or(text)
}

/// What is wrong, and so what the caller does about it: fix the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AliasErrorKind {
    /// The pattern is no regular expression.
    InvalidPattern,
    /// The pattern or the alias is too long, or the pattern repeats too much.
    TooLong,
    /// More than [`MAX_ALIAS_RULES`].
    TooManyRules,
}

/// A rule that cannot be used. The text never quotes the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasError {
    kind: AliasErrorKind,
    rule: usize,
}

impl AliasError {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> AliasErrorKind {
        self.kind
    }

    /// The place of the rule, from 0.
    #[must_use]
    pub const fn rule(&self) -> usize {
        self.rule
    }
}

impl fmt::Display for AliasError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            AliasErrorKind::InvalidPattern => "not a regular expression",
            AliasErrorKind::TooLong => "too long a pattern or alias",
            AliasErrorKind::TooManyRules => "more than 500 rules",
        };
        write!(f, "{what}, at rule `{}`", self.rule)
    }
}

impl std::error::Error for AliasError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(rules: &[(&str, &str)], address: &str) -> String {
        let rules = rules.iter().map(|(pattern, alias)| AliasRule::new(pattern, alias)).collect();
        AliasRules { rules, ..AliasRules::default() }.compile().unwrap().name(address).into_owned()
    }

    #[test]
    fn rules_apply_in_order_in_every_script() {
        let rules =
            [(r"/\d+", "/:id"), ("^/کتاب/.*", "book"), (r"^/книга/(\p{L}+)$", "$1"), ("^book$", "shelf")];
        assert_eq!(named(&rules, "/orders/17/lines/3?page=2"), "/orders/:id/lines/:id");
        assert_eq!(named(&rules, "/کتاب/۱۲"), "shelf");
        assert_eq!(named(&rules, "/книга/Мастер#2"), "Мастер");
        assert_eq!(named(&rules, "/ספר/كتاب"), "/ספר/كتاب");
        assert_eq!(named(&[("^.*$", "$$1")], "x"), "$1");
        let kept = AliasRules { rules: vec![AliasRule::new("a", "b")], drop_query: false }.compile().unwrap();
        assert_eq!(kept.name("/a?a#a"), "/b?b#b");
    }

    #[test]
    fn names_stay_bounded_whatever_rules_do() {
        let doubling = vec![("(?s).", "$0$0"); 40];
        let name = named(&doubling, "سلام");
        assert!(name.len() <= MAX_ALIASED_BYTES && name.starts_with("سس"));
        assert!(named(&[("(a*)*b", "c")], &"a".repeat(100_000)).len() <= MAX_ALIASED_BYTES);
        assert_eq!(named(&[("", "-")], ""), "-");
    }

    #[test]
    fn wrong_rules_are_named_but_not_quoted() {
        let error = |rules: Vec<AliasRule>| AliasRules { rules, drop_query: true }.compile().unwrap_err();
        let wrong = error(vec![AliasRule::new("a", ""), AliasRule::new("(secret", "")]);
        assert_eq!((wrong.kind(), wrong.rule()), (AliasErrorKind::InvalidPattern, 1));
        assert!(!wrong.to_string().contains("secret") && !format!("{wrong:?}").contains("secret"));
        assert_eq!(error(vec![AliasRule::new(r"\w{999}{999}", "")]).kind(), AliasErrorKind::TooLong);
        assert_eq!(error(vec![AliasRule::new("a", &"b".repeat(2_000))]).kind(), AliasErrorKind::TooLong);
        assert_eq!(error(vec![AliasRule::new("a", "b"); 501]).kind(), AliasErrorKind::TooManyRules);
    }
}
