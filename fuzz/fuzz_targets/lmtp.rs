//! Sessions of LMTP and the messages in them: every line is answered, a message is whole or not, and however the bytes are cut
//! into pieces, the same comes out.
#![no_main]

use cairn_desk::lmtp::{Incoming, LMTP_RECIPIENTS_MAX, Session, Step};
use libfuzzer_sys::fuzz_target;

const BYTES_MAX: usize = 4_096;

fn taken(bytes: &[u8], piece: usize) -> (Option<usize>, Option<Vec<u8>>) {
    let mut incoming = Incoming::new(BYTES_MAX);
    let mut before = 0;
    for chunk in bytes.chunks(piece.max(1)) {
        if let Some(used) = incoming.feed(chunk) {
            return (Some(before + used), incoming.finish());
        }
        before += chunk.len();
    }
    (None, None)
}

fuzz_target!(|data: &[u8]| {
    let mut session = Session::new("cert.example", BYTES_MAX);
    let mut rest = data;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        rest = after;
        match session.line(line) {
            Step::Say(text) => assert!(text.ends_with("\r\n")),
            Step::End(_) => return,
            Step::Data => {
                let whole = taken(rest, rest.len());
                assert_eq!(whole, taken(rest, 1));
                let envelope = session.envelope();
                assert!((1..=LMTP_RECIPIENTS_MAX).contains(&envelope.recipients.len()));
                let Some(used) = whole.0 else { return };
                assert!(
                    whole
                        .1
                        .is_none_or(|message| message.len() <= BYTES_MAX.min(used))
                );
                rest = rest.get(used..).unwrap_or_default();
            }
        }
    }
});
