//! One column a series.

use std::collections::BTreeMap;

use super::{Import, Sheet, column, short};
use crate::plan::Period;

pub(super) fn read(import: &mut Import<'_, '_>, sheet: &Sheet) {
    let periods = sheet.header.iter().skip(1);
    let periods = periods.filter(|name| name.parse::<Period>().is_ok());
    if periods.count() * 2 > sheet.header.len().saturating_sub(1) {
        let what = "the columns are named by periods: they stand across and not down";
        let mend =
            "Turn the table, so that periods stand in the first column and each series in a column";
        import.refused += sheet.rows.len().saturating_sub(1);
        import.refuse((1, 0), "turned-table", what, mend);
        return;
    }
    if sheet.header.len() < 2 {
        let what = "there is one column only";
        let mend = "Write the period in the first column and each series in a column; part fields by commas";
        import.refused += sheet.rows.len().saturating_sub(1);
        import.refuse((1, 0), "one-column", what, mend);
        return;
    }
    let ids = ids(import, sheet);
    for (line, record) in &sheet.rows {
        let mut fields = record.iter().map(str::trim);
        let first = fields.next().unwrap_or_default();
        let Some(period) = import.period((*line, 1), first) else {
            // The fault of the period stands for every field of the row.
            import.refused += sheet.header.len().saturating_sub(2);
            continue;
        };
        for (at, (text, id)) in fields.zip(&ids).enumerate() {
            let place = (*line, column(at + 1));
            let Some(id) = id else {
                import.refused += 1;
                continue;
            };
            if let Some(figure) = import.figure(place, text) {
                let draft = import.draft(place, period, figure);
                import.push(id, draft);
            }
        }
    }
}

/// The id of each series, or `None` for a column that is kept out; why is said once, at its name.
fn ids(import: &Import<'_, '_>, sheet: &Sheet) -> Vec<Option<String>> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let named = sheet.header.iter().enumerate().skip(1);
    named
        .map(|(at, name)| {
            let fault = |code, what: String, mend: &str| {
                let place = (1, column(at));
                let file = import.options.file.as_str();
                import.faults.error((file, place), code, what, mend);
            };
            let Some(id) = import.id(name) else {
                let what = format!(
                    "`{}` gives no id for a series, and its column is kept out",
                    short(name)
                );
                fault(
                    "bad-id",
                    what,
                    "Name the column with letters or digits, or give it an id",
                );
                return None;
            };
            if let Some(first) = seen.get(&id) {
                let what = format!(
                    "`{}` gets the id `{id}`, as column {first} does, and is kept out",
                    short(name)
                );
                fault("twice", what, "Give it another name or id");
                return None;
            }
            seen.insert(id.clone(), at + 1);
            Some(id)
        })
        .collect()
}
