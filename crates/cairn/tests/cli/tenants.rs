//! Two tenants beside the house: by a listener of its own and by the host, with people, reports, mail and backups of their own.

use std::net::SocketAddr;

use super::home::{Home, Ran, Serving, report_to};

const SETTINGS: &str = "
    [server]
    public_url = 'http://house.example'
    [mail]
    from = 'report@house.example'
    lmtp_listen = '127.0.0.1:0'
    [tenant.health]
    title = 'Health sector'
    listen = '127.0.0.1:0'
    mail_domains = 'health.example'
    [tenant.sea-ports]
    title = 'Ports'
    hosts = ['ports.example']
    mail.from = 'report@ports.example'
";

struct World {
    home: Home,
    config: String,
}

impl World {
    fn new() -> Self {
        let home = Home::new();
        let config = home.write("cairn.toml", SETTINGS);
        Self { home, config }
    }

    fn cairn(&self, args: &[&str]) -> Ran {
        self.cairn_on("data", args)
    }

    fn cairn_on(&self, data: &str, args: &[&str]) -> Ran {
        let all = [&["--config", self.config.as_str()], args].concat();
        self.home.cairn_on(data, &all)
    }

    fn serve(&self) -> Serving {
        let config = self.config.as_str();
        self.home
            .serve(&["serve", "--config", config, "--listen", "127.0.0.1:0"])
    }

    fn reports(&self, tenant: Option<&str>) -> String {
        let mut args = vec!["export", "reports", "--format", "jsonl"];
        if let Some(name) = tenant {
            args.extend(["--tenant", name]);
        }
        self.cairn(&args).good()
    }
}

fn own_listener(serving: &Serving) -> SocketAddr {
    let (_, rest) = serving.said.split_once("tenant health on http://").unwrap();
    rest.lines().next().unwrap().parse().unwrap()
}

fn reference(answer: &serde_json::Value) -> String {
    answer["reference"].as_str().unwrap().to_owned()
}

/// One report at each house: its reference.
fn three(serving: &Serving) -> [String; 3] {
    let main = serving.address;
    [
        reference(&report_to(main, "house.example")),
        reference(&report_to(own_listener(serving), "house.example")),
        reference(&report_to(main, "ports.example")),
    ]
}

#[test]
fn each_has_its_people_its_reports_and_its_log() {
    let world = World::new();
    let list = world.cairn(&["tenant", "list"]).good();
    assert!(
        list.contains("sea-ports") && list.contains("not made yet"),
        "{list}"
    );
    let serving = world.serve();
    let [house, health, ports] = three(&serving);
    let names = [None, Some("health"), Some("sea-ports")];
    for (at, tenant) in names.into_iter().enumerate() {
        let rows = world.reports(tenant);
        for (whose, reference) in [&house, &health, &ports].into_iter().enumerate() {
            assert_eq!(
                rows.contains(reference.as_str()),
                whose == at,
                "{tenant:?}: {rows}"
            );
        }
        assert_eq!(rows.lines().count(), 1);
    }
    // Beside the running server, and without it.
    let add = ["user", "add", "ana", "--name", "Ana", "--tenant", "health"];
    assert!(world.cairn(&add).good().contains("first password"));
    assert_eq!(serving.stop(), 0);
    let list = world.cairn(&["user", "list", "--tenant", "health"]).good();
    assert!(list.contains("ana"), "{list}");
    for args in [
        vec!["user", "list"],
        vec!["user", "list", "--tenant", "sea-ports"],
    ] {
        assert!(!world.cairn(&args).good().contains("ana"), "{args:?}");
    }
    let all = world.cairn(&["log", "verify"]).good();
    for called in ["the house:", "the tenant health:", "the tenant sea-ports:"] {
        assert!(all.contains(called), "{all}");
    }
    assert_eq!(all.matches("1 reports; 0 findings").count(), 3, "{all}");
    for tenant in ["health", "sea-ports"] {
        world.cairn(&["log", "verify", "--tenant", tenant]).good();
    }
    let well = world.cairn(&["doctor", "--tenant", "health"]);
    assert!(well.out.contains("entries, all verified"), "{well:?}");
    let all = world.cairn(&["doctor"]);
    assert_eq!(
        all.out.matches("entries, all verified").count(),
        3,
        "{all:?}"
    );
    let told = world.cairn(&["migrate"]).good();
    assert!(told.contains("the house and of 2 tenants"), "{told}");
    // Their data lie apart.
    for folder in [
        "data/tenants/health/core.db",
        "data/tenants/sea-ports/keys/log.seed",
    ] {
        assert!(world.home.path(folder).exists(), "{folder}");
    }
}

#[test]
fn a_receipt_of_one_log_holds_by_no_other() {
    let world = World::new();
    let serving = world.serve();
    let answer = report_to(own_listener(&serving), "x");
    assert_eq!(serving.stop(), 0);
    let receipt = answer["receipt"].as_str().unwrap();
    let file = world.home.write("one.tlog-proof", receipt);
    world
        .cairn(&["receipt", "verify", &file, "--tenant", "health"])
        .good();
    assert_eq!(world.cairn(&["receipt", "verify", &file]).code, 3);
    let ports = ["receipt", "verify", &file, "--tenant", "sea-ports"];
    assert_eq!(world.cairn(&ports).code, 3);
}

#[test]
fn one_backup_holds_all_and_one_can_be_taken_out_of_it() {
    let world = World::new();
    let serving = world.serve();
    let before = three(&serving);
    let rows = |data: &str, tenant: Option<&str>| {
        let mut args = vec!["export", "reports", "--format", "jsonl"];
        args.extend(tenant.iter().flat_map(|name| ["--tenant", name]));
        world.cairn_on(data, &args).good()
    };
    let file = world.home.arg("all.cairn");
    let told = world.cairn(&["backup", &file]).good();
    assert!(told.contains("tenant health: 1 reports"), "{told}");
    assert!(told.contains("tenant sea-ports: 1 reports"), "{told}");
    let one = world.home.arg("one.cairn");
    world.cairn(&["backup", &one, "--tenant", "health"]).good();
    assert_eq!(serving.stop(), 0);
    let told = world.cairn_on("again", &["restore", &file]).good();
    assert_eq!(told.matches("every one verified").count(), 3, "{told}");
    let names = [None, Some("health"), Some("sea-ports")];
    for (tenant, reference) in names.into_iter().zip(&before) {
        assert!(
            rows("again", tenant).contains(reference.as_str()),
            "{tenant:?}"
        );
    }
    world.cairn_on("again", &["log", "verify"]).good();
    // One tenant alone, out of the whole and out of its own.
    for (data, from) in [("third", &file), ("fourth", &one)] {
        let restore = ["restore", from.as_str(), "--tenant", "health"];
        world.cairn_on(data, &restore).good();
        assert!(rows(data, Some("health")).contains(before[1].as_str()));
        assert!(!world.home.path(data).join("core.db").exists());
        let again = world.cairn_on(data, &restore);
        assert_eq!(again.code, 1, "only into an empty one: {again:?}");
    }
    // Nothing comes back without its tenant, and nothing half.
    let bare = world.home.cairn_on(
        "fifth",
        &[
            "restore",
            &file,
            "--set",
            "evidence.origin=house.example/cairn-log",
        ],
    );
    assert_eq!(bare.code, 1, "{bare:?}");
    assert!(bare.err.contains("the tenant \"health\""), "{bare:?}");
    assert!(!world.home.path("fifth").exists());
    let other = world.cairn_on("sixth", &["restore", &one, "--tenant", "sea-ports"]);
    assert_eq!(other.code, 1, "another tenant's: {other:?}");
}

#[test]
fn a_tenant_that_cannot_be_opened_keeps_all_from_starting() {
    let world = World::new();
    world.cairn(&["migrate"]).good();
    let broken = world.home.path("data/tenants/sea-ports/core.db");
    std::fs::write(
        &broken,
        b"this is no database, and long enough to be seen as none",
    )
    .unwrap();
    let config = world.config.as_str();
    let ran = world
        .home
        .cairn(&["serve", "--config", config, "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("the tenant sea-ports"), "{ran:?}");
    assert!(!ran.out.contains("listening on"), "{ran:?}");
}

#[test]
fn a_tenant_is_named_as_the_settings_name_it() {
    let world = World::new();
    let ran = world.cairn(&["stats", "--tenant", "helth"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("there are: health, sea-ports"), "{ran:?}");
    let ran = world.cairn(&["serve", "--tenant", "health"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("leave --tenant out"), "{ran:?}");
    let none = world.home.cairn(&["stats", "--tenant", "health"]);
    assert_eq!(none.code, 2, "{none:?}");
    let none = world.home.cairn(&["tenant", "list"]).good();
    assert!(none.contains("there are no tenants"), "{none}");
}

/// One message to several people, by a mail server's client that reads one answer for each.
const LMTP: &str = "
import socket, sys
host, port, *to = sys.argv[1:]
sock = socket.create_connection((host, int(port)))
read = sock.makefile('rb')
def say(text, answers=1):
    if text: sock.sendall(text.encode() + b'\\r\\n')
    for _ in range(answers):
        while True:
            line = read.readline()
            assert line[:1] in b'23', line
            if line[3:4] != b'-': break
say('')
say('LHLO mx.example')
say('MAIL FROM:<person@reporter.example>')
for one in to: say('RCPT TO:<%s>' % one)
say('DATA')
head = 'From: person@reporter.example\\r\\nTo: x@y.example\\r\\nSubject: Odd\\r\\nMessage-ID: <1@reporter.example>\\r\\n'
say(head + '\\r\\nI got this: http://phish.example/login\\r\\n.', len(to))
say('QUIT')
";

#[test]
fn the_domain_of_its_recipient_decides_whose_mail_it_is() {
    let world = World::new();
    let serving = world.serve();
    let (_, address) = serving.said.split_once("LMTP on ").unwrap();
    let (host, port) = address.lines().next().unwrap().rsplit_once(':').unwrap();
    let to = |names: &[&str]| {
        let out = std::process::Command::new("/usr/bin/python3")
            .args(["-c", LMTP, host, port])
            .args(names)
            .output();
        let Ok(out) = out else { return };
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
    };
    to(&["report@Health.example"]);
    let count = |tenant| world.reports(tenant).lines().count();
    let all = || [count(None), count(Some("health")), count(Some("sea-ports"))];
    assert_eq!(all(), [0, 1, 0]);
    to(&[
        "a@ports.example",
        "b@health.example",
        "c@ports.example",
        "d@elsewhere.example",
    ]);
    assert_eq!(all(), [1, 1, 1], "each takes a message once");
    assert_eq!(serving.stop(), 0);
    world.cairn(&["log", "verify"]).good();
}
