//! The functions SQLite lacks, registered on every new connection. Rust beneath, PostgreSQL's meaning above.

use diesel::QueryResult;
use diesel::sqlite::SqliteConnection;

use super::{calendar, like};

/// Diesel's declarations; the macros write modules of their own, hence this one.
mod declared {
    use diesel::declare_sql_function;
    use diesel::sql_types::{BigInt, Nullable, Text};

    #[declare_sql_function]
    extern "SQL" {
        fn ww_like(text: Nullable<Text>, pattern: Nullable<Text>) -> Nullable<Bool>;
        fn ww_ilike(text: Nullable<Text>, pattern: Nullable<Text>) -> Nullable<Bool>;
        fn ww_lower(text: Nullable<Text>) -> Nullable<Text>;
        fn ww_date_trunc(
            to: Text,
            value: Nullable<Text>,
            tz: Nullable<Text>,
            week_start: BigInt,
        ) -> Nullable<Text>;
        fn ww_date_part(
            part: Text,
            value: Nullable<Text>,
            tz: Nullable<Text>,
            week_start: BigInt,
        ) -> Nullable<BigInt>;
    }
}

/// Registers them all.
pub(super) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    type T = Option<String>;
    declared::ww_like_utils::register_impl(conn, |text: T, pattern: T| Some(like::like(&text?, &pattern?)))?;
    declared::ww_ilike_utils::register_impl(conn, |text: T, pattern: T| {
        Some(like::ilike(&text?, &pattern?))
    })?;
    declared::ww_lower_utils::register_impl(conn, |text: T| Some(like::lower(&text?)))?;
    declared::ww_date_trunc_utils::register_impl(conn, |to: String, value: T, tz: T, week_start: i64| {
        calendar::trunc_text(&to, &value?, tz.as_deref(), week_start)
    })?;
    declared::ww_date_part_utils::register_impl(conn, |part: String, value: T, tz: T, week_start: i64| {
        calendar::part_of_text(&part, &value?, tz.as_deref(), week_start)
    })
}
