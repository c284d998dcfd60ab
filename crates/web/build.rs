//! Reads every text of the pages, fails the build when the languages don't say the same things, and writes one Rust
//! function per text, so that a text which code uses and the files lack is a compile error.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use fluent_syntax::parser;

const LANGUAGES: [(&str, &str); 2] = [("en", "En"), ("mi", "Mi")];

/// What matters of one text: the file it is in, the variables it needs, and the text itself if it is always the same.
struct Text {
    file: String,
    variables: BTreeSet<String>,
    fixed: Option<String>,
}

type Texts = BTreeMap<String, Text>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../locales");
    writeln!(io::stdout(), "cargo::rerun-if-changed={}", root.display())?;
    let mut sources = Vec::new();
    let mut all = Vec::new();
    for (language, _) in LANGUAGES {
        let mut texts = Texts::new();
        let mut source = String::new();
        for path in files(&root.join(language))? {
            writeln!(io::stdout(), "cargo::rerun-if-changed={}", path.display())?;
            let content = fs::read_to_string(&path)?;
            collect(language, &path, &content, &mut texts)?;
            source.push_str(&content);
            source.push('\n');
        }
        sources.push(source);
        all.push(texts);
    }
    let [english, maori] = all.as_slice() else {
        return Err("two languages are expected".into());
    };
    let faults = differences(english, maori);
    if !faults.is_empty() {
        return Err(format!("the languages differ:\n{}", faults.join("\n")).into());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for ((language, _), source) in LANGUAGES.iter().zip(&sources) {
        fs::write(out.join(format!("{language}.ftl")), source)?;
    }
    fs::write(out.join("texts.rs"), functions(english, maori)?)?;
    Ok(())
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "ftl") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn collect(
    language: &str,
    path: &Path,
    content: &str,
    texts: &mut Texts,
) -> Result<(), Box<dyn Error>> {
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let resource =
        parser::parse(content).map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
    let mut add = |key: String, pattern: &Pattern<&str>| {
        let mut variables = BTreeSet::new();
        pattern_variables(pattern, &mut variables);
        let text = Text {
            file: file.clone(),
            variables,
            fixed: fixed(pattern),
        };
        match texts.insert(key.clone(), text) {
            Some(before) => Err(format!(
                "{language}: {key} stands twice, in {} and {file}",
                before.file
            )),
            None => Ok(()),
        }
    };
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                if let Some(value) = &message.value {
                    add(message.id.name.to_owned(), value)?;
                }
                for attribute in &message.attributes {
                    add(
                        format!("{}.{}", message.id.name, attribute.id.name),
                        &attribute.value,
                    )?;
                }
            }
            Entry::Term(term) => add(format!("-{}", term.id.name), &term.value)?,
            Entry::Junk { content } => {
                return Err(format!("{}: not understood: {content}", path.display()).into());
            }
            _ => {}
        }
    }
    Ok(())
}

fn pattern_variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_variables(expression, found);
        }
    }
}

fn expression_variables(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => inline_variables(inline, found),
        Expression::Select { selector, variants } => {
            inline_variables(selector, found);
            for variant in variants {
                pattern_variables(&variant.value, found);
            }
        }
    }
}

fn inline_variables(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            argument_variables(arguments, found)
        }
        InlineExpression::TermReference {
            arguments: Some(arguments),
            ..
        } => argument_variables(arguments, found),
        InlineExpression::Placeable { expression } => expression_variables(expression, found),
        _ => {}
    }
}

fn argument_variables(arguments: &CallArguments<&str>, found: &mut BTreeSet<String>) {
    for argument in &arguments.positional {
        inline_variables(argument, found);
    }
    for argument in &arguments.named {
        inline_variables(&argument.value, found);
    }
}

fn fixed(pattern: &Pattern<&str>) -> Option<String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } if !value.contains('\\') => text.push_str(value),
            PatternElement::Placeable { .. } => return None,
        }
    }
    Some(text)
}

fn differences(english: &Texts, maori: &Texts) -> Vec<String> {
    let keys: BTreeSet<&String> = english.keys().chain(maori.keys()).collect();
    let mut faults = Vec::new();
    for key in keys {
        match (english.get(key), maori.get(key)) {
            (Some(en), Some(mi)) => {
                if en.file != mi.file {
                    faults.push(format!("{key}: en/{} but mi/{}", en.file, mi.file));
                }
                if en.variables != mi.variables {
                    faults.push(format!(
                        "{key}: en uses {:?}, mi uses {:?}",
                        en.variables, mi.variables
                    ));
                }
            }
            (Some(en), None) => faults.push(format!("{key}: in en/{} but missing in mi", en.file)),
            (None, Some(mi)) => faults.push(format!("{key}: in mi/{} but missing in en", mi.file)),
            (None, None) => {}
        }
    }
    faults
}

fn functions(english: &Texts, maori: &Texts) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut names = BTreeMap::new();
    for (key, en) in english.iter().filter(|(key, _)| !key.starts_with('-')) {
        let name = name(key);
        if let Some(other) = names.insert(name.clone(), key) {
            return Err(format!("{key} and {other} would both be the function {name}").into());
        }
        let Some(mi) = maori.get(key) else { continue };
        let sample = en
            .fixed
            .as_deref()
            .unwrap_or(key)
            .lines()
            .next()
            .unwrap_or_default();
        writeln!(
            code,
            "/// `{key}`: {}",
            sample.replace(['[', ']', '<', '>', '`'], " ")
        )?;
        match (&en.fixed, &mi.fixed) {
            (Some(en), Some(mi)) => writeln!(
                code,
                "#[must_use]\npub const fn {name}(lang: Lang) -> &'static str {{\n    match lang {{\n        Lang::En => {en:?},\n        Lang::Mi => {mi:?},\n    }}\n}}"
            )?,
            _ => formatted(&mut code, &name, key, &en.variables)?,
        }
    }
    writeln!(
        code,
        "/// The keys of all texts.\npub const KEYS: &[&str] = &{:?};",
        english.keys().collect::<Vec<_>>()
    )?;
    Ok(code)
}

fn formatted(
    code: &mut String,
    name: &str,
    key: &str,
    variables: &BTreeSet<String>,
) -> Result<(), Box<dyn Error>> {
    let (mut parameters, mut pairs) = (String::new(), String::new());
    for variable in variables {
        let argument = self::name(variable);
        write!(parameters, ", {argument}: impl Into<Value<'a>>")?;
        write!(pairs, "({variable:?}, {argument}.into()), ")?;
    }
    let lifetime = if variables.is_empty() { "" } else { "<'a>" };
    writeln!(
        code,
        "#[must_use]\npub fn {name}{lifetime}(lang: Lang{parameters}) -> String {{\n    format(lang, {key:?}, [{pairs}])\n}}"
    )?;
    Ok(())
}

/// `status-title` → `status_title`; `status-title.hint` → `status_title_hint`; Rust's own words get a trailing line.
fn name(key: &str) -> String {
    let name = key.to_lowercase().replace(['-', '.'], "_");
    match name.as_str() {
        "continue" | "move" | "type" | "match" | "use" | "where" | "for" | "in" | "if" | "else"
        | "true" | "false" | "loop" | "ref" | "return" | "self" | "static" | "final" | "do"
        | "lang" | "format" => name + "_",
        _ => name,
    }
}
