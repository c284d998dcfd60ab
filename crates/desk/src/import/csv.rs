//! A table: each row a ticket, or one entry of the ticket that a row before it named. The mapping says which column is what. A row
//! that cannot be taken is told with its number and why, and never stops the file.

mod rows;

use std::collections::BTreeMap;

use super::{Entry, Fault, Mapping, Old, Problem, Sort, number, time};
use crate::report::Contact;

pub use rows::{Tickets, Together};

/// Most rows.
pub const ROWS_MAX: usize = 5_000_000;
/// What may be read from a column.
pub const PARTS: [&str; 11] = [
    "number", "title", "received", "text", "name", "email", "phone", "owner", "thread", "author",
    "at",
];

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its cells.
    pub cells: Vec<String>,
    /// Why.
    pub problem: Problem,
}

/// What a table comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The first row.
    pub header: Vec<String>,
    /// Tickets in the order of their first rows.
    pub tickets: Vec<Old>,
    /// Rows that were not taken.
    pub rejects: Vec<Reject>,
    /// What is wrong with the table itself.
    pub problems: Vec<Problem>,
}

/// Where the parts stand.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    parts: BTreeMap<&'static str, usize>,
}

impl Columns {
    fn find(mapping: &Mapping, header: &[String]) -> Self {
        let place = |name: &str| {
            header
                .iter()
                .position(|column| column.trim().eq_ignore_ascii_case(name.trim()))
        };
        let part = |part: &'static str| Some((part, place(mapping.columns.get(part)?)?));
        Self {
            names: header.to_vec(),
            parts: PARTS.into_iter().filter_map(part).collect(),
        }
    }

    /// Parts that must be there and are not.
    fn missing(&self, mapping: &Mapping) -> Vec<Problem> {
        let parts = ["number", "received"].into_iter();
        let missing = parts.filter(|part| !self.parts.contains_key(part));
        let named = |part| mapping.columns.get(part).map_or(part, String::as_str);
        missing
            .map(|part| Problem::new(Fault::Missing, format!("column {}", named(part)), part))
            .collect()
    }

    fn get<'r>(&self, row: &'r [String], part: &str) -> &'r str {
        let place = self.parts.get(part);
        place
            .and_then(|place| row.get(*place))
            .map_or("", |cell| cell.trim())
    }

    /// Where a part stands, for who mends it.
    fn place(&self, line: u64, part: &'static str) -> String {
        let name = self
            .parts
            .get(part)
            .and_then(|place| self.names.get(*place));
        format!(
            "row {line}, column {}",
            name.map_or(part, |name| name.as_str())
        )
    }
}

/// Reads a table (RFC 4180) in UTF-8 that is in memory.
#[must_use]
pub fn parse(bytes: &[u8], mapping: &Mapping) -> Table {
    let mut table = Table::default();
    let mut tickets = match Tickets::open(std::io::Cursor::new(bytes), mapping) {
        Ok(tickets) => tickets,
        Err(problems) => {
            table.problems = problems;
            return table;
        }
    };
    table.header = tickets.header().to_vec();
    table.problems = tickets.problems();
    while let Some(some) = tickets.next_ticket() {
        table.tickets.extend(some.tickets);
        table.rejects.extend(some.rejects);
    }
    table
}

fn row(
    columns: &Columns,
    cells: &[String],
    line: u64,
    tickets: &mut Vec<Old>,
    known: &mut BTreeMap<String, usize>,
) -> Result<(), Problem> {
    let fault =
        |fault, part| Problem::new(fault, columns.place(line, part), columns.get(cells, part));
    if cells.len() != columns.names.len() {
        let what = format!(
            "{} cells, the header has {}",
            cells.len(),
            columns.names.len()
        );
        return Err(Problem::new(
            Fault::Unreadable,
            format!("row {line}"),
            &what,
        ));
    }
    let number =
        number(columns.get(cells, "number")).ok_or_else(|| fault(Fault::Number, "number"))?;
    let when = |part| time(columns.get(cells, part)).ok_or_else(|| fault(Fault::Time, part));
    if let Some(old) = known.get(&number).and_then(|place| tickets.get_mut(*place)) {
        let text = columns.get(cells, "text");
        if text.is_empty() || !columns.parts.contains_key("at") {
            return Err(fault(Fault::Twice, "number"));
        }
        let n = old.entries.len();
        old.entries
            .push(entry(columns, cells, when("at")?, format!("entry:{n}")));
        return Ok(());
    }
    let received = when("received")?;
    let part =
        |part| Some(columns.get(cells, part).to_owned()).filter(|text: &String| !text.is_empty());
    let contact = Contact {
        name: part("name"),
        email: part("email"),
        phone: part("phone"),
    };
    let names = columns.names.iter().zip(cells);
    let fields: Vec<(String, String)> = names
        .map(|(name, cell)| (name.trim().to_owned(), cell.trim().to_owned()))
        .filter(|(_, cell)| !cell.is_empty())
        .collect();
    let story = columns.get(cells, "text").to_owned();
    let mut old = Old {
        number: number.clone(),
        title: part("title").unwrap_or_else(|| cairn_kernel::text::title(&story)),
        received,
        contact: (!contact.is_empty()).then_some(contact),
        story,
        owner: part("owner"),
        fields,
        ..Old::default()
    };
    old.entries
        .push(entry(columns, cells, received, "entry:0".to_owned()));
    old.entries.push(Entry {
        key: "fields".to_owned(),
        at: received,
        sort: Sort::Fields,
        author: None,
        subject: String::new(),
        text: old.fields_text(),
    });
    known.insert(number, tickets.len());
    tickets.push(old);
    Ok(())
}

fn entry(
    columns: &Columns,
    cells: &[String],
    at: cairn_kernel::time::Micros,
    key: String,
) -> Entry {
    let comment = columns.get(cells, "thread").eq_ignore_ascii_case("comment");
    Entry {
        key,
        at,
        sort: if comment {
            Sort::Comment
        } else {
            Sort::Correspondence
        },
        author: Some(columns.get(cells, "author").to_owned()).filter(|name| !name.is_empty()),
        subject: String::new(),
        text: columns.get(cells, "text").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Codes, Source};

    fn mapping() -> Mapping {
        let form = crate::form::Form::parse(&crate::form::FormFiles::embedded()).unwrap();
        let codes = Codes {
            taxonomy: form.taxonomy(),
        };
        Mapping::read(Source::Csv, None, codes).unwrap()
    }

    #[test]
    fn bad_rows_are_told_by_row_and_column_and_stop_nothing() {
        let text = "\u{feff}number,title,received,text,at,colour\n\
            7,Parcel,2021-03-04,\"Hello,\nthere\",,red\n\
            8,Late,someday,x,,\n\
            ,None,2021-03-04,x,,\n\
            7,,,More,2021-03-05T00:00:00Z,\n\
            9,Short,2021-03-04\n\
            10,Last,2021-03-06,z,,\n";
        let table = parse(text.as_bytes(), &mapping());
        let numbers: Vec<&str> = table
            .tickets
            .iter()
            .map(|old| old.number.as_str())
            .collect();
        assert_eq!(numbers, ["7", "10"]);
        assert_eq!(table.tickets[0].entries.len(), 3);
        assert!(table.tickets[0].fields_text().contains("colour: red"));
        let faults: Vec<(Fault, &str)> = table
            .rejects
            .iter()
            .map(|r| (r.problem.fault, r.problem.place.as_str()))
            .collect();
        assert_eq!(
            faults,
            [
                (Fault::Time, "row 4, column received"),
                (Fault::Number, "row 5, column number"),
                (Fault::Unreadable, "row 7"),
            ]
        );
    }

    #[test]
    fn rows_of_a_ticket_may_stand_anywhere_and_a_number_that_comes_again_is_told() {
        let text = "number,received,text,at\r\n1,2021-03-04,one,\r\n\r\n2,2021-03-05,two,\r\n\
            1,,\"more,\nand more\",2021-03-06\r\n2,2021-03-05,,\r\n3,2021-03-05,three,\r\n";
        let table = parse(text.as_bytes(), &mapping());
        let texts = |old: &Old| -> Vec<String> {
            let written = old.entries.iter().filter(|one| one.sort != Sort::Fields);
            written.map(|one| one.text.clone()).collect()
        };
        let tickets: Vec<_> = table.tickets.iter().map(texts).collect();
        assert_eq!(
            tickets,
            [vec!["one", "more,\nand more"], vec!["two"], vec!["three"]]
        );
        let faults: Vec<_> = table
            .rejects
            .iter()
            .map(|reject| reject.problem.fault)
            .collect();
        assert_eq!(faults, [Fault::Twice]);
    }

    #[test]
    fn a_table_without_its_columns_is_not_read() {
        let table = parse(b"a,b\n1,2\n", &mapping());
        assert_eq!((table.problems.len(), table.tickets.len()), (2, 0));
    }
}
