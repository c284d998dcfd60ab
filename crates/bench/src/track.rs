//! `bench track`: a plan's bundle built and verified by the program itself: the Aotearoa plan, and a generated one of the
//! size that a whole government would have.

use std::fmt::Write as _;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::child::{cpu_of, memory_mib};

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Measures of the generated plan.
    #[arg(long, default_value_t = 2_000)]
    measures: usize,
    /// Years of each.
    #[arg(long, default_value_t = 30)]
    years: usize,
    /// Breakdowns of each year, beside the total.
    #[arg(long, default_value_t = 50)]
    cells: usize,
    /// Folder of the real plan.
    #[arg(long, default_value = "plans/nz-digital")]
    plan: PathBuf,
}

/// Measures that share a goal.
const GOAL_MEASURES: usize = 40;

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let generated = dir.path().join("generated");
    write_plan(&generated, options)?;
    let rows = options.measures * options.years * (options.cells + 1);
    for (name, plan, rows) in [
        ("real", &options.plan, None),
        ("generated", &generated, Some(rows)),
    ] {
        let out = dir.path().join(format!("{name}-bundle"));
        let shown = |path: &Path| path.display().to_string();
        let built = timed(cairn, &["build", &shown(plan), "--out", &shown(&out)])?;
        let verified = timed(cairn, &["verify", &shown(&out)])?;
        crate::print(&json!({
            "benchmark": "track", "plan": name, "rows": rows,
            "build_seconds": built.seconds, "build_cpu_seconds": built.cpu, "build_peak_mib": built.peak_mib,
            "verify_seconds": verified.seconds, "verify_cpu_seconds": verified.cpu,
            "verify_peak_mib": verified.peak_mib,
        }));
    }
    Ok(())
}

struct Cost {
    seconds: f64,
    cpu: f64,
    peak_mib: f64,
}

/// Runs `cairn track …` to its end.
fn timed(cairn: &Path, args: &[&str]) -> anyhow::Result<Cost> {
    let mut said = tempfile::tempfile()?;
    let begun = Instant::now();
    let mut child = std::process::Command::new(cairn)
        .arg("track")
        .args(args)
        .stdout(said.try_clone()?)
        .spawn()
        .with_context(|| cairn.display().to_string())?;
    let (mut cpu, mut peak_mib) = (0.0, 0.0_f64);
    // What it used is gone once it was waited for, so it is read until it has ended and not been waited for.
    loop {
        let pid = child.id();
        cpu = cpu_of(pid).unwrap_or(cpu);
        peak_mib = peak_mib.max(memory_mib(pid).1);
        if is_over(pid) {
            cpu = cpu_of(pid).unwrap_or(cpu);
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let status = child.wait()?;
    if !status.success() {
        let mut told = String::new();
        said.rewind()?;
        said.take(2_000).read_to_string(&mut told)?;
        bail!("cairn track {}: {status}\n{told}", args.join(" "));
    }
    let round = |x: f64| (x * 1_000.0).round() / 1_000.0;
    Ok(Cost {
        seconds: round(seconds),
        cpu: round(cpu),
        peak_mib: peak_mib.round(),
    })
}

fn is_over(pid: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return true;
    };
    stat.rsplit_once(')')
        .is_none_or(|(_, rest)| rest.trim_start().starts_with('Z'))
}

/// A plan of this size, the same each time.
fn write_plan(root: &Path, options: &Options) -> anyhow::Result<()> {
    let edition = root.join("editions/2050");
    std::fs::create_dir_all(&edition)?;
    std::fs::create_dir_all(root.join("series"))?;
    std::fs::write(
        root.join("plan.toml"),
        "id = \"generated\"\ntitle = \"A generated plan\"\ncountry = \"NZ\"\nowner = \"Example office\"\n\
         contact = \"track@agency.example\"\nlicence = \"CC-BY-4.0\"\nlanguages = [\"en\", \"mi\"]\n\
         currency = \"NZD\"\neditions = [\"2050\"]\n",
    )?;
    std::fs::write(
        root.join("sources.csv"),
        "id,title,publisher,url,kind,published,retrieved,sha256,note\n\
         s1,Generated figures,Example office,https://stats.example/,dataset,2050-01,,,\n",
    )?;
    std::fs::write(
        edition.join("edition.toml"),
        "id = \"2050\"\ntitle = \"Edition 2050\"\nstatus = \"draft\"\nas_of = 2050-06-30\n\
         vision = \"A plan as large as a government.\"\n",
    )?;
    std::fs::write(
        edition.join("themes.toml"),
        "[[theme]]\nid = \"t\"\ntitle = \"Theme\"\n",
    )?;
    let (mut goals, mut measures) = (String::new(), String::new());
    for n in 0..options.measures {
        let goal = n / GOAL_MEASURES;
        if n.is_multiple_of(GOAL_MEASURES) {
            write!(
                goals,
                "[[goal]]\nid = \"g{goal}\"\ntheme = \"t\"\ntitle = \"Goal {goal}\"\nsource = \"s1\"\n\n"
            )?;
        }
        measure(&mut measures, n, goal, options)?;
        std::fs::write(root.join(format!("series/x{n}.csv")), series(n, options)?)?;
    }
    std::fs::write(edition.join("goals.toml"), goals)?;
    std::fs::write(edition.join("measures.toml"), measures)?;
    std::fs::write(
        edition.join("initiatives.toml"),
        "[[initiative]]\nid = \"i1\"\nkind = \"flagship\"\ntitle = \"Initiative\"\nthemes = [\"t\"]\n\
         goals = [\"g0\"]\nowner = \"Example office\"\nowner_basis = \"s1\"\nsource = \"s1\"\n",
    )?;
    Ok(())
}

fn measure(out: &mut String, n: usize, goal: usize, options: &Options) -> std::fmt::Result {
    let direction = if n.is_multiple_of(2) { "up" } else { "down" };
    let target = if n.is_multiple_of(3) {
        "{ value = \"150\", year = 2060, kind = \"number\" }"
    } else {
        "\"none\""
    };
    let cells: Vec<String> = (0..options.cells)
        .map(|cell| format!("\"c{cell}\""))
        .collect();
    write!(
        out,
        "[[measure]]\nid = \"m{n}\"\ngoal = \"g{goal}\"\ntitle = \"Measure {n}\"\n\
         definition = \"What is counted.\"\nunit = \"percent\"\nsource = \"s1\"\nfrequency = \"yearly\"\n\
         licence = \"CC-BY-4.0\"\ncontact = \"track@agency.example\"\ndirection = \"{direction}\"\n\
         series = \"x{n}\"\ntarget = {target}\n\
         disaggregation = [{{ name = \"part\", values = [{}] }}]\n\n",
        cells.join(", ")
    )
}

fn series(n: usize, options: &Options) -> Result<String, std::fmt::Error> {
    let mut out =
        String::from("period,value,vintage,source,missing,low,high,n,flag,break,note,part\n");
    for year in 0..options.years {
        let period = 2049 + year - options.years;
        for cell in 0..=options.cells {
            // Any numbers that differ from each other will do.
            let value = (n * 31 + year * 17 + cell * 7) % 1_400;
            let part = if cell == options.cells {
                String::new()
            } else {
                format!("c{cell}")
            };
            writeln!(
                out,
                "{period},{}.{},2050-01,s1,,,,,,,,{part}",
                10 + value / 10,
                value % 10
            )?;
        }
    }
    Ok(out)
}
