//! Serves all of cairn on a temporary store, to be looked at: `cargo run -p cairn-web --example serve -- 127.0.0.1:8098`.

use std::sync::Arc;

use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_testkit::TestStore;
use cairn_web::server::{Server, ServerSettings};
use cairn_web::{Site, router};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8098".into());
    let store = TestStore::sqlite().await;
    let form = Form::parse(&FormFiles::embedded()).map_err(|problems| format!("{problems:?}"))?;
    let app = App::new(
        (*store).clone(),
        Arc::new(form),
        Config::default(),
        Clock::System,
    );
    let site = Site {
        public_url: format!("http://{address}"),
        ..Site::example()
    };
    let server = Server::new(ServerSettings::default(), router(app, Arc::new(site)))?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    server
        .serve(listener, async { drop(tokio::signal::ctrl_c().await) })
        .await;
    Ok(())
}
