//! A browser as small as the tests need: one cookie, the last page, forms with their token.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use cairn_app::account::{Doer, NewAccount, code_at};
use cairn_desk::report::{Draft, FileRef};
use cairn_kernel::actor::{Actor, Role};
use cairn_testkit::TestApp;
use cairn_web::Site;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "kererū over the hill";
const EXAMPLE: &str = include_str!("../../../../forms/nz/example.json");

pub struct Desk {
    pub t: TestApp,
    pub router: Router,
    /// The host that its browsers name; none names none.
    pub host: &'static str,
}

impl Desk {
    pub async fn new() -> Self {
        Self::with(cairn_app::Config::default()).await
    }

    pub async fn with(config: cairn_app::Config) -> Self {
        Self::on(TestApp::with(config).await)
    }

    /// On an application that is there.
    pub fn on(t: TestApp) -> Self {
        let router = cairn_web::router(t.app.clone(), Arc::new(Site::example()));
        Self {
            t,
            router,
            host: "",
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            host: self.host,
            cookie: None,
            sent: None,
            status: StatusCode::OK,
            to: None,
            page: String::new(),
            lang: "en",
            bytes: Vec::new(),
            headers: HeaderMap::new(),
        }
    }

    /// Makes an account; the first password.
    pub async fn account(&self, login: &str, name: &str, role: Role) -> (String, String) {
        let new = NewAccount { login, name, role };
        let made = self.t.app.create_account(Doer::System, new).await.unwrap();
        (made.0.id, made.1)
    }

    /// A browser signed in for the first time, by way of the pages.
    pub async fn signed_in(&self, login: &str, name: &str, role: Role) -> Browser {
        let (_, first) = self.account(login, name, role).await;
        let mut b = self.browser();
        b.get("/sign-in").await;
        b.post("/sign-in", &[("login", login), ("password", &first)])
            .await;
        assert_eq!(b.to.as_deref(), Some("/sign-in/password"));
        b.get("/sign-in/password").await;
        b.send(
            "/sign-in/password",
            &[("new", PASSWORD), ("again", PASSWORD)],
        )
        .await;
        assert_eq!(b.to.as_deref(), Some("/sign-in/enrol"), "{}", b.page);
        b.get("/sign-in/enrol").await;
        assert!(b.page.contains("<svg"), "the QR code");
        let code = code_at(&b.secret(), self.t.clock.now());
        b.send("/sign-in/enrol", &[("code", &code)]).await;
        assert_eq!(b.page.matches("<li><code").count(), 10, "recovery codes");
        b.get("/desk/account").await;
        assert_eq!(b.status, StatusCode::OK);
        b
    }

    pub fn example(&self) -> Draft {
        self.t.app.form.parse_json(EXAMPLE.as_bytes()).unwrap()
    }

    /// A report; its reference.
    pub async fn report(&self, draft: &Draft) -> String {
        let received = self.t.app.submit(draft, Actor::Reporter, None).await;
        received.unwrap().reference
    }

    pub async fn file(&self, bytes: &[u8], name: &str) -> FileRef {
        let mut taking = self.t.app.take_file().unwrap();
        taking.push(bytes).unwrap();
        self.t.app.keep_file(taking, Some(name)).await.unwrap()
    }
}

pub struct Browser {
    router: Router,
    host: &'static str,
    pub cookie: Option<String>,
    /// The cookie of a challenge that was sent.
    pub sent: Option<String>,
    pub status: StatusCode,
    /// Where the last answer led.
    pub to: Option<String>,
    pub page: String,
    pub bytes: Vec<u8>,
    pub headers: HeaderMap,
    pub lang: &'static str,
}

impl Browser {
    pub async fn get(&mut self, path: &str) {
        self.ask(Method::GET, path, None).await;
    }

    /// Sends pairs as they are.
    pub async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        let media = "application/x-www-form-urlencoded";
        let body = form.finish().into_bytes();
        self.ask(Method::POST, path, Some((media, body))).await;
    }

    /// The token of this session's forms, from a page that every account has.
    pub async fn get_token(&mut self) -> String {
        self.get("/desk/account").await;
        self.hidden("csrf").expect("a token")
    }

    /// Sends a form of the page last seen: token, and version if it has one.
    pub async fn send(&mut self, path: &str, pairs: &[(&str, &str)]) {
        let token = self.hidden("csrf").expect("a token");
        let version = self.hidden("version");
        let mut all = vec![("csrf", token.as_str())];
        all.extend(version.as_deref().map(|version| ("version", version)));
        all.extend(pairs);
        self.post(path, &all).await;
    }

    /// Sends a form with a file, with the token of the page last seen.
    pub async fn upload(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) {
        let token = self.hidden("csrf").expect("a token");
        let mut body = Vec::new();
        for (name, value) in [("csrf", token.as_str())].iter().chain(pairs) {
            let head = format!(
                "--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(head.into_bytes());
        }
        let (name, bytes) = file.unwrap_or(("", b""));
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let media = "multipart/form-data; boundary=cut";
        self.ask(Method::POST, path, Some((media, body))).await;
    }

    pub fn hidden(&self, name: &str) -> Option<String> {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.page.split(&mark).nth(1)?;
        rest.split('"').next().map(str::to_owned)
    }

    /// The key for typing, from the page of the authenticator.
    pub fn secret(&self) -> Vec<u8> {
        let text = self.page.split("<code translate=\"no\">").nth(1).unwrap();
        let text = text.split('<').next().unwrap();
        let (mut out, mut buffer, mut bits) = (Vec::new(), 0_u32, 0);
        for c in text
            .to_ascii_lowercase()
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
        {
            let value = if c.is_ascii_lowercase() {
                c - b'a'
            } else {
                c - b'2' + 26
            };
            buffer = (buffer << 5) | u32::from(value);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                out.push(u8::try_from((buffer >> bits) & 255).unwrap());
            }
        }
        out
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html")
            .header(header::ACCEPT_LANGUAGE, self.lang);
        if !self.host.is_empty() {
            request = request.header(header::HOST, self.host);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("cairn_session={cookie}"));
        }
        if let Some(cookie) = &self.sent {
            request = request.header(header::COOKIE, format!("cairn_challenge={cookie}"));
        }
        if let Some((media, _)) = body {
            request = request.header(header::CONTENT_TYPE, media);
        }
        let body = body.map_or_else(Vec::new, |(_, body)| body);
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.status = response.status();
        self.headers.clone_from(response.headers());
        let text = |name| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        self.to = text(header::LOCATION);
        if let Some(set) = text(header::SET_COOKIE)
            && let Some(value) = set.strip_prefix("cairn_session=")
        {
            assert!(
                set.contains("HttpOnly") && set.contains("SameSite=Strict"),
                "{set}"
            );
            let value = value.split(';').next().unwrap().to_owned();
            self.cookie = Some(value).filter(|value| !value.is_empty());
        }
        if let Some(set) = text(header::SET_COOKIE)
            && let Some(value) = set.strip_prefix("cairn_challenge=")
        {
            assert!(set.contains("HttpOnly"), "{set}");
            self.sent = value.split(';').next().map(str::to_owned);
        }
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
        self.page = String::from_utf8_lossy(&bytes).into_owned();
        self.bytes = bytes.to_vec();
    }
}
