//! `campaigns`: the test kit's day of reports as JSON lines, so that a browser can be given them.

use serde_json::json;

/// Which day.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Another seed is another day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many reports.
    #[arg(long, default_value_t = 200)]
    count: usize,
}

/// Prints them.
pub fn run(options: &Options) -> anyhow::Result<()> {
    for one in cairn_testkit::campaigns::campaigns(options.seed, options.count) {
        crate::print(&json!({
            "report": one.report, "label": one.label, "campaign": one.campaign, "serious": one.serious,
        }));
    }
    Ok(())
}
