use proptest::prelude::*;

use super::*;

fn row(label: &str, at: f64, written: &str) -> ChartRow {
    ChartRow {
        label: label.to_owned(),
        at,
        value: written.parse().ok(),
        written: written.to_owned(),
        vintage: "2024-05".to_owned(),
        source: ("A <release>".to_owned(), "../sources.html#a".to_owned()),
        ..ChartRow::default()
    }
}

fn missing(label: &str, at: f64, code: &'static str) -> ChartRow {
    ChartRow {
        missing: Some(code),
        ..row(label, at, "")
    }
}

fn chart(rows: Vec<ChartRow>) -> Chart {
    Chart {
        id: "m1".to_owned(),
        title: "Loss & harm".to_owned(),
        unit: "NZ$ million".to_owned(),
        language: "en".to_owned(),
        rows,
        ..Chart::default()
    }
}

/// Direct loss reported to the national team, and what a chart can hold besides.
fn loss() -> Chart {
    let mut all = chart(vec![
        row("2018", 2018.0, "14.1"),
        missing("2019", 2019.0, "missing"),
        row("2020", 2020.0, "16.9"),
        row("2021", 2021.0, "16.8"),
        row("2022", 2022.0, "20.0"),
        row("2023", 2023.0, "18.3"),
        row("2023/24", 2023.5, "21.6"),
        row("2024/25", 2024.5, "26.9"),
    ]);
    all.rows[3].flag = "derived secondary".to_owned();
    all.rows[6].brk = Some("Counted on a merged basis from July 2023.".to_owned());
    all.rows[7].flag = "provisional".to_owned();
    (all.rows[7].low, all.rows[7].high) = (Some(25.0), Some(29.5));
    all.target = Some((2032.0, 10.0));
    all.path = true;
    all.base = Some(2);
    all.projection = Some((2032.0, 29.0, 12.0, 90.0));
    all
}

fn en() -> &'static ChartWords {
    ChartWords::of("en")
}

/// Numbers of a path from its letters on: `M1 2L3 4` has [1, 2] and [3, 4].
fn moves(path: &str) -> Vec<(char, Vec<f64>)> {
    let mut all: Vec<(char, String)> = Vec::new();
    for c in path.chars() {
        if c.is_ascii_alphabetic() {
            all.push((c, String::new()));
        } else {
            all.last_mut().unwrap().1.push(c);
        }
    }
    let numbers = |text: &str| {
        text.split(' ')
            .filter(|n| !n.is_empty())
            .map(|n| n.parse().unwrap())
            .collect()
    };
    all.iter()
        .map(|(letter, text)| (*letter, numbers(text)))
        .collect()
}

/// What the path of a class draws; empty if there is none.
fn path_of(html: &str, class: &str) -> String {
    let Some((_, rest)) = html.split_once(&format!("<path class=\"{class}\"")) else {
        return String::new();
    };
    let tag = rest.split_once('>').unwrap().0;
    tag.split_once(" d=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .to_owned()
}

#[test]
fn a_chart_with_everything() {
    insta::assert_snapshot!(loss().render(en()).0);
}

#[test]
fn a_chart_in_te_reo() {
    let mut all = loss();
    "mi".clone_into(&mut all.language);
    let html = all.render(ChartWords::of("mi")).0;
    insta::assert_snapshot!(all.about(ChartWords::of("mi")));
    assert!(html.starts_with("<figure class=\"c-chart\" lang=\"mi\">"));
    for english in [
        "Period",
        "Published",
        "missing</",
        "Figures",
        "break before",
        "vertical",
    ] {
        assert!(!html.contains(english), "{english}");
    }
}

#[test]
fn the_sentence_says_everything() {
    assert_eq!(
        loss().about(en()),
        "NZ$ million: first 14.1 (2018), last 26.9 (2024/25), lowest 14.1 (2018), highest 26.9 (2024/25); break before \
         2023/24: Counted on a merged basis from July 2023; no value for 2019 (missing); target 10 by 2032; projection \
         29.0 (12.0 to 90.0) by 2032."
    );
    let many = (0..12).map(|at| {
        missing(
            &format!("{}", 2000 + at),
            2000.0 + f64::from(at),
            "suppressed",
        )
    });
    let about = chart(many.collect()).about(en());
    assert!(about.starts_with("There is no value to draw; no value for 2000 (suppressed)"));
    assert!(about.ends_with("2007 (suppressed) + 4."), "{about}");
}

#[test]
fn no_line_crosses_a_gap_or_a_break() {
    let html = loss().drawing(en()).0;
    let letters: String = moves(&path_of(&html, "c-line"))
        .iter()
        .map(|(letter, _)| *letter)
        .collect();
    // 2018, gap, 2020 to 2023, break, 2023/24 to 2024/25.
    assert_eq!(letters, "MMLLLML");
    let line = moves(&path_of(&html, "c-line"));
    let broken = moves(&path_of(&html, "c-break"));
    assert_eq!(broken.len(), 2, "one dashed stroke");
    let x = broken[0].1[0];
    let (before, after) = (line[4].1[0], line[5].1[0]);
    assert!(before < x && x < after, "{before} {x} {after}");
    assert!(
        html.contains(
            "<b class=\"c-letter\">A</b> break before 2023/24: Counted on a merged basis"
        )
    );
}

#[test]
fn a_break_before_everything_parts_nothing() {
    let mut all = chart(vec![row("2020", 2020.0, "1"), row("2021", 2021.0, "2")]);
    all.rows[0].brk = Some("New survey".to_owned());
    let html = all.render(en()).0;
    assert_eq!(path_of(&html, "c-break"), "");
    assert!(!all.about(en()).contains("break"));
    assert!(
        html.contains("<td>break before 2020: New survey</td>"),
        "the table says it"
    );
}

#[test]
fn what_is_not_sure_is_hollow() {
    let mut all = chart(vec![
        row("2020", 2020.0, "1"),
        row("2021", 2021.0, "2"),
        row("2022", 2022.0, "3"),
        row("2023", 2023.0, "9"),
    ]);
    all.rows[1].flag = "secondary".to_owned();
    all.rows[2].flag = "provisional secondary".to_owned();
    all.rows[3].planned = true;
    let html = all.drawing(en()).0;
    let count = |class| {
        moves(&path_of(&html, class))
            .iter()
            .filter(|(letter, _)| *letter == 'M')
            .count()
    };
    assert_eq!(
        (count("c-dot"), count("c-open"), count("c-plan")),
        (2, 1, 1)
    );
    assert_eq!(
        moves(&path_of(&html, "c-line")).len(),
        3,
        "no line to what was planned"
    );
    assert!(
        html.contains("not as sure: provisional</li>") && html.contains("planned, not measured")
    );
    assert!(
        all.about(en()).contains("highest 3 (2022)"),
        "what was planned is no value"
    );
}

#[test]
fn axis_target_and_zero() {
    let mut all = chart(vec![row("2020", 2020.0, "80"), row("2021", 2021.0, "87")]);
    let html = all.drawing(en()).0;
    assert!(html.contains("does not begin at zero") && path_of(&html, "c-zero").is_empty());
    all.rows[0] = row("2020", 2020.0, "-10");
    let html = all.drawing(en()).0;
    assert!(!html.contains("does not begin at zero") && !path_of(&html, "c-zero").is_empty());
    all.target = Some((2030.0, 100.0));
    let html = all.drawing(en()).0;
    assert!(html.contains(">target 100</text>") && html.contains("target 100 by 2030</li>"));
    assert!(
        path_of(&html, "c-path").is_empty(),
        "the path was not asked for"
    );
    (all.path, all.base) = (true, Some(0));
    assert_eq!(moves(&path_of(&all.drawing(en()).0, "c-path")).len(), 2);
}

#[test]
fn one_value_is_a_dot_and_words() {
    let all = chart(vec![row("2016", 2016.0, "96")]);
    let html = all.render(en()).0;
    assert!(path_of(&html, "c-line").is_empty());
    assert_eq!(moves(&path_of(&html, "c-dot")).len(), 3, "one circle");
    assert!(
        html.contains("There is one value only")
            && html.contains("<text x=\"")
            && html.contains(">96</text>")
    );
    assert_eq!(all.about(en()), "NZ$ million: one value, 96 (2016).");
}

#[test]
fn without_a_value_there_is_the_table_only() {
    let mut all = chart(vec![
        missing("2022", 2022.0, "not-collected"),
        missing("2023", 2023.0, "not-applicable"),
    ]);
    all.target = Some((2030.0, 5.0));
    let html = all.render(en()).0;
    assert!(!html.contains("<svg"));
    assert!(html.contains("There is no value to draw.") && html.contains("<table>"));
    assert!(html.contains("</b> not collected</td>") && html.contains("</b> not applicable</td>"));
    assert!(!chart(Vec::new()).render(en()).0.contains("<svg"));
}

#[test]
fn the_table_has_every_field() {
    let html = loss().table(en()).0;
    assert_eq!(html.matches("<tr>").count(), 9);
    assert_eq!(html.matches("scope=\"row\"").count(), 8);
    assert_eq!(html.matches("scope=\"col\"").count(), 6);
    assert!(html.contains("<td>25 to 29.5</td>") && html.contains("<td>2024-05</td>"));
    assert!(html.contains("<a href=\"../sources.html#a\">A &lt;release&gt;</a>"));
    assert!(html.contains("<td>derived; secondary source</td>") && html.contains("<td>base</td>"));
    let mut all = chart(vec![row("2020", 2020.0, "1")]);
    all.rows[0].source.1 = "javascript:alert(1)".to_owned();
    let html = all.table(en()).0;
    assert!(!html.contains("<a ") && html.matches("scope=\"col\"").count() == 5);
}

#[test]
fn a_sparkline_is_small_and_has_gaps() {
    let html = sparkline(&loss().rows, "Up from 14.1 to 26.9").0;
    insta::assert_snapshot!(html);
    assert!(html.len() < 700 && html.contains("role=\"img\" aria-label=\"Up from 14.1 to 26.9\""));
    let letters: String = moves(&path_of(&html, "c-line"))
        .iter()
        .map(|(letter, _)| *letter)
        .collect();
    assert_eq!(letters, "MMLLLML");
    assert_eq!(sparkline(&[missing("2020", 2020.0, "missing")], "x").0, "");
    assert!(
        sparkline(&[row("2020", 2020.0, "5")], "")
            .0
            .contains("aria-hidden=\"true\"")
    );
}

#[test]
fn labels_do_not_run_into_each_other() {
    let quarters: Vec<ChartRow> = (0..60)
        .map(|at| {
            let label = format!("{}Q{}", 2010 + at / 4, at % 4 + 1);
            row(&label, 2010.0 + f64::from(at) / 4.0, &at.to_string())
        })
        .collect();
    let all = chart(quarters);
    let labels = Frame::of(&all).unwrap().labels(&all);
    assert!(labels.len() >= 3 && labels.len() <= 7, "{labels:?}");
    assert_eq!(
        (
            labels[0].text.as_str(),
            labels.last().unwrap().text.as_str()
        ),
        ("2010Q1", "2024Q4")
    );
    assert!(
        labels.windows(2).all(|pair| pair[1].x - pair[0].x > 44.0),
        "{labels:?}"
    );
}

#[test]
fn the_style_sheet_takes_the_shared_colours_and_has_print() {
    assert!(CSS.contains("var(--accent)") && CSS.contains("@media print"));
    let html = loss().render(en()).0;
    for class in html
        .split("class=\"")
        .skip(1)
        .map(|part| part.split_once('"').unwrap().0)
    {
        assert!(CSS.contains(&format!(".{class}")), "{class} has no style");
    }
}

#[test]
fn an_interval_that_would_flatten_the_rest_is_cut() {
    let mut all = loss();
    let frame = Frame::of(&all).unwrap();
    assert!(frame.axis.high() < 90.0, "the projection reaches to 90");
    let arrow = moves(&path_of(&all.drawing(en()).0, "c-bar"));
    assert_eq!(
        arrow.iter().filter(|(letter, _)| *letter == 'L').count(),
        2,
        "an arrow at the cut end only"
    );
    all.projection = Some((2032.0, 29.0, 12.0, 35.0));
    let whole = moves(&path_of(&all.drawing(en()).0, "c-bar"));
    assert!(whole.iter().all(|(letter, _)| *letter != 'L'));
    assert!(Frame::of(&all).unwrap().axis.high() >= 35.0);
}

#[test]
fn numbers_that_cannot_be_drawn_are_left_out() {
    let mut all = chart(vec![
        row("2020", 2020.0, "1"),
        row("2021", 2021.0, "2"),
        row("2022", 2022.0, "3"),
    ]);
    all.rows[1].value = Some(f64::NAN);
    all.rows[2].low = Some(f64::INFINITY);
    all.target = Some((f64::NAN, 5.0));
    all.projection = Some((2030.0, f64::INFINITY, 0.0, 1.0));
    let html = all.drawing(en()).0;
    let letters: String = moves(&path_of(&html, "c-dot"))
        .iter()
        .map(|(letter, _)| *letter)
        .collect();
    assert_eq!(letters, "MaaMaa");
    for class in ["c-line", "c-bar", "c-target", "c-trend", "c-ahead"] {
        assert_eq!(path_of(&html, class), "", "{class}");
    }
    assert!(!all.about(en()).contains("target"));
}

#[test]
fn a_path_needs_a_base_that_was_measured() {
    let drawn = |change: fn(&mut Chart)| {
        let mut all = loss();
        change(&mut all);
        !path_of(&all.drawing(en()).0, "c-path").is_empty()
    };
    assert!(drawn(|_| {}));
    assert!(!drawn(|all| all.path = false));
    assert!(!drawn(|all| all.base = None));
    assert!(!drawn(|all| all.base = Some(1)), "2019 is missing");
    assert!(!drawn(|all| all.base = Some(99)));
    assert!(!drawn(|all| all.target = None));
}

#[test]
fn signs_stand_below_their_periods() {
    let all = chart(vec![
        row("2020", 2020.0, "1"),
        missing("2021", 2021.0, "suppressed"),
        missing("2022", 2022.0, "not-applicable"),
        row("2023", 2023.0, "2"),
    ]);
    let html = all.drawing(en()).0;
    let frame = Frame::of(&all).unwrap();
    for (at, sign) in [(2021.0, "c"), (2022.0, "…")] {
        let (x, y) = (scale::place(frame.x(at)), scale::place(frame.bottom + 17.0));
        assert!(
            html.contains(&format!("<text x=\"{x}\" y=\"{y}\">{sign}</text>")),
            "{sign}"
        );
    }
    assert!(html.contains("</b> suppressed</li>") && html.contains("</b> not applicable</li>"));
    assert!(
        frame.height
            > Frame::of(&chart(vec![row("2020", 2020.0, "1")]))
                .unwrap()
                .height
    );
}

fn any_row() -> impl Strategy<Value = ChartRow> {
    let value = prop_oneof![
        4 => (-1000_i32..1000).prop_map(|v| Some(f64::from(v) / 10.0)),
        1 => any::<f64>().prop_map(Some),
        1 => Just(None),
    ];
    let kind = prop::sample::select(crate::plan::Missing::WORDS);
    (
        value,
        kind,
        1990.0_f64..2040.0,
        any::<(bool, bool)>(),
        "[<\"'&a]{0,4}",
    )
        .prop_map(|(value, kind, at, (planned, soft), text)| ChartRow {
            label: text.clone(),
            at,
            value,
            written: value.map(|v| v.to_string()).unwrap_or_default(),
            missing: if value.is_none() { Some(kind) } else { None },
            low: value.map(|v| v - 1.0),
            high: value.map(|v| v + 1.0).filter(|_| soft),
            flag: if soft {
                "derived".to_owned()
            } else {
                String::new()
            },
            brk: Some(text).filter(|t| t.len() == 4),
            planned,
            ..ChartRow::default()
        })
}

proptest! {
    #[test]
    fn any_chart_stays_in_its_frame(rows in proptest::collection::vec(any_row(), 0..12), target in proptest::option::of((any::<f64>(), any::<f64>())), ahead in proptest::option::of(any::<(f64, f64, f64, f64)>()), base in 0_usize..14) {
        let all = Chart { target, projection: ahead, path: true, base: Some(base), ..chart(rows) };
        let html = all.render(en()).0;
        prop_assert_eq!(&html, &all.clone().render(en()).0);
        prop_assert!(!html.contains("NaN") && !html.contains("inf\""), "{}", html);
        prop_assert!(!html.contains(" style=") && !html.contains("<script"));
        for class in ["c-line", "c-dot", "c-open", "c-plan", "c-trend", "c-path", "c-break", "c-grid"] {
            let drawing = html.split("<ul").next().unwrap();
            for (letter, numbers) in moves(&path_of(drawing, class)) {
                if letter.is_ascii_uppercase() {
                    prop_assert!(numbers.iter().all(|n| (-1.0..=361.0).contains(n)), "{class}: {letter} {numbers:?}");
                }
            }
        }
        let open = html.matches("<svg").count();
        prop_assert_eq!(open, html.matches("</svg>").count());
    }
}
