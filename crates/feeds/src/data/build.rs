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
}

impl Builder {
    /// One more network; `false` where there are [`NETWORKS_MAX`] already.
    pub fn add(&mut self, network: Network, fact: &Fact) -> bool {
        if self.v4.len() + self.v6.len() >= NETWORKS_MAX {
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
                let start = u128::from(ip.to_bits());
                self.v4.push((start, network.prefix(), number));
            }
            IpAddr::V6(ip) => self.v6.push((ip.to_bits(), network.prefix(), number)),
        }
        true
    }

    /// Networks so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// No network yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn end(self) -> (Vec<String>, Vec<Range>, Vec<Range>) {
        (self.facts, flat(self.v4, 32), flat(self.v6, 128))
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
