//! Users: passwords, groups and what they imply, what one may do to oneself.

use serde_json::{Value, json};

use crate::support::both;
use workwarden::error::Kind;
use workwarden::models::{res_users_apikeys, session_user_context};
use workwarden::orm::{Env, SUPERUSER};
use workwarden::service::{App, apikey};
use workwarden::value::{Map, Value as Cell};

/// Runs as a user; what fails fails the test.
fn with<T>(app: &App, uid: i64, f: impl FnMut(&Env) -> workwarden::error::Result<T>) -> T {
    app.with_env(uid, Map::new(), f).unwrap()
}

fn user(app: &App, login: &str, group: &str) -> i64 {
    with(app, SUPERUSER, |env| {
        let group = env.need_xmlid(group)?;
        env.create("res.users", json!({"name": login, "login": login, "groups_id": [[6, 0, [group]]]}))
    })
}

both!(a_colleague_without_a_picture_gets_his_initial, |app| {
    let picture = |group: &str| {
        let uid = user(&app, &format!("zoe of {group}"), group);
        with(&app, SUPERUSER, |env| {
            Ok(env.fetch_one("res.users", uid, &["image_1920"])?.get("image_1920").clone())
        })
    };
    let Cell::Bytes(drawn) = picture("base.group_user") else { panic!("no picture") };
    assert!(String::from_utf8(drawn).unwrap().contains(">Z</text>"));
    assert!(picture("base.group_portal").is_falsy(), "guests have none");
});

both!(a_group_brings_what_it_implies, |app| {
    let uid = user(&app, "lead", "project.group_project_manager");
    with(&app, uid, |env| {
        for group in ["project.group_project_manager", "project.group_project_user", "base.group_user"] {
            assert!(env.has_group(group)?, "{group}");
        }
        assert!(!env.has_group("base.group_system")?);
        let context = session_user_context(env)?;
        assert_eq!(json!(context), json!({"lang": "en_US", "tz": false, "uid": uid}));
        Ok(())
    });
    let stored = with(&app, SUPERUSER, |env| {
        let group = env.need_xmlid("base.group_user")?;
        env.count("res.users", json!([["id", "=", uid], ["groups_id", "in", [group]], ["share", "=", false]]))
    });
    assert_eq!(stored, 1);
});

both!(a_group_that_implies_more_later_reaches_its_users, |app| {
    let uid = user(&app, "late", "base.group_user");
    with(&app, SUPERUSER, |env| {
        let more = env.create("res.groups", json!({"name": "More"}))?;
        let own = env.create("res.groups", json!({"name": "Own", "users": [[4, uid]]}))?;
        env.write("res.groups", &[own], json!({"implied_ids": [[4, more]]}))?;
        let held = env.fetch_one("res.users", uid, &["groups_id"])?;
        assert!(held.ids("groups_id").contains(&more));
        let circle = env.write("res.groups", &[more], json!({"implied_ids": [[4, own]]}));
        assert_eq!(circle.unwrap_err().kind, Kind::Validation);
        env.with_context(json!({})).exists("res.groups", &[own]).map(drop)
    });
});

both!(one_writes_a_few_fields_of_oneself_only, |app| {
    let uid = user(&app, "self", "base.group_user");
    let other = user(&app, "other", "base.group_user");
    with(&app, uid, |env| env.write("res.users", &[uid], json!({"tz": "Asia/Tokyo", "signature": "me"})));
    for (id, vals) in
        [(uid, json!({"login": "x"})), (other, json!({"name": "x"})), (uid, json!({"groups_id": [[5]]}))]
    {
        let refused = app.with_env(uid, Map::new(), |env| env.write("res.users", &[id], vals.clone()));
        assert_eq!(refused.unwrap_err().kind, Kind::Access);
    }
    let wrong =
        app.with_env(uid, Map::new(), |env| env.write("res.users", &[uid], json!({"tz": "Nowhere/Land"})));
    assert_eq!(wrong.unwrap_err().message, "Wrong value for res.partner.tz: 'Nowhere/Land'");
    let kept = with(&app, SUPERUSER, |env| env.fetch_one("res.users", uid, &["tz", "signature", "login"]));
    assert_eq!(
        (kept.str("tz"), kept.str("signature"), kept.str("login")),
        ("Asia/Tokyo", "<p>me</p>", "self")
    );
});

both!(users_the_system_lives_by_stay, |app| {
    for (xmlid, words) in [
        ("base.user_root", "used internally"),
        ("base.user_admin", "Instead, archive it."),
        ("base.public_user", "template users"),
    ] {
        let refused = app.with_env(SUPERUSER, Map::new(), |env| {
            let id = env.need_xmlid(xmlid)?;
            env.unlink("res.users", &[id])
        });
        let error = refused.unwrap_err();
        assert!(error.kind == Kind::User && error.message.contains(words), "{}", error.message);
    }
});

both!(a_key_opens_its_scope_until_it_ends, |app| {
    let uid = user(&app, "keys", "base.group_user");
    let (open, rpc, gone) = with(&app, SUPERUSER, |env| {
        let past = env.now() - chrono::Duration::hours(1);
        let make = |scope, expires| res_users_apikeys::generate_key(env, uid, scope, "key", expires);
        Ok((make(None, None)?, make(Some("rpc"), None)?, make(Some("rpc"), Some(past))?))
    });
    let owner = |scope: &str, key: &str| apikey::owner(&app, scope, key).unwrap();
    assert_eq!((owner("rpc", &open), owner("rpc", &rpc)), (Some(uid), Some(uid)));
    assert_eq!((owner("other", &rpc), owner("rpc", &gone), owner("rpc", "short")), (None, None, None));
});

both!(a_user_makes_a_key_with_his_password, |app| {
    let uid = user(&app, "keys", "base.group_user");
    app.set_password("keys", "secret").unwrap();
    let description = |duration: &str| {
        let vals = json!({"name": "script", "duration": duration});
        app.with_env(uid, Map::new(), |env| env.create("res.users.apikeys.description", vals.clone()))
    };
    let ask = |id: i64| {
        with(&app, uid, |env| {
            env.call("res.users.apikeys.description", &[id], "make_key", vec![], Map::new())
        })
    };
    let run = |who: i64, check: &serde_json::Value, password: &str| {
        let check = check["res_id"].as_i64().unwrap();
        app.with_env(who, Map::new(), |env| {
            env.sudo().write("res.users.identitycheck", &[check], json!({"password": password}))?;
            env.call("res.users.identitycheck", &[check], "run_check", vec![], Map::new())
        })
    };
    let first = description("30").unwrap();
    let check = ask(first);
    assert_eq!(check["res_model"], "res.users.identitycheck");
    assert!(run(uid, &check, "wrong").unwrap_err().message.starts_with("Incorrect Password"));
    let made = run(uid, &check, "secret").unwrap();
    let key = made["context"]["default_key"].as_str().unwrap().to_owned();
    assert_eq!(apikey::owner(&app, "rpc", &key).unwrap(), Some(uid));
    assert!(run(uid, &check, "secret").is_err(), "one check makes one key");
    with(&app, SUPERUSER, |env| {
        let kept = env.search("res.users.apikeys", json!([["user_id", "=", uid]]))?;
        assert!(
            env.fetch_one("res.users.apikeys", kept[0], &["expiration_date"])?
                .datetime("expiration_date")
                .is_some()
        );
        assert_eq!(env.count("res.users.apikeys.description", json!([["id", "=", first]]))?, 0);
        assert_eq!(env.count("res.users.identitycheck", json!([["password", "!=", false]]))?, 0);
        Ok(())
    });
    // longer than his group allows, or for ever
    assert!(description("365").unwrap_err().message.contains("You cannot exceed 90.0 days"));
    assert_eq!(description("0").unwrap_err().message, "The API key must have an expiration date");
    // nobody uses another's check
    let other = user(&app, "other", "base.group_user");
    app.set_password("other", "secret").unwrap();
    let check = ask(description("1").unwrap());
    assert!(run(other, &check, "secret").is_err());
});

both!(the_portal_opens_and_closes_with_a_note_on_the_contact, |app| {
    let uid = user(&app, "guest", "base.group_portal");
    let said = |app: &App| {
        with(app, SUPERUSER, |env| {
            let partner = env.fetch_one("res.users", uid, &["partner_id"])?.int("partner_id");
            let domain =
                json!([["model", "=", "res.partner"], ["res_id", "=", partner], ["body", "ilike", "Portal"]]);
            let page = workwarden::orm::Page { order: Some("id".into()), ..Default::default() };
            let ids = env.search_with("mail.message", domain, &page)?;
            Ok(env
                .fetch("mail.message", &ids, &["body"])?
                .iter()
                .map(|m| m.str("body").to_owned())
                .collect::<Vec<_>>())
        })
    };
    assert_eq!(said(&app), ["<p>Portal Access Granted</p>"]);
    with(&app, SUPERUSER, |env| {
        let group = env.need_xmlid("base.group_user")?;
        env.write("res.users", &[uid], json!({"groups_id": [[6, 0, [group]]]}))
    });
    assert_eq!(said(&app), ["<p>Portal Access Granted</p>", "<p>Portal Access Revoked</p>"]);
});

both!(a_password_is_a_text, |app| {
    let uid = user(&app, "words", "base.group_user");
    for (value, error) in
        [(json!("x"), ""), (json!(7), ""), (json!(""), ""), (json!(false), "builtins.TypeError")]
    {
        let done = app.with_env(SUPERUSER, Map::new(), |env| {
            env.write("res.users", &[uid], json!({"password": value}))
        });
        assert_eq!(done.map_or_else(|e| e.name().to_owned(), |()| String::new()), error, "{value}");
    }
    with(&app, SUPERUSER, |env| {
        let sql = workwarden::db::Sql::of("SELECT password IS NULL FROM res_users WHERE id = ").int(uid);
        assert!(
            !env.query(&sql, &[workwarden::db::ColType::Bool])?[0][0].is_falsy(),
            "nobody logs in with nothing"
        );
        Ok(())
    });
});

both!(a_group_may_imply_one_type_of_user_too_many, |app| {
    let (portal, manager) = with(&app, SUPERUSER, |env| {
        Ok((env.need_xmlid("base.group_portal")?, env.need_xmlid("project.group_project_manager")?))
    });
    for (groups, fits) in [(vec![portal], true), (vec![manager], true), (vec![portal, manager], false)] {
        let made = app.with_env(SUPERUSER, Map::new(), |env| {
            let login = format!("{groups:?}");
            env.create("res.users", json!({"name": "u", "login": login, "groups_id": [[6, 0, groups]]}))
        });
        assert_eq!(made.is_ok(), fits, "{groups:?}");
    }
});

both!(a_project_manager_makes_projects_and_their_addresses, |app| {
    let uid = user(&app, "lead", "project.group_project_manager");
    let project = with(&app, uid, |env| {
        let project = env.create("project.project", json!({"name": "p", "alias_name": "plan"}))?;
        env.write("project.project", &[project], json!({"alias_name": "plans", "color": 3}))?;
        let now = env.fetch_one("project.project", project, &["alias_name", "alias_defaults"])?;
        assert_eq!(now.str("alias_name"), "plans");
        assert_eq!(now.str("alias_defaults"), format!("{{'project_id': {project}}}"));
        // what an address is for is not his to say
        let other = env.write("project.project", &[project], json!({"alias_model_id": 1})).unwrap_err();
        assert!(other.message.starts_with("You are not allowed to modify 'Email Aliases'"), "{other}");
        Ok(project)
    });
    let worker = user(&app, "worker", "project.group_project_user");
    with(&app, worker, |env| {
        env.write("project.project", &[project], json!({"alias_name": "mine"}))?;
        assert_eq!(env.fetch_one("project.project", project, &["alias_name"])?.str("alias_name"), "plans");
        Ok(())
    });
});

both!(a_new_users_form_has_its_companies_and_groups, |app| {
    with(&app, SUPERUSER, |env| {
        let tag = env.create("res.partner.category", json!({"name": "by default"}))?;
        let env = env.with_context(json!({"default_category_id": [[6, 0, [tag]]]}));
        let spec = json!({"name": {}, "login": {}, "type": {},
            "commercial_partner_id": {"fields": {"display_name": {}}}, "groups_id": {"fields": {"name": {}}},
            "company_ids": {"fields": {"display_name": {}}}, "category_id": {"fields": {"name": {}}}});
        let asked = vec![json!({}), json!([]), spec];
        let first = env.call("res.users", &[], "onchange", asked, Map::new())?["value"].take();
        // a form knows a record that is linked only by what comes with it
        assert_eq!(first["company_ids"], json!([[4, 1, {"id": 1, "display_name": "My Company"}]]));
        let groups = first["groups_id"].as_array().unwrap();
        let known = |c: &&Value| c[0] == 4 && c[1] == c[2]["id"] && c[2]["name"].is_string();
        assert!(groups.iter().all(|c| known(&c)) && groups.iter().any(|c| c[2]["name"] == "Internal User"));
        assert_eq!(first["category_id"], json!([[4, tag, {"id": tag, "name": "by default"}]]));
        assert_eq!((&first["name"], &first["type"]), (&json!(false), &json!("contact")));
        assert!(first["commercial_partner_id"].get("id").is_none(), "{first}");
        // an account whose holder is not known yet is nobody's
        let asked = vec![json!({}), json!([]), json!({"partner_id": {}, "acc_holder_name": {}})];
        let account = env.call("res.partner.bank", &[], "onchange", asked, Map::new())?["value"].take();
        assert_eq!(account, json!({"partner_id": false, "acc_holder_name": false}));
        Ok(())
    });
});

both!(a_user_changes_his_own_password_with_the_old_one, |app| {
    let (uid, other) = (user(&app, "forgetful", "base.group_user"), user(&app, "curious", "base.group_user"));
    let own = "change.password.own";
    let set = |password: &str| {
        let hash = workwarden::crypt::hash(password, 1000)?;
        app.with_env(SUPERUSER, Map::new(), |env| {
            let sql = workwarden::db::Sql::of("UPDATE res_users SET password = ").text(&hash);
            env.execute(&sql.raw(" WHERE id = ").int(uid))
        })
    };
    set("old one").unwrap();
    let tell = |vals: serde_json::Value| app.with_env(uid, Map::new(), |env| env.create(own, vals.clone()));
    let wrong = tell(json!({"new_password": "new one", "confirm_password": "another"})).unwrap_err();
    assert_eq!(
        (wrong.kind, wrong.message.as_str()),
        (Kind::Validation, "The new password and its confirmation must be identical.")
    );
    let told = tell(json!({"new_password": "new one", "confirm_password": "new one"})).unwrap();
    // the password itself is nowhere, and what there is of it nobody else reads
    let kept = with(&app, SUPERUSER, |env| env.fetch_one(own, told, &["new_password", "confirm_password"]));
    assert!(
        kept.str("new_password").starts_with("$pbkdf2-sha512$") && kept.str("confirm_password").is_empty()
    );
    let read = app.with_env(other, Map::new(), |env| env.call(own, &[told], "read", vec![], Map::new()));
    assert_eq!(read.unwrap_err().kind, Kind::Access);
    let check = with(&app, uid, |env| env.call(own, &[told], "change_password", vec![], Map::new()));
    assert_eq!(check["res_model"], "res.users.identitycheck");
    let check = check["res_id"].as_i64().unwrap();
    let confirm = |who: i64, password: &str| {
        app.with_env(who, Map::new(), |env| {
            env.sudo().write("res.users.identitycheck", &[check], json!({"password": password}))?;
            env.call("res.users.identitycheck", &[check], "run_check", vec![], Map::new())
        })
    };
    assert_eq!(confirm(uid, "new one").unwrap_err().kind, Kind::User);
    assert_eq!(confirm(uid, "old one").unwrap()["tag"], "reload");
    let stored = with(&app, SUPERUSER, |env| {
        assert_eq!(env.count(own, json!([]))?, 0);
        let sql = workwarden::db::Sql::of("SELECT password FROM res_users WHERE id = ").int(uid);
        Ok(env.query(&sql, &[workwarden::db::ColType::Text])?[0][0].str().to_owned())
    });
    assert!(workwarden::crypt::verify("new one", &stored));
    assert_eq!(confirm(uid, "new one").unwrap_err().kind, Kind::User, "a check serves once");
});
