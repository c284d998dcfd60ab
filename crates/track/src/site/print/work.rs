//! The chapters on what is done, what changed, and where it all comes from.

use cairn_pdf::{Block, Cell, Table};
use maud::html;

use super::Print;
use crate::office::scorecard;
use crate::plan::{InitiativeKind, Visible, What};
use crate::report::InitiativeReport;
use crate::site::address::{Page, ROWS_A_PAGE};
use crate::site::pages::{agencies, changes, community, front, gone, initiative, method, sources};
use crate::site::words as w;
use crate::site::{money, parts};

/// Initiatives that have a section of their own; the others are listed.
const INITIATIVES_MAX: usize = 150;

impl Print<'_, '_> {
    pub(super) fn initiatives(&mut self) {
        let lang = self.lang();
        let all = &self.cx.report.initiatives;
        if all.is_empty() {
            return;
        }
        self.heading(1, w::initiatives(lang));
        if all.len() > INITIATIVES_MAX {
            self.text(w::print_bounded_work(lang, INITIATIVES_MAX, all.len()));
        }
        let kinds = [
            (InitiativeKind::Flagship, w::kind_flagship(lang)),
            (InitiativeKind::Other, w::kind_other(lang)),
            (InitiativeKind::LookingAhead, w::kind_looking(lang)),
        ];
        for (kind, title) in kinds {
            let some = || {
                all.iter()
                    .enumerate()
                    .filter(move |(_, one)| one.initiative.kind == kind)
            };
            if some().next().is_none() {
                continue;
            }
            self.heading(2, title);
            let table = self.work_at_a_glance(title, some().map(|(_, one)| one));
            self.blocks.push(Block::Table(table));
            for (_, one) in some().filter(|(at, _)| *at < INITIATIVES_MAX) {
                self.add(initiative::body(self.cx, one).main, 2);
            }
        }
    }

    /// Owner, steps and money of each.
    fn work_at_a_glance<'r>(
        &self,
        title: &str,
        all: impl Iterator<Item = &'r InitiativeReport<'r>>,
    ) -> Table {
        let cx = self.cx;
        let lang = self.lang();
        let header = [
            w::initiative(lang),
            w::owner(lang),
            w::milestones(lang),
            w::money(lang),
        ];
        let row = |one: &InitiativeReport<'_>| {
            let it = one.initiative;
            let cells = [
                html! { (cx.text(&it.title)) },
                cx.note(&it.owner),
                html! { (parts::steps(lang, one.steps)) },
                html! { (money::summary(lang, &it.budgets)) },
            ];
            let cell = |markup| Cell {
                spans: self.spans(markup),
                ..Cell::default()
            };
            Vec::from(cells.map(cell))
        };
        Table {
            caption: title.to_owned(),
            header: header.map(str::to_owned).into(),
            rows: all.map(row).collect(),
            ..Table::default()
        }
    }

    pub(super) fn claims(&mut self) {
        let lang = self.lang();
        let claims = &self.cx.report.claims;
        let listed = html! {
            h1 { (w::claims(lang)) }
            @if claims.is_empty() { p { (w::claims_none(lang)) } }
            @else {
                p { (w::claims_lead(lang)) }
                ul { @for one in claims { li { (front::claim(self.cx, one)) } } }
            }
        };
        self.add(listed, 0);
    }

    pub(super) fn agencies(&mut self) {
        let lang = self.lang();
        let all = scorecard(self.cx.plan, self.cx.edition(), self.cx.report.as_of);
        if all.is_empty() {
            return;
        }
        let some = all.get(..all.len().min(agencies::AGENCIES_MAX));
        let listed = html! {
            h1 { (w::agencies_title(lang)) }
            p { (w::agencies_lead(lang)) }
            (agencies::table(self.cx, some.unwrap_or_default()))
        };
        self.add(listed, 0);
    }

    /// Pages that communities show to everybody.
    pub(super) fn communities(&mut self) {
        let lang = self.lang();
        let all = self.cx.plan.communities.iter();
        let public = all.filter(|one| one.visible == Visible::Public);
        let bodies: Vec<_> = public
            .filter_map(|one| community::body(self.cx, &one.id))
            .collect();
        if bodies.is_empty() {
            return;
        }
        self.heading(1, w::communities(lang));
        self.text(w::communities_lead(lang));
        for body in bodies {
            self.add(body.main, 1);
        }
    }

    /// What ended and what changed since the edition before.
    pub(super) fn since(&mut self) {
        let lang = self.lang();
        self.heading(1, w::print_since(lang));
        self.heading(2, w::print_ended(lang));
        let gone = gone::all(self.cx.report);
        let bodies = gone.into_iter().filter_map(|page| match page {
            Page::Goal(id) => gone::body(self.cx, What::Goal, id),
            Page::Initiative(id) => gone::body(self.cx, What::Initiative, id),
            Page::Measure(id) => gone::body(self.cx, What::Measure, id),
            _ => None,
        });
        let bodies: Vec<_> = bodies.collect();
        if bodies.is_empty() {
            self.text(w::print_ended_none(lang));
        }
        for body in bodies {
            self.add(body.main, 2);
        }
        self.add(changes::body(self.cx).main, 1);
    }

    pub(super) fn method(&mut self) {
        self.add(method::body(self.cx).main, 0);
    }

    /// All sources as one list.
    pub(super) fn sources(&mut self) {
        let lang = self.lang();
        self.heading(1, w::sources_title(lang));
        self.text(w::sources_lead(lang));
        let pages = self.cx.plan.sources.len().div_ceil(ROWS_A_PAGE).max(1);
        let mut all = Vec::new();
        for body in (0..pages).filter_map(|at| sources::body(self.cx, at)) {
            for block in self.read(body.main, 0) {
                if let Block::List { items, .. } = block {
                    all.extend(items);
                }
            }
        }
        if !all.is_empty() {
            self.blocks.push(Block::List {
                ordered: false,
                items: all,
            });
        }
    }
}
