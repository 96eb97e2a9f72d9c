//! Selections made ready: words become places, and a basket's lines become bits.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::basket::BasketLine;
use super::id::is_name;
use super::table::Table;
use super::{PromotionError, PromotionErrorKind, Selection};

/// Deepest nesting of selections, named ones included.
pub(super) const MAX_DEPTH: usize = 16;
/// Most members of one alternative.
pub(super) const MAX_MEMBERS: usize = 10_000;

/// A selection's place.
pub(super) type NodeId = usize;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All,
    /// A tag or a product; its bits are set while reading the lines.
    Word,
    Any(Vec<NodeId>),
    Every(Vec<NodeId>),
    Not(NodeId),
}

/// All selections of a set of promotions, each once, parts before wholes.
#[derive(Debug, Clone, Default)]
pub(super) struct Selections {
    nodes: Vec<Node>,
    tags: HashMap<Box<str>, NodeId>,
    skus: HashMap<Box<str>, NodeId>,
}

/// Reads selections into [`Selections`].
pub(super) struct Reader<'a> {
    found: Selections,
    /// Whether a node selects all lines or none whatever the basket.
    constant: Table<Option<bool>>,
    known: BTreeMap<Selection, NodeId>,
    named: &'a BTreeMap<String, Selection>,
    /// The named selections that are being read.
    open: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// Reads the named selections at once, so that a wrong one is an error though nothing uses it.
    pub(super) fn new(named: &'a BTreeMap<String, Selection>) -> Result<Self, PromotionError> {
        let mut reader = Self {
            found: Selections::default(),
            constant: Table::default(),
            known: BTreeMap::new(),
            named,
            open: Vec::new(),
        };
        for name in named.keys() {
            if !is_name(name) {
                return Err(PromotionError::new(PromotionErrorKind::InvalidName));
            }
            reader.read(&Selection::Named(name.clone()))?;
        }
        Ok(reader)
    }

    pub(super) fn finish(self) -> Selections {
        self.found
    }

    /// The place of a selection.
    pub(super) fn read(&mut self, selection: &Selection) -> Result<NodeId, PromotionError> {
        let node = self.node(selection, 0)?;
        if self.constant[node] == Some(false) {
            return Err(PromotionError::new(PromotionErrorKind::RefersToNothing));
        }
        Ok(node)
    }

    fn node(&mut self, selection: &Selection, depth: usize) -> Result<NodeId, PromotionError> {
        let wrong = |kind| Err(PromotionError::new(kind));
        if depth > MAX_DEPTH {
            return wrong(PromotionErrorKind::TooLarge);
        }
        if let Some(&node) = self.known.get(selection) {
            return Ok(node);
        }
        let place = match selection {
            Selection::Everything => self.push(Node::All, Some(true)),
            Selection::Sku(sku) => {
                let place = self.push(Node::Word, None);
                self.found.skus.insert(sku.as_str().into(), place);
                place
            }
            Selection::Tag(tag) => {
                if !is_name(tag) {
                    return wrong(PromotionErrorKind::InvalidName);
                }
                let place = self.push(Node::Word, None);
                self.found.tags.insert(tag.as_str().into(), place);
                place
            }
            Selection::AnyOf(members) | Selection::AllOf(members) => {
                if members.is_empty() {
                    return wrong(PromotionErrorKind::RefersToNothing);
                }
                if members.len() > MAX_MEMBERS {
                    return wrong(PromotionErrorKind::TooLarge);
                }
                let members =
                    members.iter().map(|one| self.node(one, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                // One that decides alone: all lines in an alternative, no line in a conjunction.
                let any = matches!(selection, Selection::AnyOf(_));
                let constants = || members.iter().map(|&one| self.constant[one]);
                let constant = if constants().any(|one| one == Some(any)) {
                    Some(any)
                } else if constants().all(|one| one == Some(!any)) {
                    Some(!any)
                } else {
                    None
                };
                self.push(if any { Node::Any(members) } else { Node::Every(members) }, constant)
            }
            Selection::Except(other) => {
                let other = self.node(other, depth + 1)?;
                let constant = self.constant[other].map(|all| !all);
                self.push(Node::Not(other), constant)
            }
            Selection::Named(name) => {
                let named = self.named;
                let Some((name, definition)) = named.get_key_value(name) else {
                    return wrong(PromotionErrorKind::UnknownReference);
                };
                if self.open.contains(&name.as_str()) {
                    return wrong(PromotionErrorKind::Circular);
                }
                self.open.push(name);
                let place = self.node(definition, depth + 1)?;
                self.open.pop();
                place
            }
        };
        self.known.insert(selection.clone(), place);
        Ok(place)
    }

    fn push(&mut self, node: Node, constant: Option<bool>) -> NodeId {
        self.found.nodes.push(node);
        self.constant.push(constant);
        self.found.nodes.len() - 1
    }
}

/// Which lines of one basket each selection holds, one bit for each line.
#[derive(Debug)]
pub(super) struct Masks {
    words: usize,
    bits: Table<u64>,
}

impl Masks {
    /// Looks each word of each line up once.
    ///
    /// # Complexity
    /// O(words of the lines + selections * lines / 64).
    pub(super) fn new(selections: &Selections, lines: &[BasketLine]) -> Self {
        let words = lines.len().div_ceil(64).max(1);
        let mut masks = Self { words, bits: Table(vec![0; words * selections.nodes.len()]) };
        for (place, line) in lines.iter().enumerate() {
            let (word, bit) = (place / 64, 1_u64 << (place % 64));
            if !selections.skus.is_empty()
                && let Some(node) = selections.skus.get(line.sku.as_str())
            {
                masks.bits[node * words + word] |= bit;
            }
            if !selections.tags.is_empty() {
                for tag in &line.tags {
                    if let Some(node) = selections.tags.get(tag.as_str()) {
                        masks.bits[node * words + word] |= bit;
                    }
                }
            }
        }
        for (place, node) in selections.nodes.iter().enumerate() {
            for word in 0..words {
                let full = match lines.len() - (word * 64).min(lines.len()) {
                    rest @ 0..64 => (1_u64 << rest) - 1,
                    _ => u64::MAX,
                };
                let of = |node: &NodeId| masks.bits[node * words + word];
                let bits = match node {
                    Node::Word => continue,
                    Node::All => full,
                    Node::Any(members) => members.iter().map(of).fold(0, |all, one| all | one),
                    Node::Every(members) => members.iter().map(of).fold(full, |all, one| all & one),
                    Node::Not(other) => full & !of(other),
                };
                masks.bits[place * words + word] = bits;
            }
        }
        masks
    }

    /// How many words of bits hold one bit for each line.
    pub(super) const fn words(&self) -> usize {
        self.words
    }

    /// The bits of a selection in one word.
    pub(super) fn word(&self, node: NodeId, word: usize) -> u64 {
        self.bits[node * self.words + word]
    }

    /// Whether a line is selected.
    pub(super) fn holds(&self, node: NodeId, line: usize) -> bool {
        self.word(node, line / 64) >> (line % 64) & 1 == 1
    }

    /// The lines of a selection, in order.
    pub(super) fn lines(&self, node: NodeId) -> impl Iterator<Item = usize> {
        (0..self.words).flat_map(move |word| places(self.word(node, word), word))
    }

    /// The lines of a selection that are not closed, in order.
    pub(super) fn open_lines<'a>(
        &'a self,
        node: NodeId,
        closed: &'a Table<u64>,
    ) -> impl Iterator<Item = usize> + 'a {
        (0..self.words).flat_map(move |word| places(self.word(node, word) & !closed[word], word))
    }
}

/// The places of the bits of a word.
fn places(mut bits: u64, word: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if bits == 0 {
            return None;
        }
        let place = bits.trailing_zeros();
        bits &= bits - 1;
        usize::try_from(place).ok().map(|place| word * 64 + place)
    })
}
