//! Pieces that several pages have.

use maud::{Markup, html};

use super::address::Page;
use super::context::Context;
use super::files;
use super::words::{self as w, Lang};
use crate::office::Doubt;
pub(crate) use crate::plan::capital;
use crate::plan::{About, Decimal, Goal, Measure, Missing, Row, What};
use crate::progress::robust::{Robustness, Verdict};
use crate::progress::statcan::Status;
use crate::report::{Late, MeasureReport, NoStatus, Standing};

/// A mail address as a link, anything else as text.
pub(crate) fn contact(text: &str) -> Markup {
    html! {
        @if is_mail(text) { a href={ "mailto:" (text) } { (text) } } @else { (text) }
    }
}

/// A text that can stand behind `mailto:` as it is.
pub(crate) fn is_mail(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
    text.chars().all(plain) && text.split('@').filter(|part| !part.is_empty()).count() == 2
}

/// A status as a heading has it.
pub(crate) const fn status_word(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::NotAvailable => w::status_none(lang),
        Status::Deterioration => w::status_deterioration(lang),
        Status::Limited => w::status_limited(lang),
        Status::Moderate => w::status_moderate(lang),
        Status::Substantial => w::status_substantial(lang),
        Status::TargetAchieved => w::status_achieved(lang),
    }
}

/// A status within a sentence.
pub(crate) const fn status_in(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::NotAvailable => w::in_none(lang),
        Status::Deterioration => w::in_deterioration(lang),
        Status::Limited => w::in_limited(lang),
        Status::Moderate => w::in_moderate(lang),
        Status::Substantial => w::in_substantial(lang),
        Status::TargetAchieved => w::in_achieved(lang),
    }
}

pub(crate) const fn tone(status: Status) -> &'static str {
    match status {
        Status::NotAvailable => "tag",
        Status::Deterioration => "tag red",
        Status::Limited => "tag amber",
        Status::Moderate => "tag blue",
        Status::Substantial | Status::TargetAchieved => "tag green",
    }
}

/// How well a measure is measured, in a word or two.
pub(crate) const fn standing_short(lang: Lang, standing: Standing) -> &'static str {
    match standing {
        Standing::Measured => w::short_measured(lang),
        Standing::Stale => w::short_stale(lang),
        Standing::Never => w::short_never(lang),
        Standing::Withheld => w::short_withheld(lang),
        Standing::Live => w::short_live(lang),
    }
}

/// As [`standing_short`]; where all that is known had to be suppressed, that is said instead of that it was never measured.
pub(crate) fn standing_in(lang: Lang, one: &MeasureReport<'_>) -> &'static str {
    let rows = one.rows();
    let hidden = |row: &&Row| row.missing == Some(Missing::Suppressed);
    match one.standing {
        Standing::Never if rows.iter().any(hidden) => w::short_suppressed(lang),
        standing => standing_short(lang, standing),
    }
}

/// The labels that the holders of figures gave them (Local Contexts), with what their letters stand for.
pub(crate) fn labels(all: &[String]) -> Markup {
    html! { @for label in all { span.tag { (label) @if let Some(name) = label_name(label) { ": " (name) } } " " } }
}

/// Names of the Traditional Knowledge and Biocultural labels by <https://localcontexts.org/labels/>, which are the same in
/// every language.
fn label_name(label: &str) -> Option<&'static str> {
    Some(match label {
        "TK A" => "Attribution",
        "TK CV" => "Community Voice",
        "TK CS" => "Culturally Sensitive",
        "TK MC" | "BC MC" => "Multiple Communities",
        "TK NC" | "BC NC" => "Non-Commercial",
        "TK NV" => "Non-Verified",
        "TK O" => "Outreach",
        "TK S" => "Seasonal",
        "TK SS" => "Secret / Sacred",
        "TK V" => "Verified",
        "BC P" => "Provenance",
        "BC R" => "Research Use",
        _ => return None,
    })
}

/// Why a claim counts for none.
pub(crate) const fn doubt(lang: Lang, doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::NoEvidence => w::doubt_none(lang),
        Doubt::TooOld => w::doubt_old(lang),
        Doubt::OwnWord => w::doubt_own(lang),
    }
}

/// The status as a word in a box; where there is none, how the measure stands instead.
pub(crate) fn status_tag(cx: &Context<'_>, one: &MeasureReport<'_>) -> Markup {
    let lang = cx.lang();
    html! {
        @match one.outcome() {
            Some(outcome) => span class=(tone(outcome.status)) { (status_word(lang, outcome.status)) },
            None => span.tag { (w::status_none(lang)) },
        }
        @if one.standing != Standing::Measured {
            " " span.tag.plain { (standing_in(lang, one)) }
        }
    }
}

/// The verdict that says more: of one step to each side, or of every base.
pub(crate) fn worst_verdict(robust: &Robustness) -> Verdict {
    robust.verdict.max(robust.over_bases)
}

/// How robust the status is, in one line; nothing where there is no status.
pub(crate) fn verdict_line(cx: &Context<'_>, one: &MeasureReport<'_>) -> Option<String> {
    let lang = cx.lang();
    one.outcome()?;
    Some(match worst_verdict(one.robustness.as_ref()?) {
        Verdict::Untested => w::short_untested(lang).to_owned(),
        Verdict::Stable { of } => w::short_stable(lang, of),
        Verdict::ChangesGrade { changed, of } => w::short_grade(lang, changed, of),
        Verdict::FlipsDirection { flipped, of, .. } => w::short_flips(lang, flipped, of),
    })
}

/// Why there is no status, in one sentence.
pub(crate) fn no_status(cx: &Context<'_>, one: &MeasureReport<'_>) -> Option<&'static str> {
    let lang = cx.lang();
    Some(match (one.no_status?, one.standing) {
        (_, Standing::Withheld) => w::withheld_title(lang),
        (_, Standing::Live) => w::none_live(lang),
        (NoStatus::Volume, _) => w::none_volume(lang),
        (NoStatus::NoValue, Standing::Never) if one.series.is_none() => w::none_never(lang),
        (NoStatus::NoValue, _) => w::none_no_value(lang),
        (NoStatus::OneValue, _) if one.segment.broken.is_some() => w::none_one_since_break(lang),
        (NoStatus::OneValue, _) => w::none_one(lang),
        (NoStatus::Formula, _) => w::none_formula(lang),
    })
}

/// A number as written, with commas between thousands of five digits and more.
pub(crate) fn number(text: &str) -> String {
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", text),
    };
    let (whole, part) = body.split_at(body.find('.').unwrap_or(body.len()));
    if whole.len() < 5 || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{sign}{body}");
    }
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(part);
    out
}

/// The value of a row with its unit and its period. A unit in per cent stands at the number, as it is written.
pub(crate) fn figure(cx: &Context<'_>, measure: &Measure, row: &Row) -> Markup {
    let gap = if cx.plain(&measure.unit).starts_with('%') {
        ""
    } else {
        " "
    };
    html! {
        strong { (row.value.map(decimal).unwrap_or_default()) } (gap) (cx.text(&measure.unit))
        " " span.when { (w::period_of(cx.lang(), row.period)) }
    }
}

/// A value of the plan.
pub(crate) fn decimal(value: Decimal) -> String {
    number(&value.to_string())
}

/// A computed number with three significant digits, or all digits before the point.
pub(crate) fn computed(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    number(if text == "-0" { "0" } else { text })
}

/// As [`computed`], with a plus before what rises.
pub(crate) fn signed(value: f64) -> String {
    let text = computed(value);
    if value > 0.0 && text != "0" {
        format!("+{text}")
    } else {
        text
    }
}

/// A share as whole per cent.
pub(crate) fn percent(share: f64) -> String {
    number(&format!("{:.0}%", share * 100.0).replace("-0%", "0%"))
}

/// A score with one decimal.
pub(crate) fn score(score: f64) -> String {
    number(&format!("{score:.1}").replace("-0.0", "0.0"))
}

/// A text in which `*…*` marks what is to be stressed. Only for our own texts.
pub(crate) fn stressed(text: &str) -> Markup {
    html! {
        @for (at, piece) in text.split('*').enumerate() {
            @if at % 2 == 1 { em { (piece) } } @else { (piece) }
        }
    }
}

/// The newest row with a measured value; rows are oldest first.
pub(crate) fn latest<'r>(rows: &[&'r Row]) -> Option<&'r Row> {
    rows.iter()
        .rev()
        .copied()
        .find(|row| row.value.is_some() && !row.is_flagged("planned"))
}

/// One measure in a list: title, status, verdict, latest value, spark line.
pub(crate) fn measure_row(cx: &Context<'_>, one: &MeasureReport<'_>, spark: bool) -> Markup {
    let measure = one.measure;
    let rows = one.rows();
    let latest = latest(&rows);
    html! {
        li.row {
            p.name { a href=(cx.href(Page::Measure(&measure.id))) { (cx.text(&measure.title)) } }
            p.says {
                (status_tag(cx, one))
                @if let Some(verdict) = verdict_line(cx, one) { " " span.verdict { (verdict) } }
                @else if let Some(withheld) = &one.withheld {
                    " " span.verdict { (w::withheld_by(cx.lang(), &withheld.mandate.holder)) }
                }
            }
            p.figure {
                @match latest {
                    Some(row) => (figure(cx, measure, row)),
                    None => span.when { (w::no_value(cx.lang())) },
                }
            }
            @if spark && one.figures().len() > 1 { div.spark { (super::figure::spark(cx, &rows)) } }
        }
    }
}

/// Steps in words: `2 on time, 1 late`.
pub(crate) fn steps(lang: Lang, steps: Late) -> String {
    let mut all = Vec::new();
    let mut say = |n: usize, words: fn(Lang, usize) -> String| {
        if n > 0 {
            all.push(words(lang, n));
        }
    };
    say(steps.met, w::met);
    say(steps.late, w::late);
    say(steps.overdue, w::overdue);
    say(steps.without_evidence, w::without);
    say(steps.due, w::to_come);
    if all.is_empty() {
        return w::no_steps_short(lang).to_owned();
    }
    all.join(", ")
}

/// Notes and dissents beside something.
pub(crate) fn beside(cx: &Context<'_>, what: What, id: &str) -> Markup {
    let lang = cx.lang();
    let about = About {
        what,
        id: id.to_owned(),
    };
    let edition = cx.edition();
    let notes: Vec<_> = edition
        .notes
        .iter()
        .filter(|note| note.on == about)
        .collect();
    let dissents: Vec<_> = edition
        .dissents
        .iter()
        .filter(|one| one.on == about)
        .collect();
    html! {
        @if !notes.is_empty() || !dissents.is_empty() {
            section.beside {
                h2 #notes { (w::notes_title(lang)) }
                p.hint { (w::notes_lead(lang)) }
                @for note in notes {
                    div.said {
                        p.by { span.tag { (w::note_word(lang)) } " " (w::note_by(lang, &note.by, cx.day(note.date))) }
                        p { (cx.text(&note.text)) }
                    }
                }
                @for one in dissents {
                    div.said.dissent {
                        p.by { span.tag.amber { (w::dissent_word(lang)) } " " (w::note_by(lang, &one.reviewer, cx.day(one.date))) }
                        p { (cx.text(&one.text)) }
                        @if let Some(say) = &one.would_say {
                            p { (w::would_say(lang)) " " strong { (cx.text(say)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Where a page stands in the plan: links from the front page down, without the page itself.
pub(crate) fn crumbs(cx: &Context<'_>, way: &[(String, Markup)]) -> Markup {
    let lang = cx.lang();
    html! {
        nav.crumbs aria-label=(w::crumbs(lang)) {
            ol {
                li { a href=(cx.href(Page::Front)) { (w::nav_front(lang)) } }
                @for (href, text) in way { li { a href=(href) { (text) } } }
            }
        }
    }
}

/// The way to a goal: its theme on the front page, then the goal itself.
pub(crate) fn way_to_goal(cx: &Context<'_>, goal: &Goal, with_goal: bool) -> Vec<(String, Markup)> {
    let theme = goal.theme.as_deref().and_then(|id| cx.edition().theme(id));
    let mut way = Vec::new();
    if let Some(theme) = theme {
        let href = format!("{}#t-{}", cx.href(Page::Front), theme.id);
        way.push((href, cx.text(&theme.title)));
    }
    if with_goal {
        way.push((cx.href(Page::Goal(&goal.id)), cx.text(&goal.title)));
    }
    way
}

/// A table that may be wider than the page.
pub(crate) fn wide(cx: &Context<'_>, label: &str, table: Markup) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label={ (label) ". " (w::table_region(cx.lang())) } { (table) }
    }
}

/// The files of a measure's values. Not on paper, where a link leads nowhere.
pub(crate) fn downloads(cx: &Context<'_>, id: &str) -> Markup {
    let lang = cx.lang();
    html! {
        section.screen {
            h2 #download { (w::downloads(lang)) }
            ul {
                li { a href=(cx.href_shared(&files::csv(id))) { "CSV" } " (" a href=(cx.href_shared(&files::csvw(id))) { (w::columns(lang)) ", CSVW" } ")" }
                li { a href=(cx.href_shared(&files::json(id))) { "JSON" } }
            }
        }
    }
}

/// The link to all that was published of the plan, where that is kept.
pub(crate) fn versions_link(cx: &Context<'_>) -> Option<Markup> {
    let base = cx.options.versions.as_ref()?;
    let lang = cx.lang();
    Some(html! { a href={ (base) "?lang=" (lang.as_str()) } { (w::versions(lang)) } })
}

/// The link to the printed report, with its size.
pub(crate) fn print_link(cx: &Context<'_>) -> Markup {
    let lang = cx.lang();
    let size = cx
        .prints
        .get(&lang)
        .map(|bytes| format!("{} kB", number(&bytes.div_ceil(1000).to_string())));
    html! {
        @if let Some(size) = size {
            a href=(cx.href_shared(&super::print::file(lang))) type="application/pdf" { (w::print_link(lang, size)) }
        }
    }
}

/// Links between the pages of a long list.
pub(crate) fn pages(
    cx: &Context<'_>,
    at: usize,
    all: usize,
    page: fn(usize) -> Page<'static>,
) -> Markup {
    let lang = cx.lang();
    html! {
        @if all > 1 {
            nav.pages aria-label=(w::pages_nav(lang)) {
                ul {
                    @for other in 0..all {
                        li {
                            a href=(cx.href(page(other))) aria-current=[(other == at).then_some("page")]
                                aria-label=(w::nth_page(lang, other + 1)) { (other + 1) }
                        }
                    }
                }
            }
        }
    }
}

/// The name of a group of measures whose scores are averaged. Groups lie in each other, `THEME/GOAL`: ids of the edition are
/// shown as the titles that readers know, all else as it is.
pub(crate) fn group(cx: &Context<'_>, path: &str) -> Markup {
    let edition = cx.edition();
    html! {
        @for (at, id) in path.split('/').enumerate() {
            @if at > 0 { " › " }
            @if let Some(theme) = edition.theme(id) { (cx.text(&theme.title)) }
            @else if let Some(goal) = edition.goal(id) { (cx.text(&goal.title)) }
            @else { (cx.note(id)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, want) in [
            (0.0, "0"),
            (-0.0001, "0"),
            (0.51234, "0.512"),
            (-2.5, "−2.5"),
            (12.0, "12"),
            (1234.5, "1234"),
            (-98765.4, "−98,765"),
        ] {
            assert_eq!(computed(value), want);
        }
        assert_eq!(
            (signed(1.4), signed(-1.4), signed(0.0)),
            ("+1.4".into(), "−1.4".into(), "0".into())
        );
        assert_eq!(
            (percent(0.856), percent(-0.3)),
            ("86%".into(), "−30%".into())
        );
        assert_eq!((score(-5.0), score(-0.01)), ("−5.0".into(), "0.0".into()));
        assert_eq!(number("7935.10"), "7935.10");
        assert_eq!(number("1234567.10"), "1,234,567.10");
    }

    #[test]
    fn only_mail_addresses_become_links() {
        assert!(is_mail("track@example.org"));
        for text in [
            "",
            "@",
            "a@",
            "Stats NZ",
            "a@b?bcc=c@d",
            "javascript:alert(1)",
            "a@b c",
        ] {
            assert!(!is_mail(text), "{text}");
        }
        assert_eq!(contact("a <b>").into_string(), "a &lt;b&gt;");
    }

    #[test]
    fn stressed_words_are_marked() {
        assert_eq!(
            stressed("a *b* <c>").into_string(),
            "a <em>b</em> &lt;c&gt;"
        );
    }
}
