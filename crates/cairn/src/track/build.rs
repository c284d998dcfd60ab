//! `cairn track build`, `cairn track pdf` and `cairn track verify`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;

use anyhow::{Context, bail};
use cairn_evidence::note::Note;
use cairn_store::keys::Keys;
use cairn_track::bundle::{self, Kept, MANIFEST, Manifest, NOTE, Public};
use cairn_track::plan::Fault;
use cairn_track::site::{self, Lang, Options, Summary};

use super::check;
use super::folder::{self, Writer};
use crate::args::CheckFailed;
use crate::settings::Settings;

/// Builds a plan's bundle into `out`, by way of a new folder beside it, so that what was there before stays whole until
/// the new one is.
///
/// # Errors
/// The plan has errors, or the disk said no.
pub fn bundle(
    settings: &Settings,
    plan: &Path,
    out: &Path,
    options: &Options,
    sign: bool,
) -> anyhow::Result<()> {
    for (option, address) in [
        ("--challenge", &options.challenge),
        ("--challenges", &options.challenges),
    ] {
        let fits = |text: &String| {
            ["https://", "http://", "/"]
                .iter()
                .any(|start| text.starts_with(start))
                && !text.contains(['?', '#', ' '])
        };
        if address.as_ref().is_some_and(|text| !fits(text)) {
            bail!("{option}: name an address of the web, without a query");
        }
    }
    let public = Public::of(folder::read(plan)?).map_err(|faults| broken(&faults, plan))?;
    let made = beside(out, "new")?;
    let written = write(Writer::new(&made)?, public, options);
    let (summary, manifest, mut writer) = written.inspect_err(|_| {
        let _half = std::fs::remove_dir_all(&made);
    })?;
    if sign {
        let keys = Keys::open(&settings.data.join("keys"), &settings.log_origin)
            .context("the data directory's keys")?;
        let note = keys.signer.sign(manifest.statement())?;
        writer.write(NOTE, note.to_string().as_bytes())?;
    }
    replace(&made, out)?;
    println!(
        "{}: {} pages and {} other files, {} KiB, in {}",
        manifest.plan,
        summary.pages,
        writer.files - summary.pages as u64,
        writer.bytes / 1024,
        out.display()
    );
    println!("check it with: cairn track verify {}", out.display());
    Ok(())
}

/// Files that are made before the disk has taken them.
const AHEAD: usize = 16;

/// The thread that writes has ended, and says itself why.
#[derive(Debug, thiserror::Error)]
#[error("no files are written any more")]
struct Stopped;

/// Builds and writes a bundle: the next files are made while the disk takes the last ones.
fn write<'r>(
    mut writer: Writer<'r>,
    public: Public,
    options: &Options,
) -> anyhow::Result<(Summary, Manifest, Writer<'r>)> {
    let (made, files) = sync_channel::<(String, Vec<u8>)>(AHEAD);
    let (built, written) = std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            for (path, bytes) in files {
                writer
                    .put(&path, bytes)
                    .with_context(|| format!("writing {path}"))?;
            }
            anyhow::Ok(writer)
        });
        let built = bundle::build(Cow::Owned(public), options, &mut |path, bytes| {
            made.send((path.to_owned(), bytes)).map_err(|_| Stopped)
        });
        drop(made);
        (built, writing.join())
    });
    let writer = match written {
        Ok(written) => written?,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    let (summary, manifest) = built?;
    Ok((summary, manifest, writer))
}

/// Writes the report of an edition as a PDF, from what is public of the plan and nothing else.
///
/// # Errors
/// The plan has errors or no such edition, or the disk said no.
pub fn pdf(plan: &Path, out: &Path, lang: &str, edition: Option<&str>) -> anyhow::Result<()> {
    let public = Public::of(folder::read(plan)?).map_err(|faults| broken(&faults, plan))?;
    let asked = match edition {
        Some(id) => public.plan.edition(id),
        None => public.plan.newest(),
    };
    let Some(asked) = asked else {
        let known: Vec<&str> = public
            .plan
            .editions
            .iter()
            .map(|one| one.id.as_str())
            .collect();
        bail!(
            "{} has no edition {}; it has: {}",
            plan.display(),
            edition.unwrap_or_default(),
            known.join(", ")
        );
    };
    let lang = Lang::of_tag(lang).with_context(|| format!("no language {lang}: use en or mi"))?;
    let printed = site::pdf(&public.plan, asked, lang)?;
    std::fs::write(out, &printed.bytes).with_context(|| out.display().to_string())?;
    println!(
        "{}: edition {}, {} pages, {} kB",
        out.display(),
        asked.id,
        printed.pages,
        printed.bytes.len().div_ceil(1000)
    );
    if !printed.boxed.is_empty() {
        let letters: Vec<String> = printed.boxed.iter().map(char::to_string).collect();
        println!(
            "shown as □, since the fonts have no letter for them (a screen reader still says them): {}",
            letters.join(" ")
        );
    }
    Ok(())
}

/// Prints what is wrong, and gives what that means.
fn broken(faults: &[Fault], plan: &Path) -> anyhow::Error {
    match check::print(faults, false) {
        Ok(errors) => CheckFailed(format!(
            "{errors} errors in {}: nothing was built",
            plan.display()
        ))
        .into(),
        Err(error) => error,
    }
}

/// A name beside `out` that is not taken; a run that was cut off may have left one.
fn beside(out: &Path, ending: &str) -> anyhow::Result<PathBuf> {
    let name = out
        .file_name()
        .with_context(|| format!("{} names no folder", out.display()))?;
    let mut name = name.to_owned();
    name.push(format!(".{ending}"));
    let path = out.with_file_name(name);
    if path.exists() {
        std::fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
    }
    Ok(path)
}

/// Puts a finished folder in the place of `out`. Only a bundle is replaced: anything else may be somebody's work.
fn replace(made: &Path, out: &Path) -> anyhow::Result<()> {
    if out.exists() {
        let empty = out
            .read_dir()
            .is_ok_and(|mut entries| entries.next().is_none());
        if !empty && !out.join(MANIFEST).is_file() {
            let _unused = std::fs::remove_dir_all(made);
            bail!(
                "{} is there already and is no bundle: name another folder",
                out.display()
            );
        }
        let old = beside(out, "old")?;
        std::fs::rename(out, &old).with_context(|| out.display().to_string())?;
        std::fs::rename(made, out).with_context(|| out.display().to_string())?;
        std::fs::remove_dir_all(&old).with_context(|| old.display().to_string())?;
        return Ok(());
    }
    std::fs::rename(made, out).with_context(|| out.display().to_string())
}

/// Computes a bundle again.
///
/// # Errors
/// [`CheckFailed`] if anything does not agree.
pub fn verify(settings: &Settings, root: &Path, keys: Option<&Path>) -> anyhow::Result<()> {
    let at = root.join(MANIFEST);
    let text = std::fs::read(&at)
        .with_context(|| format!("{}: name the folder of a bundle", at.display()))?;
    let manifest = Manifest::parse(&text)?;
    let inputs = folder::read(&root.join("plan"))?;
    let paths = folder::walk(root)?
        .iter()
        .map(|path| folder::name(path))
        .filter(|path| !path.starts_with(bundle::INPUTS))
        .collect();
    let faults = bundle::verify(
        inputs,
        &manifest,
        Kept {
            paths,
            read: &mut |path| std::fs::read(root.join(path)).ok(),
        },
    );
    for fault in &faults {
        println!("WRONG  {fault}");
    }
    let signed = signature(settings, root, &manifest, keys)?;
    if faults.is_empty() {
        println!(
            "{}, edition {}: {} files follow from the {} files of the plan, byte for byte; {signed}",
            manifest.plan,
            manifest.edition,
            manifest.outputs.len(),
            manifest.inputs.len()
        );
        return Ok(());
    }
    Err(CheckFailed(format!(
        "{} things do not agree: this is not what the plan's files say, or another version made it (the manifest says {})",
        faults.len(),
        manifest.program
    ))
    .into())
}

/// Who signed the manifest, in words.
fn signature(
    settings: &Settings,
    root: &Path,
    manifest: &Manifest,
    keys: Option<&Path>,
) -> anyhow::Result<String> {
    let at = root.join(NOTE);
    let Ok(text) = std::fs::read_to_string(&at) else {
        if keys.is_some() {
            return Err(CheckFailed("it is not signed".into()).into());
        }
        return Ok("not signed".into());
    };
    let wrong = |why: String| CheckFailed(format!("{}: {why}", at.display()));
    let note = Note::parse(&text).map_err(|error| wrong(error.to_string()))?;
    if note.text() != manifest.statement() {
        return Err(wrong("it signs another manifest".into()).into());
    }
    let own = settings.data.join("keys").join("log.keys");
    let known = match keys {
        Some(keys) => crate::check::key_list(keys)?,
        None if own.is_file() => crate::check::key_list(&own)?,
        None => return Ok("signed; name the publisher's keys with --keys to know by whom".into()),
    };
    let known: Vec<_> = known
        .keys()
        .iter()
        .map(|listed| listed.key.clone())
        .collect();
    let by = note
        .verify(&known)
        .map_err(|error| wrong(error.to_string()))?;
    let names: Vec<&str> = by.iter().map(|key| key.name()).collect();
    Ok(format!("signed by {}", names.join(", ")))
}
