//! Working time until a task was assigned and until it ended, by the company's calendar.

use super::compute::{ById, by_id};
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::models::clock;
use crate::orm::{Computed, Env, Model, fetch};
use crate::value::Value;
use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::HashMap;

const FIELDS: [&str; 4] =
    ["working_hours_open", "working_days_open", "working_hours_close", "working_days_close"];

/// A calendar: its zone, and the working times of each day of the week as seconds of the day.
#[derive(Debug, Default)]
pub struct Calendar {
    tz: String,
    days: [Vec<(i64, i64)>; 7],
}

impl Calendar {
    /// Working (hours, days) between two moments in UTC. A day counts by the share of its hours that lie between.
    pub fn work(&self, from: NaiveDateTime, to: NaiveDateTime) -> (f64, f64) {
        let (from, to) = (clock::local(from, Some(&self.tz)), clock::local(to, Some(&self.tz)));
        let (mut seconds, mut days) = (0_i64, 0.0);
        let mut day = from.date();
        while day <= to.date() {
            let midnight = day.and_time(NaiveTime::MIN);
            let list = &self.days[day.weekday().num_days_from_monday() as usize];
            let whole: i64 = list.iter().map(|(a, b)| b - a).sum();
            let mut done = 0;
            for (a, b) in list {
                let start = (midnight + TimeDelta::seconds(*a)).max(from);
                let end = (midnight + TimeDelta::seconds(*b)).min(to);
                done += (end - start).num_seconds().max(0);
            }
            seconds += done;
            if whole > 0 {
                days += done as f64 / whole as f64;
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
        }
        (seconds as f64 / 3600.0, days)
    }
}

fn load(env: &Env, ids: &[i64]) -> Result<HashMap<i64, Calendar>> {
    let zones = by_id(&env.sudo(), "resource.calendar", ids.iter().copied(), &["tz"])?;
    let mut out: HashMap<i64, Calendar> = zones
        .iter()
        .map(|(i, r)| (*i, Calendar { tz: r.str("tz").to_owned(), ..Calendar::default() }))
        .collect();
    let sql = Sql::of(
        "SELECT calendar_id, dayofweek, hour_from, hour_to FROM resource_calendar_attendance \
         WHERE (day_period IS NULL OR day_period <> 'lunch') AND calendar_id",
    )
    .ids(ids)
    .raw(" ORDER BY dayofweek, hour_from");
    for r in env.query(&sql, &[ColType::Int, ColType::Text, ColType::Float, ColType::Float])? {
        let seconds = |v: &Value| match v {
            Value::Float(h) => (h * 3600.0) as i64,
            v => v.int() * 3600,
        };
        let day: usize = r[1].str().parse().unwrap_or(7);
        if let Some(list) = out.get_mut(&r[0].int()).and_then(|c| c.days.get_mut(day)) {
            list.push((seconds(&r[2]), seconds(&r[3])));
        }
    }
    Ok(out)
}

pub(super) fn compute(env: &Env, model: &Model, ids: &[i64]) -> Result<Computed> {
    let root = env.sudo();
    let fields = ["project_id", "create_date", "date_assign", "date_end"];
    let tasks = fetch::fetch_existing(&root, model, ids, &fields)?;
    let mut out = Computed::new();
    for t in &tasks {
        FIELDS.iter().for_each(|f| out.set(t.id, f, Value::Float(0.0)));
    }
    let timed: Vec<_> = tasks
        .iter()
        .filter(|t| {
            t.datetime("date_assign").or(t.datetime("date_end")).is_some() && t.opt("project_id").is_some()
        })
        .collect();
    if timed.is_empty() {
        return Ok(out);
    }
    let of = timed.iter().filter_map(|t| t.opt("project_id"));
    let projects: ById = by_id(&root, "project.project", of, &["resource_calendar_id"])?;
    let calendars: Vec<i64> = projects.values().filter_map(|p| p.opt("resource_calendar_id")).collect();
    let calendars = load(&root, &calendars)?;
    for t in timed {
        let calendar =
            projects.get(&t.int("project_id")).and_then(|p| calendars.get(&p.int("resource_calendar_id")));
        let (Some(calendar), Some(from)) = (calendar, t.datetime("create_date")) else { continue };
        for (date, hours, days) in [("date_assign", FIELDS[0], FIELDS[1]), ("date_end", FIELDS[2], FIELDS[3])]
        {
            if let Some(to) = t.datetime(date) {
                let (h, d) = calendar.work(from, to);
                out.set(t.id, hours, Value::Float(h));
                out.set(t.id, days, Value::Float(d));
            }
        }
    }
    Ok(out)
}
