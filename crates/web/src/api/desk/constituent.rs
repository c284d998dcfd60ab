//! Constituents: the list, whose an address is, one of them and what is done to it, imports and exports.

use axum::response::Response;
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::constituent::rows::Line;
use cairn_app::constituent::{Owner, Query, Whole};
use cairn_app::report::AppError;
use cairn_app::smime::{CertificateSeen, CertificateStanding};
use cairn_desk::access::Action;
use cairn_desk::constituent::import::{csv, source};
use cairn_desk::constituent::plan::{Held, Summary, Touched};
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Conflict, Contact, Fault, Typed, Work};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, file, moved, read, told};
use super::common::{DeskDone, DeskMade, DeskNothing, DeskVersion};
use crate::desk::{Need, constituents_file};
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let mut all = reading();
    all.extend(acting());
    all
}

fn reading() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    vec![
        read(
            "/api/v1/desk/constituents",
            reads,
            "List constituents, fifty a page",
            list,
        )
        .asks(&[
            ("q", "words of name, sector, networks, domains, AS numbers"),
            ("sector", "code of a sector"),
            (
                "source",
                "name of the import that brings them; `manual` for none",
            ),
            ("conflict", "1: only those that have a conflict"),
            ("due", "1: only those with a contact to confirm"),
            (
                "bounced",
                "1: only those with a contact that mail came back from",
            ),
            ("page", "from 1"),
        ]),
        read(
            "/api/v1/desk/constituents/owners",
            reads,
            "Whose an address, a domain or an AS number is: all claims, the one that holds first",
            owners,
        )
        .asks(&[("of", "an address, a domain, or an AS number like AS64496")]),
        read(
            "/api/v1/desk/constituents/conflicts",
            reads,
            "List claims that cannot all hold",
            conflicts,
        ),
        read(
            "/api/v1/desk/constituents/{no}",
            reads,
            "Read a constituent, with its contacts",
            show,
        ),
    ]
}

fn acting() -> Vec<Call> {
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageConstituents);
    vec![
        act(
            "/api/v1/desk/constituents",
            does,
            "Enter a constituent",
            make,
        ),
        act(
            "/api/v1/desk/constituents/import",
            leads,
            "Replace all that a source brought by this table, or say what that would come to",
            import,
        ),
        file::<DeskNothing, _, _>(
            (
                "/api/v1/desk/constituents/export",
                leads,
                "Take all out as a table, contacts too; that is noted in the log",
            ),
            "text/csv",
            export,
        ),
        act(
            "/api/v1/desk/constituents/{no}/work",
            does,
            "Do something to a constituent: `act` says what",
            work,
        ),
        act(
            "/api/v1/desk/constituents/{no}/remove",
            leads,
            "Take a constituent away, with its contacts",
            remove,
        ),
    ]
}

/// A constituent on the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConstituentRow {
    /// Its number.
    no: u32,
    /// Its name.
    name: String,
    /// Code of its sector.
    sector: Option<String>,
    /// Name of the import that brings it; none if people look after it here.
    source: Option<String>,
    /// How many networks, domains and AS numbers.
    assets: u64,
    /// How many contacts.
    contacts: u32,
    /// The day on which a contact is to be confirmed.
    due: Option<String>,
    /// Mail to a contact came back.
    bounced: bool,
    /// It has a conflict.
    conflict: bool,
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConstituents {
    /// By name.
    constituents: Vec<DeskConstituentRow>,
    /// How many fit.
    total: u64,
    /// This page.
    page: u64,
    /// Pages.
    pages: u64,
}

fn row((line, conflict): &(Line, bool)) -> DeskConstituentRow {
    let imported = (!line.origin.manual).then(|| line.origin.source.clone());
    DeskConstituentRow {
        no: line.no,
        name: line.facts.name.clone(),
        sector: line.facts.sector.clone(),
        source: imported,
        assets: line.facts.assets() as u64,
        contacts: line.contacts,
        due: line.due.map(|day| day.to_string()),
        bounced: line.bounced,
        conflict: *conflict,
    }
}

async fn list(asked: Asked) -> Result<DeskConstituents> {
    let own = |name: &str| asked.query(name).map(str::to_owned);
    let query = Query {
        text: own("q").unwrap_or_default(),
        sector: own("sector"),
        source: own("source"),
        conflict: own("conflict").is_some(),
        due: own("due").is_some(),
        bounced: own("bounced").is_some(),
        page: asked.number("page")?.unwrap_or(1),
    };
    let found = asked
        .app
        .constituents(Doer::Officer(&asked.who), &query)
        .await
        .map_err(told)?;
    Ok(DeskConstituents {
        constituents: found.lines.iter().map(row).collect(),
        total: found.total as u64,
        page: found.page as u64,
        pages: found.pages as u64,
    })
}

/// A claim to what was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskOwner {
    /// Number of the constituent.
    no: u32,
    /// Its name.
    name: String,
    /// What it claims.
    claim: String,
    /// Name of the import that brings it; none if people look after it here.
    source: Option<String>,
    /// `only`, `manual`, `narrower`, `first` or `kind`: why it holds; `behind`: another does.
    why: String,
}

/// All claims to what was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskOwners {
    /// The one that holds first.
    owners: Vec<DeskOwner>,
}

async fn owners(asked: Asked) -> Result<DeskOwners> {
    let of = asked.query("of").unwrap_or_default();
    let doer = Doer::Officer(&asked.who);
    let found = asked.app.owners_of(doer, of).await.map_err(told)?;
    let found = found.ok_or_else(Problem::bad_request)?;
    let one = |one: Owner| DeskOwner {
        no: one.candidate.owner.0,
        name: one.name,
        claim: one.candidate.claim.to_string(),
        source: (!one.candidate.manual).then_some(one.source),
        why: one.candidate.reason.as_str().to_owned(),
    };
    Ok(DeskOwners {
        owners: found.into_iter().map(one).collect(),
    })
}

/// Claims that cannot all hold.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConflict {
    /// What is claimed.
    claim: String,
    /// `same`: several claim it; `hidden`: it lies within what people entered for another.
    clash: String,
    /// The wider claim that hides it.
    within: Option<String>,
    /// Number of the constituent that holds it.
    winner: u32,
    /// Numbers of the others.
    others: Vec<u32>,
}

/// All conflicts.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConflicts {
    /// Networks, then domains, then AS numbers.
    conflicts: Vec<DeskConflict>,
}

fn conflict(one: &Conflict) -> DeskConflict {
    DeskConflict {
        claim: one.claim.to_string(),
        clash: one.clash.as_str().to_owned(),
        within: one.within.as_ref().map(ToString::to_string),
        winner: one.winner.0,
        others: one.others.iter().map(|other| other.0).collect(),
    }
}

async fn conflicts(asked: Asked) -> Result<DeskConflicts> {
    let found = asked.app.constituent_conflicts(&asked.who).await;
    let found = found.map_err(told)?;
    Ok(DeskConflicts {
        conflicts: found.0.iter().map(conflict).collect(),
    })
}

/// A contact.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskContact {
    /// Number within the constituent.
    id: u32,
    /// `abuse`, `security`, `technical`, `management` or `other`.
    role: String,
    /// Team or person.
    name: String,
    /// Mailbox.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// Fingerprint of the OpenPGP key.
    fingerprint: Option<String>,
    /// The key, in ASCII armor.
    key: Option<String>,
    /// Certificate for S/MIME, in PEM.
    certificate: Option<String>,
    /// SHA-256 of the certificate, in hexadecimal capitals.
    certificate_fingerprint: Option<String>,
    /// What is to be minded about it: `not_yet`, `expired`, `other_use`, `weak`, or `other_address` if it does not name the mailbox.
    certificate_remark: Option<String>,
    /// The day on which it was added.
    added: String,
    /// The day on which it was last confirmed.
    confirmed: Option<String>,
    /// The day on which mail first came back.
    bounced: Option<String>,
    /// The day on which it is to be confirmed.
    due: Option<String>,
    /// It is not written to.
    disabled: bool,
}

/// A remark.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRemark {
    /// What it says.
    text: String,
    /// The last day on which it counts.
    until: Option<String>,
}

/// Something that happened to a constituent.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConstituentStep {
    /// When, RFC 3339.
    at: String,
    /// `user:` with an id, or `system`.
    by: String,
    /// What, as the evidence log has it: `done` names it. Contacts stand as numbers and digests here.
    #[schema(value_type = Object)]
    change: serde_json::Value,
}

/// A constituent.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConstituent {
    /// Its number.
    no: u32,
    /// What a change is made for.
    version: u32,
    /// Its name.
    name: String,
    /// Code of its sector.
    sector: Option<String>,
    /// Language.
    language: Option<String>,
    /// Hours in which nobody is to be woken, like `22:00-06:00`.
    quiet: Option<String>,
    /// People look after it here, so that no import touches it.
    manual: bool,
    /// Name of the import that brings it, or that it was taken over from.
    source: Option<String>,
    /// What that import knows it by.
    key: Option<String>,
    /// Networks.
    networks: Vec<String>,
    /// Domains.
    domains: Vec<String>,
    /// AS numbers.
    asns: Vec<u32>,
    /// Remarks.
    notes: Vec<DeskRemark>,
    /// Contacts.
    contacts: Vec<DeskContact>,
    /// The day on which all of it was last confirmed.
    confirmed: Option<String>,
    /// The day on which something of it is to be confirmed.
    due: Option<String>,
    /// Conflicts that it has.
    conflicts: Vec<DeskConflict>,
    /// What happened to it, the newest first.
    history: Vec<DeskConstituentStep>,
}

/// What is to be minded about a certificate.
const fn remark(seen: &CertificateSeen) -> Option<&'static str> {
    match seen.standing {
        CertificateStanding::Good if seen.theirs => None,
        CertificateStanding::Good => Some("other_address"),
        CertificateStanding::NotYet => Some("not_yet"),
        CertificateStanding::Expired => Some("expired"),
        CertificateStanding::OtherUse => Some("other_use"),
        CertificateStanding::Weak => Some("weak"),
    }
}

fn contact(app: &App, whole: &Whole, one: &Contact) -> DeskContact {
    let due = whole.constituent.contact_due(one);
    let seen = app.contact_certificate(one);
    let one = one.clone();
    DeskContact {
        id: one.id,
        role: one.role.as_str().to_owned(),
        name: one.name,
        email: one.email,
        phone: one.phone,
        fingerprint: one.fingerprint,
        key: one.key,
        certificate: one.certificate,
        certificate_fingerprint: seen.as_ref().map(|seen| seen.certificate.fingerprint()),
        certificate_remark: seen.and_then(|seen| remark(&seen)).map(str::to_owned),
        added: one.added.to_string(),
        confirmed: one.confirmed.map(|day| day.to_string()),
        bounced: one.bounced.map(|day| day.to_string()),
        due: due.map(|day| day.to_string()),
        disabled: one.disabled,
    }
}

fn whole(app: &App, whole: &Whole) -> DeskConstituent {
    let one = &whole.constituent;
    let facts = &one.facts;
    let named = |text: &String| (!text.is_empty()).then(|| text.clone());
    let notes = facts.notes.iter().map(|note| DeskRemark {
        text: note.text.clone(),
        until: note.until.map(|day| day.to_string()),
    });
    let history = whole.history.iter().map(|event| DeskConstituentStep {
        at: event.at.to_string(),
        by: event.by.to_string(),
        change: serde_json::to_value(&event.change).unwrap_or_default(),
    });
    DeskConstituent {
        no: one.no,
        version: one.version,
        name: facts.name.clone(),
        sector: facts.sector.clone(),
        language: facts.language.clone(),
        quiet: facts.quiet.map(|quiet| quiet.to_string()),
        manual: one.origin.manual,
        source: named(&one.origin.source),
        key: named(&one.origin.key),
        networks: facts.networks.iter().map(ToString::to_string).collect(),
        domains: facts.domains.iter().map(ToString::to_string).collect(),
        asns: facts.asns.iter().copied().collect(),
        notes: notes.collect(),
        contacts: one
            .contacts
            .iter()
            .map(|one| contact(app, whole, one))
            .collect(),
        confirmed: facts.confirmed.map(|day| day.to_string()),
        due: one.due().map(|day| day.to_string()),
        conflicts: whole.conflicts.iter().map(conflict).collect(),
        history: history.collect(),
    }
}

async fn show(asked: Asked) -> Result<DeskConstituent> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskConstituent> {
    let found = asked.app.constituent(&asked.who, asked.no(0)?).await;
    Ok(whole(&asked.app, &*found.map_err(told)?))
}

fn wrong<T>(faults: &mut Faults, read: std::result::Result<T, Vec<Fault>>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(found) => {
            for fault in found {
                let words = fault.wrong.words();
                let text = if fault.text.is_empty() {
                    words.to_owned()
                } else {
                    format!("{}: {words}", fault.text)
                };
                faults.add(format!("/{}", fault.place), text);
            }
            None
        }
    }
}

/// The head of a constituent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewConstituent {
    /// Its name.
    name: String,
    /// Code of its sector.
    #[serde(default)]
    sector: String,
    /// Language, like `en`.
    #[serde(default)]
    language: String,
    /// Quiet hours, like `22:00-06:00`.
    #[serde(default)]
    quiet: String,
}

async fn make(asked: Asked, sent: DeskNewConstituent) -> Result<DeskMade> {
    let mut faults = Faults::default();
    let typed = Typed {
        name: sent.name,
        sector: sent.sector,
        language: sent.language,
        quiet: sent.quiet,
    };
    let heading = wrong(&mut faults, typed.read());
    faults.end()?;
    let heading = heading.ok_or_else(Problem::bad_request)?;
    let no = asked.app.make_constituent(&asked.who, heading).await;
    let no = no.map_err(told)?;
    Ok(DeskMade {
        no: i64::from(no),
        href: format!("/api/v1/desk/constituents/{no}"),
    })
}

/// A contact as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskContactTyped {
    /// `abuse`, `security`, `technical`, `management` or `other`.
    role: String,
    /// Team or person.
    #[serde(default)]
    name: String,
    /// Mailbox. It or a telephone number is needed.
    #[serde(default)]
    email: String,
    /// Telephone.
    #[serde(default)]
    phone: String,
    /// Fingerprint of the OpenPGP key.
    #[serde(default)]
    fingerprint: String,
    /// The key, in ASCII armor.
    #[serde(default)]
    key: String,
    /// Certificate for S/MIME: PEM, or DER in Base64.
    #[serde(default)]
    certificate: String,
}

impl From<DeskContactTyped> for ContactTyped {
    fn from(sent: DeskContactTyped) -> Self {
        Self {
            role: sent.role,
            name: sent.name,
            email: sent.email,
            phone: sent.phone,
            fingerprint: sent.fingerprint,
            key: sent.key,
            certificate: sent.certificate,
        }
    }
}

/// Something to be done to a constituent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskConstituentWork {
    /// The version that was seen.
    version: u32,
    /// What.
    act: DeskConstituentAct,
}

/// What is done.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum DeskConstituentAct {
    /// Another name, sector, language, quiet hours; what is left out is taken away.
    Head {
        name: String,
        #[serde(default)]
        sector: String,
        #[serde(default)]
        language: String,
        #[serde(default)]
        quiet: String,
    },
    /// Add networks, domains, AS numbers, separated by blanks.
    Add { assets: String },
    /// Take some of them away.
    Drop { assets: String },
    /// Add a contact.
    NewContact { to: DeskContactTyped },
    /// Change a contact; what is left out is taken away.
    ChangeContact { contact: u32, to: DeskContactTyped },
    /// Take a contact away.
    DropContact { contact: u32 },
    /// A contact is right.
    ConfirmContact { contact: u32 },
    /// Mail to a contact came back.
    Bounced { contact: u32 },
    /// Stop writing to a contact.
    Disable { contact: u32 },
    /// Write to a contact again.
    Enable { contact: u32 },
    /// All of it is right.
    Confirm,
    /// Add a remark, with the last day on which it counts.
    Note {
        text: String,
        #[serde(default)]
        until: String,
    },
    /// Take the remark at this place away, from 0.
    DropNote { at: u32 },
    /// Look after it here, untouched by imports.
    TakeOver,
}

fn work_of(
    app: &cairn_app::App,
    sent: DeskConstituentAct,
) -> std::result::Result<Work, Vec<Fault>> {
    use DeskConstituentAct as Act;
    Ok(match sent {
        Act::Head {
            name,
            sector,
            language,
            quiet,
        } => Work::Head(
            Typed {
                name,
                sector,
                language,
                quiet,
            }
            .read()?,
        ),
        Act::Add { assets } => Work::Add(typed::assets(&assets)?),
        Act::Drop { assets } => Work::Drop(typed::assets(&assets)?),
        Act::NewContact { to } => Work::NewContact(Box::new(app.contact_typed(&to.into())?)),
        Act::ChangeContact { contact, to } => {
            Work::ChangeContact(contact, Box::new(app.contact_typed(&to.into())?))
        }
        Act::DropContact { contact } => Work::DropContact(contact),
        Act::ConfirmContact { contact } => Work::Confirm(contact),
        Act::Bounced { contact } => Work::Bounced(contact),
        Act::Disable { contact } => Work::Disable(contact),
        Act::Enable { contact } => Work::Enable(contact),
        Act::Confirm => Work::ConfirmAll,
        Act::Note { text, until } => Work::Note(typed::note(&text, &until)?),
        Act::DropNote { at } => Work::DropNote(usize::try_from(at).unwrap_or(usize::MAX)),
        Act::TakeOver => Work::TakeOver,
    })
}

async fn work(asked: Asked, sent: DeskConstituentWork) -> Result<DeskConstituent> {
    let mut faults = Faults::default();
    let work = wrong(&mut faults, work_of(&asked.app, sent.act));
    faults.end()?;
    let work = work.ok_or_else(Problem::bad_request)?;
    let place = (asked.no(0)?, sent.version);
    match asked
        .app
        .work_on_constituent(&asked.who, place, &work)
        .await
    {
        Ok(()) => read_one(&asked).await,
        Err(AppError::Conflict) => Err(moved(&read_one(&asked).await?)),
        Err(other) => Err(told(other)),
    }
}

async fn remove(asked: Asked, sent: DeskVersion) -> Result<DeskDone> {
    let version = u32::try_from(sent.version).unwrap_or_default();
    let place = (asked.no(0)?, version);
    match asked.app.remove_constituent(&asked.who, place).await {
        Ok(()) => Ok(DeskDone::YES),
        Err(AppError::Conflict) => Err(moved(&read_one(&asked).await?)),
        Err(other) => Err(told(other)),
    }
}

/// A table that replaces what a source brought before.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskConstituentTable {
    /// Name of the source.
    source: String,
    /// The table, CSV.
    csv: String,
    /// Change nothing; say what it would come to.
    #[serde(default)]
    dry_run: bool,
}

/// A claim of the source that meets one that people entered.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTouched {
    /// The claim of the source.
    claim: String,
    /// For whom, there.
    theirs: String,
    /// The wider claim that people entered.
    within: Option<String>,
    /// Number of the constituent that it is entered for.
    no: u32,
    /// Its name.
    ours: String,
}

/// What the source has otherwise of one that is looked after here.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskHeld {
    /// Its number.
    no: u32,
    /// Its name here.
    name: String,
    /// Its name there, if another.
    renamed: Option<String>,
    /// Networks, domains and AS numbers that only the source has.
    more: Vec<String>,
    /// Those that only we have.
    fewer: Vec<String>,
    /// The source has other contacts.
    contacts: bool,
}

/// What an import came to, or would.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskConstituentImport {
    /// Nothing was changed.
    dry_run: bool,
    /// New ones.
    fresh: u64,
    /// Changed ones.
    changed: u64,
    /// Those that the source has no more.
    gone: u64,
    /// Those that are as they were.
    same: u64,
    /// Those that are looked after here and were left alone.
    held: u64,
    /// What the source has otherwise of these.
    differs: Vec<DeskHeld>,
    /// Claims that meet what people entered.
    touched: Vec<DeskTouched>,
    /// There are so many more.
    touched_more: u64,
}

fn outcome(summary: Summary, dry_run: bool) -> DeskConstituentImport {
    let held = |one: Held| DeskHeld {
        no: one.no,
        name: one.name,
        renamed: one.renamed,
        more: one.more,
        fewer: one.fewer,
        contacts: one.contacts,
    };
    let touched = |one: Touched| DeskTouched {
        claim: one.claim,
        theirs: one.theirs,
        within: one.within,
        no: one.no,
        ours: one.ours,
    };
    DeskConstituentImport {
        dry_run,
        fresh: summary.fresh,
        changed: summary.changed,
        gone: summary.gone,
        same: summary.same,
        held: summary.held,
        differs: summary.differs.into_iter().map(held).collect(),
        touched: summary.touched.into_iter().map(touched).collect(),
        touched_more: summary.touched_more,
    }
}

async fn import(asked: Asked, sent: DeskConstituentTable) -> Result<DeskConstituentImport> {
    let mut faults = Faults::default();
    let source = source(&sent.source).filter(|source| source != "manual");
    if source.is_none() {
        faults.add("/source", "is no name of a source");
    }
    let table = csv::read(&sent.csv);
    if let Err(found) = &table {
        for fault in found {
            let (place, words) = (&fault.place, fault.wrong.words());
            faults.add("/csv", format!("{place}: {} {words}", fault.text));
        }
    }
    faults.end()?;
    let (source, table) = (source.unwrap_or_default(), table.unwrap_or_default());
    let doer = Doer::Officer(&asked.who);
    let done = asked
        .app
        .import_constituents(doer, &source, &table, sent.dry_run)
        .await;
    Ok(outcome(done.map_err(told)?, sent.dry_run))
}

async fn export(asked: Asked, _: DeskNothing) -> Result<Response> {
    constituents_file(&asked.app, &asked.who).await
}
