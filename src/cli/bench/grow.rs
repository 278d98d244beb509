//! A million tasks: rows of the tasks that `seed` made, copied in the database itself. Through `create` it would take
//! a quarter of an hour, and it is the reading that is to be measured.

use std::time::Instant;

use crate::cli::say;
use crate::db::{ColType, Conn, DatabaseUrl, Mode, Pool, Sql, inspect};
use crate::error::{Error, Result};

/// The tasks that are ours, at `t`.
fn ours() -> Sql {
    Sql::of(" FROM project_task AS t JOIN project_project AS p ON p.id = t.project_id WHERE ")
        .either("(p.name ->> 'en_US')", "json_extract(p.name, '$.en_US')")
        .raw(" LIKE 'bench %'")
}

fn number(conn: &mut Conn, sql: Sql) -> Result<i64> {
    Ok(conn.query(&sql.uncached(), &[ColType::BigInt])?.first().map_or(0, |row| row[0].int()))
}

/// Copies tasks of the bench's projects until there are `tasks` of them, with their tags.
pub(super) fn grow(url: &str, tasks: i64) -> Result<()> {
    let pool = Pool::open(&url.parse::<DatabaseUrl>()?, 1)?;
    let mut conn = pool.get()?;
    let begin = Instant::now();
    let there = number(&mut conn, Sql::of("SELECT COUNT(*)").sql(ours()))?;
    if there == 0 {
        return Err(Error::user("nothing to copy: run `workwarden bench seed` first"));
    }
    let names: Vec<String> = inspect::columns(&mut conn, "project_task")?
        .into_iter()
        .map(|column| column.name)
        .filter(|name| name != "id" && name != "name")
        .collect();
    let columns = |alias: Option<&str>| {
        let each = names.iter().map(|name| match alias {
            Some(alias) => Sql::new().col(alias, name),
            None => Sql::new().ident(name),
        });
        Sql::join(", ", each)
    };
    conn.begin(Mode::Write)?;
    let last = number(&mut conn, Sql::of("SELECT MAX(id) FROM project_task"))?;
    let copies = (tasks - there).max(0).div_euclid(there);
    let insert = Sql::of("INSERT INTO project_task (name, ")
        .sql(columns(None))
        .raw(") SELECT 'task ' || (t.id + c.i * ")
        .int(there)
        .raw("), ")
        .sql(columns(Some("t")))
        .raw(" FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ")
        .int(copies)
        .raw(") SELECT i FROM n) AS c CROSS JOIN project_task AS t WHERE c.i <= ")
        .int(copies)
        .raw(" AND t.id IN (SELECT t.id")
        .sql(ours())
        .raw(")");
    let made = conn.execute(&insert.uncached())?;
    let tags = Sql::of(
        "INSERT INTO project_tags_project_task_rel (project_task_id, project_tags_id) SELECT t.id, g.id \
         FROM project_task AS t JOIN (SELECT MIN(id) AS id FROM project_tags) AS g ON TRUE WHERE t.id > ",
    )
    .int(last);
    conn.execute(&tags.uncached())?;
    conn.commit()?;
    conn.batch("ANALYZE")?;
    let seconds = begin.elapsed().as_secs_f64();
    say!(
        "{made} tasks copied, {} in all, in {seconds:.1} s",
        there + i64::try_from(made).unwrap_or(i64::MAX)
    );
    Ok(())
}
