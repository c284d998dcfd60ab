//! One life of the store.
//!
//! The store's writer has its own thread, and what shares a transaction depends on the scheduler. Doors in the
//! VFS ([`Gate`]) take that away: the first unit of a group is held before its transaction begins until the rest
//! are queued, so that a seed names a run. What is acknowledged when stays the store's own doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cairn_evidence::hash::{Hash, entry, leaf_hash};
use cairn_evidence::proof::verify_inclusion;
use cairn_store::Store;
use cairn_store::report::{Filter, LIST_ROWS_MAX};
use cairn_store::writer::{Committed, OnFatal, Unit, WriteError};
use rusqlite::{Connection, ErrorCode};
use tokio::task::JoinHandle;

use crate::disk::Disk;
use crate::gate::{Door, Gate};
use crate::life::{Ack, Life, Mode, Promise, Setup};
use crate::rng::Rng;
use crate::store::{Home, sample};
use crate::vfs::{Mount, SharedDisk, lock, seed_sqlite};

/// Longer than any step can take; whoever waits so long hangs.
const PATIENCE: Duration = Duration::from_secs(10);

type Answer = Result<Committed, WriteError>;
type Pending = JoinHandle<Answer>;

/// The store while it runs.
struct Program<'a> {
    home: &'a Home,
    mount: &'static Mount,
    disk: SharedDisk,
    gate: Arc<Gate>,
    dead: Arc<AtomicBool>,
    mode: Mode,
    /// Calls are being made to fail, so that refusals are no surprise.
    faulty: bool,
    wal_pages: u32,
    rng: Rng,
    store: Option<Store>,
    reader: Option<Connection>,
    used_keys: Vec<sample::Idempotency>,
    acks: Vec<Ack>,
    /// Size of the log that was promised last.
    promised: u64,
}

/// Leads one life of the store in `home`.
pub fn live(home: &Home, mount: &'static Mount, setup: Setup) -> Life {
    seed_sqlite(setup.seed);
    let mut rng = Rng::new(setup.seed);
    let faulty = setup.fault.is_some();
    let disk = mount.insert(Disk::recording(
        setup.base,
        setup.mode.directory(),
        setup.fault,
    ));
    let gate = lock(&disk).gate();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return troubled(error.to_string()),
    };
    let wal_pages = [4, 24, 120].get(rng.below(3)).copied().unwrap_or(40);
    let mut program = Program {
        home,
        mount,
        disk,
        gate,
        dead: Arc::default(),
        mode: setup.mode,
        faulty,
        wal_pages,
        rng,
        store: None,
        reader: None,
        used_keys: Vec::new(),
        acks: setup.owed,
        promised: 0,
    };
    runtime.block_on(program.run(setup.steps))
}

fn troubled(trouble: String) -> Life {
    Life {
        trouble: Some(trouble),
        ..Life::default()
    }
}

impl Program<'_> {
    async fn run(&mut self, steps: usize) -> Life {
        let mut trouble = None;
        for _ in 0..steps {
            if let Err(cause) = self.step().await {
                trouble = Some(cause);
                break;
            }
            if self.is_dead() {
                break;
            }
        }
        if trouble.is_none() && self.faulty && !self.is_dead() {
            trouble = self.recover().await.err();
        }
        if trouble.is_some() || self.is_dead() {
            self.gate.abandon();
            lock(&self.disk).halt();
        }
        self.reader = None;
        if let Some(store) = self.store.take() {
            store.close().await;
        }
        let disk = std::mem::take(&mut *lock(&self.disk));
        Life {
            disk,
            acks: std::mem::take(&mut self.acks),
            trouble,
        }
    }

    /// Once the disk works again the store must take reports again.
    async fn recover(&mut self) -> Result<(), String> {
        lock(&self.disk).heal();
        self.faulty = false;
        let at_work = async {
            if self.store.is_none() {
                self.open().await?;
            }
            if let Some(store) = &self.store {
                store.writer().set_full(false);
            }
            self.submit().await
        };
        at_work
            .await
            .map_err(|cause| format!("after the disk works again: {cause}"))
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    async fn step(&mut self) -> Result<(), String> {
        if self.store.is_none() {
            return self.open().await;
        }
        if let Some(store) = &self.store {
            // What a look at the free room does in the program.
            store.writer().set_full(false);
        }
        match self.rng.below(32) {
            0..13 => self.submit().await,
            13..18 => self.work().await,
            18..20 => self.save_draft().await,
            20..23 => self.read(),
            23..24 => self.list().await,
            24..26 => self.checkpoint("PASSIVE"),
            26..27 => self.checkpoint("RESTART"),
            27..30 => {
                self.reader = None;
                self.checkpoint("TRUNCATE")
            }
            30 if self.rng.chance(1, 2) => self.checkpoint("TRUNCATE"),
            30 => self.scrub().await,
            _ => {
                self.reader = None;
                if let Some(store) = self.store.take() {
                    store.close().await;
                }
                Ok(())
            }
        }
    }

    async fn open(&mut self) -> Result<(), String> {
        let config = self.home.config(self.mount, self.mode, self.wal_pages);
        let (dead, disk, gate) = (
            Arc::clone(&self.dead),
            Arc::clone(&self.disk),
            Arc::clone(&self.gate),
        );
        // Where the process would end, this life ends: nothing more reaches the disk.
        let on_fatal: OnFatal = Arc::new(move |_| {
            lock(&disk).halt();
            dead.store(true, Ordering::SeqCst);
            gate.abandon();
        });
        let failed = lock(&self.disk).counts().faults;
        match Store::open(self.home.options(config, self.mode, on_fatal)).await {
            Ok(store) => self.store = Some(store),
            // The process does not come up; somebody starts it again later.
            Err(_) if self.faulty && lock(&self.disk).counts().faults > failed => {}
            Err(error) => return Err(format!("opening: {error}")),
        }
        if lock(&self.disk).counts().failed_syncs > 0 && self.store.is_none() {
            self.dead.store(true, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Some reports at once: one transaction for the first, one for those that queued up meanwhile.
    async fn submit(&mut self) -> Result<(), String> {
        let Some(store) = self.store.clone() else {
            return Ok(());
        };
        let mut rng = self.rng.fork();
        let mut group = Vec::new();
        for _ in 0..1 + rng.below(8) {
            let key = rng
                .chance(1, 4)
                .then(|| (sample::bytes(&mut rng), sample::bytes(&mut rng)));
            let again = self.used_keys.get(rng.below(8)).copied();
            let (key, repeated) = match again {
                Some(again) if rng.chance(1, 4) => (Some(again), true),
                _ => (key, false),
            };
            let report = sample::report(&mut rng, store.next_report(), key)
                .map_err(|error| error.to_string())?;
            group.push((report, repeated));
        }
        let (units, expected): (Vec<Unit>, Vec<_>) = group
            .into_iter()
            .map(|(r, repeated)| {
                let leaf = leaf_of(&r.unit);
                (r.unit, (r.no, r.digest, r.idempotency, repeated, leaf))
            })
            .unzip();
        let answers = self.write_group(&store, units).await?;
        for ((no, digest, key, repeated, leaf), (at, answer)) in expected.into_iter().zip(answers) {
            match answer {
                Ok(_) if repeated => {
                    return Err(format!("report {no} was written with a used key"));
                }
                Ok(committed) => {
                    self.acknowledge(at, Promise::Report { no, digest });
                    self.receipt(at, &committed, leaf)?;
                    self.used_keys.extend(key);
                }
                Err(WriteError::Duplicate) if repeated => {}
                Err(error) => {
                    self.refused(&error)?;
                    if matches!(error, WriteError::DiskFull) && is_there(&store, no).await {
                        return Err(format!("report {no} was refused and written all the same"));
                    }
                }
            }
        }
        Ok(())
    }

    /// An officer works on a report, now and then on an old picture of it.
    async fn work(&mut self) -> Result<(), String> {
        let Some(store) = self.store.clone() else {
            return Ok(());
        };
        let failed = |error: cairn_store::ReadError| error.to_string();
        let filter = Filter {
            all: true,
            limit: LIST_ROWS_MAX,
            ..Filter::default()
        };
        // A search moves the words of reports into the index.
        if self.rng.chance(1, 3) {
            let words = vec!["courier".to_owned()];
            let search = Filter {
                words,
                ..filter.clone()
            };
            store.reports(&search).await.map_err(failed)?;
        }
        let rows = store.reports(&filter).await.map_err(failed)?;
        let Some(row) = rows.get(self.rng.below(rows.len())) else {
            return Ok(());
        };
        let messages = store.messages(row.no).await.map_err(failed)?;
        let contact = store.report_contact(row.no).await.map_err(failed)?;
        let mut before = sample::standing(row, messages.len());
        let stale = self.rng.chance(1, 6);
        if stale {
            before.version -= 1;
        }
        let unit = sample::work(&mut self.rng, row.no, &before, contact.is_some())
            .map_err(|error| error.to_string())?;
        let leaf = leaf_of(&unit);
        for (at, answer) in self.write_group(&store, vec![unit]).await? {
            match answer {
                Ok(_) if stale => {
                    return Err(format!("report {} was changed on an old picture", row.no));
                }
                Ok(committed) => self.receipt(at, &committed, leaf)?,
                Err(WriteError::Conflict) if stale => {}
                Err(error) => self.refused(&error)?,
            }
        }
        Ok(())
    }

    async fn save_draft(&mut self) -> Result<(), String> {
        let Some(store) = self.store.clone() else {
            return Ok(());
        };
        let id = sample::bytes(&mut Rng::new(self.rng.below(4) as u64));
        let progress = "x".repeat(self.rng.below(3000));
        let writer = store.clone();
        let task = tokio::spawn(async move { writer.save_draft(id, &progress, sample::NOW).await });
        match self.answer(task).await? {
            Ok(_) => self.settle(&store).await,
            Err(error) => self.refused(&error),
        }
    }

    /// The store cuts its log off, so that nothing stays of what was erased.
    async fn scrub(&self) -> Result<(), String> {
        match &self.store {
            Some(store) => match store.scrub().await {
                Ok(_) => Ok(()),
                Err(error) => self.refused(&error),
            },
            None => Ok(()),
        }
    }

    /// Begins a read that stays open while others write and checkpoint, or ends it.
    fn read(&mut self) -> Result<(), String> {
        if self.reader.take().is_some() {
            return Ok(());
        }
        let config = self.home.config(self.mount, self.mode, self.wal_pages);
        let begin = |connection: Connection| {
            connection.execute_batch("BEGIN; SELECT count(*) FROM report;")?;
            Ok(connection)
        };
        self.reader = match config.reader().and_then(begin) {
            Ok(reader) => Some(reader),
            Err(_) if self.faulty => None,
            Err(error) => return Err(format!("reading: {error}")),
        };
        Ok(())
    }

    /// What the running store shows must hold all it has acknowledged.
    async fn list(&self) -> Result<(), String> {
        let Some(store) = &self.store else {
            return Ok(());
        };
        for ack in self.acks.iter().rev().take(8) {
            if let Promise::Report { no, .. } = ack.promise {
                match store.report(no).await {
                    Ok(Some(_)) => {}
                    Ok(None) => return Err(format!("report {no} is not shown")),
                    Err(_) if self.faulty => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
        Ok(())
    }

    /// A checkpoint from outside the store, as `sqlite3` or a backup would make one.
    fn checkpoint(&self, kind: &str) -> Result<(), String> {
        let config = self.home.config(self.mount, self.mode, self.wal_pages);
        let run = || -> rusqlite::Result<()> {
            let connection = config.reader()?;
            connection.pragma_update(None, "query_only", false)?;
            connection.pragma_update(None, "synchronous", self.mode.synchronous())?;
            connection.busy_timeout(Duration::ZERO)?;
            let sql = format!("PRAGMA wal_checkpoint({kind})");
            connection.query_row(&sql, [], |_| Ok(()))
        };
        match run() {
            Ok(()) => Ok(()),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
            Err(_) if self.faulty => Ok(()),
            Err(error) => Err(format!("checkpoint: {error}")),
        }
    }

    /// Writes the first unit alone and the others together, and says of each when it was answered and how.
    async fn write_group(
        &self,
        store: &Store,
        units: Vec<Unit>,
    ) -> Result<Vec<(usize, Answer)>, String> {
        let mut units = units.into_iter();
        let Some(first) = units.next() else {
            return Ok(Vec::new());
        };
        self.gate.shut(Door::Begin);
        let leader = spawn(store, first);
        self.comes_to(Door::Begin, &leader).await?;
        let others: Vec<Pending> = units.map(|unit| spawn(store, unit)).collect();
        // The runtime has one thread and takes turns: after one round each of them is queued.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        let mut answers = self.let_begin(vec![leader]).await?;
        if let Some(other) = others.first() {
            self.comes_to(Door::Begin, other).await?;
            answers.extend(self.let_begin(others).await?);
        }
        self.gate.open(Door::Begin);
        self.settle(store).await?;
        Ok(answers)
    }

    /// Lets the transaction at the door go on; in the control that acknowledges early, the disk waits for that.
    async fn let_begin(&self, group: Vec<Pending>) -> Result<Vec<(usize, Answer)>, String> {
        if self.mode == Mode::AckEarly {
            self.gate.shut(Door::Write);
        }
        self.gate.let_one_begin();
        let mut answers = Vec::with_capacity(group.len());
        for pending in group {
            let answer = self.answer(pending).await?;
            answers.push((lock(&self.disk).now(), answer));
        }
        self.gate.open(Door::Write);
        Ok(answers)
    }

    /// In the control that acknowledges early, waits until the writer is done with what it acknowledged.
    async fn settle(&self, store: &Store) -> Result<(), String> {
        if self.mode != Mode::AckEarly {
            return Ok(());
        }
        self.gate.shut(Door::Begin);
        let nothing = spawn(store, Unit::default());
        self.comes_to(Door::Begin, &nothing).await?;
        self.gate.open(Door::Begin);
        self.answer(nothing).await.map(drop)
    }

    /// Waits until the writer is held at the door, or has refused the unit before it came there.
    async fn comes_to(&self, door: Door, unit: &Pending) -> Result<(), String> {
        let begun = std::time::Instant::now();
        loop {
            tokio::task::yield_now().await;
            if self.gate.somebody_waits(door, Duration::from_millis(1))
                || unit.is_finished()
                || self.is_dead()
            {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err("the writer hangs".to_owned());
            }
        }
    }

    async fn answer(&self, pending: Pending) -> Result<Answer, String> {
        match tokio::time::timeout(PATIENCE, pending).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(format!("the task that waits for an answer: {error}")),
            Err(_) => Err("no answer from the writer".to_owned()),
        }
    }

    /// A refusal is no surprise when calls fail; otherwise it is.
    fn refused(&self, error: &WriteError) -> Result<(), String> {
        if self.faulty {
            Ok(())
        } else {
            Err(format!("refused: {error}"))
        }
    }

    fn acknowledge(&mut self, at: usize, promise: Promise) {
        self.acks.push(Ack { at, promise });
    }

    /// Verifies the proof that came with the answer, and holds the store to the tree head in it.
    fn receipt(
        &mut self,
        at: usize,
        committed: &Committed,
        leaf: Option<Hash>,
    ) -> Result<(), String> {
        let proof = committed
            .proof
            .as_ref()
            .ok_or("a receipt without a proof")?;
        let head = proof.checkpoint.checkpoint();
        let path = proof.path(committed.first).map_err(|e| e.to_string())?;
        let leaf = leaf.ok_or("a receipt for nothing")?;
        verify_inclusion(committed.first, head.size, &leaf, &path, &head.root)
            .map_err(|error| format!("the proof of entry {}: {error}", committed.first))?;
        if self.promised != head.size {
            self.promised = head.size;
            let size = i64::try_from(head.size).unwrap_or(i64::MAX);
            let head = head.root.0;
            self.acknowledge(at, Promise::Log { size, head });
        }
        Ok(())
    }
}

/// Leaf hash of a unit's first line in the log.
fn leaf_of(unit: &Unit) -> Option<Hash> {
    let line = unit.entries.first()?;
    Some(leaf_hash(&entry(&line.salt, line.event.as_bytes()).0))
}

async fn is_there(store: &Store, no: i64) -> bool {
    matches!(store.report(no).await, Ok(Some(_)))
}

fn spawn(store: &Store, unit: Unit) -> Pending {
    let store = store.clone();
    tokio::spawn(async move { store.write(unit).await })
}
