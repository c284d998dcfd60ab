//! What is read of notices.

use cairn_desk::notice::{Standing, State, Why};
use cairn_kernel::time::Micros;

use super::{Directive, Mark, Place};
use crate::db::ReadError;
use crate::feeds::segment::Key;
use crate::sql::Row;
use crate::{Store, params};

/// Notices of one page.
pub const PAGE_NOTICES: i64 = 50;
/// Groups that are looked at in one turn.
const GROUPS_MAX: i64 = 1_000;
/// Times from notice to gone that are looked at, the newest.
const TIMES_MAX: i64 = 200_000;
/// Judgements of one source that are shown.
const SOURCE_ROWS_MAX: i64 = 500;
/// Steps and answers of one notice that are read.
const STEPS_ROWS_MAX: i64 = 2_000;

/// What goes together and may be due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Number of the constituent.
    pub owner: u32,
    /// How it is told, JSON.
    pub tell: String,
    /// Observations that were not told yet.
    pub due: u64,
    /// When the owner was last told so.
    pub last: Option<Micros>,
    /// Why it waits, as it was said last.
    pub why: Option<Why>,
}

/// What is known of a judged observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The judgement.
    pub directive: Directive,
    /// The newest notice that tells it.
    pub notice: Option<i64>,
    /// When it was first told.
    pub told: Option<Micros>,
    /// When it was gone.
    pub gone: Option<Micros>,
    /// The owner's last answer.
    pub answer: Option<String>,
}

/// Which notices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In this state.
    pub state: Option<State>,
    /// Of this constituent.
    pub owner: Option<u32>,
    /// Of this class.
    pub class: Option<String>,
    /// Below this number.
    pub before: Option<i64>,
}

/// A notice on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it stands.
    pub standing: Standing,
    /// Its class.
    pub class: String,
}

/// A notice with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where it stands.
    pub standing: Standing,
    /// What it says, JSON.
    pub content: String,
}

/// How a row of a notice stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which observation.
    pub place: Place,
    /// When it was gone, if it is.
    pub gone: Option<Micros>,
    /// The owner's last answer.
    pub answer: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// From 1.
    pub n: u32,
    /// When.
    pub at: Micros,
    /// What was said, JSON.
    pub said: String,
}

/// A told observation, for figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// Number of the constituent.
    pub owner: u32,
    /// Class.
    pub class: String,
    /// Seconds from notice to gone; `None` while it is there.
    pub seconds: Option<i64>,
}

fn number(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

fn content(what: &'static str, cause: impl ToString) -> ReadError {
    ReadError::Content {
        what,
        cause: cause.to_string(),
    }
}

fn key(row: &Row, column: usize) -> Result<Key, ReadError> {
    let bytes = row.blob(column)?;
    bytes
        .try_into()
        .map_err(|_| content("directive", "a key has 16 bytes"))
}

fn why(text: &str) -> Result<Why, ReadError> {
    Why::parse(text).ok_or_else(|| content("directive", "no such reason"))
}

macro_rules! directive_sql {
    ($rest:literal) => {
        concat!(
            "SELECT key, feed, n, owner, class, tell, rule, version, why, at, line, notice, told_at, gone_at, answer FROM directive ",
            $rest
        )
    };
}

macro_rules! notice_sql {
    ($rest:literal) => {
        concat!(
            "SELECT no, number, owner, contact, class, at, state, needs, approved, sent_at, sealing, lines, gone, answers, steps \
             FROM notice ",
            $rest
        )
    };
}

fn known(row: &Row) -> Result<Known, ReadError> {
    Ok(Known {
        directive: Directive {
            place: Place {
                key: key(row, 0)?,
                feed: row.int(1)?,
                n: row.int(2)?,
            },
            owner: number(row.int(3)?),
            class: row.text(4)?,
            tell: row.text(5)?,
            rule: number(row.int(6)?),
            version: number(row.int(7)?),
            why: why(&row.text(8)?)?,
            at: row.at(9)?,
            line: row.text(10)?,
        },
        notice: row.int_opt(11)?,
        told: row.int_opt(12)?.map(Micros),
        gone: row.int_opt(13)?.map(Micros),
        answer: row.text_opt(14)?,
    })
}

fn listed(row: &Row) -> Result<Listed, ReadError> {
    let state = row.text(6)?;
    let approved = row.text(8)?;
    Ok(Listed {
        class: row.text(4)?,
        standing: Standing {
            no: row.int(0)?,
            number: row.text(1)?,
            owner: number(row.int(2)?),
            contact: number(row.int(3)?),
            at: row.at(5)?,
            state: State::parse(&state).ok_or_else(|| content("notice", "no such state"))?,
            needs: number(row.int(7)?),
            approved: serde_json::from_str(&approved)
                .map_err(|_| content("notice", "its approvals do not parse"))?,
            sent: row.int_opt(9)?.map(Micros),
            sealing: row.text_opt(10)?,
            rows: number(row.int(11)?),
            gone: number(row.int(12)?),
            answers: number(row.int(13)?),
            steps: row.int(14)?,
        },
    })
}

impl Store {
    /// How far machine reports were judged; `None` before a book was on.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_mark(&self) -> Result<Option<Mark>, ReadError> {
        let sql = "SELECT segment, place, day, seq FROM notice_mark WHERE id = 1";
        let row = self.db.row(sql, Vec::new()).await?;
        row.map(|row| {
            Ok(Mark {
                segment: row.int(0)?,
                place: row.int(1)?,
                day: row.int(2)?,
                seq: row.int(3)?,
            })
        })
        .transpose()
    }

    /// The newest judgement of an observation of a feed.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn directive(&self, key: Key, feed: i64) -> Result<Option<Known>, ReadError> {
        let sql = directive_sql!("WHERE key = $1 AND feed = $2 ORDER BY n DESC LIMIT 1");
        let row = self.db.row(sql, params![key, feed]).await?;
        row.as_ref().map(known).transpose()
    }

    /// Judgements of a source: of keys that begin with the same six bytes.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn directives_like(&self, like: Key) -> Result<Vec<Known>, ReadError> {
        let (mut from, mut to) = (like, like);
        from.iter_mut().skip(6).for_each(|byte| *byte = 0);
        to.iter_mut().skip(6).for_each(|byte| *byte = 0xff);
        let sql = directive_sql!("WHERE key >= $1 AND key <= $2 ORDER BY key, feed, n LIMIT $3");
        let rows = self
            .db
            .rows(sql, params![from, to, SOURCE_ROWS_MAX])
            .await?;
        rows.iter().map(known).collect()
    }

    /// What is due, or may be told again by now: by owner and way.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_groups(&self, now: Micros) -> Result<Vec<Group>, ReadError> {
        let sql = "SELECT d.owner, d.tell, CAST(sum(d.due) AS BIGINT), max(g.last_at), max(g.why) FROM (\
                   SELECT owner, tell, count(*) AS due FROM directive WHERE why = 'due' GROUP BY owner, tell \
                   UNION ALL SELECT owner, tell, CAST(0 AS BIGINT) AS due FROM directive WHERE why = 'told' AND gone_at IS NULL \
                   AND again_at <= $1 GROUP BY owner, tell) d LEFT JOIN notice_group g ON g.owner = d.owner AND g.tell = d.tell \
                   GROUP BY d.owner, d.tell ORDER BY d.owner, d.tell LIMIT $2";
        let rows = self.db.rows(sql, params![now, GROUPS_MAX]).await?;
        rows.iter()
            .map(|row| {
                Ok(Group {
                    owner: number(row.int(0)?),
                    tell: row.text(1)?,
                    due: row.int(2)?.unsigned_abs(),
                    last: row.int_opt(3)?.map(Micros),
                    why: row.text_opt(4)?.map(|text| why(&text)).transpose()?,
                })
            })
            .collect()
    }

    /// The observations of a group that a notice tells: those that are due; those that were told and may be told again; those that were
    /// told and went since the notice before.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_rows_due(
        &self,
        group: &Group,
        now: Micros,
        limit: usize,
    ) -> Result<Vec<Known>, ReadError> {
        let sql = directive_sql!(
            "WHERE owner = $1 AND tell = $2 AND (why = 'due' OR (why = 'told' AND (again_at <= $3 OR gone_at >= $4))) \
             ORDER BY CASE WHEN why = 'due' THEN 0 WHEN gone_at IS NULL THEN 1 ELSE 2 END, key, feed, n LIMIT $5"
        );
        let since = group.last.unwrap_or(Micros(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = params![group.owner, group.tell.as_str(), now, since, limit];
        let rows = self.db.rows(sql, values).await?;
        rows.iter().map(known).collect()
    }

    /// Why what goes together for an owner waits.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_waits(&self, owner: u32) -> Result<Vec<(String, Why)>, ReadError> {
        let sql = "SELECT tell, why FROM notice_group WHERE owner = $1 ORDER BY tell LIMIT 500";
        let rows = self.db.rows(sql, params![owner]).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?, why(&row.text(1)?)?)))
            .collect()
    }

    /// What waits, by why: owners and observations.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notices_held(&self) -> Result<Vec<(Why, u64, u64)>, ReadError> {
        let sql = "SELECT coalesce(g.why, 'due'), count(DISTINCT d.owner), count(*) FROM directive d LEFT JOIN notice_group g \
                   ON g.owner = d.owner AND g.tell = d.tell AND g.why <> 'told' WHERE d.why = 'due' \
                   GROUP BY coalesce(g.why, 'due') ORDER BY 1 LIMIT 50";
        let rows = self.db.rows(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| {
                let many = |column| row.int(column).map(i64::unsigned_abs);
                Ok((why(&row.text(0)?)?, many(1)?, many(2)?))
            })
            .collect()
    }

    /// What was judged of the newest reports: number of the report, why, observations.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_tallies(&self, reports: i64) -> Result<Vec<(i64, Why, u64)>, ReadError> {
        let sql = "SELECT report, why, observations FROM notice_tally WHERE report > (SELECT coalesce(max(report), 0) - $1 \
                   FROM notice_tally) ORDER BY report DESC, why LIMIT 2000";
        let rows = self.db.rows(sql, params![reports]).await?;
        rows.iter()
            .map(|row| Ok((row.int(0)?, why(&row.text(1)?)?, row.int(2)?.unsigned_abs())))
            .collect()
    }

    /// Told observations that are not gone, after one of them; at most `limit`.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn told_after(
        &self,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Vec<(Place, Option<i64>)>, ReadError> {
        let after = after.unwrap_or(Place {
            key: [0; 16],
            feed: -1,
            n: 0,
        });
        let sql = "SELECT key, feed, n, notice FROM directive WHERE key >= $1 AND (key > $2 OR (key = $3 AND (feed > $4 OR (feed = $5 AND n > $6)))) \
                   AND gone_at IS NULL AND (told_at IS NOT NULL OR why IN ('due', 'approval', 'answered')) ORDER BY key, feed, n LIMIT $7";
        let values = params![
            after.key, after.key, after.key, after.feed, after.feed, after.n, limit
        ];
        let rows = self.db.rows(sql, values).await?;
        rows.iter()
            .map(|row| {
                let place = Place {
                    key: key(row, 0)?,
                    feed: row.int(1)?,
                    n: row.int(2)?,
                };
                Ok((place, row.int_opt(3)?))
            })
            .collect()
    }

    /// The number of the newest notice; 0 if there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn last_notice(&self) -> Result<i64, ReadError> {
        let sql = "SELECT coalesce(max(no), 0) FROM notice";
        let row = self.db.row(sql, Vec::new()).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?)
    }

    /// Notices that were made at a moment or later and may leave or did.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notices_since(&self, at: Micros) -> Result<u64, ReadError> {
        let sql = "SELECT count(*) FROM notice WHERE at >= $1 AND state <> 'dropped'";
        let row = self.db.row(sql, params![at]).await?;
        Ok(row.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
    }

    /// Notices, the newest first; a page.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notices(&self, wanted: &Wanted) -> Result<Vec<Listed>, ReadError> {
        let sql = notice_sql!(
            "WHERE no < $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND (CAST($3 AS BIGINT) IS NULL OR owner = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR class = $4) ORDER BY no DESC LIMIT $5"
        );
        let values = params![
            wanted.before.unwrap_or(i64::MAX),
            wanted.state.map(State::as_str),
            wanted.owner,
            wanted.class.as_deref(),
            PAGE_NOTICES
        ];
        let rows = self.db.rows(sql, values).await?;
        rows.iter().map(listed).collect()
    }

    /// Notices of an owner that left after a moment (and, of that moment, after a number) and until another, in the order in which they
    /// left; with what each says.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notices_left(
        &self,
        owner: u32,
        (after, no): (Micros, i64),
        until: Micros,
        limit: i64,
    ) -> Result<Vec<Head>, ReadError> {
        let sql = "SELECT no, number, owner, contact, class, at, state, needs, approved, sent_at, sealing, lines, gone, answers, steps, \
                   content FROM notice WHERE owner = $1 AND sent_at IS NOT NULL AND state IN ('sent', 'returned') \
                   AND (sent_at > $2 OR (sent_at = $3 AND no > $4)) AND sent_at <= $5 ORDER BY sent_at, no LIMIT $6";
        let values = params![owner, after, after, no, until, limit];
        let rows = self.db.rows(sql, values).await?;
        rows.iter()
            .map(|row| {
                Ok(Head {
                    standing: listed(row)?.standing,
                    content: row.text(15)?,
                })
            })
            .collect()
    }

    /// Notices by state.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_states(&self) -> Result<Vec<(State, u64)>, ReadError> {
        let sql = "SELECT state, count(*) FROM notice GROUP BY state ORDER BY state LIMIT 10";
        let rows = self.db.rows(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| {
                let state = State::parse(&row.text(0)?);
                let state = state.ok_or_else(|| content("notice", "no such state"))?;
                Ok((state, row.int(1)?.unsigned_abs()))
            })
            .collect()
    }

    /// A notice by its number within the installation.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice(&self, no: i64) -> Result<Option<Head>, ReadError> {
        let row = self
            .db
            .row(notice_sql!("WHERE no = $1"), params![no])
            .await?;
        self.head(row).await
    }

    /// A notice by the number that people call it by.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_by(&self, number: &str) -> Result<Option<Head>, ReadError> {
        let sql = notice_sql!("WHERE number = $1");
        let row = self.db.row(sql, params![number]).await?;
        self.head(row).await
    }

    async fn head(&self, row: Option<Row>) -> Result<Option<Head>, ReadError> {
        let Some(row) = row else { return Ok(None) };
        let standing = listed(&row)?.standing;
        let sql = "SELECT content FROM notice WHERE no = $1";
        let found = self.db.row(sql, params![standing.no]).await?;
        let content = found.map_or_else(|| Ok(String::new()), |row| row.text(0))?;
        Ok(Some(Head { standing, content }))
    }

    /// How the rows of a notice stand now, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_lines(&self, no: i64) -> Result<Vec<Line>, ReadError> {
        let sql = "SELECT r.key, r.feed, r.n, d.gone_at, d.answer FROM notice_row r LEFT JOIN directive d ON d.key = r.key \
                   AND d.feed = r.feed AND d.n = r.n WHERE r.notice = $1 ORDER BY r.place";
        let rows = self.db.rows(sql, params![no]).await?;
        rows.iter()
            .map(|row| {
                Ok(Line {
                    place: Place {
                        key: key(row, 0)?,
                        feed: row.int(1)?,
                        n: row.int(2)?,
                    },
                    gone: row.int_opt(3)?.map(Micros),
                    answer: row.text_opt(4)?,
                })
            })
            .collect()
    }

    /// What happened to a notice, as JSON, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_events(&self, no: i64) -> Result<Vec<String>, ReadError> {
        let sql = "SELECT event FROM notice_step WHERE no = $1 ORDER BY n LIMIT $2";
        let rows = self.db.rows(sql, params![no, STEPS_ROWS_MAX]).await?;
        rows.iter().map(|row| Ok(row.text(0)?)).collect()
    }

    /// What the owner answered, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_answers(&self, no: i64) -> Result<Vec<Answered>, ReadError> {
        let sql = "SELECT n, at, said FROM notice_answer WHERE notice = $1 ORDER BY n LIMIT $2";
        let rows = self.db.rows(sql, params![no, STEPS_ROWS_MAX]).await?;
        rows.iter()
            .map(|row| {
                Ok(Answered {
                    n: number(row.int(0)?),
                    at: row.at(1)?,
                    said: row.text(2)?,
                })
            })
            .collect()
    }

    /// The notice that left by a mail with this Message-ID.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_mailed(&self, id: &str) -> Result<Option<i64>, ReadError> {
        let sql = "SELECT notice FROM notice_mail WHERE id = $1";
        let row = self.db.row(sql, params![id]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?)
    }

    /// What was told at a moment or later, with how long it took to go.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notice_times(&self, since: Micros) -> Result<Vec<Timed>, ReadError> {
        let sql = "SELECT owner, class, told_at, gone_at FROM directive WHERE told_at IS NOT NULL AND told_at >= $1 \
                   ORDER BY told_at DESC LIMIT $2";
        let rows = self.db.rows(sql, params![since, TIMES_MAX]).await?;
        rows.iter()
            .map(|row: &Row| {
                let told = row.int(2)?;
                let gone = row.int_opt(3)?;
                Ok(Timed {
                    owner: number(row.int(0)?),
                    class: row.text(1)?,
                    seconds: gone.map(|gone| gone.saturating_sub(told).div_euclid(1_000_000)),
                })
            })
            .collect()
    }

    /// What was told and was gone in a time: its owner, class, and seconds from the notice on.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn notices_gone(
        &self,
        (from, to): (Micros, Micros),
    ) -> Result<Vec<cairn_desk::figures::notices::Gone>, ReadError> {
        let sql = "SELECT owner, class, told_at, gone_at FROM directive WHERE told_at IS NOT NULL AND told_at < $1 \
                   AND gone_at >= $2 AND gone_at < $3 ORDER BY gone_at LIMIT $4";
        let rows = self.db.rows(sql, params![to, from, to, TIMES_MAX]).await?;
        let one = |row: &Row| {
            let seconds = row.int(3)?.saturating_sub(row.int(2)?);
            Ok(cairn_desk::figures::notices::Gone {
                owner: number(row.int(0)?),
                class: row.text(1)?,
                seconds: seconds.div_euclid(1_000_000),
            })
        };
        rows.iter().map(one).collect()
    }
}
