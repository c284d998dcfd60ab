//! Messages and folders of messages: reading never panics, stays within its limits, and points into the message.
#![no_main]

use std::borrow::Cow;

use cairn_desk::conversation::words;
use cairn_desk::mail::{Filing, Reading, THREAD_IDS_MAX, draft, identity, read_anyhow, split_mbox};
use cairn_desk::report::MESSAGE_CHARS_MAX;
use cairn_kernel::observable::OBSERVABLES_MAX;
use libfuzzer_sys::fuzz_target;

const READING: Reading<'_> = Reading {
    authserv_id: Some("mx.cert.example"),
    calling_code: 64,
};
const FILING: Filing<'_> = Filing {
    form: "nz@1",
    language: "en",
    category: "phishing",
    severity: 6,
};

fn message(bytes: &[u8]) {
    let Ok(mail) = read_anyhow(bytes, &READING) else {
        return;
    };
    assert!(mail.observables.len() <= OBSERVABLES_MAX);
    for attachment in &mail.attachments {
        if let Some(range) = &attachment.range {
            assert!(bytes.get(range.clone()).is_some());
        }
        assert!(attachment.media_type.contains('/'));
        assert!(
            !attachment
                .name
                .as_ref()
                .is_some_and(|name| name.contains(['\r', '\n']))
        );
    }
    for result in [
        &mail.evidence.dkim,
        &mail.evidence.spf,
        &mail.evidence.dmarc,
    ] {
        assert!(
            result
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        );
    }
    let said = words(&mail).expect("a message is never without words");
    assert!(said.as_str().chars().count() <= MESSAGE_CHARS_MAX);
    assert!(mail.thread.answers.len() <= THREAD_IDS_MAX);
    let (head, body) = identity(bytes);
    match body {
        _ if head.is_empty() => {}
        Cow::Borrowed(body) => assert!(bytes.trim_ascii_end().ends_with(body)),
        Cow::Owned(body) => assert!(body.len() < bytes.len()),
    }
    let draft = draft(&mail, &FILING);
    assert!(!draft.body.title.contains(['\r', '\n']));
}

fuzz_target!(|data: &[u8]| {
    message(data);
    for one in split_mbox(data) {
        message(&one);
    }
});
