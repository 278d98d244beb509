//! Dates and datetimes as SQLite keeps them: text that sorts as the moments do.
//!
//! `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS` and, only where there are microseconds, `.ffffff`. By hand, because chrono's
//! format interpreter took half of the time of reading a thousand rows.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// The text of a day.
pub(super) fn format_date(d: NaiveDate) -> String {
    let mut out = String::with_capacity(10);
    let _ = write!(out, "{:04}-{:02}-{:02}", d.year(), d.month(), d.day());
    out
}

/// The text of a moment; fractions below a microsecond are cut, as PostgreSQL cannot keep them either.
pub(super) fn format_datetime(t: NaiveDateTime) -> String {
    let mut out = String::with_capacity(26);
    let _ = write!(out, "{:04}-{:02}-{:02} ", t.year(), t.month(), t.day());
    let _ = write!(out, "{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second());
    // A leap second is written by chrono as nanoseconds above 10^9.
    let micros = (t.nanosecond() / 1000).min(999_999);
    if micros != 0 {
        let _ = write!(out, ".{micros:06}");
    }
    out
}

/// Reads `YYYY-MM-DD`, and what begins so.
pub(super) fn parse_date(s: &str) -> Option<NaiveDate> {
    let b = s.as_bytes();
    if b.len() < 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    NaiveDate::from_ymd_opt(digits(&b[0..4])? as i32, digits(&b[5..7])?, digits(&b[8..10])?)
}

/// Reads a moment; a bare day is its midnight. A trailing `Z` or `+00` is not ours and not read.
pub(super) fn parse_datetime(s: &str) -> Option<NaiveDateTime> {
    let date = parse_date(s)?;
    let b = s.as_bytes();
    if b.len() == 10 {
        return date.and_hms_opt(0, 0, 0);
    }
    if b.len() < 19 || !matches!(b[10], b' ' | b'T') || b[13] != b':' || b[16] != b':' {
        return None;
    }
    let (h, m, sec) = (digits(&b[11..13])?, digits(&b[14..16])?, digits(&b[17..19])?);
    let micros = match &b[19..] {
        [] => 0,
        [b'.', f @ ..] if (1..=9).contains(&f.len()) => {
            let n = f.len().min(6);
            digits(&f[..n])? * 10_u32.pow(6 - n as u32)
        }
        _ => return None,
    };
    date.and_hms_micro_opt(h, m, sec, micros)
}

fn digits(b: &[u8]) -> Option<u32> {
    b.iter().try_fold(0_u32, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
}
