//! A mailbox file: its messages put together to threads by what they answer (RFC 5322, 3.6.4), each thread one old ticket. A
//! thread is known by the Message-IDs of its messages, for ever; a message that comes later joins it. A Message-ID may tell of a
//! person, and old numbers stand in the log: the number is its digest.

use std::collections::BTreeMap;

use cairn_kernel::time::Micros;

use super::{Entry, Fault, Old, OldFile, Parsed, Problem, Sort};
use crate::mail::{
    MailReport, Mailbox, Origin, Reading, identity, read_anyhow, split_mbox, without_quote,
};
use crate::report::Contact;

/// Most messages of one mailbox.
pub const MESSAGES_MAX: usize = 1_000_000;

/// A message, and where it stands.
struct Letter {
    id: String,
    number: String,
    answers: Vec<String>,
    at: Micros,
    entry: Entry,
    files: Vec<OldFile>,
    from: Option<Mailbox>,
    subject: String,
    seen: Vec<String>,
    /// It has no Message-ID or no date of its own.
    bare: bool,
}

/// The threads of a mailbox. `digest` gives a short text that tells bytes from others.
#[must_use]
pub fn parse(mbox: &[u8], calling_code: u16, digest: &dyn Fn(&[u8]) -> String) -> Parsed {
    let mut parsed = Parsed::default();
    let mut letters: Vec<Letter> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (n, message) in split_mbox(mbox).enumerate().take(MESSAGES_MAX) {
        let place = format!("message {}", n + 1);
        match letter(&message, calling_code, digest) {
            // The same message, as lists and copies bring it, is one.
            Ok(letter) if known.contains_key(&letter.id) => {}
            Ok(letter) => {
                if letter.bare {
                    parsed.problems.push(Problem::new(
                        Fault::Unmapped,
                        place,
                        "no Message-ID or Date of its own",
                    ));
                }
                known.insert(letter.id.clone(), letters.len());
                letters.push(letter);
            }
            Err(why) => parsed
                .problems
                .push(Problem::new(Fault::Unreadable, place, &why)),
        }
    }
    let roots = roots(&letters, &known);
    let mut threads: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, root) in roots.iter().enumerate() {
        threads.entry(*root).or_default().push(at);
    }
    let mut letters: Vec<Option<Letter>> = letters.into_iter().map(Some).collect();
    for members in threads.into_values() {
        let taken = members
            .iter()
            .filter_map(|at| letters.get_mut(*at).and_then(Option::take));
        parsed.tickets.extend(thread(taken.collect()));
    }
    parsed
}

fn letter(
    message: &[u8],
    calling_code: u16,
    digest: &dyn Fn(&[u8]) -> String,
) -> Result<Letter, String> {
    let reading = Reading {
        authserv_id: None,
        calling_code,
    };
    let mail = read_anyhow(message, &reading).map_err(|error| error.to_string())?;
    let own = mail.headers.message_id.clone();
    let (head, body) = identity(message);
    let id = own
        .clone()
        .unwrap_or_else(|| format!("none:{}", digest(&[head.as_slice(), &body].concat())));
    let id: String = id.chars().take(super::NUMBER_CHARS_MAX).collect();
    let date = mail.headers.date;
    let at = date.unwrap_or_default();
    let from = mail.headers.from.first().cloned();
    let author = from.as_ref().map(named);
    let mut files = vec![file(
        &id,
        "message",
        at,
        author.as_ref(),
        "message.eml",
        message.to_vec(),
    )];
    for (n, one) in mail
        .attachments
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.contents.is_empty())
    {
        let name = one.name.as_deref().unwrap_or("attachment");
        files.push(file(
            &id,
            &format!("part{n}"),
            at,
            author.as_ref(),
            name,
            one.contents.clone(),
        ));
    }
    Ok(Letter {
        number: digest(id.as_bytes()),
        answers: mail.thread.answers.clone(),
        entry: Entry {
            key: format!("message:{id}"),
            at,
            sort: Sort::Correspondence,
            author,
            subject: mail.headers.subject.clone(),
            text: words(&mail),
        },
        subject: mail.headers.subject.clone(),
        seen: mail
            .observables
            .iter()
            .map(|one| one.value.clone())
            .collect(),
        bare: own.is_none() || date.is_none(),
        id,
        at,
        files,
        from,
    })
}

fn words(mail: &MailReport) -> String {
    let text = without_quote(&mail.thread.text);
    if text.trim().is_empty() && mail.original.origin == Origin::Itself {
        mail.original.text.clone()
    } else {
        text.to_owned()
    }
}

fn named(from: &Mailbox) -> String {
    if from.name.is_empty() {
        from.address.clone()
    } else {
        format!("{} <{}>", from.name, from.address)
    }
}

fn file(
    id: &str,
    part: &str,
    at: Micros,
    author: Option<&String>,
    name: &str,
    bytes: Vec<u8>,
) -> OldFile {
    OldFile {
        key: format!("{part}:{id}"),
        at,
        author: author.cloned(),
        name: name.to_owned(),
        place: String::new(),
        bytes: Some(bytes),
        taken: None,
    }
}

/// For each message the one at the head of its thread: of all that are joined by what they answer, also by a message that is not
/// in the mailbox, the oldest.
fn roots(letters: &[Letter], known: &BTreeMap<String, usize>) -> Vec<usize> {
    let mut joined = Joined((0..letters.len()).collect());
    let mut absent: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, letter) in letters.iter().enumerate() {
        for id in &letter.answers {
            let other = known.get(id.as_str()).copied();
            let other = other.unwrap_or_else(|| *absent.entry(id.as_str()).or_insert(at));
            joined.join(at, other);
        }
    }
    (0..letters.len()).map(|at| joined.head(at)).collect()
}

/// Sets that are joined, each known by one of its members.
struct Joined(Vec<usize>);

impl Joined {
    fn head(&mut self, mut at: usize) -> usize {
        while let Some(&up) = self.0.get(at)
            && up != at
        {
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(place) = self.0.get_mut(at) {
                *place = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.head(a), self.head(b));
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}

fn thread(mut letters: Vec<Letter>) -> Option<Old> {
    letters.sort_by_key(|letter| letter.at);
    // A message without a date stands with the oldest that has one.
    let least = letters.iter().map(|letter| letter.at).find(|at| at.0 > 0);
    let least = least.unwrap_or(Micros(1));
    let place = letters
        .iter()
        .position(|letter| letter.at.0 > 0)
        .unwrap_or(0);
    let first = letters.get(place)?;
    let mut old = Old {
        number: first.number.clone(),
        also: letters.iter().map(|letter| letter.number.clone()).collect(),
        title: first.subject.clone(),
        received: least,
        contact: first.from.as_ref().map(|from| Contact {
            name: Some(from.name.clone()).filter(|name| !name.is_empty()),
            email: Some(from.address.clone()),
            phone: None,
        }),
        story: first.entry.text.clone(),
        ..Old::default()
    };
    old.fields
        .push(("subject".to_owned(), first.subject.clone()));
    for letter in letters {
        let at = if letter.at.0 > 0 { letter.at } else { least };
        old.seen.extend(letter.seen);
        old.entries.push(Entry { at, ..letter.entry });
        old.files
            .extend(letter.files.into_iter().map(|file| OldFile { at, ..file }));
    }
    Some(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub const BOX: &[u8] = b"From ana@home.example Mon Nov 23 10:00:00 2020\nMessage-ID: <1@home.example>\nFrom: Ana <ana@home.example>\n\
        Subject: parcel\nDate: Mon, 23 Nov 2020 10:00:00 +0000\n\nIs http://evil.example/x real?\n>From here on\n\n\
        From cert@cert.example Mon Nov 23 11:00:00 2020\nMessage-ID: <2@cert.example>\nIn-Reply-To: <1@home.example>\n\
        From: cert@cert.example\nSubject: Re: parcel\nDate: Mon, 23 Nov 2020 11:00:00 +0000\n\nNo.\n\n\
        From x Mon Nov 23 12:00:00 2020\nMessage-ID: <9@else.example>\nReferences: <gone@else.example>\nFrom: b@else.example\n\
        Subject: other\nDate: Mon, 23 Nov 2020 12:00:00 +0000\n\nlate\n\n\
        From x Mon Nov 23 09:00:00 2020\nMessage-ID: <8@else.example>\nReferences: <gone@else.example>\nFrom: b@else.example\n\
        Subject: other\nDate: Mon, 23 Nov 2020 09:00:00 +0000\n\nearly\n\n";

    #[test]
    fn threads_are_put_together_also_by_what_is_not_there() {
        let parsed = parse(BOX, 64, &|bytes| {
            String::from_utf8_lossy(bytes).into_owned()
        });
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        let [parcel, other] = parsed.tickets.as_slice() else {
            panic!("{parsed:?}")
        };
        assert_eq!(
            (parcel.number.as_str(), parcel.entries.len()),
            ("1@home.example", 2)
        );
        assert!(parcel.story.contains("\nFrom here on"), "{}", parcel.story);
        assert_eq!(
            parcel.contact.as_ref().unwrap().email.as_deref(),
            Some("ana@home.example")
        );
        assert_eq!(parcel.received.to_string(), "2020-11-23T10:00:00Z");
        assert!(parcel.seen.iter().any(|seen| seen.contains("evil.example")));
        assert_eq!(
            (
                other.number.as_str(),
                other.entries.len(),
                other.files.len()
            ),
            ("8@else.example", 2, 2)
        );
        assert!(other.also.contains(&"9@else.example".to_owned()));
    }

    #[test]
    fn what_is_no_mailbox_gives_nothing() {
        assert_eq!(parse(b"hello", 64, &|_| String::new()), Parsed::default());
    }
}
