//! The working copy of a plan: its folder as it is now, with all accepted returns in it. Built when somebody looks at it, and
//! again only when one of both has changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cairn_desk::access::{Action, Visible};
use cairn_desk::track::{ReturnBody, Signature};
use cairn_evidence::hash::sha256;
use cairn_kernel::time::Micros;
use cairn_track::bundle::Public;
use cairn_track::office::returns::{About, Accepted, Return, apply};
use cairn_track::office::{Obstacle, ready};
use cairn_track::plan::{Edition, Fault, Files, Plan, Severity, Words};
use cairn_track::site::Options;
use jiff::civil::Date;

use super::folder::Origin;
use super::{Plans, Shown, bundles};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged};

/// The role of who accepts returns, as it is published with them.
const ACCEPTED_BY: &str = "statistician";
/// The role of who files dissent, likewise.
pub(super) const REVIEWER: &str = "independent reviewer";
/// Pages of a draft say so at the top of what they show.
const MAIN: &str = "<main id=\"main\" tabindex=\"-1\">";

/// What the strategy office keeps in memory.
#[derive(Debug, Default)]
pub(crate) struct Office {
    workings: Mutex<BTreeMap<String, Arc<Working>>>,
    previews: tokio::sync::Mutex<BTreeMap<String, Arc<Preview>>>,
    /// What publications are called, by plan and number.
    pub(super) named: Mutex<BTreeMap<(String, i64), super::publish::Named>>,
    /// The plans as the public sees them, without live measures.
    pub(super) published: tokio::sync::Mutex<Option<Plans>>,
}

/// A plan's working copy.
#[derive(Debug)]
pub struct Working {
    /// Its files.
    pub files: Files,
    /// The plan that they make; ids may name nothing where there are errors.
    pub plan: Plan,
    /// What is wrong in them.
    pub faults: Vec<Fault>,
    /// Why accepted returns could not be put in; the files are without any of them then.
    pub refused: Vec<Fault>,
    /// Accepted returns in it.
    pub returns: usize,
    /// SHA-256 of the folder and the returns, to know when to build it anew.
    made_of: String,
    /// SHA-256 of its files.
    digest: String,
}

#[derive(Debug)]
struct Preview {
    digest: String,
    files: Result<BTreeMap<String, Bytes>, String>,
}

impl Working {
    /// The edition that is worked on: the newest.
    #[must_use]
    pub fn edition(&self) -> Option<&Edition> {
        self.plan.newest()
    }

    /// Its id; empty if there is none.
    #[must_use]
    pub fn edition_id(&self) -> &str {
        self.edition().map_or("", |edition| edition.id.as_str())
    }

    /// What is signed off: the files, after so many publications. A signature never counts for the publication after.
    #[must_use]
    pub fn digest(&self, versions: i64) -> String {
        let text = format!(
            "cairn plan working copy v1\nplan {}\nversions {versions}\nfiles {}\n",
            self.plan.id, self.digest
        );
        sha256(text.as_bytes()).hex()
    }

    /// What stands in the way of signing it off, that which forbids it first.
    #[must_use]
    pub fn obstacles(&self, today: Date) -> Vec<Obstacle> {
        let mut all: Vec<Obstacle> = self.refused.iter().map(forbids).collect();
        all.extend(ready(&self.plan, &self.faults, self.edition_id(), today));
        all
    }
}

fn forbids(fault: &Fault) -> Obstacle {
    Obstacle {
        code: "return-refused",
        forbids: true,
        owner: None,
        id: String::new(),
        file: Some(fault.file.clone()),
        line: fault.line,
        what: Words::english(&fault.what),
        mend: Words::english(&fault.mend),
    }
}

fn broken(file: &str, what: String, mend: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: 0,
        column: 0,
        severity: Severity::Error,
        code: "unreadable",
        what,
        mend: mend.to_owned(),
    }
}

/// SHA-256 over paths and contents.
fn digest_of(files: &Files) -> String {
    let lines: Vec<String> = files
        .iter()
        .map(|(path, bytes)| format!("{} {path}\n", sha256(bytes).hex()))
        .collect();
    sha256(lines.concat().as_bytes()).hex()
}

/// The edition counts what was published by the day of the last acceptance: who accepts a figure wants it to count.
fn counted_up_to(files: &mut Files, edition: &Edition, day: Date) {
    let path = format!("editions/{}/edition.toml", edition.id);
    if edition.as_of >= day {
        return;
    }
    let Some(text) = files
        .get(&path)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
    else {
        return;
    };
    let key = |line: &str| {
        let rest = line.trim_start().strip_prefix("as_of");
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut in_tables = false;
    let lines: Vec<String> = text
        .split_inclusive('\n')
        .map(|line| {
            in_tables |= line.trim_start().starts_with('[');
            if in_tables || !key(line) {
                return line.to_owned();
            }
            let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            format!("as_of = {day}{end}")
        })
        .collect();
    files.insert(path, lines.concat());
}

/// What was accepted, in the order of acceptance.
fn accepted_of(
    rows: &[(i64, Micros, String)],
    zone: &jiff::tz::TimeZone,
) -> Result<Vec<Accepted>, AppError> {
    let one = |(_, at, body): &(i64, Micros, String)| {
        let body: ReturnBody = serde_json::from_str(body).map_err(damaged("return"))?;
        let ret: Return = serde_json::from_str(body.filed.get()).map_err(damaged("return"))?;
        let role = match ret.about {
            About::Dissent(_) => REVIEWER,
            _ => ACCEPTED_BY,
        };
        Ok(Accepted {
            ret,
            accepted: day_of(*at, zone),
            role: role.to_owned(),
        })
    };
    rows.iter().map(one).collect()
}

fn day_of(at: Micros, zone: &jiff::tz::TimeZone) -> Date {
    at.timestamp().to_zoned(zone.clone()).date()
}

/// Puts folder and returns together; blocks for as long as reading a plan takes.
fn build(folder: Result<Files, String>, accepted: &[Accepted], made_of: String) -> Working {
    let mut refused = Vec::new();
    let mut files = folder.unwrap_or_else(|error| {
        let mend = "Give the program leave to read the folder named in `track.plans`";
        refused.push(broken("plan.toml", error, mend));
        Files::new()
    });
    let mut returns = 0;
    if refused.is_empty() && !accepted.is_empty() {
        match apply(&files, accepted) {
            Ok(with) => {
                files = with;
                returns = accepted.len();
                if let Some(last) = accepted.iter().map(|one| one.accepted).max() {
                    let (plan, _) = Plan::sketch(&files);
                    if let Some(edition) = plan.newest() {
                        counted_up_to(&mut files, edition, last);
                    }
                }
            }
            Err(faults) => refused = faults,
        }
    }
    let (plan, faults) = Plan::sketch(&files);
    Working {
        digest: digest_of(&files),
        files,
        plan,
        faults,
        refused,
        returns,
        made_of,
    }
}

impl App {
    /// Today in the country's time zone.
    #[must_use]
    pub fn today(&self) -> Date {
        day_of(self.clock.now(), &self.config.time_zone)
    }

    pub(super) fn origin(&self, plan: &str) -> Result<Origin, AppError> {
        let known = self.config.plans.get(plan).ok_or(AppError::NotFound)?;
        Ok(known.origin.clone())
    }

    /// A plan's working copy as it is now. For use cases that have asked the policy.
    pub(crate) async fn working(&self, plan: &str) -> Result<Arc<Working>, AppError> {
        let origin = self.origin(plan)?;
        let rows = self.store.accepted_returns(plan).await?;
        let accepted = accepted_of(&rows, &self.config.time_zone)?;
        let known = self
            .office
            .workings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(plan)
            .cloned();
        let working = blocking(move || {
            let folder = origin.files();
            let folder_digest = match &folder {
                Ok(files) => digest_of(files),
                Err(error) => error.clone(),
            };
            let last = rows.last().map_or(0, |(.., at, _)| at.0);
            let made_of = format!("{folder_digest} {} {last}", rows.len());
            match known.filter(|known| known.made_of == made_of) {
                Some(known) => known,
                None => Arc::new(build(folder, &accepted, made_of)),
            }
        })
        .await?;
        self.office
            .workings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(plan.to_owned(), Arc::clone(&working));
        Ok(working)
    }

    /// A plan's working copy, for who may see it before it is published.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn review_plan(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Visible<Arc<Working>>, AppError> {
        let grant = who.grant(Action::ReviewPlans)?;
        Ok(grant.show(self.working(plan).await?))
    }

    /// Who signed the working copy off as it is now.
    pub(super) async fn signed(
        &self,
        plan: &str,
        digest: &str,
    ) -> Result<Vec<Signature>, AppError> {
        Ok(self.store.signatures(plan, digest).await?)
    }

    /// A page of the working copy's site, marked as a draft. Only what would be published is in it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if there is no such page, [`AppError::Input`] if the site cannot be built.
    pub async fn preview(
        &self,
        who: &Principal,
        plan: &str,
        path: &str,
        mark: &str,
    ) -> Result<Visible<Bytes>, AppError> {
        let grant = who.grant(Action::ReviewPlans)?;
        let working = self.working(plan).await?;
        let mut previews = self.office.previews.lock().await;
        let known = previews
            .get(plan)
            .filter(|known| known.digest == working.digest)
            .cloned();
        let preview = match known {
            Some(known) => known,
            None => {
                let made = blocking(move || Arc::new(draft(&working))).await?;
                previews.insert(plan.to_owned(), Arc::clone(&made));
                made
            }
        };
        drop(previews);
        let files = preview
            .files
            .as_ref()
            .map_err(|cause| AppError::Input(cause.clone()))?;
        let bytes = files.get(path).cloned().ok_or(AppError::NotFound)?;
        Ok(grant.show(marked(path, bytes, mark)))
    }

    /// The files of a working copy in an archive, for the office to unpack over its folder. Holds what is not published too.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn take_working(&self, who: &Principal, plan: &str) -> Result<Vec<u8>, AppError> {
        let _granted = who.grant(Action::PublishPlans)?;
        let working = self.working(plan).await?;
        let packed = blocking(move || bundles::pack(working.files.iter())).await?;
        packed.map_err(|error| AppError::Input(error.to_string()))
    }

    /// The plans as the public sees them, without today's live measures: what was published, or else the folder as it was at
    /// the start.
    pub(super) async fn published_plans(&self) -> Result<Plans, AppError> {
        let mut known = self.office.published.lock().await;
        if let Some(plans) = known.as_ref() {
            return Ok(plans.clone());
        }
        let mut all = Vec::new();
        for plan in self.config.plans.0.iter() {
            let newest = self.store.versions(&plan.id).await?.into_iter().next();
            let bundle = match newest {
                Some(newest) => self
                    .store
                    .bundle(&plan.id, newest.no)
                    .await?
                    .map(|zip| (newest.no, zip)),
                None => None,
            };
            all.push(match bundle {
                None => Arc::clone(plan),
                Some((no, zip)) => {
                    let around = Arc::clone(&plan.around);
                    let shown = blocking(move || Shown::published(no, &zip, &around)).await?;
                    let shown = shown.map_err(|error| AppError::Damaged {
                        what: "publication of a plan",
                        cause: error.to_string(),
                    })?;
                    Arc::new(shown)
                }
            });
        }
        let plans = Plans(Arc::new(all));
        *known = Some(plans.clone());
        Ok(plans)
    }

    /// A publication came: the public sees it from now on.
    pub(super) async fn forget_published(&self) {
        *self.office.published.lock().await = None;
        *self.kept_plans.lock().await = None;
    }
}

fn draft(working: &Working) -> Preview {
    let made = Public::of(working.files.clone())
        .map_err(|faults| super::first(&faults))
        // As a site of its own: what is not published yet is not challenged.
        .and_then(|public| {
            let made = bundles::pages(&public, &Options::default());
            made.map_err(|error| error.to_string())
        });
    Preview {
        digest: working.digest.clone(),
        files: made.map(|(files, _)| {
            let files = files.into_iter();
            files
                .map(|(path, bytes)| (path, Bytes::from(bytes)))
                .collect()
        }),
    }
}

/// A page with the mark at its top; other files as they are.
fn marked(path: &str, bytes: Bytes, mark: &str) -> Bytes {
    if !path.ends_with(".html") {
        return bytes;
    }
    match std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| text.split_once(MAIN))
    {
        Some((before, after)) => [before, MAIN, mark, after].concat().into(),
        None => bytes,
    }
}

/// Work that takes a while, away from the threads that answer.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Damaged {
            what: "plan",
            cause: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_up_to_which_figures_count_moves_and_nothing_else() {
        let mut files: Files = [
            ("plan.toml", include_str!("../../../../plans/example-harbour/plan.toml")),
            (
                "editions/2026/edition.toml",
                "id = \"2026\"\nas_of_what = 1\nas_of  = 2026-06-30 # the day\ntitle = \"as_of = x\"\n[[signed_off]]\nas_of = 1\n",
            ),
        ]
        .into_iter()
        .collect();
        let (plan, _) = Plan::sketch(&files);
        let mut edition = plan.newest().cloned().unwrap();
        edition.as_of = "2026-06-30".parse().unwrap();
        counted_up_to(&mut files, &edition, "2026-05-01".parse().unwrap());
        let text = |files: &Files| {
            String::from_utf8(files.get("editions/2026/edition.toml").unwrap().to_vec()).unwrap()
        };
        assert!(text(&files).contains("as_of  = 2026-06-30"), "never back");
        counted_up_to(&mut files, &edition, "2026-11-26".parse().unwrap());
        assert_eq!(
            text(&files),
            "id = \"2026\"\nas_of_what = 1\nas_of = 2026-11-26\ntitle = \"as_of = x\"\n[[signed_off]]\nas_of = 1\n"
        );
    }

    #[test]
    fn drafts_say_so_on_pages_only() {
        let page = Bytes::from(format!("<body>{MAIN}<h1>x</h1>"));
        let marked_page = marked("a/index.html", page.clone(), "<p>Draft</p>");
        assert_eq!(marked_page, format!("<body>{MAIN}<p>Draft</p><h1>x</h1>"));
        assert_eq!(marked("a.csv", page.clone(), "<p>Draft</p>"), page);
    }
}
