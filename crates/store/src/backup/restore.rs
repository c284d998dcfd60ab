//! Bringing a backup back: unpack aside, compare with the manifest, verify every proof, and only then move it in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use cairn_kernel::time::Micros;
use flate2::read::GzDecoder;
use ring::digest;

use super::{
    BackupError, FORMAT, FORMAT_OF_MANY, Hashing, KEY_FILES, MAGIC, MANIFEST, Manifest, Member,
    OnProgress, SALT_BYTES, SETTINGS, SQLITE_FILE, Step, TABLES, TENANTS, at, create, file_key,
};
use super::{feeds, waiting};
use crate::blob::{hex, relative_path, sound_file};
use crate::feeds::waiting::Waits;
use crate::keys::{Keys, private_dir, sync_parent};
use crate::postgres::{PgConfig, PgError};
use crate::seal::Opener;
use crate::verify::{self, Check, Part, Progress, Source, Trusted, Verdict};
use crate::{Database, Options, SqliteConfig, schema};

/// Longest manifest that is read, bytes; a million files fit.
const MANIFEST_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Folders of a data directory that a backup holds.
const FOLDERS: [&str; 3] = ["keys", "blobs", crate::feeds::FOLDER];
/// Bytes sent to PostgreSQL at a time.
const COPY_BYTES: usize = 64 * 1024;

/// What to restore, and how.
#[derive(Clone, Copy)]
pub struct Restore<'a> {
    /// The backup.
    pub from: &'a Path,
    /// Its key, if it is sealed.
    pub key: Option<&'a [u8; 32]>,
    /// As for [`verify::Check`].
    pub quarter: Option<&'a (dyn Fn(Micros) -> i64 + Sync)>,
    /// Restore even if records do not verify: for rescuing what a damaged installation's backup holds.
    pub accept_findings: bool,
}

impl std::fmt::Debug for Restore<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Restore")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// The backup's manifest.
    pub manifest: Manifest,
    /// The settings file kept with it.
    pub settings: Option<Vec<u8>>,
    /// What the verifier said.
    pub verdict: Verdict,
    /// Stored files that are missing or do not decrypt.
    pub damaged_files: Vec<String>,
    /// The same of each tenant.
    pub tenants: BTreeMap<String, Self>,
}

/// Restores one store into an empty (or absent) data directory and, with PostgreSQL, an empty database or schema. Where
/// `options` name a tenant, that one is taken out of a backup that holds several. Blocks: on a runtime call it from
/// `spawn_blocking`.
///
/// # Errors
/// See [`BackupError`]; directory and database are as before then.
pub fn restore(
    options: &Options,
    restore: &Restore<'_>,
    progress: OnProgress<'_>,
) -> Result<Restored, BackupError> {
    restore_all(options, &[], restore, progress)
}

/// The same with the stores of tenants, by their names: all that the backup holds, or nothing.
///
/// # Errors
/// See [`BackupError`]; also where the backup holds a tenant that is not named here.
pub fn restore_all(
    options: &Options,
    tenants: &[(String, Options)],
    restore: &Restore<'_>,
    progress: OnProgress<'_>,
) -> Result<Restored, BackupError> {
    let dir = &options.dir;
    let made = !dir.exists();
    for options in tenants.iter().map(|(_, options)| options).chain([options]) {
        if is_used(&options.dir)? {
            return Err(BackupError::Exists(options.dir.clone()));
        }
    }
    fs::create_dir_all(dir).map_err(at(dir))?;
    private_dir(dir).map_err(at(dir))?;
    // Inside the directory, so that moving in is only renaming, also where the directory is a mount.
    let aside = tempfile::Builder::new()
        .prefix("restore-")
        .tempdir_in(dir)
        .map_err(at(dir))?;
    let done = all(options, tenants, restore, aside.path(), progress);
    drop(aside);
    if done.is_err() {
        let _empty = fs::remove_dir(dir.join(TENANTS));
    }
    if done.is_err() && made {
        let _was_not_there = fs::remove_dir(dir);
    }
    done
}

fn is_used(dir: &Path) -> Result<bool, BackupError> {
    Ok(dir.exists() && fs::read_dir(dir).map_err(at(dir))?.next().is_some())
}

fn all(
    options: &Options,
    tenants: &[(String, Options)],
    restore: &Restore<'_>,
    aside: &Path,
    progress: OnProgress<'_>,
) -> Result<Restored, BackupError> {
    let (mut manifest, settings) = unpack(restore, aside, progress)?;
    let wanted = options.tenant.as_ref();
    if !wanted.is_empty() && !manifest.tenants.is_empty() {
        let Some(one) = manifest.tenants.remove(wanted) else {
            return Err(unknown_here(wanted));
        };
        let aside = aside.join(TENANTS).join(wanted);
        return part(options, restore, &aside, one, progress);
    }
    for name in manifest.tenants.keys() {
        if !tenants.iter().any(|(known, _)| known == name) {
            return Err(unknown_here(name));
        }
    }
    let parts = std::mem::take(&mut manifest.tenants);
    let mut done = BTreeMap::new();
    let mut places = Vec::new();
    let house = parts
        .into_iter()
        .try_for_each(|(name, one)| {
            let Some((_, options)) = tenants.iter().find(|(known, _)| *known == name) else {
                return Err(unknown_here(&name));
            };
            fs::create_dir_all(&options.dir).map_err(at(&options.dir))?;
            private_dir(&options.dir).map_err(at(&options.dir))?;
            let aside = aside.join(TENANTS).join(&name);
            let restored = part(options, restore, &aside, one, progress);
            if restored.is_err() {
                // Only if it is empty, as it was found.
                let _nothing_there = fs::remove_dir(&options.dir);
            }
            done.insert(name, restored?);
            places.push(options);
            Ok(())
        })
        .and_then(|()| part(options, restore, aside, manifest, progress));
    match house {
        Ok(house) => Ok(Restored {
            settings,
            tenants: done,
            ..house
        }),
        Err(error) => {
            for options in places {
                take_back(options);
            }
            Err(error)
        }
    }
}

fn unknown_here(name: &str) -> BackupError {
    BackupError::Unfit(format!(
        "it holds several stores, and the tenant {name:?} is not in both the backup and the settings"
    ))
}

/// What was restored a moment ago, of a whole that cannot be restored: nothing of it was there before.
fn take_back(options: &Options) {
    let _gone = fs::remove_dir_all(&options.dir);
    let Database::Postgres(config) = &options.database else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime
        && let Err(error) = runtime.block_on(config.drop_schema())
    {
        tracing::warn!(%error, "what was restored of a tenant stays in its schema");
    }
}

/// Restores one store of what was unpacked.
fn part(
    options: &Options,
    restore: &Restore<'_>,
    aside: &Path,
    manifest: Manifest,
    progress: OnProgress<'_>,
) -> Result<Restored, BackupError> {
    fits(options, &manifest)?;
    let keys = Keys::open(&aside.join("keys"), &manifest.origin)?;
    let trusted = Trusted::read(&aside.join("keys"), &manifest.origin)?;
    let with = With {
        restore,
        manifest: &manifest,
        trusted: &trusted,
        keys: &keys,
        aside,
        dir: &options.dir,
    };
    let (verdict, damaged_files) = match &options.database {
        Database::Sqlite(config) => sqlite(config, &with, progress)?,
        Database::Postgres(config) => postgres(config, &with, progress)?,
    };
    Ok(Restored {
        manifest,
        settings: None,
        verdict,
        damaged_files,
        tenants: BTreeMap::new(),
    })
}

struct With<'a> {
    restore: &'a Restore<'a>,
    manifest: &'a Manifest,
    trusted: &'a Trusted,
    keys: &'a Keys,
    aside: &'a Path,
    dir: &'a Path,
}

pub(super) fn damaged(cause: impl std::fmt::Display) -> BackupError {
    BackupError::Damaged(cause.to_string())
}

impl With<'_> {
    /// What disagrees among machine reports is no reason to refuse where findings are accepted, or where it was told when the
    /// backup was made.
    fn accept(&self, wrong: &[String]) -> Result<(), BackupError> {
        match wrong.first() {
            Some(first) if !self.restore.accept_findings && self.manifest.missing.is_empty() => {
                Err(damaged(format!("machine reports: {first}")))
            }
            _ => Ok(()),
        }
    }

    /// Reports that wait must be there; older programs left them out.
    fn accept_waiting(&self, rows: &[Waits]) -> Result<(), BackupError> {
        if self.manifest.waiting.is_none() || self.restore.accept_findings {
            return Ok(());
        }
        waiting::check((self.aside, self.keys), rows, &self.manifest.missing)
    }
}

fn fits(options: &Options, manifest: &Manifest) -> Result<(), BackupError> {
    let ours = match options.database {
        Database::Sqlite(_) => "sqlite",
        Database::Postgres(_) => "postgres",
    };
    let unfit = |what: String| Err(BackupError::Unfit(what));
    if manifest.database != ours {
        return unfit(format!(
            "it was made of {}, the settings name {ours}",
            manifest.database
        ));
    }
    if manifest.schema > schema::NEWEST {
        return unfit(format!(
            "its schema is {}, this program knows {}: install the newer program",
            manifest.schema,
            schema::NEWEST
        ));
    }
    if manifest.origin != options.origin {
        return unfit(format!(
            "its log is called {}, the settings name {}",
            manifest.origin, options.origin
        ));
    }
    Ok(())
}

/// Counts what was read of the file, for progress.
struct Counting<R> {
    from: R,
    read: std::rc::Rc<std::cell::Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = self.from.read(out)?;
        self.read.set(self.read.get() + len as u64);
        Ok(len)
    }
}

/// Unpacks every part below `aside` and compares it with the manifest.
fn unpack(
    restore: &Restore<'_>,
    aside: &Path,
    progress: OnProgress<'_>,
) -> Result<(Manifest, Option<Vec<u8>>), BackupError> {
    let path = restore.from;
    let file = File::open(path).map_err(at(path))?;
    let of = file.metadata().map_err(at(path))?.len();
    let read = std::rc::Rc::new(std::cell::Cell::new(0));
    let mut file = BufReader::new(Counting {
        from: file,
        read: std::rc::Rc::clone(&read),
    });
    let mut first = [0; MAGIC.len()];
    let sealed = file.read_exact(&mut first).is_ok() && first == *MAGIC;
    let from: Box<dyn Read> = if sealed {
        let key = restore.key.ok_or(BackupError::KeyWanted)?;
        let mut salt = [0; SALT_BYTES];
        file.read_exact(&mut salt).map_err(damaged)?;
        let header = [&MAGIC[..], &salt].concat();
        Box::new(Opener::new(file, &file_key(key, &salt), &header).map_err(damaged)?)
    } else {
        Box::new(io::Read::chain(io::Cursor::new(first), file))
    };
    let mut archive = tar::Archive::new(GzDecoder::new(from));
    let mut members = BTreeMap::new();
    let (mut manifest, mut settings): (Option<Manifest>, _) = (None, None);
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path().map_err(damaged)?.into_owned();
        let name = known(&name)?;
        if manifest.is_some() {
            return Err(damaged("something follows its manifest"));
        }
        if name == MANIFEST {
            let mut json = Vec::new();
            Read::by_ref(&mut entry)
                .take(MANIFEST_BYTES_MAX)
                .read_to_end(&mut json)
                .map_err(damaged)?;
            let read: Manifest = serde_json::from_slice(&json).map_err(damaged)?;
            if !matches!(read.format, FORMAT | FORMAT_OF_MANY) {
                let what = format!(
                    "its layout is {}, this program knows {FORMAT} and {FORMAT_OF_MANY}",
                    read.format
                );
                return Err(BackupError::Unfit(what));
            }
            manifest = Some(read);
            continue;
        }
        let to = aside.join(&name);
        let member = unpack_one(&mut entry, &to)?;
        if name == SETTINGS {
            settings = Some(fs::read(&to).map_err(at(&to))?);
        }
        if members.insert(name.clone(), member).is_some() {
            return Err(damaged(format!("{name} is there twice")));
        }
        progress(Step::Unpack, read.get().min(of), of);
    }
    // To the end, so that a cut or changed tail is seen.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(damaged)?;
    let manifest = manifest.ok_or_else(|| damaged("its manifest is missing: it was cut off"))?;
    let wanted = wanted(&manifest);
    if members != wanted {
        let wrong = wanted
            .iter()
            .find(|(name, member)| members.get(*name) != Some(*member))
            .map_or("an unknown part", |(name, _)| name.as_str());
        return Err(damaged(format!("{wrong} differs from the manifest")));
    }
    progress(Step::Unpack, of, of);
    Ok((manifest, settings))
}

/// Every part that a manifest names, with those of tenants.
fn wanted(manifest: &Manifest) -> BTreeMap<String, Member> {
    let of = |folder: String, one: &Manifest| {
        let named =
            |(name, member): (&String, &Member)| (format!("{folder}{name}"), member.clone());
        one.members.iter().map(named).collect::<Vec<_>>()
    };
    let mut all = of(String::new(), manifest);
    for (name, one) in &manifest.tenants {
        all.extend(of(format!("{TENANTS}/{name}/"), one));
    }
    all.into_iter().collect()
}

fn unpack_one(from: &mut impl Read, to: &Path) -> Result<Member, BackupError> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    let mut file = create(to)?;
    let mut from = Hashing {
        from,
        hash: digest::Context::new(&digest::SHA256),
    };
    let size = io::copy(&mut from, &mut file).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
            damaged(error)
        }
        _ => at(to)(error),
    })?;
    file.sync_all().map_err(at(to))?;
    Ok(Member {
        size,
        sha256: hex(from.hash.finish().as_ref()),
    })
}

/// A part's name, if it is one that backups have: no other path is ever written to.
fn known(path: &Path) -> Result<String, BackupError> {
    let parts: Vec<&str> = path
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect::<Option<_>>()
        .unwrap_or_default();
    let is_known = match parts.as_slice() {
        [MANIFEST | SETTINGS] => true,
        [TENANTS, name, rest @ ..] => is_name(name) && (is_part(rest) || feeds::is_part(rest)),
        own => is_part(own) || feeds::is_part(own),
    };
    if is_known {
        Ok(parts.join("/"))
    } else {
        Err(damaged(format!("it holds {path:?}, which no backup has")))
    }
}

/// A part of one store.
fn is_part(parts: &[&str]) -> bool {
    let plain =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match parts {
        [SQLITE_FILE] => true,
        ["keys", name] => KEY_FILES.contains(name),
        ["tables", name] => TABLES.contains(name),
        ["blobs", folder, name] => plain(folder) && plain(name),
        _ => false,
    }
}

/// The name of a tenant, as a folder.
fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

/// Passes the verifier's words on; gives its verdict, or an error where findings are not accepted.
fn judge(
    with: &With<'_>,
    progress: OnProgress<'_>,
    run: impl FnOnce(Check<'_>) -> Result<Verdict, verify::VerifyError>,
) -> Result<Verdict, BackupError> {
    let mut first = None;
    let verdict = run(Check {
        trusted: with.trusted,
        quarter: with.restore.quarter,
        progress: &mut |Progress { part, done, of }| {
            let step = match part {
                Part::Log => Step::Log,
                Part::Reports => Step::Reports,
            };
            progress(step, done, of);
        },
        found: &mut |finding| {
            first.get_or_insert_with(|| finding.to_string());
        },
    })?;
    match first {
        Some(first) if !with.restore.accept_findings => Err(BackupError::Findings {
            count: verdict.findings,
            first,
        }),
        _ => Ok(verdict),
    }
}

fn sqlite(
    config: &SqliteConfig,
    with: &With<'_>,
    progress: OnProgress<'_>,
) -> Result<(Verdict, Vec<String>), BackupError> {
    let aside = SqliteConfig {
        path: with.aside.join(SQLITE_FILE),
        ..config.clone()
    };
    let mut connection = aside.writer()?;
    schema::sqlite(&mut connection)?;
    let verdict = judge(with, progress, |check| verify::sqlite(&connection, check))?;
    let blobs: Vec<(String, Vec<u8>)> = connection
        .prepare("SELECT sha256, key FROM blob")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let damaged = files(with, &blobs)?;
    let mut waiting = crate::feeds::waiting::waiting(&Source::Sqlite(&connection))?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(&aside.path)
        .and_then(|file| file.sync_all())
        .map_err(at(&aside.path))?;
    if with.manifest.feeds.is_some() {
        let aside = (with.aside, with.manifest.origin.as_str());
        let wrong = feeds::check_sqlite(config, aside, &mut waiting)?;
        with.accept(&wrong)?;
    }
    with.accept_waiting(&waiting)?;
    move_in(with, &FOLDERS)?;
    feeds::move_in(with.aside, with.dir)?;
    fs::rename(&aside.path, &config.path).map_err(at(&config.path))?;
    sync_parent(&config.path).map_err(at(&config.path))?;
    Ok((verdict, damaged))
}

/// Stored files that do not decrypt to what their name says.
fn files(with: &With<'_>, blobs: &[(String, Vec<u8>)]) -> Result<Vec<String>, BackupError> {
    let mut bad = Vec::new();
    for (sha256, wrapped) in blobs {
        let sound = match with.keys.unwrap(sha256, wrapped) {
            None => false,
            Some(key) => {
                let path = with.aside.join("blobs").join(relative_path(sha256, &key));
                sound_file(&path, &key, sha256).map_err(at(&path))?
            }
        };
        if !sound {
            bad.push(sha256.clone());
        }
    }
    // What was amiss when the backup was made is told, and no reason to refuse the rest.
    if let Some(new) = bad
        .iter()
        .find(|sha256| !with.manifest.missing.contains(sha256))
        && !with.restore.accept_findings
    {
        return Err(damaged(format!("stored file {new} does not decrypt")));
    }
    Ok(bad)
}

/// Moves what was unpacked to its place; the database comes last.
fn move_in(with: &With<'_>, names: &[&str]) -> Result<(), BackupError> {
    for name in names {
        let (from, to) = (with.aside.join(name), with.dir.join(name));
        sync_tree(&from).map_err(at(&from))?;
        if from.exists() {
            fs::rename(&from, &to).map_err(at(&to))?;
        }
    }
    sync_parent(&with.dir.join("keys")).map_err(at(with.dir))
}

/// Makes the names in a folder of folders durable.
fn sync_tree(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        }
    }
    File::open(folder)?.sync_all()
}

fn postgres(
    config: &PgConfig,
    with: &With<'_>,
    progress: OnProgress<'_>,
) -> Result<(Verdict, Vec<String>), BackupError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(at(with.aside))?;
    let client = runtime.block_on(fill(config, with))?;
    let mut back = None;
    // All in one transaction: the verifier sees it, nobody else does, and a failure leaves nothing.
    let verdict = judge(with, progress, |check| {
        let (verdict, parts) = verify::postgres(runtime, client, check);
        back = Some(parts);
        verdict
    })?;
    let mut both = back.ok_or_else(|| damaged("the verifier kept the connection"))?;
    let mut waiting = crate::feeds::waiting::waiting(&Source::Postgres(&both))?;
    if with.manifest.feeds.is_some() {
        let aside = (with.aside, with.manifest.origin.as_str());
        let wrong;
        (both, wrong) = feeds::check_postgres(both, aside, &mut waiting)?;
        with.accept(&wrong)?;
    }
    with.accept_waiting(&waiting)?;
    let (runtime, client) = both;
    runtime.block_on(async {
        let rows = client.query("SELECT sha256, key FROM blob", &[]).await;
        let blobs: Vec<(String, Vec<u8>)> = rows
            .map_err(PgError::from)?
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, tokio_postgres::Error>>()
            .map_err(PgError::from)?;
        let damaged = files(with, &blobs)?;
        move_in(with, &FOLDERS)?;
        let end = client.batch_execute("COMMIT").await;
        if let Err(error) = end {
            // The directory goes back to empty; the server has taken its part back itself.
            for name in FOLDERS {
                let _gone = fs::remove_dir_all(with.dir.join(name));
            }
            return Err(PgError::from(error).into());
        }
        Ok((verdict, damaged))
    })
}

/// Opens a transaction and fills the empty database in it.
async fn fill(config: &PgConfig, with: &With<'_>) -> Result<tokio_postgres::Client, BackupError> {
    let client = config.connect().await?;
    config.make_schema(&client).await?;
    let told = |error| BackupError::from(PgError::from(error));
    let row = client
        .query_one(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
            &[],
        )
        .await
        .map_err(told)?;
    if row.try_get::<_, i64>(0).map_err(told)? != 0 {
        let what = "the database to restore into is not empty";
        return Err(BackupError::Unfit(what.to_owned()));
    }
    client.batch_execute("BEGIN").await.map_err(told)?;
    schema::postgres_between(&client, 0, with.manifest.schema).await?;
    for table in TABLES {
        // `meta` and the like may be younger than the backup.
        if let Some(rows) = with.manifest.rows.get(table) {
            let path = with.aside.join("tables").join(table);
            let copied = copy_in(&client, table, &path).await?;
            if copied != *rows {
                return Err(damaged(format!(
                    "table {table} has {copied} rows, not {rows}"
                )));
            }
        }
    }
    schema::postgres_between(&client, with.manifest.schema, schema::NEWEST).await?;
    if let Some(number) = with.manifest.feeds {
        feeds::fill(&client, number, &with.manifest.rows, with.aside).await?;
    }
    Ok(client)
}

pub(super) async fn copy_in(
    client: &tokio_postgres::Client,
    table: &str,
    path: &Path,
) -> Result<u64, BackupError> {
    use futures_util::SinkExt as _;
    let mut file = File::open(path).map_err(at(path))?;
    let told = |error| BackupError::from(PgError::from(error));
    let sql = format!("COPY {table} FROM STDIN");
    let sink = client.copy_in(&sql).await.map_err(told)?;
    let mut sink = std::pin::pin!(sink);
    let mut chunk = vec![0; COPY_BYTES];
    loop {
        let len = file.read(&mut chunk).map_err(at(path))?;
        if len == 0 {
            return sink.finish().await.map_err(told);
        }
        let bytes = bytes::Bytes::copy_from_slice(chunk.get(..len).unwrap_or_default());
        sink.send(bytes).await.map_err(told)?;
    }
}
