//! A message on its way in: what is encrypted in it is opened and what is signed is checked, before anything of it is read.

use cairn_desk::mail::sealed::{Encryption, Form, Piece, Seal, Signed, pieces, rebuilt};
use cairn_desk::mail::{MailError, MailReport, Reading, read_anyhow};
use cairn_openpgp::{
    Fault, Key, Opened, Secret, Signature, Verdict, check_cleartext, check_detached, keys_in, open,
};
use cairn_store::keys::Purpose;

use crate::App;
use crate::mail::ImportError;

/// Most rounds: what is encrypted may be signed within.
const ROUNDS_MAX: usize = 3;
/// Signs of the mark between what was protected and what was not.
const MARK_CHARS: usize = 10;

/// A message as it is once it was opened.
pub(crate) struct Unsealed {
    /// What it says, with its seals.
    pub(crate) mail: MailReport,
    /// What its signatures are checked with, once it is known whose it is.
    checks: Vec<Check>,
}

/// One part and how its signature is checked.
struct Check {
    encryption: Encryption,
    mark: Option<String>,
    of: Of,
}

enum Of {
    Nothing,
    Opened(Opened),
    Detached(Vec<u8>, Vec<u8>),
    Clear(String),
}

impl App {
    /// Opens a message and reads it. Where none of it is protected it is read as it is.
    pub(crate) async fn unseal(
        &self,
        message: &[u8],
        reading: &Reading<'_>,
    ) -> Result<Unsealed, ImportError> {
        let looks_sealed = message
            .windows(4)
            .any(|four| four.eq_ignore_ascii_case(b"pgp-"))
            || message.windows(9).any(|nine| nine == b"BEGIN PGP")
            || message
                .windows(4)
                .any(|four| matches!(four, b".pgp" | b".gpg" | b".asc"))
            || may_hide_a_block(message);
        if !looks_sealed || message.len() > cairn_desk::mail::MAIL_BYTES_MAX {
            let mail = read_anyhow(message, reading)?;
            return Ok(Unsealed {
                mail,
                checks: Vec::new(),
            });
        }
        let own = self.openpgp_own().unwrap_or_else(|error| {
            tracing::error!(%error, "the service's OpenPGP key can't be read: nothing is decrypted");
            Vec::new()
        });
        let mark = self.store.keys().tag(Purpose::SealMark, &[message]);
        let mark: String = mark
            .iter()
            .take(MARK_CHARS / 2)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let whole = message.to_vec();
        let opened = tokio::task::spawn_blocking(move || opened(whole, &own, &mark)).await;
        let (message, checks) = opened.map_err(|_| MailError::Empty)?;
        let mail = read_anyhow(&message, reading)?;
        Ok(Unsealed { mail, checks })
    }
}

/// A text whose transfer encoding hides the first line of a block.
fn may_hide_a_block(message: &[u8]) -> bool {
    let head = b"content-transfer-encoding: base64";
    message
        .windows(head.len())
        .any(|part| part.eq_ignore_ascii_case(head))
}

impl Unsealed {
    /// Says what is to be said of each protected part. `known` are the keys that the report has; those that the message brings
    /// are tried, too.
    pub(crate) fn sealed(mut self, known: &[Key], now: i64) -> MailReport {
        let mut keys = known.to_vec();
        for brought in &self.mail.keys {
            keys.extend(keys_in(brought).unwrap_or_default());
        }
        let from = self
            .mail
            .headers
            .from
            .first()
            .map_or("", |from| from.address.as_str());
        let seals = self.checks.iter().map(|check| {
            let signatures = match &check.of {
                Of::Nothing => Vec::new(),
                Of::Opened(opened) => opened.signatures(&keys, now),
                Of::Detached(signature, data) => check_detached(signature, data, &keys, now),
                Of::Clear(block) => check_cleartext(block, &keys, now).signatures,
            };
            seal(check, signatures, from)
        });
        self.mail.evidence.seals = seals.collect();
        self.mail
    }
}

fn seal(check: &Check, signatures: Vec<Signature>, from: &str) -> Seal {
    // Of several the best counts: one by somebody whom we do not know takes nothing from one that is right.
    let best = signatures.into_iter().min_by_key(|one| match one.verdict {
        Verdict::Good => 0,
        Verdict::Bad => 1,
        Verdict::Revoked => 2,
        Verdict::Expired => 3,
        Verdict::Unknown => 4,
    });
    let signed = match best.as_ref().map(|best| best.verdict) {
        None => Signed::None,
        Some(Verdict::Good) => Signed::Good,
        Some(Verdict::Bad) => Signed::Bad,
        Some(Verdict::Unknown) => Signed::Unknown,
        Some(Verdict::Expired) => Signed::Expired,
        Some(Verdict::Revoked) => Signed::Revoked,
    };
    let from = from.trim().to_lowercase();
    let other = best.as_ref().is_some_and(|best| {
        !matches!(best.verdict, Verdict::Unknown | Verdict::Bad) && !best.addresses.contains(&from)
    });
    Seal {
        encryption: check.encryption,
        signed,
        key: best.map(|best| best.key).filter(|key| !key.is_empty()),
        other_sender: other,
        mark: check.mark.clone(),
    }
}

/// Opens what can be opened, the outermost first.
fn opened(message: Vec<u8>, own: &[Secret], mark: &str) -> (Vec<u8>, Vec<Check>) {
    let (mut message, mut checks) = (message, Vec::<Check>::new());
    // What was encrypted whole makes all that is in it so.
    let mut around = Encryption::None;
    for round in 0..ROUNDS_MAX {
        let found = pieces(&message);
        let alone = matches!(found.as_slice(), [one] if one.whole);
        let mark = format!("{mark}{round}");
        let mut replaced = Vec::new();
        let mut fresh = Vec::new();
        for piece in found {
            let marked = (!piece.whole).then(|| mark.clone());
            let (encryption, of, plain) = one(&piece, own);
            let encryption = if encryption == Encryption::None {
                around
            } else {
                encryption
            };
            fresh.push(Check {
                encryption,
                mark: marked,
                of,
            });
            if let Some(plain) = plain {
                replaced.push((piece, plain));
            }
        }
        if fresh.is_empty() {
            break;
        }
        let goes_on = alone && !replaced.is_empty();
        around = fresh
            .first()
            .filter(|_| goes_on)
            .map_or(around, |one| one.encryption);
        message = rebuilt(&message, &replaced, &mark);
        merge(&mut checks, fresh);
        if !goes_on {
            break;
        }
    }
    (message, checks)
}

/// What was encrypted whole and is signed within is one seal.
fn merge(checks: &mut Vec<Check>, fresh: Vec<Check>) {
    for check in fresh {
        let outer = checks.last_mut().filter(|outer| {
            outer.mark.is_none()
                && check.mark.is_none()
                && matches!(check.encryption, Encryption::None | Encryption::ToUs)
                && match &outer.of {
                    Of::Nothing => true,
                    Of::Opened(opened) => !opened.is_signed(),
                    _ => false,
                }
        });
        match outer {
            Some(outer) => outer.of = check.of,
            None => checks.push(check),
        }
    }
}

/// How it came, how its signature is checked, what is in it.
fn one(piece: &Piece, own: &[Secret]) -> (Encryption, Of, Option<Vec<u8>>) {
    match piece.form {
        Form::Signed => {
            let of = Of::Detached(piece.payload.clone(), piece.signed.clone());
            (Encryption::None, of, Some(piece.signed.clone()))
        }
        Form::Clear => {
            let block = String::from_utf8_lossy(&piece.payload).into_owned();
            let text = check_cleartext(&block, &[], 0).text.map(String::into_bytes);
            (Encryption::None, Of::Clear(block), text)
        }
        Form::Encrypted | Form::Inline | Form::File => match open(&piece.payload, own) {
            Ok(mut opened) => {
                let plain = std::mem::take(&mut opened.data);
                let encryption = if opened.encrypted {
                    Encryption::ToUs
                } else {
                    Encryption::None
                };
                opened.data.clone_from(&plain);
                (encryption, Of::Opened(opened), Some(plain))
            }
            Err(fault) => (closed(fault), Of::Nothing, None),
        },
    }
}

const fn closed(fault: Fault) -> Encryption {
    match fault {
        Fault::NotForUs => Encryption::ToOthers,
        Fault::Unprotected => Encryption::Unsafe,
        Fault::Damaged => Encryption::Damaged,
        Fault::TooLarge | Fault::TooComplex => Encryption::TooMuch,
    }
}
