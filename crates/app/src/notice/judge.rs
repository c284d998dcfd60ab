//! Judging what machines reported, segment by segment after a mark that is moved in the unit that writes the judgements: nothing is judged
//! twice, and nothing is passed over, whenever the program ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_desk::notice::{Judged, Line, Seen, Tell, Why};
use cairn_kernel::label::Tlp;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::{Key, Observed};
use cairn_store::feeds::state::State;
use cairn_store::feeds::{FeedError, FeedStore};
use cairn_store::notice::{self as store, Directive, Known, Mark, Place};
use cairn_store::writer::{Unit, WriteError};

use super::BookOn;
use crate::App;
use crate::constituent::Register;
use crate::feeds::columns::KeyMaker;
use crate::report::{AppError, damaged};

/// Observations with an owner that are judged in one unit, at most.
const CHUNK: usize = 1_000;

/// An observation that has an owner.
struct Own {
    key: Key,
    owner: u32,
    line: Line,
    state: Option<State>,
    gone: bool,
}

/// Some observations of a segment, up to a row.
struct Chunk {
    segment: i64,
    report: i64,
    feed: i64,
    name: (String, String),
    next: i64,
    whole: bool,
    nobody: u64,
    own: Vec<Own>,
}

pub(super) fn line_of(row: &Observed<'_>, name: &(String, String), report: i64) -> Line {
    Line {
        feed: format!("{}/{}", name.0, name.1),
        kind: row.kind.to_owned(),
        identifier: row.identifier.to_owned(),
        malware: row.malware.to_owned(),
        severity: row.severity.to_owned(),
        ip: row.ip,
        port: row.port,
        transport: row.transport.to_owned(),
        fqdn: row.fqdn.to_owned(),
        url: row.url.to_owned(),
        asn: row.asn,
        cc: row.cc.to_owned(),
        tlp: row.tlp.to_owned(),
        tags: row.tags.to_owned(),
        at: row.at,
        report,
        offset: row.offset,
        bytes: row.bytes,
    }
}

/// Whose an observation is, by what constituents claim now.
pub(super) fn owner_of(register: &Register, row: &Observed<'_>) -> Option<u32> {
    let name = Some(row.fqdn).filter(|name| !name.is_empty());
    register
        .whose()
        .of(row.ip, row.asn, name)
        .map(|(owner, _)| owner.0)
}

/// The next observations after a mark; blocks.
fn chunk(
    feeds: &FeedStore,
    register: &Register,
    mark: Mark,
    now: Micros,
) -> Result<Option<Chunk>, FeedError> {
    let Some(piece) = feeds.piece_after(mark.segment)? else {
        return Ok(None);
    };
    let rows = &piece.rows;
    let mut made = Chunk {
        segment: piece.no,
        report: piece.report,
        feed: piece.feed,
        name: piece.name.clone(),
        next: mark.place,
        whole: true,
        nobody: 0,
        own: Vec::new(),
    };
    let mut maker = KeyMaker::default();
    // The same observation twice is judged once, as it was seen last.
    let mut found: BTreeMap<Key, (u32, Line)> = BTreeMap::new();
    let from = usize::try_from(mark.place).unwrap_or_default();
    for at in from..rows.len() {
        let Some(row) = rows.get(at) else { break };
        made.next += 1;
        match owner_of(register, &row) {
            None => made.nobody += 1,
            Some(owner) => {
                let line = line_of(&row, &piece.name, piece.report);
                found.insert(maker.of(&row), (owner, line));
            }
        }
        if found.len() >= CHUNK {
            made.whole = at + 1 >= rows.len();
            break;
        }
    }
    let keys: Vec<Key> = found.keys().copied().collect();
    let states = feeds.states_of(piece.feed, &keys)?;
    let heads = feeds.feed_heads()?;
    let head = heads.iter().find(|head| head.no == piece.feed);
    for ((key, (owner, line)), state) in found.into_iter().zip(states) {
        let gone = head
            .zip(state)
            .is_some_and(|(head, state)| head.gone(&state, now).is_some());
        made.own.push(Own {
            key,
            owner,
            line,
            state,
            gone,
        });
    }
    Ok(Some(made))
}

/// What becomes of a judgement, beside what is known.
enum Deed {
    /// Nothing: it stands as it is.
    Leave(Why),
    /// It is judged for the first time, or came back.
    New(i64),
    /// It was not told, and is judged anew.
    Again(i64),
}

fn deed(known: Option<&Known>, own: &Own) -> Deed {
    if own.gone {
        return Deed::Leave(Why::Gone);
    }
    let Some(known) = known else {
        return Deed::New(1);
    };
    let n = known.directive.place.n;
    if known.gone.is_some() {
        return Deed::New(n + 1);
    }
    match known.directive.why {
        // A person decided, or it was told not long ago: the next notice says that it is still there.
        Why::Told => Deed::Leave(Why::Interval),
        why @ (Why::Answered | Why::Approval) => Deed::Leave(why),
        _ => Deed::Again(n),
    }
}

impl App {
    /// Judges the next observations; `None` if there are none.
    pub(super) async fn judge_some(&self, book: &BookOn) -> Result<Option<u64>, AppError> {
        let mark = self.store.notice_mark().await?.unwrap_or_default();
        let register = self.ownership().await?;
        let (seen, now) = (Arc::clone(&register), self.clock.now());
        let found = self
            .machine(move |feeds| chunk(feeds, &seen, mark, now))
            .await?;
        let Some(chunk) = found.flatten() else {
            return Ok(None);
        };
        let mut unit = Unit::default();
        let after = if chunk.whole {
            Mark {
                segment: chunk.segment,
                place: 0,
                ..mark
            }
        } else {
            Mark {
                place: chunk.next,
                ..mark
            }
        };
        store::mark(&mut unit, Some(mark), after);
        let mut tallies: BTreeMap<Why, u64> = BTreeMap::new();
        if chunk.nobody > 0 {
            tallies.insert(Why::NoOwner, chunk.nobody);
        }
        for own in &chunk.own {
            let why = self
                .judge_one(&mut unit, book, &register, &chunk, own)
                .await?;
            *tallies.entry(why).or_default() += 1;
        }
        for (why, count) in tallies {
            store::tally(&mut unit, chunk.report, why, count);
        }
        match self.store.write(unit).await {
            // Somebody moved the mark: what comes after it is looked at anew.
            Err(WriteError::Conflict) => Ok(Some(0)),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Some(chunk.own.len() as u64 + chunk.nobody)),
        }
    }

    async fn judge_one(
        &self,
        unit: &mut Unit,
        book: &BookOn,
        register: &Register,
        chunk: &Chunk,
        own: &Own,
    ) -> Result<Why, AppError> {
        let known = self.store.directive(own.key, chunk.feed).await?;
        let (n, again) = match deed(known.as_ref(), own) {
            Deed::Leave(why) => return Ok(why),
            Deed::New(n) => (n, false),
            Deed::Again(n) => (n, true),
        };
        let Some(facts) = register.facts(own.owner) else {
            return Ok(Why::NoOwner);
        };
        let seen = seen(&own.line, &chunk.name, own.state, self.clock.now());
        let judged = book.book.judge(&seen, own.owner, facts, self.notice_day());
        let (rule, tell, why) = match judged {
            Judged::Tell(rule, tell) => (rule, Some(tell.labelled(seen.tlp)), Why::Due),
            Judged::Silent(rule, _) => (rule, None, Why::Rule),
            Judged::NoRule => (0, None, Why::NoRule),
        };
        let json = |tell: &Tell| serde_json::to_string(tell).map_err(damaged("rule"));
        let one = Directive {
            place: Place {
                key: own.key,
                feed: chunk.feed,
                n,
            },
            owner: own.owner,
            class: tell
                .as_ref()
                .map(|tell| tell.class.clone())
                .unwrap_or_default(),
            tell: tell.as_ref().map(json).transpose()?.unwrap_or_default(),
            rule,
            version: book.version,
            why,
            at: self.clock.now(),
            line: serde_json::to_string(&own.line).map_err(damaged("observation"))?,
        };
        let same = known.as_ref().is_some_and(|known| {
            let before = &known.directive;
            again
                && (before.owner, before.why, before.rule, before.version)
                    == (one.owner, one.why, one.rule, one.version)
                && before.tell == one.tell
        });
        match (same, again) {
            (true, _) => {}
            (false, true) => store::judge_again(unit, &one),
            (false, false) => store::judge(unit, &one),
        }
        Ok(why)
    }
}

/// As rules look at it.
pub(super) fn seen<'a>(
    line: &'a Line,
    name: &'a (String, String),
    state: Option<State>,
    now: Micros,
) -> Seen<'a> {
    Seen {
        kind: &line.kind,
        identifier: &line.identifier,
        feed: (&name.0, &name.1),
        malware: &line.malware,
        severity: &line.severity,
        // A label that nobody knows is taken for the strictest.
        tlp: (!line.tlp.is_empty()).then(|| line.tlp.parse().unwrap_or(Tlp::Red)),
        tags: &line.tags,
        ip: line.ip,
        port: line.port,
        asn: line.asn,
        cc: &line.cc,
        new: state.is_none_or(|state| state.seen <= 1),
        first: state.map_or(line.at, |state| state.first),
        now,
    }
}
