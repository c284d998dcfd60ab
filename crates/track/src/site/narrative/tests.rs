use proptest::prelude::*;

use super::*;

fn resolve(id: &str, field: &str) -> Option<Placed> {
    let text = match (id, field) {
        ("m2", "latest") => "14.1 *not* <b>Markdown</b>",
        ("m4", "unit") => "%",
        ("bad", "href") => "7",
        _ => return None,
    };
    let href = if id == "bad" {
        "javascript:alert(1)"
    } else {
        "../m/m2.html#latest"
    };
    Some(Placed {
        text: text.to_owned(),
        href: href.to_owned(),
    })
}

fn shown(markdown: &str) -> String {
    render(markdown, resolve).0
}

/// Tags with their attributes, as a browser would read them: text has no bare `<`.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    html.split('<')
        .skip(1)
        .map(|part| {
            let (tag, _) = part.split_once('>').expect("a tag is closed");
            let tag = tag.trim_end_matches('/').trim_end();
            let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut attributes = Vec::new();
            while let Some((key, after)) = rest.split_once("=\"") {
                let (value, next) = after.split_once('"').expect("a value is closed");
                attributes.push((key.trim().to_owned(), value.to_owned()));
                rest = next;
            }
            assert!(rest.trim().is_empty(), "{tag:?}");
            (name.to_owned(), attributes)
        })
        .collect()
}

const TAGS: &[&str] = &[
    "a",
    "blockquote",
    "br",
    "caption",
    "code",
    "del",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// What any output must keep to.
fn harmless(html: &str) {
    assert!(!html.to_ascii_lowercase().contains("<script"));
    assert!(!html.contains([OPEN, CLOSE]), "{html:?}");
    let mut links = 0_i32;
    for (name, attributes) in tags(html) {
        links += match name.as_str() {
            "a" => 1,
            "/a" => -1,
            _ => 0,
        };
        assert!((0..=1).contains(&links), "a link in a link: {html}");
        let bare = name.strip_prefix('/').unwrap_or(&name);
        assert!(TAGS.contains(&bare), "{name} in {html}");
        for (key, value) in attributes {
            assert!(
                matches!(
                    (bare, key.as_str()),
                    ("a", "href" | "class")
                        | ("ol", "start")
                        | ("strong" | "caption", "class")
                        | ("div", "class" | "role" | "tabindex" | "aria-label")
                        | ("th", "scope")
                ),
                "{key} of {name}"
            );
            if key == "href" {
                let value = value.replace("&amp;", "&");
                assert!(is_safe_href(&value), "{value}");
            }
        }
    }
    assert_eq!(links, 0);
}

#[test]
fn a_narrative_with_everything() {
    let text = "# Title\n\nLoss was NZ$ {{figure:m2.latest}} million, {{figure:m9.latest}} unknown, \
        {{figure: m4.unit }}.\n\n###### Deep\n\n- **{{figure:m4.unit}}** and `{{figure:m2.latest}}`\n- [to](goal.html \
        \"t\") <https://example.org/?a=1&b=2>\n\n3. ~~three~~\n\n> quoted  \n> break\n\n| a | b |\n|:--|--:|\n| 1 | \
        {{figure:m4.unit}} |\n\n```js\nx < {{figure:m2.latest}}\n```\n\n![alt](https://example.org/a.png)\n\n<div \
        onclick=\"x()\">raw {{figure:m4.unit}}</div>\n\ninline <b>raw</b> & <mail@example.org>\n";
    let html = shown(text);
    insta::assert_snapshot!(html);
    harmless(&html);
}

#[test]
fn a_table_has_scopes_and_takes_its_caption_from_the_heading() {
    let html = shown("## Loss {{figure:m2.latest}} & *more*\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n");
    assert!(
        html.contains(
            "<table><caption class=\"unseen\">Loss 14.1 *not* &lt;b&gt;Markdown&lt;/b&gt; &amp; more</caption>"
        ),
        "{html}"
    );
    assert!(
        html.contains("<thead><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr></thead>"),
        "{html}"
    );
    assert!(
        html.contains("<tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody></table></div>"),
        "{html}"
    );
    harmless(&html);
}

#[test]
fn figures_are_links_and_their_text_is_no_markdown() {
    let html = shown("{{figure:m2.latest}}");
    assert_eq!(
        html,
        "<p><a class=\"figure-ref\" href=\"../m/m2.html#latest\">14.1 *not* &lt;b&gt;Markdown&lt;/b&gt;</a></p>\n"
    );
    assert_eq!(
        shown("{{figure:m9.latest}}"),
        "<p><strong class=\"figure-missing\">⚠ m9.latest</strong></p>\n"
    );
    assert_eq!(shown("{{figure:bad.href}}"), "<p>7</p>\n");
    assert_eq!(
        shown("{{figure:}} {{figure:a.b"),
        "<p>{{figure:}} {{figure:a.b</p>\n"
    );
}

#[test]
fn figures_in_links_and_code_are_plain() {
    assert_eq!(
        shown("[{{figure:m4.unit}}](a.html)"),
        "<p><a href=\"a.html\">%</a></p>\n"
    );
    assert_eq!(shown("`{{figure:m4.unit}}`"), "<p><code>%</code></p>\n");
    assert_eq!(
        shown("    {{figure:m4.unit}}"),
        "<pre><code>%</code></pre>\n"
    );
    // An address is no place for a figure.
    assert_eq!(shown("[x](a{{figure:m4.unit}}.html)"), "<p>x</p>\n");
}

#[test]
fn pictures_become_links() {
    assert_eq!(
        shown("![alt *text*](a.png)"),
        "<p><a href=\"a.png\">alt <em>text</em></a></p>\n"
    );
    assert_eq!(
        shown("[![alt](a.png)](b.html)"),
        "<p><a href=\"b.html\">alt</a></p>\n"
    );
    assert_eq!(shown("![alt](data:image/png;base64,AA)"), "<p>alt</p>\n");
}

#[test]
fn other_links_are_words_only() {
    for href in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "&#106;avascript:alert(1)",
        "java&#10;script:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
    ] {
        let html = shown(&format!("[words]({href})"));
        assert!(!html.contains("<a"), "{href}: {html}");
    }
    assert_eq!(
        shown("<javascript:alert(1)>"),
        "<p>javascript:alert(1)</p>\n"
    );
    for href in [
        "https://a.example/b:c",
        "HTTP://a.example",
        "mailto:a@example.org",
        "a/b.html#c",
        "#c",
        "?q=a:b",
        "./a:b",
    ] {
        assert!(
            shown(&format!("[words]({href})")).contains("<a href="),
            "{href}"
        );
    }
}

#[test]
fn the_check_can_fail() {
    for bad in [
        "<script>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">a</a>",
        "<img src=\"x\">",
        "<p style=\"x\">",
        "<a href=\"a\"><a href=\"b\">x</a></a>",
        "<a href=\"a\">",
    ] {
        assert!(std::panic::catch_unwind(|| harmless(bad)).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn any_text_is_harmless(text in any::<String>()) {
        harmless(&shown(&text));
    }

    #[test]
    fn pieces_of_markup_are_harmless(parts in proptest::collection::vec(prop_oneof![
        Just("<script>"), Just("</script>"), Just("<img src=x onerror=alert(1)>"), Just("javascript:"), Just("[a]("),
        Just(")"), Just("](<"), Just(">"), Just("\""), Just(" onclick=\"x\""), Just("\n"), Just("\n\n"), Just("```"),
        Just("`"), Just("!["), Just("]: "), Just("[a]"), Just("{{figure:m2.latest}}"), Just("{{figure:bad.href}}"),
        Just("{{figure:"), Just("}}"), Just("|a|b|\n|:-|-:|\n|"), Just("# "), Just("- "), Just("    "), Just("<!--"),
        Just("-->"), Just("<style>"), Just("&#x6A;"), Just("\u{fdd0}0\u{fdd1}"), Just("\u{0}"), Just("<a href='x'>"), Just("<![CDATA["),
        Just("<?"), Just("*"), Just("_"), Just("<x@y.z>"), Just("<mailto:a>"), Just("\\"), Just("1. "), Just("> "),
    ], 0..24)) {
        harmless(&shown(&parts.concat()));
    }

    #[test]
    fn a_safe_address_has_a_scheme_of_the_list_or_none(href in "[ -~\\t]{0,30}") {
        if is_safe_href(&href) {
            let lower = href.to_ascii_lowercase();
            let scheme = lower.split(['/', '?', '#']).next().and_then(|first| first.split_once(':')).map(|(s, _)| s.to_owned());
            prop_assert!(scheme.is_none_or(|s| ["http", "https", "mailto"].contains(&s.as_str())));
            prop_assert!(!lower.starts_with("//"));
        }
    }
}
