//! Orders, as clients write them.

use super::{call, tags};
use crate::support::both;
use serde_json::{Value as Json, json};
use workwarden::orm::{Env, SUPERUSER};

/// Ids of `model` among `ids` in an order.
fn ordered(env: &Env, model: &str, ids: &[i64], order: &str) -> Vec<i64> {
    let found = call(env, model, &[], "search", json!([[["id", "in", ids]]]), json!({"order": order}));
    found.as_array().unwrap().iter().filter_map(Json::as_i64).collect()
}

fn refusal(env: &Env, model: &str, order: &str) -> String {
    let kwargs = json!({"order": order}).as_object().cloned().unwrap();
    env.call(model, &[], "search", vec![json!([])], kwargs).unwrap_err().message
}

both!(a_many2one_orders_by_what_its_records_order_by, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "orders"}))?;
        // the later one comes first by its sequence
        let late = env.create(
            "project.task.type",
            json!({"name": "late", "sequence": 9, "project_ids": [[4, project]]}),
        )?;
        let soon = env.create(
            "project.task.type",
            json!({"name": "soon", "sequence": 1, "project_ids": [[4, project]]}),
        )?;
        let task = |stage: i64| {
            env.create("project.task", json!({"name": "t", "project_id": project, "stage_id": stage}))
        };
        let (a, b) = (task(late)?, task(soon)?);
        let none = env.create("project.task", json!({"name": "private"}))?;
        let all = [a, b, none];
        assert_eq!(ordered(env, "project.task", &all, "stage_id"), [b, a, none]);
        assert_eq!(ordered(env, "project.task", &all, "stage_id desc"), [none, a, b]);
        assert_eq!(ordered(env, "project.task", &all, "stage_id.id"), [a, b, none]);
        assert_eq!(ordered(env, "project.task", &all, "stage_id nulls first, id"), [none, b, a]);
        assert_eq!(ordered(env, "project.task", &all, "stage_id DESC NULLS LAST"), [a, b, none]);
        Ok(())
    })
    .unwrap();
});

both!(orders_are_read_as_odoo_reads_them, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let ids = tags(env, "ord", &[2, 1, 2]);
        assert_eq!(ordered(env, "project.tags", &ids, "color, id desc"), [ids[1], ids[2], ids[0]]);
        assert_eq!(ordered(env, "project.tags", &ids, "color:x desc, id"), [ids[0], ids[2], ids[1]]);
        for odd in ["color nope", "color asc desc", "color nulls", "co-lor", "color; drop"] {
            let said = refusal(env, "project.tags", odd);
            let wanted = format!("Invalid \"order\" specified ({odd})");
            assert!(said.starts_with(&wanted), "{odd}: {said}");
        }
        assert!(refusal(env, "project.tags", "nope").contains("nope"));
        assert!(refusal(env, "project.tags", "color.name").contains("color"));
        Ok(())
    })
    .unwrap();
});
