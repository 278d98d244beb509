//! Grouped reads, panels, names and descriptions of fields: what Odoo 18 answers, and how it refuses what it refuses.

use super::tags;
use crate::support::both;
use serde_json::{Value as Json, json};
use workwarden::orm::{Env, SUPERUSER};

/// The answer of a method, or its error as `[name, message]`.
fn told(env: &Env, model: &str, method: &str, kwargs: Json) -> Json {
    let kwargs = kwargs.as_object().cloned().unwrap_or_default();
    match env.call(model, &[], method, Vec::new(), kwargs) {
        Ok(answer) => answer,
        Err(e) => json!([e.name(), e.message]),
    }
}

both!(groups_of_records_themselves_and_aggregates_in_their_place, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let ids = tags(env, "own", &[4, 4, 5]);
        let domain = json!([["id", "in", ids]]);
        let cases = [
            // a record is a group with a name
            (
                json!([]),
                "id",
                json!([json!([ids[0], "own0"]), json!([ids[1], "own1"]), json!([ids[2], "own2"])]),
            ),
            // an aggregate called as the group takes its place
            (json!(["color:count"]), "color", json!([2, 1])),
            (json!(["color:array_agg"]), "color", json!([[4, 4], [5]])),
            (json!(["create_uid:count_distinct"]), "create_uid", json!([1])),
            (json!(["create_uid:recordset"]), "create_uid", json!([[1, "System"]])),
        ];
        for (fields, by, wanted) in cases {
            let kwargs = json!({"domain": domain, "fields": fields, "groupby": [by], "lazy": false});
            let groups = told(env, "project.tags", "read_group", kwargs);
            let seen: Vec<&Json> = groups.as_array().unwrap().iter().map(|g| &g[by]).collect();
            assert_eq!(json!(seen), wanted, "{fields} by {by}");
        }
        let kwargs =
            json!({"domain": domain, "fields": ["all:recordset(id)", "create_uid:recordset"], "groupby": []});
        let groups = told(env, "project.tags", "read_group", kwargs);
        assert_eq!(groups[0]["all"], format!("project.tags({}, {}, {})", ids[0], ids[1], ids[2]));
        assert_eq!(groups[0]["create_uid"], "res.users(1,)");
        Ok(())
    })
    .unwrap();
});

both!(sums_of_numbers_with_digits_keep_them, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let at = |lat: f64| env.create("res.partner", json!({"name": "at", "partner_latitude": lat}));
        let ids = [at(0.125)?, at(1.5)?];
        let fields = json!(["partner_latitude:sum", "all:array_agg(partner_latitude)"]);
        let kwargs = json!({"domain": [["id", "in", ids]], "fields": fields, "groupby": []});
        let groups = told(env, "res.partner", "read_group", kwargs);
        assert_eq!(groups[0]["partner_latitude"], json!(1.625));
        assert_eq!(groups[0]["all"], json!([0.125, 1.5]));
        Ok(())
    })
    .unwrap();
});

both!(states_of_activities_and_personal_stages_group, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "late"}))?;
        let task = |n: &str| env.create("project.task", json!({"name": n, "project_id": project}));
        let ids = [task("none")?, task("late")?];
        let kwargs = json!({"date_deadline": "2001-01-01", "user_id": 2});
        let kwargs = kwargs.as_object().cloned().unwrap();
        env.call("project.task", &[ids[1]], "activity_schedule", Vec::new(), kwargs)?;
        let ask = |by: &str| json!({"domain": [["project_id", "=", project]], "fields": [], "groupby": [by]});
        let groups = told(env, "project.task", "read_group", ask("activity_state"));
        let seen: Vec<_> = groups.as_array().unwrap().iter().map(|g| &g["activity_state"]).collect();
        assert_eq!(json!(seen), json!(["overdue", false]));
        for g in groups.as_array().unwrap() {
            assert_eq!(env.search("project.task", &g["__domain"])?.len(), 1, "{g}");
        }
        let groups = told(env, "project.task", "read_group", ask("personal_stage_type_id"));
        assert_eq!(groups[0]["personal_stage_type_id_count"], 2, "{groups}");
        assert_eq!(groups[0]["personal_stage_type_id"][1], "Inbox");
        Ok(())
    })
    .unwrap();
});

both!(what_is_refused_is_refused_in_odoos_words, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let group = |more: Json| {
            let mut all = json!({"domain": [], "fields": [], "groupby": []});
            all.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
            all
        };
        let value = "builtins.ValueError";
        let kind = "builtins.TypeError";
        let attribute = "builtins.AttributeError";
        let not_gathered = "Aggregate method 'recordset' can be only used on relational field (or id) (for \
                            'name:recordset').";
        let no_domain = "Domains to normalize must have a 'domain' form: a list or tuple of domain components";
        let cases = [
            ("read_group", group(json!({"fields": ["name:recordset"]})), value,
                not_gathered),
            ("read_group", group(json!({"groupby": false})), kind, "'bool' object is not subscriptable"),
            ("read_group", group(json!({"groupby": null, "lazy": false})), kind, "'NoneType' object is not iterable"),
            ("read_group", group(json!({"fields": 1})), kind, "'int' object is not iterable"),
            ("read_group", group(json!({"orderby": 1})), attribute, "'int' object has no attribute 'split'"),
            ("read_group", group(json!({"domain": false})), "builtins.AssertionError", no_domain),
            ("search", json!({"domain": null}), "builtins.AssertionError", no_domain),
            ("name_search", json!({"name": "x", "operator": "=="}), value, "Invalid leaf ('display_name', '==', 'x')"),
            ("name_search", json!({"name": "x", "operator": ""}), value, "Invalid leaf ('display_name', '', 'x')"),
            ("name_search", json!({"name": "x", "operator": "any"}), "builtins.AssertionError", no_domain),
            ("search_panel_select_multi_range", json!({"field_name": "name"}), "odoo.exceptions.UserError",
                "Only types ['many2one', 'many2many', 'selection'] are supported for filter (found type char)"),
            ("search_panel_select_range", json!({"field_name": "name"}), "odoo.exceptions.UserError",
                "Only types many2one, selection are supported for category (found type char)"),
        ];
        for (method, kwargs, name, message) in cases {
            let seen = told(env, "project.task", method, kwargs.clone());
            assert_eq!(seen, json!([name, message]), "{method} {kwargs}");
        }
        let task = told(env, "project.task", "read_group", group(json!({"groupby": ["task_properties"]})));
        assert_eq!(task, json!([value, "Wrong property field value name 'None'."]));
        Ok(())
    })
    .unwrap();
});

both!(panels_know_the_choices_that_are_made_at_run_time, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        for kwargs in [json!({"field_name": "lang", "expand": true}), json!({"field_name": "lang"})] {
            env.create("res.partner", json!({"name": "speaks", "lang": "en_US"}))?;
            let panel = told(env, "res.partner", "search_panel_select_range", kwargs);
            assert_eq!(panel["values"][0], json!({"id": "en_US", "display_name": "English (US)"}));
        }
        Ok(())
    })
    .unwrap();
});

both!(fields_tell_what_exports_and_hierarchies_ask, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let cases = [
            ("res.partner", "name", "default_export_compatible", json!(true)),
            ("res.partner", "email", "default_export_compatible", json!(false)),
            ("res.partner", "email", "exportable", json!(true)),
            ("res.partner", "user_ids", "allow_hierachy_operators", json!(true)),
            ("res.partner", "country_id", "allow_hierachy_operators", json!(false)),
            ("res.partner", "country_id", "ondelete", Json::Null),
            ("res.users", "color", "aggregator", json!("sum")),
            ("project.task", "description", "sanitize_attributes", json!(false)),
            ("project.task", "activity_state", "groupable", json!(true)),
        ];
        for (model, field, attribute, wanted) in cases {
            let seen = told(env, model, "fields_get", json!({"allfields": [field]}));
            assert_eq!(seen[field][attribute], wanted, "{model}.{field} {attribute}");
        }
        Ok(())
    })
    .unwrap();
});

both!(languages_and_texts_for_ids_matter_where_they_are_looked_at, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "spoken"}))?;
        let env = env.with_context(json!({"lang": "xx_XX"}));
        let refused = json!(["odoo.exceptions.UserError", "Invalid language code: xx_XX"]);
        let read = |field: &str| match env.call(
            "project.project",
            &[project],
            "read",
            vec![json!([field])],
            Default::default(),
        ) {
            Ok(rows) => rows[0][field].clone(),
            Err(e) => json!([e.name(), e.message]),
        };
        let cases = [
            ("name", refused.clone()),
            ("display_name", refused),
            ("sequence", json!(10)),
            ("active", json!(true)),
        ];
        for (field, wanted) in cases {
            assert_eq!(read(field), wanted, "{field}");
        }
        let found = |field: &str| {
            let kwargs = json!({"domain": [["id", "=", project]], "field_names": [field], "order": "id"});
            env.call("project.project", &[], "search_fetch", vec![], kwargs.as_object().unwrap().clone())
        };
        assert_eq!(found("sequence").unwrap(), json!([project]));
        assert_eq!(found("nope").unwrap_err().name(), "builtins.ValueError");
        // a rule that follows a hierarchy of companies reads them, with all that is translated of them
        let admin = env.with_user(2);
        for (model, refused) in [("res.partner", true), ("res.users", true), ("project.task", false)] {
            let found = admin.search(model, json!([])).map_err(|e| e.message);
            assert_eq!(found.is_err_and(|e| e == "Invalid language code: xx_XX"), refused, "{model}");
        }
        Ok(())
    })
    .unwrap();
});

both!(defaults_of_the_context_are_as_their_fields_hold_them, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let value = "builtins.ValueError";
        let cases = [
            ("project.task", "tag_ids", json!(false), json!([[6, 0, []]])),
            ("project.task", "tag_ids", json!([1]), json!([[6, 0, [1]]])),
            (
                "project.task",
                "tag_ids",
                json!("x"),
                json!([value, "Wrong value for project.task.tag_ids: x"]),
            ),
            ("project.task", "parent_id", json!("x"), json!(false)),
            (
                "project.task",
                "sequence",
                json!("x"),
                json!([value, "invalid literal for int() with base 10: 'x'"]),
            ),
            (
                "project.task",
                "allocated_hours",
                json!("x"),
                json!([value, "could not convert string to float: 'x'"]),
            ),
            ("project.task", "description", json!("rich"), json!("rich")),
        ];
        for (model, field, given, wanted) in cases {
            let env = env.with_context(json!({ format!("default_{field}"): given }));
            let seen = told(&env, model, "default_get", json!({"fields_list": [field]}));
            assert_eq!(seen.get(field).unwrap_or(&seen), &wanted, "{model}.{field} {given}");
        }
        Ok(())
    })
    .unwrap();
});

both!(weeks_are_filled_from_a_monday_back_and_parts_of_dates_are_not, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        env.create(
            "project.project",
            json!({"name": "filled", "date_start": "2026-11-11", "date": "2026-12-01"}),
        )?;
        let fill = json!({"fill_from": "2026-11-01", "fill_to": "2026-11-12"});
        let env = env.with_context(json!({"fill_temporal": fill}));
        let ask = |by: &str| json!({"domain": [["name", "=", "filled"]], "fields": [], "groupby": [by]});
        let groups = told(&env, "project.project", "read_group", ask("date_start:week"));
        let weeks: Vec<_> =
            groups.as_array().unwrap().iter().map(|g| &g["__range"]["date_start:week"]["from"]).collect();
        assert_eq!(json!(weeks), json!(["2026-10-25", "2026-11-01", "2026-11-08"]));
        let refused = told(&env, "project.project", "read_group", ask("date_start:month_number"));
        assert_eq!(refused, json!(["builtins.KeyError", "month_number"]));
        Ok(())
    })
    .unwrap();
});

both!(who_comes_from_outside_groups_by_nothing_that_is_kept_from_him, |app| {
    let uid = app
        .with_env(SUPERUSER, Default::default(), |env| {
            let groups = [env.need_xmlid("base.group_portal")?];
            env.create("res.users", json!({"name": "out", "login": "out", "groups_id": [[6, 0, groups]]}))
        })
        .unwrap();
    app.with_env(uid, Default::default(), |env| {
        let cases = [
            (json!([]), "create_uid", "", "create_uid"),
            (json!([]), "date_end:month", "", "date_end"),
            (json!(["working_hours_close:sum"]), "stage_id", "", "working_hours_close"),
            (json!([]), "stage_id", "allocated_hours:sum desc", "allocated_hours"),
        ];
        for (fields, by, order, kept) in cases {
            let kwargs = json!({"domain": [], "fields": fields, "groupby": [by], "orderby": order});
            let text = format!("You cannot read the following fields on tasks: {kept}");
            let seen = told(env, "project.task", "read_group", kwargs);
            assert_eq!(seen, json!(["odoo.exceptions.AccessError", text]), "{by} {order}");
        }
        let about = told(env, "project.task", "fields_get", json!({}));
        assert!(about.get("create_uid").is_none());
        assert_eq!(
            (&about["recurrence_id"]["readonly"], &about["name"]["readonly"]),
            (&json!(true), &json!(false))
        );
        Ok(())
    })
    .unwrap();
});

both!(what_finds_nothing_is_not_looked_at_further, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let never = json!([[0, "=", 1]]);
        let ask = |by: Json, fields: Json| {
            json!({"domain": never, "fields": fields, "groupby": by, "orderby": "x"})
        };
        assert_eq!(told(env, "res.partner", "read_group", ask(json!(["color"]), json!([]))), json!([]));
        let one = told(env, "res.partner", "read_group", ask(json!([]), json!(["color:sum", "all:count(id)"])));
        assert_eq!(one[0]["color"], json!(false));
        assert_eq!((&one[0]["all"], &one[0]["__count"]), (&json!(0), &json!(0)));
        let nothing = json!({"domain": [[0, "=", 1]], "fields": ["nope"]});
        assert_eq!(told(env, "res.partner", "search_read", nothing), json!(["builtins.KeyError", "nope"]));
        Ok(())
    })
    .unwrap();
});

both!(the_context_of_a_search_speaks_of_what_is_found_not_of_its_lines, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "p"}))?;
        let stage = json!({"name": "old", "active": false, "project_ids": [[4, project]]});
        let stage = env.create("project.task.type", stage)?;
        let all = env.with_context(json!({"active_test": false}));
        let kwargs = json!({"domain": [["id", "=", project]], "fields": ["type_ids"]});
        assert_eq!(told(&all, "project.project", "search_read", kwargs)[0]["type_ids"], json!([]));
        let kwargs = json!({"domain": [["id", "=", project]], "specification": {"type_ids": {}}});
        let found = told(&all, "project.project", "web_search_read", kwargs);
        assert_eq!(found["records"][0]["type_ids"], json!([stage]));
        // a name that is empty is none
        let task = json!({"name": "t", "project_id": project, "stage_id": stage});
        let task = env.create("project.task", task)?;
        env.write("project.task.type", &[stage], json!({"name": ""}))?;
        let kwargs = json!({"domain": [["id", "=", task]], "fields": ["stage_id"]});
        let found = told(env, "project.task", "search_read", kwargs);
        assert_eq!(found[0]["stage_id"], json!([stage, false]));
        Ok(())
    })
    .unwrap();
});

both!(who_may_not_read_hears_of_that_before_his_domain_is_looked_at, |app| {
    let nobody = json!({"name": "N", "login": "n", "groups_id": [[6, 0, []]]});
    let uid =
        app.with_env(SUPERUSER, Default::default(), |env| env.create("res.users", nobody.clone())).unwrap();
    app.with_env(uid, Default::default(), |env| {
        for (method, kwargs) in [
            ("search", json!({"domain": "x"})),
            ("search_count", json!({"domain": [["nope"]]})),
            ("search_read", json!({"domain": "x", "fields": ["id"]})),
            ("web_search_read", json!({"domain": "x", "specification": {"name": {}}})),
            ("read_group", json!({"domain": "x", "fields": [], "groupby": []})),
        ] {
            let answer = told(env, "project.tags", method, kwargs);
            assert_eq!(answer[0], "odoo.exceptions.AccessError", "{method}: {answer}");
        }
        Ok(())
    })
    .unwrap();
});
