//! Settings as files, variables and words of the command line: known keys with their values, or an error that names
//! what is wrong; and the values themselves.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use read::ReadError;

// By path: the program that holds it would have to be built whole otherwise.
#[path = "../../crates/cairn/src/settings/read.rs"]
mod read;

/// The keys of the program, as its generated reference lists them.
static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../docs/reference/settings.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| key)
        .filter(|key| key.contains('.'))
        .collect()
});

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let keys = KEYS.as_slice();
    assert!(keys.len() > 30, "the reference lists the settings");
    let all = [
        read::from_toml(text, "a.toml", keys),
        read::from_words(&text.lines().map(str::to_owned).collect::<Vec<_>>(), keys),
        read::from_environment(text.lines().filter_map(variable), keys),
    ];
    for read in all {
        match read {
            Ok(given) => {
                for given in given {
                    assert!(keys.contains(&given.key));
                    value(&given.value);
                    again(&given, keys);
                }
            }
            Err(error) => {
                let words = error.to_string();
                if let ReadError::Unknown { key, nearest, .. } = error {
                    assert!(!keys.contains(&key.as_str()) && words.contains(&key));
                    let known = |near: &String| {
                        keys.contains(&near.as_str()) || near.starts_with("tenant.")
                    };
                    assert!(nearest.as_ref().is_none_or(known));
                }
            }
        }
    }
    value(text);
});

fn variable(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

/// What was read from one source is read from each other one as well.
fn again(given: &read::Given, keys: &[&'static str]) {
    let one = |read: Result<Vec<read::Given>, ReadError>| {
        let read = read.expect("a known key");
        assert_eq!(read.len(), 1);
        (read[0].key, read[0].value.clone())
    };
    let same = (given.key, given.value.clone());
    if let Some(name) = &given.tenant {
        // The environment has no tenants, and a word of the command line ends a key at the first `=`.
        let quoted: Vec<String> = given.written().split('.').map(toml_string).collect();
        let text = format!("{} = {}", quoted.join("."), toml_string(&given.value));
        let read = read::from_toml(&text, "b.toml", keys);
        assert!(
            read.as_ref()
                .is_ok_and(|read| read[0].tenant.as_ref() == Some(name))
        );
        assert_eq!(one(read), same);
        return;
    }
    let pair = (read::env_name(given.key), given.value.clone());
    assert_eq!(one(read::from_environment([pair].into_iter(), keys)), same);
    let quoted = toml_string(&given.value);
    let text = format!("{} = {quoted}", given.key);
    assert_eq!(one(read::from_toml(&text, "b.toml", keys)), same);
    let word = format!("{}={}", given.key, given.value);
    let (key, value) = one(read::from_words(&[word], keys));
    assert_eq!((key, value.as_str()), (given.key, given.value.trim()));
}

fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        out.push_str(&format!("\\U{:08X}", u32::from(c)));
    }
    out.push('"');
    out
}

/// Values are taken within their bounds, or refused in words.
fn value(text: &str) {
    match read::duration(text) {
        Ok(duration) => {
            assert!(duration <= read::DURATION_MAX);
            let seconds = duration.as_secs();
            assert_eq!(read::duration(&format!("{seconds}s")), Ok(duration));
        }
        Err(words) => assert!(!words.is_empty()),
    }
    if let Ok(bytes) = read::bytes(text) {
        assert_eq!(read::bytes(&bytes.to_string()), Ok(bytes));
    }
    if let Ok(address) = read::address(text) {
        assert_eq!(read::address(&address.to_string()), Ok(address));
    }
    if let Ok(number) = read::number::<u16>(text) {
        assert_eq!(read::number(&number.to_string()), Ok(number));
    }
    let items: Vec<&str> = read::list(text).collect();
    assert_eq!(read::list(&items.join(",")).collect::<Vec<_>>(), items);
}
