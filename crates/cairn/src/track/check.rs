//! `cairn track check`.

use std::path::Path;

use cairn_track::plan::{Fault, Plan};

use super::folder;
use crate::args::CheckFailed;

/// Prints what is wrong in a plan.
///
/// # Errors
/// [`CheckFailed`] if anything is an error; warnings are none.
pub fn plan(root: &Path, json: bool) -> anyhow::Result<()> {
    let files = folder::read(root)?;
    let (plan, faults) = Plan::read(&files);
    let errors = print(&faults, json)?;
    if let Some(plan) = plan {
        if !json {
            println!(
                "{}: {} editions, {} series; {} warnings, no errors",
                plan.id,
                plan.editions.len(),
                plan.series.len(),
                faults.len()
            );
        }
        return Ok(());
    }
    Err(CheckFailed(format!(
        "{errors} errors in {}: mend them, then check again",
        root.display()
    ))
    .into())
}

/// Prints faults, and gives how many are errors.
///
/// # Errors
/// A fault cannot be printed.
pub fn print(faults: &[Fault], json: bool) -> anyhow::Result<usize> {
    for fault in faults {
        if json {
            println!("{}", serde_json::to_string(fault)?);
        } else {
            let kind = if fault.is_error() {
                "ERROR  "
            } else {
                "warning"
            };
            println!("{kind} {fault}");
        }
    }
    Ok(faults.iter().filter(|fault| fault.is_error()).count())
}
