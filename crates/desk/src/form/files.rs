//! The files a form is made of, as texts.

use std::borrow::Cow;

/// The texts of a form's files. Reading them from disk is the caller's work.
#[derive(Debug, Clone)]
pub struct FormFiles<'a> {
    /// `form.toml`
    pub form: Cow<'a, str>,
    /// Language code and text of each `texts.LANGUAGE.toml`.
    pub texts: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// `advice.toml`
    pub advice: Cow<'a, str>,
    /// `agencies.toml`
    pub agencies: Cow<'a, str>,
    /// `help.toml`
    pub help: Cow<'a, str>,
    /// `taxonomy.toml`; where a folder has none, the caller passes [`FormFiles::embedded`]'s.
    pub taxonomy: Cow<'a, str>,
}

impl FormFiles<'static> {
    /// The form of Aotearoa New Zealand that is built into the program.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            form: include_str!("../../../../forms/nz/form.toml").into(),
            texts: vec![
                (
                    "en".into(),
                    include_str!("../../../../forms/nz/texts.en.toml").into(),
                ),
                (
                    "mi".into(),
                    include_str!("../../../../forms/nz/texts.mi.toml").into(),
                ),
            ],
            advice: include_str!("../../../../forms/nz/advice.toml").into(),
            agencies: include_str!("../../../../forms/nz/agencies.toml").into(),
            help: include_str!("../../../../forms/nz/help.toml").into(),
            taxonomy: include_str!("../../../../data/taxonomy.toml").into(),
        }
    }

    /// Names of the files in a form's folder that hold no texts: those besides `texts.LANGUAGE.toml`.
    pub const NAMES: [&'static str; 5] = [
        "form.toml",
        "advice.toml",
        "agencies.toml",
        "help.toml",
        "taxonomy.toml",
    ];

    /// A form from the (name, text) pairs of its folder; names that are no file of a form are left alone. A folder
    /// without `taxonomy.toml` uses the built-in one; any other missing file is taken as empty, which
    /// [`Form::parse`](super::Form::parse) then reports key by key.
    #[must_use]
    pub fn from_dir_texts(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut found = Self {
            form: "".into(),
            texts: Vec::new(),
            advice: "".into(),
            agencies: "".into(),
            help: "".into(),
            taxonomy: include_str!("../../../../data/taxonomy.toml").into(),
        };
        for (name, text) in files {
            match name.as_str() {
                "form.toml" => found.form = text.into(),
                "advice.toml" => found.advice = text.into(),
                "agencies.toml" => found.agencies = text.into(),
                "help.toml" => found.help = text.into(),
                "taxonomy.toml" => found.taxonomy = text.into(),
                _ => {
                    if let Some(language) = name
                        .strip_prefix("texts.")
                        .and_then(|rest| rest.strip_suffix(".toml"))
                    {
                        found.texts.push((language.to_owned().into(), text.into()));
                    }
                }
            }
        }
        found.texts.sort();
        found
    }
}
