//! What the command line says.

use std::error::Error;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
attribution PATHS.csv [OPTIONS]

  --model MODEL          all (default), first, last, last_non_direct, linear, time_decay, position, w_shaped, markov, shapley
  --order K              how many last touches are a state of the Markov chain: 1 (default), 2 or 3
  --with-nulls BOOL      whether journeys without a conversion are in the Markov chain: true (default) or false";

pub(crate) const MODELS: [&str; 9] =
    ["first", "last", "last_non_direct", "linear", "time_decay", "position", "w_shaped", "markov", "shapley"];

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) paths: PathBuf,
    /// The models in the order in which they are told.
    pub(crate) models: Vec<&'static str>,
    pub(crate) order: u8,
    pub(crate) with_nulls: bool,
}

impl Arguments {
    /// `None` if help is asked for.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, Box<dyn Error>> {
        let mut paths = None;
        let (mut models, mut order, mut with_nulls) = (MODELS.to_vec(), 1, true);
        while let Some(word) = words.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
                _ => (word, None),
            };
            let mut value =
                || inline.clone().or_else(|| words.next()).ok_or_else(|| format!("`{name}` needs a value"));
            match &*name {
                "--help" | "-h" => return Ok(None),
                "--model" => {
                    let value = value()?;
                    if value != "all" {
                        let known = MODELS.into_iter().find(|model| *model == value);
                        models = vec![known.ok_or_else(|| {
                            format!("`--model {value}` is not known; there are all, {}", MODELS.join(", "))
                        })?];
                    } else {
                        models = MODELS.to_vec();
                    }
                }
                "--order" => {
                    let value = value()?;
                    let number = value.parse().ok().filter(|number| (1..=3).contains(number));
                    order = number.ok_or_else(|| format!("`--order {value}`: not 1, 2 or 3"))?;
                }
                "--with-nulls" => {
                    let value = value()?;
                    with_nulls =
                        value.parse().map_err(|_| format!("`--with-nulls {value}`: not true or false"))?;
                }
                other if other.starts_with("--") => {
                    return Err(format!("`{other}` is not known; `--help` lists what is").into());
                }
                _ if paths.is_some() => return Err("only one file of paths can be read".into()),
                file => paths = Some(PathBuf::from(file)),
            }
        }
        let paths = paths.ok_or("a file of paths is needed; `--help` tells more")?;
        Ok(Some(Self { paths, models, order, with_nulls }))
    }
}
