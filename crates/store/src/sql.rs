//! The one vocabulary in which the store speaks to both databases: values, rows and statements.
//!
//! Every statement is one `&'static str` with `$1, $2 …`, read by SQLite and PostgreSQL alike. The rules that keep
//! it portable stand in `crates/store/SQL.md`. Text never becomes part of a statement.

use std::error::Error as StdError;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// A bound or read value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL of any type.
    Null,
    /// BIGINT, and BOOLEAN in SQLite's eyes.
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(String),
    /// TEXT of a fixed set of words: bound, never read.
    Word(&'static str),
    /// BLOB / BYTEA.
    Blob(Vec<u8>),
    /// BOOLEAN.
    Bool(bool),
}

impl Value {
    /// The type that PostgreSQL is told. Of NULL it is none: the place says what it stands for.
    pub(crate) fn postgres_type(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Int(_) => Type::INT8,
            Self::Real(_) => Type::FLOAT8,
            Self::Text(_) | Self::Word(_) => Type::TEXT,
            Self::Blob(_) => Type::BYTEA,
            Self::Bool(_) => Type::BOOL,
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$x:ident| $to:expr;)*) => { $(
        impl From<$from> for Value { fn from($x: $from) -> Self { $to } }
    )* };
}
value_from! {
    i64 => |x| Self::Int(x);
    i32 => |x| Self::Int(i64::from(x));
    u32 => |x| Self::Int(i64::from(x));
    u8 => |x| Self::Int(i64::from(x));
    u64 => |x| Self::Int(i64::try_from(x).unwrap_or(i64::MAX));
    f64 => |x| Self::Real(x);
    bool => |x| Self::Bool(x);
    String => |x| Self::Text(x);
    &str => |x| Self::Text(x.to_owned());
    Vec<u8> => |x| Self::Blob(x);
    &[u8] => |x| Self::Blob(x.to_vec());
    cairn_kernel::time::Micros => |x| Self::Int(x.0);
}
impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A list of bound values: `params![no, "text", None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}

/// As [`params!`], in place: for who lends them.
macro_rules! bound {
    ($($value:expr),* $(,)?) => { [$($crate::sql::Value::from($value)),*] };
}
pub(crate) use bound;

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(x) => ValueRef::Integer(*x),
            Self::Real(x) => ValueRef::Real(*x),
            Self::Text(x) => ValueRef::Text(x.as_bytes()),
            Self::Word(x) => ValueRef::Text(x.as_bytes()),
            Self::Blob(x) => ValueRef::Blob(x),
            Self::Bool(x) => ValueRef::Integer(i64::from(*x)),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(x) => match *ty {
                Type::BOOL => (*x != 0).to_sql(ty, out),
                Type::INT4 => i32::try_from(*x)?.to_sql(ty, out),
                _ => x.to_sql(ty, out),
            },
            Self::Real(x) => x.to_sql(ty, out),
            Self::Text(x) => x.as_str().to_sql(ty, out),
            Self::Word(x) => x.to_sql(ty, out),
            Self::Blob(x) => x.as_slice().to_sql(ty, out),
            Self::Bool(x) => x.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::BOOL
                | Type::INT4
                | Type::INT8
                | Type::FLOAT8
                | Type::TEXT
                | Type::VARCHAR
                | Type::BYTEA
        )
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *ty {
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i64::from(i32::from_sql(ty, raw)?)),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Blob(raw.to_vec()),
            _ => Self::Text(String::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        <Self as ToSql>::accepts(ty) || *ty == Type::NAME
    }
}

/// One row of an answer, columns by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

/// A column did not hold what the query's reader expects: the schema and the code disagree, or the file is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: expected {expected}")]
pub struct ColumnError {
    /// Position from 0.
    pub column: usize,
    /// What the reader wanted.
    pub expected: &'static str,
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident, $opt:ident, $ty:ty, $what:literal, $($pat:pat => $val:expr),+) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// The column is absent, NULL or of another type.
        pub fn $name(&self, column: usize) -> Result<$ty, ColumnError> {
            self.$opt(column)?.ok_or(ColumnError { column, expected: $what })
        }
        /// As above, `None` for NULL.
        ///
        /// # Errors
        /// The column is absent or of another type.
        pub fn $opt(&self, column: usize) -> Result<Option<$ty>, ColumnError> {
            match self.0.get(column) {
                Some(Value::Null) => Ok(None),
                $(Some($pat) => Ok(Some($val)),)+
                _ => Err(ColumnError { column, expected: $what }),
            }
        }
    };
}

impl Row {
    getter!(/// A BIGINT.
        int, int_opt, i64, "an integer", Value::Int(x) => *x, Value::Bool(x) => i64::from(*x));
    getter!(/// A TEXT.
        text, text_opt, String, "text", Value::Text(x) => x.clone());
    getter!(/// A BLOB.
        blob, blob_opt, Vec<u8>, "bytes", Value::Blob(x) => x.clone());
    getter!(/// A BOOLEAN.
        bool, bool_opt, bool, "a boolean", Value::Bool(x) => *x, Value::Int(x) => *x != 0);
    getter!(/// A DOUBLE PRECISION.
        real, real_opt, f64, "a number", Value::Real(x) => *x);

    /// A BLOB, where it lies.
    ///
    /// # Errors
    /// The column is absent, NULL or of another type.
    pub fn bytes(&self, column: usize) -> Result<&[u8], ColumnError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(ColumnError {
                column,
                expected: "bytes",
            }),
        }
    }

    /// A point in time.
    ///
    /// # Errors
    /// The column is absent, NULL or no integer.
    pub fn at(&self, column: usize) -> Result<cairn_kernel::time::Micros, ColumnError> {
        self.int(column).map(cairn_kernel::time::Micros)
    }
}

/// Reads a whole SQLite row.
pub(crate) fn sqlite_row(row: &rusqlite::Row<'_>, columns: usize) -> rusqlite::Result<Row> {
    let mut out = Vec::with_capacity(columns);
    for column in 0..columns {
        out.push(match row.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(x) => Value::Int(x),
            ValueRef::Real(x) => Value::Real(x),
            ValueRef::Text(x) => Value::Text(String::from_utf8_lossy(x).into_owned()),
            ValueRef::Blob(x) => Value::Blob(x.to_vec()),
        });
    }
    Ok(Row(out))
}

/// Reads a whole PostgreSQL row.
pub(crate) fn postgres_row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    (0..row.len())
        .map(|i| row.try_get(i))
        .collect::<Result<_, _>>()
        .map(Row)
}

/// The type of a column, as far as bulk inserts need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ty {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BLOB / BYTEA.
    Blob,
    /// BOOLEAN.
    Bool,
}

impl Ty {
    const fn array(self) -> &'static str {
        match self {
            Self::Int => "bigint[]",
            Self::Text => "text[]",
            Self::Blob => "bytea[]",
            Self::Bool => "boolean[]",
        }
    }
}

/// A table that rows are appended to: SQLite takes them one by one, PostgreSQL a whole group by `unnest`. The arrays are
/// unfolded in a select list, where they go in step (PostgreSQL 10 and later); in `FROM` each column of the group would be
/// laid aside on its own first.
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Ty)],
    /// A row that exists already (by its key, the first column) drops the whole unit it came with.
    pub(crate) guard: bool,
    /// A guard whose keys the writer remembers itself; see [`crate::once`].
    pub(crate) remembered: bool,
    sql: std::sync::OnceLock<Texts>,
}

/// A table's statements.
#[derive(Debug)]
struct Texts {
    sqlite: String,
    postgres: String,
    copy: String,
}

impl Table {
    /// A plain table.
    #[must_use]
    pub const fn new(name: &'static str, columns: &'static [(&'static str, Ty)]) -> Self {
        Self {
            name,
            columns,
            guard: false,
            remembered: false,
            sql: std::sync::OnceLock::new(),
        }
    }

    /// A table whose primary key (first column) admits each unit once.
    #[must_use]
    pub const fn guard(name: &'static str, columns: &'static [(&'static str, Ty)]) -> Self {
        Self {
            name,
            columns,
            guard: true,
            remembered: false,
            sql: std::sync::OnceLock::new(),
        }
    }

    /// A guard whose keys the writer remembers itself; the third column is the row's number on SQLite.
    pub(crate) const fn remembered(
        name: &'static str,
        columns: &'static [(&'static str, Ty)],
    ) -> Self {
        Self {
            name,
            columns,
            guard: true,
            remembered: true,
            sql: std::sync::OnceLock::new(),
        }
    }

    /// Column types in order.
    pub(crate) fn types(&self) -> impl Iterator<Item = Ty> + '_ {
        self.columns.iter().map(|(_, ty)| *ty)
    }

    /// Number of columns.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn sqlite(&'static self) -> &'static str {
        &self.texts().sqlite
    }

    pub(crate) fn postgres(&'static self) -> &'static str {
        &self.texts().postgres
    }

    /// PostgreSQL's `COPY`, in its binary format.
    pub(crate) fn copy(&'static self) -> &'static str {
        &self.texts().copy
    }

    fn texts(&'static self) -> &'static Texts {
        self.sql.get_or_init(|| {
            let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
            let marks: Vec<String> = (1..=names.len()).map(|i| format!("?{i}")).collect();
            let arrays: Vec<String> = self
                .types()
                .enumerate()
                .map(|(i, ty)| format!("unnest(${}::{})", i + 1, ty.array()))
                .collect();
            let rows = arrays.join(", ");
            let key = names.first().copied().unwrap_or_default();
            let (conflict, returning) = if self.guard {
                (
                    format!(" ON CONFLICT ({key}) DO NOTHING"),
                    format!(" RETURNING {key}"),
                )
            } else {
                (String::new(), String::new())
            };
            let (name, columns) = (self.name, names.join(", "));
            let kept = if self.remembered {
                ""
            } else {
                conflict.as_str()
            };
            Texts {
                sqlite: format!(
                    "INSERT INTO {name}({columns}) VALUES ({}){kept}",
                    marks.join(", ")
                ),
                postgres: format!(
                    "INSERT INTO {name}({columns}) SELECT {rows}{conflict}{returning}"
                ),
                copy: format!("COPY {name}({columns}) FROM STDIN (FORMAT binary)"),
            }
        })
    }
}
