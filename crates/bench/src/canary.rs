//! `canary`: an anonymous reporter leaves words that are found nowhere else in every place where a trace could come
//! from. Afterwards no byte of any file knows them, nor the moment at which the report came.

#![expect(
    clippy::indexing_slicing,
    reason = "members of JSON values: reading one that is absent gives null, writing it makes it"
)]

mod scan;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use cairn_app::clock::Clock;
use serde_json::{Value, json};

use crate::client::Client;
use crate::intake::{EXAMPLE, REPORTS};
use crate::trial::{self, Place};
use crate::walk::{ANSWERS, Walk};
use scan::{Hit, Look};

/// Every canary begins with it.
const WORD: &str = "zqcanary";
/// The reporter's own address, which no other part of the trial uses.
const FROM: Ipv4Addr = Ipv4Addr::new(127, 77, 88, 99);
/// Between the anonymous report and anything else that may rightly note a time.
const PAUSE: Duration = Duration::from_millis(2_500);

/// How often the control looks again.
const LOOKS: usize = 5;

/// How to try.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Log level of the server meanwhile.
    #[arg(long, default_value = "trace")]
    level: String,
}

/// Runs it.
pub async fn run(cairn: &Path, options: &Options) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let seen = dir.path().join("seen");
    std::fs::create_dir_all(seen.join("tmp"))?;
    let mut place = Place::new(cairn, seen.join("data"));
    place.set = vec![format!("log.level={}", options.level)];
    place.log = Some(seen.join("stderr.log"));
    place.env = vec![("TMPDIR", seen.join("tmp").display().to_string())];
    let running = place.serve().await?;
    tokio::time::sleep(PAUSE).await;
    let began = now();
    let mut client = Client::connect(running.address, Some(IpAddr::V4(FROM))).await?;
    report(&mut client).await?;
    let form = form(running.address).await?;
    let ended = now();
    let look = Look::new(WORD, FROM, began, ended);
    tokio::time::sleep(PAUSE).await;
    let mut faults = Vec::new();
    let note = |when: &str, hits: &[Hit], faults: &mut Vec<String>| {
        faults.extend(hits.iter().take(10).map(|hit| format!("{when}: {hit}")));
    };
    let (mut files, mut bytes) = (0, 0);
    let mut tally = |sum: &scan::Sum| {
        files += sum.files;
        bytes += sum.bytes;
    };
    let while_running = look.folder(&seen)?;
    tally(&while_running);
    note("while it runs", &while_running.hits, &mut faults);
    faults.extend(scan::odd_times(&place.data.join("blobs"))?);
    running.stop().await?;
    let stopped = look.folder(&seen)?;
    tally(&stopped);
    note("after it stopped", &stopped.hits, &mut faults);
    let backup = dir.path().join("backup.tar.gz");
    take_backup(&place, &backup).await?;
    let unpacked = look.gzip(&backup)?;
    tally(&unpacked);
    note("in a backup", &unpacked.hits, &mut faults);
    let control = control(&place, &dir.path().join("control.tar.gz")).await?;
    faults.extend(control);
    let figures = json!({
        "trial": "canary", "log_level": options.level, "files": files, "bytes": bytes, "form": form,
        "log_bytes": std::fs::metadata(seen.join("stderr.log"))?.len(),
    });
    trial::verdict(figures, &faults)
}

/// Microseconds since 1970.
fn now() -> u64 {
    Clock::System.now().0.unsigned_abs()
}

/// Everything a client may say about itself.
fn headers() -> String {
    [
        ("User-Agent", "agent/1.0"),
        ("X-Forwarded-For", "198.51.100.231"),
        ("Forwarded", "for=198.51.100.231;host=zqcanary-forwarded"),
        ("Referer", "https://zqcanary-referer.example/"),
        ("Accept-Language", "en-zqcanary;q=0.9"),
        ("X-Real-IP", "198.51.100.231"),
        ("X-Request-Id", "request"),
        ("From", "zqcanary-from@example.org"),
        ("Via", "1.1 zqcanary-via"),
        ("X-Custom", "custom"),
        ("zqcanary-name", "name"),
        ("traceparent", "00-zqcanarytrace"),
    ]
    .iter()
    .fold(String::new(), |all, (name, value)| {
        format!("{all}{name}: {WORD}-{value}\r\n")
    })
}

/// One anonymous report by the API, with a file.
async fn report(client: &mut Client) -> anyhow::Result<()> {
    let content = format!("Author: {WORD}-content\n");
    let cookie = format!("Cookie: {WORD}-cookie={WORD}-crumb; lang=en\r\n");
    let upload = format!(
        "POST /api/v1/files?{WORD}-query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n\
         {}{cookie}Content-Disposition: attachment; filename={WORD}-header.txt\r\nContent-Length: {}\r\n\r\n{content}",
        headers(),
        content.len()
    );
    let answer = client.ask(upload.as_bytes()).await?;
    anyhow::ensure!(answer.status == 201, "the file got {}", answer.status);
    let stored: Value = serde_json::from_slice(&answer.body)?;
    let mut report: Value = serde_json::from_slice(EXAMPLE)?;
    report["anonymous"] = json!(true);
    report["files"] = json!([{"sha256": stored["sha256"], "name": format!("{WORD}-file.txt")}]);
    report["contact"] =
        json!({"name": format!("{WORD} Name"), "email": format!("{WORD}@example.org")});
    let mut status = post(client, &report, &cookie).await?;
    if status == 422 {
        // Contact details do not go with anonymity, and the door says so.
        report
            .as_object_mut()
            .context("a report is an object")?
            .remove("contact");
        status = post(client, &report, &cookie).await?;
    }
    anyhow::ensure!(status == 201, "the anonymous report got {status}");
    Ok(())
}

async fn post(client: &mut Client, report: &Value, cookie: &str) -> anyhow::Result<u16> {
    let body = report.to_string();
    let request = format!(
        "POST {REPORTS}?{WORD}-query={WORD} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         {}{cookie}Idempotency-Key: \"{WORD}-key\"\r\nContent-Length: {}\r\n\r\n{body}",
        headers(),
        body.len()
    );
    Ok(client.ask(request.as_bytes()).await?.status)
}

/// One by the form: contact details are typed, then anonymity is chosen, then it is sent.
async fn form(to: std::net::SocketAddr) -> anyhow::Result<&'static str> {
    let query = format!("?{WORD}-query={WORD}");
    let Some((mut walk, first)) = Walk::begin(to, Some(IpAddr::V4(FROM)), headers(), query).await?
    else {
        return Ok("the program has none");
    };
    let typed = format!(
        "{ANSWERS}&identity=contact&contact.name={WORD}+Name&contact.email={WORD}%40example.org&contact.phone=0215550100"
    );
    let name = format!("{WORD}-file.txt");
    let content = format!("{WORD}-text");
    walk.answer_all(&first, &typed, Some((&name, &content)))
        .await?;
    let chosen = format!("{ANSWERS}&identity=anonymous");
    walk.answer_all("/report/identity", &chosen, None).await?;
    let answer = walk.post("/report/send", "").await?;
    let to = answer.header("location").unwrap_or_default();
    anyhow::ensure!(to == "/report/sent", "sent, but {} {to}", answer.status);
    Ok("sent")
}

async fn take_backup(place: &Place, to: &Path) -> anyhow::Result<()> {
    let path = to.display().to_string();
    let output = place.tool(&["backup", &path]).await?;
    let wrong = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "backup: {wrong}");
    Ok(())
}

/// It found both: a name, and a moment.
fn sees(sum: &scan::Sum) -> bool {
    sum.has(scan::WORD_FOUND) && sum.has(scan::NUMBER_FOUND)
}

/// The same search finds a reporter who gave their name, and the moment.
async fn control(place: &Place, backup: &Path) -> anyhow::Result<Option<String>> {
    let running = place.serve().await?;
    let mut report: Value = serde_json::from_slice(EXAMPLE)?;
    report["contact"]["name"] = json!(format!("{WORD} Name"));
    let mut client = Client::connect(running.address, None).await?;
    let request = crate::client::post(REPORTS, report.to_string().as_bytes(), "control");
    let began = now();
    let (status, _) = client.send(&request).await?;
    let look = Look::new(WORD, FROM, began, now());
    anyhow::ensure!(status == 201, "the control report got {status}");
    let mut stored = look.folder(&place.data)?;
    for _ in 0..LOOKS {
        if sees(&stored) {
            break;
        }
        // Files are read one after the other: what is copied from one to another meanwhile may be missed in both.
        tokio::time::sleep(Duration::from_millis(300)).await;
        stored = look.folder(&place.data)?;
    }
    running.stop().await?;
    take_backup(place, backup).await?;
    let copied = look.gzip(backup)?;
    let blind = [("data directory", stored), ("backup", copied)]
        .into_iter()
        .find(|(_, sum)| !sees(sum));
    Ok(blind.map(|(place, sum)| {
        let hits = sum.hits.len();
        format!("the search is blind: in the {place} it found only {hits} traces of a given name and its moment")
    }))
}
