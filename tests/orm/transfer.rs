//! Import and export.

use super::call;
use crate::support::both;
use serde_json::json;
use workwarden::orm::SUPERUSER;

both!(an_import_with_one_bad_row_stores_nothing, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let table = json!([["name", "color"], [["good", "1"], ["bad", "x"]]]);
        let answer = call(env, "project.tags", &[], "load", table, json!({}));
        assert_eq!(answer["ids"], false);
        assert_eq!(answer["messages"][0]["message"], "'x' does not seem to be an integer for field 'Color'");
        assert_eq!(env.count("project.tags", json!([["name", "in", ["good", "bad"]]]))?, 0);
        Ok(())
    })
    .unwrap();
});

both!(lines_go_on_below_and_come_back_out, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let columns = json!(["id", "name", "milestone_ids/name"]);
        let table = json!([columns, [["p_one", "One", "a"], ["", "", "b"]]]);
        let answer = call(env, "project.project", &[], "load", table, json!({}));
        let id = answer["ids"][0].as_i64().unwrap();
        let out = call(
            env,
            "project.project",
            &[id],
            "export_data",
            json!([["id", "name", "milestone_ids/name"]]),
            json!({}),
        );
        assert_eq!(out["datas"], json!([["__import__.p_one", "One", "a"], ["", "", "b"]]));
        Ok(())
    })
    .unwrap();
});
