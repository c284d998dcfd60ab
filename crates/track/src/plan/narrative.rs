//! Figures that a narrative places: `{{figure:MEASURE.latest}}`.

/// What can be placed of a measure.
pub const FIELDS: &[&str] = &[
    "baseline", "latest", "period", "status", "target", "title", "unit", "year",
];

/// How a figure begins.
const OPEN: &str = "{{figure:";
/// How it ends.
const CLOSE: &str = "}}";
/// Longest name of a figure, bytes: what is longer was not closed.
const NAME_BYTES_MAX: usize = 200;

/// One figure in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed<'t> {
    /// Id of the measure and one of [`FIELDS`]; `None` if it is not closed or has no name. Neither was looked up.
    pub name: Option<(&'t str, &'t str)>,
    /// Where it begins, bytes.
    pub start: usize,
    /// Where it ends, bytes, after what closes it.
    pub end: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column, characters from 1.
    pub column: u32,
}

/// The figures of a text, in order.
#[must_use]
pub fn placed(text: &str) -> Vec<Placed<'_>> {
    let mut found = Vec::new();
    let (mut line, mut line_start, mut counted) = (1_u32, 0, 0);
    for (start, _) in text.match_indices(OPEN) {
        for (at, _) in text
            .get(counted..start)
            .unwrap_or_default()
            .match_indices('\n')
        {
            line = line.saturating_add(1);
            line_start = counted + at + 1;
        }
        counted = start;
        let before = text.get(line_start..start).unwrap_or_default();
        let inner = start + OPEN.len();
        let rest = text.get(inner..).unwrap_or_default();
        let length = rest.find(['\n', '}', '{']).filter(|length| {
            *length <= NAME_BYTES_MAX && rest.get(*length..).is_some_and(|r| r.starts_with(CLOSE))
        });
        let name = length
            .and_then(|length| rest.get(..length)?.trim().rsplit_once('.'))
            .filter(|(measure, field)| !measure.is_empty() && !field.is_empty());
        found.push(Placed {
            name,
            start,
            end: inner + length.map_or(0, |length| length + CLOSE.len()),
            line,
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn figures_are_found_with_their_place() {
        let text =
            "Ā {{figure:m.1.latest}} and\n{{figure: b.unit }}{{figure:c}} {{figure:d.\n{{figure:}}";
        let found = placed(text);
        let names: Vec<_> = found.iter().map(|f| f.name).collect();
        assert_eq!(
            names,
            [
                Some(("m.1", "latest")),
                Some(("b", "unit")),
                None,
                None,
                None
            ]
        );
        let places: Vec<_> = found.iter().map(|f| (f.line, f.column)).collect();
        assert_eq!(places, [(1, 3), (2, 1), (2, 20), (2, 33), (3, 1)]);
        assert_eq!(&text[found[0].start..found[0].end], "{{figure:m.1.latest}}");
        assert_eq!(placed("{{ figure:a.b }} {figure:a.b}"), []);
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_text_and_do_not_overlap(text in "(\\{\\{figure:|[}a.\nā]|\\}\\}){0,40}") {
            let mut last = 0;
            for figure in placed(&text) {
                prop_assert!(last <= figure.start && figure.start < figure.end);
                prop_assert!(text.get(figure.start..figure.end).is_some());
                last = figure.end;
            }
        }
    }
}
