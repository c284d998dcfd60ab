//! A table as a source: read row by row, with the rows that cannot be taken written beside it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_desk::import::csv::{Reject, Tickets};
use cairn_desk::import::{Mapping, Old, Problem};

use super::Next;

/// A table that is read as it goes.
pub struct Rows {
    tickets: Tickets<File>,
    waiting: VecDeque<Next>,
    problems: Vec<Problem>,
    rejects: Option<Rejects>,
}

struct Rejects {
    path: PathBuf,
    file: BufWriter<File>,
    columns: usize,
}

impl Rows {
    /// Goes through the table once, to see which rows belong together.
    ///
    /// # Errors
    /// The files cannot be opened.
    pub fn open(
        file: File,
        mapping: &Mapping,
        rejects: Option<&Path>,
    ) -> anyhow::Result<Result<Self, Vec<Problem>>> {
        let mut tickets = match Tickets::open(file, mapping) {
            Ok(tickets) => tickets,
            Err(problems) => return Ok(Err(problems)),
        };
        let rejects = rejects.map(|path| {
            Rejects::open(path, tickets.header()).with_context(|| path.display().to_string())
        });
        Ok(Ok(Self {
            problems: tickets.problems(),
            tickets,
            waiting: VecDeque::new(),
            rejects: rejects.transpose()?,
        }))
    }

    /// How many tickets there are.
    pub fn count(&self) -> u64 {
        self.tickets.count()
    }

    /// What is wrong with the table itself, once.
    pub fn problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    /// The next ticket, or a row that was not taken.
    ///
    /// # Errors
    /// A row could not be written beside the table.
    pub fn next(&mut self) -> anyhow::Result<Option<Next>> {
        while self.waiting.is_empty() {
            let Some(some) = self.tickets.next_ticket() else {
                if let Some(rejects) = &mut self.rejects {
                    rejects
                        .file
                        .flush()
                        .with_context(|| rejects.path.display().to_string())?;
                }
                return Ok(None);
            };
            for reject in some.rejects {
                if let Some(rejects) = &mut self.rejects {
                    let path = rejects.path.display().to_string();
                    rejects.add(&reject).context(path)?;
                }
                self.waiting.push_back(Next::Row(reject.problem));
            }
            let tickets = some.tickets.into_iter();
            self.waiting
                .extend(tickets.map(|old: Old| Next::Ticket(Box::new(old))));
        }
        Ok(self.waiting.pop_front())
    }
}

impl Rejects {
    fn open(path: &Path, header: &[String]) -> std::io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        let names = header.iter().map(String::as_str);
        line(&mut file, names.chain(["fault", "where"]))?;
        let path = path.to_owned();
        let columns = header.len();
        Ok(Self {
            path,
            file,
            columns,
        })
    }

    fn add(&mut self, reject: &Reject) -> std::io::Result<()> {
        let why = format!("{} {}", reject.problem.fault.number(), reject.problem.fault);
        let cells = reject.cells.iter().map(String::as_str);
        let missing = self.columns.saturating_sub(reject.cells.len());
        let cells = cells.chain(std::iter::repeat_n("", missing));
        line(
            &mut self.file,
            cells.chain([why.as_str(), &reject.problem.place]),
        )
    }
}

fn line<'a>(to: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    let cell = |text: &str| {
        let text = cairn_kernel::text::csv_cell(text).replace('"', "\"\"");
        format!("\"{text}\"")
    };
    let cells: Vec<String> = cells.map(cell).collect();
    writeln!(to, "{}", cells.join(","))
}
