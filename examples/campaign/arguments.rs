//! What the command line says.

use std::error::Error;

pub(crate) struct Arguments {
    /// How many customers there are.
    pub(crate) customers: u32,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self { customers: 10_000 };
        while let Some(word) = words.next() {
            match &*word {
                "--customers" => {
                    let value = words.next().ok_or("`--customers` needs a number")?;
                    let number = value.parse().ok().filter(|number| (1..=1_000_000).contains(number));
                    arguments.customers = number
                        .ok_or_else(|| format!("`--customers {value}`: not a number from 1 to 1000000"))?;
                }
                other => return Err(format!("`{other}` is not known; there is `--customers NUMBER`").into()),
            }
        }
        Ok(arguments)
    }
}
