//! Help that cannot wait, as boxes.

use cairn_app::App;
use cairn_desk::help::HelpBlock;
use maud::{Markup, html};

use crate::components::{Tone, notice};
use crate::i18n::{Lang, t};

/// A block of help: what to do, and whom to call.
pub(super) fn block(block: &HelpBlock, lang: Lang, tone: Tone) -> Markup {
    let l = lang.as_str();
    let id = format!("help-{}", block.code);
    let body = html! {
        p { (block.body.get(l)) }
        @if !block.lines.is_empty() {
            ul.lines {
                @for line in &block.lines {
                    li {
                        strong { (line.name.get(l)) }
                        @if let Some(phone) = &line.phone {
                            ": " a href={ "tel:" (dialled(phone)) } { (phone) }
                        }
                        @if let Some(sms) = &line.sms {
                            " · " a href={ "sms:" (dialled(sms)) } { (t::report_text_to(lang, sms.as_str())) }
                        }
                        @if let Some(url) = &line.url {
                            " · " a href=(url) rel="noreferrer" { (url.trim_start_matches("https://").trim_end_matches('/')) }
                        }
                        @if let Some(note) = &line.note { br; span.hint { (note.get(l)) } }
                    }
                }
            }
        }
    };
    notice(tone, &id, block.title.get(l), body)
}

/// What every page for people at risk has.
pub(super) fn at_risk(app: &App, lang: Lang) -> Markup {
    html! { @for one in app.form.help().at_risk() { (block(one, lang, Tone::Info)) } }
}

fn dialled(number: &str) -> String {
    let digit = |letter: &char| letter.is_ascii_digit() || *letter == '+';
    number.chars().filter(digit).collect()
}
