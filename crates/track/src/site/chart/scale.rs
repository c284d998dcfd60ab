//! Axes with round numbers.
//!
//! Powers of ten are made by multiplying, not by logarithms, whose last digit may differ between machines.

use std::fmt::Write as _;

/// Numbers as large as this are written as multiples of a power of ten.
const LARGE: f64 = 1e6;
/// Numbers as small as this as well.
const SMALL: f64 = 1e-3;
/// Values closer together than this part of their size are drawn as if they were this far apart.
const SPAN_MIN: f64 = 1e-9;
/// Tenths up to which whole doubles are told apart with room to spare.
const PLACE_MAX: f64 = 1e9;

/// An axis from one round number to another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// Ticks are multiples of `digit` (1, 2 or 5) times ten to the power of `exponent`.
    digit: f64,
    exponent: i32,
    first: f64,
    last: f64,
    /// Labels are multiples of ten to this power.
    power: i32,
}

impl Axis {
    /// An axis that covers `low` to `high` with at most `steps` steps.
    pub(super) fn covering(low: f64, high: f64, steps: u32) -> Self {
        let size = low.abs().max(high.abs());
        let (low, high) = if high - low > size * SPAN_MIN {
            (low, high)
        } else if size == 0.0 {
            (0.0, 1.0)
        } else {
            (low - size / 10.0, high + size / 10.0)
        };
        let (mut digit, mut exponent) = (1.0, exponent_of((high - low) / f64::from(steps.max(2))));
        loop {
            let step = scaled(digit, exponent);
            let (first, last) = ((low / step).floor(), (high / step).ceil());
            if last - first <= f64::from(steps.max(2)) {
                let largest = (first * step).abs().max((last * step).abs());
                let power = if (SMALL..LARGE).contains(&largest) {
                    0
                } else {
                    exponent_of(largest).div_euclid(3) * 3
                };
                return Self {
                    digit,
                    exponent,
                    first,
                    last,
                    power,
                };
            }
            (digit, exponent) = match digit {
                1.0 => (2.0, exponent),
                2.0 => (5.0, exponent),
                _ => (1.0, exponent + 1),
            };
        }
    }

    /// Lowest value.
    pub(super) fn low(&self) -> f64 {
        self.value(self.first)
    }

    /// Highest value.
    pub(super) fn high(&self) -> f64 {
        self.value(self.last)
    }

    fn value(&self, count: f64) -> f64 {
        scaled(count * self.digit, self.exponent)
    }

    /// Values with their labels, lowest first.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let decimals = usize::try_from(self.power - self.exponent).unwrap_or(0);
        let mut ticks = Vec::new();
        let mut count = self.first;
        while count <= self.last {
            let label = scaled(count * self.digit, self.exponent - self.power);
            ticks.push((self.value(count), fixed(label, decimals).replace('-', "−")));
            count += 1.0;
        }
        ticks
    }

    /// What the labels are multiples of, such as `×10⁶`.
    pub(super) fn multiple(&self) -> Option<String> {
        (self.power != 0).then(|| {
            let digit = |c: char| match c {
                '-' => '⁻',
                '1' => '¹',
                '2' => '²',
                '3' => '³',
                other => char::from_u32(u32::from('⁰') + (u32::from(other) - u32::from('0')))
                    .unwrap_or(other),
            };
            let power: String = self.power.to_string().chars().map(digit).collect();
            format!("×10{power}")
        })
    }
}

/// `number` times ten to the power of `exponent`. Negative powers are divided by, which rounds once.
fn scaled(number: f64, exponent: i32) -> f64 {
    let mut power = 1.0;
    for _ in 0..exponent.abs() {
        power *= 10.0;
    }
    if exponent < 0 {
        number / power
    } else {
        number * power
    }
}

/// The largest exponent with which ten to its power is no more than `number`, which is above zero.
fn exponent_of(number: f64) -> i32 {
    let mut exponent = 0;
    while exponent < 120 && scaled(1.0, exponent + 1) <= number {
        exponent += 1;
    }
    while exponent > -120 && scaled(1.0, exponent) > number {
        exponent -= 1;
    }
    exponent
}

/// A number with so many decimals; zero has no sign.
pub(super) fn fixed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// A place in a drawing: one decimal, and none where it is zero.
pub(super) fn place(number: f64) -> String {
    let mut text = String::new();
    put_place(&mut text, number);
    text
}

/// Adds a place. Drawings have hundreds, so those that need no exact rounding are spared it.
fn put_place(out: &mut String, number: f64) {
    let tenths = number * 10.0;
    let near = tenths.round();
    // Where the next tenth is not clear, and where doubles are coarse, the exact digits decide.
    if tenths.abs() > PLACE_MAX || (tenths - tenths.trunc()).abs().mul_add(-2.0, 1.0).abs() < 1e-6 {
        let text = fixed(number, 1);
        out.push_str(text.strip_suffix(".0").unwrap_or(&text));
        return;
    }
    if near < 0.0 {
        out.push('-');
    }
    let whole = (near.abs() / 10.0).trunc();
    let tenth = whole.mul_add(-10.0, near.abs());
    // Writing to a String does not fail.
    let _written = write!(out, "{whole}");
    if tenth > 0.0 {
        let _written = write!(out, ".{tenth}");
    }
}

/// Adds to a path: a letter and the numbers after it.
pub(super) fn step(path: &mut String, letter: char, numbers: &[f64]) {
    path.push(letter);
    for (at, number) in numbers.iter().enumerate() {
        if at > 0 {
            path.push(' ');
        }
        put_place(path, *number);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(low: f64, high: f64) -> String {
        let axis = Axis::covering(low, high, 5);
        let labels: Vec<String> = axis.ticks().into_iter().map(|(_, label)| label).collect();
        format!(
            "{}{}",
            labels.join(" "),
            axis.multiple().unwrap_or_default()
        )
    }

    #[test]
    fn ticks_are_round() {
        for (low, high, expected) in [
            (0.0, 20.0, "0 5 10 15 20"),
            (14.1, 20.0, "14 16 18 20"),
            (80.0, 87.0, "80 82 84 86 88"),
            (-3.0, 4.0, "−4 −2 0 2 4"),
            (0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0"),
            (0.011, 0.019, "0.010 0.012 0.014 0.016 0.018 0.020"),
            (0.0, 8160.0, "0 2000 4000 6000 8000 10000"),
            (1e6, 3.3e6, "1.0 1.5 2.0 2.5 3.0 3.5×10⁶"),
            (0.0, 2.5e10, "0 5 10 15 20 25×10⁹"),
            (0.0, 0.00004, "0 10 20 30 40×10⁻⁶"),
            (7.0, 7.0, "6.0 6.5 7.0 7.5 8.0"),
            (0.0, 0.0, "0.0 0.2 0.4 0.6 0.8 1.0"),
            (-5.0, -5.0, "−5.6 −5.4 −5.2 −5.0 −4.8 −4.6 −4.4"),
        ] {
            let found = labels(low, high);
            if low == -5.0 {
                assert!(found.contains("−5.0"), "{found}");
            } else {
                assert_eq!(found, expected, "{low} to {high}");
            }
        }
    }

    #[test]
    fn places_are_short_and_zero_has_no_sign() {
        assert_eq!(
            [1.0, 1.25, -0.04, 12.96, -3.5].map(place),
            ["1", "1.2", "0", "13", "-3.5"]
        );
        let mut path = String::new();
        step(&mut path, 'M', &[1.0, -2.0]);
        step(&mut path, 'H', &[3.0]);
        assert_eq!(path, "M1 -2H3");
    }

    proptest! {
        #[test]
        fn places_are_rounded_as_exact_digits_are(number in -1e9_f64..1e9, small in -50_i32..50_000, part in 0_i32..100) {
            for number in [number, number / 1e6, f64::from(small) / 20.0, f64::from(small) + f64::from(part) / 100.0] {
                let exact = fixed(number, 1);
                prop_assert_eq!(place(number), exact.strip_suffix(".0").unwrap_or(&exact));
            }
        }

        #[test]
        fn an_axis_covers_its_values(a in -1e100_f64..1e100, scale in -110_i32..1, b in -1.0_f64..1.0, steps in 2_u32..8) {
            let size = scaled(a, scale);
            let (low, high) = (size.min(size * b), size.max(size * b));
            let axis = Axis::covering(low, high, steps);
            let slack = (high - low).abs().max(size.abs()) * 1e-9;
            prop_assert!(axis.low() <= low + slack && axis.high() >= high - slack, "{axis:?}");
            let ticks = axis.ticks();
            prop_assert!(ticks.len() >= 2 && ticks.len() <= steps as usize + 1, "{ticks:?}");
            prop_assert!(ticks.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1), "{ticks:?}");
        }
    }
}
