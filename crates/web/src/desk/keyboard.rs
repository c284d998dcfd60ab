//! Keys: which there are, what each does, and how an officer changes them. They are kept in the officer's browser, since hands differ
//! and desks are shared.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};

use super::doors;
use super::who::{Officer, Sent, token};
use crate::components::{
    Column, Encoding, Fault, Field, Input, Look, Width, button, button_named, buttons, checkbox,
    details, error_summary, form, input, table,
};
use crate::cookie::{Cookie, SameSite};
use crate::form::Form;
use crate::i18n::{Lang, t};
use crate::problem::Problem;

/// Keys that an officer changed: `name:key` with `~` between them, or `off`.
static COOKIE: Cookie = Cookie {
    name: "cairn_keyboard",
    same_site: SameSite::Lax,
    max_age: Some(365 * 24 * 3_600),
};
const OFF: &str = "off";
/// Signs of one key at most.
const SIGNS_MAX: usize = 2;

/// What a key does: its name, the key at first, and where on the page (a CSS selector; an address; nothing where the script does it
/// by itself).
struct Does {
    name: &'static str,
    key: &'static str,
    at: &'static str,
    text: fn(Lang) -> &'static str,
}

const fn does(
    name: &'static str,
    key: &'static str,
    at: &'static str,
    text: fn(Lang) -> &'static str,
) -> Does {
    Does {
        name,
        key,
        at,
        text,
    }
}

static ALL: [Does; 30] = [
    does("next", "j", "", t::kb_next),
    does("previous", "k", "", t::kb_previous),
    does("open", "o", "", t::kb_open),
    does("pick", "x", "", t::kb_pick),
    does("pick-all", "X", "", t::kb_pick_all),
    does("onward", "n", "a.onward", t::kb_onward),
    does("search", "/", "#q", t::kb_search),
    does("help", "?", "/desk/keyboard", t::kb_help),
    does(
        "assign",
        "a",
        "button[name=first][value=assign], form[action$='/assign'] button, #assign",
        t::kb_assign,
    ),
    does(
        "category",
        "c",
        "button[name=first][value=category], form[method=post] [name=category]",
        t::kb_category,
    ),
    does(
        "severity",
        "s",
        "button[name=first][value=severity], form[method=post] [name=severity]",
        t::kb_severity,
    ),
    does(
        "reply",
        "r",
        "button[name=first][value=reply], #text, textarea[name^=reply-]",
        t::kb_reply,
    ),
    does(
        "done",
        "d",
        "button[name=first][value=done], form[method=post] [name=outcome]",
        t::kb_done,
    ),
    does("undo", "u", "form[action$='/undo'] button", t::kb_undo),
    does(
        "refer",
        "f",
        "form[action$='/referrals'] :is(select, input:not([type=hidden]))",
        t::kb_refer,
    ),
    does(
        "indicator",
        "i",
        "a[href^='/desk/observables/'], a[href$='/observables']",
        t::kb_indicator,
    ),
    does(
        "task",
        "t",
        "form[action$='/task'] input:not([type=hidden])",
        t::kb_task,
    ),
    does("case", "e", "#case-title", t::kb_case),
    does("hold", "h", "form[action$='/hold'] textarea", t::kb_hold),
    does("merge", "m", "#into", t::kb_merge),
    does("go-queue", "gq", "/desk", t::kb_go_queue),
    does(
        "go-clusters",
        "gl",
        "/desk/clusters?show=single",
        t::kb_go_clusters,
    ),
    does("go-cases", "gc", "/desk/cases", t::kb_go_cases),
    does("go-shift", "gs", "/desk/shift", t::kb_go_shift),
    does("go-clocks", "gk", "/desk/clocks", t::kb_go_clocks),
    does(
        "go-observables",
        "go",
        "/desk/observables",
        t::kb_go_observables,
    ),
    does("go-referrals", "gr", "/desk/referrals", t::kb_go_referrals),
    does("go-bulk", "gb", "/desk/bulk", t::kb_go_bulk),
    does("next-report", "gn", "/desk/next", t::onward_report),
    does(
        "next-cluster",
        "gm",
        "/desk/clusters/next",
        t::onward_cluster,
    ),
];

/// The keys of one officer.
struct Keys {
    off: bool,
    /// As many as [`ALL`].
    keys: Vec<String>,
}

impl Keys {
    fn of(headers: &HeaderMap, https: bool) -> Self {
        let kept = COOKIE.get(headers, https).unwrap_or_default();
        let own = |name: &str| {
            let mut pairs = kept.split('~').filter_map(|pair| pair.split_once(':'));
            pairs.find(|(of, _)| *of == name).map(|(_, key)| key)
        };
        let keys = ALL.iter().map(|one| {
            let key = own(one.name).filter(|key| is_key(key));
            key.unwrap_or(one.key).to_owned()
        });
        Self {
            off: kept == OFF,
            keys: keys.collect(),
        }
    }

    fn written(&self) -> String {
        if self.off {
            return OFF.to_owned();
        }
        let changed = ALL
            .iter()
            .zip(&self.keys)
            .filter(|(one, key)| one.key != key.as_str());
        let pairs: Vec<String> = changed
            .map(|(one, key)| format!("{}:{key}", one.name))
            .collect();
        pairs.join("~")
    }

    /// For the script: key, name, place.
    fn script(&self) -> String {
        if self.off {
            return "[]".to_owned();
        }
        let all: Vec<_> = ALL
            .iter()
            .zip(&self.keys)
            .map(|(one, key)| (key.as_str(), one.name, one.at))
            .collect();
        serde_json::to_string(&all).unwrap_or_default()
    }

    /// What is wrong with what was typed: signs that cannot be typed alone or kept, and keys that are in each other's way.
    fn faults(&self, l: Lang) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, (one, key)) in ALL.iter().zip(&self.keys).enumerate() {
            let taken = |(other, theirs): (usize, &String)| {
                other != at
                    && is_key(theirs)
                    && (key.starts_with(theirs.as_str()) || theirs.starts_with(key.as_str()))
            };
            let text = if !is_key(key) {
                t::kb_wrong(l)
            } else if self.keys.iter().enumerate().any(taken) {
                t::kb_taken(l)
            } else {
                continue;
            };
            faults.push(Fault {
                field: format!("key-{}", one.name),
                text: text.to_owned(),
            });
        }
        faults
    }
}

/// One or two signs that a cookie can hold.
fn is_key(text: &str) -> bool {
    let sign = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\' | '~' | ':');
    (1..=SIGNS_MAX).contains(&text.len()) && text.chars().all(sign)
}

/// The keys for the script of a page.
pub(super) fn of(headers: &HeaderMap, https: bool) -> String {
    Keys::of(headers, https).script()
}

fn body(officer: &Officer, keys: &Keys, faults: &[Fault]) -> Markup {
    let l = officer.page.lang;
    let columns = [t::kb_key(l), t::kb_does(l)].map(Column::text);
    let rows: Vec<Vec<Markup>> = ALL
        .iter()
        .zip(&keys.keys)
        .map(|(one, key)| {
            let key = html! { @for (at, sign) in key.chars().enumerate() { @if at > 0 { " " } kbd { (sign) } } };
            vec![key, html! { ((one.text)(l)) }]
        })
        .collect();
    let fields = html! {
        p.hint { (t::kb_change_hint(l)) }
        (checkbox(&Field::new(l, "off", t::kb_off(l)), "1", keys.off))
        div.filters {
            @for (one, key) in ALL.iter().zip(&keys.keys) {
                @let id = format!("key-{}", one.name);
                @let line = Input { value: key, autocomplete: Some("off"), width: Width::Half, ..Input::default() };
                (input(&Field::new(l, &id, (one.text)(l)).error_in(faults), &line))
            }
        }
        (buttons(html! {
            (button(Look::Main, t::kb_save(l)))
            (button_named(Look::Plain, "reset", "1", t::kb_reset(l)))
        }))
    };
    let change = form(
        "/desk/keyboard",
        Encoding::Pairs,
        Some(&token(&officer.seen)),
        fields,
    );
    html! {
        (doors(officer, "/desk/keyboard"))
        (error_summary(l, faults))
        h1 { (t::kb_title(l)) }
        p { (t::kb_lead(l)) }
        @if keys.off { p.lead { (t::kb_off(l)) } }
        (table(t::kb_title(l), &columns, &rows))
        @if faults.is_empty() { (details(t::kb_change(l), change)) } @else { (change) }
    }
}

/// All keys, and the form that changes them.
pub(super) async fn show(headers: HeaderMap, officer: Officer) -> Markup {
    let keys = Keys::of(&headers, officer.page.site.https);
    officer
        .page
        .render(t::kb_title(officer.page.lang), body(&officer, &keys, &[]))
}

/// Other keys, or the first ones again.
pub(super) async fn change(sent: Sent) -> Result<Response, Problem> {
    let officer = &sent.officer;
    let https = officer.page.site.https;
    let go = |cookie: HeaderValue| {
        let cookie = AppendHeaders([(header::SET_COOKIE, cookie)]);
        (cookie, Redirect::to("/desk/keyboard")).into_response()
    };
    if sent.form.get("reset").is_some() {
        return Ok(go(COOKIE.clear(https)));
    }
    let keys = typed(&sent.form);
    let faults = if keys.off {
        Vec::new()
    } else {
        keys.faults(officer.page.lang)
    };
    if faults.is_empty() {
        let written = keys.written();
        return Ok(go(if written.is_empty() {
            COOKIE.clear(https)
        } else {
            COOKIE.set(&written, https)
        }));
    }
    let page = officer.page.clone().faulty(true);
    let page = page.render(t::kb_title(page.lang), body(officer, &keys, &faults));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn typed(form: &Form) -> Keys {
    let key = |one: &Does| {
        let typed = form.get(&format!("key-{}", one.name));
        typed.map_or(one.key, str::trim).to_owned()
    };
    Keys {
        off: form.get("off").is_some(),
        keys: ALL.iter().map(key).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cookie: &str) -> Keys {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(cookie).unwrap());
        Keys::of(&headers, false)
    }

    #[test]
    fn the_first_keys_are_in_nobodys_way() {
        let keys = with("a=b");
        assert!(keys.faults(Lang::En).is_empty());
        assert_eq!((keys.written().as_str(), keys.off), ("", false));
        assert!(keys.script().starts_with(r#"[["j","next",""],"#));
    }

    #[test]
    fn changed_keys_come_back() {
        let form = Form::parse(b"key-next=w&key-go-queue=zz").unwrap();
        let keys = typed(&form);
        assert!(keys.faults(Lang::En).is_empty());
        assert_eq!(keys.written(), "next:w~go-queue:zz");
        assert_eq!(with("cairn_keyboard=next:w~go-queue:zz").keys, keys.keys);
        let off = with("cairn_keyboard=off");
        assert_eq!(
            (off.off, off.script().as_str(), off.written().as_str()),
            (true, "[]", "off")
        );
        // What somebody put there by hand is no key.
        assert_eq!(
            with("cairn_keyboard=next:abc~previous:").keys,
            with("x=y").keys
        );
    }

    #[test]
    fn keys_in_each_others_way_are_named() {
        let form =
            Form::parse("key-next=g&key-open=%C4%81&key-pick=&key-undo=k".as_bytes()).unwrap();
        let faults = typed(&form).faults(Lang::En);
        let of = |name: &str| {
            faults
                .iter()
                .find(|fault| fault.field == name)
                .map(|fault| fault.text.as_str())
        };
        assert_eq!(of("key-open"), Some(t::kb_wrong(Lang::En)));
        assert_eq!(of("key-pick"), Some(t::kb_wrong(Lang::En)));
        for name in ["key-next", "key-go-queue", "key-undo", "key-previous"] {
            assert_eq!(of(name), Some(t::kb_taken(Lang::En)), "{name}");
        }
        assert_eq!(of("key-refer"), None);
    }
}
