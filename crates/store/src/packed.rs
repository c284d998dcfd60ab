//! Rows as PostgreSQL's `COPY` takes them (PostgreSQL's manual, `COPY`, "Binary Format"). Whoever brings a unit packs its plain rows before
//! it is queued: that work is done by many threads, the writer only puts the rows one behind the other, and what one thread
//! allocated need not be freed by another.

use bytes::BufMut;

use crate::sql::{Table, Ty, Value};
use crate::writer::Op;

/// Rows of several tables, one behind the other.
#[derive(Debug, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    /// Table and end of each.
    rows: Vec<(&'static Table, usize)>,
}

/// What the cells of a row come to besides texts and bytes, each with its length before it.
const CELL_BYTES: usize = 12;

impl Packed {
    /// Makes room for the rows of a unit.
    pub(crate) fn reserve(&mut self, ops: &[Op]) {
        let cell = |value: &Value| match value {
            Value::Text(text) => CELL_BYTES + text.len(),
            Value::Word(text) => CELL_BYTES + text.len(),
            Value::Blob(bytes) => CELL_BYTES + bytes.len(),
            _ => CELL_BYTES,
        };
        let row = |op: &Op| match op {
            Op::Insert(_, row) => row.iter().map(cell).sum(),
            Op::Exec { .. } => 0,
        };
        self.bytes.reserve(ops.iter().map(row).sum());
        self.rows.reserve(ops.len());
    }

    /// Adds a row; `false`, and nothing is added, if it is too long for the format.
    pub(crate) fn push(&mut self, table: &'static Table, row: &[Value]) -> bool {
        let before = self.bytes.len();
        if put_row(&mut self.bytes, table, row).is_none() {
            self.bytes.truncate(before);
            return false;
        }
        self.rows.push((table, self.bytes.len()));
        true
    }

    /// All rows with their tables.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&'static Table, &[u8])> {
        let mut begin = 0;
        self.rows.iter().map(move |(table, end)| {
            let row = self.bytes.get(begin..*end).unwrap_or_default();
            begin = *end;
            (*table, row)
        })
    }
}

/// A row behind the others. `None` if it is too long for the format.
pub(crate) fn put_row(out: &mut impl BufMut, table: &Table, row: &[Value]) -> Option<()> {
    out.put_i16(i16::try_from(table.width()).ok()?);
    for (i, ty) in table.types().enumerate() {
        put_cell(out, ty, row.get(i))?;
    }
    Some(())
}

fn put_cell(out: &mut impl BufMut, ty: Ty, cell: Option<&Value>) -> Option<()> {
    let bytes = match (ty, cell) {
        (Ty::Int, Some(Value::Int(x))) => &x.to_be_bytes()[..],
        (Ty::Int, Some(Value::Bool(x))) => &i64::from(*x).to_be_bytes()[..],
        (Ty::Bool, Some(Value::Bool(x))) => &[u8::from(*x)][..],
        (Ty::Bool, Some(Value::Int(x))) => &[u8::from(*x != 0)][..],
        (Ty::Text, Some(Value::Text(x))) => x.as_bytes(),
        (Ty::Text, Some(Value::Word(x))) => x.as_bytes(),
        (Ty::Blob, Some(Value::Blob(x))) => x,
        _ => {
            out.put_i32(-1);
            return Some(());
        }
    };
    out.put_i32(i32::try_from(bytes.len()).ok()?);
    out.put_slice(bytes);
    Some(())
}

/// The cells of a packed row; `None` is NULL.
pub(crate) fn cells(row: &[u8]) -> Vec<Option<&[u8]>> {
    let mut cells = Vec::new();
    let Some((_, mut rest)) = row.split_first_chunk::<2>() else {
        return cells;
    };
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(i32::from_be_bytes(*length)).ok();
        let cut = length.and_then(|length| after.split_at_checked(length));
        cells.push(cut.map(|(cell, _)| cell));
        rest = cut.map_or(after, |(_, rest)| rest);
    }
    cells
}

/// A whole number.
pub(crate) fn int(cell: &[u8]) -> Option<i64> {
    cell.try_into().ok().map(i64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::bound;

    static TABLE: Table = Table::new(
        "t",
        &[
            ("no", Ty::Int),
            ("text", Ty::Text),
            ("blob", Ty::Blob),
            ("flag", Ty::Bool),
        ],
    );

    #[test]
    fn rows_come_out_as_they_went_in() {
        let mut packed = Packed::default();
        assert!(packed.push(&TABLE, &bound![-7, "", vec![0_u8, 255], true]));
        assert!(packed.push(&TABLE, &bound![i64::MAX, None::<i64>, None::<i64>, 0]));
        // Columns that are not given are NULL.
        assert!(packed.push(&TABLE, &bound![1]));
        let rows: Vec<_> = packed.rows().map(|(_, row)| cells(row)).collect();
        assert_eq!(
            rows[0],
            [
                Some(&(-7_i64).to_be_bytes()[..]),
                Some(&[][..]),
                Some(&[0, 255][..]),
                Some(&[1][..])
            ]
        );
        assert_eq!(rows[1][1..], [None, None, Some(&[0][..])]);
        assert_eq!(rows[1][0].and_then(int), Some(i64::MAX));
        assert_eq!(rows[2][1..], [None, None, None]);
        assert!(
            packed
                .rows()
                .all(|(table, _)| std::ptr::eq(table, &raw const TABLE))
        );
    }
}
