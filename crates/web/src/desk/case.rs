//! The queue: what lists show of reports, found by words, filtered, in pages.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::case::QueueQuery;
use cairn_app::report::rows::Summary;
use cairn_desk::access::Action;
use cairn_desk::report::State as Standing;
use cairn_kernel::money::Money;
use cairn_kernel::observable::defang_text;
use cairn_kernel::text::visible;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::doors;
use super::who::Officer;
use super::words::{self, People};
use crate::components::{
    Choice, Column, Field, Hue, Input, Look, button, button_link, buttons, input, neighbours,
    said_inline, select, stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;
/// Value of the state filter for all states.
const ALL: &str = "all";
/// Value of the assignee filter for whoever asks.
const ME: &str = "me";

/// The query as the address holds it.
struct Asked {
    text: String,
    category: String,
    state: String,
    /// Account id, or [`ME`].
    assignee: String,
    severe: bool,
    after: Option<(i64, i64)>,
}

impl Asked {
    /// The store has an order of severity for what this asks: see [`cairn_app::report::rows::Order`].
    fn by_severity(&self) -> bool {
        let open = self.state != ALL && self.state != Standing::Closed.as_str();
        self.severe && open && self.text.trim().is_empty()
    }

    fn of(query: &str) -> Result<Self, Problem> {
        let form = Form::parse(query.as_bytes())?;
        let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let after = form
            .get("after")
            .and_then(|after| after.split_once('-'))
            .and_then(|(severity, no)| Some((severity.parse().ok()?, no.parse().ok()?)));
        Ok(Self {
            text: own("q").chars().take(200).collect(),
            category: own("category"),
            state: own("state"),
            assignee: own("assignee"),
            severe: form.get("order") == Some("severe"),
            after,
        })
    }

    fn query(&self, account: &str) -> QueueQuery {
        QueueQuery {
            category: Some(self.category.clone()).filter(|code| !code.is_empty()),
            state: Standing::parse(&self.state),
            all: self.state == ALL,
            assignee: match self.assignee.as_str() {
                "" => None,
                ME => Some(account.to_owned()),
                id => Some(id.to_owned()),
            },
            text: self.text.clone(),
            severe: self.severe,
            after: self.after,
            limit: ROWS + 1,
        }
    }

    /// The address of this list from a place on.
    fn href(&self, after: Option<(u8, i64)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("q", self.text.as_str()),
            ("category", &self.category),
            ("state", &self.state),
            ("assignee", &self.assignee),
            ("order", if self.severe { "severe" } else { "" }),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((severity, no)) = after {
            query.append_pair("after", &format!("{severity}-{no}"));
        }
        format!("/desk?{}", query.finish())
    }
}

/// The queue; who may not read reports is led to what they may.
pub(super) async fn queue(State(app): State<App>, officer: Officer) -> Result<Response, Problem> {
    if !officer.who.may(Action::ReadReports) {
        let home = if officer.who.may(Action::ManageAccounts) {
            "/desk/accounts"
        } else if officer.who.may(Action::ReadPlans) {
            "/desk/track"
        } else if officer.who.may(Action::ReadChallenges) {
            "/desk/challenges"
        } else {
            "/desk/account"
        };
        return Ok(Redirect::to(home).into_response());
    }
    let asked = Asked::of(officer.page.uri.query().unwrap_or_default())?;
    let query = asked.query(&officer.who.account);
    let mut rows = app.queue(&officer.who, &query).await?.into_inner();
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| asked.href(Some((row.severity, row.no))));
    let people = app.people(&officer.who).await?;
    let l = officer.page.lang;
    let first = asked.after.is_some().then(|| asked.href(None));
    let body = html! {
        (doors(&officer, "/desk"))
        h1 { (t::queue_title(l)) }
        (filters(&app, l, &people, &asked))
        @if asked.severe && !asked.by_severity() {
            p.hint { (t::queue_severe_not(l)) }
        }
        @if rows.is_empty() {
            p.lead { (t::queue_none(l)) }
        } @else {
            (table(&app, &officer, &people, &rows))
        }
        @if let Some(first) = first { p { a href=(first) { (t::queue_first(l)) } } }
        (neighbours(l, None, next.as_deref()))
    };
    Ok(officer.page.render(t::queue_title(l), body).into_response())
}

fn filters(app: &App, l: Lang, people: &People, asked: &Asked) -> Markup {
    let choice = |value, label| Choice {
        value,
        label,
        ..Choice::default()
    };
    let mut categories = vec![choice("", t::queue_all_categories(l))];
    for category in app.form.taxonomy().categories() {
        categories.push(choice(&category.code, category.title.get(l.as_str())));
    }
    let mut states = vec![
        choice("", t::queue_not_closed(l)),
        choice(ALL, t::queue_all_states(l)),
    ];
    for state in Standing::ALL {
        states.push(choice(state.as_str(), words::state(l, state)));
    }
    // Who left may still have reports that somebody must take over.
    let mut assignees = vec![choice("", t::queue_anyone(l)), choice(ME, t::queue_mine(l))];
    let colleagues = people.iter().filter(|(_, person)| !person.partner);
    let names: Vec<_> = colleagues
        .map(|(id, person)| (id, visible(&person.name)))
        .collect();
    assignees.extend(names.iter().map(|(id, name)| choice(id, name)));
    let orders = [
        choice("", t::queue_newest(l)),
        choice("severe", t::queue_severe(l)),
    ];
    let order = if asked.severe { "severe" } else { "" };
    let words = Input {
        value: &asked.text,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    html! {
        form.filters method="get" action="/desk" role="search" {
            (input(&Field::new(l, "q", t::queue_search(l)), &words))
            (select(&Field::new(l, "category", t::queue_category(l)), &categories, Some(&asked.category)))
            (select(&Field::new(l, "state", t::queue_state(l)), &states, Some(&asked.state)))
            (select(&Field::new(l, "assignee", t::queue_assignee(l)), &assignees, Some(&asked.assignee)))
            (select(&Field::new(l, "order", t::queue_order(l)), &orders, Some(order)))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, "/desk", t::queue_clear(l)))
            }))
        }
    }
}

fn table(app: &App, officer: &Officer, people: &People, rows: &[Summary]) -> Markup {
    let l = officer.page.lang;
    let heads = [
        t::queue_report(l),
        t::queue_category(l),
        t::queue_severity(l),
        t::queue_state(l),
        t::queue_age(l),
        t::queue_loss(l),
        t::queue_about(l),
        t::queue_assignee(l),
    ];
    let now = app.clock.now();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| cells(app, officer, people, row, now).to_vec())
        .collect();
    stack(t::queue_title(l), &heads.map(Column::text), &rows)
}

fn cells(app: &App, officer: &Officer, people: &People, row: &Summary, now: Micros) -> [Markup; 8] {
    let l = officer.page.lang;
    let reference = app.reference(row.no);
    let category = words::category(&app.form, l, &row.category, row.subtype.as_deref());
    [
        html! {
            a href={ "/desk/reports/" (reference) } { (reference) }
            div.title {
                @if row.bare { (t::case_bare(l)) } @else { (said_inline(&defang_text(&row.title))) }
            }
        },
        html! { (category) },
        words::severity_tag(&app.form, l, row.severity),
        words::state_tag(l, &row.state),
        html! { time datetime=(row.received_at) title=(officer.page.moment(row.received_at)) { (age(l, row.received_at, now)) } },
        html! { (loss(app, l, row)) },
        html! {
            (words::language(l, &row.language))
            @if row.anonymous { " " (tag(Hue::Grey, t::queue_anonymous(l))) }
            @if row.suspect { " " (tag(Hue::Amber, t::queue_suspect(l))) }
            @if row.wants_help { " " (tag(Hue::Blue, t::queue_help(l))) }
            @if row.held_until.is_some() { " " (tag(Hue::Red, t::hold_held(l))) }
        },
        row.assignee.as_ref().map_or_else(
            || html! { (t::queue_nobody(l)) },
            |id| words::person(people, id),
        ),
    ]
}

/// How long ago, in one unit.
pub(super) fn age(l: Lang, at: Micros, now: Micros) -> String {
    let minutes = now.seconds().saturating_sub(at.seconds()).max(0) / 60;
    match minutes {
        0..=59 => t::queue_minutes(l, minutes),
        60..=2_879 => t::queue_hours(l, minutes / 60),
        _ => t::queue_days(l, minutes / 1_440),
    }
}

pub(super) fn loss(app: &App, l: Lang, row: &Summary) -> String {
    match (row.loss.as_str(), row.loss_minor) {
        (_, Some(minor)) => Money {
            minor,
            currency: app.config.base_currency.clone(),
        }
        .to_string(),
        ("yes", None) => t::queue_loss_yes(l, app.config.base_currency.as_str()),
        ("no", None) => t::queue_loss_no(l).to_owned(),
        _ => t::queue_loss_unknown(l).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_one_unit() {
        let at = Micros(0);
        let told = |seconds| age(Lang::En, at, at.plus_seconds(seconds));
        assert_eq!(told(-100), "0 minutes ago");
        assert_eq!(told(60), "1 minute ago");
        assert_eq!(told(3 * 3_600), "3 hours ago");
        assert_eq!(told(72 * 3_600), "3 days ago");
    }

    #[test]
    fn the_address_holds_the_whole_query() {
        let asked =
            Asked::of("q=a%26b&category=scam&state=all&assignee=me&order=severe&after=2-17")
                .unwrap();
        assert_eq!(asked.after, Some((2, 17)));
        assert_eq!(
            asked.href(Some((3, 9))),
            "/desk?q=a%26b&category=scam&state=all&assignee=me&order=severe&after=3-9"
        );
        let query = asked.query("x");
        assert!(query.all && query.state.is_none());
        assert_eq!(query.assignee.as_deref(), Some("x"));
        let other = Asked::of("assignee=y").unwrap().query("x");
        assert_eq!(other.assignee.as_deref(), Some("y"));
    }
}
