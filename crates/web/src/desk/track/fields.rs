//! What a form of a return said, and what it means. Everything typed is kept as it was typed, so that a page that is shown
//! again has lost nothing.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::track::returns::Draft;
use cairn_desk::access::Action;
use cairn_desk::report::FileRef;
use cairn_desk::track::ReturnFile;
use cairn_track::office::returns::{About, Evidence, Figure, Finding, Objection, Progress, Return};
use cairn_track::plan::{Missing, What, Words};
use jiff::civil::Date;

use super::FILES_MAX;
use crate::components::Fault;
use crate::csrf::{self, CsrfKey};
use crate::desk::who::Officer;
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::multipart;
use crate::problem::Problem;

/// The fields as they were typed, by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed(Vec<(String, String)>);

impl Typed {
    /// Puts a value in, where there is one.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The same as a form of pairs.
    pub(in crate::desk) fn form(&self) -> Result<Form, Problem> {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(&self.0);
        Form::parse(pairs.finish().as_bytes())
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(key, _)| key == name);
        own.map(|(_, value)| value.as_str())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name).trim().replace("\r\n", "\n");
        (!text.is_empty()).then_some(text)
    }

    /// English, and te reo Māori where something was typed; in Māori alone it stands for both.
    fn words(&self, name: &str) -> Words {
        let (en, mi) = (self.text(name), self.text(&format!("{name}-mi")));
        Words {
            en: en.unwrap_or_default(),
            mi,
        }
    }
}

/// A form with files that somebody signed in has sent from a page of ours.
pub(in crate::desk) struct SentFiles {
    pub officer: Officer,
    pub typed: Typed,
    pub files: Vec<FileRef>,
    /// Why a file was not taken.
    pub fault: Option<&'static str>,
}

impl FromRequest<App> for SentFiles {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        Self::read(request, app, (Action::FileReturns, FILES_MAX)).await
    }
}

impl SentFiles {
    /// Reads a form of at most `most` files from somebody who may do this.
    pub(in crate::desk) async fn read(
        request: Request,
        app: &App,
        (action, most): (Action, usize),
    ) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let officer = Officer::from_request_parts(&mut parts, app).await?;
        let media = parts.headers.get(header::CONTENT_TYPE);
        let is_multipart = media
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("multipart/form-data"));
        let (pairs, files, fault) = if is_multipart {
            // Who may not file at all must not make us keep files.
            super::allowed(&officer, action).map_err(IntoResponse::into_response)?;
            let came = multipart::read(app, (&parts, body), most, None).await;
            let came = came.map_err(IntoResponse::into_response)?;
            // The reader has points in names where forms have strokes.
            let fields = came.fields.into_iter();
            let fields = fields.map(|(name, value)| (name.replace('.', "-"), value));
            (fields.collect(), came.files, came.fault)
        } else {
            let form = Form::from_request(Request::from_parts(parts, body), app).await;
            let form = form.map_err(IntoResponse::into_response)?;
            let pairs = form.pairs();
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            (pairs.collect(), Vec::new(), None)
        };
        let typed = Typed(pairs);
        let seen = &officer.seen;
        let token = typed.has(csrf::FIELD).then(|| typed.get(csrf::FIELD));
        CsrfKey::new(seen.form_key())
            .check(seen.name(), token)
            .map_err(IntoResponse::into_response)?;
        Ok(Self {
            officer,
            typed,
            files,
            fault,
        })
    }
}

/// What a file that was taken before is remembered by: `SHA-256 TICKET NAME`. Without the ticket, who knows a digest could make
/// somebody else's file part of a return and read it there.
pub(super) fn kept(app: &App, file: &ReturnFile) -> String {
    format!(
        "{} {} {}",
        file.sha256,
        app.file_ticket(&file.sha256),
        file.name
    )
}

/// The files of a form: those that just came, or else those of the time before.
pub(super) async fn files(
    (app, who, plan): (&App, &Principal, &str),
    typed: &Typed,
    came: Vec<FileRef>,
) -> Result<Vec<ReturnFile>, Problem> {
    let publish = typed.has("publish");
    let to = (who, plan);
    let mut all = Vec::new();
    for file in came {
        let name = file.name.unwrap_or_else(|| file.sha256.clone());
        // It came with this form.
        let ticket = app.file_ticket(&file.sha256);
        let shown = (file.sha256.as_str(), Some(ticket.as_str()));
        all.extend(app.return_file(to, shown, &name, publish).await?);
    }
    if all.is_empty() && !typed.has("drop") {
        for kept in typed.all("kept").take(FILES_MAX) {
            let mut parts = kept.splitn(3, ' ');
            let mut next = || parts.next().unwrap_or_default();
            let (sha256, ticket, name) = (next(), next(), next());
            let shown = (sha256, Some(ticket));
            all.extend(app.return_file(to, shown, name, publish).await?);
        }
    }
    Ok(all)
}

fn fault(field: &str, text: &str) -> Fault {
    Fault {
        field: field.to_owned(),
        text: text.to_owned(),
    }
}

/// A date of three fields; `None` where nothing was typed.
fn day(typed: &Typed, name: &str) -> Result<Option<Date>, ()> {
    let part = |part: &str| typed.get(&format!("{name}-{part}")).trim().to_owned();
    let (day, month, year) = (part("day"), part("month"), part("year"));
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    let date = || Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    date().map(Some).ok_or(())
}

/// What the form files on: the kind and ids of `item`, filled with what was typed. Faults of what cannot even be read are
/// added to `faults`.
pub(super) fn about(l: Lang, topic: &About, typed: &Typed, faults: &mut Vec<Fault>) -> About {
    match topic {
        About::Initiative(it) => {
            let done = day(typed, "done").unwrap_or_else(|()| {
                faults.push(fault("done-day", t::office_date_wrong(l)));
                None
            });
            About::Initiative(Progress {
                claim: typed.words("claim"),
                done,
                ..it.clone()
            })
        }
        About::Measure(it) => About::Measure(figure(&it.id, typed)),
        other => other.clone(),
    }
}

fn figure(id: &str, typed: &Typed) -> Figure {
    let missing = Missing::of(typed.get("missing"));
    let dims = typed
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("dim-")?, value.trim())))
        .filter(|(_, value)| !value.is_empty());
    let flags: Vec<&str> = typed.all("flag").collect();
    Figure {
        id: id.to_owned(),
        period: typed.get("period").trim().to_owned(),
        value: typed.text("value"),
        missing,
        low: typed.text("low"),
        high: typed.text("high"),
        n: typed.text("n"),
        flag: flags.join(" "),
        brk: typed.text("break"),
        note: typed.text("note").unwrap_or_default(),
        revises: typed.has("revises"),
        dims: dims
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// Dissent as it was typed; `None` where it is on nothing that can be dissented from.
pub(crate) fn objection(typed: &Typed) -> Option<Objection> {
    let (what, id) = typed.get("item").split_once(':')?;
    let what = What::of(what)?;
    Some(Objection {
        what,
        id: id.to_owned(),
        text: typed.words("text"),
        reviewer: String::from("independent reviewer"),
        would_say: typed.text("would_say").map(|text| Words::english(&text)),
    })
}

/// What shows it: an address, a file, or both.
pub(super) fn evidence(
    l: Lang,
    (app, plan): (&App, &str),
    typed: &Typed,
    files: &[ReturnFile],
    faults: &mut Vec<Fault>,
) -> Vec<Evidence> {
    let published = typed.text("published").and_then(|text| {
        let read = text.parse().ok();
        if read.is_none() {
            faults.push(fault("published", t::office_published_wrong(l)));
        }
        read
    });
    let about = Evidence {
        title: typed.text("source").unwrap_or_default(),
        publisher: typed.text("publisher").unwrap_or_default(),
        published,
        ..Evidence::default()
    };
    let url = typed.text("url");
    let mut all: Vec<Evidence> = Vec::new();
    if url.is_some() {
        all.push(Evidence {
            url,
            ..about.clone()
        });
    }
    all.extend(files.iter().map(|file| Evidence {
        url: file.publish.then(|| app.evidence_url(plan, &file.sha256)),
        sha256: Some(file.sha256.clone()),
        file: Some(file.name.clone()),
        ..about.clone()
    }));
    let said = !about.title.is_empty() || !about.publisher.is_empty();
    if all.is_empty() && said {
        all.push(about);
    }
    all
}

/// Where a finding stands in the form.
pub(super) fn place(finding: &Finding) -> String {
    let field = finding.field.as_str();
    let field = match field.strip_prefix("evidence") {
        None => field,
        Some(rest) => match rest.rsplit('.').next() {
            Some("url") => "url",
            Some("publisher") => "publisher",
            Some("published" | "retrieved") => "published",
            Some("sha256" | "file") => "file",
            _ => "source",
        },
    };
    match field {
        "done" => "done-day".to_owned(),
        "by" => "owner".to_owned(),
        "claim.en" | "text.en" | "would_say.en" => field.replace(".en", ""),
        "" | "id" | "edition" | "filed" | "milestone" | "action" | "about" => "item".to_owned(),
        other => match other.strip_prefix("dims.") {
            Some(name) => format!("dim-{name}"),
            None => other.replace('.', "-"),
        },
    }
}

/// Findings as faults of the form, in the reader's language.
pub(crate) fn faults(l: Lang, findings: &[Finding]) -> Vec<Fault> {
    let one = |finding: &Finding| {
        let (what, mend) = (
            super::words::text(l, &finding.what),
            super::words::text(l, &finding.mend),
        );
        Fault {
            field: place(finding),
            text: format!("{what}. {mend}."),
        }
    };
    findings.iter().map(one).collect()
}

/// Which warnings were shown, so that leave to file is for just these.
pub(crate) fn marks(findings: &[Finding]) -> String {
    let marks: Vec<String> = findings
        .iter()
        .filter(|finding| !finding.is_error())
        .map(|finding| format!("{}:{}", finding.code, finding.field))
        .collect();
    marks.join(" ")
}

/// What was filed before as fields, to begin a correction with.
pub(super) fn filled(ret: &Return, files: &[ReturnFile]) -> Typed {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    match &ret.about {
        About::Initiative(it) => {
            pairs.push(("claim", it.claim.en.clone()));
            pairs.push(("claim-mi", it.claim.mi.clone().unwrap_or_default()));
            if let Some(done) = it.done {
                pairs.push(("done-day", done.day().to_string()));
                pairs.push(("done-month", done.month().to_string()));
                pairs.push(("done-year", done.year().to_string()));
            }
        }
        About::Measure(it) => {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            pairs.push(("period", it.period.clone()));
            pairs.push(("value", text(&it.value)));
            pairs.push(("low", text(&it.low)));
            pairs.push(("high", text(&it.high)));
            pairs.push(("n", text(&it.n)));
            pairs.push(("break", text(&it.brk)));
            pairs.push(("note", it.note.clone()));
            if let Some(missing) = it.missing {
                pairs.push(("missing", missing.as_str().to_owned()));
            }
            let flags = it.flag.split_whitespace();
            pairs.extend(flags.map(|flag| ("flag", flag.to_owned())));
            if it.revises {
                pairs.push(("revises", "yes".to_owned()));
            }
        }
        _ => {}
    }
    if let Some(first) = ret.evidence.first() {
        pairs.push(("source", first.title.clone()));
        pairs.push(("publisher", first.publisher.clone()));
        let published = first.published.map(|one| one.to_string());
        pairs.push(("published", published.unwrap_or_default()));
        if first.sha256.is_none() {
            pairs.push(("url", first.url.clone().unwrap_or_default()));
        }
    }
    if files.iter().any(|file| file.publish) {
        pairs.push(("publish", "yes".to_owned()));
    }
    pairs.push(("owner", ret.by.clone()));
    let mut all: Vec<(String, String)> = pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if let About::Measure(it) = &ret.about {
        let dims = it.dims.iter();
        all.extend(dims.map(|(name, value)| (format!("dim-{name}"), value.clone())));
    }
    Typed(all)
}

/// A draft of all that was typed.
pub(super) fn draft(
    about: About,
    typed: &Typed,
    (owner, key): (&str, Option<String>),
    (evidence, files): (Vec<Evidence>, Vec<ReturnFile>),
) -> Draft {
    Draft {
        owner: owner.to_owned(),
        about,
        evidence,
        files,
        corrects: typed.get("corrects").parse().ok(),
        key,
    }
}
