//! Broken forms: each mistake is found in its file, on its line, with a remedy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use cairn_desk::form::{Form, FormFiles, FormProblem};

/// The built-in form with one text replaced in one file.
fn with(file: &str, old: &str, new: &str) -> Vec<FormProblem> {
    let mut files = FormFiles::embedded();
    let slot = match file {
        "form.toml" => &mut files.form,
        "advice.toml" => &mut files.advice,
        "agencies.toml" => &mut files.agencies,
        "help.toml" => &mut files.help,
        "taxonomy.toml" => &mut files.taxonomy,
        "texts.en.toml" => &mut files.texts[0].1,
        "texts.mi.toml" => &mut files.texts[1].1,
        other => panic!("no file {other}"),
    };
    assert!(slot.contains(old), "{file} has no {old:?}");
    *slot = slot.replacen(old, new, 1).into();
    Form::parse(&files).expect_err("a problem")
}

/// One mistake: file, old text, new text, then what must be said: file:line of `at` in the broken file, what, mend.
struct Mistake {
    file: &'static str,
    old: &'static str,
    new: &'static str,
    /// A text on the line that must be named.
    at: &'static str,
    what: &'static str,
    mend: &'static str,
}

const fn m(
    file: &'static str,
    (old, new): (&'static str, &'static str),
    at: &'static str,
    what: &'static str,
    mend: &'static str,
) -> Mistake {
    Mistake {
        file,
        old,
        new,
        at,
        what,
        mend,
    }
}

const FORM: &str = "form.toml";

#[rustfmt::skip]
const MISTAKES: &[Mistake] = &[
    m(FORM, ("version = 1\n", "version = 1\nlanguge = 1\n"), "languge", "unknown key `languge`", "Did you mean `language"),
    m(FORM, ("version = 1\n", "version = 0\n"), "version = 0", "`version` is missing or below 1", "Write `version = 1`"),
    m(FORM, ("version = 1\n", "version = \"one\"\n"), "version =", "`version` is string, not a whole number", "Write a whole number"),
    m(FORM, ("version = 1\n", "version = = 1\n"), "version =", "not TOML", "Mend the syntax"),
    m(FORM, ("id = \"nz\"", "id = \"N Z\""), "id =", "`N Z` is no code", "lower-case letters"),
    m(FORM, ("country = \"NZ\"", "country = \"nz\""), "country =", "`nz` is no country code", "ISO 3166-1"),
    m(FORM, ("calling_code = 64", "calling_code = 0"), "calling_code", "no telephone code", "calling_code = 64"),
    m(FORM, ("\"NZD\", ", "\"NZX\", "), "currencies =", "`NZX` is no currency code", "ISO 4217"),
    m(FORM, ("\"NZD\", ", "\"NZD\", \"NZD\", "), "currencies =", "`NZD` is listed twice", "Take one"),
    m(FORM, ("default = 6", "default = 7"), "default = 7", "severity 7 is not in the taxonomy", "Write 1 to 6"),
    m(FORM, ("minor = 1_000_000", "minor = 0"), "minor = 0", "`minor` is missing or below 1", "smallest unit"),
    m(FORM, ("kind = \"choices\"", "kind = \"choises\""), "choises", "unknown kind `choises`", "Did you mean `choices`?"),
    m(FORM, ("role = \"occurred\"", "role = \"occured\""), "\"occured\"", "unknown role `occured`", "Did you mean `occurred`?"),
    m(FORM, ("flags = [\"emergency\"", "flags = [\"emergancy\""), "emergancy", "unknown flags `emergancy`", "Did you mean `emergency`?"),
    m(FORM, ("category = \"scam\", weight = 1 ", "category = \"scan\", weight = 1 "), "\"scan\"", "category `scan` is not in the taxonomy", "Did you mean `scam`?"),
    m(FORM, ("subtype = \"goods\"", "subtype = \"good\""), "\"good\"", "no sub-type `good`", "Did you mean `goods`?"),
    m(FORM, ("suggests = [{ category = \"scam\", weight = 1 }]", "suggests = [{ subtype = \"goods\" }]"), "subtype = \"goods\" }]", "a sub-type without its category", "Add `category"),
    m(FORM, ("category = \"scam\", weight = 1 ", "category = \"scam\", weight = 1000 "), "weight = 1000", "weight 1000 is out of bounds", "1 to 100"),
    m(FORM, ("code = \"danger\"\n[[step.question]]\ncode = \"danger\"", "code = \"danger\"\n[[step.question]]\ncode = \"who\""), "two-who", "two questions have the code `who`", "another code"),
    m(FORM, ("[[step]]\ncode = \"emergency\"", "[[step]]\ncode = \"danger\""), "two-danger", "two steps have the code `danger`", "another code"),
    m(FORM, ("{ code = \"no\" },\n]\n\n[[step]]\ncode = \"emergency\"", "{ code = \"yes\" },\n]\n\n[[step]]\ncode = \"emergency\""), "{ code = \"yes\" },", "two options have the code `yes`", "another code"),
    m(FORM, ("{ code = \"no\" },", "{ code = \"not_known\" },"), "\"not_known\" }", "`not_known` is no option", "not_known = true"),
    m(FORM, ("is = [\"law\"], not = true", "is = [\"lore\"], not = true"), "money_moved-step", "`who` has no option `lore`", "Use a code of the options"),
    m(FORM, ("question = \"who\", is = [\"law\"], not", "question = \"whoo\", is = [\"law\"], not"), "money_moved-step", "unknown question `whoo`", "Did you mean `who`?"),
    m(FORM, ("question = \"who\", is = [\"law\"], not", "question = \"what\", is = [\"scam\"], not"), "money_moved-step", "condition on the later question `what`", "Move this step behind"),
    m(FORM, ("question = \"who\", is = [\"law\"], not", "question = \"money_moved\", is = [\"yes\"], not"), "money_moved-step", "a loop", "take the condition out"),
    m(FORM, ("show_if = [{ flag = \"emergency\" }]", "show_if = [{ question = \"who\", is = [\"me\"] }, { question = \"who\", is = [\"law\"] }]"), "emergency-step", "unreachable", "take out one of the conditions"),
    m(FORM, ("show_if = [{ flag = \"emergency\" }]", "show_if = [{ flag = \"anonymous\" }]"), "emergency-step", "no option of an earlier step switches on the flag `anonymous`", "flags = [\"anonymous\"]"),
    m(FORM, ("show_if = [{ flag = \"emergency\" }]", "show_if = [{ }]"), "show_if = [{ }]", "neither or both", "{ flag = "),
    m(FORM, ("show_if = [{ flag = \"emergency\" }]", "show_if = [{ question = \"who\", is = [] }]"), "emergency-step", "without answers", "Write `is"),
    m(FORM, ("help = [\"bank\"]", "help = [\"banks\"]"), "\"banks\"", "no help block has the code `banks`", "Did you mean `bank`?"),
    m(FORM, ("chars_max = 10_000", "chars_max = 10_000_000"), "chars_max = 10_000_000", "`chars_max` is 10000000", "from 1 to 50000"),
    m(FORM, ("items_max = 20", "items_max = 0"), "items_max", "`items_max` is 0", "from 1 to 50"),
    m(FORM, ("min = 0\n", "min = 200_000_000\n"), "min = 200", "`min` 200000000 is above `max`", "Swap them"),
    m(FORM, ("options_from = \"regions\"", "options_from = \"region\""), "\"region\"\n[", "the taxonomy has no list `region`", "regions, age_bands"),
    m(FORM, ("role = \"story\"\n", ""), "", "no question has the role `story`", "Add `role"),
    m(FORM, (", flags = [\"anonymous\"]", ""), "", "no option has the flag `anonymous`", "stay anonymous"),
    m(FORM, ("role = \"region\"", "role = \"story\""), "region-question", "the role of `region` does not fit", "`occurred` is a date"),
    m(FORM, ("kind = \"observables\"\nchars_max = 20_000", "kind = \"contact\""), "traces-question", "", ""),
    m("texts.en.toml", ("[questions.who.errors]", "[questions.who.erors]"), "Choose who", "the text `questions.who.erors.required` is not used", "Did you mean `questions.who.errors.required`?"),
    m("texts.en.toml", ("heading = \"Who did this happen to?\"\n", ""), "[questions.who]", "the text `questions.who.heading` is missing", "under `[questions.who]`"),
    m("texts.mi.toml", ("me = \"Ki ahau\"\n", ""), "[questions.who.options]", "the text `questions.who.options.me` is missing", "me = "),
    m("texts.mi.toml", ("me = \"Ki ahau\"\n", "me = \"\"\n"), "me = \"\"", "the text `questions.who.options.me` is empty", "me = "),
    m("texts.mi.toml", ("Kia {max} pūāhua", "Kia {maks} pūāhua"), "{maks}", "unknown place `{maks}`", "Did you mean `{max}`?"),
    m("texts.en.toml", ("me = \"Me\"", "me = 1"), "me = 1", "`me` is integer", "Write a text"),
    m("advice.toml", ("categories = [\"scam\"]", "categories = [\"scamm\"]"), "scamm", "category `scamm` is not in the taxonomy", "Did you mean `scam`?"),
    m("advice.toml", ("categories = [\"scam\"]", "categories = [\"phishing\"]"), "two-phishing", "`phishing` has advice twice", "Take one"),
    m("advice.toml", ("\"scam/extortion\"", "\"scam/extorsion\""), "extorsion", "category `scam` has no sub-type `extorsion`", "Did you mean `scam/extortion`?"),
    m("advice.toml", ("\"scam/extortion\"", "\"scan/extortion\""), "scan/", "category `scan` is not in the taxonomy", "Did you mean `scam`?"),
    m("advice.toml", ("[[advice.action]]\ntext = { en = \"Write down the steps", "[[advice.actoin]]\ntext = { en = \"Write down the steps"), "advice.actoin", "unknown key `actoin`", "Did you mean `action`?"),
    m("agencies.toml", ("code = \"netsafe\"", "code = \"police\""), "two-police", "code `police` is used twice", "another code"),
    m("agencies.toml", ("mi = \"Netsafe\"", "me = \"Netsafe\""), "me = \"Netsafe\"", "unknown key `me`", "Did you mean"),
    m("help.toml", ("phone = \"1737\"", "phone = \"call me\""), "call me", "`phone` is not a telephone number", "digits and blanks"),
    m("help.toml", ("leave_to = \"https://", "leave_to = \"http://"), "leave_to", "not an address that starts with https://", "https://…"),
    m("help.toml", ("before = [\"emergency\"", "before = [\"emergencies\""), "before =", "no help block has the code `emergencies`", "Did you mean `emergency`?"),
    m("taxonomy.toml", ("rsit = \"fraud:phishing\"", "rsit = \"fraud:phish\""), "fraud:phish\"", "`fraud:phish` is no class and type of RSIT", "fraud:phishing"),
    m("taxonomy.toml", ("level = 2", "level = 3"), "level = 3", "level is 3", "without gaps: 2"),
    m("taxonomy.toml", ("version = 1", "version = 0"), "version = 0", "below 1", "next number"),
];

/// Where the problem must be: most places are found by text, a few by the n-th occurrence.
fn line(mistake: &Mistake, broken: &str) -> usize {
    let nth = |text: &str, n: usize| {
        let (at, _) = broken
            .match_indices(text)
            .nth(n)
            .unwrap_or_else(|| panic!("no {text:?}"));
        broken[..at].matches('\n').count() + 1
    };
    match mistake.at {
        "" => 0,
        "two-who" => nth("\ncode = \"who\"", 2) + 1,
        "two-danger" => nth("\ncode = \"danger\"", 2) + 1,
        "two-phishing" => nth("categories = [\"phishing\"]", 1),
        "two-police" => nth("\ncode = \"police\"", 1) + 1,
        "money_moved-step" => nth("[[step]]\ncode = \"money_moved\"", 0),
        "emergency-step" => nth("[[step]]\ncode = \"emergency\"", 0),
        "region-question" => nth("[[step.question]]\ncode = \"region\"", 0),
        text => nth(text, 0),
    }
}

#[test]
fn every_mistake_is_named_with_file_line_and_remedy() {
    for mistake in MISTAKES.iter().filter(|mistake| !mistake.what.is_empty()) {
        let problems = with(mistake.file, mistake.old, mistake.new);
        let files = FormFiles::embedded();
        let text = match mistake.file {
            "form.toml" => &files.form,
            "advice.toml" => &files.advice,
            "agencies.toml" => &files.agencies,
            "help.toml" => &files.help,
            "taxonomy.toml" => &files.taxonomy,
            "texts.en.toml" => &files.texts[0].1,
            _ => &files.texts[1].1,
        };
        let broken = text.replacen(mistake.old, mistake.new, 1);
        let line = line(mistake, &broken);
        let found = problems.iter().any(|problem| {
            problem.file == mistake.file
                && problem.line == line
                && problem.what.contains(mistake.what)
                && problem.mend.contains(mistake.mend)
        });
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(
            found,
            "{}:{line}: {} … {}\nbut got:\n{}",
            mistake.file,
            mistake.what,
            mistake.mend,
            lines.join("\n")
        );
    }
    assert!(MISTAKES.len() >= 50);
}

#[test]
fn a_second_contact_question_is_refused() {
    let problems = with(
        FORM,
        "kind = \"observables\"\nchars_max = 20_000",
        "kind = \"contact\"",
    );
    assert!(
        problems.iter().any(|problem| problem
            .what
            .contains("a second question of the kind `contact`")),
        "{problems:?}"
    );
}

#[test]
fn a_step_cannot_take_the_name_of_a_page_of_the_program() {
    for taken in ["check", "send", "sent", "again", "finish", "exit"] {
        let code = format!("[[step]]\ncode = \"{taken}\"");
        let problems = with(FORM, "[[step]]\ncode = \"emergency\"", &code);
        let found = problems.iter().find(|problem| {
            problem
                .what
                .contains(&format!("`{taken}` is the name of a page"))
        });
        let found = found.unwrap_or_else(|| panic!("{taken}: {problems:?}"));
        assert!(found.file == FORM && found.line > 1 && found.mend.contains("another code"));
    }
}

#[test]
fn a_missing_language_and_a_superfluous_one_are_named() {
    let mut files = FormFiles::embedded();
    files.texts[1].0 = "fr".into();
    let problems = Form::parse(&files).expect_err("problems");
    let says = |file: &str, what: &str| {
        problems
            .iter()
            .any(|one| one.file == file && one.what.contains(what))
    };
    assert!(says(
        "texts.mi.toml",
        "there are no texts for the language `mi`"
    ));
    assert!(says(
        "texts.fr.toml",
        "the form does not have the language `fr`"
    ));
}

#[test]
fn an_empty_folder_is_no_form_and_does_not_panic() {
    let problems = Form::parse(&FormFiles::from_dir_texts([])).expect_err("problems");
    assert!(problems.len() > 5);
    for name in FormFiles::NAMES {
        let files = FormFiles::from_dir_texts([(name.to_owned(), "\u{0}[[[ = \"".to_owned())]);
        assert!(Form::parse(&files).is_err());
    }
}

#[test]
fn a_folder_is_read_by_file_name() {
    let own = FormFiles::embedded();
    let mut files = vec![
        ("form.toml".to_owned(), own.form.to_string()),
        ("advice.toml".to_owned(), own.advice.to_string()),
        ("agencies.toml".to_owned(), own.agencies.to_string()),
        ("help.toml".to_owned(), own.help.to_string()),
        ("README".to_owned(), "not ours".to_owned()),
    ];
    files.extend(
        own.texts
            .iter()
            .map(|(code, text)| (format!("texts.{code}.toml"), text.to_string())),
    );
    assert!(Form::parse(&FormFiles::from_dir_texts(files)).is_ok());
}
