//! What a call costs in statements: as many for two hundred records as for twenty. The figures stand in
//! docs/performance.md.

use super::call;
use crate::support::{TestApp, both};
use serde_json::{Value as Json, json};
use workwarden::db::Mode;
use workwarden::orm::Env;

/// Few records and many: as if what is wanted were one query a record, the difference cannot be missed.
const FEW: usize = 20;
const MANY: usize = 200;

/// admin: a user with rules, unlike the superuser.
const ADMIN: i64 = 2;

/// Projects, stages and people that tasks hang on.
struct World {
    project: i64,
    stages: Vec<i64>,
    tags: Vec<i64>,
    partners: Vec<i64>,
}

/// Statements of `f` within a transaction of its own, the caches of users and rights being warm.
fn statements(app: &TestApp, mut f: impl FnMut(&Env) -> Json) -> u64 {
    app.db
        .with_env(ADMIN, Default::default(), Mode::Write, |env| {
            let before = env.tx().with_conn(|c| c.statements());
            f(env);
            Ok(env.tx().with_conn(|c| c.statements()) - before)
        })
        .unwrap()
}

/// Asserts that a call on `MANY` records sends no more statements than on `FEW`, once both have been warmed up.
fn same_for_few_and_many(app: &TestApp, what: &str, mut f: impl FnMut(&Env, usize) -> Json) -> u64 {
    statements(app, |env| f(env, FEW));
    let few = statements(app, |env| f(env, FEW));
    let many = statements(app, |env| f(env, MANY));
    println!("{what}: {many} statements");
    // what hangs on whether a value is there at all may need one more
    assert!(many < few + 10, "{what}: {few} statements for {FEW} records, {many} for {MANY}");
    many
}

fn world(app: &TestApp) -> World {
    app.with_env(ADMIN, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "counted"}))?;
        let vals = |name: &str, n: usize, more: Json| {
            (0..n)
                .map(|i| {
                    let mut vals = more.as_object().cloned().unwrap();
                    vals.insert("name".into(), json!(format!("{name} {i}")));
                    vals
                })
                .collect::<Vec<_>>()
        };
        let stages = env.create_many(
            "project.task.type",
            vals("stage", 3, json!({"project_ids": [[6, 0, [project]]]})),
        )?;
        let tags = env.create_many("project.tags", vals("counted tag", 3, json!({})))?;
        let partners = env.create_many("res.partner", vals("counted partner", 5, json!({})))?;
        Ok(World { project, stages, tags, partners })
    })
    .unwrap()
}

/// Values of `n` tasks, no two alike.
fn tasks(w: &World, n: usize) -> Vec<Json> {
    (0..n)
        .map(|i| {
            json!({"name": format!("counted task {i}"), "project_id": w.project, "stage_id": w.stages[i % 3],
                "tag_ids": [[6, 0, [w.tags[i % 3]]]], "partner_id": w.partners[i % 5], "sequence": i % 10,
                "user_ids": [[6, 0, [ADMIN]]], "date_deadline": format!("2026-0{}-11 12:00:00", i % 9 + 1)})
        })
        .collect()
}

both!(reads_send_no_query_a_record, |app| {
    let w = world(&app);
    let ids = app
        .with_env(ADMIN, Default::default(), |env| {
            let vals = tasks(&w, MANY).into_iter().map(|v| v.as_object().cloned().unwrap()).collect();
            env.create_many("project.task", vals)
        })
        .unwrap();
    let kw = |env: &Env, method: &str, args: Json, kwargs: Json| {
        call(env, "project.task", &[], method, args, kwargs)
    };
    let read = same_for_few_and_many(&app, "read, 5 fields", |env, n| {
        let fields = json!([["name", "sequence", "priority", "state", "project_id"]]);
        call(env, "project.task", &ids[..n], "read", fields, json!({}))
    });
    assert_eq!(read, 1);
    let search_read = same_for_few_and_many(&app, "search_read, two tables, 10 fields", |env, n| {
        let domain = json!([["project_id", "=", w.project], ["stage_id.name", "!=", "Nowhere"]]);
        let fields = json!([
            "name",
            "project_id",
            "stage_id",
            "state",
            "priority",
            "sequence",
            "date_deadline",
            "create_date",
            "color",
            "partner_id"
        ]);
        let got = kw(env, "search_read", json!([domain]), json!({"fields": fields, "limit": n}));
        assert_eq!(got.as_array().unwrap().len(), n);
        got
    });
    assert!(search_read <= 2, "{search_read} statements for a search_read");
    same_for_few_and_many(&app, "web_search_read, nested", |env, n| {
        let specification = json!({"name": {}, "stage_id": {"fields": {"display_name": {}}}, "priority": {},
            "project_id": {"fields": {"name": {}, "partner_id": {"fields": {"display_name": {}}}}},
            "user_ids": {"fields": {"display_name": {}}}, "tag_ids": {"fields": {"name": {}, "color": {}}}});
        let domain = json!([["project_id", "=", w.project]]);
        kw(env, "web_search_read", json!([domain, specification]), json!({"limit": n}))
    });
    same_for_few_and_many(&app, "read_group by stage", |env, n| {
        let domain = json!([["id", "in", ids[..n]]]);
        kw(env, "read_group", json!([domain, ["sequence:sum"], ["stage_id"]]), json!({}))
    });
    same_for_few_and_many(&app, "name_search", |env, n| {
        kw(env, "name_search", json!(["counted task"]), json!({"limit": n}))
    });
    same_for_few_and_many(&app, "read, every field", |env, n| {
        call(env, "project.task", &ids[..n], "read", json!([]), json!({}))
    });
    same_for_few_and_many(&app, "export_data", |env, n| {
        let fields = json!([["id", "name", "stage_id/name", "tag_ids/name", "user_ids/id"]]);
        call(env, "project.task", &ids[..n], "export_data", fields, json!({}))
    });
});

both!(writes_send_no_query_a_record, |app| {
    let w = world(&app);
    let mut made: Vec<Json> = Vec::new();
    same_for_few_and_many(&app, "create", |env, n| {
        made.push(call(env, "project.task", &[], "create", json!([tasks(&w, n)]), json!({})));
        Json::Null
    });
    let ids: Vec<i64> = made.pop().unwrap().as_array().unwrap().iter().filter_map(Json::as_i64).collect();
    let mut color = 0;
    same_for_few_and_many(&app, "write of a plain field", |env, n| {
        color += 1;
        call(env, "project.task", &ids[..n], "write", json!([{"color": color}]), json!({}))
    });
    let mut stage = 0;
    same_for_few_and_many(&app, "write of the stage, tracked", |env, n| {
        stage += 1;
        let vals = json!([{"stage_id": w.stages[stage % 2]}]);
        call(env, "project.task", &ids[..n], "write", vals, json!({}))
    });
    same_for_few_and_many(&app, "write of assignees", |env, n| {
        call(env, "project.task", &ids[..n], "write", json!([{"user_ids": [[5], [4, ADMIN]]}]), json!({}))
    });
    same_for_few_and_many(&app, "copy", |env, n| {
        call(env, "project.task", &ids[..n], "copy", json!([]), json!({}))
    });
    let copies = same_for_few_and_many(&app, "copy of what is translated", |env, n| {
        let vals = (0..n).map(|i| json!({"name": format!("s {i}")}).as_object().cloned().unwrap()).collect();
        let stages = env.create_many("project.task.type", vals).unwrap();
        call(env, "project.task.type", &stages, "copy", json!([]), json!({}))
    });
    assert!(copies < 30, "{copies} statements for a copy");
    same_for_few_and_many(&app, "unlink", |env, n| {
        let vals = tasks(&w, n).into_iter().map(|v| v.as_object().cloned().unwrap()).collect();
        let new = env.create_many("project.task", vals).unwrap();
        call(env, "project.task", &new, "unlink", json!([]), json!({}))
    });
});
