//! blocklist.de: an address a line. Which attack it is listed for, the list's own address tells.

use crate::batch::Row;
use crate::field::Field;
use crate::reject::Cause;

use super::tables::TABLES;
use super::{may, must, text};

pub(super) fn row<'b>(line: &'b str, list: &str, row: &mut Row<'_, 'b>) -> Result<(), Cause> {
    must(row, Field::SourceIp, "address", text(line))?;
    match TABLES.blocklist_de.get(list) {
        Some(meaning) => meaning.tell(row),
        None => may(row, Field::ClassificationType, text("blacklist")),
    }
    Ok(())
}
