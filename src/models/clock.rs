//! What day it is, for a user.

use crate::orm::Env;
use chrono::{NaiveDate, NaiveDateTime, TimeZone};

/// A moment in UTC as the clocks of a zone show it; UTC for an unknown zone.
pub fn local(at: NaiveDateTime, tz: Option<&str>) -> NaiveDateTime {
    match tz.and_then(|t| t.parse::<chrono_tz::Tz>().ok()) {
        Some(zone) => zone.from_utc_datetime(&at).naive_local(),
        None => at,
    }
}

/// Today in the time zone of the context or the user.
pub fn today(env: &Env) -> NaiveDate {
    local(env.now(), env.tz().as_deref()).date()
}
