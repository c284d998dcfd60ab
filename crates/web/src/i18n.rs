//! The languages of the pages. Texts live in `locales/{en,mi}/*.ftl` (Fluent); [`t`] has one function for each, made by the
//! build, which fails when the languages don't hold the same texts with the same variables.

use std::sync::LazyLock;

use axum::http::{HeaderMap, Uri, header};
use cairn_kernel::time::{Micros, day_in_words};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::memoizer::MemoizerKind;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cookie;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Te reo Māori.
    Mi,
}

/// The cookie in which a chosen language is kept. It names a language and no person.
pub const LANG_COOKIE: &str = "cairn_lang";

impl Lang {
    /// Every language, in the order of the language switch.
    pub const ALL: [Self; 2] = [Self::En, Self::Mi];

    /// The BCP 47 tag, for `lang` attributes, settings and URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Mi => "mi",
        }
    }

    /// What the speakers of the language call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Mi => "Te reo Māori",
        }
    }

    /// The language of a BCP 47 tag, by its first part: `mi-NZ` is te reo Māori.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.trim().split('-').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|lang| lang.as_str().eq_ignore_ascii_case(first))
    }

    /// The language for a request: `?lang=`, then the cookie, then `Accept-Language`, then English.
    #[must_use]
    pub fn of_request(uri: &Uri, headers: &HeaderMap) -> Self {
        Self::asked(uri)
            .or_else(|| cookie::get_plain(headers, LANG_COOKIE).and_then(Self::of_tag))
            .or_else(|| accepted(headers))
            .unwrap_or_default()
    }

    /// The language that the query string asks for.
    #[must_use]
    pub fn asked(uri: &Uri) -> Option<Self> {
        let query = uri.query()?;
        form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name == "lang")
            .find_map(|(_, value)| Self::of_tag(&value))
    }
}

/// Somebody chose a language before.
#[must_use]
pub fn is_chosen(headers: &HeaderMap) -> bool {
    cookie::get_plain(headers, LANG_COOKIE).is_some()
}

/// The first of our languages with the highest weight in `Accept-Language` (RFC 9110 §12.5.4).
fn accepted(headers: &HeaderMap) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    let value = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    for part in value.split(',').take(16) {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let Some(lang) = Lang::of_tag(tag)
            && weight > best.map_or(0.0, |(weight, _)| weight)
        {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// One function for each text: `t::skip_to_content(lang)`; variables are arguments in alphabetical order.
pub mod t {
    #![allow(clippy::too_many_arguments)]
    use super::{Lang, Value, format};

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The value of a variable in a text: numbers are grouped as the language does, texts are taken as they are.
pub type Value<'a> = FluentValue<'a>;

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en", include_str!(concat!(env!("OUT_DIR"), "/en.ftl"))));
static MAORI: LazyLock<Bundle> =
    LazyLock::new(|| bundle("mi", include_str!(concat!(env!("OUT_DIR"), "/mi.ftl"))));

fn bundle(tag: &str, source: &str) -> Bundle {
    // The build has parsed every file already; what can't be parsed here would be left out, not fatal.
    let resource =
        FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let mut bundle = Bundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(grouped));
    bundle.add_resource_overriding(resource);
    bundle
}

fn grouped<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(self::number(number.value as i64))
        }
        _ => None,
    }
}

fn format<const N: usize>(lang: Lang, key: &str, pairs: [(&'static str, Value<'_>); N]) -> String {
    let bundle = match lang {
        Lang::En => &*ENGLISH,
        Lang::Mi => &*MAORI,
    };
    let (id, attribute) = key
        .split_once('.')
        .map_or((key, None), |(id, name)| (id, Some(name)));
    let message = bundle.get_message(id);
    let pattern = message.and_then(|message| match attribute {
        Some(name) => message.get_attribute(name).map(|found| found.value()),
        None => message.value(),
    });
    let arguments: FluentArgs<'_> = pairs.into_iter().collect();
    // A missing pattern can't happen for a generated key; the key itself is the least bad thing to show.
    pattern.map_or_else(
        || key.to_owned(),
        |pattern| {
            bundle
                .format_pattern(pattern, Some(&arguments), &mut Vec::new())
                .into_owned()
        },
    )
}

/// A whole number with commas between thousands, as English and te reo Māori both write it in Aotearoa.
#[must_use]
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        grouped.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A day: `23 November 2026`, `23 Whiringa-ā-rangi 2026`.
#[must_use]
pub fn date(lang: Lang, date: Date) -> String {
    day_in_words(lang.as_str(), date)
}

/// The day of a moment in a time zone.
#[must_use]
pub fn day_of(lang: Lang, at: Micros, zone: &TimeZone) -> String {
    date(lang, at.timestamp().to_zoned(zone.clone()).date())
}

/// A moment in a time zone, to the minute: `23 November 2026, 18:05`.
#[must_use]
pub fn moment(lang: Lang, at: Micros, zone: &TimeZone) -> String {
    let local = at.timestamp().to_zoned(zone.clone());
    format!(
        "{}, {:02}:{:02}",
        date(lang, local.date()),
        local.hour(),
        local.minute()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn language_is_asked_then_remembered_then_accepted() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let none = HeaderMap::new();
        assert_eq!(Lang::of_request(&uri("/"), &none), Lang::En);
        assert_eq!(Lang::of_request(&uri("/?a=1&lang=mi"), &none), Lang::Mi);
        assert_eq!(Lang::of_request(&uri("/?lang=xx"), &none), Lang::En);
        let cookie = headers(&[("cookie", "a=b; cairn_lang=mi")]);
        assert_eq!(Lang::of_request(&uri("/"), &cookie), Lang::Mi);
        assert_eq!(Lang::of_request(&uri("/?lang=en"), &cookie), Lang::En);
        let accept = headers(&[("accept-language", "fr, en;q=0.5, mi-NZ;q=0.9")]);
        assert_eq!(Lang::of_request(&uri("/"), &accept), Lang::Mi);
    }

    #[test]
    fn every_text_is_there_in_both_languages() {
        assert!(t::KEYS.len() > 50);
        for lang in Lang::ALL {
            for key in t::KEYS.iter().filter(|key| !key.starts_with('-')) {
                let text = format(lang, key, []);
                assert!(
                    !text.trim().is_empty() && (text != **key || !key.contains('-')),
                    "{lang:?} {key}"
                );
            }
        }
    }

    #[test]
    fn dates_and_numbers_are_written_as_people_do() {
        let at = Micros(1_795_500_300_000_000);
        let zone = TimeZone::UTC;
        assert_eq!(moment(Lang::En, at, &zone), "24 November 2026, 06:05");
        assert_eq!(day_of(Lang::Mi, at, &zone), "24 Whiringa-ā-rangi 2026");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(
            (number(-1000), number(999)),
            ("−1,000".to_owned(), "999".to_owned())
        );
    }
}
