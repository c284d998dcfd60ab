//! A whole installation in one file, taken while cairn runs, and brought back only if every proof still holds.
//!
//! The file is a gzipped tar: the database (SQLite: a copy of the file; PostgreSQL: a `COPY` of every table), `keys/`,
//! the encrypted files, the settings if given, and last a manifest with the SHA-256 of each part. With a key the whole
//! of it is sealed ([`crate::seal`]) under a key of its own: HMAC-SHA-256 of the given key over a random salt in the
//! header. It always holds the installation's own keys, so a backup without a key is as secret as the data directory.
//!
//! A backup of SQLite is restored into SQLite, one of PostgreSQL into PostgreSQL.
//!
//! Where an installation has tenants, each of which is a store of its own, the same file holds them all: their parts lie below
//! `tenants/NAME/`, and the manifest has one manifest for each. Such a file has another number of layout, so that a program
//! that knows no tenants refuses it instead of bringing a part back as the whole.

mod copy;
mod feeds;
mod restore;
mod waiting;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use cairn_kernel::time::Micros;
use flate2::Compression;
use flate2::write::GzEncoder;
use ring::{digest, hmac};
use serde::{Deserialize, Serialize};

pub use restore::{Restore, Restored, restore, restore_all};

use crate::blob::{hex, relative_path};
use crate::db::ReadError;
use crate::feeds::FeedError;
use crate::keys::{KeyError, Keys, private_file, random, sync_parent};
use crate::openpgp::OPENPGP_FILE;
use crate::postgres::PgError;
use crate::schema;
use crate::seal::Sealer;
use crate::verify::VerifyError;
use crate::{Database, Options};
use copy::{copy_postgres, copy_sqlite};

/// Version of the file's layout.
const FORMAT: u32 = 1;
/// Version of the layout of a file that holds several stores.
const FORMAT_OF_MANY: u32 = 2;
/// Folder of the stores beside the first, in the file.
const TENANTS: &str = "tenants";
/// First bytes of a sealed backup; 32 bytes of salt follow.
const MAGIC: &[u8; 16] = b"cairn-backup-v1\n";
const SALT_BYTES: usize = 32;
const MANIFEST: &str = "manifest.json";
const SQLITE_FILE: &str = "core.db";
const SETTINGS: &str = "settings.toml";
/// Files of `keys/`; `log.keys` is the published list.
const KEY_FILES: [&str; 6] = [
    "log.seed",
    "log.keys",
    "secret.key",
    "reference.key",
    "blob.key",
    OPENPGP_FILE,
];
/// Every table, in both databases.
const TABLES: [&str; 96] = [
    "meta",
    "report",
    "report_body",
    "report_contact",
    "report_loss",
    "report_consent",
    "report_file",
    "message",
    "report_fts",
    "report_unindexed",
    "report_reword",
    "report_closed",
    "report_reason",
    "report_erased",
    "referral",
    "referral_text",
    "idempotency",
    "evidence",
    "log_node",
    "checkpoint",
    "figures_snapshot",
    "draft",
    "blob",
    "account",
    "session",
    "passkey",
    "identity",
    "api_key",
    "agency_key",
    "token",
    "pull_token",
    "webhook",
    "webhook_delivery",
    "job",
    "mail_answer",
    "report_mail",
    "mail_sent",
    "report_key",
    "report_old",
    "old_ref",
    "challenge",
    "challenge_body",
    "challenge_contact",
    "case_head",
    "case_text",
    "case_report",
    "case_clock",
    "case_relation",
    "case_file",
    "case_fts",
    "plan_seat",
    "plan_return",
    "plan_file",
    "plan_signature",
    "plan_version",
    "plan_evidence",
    "saved_view",
    "observable",
    "observable_step",
    "handover",
    "handover_read",
    "bulk",
    "bulk_report",
    "rule",
    "rule_step",
    "rule_version",
    "rule_hit",
    "rule_mark",
    "rule_seen",
    "cluster_mark",
    "cluster",
    "cluster_member",
    "cluster_key",
    "cluster_touch",
    "cluster_decision",
    "cluster_reply",
    "cluster_due",
    "cluster_mail",
    "cluster_held",
    "constituent",
    "constituent_step",
    "constituent_mark",
    "claim",
    "contact_ask",
    "feed_source",
    "feed_arrival",
    "feed_seen",
    "notice_mark",
    "directive",
    "notice_group",
    "notice",
    "notice_step",
    "notice_row",
    "notice_answer",
    "notice_mail",
    "notice_tally",
];
/// The schema with which a table came: an older database, which nobody has migrated yet, lacks the younger ones.
fn came_with(table: &str) -> i64 {
    if matches!(table, "claim" | "contact_ask") {
        28
    } else if table == "pull_token" {
        27
    } else if table == "agency_key" {
        26
    } else if table == "case_file" {
        25
    } else if table == "directive" || table.starts_with("notice") {
        24
    } else if table.starts_with("feed_") {
        23
    } else if table.starts_with("constituent") {
        22
    } else if table == "report_reword" {
        21
    } else if matches!(table, "cluster_mail" | "cluster_held") {
        20
    } else if matches!(table, "token" | "webhook" | "webhook_delivery") {
        19
    } else if matches!(table, "report_old" | "old_ref") {
        18
    } else if matches!(table, "passkey" | "identity") {
        17
    } else if table == "report_key" {
        16
    } else if table == "case_fts" {
        15
    } else if table == "case_relation" {
        14
    } else if matches!(table, "report_mail" | "mail_sent") {
        13
    } else if table.starts_with("bulk") {
        12
    } else if table == "rule" || table.starts_with("rule_") {
        11
    } else if table.starts_with("referral") {
        10
    } else if table.starts_with("handover") {
        9
    } else if matches!(table, "report_closed" | "report_reason" | "report_erased") {
        8
    } else if matches!(table, "saved_view" | "observable" | "observable_step") {
        7
    } else if table.starts_with("case_") {
        6
    } else if table.starts_with("cluster") {
        5
    } else if table == "report_unindexed" {
        4
    } else if table.starts_with("challenge") {
        3
    } else if table.starts_with("plan_") {
        2
    } else {
        1
    }
}

/// The tables of a schema.
fn tables(schema: i64) -> impl Iterator<Item = &'static str> {
    let there = move |table: &&str| came_with(table) <= schema;
    TABLES.into_iter().filter(there)
}

/// A backup could not be made or restored. Nothing half-made stays behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("{path}: {cause}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// There is something at the target already.
    #[error("{0} is there already; name a new one")]
    Exists(PathBuf),
    /// Two at the same time.
    #[error("another backup of {0} is being made")]
    Busy(PathBuf),
    /// The database could not be read.
    #[error("reading the database: {0}")]
    Read(#[from] ReadError),
    /// PostgreSQL.
    #[error("database: {0}")]
    Postgres(#[from] PgError),
    /// The installation's keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The schema.
    #[error(transparent)]
    Schema(#[from] schema::SchemaError),
    /// The key file.
    #[error("{0} is no backup key: 32 bytes or 64 hexadecimal digits are wanted")]
    Key(PathBuf),
    /// It is sealed.
    #[error("the backup is encrypted: name its key file")]
    KeyWanted,
    /// Not a backup, cut off, changed, or another key.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// Made by a newer program, or for the other database.
    #[error("the backup does not fit: {0}")]
    Unfit(String),
    /// Machine reports.
    #[error(transparent)]
    Feeds(#[from] FeedError),
    /// The records do not agree with their evidence.
    #[error("the restored records do not verify: {count} findings, the first: {first}")]
    Findings {
        /// How many.
        count: u64,
        /// One of them.
        first: String,
    },
    /// The verifier could not run.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl From<rusqlite::Error> for BackupError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Read(error.into())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |cause| BackupError::Io { path, cause }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The database is copied; pages or tables.
    Database,
    /// Files are packed; bytes.
    Files,
    /// The backup is unpacked; bytes of the file.
    Unpack,
    /// The log is verified; rows.
    Log,
    /// Reports are verified.
    Reports,
}

/// Told how far each step is: `(step, done, of)`.
pub type OnProgress<'a> = &'a mut dyn FnMut(Step, u64, u64);

/// What to back up, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The file to make; it must not exist.
    pub to: &'a Path,
    /// The settings file's content, to be kept with it.
    pub settings: Option<&'a [u8]>,
    /// Key that seals it.
    pub key: Option<&'a [u8; 32]>,
    /// Now.
    pub made_at: Micros,
}

/// What stands last in every backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout.
    pub format: u32,
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Number of the schema.
    pub schema: i64,
    /// Name of the evidence log.
    pub origin: String,
    /// Microseconds UTC.
    pub made_at: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// Newest checkpoint, if there is one.
    pub checkpoint: Option<String>,
    /// Parts by name.
    pub members: BTreeMap<String, Member>,
    /// Files that the database names and that were not on disk.
    pub missing: Vec<String>,
    /// Number of the schema of machine reports; absent where none was ever taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeds: Option<i64>,
    /// Machine reports among the parts that wait to be read; absent in backups of programs that left these out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// The other stores of the installation, by the names of their tenants.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tenants: BTreeMap<String, Self>,
}

/// One part of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// Reads a key file: 32 bytes, or 64 hexadecimal digits.
///
/// # Errors
/// The file cannot be read or is no key.
pub fn read_key(path: &Path) -> Result<[u8; 32], BackupError> {
    let bytes = fs::read(path).map_err(at(path))?;
    if let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) {
        return Ok(key);
    }
    std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| cairn_evidence::hash::Hash::from_hex(text.trim()))
        .map(|hash| hash.0)
        .ok_or_else(|| BackupError::Key(path.to_owned()))
}

/// Makes a key file of 64 hexadecimal digits, readable by its owner only. Keep a copy elsewhere: without it the
/// backups are lost.
///
/// # Errors
/// The file exists or cannot be written.
pub fn new_key(path: &Path) -> Result<[u8; 32], BackupError> {
    let key = random::<32>()?;
    let mut file = create(path)?;
    file.write_all(format!("{}\n", hex(&key)).as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_parent(path))
        .map_err(at(path))?;
    Ok(key)
}

fn create(path: &Path) -> Result<File, BackupError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    private_file(&mut options);
    options.open(path).map_err(|cause| {
        if cause.kind() == io::ErrorKind::AlreadyExists {
            BackupError::Exists(path.to_owned())
        } else {
            BackupError::Io {
                path: path.to_owned(),
                cause,
            }
        }
    })
}

/// The key that seals one backup.
fn file_key(key: &[u8; 32], salt: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), salt);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}

/// Makes a backup of one store beside a running cairn. Blocks: on a runtime call it from `spawn_blocking`. While it runs
/// the data directory needs room for a second copy of the database.
///
/// # Errors
/// See [`BackupError`]; no file is left then.
pub fn backup(
    options: &Options,
    plan: &Plan<'_>,
    progress: OnProgress<'_>,
) -> Result<Manifest, BackupError> {
    backup_all(options, &[], plan, progress)
}

/// The same with the stores of tenants, by their names, in one file. Each is as it stood at a moment of its own.
///
/// # Errors
/// See [`BackupError`]; no file is left then.
pub fn backup_all(
    options: &Options,
    tenants: &[(String, Options)],
    plan: &Plan<'_>,
    progress: OnProgress<'_>,
) -> Result<Manifest, BackupError> {
    if plan.to.exists() {
        return Err(BackupError::Exists(plan.to.to_owned()));
    }
    let mut partial = plan.to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let _left_over = fs::remove_file(&partial);
    let packed = pack(options, tenants, plan, &partial, progress).and_then(|manifest| {
        fs::rename(&partial, plan.to)
            .map_err(at(plan.to))
            .map(|()| manifest)
    });
    match packed {
        Ok(manifest) => {
            sync_parent(plan.to).map_err(at(plan.to))?;
            Ok(manifest)
        }
        Err(error) => {
            let _gone = fs::remove_file(&partial);
            Err(error)
        }
    }
}

/// A folder for the copy of the database, inside the data directory since it is as secret. What an interrupted
/// backup left is removed first.
fn spool(dir: &Path) -> Result<(File, tempfile::TempDir), BackupError> {
    const PREFIX: &str = "backup-";
    let path = dir.join("backup.lock");
    let lock = File::create(&path).map_err(at(&path))?;
    if lock.try_lock().is_err() {
        return Err(BackupError::Busy(dir.to_owned()));
    }
    for entry in fs::read_dir(dir).map_err(at(dir))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.path().is_dir() {
            fs::remove_dir_all(entry.path()).map_err(at(dir))?;
        }
    }
    let spool = tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(dir)
        .map_err(at(dir))?;
    Ok((lock, spool))
}

/// Where the archive goes: sealed or not.
enum Target {
    Plain(BufWriter<File>),
    Sealed(Box<Sealer<BufWriter<File>>>),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Sealed(sealer) => sealer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Sealed(sealer) => sealer.flush(),
        }
    }
}

impl Target {
    fn create(path: &Path, key: Option<&[u8; 32]>) -> Result<Self, BackupError> {
        let mut file = BufWriter::new(create(path)?);
        let Some(key) = key else {
            return Ok(Self::Plain(file));
        };
        let salt = random::<SALT_BYTES>()?;
        let header = [&MAGIC[..], &salt].concat();
        file.write_all(&header)
            .and_then(|()| Sealer::new(file, &file_key(key, &salt), &header))
            .map(|sealer| Self::Sealed(Box::new(sealer)))
            .map_err(at(path))
    }

    fn finish(self) -> io::Result<()> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Sealed(sealer) => sealer.finish()?,
        };
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()
    }
}

/// The archive as it grows.
struct Pack {
    tar: tar::Builder<GzEncoder<Target>>,
    /// Of the store that is being packed.
    members: BTreeMap<String, Member>,
    /// Folder of that store in the file, with a slash at its end; empty for the first.
    folder: String,
    seconds: u64,
}

/// Hashes what passes.
struct Hashing<R> {
    from: R,
    hash: digest::Context,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.from.read(out)?;
        self.hash.update(out.get(..len).unwrap_or_default());
        Ok(len)
    }
}

impl Pack {
    fn add(&mut self, name: &str, size: u64, from: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(self.seconds);
        let mut from = Hashing {
            from: from.take(size),
            hash: digest::Context::new(&digest::SHA256),
        };
        let path = format!("{}{name}", self.folder);
        self.tar.append_data(&mut header, path, &mut from)?;
        let sha256 = hex(from.hash.finish().as_ref());
        self.members
            .insert(name.to_owned(), Member { size, sha256 });
        Ok(())
    }

    fn add_file(&mut self, name: &str, path: &Path) -> io::Result<u64> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        self.add(name, size, file)?;
        Ok(size)
    }
}

fn pack(
    options: &Options,
    tenants: &[(String, Options)],
    plan: &Plan<'_>,
    path: &Path,
    progress: OnProgress<'_>,
) -> Result<Manifest, BackupError> {
    let target = Target::create(path, plan.key)?;
    let mut pack = Pack {
        tar: tar::Builder::new(GzEncoder::new(target, Compression::fast())),
        members: BTreeMap::new(),
        folder: String::new(),
        seconds: u64::try_from(plan.made_at.seconds()).unwrap_or_default(),
    };
    let mut manifest = pack.store(options, plan, progress)?;
    if let Some(settings) = plan.settings {
        pack.add(SETTINGS, settings.len() as u64, settings)
            .map_err(at(path))?;
        manifest.members.append(&mut pack.members);
    }
    for (name, options) in tenants {
        pack.folder = format!("{TENANTS}/{name}/");
        let one = pack.store(options, plan, progress)?;
        manifest.tenants.insert(name.clone(), one);
        manifest.format = FORMAT_OF_MANY;
    }
    pack.folder.clear();
    let json = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| BackupError::Damaged(error.to_string()))?;
    pack.add(MANIFEST, json.len() as u64, json.as_slice())
        .and_then(|()| pack.tar.into_inner())
        .and_then(GzEncoder::finish)
        .and_then(Target::finish)
        .map_err(at(path))?;
    Ok(manifest)
}

impl Pack {
    /// Copies one store and packs it.
    fn store(
        &mut self,
        options: &Options,
        plan: &Plan<'_>,
        progress: OnProgress<'_>,
    ) -> Result<Manifest, BackupError> {
        let keys = Keys::open(&options.dir.join("keys"), &options.origin)?;
        let (_lock, spool) = spool(&options.dir)?;
        let mut copied = match &options.database {
            Database::Sqlite(config) => copy_sqlite(options, config, spool.path(), progress)?,
            Database::Postgres(config) => copy_postgres(options, config, spool.path(), progress)?,
        };
        for (name, part) in &copied.parts {
            self.add_file(name, part).map_err(at(part))?;
            // Room on the disk, before more is needed.
            fs::remove_file(part).map_err(at(part))?;
        }
        for name in KEY_FILES {
            let file = options.dir.join("keys").join(name);
            // There from the first mail on that needs it.
            if name == OPENPGP_FILE && !file.exists() {
                continue;
            }
            self.add_file(&format!("keys/{name}"), &file)
                .map_err(at(&file))?;
        }
        let mut missing = self.files(options, &keys, &copied.blobs, progress)?;
        feeds::files(self, &mut copied.files, &mut missing)?;
        let from = (options.dir.as_path(), &keys);
        let waiting = waiting::pack(self, from, &copied.waiting, &mut missing)?;
        Ok(Manifest {
            format: FORMAT,
            database: copied.database.to_owned(),
            schema: copied.schema,
            origin: options.origin.clone(),
            made_at: plan.made_at.0,
            rows: copied.rows,
            checkpoint: copied.checkpoint,
            members: std::mem::take(&mut self.members),
            missing,
            feeds: copied.feeds,
            waiting: Some(waiting),
            tenants: BTreeMap::new(),
        })
    }

    /// Packs the encrypted files; gives those that are not there.
    fn files(
        &mut self,
        options: &Options,
        keys: &Keys,
        blobs: &[(String, Vec<u8>)],
        progress: OnProgress<'_>,
    ) -> Result<Vec<String>, BackupError> {
        let mut missing = Vec::new();
        let folder = options.dir.join("blobs");
        let of = blobs.len() as u64;
        for (done, (sha256, wrapped)) in (1..).zip(blobs) {
            let relative = keys
                .unwrap(sha256, wrapped)
                .map(|key| relative_path(sha256, &key));
            let added = relative.map(|relative| {
                let name = format!("blobs/{}", relative.display());
                self.add_file(&name, &folder.join(&relative))
            });
            match added {
                Some(Ok(_)) => {}
                // Gone since (nobody named it), or damaged: the manifest says so, the rest is worth keeping.
                None => missing.push(sha256.clone()),
                Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                    missing.push(sha256.clone());
                }
                Some(Err(error)) => return Err(at(&folder)(error)),
            }
            progress(Step::Files, done, of);
        }
        Ok(missing)
    }
}
