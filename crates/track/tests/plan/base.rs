//! The files of the small plan without a fault.

macro_rules! base {
    ($($path:literal),+ $(,)?) => {
        /// The files of the plan.
        pub const BASE: &[(&str, &str)] = &[$(($path, include_str!(concat!("base/", $path)))),+];
    };
}

base![
    "plan.toml",
    "sources.csv",
    "mandates.toml",
    "series/loss.csv",
    "series/skills.csv",
    "communities/harbour.toml",
    "editions/2022/edition.toml",
    "editions/2022/themes.toml",
    "editions/2022/goals.toml",
    "editions/2022/initiatives.toml",
    "editions/2022/measures.toml",
    "editions/2022/text/front.en.md",
    "editions/2022/text/front.mi.md",
    "editions/2026/edition.toml",
    "editions/2026/themes.toml",
    "editions/2026/goals.toml",
    "editions/2026/initiatives.toml",
    "editions/2026/measures.toml",
    "editions/2026/endings.toml",
    "editions/2026/notes.toml",
    "editions/2026/returns.toml",
    "editions/2026/text/front.en.md",
    "editions/2026/text/method.en.md",
];
