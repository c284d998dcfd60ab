//! Observables made comparable: what two reports write differently and mean the same, and what says nothing left out.

use cairn_kernel::observable::{Kind, Observable};

use super::Rules;
use super::text::hash;

/// One thing that reports can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Trace {
    pub(super) kind: Kind,
    /// A telephone number of the free kind, which says less.
    pub(super) free: bool,
    /// Of kind and canonical text; also the key of the index.
    pub(super) key: u64,
}

/// What an observable comes to: nothing, itself in canonical form, or also the domain behind it.
///
/// A link loses scheme, `www.`, query and fragment (there stand the tokens of single victims), except on hosts that are
/// shared by many, where the query may be what names the page. A host becomes the name that was registered.
pub(super) fn traces(rules: &Rules, observable: &Observable) -> Vec<(Trace, String)> {
    let stop = &rules.stop;
    let value = observable.value.as_str();
    let one = |kind, text: String| vec![(trace(rules, kind, &text), text)];
    match observable.kind {
        Kind::Domain => registered(rules, value)
            .map(|name| one(Kind::Domain, name))
            .unwrap_or_default(),
        Kind::Email => {
            let mailbox = value.to_lowercase();
            let host = mailbox.rsplit_once('@').map_or("", |(_, host)| host);
            if stop.emails.contains(&mailbox) || is_public(rules, host) {
                return Vec::new();
            }
            let domain = registered(rules, host).map(|name| one(Kind::Domain, name));
            let mut all = one(Kind::Email, mailbox);
            all.extend(domain.unwrap_or_default());
            all
        }
        Kind::Url => link(rules, value)
            .map(|text| one(Kind::Url, text))
            .unwrap_or_default(),
        Kind::Phone if stop.phones.contains(value) => Vec::new(),
        Kind::Hash if stop.hashes.contains(value) => Vec::new(),
        kind => one(kind, value.to_owned()),
    }
}

fn trace(rules: &Rules, kind: Kind, text: &str) -> Trace {
    let free = kind == Kind::Phone
        && rules
            .free
            .iter()
            .any(|free| text.starts_with(free.as_str()));
    let name = kind.as_str().bytes();
    Trace {
        kind,
        free,
        key: hash(name.chain([0]).chain(text.bytes())),
    }
}

/// A link that says more than its host; `None` for others. The host has an observable of its own.
fn link(rules: &Rules, url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let authority = authority.rsplit('@').next()?.to_lowercase();
    let host = authority.strip_prefix("www.").unwrap_or(&authority);
    if is_public(rules, host) {
        return None;
    }
    let whole = rest.split('#').next()?;
    let path = whole.split('?').next()?.trim_end_matches('/');
    if !is_shared(rules, host) {
        return (!path.is_empty()).then(|| format!("{host}{path}"));
    }
    let whole = whole.trim_end_matches('/');
    let last = path.rsplit('/').next()?.to_lowercase();
    let tells = whole.len() > path.len() || !(last.is_empty() || rules.stop.paths.contains(&last));
    tells.then(|| format!("{host}{whole}"))
}

/// The name that somebody registered, or their name below a host that is shared; `None` for names that say nothing.
fn registered(rules: &Rules, host: &str) -> Option<String> {
    let host = host.to_lowercase();
    if is_public(rules, &host) {
        return None;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let keep = |count: usize| {
        let from = labels.len().checked_sub(count)?;
        Some(labels.get(from..)?.join("."))
    };
    let shared = (2..=labels.len())
        .find(|&count| keep(count).is_some_and(|name| rules.stop.shared.contains(&name)));
    if let Some(count) = shared {
        let own = keep(count + 1)?;
        return (!own.starts_with("www.") && !own.starts_with("m.")).then_some(own);
    }
    let [.., second, top] = labels.as_slice() else {
        return Some(host);
    };
    let deep = top.len() == 2 && rules.stop.second.contains(*second);
    keep(if deep { 3 } else { 2 }).or(Some(host))
}

/// The host or a name above it is one of firms and agencies.
fn is_public(rules: &Rules, host: &str) -> bool {
    above(host).any(|name| rules.stop.public.contains(name))
}

/// The host itself is shared by many; a name below it is somebody's own.
fn is_shared(rules: &Rules, host: &str) -> bool {
    let host = host.strip_prefix("m.").unwrap_or(host);
    let host = host.split(':').next().unwrap_or(host);
    rules.stop.shared.contains(host)
}

/// A host and the names above it.
fn above(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |name| {
        name.split_once('.').map(|(_, rest)| rest)
    })
}

#[cfg(test)]
mod tests {
    use cairn_kernel::observable::extract;

    use super::super::EMBEDDED;
    use super::*;

    fn seen(text: &str) -> Vec<String> {
        let rules = Rules::parse(EMBEDDED).unwrap();
        let mut all: Vec<_> = extract(text)
            .iter()
            .flat_map(|observable| traces(&rules, observable))
            .map(|(trace, value)| format!("{}:{value}", trace.kind.as_str()))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    #[test]
    fn spellings_of_one_link_meet() {
        let wanted = ["domain:evil.example", "url:evil.example/pay"];
        for text in [
            "https://evil.example/pay",
            "http://www.evil.example/pay/?victim=12#top",
            "hxxps://EVIL[.]example/pay",
            "evil.example/pay",
        ] {
            assert_eq!(seen(text), wanted, "{text}");
        }
        assert_eq!(
            seen("https://a.b.evil.example/?t=1"),
            ["domain:evil.example"]
        );
        assert_eq!(seen("https://shop.evil.co.nz"), ["domain:evil.co.nz"]);
    }

    #[test]
    fn hosts_of_many_say_nothing_but_what_lies_on_them_does() {
        assert!(seen("https://www.facebook.com/ and https://bit.ly and gmail.com").is_empty());
        assert!(seen("https://facebook.com/marketplace/").is_empty());
        assert_eq!(seen("https://bit.ly/3xYz"), ["url:bit.ly/3xYz"]);
        assert_eq!(
            seen("https://youtube.com/watch?v=abc"),
            ["url:youtube.com/watch?v=abc"]
        );
        assert_eq!(seen("fraud.77@gmail.com"), ["email:fraud.77@gmail.com"]);
        assert_eq!(
            seen("https://evil.pages.dev/x"),
            ["domain:evil.pages.dev", "url:evil.pages.dev/x"]
        );
    }

    #[test]
    fn firms_agencies_and_the_help_say_nothing() {
        for text in [
            "https://www.police.govt.nz/use-105",
            "https://secure.kiwibank.co.nz/login",
            "help@ird.govt.nz",
            "0800 543 354",
            "D41D8CD98F00B204E9800998ECF8427E",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ] {
            assert_eq!(seen(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(seen("021 555 0123"), ["phone:+64215550123"]);
        let other = "d41d8cd98f00b204e9800998ecf8427f";
        assert_eq!(seen(other), [format!("hash:{other}")]);
    }

    #[test]
    fn a_mailbox_brings_its_domain() {
        assert_eq!(
            seen("Billing@Ledger-Office.example"),
            [
                "domain:ledger-office.example",
                "email:billing@ledger-office.example"
            ]
        );
    }
}
