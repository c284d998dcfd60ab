//! Codes in words, and events as people read them.

use std::collections::BTreeMap;

use cairn_app::App;
use cairn_app::account::Person;
use cairn_desk::account::AccountChange;
use cairn_desk::form::Form;
use cairn_desk::report::{Certainty, Change, LossKind, Part, State};
use cairn_desk::track::TrackChange;
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::observable::{Kind, defang_text};
use maud::{Markup, html};

use super::case_read::View;
use super::hold::reason;
use super::{agencies, bulk, cluster};
use super::{constituents, conversation, feeds, old, openpgp, referral, tokens};
use crate::components::{Column, Hue, machine, said, said_inline, tag};
use crate::i18n::{Lang, t};

/// Columns of the table of what happened to one record.
pub(super) fn history_columns(l: Lang) -> [Column; 4] {
    [
        t::case_when(l),
        t::case_who(l),
        t::case_what(l),
        t::case_index(l),
    ]
    .map(Column::text)
}

pub(super) type People = BTreeMap<String, Person>;

pub(crate) const fn role(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Officer => t::role_officer(l),
        Role::Lead => t::role_lead(l),
        Role::Administrator => t::role_administrator(l),
        Role::Auditor => t::role_auditor(l),
        Role::Owner => t::role_owner(l),
        Role::Statistician => t::role_statistician(l),
        Role::Publisher => t::role_publisher(l),
        Role::Reviewer => t::role_reviewer(l),
    }
}

pub(super) const fn role_does(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Officer => t::role_officer_does(l),
        Role::Lead => t::role_lead_does(l),
        Role::Administrator => t::role_administrator_does(l),
        Role::Auditor => t::role_auditor_does(l),
        Role::Owner => t::role_owner_does(l),
        Role::Statistician => t::role_statistician_does(l),
        Role::Publisher => t::role_publisher_does(l),
        Role::Reviewer => t::role_reviewer_does(l),
    }
}

pub(super) const fn state(l: Lang, state: State) -> &'static str {
    match state {
        State::Received => t::state_received(l),
        State::Open => t::state_open(l),
        State::Waiting => t::state_waiting(l),
        State::Closed => t::state_closed(l),
    }
}

pub(super) fn state_tag(l: Lang, code: &str) -> Markup {
    match State::parse(code) {
        Some(known) => {
            let hue = match known {
                State::Received => Hue::Blue,
                State::Open => Hue::Grey,
                State::Waiting => Hue::Amber,
                State::Closed => Hue::Green,
            };
            tag(hue, state(l, known))
        }
        None => tag(Hue::Grey, code),
    }
}

pub(super) fn severity(form: &Form, l: Lang, level: u8) -> String {
    let title = form.taxonomy().severity(level);
    title.map_or_else(
        || level.to_string(),
        |severity| format!("{level} {}", severity.title.get(l.as_str())),
    )
}

pub(super) fn severity_tag(form: &Form, l: Lang, level: u8) -> Markup {
    let hue = match level {
        0..=2 => Hue::Red,
        3 | 4 => Hue::Amber,
        _ => Hue::Grey,
    };
    tag(hue, &severity(form, l, level))
}

pub(super) fn category(form: &Form, l: Lang, code: &str, subtype: Option<&str>) -> String {
    let taxonomy = form.taxonomy();
    let title = taxonomy
        .category(code)
        .map_or(code, |category| category.title.get(l.as_str()));
    match subtype {
        Some(sub) => {
            let sub = taxonomy
                .subtype(code, sub)
                .map_or(sub, |entry| entry.title.get(l.as_str()));
            format!("{title} – {sub}")
        }
        None => title.to_owned(),
    }
}

pub(super) fn outcome(form: &Form, l: Lang, code: &str) -> String {
    let known = form.taxonomy().outcome(code);
    known.map_or_else(
        || code.to_owned(),
        |entry| entry.title.get(l.as_str()).to_owned(),
    )
}

pub(super) fn agency(form: &Form, l: Lang, code: &str) -> String {
    let known = form.agencies().get(code);
    known.map_or_else(
        || code.to_owned(),
        |agency| agency.name.get(l.as_str()).to_owned(),
    )
}

pub(super) fn language(l: Lang, code: &str) -> String {
    match Lang::of_tag(code) {
        Some(Lang::En) => t::language_en(l).to_owned(),
        Some(Lang::Mi) => t::language_mi(l).to_owned(),
        None => code.to_owned(),
    }
}

pub(super) const fn loss_kind(l: Lang, kind: LossKind) -> &'static str {
    match kind {
        LossKind::DirectFinancial => t::case_kind_direct_financial(l),
        LossKind::Data => t::case_kind_data(l),
        LossKind::Operational => t::case_kind_operational(l),
        LossKind::Reputational => t::case_kind_reputational(l),
        LossKind::Technical => t::case_kind_technical(l),
    }
}

pub(super) const fn certainty(l: Lang, certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Stated => t::case_certainty_stated(l),
        Certainty::Estimated => t::case_certainty_estimated(l),
        Certainty::Verified => t::case_certainty_verified(l),
    }
}

pub(super) const fn observable(l: Lang, kind: Kind) -> &'static str {
    match kind {
        Kind::Ip => t::kind_ip(l),
        Kind::Domain => t::kind_domain(l),
        Kind::Url => t::kind_url(l),
        Kind::Email => t::kind_email(l),
        Kind::Hash => t::kind_hash(l),
        Kind::Phone => t::kind_phone(l),
        Kind::Wallet => t::kind_wallet(l),
        Kind::Account => t::kind_account(l),
    }
}

/// A report's title, defanged; of one whose words were erased, that they were.
pub(super) fn title(l: Lang, title: &str, bare: bool) -> Markup {
    html! { @if bare { (t::case_bare(l)) } @else { (said_inline(&defang_text(title))) } }
}

/// Kinds of events of reports, as the JSON names them.
pub(super) const REPORT_KINDS: [&str; 24] = [
    "received",
    "reporter_wrote",
    "officer_wrote",
    "file_added",
    "file_taken",
    "assigned",
    "categorised",
    "severity_set",
    "loss_verified",
    "closed",
    "reopened",
    "not_suspect",
    "consent",
    "contact_erased",
    "hold_placed",
    "hold_lifted",
    "erased",
    "undone",
    "referral",
    "ruled",
    "looked",
    "imported",
    "old_number",
    "old_entry",
];

/// Kinds of events of clusters, as the JSON names them, but for `undone`: that is called so among those of reports too.
pub(super) const CLUSTER_KINDS: [&str; 8] = [
    "opened", "joined", "split", "moved", "merged", "decided", "applied", "held",
];

pub(super) fn kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "received" => t::event_received(l),
        "reporter_wrote" => t::event_reporter_wrote(l),
        "officer_wrote" => t::event_officer_wrote(l),
        "file_added" => t::event_file_added(l),
        "file_taken" => t::event_file_taken(l),
        "assigned" => t::event_assigned(l),
        "categorised" => t::event_categorised(l),
        "severity_set" => t::event_severity_set(l),
        "loss_verified" => t::event_loss_verified(l),
        "closed" => t::event_closed(l),
        "reopened" => t::event_reopened(l),
        "not_suspect" => t::event_not_suspect(l),
        "consent" => t::event_consent(l),
        "contact_erased" => t::event_contact_erased(l),
        "hold_placed" => t::event_hold_placed(l),
        "hold_lifted" => t::event_hold_lifted(l),
        "erased" => t::event_erased(l),
        "undone" => t::event_undone(l),
        "referral" => t::event_referral(l),
        "ruled" => t::rules_event_ruled(l),
        "looked" => t::rules_event_looked(l),
        "mail_came" => t::event_mail_came(l),
        "key_came" => t::event_key_came(l),
        "key_judged" => t::event_key_judged(l),
        "imported" => t::event_imported(l),
        "old_number" => t::event_old_number(l),
        "old_entry" => t::event_old_entry(l),
        "case_read" => t::cases_event_read(l),
        _ if kind.starts_with("agency_key_") => agencies::kind(l, kind),
        _ if kind.starts_with("case_") => case_kind(l, kind),
        _ if kind.starts_with("observable_") => observable_kind(l, kind),
        _ if kind.starts_with("handover_") => handover_kind(l, kind),
        _ if kind.starts_with("rule_") => rule_kind(l, kind),
        _ if kind.starts_with("notice_") => super::notices::kind(l, kind),
        "challenge_received" => t::challenge_event_received(l),
        "challenge_released" => t::challenge_event_released(l),
        "challenge_withheld" => t::challenge_event_withheld(l),
        "challenge_answered" => t::challenge_event_answered(l),
        "challenge_corrected" => t::challenge_event_corrected(l),
        "challenge_contact_erased" => t::challenge_event_contact_erased(l),
        "opened" => t::event_cluster_opened(l),
        "joined" => t::event_cluster_joined(l),
        "split" => t::event_cluster_split(l),
        "moved" => t::event_cluster_moved(l),
        "merged" => t::event_cluster_merged(l),
        "decided" => t::event_cluster_decided(l),
        "applied" => t::event_cluster_applied(l),
        "held" => t::event_cluster_held(l),
        _ if kind.starts_with("plan_") => plan_kind(l, kind),
        _ => account_kind(l, kind),
    }
}

/// Kinds of events of accounts, and of what is done beside reports.
fn account_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "retention_accepted" => t::event_retention_accepted(l),
        "account_created" => t::event_account_created(l),
        "signed_in" => t::event_signed_in(l),
        "passkey_added" => t::event_passkey_added(l),
        "passkey_removed" => t::event_passkey_removed(l),
        "passkey_suspect" => t::event_passkey_suspect(l),
        "oidc_connected" => t::event_oidc_connected(l),
        "oidc_disconnected" => t::event_oidc_disconnected(l),
        "password_changed" => t::event_password_changed(l),
        "totp_enrolled" => t::event_totp_enrolled(l),
        "recovery_used" => t::event_recovery_used(l),
        "recovery_renewed" => t::event_recovery_renewed(l),
        "session_ended" => t::event_session_ended(l),
        "role_changed" => t::event_role_changed(l),
        "account_disabled" => t::event_account_disabled(l),
        "account_enabled" => t::event_account_enabled(l),
        "account_reset" => t::event_account_reset(l),
        "api_key_created" => t::event_api_key_created(l),
        "api_key_revoked" => t::event_api_key_revoked(l),
        "report_opened" => t::event_report_opened(l),
        "reports_exported" => t::event_reports_exported(l),
        "bulk_begun" => t::event_bulk_begun(l),
        "bulk_turned" => t::event_bulk_turned(l),
        "cluster_mail" => t::event_cluster_mail(l),
        "view_saved" => t::view_event_saved(l),
        "view_changed" => t::view_event_changed(l),
        "view_deleted" => t::view_event_deleted(l),
        "block_list_exported" => t::obs_event_exported(l),
        _ if kind.starts_with("feed_") => feeds::event(l, kind),
        _ => constituents::kind(l, kind).unwrap_or_else(|| tokens::kind(l, kind)),
    }
}

/// Kinds of events of strategies.
fn plan_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "plan_return_filed" => t::event_plan_return_filed(l),
        "plan_return_accepted" => t::event_plan_return_accepted(l),
        "plan_return_sent_back" => t::event_plan_return_sent_back(l),
        "plan_return_withdrawn" => t::event_plan_return_withdrawn(l),
        "plan_signed_off" => t::event_plan_signed_off(l),
        "plan_published" => t::event_plan_published(l),
        "plan_seat_given" => t::event_plan_seat_given(l),
        "plan_seat_taken" => t::event_plan_seat_taken(l),
        _ => t::event_unknown(l),
    }
}

/// Who wrote a message: a colleague, or the service by a decision for a cluster.
pub(super) fn author(l: Lang, people: &People, id: &str) -> Markup {
    if id == Actor::System.to_string() {
        html! { (t::case_who_system(l)) }
    } else {
        person(people, id)
    }
}

/// Kinds of events of handover notes.
fn handover_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "handover_written" => t::shift_event_written(l),
        "handover_read" => t::shift_event_read(l),
        "handover_withdrawn" => t::shift_event_withdrawn(l),
        "handover_erased" => t::shift_event_erased(l),
        _ => t::event_unknown(l),
    }
}

/// Kinds of events of rules.
fn rule_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "rule_written" => t::rules_event_written(l),
        "rule_tried" => t::rules_event_tried(l),
        "rule_asked" => t::rules_event_asked(l),
        "rule_declined" => t::rules_event_declined(l),
        "rule_on" => t::rules_event_on(l),
        "rule_off" => t::rules_event_off(l),
        "rule_stopped" => t::rules_event_stopped(l),
        "rule_taken_back" => t::rules_event_taken_back(l),
        _ => t::event_unknown(l),
    }
}

/// What a rule did to a report, or asked of a person who has looked.
fn ruled(app: &App, l: Lang, people: &People, what: &Change) -> Markup {
    let link = |rule: i64| html! { a href=(super::rules::href(rule)) { (t::rules_no(l, rule)) } };
    match what {
        Change::Ruled {
            rule,
            version,
            category: sorted,
            severity: level,
            assignee,
            asks,
            opens,
        } => html! {
            (t::rules_event_ruled(l)) ": " (link(*rule)) ", " (t::rules_version(l, u64::from(*version)))
            @if let Some((code, sub)) = sorted { "; " (t::case_category(l)) ": " (category(&app.form, l, code, sub.as_deref())) }
            @if let Some(level) = level { "; " (t::queue_severity(l)) ": " (severity(&app.form, l, *level)) }
            @if let Some(to) = assignee { "; " (t::case_assign(l)) ": " (person(people, to)) }
            @if *opens { "; " (t::rules_opens(l)) }
            @if *asks { "; " (t::rules_asks(l)) }
        },
        Change::Looked { rule } => html! { (t::rules_event_looked(l)) ": " (link(*rule)) },
        Change::OfficerWrote {
            rule: Some(rule), ..
        } => html! { (t::rules_event_wrote(l)) ": " (link(*rule)) },
        _ => html! {},
    }
}

/// Kinds of events of observables.
fn observable_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "observable_named" => t::obs_event_named(l),
        "observable_noted" => t::obs_event_noted(l),
        "observable_block_asked" => t::obs_event_asked(l),
        "observable_block_agreed" => t::obs_event_agreed(l),
        "observable_block_declined" => t::obs_event_declined(l),
        "observable_block_withdrawn" => t::obs_event_withdrawn(l),
        "observable_block_lifted" => t::obs_event_lifted(l),
        _ => t::event_unknown(l),
    }
}

/// Kinds of events of cases.
fn case_kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "case_opened" => t::cases_event_opened(l),
        "case_renamed" => t::cases_event_renamed(l),
        "case_owner_set" => t::cases_event_owner_set(l),
        "case_severity_set" => t::cases_event_severity_set(l),
        "case_label_set" => t::cases_event_label_set(l),
        "case_held" => t::cases_event_held(l),
        "case_closed" => t::cases_event_closed(l),
        "case_reopened" => t::cases_event_reopened(l),
        "case_report_linked" => t::cases_event_report_linked(l),
        "case_report_unlinked" => t::cases_event_report_unlinked(l),
        "case_noted" => t::cases_event_noted(l),
        "case_row_added" => t::cases_event_row_added(l),
        "case_row_struck" => t::cases_event_row_struck(l),
        "case_task_added" => t::cases_event_task_added(l),
        "case_task_set" => t::cases_event_task_set(l),
        "case_task_done" => t::cases_event_task_done(l),
        "case_task_undone" => t::cases_event_task_undone(l),
        "case_file_added" => t::cases_event_file_added(l),
        "case_file_removed" => t::cases_event_file_removed(l),
        "case_file_restored" => t::cases_event_file_restored(l),
        "case_file_taken" => t::cases_event_file_taken(l),
        "case_file_gone" => t::cases_event_file_gone(l),
        "case_asset_added" => t::cases_event_asset_added(l),
        "case_asset_set" => t::cases_event_asset_set(l),
        "case_asset_struck" => t::cases_event_asset_struck(l),
        "case_related" => t::cases_event_related(l),
        "case_unrelated" => t::cases_event_unrelated(l),
        "case_clock" => t::cases_event_clock(l),
        "case_text_erased" => t::cases_event_text_erased(l),
        "case_exported" => t::cases_event_exported(l),
        _ => t::event_unknown(l),
    }
}

/// A colleague or partner by name; an id that is nobody's is shown as it is.
pub(super) fn person(people: &People, id: &str) -> Markup {
    match people.get(id) {
        Some(person) => said_inline(&person.name),
        None => machine(id),
    }
}

pub(super) fn actor(l: Lang, people: &People, by: &Actor) -> Markup {
    match by {
        Actor::Reporter => html! { (t::case_who_reporter(l)) },
        Actor::User(id) => person(people, id),
        Actor::ApiKey(id) => html! { (t::case_who_partner(l)) ": " (person(people, id)) },
        Actor::System => html! { (t::case_who_system(l)) },
    }
}

/// The same, where whoever is no account has challenged a figure.
pub(super) fn challenger(l: Lang, people: &People, by: &Actor) -> Markup {
    match by {
        Actor::Reporter => html! { (t::challenge_who(l)) },
        other => actor(l, people, other),
    }
}

/// Name of a part of a message that came by mail, by its code among the answers.
pub(super) fn mail_part(l: Lang, code: &str) -> Option<&'static str> {
    match code {
        "mail_from" => Some(t::case_mail_from(l)),
        "mail_subject" => Some(t::case_mail_subject(l)),
        "mail_text" => Some(t::case_mail_text(l)),
        _ => None,
    }
}

/// A part of a report that is kept for a time of its own.
pub(super) const fn part(l: Lang, part: Part) -> &'static str {
    match part {
        Part::Contact => t::retention_contact(l),
        Part::Files => t::retention_files(l),
        Part::Text => t::retention_text(l),
    }
}

/// What happened to the report of a page, with what only its other lines say.
pub(super) fn event(view: &View<'_>, number: i64, what: &Change) -> Markup {
    let l = view.officer.page.lang;
    let undone = match what {
        Change::Undone { event, .. } => {
            let at = usize::try_from(*event)
                .ok()
                .and_then(|at| at.checked_sub(1));
            at.and_then(|at| view.whole.history.get(at))
        }
        _ => None,
    };
    html! {
        (change(view.app, l, view.people, what))
        @if let Some(line) = undone { ": " (change(view.app, l, view.people, &line.event.change)) }
        @if let Some(reason) = reason(view, number) { (said(reason)) }
        @if let Some(text) = view.whole.referral_text(number) { (said(&defang_text(text))) }
    }
}

/// What happened to a report.
pub(super) fn change(app: &App, l: Lang, people: &People, change: &Change) -> Markup {
    let form = &app.form;
    let (code, detail) = match change {
        Change::Ruled { .. }
        | Change::Looked { .. }
        | Change::OfficerWrote { rule: Some(_), .. } => return ruled(app, l, people, change),
        Change::Received { .. } => ("received", None),
        Change::ReporterWrote { .. } => ("reporter_wrote", None),
        Change::OfficerWrote { waits, .. } => {
            let waits = waits.then(|| html! { (t::case_waits(l)) });
            ("officer_wrote", waits)
        }
        Change::FileAdded { file } => ("file_added", Some(hash(&file.sha256))),
        Change::FileTaken { sha256 } => ("file_taken", Some(hash(sha256))),
        Change::Assigned { to } => {
            let to = to
                .as_ref()
                .map_or_else(|| html! { (t::queue_nobody(l)) }, |to| person(people, to));
            ("assigned", Some(to))
        }
        Change::Categorised {
            category: code,
            subtype,
        } => {
            let title = category(form, l, code, subtype.as_deref());
            ("categorised", Some(html! { (title) }))
        }
        Change::SeveritySet { severity: level } => {
            ("severity_set", Some(html! { (severity(form, l, *level)) }))
        }
        Change::LossVerified { amount, .. } => {
            ("loss_verified", Some(html! { (amount.to_string()) }))
        }
        Change::Closed { outcome: code } => ("closed", Some(html! { (outcome(form, l, code)) })),
        Change::Reopened => ("reopened", None),
        Change::NotSuspect => ("not_suspect", None),
        Change::Consent {
            agency: code,
            given,
        } => ("consent", Some(consent(form, l, code, *given))),
        Change::ContactErased => ("contact_erased", None),
        Change::HoldPlaced { .. } => ("hold_placed", None),
        Change::HoldLifted { digest: Some(_) } => ("hold_lifted", None),
        Change::HoldLifted { digest: None } => ("hold_lifted", Some(html! { (t::hold_ended(l)) })),
        Change::Erased {
            part: which,
            rule,
            version,
            ..
        } => {
            let detail = html! {
                (part(l, *which)) ", " (t::retention_rule(l)) " " (machine(rule)) ", "
                (t::erased_version(l, i64::from(*version)))
            };
            ("erased", Some(detail))
        }
        Change::Referral { referral: no, step } => {
            let what = referral::step(form, l, *no, step);
            return html! { (what) };
        }
        Change::MailCame { sort, .. } => ("mail_came", Some(conversation::came(l, *sort))),
        Change::KeyCame { .. } => ("key_came", None),
        Change::KeyJudged { word, .. } => ("key_judged", Some(openpgp::judged(l, *word))),
        Change::Imported { .. } | Change::OldNumber { .. } | Change::OldEntry { .. } => {
            return imported(l, change);
        }
        Change::Undone { .. } => ("undone", None),
    };
    html! { (kind(l, code)) @if let Some(detail) = detail { ": " (detail) } }
}

/// What was taken over, and when its source says that it happened.
fn imported(l: Lang, change: &Change) -> Markup {
    let numbered = |source: &str, number: &str| html! { span translate="no" { (source) "#" (said_inline(number)) } };
    match change {
        Change::Imported {
            source,
            number,
            happened,
            ..
        } => html! {
            (t::event_imported(l)) ": " (numbered(source, number)) ", " (t::old_says(l, happened.to_string()))
        },
        Change::OldNumber { source, number } => {
            html! { (t::event_old_number(l)) ": " (numbered(source, number)) }
        }
        Change::OldEntry { happened, sort, .. } => html! {
            (t::event_old_entry(l)) ": " (old::sort(l, *sort)) ", " (t::old_says(l, happened.to_string()))
        },
        _ => html! {},
    }
}

fn consent(form: &Form, l: Lang, code: &str, given: bool) -> Markup {
    let given = if given {
        t::case_consent_given(l)
    } else {
        t::case_consent_withdrawn(l)
    };
    html! { (agency(form, l, code)) ", " (given) }
}

fn hash(sha256: &str) -> Markup {
    let short: String = sha256.chars().take(12).collect();
    machine(&short)
}

fn view_detail(l: Lang, shared: bool) -> Option<Markup> {
    shared.then(|| html! { (t::view_shared(l)) })
}

/// What opened a session, besides a password.
pub(super) fn sign_in_way(l: Lang, way: &str) -> &'static str {
    match way {
        "passkey" => t::passkey_one(l),
        "oidc" => t::oidc_way(l),
        _ => t::signin_password(l),
    }
}

/// What happened to the ways in of an account.
fn way_in(l: Lang, people: &People, change: &AccountChange) -> (&'static str, Option<Markup>) {
    let about = |id: &str| Some(person(people, id));
    match change {
        AccountChange::SignedIn { way, .. } => (
            "signed_in",
            way.as_deref().map(|way| html! { (sign_in_way(l, way)) }),
        ),
        AccountChange::PasskeyAdded { account, .. } => ("passkey_added", about(account)),
        AccountChange::PasskeyRemoved { account, .. } => ("passkey_removed", about(account)),
        AccountChange::PasskeySuspect { account, .. } => ("passkey_suspect", about(account)),
        AccountChange::OidcConnected { account, issuer } => (
            "oidc_connected",
            Some(html! { (person(people, account)) ", " (machine(issuer)) }),
        ),
        AccountChange::OidcDisconnected { account, issuer } => (
            "oidc_disconnected",
            Some(html! { (person(people, account)) ", " (machine(issuer)) }),
        ),
        AccountChange::PasswordChanged { .. } => ("password_changed", None),
        AccountChange::TotpEnrolled { .. } => ("totp_enrolled", None),
        AccountChange::RecoveryUsed { left, .. } => (
            "recovery_used",
            Some(html! { (t::account_codes_left(l, u32::from(*left))) }),
        ),
        AccountChange::RecoveryRenewed { .. } => ("recovery_renewed", None),
        AccountChange::SessionEnded { session, .. } => {
            let all = session.is_none();
            let detail = all.then(|| html! { (t::account_sessions_end(l)) });
            ("session_ended", detail)
        }
        _ => ("", None),
    }
}

/// What somebody took out of the house.
fn exported(app: &App, l: Lang, change: &AccountChange) -> (&'static str, Option<Markup>) {
    match change {
        AccountChange::ReportsExported {
            format,
            category: code,
        } => {
            let what = code.as_ref().map(|code| category(&app.form, l, code, None));
            let detail = html! { (format) @if let Some(what) = what { ", " (what) } };
            ("reports_exported", Some(detail))
        }
        AccountChange::BlockListExported { format, raw, rows } => {
            let form = if *raw {
                t::obs_export_raw(l)
            } else {
                t::obs_export_defanged(l)
            };
            let detail = html! { (format) ", " (form) ", " (rows) };
            ("block_list_exported", Some(detail))
        }
        _ => ("", None),
    }
}

/// What happened to accounts and beside reports.
pub(super) fn account_change(
    app: &App,
    l: Lang,
    people: &People,
    change: &AccountChange,
) -> Markup {
    let about = |id: &str| Some(person(people, id));
    let (code, detail) = match change {
        AccountChange::AccountCreated { account, role: is } => (
            "account_created",
            Some(html! { (person(people, account)) ", " (role(l, *is)) }),
        ),
        AccountChange::SignedIn { .. }
        | AccountChange::PasskeyAdded { .. }
        | AccountChange::PasskeyRemoved { .. }
        | AccountChange::PasskeySuspect { .. }
        | AccountChange::OidcConnected { .. }
        | AccountChange::OidcDisconnected { .. }
        | AccountChange::PasswordChanged { .. }
        | AccountChange::TotpEnrolled { .. }
        | AccountChange::RecoveryUsed { .. }
        | AccountChange::RecoveryRenewed { .. }
        | AccountChange::SessionEnded { .. } => way_in(l, people, change),
        AccountChange::RoleChanged { account, role: is } => (
            "role_changed",
            Some(html! { (person(people, account)) ", " (role(l, *is)) }),
        ),
        AccountChange::AccountDisabled { account } => ("account_disabled", about(account)),
        AccountChange::AccountEnabled { account } => ("account_enabled", about(account)),
        AccountChange::AccountReset { account } => ("account_reset", about(account)),
        AccountChange::ApiKeyCreated { key, agency: code } => {
            let code = code.as_ref().map(|code| agency(&app.form, l, code));
            let of =
                html! { @if let Some(name) = code { ", " (t::keys_agency_of(l)) ": " (name) } };
            (
                "api_key_created",
                Some(html! { (person(people, key)) (of) }),
            )
        }
        AccountChange::ApiKeyRevoked { key } => ("api_key_revoked", about(key)),
        // Which one stands in the trail's own column.
        AccountChange::ReportOpened { .. } => ("report_opened", None),
        AccountChange::CaseRead { no } => ("case_read", Some(html! { (t::cases_one(l, *no)) })),
        AccountChange::ReportsExported { .. } | AccountChange::BlockListExported { .. } => {
            exported(app, l, change)
        }
        AccountChange::BulkBegun { .. } | AccountChange::BulkTurned { .. } => {
            bulk::logged(app, l, people, change)
        }
        AccountChange::ClusterMail { head, stage, .. } => {
            ("cluster_mail", Some(cluster::mail_logged(l, *head, *stage)))
        }
        AccountChange::ViewSaved { shared, .. } => ("view_saved", view_detail(l, *shared)),
        AccountChange::ViewChanged { shared, .. } => ("view_changed", view_detail(l, *shared)),
        AccountChange::ViewDeleted { .. } => ("view_deleted", None),
        AccountChange::RetentionAccepted {
            version, now, soon, ..
        } => {
            let version = t::erased_version(l, i64::from(*version));
            let detail = html! { (version) ", " (t::retention_accepted(l, *now, *soon)) };
            ("retention_accepted", Some(detail))
        }
        _ => feeds::logged(l, change)
            .or_else(|| agencies::logged(app, l, change))
            .unwrap_or_else(|| tokens::logged(l, people, change)),
    };
    html! { (kind(l, code)) @if let Some(detail) = detail { ": " (detail) } }
}

/// What happened to a strategy.
pub(super) fn track_change(l: Lang, people: &People, change: &TrackChange) -> Markup {
    let (code, detail) = match change {
        TrackChange::ReturnFiled { no, owner, .. } => {
            ("plan_return_filed", html! { (no) ", " (owner) })
        }
        TrackChange::ReturnAccepted { no, .. } => ("plan_return_accepted", html! { (no) }),
        TrackChange::ReturnSentBack { no, .. } => ("plan_return_sent_back", html! { (no) }),
        TrackChange::ReturnWithdrawn { no, .. } => ("plan_return_withdrawn", html! { (no) }),
        TrackChange::SignedOff {
            role: is, digest, ..
        } => (
            "plan_signed_off",
            html! { (role(l, *is)) ", " (hash(digest)) },
        ),
        TrackChange::Published {
            version,
            edition,
            manifest,
            ..
        } => (
            "plan_published",
            html! { (edition) ", " (version) ", " (hash(manifest)) },
        ),
        TrackChange::SeatGiven { account, owner, .. } => (
            "plan_seat_given",
            html! { (person(people, account)) ", " (owner) },
        ),
        TrackChange::SeatTaken { account, owner, .. } => (
            "plan_seat_taken",
            html! { (person(people, account)) ", " (owner) },
        ),
    };
    html! { (kind(l, code)) ": " (change.plan()) ", " (detail) }
}
