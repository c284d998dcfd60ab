//! Lists of initiatives and measures, the line of an initiative, and what the statuses mean.

use super::{phrases, words};

words! {
    nav_measures: "Measures", "Ngā inenga";
    nav_initiatives: "Initiatives", "Ngā hinonga";
    crumbs: "You are here", "Kei konei koe";
    line_steps: "Milestones and actions", "Ngā pou tohu me ngā mahi";
    line_measures: "Measures of its goals", "Ngā inenga o ōna whāinga";
    line_no_goals: "It names no goal, so that no measure shows what it brings.", "Kāore he whāinga i whakahuatia, nō reira kāore he inenga e whakaatu ana i ōna hua.";
    line_no_goals_short: "no goal is named", "kāore he whāinga i whakahuatia";
    line_no_measures: "its goals have no measure", "kāore he inenga o ōna whāinga";
    line_no_resources: "without resources yet", "kāore anō he rauemi";
    line_shared: "Measures stand for goals, and many work for a goal: a measure does not say what one initiative alone brought about.", "Mō ngā whāinga ngā inenga, he maha hoki e mahi ana mō ia whāinga: kāore te inenga e kī he aha ngā hua o te hinonga kotahi anake.";
    on_track: "Is it on track?", "Kei te tika te haere?";
    statuses_of_measures: "Status of the measures", "Te tūnga o ngā inenga";
    measures_lead: "Every measure of this edition, by its computed status: what goes the wrong way first.", "Ngā inenga katoa o tēnei putanga, e ai ki te tūnga kua tātaihia: ko ngā mea e hoki whakamuri ana i mua.";
    by_goal: "The same measures by goal", "Aua inenga anō, e ai ki te whāinga";
    initiatives_lead: "What is done, who answers for it, what it costs, whether it is in time, and what shows it.", "Ngā mahi, nā wai, te utu, kei te wā tika rānei, me ngā mea e whakaatu ana.";
    all_initiatives: "All initiatives with money, milestones and measures", "Ngā hinonga katoa me te pūtea, ngā pou tohu me ngā inenga";
    all_measures: "All measures by status", "Ngā inenga katoa e ai ki te tūnga";
    glossary: "What the words mean", "Te tikanga o ngā kupu";
    glossary_lead: "A status is computed from published values, and nobody can type it. In short:", "He mea tātai te tūnga mai i ngā uara kua whakaputaina; kāore e taea e te tangata te pato. Hei whakarāpopoto:";
    means_achieved: "The latest value is at the target or past it.", "Kua tae, kua hipa rānei te uara hou i te ūnga.";
    means_substantial: "It moves the right way, about as fast as the target needs or faster. Where there is no target: by 1.5% a year or more.", "E ahu ana ki te pai, he āhua ōrite, he tere ake rānei ki tā te ūnga e hiahia ana. Ki te kore he ūnga: 1.5% neke atu i ia tau.";
    means_moderate: "It moves the right way, but more slowly than the target needs. Where there is no target: by 0.5% a year or more.", "E ahu ana ki te pai, engari he pōturi ake i tā te ūnga e hiahia ana. Ki te kore he ūnga: 0.5% neke atu i ia tau.";
    means_limited: "It hardly moves, or far too slowly to reach the target in time.", "He iti noa te neke, he pōturi rawa rānei e tae ai ki te ūnga i te wā tika.";
    means_deterioration: "It moves the wrong way.", "E ahu ana ki te kino.";
    means_none: "It cannot be told: there are too few values, none, or neither more nor less is better. The page of the measure says which.", "Kāore e taea te kī: he iti rawa ngā uara, kāore rānei he uara, kāore rānei te nui, te iti i te pai ake. Kei te whārangi o te inenga te take.";
    means_stale: "Its latest value is older than it should be.", "He tawhito ake te uara hou i te mea e tika ana.";
    means_never: "Nobody has published a value of it.", "Kāore anō tētahi kia whakaputa uara.";
    means_withheld: "Those to whom the figures belong have not allowed them to be published.", "Kāore anō te hunga nā rātou ngā tatauranga i whakaae kia whakaputaina.";
    means_more: "All rules in full", "Ngā ture katoa";
    doubt_none: "no source is named", "kāore he puna i whakahuatia";
    doubt_old: "its sources are older than what they are to show", "he tawhito ake ngā puna i te mea hei whakaatu";
    doubt_own: "only the word of those who did it", "ko te kupu anake a te hunga nā rātou te mahi";
    claim_status: "how it stands", "tōna āhua";
    moved_title: "Figures that moved since the edition before", "Ngā tatauranga i neke mai i te putanga o mua";
    moved_lead: "Latest value and status of each measure, as the edition before had them and as they are now.", "Te uara hou me te tūnga o ia inenga, pērā i te putanga o mua, me ōna āhua ināianei.";
    moved_none: "No measure has another latest value or another status than before.", "Kāore he inenga kua rerekē tōna uara hou, tōna tūnga rānei.";
    moved_before: "Before", "I mua";
    moved_after: "Now", "Ināianei";
    moved_new: "not in the edition before", "kāore i te putanga o mua";
    everything_changed: "Everything that changed", "Ngā panonitanga katoa";
}

phrases! {
    crumb_goal_counts(initiatives, measures): "Measures: {measures}. Initiatives: {initiatives}.", "Ngā inenga: {measures}. Ngā hinonga: {initiatives}.";
    status_many(n, status): "{n} {status}", "{n} {status}";
    moved_unmoved(n): "Measures that did not move: {n}.", "Ngā inenga kāore i neke: {n}.";
    moved_some(n): "Figures that moved since the edition before: {n}", "Ngā tatauranga i neke mai i te putanga o mua: {n}";
    more_in_list(n): "{n} more", "{n} atu anō";
}
