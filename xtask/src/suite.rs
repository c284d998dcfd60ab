//! `cargo xtask test`: every check there is, one after another, none of them stopping the others.

use std::num::NonZero;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::count::{self, Count};
use crate::metadata::Metadata;
use crate::postgres::{Cluster, VARIABLE};
use crate::summary::{self, Line, Outcome};
use crate::task::{self, Task};
use crate::{browser, edges, failures, fuzz, generate, house, licence, lock, process, room, setup};

/// No step may take longer. The whole run is meant to take 45 minutes on two cores, with nothing built before.
const STEP_MAX: Duration = Duration::from_secs(60 * 60);
/// Lines of a failed step's output that are shown; all of it stays in its file.
const SHOWN_LINES: usize = 300;
/// How the tests that run on PostgreSQL are called; the same tests on SQLite stand beside them.
const ON_POSTGRES: &str = "::postgres";
/// Settings of cargo for a run after which everything is thrown away. Only the fuzz targets are built in the release profile, and
/// for a few seconds each: optimising them in full takes longer than running them.
const ONCE: [(&str, &str); 4] = [
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
];
/// Seconds for each fuzz target: enough to run the seeds and see that the target works.
const FUZZ_SECONDS: u64 = 5;
/// Where each fuzz target begins: a change is tried with the same inputs at each run, and is not refused by chance for what it did
/// not touch. `cargo xtask fuzz` begins elsewhere each time, and looks for what is new.
const FUZZ_SEED: u64 = 1;
/// Where the property tests begin, for the same reason, unless it is set from outside. `cargo test` begins elsewhere each time.
const PROPERTY_SEED: (&str, &str) = ("PROPTEST_RNG_SEED", "1");

/// What the steps share.
struct Context {
    root: PathBuf,
    metadata: Metadata,
    /// Where the output of each step is kept.
    logs: PathBuf,
    /// Started by the first step that needs it.
    cluster: Option<Cluster>,
    /// Whether the programs are built.
    built: bool,
}

/// One check.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Tools of the set-up table without which it is skipped.
    needs: &'static [&'static str],
    run: Run,
}

enum Run {
    /// Our own code.
    Own(fn(&mut Context) -> Result<Outcome>),
    /// A task of the table, with its arguments for this run.
    Task(&'static Task, &'static [&'static str]),
}

#[rustfmt::skip]
fn steps() -> Vec<Step> {
    let own = |name, about, needs, run| Step { name, about, needs, run: Run::Own(run) };
    let mut steps = vec![
        own("setup", "the tools that the other steps need", &[], set_up),
        own("fmt", "cargo fmt --check", &["rustfmt"], fmt),
        own("edges", "crates depend on lower floors only; floors 1 and 2 are pure", &[], check_edges),
        own("house", "sizes of files, nothing left undone", &[], check_house),
        own("supply", "no banned, doubled or foreign crate; licences; at most 80 direct dependencies", &[], supply),
        own("clippy", "cargo clippy, warnings are errors", &["clippy"], clippy),
        own("unit", "unit and integration tests, stores on SQLite", &[], unit),
        own("postgres", "the store's tests on a real PostgreSQL", &["postgresql"], on_postgres),
        own("doc", "documentation tests", &[], doc),
        own("generated", "the generated files are fresh", &[], generated),
    ];
    for task in task::TASKS {
        if let Some(args) = task.ci {
            let needs: &[&str] = if task.postgres { &["postgresql"] } else { task.needs };
            steps.push(Step { name: task.name, about: task.about, needs, run: Run::Task(task, args) });
        }
    }
    steps.push(own("browser", "pages in Chromium, with scripts and without", &["node", "npm", "chromium"], in_browser));
    steps.push(own("fuzz", "each fuzz target for a few seconds", &["g++"], fuzz_smoke));
    steps
}

/// Runs the steps that the arguments leave. `Ok(false)`: something failed, or was skipped where `CI=true`.
pub fn main(args: &[String]) -> Result<bool> {
    let all = steps();
    let choice = Choice::parse(args, &all)?;
    if choice.list {
        for step in &all {
            println!("  {:<10} {}", step.name, step.about);
        }
        return Ok(true);
    }
    let root = process::root()?;
    let metadata = Metadata::load(&root)?;
    let logs = metadata.target_directory.join("xtask");
    std::fs::create_dir_all(&logs).with_context(|| format!("creating {}", logs.display()))?;
    let target = metadata.target_directory.clone();
    let mut context = Context {
        root,
        metadata,
        logs,
        cluster: None,
        built: false,
    };
    if let Some(warning) = room::before(&target) {
        println!("{warning}");
    }
    let mut lines = Vec::new();
    for step in all.iter().filter(|step| choice.wants(step.name)) {
        let start = Instant::now();
        let outcome = if choice.skip.iter().any(|name| name == step.name) {
            Outcome::Skipped("asked to".to_owned())
        } else {
            println!("… {}: {}", step.name, step.about);
            attempt(step, &mut context)
        };
        let line = Line {
            name: step.name.to_owned(),
            took: start.elapsed(),
            outcome,
        };
        tell(&line);
        lines.push(line);
    }
    drop(context);
    print!("\n{}", summary::table(&lines));
    for line in &lines {
        if let Outcome::Failed(_, output) = &line.outcome {
            print!("{}", failures::told(&line.name, output));
        }
    }
    let well = summary::well(&lines, strict());
    if let Some(cause) = room::after(&target).filter(|_| !well) {
        println!("{cause}");
    }
    Ok(well)
}

/// Whether a skip counts as a failure.
fn strict() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Which steps the caller wants.
#[derive(Debug, Default)]
struct Choice {
    only: Vec<String>,
    skip: Vec<String>,
    list: bool,
}

impl Choice {
    fn parse(args: &[String], steps: &[Step]) -> Result<Self> {
        let mut choice = Self::default();
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let (flag, value) = match word.split_once('=') {
                Some((flag, value)) => (flag, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let names = match flag {
                "--list" => {
                    choice.list = true;
                    continue;
                }
                "--only" => &mut choice.only,
                "--skip" => &mut choice.skip,
                other => {
                    bail!("unknown argument {other:?}; there are --only NAME, --skip NAME, --list")
                }
            };
            let value = value.or_else(|| words.next().cloned());
            let value = value.with_context(|| format!("{flag} needs the name of a step"))?;
            for name in value.split(',') {
                if !steps.iter().any(|step| step.name == name) {
                    bail!("there is no step {name:?}; --list names them");
                }
                names.push(name.to_owned());
            }
        }
        Ok(choice)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|own| own == name)
    }
}

fn attempt(step: &Step, context: &mut Context) -> Outcome {
    let missing: Vec<&str> = step
        .needs
        .iter()
        .copied()
        .filter(|name| !setup::has(name))
        .collect();
    if !missing.is_empty() {
        return Outcome::Skipped(format!("not here: {}", missing.join(", ")));
    }
    let result = match step.run {
        Run::Own(run) => run(context),
        Run::Task(task, args) => trial(context, task, args),
    };
    result.unwrap_or_else(|error| Outcome::Failed(Count::one(false), format!("{error:#}\n")))
}

fn tell(line: &Line) {
    let seconds = line.took.as_secs_f64();
    match &line.outcome {
        Outcome::Passed(..) => println!("  passed ({seconds:.1} s)"),
        Outcome::Skipped(why) => println!("  {} skipped: {why}", line.name),
        Outcome::Failed(_, output) => {
            let lines: Vec<&str> = output.lines().collect();
            let from = lines.len().saturating_sub(SHOWN_LINES);
            // The end says what happened last; which tests failed may stand long before it.
            for line in lines
                .iter()
                .take(from)
                .filter(|line| failures::names_one(line))
            {
                println!("  | {line}");
            }
            if from > 0 {
                println!("  [{from} lines before these]");
            }
            for line in lines.iter().skip(from) {
                println!("  | {line}");
            }
            println!("  {} FAILED ({seconds:.1} s)", line.name);
        }
    }
}

impl Context {
    /// Runs a program as (part of) a step.
    fn run(&self, step: &str, command: &mut Command) -> Result<process::Ran> {
        command.current_dir(&self.root);
        process::run(command, &self.logs.join(format!("{step}.log")), STEP_MAX)
    }

    /// Runs a program that is one check.
    fn check(&self, step: &str, command: &mut Command) -> Result<Outcome> {
        let ran = self.run(step, command)?;
        Ok(judged(ran, false))
    }

    /// Runs a program that counts its tests.
    fn tests(&self, step: &str, command: &mut Command) -> Result<Outcome> {
        let ran = self.run(step, command)?;
        Ok(judged(ran, true))
    }

    /// `postgres://…` of the cluster, which is started if need be.
    fn postgres(&mut self) -> Result<String> {
        if self.cluster.is_none() {
            self.cluster = Some(Cluster::start().context("starting PostgreSQL")?);
        }
        Ok(self.cluster.as_ref().map(Cluster::url).unwrap_or_default())
    }
}

/// What a program's end means. A runner of tests that failed counts as one failed test at least.
fn judged(ran: process::Ran, counts: bool) -> Outcome {
    let found = if counts {
        count::parse(&ran.text)
    } else {
        Some(Count::one(ran.ok))
    };
    match (ran.ok, found) {
        (true, Some(count)) => Outcome::Passed(count, String::new()),
        (true, None) => Outcome::Failed(
            Count::one(false),
            format!("{}\n[it did not say how many tests it ran]\n", ran.text),
        ),
        (false, found) => {
            let mut count = found.unwrap_or_default();
            count.failed = count.failed.max(1);
            Outcome::Failed(count, ran.text)
        }
    }
}

fn problems(problems: Vec<String>, note: String) -> Outcome {
    if problems.is_empty() {
        Outcome::Passed(Count::one(true), note)
    } else {
        Outcome::Failed(Count::one(false), problems.join("\n"))
    }
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    // Tests choose their database by this variable: only the steps for PostgreSQL set it.
    command
        .args(args)
        .env_remove(VARIABLE)
        .env("CARGO_TERM_COLOR", "never")
        .env("TERM", "dumb");
    once(&mut command);
    command
}

/// Where nothing is built before and nothing afterwards, half-built state for the next build and tables for a debugger
/// are made for nobody: they cost every crate and every test program that is linked. All steps must agree, or each would
/// build the workspace anew. What a panic says, file and line, does not come from them.
fn once(command: &mut Command) {
    if strict() {
        command.envs(ONCE);
    }
}

fn set_up(context: &mut Context) -> Result<Outcome> {
    let note = setup::install(&context.root)?;
    if setup::has("npm") {
        setup::npm(&context.root)?;
    }
    Ok(Outcome::Passed(Count::one(true), note))
}

fn fmt(context: &mut Context) -> Result<Outcome> {
    let outcome = context.check("fmt", &mut cargo(&["fmt", "--all", "--check"]))?;
    let fuzz = context.root.join("fuzz/Cargo.toml").is_file();
    match outcome {
        Outcome::Passed(..) if fuzz => context.check(
            "fmt",
            &mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
        ),
        outcome => Ok(outcome),
    }
}

fn check_edges(context: &mut Context) -> Result<Outcome> {
    let mut found = edges::check(&context.metadata);
    found.extend(edges::check_words(&context.root)?);
    Ok(problems(found, String::new()))
}

fn check_house(context: &mut Context) -> Result<Outcome> {
    let house = house::check(&context.root)?;
    Ok(problems(house.problems, house.notes.join("; ")))
}

fn supply(context: &mut Context) -> Result<Outcome> {
    let mut found = lock::check(&context.root)?;
    found.extend(licence::check(&context.root, &context.metadata)?);
    if found.is_empty() && process::which("cargo-deny").is_some() {
        return context.check(
            "supply",
            &mut cargo(&["deny", "check", "bans", "licenses", "sources"]),
        );
    }
    Ok(problems(found, String::new()))
}

fn clippy(context: &mut Context) -> Result<Outcome> {
    let mut command = cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]);
    context.check("clippy", &mut command)
}

/// The command that runs the workspace's tests: those for PostgreSQL or the others.
fn tests(postgres: bool) -> Command {
    let mut command = runner(postgres);
    let (name, seed) = PROPERTY_SEED;
    if std::env::var_os(name).is_none() {
        command.env(name, seed);
    }
    command
}

/// Nextest where it is there.
fn runner(postgres: bool) -> Command {
    if process::which("cargo-nextest").is_some() {
        let mut command = cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ]);
        let filter = format!("{}test({ON_POSTGRES})", if postgres { "" } else { "not " });
        command.args([
            "--show-progress=none",
            "--status-level=fail",
            "--filterset",
            &filter,
        ]);
        command
    } else {
        let mut command = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
        command.args(["--lib", "--bins", "--tests", "--"]);
        command.args(if postgres {
            &[ON_POSTGRES][..]
        } else {
            &["--skip", ON_POSTGRES]
        });
        command
    }
}

fn unit(context: &mut Context) -> Result<Outcome> {
    let mut command = tests(false);
    // A few tests hold the two databases against each other.
    if setup::has("postgresql") {
        command.env(VARIABLE, context.postgres()?);
    }
    context.tests("unit", &mut command)
}

fn on_postgres(context: &mut Context) -> Result<Outcome> {
    let url = context.postgres()?;
    context.tests("postgres", tests(true).env(VARIABLE, url))
}

/// Builds every program, once; what went wrong, if so. All targets of the whole workspace are named, because cargo
/// builds the outside crates anew for every other choice of features.
fn programs(context: &mut Context, step: &str) -> Result<Option<Outcome>> {
    if !context.built {
        let args = [
            "build",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--locked",
        ];
        let outcome = context.check(step, &mut cargo(&args))?;
        context.built = matches!(outcome, Outcome::Passed(..));
        if !context.built {
            return Ok(Some(outcome));
        }
    }
    Ok(None)
}

fn doc(context: &mut Context) -> Result<Outcome> {
    context.tests(
        "doc",
        &mut cargo(&["test", "--workspace", "--doc", "--locked", "--no-fail-fast"]),
    )
}

fn generated(context: &mut Context) -> Result<Outcome> {
    if let Some(failed) = programs(context, "generated")? {
        return Ok(failed);
    }
    let program = task::built(&context.metadata, "cairn", false);
    Ok(problems(
        generate::check(&context.root, &program)?,
        String::new(),
    ))
}

fn trial(context: &mut Context, task: &'static Task, args: &[&str]) -> Result<Outcome> {
    if !context.metadata.has_program(task.package) {
        return Ok(Outcome::Skipped(format!(
            "{} has no program yet",
            task.package
        )));
    }
    if let Some(failed) = programs(context, task.name)? {
        return Ok(failed);
    }
    let mut command = task::command(&context.root, &context.metadata, task, false);
    command.args(args);
    if task.postgres {
        command.env(VARIABLE, context.postgres()?);
    }
    context.check(task.name, &mut command)
}

fn in_browser(context: &mut Context) -> Result<Outcome> {
    if let Some(failed) = programs(context, "browser")? {
        return Ok(failed);
    }
    setup::npm(&context.root)?;
    let mut command = browser::command(&context.root, &context.metadata, &[]);
    context.tests("browser", &mut command)
}

fn fuzz_smoke(context: &mut Context) -> Result<Outcome> {
    let targets = fuzz::targets(&context.root)?;
    if targets.is_empty() {
        return Ok(Outcome::Skipped("there are no fuzz targets yet".to_owned()));
    }
    let mut build = fuzz::build(&context.root, &context.metadata)?;
    once(&mut build);
    let built = context.check("fuzz", &mut build)?;
    if !matches!(built, Outcome::Passed(..)) {
        return Ok(built);
    }
    let mut total = Count::default();
    let mut output = String::new();
    for (target, ran) in targets.iter().zip(fuzz_each(context, &targets)?) {
        total = total.plus(Count::one(ran.ok));
        if !ran.ok {
            output.push_str(&format!("== {target}\n{}", ran.text));
        }
    }
    Ok(if total.failed == 0 {
        Outcome::Passed(total, String::new())
    } else {
        Outcome::Failed(total, output)
    })
}

/// Runs each target for its seconds, one on each processor; what came of them, in their order.
fn fuzz_each(context: &Context, targets: &[String]) -> Result<Vec<process::Ran>> {
    let at_once = std::thread::available_parallelism().map_or(1, NonZero::get);
    let run = |target: &str| {
        let mut command = fuzz::command(
            &context.root,
            &context.metadata,
            target,
            FUZZ_SECONDS,
            Some(FUZZ_SEED),
        )?;
        context.run(&format!("fuzz-{target}"), &mut command)
    };
    let mut all = Vec::new();
    for few in targets.chunks(at_once) {
        let ran: Result<Vec<process::Ran>> = std::thread::scope(|scope| {
            let started: Vec<_> = few
                .iter()
                .map(|target| scope.spawn(|| run(target)))
                .collect();
            let ended = started.into_iter().map(std::thread::ScopedJoinHandle::join);
            ended
                .map(|ended| ended.unwrap_or_else(|_| bail!("a target's thread panicked")))
                .collect()
        });
        all.extend(ran?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(args: &[&str]) -> Result<Choice> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Choice::parse(&args, &steps())
    }

    #[test]
    fn steps_are_chosen_by_name() {
        let choice = choose(&["--only", "fmt,edges", "--only=house"]).unwrap();
        assert!(choice.wants("fmt") && choice.wants("house") && !choice.wants("unit"));
        assert!(choose(&[]).unwrap().wants("unit"));
        assert_eq!(choose(&["--skip", "fuzz"]).unwrap().skip, ["fuzz"]);
        assert!(choose(&["--only", "nothing"]).is_err());
        assert!(choose(&["--only"]).is_err());
        assert!(choose(&["--fast"]).is_err());
    }

    #[test]
    fn names_are_unique_and_tools_known() {
        let steps = steps();
        for step in &steps {
            assert_eq!(
                steps.iter().filter(|other| other.name == step.name).count(),
                1,
                "{}",
                step.name
            );
            for tool in step.needs {
                assert!(setup::knows(tool), "{tool}");
            }
        }
    }

    #[test]
    fn a_runner_that_says_nothing_or_fails_is_a_failure() {
        let ran = |ok, text: &str| process::Ran {
            ok,
            text: text.to_owned(),
        };
        assert!(matches!(
            judged(ran(true, "quiet"), true),
            Outcome::Failed(..)
        ));
        assert!(matches!(
            judged(ran(true, "quiet"), false),
            Outcome::Passed(..)
        ));
        let Outcome::Failed(count, _) = judged(ran(false, "error: could not compile"), true) else {
            panic!("it did not pass");
        };
        assert_eq!(count, Count::one(false));
    }
}
