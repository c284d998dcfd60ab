//! Request Tracker as a source: several tickets are fetched ahead, and handed on one after the other in the order of their numbers, so
//! that a run that is stopped has taken all up to one of them.

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::bail;
use cairn_app::import::rt::{Rt, RtError, problem};
use cairn_desk::import::{Fault, Old, OldFile, Problem, Source};
use tokio::task::JoinHandle;

use super::Next;
use crate::control::Door;
use crate::import::known;

/// Tickets that are fetched ahead, whole but for their files.
pub const TICKETS_AHEAD_MAX: usize = 8;
/// Files of a ticket that are fetched ahead.
pub const FILES_AHEAD_MAX: usize = 4;
/// Tickets in a row of which nothing is heard before the server counts as away.
pub const UNHEARD_MAX: u32 = 5;

type Fetched = anyhow::Result<Result<Old, RtError>>;
type FetchedFile = Result<Vec<u8>, RtError>;

/// The server, and what is on its way from there.
pub struct Server {
    rt: Rt,
    door: Arc<Door>,
    query: String,
    /// Numbers that were listed and are not asked for yet.
    waiting: VecDeque<u64>,
    /// The last one that was listed.
    last: u64,
    /// The list is over.
    over: bool,
    /// Tickets on their way, in their order.
    ahead: VecDeque<(u64, JoinHandle<Fetched>)>,
    /// Files on their way, in their order.
    files: VecDeque<(String, JoinHandle<FetchedFile>)>,
    /// Tickets in a row of which nothing was heard.
    unheard: u32,
}

impl Server {
    /// Nothing is asked for yet.
    pub fn new(rt: Rt, query: Option<&str>, door: Arc<Door>) -> Self {
        Self {
            rt,
            door,
            query: query.unwrap_or_default().to_owned(),
            waiting: VecDeque::new(),
            last: 0,
            over: false,
            ahead: VecDeque::new(),
            files: VecDeque::new(),
            unheard: 0,
        }
    }

    /// How many tickets there are.
    ///
    /// # Errors
    /// The server did not say.
    pub async fn count(&self) -> anyhow::Result<u64> {
        Ok(self.rt.count(&self.query).await?)
    }

    async fn fill(&mut self) -> anyhow::Result<()> {
        while self.ahead.len() < TICKETS_AHEAD_MAX {
            if self.waiting.is_empty() && !self.over {
                let more = self.rt.after(&self.query, self.last).await?;
                self.over = more.is_empty();
                self.last = more.last().copied().unwrap_or(self.last);
                self.waiting.extend(more);
            }
            let Some(number) = self.waiting.pop_front() else {
                break;
            };
            let fetching = fetch(self.rt.clone(), Arc::clone(&self.door), number);
            self.ahead.push_back((number, tokio::spawn(fetching)));
        }
        Ok(())
    }

    /// The next ticket, or why it did not come.
    ///
    /// # Errors
    /// The server is away: the next run goes on where this one ended.
    pub async fn next(&mut self) -> anyhow::Result<Option<Next>> {
        self.fill().await?;
        let Some((number, fetching)) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let error = match fetching.await?? {
            Ok(old) => {
                self.unheard = 0;
                return Ok(Some(Next::Ticket(Box::new(old))));
            }
            Err(error) => error,
        };
        self.unheard = if error.is_away() { self.unheard + 1 } else { 0 };
        if self.unheard >= UNHEARD_MAX {
            bail!(
                "nothing was heard of {} tickets in a row: {error}; run again when the server is back, all before them is taken",
                self.unheard
            );
        }
        let problem = problem(format!("rt#{number}"), &error);
        Ok(Some(Next::Lost(problem)))
    }

    /// Begins to fetch files that will be asked for in this order.
    pub fn look_ahead(&mut self, files: &[OldFile]) {
        let places = files.iter().filter(|file| file.bytes.is_none());
        let wanted = places.map(|file| &file.place);
        let fresh: Vec<String> = wanted
            .filter(|place| self.files.iter().all(|(known, _)| known != *place))
            .take(FILES_AHEAD_MAX.saturating_sub(self.files.len()))
            .cloned()
            .collect();
        for place in fresh {
            let (rt, of) = (self.rt.clone(), place.clone());
            let fetching = tokio::spawn(async move { rt.file(&of).await });
            self.files.push_back((place, fetching));
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// They did not come, or do not read.
    pub async fn bytes(&mut self, place: &str) -> Result<Vec<u8>, Problem> {
        let at = self.files.iter().position(|(known, _)| known == place);
        let bytes = match at.and_then(|at| self.files.remove(at)) {
            Some((_, fetching)) => fetching
                .await
                .map_err(|error| Problem::new(Fault::Unfetched, "", &error.to_string()))?,
            None => self.rt.file(place).await,
        };
        bytes.map_err(|error| problem(String::new(), &error))
    }

    /// Nothing more is wanted: what is on its way is given up, and the door is let go of.
    pub async fn close(&mut self) {
        let tickets = self.ahead.drain(..).map(|(_, task)| {
            task.abort();
            task
        });
        for task in tickets.collect::<Vec<_>>() {
            let _given_up = task.await;
        }
        for (_, task) in self.files.drain(..) {
            task.abort();
        }
    }
}

async fn fetch(rt: Rt, door: Arc<Door>, number: u64) -> Fetched {
    let history = match rt.history(number).await {
        Ok(history) => history,
        Err(error) => return Ok(Err(error)),
    };
    let here = known(&door, Source::Rt, vec![number.to_string()], history.keys()).await?;
    Ok(rt.ticket(number, &history, &here.keys).await)
}
