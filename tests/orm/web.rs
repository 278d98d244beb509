//! What the web client asks.

use super::{call, portal_user, tags};
use crate::support::both;
use serde_json::json;
use workwarden::orm::SUPERUSER;
use workwarden::value::Map;

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

both!(a_form_that_opens_shows_what_it_can_compute_from_what_it_shows, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let opened = |model: &str, fields: &[&str]| {
            let spec: Map = fields.iter().map(|f| ((*f).to_owned(), json!({}))).collect();
            call(env, model, &[], "onchange", json!([{}, [], spec]), json!({}))["value"].clone()
        };
        assert_eq!(opened("res.partner", &["function", "contact_address"])["contact_address"], json!(false));
        assert_eq!(opened("res.partner", &["street", "contact_address"])["contact_address"], "\n\n  \n");
        let fields = ["rating_percentage_satisfaction", "currency_id"];
        let shown = opened("project.project", &fields);
        assert_eq!(shown, json!({"rating_percentage_satisfaction": 0, "currency_id": false}));
        assert_ne!(opened("project.project", &["company_id", "currency_id"])["currency_id"], json!(false));
        Ok(())
    })
    .unwrap();
});

both!(a_form_may_be_without_what_it_must_have_when_it_is_saved, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let stage = env.create("project.task.type", json!({"name": "s"}))?;
        let spec = json!({"name": {}, "display_name": {}});
        let changed = call(
            env,
            "project.task.type",
            &[stage],
            "onchange",
            json!([{"name": false}, ["name"], spec]),
            json!({}),
        );
        assert_eq!(changed["value"], json!({"display_name": false}));
        Ok(())
    })
    .unwrap();
});

both!(who_may_not_read_a_field_gets_no_form_with_it, |app| {
    let uid = portal_user(&app);
    app.with_env(uid, Default::default(), |env| {
        let asked = |model: &str, field: &str| {
            let args = vec![json!({}), json!([]), json!({"name": {}, field: {}})];
            env.call(model, &[], "onchange", args, Map::new()).unwrap_err().message
        };
        let told = asked("res.users", "activity_date_deadline");
        assert!(told.starts_with("You do not have enough rights to access the fields"), "{told}");
        let told = asked("project.task", "allocated_hours");
        assert_eq!(told, "You cannot read the following fields on tasks: allocated_hours");
        Ok(())
    })
    .unwrap();
});
