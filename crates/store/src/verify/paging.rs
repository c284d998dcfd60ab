//! Rows page by page, so that memory does not grow with a table.

use super::{PAGE_ROWS, Run, VerifyError};
use crate::params;
use crate::sql::{Row, Value};

impl Run<'_, '_> {
    /// Rows in the order of the number in their first column; `params` are those of the page after a number.
    pub(super) fn paged(
        &mut self,
        sql: &'static str,
        params: impl Fn(i64) -> Vec<Value>,
        mut each: impl FnMut(&mut Self, i64, &Row),
    ) -> Result<(), VerifyError> {
        let mut last = i64::MIN;
        loop {
            let page = self.source.rows(sql, params(last))?;
            for row in &page {
                let Ok(no) = row.int(0) else { continue };
                last = no;
                each(self, no, row);
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    /// Rows in the order of the two numbers in their first columns, which `sql` has as `$1`, `$2` and `$3` (the first of them twice);
    /// `$4` is how many.
    pub(super) fn paged_by_two(
        &mut self,
        sql: &'static str,
        mut each: impl FnMut(&mut Self, (i64, i64), &Row),
    ) -> Result<(), VerifyError> {
        let (mut no, mut n) = (i64::MIN, i64::MIN);
        loop {
            let page = self.source.rows(sql, params![no, no, n, PAGE_ROWS])?;
            for row in &page {
                no = row.int(0).unwrap_or(no);
                n = row.int(1).unwrap_or(n);
                each(self, (no, n), row);
            }
            if (page.len() as i64) < PAGE_ROWS {
                return Ok(());
            }
        }
    }
}
