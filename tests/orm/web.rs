//! What the web client asks.

use super::{call, tags};
use crate::support::both;
use serde_json::json;
use workwarden::orm::SUPERUSER;

both!(an_onchange_leaves_nothing_behind, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let before = env.count("project.task", json!([]))?;
        let project = env.create("project.project", json!({"name": "forms"}))?;
        let stage =
            env.create("project.task.type", json!({"name": "first", "project_ids": [[6, 0, [project]]]}))?;
        let spec = json!({"name": {}, "stage_id": {}, "tag_ids": {"fields": {}}});
        let new = env.with_context(json!({"default_project_id": project}));
        let first = call(&new, "project.task", &[], "onchange", json!([{}, [], spec]), json!({}));
        assert_eq!(first["value"], json!({"name": false, "stage_id": stage}));
        assert_eq!(env.count("project.task", json!([]))?, before);
        Ok(())
    })
    .unwrap();
});

both!(specifications_nest, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let tg = tags(env, "nest", &[1, 2]);
        let project = env.create("project.project", json!({"name": "nested", "tag_ids": [[6, 0, tg]]}))?;
        let spec = json!({"tag_ids": {"fields": {"color": {}}, "order": "color desc", "limit": 1}});
        let rows = call(env, "project.project", &[project], "web_read", json!([spec]), json!({}));
        assert_eq!(rows[0]["tag_ids"], json!([{"id": tg[1], "color": 2}, {"id": tg[0]}]));
        Ok(())
    })
    .unwrap();
});
