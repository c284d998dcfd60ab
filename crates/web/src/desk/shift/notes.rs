//! Handover notes: those of now, the form for a new one, and what may be done with each.

use cairn_app::App;
use cairn_app::challenge::form_key;
use cairn_app::shift::Notes;
use cairn_app::shift::rows::Kept;
use cairn_desk::access::Action;
use cairn_desk::shift::{NOTE_CHARS_MAX, Piece, pieces};
use cairn_kernel::observable::defang_text;
use maud::{Markup, html};

use super::super::who::{Officer, token};
use super::super::words::{self, People};
use super::{HOME, Typed, field, older_href};
use crate::components::{
    Encoding, Fault, Field, Hue, Look, button, checkbox, details, form, said, said_inline, tag,
    textarea,
};
use crate::i18n::t;
use crate::problem::Result;

/// Seconds for which a note stands unfolded, so that two shifts before are in sight.
const UNFOLDED_SECONDS: i64 = 24 * 3_600;
/// Notes that stand unfolded at most.
const UNFOLDED_MAX: usize = 8;
/// Lines of the field for a note.
const FIELD_LINES: u8 = 6;

/// The notes to be read now, the form, and the rest folded away.
pub(super) fn recent(
    app: &App,
    officer: &Officer,
    people: &People,
    found: &Notes,
    (typed, faults): (Option<&Typed<'_>>, &[Fault]),
) -> Result<Markup> {
    let l = officer.page.lang;
    let now = app.clock.now();
    let own = officer.who.account.as_str();
    let fresh = |at: usize, kept: &Kept| {
        let note = &kept.note;
        let young = note.at > now.plus_seconds(-UNFOLDED_SECONDS) || note.is_new_to(own);
        // The newest one that counts is in sight however old it is.
        let newest = found.notes.iter().find(|kept| kept.note.holds());
        let newest = newest.is_some_and(|newest| newest.note.no == note.no);
        // What somebody was about to correct comes back with what they typed.
        let mine = typed.is_some_and(|typed| typed.corrects == Some(note.no));
        (young && at < UNFOLDED_MAX) || newest || mine
    };
    let mut shown = Vec::new();
    let mut folded = Vec::new();
    for (at, kept) in found.notes.iter().enumerate() {
        let card = note(officer, people, kept, typed, faults)?;
        if fresh(at, kept) {
            shown.push(card);
        } else {
            folded.push(card);
        }
    }
    Ok(html! {
        h2 #handover { (t::shift_handover(l)) }
        @if found.notes.is_empty() { p { (t::shift_notes_none(l)) } }
        @for card in &shown { (card) }
        @if officer.who.may(Action::WorkReports) { (writing(officer, typed, faults)?) }
        @if !folded.is_empty() {
            (details(&t::shift_notes_folded(l, folded.len() as u64), html! { @for card in &folded { (card) } }))
        }
        @if let Some(next) = found.next { p { a href=(older_href(next)) { (t::shift_notes_older(l)) } } }
    })
}

fn writing(officer: &Officer, typed: Option<&Typed<'_>>, faults: &[Fault]) -> Result<Markup> {
    let l = officer.page.lang;
    let typed = typed.filter(|typed| typed.corrects.is_none());
    let name = field(None);
    let own = Field::new(l, &name, t::shift_note_new(l))
        .hint(t::shift_note_hint(l))
        .error_in(faults);
    let body = html! {
        input type="hidden" name="once" value=(form_key()?);
        (textarea(&own, typed.map_or("", |typed| typed.text), FIELD_LINES, u32::try_from(NOTE_CHARS_MAX).ok()))
        (button(Look::Main, t::shift_note_write(l)))
    };
    Ok(form(
        HOME,
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        body,
    ))
}

/// One note, with what this officer may do with it.
pub(super) fn note(
    officer: &Officer,
    people: &People,
    kept: &Kept,
    typed: Option<&Typed<'_>>,
    faults: &[Fault],
) -> Result<Markup> {
    let (l, note) = (officer.page.lang, &kept.note);
    let read = note.read.iter();
    let mut read: Vec<_> = read.map(|(by, at)| (*at, by)).collect();
    read.sort_unstable();
    let title = format!("note-no-{}", note.no);
    Ok(html! {
        article.card.note aria-labelledby=(title) {
            h3 id=(title) tabindex="-1" { (t::shift_note_no(l, note.no)) }
            p.caption {
                (words::person(people, &note.by)) ", "
                time datetime=(note.at) { (officer.page.moment(note.at)) }
                @if note.is_new_to(&officer.who.account) && officer.who.may(Action::WorkReports) { " " (tag(Hue::Blue, t::shift_note_unread(l))) }
            }
            @if let Some(no) = note.corrects { p { a href={ "#note-no-" (no) } { (t::shift_note_corrects(l, no)) } } }
            @if let Some(no) = note.corrected_by { p { (tag(Hue::Amber, &t::shift_note_corrected(l, no))) } }
            @if let Some((at, by)) = &note.withdrawn {
                p { (tag(Hue::Amber, t::shift_note_withdrawn(l))) " " (words::person(people, by)) ", " (officer.page.moment(*at)) }
            }
            @match &kept.text {
                Some(text) => (linked(text)),
                None => p { em { (t::cases_erased(l)) } },
            }
            @if !read.is_empty() {
                p.hint {
                    (t::shift_read_by(l)) " "
                    @for (at, (when, by)) in read.iter().enumerate() {
                        @if at > 0 { "; " }
                        (words::person(people, by)) ", " time datetime=(when) { (officer.page.moment(*when)) }
                    }
                }
            } @else if note.holds() {
                p.hint { (t::shift_read_by_nobody(l)) }
            }
            (doing(officer, kept, typed, faults)?)
        }
    })
}

/// What it says, as text; what looks like a reference of a report or the number of a case stands between as a link of ours.
fn linked(text: &str) -> Markup {
    let safe = defang_text(text);
    let parts = pieces(&safe);
    if let [Piece::Text(all)] = parts.as_slice() {
        return said(all);
    }
    html! {
        div.words dir="auto" {
            @for piece in parts {
                @match piece {
                    Piece::Text(own) => (said_inline(own)),
                    Piece::Report(own, reference) => a href={ "/desk/reports/" (reference) } { (own) },
                    Piece::Case(own, no) => a href={ "/desk/cases/" (no) } { (own) },
                }
            }
        }
    }
}

fn doing(
    officer: &Officer,
    kept: &Kept,
    typed: Option<&Typed<'_>>,
    faults: &[Fault],
) -> Result<Markup> {
    let (l, note) = (officer.page.lang, &kept.note);
    let who = &officer.who;
    let does = who.may(Action::WorkReports);
    let own = note.by == who.account;
    let token = token(&officer.seen);
    let act = |action: &str, body: Markup| {
        let to = format!("{HOME}/notes/{}/{action}", note.no);
        form(&to, Encoding::Pairs, Some(&token), body)
    };
    let corrects = does && own && note.holds();
    let withdraws = note.holds() && does && (own || who.may(Action::AssignReports));
    let erases = !note.erased && who.may(Action::EraseContacts);
    Ok(html! {
        @if does && note.is_new_to(&who.account) { (act("read", button(Look::Main, &t::shift_note_read(l, note.no)))) }
        @if corrects { (correcting(officer, kept, typed, faults, &act)?) }
        @if withdraws {
            (details(&t::shift_note_withdraw_no(l, note.no), act("withdraw", html! {
                p.hint { (t::shift_note_withdraw_hint(l)) }
                (button(Look::Plain, &t::shift_note_withdraw_no(l, note.no)))
            })))
        }
        @if erases {
            @let sure = format!("sure-{}", note.no);
            @let wrong = faults.iter().any(|fault| fault.field == sure);
            details open[wrong] {
                summary { (t::shift_note_erase_no(l, note.no)) }
                div {
                    (act("erase", html! {
                        p.hint { (t::shift_note_erase_hint(l)) }
                        (checkbox(&Field::new(l, &sure, t::cases_erase_sure(l)).error_in(faults), "1", false))
                        (button(Look::Danger, &t::shift_note_erase_no(l, note.no)))
                    }))
                }
            }
        }
    })
}

fn correcting(
    officer: &Officer,
    kept: &Kept,
    typed: Option<&Typed<'_>>,
    faults: &[Fault],
    act: &impl Fn(&str, Markup) -> Markup,
) -> Result<Markup> {
    let l = officer.page.lang;
    let no = kept.note.no;
    let typed = typed.filter(|typed| typed.corrects == Some(no));
    let name = field(Some(no));
    let label = t::shift_note_correct_label(l, no);
    let own = Field::new(l, &name, &label)
        .hint(t::shift_note_correct_hint(l))
        .error_in(faults);
    let before = kept.text.as_deref().unwrap_or_default();
    let body = html! {
        input type="hidden" name="once" value=(form_key()?);
        (textarea(&own, typed.map_or(before, |typed| typed.text), FIELD_LINES, u32::try_from(NOTE_CHARS_MAX).ok()))
        (button(Look::Plain, t::shift_note_write(l)))
    };
    Ok(html! {
        details open[typed.is_some()] {
            summary { (t::shift_note_correct_no(l, no)) }
            div { (act("correct", body)) }
        }
    })
}
