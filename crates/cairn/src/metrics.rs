//! Metrics for Prometheus, on a listener of their own: what they say is for the operator and not for the public.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use metrics::Unit;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

/// Seconds; a commit is one fsync, from fast flash to a busy disk.
const COMMIT_BUCKETS: [f64; 11] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];
/// Between two times that measured values are put into their buckets, so that memory stays small without a reader.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Collects from now on what the program counts. Once per process.
///
/// # Errors
/// Something else collects already.
pub fn install() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full("cairn_commit_seconds".into()),
            &COMMIT_BUCKETS,
        )
        .and_then(PrometheusBuilder::install_recorder)
        .context("collecting metrics")?;
    describe();
    Ok(handle)
}

/// Every metric with its meaning.
fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("cairn_writer_groups_total", "Transactions of the writer.");
    describe_counter!("cairn_writer_units_total", "Changes in these transactions.");
    describe_histogram!(
        "cairn_commit_seconds",
        Unit::Seconds,
        "Time of one durable commit."
    );
    describe_gauge!(
        "cairn_writer_queue_units",
        "Changes waiting for the writer."
    );
    describe_gauge!(
        "cairn_unindexed_reports",
        "Reports whose words are not in the full-text index yet; a search puts them there first."
    );
    describe_gauge!(
        "cairn_intake_held",
        "1 while new reports are held off for want of room."
    );
    describe_gauge!(
        "cairn_intake_waiting",
        "Submissions waiting for their turn."
    );
    describe_counter!(
        "cairn_intake_slowed_total",
        "Submissions that waited because their network sent many."
    );
    describe_gauge!(
        "cairn_unnamed_bytes",
        "Bytes of files that were sent and that no report names."
    );
    describe_counter!("cairn_reports_total", "Reports received, by channel.");
    describe_counter!("cairn_challenges_total", "Challenges of figures received.");
    describe_counter!("cairn_mails_sent_total", "Mails that the mail server took.");
    describe_gauge!("cairn_http_connections", "Connections being served.");
    describe_gauge!(
        "cairn_http_connections_parked",
        "Connections waiting unread, because their network has too many."
    );
    describe_gauge!("cairn_jobs_due", "Jobs that wait for their time or turn.");
    describe_gauge!("cairn_jobs_given_up", "Jobs that failed too often.");
    describe_gauge!(
        "cairn_disk_free_bytes",
        Unit::Bytes,
        "Free room for the data directory."
    );
    for channel in ["web", "api", "mail"] {
        metrics::counter!("cairn_reports_total", "channel" => channel).absolute(0);
    }
    metrics::counter!("cairn_challenges_total").absolute(0);
    describe_feeds();
}

/// Those of machine reports.
fn describe_feeds() {
    use metrics::{describe_counter, describe_gauge};
    for (name, text) in [
        (
            "cairn_feed_reports_total",
            "Machine reports that ended, by feed and outcome.",
        ),
        (
            "cairn_feed_rows_total",
            "Rows of machine reports read, by feed.",
        ),
        (
            "cairn_feed_observations_total",
            "Observations of machine reports, by feed.",
        ),
        (
            "cairn_feed_bad_rows_total",
            "Rows without an observation, by feed.",
        ),
        (
            "cairn_feed_new_total",
            "Observations that were new, by feed.",
        ),
        (
            "cairn_feed_again_total",
            "Observations seen before, by feed.",
        ),
    ] {
        describe_counter!(name, text);
    }
    describe_gauge!(
        "cairn_feed_lag_seconds",
        Unit::Seconds,
        "From the newest observation of the report committed last to its commit, by feed."
    );
}

/// Listens at `address` and serves `/metrics` in the background until the runtime ends. Returns where it listens.
///
/// # Errors
/// The address can't be listened on.
pub async fn serve(address: SocketAddr, handle: PrometheusHandle) -> anyhow::Result<SocketAddr> {
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "metrics can be read from other machines");
    }
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("listening for metrics on {address}"))?;
    let bound = listener.local_addr()?;
    let kept = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            kept.run_upkeep();
        }
    });
    tokio::spawn(async move {
        if let Err(error) =
            cairn_web::health::serve_metrics(listener, move || handle.render()).await
        {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[test]
    fn what_is_counted_can_be_read() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let handle = install().unwrap();
            metrics::counter!("cairn_reports_total", "channel" => "mail").increment(2);
            metrics::histogram!("cairn_commit_seconds").record(0.004);
            let address = serve(SocketAddr::from(([127, 0, 0, 1], 0)), handle)
                .await
                .unwrap();
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream
                .write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            assert!(text.starts_with("HTTP/1.1 200"), "{text}");
            for line in [
                "cairn_reports_total{channel=\"mail\"} 2",
                "cairn_reports_total{channel=\"web\"} 0",
                "cairn_commit_seconds_bucket{le=\"0.005\"} 1",
            ] {
                assert!(text.contains(line), "{line} is not in\n{text}");
            }
        });
    }
}
