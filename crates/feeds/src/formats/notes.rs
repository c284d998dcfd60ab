//! What a parser remembers of a report beside its rows.

use cairn_kernel::time::Micros;

use crate::types::time;

/// Header lines that were read, the columns they name, and the time of the list if a comment tells it.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub header_lines: usize,
    pub columns: Vec<String>,
    pub since: Option<Micros>,
}

impl Notes {
    /// `; Last-Modified: Mon, 14 Sep 2015 04:39:22 GMT`, `# last updated 1450193702 (…)`
    pub fn comment(&mut self, text: &str) {
        if let Some((_, told)) = text.split_once("Last-Modified:") {
            self.since = time::parse(told).or(self.since);
        }
        if let Some((_, told)) = text.split_once("last updated ") {
            let seconds = told.split(' ').next().unwrap_or("");
            self.since = time::epoch(seconds).or(self.since);
        }
    }
}
