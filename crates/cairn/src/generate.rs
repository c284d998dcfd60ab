//! Files that the program writes about itself: settings reference, manual pages, completions, API document.

mod limits;

use std::path::Path;

use cairn_desk::form::{Form, FormFiles};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::{Args, EXIT_CODES};
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
    std::fs::write(reference.join("limits.md"), limits::page())?;
    std::fs::write(
        reference.join("openapi.json"),
        format!("{}\n", cairn_web::api::document(&form)),
    )?;
    std::fs::write(
        reference.join("openapi-desk.json"),
        format!("{}\n", cairn_web::api::desk::document()),
    )?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut Args::command(), "cairn", &completions)?;
    }
    clap_mangen::generate_to(with_exit_codes(Args::command()), &manual)?;
    Ok(())
}

/// Every command's page tells what its exit codes mean.
fn with_exit_codes(command: clap::Command) -> clap::Command {
    command.mut_subcommands(|sub| with_exit_codes(sub.after_help(EXIT_CODES)))
}

/// Completions on standard output.
pub fn completions(shell: Shell) {
    clap_complete::generate(shell, &mut Args::command(), "cairn", &mut std::io::stdout());
}
