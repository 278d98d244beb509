//! Records in and out as tables of texts: `load` (import) and `export_data`.
//!
//! A column is a path: `name`, `project_id` (by name), `project_id/id` (external id), `project_id/.id` (database id),
//! `milestone_ids/name` (lines of a one2many, which may go on in rows below).

mod convert;
mod export;
mod extract;
mod load;
mod lookup;
mod remedies;

use super::behaviour::Method;

/// The methods of this folder.
pub fn methods() -> Vec<Method> {
    [load::methods(), export::methods()].concat()
}

/// A column's path: `a/b`, `a:id` and `a.id` mean steps.
fn path(column: &str) -> Vec<String> {
    let mut text = String::with_capacity(column.len());
    let mut rest = column;
    while let Some(c) = rest.chars().next() {
        let inside = !text.is_empty() && !text.ends_with('/');
        if inside && rest.starts_with(".id") {
            text.push('/');
        } else if inside && rest.starts_with(":id") {
            text.push('/');
            rest = &rest[1..];
            continue;
        }
        text.push(c);
        rest = &rest[c.len_utf8()..];
    }
    text.split('/').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn paths_of_columns() {
        let p = |s| super::path(s).join("|");
        assert_eq!(p("project_id/.id"), "project_id|.id");
        assert_eq!(p("project_id.id"), "project_id|.id");
        assert_eq!(p("project_id:id"), "project_id|id");
        assert_eq!(p(".id"), ".id");
        assert_eq!(p("a/b/c"), "a|b|c");
    }
}
