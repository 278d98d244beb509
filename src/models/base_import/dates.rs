//! Dates as files write them, by the patterns of Python's `strptime`.

use chrono::{NaiveDate, NaiveDateTime};
use regex::{Regex, RegexBuilder};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: &str = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";

/// Orders of day, month and year that are tried.
const ORDERS: [[&str; 3]; 8] = [
    ["%m", "%d", "%Y"],
    ["%m", "%d", "%y"],
    ["%d", "%m", "%Y"],
    ["%d", "%m", "%y"],
    ["%Y", "%m", "%d"],
    ["%y", "%m", "%d"],
    ["%Y", "%d", "%m"],
    ["%y", "%d", "%m"],
];
const BETWEEN: [&str; 5] = [" ", "/", "-", ".", ""];

/// Times of the day that are tried behind a date.
pub const TIMES: [&str; 6] = ["%H:%M:%S", "%H:%M", "%H", "%I:%M:%S %p", "%I:%M %p", "%I %p"];

/// Patterns of dates, likeliest first.
pub fn patterns() -> Vec<String> {
    BETWEEN.iter().flat_map(|sep| ORDERS.iter().map(move |order| order.join(sep))).collect()
}

/// A pattern that texts are compared with.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
}

impl Pattern {
    /// None for a pattern that Python would not know.
    pub fn new(pattern: &str) -> Option<Pattern> {
        let mut regex = String::from("^");
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '%' => regex.push_str(&directive(chars.next()?)?),
                c if c.is_whitespace() => {
                    while chars.next_if(|c| c.is_whitespace()).is_some() {}
                    regex.push_str(r"\s+");
                }
                c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            }
        }
        let regex = RegexBuilder::new(&regex).case_insensitive(true).build().ok()?;
        Some(Pattern { text: pattern.to_owned(), regex })
    }

    /// Whether a text has this form, as a whole.
    pub fn fits(&self, text: &str) -> bool {
        self.regex.find(text).is_some_and(|found| found.end() == text.len())
    }

    /// The moment a text means; else what Python says of it.
    pub fn parse(&self, text: &str) -> Result<NaiveDateTime, String> {
        let no_match = || format!("time data {} does not match format '{}'", quoted(text), self.text);
        let found = self.regex.captures(text).ok_or_else(no_match)?;
        let end = found.get(0).map_or(0, |whole| whole.end());
        if end < text.len() {
            return Err(format!("unconverted data remains: {}", &text[end..]));
        }
        let number = |name: &str| found.name(name).and_then(|m| m.as_str().trim().parse::<u32>().ok());
        let named = found.name("b").map(|m| m.as_str().to_lowercase());
        let named = named.and_then(|name| MONTHS.iter().position(|m| m[..3] == name[..3]));
        let year = match (number("Y"), number("y")) {
            (Some(year), _) => year,
            (None, Some(short)) => short + if short < 69 { 2000 } else { 1900 },
            (None, None) => 1900,
        };
        let month = number("m").or(named.map(|at| at as u32 + 1)).unwrap_or(1);
        let afternoon = found.name("p").map(|m| m.as_str().eq_ignore_ascii_case("pm"));
        let hour = match (number("H"), number("I"), afternoon) {
            (Some(hour), ..) => hour,
            (None, Some(hour), afternoon) => hour % 12 + if afternoon == Some(true) { 12 } else { 0 },
            (None, None, _) => 0,
        };
        let no_day = || "day is out of range for month".to_owned();
        let day = NaiveDate::from_ymd_opt(year as i32, month, number("d").unwrap_or(1)).ok_or_else(no_day)?;
        let (minute, second) = (number("M").unwrap_or(0), number("S").unwrap_or(0));
        day.and_hms_opt(hour, minute, second).ok_or_else(|| "second must be in 0..59".to_owned())
    }
}

/// What a directive stands for. Each may be there once: twice is no regular expression, and no format in Python.
fn directive(letter: char) -> Option<String> {
    Some(match letter {
        'd' => r"(?<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])".into(),
        'm' => r"(?<m>1[0-2]|0[1-9]|[1-9])".into(),
        'Y' => r"(?<Y>\d\d\d\d)".into(),
        'y' => r"(?<y>\d\d)".into(),
        'H' => r"(?<H>2[0-3]|[0-1]\d|\d)".into(),
        'I' => r"(?<I>1[0-2]|0[1-9]|[1-9])".into(),
        'M' => r"(?<M>[0-5]\d|\d)".into(),
        'S' => r"(?<S>6[0-1]|[0-5]\d|\d)".into(),
        'p' => "(?<p>am|pm)".into(),
        'B' => format!("(?<b>{})", MONTHS.join("|")),
        'b' => format!("(?<b>{})", MONTHS.map(|m| &m[..3]).join("|")),
        'A' => format!("(?:{DAYS})"),
        'a' => "(?:mon|tue|wed|thu|fri|sat|sun)".into(),
        '%' => "%".into(),
        _ => return None,
    })
}

fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// The first pattern that all texts fit; empty ones fit any.
pub fn common<'p>(patterns: &'p [String], texts: &[String]) -> Option<&'p String> {
    let fits = |pattern: &Pattern| texts.iter().filter(|t| !t.is_empty()).all(|t| pattern.fits(t));
    patterns.iter().find(|pattern| Pattern::new(pattern).is_some_and(|p| fits(&p)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_python_reads_them() {
        let read = |pattern: &str, text: &str| {
            Pattern::new(pattern).unwrap().parse(text).map(|at| at.format("%Y-%m-%d %H:%M:%S").to_string())
        };
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(read("%d/%m/%Y", "5/3/2026"), ok("2026-03-05 00:00:00"));
        assert_eq!(read("%m/%d/%y %I:%M %p", "03/05/26 1:30 PM"), ok("2026-03-05 13:30:00"));
        assert_eq!(read("%d %B %Y", "5 march 2026"), ok("2026-03-05 00:00:00"));
        assert_eq!(read("%d%m%Y", "05032026"), ok("2026-03-05 00:00:00"));
        let wrong = "time data '2026-03-05' does not match format '%d/%m/%Y'";
        assert_eq!(read("%d/%m/%Y", "2026-03-05"), Err(wrong.into()));
        assert_eq!(read("%Y-%m-%d", "2026-03-05 10:00"), Err("unconverted data remains:  10:00".into()));
        assert_eq!(read("%Y-%m-%d", "2026-02-30"), Err("day is out of range for month".into()));
        assert!(Pattern::new("%Q").is_none() && Pattern::new("%d %d").is_none());
    }

    #[test]
    fn the_first_pattern_that_all_fit_is_taken() {
        let of = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
            common(&patterns(), &texts).cloned()
        };
        assert_eq!(of(&["03/05/2026", "", "3/12/2026"]).as_deref(), Some("%m/%d/%Y"));
        assert_eq!(of(&["03/05/2026", "13/12/2026"]).as_deref(), Some("%d/%m/%Y"));
        assert_eq!(of(&["2026-03-05"]).as_deref(), Some("%Y-%m-%d"));
        assert_eq!(of(&["5.3.26"]).as_deref(), Some("%m.%d.%y"));
        assert_eq!(of(&["soon"]), None);
    }
}
