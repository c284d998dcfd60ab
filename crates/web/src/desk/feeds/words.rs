//! How machine reports and their sources stand, in words.

use cairn_app::feeds::rows::Arrival;
use cairn_app::feeds::source::SourceView;
use cairn_desk::account::AccountChange;
use cairn_desk::source::{SourceFault, SourceKind};
use maud::{Markup, html};

use crate::components::{Fault, Hue, machine, tag};
use crate::desk::constituents;
use crate::i18n::{Lang, t};

pub(super) const fn way(l: Lang, kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Upload => t::feeds_kind_upload(l),
        SourceKind::Folder => t::feeds_kind_folder(l),
        SourceKind::Mail => t::feeds_kind_mail(l),
        SourceKind::Pull => t::feeds_kind_pull(l),
        SourceKind::Shadowserver => t::feeds_kind_shadowserver(l),
    }
}

/// How a report came.
pub(super) fn came(l: Lang, way: &str) -> &'static str {
    match way {
        "page" => t::feeds_by_page(l),
        "api" => t::feeds_by_api(l),
        "folder" => t::feeds_kind_folder(l),
        "mail" => t::feeds_kind_mail(l),
        "pull" => t::feeds_kind_pull(l),
        _ => t::feeds_by_nobody(l),
    }
}

/// How a source stands.
pub(super) fn standing(l: Lang, view: &SourceView) -> Markup {
    let failed = view
        .last
        .as_ref()
        .is_some_and(|last| last.state == "failed");
    if !view.wanted.live {
        tag(Hue::Grey, t::feeds_off(l))
    } else if view.looked.outcome == "failed" {
        tag(Hue::Red, t::feeds_fails(l))
    } else if view.is_spent() {
        tag(Hue::Amber, t::feeds_spent(l))
    } else if failed {
        tag(Hue::Red, t::feeds_last_failed(l))
    } else if view.waiting > 0 {
        tag(Hue::Blue, &t::feeds_waiting(l, view.waiting))
    } else {
        tag(Hue::Green, t::feeds_fine(l))
    }
}

/// How a report stands.
pub(super) fn state(l: Lang, one: &Arrival) -> Markup {
    match (one.state.as_str(), one.why.as_str()) {
        ("done", _) if one.bad > 0 => tag(Hue::Amber, t::feeds_done_bad(l)),
        ("done", _) => tag(Hue::Green, t::feeds_done(l)),
        ("failed", _) => tag(Hue::Red, t::feeds_failed(l)),
        ("taking", _) => tag(Hue::Blue, t::feeds_taking(l)),
        (_, "quota") => tag(Hue::Amber, t::feeds_waits_quota(l)),
        (_, "lock") => tag(Hue::Blue, t::feeds_waits_lock(l)),
        _ if one.tries > 0 => tag(Hue::Amber, t::feeds_waits_again(l)),
        _ => tag(Hue::Blue, t::feeds_waits(l)),
    }
}

/// What is wrong with a source, at its fields.
pub(super) fn faults(l: Lang, wrong: &[SourceFault]) -> Vec<Fault> {
    let one = |wrong: &SourceFault| Fault {
        field: wrong.field().to_owned(),
        text: match wrong {
            SourceFault::Name => t::feeds_wrong_name(l),
            SourceFault::Code => t::feeds_wrong_code(l),
            SourceFault::CodeTaken => t::feeds_wrong_code_taken(l),
            SourceFault::Format => t::feeds_wrong_format(l),
            SourceFault::File => t::feeds_wrong_file(l),
            SourceFault::Feed => t::feeds_wrong_feed(l),
            SourceFault::Window => t::feeds_wrong_window(l),
            SourceFault::Quota => t::feeds_wrong_quota(l),
            SourceFault::Every => t::feeds_wrong_every(l),
            SourceFault::Address => t::feeds_wrong_address(l),
            SourceFault::Plain => t::feeds_wrong_plain(l),
            SourceFault::Downloads => t::feeds_wrong_downloads(l),
            SourceFault::Key => t::feeds_wrong_key(l),
            SourceFault::Senders => t::feeds_wrong_senders(l),
        }
        .to_owned(),
    };
    wrong.iter().map(one).collect()
}

/// What the audit trail says: the code of what happened, and more of it.
pub(in crate::desk) fn logged(
    l: Lang,
    change: &AccountChange,
) -> Option<(&'static str, Option<Markup>)> {
    Some(match change {
        AccountChange::FeedSourceSet { code, live, .. } => {
            let on = if *live {
                t::hooks_on(l)
            } else {
                t::hooks_off(l)
            };
            ("feed_source_set", Some(html! { (machine(code)) ", " (on) }))
        }
        AccountChange::FeedSourceSecret { source } => {
            ("feed_source_secret", Some(html! { (source) }))
        }
        AccountChange::FeedSourceRemoved { source } => {
            ("feed_source_removed", Some(html! { (source) }))
        }
        AccountChange::FeedReceived { arrival, .. } => (
            "feed_received",
            Some(html! { a href=(super::report_href(*arrival)) { (arrival) } }),
        ),
        AccountChange::FeedReplayed { arrival, .. } => (
            "feed_replayed",
            Some(html! { a href=(super::report_href(*arrival)) { (arrival) } }),
        ),
        _ => return constituents::logged(l, change),
    })
}

/// In words.
pub(in crate::desk) fn kind(l: Lang, kind: &str) -> &'static str {
    match kind {
        "feed_source_set" => t::event_feed_source_set(l),
        "feed_source_secret" => t::event_feed_source_secret(l),
        "feed_source_removed" => t::event_feed_source_removed(l),
        "feed_received" => t::event_feed_received(l),
        "feed_replayed" => t::event_feed_replayed(l),
        _ => t::event_unknown(l),
    }
}
