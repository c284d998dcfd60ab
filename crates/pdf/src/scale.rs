//! The vertical axis of a chart: round steps, and numbers as people write them.

/// Values at which horizontal lines stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<f64>,
    pub(crate) decimals: usize,
}

impl Scale {
    /// Round steps, three to six of them, over all values; from zero on unless that would flatten the line.
    pub(crate) fn over(values: impl Iterator<Item = f64> + Clone) -> Self {
        let mut low = values.clone().fold(f64::INFINITY, f64::min);
        let mut high = values.fold(f64::NEG_INFINITY, f64::max);
        if low > 0.0 && low < high * 0.7 {
            low = 0.0;
        }
        if high < 0.0 && high > low * 0.7 {
            high = 0.0;
        }
        if low >= high {
            let margin = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            (low, high) = (low - margin, high + margin);
        }
        let (step, decimals) = step((high - low) / 5.0);
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil();
        let mut ticks = Vec::new();
        let mut at = first;
        while at <= last {
            ticks.push(at * step);
            at += 1.0;
        }
        Self {
            low: first * step,
            high: last * step,
            ticks,
            decimals,
        }
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten from `least` up, and the decimals it needs. Only multiplication and
/// division, since logarithms differ between machines.
fn step(least: f64) -> (f64, usize) {
    let mut power = 1.0;
    let mut decimals = 0;
    while power > least && decimals < 15 {
        power /= 10.0;
        decimals += 1;
    }
    while power * 10.0 < least {
        power *= 10.0;
        decimals = 0;
    }
    for (factor, more) in [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0)] {
        if power * factor >= least {
            return (
                power * factor,
                if power >= 10.0 { 0 } else { decimals + more },
            );
        }
    }
    (power * 10.0, decimals.saturating_sub(1))
}

/// With commas at the thousands and a real minus sign.
pub(crate) fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut out = String::new();
    if value < 0.0 && text.chars().any(|c| c.is_ascii_digit() && c != '0') {
        out.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(part) = part {
        out.push('.');
        out.push_str(part);
    }
    out
}

/// Decimals of a value as it would be written, two at most.
pub(crate) fn decimals_of(value: f64) -> usize {
    let text = format!("{value}");
    text.split_once('.')
        .map_or(0, |(_, part)| part.len().min(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(-0.25, 2), "−0.25");
        assert_eq!(number(-0.001, 1), "0.0");
        assert_eq!(number(999.96, 1), "1,000.0");
        assert_eq!(
            (decimals_of(3.0), decimals_of(3.25), decimals_of(1.0 / 3.0)),
            (0, 2, 2)
        );
    }

    #[test]
    fn scales_are_round_and_honest() {
        let scale = Scale::over([12.0, 88.0].into_iter());
        assert_eq!((scale.low, scale.high), (0.0, 100.0));
        assert_eq!(scale.ticks, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let near = Scale::over([92.1, 94.0].into_iter());
        assert!(near.low > 90.0, "{near:?}");
        let one = Scale::over([5.0].into_iter());
        assert!(
            one.low < 5.0 && one.high > 5.0 && one.ticks.len() > 2,
            "{one:?}"
        );
    }

    proptest! {
        #[test]
        fn every_value_lies_on_its_scale(values in proptest::collection::vec(-1e15f64..1e15, 1..20), small in -1e-3f64..1e-3) {
            for values in [values.clone(), values.iter().map(|v| v * 1e-18 + small).collect()] {
                let scale = Scale::over(values.iter().copied());
                prop_assert!((2..=9).contains(&scale.ticks.len()), "{scale:?}");
                for value in values {
                    let slack = (scale.high - scale.low) * 1e-6;
                    prop_assert!(scale.low - slack <= value && value <= scale.high + slack, "{value} {scale:?}");
                }
            }
        }
    }
}
