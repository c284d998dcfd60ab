//! Statements and explanations.

use maud::{Markup, html};

use crate::components::{Row, details, steps, summary_list};
use crate::i18n::{Lang, t};
use crate::page::Page;

/// What we do so that everybody can use the pages, and what to do when somebody can't.
pub(super) async fn accessibility(page: Page) -> Markup {
    let l = page.lang;
    let promises = [
        t::access_keyboard(l),
        t::access_zoom(l),
        t::access_reader(l),
        t::access_colour(l),
        t::access_scripts(l),
        t::access_time(l),
        t::access_puzzle(l),
    ];
    page.render(
        t::access_title(l),
        html! {
            h1 { (t::access_title(l)) }
            p.lead { (t::access_lead(l)) }
            h2 { (t::access_promise(l)) }
            ul { @for promise in promises { li { (promise) } } }
            h2 { (t::access_measure(l)) }
            p { (t::access_measure_text(l)) }
            h2 { (t::access_known(l)) }
            p { (t::access_known_text(l)) }
            h2 { (t::access_trouble(l)) }
            p { (t::access_trouble_text(l)) }
            (contact(&page))
        },
    )
}

/// Every cookie, and what it is for.
fn cookies(l: Lang) -> [&'static str; 6] {
    [
        t::privacy_cookies_draft(l),
        t::privacy_cookies_status(l),
        t::privacy_cookies_challenge(l),
        t::privacy_cookies_own(l),
        t::privacy_cookies_language(l),
        t::privacy_cookies_session(l),
    ]
}

/// What is kept, for how long, who sees it.
pub(super) async fn privacy(page: Page) -> Markup {
    let l = page.lang;
    let contact_days = page.site.rules_contact_days;
    let contact_end = match contact_days.unwrap_or(page.site.contact_days) {
        0 => t::privacy_contact_end(l).to_owned(),
        days => t::privacy_contact_end_days(l, days),
    };
    let challenge_end = match page.site.contact_days {
        0 => t::privacy_challenge_end(l).to_owned(),
        days => t::privacy_challenge_end_days(l, days),
    };
    let kept = [
        (
            t::privacy_report(l),
            t::privacy_report_why(l),
            t::privacy_report_end(l),
        ),
        (
            t::privacy_contact(l),
            t::privacy_contact_why(l),
            &contact_end,
        ),
        (
            t::privacy_files(l),
            t::privacy_files_why(l),
            t::privacy_files_end(l),
        ),
        (
            t::privacy_challenge(l),
            t::privacy_challenge_why(l),
            &challenge_end,
        ),
        (
            t::privacy_network(l),
            t::privacy_network_why(l),
            t::privacy_network_end(l),
        ),
    ];
    // Not a table: on a phone its last column, which matters most, would be out of sight.
    let rows = kept.map(|(what, why, end)| {
        Row::new(
            what,
            html! { p { (why) } p { strong { (t::privacy_end(l)) ": " } (end) } },
        )
    });
    page.render(
        t::privacy_title(l),
        html! {
            h1 { (t::privacy_title(l)) }
            p.lead { (t::privacy_lead(l)) }
            h2 { (t::privacy_kept(l)) }
            (summary_list(l, &rows))
            h2 { (t::privacy_anonymous(l)) }
            p { (t::privacy_anonymous_text(l)) }
            p { (t::privacy_anonymous_order(l)) }
            p { (t::privacy_anonymous_limit(l)) }
            h2 { (t::privacy_shared(l)) }
            p { (t::privacy_shared_text(l)) }
            h2 { (t::privacy_cookies(l)) }
            p { (t::privacy_cookies_text(l)) }
            ul { @for cookie in cookies(l) { li { (cookie) } } }
            h2 { (t::privacy_rights(l)) }
            p { (t::privacy_rights_text(l)) }
            (contact(&page))
        },
    )
}

/// Reference, secret link, receipt file: what each is for and what it proves.
pub(super) async fn receipts(page: Page) -> Markup {
    let l = page.lang;
    let ways = [
        t::receipt_way_read(l),
        t::receipt_way_commit(l),
        t::receipt_way_log(l),
        t::receipt_way_sign(l),
    ];
    let ways = ways.map(|text| html! { (text) });
    page.render(
        t::receipt_title(l),
        html! {
            h1 { (t::receipt_title(l)) }
            p.lead { (t::receipt_lead(l)) }
            h2 { (t::receipt_three(l)) }
            dl.summary {
                div { dt { (t::receipt_reference(l)) } dd { (t::receipt_reference_text(l)) } }
                div { dt { (t::receipt_secret(l)) } dd { (t::receipt_secret_text(l)) } }
                div { dt { (t::receipt_file(l)) } dd { (t::receipt_file_text(l)) } }
            }
            h2 { (t::receipt_ways(l)) }
            (steps(&ways))
            h2 { (t::receipt_check(l)) }
            p { (t::receipt_check_text(l)) }
            pre tabindex="0" { code { "cairn receipt verify --keys log.keys cairn-ABCD-EFGH-J.tlog-proof" } }
            h2 { (t::receipt_lost(l)) }
            p { (t::receipt_lost_text(l)) }
            (details(t::receipt_technical(l), html! { p { (t::receipt_technical_text(l)) } }))
        },
    )
}

fn contact(page: &Page) -> Markup {
    html! {
        @if let Some(address) = &page.site.contact {
            p { (t::about_contact(page.lang)) " " a href={ "mailto:" (address) } { (address) } }
        }
        p { a href="/openpgp" { (t::pgp_link(page.lang)) } }
    }
}
