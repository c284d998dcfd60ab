//! Making notices of what is due: who can be reached, whether the moment is right, what goes together.

use cairn_desk::constituent::Constituent;
use cairn_desk::notice::book::Limits;
use cairn_desk::notice::letter::{self, About};
use cairn_desk::notice::reach::Moment;
use cairn_desk::notice::{
    Change, Content, Part, ROWS_MAX, Row, Standing, Tell, Why, due, number, reach,
};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::feeds::FeedStore;
use cairn_store::job;
use cairn_store::notice::{self as store, Group, Known, Mark, New, Place};
use cairn_store::writer::{Unit, WriteError};

use super::gone::gone_of;
use super::send::{NOTICE_MAIL, payload};
use super::{BookOn, salted_json};
use crate::App;
use crate::report::{AppError, damaged};

const HOUR_SECONDS: i64 = 3_600;
/// A report that is taken in for longer holds nothing back: whoever took it in has given up.
const TAKING_IN_HOURS: i64 = 1;
/// Notices of one group in one turn: what is beyond goes in the next.
const PARTS_MAX: usize = 20;

impl App {
    /// Makes the notices that are due now.
    pub(super) async fn make_notices(&self, book: &BookOn) -> Result<u64, AppError> {
        let now = self.clock.now();
        let groups = self.store.notice_groups(now).await?;
        if groups.is_empty() {
            return Ok(0);
        }
        let since = now.plus_seconds(-TAKING_IN_HOURS * HOUR_SECONDS);
        let busy = self.machine(move |feeds| feeds.is_taking_in(since)).await?;
        if busy == Some(true) {
            return Ok(0);
        }
        let rows: u64 = groups.iter().map(|group| group.due).sum();
        if rows > u64::from(book.book.limits.stop_rows) {
            self.stop_book(rows).await?;
            return Ok(0);
        }
        let left = self
            .store
            .notices_since(now.plus_seconds(-HOUR_SECONDS))
            .await?;
        let mut made = 0;
        for group in &groups {
            let room = u64::from(book.book.limits.mails_hour).saturating_sub(left + made);
            made += self.make_group(book, group, room).await?;
        }
        Ok(made)
    }

    async fn make_group(&self, book: &BookOn, group: &Group, room: u64) -> Result<u64, AppError> {
        let now = self.clock.now();
        let Some(one) = self.store.constituent(group.owner).await? else {
            return self.waits(group, Why::NoOwner).await;
        };
        let tell: Tell = serde_json::from_str(&group.tell).map_err(damaged("rule"))?;
        let local = now.timestamp().to_zoned(self.config.time_zone.clone());
        let minute = i16::from(local.hour()) * 60 + i16::from(local.minute());
        let moment = Moment {
            now,
            last: group.last,
            new: group.due > 0,
            quiet: one.facts.quiet,
            minute: u16::try_from(minute).unwrap_or_default(),
        };
        let limits = &book.book.limits;
        let ready = due(&tell, &moment).and_then(|()| {
            let found = reach(&one, &tell, limits, |contact| self.can_seal(contact));
            found.map(|contact| contact.id)
        });
        let contact = match ready {
            Ok(_) if room == 0 => return self.waits(group, Why::Cap).await,
            Ok(contact) => contact,
            Err(why) => return self.waits(group, why).await,
        };
        let mut made = 0;
        for _ in 0..PARTS_MAX {
            if made >= room {
                break;
            }
            let rows = self.rows_due(group).await?;
            let full = rows.len() >= ROWS_MAX;
            if !self
                .make_one(book, (&one, contact), (group, &tell), rows)
                .await?
            {
                break;
            }
            made += 1;
            if !full {
                break;
            }
        }
        Ok(made)
    }

    /// It waits: said once, until something else is why.
    async fn waits(&self, group: &Group, why: Why) -> Result<u64, AppError> {
        if group.why != Some(why) {
            let mut unit = Unit::default();
            store::waits(&mut unit, group.owner, &group.tell, why, self.clock.now());
            self.store.write(unit).await?;
        }
        Ok(0)
    }

    /// What a notice of a group would say now.
    async fn rows_due(&self, group: &Group) -> Result<Vec<(Known, Option<Micros>)>, AppError> {
        let now = self.clock.now();
        let all = self.store.notice_rows_due(group, now, ROWS_MAX).await?;
        let places: Vec<Place> = all.iter().map(|known| known.directive.place).collect();
        let gone = self
            .machine(move |feeds: &FeedStore| {
                let heads = feeds.feed_heads()?;
                gone_of(feeds, &heads, &places, now)
            })
            .await?;
        let gone = gone.unwrap_or_else(|| vec![None; all.len()]);
        let with = all.into_iter().zip(gone);
        Ok(with
            .map(|(known, gone)| {
                let gone = known.gone.or(gone);
                (known, gone)
            })
            .collect())
    }

    /// Makes one notice of these rows; `false` if there is nothing that is new or still there.
    async fn make_one(
        &self,
        book: &BookOn,
        (one, contact): (&Constituent, u32),
        (group, tell): (&Group, &Tell),
        known: Vec<(Known, Option<Micros>)>,
    ) -> Result<bool, AppError> {
        let (rows, places) = rows_of(&known)?;
        if rows.iter().all(|row| row.part == Part::Gone) {
            return Ok(false);
        }
        let now = self.clock.now();
        let before = self.store.notice_mark().await?.unwrap_or_default();
        let after = next_number(before, self.day(now));
        let number = number(after.day, after.seq);
        let content = self.write_content(book, (one, contact), tell, (&number, rows))?;
        let (salted, digest) = salted_json(&content)?;
        let change = Change::Made {
            number,
            owner: one.no,
            contact,
            digest,
            rows: u32::try_from(content.rows.len()).unwrap_or(u32::MAX),
            needs: needs(&book.book.limits, &content),
        };
        let no = self.store.last_notice().await? + 1;
        let (event, entry) = self.notice_event(no, Actor::System, change)?;
        let standing = Standing::new(&event).ok_or(AppError::NotFound)?;
        let mut unit = Unit::default();
        store::mark(&mut unit, Some(before), after);
        let again = now.plus_seconds(i64::from(tell.hours) * HOUR_SECONDS);
        let new = New {
            standing: &standing,
            tell: &group.tell,
            content: &content,
            salted,
            places: &places,
            again,
        };
        store::make(&mut unit, new, entry);
        let tester = book.book.limits.tester.is_some();
        if standing.needs == 0 || tester {
            job::enqueue(
                &mut unit,
                NOTICE_MAIL,
                &payload(no, standing.needs > 0),
                now,
            );
        }
        match self.store.write(unit).await {
            Err(WriteError::Conflict | WriteError::Duplicate) => Ok(false),
            Err(error) => Err(error.into()),
            Ok(_) => {
                metrics::counter!("cairn_notices_total", self.store.labels()).increment(1);
                Ok(true)
            }
        }
    }

    fn write_content(
        &self,
        book: &BookOn,
        (one, contact): (&Constituent, u32),
        tell: &Tell,
        (number, rows): (&str, Vec<Row>),
    ) -> Result<Content, AppError> {
        let spoken = one.facts.language.as_deref().unwrap_or("en");
        let language = match spoken.split('-').next() {
            Some("mi") => "mi",
            _ => "en",
        };
        let label = tell.tlp.to_string();
        let owner = one.facts.name.replace(['{', '}'], "_");
        let about = About {
            service: self.config.name(language),
            owner: &owner,
            number,
            class: &tell.class,
            label: &label,
            rows: &rows,
        };
        let written = letter::write((&tell.template, tell.medium, language), &about);
        let (subject, text) =
            written.ok_or_else(|| AppError::Input("there is no such text".into()))?;
        Ok(Content {
            owner: one.no,
            name: one.facts.name.clone(),
            contact,
            tell: tell.clone(),
            version: book.version,
            language: language.to_owned(),
            subject,
            text,
            rows,
        })
    }
}

/// The rows of a notice, and which observations they are.
fn rows_of(all: &[(Known, Option<Micros>)]) -> Result<(Vec<Row>, Vec<Place>), AppError> {
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    for (known, gone) in all {
        let part = match (known.told, gone) {
            // It went before anybody was told: there is nothing to tell.
            (None, Some(_)) => continue,
            (None, None) => Part::New,
            (Some(_), None) => Part::Still,
            (Some(_), Some(_)) => Part::Gone,
        };
        rows.push(Row {
            part,
            line: serde_json::from_str(&known.directive.line).map_err(damaged("observation"))?,
            told: known.told,
            gone: *gone,
        });
        places.push(known.directive.place);
    }
    Ok((rows, places))
}

/// A person's approval: of two above a size, of one where everything goes to a tester first.
fn needs(limits: &Limits, content: &Content) -> u32 {
    if content.rows.len() as u64 > u64::from(limits.approve_rows) {
        2
    } else {
        u32::from(limits.tester.is_some())
    }
}

/// Numbers are counted from 1 each day. A clock that was put back goes on with the day that was.
fn next_number(before: Mark, today: i64) -> Mark {
    let day = before.day.max(today);
    let seq = if day == before.day { before.seq + 1 } else { 1 };
    Mark { day, seq, ..before }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_anew_each_day_and_never_come_twice() {
        let mut mark = Mark::default();
        let mut all = Vec::new();
        for day in [20_261_123, 20_261_123, 20_261_124, 20_261_123] {
            mark = next_number(mark, day);
            all.push(number(mark.day, mark.seq));
        }
        let expected = [
            "20261123-00000001",
            "20261123-00000002",
            "20261124-00000001",
            "20261124-00000002",
        ];
        assert_eq!(all, expected);
    }
}
