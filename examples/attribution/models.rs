//! From paths to the answer.

use std::error::Error;
use std::time::Duration;

use serde_json::{Map, Value, json};
use throughline::journey::attribution::{
    ChannelCredit, Credits, MAX_EXACT_CHANNELS, Markov, MarkovSettings, Measures, RateShapley, Rule,
    SamplingSettings, credit, markov, shapley, shapley_rate, shapley_rate_sampled,
};
use throughline::journey::paths::Paths;

use crate::arguments::Arguments;

/// What all models say. `clock` tells the time since the start, when `read_in` had passed.
pub(crate) fn all(
    paths: &Paths,
    arguments: &Arguments,
    read_in: Duration,
    clock: &mut impl FnMut() -> Duration,
) -> Result<Value, Box<dyn Error>> {
    let mut models = Map::new();
    for &name in &arguments.models {
        let before = clock();
        let mut model = model(paths, name, arguments)?;
        if let Some(object) = model.as_object_mut() {
            object.insert("seconds".to_owned(), json!((clock() - before).as_secs_f64()));
        }
        models.insert(name.to_owned(), model);
    }
    let (mut conversions, mut value, mut nulls) = (0_u64, 0_i128, 0_u64);
    for path in paths.iter() {
        let outcome = path.outcome();
        conversions += u64::from(outcome.conversions);
        value += i128::from(outcome.value_minor);
        nulls += u64::from(outcome.nulls);
    }
    Ok(json!({
        "rows": paths.len(),
        "touches": paths.touches(),
        "channels": paths.channels(),
        "conversions": conversions,
        "value_minor": i64::try_from(value)?,
        "nulls": nulls,
        "models": models,
        "seconds": { "read": read_in.as_secs_f64(), "total": clock().as_secs_f64() },
    }))
}

fn model(paths: &Paths, name: &str, arguments: &Arguments) -> Result<Value, Box<dyn Error>> {
    let rule = match name {
        "markov" => {
            let settings = MarkovSettings { order: arguments.order, with_nulls: arguments.with_nulls };
            return chain(&markov(paths, &settings)?, &settings);
        }
        "shapley" => return games(paths),
        "first" => Rule::First,
        "last" => Rule::Last,
        "last_non_direct" => Rule::last_non_direct(),
        "linear" => Rule::Linear,
        "time_decay" => Rule::time_decay(),
        "position" => Rule::position(),
        _ => Rule::w_shaped(),
    };
    let mut told = credits(&credit(paths, &rule)?)?;
    if name == "time_decay" {
        told.insert("assumes".to_owned(), json!("touches a day apart, since the paths have no times"));
    }
    Ok(Value::Object(told))
}

fn credits(credits: &Credits) -> Result<Map<String, Value>, Box<dyn Error>> {
    let none = Some(&credits.none).filter(|none| none.conversions > 0.0 || none.value_minor != 0);
    let all = || credits.channels.iter().chain(none);
    let named = |of: fn(&ChannelCredit) -> Value| -> Map<String, Value> {
        all().map(|credit| (credit.channel.to_string(), of(credit))).collect()
    };
    let mut told = Map::new();
    told.insert("conversions".to_owned(), named(|credit| json!(credit.conversions)).into());
    told.insert("value_minor".to_owned(), named(|credit| json!(credit.value_minor)).into());
    told.insert("value_sum".to_owned(), json!(i64::try_from(credits.value_sum())?));
    Ok(told)
}

fn chain(solved: &Markov, settings: &MarkovSettings) -> Result<Value, Box<dyn Error>> {
    let mut told = credits(&solved.credits)?;
    let effects = solved.effects.iter();
    let (conversions, value): (Map<String, Value>, Map<String, Value>) = effects
        .map(|effect| {
            let name = effect.channel.to_string();
            ((name.clone(), json!(effect.conversions)), (name, json!(effect.value)))
        })
        .unzip();
    told.insert("order".to_owned(), json!(settings.order));
    told.insert("with_nulls".to_owned(), json!(settings.with_nulls));
    told.insert("states".to_owned(), json!(solved.states));
    let measures = if solved.measures == Measures::Lift { "lift" } else { "reach" };
    told.insert("removal_effects_measure".to_owned(), json!(measures));
    told.insert("removal_effects".to_owned(), json!({ "conversions": conversions, "value": value }));
    told.insert("conversion_probability".to_owned(), json!(solved.conversion_probability));
    told.insert("expected_value_minor".to_owned(), json!(solved.expected_value_minor));
    Ok(told.into())
}

fn games(paths: &Paths) -> Result<Value, Box<dyn Error>> {
    let mut told = credits(&shapley(paths)?.credits)?;
    let RateShapley { values, rate, samples, error_bound } = if paths.channels().len() <= MAX_EXACT_CHANNELS {
        shapley_rate(paths)?
    } else {
        shapley_rate_sampled(paths, &SamplingSettings { samples: 2_000, ..SamplingSettings::default() })?
    };
    let values: Map<String, Value> =
        values.into_iter().map(|one| (one.channel.into(), json!(one.value))).collect();
    told.insert(
        "conversion_rate".to_owned(),
        json!({ "channels": values, "all": rate, "samples": samples, "error_bound": error_bound }),
    );
    Ok(told.into())
}
