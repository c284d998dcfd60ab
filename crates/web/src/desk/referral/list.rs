//! All referrals, what of them waits, and how many there were.

use axum::extract::State as Of;
use cairn_app::App;
use cairn_app::referral::rows::{Filter, Line};
use cairn_desk::referral::{Channel, Outcome, State};
use maud::{Markup, html};

use super::super::doors;
use super::super::who::Officer;
use super::super::words;
use super::{channel, choice, outcome, standing, state};
use crate::components::{
    Column, Field, Look, button, button_link, buttons, checkbox, neighbours, select, stack, table,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Result;

/// Rows of one page.
const ROWS: usize = 50;

/// The query as the address holds it.
struct Asked {
    agency: String,
    state: String,
    late: bool,
    tell: bool,
    before: Option<(i64, i64)>,
}

impl Asked {
    fn of(query: &str) -> Result<Self> {
        let form = Form::parse(query.as_bytes())?;
        let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let before = form.get("before").and_then(|text| text.split_once('.'));
        Ok(Self {
            agency: own("agency"),
            state: own("state"),
            late: form.get("late").is_some(),
            tell: form.get("tell").is_some(),
            before: before.and_then(|(no, n)| Some((no.parse().ok()?, n.parse().ok()?))),
        })
    }

    fn filter(&self, app: &App) -> Filter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        Filter {
            agency: some(&self.agency),
            state: some(&self.state),
            late: self.late.then(|| app.clock.now()),
            tell: self.tell,
            before: self.before,
            limit: ROWS as i64 + 1,
            ..Filter::default()
        }
    }

    fn href(&self, before: Option<(i64, i64)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let flag = |on: bool| if on { "1" } else { "" };
        for (name, value) in [
            ("agency", self.agency.as_str()),
            ("state", &self.state),
            ("late", flag(self.late)),
            ("tell", flag(self.tell)),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((no, n)) = before {
            query.append_pair("before", &format!("{no}.{n}"));
        }
        format!("/desk/referrals?{}", query.finish())
    }
}

/// The list.
pub(in crate::desk) async fn all(Of(app): Of<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = Asked::of(officer.page.uri.query().unwrap_or_default())?;
    let found = app.referrals(&officer.who, &asked.filter(&app)).await?;
    let mut rows = found.into_inner();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows.last().filter(|_| more);
    let next = next.map(|row| asked.href(Some((row.no, row.n))));
    let first = asked.before.is_some().then(|| asked.href(None));
    let body = html! {
        (doors(&officer, "/desk/referrals"))
        h1 { (t::referral_title(l)) }
        p { (t::referral_list_lead(l)) }
        (strip(&app, &officer).await?)
        (super::super::agencies::worries(&app, &officer).await?)
        p { a href="/desk/agencies" { (t::agency_title(l)) } }
        (filters(&app, l, &asked))
        @if rows.is_empty() { p.lead { (t::referral_list_none(l)) } }
        @else { (listed(&app, &officer, &rows)) }
        @if let Some(first) = first { p { a href=(first) { (t::queue_first(l)) } } }
        (neighbours(l, None, next.as_deref()))
        (counts(&app, &officer).await?)
    };
    Ok(officer.page.render(t::referral_title(l), body))
}

fn filters(app: &App, l: Lang, asked: &Asked) -> Markup {
    let mut agencies = vec![choice("", t::referral_any_agency(l))];
    for one in app.form.agencies().all() {
        agencies.push(choice(&one.code, one.name.get(l.as_str())));
    }
    let mut states = vec![choice("", t::referral_any_state(l))];
    states.extend(State::ALL.map(|one| choice(one.as_str(), state(l, one))));
    html! {
        form.filters method="get" action="/desk/referrals" role="search" {
            (select(&Field::new(l, "agency", t::referral_agency(l)), &agencies, Some(&asked.agency)))
            (select(&Field::new(l, "state", t::referral_state(l)), &states, Some(&asked.state)))
            (checkbox(&Field::new(l, "late", t::referral_only_late(l)), "1", asked.late))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, "/desk/referrals", t::queue_clear(l)))
            }))
        }
    }
}

fn listed(app: &App, officer: &Officer, rows: &[Line]) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    let columns = [
        t::referral_report(l),
        t::referral_agency(l),
        t::referral_state(l),
        t::referral_channel(l),
        t::referral_sent(l),
        t::referral_due(l),
    ]
    .map(Column::text);
    let now = app.clock.now();
    let cells = |row: &Line| {
        let reference = app.reference(row.no);
        let late = row.due.is_some_and(|due| due < now);
        let is = State::parse(&row.state).unwrap_or(State::Prepared);
        let said = row.outcome.as_deref().and_then(Outcome::parse);
        let by = Channel::parse(&row.channel).map_or("", |one| channel(l, one));
        vec![
            html! {
                a href={ "/desk/reports/" (reference) "/referrals/" (row.n) } { (reference) ", " (t::referral_one(l, row.n)) }
                div.title { (words::title(l, &row.title, row.bare)) }
            },
            html! { (words::agency(&app.form, l, &row.agency)) },
            html! {
                (standing(l, is, late, row.tell))
                @if let Some(said) = said { " " (outcome(l, said)) }
            },
            html! { (by) },
            html! { @if let Some(at) = row.sent_at { (page.moment(at)) } },
            html! { @if let Some(at) = row.due { (page.moment(at)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    stack(t::referral_title(l), &columns, &rows)
}

/// What waits, above lists; nothing where nothing does.
pub(in crate::desk) async fn strip(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let (late, tell) = app.referrals_waiting(&officer.who).await?.into_inner();
    Ok(html! {
        @if late > 0 || tell > 0 {
            section.strip aria-labelledby="referrals-wait" {
                h2 #referrals-wait { (t::referral_waiting(l)) }
                ul.plain {
                    @if late > 0 { li { a href="/desk/referrals?late=1" { (t::referral_waiting_late(l, late)) } } }
                    @if tell > 0 { li { a href="/desk/referrals?tell=1" { (t::referral_waiting_tell(l, tell)) } } }
                }
            }
        }
    })
}

async fn counts(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let found = app.referral_counts(&officer.who).await?;
    let columns = [
        Column::text(t::referral_agency(l)),
        Column::number(t::referral_counts_reports(l)),
        Column::number(t::referral_counts_referrals(l)),
    ];
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|(code, counts)| {
            let name = if code.is_empty() {
                t::referral_counts_all(l).to_owned()
            } else {
                words::agency(&app.form, l, code)
            };
            vec![
                html! { (name) },
                html! { (counts.reports) },
                html! { (counts.referrals) },
            ]
        })
        .collect();
    Ok(html! {
        h2 { (t::referral_counts(l)) }
        (table(t::referral_counts(l), &columns, &rows))
        p.hint { (t::referral_counts_note(l)) }
    })
}
