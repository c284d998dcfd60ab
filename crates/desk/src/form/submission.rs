//! A report as one JSON document, for the API.
//!
//! ```json
//! {
//!   "form": "nz@1", "language": "en", "anonymous": false,
//!   "answers": {
//!     "who": "me", "phishing_did": ["clicked"], "users_affected": 12,
//!     "when": {"year": 2026, "month": 3}, "channel": {"not_known": true}
//!   },
//!   "losses": [{"kind": "direct_financial", "amount": {"minor": 125000, "currency": "NZD"}}],
//!   "contact": {"email": "a@example.org"}, "consents": ["police"], "files": [{"sha256": "…"}]
//! }
//! ```
//!
//! Only `answers` must be there. `null` is as if the field were absent. Questions of the form whose answers lie elsewhere
//! (losses, files, consents, contact) are not in `answers`; the choice to stay anonymous may be given as `anonymous`,
//! and the kinds of loss follow from `losses` where they are not answered.

mod at;
mod items;

use std::borrow::Cow;

use crate::report::{Answer, Channel, Draft, PartialDate};

use super::draft::Extras;
use super::fault::{Fault, FaultCode, FieldProblem};
use super::json::{self, Json};
use super::model::*;
use super::progress::Progress;
use super::value;

use at::At;

/// Most bytes of one document.
pub const JSON_BYTES_MAX: usize = 400_000;
/// Most problems that one answer lists.
pub const PROBLEMS_MAX: usize = 100;

const TOP: [&str; 8] = [
    "form",
    "language",
    "anonymous",
    "answers",
    "losses",
    "contact",
    "consents",
    "files",
];

impl Form {
    /// Reads a report from JSON. Files are named by hash only: their size, type and existence are for the caller to
    /// look up, never to be taken from here.
    ///
    /// # Errors
    /// Every problem of the document at once (at most [`PROBLEMS_MAX`]), with JSON pointers, in the document's language.
    pub fn parse_json(&self, body: &[u8]) -> Result<Draft, Vec<FieldProblem>> {
        let whole = |fault: Fault| vec![self.problem("", String::new(), None, &fault)];
        if body.len() > JSON_BYTES_MAX {
            return Err(whole(
                Fault::new(FaultCode::BodyTooLarge).with("max", JSON_BYTES_MAX),
            ));
        }
        let document = json::read(body).map_err(|error| {
            whole(
                Fault::new(FaultCode::NotJson)
                    .with("line", error.line)
                    .with("column", error.column),
            )
        })?;
        let Json::Object(fields) = document else {
            return Err(whole(
                Fault::new(FaultCode::WrongType).with("wanted", "{\"answers\": {…}}"),
            ));
        };
        let language = fields.iter().find_map(|(name, value)| match value {
            Json::Text(code) if name == "language" => Some(self.language(code)),
            _ => None,
        });
        let mut reader = Reader {
            form: self,
            progress: self.begin(language.unwrap_or_default()),
            anonymous: None,
            problems: Vec::new(),
        };
        reader.top(fields);
        reader.draft()
    }
}

struct Reader<'f> {
    form: &'f Form,
    progress: Progress,
    anonymous: Option<bool>,
    problems: Vec<FieldProblem>,
}

type Fields<'j> = Vec<(Cow<'j, str>, Json<'j>)>;

impl Reader<'_> {
    fn note(&mut self, at: At<'_>, question: Option<&Question>, fault: impl Into<Fault>) {
        if self.problems.len() < PROBLEMS_MAX {
            let language = &self.progress.language;
            self.problems.push(self.form.problem(
                language,
                at.to_string(),
                question,
                &fault.into(),
            ));
        }
    }

    fn wrong(&mut self, at: At<'_>, wanted: &str) {
        self.note(
            at,
            None,
            Fault::new(FaultCode::WrongType).with("wanted", wanted),
        );
    }

    /// Notes a name or code that is not among the known ones.
    fn unknown<'k>(
        &mut self,
        at: At<'_>,
        code: FaultCode,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        if self.problems.len() < PROBLEMS_MAX {
            let fault = Fault::new(code)
                .with("value", value::short(name))
                .with("near", value::near(name, known));
            self.note(at, None, fault);
        }
    }

    /// Notes names that come twice; hands out each name's first value, without nulls.
    fn once<'j>(&mut self, at: At<'_>, mut fields: Fields<'j>) -> Fields<'j> {
        let earlier =
            |index: usize, name: &str| fields.iter().take(index).any(|(known, _)| known == name);
        let again = fields
            .iter()
            .enumerate()
            .filter(|(index, (name, _))| earlier(*index, name));
        let double: Vec<String> = again.map(|(_, (name, _))| name.to_string()).collect();
        for name in double {
            self.note(at.key(&name), None, FaultCode::Duplicate);
            let mut first = true;
            fields.retain(|(known, _)| *known != name || std::mem::take(&mut first));
        }
        fields.retain(|(_, value)| *value != Json::Null);
        fields
    }

    fn top(&mut self, fields: Fields<'_>) {
        for (name, value) in self.once(At::Root, fields) {
            let at = At::Root;
            let at = at.key(&name);
            match (&*name, value) {
                ("form", Json::Text(form)) => {
                    if form != self.form.name() {
                        self.note(
                            at,
                            None,
                            Fault::new(FaultCode::WrongForm).with("wanted", self.form.name()),
                        );
                    }
                }
                ("language", Json::Text(code)) => {
                    if !self.form.languages.iter().any(|known| *known == code) {
                        let wanted = self.form.languages.join(", ");
                        self.note(
                            at,
                            None,
                            Fault::new(FaultCode::UnknownLanguage).with("wanted", wanted),
                        );
                    }
                }
                ("anonymous", Json::Bool(value)) => self.anonymous = Some(value),
                ("answers", Json::Object(answers)) => self.answers(at, answers),
                ("losses", Json::List(losses)) => self.losses(at, losses),
                ("contact", Json::Object(contact)) => self.contact(at, contact),
                ("consents", Json::List(consents)) => self.consents(at, consents),
                ("files", Json::List(files)) => self.files(at, files),
                (name, _) => match name {
                    "form" | "language" => self.wrong(at, r#""…""#),
                    "anonymous" => self.wrong(at, "true / false"),
                    "answers" | "contact" => self.wrong(at, "{…}"),
                    "losses" | "consents" | "files" => self.wrong(at, "[…]"),
                    _ => self.unknown(at, FaultCode::UnknownField, name, TOP.into_iter()),
                },
            }
        }
    }

    fn answers(&mut self, at: At<'_>, answers: Fields<'_>) {
        let form = self.form;
        for (code, given) in self.once(at, answers) {
            let at = at.key(&code);
            let Some(question) = form.question(&code) else {
                let known: Vec<_> = form
                    .questions()
                    .map(|question| question.code.as_str())
                    .collect();
                self.unknown(at, FaultCode::UnknownField, &code, known.into_iter());
                continue;
            };
            let elsewhere = match question.kind {
                Kind::Files { .. } | Kind::Consents | Kind::Contact => true,
                Kind::Losses { .. } => !matches!(given, Json::Object(_)),
                _ => false,
            };
            if elsewhere {
                let places = ["losses", "contact", "consents", "files"].into_iter();
                self.unknown(at, FaultCode::UnknownField, &code, places);
                continue;
            }
            match answer(question, given) {
                Ok(Some(answer)) => {
                    self.progress.answers.insert(code.into_owned(), answer);
                }
                Ok(None) => {}
                Err(fault) => self.note(at, Some(question), fault),
            }
        }
    }

    fn draft(mut self) -> Result<Draft, Vec<FieldProblem>> {
        self.choose_anonymous();
        self.choose_losses();
        let form = self.form;
        let walk = form.walk(&self.progress.answers);
        let reading = form.read(&self.progress, &walk);
        if walk.astray > 0 {
            let answered = self
                .progress
                .answers
                .keys()
                .filter_map(|code| form.find(code));
            let astray: Vec<_> = answered
                .filter(|(place, question)| !walk.asks(*place) && !self.waits(question))
                .map(|(_, question)| question)
                .collect();
            for question in astray {
                let at = At::Root;
                let at = at.key("answers");
                self.note(at.key(&question.code), Some(question), FaultCode::NotAsked);
            }
        }
        let mut problems = self.problems;
        if problems.is_empty() {
            return form.build(self.progress, reading, Channel::Api, Extras::default());
        }
        let known = |new: &FieldProblem| problems.iter().any(|old| covers(old, new));
        let more: Vec<_> = reading
            .problems
            .into_iter()
            .filter(|new| !known(new))
            .collect();
        problems.extend(more);
        problems.truncate(PROBLEMS_MAX);
        Err(problems)
    }

    /// Whether a question is not asked only because an answer that leads to it is missing or wrong itself.
    fn waits(&self, question: &Question) -> bool {
        let form = self.form;
        let open =
            |asked: &Question| asked.required && !self.progress.answers.contains_key(&asked.code);
        let step = form.step_of(&question.code);
        let conditions = step
            .iter()
            .flat_map(|step| &step.show_if)
            .chain(&question.show_if);
        conditions.into_iter().any(|condition| match &condition.on {
            On::Answer { question, .. } => form.question(question).is_some_and(open),
            On::Flag(flag) => form
                .steps
                .iter()
                .flat_map(|step| &step.questions)
                .any(|asked| {
                    open(asked)
                        && asked
                            .kind
                            .options()
                            .iter()
                            .any(|choice| choice.flags.contains(flag))
                }),
        })
    }

    /// `anonymous`, or else the want of contact details, answers the question for it where `answers` does not.
    fn choose_anonymous(&mut self) {
        let form = self.form;
        let anonymous = |choice: &&Choice| choice.flags.contains(&Flag::Anonymous);
        let asked = form.anonymity.and_then(|place| form.at(place));
        let Some((question, yes)) =
            asked.and_then(|asked| Some((asked, asked.kind.options().iter().find(anonymous)?)))
        else {
            return;
        };
        let no = question
            .kind
            .options()
            .iter()
            .find(|choice| !choice.flags.contains(&Flag::Anonymous));
        match (self.progress.answers.get(&question.code), self.anonymous) {
            (Some(answer), Some(wanted)) => {
                if (*answer == Answer::Text(yes.code.clone())) != wanted {
                    let at = At::Root;
                    self.note(at.key("anonymous"), Some(question), FaultCode::Exclusive);
                }
            }
            (Some(_), None) => {}
            (None, wanted) => {
                let choice = if wanted == Some(true) { Some(yes) } else { no };
                if let Some(choice) = choice {
                    self.progress
                        .answers
                        .insert(question.code.clone(), Answer::Text(choice.code.clone()));
                }
            }
        }
    }

    /// The kinds of loss follow from `losses` where `answers` does not say them; where it does, both must agree.
    fn choose_losses(&mut self) {
        let form = self.form;
        let mut questions = form.steps.iter().flat_map(|step| &step.questions);
        let Some(question) = questions.find(|question| question.role == Some(Role::Loss)) else {
            return;
        };
        let options = question.kind.options();
        match self.progress.answers.get(&question.code) {
            None if !self.progress.losses.is_empty() => {
                let kinds: Vec<_> = self.progress.losses.iter().map(|item| item.kind).collect();
                let codes = options
                    .iter()
                    .filter(|choice| choice.loss.is_some_and(|kind| kinds.contains(&kind)))
                    .map(|choice| choice.code.clone())
                    .collect();
                self.progress
                    .answers
                    .insert(question.code.clone(), Answer::Choices(codes));
            }
            None => {}
            Some(answer) => {
                let kinds: Vec<_> = super::suggest::chosen(question, answer)
                    .filter_map(|choice| choice.loss)
                    .collect();
                let astray = self
                    .progress
                    .losses
                    .iter()
                    .position(|item| !kinds.contains(&item.kind));
                if let Some(index) = astray {
                    let at = At::Root;
                    let at = at.key("losses");
                    self.note(at.index(index), None, FaultCode::NotAsked);
                }
            }
        }
    }
}

/// Whether a problem already says what another would: at the same place, or inside it.
fn covers(old: &FieldProblem, new: &FieldProblem) -> bool {
    let rest = old.pointer.strip_prefix(new.pointer.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn answer(question: &Question, given: Json<'_>) -> Result<Option<Answer>, Fault> {
    let wrong = || Err(Fault::new(FaultCode::WrongType).with("wanted", value::wanted(question)));
    if let Json::Object(fields) = &given
        && question.not_known
        && let [(name, Json::Bool(true))] = fields.as_slice()
        && name == "not_known"
    {
        return Ok(Some(Answer::NotKnown));
    }
    match (&question.kind, given) {
        (Kind::Choice { .. }, Json::Text(code)) => value::choice(question, &code),
        (Kind::Choices { .. }, Json::List(items)) => {
            let mut codes = Vec::with_capacity(items.len());
            for item in items {
                match item {
                    Json::Text(code) => codes.push(code),
                    _ => return wrong(),
                }
            }
            // An empty list says "none of these" where that is an option.
            let none = question
                .kind
                .options()
                .iter()
                .find(|choice| choice.exclusive);
            match (codes.is_empty(), none) {
                (true, Some(none)) => Ok(Some(Answer::Choices(vec![none.code.clone()]))),
                _ => value::choices(question, codes.iter().map(|code| &**code)),
            }
        }
        (
            Kind::Text { .. } | Kind::LongText { .. } | Kind::Observables { .. },
            Json::Text(text),
        ) => value::text(question, &text),
        (Kind::Number { .. }, Json::Int(number)) => value::number(question, number).map(Some),
        (Kind::Number { .. }, Json::Number) => Err(FaultCode::NotNumber.into()),
        (Kind::Date, Json::Object(fields)) => date(fields).map(|date| Some(Answer::Date(date))),
        _ => wrong(),
    }
}

fn date(fields: Fields<'_>) -> Result<PartialDate, Fault> {
    let (mut year, mut month, mut day) = (None, None, None);
    for (name, given) in fields {
        match (&*name, given) {
            ("year", Json::Int(value)) => {
                year = Some(i16::try_from(value).map_err(|_| not_date())?)
            }
            ("month", Json::Int(value)) => {
                month = Some(i8::try_from(value).map_err(|_| not_date())?)
            }
            ("day", Json::Int(value)) => day = Some(i8::try_from(value).map_err(|_| not_date())?),
            ("month" | "day", Json::Null) => {}
            _ => return Err(not_date()),
        }
    }
    let year = year.ok_or_else(|| Fault::from(FaultCode::DateNeedsYear))?;
    value::date(PartialDate { year, month, day }, None)
}

fn not_date() -> Fault {
    FaultCode::NotDate.into()
}
