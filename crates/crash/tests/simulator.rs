//! The simulator on the small program: nothing is lost in full mode, every control is caught, runs repeat, and
//! the VFS behaves with several connections and threads.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are tests to clippy only inside a test"
)]
use cairn_crash::disk::{DirectorySync, Disk, Image};
use cairn_crash::iofault;
use cairn_crash::life::Mode;
use cairn_crash::sim::{Bench, Subject};
use cairn_crash::vfs::{Mount, lock};
use rusqlite::{Connection, OpenFlags};

const STATES: usize = 200;

fn bench(tag: &str) -> Bench {
    Bench::new(Subject::Bare, tag).unwrap()
}

#[test]
fn nothing_is_lost_in_full_mode() {
    let tally = bench("full").campaign(Mode::Full, 11, STATES);
    assert_eq!((tally.lost, tally.corrupt), (0, 0), "{:?}", tally.trouble);
    assert_eq!(tally.states, STATES);
    assert!(
        tally.promises > 1000,
        "only {} promises were looked for",
        tally.promises
    );
    assert!(
        tally.hit_percent() > 95.0,
        "{} % of the sync points",
        tally.hit_percent()
    );
}

#[test]
fn synchronous_normal_is_caught_losing() {
    assert!(bench("normal").campaign(Mode::Normal, 12, STATES).lost > 0);
}

#[test]
fn synchronous_off_is_caught_losing_and_corrupting() {
    let tally = bench("off").campaign(Mode::Off, 13, STATES);
    assert!(tally.lost > 0 && tally.corrupt > 0);
}

#[test]
fn an_acknowledgement_before_the_commit_is_caught() {
    assert!(bench("early").campaign(Mode::AckEarly, 14, STATES).lost > 0);
}

#[test]
fn a_missing_sync_of_the_directory_is_caught() {
    let tally = bench("nodir").campaign(Mode::NoDirSync, 15, STATES);
    assert!(tally.found_something());
}

#[test]
fn failing_calls_lose_nothing() {
    let sweep = iofault::sweep(&bench("fault"), 16, STATES);
    let tally = &sweep.tally;
    assert_eq!((tally.lost, tally.corrupt), (0, 0), "{:?}", tally.trouble);
    assert!(sweep.faults > 20 && sweep.failed_syncs > 0);
}

#[test]
fn a_seed_names_a_run() {
    let run = |tag: &str, seed| {
        let tally = bench(tag).campaign(Mode::Off, seed, STATES);
        (
            tally.lost,
            tally.corrupt,
            tally.lost_promises,
            tally.promises,
            tally.trouble,
        )
    };
    assert_eq!(run("once", 17), run("again", 17));
    assert_ne!(run("other", 18).2, run("more", 19).2);
}

fn connect(mount: &Mount) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let connection =
        Connection::open_with_flags_and_vfs("some/where/t.db", flags, mount.name()).unwrap();
    // The VFS sleeps a thousandth of what it is asked to.
    connection
        .busy_timeout(std::time::Duration::from_secs(20_000))
        .unwrap();
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .unwrap();
    connection
}

fn count(connection: &Connection) -> i64 {
    connection
        .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn a_reader_keeps_its_snapshot_across_checkpoints() {
    let mount = Mount::register("snapshot").unwrap();
    mount.insert(Disk::recording(Image::new(), DirectorySync::Obeyed, None));
    let (writer, reader) = (connect(mount), connect(mount));
    writer
        .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1);")
        .unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(&reader), 1);
    writer.execute_batch("INSERT INTO t VALUES (2)").unwrap();
    writer
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        .unwrap();
    assert_eq!((count(&reader), count(&writer)), (1, 2));
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(&reader), 2);
}

#[test]
fn threads_share_the_disk() {
    let mount = Mount::register("threads").unwrap();
    let disk = mount.insert(Disk::recording(Image::new(), DirectorySync::Obeyed, None));
    connect(mount).execute_batch("CREATE TABLE t (x)").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let connection = connect(mount);
                for n in 0..100 {
                    connection
                        .execute("INSERT INTO t VALUES (?1)", [n])
                        .unwrap();
                }
            });
        }
        scope.spawn(|| {
            let connection = connect(mount);
            let mut last = 0;
            while last < 200 {
                let now = count(&connection);
                assert!(now >= last, "a reader never goes back");
                last = now;
            }
        });
    });
    let reader = connect(mount);
    let sound: String = reader
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!((sound.as_str(), count(&reader)), ("ok", 200));
    // Creating the table, 200 rows; the switch to WAL is a transaction of its own.
    assert!(lock(&disk).counts().commits >= 201);
}

#[test]
fn a_rollback_journal_works_too() {
    let mount = Mount::register("journal").unwrap();
    mount.insert(Disk::default());
    let connection = connect(mount);
    connection
        .pragma_update(None, "journal_mode", "DELETE")
        .unwrap();
    connection
        .execute_batch("CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1); ROLLBACK; INSERT INTO t VALUES (2);")
        .unwrap();
    assert_eq!(count(&connection), 1);
}
