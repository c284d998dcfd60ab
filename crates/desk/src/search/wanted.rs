//! What a list has to show, in terms of what a store keeps.

use cairn_kernel::observable::Observable;
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use jiff::tz::TimeZone;

use super::{Bound, Codes, Has, Known, Search, What};

/// Stands for "nobody" among account ids.
pub const NOBODY: &str = "-";

/// Codes of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Set {
    /// One of these; empty means any.
    pub any: Vec<String>,
    /// None of these.
    pub none: Vec<String>,
}

impl Set {
    fn side(&mut self, not: bool) -> &mut Vec<String> {
        if not { &mut self.none } else { &mut self.any }
    }

    /// Nothing is asked.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.any.is_empty() && self.none.is_empty()
    }

    /// The one code that is asked for, if it is one.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        match self.any.as_slice() {
            [one] if self.none.is_empty() => Some(one),
            _ => None,
        }
    }
}

/// What is wanted. All of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Folded words, all of which must occur.
    pub words: Vec<String>,
    /// The last of them may be a beginning.
    pub prefix: bool,
    /// Folded words, none of which may occur.
    pub without: Vec<String>,
    /// Phrases as typed; their words are among `words`.
    pub phrases: Vec<String>,
    /// Observables, all of which it must have.
    pub observables: Vec<Observable>,
    /// Observables, none of which it may have.
    pub without_observables: Vec<Observable>,
    /// Category codes.
    pub category: Set,
    /// Sub-type codes.
    pub subtype: Set,
    /// Names of states.
    pub state: Set,
    /// Account ids, or [`NOBODY`].
    pub assignee: Set,
    /// Language codes.
    pub language: Set,
    /// Region codes.
    pub region: Set,
    /// Sector codes.
    pub sector: Set,
    /// `yes`, `no`, `not_known`.
    pub loss: Set,
    /// Severities; empty means any.
    pub severity: Vec<u8>,
    /// Least and most direct financial loss, in the base currency's minor unit. What has no amount is out.
    pub loss_minor: Option<(i64, i64)>,
    /// Came in at or after the first and before the second.
    pub received: (Option<Micros>, Option<Micros>),
    /// Has a loss of any kind, or none is known.
    pub some_loss: Option<bool>,
    /// Has contact details, or has none.
    pub contact: Option<bool>,
    /// Has files, or has none.
    pub files: Option<bool>,
    /// The reporter asked for an answer, or did not.
    pub help: Option<bool>,
    /// Agencies, all of which the reporter agreed to.
    pub consent: Vec<String>,
    /// Agencies, none of which the reporter agreed to.
    pub no_consent: Vec<String>,
    /// Agencies, to all of which it was handed.
    pub referred: Vec<String>,
    /// Agencies, to none of which it was handed.
    pub not_referred: Vec<String>,
    /// States of referrals, or [`super::OVERDUE`]: it has one of these, and none of those.
    pub referral: Set,
    /// Now, where it is asked what is overdue.
    pub late_at: Option<Micros>,
    /// Two filters that cannot both hold.
    pub nothing: bool,
}

impl Wanted {
    fn set(&mut self, codes: Codes) -> &mut Set {
        match codes {
            Codes::Category => &mut self.category,
            Codes::Subtype => &mut self.subtype,
            Codes::State => &mut self.state,
            Codes::Assignee => &mut self.assignee,
            Codes::Language => &mut self.language,
            Codes::Region => &mut self.region,
            Codes::Sector => &mut self.sector,
            Codes::Loss => &mut self.loss,
        }
    }

    fn flag(&mut self, has: Has, not: bool) {
        let flag = match has {
            Has::Contact => &mut self.contact,
            Has::Files => &mut self.files,
            Has::Help => &mut self.help,
            Has::Loss => &mut self.some_loss,
        };
        self.nothing |= *flag == Some(not);
        *flag = Some(!not);
    }

    fn consents(&mut self, not: bool) -> &mut Vec<String> {
        if not {
            &mut self.no_consent
        } else {
            &mut self.consent
        }
    }

    fn agencies(&mut self, not: bool) -> &mut Vec<String> {
        if not {
            &mut self.not_referred
        } else {
            &mut self.referred
        }
    }

    fn observable(&mut self, one: &Observable, not: bool) {
        let list = if not {
            &mut self.without_observables
        } else {
            &mut self.observables
        };
        list.push(one.clone());
    }

    fn referral(&mut self, state: &str, not: bool, now: Micros) {
        if state == super::OVERDUE {
            self.late_at = Some(now);
        }
        add(self.referral.side(not), state);
    }

    fn between(&mut self, from: Option<Micros>, to: Option<Micros>) {
        let (least, most) = &mut self.received;
        *least = (*least).max(from);
        *most = match (*most, to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

fn add(list: &mut Vec<String>, value: &str) {
    if !list.iter().any(|one| one == value) {
        list.push(value.to_owned());
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let folded = fold(text);
    let words: Vec<String> = folded
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

impl Search {
    /// What a list has to show. Without a filter of states, what is closed is left out, as in the queue.
    #[must_use]
    pub fn wanted(&self, known: &Known<'_>, now: Micros, zone: &TimeZone) -> Wanted {
        let mut wanted = Wanted::default();
        let (mut plain, mut levels) = (Vec::new(), None::<Vec<u8>>);
        let (mut states, mut all) = (false, false);
        for term in &self.terms {
            match &term.what {
                What::Word(word) if term.not => wanted.without.extend(words(word)),
                What::Word(word) => plain.extend(words(word)),
                What::Phrase(phrase) => {
                    wanted.words.extend(words(phrase));
                    wanted.phrases.push(phrase.clone());
                }
                What::Codes(Codes::State, values) if values.iter().any(|one| one == "all") => {
                    all = true;
                }
                What::Codes(codes, values) => {
                    states |= *codes == Codes::State;
                    let side = wanted.set(*codes).side(term.not);
                    for value in values {
                        match codes {
                            Codes::Assignee => add(side, known.account(value)),
                            _ => add(side, value),
                        }
                    }
                }
                What::Severity(some) => {
                    let all = known.levels();
                    let some = all.filter(|level| some.contains(level) != term.not);
                    let some: Vec<u8> = some.collect();
                    let both = levels.take().map_or_else(
                        || some.clone(),
                        |before| before.into_iter().filter(|l| some.contains(l)).collect(),
                    );
                    levels = Some(both);
                }
                What::Loss(than, minor) => {
                    let (least, most) = than.range(*minor);
                    let (from, to) = wanted.loss_minor.unwrap_or((i64::MIN, i64::MAX));
                    wanted.loss_minor = Some((from.max(least), to.min(most)));
                }
                What::Received(bound, day) => {
                    let (from, to) = day.span(now, zone);
                    match bound {
                        Bound::Since => wanted.between(Some(from), None),
                        Bound::Before => wanted.between(None, Some(from)),
                        Bound::On => wanted.between(Some(from), Some(to)),
                    }
                }
                What::Has(has) => wanted.flag(*has, term.not),
                What::Consent(agency) => add(wanted.consents(term.not), agency),
                What::Referred(agency) => add(wanted.agencies(term.not), agency),
                What::Referral(state) => wanted.referral(state, term.not, now),
                What::Observable(one) => wanted.observable(one, term.not),
            }
        }
        wanted.prefix = !plain.is_empty();
        wanted.words.extend(plain);
        wanted.nothing |= levels.as_ref().is_some_and(Vec::is_empty);
        wanted.severity = levels.unwrap_or_default();
        if all {
            wanted.state.any.clear();
        } else if !states {
            wanted.state.none.push("closed".to_owned());
        }
        wanted
    }
}

impl Known<'_> {
    /// The id behind `me`, `nobody` or a login.
    fn account<'s>(&'s self, login: &'s str) -> &'s str {
        match login {
            "me" => self.me,
            "nobody" => NOBODY,
            login => self
                .accounts
                .iter()
                .find(|(_, known)| known == login)
                .map_or(login, |(id, _)| id),
        }
    }

    /// Severities that there are.
    pub(super) fn levels(&self) -> impl Iterator<Item = u8> {
        self.taxonomy.severities().iter().map(|one| one.level)
    }
}
