//! Header fields: split by us, each interpreted by the mail library.

use cairn_kernel::text::one_line;
use cairn_kernel::time::Micros;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, ContentType, DateTime, HeaderValue};

use super::{
    Headers, MAIL_FIELD_BYTES_MAX, MAIL_HEADER_BYTES_MAX, MAIL_HEADERS_MAX, MailError, Mailbox,
};

/// Most mailboxes of one field that are looked at.
const MAILBOXES_MAX: usize = 100;
/// Of the fields of a part only so much is interpreted, bytes; there can be many parts.
const PART_FIELD_BYTES_MAX: usize = 2 * 1024;

/// The header fields of one part, in order, names and values as they stand.
pub(super) struct Fields {
    fields: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Splits a part into its header and what follows the blank line; a part may also start with the blank line.
pub(super) fn split(part: &[u8]) -> Result<(Fields, &[u8]), MailError> {
    let mut fields = Vec::new();
    let mut at = 0;
    let mut start = 0;
    loop {
        let line = next_line(part, at);
        let end = at + line.len();
        let folded = line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        let blank = matches!(line, b"\n" | b"\r\n" | b"");
        if !folded || blank {
            if at > start {
                fields.extend(field(part.get(start..at).unwrap_or_default()));
            }
            start = at;
        }
        at = end;
        if blank {
            break;
        }
        if at > MAIL_HEADER_BYTES_MAX || fields.len() > MAIL_HEADERS_MAX {
            return Err(MailError::HeaderTooLarge);
        }
    }
    Ok((Fields { fields }, part.get(at..).unwrap_or_default()))
}

/// The line that starts at `at`, with its end.
pub(super) fn next_line(bytes: &[u8], at: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest
        .iter()
        .position(|&byte| byte == b'\n')
        .map_or(rest.len(), |end| end + 1);
    rest.get(..end).unwrap_or_default()
}

/// Name and value of one field; `None` for a line that is none (mbox's `From ` line among them).
fn field(line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let (name, value) = line.split_at(colon);
    let name = name.trim_ascii();
    let right = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic());
    right.then(|| (name.to_vec(), value.get(1..).unwrap_or_default().to_vec()))
}

impl Fields {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = move |(own, _): &&(Vec<u8>, Vec<u8>)| own.eq_ignore_ascii_case(name.as_bytes());
        self.fields
            .iter()
            .filter(named)
            .map(|(_, value)| value.as_slice())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// The fields from the first on to the end of the first block of fields whose names begin with `prefix`.
    pub(super) fn to_the_end_of(&self, prefix: &str) -> Self {
        let of_block = |(name, _): &(Vec<u8>, Vec<u8>)| {
            let start = name.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        let before = self.fields.iter().take_while(|field| !of_block(field));
        let block = self.fields.iter().skip_while(|field| !of_block(field));
        Self {
            fields: before
                .chain(block.take_while(|field| of_block(field)))
                .cloned()
                .collect(),
        }
    }

    /// Values of all fields of this name, unfolded, as they stand.
    pub(super) fn raw(&self, name: &str) -> impl Iterator<Item = String> {
        self.all(name)
            .map(|value| one_line(&String::from_utf8_lossy(cut(value, MAIL_FIELD_BYTES_MAX))))
    }

    /// Value of the first field of this name, on one line, up to `bytes_max`; `None` if it is longer.
    pub(super) fn raw_long(&self, name: &str, bytes_max: usize) -> Option<String> {
        let value = self.all(name).next()?;
        (value.len() <= bytes_max).then(|| one_line(&String::from_utf8_lossy(value)))
    }

    /// Text of the first field of this name, decoded, on one line; empty if there is none.
    pub(super) fn text(&self, name: &str) -> String {
        let value = interpret(self.all(name).next(), MAIL_FIELD_BYTES_MAX);
        match MessageStream::new(&value).parse_unstructured() {
            HeaderValue::Text(text) => one_line(&text),
            _ => String::new(),
        }
    }

    /// Mailboxes of the first field of this name.
    pub(super) fn mailboxes(&self, name: &str) -> Vec<Mailbox> {
        mailboxes_of(self.all(name).next())
    }

    /// Mailboxes of all fields of this name, of at most [`MAILBOXES_MAX`] fields.
    pub(super) fn all_mailboxes(&self, name: &str) -> Vec<Mailbox> {
        let fields = self.all(name).take(MAILBOXES_MAX);
        let all = fields.flat_map(|value| mailboxes_of(Some(value)));
        all.take(MAILBOXES_MAX).collect()
    }

    /// The moment of the date field, if it is one.
    fn date(&self) -> Option<Micros> {
        let value = interpret(self.all("date").next(), MAIL_FIELD_BYTES_MAX);
        match MessageStream::new(&value).parse_date() {
            HeaderValue::DateTime(date) => moment(&date),
            _ => None,
        }
    }

    pub(super) fn headers(&self) -> Headers {
        let mut to = self.mailboxes("to");
        to.extend(self.mailboxes("cc"));
        let id = self.text("message-id");
        let id = id.trim_start_matches('<').trim_end_matches('>');
        Headers {
            subject: self.text("subject"),
            from: self.mailboxes("from"),
            reply_to: self.mailboxes("reply-to"),
            to,
            date: self.date(),
            message_id: (!id.is_empty()).then(|| id.to_owned()),
        }
    }

    /// Media type in lower case (`text/plain` if there is none), and the parameters.
    pub(super) fn content_type(&self) -> (String, Parameters) {
        let value = interpret(self.all("content-type").next(), PART_FIELD_BYTES_MAX);
        match MessageStream::new(&value).parse_content_type() {
            HeaderValue::ContentType(content) => {
                let subtype = content.c_subtype.as_deref().unwrap_or_default();
                (
                    format!("{}/{subtype}", content.c_type).to_ascii_lowercase(),
                    Parameters::of(&content),
                )
            }
            _ => ("text/plain".to_owned(), Parameters::default()),
        }
    }

    /// Whether the part is to be a file, and the name given for it.
    pub(super) fn disposition(&self) -> (bool, Option<String>) {
        let value = interpret(self.all("content-disposition").next(), PART_FIELD_BYTES_MAX);
        match MessageStream::new(&value).parse_content_type() {
            HeaderValue::ContentType(content) => {
                let attached = content.c_type.eq_ignore_ascii_case("attachment");
                (attached, Parameters::of(&content).get("filename"))
            }
            _ => (false, None),
        }
    }

    /// Transfer encoding in lower case.
    pub(super) fn encoding(&self) -> String {
        let value = self
            .all("content-transfer-encoding")
            .next()
            .unwrap_or_default();
        String::from_utf8_lossy(cut(value, 100))
            .trim()
            .to_ascii_lowercase()
    }
}

/// Parameters of a content type or disposition.
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn of(content: &ContentType<'_>) -> Self {
        let attributes = content.attributes.iter().flatten();
        Self(
            attributes
                .map(|attribute| {
                    (
                        attribute.name.to_ascii_lowercase(),
                        attribute.value.to_string(),
                    )
                })
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.clone())
    }
}

/// Mailboxes of a field's value.
fn mailboxes_of(value: Option<&[u8]>) -> Vec<Mailbox> {
    let value = interpret(value, MAIL_FIELD_BYTES_MAX);
    let HeaderValue::Address(address) = MessageStream::new(&value).parse_address() else {
        return Vec::new();
    };
    let mailbox = |addr: &mail_parser::Addr<'_>| {
        let address = addr.address.as_deref()?;
        Some(Mailbox {
            name: one_line(addr.name.as_deref().unwrap_or_default()),
            address: one_line(address),
        })
    };
    match &address {
        Address::List(list) => list
            .iter()
            .filter_map(mailbox)
            .take(MAILBOXES_MAX)
            .collect(),
        Address::Group(groups) => groups
            .iter()
            .flat_map(|group| &group.addresses)
            .filter_map(mailbox)
            .take(MAILBOXES_MAX)
            .collect(),
    }
}

/// A value with a line end, which the library waits for.
fn interpret(value: Option<&[u8]>, bytes_max: usize) -> Vec<u8> {
    let mut value = cut(value.unwrap_or_default(), bytes_max).to_vec();
    while value.last().is_some_and(u8::is_ascii_whitespace) {
        value.pop();
    }
    value.push(b'\n');
    value
}

fn cut(value: &[u8], bytes_max: usize) -> &[u8] {
    value.get(..bytes_max).unwrap_or(value)
}

fn moment(date: &DateTime) -> Option<Micros> {
    (date.is_valid() && (1970..=9998).contains(&date.year))
        .then(|| Micros(date.to_timestamp().saturating_mul(1_000_000)))
}
