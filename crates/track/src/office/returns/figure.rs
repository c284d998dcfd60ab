//! A value of a measure in a return, beside the values that the plan has.

use super::super::due::next_period;
use super::super::words as w;
use super::check::{Checking, short};
use super::{Figure, NAME_CHARS_MAX, NOTE_CHARS_MAX, NUMBER_CHARS_MAX};
use crate::plan::series::FLAGS;
use crate::plan::{
    Cells, Decimal, Direction, Edition, Frequency, Measure, Period, Row, Series, Span, Words,
};
use crate::report::publish::PUBLISH;
use crate::report::{is_telling_text, withheld};

impl<'r> Checking<'r> {
    /// The value and all that stands beside it; whether there is such a measure.
    pub(super) fn figure(&mut self, edition: &Edition, it: &Figure) -> bool {
        let Some(measure) = edition.measure(&it.id) else {
            let what = w::no_measure(short(&it.id));
            self.error("unknown-measure", "id", what, w::choose_other());
            return false;
        };
        let value = self.value(measure, it);
        self.beside(it, value);
        let series = self.series(measure);
        let Some(period) = self.period(measure, series, it) else {
            return true;
        };
        if let Some(series) = series {
            self.dims(measure, series, it);
            self.known(series, it, period, value);
            self.jump(series, it, period, value);
        }
        let published = self
            .ret
            .evidence
            .iter()
            .filter_map(|one| one.published)
            .max();
        let seen = published.map_or(self.today, |published| published.last_day());
        if seen > edition.as_of {
            let what = w::on(edition.as_of, w::unseen_by);
            self.warn("after-as-of", "period", what, w::move_day());
        }
        true
    }

    fn series(&mut self, measure: &Measure) -> Option<&'r Series> {
        let plan = self.plan;
        if measure.query.is_some() {
            self.error("live-measure", "id", w::live(), w::leave_out());
            return None;
        }
        let id = measure.series.as_deref();
        let Some(series) = id.and_then(|id| plan.series.get(id)) else {
            self.error("no-series", "id", w::no_series(), w::ask_office());
            return None;
        };
        if let Some(withheld) = withheld(plan, &series.id, PUBLISH, self.today) {
            let what = w::withheld(&withheld.mandate.holder);
            self.error("not-allowed", "id", what, w::ask_holder());
        }
        Some(series)
    }

    fn period(
        &mut self,
        measure: &Measure,
        series: Option<&Series>,
        it: &Figure,
    ) -> Option<Period> {
        let Ok(period) = it.period.trim().parse::<Period>() else {
            let what = w::bad_period(short(&it.period));
            self.error("bad-period", "period", what, w::write_period());
            return None;
        };
        let rows: &[Row] = series.map_or(&[], |series| &series.rows);
        let used = |span| rows.iter().any(|row| row.period.span() == span);
        if !used(period.span()) && !is_expected(measure.frequency, period.span(), used) {
            let rows: Vec<&Row> = rows.iter().filter(|row| row.is_total()).collect();
            let like = next_period(measure.frequency, &rows, self.today);
            let mend = like.map_or_else(w::write_period, w::like);
            self.error(
                "other-frequency",
                "period",
                w::other_frequency(period),
                mend,
            );
        }
        let planned = it
            .flag
            .split_ascii_whitespace()
            .any(|flag| flag == "planned");
        if period.end() > self.today && !planned {
            let what = w::on(period.end(), w::running);
            self.error("period-running", "period", what, w::wait_or_plan());
        }
        Some(period)
    }

    fn number(&mut self, field: &str, text: Option<&String>) -> Option<Decimal> {
        let text = text?;
        let read = text.trim().parse().ok();
        if read.is_none() {
            let what = w::bad_number(short(text));
            self.error("bad-number", field, what, w::write_number());
        }
        read
    }

    fn value(&mut self, measure: &Measure, it: &Figure) -> Option<Decimal> {
        match (&it.value, it.missing) {
            (None, None) => {
                self.error("no-value", "value", w::no_value(), w::value_or_reason());
            }
            (Some(_), Some(_)) => {
                self.error("value-and-missing", "missing", w::both(), w::take_one_out());
            }
            _ => {}
        }
        let value = self.number("value", it.value.as_ref())?;
        let mend = || w::with(&measure.unit, w::unit_is);
        let number = value.number();
        if measure.cells == Cells::Counts {
            if value.decimals() > 0 || number < 0.0 {
                self.error("no-count", "value", w::no_count(), w::write_whole());
            } else if is_telling_text(&value.to_string()) {
                self.error("not-rounded", "value", w::not_rounded(), w::round_it());
            }
        }
        let (least, most) = bounds(measure);
        if let Some(least) = least.filter(|least| number < least.number()) {
            self.error("below-limit", "value", w::below(least), mend());
        }
        if let Some(most) = most.filter(|most| number > most.number()) {
            self.error("above-limit", "value", w::above(most), mend());
        }
        Some(value)
    }

    /// Interval, sample size, flags, and texts.
    fn beside(&mut self, it: &Figure, value: Option<Decimal>) {
        let low = self.number("low", it.low.as_ref()).map(Decimal::number);
        let high = self.number("high", it.high.as_ref()).map(Decimal::number);
        let value = value.map(Decimal::number);
        let crossed = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| a > b);
        if crossed(low, high) || crossed(low, value) || crossed(value, high) {
            self.error("bad-interval", "low", w::interval(), w::correct_interval());
        }
        let is_count = |n: &str| n.bytes().all(|b| b.is_ascii_digit()) && n.parse::<u64>().is_ok();
        if it.n.as_deref().is_some_and(|n| !is_count(n.trim())) {
            self.error("bad-count", "n", w::no_count(), w::write_whole());
        }
        let flags = it.flag.split_ascii_whitespace();
        for flag in flags.filter(|flag| !FLAGS.contains(flag)).take(1) {
            let what = w::unknown_flag(short(flag));
            let mend = w::flags_are(FLAGS.join(", "));
            self.error("unknown-flag", "flag", what, mend);
        }
        let count = it.flag.chars().count();
        if count > 4 * NUMBER_CHARS_MAX {
            let what = w::too_long(count, 4 * NUMBER_CHARS_MAX);
            self.error("too-long", "flag", what, w::shorten());
        }
        self.optional("break", it.brk.as_ref(), NOTE_CHARS_MAX);
        if !it.note.is_empty() {
            self.needed("note", &it.note, NOTE_CHARS_MAX);
        }
    }

    fn dims(&mut self, measure: &Measure, series: &Series, it: &Figure) {
        for (name, value) in &it.dims {
            let field = format!("dims.{name}");
            if !series.dimensions.contains(name) {
                let what = w::unknown_column(short(name));
                self.error("unknown-column", &field, what, w::leave_column());
                continue;
            }
            self.needed(&field, value, NAME_CHARS_MAX);
            let mut all = measure.disaggregation.iter();
            let groups = all.find(|one| one.name == *name).map(|one| &one.values);
            if let Some(groups) = groups.filter(|all| !all.is_empty() && !all.contains(value)) {
                let what = w::unknown_group(short(value));
                let mend = w::groups_are(groups.join(", "));
                self.error("unknown-group", &field, what, mend);
            }
        }
    }

    /// What the plan has for this period already.
    fn known(&mut self, series: &Series, it: &Figure, period: Period, value: Option<Decimal>) {
        let rows = series.rows.iter();
        let cell = rows.filter(|row| row.period == period && *row.dims == it.dims);
        let Some(last) = cell.max_by_key(|row| row.vintage) else {
            if it.revises {
                let what = w::nothing_before();
                self.warn("nothing-before", "revises", what, w::untick());
            }
            return;
        };
        let number = value.map(Decimal::number);
        if last.number() == number && last.missing == it.missing {
            self.error("same-value", "value", w::same_value(), w::leave_out());
            return;
        }
        // Where there was only a reason why there is none, a value takes the place of nothing.
        let Some(before) = last.value else {
            return;
        };
        if !it.revises || it.note.trim().is_empty() {
            let field = if it.revises { "note" } else { "revises" };
            self.error("restated", field, w::restated(before), w::say_why());
        }
    }

    /// The value is farther from the one before than any was since the series broke. Two steps at least are known.
    fn jump(&mut self, series: &Series, it: &Figure, period: Period, value: Option<Decimal>) {
        let Some(value) = value.filter(|_| it.brk.is_none()) else {
            return;
        };
        let rows = series.newest(self.today, 0, |row| {
            *row.dims == it.dims && !row.is_flagged("planned") && row.period < period
        });
        let rows = series.at(&rows);
        let from = rows.iter().rposition(|row| row.brk().is_some());
        let values = rows.iter().skip(from.unwrap_or(0));
        let values: Vec<f64> = values.filter_map(|row| row.number()).collect();
        let steps = values.iter().zip(values.iter().skip(1));
        let most = steps.map(|(a, b)| (b - a).abs()).fold(0.0, f64::max);
        let Some(last) = values.last().filter(|_| values.len() >= 3) else {
            return;
        };
        let change = (value.number() - last).abs();
        if change > most {
            let what = w::jump(rounded(change), rounded(most));
            self.warn("jump", "value", what, w::check_jump());
        }
    }
}

/// A number without the noise of its last digits.
fn rounded(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Values of this frequency are of such periods. Of calendar and fiscal years the series keeps to those it has.
fn is_expected(frequency: Frequency, span: Span, used: impl Fn(Span) -> bool) -> bool {
    match frequency {
        Frequency::Monthly => span == Span::Month,
        Frequency::Quarterly => span == Span::Quarter,
        Frequency::Yearly => match span {
            Span::Year => !used(Span::Fiscal),
            Span::Fiscal => !used(Span::Year),
            _ => false,
        },
        Frequency::TwoYearly => match span {
            Span::Year | Span::Range => !used(Span::Fiscal),
            Span::Fiscal => !used(Span::Year),
            _ => false,
        },
        Frequency::Irregular | Frequency::Once => true,
    }
}

/// The least and the greatest value that can be: a share lies between 0 and 100, and a measure may name a limit.
fn bounds(measure: &Measure) -> (Option<Decimal>, Option<Decimal>) {
    let decimal = |text: &str| text.parse::<Decimal>().ok();
    let (mut least, mut most) = (None, None);
    if is_share(&measure.unit) {
        (least, most) = (decimal("0"), decimal("100"));
    }
    match measure.direction {
        Direction::Up => most = measure.limit.or(most),
        Direction::Down => least = measure.limit.or(least),
        Direction::Volume => {}
    }
    (least, most)
}

/// `% of people` is a share; `%` alone may be growth.
fn is_share(unit: &Words) -> bool {
    let unit = unit.en.trim().to_lowercase();
    unit.starts_with("% of ") || unit.starts_with("percent of ") || unit.starts_with("share of ")
}
