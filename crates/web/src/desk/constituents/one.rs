//! One constituent: what is its own, whom to tell, what happened; and one contact.

use axum::extract::{Path, State};
use cairn_app::App;
use cairn_app::constituent::Whole;
use cairn_app::openpgp::fingerprint_shown;
use cairn_app::smime::{CertificateStanding, certificate_shown};
use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::constituent::{Constituent, Contact, Day, Role, Typed};
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::super::words::{People, actor};
use super::{HOME, clashes, doors, fields, href, words};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Input, Look, Row, Tone, Width, back_link, button,
    button_named, buttons, choice, details, error_summary, file_upload, form, input, machine,
    notice, said_inline, select, stack, summary_list, tag, textarea,
};
use crate::desk::who::{Officer, token};
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

/// Networks, domains and AS numbers of each kind on the page at most.
const ASSETS_SHOWN: usize = 300;

/// What somebody sent that could not be done.
#[derive(Default)]
pub(super) struct Sent {
    pub faults: Vec<Fault>,
    /// Why not, where no field is wrong.
    pub refused: Option<&'static str>,
    pub heading: Option<Typed>,
    pub contact: Option<ContactTyped>,
    pub assets: String,
    pub note: (String, String),
}

/// What the page is made of.
struct View<'a> {
    app: &'a App,
    officer: &'a Officer,
    people: People,
    whole: &'a Whole,
    sent: &'a Sent,
}

pub(super) fn number(no: &str) -> Result<u32> {
    no.parse().map_err(|_| Problem::not_found())
}

/// The page.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(no): Path<String>,
) -> Result<Markup> {
    super::allowed(&officer, Action::ReadReports)?;
    page(&app, &officer, number(&no)?, &Sent::default()).await
}

/// A day, as pages show it.
fn day(view: &View<'_>, day: Day) -> String {
    cairn_kernel::time::day_in_words(view.officer.page.lang.as_str(), day.date())
}

/// The whole page; `sent` is what could not be done.
pub(super) async fn page(app: &App, officer: &Officer, no: u32, sent: &Sent) -> Result<Markup> {
    let l = officer.page.lang;
    let whole = app.constituent(&officer.who, no).await?;
    let view = View {
        app,
        officer,
        people: app.people(&officer.who).await?,
        whole: &whole,
        sent,
    };
    let one = &whole.constituent;
    let exposure = app.exposure(&officer.who, no).await?;
    let tokens = app.pull_tokens(&officer.who, no).await?;
    let tokens = (tokens.as_slice(), app.clock.now());
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, &sent.faults))
        (back_link(l, HOME))
        p.caption { (t::owners_no(l, u64::from(one.no))) }
        h1.told { (said_inline(&one.facts.name)) }
        p.to-work { a href="#work" { (t::owners_work(l)) } }
        @if let Some(why) = sent.refused { (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (why) } })) }
        div.two {
            div {
                (head(&view))
                (people(&view))
                (assets(&view))
                (notes(&view))
                @if let Some(exposure) = &exposure { (crate::desk::explorer::exposure_of(l, no, exposure)) }
                @if !whole.conflicts.is_empty() {
                    h2 #conflicts { (t::owners_conflicts(l)) }
                    (clashes(l, &whole.conflicts, &whole.names))
                }
                (super::pull::part(officer, no, tokens, &sent.faults))
                (history(&view))
            }
            div {
                section.work aria-labelledby="work" {
                    h2 #work { (t::owners_work(l)) }
                    @if officer.who.may(Action::WorkReports) { (work(&view)) }
                    @else { p { (t::case_read_only(l)) } }
                }
            }
        }
    };
    let page = officer.page.clone().faulty(!sent.faults.is_empty());
    Ok(page.render(&one.facts.name, body))
}

fn head(view: &View<'_>) -> Markup {
    let (l, one) = (view.officer.page.lang, &view.whole.constituent);
    let facts = &one.facts;
    let origin = html! {
        @if !one.origin.manual { (t::owners_from(l, one.origin.source.as_str())) " (" (machine(&one.origin.key)) ")" }
        @else if one.origin.source.is_empty() { (t::owners_manual(l)) }
        @else { (t::owners_taken_from(l, one.origin.source.as_str())) " (" (machine(&one.origin.key)) ")" }
    };
    let mut rows = vec![Row::new(t::owners_source(l), origin)];
    if let Some(code) = &facts.sector {
        let name = words::sector(view.app, l, code);
        rows.push(Row::new(t::owners_sector(l), html! { (name) }));
    }
    if let Some(code) = &facts.language {
        rows.push(Row::new(t::owners_language(l), machine(code)));
    }
    if let Some(quiet) = facts.quiet {
        let quiet = quiet.to_string();
        rows.push(Row::new(t::owners_quiet(l), html! { (quiet) }));
    }
    let confirmed = facts.confirmed.map(|at| day(view, at));
    let confirmed = confirmed.unwrap_or_else(|| t::owners_never(l).to_owned());
    rows.push(Row::new(t::owners_confirmed(l), html! { (confirmed) }));
    if let Some(due) = one.due() {
        let late = due <= view.whole.today;
        let when = day(view, due);
        rows.push(Row::new(
            t::owners_due_on(l),
            html! { (when) @if late { " " (tag(Hue::Amber, t::owners_due(l))) } },
        ));
    }
    summary_list(l, &rows)
}

/// What a contact's certificate says, and what is to be minded about it.
fn certificate(view: &View<'_>, one: &Contact) -> Markup {
    let l = view.officer.page.lang;
    let Some(seen) = view.app.contact_certificate(one) else {
        return html! {};
    };
    let own = &seen.certificate;
    let day = |seconds: i64| {
        let at = Micros(seconds.saturating_mul(1_000_000));
        view.officer.page.day(at)
    };
    let minded = match seen.standing {
        CertificateStanding::Good => None,
        CertificateStanding::NotYet => Some(t::owners_certificate_early(l)),
        CertificateStanding::Expired => Some(t::owners_certificate_over(l)),
        CertificateStanding::OtherUse => Some(t::owners_wrong_certificate_use(l)),
        CertificateStanding::Weak => Some(t::owners_wrong_certificate_weak(l)),
    };
    html! {
        div.hint {
            (t::owners_certificate_here(l)) " " (said_inline(&own.subject()))
            @let addresses = own.addresses();
            @if !addresses.is_empty() { ", " (said_inline(&addresses.join(", "))) }
            div { (t::owners_certificate_dates(l, day(own.starts()), day(own.expires()))) }
            div { (t::owners_certificate_print(l)) " " (machine(&certificate_shown(&own.fingerprint()))) }
        }
        @if let Some(minded) = minded { div { (tag(Hue::Red, minded)) } }
        @if !seen.theirs { div { (tag(Hue::Amber, t::owners_certificate_other(l))) } }
    }
}

/// How to reach a contact.
fn reach(view: &View<'_>, one: &Contact) -> Markup {
    let l = view.officer.page.lang;
    html! {
        @if let Some(email) = &one.email { div.told { (said_inline(email)) } }
        @if let Some(phone) = &one.phone { div { (said_inline(phone)) } }
        @if let Some(fingerprint) = &one.fingerprint {
            div.hint {
                @if one.key.is_some() { (t::owners_key_here(l)) } @else { (t::owners_key_named(l)) }
                " " (machine(&fingerprint_shown(fingerprint)))
            }
        }
        (certificate(view, one))
    }
}

/// How a contact stands.
fn standing(view: &View<'_>, one: &Contact) -> Markup {
    let l = view.officer.page.lang;
    let due = view.whole.constituent.contact_due(one);
    html! {
        @if one.disabled { (tag(Hue::Grey, t::owners_disabled(l))) " " }
        @if let Some(at) = one.bounced { (tag(Hue::Red, t::owners_bounced(l))) " " span.hint { (day(view, at)) } " " }
        @match one.confirmed {
            Some(at) => { (tag(Hue::Green, t::owners_confirmed(l))) " " span.hint { (day(view, at)) } }
            None if !one.disabled => (tag(Hue::Grey, t::owners_unconfirmed(l))),
            None => {}
        }
        @if due.is_some_and(|due| due <= view.whole.today) { " " (tag(Hue::Amber, t::owners_due(l))) }
    }
}

fn people(view: &View<'_>) -> Markup {
    let (l, one) = (view.officer.page.lang, &view.whole.constituent);
    let columns = [
        t::owners_contact(l),
        t::owners_reach(l),
        t::owners_standing(l),
    ]
    .map(Column::text);
    let rows = one.contacts.iter().map(|contact| {
        let to = format!("{}/contacts/{}", href(one.no), contact.id);
        vec![
            html! {
                a href=(to) { (words::role(l, contact.role)) span.unseen { " " (t::owners_contact_no(l, u64::from(contact.id))) } }
                @if !contact.name.is_empty() { div { (said_inline(&contact.name)) } }
            },
            reach(view, contact),
            standing(view, contact),
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    html! {
        h2 #contacts { (t::owners_contacts(l)) }
        @if rows.is_empty() { p { (t::owners_contacts_none(l)) } }
        @else { (stack(t::owners_contacts(l), &columns, &rows)) }
    }
}

fn assets(view: &View<'_>) -> Markup {
    let (l, facts) = (view.officer.page.lang, &view.whole.constituent.facts);
    let networks: Vec<String> = facts.networks.iter().map(ToString::to_string).collect();
    let domains: Vec<String> = facts.domains.iter().map(ToString::to_string).collect();
    let asns: Vec<String> = facts.asns.iter().map(|asn| format!("AS{asn}")).collect();
    let listed = |title: &str, all: &[String]| {
        let more = all.len().saturating_sub(ASSETS_SHOWN) as u64;
        html! {
            @if !all.is_empty() {
                h3 { (title) }
                ul { @for one in all.iter().take(ASSETS_SHOWN) { li { (machine(one)) } } }
                @if more > 0 { p { (t::owners_more(l, more)) } }
            }
        }
    };
    html! {
        h2 #assets-all { (t::owners_assets(l)) }
        @if facts.assets() == 0 { p { (t::owners_assets_none(l)) } }
        (listed(t::owners_networks(l), &networks))
        (listed(t::owners_domains(l), &domains))
        (listed(t::owners_asns(l), &asns))
    }
}

fn notes(view: &View<'_>) -> Markup {
    let (l, one) = (view.officer.page.lang, &view.whole.constituent);
    let may = view.officer.who.may(Action::WorkReports) && one.origin.manual;
    html! {
        @if !one.facts.notes.is_empty() {
            h2 #notes { (t::owners_notes(l)) }
            ul.plain {
                @for (at, note) in one.facts.notes.iter().enumerate() {
                    li {
                        p.told { (said_inline(&note.text)) }
                        @if let Some(until) = note.until {
                            p.hint { @if until < view.whole.today { (t::owners_note_over(l, day(view, until))) } @else { (t::owners_note_until(l, day(view, until))) } }
                        }
                        @if may {
                            (deed(view, "drop-note", html! {
                                input type="hidden" name="at" value=(at);
                                (button(Look::Plain, &t::owners_note_remove(l, at as u64 + 1)))
                            }))
                        }
                    }
                }
            }
        }
    }
}

fn history(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    html! {
        h2 #history { (t::owners_history(l)) }
        ul.plain {
            @for event in &view.whole.history {
                @if let AccountChange::ConstituentSet { done, contact, .. } = &event.change {
                    li {
                        (words::step(l, *done, *contact))
                        div.hint { (page.moment(event.at)) ", " (actor(l, &view.people, &event.by)) }
                    }
                }
            }
        }
    }
}

/// A form that does something to it.
fn deed(view: &View<'_>, action: &str, body: Markup) -> Markup {
    act(view.officer, &view.whole.constituent, action, body)
}

fn act(officer: &Officer, one: &Constituent, action: &str, body: Markup) -> Markup {
    let to = format!("{}/{action}", href(one.no));
    let csrf = token(&officer.seen);
    let body = html! {
        input type="hidden" name="version" value=(one.version);
        (body)
    };
    // Fields of a contact have a file among them.
    let encoding = match action {
        "contact" | "contact-change" => Encoding::Files,
        _ => Encoding::Pairs,
    };
    form(&to, encoding, Some(&csrf), body)
}

fn work(view: &View<'_>) -> Markup {
    let (l, one) = (view.officer.page.lang, &view.whole.constituent);
    let leads = view.officer.who.may(Action::ManageConstituents);
    html! {
        @if !one.origin.manual {
            p { (t::owners_imported_note(l)) }
            (deed(view, "take-over", button(Look::Main, t::owners_take_over(l))))
        }
        (deed(view, "confirm", html! {
            p.hint { (t::owners_confirm_note(l)) }
            (button(Look::Plain, t::owners_confirm_all(l)))
        }))
        @if one.origin.manual { (changes(view)) }
        @if leads {
            (details(t::owners_remove(l), html! {
                p { @if one.origin.manual { (t::owners_remove_note(l)) } @else { (t::owners_remove_imported(l)) } }
                (deed(view, "remove", button(Look::Danger, t::owners_remove(l))))
            }))
        }
    }
}

/// What only those that people look after can have done to them.
fn changes(view: &View<'_>) -> Markup {
    let (l, one, sent) = (view.officer.page.lang, &view.whole.constituent, view.sent);
    let faults = &sent.faults;
    let contact = ContactTyped {
        role: Role::Abuse.as_str().to_owned(),
        ..ContactTyped::default()
    };
    let contact = sent.contact.as_ref().unwrap_or(&contact);
    let heading = cairn_desk::constituent::Heading {
        name: one.facts.name.clone(),
        sector: one.facts.sector.clone(),
        language: one.facts.language.clone(),
        quiet: one.facts.quiet,
    };
    let heading = sent.heading.clone().unwrap_or_else(|| heading.typed());
    let (text, until) = (&sent.note.0, &sent.note.1);
    let line = |value, width| Input {
        value,
        autocomplete: Some("off"),
        width,
        ..Input::default()
    };
    html! {
        h3 { (t::owners_assets(l)) }
        (deed(view, "assets", html! {
            (textarea(&Field::new(l, "assets", t::owners_assets_field(l)).hint(t::owners_assets_hint(l)).error_in(faults), &sent.assets, 3, None))
            (buttons(html! {
                (button_named(Look::Plain, "do", "add", t::owners_add(l)))
                (button_named(Look::Plain, "do", "drop", t::owners_drop(l)))
            }))
        }))
        h3 { (t::owners_contact_new(l)) }
        (deed(view, "contact", html! {
            (contact_fields(l, contact, faults))
            (button(Look::Plain, t::owners_contact_add(l)))
        }))
        h3 { (t::owners_note_new(l)) }
        (deed(view, "note", html! {
            (input(&Field::new(l, "text", t::owners_note_text(l)).error_in(faults), &line(text, Width::Full)))
            (input(&Field::new(l, "until", t::owners_note_day(l)).hint(t::owners_day_hint(l)).optional(true).error_in(faults), &line(until, Width::Short)))
            (button(Look::Plain, t::owners_note_add(l)))
        }))
        h3 { (t::owners_change(l)) }
        (deed(view, "head", html! {
            (fields(view.app, l, &heading, faults))
            (button(Look::Plain, t::owners_save(l)))
        }))
    }
}

/// The fields of a contact.
fn contact_fields(l: Lang, typed: &ContactTyped, faults: &[Fault]) -> Markup {
    let line = |value, kind, width| Input {
        value,
        kind,
        autocomplete: Some("off"),
        width,
        ..Input::default()
    };
    let roles = Role::ALL.map(|role| choice(role.as_str(), words::role(l, role)));
    let field = |id: &'static str, label: &'static str| Field::new(l, id, label).error_in(faults);
    html! {
        (select(&field("role", t::owners_role(l)), &roles, Some(&typed.role)))
        (input(&field("who", t::owners_who(l)).hint(t::owners_who_hint(l)).optional(true), &line(&typed.name, "text", Width::Full)))
        (input(&field("email", t::owners_email(l)).optional(true), &line(&typed.email, "email", Width::Full)))
        (input(&field("phone", t::owners_phone(l)).optional(true), &line(&typed.phone, "tel", Width::Half)))
        (input(&field("fingerprint", t::owners_fingerprint(l)).optional(true), &line(&typed.fingerprint, "text", Width::Full)))
        (textarea(&field("key", t::owners_key(l)).hint(t::owners_key_hint(l)).optional(true), &typed.key, 3, None))
        (textarea(&field("certificate", t::owners_certificate(l)).hint(t::owners_certificate_hint(l)).optional(true), &typed.certificate, 3, None))
        (file_upload(&Field::new(l, super::work::CERTIFICATE_FILE, t::owners_certificate_file(l)).hint(t::owners_certificate_file_hint(l)).optional(true), ".pem,.crt,.cer,.der,.p7c", false))
    }
}

/// A contact.
pub(super) async fn contact(
    State(app): State<App>,
    officer: Officer,
    Path((no, id)): Path<(String, String)>,
) -> Result<Markup> {
    super::allowed(&officer, Action::ReadReports)?;
    let at = (number(&no)?, number(&id)?);
    contact_page(&app, &officer, at, &Sent::default()).await
}

fn typed_of(one: &Contact) -> ContactTyped {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    ContactTyped {
        role: one.role.as_str().to_owned(),
        name: one.name.clone(),
        email: text(&one.email),
        phone: text(&one.phone),
        fingerprint: text(&one.fingerprint),
        key: text(&one.key),
        certificate: text(&one.certificate),
    }
}

/// The page of a contact; `sent` is what could not be done.
pub(super) async fn contact_page(
    app: &App,
    officer: &Officer,
    (no, id): (u32, u32),
    sent: &Sent,
) -> Result<Markup> {
    let l = officer.page.lang;
    let whole = app.constituent(&officer.who, no).await?;
    let view = View {
        app,
        officer,
        people: People::default(),
        whole: &whole,
        sent,
    };
    let one = whole
        .constituent
        .contact(id)
        .ok_or_else(Problem::not_found)?;
    let title = t::owners_contact_no(l, u64::from(id));
    let typed = sent.contact.clone().unwrap_or_else(|| typed_of(one));
    let works = officer.who.may(Action::WorkReports);
    let deed = |action: &str, look: Look, text: &str| {
        let body = html! {
            input type="hidden" name="contact" value=(id);
            (button(look, text))
        };
        act(officer, &whole.constituent, action, body)
    };
    let body = html! {
        (doors(officer, HOME))
        (error_summary(l, &sent.faults))
        (back_link(l, &href(no)))
        p.caption { (said_inline(&whole.constituent.facts.name)) }
        h1 { (title) }
        @if let Some(why) = sent.refused { (notice(Tone::Warning, "refused", t::case_refused(l), html! { p { (why) } })) }
        (summary_list(l, &[
            Row::new(t::owners_role(l), html! { (words::role(l, one.role)) @if !one.name.is_empty() { ", " (said_inline(&one.name)) } }),
            Row::new(t::owners_reach(l), reach(&view, one)),
            Row::new(t::owners_standing(l), standing(&view, one)),
        ]))
        @if works {
            (buttons(html! {
                (deed("contact-confirm", Look::Main, t::owners_contact_confirm(l)))
                (deed("contact-bounced", Look::Plain, t::owners_contact_bounced(l)))
                @if one.disabled { (deed("contact-enable", Look::Plain, t::owners_contact_enable(l))) }
                @else { (deed("contact-disable", Look::Plain, t::owners_contact_disable(l))) }
            }))
            @if whole.constituent.origin.manual {
                h2 { (t::owners_contact_change(l)) }
                (act(officer, &whole.constituent, "contact-change", html! {
                    input type="hidden" name="contact" value=(id);
                    (contact_fields(l, &typed, &sent.faults))
                    (button(Look::Main, t::owners_save(l)))
                }))
                h2 { (t::owners_contact_remove(l)) }
                p { (t::owners_contact_remove_note(l)) }
                (deed("contact-remove", Look::Danger, t::owners_contact_remove(l)))
            } @else { p { (t::owners_imported_note(l)) } }
        }
    };
    let page = officer.page.clone().faulty(!sent.faults.is_empty());
    Ok(page.render(&title, body))
}
