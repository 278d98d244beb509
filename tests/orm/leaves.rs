//! What a leaf of a domain finds, and how what cannot be asked is refused: as Odoo 18 on PostgreSQL, on both databases.

use super::portal_user;
use crate::support::both;
use serde_json::{Value as Json, json};
use workwarden::orm::{Env, SUPERUSER};

/// The places in `ids` of the records found, or the error's name.
fn found(env: &Env, model: &str, ids: &[i64], leaf: &Json) -> Json {
    let mut domain = vec![json!(["id", "in", ids])];
    match leaf.as_array() {
        Some(terms) if terms.first().is_some_and(|t| t == "!" || t.is_array()) => {
            domain.extend(terms.clone())
        }
        _ => domain.push(leaf.clone()),
    }
    match env.search(model, json!(domain)) {
        Ok(found) => {
            let mut at: Vec<_> =
                ids.iter().enumerate().filter(|(_, id)| found.contains(id)).map(|(i, _)| i).collect();
            at.sort_unstable();
            json!(at)
        }
        Err(e) => json!(e.name().rsplit('.').next().unwrap_or_default()),
    }
}

both!(empty_and_odd_values_are_compared_as_odoo_compares_them, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let project = env.create("project.project", json!({"name": "leaves"}))?;
        let stage = env.create("project.task.type", json!({"name": "s", "project_ids": [[4, project]]}))?;
        let task = |vals: Json| env.create("project.task", vals);
        let ids = [
            task(json!({"name": "a", "project_id": project, "stage_id": stage, "color": 3,
                        "date_deadline": "2024-03-05 10:00:00"}))?,
            task(json!({"name": "b", "project_id": project, "stage_id": false, "color": 0}))?,
        ];
        let cases = [
            // nothing is known of an empty value but whether it is there
            (json!(["name", ">=", false]), json!([])),
            (json!(["id", ">", false]), json!([])),
            (json!(["color", ">=", false]), json!([0, 1])),
            (json!(["color", "=", false]), json!([1])),
            (json!(["stage_id", "=ilike", false]), json!([1])),
            (json!(["active", "!=", null]), json!([0, 1])),
            (json!(["description", "=like", ""]), json!([0, 1])),
            (json!(["date_deadline.month_number", "!=", 3]), json!([])),
            (json!(["date_deadline.month_number", "=", "3"]), json!([0])),
            // a list without values is never fulfilled, whatever the field
            (json!(["depend_on_count", "in", []]), json!([])),
            (json!(["nope", "in", false]), json!([])),
            (json!(["!", ["allow_milestones", "=?", false]]), json!([])),
            (json!(["stage_id", "child_of", 0]), json!([])),
            (json!(["child_ids", "parent_of", "nobody"]), json!([])),
            // what Python or PostgreSQL do not take
            (json!(["color", "=", "x"]), json!("ValueError")),
            (json!(["color", "<", [1]]), json!("TypeError")),
            (json!(["id", "=", "x"]), json!("InvalidTextRepresentation")),
            (json!(["id", ">=", ["x"]]), json!("InvalidTextRepresentation")),
            (json!(["stage_id", "=", true]), json!("UndefinedFunction")),
            (json!(["stage_id", "in", [false, true, "x"]]), json!("UndefinedFunction")),
            (json!(["stage_id", "=", {"a": 1}]), json!("ProgrammingError")),
            (json!(["child_ids", "in", [false]]), json!("UndefinedFunction")),
            (json!(["tag_ids", "in", ["x", 1]]), json!("InvalidTextRepresentation")),
            (json!(["active", "=like", "t"]), json!("UndefinedFunction")),
            (json!(["date_deadline", "=", ""]), json!("InvalidDatetimeFormat")),
            (json!(["date_deadline", "=", "99"]), json!("DatetimeFieldOverflow")),
            (json!(["date_deadline.month_number", "in", [3]]), json!("SyntaxError")),
            (json!(["date_deadline.month_number", "=", false]), json!("UndefinedFunction")),
            (json!(["task_properties", "=", "x"]), json!("ValueError")),
            (json!(["child_ids", "any", false]), json!("AssertionError")),
        ];
        for (leaf, wanted) in cases {
            assert_eq!(found(env, "project.task", &ids, &leaf), wanted, "{leaf}");
        }
        Ok(())
    })
    .unwrap();
});

both!(what_a_user_has_of_his_contact_is_unknown_where_it_is_empty, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let user = |login: &str, city: Json| {
            env.create("res.users", json!({"name": login, "login": login, "city": city}))
        };
        let ids =
            [user("leaf-a", json!("Ulm"))?, user("leaf-b", json!(false))?, user("leaf-c", json!("Bonn"))?];
        assert_eq!(found(env, "res.users", &ids, &json!(["!", ["city", "=like", "U%"]])), json!([2]));
        assert_eq!(found(env, "res.users", &ids, &json!(["city", "not like", "U"])), json!([1, 2]));
        Ok(())
    })
    .unwrap();
});

both!(rights_are_asked_of_columns_and_of_what_is_searched, |app| {
    let portal = app
        .with_env(SUPERUSER, Default::default(), |env| {
            let portal = env.need_xmlid("base.group_portal")?;
            env.create("res.users", json!({"name": "p", "login": "leaf-p", "groups_id": [[6, 0, [portal]]]}))
        })
        .unwrap();
    app.with_env(portal, Default::default(), |env| {
        let told = |leaf: Json| match env.search("project.task", json!([leaf])) {
            Ok(_) => String::new(),
            Err(e) => e.message,
        };
        // a column is refused by the field, a search by what it looks through, a flag of one's own by nobody
        assert_eq!(
            told(json!(["rating_last_value", ">", 1])),
            "You cannot read the following fields on tasks: rating_last_value"
        );
        assert!(
            told(json!(["rating_ids", "=", false])).starts_with("You are not allowed to access 'Rating'")
        );
        assert_eq!(told(json!(["message_is_follower", "=", true])), "");
        Ok(())
    })
    .unwrap();
});

both!(what_is_wrong_is_told_in_the_order_in_which_odoo_finds_it, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let told = |domain: Json| {
            let e = env.search("project.task", domain).unwrap_err();
            (e.name().rsplit('.').next().unwrap_or_default().to_owned(), e.message)
        };
        let assertion =
            "Domains to normalize must have a 'domain' form: a list or tuple of domain components";
        let cases = [
            // the shape first, wherever it is wrong
            (json!([["nope", "=", 1], ["stage_id.x", "any", 3]]), ("AssertionError", assertion)),
            (json!([["color.x", "not any", "a"]]), ("AssertionError", assertion)),
            (json!([["color", "any", []]]), ("KeyError", "None")),
            // then fields, from the first to the last, then conditions from the last to the first
            (
                json!([["color", "child_of", 1], ["stage_id.nope", "=", 1], ["nope", "=", 1]]),
                ("ValueError", "Invalid field project.task.type.nope in leaf ('nope', '=', 1)"),
            ),
            (json!([["color", "child_of", 1], ["name", "parent_of", 1]]), ("KeyError", "parent_of")),
            // those on other records are put behind the rest
            (
                json!([["stage_id.name.x", "=", 1], ["color", "child_of", 1]]),
                ("AssertionError", "Invalid field 'name.x' in domain term ('name.x', '=', 1)"),
            ),
            // a path within a value is negated as a field is
            (
                json!(["!", ["name.x", "=", 1]]),
                ("AssertionError", "Invalid field 'name.x' in domain term ('name.x', '!=', 1)"),
            ),
            (json!([["stage_id.name", "==", 1]]), ("ValueError", "Invalid leaf ('name', '==', 1)")),
        ];
        for (domain, (name, message)) in cases {
            assert_eq!(told(domain.clone()), (name.to_owned(), message.to_owned()), "{domain}");
        }
        // of what only the database refuses is heard last, and then of the first
        let (name, _) = told(json!([["name", "parent_of", 1], ["id", "=", "x"]]));
        assert_eq!(name, "KeyError");
        let (_, message) = told(json!([["id", "=", "x"], ["id", "=", "y"]]));
        assert_eq!(message.trim_end(), "invalid input syntax for type integer: \"x\"");
        Ok(())
    })
    .unwrap();
});

both!(what_a_field_searches_by_is_looked_at_though_it_finds_nothing, |app| {
    let (uid, task) = app
        .with_env(SUPERUSER, Default::default(), |env| {
            let portal = env.need_xmlid("base.group_portal")?;
            let vals = json!({"name": "P", "login": "p", "groups_id": [[6, 0, [portal]]]});
            Ok((env.create("res.users", vals)?, env.create("project.task", json!({"name": "t"}))?))
        })
        .unwrap();
    app.with_env(uid, Default::default(), |env| {
        let none = json!([["activity_type_id", "ilike", "no such"]]);
        let e = env.search("project.task", none).unwrap_err();
        assert!(e.message.starts_with("You are not allowed to access 'Activity' (mail.activity)"), "{e}");
        Ok(())
    })
    .unwrap();
    app.with_env(SUPERUSER, Default::default(), |env| {
        // lines that refer by number are searched, and False is none of them
        assert_eq!(found(env, "project.task", &[task], &json!(["message_ids", "in", [false]])), json!([]));
        assert_eq!(
            found(env, "project.task", &[task], &json!(["message_ids", "not in", [false]])),
            json!([0])
        );
        // a follower is shown as the contact is, and found by his name alone
        let vals = json!({"name": "Ann", "email": "xyzzy@example.com"});
        let ann = env.create("res.partner", vals)?;
        let kwargs = json!({"partner_ids": [ann]}).as_object().cloned().unwrap();
        env.call("project.task", &[task], "message_subscribe", Vec::new(), kwargs)?;
        let by =
            |name: &str| found(env, "project.task", &[task], &json!(["message_follower_ids", "ilike", name]));
        assert_eq!((by("xyzzy"), by("ann")), (json!([]), json!([0])));
        Ok(())
    })
    .unwrap();
});

both!(what_users_have_from_their_contacts_is_asked_of_the_contacts, |app| {
    let uid = portal_user(&app);
    app.with_env(uid, Default::default(), |env| {
        let told = |domain: Json| env.search("res.users", domain).unwrap_err().message;
        // the rights are those of who asks
        let industry = told(json!([["industry_id", "any", [["name", "=", "x"]]]]));
        assert!(industry.starts_with("You are not allowed to access 'Industry'"), "{industry}");
        let mine = told(json!([["my_activity_date_deadline", "=", "2024-01-01"]]));
        assert!(mine.starts_with("You are not allowed to access 'Activity'"), "{mine}");
        // in a language that there is not no refusal can be told
        let french = env.with_context(json!({"lang": "fr_FR"}));
        let e = french.search("res.partner.industry", json!([])).unwrap_err();
        assert_eq!(e.message, "Invalid language code: fr_FR");
        Ok(())
    })
    .unwrap();
    app.with_env(SUPERUSER, Default::default(), |env| {
        let e = env.search("res.users", json!([["tz_offset.x", "=", 1], ["name.x", "=", 1]])).unwrap_err();
        assert_eq!(e.message, "Invalid field 'name.x' in domain term ('name.x', '=', 1)");
        // what cannot be searched leaves all, though nothing lies on the way to it
        let project = env.create("project.project", json!({"name": "p"}))?;
        let found = found(env, "project.project", &[project], &json!(["analytic_account_balance", ">", 5]));
        assert_eq!(found, json!([0]));
        Ok(())
    })
    .unwrap();
});
