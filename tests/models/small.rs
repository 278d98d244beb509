//! The small models: parameters, sequences, defaults, filters, actions, menus.

use serde_json::{Value as Json, json};

use crate::support::both;
use workwarden::orm::{Env, SUPERUSER};
use workwarden::value::Map;

fn call(env: &Env, model: &str, method: &str, args: Json) -> workwarden::error::Result<Json> {
    env.call(model, &[], method, args.as_array().cloned().unwrap_or_default(), Map::new())
}

both!(parameters_answer_what_was_there, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let set = |v: Json| call(env, "ir.config_parameter", "set_param", json!(["x.key", v]));
        assert_eq!(set(json!("a"))?, json!(false));
        assert_eq!(set(json!("b"))?, json!("a"));
        assert_eq!(call(env, "ir.config_parameter", "get_param", json!(["x.key"]))?, json!("b"));
        assert_eq!(set(json!(false))?, json!("b"));
        assert_eq!(call(env, "ir.config_parameter", "get_param", json!(["x.key", "none"]))?, json!("none"));
        Ok(())
    })
    .unwrap();
});

both!(sequences_count, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        env.create(
            "ir.sequence",
            json!({"name": "s", "code": "s", "prefix": "P-", "suffix": "/S", "padding": 4, "number_next": 7,
                "number_increment": 2}),
        )?;
        let year = json!({"name": "y", "code": "y", "prefix": "%(range_year)s-", "use_date_range": true});
        let year = env.create("ir.sequence", year)?;
        let next = |code: &str| call(env, "ir.sequence", "next_by_code", json!([code]));
        assert_eq!((next("s")?, next("s")?), (json!("P-0007/S"), json!("P-0009/S")));
        assert_eq!(next("nosuch")?, json!(false));
        let on = |day: &str| call(env, "ir.sequence", "next_by_code", json!(["y", day]));
        let given = [on("2026-03-01")?, on("2026-12-31")?, on("2027-01-01")?];
        assert_eq!(given, [json!("2026-1"), json!("2026-2"), json!("2027-1")]);
        assert_eq!(env.count("ir.sequence.date_range", json!([["sequence_id", "=", year]]))?, 2);
        Ok(())
    })
    .unwrap();
});

both!(defaults_are_the_users_own, |app| {
    app.with_env(2, Map::new(), |env| {
        assert_eq!(call(env, "ir.default", "set", json!(["project.tags", "color", 9, true]))?, json!(true));
        assert_eq!(call(env, "ir.default", "get", json!(["project.tags", "color", true]))?, json!(9));
        let tag = env.create("project.tags", json!({"name": "nine"}))?;
        assert_eq!(env.fetch_one("project.tags", tag, &["color"])?.int("color"), 9);
        Ok(())
    })
    .unwrap();
});

both!(a_filter_of_the_same_name_is_replaced, |app| {
    app.with_env(2, Map::new(), |env| {
        let save = |domain: &str| {
            let vals = json!({"name": "Mine", "model_id": "project.task", "domain": domain, "user_id": 2,
                "context": {"group_by": ["stage_id"]}, "is_default": true});
            call(env, "ir.filters", "create_or_replace", json!([vals]))
        };
        let first = save("[('priority', '=', '1')]")?;
        assert_eq!(save("[]")?, first);
        let found = call(env, "ir.filters", "get_filters", json!(["project.task"]))?;
        assert_eq!(found[0]["context"], "{'group_by': ['stage_id']}");
        assert_eq!((found.as_array().map(Vec::len), &found[0]["domain"]), (Some(1), &json!("[]")));
        Ok(())
    })
    .unwrap();
});

both!(actions_of_all_kinds_share_their_ids, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let window = env.create("ir.actions.act_window", json!({"name": "W", "res_model": "res.partner"}))?;
        let url = env.create("ir.actions.act_url", json!({"name": "U", "url": "/x"}))?;
        assert_ne!(window, url);
        let rows = env.fetch("ir.actions.actions", &[window, url], &["type", "name"])?;
        assert_eq!(
            (rows[0].str("type"), rows[1].str("type")),
            ("ir.actions.act_window", "ir.actions.act_url")
        );
        env.write("ir.actions.act_url", &[url], json!({"name": "V"}))?;
        assert_eq!(env.fetch_one("ir.actions.actions", url, &["name"])?.str("name"), "V");
        env.unlink("ir.actions.act_url", &[url])?;
        assert!(env.exists("ir.actions.actions", &[url])?.is_empty());
        Ok(())
    })
    .unwrap();
});

both!(menus_show_what_leads_somewhere, |app| {
    let map =
        app.with_env(2, Map::new(), |env| call(env, "ir.ui.menu", "load_web_menus", json!([false]))).unwrap();
    let roots = map["root"]["children"].as_array().cloned().unwrap_or_default();
    assert!(!roots.is_empty());
    for root in roots {
        let app = &map[root.to_string()];
        assert!(app["actionID"].is_i64() && app["appID"] == root, "{app}");
    }
    let plain =
        app.with_env(2, Map::new(), |env| call(env, "ir.ui.menu", "load_menus", json!([false]))).unwrap();
    assert_eq!(plain["root"]["children"], map["root"]["children"]);
    assert_eq!(plain["root"]["parent_id"], json!([-1, ""]));
    let below =
        plain.as_object().unwrap().values().find(|m| m["parent_id"][1] == "Project").expect("a menu below");
    assert_eq!(plain[below["app_id"].to_string()]["xmlid"], "project.menu_main_pm");
    assert!(below["action"].as_str().is_some_and(|a| a.starts_with("ir.actions.")), "{below}");
});

both!(a_project_opens_its_tasks_by_the_stored_action, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let id = env.create("project.project", json!({"name": "Mill"}))?;
        let opened = env.call("project.project", &[id], "action_view_tasks", vec![], Map::new())?;
        // of the address /odoo/project/ID/tasks
        assert_eq!(opened["path"], "tasks");
        assert_eq!(opened["xml_id"], "project.act_project_project_2_project_task_all");
        assert_eq!(opened["id"].as_i64(), env.xmlid("project.act_project_project_2_project_task_all")?);
        assert_eq!(opened["display_name"], "Mill");
        assert_eq!(opened["context"]["default_project_id"], id);
        assert_eq!(opened["context"]["create"], true);
        assert_eq!(opened["domain"], "[('project_id', '=', active_id), ('display_in_project', '=', True)]");
        env.write("project.project", &[id], json!({"active": false}))?;
        let opened = env.call("project.project", &[id], "action_view_tasks", vec![], Map::new())?;
        assert_eq!(opened["context"]["active_test"], false);
        Ok(())
    })
    .unwrap();
});
