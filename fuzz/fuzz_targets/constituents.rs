//! Lists of constituents: what reads can be written and read again, and an import of it changes nothing the second time.
#![no_main]

use cairn_desk::constituent::Day;
use cairn_desk::constituent::import::certbund::Certbund;
use cairn_desk::constituent::import::ripe::Ripe;
use cairn_desk::constituent::import::{Incoming, csv};
use cairn_desk::constituent::plan::{Here, plan};
use libfuzzer_sys::fuzz_target;

fn read(kind: u8, text: &str) -> Vec<Incoming> {
    match kind % 3 {
        0 => csv::read(text).unwrap_or_default(),
        1 => {
            let mut ripe = Ripe::new(None);
            text.lines().for_each(|line| ripe.line(line));
            ripe.finish().0
        }
        _ => {
            // Tables one after the other, each under a line with its name.
            let mut tables = Certbund::default();
            for part in text.split("\n--\n") {
                let (name, table) = part.split_once('\n').unwrap_or((part, ""));
                tables.table(name, table);
            }
            tables.finish().unwrap_or_default()
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    let incoming = read(*kind, &String::from_utf8_lossy(text));
    let here = |own| Here {
        own,
        manual: &[],
        next: 1,
    };
    let Ok(first) = plan(here(&[]), "fuzz", &incoming, Day(1)) else {
        return;
    };
    let second =
        plan(here(&first.fresh), "fuzz", &incoming, Day(2)).expect("there is something in it");
    assert!(second.summary.is_nothing());
    let table: String = first.fresh.iter().map(csv::line).collect();
    if kind % 3 == 0 {
        let again = csv::read(&(csv::header() + &table)).expect("what was written reads");
        assert_eq!(again.len(), incoming.len());
    }
});
