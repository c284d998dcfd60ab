//! `calendars/ID.toml`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Reader, is_code, link};
use crate::clock::calendar::Calendar;
use crate::data::{Source, Table};

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

impl Reader<'_> {
    pub(super) fn calendar(&mut self, source: &Source<'_>, file: &str) {
        let parsed = source.parse();
        let root = Table::root(source, &parsed);
        let id = file.strip_suffix(".toml").unwrap_or(file).to_owned();
        if id == file || !is_code(&id) {
            source.problem(
                0,
                format!("`{file}` is no name for a calendar"),
                "Name the file by small letters, digits, `-` and `_`, and `.toml`",
            );
        }
        let covers = covers(&root);
        let calendar = Calendar {
            title: root.need_text("title", self.languages),
            zone: zone(&root),
            source: root.need("source").to_owned(),
            link: link(&root, "link"),
            hours: hours(&root),
            holidays: holidays(&root, covers.as_ref()),
            covers,
            id,
        };
        if self.book.calendar(&calendar.id).is_some() {
            let what = format!("there are two calendars `{}`", calendar.id);
            source.problem(0, what, "Rename one of the files");
        }
        root.finish();
        self.book.calendars.push(calendar);
    }
}

/// Only the bundled database: what the machine has must not move a deadline.
fn zone(root: &Table<'_, '_>) -> TimeZone {
    let name = root.need("zone");
    TimeZoneDatabase::bundled().get(name).unwrap_or_else(|_| {
        if root.has("zone") {
            root.problem_at(
                "zone",
                format!("there is no time zone `{name}`"),
                "Write a name of the IANA database, such as `Pacific/Auckland`",
            );
        }
        TimeZone::UTC
    })
}

/// `2024-2028`.
fn covers(root: &Table<'_, '_>) -> Option<RangeInclusive<i16>> {
    let text = root.str("covers")?;
    let years = text.split_once('-').and_then(|(from, to)| {
        let (from, to): (i16, i16) = (from.parse().ok()?, to.parse().ok()?);
        (1971..=9000).contains(&from).then_some(())?;
        (from <= to && to <= 9000).then_some(from..=to)
    });
    if years.is_none() {
        root.problem_at(
            "covers",
            format!("`covers` is `{text}`"),
            "Write the first and last year of which all days off are listed, such as `2024-2028`",
        );
    }
    years
}

fn hours(root: &Table<'_, '_>) -> [Option<(i32, i32)>; 7] {
    let mut hours = [None; 7];
    let Some(table) = root.table("hours") else {
        if !root.has("hours") {
            root.problem_at(
                "hours",
                "`hours` is missing",
                "Add a table `[hours]` with lines such as `monday = \"08:30-17:00\"`",
            );
        }
        return hours;
    };
    for (slot, day) in hours.iter_mut().zip(WEEKDAYS) {
        let Some(text) = table.str(day) else { continue };
        *slot = text
            .split_once('-')
            .and_then(|(from, to)| Some((second(from)?, second(to)?)))
            .filter(|(from, to)| from < to);
        if slot.is_none() {
            table.problem_at(
                day,
                format!("`{day}` is `{text}`"),
                "Write opening and closing of the same day, such as `08:30-17:00`; `24:00` is midnight",
            );
        }
    }
    if hours.iter().all(Option::is_none) {
        root.problem_at(
            "hours",
            "the office is never open",
            "Give at least one weekday hours",
        );
    }
    table.finish();
    hours
}

/// `08:30` as a second of the day.
fn second(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    let part = |text: &str| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i32>().ok())
            .flatten()
    };
    let (hour, minute) = (part(hour)?, part(minute)?);
    let second = hour * 3600 + minute * 60;
    (minute < 60 && second <= 86_400).then_some(second)
}

fn holidays(root: &Table<'_, '_>, covers: Option<&RangeInclusive<i16>>) -> BTreeMap<Date, String> {
    let mut days = BTreeMap::new();
    let Some(table) = root.table("holidays") else {
        return days;
    };
    for key in table.keys() {
        let name = table.need(key);
        let day = (key.len() == 10)
            .then(|| key.parse::<Date>().ok())
            .flatten();
        match day {
            None => table.problem_at(
                key,
                format!("`{key}` is no day"),
                "Write year, month and day: `2026-12-25 = \"Christmas Day\"`",
            ),
            Some(day) if !covers.is_some_and(|years| years.contains(&day.year())) => {
                table.problem_at(
                    key,
                    format!("{day} lies outside of the years in `covers`"),
                    "Add all days off of that year and set `covers`",
                );
            }
            Some(_) if name.trim().is_empty() => table.problem_at(
                key,
                format!("{key} has no name"),
                "Write what the day is called",
            ),
            Some(day) => {
                days.insert(day, name.to_owned());
            }
        }
    }
    for year in covers.cloned().into_iter().flatten() {
        if !days.keys().any(|day| day.year() == year) {
            table.problem_at(
                "covers",
                format!("`covers` has {year}, and no day off is listed for it"),
                format!("List the days off of {year}, or take it out of `covers`"),
            );
        }
    }
    table.finish();
    days
}
