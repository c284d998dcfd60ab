//! Words of cases, so that officers find one by what its title, notes, rows, tasks and assets say: one document a case, written in the
//! transaction that changes its texts.

use cairn_kernel::text::fold;

use super::{CASES_ROWS_MAX, Summary};
use crate::db::ReadError;
use crate::report::{SEARCH_TEXT_BYTES_MAX, plain_words};
use crate::writer::{Unit, WriteError};
use crate::{Store, params};

mod words_sql {
    pub(super) const FOUND_SQLITE: &str = concat!(
        columns!(),
        "WHERE c.no IN (SELECT rowid FROM case_fts WHERE case_fts MATCH $1 AND rowid < $2) \
         AND ($3 OR c.state <> 'closed') AND ($4 = '' OR c.state = $4) AND ($5 = '' OR c.owner = $5) \
         AND (CAST($6 AS BIGINT) = 0 OR c.rank = $6) ORDER BY c.no DESC LIMIT $7"
    );
    pub(super) const FOUND_POSTGRES: &str = concat!(
        columns!(),
        "JOIN case_fts f ON f.no = c.no WHERE f.text @@ CAST(CAST($1 AS TEXT) AS tsquery) AND f.no < $2 \
         AND ($3 OR c.state <> 'closed') AND ($4 = '' OR c.state = $4) AND ($5 = '' OR c.owner = $5) \
         AND (CAST($6 AS BIGINT) = 0 OR c.rank = $6) ORDER BY c.no DESC LIMIT $7"
    );
}

/// What the index gets of a case's texts: each word once.
fn words_of<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all = String::new();
    for text in texts {
        all.push_str(&fold(text));
        all.push(' ');
    }
    let words = plain_words(&all);
    let end = words.floor_char_boundary(SEARCH_TEXT_BYTES_MAX);
    words.get(..end).unwrap_or_default().to_owned()
}

/// Puts the words of a case into the index, in place of those that it had. Comes after the case's own row, whose version it
/// takes.
pub fn index<'a>(unit: &mut Unit, no: i64, texts: impl Iterator<Item = &'a str>, sqlite: bool) {
    let words = words_of(texts);
    if sqlite {
        unit.exec("DELETE FROM case_fts WHERE rowid = $1", params![no]);
        unit.exec(
            "INSERT INTO case_fts (rowid, text) VALUES ($1, $2)",
            params![no, words],
        );
    } else {
        unit.exec(
            "INSERT INTO case_fts (no, text) VALUES ($1, array_to_tsvector(string_to_array($2, ' '))) \
             ON CONFLICT (no) DO UPDATE SET text = excluded.text",
            params![no, words],
        );
    }
    unit.exec(
        "UPDATE case_head SET found = version WHERE no = $1",
        params![no],
    );
}

impl Store {
    /// Cases with all these folded words in their texts, the last of which may be the beginning of a word; with the other parts
    /// of the filter, newest first. Nothing where no word has a letter or digit.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn cases_with(
        &self,
        words: &[String],
        filter: &super::Filter,
    ) -> Result<Vec<Summary>, ReadError> {
        let sqlite = self.db.is_sqlite();
        let text = crate::report::all_words(words, true, sqlite);
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let state = filter.state.as_deref().unwrap_or_default();
        let params = params![
            text,
            filter.before.unwrap_or(i64::MAX),
            filter.all || state == "closed",
            state,
            filter.owner.as_deref().unwrap_or_default(),
            filter.rank.unwrap_or_default(),
            filter.limit.clamp(1, CASES_ROWS_MAX)
        ];
        let sql = if sqlite {
            words_sql::FOUND_SQLITE
        } else {
            words_sql::FOUND_POSTGRES
        };
        let rows = self.db.rows_anew(sql, params).await?;
        rows.iter().map(Summary::read).collect()
    }

    /// Indexes cases that an older program wrote, some at a time; `true` while there may be more.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn index_old_cases(&self) -> Result<bool, WriteError> {
        const AT_ONCE: i64 = 100;
        let told = |error: ReadError| WriteError::Database(error.to_string());
        let sql = "SELECT no, version FROM case_head WHERE found = 0 ORDER BY no LIMIT $1";
        let rows = self.db.rows(sql, params![AT_ONCE]).await.map_err(told)?;
        for row in &rows {
            let number = |at| row.int(at).map_err(|error| told(error.into()));
            let (no, version) = (number(0)?, number(1)?);
            let texts = self.case_texts(no).await.map_err(told)?;
            let mut unit = Unit::default();
            // Who changed it meanwhile indexed it too.
            unit.expect(
                1,
                "UPDATE case_head SET found = version WHERE no = $1 AND version = $2 AND found = 0",
                params![no, version],
            );
            index(
                &mut unit,
                no,
                texts.iter().map(|row| row.text.as_str()),
                self.db.is_sqlite(),
            );
            match self.write(unit).await {
                Ok(_) | Err(WriteError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(rows.len() as i64 >= AT_ONCE)
    }
}
