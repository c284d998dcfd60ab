//! Webhooks: reading how they stand, sending again, switching on and off. Secrets are made by people, on the page.

use cairn_app::report::AppError;
use cairn_app::webhook::rows::Delivery;
use cairn_app::webhook::{Fault, View, Wanted};
use cairn_desk::access::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, moved, read, told};
use super::common::{DeskDone, DeskNothing, when};
use crate::desk::Need;
use crate::problem::Result;

pub(super) fn calls() -> Vec<Call> {
    let manage = Need::May(Action::ManageAccounts);
    vec![
        read("/api/v1/desk/webhooks", manage, "List webhooks", list),
        read(
            "/api/v1/desk/webhooks/{id}",
            manage,
            "Read a webhook, with its newest deliveries",
            show,
        ),
        act(
            "/api/v1/desk/webhooks/{id}",
            manage,
            "Change a webhook, or switch it on or off",
            change,
        ),
        act(
            "/api/v1/desk/webhooks/{id}/test",
            manage,
            "Send a call that tells of nothing",
            test,
        ),
        act(
            "/api/v1/desk/webhooks/{id}/remove",
            manage,
            "Take a webhook away",
            remove,
        ),
        act(
            "/api/v1/desk/webhooks/{id}/deliveries/{delivery}/again",
            manage,
            "Send a delivery again, under the same id",
            again,
        ),
    ]
}

/// A webhook: nothing secret.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskWebhook {
    /// Its id.
    id: String,
    /// What a change is made for.
    version: i64,
    /// Where it is sent to.
    url: String,
    /// What it is for.
    description: String,
    /// Kinds of events that it is told.
    events: Vec<String>,
    /// It is on.
    live: bool,
    /// When it was made.
    created_at: String,
    /// Nothing has arrived since.
    failing_since: Option<String>,
    /// `gone` or `failing`: why the machine switched it off.
    off_why: Option<String>,
}

/// Webhooks.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskWebhooks {
    /// The oldest first.
    webhooks: Vec<DeskWebhook>,
}

fn row(view: &View) -> DeskWebhook {
    let view = view.clone();
    DeskWebhook {
        id: view.id,
        version: view.version,
        url: view.wanted.url,
        description: view.wanted.description,
        events: view.wanted.events,
        live: view.wanted.live,
        created_at: view.created_at.to_string(),
        failing_since: when(view.failing_since),
        off_why: view.off_why,
    }
}

async fn list(asked: Asked) -> Result<DeskWebhooks> {
    let hooks = asked.app.webhooks(&asked.who).await.map_err(told)?;
    Ok(DeskWebhooks {
        webhooks: hooks.iter().map(row).collect(),
    })
}

/// A call to a receiver.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskDelivery {
    /// The same at every attempt.
    id: String,
    /// Kind of event.
    kind: String,
    /// What is sent, JSON as text.
    body: String,
    /// `due`, `done` or `given_up`.
    state: String,
    /// Attempts so far.
    attempts: i64,
    /// The next one is not before.
    next_at: String,
    /// The last one.
    tried_at: Option<String>,
    /// How long it took, milliseconds.
    millis: Option<i64>,
    /// HTTP status of the answer.
    status: Option<u16>,
    /// What went wrong.
    fault: Option<String>,
    /// The first bytes of the answer: a stranger's text.
    answer: Option<String>,
}

/// A webhook with its deliveries.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskWebhookWhole {
    /// The webhook.
    webhook: DeskWebhook,
    /// So many wait.
    waiting: i64,
    /// The newest first.
    deliveries: Vec<DeskDelivery>,
}

fn delivery(one: &Delivery) -> DeskDelivery {
    let one = one.clone();
    let tried = one.tried.unwrap_or_default();
    let tried_at = (tried != Default::default()).then(|| tried.at.to_string());
    DeskDelivery {
        id: one.id,
        kind: one.kind,
        body: one.body,
        state: one.state,
        attempts: one.attempts,
        next_at: one.next_at.to_string(),
        millis: tried_at.as_ref().map(|_| tried.millis),
        tried_at,
        status: tried.status,
        fault: tried.fault,
        answer: tried.answer,
    }
}

async fn show(asked: Asked) -> Result<DeskWebhookWhole> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskWebhookWhole> {
    let found = asked.app.webhook(&asked.who, asked.part(0)).await;
    let found = found.map_err(told)?;
    Ok(DeskWebhookWhole {
        webhook: row(&found.0),
        waiting: found.2,
        deliveries: found.1.iter().map(delivery).collect(),
    })
}

/// How a webhook is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskSetWebhook {
    /// The version that was seen.
    version: i64,
    /// Where it is sent to: https, or http to the service's own machine.
    url: String,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// Kinds of events that it is told.
    events: Vec<String>,
    /// It is on. Switched on, it is told what happens from then on.
    live: bool,
}

async fn change(asked: Asked, sent: DeskSetWebhook) -> Result<DeskWebhookWhole> {
    let wanted = Wanted {
        url: sent.url,
        description: sent.description,
        events: sent.events,
        live: sent.live,
    };
    let mut faults = Faults::default();
    for fault in wanted.faults() {
        let (pointer, detail) = match fault {
            Fault::Address => ("/url", "is no https:// address"),
            Fault::Plain => ("/url", "plain http is only for the service's own machine"),
            Fault::Description => ("/description", "is too long"),
            Fault::Events => ("/events", "names none, or one that there is not"),
        };
        faults.add(pointer, detail);
    }
    faults.end()?;
    let place = (asked.part(0), sent.version);
    match asked.app.change_webhook(&asked.who, place, &wanted).await {
        Ok(()) => read_one(&asked).await,
        Err(AppError::Conflict) => Err(moved(&read_one(&asked).await?)),
        Err(other) => Err(told(other)),
    }
}

async fn test(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let done = asked.app.test_webhook(&asked.who, asked.part(0)).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn remove(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let done = asked.app.remove_webhook(&asked.who, asked.part(0)).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}

async fn again(asked: Asked, _: DeskNothing) -> Result<DeskDone> {
    let (who, id, delivery) = (&asked.who, asked.part(0), asked.part(1));
    let done = asked.app.send_again(who, id, delivery).await;
    done.map_err(told)?;
    Ok(DeskDone::YES)
}
