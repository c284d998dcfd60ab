//! A catalogue of the data sets: W3C, "Data Catalog Vocabulary (DCAT) - Version 3" (2024), as JSON-LD.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::address::{is_mail, is_web};
use super::csvw::texts;
use super::{Dataset, Place, date, pretty};
use crate::plan::{Frequency, Words};

/// A catalogue.
#[derive(Debug, Clone)]
pub struct Catalog<'a> {
    /// Id of the plan.
    pub id: &'a str,
    /// Title.
    pub title: &'a Words,
    /// What it is about.
    pub description: &'a Words,
    /// Who publishes it.
    pub publisher: &'a str,
    /// Whom to ask: a mail address, a web address, or words.
    pub contact: &'a str,
    /// Licence of the catalogue: an address, or words.
    pub licence: &'a str,
    /// Languages of its texts.
    pub languages: &'a [String],
    /// Country, ISO 3166 alpha-2.
    pub country: &'a str,
    /// Where it is published.
    pub place: Place<'a>,
    /// Path of the front page, from the base address.
    pub home: &'a str,
    /// Path of the page that lists the data sets, from the base address; each has its id as an anchor there.
    pub page: &'a str,
    /// Day of its edition, if it was published.
    pub issued: Option<Date>,
    /// Data sets with their files.
    pub datasets: Vec<(Dataset<'a>, Vec<File>)>,
}

/// A file of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path from the base address.
    pub path: String,
    /// Media type as IANA registers it, such as `text/csv`.
    pub media_type: &'static str,
    /// Size, bytes.
    pub bytes: u64,
    /// Path of the CSVW file that describes it, from the base address.
    pub described_by: Option<String>,
}

/// The catalogue as JSON-LD.
#[must_use]
pub fn dcat(catalog: &Catalog<'_>) -> String {
    let mut all = Map::new();
    all.insert("@context".into(), context());
    all.insert(
        "@id".into(),
        json!(catalog.place.href(&format!("{}#catalog", catalog.page))),
    );
    all.insert("@type".into(), json!("dcat:Catalog"));
    all.insert("dcterms:identifier".into(), json!(catalog.id));
    all.insert("dcterms:title".into(), texts(catalog.title));
    all.insert("dcterms:description".into(), texts(catalog.description));
    all.insert("dcterms:publisher".into(), agent(catalog.publisher));
    all.insert(
        "dcat:contactPoint".into(),
        contact(catalog.contact, catalog.publisher),
    );
    all.insert("dcterms:license".into(), licence(catalog.licence));
    all.insert("dcterms:language".into(), languages(catalog.languages));
    all.insert("dcterms:spatial".into(), location(catalog.country));
    all.insert(
        "foaf:homepage".into(),
        json!({ "@id": catalog.place.href(catalog.home) }),
    );
    if let Some(issued) = catalog.issued {
        all.insert("dcterms:issued".into(), date::day(issued));
    }
    let newest = catalog
        .datasets
        .iter()
        .flat_map(|(set, _)| set.series.rows.iter().map(|row| row.vintage))
        .max();
    if let Some(newest) = newest {
        all.insert("dcterms:modified".into(), date::typed(newest));
    }
    let sets = catalog
        .datasets
        .iter()
        .map(|(set, files)| dataset(catalog, set, files));
    all.insert("dcat:dataset".into(), Value::Array(sets.collect()));
    pretty(&Value::Object(all))
}

fn context() -> Value {
    json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "wdrs": "http://www.w3.org/2007/05/powder-s#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn dataset(catalog: &Catalog<'_>, set: &Dataset<'_>, files: &[File]) -> Value {
    let series = set.series;
    let mut all = Map::new();
    all.insert(
        "@id".into(),
        json!(
            catalog
                .place
                .href(&format!("{}#{}", catalog.page, series.id))
        ),
    );
    all.insert("@type".into(), json!("dcat:Dataset"));
    all.insert("dcterms:identifier".into(), json!(series.id));
    all.insert("dcterms:title".into(), texts(set.title));
    all.insert("dcterms:description".into(), texts(set.description));
    all.insert("dcterms:publisher".into(), agent(set.publisher));
    all.insert(
        "dcat:contactPoint".into(),
        contact(set.contact, set.publisher),
    );
    all.insert("dcterms:license".into(), licence(set.licence));
    if !set.rights.is_empty() {
        let all_rights = set
            .rights
            .iter()
            .map(|text| json!({ "@type": "dcterms:RightsStatement", "rdfs:label": text }));
        all.insert(
            "dcterms:accessRights".into(),
            Value::Array(all_rights.collect()),
        );
    }
    all.insert("dcterms:spatial".into(), location(catalog.country));
    times(&mut all, set);
    if let Some(rhythm) = set.frequency.and_then(rhythm) {
        all.insert(
            "dcterms:accrualPeriodicity".into(),
            json!({ "@id": rhythm }),
        );
    }
    let sources = set
        .sources
        .iter()
        .filter_map(|source| source.url.as_deref());
    let sources: Vec<Value> = sources
        .filter(|url| is_web(url))
        .map(|url| json!({ "@id": url }))
        .collect();
    if !sources.is_empty() {
        all.insert("dcterms:source".into(), Value::Array(sources));
    }
    let files = files.iter().map(|file| distribution(catalog, set, file));
    all.insert("dcat:distribution".into(), Value::Array(files.collect()));
    Value::Object(all)
}

/// What time the values are about, and when they were published.
fn times(all: &mut Map<String, Value>, set: &Dataset<'_>) {
    let periods = || set.series.rows.iter().map(|row| row.period);
    let (start, end) = (
        periods().map(|p| p.start()).min(),
        periods().map(|p| p.end()).max(),
    );
    if let (Some(start), Some(end)) = (start, end) {
        let span = json!({
            "@type": "dcterms:PeriodOfTime",
            "dcat:startDate": date::day(start),
            "dcat:endDate": date::day(end),
        });
        all.insert("dcterms:temporal".into(), span);
    }
    let vintages = || set.series.rows.iter().map(|row| row.vintage);
    if let (Some(oldest), Some(newest)) = (vintages().min(), vintages().max()) {
        all.insert("dcterms:issued".into(), date::typed(oldest));
        all.insert("dcterms:modified".into(), date::typed(newest));
    }
}

fn distribution(catalog: &Catalog<'_>, set: &Dataset<'_>, file: &File) -> Value {
    let address = catalog.place.href(&file.path);
    let mut all = Map::new();
    all.insert("@type".into(), json!("dcat:Distribution"));
    all.insert("dcterms:title".into(), texts(set.title));
    all.insert("dcat:accessURL".into(), json!({ "@id": address }));
    all.insert("dcat:downloadURL".into(), json!({ "@id": address }));
    let media = format!(
        "https://www.iana.org/assignments/media-types/{}",
        file.media_type
    );
    all.insert("dcat:mediaType".into(), json!({ "@id": media }));
    // The range is a non-negative integer since version 3.
    let size = json!({ "@type": "xsd:nonNegativeInteger", "@value": file.bytes.to_string() });
    all.insert("dcat:byteSize".into(), size);
    all.insert("dcterms:license".into(), licence(set.licence));
    if let Some(path) = &file.described_by {
        let described = json!({ "@id": catalog.place.href(path) });
        all.insert("wdrs:describedby".into(), described);
    }
    Value::Object(all)
}

fn agent(name: &str) -> Value {
    json!({ "@type": "foaf:Organization", "foaf:name": name })
}

fn contact(text: &str, publisher: &str) -> Value {
    let mut all = Map::new();
    all.insert("@type".into(), json!("vcard:Kind"));
    if is_mail(text) {
        all.insert("vcard:fn".into(), json!(publisher));
        all.insert(
            "vcard:hasEmail".into(),
            json!({ "@id": format!("mailto:{text}") }),
        );
    } else if is_web(text) {
        all.insert("vcard:fn".into(), json!(publisher));
        all.insert("vcard:hasURL".into(), json!({ "@id": text }));
    } else {
        all.insert("vcard:fn".into(), json!(text));
    }
    Value::Object(all)
}

fn licence(text: &str) -> Value {
    if is_web(text) {
        json!({ "@id": text })
    } else {
        json!({ "@type": "dcterms:LicenseDocument", "rdfs:label": text })
    }
}

/// As the Library of Congress names the languages of ISO 639-1.
fn languages(all: &[String]) -> Value {
    let all = all
        .iter()
        .map(|code| json!({ "@id": format!("http://id.loc.gov/vocabulary/iso639-1/{code}") }));
    Value::Array(all.collect())
}

fn location(country: &str) -> Value {
    json!({
        "@type": "dcterms:Location",
        "dcterms:identifier": { "@type": "dcterms:ISO3166", "@value": country },
    })
}

/// The terms of the Dublin Core Collection Description Frequency Vocabulary.
const fn rhythm(frequency: Frequency) -> Option<&'static str> {
    Some(match frequency {
        Frequency::Monthly => "http://purl.org/cld/freq/monthly",
        Frequency::Quarterly => "http://purl.org/cld/freq/quarterly",
        Frequency::Yearly => "http://purl.org/cld/freq/annual",
        Frequency::TwoYearly => "http://purl.org/cld/freq/biennial",
        Frequency::Irregular => "http://purl.org/cld/freq/irregular",
        Frequency::Once => return None,
    })
}
