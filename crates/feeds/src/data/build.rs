//! Networks that lie in one another become ranges that do not.

use std::collections::HashMap;
use std::net::IpAddr;

use super::Fact;
use crate::value::Network;

/// Networks of one set.
pub const NETWORKS_MAX: usize = 20_000_000;

/// What an address belongs to nobody in.
pub(super) const NOBODY: u32 = u32::MAX;

/// One range: from `start` to where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub start: u128,
    /// Number of its fact; [`NOBODY`] in between.
    pub fact: u32,
    /// Length of the prefix that it is part of.
    pub prefix: u8,
}

/// Gathers networks. Of two facts on the same network the later one holds.
#[derive(Debug, Default)]
pub struct Builder {
    facts: Vec<String>,
    numbers: HashMap<String, u32>,
    v4: Vec<(u128, u8, u32)>,
    v6: Vec<(u128, u8, u32)>,
    /// What holds only where nothing above says anything.
    v4_below: Vec<(u128, u8, u32)>,
    v6_below: Vec<(u128, u8, u32)>,
}

impl Builder {
    /// One more network; `false` where there are [`NETWORKS_MAX`] already.
    pub fn add(&mut self, network: Network, fact: &Fact) -> bool {
        self.put(network, fact, false)
    }

    /// One more network that holds only for addresses of which nothing that was [added](Self::add) says anything, however wide; `false`
    /// where there are [`NETWORKS_MAX`] already.
    pub fn add_below(&mut self, network: Network, fact: &Fact) -> bool {
        self.put(network, fact, true)
    }

    fn put(&mut self, network: Network, fact: &Fact, below: bool) -> bool {
        if self.len() >= NETWORKS_MAX {
            return false;
        }
        let Ok(fact) = serde_json::to_string(fact) else {
            return false;
        };
        let next = u32::try_from(self.facts.len()).unwrap_or(NOBODY);
        let number = *self.numbers.entry(fact).or_insert_with_key(|fact| {
            self.facts.push(fact.clone());
            next
        });
        match network.address() {
            IpAddr::V4(ip) => {
                let all = if below {
                    &mut self.v4_below
                } else {
                    &mut self.v4
                };
                all.push((u128::from(ip.to_bits()), network.prefix(), number));
            }
            IpAddr::V6(ip) => {
                let all = if below {
                    &mut self.v6_below
                } else {
                    &mut self.v6
                };
                all.push((ip.to_bits(), network.prefix(), number));
            }
        }
        true
    }

    /// Networks so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len() + self.v4_below.len() + self.v6_below.len()
    }

    /// No network yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn end(self) -> (Vec<String>, Vec<Range>, Vec<Range>) {
        let v4 = over(flat(self.v4, 32), &flat(self.v4_below, 32));
        let v6 = over(flat(self.v6, 128), &flat(self.v6_below, 128));
        (self.facts, v4, v6)
    }
}

/// Ranges, and where they say nothing, those below.
fn over(above: Vec<Range>, below: &[Range]) -> Vec<Range> {
    if below.is_empty() {
        return above;
    }
    let nothing = Range {
        start: 0,
        fact: NOBODY,
        prefix: 0,
    };
    let (mut tops, mut lows) = (above.iter().peekable(), below.iter().peekable());
    let (mut top, mut low) = (nothing, nothing);
    let mut ranges = Vec::with_capacity(above.len() + below.len());
    loop {
        let next = [tops.peek(), lows.peek()].into_iter().flatten();
        let Some(start) = next.map(|range| range.start).min() else {
            return ranges;
        };
        let here = |range: &&Range| range.start == start;
        top = tops.next_if(here).copied().unwrap_or(top);
        low = lows.next_if(here).copied().unwrap_or(low);
        let holds = if top.fact == NOBODY { low } else { top };
        ranges.push(Range { start, ..holds });
    }
}

/// The last address of a network, as bits.
fn last(start: u128, prefix: u8, bits: u8) -> u128 {
    let host = bits.saturating_sub(prefix);
    if host >= 128 {
        return u128::MAX;
    }
    start | ((1_u128 << host) - 1)
}

/// Sorted by where they begin, the wider first, so that those around a network are on the stack when it comes.
fn flat(mut networks: Vec<(u128, u8, u32)>, bits: u8) -> Vec<Range> {
    networks.sort_by_key(|(start, prefix, _)| (*start, *prefix));
    let mut ranges: Vec<Range> = Vec::with_capacity(networks.len());
    let mut around: Vec<(u128, u8, u32)> = Vec::new();
    for (start, prefix, fact) in networks {
        leave(&mut around, &mut ranges, Some(start), bits);
        push(&mut ranges, start, fact, prefix);
        around.push((last(start, prefix, bits), prefix, fact));
    }
    leave(&mut around, &mut ranges, None, bits);
    ranges
}

/// Ends what is over before `start`: behind it goes on what is around it.
fn leave(
    around: &mut Vec<(u128, u8, u32)>,
    ranges: &mut Vec<Range>,
    start: Option<u128>,
    bits: u8,
) {
    let most = last(0, 0, bits);
    while let Some((end, ..)) = around.last().copied()
        && start.is_none_or(|start| end < start)
    {
        around.pop();
        if end < most {
            let (fact, prefix) = around
                .last()
                .map_or((NOBODY, 0), |(_, prefix, fact)| (*fact, *prefix));
            push(ranges, end + 1, fact, prefix);
        }
    }
}

/// What begins where another began replaces it: it is the narrower one, or the later.
fn push(ranges: &mut Vec<Range>, start: u128, fact: u32, prefix: u8) {
    let range = Range {
        start,
        fact,
        prefix,
    };
    match ranges.last_mut() {
        Some(before) if before.start == start => *before = range,
        _ => ranges.push(range),
    }
}
