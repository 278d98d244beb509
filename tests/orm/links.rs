//! Links of a many2many under record rules: commands take out what their user sees, nothing else.

use serde_json::json;

use crate::support::both;
use workwarden::orm::SUPERUSER;
use workwarden::value::Map;

both!(commands_leave_links_to_records_nobody_showed, |app| {
    let (uid, hidden, open, stage) = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let group = env.need_xmlid("project.group_project_manager")?;
            let user = json!({"name": "M", "login": "m", "groups_id": [[6, 0, [group]]]});
            let uid = env.create("res.users", user)?;
            let project = |name: &str, company: serde_json::Value| {
                env.create("project.project", json!({"name": name, "company_id": company}))
            };
            let other = env.create("res.company", json!({"name": "Elsewhere"}))?;
            let (hidden, open) = (project("hidden", json!(other))?, project("open", json!(false))?);
            let stage = json!({"name": "s", "project_ids": [[6, 0, [hidden, open]]]});
            Ok((uid, hidden, open, env.create("project.task.type", stage)?))
        })
        .unwrap();
    let after = |commands: serde_json::Value| {
        app.with_env(uid, Map::new(), |env| {
            env.write("project.task.type", &[stage], json!({"project_ids": commands.clone()}))
        })
        .unwrap();
        app.with_env(SUPERUSER, Map::new(), |env| {
            let mut ids =
                env.fetch_one("project.task.type", stage, &["project_ids"])?.ids("project_ids").to_vec();
            ids.sort_unstable();
            Ok(ids)
        })
        .unwrap()
    };
    assert_eq!(after(json!([[6, 0, []]])), [hidden]);
    assert_eq!(after(json!([[4, open]])), [hidden, open]);
    assert_eq!(after(json!([[5]])), [hidden]);
    assert_eq!(after(json!([[3, hidden]])), [hidden]);
    assert_eq!(after(json!([[6, 0, [open]]])), [hidden, open]);
});
