//! What HTTP says of files: whether the client has it already, which part of it is wanted, which packings it takes.

use std::ops::Range;
use std::time::{Duration, SystemTime};

use actix_web::http::header::HttpDate;

use super::exchange::{Answer, Incoming};

/// The file, the part of it that was asked for, or that nothing has changed.
pub fn answer(request: &Incoming, bytes: Vec<u8>, kind: &str, modified: SystemTime) -> Answer {
    let seconds = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let etag = format!("\"{:x}-{:x}\"", seconds.as_millis(), bytes.len());
    let date = HttpDate::from(modified).to_string();
    let base = if is_current(request, &etag, Some(modified)) {
        Answer { status: 304, ..Answer::default() }
    } else {
        let length = bytes.len();
        match wanted_range(request, &etag, &date, length) {
            None => Answer::new(200, kind, bytes),
            Some(Some(range)) => {
                let place = format!("bytes {}-{}/{length}", range.start, range.end - 1);
                Answer::new(206, kind, bytes[range].to_vec()).header("content-range", place)
            }
            Some(None) => Answer::new(416, kind, "").header("content-range", format!("bytes */{length}")),
        }
    };
    base.header("etag", etag)
        .header("last-modified", date)
        .header("accept-ranges", "bytes")
        .header("x-content-type-options", "nosniff")
}

/// Whether what the client has is what it would get: by its tag, else by its date.
pub fn is_current(request: &Incoming, etag: &str, modified: Option<SystemTime>) -> bool {
    if let Some(tags) = request.header("if-none-match") {
        return tags.split(',').map(|t| t.trim().trim_start_matches("W/")).any(|t| t == etag || t == "*");
    }
    let since = request.header("if-modified-since").and_then(|text| text.parse::<HttpDate>().ok());
    match (modified, since) {
        // dates have whole seconds
        (Some(modified), Some(since)) => modified < SystemTime::from(since) + Duration::from_secs(1),
        _ => false,
    }
}

/// The one range asked for: None when the whole is, Some(None) when there is no such range.
fn wanted_range(request: &Incoming, etag: &str, date: &str, length: usize) -> Option<Option<Range<usize>>> {
    let ranges = request.header("range")?.strip_prefix("bytes=")?;
    if request.header("if-range").is_some_and(|known| known != etag && known != date) || ranges.contains(',')
    {
        return None;
    }
    let (from, to) = ranges.trim().split_once('-')?;
    let number = |text: &str| text.parse::<usize>().ok();
    let range = match (number(from), number(to)) {
        (Some(from), None) if to.is_empty() => from..length,
        (Some(from), Some(to)) if from <= to => from..length.min(to.saturating_add(1)),
        (None, Some(last)) if from.is_empty() => length.saturating_sub(last)..length,
        _ => return None,
    };
    Some(Some(range).filter(|r| r.start < r.end))
}

/// Whether `accept-encoding` allows a coding.
pub fn takes(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight != Some(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(headers: &[(&str, &str)]) -> Answer {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let request = Incoming { headers, ..Incoming::default() };
        let modified = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_500);
        answer(&request, b"0123456789".to_vec(), "text/plain", modified)
    }

    #[test]
    fn ranges() {
        let part = |range: &str| {
            let answer = ask(&[("range", range)]);
            (answer.status, String::from_utf8(answer.body).unwrap())
        };
        assert_eq!(part("bytes=2-4"), (206, "234".into()));
        assert_eq!(part("bytes=7-"), (206, "789".into()));
        assert_eq!(part("bytes=-3"), (206, "789".into()));
        assert_eq!(part("bytes=8-99"), (206, "89".into()));
        assert_eq!(part("bytes=10-"), (416, String::new()));
        assert_eq!(part("bytes=1-2,4-5"), (200, "0123456789".into()));
        assert_eq!(part("lines=1-2").0, 200);
        assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "\"other\"")]).status, 200);
    }

    #[test]
    fn nothing_new() {
        let tag = ask(&[]).headers.into_iter().find(|(n, _)| *n == "etag").unwrap().1;
        assert_eq!(ask(&[("if-none-match", &tag)]).status, 304);
        assert_eq!(ask(&[("if-none-match", "\"x\"")]).status, 200);
        assert_eq!(ask(&[("if-modified-since", "Thu, 01 Jan 1970 00:16:40 GMT")]).status, 304);
        assert_eq!(ask(&[("if-modified-since", "Thu, 01 Jan 1970 00:16:39 GMT")]).status, 200);
    }

    #[test]
    fn codings() {
        assert!(takes("gzip, deflate, br", "br") && takes("GZIP;q=0.5", "gzip"));
        assert!(!takes("br;q=0", "br") && !takes("", "gzip"));
    }
}
