//! What a measure says of itself, from its indicator's metadata.

use super::super::text::slug;
use super::data::Part;
use super::meta::Meta;
use super::{Notes, one_line, short};
use crate::plan::Frequency;

/// What a measure says of itself.
pub(super) struct Fields {
    pub(super) goal: (u32, String),
    pub(super) group: String,
    pub(super) title: String,
    pub(super) definition: String,
    pub(super) unit: String,
    pub(super) frequency: Frequency,
    pub(super) contact: Option<String>,
}

pub(super) fn fields(
    id: &str,
    part: &Part,
    one: bool,
    meta: &Meta,
    (file, notes): (&str, &mut Notes<'_>),
) -> Fields {
    let number = id.replace('-', ".");
    let named = |key: &str| meta.text(key).map(str::to_owned);
    let title = named("graph_title").or_else(|| named("indicator_name"));
    let mut title = title.unwrap_or_else(|| format!("Indicator {number}"));
    let names: Vec<&str> = [&part.series, &part.unit]
        .into_iter()
        .map(String::as_str)
        .filter(|name| !one && !name.is_empty())
        .collect();
    if !names.is_empty() {
        title = format!("{title} ({})", names.join(", "));
    }
    let keys = [
        "national_indicator_description",
        "computation_definitions",
        "indicator_name",
    ];
    let definition = keys.into_iter().find_map(named);
    if definition.is_none() {
        let mend = "Write what exactly is measured";
        notes.tally(
            (file, 0, 0),
            "no-definition",
            "no definition is stated: the title stands in",
            mend,
        );
    }
    let tier = meta
        .text("un_designated_tier")
        .map(|tier| format!(", UN tier {tier}"));
    let definition = format!(
        "{} (indicator {number}{})",
        definition
            .as_deref()
            .unwrap_or(&title)
            .trim_end_matches('.'),
        tier.unwrap_or_default()
    );
    let unit = Some(part.unit.clone()).filter(|unit| !unit.is_empty());
    let unit = unit.or_else(|| named("computation_units"));
    if unit.is_none() {
        notes.tally(
            (file, 0, 0),
            "no-unit",
            "no unit is stated",
            "Write the unit of the values",
        );
    }
    let (goal, group) = place(id, meta);
    Fields {
        group,
        goal,
        title,
        definition,
        unit: unit.unwrap_or_else(|| "not stated".to_owned()),
        frequency: frequency(meta.text("source_periodicity_1"), file, notes),
        contact: named("source_contact_1"),
    }
}

/// The goal and the group for means.
fn place(id: &str, meta: &Meta) -> ((u32, String), String) {
    let first = meta.text("sdg_goal").or_else(|| id.split('-').next());
    let goal: String = slug(first.unwrap_or_default()).chars().take(40).collect();
    let goal = if goal.is_empty() {
        "0".to_owned()
    } else {
        goal
    };
    let target = meta
        .text("target_id")
        .map(|target| one_line(target, 40).replace('/', "-"));
    let target = target.or_else(|| {
        let mut parts = id.split('-');
        Some(format!("{}.{}", parts.next()?, parts.next()?))
    });
    let group = match target {
        Some(target) => format!("goal {goal}/target {target}"),
        None => format!("goal {goal}"),
    };
    ((goal.parse().unwrap_or(u32::MAX), goal), group)
}

fn frequency(said: Option<&str>, file: &str, notes: &mut Notes<'_>) -> Frequency {
    let word = said.unwrap_or_default().trim().to_lowercase();
    match word.as_str() {
        "annual" | "annually" | "yearly" | "every year" => Frequency::Yearly,
        "monthly" => Frequency::Monthly,
        "quarterly" => Frequency::Quarterly,
        "biennial" | "every two years" | "every 2 years" => Frequency::TwoYearly,
        _ => {
            let what = if word.is_empty() {
                "how often figures come is not stated: written as irregular".to_owned()
            } else {
                format!(
                    "`{}` says how often figures come, and was written as irregular",
                    short(&word)
                )
            };
            let mend = "Write monthly, quarterly, yearly, 2-yearly, irregular or once";
            notes.tally((file, 0, 0), "no-frequency", &what, mend);
            Frequency::Irregular
        }
    }
}
