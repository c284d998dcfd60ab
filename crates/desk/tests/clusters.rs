//! A day of reports falls into the clusters that its maker knows of, in whatever order it comes; and reports that only
//! look alike do not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests say what is wrong by failing"
)]

#[path = "../../testkit/src/campaigns.rs"]
mod campaigns;
#[path = "../../testkit/src/dice.rs"]
#[allow(dead_code, reason = "the test kit uses all of it")]
mod dice;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cairn_desk::cluster::{
    Change, ClusterId, Clusters, Command, Decision, EMBEDDED, Event, Join, Key, Member, Reason, Refusal, Rules,
    Signature, decide, judge, signature,
};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Body, Contact, Draft};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use campaigns::{Example, campaigns};
use dice::Dice;
use serde_json::{Value, json};

const START: Micros = Micros(1_795_424_400_000_000);

fn form() -> Form {
    Form::parse(&FormFiles::embedded()).unwrap()
}

fn draft(form: &Form, report: &Value) -> Draft {
    let bytes = serde_json::to_vec(report).unwrap();
    form.parse_json(&bytes)
        .unwrap_or_else(|problems| panic!("{report:#}: {problems:?}"))
}

/// What store and app will do, in memory: an index of keys, and one decision after another.
struct Desk {
    rules: Rules,
    index: HashMap<Key, Vec<i64>>,
    signatures: BTreeMap<i64, (Micros, Signature)>,
    clusters: Clusters,
    events: Vec<Event>,
    cluster: i64,
}

impl Desk {
    fn new() -> Self {
        Self {
            rules: Rules::parse(EMBEDDED).unwrap(),
            index: HashMap::new(),
            signatures: BTreeMap::new(),
            clusters: Clusters::default(),
            events: Vec::new(),
            cluster: 0,
        }
    }

    fn does(&mut self, command: Command, at: Micros, by: &Actor) -> Result<Vec<Event>, Refusal> {
        let action = self.events.last().map_or(0, |event| event.action) + 1;
        let events = decide(&self.clusters, command, action, at, by)?;
        for event in &events {
            self.clusters.apply(event);
        }
        self.events.extend(events.iter().cloned());
        Ok(events)
    }

    fn members(&self, keys: &[Key]) -> Vec<Member> {
        let hit = keys.iter().filter_map(|key| self.index.get(key)).flatten();
        let heads: BTreeSet<ClusterId> = hit
            .map(|report| self.clusters.head(self.clusters.cluster_of(*report).unwrap()))
            .collect();
        let reports = heads.into_iter().flat_map(|head| self.clusters.reports(head));
        let member = |report| {
            let cluster = self.clusters.cluster_of(report).unwrap();
            let (at, signature) = self.signatures[&report].clone();
            Member {
                report,
                cluster,
                head: self.clusters.head(cluster),
                at,
                signature,
            }
        };
        reports.map(member).collect()
    }

    fn arrive(&mut self, body: &Body, contact: Option<&Contact>, at: Micros) -> (i64, Join) {
        let report = self.signatures.len() as i64 + 1;
        let signature = signature(&self.rules, body, contact);
        // As the store gives it back.
        let signature = Signature::from_bytes(&signature.to_bytes()).unwrap();
        let keys = signature.keys(&self.rules);
        let join = judge(&self.rules, &signature, at, &self.members(&keys));
        for key in keys {
            self.index.entry(key).or_default().push(report);
        }
        self.signatures.insert(report, (at, signature));
        self.cluster += 1;
        let fresh = ClusterId(self.cluster);
        let command = Command::Arrive {
            report,
            severity: body.severity,
            join: join.clone(),
            fresh,
        };
        self.does(command, at, &Actor::System).unwrap();
        if let Join::Cluster { cluster, also, .. } = &join {
            for (from, why) in also.clone() {
                let into = *cluster;
                let link = Command::Merge { from, into, why };
                self.does(link, at, &Actor::System).unwrap();
            }
        }
        (report, join)
    }

    fn head_of(&self, report: i64) -> ClusterId {
        self.clusters.head(self.clusters.cluster_of(report).unwrap())
    }
}

/// Pairs that were put together rightly and wrongly, and those that were missed.
#[derive(Debug, Default, Clone, Copy)]
struct Pairs {
    right: u64,
    wrong: u64,
    missed: u64,
}

impl Pairs {
    fn of(desk: &Desk, labels: &[usize]) -> Self {
        let mut pairs = Self::default();
        for (a, one) in labels.iter().enumerate() {
            for (b, two) in labels.iter().enumerate().skip(a + 1) {
                let together = desk.head_of(a as i64 + 1) == desk.head_of(b as i64 + 1);
                match (together, one == two) {
                    (true, true) => pairs.right += 1,
                    (true, false) => pairs.wrong += 1,
                    (false, true) => pairs.missed += 1,
                    (false, false) => {}
                }
            }
        }
        pairs
    }

    fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }
}

/// Two and a half minutes between two reports.
fn run(form: &Form, examples: &[Example]) -> Desk {
    let mut desk = Desk::new();
    for (nth, example) in examples.iter().enumerate() {
        let draft = draft(form, &example.report);
        let at = START.plus_seconds(150 * nth as i64);
        desk.arrive(&draft.body, draft.contact.as_ref(), at);
    }
    desk
}

#[test]
fn a_day_falls_into_its_campaigns_whatever_the_seed() {
    let form = form();
    for seed in 1..=20 {
        let examples = campaigns(seed, 200);
        let desk = run(&form, &examples);
        let labels: Vec<usize> = examples.iter().map(|example| example.label).collect();
        let pairs = Pairs::of(&desk, &labels);
        let heads: BTreeSet<_> = (1..=200).map(|report| desk.head_of(report)).collect();
        let things: BTreeSet<_> = labels.iter().collect();
        println!(
            "seed {seed}: precision {:.4}, recall {:.4}, {} clusters of {} things",
            pairs.precision(),
            pairs.recall(),
            heads.len(),
            things.len(),
        );
        if std::env::var_os("CLUSTERS_SHOW").is_some() {
            show(&desk, &examples);
            let all: Vec<_> = examples.iter().map(|e| json!([e.label, e.report])).collect();
            std::fs::write(format!("/tmp/cl.{seed}.json"), json!(all).to_string()).unwrap();
            continue;
        }
        assert!(pairs.precision() >= 0.99, "seed {seed}: {pairs:?}");
        assert!(pairs.recall() >= 0.90, "seed {seed}: {pairs:?}");
    }
}

/// What went wrong, for whoever changes the rules.
fn show(desk: &Desk, examples: &[Example]) {
    let label = |report: i64| examples[report as usize - 1].label;
    let story = |report: i64| examples[report as usize - 1].report["answers"]["story"].to_string()
        + &examples[report as usize - 1].report["answers"]["traces"].to_string();
    for event in &desk.events {
        match &event.change {
            Change::Joined { report, why, .. } => {
                if why.iter().any(|why| label(why.with) != label(*report) && why.reason != Reason::Answers) {
                    println!("  JOIN {report} of {}: {why:?}", label(*report));
                    for why in why {
                        println!("    {} {}\n    with {} {}", label(*report), story(*report), label(why.with), story(why.with));
                    }
                }
            }
            Change::Merged { cluster, into, why } => {
                let labels = |c: ClusterId| desk.clusters.reports(c).into_iter().map(label).collect::<BTreeSet<_>>();
                println!("  MERGE {cluster:?} {:?} into {into:?} {:?}: {why:?}", labels(*cluster), labels(*into));
            }
            _ => {}
        }
    }
    let mut by_label: BTreeMap<usize, BTreeMap<ClusterId, Vec<i64>>> = BTreeMap::new();
    let mut by_head: BTreeMap<ClusterId, BTreeSet<usize>> = BTreeMap::new();
    for (at, example) in examples.iter().enumerate() {
        let report = at as i64 + 1;
        let head = desk.head_of(report);
        by_label.entry(example.label).or_default().entry(head).or_default().push(report);
        by_head.entry(head).or_default().insert(example.label);
    }
    for (label, heads) in &by_label {
        let big = heads.values().map(Vec::len).max().unwrap();
        for (head, reports) in heads {
            if reports.len() < big || by_head[head].len() > 1 {
                for report in reports {
                    let example = &examples[*report as usize - 1];
                    println!(
                        "  {label} {:?} in {head:?}: {} | {}",
                        example.campaign,
                        example.report["answers"]["story"],
                        example.report["answers"]["traces"]
                    );
                }
            }
        }
    }
}
