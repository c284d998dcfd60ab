//! What our own mail server found out about the sender: `Authentication-Results` (RFC 8601).

use super::header::Fields;

/// DKIM, SPF and DMARC results of the fields that the trusted server wrote: `not_checked` if it wrote none, `none`
/// if it says nothing about the method. Of several DKIM signatures one that passes is enough.
pub(super) fn results(fields: &Fields, authserv_id: Option<&str>) -> (String, String, String) {
    let trusted: Vec<String> = fields
        .raw("authentication-results")
        .map(|value| plain(&value))
        .filter(|value| authserv_id.is_some_and(|id| server(value).eq_ignore_ascii_case(id)))
        .collect();
    let result = |method: &str| {
        if trusted.is_empty() {
            return "not_checked".to_owned();
        }
        let found: Vec<&str> = trusted
            .iter()
            .flat_map(|value| of_method(value, method))
            .collect();
        let best = found
            .iter()
            .find(|&&result| result == "pass")
            .or(found.first());
        best.map_or("none", |result| *result).to_owned()
    };
    (result("dkim"), result("spf"), result("dmarc"))
}

/// Without comments and quoted texts, in lower case.
fn plain(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for c in value.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if quoted || depth > 0 => {}
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The name before the first semicolon, without a version.
fn server(value: &str) -> &str {
    value
        .split(';')
        .next()
        .and_then(|head| head.split_whitespace().next())
        .unwrap_or_default()
}

/// Results of a method: the words behind `method=` or `method/1=` that start a statement.
fn of_method<'a>(value: &'a str, method: &str) -> impl Iterator<Item = &'static str> + use<'a> {
    const RESULTS: [&str; 8] = [
        "pass",
        "fail",
        "softfail",
        "neutral",
        "none",
        "temperror",
        "permerror",
        "policy",
    ];
    let method = method.to_owned();
    value.split(';').skip(1).filter_map(move |statement| {
        let (name, rest) = statement.split_once('=')?;
        let name = name.split('/').next().unwrap_or_default().trim();
        let result = rest.split_whitespace().next()?;
        let known = RESULTS.into_iter().find(|known| *known == result)?;
        // RFC 8601 has it for DKIM: the signature is good, but not to the checker's taste.
        let known = if known == "policy" { "fail" } else { known };
        (name == method).then_some(known)
    })
}
