//! What was put into Request Tracker beside what is found here.

use std::collections::BTreeMap;

use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::report::AppError;
use cairn_desk::import::{Head, Sort};
use serde::Deserialize;

/// What the tracker holds.
#[derive(Debug, Clone, Deserialize)]
pub struct Told {
    /// Opens its REST interface.
    pub token: String,
    /// Tickets, without those that were merged into others.
    pub tickets: Vec<Ticket>,
}

/// A ticket there.
#[derive(Debug, Clone, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub number: String,
    /// Numbers of those that were merged into it.
    pub also: Vec<String>,
    title: String,
    received: i64,
    status: String,
    owner: String,
    queue: String,
    /// Transactions.
    pub happened: Vec<Happened>,
    texts: Vec<Text>,
    /// Files.
    pub files: Vec<File>,
}

/// A transaction there.
#[derive(Debug, Clone, Deserialize)]
pub struct Happened {
    #[serde(rename = "type")]
    kind: String,
    at: i64,
    author: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Text {
    sort: Sort,
    text: String,
}

/// A file there; without a digest where only the name is known.
#[derive(Debug, Clone, Deserialize)]
pub struct File {
    name: String,
    sha256: String,
}

/// What is found here of a ticket.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    title: String,
    received: i64,
    state: String,
    /// Sort, time and author of what happened there.
    happened: Vec<(String, i64, String)>,
    texts: Vec<(Sort, String)>,
    /// Name and digest.
    files: Vec<(String, String)>,
    fields: String,
    /// Numbers of others that lead to it.
    also: Vec<String>,
}

/// All reports that the numbers lead to.
pub async fn seen(
    app: &App,
    who: &Principal,
    told: &Told,
) -> anyhow::Result<BTreeMap<String, Seen>> {
    let mut all = BTreeMap::new();
    for ticket in &told.tickets {
        let place = match app.old_place(who, "rt", &ticket.number).await {
            Ok(place) => place.into_inner().0,
            Err(AppError::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        let whole = app.read_report(who, &place).await?.into_inner();
        let mut seen = Seen {
            title: whole.summary.title.clone(),
            received: whole.summary.received_at.seconds(),
            state: whole.summary.state.clone(),
            ..Seen::default()
        };
        for row in &whole.old {
            let head: Head = serde_json::from_str(&row.head)?;
            match row.sort {
                Sort::Fields => seen.fields.clone_from(&row.text),
                Sort::File => {}
                sort => {
                    let author = head.author.unwrap_or_default();
                    let happened = (sort.as_str().to_owned(), row.happened.seconds(), author);
                    seen.happened.push(happened);
                    seen.texts.push((sort, row.text.clone()));
                }
            }
        }
        let files = whole.files.iter();
        seen.files = files
            .map(|file| (file.name.clone().unwrap_or_default(), file.sha256.clone()))
            .collect();
        for number in &ticket.also {
            let other = app.old_place(who, "rt", number).await;
            if other.is_ok_and(|other| other.into_inner().0 == place) {
                seen.also.push(number.clone());
            }
        }
        all.insert(ticket.number.clone(), seen);
    }
    Ok(all)
}

/// What is not as it was there.
pub fn differences(told: &Told, seen: &BTreeMap<String, Seen>) -> Vec<String> {
    let mut found = Vec::new();
    for ticket in &told.tickets {
        match seen.get(&ticket.number) {
            None => found.push(format!("rt#{} is not here", ticket.number)),
            Some(seen) => {
                let one = difference(ticket, seen);
                found.extend(
                    one.into_iter()
                        .map(|what| format!("rt#{}: {what}", ticket.number)),
                );
            }
        }
    }
    found
}

fn difference(ticket: &Ticket, seen: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, there: String, here: String| {
        if there != here {
            found.push(format!("{what} {there} there, {here} here"));
        }
    };
    differ("title", ticket.title.clone(), seen.title.clone());
    differ(
        "time",
        ticket.received.to_string(),
        seen.received.to_string(),
    );
    let state = match ticket.status.as_str() {
        "new" => "received",
        "stalled" => "waiting",
        "resolved" | "rejected" => "closed",
        other => other,
    };
    differ("state", state.to_owned(), seen.state.clone());
    differ("merged numbers", ticket.also.join(" "), seen.also.join(" "));
    let mut there: Vec<_> = ticket.happened.iter().map(happened).collect();
    let mut here = seen.happened.clone();
    there.sort();
    here.sort();
    differ("thread", format!("{there:?}"), format!("{here:?}"));
    for line in [
        format!("Queue: {}", ticket.queue),
        format!("Owner: {}", ticket.owner),
    ] {
        let here = seen.fields.lines().find(|one| **one == line);
        differ("field", line.clone(), here.unwrap_or_default().to_owned());
    }
    // A digest that is not known holds for any.
    let known = |name: &str| {
        ticket
            .files
            .iter()
            .any(|one| one.name == name && one.sha256.is_empty())
    };
    let mut there: Vec<_> = ticket
        .files
        .iter()
        .map(|one| (one.name.clone(), one.sha256.clone()))
        .collect();
    let mut here = seen.files.clone();
    for (name, sha256) in &mut here {
        if known(name) {
            sha256.clear();
        }
    }
    there.sort();
    here.sort();
    differ("files", format!("{there:?}"), format!("{here:?}"));
    for one in &ticket.texts {
        let is_it = |(sort, text): &&(Sort, String)| {
            *sort == one.sort && text.replace("\r\n", "\n").contains(&one.text)
        };
        let here = seen.texts.iter().find(is_it);
        differ(
            "text",
            one.text.clone(),
            here.map_or(String::new(), |_| one.text.clone()),
        );
    }
    found
}

fn happened(one: &Happened) -> (String, i64, String) {
    let sort = match one.kind.as_str() {
        "Create" | "Correspond" => Sort::Correspondence,
        "Comment" => Sort::Comment,
        _ => Sort::Change,
    };
    (sort.as_str().to_owned(), one.at, one.author.clone())
}

/// A change of what is expected.
type Change = fn(&mut Told);

/// A comparison that does not see these changes proves nothing.
pub fn blind(told: &Told, seen: &BTreeMap<String, Seen>) -> Vec<String> {
    let changes: [(&str, Change); 7] = [
        ("one ticket more", |told| {
            if let Some(mut one) = told.tickets.first().cloned() {
                "999999".clone_into(&mut one.number);
                told.tickets.push(one);
            }
        }),
        ("one transaction less", |told| {
            on_first(told, |one| drop(one.happened.pop()))
        }),
        ("another time", |told| {
            on_first(told, |one| one.received += 1)
        }),
        ("another state", |told| {
            on_first(told, |one| "deleted".clone_into(&mut one.status))
        }),
        ("another text", |told| {
            on_first(told, |one| {
                one.texts.iter_mut().for_each(|one| one.text.push('x'))
            })
        }),
        ("another digest", |told| {
            on_first(told, |one| {
                one.files.iter_mut().for_each(|one| one.sha256.push('0'))
            })
        }),
        ("another merged number", |told| {
            on_first(told, |one| one.also.push("999998".to_owned()))
        }),
    ];
    let before = differences(told, seen).len();
    let mut faults = Vec::new();
    for (what, change) in changes {
        let mut changed = told.clone();
        change(&mut changed);
        if differences(&changed, seen).len() <= before && before == 0 {
            faults.push(format!("the comparison is blind for {what}"));
        }
    }
    faults
}

fn on_first(told: &mut Told, change: impl Fn(&mut Ticket)) {
    if let Some(one) = told.tickets.first_mut() {
        change(one);
    }
}
