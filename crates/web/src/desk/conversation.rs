//! Mail on a report's thread, as officers read it: which message came or went by mail, what did not arrive, and what came from
//! somebody else or from a machine, which is held apart.

use cairn_app::report::rows::Message;
use cairn_app::report::{MailRow, SentRow};
use cairn_desk::access::Action;
use cairn_desk::conversation::{Head, Sort};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::case_read::View;
use super::openpgp;
use super::who::token;
use crate::components::{Encoding, Hue, Look, button, form, said, tag};
use crate::i18n::{Lang, t};

/// What a mail is; an agency is told apart.
fn whose(l: Lang, mail: &MailRow, head: Option<&Head>) -> &'static str {
    match (mail.sort, head.and_then(|head| head.referral)) {
        (Sort::Other, Some(_)) => t::mail_sort_agency(l),
        (is, _) => sort(l, is),
    }
}

/// What a mail is, in a few words.
const fn sort(l: Lang, sort: Sort) -> &'static str {
    match sort {
        Sort::Reporter => t::mail_sort_reporter(l),
        Sort::Other => t::mail_sort_other(l),
        Sort::Automatic => t::mail_sort_automatic(l),
        Sort::Bounce => t::mail_sort_bounce(l),
    }
}

/// The same, in the history.
pub(super) fn came(l: Lang, is: Sort) -> Markup {
    html! { (sort(l, is)) }
}

fn head(mail: &MailRow) -> Option<Head> {
    serde_json::from_str(&mail.head).ok()
}

/// Beside a message: that it came by mail, or what became of the mail about it.
pub(super) fn of_message(view: &View<'_>, message: &Message) -> Markup {
    let whole = view.whole;
    if message.author.is_none() {
        let came = whole
            .mails
            .iter()
            .find(|mail| mail.message == Some(message.n));
        return html! { @if let Some(mail) = came { (by_reporter(view, mail)) } };
    }
    let sent = whole
        .sent
        .iter()
        .find(|sent| sent.message == Some(message.n));
    html! { @if let Some(sent) = sent { (went(view, sent)) } }
}

fn by_reporter(view: &View<'_>, mail: &MailRow) -> Markup {
    let l = view.officer.page.lang;
    let head = head(mail);
    let other = head.as_ref().filter(|head| !head.known);
    let other = other.and_then(|head| head.from.as_deref());
    html! {
        " " (tag(Hue::Grey, t::mail_by_mail(l)))
        @if let Some(address) = other {
            br; (t::mail_another_address(l, defang_text(address).as_ref()))
        }
        @if let Some(checks) = head.as_ref().and_then(|head| head.checks.as_ref()) {
            br; (checked(l, checks))
        }
        @if let Some(head) = &head { (openpgp::seals(view, &head.seals)) }
        (take(view, mail))
    }
}

fn checked(l: Lang, [dkim, spf, dmarc]: &[String; 3]) -> String {
    t::mail_checks(l, dkim.as_str(), dmarc.as_str(), spf.as_str())
}

/// When a mail left, and that it did not arrive.
fn went(view: &View<'_>, sent: &SentRow) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    html! {
        br;
        @if sent.notice == "reply" { (t::mail_sent_text(l, page.moment(sent.at))) } @else { (t::mail_sent(l, page.moment(sent.at))) }
        (openpgp::sent(l, sent.seal.as_deref()))
        @if let Some(at) = sent.bounced_at {
            " " (tag(Hue::Red, t::mail_bounced(l))) br;
            (t::mail_bounced_told(l, page.moment(at), why(l, sent.status.as_deref())))
            @if let Some(code) = &sent.status { " " (t::mail_code(l, code.as_str())) }
        }
    }
}

/// The reason behind an enhanced status code (RFC 3463, 3), in plain words.
fn why(l: Lang, status: Option<&str>) -> &'static str {
    let mut parts = status.unwrap_or_default().split('.').skip(1);
    match (parts.next(), parts.next()) {
        (Some("1"), _) => t::mail_why_mailbox(l),
        (Some("2"), Some("3")) | (Some("3"), Some("4")) => t::mail_why_large(l),
        (Some("2"), _) => t::mail_why_full(l),
        (Some("3" | "4"), _) => t::mail_why_way(l),
        (Some("7"), _) => t::mail_why_policy(l),
        _ => t::mail_why_unknown(l),
    }
}

/// The whole message, in an encrypted archive as files are.
fn take(view: &View<'_>, mail: &MailRow) -> Markup {
    let l = view.officer.page.lang;
    let works = view.officer.who.may(Action::WorkReports);
    html! {
        @match &mail.sha256 {
            Some(sha256) if works => {
                (form(
                    &format!("/desk/reports/{}/files/{sha256}", view.whole.reference),
                    Encoding::Pairs,
                    Some(&token(&view.officer.seen)),
                    button(Look::Plain, t::mail_whole(l)),
                ))
            }
            _ => {}
        }
    }
}

/// What is no message of the conversation: others' words, automatic answers, and the mails that no officer wrote.
pub(super) fn beside(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let of = |wanted: &'static [Sort]| -> Vec<&MailRow> {
        let all = view.whole.mails.iter();
        all.filter(|mail| wanted.contains(&mail.sort)).collect()
    };
    let (others, folded) = (of(&[Sort::Other]), of(&[Sort::Automatic, Sort::Bounce]));
    let bare = view.whole.sent.iter().filter(|sent| sent.message.is_none());
    let bare: Vec<&SentRow> = bare.collect();
    html! {
        @if !others.is_empty() {
            h3 #mail-apart { (t::mail_apart(l)) }
            p.hint { (t::mail_apart_note(l)) }
            @for mail in others { (apart(view, mail)) }
        }
        @if !folded.is_empty() {
            details.more {
                summary { (t::mail_automatic(l, folded.len() as u64)) }
                @for mail in folded { (apart(view, mail)) }
            }
        }
        @if !bare.is_empty() {
            div #mails-sent {
                h3 { (t::mail_others(l)) }
                ul {
                    @for sent in bare {
                        li { (notice(l, &sent.notice)) (went(view, sent)) }
                    }
                }
            }
        }
    }
}

fn notice(l: Lang, notice: &str) -> &'static str {
    match notice {
        "news" => t::mail_notice_news(l),
        "reply" => t::mail_notice_reply(l),
        "unreadable" => t::mail_notice_unreadable(l),
        other if other.starts_with("referral ") => t::mail_notice_referral(l),
        _ => t::mail_notice_acknowledge(l),
    }
}

fn apart(view: &View<'_>, mail: &MailRow) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let head = head(mail);
    html! {
        article.message {
            p.caption { (whose(l, mail, head.as_ref())) ", " (page.moment(mail.at)) }
            @if let Some(head) = &head {
                @if let Some(from) = &head.from { (said(from)) }
                @if !head.subject.is_empty() { (said(&defang_text(&head.subject))) }
                @if let Some(checks) = &head.checks { p.hint { (checked(l, checks)) } }
                (openpgp::seals(view, &head.seals))
            }
            @if mail.text.is_empty() { p { (t::mail_erased(l)) } } @else { (said(&defang_text(&mail.text))) }
            (take(view, mail))
        }
    }
}
