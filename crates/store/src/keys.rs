//! The keys of one installation, in `keys/` of the data directory, readable by its owner only.
//!
//! `log.seed` signs checkpoints (Ed25519), `secret.key` authenticates what people hold (status secrets, sessions,
//! idempotency keys), `reference.key` scrambles report numbers, `blob.key` wraps the keys of files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_evidence::keys::{KeyList, pair_from_seed};
use cairn_evidence::note::{Signer, VerifierKey};
use ring::aead;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// A key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file.
    #[error("key file {path}: {cause}")]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It is not 32 bytes long.
    #[error("key file {0} is damaged: it must hold 32 bytes; restore it from a backup")]
    Length(PathBuf),
    /// The published list.
    #[error("key list {path}: {cause}")]
    List {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    Random,
}

/// 16 or 32 random bytes from the system.
///
/// # Errors
/// The system's generator failed, which does not happen on a working machine.
pub fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| KeyError::Random)?;
    Ok(bytes)
}

/// The keys of this installation.
#[derive(Clone)]
pub struct Keys {
    /// Signs checkpoints.
    pub signer: Arc<Signer>,
    /// Published keys, old ones included.
    pub list: KeyList,
    secret: hmac::Key,
    /// Scrambles report numbers into references.
    pub reference: [u8; 32],
    blob: Arc<aead::LessSafeKey>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("log", &self.signer.verifier().to_string())
            .finish_non_exhaustive()
    }
}

/// What an authenticated text is for, so that one kind never passes for another.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// A reporter's status secret.
    Status,
    /// Making a status secret from an idempotency key.
    StatusFromKey,
    /// An idempotency key.
    Idempotency,
    /// A form's draft cookie.
    Draft,
    /// An officer's session cookie.
    Session,
    /// A partner's API key.
    ApiKey,
    /// A recovery code.
    Recovery,
    /// The address of somebody who had an automatic answer.
    MailAnswer,
    /// The secret by which published counts are rounded.
    Rounding,
    /// Making the secret of a challenge's sender from the key of the form.
    ChallengeFromKey,
    /// The secret of a challenge's sender.
    Challenge,
    /// Making the salt of a text of a case from the key of the form.
    CaseText,
    /// The key of the form that opened a case.
    Case,
    /// Making the salt of a handover note from the key of the form.
    Handover,
    /// Making the salt of a rule from the key of the form.
    Rule,
    /// The tag of the address to which a reporter answers.
    MailTag,
    /// What tells a mail on a thread from others.
    MailSeen,
    /// The address to which a mail went.
    MailAddress,
    /// The mark between what OpenPGP protected of a mail and what it did not.
    SealMark,
    /// What tells an entry of an old thread from others.
    OldEntry,
    /// An officer's token.
    Token,
    /// The key with which an officer's program names one request.
    Call,
    /// The secrets of a notice: its link, and the address to which what does not arrive comes back.
    Notice,
    /// What shows that somebody brought a file, or may read it.
    Ticket,
    /// The secrets of links to claims and contacts, and the mailbox of a claim.
    Claim,
}

impl Keys {
    /// Reads the keys, making those that are not there yet. `name` is the log's origin.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn open(dir: &Path, name: &str) -> Result<Self, KeyError> {
        let io = |cause| KeyError::File {
            path: dir.to_owned(),
            cause,
        };
        fs::create_dir_all(dir).map_err(io)?;
        private_dir(dir).map_err(io)?;
        let seed = key_file(&dir.join("log.seed"))?;
        let list_path = dir.join("log.keys");
        let bad = |cause: String| KeyError::List {
            path: list_path.clone(),
            cause,
        };
        let pair = pair_from_seed(&seed).map_err(|e| bad(e.to_string()))?;
        let signer = Signer::new(name, pair).map_err(|e| bad(e.to_string()))?;
        let list = match fs::read_to_string(&list_path) {
            Ok(text) => text.parse::<KeyList>().map_err(|e| bad(e.to_string()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut list = KeyList::new();
                list.add(signer.verifier().clone(), 0)
                    .map_err(|e| bad(e.to_string()))?;
                write_new(&list_path, list.to_string().as_bytes()).map_err(|cause| {
                    KeyError::File {
                        path: list_path.clone(),
                        cause,
                    }
                })?;
                list
            }
            Err(cause) => {
                return Err(KeyError::File {
                    path: list_path,
                    cause,
                });
            }
        };
        let secret = key_file(&dir.join("secret.key"))?;
        let blob = key_file(&dir.join("blob.key"))?;
        let blob =
            aead::UnboundKey::new(&aead::AES_256_GCM, &blob).map_err(|_| KeyError::Random)?;
        Ok(Self {
            signer: Arc::new(signer),
            list,
            secret: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            reference: key_file(&dir.join("reference.key"))?,
            blob: Arc::new(aead::LessSafeKey::new(blob)),
        })
    }

    /// Replaces the signing key from log size `from` on; the old one stays in the published list.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn rotate(dir: &Path, name: &str, from: u64) -> Result<VerifierKey, KeyError> {
        let mut keys = Self::open(dir, name)?;
        let list_path = dir.join("log.keys");
        let bad = |cause: String| KeyError::List {
            path: list_path.clone(),
            cause,
        };
        let seed = random::<32>()?;
        let pair = pair_from_seed(&seed).map_err(|e| bad(e.to_string()))?;
        let signer = Signer::new(name, pair).map_err(|e| bad(e.to_string()))?;
        let key = signer.verifier().clone();
        keys.list
            .add(key.clone(), from)
            .map_err(|e| bad(e.to_string()))?;
        // The list first: a key that is published and unused does no harm, the other way round does.
        for (path, bytes) in [
            (list_path.clone(), keys.list.to_string().into_bytes()),
            (dir.join("log.seed"), seed.to_vec()),
        ] {
            replace(&path, &bytes).map_err(|cause| KeyError::File { path, cause })?;
        }
        Ok(key)
    }

    /// HMAC-SHA-256 under the installation's key.
    #[must_use]
    pub fn tag(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.secret);
        context.update(&[purpose as u8]);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(context.sign().as_ref()) {
            *to = *from;
        }
        out
    }

    /// Encrypts a small secret (a file's key, a TOTP seed) under the installation's key: 12 bytes of nonce, then
    /// AES-256-GCM. `what` binds it to its place.
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn wrap(&self, what: &str, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        let nonce = random::<12>()?;
        let mut out = nonce.to_vec();
        let mut sealed = plain.to_vec();
        self.blob
            .seal_in_place_append_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(what.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| KeyError::Random)?;
        out.append(&mut sealed);
        Ok(out)
    }

    /// Undoes [`Keys::wrap`]; `None` if it was changed or belongs elsewhere.
    #[must_use]
    pub fn unwrap(&self, what: &str, wrapped: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = wrapped.split_at_checked(12)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let plain = self
            .blob
            .open_in_place(nonce, aead::Aad::from(what.as_bytes()), &mut sealed)
            .ok()?;
        Some(plain.to_vec())
    }
}

fn key_file(path: &Path) -> Result<[u8; 32], KeyError> {
    let fault = |cause| KeyError::File {
        path: path.to_owned(),
        cause,
    };
    match fs::read(path) {
        Ok(bytes) => bytes
            .try_into()
            .map_err(|_| KeyError::Length(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = random::<32>()?;
            write_new(path, &key).map_err(fault)?;
            Ok(key)
        }
        Err(cause) => Err(fault(cause)),
    }
}

/// Writes a file that must survive a power cut: content, then name, each synced.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    private_file(&mut options);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_parent(path)
}

pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = path.with_extension("new");
    let _absent = fs::remove_file(&fresh);
    write_new(&fresh, bytes)?;
    fs::rename(&fresh, path)?;
    sync_parent(path)
}

/// Makes the name of a new file durable.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => fs::File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(unix)]
pub(crate) fn private_file(options: &mut fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}
#[cfg(not(unix))]
pub(crate) fn private_file(_: &mut fs::OpenOptions) {}

#[cfg(unix)]
pub(crate) fn private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}
#[cfg(not(unix))]
pub(crate) fn private_dir(_: &Path) -> io::Result<()> {
    Ok(())
}
