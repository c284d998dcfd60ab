//! LMTP (RFC 2033), the way in which a mail server hands messages over: the commands of one session, and the bytes of a message
//! up to the line with a dot (RFC 5321, 4.5.2). No sockets here: lines in, answers out.
//!
//! Strict where that is a matter of safety: only CR LF ends a line of a message, so that what one server takes for one message
//! is never two for another.

/// Longest line of a command, bytes with its end: paths of 256 bytes, and parameters (RFC 5321, 4.5.3.1).
pub const LMTP_LINE_BYTES_MAX: usize = 2_048;
/// Most recipients of one message.
pub const LMTP_RECIPIENTS_MAX: usize = 100;
/// Most commands of one session that make no sense; then it ends.
pub const LMTP_FAULTS_MAX: u32 = 10;

/// What to do after a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Say this and go on.
    Say(String),
    /// Say that the message may come, and read it.
    Data,
    /// Say this and end.
    End(String),
}

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    name: String,
    bytes_max: usize,
    greeted: bool,
    /// The sender; empty is nobody (RFC 5321, 4.5.5).
    sender: Option<String>,
    recipients: Vec<String>,
    faults: u32,
}

/// To whom a message goes, and from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The sender; empty is nobody.
    pub sender: String,
    /// One or more.
    pub recipients: Vec<String>,
}

impl Session {
    /// Of a server of this name, which takes messages of so many bytes.
    #[must_use]
    pub fn new(name: &str, bytes_max: usize) -> Self {
        Self {
            name: name.to_owned(),
            bytes_max,
            greeted: false,
            sender: None,
            recipients: Vec::new(),
            faults: 0,
        }
    }

    /// What the server says first.
    #[must_use]
    pub fn greeting(&self) -> String {
        format!("220 {} LMTP\r\n", self.name)
    }

    /// A line that came, with its end.
    pub fn line(&mut self, line: &[u8]) -> Step {
        let Ok(text) = std::str::from_utf8(line) else {
            return self.fault("500 5.5.2 A command is text");
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if line.len() > LMTP_LINE_BYTES_MAX || text.contains(char::is_control) {
            return self.fault("500 5.5.2 No such command");
        }
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" if rest.trim().is_empty() => self.fault("501 5.5.4 LHLO wants a name"),
            "LHLO" => self.hello(),
            "HELO" | "EHLO" => self.fault("500 5.5.1 This is LMTP: say LHLO"),
            "MAIL" if !self.greeted => self.fault("503 5.5.1 LHLO first"),
            "MAIL" if self.sender.is_some() => self.fault("503 5.5.1 One sender a message"),
            "MAIL" => self.mail(rest),
            "RCPT" if self.sender.is_none() => self.fault("503 5.5.1 MAIL first"),
            "RCPT" => self.recipient(rest),
            "DATA" if self.recipients.is_empty() => self.fault("503 5.5.1 No valid recipients"),
            "DATA" => Step::Data,
            "RSET" => {
                self.reset();
                say("250 2.0.0 Ok")
            }
            "NOOP" => say("250 2.0.0 Ok"),
            "VRFY" => say("252 2.1.5 It will be tried"),
            "QUIT" => Step::End("221 2.0.0 Bye\r\n".into()),
            _ => self.fault("500 5.5.2 No such command"),
        }
    }

    /// The message is whole: its envelope. The next one may come.
    pub fn envelope(&mut self) -> Envelope {
        let envelope = Envelope {
            sender: self.sender.take().unwrap_or_default(),
            recipients: std::mem::take(&mut self.recipients),
        };
        self.reset();
        envelope
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    fn hello(&mut self) -> Step {
        self.greeted = true;
        self.reset();
        Step::Say(format!(
            "250-{}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {}\r\n",
            self.name, self.bytes_max
        ))
    }

    fn mail(&mut self, rest: &str) -> Step {
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            return self.fault("501 5.5.4 MAIL FROM:<address>");
        };
        let size = parameters
            .split_whitespace()
            .find_map(|one| one.to_ascii_uppercase().strip_prefix("SIZE=")?.parse().ok());
        if size.is_some_and(|size: u64| size > self.bytes_max as u64) {
            return say("552 5.3.4 The message is too large");
        }
        self.sender = Some(sender);
        say("250 2.1.0 Ok")
    }

    fn recipient(&mut self, rest: &str) -> Step {
        let recipient = path(rest, "TO:").map(|(path, _)| path);
        let Some(recipient) = recipient.filter(|path| path.contains('@')) else {
            return self.fault("501 5.1.3 RCPT TO:<address>");
        };
        if self.recipients.len() >= LMTP_RECIPIENTS_MAX {
            return say("452 4.5.3 Too many recipients");
        }
        self.recipients.push(recipient);
        say("250 2.1.5 Ok")
    }

    fn fault(&mut self, text: &str) -> Step {
        self.faults += 1;
        if self.faults > LMTP_FAULTS_MAX {
            return Step::End("421 4.7.0 Too many faults\r\n".into());
        }
        say(text)
    }
}

fn say(text: &str) -> Step {
    Step::Say(format!("{text}\r\n"))
}

/// `FROM:<address> PARAMETER …`; a source route before the address is left out (RFC 5321, appendix C).
fn path<'a>(rest: &'a str, word: &str) -> Option<(String, &'a str)> {
    let rest = rest.trim_start();
    let head = rest.get(..word.len())?;
    let rest = rest.get(word.len()..)?.trim_start();
    let inner = rest.strip_prefix('<')?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let (address, parameters) = inner.rsplit_once('>')?;
    let address = match address.strip_prefix('@') {
        Some(route) => route.split_once(':')?.1,
        None => address,
    };
    let right = !address.contains(['<', '>', ' ']) && address.len() <= 320;
    right.then(|| (address.to_owned(), parameters))
}

/// Where within a message the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    LineStart,
    Within,
    Cr,
    Dot,
    DotCr,
}

/// A message on its way in.
#[derive(Debug)]
pub struct Incoming {
    bytes: Vec<u8>,
    bytes_max: usize,
    over: bool,
    at: At,
}

impl Incoming {
    /// Of at most so many bytes; what is beyond is read and dropped.
    #[must_use]
    pub const fn new(bytes_max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            bytes_max,
            over: false,
            at: At::LineStart,
        }
    }

    /// More bytes; gives how many of them the message took, once it is whole.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        for (n, &byte) in bytes.iter().enumerate() {
            self.at = match (self.at, byte) {
                (At::LineStart, b'.') => At::Dot,
                (At::Dot, b'\r') => At::DotCr,
                (At::DotCr, b'\n') => return Some(n + 1),
                (At::DotCr, _) => {
                    self.keep(b'\r');
                    self.keep(byte);
                    if byte == b'\r' { At::Cr } else { At::Within }
                }
                (At::Cr, b'\n') => {
                    self.keep(byte);
                    At::LineStart
                }
                (_, b'\r') => {
                    self.keep(byte);
                    At::Cr
                }
                _ => {
                    self.keep(byte);
                    At::Within
                }
            };
        }
        None
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes.len() < self.bytes_max {
            self.bytes.push(byte);
        } else {
            self.over = true;
        }
    }

    /// The message; `None` if it was too large.
    #[must_use]
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.over).then_some(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(session: &mut Session, line: &str) -> String {
        match session.line(format!("{line}\r\n").as_bytes()) {
            Step::Say(text) | Step::End(text) => text,
            Step::Data => "354".into(),
        }
    }

    #[test]
    fn a_session_takes_one_message_after_the_other() {
        let mut session = Session::new("cert.example", 1_000);
        assert_eq!(session.greeting(), "220 cert.example LMTP\r\n");
        for (line, answer) in [
            ("MAIL FROM:<a@b.example>", "503"),
            ("EHLO me", "500"),
            ("LHLO me", "250-cert.example\r\n"),
            ("RCPT TO:<x@y.example>", "503"),
            ("mail from:<a@b.example> SIZE=1001", "552"),
            (
                "mail from: <a@b.example> SIZE=900 BODY=8BITMIME",
                "250 2.1.0",
            ),
            ("MAIL FROM:<a@b.example>", "503"),
            ("DATA", "503 5.5.1 No valid"),
            ("RCPT TO:<nobody>", "501"),
            ("RCPT TO:<@relay.example:x@y.example>", "250 2.1.5"),
            ("RCPT TO:<report+tag@y.example>", "250 2.1.5"),
            ("DATA", "354"),
        ] {
            let answered = said(&mut session, line);
            assert!(answered.starts_with(answer), "{line}: {answered}");
        }
        let envelope = session.envelope();
        assert_eq!(envelope.sender, "a@b.example");
        assert_eq!(envelope.recipients, ["x@y.example", "report+tag@y.example"]);
        assert!(said(&mut session, "MAIL FROM:<>").starts_with("250"));
        assert!(said(&mut session, "RSET").starts_with("250"));
        assert!(said(&mut session, "RCPT TO:<x@y.example>").starts_with("503"));
        assert!(said(&mut session, "QUIT").starts_with("221"));
    }

    #[test]
    fn recipients_and_nonsense_have_limits() {
        let mut session = Session::new("cert.example", 1_000);
        said(&mut session, "LHLO me");
        said(&mut session, "MAIL FROM:<>");
        for n in 0..LMTP_RECIPIENTS_MAX {
            assert!(said(&mut session, &format!("RCPT TO:<{n}@y.example>")).starts_with("250"));
        }
        assert!(said(&mut session, "RCPT TO:<x@y.example>").starts_with("452"));
        for _ in 0..LMTP_FAULTS_MAX {
            assert!(said(&mut session, "DANCE").starts_with("500"));
        }
        assert!(matches!(session.line(b"DANCE\r\n"), Step::End(_)));
    }

    fn taken(wire: &[u8], most: usize) -> (Option<Vec<u8>>, usize) {
        let mut incoming = Incoming::new(most);
        let end = incoming.feed(wire).unwrap();
        (incoming.finish(), end)
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message() {
        let wire = b"A: b\r\n\r\n..two\r\n.x\n.\n\r.\r\rend\r\n.\r\nNOOP\r\n";
        let (message, end) = taken(wire, 1_000);
        assert_eq!(
            message.unwrap(),
            b"A: b\r\n\r\n.two\r\nx\n.\n\r.\r\rend\r\n"
        );
        assert_eq!(&wire[end..], b"NOOP\r\n");
        assert_eq!(taken(b".\r\n", 10), (Some(Vec::new()), 3));
        assert_eq!(taken(b"12345678901\r\n.\r\n", 10).0, None);
    }

    proptest! {
        /// However it is cut into pieces, what goes in comes out.
        #[test]
        fn stuffed_messages_come_back(lines in prop::collection::vec("[ -~\\.\\r]{0,20}", 0..8), cut in 1_usize..9) {
            let lines: Vec<String> = lines.into_iter().map(|line| line.replace('\r', "")).collect();
            let message: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let wire: String = lines.iter().map(|line| {
                if line.starts_with('.') { format!(".{line}\r\n") } else { format!("{line}\r\n") }
            }).collect();
            let wire = format!("{wire}.\r\n");
            let mut incoming = Incoming::new(10_000);
            let mut ended = false;
            for piece in wire.as_bytes().chunks(cut) {
                prop_assert!(!ended);
                ended = incoming.feed(piece).is_some();
            }
            prop_assert!(ended);
            prop_assert_eq!(incoming.finish().unwrap(), message.into_bytes());
        }

        #[test]
        fn any_line_is_answered(line in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut session = Session::new("x", 10);
            for _ in 0..3 {
                let _answer = session.line(&line);
            }
        }
    }
}
