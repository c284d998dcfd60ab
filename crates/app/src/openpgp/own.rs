//! The service's own key: one in use, and those before it, to read what was written to them.

use std::path::{Path, PathBuf};

use cairn_openpgp::{Key, Secret, SecretFault};
use cairn_store::keys::KeyError;
use cairn_store::openpgp::{own_keys, set_own_keys};

use super::split_address;

/// For so long a key of ours holds, seconds: three years. `cairn doctor` warns before.
pub const OPENPGP_KEY_SECONDS: u32 = 3 * 365 * 24 * 3_600;
/// Most of the service's own keys that are kept.
pub const OPENPGP_OWN_MAX: usize = cairn_openpgp::OPENPGP_KEYS_MAX;

/// The service's own key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum OwnKeyError {
    /// The file.
    #[error(transparent)]
    File(#[from] KeyError),
    /// What is in it, or was given.
    #[error("keys/openpgp.asc: {0}")]
    Secret(#[from] SecretFault),
    /// Nobody to make a key for.
    #[error("mail.from must be set: its address is the one in the key")]
    NoAddress,
    /// The key is one of ours already.
    #[error("this key is there already")]
    Known,
    /// Too many.
    #[error(
        "at most {OPENPGP_OWN_MAX} keys are kept; take older ones out of keys/openpgp.asc by hand"
    )]
    Many,
}

/// The file with them, in a data directory. Other processes may change it: nothing of it is remembered.
#[derive(Debug, Clone)]
pub struct OwnKeys {
    dir: PathBuf,
}

impl OwnKeys {
    /// In a data directory.
    #[must_use]
    pub fn at(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// All, the one in use first; none until one is made.
    ///
    /// # Errors
    /// See [`OwnKeyError`].
    pub fn all(&self) -> Result<Vec<Secret>, OwnKeyError> {
        match own_keys(&self.dir)? {
            Some(bytes) => Ok(Secret::read_all(&bytes)?),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a new key for `Name <address>` and puts it into use. Those before it stay.
    ///
    /// # Errors
    /// See [`OwnKeyError`].
    pub fn make(&self, user_id: &str, now: i64) -> Result<Key, OwnKeyError> {
        let made = Secret::make(user_id, now, OPENPGP_KEY_SECONDS, rand::rngs::OsRng)?;
        self.put_first(made)
    }

    /// Puts a key that was made elsewhere into use. Those before it stay.
    ///
    /// # Errors
    /// See [`OwnKeyError`]; [`SecretFault::Unfit`] for one that cannot sign and decrypt.
    pub fn import(&self, armoured: &[u8], now: i64) -> Result<Key, OwnKeyError> {
        let given = Secret::read_all(armoured)?;
        let given = given.into_iter().next().ok_or(SecretFault::NoKey)?;
        given.fit(now)?;
        self.put_first(given)
    }

    /// Gives the key in use three more years from now on.
    ///
    /// # Errors
    /// See [`OwnKeyError`].
    pub fn extend(&self, now: i64) -> Result<Key, OwnKeyError> {
        let mut own = self.all()?;
        let first = own.first_mut().ok_or(SecretFault::NoKey)?;
        *first = first.extended(now, OPENPGP_KEY_SECONDS)?;
        let key = first.public();
        self.write(&own)?;
        Ok(key)
    }

    fn put_first(&self, first: Secret) -> Result<Key, OwnKeyError> {
        let before = self.all()?;
        let key = first.public();
        let same = |known: &Secret| known.public().fingerprint() == key.fingerprint();
        if before.iter().any(same) {
            return Err(OwnKeyError::Known);
        }
        let mut all = vec![first];
        all.extend(before);
        if all.len() > OPENPGP_OWN_MAX {
            return Err(OwnKeyError::Many);
        }
        self.write(&all)?;
        Ok(key)
    }

    fn write(&self, all: &[Secret]) -> Result<(), OwnKeyError> {
        let mut out = String::new();
        for one in all {
            out.push_str(one.armoured()?.trim_end());
            out.push('\n');
        }
        Ok(set_own_keys(&self.dir, out.as_bytes())?)
    }
}

/// `Name <address>` of who sends mail; `name` where the setting has none.
#[must_use]
pub fn user_id(from: &str, name: &str) -> Option<String> {
    let (local, domain) = split_address(from)?;
    let given = from.split('<').next().unwrap_or_default();
    let given = given.trim().trim_matches('"').trim();
    let name = if from.contains('<') && !given.is_empty() {
        given
    } else {
        name
    };
    Some(format!(
        "{} <{local}@{domain}>",
        cairn_kernel::text::one_line(name)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_for_who_sends() {
        for (from, expected) in [
            ("Reports <r@cert.example>", "Reports <r@cert.example>"),
            ("\"Reports\" <r@cert.example>", "Reports <r@cert.example>"),
            ("r@cert.example", "Service <r@cert.example>"),
            ("<r@cert.example>", "Service <r@cert.example>"),
        ] {
            assert_eq!(user_id(from, "Service").as_deref(), Some(expected));
        }
        assert_eq!(user_id("nobody", "Service"), None);
    }

    #[test]
    fn keys_are_made_extended_exchanged_and_kept_for_their_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let own = OwnKeys::at(dir.path());
        assert!(own.all().unwrap().is_empty());
        let first = own.make("R <r@cert.example>", 1_000_000_000).unwrap();
        let longer = own.extend(1_010_000_000).unwrap();
        assert_eq!(longer.fingerprint(), first.fingerprint());
        assert!(longer.expires() > first.expires());
        let second = own.make("R <r@cert.example>", 1_020_000_000).unwrap();
        let all: Vec<String> = own
            .all()
            .unwrap()
            .iter()
            .map(|key| key.public().fingerprint())
            .collect();
        assert_eq!(all, [second.fingerprint(), first.fingerprint()]);
        let bytes = own_keys(dir.path()).unwrap().unwrap();
        assert!(matches!(
            own.import(&bytes, 1_020_000_001),
            Err(OwnKeyError::Known)
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = std::fs::metadata(dir.path().join("keys/openpgp.asc")).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }
        for n in 0..6 {
            own.make("R <r@cert.example>", 1_030_000_000 + n).unwrap();
        }
        assert!(matches!(
            own.make("R <r@cert.example>", 1_040_000_000),
            Err(OwnKeyError::Many)
        ));
    }
}
