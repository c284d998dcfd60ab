//! Words for the keys and fixed values of a plan's files, where pages show what changed in them.

use super::Lang;

/// What a key of the files is called; the key itself if it is not known, so that nothing is hidden.
pub(crate) fn field(lang: Lang, key: &str) -> String {
    let (base, in_maori) = match key.strip_suffix(".mi") {
        Some(base) => (base, true),
        None => (key, false),
    };
    let Some((en, mi)) = pair(base) else {
        return key.to_owned();
    };
    match (lang, in_maori) {
        (Lang::En, false) => en.to_owned(),
        (Lang::Mi, false) => mi.to_owned(),
        (Lang::En, true) => format!("{en} (in te reo Māori)"),
        (Lang::Mi, true) => format!("{mi} (i te reo Māori)"),
    }
}

fn pair(key: &str) -> Option<(&'static str, &'static str)> {
    Some(match key {
        "amount" => ("amount", "te rahi"),
        "baseline" => ("baseline", "te tīmatanga"),
        "bias" => (
            "what pulls the values off the truth",
            "he aha e tītaha ai ngā uara",
        ),
        "break" => ("break in the series", "te whati o te raupapa"),
        "cells" => ("how small counts are protected", "te tiaki i ngā tatau iti"),
        "claim" => ("what is said of it", "te kī mō tēnei"),
        "co_owners" => ("takes part with it", "e mahi tahi ana"),
        "comparators" => ("compared with", "ka tairitea ki"),
        "comparators_missing" => (
            "why nobody is named to compare with",
            "he aha i kore ai he hunga tauriterite",
        ),
        "contact" => ("contact", "te whakapā"),
        "covers" => ("the time it plans for", "te wā o te mahere"),
        "definition" => ("definition", "te whakamārama"),
        "depends_on" => ("waits for", "e tatari ana ki"),
        "direction" => ("which way is better", "ko tēhea te pai"),
        "disaggregation" => ("broken down by", "ngā wāwāhanga"),
        "dissent" => ("dissent", "te whakahē"),
        "done" => ("done", "i oti"),
        "due" => ("due", "te rā tutuki"),
        "evidence" => ("evidence", "ngā taunakitanga"),
        "frequency" => ("how often it is published", "te auau o te whakaputa"),
        "goal" => ("goal", "te whāinga"),
        "goals" => ("goals", "ngā whāinga"),
        "group" => ("group for means", "te rōpū mō ngā toharite"),
        "id" => ("short name", "te ingoa poto"),
        "kind" => ("kind", "te momo"),
        "legal_basis" => ("legal basis", "te pūtake ā-ture"),
        "licence" => ("licence", "te raihana"),
        "limit" => ("limit", "te tepe"),
        "line" => ("what the money is for", "te take o te pūtea"),
        "narrative" => ("which text tells of it", "te tuhinga mō tēnei"),
        "next_step" => ("next step", "te mahi e whai ake nei"),
        "note" => ("note", "te tuhipoka"),
        "owner" => ("who answers", "nāna te mahi"),
        "owner_basis" => (
            "what confirms who answers",
            "te puna e whakaū ana nāna te mahi",
        ),
        "proxy" => ("what it stands in for", "te mea e whakakapia ana"),
        "query" => ("live query", "te uiui ora"),
        "series" => ("series of values", "te raupapa uara"),
        "source" => ("source", "te puna"),
        "target" => ("target", "te ūnga"),
        "target.text" => ("target in words", "te ūnga i te kupu"),
        "text" => ("text", "te tuhinga"),
        "theme" => ("theme", "te kaupapa"),
        "themes" => ("themes", "ngā kaupapa"),
        "title" => ("title", "te taitara"),
        "unit" => ("unit", "te waeine"),
        "value" => ("value", "te uara"),
        "vintage" => ("day of publication", "te rā whakaputa"),
        "vision" => ("vision", "te tirohanga whakamua"),
        _ => return None,
    })
}

/// What a fixed value of the files is called; `None` for values that are no such word.
pub(crate) fn fixed(lang: Lang, key: &str, value: &str) -> Option<&'static str> {
    let (en, mi) = match (key, value) {
        ("kind", "flagship") => ("flagship", "hinonga matua"),
        ("kind", "other") => ("other initiative", "tētahi atu hinonga"),
        ("kind", "looking-ahead") => (
            "looking ahead, without resources yet",
            "hei te wā e tū mai nei, kāore anō he rauemi",
        ),
        ("direction", "up") => ("more is better", "ko te piki te pai"),
        ("direction", "down") => ("less is better", "ko te heke te pai"),
        ("direction", "volume") => ("neither: it counts a volume", "kāore: he rahi noa"),
        ("frequency", "monthly") => ("every month", "ia marama"),
        ("frequency", "quarterly") => ("every quarter", "ia hauwhā"),
        ("frequency", "yearly") => ("every year", "ia tau"),
        ("frequency", "2-yearly") => ("every other year", "ia rua tau"),
        ("frequency", "irregular") => ("now and then", "i ētahi wā"),
        ("frequency", "once") => ("once", "kotahi anake"),
        ("cells", "open") => (
            "values that need no protection",
            "ngā uara kāore e hiahia tiaki",
        ),
        ("cells", "counts") => ("counts that must be rounded", "ngā tatau me whakaawhiwhi"),
        ("owner_basis", "unconfirmed") => ("no source confirms it", "kāore he puna e whakaū ana"),
        ("target", "none") => ("no target", "kāore he ūnga"),
        ("access", "publish") => ("may be published", "ka taea te whakaputa"),
        ("value", "missing") => ("missing", "kua ngaro"),
        ("value", "not-collected") => ("not collected", "kāore i kohia"),
        ("value", "suppressed") => ("suppressed", "he mea huna"),
        ("value", "not-applicable") => ("not applicable", "kāore e hāngai"),
        ("state", "allocated") => ("set aside", "kua tohaina"),
        ("state", "drawn") => ("spent", "kua whakapaua"),
        ("target.kind", "number") => ("stated as a number", "he mea tuhi hei tau"),
        ("target.kind", "relative") => ("relative to others", "he mea whakatairite"),
        ("target.kind", "implied") => ("implied by the words", "kei roto i ngā kupu"),
        ("language", "en") => ("in English", "i te reo Pākehā"),
        ("language", "mi") => ("in te reo Māori", "i te reo Māori"),
        _ => return None,
    };
    Some(match lang {
        Lang::En => en,
        Lang::Mi => mi,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys as the comparison of editions writes them in its code.
    fn keys() -> Vec<String> {
        let code = [
            include_str!("../../compare/fields.rs"),
            include_str!("../../compare/steps.rs"),
        ];
        let mut all = Vec::new();
        for text in code {
            for piece in text.split('"').skip(1).step_by(2) {
                let is_key = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
                if !piece.is_empty()
                    && piece.chars().all(is_key)
                    && piece != "unconfirmed"
                    && piece != "none"
                {
                    all.push(piece.to_owned());
                }
            }
        }
        all
    }

    #[test]
    fn every_key_has_words_in_both_languages() {
        let keys = keys();
        assert!(keys.len() > 40, "{keys:?}");
        for key in keys {
            for lang in Lang::ALL {
                let said = field(lang, &key);
                assert!(!said.contains('_'), "{key}: {said}");
                let base = key.trim_end_matches(".mi");
                assert!(pair(base).is_some(), "{key} has no words");
            }
        }
        assert_eq!(field(Lang::En, "title.mi"), "title (in te reo Māori)");
        assert_eq!(field(Lang::Mi, "unknown"), "unknown");
    }
}
