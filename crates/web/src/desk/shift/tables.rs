//! The figures of the page. Every number that a list can show leads to that list.

use cairn_app::App;
use cairn_app::shift::Figures;
use cairn_app::shift::rows::Load;
use cairn_desk::shift::{AGES, Age, Cell, Due, Window};
use maud::{Markup, html};

use super::super::case::{age, href};
use super::super::cases::span;
use super::super::who::Officer;
use super::super::words::{self, People};
use crate::components::{Column, table};
use crate::i18n::{Lang, number, t};

/// A count; where counting stopped, it says so.
fn counted(l: Lang, count: u64, more: bool) -> String {
    if more {
        t::shift_at_least(l, count)
    } else {
        number(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// The same as a link, unless there is nothing to see. `about` tells one link from another for who does not see the table.
fn led(l: Lang, count: u64, more: bool, to: &str, about: &str) -> Markup {
    html! {
        @if count == 0 { "0" } @else {
            a href=(to) { (counted(l, count, more)) span.unseen { " " (about) } }
        }
    }
}

/// How many clocks are due when.
pub(super) fn clocks(l: Lang, due: &Due) -> Markup {
    let columns = [
        t::shift_clocks_missed(l),
        t::shift_clocks_shift(l),
        t::shift_clocks_day(l),
        t::shift_clocks_three_days(l),
    ];
    let counts = [due.missed, due.shift, due.day, due.three_days];
    html! {
        h2 #clocks { (t::cases_clocks(l)) }
        dl.summary {
            @for (words, count) in columns.iter().zip(counts) {
                div { dt { (words) } dd { (led(l, count, due.more, "/desk/clocks", words)) } }
            }
        }
    }
}

/// Who has what.
pub(super) fn loads(app: &App, officer: &Officer, people: &People, figures: &Figures) -> Markup {
    let l = officer.page.lang;
    let columns = [
        Column::text(t::shift_who(l)),
        Column::number(t::shift_open_reports(l)),
        Column::number(t::shift_waiting(l)),
        Column::number(t::shift_unanswered(l)),
        Column::text(t::shift_oldest(l)),
        Column::number(t::shift_open_cases(l)),
        Column::number(t::shift_overdue(l)),
    ];
    let rows: Vec<Vec<Markup>> = figures
        .everybody(people)
        .iter()
        .map(|(id, load)| load_cells(app, l, people, *id, load, figures))
        .collect();
    html! {
        h2 #load { (t::shift_load(l)) }
        (table(t::shift_load(l), &columns, &rows))
        p.hint { (t::shift_load_note(l)) }
    }
}

fn load_cells(
    app: &App,
    l: Lang,
    people: &People,
    id: Option<&str>,
    load: &Load,
    figures: &Figures,
) -> Vec<Markup> {
    let name = id.map_or_else(
        || t::queue_nobody(l).to_owned(),
        |id| {
            people
                .get(id)
                .map_or(id, |one| one.name.as_str())
                .to_owned()
        },
    );
    let line = format!("assignee:{}", id.unwrap_or("nobody"));
    let waiting = format!("{line} state:waiting");
    let more = figures.loads.more;
    let cases = id.map(|id| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("owner", id);
        format!("/desk/cases?{}", query.finish())
    });
    vec![
        id.map_or_else(
            || html! { (t::queue_nobody(l)) },
            |id| words::person(people, id),
        ),
        led(l, load.reports, load.more, &href(&line, false, None), &name),
        match id {
            Some(_) => led(
                l,
                load.waiting,
                load.more,
                &href(&waiting, false, None),
                &name,
            ),
            None => html! {},
        },
        html! { (counted(l, load.unanswered, load.more)) },
        html! {
            @if let Some((no, at)) = load.oldest {
                @let reference = app.reference(no);
                a href={ "/desk/reports/" (reference) } { (reference) } ", " (age(l, at, figures.at))
            }
        },
        match cases {
            Some(to) => led(l, load.cases, more, &to, &name),
            None => html! { (counted(l, load.cases, more)) },
        },
        led(l, load.overdue, more, "/desk/clocks", &name),
    ]
}

fn age_words(l: Lang, age: &Age) -> String {
    match (age.from, age.to) {
        (0, _) => t::shift_age_today(l).to_owned(),
        (from, Some(to)) => t::shift_age_days(l, u64::from(from), u64::from(to)),
        (from, None) => t::shift_age_or_more(l, u64::from(from)),
    }
}

/// How old what is open is.
pub(super) fn ages(app: &App, l: Lang, figures: &Figures) -> Markup {
    let mut columns = vec![Column::text(t::queue_severity(l))];
    columns.extend(AGES.iter().map(|age| Column::number(age_words(l, age))));
    columns.push(Column::number(t::shift_all(l)));
    let mut rows = Vec::new();
    let mut sums = [Cell::default(); AGES.len()];
    for (severity, cells) in &figures.ages {
        let title = words::severity(&app.form, l, *severity);
        let mut row = vec![words::severity_tag(&app.form, l, *severity)];
        for ((age, cell), sum) in AGES.iter().zip(cells).zip(&mut sums) {
            *sum = sum.and(*cell);
            let line = format!("severity:{severity} {}", age.line());
            let about = format!("{title}, {}", age_words(l, age));
            row.push(led(
                l,
                cell.reports,
                cell.more,
                &href(&line, true, None),
                &about,
            ));
        }
        let all = cells
            .iter()
            .fold(Cell::default(), |sum, cell| sum.and(*cell));
        let to = href(&format!("severity:{severity}"), true, None);
        row.push(led(l, all.reports, all.more, &to, &title));
        rows.push(row);
    }
    let mut last = vec![html! { (t::shift_all(l)) }];
    for (age, sum) in AGES.iter().zip(&sums) {
        let to = href(&age.line(), true, None);
        last.push(led(l, sum.reports, sum.more, &to, &age_words(l, age)));
    }
    last.push(led(
        l,
        figures.open.reports,
        figures.open.more,
        "/desk",
        t::shift_all(l),
    ));
    rows.push(last);
    html! {
        h2 #ages { (t::shift_ages(l)) }
        (table(t::shift_ages(l), &columns, &rows))
        p.hint { (t::shift_ages_note(l)) }
    }
}

const fn window(l: Lang, window: Window) -> &'static str {
    match window {
        Window::Day => t::shift_window_day(l),
        Window::Week => t::shift_window_week(l),
        Window::Quarter => t::shift_window_quarter(l),
    }
}

/// How long people waited for a first answer.
pub(super) fn answers(l: Lang, figures: &Figures) -> Markup {
    let columns = [
        Column::text(t::shift_window(l)),
        Column::number(t::shift_answers(l)),
        Column::number(t::shift_median(l)),
        Column::number(t::shift_p90(l)),
        Column::number(t::shift_still_unanswered(l)),
        Column::number(t::shift_answers_apart(l)),
        Column::number(t::shift_unanswered_apart(l)),
    ];
    let wait = |seconds: Option<i64>| seconds.map_or_else(|| "–".to_owned(), |wait| span(l, wait));
    let rows: Vec<Vec<Markup>> = figures
        .answers
        .iter()
        .map(|one| {
            let (waits, open) = (&one.waits, &one.open);
            vec![
                html! { (window(l, one.window)) },
                html! { (counted(l, waits.answers, waits.more)) },
                html! { (wait(waits.median)) },
                html! { (wait(waits.p90)) },
                html! { (counted(l, open.unanswered, open.more)) },
                html! { (counted(l, waits.unreachable, waits.more)) },
                html! { (counted(l, open.unreachable, open.more)) },
            ]
        })
        .collect();
    html! {
        h2 #answers { (t::shift_answer_title(l)) }
        (table(t::shift_answer_title(l), &columns, &rows))
        p { (t::shift_answer_definition(l)) }
        p.hint { (t::shift_answer_apart(l)) }
        @if figures.answers.iter().any(|one| one.waits.more) {
            p.hint { (t::shift_answer_newest(l, cairn_app::shift::rows::ANSWERS_MAX as u64)) }
        }
    }
}

/// What came in since the quarter began.
pub(super) fn quarter(app: &App, officer: &Officer, figures: &Figures) -> Markup {
    let l = officer.page.lang;
    let columns = [
        Column::text(t::queue_category(l)),
        Column::number(t::shift_received(l)),
        Column::number(t::shift_closed(l)),
        Column::number(t::shift_not_closed(l)),
    ];
    let since = crate::i18n::day_of(l, figures.quarter_from, &app.config.time_zone);
    let cells = |title: Markup, received: u64, closed: u64, more: bool| {
        let open = received.saturating_sub(closed);
        vec![
            title,
            html! { (counted(l, received, more)) },
            html! { (counted(l, closed, more)) },
            html! { (counted(l, open, more)) },
        ]
    };
    let mut rows: Vec<Vec<Markup>> = figures
        .came
        .iter()
        .map(|one| {
            let title = words::category(&app.form, l, &one.category, None);
            cells(html! { (title) }, one.received, one.closed, one.more)
        })
        .collect();
    let (mut received, mut closed, mut more) = (0, 0, false);
    for one in &figures.came {
        received += one.received;
        closed += one.closed;
        more |= one.more;
    }
    rows.push(cells(html! { (t::shift_all(l)) }, received, closed, more));
    let (done, done_more) = figures.closed;
    let year = (figures.quarter / 10).to_string();
    let title = t::shift_quarter(l, figures.quarter % 10, year);
    html! {
        h2 #quarter { (title) }
        (table(&title, &columns, &rows))
        p { (t::shift_quarter_definition(l, since)) }
        p { (t::shift_quarter_closed(l, counted(l, done, done_more))) }
        p.inset { (t::shift_quarter_internal(l)) " " a href="/figures" { (t::shift_quarter_public(l)) } }
    }
}
