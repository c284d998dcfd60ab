//! What changed between editions.

use super::{phrases, words};

words! {
    changes_title: "What changed", "Ngā panonitanga";
    changes_first: "This is the first edition: there is nothing before it.", "Ko te putanga tuatahi tēnei: kāore he putanga i mua.";
    changes_none: "Nothing changed.", "Kāore he panonitanga.";
    changes_lead: "Everything that is not the same as in the edition before, with the reason where the plan gives one.", "Ngā mea katoa kāore e rite ki te putanga o mua, me te take mehemea kei te mahere.";
    changes_file: "All changes as a file (CSV)", "Ngā panonitanga katoa hei kōnae (CSV)";
    change_was: "Was:", "I mua:";
    change_is: "Is:", "Ināianei:";
    change_why: "Why:", "He aha ai:";
    change_no_why: "No reason is given.", "Kāore he take i homai.";
    change_into: "See:", "Tirohia:";
    k_added: "New", "He mea hou";
    k_ended: "Ended", "Kua mutu";
    k_renamed: "Goes on under another name", "He ingoa hou";
    k_value: "New value", "He uara hou";
    k_restated: "Value restated", "Kua whakatikahia te uara";
    k_withdrawn: "Value no longer shown", "Kāore te uara e whakaaturia ināianei";
    k_break: "Break in the series", "He whati i te raupapa";
    k_access: "Permission to publish", "Te whakaaetanga kia whakaputaina";
    k_more: "More figures changed", "Ētahi atu tatauranga i panoni";
    k_definition: "What is measured", "He aha e inea ana";
    k_target: "Target or baseline", "Te ūnga, te tīmatanga rānei";
    k_owner: "Who answers", "Nāna te mahi";
    k_wording: "Wording", "Ngā kupu";
    k_place: "Place in the plan", "Te tūranga i te mahere";
    k_source: "Source", "Te puna";
    k_basis: "Legal basis or licence", "Te pūtake ā-ture, te raihana rānei";
    k_rank: "Kind of initiative", "Te momo hinonga";
    k_due: "Date", "Te rā";
    k_milestone: "Milestone", "Pou tohu";
    k_action: "Action", "Mahi";
    k_budget: "Money", "Te pūtea";
    k_claim: "Claim", "He kī";
    k_note: "Note", "Tuhipoka";
    k_dissent: "Dissent", "Whakahē";
}

phrases! {
    changes_between(before, after): "From the edition of {before} to the edition of {after}", "Mai i te putanga {before} ki te putanga {after}";
    changes_more(n): "{n} more changes are in the file.", "E {n} atu ngā panonitanga kei te kōnae.";
    changes_count(n): "Changes: {n}", "Ngā panonitanga: {n}";
    more_figures(n): "{n} more figures changed.", "E {n} atu ngā tatauranga i panoni.";
}
