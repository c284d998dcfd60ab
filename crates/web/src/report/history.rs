//! What happened to a report, in plain words. Officers have no names here.

use cairn_app::App;
use cairn_app::report::Whole;
use cairn_desk::report::{Change, Part};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;

use crate::i18n::{Lang, t};

/// Moments and words, oldest first. What is only the officers' business is not among them.
pub(super) fn lines(app: &App, whole: &Whole, lang: Lang) -> Vec<(Micros, String)> {
    app.reporter_told(whole)
        .into_iter()
        .filter_map(|event| {
            let words = match &event.change {
                Change::ContactErased if event.by != Actor::Reporter => {
                    Some(t::status_contact_over(lang).to_owned())
                }
                change => words(app, change, lang),
            };
            Some((event.at, words?))
        })
        .collect()
}

fn words(app: &App, change: &Change, lang: Lang) -> Option<String> {
    let l = lang.as_str();
    let taxonomy = app.form.taxonomy();
    Some(match change {
        Change::Received { .. } => t::status_received(lang).to_owned(),
        Change::ReporterWrote { .. } => t::status_you_wrote(lang).to_owned(),
        Change::OfficerWrote { waits: true, .. } => t::status_officer_asked(lang).to_owned(),
        Change::OfficerWrote { .. } => t::status_officer_wrote(lang).to_owned(),
        Change::FileAdded { .. } => t::status_file_added(lang).to_owned(),
        Change::FileTaken { .. } => t::status_file_taken(lang).to_owned(),
        Change::Categorised { category, .. } => {
            let title = taxonomy.category(category).map(|known| known.title.get(l));
            t::status_sorted(lang, title.unwrap_or(category.as_str()))
        }
        Change::Closed { outcome } => {
            let title = taxonomy.outcome(outcome).map(|known| known.title.get(l));
            t::status_closed(lang, title.unwrap_or(outcome.as_str()))
        }
        Change::Reopened => t::status_reopened(lang).to_owned(),
        Change::Consent { agency, given } => {
            let name = app
                .form
                .agencies()
                .get(agency)
                .map(|known| known.name.get(l));
            let name = name.unwrap_or(agency.as_str());
            if *given {
                t::status_consent_given(lang, name)
            } else {
                t::status_consent_withdrawn(lang, name)
            }
        }
        Change::ContactErased => t::status_contact_erased(lang).to_owned(),
        Change::Erased { part, .. } => match part {
            Part::Contact => t::status_contact_over(lang),
            Part::Files => t::status_files_over(lang),
            Part::Text => t::status_text_over(lang),
        }
        .to_owned(),
        Change::Assigned { .. } => t::status_taken(lang).to_owned(),
        Change::SeveritySet { .. }
        | Change::NotSuspect
        | Change::LossVerified { .. }
        | Change::HoldPlaced { .. }
        | Change::HoldLifted { .. }
        | Change::Referral { .. }
        | Change::Ruled { .. }
        | Change::Looked { .. }
        | Change::MailCame { .. }
        | Change::KeyCame { .. }
        | Change::KeyJudged { .. }
        | Change::Imported { .. }
        | Change::OldNumber { .. }
        | Change::OldEntry { .. }
        | Change::Undone { .. } => return None,
    })
}
