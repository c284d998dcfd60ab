//! One large report by every way in (`feeds ingest`, the officers' API, the upload page, a watched folder): how much memory the real
//! program needs for it beyond what a small one took. Every row must be there at the end, by each of the ways.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use cairn_app::account::NewToken;
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::source::{SourceKind, SourceWanted};
use cairn_kernel::actor::Role;
use cairn_store::Store;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Options, header, row_of, schema};
use crate::child::{Running, memory_mib};
use crate::desk::store_options;
use crate::queue::session_of;
use crate::trial::{self, Place};

/// The small report: enough rows for several segments, so that all that is needed at a time is there.
const SMALL_BYTES: u64 = 24 << 20;
/// Bytes read and sent at a time.
const PIECE_BYTES: usize = 1 << 18;
/// How often memory is looked at; its highest is the kernel's own figure.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Longest wait for a report to be read.
const READ_MAX: Duration = Duration::from_secs(1_800);
/// What accounts of the test kit have.
const PASSWORD: &str = "kererū over the hill";
const BOUNDARY: &str = "cairn-bench-boundary";

/// A report on the disk.
struct Report {
    path: PathBuf,
    bytes: u64,
    rows: u64,
}

fn write(path: PathBuf, at_least: u64, day: u64) -> anyhow::Result<Report> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let (mut line, mut bytes, mut rows) = (header(), 0, 0);
    while bytes < at_least {
        row_of(rows, day, true, &mut line)?;
        rows += 1;
        bytes += line.len() as u64;
        out.write_all(line.as_bytes())?;
        line.clear();
    }
    out.into_inner()
        .map_err(|error| error.into_error())?
        .sync_all()?;
    Ok(Report { path, bytes, rows })
}

/// Where the server's reports come from, and who sends them.
struct World {
    place: Place,
    folder: PathBuf,
    token: String,
    cookie: String,
}

async fn world(cairn: &Path, dir: &Path) -> anyhow::Result<World> {
    let (data, files, folders) = (dir.join("data"), dir.join("files"), dir.join("folders"));
    std::fs::create_dir_all(&files)?;
    std::fs::create_dir_all(folders.join("watched"))?;
    std::fs::write(files.join("schema.json"), schema().to_string())?;
    let store = Store::open(store_options(&data, None)?).await?;
    let form = Form::parse(&FormFiles::embedded()).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    let mut config = Config {
        password_cost: cairn_app::account::PasswordCost::CHEAP,
        ..Config::default()
    };
    config.feeds.files = Some(files.clone());
    config.feeds.folders = Some(folders.clone());
    let app = App::new(store, form.into(), config, Clock::System);
    let lead = cairn_testkit::account(&app, "lea", Role::Lead).await;
    for (code, kind) in [
        ("api", SourceKind::Upload),
        ("page", SourceKind::Upload),
        ("folder", SourceKind::Folder),
    ] {
        let wanted = SourceWanted {
            name: code.to_owned(),
            format: "schema".into(),
            file: "schema.json".into(),
            address: "watched".into(),
            ..SourceWanted::fresh(kind)
        };
        let made = app.make_source(&lead, (code, kind), &wanted).await;
        made.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    }
    let new = NewToken {
        name: "bench",
        acts: true,
        days: 1,
    };
    let cookie = session_of(app.bare_store(), &lead.account).await?;
    let signed_in = async || {
        let seen = app.session(&cookie).await?.context("no session")?;
        seen.principal().context("a session that may not work")
    };
    // As who has just given a password.
    let who = signed_in().await?;
    let proved = app.prove_by_password(&who, PASSWORD, 0);
    proved.await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let made = app.make_token(&signed_in().await?, new).await;
    let (_, token) = made.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    app.close().await;
    let mut place = Place::new(cairn, data);
    place.set.extend([
        format!("feeds.files={}", files.display()),
        format!("feeds.folders={}", folders.display()),
    ]);
    Ok(World {
        place,
        folder: folders.join("watched"),
        token,
        cookie,
    })
}

/// Runs it.
///
/// # Errors
/// A row was lost, or a way needs more memory for a large report than for a small one by more than is allowed.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let big = options.big.saturating_mul(1 << 20);
    let small = write(
        dir.path().join("2050-01-01-event_bench-test.csv"),
        SMALL_BYTES,
        1,
    )?;
    let big = write(dir.path().join("2050-01-02-event_bench-test.csv"), big, 2)?;
    let mut faults = Vec::new();
    let mut tell = |way: &str, took: Took| {
        let growth = took.highest - took.before;
        let whole = |mib: f64| mib.round();
        crate::print(&json!({
            "bench": "feeds", "part": "one large report", "way": way, "mebibytes": big.bytes >> 20, "rows": big.rows,
            "peak_mebibytes": whole(took.highest), "before_mebibytes": whole(took.before), "growth_mebibytes": whole(growth),
            "seconds_until_kept": took.kept.map(f64::round), "seconds": took.seconds.round(),
        }));
        if growth > options.growth {
            faults.push(format!(
                "{way}: {growth:.0} MiB more, {} are allowed",
                options.growth
            ));
        }
        if took.rows != big.rows {
            faults.push(format!("{way}: {} rows of {}", took.rows, big.rows));
        }
    };
    tell("ingest", ingest(cairn, dir.path(), (&small, &big)).await?);
    let world = world(cairn, dir.path()).await?;
    let server = world.place.serve().await?;
    let ways: [(&str, i64); 3] = [("api", 1), ("page", 2), ("folder", 3)];
    for (way, source) in ways {
        world.send(&server, (way, source), &small).await?;
        let before = lowered(server.pid)?;
        let mut took = world.send(&server, (way, source), &big).await?;
        took.before = before;
        tell(way, took);
    }
    server.stop().await?;
    let checked = world.place.tool(&["log", "verify"]).await?;
    if !checked.status.success() {
        faults.push(String::from_utf8_lossy(&checked.stdout).into_owned());
    }
    trial::verdict(
        json!({"bench": "feeds", "part": "one large report", "growth_max_mebibytes": options.growth}),
        &faults,
    )
}

/// What a report took.
#[derive(Default)]
struct Took {
    before: f64,
    highest: f64,
    rows: u64,
    /// Seconds until it was durable here.
    kept: Option<f64>,
    seconds: f64,
}

/// The highest memory is what it is now; gives that in MiB (`proc(5)`, `clear_refs`).
fn lowered(pid: u32) -> anyhow::Result<f64> {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5")?;
    Ok(memory_mib(pid).0)
}

/// By command: the highest memory of a program that takes in the small one, and of one that takes in the large one.
async fn ingest(
    cairn: &Path,
    dir: &Path,
    (small, big): (&Report, &Report),
) -> anyhow::Result<Took> {
    let file = dir.join("schema.json");
    std::fs::write(&file, schema().to_string())?;
    let mut took = Took::default();
    for (name, report) in [("small", small), ("big", big)] {
        let place = Place::new(cairn, dir.join(format!("ingest-{name}")));
        let (schema, path) = (
            file.display().to_string(),
            report.path.display().to_string(),
        );
        let args = [
            "feeds", "ingest", "--source", "bench", "--schema", &schema, &path,
        ];
        let began = Instant::now();
        let mut child = place.begin(&args).spawn()?;
        let pid = child.id().context("it ended at once")?;
        let mut highest = 0_f64;
        let status = loop {
            highest = highest.max(memory_mib(pid).1);
            if let Some(status) = child.try_wait()? {
                break status;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        };
        anyhow::ensure!(status.success(), "feeds ingest: {status}");
        let options = store_options(&place.data, None)?;
        let rows = tokio::task::spawn_blocking(move || {
            let store = cairn_store::feeds::FeedStore::reading(&options)?;
            let store = store.context("nothing was stored")?;
            anyhow::Ok(store.stats(Clock::System.now())?.observations)
        });
        took = Took {
            before: if name == "small" {
                highest
            } else {
                took.before
            },
            highest,
            rows: rows.await??,
            kept: None,
            seconds: began.elapsed().as_secs_f64(),
        };
    }
    Ok(took)
}

impl World {
    /// Sends a report by one of the ways, and waits until it is read.
    async fn send(
        &self,
        server: &Running,
        (way, source): (&str, i64),
        report: &Report,
    ) -> anyhow::Result<Took> {
        let began = Instant::now();
        match way {
            "api" => self.by_api(server, source, report).await?,
            "page" => self.by_page(server, source, report).await?,
            _ => self.by_folder(report)?,
        }
        let kept = (way != "folder").then(|| began.elapsed().as_secs_f64());
        let name = report.path.file_name().unwrap_or_default();
        let rows = self.read(server, source, &name.to_string_lossy()).await?;
        Ok(Took {
            before: 0.0,
            highest: memory_mib(server.pid).1,
            rows,
            kept,
            seconds: began.elapsed().as_secs_f64(),
        })
    }

    async fn by_api(&self, server: &Running, source: i64, report: &Report) -> anyhow::Result<()> {
        let name = report.path.file_name().unwrap_or_default();
        let head = format!(
            "POST /api/v1/desk/feeds/sources/{source}/reports?name={} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            name.to_string_lossy(),
            self.token,
            report.bytes
        );
        let answer = upload(server, &head, (b"", report, b"")).await?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 202"), "by API: {answer}");
        Ok(())
    }

    async fn by_page(&self, server: &Running, source: i64, report: &Report) -> anyhow::Result<()> {
        let asked = format!(
            "GET /desk/feeds/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: cairn_session={}\r\n\r\n",
            self.cookie
        );
        let page = ask(server, &asked).await?;
        let token = page.split("name=\"csrf\" value=\"").nth(1);
        let token = token.and_then(|rest| rest.split('"').next());
        let token = token.with_context(|| format!("no form: {page}"))?;
        let field = |name: &str, value: &str| {
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        };
        let name = report.path.file_name().unwrap_or_default();
        let before = format!(
            "{}{}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: text/csv\r\n\r\n",
            field("csrf", token),
            field("source", &source.to_string()),
            name.to_string_lossy()
        );
        let after = format!("\r\n--{BOUNDARY}--\r\n");
        let bytes = report.bytes + before.len() as u64 + after.len() as u64;
        let head = format!(
            "POST /desk/feeds/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: cairn_session={}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {bytes}\r\n\r\n",
            self.cookie
        );
        let whole = (before.as_bytes(), report, after.as_bytes());
        let answer = upload(server, &head, whole).await?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 303"), "by page: {answer}");
        Ok(())
    }

    /// As whoever puts a file there does it: under another name until it is whole.
    fn by_folder(&self, report: &Report) -> anyhow::Result<()> {
        let name = report.path.file_name().unwrap_or_default();
        let part = self.folder.join("coming.part");
        std::fs::copy(&report.path, &part)?;
        std::fs::rename(&part, self.folder.join(name))?;
        Ok(())
    }

    /// Has a source looked at in the next moment.
    async fn look(&self, server: &Running, source: i64) -> anyhow::Result<()> {
        let asked = format!(
            "POST /api/v1/desk/feeds/sources/{source}/look HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}",
            self.token
        );
        let answer = ask(server, &asked).await?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 200"), "look: {answer}");
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }

    /// Waits until a report of a source is read; how many of its rows are there.
    async fn read(&self, server: &Running, source: i64, name: &str) -> anyhow::Result<u64> {
        let began = Instant::now();
        loop {
            let asked = format!(
                "GET /api/v1/desk/feeds HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
                self.token
            );
            let answer = ask(server, &asked).await?;
            let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let told: Value = serde_json::from_str(body).with_context(|| answer.clone())?;
            let all = told.get("reports").and_then(Value::as_array);
            let own = all.into_iter().flatten().find(|one| {
                one.get("source") == Some(&json!(source)) && one.get("name") == Some(&json!(name))
            });
            let says = |what: &str| own.and_then(|one| one.get(what));
            match says("state").and_then(Value::as_str) {
                Some("done") => return says("rows").and_then(Value::as_u64).context("no rows"),
                Some("failed") => anyhow::bail!("{answer}"),
                // A folder is looked at once a minute, and a file is taken at the second look.
                None => self.look(server, source).await?,
                Some(_) => {}
            }
            anyhow::ensure!(began.elapsed() < READ_MAX, "{name} is not read: {answer}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn ask(server: &Running, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(server.address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Sends a file with what stands around it; what was answered.
async fn upload(
    server: &Running,
    head: &str,
    (before, report, after): (&[u8], &Report, &[u8]),
) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(server.address).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(before).await?;
    let mut file = tokio::fs::File::open(&report.path).await?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let len = file.read(&mut piece).await?;
        if len == 0 {
            break;
        }
        stream
            .write_all(piece.get(..len).unwrap_or_default())
            .await?;
    }
    stream.write_all(after).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
