//! Room on the disk for a whole run of the checks: a disk that fills makes every later step fail with words of its own.

use std::path::Path;
use std::process::Command;

/// Bytes that a run from nothing writes below the target directory, with room for the stores of the tests.
const WHOLE_RUN: u64 = 10_000_000_000;
/// Below this, what failed most likely failed for want of room.
const FULL: u64 = 300_000_000;

/// A warning before the first step, where less room is left than a run from nothing takes.
pub fn before(target: &Path) -> Option<String> {
    let free = free(target)?;
    (free < WHOLE_RUN).then(|| {
        format!(
            "Note: {} has {} free; building and running all checks from nothing takes {}.",
            target.display(),
            gigabytes(free),
            gigabytes(WHOLE_RUN)
        )
    })
}

/// The likely cause of what failed, where the disk is full after the last step.
pub fn after(target: &Path) -> Option<String> {
    let free = free(target)?;
    (free < FULL).then(|| {
        format!(
            "The disk of {} is full ({} free). Make room ({} for a run from nothing) and run the checks again.",
            target.display(),
            gigabytes(free),
            gigabytes(WHOLE_RUN)
        )
    })
}

/// Bytes that are free for us on the disk of a directory. Nothing where `df` does not say it: no reason to fail.
fn free(dir: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(dir).output().ok()?;
    available(&String::from_utf8_lossy(&output.stdout))
}

/// The fourth column of the line below the heading that `df -Pk` prints (POSIX), which is in units of 1,024 bytes; as bytes.
fn available(printed: &str) -> Option<u64> {
    let blocks = printed.lines().nth(1)?.split_whitespace().rev().nth(2)?;
    blocks.parse::<u64>().ok()?.checked_mul(1024)
}

fn gigabytes(bytes: u64) -> String {
    format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_df_prints_is_read() {
        let printed = "Filesystem     1024-blocks      Used Available Capacity Mounted on\n\
            a disk           263174212 88704300   6102340      94% /\n";
        assert_eq!(available(printed), Some(6_102_340 * 1024));
        assert_eq!(available(""), None);
        assert_eq!(available("df: nothing there\n"), None);
    }

    #[test]
    fn a_directory_that_is_there_has_a_figure() {
        assert!(free(&std::env::temp_dir()).is_some());
        assert_eq!(gigabytes(6_249_000_000), "6.2 GB");
    }
}
