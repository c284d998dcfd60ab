//! Forms with files, read one piece after the other: for reporters and for who files returns on a strategy.

use axum::body::Body;
use axum::http::header;
use axum::http::request::Parts;
use cairn_app::App;
use cairn_app::report::AppError;
use cairn_desk::report::FileRef;
use multer::{Constraints, Multipart, SizeLimit};

use crate::i18n::{Lang, t};
use crate::problem::{Problem, Result, size};
use crate::server::{BodyError, BodyMax};

/// Bytes of a field that is no file.
const FIELD_BYTES_MAX: u64 = 64 * 1024;
/// Parts of one form at most.
const PARTS_MAX: usize = 50;
/// Bytes of headings and boundaries beside the files.
const FRAME_BYTES_MAX: u64 = 1 << 20;

/// What a form with files brought.
#[derive(Default)]
pub(crate) struct Came {
    pub files: Vec<FileRef>,
    /// Names and values of the other fields.
    pub fields: Vec<(String, String)>,
    /// Why a file was not taken; one of the words of [`fault`].
    pub fault: Option<&'static str>,
}

/// Reads a form of at most `most` files. What is too large or empty is passed over and said; the rest is taken. `counted` is
/// the network that the files are counted for.
pub(crate) async fn read(
    app: &App,
    (parts, body): (&Parts, Body),
    most: usize,
    counted: Option<u64>,
) -> Result<Came> {
    let whole = app.config.file_bytes_max.saturating_mul(most as u64 + 1) + FRAME_BYTES_MAX;
    if let Some(max) = parts.extensions.get::<BodyMax>() {
        max.set(whole);
    }
    let declared = parts.headers.get(header::CONTENT_TYPE);
    let declared = declared
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(declared).map_err(|_| Problem::bad_request())?;
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(whole));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, limits);
    let mut came = Came::default();
    for _ in 0..PARTS_MAX {
        let Some(field) = form.next_field().await.map_err(broken)? else {
            return Ok(came);
        };
        match field.file_name().map(str::to_owned) {
            Some(name) => take(app, field, (&name, counted), most, &mut came).await?,
            None => value(field, &mut came).await?,
        }
    }
    Err(Problem::bad_request())
}

async fn take(
    app: &App,
    mut field: multer::Field<'_>,
    (name, counted): (&str, Option<u64>),
    most: usize,
    came: &mut Came,
) -> Result<()> {
    let (mut taking, mut bytes) = (None, 0_u64);
    // What is not taken is read to its end all the same: browsers show an answer only then.
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if bytes == 0 && !chunk.is_empty() {
            taking = began(app.take_upload(counted), came)?;
        }
        bytes += chunk.len() as u64;
        let pushed = match &mut taking {
            Some(taking) => taking.push(&chunk),
            None => Ok(()),
        };
        if began(pushed, came)?.is_none() {
            taking = None;
        }
    }
    // A browser sends an empty part without a name where no file was chosen.
    if bytes == 0 && !name.is_empty() {
        came.fault = Some("empty");
    }
    let Some(taking) = taking else { return Ok(()) };
    if came.files.len() >= most {
        came.fault = Some("many");
        return Ok(());
    }
    match app.keep_file(taking, Some(name)).await {
        Err(AppError::FileType { .. }) => came.fault = Some("type"),
        kept => came.files.push(kept?),
    }
    Ok(())
}

/// What keeps this file out is said, and the rest of the form is taken; other failures are ours.
fn began<T>(taken: Result<T, AppError>, came: &mut Came) -> Result<Option<T>> {
    let fault = match taken {
        Ok(taken) => return Ok(Some(taken)),
        Err(AppError::FileTooLarge { .. }) => "large",
        Err(AppError::FilesHeld | AppError::FilesTooMany { .. }) => "held",
        Err(other) => return Err(other.into()),
    };
    came.fault = Some(fault);
    Ok(None)
}

async fn value(mut field: multer::Field<'_>, came: &mut Came) -> Result<()> {
    let name = field.name().unwrap_or_default().replace('-', ".");
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if (bytes.len() + chunk.len()) as u64 > FIELD_BYTES_MAX {
            return Err(Problem::too_large(FIELD_BYTES_MAX));
        }
        bytes.extend_from_slice(&chunk);
    }
    let value = String::from_utf8_lossy(&bytes).into_owned();
    came.fields.push((name, value));
    Ok(())
}

fn broken(error: multer::Error) -> Problem {
    match &error {
        multer::Error::StreamSizeExceeded { limit } => Problem::too_large(*limit),
        multer::Error::StreamReadFailed(cause) => BodyError::find(cause.as_ref()).into(),
        _ => Problem::bad_request(),
    }
}

/// Why a file was not taken, in words.
pub(crate) fn words(code: &str, lang: Lang, app: &App, most: usize) -> Option<String> {
    match code {
        "large" => Some(t::report_file_large(lang, size(app.config.file_bytes_max))),
        "empty" => Some(t::report_file_empty(lang).to_owned()),
        "type" => Some(t::report_file_type(lang).to_owned()),
        "many" => Some(t::report_file_many(lang, most as u64)),
        "held" => Some(t::report_file_held(lang).to_owned()),
        _ => None,
    }
}
