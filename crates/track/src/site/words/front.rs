//! The front page, goals, data and sources.

use super::{phrases, words};

words! {
    coverage: "What is measured", "He aha ngā mea kua inea";
    standing: "Where it stands", "Te tūnga";
    how_many: "How many", "E hia";
    standing_measured: "Measured", "Kua inea";
    standing_stale: "Stale: the latest value is older than it should be", "Kua tawhito: he tawhito rawa te uara hou";
    standing_never: "Never measured", "Kāore anō kia inea";
    standing_withheld: "Withheld by those to whom the figures belong", "E puritia ana e te hunga nā rātou ngā tatauranga";
    standing_live: "Counted live by this service", "E tatauria ana e tēnei ratonga i tēnei wā";
    short_measured: "measured", "kua inea";
    short_stale: "stale", "kua tawhito";
    short_never: "never measured", "kāore anō kia inea";
    short_withheld: "withheld", "e puritia ana";
    short_live: "live", "e tatau ana";
    vision: "Vision", "Te tirohanga whakamua";
    legal_basis: "Legal basis", "Te pūtake ā-ture";
    covers: "Covers", "Te wā";
    goals_and_measures: "Goals and measures", "Ngā whāinga me ngā inenga";
    no_theme: "Goals without a theme", "Ngā whāinga kāore he kaupapa";
    no_measures: "This goal has no measure.", "Kāore he inenga mō tēnei whāinga.";
    no_initiatives: "No initiative of this edition works towards it.", "Kāore he hinonga o tēnei putanga e mahi ana mō tēnei.";
    claims: "Claims without independent evidence", "Ngā kī kāore he taunakitanga motuhake";
    claims_lead: "Somebody says this is done or goes well, and no source shows it, or none but the word of those who say so.", "E kīia ana kua oti, e pai ana rānei te haere, engari kāore he puna e whakaatu ana, ko te kupu anake rānei a te hunga nā rātou te kī.";
    claims_none: "Everything that is said to be done has a source from elsewhere that shows it.", "He puna nō wāhi kē tō ia mea e kīia ana kua oti.";
    communities: "Communities", "Ngā hapori";
    communities_lead: "Communities decide on these pages and on the figures that they show.", "Mā ngā hapori ngā whakatau mō ēnei whārangi me ō rātou tatauranga.";
    translations: "Translations", "Ngā whakamāoritanga";
    signed_off: "Signed off by", "I hainatia e";
    to_newest: "Read the newest edition", "Pānuitia te putanga hou";
    latest: "Latest value", "Te uara hou";
    no_value: "no value", "kāore he uara";
    fictional: "Made up", "He mea tito";
    fictional_plan: "This page is an example. The community and its figures are made up.", "He tauira tēnei whārangi. He mea tito te hapori me ōna tatauranga.";
    community_holder: "Who decides", "Nā wai ngā whakatau";
    data_title: "Data", "Raraunga";
    data_lead: "Every figure of this edition, as tables that people and programs can read. CSV files come with a description of their columns (CSVW).", "Ngā tatauranga katoa o tēnei putanga, hei ripanga mā te tangata, mā te pūmanawa hoki. Kei ngā kōnae CSVW te whakamārama o ngā tīwae.";
    data_catalogue: "Catalogue of all tables (DCAT, JSON-LD)", "Rārangi o ngā ripanga katoa (DCAT, JSON-LD)";
    data_files: "Files", "Ngā kōnae";
    data_none: "no values", "kāore he uara";
    columns: "columns", "ngā tīwae";
    rows: "Rows", "Ngā rārangi";
    unit: "Unit", "Waeine";
    sources_title: "Sources", "Ngā puna";
    sources_lead: "Where the facts and figures of this plan come from. A page may have changed since it was fetched; the hash tells whether a copy is the one that was read.", "Te takenga mai o ngā mea pono me ngā tatauranga o tēnei mahere. Tērā pea kua panoni te whārangi mai i te tikinga; mā te waitohu (SHA-256) e mōhio ai mehemea ko te tārua tēnā i pānuitia.";
    published: "Published", "I whakaputaina";
    retrieved: "Fetched", "I tikina";
    not_published: "not on the web: handed over by the office", "kāore i te ipurangi: nā te tari i homai";
    kind_page: "page that may change", "whārangi ka panoni pea";
    kind_release: "dated release", "whakaputanga whai rā";
    kind_secondary: "quotes another source", "e whakahua ana i tētahi atu puna";
    kind_supplied: "handed over, not published", "i homai, kāore i whakaputaina";
    kind_derived: "computed from others", "he mea tātai i ētahi atu";
    kind_dataset: "data set", "huinga raraunga";
    narrative: "In words", "Ngā kōrero";
    measures_of_goal: "Measures of this goal", "Ngā inenga o tēnei whāinga";
    initiatives_of_goal: "Initiatives that work towards it", "Ngā hinonga e mahi ana mō tēnei";
    groups: "Mean scores by group", "Ngā kaute toharite mā ia rōpū";
    group: "Group", "Rōpū";
    score: "Score", "Kaute";
    counted_measures: "Measures counted", "Ngā inenga i tatauria";
    all_of_it: "All", "Te katoa";
}

phrases! {
    measured_of(n, all): "{n} of {all} measured", "{n} o te {all} kua inea";
    coverage_lead(all, targets, statuses): "The plan has {all} measures. {targets} of them have a target that is a number, and {statuses} have a status.", "E {all} ngā inenga o te mahere. E {targets} o ērā he tau te ūnga, ā, e {statuses} he tūnga tātai tō rātou.";
    volumes(n): "{n} count a volume, of which neither more nor less is better.", "E {n} e tatau ana i te rahi anake; kāore te nui, te iti rānei i te pai ake.";
    missing_translations(missing, texts): "{missing} of the {texts} texts of this edition have no translation into te reo Māori yet. They stand in English.", "E {missing} o ngā tuhinga e {texts} o tēnei putanga kāore anō kia whakamāoritia. Kei te reo Pākehā ērā.";
    sign_off(role, office, day): "{role}, {office}, {day}", "{role}, {office}, {day}";
}
