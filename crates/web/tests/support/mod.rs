//! The whole of cairn's HTTP on a temporary store, and something like a browser.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use cairn_app::clock::Clock;
use cairn_app::{App, Config};
use cairn_desk::form::{Form, FormFiles};
use cairn_kernel::time::Micros;
use cairn_testkit::TestStore;
use cairn_web::{Site, router};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// One installation.
pub struct World {
    store: TestStore,
    pub app: App,
    pub clock: Clock,
    router: Router,
}

impl World {
    pub fn start(store: TestStore) -> Self {
        Self::start_as(store, Site::example())
    }

    pub fn start_as(store: TestStore, site: Site) -> Self {
        let form = Form::parse(&FormFiles::embedded()).unwrap();
        Self::whole(store, form, Config::default(), site)
    }

    /// The same with a form and settings of one's own.
    pub fn with(store: TestStore, form: Form, config: Config) -> Self {
        Self::whole(store, form, config, Site::example())
    }

    fn whole(store: TestStore, form: Form, config: Config, site: Site) -> Self {
        let clock = Clock::fixed(Micros(1_795_500_300_123_457));
        let app = App::new((*store).clone(), Arc::new(form), config, clock.clone());
        let router = router(app.clone(), Arc::new(site));
        Self {
            store,
            app,
            clock,
            router,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// How many reports there are.
    pub async fn reports(&self) -> usize {
        let mut count = 0;
        for no in 1..200 {
            count += usize::from(self.app.bare_store().report(no).await.unwrap().is_some());
        }
        count
    }

    /// Closes the store and hands it out, for looking at what lies on disk. Browsers must be gone by then: they keep
    /// the store open.
    pub async fn close(self) -> TestStore {
        let Self {
            mut store,
            app,
            router,
            ..
        } = self;
        drop((app, router));
        store.close().await;
        store
    }
}

/// Cookies, headers, and no scripts.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub headers: Vec<(&'static str, String)>,
}

/// An answer, whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }
}

impl Browser {
    async fn send_request(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: Body,
        more: Vec<(&str, String)>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        for (name, value) in more {
            request = request.header(name, value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            request = request.header("cookie", pairs.join("; "));
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            parts.status != StatusCode::INTERNAL_SERVER_ERROR,
            "{path}: {body}"
        );
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
            body,
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send_request("GET", path, "", Body::empty(), vec![])
            .await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let kind = "application/x-www-form-urlencoded";
        self.send_request("POST", path, kind, Body::from(body.finish()), vec![])
            .await
    }

    pub async fn json(&mut self, path: &str, body: &str, more: Vec<(&str, String)>) -> Answer {
        let body = Body::from(body.to_owned());
        self.send_request("POST", path, "application/json", body, more)
            .await
    }

    /// Bytes alone.
    pub async fn bytes(&mut self, path: &str, bytes: &[u8]) -> Answer {
        let (kind, body) = ("application/octet-stream", Body::from(bytes.to_vec()));
        self.send_request("POST", path, kind, body, vec![]).await
    }

    pub async fn upload(&mut self, path: &str, files: &[(&str, &[u8])]) -> Answer {
        self.upload_as(path, "files", files).await
    }

    pub async fn upload_as(&mut self, path: &str, field: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, content) in files {
            let head = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--cut--\r\n");
        let kind = "multipart/form-data; boundary=cut";
        self.send_request("POST", path, kind, Body::from(body), vec![])
            .await
    }

    /// Begins a report.
    pub async fn begin(&mut self) {
        let answer = self.post("/report", &[]).await;
        assert_eq!(answer.location(), "/report/who");
    }

    /// Answers page after page until the check.
    pub async fn walk(&mut self, answers: &Answers) {
        self.walk_until(answers, "check").await;
    }

    /// Answers page after page, from the first, until it stands before `end`.
    pub async fn walk_until(&mut self, answers: &Answers, end: &str) {
        self.walk_from("who", answers, end).await;
    }

    /// The same from a page on.
    pub async fn walk_from(&mut self, from: &str, answers: &Answers, end: &str) {
        let mut at = from.to_owned();
        while at != end {
            let page = self.get(&format!("/report/{at}")).await;
            assert_eq!(page.status, StatusCode::OK, "{at}: {}", page.location());
            let fields = answers.get(at.as_str()).cloned().unwrap_or_default();
            let answer = self.post(&format!("/report/{at}"), &fields).await;
            let next = answer
                .location()
                .strip_prefix("/report/")
                .unwrap()
                .to_owned();
            assert_ne!(
                next,
                at,
                "{}",
                self.get(&format!("/report/{at}")).await.body
            );
            at = next;
        }
    }

    /// Sends the report; its reference and the path of its secret link.
    pub async fn send(&mut self) -> (String, String) {
        let answer = self.post("/report/send", &[("hp_remark", "")]).await;
        assert_eq!(answer.location(), "/report/sent", "{}", answer.body);
        let page = self.get("/report/sent").await.body;
        let link = page.split("href=\"/s/").nth(1).unwrap();
        let link = link.split('"').next().unwrap();
        let reference = link.rsplit_once('-').unwrap().0;
        (reference.to_owned(), format!("/s/{link}"))
    }
}

/// Fields by step.
pub type Answers = BTreeMap<&'static str, Vec<(&'static str, &'static str)>>;

/// What somebody answers whom a seller has cheated.
pub fn answers(anonymous: bool) -> Answers {
    BTreeMap::from([
        ("who", vec![("who", "me")]),
        ("danger", vec![("danger", "no")]),
        ("money_moved", vec![("money_moved", "no")]),
        ("what", vec![("what", "scam")]),
        ("scam", vec![("scam_kind", "goods")]),
        ("when", vec![("when-month", "3"), ("when-year", "2026")]),
        ("channel", vec![("channel", "not_known")]),
        (
            "story",
            vec![("story", "Someone sold me a bicycle that never came.")],
        ),
        ("loss", vec![("loss", "money")]),
        (
            "money",
            vec![("money-0-amount", "12.50"), ("money-0-currency", "NZD")],
        ),
        ("done", vec![("done", "bank")]),
        ("about_you", vec![("region", "NZ-WGN")]),
        ("help", vec![("help", "help")]),
        ("tell", vec![("tell", "police")]),
        (
            "identity",
            vec![("identity", if anonymous { "anonymous" } else { "contact" })],
        ),
        ("contact", vec![("contact-email", "aroha@example.org")]),
    ])
}
