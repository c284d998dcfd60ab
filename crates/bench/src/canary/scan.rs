//! Reads every byte of files and looks for words, an address, and moments.

use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::Context;
use flate2::read::MultiGzDecoder;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
/// What a hit of the word is called.
pub const WORD_FOUND: &str = "a canary";
/// What a hit of the moment in eight bytes is called.
pub const NUMBER_FOUND: &str = "the moment as a number";
/// Bytes shown around what was found.
const AROUND: usize = 24;

/// What to look for.
pub struct Look {
    /// In lower case.
    word: Vec<u8>,
    address: Ipv4Addr,
    address_text: Vec<u8>,
    /// Microseconds since 1970 between which the report came.
    from: u64,
    to: u64,
}

/// Something was found.
#[derive(Debug)]
pub struct Hit {
    file: String,
    at: usize,
    what: &'static str,
    around: String,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            at,
            what,
            around,
        } = self;
        write!(f, "{what} in {file} at byte {at}: {around:?}")
    }
}

/// What a search read and found.
#[derive(Debug, Default)]
pub struct Sum {
    pub files: u64,
    pub bytes: u64,
    pub hits: Vec<Hit>,
}

impl Sum {
    /// Something of that kind was found.
    pub fn has(&self, what: &str) -> bool {
        self.hits.iter().any(|hit| hit.what == what)
    }
}

impl Look {
    /// A word in any case, an address as text or four bytes, and moments between two.
    pub fn new(word: &str, address: Ipv4Addr, from: u64, to: u64) -> Self {
        Self {
            word: word.to_ascii_lowercase().into_bytes(),
            address,
            address_text: address.to_string().into_bytes(),
            from: from - SECOND,
            to: to + SECOND,
        }
    }

    /// All files below a folder, and their names.
    pub fn folder(&self, folder: &Path) -> anyhow::Result<Sum> {
        let mut sum = Sum::default();
        self.walk(folder, &mut sum)?;
        Ok(sum)
    }

    fn walk(&self, folder: &Path, sum: &mut Sum) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.walk(&path, sum)?;
                continue;
            }
            if !path.is_file() {
                continue;
            }
            // Temporary files may be gone by now.
            let Ok(bytes) = fs::read(&path) else {
                continue;
            };
            sum.files += 1;
            sum.bytes += bytes.len() as u64;
            let name = path.display().to_string();
            self.bytes(&name, name.as_bytes(), &mut sum.hits);
            self.bytes(&name, &bytes, &mut sum.hits);
        }
        Ok(())
    }

    /// What a compressed file holds.
    pub fn gzip(&self, path: &Path) -> anyhow::Result<Sum> {
        let mut bytes = Vec::new();
        let file = File::open(path).with_context(|| path.display().to_string())?;
        MultiGzDecoder::new(file).read_to_end(&mut bytes)?;
        let mut sum = Sum {
            files: 1,
            bytes: bytes.len() as u64,
            hits: Vec::new(),
        };
        self.bytes("the backup", &bytes, &mut sum.hits);
        Ok(sum)
    }

    fn bytes(&self, file: &str, bytes: &[u8], hits: &mut Vec<Hit>) {
        let mut digits_before = false;
        for (at, rest) in (0..bytes.len()).map(|at| (at, bytes.get(at..).unwrap_or_default())) {
            let Some(&first) = rest.first() else {
                break;
            };
            let digit = first.is_ascii_digit();
            let what = if self.is_word(first, rest) {
                Some(WORD_FOUND)
            } else if digit && !digits_before && self.is_decimal(rest) {
                Some("the moment as text")
            } else {
                self.is_number(rest).or_else(|| self.is_address(rest))
            };
            digits_before = digit;
            if let Some(what) = what {
                let around = bytes
                    .get(at.saturating_sub(AROUND)..bytes.len().min(at + 2 * AROUND))
                    .unwrap_or_default();
                hits.push(Hit {
                    file: file.to_owned(),
                    at,
                    what,
                    around: String::from_utf8_lossy(around).into_owned(),
                });
            }
        }
    }

    fn is_word(&self, first: u8, rest: &[u8]) -> bool {
        self.word.first() == Some(&first.to_ascii_lowercase())
            && rest
                .get(..self.word.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(&self.word))
    }

    fn is_address(&self, rest: &[u8]) -> Option<&'static str> {
        let found =
            rest.starts_with(&self.address_text) || rest.starts_with(&self.address.octets());
        found.then_some("the address")
    }

    /// Eight bytes, either end first.
    fn is_number(&self, rest: &[u8]) -> Option<&'static str> {
        let eight: [u8; 8] = rest.get(..8)?.try_into().ok()?;
        // Any year near ours has these two ends; most bytes are done with here.
        if eight[0] != 0 && eight[7] != 0 {
            return None;
        }
        let found =
            self.is_moment(u64::from_be_bytes(eight)) || self.is_moment(u64::from_le_bytes(eight));
        found.then_some(NUMBER_FOUND)
    }

    /// In microseconds, exact or cut to the minute; the whole hour is what may be known.
    fn is_moment(&self, value: u64) -> bool {
        let exact = (self.from..=self.to).contains(&value);
        let minute =
            value.is_multiple_of(MINUTE) && (self.from - MINUTE..=self.to).contains(&value);
        (exact || minute) && !value.is_multiple_of(HOUR)
    }

    /// Decimal digits: micro-, milliseconds or seconds.
    fn is_decimal(&self, rest: &[u8]) -> bool {
        let length = rest
            .iter()
            .take(20)
            .take_while(|b| b.is_ascii_digit())
            .count();
        let unit = match length {
            16 => 1,
            13 => 1_000,
            10 => SECOND,
            _ => return false,
        };
        let text = rest.get(..length).and_then(|d| std::str::from_utf8(d).ok());
        text.and_then(|text| text.parse::<u64>().ok())
            .is_some_and(|value| self.is_moment(value * unit))
    }
}

/// Files below a folder whose time of change is no whole hour.
pub fn odd_times(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut odd = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(odd);
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            odd.extend(odd_times(&path)?);
            continue;
        }
        let at = fs::metadata(&path)?
            .modified()?
            .duration_since(UNIX_EPOCH)?;
        if at.as_micros() % u128::from(HOUR) != 0 {
            odd.push(format!("{} tells when it came: {at:?}", path.display()));
        }
    }
    Ok(odd)
}
