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

both!(commands_are_gathered_and_done_at_the_end, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let project = env.create("project.project", json!({"name": "p"}))?;
        let task = |n: &str| env.create("project.task", json!({"name": n, "project_id": project}));
        let (a, b) = (task("a")?, task("b")?);
        let tag = |n: &str| env.create("project.tags", json!({"name": n}));
        let (red, blue) = (tag("red")?, tag("blue")?);
        // (field, lines before, commands, lines after): a line that was linked or made makes an exact list of lines add
        // to a one2many; a many2many takes the last word
        let cases = [
            ("task_ids", vec![], json!([[4, a], [5]]), vec![a]),
            ("task_ids", vec![a], json!([[5], [4, b]]), vec![b]),
            ("task_ids", vec![a], json!([[4, b], [6, 0, []]]), vec![a, b]),
            ("task_ids", vec![a], json!([[6, 0, [b]]]), vec![b]),
            ("task_ids", vec![a], json!([[3, a], [4, a]]), vec![a]),
            ("task_ids", vec![a], json!([["x"], [9, a]]), vec![a]),
            ("tag_ids", vec![], json!([[4, red], [5]]), vec![]),
            ("tag_ids", vec![red], json!([[5], [4, red], [4, blue]]), vec![red, blue]),
            ("tag_ids", vec![red], json!([[4, blue], [3, blue]]), vec![red]),
            ("tag_ids", vec![red], json!([[3, "x"]]), vec![red]),
        ];
        for (field, before, commands, after) in cases {
            let model = if field == "task_ids" { "project.milestone" } else { "project.project" };
            let vals = json!({"name": "m", "project_id": project, field: [[6, 0, before]]});
            let owner = match model {
                "project.milestone" => env.create(model, vals)?,
                _ => env.create(model, json!({"name": "m", field: [[6, 0, before]]}))?,
            };
            env.write(model, &[owner], json!({field: commands}))?;
            let mut ids = env.fetch_one(model, owner, &[field])?.ids(field).to_vec();
            ids.sort_unstable();
            assert_eq!(ids, after, "{field}: {commands}");
        }
        // (commands, name of the error): a text is no id, and the database says so
        let text = "psycopg2.errors.InvalidTextRepresentation";
        for commands in [
            json!([[1, "x", {}]]),
            json!([[2, "x"]]),
            json!([[4, "x"]]),
            json!([[6, 0, ["x"]]]),
            json!(["x"]),
        ] {
            let e = env.write("project.project", &[project], json!({"tag_ids": commands})).unwrap_err();
            assert_eq!(e.name(), text, "{commands}");
        }
        Ok(())
    })
    .unwrap();
});

both!(what_is_wrong_first_is_told_first, |app| {
    let (portal, project, milestone, task) = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let group = env.need_xmlid("base.group_portal")?;
            let user = json!({"name": "P", "login": "p", "groups_id": [[6, 0, [group]]]});
            let portal = env.create("res.users", user)?;
            let project =
                env.create("project.project", json!({"name": "p", "privacy_visibility": "followers"}))?;
            let milestone = env.create("project.milestone", json!({"name": "m", "project_id": project}))?;
            let task = env.create("project.task", json!({"name": "t", "project_id": project}))?;
            Ok((portal, project, milestone, task))
        })
        .unwrap();
    // Odoo reads what it is about to change: who may not read hears of that
    let unread = "doesn't have 'read' access to";
    let cases = [
        ("project.project", project, json!({"name": "x"}), unread),
        ("project.milestone", milestone, json!({"nope": "x"}), unread),
        ("project.milestone", milestone, json!({"name": "x"}), unread),
        ("project.task", task, json!(null), unread),
    ];
    for (model, id, vals, told) in cases {
        let refused = app.with_env(portal, Map::new(), |env| match vals.is_null() {
            true => env.unlink(model, &[id]),
            false => env.write(model, &[id], vals.clone()),
        });
        let message = refused.unwrap_err().message;
        assert!(message.contains(told), "{model} {vals}: {message}");
    }
    app.with_env(SUPERUSER, Map::new(), |env| {
        // what is not kept must fit its field all the same
        for (model, vals) in [
            ("res.partner", json!({"name": "x", "company_type": "nonsense"})),
            ("project.task", json!({"name": "x", "repeat_until": "soon"})),
        ] {
            assert_eq!(env.create(model, vals.clone()).unwrap_err().name(), "builtins.ValueError", "{vals}");
        }
        let e = env.create("project.milestone", json!({"deadline": false})).unwrap_err();
        assert!(e.message.contains("Field: Project (project_id)"), "as columns stand: {}", e.message);
        let gone = env
            .write("project.milestone", &[milestone + 7, milestone + 8], json!({"name": "x"}))
            .unwrap_err();
        assert!(gone.message.contains(&format!("project.milestone({},)", milestone + 7)), "{}", gone.message);
        Ok(())
    })
    .unwrap();
});

both!(a_many2one_takes_an_id_and_nothing_else, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let ann = env.create("res.partner", json!({"name": "ann"}))?;
        // what is no id empties the field of a record; of a new one the database says what it is
        let (none, text, kind) =
            (None, "psycopg2.errors.InvalidTextRepresentation", "psycopg2.errors.DatatypeMismatch");
        let cases = [
            (json!(ann), Some(ann), None),
            (json!(false), none, None),
            (json!(0), none, None),
            (json!("x"), none, Some(text)),
            (json!([ann, "ann"]), none, Some(text)),
            (json!(["x"]), none, Some(kind)),
            (json!([ann]), none, Some(kind)),
            (json!(true), none, Some(kind)),
            (json!({"id": ann}), none, Some("psycopg2.ProgrammingError")),
        ];
        for (value, kept, refused) in cases {
            let task = env.create("project.task", json!({"name": "t", "partner_id": ann}))?;
            env.write("project.task", &[task], json!({"partner_id": value}))?;
            assert_eq!(
                env.fetch_one("project.task", task, &["partner_id"])?.opt("partner_id"),
                kept,
                "{value}"
            );
            let made = env.savepoint(|| env.create("res.partner", json!({"name": "b", "parent_id": value})));
            assert_eq!(made.err().map(|e| e.name().to_owned()).as_deref(), refused, "{value}");
        }
        Ok(())
    })
    .unwrap();
});

both!(lines_go_to_the_last_record_though_the_first_has_them, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let project = |n: &str| env.create("project.project", json!({"name": n}));
        let (first, last) = (project("first")?, project("last")?);
        let vals = json!({"name": "m", "project_id": first});
        let milestone = env.create("project.milestone", vals)?;
        env.write("project.project", &[first, last], json!({"milestone_ids": [[4, milestone]]}))?;
        let now = env.fetch_one("project.milestone", milestone, &["project_id"])?;
        assert_eq!(now.int("project_id"), last);
        Ok(())
    })
    .unwrap();
});
