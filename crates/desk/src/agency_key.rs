//! OpenPGP keys of partner agencies: brought by a lead, and used only once somebody said that they compared the fingerprint by another
//! road. A key that is confirmed takes the place of the one before. Once any was, the key in the agency's data counts no more: who
//! takes a key out of use does not want an older one back.

use cairn_kernel::time::Micros;

use crate::account::AccountChange;

/// Most keys that one agency ever had here.
pub const AGENCY_KEYS_MAX: usize = 100;

/// A key, as far as decisions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its number at the agency, from 1.
    pub n: u32,
    /// Fingerprint, hexadecimal.
    pub fingerprint: String,
    /// SHA-256 of the key as it is kept, hexadecimal.
    pub digest: String,
    /// When somebody compared its fingerprint.
    pub confirmed: Option<Micros>,
    /// When it was taken out of use.
    pub dropped: Option<Micros>,
}

impl Known {
    /// Packages go sealed to it.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.confirmed.is_some() && self.dropped.is_none()
    }

    /// It waits for somebody who compares its fingerprint.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.confirmed.is_none() && self.dropped.is_none()
    }
}

/// What packages go sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InUse<'k> {
    /// What the agency's data say.
    Data,
    /// This one.
    Key(&'k Known),
    /// None: all were taken out of use.
    Nothing,
}

/// Which one counts.
#[must_use]
pub fn in_use(keys: &[Known]) -> InUse<'_> {
    match keys.iter().rfind(|key| key.counts()) {
        Some(key) => InUse::Key(key),
        None if keys.iter().any(|key| key.confirmed.is_some()) => InUse::Nothing,
        None => InUse::Data,
    }
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Bring a key that can be used.
    Bring {
        /// Fingerprint, hexadecimal.
        fingerprint: String,
        /// SHA-256 of the key as it is kept, hexadecimal.
        digest: String,
    },
    /// Say that its fingerprint was compared by another road.
    Confirm {
        /// Its number.
        n: u32,
        /// The fingerprint that was compared, as it was shown.
        fingerprint: String,
    },
    /// Take it out of use.
    Drop {
        /// Its number.
        n: u32,
    },
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such key.
    #[error("this agency has no such key")]
    Absent,
    /// It was taken out of use.
    #[error("this key was taken out of use; bring it again")]
    Dropped,
    /// Another fingerprint than that of this key was compared.
    #[error("this is not the fingerprint of the key")]
    Fingerprint,
    /// [`AGENCY_KEYS_MAX`] is reached.
    #[error("this agency had {AGENCY_KEYS_MAX} keys")]
    Limit,
}

/// Decides. An empty list means that it is so already.
///
/// # Errors
/// See [`Refusal`].
pub fn decide(
    agency: &str,
    keys: &[Known],
    command: Command,
) -> Result<Vec<AccountChange>, Refusal> {
    let find = |n: u32| keys.iter().find(|key| key.n == n).ok_or(Refusal::Absent);
    let drop = |key: &Known| AccountChange::AgencyKeyDropped {
        agency: agency.to_owned(),
        key: key.n,
    };
    match command {
        Command::Bring { digest, .. }
            if keys
                .iter()
                .any(|key| key.digest == digest && key.dropped.is_none()) =>
        {
            Ok(Vec::new())
        }
        Command::Bring { .. } if keys.len() >= AGENCY_KEYS_MAX => Err(Refusal::Limit),
        Command::Bring {
            fingerprint,
            digest,
        } => Ok(vec![AccountChange::AgencyKeyCame {
            agency: agency.to_owned(),
            key: keys.last().map_or(0, |last| last.n).saturating_add(1),
            fingerprint,
            digest,
        }]),
        Command::Confirm { n, fingerprint } => {
            let key = find(n)?;
            if key.dropped.is_some() {
                return Err(Refusal::Dropped);
            }
            if !key.fingerprint.eq_ignore_ascii_case(&fingerprint) {
                return Err(Refusal::Fingerprint);
            }
            if key.confirmed.is_some() {
                return Ok(Vec::new());
            }
            let before = keys.iter().filter(|other| other.counts());
            let mut changes: Vec<AccountChange> = before.map(drop).collect();
            changes.push(AccountChange::AgencyKeyConfirmed {
                agency: agency.to_owned(),
                key: n,
                fingerprint: key.fingerprint.clone(),
            });
            Ok(changes)
        }
        Command::Drop { n } => {
            let key = find(n)?;
            let gone = key.dropped.is_some();
            Ok(if gone { Vec::new() } else { vec![drop(key)] })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32, confirmed: bool, dropped: bool) -> Known {
        Known {
            n,
            fingerprint: format!("AB{n}"),
            digest: format!("d{n}"),
            confirmed: confirmed.then_some(Micros(1)),
            dropped: dropped.then_some(Micros(2)),
        }
    }

    #[test]
    fn what_counts_is_the_newest_that_was_compared() {
        assert_eq!(in_use(&[]), InUse::Data);
        assert_eq!(in_use(&[key(1, false, false)]), InUse::Data);
        let all = [
            key(1, true, true),
            key(2, true, false),
            key(3, false, false),
        ];
        assert_eq!(in_use(&all), InUse::Key(&all[1]));
        let none = [key(1, true, true), key(2, false, false)];
        assert_eq!(in_use(&none), InUse::Nothing, "no older one comes back");
        assert_eq!(in_use(&[key(1, false, true)]), InUse::Data);
    }

    #[test]
    fn a_key_is_brought_once_compared_and_takes_the_place_of_the_one_before() {
        let bring = |digest: &str| Command::Bring {
            fingerprint: "AB9".into(),
            digest: digest.into(),
        };
        let confirm = |n, print: &str| Command::Confirm {
            n,
            fingerprint: print.into(),
        };
        let keys = [
            key(1, true, false),
            key(2, false, false),
            key(3, true, true),
        ];
        assert_eq!(decide("police", &keys, bring("d2")), Ok(Vec::new()));
        let came = decide("police", &keys, bring("d3")).unwrap();
        assert!(matches!(
            came.as_slice(),
            [AccountChange::AgencyKeyCame { key: 4, .. }]
        ));
        let wrong = decide("police", &keys, confirm(2, "AB1"));
        assert_eq!(wrong, Err(Refusal::Fingerprint));
        let gone = decide("police", &keys, confirm(3, "AB3"));
        assert_eq!(gone, Err(Refusal::Dropped));
        assert_eq!(
            decide("police", &keys, confirm(9, "")),
            Err(Refusal::Absent)
        );
        let done = decide("police", &keys, confirm(2, "ab2")).unwrap();
        assert!(matches!(
            done.as_slice(),
            [
                AccountChange::AgencyKeyDropped { key: 1, .. },
                AccountChange::AgencyKeyConfirmed { key: 2, .. }
            ]
        ));
        assert_eq!(
            decide("police", &keys, confirm(1, "AB1")),
            Ok(Vec::new()),
            "it is"
        );
        let dropped = decide("police", &keys, Command::Drop { n: 1 }).unwrap();
        assert_eq!(dropped.len(), 1);
        assert_eq!(
            decide("police", &keys, Command::Drop { n: 3 }),
            Ok(Vec::new())
        );
    }
}
