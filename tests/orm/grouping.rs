//! Grouped reads.

use super::{call, tags};
use crate::support::both;
use serde_json::json;
use workwarden::orm::SUPERUSER;

both!(groups_carry_domains_that_find_their_records, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let ids = tags(env, "grp", &[1, 1, 2]);
        let domain = json!([["id", "in", ids]]);
        let kwargs = json!({"orderby": "__count desc"});
        let groups = call(
            env,
            "project.tags",
            &[],
            "read_group",
            json!([domain, ["id:array_agg"], ["color"]]),
            kwargs,
        );
        assert_eq!(groups[0]["color_count"], 2);
        assert_eq!(groups[0]["id"], json!([ids[0], ids[1]]));
        assert_eq!(groups[0]["__domain"], json!(["&", ["id", "in", ids], ["color", "=", 1]]));
        assert_eq!(env.search("project.tags", &groups[1]["__domain"]).unwrap(), [ids[2]]);
        Ok(())
    })
    .unwrap();
});

both!(gathered_moments_are_texts_that_clients_read, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "moments"}))?;
        let deadline = "2026-01-31 20:00:00";
        env.create("project.task", json!({"name": "t", "project_id": project, "date_deadline": deadline}))?;
        let args = json!([[["project_id", "=", project]], ["all:array_agg(date_deadline)"], ["project_id"]]);
        let groups = call(env, "project.task", &[], "read_group", args, json!({}));
        assert_eq!(groups[0]["all"], json!([deadline]));
        let args = json!([[["project_id", "=", project]], ["all:array_agg(active)"], ["project_id"]]);
        let groups = call(env, "project.task", &[], "read_group", args, json!({}));
        assert_eq!(groups[0]["all"], json!([true]), "what is yes or no is no number");
        Ok(())
    })
    .unwrap();
});

both!(dates_group_in_the_zone_of_the_context, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "zones"}))?;
        env.create(
            "project.task",
            json!({"name": "late", "project_id": project, "date_deadline": "2026-01-31 20:00:00"}),
        )?;
        let env = env.with_context(json!({"tz": "Asia/Tokyo"}));
        let domain = json!([["project_id", "=", project]]);
        let groups = call(
            &env,
            "project.task",
            &[],
            "read_group",
            json!([domain, [], ["date_deadline:month"]]),
            json!({}),
        );
        assert_eq!(groups[0]["date_deadline:month"], "February 2026");
        assert_eq!(groups[0]["__range"]["date_deadline:month"]["from"], "2026-01-31 15:00:00");
        Ok(())
    })
    .unwrap();
});

both!(a_selection_may_show_all_its_values, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "board"}))?;
        env.create("project.task", json!({"name": "t", "project_id": project, "ai_state": "done"}))?;
        let args = json!([[["project_id", "=", project]], [], ["ai_state"]]);
        let groups = call(env, "project.task", &[], "read_group", args, json!({}));
        let seen: Vec<_> =
            groups.as_array().unwrap().iter().map(|g| (&g["ai_state"], &g["ai_state_count"])).collect();
        let wanted = [("pending", 0), ("queued", 0), ("processing", 0), ("done", 1), ("failed", 0)];
        let wanted: Vec<_> = wanted.iter().map(|(state, n)| (json!(state), json!(n))).collect();
        assert_eq!(seen, wanted.iter().map(|(state, n)| (state, n)).collect::<Vec<_>>());
        Ok(())
    })
    .unwrap();
});
