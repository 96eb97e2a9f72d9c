//! The command line.

use std::error::Error;
use std::path::PathBuf;

use throughline::identity::linkage::FieldKind;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Finds the records of a CSV file that are one person, without labels and without a shared key.

usage: dedupe RECORDS.csv --out CLUSTERS.csv [options]

  --out FILE            where to write `record_id,cluster_id`, one line per record in the order of the input;
                        a cluster is called by the smallest of its record ids
  --truth FILE          `record_id,truth_id`: measures the clusters against it; never an input of the matching
  --report FILE         writes one HTML page that explains the run
  --threshold P         a pair at or above this probability is a match, above 0 and below 1
                        (default: chosen by the engine, the same for every file)
  --model FILE          uses a saved model instead of training one
  --save-model FILE     saves the model
  --threads N           threads to work on (default: all); the result does not depend on it
  --pair A,B            the report shows how the weight of these two records adds up (default: of the pair nearest
                        above the threshold)

about the columns
  --id COLUMN           the column that tells records apart (default: `record_id`, `unique_id` or `id`, else the first
                        one of unknown meaning whose values are all different)
  --link-column COLUMN  links records of different sources only; this column says from which one a record comes; a
                        cluster may still hold two records of one source when both match a third
  --one-to-one          with `--link-column`: at most one record of each source in a cluster; of two sources the links
                        that weigh the most together, of more the best first, and none where the best are a tie
  --compare COLUMN      compares a column that was not recognised as a plain category: equal or different; repeatable
  --column NAME=KIND    says what a column holds, where its header misleads; repeatable; the kinds are
                        given_name middle_name family_name full_name birth_date birth_year email phone address_line
                        address_extra house_number city region postcode country national_id passport driving_licence
                        tax_id loyalty_card device gender occupation birth_place organisation source category ignored
  --lenient             pads short rows, cuts long ones and drops NUL characters, instead of failing

  --quiet               prints nothing but the last line, and no progress
  --help                prints this

The last line of the output is one JSON object with the figures of the run.
";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) records: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) truth: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) threshold: Option<f64>,
    pub(crate) model: Option<PathBuf>,
    pub(crate) save_model: Option<PathBuf>,
    pub(crate) threads: Option<usize>,
    pub(crate) id: Option<String>,
    pub(crate) link_column: Option<String>,
    pub(crate) compare: Vec<String>,
    pub(crate) columns: Vec<(String, FieldKind)>,
    pub(crate) pair: Option<(String, String)>,
    pub(crate) one_to_one: bool,
    pub(crate) lenient: bool,
    pub(crate) quiet: bool,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    Help,
    Run(Box<Arguments>),
}

/// Reads the command line. `--name=value` is `--name value`; what follows `--` is a file.
pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Command, Box<dyn Error>> {
    let mut words = words.into_iter();
    let (mut records, mut out) = (None, None);
    let mut arguments = Arguments {
        records: PathBuf::new(),
        out: PathBuf::new(),
        truth: None,
        report: None,
        threshold: None,
        model: None,
        save_model: None,
        threads: None,
        id: None,
        link_column: None,
        compare: Vec::new(),
        columns: Vec::new(),
        pair: None,
        one_to_one: false,
        lenient: false,
        quiet: false,
    };
    let mut files_only = false;
    while let Some(word) = words.next() {
        if files_only || !word.starts_with('-') {
            if records.replace(PathBuf::from(&word)).is_some() {
                return Err(format!("one file of records at a time; `{word}` is one too many").into());
            }
            continue;
        }
        let (option, attached) = match word.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        if let "--" | "-h" | "--help" | "--lenient" | "--quiet" | "--one-to-one" = option.as_str() {
            if attached.is_some() {
                return Err(format!("`{option}` takes no value").into());
            }
            match option.as_str() {
                "--" => files_only = true,
                "--one-to-one" => arguments.one_to_one = true,
                "--lenient" => arguments.lenient = true,
                "--quiet" => arguments.quiet = true,
                _ => return Ok(Command::Help),
            }
            continue;
        }
        let mut value =
            || attached.clone().or_else(|| words.next()).ok_or_else(|| format!("`{option}` needs a value"));
        match option.as_str() {
            "--out" => out = Some(value()?.into()),
            "--truth" => arguments.truth = Some(value()?.into()),
            "--report" => arguments.report = Some(value()?.into()),
            "--model" => arguments.model = Some(value()?.into()),
            "--save-model" => arguments.save_model = Some(value()?.into()),
            "--id" => arguments.id = Some(value()?),
            "--link-column" => arguments.link_column = Some(value()?),
            "--compare" => arguments.compare.push(value()?),
            "--column" => arguments.columns.push(column(&value()?)?),
            "--threshold" => arguments.threshold = Some(threshold(&value()?)?),
            "--pair" => arguments.pair = Some(pair(&value()?)?),
            "--threads" => arguments.threads = Some(threads(&value()?)?),
            unknown => return Err(format!("unknown option `{unknown}`; `--help` lists them").into()),
        }
    }
    arguments.records =
        records.ok_or("which file? usage: dedupe RECORDS.csv --out CLUSTERS.csv; `--help` tells more")?;
    arguments.out = out.ok_or("`--out FILE` says where to write the clusters; `--help` tells more")?;
    if arguments.one_to_one && arguments.link_column.is_none() {
        return Err(
            "`--one-to-one` needs `--link-column`, which says from which source a record comes".into()
        );
    }
    Ok(Command::Run(Box::new(arguments)))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let ids = text.split_once(',').map(|(a, b)| (a.trim(), b.trim()));
    let ids = ids.filter(|(a, b)| !a.is_empty() && !b.is_empty() && a != b);
    ids.map(|(a, b)| (a.to_owned(), b.to_owned()))
        .ok_or_else(|| "`--pair` takes the ids of two records, parted by a comma".to_owned())
}

fn threshold(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| *number > 0.0 && *number < 1.0);
    number.ok_or_else(|| format!("`--threshold` is a probability above 0 and below 1, not `{text}`"))
}

fn threads(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| format!("`--threads` is a number from 1 to 1024, not `{text}`"))
}

fn column(text: &str) -> Result<(String, FieldKind), String> {
    // A header may hold an equals sign, a kind does not.
    let (name, kind) =
        text.rsplit_once('=').ok_or_else(|| format!("`--column` takes NAME=KIND, not `{text}`"))?;
    let known = FieldKind::ALL.into_iter().find(|known| known.as_str() == kind);
    let kind = known.ok_or_else(|| format!("there is no kind `{kind}` of column; `--help` lists them"))?;
    Ok((name.to_owned(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Command, Box<dyn Error>> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    fn run(line: &str) -> Arguments {
        match words(line).unwrap() {
            Command::Run(arguments) => *arguments,
            Command::Help => panic!("help"),
        }
    }

    fn refused(line: &str) -> String {
        words(line).unwrap_err().to_string()
    }

    #[test]
    fn options() {
        let arguments =
            run("people.csv --out=c.csv --truth t.csv --threshold 0.9 --threads 2 --compare a --compare b \
                             --column x=y=email --lenient --link-column source");
        assert_eq!((arguments.records, arguments.out), ("people.csv".into(), "c.csv".into()));
        assert_eq!((arguments.threshold, arguments.threads, arguments.lenient), (Some(0.9), Some(2), true));
        assert_eq!(arguments.compare, ["a", "b"]);
        assert_eq!(arguments.columns, [("x=y".to_owned(), FieldKind::Email)]);
        assert_eq!(arguments.link_column.as_deref(), Some("source"));
        assert_eq!(run("--out c -- --odd.csv").records, PathBuf::from("--odd.csv"));
    }

    #[test]
    fn help_lists_every_option_and_kind() {
        assert_eq!(words("people.csv --help --nonsense").unwrap(), Command::Help);
        for kind in FieldKind::ALL {
            assert!(HELP.contains(kind.as_str()), "{kind:?}");
        }
        assert!(HELP.lines().all(|line| line.len() <= 120));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(refused("").contains("which file"));
        assert!(refused("a.csv").contains("--out"));
        assert!(refused("a.csv b.csv --out c").contains("one too many"));
        assert_eq!(refused("a.csv --out c --fast"), "unknown option `--fast`; `--help` lists them");
        assert_eq!(refused("a.csv --out"), "`--out` needs a value");
        assert!(refused("a.csv --out c --lenient=yes").contains("takes no value"));
        for number in ["0", "1", "-1", "nan", "inf", "x", "95"] {
            assert!(
                refused(&format!("a.csv --out c --threshold {number}")).contains("probability"),
                "{number}"
            );
        }
        for number in ["0", "-1", "x", "99999"] {
            assert!(refused(&format!("a.csv --out c --threads {number}")).contains("1 to 1024"), "{number}");
        }
        assert!(refused("a.csv --out c --one-to-one").contains("--link-column"));
        for pair in ["a", "a,", "a,a"] {
            assert!(refused(&format!("a.csv --out c --pair {pair}")).contains("two records"), "{pair}");
        }
        assert!(refused("a.csv --out c --column a=shoe_size").contains("shoe_size"));
    }
}
