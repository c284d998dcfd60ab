//! Several houses behind one listener: the host that a request names decides which of them answers. Each is a router of its own
//! on a store of its own; nothing of one is within reach of another.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

pub use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::future::RouteFuture;
use cairn_app::App;
use cairn_app::health::Health;
use tower::Service;

/// A tenant behind the listener of the house.
pub struct Tenant {
    /// Host names that lead to it, in lower case.
    pub hosts: Vec<String>,
    /// Its pages and its API.
    pub router: Router,
}

/// The house, and the tenants that share its listener. `beside` are all tenants of the process, with a listener of their own or
/// not: when the house is asked whether it is ready, it answers for all of them.
pub fn by_host(house: Router, tenants: Vec<Tenant>, beside: Vec<App>) -> Router {
    if beside.is_empty() {
        return house;
    }
    let named = |tenant: Tenant| {
        let hosts = tenant.hosts.into_iter();
        hosts.map(move |host| (host, tenant.router.clone()))
    };
    let doors = Doors {
        house,
        tenants: Arc::new(tenants.into_iter().flat_map(named).collect()),
        unclear: Router::new().fallback(async || StatusCode::BAD_REQUEST),
        beside: Beside(beside.into()),
    };
    Router::new().fallback_service(doors)
}

/// The other houses of the process, to ask them how they are, and for nothing else.
#[derive(Clone)]
pub(crate) struct Beside(Arc<[App]>);

impl Beside {
    /// How each of them is.
    pub(crate) async fn health(&self) -> Vec<Health> {
        let asked = self.0.iter().map(App::health);
        futures_util::future::join_all(asked).await
    }
}

#[derive(Clone)]
struct Doors {
    house: Router,
    tenants: Arc<HashMap<String, Router>>,
    /// Answers requests that name two hosts.
    unclear: Router,
    beside: Beside,
}

/// Which host a request names.
#[derive(Debug, PartialEq, Eq)]
enum Host {
    /// This one, in lower case and without port.
    Named(String),
    /// None.
    Nobody,
    /// Several: whoever stands before us may have decided by another one than we would.
    Several,
}

/// A whole address in the first line goes before the header (RFC 9112, 3.2.2).
fn host_of(request: &Request) -> Host {
    let headers = request.headers();
    let mut all = headers.get_all(header::HOST).iter();
    let first = all.next();
    if all.any(|other| Some(other) != first) {
        return Host::Several;
    }
    let named = match request.uri().authority() {
        Some(authority) => Some(authority.host().to_owned()),
        None => first.and_then(|host| host.to_str().ok()).map(bare),
    };
    match named {
        Some(name) => Host::Named(name.trim_end_matches('.').to_ascii_lowercase()),
        None => Host::Nobody,
    }
}

fn bare(host: &str) -> String {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
    .to_owned()
}

impl Service<Request> for Doors {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let tenant = match host_of(&request) {
            Host::Several => return self.unclear.call(request),
            Host::Named(name) => self.tenants.get(&name).cloned(),
            Host::Nobody => None,
        };
        if let Some(mut tenant) = tenant {
            return tenant.call(request);
        }
        request.extensions_mut().insert(self.beside.clone());
        self.house.call(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn asked(uri: &str, hosts: &[&str]) -> Host {
        let mut request = Request::builder().uri(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        host_of(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn the_host_is_read_as_browsers_and_proxies_write_it() {
        let named = |name: &str| Host::Named(name.to_owned());
        assert_eq!(asked("/", &["Health.example"]), named("health.example"));
        assert_eq!(
            asked("/", &["health.example:8080"]),
            named("health.example")
        );
        assert_eq!(asked("/", &["health.example.:80"]), named("health.example"));
        assert_eq!(asked("/", &["[2001:db8::1]:80"]), named("[2001:db8::1]"));
        assert_eq!(asked("/", &["[2001:db8::1]"]), named("[2001:db8::1]"));
        let whole = "http://ports.example:80/report";
        assert_eq!(asked(whole, &["health.example"]), named("ports.example"));
        assert_eq!(asked("/", &[]), Host::Nobody);
        assert_eq!(asked("/", &["a.example", "a.example"]), named("a.example"));
        assert_eq!(asked("/", &["a.example", "b.example"]), Host::Several);
    }
}
