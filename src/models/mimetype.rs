//! Kinds of content, by name and by the first bytes. Pure.

/// Endings and their kinds.
const ENDINGS: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("css", "text/css"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("xml", "text/xml"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("ico", "image/vnd.microsoft.icon"),
    ("bmp", "image/bmp"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("wav", "audio/x-wav"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("epub", "application/epub+zip"),
    ("eml", "message/rfc822"),
    ("ics", "text/calendar"),
    ("py", "text/x-python"),
];

/// The kind a file name (or address) tells.
pub fn by_name(name: &str) -> Option<&'static str> {
    let name = name.split('?').next().unwrap_or_default();
    let (_, ending) = name.rsplit_once('.')?;
    ENDINGS.iter().find(|(e, _)| e.eq_ignore_ascii_case(ending)).map(|(_, kind)| *kind)
}

/// The kind of a content: by its name, else by what it begins with.
pub fn of(name: &str, content: &[u8]) -> String {
    match by_name(name) {
        Some(kind) => kind.to_owned(),
        None if content.is_empty() => "application/octet-stream".to_owned(),
        None => guess(content).to_owned(),
    }
}

/// The kind by the first bytes.
pub fn guess(content: &[u8]) -> &'static str {
    // of XML more can be said: it may be a drawing
    if let Some(kind) = infer::get(content).filter(|kind| kind.mime_type() != "text/xml") {
        return kind.mime_type();
    }
    let Ok(text) = std::str::from_utf8(content) else { return "application/octet-stream" };
    let head = text.trim_start().get(..200.min(text.trim_start().len())).unwrap_or_default().to_lowercase();
    if head.starts_with("<svg") || (head.starts_with("<?xml") && head.contains("<svg")) {
        "image/svg+xml"
    } else if head.starts_with("<!doctype html") || head.starts_with("<html") {
        "text/html"
    } else if head.starts_with("<?xml") {
        "text/xml"
    } else if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        "application/octet-stream"
    } else {
        "text/plain"
    }
}

/// Whether a content is a picture that browsers show.
pub fn is_image(content: &[u8]) -> bool {
    guess(content).starts_with("image/")
}

/// What a search in contents looks at: the words of a text, the family of anything else.
pub fn index(mimetype: &str, content: &[u8]) -> String {
    let family = mimetype.split('/').next().unwrap_or_default();
    if family != "text" || content.is_empty() {
        return family.to_owned();
    }
    let printable = |b: &u8| (0x20..=0x7e).contains(b);
    let words: Vec<&str> = content
        .split(|b| !printable(b))
        .filter(|run| run.len() >= 4)
        .filter_map(|run| std::str::from_utf8(run).ok())
        .collect();
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(of("", b"hello"), "text/plain");
        assert_eq!(of("", &[0, 1, 2, 255]), "application/octet-stream");
        assert_eq!(of("x.PDF", b"?"), "application/pdf");
        assert_eq!(of("", b"<svg xmlns='x'/>"), "image/svg+xml");
        assert_eq!(of("", b"<?xml version='1.0'?><svg xmlns='x'/>"), "image/svg+xml");
        assert_eq!(of("", b"<?xml version='1.0'?><a/>"), "text/xml");
        assert!(is_image(&[0x89, b'P', b'N', b'G', 13, 10, 26, 10]));
        assert!(!is_image(b"abc"));
        assert_eq!(index("text/plain", b"some words\nab\nmore"), "some words\nmore");
        assert_eq!(index("image/png", b"xxxx"), "image");
    }
}
