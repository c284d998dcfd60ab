//! What goes on behind the requests: jobs, forgetting what has had its time, leaving nothing of
//! what was erased, watching. Each part runs on its own
//! and fails alone: a mail server that is away keeps no draft from being forgotten.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cairn_desk::notify::Notice;
use cairn_kernel::time::Micros;
use cairn_store::job::{ATTEMPTS_MAX, Job};
use cairn_store::writer::WriteError;
use cairn_store::{ReadError, blob::BlobError};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::App;
use crate::draft::DRAFT_SECONDS;
use crate::notify::{NotifyError, Post, REPLY_SECONDS, without_secret};

const JOBS_EVERY: Duration = Duration::from_secs(2);
const TIDY_EVERY: Duration = Duration::from_secs(600);
const FIGURES_EVERY: Duration = Duration::from_secs(600);
const KEEP_EVERY: Duration = Duration::from_secs(6 * 3_600);
const CLUSTER_EVERY: Duration = Duration::from_secs(2);
const BULK_EVERY: Duration = Duration::from_secs(2);
const RULES_EVERY: Duration = Duration::from_secs(2);
const NOTICES_EVERY: Duration = Duration::from_secs(5);
const WEBHOOKS_EVERY: Duration = Duration::from_secs(2);
const REPORTS_EVERY: Duration = Duration::from_secs(2);
const SOURCES_EVERY: Duration = Duration::from_secs(5);
const RETAIN_EVERY: Duration = Duration::from_secs(24 * 3_600);
const ASK_EVERY: Duration = Duration::from_secs(3_600);
const REMIND_EVERY: Duration = Duration::from_secs(6 * 3_600);
const SAMPLE_EVERY: Duration = Duration::from_secs(60);
const WATCH_EVERY: Duration = Duration::from_secs(5);
const SCRUB_EVERY: Duration = Duration::from_secs(30);
/// Jobs taken at one time.
const JOBS_MAX: i64 = 50;
/// Times of anonymous people are kept to the hour only: an hour more, so that nothing goes early.
const SLACK_SECONDS: i64 = 3_600;
/// Idempotency keys are honoured this long.
const KEY_SECONDS: i64 = 24 * 3_600;
/// Sessions that nobody used for this long are deleted; they have ended long before.
const SESSION_SECONDS: i64 = 24 * 3_600;
/// First wait after a failed attempt; four times as long after each further one.
const RETRY_SECONDS: i64 = 60;
/// The longest wait between attempts. With [`ATTEMPTS_MAX`] this outlasts a mail server that is away for half a day.
const RETRY_SECONDS_MAX: i64 = 6 * 3_600;

/// A part of the work could not be done; it is tried again at its next turn.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store could not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not write.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Files.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The day's public figures.
    #[error("figures: {0}")]
    Figures(String),
    /// A use case.
    #[error(transparent)]
    App(#[from] crate::report::AppError),
}

/// Works until `stop`, then ends what is under way and returns. The store may be closed afterwards.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    let post = post(&app);
    let (tell, stopping) = watch::channel(false);
    let jobs = {
        let (app, stopping) = (app.clone(), stopping.clone());
        move || {
            let (app, post, stopping) = (app.clone(), post.clone(), stopping.clone());
            async move { app.run_jobs(post.as_deref(), &stopping).await.map(drop) }
        }
    };
    let tidy = part(&app, |app| async move { app.tidy().await });
    let scrub = part(&app, |app| async move { app.scrub().await });
    // Made early in the day, and not only when somebody asks: vintages should not depend on that.
    let figures = part(&app, |app| async move {
        let made = app.figures().await;
        made.map(drop)
            .map_err(|error| WorkError::Figures(error.to_string()))
    });
    let keep = part(&app, |app| async move {
        let files = app.erase_case_files().await;
        app.erase_due().await?;
        Ok(files.map(drop)?)
    });
    let remind = part(&app, |app| async move {
        Ok(app.remind_seats().await.map(drop)?)
    });
    let cluster = part(&app, |app| async move {
        // What was decided does not wait for what cannot be read.
        let placed = app.cluster_turn().await;
        app.carry_out_decisions().await?;
        app.release_mails().await?;
        app.reword_turn().await?;
        Ok(placed.map(drop)?)
    });
    let bulk = part(
        &app,
        |app| async move { Ok(app.bulk_turn().await.map(drop)?) },
    );
    let rules = part(
        &app,
        |app| async move { Ok(app.rules_turn().await.map(drop)?) },
    );
    let hooks = part(&app, |app| async move {
        // Who is called is not waited for.
        Ok(app.webhooks_turn().await.map(drop)?)
    });
    let sample = part(&app, |app| async move {
        Ok(app.store.sample_tables().await.map(drop)?)
    });
    let watched = part(&app, |app| async move { app.watch().await });
    let reports = machine_reports(&app, &stopping);
    drop(app);
    let parts = [
        tokio::spawn(every("jobs", JOBS_EVERY, stopping.clone(), jobs)),
        tokio::spawn(every("tidying up", TIDY_EVERY, stopping.clone(), tidy)),
        tokio::spawn(every("figures", FIGURES_EVERY, stopping.clone(), figures)),
        tokio::spawn(every("keeping times", KEEP_EVERY, stopping.clone(), keep)),
        tokio::spawn(every("reminding", REMIND_EVERY, stopping.clone(), remind)),
        tokio::spawn(every("scrubbing", SCRUB_EVERY, stopping.clone(), scrub)),
        tokio::spawn(every("clusters", CLUSTER_EVERY, stopping.clone(), cluster)),
        tokio::spawn(every("selections", BULK_EVERY, stopping.clone(), bulk)),
        tokio::spawn(every("rules", RULES_EVERY, stopping.clone(), rules)),
        tokio::spawn(every("webhooks", WEBHOOKS_EVERY, stopping.clone(), hooks)),
        tokio::spawn(every("sampling", SAMPLE_EVERY, stopping.clone(), sample)),
        tokio::spawn(every("watching", WATCH_EVERY, stopping, watched)),
    ];
    stop.await;
    let _nobody_left = tell.send(true);
    for part in parts.into_iter().chain(reports) {
        let _ended = part.await;
    }
}

/// Machine reports: those that came are taken in, sources are looked at, owners are told, what had its time goes.
fn machine_reports(app: &App, stopping: &watch::Receiver<bool>) -> [JoinHandle<()>; 5] {
    let line = {
        let (app, stopping) = (app.clone(), stopping.clone());
        move || {
            let (app, stopping) = (app.clone(), stopping.clone());
            async move { Ok(app.feeds_turn(&stopping).await.map(drop)?) }
        }
    };
    let sources = part(
        app,
        |app| async move { Ok(app.sources_turn().await.map(drop)?) },
    );
    let retain = part(
        app,
        |app| async move { Ok(app.retain_feeds().await.map(drop)?) },
    );
    let notices = part(
        app,
        |app| async move { Ok(app.notices_turn().await.map(drop)?) },
    );
    let ask = part(
        app,
        |app| async move { Ok(app.ask_contacts().await.map(drop)?) },
    );
    let until = || stopping.clone();
    [
        tokio::spawn(every("asking contacts", ASK_EVERY, until(), ask)),
        tokio::spawn(every("notices", NOTICES_EVERY, until(), notices)),
        tokio::spawn(every("machine reports", REPORTS_EVERY, until(), line)),
        tokio::spawn(every("sources", SOURCES_EVERY, until(), sources)),
        tokio::spawn(every("keeping", RETAIN_EVERY, until(), retain)),
    ]
}

/// Who sends mail; nobody where the settings name no server, or are wrong.
fn post(app: &App) -> Option<Arc<Post>> {
    let post = app.config.mail.as_ref().map(Post::new).transpose();
    let post = post.and_then(|post| {
        let dkim = app.config.dkim.as_ref();
        post.map(|post| post.signing(dkim)).transpose()
    });
    match post {
        Ok(post) => post.map(Arc::new),
        Err(error) => {
            tracing::error!(%error, "no mail can be sent; see the settings of mail");
            None
        }
    }
}

/// A part of the work, which has an app of its own at each turn.
fn part<F, W: Fn(App) -> F>(app: &App, work: W) -> impl Fn() -> F + use<F, W> {
    let app = app.clone();
    move || work(app.clone())
}

/// Does a part of the work at once and then again and again. Each turn is a task of its own, so that a panic ends the turn
/// and not the part.
async fn every<F>(
    name: &'static str,
    period: Duration,
    mut stopping: watch::Receiver<bool>,
    part: impl Fn() -> F,
) where
    F: Future<Output = Result<(), WorkError>> + Send + 'static,
{
    loop {
        match tokio::spawn(part()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, part = name, "background work failed"),
            Err(_) => tracing::error!(part = name, "background work stopped short"),
        }
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(period) => {}
        }
    }
}

/// When a job that failed is tried again.
fn retry_at(now: Micros, attempts: i64) -> Micros {
    let times = 1_i64 << (2 * attempts.clamp(0, 10));
    now.plus_seconds((RETRY_SECONDS * times).min(RETRY_SECONDS_MAX))
}

impl App {
    /// Runs the jobs that are due, one after the other; returns how many succeeded. A job may run twice when the process
    /// ends between its deed and the note of it.
    ///
    /// # Errors
    /// The store could not be read or written. A job that fails is no error here: it is tried again later, given up at last,
    /// and then visible in [`cairn_store::Store::failed_jobs`].
    pub async fn run_jobs(
        &self,
        post: Option<&Post>,
        stopping: &watch::Receiver<bool>,
    ) -> Result<usize, WorkError> {
        let mut done = 0;
        for job in self.store.due_jobs(self.clock.now(), JOBS_MAX).await? {
            if *stopping.borrow() {
                break;
            }
            match self.run_job(post, &job).await {
                Ok(()) => {
                    self.store.job_done(&job.id).await?;
                    self.secret_gone(&job);
                    done += 1;
                }
                Err(error) => self.job_failed(job, &error).await?,
            }
        }
        Ok(done)
    }

    /// The row of a job with a secret was deleted or rewritten: the side files may still hold it.
    fn secret_gone(&self, job: &Job) {
        if job.kind == Notice::AcknowledgeMail.as_str() {
            self.erased.store(true, Ordering::Relaxed);
        }
    }

    async fn run_job(&self, post: Option<&Post>, job: &Job) -> Result<(), NotifyError> {
        if job.kind == crate::referral::REFERRAL_MAIL {
            let post = post.ok_or(NotifyError::NoServer)?;
            return self.mail_referral(post, job).await;
        }
        if job.kind == crate::referral::REFERRAL_REMINDER {
            let post = post.ok_or(NotifyError::NoServer)?;
            return self.mail_reminder(post, job).await;
        }
        if job.kind == crate::notice::NOTICE_MAIL {
            let post = post.ok_or(NotifyError::NoServer)?;
            return self.mail_notice(post, job).await;
        }
        let notice = Notice::of_job(&job.kind);
        let notice = notice.ok_or_else(|| NotifyError::Strange(job.kind.clone()))?;
        let post = post.ok_or(NotifyError::NoServer)?;
        if notice == Notice::PlanDue {
            return self.remind(post, job).await;
        }
        if notice.is_to_owner() {
            return self.mail_owner(post, notice, job).await;
        }
        self.notify(post, notice, job).await
    }

    async fn job_failed(&self, mut job: Job, error: &NotifyError) -> Result<(), WriteError> {
        if error.is_final() {
            job.attempts = ATTEMPTS_MAX - 1;
        }
        let given_up = job.attempts + 1 >= ATTEMPTS_MAX;
        if given_up {
            job.payload = without_secret(&job.payload);
        }
        tracing::warn!(%error, kind = job.kind, attempt = job.attempts + 1, given_up, "a job failed");
        let next = retry_at(self.clock.now(), job.attempts);
        self.store
            .job_failed(&job, &error.to_string(), next)
            .await?;
        if given_up {
            self.secret_gone(&job);
        }
        Ok(())
    }

    /// Forgets drafts, idempotency keys and sessions that have had their time, and files that nothing names.
    ///
    /// # Errors
    /// See [`WorkError`].
    pub async fn tidy(&self) -> Result<(), WorkError> {
        while self.store.index_old_cases().await? {}
        let now = self.clock.now();
        let ago = |seconds: i64| now.plus_seconds(-seconds - SLACK_SECONDS);
        let expired = self
            .store
            .expire(ago(DRAFT_SECONDS), ago(KEY_SECONDS), ago(SESSION_SECONDS))
            .await;
        let forgotten = self.store.forget_answered(ago(REPLY_SECONDS)).await;
        // Files are swept even if the rest failed; those of drafts just forgotten go with them.
        let swept = self.store.sweep_blobs(ago(DRAFT_SECONDS)).await?;
        if swept > 0 {
            tracing::info!(swept, "removed files that nothing names");
        }
        let deliveries = self.forget_deliveries().await;
        let claims = self.tidy_claims().await;
        let counted = self.count_left().await;
        expired?;
        forgotten?;
        deliveries?;
        claims?;
        counted?;
        self.erased.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Measures what only a look now and then can tell.
    ///
    /// # Errors
    /// See [`WorkError`].
    pub async fn watch(&self) -> Result<(), WorkError> {
        let labels = || self.store.labels();
        let dir = self.store.dir().to_owned();
        let free = tokio::task::spawn_blocking(move || cairn_store::room::free(&dir)).await;
        if let Ok(Some(free)) = free {
            metrics::gauge!("cairn_disk_free_bytes", labels()).set(free as f64);
        }
        let writer = self.store.writer();
        metrics::gauge!("cairn_intake_held", labels()).set(f64::from(u8::from(writer.is_full())));
        metrics::gauge!("cairn_writer_queue_units", labels()).set(writer.waiting() as f64);
        metrics::gauge!("cairn_intake_waiting", labels()).set(self.gate.waiting() as f64);
        let (due, given_up) = self.store.count_jobs().await?;
        metrics::gauge!("cairn_jobs_due", labels()).set(due as f64);
        metrics::gauge!("cairn_jobs_given_up", labels()).set(given_up as f64);
        Ok(())
    }

    /// Takes what was erased out of the database's side files too, if anything was erased since the last time.
    ///
    /// # Errors
    /// See [`WorkError`]; it is tried again at the next turn, as where readers are in the way.
    pub async fn scrub(&self) -> Result<(), WorkError> {
        if !self.erased.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let scrubbed = self.store.scrub().await;
        if !matches!(scrubbed, Ok(true)) {
            self.erased.store(true, Ordering::Relaxed);
        }
        scrubbed?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_spread_over_half_a_day() {
        let mut now = Micros(0);
        let waits: Vec<i64> = (0..ATTEMPTS_MAX - 1)
            .map(|attempt| {
                let next = retry_at(now, attempt);
                let wait = next.seconds() - now.seconds();
                now = next;
                wait
            })
            .collect();
        assert_eq!(waits, [60, 240, 960, 3_840, 15_360, 21_600, 21_600]);
        assert!(now.seconds() > 12 * 3_600);
        assert_eq!(retry_at(Micros(0), i64::MAX).seconds(), RETRY_SECONDS_MAX);
    }

    #[test]
    fn a_part_that_panics_or_fails_comes_round_again() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let turns = Arc::new(std::sync::atomic::AtomicU32::new(0));
            let (tell, stopping) = watch::channel(false);
            let counted = Arc::clone(&turns);
            let part = move || {
                let turns = Arc::clone(&counted);
                async move {
                    match turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                        0 => panic!("on purpose"),
                        1 => Err(WorkError::Write(WriteError::Closed)),
                        _ => Ok(()),
                    }
                }
            };
            let every = tokio::spawn(every("test", Duration::from_millis(5), stopping, part));
            while turns.load(std::sync::atomic::Ordering::Relaxed) < 4 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tell.send(true).unwrap();
            every.await.unwrap();
        });
    }
}
