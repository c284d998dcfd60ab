//! Files that are no pages: data, feed, catalogue, style.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::address::{Page, Tree};
use super::build::{BuildError, Out};
use super::data::dcat::File;
use super::data::{Catalog, Dataset, Place, csvw as describe, dcat, series_csv, series_json};
use super::feed;
use super::options::Options;
use super::words::Lang;
use crate::plan::{Measure, Plan, Series};
use crate::report::{MeasureReport, Report};
use crate::share;

/// Sizes of the files that were written, by path.
pub(crate) type Sizes = BTreeMap<String, usize>;

/// The address under which the site will be published, without a last `/`.
pub(crate) fn base_url<'a>(plan: &'a Plan, options: &'a Options) -> Option<&'a str> {
    let base = options.base_url.as_deref().or(plan.base_url.as_deref());
    base.map(|base| base.trim_end_matches('/'))
}

/// What changed since the edition before.
pub(crate) const CHANGES: &str = "changes.csv";

/// The file of a measure's values.
pub(crate) fn csv(id: &str) -> String {
    format!("data/{id}.csv")
}

/// The same as JSON.
pub(crate) fn json(id: &str) -> String {
    format!("data/{id}.json")
}

/// What describes the columns of [`csv`].
pub(crate) fn csvw(id: &str) -> String {
    format!("data/{id}.csv-metadata.json")
}

/// The site's own style sheet.
#[must_use]
pub fn style() -> String {
    format!(
        "{}\n{}\n{}\n{}",
        super::COLOURS,
        include_str!("css/track.css"),
        super::TABLES,
        super::chart::CSS
    )
}

/// What stands at the top, whatever the edition.
pub(crate) fn top<E>(
    plan: &Plan,
    newest: &Report<'_>,
    options: &Options,
    out: &mut Out<'_, E>,
) -> Result<(), BuildError<E>> {
    out.file(super::STYLE, style().into_bytes())?;
    for lang in options.languages_of(plan) {
        let xml = feed::feed(plan, newest, options, lang);
        out.file(&feed::file(lang), xml.into_bytes())?;
    }
    Ok(())
}

/// What of a measure's series is published with an edition: nothing that came later.
fn seen<'r>(one: &'r MeasureReport<'_>) -> Option<Cow<'r, Series>> {
    let series = one.series.as_deref()?;
    if series.rows.iter().all(|row| row.vintage.by(one.as_of)) {
        return Some(Cow::Borrowed(series));
    }
    let rows = series.rows.iter().filter(|row| row.vintage.by(one.as_of));
    Some(Cow::Owned(Series {
        id: series.id.clone(),
        dimensions: series.dimensions.clone(),
        rows: rows.cloned().collect(),
    }))
}

fn dataset<'a>(
    plan: &'a Plan,
    measure: &'a Measure,
    series: &'a Series,
    rights: &'a [String],
) -> Dataset<'a> {
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for row in &series.rows {
        // Neighbours mostly have the same source.
        if !ids.contains(&*row.source) {
            ids.insert(&row.source);
        }
    }
    Dataset {
        series,
        title: &measure.title,
        description: &measure.definition,
        unit: &measure.unit,
        frequency: Some(measure.frequency),
        licence: &measure.licence,
        rights,
        publisher: &plan.owner,
        contact: &measure.contact,
        sources: ids
            .into_iter()
            .filter_map(|id| plan.sources.get(id))
            .collect(),
    }
}

/// Terms and labels of those who hold the data.
fn rights(plan: &Plan, measure: &Measure) -> Vec<String> {
    let series = measure.series.as_deref().unwrap_or_default();
    let mut all = Vec::new();
    for mandate in plan.mandates_of(series) {
        all.push(format!("{}: {}", mandate.holder, mandate.terms.en));
        all.extend(mandate.labels.iter().cloned());
    }
    all
}

/// The files of one measure's values, each with its name; `None` if it has no series.
fn data_of(plan: &Plan, one: &MeasureReport<'_>) -> Option<[(String, Vec<u8>); 3]> {
    let series = seen(one)?;
    let measure = one.measure;
    let rights = rights(plan, measure);
    let set = dataset(plan, measure, &series, &rights);
    let about = describe(&set, &format!("{}.csv", measure.id), Lang::En.as_str());
    Some([
        (csv(&measure.id), series_csv(&series).into_bytes()),
        (json(&measure.id), series_json(&series).into_bytes()),
        (csvw(&measure.id), about.into_bytes()),
    ])
}

/// The data of one edition, in each of its folders.
pub(crate) fn data<E>(
    report: &Report<'_>,
    before: Option<&Report<'_>>,
    editions: &[Option<&str>],
    out: &mut Out<'_, E>,
) -> Result<Sizes, BuildError<E>> {
    let plan = report.plan;
    let trees = || {
        editions.iter().map(|edition| Tree {
            lang: Lang::En,
            edition: *edition,
        })
    };
    let mut sizes = Sizes::new();
    if let Some(before) = before {
        let table = feed::table(plan, before.edition, report.edition);
        for tree in trees() {
            out.file(&tree.shared(CHANGES), table.clone().into_bytes())?;
        }
    }
    let make = |one: &MeasureReport<'_>| data_of(plan, one);
    share::in_order(&report.measures, make, |made| {
        made.map_or(Ok(()), |files| values(files, editions, out, &mut sizes))
    })?;
    Ok(sizes)
}

/// The values of measures that earlier editions had and this one does not, as the last of those had them: their addresses
/// stay, as those of their pages do.
pub(crate) fn kept<E>(
    report: &Report<'_>,
    earlier: &[Report<'_>],
    editions: &[Option<&str>],
    out: &mut Out<'_, E>,
) -> Result<(), BuildError<E>> {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for one in earlier.iter().rev().flat_map(|before| &before.measures) {
        let id = one.measure.id.as_str();
        if report.measure(id).is_none()
            && done.insert(id)
            && let Some(files) = data_of(report.plan, one)
        {
            values(files, editions, out, &mut Sizes::new())?;
        }
    }
    Ok(())
}

/// The files of one measure's values, in each folder.
fn values<E>(
    files: [(String, Vec<u8>); 3],
    editions: &[Option<&str>],
    out: &mut Out<'_, E>,
    sizes: &mut Sizes,
) -> Result<(), BuildError<E>> {
    for (name, bytes) in files {
        let trees = editions.iter().map(|edition| Tree {
            lang: Lang::En,
            edition: *edition,
        });
        let mut paths: Vec<String> = trees.map(|tree| tree.shared(&name)).collect();
        let last = paths.pop();
        sizes.insert(name, bytes.len());
        for path in paths {
            out.file(&path, bytes.clone())?;
        }
        if let Some(path) = last {
            out.file(&path, bytes)?;
        }
    }
    Ok(())
}

/// The printed report of one edition, in each of its folders.
pub(crate) fn print<E>(
    lang: Lang,
    bytes: Vec<u8>,
    editions: &[Option<&str>],
    out: &mut Out<'_, E>,
) -> Result<(), BuildError<E>> {
    let name = super::print::file(lang);
    for edition in editions {
        let tree = Tree {
            lang,
            edition: *edition,
        };
        out.file(&tree.shared(&name), bytes.clone())?;
    }
    Ok(())
}

/// The catalogue of the newest edition's data.
pub(crate) fn catalogue<E>(
    report: &Report<'_>,
    options: &Options,
    sizes: &Sizes,
    out: &mut Out<'_, E>,
) -> Result<(), BuildError<E>> {
    let plan = report.plan;
    let seen: Vec<_> = report
        .measures
        .iter()
        .filter_map(|one| Some((one.measure, seen(one)?)))
        .collect();
    let rights: Vec<Vec<String>> = seen
        .iter()
        .map(|(measure, _)| rights(plan, measure))
        .collect();
    let sets = seen.iter().zip(&rights).map(|((measure, series), rights)| {
        let file = |path: String, media_type, described_by| File {
            bytes: sizes
                .get(&path)
                .and_then(|size| u64::try_from(*size).ok())
                .unwrap_or_default(),
            path,
            media_type,
            described_by,
        };
        let files = vec![
            file(csv(&measure.id), "text/csv", Some(csvw(&measure.id))),
            file(json(&measure.id), "application/json", None),
        ];
        (dataset(plan, measure, series, rights), files)
    });
    let data = Page::Data(0).file();
    let catalog = Catalog {
        id: &plan.id,
        title: &plan.title,
        description: &report.edition.vision,
        publisher: &plan.owner,
        contact: &plan.contact,
        licence: &plan.licence,
        languages: &plan.languages,
        country: &plan.country,
        place: Place {
            base_url: base_url(plan, options),
            up: "",
        },
        home: "index.html",
        page: &data,
        issued: report.edition.published,
        datasets: sets.collect(),
    };
    out.file(super::CATALOGUE, dcat(&catalog).into_bytes())
}
