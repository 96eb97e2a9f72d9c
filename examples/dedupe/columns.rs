//! Which column holds what: from the header, unless the command line says otherwise.

use std::collections::BTreeSet;
use std::error::Error;

use throughline::identity::linkage::{FieldKind, recognise};

use crate::arguments::Arguments;
use crate::read::{Loaded, find};
use crate::table::Field;

/// What is done with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It tells records apart and is never compared: ids carry meaning in some files.
    Id,
    /// It says from which source a record comes: only records of different sources are linked.
    Link,
    /// Its header was recognised.
    Recognised(FieldKind),
    /// The command line says what it holds.
    Asked(FieldKind),
    /// Nobody knows what it holds; it is not compared.
    Unknown,
}

impl Use {
    /// What the engine is told.
    pub(crate) const fn kind(self) -> FieldKind {
        match self {
            Self::Link => FieldKind::Source,
            Self::Recognised(kind) | Self::Asked(kind) => kind,
            Self::Id | Self::Unknown => FieldKind::Ignored,
        }
    }

    /// What a manager is told of a column that is compared or not.
    pub(crate) fn label(self, compared: bool) -> String {
        match self {
            Self::Id => "tells records apart, not compared".to_owned(),
            Self::Link => "source, records are linked across".to_owned(),
            Self::Recognised(kind) => words(kind, compared),
            Self::Asked(kind) => format!("{}, as asked", words(kind, compared)),
            Self::Unknown if compared => "named by the model".to_owned(),
            Self::Unknown => "unknown, not compared".to_owned(),
        }
    }
}

fn words(kind: FieldKind, compared: bool) -> String {
    let name = kind.as_str().replace('_', " ");
    if compared || kind == FieldKind::Ignored { name } else { format!("{name}, not compared") }
}

/// What is done with each column as far as the headers and the command line tell; names of columns that are not there
/// are passed over.
fn told(headers: &[String], arguments: &Arguments) -> Vec<Use> {
    let mut uses: Vec<Use> =
        headers.iter().map(|header| recognise(header).map_or(Use::Unknown, Use::Recognised)).collect();
    let mut set = |name: &str, new: Use| {
        let place = find(headers.iter().map(String::as_str), name);
        if let Some(old) = place.and_then(|place| uses.get_mut(place)) {
            *old = new;
        }
    };
    for (name, kind) in &arguments.columns {
        set(name, Use::Asked(*kind));
    }
    for name in &arguments.compare {
        set(name, Use::Asked(FieldKind::Category));
    }
    if let Some(name) = &arguments.link_column {
        set(name, Use::Link);
    }
    uses
}

/// The field of each column for a model that takes these inputs.
pub(crate) fn fields(
    headers: &[String],
    arguments: &Arguments,
    inputs: &BTreeSet<String>,
) -> Vec<Option<Field>> {
    let named = |rank: u8, name: String| inputs.contains(&name).then_some(Field { rank, name });
    let field = |(used, header): (Use, &String)| match used {
        Use::Id | Use::Link => None,
        Use::Unknown => named(0, header.clone()),
        _ => match used.kind() {
            FieldKind::Source | FieldKind::Ignored => None,
            FieldKind::Category => Some(Field { rank: 0, name: category(header) }),
            // A year is a birth date of which less is known: it counts where there is no better one.
            FieldKind::BirthYear => named(1, FieldKind::BirthDate.as_str().to_owned()),
            kind => named(0, kind.as_str().to_owned()).or_else(|| named(0, header.clone())),
        },
    };
    told(headers, arguments).into_iter().zip(headers).map(field).collect()
}

/// What a column that is compared as a plain category is called: never like one of a known kind.
pub(crate) fn category(header: &str) -> String {
    format!("category: {header}")
}

/// What is done with each column, in their order, and the place of the link column.
pub(crate) fn uses(
    loaded: &Loaded,
    arguments: &Arguments,
) -> Result<(Vec<Use>, Option<usize>), Box<dyn Error>> {
    let headers: Vec<String> =
        loaded.table.columns().iter().map(|column| column.header().to_owned()).collect();
    let place = |name: &str, option: &str| {
        find(headers.iter().map(String::as_str), name).ok_or_else(|| {
            format!("`{option}`: there is no column `{name}`; there are `{}`", headers.join("`, `"))
        })
    };
    for (name, _) in &arguments.columns {
        place(name, "--column")?;
    }
    for name in &arguments.compare {
        place(name, "--compare")?;
    }
    let link = arguments.link_column.as_deref().map(|name| place(name, "--link-column")).transpose()?;
    if link == Some(loaded.id) {
        return Err("`--link-column` names the column that tells records apart".into());
    }
    let mut uses = told(&headers, arguments);
    if let Some(id) = uses.get_mut(loaded.id) {
        *id = Use::Id;
    }
    Ok((uses, link))
}
