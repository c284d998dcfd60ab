//! For the machines that keep this one running: is it alive, and can it take reports?

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use cairn_app::App;
use serde_json::{Value, json};

/// `/health/live` and `/health/ready`.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(app)
}

/// The process answers. Asks nothing of the database: restarting this process would not mend that one.
async fn live() -> Json<Value> {
    Json(json!({ "alive": true }))
}

/// 200 if reports can be taken, 503 if not. Says nothing that a stranger could use.
async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let health = app.health().await;
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
