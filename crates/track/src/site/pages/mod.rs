//! The pages, one file each.

pub(crate) mod agencies;
pub(crate) mod changed;
pub(crate) mod changes;
pub(crate) mod community;
pub(crate) mod data;
pub(crate) mod embed;
pub(crate) mod front;
pub(crate) mod goal;
pub(crate) mod gone;
pub(crate) mod initiative;
pub(crate) mod initiatives;
pub(crate) mod measure;
pub(crate) mod measures;
pub(crate) mod method;
pub(crate) mod moved;
pub(crate) mod robust;
pub(crate) mod sources;
pub(crate) mod values;

use super::address::Page;
use super::context::Context;
use super::layout::Body;
use crate::plan::What;

/// What a page says; `None` if the edition has no such page.
pub(crate) fn body(cx: &Context<'_>) -> Option<Body> {
    let edition = cx.edition();
    match cx.page {
        Page::Front => Some(front::body(cx)),
        Page::Method => Some(method::body(cx)),
        Page::Changes => Some(changes::body(cx)),
        Page::Agencies => Some(agencies::body(cx)),
        Page::Measures(at) => measures::body(cx, at),
        Page::Initiatives(at) => initiatives::body(cx, at),
        Page::Data(at) => data::body(cx, at),
        Page::Sources(at) => sources::body(cx, at),
        Page::Community(id) => community::body(cx, id),
        Page::Embed(id) => match cx.report.measure(id) {
            Some(one) => Some(embed::body(cx, one)),
            None => gone::body(cx, What::Measure, id),
        },
        Page::Goal(id) => match edition.goal(id) {
            Some(goal) => Some(goal::body(cx, goal)),
            None => gone::body(cx, What::Goal, id),
        },
        Page::Initiative(id) => match cx.report.initiative(id) {
            Some(one) => Some(initiative::body(cx, one)),
            None => gone::body(cx, What::Initiative, id),
        },
        Page::Measure(id) => match cx.report.measure(id) {
            Some(one) => Some(measure::body(cx, one)),
            None => gone::body(cx, What::Measure, id),
        },
    }
}
