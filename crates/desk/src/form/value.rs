//! Single values, as pages and the API give them, checked against their question.

use std::borrow::Cow;

use cairn_kernel::text::{clean, is_invisible};
use jiff::civil::Date;

use crate::report::{Answer, Contact, PartialDate};

use super::fault::{Fault, FaultCode};
use super::model::{Form, Kind, Question};

/// Earliest year of anything that a report tells.
const YEAR_MIN: i16 = 1900;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest mail address, in bytes (RFC 5321, section 4.5.3.1.3, without the brackets).
const EMAIL_BYTES_MAX: usize = 254;
/// Fewest and most digits of a telephone number (E.164 allows 15; extensions make it longer).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
/// Longest telephone number as written, in characters.
const PHONE_CHARS_MAX: usize = 40;

/// A text answer; `None` when nothing is left of it.
pub(super) fn text(question: &Question, given: &str) -> Result<Option<Answer>, Fault> {
    let text = clean(given);
    if text.is_empty() {
        return Ok(None);
    }
    let Some(max) = question.kind.chars_max() else {
        return Ok(Some(Answer::Text(text)));
    };
    // A text of so many bytes cannot have more characters.
    if text.len() > max {
        let count = text.chars().count();
        if count > max {
            return Err(Fault::new(FaultCode::TooLong)
                .with("max", max)
                .with("count", count));
        }
    }
    match question.kind {
        Kind::Text {
            digits: Some(wanted),
            ..
        } => {
            let digits: String = text
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect();
            if digits.len() != wanted || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Fault::new(FaultCode::NotDigits).with("digits", wanted));
            }
            Ok(Some(Answer::Text(digits)))
        }
        Kind::Text { .. } if text.contains('\n') => Ok(Some(Answer::Text(text.replace('\n', " ")))),
        _ => Ok(Some(Answer::Text(text))),
    }
}

fn unknown_option(question: &Question, code: &str) -> Fault {
    let codes = question
        .kind
        .options()
        .iter()
        .map(|choice| choice.code.as_str());
    Fault::new(FaultCode::UnknownOption)
        .with("value", short(code))
        .with("near", near(code, codes))
}

/// The nearest known name, or all of them when none is near.
pub(super) fn near<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    let name = short(name);
    match crate::data::nearest(&name, known.clone()) {
        Some(near) => near.to_owned(),
        None => known.take(12).collect::<Vec<_>>().join(", "),
    }
}

/// A value for a message: at most 40 characters.
pub(super) fn short(value: &str) -> Cow<'_, str> {
    match value.char_indices().nth(40) {
        Some((at, _)) => Cow::Owned(format!("{}…", value.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(value),
    }
}

/// One option.
pub(super) fn choice(question: &Question, code: &str) -> Result<Option<Answer>, Fault> {
    let code = code.trim();
    if code.is_empty() {
        return Ok(None);
    }
    if code == "not_known" && question.not_known {
        return Ok(Some(Answer::NotKnown));
    }
    match question.option(code) {
        Some(choice) => Ok(Some(Answer::Text(choice.code.clone()))),
        None => Err(unknown_option(question, code)),
    }
}

/// Several options; kept in the form's order, each once.
pub(super) fn choices<'c>(
    question: &Question,
    codes: impl Iterator<Item = &'c str>,
) -> Result<Option<Answer>, Fault> {
    let options = question.kind.options();
    let mut chosen = vec![false; options.len()];
    let mut not_known = false;
    for code in codes.map(str::trim).filter(|code| !code.is_empty()) {
        if code == "not_known" && question.not_known {
            not_known = true;
        } else if let Some(at) = options.iter().position(|choice| choice.code == code)
            && let Some(slot) = chosen.get_mut(at)
        {
            *slot = true;
        } else {
            return Err(unknown_option(question, code));
        }
    }
    let picked = || {
        options
            .iter()
            .zip(&chosen)
            .filter(|(_, chosen)| **chosen)
            .map(|(choice, _)| choice)
    };
    let count = picked().count();
    if (not_known && count > 0) || (count > 1 && picked().any(|choice| choice.exclusive)) {
        return Err(FaultCode::Exclusive.into());
    }
    Ok(match (not_known, count) {
        (true, _) => Some(Answer::NotKnown),
        (false, 0) => None,
        _ => Some(Answer::Choices(
            picked().map(|choice| choice.code.clone()).collect(),
        )),
    })
}

/// A whole number within the question's bounds.
pub(super) fn number(question: &Question, number: i64) -> Result<Answer, Fault> {
    let Kind::Number { min, max } = question.kind else {
        return Ok(Answer::Number(number));
    };
    if number < min {
        return Err(Fault::new(FaultCode::TooSmall).with("min", min));
    }
    if number > max {
        return Err(Fault::new(FaultCode::TooLarge).with("max", max));
    }
    Ok(Answer::Number(number))
}

/// A number as people type it: blanks, commas and apostrophes between digits are taken out.
pub(super) fn typed_number(question: &Question, typed: &str) -> Result<Answer, Fault> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '\'' | '’'))
        .collect();
    // Nobody writes a minus before nought and means none: what was meant is for them to say.
    let meant = |value: &i64| *value != 0 || !plain.starts_with('-');
    let value = plain.parse().ok().filter(meant);
    number(question, value.ok_or(FaultCode::NotNumber)?)
}

/// A day that exists, in or after the year 1900. `today`, where given, is the latest day allowed but one (somewhere
/// it is tomorrow already).
pub(super) fn date(date: PartialDate, today: Option<PartialDate>) -> Result<PartialDate, Fault> {
    if date.year < YEAR_MIN {
        return Err(Fault::new(FaultCode::DateTooEarly).with("min", YEAR_MIN));
    }
    let first = match (date.month, date.day) {
        (None, None) => Date::new(date.year, 1, 1),
        (None, Some(_)) => return Err(FaultCode::DateNeedsMonth.into()),
        (Some(month), day) => Date::new(date.year, month, day.unwrap_or(1)),
    };
    let first = first.map_err(|_| Fault::from(FaultCode::NotDate))?;
    let last = today
        .and_then(|today| Date::new(today.year, today.month?, today.day?).ok())
        .and_then(|today| today.tomorrow().ok());
    if last.is_some_and(|last| first > last) {
        return Err(FaultCode::DateFuture.into());
    }
    Ok(date)
}

/// A date from three inputs; `None` when all are empty. The error names the input at fault.
pub(super) fn typed_date(
    form: &Form,
    (day, month, year): (&str, &str, &str),
    today: Option<PartialDate>,
) -> Result<Option<PartialDate>, (&'static str, Fault)> {
    let (day, month, year) = (day.trim(), month.trim(), year.trim());
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(("year", FaultCode::DateNeedsYear.into()));
    }
    let year = year
        .parse()
        .map_err(|_| ("year", Fault::from(FaultCode::NotDate)))?;
    let month = if month.is_empty() {
        None
    } else {
        Some(month_number(form, month).ok_or_else(|| ("month", Fault::from(FaultCode::NotDate)))?)
    };
    let day = if day.is_empty() {
        None
    } else {
        Some(
            day.parse()
                .map_err(|_| ("day", Fault::from(FaultCode::NotDate)))?,
        )
    };
    let field = if day.is_some() {
        "day"
    } else if month.is_some() {
        "month"
    } else {
        "year"
    };
    date(PartialDate { year, month, day }, today)
        .map(Some)
        .map_err(|fault| {
            let field = match fault.code {
                FaultCode::DateNeedsMonth => "month",
                FaultCode::DateTooEarly => "year",
                _ => field,
            };
            (field, fault)
        })
}

/// `3`, `03`, or the name of a month in a language of the form, or its first letters (three at least).
fn month_number(form: &Form, typed: &str) -> Option<i8> {
    if let Ok(number) = typed.parse::<i8>() {
        return (1..=12).contains(&number).then_some(number);
    }
    let typed = cairn_kernel::text::fold(typed);
    if typed.chars().count() < 3 {
        return None;
    }
    let mut found = form.words.months.iter().zip(1_i8..).filter(|(names, _)| {
        names
            .iter()
            .any(|(_, name)| cairn_kernel::text::fold(name).starts_with(&typed))
    });
    let (_, number) = found.next()?;
    found.next().is_none().then_some(number)
}

/// Contact details; the errors name the inputs at fault. Empty ones are `None`.
pub(super) fn contact(
    name: &str,
    email: &str,
    phone: &str,
) -> Result<Contact, Vec<(&'static str, Fault)>> {
    let line = |text: &str| {
        let text = clean(text);
        if text.contains('\n') {
            text.replace('\n', " ")
        } else {
            text
        }
    };
    let (name, email, phone) = (line(name), line(email), line(phone));
    let mut faults = Vec::new();
    let count = name.chars().count();
    if count > NAME_CHARS_MAX {
        faults.push((
            "name",
            Fault::new(FaultCode::TooLong)
                .with("max", NAME_CHARS_MAX)
                .with("count", count),
        ));
    }
    if !email.is_empty() && !is_email(&email) {
        faults.push(("email", FaultCode::NotEmail.into()));
    }
    if !phone.is_empty() && !is_phone(&phone) {
        faults.push(("phone", FaultCode::NotPhone.into()));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let given = |text: String| (!text.is_empty()).then_some(text);
    Ok(Contact {
        name: given(name),
        email: given(email),
        phone: given(phone),
    })
}

/// Whether mail could reach it: one `@` with something before it and a dotted domain after it, no blanks, controls,
/// unseen characters or signs that split lists of addresses.
pub(crate) fn is_email(email: &str) -> bool {
    let odd = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || is_invisible(c)
            || matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')')
    };
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    email.len() <= EMAIL_BYTES_MAX
        && !email.contains(odd)
        && !local.is_empty()
        && local.len() <= 64
        && !local.contains('@')
        && domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
}

fn is_phone(phone: &str) -> bool {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let plain =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')' | '.' | '/' | 'x');
    phone.chars().count() <= PHONE_CHARS_MAX
        && PHONE_DIGITS.contains(&digits)
        && phone.chars().all(plain)
}

/// A file's name as the sender gave it: one line, at most 200 characters.
pub(super) fn file_name(name: &str) -> String {
    clean(name)
        .chars()
        .filter(|c| *c != '\n')
        .take(NAME_CHARS_MAX)
        .collect()
}

/// What a question wants, as an example in JSON.
pub(super) fn wanted(question: &Question) -> &'static str {
    match (&question.kind, question.not_known) {
        (Kind::Choices { .. } | Kind::Consents, false) => r#"["…"]"#,
        (Kind::Choices { .. } | Kind::Consents, true) => r#"["…"] / {"not_known": true}"#,
        (Kind::Number { .. }, false) => "12",
        (Kind::Number { .. }, true) => r#"12 / {"not_known": true}"#,
        (Kind::Date, false) => r#"{"year": 2026, "month": 3, "day": 27}"#,
        (Kind::Date, true) => r#"{"year": 2026, "month": 3, "day": 27} / {"not_known": true}"#,
        (_, false) => r#""…""#,
        (_, true) => r#""…" / {"not_known": true}"#,
    }
}
