//! The walk over the parts of a message (RFC 2046), with limits on how many and how deep.

use std::borrow::Cow;
use std::ops::Range;

use cairn_kernel::text::title;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use super::header::{Fields, Parameters, next_line, split};
use super::{Attachment, MAIL_DEPTH_MAX, MAIL_PARTS_MAX, MailError, html};

/// Longest boundary, bytes. RFC 2046 allows 70; some write more.
const BOUNDARY_BYTES_MAX: usize = 256;

/// A message or an attached message: its header and the texts in it, up to the next message within.
pub(super) struct Message {
    pub(super) fields: Fields,
    /// Plain texts that are not files.
    plain: Vec<String>,
    /// What is readable of the HTML.
    readable: Vec<String>,
    /// Targets of the links in the HTML, one a line, and the texts of files.
    other: Vec<String>,
}

impl Message {
    fn new(fields: Fields) -> Self {
        Self {
            fields,
            plain: Vec::new(),
            readable: Vec::new(),
            other: Vec::new(),
        }
    }

    /// The text to read: the plain texts if they say anything, else that of the HTML.
    pub(super) fn text(&self) -> String {
        let join = |texts: &[String]| {
            let texts: Vec<&str> = texts
                .iter()
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
                .collect();
            texts.join("\n\n").replace("\r\n", "\n")
        };
        let plain = join(&self.plain);
        if plain.is_empty() {
            join(&self.readable)
        } else {
            plain
        }
    }

    /// All texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.plain
            .iter()
            .chain(&self.readable)
            .chain(&self.other)
            .map(String::as_str)
    }
}

/// What the walk found: the messages, the outermost first, and the files.
#[derive(Default)]
pub(super) struct Found {
    pub(super) messages: Vec<Message>,
    pub(super) attachments: Vec<Attachment>,
    /// The first `message/delivery-status` (RFC 3464), decoded.
    pub(super) delivery: Option<Vec<u8>>,
    /// The first `text/rfc822-headers` (RFC 6522), decoded.
    pub(super) returned: Option<Vec<u8>>,
    pub(super) incomplete: Option<MailError>,
}

/// Walks over a whole message.
///
/// # Errors
/// The outermost header is missing or too large.
pub(super) fn walk(bytes: &[u8]) -> Result<Found, MailError> {
    let (fields, _) = split(bytes)?;
    if fields.is_empty() {
        return Err(MailError::NoHeader);
    }
    let mut walk = Walk {
        found: Found::default(),
        parts: 0,
    };
    if let Err(error) = walk.message(bytes, Some(0), 0) {
        walk.found.incomplete.get_or_insert(error);
    }
    Ok(walk.found)
}

struct Walk {
    found: Found,
    parts: usize,
}

/// One part on the way: what the walk needs to know of it.
pub(super) struct Part<'a> {
    pub(super) body: &'a [u8],
    /// Where the body starts among the message's bytes.
    start: Option<usize>,
    pub(super) media_type: String,
    pub(super) parameters: Parameters,
    pub(super) attached: bool,
    pub(super) name: Option<String>,
    pub(super) encoding: String,
}

impl Walk {
    /// A message, the outermost or an attached one; `start` is where it lies.
    fn message(
        &mut self,
        bytes: &[u8],
        start: Option<usize>,
        depth: usize,
    ) -> Result<(), MailError> {
        let (fields, body) = split(bytes)?;
        let at = start.map(|start| start + bytes.len() - body.len());
        let part = Part::new(&fields, body, at, false);
        self.found.messages.push(Message::new(fields));
        self.part(&part, depth)
    }

    fn part(&mut self, part: &Part<'_>, depth: usize) -> Result<(), MailError> {
        self.parts += 1;
        if self.parts > MAIL_PARTS_MAX {
            return Err(MailError::TooManyParts);
        }
        if depth > MAIL_DEPTH_MAX {
            return Err(MailError::TooDeep);
        }
        if part.media_type.starts_with("multipart/")
            && let Some(boundary) = part
                .parameters
                .get("boundary")
                .filter(|boundary| !boundary.is_empty())
            && boundary.len() <= BOUNDARY_BYTES_MAX
            && self.multipart(part, boundary.trim_end().as_bytes(), depth)
        {
            return Ok(());
        }
        let contents = decode(part.body, &part.encoding);
        if matches!(
            part.media_type.as_str(),
            "message/rfc822" | "message/global"
        ) {
            return self.attached_message(part, contents, depth);
        }
        self.leaf(part, contents);
        Ok(())
    }

    /// The parts between the boundaries; `false` if there is no boundary at all.
    fn multipart(&mut self, part: &Part<'_>, boundary: &[u8], depth: usize) -> bool {
        let ranges = parts(part.body, boundary);
        let digest = part.media_type == "multipart/digest";
        for range in &ranges {
            let bytes = part.body.get(range.clone()).unwrap_or_default();
            let start = part.start.map(|start| start + range.start);
            let result = split(bytes).and_then(|(fields, body)| {
                let at = start.map(|start| start + bytes.len() - body.len());
                self.part(&Part::new(&fields, body, at, digest), depth + 1)
            });
            if let Err(error) = result {
                self.found.incomplete.get_or_insert(error);
                if error == MailError::TooManyParts {
                    break;
                }
            }
        }
        !ranges.is_empty()
    }

    fn attached_message(
        &mut self,
        part: &Part<'_>,
        contents: Cow<'_, [u8]>,
        depth: usize,
    ) -> Result<(), MailError> {
        let encoded = matches!(contents, Cow::Owned(_));
        let whole = split(&contents)
            .ok()
            .filter(|(fields, _)| !fields.is_empty());
        let subject = whole
            .map(|(fields, _)| title(&fields.text("subject")))
            .unwrap_or_default();
        let name = part
            .name
            .clone()
            .or_else(|| (!subject.is_empty()).then(|| format!("{subject}.eml")));
        let start = part.start.filter(|_| !encoded);
        // A message within an attached message lies in that one's file already.
        let outermost = self.found.messages.len() == 1;
        let result = self.message(&contents, start, depth + 1);
        if outermost {
            self.attach(part, name, contents.into_owned());
        }
        result
    }

    fn leaf(&mut self, part: &Part<'_>, contents: Cow<'_, [u8]>) {
        let is_text = part.media_type.starts_with("text/");
        let about_delivery = match part.media_type.as_str() {
            "message/delivery-status" | "message/global-delivery-status" => {
                Some(&mut self.found.delivery)
            }
            "text/rfc822-headers" | "message/global-headers" => Some(&mut self.found.returned),
            _ => None,
        };
        if let Some(kept) = about_delivery {
            kept.get_or_insert_with(|| contents.to_vec());
        }
        if let Some(message) = self.found.messages.last_mut().filter(|_| is_text) {
            let text = to_text(&contents, &part.parameters);
            let is_html = part.media_type == "text/html";
            let to = match (part.attached, is_html) {
                (false, false) => &mut message.plain,
                (false, true) => &mut message.readable,
                (true, _) => &mut message.other,
            };
            if is_html {
                to.push(html_to_text(&text));
                message.other.push(html::links(&text));
            } else {
                to.push(text);
            }
        }
        if part.attached || !is_text {
            self.attach(part, part.name.clone(), contents.into_owned());
        }
    }

    fn attach(&mut self, part: &Part<'_>, name: Option<String>, contents: Vec<u8>) {
        let range = part.start.map(|start| start..start + part.body.len());
        self.found.attachments.push(Attachment {
            name,
            media_type: part.media_type.clone(),
            contents,
            range,
        });
    }
}

impl<'a> Part<'a> {
    pub(super) fn new(fields: &Fields, body: &'a [u8], start: Option<usize>, digest: bool) -> Self {
        let (mut media_type, parameters) = fields.content_type();
        if digest && !fields.has("content-type") {
            "message/rfc822".clone_into(&mut media_type);
        }
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"/.+-_!#$&^".contains(&byte);
        if !media_type.bytes().all(token) || media_type.ends_with('/') || media_type.len() > 127 {
            "application/octet-stream".clone_into(&mut media_type);
        }
        let (attached, name) = fields.disposition();
        let name = name
            .or_else(|| parameters.get("name"))
            .map(|name| title(&name))
            .filter(|name| !name.is_empty());
        let attached =
            attached || (name.is_some() && media_type != "text/plain" && media_type != "text/html");
        Self {
            body,
            start,
            media_type,
            parameters,
            attached,
            name,
            encoding: fields.encoding(),
        }
    }
}

/// Where the parts lie between lines of `--boundary`, without the line end before the boundary. The last part may
/// lack its end; then it goes on to the end. One pass.
pub(super) fn parts(body: &[u8], boundary: &[u8]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open = None;
    let mut at = 0;
    while at < body.len() {
        let line = next_line(body, at);
        let end = at + line.len();
        let tail = line
            .strip_prefix(b"--")
            .and_then(|line| line.strip_prefix(boundary))
            .map(<[u8]>::trim_ascii_end);
        if let Some(tail) = tail.filter(|tail| matches!(*tail, b"" | b"--")) {
            if let Some(start) = open.take() {
                ranges.push(start..without_line_end(body, start, at));
            }
            if tail == b"--" || ranges.len() > MAIL_PARTS_MAX {
                return ranges;
            }
            open = Some(end);
        }
        at = end;
    }
    ranges.extend(open.map(|start| start..body.len()));
    ranges
}

fn without_line_end(body: &[u8], start: usize, end: usize) -> usize {
    let inner = body.get(start..end).unwrap_or_default();
    let inner = inner.strip_suffix(b"\n").unwrap_or(inner);
    start + inner.strip_suffix(b"\r").unwrap_or(inner).len()
}

/// The content behind its transfer encoding; as it stands if it is not encoded, or badly.
pub(super) fn decode<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    let decoded = match encoding {
        "base64" => base64_decode(body),
        "quoted-printable" => quoted_printable_decode(body),
        _ => None,
    };
    decoded.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// Text in its character set; UTF-8 where none is named, or where ASCII is and something else is meant.
pub(super) fn to_text(contents: &[u8], parameters: &Parameters) -> String {
    let charset = parameters
        .get("charset")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let ascii = matches!(charset.as_str(), "" | "us-ascii" | "ascii");
    if let (true, Ok(text)) = (ascii, std::str::from_utf8(contents)) {
        return text.to_owned();
    }
    match charset_decoder(charset.as_bytes()) {
        Some(decoder) => decoder(contents),
        None => String::from_utf8_lossy(contents).into_owned(),
    }
}
