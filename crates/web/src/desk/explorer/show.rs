//! An answer on a page: chips, figures, facets, a drawing of time, the observations.

use std::collections::BTreeMap;

use cairn_app::App;
use cairn_app::explorer::store::ask::Bar;
use cairn_app::explorer::store::cube::Level;
use cairn_app::explorer::store::mix::Column as Of;
use cairn_app::explorer::store::sift::Found;
use cairn_app::explorer::{Explored, FILE_ROWS_MAX, Shown, Value, Went};
use cairn_desk::explorer::{Facet, Question, Seen};
use cairn_kernel::observable::{Kind, Observable, defang, defang_text};
use cairn_kernel::time::Micros;
use maud::{Markup, html};

use super::{address_href, at_path, counted, href};
use crate::chart::{Chart, Kind as Drawing, Point, Series};
use crate::components::{
    Column, Hue, Tone, machine, neighbours, notice, said_inline, stack, table, tag,
};
use crate::desk::constituents;
use crate::desk::who::Officer;
use crate::i18n::{Lang, number, t};

const DAY_US: i64 = 86_400_000_000;

/// The answer to a line. `on`: it goes on from an answer before.
pub(super) fn answer(app: &App, officer: &Officer, explored: &Explored, on: bool) -> Markup {
    let l = officer.page.lang;
    let line = explored.question.to_string();
    let day = |day: i64| date(day).map(|date| format!("{}/day/{date}", super::HOME));
    html! {
        (chips(l, &explored.question))
        @if let Some(since) = explored.since {
            (notice(Tone::Info, "since", t::explorer_rows(l), html! {
                p {
                    (t::explorer_since(l, officer.page.moment(since)))
                    @if let Some(next) = explored.next { " " a href=(href(&line, Some(next))) { (t::explorer_further(l)) } }
                }
            }))
        }
        (figures(app, officer, explored))
        @if let Some(day) = day(explored.days.1.saturating_sub(1)) { p { a href=(day) { (t::explorer_day_link(l)) } } }
        h2 #rows { (t::explorer_rows(l)) }
        @if explored.rows.is_empty() { p { (t::explorer_rows_none(l)) } }
        @else { (rows(officer, &explored.feeds, &explored.owners, &explored.rows)) }
        @if on { p { a href={ (href(&line, None)) } { (t::explorer_rows_first(l)) } } }
        @let next = explored.next.map(|next| format!("{}#rows", href(&line, Some(next))));
        (neighbours(l, None, next.as_deref()))
        ul {
            li { a href=(at_path("/desk/explorer.csv", &line, None)) { (t::explorer_csv(l, FILE_ROWS_MAX as u64)) } }
            li { a href=(at_path("/desk/explorer.json", &line, None)) { (t::explorer_json(l)) } }
        }
    }
}

/// Counts, time and facets.
pub(super) fn figures(app: &App, officer: &Officer, explored: &Explored) -> Markup {
    let l = officer.page.lang;
    html! {
        p.lead {
            @if explored.total == 0 { (t::explorer_none(l)) }
            @else { (t::explorer_total(l, counted(explored.fresh), counted(explored.total))) }
        }
        @if explored.unsure > 0 { p.inset { (t::explorer_unsure(l, counted(explored.unsure))) } }
        @if explored.uncounted > 0 { p.inset { (t::explorer_uncounted(l, counted(explored.uncounted))) } }
        @if explored.total > 0 {
            (time(l, explored))
            h2 { (t::explorer_facets(l)) }
            div.facets {
                (states(l, explored))
                @for facet in &explored.facets { (one_facet(app, l, &explored.question, facet)) }
            }
        }
    }
}

fn chips(l: Lang, question: &Question) -> Markup {
    html! {
        @if !question.terms.is_empty() {
            ul.chips aria-label=(t::explorer_chips(l)) {
                @for (at, term) in question.terms.iter().enumerate() {
                    @let shown = defang_text(&term.to_string()).into_owned();
                    li {
                        code translate="no" { (said_inline(&shown)) }
                        " " a.off href=(href(&question.without(at), None)) {
                            span aria-hidden="true" { "×" } span.unseen { (t::search_take_off(l)) " " (said_inline(&shown)) }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn facet_name(l: Lang, facet: Facet) -> &'static str {
    match facet {
        Facet::Type => t::explorer_type(l),
        Facet::Feed => t::explorer_feed(l),
        Facet::Identifier => t::explorer_identifier(l),
        Facet::Malware => t::explorer_malware(l),
        Facet::Severity => t::explorer_severity(l),
        Facet::Asn => t::explorer_asn(l),
        Facet::Cc => t::explorer_cc(l),
        Facet::Owner => t::explorer_owner(l),
        Facet::Sector => t::explorer_sector(l),
        Facet::Port => t::explorer_port(l),
        Facet::Proto => t::explorer_proto(l),
    }
}

fn value_name(app: &App, l: Lang, facet: Facet, value: &Value) -> String {
    if value.value.is_empty() {
        return t::explorer_value_none(l).to_owned();
    }
    if facet == Facet::Sector {
        return constituents::sector(app, l, &value.value);
    }
    let name = value.title.as_deref().unwrap_or(&value.value);
    defang_text(name).into_owned()
}

/// One facet, each value as a link that adds it, and one that leaves it out.
fn one_facet(app: &App, l: Lang, question: &Question, facet: &Shown) -> Markup {
    let name = facet_name(l, facet.facet);
    let only_none = facet.values.iter().all(|value| value.value.is_empty());
    let columns = [Column::text(name), Column::number(t::explorer_count(l))];
    let cells = |value: &Value| {
        let shown = value_name(app, l, facet.facet, value);
        let wanted = question.wants(facet.facet, &value.value);
        vec![
            html! {
                @if wanted { strong { (said_inline(&shown)) } }
                @else {
                    a href=(href(&question.narrowed(facet.facet, &value.value), None)) title=(t::explorer_only(l, shown.as_str())) { (said_inline(&shown)) }
                    " " a.off href=(href(&question.without_value(facet.facet, &value.value), None)) {
                        span aria-hidden="true" { "−" } span.unseen { (t::explorer_without(l, shown.as_str())) }
                    }
                }
            },
            html! { (counted(value.count)) },
        ]
    };
    let mut rows: Vec<Vec<Markup>> = facet.values.iter().map(cells).collect();
    if facet.other > 0 {
        rows.push(vec![
            html! { (t::explorer_value_other(l)) },
            html! { (counted(facet.other)) },
        ]);
    }
    html! {
        @if !only_none || facet.other > 0 {
            section.facet {
                (table(name, &columns, &rows))
                @if facet.more > 0 { p.hint { (t::explorer_value_more(l, facet.more as u64)) } }
            }
        }
    }
}

/// Sightings of what was new and of what had been seen before; and a way to what is gone, which has none.
fn states(l: Lang, explored: &Explored) -> Markup {
    let name = t::explorer_standing(l);
    let columns = [Column::text(name), Column::number(t::explorer_count(l))];
    let again = explored.total.saturating_sub(explored.fresh);
    let cells = |(seen, shown, count): (Seen, &str, Option<u64>)| {
        let question = &explored.question;
        vec![
            html! {
                @if question.asks(seen) { strong { (shown) } }
                @else { a href=(href(&question.seen(seen), None)) title=(t::explorer_only(l, shown)) { (shown) } }
            },
            html! { @if let Some(count) = count { (counted(count)) } @else { (t::explorer_state_apart(l)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = [
        (Seen::New, t::explorer_state_new(l), Some(explored.fresh)),
        (Seen::Again, t::explorer_state_again(l), Some(again)),
        (Seen::Gone, t::explorer_gone_tag(l), None),
    ]
    .map(cells)
    .into();
    html! { section.facet { (table(name, &columns, &rows)) } }
}

/// A day since 1970 as a date.
pub(super) fn date(day: i64) -> Option<jiff::civil::Date> {
    let at = Micros(day.saturating_mul(DAY_US)).timestamp();
    let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    (1970..=9998).contains(&date.year()).then_some(date)
}

/// All stretches of the days asked for, those in which nothing was seen too.
fn stretches(explored: &Explored) -> Vec<Bar> {
    let first = explored.bars.first().map_or(0, |bar| bar.begin);
    let last = explored.bars.last().map_or(0, |bar| bar.begin);
    let step = match explored.level {
        Level::Hour => DAY_US / 24,
        Level::Day => DAY_US,
        Level::Week => DAY_US * 7,
    };
    let mut bars = explored.bars.iter().peekable();
    let mut all = Vec::new();
    let mut begin = first;
    while begin <= last && all.len() < STRETCHES_MAX {
        match bars.next_if(|bar| bar.begin == begin) {
            Some(bar) => all.push(*bar),
            None => all.push(Bar {
                begin,
                ..Bar::default()
            }),
        }
        begin = begin.saturating_add(step);
    }
    all
}

/// More stretches than any drawing can show: two years of weeks.
const STRETCHES_MAX: usize = 110;

fn label(level: Level, begin: i64) -> String {
    let text = Micros(begin).to_string();
    match level {
        Level::Hour => text.get(5..13).map(|text| text.replace('T', " ") + "h"),
        Level::Day | Level::Week => text.get(..10).map(str::to_owned),
    }
    .unwrap_or_default()
}

fn time(l: Lang, explored: &Explored) -> Markup {
    let bars = stretches(explored);
    let most = bars.iter().map(|bar| bar.all).max().unwrap_or(0);
    let unit = match explored.level {
        Level::Hour => t::explorer_unit_hour(l),
        Level::Day => t::explorer_unit_day(l),
        Level::Week => t::explorer_unit_week(l),
    };
    let series = |name: &str, of: fn(&Bar) -> u64| Series {
        name: name.to_owned(),
        points: bars
            .iter()
            .map(|bar| Some(Point::sure(of(bar) as f64)))
            .collect(),
    };
    Chart {
        id: "time",
        lang: l,
        title: t::explorer_time(l),
        about: &t::explorer_time_about(l, counted(most), unit),
        kind: Drawing::Bars,
        labels: bars
            .iter()
            .map(|bar| label(explored.level, bar.begin))
            .collect(),
        series: vec![
            series(t::explorer_all(l), |bar| bar.all),
            series(t::explorer_new(l), |bar| bar.fresh),
        ],
        breaks: Vec::new(),
        flag: "",
        write: |value| number(value as i64),
    }
    .render()
}

/// A thing as a link to what was seen of it.
fn thing(kind: Kind, value: &str) -> Markup {
    let one = Observable {
        kind,
        value: value.to_owned(),
    };
    html! { a href=(address_href(&one)) { code { (said_inline(&defang(&one))) } } }
}

/// Observations as rows.
pub(super) fn rows(
    officer: &Officer,
    feeds: &BTreeMap<i64, String>,
    owners: &BTreeMap<u32, String>,
    rows: &[Found],
) -> Markup {
    let l = officer.page.lang;
    let columns = [
        t::explorer_seen(l),
        t::explorer_what(l),
        t::explorer_where(l),
        t::explorer_whose(l),
        t::explorer_row(l),
    ]
    .map(Column::text);
    let cells = |row: &Found| {
        let feed = row.word(Of::Feed).parse().ok();
        let feed = feed.and_then(|no: i64| feeds.get(&no));
        let owner = row.word(Of::Owner).parse::<u32>().ok();
        vec![
            html! {
                time datetime=(row.at) { (officer.page.moment(row.at)) }
                @match row.fresh {
                    Some(true) => { " " (tag(Hue::Blue, t::explorer_state_new(l))) }
                    Some(false) => { " " (tag(Hue::Grey, t::explorer_state_again(l))) }
                    None => {}
                }
            },
            what(l, row, feed.map(String::as_str)),
            places(l, row),
            html! {
                @if let Some(no) = owner {
                    a href={ "/desk/constituents/" (no) } { (said_inline(owners.get(&no).map_or("", String::as_str))) " (" (no) ")" }
                }
            },
            html! {
                a href={ (super::HOME) "/row/" (row.report) "/" (row.offset) "/" (row.bytes) } { (t::explorer_row_read(l)) }
                span.unseen { " " (t::explorer_row_place(l, row.offset.to_string(), row.report.to_string())) }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    stack(t::explorer_rows(l), &columns, &rows)
}

fn what(l: Lang, row: &Found, feed: Option<&str>) -> Markup {
    let told = [Of::Identifier, Of::Malware, Of::Severity].map(|column| row.word(column));
    let told: Vec<&str> = told.into_iter().filter(|text| !text.is_empty()).collect();
    html! {
        (machine(row.word(Of::Kind)))
        @if !told.is_empty() { div { (said_inline(&defang_text(&told.join(", ")))) } }
        @if let Some(feed) = feed { div.hint { (t::explorer_feed(l)) ": " (said_inline(feed)) } }
    }
}

fn places(l: Lang, row: &Found) -> Markup {
    let place = [Of::Cc, Of::Asn].map(|column| row.word(column));
    let [cc, asn] = place;
    html! {
        @if let Some(ip) = row.ip { (thing(Kind::Ip, &ip.to_string())) @if let Some(port) = row.port { " " (port) } }
        @if !row.fqdn.is_empty() { div.told { (thing(Kind::Domain, &row.fqdn)) } }
        @if !row.url.is_empty() { div.told { code { (said_inline(&defang(&Observable { kind: Kind::Url, value: row.url.clone() }))) } } }
        @if !cc.is_empty() || !asn.is_empty() { div.hint { (cc) @if !asn.is_empty() { " AS" (asn) } } }
        @if let Some(ip) = row.to_ip {
            div.hint { (t::explorer_called(l)) " " code { (said_inline(&defang(&Observable { kind: Kind::Ip, value: ip.to_string() }))) } @if let Some(port) = row.to_port { " " (port) } }
        }
    }
}

/// What is gone, by day and feed.
pub(super) fn gone(l: Lang, went: &[Went]) -> Markup {
    let columns = [
        Column::text(t::explorer_unit_day(l)),
        Column::text(t::explorer_feed(l)),
        Column::number(t::explorer_gone(l)),
    ];
    let cells = |one: &Went| {
        let day = date(one.day)
            .map(|date| date.to_string())
            .unwrap_or_default();
        vec![
            html! { (day) },
            html! { (said_inline(&one.feed)) },
            html! { (counted(one.gone)) },
        ]
    };
    let rows: Vec<Vec<Markup>> = went.iter().map(cells).collect();
    html! {
        h2 { (t::explorer_gone(l)) }
        p { (t::explorer_gone_note(l)) }
        @if rows.is_empty() { p { (t::explorer_gone_none(l)) } }
        @else { (table(t::explorer_gone(l), &columns, &rows)) }
    }
}
