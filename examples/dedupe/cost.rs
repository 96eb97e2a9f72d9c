//! What a stage costs: time on the clock, time of the processors, memory. Decides nothing.

use std::fs;
use std::ops::{Add, Sub};
use std::time::Instant;

use serde_json::{Value, json};

/// Clock and processor at one instant, or the difference of two.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    pub(crate) seconds: f64,
    /// Of all threads together, in steps of a hundredth; `None` where the operating system does not tell (all but Linux).
    pub(crate) cpu_seconds: Option<f64>,
}

/// Measures stages one after the other.
pub(crate) struct Stopwatch {
    origin: Instant,
    last: Cost,
}

#[expect(clippy::disallowed_methods, reason = "measures how long the example takes, which decides nothing")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { origin: now(), last: Cost { seconds: 0.0, cpu_seconds: processor() } }
    }

    /// What was spent since the last call, or since the start.
    pub(crate) fn lap(&mut self) -> Cost {
        let at = Cost { seconds: self.origin.elapsed().as_secs_f64(), cpu_seconds: processor() };
        let lap = at - self.last;
        self.last = at;
        lap
    }

    /// What the whole process has spent.
    pub(crate) fn total(&self) -> Cost {
        Cost { seconds: self.origin.elapsed().as_secs_f64(), cpu_seconds: processor() }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let cpu_seconds = self.cpu_seconds.zip(other.cpu_seconds).map(|(one, other)| one + other);
        Self { seconds: self.seconds + other.seconds, cpu_seconds }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        let cpu_seconds = self.cpu_seconds.zip(before.cpu_seconds).map(|(now, before)| now - before);
        Self { seconds: self.seconds - before.seconds, cpu_seconds }
    }
}

/// The costs of the stages of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Stages {
    pub(crate) read: Cost,
    pub(crate) train: Cost,
    pub(crate) predict: Cost,
    pub(crate) cluster: Cost,
    pub(crate) total: Cost,
}

impl Stages {
    pub(crate) const fn named(&self) -> [(&'static str, Cost); 5] {
        [
            ("read", self.read),
            ("train", self.train),
            ("predict", self.predict),
            ("cluster", self.cluster),
            ("total", self.total),
        ]
    }

    pub(crate) fn seconds(&self) -> Value {
        self.named()
            .into_iter()
            .map(|(stage, cost)| (stage.to_owned(), json!(rounded(cost.seconds))))
            .collect()
    }

    pub(crate) fn cpu_seconds(&self) -> Value {
        let of = |cost: Cost| cost.cpu_seconds.map(rounded);
        self.named().into_iter().map(|(stage, cost)| (stage.to_owned(), json!(of(cost)))).collect()
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// Seconds of processor time of this process so far: `utime` and `stime`, the 14th and 15th field of `/proc/self/stat`,
/// in hundredths on every Linux. The second field, the program's name, may hold spaces and ends at the last bracket.
fn processor() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(f64::from(user.checked_add(system)?) / 100.0)
}

/// The most memory that the process ever held, in units of 1,048,576 bytes.
pub(crate) fn peak_megabytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some((f64::from(kibibytes) / 102.4).round() / 10.0)
}
