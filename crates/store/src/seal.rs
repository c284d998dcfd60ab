//! A stream of bytes as a row of sealed chunks (ChaCha20-Poly1305, RFC 8439). The nonce counts the chunks and marks
//! the last, so that none can be moved, dropped, added or cut off unseen. A key must seal one stream only.

use std::io::{self, Read, Seek, SeekFrom, Write};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

/// Plain bytes of one chunk.
pub const CHUNK_BYTES: usize = 64 * 1024;
const TAG_BYTES: usize = 16;

fn cipher(key: &[u8]) -> io::Result<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key)
        .map(LessSafeKey::new)
        .map_err(|_| io::Error::other("the key has the wrong length"))
}

fn nonce(chunk: u32, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().zip(chunk.to_be_bytes()) {
        *to = from;
    }
    if let Some(end) = bytes.last_mut() {
        *end = u8::from(last);
    }
    Nonce::assume_unique_for_key(bytes)
}

/// What damage looks like to who reads.
pub(crate) fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the sealed bytes were changed or cut off, or the key is another",
    )
}

/// Seals what is written to it. Nothing is complete before [`Sealer::finish`].
pub(crate) struct Sealer<W> {
    out: W,
    cipher: LessSafeKey,
    aad: Vec<u8>,
    chunk: Vec<u8>,
    chunks: u32,
}

impl<W: Write> Sealer<W> {
    /// `aad` binds the stream to its header.
    pub(crate) fn new(out: W, key: &[u8; 32], aad: &[u8]) -> io::Result<Self> {
        Ok(Self {
            out,
            cipher: cipher(key)?,
            aad: aad.to_vec(),
            chunk: Vec::new(),
            chunks: 0,
        })
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let mut sealed = std::mem::take(&mut self.chunk);
        self.cipher
            .seal_in_place_append_tag(nonce(self.chunks, last), Aad::from(&self.aad), &mut sealed)
            .map_err(|_| io::Error::other("sealing failed"))?;
        self.out.write_all(&sealed)?;
        self.chunks = self
            .chunks
            .checked_add(1)
            .ok_or_else(|| io::Error::other("too long to be sealed"))?;
        sealed.clear();
        self.chunk = sealed;
        Ok(())
    }

    /// Seals the last chunk.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until more comes, since the last one is marked.
        if self.chunk.len() == CHUNK_BYTES && !bytes.is_empty() {
            self.seal(false)?;
        }
        let room = CHUNK_BYTES - self.chunk.len();
        let now = bytes.get(..room).unwrap_or(bytes);
        self.chunk.extend_from_slice(now);
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what [`Sealer`] sealed; gives out only bytes that were proved. Damage is an error of kind `InvalidData`.
pub(crate) struct Opener<R> {
    from: R,
    cipher: LessSafeKey,
    aad: Vec<u8>,
    plain: Vec<u8>,
    at: usize,
    chunks: u32,
    ended: bool,
}

impl<R: Read> Opener<R> {
    pub(crate) fn new(from: R, key: &[u8], aad: &[u8]) -> io::Result<Self> {
        Ok(Self {
            from,
            cipher: cipher(key)?,
            aad: aad.to_vec(),
            plain: Vec::new(),
            at: 0,
            chunks: 0,
            ended: false,
        })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        let mut sealed = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        Read::by_ref(&mut self.from)
            .take((CHUNK_BYTES + TAG_BYTES) as u64)
            .read_to_end(&mut sealed)?;
        // A full chunk may still be the last: the nonce tells.
        let full = sealed.len() == CHUNK_BYTES + TAG_BYTES;
        let mut opened = None;
        if full {
            opened = self.open(sealed.clone(), false);
        }
        if opened.is_none() {
            opened = self.open(sealed, true);
            self.ended = true;
            if self.from.read(&mut [0; 1])? != 0 {
                return Err(damaged());
            }
        }
        self.plain = opened.ok_or_else(damaged)?;
        self.at = 0;
        self.chunks = self.chunks.checked_add(1).ok_or_else(damaged)?;
        Ok(())
    }

    fn open(&self, mut sealed: Vec<u8>, last: bool) -> Option<Vec<u8>> {
        let nonce = nonce(self.chunks, last);
        let aad = Aad::from(&self.aad);
        let plain = self.cipher.open_in_place(nonce, aad, &mut sealed).ok()?;
        let len = plain.len();
        sealed.truncate(len);
        Some(sealed)
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() && !self.ended {
            self.next_chunk()?;
        }
        let rest = self.plain.get(self.at..).unwrap_or_default();
        let len = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += len;
        Ok(len)
    }
}

/// As [`Opener`], from any place: for archives whose list of files stands at their end.
pub(crate) struct Anywhere<R> {
    from: R,
    cipher: LessSafeKey,
    chunks: u32,
    size: u64,
    at: u64,
    /// The chunk that is open, by its number.
    open: Option<(u32, Vec<u8>)>,
}

impl<R: Read + Seek> Anywhere<R> {
    pub(crate) fn new(mut from: R, key: &[u8]) -> io::Result<Self> {
        let sealed = from.seek(SeekFrom::End(0))?;
        let whole = (CHUNK_BYTES + TAG_BYTES) as u64;
        // An empty stream has one chunk, too.
        let chunks = sealed.div_ceil(whole).max(1);
        let size = sealed.checked_sub(chunks * TAG_BYTES as u64);
        Ok(Self {
            from,
            cipher: cipher(key)?,
            chunks: u32::try_from(chunks).map_err(|_| damaged())?,
            size: size.ok_or_else(damaged)?,
            at: 0,
            open: None,
        })
    }

    fn chunk(&mut self, number: u32) -> io::Result<()> {
        if self.open.as_ref().is_some_and(|(own, _)| *own == number) {
            return Ok(());
        }
        let whole = (CHUNK_BYTES + TAG_BYTES) as u64;
        self.from.seek(SeekFrom::Start(u64::from(number) * whole))?;
        let mut sealed = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
        Read::by_ref(&mut self.from)
            .take(whole)
            .read_to_end(&mut sealed)?;
        let nonce = nonce(number, number + 1 == self.chunks);
        let plain = self
            .cipher
            .open_in_place(nonce, Aad::from(&[]), &mut sealed)
            .map_err(|_| damaged())?
            .len();
        sealed.truncate(plain);
        self.open = Some((number, sealed));
        Ok(())
    }
}

impl<R: Read + Seek> Read for Anywhere<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || out.is_empty() {
            return Ok(0);
        }
        let number = self.at / CHUNK_BYTES as u64;
        self.chunk(u32::try_from(number).map_err(|_| damaged())?)?;
        let within = usize::try_from(self.at % CHUNK_BYTES as u64).map_err(|_| damaged())?;
        let open = self.open.as_ref().map_or(&[][..], |(_, plain)| plain);
        let rest = open.get(within..).unwrap_or_default();
        let len = rest.len().min(out.len());
        for (to, from) in out.iter_mut().zip(rest) {
            *to = *from;
        }
        self.at += len as u64;
        Ok(len)
    }
}

impl<R> Seek for Anywhere<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "before the beginning");
        self.at = at.ok_or_else(before)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), &[7; 32], b"").unwrap();
        sealer.write_all(plain).unwrap();
        sealer.finish().unwrap()
    }

    #[test]
    fn a_stream_is_read_from_any_place() {
        for size in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 200_000] {
            let plain: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let sealed = sealed(&plain);
            let mut own = Anywhere::new(io::Cursor::new(&sealed), &[7; 32]).unwrap();
            let mut read = Vec::new();
            own.read_to_end(&mut read).unwrap();
            assert_eq!(read, plain);
            for at in [0, size / 2, size.saturating_sub(3)] {
                own.seek(SeekFrom::Start(at as u64)).unwrap();
                read.clear();
                own.read_to_end(&mut read).unwrap();
                assert_eq!(read, plain[at..]);
            }
        }
        let mut cut = sealed(&[1; 200_000]);
        cut.truncate(CHUNK_BYTES + TAG_BYTES);
        let mut own = Anywhere::new(io::Cursor::new(&cut), &[7; 32]).unwrap();
        assert!(own.read_to_end(&mut Vec::new()).is_err(), "cut off");
    }
}
