//! Record rules are written in several ways: listed, row by row, joined, with and without what takes a subquery. They
//! must agree.

use crate::support::both;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use workwarden::db::Mode;
use workwarden::error::Kind;
use workwarden::orm::{Env, SUPERUSER};

/// A user of that group, with his contact.
fn user(env: &Env, login: &str, group: &str) -> (i64, i64) {
    let group = env.need_xmlid(group).unwrap();
    let vals = json!({"name": login, "login": login, "groups_id": [[6, 0, [group]]]});
    let id = env.create("res.users", vals).unwrap();
    (id, env.fetch_one("res.users", id, &["partner_id"]).unwrap().int("partner_id"))
}

/// Tasks in projects of every visibility, with and without followers, assignees and collaborators.
fn scene(env: &Env, people: &[(i64, i64)]) {
    let quiet = env.with_context(json!({"tracking_disable": true, "mail_create_nosubscribe": true}));
    let mut projects: Vec<Json> = vec![json!(false)];
    for visibility in ["followers", "employees", "portal"] {
        for follower in [None, people.first(), people.last()] {
            let vals =
                json!({"name": format!("{visibility} {follower:?}"), "privacy_visibility": visibility});
            let id = quiet.create("project.project", vals).unwrap();
            if let Some((_, partner)) = follower {
                let kwargs = json!({"partner_ids": [partner]}).as_object().cloned().unwrap();
                quiet.call("project.project", &[id], "message_subscribe", Vec::new(), kwargs).unwrap();
                if visibility == "portal" {
                    let vals = json!({"project_id": id, "partner_id": partner});
                    quiet.create("project.collaborator", vals).unwrap();
                }
            }
            projects.push(json!(id));
        }
    }
    for project in projects {
        for (n, person) in people.iter().map(Some).chain([None]).enumerate() {
            let assignees: Vec<i64> = person.iter().map(|p| p.0).filter(|_| n % 2 == 0).collect();
            let vals = json!({"name": format!("{project} {n}"), "project_id": project,
                "user_ids": [[6, 0, assignees]]});
            let id = quiet.create("project.task", vals).unwrap();
            if let Some((_, partner)) = person.filter(|_| n % 3 == 0) {
                let kwargs = json!({"partner_ids": [partner]}).as_object().cloned().unwrap();
                quiet.call("project.task", &[id], "message_subscribe", Vec::new(), kwargs).unwrap();
            }
        }
    }
}

both!(what_a_search_finds_is_what_a_read_gives, |app| {
    let people = app
        .with_env(SUPERUSER, Default::default(), |env| {
            let people = [
                user(env, "manager", "project.group_project_manager"),
                user(env, "worker", "project.group_project_user"),
                user(env, "plain", "base.group_user"),
                user(env, "outside", "base.group_portal"),
            ];
            scene(env, &people);
            Ok(people)
        })
        .unwrap();
    let mut seen = BTreeSet::new();
    for (uid, _) in people.into_iter().chain([(2, 0)]) {
        for model in ["project.task", "project.project", "res.partner", "res.users"] {
            let all = app.reading(SUPERUSER, Default::default(), |env| {
                env.with_context(json!({"active_test": false})).search(model, json!([]))
            });
            let (found, given) = app
                .db
                .with_env(uid, Default::default(), Mode::Read, |env| {
                    let env = env.with_context(json!({"active_test": false}));
                    let found: BTreeSet<i64> = env.search(model, json!([]))?.into_iter().collect();
                    let mut given = BTreeSet::new();
                    for id in all.as_ref().unwrap() {
                        match env.fetch(model, &[*id], &["display_name", "create_date"]) {
                            Ok(_) => given.insert(*id),
                            Err(e) if e.kind == Kind::Access => false,
                            Err(e) => return Err(e),
                        };
                    }
                    let many: Vec<i64> = found.iter().copied().collect();
                    assert_eq!(env.fetch(model, &many, &["create_date"])?.len(), many.len(), "{uid} {model}");
                    Ok((found, given))
                })
                .unwrap();
            assert_eq!(found, given, "{model} of user {uid}");
            seen.insert((model, found.len() < all.unwrap().len()));
        }
    }
    assert!(seen.contains(&("project.task", true)) && seen.contains(&("project.project", false)), "{seen:?}");
});
