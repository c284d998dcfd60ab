//! One observable: the reports that have it, what else they have, what officers wrote of it, and the block list. Nothing is
//! looked up outside.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::observable::{Block, Change, Command, Event, Refusal, Standing, decide};
use cairn_desk::report::{Body, MessageText};
use cairn_desk::search::Wanted;
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::observable::{Observable, defang};
use cairn_kernel::text::csv_cell;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::observable::{BLOCK_ROWS_MAX, Step, Told, digest, tell};
use cairn_store::report::{Order, Page, Seen, Summary};
use cairn_store::writer::{Entry, Unit, WriteError};

use crate::App;
use crate::account::Principal;
use crate::export::csv_line;
use crate::report::{AppError, damaged};
use crate::search::More;

pub use cairn_store::observable::Named;

/// Reports of one page.
pub const REPORTS_PAGE: usize = 50;
/// The newest reports whose other observables are counted.
pub const BESIDE_REPORTS_MAX: usize = 200;
/// Other observables that are shown.
pub const BESIDE_MAX: usize = 20;
/// How often a number is tried anew when another observable has taken it.
const TRIES: usize = 5;

/// All there is about one observable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What it is.
    pub observable: Observable,
    /// How often and where it was seen.
    pub seen: Seen,
    /// When the first and the newest report with it came in.
    pub between: (Option<Micros>, Option<Micros>),
    /// Reports with it, newest first.
    pub reports: Vec<Summary>,
    /// Whether there are more.
    pub more: Option<More>,
    /// Other observables of the newest reports with it, and in how many of these, the most common first.
    pub beside: Vec<(Observable, u32)>,
    /// In how many reports these were counted.
    pub beside_of: usize,
    /// Handling labels of those reports.
    pub labels: BTreeSet<String>,
    /// Notes and decisions, oldest first.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub standing: Standing,
}

/// What somebody does about an observable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Writes a note.
    Note {
        /// Text.
        text: MessageText,
        /// The step of the note that it corrects.
        corrects: Option<i64>,
    },
    /// Asks that it be put on the block list, with the reason.
    Ask(MessageText),
    /// Agrees.
    Agree,
    /// Declines, with the reason.
    Decline(MessageText),
    /// Takes back what they asked.
    Withdraw,
    /// Takes it off the list, with the reason.
    Lift(MessageText),
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It is written.
    Yes,
    /// The rules say no.
    No(Refusal),
}

/// The block list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockList {
    /// Waiting for a second officer, the oldest first; one page and no more.
    pub asked: Vec<Named>,
    /// On the list.
    pub agreed: Vec<Named>,
    /// The next page comes after this number.
    pub next: Option<i64>,
}

/// How the block list is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// RFC 4180 with a line of headings; otherwise one value a line.
    pub csv: bool,
    /// As it can be used; otherwise defanged.
    pub raw: bool,
}

/// An export under way.
pub struct BlockExport {
    app: App,
    form: Form,
    after: Option<i64>,
    over: bool,
}

/// What the steps add up to.
fn standing_of(steps: &[Step]) -> Standing {
    let mut standing = Standing::default();
    for step in steps {
        let change = match step.what.as_str() {
            "observable_noted" => Change::Noted {
                digest: String::new(),
                corrects: step.corrects,
            },
            "observable_block_asked" => Change::BlockAsked,
            "observable_block_agreed" => Change::BlockAgreed,
            "observable_block_declined" => Change::BlockDeclined,
            "observable_block_withdrawn" => Change::BlockWithdrawn,
            "observable_block_lifted" => Change::BlockLifted,
            _ => Change::Named {
                digest: String::new(),
            },
        };
        standing.apply(&Event {
            observable: 0,
            at: step.at,
            by: Actor::User(step.account.clone()),
            change,
        });
    }
    standing
}

impl App {
    /// One observable, with the reports after a place. It need not be in any report.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn observable(
        &self,
        who: &Principal,
        observable: &Observable,
        after: Option<(i64, i64)>,
    ) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let wanted = Wanted {
            observables: vec![observable.clone()],
            ..Wanted::default()
        };
        let seen = self.store.observable_seen(observable).await?;
        let (reports, more) = self
            .page_of(&wanted, Order::Newest, after, REPORTS_PAGE)
            .await?;
        let (beside, beside_of, labels) = self.beside(&wanted, observable).await?;
        let named = self.store.named(observable).await?;
        let steps = match &named {
            Some(named) => self.store.steps(named.no).await?,
            None => Vec::new(),
        };
        let at = async |no: Option<i64>| match no {
            Some(no) => self.store.received_at(no).await,
            None => Ok(None),
        };
        Ok(grant.show(Whole {
            between: (at(seen.first).await?, at(seen.last).await?),
            observable: observable.clone(),
            seen,
            reports,
            more,
            beside,
            beside_of,
            labels,
            standing: standing_of(&steps),
            steps,
        }))
    }

    /// What else the newest reports with it have.
    async fn beside(
        &self,
        wanted: &Wanted,
        observable: &Observable,
    ) -> Result<(Vec<(Observable, u32)>, usize, BTreeSet<String>), AppError> {
        let page = Page {
            order: Order::Newest,
            after: None,
            limit: BESIDE_REPORTS_MAX,
        };
        let rows = self.store.search(wanted, &page).await?.rows;
        let numbers: Vec<i64> = rows.iter().map(|row| row.no).collect();
        let mut counts: BTreeMap<Observable, u32> = BTreeMap::new();
        let (mut of, mut labels) = (0, BTreeSet::new());
        let bodies = self.store.report_bodies(&numbers).await?;
        for (no, json) in bodies {
            let body: Body = serde_json::from_str(&json).map_err(damaged("body"))?;
            if !body.observables.contains(observable) {
                continue;
            }
            of += 1;
            let label = rows.iter().find(|row| row.no == no);
            labels.extend(label.map(|row| row.label.clone()));
            for other in body.observables.into_iter().filter(|one| one != observable) {
                *counts.entry(other).or_default() += 1;
            }
        }
        let mut beside: Vec<(Observable, u32)> = counts.into_iter().collect();
        beside.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        beside.truncate(BESIDE_MAX);
        Ok((beside, of, labels))
    }

    /// Writes a note, asks for the block list, or decides on that. `version` is the one that was seen: if somebody else
    /// was quicker, nothing is done.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_observable(
        &self,
        who: &Principal,
        observable: &Observable,
        version: i64,
        deed: Deed,
    ) -> Result<Done, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let account = grant.account();
        for _ in 0..TRIES {
            let next = self.store.next_observable().await?;
            let named = self.store.named(observable).await?;
            let steps = match &named {
                Some(named) => self.store.steps(named.no).await?,
                None => Vec::new(),
            };
            let standing = standing_of(&steps);
            if standing.version != version {
                return Err(AppError::Conflict);
            }
            let salt = random::<16>()?;
            let (command, text) = command(deed.clone(), &salt);
            let changes = match decide(&standing, command, account) {
                Ok(changes) => changes,
                Err(refusal) => return Ok(Done::No(refusal)),
            };
            let name = match named {
                Some(_) => None,
                None => Some((observable, random::<16>()?)),
            };
            let no = named.map_or(next, |named| named.no);
            let first = name.map(|(one, salt)| Change::Named {
                digest: digest(&salt, one),
            });
            let events = self.observable_events(no, account, first.into_iter().chain(changes))?;
            let unit = tell(Told {
                no,
                new: name,
                before: &standing,
                events,
                note: text.as_ref().map(|text| (salt, text.as_str())),
            });
            match self.store.write(unit).await {
                Ok(_) => return Ok(Done::Yes),
                // Another observable got this number meanwhile.
                Err(WriteError::Duplicate) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Conflict)
    }

    fn observable_events(
        &self,
        no: i64,
        account: &str,
        changes: impl Iterator<Item = Change>,
    ) -> Result<Vec<(Event, Entry)>, AppError> {
        let at = self.clock.now();
        let made = changes.map(|change| {
            let event = Event {
                observable: no,
                at,
                by: Actor::User(account.to_owned()),
                change,
            };
            let json = serde_json::to_string(&event).map_err(damaged("event"))?;
            let entry = Entry::new(at.0, None, json, random()?);
            Ok((event, entry))
        });
        made.collect()
    }

    /// What waits for a second officer, and what is on the block list.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn block_list(
        &self,
        who: &Principal,
        after: i64,
    ) -> Result<Visible<BlockList>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let page = REPORTS_PAGE as i64;
        let asked = self.store.blocked(Block::Asked, 0, BLOCK_ROWS_MAX).await?;
        let mut agreed = self.store.blocked(Block::Agreed, after, page + 1).await?;
        let more = agreed.len() > REPORTS_PAGE;
        agreed.truncate(REPORTS_PAGE);
        Ok(grant.show(BlockList {
            asked,
            next: agreed.last().filter(|_| more).map(|one| one.no),
            agreed,
        }))
    }

    /// Begins to take the block list out, noting it in the log.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn export_block_list(
        &self,
        who: &Principal,
        form: Form,
    ) -> Result<BlockExport, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let change = AccountChange::BlockListExported {
            format: (if form.csv { "csv" } else { "txt" }).to_owned(),
            raw: form.raw,
            rows: self.store.blocked_count().await?,
        };
        let entry = self.account_entry(Actor::User(grant.account().to_owned()), change)?;
        let unit = Unit {
            entries: vec![entry],
            ..Unit::default()
        };
        self.store.write(unit).await?;
        Ok(BlockExport {
            app: self.clone(),
            form,
            after: None,
            over: false,
        })
    }
}

impl BlockExport {
    /// The next piece of the file; `None` at its end.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn next(&mut self) -> Result<Option<String>, AppError> {
        if self.over {
            return Ok(None);
        }
        let mut out = String::new();
        if self.after.is_none() {
            out.push_str(&self.head());
        }
        let after = self.after.unwrap_or_default();
        let page = self.app.store.blocked(Block::Agreed, after, BLOCK_ROWS_MAX);
        let page = page.await?;
        for one in &page {
            let value = if self.form.raw {
                one.observable.value.clone()
            } else {
                defang(&one.observable)
            };
            if self.form.csv {
                let at = one.block_at.map_or_else(String::new, |at| at.to_string());
                let kind = one.observable.kind.as_str().to_owned();
                csv_line(
                    &mut out,
                    [kind, csv_cell(&value).into_owned(), at].into_iter(),
                );
            } else {
                out.push_str(&value);
                out.push('\n');
            }
        }
        self.after = Some(page.last().map_or(after, |one| one.no));
        self.over = (page.len() as i64) < BLOCK_ROWS_MAX;
        Ok(Some(out))
    }

    /// The first line says which of the two it is: what is raw must not be taken for what is safe to click.
    fn head(&self) -> String {
        match (self.form.csv, self.form.raw) {
            (true, true) => "kind,value_raw,agreed_at\r\n".to_owned(),
            (true, false) => "kind,value_defanged,agreed_at\r\n".to_owned(),
            (false, raw) => {
                let what = if raw {
                    "RAW: these addresses are live"
                } else {
                    "defanged"
                };
                format!("# block list, {}, {what}\n", self.app.clock.now())
            }
        }
    }
}

/// What is decided on, and the text that is kept.
fn command(deed: Deed, salt: &[u8; 16]) -> (Command, Option<String>) {
    let text = |text: MessageText| {
        let digest = salted(salt, text.as_str().as_bytes()).hex();
        (digest, Some(text.into_string()))
    };
    match deed {
        Deed::Note {
            text: note,
            corrects,
        } => {
            let (digest, note) = text(note);
            (Command::Note { digest, corrects }, note)
        }
        Deed::Ask(why) => {
            let (digest, why) = text(why);
            (Command::Ask { digest }, why)
        }
        Deed::Decline(why) => {
            let (digest, why) = text(why);
            (Command::Decline { digest }, why)
        }
        Deed::Lift(why) => {
            let (digest, why) = text(why);
            (Command::Lift { digest }, why)
        }
        Deed::Agree => (Command::Agree, None),
        Deed::Withdraw => (Command::Withdraw, None),
    }
}
