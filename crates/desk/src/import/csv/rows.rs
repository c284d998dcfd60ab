//! A large table is gone through twice: once to see which rows belong together, keeping a few bytes of each, and once ticket by
//! ticket. So memory holds one ticket at a time, wherever in the table its rows stand.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek};

use ::csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::{Columns, ROWS_MAX, Reject, row};
use crate::import::{Fault, Mapping, Old, Problem, number};

/// Where a row stands, and what tells its ticket from others: 16 bytes, for each row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Of the ticket's number. Two numbers that share it are read together and told apart then.
    of: u64,
    byte: u32,
    line: u32,
}

/// What some rows that belong together come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Together {
    /// Tickets, nearly always one.
    pub tickets: Vec<Old>,
    /// Rows that were not taken.
    pub rejects: Vec<Reject>,
}

/// The tickets of a table, in the order of their first rows.
pub struct Tickets<R> {
    reader: Reader<R>,
    columns: Columns,
    /// By ticket, then in the order of the table.
    places: Vec<Place>,
    /// The first row of each ticket, and where it is in `places`; in the order of the table.
    firsts: Vec<(u32, u32)>,
    next: usize,
    problems: Vec<Problem>,
}

impl<R: Read + Seek> Tickets<R> {
    /// Goes through the table once.
    ///
    /// # Errors
    /// What is wrong with the table itself: columns that are not there, or it does not read.
    pub fn open(from: R, mapping: &Mapping) -> Result<Self, Vec<Problem>> {
        let delimiter = mapping
            .delimiter
            .and_then(|c| u8::try_from(c).ok())
            .unwrap_or(b',');
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(from);
        let mut tickets = Self {
            reader,
            columns: Columns::default(),
            places: Vec::new(),
            firsts: Vec::new(),
            next: 0,
            problems: Vec::new(),
        };
        let mut record = ByteRecord::new();
        if !tickets.read(&mut record).map_err(|problem| vec![problem])? {
            return Ok(tickets);
        }
        tickets.columns = Columns::find(mapping, &cells(&record));
        let missing = tickets.columns.missing(mapping);
        if !missing.is_empty() {
            return Err(missing);
        }
        tickets
            .places(&mut record)
            .map_err(|problem| vec![problem])?;
        tickets.firsts();
        Ok(tickets)
    }

    fn read(&mut self, record: &mut ByteRecord) -> Result<bool, Problem> {
        let read = self.reader.read_byte_record(record);
        read.map_err(|error| Problem::new(Fault::Unreadable, "table", &error.to_string()))
    }

    fn places(&mut self, record: &mut ByteRecord) -> Result<(), Problem> {
        while self.read(record)? {
            let place = record
                .position()
                .map_or((0, 0), |at| (at.byte(), at.line()));
            let (Ok(byte), Ok(line)) = (u32::try_from(place.0), u32::try_from(place.1)) else {
                self.end(place.1);
                break;
            };
            if self.places.len() >= ROWS_MAX {
                self.end(place.1);
                break;
            }
            let mut of = DefaultHasher::new();
            match self.number(record) {
                Some(number) => number.hash(&mut of),
                // A row without a number belongs to no other.
                None => (byte, line).hash(&mut of),
            }
            let of = of.finish();
            self.places.push(Place { of, byte, line });
        }
        self.places.sort_unstable();
        self.places.shrink_to_fit();
        Ok(())
    }

    /// What follows is not taken, and is told.
    fn end(&mut self, line: u64) {
        let most = format!("this row and all below: at most {ROWS_MAX} rows are read at a time");
        let problem = Problem::new(Fault::Large, format!("row {line}"), &most);
        self.problems.push(problem);
    }

    fn number(&self, record: &ByteRecord) -> Option<String> {
        let place = self.columns.parts.get("number")?;
        let cell = record.get(*place)?;
        number(std::str::from_utf8(cell).ok()?.trim())
    }

    fn firsts(&mut self) {
        let mut last = None;
        for (at, place) in (0_u32..).zip(&self.places) {
            if last != Some(place.of) {
                self.firsts.push((place.byte, at));
            }
            last = Some(place.of);
        }
        self.firsts.sort_unstable();
        self.firsts.shrink_to_fit();
    }

    /// The first row.
    pub fn header(&self) -> &[String] {
        &self.columns.names
    }

    /// How many tickets there are, rows that cannot be taken among them.
    pub fn count(&self) -> u64 {
        self.firsts.len() as u64
    }

    /// What is wrong with the table itself, once.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// The next rows that belong together; `None` after the last.
    pub fn next_ticket(&mut self) -> Option<Together> {
        let (_, from) = *self.firsts.get(self.next)?;
        self.next += 1;
        let mut at = usize::try_from(from).ok()?;
        let of = self.places.get(at)?.of;
        let mut some = Together::default();
        let mut known = BTreeMap::new();
        while let Some(place) = self.places.get(at).filter(|place| place.of == of) {
            let place = *place;
            at += 1;
            self.one(place, &mut some, &mut known);
        }
        Some(some)
    }

    fn one(&mut self, place: Place, some: &mut Together, known: &mut BTreeMap<String, usize>) {
        let line = u64::from(place.line);
        let mut at = Position::new();
        at.set_byte(u64::from(place.byte)).set_line(line);
        let mut record = ByteRecord::new();
        let read = self
            .reader
            .seek(at)
            .and_then(|()| self.reader.read_byte_record(&mut record));
        let cells = cells(&record);
        let unreadable = |what: &str| Problem::new(Fault::Unreadable, format!("row {line}"), what);
        let taken = match read {
            Err(error) => Err(unreadable(&error.to_string())),
            Ok(false) => Err(unreadable("it is not there any more")),
            Ok(true) if std::str::from_utf8(record.as_slice()).is_err() => {
                Err(unreadable("not UTF-8"))
            }
            Ok(true) => row(&self.columns, &cells, line, &mut some.tickets, known),
        };
        if let Err(problem) = taken {
            some.rejects.push(Reject { cells, problem });
        }
    }
}

fn cells(record: &ByteRecord) -> Vec<String> {
    let cells = record.iter();
    cells
        .map(|cell| String::from_utf8_lossy(cell).into_owned())
        .collect()
}
