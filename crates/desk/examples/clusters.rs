//! What finding a report's cluster costs, and why texts are compared by MinHash and not by SimHash:
//! `cargo run --release --package cairn-desk --example clusters`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "figures go to standard output, and a wrong example ends it"
)]

#[path = "../../testkit/src/campaigns.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod campaigns;
#[path = "../../testkit/src/dice.rs"]
#[allow(dead_code, reason = "the test kit uses all of it")]
mod dice;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use cairn_desk::cluster::{ClusterId, EMBEDDED, Member, Rules, judge, signature};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Answer, Draft};
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use campaigns::{Example, campaigns};

fn main() {
    let form = Form::parse(&FormFiles::embedded()).unwrap();
    let days: Vec<(Vec<Example>, Vec<Draft>)> = (1..=5)
        .map(|seed| {
            let examples = campaigns(seed, 200);
            let draft = |e: &Example| {
                form.parse_json(&serde_json::to_vec(&e.report).unwrap())
                    .unwrap()
            };
            let drafts = examples.iter().map(draft).collect();
            (examples, drafts)
        })
        .collect();
    cost(&days[0]);
    methods(&days);
}

/// The best of several rounds, since other programs take their share of the rest.
fn best(name: &str, count: usize, work: &dyn Fn()) {
    let rounds = (0..20).map(|_| {
        let started = Instant::now();
        work();
        started.elapsed().as_nanos()
    });
    println!(
        "{name}: {:.1} µs",
        rounds.min().unwrap() as f64 / count as f64 / 1_000.0
    );
}

fn cost((examples, drafts): &(Vec<Example>, Vec<Draft>)) {
    let rules = Rules::parse(EMBEDDED).unwrap();
    let sign = |draft: &Draft| signature(&rules, &draft.body, draft.contact.as_ref());
    best("signature, a report", drafts.len(), &|| {
        drafts.iter().for_each(|draft| drop(black_box(sign(draft))));
    });
    let all: Vec<_> = drafts.iter().map(sign).collect();
    let members: Vec<Member> = all
        .iter()
        .zip(examples)
        .zip(1..)
        .map(|((signature, example), report)| Member {
            report,
            cluster: ClusterId(example.label as i64),
            head: ClusterId(example.label as i64),
            at: Micros(0),
            signature: signature.clone(),
        })
        .collect();
    best(
        "judge, a report against a whole day of 200",
        all.len(),
        &|| {
            for signature in &all {
                black_box(judge(&rules, signature, Micros(0), &members));
            }
        },
    );
}

/// Of pairs in one language, how many that belong together are found where of 1,000 (10,000) that do not one is.
fn methods(days: &[(Vec<Example>, Vec<Draft>)]) {
    let mut scores = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for (examples, drafts) in days {
        let texts: Vec<_> = drafts.iter().map(pieces).collect();
        let sketches: Vec<_> = texts
            .iter()
            .map(|pieces| (minhash(pieces), simhash(pieces)))
            .collect();
        for a in 0..texts.len() {
            for b in 0..a {
                let one_language = drafts[a].body.language == drafts[b].body.language;
                if !one_language || texts[a].len().min(texts[b].len()) < 60 || texts[a] == texts[b]
                {
                    continue;
                }
                let ((min_a, sim_a), (min_b, sim_b)) = (&sketches[a], &sketches[b]);
                let same = min_a.iter().zip(min_b).filter(|(a, b)| a == b).count();
                let near = 64 - (sim_a ^ sim_b).count_ones() as usize;
                for ((right, wrong), score) in scores.iter_mut().zip([same, near]) {
                    let belong = examples[a].label == examples[b].label;
                    if belong { right } else { wrong }.push(score);
                }
            }
        }
    }
    for (name, (right, wrong)) in ["MinHash, 128 bytes", "SimHash, 8 bytes"]
        .iter()
        .zip(&mut scores)
    {
        wrong.sort_unstable();
        let found = |one_in: usize| {
            let limit = wrong[wrong.len() - 1 - wrong.len() / one_in];
            let found = right.iter().filter(|score| **score > limit).count();
            found as f64 * 100.0 / right.len() as f64
        };
        println!(
            "{name}: {:.1} % of {} pairs at 1 in 1,000 wrong, {:.1} % at 1 in 10,000",
            found(1_000),
            right.len(),
            found(10_000)
        );
    }
}

fn pieces(draft: &Draft) -> BTreeSet<u64> {
    let Some(Answer::Text(story)) = draft.body.answers.get("story") else {
        return BTreeSet::new();
    };
    let chars: Vec<char> = fold(story).chars().collect();
    let hash = |piece: &[char]| piece.iter().fold(7, |sum, c| mix(sum ^ u64::from(*c)));
    chars.windows(7).map(hash).collect()
}

const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn minhash(pieces: &BTreeSet<u64>) -> Vec<u8> {
    let lowest = |slot: u64| pieces.iter().map(|piece| mix(piece ^ mix(slot))).min();
    (0..128)
        .map(|slot| (lowest(slot).unwrap_or(0) & 0xff) as u8)
        .collect()
}

/// Charikar 2002.
fn simhash(pieces: &BTreeSet<u64>) -> u64 {
    let bit = |at: u32| {
        let ones = pieces.iter().filter(|piece| *piece >> at & 1 == 1).count();
        u64::from(ones * 2 > pieces.len()) << at
    };
    (0..64).map(bit).fold(0, |all, bit| all | bit)
}
