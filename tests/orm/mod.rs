//! Generic methods of models, called as a client calls them, on both databases.

mod grouping;
mod leaves;
mod links;
mod ordering;
mod races;
mod reads;
mod rules;
mod statements;
mod transfer;
mod web;

use serde_json::{Value as Json, json};
use workwarden::orm::{Env, SUPERUSER};
use workwarden::service::App;

/// A method of a model, arguments as a list; `kwargs` an object.
fn call(env: &Env, model: &str, ids: &[i64], method: &str, args: Json, kwargs: Json) -> Json {
    let args = args.as_array().cloned().unwrap_or_default();
    let kwargs = kwargs.as_object().cloned().unwrap_or_default();
    env.call(model, ids, method, args, kwargs).unwrap()
}

/// Tags named after `prefix`, with these colors; their ids.
fn tags(env: &Env, prefix: &str, colors: &[i64]) -> Vec<i64> {
    let vals = colors
        .iter()
        .enumerate()
        .map(|(i, c)| json!({"name": format!("{prefix}{i}"), "color": c}).as_object().cloned().unwrap())
        .collect();
    env.create_many("project.tags", vals).unwrap()
}

/// Somebody from outside.
fn portal_user(app: &App) -> i64 {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let portal = env.need_xmlid("base.group_portal")?;
        env.create("res.users", json!({"name": "P", "login": "p", "groups_id": [[6, 0, [portal]]]}))
    })
    .unwrap()
}
