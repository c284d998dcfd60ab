//! The report as a PDF.

use super::{phrases, words};

words! {
    print_kind: "Progress report", "Pūrongo ahu whakamua";
    print_robust: "How robust", "Te pakari";
    print_overview: "Measures of this goal at a glance", "He tirohanga ki ngā ine o tēnei whāinga";
    print_since: "What ended and what changed", "Ngā mea kua mutu, kua panoni";
    print_ended: "What ended, and why", "Ngā mea kua mutu, me te take";
    print_ended_none: "Nothing that an earlier edition had is gone.", "Kāore he mea o ngā putanga o mua kua ngaro.";
    print_origin: "Everything in this document is computed from the plan’s own files, as on the pages of its site. The chapter on method says how, and how anyone can compute it again.", "I tātaihia ngā mea katoa o tēnei tuhinga i ngā kōnae ake o te mahere, pērā i ngā whārangi o tōna pae. Kei te wāhanga mō te tikanga tātai te whakamārama, me pēhea hoki te tātai anō.";
}

phrases! {
    print_link(size): "The whole report to print or to keep (PDF, {size})", "Te pūrongo katoa hei tā, hei pupuri rānei (PDF, {size})";
    print_edition(id, state): "Edition {id} ({state})", "Putanga {id} ({state})";
    print_bounded(shown, all): "The plan has {all} measures. The first {shown} have sections of their own here; the others stand in the tables of their goals with status, latest value and target. The pages of the site have all of them in full.", "E {all} ngā ine o te mahere. He wāhanga tō ngā ine tuatahi e {shown} ki konei; kei ngā ripanga o ngā whāinga te tūnga, te uara hou me te ūnga o ērā atu. Kei ngā whārangi o te pae te katoa.";
    print_bounded_work(shown, all): "The plan has {all} initiatives. The first {shown} have sections of their own here; the others are listed with owner, steps and money. The pages of the site have all of them in full.", "E {all} ngā hinonga o te mahere. He wāhanga tō ngā hinonga tuatahi e {shown} ki konei; he rārangi mō ērā atu, me te kaitiaki, ngā mahi me te pūtea. Kei ngā whārangi o te pae te katoa.";
}
