//! Tasks: many at once, and the little language of quick creation.

use serde_json::json;
use workwarden::orm::Env;
use workwarden::value::{Json, Map};

use super::run;
use crate::support::both;

fn rows(project: i64, n: usize) -> Vec<Map> {
    (0..n)
        .map(|i| json!({"name": format!("task {i}"), "project_id": project}).as_object().unwrap().clone())
        .collect()
}

fn statements(env: &Env) -> u64 {
    env.tx().with_conn(|c| c.statements())
}

both!(a_hundred_tasks_cost_the_statements_of_two, |app| {
    let cost = |n: usize| {
        run(&app, |env| {
            let project = env.create("project.project", json!({"name": "board"}))?;
            env.create("project.task.type", json!({"name": "new", "project_ids": [[6, 0, [project]]]}))?;
            env.create_many("project.task", rows(project, 1))?;
            let before = statements(env);
            env.create_many("project.task", rows(project, n))?;
            Ok(statements(env) - before)
        })
    };
    let (few, many) = (cost(2), cost(100));
    assert!(many <= few, "2 tasks: {few} statements, 100 tasks: {many}");
});

both!(a_change_of_many_is_logged_at_the_cost_of_one, |app| {
    let cost = |n: usize| {
        let ids = run(&app, |env| {
            let project = env.create("project.project", json!({"name": "board"}))?;
            env.create_many("project.task", rows(project, n))
        });
        run(&app, |env| {
            let before = statements(env);
            env.write("project.task", &ids, json!({"priority": "1"}))?;
            Ok(statements(env) - before)
        })
    };
    let (one, many) = (cost(1), cost(100));
    assert!(many <= one, "1 task: {one} statements, 100 tasks: {many}");
});

both!(a_written_display_name_is_read, |app| {
    run(&app, |env| {
        let tag = env.create("project.tags", json!({"name": "urgent"}))?;
        let project = env.create("project.project", json!({"name": "board"}))?;
        let vals = json!({"display_name": "Buy milk #urgent #new ! 1.5h", "project_id": project});
        let id = env.create("project.task", vals)?;
        let t = env.fetch_one("project.task", id, &["name", "tag_ids", "priority", "allocated_hours"])?;
        assert_eq!(t.str("name"), "Buy milk");
        assert_eq!(t.str("priority"), "1");
        assert_eq!(t.float("allocated_hours"), 1.5);
        assert!(t.ids("tag_ids").contains(&tag));
        assert_eq!(t.ids("tag_ids").len(), 2);
        Ok(())
    });
});

both!(a_copied_project_keeps_its_dependencies_inside, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "p", "allow_task_dependencies": true}))?;
        let ids = env.create_many("project.task", rows(project, 2))?;
        env.write("project.task", &ids[1..], json!({"depend_on_ids": [[6, 0, [ids[0]]]]}))?;
        let copy = env.call("project.project", &[project], "copy", vec![], Map::new())?;
        let copies = env.search("project.task", json!([["project_id", "in", copy]]))?;
        let tasks = env.fetch("project.task", &copies, &["depend_on_ids"])?;
        let on: Vec<i64> = tasks.iter().flat_map(|t| t.ids("depend_on_ids").to_vec()).collect();
        assert_eq!(on.len(), 1);
        assert!(copies.contains(&on[0]), "a copy waits for a copy");
        Ok(())
    });
});

both!(buttons_open_what_belongs_to_a_task, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "p"}))?;
        let parent = env.create("project.task", json!({"name": "a", "project_id": project}))?;
        let child = env
            .create("project.task", json!({"name": "b", "parent_id": parent, "display_in_project": false}))?;
        let where_it_is = env.fetch_one("project.task", child, &["project_id"])?.opt("project_id");
        assert_eq!(where_it_is, Some(project), "a hidden sub-task is in its parent's project");
        let env = env.with_context(json!({"lang": "en_US"}));
        let press = |method: &str, id: i64| env.call("project.task", &[id], method, vec![], Map::new());
        let form = |more: Json| {
            let mut out =
                json!({"type": "ir.actions.act_window", "res_model": "project.task", "view_mode": "form"});
            out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            out
        };
        let context = json!({"lang": "en_US"});
        let above = |id: Json| form(json!({"name": "Parent Task", "res_id": id, "context": context}));
        assert_eq!(press("action_open_parent_task", child)?, above(json!(parent)));
        assert_eq!(press("action_open_parent_task", parent)?, above(json!(false)));
        assert_eq!(press("action_open_task", child)?, form(json!({"res_id": child, "context": context})));
        assert_eq!(press("action_convert_to_task", child)?, form(json!({"res_id": child})));
        let modes = "list,form,kanban,calendar,pivot,graph,activity";
        let listed = press("action_recurring_tasks", child)?;
        assert_eq!(
            (&listed["domain"], &listed["view_mode"]),
            (&json!([["recurrence_id", "in", []]]), &json!(modes))
        );
        let listed = press("action_dependent_tasks", child)?;
        assert_eq!(listed["context"]["default_depend_on_ids"], json!([[4, child, 0]]));
        Ok(())
    });
});

both!(a_copy_of_a_project_has_what_was_put_away_with_it, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "p"}))?;
        let stage = json!({"name": "old", "active": false, "project_ids": [[4, project]]});
        let stage = env.create("project.task.type", stage)?;
        env.create_many("project.task", rows(project, 2))?;
        env.write("project.project", &[project], json!({"active": false}))?;
        let copy = env.call("project.project", &[project], "copy", Vec::new(), Map::new())?;
        let copy = copy[0].as_i64().unwrap();
        let all = env.with_context(json!({"active_test": false}));
        assert_eq!(all.fetch_one("project.project", copy, &["type_ids"])?.ids("type_ids"), [stage]);
        // tasks that the board does not order are copied as it shows them, the later ones first
        let tasks = env.search_with(
            "project.task",
            json!([["project_id", "=", copy]]),
            &workwarden::orm::Page { order: Some("id".into()), ..Default::default() },
        )?;
        let names: Vec<String> =
            env.fetch("project.task", &tasks, &["name"])?.iter().map(|t| t.str("name").to_owned()).collect();
        assert_eq!(names, ["task 1", "task 0"]);
        Ok(())
    });
});

both!(a_contact_counts_the_tasks_that_who_reads_may_see, |app| {
    let (contact, uid) = run(&app, |env| {
        let contact = env.create("res.partner", json!({"name": "c"}))?;
        for (n, visibility) in ["followers", "employees"].into_iter().enumerate() {
            let vals = json!({"name": visibility, "privacy_visibility": visibility});
            let project = env.create("project.project", vals)?;
            let task = json!({"name": "t", "project_id": project, "partner_id": contact});
            env.create("project.task", task)?;
            let old =
                json!({"name": n.to_string(), "project_id": project, "partner_id": contact, "active": false});
            env.create("project.task", old)?;
        }
        let group = env.need_xmlid("project.group_project_user")?;
        let vals = json!({"name": "u", "login": "u", "groups_id": [[6, 0, [group]]]});
        let count = |env: &Env| env.fetch_one("res.partner", contact, &["task_count"]);
        assert_eq!(count(env)?.int("task_count"), 2);
        assert_eq!(count(&env.with_context(json!({"active_test": false})))?.int("task_count"), 4);
        Ok((contact, env.create("res.users", vals)?))
    });
    app.with_env(uid, Map::new(), |env| {
        assert_eq!(env.fetch_one("res.partner", contact, &["task_count"])?.int("task_count"), 1);
        Ok(())
    })
    .unwrap();
});

both!(a_task_is_put_away_with_what_is_shown_within_it_alone, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "p", "user_id": 2}))?;
        let task = |more: Json| {
            let mut vals = json!({"name": "t", "project_id": project});
            vals.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            env.create("project.task", vals)
        };
        let archived = |id: i64| env.fetch_one("project.task", id, &["active"]).map(|t| !t.bool("active"));
        let parent = task(json!({}))?;
        let hidden = task(json!({"parent_id": parent, "display_in_project": false}))?;
        let shown = task(json!({"parent_id": parent, "display_in_project": true}))?;
        // a write is about the task it names
        env.write("project.task", &[parent], json!({"active": false}))?;
        assert_eq!((archived(parent)?, archived(hidden)?), (true, false));
        env.write("project.task", &[parent], json!({"active": true}))?;
        env.call("project.task", &[parent], "action_archive", vec![], Map::new())?;
        assert_eq!((archived(parent)?, archived(hidden)?, archived(shown)?), (true, true, false));
        // who leads a project is not told of its copies
        let copy = env.call("project.project", &[project], "copy", vec![], Map::new())?;
        let told = json!([
            ["model", "=", "project.project"],
            ["res_id", "=", copy[0]],
            ["message_type", "=", "user_notification"]
        ]);
        assert_eq!(env.count("mail.message", told)?, 0);
        Ok(())
    });
});
