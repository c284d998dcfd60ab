//! The parts of the document besides the answers: losses, contact, consents, files.

use std::borrow::Cow;

use cairn_kernel::money::{AMOUNT_MINOR_MAX, Money};

use crate::report::{Certainty, FileRef, LossItem, LossKind};

use super::super::fault::{Fault, FaultCode};
use super::super::json::Json;
use super::super::model::{Choice, Kind};
use super::super::value;
use super::at::At;
use super::{Fields, Reader, date};

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

impl Reader<'_> {
    pub(super) fn losses(&mut self, at: At<'_>, losses: Vec<Json<'_>>) {
        let form = self.form;
        let question = form.questions().find_map(|question| match &question.kind {
            Kind::Losses { items_max, paid_by } => Some((*items_max, paid_by.as_slice())),
            _ => None,
        });
        let (items_max, paid_by) = question.unwrap_or((0, &[]));
        if losses.len() > items_max {
            let fault = Fault::new(FaultCode::TooMany)
                .with("max", items_max)
                .with("count", losses.len());
            self.note(at, None, fault);
            return;
        }
        for (index, item) in losses.into_iter().enumerate() {
            let at = at.index(index);
            match item {
                Json::Object(fields) => {
                    if let Some(item) = self.loss(at, fields, paid_by) {
                        self.progress.losses.push(item);
                    }
                }
                _ => self.wrong(at, r#"{"kind": "direct_financial", …}"#),
            }
        }
    }

    fn loss(&mut self, at: At<'_>, fields: Fields<'_>, paid_by: &[Choice]) -> Option<LossItem> {
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
        let mut kind_given = false;
        for (name, given) in self.once(at, fields) {
            let at = at.key(&name);
            match (&*name, given) {
                ("kind", Json::Text(code)) => {
                    kind_given = true;
                    kind = KINDS
                        .iter()
                        .find(|(known, _)| *known == code)
                        .map(|(_, kind)| *kind);
                    if kind.is_none() {
                        self.option(at, &code, KINDS.iter().map(|(known, _)| *known));
                    }
                }
                ("amount", Json::Object(fields)) => item.amount = self.money(at, fields),
                ("date", Json::Object(fields)) => match date(fields) {
                    Ok(date) => item.date = Some(date),
                    Err(fault) => self.note(at, None, fault),
                },
                ("certainty", Json::Text(code)) => match &*code {
                    "stated" => item.certainty = Certainty::Stated,
                    "estimated" => item.certainty = Certainty::Estimated,
                    _ => self.option(at, &code, ["stated", "estimated"].into_iter()),
                },
                ("paid_by", Json::Text(code))
                    if paid_by.iter().any(|choice| choice.code == code) =>
                {
                    item.paid_by = Some(code.into_owned());
                }
                ("paid_by", Json::Text(code)) => {
                    self.option(at, &code, paid_by.iter().map(|choice| choice.code.as_str()));
                }
                ("recovered_minor", Json::Int(minor)) => item.recovered_minor = Some(minor),
                (name, _) => {
                    kind_given |= name == "kind";
                    self.odd_loss_field(at, name);
                }
            }
        }
        if !kind_given {
            self.note(at.key("kind"), None, FaultCode::Required);
        }
        self.recovered(at, &item);
        item.kind = kind?;
        (self.problems.len() == before).then_some(item)
    }

    fn odd_loss_field(&mut self, at: At<'_>, name: &str) {
        match name {
            "kind" | "certainty" | "paid_by" => self.wrong(at, r#""…""#),
            "amount" => self.wrong(at, r#"{"minor": 125000, "currency": "NZD"}"#),
            "date" => self.wrong(at, r#"{"year": 2026, "month": 3, "day": 27}"#),
            "recovered_minor" => self.wrong(at, "12"),
            _ => self.unknown(at, FaultCode::UnknownField, name, LOSS.into_iter()),
        }
    }

    /// What came back needs an amount that it came back from, and cannot be more.
    fn recovered(&mut self, at: At<'_>, item: &LossItem) {
        let Some(back) = item.recovered_minor else {
            return;
        };
        let noted = || {
            let amount = at.key("amount").to_string();
            self.problems
                .iter()
                .any(|problem| problem.pointer.starts_with(&amount))
        };
        let fault = match &item.amount {
            _ if back < 0 => FaultCode::NotAmount,
            Some(amount) if back > amount.minor => FaultCode::RecoveredMore,
            None if !noted() => FaultCode::NotAmount,
            _ => return,
        };
        self.note(at.key("recovered_minor"), None, fault);
    }

    fn option<'k>(&mut self, at: At<'_>, code: &str, known: impl Iterator<Item = &'k str> + Clone) {
        self.unknown(at, FaultCode::UnknownOption, code, known);
    }

    fn money(&mut self, at: At<'_>, fields: Fields<'_>) -> Option<Money> {
        let (mut minor, mut currency) = (None, None);
        let before = self.problems.len();
        for (name, given) in self.once(at, fields) {
            let at = at.key(&name);
            match (&*name, given) {
                ("minor", Json::Int(value @ 0..=AMOUNT_MINOR_MAX)) => minor = Some(value),
                ("currency", Json::Text(code)) => currency = Some(code),
                ("minor", _) => self.note(at, None, FaultCode::NotAmount),
                ("currency", _) => self.wrong(at, r#""NZD""#),
                (name, _) => {
                    self.unknown(
                        at,
                        FaultCode::UnknownField,
                        name,
                        ["minor", "currency"].into_iter(),
                    );
                }
            }
        }
        if self.problems.len() == before {
            for (name, missing) in [("minor", minor.is_none()), ("currency", currency.is_none())] {
                if missing {
                    self.note(at.key(name), None, FaultCode::Required);
                }
            }
        }
        let (minor, currency) = minor.zip(currency)?;
        let money = Money::new(minor, &currency);
        if money.is_err() {
            let fault =
                Fault::new(FaultCode::UnknownCurrency).with("value", value::short(&currency));
            self.note(at.key("currency"), None, fault);
        }
        money.ok()
    }

    pub(super) fn contact(&mut self, at: At<'_>, fields: Fields<'_>) {
        let (mut name, mut email, mut phone) = (Cow::default(), Cow::default(), Cow::default());
        for (field, given) in self.once(at, fields) {
            let at = at.key(&field);
            match (&*field, given) {
                ("name", Json::Text(text)) => name = text,
                ("email", Json::Text(text)) => email = text,
                ("phone", Json::Text(text)) => phone = text,
                ("name" | "email" | "phone", _) => self.wrong(at, r#""…""#),
                (field, _) => {
                    self.unknown(
                        at,
                        FaultCode::UnknownField,
                        field,
                        ["name", "email", "phone"].into_iter(),
                    );
                }
            }
        }
        match value::contact(&name, &email, &phone) {
            Ok(contact) => self.progress.contact = contact,
            Err(faults) => {
                for (field, fault) in faults {
                    self.note(at.key(field), None, fault);
                }
            }
        }
    }

    pub(super) fn consents(&mut self, at: At<'_>, consents: Vec<Json<'_>>) {
        let form = self.form;
        for (index, agency) in consents.into_iter().enumerate() {
            let at = at.index(index);
            let Json::Text(code) = agency else {
                self.wrong(at, r#""…""#);
                continue;
            };
            if form.agencies.get(&code).is_none() {
                let known = form
                    .agencies
                    .all()
                    .iter()
                    .map(|agency| agency.code.as_str());
                self.unknown(at, FaultCode::UnknownAgency, &code, known);
            } else if !self.progress.consents.iter().any(|known| *known == code) {
                self.progress.consents.push(code.into_owned());
            }
        }
    }

    pub(super) fn files(&mut self, at: At<'_>, files: Vec<Json<'_>>) {
        for (index, file) in files.into_iter().enumerate() {
            let at = at.index(index);
            let Json::Object(fields) = file else {
                self.wrong(at, r#"{"sha256": "…"}"#);
                continue;
            };
            let (mut sha256, mut name) = (None, None);
            for (field, given) in self.once(at, fields) {
                let at = at.key(&field);
                match (&*field, given) {
                    ("sha256", Json::Text(hash)) => sha256 = Some(hash.to_ascii_lowercase()),
                    ("name", Json::Text(text)) => name = Some(value::file_name(&text)),
                    ("sha256" | "name", _) => self.wrong(at, r#""…""#),
                    (field, _) => self.unknown(
                        at,
                        FaultCode::UnknownField,
                        field,
                        ["sha256", "name"].into_iter(),
                    ),
                }
            }
            let hash = sha256.filter(|hash| {
                hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            match hash {
                None => self.note(at.key("sha256"), None, FaultCode::NotHash),
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
}
