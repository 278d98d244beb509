//! Users: making and changing them, what they may do to themselves, who cannot be deleted.

use crate::db::{ColType, Sql};
use crate::error::{Error, Result};
use crate::models::mail_thread::assign;
use crate::models::mail_thread::post::{self, Author, Message};
use crate::orm::{Behaviour, Env, Model, Super, env::SUPERUSER, rule};
use crate::value::{Json, Map, json_is_falsy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::HashMap;

use super::{avatar_mixin, res_groups};
use super::{res_users_fields as fields, res_users_methods as methods, res_users_names as names};

/// What a user may write on himself without any right on users.
pub const SELF_WRITEABLE: &[&str] = &[
    "signature",
    "action_id",
    "company_id",
    "email",
    "name",
    "image_1920",
    "lang",
    "tz",
    "notification_type",
];

/// What he may read of himself beyond that.
pub const SELF_READABLE: &[&str] = &[
    "id",
    "display_name",
    "login",
    "groups_id",
    "partner_id",
    "write_date",
    "tz_offset",
    "share",
    "api_key_ids",
    "device_ids",
    "image_1024",
    "image_512",
    "image_256",
    "image_128",
    "avatar_1920",
    "avatar_1024",
    "avatar_512",
    "avatar_256",
    "avatar_128",
    "res_users_settings_id",
    "res_users_settings_ids",
];

/// Behaviour of `res.users`.
pub fn behaviour() -> Behaviour {
    let b = Behaviour::new("res.users")
        .constrains(&["company_id", "company_ids", "active"], check_company)
        .constrains(&["groups_id"], check_one_user_type)
        .constrains(&["groups_id"], check_an_administrator)
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy_data);
    super::res_partner_onchange::register_user(names::register(methods::register(fields::register(b))))
}

fn create(env: &Env, sup: Super<'_>, vals: Vec<Map>) -> Result<Vec<i64>> {
    let ids = sup.create(env, vals)?;
    res_groups::complete_users(env, &ids)?;
    check_one_user_type(env, sup.model, &ids)?;
    settle_partners(env, &ids)?;
    draw_initials(env, &ids)?;
    make_settings(env, &ids)?;
    if tells_of_access(env) {
        let granted: Vec<(i64, bool)> =
            holders(env, "base.group_portal", &ids)?.into_iter().map(|u| (u, true)).collect();
        log_access(env, &granted)?;
    }
    Ok(ids)
}

fn tells_of_access(env: &Env) -> bool {
    !env.flag("mail_create_nolog") && !env.flag("mail_notrack")
}

/// Notes on contacts that their users came to the portal, or left it.
fn log_access(env: &Env, users: &[(i64, bool)]) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    let root = env.sudo();
    let author = Author::of_user(env)?;
    let subtype = root.xmlid("mail.mt_note")?;
    let ids: Vec<i64> = users.iter().map(|(u, _)| *u).collect();
    let contacts: HashMap<i64, (i64, String)> = root
        .fetch("res.users", &ids, &["partner_id", "email"])?
        .iter()
        .map(|u| (u.id, (u.int("partner_id"), u.str("email").to_owned())))
        .collect();
    let names = root.display_names("res.partner", &contacts.values().map(|c| c.0).collect::<Vec<_>>())?;
    let mut messages = Vec::new();
    for (user, granted) in users {
        let Some((partner, email)) = contacts.get(user) else { continue };
        let said = if *granted { "Portal Access Granted" } else { "Portal Access Revoked" };
        let email = if email.is_empty() { String::new() } else { format!(" ({})", assign::escaped(email)) };
        messages.push(Message {
            res_id: *partner,
            body: format!("<p>{said}{email}</p>"),
            subtype,
            record_name: names.get(partner).cloned(),
            ..Message::new(&author)
        });
    }
    post::insert(&root, "res.partner", messages).map(|_| ())
}

/// Colleagues without a picture get their initial for one.
fn draw_initials(env: &Env, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    for u in root.fetch("res.users", ids, &["name", "share", "partner_id", "image_128"])? {
        if u.bool("share") || u.str("name").is_empty() || !u.get("image_128").is_falsy() {
            continue;
        }
        let picture = STANDARD.encode(avatar_mixin::letter(u.str("name"), u.int("partner_id")));
        root.write("res.partner", &[u.int("partner_id")], json!({ "image_1920": picture }))?;
    }
    Ok(())
}

/// The partner of a new user is archived when the user is, and follows his company unless it is everybody's.
fn settle_partners(env: &Env, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let users = root.fetch("res.users", ids, &["partner_id", "company_id", "active"])?;
    let partners: Vec<i64> = users.iter().map(|u| u.int("partner_id")).collect();
    let mut changes: Vec<(i64, (bool, i64))> = Vec::new();
    for (user, partner) in
        users.iter().zip(root.fetch("res.partner", &partners, &["active", "company_id"])?)
    {
        let company = if partner.opt("company_id").is_some() { user.int("company_id") } else { 0 };
        if partner.bool("active") != user.bool("active") || company != partner.int("company_id") {
            changes.push((partner.id, (user.bool("active"), company)));
        }
    }
    for ((active, company), partners) in super::base::by_values(changes) {
        let company = if company == 0 { json!(false) } else { json!(company) };
        root.write("res.partner", &partners, json!({"active": active, "company_id": company}))?;
    }
    Ok(())
}

/// Internal users have a row of settings.
fn make_settings(env: &Env, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let internal: Vec<i64> = root.with_context(json!({"active_test": false})).search(
        "res.users",
        json!([["id", "in", ids], ["share", "=", false], ["res_users_settings_ids", "=", false]]),
    )?;
    let rows = internal.iter().map(|id| Map::from_iter([("user_id".to_owned(), json!(id))])).collect();
    root.create_many("res.users.settings", rows)?;
    Ok(())
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    let active = vals.get("active").map(|v| !json_is_falsy(v));
    if active == Some(true) && ids.contains(&SUPERUSER) {
        return Err(Error::user("You cannot activate the superuser."));
    }
    if active == Some(false) && ids.contains(&env.uid()) && !env.flag("install_mode") {
        return Err(Error::user("You cannot deactivate the user you're currently logged in as."));
    }
    if active == Some(true) {
        revive_partners(env, ids)?;
    }
    let mut env = env.clone();
    if !env.su() && ids == [env.uid()] && vals.keys().all(|k| SELF_WRITEABLE.contains(&k.as_str())) {
        if let Some(company) = vals.get("company_id").and_then(Json::as_i64)
            && !env.user()?.company_ids.contains(&company)
        {
            vals.shift_remove("company_id");
        }
        env = env.sudo();
    }
    let groups = vals.get("groups_id").cloned();
    let before = if groups.is_some() { internal(&env, ids)? } else { Vec::new() };
    let told = groups.is_some() && tells_of_access(&env);
    let portal = if told { holders(&env, "base.group_portal", ids)? } else { Vec::new() };
    let company = vals.get("company_id").and_then(Json::as_i64);
    sup.write(&env, ids, vals)?;
    if let Some(company) = company {
        move_partners(&env, ids, company)?;
    }
    let Some(groups) = groups else { return Ok(()) };
    restrict_demoted(&env, sup, &before, groups)?;
    res_groups::complete_users(&env, ids)?;
    check_one_user_type(&env, sup.model, ids)?;
    if told {
        let now = holders(&env, "base.group_portal", ids)?;
        let changed = ids.iter().filter(|u| now.contains(u) != portal.contains(u));
        log_access(&env, &changed.map(|u| (*u, now.contains(u))).collect::<Vec<_>>())?;
    }
    make_settings(&env, ids)
}

/// Who loses the internal group keeps only what he was given now, not what that group had implied.
fn restrict_demoted(env: &Env, sup: Super<'_>, before: &[i64], groups: Json) -> Result<()> {
    let after = internal(env, before)?;
    let demoted: Vec<i64> = before.iter().copied().filter(|u| !after.contains(u)).collect();
    let Json::Array(mut commands) = groups else { return Ok(()) };
    if demoted.is_empty() {
        return Ok(());
    }
    commands.insert(0, json!([5]));
    sup.write(env, &demoted, Map::from_iter([("groups_id".to_owned(), Json::Array(commands))]))
}

/// Which of the users hold base.group_user.
fn internal(env: &Env, ids: &[i64]) -> Result<Vec<i64>> {
    holders(env, "base.group_user", ids)
}

/// Which of the users hold a group.
fn holders(env: &Env, group: &str, ids: &[i64]) -> Result<Vec<i64>> {
    let Some(group) = env.xmlid(group)? else { return Ok(Vec::new()) };
    let sql =
        Sql::of("SELECT uid FROM res_groups_users_rel WHERE gid = ").int(group).raw(" AND uid").ids(ids);
    Ok(env.query(&sql, &[ColType::Int])?.iter().map(|r| r[0].int()).collect())
}

/// A partner with a company of its own follows its user's.
fn move_partners(env: &Env, ids: &[i64], company: i64) -> Result<()> {
    let root = env.sudo();
    let all = root.with_context(json!({"active_test": false}));
    let moved = all.search(
        "res.partner",
        json!([["user_ids", "in", ids], ["company_id", "!=", false], ["company_id", "!=", company]]),
    )?;
    root.write("res.partner", &moved, json!({"company_id": company}))
}

/// A user made active again brings his archived partner back.
fn revive_partners(env: &Env, ids: &[i64]) -> Result<()> {
    let root = env.sudo();
    let archived = root
        .with_context(json!({"active_test": false}))
        .search("res.partner", json!([["user_ids", "in", ids], ["active", "=", false]]))?;
    root.write("res.partner", &archived, json!({"active": true}))
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    rule::check(env, sup.model, ids, 'u')?;
    if ids.contains(&SUPERUSER) {
        return Err(Error::user(
            "You can not remove the admin user as it is used internally for resources created by Odoo (updates, \
             module installation, ...)",
        ));
    }
    let is = |xmlid: &str| Ok::<_, Error>(env.xmlid(xmlid)?.is_some_and(|id| ids.contains(&id)));
    if is("base.user_admin")? {
        return Err(Error::user(
            "You cannot delete the admin user because it is utilized in various places (such as security \
             configurations,...). Instead, archive it.",
        ));
    }
    if is("base.template_portal_user_id")? || is("base.public_user")? || is("base.default_user")? {
        return Err(Error::user(
            "Deleting the template users is not allowed. Deleting this profile will compromise critical \
             functionalities.",
        ));
    }
    sup.unlink(env, ids)
}

fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let name = !default.contains_key("name") && !default.contains_key("partner_id");
    let login = !default.contains_key("login");
    let addressed = default.contains_key("email");
    let mut all = sup.copy_data(env, ids, default)?;
    let users = env.fetch("res.users", ids, &["name", "login"])?;
    for (vals, user) in all.iter_mut().zip(users) {
        if !addressed {
            vals.shift_remove("email");
        }
        if name {
            vals.insert("name".into(), json!(format!("{} (copy)", user.str("name"))));
        }
        if login {
            vals.insert("login".into(), json!(format!("{} (copy)", user.str("login"))));
        }
    }
    Ok(all)
}

fn check_company(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    let users = env.fetch("res.users", ids, &["active", "name", "company_id", "company_ids"])?;
    for u in users.iter().filter(|u| u.bool("active")) {
        if u.ids("company_ids").contains(&u.int("company_id")) {
            continue;
        }
        let mut wanted = u.ids("company_ids").to_vec();
        wanted.push(u.int("company_id"));
        let names = env.display_names("res.company", &wanted)?;
        let name = |id: &i64| names.get(id).cloned().unwrap_or_default();
        let allowed: Vec<String> = u.ids("company_ids").iter().map(name).collect();
        return Err(Error::validation(format!(
            "Company {} is not in the allowed companies for user {} ({}).",
            name(&u.int("company_id")),
            u.str("name"),
            allowed.join(", ")
        )));
    }
    Ok(())
}

/// Internal, portal, public: one of them.
fn check_one_user_type(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    let mut types = Vec::new();
    for xmlid in ["base.group_user", "base.group_portal", "base.group_public"] {
        types.extend(env.xmlid(xmlid)?);
    }
    let sql = Sql::of("SELECT uid FROM res_groups_users_rel WHERE uid")
        .ids(ids)
        .raw(" AND gid")
        .ids(&types)
        .raw(" GROUP BY uid HAVING COUNT(*) > 1 LIMIT 1");
    if env.query(&sql, &[ColType::Int])?.is_empty() {
        return Ok(());
    }
    Err(Error::validation("The user cannot have more than one user types."))
}

fn check_an_administrator(env: &Env, _: &Model, _: &[i64]) -> Result<()> {
    let Some(group) = env.xmlid("base.group_system")? else { return Ok(()) };
    if env.flag("install_mode") {
        return Ok(());
    }
    let sql = Sql::of(
        "SELECT u.id FROM res_users u JOIN res_groups_users_rel r ON r.uid = u.id WHERE u.active AND r.gid = ",
    )
    .int(group)
    .raw(" LIMIT 1");
    if env.query(&sql, &[ColType::Int])?.is_empty() {
        return Err(Error::validation("You must have at least an administrator user."));
    }
    Ok(())
}
