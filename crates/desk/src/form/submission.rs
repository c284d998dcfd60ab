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

use crate::report::{Answer, Certainty, Channel, Draft, FileRef, LossItem, LossKind, PartialDate};

use cairn_kernel::money::{AMOUNT_MINOR_MAX, Money};

use super::draft::Extras;
use super::fault::{Fault, FaultCode, FieldProblem};
use super::json::{self, Json};
use super::model::*;
use super::progress::Progress;
use super::value;

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
const LOSS: [&str; 6] = [
    "kind",
    "amount",
    "date",
    "certainty",
    "paid_by",
    "recovered_minor",
];
const KINDS: [(&str, LossKind); 5] = [
    ("direct_financial", LossKind::DirectFinancial),
    ("data", LossKind::Data),
    ("operational", LossKind::Operational),
    ("reputational", LossKind::Reputational),
    ("technical", LossKind::Technical),
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
                    .with("line", error.line())
                    .with("column", error.column()),
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
            losses_given: false,
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
    losses_given: bool,
    problems: Vec<FieldProblem>,
}

type Fields<'j> = Vec<(std::borrow::Cow<'j, str>, Json<'j>)>;

impl Reader<'_> {
    fn note(&mut self, pointer: String, question: Option<&Question>, fault: impl Into<Fault>) {
        if self.problems.len() < PROBLEMS_MAX {
            let problem =
                self.form
                    .problem(&self.progress.language, pointer, question, &fault.into());
            self.problems.push(problem);
        }
    }

    fn wrong(&mut self, pointer: impl Into<String>, wanted: &str) {
        self.note(
            pointer.into(),
            None,
            Fault::new(FaultCode::WrongType).with("wanted", wanted),
        );
    }

    fn unknown<'k>(
        &mut self,
        pointer: String,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let fault = Fault::new(FaultCode::UnknownField);
        self.note(
            pointer,
            None,
            fault
                .with("value", value::short(name))
                .with("near", value::near(name, known)),
        );
    }

    /// Notes names that come twice; hands out each name's first value, without nulls.
    fn once<'j>(&mut self, at: &str, fields: Fields<'j>) -> Fields<'j> {
        let mut kept: Fields<'j> = Vec::with_capacity(fields.len());
        // Long objects are checked by a set of names, short ones by looking.
        let mut names = std::collections::HashSet::new();
        let long = fields.len() > 32;
        for (name, value) in fields {
            let again = if long {
                !names.insert(name.clone())
            } else {
                kept.iter().any(|(known, _)| *known == name)
            };
            if again {
                self.note(
                    format!("{at}/{}", escaped(&name)),
                    None,
                    FaultCode::Duplicate,
                );
            } else {
                kept.push((name, value));
            }
        }
        kept.retain(|(_, value)| *value != Json::Null);
        kept
    }

    fn top(&mut self, fields: Fields<'_>) {
        for (name, value) in self.once("", fields) {
            match (&*name, value) {
                ("form", Json::Text(form)) => {
                    if form != self.form.name() {
                        let fault =
                            Fault::new(FaultCode::WrongForm).with("wanted", self.form.name());
                        self.note("/form".to_owned(), None, fault);
                    }
                }
                ("language", Json::Text(code)) => {
                    if !self.form.languages.iter().any(|known| *known == code) {
                        let wanted = self.form.languages.join(", ");
                        let fault = Fault::new(FaultCode::UnknownLanguage).with("wanted", wanted);
                        self.note("/language".to_owned(), None, fault);
                    }
                }
                ("anonymous", Json::Bool(value)) => self.anonymous = Some(value),
                ("answers", Json::Object(answers)) => self.answers(answers),
                ("losses", Json::List(losses)) => self.losses(losses),
                ("contact", Json::Object(contact)) => self.contact(contact),
                ("consents", Json::List(consents)) => self.consents(consents),
                ("files", Json::List(files)) => self.files(files),
                (name, _) => match name {
                    "form" | "language" => self.wrong(format!("/{name}"), r#""…""#),
                    "anonymous" => self.wrong("/anonymous", "true / false"),
                    "answers" | "contact" => self.wrong(format!("/{name}"), "{…}"),
                    "losses" | "consents" | "files" => self.wrong(format!("/{name}"), "[…]"),
                    _ => self.unknown(format!("/{}", escaped(name)), name, TOP.into_iter()),
                },
            }
        }
    }

    fn answers(&mut self, answers: Fields<'_>) {
        let form = self.form;
        for (code, given) in self.once("/answers", answers) {
            let Some(question) = form.question(&code) else {
                let known = form
                    .steps
                    .iter()
                    .flat_map(|step| &step.questions)
                    .map(|question| question.code.as_str());
                self.unknown(format!("/answers/{}", escaped(&code)), &code, known);
                continue;
            };
            let elsewhere = match question.kind {
                Kind::Files { .. } | Kind::Consents | Kind::Contact => true,
                Kind::Losses { .. } => !matches!(given, Json::Object(_)),
                _ => false,
            };
            if elsewhere {
                self.unknown(
                    format!("/answers/{code}"),
                    &code,
                    ["losses", "contact", "consents", "files"].into_iter(),
                );
                continue;
            }
            match answer(question, given) {
                Ok(Some(answer)) => {
                    self.progress.answers.insert(code.into_owned(), answer);
                }
                Ok(None) => {}
                Err(fault) => self.note(format!("/answers/{code}"), Some(question), fault),
            }
        }
    }

    fn losses(&mut self, losses: Vec<Json<'_>>) {
        self.losses_given = true;
        let question = self
            .form
            .steps
            .iter()
            .flat_map(|step| &step.questions)
            .find_map(|question| match &question.kind {
                Kind::Losses { items_max, paid_by } => Some((*items_max, paid_by.as_slice())),
                _ => None,
            });
        let (items_max, paid_by) = question.unwrap_or((0, &[]));
        if losses.len() > items_max {
            let fault = Fault::new(FaultCode::TooMany)
                .with("max", items_max)
                .with("count", losses.len());
            self.note("/losses".to_owned(), None, fault);
            return;
        }
        for (index, item) in losses.into_iter().enumerate() {
            let at = format!("/losses/{index}");
            match item {
                Json::Object(fields) => {
                    if let Some(item) = self.loss(&at, fields, paid_by) {
                        self.progress.losses.push(item);
                    }
                }
                _ => self.wrong(at, "{\"kind\": \"direct_financial\", …}"),
            }
        }
    }

    fn loss(&mut self, at: &str, fields: Fields<'_>, paid_by: &[Choice]) -> Option<LossItem> {
        let mut kind = None;
        let mut item = LossItem {
            kind: LossKind::DirectFinancial,
            amount: None,
            date: None,
            certainty: Certainty::Stated,
            paid_by: None,
            recovered_minor: None,
        };
        let before = self.problems.len();
        for (name, given) in self.once(at, fields) {
            let pointer = format!("{at}/{}", escaped(&name));
            match (&*name, given) {
                ("kind", Json::Text(code)) => {
                    kind = KINDS
                        .iter()
                        .find(|(known, _)| *known == code)
                        .map(|(_, kind)| *kind);
                    if kind.is_none() {
                        self.option(
                            pointer.clone(),
                            &code,
                            KINDS.iter().map(|(known, _)| *known),
                        );
                        kind = Some(LossKind::DirectFinancial);
                    }
                }
                ("amount", Json::Object(fields)) => item.amount = self.money(&pointer, fields),
                ("date", Json::Object(fields)) => match date(fields) {
                    Ok(date) => item.date = Some(date),
                    Err(fault) => self.note(pointer, None, fault),
                },
                ("certainty", Json::Text(code)) => match &*code {
                    "stated" => item.certainty = Certainty::Stated,
                    "estimated" => item.certainty = Certainty::Estimated,
                    _ => self.option(pointer, &code, ["stated", "estimated"].into_iter()),
                },
                ("paid_by", Json::Text(code)) => {
                    if paid_by.iter().any(|choice| choice.code == code) {
                        item.paid_by = Some(code.into_owned());
                    } else {
                        self.option(
                            pointer,
                            &code,
                            paid_by.iter().map(|choice| choice.code.as_str()),
                        );
                    }
                }
                ("recovered_minor", Json::Int(minor)) => item.recovered_minor = Some(minor),
                (name, _) => match name {
                    "kind" | "certainty" | "paid_by" => self.wrong(pointer, r#""…""#),
                    "amount" => self.wrong(pointer, r#"{"minor": 125000, "currency": "NZD"}"#),
                    "date" => self.wrong(pointer, r#"{"year": 2026, "month": 3, "day": 27}"#),
                    "recovered_minor" => self.wrong(pointer, "12"),
                    _ => self.unknown(pointer, name, LOSS.into_iter()),
                },
            }
        }
        match kind {
            Some(kind) => item.kind = kind,
            None => self.note(format!("{at}/kind"), None, FaultCode::Required),
        }
        self.recovered(at, &item);
        (self.problems.len() == before).then_some(item)
    }

    /// Whether something at or inside this place was noted already.
    fn noted(&self, pointer: &str) -> bool {
        self.problems
            .iter()
            .any(|problem| problem.pointer.starts_with(pointer))
    }

    fn recovered(&mut self, at: &str, item: &LossItem) {
        let Some(back) = item.recovered_minor else {
            return;
        };
        let fault = match &item.amount {
            _ if back < 0 => FaultCode::NotAmount,
            Some(amount) if back > amount.minor => FaultCode::RecoveredMore,
            None if !self.noted(&format!("{at}/amount")) => FaultCode::NotAmount,
            _ => return,
        };
        self.note(format!("{at}/recovered_minor"), None, fault);
    }

    fn option<'k>(
        &mut self,
        pointer: String,
        code: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) {
        let fault = Fault::new(FaultCode::UnknownOption);
        self.note(
            pointer,
            None,
            fault
                .with("value", value::short(code))
                .with("near", value::near(code, known)),
        );
    }

    fn money(&mut self, at: &str, fields: Fields<'_>) -> Option<Money> {
        let (mut minor, mut currency) = (None, None);
        let before = self.problems.len();
        for (name, given) in self.once(at, fields) {
            match (&*name, given) {
                ("minor", Json::Int(value @ 0..=AMOUNT_MINOR_MAX)) => minor = Some(value),
                ("currency", Json::Text(code)) => currency = Some(code.into_owned()),
                ("minor", _) => self.note(format!("{at}/minor"), None, FaultCode::NotAmount),
                ("currency", _) => self.wrong(format!("{at}/currency"), r#""NZD""#),
                (name, _) => {
                    self.unknown(
                        format!("{at}/{}", escaped(name)),
                        name,
                        ["minor", "currency"].into_iter(),
                    );
                }
            }
        }
        for (name, missing) in [("minor", minor.is_none()), ("currency", currency.is_none())] {
            if missing && self.problems.len() == before {
                self.note(format!("{at}/{name}"), None, FaultCode::Required);
            }
        }
        let (minor, currency) = minor.zip(currency)?;
        let money = Money::new(minor, &currency);
        if money.is_err() {
            let fault =
                Fault::new(FaultCode::UnknownCurrency).with("value", value::short(&currency));
            self.note(format!("{at}/currency"), None, fault);
        }
        money.ok()
    }

    fn contact(&mut self, fields: Fields<'_>) {
        let (mut name, mut email, mut phone) = (None, None, None);
        for (field, given) in self.once("/contact", fields) {
            let slot = match &*field {
                "name" => &mut name,
                "email" => &mut email,
                "phone" => &mut phone,
                _ => {
                    let known = ["name", "email", "phone"].into_iter();
                    self.unknown(format!("/contact/{}", escaped(&field)), &field, known);
                    continue;
                }
            };
            match given {
                Json::Text(text) => *slot = Some(text),
                _ => self.wrong(format!("/contact/{field}"), r#""…""#),
            }
        }
        let text = |given: &Option<std::borrow::Cow<'_, str>>| {
            given.as_deref().unwrap_or_default().to_owned()
        };
        match value::contact(&text(&name), &text(&email), &text(&phone)) {
            Ok(contact) => self.progress.contact = contact,
            Err(faults) => {
                for (field, fault) in faults {
                    self.note(format!("/contact/{field}"), None, fault);
                }
            }
        }
    }

    fn consents(&mut self, consents: Vec<Json<'_>>) {
        for (index, agency) in consents.into_iter().enumerate() {
            let pointer = format!("/consents/{index}");
            let Json::Text(code) = agency else {
                self.wrong(pointer, r#""…""#);
                continue;
            };
            let form = self.form;
            if form.agencies.get(&code).is_none() {
                let near = value::near(
                    &code,
                    form.agencies
                        .all()
                        .iter()
                        .map(|agency| agency.code.as_str()),
                );
                let fault = Fault::new(FaultCode::UnknownAgency)
                    .with("value", value::short(&code))
                    .with("near", near);
                self.note(pointer, None, fault);
            } else if !self.progress.consents.iter().any(|known| *known == code) {
                self.progress.consents.push(code.into_owned());
            }
        }
    }

    fn files(&mut self, files: Vec<Json<'_>>) {
        for (index, file) in files.into_iter().enumerate() {
            let at = format!("/files/{index}");
            let Json::Object(fields) = file else {
                self.wrong(at, r#"{"sha256": "…"}"#);
                continue;
            };
            let (mut sha256, mut name) = (None, None);
            for (field, given) in self.once(&at, fields) {
                match (&*field, given) {
                    ("sha256", Json::Text(hash)) => sha256 = Some(hash.to_ascii_lowercase()),
                    ("name", Json::Text(text)) => name = Some(value::file_name(&text)),
                    ("sha256" | "name", _) => self.wrong(format!("{at}/{field}"), r#""…""#),
                    _ => self.unknown(
                        format!("{at}/{}", escaped(&field)),
                        &field,
                        ["sha256", "name"].into_iter(),
                    ),
                }
            }
            let hash = sha256.filter(|hash| {
                hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            match hash {
                None => self.note(format!("{at}/sha256"), None, FaultCode::NotHash),
                Some(sha256) => {
                    let media_type = "application/octet-stream".to_owned();
                    self.progress.files.push(FileRef {
                        sha256,
                        size: 0,
                        media_type,
                        name,
                    });
                }
            }
        }
    }

    fn draft(mut self) -> Result<Draft, Vec<FieldProblem>> {
        self.choose_anonymous();
        self.choose_losses();
        let form = self.form;
        let walk = form.walk(&self.progress.answers);
        let astray: Vec<_> = self
            .progress
            .answers
            .keys()
            .filter_map(|code| form.places.get(code).zip(form.question(code)))
            .filter(|(place, question)| !walk.asks(**place) && !self.waits(question))
            .map(|(_, question)| question)
            .collect();
        for question in astray {
            self.note(
                format!("/answers/{}", question.code),
                Some(question),
                FaultCode::NotAsked,
            );
        }
        let mut problems = self.problems;
        match form.finish(self.progress, &walk, Channel::Api, Extras::default()) {
            Ok(draft) if problems.is_empty() => Ok(draft),
            Ok(_) => Err(problems),
            Err(more) => {
                let known = |new: &FieldProblem| problems.iter().any(|old| covers(old, new));
                let more: Vec<_> = more.into_iter().filter(|new| !known(new)).collect();
                problems.extend(more);
                problems.truncate(PROBLEMS_MAX);
                Err(problems)
            }
        }
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
        let questions = form.steps.iter().flat_map(|step| &step.questions);
        let anonymous = |choice: &&Choice| choice.flags.contains(&Flag::Anonymous);
        let Some((question, yes)) = questions
            .into_iter()
            .find_map(|asked| Some((asked, asked.kind.options().iter().find(anonymous)?)))
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
                    self.note(
                        "/anonymous".to_owned(),
                        Some(question),
                        FaultCode::Exclusive,
                    );
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
            None if self.losses_given && !self.progress.losses.is_empty() => {
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
                    self.note(format!("/losses/{index}"), None, FaultCode::NotAsked);
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

/// A name as part of a JSON pointer (RFC 6901, section 3).
fn escaped(name: &str) -> std::borrow::Cow<'_, str> {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
    }
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
