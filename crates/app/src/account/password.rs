//! Passwords: how they are kept (Argon2id, RFC 9106) and which ones will do.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use cairn_store::keys::{KeyError, random};

/// What one guess at a stored password costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// 19 MiB, two passes, one lane: the least that the OWASP Password Storage Cheat Sheet recommends, about 20 ms.
    pub const STANDARD: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
    /// For tests only.
    pub const CHEAP: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Most bytes of a password; what is longer is no password.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Fewest different characters.
const PASSWORD_DIFFERENT_MIN: usize = 5;

/// Passwords that are guessed first, of those long enough to pass otherwise.
const WORST: &str = include_str!("worst.txt");

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Shorter than [`PASSWORD_CHARS_MIN`].
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    Short,
    /// Longer than [`PASSWORD_BYTES_MAX`].
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    Long,
    /// It is, or holds, the login.
    #[error("a password must not hold the login")]
    Login,
    /// It is among the ones guessed first.
    #[error("this password is among the first that attackers try")]
    Common,
    /// It is the one in use.
    #[error("this is the password in use")]
    Same,
}

/// Which passwords will do: long ones that nobody would try first. Nothing is asked about kinds of characters (NIST SP
/// 800-63B-4, section 3.1.1.2).
pub(super) fn judge(password: &str, login: &str) -> Result<(), Weakness> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Weakness::Long);
    }
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Weakness::Short);
    }
    let lower = password.to_lowercase();
    if login.chars().count() > 2 && lower.contains(login) {
        return Err(Weakness::Login);
    }
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let bare: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if different.len() < PASSWORD_DIFFERENT_MIN
        || WORST.lines().any(|worst| worst == lower || worst == bare)
    {
        return Err(Weakness::Common);
    }
    Ok(())
}

/// The PHC string to keep. Takes a while: call it off the runtime's threads.
pub(super) fn hash(password: &str, cost: PasswordCost) -> Result<String, KeyError> {
    let salt = random::<16>()?;
    let params =
        Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|_| KeyError::Random)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| KeyError::Random)?;
    Ok(hash.to_string())
}

/// Whether this is the password behind a PHC string. Takes as long as [`hash`] with the string's own parameters.
pub(super) fn verify(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_passwords_verify_and_never_look_alike() {
        let one = hash("correct horse battery", PasswordCost::CHEAP).unwrap();
        let two = hash("correct horse battery", PasswordCost::CHEAP).unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=8,t=1,p=1$") && one != two);
        assert!(verify("correct horse battery", &one));
        assert!(!verify("correct horse batterz", &one));
        assert!(!verify("correct horse battery", "nonsense"));
    }

    #[test]
    fn weak_passwords_are_named() {
        let judged = |password: &str| judge(password, "hana");
        assert_eq!(judged("kererū over the hill"), Ok(()));
        assert_eq!(judged("short"), Err(Weakness::Short));
        assert_eq!(judged("my name is HANA!"), Err(Weakness::Login));
        assert_eq!(judged("aaaaaaaaaaaaaaaa"), Err(Weakness::Common));
        assert_eq!(judged("Password1234"), Err(Weakness::Common));
        assert_eq!(judged("password-1234"), Err(Weakness::Common));
        assert_eq!(judged(&"xyzzy".repeat(300)), Err(Weakness::Long));
        for worst in WORST.lines() {
            assert!(
                worst.chars().count() >= PASSWORD_CHARS_MIN,
                "{worst} is too short"
            );
        }
    }
}
