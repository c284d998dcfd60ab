//! Plans for the tests of several modules.

use jiff::civil::date;

use super::new_plan;
use crate::plan::{Files, Plan};
use crate::plan_files;

/// One of the plans that are shipped as examples.
pub(super) fn example(name: &str) -> Plan {
    read(&plan_files::folder(name))
}

pub(super) fn read(files: &Files) -> Plan {
    let (plan, faults) = Plan::read(files);
    plan.unwrap_or_else(|| panic!("{faults:#?}"))
}

/// A plan with these initiatives, one goal with four measures, and sources by an office, a council and a gazette.
pub(super) fn plan_of(initiatives: &str) -> Plan {
    let mut files = new_plan("p", "P", "O", "NZ", date(2026, 6, 30)).unwrap();
    files.insert("editions/2026/initiatives.toml", initiatives);
    files.insert(
        "editions/2026/goals.toml",
        "[[goal]]\nid = \"g\"\ntitle = \"G\"\nsource = \"paper\"\n",
    );
    let measure = |id: &str, values: &str| {
        format!(
            "[[measure]]\nid = \"{id}\"\ngoal = \"g\"\ntitle = \"T\"\ndefinition = \"D\"\nunit = \"U\"\nsource = \"paper\"\n\
             frequency = \"yearly\"\nlicence = \"L\"\ncontact = \"C\"\ndirection = \"up\"\ntarget = \"none\"\n{values}\n"
        )
    };
    let measures = [
        measure("never", ""),
        measure("late", "series = \"late\""),
        measure(
            "live",
            "query = { name = \"reports_received\", version = 1 }\nbias = \"B\"",
        ),
        measure("seen", "series = \"seen\""),
    ];
    files.insert("editions/2026/measures.toml", measures.concat());
    files.insert(
        "series/late.csv",
        "period,value,vintage,source,missing\n2020,,2021,paper,not-collected\n2027,1,2028,paper,\n",
    );
    files.insert(
        "series/seen.csv",
        "period,value,vintage,source\n2020,1,2021,paper\n",
    );
    files.insert(
        "sources.csv",
        "id,title,publisher,kind,published\n\
         paper,Paper,O,supplied,2022\n\
         own,Release,Office,release,2025-03\n\
         own-data,Data,Office,dataset,2025\n\
         council,Page,Council,page,\n\
         news,News,Gazette,page,2025-02\n",
    );
    read(&files)
}
