use super::*;

fn read(markup: &str) -> Vec<Block> {
    blocks(markup, How::default())
}

fn text(block: &Block) -> String {
    match block {
        Block::Heading { level, text, .. } => format!("{} {text}", "#".repeat(usize::from(*level))),
        Block::Paragraph(spans) => words_of(spans),
        Block::Note(spans) => format!("> {}", words_of(spans)),
        Block::List { items, .. } => {
            let items: Vec<String> = items
                .iter()
                .map(|item| format!("* {}", words_of(item)))
                .collect();
            items.join("\n")
        }
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| {
                let cells: Vec<String> = row.iter().map(|cell| words_of(&cell.spans)).collect();
                cells.join(" | ")
            });
            let rows: Vec<String> = rows.collect();
            format!(
                "[{}] {}\n{}",
                table.caption,
                table.header.join(" | "),
                rows.join("\n")
            )
        }
        Block::Chart(chart) => format!("chart {}", chart.alt),
        Block::PageBreak => "break".to_owned(),
    }
}

fn texts(markup: &str) -> Vec<String> {
    read(markup).iter().map(text).collect()
}

#[test]
fn headings_paragraphs_and_what_is_left_out() {
    let markup = "<p class=\"caption\">no</p><h1><span>A &amp; B</span></h1><nav><p>no</p></nav><p>One <em>two</em> \
        <strong>three</strong>.</p><svg><text>no</text></svg>loose<p class=\"back\"><a href=\"x\">no</a></p><h2></h2>";
    assert_eq!(texts(markup), ["# A & B", "One two three.", "loose"]);
    let Some(Block::Paragraph(spans)) = read(markup).into_iter().nth(1) else {
        panic!("a paragraph");
    };
    assert!(
        spans
            .iter()
            .any(|span| span.text == "two" && span.emphasis && !span.strong)
    );
    assert!(
        spans
            .iter()
            .any(|span| span.text == "three" && span.strong && !span.emphasis)
    );
    let how = How {
        deeper: 2,
        ..How::default()
    };
    assert_eq!(
        blocks("<h1>a</h1><h6>b</h6>", how)
            .iter()
            .map(text)
            .collect::<Vec<_>>(),
        ["### a", "###### b"]
    );
}

#[test]
fn only_what_leads_out_of_the_site_is_a_link() {
    let all = spans(
        "<a href=\"https://x.example/?a=1&amp;b\">x</a> <a href=\"m/a.html\">y</a> <a href=\"javascript:z\">z</a> \
         <a href=\"https://x.example/ y\">w</a>",
        Lang::En,
    );
    let links: Vec<_> = all.iter().filter_map(|span| span.link.as_deref()).collect();
    assert_eq!(links, ["https://x.example/?a=1&b"]);
    assert_eq!(words_of(&all), "x y z w");
}

#[test]
fn lists_in_lists_and_facts() {
    assert_eq!(
        texts("<ul><li>a</li><li><p>b</p><p>c</p><ul><li>d</li></ul></li><li></li></ul><p>e</p>"),
        ["* a\n* b. c\n* – d", "e"]
    );
    assert_eq!(
        texts(
            "<dl class=\"summary\"><div><dt>Unit</dt><dd>%</dd></div><div><dt>Goals</dt><dd><ul class=\"plain\">\
            <li>a</li><li>b</li></ul></dd></div></dl>"
        ),
        ["* Unit: %\n* Goals: a; b"]
    );
    assert_eq!(
        texts("<ul class=\"rows\"><li class=\"row\"><p>a</p><p>b</p></li></ul>"),
        ["* a · b"]
    );
}

#[test]
fn boxes_stand_apart_as_one_text() {
    assert_eq!(
        texts("<div class=\"notice warning\"><h2>Gone</h2><p>Since 2026.</p></div><p>x</p>"),
        ["> Gone. Since 2026.", "x"]
    );
    assert_eq!(
        texts(
            "<div class=\"panel headline\"><p>14 %</p><p>Limited</p></div><blockquote><p>v</p></blockquote>"
        ),
        ["> 14 % · Limited", "> v"]
    );
}

#[test]
fn tables_have_a_header_and_full_rows() {
    let table = "<table><caption>C</caption><thead><tr><th scope=\"col\">A</th><th class=\"num\"></th></tr></thead><tbody>\
        <tr><th scope=\"row\">a<br><span class=\"hint\">b</span></th><td class=\"num\">1</td></tr>\
        <tr><td></td></tr></tbody></table>";
    assert_eq!(texts(table), ["[C] A | –\na – b | 1\n– | "]);
    let Some(Block::Table(read)) = read(table).into_iter().next() else {
        panic!("a table");
    };
    assert_eq!(read.rows[0][1].align, Align::End);
    let wide = format!(
        "<table><tr>{}</tr><tr>{}</tr></table>",
        "<th>h</th>".repeat(12),
        "<td>1</td>".repeat(12)
    );
    let said = texts(&wide);
    assert!(said[0].starts_with("* h: 1; h: 1; "), "{said:?}");
}

#[test]
fn another_language_is_told() {
    let how = How {
        lang: Lang::Mi,
        ..How::default()
    };
    let all = blocks(
        "<h2><span lang=\"en\">Sea</span></h2><p>Moana <span lang=\"en\">sea</span></p><div lang=\"en\"><p>a</p></div><p lang=\"mi\">b</p>",
        how,
    );
    let Some(Block::Heading { language, .. }) = all.first() else {
        panic!("a heading");
    };
    assert_eq!(*language, Some(Language::English));
    let languages: Vec<Vec<Option<Language>>> = all
        .iter()
        .filter_map(|block| match block {
            Block::Paragraph(spans) => Some(spans.iter().map(|span| span.language).collect()),
            _ => None,
        })
        .collect();
    assert_eq!(
        languages,
        [
            vec![None, Some(Language::English)],
            vec![Some(Language::English)],
            vec![None]
        ]
    );
}

#[test]
fn changed_words_are_told_in_words() {
    assert_eq!(
        texts("<p>a <del>b</del><ins>c</ins></p>"),
        ["a [Was: b][Is: c]"]
    );
}

#[test]
fn the_chart_takes_its_place_once() {
    let chart = || Chart {
        caption: String::new(),
        caption_language: None,
        alt: "said".into(),
        unit: String::new(),
        points: Vec::new(),
        target: None,
    };
    let how = How {
        chart: Some(chart()),
        ..How::default()
    };
    let markup = "<h2>a</h2><figure class=\"c-chart\"><figcaption>no</figcaption></figure><figure class=\"c-chart\"></figure><p>b</p>";
    let all = blocks(markup, how);
    assert_eq!(
        all.iter().map(text).collect::<Vec<_>>(),
        ["## a", "chart said", "b"]
    );
}

#[test]
fn markup_that_is_broken_loses_no_words() {
    assert_eq!(
        texts("</p><p>a</b></ul>b</table></dl><li>c</li>"),
        ["ab", "c"]
    );
}
