//! The writer on PostgreSQL: one connection, `synchronous_commit=on`. A group's plain rows go over in one statement
//! a table (`unnest`), so that a group costs a handful of round trips whatever its size.

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use futures_util::future::join_all;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use crate::ledger::Ledger;
use crate::once::{self, Keys};
use crate::packed;
use crate::postgres::{self, PgConfig};
use crate::sql::{Row, Table, Ty, Value};
use crate::writer::{GroupError, Op, Unit, Verdict, WriteError};

pub(crate) struct PgWriter {
    runtime: Runtime,
    config: PgConfig,
    ledger: crate::ledger::LedgerKeys,
    client: Option<Client>,
    statements: HashMap<&'static str, Statement>,
    /// Keys of requests that may come twice.
    keys: Keys,
    /// Of the group under way the units whose keys are surely new: their rows are as plain as any.
    sure: HashSet<usize>,
    /// The group under way only adds rows.
    plain: bool,
    /// Its transaction is open; if not, [`PgWriter::finish`] opens it.
    open: bool,
}

/// From so many rows of a table on, it is copied to.
const COPY_ROWS_MIN: usize = 16;
/// What a row comes to, about.
const COPY_ROW_BYTES: usize = 256;

type PgResult<T> = Result<T, tokio_postgres::Error>;

/// A row as it came.
#[derive(Clone, Copy)]
enum RowRef<'a> {
    Values(&'a [Value]),
    Packed(&'a [u8]),
}

/// Rows of one table, gathered from the units of a group.
type Bulk<'a> = Vec<(&'static Table, Vec<RowRef<'a>>)>;

/// Rows for the database to admit, with the number of the unit that brought each.
type Guards<'a> = Vec<(&'static Table, Vec<(usize, &'a [Value])>)>;

impl PgWriter {
    pub(crate) fn new(
        runtime: Runtime,
        config: PgConfig,
        (client, keys): (Client, Keys),
        ledger: crate::ledger::LedgerKeys,
    ) -> Self {
        Self {
            runtime,
            config,
            ledger,
            client: Some(client),
            statements: HashMap::new(),
            keys,
            sure: HashSet::new(),
            plain: false,
            open: false,
        }
    }

    /// A lost connection leaves the last commit in doubt: connect again, take the writer's lock, read the log's state and which keys
    /// were used.
    pub(crate) fn recover(&mut self) -> Result<Option<Ledger>, GroupError> {
        if self
            .client
            .as_ref()
            .is_some_and(|client| !client.is_closed())
        {
            return Ok(None);
        }
        self.client = None;
        self.statements.clear();
        let (client, keys, ledger) = self
            .runtime
            .block_on(async {
                let client = postgres::connect_writer(&self.config).await?;
                let keys = postgres::load_keys(&client).await?;
                let ledger = postgres::load_ledger(&client, &self.ledger).await?;
                Ok::<_, postgres::PgError>((client, keys, ledger))
            })
            .map_err(|error| GroupError::Refused(WriteError::Database(error.to_string())))?;
        self.client = Some(client);
        self.keys = keys;
        Ok(Some(ledger))
    }

    fn with<T>(
        &mut self,
        work: impl AsyncFnOnce(&Client, &mut HashMap<&'static str, Statement>) -> PgResult<T>,
    ) -> Result<T, GroupError> {
        let Some(client) = &self.client else {
            return Err(GroupError::Refused(WriteError::Database(
                "no connection".into(),
            )));
        };
        let statements = &mut self.statements;
        self.runtime
            .block_on(work(client, statements))
            .map_err(|error| judge(&error))
    }

    /// Says which units the transaction takes. Where all of them only add rows, their guards alone are written here; the
    /// rest waits for [`PgWriter::finish`], so that a group is two waits for an answer, and one where nothing is guarded.
    pub(crate) fn begin(&mut self, units: &[Unit]) -> Result<Vec<Verdict>, GroupError> {
        self.plain = units.iter().all(Unit::only_inserts);
        self.sure = if self.plain {
            self.surely_new(units)
        } else {
            HashSet::new()
        };
        let guarded = |(n, unit): (usize, &Unit)| {
            let op = |op: &Op| matches!(op, Op::Insert(table, _) if self.asks(table, n));
            unit.ops.iter().any(op)
        };
        self.open = !self.plain || units.iter().enumerate().any(guarded);
        if self.plain {
            return self.admit(units, self.open);
        }
        self.with(async |client, _| client.batch_execute("BEGIN").await)?;
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(units.len());
        let mut rest = units;
        while let Some(first) = rest.first() {
            let run = if first.only_inserts() {
                rest.iter().take_while(|unit| unit.only_inserts()).count()
            } else {
                1
            };
            let (now, later) = rest.split_at(run);
            if first.only_inserts() {
                let admitted = self.admit(now, false)?;
                self.bulk(now, &admitted, &[], Ends::default())?;
                verdicts.extend(admitted);
            } else {
                verdicts.push(self.careful(first)?);
            }
            rest = later;
        }
        Ok(verdicts)
    }

    /// The units with a remembered key that nobody used before, in this group or ever.
    fn surely_new(&self, units: &[Unit]) -> HashSet<usize> {
        let mut of: HashMap<u64, Option<usize>> = HashMap::new();
        for (n, unit) in units.iter().enumerate() {
            for (short, _) in unit.ops.iter().filter_map(once::of_op) {
                // Of two with one key the database says which was first.
                of.entry(short)
                    .and_modify(|one| *one = None)
                    .or_insert(Some(n));
            }
        }
        of.into_iter()
            .filter(|(short, _)| self.keys.is_surely_new(*short))
            .filter_map(|(_, n)| n)
            .collect()
    }

    /// Whether a row of unit `n` is for the database to admit.
    fn asks(&self, table: &Table, n: usize) -> bool {
        table.guard && !(table.remembered && self.sure.contains(&n))
    }

    /// Writes what the group logged, and what [`PgWriter::begin`] left, and commits. `Ok` means durable.
    pub(crate) fn finish(
        &mut self,
        units: &[Unit],
        verdicts: &[Verdict],
        logged: &[Op],
    ) -> Result<(), GroupError> {
        let all = units;
        let (units, verdicts) = if self.plain {
            (units, verdicts)
        } else {
            (&[][..], &[][..])
        };
        let ends = Ends {
            begin: (!self.open).then_some("BEGIN"),
            commit: Some("COMMIT"),
        };
        let end = self.bulk(units, verdicts, logged, ends);
        if matches!(end, Err(GroupError::Refused(_))) {
            // Whether the commit took place may be unknown: drop the connection, so that the state is read anew.
            self.client = None;
        }
        if end.is_ok() {
            // Those of refused units were used before: to remember them again changes nothing.
            for (short, report) in all
                .iter()
                .flat_map(|unit| &unit.ops)
                .filter_map(once::of_op)
            {
                self.keys.add(short, report);
            }
        }
        end
    }

    /// Writes the guards of units of plain rows: what they refuse was used before.
    fn admit(&mut self, units: &[Unit], begin: bool) -> Result<Vec<Verdict>, GroupError> {
        let mut guards: Guards<'_> = Vec::new();
        for (n, unit) in units.iter().enumerate() {
            for op in &unit.ops {
                if let Op::Insert(table, row) = op
                    && self.asks(table, n)
                {
                    match guards.iter_mut().find(|(t, _)| std::ptr::eq(*t, *table)) {
                        Some((_, rows)) => rows.push((n, row)),
                        None => guards.push((table, vec![(n, row)])),
                    }
                }
            }
        }
        let parts: Vec<Part<'_>> = guards
            .iter()
            .map(|(table, rows)| {
                let rows = rows.iter().map(|(_, row)| RowRef::Values(row));
                Part::Insert(Insert::new(table, rows))
            })
            .collect();
        let ends = Ends {
            begin: begin.then_some("BEGIN"),
            commit: None,
        };
        let answers =
            self.with(async |client, statements| pipeline(client, statements, parts, ends).await)?;
        let mut refused: HashSet<usize> = HashSet::new();
        for ((_, rows), admitted) in guards.iter().zip(answers) {
            let mut admitted = VecDeque::from(admitted);
            for (n, row) in rows {
                // Each key was admitted once; of several units with one key the first takes it. The answer comes
                // in the order of the rows in practice, which no standard promises: hence the search.
                match admitted.iter().position(|key| row.first() == Some(key)) {
                    Some(at) => drop(admitted.remove(at)),
                    None => drop(refused.insert(*n)),
                }
            }
        }
        let verdict = |n| {
            if refused.contains(&n) {
                Err(WriteError::Duplicate)
            } else {
                Ok(())
            }
        };
        Ok((0..units.len()).map(verdict).collect())
    }

    /// The rows of the admitted units and those that the group logged, one statement a table.
    fn bulk(
        &mut self,
        units: &[Unit],
        verdicts: &[Verdict],
        logged: &[Op],
        ends: Ends,
    ) -> Result<(), GroupError> {
        let mut bulk: Bulk<'_> = Vec::new();
        let admitted = units.iter().zip(verdicts).enumerate();
        for (n, (unit, _)) in admitted.filter(|(_, (_, v))| v.is_ok()) {
            gather(&mut bulk, &unit.ops, |table| !self.asks(table, n));
            for (table, row) in unit.packed.rows() {
                add(&mut bulk, table, RowRef::Packed(row));
            }
        }
        gather(&mut bulk, logged, |table| !table.guard);
        let parts: Vec<Part<'_>> = bulk
            .iter()
            .map(|(table, rows)| Part::of(table, rows))
            .collect();
        let copies = parts.iter().any(|part| matches!(part, Part::Copy(..)));
        let end =
            self.with(async |client, statements| pipeline(client, statements, parts, ends).await);
        if end.is_err() && copies {
            // A copy that the database refuses to begin is told to end all the same, which brings one answer too many: from then on each
            // answer would be taken for the one before it.
            self.client = None;
        }
        end.map(drop)
    }

    fn careful(&mut self, unit: &Unit) -> Result<Verdict, GroupError> {
        self.with(async |client, statements| {
            client.batch_execute("SAVEPOINT unit").await?;
            let mut verdict = Ok(());
            for op in &unit.ops {
                let (sql, params) = match op {
                    Op::Insert(table, row) => {
                        let insert = Insert::new(table, std::iter::once(RowRef::Values(row)));
                        let statement = prepare(client, statements, table.postgres()).await?;
                        let params: Vec<&(dyn ToSql + Sync)> =
                            insert.columns.iter().map(Column::as_sql).collect();
                        if client.execute(&statement, &params).await? == 0 && table.guard {
                            verdict = Err(WriteError::Duplicate);
                            break;
                        }
                        continue;
                    }
                    Op::Exec { sql, params, .. } => (*sql, params),
                };
                let statement = prepare(client, statements, sql).await?;
                let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
                let touched = client.execute(&statement, &params).await?;
                if let Op::Exec {
                    rows: Some(expected),
                    ..
                } = op
                    && *expected != touched
                {
                    verdict = Err(WriteError::Conflict);
                    break;
                }
            }
            let end = if verdict.is_ok() {
                "RELEASE unit"
            } else {
                "ROLLBACK TO unit; RELEASE unit"
            };
            client.batch_execute(end).await?;
            Ok(verdict)
        })
    }

    /// Rows as the writer sees them.
    pub(crate) fn rows(
        &mut self,
        sql: &'static str,
        params: &[Value],
    ) -> Result<Vec<Row>, GroupError> {
        self.with(async |client, _| postgres::read(client, sql, params).await)
    }

    pub(crate) fn rollback(&mut self) {
        if self
            .with(async |client, _| client.batch_execute("ROLLBACK").await)
            .is_err()
        {
            self.client = None;
        }
    }
}

/// What opens and what ends the transaction, if this is where it opens or ends.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    begin: Option<&'static str>,
    commit: Option<&'static str>,
}

/// All statements are sent before the first answer is awaited. The database carries them out in this order; once one
/// fails, it refuses all that follow, and makes a rollback of the commit: so only if each went well was it one.
async fn pipeline(
    client: &Client,
    statements: &mut HashMap<&'static str, Statement>,
    parts: Vec<Part<'_>>,
    ends: Ends,
) -> PgResult<Vec<Vec<Value>>> {
    let mut ready = Vec::with_capacity(parts.len());
    for part in parts {
        let statement = prepare(client, statements, part.sql()).await?;
        ready.push((part, statement));
    }
    let plain = async |sql: Option<&str>| match sql {
        Some(sql) => client.batch_execute(sql).await,
        None => Ok(()),
    };
    let rows = ready
        .into_iter()
        .map(async |(part, statement)| part.carry_out(client, &statement).await);
    // Each is polled once, in this order, before any is polled again: that is what sends them in order.
    let (begun, rows, ended) =
        tokio::join!(biased; plain(ends.begin), join_all(rows), plain(ends.commit));
    begun?;
    let rows = rows.into_iter().collect::<PgResult<_>>()?;
    ended?;
    Ok(rows)
}

async fn prepare(
    client: &Client,
    statements: &mut HashMap<&'static str, Statement>,
    sql: &'static str,
) -> PgResult<Statement> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    let statement = client.prepare(sql).await?;
    statements.insert(sql, statement.clone());
    Ok(statement)
}

fn gather<'a>(bulk: &mut Bulk<'a>, ops: &'a [Op], is_plain: impl Fn(&Table) -> bool) {
    for op in ops {
        if let Op::Insert(table, row) = op
            && is_plain(table)
        {
            add(bulk, table, RowRef::Values(row));
        }
    }
}

fn add<'a>(bulk: &mut Bulk<'a>, table: &'static Table, row: RowRef<'a>) {
    match bulk.iter_mut().find(|(t, _)| std::ptr::eq(*t, table)) {
        Some((_, rows)) => rows.push(row),
        None => bulk.push((table, vec![row])),
    }
}

/// How the rows of one table go over.
enum Part<'a> {
    Insert(Insert<'a>),
    /// `COPY`: rows of its binary format. The database puts them into pages many at a time, but asks for them first, which is
    /// a wait of its own.
    Copy(&'static Table, Bytes),
}

impl<'a> Part<'a> {
    /// For a table that is no guard.
    fn of(table: &'static Table, rows: &[RowRef<'a>]) -> Self {
        if rows.len() < COPY_ROWS_MIN {
            return Self::Insert(Insert::new(table, rows.iter().copied()));
        }
        copied(table, rows).map_or_else(
            || Self::Insert(Insert::new(table, rows.iter().copied())),
            |bytes| Self::Copy(table, bytes),
        )
    }

    fn sql(&self) -> &'static str {
        match self {
            Self::Insert(insert) => insert.table.postgres(),
            Self::Copy(table, _) => table.copy(),
        }
    }

    /// The keys that a guard admitted; of other tables nothing.
    async fn carry_out(self, client: &Client, statement: &Statement) -> PgResult<Vec<Value>> {
        match self {
            Self::Insert(insert) => {
                let params: Vec<&(dyn ToSql + Sync)> =
                    insert.columns.iter().map(Column::as_sql).collect();
                if insert.table.guard {
                    let rows = client.query(statement, &params).await?;
                    return rows.iter().map(|row| row.try_get(0)).collect();
                }
                client.execute(statement, &params).await?;
            }
            Self::Copy(_, bytes) => {
                let mut sink = std::pin::pin!(client.copy_in(statement).await?);
                sink.send(bytes).await?;
                sink.finish().await?;
            }
        }
        Ok(Vec::new())
    }
}

/// Rows in the binary format of `COPY` (PostgreSQL's manual, `COPY`, "Binary Format"). `None` if one is too long for it.
fn copied(table: &Table, rows: &[RowRef<'_>]) -> Option<Bytes> {
    const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
    let mut out = BytesMut::with_capacity(rows.len() * COPY_ROW_BYTES);
    out.put_slice(HEAD);
    for row in rows {
        match row {
            RowRef::Values(row) => packed::put_row(&mut out, table, row)?,
            RowRef::Packed(row) => out.put_slice(row),
        }
    }
    out.put_i16(-1);
    Some(out.freeze())
}

/// One `INSERT … SELECT unnest(…)`; a guard's gives back the keys that it admitted.
struct Insert<'a> {
    table: &'static Table,
    columns: Vec<Column<'a>>,
}

impl<'a> Insert<'a> {
    fn new(table: &'static Table, rows: impl Iterator<Item = RowRef<'a>>) -> Self {
        let mut columns: Vec<Column<'a>> = table.types().map(Column::of).collect();
        for row in rows {
            match row {
                RowRef::Values(row) => {
                    for (i, column) in columns.iter_mut().enumerate() {
                        column.push(row.get(i));
                    }
                }
                RowRef::Packed(row) => {
                    for (column, cell) in columns.iter_mut().zip(packed::cells(row)) {
                        column.push_packed(cell);
                    }
                }
            }
        }
        Self { table, columns }
    }
}

/// One column of a group of rows as a PostgreSQL array.
enum Column<'a> {
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Text(Vec<Option<&'a str>>),
    Blob(Vec<Option<&'a [u8]>>),
}

impl<'a> Column<'a> {
    fn of(ty: Ty) -> Self {
        match ty {
            Ty::Int => Self::Int(Vec::new()),
            Ty::Bool => Self::Bool(Vec::new()),
            Ty::Text => Self::Text(Vec::new()),
            Ty::Blob => Self::Blob(Vec::new()),
        }
    }

    fn push(&mut self, cell: Option<&'a Value>) {
        match self {
            Self::Int(column) => column.push(match cell {
                Some(Value::Int(x)) => Some(*x),
                Some(Value::Bool(x)) => Some(i64::from(*x)),
                _ => None,
            }),
            Self::Bool(column) => column.push(match cell {
                Some(Value::Bool(x)) => Some(*x),
                Some(Value::Int(x)) => Some(*x != 0),
                _ => None,
            }),
            Self::Text(column) => column.push(match cell {
                Some(Value::Text(x)) => Some(x.as_str()),
                Some(Value::Word(x)) => Some(*x),
                _ => None,
            }),
            Self::Blob(column) => column.push(match cell {
                Some(Value::Blob(x)) => Some(x.as_slice()),
                _ => None,
            }),
        }
    }

    fn push_packed(&mut self, cell: Option<&'a [u8]>) {
        match self {
            Self::Int(column) => column.push(cell.and_then(packed::int)),
            Self::Bool(column) => column.push(cell.map(|cell| cell != [0])),
            // What was packed was a text.
            Self::Text(column) => {
                column.push(cell.map(|x| std::str::from_utf8(x).unwrap_or_default()))
            }
            Self::Blob(column) => column.push(cell),
        }
    }

    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Int(x) => x,
            Self::Bool(x) => x,
            Self::Text(x) => x,
            Self::Blob(x) => x,
        }
    }
}

/// PostgreSQL ends itself on a failed fsync, so nothing here is fatal; a full disk is its class 53100.
fn judge(error: &tokio_postgres::Error) -> GroupError {
    match error.code().map(|code| code.code()) {
        Some("53100") => GroupError::Refused(WriteError::DiskFull),
        // Data exceptions, violated constraints, exceeded limits: what a unit holds cannot be stored.
        Some(code)
            if ["22", "23", "54"]
                .iter()
                .any(|class| code.starts_with(class)) =>
        {
            GroupError::Offence(postgres::describe(error))
        }
        _ => GroupError::Refused(WriteError::Database(postgres::describe(error))),
    }
}
