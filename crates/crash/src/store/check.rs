//! What a cut has left of the store, compared with what it owes.
//!
//! Each state is read with plain SQL, which is quick; some are opened by the store itself, which must then go on
//! working.

use std::time::Duration;

use cairn_evidence::checkpoint::SignedCheckpoint;
use cairn_evidence::hash::leaf_hash;
use cairn_evidence::merkle::Frontier;
use cairn_store::Store;
use rusqlite::Connection;

use crate::disk::{Disk, Image};
use crate::life::{Ack, Mode, Promise, Verdict};
use crate::rng::Rng;
use crate::store::memory::{Kind, Memory};
use crate::store::{Home, ignore_fatal, sample};
use crate::vfs::Mount;

/// Why a state is no good: a database that does not read, or something wrong in it.
type Wrong = Box<dyn std::error::Error>;

/// Opens what a cut has left and compares it with what is owed. A thorough look also opens the store and writes.
pub fn check(
    home: &Home,
    mount: &'static Mount,
    image: Image,
    owed: &[Ack],
    thorough: bool,
) -> Verdict {
    mount.insert(Disk::scratch(image));
    let verdict = examine(home, mount, owed, thorough).unwrap_or_else(Verdict::broken);
    if thorough && verdict.is_clean() {
        return go_on(home, mount, owed).unwrap_or_else(Verdict::broken);
    }
    verdict
}

fn examine(
    home: &Home,
    mount: &'static Mount,
    owed: &[Ack],
    thorough: bool,
) -> Result<Verdict, Wrong> {
    let connection = home.look(mount)?;
    let pragma = if thorough {
        "PRAGMA integrity_check"
    } else {
        "PRAGMA quick_check"
    };
    let sound: String = connection.query_row(pragma, [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(sound.into());
    }
    // Cut before the last migration was through: nobody could send anything yet.
    let schema: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if schema < cairn_store::schema::NEWEST {
        let lost = owed.len();
        return Ok(Verdict {
            lost,
            corrupt: None,
        });
    }
    let log = read_log(&connection, &home.memory, owed)?;
    let lost = log.lost + compare_reports(&connection, &home.memory, owed, &log)?;
    Ok(Verdict {
        lost,
        corrupt: None,
    })
}

/// The evidence log after recomputing it.
struct Log {
    /// Promised heads that lie beyond its end.
    lost: usize,
    /// Per report: its number, how many lines it has, and the text of the first.
    lines: Vec<(i64, i64, String)>,
}

fn read_log(connection: &Connection, memory: &Memory, owed: &[Ack]) -> Result<Log, Wrong> {
    let mut heads = owed.iter().filter_map(|ack| match &ack.promise {
        Promise::Log { size, head } => Some((u64::try_from(*size).unwrap_or(0), head)),
        Promise::Report { .. } => None,
    });
    let mut next = heads.next();
    let mut tree = Frontier::new();
    let mut lines: std::collections::BTreeMap<i64, (i64, String)> = Default::default();
    let mut query =
        connection.prepare("SELECT idx, report, salt, event FROM evidence ORDER BY idx")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let idx: i64 = row.get(0)?;
        if u64::try_from(idx) != Ok(tree.size()) {
            return Err(format!("entry {idx} of the log follows entry {}", tree.size()).into());
        }
        let salt: [u8; 16] = row.get(2)?;
        let event = row.get_ref(3)?.as_str()?;
        let entry = memory.salted(Kind::Entry, idx, salt, event);
        tree.push(leaf_hash(&entry.0))?;
        if let Some(report) = row.get::<_, Option<i64>>(1)? {
            let line = lines.entry(report);
            line.or_insert_with(|| (0, event.to_owned())).0 += 1;
        }
        while let Some((size, head)) = next.filter(|(size, _)| *size == tree.size()) {
            if tree.root().0 != *head {
                return Err(format!("the log's root at size {size} is not the signed one").into());
            }
            next = heads.next();
        }
    }
    let newest = "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1";
    let mut notes = connection.prepare(newest)?;
    let mut notes = notes.query([])?;
    match notes.next()? {
        Some(row) => {
            let note = SignedCheckpoint::parse(row.get_ref(0)?.as_str()?)?;
            let signed = note.checkpoint();
            if signed.size != tree.size() || signed.root != tree.root() {
                return Err(
                    format!("the checkpoint of {} does not fit the log", signed.size).into(),
                );
            }
        }
        None if tree.size() > 0 => return Err("a log without a checkpoint".into()),
        None => {}
    }
    Ok(Log {
        lost: usize::from(next.is_some()) + heads.count(),
        lines: lines
            .into_iter()
            .map(|(no, (n, first))| (no, n, first))
            .collect(),
    })
}

/// Compares each report with its body, its lines in the log and its promise; says how many promised are missing.
fn compare_reports(
    connection: &Connection,
    memory: &Memory,
    owed: &[Ack],
    log: &Log,
) -> Result<usize, Wrong> {
    let mut promised: Vec<(i64, [u8; 32])> = owed
        .iter()
        .filter_map(|ack| match &ack.promise {
            Promise::Report { no, digest } => Some((*no, *digest)),
            Promise::Log { .. } => None,
        })
        .collect();
    promised.sort_unstable_by_key(|(no, _)| *no);
    let mut query = connection.prepare(
        // Its words are in the index or on their way there, and not both.
        "SELECT r.no, r.version, b.salt, b.body, (f.id IS NULL) = (w.words_to <= \
             (SELECT min(e.idx) FROM evidence e WHERE e.report = r.no)) FROM report r \
         JOIN (SELECT CAST(coalesce(max(value), '0') AS INTEGER) AS words_to FROM meta WHERE key = 'words_to') w \
         LEFT JOIN report_body b ON b.no = r.no LEFT JOIN report_fts_docsize f ON f.id = r.no ORDER BY r.no",
    )?;
    let mut rows = query.query([])?;
    let (mut lines, mut found) = (log.lines.iter(), 0);
    while let Some(row) = rows.next()? {
        let no: i64 = row.get(0)?;
        let body = row.get_ref(3)?.as_str_or_null()?;
        let (Some(salt), Some(body)) = (row.get(2)?, body) else {
            return Err(format!("report {no} has no body").into());
        };
        let digest = memory.salted(Kind::Body, no, salt, body);
        let Some((_, count, first)) = lines.next().filter(|(report, ..)| *report == no) else {
            return Err(format!("report {no} has no line in the log").into());
        };
        if !first.contains(&digest.hex()) {
            return Err(format!("report {no} is not what its line in the log says").into());
        }
        if row.get::<_, i64>(1)? != *count || !row.get::<_, bool>(4)? {
            return Err(format!("report {no} does not agree with its {count} lines").into());
        }
        if let Ok(place) = promised.binary_search_by_key(&no, |(no, _)| *no) {
            found += 1;
            if promised
                .get(place)
                .is_some_and(|(_, promise)| *promise != digest.0)
            {
                return Err(format!("report {no} is not the one that was promised").into());
            }
        }
    }
    if let Some((no, ..)) = lines.next() {
        return Err(format!("the log knows report {no}, which is not there").into());
    }
    Ok(promised.len() - found)
}

/// The store itself must open what is left, show what it owes, and take the next report.
fn go_on(home: &Home, mount: &'static Mount, owed: &[Ack]) -> Result<Verdict, Wrong> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    runtime.block_on(async {
        let config = home.config(mount, Mode::Full, 40);
        let options = home.options(config, Mode::Full, ignore_fatal());
        let store = Store::open(options).await?;
        for ack in owed.iter().rev().take(4) {
            if let Promise::Report { no, .. } = ack.promise
                && store.report_body(no).await?.is_none()
            {
                return Err(format!("the store does not show report {no}").into());
            }
        }
        let no = store.next_report();
        let next = sample::report(&mut Rng::new(1), no, None)?;
        let before = store.newest_checkpoint().await?.map_or(0, |(size, _)| size);
        let written =
            tokio::time::timeout(Duration::from_secs(10), store.write(next.unit)).await??;
        if written.first != before {
            return Err("the next report does not follow in the log".into());
        }
        store.close().await;
        Ok(Verdict::default())
    })
}
