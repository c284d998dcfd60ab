//! A feed of what changed: RFC 4287, "The Atom Syndication Format".

use std::fmt::Write as _;

use cairn_evidence::hash::sha256;
use jiff::civil::Date;

use super::{Place, date};

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Never another one's, and the same for ever: readers know by it what they have seen.
    pub id: String,
    /// What changed, in a few words.
    pub title: String,
    /// What changed and why. Plain text.
    pub text: String,
    /// The day.
    pub at: Date,
    /// Path of the page that tells more, from the base address.
    pub href: String,
}

/// A feed.
#[derive(Debug, Clone)]
pub struct Feed<'a> {
    /// Id of the plan.
    pub plan: &'a str,
    /// Title.
    pub title: &'a str,
    /// Language of its texts.
    pub language: &'a str,
    /// Who publishes it.
    pub author: &'a str,
    /// Where it is published.
    pub place: Place<'a>,
    /// Path of the feed itself, from the base address.
    pub path: &'a str,
    /// Path of the page of changes, from the base address.
    pub home: &'a str,
    /// Day to name while nothing has changed.
    pub since: Date,
    /// Changes in any order.
    pub changes: Vec<Change>,
}

/// The feed as XML, newest change first; of one day by id.
#[must_use]
pub fn atom(feed: &Feed<'_>) -> String {
    let mut changes: Vec<&Change> = feed.changes.iter().collect();
    changes.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
    let updated = changes.first().map_or(feed.since, |change| change.at);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    // Writing to a String does not fail, here and below.
    let _written = write!(
        out,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>{}</id>\n<title>{}</title>\n\
         <updated>{}</updated>\n<author><name>{}</name></author>\n<link rel=\"self\" \
         type=\"application/atom+xml\" href=\"{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        xml(feed.language),
        name(feed.plan, feed.language, ""),
        xml(feed.title),
        date::moment(updated),
        xml(feed.author),
        xml(&feed.place.href(feed.path)),
        xml(&feed.place.href(feed.home)),
    );
    for change in changes {
        let _written = write!(
            out,
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link rel=\"alternate\" \
             type=\"text/html\" href=\"{}\"/>\n<content type=\"text\">{}</content>\n</entry>\n",
            name(feed.plan, feed.language, &change.id),
            xml(&change.title),
            date::moment(change.at),
            xml(&feed.place.href(&change.href)),
            xml(&change.text),
        );
    }
    out.push_str("</feed>\n");
    out
}

/// A name that stays when the site moves, which a web address would not: a version 8 UUID (RFC 9562) of the SHA-256 of
/// plan, language and id.
fn name(plan: &str, language: &str, id: &str) -> String {
    let hash = sha256(format!("cairn-track feed\n{plan}\n{language}\n{id}").as_bytes()).hex();
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    // 8 is the version, 9 one of the four digits of the variant.
    format!(
        "urn:uuid:{}-{}-8{}-9{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// Text for XML 1.0: characters that it does not have become U+FFFD.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A parser makes a line feed of it unless it is written as a number.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}
