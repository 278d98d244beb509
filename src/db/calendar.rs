//! PostgreSQL's `date_trunc` and `date_part` in Rust, for SQLite: pure functions of a local time.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::timetext;

macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $kind { $($(#[$vdoc])* $variant,)* }

        impl $kind {
            /// By the name it has in a groupby specification.
            pub fn parse(name: &str) -> Option<$kind> {
                match name { $($name => Some($kind::$variant),)* _ => None }
            }

            /// The name it has in a groupby specification.
            pub fn name(self) -> &'static str {
                match self { $($kind::$variant => $name,)* }
            }
        }
    };
}

named! {
    /// What a moment is cut to.
    Granularity {
        /// Hour.
        Hour = "hour",
        /// Day.
        Day = "day",
        /// Week, from the user's first day.
        Week = "week",
        /// Month.
        Month = "month",
        /// Quarter.
        Quarter = "quarter",
        /// Year.
        Year = "year",
    }
}

named! {
    /// What is measured of a moment, as an integer.
    Part {
        /// Year.
        Year = "year_number",
        /// Quarter, 1 to 4.
        Quarter = "quarter_number",
        /// Month, 1 to 12.
        Month = "month_number",
        /// ISO week.
        IsoWeek = "iso_week_number",
        /// Day of the year, from 1.
        DayOfYear = "day_of_year",
        /// Day of the month, from 1.
        DayOfMonth = "day_of_month",
        /// Day of the week, from 0, the user's first day.
        DayOfWeek = "day_of_week",
        /// Hour.
        Hour = "hour_number",
        /// Minute.
        Minute = "minute_number",
        /// Second.
        Second = "second_number",
    }
}

impl Part {
    /// The field's name of PostgreSQL's `date_part`.
    pub(super) fn postgres_name(self) -> &'static str {
        match self {
            Part::Year => "year",
            Part::Quarter => "quarter",
            Part::Month => "month",
            Part::IsoWeek => "week",
            Part::DayOfYear => "doy",
            Part::DayOfMonth => "day",
            Part::DayOfWeek => "dow",
            Part::Hour => "hour",
            Part::Minute => "minute",
            Part::Second => "second",
        }
    }
}

/// `ww_date_trunc`: text to text of the same kind (a day stays a day).
pub(super) fn trunc_text(to: &str, value: &str, tz: Option<&str>, week_start: i64) -> Option<String> {
    let cut = trunc(Granularity::parse(to)?, local(value, tz)?, week_start)?;
    Some(if value.len() == 10 { timetext::format_date(cut.date()) } else { timetext::format_datetime(cut) })
}

/// `ww_date_part`.
pub(super) fn part_of_text(part: &str, value: &str, tz: Option<&str>, week_start: i64) -> Option<i64> {
    Some(measure(Part::parse(part)?, local(value, tz)?, week_start))
}

/// Wall clock time in the zone.
fn local(value: &str, tz: Option<&str>) -> Option<NaiveDateTime> {
    let utc = timetext::parse_datetime(value)?;
    Some(match tz.and_then(|name| name.parse::<Tz>().ok()) {
        Some(tz) => {
            let instant: DateTime<Utc> = Utc.from_utc_datetime(&utc);
            instant.with_timezone(&tz).naive_local()
        }
        None => utc,
    })
}

fn trunc(to: Granularity, t: NaiveDateTime, week_start: i64) -> Option<NaiveDateTime> {
    let d = t.date();
    let day = match to {
        Granularity::Hour => return d.and_hms_opt(t.hour(), 0, 0),
        Granularity::Day => d,
        Granularity::Week => {
            let back = (i64::from(d.weekday().number_from_monday()) - week_start).rem_euclid(7);
            d.checked_sub_days(Days::new(back.unsigned_abs()))?
        }
        Granularity::Month => NaiveDate::from_ymd_opt(d.year(), d.month(), 1)?,
        Granularity::Quarter => NaiveDate::from_ymd_opt(d.year(), d.month0() / 3 * 3 + 1, 1)?,
        Granularity::Year => NaiveDate::from_ymd_opt(d.year(), 1, 1)?,
    };
    day.and_hms_opt(0, 0, 0)
}

fn measure(part: Part, t: NaiveDateTime, week_start: i64) -> i64 {
    match part {
        Part::Year => t.year().into(),
        Part::Quarter => i64::from(t.month0() / 3 + 1),
        Part::Month => t.month().into(),
        Part::IsoWeek => t.iso_week().week().into(),
        Part::DayOfYear => t.ordinal().into(),
        Part::DayOfMonth => t.day().into(),
        Part::DayOfWeek => (7 - week_start + i64::from(t.weekday().num_days_from_sunday())).rem_euclid(7),
        Part::Hour => t.hour().into(),
        Part::Minute => t.minute().into(),
        // PostgreSQL rounds the fraction when it casts to an integer, halves to the even.
        Part::Second => (f64::from(t.second()) + f64::from(t.nanosecond()) / 1e9).round_ties_even() as i64,
    }
}
