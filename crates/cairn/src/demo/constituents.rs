//! Example constituents: some that people entered, some from the list of an association, and two that do not agree.

use cairn_app::App;
use cairn_app::account::{Doer, Principal};
use cairn_app::clock::Clock;
use cairn_desk::constituent::import::csv;
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Typed, Work};
use cairn_kernel::time::Micros;

const DAY: i64 = 24 * 3_600;
/// A table as an association of networks might send it.
const MEMBERS: &str = "key,name,sector,networks,domains,asns,abuse\n\
    m-1,Example Internet,J,198.51.100.0/24 2001:db8:100::/40,internet.example,AS64496,abuse@internet.example\n\
    m-2,Example Hosting,,203.0.113.0/25,hosting.example,AS64497,abuse@hosting.example\n\
    m-3,Example Clinic,Q,192.0.2.128/26,clinic.example,,it@clinic.example\n\
    m-4,Example Library,,203.0.113.128/26,library.example,,\n\
    m-5,Example Council,O,203.0.113.128/26,council.example,,it@council.example\n";

/// Name, sector, quiet hours, what is theirs, and contacts: role, team, mailbox, telephone.
type Entered = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, &'static str, &'static str)],
);

const ENTERED: [Entered; 3] = [
    (
        "Example Health",
        "Q",
        "22:00-06:00",
        "192.0.2.0/24 2001:db8:1::/48 health.example",
        &[
            ("abuse", "", "abuse@health.example", ""),
            (
                "security",
                "Night desk",
                "soc@health.example",
                "+64 4 555 0100",
            ),
        ],
    ),
    (
        "Example Power",
        "D",
        "",
        "2001:db8:2::/48 power.example AS64498",
        &[("security", "", "security@power.example", "+64 4 555 0101")],
    ),
    (
        "Example University",
        "P",
        "20:00-07:00",
        "2001:db8:3::/48 university.example AS64499",
        &[("technical", "Campus network", "noc@university.example", "")],
    ),
];

const MUSEUM: Entered = (
    "Example Museum",
    "R",
    "",
    "2001:db8:4::/48 museum.example",
    &[("security", "", "front.desk@museum.example", "")],
);

fn failed(faults: Vec<typed::Fault>) -> anyhow::Error {
    anyhow::anyhow!("the example does not read: {faults:?}")
}

/// Enters and imports them. The clock is left at `now`.
///
/// # Errors
/// The store cannot write, or an example does not read.
pub async fn fill(
    app: &App,
    clock: &Clock,
    now: Micros,
    officer: &Principal,
) -> anyhow::Result<()> {
    // Long enough ago for a contact to be asked again.
    clock.set(now.plus_seconds(-400 * DAY));
    for one in &ENTERED {
        entered(app, officer, one).await?;
    }
    clock.set(now.plus_seconds(-20 * DAY));
    // The second of them was asked since; mail to the last came back.
    app.work_on_constituent(officer, (2, 3), &Work::ConfirmAll)
        .await?;
    app.work_on_constituent(officer, (3, 3), &Work::Bounced(1))
        .await?;
    let members = csv::read(MEMBERS).map_err(failed)?;
    app.import_constituents(Doer::System, "members", &members, false)
        .await?;
    // Due as well, and at no hour to be left alone.
    clock.set(now.plus_seconds(-400 * DAY));
    entered(app, officer, &MUSEUM).await?;
    clock.set(now);
    Ok(())
}

async fn entered(app: &App, officer: &Principal, one: &Entered) -> anyhow::Result<()> {
    let (name, sector, quiet, assets, contacts) = one;
    let typed = Typed {
        name: (*name).to_owned(),
        sector: (*sector).to_owned(),
        language: "en".to_owned(),
        quiet: (*quiet).to_owned(),
    };
    let no = app
        .make_constituent(officer, typed.read().map_err(failed)?)
        .await?;
    let mut works = vec![Work::Add(typed::assets(assets).map_err(failed)?)];
    for (role, team, email, phone) in *contacts {
        let contact = ContactTyped {
            role: (*role).to_owned(),
            name: (*team).to_owned(),
            email: (*email).to_owned(),
            phone: (*phone).to_owned(),
            ..ContactTyped::default()
        };
        let draft = app.contact_typed(&contact).map_err(failed)?;
        works.push(Work::NewContact(Box::new(draft)));
    }
    for (version, work) in (1..).zip(&works) {
        app.work_on_constituent(officer, (no, version), work)
            .await?;
    }
    Ok(())
}
