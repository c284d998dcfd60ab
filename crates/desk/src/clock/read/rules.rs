//! `rules/NAME.toml`: one law and its deadlines.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Reader, code_form, link, one_of};
use crate::clock::book::{Audience, Book, Law, Rule, Status};
use crate::clock::terms::{Computing, Holiday, Length, Limit, Terms};
use crate::data::{Source, Table, Text, nearest};

/// Share of its time from which a clock is due soon, percent, where a rule says nothing.
const SOON_PERCENT: i64 = 25;

const HOLIDAYS: [(Holiday, &str); 2] = [
    (Holiday::AsComputed, "as_computed"),
    (Holiday::NoonNextWorkingDay, "noon_next_working_day"),
];

impl Reader<'_> {
    /// Reads a file; gives the lines at which its rules begin.
    pub(super) fn rules(&mut self, source: &Source<'_>) -> Vec<(usize, String)> {
        let parsed = source.parse();
        let root = Table::root(source, &parsed);
        let law = self.law(&root);
        let mut owners = Vec::new();
        for item in root.tables("rule") {
            let rule = self.rule(&item, &law.id);
            owners.push((item.line(), rule.id.clone()));
            self.book.rules.push(rule);
        }
        if owners.is_empty() {
            root.problem_at("law", "this law has no rule", "Add a `[[rule]]`");
        }
        root.finish();
        self.book.laws.push(law);
        owners
    }

    fn law(&self, root: &Table<'_, '_>) -> Law {
        let Some(table) = root.table("law") else {
            if !root.has("law") {
                root.problem_at("law", "`law` is missing", "Add a table `[law]` at the top");
            }
            return Law {
                id: String::new(),
                name: String::new(),
                link: String::new(),
                status: Status::Proposed,
                applies_from: None,
                title: Text::default(),
            };
        };
        let id = table.need("id").to_owned();
        code_form(&table, "id", &id);
        if self.book.law(&id).is_some() {
            table.problem_at("id", format!("there are two laws `{id}`"), "Rename one");
        }
        let status = one_of(&table, "status", table.need("status"), &Status::ALL);
        if !table.has("link") && status != Some(Status::Promise) {
            table.problem_at(
                "link",
                "`link` is missing",
                "Add `link = \"https://…\"`, so that anyone can read the law",
            );
        }
        let law = Law {
            name: table.need("name").to_owned(),
            link: link(&table, "link"),
            status: status.unwrap_or(Status::Proposed),
            applies_from: applies_from(&table),
            title: table.need_text("title", self.languages),
            id,
        };
        table.finish();
        law
    }

    fn rule(&self, item: &Table<'_, '_>, law: &str) -> Rule {
        let id = item.need("id").to_owned();
        code_form(item, "id", &id);
        if self.book.rule(&id).is_some() {
            item.problem_at(
                "id",
                format!("the rule `{id}` stands twice"),
                "Give one of them another id",
            );
        }
        let version = item.int("version").unwrap_or_default();
        if version < 1 || version > i64::from(u32::MAX) {
            item.problem_at(
                "version",
                "`version` is missing or below 1",
                "Write `version = 1`, or the next number if the meaning changed",
            );
        }
        let audience = one_of(item, "audience", item.need("audience"), &Audience::ALL);
        let optional = |key: &str| item.text(key, self.languages).unwrap_or_default();
        let rule = Rule {
            version: u32::try_from(version).unwrap_or(1),
            law: law.to_owned(),
            article: item.need("article").to_owned(),
            link: link(item, "link"),
            title: item.need_text("title", self.languages),
            wording: item.need("wording").to_owned(),
            audience: audience.unwrap_or(Audience::Us),
            only_after: self.event(item, "only_after"),
            calendar: item.need("calendar").to_owned(),
            pause: optional("pause"),
            notes: optional("notes"),
            terms: self.terms(item),
            id,
        };
        self.check_calendar(item, &rule);
        item.finish();
        rule
    }

    fn terms(&self, item: &Table<'_, '_>) -> Terms {
        let computing = one_of(item, "computing", item.need("computing"), &Computing::ALL);
        let length = length(item, "length", computing);
        let holiday = item
            .str("holiday")
            .and_then(|name| one_of(item, "holiday", name, &HOLIDAYS));
        let soon = item.int("soon_percent").unwrap_or(SOON_PERCENT);
        if !(1..=90).contains(&soon) {
            item.problem_at(
                "soon_percent",
                format!("`soon_percent` is {soon}"),
                "Write 1 to 90: the share of its time from which a clock is due soon",
            );
        }
        let start = self.codes(item, "start", true);
        let stop = self.codes(item, "stop", true);
        let start_again = self.codes(item, "start_again", false);
        let limit = self.limit(item, computing);
        let both = start.iter().find(|code| stop.contains(code));
        if let Some(code) = both {
            item.problem_at(
                "stop",
                format!("`{code}` both starts and stops it"),
                "Take it out of one of the two",
            );
        }
        if limit
            .as_ref()
            .is_some_and(|limit| start.contains(&limit.from))
        {
            item.problem_at(
                "not_later_than",
                "`not_later_than` runs from the event that starts the clock",
                "Write the shorter time as `length` instead",
            );
        }
        Terms {
            length,
            computing: computing.unwrap_or(Computing::Elapsed),
            holiday: holiday.unwrap_or_default(),
            not_later_than: limit,
            start,
            start_again,
            stop,
            pausable: item.has("pause"),
            soon_percent: u8::try_from(soon).unwrap_or(25),
        }
    }

    fn limit(&self, item: &Table<'_, '_>, computing: Option<Computing>) -> Option<Limit> {
        let table = item.table("not_later_than")?;
        table.need("from");
        let limit = Limit {
            from: self.event(&table, "from").unwrap_or_default(),
            length: length(&table, "length", computing),
        };
        table.finish();
        Some(limit)
    }

    /// The code of a known event.
    fn event(&self, item: &Table<'_, '_>, key: &str) -> Option<String> {
        let code = item.str(key)?;
        self.known(item, key, code);
        Some(code.to_owned())
    }

    fn codes(&self, item: &Table<'_, '_>, key: &str, needed: bool) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for (_, code) in item.strs(key) {
            self.known(item, key, code);
            if codes.iter().any(|other| other == code) {
                item.problem_at(key, format!("`{code}` stands twice"), "Take one out");
            }
            codes.push(code.to_owned());
        }
        if needed && codes.is_empty() {
            item.problem_at(
                key,
                format!("`{key}` names no event"),
                format!("Add `{key} = [\"CODE\"]` with codes of `events.toml`"),
            );
        }
        codes
    }

    fn known(&self, item: &Table<'_, '_>, key: &str, code: &str) {
        if self.book.kind(code).is_none() {
            let names = self.book.kinds.iter().map(|kind| kind.code.as_str());
            let mend = match nearest(code, names) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Add it to `events.toml`".to_owned(),
            };
            item.problem_at(key, format!("there is no event `{code}`"), mend);
        }
    }

    fn check_calendar(&self, item: &Table<'_, '_>, rule: &Rule) {
        let Some(calendar) = self.book.calendar(&rule.calendar) else {
            if item.has("calendar") {
                item.problem_at(
                    "calendar",
                    format!("there is no calendar `{}`", rule.calendar),
                    known_calendars(&self.book, &rule.calendar),
                );
            }
            return;
        };
        if rule.terms.needs_days() && calendar.covers.is_none() {
            item.problem_at(
                "calendar",
                format!(
                    "the rule looks at days off, and `{}` does not say which years it covers",
                    rule.calendar
                ),
                "Add `covers` and the days off to that calendar, or name another",
            );
        }
    }
}

fn known_calendars(book: &Book, name: &str) -> String {
    let ids: BTreeSet<&str> = book
        .calendars
        .iter()
        .map(|calendar| &*calendar.id)
        .collect();
    match nearest(name, ids.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("Add `calendars/{name}.toml`"),
    }
}

fn length(item: &Table<'_, '_>, key: &str, computing: Option<Computing>) -> Length {
    let text = item.need(key);
    let parsed: Result<Length, _> = text.parse();
    match &parsed {
        Err(error) if item.has(key) => item.problem_at(
            key,
            format!("`{key}` is `{text}`: {error}"),
            "Write it as `72 hours`, `1 month` or `2 working days`",
        ),
        Ok(length) if computing.is_some_and(|way| !way.counts(length.unit())) => item.problem_at(
            key,
            format!("`computing` does not say how `{text}` are counted"),
            units(computing),
        ),
        Err(_) | Ok(_) => {}
    }
    parsed.unwrap_or(Length::HOUR)
}

fn units(computing: Option<Computing>) -> &'static str {
    match computing {
        Some(Computing::Elapsed) => {
            "Write hours or working hours, or name the law that counts days: `eu_1182_71`, `nz_legislation`"
        }
        Some(Computing::Office) => "Write working days or working hours",
        Some(Computing::Eu | Computing::Nz) | None => {
            "Write hours, days, months or working days; working hours are counted by `office`"
        }
    }
}

fn applies_from(table: &Table<'_, '_>) -> Option<Date> {
    let text = table.str("applies_from")?;
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    if day.is_none() {
        table.problem_at(
            "applies_from",
            format!("`applies_from` is `{text}`"),
            "Write a day in quotes, such as `\"2026-08-02\"`",
        );
    }
    day
}
