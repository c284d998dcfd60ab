//! Counts of many mixes of words, packed: what lies in `feed_cube` and `feed_part`. No database.
//!
//! A list of counts is, for each mix in rising order: how far its number is from the one before (varint), its observations times two, plus one
//! if any was new (varint), and in that case how many were (varint). Two bytes for most, read at some hundred million a second.

/// How many observations a mix had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pair {
    /// Number of the mix.
    pub mix: u32,
    /// Observations.
    pub all: u64,
    /// Those that were new.
    pub fresh: u64,
}

const HOUR_US: i64 = 3_600_000_000;
const HOURS_A_DAY: i64 = 24;
const DAYS_A_WEEK: i64 = 7;
/// The first day of 1970 was a Thursday.
const THURSDAY: i64 = 3;

/// How long a slot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An hour.
    Hour,
    /// A day, UTC.
    Day,
    /// A week that begins on a Monday.
    Week,
}

impl Level {
    /// All.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// As it is stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Hour => 0,
            Self::Day => 1,
            Self::Week => 2,
        }
    }

    /// The slot of an hour since 1970.
    #[must_use]
    pub const fn of_hour(self, hour: i64) -> i64 {
        match self {
            Self::Hour => hour,
            Self::Day => hour.div_euclid(HOURS_A_DAY),
            Self::Week => Self::week_of(hour.div_euclid(HOURS_A_DAY)),
        }
    }

    /// The week of a day since 1970.
    #[must_use]
    pub const fn week_of(day: i64) -> i64 {
        day.saturating_add(THURSDAY).div_euclid(DAYS_A_WEEK)
    }

    /// Where a slot begins, microseconds since 1970.
    #[must_use]
    pub const fn begin(self, slot: i64) -> i64 {
        match self {
            Self::Hour => slot.saturating_mul(HOUR_US),
            Self::Day => slot.saturating_mul(HOUR_US * HOURS_A_DAY),
            Self::Week => Self::monday(slot).saturating_mul(HOUR_US * HOURS_A_DAY),
        }
    }

    /// The day on which a week begins.
    #[must_use]
    pub const fn monday(week: i64) -> i64 {
        week.saturating_mul(DAYS_A_WEEK).saturating_sub(THURSDAY)
    }
}

/// The hour of a moment, since 1970.
pub(super) const fn hour_of(at: i64) -> i64 {
    at.div_euclid(HOUR_US)
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

/// Packs pairs whose numbers rise.
#[must_use]
pub fn pack(pairs: &[Pair]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pairs.len() * 3);
    let mut before = 0;
    for pair in pairs {
        varint(&mut out, u64::from(pair.mix.wrapping_sub(before)));
        before = pair.mix;
        varint(&mut out, (pair.all << 1) | u64::from(pair.fresh > 0));
        if pair.fresh > 0 {
            varint(&mut out, pair.fresh);
        }
    }
    out
}

/// Gives each pair in turn. `None` if the bytes are no such list.
pub fn each(bytes: &[u8], mut give: impl FnMut(Pair)) -> Option<()> {
    let mut rest = bytes;
    let mut mix = 0_u32;
    while !rest.is_empty() {
        // Most pairs: two numbers of a byte, or three.
        if let [step, all, fresh, after @ ..] = rest
            && (step | all) < 0x80
            && (all & 1 == 0 || *fresh < 0x80)
        {
            mix = mix.checked_add(u32::from(*step))?;
            let is_new = all & 1 == 1;
            give(Pair {
                mix,
                all: u64::from(all >> 1),
                fresh: if is_new { u64::from(*fresh) } else { 0 },
            });
            rest = if is_new { after } else { rest.get(2..)? };
            continue;
        }
        let step = number(&mut rest)?;
        mix = mix.checked_add(u32::try_from(step).ok()?)?;
        let all = number(&mut rest)?;
        let fresh = if all & 1 == 1 { number(&mut rest)? } else { 0 };
        give(Pair {
            mix,
            all: all >> 1,
            fresh,
        });
    }
    Some(())
}

/// Most numbers are one byte.
#[inline]
fn number(rest: &mut &[u8]) -> Option<u64> {
    let (byte, after) = rest.split_first()?;
    *rest = after;
    if *byte < 0x80 {
        return Some(u64::from(*byte));
    }
    let (mut number, mut shift) = (u64::from(byte & 0x7f), 7);
    loop {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

/// Pairs in any order, several of one mix among them, as a list.
#[must_use]
pub fn fold(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort_unstable_by_key(|pair| pair.mix);
    let mut out: Vec<Pair> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match out.last_mut().filter(|last| last.mix == pair.mix) {
            Some(last) => {
                last.all = last.all.saturating_add(pair.all);
                last.fresh = last.fresh.saturating_add(pair.fresh);
            }
            None => out.push(pair),
        }
    }
    out
}

/// Two lists as one.
#[must_use]
pub fn join(one: &[Pair], other: &[Pair]) -> Vec<Pair> {
    let mut out = Vec::with_capacity(one.len().max(other.len()));
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    while let (Some(a), Some(b)) = (left.peek().copied(), right.peek().copied()) {
        match a.mix.cmp(&b.mix) {
            std::cmp::Ordering::Less => {
                out.push(*a);
                left.next();
            }
            std::cmp::Ordering::Greater => {
                out.push(*b);
                right.next();
            }
            std::cmp::Ordering::Equal => {
                out.push(Pair {
                    mix: a.mix,
                    all: a.all.saturating_add(b.all),
                    fresh: a.fresh.saturating_add(b.fresh),
                });
                left.next();
                right.next();
            }
        }
    }
    out.extend(left);
    out.extend(right);
    out
}

/// Packed lists as one packed list. `None` if one of them is damaged.
#[must_use]
pub fn merge(mut parts: Vec<Vec<u8>>) -> Option<Vec<u8>> {
    // The largest is in order and most of it all; the others are put in order together first.
    parts.sort_by_key(Vec::len);
    let mut large = Vec::new();
    each(&parts.pop().unwrap_or_default(), |pair| large.push(pair))?;
    let mut small = Vec::new();
    for part in &parts {
        each(part, |pair| small.push(pair))?;
    }
    Some(pack(&join(&large, &fold(small))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs() -> impl Strategy<Value = Vec<Pair>> {
        let one = (0_u32..100_000, 1_u64..1 << 40, any::<bool>());
        let pair = one.prop_map(|(mix, all, new)| Pair {
            mix,
            all,
            fresh: if new { all / 2 } else { 0 },
        });
        prop::collection::vec(pair, 0..200)
    }

    fn read(bytes: &[u8]) -> Vec<Pair> {
        let mut out = Vec::new();
        each(bytes, |pair| out.push(pair)).unwrap();
        out
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(all in pairs()) {
            let all = fold(all);
            prop_assert_eq!(read(&pack(&all)), all);
        }

        #[test]
        fn parts_in_any_cut_come_to_the_same(all in pairs(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut parts: Vec<Vec<Pair>> = vec![Vec::new(); cuts.len() + 1];
            for (n, pair) in all.iter().enumerate() {
                let place = cuts.iter().filter(|cut| cut.index(all.len()) <= n).count();
                parts[place].push(*pair);
            }
            let packed = parts.into_iter().map(|part| pack(&fold(part))).collect();
            prop_assert_eq!(read(&merge(packed).unwrap()), fold(all));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _read_or_refused = each(&bytes, |_| ());
        }
    }

    #[test]
    fn weeks_begin_on_mondays() {
        // 2050-01-03 is a Monday: day 29,222.
        assert_eq!(Level::monday(Level::week_of(29_222)), 29_222);
        assert_eq!(Level::week_of(29_221) + 1, Level::week_of(29_222));
        assert_eq!(Level::week_of(29_228), Level::week_of(29_222));
        assert_eq!(Level::Day.begin(29_222), 2_524_780_800_000_000);
        assert_eq!(Level::Week.of_hour(29_222 * 24), Level::week_of(29_222));
        assert_eq!(hour_of(-1), -1);
    }
}
