//! Files that the program writes about itself: settings reference, manual pages, completions, API document.

use std::path::Path;

use cairn_desk::form::{Form, FormFiles};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::settings;

/// Writes all of them below `dir`.
///
/// # Errors
/// A file cannot be written.
pub fn all(dir: &Path) -> anyhow::Result<()> {
    // The one that is built in: an installation serves the document of the form it uses.
    let form = Form::parse(&FormFiles::embedded())
        .map_err(|problems| anyhow::anyhow!("the built-in form: {problems:?}"))?;
    let reference = dir.join("docs/reference");
    let completions = dir.join("packaging/completions");
    let manual = dir.join("packaging/man");
    for folder in [&reference, &completions, &manual] {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(reference.join("settings.md"), settings::reference())?;
    std::fs::write(reference.join("limits.md"), limits())?;
    std::fs::write(
        reference.join("openapi.json"),
        format!("{}\n", cairn_web::api::document(&form)),
    )?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut Args::command(), "cairn", &completions)?;
    }
    clap_mangen::generate_to(Args::command(), &manual)?;
    Ok(())
}

/// Completions on standard output.
pub fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Args::command(), "cairn", &mut std::io::stdout());
}

/// Limits that are no settings: name, value, unit and meaning.
const LIMITS: [(&str, usize, &str); 13] = [
    (
        "MESSAGE_CHARS_MAX",
        cairn_desk::report::MESSAGE_CHARS_MAX,
        "characters of one message between reporter and officer",
    ),
    (
        "MESSAGES_MAX",
        count(cairn_desk::report::MESSAGES_MAX),
        "messages on one report",
    ),
    (
        "FILES_MAX",
        cairn_desk::report::FILES_MAX,
        "files on one report in all, later ones included",
    ),
    (
        "SEARCH_WORDS_MAX",
        cairn_app::case::SEARCH_WORDS_MAX,
        "words of one search",
    ),
    (
        "LIST_ROWS_MAX",
        cairn_store::report::LIST_ROWS_MAX,
        "rows of one list",
    ),
    (
        "EVIDENCE_ROWS_MAX",
        count(cairn_store::evidence::EVIDENCE_ROWS_MAX),
        "rows of one page of the audit trail",
    ),
    (
        "ATTEMPTS_MAX",
        count(cairn_store::job::ATTEMPTS_MAX),
        "attempts at a job before it is given up and shown",
    ),
    (
        "GROUP_UNITS_MAX",
        cairn_store::writer::GROUP_UNITS_MAX,
        "changes in one transaction",
    ),
    (
        "QUEUE_UNITS_MAX",
        cairn_store::writer::QUEUE_UNITS_MAX,
        "changes waiting for the writer; more wait at the door",
    ),
    (
        "CHUNK_BYTES",
        cairn_store::blob::CHUNK_BYTES,
        "bytes sealed at a time in a stored file",
    ),
    (
        "OBSERVABLES_MAX",
        cairn_kernel::observable::OBSERVABLES_MAX,
        "observables taken from one text",
    ),
    (
        "TITLE_CHARS_MAX",
        cairn_kernel::text::TITLE_CHARS_MAX,
        "characters of a report's title in lists",
    ),
    (
        "RECEIPT_BYTES_MAX",
        cairn_evidence::receipt::RECEIPT_BYTES_MAX,
        "bytes of a receipt that is read",
    ),
];

/// The reference page of [`LIMITS`].
fn limits() -> String {
    let mut out = String::from(
        "# Limits\n\nMade by `cargo xtask generate`; do not edit. Limits that can be set are in \
         [settings.md](settings.md); those of a form are in its files (see [forms.md](../forms.md)).\n\n\
         | limit | value | of what |\n| --- | ---: | --- |\n",
    );
    for (name, value, what) in LIMITS {
        out.push_str(&format!("| `{name}` | {value} | {what} |\n"));
    }
    out
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small positive constants"
)]
const fn count(limit: i64) -> usize {
    limit as usize
}
