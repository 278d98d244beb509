//! Views: what every shipped one gives to whom, what extends them, what is refused.

use serde_json::{Value as Json, json};
use workwarden::error::{Kind, Result};
use workwarden::orm::{Env, SUPERUSER};
use workwarden::schema::arch::Element;
use workwarden::service::App;
use workwarden::value::Map;

use crate::support::both;

/// A user with these groups.
fn user(app: &App, login: &str, groups: &[&str]) -> i64 {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let ids = groups.iter().map(|g| env.need_xmlid(g)).collect::<Result<Vec<_>>>()?;
        let values = json!({"name": login, "login": login, "groups_id": [[6, 0, ids]]});
        env.with_context(json!({"no_reset_password": true})).create("res.users", values)
    })
    .unwrap()
}

fn get_views(env: &Env, model: &str, views: Json) -> Result<Json> {
    let options = json!({"toolbar": true, "load_filters": true});
    env.call(model, &[], "get_views", vec![views, options], Map::new())
}

fn arch(views: &Json, kind: &str) -> Element {
    Element::parse(views["views"][kind]["arch"].as_str().unwrap(), 0).unwrap()
}

/// The first element of that name.
fn find<'e>(e: &'e Element, tag: &str, name: &str) -> Option<&'e Element> {
    if e.tag == tag && (name.is_empty() || e.get("name") == Some(name)) {
        return Some(e);
    }
    e.children().find_map(|c| find(c, tag, name))
}

/// Every field of the markup is described, the model's own and those of its lines.
fn described(models: &Json, model: &str, e: &Element, place: &str) {
    let mut inner = model.to_owned();
    if e.tag == "field" {
        let name = e.get("name").unwrap();
        let field = &models[model]["fields"][name];
        assert!(field["type"].is_string(), "{place}: {model}.{name} is in the view and not described");
        if let Some(relation) = field["relation"].as_str() {
            inner = relation.to_owned();
        }
        assert_eq!(field["name"], name, "{place}");
    }
    e.children().for_each(|c| described(models, &inner, c, place));
}

both!(every_action_opens_for_whom_it_is_meant, |app| {
    let everybody = [
        (2, true),
        (user(&app, "worker", &["project.group_project_user"]), true),
        (user(&app, "plain", &["base.group_user"]), false),
        (user(&app, "guest", &["base.group_portal"]), false),
    ];
    for (uid, works) in everybody {
        let mut opened = 0;
        app.with_env(uid, Map::new(), |env| {
            let root = env.sudo();
            let actions = root.search("ir.actions.act_window", json!([]))?;
            for action in root.fetch("ir.actions.act_window", &actions, &["name", "res_model", "views"])? {
                let model = action.str("res_model");
                let mut views = action.json("views").as_array().unwrap().clone();
                views.push(json!([false, "search"]));
                match get_views(env, model, json!(views)) {
                    Err(e) => assert_eq!(e.kind, Kind::Access, "{}: {}", action.str("name"), e.message),
                    Ok(got) => {
                        opened += 1;
                        for view in &views {
                            let kind = view[1].as_str().unwrap();
                            let place = format!("{uid}: {} {kind}", action.str("name"));
                            described(&got["models"], model, &arch(&got, kind), &place);
                        }
                    }
                }
            }
            Ok(())
        })
        .unwrap();
        assert!(opened > if works { 15 } else { 0 }, "user {uid} opened {opened}");
    }
});

both!(menus_are_a_tree_that_leads_to_actions, |app| {
    let menus = |uid: i64, debug: bool| -> Json {
        app.reading(uid, Map::new(), |env| {
            env.call("ir.ui.menu", &[], "load_web_menus", vec![json!(debug)], Map::new())
        })
        .unwrap()
    };
    let admin = menus(2, false);
    let names = |menus: &Json| -> Vec<String> {
        let all = menus.as_object().unwrap().values();
        all.map(|m| m["name"].as_str().unwrap().to_owned()).collect()
    };
    for app in admin["root"]["children"].as_array().unwrap() {
        let app = &admin[app.to_string()];
        assert!(app["actionID"].is_i64(), "the app {} opens nothing", app["name"]);
        assert!(app["webIconData"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
        assert!(app["xmlid"].as_str().unwrap().contains('.'));
    }
    assert!(names(&admin).contains(&"AI Workflow".to_owned()));
    assert!(!names(&admin).contains(&"Technical".to_owned()));
    assert!(names(&menus(2, true)).contains(&"Technical".to_owned()));
    let worker = menus(user(&app, "worker", &["project.group_project_user"]), false);
    assert!(
        names(&worker).contains(&"Approvals".to_owned()) && !names(&worker).contains(&"Providers".to_owned())
    );
    // menus are for those who work here
    let guest = user(&app, "guest", &["base.group_portal"]);
    let refused = app.reading(guest, Map::new(), |env| {
        env.call("ir.ui.menu", &[], "load_web_menus", vec![json!(true)], Map::new())
    });
    assert_eq!(refused.unwrap_err().kind, Kind::Access);
});

both!(a_view_is_made_for_its_reader, |app| {
    let worker = user(&app, "worker", &["project.group_project_user"]);
    let form = |uid: i64, model: &str, kind: &str| {
        app.reading(uid, Map::new(), |env| get_views(env, model, json!([[false, kind]]))).unwrap()
    };
    let (own, others) = (form(2, "project.project", "form"), form(worker, "project.project", "form"));
    // a button of a group, and a field of one
    let queue = "ai_project_workflow.action_project_jobs";
    assert!(find(&arch(&own, "form"), "button", queue).is_some());
    assert!(find(&arch(&others, "form"), "button", queue).is_none());
    let providers = arch(&form(worker, "ai.provider", "form"), "form");
    assert_eq!(
        (providers.get("create"), providers.get("edit"), providers.get("delete")),
        (Some("False"), Some("False"), Some("False"))
    );
    assert!(find(&providers, "field", "api_key").is_none());
    let admins = arch(&form(2, "ai.provider", "form"), "form");
    assert_eq!(admins.get("create"), None);
    assert_eq!(find(&admins, "field", "api_key").unwrap().get("password"), Some("True"));
    // what the server wants to hear of, and who may make what a field points to
    let task = arch(&form(worker, "project.task", "form"), "form");
    let project = find(&task, "field", "project_id").unwrap();
    assert_eq!((project.get("on_change"), project.get("can_create")), (Some("1"), Some("False")));
    assert_eq!(find(&task, "field", "description").unwrap().get("on_change"), None);
    // the workflow's buttons came in by inheritance, before the field that was there
    let header = find(&task, "header", "").unwrap();
    let first = header.children().next().unwrap();
    assert_eq!(first.get("name"), Some("action_approve"));
    // a stored list of the comodel was put into the field that shows its lines
    let board = arch(&form(2, "project.task", "kanban"), "kanban");
    assert_eq!(board.get("default_group_by"), Some("stage_id"));
});

both!(views_extend_views, |app| {
    app.with_env(2, Map::new(), |env| {
        let base = json!({"name": "base", "model": "project.tags", "type": "form", "priority": 1, "arch":
            "<form><field name=\"name\"/><field name=\"task_ids\" invisible=\"color == 3\"/></form>"});
        let base = env.create("ir.ui.view", base)?;
        let view = |env: &Env| -> Result<Element> {
            Ok(arch(&get_views(env, "project.tags", json!([[base, "form"]]))?, "form"))
        };
        let plain = view(env)?;
        // color is needed by an expression, and the lines got the list that is stored for tasks
        assert_eq!(find(&plain, "field", "color").unwrap().get("invisible"), Some("True"));
        assert!(find(&plain, "list", "").is_some_and(|l| find(l, "field", "priority").is_some()));
        let extension = |name: &str, priority: i64, arch: &str| {
            env.create("ir.ui.view", json!({"name": name, "model": "project.tags", "inherit_id": base,
                "priority": priority, "arch": arch}))
        };
        let label = |text: &str| {
            format!(
                "<field name=\"name\" position=\"attributes\"><attribute name=\"string\">{text}</attribute></field>"
            )
        };
        extension("late", 20, &label("B"))?;
        extension("early", 10, &label("A"))?;
        assert_eq!(find(&view(env)?, "field", "name").unwrap().get("string"), Some("B"));
        let refused = |arch: &str| env.savepoint(|| extension("bad", 30, arch)).unwrap_err();
        let e = refused("<data>\n<xpath expr=\"//page\" position=\"after\"/></data>");
        assert_eq!(e.kind, Kind::Validation);
        assert!(e.message.contains("cannot be located") && e.message.contains("line 2"), "{}", e.message);
        for (added, says) in [
            ("<field name=\"nothing\"/>", "\"nothing\" does not exist"),
            ("<field name=\"color\" invisible=\"nope\"/>", "names \"nope\""),
            ("<field name=\"color\" invisible=\"a is b\"/>", "cannot be read"),
            ("<button name=\"nope\" type=\"object\"/>", "no such method"),
            ("<p groups=\"base.nope\"/>", "\"base.nope\" does not exist"),
        ] {
            let arch = &format!("<field name=\"name\" position=\"after\">{added}</field>");
            let e = refused(arch);
            assert!(e.message.contains(says), "{arch}: {}", e.message);
        }
        // a primary view of its own begins with what it is made from
        let other = env.create("ir.ui.view", json!({"name": "other", "model": "project.tags", "inherit_id": base,
            "mode": "primary", "priority": 99,
            "arch": "<field name=\"name\" position=\"replace\"><field name=\"display_name\"/></field>"}))?;
        let got = arch(&get_views(env, "project.tags", json!([[other, "form"]]))?, "form");
        assert_eq!(got.children().next().and_then(|first| first.get("name")), Some("display_name"));
        Ok(())
    })
    .unwrap();
});

#[test]
fn a_wrong_view_of_an_addon_is_named_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let addon = dir.path().join("notes");
    std::fs::create_dir_all(addon.join("views")).unwrap();
    let manifest =
        "title = \"Notes\"\nversion = \"1.0\"\ndepends = [\"project\"]\ndata = [\"views/tag.xml\"]\n";
    std::fs::write(addon.join("manifest.toml"), manifest).unwrap();
    let views = "<odoo>\n<record id=\"tag\" model=\"ir.ui.view\">\n<field name=\"model\">project.tags</field>\n\
        <field name=\"arch\" type=\"xml\">\n<form>\n<field name=\"name\"/>\n<field name=\"colour\"/>\n</form>\n\
        </field>\n</record>\n</odoo>\n";
    std::fs::write(addon.join("views/tag.xml"), views).unwrap();
    let options = workwarden::service::AppOptions {
        database_url: format!("sqlite:{}", dir.path().join("x.db").display()),
        db_name: "x".into(),
        addons_path: vec![dir.path().to_owned()],
        admin_password: Some("admin".into()),
        ..Default::default()
    };
    let opened = App::open(options, workwarden::app::behaviours(), &mut |_| {});
    let says = opened.err().map(|e| e.message).unwrap_or_default();
    let wanted = "notes/views/tag.xml:7: Field \"colour\" does not exist in model \"project.tags\"";
    assert!(says.contains(wanted), "{says}");
}

both!(a_decision_needs_words, |app| {
    app.with_env(2, Map::new(), |env| {
        let project = env.create("project.project", json!({"name": "p", "ai_params_text": "{\"a\": 1}"}))?;
        assert_eq!(env.fetch_one("project.project", project, &["ai_params"])?.json("ai_params")["a"], 1);
        let wrong =
            env.savepoint(|| env.write("project.project", &[project], json!({"ai_params_text": "{a"})));
        assert!(wrong.unwrap_err().message.contains("this is no JSON"));
        let decision = json!({"project_id": project, "decision": "changes", "feedback": ""});
        let decision = env.create("ai.project.decision", decision)?;
        let refused = env
            .savepoint(|| env.call("ai.project.decision", &[decision], "action_confirm", vec![], Map::new()));
        assert_eq!(refused.unwrap_err().kind, Kind::User);
        Ok(())
    })
    .unwrap();
});

both!(a_new_form_of_a_model_with_a_parent_has_its_defaults, |app| {
    app.with_env(2, Map::new(), |env| {
        let spec =
            json!({"name": {}, "user_id": {"fields": {"display_name": {}}}, "task_ids": {"fields": {}}});
        let got =
            env.call("project.project", &[], "onchange", vec![json!({}), json!([]), spec], Map::new())?;
        assert_eq!(got["value"]["user_id"]["id"], 2, "{got}");
        assert!(got["value"].get("task_ids").is_none(), "{got}");
        Ok(())
    })
    .unwrap();
});

both!(the_forms_of_projects_and_tasks_open_for_everybody_who_works_here, |app| {
    let (project, task) = app
        .with_env(2, Map::new(), |env| {
            let project = env.create("project.project", json!({"name": "p"}))?;
            Ok((project, env.create("project.task", json!({"name": "t", "project_id": project}))?))
        })
        .unwrap();
    for (login, groups) in [("plain", ["base.group_user"]), ("worker", ["project.group_project_user"])] {
        let uid = user(&app, login, &groups);
        for (model, id) in [("project.project", project), ("project.task", task)] {
            let read = |env: &Env| {
                let form = arch(&get_views(env, model, json!([[false, "form"]]))?, "form");
                let spec = specification(&form);
                assert_eq!(
                    form.get("js_class").is_some(),
                    login == "worker",
                    "{login} {model}: who follows runs"
                );
                env.call(model, &[id], "web_read", vec![json!(spec)], Map::new())
            };
            let got = app.reading(uid, Map::new(), read).unwrap_or_else(|e| panic!("{login} {model}: {e}"));
            assert_eq!(got[0]["id"], id, "{login} {model}");
        }
    }
});

/// What a client reads for a form: its fields, and those of the lists within.
fn specification(e: &Element) -> Map {
    let mut out = Map::new();
    for child in e.children() {
        match child.get("name").filter(|_| child.tag == "field") {
            Some(name) => drop(out.insert(name.to_owned(), json!({"fields": specification(child)}))),
            None => out.extend(specification(child)),
        }
    }
    out
}

both!(only_managers_change_the_columns_of_a_board, |app| {
    let (lead, worker) = (
        user(&app, "lead", &["project.group_project_manager"]),
        user(&app, "own", &["project.group_project_user"]),
    );
    let board = |uid: i64| {
        let made =
            app.reading(uid, Map::new(), |env| get_views(env, "project.task", json!([[false, "kanban"]])));
        let board = arch(&made.unwrap(), "kanban");
        ["group_create", "group_edit", "group_delete", "groups_draggable"]
            .map(|a| board.get(a).map(str::to_owned))
    };
    assert_eq!(board(lead), [None, None, None, None]);
    assert_eq!(board(worker), std::array::from_fn(|_| Some("False".to_owned())));
});
