//! The strategy office from the first return to the published version.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use cairn_app::Config;
use cairn_app::track::Plans;
use cairn_kernel::actor::Role;
use cairn_track::bundle::{self, Kept, MANIFEST, Manifest, NOTE};
use cairn_track::plan::Files;

use super::browser::{Browser, Desk};

const PLAN: &str = "/desk/track/example-harbour";
const NEW: &str = "/desk/track/example-harbour/returns/new";
pub const COUNCIL: &str = "Example Harbour Council (fictional)";
pub const TRADERS: &str = "Example Harbour Traders (fictional)";

/// The made-up plan of the repository.
pub fn harbour() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/example-harbour");
    let mut files = Files::new();
    let mut open = vec![PathBuf::new()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(root.join(&at)).unwrap() {
            let entry = entry.unwrap();
            let path = at.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                files.insert(path.to_str().unwrap(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

pub struct Office {
    pub desk: Desk,
    pub owner: Browser,
    pub statistician: Browser,
    pub publisher: Browser,
}

impl Office {
    pub async fn new() -> Self {
        let plans = Plans::of([harbour()], Default::default()).unwrap();
        let desk = Desk::with(Config {
            plans,
            public_url: "https://report.example".into(),
            ..Config::default()
        })
        .await;
        let owner = desk.signed_in("mere", "Mere", Role::Owner).await;
        let statistician = desk.signed_in("tama", "Tama", Role::Statistician).await;
        let publisher = desk.signed_in("ngaire", "Ngaire", Role::Publisher).await;
        let mut office = Self {
            desk,
            owner,
            statistician,
            publisher,
        };
        office.seat("mere", COUNCIL).await;
        office
    }

    async fn seat(&mut self, login: &str, owner: &str) {
        let page = format!("{PLAN}/seats");
        self.publisher.get(&page).await;
        self.publisher
            .send(&page, &[("login", login), ("owner", owner), ("mail", "")])
            .await;
        assert_eq!(self.publisher.to.as_deref(), Some(page.as_str()));
    }

    /// Files a figure of the council, with a file beside it; the return's number.
    async fn figure(&mut self, value: &str, corrects: Option<&str>) -> String {
        let mut address = format!("{NEW}?item=measure%3Adays&period=2026Q1");
        if let Some(no) = corrects {
            address = format!("{NEW}?corrects={no}");
        }
        self.owner.get(&address).await;
        assert_eq!(self.owner.status, StatusCode::OK, "{}", self.owner.page);
        let mut pairs = figure(value);
        pairs.push(("publish", "yes"));
        pairs.extend(corrects.map(|no| ("corrects", no)));
        let b = &mut self.owner;
        b.upload(
            NEW,
            &pairs,
            Some(("book.csv", b"quarter,days\n2026Q1,19\n")),
        )
        .await;
        if b.status == StatusCode::UNPROCESSABLE_ENTITY {
            let confirm = value_of(&b.page, "confirm");
            pairs.push(("confirm", &confirm));
            let kept = b.hidden("kept").expect("the file is kept");
            pairs.push(("kept", &kept));
            b.upload(NEW, &pairs, None).await;
        }
        assert_eq!(b.status, StatusCode::SEE_OTHER, "{}", b.page);
        let to = b.to.clone().unwrap();
        let no = to.strip_prefix(&format!("{PLAN}/returns/")).unwrap();
        no.split('?').next().unwrap().to_owned()
    }

    async fn accept(&mut self, no: &str) {
        let page = format!("{PLAN}/returns/{no}");
        self.statistician.get(&page).await;
        self.statistician.send(&format!("{page}/accept"), &[]).await;
        let told = &self.statistician;
        assert_eq!(told.to.as_deref(), Some(page.as_str()), "{}", told.page);
    }

    async fn sign(who: &mut Browser) -> StatusCode {
        who.get(&format!("{PLAN}/publish")).await;
        let digest = value_of(&who.page, "digest");
        who.send(&format!("{PLAN}/sign-off"), &[("digest", &digest)])
            .await;
        who.status
    }

    async fn publish(&mut self) -> StatusCode {
        let b = &mut self.publisher;
        b.get(&format!("{PLAN}/publish")).await;
        let digest = value_of(&b.page, "digest");
        b.send(&format!("{PLAN}/publish"), &[("digest", &digest)])
            .await;
        b.status
    }
}

fn figure(value: &str) -> Vec<(&str, &str)> {
    vec![
        ("item", "measure:days"),
        ("owner", COUNCIL),
        ("period", "2026Q1"),
        ("value", value),
        ("source", "Book of the help desk 2026 (fictional)"),
        ("publisher", "Example Harbour Council"),
        ("published", "2026-07"),
    ]
}

/// The value of a field that need not be hidden.
fn value_of(page: &str, name: &str) -> String {
    let at = page
        .find(&format!("name=\"{name}\""))
        .unwrap_or_else(|| panic!("no field {name} in {page}"));
    let value = page[at..].split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_return_goes_its_way_to_the_public() {
    let mut office = Office::new().await;
    let mut public = office.desk.browser();
    public.get("/track/example-harbour/versions/").await;
    assert!(
        public.page.contains("Nothing was published"),
        "{}",
        public.page
    );

    wrong_and_kept(&mut office).await;
    let no = office.figure("91", None).await;
    let page = format!("{PLAN}/returns/{no}");
    office.owner.get(&page).await;
    assert!(office.owner.page.contains("book.csv") && office.owner.page.contains("Withdraw"));

    sent_back(&mut office, &page, &no).await;
    let second = office.figure("19", Some(&no)).await;
    office.accept(&second).await;
    let b = &mut office.statistician;
    b.get(&format!("{PLAN}/preview/")).await;
    assert!(
        b.page.contains("Draft: this is the working copy"),
        "{}",
        b.page
    );
    b.get(&format!("{PLAN}/preview/m/days.html")).await;
    assert!(
        b.page.contains("Draft:") && b.page.contains("2026\u{a0}Q1"),
        "{}",
        b.page
    );
    public.get("/track/example-harbour/m/days.html").await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(
        !public.page.contains("2026\u{a0}Q1"),
        "not before it is published"
    );

    published(office, public, &second).await;
}

/// What is wrong is said at its field, and nothing typed is lost, the file neither.
async fn wrong_and_kept(office: &mut Office) {
    let b = &mut office.owner;
    b.get("/desk").await;
    assert_eq!(b.to.as_deref(), Some("/desk/track"));
    b.get("/desk/track").await;
    assert!(
        b.page.contains("You file for: Example Harbour Council"),
        "{}",
        b.page
    );
    b.get(NEW).await;
    assert!(b.page.contains("item=measure%3Adays"), "{}", b.page);
    b.get(&format!("{NEW}?item=measure%3Adays")).await;
    let mut wrong = figure("nineteen");
    wrong.push(("note", "Counted from the day of sending."));
    let file = b"quarter,days\n2026Q1,19\n";
    b.upload(NEW, &wrong, Some(("book of 2026.csv", file)))
        .await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        b.page.contains("href=\"#value\"") && b.page.contains("id=\"value-error\""),
        "{}",
        b.page
    );
    assert!(b.page.contains("value=\"nineteen\"") && b.page.contains("Counted from the day"));
    let kept = b.hidden("kept").unwrap();
    assert!(kept.ends_with("book of 2026.csv"), "{kept}");
}

/// A return is sent back with a reason, which has to be there.
async fn sent_back(office: &mut Office, page: &str, no: &str) {
    let b = &mut office.statistician;
    b.get("/desk/track").await;
    assert!(
        b.page.contains("Returns waiting to be checked: 1"),
        "{}",
        b.page
    );
    b.get(page).await;
    b.send(&format!("{page}/send-back"), &[("reason", "  ")])
        .await;
    assert_eq!(b.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(b.page.contains("href=\"#reason\""), "{}", b.page);
    b.send(
        &format!("{page}/send-back"),
        &[("reason", "91 <b>or</b> 19?")],
    )
    .await;
    assert_eq!(b.to.as_deref(), Some(page));
    let b = &mut office.owner;
    b.get(PLAN).await;
    assert!(b.page.contains("Sent back to you to correct"), "{}", b.page);
    b.get(page).await;
    assert!(
        b.page.contains("91 &lt;b&gt;or&lt;/b&gt; 19?"),
        "{}",
        b.page
    );
    b.get(&format!("{NEW}?corrects={no}")).await;
    assert_eq!(value_of(&b.page, "value"), "91");
}

/// From the accepted return to what everybody can download and verify.
async fn published(mut office: Office, mut public: Browser, no: &str) {
    assert_eq!(
        Office::sign(&mut office.publisher).await,
        StatusCode::CONFLICT
    );
    assert!(
        office
            .publisher
            .page
            .contains("The statistician signs off first")
    );
    office.publisher.get(&format!("{PLAN}/publish")).await;
    let page = &office.publisher.page;
    assert!(
        page.contains("Days from notice to mended") && page.contains("series/days-to-mend.csv"),
        "{page}"
    );
    assert_eq!(
        Office::sign(&mut office.statistician).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        Office::sign(&mut office.publisher).await,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        office.publish().await,
        StatusCode::SEE_OTHER,
        "{}",
        office.publisher.page
    );

    let site = "/track/example-harbour";
    public.get(&format!("{site}/m/days.html")).await;
    assert!(
        public.page.contains("2026\u{a0}Q1") && public.page.contains(&format!("return-{no}")),
        "{}",
        public.page
    );
    public.get(&format!("{site}/versions/")).await;
    assert!(
        public.page.contains("Version 1") && public.page.contains("Statistician"),
        "{}",
        public.page
    );
    assert!(
        !public.page.contains("Tama") && !public.page.contains("Ngaire"),
        "roles, not names"
    );
    let sha256 = cairn_evidence::hash::sha256(b"quarter,days\n2026Q1,19\n").hex();
    public.get(&format!("{site}/evidence/{sha256}")).await;
    assert_eq!(public.bytes, b"quarter,days\n2026Q1,19\n");
    let header = |name: &str| public.headers[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment; filename=\"book.csv\""));
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(header("content-type"), "application/octet-stream");
    public
        .get(&format!("{site}/evidence/{}", "ab".repeat(32)))
        .await;
    assert_eq!(public.status, StatusCode::NOT_FOUND);
    versions(office, public, no).await;
}

/// The version can be downloaded and verified, and the next one needs its own signatures.
async fn versions(mut office: Office, mut public: Browser, no: &str) {
    let site = "/track/example-harbour";
    public.get(&format!("{site}/versions/1/bundle.zip")).await;
    verified(&public.bytes, &office);
    public
        .get(&format!("{site}/versions/1/manifest.json"))
        .await;
    let manifest = Manifest::parse(&public.bytes).unwrap();
    let digest = manifest.digest().hex();
    public.get(&format!("{site}/versions/")).await;
    assert!(public.page.contains(&digest));
    for absent in ["2/bundle.zip", "x/bundle.zip", "1/plan.toml"] {
        public.get(&format!("{site}/versions/{absent}")).await;
        assert_eq!(public.status, StatusCode::NOT_FOUND, "{absent}");
    }

    // The signatures were for that publication: the next one needs its own.
    assert_eq!(office.publish().await, StatusCode::CONFLICT);
    office.publisher.get(&format!("{PLAN}/publish")).await;
    assert!(
        office
            .publisher
            .page
            .contains("No figure and no file would be another")
            || office.publisher.page.contains("edition.toml"),
        "{}",
        office.publisher.page
    );

    // The log says who did what, and the verifier agrees with every row.
    let mut auditor = office.desk.signed_in("ruth", "Ruth", Role::Auditor).await;
    auditor.get("/desk/audit?kind=plan_published").await;
    assert!(
        auditor
            .page
            .contains("Strategy published: example-harbour, 2026, 1"),
        "{}",
        auditor.page
    );
    auditor.get(&format!("{PLAN}/returns/{no}")).await;
    assert_eq!(auditor.status, StatusCode::OK, "the auditor reads");
}

/// What was downloaded is what its manifest says, follows from the plan's files, and is signed by the log's key.
fn verified(zip: &[u8], office: &Office) {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = std::collections::BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    let manifest = Manifest::parse(&files[MANIFEST]).unwrap();
    let inputs: Files = files
        .iter()
        .filter_map(|(path, bytes)| Some((path.strip_prefix("plan/")?, bytes.clone())))
        .collect();
    let edition = inputs.get("editions/2026/edition.toml").unwrap();
    assert!(String::from_utf8_lossy(edition).contains("frozen"));
    let paths = files
        .keys()
        .filter(|path| !path.starts_with("plan/"))
        .cloned();
    let kept = Kept {
        paths: paths.collect(),
        read: &mut |path| files.get(path).cloned(),
    };
    assert_eq!(bundle::verify(inputs, &manifest, kept), []);
    let note = String::from_utf8(files[NOTE].clone()).unwrap();
    let note = cairn_evidence::note::Note::parse(&note).unwrap();
    assert_eq!(note.text(), manifest.statement());
    let keys = office.desk.t.app.bare_store().keys().list.keys().iter();
    let keys: Vec<_> = keys.map(|listed| listed.key.clone()).collect();
    assert!(note.verify(&keys).is_ok());
}

#[tokio::test]
async fn organisations_see_and_touch_their_own_returns_only() {
    let mut office = Office::new().await;
    let mut other = office.desk.signed_in("sina", "Sina", Role::Owner).await;
    other.get(&format!("{NEW}?item=measure%3Adays")).await;
    assert!(other.page.contains("You have no seat"), "{}", other.page);
    office.seat("sina", TRADERS).await;
    let no = office.figure("19", None).await;
    let page = format!("{PLAN}/returns/{no}");
    other.get(&page).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    other
        .get(&format!(
            "{page}/files/{}",
            cairn_evidence::hash::sha256(b"quarter,days\n2026Q1,19\n").hex()
        ))
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    other.get(PLAN).await;
    assert!(!other.page.contains("/returns/1\""), "{}", other.page);
    other.get("/desk/account").await;
    other.send(&format!("{page}/withdraw"), &[]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    // Nor do they file for others, whatever the form says.
    other
        .get(&format!("{NEW}?item=initiative%3Asafe-shops"))
        .await;
    assert_eq!(other.status, StatusCode::OK);
    let pairs = [
        ("item", "initiative:safe-shops"),
        ("owner", COUNCIL),
        ("claim", "All shops are safe."),
    ];
    other.upload(NEW, &pairs, None).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.page.contains("#owner"), "{}", other.page);
    other.upload(NEW, &figure("19"), None).await;
    assert_eq!(
        other.status,
        StatusCode::BAD_REQUEST,
        "a measure of the council"
    );

    office.owner.get(&page).await;
    office.owner.send(&format!("{page}/withdraw"), &[]).await;
    office.owner.get(&page).await;
    assert!(
        office.owner.page.contains("Withdrawn"),
        "{}",
        office.owner.page
    );
    office.statistician.get(&page).await;
    assert!(
        !office.statistician.page.contains("/accept\""),
        "what was withdrawn is not accepted"
    );
    seat_lost(office, &page).await;
}

/// Who lost the seat files no more, and what was filed stays.
async fn seat_lost(mut office: Office, page: &str) {
    office.publisher.get(&format!("{PLAN}/seats")).await;
    let account = value_of(&office.publisher.page, "account");
    office
        .publisher
        .send(
            &format!("{PLAN}/seats/remove"),
            &[("account", &account), ("owner", COUNCIL)],
        )
        .await;
    office
        .owner
        .get(&format!("{NEW}?item=measure%3Adays"))
        .await;
    assert!(
        office.owner.page.contains("You have no seat"),
        "{}",
        office.owner.page
    );
    office.statistician.get(page).await;
    assert_eq!(office.statistician.status, StatusCode::OK);
}

#[tokio::test]
async fn any_change_makes_signatures_void() {
    let mut office = Office::new().await;
    let no = office.figure("19", None).await;
    assert_eq!(
        Office::sign(&mut office.statistician).await,
        StatusCode::SEE_OTHER
    );
    let b = &mut office.publisher;
    b.get(&format!("{PLAN}/publish")).await;
    let old = value_of(&b.page, "digest");
    office.accept(&no).await;
    let b = &mut office.publisher;
    b.send(&format!("{PLAN}/sign-off"), &[("digest", &old)])
        .await;
    assert_eq!(b.status, StatusCode::CONFLICT);
    assert!(
        b.page.contains("The working copy changed meanwhile"),
        "{}",
        b.page
    );
    assert_eq!(
        Office::sign(&mut office.publisher).await,
        StatusCode::CONFLICT,
        "the first signature is gone"
    );
    assert_eq!(office.publish().await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn dissent_stands_beside_the_status_without_leave() {
    let mut office = Office::new().await;
    let mut reviewer = office.desk.signed_in("piri", "Piri", Role::Reviewer).await;
    let page = format!("{PLAN}/dissent");
    reviewer.get(&page).await;
    reviewer
        .send(
            &page,
            &[
                ("item", "measure:nothing"),
                ("text", "It is kinder than it was."),
            ],
        )
        .await;
    assert_eq!(reviewer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        reviewer.page.contains("It is kinder than it was."),
        "nothing typed is lost"
    );
    let text = "Only those who kept their books are counted.";
    reviewer
        .send(
            &page,
            &[
                ("item", "measure:email"),
                ("text", text),
                ("text-mi", ""),
                ("would_say", "limited progress"),
            ],
        )
        .await;
    assert_eq!(reviewer.status, StatusCode::SEE_OTHER, "{}", reviewer.page);
    reviewer.get(&format!("{PLAN}/preview/m/email.html")).await;
    assert!(reviewer.page.contains(text), "{}", reviewer.page);
    let mut public = office.desk.browser();
    public.get("/track/example-harbour/m/email.html").await;
    assert!(!public.page.contains(text), "with the next publication");
    Office::sign(&mut office.statistician).await;
    Office::sign(&mut office.publisher).await;
    assert_eq!(office.publish().await, StatusCode::SEE_OTHER);
    public.get("/track/example-harbour/m/email.html").await;
    assert!(
        public.page.contains(text) && !public.page.contains("Piri"),
        "{}",
        public.page
    );
}

#[tokio::test]
async fn a_seat_is_given_to_owners_of_the_plan_only() {
    let mut office = Office::new().await;
    office.desk.account("hana", "Hana", Role::Officer).await;
    let page = format!("{PLAN}/seats");
    let b = &mut office.publisher;
    for (login, owner, mail, field) in [
        ("hana", COUNCIL, "", "#login"),
        ("nobody", COUNCIL, "", "#login"),
        ("mere", "Somebody else", "", "#owner"),
        ("mere", COUNCIL, "no address", "#mail"),
    ] {
        b.get(&page).await;
        b.send(&page, &[("login", login), ("owner", owner), ("mail", mail)])
            .await;
        assert_eq!(
            b.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{login} {owner} {mail}"
        );
        assert!(b.page.contains(&format!("href=\"{field}\"")), "{}", b.page);
    }
    b.send(
        &page,
        &[
            ("login", "mere"),
            ("owner", COUNCIL),
            ("mail", "wharf@example.org"),
        ],
    )
    .await;
    b.get(&page).await;
    assert!(b.page.contains("wharf@example.org"), "{}", b.page);
    let scores = format!("{PLAN}/scores.csv");
    b.get(&scores).await;
    assert!(
        b.page.starts_with("organisation,initiatives")
            && b.page.contains("\"Example Harbour Library (fictional)\","),
        "{}",
        b.page
    );
    office.owner.get(&scores).await;
    assert!(
        office.owner.page.contains(COUNCIL) && !office.owner.page.contains("Library"),
        "{}",
        office.owner.page
    );
}

/// What a form without files may hold does not bound a file beside a return.
#[tokio::test]
async fn a_file_may_be_larger_than_a_form() {
    let mut office = Office::new().await;
    let b = &mut office.owner;
    b.get(&format!("{NEW}?item=measure%3Adays&period=2026Q1"))
        .await;
    let book = b"quarter,days\n".repeat(40_000);
    b.upload(NEW, &figure("19"), Some(("book.csv", &book)))
        .await;
    assert!(
        [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY].contains(&b.status),
        "{} {}",
        b.status,
        b.page
    );
    // Without a file the form is as large as any.
    b.get(&format!("{NEW}?item=measure%3Adays&period=2026Q1"))
        .await;
    let words = "x".repeat(200_000);
    b.send(NEW, &[("note", &words)]).await;
    assert_eq!(b.status, StatusCode::PAYLOAD_TOO_LARGE);
}
