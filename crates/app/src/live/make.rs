//! From what was collected to what is told: the desk proposes, what has not moved stays as it was told, and the gate rounds
//! every count.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::figures::live::{
    LiveBasis, Measure, Proposal, Set, Settings, Told, may_move, proposals,
};
use cairn_desk::figures::{Basis, Cell, Published, Quarter, Rules};
use cairn_kernel::label::Label;
use cairn_track::gate::{Audience, Cells, Dimension, Gate, Records, Rounding, Rule, Table, Totals};
use cairn_track::live::{self, Known};

use super::{Collected, Live, LiveFigure, Why, all_of, period_of};

/// Code of those whose cell is shown nowhere: without a region, or of a category that the taxonomy no longer has. No
/// taxonomy has it.
const REST: &str = "/rest";

/// All that is needed to make the live figures of a day.
pub(crate) struct Making<'a> {
    /// Rounds.
    pub(crate) gate: Gate,
    /// Target and population.
    pub(crate) settings: &'a Settings,
    /// Rules of confidentiality.
    pub(crate) rules: &'a Rules,
    /// Minor units of one unit of the base currency.
    pub(crate) factor: i64,
    /// Agencies of the form.
    pub(crate) agencies: Vec<String>,
    /// Behind what was told last; empty if that cannot be compared.
    pub(crate) before: &'a LiveBasis,
    /// What was told last.
    pub(crate) told: Option<&'a Live>,
}

/// One row of a table that the figures have settled and hidden already.
struct Settled {
    code: String,
    set: Set,
    hidden: bool,
}

const fn known_of(measure: Measure) -> Known {
    match measure {
        Measure::MedianLoss => live::MEDIAN_LOSS,
        Measure::P95Loss => live::P95_LOSS,
        Measure::DelayMedian => live::REPORTING_DELAY_MEDIAN,
        Measure::DelayP90 => live::REPORTING_DELAY_P90,
        Measure::AnswerMedian => live::FIRST_ANSWER_MEDIAN,
        Measure::AnswerP90 => live::FIRST_ANSWER_P90,
        Measure::AnsweredInTime => live::ANSWERED_WITHIN_TARGET,
        Measure::CloseMedian => live::CLOSE_MEDIAN,
        Measure::CloseP90 => live::CLOSE_P90,
        Measure::Consent => live::CONSENT_BY_AGENCY,
        Measure::Referred => live::REFERRED_BY_AGENCY,
        Measure::Anonymous => live::ANONYMOUS_SHARE,
    }
}

fn figure(known: Known, period: &str, code: Option<&str>) -> LiveFigure {
    LiveFigure {
        name: known.name.to_owned(),
        version: known.version,
        period: period.to_owned(),
        code: code.map(str::to_owned),
        value: None,
        why: None,
        interval: None,
        n: None,
        note: String::new(),
    }
}

impl Making<'_> {
    /// Everything that is told today, with what is behind it. `basis` is that of the figures, already of today.
    pub(crate) fn make(
        &self,
        collected: &Collected,
        published: &Published,
        basis: &Basis,
    ) -> (Live, LiveBasis) {
        let (mut live, mut now) = (Live::default(), LiveBasis::default());
        let none = cairn_desk::figures::live::Facts::default();
        for quarter in published.quarters.iter().filter(|quarter| !quarter.running) {
            let facts = collected.get(&quarter.quarter.0).unwrap_or(&none);
            let period = period_of(quarter.quarter);
            live.rows
                .extend(self.rate(quarter.quarter, quarter.incidents));
            let empty = BTreeMap::new();
            let settled = basis.quarters.get(&quarter.quarter.0).unwrap_or(&empty);
            let shown = quarter.categories.iter();
            let shown: BTreeMap<&str, Cell> = shown
                .map(|one| (one.code.as_str(), one.incidents))
                .collect();
            let counts = settled.iter().map(|(code, t)| (code.as_str(), t.incidents));
            let rows = self.cells(
                &format!("category/{period}"),
                (&shown, counts.collect()),
                &facts.categories,
                &mut now,
            );
            self.table(live::REPORTS_BY_CATEGORY, &period, &rows, &mut live.rows);
            for proposal in proposals(facts, &self.agencies, self.rules) {
                live.rows.push(self.moved(&proposal, &period, &mut now));
            }
            if facts.delays.is_none() {
                self.keep_delays(&period, &mut live, &mut now);
            }
            now.sets.insert(all_of(quarter.quarter.0), facts.all);
        }
        self.regions(collected, published, basis, (&mut live, &mut now));
        (live, now)
    }

    /// Reports per 100,000 people: from what is published anyway.
    fn rate(&self, quarter: Quarter, incidents: Cell) -> Option<LiveFigure> {
        let population = self.settings.population(quarter)?;
        let mut row = figure(live::REPORTS_PER_100K, &period_of(quarter), None);
        row.note = format!(
            "{} people ({}): {}",
            population.people, population.year, population.source
        );
        match incidents.count() {
            Some(count) => {
                let people = u128::from(population.people);
                let hundredths = (u128::from(count) * 10_000_000 + people / 2) / people;
                row.value = Some(format!("{}.{:02}", hundredths / 100, hundredths % 100));
            }
            None => row.why = Some(Why::Few),
        }
        Some(row)
    }

    /// What is told of a proposal: what was told before, until enough has moved.
    fn moved(&self, one: &Proposal, period: &str, now: &mut LiveBasis) -> LiveFigure {
        let known = known_of(one.measure);
        let key = self.key(known, period, one.code.as_deref());
        let at = self.before.at.get(&key);
        let old = self.told_before(known, period, one.code.as_deref());
        if let (Some(at), Some(old)) = (at, old)
            && !may_move(Some(at), &one.at, self.rules.few, one.step)
        {
            now.at.insert(key, at.clone());
            return old.clone();
        }
        now.at.insert(key, one.at.clone());
        self.said(one, figure(known, period, one.code.as_deref()))
    }

    /// The delays of a quarter whose reports are those of the last time.
    fn keep_delays(&self, period: &str, live: &mut Live, now: &mut LiveBasis) {
        for known in [live::REPORTING_DELAY_MEDIAN, live::REPORTING_DELAY_P90] {
            let key = self.key(known, period, None);
            if let Some(at) = self.before.at.get(&key) {
                now.at.insert(key, at.clone());
            }
            live.rows
                .extend(self.told_before(known, period, None).cloned());
        }
    }

    /// A figure by another version or target is another figure.
    fn key(&self, known: Known, period: &str, code: Option<&str>) -> String {
        let target = if known == live::ANSWERED_WITHIN_TARGET {
            self.settings.answer_target_hours
        } else {
            0
        };
        let (name, version, code) = (known.name, known.version, code.unwrap_or_default());
        format!("{name}@{version}#{target}/{period}/{code}")
    }

    fn told_before(&self, known: Known, period: &str, code: Option<&str>) -> Option<&LiveFigure> {
        self.told?.rows.iter().find(|row| {
            row.period == period
                && row.name == known.name
                && row.version == known.version
                && row.code.as_deref() == code
        })
    }

    fn said(&self, one: &Proposal, mut row: LiveFigure) -> LiveFigure {
        if one.measure == Measure::AnsweredInTime {
            row.note = live::target_hours(self.settings.answer_target_hours);
        }
        match one.told {
            Told::Few => row.why = Some(Why::Few),
            Told::NotYet => {
                row.why = Some(Why::NotYet);
                row.note = match one.measure {
                    Measure::AnsweredInTime => format!("{}; the last are not due yet", row.note),
                    Measure::AnswerP90 | Measure::CloseP90 => "fewer than 90% are over".into(),
                    _ => "fewer than half are over".into(),
                };
            }
            Told::Level {
                value,
                interval,
                of,
            } => {
                let money = matches!(one.measure, Measure::MedianLoss | Measure::P95Loss);
                let text = |value: i64| self.text(value, money);
                row.value = Some(text(value));
                row.interval = interval.map(|(low, high)| (text(low), text(high)));
                row.n = self.rounded(of);
            }
            Told::Share { part, whole } => match (self.rounded(part), self.rounded(whole)) {
                (Some(part), Some(whole)) if whole > 0 => {
                    let percent = (part.min(whole) * 100 + whole / 2) / whole;
                    row.value = Some(percent.to_string());
                    row.n = Some(whole);
                }
                _ => row.why = Some(Why::Few),
            },
        }
        row
    }

    /// Minor units as a decimal number of major ones; other units are whole.
    fn text(&self, value: i64, money: bool) -> String {
        let factor = if money { self.factor.max(1) } else { 1 };
        let (whole, part) = (value / factor, value % factor);
        if part == 0 {
            return whole.to_string();
        }
        let width = usize::try_from(factor.ilog10()).unwrap_or_default();
        let part = format!("{part:0width$}");
        format!("{whole}.{}", part.trim_end_matches('0'))
    }

    const fn rule(&self, mean_cell_min: f64, totals: Totals) -> Rule {
        Rule {
            rounding: Rounding::Rr3,
            mean_cell_min,
            suppress_below: Some(self.rules.few),
            totals,
        }
    }

    /// One count through the gate; `None` if it is suppressed.
    fn rounded(&self, set: Set) -> Option<u64> {
        let mut cells = Cells::new(Vec::new()).ok()?;
        cells
            .add_records(&[], &records(set), &Label::default())
            .ok()?;
        let rule = self.rule(0.0, Totals::None);
        let released = self.gate.release(&cells, &rule, Audience::Public).ok()?;
        released.public()?.cell(&[])?.count()
    }

    /// The cells of a settled row, each with the reports behind its count.
    fn cells(
        &self,
        key: &str,
        (shown, counts): (&BTreeMap<&str, Cell>, BTreeMap<&str, u64>),
        sets: &BTreeMap<String, Set>,
        now: &mut LiveBasis,
    ) -> Vec<Settled> {
        let mut rest = Set::default();
        let mut rows = Vec::new();
        let codes: BTreeSet<&str> = shown.keys().chain(counts.keys()).copied().collect();
        for code in codes {
            let key = format!("{key}/{code}");
            let count = counts.get(code).copied().unwrap_or_default();
            let newest = sets.get(code).copied().unwrap_or_default();
            let before = self.before.sets.get(&key).copied();
            let set = Set::settled(before, newest, count);
            now.sets.insert(key, set);
            match shown.get(code) {
                Some(cell) => rows.push(Settled {
                    code: code.to_owned(),
                    set,
                    hidden: cell.count().is_none(),
                }),
                None => rest = rest.and(set),
            }
        }
        rows.push(Settled {
            code: REST.to_owned(),
            set: rest,
            hidden: true,
        });
        rows
    }

    /// A table through the gate: what the figures hide is hidden, the rest rounded by the reports in it.
    fn table(&self, known: Known, period: &str, rows: &[Settled], out: &mut Vec<LiveFigure>) {
        let table = self.release(known.dimension.unwrap_or_default(), rows);
        // The whole is one cell, which is not thin where the table is.
        let all = rows
            .iter()
            .fold(Set::default(), |all, row| all.and(row.set));
        let all = self.rounded(all);
        let mut say = |code: Option<&str>| {
            let mut row = figure(known, period, code);
            let cell = || table.as_ref()?.cell(&[code])?.count();
            let count = if code.is_none() { all } else { cell() };
            row.value = count.map(|count| count.to_string());
            row.why = row.value.is_none().then_some(Why::Few);
            out.push(row);
        };
        say(None);
        for row in rows.iter().filter(|row| row.code != REST) {
            say(Some(&row.code));
        }
    }

    fn release(&self, dimension: &str, rows: &[Settled]) -> Option<Table> {
        let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let mut cells = Cells::new(vec![Dimension::new(dimension, &codes)]).ok()?;
        for row in rows {
            let place = [row.code.as_str()];
            cells
                .add_records(&place, &records(row.set), &Label::default())
                .ok()?;
            if row.hidden {
                cells.withhold(&place).ok()?;
            }
        }
        let rule = self.rule(Rule::default().mean_cell_min, Totals::None);
        let released = self.gate.release(&cells, &rule, Audience::Public);
        Some(released.ok()?.public()?.clone())
    }

    /// Regions over the four quarters that the figures show; those of four quarters before as they were told.
    fn regions(
        &self,
        collected: &Collected,
        published: &Published,
        basis: &Basis,
        (live, now): (&mut Live, &mut LiveBasis),
    ) {
        let known = live::REPORTS_BY_REGION;
        let (first, last) = published.year;
        let period = period_of(last);
        // The first quarter of all is seldom a whole one.
        let begun = first.previous();
        let whole = published.quarters.iter().any(|q| q.quarter == begun);
        let before = self.told.into_iter().flat_map(|told| &told.rows);
        let before = before.filter(|row| row.name == known.name && row.version == known.version);
        live.rows
            .extend(before.filter(|row| row.period != period).cloned());
        if !whole {
            return;
        }
        let mut sets: BTreeMap<String, Set> = BTreeMap::new();
        for (_, facts) in collected.range(first.0..=last.0) {
            for (code, set) in &facts.regions {
                let all = sets.entry(code.clone()).or_default();
                *all = all.and(*set);
            }
        }
        let shown = published.regions.cells.iter();
        let shown: BTreeMap<&str, Cell> =
            shown.map(|(code, cell)| (code.as_str(), *cell)).collect();
        let empty = BTreeMap::new();
        let counts = basis.rows.get("region").unwrap_or(&empty);
        let counts = counts.iter().map(|(code, count)| (code.as_str(), *count));
        let rows = self.cells(
            &format!("region/{period}"),
            (&shown, counts.collect()),
            &sets,
            now,
        );
        self.table(known, &period, &rows, &mut live.rows);
    }
}

const fn records(set: Set) -> Records {
    Records::Summed {
        count: set.count,
        sum: set.sum,
    }
}

#[cfg(test)]
mod tests;
