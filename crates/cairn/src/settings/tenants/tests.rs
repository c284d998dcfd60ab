use super::*;

fn read(text: &str) -> Result<Settings, SettingsError> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cairn.toml");
    std::fs::write(&file, text).unwrap();
    Settings::load(Some(&file), [].into_iter(), &[])
}

fn fault(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

const TWO: &str = "
    [storage]
    data = '/srv/cairn'
    [server]
    public_url = 'https://report.example.org'
    trusted_proxies = '192.0.2.1'
    [mail]
    smtp = 'smtp://127.0.0.1:25'
    from = 'report@cert.example'
    reply_to = 'report+{tag}@cert.example'
    lmtp_listen = '127.0.0.1:2424'
    [oidc]
    issuer = 'https://id.example.org'
    client_id = 'cairn'
    roles = 'cert=lead, health-desk=health/officer'
    [tenant.health]
    title = 'Health sector'
    hosts = ['Report.Health.example', 'health.example.org']
    [tenant.health.mail]
    from = 'Health <report@health.example>'
    [tenant.ports]
    title = 'Ports'
    title_mi = 'Ngā wāpu'
    listen = '127.0.0.1:8081'
    service.base_currency = 'AUD'
";

#[test]
fn a_tenant_begins_as_the_house_but_for_what_is_the_houses_own() {
    let house = read(TWO).unwrap();
    assert!(house.door.is_house() && house.houses().count() == 3);
    let health = house.clone().of_tenant("health").unwrap();
    assert_eq!(
        health.data,
        std::path::Path::new("/srv/cairn/tenants/health")
    );
    assert_eq!(health.site.public_url, "https://report.health.example");
    assert_eq!(health.app.public_url, health.site.public_url);
    assert_eq!(health.log_origin, "report.health.example/health/cairn-log");
    assert!(health.site.https && health.lmtp.is_none() && health.app.reply_to.is_none());
    assert_eq!(health.mail_domains(), ["health.example"]);
    assert!(health.app.mail.is_some());
    assert!(health.app.service_name.ends_with(" – Health sector"));
    assert_eq!(health.app.base_currency, "NZD");
    let ports = house.of_tenant("ports").unwrap();
    assert_eq!(ports.site.public_url, "http://127.0.0.1:8081");
    assert_eq!(ports.site.house, Some(("Ports".into(), "Ngā wāpu".into())));
    assert_eq!(ports.app.base_currency, "AUD");
    assert!(ports.app.mail.is_none(), "no mail in the house's name");
}

#[test]
fn a_group_of_one_tenant_opens_no_other_door() {
    let house = read(TWO).unwrap();
    let groups = |s: &Settings| {
        let oidc = s.app.oidc.as_ref();
        let all = oidc.map(|oidc| oidc.roles.grants().iter().map(|one| one.group.clone()));
        all.into_iter().flatten().collect::<Vec<_>>()
    };
    assert_eq!(groups(&house), ["cert"]);
    assert_eq!(
        groups(&house.clone().of_tenant("health").unwrap()),
        ["health-desk"]
    );
    let ports = house.of_tenant("ports").unwrap();
    assert!(
        ports.app.oidc.is_none(),
        "nobody comes in there by the provider"
    );
    let own = format!("{TWO}\noidc.roles = 'port-desk=officer'");
    let ports = read(&own).unwrap().of_tenant("ports").unwrap();
    assert_eq!(groups(&ports), ["port-desk"]);
    let other = format!("{TWO}\noidc.roles = 'port-desk=health/officer'");
    assert!(fault(&other).contains("another tenant"));
    let unknown = fault(
        "oidc.roles = 'a=helth/lead'\ntenant.health.title = 'x'\ntenant.health.hosts = 'a.example'",
    );
    assert!(
        unknown.contains("no tenant \"helth\"; there are: health"),
        "{unknown}"
    );
}

#[test]
fn what_cannot_be_both_is_named() {
    let two = |a: &str, b: &str| {
        fault(&format!(
            "server.public_url = 'https://report.example.org'\n[tenant.a]\ntitle = 'A'\n{a}\n[tenant.b]\ntitle = 'B'\n{b}"
        ))
    };
    let hosts = two("hosts = 'x.example'", "hosts = ['y.example', 'X.example.']");
    assert!(
        hosts.contains("x.example leads to the tenant a and to the tenant b"),
        "{hosts}"
    );
    assert!(
        two("hosts = 'a.example'", "hosts = 'report.example.org'").contains("the house and to")
    );
    let listen = two("listen = '127.0.0.1:9'", "listen = '127.0.0.1:9'");
    assert!(
        listen.contains("the listener of the tenant a and of the tenant b"),
        "{listen}"
    );
    assert!(two("listen = '127.0.0.1:8080'", "hosts = 'b.example'").contains("of the house"));
    let logs = two(
        "hosts = 'a.example'\nevidence.origin = 'x/log'",
        "hosts = 'b.example'\nevidence.origin = 'x/log'",
    );
    assert!(logs.contains("logs of one name"), "{logs}");
    let mail = "mail.from = 'a@both.example'";
    let (a, b) = (
        format!("hosts = 'a.example'\n{mail}"),
        format!("hosts = 'b.example'\n{mail}"),
    );
    let lmtp = format!(
        "mail.lmtp_listen = '127.0.0.1:24'\n[tenant.a]\ntitle='A'\n{a}\n[tenant.b]\ntitle='B'\n{b}"
    );
    assert!(fault(&lmtp).contains("mail to both.example belongs to"));
}

#[test]
fn what_a_tenant_lacks_or_may_not_set_is_named() {
    assert!(fault("tenant.a.title = 'A'").contains("has no door"));
    assert!(fault("tenant.a.hosts = 'a.example'").contains("`tenant.a.title` is missing"));
    assert!(fault("tenant.A.title = 'A'").contains("no name of a tenant"));
    let long = format!("tenant.{}.title = 'A'", "a".repeat(TENANT_NAME_MAX + 1));
    assert!(fault(&long).contains("no name of a tenant"));
    let door = "tenant.a.title = 'A'\ntenant.a.hosts = 'a.example'\n";
    for (line, words) in [
        ("tenant.a.log.level = 'debug'", "said once for all"),
        ("tenant.a.storage.data = '/x'", "said once for all"),
        (
            "tenant.a.server.listen = '127.0.0.1:1'",
            "`tenant.a.listen`",
        ),
        (
            "tenant.a.server.body_bytes_max = '1KiB'",
            "said once for all",
        ),
        (
            "tenant.a.server.public_url = 'https://b.example'",
            "none of its hosts",
        ),
        ("tenant.a.server.tls_key = '/k'", "a listener of its own"),
        ("tenant.a.hots = 'x'", "did you mean `tenant.a.hosts`?"),
        ("tenant.b.hosts = 'https://x'", "no host name"),
    ] {
        let words_said = fault(&format!("{door}{line}"));
        assert!(words_said.contains(words), "{line}: {words_said}");
    }
    let many: String = (0..=TENANTS_MAX)
        .map(|n| format!("tenant.t{n}.title = 'x'\n"))
        .collect();
    assert!(fault(&many).contains("more than 50 tenants"));
    let error = read("").unwrap().of_tenant("health").unwrap_err();
    assert!(error.to_string().contains("the settings name none"));
}
