//! Documents to print. The plan, its offices and its figures are made up.

use cairn_pdf::{Block, Cell, Chart, Document, Language, Point, Span, Table, Target};

pub fn document(blocks: Vec<Block>) -> Document {
    Document {
        title: "Digital Strategy: progress report 2026".to_owned(),
        title_language: None,
        language: Language::English,
        author: "Strategy Office".to_owned(),
        subject: "What moved since the first edition, computed from published figures that anyone can check.".to_owned(),
        subject_language: None,
        date: jiff::civil::Date::constant(2026, 2, 6),
        facts: Vec::new(),
        blocks,
    }
}

pub fn table(caption: &str, rows: usize) -> Table {
    let row = |n: usize| {
        vec![
            Cell::from(format!("Measure {n}: people who can do what they need online").as_str()),
            Cell::from(if n.is_multiple_of(3) {
                "never measured"
            } else {
                "improving"
            }),
            Cell::number(format!("{}.{}%", 60 + n % 30, n % 10)),
            Cell::number(format!("−{}.5", n % 7)),
        ]
    };
    Table {
        caption: caption.to_owned(),
        caption_language: None,
        header_language: None,
        header: ["Measure", "Status", "Latest", "Change"]
            .map(str::to_owned)
            .into(),
        rows: (1..=rows).map(row).collect(),
    }
}

pub fn chart(caption: &str) -> Chart {
    let values = [61.0, 64.5, 63.0, 70.25, 74.0, 73.5, 79.0];
    Chart {
        caption: caption.to_owned(),
        caption_language: None,
        alt: format!(
            "{caption}: line from 61% in 2018 to 79% in 2024, with a break before 2021; the target is 90%."
        ),
        unit: "% of adults".to_owned(),
        points: (2018..)
            .zip(values)
            .map(|(year, y)| point(year, y))
            .collect(),
        target: Some(Target {
            value: 90.0,
            label: "Target 2030: 90%".to_owned(),
        }),
    }
}

fn point(year: u16, y: f64) -> Point {
    Point {
        x: f64::from(year),
        y,
        label: year.to_string(),
        broken: year == 2021,
    }
}

/// One of everything, on a few pages.
pub fn small() -> Document {
    document(vec![
        Block::heading(1, "What moved"),
        Block::Paragraph(vec![
            Span::plain("Of the nine measures, "),
            Span::plain("three moved").strong(),
            Span::plain(" towards their target. The strategy is called "),
            Span::plain("Te Rautaki Matihiko mō Aotearoa")
                .language(Language::Maori)
                .emphasis(),
            Span::plain(". The figures are at "),
            Span::plain("the office’s data page")
                .link("https://strategy.example/data?edition=2026"),
            Span::plain("; ĀĒĪŌŪ āēīōū; the loss fell by −4.2%."),
        ]),
        Block::Note(vec![Span::plain(
            "With the base one year later, this status would read differently.",
        )]),
        Block::heading(2, "Coverage"),
        Block::List {
            ordered: false,
            items: vec![
                vec!["measured: three".into()],
                vec!["stale: two".into()],
                vec!["never measured: four".into()],
            ],
        },
        Block::List {
            ordered: true,
            items: vec![vec!["first step".into()], vec!["second step".into()]],
        },
        Block::Table(table("Measures and their status", 4)),
        Block::heading(3, "Trust"),
        Block::Chart(chart("People who trust online services")),
        Block::Heading {
            level: 1,
            text: "Ngā kaupapa".to_owned(),
            language: Some(Language::Maori),
        },
        Block::text("Second chapter."),
    ])
}

const PROSE: &str = "The office that owns this initiative filed a return in each of the last four quarters. Two of its \
    milestones were met on time, one was met late, and one has no evidence yet. The budget line that was allocated in the \
    first edition has been drawn in part; the rest was moved to the programme that follows. Where the series behind a \
    measure was revised, the earlier vintage is kept and shown beside the new one.";

/// A report of a whole plan: 24 initiatives, 40 tables, 30 charts.
pub fn large() -> Document {
    let mut blocks = vec![Block::heading(1, "Initiatives")];
    for n in 1..=24 {
        blocks.push(Block::heading(
            2,
            format!("Initiative {n}: services that people can reach from any place"),
        ));
        blocks.push(Block::text(PROSE));
        blocks.push(Block::heading(3, format!("Milestones {n}")));
        blocks.push(Block::Table(table(
            &format!("Milestones of initiative {n}"),
            5,
        )));
        blocks.push(Block::heading(3, format!("Progress {n}")));
        blocks.push(Block::text(PROSE));
        blocks.push(Block::Chart(chart(&format!("Progress of initiative {n}"))));
        blocks.push(Block::Paragraph(vec![
            Span::plain(format!("Source {n}: ")),
            Span::plain("returns of the owner").link("https://strategy.example/returns"),
            Span::plain(". "),
            Span::plain(PROSE),
        ]));
        blocks.push(Block::List {
            ordered: false,
            items: vec![
                vec![PROSE.into()],
                vec!["claims without evidence: one".into()],
            ],
        });
    }
    blocks.push(Block::heading(1, "Measures"));
    for n in 1..=16 {
        blocks.push(Block::heading(2, format!("Measure {n}")));
        blocks.push(Block::text(PROSE));
        blocks.push(Block::Table(table(
            &format!("Observations of measure {n}"),
            if n == 9 { 330 } else { 9 },
        )));
        if n <= 6 {
            blocks.push(Block::Chart(chart(&format!("Measure {n}"))));
        }
        blocks.push(Block::Note(vec![PROSE.into()]));
    }
    document(blocks)
}
