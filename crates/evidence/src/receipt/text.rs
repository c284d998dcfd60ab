//! The receipt's text: reading and printing.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Begun, Fresh, HEADER, RECEIPT_BYTES_MAX, Receipt, ReceiptError, body_check};
use crate::checkpoint::SignedCheckpoint;
use crate::hash::{Hash, base64, decimal, push_base64, unbase64, unbase64_vec};

/// A path can not be longer than the largest tree is high.
const PATH_MAX: usize = 63;
/// What a path of twenty hashes, a million entries, and a checkpoint with one signature come to, about.
const REST_BYTES: usize = 20 * 45 + 350;

/// The JSON in `extra`; the order of the fields is that of the text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra<'a> {
    v: u8,
    reference: Cow<'a, str>,
    event: Cow<'a, str>,
    salt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_salt: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_check: Option<String>,
}

impl Receipt {
    /// Reads a receipt file. Only the exact text that [`Receipt::print`] gives is accepted.
    ///
    /// # Errors
    /// [`ReceiptError`] up to and including `NotCanonical`, and `BodySalt`.
    pub fn parse(input: &[u8]) -> Result<Self, ReceiptError> {
        if input.len() > RECEIPT_BYTES_MAX {
            return Err(ReceiptError::TooLong);
        }
        let text =
            std::str::from_utf8(input).map_err(|e| ReceiptError::NotText(e.valid_up_to()))?;
        let header = text
            .strip_prefix(HEADER)
            .and_then(|rest| rest.strip_prefix('\n'));
        let rest = header.ok_or(ReceiptError::Header)?;
        let bad = |line, part| ReceiptError::Line { line, part };
        let (proof, note) = rest
            .split_once("\n\n")
            .ok_or(bad(2, "the empty line before the checkpoint"))?;
        let mut lines = proof.split('\n');
        let extra = lines
            .next()
            .and_then(|line| line.strip_prefix("extra "))
            .and_then(unbase64_vec);
        let extra = extra.ok_or(bad(2, "the event and its salt"))?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(decimal);
        let index = index.ok_or(bad(3, "the place in the log"))?;
        let mut path = Vec::new();
        for (number, line) in lines.enumerate() {
            let hash = line.parse().ok().filter(|_| number < PATH_MAX);
            path.push(hash.ok_or(bad(number + 4, "a hash of the path"))?);
        }
        let checkpoint = SignedCheckpoint::parse(note).map_err(ReceiptError::Checkpoint)?;
        let receipt = Self::from_extra(&extra, index, path, checkpoint)?;
        let printed = receipt.print();
        if printed != text {
            let same = printed
                .lines()
                .zip(text.lines())
                .take_while(|(ours, theirs)| ours == theirs)
                .count();
            return Err(ReceiptError::NotCanonical { line: same + 1 });
        }
        Ok(receipt)
    }

    fn from_extra(
        extra: &[u8],
        index: u64,
        path: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        let extra: Extra<'_> = serde_json::from_slice(extra)
            .map_err(|_| ReceiptError::Extra("it is not the expected JSON object"))?;
        if extra.v != 1 {
            return Err(ReceiptError::Extra(
                "it is of a later version than this program knows",
            ));
        }
        let salt = unbase64(&extra.salt)
            .ok_or(ReceiptError::Extra("the salt is not 16 bytes of base64"))?;
        let mut receipt = Self::new(
            extra.reference.into_owned(),
            extra.event.into_owned(),
            salt,
            None,
            index,
            path,
            checkpoint,
        );
        match (extra.body_salt, extra.body_check) {
            (None, None) => {}
            (Some(salt), Some(check)) => {
                receipt.body_salt = Some(unbase64(&salt).ok_or(ReceiptError::BodySalt)?);
                receipt.body_check = Some(unbase64(&check).ok_or(ReceiptError::BodySalt)?);
            }
            _ => return Err(ReceiptError::BodySalt),
        }
        Ok(receipt)
    }
}

/// What the text says before the place in the log.
struct Said<'a> {
    reference: &'a str,
    event: &'a str,
    salt: [u8; 16],
    body_salt: Option<[u8; 16]>,
    body_check: Option<[u8; 12]>,
}

impl Said<'_> {
    fn begin(&self) -> Result<Begun, serde_json::Error> {
        let extra = Extra {
            v: 1,
            reference: self.reference.into(),
            event: self.event.into(),
            salt: base64(&self.salt),
            body_salt: self.body_salt.map(|salt| base64(&salt)),
            body_check: self.body_check.map(|check| base64(&check)),
        };
        let mut json = Vec::with_capacity(self.event.len() * 5 / 4 + 256);
        serde_json::to_writer(&mut json, &extra)?;
        let mut out = String::with_capacity(json.len() * 4 / 3 + 80 + REST_BYTES);
        out.push_str(HEADER);
        out.push_str("\nextra ");
        push_base64(&json, &mut out);
        out.push_str("\nindex ");
        Ok(Begun(out))
    }
}

impl Fresh<'_> {
    /// The text of the receipt file as far as it is known before the event is logged, so that the event itself need not be
    /// kept until then.
    ///
    /// # Errors
    /// None in practice: all that is written is text.
    pub fn begin(&self) -> Result<Begun, serde_json::Error> {
        Said {
            reference: self.reference,
            event: self.event,
            salt: self.salt,
            body_salt: Some(self.body_salt),
            body_check: Some(body_check(&self.body_salt, &self.entry)),
        }
        .begin()
    }
}

impl Begun {
    /// The whole text, as [`Receipt::print`] gives it: `path` leads from the event at `index` of the log to the root in the text
    /// of the signed `checkpoint`.
    #[must_use]
    pub fn end(self, index: u64, path: &[Hash], checkpoint: &str) -> String {
        let mut out = self.0;
        out.push_str(&index.to_string());
        out.push('\n');
        for hash in path {
            push_base64(&hash.0, &mut out);
            out.push('\n');
        }
        out.push('\n');
        out.push_str(checkpoint);
        out
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = Said {
            reference: &self.reference,
            event: &self.event,
            salt: self.salt,
            body_salt: self.body_salt,
            body_check: self.body_check,
        };
        let begun = said.begin().map_err(|_| fmt::Error)?;
        let checkpoint = self.checkpoint.to_string();
        f.write_str(&begun.end(self.index, &self.path, &checkpoint))
    }
}
