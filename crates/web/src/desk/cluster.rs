//! Clusters as officers see them: the list, one of them, and what one means for a report.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use cairn_app::App;
use cairn_app::bulk::REPLIES_ALONE_MAX;
use cairn_app::cluster::{About, Asked, Fact, Happened, Line, Query, Whole};
use cairn_desk::access::Action;
use cairn_desk::bulk::Stage;
use cairn_desk::cluster::{Change, Decision, Event, Reason, Why};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::observable::{Observable, defang, defang_text};
use maud::{Markup, html};

use super::cluster_work::{Typed, forms, undoing};
use super::who::{Officer, token};
use super::words::{self, People};
use super::{case, doors, onward};
use crate::components::{
    Column, Encoding, Field, Hue, Look, Row, Tone, back_link, button, buttons, choice, details,
    form, neighbours, notice, said, said_inline, select, stack, summary_list, table, tag,
};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// The list.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = Form::parse(officer.page.uri.query().unwrap_or_default().as_bytes())?;
    let show = asked.get("show").unwrap_or_default();
    let order = asked.get("order").unwrap_or_default();
    let page = asked.get("page").and_then(|page| page.parse().ok());
    let query = Query {
        all: show == "all",
        single: show == "single" || show == "all",
        severe: order == "severe",
        page: page.unwrap_or(0).min(100_000),
    };
    let found = app.clusters(&officer.who, query).await?;
    let href = |page: u32| {
        let mut address = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("show", show), ("order", order)] {
            if !value.is_empty() {
                address.append_pair(name, value);
            }
        }
        address.append_pair("page", &page.to_string());
        format!("/desk/clusters?{}", address.finish())
    };
    let before = query.page.checked_sub(1).map(href);
    let next = found.more.then(|| href(query.page + 1));
    let body = html! {
        (doors(&officer, "/desk/clusters"))
        h1 { (t::cluster_title(l)) }
        p { (t::cluster_lead(l)) }
        (filters(l, show, order))
        @if found.lines.is_empty() { p.lead { (t::cluster_none(l)) } }
        @else { (lines(&app, &officer, &found.lines)) }
        (neighbours(l, before.as_deref(), next.as_deref()))
    };
    Ok(officer.page.render(t::cluster_title(l), body))
}

fn filters(l: Lang, show: &str, order: &str) -> Markup {
    let shows = [
        choice("", t::cluster_show_open(l)),
        choice("single", t::cluster_show_single(l)),
        choice("all", t::cluster_show_all(l)),
    ];
    let orders = [
        choice("", t::queue_newest(l)),
        choice("severe", t::queue_severe(l)),
    ];
    html! {
        form.filters method="get" action="/desk/clusters" role="search" {
            (select(&Field::new(l, "show", t::cluster_show(l)), &shows, Some(show)))
            (select(&Field::new(l, "order", t::queue_order(l)), &orders, Some(order)))
            (buttons(button(Look::Main, t::queue_show(l))))
        }
    }
}

fn lines(app: &App, officer: &Officer, lines: &[Line]) -> Markup {
    let l = officer.page.lang;
    let columns = [
        t::cluster_one(l),
        t::cluster_count(l),
        t::queue_kind(l),
        t::queue_loss(l),
        t::case_consents(l),
        t::case_language(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = lines
        .iter()
        .map(|line| {
            vec![
                html! {
                    a href={ "/desk/clusters/" (line.id) } { (t::cluster_number(l, line.id)) }
                    div.title { (first_words(l, line)) }
                    div.shared { (shared(line)) }
                    div.shared.hint { (t::cluster_why(l)) ": " (reasons(app, l, line)) }
                },
                html! { (line.size) div { (state(l, line)) } },
                html! {
                    (words::category(&app.form, l, &line.row.category, line.row.subtype.as_deref()))
                    @if line.row.category_reports < line.row.reports {
                        div.hint { (t::cluster_of(l, u64::from(line.row.reports), u64::from(line.row.category_reports))) }
                    }
                    div { (words::severity_tag(&app.form, l, line.row.severity)) }
                },
                lost(l, line),
                html! { @for (agency, count) in &line.row.consents { div { (words::agency(&app.form, l, agency)) ": " (count) } } },
                html! { @for (language, count) in &line.row.languages { div { (words::language(l, language)) ": " (count) } } },
            ]
        })
        .collect();
    stack(t::cluster_title(l), &columns, &rows)
}

fn shared(line: &Line) -> Markup {
    html! {
        @for thing in &line.row.shared {
            @let seen = Observable { kind: thing.kind, value: thing.value.clone() };
            div { code { (said_inline(&defang(&seen))) } " (" (thing.reports) ")" }
        }
    }
}

fn reasons(app: &App, l: Lang, line: &Line) -> Markup {
    html! {
        @for (reason, count) in &line.row.why { div { (reason_words(app, l, *reason)) " (" (count) ")" } }
    }
}

fn reason_words(app: &App, l: Lang, reason: Reason) -> &'static str {
    app.reason(reason, l.as_str())
}

fn lost(l: Lang, line: &Line) -> Markup {
    html! {
        @for (currency, sum) in &line.row.lost {
            div { (Money { minor: sum.minor, currency: currency.clone() }.to_string()) }
        }
        @if line.row.lost_unknown > 0 { div.hint { (t::cluster_lost_unknown(l, u64::from(line.row.lost_unknown))) } }
    }
}

fn state(l: Lang, line: &Line) -> Markup {
    html! {
        @if line.open == 0 { (tag(Hue::Green, t::state_closed(l))) }
        @else { (tag(Hue::Blue, &t::cluster_open(l, line.open as u64))) }
        @if line.decision.is_some() { " " (tag(Hue::Grey, t::cluster_decided(l))) }
        @if line.held > 0 { " " (tag(Hue::Red, &t::cluster_held(l, line.held as u64))) }
        @if line.suspect > 0 { " " (tag(Hue::Amber, &t::cluster_suspect(l, line.suspect as u64))) }
    }
}

/// What a page of a cluster is made of.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub officer: &'a Officer,
    pub people: &'a People,
    pub whole: &'a Whole,
    pub typed: &'a Typed<'a>,
}

pub(super) fn number(no: &str) -> Result<i64> {
    no.parse().map_err(|_| Problem::not_found())
}

/// One of them; one that is linked leads to the one that decides for it.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Response> {
    let no = number(&no)?;
    let head = app.head_of_cluster(&officer.who, no).await?;
    if head != no {
        return Ok(Redirect::to(&format!("/desk/clusters/{head}")).into_response());
    }
    let page = page(&app, &officer, no, &Typed::default()).await?;
    Ok(page.into_response())
}

/// The whole page; `typed` is what somebody sent that could not be done.
pub(super) async fn page(
    app: &App,
    officer: &Officer,
    no: i64,
    typed: &Typed<'_>,
) -> Result<Markup> {
    let whole = app.read_cluster(&officer.who, no).await?;
    let people = app.people(&officer.who).await?;
    let view = View {
        app,
        officer,
        people: &people,
        whole: &whole,
        typed,
    };
    let l = officer.page.lang;
    let title = t::cluster_number(l, no);
    let body = html! {
        (doors(officer, "/desk/clusters"))
        (typed.summary(l))
        (back_link(l, "/desk/clusters"))
        (onward::link(officer, &format!("/desk/clusters/next?after={no}"), t::onward_cluster(l)))
        p.caption { (title) }
        h1.told { (first_words(l, &whole.line)) }
        p.to-work { a href="#work" { (t::case_work(l)) } }
        @if let Some(since) = typed.since { (meanwhile(&view, since)) }
        @if let Some(refusal) = &typed.refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (refusal) } }))
        }
        div.two {
            div { (summary(&view)) (decision(&view)) }
            (forms(&view))
        }
        (history(&view))
    };
    let faulty = !typed.faults.is_empty();
    Ok(officer.page.clone().faulty(faulty).render(&title, body))
}

/// First words of a report of it; where those of all were erased, that they were.
fn first_words(l: Lang, line: &Line) -> Markup {
    words::title(
        l,
        line.title.as_deref().unwrap_or_default(),
        line.title.is_none(),
    )
}

fn meanwhile(view: &View<'_>, since: i64) -> Markup {
    let l = view.officer.page.lang;
    let later = view.whole.history.iter();
    let later = later.filter(|line| line.event.action > since);
    let body = html! {
        p { (t::case_conflict_note(l)) }
        ul { @for line in later { li { (view.officer.page.moment(line.event.at)) ", " (words::actor(l, view.people, &line.event.by)) ": " (what(view.app, l, &line.event.change)) } } }
    };
    notice(Tone::Warning, "meanwhile", t::case_conflict(l), body)
}

fn summary(view: &View<'_>) -> Markup {
    let (l, app, line) = (view.officer.page.lang, view.app, &view.whole.line);
    let category = words::category(
        &app.form,
        l,
        &line.row.category,
        line.row.subtype.as_deref(),
    );
    let linked = html! {
        @for (at, other) in view.whole.linked.iter().enumerate() { @if at > 0 { ", " } (t::cluster_number(l, *other)) }
    };
    let mut rows = vec![
        Row::new(
            t::queue_state(l),
            html! { (state(l, line)) " " (words::severity_tag(&app.form, l, line.row.severity)) },
        ),
        Row::new(t::cluster_count(l), html! { (line.size) }),
        Row::new(t::cluster_shared(l), shared(line)),
        Row::new(t::cluster_why(l), reasons(app, l, line)),
        Row::new(
            t::queue_category(l),
            html! { (category) " " span.hint { (t::cluster_of(l, u64::from(line.row.reports), u64::from(line.row.category_reports))) } },
        ),
        Row::new(t::queue_loss(l), lost(l, line)),
        Row::new(
            t::case_consents(l),
            html! { @for (agency, count) in &line.row.consents { div { (words::agency(&app.form, l, agency)) ": " (count) } } },
        ),
        Row::new(
            t::case_language(l),
            html! { @for (language, count) in &line.row.languages { div { (words::language(l, language)) ": " (count) } } },
        ),
        Row::new(
            t::cluster_between(l),
            html! { (view.officer.page.moment(line.row.oldest)) " – " (view.officer.page.moment(line.row.newest)) },
        ),
    ];
    if !view.whole.linked.is_empty() {
        rows.push(Row::new(t::cluster_linked(l), linked));
    }
    summary_list(l, &rows)
}

/// What was decided, in one line.
fn decided(app: &App, l: Lang, what: &Decision) -> Markup {
    let category = what.category.as_ref();
    let category =
        category.map(|code| words::category(&app.form, l, code, what.subtype.as_deref()));
    let severity = what
        .severity
        .map(|level| words::severity(&app.form, l, level));
    let outcome = what
        .outcome
        .as_ref()
        .map(|code| words::outcome(&app.form, l, code));
    let reply = what
        .reply
        .as_ref()
        .map(|_| t::cluster_reply_sent(l).to_owned());
    let parts: Vec<String> = [category, severity, reply, outcome]
        .into_iter()
        .flatten()
        .collect();
    html! { (parts.join(", ")) }
}

fn decision(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let works = view.officer.who.may(Action::WorkReports);
    let Some((_, done, open)) = view.whole.decision else {
        return html! {};
    };
    let held = view.whole.held.len();
    html! {
        h2 { (t::cluster_decision(l)) }
        @if let Some(what) = &view.whole.line.decision { p { (decided(view.app, l, what)) } }
        @for (language, text) in &view.whole.reply {
            article.message.ours { p.caption { (words::language(l, language)) } (said(&defang_text(text))) }
        }
        p { (t::cluster_progress(l, done.unsigned_abs(), open.unsigned_abs())) }
        @if held > 0 {
            (notice(Tone::Warning, "held", &t::cluster_held(l, held as u64), html! {
                p { (t::cluster_held_note(l)) }
                @if works {
                    (form(&format!("/desk/clusters/{}/held", view.whole.line.id), Encoding::Pairs, Some(&token(&view.officer.seen)), html! {
                        input type="hidden" name="version" value=(view.whole.version);
                        (button(Look::Plain, &t::cluster_held_take(l, held as u64)))
                    }))
                }
            }))
        }
        @if let Some(asked) = &view.whole.mail { (mail(view, asked, works)) }
    }
}

/// Mail about the reply that waits for a second officer, or did.
fn mail(view: &View<'_>, asked: &Asked, works: bool) -> Markup {
    let l = view.officer.page.lang;
    let held = asked.held.unsigned_abs();
    let own = asked.mail.account == view.officer.who.account;
    let action = format!("/desk/clusters/{}/mail", view.whole.line.id);
    let wish = |look, wish: &str, label: &str| {
        form(
            &action,
            Encoding::Pairs,
            Some(&token(&view.officer.seen)),
            html! {
                input type="hidden" name="decision" value=(asked.mail.decision);
                input type="hidden" name="wish" value=(wish);
                (button(look, label))
            },
        )
    };
    let second = || {
        let second = asked.mail.second.as_deref();
        words::person(view.people, second.unwrap_or_default())
    };
    match asked.mail.stage {
        Stage::Asked => notice(
            Tone::Warning,
            "mail",
            &t::cluster_mail_asked(l, held),
            html! {
                p { (t::cluster_mail_note(l, REPLIES_ALONE_MAX as u64)) }
                p { (t::cluster_mail_by(l)) " " (words::person(view.people, &asked.mail.account)) ", " (view.officer.page.moment(asked.mail.asked_at)) }
                @if works && own { p { (t::bulk_own(l)) } }
                @if works && !own { (wish(Look::Main, "agree", t::cluster_mail_agree(l))) }
                @if works { (wish(Look::Plain, "decline", t::cluster_mail_decline(l))) }
            },
        ),
        Stage::Declined => html! { p { (t::cluster_mail_declined(l)) " " (second()) } },
        _ if held > 0 => {
            html! { p { (t::cluster_mail_going(l, held)) " " (second()) } }
        }
        _ => html! { p { (t::cluster_mail_sent(l)) " " (second()) } },
    }
}

/// Replies of which mail waits for a second officer, above lists; nothing where none does.
pub(super) async fn strip(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let asked = app.cluster_mails_asked(&officer.who).await?.into_inner();
    Ok(html! {
        @if !asked.is_empty() {
            section.strip aria-labelledby="mail-asked" {
                h2 #mail-asked { (t::cluster_mail_title(l)) }
                ul {
                    @for one in &asked {
                        li {
                            a href={ "/desk/clusters/" (one.mail.head) } { (t::cluster_number(l, one.mail.head)) }
                            ": " (t::cluster_mail_asked(l, one.held.unsigned_abs()))
                        }
                    }
                }
            }
        }
    })
}

/// What the audit trail says of such mail.
pub(super) fn mail_logged(l: Lang, head: i64, stage: Stage) -> Markup {
    let what = match stage {
        Stage::Asked => t::cluster_mail_stage_asked(l),
        Stage::Declined => t::cluster_mail_stage_declined(l),
        _ => t::cluster_mail_stage_agreed(l),
    };
    html! { (t::cluster_number(l, head)) ", " (what) }
}

/// Reports of a cluster that are not folded away.
const REPORTS_OPEN: usize = 50;

/// The reports, with a box to choose each by.
pub(super) fn reports(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let works = view.officer.who.may(Action::WorkReports);
    let columns = [
        t::queue_report(l),
        t::cluster_why(l),
        t::queue_category(l),
        t::queue_severity(l),
        t::queue_state(l),
        t::queue_age(l),
    ]
    .map(Column::text);
    let chosen: Vec<&str> = view.typed.chosen();
    let row = |fact: &Fact| {
        let report = &fact.summary;
        let reference = view.app.reference(report.no);
        let why: Vec<Why> = serde_json::from_str(&fact.why).unwrap_or_default();
        vec![
            html! {
                @if works {
                    label.pick {
                        input type="checkbox" name="report" value=(reference) checked[chosen.contains(&reference.as_str())]
                            aria-label=(t::cluster_choose(l, reference.as_str()));
                    }
                }
                a href={ "/desk/reports/" (reference) } { (reference) }
                div.title { (words::title(l, &report.title, report.bare)) }
            },
            because(view.app, l, &why),
            html! { (words::category(&view.app.form, l, &report.category, report.subtype.as_deref())) },
            words::severity_tag(&view.app.form, l, report.severity),
            html! {
                (words::state_tag(l, &report.state))
                @if report.suspect { " " (tag(Hue::Amber, t::queue_suspect(l))) }
                @if view.whole.held.contains(&report.no) { " " (tag(Hue::Red, t::cluster_held_one(l))) }
            },
            html! { (case::age(l, report.received_at, view.app.clock.now())) },
        ]
    };
    let rows: Vec<Vec<Markup>> = view.whole.facts.iter().map(row).collect();
    let (first, rest) = rows.split_at(rows.len().min(REPORTS_OPEN));
    // What somebody chose is not hidden from them when the page comes back.
    let is_chosen = |fact: &Fact| chosen.contains(&view.app.reference(fact.summary.no).as_str());
    let open = view.whole.facts.iter().skip(REPORTS_OPEN).any(is_chosen);
    html! {
        (stack(t::cluster_reports(l), &columns, first))
        @if !rest.is_empty() {
            details open[open] {
                summary { (t::cluster_more(l, rest.len() as u64)) }
                (stack(t::cluster_reports(l), &columns, rest))
            }
        }
    }
}

/// Why a report joined: what is shared, and with which.
fn because(app: &App, l: Lang, why: &[Why]) -> Markup {
    html! {
        @if why.is_empty() { (t::cluster_first(l)) }
        @for one in why {
            div {
                (reason_words(app, l, one.reason))
                @if let Some(percent) = one.percent { " (" (percent) " %)" }
                " – " a href={ "/desk/reports/" (app.reference(one.with)) } { (app.reference(one.with)) }
            }
        }
    }
}

/// For the audit trail: whoever may not read reports sees no links to them.
pub(super) fn logged(app: &App, l: Lang, change: &Change, reads: bool) -> Markup {
    if reads {
        return what(app, l, change);
    }
    let code = match change {
        Change::Opened { .. } => "opened",
        Change::Joined { .. } => "joined",
        Change::Split { .. } => "split",
        Change::Moved { .. } => "moved",
        Change::Merged { .. } => "merged",
        Change::Decided { .. } => "decided",
        Change::Applied { .. } => "applied",
        Change::Held { .. } => "held",
        Change::Undone { .. } => "undone",
    };
    html! { (words::kind(l, code)) }
}

/// What happened, in words.
pub(super) fn what(app: &App, l: Lang, change: &Change) -> Markup {
    let report = |no: i64| {
        let reference = app.reference(no);
        html! { a href={ "/desk/reports/" (reference) } { (reference) } }
    };
    let kind = |code: &str| words::kind(l, code);
    match change {
        Change::Opened { report: no, .. } => html! { (kind("opened")) ": " (report(*no)) },
        Change::Joined {
            report: no, why, ..
        } => {
            html! { (kind("joined")) ": " (report(*no)) (because(app, l, why)) }
        }
        Change::Split { report: no, to, .. } => {
            html! { (kind("split")) ": " (report(*no)) " → " (t::cluster_number(l, to.0)) }
        }
        Change::Moved {
            report: no,
            from,
            to,
        } => {
            html! { (kind("moved")) ": " (report(*no)) ", " (t::cluster_number(l, from.0)) " → " (t::cluster_number(l, to.0)) }
        }
        Change::Merged { cluster, into, why } => html! {
            (kind("merged")) ": " (t::cluster_number(l, cluster.0)) " → " (t::cluster_number(l, into.0))
            @if !why.is_empty() { (because(app, l, why)) }
        },
        Change::Decided { what, .. } => html! { (kind("decided")) ": " (decided(app, l, what)) },
        Change::Applied {
            report: no,
            cluster,
            ..
        } => {
            html! { (kind("applied")) ": " (t::cluster_number(l, cluster.0)) ", " (report(*no)) }
        }
        Change::Held {
            report: no,
            cluster,
            ..
        } => {
            html! { (kind("held")) ": " (t::cluster_number(l, cluster.0)) ", " (report(*no)) }
        }
        Change::Undone { undone } => html! { (t::event_cluster_undone(l)) ": " (undone) },
    }
}

fn history(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let columns = words::history_columns(l);
    let row = |line: &Happened| {
        vec![
            html! { (view.officer.page.moment(line.event.at)) },
            words::actor(l, view.people, &line.event.by),
            html! { (what(view.app, l, &line.event.change)) @if line.undoable { (undoing(view, line.event.action)) } },
            html! { (line.index) },
        ]
    };
    // What came by itself is said above beside each report: it would hide what people did.
    let (joins, people): (Vec<_>, Vec<_>) = view
        .whole
        .history
        .iter()
        .partition(|line| came_by_itself(&line.event));
    let rows = |lines: Vec<&Happened>| -> Vec<Vec<Markup>> { lines.into_iter().map(row).collect() };
    let count = joins.len() as u64;
    html! {
        h2 { (t::case_history(l)) }
        @if !people.is_empty() { (table(t::case_history(l), &columns, &rows(people))) }
        @if !joins.is_empty() {
            (details(&t::cluster_joins(l, count), table(t::case_history(l), &columns, &rows(joins))))
        }
    }
}

/// The service put a report into a cluster, or began one with it.
fn came_by_itself(event: &Event) -> bool {
    let joined = matches!(event.change, Change::Opened { .. } | Change::Joined { .. });
    joined && event.by == Actor::System
}

/// On a report's page: where it is, and why.
pub(super) fn about(app: &App, officer: &Officer, people: &People, about: &About) -> Markup {
    let l = officer.page.lang;
    html! {
        section aria-labelledby="cluster" {
            h2 #cluster { (t::cluster_one(l)) }
            p {
                a href={ "/desk/clusters/" (about.head) } { (t::cluster_number(l, about.head)) } ": "
                (t::cluster_size(l, about.size as u64))
                @if about.held { " " (tag(Hue::Red, t::cluster_held_one(l))) }
            }
            @if about.size > 1 { (because(app, l, &about.why)) }
            ul {
                @for (_, event) in about.events.iter().filter(|(_, event)| !came_by_itself(event)) {
                    li { (officer.page.moment(event.at)) ", " (words::actor(l, people, &event.by)) ": " (what(app, l, &event.change)) }
                }
            }
        }
    }
}
