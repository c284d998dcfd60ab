//! Machine reports that were received and wait to be read: whoever sent them was told that they are here, so a backup holds them.

use std::path::Path;

use super::restore::damaged;
use super::{BackupError, Pack, at};
use crate::feeds::waiting::Waits;
use crate::keys::Keys;

/// Packs the files; gives how many. Those whose turn comes and that are gone are named as missing.
pub(super) fn pack(
    pack: &mut Pack,
    (dir, keys): (&Path, &Keys),
    waiting: &[Waits],
    missing: &mut Vec<String>,
) -> Result<u64, BackupError> {
    let mut packed = 0;
    for one in waiting.iter().filter(|one| !one.known) {
        let name = one.name();
        let opened = one.open(dir, keys).and_then(|file| match file {
            None => Ok(None),
            Some(file) => Ok(Some((file.metadata()?.len(), file))),
        });
        match opened.map_err(at(dir))? {
            Some((bytes, file)) => {
                pack.add(&name, bytes, file).map_err(at(dir))?;
                packed += 1;
            }
            None if one.due => missing.push(name),
            None => {}
        }
    }
    Ok(packed)
}

/// Reads what was unpacked: each report whose turn comes must be there as it was received, or have been missing when the backup was
/// made.
pub(super) fn check(
    (aside, keys): (&Path, &Keys),
    waiting: &[Waits],
    missing: &[String],
) -> Result<(), BackupError> {
    for one in waiting.iter().filter(|one| !one.known) {
        let sound = one.is_sound(aside, keys).map_err(at(aside))?;
        let name = one.name();
        let may_lack = || !one.due || missing.contains(&name);
        if !sound.unwrap_or_else(may_lack) {
            return Err(damaged(format!(
                "{name}, which waits to be read, is gone or damaged"
            )));
        }
    }
    Ok(())
}
