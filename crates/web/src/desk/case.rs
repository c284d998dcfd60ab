//! The queue: what lists show of reports, found by a search line, in pages.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::report::rows::Summary;
use cairn_app::search::{Listed, More, QueueQuery};
use cairn_desk::access::Action;
use cairn_desk::report::State as Standing;
use cairn_desk::search::Codes;
use cairn_kernel::money::Money;
use cairn_kernel::text::visible;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::who::Officer;
use super::words::{self, People};
use super::{bulk, cases, cluster, doors, onward, referral, search, view};
use crate::components::{
    Column, Fault, Field, Hue, Input, Look, button, button_link, buttons, choice, error_summary,
    input, neighbours, select, stack, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// Rows of one page.
const ROWS: usize = 50;
/// The lists of values beside the line.
const CHOSEN: [Codes; 3] = [Codes::Category, Codes::State, Codes::Assignee];

/// The query as the address holds it.
pub(super) struct Asked {
    text: String,
    /// What was chosen beside the line, and what was shown there.
    chosen: [(String, String); 3],
    severe: bool,
    after: Option<(i64, i64)>,
}

impl Asked {
    fn of(query: &str) -> Result<Self, Problem> {
        let form = Form::parse(query.as_bytes())?;
        let own = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let after = form
            .get("after")
            .and_then(|after| after.split_once('-'))
            .and_then(|(severity, no)| Some((severity.parse().ok()?, no.parse().ok()?)));
        Ok(Self {
            text: own("q"),
            chosen: CHOSEN.map(|codes| {
                let was = own(&format!("was-{}", codes.name()));
                (own(codes.name()), was)
            }),
            severe: form.get("order") == Some("severe"),
            after,
        })
    }

    /// Only what was changed in a list takes the place of what the line says.
    fn query(&self) -> QueueQuery {
        let chosen = CHOSEN.into_iter().zip(&self.chosen);
        let changed = chosen.filter(|(_, (now, was))| now != was);
        QueueQuery {
            line: self.text.clone(),
            chosen: changed
                .map(|(codes, (now, _))| (codes, now.clone()))
                .collect(),
            severe: self.severe,
            after: self.after,
            limit: ROWS,
        }
    }
}

/// The address of a list from a place on.
pub(super) fn href(line: &str, severe: bool, after: Option<(i64, i64)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [("q", line), ("order", if severe { "severe" } else { "" })] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if let Some((severity, no)) = after {
        query.append_pair("after", &format!("{severity}-{no}"));
    }
    let query = query.finish();
    if query.is_empty() {
        "/desk".to_owned()
    } else {
        format!("/desk?{query}")
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
    let found = app.queue(&officer.who, &asked.query()).await?.into_inner();
    let people = app.people(&officer.who).await?;
    let views = app.views(&officer.who).await?.into_inner();
    let strip = cases::strip(&app, &officer).await?;
    let referrals = referral::strip(&app, &officer).await?;
    let waits = bulk::strip(&app, &officer).await?;
    let mails = cluster::strip(&app, &officer).await?;
    let l = officer.page.lang;
    let faults: Vec<Fault> = match &found.search {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| search::fault(l, fault)).collect(),
    };
    let first = asked
        .after
        .is_some()
        .then(|| href(&found.line, asked.severe, None));
    let body = html! {
        (doors(&officer, "/desk"))
        (error_summary(l, &faults))
        h1 { (t::queue_title(l)) }
        (strip)
        (referrals)
        (waits)
        (mails)
        (filters(&app, l, &people, &asked, &found, &faults))
        (search::help(&app, l))
        @if let Ok(read) = &found.search { (search::chips(l, read, asked.severe)) }
        (view::beside(&officer, &views, &found.line, asked.severe))
        (cases::beside_reports(l, &found.cases, &found.words))
        @if found.not_severe { p.hint { (t::queue_severe_not(l)) } }
        @if !faults.is_empty() {
            p.lead { (t::search_not_run(l)) }
        } @else if found.rows.is_empty() {
            p.lead { (t::queue_none(l)) }
        } @else {
            (onward::link(&officer, "/desk/next", t::onward_report(l)))
            (bulk::choosing(&officer, &found.line, asked.severe, table(&app, &officer, &people, &found.rows, true)))
        }
        @if let Some(first) = first { p { a href=(first) { (t::queue_first(l)) } } }
        (onward(l, found.more, |after| href(&found.line, asked.severe, Some(after))))
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(t::queue_title(l), body).into_response())
}

/// The next page, or how far was looked and the way further.
pub(super) fn onward(l: Lang, more: Option<More>, href: impl Fn((i64, i64)) -> String) -> Markup {
    match more {
        None => html! {},
        Some(More::Next(after)) => neighbours(l, None, Some(&href(after))),
        Some(More::Further { after, looked }) => html! {
            p.inset { (t::search_looked(l, looked)) " " a href=(href(after)) { (t::search_further(l)) } }
        },
    }
}

/// What a list beside the line shows as chosen: what the line says, where it says one thing.
fn shown(asked: &Asked, found: &Listed, at: usize, codes: Codes) -> (String, String) {
    match &found.search {
        Ok(search) => {
            let said = search.single(codes).unwrap_or_default();
            let mut accounts = found.accounts.iter();
            let id = accounts.find(|(_, login)| codes == Codes::Assignee && login == said);
            let said = id.map_or(said, |(id, _)| id).to_owned();
            (said.clone(), said)
        }
        Err(_) => asked.chosen.get(at).cloned().unwrap_or_default(),
    }
}

fn filters(
    app: &App,
    l: Lang,
    people: &People,
    asked: &Asked,
    found: &Listed,
    faults: &[Fault],
) -> Markup {
    let mut categories = vec![choice("", t::queue_all_categories(l))];
    for category in app.form.taxonomy().categories() {
        categories.push(choice(&category.code, category.title.get(l.as_str())));
    }
    let mut states = vec![
        choice("", t::queue_not_closed(l)),
        choice("all", t::queue_all_states(l)),
    ];
    for state in Standing::ALL {
        states.push(choice(state.as_str(), words::state(l, state)));
    }
    // Who left may still have reports that somebody must take over.
    let mut assignees = vec![
        choice("", t::queue_anyone(l)),
        choice("me", t::queue_mine(l)),
        choice("nobody", t::queue_nobody(l)),
    ];
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
    let line = Input {
        value: &found.line,
        kind: "search",
        autocomplete: Some("off"),
        ..Input::default()
    };
    let lists = [
        (t::queue_category(l), categories),
        (t::queue_state(l), states),
        (t::queue_assignee(l), assignees),
    ];
    let field = Field::new(l, "q", t::queue_search(l))
        .hint(t::search_hint(l))
        .error_in(faults);
    html! {
        form.filters method="get" action="/desk" role="search" {
            div.line { (input(&field, &line)) }
            @for (at, (codes, (label, values))) in CHOSEN.into_iter().zip(&lists).enumerate() {
                @let (now, was) = shown(asked, found, at, codes);
                (select(&Field::new(l, codes.name(), label), values, Some(&now)))
                @if !was.is_empty() { input type="hidden" name={ "was-" (codes.name()) } value=(was); }
            }
            (select(&Field::new(l, "order", t::queue_order(l)), &orders, Some(order)))
            (buttons(html! {
                (button(Look::Main, t::queue_show(l)))
                (button_link(Look::Plain, "/desk", t::queue_clear(l)))
            }))
        }
    }
}

/// Reports as rows; with boxes to choose some by, if they stand in a form for that.
pub(super) fn table(
    app: &App,
    officer: &Officer,
    people: &People,
    rows: &[Summary],
    picks: bool,
) -> Markup {
    let l = officer.page.lang;
    let heads = [
        t::queue_report(l),
        t::queue_kind(l),
        t::queue_state_who(l),
        t::queue_age(l),
        t::queue_loss(l),
        t::queue_about(l),
    ];
    let now = app.clock.now();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| cells(app, officer, people, (row, picks), now).to_vec())
        .collect();
    stack(t::queue_title(l), &heads.map(Column::text), &rows)
}

fn cells(
    app: &App,
    officer: &Officer,
    people: &People,
    (row, picks): (&Summary, bool),
    now: Micros,
) -> [Markup; 6] {
    let l = officer.page.lang;
    let picks = picks && officer.who.may(Action::WorkReports);
    let reference = app.reference(row.no);
    let category = words::category(&app.form, l, &row.category, row.subtype.as_deref());
    let assignee = row.assignee.as_ref().map_or_else(
        || html! { (t::queue_nobody(l)) },
        |id| words::person(people, id),
    );
    [
        html! {
            @if picks { (bulk::pick(l, &reference, row.version)) }
            a href={ "/desk/reports/" (reference) } { (reference) }
            div.title { (words::title(l, &row.title, row.bare)) }
        },
        html! { (category) div { (words::severity_tag(&app.form, l, row.severity)) } },
        html! { (words::state_tag(l, &row.state)) div { (assignee) } },
        html! { time datetime=(row.received_at) title=(officer.page.moment(row.received_at)) { (age(l, row.received_at, now)) } },
        html! { (loss(app, l, row)) },
        html! {
            (words::language(l, &row.language))
            @if row.anonymous { " " (tag(Hue::Grey, t::queue_anonymous(l))) }
            @if row.suspect { " " (tag(Hue::Amber, t::queue_suspect(l))) }
            @if row.wants_help { " " (tag(Hue::Blue, t::queue_help(l))) }
            @if row.held_until.is_some() { " " (tag(Hue::Red, t::hold_held(l))) }
        },
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
    fn the_address_holds_the_line() {
        assert_eq!(href("", false, None), "/desk");
        assert_eq!(
            href("a&b category:scam", true, Some((3, 9))),
            "/desk?q=a%26b+category%3Ascam&order=severe&after=3-9"
        );
    }

    #[test]
    fn only_what_was_changed_in_a_list_counts() {
        let asked = "q=a%26b&category=scam&was-category=scam&state=all&assignee=&was-assignee=me&order=severe&after=2-17";
        let query = Asked::of(asked).unwrap().query();
        assert_eq!(
            (query.line.as_str(), query.after, query.severe),
            ("a&b", Some((2, 17)), true)
        );
        let chosen = [
            (Codes::State, "all".to_owned()),
            (Codes::Assignee, String::new()),
        ];
        assert_eq!(query.chosen, chosen);
    }
}
