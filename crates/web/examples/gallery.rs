//! Serves every component in both languages, to be looked at: `cargo run -p cairn-web --example gallery -- 127.0.0.1:8099`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use cairn_web::chart::{Chart, Kind, Point, Series};
use cairn_web::components::*;
use cairn_web::i18n::number;
use cairn_web::server::{Server, ServerSettings};
use cairn_web::{Page, Problem, Section, Site, finish, t};
use maud::{Markup, html};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8099".into());
    let router = Router::new()
        .route("/", get(overview))
        .route("/form", get(form_page))
        .route("/done", get(done))
        .route("/figures", get(figures))
        .route("/desk", get(desk))
        .route(
            "/full",
            get(async || -> Result<(), Problem> {
                Err(Problem::new(cairn_web::problem::Kind::StorageFull))
            }),
        )
        .route("/hello", get(async || "hello"));
    let app = finish(Arc::new(Site::example()), router);
    let server = Server::new(ServerSettings::default(), app)?;
    let listener = tokio::net::TcpListener::bind(address).await?;
    server
        .serve(listener, async { drop(tokio::signal::ctrl_c().await) })
        .await;
    Ok(())
}

const HOSTILE: &str = "<script>alert(1)</script> Dear \u{202e}customer\u{202c},\nyour account http://evil.example/login?\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is locked\u{200b}.";

async fn overview(page: Page) -> Markup {
    let l = page.lang;
    page.clone().render(
        page.site.name(l),
        html! {
            h1 { (page.site.name(l)) }
            p.lead { "Tell us what happened. It takes about five minutes, you need no account, and you may stay anonymous." }
            (notice(Tone::Danger, "now", "Is someone in danger?", html! { p { "Call " a href="tel:111" { "111" } " now." } }))
            (notice(Tone::Warning, "bank", "Has money left your account?", html! { p { "Call your bank first. Every hour counts." } }))
            (buttons(html! {
                (button_link(Look::Main, "/form", t::problem_report(l)))
                (button_link(Look::Plain, "/status", t::nav_status(l)))
            }))
            (notice(Tone::Info, "info", "Good to know", html! { p { "A message of no great weight." } }))
            (notice(Tone::Success, "ok", "Saved", html! { p { "Your consent was changed." } }))
            (inset(html! { p { "A paragraph that stands out a little." } }))
            (warning(l, "Do not upload pictures that may be illegal. Describe them instead."))
            (details("What happens to my report?", html! { p { "An officer reads it." } }))
            h2 { "First steps" }
            (steps(&[html! { "Change your password." }, html! { "Turn on two-step sign-in." }, html! { "Keep the message." }]))
            p { (tag(Hue::Grey, "Closed")) " " (tag(Hue::Blue, "New")) " " (tag(Hue::Green, "Done")) " " (tag(Hue::Amber, "Waiting")) " " (tag(Hue::Red, "Severe")) }
            h2 { "What was said" }
            (said(HOSTILE))
        },
    )
}

async fn form_page(page: Page) -> Markup {
    let l = page.lang;
    let faults = [
        Fault {
            field: "what".into(),
            text: "Choose what happened, or say that you are not sure".into(),
        },
        Fault {
            field: "when-day".into(),
            text: "The date must be in the past".into(),
        },
        Fault {
            field: "mail".into(),
            text: "Write an address like name@example.org".into(),
        },
    ];
    let choice = |value, label| Choice {
        value,
        label,
        ..Choice::default()
    };
    let kinds = [
        Choice {
            hint: Some("For example a text that says your parcel is waiting"),
            ..choice("phish", "I got a suspicious message")
        },
        choice("scam", "I was tricked into paying"),
        choice("hack", "Someone got into my account"),
        Choice {
            apart: true,
            ..choice("unknown", t::not_known(l))
        },
    ];
    let body = html! {
        (radios(&Field::new(l, "what", "What happened?").heading().hint("Choose the closest one.").error_in(&faults), &kinds, Some("scam")))
        (checkboxes(&Field::new(l, "lost", "What did you lose?").hint("Choose all that apply."), &kinds, &["phish", "hack"]))
        (date_input(&Field::new(l, "when", "When did it happen?").hint("For example 27 3 2026").error_in(&faults), DateParts { day: "31", month: "12", year: "2029" }))
        (input(&Field::new(l, "mail", "E-mail address").optional(true).error_in(&faults), &Input { value: "name@", kind: "email", autocomplete: Some("email"), width: Width::Half, ..Input::default() }))
        (input(&Field::new(l, "amount", "How much?"), &Input { prefix: Some("NZ$"), inputmode: Some("decimal"), width: Width::Short, ..Input::default() }))
        (textarea(&Field::new(l, "story", "In your own words").hint("Leave out passwords."), "Tēnā koutou", 5, Some(4000)))
        (select(&Field::new(l, "region", "Region"), &[choice("", "Choose"), choice("auk", "Auckland")], Some("auk")))
        (file_upload(&Field::new(l, "files", "Files").optional(true).hint("Up to 5 files of 20 MB."), "", true))
        (checkbox(&Field::new(l, "police", "Tell the Police").hint("They can look for the money."), "yes", true))
        (honeypot(l))
        (buttons(html! { (button(Look::Main, t::button_continue(l))) (button(Look::Plain, t::button_cancel(l))) (button(Look::Danger, "Delete") ) }))
    };
    page.section(Section::Report)
        .with_exit()
        .faulty(true)
        .render(
            "What happened?",
            html! {
                (back_link(l, "/"))
                (error_summary(l, &faults))
                (caption("Question 4 of 14"))
                (form("/form", Encoding::Pairs, Some("token"), body))
            },
        )
}

async fn done(page: Page) -> Markup {
    let l = page.lang;
    page.section(Section::Report).render(
        "We have your report",
        html! {
            (panel("We have your report", html! { p { "Your reference" br; (reference("ABCD-EFGH-J")) } }))
            h2 { "What you told us" }
            (summary_list(l, &[
                Row::new("What happened", html! { "I was tricked into paying" }).change("/form"),
                Row::new("In your own words", said(HOSTILE)).change("/form"),
                Row::new("Money", html! { (t::not_known(l)) }).change("/form"),
                Row::new("Age", html! { (t::not_provided(l)) }),
            ]))
            p { "Checkpoint " (machine("d1c3c0ffee0123456789abcdef0123456789abcdef0123456789abcdef012345")) }
        },
    )
}

async fn figures(page: Page) -> Markup {
    let wave = |base: f64, at: usize| (base + base * 0.4 * (at as f64 * 0.7).sin()).round();
    let series = |name: &str, base: f64| Series {
        name: name.into(),
        points: (0..24)
            .map(|at| {
                (at != 7).then(|| Point {
                    value: wave(base, at),
                    flagged: at == 3 || at == 15,
                })
            })
            .collect(),
    };
    let chart = |id, kind, labels: usize| Chart {
        id,
        lang: page.lang,
        title: "Incidents by quarter",
        about: "Between 800 and 2,500 a quarter, with a break at the start of 2022.",
        kind,
        labels: (0..labels)
            .map(|at| format!("{} Q{}", 2018 + at / 4, at % 4 + 1))
            .collect(),
        series: vec![
            series("Phishing", 1800.0),
            series("Scams and fraud", 900.0),
            series("Unauthorised access", 420.0),
            series("Malware", 200.0),
        ],
        breaks: vec![5, 12],
        flag: t::chart_flagged(page.lang),
        write: |value| number(value as i64),
    };
    page.clone().section(Section::Figures).wide().render(
        "Figures",
        html! {
            h1 { "Figures" }
            div.cards {
                (figure("1,315", "incidents this quarter"))
                (figure("$6.8 m", "direct loss"))
                (figure("25 %", "with any loss"))
            }
            (chart("a", Kind::Lines, 24).render())
            (chart("b", Kind::Bars, 8).render())
        },
    )
}

async fn desk(page: Page) -> Markup {
    let l = page.lang;
    let columns = [
        Column::text("Reference"),
        Column::text("Received"),
        Column::text("Category"),
        Column::number("Loss"),
        Column::text("State"),
    ];
    let rows: Vec<Vec<Markup>> = (0..6)
        .map(|at| {
            vec![
                html! { a href="#" { "ABCD-EFGH-" (at) } },
                html! { "23 November 2026, 18:0" (at) },
                html! { "Phishing and credential harvesting" },
                html! { (number(at * 12_345)) },
                tag(Hue::Blue, "New"),
            ]
        })
        .collect();
    let tabs_list = [
        Tab {
            href: "?a",
            text: "Open",
            current: true,
        },
        Tab {
            href: "?b",
            text: "Mine",
            current: false,
        },
        Tab {
            href: "?c",
            text: "Closed",
            current: false,
        },
    ];
    page.section(Section::Desk).signed_in("Ana").wide().render(
        "Queue",
        html! {
            h1 { "Queue" }
            (tabs("Views", &tabs_list))
            (table("Open reports", &columns, &rows))
            (pagination(l, 5, 20, |page| format!("?page={page}")))
        },
    )
}
