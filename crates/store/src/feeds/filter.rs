//! A Bloom filter (Bloom 1970) of the sources that a segment holds: with ten bits and seven looks a source, one in a hundred segments that
//! do not hold an address is opened for nothing.

/// Bits for each source.
const BITS: u64 = 10;
/// Looks for each source.
const LOOKS: u64 = 7;

/// Stirs a number (splitmix64, Steele and others 2014).
const fn stir(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn places(source: u64, bits: u64) -> impl Iterator<Item = u64> {
    let (first, step) = (stir(source), stir(!source) | 1);
    (0..LOOKS).map(move |look| first.wrapping_add(look.wrapping_mul(step)) % bits.max(1))
}

fn at(place: u64) -> (usize, u8) {
    let byte = usize::try_from(place / 8).unwrap_or(usize::MAX);
    (byte, 1 << (place % 8))
}

/// A filter of these sources, each a number of 48 bits.
#[must_use]
pub(crate) fn of(sources: &[u64]) -> Vec<u8> {
    let bytes = (sources.len() as u64 * BITS).div_ceil(8).max(1);
    let mut filter = vec![0_u8; usize::try_from(bytes).unwrap_or(1)];
    for source in sources {
        for place in places(*source, bytes * 8) {
            let (byte, bit) = at(place);
            if let Some(own) = filter.get_mut(byte) {
                *own |= bit;
            }
        }
    }
    filter
}

/// Whether the source may be among them. `false` is sure.
#[must_use]
pub(crate) fn may_hold(filter: &[u8], source: u64) -> bool {
    places(source, filter.len() as u64 * 8).all(|place| {
        let (byte, bit) = at(place);
        filter.get(byte).is_some_and(|own| own & bit != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_it_is_found_and_little_else() {
        let inside: Vec<u64> = (0..10_000).map(|n| stir(n) >> 16).collect();
        let filter = of(&inside);
        assert_eq!(filter.len(), 12_500);
        assert!(inside.iter().all(|source| may_hold(&filter, *source)));
        let wrong = (20_000..40_000_u64).filter(|n| may_hold(&filter, stir(*n) >> 16));
        let wrong = wrong.count();
        assert!(wrong < 400, "{wrong} of 20,000");
        assert!(!may_hold(&of(&[]), 7));
        assert!(!may_hold(&[], 7));
    }
}
