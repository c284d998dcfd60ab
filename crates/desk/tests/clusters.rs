//! A day of reports falls into the clusters that its maker knows of, in whatever order it comes; and reports that only
//! look alike do not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
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
    ClusterId, Clusters, Command, EMBEDDED, Event, Join, Key, Member, Reason, Refusal, Rules,
    SIGNATURE_BYTES, Signature, SignatureError, decide, judge, signature,
};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::report::{Body, Contact, Draft};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use campaigns::{Example, campaigns};
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
            .map(|report| {
                self.clusters
                    .head(self.clusters.cluster_of(*report).unwrap())
            })
            .collect();
        let reports = heads
            .into_iter()
            .flat_map(|head| self.clusters.reports(head));
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
                let linked = self.does(link, at, &Actor::System);
                assert!(matches!(
                    linked,
                    Ok(_) | Err(Refusal::Parted | Refusal::BothDecided)
                ));
            }
        }
        (report, join)
    }

    fn head_of(&self, report: i64) -> ClusterId {
        self.clusters
            .head(self.clusters.cluster_of(report).unwrap())
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
    let mut worst = (1.0_f64, 1.0_f64);
    // Other days: FIRST_SEED=1001 cargo nextest run -p cairn-desk --test clusters --no-capture
    let first = std::env::var("FIRST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let first: u64 = first.unwrap_or(1);
    for seed in first..first + 20 {
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
        worst = (worst.0.min(pairs.precision()), worst.1.min(pairs.recall()));
        // Nobody in danger is answered with what was meant for others.
        for (at, _) in examples
            .iter()
            .enumerate()
            .filter(|(_, example)| example.serious)
        {
            let report = at as i64 + 1;
            let with = desk.clusters.reports(desk.head_of(report));
            let same = with
                .iter()
                .all(|other| labels[*other as usize - 1] == labels[at]);
            assert!(same, "seed {seed}: {with:?}");
        }
    }
    assert!(worst.0 >= 0.99 && worst.1 >= 0.90, "{worst:?}");
}

/// The first reports of a campaign.
fn of_campaign(examples: &[Example], code: &str, count: usize) -> Vec<Example> {
    let own = |example: &&Example| example.campaign.as_deref() == Some(code);
    let all: Vec<_> = examples.iter().filter(own).take(count).cloned().collect();
    assert_eq!(all.len(), count, "{code}");
    all
}

/// In turns.
fn mixed(one: Vec<Example>, two: Vec<Example>) -> Vec<Example> {
    let mut all: Vec<_> = one
        .into_iter()
        .map(Some)
        .zip(two.into_iter().map(Some))
        .collect();
    let all = all
        .iter_mut()
        .flat_map(|(one, two)| [one.take(), two.take()]);
    all.flatten().collect()
}

fn biggest(desk: &Desk) -> usize {
    let ids = desk
        .clusters
        .ids()
        .filter(|id| desk.clusters.head(*id) == *id);
    ids.map(|id| desk.clusters.reports(id).len()).max().unwrap()
}

#[test]
fn who_copies_the_words_of_another_campaign_does_not_join_it() {
    const COPIED: &str = "Your parcel could not be delivered because the street number is missing. Pay the redelivery fee \
        today or it will be sent back. I got a text message about a parcel that I was supposed to be waiting for. ";
    let form = form();
    for seed in 1..=5 {
        let day = campaigns(seed, 400);
        let mut copies = of_campaign(&day, "job", 15);
        for copy in &mut copies {
            let story = copy.report["answers"]["story"].as_str().unwrap().to_owned();
            copy.report["answers"]["story"] = json!(format!("{COPIED}{story}"));
        }
        let all = mixed(of_campaign(&day, "parcel", 15), copies);
        let desk = run(&form, &all);
        let labels: Vec<usize> = all.iter().map(|example| example.label).collect();
        let pairs = Pairs::of(&desk, &labels);
        println!("seed {seed}: {pairs:?}");
        assert_eq!(pairs.wrong, 0, "seed {seed}");
        assert!(pairs.recall() > 0.6, "seed {seed}: {pairs:?}");
    }
}

#[test]
fn a_flood_with_one_popular_domain_melts_nothing() {
    let form = form();
    let day = campaigns(3, 400);
    let mut flood: Vec<_> = day
        .iter()
        .filter(|e| e.campaign.is_none() && !e.serious)
        .cloned()
        .collect();
    assert!(flood.len() > 25);
    for (nth, report) in flood.iter_mut().enumerate() {
        let traces = format!(
            "https://everybodys-market.example/item/{nth}\nhttps://everybodys-market.example"
        );
        report.report["answers"]["traces"] = json!(traces);
    }
    // And in the middle of two campaigns, some of whose reporters name the place too.
    let mut campaign = of_campaign(&day, "shop", 15);
    campaign.extend(of_campaign(&day, "crypto", 15));
    for report in campaign.iter_mut().step_by(2) {
        let story = report.report["answers"]["story"].as_str().unwrap();
        let story = format!("{story} I saw it on everybodys-market.example first.");
        report.report["answers"]["story"] = json!(story);
    }
    let all = mixed(flood, campaign);
    let desk = run(&form, &all);
    let labels: Vec<usize> = all.iter().map(|example| example.label).collect();
    let pairs = Pairs::of(&desk, &labels);
    println!(
        "{pairs:?}, the biggest of {} reports has {}",
        all.len(),
        biggest(&desk)
    );
    assert!(pairs.precision() >= 0.98, "{pairs:?}");
    assert!(pairs.right > 50, "{pairs:?}");
}

fn told(story: &str, traces: &str) -> Value {
    json!({"language": "en", "anonymous": false, "contact": {"email": "tui@example.org", "phone": "021 555 0199"},
        "answers": {"who": "me", "danger": "no", "money_moved": "no", "what": "scam", "scam_kind": "goods",
            "when": {"year": 2026}, "channel": "website", "story": story, "traces": traces, "loss": ["none"],
            "done": ["none"], "help": "help"}})
}

/// Judges reports one after another, so many days apart.
fn joins(form: &Form, reports: &[Value], days: i64) -> (Desk, Vec<Join>) {
    let mut desk = Desk::new();
    let mut all = Vec::new();
    for (nth, report) in reports.iter().enumerate() {
        let draft = draft(form, report);
        let at = START.plus_seconds(days * 86_400 * nth as i64);
        all.push(desk.arrive(&draft.body, draft.contact.as_ref(), at).1);
    }
    (desk, all)
}

const GOOSE: &str = "A stranger sold me a goose online that was never hatched, and the whole yard of birds in the pictures \
    belongs to a farm on another island whose owner knows nothing of it.";
const LADDER: &str = "The ladder which I paid for in advance came as a drawing of a ladder, together with a polite letter \
    that thanks me for my interest in drawings and asks for five stars.";
const WALLET: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

#[test]
fn one_person_who_tells_of_two_things_is_two_reports() {
    let form = form();
    let mine = " Write to me at tui@example.org or 021 555 0199.";
    let reports = [
        told(&format!("{GOOSE}{mine}"), ""),
        told(&format!("{LADDER}{mine}"), ""),
    ];
    let (_, all) = joins(&form, &reports, 0);
    assert_eq!(all, [Join::Alone, Join::Alone]);
    // The same number of somebody else would have been enough.
    let theirs = " Their number is 021 555 0177.";
    let reports = [
        told(&format!("{GOOSE}{theirs}"), ""),
        told(&format!("{LADDER}{theirs}"), ""),
    ];
    let (_, all) = joins(&form, &reports, 0);
    assert!(matches!(&all[1], Join::Cluster { why, .. } if why[0].reason == Reason::Phone));
}

#[test]
fn the_same_report_again_joins_and_says_why() {
    let form = form();
    let (desk, all) = joins(
        &form,
        &[told(GOOSE, ""), told(GOOSE, ""), told(LADDER, "")],
        0,
    );
    let Join::Cluster { why, .. } = &all[1] else {
        panic!("{all:?}")
    };
    assert_eq!(
        (why[0].reason, why[0].with, why[0].percent),
        (Reason::Text, 1, Some(100))
    );
    assert_eq!(all[2], Join::Alone);
    assert_eq!(desk.head_of(1), desk.head_of(2));
    // Too short to say anything.
    let short = told("Hello, I got a scam text. Thank you.", "");
    let (_, all) = joins(&form, &[short.clone(), short], 0);
    assert_eq!(all[1], Join::Alone);
}

#[test]
fn spellings_of_te_reo_maori_meet() {
    let form = form();
    let story = "I hokona e au ngā pūtu e rua i tētahi pae, ā, kāore anō kia tae mai, kāore hoki rātou e whakautu ana ki aku karere maha, ahakoa taku tono kia whakahokia mai aku moni.";
    let doubled = story
        .replace('ā', "aa")
        .replace('ū', "uu")
        .replace('ē', "ee")
        .replace('ō', "oo");
    let plain = story
        .replace('ā', "a")
        .replace('ū', "u")
        .replace('ē', "e")
        .replace('ō', "o");
    let (_, all) = joins(
        &form,
        &[story, &doubled, &plain].map(|story| told(story, "")),
        0,
    );
    for join in &all[1..] {
        assert!(
            matches!(join, Join::Cluster { why, .. } if why[0].percent == Some(100)),
            "{join:?}"
        );
    }
}

#[test]
fn time_parts_what_only_looks_alike() {
    let form = form();
    let wallets = [told(GOOSE, WALLET), told(LADDER, WALLET)];
    assert!(matches!(
        joins(&form, &wallets, 100).1[1],
        Join::Cluster { .. }
    ));
    assert_eq!(joins(&form, &wallets, 130).1[1], Join::Alone);
    let words = [told(GOOSE, ""), told(GOOSE, "")];
    assert!(matches!(
        joins(&form, &words, 29).1[1],
        Join::Cluster { .. }
    ));
    assert_eq!(joins(&form, &words, 31).1[1], Join::Alone);
}

#[test]
fn one_odd_report_does_not_link_two_campaigns_but_a_second_does() {
    let form = form();
    let other = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    let both = format!("{WALLET}\n{other}");
    let grown = |story: &str, wallet: &str| -> Vec<Value> {
        let words: Vec<&str> = story.split(' ').collect();
        let some = |n: usize| words[n..n + 18].join(" ");
        (0..6).map(|n| told(&some(n), wallet)).collect()
    };
    let mut reports = grown(GOOSE, WALLET);
    reports.extend(grown(LADDER, other));
    let odd = told(
        "Two different people wanted money from me on the same rainy afternoon, and I kept both letters.",
        &both,
    );
    let more = told(
        "My aunt noted these down before she hung up, she says that the voices sounded very much alike.",
        &both,
    );
    // Sent twice, and more of both campaigns after it.
    reports.extend([odd.clone(), odd, told(GOOSE, WALLET), told(LADDER, other)]);
    let (desk, _) = joins(&form, &reports, 0);
    assert_ne!(desk.head_of(1), desk.head_of(7));
    assert_eq!(
        (desk.head_of(15), desk.head_of(16)),
        (desk.head_of(1), desk.head_of(7))
    );
    reports.push(more);
    let (desk, all) = joins(&form, &reports, 0);
    assert!(
        matches!(&all[16], Join::Cluster { also, .. } if also.len() == 1),
        "{:?}",
        all[16]
    );
    assert_eq!(desk.head_of(1), desk.head_of(7));
}

#[test]
fn what_many_unrelated_reports_have_says_nothing_in_the_end() {
    let form = form();
    // Each has a category and a way of its own, so that nothing but the number is shared.
    let day = campaigns(8, 400);
    let mut reports: Vec<Value> = day
        .iter()
        .filter(|example| example.campaign.is_none() && !example.serious)
        .map(|example| example.report.clone())
        .collect();
    for report in &mut reports {
        report["answers"]["traces"] = json!("021 555 0177");
    }
    let (desk, _) = joins(&form, &reports, 0);
    // While it is rare it is believed; then it no longer is.
    let late = reports.len() as i64;
    let last: BTreeSet<_> = (late - 8..=late)
        .map(|report| desk.head_of(report))
        .collect();
    println!(
        "{} heads of the last nine, the biggest has {}",
        last.len(),
        biggest(&desk)
    );
    assert!(biggest(&desk) <= 12, "{}", biggest(&desk));
    assert!(last.len() >= 6, "{last:?}");
}

#[test]
fn a_signature_has_fixed_bytes_and_refuses_others() {
    let rules = Rules::parse(EMBEDDED).unwrap();
    let form = form();
    let mut lengths = BTreeSet::new();
    for example in campaigns(4, 60) {
        let draft = draft(&form, &example.report);
        let one = signature(&rules, &draft.body, draft.contact.as_ref());
        let bytes = one.to_bytes();
        assert_eq!(Signature::from_bytes(&bytes).unwrap(), one);
        let keys = one.keys(&rules);
        assert!(keys.len() <= 28 && keys.is_sorted());
        lengths.insert(keys.len());
    }
    assert!(lengths.len() > 3, "{lengths:?}");
    let many: String = (0..40)
        .map(|n| format!("https://a{n}.example/x "))
        .collect();
    let mut bytes = signature(&rules, &draft(&form, &told(GOOSE, &many)).body, None).to_bytes();
    assert!(Signature::from_bytes(&bytes).is_ok());
    assert_eq!(
        Signature::from_bytes(&bytes[1..]),
        Err(SignatureError::Length(SIGNATURE_BYTES - 1))
    );
    bytes[1] = 13;
    assert_eq!(Signature::from_bytes(&bytes), Err(SignatureError::Byte(1)));
    bytes[0] = 9;
    assert_eq!(
        Signature::from_bytes(&bytes),
        Err(SignatureError::Format(9))
    );
}

#[test]
fn the_signature_of_one_report_stays_as_it_is() {
    let rules = Rules::parse(EMBEDDED).unwrap();
    let body = draft(&form(), &told(GOOSE, "https://evil.example/pay")).body;
    let bytes = signature(&rules, &body, None).to_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    insta::assert_snapshot!(hex);
}
