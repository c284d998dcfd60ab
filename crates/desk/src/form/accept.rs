//! Taking what was typed on one page, and giving it back for showing it again.

use crate::report::{Answer, Certainty, Contact, LossItem, LossKind, PartialDate};

use cairn_kernel::money::{Money, MoneyError};

use super::bag::FieldBag;
use super::fault::{Fault, FaultCode, FieldError};
use super::model::*;
use super::progress::{Progress, Rejected};
use super::value;

/// In which language to say what is wrong, and which day it is for the reporter.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Language of the messages.
    pub language: &'a str,
    /// Today in the form's country; dates after tomorrow are refused. `None` refuses none.
    pub today: Option<PartialDate>,
}

/// What was wrong on a page. The progress keeps the input as typed, for showing it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepErrors {
    /// Every fault of the page, in the order of its fields; never empty.
    pub errors: Vec<FieldError>,
    /// The progress with nothing changed but [`Progress::rejected`].
    pub progress: Progress,
}

/// What one question got.
enum Taken {
    Answer(Option<Answer>),
    Losses(Vec<LossItem>),
    Consents(Vec<String>),
    Contact(Contact),
    Nothing,
}

/// Faults by the rest of the field's name behind the question's code.
type Faults = Vec<(String, Fault)>;

impl Form {
    /// Takes what was typed on a step: all of its answers, or none and every fault. An unknown step changes nothing.
    ///
    /// # Errors
    /// Every fault of the page at once; see [`FieldBag`]'s module for the names of fields.
    pub fn accept(
        &self,
        step: &str,
        fields: &FieldBag,
        progress: &Progress,
        asked: Asked<'_>,
    ) -> Result<Progress, Box<StepErrors>> {
        let mut next = progress.clone();
        next.rejected = None;
        let Some(step) = self.step(step) else {
            return Ok(next);
        };
        let questions = self.asked(step, progress);
        let mut errors = Vec::new();
        for question in &questions {
            match self.take(question, fields, progress, asked.today) {
                Ok(taken) => keep(&mut next, question, taken),
                Err(faults) => errors.extend(faults.into_iter().map(|(rest, fault)| FieldError {
                    field: field_name(question, &rest),
                    code: fault.code,
                    message: self.say(&fault, Some(question), asked.language),
                })),
            }
        }
        if errors.is_empty() {
            next.seen.insert(step.code.clone());
            return Ok(next);
        }
        let mut kept = FieldBag::default();
        for question in &questions {
            for (rest, values) in fields.of(&question.code) {
                for value in values {
                    kept.push(field_name_raw(&question.code, rest), value.as_str());
                }
            }
        }
        let mut progress = progress.clone();
        progress.rejected = Some(Rejected {
            step: step.code.clone(),
            fields: kept,
        });
        Err(Box::new(StepErrors { errors, progress }))
    }

    /// The faults of the input that was rejected last, if it was on this step.
    #[must_use]
    pub fn rejected_errors(
        &self,
        step: &str,
        progress: &Progress,
        asked: Asked<'_>,
    ) -> Vec<FieldError> {
        match &progress.rejected {
            Some(rejected) if rejected.step == step => self
                .accept(step, &rejected.fields, progress, asked)
                .err()
                .map_or_else(Vec::new, |all| all.errors),
            _ => Vec::new(),
        }
    }

    /// What the fields of a step should show: what was rejected there last, or else the answers so far.
    #[must_use]
    pub fn fields_of(&self, step: &Step, progress: &Progress) -> FieldBag {
        if let Some(rejected) = progress
            .rejected
            .as_ref()
            .filter(|rejected| rejected.step == step.code)
        {
            return rejected.fields.clone();
        }
        let mut bag = FieldBag::default();
        for question in &step.questions {
            fill(&mut bag, question, progress);
        }
        bag
    }

    fn take(
        &self,
        question: &Question,
        fields: &FieldBag,
        progress: &Progress,
        today: Option<PartialDate>,
    ) -> Result<Taken, Faults> {
        let code = question.code.as_str();
        let not_known =
            question.not_known && !fields.trimmed(&format!("{code}.not_known")).is_empty();
        let own = |fault: Fault| vec![(String::new(), fault)];
        let answer = match &question.kind {
            Kind::Choice { .. } => {
                value::choice(question, fields.first(code).unwrap_or_default()).map_err(own)?
            }
            Kind::Choices { .. } => {
                value::choices(question, fields.all(code).iter().map(String::as_str))
                    .map_err(own)?
            }
            Kind::Text { .. } | Kind::LongText { .. } | Kind::Observables { .. } => {
                value::text(question, fields.first(code).unwrap_or_default()).map_err(own)?
            }
            Kind::Number { .. } => match fields.trimmed(code) {
                "" => None,
                typed => Some(value::typed_number(question, typed).map_err(own)?),
            },
            Kind::Date => self.take_date(code, fields, today)?.map(Answer::Date),
            Kind::Losses { .. } => return self.take_losses(question, fields, not_known, today),
            Kind::Files { .. } => return Ok(Taken::Nothing),
            Kind::Consents => return self.take_consents(question, fields, progress),
            Kind::Contact => return take_contact(question, fields),
        };
        match (answer, not_known) {
            (Some(Answer::NotKnown) | None, true) => Ok(Taken::Answer(Some(Answer::NotKnown))),
            (Some(_), true) => Err(own(FaultCode::Exclusive.into())),
            (None, false) if question.required => Err(own(FaultCode::Required.into())),
            (answer, false) => Ok(Taken::Answer(answer)),
        }
    }

    fn take_date(
        &self,
        prefix: &str,
        fields: &FieldBag,
        today: Option<PartialDate>,
    ) -> Result<Option<PartialDate>, Faults> {
        let part = |name: &str| {
            fields
                .first(&format!("{prefix}.{name}"))
                .unwrap_or_default()
        };
        value::typed_date(self, (part("day"), part("month"), part("year")), today)
            .map_err(|(field, fault)| vec![(field.to_owned(), fault)])
    }

    fn take_losses(
        &self,
        question: &Question,
        fields: &FieldBag,
        not_known: bool,
        today: Option<PartialDate>,
    ) -> Result<Taken, Faults> {
        let Kind::Losses { items_max, paid_by } = &question.kind else {
            return Ok(Taken::Nothing);
        };
        let (mut losses, mut faults) = (Vec::new(), Vec::new());
        for item in fields.items(&question.code) {
            match self.take_loss(&format!("{}.{item}", question.code), fields, paid_by, today) {
                Ok(loss) => losses.extend(loss),
                Err(found) => {
                    faults.extend(
                        found
                            .into_iter()
                            .map(|(rest, fault)| (format!("{item}.{rest}"), fault)),
                    );
                }
            }
        }
        if losses.len() > *items_max {
            let fault = Fault::new(FaultCode::TooMany)
                .with("max", items_max)
                .with("count", losses.len());
            faults.push((String::new(), fault));
        }
        if not_known && !losses.is_empty() {
            faults.push(("not_known".to_owned(), FaultCode::Exclusive.into()));
        }
        if question.required && !not_known && losses.is_empty() && faults.is_empty() {
            faults.push((String::new(), FaultCode::Required.into()));
        }
        match (faults.is_empty(), not_known) {
            (false, _) => Err(faults),
            (true, true) => Ok(Taken::Answer(Some(Answer::NotKnown))),
            (true, false) => Ok(Taken::Losses(losses)),
        }
    }

    /// One loss item; `None` when nothing was typed or it is to be removed.
    fn take_loss(
        &self,
        prefix: &str,
        fields: &FieldBag,
        paid_by: &[Choice],
        today: Option<PartialDate>,
    ) -> Result<Option<LossItem>, Faults> {
        let field = |name: &str| fields.trimmed(&format!("{prefix}.{name}"));
        let typed = ["amount", "day", "month", "year", "paid_by", "recovered"];
        if !field("remove").is_empty() || typed.iter().all(|name| field(name).is_empty()) {
            return Ok(None);
        }
        let mut faults = Vec::new();
        let own = self.currencies.first().map_or("NZD", String::as_str);
        let currency = if field("currency").is_empty() {
            own
        } else {
            field("currency")
        };
        let amount = money(field("amount"), currency, "amount", &mut faults);
        let unit = amount
            .as_ref()
            .map_or(currency, |amount| amount.currency.as_str())
            .to_owned();
        let recovered = money(field("recovered"), &unit, "recovered", &mut faults);
        if let Some(back) = &recovered {
            match &amount {
                Some(amount) if back.currency != amount.currency => {
                    faults.push(("recovered".to_owned(), FaultCode::NotAmount.into()));
                }
                Some(amount) if back.minor > amount.minor => {
                    faults.push(("recovered".to_owned(), FaultCode::RecoveredMore.into()));
                }
                None if faults.is_empty() => {
                    faults.push(("amount".to_owned(), FaultCode::NotAmount.into()))
                }
                _ => {}
            }
        }
        let date = self
            .take_date(prefix, fields, today)
            .unwrap_or_else(|found| {
                faults.extend(found);
                None
            });
        let way = field("paid_by");
        if !way.is_empty() && !paid_by.iter().any(|choice| choice.code == way) {
            let near = value::near(way, paid_by.iter().map(|choice| choice.code.as_str()));
            let fault = Fault::new(FaultCode::UnknownOption)
                .with("value", value::short(way))
                .with("near", near);
            faults.push(("paid_by".to_owned(), fault));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Some(LossItem {
            kind: LossKind::DirectFinancial,
            amount,
            date,
            certainty: if field("certainty") == "estimated" {
                Certainty::Estimated
            } else {
                Certainty::Stated
            },
            paid_by: (!way.is_empty()).then(|| way.to_owned()),
            recovered_minor: recovered.map(|back| back.minor),
        }))
    }

    fn take_consents(
        &self,
        question: &Question,
        fields: &FieldBag,
        progress: &Progress,
    ) -> Result<Taken, Faults> {
        let category = self.suggest(progress).category;
        let given = fields.all(&question.code);
        let offered = || {
            self.agencies
                .offered(&category)
                .map(|agency| agency.code.as_str())
        };
        if let Some(odd) = given
            .iter()
            .find(|code| !offered().any(|known| known == *code))
        {
            let offered: Vec<_> = offered().collect();
            let near = value::near(odd, offered.iter().copied());
            let fault = Fault::new(FaultCode::UnknownAgency)
                .with("value", value::short(odd))
                .with("near", near);
            return Err(vec![(String::new(), fault)]);
        }
        if question.required && given.is_empty() {
            return Err(vec![(String::new(), FaultCode::Required.into())]);
        }
        Ok(Taken::Consents(
            offered()
                .filter(|code| given.iter().any(|given| given == code))
                .map(str::to_owned)
                .collect(),
        ))
    }
}

fn take_contact(question: &Question, fields: &FieldBag) -> Result<Taken, Faults> {
    let field = |name: &str| {
        fields
            .first(&format!("{}.{name}", question.code))
            .unwrap_or_default()
    };
    let contact =
        value::contact(field("name"), field("email"), field("phone")).map_err(|faults| {
            faults
                .into_iter()
                .map(|(name, fault)| (name.to_owned(), fault))
                .collect::<Faults>()
        })?;
    if question.required && contact.email.is_none() && contact.phone.is_none() {
        return Err(vec![("email".to_owned(), FaultCode::ContactMissing.into())]);
    }
    Ok(Taken::Contact(contact))
}

/// An amount as typed; `None` when empty or wrong, which is noted.
fn money(typed: &str, currency: &str, field: &str, faults: &mut Faults) -> Option<Money> {
    if typed.is_empty() {
        return None;
    }
    match Money::parse(typed, currency) {
        Ok(money) => Some(money),
        Err(MoneyError::Currency(code)) => {
            let fault = Fault::new(FaultCode::UnknownCurrency).with("value", value::short(&code));
            faults.push((field.to_owned(), fault));
            None
        }
        Err(_) => {
            faults.push((field.to_owned(), FaultCode::NotAmount.into()));
            None
        }
    }
}

fn keep(progress: &mut Progress, question: &Question, taken: Taken) {
    match taken {
        Taken::Answer(Some(answer)) => {
            if matches!(question.kind, Kind::Losses { .. }) {
                progress.losses.clear();
            }
            progress.answers.insert(question.code.clone(), answer);
        }
        Taken::Answer(None) => {
            progress.answers.remove(&question.code);
        }
        Taken::Losses(losses) => {
            progress.answers.remove(&question.code);
            progress.losses = losses;
        }
        Taken::Consents(consents) => progress.consents = consents,
        Taken::Contact(contact) => progress.contact = contact,
        Taken::Nothing => {}
    }
}

/// The field to link to: the first input of the question, or the one that the rest of the name says.
fn field_name(question: &Question, rest: &str) -> String {
    match (&question.kind, rest) {
        (Kind::Date, "") => field_name_raw(&question.code, "day"),
        (Kind::Losses { .. }, "") => field_name_raw(&question.code, "0.amount"),
        _ => field_name_raw(&question.code, rest),
    }
}

fn field_name_raw(code: &str, rest: &str) -> String {
    if rest.is_empty() {
        code.to_owned()
    } else {
        format!("{code}.{rest}")
    }
}

fn fill(bag: &mut FieldBag, question: &Question, progress: &Progress) {
    let code = question.code.as_str();
    match &question.kind {
        Kind::Losses { .. } => {
            for (item, loss) in progress.losses.iter().enumerate() {
                fill_loss(bag, &format!("{code}.{item}"), loss);
            }
        }
        Kind::Consents => progress
            .consents
            .iter()
            .for_each(|agency| bag.push(code, agency.as_str())),
        Kind::Contact => {
            let contact = &progress.contact;
            for (name, value) in [
                ("name", &contact.name),
                ("email", &contact.email),
                ("phone", &contact.phone),
            ] {
                if let Some(value) = value {
                    bag.push(format!("{code}.{name}"), value.as_str());
                }
            }
        }
        _ => {}
    }
    match progress.answers.get(code) {
        None => {}
        Some(Answer::NotKnown)
            if matches!(question.kind, Kind::Choice { .. } | Kind::Choices { .. }) =>
        {
            bag.push(code, "not_known");
        }
        Some(Answer::NotKnown) => bag.push(format!("{code}.not_known"), "1"),
        Some(Answer::Text(text)) => bag.push(code, text.as_str()),
        Some(Answer::Choices(codes)) => codes
            .iter()
            .for_each(|chosen| bag.push(code, chosen.as_str())),
        Some(Answer::Number(number)) => bag.push(code, number.to_string()),
        Some(Answer::Date(date)) => fill_date(bag, code, *date),
    }
}

fn fill_date(bag: &mut FieldBag, prefix: &str, date: PartialDate) {
    bag.push(format!("{prefix}.year"), date.year.to_string());
    if let Some(month) = date.month {
        bag.push(format!("{prefix}.month"), month.to_string());
    }
    if let Some(day) = date.day {
        bag.push(format!("{prefix}.day"), day.to_string());
    }
}

fn fill_loss(bag: &mut FieldBag, prefix: &str, loss: &LossItem) {
    if let Some(amount) = &loss.amount {
        bag.push(format!("{prefix}.amount"), amount.decimal());
        bag.push(format!("{prefix}.currency"), amount.currency.as_str());
        if let Some(minor) = loss.recovered_minor {
            let back = Money {
                minor,
                currency: amount.currency.clone(),
            };
            bag.push(format!("{prefix}.recovered"), back.decimal());
        }
    }
    if let Some(date) = loss.date {
        fill_date(bag, prefix, date);
    }
    if let Some(way) = &loss.paid_by {
        bag.push(format!("{prefix}.paid_by"), way.as_str());
    }
    if loss.certainty == Certainty::Estimated {
        bag.push(format!("{prefix}.certainty"), "estimated");
    }
}
