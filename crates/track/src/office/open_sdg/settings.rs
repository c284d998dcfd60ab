//! Settings by which Open SDG computes progress: direction, base year, target and limit.

use super::super::yaml::Yaml;
use super::data::Part;
use super::meta::Meta;
use super::{Notes, short};
use crate::plan::{Decimal, Period};

/// Target year where the settings name none (documentation of Open SDG).
const TARGET_YEAR: &str = "2030";

/// Settings of progress for one series.
pub(super) struct Setting {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) series: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) direction: &'static str,
    pub(super) base: Option<Period>,
    pub(super) target: Option<(Decimal, i32)>,
    pub(super) limit: Option<Decimal>,
}

pub(super) fn settings(meta: &Meta, notes: &mut Notes<'_>) -> Vec<Setting> {
    let Some((file, entry)) = meta.entry("progress_calculation_options") else {
        return Vec::new();
    };
    let mut all = Vec::new();
    collect(&entry.value, (file, entry.line), notes, &mut all);
    all
}

/// Settings of a list, also of those in groups: how groups are weighted is not carried over.
fn collect(yaml: &Yaml, (file, line): (&str, u32), notes: &mut Notes<'_>, all: &mut Vec<Setting>) {
    let Yaml::List(items) = yaml else {
        if *yaml != Yaml::Text(String::new()) {
            let mend = "Write a list, each item beginning with a dash";
            notes.warn(
                (file, line, 0),
                "not-understood",
                "the settings of progress are no list",
                mend,
            );
        }
        return;
    };
    for item in items {
        let Yaml::Map(entries) = item else { continue };
        let line = entries.first().map_or(line, |entry| entry.line);
        if let Some(group) = item.get("group") {
            let mend = "Give the measures groups of their own";
            notes.tally(
                (file, line, 0),
                "not-carried-over",
                "groups of series with one weight are not carried over",
                mend,
            );
            collect(&group.value, (file, line), notes, all);
        } else if item.get("disaggregation").is_some() {
            let mend = "Make a measure of its own for the part, with its target";
            notes.warn(
                (file, line, 0),
                "not-carried-over",
                "settings of progress for a part of the breakdown are not carried over",
                mend,
            );
        } else {
            all.push(setting(item, (file, line), notes));
        }
    }
}

fn setting(item: &Yaml, (file, line): (&str, u32), notes: &mut Notes<'_>) -> Setting {
    let refuse = |key: &str, text: &str| {
        let what = format!("`{key}` is `{}`, which is not carried over", short(text));
        notes.warn(
            (file, line, 0),
            "bad-setting",
            &what,
            "Write a number, or a year from 1800 to 2199",
        );
    };
    let number = |key: &str| -> Option<Decimal> {
        let text = item.text(key)?;
        let read = text.parse().ok();
        if read.is_none() {
            refuse(key, text);
        }
        read
    };
    let year = |key: &str, otherwise: Option<&'static str>| -> Option<(Period, i32)> {
        let text = item.text(key).or(otherwise)?;
        let year: Option<i32> = text.parse().ok();
        let read = year.and_then(|year| Some((Period::of_year(year)?, year)));
        if read.is_none() {
            refuse(key, text);
        }
        read
    };
    let direction = match item.text("direction") {
        Some("positive") => "up",
        Some("negative") | None => "down",
        Some(other) => {
            refuse("direction", other);
            "volume"
        }
    };
    let target = number("target").zip(year("target_year", Some(TARGET_YEAR)));
    let base = year("base_year", None);
    let fits = base
        .zip(target)
        .is_none_or(|((_, base), (_, (_, end)))| base < end);
    if !fits {
        refuse("base_year", item.text("base_year").unwrap_or_default());
    }
    let text = |key: &str| item.text(key).map(str::to_owned);
    Setting {
        file: file.to_owned(),
        line,
        series: text("series"),
        unit: text("unit"),
        direction,
        base: base.filter(|_| fits).map(|(period, _)| period),
        target: target.map(|(value, (_, year))| (value, year)),
        limit: number("limit"),
    }
}

/// Takes the settings of a part out of the list.
pub(super) fn choose(
    settings: &mut Vec<Setting>,
    part: &Part,
    one: bool,
    notes: &Notes<'_>,
) -> Option<Setting> {
    let is = |wanted: Option<&String>, name: &str| wanted.is_none_or(|wanted| wanted == name);
    let fits = |setting: &Setting| {
        let bare = setting.series.is_none() && setting.unit.is_none();
        (one && bare)
            || is(setting.series.as_ref(), &part.series) && is(setting.unit.as_ref(), &part.unit)
    };
    let first = settings.iter().position(fits)?;
    let chosen = settings.remove(first);
    let mut more = 0_usize;
    settings.retain(|setting| {
        let again = fits(setting) && (setting.series.is_some() || setting.unit.is_some() || one);
        more += usize::from(again);
        !again
    });
    if more > 0 {
        let what = "more than one setting of progress fits the same series; the first one counts";
        notes.warn(
            (&chosen.file, chosen.line, 0),
            "twice",
            what,
            "Take the others out",
        );
    }
    let shared = chosen.series.is_none() && chosen.unit.is_none() && !one;
    if shared {
        // It holds for the other parts as well.
        let again = Setting {
            file: chosen.file.clone(),
            series: None,
            unit: None,
            ..chosen
        };
        settings.insert(first, again);
    }
    Some(chosen)
}
