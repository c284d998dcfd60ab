//! A new plan: empty, without a fault, and with words in its files that tell what goes where.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::text::{is_slug, quoted};
use crate::plan::limits::TEXT_CHARS_MAX;
use crate::plan::{Files, Period};

/// Why there is no new plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NewPlanError {
    /// The id cannot be one.
    #[error(
        "`{0}` is no id: write 1 to 64 small letters, digits, `.`, `_` or `-`, beginning with a letter or digit"
    )]
    Id(String),
    /// The country cannot be one.
    #[error("`{0}` is no country: write two capital letters, such as NZ")]
    Country(String),
    /// The plan needs this, and it is empty or too long.
    #[error("the {0} is empty, or longer than {TEXT_CHARS_MAX} characters")]
    Text(&'static str),
    /// A plan cannot begin on such a day.
    #[error("{0} is no day on which a plan begins: years go from 1800 to 2199")]
    Day(Date),
}

/// The files of an empty plan with one draft edition, named by the year of `today`. [`crate::plan::Plan::read`] finds no
/// fault in them. Their comments tell an office worker what each file and field is for; an example of each kind of entry
/// stands there behind `#`, and is sound once that is taken away.
///
/// # Errors
/// If the id is no slug, the country no ISO 3166 alpha-2 code, or a text empty.
pub fn new_plan(
    id: &str,
    title: &str,
    owner: &str,
    country: &str,
    today: Date,
) -> Result<Files, NewPlanError> {
    let plan = Identity {
        id,
        title,
        owner,
        country,
        contact: "write here how to reach you",
        licence: "write here under which licence others may use texts and figures, such as CC-BY-4.0",
        today,
    };
    plan.check()?;
    let year = today.year();
    let mut files = Files::new();
    files.insert("plan.toml", plan.plan_file());
    files.insert("README.md", readme(title));
    files.insert("sources.csv", SOURCES);
    let mut edition = |name: &str, text: String| {
        files.insert(format!("editions/{year}/{name}"), text);
    };
    edition(
        "edition.toml",
        plan.edition_file("To be written: one or two sentences on where this is to lead."),
    );
    edition("themes.toml", THEMES.to_owned());
    edition("goals.toml", GOALS.to_owned());
    edition(
        "initiatives.toml",
        INITIATIVES.replace("{year}", &(year + 1).to_string()),
    );
    edition(
        "measures.toml",
        MEASURES.replace("{year}", &(year + 5).to_string()),
    );
    edition("text/front.en.md", FRONT.to_owned());
    Ok(files)
}

/// What a plan begins with.
pub(super) struct Identity<'t> {
    pub(super) id: &'t str,
    pub(super) title: &'t str,
    pub(super) owner: &'t str,
    pub(super) country: &'t str,
    pub(super) contact: &'t str,
    pub(super) licence: &'t str,
    pub(super) today: Date,
}

impl Identity<'_> {
    pub(super) fn check(&self) -> Result<(), NewPlanError> {
        if !is_slug(self.id) {
            return Err(NewPlanError::Id(self.id.chars().take(80).collect()));
        }
        if self.country.len() != 2 || !self.country.bytes().all(|c| c.is_ascii_uppercase()) {
            let country = self.country.chars().take(80).collect();
            return Err(NewPlanError::Country(country));
        }
        for (name, text) in [
            ("title", self.title),
            ("owner", self.owner),
            ("contact", self.contact),
            ("licence", self.licence),
        ] {
            if text.trim().is_empty() || text.chars().nth(TEXT_CHARS_MAX).is_some() {
                return Err(NewPlanError::Text(name));
            }
        }
        if Period::of_day(self.today).is_none() {
            return Err(NewPlanError::Day(self.today));
        }
        Ok(())
    }

    pub(super) fn plan_file(&self) -> String {
        let (currency, sure) = currency(self.country);
        let mut out = String::from(
            "# The identity of the plan. A line that begins with # is a remark and is not read.\n\n",
        );
        let mut line = |about: &str, key: &str, value: &str| {
            // Writing to a string cannot fail.
            let _always = write!(out, "# {about}\n{key} = {value}\n\n");
        };
        line(
            "A short name. It is part of addresses, so that it should never change.",
            "id",
            &quoted(self.id),
        );
        line(
            "The title. With te reo Māori: title = { en = \"…\", mi = \"…\" }. Every text may be written so.",
            "title",
            &quoted(self.title),
        );
        line(
            "Two capital letters (ISO 3166).",
            "country",
            &quoted(self.country),
        );
        line(
            "The organisation that answers for the plan.",
            "owner",
            &quoted(self.owner),
        );
        line(
            "How to reach it: an address, a page or a mailbox.",
            "contact",
            &quoted(self.contact),
        );
        line(
            "Under which licence others may use texts and figures.",
            "licence",
            &quoted(self.licence),
        );
        line(
            "Languages of the pages. A text without translation is shown in English, and counted.",
            "languages",
            "[\"en\", \"mi\"]",
        );
        let about = if sure {
            "Currency of the budgets (ISO 4217)."
        } else {
            "Currency of the budgets (ISO 4217). This one was not derived from the country: correct it."
        };
        line(about, "currency", &quoted(currency));
        line(
            "Editions, oldest first. Each is a folder in editions/. A frozen edition is never changed again: begin a new one.",
            "editions",
            &format!("[\"{}\"]", self.today.year()),
        );
        out.push_str("# Where it will be published, without a last slash. Needed for the feed and the catalogue.\n");
        out.push_str("#base_url = \"https://example.org/plan\"\n");
        out
    }

    pub(super) fn edition_file(&self, vision: &str) -> String {
        let year = self.today.year();
        format!(
            "# This edition: the plan as it stands at one time.\n\n\
             # The name of its folder.\nid = \"{year}\"\n\n\
             title = {title}\n\n\
             # draft while it is written; frozen once two different roles have signed it off (below).\n\
             status = \"draft\"\n\n\
             # The day of publication. A frozen edition needs it.\n#published = {today}\n\n\
             # Only figures that had been published by this day are seen. Move it on when new figures are in.\n\
             as_of = {today}\n\n\
             # The time the plan is for, such as {year}-{end}.\n#covers = \"{year}-{end}\"\n\n\
             # Where it is to lead, in one or two sentences.\nvision = {vision}\n\n\
             # The law or decision it rests on.\n#legal_basis = \"Decision of the council\"\n\n\
             # The text on the front page: the file text/front.en.md, and text/front.mi.md for te reo Māori.\n\
             front = \"front\"\n\n\
             # The day by which every owner reports on each of its open initiatives, and how many days after the end of a\n\
             # period its values are due; 60 if this is left out.\n\
             #returns_due = {today}\n#returns_after_days = 60\n\n\
             # Who signed it off. Two of these, in two different roles.\n\
             #[[signed_off]]\n#role = \"statistician\"\n#name_of_office = \"Statistics office\"\n#on = {today}\n",
            title = quoted(&format!("Edition of {year}")),
            today = self.today,
            end = year + 5,
            vision = quoted(vision),
        )
    }
}

/// The currency of a country, and whether that is known.
fn currency(country: &str) -> (&'static str, bool) {
    let known = match country {
        "NZ" | "CK" | "NU" | "TK" => "NZD",
        "AU" | "KI" | "NR" | "TV" => "AUD",
        "FJ" => "FJD",
        "WS" => "WST",
        "TO" => "TOP",
        "VU" => "VUV",
        "PG" => "PGK",
        "SB" => "SBD",
        "US" => "USD",
        "CA" => "CAD",
        "GB" => "GBP",
        "SG" => "SGD",
        "JP" => "JPY",
        "CH" => "CHF",
        "DK" => "DKK",
        "NO" => "NOK",
        "SE" => "SEK",
        "AT" | "BE" | "BG" | "CY" | "DE" | "EE" | "ES" | "FI" | "FR" | "GR" | "HR" | "IE"
        | "IT" | "LT" | "LU" | "LV" | "MT" | "NL" | "PT" | "SI" | "SK" => "EUR",
        _ => return ("USD", false),
    };
    (known, true)
}

/// The header of `sources.csv`.
pub(super) const SOURCES: &str = "id,title,publisher,url,kind,published,retrieved,sha256,note\n";

const THEMES: &str = "\
# Themes: the few large headings. An edition may do without.
#
# id     a short name that stays the same in every edition
# title  what readers see
# text   what it is about, in Markdown; may be left out
#
# An example. Take the first # of each of its lines away and write your own:
#[[theme]]
#id = \"trust\"
#title = { en = \"Trust\", mi = \"Mahi Tika\" }
";

const GOALS: &str = "\
# Goals: what is to be so in the end.
#
# id      a short name that stays the same in every edition
# theme   the id of its theme; may be left out
# title   what readers see
# text    what it is about, in Markdown; may be left out
# source  the id of the row in sources.csv that states the goal
#
# A goal that the next edition has not any more must be named in its endings.toml, with the reason.
#
# An example. Take the first # of each of its lines away and write your own. It needs a row in sources.csv:
# strategy,Our strategy,Our office,,supplied,,,,
#[[goal]]
#id = \"safe\"
#theme = \"trust\"
#title = \"Everyone is safe online\"
#source = \"strategy\"
";

const INITIATIVES: &str = "\
# Initiatives: what is done to reach the goals.
#
# id           a short name that stays the same in every edition
# kind         flagship, other, or looking-ahead: one without money or people yet, which has no budget
# title        what readers see
# themes       ids of themes, goals: ids of goals; may be left out
# owner        the organisation that answers for it
# owner_basis  the id of the source that names the owner, or unconfirmed
# next_step    what comes next; may be left out
# due          by when: a day, month, quarter or year; may be left out
# depends_on   ids of initiatives that must come first; may be left out
# source       the id of the row in sources.csv that states it
#
# Below it its steps and its money, as many as there are. What is done names the sources that show it, in evidence:
# a step that is said to be done and names none is listed on the front page as a claim without evidence.
# Whether something is on time is computed from these dates, and never written down.
#
# An initiative that the next edition has not any more must be named in its endings.toml, with the reason.
#
# An example. Take the first # of each of its lines away and write your own:
#[[initiative]]
#id = \"advice\"
#kind = \"flagship\"
#title = \"Advice for small firms\"
#themes = [\"trust\"]
#goals = [\"safe\"]
#owner = \"Our office\"
#owner_basis = \"strategy\"
#next_step = \"Open the first desk\"
#source = \"strategy\"
#
#[[initiative.milestone]]
#id = \"first-desk\"
#title = \"The first desk is open\"
#due = \"{year}-06-30\"
# Once it is done, with the id of the source that shows it:
# done = \"{year}-05-14\"
# evidence = [\"strategy\"]
#
# The amount is in whole units of the currency; state is allocated (set aside) or drawn (spent); vintage is when the
# amount was published.
#[[initiative.budget]]
#line = \"Desks\"
#amount = \"250000\"
#currency = \"NZD\"
#state = \"allocated\"
#source = \"strategy\"
#vintage = \"{year}\"
";

const MEASURES: &str = "\
# Measures: what shows whether the goals come nearer. Without definition, source and direction there is no measure.
#
# id          a short name that stays the same in every edition
# goal        the id of its goal
# title       what readers see, in your own words
# definition  what exactly is counted, of whom, when
# unit        the unit of the values, such as % of households
# source      the id of the row in sources.csv that states the measure
# frequency   monthly, quarterly, yearly, 2-yearly, irregular or once
# licence     the licence of the values
# contact     whom to ask
# owner       the organisation that files its values, if it is not the owner of the plan; may be left out
# direction   up if more is better, down if less is, volume if neither; a volume never gets a status
# series      the name of the file of values in series/, without .csv; leave it out if nobody has measured yet, and that
#             is what the page says
# proxy       why the series only stands in for what is meant; may be left out
# baseline    { period = \"2024\" }: from where progress is counted; may be left out
# target      { value = 80, year = {year}, kind = \"number\" }, or \"none\" if no target is set, which is said as well
# bias        what pulls the values off the truth; may be left out
#
# A file of values has the columns period,value,vintage,source,missing (and low,high,n,flag,break,note, which may be left
# out): one row for each figure and each time it was published. vintage is when it was published: an old row is never
# changed, a corrected figure is a row of its own. A figure that is not there has a word in the column missing: missing,
# not-collected, suppressed or not-applicable.
#
# An example. Take the first # of each of its lines away and write your own:
#[[measure]]
#id = \"protected-mail\"
#goal = \"safe\"
#title = \"Domains with protected mail\"
#definition = \"Share of the domains of public bodies that tell others to refuse mail which only pretends to come from them\"
#unit = \"% of domains\"
#source = \"strategy\"
#frequency = \"yearly\"
#licence = \"CC-BY-4.0\"
#contact = \"our office\"
#direction = \"up\"
#target = { value = 80, year = {year}, kind = \"number\" }
";

const FRONT: &str = "\
This plan has just begun. Write here, in Markdown, what a reader should know first.
";

fn readme(title: &str) -> String {
    let title: String = title.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "# {title}\n\n\
         The plan as files. Each of them says in its first lines what goes into it.\n\n\
         - `plan.toml`: what the plan is called, who answers for it, its editions\n\
         - `sources.csv`: where each fact and figure comes from, one row each. `id` is a short name; `kind` is `page`,\n  \
           `release`, `secondary` (it quotes another one), `supplied` (handed over, not published), `derived` (computed from\n  \
           others) or `dataset`; `published` and `retrieved` are days; `sha256` is the hash of what was fetched\n\
         - `series/NAME.csv`: the values of a measure\n\
         - `editions/YEAR/`: themes, goals, initiatives and measures of one edition, and its texts in `text/`\n\
         - `editions/YEAR/endings.toml`, from the second edition on: what became of what the edition before had\n\
         - `editions/YEAR/notes.toml`, if there are any: notes and dissents beside computed statuses\n\
         - `mandates.toml`, if there are any: who may allow what with a series\n\n\
         Check the plan with `cairn track check` before you hand it on: it names file, line, what is wrong and how to mend it.\n"
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::plan::{Plan, Target};

    fn new() -> Files {
        new_plan(
            "harbour",
            "A plan for the \"harbour\"",
            "Our office",
            "NZ",
            date(2026, 11, 23),
        )
        .unwrap()
    }

    #[test]
    fn a_new_plan_has_no_fault() {
        let (plan, faults) = Plan::read(&new());
        assert_eq!(faults, []);
        let plan = plan.unwrap();
        assert_eq!(plan.title.en, "A plan for the \"harbour\"");
        assert_eq!(
            (plan.currency.as_str(), plan.country.as_str()),
            ("NZD", "NZ")
        );
        let edition = plan.newest().unwrap();
        assert_eq!(
            (edition.id.as_str(), edition.as_of),
            ("2026", date(2026, 11, 23))
        );
        assert!(edition.goals.is_empty() && edition.measures.is_empty());
        assert!(edition.text("front", "en").is_some());
    }

    #[test]
    fn the_examples_are_sound_once_their_marks_are_taken_away() {
        let mut files = new();
        let bare: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| path.ends_with(".toml"))
            .map(|(path, bytes)| {
                let text = std::str::from_utf8(bytes).unwrap();
                let lines = text.lines().map(|line| match line.strip_prefix('#') {
                    Some(rest) if !rest.starts_with(' ') => rest,
                    _ => line,
                });
                (path.to_owned(), lines.collect::<Vec<_>>().join("\n"))
            })
            .collect();
        for (path, text) in bare {
            files.insert(path, text);
        }
        let row = "strategy,Our strategy,Our office,,supplied,,,,\n";
        files.insert("sources.csv", format!("{SOURCES}{row}"));
        assert!(GOALS.contains(&format!("# {row}")));
        let (plan, faults) = Plan::read(&files);
        assert_eq!(faults, []);
        let edition = plan.as_ref().unwrap().newest().unwrap();
        assert_eq!((edition.themes.len(), edition.goals.len()), (1, 1));
        let initiative = &edition.initiatives[0];
        assert_eq!(
            (initiative.milestones.len(), initiative.budgets.len()),
            (1, 1)
        );
        let Target::Set(target) = &edition.measures[0].target else {
            panic!("a target")
        };
        assert_eq!(target.year, 2031);
        assert_eq!(edition.signed_off.len(), 1);
        assert_eq!(
            plan.unwrap().base_url.as_deref(),
            Some("https://example.org/plan")
        );
    }

    #[test]
    fn what_cannot_be_a_plan_is_refused() {
        let day = date(2026, 1, 1);
        let error =
            |id, title, owner, country, day| new_plan(id, title, owner, country, day).unwrap_err();
        assert_eq!(
            error("Harbour", "T", "O", "NZ", day),
            NewPlanError::Id("Harbour".into())
        );
        assert_eq!(error("h", " ", "O", "NZ", day), NewPlanError::Text("title"));
        assert_eq!(error("h", "T", "", "NZ", day), NewPlanError::Text("owner"));
        assert_eq!(
            error("h", "T", "O", "nz", day),
            NewPlanError::Country("nz".into())
        );
        assert_eq!(
            error("h", "T", "O", "NZ", date(1700, 1, 1)),
            NewPlanError::Day(date(1700, 1, 1))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_it_is_called_it_reads(
            title in "\\PC{1,40}",
            owner in any::<String>(),
            country in "[A-Z]{2}",
            year in 1800_i16..2199,
        ) {
            if let Ok(files) = new_plan("a", &title, &owner, &country, date(year, 2, 28)) {
                let (plan, faults) = Plan::read(&files);
                prop_assert_eq!(&faults, &[]);
                prop_assert_eq!(plan.unwrap().owner, owner);
            } else {
                prop_assert!(title.trim().is_empty() || owner.trim().is_empty());
            }
        }
    }
}
