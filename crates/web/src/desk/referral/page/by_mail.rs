//! A referral that goes by mail: to whom, for which key, what did not arrive, and what the agency wrote.

use cairn_app::openpgp::fingerprint_shown;
use cairn_app::referral::{AgencyMail, MailRefusal};
use cairn_desk::conversation::Head;
use cairn_desk::mail::sealed::Seal;
use cairn_desk::referral::State;
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::View;
use crate::components::{Hue, Look, Tone, button, machine, notice, said, tag};
use crate::desk::openpgp;
use crate::i18n::{Lang, t};

pub(in crate::desk) const fn words(l: Lang, why: MailRefusal) -> &'static str {
    match why {
        MailRefusal::NoServer => t::referral_mail_no_server(l),
        MailRefusal::NoAddress => t::referral_mail_no_address(l),
        MailRefusal::NoKey => t::referral_mail_no_key(l),
        MailRefusal::BadKey => t::referral_mail_bad_key(l),
        MailRefusal::NoOwnKey => t::referral_mail_no_own(l),
    }
}

fn way<'v>(view: &'v View<'_>) -> Option<&'v Result<AgencyMail, MailRefusal>> {
    view.shown.way.as_ref()
}

/// It goes another way, or nothing is in the way of its mail.
pub(super) fn may_go(view: &View<'_>) -> bool {
    way(view).is_none_or(Result::is_ok)
}

/// Nothing where it goes another way.
pub(super) fn section(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    let Some(way) = way(view) else {
        return html! {};
    };
    let one = &view.shown.record.referral;
    html! {
        section aria-labelledby="agency-mail" {
            h2 #agency-mail { (t::referral_mail(l)) }
            @if one.bounced {
                (notice(Tone::Warning, "bounced", t::referral_bounced(l), html! { p { (t::referral_bounced_note(l)) } }))
            }
            @match way {
                Err(why) if one.state == State::Prepared => {
                    (notice(Tone::Warning, "no-mail", t::referral_mail_refused(l), html! { p { (words(l, *why)) } }))
                }
                Err(_) => {}
                Ok(way) => {
                    p { (t::referral_mail_to(l)) ": " (machine(&way.to)) }
                    @match &way.key {
                        Some(key) => p { (t::referral_mail_key(l)) ": " (machine(&fingerprint_shown(&key.fingerprint()))) },
                        None => p { (t::referral_mail_plain(l)) },
                    }
                }
            }
            (thread(view))
        }
    }
}

/// The reminder that is prepared, to be read before it goes; nothing where the referral goes another way.
pub(super) fn reminder(view: &View<'_>) -> Markup {
    let l = view.officer.page.lang;
    match &view.shown.reminder {
        None => html! {},
        Some(Err(why)) => html! { p.hint { (words(l, *why)) } },
        Some(Ok(reminder)) => html! {
            p { (t::referral_mail_to(l)) ": " (machine(&reminder.way.to)) }
            p {
                @match &reminder.way.key {
                    Some(key) => { (t::referral_mail_key(l)) ": " (machine(&fingerprint_shown(&key.fingerprint()))) }
                    None => (t::referral_mail_plain(l)),
                }
            }
            article.message.ours lang="en" {
                p.caption { (reminder.subject) }
                (said(&reminder.text))
            }
            (view.change("remind", html! {
                p.hint { (t::referral_remind_note(l)) }
                (button(Look::Main, t::referral_remind(l)))
            }))
        },
    }
}

fn thread(view: &View<'_>) -> Markup {
    let (l, page) = (view.officer.page.lang, &view.officer.page);
    let one = &view.shown.record.referral;
    let (came, sent) = view.shown.whole.referral_mails(one.no);
    let key = &view.shown.agency_key;
    let sure = |seal: &Seal| seal.key.is_some() && seal.key == *key;
    html! {
        @if sent.is_empty() { p { (t::referral_mail_none(l)) } } @else {
            ul {
                @for mail in sent {
                    li {
                        (t::mail_sent(l, page.moment(mail.at))) (openpgp::sent(l, mail.seal.as_deref()))
                        @if mail.bounced_at.is_some() { " " (tag(Hue::Red, t::mail_bounced(l))) }
                    }
                }
            }
        }
        @for mail in &came {
            @let head: Option<Head> = serde_json::from_str(&mail.head).ok();
            article.message {
                p.caption {
                    (page.moment(mail.at))
                    @if let Some(head) = &head {
                        @if let Some(from) = &head.from { ", " (defang_text(from)) }
                        (openpgp::seals_of(l, &head.seals, sure))
                    }
                }
                @if let Some(head) = &head { (said(&defang_text(&head.subject))) }
                @if mail.text.is_empty() { p { (t::mail_erased(l)) } } @else { (said(&defang_text(&mail.text))) }
            }
        }
        @if !came.is_empty() { p.hint { (t::referral_mail_record(l)) } }
    }
}
