//! Words of reports that changed after they came in: messages, and entries of old threads. A report's words stand in the full-text index as
//! one row, which cannot be added to; so it is noted here that it is to be made anew, in the unit that changed them, and that is done a
//! little later, or before somebody's search.

use cairn_kernel::observable::Observable;

use crate::db::ReadError;
use crate::report::{plain_words, words_of};
use crate::unindexed::words_to;
use crate::writer::Unit;
use crate::{Store, params};

/// Into the unit that changes the words of a report.
pub fn changed(unit: &mut Unit, no: i64) {
    unit.exec(
        "INSERT INTO report_reword(no) VALUES ($1) ON CONFLICT (no) DO NOTHING",
        params![no],
    );
}

/// All words of a report anew, as it is in this version. A conflict if something happened to it since, or if its first words are still on
/// their way into the index (see [`Store::settle_words`]).
#[must_use]
pub fn reword((no, version): (i64, i64), text: &str, seen: &[Observable], sqlite: bool) -> Unit {
    let mut unit = Unit::default();
    unit.expect(
        1,
        "UPDATE report SET version = version WHERE no = $1 AND version = $2",
        params![no, version],
    );
    unit.exec("DELETE FROM report_reword WHERE no = $1", params![no]);
    replace(&mut unit, no, &words_of(text, seen), sqlite);
    unit
}

/// Puts the words of a report in the place of those that the index has. A conflict if it has none yet, as they are on their way.
pub(crate) fn replace(unit: &mut Unit, no: i64, words: &str, sqlite: bool) {
    unit.expect(
        1,
        concat!(
            "UPDATE report SET version = version WHERE no = $1 AND (SELECT min(idx) FROM evidence WHERE report = $1) < ",
            words_to!()
        ),
        params![no],
    );
    if !sqlite {
        unit.exec(
            "UPDATE report_fts SET text = array_to_tsvector(string_to_array($1, ' ')) WHERE no = $2",
            params![plain_words(words), no],
        );
        return;
    }
    unit.exec("DELETE FROM report_fts WHERE rowid = $1", params![no]);
    if !words.trim().is_empty() {
        unit.exec(
            "INSERT INTO report_fts (rowid, text) VALUES ($1, $2)",
            params![no, words],
        );
    }
}

impl Store {
    /// Reports whose words are to be made anew, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn to_reword(&self, limit: i64) -> Result<Vec<i64>, ReadError> {
        let sql = "SELECT no FROM report_reword ORDER BY no DESC LIMIT $1";
        let rows = self.db.rows(sql, params![limit]).await?;
        rows.iter().map(|row| Ok(row.int(0)?)).collect()
    }

    /// What was written on these reports after they came in, each text with the report's number.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn later_texts(&self, numbers: &[i64]) -> Result<Vec<(i64, String)>, ReadError> {
        const MESSAGES: &str =
            "SELECT no, text FROM message WHERE no = $1 AND text <> '' ORDER BY n";
        const OLD: &str = "SELECT no, text FROM report_old WHERE no = $1 AND text <> '' AND sort <> 'change' ORDER BY n";
        let mut all = Vec::new();
        for no in numbers {
            for sql in [MESSAGES, OLD] {
                for row in self.db.rows(sql, params![*no]).await? {
                    all.push((row.int(0)?, row.text(1)?));
                }
            }
        }
        Ok(all)
    }
}
