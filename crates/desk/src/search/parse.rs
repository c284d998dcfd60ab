//! Reading a line: into tokens, and each token into a term.

use cairn_kernel::money::Money;
use cairn_kernel::observable::{Kind, Observable, extract_for};
use cairn_kernel::text::fold;

use super::{
    Bound, Codes, Day, FILTERS, Fault, Has, Known, OVERDUE, Search, Term, Than, What, Wrong,
};
use crate::data::{Text, nearest};

/// Longest line, characters: room for the longest link and some words.
pub const LINE_CHARS_MAX: usize = 2_500;
/// Most words and filters of a line.
pub const TERMS_MAX: usize = 40;
/// Most words that are looked for, those of phrases among them.
pub const WORDS_MAX: usize = 24;
/// So much of what was typed is shown beside a fault, characters.
const SHOWN_CHARS_MAX: usize = 60;

/// One token as it stands in the line.
pub(crate) struct Token<'l> {
    /// Characters before it.
    pub(crate) at: usize,
    pub(crate) whole: &'l str,
    pub(crate) not: bool,
    /// Letters before a colon.
    pub(crate) head: Option<&'l str>,
    pub(crate) value: &'l str,
    quoted: bool,
    pub(crate) closed: bool,
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}

/// Where the text between two quotation marks ends, and where the token does; `rest` begins behind the first mark.
fn quoted(rest: &str) -> (usize, usize, bool) {
    match rest.char_indices().find(|(_, c)| is_quote(*c)) {
        Some((at, mark)) => (at, at + mark.len_utf8(), true),
        None => (rest.len(), rest.len(), false),
    }
}

pub(crate) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let (mut rest, mut at) = (line, 0);
    loop {
        let trimmed = rest.trim_start();
        at += chars(rest) - chars(trimmed);
        rest = trimmed;
        if rest.is_empty() || out.len() > TERMS_MAX {
            return out;
        }
        let (token, length) = token(rest, at);
        out.push(token);
        let (whole, after) = rest.split_at(length.min(rest.len()));
        at += chars(whole);
        rest = after;
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// The token at the start of `rest`, which begins with no blank, and its length in bytes.
fn token(rest: &str, at: usize) -> (Token<'_>, usize) {
    let after = rest.strip_prefix('-');
    let after = after.filter(|after| after.starts_with(|c: char| !c.is_whitespace()));
    let (not, body) = (after.is_some(), after.unwrap_or(rest));
    let sign = rest.len() - body.len();
    let make = |head, (from, to): (usize, usize), length: usize, quoted, closed| {
        let length = sign + length;
        let token = Token {
            at,
            whole: rest.get(..length).unwrap_or(rest),
            not,
            head,
            value: body.get(from..to).unwrap_or_default(),
            quoted,
            closed,
        };
        (token, length)
    };
    if let Some(mark) = body.chars().next().filter(|c| is_quote(*c)) {
        let from = mark.len_utf8();
        let (end, length, closed) = quoted(body.get(from..).unwrap_or_default());
        return make(None, (from, from + end), from + length, true, closed);
    }
    let end = body.find(char::is_whitespace).unwrap_or(body.len());
    let plain = body.get(..end).unwrap_or_default();
    let Some((head, value)) = plain.split_once(':').filter(|(head, _)| is_name(head)) else {
        return make(None, (0, end), end, false, true);
    };
    let from = head.len() + 1;
    if let Some(mark) = value.chars().next().filter(|c| is_quote(*c)) {
        let from = from + mark.len_utf8();
        let (end, length, closed) = quoted(body.get(from..).unwrap_or_default());
        return make(Some(head), (from, from + end), from + length, true, closed);
    }
    make(Some(head), (from, end), end, false, true)
}

fn is_name(head: &str) -> bool {
    !head.is_empty() && head.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Reads a line.
///
/// # Errors
/// Every fault, in the order of the line. Nothing should be shown then.
pub fn parse(line: &str, known: &Known<'_>) -> Result<Search, Vec<Fault>> {
    let fault = |at, typed: &str, wrong| Fault {
        at,
        typed: typed.chars().take(SHOWN_CHARS_MAX).collect(),
        wrong,
    };
    if line.chars().nth(LINE_CHARS_MAX).is_some() {
        return Err(vec![fault(0, line, Wrong::Long)]);
    }
    let decimals = cairn_kernel::money::decimals(known.currency).unwrap_or(2);
    let mut search = Search {
        terms: Vec::new(),
        decimals,
    };
    let mut faults = Vec::new();
    let mut alone = None;
    for token in tokens(line) {
        if search.terms.len() >= TERMS_MAX {
            faults.push(fault(token.at, token.whole, Wrong::Many));
            break;
        }
        match term(&token, known) {
            Ok(what) => {
                let spoken = matches!(what, What::Word(_) | What::Observable(_));
                if token.not && spoken && alone.is_none() {
                    alone = Some(fault(token.at, token.whole, Wrong::Alone));
                }
                search.terms.push(Term {
                    not: token.not,
                    what,
                });
            }
            Err(wrong) => faults.push(fault(token.at, token.whole, wrong)),
        }
    }
    if words(&search) > WORDS_MAX {
        faults.push(fault(0, line, Wrong::Many));
    }
    if !search.terms.iter().any(anchors) {
        faults.extend(alone);
    }
    faults.sort_by_key(|fault| fault.at);
    if faults.is_empty() {
        Ok(search)
    } else {
        Err(faults)
    }
}

/// How many words the index is asked for.
fn words(search: &Search) -> usize {
    let count = |text: &str| fold(text).split(' ').filter(|w| !w.is_empty()).count();
    let words = search.terms.iter().map(|term| match &term.what {
        What::Word(text) | What::Phrase(text) => count(text),
        What::Observable(_) => 1,
        _ => 0,
    });
    words.sum()
}

/// The index finds by this term, so that others can be left out of what it found.
fn anchors(term: &Term) -> bool {
    !term.not
        && match &term.what {
            What::Word(text) | What::Phrase(text) => !fold(text).is_empty(),
            What::Observable(_) => true,
            _ => false,
        }
}

fn term(token: &Token<'_>, known: &Known<'_>) -> Result<What, Wrong> {
    if !token.closed {
        return Err(Wrong::Unclosed);
    }
    let Some(head) = token.head else {
        return if token.quoted {
            phrase(token)
        } else {
            bare(token, known)
        };
    };
    // A link, and no filter.
    if token.value.starts_with("//") && !token.quoted {
        return bare(token, known);
    }
    let name = head.to_ascii_lowercase();
    let Some(name) = FILTERS.into_iter().find(|filter| *filter == name) else {
        return Err(Wrong::Filter {
            nearest: nearest(&name, FILTERS.into_iter()),
        });
    };
    let value = token.value.trim();
    if value.is_empty() {
        return Err(Wrong::Empty);
    }
    filter(name, value, token.not, known)
}

fn phrase(token: &Token<'_>) -> Result<What, Wrong> {
    let text = token.value.trim();
    if fold(text).is_empty() {
        Err(Wrong::Empty)
    } else if token.not {
        Err(Wrong::Not { instead: "-word" })
    } else {
        Ok(What::Phrase(text.to_owned()))
    }
}

fn filter(name: &'static str, value: &str, not: bool, known: &Known<'_>) -> Result<What, Wrong> {
    if let Some(codes) = Codes::ALL.into_iter().find(|codes| codes.name() == name) {
        return values(codes, value, not, known);
    }
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == name) {
        return observable(kind, value, known.calling_code);
    }
    match name {
        "severity" => severities(value, known),
        "has" => {
            let all = Has::ALL.map(|has| (has.name().to_owned(), Vec::new()));
            let code = code(name, value, &all)?;
            let has = Has::ALL.into_iter().find(|has| has.name() == code);
            has.map(What::Has).ok_or(Wrong::Empty)
        }
        "consent" => {
            let agencies = known.agencies.all().iter();
            let all: Vec<_> = agencies.map(|one| named(&one.code, &one.name)).collect();
            Ok(What::Consent(code(name, value, &all)?))
        }
        "referred" => {
            let agencies = known.agencies.all().iter();
            let all: Vec<_> = agencies.map(|one| named(&one.code, &one.name)).collect();
            Ok(What::Referred(code(name, value, &all)?))
        }
        "referral" => {
            let states = crate::referral::State::ALL.map(|state| state.as_str());
            let all = states.into_iter().chain([OVERDUE]);
            let all: Vec<_> = all.map(|code| (code.to_owned(), Vec::new())).collect();
            Ok(What::Referral(code(name, value, &all)?))
        }
        _ => {
            let bound = match name {
                "before" => Bound::Before,
                "on" => Bound::On,
                _ => Bound::Since,
            };
            if not {
                let instead = match bound {
                    Bound::Since => "before:2026-01-31",
                    Bound::Before => "since:2026-01-31",
                    Bound::On => "before:2026-01-31",
                };
                return Err(Wrong::Not { instead });
            }
            let day = Day::parse(&value.to_ascii_lowercase()).ok_or(Wrong::Day)?;
            Ok(What::Received(bound, day))
        }
    }
}

/// A code and the titles by which people know it.
type Named = (String, Vec<String>);

fn named(code: &str, title: &Text) -> Named {
    let titles = title.iter().map(|(_, title)| fold(title));
    (code.to_owned(), titles.collect())
}

/// The code that somebody means who typed a code or a title.
fn code(filter: &'static str, typed: &str, known: &[Named]) -> Result<String, Wrong> {
    let folded = fold(typed);
    let meant = known
        .iter()
        .find(|(code, titles)| code.eq_ignore_ascii_case(typed) || titles.contains(&folded));
    if let Some((code, _)) = meant {
        return Ok(code.clone());
    }
    let lower = typed.to_ascii_lowercase();
    let codes = known.iter().map(|(code, _)| code.as_str());
    // Who wrote a part of a code is likely to mean it: `access` for `unauthorised_access`.
    let part = codes
        .clone()
        .find(|code| lower.chars().count() >= 3 && code.contains(&lower));
    Err(Wrong::Value {
        filter,
        nearest: nearest(&lower, codes).or(part).map(str::to_owned),
    })
}

fn codes_of(codes: Codes, known: &Known<'_>) -> Vec<Named> {
    let plain = |code: &str| (code.to_owned(), Vec::new());
    let taxonomy = known.taxonomy;
    let entries = |entries: &[crate::taxonomy::Entry]| -> Vec<Named> {
        entries
            .iter()
            .map(|one| named(&one.code, &one.title))
            .collect()
    };
    let categories = taxonomy.categories();
    match codes {
        Codes::Category => categories
            .iter()
            .map(|one| named(&one.code, &one.title))
            .collect(),
        Codes::Subtype => categories
            .iter()
            .flat_map(|one| entries(&one.subtypes))
            .collect(),
        Codes::State => {
            let states = crate::report::State::ALL
                .into_iter()
                .map(|one| one.as_str());
            states.chain(["all"]).map(plain).collect()
        }
        Codes::Assignee => {
            let own = ["me", "nobody"].into_iter();
            let logins = known.accounts.iter().map(|(_, login)| login.as_str());
            own.chain(logins).map(plain).collect()
        }
        Codes::Language => known.languages.iter().map(|code| plain(code)).collect(),
        Codes::Region => entries(taxonomy.regions()),
        Codes::Sector => entries(taxonomy.sectors()),
        Codes::Loss => {
            let unknown = ("not_known".to_owned(), vec!["unknown".to_owned()]);
            vec![plain("yes"), plain("no"), unknown]
        }
    }
}

fn values(codes: Codes, value: &str, not: bool, known: &Known<'_>) -> Result<What, Wrong> {
    let all = codes_of(codes, known);
    let mut out: Vec<String> = Vec::new();
    for one in value
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
    {
        let id = known.accounts.iter().find(|(id, _)| id == one);
        let one = match id.filter(|_| codes == Codes::Assignee) {
            Some((_, login)) => login.clone(),
            None => code(codes.name(), one, &all)?,
        };
        if one == "all" && codes == Codes::State && not {
            return Err(Wrong::Not {
                instead: "state:closed",
            });
        }
        if !out.contains(&one) {
            out.push(one);
        }
    }
    if out.is_empty() {
        return Err(Wrong::Empty);
    }
    Ok(What::Codes(codes, out))
}

fn severities(value: &str, known: &Known<'_>) -> Result<What, Wrong> {
    let mut out = Vec::new();
    for one in value.split(',').map(str::trim) {
        let level = one.parse().ok().filter(|_| one.len() == 1);
        let level = level.filter(|level| known.levels().any(|one| one == *level));
        out.push(level.ok_or(Wrong::Severity)?);
    }
    out.sort_unstable();
    out.dedup();
    Ok(What::Severity(out))
}

/// The observable in a value, which may be defanged. Its canonical text must read as itself, so that a line can be printed.
fn observable(kind: Kind, value: &str, calling_code: u16) -> Result<What, Wrong> {
    let find = |text: &str| {
        let mut found = extract_for(text, calling_code).into_iter();
        found.find(|one| one.kind == kind)
    };
    let stable = |one: &Observable| {
        let plain = !one.value.contains(is_quote);
        plain && one.value.trim() == one.value && find(&one.value).as_ref() == Some(one)
    };
    let found = find(value).filter(stable);
    found.map(What::Observable).ok_or(Wrong::Observable(kind))
}

/// A token without a filter's colon: a comparison, a defanged observable, or a word.
fn bare(token: &Token<'_>, known: &Known<'_>) -> Result<What, Wrong> {
    let text = token
        .whole
        .get(usize::from(token.not)..)
        .unwrap_or_default();
    if let Some((head, sign, value)) = comparison(text) {
        let name = head.to_ascii_lowercase();
        return match (FILTERS.into_iter().find(|filter| *filter == name), value) {
            (Some("loss" | "severity"), "") => Err(Wrong::Empty),
            (Some("loss"), _) => loss(sign, value, token.not, known),
            (Some("severity"), _) => severity_range(sign, value, known),
            (Some(filter), _) => Err(Wrong::Sign { filter }),
            (None, _) => Ok(What::Word(text.to_owned())),
        };
    }
    // What is written so that nobody can follow it by mistake is meant as a whole; a bare name or number is a word, which
    // finds it too, and also what is longer.
    let lower = text.to_ascii_lowercase();
    let marks = [
        "[.]", "(.)", "{.}", "[dot]", "(dot)", "[@]", "[at]", "(at)", "[:]", "hxxp", "://",
    ];
    if marks.iter().any(|mark| lower.contains(mark)) {
        for kind in [Kind::Url, Kind::Email, Kind::Ip, Kind::Domain] {
            if let Ok(found) = observable(kind, text, known.calling_code) {
                return Ok(found);
            }
        }
    }
    Ok(What::Word(text.to_owned()))
}

/// `loss>=10000` in its three parts.
fn comparison(text: &str) -> Option<(&str, Than, &str)> {
    let at = text.find(['<', '>'])?;
    let (head, rest) = text.split_at(at);
    let (sign, length) = match rest.as_bytes() {
        [b'>', b'=', ..] => (Than::AtLeast, 2),
        [b'<', b'=', ..] => (Than::AtMost, 2),
        [b'>', ..] => (Than::Over, 1),
        _ => (Than::Under, 1),
    };
    is_name(head).then(|| (head, sign, rest.get(length..).unwrap_or_default()))
}

fn loss(than: Than, value: &str, not: bool, known: &Known<'_>) -> Result<What, Wrong> {
    if not {
        let instead = match than {
            Than::Over | Than::AtLeast => "loss<10000",
            Than::Under | Than::AtMost => "loss>10000",
        };
        return Err(Wrong::Not { instead });
    }
    let money = Money::parse(value, known.currency).map_err(|_| Wrong::Amount)?;
    if money.currency.as_str() != known.currency || money.minor < 0 {
        return Err(Wrong::Amount);
    }
    Ok(What::Loss(than, money.minor))
}

fn severity_range(than: Than, value: &str, known: &Known<'_>) -> Result<What, Wrong> {
    let level: i64 = value.parse().map_err(|_| Wrong::Severity)?;
    let (least, most) = than.range(level);
    let all = known.levels();
    let some: Vec<u8> = all
        .filter(|l| (least..=most).contains(&i64::from(*l)))
        .collect();
    if some.is_empty() {
        return Err(Wrong::Severity);
    }
    Ok(What::Severity(some))
}
