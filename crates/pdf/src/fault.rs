//! Why a document was not printed.

/// Why a document was not printed. Blocks and rows are counted from 1; the cover is block 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// PDF/UA-1 clause 7.1 asks for a title.
    #[error("the document has no title")]
    NoTitle,
    /// A heading has no words.
    #[error("block {block}: the heading is empty")]
    EmptyHeading {
        /// Which block.
        block: usize,
    },
    /// Levels go from 1 to 6.
    #[error("block {block}: heading level {level} is not between 1 and 6")]
    HeadingLevel {
        /// Which block.
        block: usize,
        /// The level given.
        level: u8,
    },
    /// PDF/UA-1 clause 7.4.2: levels are not skipped, and the first one is 1.
    #[error(
        "block {block}: heading of level {level} follows one of level {after}; a level was skipped"
    )]
    HeadingSkips {
        /// Which block.
        block: usize,
        /// The level given.
        level: u8,
        /// The level of the heading before it; 0 where there is none.
        after: u8,
    },
    /// The outline of the document is made from headings.
    #[error("the document has no heading")]
    NoHeading,
    /// A table has no columns, or more than fit on a page.
    #[error("block {block}: the table has {columns} columns; 1 to {max} can be printed")]
    Columns {
        /// Which block.
        block: usize,
        /// How many columns the header has.
        columns: usize,
        /// How many can be printed.
        max: usize,
    },
    /// A row does not have as many cells as the header.
    #[error("block {block}, row {row}: {cells} cells under {columns} column headings")]
    Ragged {
        /// Which block.
        block: usize,
        /// Which row.
        row: usize,
        /// How many cells it has.
        cells: usize,
        /// How many the header has.
        columns: usize,
    },
    /// A header cell without words cannot be announced.
    #[error("block {block}: column {column} has no heading")]
    EmptyHeader {
        /// Which block.
        block: usize,
        /// Which column.
        column: usize,
    },
    /// PDF/UA-1 clause 7.3: a figure has a text alternative.
    #[error("block {block}: the chart has no text alternative")]
    NoAlt {
        /// Which block.
        block: usize,
    },
    /// A chart needs a point, and finite numbers within ±1e15.
    #[error("block {block}: the chart has no points, or a number that cannot be drawn")]
    Chart {
        /// Which block.
        block: usize,
    },
    /// Only `http:`, `https:` and `mailto:` addresses become links, so that a document cannot start a program.
    #[error("block {block}: {link:?} is not an http, https or mailto address")]
    Link {
        /// Which block.
        block: usize,
        /// The address given.
        link: String,
    },
    /// The fonts in this crate could not be read: the build is broken.
    #[error("the font {name} cannot be read")]
    Font {
        /// Which font.
        name: &'static str,
    },
    /// The PDF library refused to finish the file.
    #[error("the PDF library refused the document: {0}")]
    Refused(String),
}
