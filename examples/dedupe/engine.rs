//! The seam between the command line and the matching: a data set in, clusters and the facts of the run out.
//!
//! Read [`run`] first: compare, train, weigh, cluster. [`plan`] says which model is used and what it looks at, [`cluster`]
//! makes clusters of weighed pairs, [`facts`] tells what the model has learned, [`few`] stands in where there is nothing to
//! learn from.

mod cluster;
mod curve;
mod facts;
mod few;
mod plan;

use std::error::Error;
use std::sync::Mutex;

use throughline::identity::linkage::{
    BlockingSettings, Candidates, Dataset, LinkSettings, Model, Stage, TrainingSettings, probability,
};

pub(crate) use self::plan::Plan;
use crate::arguments::Arguments;
use crate::cost::{Cost, Stopwatch};
use crate::progress::Progress;
use crate::report::{CurvePoint, Facts};
use crate::table::Column;

/// What is to be matched. The truth is no part of it.
pub(crate) struct Task<'a> {
    /// What is compared, by the names that the model knows.
    pub(crate) data: Dataset,
    /// What tells records apart: it breaks ties, and says nothing else.
    pub(crate) ids: &'a Column,
    /// The source of each record: only records of different ones are linked.
    pub(crate) sources: Option<&'a Column>,
    /// The model to begin with.
    pub(crate) plan: &'a Plan,
    /// The pair that the report shows, by rows.
    pub(crate) pair: Option<(u32, u32)>,
    /// Threshold, threads, models.
    pub(crate) arguments: &'a Arguments,
}

/// What came out.
pub(crate) struct Outcome {
    /// The cluster of each record, in the order of the rows: any numbers, the same for one cluster.
    pub(crate) clusters: Vec<u32>,
    /// Pairs that were scored.
    pub(crate) candidate_pairs: u64,
    /// Pairs at or above the threshold.
    pub(crate) links: u64,
    /// Pairs of clusters that are two people of one household.
    pub(crate) household_pairs: u64,
    /// The threshold that was used, a probability.
    pub(crate) threshold: f64,
    pub(crate) train: Cost,
    pub(crate) predict: Cost,
    pub(crate) cluster: Cost,
    /// What the report shows of the model.
    pub(crate) facts: Facts,
    /// What a curve over thresholds is drawn from, where there will be one.
    kept: Option<(Candidates, Model, Option<Vec<u32>>)>,
}

/// What goes wrong on the way may come from another thread.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

impl Outcome {
    /// Precision and recall over thresholds, for the report. The truth comes in only here, when all is decided.
    pub(crate) fn curve(&self, truth: &[u32]) -> Result<Vec<CurvePoint>, Failure> {
        let Some((candidates, model, sources)) = &self.kept else { return Ok(Vec::new()) };
        Ok(curve::points(candidates, model, sources.as_deref(), truth)?)
    }
}

/// Matches the records, on as many threads as the command line says.
pub(crate) fn run(task: Task<'_>, progress: &mut Progress) -> Result<Outcome, Failure> {
    match task.arguments.threads {
        None => matched(task, progress),
        Some(threads) => {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build()?.install(|| matched(task, progress))
        }
    }
}

/// Fewer records than this show too few pairs to learn from.
const FEW: usize = 100;

const fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Prepare => "preparing",
        Stage::Block => "finding pairs",
        Stage::Compare => "comparing",
        Stage::Train => "training",
        Stage::Score => "weighing",
        Stage::Cluster => "clustering",
    }
}

fn matched(mut task: Task<'_>, progress: &mut Progress) -> Result<Outcome, Failure> {
    let arguments = task.arguments;
    let mut stopwatch = Stopwatch::start();
    let shared = Mutex::new((progress, None));
    let told = |stage: Stage, done: u64, of: u64| {
        if let Ok(mut shared) = shared.lock() {
            if shared.1.replace(stage) != Some(stage) {
                shared.0.stage(words(stage));
            }
            shared.0.tick(done, of);
        }
    };

    if let Some(sources) = task.sources {
        task.data.link_only(sources.cells().to_vec())?;
    }
    let blocking = BlockingSettings::default();
    let (candidates, few) = if task.plan.is_given() || task.data.len() >= FEW {
        // Given away: all that is compared is prepared first.
        (Candidates::new(task.data, task.plan.model(), &blocking, &told)?, None)
    } else {
        let candidates = Candidates::new(&task.data, task.plan.model(), &blocking, &told)?;
        let few = few::Few::new(&task.data, candidates.untrained(), task.sources)?;
        (candidates, Some(few))
    };
    let compared = stopwatch.lap();

    let mut notes = Vec::new();
    if few.is_none() && candidates.is_empty() {
        notes.push("no two records agree on anything that few enough share".to_owned());
    }
    let model = if task.plan.is_given() {
        candidates.model().clone()
    } else if let Some(few) = &few {
        notes.push(format!("{FEW} records are needed to learn from; the usual figures for people were used"));
        few.model().clone()
    } else {
        match candidates.train(&TrainingSettings::default(), &told) {
            Ok(training) => {
                let silent = training.silent.iter();
                notes.extend(
                    silent.map(|name| format!("`{name}` tells no two people apart: it counts nothing")),
                );
                training.model
            }
            Err(error) => {
                notes.push(format!("{error}; the usual figures for people were used"));
                candidates.untrained()
            }
        }
    };
    let train = stopwatch.lap();

    let mut settings = LinkSettings::default();
    if let Some(threshold) = arguments.threshold {
        settings.threshold_bits = (threshold / (1.0 - threshold)).log2();
    }
    let links = match &few {
        Some(few) => few.links(settings.threshold_bits)?,
        None => candidates.link(&model, &settings, &[], &told)?,
    };
    let candidate_pairs = few.as_ref().map_or(candidates.len(), |_| links.pairs.len()) as u64;
    let predict = stopwatch.lap() + compared;

    told(Stage::Cluster, 0, 1);
    let shown = match task.pair {
        Some(pair) => Some(pair),
        None => facts::nearest(&links.pairs, settings.threshold_bits),
    };
    let clustered = match task.sources.filter(|_| arguments.one_to_one) {
        Some(sources) => cluster::one_to_one(&links.pairs, task.ids, sources, settings.threshold_bits)?,
        None => cluster::by_rules(links.pairs, task.ids, settings.threshold_bits)?,
    };
    let household_pairs = match &few {
        Some(few) => few.households(&clustered.clusters)?,
        None => candidates.relations(&model, &clustered.clusters)?.len() as u64,
    };
    let cluster = stopwatch.lap();

    let mut facts = facts::of_model(&model);
    if few.is_none() {
        facts.rules = facts::rules(candidates.rules());
    }
    facts.histogram = facts::histogram(&links.histogram);
    facts.quarantine = clustered.quarantine;
    notes.extend(clustered.notes);
    facts.notes = notes;
    if let Some((left, right)) = shown {
        let explanation = match &few {
            Some(few) => few.explain(left, right)?,
            None => Some(candidates.explain(&model, left, right)?),
        };
        facts.waterfall =
            explanation.map(|explanation| facts::waterfall(explanation, &model, task.pair.is_some()));
    }
    if let Some(path) = &arguments.save_model {
        plan::save(path, &model)?;
    }
    let wanted = few.is_none() && arguments.report.is_some() && arguments.truth.is_some();
    let kept = if wanted {
        Some((candidates, model, task.sources.map(|sources| sources.cells().to_vec())))
    } else {
        // The program is about to end: to give millions of values back one by one would only take time.
        std::mem::forget((candidates, model));
        None
    };
    Ok(Outcome {
        clusters: clustered.clusters,
        candidate_pairs,
        links: links.links,
        household_pairs,
        threshold: probability(settings.threshold_bits),
        train,
        predict,
        cluster,
        facts,
        kept,
    })
}
