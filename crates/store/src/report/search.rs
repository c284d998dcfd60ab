//! Search by words, observables and filters: the question is always one of a few fixed texts, every filter is a parameter.
//!
//! Each text is driven by one index, newest first, or most severe first. What that index cannot answer is looked at row by
//! row, and of rows no more than [`LOOKED_ROWS_MAX`]: the answer says where it stopped, so that somebody can look further.

use cairn_desk::search::{Set, Wanted};
use cairn_kernel::observable::Observable;
use cairn_kernel::time::Micros;

use super::list::Order;
use super::{LIST_ROWS_MAX, Summary};
use crate::db::ReadError;
use crate::sql::{Row, Value};
use crate::{Store, params};

/// Rows that one question looks at, at most, where no index answers it.
pub const LOOKED_ROWS_MAX: i64 = 20_000;
/// The newest reports in which words are looked for one by one on PostgreSQL, before its index of words is asked.
const WALKED_ROWS: i64 = 4_000;
/// Reports with some words that PostgreSQL's index is asked for all at once: each is a page of the disk that is read.
const HITS_MAX: i64 = 2_000;
/// The newest reports in which words are looked for one by one if more have them.
const WALKED_FAR_ROWS: i64 = 50_000;
/// Reports that are counted for one observable, at most.
const COUNT_MAX: i64 = 10_000;
/// Numbers are given in the order in which reports come, but times of anonymous ones are cut to the hour, and clocks are put
/// right: so far from a bound may a report's place be.
const DISORDER: i64 = 24 * 3_600 * 1_000_000;

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// In which order. Words, observables and closed reports are only to be had newest first.
    pub order: Order,
    /// Go on after this one: `(severity, no)`.
    pub after: Option<(i64, i64)>,
    /// At most so many, up to [`LIST_ROWS_MAX`].
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Rows in their order.
    pub rows: Vec<Summary>,
    /// [`LOOKED_ROWS_MAX`] rows were looked at, and there are more: look further from here.
    pub further: Option<(i64, i64)>,
}

/// When an observable was seen in reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// In how many; counted up to 10,000.
    pub reports: u64,
    /// There are more.
    pub more: bool,
    /// The first report with it.
    pub first: Option<i64>,
    /// The newest.
    pub last: Option<i64>,
}

/// Every filter, as conditions on `report r`: parameters 1 to 39.
macro_rules! conditions {
    () => {
        "($1 = '' OR replace($1, ',' || r.category || ',', '') <> $1) \
         AND ($2 = '' OR replace($2, ',' || r.category || ',', '') = $2) \
         AND ($3 = '' OR replace($3, ',' || coalesce(r.subtype, '') || ',', '') <> $3) \
         AND ($4 = '' OR replace($4, ',' || coalesce(r.subtype, '') || ',', '') = $4) \
         AND ($5 = '' OR replace($5, ',' || r.state || ',', '') <> $5) \
         AND ($6 = '' OR replace($6, ',' || r.state || ',', '') = $6) \
         AND ($7 = '' OR replace($7, ',' || coalesce(r.assignee, '-') || ',', '') <> $7) \
         AND ($8 = '' OR replace($8, ',' || coalesce(r.assignee, '-') || ',', '') = $8) \
         AND ($9 = '' OR replace($9, ',' || r.language || ',', '') <> $9) \
         AND ($10 = '' OR replace($10, ',' || r.language || ',', '') = $10) \
         AND ($11 = '' OR replace($11, ',' || coalesce(r.region, '') || ',', '') <> $11) \
         AND ($12 = '' OR replace($12, ',' || coalesce(r.region, '') || ',', '') = $12) \
         AND ($13 = '' OR replace($13, ',' || coalesce(r.sector, '') || ',', '') <> $13) \
         AND ($14 = '' OR replace($14, ',' || coalesce(r.sector, '') || ',', '') = $14) \
         AND ($15 = '' OR replace($15, ',' || r.loss || ',', '') <> $15) \
         AND ($16 = '' OR replace($16, ',' || r.loss || ',', '') = $16) \
         AND ($17 = '' OR replace($17, ',' || CAST(r.severity AS TEXT) || ',', '') <> $17) \
         AND (NOT $18 OR (r.loss_minor >= $19 AND r.loss_minor <= $20)) \
         AND r.received_at >= $21 AND r.received_at < $22 \
         AND (NOT $23 OR (r.loss = 'yes') = $24) \
         AND (NOT $25 OR EXISTS (SELECT 1 FROM report_contact c WHERE c.no = r.no) = $26) \
         AND (NOT $27 OR EXISTS (SELECT 1 FROM report_file d WHERE d.no = r.no) = $28) \
         AND (NOT $29 OR r.wants_help = $30) \
         AND ($31 = '' OR (SELECT count(*) FROM report_consent e WHERE e.no = r.no AND e.given \
              AND replace($31, ',' || e.agency || ',', '') <> $31) \
              + (SELECT count(*) FROM kept_consent e WHERE e.no = r.no \
              AND replace($31, ',' || e.agency || ',', '') <> $31) = $32) \
         AND ($33 = '' OR NOT (EXISTS (SELECT 1 FROM report_consent e WHERE e.no = r.no AND e.given \
              AND replace($33, ',' || e.agency || ',', '') <> $33) \
              OR EXISTS (SELECT 1 FROM kept_consent e WHERE e.no = r.no \
              AND replace($33, ',' || e.agency || ',', '') <> $33))) \
         AND ($34 = '' OR (SELECT count(DISTINCT h.agency) FROM referral h WHERE h.no = r.no AND h.sent_at IS NOT NULL \
              AND replace($34, ',' || h.agency || ',', '') <> $34) = $35) \
         AND ($36 = '' OR NOT EXISTS (SELECT 1 FROM referral h WHERE h.no = r.no AND h.sent_at IS NOT NULL \
              AND replace($36, ',' || h.agency || ',', '') <> $36)) \
         AND ($37 = '' OR EXISTS (SELECT 1 FROM referral h WHERE h.no = r.no \
              AND (replace($37, ',' || h.state || ',', '') <> $37 \
              OR (replace($37, ',overdue,', '') <> $37 AND h.due < $38)))) \
         AND ($39 = '' OR NOT EXISTS (SELECT 1 FROM referral h WHERE h.no = r.no \
              AND (replace($39, ',' || h.state || ',', '') <> $39 \
              OR (replace($39, ',overdue,', '') <> $39 AND h.due < $38)))) "
    };
}

/// One question text per index and, for words, per database.
mod search_sql {
    macro_rules! by_number {
        ($($extra:literal)? ; $limit:literal) => {
            concat!(
                "SELECT ",
                summary_columns!(),
                " FROM report r WHERE ",
                conditions!(),
                "AND r.no >= $40 AND r.no < $41 ",
                $($extra,)?
                " ORDER BY r.no DESC LIMIT ",
                $limit
            )
        };
    }
    pub(super) const NEWEST: &str = by_number!(; "$42");
    pub(super) const CATEGORY: &str = by_number!("AND r.category = $42"; "$43");
    pub(super) const STATE: &str = by_number!("AND r.state <> 'received' AND r.state = $42"; "$43");
    pub(super) const ASSIGNEE: &str = by_number!("AND r.assignee = $42"; "$43");
    // `+`: SQLite must begin with the index of severities, and not with that of numbers.
    // PostgreSQL begins where its statistics say, which a `+` would hide from it.
    macro_rules! by_severity {
        ($no:literal; $extra:literal; $limit:literal) => {
            concat!(
                "SELECT ",
                summary_columns!(),
                " FROM report r WHERE r.state <> 'closed' AND ",
                conditions!(),
                "AND ",
                $no,
                " >= $40 AND ",
                $no,
                " < $41 AND (NOT $42 OR r.severity > $43 OR (r.severity = $43 AND r.no < $44)) ",
                $extra,
                " ORDER BY r.severity, r.no DESC LIMIT ",
                $limit
            )
        };
    }
    pub(super) const SEVERE_SQLITE: &str = by_severity!("+r.no"; ""; "$45");
    pub(super) const SEVERE_POSTGRES: &str = by_severity!("r.no"; ""; "$45");
    pub(super) const SEVERE_CATEGORY_SQLITE: &str =
        by_severity!("+r.no"; "AND r.category = $45"; "$46");
    pub(super) const SEVERE_CATEGORY_POSTGRES: &str =
        by_severity!("r.no"; "AND r.category = $45"; "$46");
    /// The same among so many of the most severe and no more.
    macro_rules! among_severe {
        ($extra:literal; $looked:literal, $limit:literal) => {
            concat!(
                "SELECT ",
                summary_columns!(),
                " FROM report r WHERE ",
                conditions!(),
                "AND +r.no >= $40 AND +r.no < $41 AND r.no IN (SELECT s.no FROM report s WHERE s.state <> 'closed' \
                 AND (NOT $42 OR s.severity > $43 OR (s.severity = $43 AND s.no < $44)) ",
                $extra,
                " ORDER BY s.severity, s.no DESC LIMIT ",
                $looked,
                ") ORDER BY r.severity, r.no DESC LIMIT ",
                $limit
            )
        };
    }
    pub(super) const AMONG_SEVERE: &str = among_severe!(""; "$45", "$46");
    pub(super) const AMONG_SEVERE_CATEGORY: &str =
        among_severe!("AND s.category = $45"; "$46", "$47");
    // CROSS JOIN: SQLite must begin with the words, whatever else it could begin with.
    pub(super) const TEXT_SQLITE: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report_fts f CROSS JOIN report r WHERE r.no = f.rowid AND ",
        conditions!(),
        "AND f.rowid >= $40 AND f.rowid < $41 AND f.report_fts MATCH $42 ORDER BY f.rowid DESC LIMIT $43"
    );
    /// Walks the numbers down: for words that many reports have.
    pub(super) const TEXT_POSTGRES: &str = concat!(
        "SELECT ",
        summary_columns!(),
        " FROM report_fts f JOIN report r ON r.no = f.no WHERE ",
        conditions!(),
        "AND f.no >= $40 AND f.no < $41 AND f.text @@ CAST(CAST($42 AS TEXT) AS tsquery) ORDER BY f.no DESC LIMIT $43"
    );
    /// Asks the index of words for all that have them: for words that few reports have.
    pub(super) const RARE_POSTGRES: &str = concat!(
        "WITH hit AS MATERIALIZED (SELECT h.no FROM report_fts h WHERE h.text @@ CAST(CAST($42 AS TEXT) AS tsquery)) SELECT ",
        summary_columns!(),
        " FROM (SELECT no FROM hit WHERE no >= $40 AND no < $41 ORDER BY no DESC OFFSET 0) f JOIN report r ON r.no = f.no WHERE ",
        conditions!(),
        " ORDER BY f.no DESC LIMIT $43"
    );

    // The first row that is not looked at any more.
    pub(super) const CATEGORY_END: &str = "SELECT no FROM report WHERE category = $1 AND no >= $2 AND no < $3 \
         ORDER BY no DESC LIMIT 1 OFFSET $4";
    pub(super) const STATE_END: &str = "SELECT no FROM report WHERE state <> 'received' AND state = $1 \
         AND no >= $2 AND no < $3 ORDER BY no DESC LIMIT 1 OFFSET $4";
    pub(super) const ASSIGNEE_END: &str = "SELECT no FROM report WHERE assignee = $1 AND no >= $2 AND no < $3 \
         ORDER BY no DESC LIMIT 1 OFFSET $4";
    pub(super) const TEXT_END_SQLITE: &str = "SELECT rowid FROM report_fts WHERE report_fts MATCH $1 \
         AND rowid >= $2 AND rowid < $3 ORDER BY rowid DESC LIMIT 1 OFFSET $4";
    pub(super) const HITS_POSTGRES: &str = "SELECT count(*) FROM (SELECT no FROM report_fts \
         WHERE text @@ CAST(CAST($1 AS TEXT) AS tsquery) AND no >= $2 AND no < $3 LIMIT $4) AS hits";
    pub(super) const SEVERE_END: &str = "SELECT no, severity FROM report WHERE state <> 'closed' \
         AND (NOT $1 OR severity > $2 OR (severity = $2 AND no < $3)) ORDER BY severity, no DESC LIMIT 1 OFFSET $4";
    pub(super) const SEVERE_CATEGORY_END: &str = "SELECT no, severity FROM report WHERE state <> 'closed' \
         AND (NOT $1 OR severity > $2 OR (severity = $2 AND no < $3)) AND category = $4 \
         ORDER BY severity, no DESC LIMIT 1 OFFSET $5";
}

/// When a word was seen: counted up to a bound, and where it is first and last if there are more.
struct SeenSql {
    counted: &'static str,
    first: &'static str,
    last: &'static str,
}

mod seen_sql {
    use super::SeenSql;

    pub(super) const SQLITE: SeenSql = SeenSql {
        counted: "SELECT count(*), min(no), max(no) FROM (SELECT rowid AS no FROM report_fts WHERE report_fts MATCH $1 LIMIT $2) AS n",
        first: "SELECT rowid FROM report_fts WHERE report_fts MATCH $1 AND $2 > 0 ORDER BY rowid LIMIT 1",
        last: "SELECT rowid FROM report_fts WHERE report_fts MATCH $1 AND $2 > 0 ORDER BY rowid DESC LIMIT 1",
    };
    pub(super) const POSTGRES: SeenSql = SeenSql {
        counted: "SELECT count(*), min(no), max(no) FROM (SELECT no FROM report_fts \
                  WHERE text @@ CAST(CAST($1 AS TEXT) AS tsquery) LIMIT $2) AS n",
        first: "SELECT no FROM report_fts WHERE text @@ CAST(CAST($1 AS TEXT) AS tsquery) AND $2 > 0 ORDER BY no LIMIT 1",
        last: "SELECT no FROM report_fts WHERE text @@ CAST(CAST($1 AS TEXT) AS tsquery) AND $2 > 0 ORDER BY no DESC LIMIT 1",
    };
}

/// What a question has for parameters beside the bounds of numbers.
struct Asked<'a> {
    filters: Vec<Value>,
    key: Option<&'a str>,
    limit: usize,
}

impl Asked<'_> {
    fn params(&self, low: i64, high: i64) -> Vec<Value> {
        let mut out = self.filters.clone();
        out.extend(params![low, high]);
        out.extend(self.key.map(Value::from));
        out.push(Value::from(self.limit as u64));
        out
    }
}

/// What leads the way.
enum Source {
    /// All, newest first.
    Newest,
    /// All that are open, most severe first; of one category, if that is named.
    Severe(Option<String>),
    /// An index of one column, for this value: the question, and where to stop.
    Column(&'static str, &'static str, String),
    /// Words and observables, as the index is asked.
    Text(String),
}

/// A full-text query in which every word is quoted, so that no word can be an operator. A word with marks in it
/// (`a.b@evil.example`) must occur with all its parts, on both databases; that they follow each other is not asked,
/// since SQLite's index keeps no places (which saves a third of what a report costs it).
pub(crate) fn all_words(words: &[String], prefix: bool, sqlite: bool) -> String {
    let words: Vec<String> = words
        .iter()
        .filter_map(|word| quoted(word, sqlite))
        .collect();
    let mut out = words.join(if sqlite { " AND " } else { " & " });
    if prefix && !out.is_empty() {
        out.push_str(if sqlite { "*" } else { ":*" });
    }
    out
}

/// One word, quoted; `None` if nothing of it is a letter or digit.
fn quoted(word: &str, sqlite: bool) -> Option<String> {
    let parts = word.split(super::is_gap).filter(|part| !part.is_empty());
    let parts: Vec<&str> = if sqlite {
        parts.collect()
    } else {
        parts.map(super::lexeme).collect()
    };
    if parts.is_empty() {
        return None;
    }
    Some(if sqlite {
        format!("\"{}\"", parts.join("\" AND \""))
    } else {
        format!("'{}'", parts.join("' & '")).to_ascii_lowercase()
    })
}

/// What the index is asked; empty if it has nothing to say.
fn match_text(wanted: &Wanted, sqlite: bool) -> String {
    let seen = |one: &Observable| {
        let mut word = String::new();
        super::observable_word(one, &mut word);
        word
    };
    let mut positive: Vec<String> = wanted.observables.iter().map(seen).collect();
    let ends_in_word = wanted
        .words
        .last()
        .is_some_and(|word| quoted(word, sqlite).is_some());
    positive.extend(wanted.words.iter().cloned());
    let mut out = all_words(&positive, wanted.prefix && ends_in_word, sqlite);
    if out.is_empty() {
        return out;
    }
    let without = wanted.without.iter().cloned();
    for word in without.chain(wanted.without_observables.iter().map(seen)) {
        let Some(word) = quoted(&word, sqlite) else {
            continue;
        };
        out = if sqlite {
            format!("({out}) NOT ({word})")
        } else {
            format!("({out}) & !({word})")
        };
    }
    out
}

/// `,a,b,`, or nothing; never two commas, which would stand for a code that is not there.
fn list(codes: &[String]) -> String {
    if codes.is_empty() {
        String::new()
    } else {
        format!(",{},", codes.join(","))
    }
}

/// Parameters 1 to 39.
fn filters(wanted: &Wanted) -> Vec<Value> {
    let mut out = Vec::with_capacity(42);
    let sets: [&Set; 8] = [
        &wanted.category,
        &wanted.subtype,
        &wanted.state,
        &wanted.assignee,
        &wanted.language,
        &wanted.region,
        &wanted.sector,
        &wanted.loss,
    ];
    for set in sets {
        out.extend(params![list(&set.any), list(&set.none)]);
    }
    let levels: Vec<String> = wanted.severity.iter().map(ToString::to_string).collect();
    let (least, most) = wanted.loss_minor.unwrap_or_default();
    let (from, to) = wanted.received;
    out.extend(params![
        list(&levels),
        wanted.loss_minor.is_some(),
        least,
        most,
        from.map_or(i64::MIN, |at| at.0),
        to.map_or(i64::MAX, |at| at.0)
    ]);
    for flag in [wanted.some_loss, wanted.contact, wanted.files, wanted.help] {
        out.extend(params![flag.is_some(), flag.unwrap_or_default()]);
    }
    out.extend(params![
        list(&wanted.consent),
        wanted.consent.len() as u64,
        list(&wanted.no_consent),
        list(&wanted.referred),
        wanted.referred.len() as u64,
        list(&wanted.not_referred),
        list(&wanted.referral.any),
        wanted.late_at.map_or(0, |at| at.0),
        list(&wanted.referral.none)
    ]);
    out
}

/// Whether anything is asked that the source's own index does not answer, so that rows may be looked at in vain. That
/// closed reports are left out is not counted: the newest are seldom closed.
fn looks(wanted: &Wanted, source: &Source) -> bool {
    let mut rest = wanted.clone();
    let open = [String::from("closed")];
    if rest.state.any.is_empty() && rest.state.none == open {
        rest.state.none.clear();
    }
    match source {
        Source::Severe(category) => {
            if category.is_some() {
                rest.category.any.clear();
            }
            return rest != Wanted::default();
        }
        Source::Newest => {}
        Source::Column(search_sql::CATEGORY, ..) => rest.category.any.clear(),
        Source::Column(search_sql::STATE, ..) => rest.state.any.clear(),
        Source::Column(..) => rest.assignee.any.clear(),
        Source::Text(_) => {
            rest.words.clear();
            rest.prefix = false;
            rest.without.clear();
            rest.phrases.clear();
            rest.observables.clear();
            rest.without_observables.clear();
        }
    }
    // Days are found by their numbers.
    rest.received = (None, None);
    rest != Wanted::default()
}

impl Store {
    /// A page of what is wanted, bodies not loaded. Phrases are not looked at: whoever shows them reads the bodies of
    /// what is found.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn search(&self, wanted: &Wanted, page: &Page) -> Result<Found, ReadError> {
        if wanted.nothing {
            return Ok(Found::default());
        }
        let source = self.source(wanted, page);
        let (mut low, mut high) = (0, i64::MAX);
        if let Some(from) = wanted.received.0 {
            low = self.number_at(from.0.saturating_sub(DISORDER)).await?;
        }
        if let Some(to) = wanted.received.1 {
            high = self.number_at(to.0.saturating_add(DISORDER)).await?;
        }
        if matches!(source, Source::Text(_)) {
            self.writer.settle().await;
        }
        match source {
            Source::Severe(_) => self.most_severe(wanted, page, &source, (low, high)).await,
            source => {
                let high = page.after.map_or(high, |(_, no)| high.min(no));
                self.newest(wanted, page, &source, (low, high)).await
            }
        }
    }

    fn source(&self, wanted: &Wanted, page: &Page) -> Source {
        let text = match_text(wanted, self.db.is_sqlite());
        if !text.is_empty() {
            return Source::Text(text);
        }
        let state = wanted.state.one();
        if page.order == Order::Severe && is_open(wanted) {
            return Source::Severe(wanted.category.one().map(str::to_owned));
        }
        if let Some(id) = wanted
            .assignee
            .one()
            .filter(|id| *id != cairn_desk::search::NOBODY)
        {
            let (sql, end) = (search_sql::ASSIGNEE, search_sql::ASSIGNEE_END);
            return Source::Column(sql, end, id.to_owned());
        }
        if let Some(code) = wanted.category.one() {
            let (sql, end) = (search_sql::CATEGORY, search_sql::CATEGORY_END);
            return Source::Column(sql, end, code.to_owned());
        }
        match state.filter(|state| *state != "received") {
            Some(state) => {
                let (sql, end) = (search_sql::STATE, search_sql::STATE_END);
                Source::Column(sql, end, state.to_owned())
            }
            None => Source::Newest,
        }
    }

    /// Numbers from `low` on and below `high`, newest first.
    async fn newest(
        &self,
        wanted: &Wanted,
        page: &Page,
        source: &Source,
        (low, high): (i64, i64),
    ) -> Result<Found, ReadError> {
        let sqlite = self.db.is_sqlite();
        let (sql, end, key) = match source {
            Source::Column(sql, end, key) => (*sql, *end, Some(key)),
            Source::Text(text) if sqlite => (
                search_sql::TEXT_SQLITE,
                search_sql::TEXT_END_SQLITE,
                Some(text),
            ),
            Source::Text(text) => (search_sql::TEXT_POSTGRES, "", Some(text)),
            Source::Newest | Source::Severe(_) => (search_sql::NEWEST, "", None),
        };
        let limit = page.limit.clamp(1, LIST_ROWS_MAX);
        let asked = Asked {
            filters: filters(wanted),
            key: key.map(String::as_str),
            limit,
        };
        let (rows, floor) = if matches!(source, Source::Text(_)) && !sqlite {
            self.by_words(&asked, (low, high)).await?
        } else {
            let looks = looks(wanted, source);
            let floor = self.floor(looks, key.map(|key| (end, key.as_str())), (low, high));
            let floor = floor.await?;
            (self.read(sql, asked.params(floor, high)).await?, floor)
        };
        let stopped = rows.len() < limit && floor > low.max(1);
        Ok(Found {
            rows,
            further: stopped.then_some((0, floor)),
        })
    }

    /// The lowest number that is looked at, so that no more than [`LOOKED_ROWS_MAX`] rows are; `key` is the question for the first
    /// row beyond them, and what its index is asked.
    async fn floor(
        &self,
        looks: bool,
        key: Option<(&'static str, &str)>,
        (low, high): (i64, i64),
    ) -> Result<i64, ReadError> {
        match (looks, key) {
            (true, Some((end, key))) => {
                let params = params![key, low, high, LOOKED_ROWS_MAX];
                let row = self.db.rows_anew(end, params).await?.into_iter().next();
                Ok(row.map_or(Ok(low), |row| row.int(0).map(|no| no + 1))?)
            }
            // Numbers have few gaps, so that so many numbers are about so many rows, and never more.
            (true, None) => {
                let top = high.min(self.newest_report().await? + 1);
                Ok(top.saturating_sub(LOOKED_ROWS_MAX).max(low))
            }
            (false, _) => Ok(low),
        }
    }

    /// Rows with some words, on PostgreSQL, and down to which number they were looked for. Nobody knows beforehand how many
    /// have the words, and its planner guesses badly for those that are in no statistic: so the newest are walked first; if
    /// few of them have the words, the index of words is asked for all; and if they are too many for that, as many are walked
    /// as may be.
    async fn by_words(
        &self,
        asked: &Asked<'_>,
        (low, high): (i64, i64),
    ) -> Result<(Vec<Summary>, i64), ReadError> {
        let top = high.min(self.newest_report().await? + 1);
        let near = top.saturating_sub(WALKED_ROWS).max(low);
        let walk = search_sql::TEXT_POSTGRES;
        let rows = self.read(walk, asked.params(near, high)).await?;
        if rows.len() == asked.limit || near <= low.max(1) {
            return Ok((rows, low));
        }
        let key = asked.key.unwrap_or_default();
        let params = params![key, low, high, HITS_MAX + 1];
        let hits = self.db.rows_anew(search_sql::HITS_POSTGRES, params).await?;
        let hits = hits.first().map_or(Ok(0), |row| row.int(0))?;
        if hits <= HITS_MAX {
            let rare = search_sql::RARE_POSTGRES;
            return Ok((self.read(rare, asked.params(low, high)).await?, low));
        }
        let far = top.saturating_sub(WALKED_FAR_ROWS).max(low);
        Ok((self.read(walk, asked.params(far, high)).await?, far))
    }

    /// Open reports in the order of severity.
    async fn most_severe(
        &self,
        wanted: &Wanted,
        page: &Page,
        source: &Source,
        (low, high): (i64, i64),
    ) -> Result<Found, ReadError> {
        let category = match source {
            Source::Severe(category) => category.as_deref(),
            _ => None,
        };
        let (severity, no) = page.after.unwrap_or_default();
        let mut place = params![page.after.is_some(), severity, no];
        place.extend(category.map(Value::from));
        let looks = looks(wanted, source);
        let further = if looks {
            let end = match category {
                Some(_) => search_sql::SEVERE_CATEGORY_END,
                None => search_sql::SEVERE_END,
            };
            let mut params = place.clone();
            params.push(Value::from(LOOKED_ROWS_MAX));
            let row: Option<Row> = self.db.rows_anew(end, params).await?.into_iter().next();
            row.map(|row| Ok::<_, ReadError>((row.int(1)?, row.int(0)? + 1)))
                .transpose()?
        } else {
            None
        };
        let limit = page.limit.clamp(1, LIST_ROWS_MAX);
        let mut params = filters(wanted);
        params.extend(params![low, high]);
        params.extend(place);
        params.extend(looks.then(|| Value::from(LOOKED_ROWS_MAX)));
        params.push(Value::from(limit as u64));
        let sql = match (looks, category, self.db.is_sqlite()) {
            (true, None, _) => search_sql::AMONG_SEVERE,
            (true, Some(_), _) => search_sql::AMONG_SEVERE_CATEGORY,
            (false, None, true) => search_sql::SEVERE_SQLITE,
            (false, None, false) => search_sql::SEVERE_POSTGRES,
            (false, Some(_), true) => search_sql::SEVERE_CATEGORY_SQLITE,
            (false, Some(_), false) => search_sql::SEVERE_CATEGORY_POSTGRES,
        };
        let rows = self.read(sql, params).await?;
        Ok(Found {
            further: further.filter(|_| rows.len() < limit),
            rows,
        })
    }

    async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Summary>, ReadError> {
        let rows = self.db.rows_anew(sql, params).await?;
        rows.iter().map(Summary::read).collect()
    }

    pub(crate) async fn newest_report(&self) -> Result<i64, ReadError> {
        let sql = "SELECT no FROM report ORDER BY no DESC LIMIT 1";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// The lowest number from which on reports came in at or after a moment; found by halves, some twenty small readings.
    async fn number_at(&self, at: i64) -> Result<i64, ReadError> {
        let high = self.newest_report().await? + 1;
        self.number_between(at, 1, high).await
    }

    /// The first number, from `low` to `high`, of a report that came in at `at` or later; found by halving.
    pub(crate) async fn number_between(
        &self,
        at: i64,
        mut low: i64,
        mut high: i64,
    ) -> Result<i64, ReadError> {
        let sql = "SELECT no, received_at FROM report WHERE no >= $1 ORDER BY no LIMIT 1";
        while low < high {
            let middle = low.midpoint(high);
            let row = self.db.row(sql, params![middle]).await?;
            match row
                .map(|row| Ok::<_, ReadError>((row.int(0)?, row.int(1)?)))
                .transpose()?
            {
                Some((no, received)) if received < at => low = no + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// In how many reports an observable is, and in which first and last. Found by 64 bits of its digest.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn observable_seen(&self, observable: &Observable) -> Result<Seen, ReadError> {
        self.writer.settle().await;
        let mut word = String::new();
        super::observable_word(observable, &mut word);
        let asked = async |sql| -> Result<Option<Row>, ReadError> {
            let rows = self
                .db
                .rows_anew(sql, params![word.as_str(), COUNT_MAX + 1]);
            Ok(rows.await?.into_iter().next())
        };
        let one = async |sql| -> Result<Option<i64>, ReadError> {
            let row = asked(sql).await?;
            Ok(row.map(|row| row.int(0)).transpose()?)
        };
        let of = if self.db.is_sqlite() {
            seen_sql::SQLITE
        } else {
            seen_sql::POSTGRES
        };
        let (mut first, mut last, mut found) = (None, None, 0);
        if let Some(row) = asked(of.counted).await? {
            (found, first, last) = (row.int(0)?, row.int_opt(1)?, row.int_opt(2)?);
        }
        if found > COUNT_MAX {
            (first, last) = (one(of.first).await?, one(of.last).await?);
        }
        Ok(Seen {
            reports: found.min(COUNT_MAX).unsigned_abs(),
            more: found > COUNT_MAX,
            first,
            last,
        })
    }

    /// When reports came in, and the JSON of their bodies; those that are there.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn report_bodies(&self, numbers: &[i64]) -> Result<Vec<(i64, String)>, ReadError> {
        let sql = "SELECT no, body FROM report_body WHERE no = $1";
        let numbers = numbers.iter().map(|no| Value::from(*no)).collect();
        let rows = self.db.row_each(sql, numbers).await?;
        rows.iter()
            .flatten()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }

    /// When a report came in.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn received_at(&self, no: i64) -> Result<Option<Micros>, ReadError> {
        let sql = "SELECT received_at FROM report WHERE no = $1";
        let row = self.db.row(sql, params![no]).await?;
        Ok(row.map(|row| row.at(0)).transpose()?)
    }
}

/// No closed report is asked for.
#[must_use]
fn is_open(wanted: &Wanted) -> bool {
    let closed = |list: &[String]| list.iter().any(|one| one == "closed");
    closed(&wanted.state.none) || (!wanted.state.any.is_empty() && !closed(&wanted.state.any))
}
