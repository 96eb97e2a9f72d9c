//! The command line and the answer.

use std::time::Duration;

use crate::arguments::{Arguments, MODELS};
use crate::{models, read};

fn parse(line: &str) -> Result<Option<Arguments>, String> {
    Arguments::parse(line.split_whitespace().map(Into::into)).map_err(|error| error.to_string())
}

#[test]
fn the_command_line() {
    let plain = parse("paths.csv").unwrap().unwrap();
    assert_eq!((plain.models.len(), plain.order, plain.with_nulls), (9, 1, true));
    let all = parse("--model markov paths.csv --order 3 --with-nulls=false").unwrap().unwrap();
    assert_eq!((&*all.models, all.order, all.with_nulls), (&["markov"][..], 3, false));
    assert_eq!(parse("--help"), Ok(None));
    for wrong in ["", "a b", "a --model x", "a --order 4", "a --order", "a --with-nulls yes", "a --what"] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
    for model in MODELS {
        assert_eq!(parse(&format!("a --model {model}")).unwrap().unwrap().models, [model]);
    }
}

#[test]
fn every_model_adds_up() {
    let csv = "\u{feff}nulls,path,value_minor,conversions\n1,وب > till,0,0\n0,till > почта > till,101,1\n\
        0,,7,1\n0,till > почта,-50,0\n2.0,\"a,b\",,\n";
    let paths = read::paths(csv.as_bytes()).unwrap();
    let arguments = parse("paths.csv").unwrap().unwrap();
    let answer = models::all(&paths, &arguments, Duration::ZERO, &mut || Duration::ZERO).unwrap();
    assert_eq!(
        (&answer["rows"], &answer["value_minor"], &answer["nulls"]),
        (&5.into(), &58.into(), &3.into())
    );
    for model in MODELS {
        let told = &answer["models"][model];
        let values = told["value_minor"].as_object().unwrap();
        assert_eq!(values.values().map(|value| value.as_i64().unwrap()).sum::<i64>(), 58, "{model}");
        assert_eq!((&values["(none)"], &told["value_sum"]), (&7.into(), &58.into()), "{model}");
        let conversions = told["conversions"].as_object().unwrap().values();
        assert!((conversions.map(|one| one.as_f64().unwrap()).sum::<f64>() - 2.0).abs() < 1e-9, "{model}");
    }
    assert!(answer["models"]["markov"]["removal_effects"]["value"]["почта"].as_f64().unwrap() > 0.0);
}

#[test]
fn bad_rows_are_named() {
    let error = |rows: &str| {
        read::paths(format!("path,conversions,nulls\n{rows}").as_bytes()).unwrap_err().to_string()
    };
    assert_eq!(error("a > b,1,0\na >  > b,1,0\n"), "line 3: no channel, at touch `1`");
    assert_eq!(error("a,x,0\n"), "line 2: `conversions` is not a whole number in range");
    assert_eq!(error("a,-1,0\n"), "line 2: `conversions` is not a whole number in range");
    assert_eq!(error("a,1.5,0\n"), "line 2: `conversions` is not a whole number in range");
    assert_eq!(
        read::paths("way,conversions\n".as_bytes()).unwrap_err().to_string(),
        "there is no column `path`"
    );
}
