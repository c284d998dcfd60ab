//! Where settings come from: the text of a settings file, environment pairs and `--set` words, read into assignments of
//! known keys, and the plain values in them. Knows neither files nor what a setting does, so that it can be fuzzed alone.

use std::time::Duration;

/// Longest duration that can be set: a year. Beyond it sums with the clock could overflow.
pub const DURATION_MAX: Duration = Duration::from_secs(366 * 24 * 3_600);

/// One value for one known key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The tenant that it is for; none is the house itself.
    pub tenant: Option<String>,
    /// The key, as the definitions spell it.
    pub key: &'static str,
    /// The value as text; the items of an array joined by commas.
    pub value: String,
    /// Where it was found, for error texts.
    pub source: String,
}

impl Given {
    /// The key as it was written.
    #[must_use]
    pub fn written(&self) -> String {
        match &self.tenant {
            None => self.key.to_owned(),
            Some(name) => format!("{TENANT}{name}.{}", end_of(self.key)),
        }
    }
}

/// What stands before the name of a tenant.
const TENANT: &str = "tenant.";
/// How the definitions write a key that only tenants have: with this in place of their name.
const ANY_TENANT: &str = "tenant.NAME.";

/// The key without what stands for the name of a tenant.
fn end_of(key: &str) -> &str {
    key.strip_prefix(ANY_TENANT).unwrap_or(key)
}

/// What was found is no list of settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The text is no TOML.
    #[error("{source_name}: {cause}")]
    Syntax {
        /// Which source.
        source_name: String,
        /// Why, with line and column.
        cause: String,
    },
    /// No such key.
    #[error("{source_name}: unknown setting `{key}`{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// Which source.
        source_name: String,
        /// As written.
        key: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
}

/// Reads the text of a settings file (TOML 1.0). Tables and dotted keys mean the same.
///
/// # Errors
/// No TOML, or the first key that is not one of `keys`.
pub fn from_toml(
    text: &str,
    source_name: &str,
    keys: &[&'static str],
) -> Result<Vec<Given>, ReadError> {
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ReadError::Syntax {
            source_name: source_name.to_owned(),
            cause: error.to_string(),
        })?;
    let mut pairs = Vec::new();
    flatten("", &table, &mut pairs);
    pairs
        .into_iter()
        .map(|(key, value)| given(&key, value, source_name, keys))
        .collect()
}

/// Reads environment pairs. Only names of the settings' own sections count: tools beside us have variables of their own.
///
/// # Errors
/// The first name of a section that is no setting.
pub fn from_environment(
    pairs: impl Iterator<Item = (String, String)>,
    keys: &[&'static str],
) -> Result<Vec<Given>, ReadError> {
    let mut all = Vec::new();
    for (name, value) in pairs {
        let Some(rest) = name.strip_prefix("CAIRN_") else {
            continue;
        };
        let group = rest.split('_').next().unwrap_or_default().to_lowercase();
        if !keys.iter().any(|key| section(key) == group) {
            continue;
        }
        // A name with a hyphen is no name of a variable: tenants stand in the file, or come by `--set`.
        if group == section(TENANT) {
            return Err(ReadError::Unknown {
                source_name: format!("environment {name}"),
                key: rest.to_lowercase(),
                nearest: None,
            });
        }
        let key = keys.iter().find(|key| env_name(key) == name).map_or_else(
            || rest.to_lowercase().replacen('_', ".", 1),
            |key| (*key).to_owned(),
        );
        all.push(given(&key, value, &format!("environment {name}"), keys)?);
    }
    Ok(all)
}

/// Reads `KEY=VALUE` words of the command line; a word without `=` sets the empty value.
///
/// # Errors
/// The first key that is not one of `keys`.
pub fn from_words(words: &[String], keys: &[&'static str]) -> Result<Vec<Given>, ReadError> {
    words
        .iter()
        .map(|word| {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            given(key.trim(), value.trim().to_owned(), "--set", keys)
        })
        .collect()
}

/// `server.listen` is `CAIRN_SERVER_LISTEN` in the environment.
#[must_use]
pub fn env_name(key: &str) -> String {
    format!("CAIRN_{}", key.replace('.', "_").to_uppercase())
}

fn section(key: &str) -> &str {
    key.split('.').next().unwrap_or_default()
}

fn given(
    key: &str,
    value: String,
    source: &str,
    keys: &[&'static str],
) -> Result<Given, ReadError> {
    let (tenant, end) = match key
        .strip_prefix(TENANT)
        .and_then(|rest| rest.split_once('.'))
    {
        Some((name, end)) => (Some(name.to_owned()), end),
        None => (None, key),
    };
    let is = |known: &&&str| match &tenant {
        Some(_) => end_of(known) == end,
        None => **known == end && !known.starts_with(ANY_TENANT),
    };
    match keys.iter().find(is) {
        Some(key) => Ok(Given {
            tenant,
            key,
            value,
            source: source.to_owned(),
        }),
        None => Err(ReadError::Unknown {
            source_name: source.to_owned(),
            key: key.to_owned(),
            nearest: nearest(end, keys).map(|near| match tenant {
                Some(name) => format!("{TENANT}{name}.{}", end_of(near)),
                None => near.to_owned(),
            }),
        }),
    }
}

/// The known key that differs in the fewest letters, if at most half of them differ. Overlong keys have none: comparing
/// takes time by the product of the lengths.
fn nearest(key: &str, keys: &[&'static str]) -> Option<&'static str> {
    const LETTERS_MAX: usize = 100;
    if key.len() > LETTERS_MAX {
        return None;
    }
    keys.iter()
        .map(|known| (strsim::damerau_levenshtein(end_of(known), key), *known))
        .min()
        .filter(|(distance, _)| *distance <= key.len().div_ceil(2))
        .map(|(_, known)| known)
}

fn flatten(prefix: &str, table: &toml::Table, out: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, out),
            toml::Value::String(text) => out.push((key, text.clone())),
            toml::Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map_or_else(|| item.to_string(), str::to_owned)
                    })
                    .collect();
                out.push((key, items.join(",")));
            }
            other => out.push((key, other.to_string())),
        }
    }
}

/// A number and what follows it.
fn split_number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    Some((digits.parse().ok()?, unit))
}

/// Reads a duration of at most [`DURATION_MAX`]: `10s`, `5m`, `2h`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_number(text).ok_or_else(|| format!("{text:?} is no duration"))?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(format!("{text:?} lacks a unit (s, m or h)")),
    };
    let duration = Duration::from_secs(number.saturating_mul(seconds));
    if duration > DURATION_MAX {
        return Err(format!("{text:?} is longer than a year"));
    }
    Ok(duration)
}

/// Reads a number of bytes: `512`, `64KiB`, `25MiB`, `1GiB`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) =
        split_number(text).ok_or_else(|| format!("{text:?} is no number of bytes"))?;
    let factor = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("{unit:?} is no unit (B, KiB, MiB or GiB)")),
    };
    number
        .checked_mul(factor)
        .ok_or_else(|| format!("{text:?} is more than can be counted"))
}

/// Reads a whole number of the type asked for.
///
/// # Errors
/// What is wrong with it, in words.
pub fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number in range"))
}

/// Reads an address and port, as `127.0.0.1:8080` or `[::1]:8080`.
///
/// # Errors
/// What is wrong with it, in words.
pub fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no address:port"))
}

/// The items of a list: separated by commas, without blanks around them, none of them empty.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 3] = ["files.bytes_max", "server.listen", "server.public_url"];

    #[test]
    fn tables_dots_and_arrays_mean_the_same_as_text() {
        let text = "files.bytes_max = 5\n[server]\nlisten = ['a', 'b']\npublic_url = 'c'";
        let read = from_toml(text, "a.toml", &KEYS).unwrap();
        let pairs: Vec<_> = read.iter().map(|g| (g.key, g.value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("files.bytes_max", "5"),
                ("server.listen", "a,b"),
                ("server.public_url", "c")
            ]
        );
        assert!(read.iter().all(|given| given.source == "a.toml"));
        assert!(matches!(
            from_toml("= 1", "a.toml", &KEYS),
            Err(ReadError::Syntax { .. })
        ));
    }

    #[test]
    fn a_tenant_has_settings_of_its_own_and_the_same_as_the_house() {
        let keys = ["service.name", "tenant.NAME.hosts", "tenant.NAME.title"];
        let text = "[tenant.health]\ntitle = 'Health'\nhosts = ['a', 'b']\n[tenant.health.service]\nname = 'x'\n[service]\nname='y'";
        let read = from_toml(text, "a.toml", &keys).unwrap();
        let all: Vec<_> = read
            .iter()
            .map(|g| (g.written(), g.value.as_str()))
            .collect();
        let pair = |key: &str, value| (key.to_owned(), value);
        assert_eq!(all.len(), 4);
        for wanted in [
            pair("service.name", "y"),
            pair("tenant.health.title", "Health"),
            pair("tenant.health.hosts", "a,b"),
            pair("tenant.health.service.name", "x"),
        ] {
            assert!(all.contains(&wanted), "{wanted:?}");
        }
        let fault = |text: &str| from_toml(text, "a.toml", &keys).unwrap_err().to_string();
        assert!(
            fault("tenant.health.tittle = 'x'").contains("did you mean `tenant.health.title`?")
        );
        assert!(fault("tenant.health.service.nam = 'x'").contains("`tenant.health.service.name`?"));
        for unknown in ["tenant.title = 'x'", "tenant = 'x'", "title = 'x'"] {
            assert!(fault(unknown).contains("unknown setting"), "{unknown}");
        }
        let variable = ("CAIRN_TENANT_NAME_TITLE".to_owned(), "x".to_owned());
        assert!(from_environment([variable].into_iter(), &keys).is_err());
    }

    #[test]
    fn variables_of_other_sections_are_not_ours() {
        let pair = |name: &str| (name.to_owned(), "1".to_owned());
        let read = |name: &str| from_environment([pair(name)].into_iter(), &KEYS);
        assert_eq!(read("CAIRN_SHOTS"), Ok(Vec::new()));
        assert_eq!(read("HOME"), Ok(Vec::new()));
        assert_eq!(
            read("CAIRN_FILES_BYTES_MAX").unwrap()[0].key,
            "files.bytes_max"
        );
        assert_eq!(
            read("CAIRN_SERVER_LISTN").unwrap_err().to_string(),
            "environment CAIRN_SERVER_LISTN: unknown setting `server.listn`; did you mean `server.listen`?"
        );
    }

    #[test]
    fn values_say_what_is_wrong_and_never_wrap_round() {
        assert_eq!(duration("90m"), Ok(Duration::from_secs(5_400)));
        assert!(duration("18446744073709551615h").is_err());
        assert!(duration("5").unwrap_err().contains("unit"));
        assert_eq!(bytes("64KiB"), Ok(65_536));
        assert!(bytes("18446744073709551615GiB").is_err());
        assert!(bytes("5kb").unwrap_err().contains("KiB"));
        assert_eq!(list(" a ,, b").collect::<Vec<_>>(), ["a", "b"]);
    }
}
