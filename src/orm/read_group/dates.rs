//! Groups by date: their ranges in UTC, their labels, the numbers of weeks, the groups in between. Pure.

use crate::db::Granularity;
use chrono::{
    DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

/// The start of the next group, in local time.
pub fn next(at: NaiveDateTime, step: Granularity) -> NaiveDateTime {
    let later = match step {
        Granularity::Hour => at.checked_add_signed(Duration::hours(1)),
        Granularity::Day => at.checked_add_signed(Duration::days(1)),
        Granularity::Week => at.checked_add_signed(Duration::days(7)),
        Granularity::Month => at.checked_add_months(Months::new(1)),
        Granularity::Quarter => at.checked_add_months(Months::new(3)),
        Granularity::Year => at.checked_add_months(Months::new(12)),
    };
    later.unwrap_or(at)
}

/// Local time of a zone as UTC. A time that does not exist, or exists twice, is read in standard time, as pytz does.
pub fn to_utc(local: NaiveDateTime, zone: Option<Tz>) -> NaiveDateTime {
    let Some(zone) = zone else { return local };
    let found = zone.from_local_datetime(&local);
    if let Some(at) = found.latest() {
        return at.with_timezone(&Utc).naive_utc();
    }
    let before: DateTime<Utc> = Utc.from_utc_datetime(&(local - Duration::hours(24)));
    let offset = zone.offset_from_utc_datetime(&before.naive_utc()).fix();
    local - Duration::seconds(i64::from(offset.local_minus_utc()))
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How a group is called; `week_start` is the user's first day of the week, 1 Monday … 7 Sunday.
pub fn label(at: NaiveDateTime, step: Granularity, week_start: u8) -> String {
    let month = MONTHS[at.month0() as usize % 12];
    let short = &month[..3];
    match step {
        Granularity::Hour => {
            let hour = (at.hour() + 11) % 12 + 1;
            format!("{hour:02}:00 {:02} {short}", at.day())
        }
        Granularity::Day => format!("{:02} {short} {:04}", at.day(), at.year()),
        Granularity::Week => {
            let (year, week) = week_number(at.date(), week_start);
            format!("W{week} {year:04}")
        }
        Granularity::Month => format!("{month} {:04}", at.year()),
        Granularity::Quarter => format!("Q{} {:04}", at.month0() / 3 + 1, at.year()),
        Granularity::Year => format!("{:04}", at.year()),
    }
}

/// Year and number of the week. Where weeks begin on Monday they are ISO's; elsewhere the week that holds January 1st
/// is the first.
pub fn week_number(day: NaiveDate, week_start: u8) -> (i32, u32) {
    if week_start == 1 {
        let iso = day.iso_week();
        return (iso.year(), iso.week());
    }
    let first = |year: i32| -> Option<NaiveDate> {
        let d = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let back = (d.weekday().number_from_monday() + 7 - u32::from(week_start)) % 7;
        d.checked_sub_signed(Duration::days(i64::from(back)))
    };
    match (first(day.year() + 1), first(day.year())) {
        (Some(next), _) if day >= next => (day.year() + 1, 1),
        (_, Some(this)) => {
            let weeks = (day - this).num_days() / 7 + 1;
            (day.year(), u32::try_from(weeks).unwrap_or(1))
        }
        _ => (day.year(), 1),
    }
}

/// The start of the group a moment is in.
pub fn start_of(at: NaiveDateTime, step: Granularity, week_start: u8) -> NaiveDateTime {
    let d = at.date();
    let day = match step {
        Granularity::Hour => return d.and_hms_opt(at.hour(), 0, 0).unwrap_or(at),
        Granularity::Day => Some(d),
        Granularity::Week => {
            let back = (d.weekday().number_from_monday() + 7 - u32::from(week_start)) % 7;
            d.checked_sub_signed(Duration::days(i64::from(back)))
        }
        Granularity::Month => d.with_day(1),
        Granularity::Quarter => NaiveDate::from_ymd_opt(d.year(), d.month0() / 3 * 3 + 1, 1),
        Granularity::Year => NaiveDate::from_ymd_opt(d.year(), 1, 1),
    };
    day.and_then(|d| d.and_hms_opt(0, 0, 0)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(s, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn weeks_of_a_year_that_begins_on_sunday() {
        let day = |s| NaiveDate::parse_from_str(s, "%Y-%m-%d").unwrap();
        assert_eq!(week_number(day("2025-12-28"), 7), (2026, 1));
        assert_eq!(week_number(day("2026-01-04"), 7), (2026, 2));
        assert_eq!(week_number(day("2026-03-22"), 7), (2026, 13));
        assert_eq!(week_number(day("2025-12-29"), 1), (2026, 1));
    }

    #[test]
    fn labels() {
        assert_eq!(label(at("2025-12-31 23:00:00"), Granularity::Hour, 7), "11:00 31 Dec");
        assert_eq!(label(at("2026-02-28 00:00:00"), Granularity::Hour, 7), "12:00 28 Feb");
        assert_eq!(label(at("2026-01-01 00:00:00"), Granularity::Quarter, 7), "Q1 2026");
    }

    #[test]
    fn local_times_go_to_utc() {
        let ny: Tz = "America/New_York".parse().unwrap();
        assert_eq!(to_utc(at("2026-01-01 00:00:00"), Some(ny)), at("2026-01-01 05:00:00"));
        assert_eq!(to_utc(at("2026-03-08 02:30:00"), Some(ny)), at("2026-03-08 07:30:00"));
    }
}
