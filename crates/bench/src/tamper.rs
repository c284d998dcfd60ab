//! `tamper`: random edits of stored reports, log rows and receipts are each found and named by the offline verifier, and
//! a long log verifies in time with short proofs.

mod edits;
mod leaves;

use serde_json::json;

use crate::trial;

/// Longest inclusion proof, in bytes.
const PROOF_BYTES_MAX: usize = 1_024;
/// Longest that a million leaves may take.
const SECONDS_MAX: f64 = 30.0;
const MILLION: u64 = 1_000_000;

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Edits, one at a time.
    #[arg(long, default_value_t = 10_000)]
    edits: u64,
    /// Reports in the store that is edited; from 160 on there is a log line of every kind to edit.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(160..))]
    reports: u64,
    /// Lines of the long log; a tenth of them are reports.
    #[arg(long, default_value_t = 1_000_000)]
    leaves: u64,
    /// Lines of the long log that share a checkpoint.
    #[arg(long, default_value_t = 100)]
    group: u64,
    /// Start of the random edits.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs it.
pub async fn run(options: &Options) -> anyhow::Result<()> {
    let (edited, mut faults) = if options.edits > 0 {
        edits::run(options.edits, options.seed, options.reports).await
    } else {
        (json!(null), Vec::new())
    };
    let (log, proof_bytes, seconds) =
        leaves::run(options.leaves, options.leaves / 10, options.group.max(1)).await;
    if proof_bytes > PROOF_BYTES_MAX {
        faults.push(format!("an inclusion proof has {proof_bytes} bytes"));
    }
    if options.leaves == MILLION && seconds > SECONDS_MAX {
        faults.push(format!("{MILLION} leaves took {seconds:.1} s"));
    }
    trial::verdict(
        json!({"trial": "tamper", "edits": edited, "log": log}),
        &faults,
    )
}
