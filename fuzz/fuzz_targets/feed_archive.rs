//! Archives and mails: what they unfold to is bounded, and errors are told.
#![no_main]

use std::io::{Cursor, Read as _};

use cairn_feeds::archive::{self, ArchiveError};
use cairn_feeds::limits::{ARCHIVE_FILES_MAX, UNPACKED_FREE_BYTES, UNPACKED_RATIO_MAX};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (mut files, mut bytes) = (0, 0);
    let _error_is_fine =
        archive::files::<_, ArchiveError>("x", Cursor::new(data), &mut |_, file| {
            files += 1;
            bytes += std::io::copy(&mut file.take(u64::MAX), &mut std::io::sink()).unwrap_or(0);
            Ok(())
        });
    assert!(files <= ARCHIVE_FILES_MAX);
    assert!(bytes <= UNPACKED_RATIO_MAX * data.len() as u64 + UNPACKED_FREE_BYTES + (1 << 16));
    for (name, _) in archive::attachments(data) {
        assert!(!name.contains('/'));
    }
});
