//! `DataPlane.org`: `ASN | AS name | address | last seen | category`, some with the first time before the last. The name may hold
//! bars itself, so a row is read from its end.

use std::borrow::Cow;

use crate::batch::Row;
use crate::field::Field;
use crate::reject::{Cause, Name};
use crate::types::time;
use crate::value::Value;

use super::tables::TABLES;
use super::{may, must, text};

pub(super) fn row<'b>(line: &'b str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    let cells: Vec<&'b str> = line.split('|').map(str::trim).collect();
    let [asn, name @ .., category] = cells.as_slice() else {
        return Err(Cause::WrongCells);
    };
    let (name, address, first, last) = match name {
        [name @ .., address, first, last] if !name.is_empty() && time::parse(first).is_some() => {
            (name, address, Some(first), last)
        }
        [name @ .., address, last] if !name.is_empty() => (name, address, None, last),
        _ => return Err(Cause::WrongCells),
    };
    let meaning = TABLES.dataplane.get(*category);
    let meaning = meaning.ok_or_else(|| Cause::UnknownCategory(Name::new(category)))?;
    must(row, Field::SourceIp, "ipaddr", text(*address))?;
    must(row, Field::TimeSource, "lastseen", text(*last))?;
    if let Some(first) = first.and_then(|first| time::parse(first)) {
        row.extra(Cow::Borrowed("first_seen"), Value::Time(first));
    }
    if *asn != "NA" {
        may(row, Field::SourceAsn, text(*asn));
    }
    // The register's name of the AS; what follows is its holder, cut off somewhere.
    let name = name
        .first()
        .and_then(|name| name.split(' ').next())
        .unwrap_or("");
    if name != "NA" {
        may(row, Field::SourceAsName, text(name));
    }
    meaning.tell(row);
    Ok(())
}
