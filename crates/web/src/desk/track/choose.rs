//! The first step of a return: what it is on.

use cairn_track::office::returns::About;
use cairn_track::plan::Plan;
use maud::{Markup, html};

use super::words;
use crate::i18n::{Lang, t};

/// Everything that who looks may file on, by kind, as links.
pub(super) fn page(l: Lang, id: &str, plan: &Plan, topics: &[(About, Vec<String>)]) -> Markup {
    let href = |about: &About| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("item", &words::key(about));
        format!("/desk/track/{id}/returns/new?{}", query.finish())
    };
    let list = |title: &str, wanted: &dyn Fn(&About) -> bool| {
        let found: Vec<&About> = topics
            .iter()
            .map(|(about, _)| about)
            .filter(|about| wanted(about))
            .collect();
        html! {
            @if !found.is_empty() {
                h2 { (title) }
                ul { @for about in found { li { a href=(href(about)) { (words::about(l, plan, about).1) } } } }
            }
        }
    };
    let step = |about: &About, milestone: bool| match about {
        About::Initiative(it) => {
            if milestone {
                it.milestone.is_some()
            } else {
                it.action.is_some()
            }
        }
        _ => false,
    };
    html! {
        p.lead { (t::office_choose_lead(l)) }
        @if topics.is_empty() { p { (t::office_no_seats(l)) } }
        (list(t::office_choose_measures(l), &|about| matches!(about, About::Measure(_))))
        (list(t::office_choose_milestones(l), &|about| step(about, true)))
        (list(t::office_choose_actions(l), &|about| step(about, false)))
        (list(t::office_choose_initiatives(l), &|about| {
            matches!(about, About::Initiative(it) if it.milestone.is_none() && it.action.is_none())
        }))
    }
}
