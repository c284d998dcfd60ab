//! What is wrong in a return, said while its owner can still mend it.

use jiff::civil::Date;
use serde::Serialize;

use super::super::claims::name;
use super::super::due::{DueState, DueWhat, due};
use super::super::owners::{may_file, same_organisation};
use super::super::words as w;
use super::{
    About, CLAIM_CHARS_MAX, EVIDENCE_MAX, Evidence, ID_CHARS_MAX, NAME_CHARS_MAX, Progress,
    REMARK_CHARS_MAX, Return, URL_CHARS_MAX,
};
use crate::plan::{
    Edition, Initiative, Period, Plan, Severity, SourceKind, Status, What, Words, is_address,
};

/// Something in a return that has to be mended, or looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// With an error the return cannot be accepted; a warning asks to look again.
    pub severity: Severity,
    /// A short name for its kind, the same for ever.
    pub code: &'static str,
    /// The field, by its name in JSON: `value`, `done`, `evidence.0.url`.
    pub field: String,
    /// What it is, without a full stop.
    pub what: Words,
    /// How to mend it, without a full stop.
    pub mend: Words,
}

impl Finding {
    /// The return cannot be accepted.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Looks through a return for an edition of a plan, as of a day: errors first, in the order of its fields.
#[must_use]
pub fn check(plan: &Plan, edition: &str, ret: &Return, today: Date) -> Vec<Finding> {
    let mut checking = Checking {
        plan,
        ret,
        today,
        list: Vec::new(),
    };
    checking.whole(edition);
    checking.list.sort_by_key(|finding| finding.severity);
    checking.list
}

/// A return under checking.
pub(super) struct Checking<'r> {
    pub(super) plan: &'r Plan,
    pub(super) ret: &'r Return,
    pub(super) today: Date,
    list: Vec<Finding>,
}

impl Checking<'_> {
    pub(super) fn error(&mut self, code: &'static str, field: &str, what: Words, mend: Words) {
        self.add(Severity::Error, code, field, (what, mend));
    }

    pub(super) fn warn(&mut self, code: &'static str, field: &str, what: Words, mend: Words) {
        self.add(Severity::Warning, code, field, (what, mend));
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        field: &str,
        (what, mend): (Words, Words),
    ) {
        self.list.push(Finding {
            severity,
            code,
            field: field.to_owned(),
            what,
            mend,
        });
    }

    fn whole(&mut self, edition: &str) {
        let ret = self.ret;
        let Some(it) = self.plan.edition(edition) else {
            let what = w::no_edition(short(edition));
            self.error("unknown-edition", "edition", what, w::choose_edition());
            return;
        };
        if ret.edition != edition {
            self.error(
                "other-edition",
                "edition",
                w::other_edition(),
                w::choose_edition(),
            );
        }
        if it.status == Status::Frozen {
            self.error(
                "edition-frozen",
                "edition",
                w::frozen(edition),
                w::begin_next(),
            );
        }
        if !ret.has_fit_id() {
            self.error("bad-id", "id", w::bad_id(), w::slug(ID_CHARS_MAX));
        }
        self.not_ahead("filed", ret.filed);
        self.needed("by", &ret.by, NAME_CHARS_MAX);
        let found = match &ret.about {
            About::Initiative(progress) => self.progress(it, progress),
            About::Measure(figure) => self.figure(it, figure),
            About::Note(remark) => {
                self.words("text", &remark.text, REMARK_CHARS_MAX);
                self.subject(it, remark.what, &remark.id)
            }
            About::Dissent(one) => {
                self.words("text", &one.text, REMARK_CHARS_MAX);
                self.needed("reviewer", &one.reviewer, NAME_CHARS_MAX);
                if let Some(would_say) = &one.would_say {
                    self.words("would_say", would_say, NAME_CHARS_MAX);
                }
                self.subject(it, one.what, &one.id)
            }
        };
        if found {
            self.owner(it);
            self.late(it);
        }
        self.evidence(it);
    }

    /// A day that has come.
    pub(super) fn not_ahead(&mut self, field: &str, day: Date) {
        if day > self.today {
            self.error("future", field, w::on(day, w::future), w::past_day());
        }
    }

    fn subject(&mut self, edition: &Edition, what: What, id: &str) -> bool {
        let there = edition.ids(what).iter().any(|(one, _)| *one == id);
        if !there {
            let what = w::no_subject(short(id));
            self.error("unknown-subject", "id", what, w::choose_other());
        }
        there
    }

    fn owner(&mut self, edition: &Edition) {
        let Some(owners) = may_file(self.plan, edition, &self.ret.about) else {
            return;
        };
        let by = &self.ret.by;
        if by.trim().is_empty() || owners.iter().any(|one| same_organisation(one, by)) {
            return;
        }
        let mend = if owners.is_empty() {
            w::nobody_files()
        } else {
            w::any_of(&owners, w::owners_are)
        };
        self.error("not-owner", "by", w::not_owner(short(by)), mend);
    }

    fn progress(&mut self, edition: &Edition, it: &Progress) -> bool {
        let Some(initiative) = edition.initiative(&it.id) else {
            let what = w::no_initiative(short(&it.id));
            self.error("unknown-initiative", "id", what, w::choose_other());
            return false;
        };
        self.words("claim", &it.claim, CLAIM_CHARS_MAX);
        if it.milestone.is_some() && it.action.is_some() {
            self.error("two-steps", "action", w::two_steps(), w::one_step());
        }
        let step = self.step(initiative, it);
        if let Some(done) = it.done {
            self.not_ahead("done", done);
            if let Some(due) = step.0.filter(|due| due.end() < done) {
                let what = w::on(due.end(), w::done_late);
                self.warn("done-late", "done", what, w::late_is_shown());
            }
            if let Some(before) = step.1.filter(|one| Period::of_day(done) != Some(*one)) {
                self.warn("done-before", "done", w::was_done(before), w::done_again());
            }
            if done > edition.as_of {
                let what = w::on(edition.as_of, w::unseen_by);
                self.warn("after-as-of", "done", what, w::move_day());
            }
        }
        true
    }

    /// When the step that a return is about is due, and when it was done.
    fn step(&mut self, initiative: &Initiative, it: &Progress) -> (Option<Period>, Option<Period>) {
        let mut found = (None, None);
        if let Some(id) = &it.milestone {
            match initiative.milestones.iter().find(|one| one.id == *id) {
                Some(one) => found = (Some(one.due), one.done),
                None => {
                    let what = w::no_milestone(short(id));
                    self.error("unknown-milestone", "milestone", what, w::choose_step());
                }
            }
        }
        if let Some(id) = &it.action {
            match initiative.actions.iter().find(|one| one.id == *id) {
                Some(one) => found = (one.due, one.done),
                None => {
                    let what = w::no_action(short(id));
                    self.error("unknown-action", "action", what, w::choose_step());
                }
            }
        }
        found
    }

    /// What the return is about was due before today.
    fn late(&mut self, edition: &Edition) {
        let (what, initiative, id, period) = match &self.ret.about {
            About::Note(_) | About::Dissent(_) => return,
            About::Measure(it) => {
                let period: Option<Period> = it.period.trim().parse().ok();
                (DueWhat::Measure, None, &it.id, period)
            }
            About::Initiative(it) => match (&it.milestone, &it.action) {
                (Some(id), _) => (DueWhat::Milestone, Some(&it.id), id, None),
                (None, Some(id)) => (DueWhat::Action, Some(&it.id), id, None),
                (None, None) => (DueWhat::Initiative, Some(&it.id), &it.id, None),
            },
        };
        let all = due(self.plan, &edition.id, self.today);
        let late = all.iter().find(|one| {
            (one.what, one.initiative.as_ref(), &one.id) == (what, initiative, id)
                && one.period == period
                && one.state == DueState::Overdue
        });
        if let Some(one) = late {
            self.warn("late", "filed", w::on(one.by, w::late), w::file_now());
        }
    }

    fn evidence(&mut self, edition: &Edition) {
        let ret = self.ret;
        let said = matches!(ret.about, About::Initiative(_) | About::Measure(_));
        if ret.evidence.is_empty() && said {
            self.error(
                "no-evidence",
                "evidence",
                w::no_evidence(),
                w::add_evidence(),
            );
        }
        if ret.evidence.len() > EVIDENCE_MAX {
            let what = w::too_many(EVIDENCE_MAX);
            self.error("too-many", "evidence", what, w::choose_best());
        }
        for (at, one) in ret.evidence.iter().enumerate().take(EVIDENCE_MAX) {
            self.source(&format!("evidence.{at}"), one);
        }
        if ret.evidence.is_empty() || !said {
            return;
        }
        let linked = |one: &Evidence| one.url.as_deref().is_some_and(is_address);
        if !ret.evidence.iter().any(linked) {
            self.warn("no-link", "evidence", w::no_link(), w::add_link());
        }
        if matches!(ret.about, About::Initiative(_)) && self.is_own_word(edition) {
            self.warn("own-word", "evidence", w::own_word(), w::add_other());
        }
    }

    fn source(&mut self, field: &str, one: &Evidence) {
        let at = |name: &str| format!("{field}.{name}");
        self.needed(&at("title"), &one.title, NAME_CHARS_MAX);
        self.needed(&at("publisher"), &one.publisher, NAME_CHARS_MAX);
        self.optional(&at("file"), one.file.as_ref(), NAME_CHARS_MAX);
        if let Some(url) = &one.url {
            let count = url.chars().count();
            if count > URL_CHARS_MAX {
                let what = w::too_long(count, URL_CHARS_MAX);
                self.error("too-long", &at("url"), what, w::shorten());
            } else if !is_address(url) {
                self.error("bad-url", &at("url"), w::bad_url(), w::write_url());
            }
        }
        let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        if one.sha256.as_deref().is_some_and(|hash| !is_hash(hash)) {
            self.error("bad-hash", &at("sha256"), w::bad_hash(), w::write_hash());
        }
        if let Some(day) = one.retrieved {
            self.not_ahead(&at("retrieved"), day);
        }
        if let Some(published) = one.published {
            self.not_ahead(&at("published"), published.first_day());
        }
    }

    /// Every source is by the owner, a co-owner, or who files it, and is no data set.
    fn is_own_word(&self, edition: &Edition) -> bool {
        let owners = may_file(self.plan, edition, &self.ret.about).unwrap_or_default();
        let own: Vec<String> = owners
            .iter()
            .chain([&self.ret.by])
            .map(|one| name(one))
            .collect();
        self.ret.evidence.iter().all(|one| {
            let data = matches!(
                one.kind,
                Some(SourceKind::Dataset | SourceKind::Derived | SourceKind::Secondary)
            );
            !data && own.contains(&name(&one.publisher))
        })
    }
}

/// At most 60 characters of what was written.
pub(super) fn short(text: &str) -> String {
    crate::plan::fault::short(text)
}
