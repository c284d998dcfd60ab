//! Labels beyond ASCII in the form the DNS takes them.

use super::name::LABEL_BYTES_MAX;

/// Punycode (RFC 3492, 6.3) of a label, appended to `out`; `None` for labels longer than could be right.
#[must_use]
pub fn punycode(label: &str, out: &mut String) -> Option<()> {
    let points: Vec<u32> = label
        .chars()
        .take(LABEL_BYTES_MAX + 1)
        .map(u32::from)
        .collect();
    if points.len() > LABEL_BYTES_MAX {
        return None;
    }
    let basic: Vec<char> = label.chars().filter(char::is_ascii).collect();
    out.extend(&basic);
    if !basic.is_empty() {
        out.push('-');
    }
    let mut done = u32::try_from(basic.len()).ok()?;
    let first_round = done;
    let (mut current, mut delta, mut bias) = (128_u32, 0_u32, 72_u32);
    while usize::try_from(done).ok()? < points.len() {
        let next = points
            .iter()
            .copied()
            .filter(|&point| point >= current)
            .min()?;
        delta = delta.checked_add((next - current).checked_mul(done + 1)?)?;
        current = next;
        for &point in &points {
            if point < current {
                delta = delta.checked_add(1)?;
            }
            if point == current {
                variable(delta, bias, out);
                bias = adapt(delta, done + 1, done == first_round);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        current += 1;
    }
    Some(())
}

/// A number with digits of varying base.
fn variable(delta: u32, bias: u32, out: &mut String) {
    let mut rest = delta;
    let mut k = 36;
    loop {
        let threshold = k_threshold(k, bias);
        if rest < threshold {
            break;
        }
        out.push(digit(threshold + (rest - threshold) % (36 - threshold)));
        rest = (rest - threshold) / (36 - threshold);
        k += 36;
    }
    out.push(digit(rest));
}

fn k_threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(1, 26)
}

fn digit(value: u32) -> char {
    char::from_digit(value.wrapping_sub(26), 10)
        .filter(|_| value >= 26)
        .or_else(|| {
            u8::try_from(value)
                .ok()
                .map(|value| char::from(b'a' + value))
        })
        .unwrap_or('a')
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_samples_of_rfc_3492() {
        for (label, encoded) in [
            ("bücher", "bcher-kva"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            (
                "почемужеонинеговорятпорусски",
                "b1abfaaepdrnnbgefbadotcwatmq2g4l",
            ),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("そのスピードで", "d9juau41awczczp"),
        ] {
            let mut out = String::new();
            assert_eq!(punycode(label, &mut out), Some(()));
            assert_eq!(out, encoded);
        }
        assert_eq!(punycode(&"ü".repeat(64), &mut String::new()), None);
    }
}
