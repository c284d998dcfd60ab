//! The eighteen functions that Shadowserver's schema names. What they do was found out from its documents and from examples;
//! a name that is not known keeps the cell as it stands.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::types::{self, Invalid};
use crate::value::Value;

use std::borrow::Cow;

/// A function of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// None: the cell as it stands. Unknown functions too.
    Keep,
    /// `add_UTC_to_timestamp`: a moment; without a zone it is UTC.
    AddUtc,
    /// `validate_to_none`: empty, `0` and `unknown` are no value.
    ValidateToNone,
    /// `convert_int`
    Int,
    /// `convert_float`
    Float,
    /// `convert_bool`: y, yes, true, enabled, 1 and their opposites; else no value.
    Bool,
    /// `invalidate_zero`: a whole number; 0 is no value.
    InvalidateZero,
    /// `validate_ip`: an address, or no value.
    Ip,
    /// `validate_network`: a network with its prefix, or no value.
    Network,
    /// `validate_fqdn`: a name, or no value.
    Fqdn,
    /// `convert_date`: a moment, or no value.
    Date,
    /// `convert_date_utc`: the same; without a zone it is UTC.
    DateUtc,
    /// `convert_http_host_and_url`: host and path of a request, put together.
    HostAndUrl,
    /// `extract_cve_from_tag`: the CVE numbers among tags.
    CveFromTag,
    /// `category_or_detail`: the cell, or what the column `detail` says if it is empty.
    CategoryOrDetail,
    /// `force_base64`: Base64 as it stands, all else encoded.
    ForceBase64,
    /// `scan_exchange_taxonomy`
    ExchangeTaxonomy,
    /// `scan_exchange_type`
    ExchangeType,
    /// `scan_exchange_identifier`
    ExchangeIdentifier,
}

const NAMES: &[(&str, Function)] = &[
    ("add_UTC_to_timestamp", Function::AddUtc),
    ("validate_to_none", Function::ValidateToNone),
    ("convert_int", Function::Int),
    ("convert_float", Function::Float),
    ("convert_bool", Function::Bool),
    ("invalidate_zero", Function::InvalidateZero),
    ("validate_ip", Function::Ip),
    ("validate_network", Function::Network),
    ("validate_fqdn", Function::Fqdn),
    ("convert_date", Function::Date),
    ("convert_date_utc", Function::DateUtc),
    ("convert_http_host_and_url", Function::HostAndUrl),
    ("extract_cve_from_tag", Function::CveFromTag),
    ("category_or_detail", Function::CategoryOrDetail),
    ("force_base64", Function::ForceBase64),
    ("scan_exchange_taxonomy", Function::ExchangeTaxonomy),
    ("scan_exchange_type", Function::ExchangeType),
    ("scan_exchange_identifier", Function::ExchangeIdentifier),
];

impl Function {
    /// By the name the schema uses.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        NAMES
            .iter()
            .find(|(own, _)| *own == name)
            .map(|(_, function)| *function)
    }

    /// The name the schema uses; empty for [`Function::Keep`].
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, own)| *own == self)
            .map_or("", |(name, _)| *name)
    }
}

/// Cells of the same row that a function looks at besides its own: by columns of the header.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'c> {
    /// Host of a request; `None` if there is no such column.
    pub host: Option<&'c str>,
    /// Path or URL of a request.
    pub path: Option<&'c str>,
    /// Protocol of a request.
    pub application: Option<&'c str>,
    /// The column `detail`.
    pub detail: Option<&'c str>,
}

/// Text that is the whole cell, or no loan of it.
fn same<'b>(cell: &Cow<'b, str>) -> Value<'b> {
    Value::Text(cell.clone())
}

/// What a function makes of a cell: a value, none, or it cannot convert it.
///
/// # Errors
/// If it cannot convert the cell: the row is a reject then.
pub fn apply<'b>(
    function: Function,
    cell: &Cow<'b, str>,
    around: Around<'_>,
) -> Result<Option<Value<'b>>, Invalid> {
    let text = &**cell;
    Ok(match function {
        Function::Keep => Some(same(cell)),
        // A cell that is no moment stays text: the field refuses it.
        Function::AddUtc => Some(types::time::parse(text).map_or_else(|| same(cell), Value::Time)),
        Function::ValidateToNone => (!matches!(text, "" | "0" | "unknown")).then(|| same(cell)),
        Function::Int => none_or(text, types::whole)?,
        Function::Float => none_or(text, |text| types::float(text).map(Value::Float))?,
        Function::Bool => boolean(text).map(Value::Bool),
        Function::InvalidateZero => {
            none_or(text, types::whole)?.filter(|value| *value != Value::Int(0))
        }
        Function::Ip if text.contains('/') => None,
        Function::Ip => types::ip(text).ok().map(Value::Ip),
        Function::Network if !text.contains('/') => None,
        Function::Network => types::network(text).ok().map(Value::Network),
        Function::Fqdn => types::fqdn(cell.clone()).ok().map(Value::Text),
        Function::Date | Function::DateUtc => types::time::parse(text).map(Value::Time),
        Function::HostAndUrl => Some(host_and_url(cell, around)),
        Function::CveFromTag => cves(text).map(|found| Value::Text(Cow::Owned(found))),
        Function::CategoryOrDetail if text.is_empty() => around
            .detail
            .map(|detail| Value::Text(Cow::Owned(detail.to_owned()))),
        Function::CategoryOrDetail => Some(same(cell)),
        Function::ForceBase64 if text.is_empty() => None,
        Function::ForceBase64 if types::is_base64(text) => Some(same(cell)),
        Function::ForceBase64 => Some(Value::Text(Cow::Owned(BASE64.encode(text)))),
        Function::ExchangeTaxonomy => Some(exchange(text, "intrusions", "vulnerable")),
        Function::ExchangeType => Some(exchange(text, "system-compromise", "vulnerable-system")),
        Function::ExchangeIdentifier => Some(exchange(
            text,
            "exchange-server-webshell",
            "vulnerable-exchange-server",
        )),
    })
}

fn none_or<'b>(
    text: &str,
    convert: impl Fn(&str) -> Result<Value<'b>, Invalid>,
) -> Result<Option<Value<'b>>, Invalid> {
    if text.is_empty() {
        Ok(None)
    } else {
        convert(text).map(Some)
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["y", "yes", "true", "enabled", "1"]) {
        Some(true)
    } else if is(&["n", "no", "false", "disabled", "0"]) {
        Some(false)
    } else {
        None
    }
}

fn exchange<'b>(tag: &str, webshell: &'static str, vulnerable: &'static str) -> Value<'b> {
    Value::text(if tag == "exchange;webshell" {
        webshell
    } else {
        vulnerable
    })
}

/// The URL of a request, from its host and its path or first line. A cell that holds a whole URL is that URL.
fn host_and_url<'b>(cell: &Cow<'b, str>, around: Around<'_>) -> Value<'b> {
    let (host, path) = (around.host.unwrap_or(""), around.path.unwrap_or(""));
    if host.is_empty() || path.is_empty() || types::is_absolute(path) {
        return same(cell);
    }
    let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or("");
    let path = path.split(char::is_whitespace).next().unwrap_or("");
    let scheme = match around.application {
        Some("https") => "https",
        _ => "http",
    };
    Value::Text(Cow::Owned(format!("{scheme}://{host}{path}")))
}

/// CVE numbers in small letters, each once, with semicolons between.
fn cves(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut found: Vec<&str> = Vec::new();
    for (at, _) in lower.match_indices("cve-") {
        let rest = lower.get(at + 4..).unwrap_or("");
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let year = digits(rest);
        let dash = rest.get(year..).is_some_and(|rest| rest.starts_with('-'));
        let number = rest.get(year + 1..).map_or(0, digits);
        let end = at + 4 + year + 1 + number;
        let Some(name) = lower.get(at..end) else {
            continue;
        };
        if year == 4 && dash && number >= 1 && !found.contains(&name) {
            found.push(name);
        }
    }
    (!found.is_empty()).then(|| found.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_cves_are_found_among_tags() {
        assert_eq!(
            cves("http;cve-2023-0001;vpn;CVE-2024-12345,cve-2023-0001").as_deref(),
            Some("cve-2023-0001;cve-2024-12345")
        );
        assert_eq!(cves("cve-20-1 cve-2024- cve"), None);
    }

    #[test]
    fn a_request_is_put_together() {
        let url = |host, path: &'static str| {
            let around = Around {
                host: Some(host),
                path: Some(path),
                ..Around::default()
            };
            host_and_url(&Cow::Borrowed(path), around)
        };
        assert_eq!(
            url("a.example", "GET /x HTTP/1.1"),
            Value::text("http://a.example/x")
        );
        assert_eq!(
            url("a.example", "http://b.example/x"),
            Value::text("http://b.example/x")
        );
        assert_eq!(url("", "/x"), Value::text("/x"));
    }

    #[test]
    fn every_function_has_its_name() {
        assert_eq!(NAMES.len(), 18);
        for (name, function) in NAMES {
            assert_eq!(Function::by_name(name), Some(*function));
            assert_eq!(function.name(), *name);
        }
    }
}
