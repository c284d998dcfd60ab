//! What extraction, defanging and folding cost on plain prose:
//! `cargo run --release --package cairn-kernel --example cost`.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]

use std::time::{Duration, Instant};

use cairn_kernel::observable::{defang_text, extract};
use cairn_kernel::text;

fn main() {
    let prose = "I got a text message that said it was from my bank. It asked me to confirm a payment of $250, so I \
        followed the link and typed in my details. Later that day I saw two payments that I had not made, and when I \
        called the number on the back of my card they told me that somebody had added a new phone. My whānau had the \
        same message last week; we didn't think much of it at the time.\n\nWhat should I do now? "
        .repeat(200);
    let mixed = prose.replace(
        "my bank",
        "https://evil.example/login (192.0.2.1, a@b.example)",
    );
    let time = |name: &str, text: &str, work: &dyn Fn(&str) -> usize| {
        // The best of many rounds, since other programs take their share of the rest.
        let mut best = Duration::MAX;
        let mut sum = 0;
        for _ in 0..200 {
            let started = Instant::now();
            sum += work(text);
            best = best.min(started.elapsed());
        }
        let kib = u128::try_from(text.len().div_ceil(1024)).unwrap_or(u128::MAX);
        println!("{name}: {} ns/KiB ({sum})", best.as_nanos() / kib);
    };
    time("extract, prose", &prose, &|text| extract(text).len());
    time("extract, mixed", &mixed, &|text| extract(text).len());
    time("defang_text, prose", &prose, &|text| {
        defang_text(text).len()
    });
    time("fold, prose", &prose, &|text| text::fold(text).len());
    let ascii = prose.replace('ā', "a");
    time("fold, ASCII", &ascii, &|text| text::fold(text).len());
    time("visible, prose", &prose, &|text| text::visible(text).len());
    time("visible, ASCII", &ascii, &|text| text::visible(text).len());
}
