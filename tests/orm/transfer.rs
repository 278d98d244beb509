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

both!(what_the_database_refuses_is_told_as_imports_tell_it, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let cases = [
            (
                "res.users",
                json!([["name", "login"], [["Other", "admin"]]]),
                "The value for the field 'login' already exists (this is probably 'Login' in the current model).",
                json!("login"),
            ),
            (
                "project.tags",
                json!([["name"], [["twice"], ["twice"]]]),
                "The value for the field 'name' already exists (this is probably 'Name' in the current model).",
                json!("name"),
            ),
            (
                "res.country.state",
                json!([["name", "code", "country_id"], [["Calif", "CA", "United States"]]]),
                "The values for the fields 'country_id and code' already exist (they are probably 'Country and State \
                 Code' in the current model).",
                json!(null),
            ),
            ("res.partner", json!([["email"], [["a@b.c"]]]), "'Contacts require a name'", json!(null)),
            (
                "project.project",
                json!([["name", "date_start", "date"], [["P", "2026-02-01", "2026-01-01"]]]),
                "'The project's start date must be before its end date.'",
                json!(null),
            ),
            (
                "project.milestone",
                json!([["name"], [["m"]]]),
                "Missing required value for the field 'Project' (project_id)",
                json!("project_id"),
            ),
            (
                "res.lang",
                json!([["name", "code"], [["English (US)", "en_XX"]]]),
                "The value for the field 'name' already exists (this is probably 'Name' in the current model).",
                json!("name"),
            ),
        ];
        for (model, table, message, field) in cases {
            let answer = call(env, model, &[], "load", table, json!({}));
            assert_eq!(answer["ids"], false, "{model}: {answer}");
            let told = &answer["messages"][0];
            assert_eq!((&told["message"], &told["field"]), (&json!(message), &field), "{model}");
        }
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
