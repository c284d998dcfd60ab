//! As much of Redis's protocol (RESP2, <https://redis.io/docs/latest/develop/reference/protocol-spec/>) as IntelMQ's lists need: a client
//! that waits for each answer. No TLS: a list is reached on this machine, by a loopback address or a socket in the file system; who needs
//! another machine's puts a tunnel between (decision 42).

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// Bytes of the largest entry of a list.
pub const ENTRY_BYTES_MAX: usize = 16 << 20;
/// Entries of one answer at most.
pub const ENTRIES_MAX: usize = 1_000_000;
/// Bytes of a line that is no entry.
const LINE_BYTES_MAX: u64 = 4_096;
/// Lists within lists of one answer.
const DEPTH_MAX: u8 = 2;
/// Longest wait for an answer, beside the time that a call itself waits.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// The usual port.
const PORT: u16 = 6379;

/// A list could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// The address.
    #[error(
        "{0:?} is no address of a Redis: redis://127.0.0.1:6379/2, or unix:/run/redis/redis.sock#2"
    )]
    Address(String),
    /// It is another machine's.
    #[error("{0} is not this machine: plain Redis crosses no network; use a tunnel or a socket")]
    Elsewhere(String),
    /// The connection.
    #[error("talking to Redis: {0}")]
    Io(#[from] io::Error),
    /// It refused.
    #[error("Redis says: {0}")]
    Refused(String),
    /// What it said is not of the protocol, or larger than is taken.
    #[error("the answer of Redis is not as agreed: {0}")]
    Strange(&'static str),
}

/// Where a Redis is, and which of its databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisAddress {
    place: Place,
    database: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl RedisAddress {
    /// Reads `redis://127.0.0.1:6379/2` or `unix:/run/redis/redis.sock#2`. A password does not stand in an address, which everybody on the
    /// machine can see among its processes.
    ///
    /// # Errors
    /// [`RedisError::Address`], [`RedisError::Elsewhere`].
    pub fn parse(text: &str) -> Result<Self, RedisError> {
        let wrong = || RedisError::Address(text.to_owned());
        let number = |text: &str| {
            if text.is_empty() {
                return Ok(0);
            }
            text.parse().map_err(|_| wrong())
        };
        if let Some(rest) = text.strip_prefix("unix:") {
            let (path, database) = rest.split_once('#').unwrap_or((rest, ""));
            if !path.starts_with('/') {
                return Err(wrong());
            }
            return Ok(Self {
                place: Place::Unix(path.into()),
                database: number(database)?,
            });
        }
        let rest = text.strip_prefix("redis://").ok_or_else(wrong)?;
        let (at, database) = rest.split_once('/').unwrap_or((rest, ""));
        let at = at.replacen("localhost", "127.0.0.1", 1);
        let address = match at.parse::<SocketAddr>() {
            Ok(address) => address,
            Err(_) => {
                let bare = at.trim_start_matches('[').trim_end_matches(']');
                let ip: IpAddr = bare.parse().map_err(|_| wrong())?;
                SocketAddr::new(ip, PORT)
            }
        };
        if !address.ip().is_loopback() {
            return Err(RedisError::Elsewhere(address.to_string()));
        }
        Ok(Self {
            place: Place::Tcp(address),
            database: number(database)?,
        })
    }
}

/// One answer.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Line(String),
    Number(i64),
    Entry(Option<Vec<u8>>),
    List(Vec<Answer>),
}

trait Wire: Read + Write + Send {
    fn wait(&self, time: Duration) -> io::Result<()>;
}

impl Wire for TcpStream {
    fn wait(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time))
    }
}

#[cfg(unix)]
impl Wire for UnixStream {
    fn wait(&self, time: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(time))
    }
}

/// A connection.
pub struct Redis {
    wire: BufReader<Box<dyn Wire>>,
}

impl Redis {
    /// Connects, shows the password if there is one, and chooses the database.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn connect(address: &RedisAddress, password: Option<&str>) -> Result<Self, RedisError> {
        let wire: Box<dyn Wire> = match &address.place {
            Place::Tcp(at) => Box::new(TcpStream::connect_timeout(at, ANSWER_TIME_MAX)?),
            #[cfg(unix)]
            Place::Unix(path) => Box::new(UnixStream::connect(path)?),
            #[cfg(not(unix))]
            Place::Unix(_) => return Err(RedisError::Strange("no such sockets here")),
        };
        wire.wait(ANSWER_TIME_MAX)?;
        let mut redis = Self {
            wire: BufReader::new(wire),
        };
        if let Some(password) = password {
            redis.line(&[b"AUTH", password.as_bytes()])?;
        }
        if address.database > 0 {
            let database = address.database.to_string();
            redis.line(&[b"SELECT", database.as_bytes()])?;
        }
        Ok(redis)
    }

    /// How many entries a list has.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn length(&mut self, list: &str) -> Result<u64, RedisError> {
        self.number(&[b"LLEN", list.as_bytes()])
    }

    /// Moves up to so many entries from the end of a list to the beginning of another, as IntelMQ takes them; gives how many.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn take(&mut self, from: &str, to: &str, most: usize) -> Result<usize, RedisError> {
        let call: [&[u8]; 3] = [b"RPOPLPUSH", from.as_bytes(), to.as_bytes()];
        let mut sent = Vec::new();
        for _ in 0..most {
            encode(&call, &mut sent);
        }
        self.say(&sent)?;
        let mut taken = 0;
        for _ in 0..most {
            match self.answer()? {
                Answer::Entry(Some(_)) => taken += 1,
                Answer::Entry(None) => {}
                _ => return Err(RedisError::Strange("no entry")),
            }
        }
        Ok(taken)
    }

    /// Waits until there is an entry, and moves it; `false` if none came within the time.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn wait(&mut self, from: &str, to: &str, time: Duration) -> Result<bool, RedisError> {
        let seconds = time.as_secs().max(1).to_string();
        let call: [&[u8]; 4] = [
            b"BRPOPLPUSH",
            from.as_bytes(),
            to.as_bytes(),
            seconds.as_bytes(),
        ];
        self.wire.get_ref().wait(ANSWER_TIME_MAX + time)?;
        match self.ask(&call)? {
            Answer::Entry(entry) => Ok(entry.is_some()),
            Answer::List(_) => Ok(false),
            _ => Err(RedisError::Strange("no entry")),
        }
    }

    /// Every entry of a list, the one that was pushed first at the beginning.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn entries(&mut self, list: &str) -> Result<Vec<Vec<u8>>, RedisError> {
        let Answer::List(all) = self.ask(&[b"LRANGE", list.as_bytes(), b"0", b"-1"])? else {
            return Err(RedisError::Strange("no list"));
        };
        let entries = all.into_iter().rev().map(|answer| match answer {
            Answer::Entry(Some(bytes)) => Ok(bytes),
            _ => Err(RedisError::Strange("no entry")),
        });
        entries.collect()
    }

    /// Takes a list away, all at once.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub fn remove(&mut self, list: &str) -> Result<(), RedisError> {
        self.number(&[b"DEL", list.as_bytes()]).map(drop)
    }

    /// Puts entries at the beginning of a list, in order, as IntelMQ does.
    ///
    /// # Errors
    /// See [`RedisError`]. What was put before the failure stays.
    pub fn put<'e>(
        &mut self,
        list: &str,
        entries: impl Iterator<Item = &'e [u8]>,
    ) -> Result<u64, RedisError> {
        let mut sent = Vec::new();
        let mut count = 0_u64;
        for entry in entries {
            encode(&[b"LPUSH", list.as_bytes(), entry], &mut sent);
            count += 1;
        }
        self.say(&sent)?;
        for _ in 0..count {
            match self.answer()? {
                Answer::Number(_) => {}
                _ => return Err(RedisError::Strange("no number")),
            }
        }
        Ok(count)
    }

    fn number(&mut self, call: &[&[u8]]) -> Result<u64, RedisError> {
        match self.ask(call)? {
            Answer::Number(number) => Ok(number.unsigned_abs()),
            _ => Err(RedisError::Strange("no number")),
        }
    }

    fn line(&mut self, call: &[&[u8]]) -> Result<String, RedisError> {
        match self.ask(call)? {
            Answer::Line(line) => Ok(line),
            _ => Err(RedisError::Strange("no line")),
        }
    }

    fn ask(&mut self, call: &[&[u8]]) -> Result<Answer, RedisError> {
        let mut sent = Vec::new();
        encode(call, &mut sent);
        self.say(&sent)?;
        self.answer()
    }

    fn say(&mut self, bytes: &[u8]) -> Result<(), RedisError> {
        let wire = self.wire.get_mut();
        wire.write_all(bytes)?;
        Ok(wire.flush()?)
    }

    fn answer(&mut self) -> Result<Answer, RedisError> {
        decode(&mut self.wire, DEPTH_MAX)
    }
}

fn encode(call: &[&[u8]], out: &mut Vec<u8>) {
    out.extend(format!("*{}\r\n", call.len()).into_bytes());
    for part in call {
        out.extend(format!("${}\r\n", part.len()).into_bytes());
        out.extend_from_slice(part);
        out.extend_from_slice(b"\r\n");
    }
}

fn decode(wire: &mut impl io::BufRead, deeper: u8) -> Result<Answer, RedisError> {
    let mut line = Vec::new();
    wire.by_ref()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)?;
    let told = line
        .strip_suffix(b"\r\n")
        .ok_or(RedisError::Strange("a line does not end"))?;
    let (kind, rest) = told
        .split_first()
        .ok_or(RedisError::Strange("an empty line"))?;
    let text = String::from_utf8_lossy(rest).into_owned();
    let number = || -> Result<i64, RedisError> {
        text.parse().map_err(|_| RedisError::Strange("no number"))
    };
    match kind {
        b'+' => Ok(Answer::Line(text)),
        b'-' => Err(RedisError::Refused(text)),
        b':' => Ok(Answer::Number(number()?)),
        b'$' => match usize::try_from(number()?) {
            Err(_) => Ok(Answer::Entry(None)),
            Ok(size) if size > ENTRY_BYTES_MAX => Err(RedisError::Strange("an entry is too large")),
            Ok(size) => {
                let mut bytes = vec![0; size];
                wire.read_exact(&mut bytes)?;
                let mut end = [0; 2];
                wire.read_exact(&mut end)?;
                if &end != b"\r\n" {
                    return Err(RedisError::Strange("an entry does not end"));
                }
                Ok(Answer::Entry(Some(bytes)))
            }
        },
        b'*' => match usize::try_from(number()?) {
            // Nothing came in time.
            Err(_) => Ok(Answer::Entry(None)),
            Ok(count) if count > ENTRIES_MAX || deeper == 0 => {
                Err(RedisError::Strange("a list is too large"))
            }
            Ok(count) => (0..count)
                .map(|_| decode(wire, deeper - 1))
                .collect::<Result<_, _>>()
                .map(Answer::List),
        },
        _ => Err(RedisError::Strange("an unknown kind")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_this_machine_and_hold_no_password() {
        for (text, database) in [
            ("redis://127.0.0.1:6379/2", 2),
            ("redis://localhost", 0),
            ("redis://[::1]:7000", 0),
            ("redis://127.0.0.1/", 0),
            ("unix:/run/redis/redis.sock#3", 3),
        ] {
            assert_eq!(
                RedisAddress::parse(text).unwrap().database,
                database,
                "{text}"
            );
        }
        for text in [
            "127.0.0.1:6379",
            "redis://",
            "redis://127.0.0.1:6379/x",
            "redis://:secret@127.0.0.1:6379/2",
            "unix:redis.sock",
            "rediss://127.0.0.1",
        ] {
            let wrong = RedisAddress::parse(text);
            assert!(matches!(wrong, Err(RedisError::Address(_))), "{text}");
        }
        let elsewhere = RedisAddress::parse("redis://192.0.2.1:6379");
        assert!(matches!(elsewhere, Err(RedisError::Elsewhere(_))));
    }

    #[test]
    fn answers_are_read_and_what_is_none_is_refused() {
        let read = |bytes: &[u8]| decode(&mut io::Cursor::new(bytes.to_vec()), DEPTH_MAX);
        assert_eq!(read(b"+OK\r\n").unwrap(), Answer::Line("OK".into()));
        assert_eq!(read(b":7\r\n").unwrap(), Answer::Number(7));
        assert_eq!(read(b"$-1\r\n").unwrap(), Answer::Entry(None));
        assert_eq!(read(b"*-1\r\n").unwrap(), Answer::Entry(None));
        let list = read(b"*2\r\n$2\r\na\n\r\n$0\r\n\r\n").unwrap();
        let entry = |bytes: &[u8]| Answer::Entry(Some(bytes.to_vec()));
        assert_eq!(list, Answer::List(vec![entry(b"a\n"), entry(b"")]));
        assert!(matches!(read(b"-NOAUTH\r\n"), Err(RedisError::Refused(_))));
        for bad in [
            b"$3\r\nab\r\n".as_slice(),
            b"$2\r\nabc\r\n",
            b"$99999999999\r\n",
            b"*99999999999\r\n",
            b"*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
            b"?\r\n",
            b"\r\n",
            b"",
            b"+OK",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let mut sent = Vec::new();
        encode(&[b"LLEN", b"a"], &mut sent);
        assert_eq!(sent, b"*2\r\n$4\r\nLLEN\r\n$1\r\na\r\n");
    }
}
