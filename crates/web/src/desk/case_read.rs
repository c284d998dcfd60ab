//! One report as officers read it: what was told, files, observables, messages, history, and the forms to work on it.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::cases::rows::Summary as Case;
use cairn_app::cluster::About;
use cairn_app::presence::{Other, Place};
use cairn_app::report::Whole;
use cairn_app::takeaway::ARCHIVE_PASSWORD;
use cairn_desk::access::{Action, Visible};
use cairn_desk::form::Row as Told;
use cairn_desk::report::{Channel, LossItem};
use cairn_kernel::actor::Actor;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::case_work::{forms, verifying};
use super::typed::Typed;
use super::who::{Officer, token};
use super::words::{self, People};
use super::{
    case, cases, cluster, conversation, doors, hold, observable, old, onward, openpgp, present,
    referral, rules,
};
use crate::components::{
    Column, Encoding, Hue, Look, Row, Tone, back_link, button, form, machine, notice, said,
    said_inline, summary_list, table, tag,
};
use crate::i18n::{Lang, t};
use crate::problem::{Result, size};

/// The page.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(reference): Path<String>,
) -> Result<Markup> {
    let whole = app.read_report(&officer.who, &reference).await?;
    let people = app.people(&officer.who).await?;
    let beside = Beside::read(&app, &officer, &whole).await?;
    let typed = Typed::default();
    Ok(page(&app, &officer, &people, (&whole, &beside), &typed))
}

/// What else is known of a report: where it stands among others.
pub(super) struct Beside {
    /// The cluster that it is in, if any.
    about: Option<Visible<About>>,
    /// The cases that it belongs to.
    cases: Visible<Vec<Case>>,
    /// The rules that touched it.
    rules: Markup,
    /// Who else looks at it.
    others: Visible<Vec<Other>>,
}

impl Beside {
    /// Reads it.
    pub(super) async fn read(app: &App, officer: &Officer, whole: &Whole) -> Result<Self> {
        let no = whole.summary.no;
        Ok(Self {
            about: app.cluster_about(&officer.who, no).await?,
            cases: app.cases_of(&officer.who, no).await?,
            rules: rules::of_report(app, officer, whole).await?,
            others: app.present(&officer.who, Place::Report(no), false)?,
        })
    }
}

/// What a page of a report is made of.
pub(super) struct View<'a> {
    pub app: &'a App,
    pub officer: &'a Officer,
    pub people: &'a People,
    pub whole: &'a Whole,
    /// Events that this officer can undo, by number.
    pub undoable: Vec<i64>,
}

/// The whole page; `typed` is what somebody sent that could not be done.
pub(super) fn page(
    app: &App,
    officer: &Officer,
    people: &People,
    (whole, beside): (&Whole, &Beside),
    typed: &Typed<'_>,
) -> Markup {
    let l = officer.page.lang;
    let view = View {
        app,
        officer,
        people,
        whole,
        undoable: app.undoable(&officer.who, whole),
    };
    let title = t::case_title(l, whole.reference.as_str());
    let body = html! {
        (doors(officer, "/desk"))
        (typed.summary(l))
        (back_link(l, "/desk"))
        (onward::link(officer, &format!("/desk/next?after={}", whole.reference), t::onward_report(l)))
        p.caption { (title) }
        @if whole.summary.bare {
            h1 { (t::case_bare(l)) }
        } @else {
            h1.told { (said_inline(&defang_text(&whole.summary.title))) }
        }
        (present::mark(l, people, &beside.others, &format!("/desk/reports/{}/present", whole.reference)))
        p.to-work { a href="#work" { (t::case_work(l)) } }
        @if let Some(since) = typed.since { (meanwhile(&view, since)) }
        @if typed.refused {
            (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (t::case_refused_note(l)) } }))
        }
        (hold::held(&view))
        (hold::last(&view))
        div.two {
            div {
                (state(&view))
                @if let Some(about) = &beside.about { (cluster::about(app, officer, people, about)) }
                (beside.rules)
                (cases::of_report(officer, &whole.reference, &beside.cases, typed.of_case()))
                (told(&view))
                (losses(&view, typed))
                (files(&view))
                (observables(&view))
                (contact(&view))
                (referral::section(&view, typed))
                (mail(&view))
                (old::thread(&view))
                (messages(&view, typed))
            }
            div { (forms(&view, typed)) }
        }
        (history(&view))
    };
    let faulty = !typed.faults.is_empty();
    officer.page.clone().faulty(faulty).render(&title, body)
}

fn meanwhile(view: &View<'_>, since: i64) -> Markup {
    let l = view.officer.page.lang;
    let seen = usize::try_from(since).unwrap_or_default();
    let body = html! {
        p { (t::case_conflict_note(l)) }
        ul {
            @for line in view.whole.history.iter().skip(seen) {
                li {
                    (view.officer.page.moment(line.event.at)) ", " (words::actor(l, view.people, &line.event.by)) ": "
                    (words::change(view.app, l, view.people, &line.event.change))
                }
            }
        }
    };
    notice(Tone::Warning, "meanwhile", t::case_conflict(l), body)
}

fn channel(l: Lang, code: &str) -> &'static str {
    match code {
        "api" => t::case_channel_api(l),
        "mail" => t::case_channel_mail(l),
        "imported" => t::case_channel_imported(l),
        _ => t::case_channel_web(l),
    }
}

fn state(view: &View<'_>) -> Markup {
    let (l, app, page) = (view.officer.page.lang, view.app, &view.officer.page);
    let (row, body) = (&view.whole.summary, &view.whole.body);
    let text = |text: &str| html! { (text) };
    let channel = channel(l, &row.channel);
    let sender = view.whole.history.first().map(|line| &line.event.by);
    let sender = sender.filter(|by| matches!(by, Actor::ApiKey(_)));
    let channel = html! {
        (channel) @if let Some(by) = sender { ", " (words::actor(l, view.people, by)) }
    };
    let affected = if row.affected == "organisation" {
        t::case_affected_organisation(l)
    } else {
        t::case_affected_individual(l)
    };
    let suggested = format!(
        "{}, {}",
        words::category(&app.form, l, &body.category, body.subtype.as_deref()),
        words::severity(&app.form, l, body.severity)
    );
    let mut rows = vec![
        Row::new(
            t::queue_state(l),
            html! {
                (words::state_tag(l, &row.state)) " " (words::severity_tag(&app.form, l, row.severity))
                @if row.anonymous { " " (tag(Hue::Grey, t::queue_anonymous(l))) }
                @if row.suspect { " " (tag(Hue::Amber, t::queue_suspect(l))) }
                @if row.wants_help { " " (tag(Hue::Blue, t::queue_help(l))) }
                @if row.held_until.is_some() { " " (tag(Hue::Red, t::hold_held(l))) }
            },
        ),
        Row::new(
            t::case_category(l),
            text(&words::category(
                &app.form,
                l,
                &row.category,
                row.subtype.as_deref(),
            )),
        ),
        Row::new(t::case_suggested(l), text(&suggested)),
        Row::new(
            t::case_assign(l),
            row.assignee.as_ref().map_or_else(
                || text(t::queue_nobody(l)),
                |id| words::person(view.people, id),
            ),
        ),
        Row::new(
            t::case_received(l),
            html! { (page.moment(row.received_at)) " (" (case::age(l, row.received_at, app.clock.now())) ")" },
        ),
        Row::new(t::queue_loss(l), text(&case::loss(app, l, row))),
        Row::new(t::case_affected(l), text(affected)),
        Row::new(
            t::case_language(l),
            text(&words::language(l, &row.language)),
        ),
        Row::new(t::case_channel(l), channel),
    ];
    if let Some(origin) = old::origin(view) {
        rows.push(Row::new(t::old_origin(l), origin));
    }
    if let Some(outcome) = &row.outcome {
        let outcome = words::outcome(&app.form, l, outcome);
        rows.insert(1, Row::new(t::case_outcome(l), text(&outcome)));
    }
    summary_list(l, &rows)
}

/// Links and addresses in what was told are defanged: what can be copied must not open anything by mistake.
fn told(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let sections = view.app.form.show_body(&view.whole.body, l.as_str());
    // Mail answers no questions: what the message says stands among the answers under codes of its own.
    let by_mail = view.whole.body.channel == Channel::Mail;
    let label = |row: &Told| words::mail_part(l, &row.question).filter(|_| by_mail);
    html! {
        h2 { (t::case_answers(l)) }
        @for section in &sections {
            @let mail = section.rows.iter().any(|row| label(row).is_some());
            h3 { @if mail { (t::case_mail_message(l)) } @else { (section.heading) } }
            dl.summary {
                @for row in &section.rows {
                    div {
                        dt { (said_inline(label(row).unwrap_or(&row.label))) }
                        dd { @for value in &row.values { (said(&defang_text(value))) } }
                    }
                }
            }
        }
    }
}

fn losses(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let l = view.officer.page.lang;
    let columns = [
        Column::text(t::case_loss_kind(l)),
        Column::number(t::case_loss_amount(l)),
        Column::text(t::case_loss_date(l)),
        Column::text(t::case_loss_certainty(l)),
        Column::number(t::case_loss_recovered(l)),
    ];
    let form = &view.app.form;
    let row = |loss: &LossItem| {
        let recovered = loss.amount.as_ref().zip(loss.recovered_minor);
        let recovered = recovered.map(|(amount, minor)| cairn_kernel::money::Money {
            minor,
            currency: amount.currency.clone(),
        });
        let unknown = || t::queue_loss_unknown(l).to_owned();
        let amount = loss
            .amount
            .as_ref()
            .map_or_else(unknown, ToString::to_string);
        let date = loss
            .date
            .map_or_else(unknown, |date| form.date_in_words(date, l.as_str()));
        let recovered = recovered.map_or_else(unknown, |money| money.to_string());
        vec![
            html! { (words::loss_kind(l, loss.kind)) },
            html! { (amount) },
            html! { (date) },
            html! { (words::certainty(l, loss.certainty)) },
            html! { (recovered) },
        ]
    };
    let rows: Vec<Vec<Markup>> = view.whole.standing.losses.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h2 { (t::case_losses(l)) }
            (table(t::case_losses(l), &columns, &rows))
            (verifying(view, typed))
        }
    }
}

fn files(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let works = view.officer.who.may(Action::WorkReports);
    let token = token(&view.officer.seen);
    let base = format!("/desk/reports/{}/files/", view.whole.reference);
    html! {
        h2 { (t::case_files(l)) }
        @if view.whole.files.is_empty() {
            p { (t::case_files_none(l)) }
        } @else {
            p { (t::case_files_note(l)) " " (machine(ARCHIVE_PASSWORD)) }
            ul.plain {
                @for file in &view.whole.files {
                    li.card {
                        @if let Some(name) = &file.name { p { (said_inline(name)) } }
                        p { (file.media_type) ", " (size(file.size)) }
                        p { "SHA-256 " (machine(&file.sha256)) }
                        @if works {
                            (form(&format!("{base}{}", file.sha256), Encoding::Pairs, Some(&token), html! {
                                (button(Look::Plain, t::case_files_take(l)))
                            }))
                        }
                    }
                }
            }
        }
    }
}

fn observables(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let found = &view.whole.body.observables;
    let mut kinds: Vec<_> = found.iter().map(|one| one.kind).collect();
    kinds.dedup();
    html! {
        h2 { (t::case_observables(l)) }
        @if found.is_empty() {
            p { (t::case_observables_none(l)) }
        } @else {
            p.hint { (t::case_observables_note(l)) }
            dl.summary {
                @for kind in kinds {
                    div {
                        dt { (words::observable(l, kind)) }
                        dd { @for one in found.iter().filter(|one| one.kind == kind) {
                            div { (observable::link(one)) }
                        } }
                    }
                }
            }
        }
    }
}

fn contact(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let mut rows = Vec::new();
    if let Some(contact) = &view.whole.contact {
        // The address is there to be written to, and is no link; a name is not.
        let name = contact.name.as_deref().map(defang_text);
        for (key, value) in [
            (t::case_contact_name(l), name.as_deref()),
            (t::case_contact_email(l), contact.email.as_deref()),
            (t::case_contact_phone(l), contact.phone.as_deref()),
        ] {
            rows.extend(value.map(|value| Row::new(key, said(value))));
        }
    }
    let consents = &view.whole.standing.consents;
    html! {
        h2 { (t::case_contact(l)) }
        @if rows.is_empty() { p { (t::case_contact_none(l)) } } @else { (summary_list(l, &rows)) }
        h2 { (t::case_consents(l)) }
        @if consents.is_empty() {
            p { (t::case_consents_none(l)) }
        } @else {
            ul {
                @for (code, given) in consents {
                    li {
                        (words::agency(&view.app.form, l, code)) " "
                        @if *given { (tag(Hue::Green, t::case_consent_given(l))) } @else { (tag(Hue::Red, t::case_consent_withdrawn(l))) }
                    }
                }
            }
        }
    }
}

fn mail(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if let Some(mail) = &view.whole.body.mail {
            h2 { (t::case_mail(l)) }
            p.hint { (t::case_mail_note(l)) }
            (summary_list(l, &[
                Row::new(t::case_mail_subject(l), said(&defang_text(&mail.subject))),
                Row::new("DKIM", said(&mail.dkim)),
                Row::new("SPF", said(&mail.spf)),
                Row::new("DMARC", said(&mail.dmarc)),
            ]))
            (openpgp::of_report(view))
        }
    }
}

fn messages(view: &View<'_>, typed: &Typed<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    html! {
        h2 #messages { (t::case_messages(l)) }
        @if !view.whole.has_link && view.whole.body.channel != Channel::Imported {
            (notice(Tone::Warning, "no-link", t::case_no_link(l), html! { p { (t::case_no_link_note(l)) } }))
        }
        @if view.whole.messages.is_empty() { p { (t::case_messages_none(l)) } }
        @for message in &view.whole.messages {
            article.message .ours[message.author.is_some()] {
                p.caption {
                    @match &message.author {
                        Some(id) => (words::author(l, view.people, id)),
                        None => (t::case_from_reporter(l)),
                    }
                    ", " (page.moment(message.at))
                    @if message.waits { " " (tag(Hue::Amber, t::case_waits(l))) }
                    @if view.whole.standing.withdrawn.contains(&message.n) {
                        " " (tag(Hue::Grey, t::undo_withdrawn(l)))
                    } @else if message.author.is_some() && view.app.is_waiting(message.at) {
                        " " (tag(Hue::Blue, t::undo_waiting(l)))
                    }
                    (conversation::of_message(view, message))
                }
                @if message.n <= view.whole.standing.mute {
                    p { (t::case_bare(l)) }
                } @else {
                    (said(&defang_text(&message.text)))
                }
            }
        }
        (conversation::beside(view))
        (openpgp::keys(view, typed))
    }
}

fn history(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let audits = view.officer.who.may(Action::ReadAudit);
    let count = i64::try_from(view.whole.history.len()).unwrap_or_default();
    let columns = words::history_columns(l);
    let rows: Vec<Vec<Markup>> = view
        .whole
        .history
        .iter()
        .rev()
        .zip((1..=count).rev())
        .map(|(line, number)| {
            vec![
                html! { (page.moment(line.event.at)) },
                words::actor(l, view.people, &line.event.by),
                html! {
                    (words::event(view, number, &line.event.change))
                    @if view.undoable.contains(&number) { (hold::button_of(view, number)) }
                },
                html! {
                    @if audits {
                        a href={ "/desk/audit?before=" (line.index.saturating_add(1)) } { (line.index) }
                    } @else {
                        (line.index)
                    }
                },
            ]
        })
        .collect();
    html! {
        h2 { (t::case_history(l)) }
        (table(t::case_history(l), &columns, &rows))
    }
}
