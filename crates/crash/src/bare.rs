//! A small program in the manner of the store: reports and log rows in group commits over rusqlite.
//!
//! It shows that the simulator finds what it should with SQLite's own `PRAGMA synchronous`, without the store.

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use crate::disk::{Disk, Image};
use crate::life::{Ack, Life, Mode, Promise, Setup, Verdict};
use crate::rng::Rng;
use crate::vfs::{Mount, SharedDisk, lock, seed_sqlite};

const SCHEMA: &str = "
    CREATE TABLE report (no INTEGER PRIMARY KEY, reference TEXT NOT NULL UNIQUE, state TEXT NOT NULL);
    CREATE INDEX report_state ON report (state, no);
    CREATE TABLE report_body (no INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL, digest BLOB NOT NULL);
    CREATE TABLE log (seq INTEGER PRIMARY KEY, event BLOB NOT NULL, head BLOB NOT NULL);";

const FILE: &str = "bare.db";

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

fn connect(mount: &Mount) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(FILE, flags, mount.name())?;
    // Nobody else is there to wait for.
    connection.busy_timeout(std::time::Duration::ZERO)?;
    Ok(connection)
}

/// The program while it runs.
struct Program {
    mount: &'static Mount,
    disk: SharedDisk,
    mode: Mode,
    rng: Rng,
    writer: Option<Connection>,
    reader: Option<Connection>,
    next_no: i64,
    size: i64,
    head: [u8; 32],
    acks: Vec<Ack>,
}

/// Leads one life; what fails for want of a working disk is not acknowledged, and a failed sync ends it.
pub fn live(mount: &'static Mount, setup: Setup) -> Life {
    seed_sqlite(setup.seed);
    let directory = setup.mode.directory();
    let disk = mount.insert(Disk::recording(setup.base, directory, setup.fault));
    let mut program = Program {
        mount,
        disk,
        mode: setup.mode,
        rng: Rng::new(setup.seed),
        writer: None,
        reader: None,
        next_no: 1,
        size: 0,
        head: [0; 32],
        acks: setup.owed,
    };
    for _ in 0..setup.steps {
        let done = program.step();
        if lock(&program.disk).counts().failed_syncs > 0 {
            break;
        }
        if done.is_err() {
            program.writer = None;
            program.reader = None;
        }
    }
    program.end()
}

impl Program {
    fn step(&mut self) -> rusqlite::Result<()> {
        if self.writer.is_none() {
            self.start()?;
        }
        match self.rng.below(32) {
            0..14 => self.submit(),
            14..20 => self.change(),
            20..24 => self.read(),
            24..26 => self.checkpoint("PASSIVE"),
            26..27 => self.checkpoint("RESTART"),
            27..30 => {
                self.reader = None;
                self.checkpoint("TRUNCATE")
            }
            30 => self.checkpoint("TRUNCATE"),
            _ => {
                // The last connection to close checkpoints and deletes the write-ahead log.
                self.reader = None;
                self.writer = None;
                Ok(())
            }
        }
    }

    fn start(&mut self) -> rusqlite::Result<()> {
        let writer = connect(self.mount)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", self.mode.synchronous())?;
        let pages = [16, 64, 1000].get(self.rng.below(3)).copied().unwrap_or(64);
        writer.pragma_update(None, "wal_autocheckpoint", pages)?;
        let tables: i64 =
            writer.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            writer.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?;
        }
        self.next_no =
            writer.query_row("SELECT coalesce(max(no), 0) + 1 FROM report", [], |r| {
                r.get(0)
            })?;
        let last = "SELECT seq, head FROM log ORDER BY seq DESC LIMIT 1";
        (self.size, self.head) = writer
            .query_row(last, [], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?
            .unwrap_or((0, [0; 32]));
        self.writer = Some(writer);
        Ok(())
    }

    /// A group of reports in one transaction.
    fn submit(&mut self) -> rusqlite::Result<()> {
        let early = lock(&self.disk).now();
        let mut rng = self.rng.fork();
        let group = 1 + rng.below(12);
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let transaction =
            writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let (mut no, mut size, mut head) = (self.next_no, self.size, self.head);
        let mut promises = Vec::new();
        for _ in 0..group {
            let len = if rng.chance(1, 24) {
                20_000
            } else {
                60 + rng.below(700)
            };
            let (salt, body) = (rng.bytes(16), rng.bytes(len));
            let digest = sha256(&[&salt, &body]);
            size += 1;
            head = sha256(&[&head, &digest]);
            let reference = format!("{:08X}", rng.next() >> 32);
            transaction
                .prepare_cached("INSERT INTO report VALUES (?1, ?2 || '-' || ?1, 'received')")?
                .execute(params![no, reference])?;
            transaction
                .prepare_cached("INSERT INTO report_body VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![no, salt, body, digest])?;
            transaction
                .prepare_cached("INSERT INTO log VALUES (?1, ?2, ?3)")?
                .execute(params![size, digest, head])?;
            promises.push(Promise::Report { no, digest });
            no += 1;
        }
        promises.push(Promise::Log { size, head });
        transaction.commit()?;
        (self.next_no, self.size, self.head) = (no, size, head);
        self.acknowledge(early, promises);
        Ok(())
    }

    /// An officer changes a report: a row updated, a log row written.
    fn change(&mut self) -> rusqlite::Result<()> {
        let early = lock(&self.disk).now();
        let no = 1 + i64::try_from(self.rng.below(usize::try_from(self.next_no).unwrap_or(1)))
            .unwrap_or(0);
        let state = ["triaged", "closed", "received"]
            .get(self.rng.below(3))
            .copied()
            .unwrap_or("closed");
        let event = self.rng.bytes(40);
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let transaction =
            writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        transaction.execute(
            "UPDATE report SET state = ?2 WHERE no = ?1",
            params![no, state],
        )?;
        let (size, head) = (self.size + 1, sha256(&[&self.head, &event]));
        transaction.execute(
            "INSERT INTO log VALUES (?1, ?2, ?3)",
            params![size, event, head],
        )?;
        transaction.commit()?;
        (self.size, self.head) = (size, head);
        self.acknowledge(early, vec![Promise::Log { size, head }]);
        Ok(())
    }

    fn acknowledge(&mut self, early: usize, promises: Vec<Promise>) {
        let at = match self.mode {
            Mode::AckEarly => early,
            _ => lock(&self.disk).now(),
        };
        let acks = promises.into_iter().map(|promise| Ack { at, promise });
        self.acks.extend(acks);
    }

    /// Begins a read that stays open while others write and checkpoint, or ends it.
    fn read(&mut self) -> rusqlite::Result<()> {
        if self.reader.take().is_some() {
            return Ok(());
        }
        let reader = connect(self.mount)?;
        reader.execute_batch("BEGIN; SELECT count(*) FROM report;")?;
        self.reader = Some(reader);
        Ok(())
    }

    fn checkpoint(&self, kind: &str) -> rusqlite::Result<()> {
        let Some(writer) = &self.writer else {
            return Ok(());
        };
        let sql = format!("PRAGMA wal_checkpoint({kind})");
        match writer.query_row(&sql, [], |_| Ok(())) {
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == ErrorCode::DatabaseBusy =>
            {
                Ok(())
            }
            other => other,
        }
    }

    fn end(mut self) -> Life {
        // After a failed sync the process is gone at once: what closing would write never happens.
        if lock(&self.disk).counts().failed_syncs > 0 {
            lock(&self.disk).halt();
        }
        self.reader = None;
        self.writer = None;
        let disk = std::mem::take(&mut *lock(&self.disk));
        Life {
            disk,
            acks: self.acks,
            trouble: None,
        }
    }
}

/// Opens what a cut has left and compares it with what is owed.
pub fn check(mount: &'static Mount, image: Image, owed: &[Ack], thorough: bool) -> Verdict {
    mount.insert(Disk::scratch(image));
    examine(mount, owed, thorough).unwrap_or_else(Verdict::broken)
}

fn examine(mount: &'static Mount, owed: &[Ack], thorough: bool) -> rusqlite::Result<Verdict> {
    let connection = connect(mount)?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        let lost = owed.len();
        return Ok(Verdict {
            lost,
            corrupt: None,
        });
    }
    let pragma = if thorough {
        "integrity_check"
    } else {
        "quick_check"
    };
    let sound: String = connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Verdict::broken(sound));
    }
    let digests = match bodies(&connection)? {
        Ok(digests) => digests,
        Err(wrong) => return Ok(Verdict::broken(wrong)),
    };
    let heads = match heads(&connection)? {
        Ok(heads) => heads,
        Err(wrong) => return Ok(Verdict::broken(wrong)),
    };
    let mut verdict = Verdict::default();
    for ack in owed {
        let (place, found, want) = match &ack.promise {
            Promise::Report { no, digest } => (no, &digests, digest),
            Promise::Log { size, head } => (size, &heads, head),
        };
        let index = usize::try_from(place - 1).unwrap_or(usize::MAX);
        match found.get(index) {
            None => verdict.lost += 1,
            Some(found) if found != want => {
                verdict.corrupt = Some(format!("{:?} has another digest", ack.promise));
            }
            Some(_) => {}
        }
    }
    Ok(verdict)
}

type Found = Result<Vec<[u8; 32]>, String>;

/// The digests of all reports by number, after comparing each with its body.
fn bodies(connection: &Connection) -> rusqlite::Result<Found> {
    let mut query = connection.prepare(
        "SELECT r.no, b.salt, b.body, b.digest FROM report r LEFT JOIN report_body b USING (no) ORDER BY r.no",
    )?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let no: i64 = row.get(0)?;
        let salt = row.get_ref(1)?.as_blob()?;
        let digest = sha256(&[salt, row.get_ref(2)?.as_blob()?]);
        found.push(digest);
        if usize::try_from(no) != Ok(found.len()) {
            return Ok(Err(format!("report {no} follows a gap")));
        }
        if row.get_ref(3)?.as_blob()? != digest {
            return Ok(Err(format!("report {no} is not what its digest says")));
        }
    }
    Ok(Ok(found))
}

/// The head of the log at each size, after recomputing the chain.
fn heads(connection: &Connection) -> rusqlite::Result<Found> {
    let mut query = connection.prepare("SELECT seq, event, head FROM log ORDER BY seq")?;
    let mut rows = query.query([])?;
    let mut found = Vec::new();
    let mut head = [0; 32];
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        head = sha256(&[&head, row.get_ref(1)?.as_blob()?]);
        found.push(head);
        if usize::try_from(seq) != Ok(found.len()) || row.get_ref(2)?.as_blob()? != head {
            return Ok(Err(format!("log entry {seq} does not follow")));
        }
    }
    Ok(Ok(found))
}
