//! The model of a document: what a caller fills in.

use jiff::civil::Date;

/// A language of the document or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English as written in New Zealand (`en-NZ`).
    English,
    /// Te reo Māori (`mi`).
    Maori,
}

impl Language {
    /// From the short code of a page: `en` or `mi`; anything else is `None`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "en" => Some(Self::English),
            "mi" => Some(Self::Maori),
            _ => None,
        }
    }

    /// The language tag written into the file (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en-NZ",
            Self::Maori => "mi",
        }
    }
}

/// A document: what stands on its cover, and the blocks behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Shown on the cover, in the header of each page and as the window's title.
    pub title: String,
    /// The title's language where it differs from the document's.
    pub title_language: Option<Language>,
    /// The language of everything that names no other.
    pub language: Language,
    /// The organisation that answers for the document; may be empty.
    pub author: String,
    /// One or two sentences under the title, also the description in the metadata; may be empty.
    pub subject: String,
    /// The subject's language where it differs from the document's.
    pub subject_language: Option<Language>,
    /// The day of publication, in the metadata (midnight UTC).
    pub date: Date,
    /// Lines at the foot of the cover, below the author.
    pub facts: Vec<Vec<Span>>,
    /// The body, in reading order.
    pub blocks: Vec<Block>,
}

/// One block of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading. Level 1 starts a new page; levels 1 and 2 are in the table of contents, all are in the outline.
    Heading {
        /// 1 to 6; the first is 1, and none is skipped.
        level: u8,
        /// The words.
        text: String,
        /// Where it differs from the document's.
        language: Option<Language>,
    },
    /// Running text.
    Paragraph(Vec<Span>),
    /// A list with bullets or numbers.
    List {
        /// Numbers instead of bullets.
        ordered: bool,
        /// The text of each item.
        items: Vec<Vec<Span>>,
    },
    /// A table; its header is repeated on every page it runs over.
    Table(Table),
    /// A line chart, drawn as vectors.
    Chart(Chart),
    /// A remark that stands apart, in a tinted box.
    Note(Vec<Span>),
    /// What follows starts on a new page.
    PageBreak,
}

impl Block {
    /// A heading in the document's language.
    #[must_use]
    pub fn heading(level: u8, text: impl Into<String>) -> Self {
        Self::Heading {
            level,
            text: text.into(),
            language: None,
        }
    }

    /// A paragraph of plain text in the document's language.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Paragraph(vec![Span::plain(text)])
    }
}

/// A piece of text in one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The words; runs of white space count as one space.
    pub text: String,
    /// Bold, and tagged as strong.
    pub strong: bool,
    /// Slanted, and tagged as emphasis.
    pub emphasis: bool,
    /// An `http:`, `https:` or `mailto:` address to open.
    pub link: Option<String>,
    /// Where it differs from the document's.
    pub language: Option<Language>,
}

impl Span {
    /// Text without any emphasis.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// The same text, bold.
    #[must_use]
    pub fn strong(mut self) -> Self {
        self.strong = true;
        self
    }

    /// The same text, slanted.
    #[must_use]
    pub fn emphasis(mut self) -> Self {
        self.emphasis = true;
        self
    }

    /// The same text as a link to `address`.
    #[must_use]
    pub fn link(mut self, address: impl Into<String>) -> Self {
        self.link = Some(address.into());
        self
    }

    /// Plain text in a language that may differ from the document's.
    #[must_use]
    pub fn said(text: impl Into<String>, language: Option<Language>) -> Self {
        Self {
            language,
            ..Self::plain(text)
        }
    }

    /// The same text, said to be in `language`.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

/// A table. The first cell of each row is the row's header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Stands above the table; may be empty.
    pub caption: String,
    /// The caption's language where it differs from the document's.
    pub caption_language: Option<Language>,
    /// One heading for each column, none of them empty.
    pub header: Vec<String>,
    /// The headings' language where it differs from the document's.
    pub header_language: Option<Language>,
    /// Rows of exactly as many cells as the header has.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it says; empty is allowed except in the first column.
    pub spans: Vec<Span>,
    /// To which side the text leans.
    pub align: Align,
}

impl Cell {
    /// A cell with a figure: leans to the right, so that digits stand under each other.
    #[must_use]
    pub fn number(text: impl Into<String>) -> Self {
        Self {
            spans: vec![Span::plain(text)],
            align: Align::End,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::from(Span::plain(text))
    }
}

impl From<Span> for Cell {
    fn from(span: Span) -> Self {
        Self {
            spans: vec![span],
            align: Align::Start,
        }
    }
}

/// To which side the text of a cell leans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Align {
    /// To the left: words.
    #[default]
    Start,
    /// To the right: figures.
    End,
}

/// A line chart of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Stands above the chart; may be empty.
    pub caption: String,
    /// The caption's language where it differs from the document's.
    pub caption_language: Option<Language>,
    /// What a reader who cannot see the chart should know; required.
    pub alt: String,
    /// The unit of the values, written over the vertical axis; may be empty.
    pub unit: String,
    /// The observations, from left to right.
    pub points: Vec<Point>,
    /// A value to reach, drawn as a dashed line.
    pub target: Option<Target>,
}

/// One observation of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Place on the horizontal axis, in any unit; only distances count.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// What stands under it, for instance `2023/24`; left out of the drawing where labels would touch.
    pub label: String,
    /// The series was broken before this point: no line joins it to the point before.
    pub broken: bool,
}

/// The value that a chart's series should reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// In the unit of the chart.
    pub value: f64,
    /// What stands at the line, for instance `Target 2030: 90%`.
    pub label: String,
}
