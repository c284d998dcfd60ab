//! Signing off, freezing and publishing a plan, and what was published.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};

use bytes::Bytes;
use cairn_desk::access::{Action, Visible};
use cairn_desk::track::{self as rules, Built, By, Signature, TrackChange};
use cairn_evidence::hash::sha256;
use cairn_store::track::{NewVersion, ReturnRow, Version};
use cairn_store::writer::WriteError;
use cairn_track::bundle::{MANIFEST, NOTE, Public};
use cairn_track::office::{self, freeze};
use cairn_track::plan::{Files, Plan, SignOff, Words};
use cairn_track::progress::statcan::Status;
use cairn_track::report::Report;

use super::bundles::{self, Made};
use super::working::{Working, blocking};
use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// What a publication would change for the public.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The version that it is held against; `None` if there is none: against the folder as it is shown now.
    pub against: Option<i64>,
    /// Returns that come in.
    pub returns: Vec<ReturnRow>,
    /// Measures whose figures or status change.
    pub measures: Vec<MeasureChange>,
    /// Files of the plan that are new, other or gone.
    pub files: Vec<String>,
}

/// A measure before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureChange {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Words,
    /// Latest period and value, and the status, as they are published now.
    pub before: Option<Standing>,
    /// The same as they would be; `None` if the measure goes.
    pub after: Option<Standing>,
}

/// The latest figure of a measure, and its status.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Period and value, if there is one.
    pub latest: Option<(String, String)>,
    /// Status, if it has one.
    pub status: Option<Status>,
}

/// A publication as everybody may see it.
#[derive(Debug, Clone)]
pub struct PublicVersion {
    /// The row.
    pub version: Version,
    /// Title of its edition.
    pub title: Words,
    /// Who signed it off.
    pub signed: Vec<SignOff>,
}

/// Title of an edition, and who signed it off.
pub(crate) type Named = (Words, Vec<SignOff>);

fn unfit(faults: Vec<cairn_track::plan::Fault>) -> AppError {
    AppError::Input(super::first(&faults))
}

impl App {
    async fn at(
        &self,
        plan: &str,
    ) -> Result<(Arc<Working>, Vec<Version>, String, Vec<Signature>), AppError> {
        let working = self.working(plan).await?;
        let versions = self.store.versions(plan).await?;
        let digest = working.digest(versions.len() as i64);
        let signed = self.signed(plan, &digest).await?;
        Ok((working, versions, digest, signed))
    }

    /// Signs the working copy off. `shown` is the digest that the page showed.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`].
    pub async fn sign_off(&self, who: &Principal, plan: &str, shown: &str) -> Result<(), AppError> {
        let _granted = who.grant(Action::SignOffPlans)?;
        let (working, versions, digest, signed) = self.at(plan).await?;
        let obstacles = working.obstacles(self.today());
        let stands = rules::Working {
            digest: &digest,
            forbids: obstacles.iter().filter(|one| one.forbids).count(),
            signed: &signed,
            versions: versions.len() as i64,
        };
        let by = By {
            account: &who.account,
            role: who.role,
            seats: &[],
        };
        let event = rules::sign_off(plan, shown, stands, by, self.clock.now())?;
        let signature = Signature {
            role: who.role,
            account: who.account.clone(),
            at: event.at,
        };
        let entry = self.track_entry(&event)?;
        let kept = self.store.add_signature(plan, &digest, &signature, entry);
        Ok(kept.await?)
    }

    /// Freezes what was signed off and publishes it; the number of the version.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`]; [`AppError::Input`] if it cannot be built.
    pub async fn publish_plan(
        &self,
        who: &Principal,
        plan: &str,
        shown: &str,
    ) -> Result<i64, AppError> {
        let _granted = who.grant(Action::PublishPlans)?;
        let (working, versions, digest, signed) = self.at(plan).await?;
        let today = self.today();
        let obstacles = working.obstacles(today);
        let stands = rules::Working {
            digest: &digest,
            forbids: obstacles.iter().filter(|one| one.forbids).count(),
            signed: &signed,
            versions: versions.first().map_or(0, |newest| newest.no),
        };
        // Asked before the work is done, and once more with what came of it.
        rules::may_publish(shown, stands)?;
        let edition = working.edition_id().to_owned();
        let signatures = self.public_signatures(&signed, &working.plan.owner);
        let signer = Arc::clone(&self.store.keys().signer);
        let (files, of) = (working.files.clone(), edition.clone());
        let around = self.around(plan)?;
        let made = blocking(move || -> Result<Made, AppError> {
            let frozen = freeze(&files, &of, today, &signatures).map_err(unfit)?;
            let public = Public::of(frozen).map_err(unfit)?;
            bundles::make(&public, &around, &signer)
                .map_err(|error| AppError::Input(error.to_string()))
        });
        let made = made.await??;
        let manifest = made.manifest.digest().hex();
        let built = Built {
            edition: &edition,
            manifest: &manifest,
            bundle: &sha256(&made.zip).hex(),
        };
        let by = By {
            account: &who.account,
            role: who.role,
            seats: &[],
        };
        let event = rules::publish(plan, shown, stands, built, by, self.clock.now())?;
        let no = match &event.change {
            TrackChange::Published { version, .. } => *version,
            _ => return Err(AppError::Conflict),
        };
        let files = self.store.publishable_files(plan).await?;
        let new = NewVersion {
            plan,
            no,
            at: event.at,
            edition: &edition,
            digest: &digest,
            manifest: &manifest,
            note: &made.note,
            bundle: &made.zip,
            files: &files,
        };
        let entry = self.track_entry(&event)?;
        match self.store.publish_version(&new, entry).await {
            Ok(()) => {}
            Err(WriteError::Duplicate) => return Err(AppError::Conflict),
            Err(other) => return Err(other.into()),
        }
        self.forget_published().await;
        Ok(no)
    }

    /// Signatures as they are published: roles and days, never names.
    fn public_signatures(&self, signed: &[Signature], office: &str) -> Vec<office::Signature> {
        let zone = &self.config.time_zone;
        let one = |signature: &Signature| office::Signature {
            role: signature.role.as_str().to_owned(),
            office: office.to_owned(),
            on: signature.at.timestamp().to_zoned(zone.clone()).date(),
        };
        signed.iter().map(one).collect()
    }

    /// What publishing the working copy would change.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn plan_changes(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Visible<Changes>, AppError> {
        let grant = who.grant(Action::ReviewPlans)?;
        let working = self.working(plan).await?;
        let newest = self.store.versions(plan).await?.into_iter().next();
        let returns = self.store.returns(plan).await?;
        let bundle = match &newest {
            Some(newest) => self.store.bundle(plan, newest.no).await?,
            None => None,
        };
        let origin = self.origin(plan)?;
        let found = blocking(move || -> Result<_, AppError> {
            let before = match &bundle {
                Some(zip) => bundles::unpack(zip)
                    .map(|files| bundles::inputs(&files))
                    .map_err(|error| AppError::Input(error.to_string()))?,
                None => origin.files().unwrap_or_default(),
            };
            Ok(changes(before, working.files.clone(), bundle.is_none()))
        });
        let (measures, files) = found.await??;
        let since = newest.as_ref().map(|newest| newest.at);
        let comes = |row: &ReturnRow| {
            let taken = row.decided_at.unwrap_or(row.filed_at);
            row.standing.state == rules::ReturnState::Accepted
                && since.is_none_or(|since| taken > since)
        };
        Ok(grant.show(Changes {
            against: newest.map(|newest| newest.no),
            returns: returns.into_iter().filter(comes).collect(),
            measures,
            files,
        }))
    }

    /// A plan's publications, newest first, as everybody may see them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a plan that is not shown.
    pub async fn public_versions(&self, plan: &str) -> Result<Vec<PublicVersion>, AppError> {
        self.origin(plan)?;
        let mut all = Vec::new();
        for version in self.store.versions(plan).await? {
            let (title, signed) = self.named(plan, version.no).await?;
            all.push(PublicVersion {
                version,
                title,
                signed,
            });
        }
        Ok(all)
    }

    /// Title and signatures of a publication, which never change: read once from its bundle.
    async fn named(&self, plan: &str, no: i64) -> Result<Named, AppError> {
        let key = (plan.to_owned(), no);
        if let Some(found) = self.names().get(&key).cloned() {
            return Ok(found);
        }
        let bundle = self.store.bundle(plan, no).await?;
        let zip = bundle.ok_or(AppError::NotFound)?;
        let read = blocking(move || named(&zip)).await?.unwrap_or_default();
        self.names().insert(key, read.clone());
        Ok(read)
    }

    fn names(&self) -> MutexGuard<'_, BTreeMap<(String, i64), Named>> {
        let names = self.office.named.lock();
        names.unwrap_or_else(PoisonError::into_inner)
    }

    /// The bundle of a publication, or its manifest or the note over that.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn version_file(&self, plan: &str, no: i64, name: &str) -> Result<Bytes, AppError> {
        self.origin(plan)?;
        let known = [super::MADE_BUNDLE, MANIFEST, NOTE];
        if !known.contains(&name) {
            return Err(AppError::NotFound);
        }
        let bundle = self.store.bundle(plan, no).await?;
        let zip = bundle.ok_or(AppError::NotFound)?;
        if name == super::MADE_BUNDLE {
            return Ok(zip.into());
        }
        let name = name.to_owned();
        let file = blocking(move || bundles::one(&zip, &name)).await?;
        file.map_err(|error| AppError::Damaged {
            what: "publication of a plan",
            cause: error.to_string(),
        })
    }
}

/// Title and signatures of the edition in a bundle.
fn named(zip: &[u8]) -> Option<Named> {
    let files = bundles::unpack(zip).ok()?;
    let (plan, _) = Plan::sketch(&bundles::inputs(&files));
    let edition = plan.newest()?;
    Some((edition.title.clone(), edition.signed_off.clone()))
}

/// Figures and files that differ. What is not published counts on neither side.
fn changes(before: Files, after: Files, raw: bool) -> (Vec<MeasureChange>, Vec<String>) {
    let public = |files: Files| match Public::of(files) {
        Ok(public) => (public.plan, public.files),
        Err(_) => (Plan::sketch(&Files::new()).0, Files::new()),
    };
    let (old, old_files) = if raw {
        public(before)
    } else {
        (Plan::sketch(&before).0, before)
    };
    let (new, new_files) = public(after);
    let (was, is) = (standings(&old), standings(&new));
    let ids: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let measures = ids.into_iter().filter_map(|id| {
        let (before, after) = (was.get(id), is.get(id));
        if before.map(|(_, one)| one) == after.map(|(_, one)| one) {
            return None;
        }
        Some(MeasureChange {
            id: id.clone(),
            title: after.or(before).map(|(title, _)| title.clone())?,
            before: before.map(|(_, one)| one.clone()),
            after: after.map(|(_, one)| one.clone()),
        })
    });
    let paths: BTreeSet<&str> = old_files
        .iter()
        .chain(new_files.iter())
        .map(|(path, _)| path)
        .collect();
    let differ = paths
        .into_iter()
        .filter(|path| old_files.get(path) != new_files.get(path));
    (measures.collect(), differ.map(str::to_owned).collect())
}

/// Latest figure and status of each measure of the newest edition.
fn standings(plan: &Plan) -> BTreeMap<String, (Words, Standing)> {
    let Some(edition) = plan.newest() else {
        return BTreeMap::new();
    };
    let report = Report::of(plan, edition);
    let one = |measure: &cairn_track::report::MeasureReport<'_>| {
        let latest = measure.latest().map(|figure| {
            let row = figure.row;
            (row.period.to_string(), figure.value.to_string())
        });
        let status = match measure.no_status {
            None => measure.outcome().map(|outcome| outcome.status),
            Some(_) => None,
        };
        let standing = Standing { latest, status };
        let of = measure.measure;
        (of.id.clone(), (of.title.clone(), standing))
    };
    report.measures.iter().map(one).collect()
}
