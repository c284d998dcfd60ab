//! Reports of the Shadowserver Foundation: tables whose columns a schema maps. The mapping is compiled once a report, when
//! its header is known; a row then costs no look-up by name.

use std::borrow::Cow;

use crate::batch::{Batch, Refusal};
use crate::feeder::Found1;
use crate::field::Field;
use crate::functions::{self, Around, Function};
use crate::limits::COLUMNS_MAX;
use crate::quick::{Empty, Quick};
use crate::reject::{Cause, Name};
use crate::schema::{ReportType, Step, Target, Warning};
use crate::types;
use crate::value::Value;

/// A step whose column was looked up.
#[derive(Debug)]
struct Bound {
    step: Step,
    /// Which of the report's columns; `None` if it has no such column.
    column: Option<usize>,
    /// Its cell in a row; of no row if there is no such column.
    cell: usize,
    /// What is made of most cells.
    quick: Quick,
}

/// A column of the report.
#[derive(Debug)]
struct Column {
    name: Box<str>,
    /// Its cell in a row. Where a name stands twice in the header, the later one.
    cell: usize,
    /// How often its name stands in the header.
    times: u8,
}

/// The mapping of one report.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    steps: Vec<Bound>,
    columns: Vec<Column>,
    /// Constants of fields that a column may have set as well: they hold in place of it.
    constants: Vec<(Field, Value<'static>)>,
    /// Whether two columns may come to one name under `extra`.
    collide: bool,
    host: Option<usize>,
    path: Option<usize>,
    application: Option<usize>,
    detail: Option<usize>,
}

/// What a plan gives its parser besides.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    pub plan: Plan,
    pub common: Vec<(Field, Value<'static>)>,
    pub head: String,
    pub warnings: Vec<Warning>,
}

/// Compiles the mapping of a report type for a header.
pub(crate) fn compile(report: &ReportType, header: &[Cow<'_, str>]) -> Result<Compiled, Cause> {
    if header.len() > COLUMNS_MAX {
        return Err(Cause::TooManyColumns);
    }
    if header.iter().all(|name| name.trim().is_empty()) {
        return Err(Cause::NoHeader);
    }
    let mut compiled = Compiled::default();
    let Compiled { plan, warnings, .. } = &mut compiled;
    let mut by_name = std::collections::HashMap::new();
    for (cell, name) in header.iter().enumerate() {
        let at = *by_name.entry(&**name).or_insert(plan.columns.len());
        if let Some(column) = plan.columns.get_mut(at) {
            column.cell = cell;
            column.times = column.times.saturating_add(1);
        } else {
            plan.columns.push(Column {
                name: (&**name).into(),
                cell,
                times: 1,
            });
        }
    }
    let mut mapped = vec![false; plan.columns.len()];
    for step in &report.steps {
        let column = by_name.get(&*step.column).copied();
        match column.and_then(|at| mapped.get_mut(at)) {
            Some(mapped) => *mapped = true,
            None if !step.required => warnings.push(Warning::NoColumn(Name::new(&step.column))),
            None => {}
        }
        let cell = column
            .and_then(|at| plan.columns.get(at))
            .map(|own| own.cell);
        plan.steps.push(Bound {
            step: step.clone(),
            column,
            cell: cell.unwrap_or(usize::MAX),
            quick: Quick::of(step),
        });
    }
    let unmapped = plan
        .columns
        .iter()
        .zip(&mapped)
        .filter(|(_, mapped)| !**mapped);
    warnings.extend(unmapped.map(|(column, _)| Warning::UnmappedColumn(Name::new(&column.name))));
    warnings.sort();
    warnings.dedup();
    let cell = |name: &str| {
        by_name
            .get(name)
            .and_then(|at| plan.columns.get(*at))
            .map(|own| own.cell)
    };
    plan.host = cell("cc_dns")
        .or_else(|| cell("http_host"))
        .or_else(|| cell("hostname"));
    plan.path = cell("url").or_else(|| cell("http_url"));
    plan.application = cell("application");
    plan.detail = cell("detail");
    plan.collide = collide(plan);
    constants(report, &mut compiled);
    compiled.head = head(header);
    Ok(compiled)
}

/// Whether two entries under `extra` may have one name: targets of steps, and columns that are left over.
fn collide(plan: &Plan) -> bool {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for bound in &plan.steps {
        if let Target::Extra(name) = &bound.step.target {
            names.push((name, &bound.step.column));
        }
    }
    names.extend(
        plan.columns
            .iter()
            .map(|column| (&*column.name, &*column.name)),
    );
    names.sort_unstable();
    // One column by its own name is one entry, as a step's or as what is left over, unless several steps look at it.
    let steps = |column: &str| {
        let looked = plan
            .steps
            .iter()
            .filter(|bound| &*bound.step.column == column);
        looked.count()
    };
    names.windows(2).any(|two| match two {
        [a, b] if a.0 == b.0 => a.1 != b.1 || steps(a.1) > 1,
        _ => false,
    })
}

fn constants(report: &ReportType, compiled: &mut Compiled) {
    let Compiled {
        plan,
        common,
        warnings,
        ..
    } = compiled;
    let texts = [
        (Field::FeedName, &report.feed_name),
        (Field::FeedDocumentation, &report.url),
    ];
    for (field, text) in texts {
        if !text.is_empty() {
            common.push((field, Value::Text(Cow::Owned(text.to_string()))));
        }
    }
    for (key, json) in &report.constants {
        let odd = || Warning::BadConstant {
            report: Name::new(&report.key),
            field: Name::new(key),
        };
        let Some(field) = Field::by_name(key) else {
            warnings.push(odd());
            continue;
        };
        let Some(Ok(value)) = Value::of_json(json.clone()).map(|value| types::clean(field, value))
        else {
            warnings.push(odd());
            continue;
        };
        let set = plan
            .steps
            .iter()
            .any(|bound| bound.step.target == Target::Field(field));
        if set {
            plan.constants.push((field, value));
        } else {
            common.retain(|(own, _)| *own != field);
            common.push((field, value));
        }
    }
}

/// The header as IDF's `raw` has it: every name in quotes.
pub(crate) fn head(header: &[Cow<'_, str>]) -> String {
    let mut head = String::new();
    for (n, name) in header.iter().enumerate() {
        if n > 0 {
            head.push(',');
        }
        head.push('"');
        head.push_str(&name.replace('"', "\"\""));
        head.push('"');
    }
    head.push('\n');
    head
}

impl Plan {
    fn around<'c>(&self, cells: &'c [Cow<'_, str>]) -> Around<'c> {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|cell| &**cell);
        Around {
            host: cell(self.host),
            path: cell(self.path),
            application: cell(self.application),
            detail: cell(self.detail),
        }
    }

    /// One row of the report: an observation, or a reject. `left` is room for one count a column.
    pub fn row<'b>(
        &'b self,
        found: Found1<'b>,
        cells: &[Cow<'b, str>],
        left: &mut Vec<u8>,
        batch: &mut Batch<'b>,
    ) {
        left.clear();
        left.extend(self.columns.iter().map(|column| column.times));
        let mut row = batch.row(found.span, found.raw);
        for bound in &self.steps {
            if self.quick(bound, cells, left, &mut row) {
                continue;
            }
            let done = self.step(bound, cells, left, &mut row);
            if let Err(cause) = done {
                row.undo_as(found.span, cause);
                return;
            }
        }
        for (field, value) in &self.constants {
            row.put(*field, value.borrowed());
        }
        // What no field took is kept as it stands.
        let over = self.columns.iter().zip(left.iter());
        for (column, _) in over.filter(|(_, left)| **left > 0) {
            let cell = cells.get(column.cell);
            if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
                self.extra(&mut row, &column.name, Value::Text(cell.clone()));
            }
        }
        row.done();
    }

    fn extra<'b>(&self, row: &mut crate::batch::Row<'_, 'b>, name: &'b str, value: Value<'b>) {
        if self.collide {
            row.extra(Cow::Borrowed(name), value);
        } else {
            row.extra_new(Cow::Borrowed(name), value);
        }
    }

    /// The short way of a step, where the cell is as most are. It ends as the long one would; `false` where it says nothing.
    #[inline]
    fn quick<'b>(
        &'b self,
        bound: &'b Bound,
        cells: &[Cow<'b, str>],
        left: &mut [u8],
        row: &mut crate::batch::Row<'_, 'b>,
    ) -> bool {
        let left = bound.column.and_then(|at| left.get_mut(at));
        let (Some(left), Some(Cow::Borrowed(text))) = (left, cells.get(bound.cell)) else {
            return false;
        };
        // A column that was all used up counts as once more, see `step`.
        let over = (*left).max(1) - 1;
        if text.is_empty() {
            match (bound.quick.empty, &bound.step.target) {
                (Empty::None, _) if bound.step.required => *left = over + 1,
                (Empty::None, _) => *left = over,
                (Empty::Taken, Target::Field(field)) if !row.has(*field) => *left = over,
                _ => return false,
            }
            return true;
        }
        let Some(short) = bound.quick.read(text) else {
            return false;
        };
        match &bound.step.target {
            Target::Field(field) if row.has(*field) => return false,
            Target::Field(field) => row.push(*field, short),
            Target::Extra(name) if self.collide => self.extra(row, name, short.into()),
            Target::Extra(name) => row.push_extra(name, short),
            Target::Nowhere => return false,
        }
        *left = over;
        true
    }

    fn step<'b>(
        &'b self,
        bound: &'b Bound,
        cells: &[Cow<'b, str>],
        left: &mut [u8],
        row: &mut crate::batch::Row<'_, 'b>,
    ) -> Result<(), Cause> {
        let step = &bound.step;
        let place = bound
            .column
            .and_then(|at| Some((self.columns.get(at)?, left.get_mut(at)?)));
        let Some((column, left)) = place else {
            return if step.required {
                Err(Cause::MissingColumn(Name::new(&step.column)))
            } else {
                Ok(())
            };
        };
        if *left == 0 {
            *left = 1;
        }
        let value = match cells.get(column.cell) {
            None => None,
            Some(cell) => {
                functions::apply(step.function, cell, self.around_for(step.function, cells))
                    .map_err(|_| Cause::Unconvertible {
                        column: Name::new(&step.column),
                        function: step.function.name(),
                    })?
            }
        };
        let Some(value) = value else {
            if !step.required {
                *left -= 1;
            }
            return Ok(());
        };
        match &step.target {
            Target::Nowhere => {}
            Target::Extra(name) => self.extra(row, name, value),
            Target::Field(field) => match row.set(*field, value) {
                Ok(()) => {}
                Err(Refusal::Invalid) if step.required => {
                    return Err(Cause::BadValue {
                        column: Name::new(&step.column),
                        field: *field,
                    });
                }
                // It stays among what is left over.
                Err(Refusal::Invalid) => return Ok(()),
                Err(Refusal::Twice) => return Err(Cause::Twice(*field)),
            },
        }
        *left -= 1;
        Ok(())
    }

    fn around_for<'c>(&self, function: Function, cells: &'c [Cow<'_, str>]) -> Around<'c> {
        match function {
            Function::HostAndUrl | Function::CategoryOrDetail => self.around(cells),
            _ => Around::default(),
        }
    }
}
