//! What an office does with a plan between two editions: what is due, what stands in the way of signing off, returns that
//! were filed, freezing an edition and beginning the next one.

use std::path::{Path, PathBuf};

use anyhow::Context;
use cairn_track::office::returns::{self, Accepted, Return};
use cairn_track::office::{
    Signature, claims_without_evidence, due, freeze, next_edition, ready, scorecard,
};
use cairn_track::plan::{Edition, Fault, Files, Plan, Words};
use jiff::civil::Date;

use super::print::{Format, sheet};
use super::{check, folder};
use crate::args::{CheckFailed, Usage};

/// A plan, one of its editions, and a day.
#[derive(Debug, clap::Args)]
pub struct Which {
    /// Folder of the plan.
    plan: PathBuf,
    /// Id of the edition; the newest if absent.
    #[arg(long, value_name = "ID")]
    edition: Option<String>,
    /// The day that is asked about; today if absent.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// A list, and how it is printed.
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    which: Which,
    /// table, csv or json.
    #[arg(long, default_value = "table")]
    format: Format,
}

fn today() -> Date {
    jiff::Zoned::now().date()
}

impl Which {
    fn day(&self) -> Date {
        self.on.unwrap_or_else(today)
    }

    /// The plan with the id of the edition that was asked for.
    fn read(&self) -> anyhow::Result<Plan> {
        match Plan::read(&folder::read(&self.plan)?) {
            (Some(plan), _) => Ok(plan),
            (None, faults) => Err(broken(&faults, &self.plan)),
        }
    }

    fn edition<'p>(&self, plan: &'p Plan) -> anyhow::Result<&'p Edition> {
        let edition = match &self.edition {
            Some(id) => plan.edition(id),
            None => plan.newest(),
        };
        edition.ok_or_else(|| {
            let ids: Vec<&str> = plan.editions.iter().map(|one| one.id.as_str()).collect();
            Usage(format!(
                "there is no such edition; there are {}",
                ids.join(", ")
            ))
            .into()
        })
    }
}

/// Prints what is wrong, and gives what that means.
fn broken(faults: &[Fault], plan: &Path) -> anyhow::Error {
    match check::print(faults, false) {
        Ok(errors) => CheckFailed(format!(
            "{errors} errors in {}: mend them first",
            plan.display()
        ))
        .into(),
        Err(error) => error,
    }
}

impl List {
    /// `cairn track due`.
    ///
    /// # Errors
    /// The plan cannot be read or has errors.
    pub fn due(&self) -> anyhow::Result<()> {
        let plan = self.which.read()?;
        let edition = self.which.edition(&plan)?;
        let all = due(&plan, &edition.id, self.which.day());
        let rows = all.iter().map(|one| {
            let period = one.period.map_or_else(String::new, |it| it.to_string());
            vec![
                one.by.to_string(),
                one.state.as_str().to_owned(),
                one.owner.clone(),
                one.what.as_str().to_owned(),
                one.initiative.clone().unwrap_or_default(),
                one.id.clone(),
                period,
                one.title.en.clone(),
            ]
        });
        let header = [
            "by",
            "state",
            "owner",
            "what",
            "initiative",
            "id",
            "period",
            "title",
        ];
        sheet(self.format, &header, rows.collect(), &all)
    }

    /// `cairn track claims`.
    ///
    /// # Errors
    /// As [`Self::due`].
    pub fn claims(&self) -> anyhow::Result<()> {
        let plan = self.which.read()?;
        let edition = self.which.edition(&plan)?;
        let all = claims_without_evidence(&plan, edition, self.which.day());
        let rows = all.iter().map(|one| {
            let on = one.on.map_or_else(String::new, |on| on.to_string());
            vec![
                word(&one.doubt),
                one.owner.clone(),
                one.initiative.clone(),
                word(&one.of),
                one.id.clone(),
                on,
                one.sources.join(" "),
                one.title.en.clone(),
            ]
        });
        let header = [
            "doubt",
            "owner",
            "initiative",
            "of",
            "id",
            "on",
            "sources",
            "title",
        ];
        sheet(self.format, &header, rows.collect(), &all)
    }

    /// `cairn track scorecard`.
    ///
    /// # Errors
    /// As [`Self::due`].
    pub fn scorecard(&self) -> anyhow::Result<()> {
        let plan = self.which.read()?;
        let edition = self.which.edition(&plan)?;
        let all = scorecard(&plan, edition, self.which.day());
        let rows = all.iter().map(|one| {
            let both = |count: fn(&cairn_track::office::Steps) -> usize| {
                (count(&one.milestones) + count(&one.actions)).to_string()
            };
            vec![
                one.owner.clone(),
                one.initiatives.len().to_string(),
                both(|steps| steps.on_time + steps.done),
                both(|steps| steps.late),
                both(|steps| steps.overdue),
                both(|steps| steps.without_evidence),
                both(|steps| steps.due + steps.no_date),
                one.claims.to_string(),
                one.measures.len().to_string(),
                one.without_data.len().to_string(),
            ]
        });
        let header = [
            "owner",
            "initiatives",
            "on_time",
            "late",
            "overdue",
            "without_evidence",
            "to_come",
            "claims_in_doubt",
            "measures",
            "without_data",
        ];
        sheet(self.format, &header, rows.collect(), &all)
    }

    /// `cairn track ready`.
    ///
    /// # Errors
    /// The plan cannot be read; [`CheckFailed`] if anything forbids signing off.
    pub fn ready(&self) -> anyhow::Result<()> {
        let (plan, faults) = Plan::sketch(&folder::read(&self.which.plan)?);
        let edition = self.which.edition(&plan)?;
        let all = ready(&plan, &faults, &edition.id, self.which.day());
        let rows = all.iter().map(|one| {
            let place = one.file.as_ref().map(|file| format!("{file}:{}", one.line));
            vec![
                if one.forbids { "forbids" } else { "warns" }.to_owned(),
                one.code.to_owned(),
                one.owner.clone().unwrap_or_default(),
                place.unwrap_or_else(|| one.id.clone()),
                one.what.en.clone(),
                one.mend.en.clone(),
            ]
        });
        let header = ["weight", "code", "owner", "id", "what", "mend"];
        sheet(self.format, &header, rows.collect(), &all)?;
        let forbids = all.iter().filter(|one| one.forbids).count();
        if forbids == 0 {
            return Ok(());
        }
        Err(CheckFailed(format!(
            "not ready to be signed off: {forbids} of these forbid it"
        ))
        .into())
    }
}

/// An enumeration's word in files.
fn word(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// An edition to freeze.
#[derive(Debug, clap::Args)]
pub struct Freeze {
    /// Folder of the plan.
    plan: PathBuf,
    /// Id of the edition.
    #[arg(long, value_name = "ID")]
    edition: String,
    /// Day of publication.
    #[arg(long, value_name = "DATE")]
    on: Date,
    /// Who signed it off, as ROLE=OFFICE, or ROLE=OFFICE@DATE if not on the day of publication. At least two, in different
    /// roles.
    #[arg(long = "sign-off", value_name = "ROLE=OFFICE", required = true)]
    sign_offs: Vec<String>,
}

impl Freeze {
    /// `cairn track freeze`.
    ///
    /// # Errors
    /// [`Usage`] for a signature that cannot be read; [`CheckFailed`] if something forbids it; the disk said no.
    pub fn run(self) -> anyhow::Result<()> {
        let signed = self.sign_offs.iter().map(|text| signature(text, self.on));
        let signed = signed.collect::<anyhow::Result<Vec<Signature>>>()?;
        let files = folder::read(&self.plan)?;
        let made = freeze(&files, &self.edition, self.on, &signed);
        settle(&self.plan, &files, made)?;
        println!(
            "edition {} is frozen, published on {}",
            self.edition, self.on
        );
        Ok(())
    }
}

fn signature(text: &str, on: Date) -> anyhow::Result<Signature> {
    let (role, office) = text
        .split_once('=')
        .with_context(|| format!("`{text}`: write ROLE=OFFICE"))
        .map_err(|error| Usage(error.to_string()))?;
    let dated = office.rsplit_once('@');
    let dated = dated.and_then(|(office, day)| Some((office, day.trim().parse::<Date>().ok()?)));
    let (office, on) = dated.unwrap_or((office, on));
    Ok(Signature {
        role: role.trim().to_owned(),
        office: office.trim().to_owned(),
        on,
    })
}

/// Writes the files that changed, or prints why there are none.
fn settle(root: &Path, before: &Files, made: Result<Files, Vec<Fault>>) -> anyhow::Result<()> {
    match made {
        Ok(after) => {
            for path in folder::replace(root, before, &after)? {
                println!("{}", root.join(path).display());
            }
            Ok(())
        }
        Err(faults) => {
            let errors = check::print(&faults, false)?;
            Err(CheckFailed(format!("nothing was changed: {errors} errors forbid it")).into())
        }
    }
}

/// An edition to begin.
#[derive(Debug, clap::Args)]
pub struct Begin {
    /// Folder of the plan.
    plan: PathBuf,
    /// Id of the plan's newest edition, which is copied.
    #[arg(long, value_name = "ID")]
    from: String,
    /// Id of the new one.
    #[arg(long, value_name = "ID")]
    id: String,
    /// Its title.
    #[arg(long)]
    title: String,
    /// Its title in te reo Māori.
    #[arg(long, value_name = "TITLE")]
    title_mi: Option<String>,
    /// The day up to which its figures count; today if absent.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

impl Begin {
    /// `cairn track edition`.
    ///
    /// # Errors
    /// [`CheckFailed`] if something forbids it; the disk said no.
    pub fn run(self) -> anyhow::Result<()> {
        let title = Words {
            en: self.title,
            mi: self.title_mi,
        };
        let files = folder::read(&self.plan)?;
        let as_of = self.as_of.unwrap_or_else(today);
        let made = next_edition(&files, &self.from, &self.id, &title, as_of);
        settle(&self.plan, &files, made)
    }
}

/// A return to check or accept.
#[derive(Debug, clap::Args)]
pub struct Filed {
    /// Folder of the plan.
    plan: PathBuf,
    /// The return, as JSON.
    file: PathBuf,
    /// Accept it in this role: write it into the plan's files if nothing is wrong with it.
    #[arg(long, value_name = "ROLE")]
    accept: Option<String>,
    /// The day; today if absent.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// Largest file of a return, bytes.
const RETURN_BYTES_MAX: u64 = 1024 * 1024;

impl Filed {
    /// `cairn track return`.
    ///
    /// # Errors
    /// [`Usage`] for a file that is no return; [`CheckFailed`] if something is wrong with it; the disk said no.
    pub fn run(self) -> anyhow::Result<()> {
        let named = || self.file.display().to_string();
        if std::fs::metadata(&self.file).with_context(named)?.len() > RETURN_BYTES_MAX {
            return Err(Usage(format!("{}: too large for a return", named())).into());
        }
        let bytes = std::fs::read(&self.file).with_context(named)?;
        let ret: Return = serde_json::from_slice(&bytes)
            .map_err(|error| Usage(format!("{}: no return: {error}", named())))?;
        let files = folder::read(&self.plan)?;
        let (plan, _) = Plan::sketch(&files);
        let day = self.on.unwrap_or_else(today);
        let findings = returns::check(&plan, &ret.edition, &ret, day);
        for one in &findings {
            let kind = if one.is_error() { "ERROR  " } else { "warning" };
            println!("{kind} {}: {}. {}", one.field, one.what.en, one.mend.en);
        }
        let errors = findings.iter().filter(|one| one.is_error()).count();
        if errors > 0 {
            return Err(CheckFailed(format!("it cannot be accepted: {errors} errors")).into());
        }
        let Some(role) = self.accept else {
            return Ok(());
        };
        let accepted = Accepted {
            ret,
            accepted: day,
            role,
        };
        settle(&self.plan, &files, returns::apply(&files, &[accepted]))
    }
}
