//! The desk's own navigation.

use cairn_desk::access::Action;
use maud::Markup;

use super::who::Officer;
use crate::components::{Tab, tabs};
use crate::i18n::{Lang, t};

/// Only what this role may see.
pub(super) fn doors(officer: &Officer, current: &str) -> Markup {
    let l: Lang = officer.page.lang;
    let may = |action| officer.who.may(action);
    let (reads, manages) = (may(Action::ReadReports), may(Action::ManageAccounts));
    let keeps = may(Action::ManageRetention);
    let all = [
        ("/desk", t::desk_queue(l), reads),
        ("/desk/shift", t::shift_title(l), reads),
        ("/desk/cases", t::cases_title(l), reads),
        ("/desk/clocks", t::cases_clocks(l), reads),
        ("/desk/clusters", t::cluster_title(l), reads),
        ("/desk/rules", t::rules_title(l), reads),
        ("/desk/observables", t::obs_title(l), reads),
        ("/desk/constituents", t::owners_title(l), reads),
        ("/desk/feeds", t::feeds_title(l), may(Action::ReadFeeds)),
        ("/desk/explorer", t::explorer_title(l), reads),
        ("/desk/notices", t::told_title(l), reads),
        ("/desk/referrals", t::referral_title(l), reads),
        ("/desk/bulk", t::bulk_title(l), reads),
        (
            "/desk/challenges",
            t::challenge_desk(l),
            may(Action::ReadChallenges),
        ),
        (
            "/desk/export",
            t::desk_export(l),
            may(Action::ExportReports),
        ),
        ("/desk/track", t::desk_track(l), may(Action::ReadPlans)),
        ("/desk/accounts", t::desk_accounts(l), manages),
        ("/desk/keys", t::desk_keys(l), manages),
        ("/desk/tokens", t::tokens_title(l), manages),
        ("/desk/webhooks", t::hooks_title(l), manages),
        ("/desk/jobs", t::desk_jobs(l), manages),
        ("/desk/retention", t::retention_title(l), keeps),
        ("/desk/audit", t::desk_audit(l), may(Action::ReadAudit)),
        ("/desk/keyboard", t::kb_title(l), true),
        ("/desk/account", t::desk_account(l), true),
    ];
    let shown: Vec<Tab<'_>> = all
        .into_iter()
        .filter(|(.., allowed)| *allowed)
        .map(|(href, text, _)| Tab {
            href,
            text,
            current: href == current,
        })
        .collect();
    tabs(t::desk_nav(l), &shown)
}
