//! Partner agencies: how packages reach them, and the OpenPGP keys that they go sealed to. A lead brings a key, and in a second step says
//! that its fingerprint was compared by another road.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use cairn_app::App;
use cairn_app::openpgp::{Standing, fingerprint_shown};
use cairn_app::referral::{AgencyShown, ShownKey};
use cairn_app::report::AppError;
use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::who::{Officer, Sent, token};
use super::words::{self, People};
use super::{Need, Route, at, doors, referral};
use crate::components::{
    Column, Encoding, Fault, Field, Hue, Look, Tone, back_link, button, checkbox, error_summary,
    form, machine, notice, stack, tag, textarea,
};
use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result};

const DAY_SECONDS: i64 = 24 * 3_600;

/// Every route of partner agencies.
pub(super) fn routes() -> Vec<Route> {
    let (g, p) = (Method::GET, Method::POST);
    let read = Need::May(Action::ReadReports);
    let leads = Need::May(Action::ManageAgencies);
    vec![
        at(g.clone(), "/desk/agencies", read, get(list)),
        at(g, "/desk/agencies/{agency}", read, get(show)),
        at(
            p.clone(),
            "/desk/agencies/{agency}/keys",
            leads,
            post(bring),
        ),
        at(
            p.clone(),
            "/desk/agencies/{agency}/keys/{n}/confirm",
            leads,
            post(confirm),
        ),
        at(
            p,
            "/desk/agencies/{agency}/keys/{n}/drop",
            leads,
            post(drop),
        ),
    ]
}

/// How a key stands, in words; of one that ends soon, when.
fn stands(l: Lang, key: &ShownKey) -> Markup {
    let (hue, text) = match (key.standing, key.ends_in) {
        (Standing::Expired, _) => (Hue::Red, t::pgp_key_expired(l).to_owned()),
        (Standing::Revoked, _) => (Hue::Red, t::pgp_key_revoked(l).to_owned()),
        (Standing::CannotEncrypt, _) => (Hue::Red, t::pgp_key_weak(l).to_owned()),
        (Standing::Good, Some(left)) => {
            let days = left / DAY_SECONDS;
            (Hue::Amber, t::agency_key_ends_in(l, days))
        }
        (Standing::Good, None) => return html! {},
    };
    tag(hue, &text)
}

/// Keys that end soon or have ended, for who reads the list of referrals; and those that wait to be compared.
pub(super) async fn worries(app: &App, officer: &Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let all = app.agencies(&officer.who).await?;
    let some: Vec<&AgencyShown> = all
        .iter()
        .filter(|one| one.worry().is_some() || one.waits())
        .collect();
    Ok(html! {
        @if !some.is_empty() {
            (notice(Tone::Warning, "agency-keys", t::agency_keys_care(l), html! {
                ul {
                    @for one in some {
                        li {
                            a href={ "/desk/agencies/" (one.agency) } { (words::agency(&app.form, l, &one.agency)) } " "
                            @if let Some(key) = one.worry() { (stands(l, key)) }
                            @if one.waits() { " " (tag(Hue::Blue, t::agency_key_waits(l))) }
                        }
                    }
                }
            }))
        }
    })
}

/// What an event of a key is called.
pub(super) fn kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "agency_key_came" => t::event_agency_key_came(l),
        "agency_key_confirmed" => t::event_agency_key_confirmed(l),
        _ => t::event_agency_key_dropped(l),
    }
}

/// What happened to a key, for the trail: its kind and more.
pub(super) fn logged(
    app: &App,
    l: Lang,
    change: &AccountChange,
) -> Option<(&'static str, Option<Markup>)> {
    let (code, agency, print) = match change {
        AccountChange::AgencyKeyCame {
            agency,
            fingerprint,
            ..
        } => ("agency_key_came", agency, Some(fingerprint)),
        AccountChange::AgencyKeyConfirmed {
            agency,
            fingerprint,
            ..
        } => ("agency_key_confirmed", agency, Some(fingerprint)),
        AccountChange::AgencyKeyDropped { agency, .. } => ("agency_key_dropped", agency, None),
        _ => return None,
    };
    let detail = html! {
        (words::agency(&app.form, l, agency))
        @if let Some(print) = print { ", " (machine(&fingerprint_shown(print))) }
    };
    Some((code, Some(detail)))
}

/// All of them.
pub(super) async fn list(State(app): State<App>, officer: Officer) -> Result<Markup> {
    let l = officer.page.lang;
    let all = app.agencies(&officer.who).await?;
    let columns = [
        t::agency_one(l),
        t::agency_mail(l),
        t::agency_key(l),
        t::agency_key_state(l),
    ]
    .map(Column::text);
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|one| {
            let used = one.keys.iter().find(|key| key.in_use);
            vec![
                html! { a href={ "/desk/agencies/" (one.agency) } { (words::agency(&app.form, l, &one.agency)) } },
                html! { @match &one.mail { Some(mail) => (machine(mail)), None => (t::agency_no_mail(l)) } },
                html! {
                    @match used {
                        Some(key) => (machine(&fingerprint_shown(&key.key.fingerprint()))),
                        None => (t::agency_no_key(l)),
                    }
                },
                html! {
                    @if let Some(key) = used { (stands(l, key)) }
                    @if one.waits() { " " (tag(Hue::Blue, t::agency_key_waits(l))) }
                },
            ]
        })
        .collect();
    let body = html! {
        (doors(&officer, "/desk/referrals"))
        (back_link(l, "/desk/referrals"))
        h1 { (t::agency_title(l)) }
        p { (t::agency_lead(l)) }
        (stack(t::agency_title(l), &columns, &rows))
    };
    Ok(officer.page.render(t::agency_title(l), body))
}

/// One of them.
pub(super) async fn show(
    State(app): State<App>,
    officer: Officer,
    Path(agency): Path<String>,
) -> Result<Markup> {
    page(&app, &officer, &agency, ("", &[])).await
}

async fn page(
    app: &App,
    officer: &Officer,
    agency: &str,
    (typed, faults): (&str, &[Fault]),
) -> Result<Markup> {
    let l = officer.page.lang;
    let one = app.agency(&officer.who, agency).await?;
    let people = app.people(&officer.who).await?;
    let name = words::agency(&app.form, l, agency);
    let leads = officer.who.may(Action::ManageAgencies);
    let body = html! {
        (doors(officer, "/desk/referrals"))
        (error_summary(l, faults))
        (back_link(l, "/desk/agencies"))
        h1 { (name) }
        p {
            (t::agency_mail(l)) ": "
            @match &one.mail { Some(mail) => (machine(mail)), None => (t::agency_no_mail(l)) }
        }
        @if let Some(why) = one.refusal {
            (notice(Tone::Warning, "no-mail", t::referral_mail_refused(l), html! { p { (referral::mail_refusal(l, why)) } }))
        }
        h2 #keys { (t::agency_keys(l)) }
        p { (t::agency_keys_note(l)) }
        @if one.keys.is_empty() { p { (t::agency_no_key(l)) } }
        @for key in &one.keys { (shown(officer, &people, (agency, key), leads, faults)) }
        @if leads {
            h2 #bring { (t::agency_key_bring(l)) }
            (bringing(officer, agency, typed, faults))
        }
    };
    let page = officer.page.clone().faulty(!faults.is_empty());
    Ok(page.render(&name, body))
}

fn shown(
    officer: &Officer,
    people: &People,
    (agency, key): (&str, &ShownKey),
    leads: bool,
    faults: &[Fault],
) -> Markup {
    let (l, page) = (officer.page.lang, &officer.page);
    let who = |by: &str| words::person(people, by.rsplit(':').next().unwrap_or_default());
    let row = key.row.as_ref();
    let dropped = row.is_some_and(|row| row.known.dropped.is_some());
    let print = fingerprint_shown(&key.key.fingerprint());
    html! {
        article.message {
            p { (machine(&print)) }
            p {
                @if key.in_use { (tag(Hue::Green, t::agency_key_in_use(l))) " " }
                @if row.is_some_and(|row| row.known.waits()) { (tag(Hue::Blue, t::agency_key_waits(l))) " " }
                @if dropped { (tag(Hue::Grey, t::pgp_key_dropped(l))) " " }
                (stands(l, key))
            }
            p.hint {
                (key.key.user_ids().join(", "))
                @if let Some(end) = key.key.expires() {
                    ", " (t::agency_key_until(l, page.moment(Micros(end.saturating_mul(1_000_000)))))
                }
            }
            @match row {
                None => p.caption { (t::agency_key_data(l)) },
                Some(row) => p.caption {
                    (t::pgp_key_pasted(l, page.moment(row.at))) " " (who(&row.doer))
                    @if let Some((at, by)) = row.known.confirmed.zip(row.confirmed_by.as_deref()) {
                        ", " (t::pgp_key_confirmed_by(l, page.moment(at))) " " (who(by))
                    }
                    @if let Some((at, by)) = row.known.dropped.zip(row.dropped_by.as_deref()) {
                        ", " (t::agency_key_dropped_by(l, page.moment(at))) " " (who(by))
                    }
                },
            }
            @if let Some(row) = row.filter(|_| leads && !dropped) {
                (judging(officer, (agency, row.known.n), &print, row.known.waits(), faults))
            }
        }
    }
}

fn judging(
    officer: &Officer,
    (agency, n): (&str, u32),
    print: &str,
    waits: bool,
    faults: &[Fault],
) -> Markup {
    let l = officer.page.lang;
    let token = token(&officer.seen);
    let to = |deed: &str| format!("/desk/agencies/{agency}/keys/{n}/{deed}");
    let name = format!("compared-{n}");
    let compared =
        Field::new(l, &name, t::agency_key_compared(l)).hint(t::agency_key_compared_hint(l));
    html! {
        @if waits {
            (form(&to("confirm"), Encoding::Pairs, Some(&token), html! {
                input type="hidden" name="fingerprint" value=(print);
                (checkbox(&compared.error_in(faults), "1", false))
                (button(Look::Main, t::agency_key_confirm(l)))
            }))
        }
        (form(&to("drop"), Encoding::Pairs, Some(&token), html! {
            button.linklike type="submit" { (t::agency_key_drop(l)) span.unseen { " " (print) } }
        }))
    }
}

fn bringing(officer: &Officer, agency: &str, typed: &str, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let field = Field::new(l, "key", t::pgp_paste(l))
        .hint(t::agency_key_bring_hint(l))
        .error_in(faults);
    form(
        &format!("/desk/agencies/{agency}/keys"),
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        html! {
            (textarea(&field, typed, 8, None))
            (button(Look::Plain, t::agency_key_bring(l)))
        },
    )
}

async fn answered(
    (app, sent, agency): (&App, &Sent, &str),
    done: Result<(), AppError>,
    field: &str,
) -> Result<Response> {
    let l = sent.officer.page.lang;
    let text = match done {
        Ok(()) => {
            let to = format!("/desk/agencies/{agency}#keys");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AppError::Input(_)) if field == "key" => t::agency_key_unusable(l),
        Err(AppError::Input(_)) => t::agency_key_other(l),
        Err(other) => return Err(other.into()),
    };
    let fault = Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    };
    let typed = sent.form.get("key").unwrap_or_default();
    let page = page(app, &sent.officer, agency, (typed, &[fault])).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Brings a key.
pub(super) async fn bring(
    State(app): State<App>,
    Path(agency): Path<String>,
    sent: Sent,
) -> Result<Response> {
    let text = sent.form.get("key").unwrap_or_default();
    let done = app.bring_agency_key(&sent.officer.who, &agency, text).await;
    answered((&app, &sent, &agency), done, "key").await
}

/// The fingerprint was compared.
pub(super) async fn confirm(
    State(app): State<App>,
    Path((agency, n)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response> {
    let n: u32 = n.parse().map_err(|_| Problem::not_found())?;
    let who = &sent.officer.who;
    let field = format!("compared-{n}");
    let print = sent.form.get("fingerprint").unwrap_or_default();
    if who.may(Action::ManageAgencies) && sent.form.get(&field).is_none() {
        let first = Err(AppError::Input("compare it first".into()));
        return answered((&app, &sent, &agency), first, &field).await;
    }
    let done = app.confirm_agency_key(who, (&agency, n), print).await;
    answered((&app, &sent, &agency), done, &field).await
}

/// A key goes out of use.
pub(super) async fn drop(
    State(app): State<App>,
    Path((agency, n)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response> {
    let n: u32 = n.parse().map_err(|_| Problem::not_found())?;
    let done = app.drop_agency_key(&sent.officer.who, (&agency, n)).await;
    answered((&app, &sent, &agency), done, "keys").await
}
