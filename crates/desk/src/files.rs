//! Which types of files an operator takes.

/// Longest list of types, in entries.
const RULES_MAX: usize = 100;

/// Types of files that are taken, by content and by name. Without a rule all are: what people send is evidence, malware
/// among it, and leaves the service only in an archive with a password.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileTypes {
    taken: Vec<Rule>,
    refused: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// `image/png`
    Media(String),
    /// `image/*`; the part before the stroke, and the stroke.
    Family(String),
    /// `.docx`, with its point.
    Ending(String),
}

/// Why a list of types cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileTypesError {
    /// An entry is neither a media type nor an ending.
    #[error("{0:?} is no media type (`image/png`, `image/*`) and no ending (`.docx`)")]
    Rule(String),
    /// Too many entries.
    #[error("a list of file types has at most {RULES_MAX} entries")]
    Many,
}

impl Rule {
    fn parse(text: &str) -> Result<Self, FileTypesError> {
        let wrong = || FileTypesError::Rule(text.to_owned());
        let plain = |part: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
            !part.is_empty() && part.chars().all(known)
        };
        let low = text.to_ascii_lowercase();
        if let Some(ending) = low.strip_prefix('.') {
            return if plain(ending) {
                Ok(Self::Ending(low))
            } else {
                Err(wrong())
            };
        }
        match low.split_once('/') {
            Some((family, "*")) if plain(family) => Ok(Self::Family(format!("{family}/"))),
            Some((family, kind)) if plain(family) && plain(kind) => Ok(Self::Media(low)),
            _ => Err(wrong()),
        }
    }

    fn print(&self) -> String {
        match self {
            Self::Media(known) | Self::Ending(known) => known.clone(),
            Self::Family(known) => format!("{known}*"),
        }
    }

    fn fits(&self, media_type: &str, name: Option<&str>) -> bool {
        match self {
            Self::Media(known) => known == media_type,
            Self::Family(known) => media_type.starts_with(known.as_str()),
            Self::Ending(known) => {
                name.is_some_and(|name| name.to_lowercase().trim_end().ends_with(known.as_str()))
            }
        }
    }
}

impl FileTypes {
    /// Reads a list with commas: media types (`application/pdf`), families of them (`image/*`) and endings of names
    /// (`.docx`). With a `!` before it, an entry is refused; without one, only what is listed is taken.
    ///
    /// # Errors
    /// See [`FileTypesError`].
    pub fn parse(list: &str) -> Result<Self, FileTypesError> {
        let mut types = Self::default();
        let entries = list.split(',').map(str::trim);
        for (at, entry) in entries.filter(|entry| !entry.is_empty()).enumerate() {
            if at >= RULES_MAX {
                return Err(FileTypesError::Many);
            }
            match entry.strip_prefix('!') {
                Some(refused) => types.refused.push(Rule::parse(refused.trim())?),
                None => types.taken.push(Rule::parse(entry)?),
            }
        }
        Ok(types)
    }

    /// The entries as they can be read again: first what is taken, then, with `!`, what is refused.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let refused = self.refused.iter().map(|rule| format!("!{}", rule.print()));
        self.taken.iter().map(Rule::print).chain(refused).collect()
    }

    /// Whether a file is taken, by the media type that its content shows and the name it was sent with.
    #[must_use]
    pub fn takes(&self, media_type: &str, name: Option<&str>) -> bool {
        let fits = |rule: &Rule| rule.fits(media_type, name);
        !self.refused.iter().any(fits) && (self.taken.is_empty() || self.taken.iter().any(fits))
    }

    /// Whether a file whose name comes later may turn out to be taken.
    #[must_use]
    pub fn may_take(&self, media_type: &str) -> bool {
        let named = |rule: &Rule| matches!(rule, Rule::Ending(_));
        let fits = |rule: &Rule| rule.fits(media_type, None);
        !self.refused.iter().any(fits)
            && (self.taken.is_empty() || self.taken.iter().any(|rule| named(rule) || fits(rule)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXE: &str = "application/vnd.microsoft.portable-executable";

    #[test]
    fn without_rules_everything_is_taken() {
        let all = FileTypes::parse(" , ").unwrap();
        assert_eq!(all, FileTypes::default());
        assert!(all.takes(EXE, Some("invoice.pdf.exe")) && all.may_take(EXE));
    }

    #[test]
    fn lists_take_and_refuse_by_content_and_name() {
        let types =
            FileTypes::parse("image/*, application/pdf, .docx, !image/tiff, !.HTA").unwrap();
        for (media, name, taken) in [
            ("image/png", Some("a.png"), true),
            ("image/tiff", Some("a.tiff"), false),
            ("application/pdf", None, true),
            ("application/zip", Some("Letter.DOCX"), true),
            ("application/zip", Some("docx"), false),
            ("application/zip", None, false),
            (EXE, Some("a.pdf"), false),
            ("image/png", Some("picture.hta "), false),
        ] {
            assert_eq!(types.takes(media, name), taken, "{media} {name:?}");
        }
        let list = types.list();
        assert_eq!(
            list.join(","),
            "image/*,application/pdf,.docx,!image/tiff,!.hta"
        );
        assert_eq!(FileTypes::parse(&list.join(",")), Ok(types.clone()));
        assert!(types.may_take("application/zip"), "its name may end so");
        assert!(!types.may_take("image/tiff"));
        let pictures = FileTypes::parse("image/*").unwrap();
        assert!(!pictures.may_take("application/zip"));
    }

    #[test]
    fn what_is_no_type_is_named() {
        for wrong in [
            "pdf",
            "image/",
            "/png",
            "*/*",
            ".",
            "a b/c",
            "!",
            "image/png;q=1",
        ] {
            let error = FileTypes::parse(wrong).unwrap_err();
            assert!(matches!(error, FileTypesError::Rule(_)), "{wrong}: {error}");
        }
        let many = "image/png,".repeat(RULES_MAX + 1);
        assert_eq!(FileTypes::parse(&many), Err(FileTypesError::Many));
    }
}
