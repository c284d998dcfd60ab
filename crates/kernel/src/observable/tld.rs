//! Names of top-level domains, so that `invoice.pdf` is not taken for a domain.

/// Top-level domains of the DNS root zone (IANA root zone database, state of February 2023; those withdrawn since do no
/// harm), internationalised ones as A-labels, and the special names `onion` (RFC 7686) and `example`, `invalid`,
/// `test` (RFC 2606). Sorted bytewise, separated by blanks or line ends.
static ROOT: &str = include_str!("../../data/tlds.txt");

/// The names of [`ROOT`] by length and first letter are not worth it: a binary search over line starts is enough.
pub(super) fn is_tld(label: &str) -> bool {
    let bytes = ROOT.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low.midpoint(high);
        let line = |end: usize| {
            bytes
                .get(..end)
                .and_then(|head| head.iter().rposition(|&byte| byte == b'\n'))
                .map_or(0, |at| at + 1)
        };
        let start = line(middle);
        let rest = bytes.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|&byte| byte == b'\n')
            .unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default();
        match name.cmp(label.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = start + length + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_name_is_found() {
        let names: Vec<&str> = ROOT.lines().collect();
        assert!(names.len() > 1400);
        assert!(names.is_sorted());
        assert!(names.iter().all(|name| is_tld(name)));
        assert!(names.iter().filter(|name| name.len() == 2).count() >= 240);
        for no in ["pdf", "exe", "docx", "", "co", "com\n", "aaaa", "zzz", "js"] {
            assert_eq!(is_tld(no), names.contains(&no), "{no}");
        }
    }
}
