//! Bundles as they are kept: a zip archive of all that was published, and the way back to pages.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use cairn_evidence::note::Signer;
use cairn_track::bundle::{self, INPUTS, MANIFEST, Manifest, NOTE, Public};
use cairn_track::live;
use cairn_track::plan::{Files, Plan};
use cairn_track::report::Report;
use cairn_track::site::{BuildError, Options, challengeable};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::{Around, PAGES_BYTES_MAX, PlanError, Shown};

/// Name of the file that holds a bundle.
pub const MADE_BUNDLE: &str = "bundle.zip";

/// What was made for publication.
#[derive(Debug)]
pub(super) struct Made {
    pub manifest: Manifest,
    /// The signed note over it.
    pub note: String,
    /// The archive.
    pub zip: Vec<u8>,
}

fn site(error: impl std::fmt::Display) -> PlanError {
    PlanError::Site(error.to_string())
}

/// Every file of a site and its bundle.
pub(super) fn pages(
    public: &Public,
    options: &Options,
) -> Result<(BTreeMap<String, Vec<u8>>, Manifest), PlanError> {
    let (mut pages, mut bytes_all) = (BTreeMap::new(), 0);
    let built = bundle::build(Cow::Borrowed(public), options, &mut |path, bytes| {
        bytes_all += bytes.len();
        if bytes_all > PAGES_BYTES_MAX {
            return Err(PlanError::TooLarge);
        }
        pages.insert(path.to_owned(), bytes);
        Ok(())
    });
    match built {
        Ok((_, manifest)) => Ok((pages, manifest)),
        Err(BuildError::Sink { error, .. }) => Err(error),
        Err(error) => Err(site(error)),
    }
}

/// Builds, signs and packs a plan as it may be handed out, within a service.
pub(super) fn make(public: &Public, around: &Around, signer: &Signer) -> Result<Made, PlanError> {
    let (mut files, manifest) = pages(public, &around.options(&public.plan))?;
    let note = signer.sign(manifest.statement()).map_err(site)?;
    let note = note.to_string();
    files.insert(NOTE.to_owned(), note.clone().into_bytes());
    let zip = pack(
        files
            .iter()
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice())),
    )?;
    Ok(Made {
        manifest,
        note,
        zip,
    })
}

/// An archive of files. The same files give the same bytes.
pub(super) fn pack<'f>(
    files: impl Iterator<Item = (&'f str, &'f [u8])>,
) -> Result<Vec<u8>, PlanError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (path, bytes) in files {
        archive.start_file(path, options).map_err(site)?;
        archive.write_all(bytes).map_err(site)?;
    }
    Ok(archive.finish().map_err(site)?.into_inner())
}

/// Every file of an archive that [`make`] packed.
pub(super) fn unpack(zip: &[u8]) -> Result<BTreeMap<String, Bytes>, PlanError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(site)?;
    let (mut files, mut bytes_all) = (BTreeMap::new(), 0);
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).map_err(site)?;
        let mut bytes = Vec::new();
        // Our own limit held when it was made; a changed archive must not fill the memory.
        let room = PAGES_BYTES_MAX.saturating_sub(bytes_all) as u64 + (1 << 20);
        file.by_ref()
            .take(room)
            .read_to_end(&mut bytes)
            .map_err(site)?;
        bytes_all += bytes.len();
        let name = file.name().map_err(site)?.into_owned();
        files.insert(name, Bytes::from(bytes));
    }
    Ok(files)
}

/// One small file of an archive that [`make`] packed.
pub(super) fn one(zip: &[u8], name: &str) -> Result<Bytes, PlanError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(site)?;
    let file = archive.by_name(name).map_err(site)?;
    let mut bytes = Vec::new();
    file.take(PAGES_BYTES_MAX as u64)
        .read_to_end(&mut bytes)
        .map_err(site)?;
    Ok(bytes.into())
}

/// The plan's own files of a bundle.
pub(super) fn inputs(files: &BTreeMap<String, Bytes>) -> Files {
    let own = files
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix(INPUTS)?, bytes.to_vec())));
    own.collect()
}

/// What in a kept bundle is not as its manifest, of this digest, says; empty if all is. For `cairn doctor`.
///
/// # Errors
/// The archive or the manifest does not read.
pub fn disagreements(zip: &[u8], digest: &str) -> Result<Vec<String>, PlanError> {
    let files = unpack(zip)?;
    let text = files.get(MANIFEST).cloned().unwrap_or_default();
    let manifest = Manifest::parse(&text).map_err(site)?;
    let mut wrong = Vec::new();
    if manifest.digest().hex() != digest {
        wrong.push(MANIFEST.to_owned());
    }
    let inputs = manifest
        .inputs
        .iter()
        .map(|(path, digest)| (format!("{INPUTS}{path}"), digest));
    let outputs = manifest
        .outputs
        .iter()
        .map(|(path, digest)| (path.clone(), digest));
    for (path, digest) in inputs.chain(outputs) {
        let found = files
            .get(&path)
            .map(|bytes| cairn_evidence::hash::sha256(bytes).hex());
        if found.as_ref() != Some(digest) {
            wrong.push(path);
        }
    }
    Ok(wrong)
}

impl Shown {
    /// A plan as it was published.
    ///
    /// # Errors
    /// The archive is damaged.
    pub(super) fn published(
        version: i64,
        zip: &[u8],
        around: &Arc<Around>,
    ) -> Result<Self, PlanError> {
        let files = unpack(zip)?;
        let inputs = inputs(&files);
        let plan = match Plan::read(&inputs) {
            (Some(plan), _) => plan,
            (None, faults) => return Err(PlanError::Faults(faults)),
        };
        let newest = plan.newest();
        let asks = live::asks(&plan);
        Ok(Self {
            id: plan.id.clone(),
            title: plan.title.clone(),
            owner: plan.owner.clone(),
            edition: newest
                .map(|edition| edition.title.clone())
                .unwrap_or_default(),
            coverage: newest
                .map(|edition| Report::of(&plan, edition).coverage)
                .unwrap_or_default(),
            figures: challengeable(&plan),
            around: Arc::clone(around),
            inputs: if asks.is_empty() {
                Files::new()
            } else {
                inputs
            },
            asks,
            files,
            origin: super::folder::Origin::default(),
            version: Some(version),
        })
    }
}
