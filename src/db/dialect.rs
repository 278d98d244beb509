//! What differs between PostgreSQL and SQLite, in one place.
//!
//! PostgreSQL's meaning rules. Where SQLite has no equal, it calls a function of ours (`functions.rs`).

use chrono_tz::Tz;

use super::calendar::{Granularity, Part};
use super::sql::{ColType, Sql};

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL 13 and later.
    Postgres,
    /// The SQLite within the binary.
    Sqlite,
}

/// What a statement that locks rows does about rows that others have locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Waits.
    Block,
    /// Fails with `DbError::Busy`.
    Fail,
    /// Leaves them out.
    Skip,
}

/// A date or datetime to be cut or measured, and for whom.
#[derive(Debug, Clone)]
pub struct Moment<'a> {
    /// The column or expression; a datetime is in UTC.
    pub expr: Sql,
    /// `ColType::DateTime` or `ColType::Date`.
    pub kind: ColType,
    /// In whose zone a datetime is read; unknown names are as none, as in Odoo.
    pub tz: Option<&'a str>,
    /// First day of the user's week, as Odoo's `res.lang.week_start`: 1 Monday … 7 Sunday.
    pub week_start: u8,
}

impl<'a> Moment<'a> {
    /// A datetime column, in UTC, weeks from Monday.
    pub fn datetime(expr: Sql) -> Moment<'a> {
        Moment { expr, kind: ColType::DateTime, tz: None, week_start: 1 }
    }

    /// A date column, weeks from Monday.
    pub fn date(expr: Sql) -> Moment<'a> {
        Moment { expr, kind: ColType::Date, tz: None, week_start: 1 }
    }

    /// The same in a zone.
    #[must_use]
    pub fn in_zone(mut self, tz: Option<&'a str>) -> Moment<'a> {
        self.tz = tz;
        self
    }

    /// The same with another first day of the week.
    #[must_use]
    pub fn week_from(mut self, day: u8) -> Moment<'a> {
        self.week_start = day.clamp(1, 7);
        self
    }

    /// The zone's own static name: only such names become SQL text, so that the expression is the same text in
    /// SELECT and GROUP BY (two binds would make it two expressions).
    fn zone(&self) -> Option<&'static str> {
        if self.kind != ColType::DateTime {
            return None;
        }
        self.tz.and_then(|name| name.parse::<Tz>().ok()).map(Tz::name)
    }
}

impl Dialect {
    /// PostgreSQL's `LIKE`, backslash escaping. Odoo's `=like` is the same without added wildcards.
    pub fn like(self, lhs: Sql, pattern: Sql) -> Sql {
        self.matching("LIKE", "ww_like", lhs, pattern)
    }

    /// PostgreSQL's `ILIKE`.
    pub fn ilike(self, lhs: Sql, pattern: Sql) -> Sql {
        self.matching("ILIKE", "ww_ilike", lhs, pattern)
    }

    fn matching(self, operator: &'static str, function: &'static str, lhs: Sql, pattern: Sql) -> Sql {
        match self {
            Dialect::Postgres => Sql::of("(").sql(lhs).raw(" ").raw(operator).raw(" ").sql(pattern).raw(")"),
            Dialect::Sqlite => Sql::of(function).raw("(").sql(lhs).raw(", ").sql(pattern).raw(")"),
        }
    }

    /// Lower case, all of Unicode.
    pub fn lower(self, expr: Sql) -> Sql {
        Sql::new().either("lower(", "ww_lower(").sql(expr).raw(")")
    }

    /// One key of a JSON object, as text; NULL if it has none.
    pub fn json_text(self, column: Sql, key: &str) -> Sql {
        // Language codes and the like are text of the statement: SELECT, GROUP BY and indexes see one expression.
        let plain = !key.is_empty()
            && key.len() <= 63
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@' | b'-'));
        match (self, plain) {
            (Dialect::Postgres, true) => Sql::of("(").sql(column).raw(format!(" ->> '{key}')")),
            (Dialect::Postgres, false) => Sql::of("(").sql(column).raw(" ->> ").text(key).raw(")"),
            (Dialect::Sqlite, true) => Sql::of("json_extract(").sql(column).raw(format!(", '$.\"{key}\"')")),
            (Dialect::Sqlite, false) => {
                Sql::of("(SELECT value FROM json_each(").sql(column).raw(") WHERE key = ").text(key).raw(")")
            }
        }
    }

    /// What to order by, first one first, for the order that PostgreSQL gives the values of a key of JSON objects.
    pub fn json_order(self, column: Sql, key: &str) -> Vec<Sql> {
        match self {
            Dialect::Postgres => vec![Sql::of("(").sql(column).raw(" -> ").text(key).raw(")")],
            Dialect::Sqlite => {
                let of_key = |what: &'static str| {
                    let one = Sql::of("(SELECT ").raw(what).raw(" FROM json_each(").sql(column.clone());
                    one.raw(") WHERE key = ").text(key).raw(")")
                };
                let rank = "CASE type WHEN 'null' THEN 0 WHEN 'text' THEN 1 WHEN 'integer' THEN 2 WHEN 'real' THEN 2 \
                            WHEN 'true' THEN 3 WHEN 'false' THEN 3 WHEN 'array' THEN 4 ELSE 5 END";
                vec![of_key(rank), of_key("value")]
            }
        }
    }

    /// Cut to a granularity, in local time; of the kind of the moment (a date stays a date).
    pub fn date_trunc(self, to: Granularity, moment: Moment<'_>) -> Sql {
        match self {
            Dialect::Postgres => {
                let is_date = moment.kind == ColType::Date;
                // date_trunc's weeks begin on Monday: shift there, cut, and shift back.
                let days = i32::from(8 - moment.week_start.clamp(1, 7)) % 7;
                let local = self.local(moment);
                let cut = if to == Granularity::Week && days != 0 {
                    Sql::of("(date_trunc('week', ")
                        .sql(local)
                        .raw(format!("::timestamp + INTERVAL '{days} DAY') - INTERVAL '{days} DAY')"))
                } else {
                    Sql::of("date_trunc('").raw(to.name()).raw("', ").sql(local).raw("::timestamp)")
                };
                if is_date { cut.raw("::date") } else { cut }
            }
            Dialect::Sqlite => called("ww_date_trunc", to.name(), moment),
        }
    }

    /// A part of a moment as an integer, in local time; days of the week count from the first day of the user's.
    pub fn date_part(self, part: Part, moment: Moment<'_>) -> Sql {
        match self {
            Dialect::Postgres => {
                let week_start = moment.week_start.clamp(1, 7);
                let value = Sql::of("date_part('")
                    .raw(part.postgres_name())
                    .raw("', ")
                    .sql(self.local(moment))
                    .raw(")::int");
                match part {
                    Part::DayOfWeek => Sql::of(format!("mod(7 - {week_start} + ")).sql(value).raw(", 7)"),
                    _ => value,
                }
            }
            Dialect::Sqlite => called("ww_date_part", part.name(), moment),
        }
    }

    /// PostgreSQL: a UTC timestamp as wall clock time.
    fn local(self, moment: Moment<'_>) -> Sql {
        match moment.zone() {
            Some(zone) => Sql::of(format!("timezone('{zone}', timezone('UTC', ")).sql(moment.expr).raw("))"),
            None => moment.expr,
        }
    }

    /// The time of the database's clock; for maintenance, as time is otherwise an argument.
    pub fn now(self) -> Sql {
        Sql::new().either("(now() AT TIME ZONE 'UTC')", "CURRENT_TIMESTAMP")
    }

    /// `CAST(… AS …)`.
    pub fn cast(self, expr: Sql, to: ColType) -> Sql {
        Sql::of("CAST(").sql(expr).raw(" AS ").raw(self.column_type(to)).raw(")")
    }

    /// The type a column is declared with.
    pub fn column_type(self, column: ColType) -> &'static str {
        match (self, column) {
            (Dialect::Postgres, ColType::Bool) => "boolean",
            (Dialect::Postgres, ColType::Int) => "int4",
            (Dialect::Postgres, ColType::BigInt) => "int8",
            (Dialect::Postgres, ColType::Float) => "float8",
            (Dialect::Postgres, ColType::Numeric) => "numeric",
            (Dialect::Postgres, ColType::Text) => "varchar",
            (Dialect::Postgres, ColType::DateTime) => "timestamp",
            (Dialect::Postgres, ColType::Date) => "date",
            (Dialect::Postgres, ColType::Json) => "jsonb",
            (Dialect::Postgres, ColType::Bytes) => "bytea",
            (Dialect::Sqlite, ColType::Bool | ColType::Int | ColType::BigInt) => "INTEGER",
            // REAL, as NUMERIC would keep 3.0 as the integer 3 and divide it as one.
            (Dialect::Sqlite, ColType::Float | ColType::Numeric) => "REAL",
            (Dialect::Sqlite, ColType::Text | ColType::DateTime | ColType::Date | ColType::Json) => "TEXT",
            (Dialect::Sqlite, ColType::Bytes) => "BLOB",
        }
    }

    /// Type and constraint of an `id` column. Ids are never given twice, as with Odoo's sequences.
    pub fn serial_primary_key(self) -> &'static str {
        match self {
            Dialect::Postgres => "serial PRIMARY KEY",
            Dialect::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
        }
    }

    /// `true` or `false`, in a statement's text.
    pub fn bool_literal(self, value: bool) -> &'static str {
        if value { "TRUE" } else { "FALSE" }
    }

    /// Distinct values but NULL, ascending, as a JSON array (decode as `ColType::Json`).
    pub fn agg_ids(self, expr: Sql) -> Sql {
        let again = expr.clone();
        match self {
            Dialect::Postgres => Sql::of("COALESCE(to_jsonb(array_agg(DISTINCT ")
                .sql(expr)
                .raw(") FILTER (WHERE ")
                .sql(again)
                .raw(" IS NOT NULL)), '[]'::jsonb)"),
            Dialect::Sqlite => Sql::of("json_group_array(DISTINCT ")
                .sql(expr.clone())
                .raw(" ORDER BY ")
                .sql(expr)
                .raw(") FILTER (WHERE ")
                .sql(again)
                .raw(" IS NOT NULL)"),
        }
    }

    /// A moment as the text that clients read, `2026-11-25 10:59:09`.
    pub fn whole_seconds(self, expr: Sql) -> Sql {
        Sql::new().either("to_char(", "substr(").sql(expr).either(", 'YYYY-MM-DD HH24:MI:SS')", ", 1, 19)")
    }

    /// All values, NULL too, ordered by another expression, as a JSON array.
    pub fn agg_json(self, expr: Sql, order: Sql) -> Sql {
        Sql::new()
            .either("COALESCE(to_jsonb(array_agg(", "json_group_array(")
            .sql(expr)
            .raw(" ORDER BY ")
            .sql(order)
            .either(")), '[]'::jsonb)", ")")
    }

    /// Whether all that are not NULL are true; NULL when there are none.
    pub fn bool_and(self, expr: Sql) -> Sql {
        Sql::new().either("bool_and(", "min(").sql(expr).raw(")")
    }

    /// Whether any is true; NULL when all are NULL.
    pub fn bool_or(self, expr: Sql) -> Sql {
        Sql::new().either("bool_or(", "max(").sql(expr).raw(")")
    }

    /// A random number to order by.
    pub fn random(self) -> Sql {
        Sql::of("random()")
    }

    /// After an ORDER BY expression: ascending, NULL last.
    pub fn ascending(self) -> &'static str {
        match self {
            Dialect::Postgres => " ASC",
            Dialect::Sqlite => " ASC NULLS LAST",
        }
    }

    /// After an ORDER BY expression: descending, NULL first.
    pub fn descending(self) -> &'static str {
        match self {
            Dialect::Postgres => " DESC",
            Dialect::Sqlite => " DESC NULLS FIRST",
        }
    }
}

/// SQLite: a call of our function with what it needs to know.
fn called(function: &'static str, what: &'static str, moment: Moment<'_>) -> Sql {
    let zone = moment.zone().map_or_else(|| "NULL".to_owned(), |zone| format!("'{zone}'"));
    let week_start = moment.week_start.clamp(1, 7);
    Sql::of(function).raw("('").raw(what).raw("', ").sql(moment.expr).raw(format!(", {zone}, {week_start})"))
}
