//! Cases on the desk: the list, opening one, and all clocks by what is due next. (`case` is the work on one report.)

mod beside;
mod clocks;
mod files;
mod forms;
mod page;
mod times;
mod words;
mod work;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::cases::Written;
use cairn_app::cases::rows::{Filter, Summary};
use cairn_app::challenge::form_key;
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::cases::{TITLE_CHARS_MAX, title};
use cairn_kernel::observable::{defang, defang_text};
use cairn_kernel::text::visible;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::words::{People, person, severity as level_words};
use super::{case, doors};
use crate::components::{
    Column, Encoding, Fault, Field, Input, Look, back_link, button, button_link, buttons, choice,
    error_summary, form, input, neighbours, said_inline, select, stack,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Kind, Problem, Result};

pub(super) use clocks::{all as clocks, strip};
pub(super) use files::{WITH_FILES, routes as file_routes};
pub(super) use page::show;
pub(super) use words::{change as event_words, span};
pub(super) use work::{act, archive};

/// Rows of one page.
const ROWS: usize = 50;
/// Value of the state filter for all states, and of the owner filter for whoever asks.
const ALL: &str = "all";
const ME: &str = "me";

/// Who may not work on cases learns nothing from a fault in the form.
fn allowed(sent: &Sent) -> Result<()> {
    if sent.officer.who.may(Action::WorkReports) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Forbidden))
    }
}

fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// A text that is wrong, in words.
pub(super) fn text_fault(l: Lang, field: &str, fault: cairn_desk::cases::TextFault) -> Fault {
    use cairn_desk::cases::TextFault::{Empty, TooLong};
    Fault {
        field: field.to_owned(),
        text: match fault {
            Empty => t::cases_empty(l).to_owned(),
            TooLong { chars, max } => t::cases_too_long(l, chars as u64, max as u64),
        },
    }
}

/// The query as the address holds it.
struct Asked {
    words: String,
    state: String,
    owner: String,
    rank: Option<i64>,
    before: Option<i64>,
}

impl Asked {
    fn of(query: &str) -> Result<Self> {
        let form = Form::parse(query.as_bytes())?;
        let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let number = |name: &str| form.get(name).and_then(|text| text.parse().ok());
        Ok(Self {
            words: own("q"),
            state: own("state"),
            owner: own("owner"),
            rank: number("rank"),
            before: number("before"),
        })
    }

    fn filter(&self, account: &str) -> Filter {
        let owner = match self.owner.as_str() {
            "" => None,
            ME => Some(account.to_owned()),
            id => Some(id.to_owned()),
        };
        Filter {
            all: self.state == ALL,
            state: Some(self.state.clone()).filter(|state| !state.is_empty() && state != ALL),
            owner,
            rank: self.rank,
            before: self.before,
            limit: ROWS as i64 + 1,
        }
    }

    fn href(&self, before: Option<i64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let rank = self.rank.map(|rank| rank.to_string()).unwrap_or_default();
        for (name, value) in [
            ("q", self.words.as_str()),
            ("state", &self.state),
            ("owner", &self.owner),
            ("rank", &rank),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        format!("/desk/cases?{}", query.finish())
    }
}

/// The list, and the form that opens one.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    listed(&app, &officer, None, &[]).await
}

async fn listed(
    app: &App,
    officer: &Officer,
    typed: Option<&Form>,
    faults: &[Fault],
) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = Asked::of(officer.page.uri.query().unwrap_or_default())?;
    let filter = asked.filter(&officer.who.account);
    let rows = match asked.words.trim() {
        "" => app.cases(&officer.who, &filter).await?,
        words => app.cases_with(&officer.who, words, &filter).await?,
    };
    let mut rows = rows.into_inner();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| asked.href(Some(row.no)));
    let first = asked.before.is_some().then(|| asked.href(None));
    let people = app.people(&officer.who).await?;
    let key = form_key()?;
    let body = html! {
        (doors(officer, "/desk/cases"))
        (error_summary(l, faults))
        h1 { (t::cases_title(l)) }
        (strip(app, officer).await?)
        (filters(app, l, &people, &asked))
        @if rows.is_empty() {
            p.lead { (t::cases_none(l)) }
        } @else {
            (table(app, officer, &people, &rows))
        }
        @if let Some(first) = first { p { a href=(first) { (t::queue_first(l)) } } }
        (neighbours(l, None, next.as_deref()))
        @if officer.who.may(Action::WorkReports) {
            h2 #open { (t::cases_open(l)) }
            (opening(officer, &key, typed, faults))
        }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::cases_title(l), body))
}

fn filters(app: &App, l: Lang, people: &People, asked: &Asked) -> Markup {
    let states = [
        choice("", t::queue_not_closed(l)),
        choice("open", t::cases_state_open(l)),
        choice("on_hold", t::cases_state_on_hold(l)),
        choice("closed", t::cases_state_closed(l)),
        choice(ALL, t::queue_all_states(l)),
    ];
    let mut owners = vec![choice("", t::queue_anyone(l)), choice(ME, t::queue_mine(l))];
    let colleagues = people.iter().filter(|(_, person)| !person.partner);
    let names: Vec<_> = colleagues
        .map(|(id, person)| (id, visible(&person.name)))
        .collect();
    owners.extend(names.iter().map(|(id, name)| choice(id, name)));
    let levels: Vec<_> = (1..=6_u8)
        .map(|rank| (rank.to_string(), level_words(&app.form, l, rank)))
        .collect();
    let mut ranks = vec![choice("", t::cases_any_severity(l))];
    ranks.extend(levels.iter().map(|(value, title)| choice(value, title)));
    let rank = asked.rank.map(|rank| rank.to_string()).unwrap_or_default();
    html! {
        form.filters method="get" action="/desk/cases" role="search" {
            div.line {
                (input(&Field::new(l, "q", t::cases_words(l)).hint(t::cases_words_hint(l)), &Input { value: &asked.words, kind: "search", autocomplete: Some("off"), ..Input::default() }))
            }
            (select(&Field::new(l, "state", t::queue_state(l)), &states, Some(&asked.state)))
            (select(&Field::new(l, "owner", t::cases_owner(l)), &owners, Some(&asked.owner)))
            (select(&Field::new(l, "rank", t::queue_severity(l)), &ranks, Some(&rank)))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, "/desk/cases", t::queue_clear(l)))
            }))
        }
    }
}

/// Cases with the words of a search for reports, above these.
pub(super) fn beside_reports(l: Lang, cases: &[Summary], words: &str) -> Markup {
    let query = form_urlencoded::byte_serialize(words.as_bytes());
    let all = format!("/desk/cases?state={ALL}&q={}", query.collect::<String>());
    html! {
        @if !cases.is_empty() {
            div.strip {
                h2 { (t::cases_with_words(l)) }
                ul.plain {
                    @for row in cases {
                        li { a href={ "/desk/cases/" (row.no) } { (t::cases_one(l, row.no)) } " " (said_inline(&defang_text(&row.title))) }
                    }
                }
                p { a href=(all) { (t::cases_with_words_all(l)) } }
            }
        }
    }
}

pub(super) fn table(app: &App, officer: &Officer, people: &People, rows: &[Summary]) -> Markup {
    let l = officer.page.lang;
    let columns = [
        t::cases_case(l),
        t::queue_severity(l),
        t::cases_label(l),
        t::queue_state(l),
        t::cases_owner(l),
        t::cases_reports(l),
        t::cases_tasks_open(l),
        t::cases_changed(l),
    ]
    .map(Column::text);
    let now = app.clock.now();
    let cells = |row: &Summary| {
        vec![
            html! {
                a href={ "/desk/cases/" (row.no) } { (t::cases_one(l, row.no)) }
                div.title { (said_inline(&defang_text(&row.title))) }
            },
            words::severity_code(app, l, row.severity.as_deref(), row.rank),
            html! { (words::tlp(&row.tlp)) },
            words::state(&officer.page, &row.state, row.until, now),
            row.owner
                .as_ref()
                .map_or_else(|| html! { (t::queue_nobody(l)) }, |id| person(people, id)),
            html! { (row.reports) },
            html! { (row.tasks) },
            html! { time datetime=(row.changed_at) title=(officer.page.moment(row.changed_at)) { (case::age(l, row.changed_at, now)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    stack(t::cases_title(l), &columns, &rows)
}

fn opening(officer: &Officer, key: &str, typed: Option<&Form>, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let own = |name: &str| typed.and_then(|form| form.get(name)).unwrap_or_default();
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let report = Field::new(l, "report", t::cases_open_report(l))
        .hint(t::cases_open_report_hint(l))
        .optional(true)
        .error_in(faults);
    let title = Field::new(l, "case-title", t::cases_case_title(l))
        .hint(t::cases_case_title_hint(l))
        .error_in(faults);
    form(
        "/desk/cases",
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        html! {
            input type="hidden" name="once" value=(key);
            (input(&title, &line(own("case-title"))))
            (input(&report, &line(own("report"))))
            (button(Look::Main, t::cases_open(l)))
        },
    )
}

/// Opens a case, with or without a report.
pub(super) async fn open(State(app): State<App>, sent: Sent) -> Result<Response> {
    allowed(&sent)?;
    let l = sent.officer.page.lang;
    let own = |name: &str| sent.form.get(name).unwrap_or_default();
    let mut faults = Vec::new();
    let reports: Vec<&str> = own("report").split_whitespace().collect();
    match title(own("case-title"), TITLE_CHARS_MAX) {
        Err(fault) => faults.push(text_fault(l, "case-title", fault)),
        Ok(text) => {
            let title = Written {
                text,
                key: sent.form.get("once").map(str::to_owned),
            };
            match app.open_case(&sent.officer.who, &title, &reports).await {
                Ok(no) => return Ok(Redirect::to(&format!("/desk/cases/{no}")).into_response()),
                Err(AppError::Input(_)) => faults.push(Fault {
                    field: "report".into(),
                    text: t::cases_no_report(l).into(),
                }),
                Err(other) => return Err(other.into()),
            }
        }
    }
    let page = listed(&app, &sent.officer, Some(&sent.form), &faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// On a report's page: the cases it belongs to, and the forms that open one or add to one.
pub(super) fn of_report(
    officer: &Officer,
    reference: &str,
    cases: &[Summary],
    faults: &[Fault],
) -> Markup {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let line = |value| Input {
        value,
        autocomplete: Some("off"),
        ..Input::default()
    };
    let add = Field::new(l, "case-no", t::cases_number(l)).error_in(faults);
    html! {
        h2 #cases { (t::cases_title(l)) }
        @if cases.is_empty() { p { (t::cases_of_report_none(l)) } } @else {
            ul {
                @for row in cases {
                    li { a href={ "/desk/cases/" (row.no) } { (t::cases_one(l, row.no)) } " " (said_inline(&defang_text(&row.title))) }
                }
            }
        }
        @if officer.who.may(Action::WorkReports) {
            details open[!faults.is_empty()] {
                summary { (t::cases_open_or_add(l)) }
                div {
                    (form("/desk/cases", Encoding::Pairs, Some(&token), html! {
                        input type="hidden" name="report" value=(reference);
                        (input(&Field::new(l, "case-title", t::cases_case_title(l)).hint(t::cases_case_title_hint(l)), &line("")))
                        (button(Look::Plain, t::cases_open(l)))
                    }))
                    (form(&format!("/desk/reports/{reference}/case"), Encoding::Pairs, Some(&token), html! {
                        (input(&add, &Input { inputmode: Some("numeric"), width: crate::components::Width::Short, ..line("") }))
                        (button(Look::Plain, t::cases_add(l)))
                    }))
                }
            }
        }
    }
}

/// Observables of the linked reports, defanged.
pub(super) async fn observables(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    let l = officer.page.lang;
    let no = number(&no)?;
    let found = app.case_observables(&officer.who, no).await?;
    let columns = [
        t::cases_observable(l),
        t::cases_observable_kind(l),
        t::cases_reports(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|(one, reports)| {
            vec![
                html! { code { (said_inline(&defang(one))) } },
                html! { (super::words::observable(l, one.kind)) },
                html! {
                    @for report in reports {
                        @let reference = app.reference(*report);
                        a href={ "/desk/reports/" (reference) } { (reference) } " "
                    }
                },
            ]
        })
        .collect();
    let heading = t::cases_observables_of(l, no);
    let body = html! {
        (doors(&officer, "/desk/cases"))
        (back_link(l, &format!("/desk/cases/{no}")))
        h1 { (heading) }
        @if rows.is_empty() { p.lead { (t::case_observables_none(l)) } } @else {
            p { (t::case_observables_note(l)) }
            (stack(&heading, &columns, &rows))
        }
    };
    Ok(officer.page.render(&heading, body))
}
