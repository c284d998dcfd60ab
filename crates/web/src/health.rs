//! For the machines that keep this one running: is it alive, and can it take reports?

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::get;
use axum::{Extension, Json, Router};
use cairn_app::App;
use serde_json::{Value, json};

use crate::api::Machine;
use crate::doors::Beside;

/// `/health/live` and `/health/ready`.
pub(crate) fn machines() -> [Machine; 2] {
    [
        Machine::new(Method::GET, "/health/live", get(live)),
        Machine::new(Method::GET, "/health/ready", get(ready)),
    ]
}

/// The process answers. Asks nothing of the database: restarting this process would not mend that one.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "Health",
    responses((status = 200, description = "It lives", body = Object, example = json!({"alive": true})))
)]
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "alive": true }))
}

/// 200 if reports can be taken, 503 if not. Says nothing that a stranger could use.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "Health",
    responses(
        (status = 200, description = "Reports can be taken", body = Object, example = json!({"ready": true, "database": "ok", "disk": "ok"})),
        (status = 503, description = "Reports cannot be taken: `database` says `fails` or `disk` says `full`", body = Object),
    )
)]
pub(crate) async fn ready(
    State(app): State<App>,
    beside: Option<Extension<Beside>>,
) -> (StatusCode, Json<Value>) {
    let mut health = app.health().await;
    // The house answers for its tenants. Which of them ails stands in the log.
    if let Some(Extension(beside)) = beside {
        for other in beside.health().await {
            health.database &= other.database;
            health.room &= other.room;
        }
    }
    let status = if health.ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |well: bool| if well { "ok" } else { "fails" };
    let told = json!({
        "ready": health.ready(),
        "database": word(health.database),
        "disk": if health.room { "ok" } else { "full" },
    });
    (status, Json(told))
}

/// Serves `/metrics` with what `render` makes (the Prometheus text format 0.0.4), on a listener of its own.
///
/// # Errors
/// The listener failed.
pub async fn serve_metrics(
    listener: tokio::net::TcpListener,
    render: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> std::io::Result<()> {
    let read = async move || {
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        ([(axum::http::header::CONTENT_TYPE, kind)], render())
    };
    axum::serve(listener, Router::new().route("/metrics", get(read))).await
}
