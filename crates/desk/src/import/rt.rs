//! Request Tracker 5, as REST 2 answers (docs.bestpractical.com/rt/5.0.3/RT/REST2.html): a ticket, its transactions, its attachments.
//! The shapes were taken from a server of Debian's request-tracker5 5.0.3, which the tests also run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{any, get, list, of, plain, text};
use super::{Entry, Fault, Old, OldFile, Problem, Sort, decode, number, time};
use crate::report::Contact;

/// Fields of transactions that are asked for.
pub const HISTORY_FIELDS: &str = "ObjectId,Type,Creator,Created,Field,OldValue,NewValue,Data";
/// Fields of attachments that are asked for.
pub const ATTACHMENT_FIELDS: &str = "Filename,ContentType,Created,Creator,TransactionId,Subject";
/// Entries of one page.
pub const PER_PAGE: u32 = 100;

/// Names by the numbers that RT gives for them: queues and accounts.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Queue's name by its number.
    pub queues: BTreeMap<String, String>,
    /// Account's name by its number.
    pub users: BTreeMap<String, String>,
}

/// What a page of a list says: its entries, and whether there is another one.
///
/// # Errors
/// It is no page.
pub fn page(bytes: &[u8]) -> Result<(Vec<Value>, bool), Problem> {
    let value = value(bytes, "list")?;
    let Some(Value::Array(items)) = get(&value, "items") else {
        return Err(Problem::new(Fault::Unreadable, "list", "no items"));
    };
    // A count of pages may come as 0.0 or as a text; a full page is asked on whatever they say.
    let number = |name: &str| of(&value, &[name]).parse::<f64>().unwrap_or_default();
    let more = number("page") < number("pages") || get(&value, "next_page").is_some();
    Ok((items.clone(), more && !items.is_empty()))
}

/// Any answer.
///
/// # Errors
/// It is no JSON.
pub fn value(bytes: &[u8], place: &str) -> Result<Value, Problem> {
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::new(Fault::Unreadable, place, &error.to_string()))
}

/// The number that an entry of a list names.
#[must_use]
pub fn id(value: &Value) -> Option<u64> {
    of(value, &["id"]).parse().ok()
}

/// Numbers of accounts that transactions name and [`Names`] does not know yet.
#[must_use]
pub fn users(history: &[Value], names: &Names) -> Vec<String> {
    let mut found: Vec<String> = history
        .iter()
        .filter(|one| is_watcher(&of(one, &["Field"])))
        .flat_map(|one| [of(one, &["OldValue"]), of(one, &["NewValue"])])
        .filter(|id| {
            !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_digit())
                && !names.users.contains_key(id)
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// RT's own record of a mail that it sent: its files are copies of those of the transaction that it was sent about.
fn is_record(transaction: &Value) -> bool {
    matches!(
        of(transaction, &["Type"]).as_str(),
        "EmailRecord" | "CommentEmailRecord"
    )
}

fn is_watcher(field: &str) -> bool {
    matches!(field, "Owner" | "Requestor" | "Cc" | "AdminCc")
}

/// Whether an attachment is a text of the thread, and no file.
#[must_use]
pub fn is_text(attachment: &Value) -> bool {
    let kind = of(attachment, &["ContentType"]).to_ascii_lowercase();
    of(attachment, &["Filename"]).is_empty()
        && matches!(kind.as_str(), "text/plain" | "text/html" | "")
}

/// Whether an attachment only holds others.
#[must_use]
pub fn is_container(attachment: &Value) -> bool {
    of(attachment, &["ContentType"])
        .to_ascii_lowercase()
        .starts_with("multipart/")
}

/// The bytes of an attachment; RT sends them as base64 in lines. Nothing for one without content.
///
/// # Errors
/// The content is no base64.
pub fn content(attachment: &Value, place: &str) -> Result<Vec<u8>, Problem> {
    let content = of(attachment, &["Content"]);
    decode(&content)
        .ok_or_else(|| Problem::new(Fault::Unreadable, place, "the content is no base64"))
}

/// What a ticket says, with its transactions (oldest first) and the attachments, those that are texts with their content.
/// `asked` is the number by which it was asked for: a merged ticket answers with the one it was merged into.
///
/// # Errors
/// It has no number or no time.
pub fn ticket(
    ticket: &Value,
    history: &[Value],
    attachments: &[Value],
    names: &Names,
) -> Result<Old, Problem> {
    let place = format!("rt#{}", of(ticket, &["id"]));
    let missing = |fault| Problem::new(fault, place.as_str(), "");
    let number = number(&of(ticket, &["id"])).ok_or_else(|| missing(Fault::Number))?;
    let received = time(&of(ticket, &["Created"])).ok_or_else(|| missing(Fault::Time))?;
    let mut old = Old {
        number,
        title: of(ticket, &["Subject"]),
        received,
        owner: Some(of(ticket, &["Owner"])).filter(|owner| !owner.is_empty() && owner != "Nobody"),
        contact: contact(ticket),
        fields: fields(ticket, names),
        ..Old::default()
    };
    old.seen = observables(ticket);
    for one in history {
        old.entries.extend(entries(one, attachments, names));
    }
    let copies: Vec<String> = history
        .iter()
        .filter(|one| is_record(one))
        .map(|one| of(one, &["id"]))
        .collect();
    let own = |one: &&Value| !copies.contains(&of(one, &["TransactionId"]));
    old.files = attachments.iter().filter(own).filter_map(file).collect();
    // Transactions of tickets that were merged into it still name these.
    old.also = history
        .iter()
        .filter_map(|one| self::number(&of(one, &["ObjectId"])))
        .filter(|other| *other != old.number)
        .collect();
    old.also.sort_unstable();
    old.also.dedup();
    let first = old
        .entries
        .iter()
        .find(|entry| entry.sort == Sort::Correspondence);
    old.story = first.map_or_else(String::new, |entry| entry.text.clone());
    let text = old.fields_text();
    old.entries.push(Entry {
        key: "fields".to_owned(),
        at: received,
        sort: Sort::Fields,
        author: None,
        subject: String::new(),
        text,
    });
    Ok(old)
}

fn contact(ticket: &Value) -> Option<Contact> {
    let first = list(ticket, &["Requestor", "Requestors"])
        .into_iter()
        .next()?;
    let named = text(
        get(first, "EmailAddress")
            .or_else(|| get(first, "id"))
            .unwrap_or(first),
    );
    let contact = if named.contains('@') {
        Contact {
            email: Some(named),
            ..Contact::default()
        }
    } else {
        Contact {
            name: Some(named).filter(|name| !name.is_empty()),
            ..Contact::default()
        }
    };
    (!contact.is_empty()).then_some(contact)
}

fn custom(ticket: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for field in list(ticket, &["CustomFields"]) {
        let name = of(field, &["name", "Name"]);
        for value in list(field, &["values", "Values"]) {
            pairs.push((name.clone(), plain(value)));
        }
    }
    // Before RT 5 custom fields were a table of their own.
    if let Some(Value::Object(table)) = get(ticket, "CustomFields") {
        pairs.clear();
        for (name, values) in table {
            match values {
                Value::Array(all) => {
                    pairs.extend(all.iter().map(|value| (name.clone(), plain(value))))
                }
                other => pairs.push((name.clone(), plain(other))),
            }
        }
    }
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

/// Values of the fields in which RTIR keeps observables.
fn observables(ticket: &Value) -> Vec<String> {
    let holds = |name: &str| {
        ["ip", "domain", "url", "host", "hash"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word))
    };
    let pairs = custom(ticket).into_iter();
    pairs
        .filter(|(name, _)| holds(name))
        .map(|(_, value)| value)
        .collect()
}

fn fields(ticket: &Value, names: &Names) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let queue = of(ticket, &["Queue"]);
    let queue = names.queues.get(&queue).cloned().unwrap_or(queue);
    pairs.push(("Queue".to_owned(), queue));
    const PLAIN: [&str; 16] = [
        "Status",
        "Type",
        "Owner",
        "Creator",
        "Created",
        "LastUpdated",
        "Started",
        "Starts",
        "Due",
        "Resolved",
        "Told",
        "Priority",
        "InitialPriority",
        "FinalPriority",
        "TimeWorked",
        "TimeLeft",
    ];
    for name in PLAIN {
        pairs.push((name.to_owned(), of(ticket, &[name])));
    }
    for name in ["Requestor", "Cc", "AdminCc"] {
        for one in list(ticket, &[name]) {
            pairs.push((name.to_owned(), text(one)));
        }
    }
    pairs.extend(custom(ticket));
    for link in list(ticket, &["_hyperlinks"]) {
        let kind = of(link, &["ref"]);
        if of(link, &["type"]) == "ticket" && kind != "self" {
            pairs.push((kind, of(link, &["id"])));
        }
    }
    // Nothing, and the beginning of time, say nothing.
    pairs
        .retain(|(_, value)| !value.is_empty() && value != "0" && !value.starts_with("1970-01-01"));
    pairs
}

/// The entries that a transaction comes to: each text of a message one, anything else a line.
fn entries(one: &Value, attachments: &[Value], names: &Names) -> Vec<Entry> {
    let id = of(one, &["id"]);
    let Some(at) = time(&of(one, &["Created"])) else {
        return Vec::new();
    };
    let author = Some(of(one, &["Creator"])).filter(|name| !name.is_empty());
    let kind = of(one, &["Type"]);
    let entry = |key: String, sort, subject: String, text: String| Entry {
        key,
        at,
        sort,
        author: author.clone(),
        subject,
        text,
    };
    let key = format!("txn:{id}");
    let mine = attachments
        .iter()
        .filter(|attachment| of(attachment, &["TransactionId"]) == id);
    let mine: Vec<&Value> = mine.collect();
    let sort = match kind.as_str() {
        "Create" | "Correspond" => Sort::Correspondence,
        "Comment" => Sort::Comment,
        _ => {
            let mut text = line(one, &kind, names);
            if is_record(one) {
                text = format!("{text}\n{}", texts(&mine));
            }
            return vec![entry(key, Sort::Change, String::new(), text)];
        }
    };
    let subject = mine
        .iter()
        .map(|one| of(one, &["Subject"]))
        .find(|subject| !subject.is_empty());
    vec![entry(key, sort, subject.unwrap_or_default(), texts(&mine))]
}

/// The texts of a message. Plain and HTML of one message say the same: the plain one is enough, and the other is kept as a file.
fn texts(attachments: &[&Value]) -> String {
    let all: Vec<&&Value> = attachments.iter().filter(|one| is_text(one)).collect();
    let is_plain = |one: &&&Value| of(one, &["ContentType"]).eq_ignore_ascii_case("text/plain");
    let any_plain = all.iter().any(&is_plain);
    let chosen = all.into_iter().filter(|one| !any_plain || is_plain(one));
    let texts: Vec<String> = chosen.filter_map(|one| words(one)).collect();
    texts.join("\n\n")
}

fn words(attachment: &Value) -> Option<String> {
    let bytes = decode(&of(attachment, &["Content"]))?;
    // RT keeps texts in UTF-8 whatever they came in.
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let html = of(attachment, &["ContentType"]).eq_ignore_ascii_case("text/html");
    let text = if html {
        mail_parser::decoders::html::html_to_text(&text)
    } else {
        text
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

fn line(one: &Value, kind: &str, names: &Names) -> String {
    let field = of(one, &["Field"]);
    let value = |name: &str| {
        let value = of(one, &[name]);
        let known = is_watcher(&field)
            .then(|| names.users.get(&value))
            .flatten();
        known.cloned().unwrap_or(value)
    };
    let (before, after, data) = (value("OldValue"), value("NewValue"), of(one, &["Data"]));
    let mut line = kind.to_owned();
    if !field.is_empty() && field != kind {
        line.push_str(&format!(" {field}"));
    }
    match (before.is_empty(), after.is_empty()) {
        (false, false) => line.push_str(&format!(": {before} -> {after}")),
        (true, false) => line.push_str(&format!(": {after}")),
        (false, true) => line.push_str(&format!(": {before} ->")),
        (true, true) => {}
    }
    if !data.is_empty() {
        line.push_str(&format!(" ({data})"));
    }
    line
}

/// A file: every attachment that is no text of the thread and holds no others. HTML of a message is one, too.
fn file(attachment: &Value) -> Option<OldFile> {
    let html =
        is_text(attachment) && of(attachment, &["ContentType"]).eq_ignore_ascii_case("text/html");
    if is_container(attachment) || (is_text(attachment) && !html) {
        return None;
    }
    let id = of(attachment, &["id"]);
    let named = any(attachment, &["Filename"])
        .map(text)
        .filter(|name| !name.is_empty());
    let name = named.unwrap_or_else(|| {
        if html {
            "message.html".to_owned()
        } else {
            format!("attachment-{id}")
        }
    });
    Some(OldFile {
        key: format!("attachment:{id}"),
        at: time(&of(attachment, &["Created"]))?,
        author: Some(of(attachment, &["Creator"])).filter(|name| !name.is_empty()),
        name,
        place: id,
        bytes: None,
        taken: None,
    })
}
