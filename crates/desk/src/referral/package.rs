//! What an agency gets: a summary to read and print, the report for machines, and a list of all with checksums. The same
//! parts give the same bytes, so that what was shown is what goes.

use std::fmt::Write as _;

use cairn_kernel::observable::{defang, defang_text};
use cairn_kernel::text::visible;
use serde_json::{Value, json};

use super::{Basis, Referral};
use crate::form::Form;
use crate::report::{Body, Contact, FileRef, Part, retention::prune};

/// Name of the format, in each JSON file of a package.
pub const FORMAT: &str = "cairn-referral/1";
/// Language of the summary (BCP 47).
const LANGUAGE: &str = "en";

/// What a package is made of.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// The form with its words and agencies.
    pub form: &'a Form,
    /// Name of the service that hands it on.
    pub service: &'a str,
    /// Address of the service.
    pub address: &'a str,
    /// The report's public reference, which its receipt has too.
    pub reference: &'a str,
    /// When it came in, RFC 3339.
    pub received_at: &'a str,
    /// What was told, as it is kept now.
    pub body: &'a Body,
    /// How to reach the reporter, as far as it is kept.
    pub contact: Option<&'a Contact>,
    /// The report's files, as far as they are kept.
    pub files: &'a [FileRef],
    /// What goes, and why.
    pub referral: &'a Referral,
}

/// A package without the bytes of its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `summary.html`
    pub summary: String,
    /// `report.json`
    pub report: String,
    /// The files that go with it; in the package they stand at [`path_of`].
    pub files: Vec<FileRef>,
    /// Contact details are in it.
    pub contact: bool,
}

/// Where a file stands in a package. Its own name is a stranger's and stands in `report.json` only.
#[must_use]
pub fn path_of(file: &FileRef) -> String {
    format!("files/{}.bin", file.sha256)
}

/// `manifest.json`: path, SHA-256 and bytes of each part. `sums` are those of the summary and the report, in this order.
#[must_use]
pub fn manifest(parts: &Parts<'_>, package: &Package, sums: [&str; 2]) -> String {
    let own = [
        ("summary.html", sums[0], package.summary.len() as u64),
        ("report.json", sums[1], package.report.len() as u64),
    ];
    let own = own
        .into_iter()
        .map(|(path, sha256, bytes)| json!({ "path": path, "sha256": sha256, "bytes": bytes }));
    let files = package
        .files
        .iter()
        .map(|file| json!({ "path": path_of(file), "sha256": file.sha256, "bytes": file.size }));
    pretty(&json!({
        "format": FORMAT,
        "receipt": parts.reference,
        "referral": parts.referral.no,
        "agency": parts.referral.agency,
        "parts": own.chain(files).collect::<Vec<_>>(),
    }))
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Makes a package. Who does not go with it leaves no trace in it: neither contact details nor a sender's address.
#[must_use]
pub fn package(parts: &Parts<'_>) -> Package {
    let contact = parts.contact.filter(|_| parts.referral.contact);
    let mut body = match contact {
        Some(_) => parts.body.clone(),
        None => prune(parts.body, &[Part::Contact], parts.contact, parts.form),
    };
    let goes = |file: &&FileRef| parts.referral.files.contains(&file.sha256);
    let mut files: Vec<FileRef> = parts.files.iter().filter(goes).cloned().collect();
    if contact.is_none() {
        // Names of files often have the sender's own.
        files.iter_mut().for_each(|file| file.name = None);
    }
    body.mail = None;
    body.files.clone_from(&files);
    Package {
        summary: summary(parts, &body, contact, &files),
        report: report(parts, &body, contact, &files),
        files,
        contact: contact.is_some(),
    }
}

fn why(parts: &Parts<'_>) -> (String, String) {
    let agency = &parts.referral.agency;
    match &parts.referral.basis {
        Basis::Consent => (
            "consent".into(),
            "The reporter agreed that this agency is told.".into(),
        ),
        Basis::Law(code) => {
            let known = parts.form.agencies().lawful_for(code, agency);
            let words = known.map_or_else(
                || code.clone(),
                |one| format!("{}: {}", one.law, one.name.get(LANGUAGE)),
            );
            (parts.referral.basis.code(), words)
        }
    }
}

fn report(parts: &Parts<'_>, body: &Body, contact: Option<&Contact>, files: &[FileRef]) -> String {
    let (basis, words) = why(parts);
    pretty(&json!({
        "format": FORMAT,
        "reference": parts.reference,
        "referral": parts.referral.no,
        "agency": parts.referral.agency,
        "basis": { "code": basis, "words": words },
        "from": { "service": parts.service, "address": parts.address },
        "received_at": parts.received_at,
        "category": parts.referral.category,
        "report": {
            "form": body.form,
            "language": body.language,
            "channel": body.channel,
            "anonymous": body.anonymous,
            "affected": body.affected,
            "answers": body.answers,
            "losses": body.losses,
            "loss_known": body.loss_known,
            "observables": body.observables,
            "occurred": body.occurred,
            "region": body.region,
            "age_band": body.age_band,
            "sector": body.sector,
            "wants_help": body.wants_help,
        },
        "contact": contact,
        "files": files.iter().map(|file| json!({
            "path": path_of(file), "sha256": file.sha256, "bytes": file.size,
            "media_type": file.media_type, "name": file.name,
        })).collect::<Vec<_>>(),
    }))
}

/// Text as HTML shows it, with characters that hide made visible.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A page that needs nothing from elsewhere and does nothing: no script, no picture, no link but to its service.
pub const STYLE: &str = "body{font:1rem/1.5 sans-serif;max-width:45rem;margin:1rem auto;padding:0 1rem;color:#111;background:#fff}\
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:1.5rem}dt{font-weight:bold;margin-top:.5rem}dd{margin:0;white-space:pre-wrap;\
overflow-wrap:anywhere}code{overflow-wrap:anywhere}@media print{body{max-width:none;margin:0}}";

struct Page(String);

impl Page {
    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "<h2>{}</h2>", escaped(text));
    }

    fn pairs(&mut self, pairs: &[(&str, String)]) {
        self.0.push_str("<dl>\n");
        for (name, value) in pairs {
            let (name, value) = (escaped(name), escaped(value));
            let _ = writeln!(self.0, "<dt>{name}</dt><dd>{value}</dd>");
        }
        self.0.push_str("</dl>\n");
    }
}

fn summary(parts: &Parts<'_>, body: &Body, contact: Option<&Contact>, files: &[FileRef]) -> String {
    let form = parts.form;
    let agency = form.agencies().get(&parts.referral.agency);
    let agency = agency.map_or(parts.referral.agency.as_str(), |one| one.name.get(LANGUAGE));
    let category = form.taxonomy().category(&parts.referral.category);
    let category = category.map_or(parts.referral.category.as_str(), |one| {
        one.title.get(LANGUAGE)
    });
    let title = format!("Report {} for {agency}", parts.reference);
    let mut page = Page(format!(
        "<!doctype html>\n<html lang=\"{LANGUAGE}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        escaped(&title)
    ));
    page.pairs(&[
        ("From", format!("{}, {}", parts.service, parts.address)),
        ("To", agency.to_owned()),
        ("Reference", parts.reference.to_owned()),
        ("Referral", parts.referral.no.to_string()),
        ("May be passed on because", why(parts).1),
        ("Received", parts.received_at.to_owned()),
        ("Category", category.to_owned()),
        ("Language of the reporter", body.language.clone()),
    ]);
    page.heading("How to reach the reporter");
    page.pairs(&reach(body, contact));
    for section in form.show_body(body, LANGUAGE) {
        page.heading(&section.heading);
        let rows: Vec<(&str, String)> = section
            .rows
            .iter()
            .map(|row| {
                let said = row.values.join("\n");
                (row.label.as_str(), defang_text(&said).into_owned())
            })
            .collect();
        page.pairs(&rows);
    }
    if !body.observables.is_empty() {
        page.heading("Addresses, links and numbers (defanged)");
        let rows = body.observables.iter();
        let rows: Vec<_> = rows.map(|one| (one.kind.as_str(), defang(one))).collect();
        page.pairs(&rows);
    }
    page.heading("Files");
    if files.is_empty() {
        page.0.push_str("<p>None goes with this report.</p>\n");
    } else {
        page.0.push_str(
            "<p>They stand in the archive under the password <code>infected</code>, so that nothing opens them by mistake. \
             They may be harmful.</p>\n<ul>\n",
        );
        for file in files {
            let (path, kind) = (escaped(&path_of(file)), escaped(&file.media_type));
            let _ = writeln!(
                page.0,
                "<li><code>{path}</code>, {kind}, {} bytes</li>",
                file.size
            );
        }
        page.0.push_str("</ul>\n");
    }
    page.0.push_str("</main>\n</body>\n</html>\n");
    page.0
}

fn reach(body: &Body, contact: Option<&Contact>) -> Vec<(&'static str, String)> {
    match contact {
        Some(contact) => {
            let all = [
                ("Name", &contact.name),
                ("Email", &contact.email),
                ("Telephone", &contact.phone),
            ];
            let all = all.into_iter();
            all.filter_map(|(name, value)| value.clone().map(|value| (name, value)))
                .collect()
        }
        None if body.anonymous => vec![("Contact", "The reporter stays anonymous.".into())],
        None => vec![(
            "Contact",
            "Not passed on. Ask us, with the reference.".into(),
        )],
    }
}
