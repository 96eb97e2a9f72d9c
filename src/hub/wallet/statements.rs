//! Lines of several chains over a stretch of time, as one list: of an account of the house, of a customer.

use std::collections::{BTreeSet, VecDeque};

use super::stored::{Head, KeptLine, Part};
use super::{keys, views};
use crate::hub::{Context, Who};
use crate::signing::SigningKeys;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::Unit;
use crate::wallet::ledger::AccountId;
use crate::wallet::statement::{Mark, Period, PeriodStatement, Source, StatementProof};

/// How many lines of one chain are read at once.
const PAGE: usize = 64;
/// The most lines of one page.
const MOST: usize = 1_000;

/// A page of an account's lines over a stretch of time, over all its parts, in the order of time; at most `limit`, which is
/// taken as 1 to 1,000. `after` has the sources of the page before, of which the closing marks count; the first page has none. `None` if
/// there is no such account.
///
/// ```
/// use std::sync::Arc;
/// use throughline::hub::{Hub, Rules};
/// use throughline::money::{Currency, CurrencyUnit};
/// use throughline::store::{MemoryStore, Tenant};
/// use throughline::wallet::ledger::{Transfer, TransferId};
/// use throughline::wallet::statement::Period;
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?.into();
/// let bank = hub.open_house_account("bank", &euro)?.ok_or("another unit")?;
/// let sales = hub.open_house_account("sales", &euro)?.ok_or("another unit")?;
/// let sold = (1..=5).map(|n| Transfer::new(TransferId::from_bytes([n; 16]), bank, sales, n.into()));
/// hub.transfer_all(&sold.collect::<Vec<_>>())?;
/// let first = hub.account_statement(sales, &Period::ALWAYS, None, 3)?.ok_or("no account")?;
/// let rest = hub.account_statement(sales, &Period::ALWAYS, Some(&first.sources), 3)?.ok_or("no account")?;
/// assert_eq!((first.lines.len(), first.more, rest.lines.len(), rest.more), (3, true, 2, false));
/// assert_eq!((first.opening(), first.closing(), rest.opening(), rest.closing()), (0, 6, 6, 15));
/// rest.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(parts x (64 + lines of the page)), and O(parts x log(lines)) to find where the stretch begins. Of each part no more than 64
/// lines are held beyond those of the page.
pub fn account_statement(
    tx: &mut Tx<'_>,
    _: &Context<'_>,
    account: AccountId,
    period: &Period,
    after: Option<&[Source]>,
    limit: usize,
) -> Result<Option<PeriodStatement>, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(account))? else { return Ok(None) };
    let chains = (0..head.parts).map(|part| (account, part)).collect();
    Ok(Some(page(tx, chains, head.unit, period, after, limit)?))
}

/// The same over all accounts that a customer has of a unit, in the order in which they pay; an account that came to her by a
/// merge between two pages begins with the period. Of points it tells what the books hold: those that wait are among them, and
/// those that have run out until a later act takes them out. `None` if nobody is known by that name.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As of [`account_statement`](super::account_statement), with her accounts in the place of parts.
pub fn customer_statement(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    unit: &Unit,
    period: &Period,
    after: Option<&[Source]>,
    limit: usize,
) -> Result<Option<PeriodStatement>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let accounts = views::accounts(tx, context, record, unit)?;
    let chains = accounts.into_iter().map(|(_, account)| (account, 0)).collect();
    Ok(Some(page(tx, chains, unit.clone(), period, after, limit)?))
}

/// The house's signed word for the marks of a statement: `None` if they are not those of the books, not within its period, or
/// tell one chain twice, so that nothing is signed but what happened then. Whether its lines are those between the marks is for
/// [`PeriodStatement::check`] to say; that its sources are all that somebody has is not said.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(sources x log(lines)), and one signature.
pub fn statement_proof(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    statement: &PeriodStatement,
    signing: &SigningKeys,
) -> Result<Option<StatementProof>, Stop> {
    let chains: Vec<_> = statement.sources.iter().map(|source| (source.account, source.part)).collect();
    if chains.iter().collect::<BTreeSet<_>>().len() < chains.len() {
        return Ok(None);
    }
    let lowest = before(tx, &chains, statement.period.from)?;
    let highest = before(tx, &chains, statement.period.until)?;
    for (source, (low, high)) in statement.sources.iter().zip(lowest.into_iter().zip(highest)) {
        let head = tx.get::<Head>(&keys::account(source.account))?;
        if head.is_none_or(|head| head.unit != statement.unit || source.part >= head.parts) {
            return Ok(None);
        }
        let (opening, closing) = (source.opening.lines, source.closing.lines);
        // A stretch that ends before it begins has no lines and can be told all the same.
        if !(low <= opening && opening <= closing && closing <= high.max(low)) {
            return Ok(None);
        }
        for mark in [source.opening, source.closing] {
            if mark_after(tx, source.account, source.part, mark.lines)? != Some(mark) {
                return Ok(None);
            }
        }
    }
    Ok(Some(StatementProof::sign(statement, context.now, signing)))
}

/// How far a chain had come after so many lines; `None` if it has fewer.
fn mark_after(tx: &mut Tx<'_>, account: AccountId, part: u8, lines: u64) -> Result<Option<Mark>, Stop> {
    if lines == 0 {
        return Ok(Some(Mark::default()));
    }
    let kept = tx.get::<KeptLine>(&keys::line(account, part, lines))?;
    Ok(kept.map(|kept| Mark { lines, balance: kept.line.balance, head: kept.head }))
}

/// How many lines of each chain came before an instant: the same number of look-ups for all of them at once.
fn before(tx: &mut Tx<'_>, chains: &[(AccountId, u8)], at: DateTime<Utc>) -> Result<Vec<u64>, Stop> {
    let parts: Vec<_> = chains.iter().map(|(account, part)| keys::part(*account, *part)).collect();
    let found = tx.get_many::<Part>(&parts)?;
    let mut bounds: Vec<(u64, u64)> =
        found.into_iter().map(|part| (0, part.map_or(0, |part| part.mark.lines))).collect();
    while bounds.iter().any(|(low, high)| low < high) {
        let middle = |(low, high): &(u64, u64)| high - (high - low) / 2;
        let open: Vec<_> = chains.iter().zip(&mut bounds).filter(|(_, (low, high))| low < high).collect();
        let wanted: Vec<_> =
            open.iter().map(|((account, part), of)| keys::line(*account, *part, middle(of))).collect();
        for ((_, of), kept) in open.into_iter().zip(tx.get_many::<KeptLine>(&wanted)?) {
            let line = middle(of);
            match kept.is_some_and(|kept| kept.by < at) {
                true => of.0 = line,
                false => of.1 = line - 1,
            }
        }
    }
    Ok(bounds.into_iter().map(|(low, _)| low).collect())
}

/// A chain that is being read.
struct Reading {
    source: Source,
    ahead: VecDeque<KeptLine>,
    /// Whether the chain has more than is read ahead.
    more: bool,
}

impl Reading {
    /// The instant of the next line.
    fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, Stop> {
        if self.ahead.is_empty() && self.more {
            let Source { account, part, closing, .. } = self.source;
            let cursor = keys::line(account, part, closing.lines);
            let found = tx.scan::<KeptLine>(&keys::lines(account, part), Some(&cursor), PAGE)?;
            self.more = found.more;
            self.ahead.extend(found.items.into_iter().map(|(_, kept)| kept));
        }
        Ok(self.ahead.front().map(|kept| kept.by))
    }
}

fn page(
    tx: &mut Tx<'_>,
    chains: Vec<(AccountId, u8)>,
    unit: Unit,
    period: &Period,
    after: Option<&[Source]>,
    limit: usize,
) -> Result<PeriodStatement, Stop> {
    let known = |account, part| {
        let mut sources = after.unwrap_or_default().iter();
        sources.rfind(move |source| source.account == account && source.part == part)
    };
    let begins = before(tx, &chains, period.from)?;
    let mut readings = Vec::new();
    for ((account, part), begin) in chains.into_iter().zip(begins) {
        // Marks come from whoever asks: a page begins with the period at the earliest, and where a number is not there.
        let wanted = known(account, part).map_or(begin, |source| source.closing.lines.max(begin));
        let mark = match mark_after(tx, account, part, wanted)? {
            Some(mark) => mark,
            None => mark_after(tx, account, part, begin)?.unwrap_or_default(),
        };
        let source = Source { account, part, opening: mark, closing: mark };
        readings.push(Reading { source, ahead: VecDeque::new(), more: true });
    }
    let (mut lines, mut more) = (Vec::new(), false);
    let limit = limit.clamp(1, MOST);
    loop {
        let mut first: Option<(DateTime<Utc>, usize)> = None;
        for (place, reading) in readings.iter_mut().enumerate() {
            let next = reading.next(tx)?.filter(|by| *by < period.until);
            if let Some(by) = next.filter(|by| first.is_none_or(|(other, _)| *by < other)) {
                first = Some((by, place));
            }
        }
        let Some((_, place)) = first else { break };
        if lines.len() >= limit {
            more = true;
            break;
        }
        let Some(reading) = readings.get_mut(place) else { break };
        let Some(kept) = reading.ahead.pop_front() else { break };
        reading.source.closing =
            Mark { lines: kept.line.number, balance: kept.line.balance, head: kept.head };
        lines.push((place, kept.line));
    }
    let sources = readings.into_iter().map(|reading| reading.source).collect();
    Ok(PeriodStatement::new(unit, *period, sources, lines, more))
}
