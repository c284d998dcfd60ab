//! Lists of reports: filters, orders, text search. One query text per database, order and use of full text.

use cairn_desk::report::State;

use super::Summary;
use crate::Store;
use crate::db::ReadError;
use crate::params;
use crate::sql::Value;

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first.
    #[default]
    Newest,
    /// Most severe first, then newest.
    Severe,
}

/// What a list is to show. Text is already folded and split into words, the last of which may be a prefix.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Category code.
    pub category: Option<String>,
    /// State; `None` means "not closed".
    pub state: Option<State>,
    /// All states, closed ones too.
    pub all: bool,
    /// Account id.
    pub assignee: Option<String>,
    /// Folded words, all of which must occur.
    pub words: Vec<String>,
    /// Order.
    pub order: Order,
    /// Go on after this one: `(severity, no)`.
    pub after: Option<(i64, i64)>,
    /// At most so many, up to [`LIST_ROWS_MAX`].
    pub limit: usize,
}

/// So much of a report's text is found by words; PostgreSQL refuses more than 1 MiB.
pub const SEARCH_TEXT_BYTES_MAX: usize = 256 * 1024;

/// Most rows of one list.
pub const LIST_ROWS_MAX: usize = 200;

/// One query text per database, order and use of full text: no text is ever put together at run time.
mod list_sql {
    pub(super) const NEWEST: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report r WHERE ($1 = '' OR r.category = $1) AND ($2 = '' OR r.state = $2) \
         AND ($3 OR r.state <> 'closed') AND ($4 = '' OR r.assignee = $4) \
         AND (NOT $5 OR (CAST($6 AS BIGINT) IS NOT NULL AND r.no < $7)) ORDER BY r.no DESC LIMIT $8"
    );
    pub(super) const CATEGORY_NEWEST: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report r WHERE r.category = $1 AND ($2 = '' OR r.state = $2) \
         AND ($3 OR r.state <> 'closed') AND ($4 = '' OR r.assignee = $4) AND (NOT $5 OR (CAST($6 AS BIGINT) IS NOT NULL AND r.no < $7)) \
         ORDER BY r.no DESC LIMIT $8"
    );
    pub(super) const SEVERE: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report r WHERE r.state <> 'closed' AND ($1 = '' OR r.category = $1) \
         AND ($2 = '' OR r.state = $2) AND ($3 OR TRUE) AND ($4 = '' OR r.assignee = $4) \
         AND (NOT $5 OR r.severity > $6 OR (r.severity = $6 AND r.no < $7)) \
         ORDER BY r.severity, r.no DESC LIMIT $8"
    );
    pub(super) const CATEGORY_SEVERE: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report r WHERE r.state <> 'closed' AND r.category = $1 \
         AND ($2 = '' OR r.state = $2) AND ($3 OR TRUE) AND ($4 = '' OR r.assignee = $4) \
         AND (NOT $5 OR r.severity > $6 OR (r.severity = $6 AND r.no < $7)) \
         ORDER BY r.severity, r.no DESC LIMIT $8"
    );
    pub(super) const TEXT_SQLITE: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report_fts f JOIN report r ON r.no = f.rowid \
         WHERE ($1 = '' OR r.category = $1) AND ($2 = '' OR r.state = $2) AND ($3 OR r.state <> 'closed') \
         AND ($4 = '' OR r.assignee = $4) AND (NOT $5 OR (CAST($6 AS BIGINT) IS NOT NULL AND f.rowid < $7)) AND f.report_fts MATCH $8 \
         ORDER BY f.rowid DESC LIMIT $9"
    );
    pub(super) const TEXT_POSTGRES: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report_fts f JOIN report r ON r.no = f.no \
         WHERE ($1 = '' OR r.category = $1) AND ($2 = '' OR r.state = $2) AND ($3 OR r.state <> 'closed') \
         AND ($4 = '' OR r.assignee = $4) AND (NOT $5 OR (CAST($6 AS BIGINT) IS NOT NULL AND f.no < $7)) AND f.text @@ CAST(CAST($8 AS TEXT) AS tsquery) \
         ORDER BY f.no DESC LIMIT $9"
    );
}

impl Filter {
    fn params(&self) -> Vec<Value> {
        let (severity, no) = self.after.unwrap_or_default();
        params![
            self.category.as_deref().unwrap_or_default(),
            self.state.map_or("", State::as_str),
            self.all || self.state == Some(State::Closed),
            self.assignee.as_deref().unwrap_or_default(),
            self.after.is_some(),
            severity,
            no
        ]
    }

    fn match_text(&self, sqlite: bool) -> String {
        super::search::all_words(&self.words, true, sqlite)
    }
}

impl Store {
    /// A list of reports, bodies not loaded.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn reports(&self, filter: &Filter) -> Result<Vec<Summary>, ReadError> {
        let mut params = filter.params();
        let limit = filter.limit.clamp(1, LIST_ROWS_MAX) as u64;
        let severe =
            filter.order == Order::Severe && !filter.all && filter.state != Some(State::Closed);
        let sqlite = self.db.is_sqlite();
        let text = filter.match_text(sqlite);
        let sql = if text.is_empty() {
            match (severe, filter.category.is_some()) {
                (false, false) => list_sql::NEWEST,
                (false, true) => list_sql::CATEGORY_NEWEST,
                (true, false) => list_sql::SEVERE,
                (true, true) => list_sql::CATEGORY_SEVERE,
            }
        } else {
            self.writer.settle().await;
            params.push(Value::Text(text));
            if sqlite {
                list_sql::TEXT_SQLITE
            } else {
                list_sql::TEXT_POSTGRES
            }
        };
        params.push(Value::from(limit));
        self.db
            .rows_anew(sql, params)
            .await?
            .iter()
            .map(Summary::read)
            .collect()
    }
}
