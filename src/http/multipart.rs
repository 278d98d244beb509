//! Forms with files: what a browser posts as `multipart/form-data`.

use actix_web::web::Bytes;
use futures_util::{FutureExt as _, stream};

use super::exchange::Incoming;
use crate::error::{Error, Result};

/// One part of a form.
#[derive(Debug)]
pub struct Part {
    /// Name of the form's field.
    pub name: String,
    /// Name of the file, when it is one.
    pub filename: Option<String>,
    /// Kind of the file, as the sender says.
    pub kind: Option<String>,
    /// Content.
    pub bytes: Bytes,
}

/// A form, whichever way it was encoded.
#[derive(Debug, Default)]
pub struct Form {
    parts: Vec<Part>,
}

impl Form {
    /// Reads the body, which has arrived as a whole.
    pub fn read(request: &Incoming) -> Result<Form> {
        let kind = request.header("content-type").unwrap_or_default();
        if request.content_type() != "multipart/form-data" {
            let pairs = url::form_urlencoded::parse(&request.body);
            let part = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| Part {
                name: name.into_owned(),
                filename: None,
                kind: None,
                bytes: Bytes::from(value.into_owned()),
            };
            return Ok(Form { parts: pairs.map(part).collect() });
        }
        let bad = |e: multer::Error| Error::bad_request(format!("The form cannot be read: {e}"));
        let boundary = multer::parse_boundary(kind).map_err(bad)?;
        let body = request.body.clone();
        let whole = stream::once(async move { Ok::<Bytes, std::convert::Infallible>(body) });
        let reading = async move {
            let mut form = multer::Multipart::new(whole, boundary);
            let mut parts = Vec::new();
            while let Some(field) = form.next_field().await.map_err(bad)? {
                parts.push(Part {
                    name: field.name().unwrap_or_default().to_owned(),
                    filename: field.file_name().map(str::to_owned),
                    kind: field.content_type().map(|kind| kind.essence_str().to_owned()),
                    bytes: field.bytes().await.map_err(bad)?,
                });
            }
            Ok(Form { parts })
        };
        // everything is there already, so there is nothing to wait for
        reading.now_or_never().unwrap_or_else(|| Err(Error::bad_request("The form is not complete.")))
    }

    /// The text of a field, empty when there is none.
    pub fn text(&self, name: &str) -> String {
        let part = self.parts.iter().find(|p| p.name == name);
        part.map(|p| String::from_utf8_lossy(&p.bytes).into_owned()).unwrap_or_default()
    }

    /// The bytes of a field.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next().map(|part| part.bytes.as_ref())
    }

    /// Whether a checkbox is set.
    pub fn flag(&self, name: &str) -> bool {
        !matches!(self.text(name).to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
    }

    /// All parts of that name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |p| p.name == name)
    }
}
