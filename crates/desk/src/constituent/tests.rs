use super::import::certbund::Certbund;
use super::import::ripe::Ripe;
use super::import::{Incoming, csv};
use super::plan::{Here, Plan, plan};
use super::typed::{ContactTyped, Fault, Wrong, assets};
use super::*;

const TODAY: Day = Day(20_000);

fn heading(name: &str) -> Heading {
    Typed {
        name: name.into(),
        ..Typed::default()
    }
    .read()
    .unwrap()
}

fn draft(role: &str, email: &str) -> Draft {
    let typed = ContactTyped {
        role: role.into(),
        email: email.into(),
        ..ContactTyped::default()
    };
    typed.read().unwrap()
}

fn done(before: &Constituent, work: Work) -> Constituent {
    decide(before, &work, TODAY).unwrap()
}

#[test]
fn days_and_hours_are_read_as_they_are_written() {
    let day = Day::parse("2026-01-31").unwrap();
    assert_eq!(day.to_string(), "2026-01-31");
    assert_eq!(day.plus(1).to_string(), "2026-02-01");
    assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
    assert_eq!(Day::parse("31.1.2026"), None);
    let night = Quiet::parse("22:00-06:30").unwrap();
    assert_eq!(night.to_string(), "22:00-06:30");
    assert!(night.holds(23 * 60) && night.holds(0) && !night.holds(12 * 60));
    assert!(Quiet::parse("12:00-13:00").unwrap().holds(12 * 60 + 59));
    for bad in ["22-06", "24:00-06:00", "08:00-08:00", "8:0", ""] {
        assert_eq!(Quiet::parse(bad), None, "{bad}");
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let typed = Typed {
        name: " ".into(),
        sector: "!".into(),
        language: "english".into(),
        quiet: "at night".into(),
    };
    let wrong: Vec<Wrong> = typed.read().unwrap_err().iter().map(|f| f.wrong).collect();
    let all = [Wrong::Name, Wrong::Sector, Wrong::Language, Wrong::Quiet];
    assert_eq!(wrong, all);
    let contact = ContactTyped {
        role: "king".into(),
        email: "nobody".into(),
        phone: "x".into(),
        fingerprint: "12".into(),
        ..ContactTyped::default()
    };
    assert_eq!(contact.read().unwrap_err().len(), 4);
    let nothing = ContactTyped {
        role: "abuse".into(),
        ..ContactTyped::default()
    };
    assert_eq!(nothing.read().unwrap_err()[0].wrong, Wrong::Reach);
    let found = assets("192.0.2.0/24, AS64496\nexample.org").unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(assets("192.0.2.1/24 x").unwrap_err().len(), 2);
    assert_eq!(typed::email("SOC@Example.ORG").unwrap(), "SOC@example.org");
    for bad in ["a@b", "a b@example.org", "@example.org", "a@b@example.org"] {
        assert_eq!(typed::email(bad), None, "{bad}");
    }
    assert_eq!(
        typed::sector("Health & care").as_deref(),
        Some("health-care")
    );
}

#[test]
fn what_people_do_to_a_contact() {
    let one = fresh(1, heading("Example Ltd"), TODAY);
    assert_eq!(one.due(), Some(TODAY.plus(CONFIRM_DAYS)));
    let one = done(
        &one,
        Work::NewContact(Box::new(draft("abuse", "abuse@example.org"))),
    );
    let twice = Work::NewContact(Box::new(draft("abuse", "abuse@example.org")));
    assert_eq!(decide(&one, &twice, TODAY), Err(Refusal::Twice));
    let one = done(&one, Work::Bounced(1));
    assert!(one.bounced());
    let later = decide(&one, &Work::Confirm(1), TODAY.plus(100)).unwrap();
    assert!(!later.bounced());
    assert_eq!(later.due(), Some(TODAY.plus(100 + CONFIRM_DAYS)));
    let other = Work::ChangeContact(1, Box::new(draft("abuse", "soc@example.org")));
    let other = done(&later, other);
    assert_eq!(
        other.contact(1).unwrap().confirmed,
        None,
        "nobody asked there"
    );
    let off = done(&other, Work::Disable(1));
    assert_eq!(off.due(), None, "nobody is to be asked");
    let gone = done(&off, Work::DropContact(1));
    assert!(gone.contacts.is_empty());
    assert_eq!(
        decide(&gone, &Work::Confirm(1), TODAY),
        Err(Refusal::Absent)
    );
    let again = done(
        &gone,
        Work::NewContact(Box::new(draft("abuse", "abuse@example.org"))),
    );
    assert_eq!(again.contacts[0].id, 2, "numbers are not used again");
    assert_eq!(again.version, 8);
    assert!(!serde_json::to_string(&gone.facts).unwrap().contains('@'));
}

#[test]
fn assets_and_notes_come_and_go() {
    let one = fresh(1, heading("Example Ltd"), TODAY);
    let net = Asset::parse("192.0.2.0/24").unwrap();
    let one = done(&one, Work::Add(vec![net.clone(), Asset::Asn(64_496)]));
    assert_eq!(one.facts.assets(), 2);
    assert!(one.facts.words().contains("as64496"));
    let one = done(&one, Work::Drop(vec![net.clone()]));
    assert_eq!(
        decide(&one, &Work::Drop(vec![net]), TODAY),
        Err(Refusal::Absent)
    );
    let note = typed::note("On holiday", "2050-01-31").unwrap();
    let one = done(&one, Work::Note(note));
    assert_eq!(
        decide(&one, &Work::DropNote(1), TODAY),
        Err(Refusal::Absent)
    );
    assert!(done(&one, Work::DropNote(0)).facts.notes.is_empty());
    assert_eq!(decide(&one, &Work::TakeOver, TODAY), Err(Refusal::Ours));
}

const TABLE: &str = "key;name;sector;networks;domains;asns;abuse\r\n\
    a;Example Ltd;health;192.0.2.0/24;example.org;AS64496;\"soc@example.org +64 4 555 0100; abuse@example.org\"\r\n\
    b;Other Ltd;;2001:db8::/32 198.51.100.0/24;;;\r\n";

fn import(own: &[Constituent], manual: &[(u32, Facts)], incoming: &[Incoming]) -> Plan {
    let here = Here {
        own,
        manual,
        next: 10,
    };
    plan(here, "members", incoming, TODAY).unwrap()
}

#[test]
fn a_table_is_read_and_written() {
    let text = "name,networks,asns,abuse,phone\n";
    assert_eq!(csv::read(text).unwrap_err()[0].wrong, Wrong::Columns);
    let text = "name,networks,abuse\nA,192.0.2.1/24,nobody\nB,example.org,\nB2,,\nB2,,\n";
    let faults = csv::read(text).unwrap_err();
    let told: Vec<_> = faults.iter().map(|f| (f.place.as_str(), f.wrong)).collect();
    let all = [
        ("line 2", Wrong::Asset),
        ("line 2", Wrong::Phone),
        ("line 3", Wrong::Asset),
        ("line 5", Wrong::Twice),
    ];
    assert_eq!(told, all);
    assert!(
        !format!("{faults:?}").contains("nobody"),
        "nothing personal"
    );
    let quoted = "name,domains,abuse\n\"Example, Ltd\",example.org,\"soc@example.org +64 4 555 0100; abuse@example.org\"\n";
    let read = csv::read(quoted).unwrap();
    let made = import(&[], &[], &read).fresh;
    let out = csv::header() + &csv::line(&made[0]);
    let again = csv::read(&out).unwrap();
    assert_eq!(
        again,
        read.into_iter()
            .map(|one| Incoming {
                key: again[0].key.clone(),
                ..one
            })
            .collect::<Vec<_>>()
    );
    assert_eq!(
        again[0].contacts[0].phone.as_deref(),
        Some("+64 4 555 0100")
    );
}

#[test]
fn an_import_is_taken_once_and_changes_what_changed() {
    let incoming = csv::read(TABLE).unwrap();
    let first = import(&[], &[], &incoming);
    assert_eq!((first.summary.fresh, first.summary.same), (2, 0));
    assert_eq!(first.fresh[1].no, 11);
    let mut own = first.fresh.clone();
    let second = import(&own, &[], &incoming);
    assert!(second.summary.is_nothing() && second.summary.same == 2);
    // How a contact stands is ours and stays.
    own[0] = done(&own[0], Work::Bounced(1));
    let third = import(&own, &[], &incoming);
    assert!(third.summary.is_nothing());
    let mut renamed = incoming.clone();
    renamed[0].heading.name = "Example Limited".into();
    renamed.pop();
    let fourth = import(&own, &[], &renamed);
    let told = &fourth.summary;
    assert_eq!((told.fresh, told.changed, told.gone), (0, 1, 1));
    assert_eq!(fourth.gone, [11]);
    assert!(fourth.changed[0].bounced());
    let here = Here {
        own: &own,
        manual: &[],
        next: 12,
    };
    assert_eq!(plan(here, "members", &[], TODAY), Err(Refusal::Empty));
}

#[test]
fn what_people_look_after_is_left_alone_and_told() {
    let incoming = csv::read(TABLE).unwrap();
    let own = import(&[], &[], &incoming).fresh;
    assert_eq!(
        decide(&own[0], &Work::Drop(vec![Asset::Asn(64_496)]), TODAY),
        Err(Refusal::Imported)
    );
    let ours = done(&own[0], Work::TakeOver);
    let ours = done(&ours, Work::Drop(vec![Asset::Asn(64_496)]));
    let mut other = fresh(5, heading("Manual Ltd"), TODAY);
    other = done(
        &other,
        Work::Add(vec![Asset::parse("198.51.0.0/16").unwrap()]),
    );
    let manual = [(ours.no, ours.facts.clone()), (5, other.facts.clone())];
    let again = import(&[ours.clone(), own[1].clone()], &manual, &incoming);
    assert!(again.summary.is_nothing());
    assert_eq!(again.summary.held, 1);
    let differs = &again.summary.differs[0];
    assert_eq!(
        (differs.no, differs.more.join(" ")),
        (ours.no, "AS64496".into())
    );
    let touched = &again.summary.touched[0];
    assert_eq!(touched.claim, "198.51.100.0/24");
    assert_eq!(touched.within.as_deref(), Some("198.51.0.0/16"));
    assert_eq!((touched.no, touched.theirs.as_str()), (5, "Other Ltd"));
}

const DUMP: &str = "\
organisation:   ORG-EX1-RIPE
org-name:       Example Ltd
country:        NZ
abuse-c:        AR1-RIPE # the desk
source:         RIPE

organisation:   ORG-EX2-RIPE
org-name:       Elsewhere
                Ltd
country:        DE

% a remark
role:           Abuse of Example
address:        Somewhere
nic-hdl:        ar1-ripe
abuse-mailbox:  abuse@example.org
e-mail:         person@example.org

person:         A. Person
nic-hdl:        AP1-RIPE
abuse-mailbox:  person@example.net

aut-num:        AS64496
org:            ORG-EX1-RIPE

inetnum:        192.0.2.0 - 192.0.2.191
org:            ORG-EX1-RIPE
country:        NZ # and more

inetnum:        198.51.100.0 - 198.51.100.255
country:        NZ

inet6num:       2001:db8::/32
org:            ORG-EX1-RIPE
country:        nz

inetnum:        203.0.113.0 - 203.0.113.255
org:            ORG-EX2-RIPE
country:        DE";

#[test]
fn dumps_of_ripe_lead_from_network_to_mailbox() {
    let read = |country| {
        let mut ripe = Ripe::new(country);
        DUMP.lines().for_each(|line| ripe.line(line));
        ripe.finish()
    };
    let (all, counts) = read(Some("nz"));
    assert_eq!(all.len(), 1);
    let one = &all[0];
    assert_eq!(
        (one.key.as_str(), one.heading.name.as_str()),
        ("ORG-EX1-RIPE", "Example Ltd")
    );
    let networks: Vec<String> = one.networks.iter().map(ToString::to_string).collect();
    assert_eq!(
        networks,
        ["192.0.2.0/25", "192.0.2.128/26", "2001:db8::/32"]
    );
    assert_eq!(one.asns.iter().copied().collect::<Vec<_>>(), [64_496]);
    assert_eq!(one.contacts[0].email.as_deref(), Some("abuse@example.org"));
    assert!(!format!("{all:?}").contains("erson"));
    assert_eq!(
        (
            counts.objects,
            counts.no_organisation,
            counts.elsewhere,
            counts.idle
        ),
        (8, 1, 1, 1)
    );
    let (all, counts) = read(None);
    assert_eq!((all.len(), counts.no_mailbox), (2, 1));
    assert_eq!(all[1].heading.name, "Elsewhere Ltd");
}

#[test]
fn the_tables_of_cert_bund_are_put_together() {
    let mut tables = Certbund::default();
    assert!(tables.table("sector", "sector_id,name\n3,Health Care\n"));
    assert!(tables.table(
        "organisation",
        "organisation_id,name,sector_id,comment\n7,Example Ltd,3,\n8,Empty Ltd,,\n"
    ));
    assert!(tables.table("contact", "contact_id,firstname,lastname,tel,openpgp_fpr,email,organisation_id\n1,Ann,Person,+64 4 555 0100,,abuse@example.org,7\n2,,,,,soc@example.org,7\n"));
    assert!(tables.table("email_status", "email,enabled\nsoc@example.org,f\n"));
    assert!(tables.table("network", "network_id,address,comment\n4,192.0.2.0/24,\n"));
    assert!(tables.table(
        "organisation_to_network",
        "organisation_id,network_id\n7,4\n"
    ));
    assert!(tables.table("fqdn", "fqdn_id,fqdn\n1,example.org\n"));
    assert!(tables.table("organisation_to_fqdn", "organisation_id,fqdn_id\n7,1\n"));
    assert!(tables.table("asn", "organisation_id,asn\n7,64496\n"));
    assert!(tables.table(
        "organisation_automatic",
        "organisation_automatic_id,name,import_source\n7,Other Ltd,ripe\n"
    ));
    assert!(!tables.table("network_annotation", "network_id\n4\n"));
    let all = tables.finish().unwrap();
    let keys: Vec<&str> = all.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["manual:7", "manual:8", "automatic:7"]);
    let one = &all[0];
    assert_eq!(one.heading.sector.as_deref(), Some("health-care"));
    assert_eq!(
        (one.networks.len(), one.domains.len(), one.asns.len()),
        (1, 1, 1)
    );
    assert_eq!(one.contacts.len(), 2);
    assert!(one.contacts[1].disabled && !format!("{one:?}").contains("Person"));
    let mut broken = Certbund::default();
    broken.table("organisation", "organisation_id,name\n7,A\n");
    broken.table("contact", "contact_id,email,organisation_id\n1,nobody,7\n");
    assert_eq!(broken.finish().unwrap_err()[0].place, "contact 1");
}

#[test]
fn an_id_of_cert_bund_that_is_there_twice_is_a_fault() {
    for twice in ["7", "7\u{12}\u{12}"] {
        let mut tables = Certbund::default();
        let table =
            format!("organisation_id,name\n7,Example Ltd\n{twice},Other Ltd\n8,Third Ltd\n");
        tables.table("organisation", &table);
        let faults = tables.finish().unwrap_err();
        assert_eq!(
            faults,
            [Fault::at("organisation 7", Wrong::Twice).about("Other Ltd")]
        );
    }
}
