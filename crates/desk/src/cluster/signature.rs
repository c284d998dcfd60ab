//! What is kept beside a report to find those that look like it: 256 bytes, whatever the report.

use std::collections::BTreeSet;

use cairn_kernel::observable::{Kind, Observable, extract};

use super::Rules;
use super::text::{SLOTS, Sketch, hash};
use super::trace::{Trace, traces};
use crate::report::{Answer, Body, Contact};

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 256;
/// Layout of the bytes; the rules' version stands beside it.
const FORMAT: u8 = 1;
/// Most shared things that are kept, the most telling first.
const TRACES_MAX: usize = 12;
/// Bytes before the traces: format, traces, rules' version, pieces, language, category, sub-type, channel, slots.
const HEAD: usize = 2 + 2 + 2 + 4 * 2 + SLOTS;
/// Bytes of a trace: kind and key.
const TRACE: usize = 9;
/// Bit of the kind's byte: a free number.
const FREE: u8 = 0x80;
/// Answer to "how did it reach you".
const CHANNEL: &str = "channel";

/// What a report can share with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub(super) rules: u16,
    pub(super) sketch: Sketch,
    pub(super) language: u16,
    /// 0 stands for "not said".
    pub(super) category: u16,
    pub(super) subtype: u16,
    pub(super) channel: u16,
    /// Sorted, each once.
    pub(super) traces: Vec<Trace>,
}

/// A row of the index: reports that share one may look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub i64);

/// Bytes that are no signature of this program's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not [`SIGNATURE_BYTES`].
    #[error("a signature has {SIGNATURE_BYTES} bytes, found {0}")]
    Length(usize),
    /// Made by a newer program.
    #[error("signature of format {0}, this program reads {FORMAT}: make it anew from the report")]
    Format(u8),
    /// A kind or count out of range.
    #[error("not a signature: byte {0} is out of range")]
    Byte(usize),
}

/// Makes the signature of a report.
///
/// The reporter's own address and number, `contact`, are left out wherever they stand: one person's reports are about
/// different things, and to group by person would show an officer who told us what, and answer one matter with the
/// reply to another.
#[must_use]
pub fn signature(rules: &Rules, body: &Body, contact: Option<&Contact>) -> Signature {
    let own = own(contact);
    let all: BTreeSet<(std::cmp::Reverse<u32>, Trace)> = body
        .observables
        .iter()
        .filter(|observable| !own.contains(observable))
        .flat_map(|observable| traces(rules, observable))
        .map(|(trace, _)| {
            (
                std::cmp::Reverse(rules.points.of(trace.kind, trace.free)),
                trace,
            )
        })
        .collect();
    let mut kept: Vec<Trace> = all
        .into_iter()
        .map(|(_, trace)| trace)
        .take(TRACES_MAX)
        .collect();
    kept.sort_unstable();
    let channel = match body.answers.get(CHANNEL) {
        Some(Answer::Text(code)) => short(code),
        _ => 0,
    };
    Signature {
        rules: rules.version(),
        sketch: Sketch::of(rules, body),
        language: short(&body.language),
        category: short(&body.category),
        subtype: body.subtype.as_deref().map_or(0, short),
        channel,
        traces: kept,
    }
}

/// The observables by which the reporter can be reached.
fn own(contact: Option<&Contact>) -> Vec<Observable> {
    let fields = contact
        .iter()
        .flat_map(|contact| [&contact.email, &contact.phone]);
    fields.flatten().flat_map(|text| extract(text)).collect()
}

fn short(code: &str) -> u16 {
    ((hash(code.bytes()) & 0xffff) as u16).max(1)
}

impl Signature {
    /// Rows to look others up by, and to be found by: at most 28, each once.
    #[must_use]
    pub fn keys(&self, rules: &Rules) -> Vec<Key> {
        let long = self.sketch.pieces >= rules.limits.pieces_min;
        let bands = long.then(|| self.sketch.bands()).into_iter().flatten();
        let traces = self.traces.iter().map(|trace| trace.key);
        let all: BTreeSet<Key> = traces
            .chain(bands)
            .map(|key| Key(key.cast_signed()))
            .collect();
        all.into_iter().collect()
    }

    /// The version of the rules it was made by; of another one than [`Rules::version`] it should be made anew.
    #[must_use]
    pub const fn rules(&self) -> u16 {
        self.rules
    }

    /// As it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNATURE_BYTES] {
        let mut bytes = vec![FORMAT, u8::try_from(self.traces.len()).unwrap_or(0)];
        let facts = [
            self.rules,
            self.sketch.pieces,
            self.language,
            self.category,
            self.subtype,
            self.channel,
        ];
        bytes.extend(facts.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend(self.sketch.slots);
        for trace in &self.traces {
            let kind = Kind::ALL.iter().position(|kind| *kind == trace.kind);
            let kind = kind
                .and_then(|at| u8::try_from(at).ok())
                .unwrap_or_default();
            bytes.push(if trace.free { kind | FREE } else { kind });
            bytes.extend(trace.key.to_le_bytes());
        }
        let mut out = [0; SIGNATURE_BYTES];
        for (place, byte) in out.iter_mut().zip(bytes) {
            *place = byte;
        }
        out
    }

    /// Reads what [`Signature::to_bytes`] wrote.
    ///
    /// # Errors
    /// See [`SignatureError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        if bytes.len() != SIGNATURE_BYTES {
            return Err(SignatureError::Length(bytes.len()));
        }
        let ([format, count], rest) = bytes.split_first_chunk().ok_or(SignatureError::Byte(0))?;
        if *format != FORMAT {
            return Err(SignatureError::Format(*format));
        }
        let count = usize::from(*count);
        if count > TRACES_MAX {
            return Err(SignatureError::Byte(1));
        }
        let short = SignatureError::Byte(2);
        let (numbers, rest) = rest.split_at_checked(HEAD - SLOTS - 2).ok_or(short)?;
        let (slots, rest) = rest.split_first_chunk().ok_or(short)?;
        let mut numbers = numbers
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| u16::from_le_bytes(*two));
        let mut next = || numbers.next().unwrap_or_default();
        let (version, pieces, language) = (next(), next(), next());
        let (category, subtype, channel) = (next(), next(), next());
        let traces = rest.as_chunks::<TRACE>().0.iter().take(count).enumerate();
        let traces = traces.map(|(at, [kind, key @ ..])| {
            let known = Kind::ALL.get(usize::from(kind & !FREE));
            Ok(Trace {
                kind: *known.ok_or(SignatureError::Byte(HEAD + at * TRACE))?,
                free: kind & FREE != 0,
                key: u64::from_le_bytes(*key),
            })
        });
        Ok(Self {
            rules: version,
            sketch: Sketch {
                pieces,
                slots: *slots,
            },
            language,
            category,
            subtype,
            channel,
            traces: traces.collect::<Result<_, _>>()?,
        })
    }
}

const _: () = assert!(HEAD + TRACES_MAX * TRACE <= SIGNATURE_BYTES);
