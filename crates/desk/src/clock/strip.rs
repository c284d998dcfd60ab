//! The strip of what is due next.

use cairn_kernel::time::Micros;

use super::book::{Audience, Book, Law, Rule, Status};
use super::running::{Clock, End, State};
use super::words::{Left, Words};

/// One clock as a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'b> {
    /// The clock's name.
    pub clock: String,
    /// Code of its rule.
    pub rule_id: String,
    /// Its rule, if the book still has it.
    pub rule: Option<&'b Rule>,
    /// The rule's law, likewise.
    pub law: Option<&'b Law>,
    /// How it stands.
    pub state: State,
    /// Last moment that is in time. Of one that stands still: without the pause that lasts.
    pub due: Micros,
    /// What is left.
    pub left: Left,
    /// Name of the calendar by which to show the time.
    pub calendar: String,
    /// All days off that matter were known; otherwise say that only weekends were looked at.
    pub known: bool,
    words: &'b Words,
}

impl<'b> Line<'b> {
    /// A clock as it stands.
    #[must_use]
    pub fn new(book: &'b Book, clock: &Clock, now: Micros) -> Self {
        let rule = book.rule(&clock.opening.rule);
        let state = clock.state(now);
        let left = match (&clock.end, state) {
            (Some(End::Met { spare, .. }), _) => Left::Met(*spare),
            (Some(End::Missed { late, .. }), _) => Left::Missed(*late),
            (Some(End::Withdrawn { .. }), _) => Left::Withdrawn,
            (None, State::Paused) => Left::Paused,
            (None, State::Overdue) => Left::Late(now.0.saturating_sub(clock.due.0)),
            (None, _) => Left::In(clock.due.0.saturating_sub(now.0)),
        };
        Self {
            clock: clock.id.clone(),
            rule_id: clock.opening.rule.clone(),
            rule,
            law: rule.and_then(|rule| book.law(&rule.law)),
            state,
            due: clock.due,
            left,
            calendar: clock.opening.calendar.clone(),
            known: clock.known,
            words: book.words(),
        }
    }

    /// Title of the rule; its code where the book has lost it.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        self.rule
            .map_or(self.rule_id.as_str(), |rule| rule.title.get(language))
    }

    /// "in 3 h 20 min", "2 days late".
    #[must_use]
    pub fn words(&self, language: &str) -> String {
        self.words.say(language, self.left)
    }

    /// Law and article, and where to read them.
    #[must_use]
    pub fn source(&self) -> Option<(&'b str, &'b str, &'b str)> {
        let (rule, law) = (self.rule?, self.law?);
        let link = if rule.link.is_empty() {
            &law.link
        } else {
            &rule.link
        };
        Some((&law.name, &rule.article, link))
    }

    /// Who must act; the organisation where the book has lost the rule, so that nothing of others looks like ours.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.rule
            .map_or(Audience::Organisation, |rule| rule.audience)
    }

    /// Whether its law binds.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.law.map(|law| law.status)
    }
}

/// What is due next, of the clocks that have not ended: first what is due first, so what is longest overdue leads; what
/// stands still comes last. Of those due at the same moment ours come before those of others, then by name.
#[must_use]
pub fn strip<'b>(book: &'b Book, clocks: &[Clock], now: Micros) -> Vec<Line<'b>> {
    let mut lines: Vec<Line<'b>> = clocks
        .iter()
        .filter(|clock| clock.end.is_none())
        .map(|clock| Line::new(book, clock, now))
        .collect();
    lines.sort_by(|a, b| {
        let key = |line: &Line<'_>| (line.state == State::Paused, line.due, line.audience());
        key(a).cmp(&key(b)).then_with(|| a.clock.cmp(&b.clock))
    });
    lines
}
