//! Edits a store at random, one edit at a time, and asks whether the offline verifier finds each and names the record.
//! An edit changes, deletes, inserts, truncates or exchanges values or whole rows of the proven tables, or bytes of a
//! receipt; what leaves everything as it was is no edit.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a tool for developers; it may end at the first surprise"
)]

use std::time::Instant;

use cairn_desk::report::{Command, FileRef};
use cairn_evidence::receipt::Receipt;
use cairn_kernel::actor::Actor;
use cairn_store::verify::{self, Check, Finding, Trusted, Verdict};
use cairn_testkit::TestStore;
use cairn_testkit::sample::{self, Dice, START, Sample, act, audit};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Proven tables with the number of leading columns that name a row, and how often each is edited.
const TABLES: [(&str, &[&str], u64); 10] = [
    ("report", &["no"], 20),
    ("report_body", &["no"], 8),
    ("report_contact", &["no"], 6),
    ("report_loss", &["no", "n"], 8),
    ("report_consent", &["no", "agency"], 6),
    ("report_file", &["no", "sha256"], 6),
    ("message", &["no", "n"], 8),
    ("evidence", &["idx"], 20),
    ("log_node", &["level", "n"], 4),
    ("checkpoint", &["size"], 8),
];
/// Edits of receipts, of as many as the weights above add up to.
const RECEIPTS: u64 = 12;

struct Table {
    name: &'static str,
    columns: Vec<String>,
    keys: Vec<usize>,
    rows: Vec<Vec<Value>>,
}

/// What was done to which rows (as they were, and as they are).
struct Edit {
    table: usize,
    what: String,
    rows: Vec<Vec<Value>>,
}

/// Runs it; gives the figures, and what was missed.
pub async fn run(edits: u64, seed: u64, reports: u64) -> (serde_json::Value, Vec<String>) {
    let mut store = TestStore::sqlite().await;
    let receipts = fill(&store, reports).await;
    let keys = store.keys().list.clone();
    let trusted = Trusted::read(&store.path().join("keys"), "reports.example/log").unwrap();
    store.close().await;
    let connection = Connection::open(store.path().join("core.db")).unwrap();
    connection.set_prepared_statement_cache_capacity(256);
    let tables = load(&connection);
    let began = Instant::now();
    let (verdict, findings) = look(&connection, &trusted);
    assert_eq!(
        findings,
        [],
        "the store is sound before it is tampered with"
    );
    let once = began.elapsed();
    let mut dice = Dice::new(seed);
    let (mut found, mut named, mut missed) = (0, 0, Vec::new());
    for n in 0..edits {
        let weights: u64 = TABLES.iter().map(|(_, _, weight)| weight).sum();
        if dice.below(weights + RECEIPTS) < RECEIPTS {
            let (was_found, what) = edit_receipt(&mut dice, &receipts, &keys);
            found += u64::from(was_found);
            named += u64::from(was_found);
            if !was_found {
                missed.push(format!("edit {n}: {what}"));
            }
            continue;
        }
        connection.execute_batch("BEGIN").unwrap();
        let edit = loop {
            if let Some(edit) = edit(&mut dice, &connection, &tables) {
                break edit;
            }
            connection.execute_batch("ROLLBACK; BEGIN").unwrap();
        };
        let (_, findings) = look(&connection, &trusted);
        connection.execute_batch("ROLLBACK").unwrap();
        let table = &tables[edit.table];
        let is_named = edit
            .rows
            .iter()
            .any(|row| findings.iter().any(|f| names(f, table, row)));
        found += u64::from(!findings.is_empty());
        named += u64::from(is_named);
        if !is_named {
            let seen: Vec<String> = findings.iter().take(3).map(Finding::to_string).collect();
            missed.push(format!("edit {n}: {} {}: {seen:?}", table.name, edit.what));
        }
    }
    assert_eq!(look(&connection, &trusted).1, [], "sound again after it");
    let figures = serde_json::json!({
        "edits": edits, "found": found, "named": named, "seed": seed,
        "reports": verdict.reports, "leaves": verdict.leaves, "checkpoints": verdict.checkpoints,
        "verify_ms": once.as_secs_f64() * 1e3, "seconds": began.elapsed().as_secs_f64(),
    });
    (figures, missed)
}

/// Some hundred reports, worked on, in groups of uneven sizes; gives their receipts with their bodies.
async fn fill(store: &TestStore, reports: u64) -> Vec<(String, String)> {
    let mut receipts = Vec::new();
    let mut seed = 0;
    while seed < reports {
        let mut sending = tokio::task::JoinSet::new();
        for _ in 0..1 + seed % 23 {
            let sample = Sample::new(store, seed, START.plus_seconds(seed as i64 * 977));
            let store = cairn_store::Store::clone(store);
            sending.spawn(async move {
                let committed = sample.send(&store).await.unwrap();
                (
                    sample.no,
                    sample.receipt(&committed).print(),
                    sample.body.0.clone(),
                )
            });
            seed += 1;
        }
        let mut numbers = Vec::new();
        while let Some(done) = sending.join_next().await {
            let (no, receipt, body) = done.unwrap();
            numbers.push(no);
            receipts.push((receipt, body));
        }
        let mut working = tokio::task::JoinSet::new();
        for no in numbers {
            let store = cairn_store::Store::clone(store);
            working.spawn(async move { work_on(&store, no).await });
        }
        while let Some(done) = working.join_next().await {
            done.unwrap();
        }
        let mut unit = cairn_store::writer::Unit::default();
        unit.entries.push(audit(seed, START));
        store.write(unit).await.unwrap();
    }
    receipts
}

/// Something that happens to a report after its receipt.
async fn work_on(store: &cairn_store::Store, no: i64) {
    let officer = Actor::User("officer-1".into());
    let digest = String::new();
    let (by, command, text) = match no % 9 {
        0 => {
            let waits = no % 2 == 0;
            let ask = Command::OfficerWrite { digest, waits };
            (officer, ask, Some("He pātai – a question"))
        }
        1 => {
            let write = Command::ReporterWrite { digest };
            (Actor::Reporter, write, Some("More of it"))
        }
        2 => {
            let file = FileRef {
                sha256: "a".repeat(64),
                size: 9,
                media_type: "text/plain".into(),
                name: None,
            };
            (Actor::Reporter, Command::AddFile(file), None)
        }
        3 => {
            let (agency, given) = ("privacy".into(), true);
            (Actor::Reporter, Command::SetConsent { agency, given }, None)
        }
        4 => {
            let to = Some("officer-1".into());
            (officer, Command::Assign { to }, None)
        }
        5 => {
            let outcome = "advice_given".into();
            (officer, Command::Close { outcome }, None)
        }
        6 if store.report_contact(no).await.unwrap().is_some() => {
            (Actor::Reporter, Command::EraseContact, None)
        }
        7 => {
            let losses = sample::standing(store, no).await.losses;
            let Some((_, verify)) = sample::verify_loss(&losses) else {
                return;
            };
            (officer, verify, None)
        }
        _ => return,
    };
    act(store, no, by, command, text).await.unwrap();
}

fn look(connection: &Connection, trusted: &Trusted) -> (Verdict, Vec<Finding>) {
    let mut findings = Vec::new();
    let check = Check {
        trusted,
        quarter: Some(&sample::quarter),
        progress: &mut |_| {},
        found: &mut |finding| findings.push(finding),
    };
    let verdict = verify::sqlite(connection, check).expect("verifying goes on, whatever it finds");
    (verdict, findings)
}

fn load(connection: &Connection) -> Vec<Table> {
    TABLES
        .iter()
        .map(|(name, keys, _)| {
            let mut statement = connection
                .prepare(&format!("SELECT * FROM {name}"))
                .unwrap();
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = Vec::new();
            let mut found = statement.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                rows.push((0..columns.len()).map(|i| row.get(i).unwrap()).collect());
            }
            assert!(!rows.is_empty(), "{name} has rows");
            let keys = keys
                .iter()
                .map(|k| columns.iter().position(|c| c == k).unwrap())
                .collect();
            Table {
                name,
                columns,
                keys,
                rows,
            }
        })
        .collect()
}

/// One random edit; `None` if the database refused it or nothing changed.
fn edit(dice: &mut Dice, connection: &Connection, tables: &[Table]) -> Option<Edit> {
    let weights: u64 = TABLES.iter().map(|(_, _, weight)| weight).sum();
    let mut at = dice.below(weights);
    let number = TABLES.iter().position(|(_, _, weight)| {
        let here = at < *weight;
        at = at.wrapping_sub(*weight);
        here
    })?;
    let table = &tables[number];
    let row = dice.pick(&table.rows).clone();
    let what = match dice.below(10) {
        0 => {
            remove(connection, table, &row)?;
            "row deleted".to_owned()
        }
        1 => {
            let mut fresh = row.clone();
            let key = *dice.pick(&table.keys);
            fresh[key] = mutate(dice, &fresh[key], table, key);
            insert(connection, table, &fresh)?;
            "row inserted".to_owned()
        }
        2 => exchange(dice, connection, table, &row)?,
        _ => {
            let column = dice.below(table.columns.len() as u64) as usize;
            let mut fresh = row.clone();
            fresh[column] = mutate(dice, &row[column], table, column);
            let what = format!(
                "{}: {:?} became {:?}",
                table.columns[column], row[column], fresh[column]
            );
            replace(connection, table, &row, &fresh)?;
            what
        }
    };
    // What the database made of it: a number as text may have become a number again, a key without value a new one.
    let now = load_one(connection, table);
    let gone = table.rows.iter().filter(|row| !now.contains(row));
    let come = now.iter().filter(|row| !table.rows.contains(row));
    let rows: Vec<Vec<Value>> = gone.chain(come).cloned().collect();
    (!rows.is_empty()).then_some(Edit {
        table: number,
        what,
        rows,
    })
}

/// Exchanges one value, or all but the keys, of two rows.
fn exchange(
    dice: &mut Dice,
    connection: &Connection,
    table: &Table,
    row: &[Value],
) -> Option<String> {
    let other = dice.pick(&table.rows).clone();
    let column = dice.below(table.columns.len() as u64) as usize;
    let whole = dice.one_in(2);
    let (mut a, mut b) = (row.to_vec(), other.clone());
    for i in 0..table.columns.len() {
        if (whole || i == column) && !table.keys.contains(&i) {
            std::mem::swap(&mut a[i], &mut b[i]);
        }
    }
    remove(connection, table, &other)?;
    replace(connection, table, row, &a)?;
    insert(connection, table, &b)?;
    Some(format!(
        "exchanged {}",
        if whole {
            "rows"
        } else {
            &table.columns[column]
        }
    ))
}

fn mutate(dice: &mut Dice, value: &Value, table: &Table, column: usize) -> Value {
    if dice.one_in(6) {
        return dice.pick(&table.rows)[column].clone();
    }
    match value {
        Value::Null => dice
            .pick(&[Value::Integer(1), Value::Text("x".into())])
            .clone(),
        Value::Integer(x) => match dice.below(6) {
            0 => Value::Integer(x.wrapping_add(1)),
            1 => Value::Integer(x.wrapping_sub(1)),
            2 => Value::Integer(x ^ 1 << dice.below(63)),
            3 => Value::Integer(-x),
            4 => Value::Real(*x as f64 + 0.5),
            _ => Value::Null,
        },
        Value::Real(x) => Value::Real(x + 1.0),
        Value::Text(x) => match dice.below(8) {
            0 => Value::Null,
            1 => Value::Text(String::new()),
            _ => {
                Value::Text(String::from_utf8_lossy(&mutate_bytes(dice, x.as_bytes())).into_owned())
            }
        },
        Value::Blob(x) => match dice.below(8) {
            0 => Value::Text("text".into()),
            _ => Value::Blob(mutate_bytes(dice, x)),
        },
    }
}

fn mutate_bytes(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = dice.below(out.len().max(1) as u64) as usize;
    match dice.below(5) {
        _ if out.is_empty() => out.push(b'0'),
        0 => out[at] ^= 1 << dice.below(7),
        1 => drop(out.remove(at)),
        2 => out.insert(at, b'a' + dice.below(26) as u8),
        3 => out.truncate(at),
        _ => {
            let other = dice.below(out.len() as u64) as usize;
            out.swap(at, other);
        }
    }
    out
}

fn filter(table: &Table) -> String {
    let equal: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| format!("{c} IS ?{}", i + 1))
        .collect();
    equal.join(" AND ")
}

fn remove(connection: &Connection, table: &Table, row: &[Value]) -> Option<()> {
    let sql = format!("DELETE FROM {} WHERE {}", table.name, filter(table));
    (connection
        .prepare_cached(&sql)
        .unwrap()
        .execute(params_from_iter(row))
        .ok()?
        == 1)
        .then_some(())
}

fn insert(connection: &Connection, table: &Table, row: &[Value]) -> Option<()> {
    let marks: Vec<String> = (1..=row.len()).map(|i| format!("?{i}")).collect();
    let sql = format!("INSERT INTO {} VALUES ({})", table.name, marks.join(", "));
    connection
        .prepare_cached(&sql)
        .unwrap()
        .execute(params_from_iter(row))
        .ok()
        .map(drop)
}

fn replace(connection: &Connection, table: &Table, row: &[Value], fresh: &[Value]) -> Option<()> {
    remove(connection, table, row)?;
    insert(connection, table, fresh)
}

fn load_one(connection: &Connection, table: &Table) -> Vec<Vec<Value>> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT * FROM {}", table.name))
        .unwrap();
    let mut found = statement.query([]).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = found.next().unwrap() {
        rows.push(
            (0..table.columns.len())
                .map(|i| row.get(i).unwrap_or(Value::Text("\u{fffd}".into())))
                .collect(),
        );
    }
    rows
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Integer(x) => x.to_string(),
        Value::Real(x) => x.to_string(),
        Value::Text(x) => x.clone(),
        Value::Blob(x) => format!("{} bytes", x.len()),
    }
}

/// Whether a finding names a row.
fn names(finding: &Finding, table: &Table, row: &[Value]) -> bool {
    if finding.table != table.name {
        return false;
    }
    let keys: Vec<String> = table.keys.iter().map(|k| show(&row[*k])).collect();
    match table.name {
        "evidence" => {
            let Ok(index) = keys[0].parse::<i64>() else {
                return false;
            };
            let (from, to) = match finding.key.rsplit_once('-') {
                Some((from, to)) if !from.is_empty() => (from, to),
                _ => (finding.key.as_str(), finding.key.as_str()),
            };
            matches!((from.parse::<i64>(), to.parse::<i64>()), (Ok(a), Ok(b)) if a <= index && index <= b)
        }
        "log_node" => finding.key == keys.join("/"),
        "checkpoint" => finding.key == keys[0],
        _ => {
            let rest = finding.key.strip_prefix(&keys[0]);
            let rest = rest.map(|r| match (r.find('('), r.find(')')) {
                (Some(1), Some(end)) => &r[end + 1..],
                _ => r,
            });
            // A row whose report is gone from the log is named by the report alone.
            let rest = rest.map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
            rest.is_some_and(|rest| rest.is_empty() || rest == keys[1..].join(" "))
        }
    }
}

fn edit_receipt(
    dice: &mut Dice,
    receipts: &[(String, String)],
    keys: &cairn_evidence::keys::KeyList,
) -> (bool, String) {
    let (receipt, body) = dice.pick(receipts);
    let edited = loop {
        let edited = mutate_bytes(dice, receipt.as_bytes());
        if edited != receipt.as_bytes() {
            break edited;
        }
    };
    let good = Receipt::parse(&edited)
        .and_then(|r| r.verify_listed(keys).map(|_| r))
        .and_then(|r| r.verify_body(body.as_bytes()));
    (
        good.is_err(),
        format!("receipt {:?}", String::from_utf8_lossy(&edited)),
    )
}
