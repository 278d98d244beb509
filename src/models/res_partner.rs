//! Contacts: making, changing, archiving and deleting them, finding and naming them.

use crate::error::{Error, Kind, Result};
use crate::orm::{Behaviour, Call, Env, Method, Model, Super, rule};
use crate::value::{Json, Map, json_is_falsy, py_repr};
use serde_json::json;
use std::collections::HashMap;

use super::{email, res_partner_fields as fields, res_partner_sync as sync};

/// Behaviour of `res.partner`.
pub fn behaviour() -> Behaviour {
    let b = Behaviour::new("res.partner")
        .name_fields(&["complete_name", "email", "ref", "vat", "company_registry"])
        .display_name(display_name)
        .constrains(&["parent_id"], check_recursion)
        .create(create)
        .write(write)
        .unlink(unlink)
        .copy_data(copy_data)
        .method(Method::model("name_create", "name", name_create))
        .method(Method::model("find_or_create", "email, assert_valid_email=False", find_or_create))
        .method(Method::record("address_get", "adr_pref=None", address_get).readonly())
        .method(Method::record("open_commercial_entity", "", open_commercial_entity).readonly())
        .method(Method::record("create_company", "", create_company));
    super::res_partner_onchange::register(fields::register(b))
}

fn check_recursion(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if super::base::has_cycle(env, "res.partner", ids, "parent_id")? {
        return Err(Error::validation("You cannot create recursive Partner hierarchies."));
    }
    Ok(())
}

/// `example.com` → `http://example.com`.
fn clean_website(vals: &mut Map) {
    if let Some(Json::String(site)) = vals.get_mut("website")
        && !site.is_empty()
        && !site.contains("://")
    {
        *site = format!("http://{site}");
    }
}

/// A contact of a company has no company name of its own.
fn prepare(vals: &mut Map) {
    clean_website(vals);
    if vals.get("parent_id").is_some_and(|p| !json_is_falsy(p)) {
        vals.insert("company_name".into(), json!(false));
    }
}

fn create(env: &Env, sup: Super<'_>, mut vals: Vec<Map>) -> Result<Vec<i64>> {
    vals.iter_mut().for_each(prepare);
    let ids = sup.create(env, vals.clone())?;
    sync::after_create(env, sup, &ids, &vals)?;
    Ok(ids)
}

fn write(env: &Env, sup: Super<'_>, ids: &[i64], mut vals: Map) -> Result<()> {
    if vals.get("active") == Some(&Json::Bool(false)) {
        refuse_with_users(env, ids, Refusal::Archive)?;
    }
    prepare(&mut vals);
    if let Some(company) = vals.get("company_id").cloned() {
        check_users_company(env, ids, &company)?;
        let children = env
            .sudo()
            .with_context(json!({"active_test": false}))
            .search("res.partner", json!([["parent_id", "in", ids], ["company_id", "!=", company]]))?;
        env.write("res.partner", &children, json!({"company_id": company}))?;
    }
    sup.write(env, ids, vals.clone())?;
    check_internal_user(env, ids)?;
    sync::after_write(env, sup, ids, &vals)
}

/// Changing a colleague's contact takes the right to change users.
fn check_internal_user(env: &Env, ids: &[i64]) -> Result<()> {
    if env.su() {
        return Ok(());
    }
    let others = env.sudo().search(
        "res.users",
        json!([["partner_id", "in", ids], ["share", "=", false], ["id", "!=", env.uid()]]),
    )?;
    if others.is_empty() {
        Ok(())
    } else {
        crate::orm::access::check_model(env, env.model("res.users")?, 'w')
    }
}

fn check_users_company(env: &Env, ids: &[i64], company: &Json) -> Result<()> {
    if json_is_falsy(company) {
        return Ok(());
    }
    let misfits =
        env.sudo().search("res.users", json!([["partner_id", "in", ids], ["company_id", "!=", company]]))?;
    if misfits.is_empty() {
        return Ok(());
    }
    Err(Error::user("The selected company is not compatible with the companies of the related user(s)"))
}

/// What is refused to contacts that active users stand behind.
#[derive(Clone, Copy)]
enum Refusal {
    Archive,
    Delete,
}

fn refuse_with_users(env: &Env, ids: &[i64], what: Refusal) -> Result<()> {
    let root = env.sudo().with_context(json!({"active_test": true}));
    let users = root.search("res.users", json!([["partner_id", "in", ids]]))?;
    if users.is_empty() {
        return Ok(());
    }
    let names = root.display_names("res.users", &users)?;
    let names: Vec<String> = users.iter().filter_map(|u| names.get(u).cloned()).collect();
    let names = names.join(", ");
    let may = crate::orm::access::allowed(env, env.model("res.users")?, 'w')?;
    let (head, advice) = match (what, may) {
        (Refusal::Archive, true) => (
            "You cannot archive contacts linked to an active user.",
            "You first need to archive their associated user.",
        ),
        (Refusal::Archive, false) => (
            "You cannot archive contacts linked to an active user.",
            "Ask an administrator to archive their associated user first.",
        ),
        (Refusal::Delete, true) => (
            "You cannot delete contacts linked to an active user.",
            "You should rather archive them after archiving their associated user.",
        ),
        (Refusal::Delete, false) => (
            "You cannot delete contacts linked to an active user.",
            "Ask an administrator to archive their associated user first.",
        ),
    };
    if !may {
        return Err(Error::validation(format!("{head}\n{advice}\n\nLinked active users :\n{names}")));
    }
    let text = format!("{head}\n{advice}\n\nLinked active users : {names}");
    let action = users_action(env, &users)?;
    let mut error =
        Error::new(Kind::RedirectWarning, format!("{text}\n{}\nGo to users\nNone", py_repr(&action)));
    error.arguments = Some(vec![json!(text), action, json!("Go to users"), Json::Null]);
    Err(error)
}

/// The action that shows users: one in its form, several in a list.
fn users_action(env: &Env, users: &[i64]) -> Result<Json> {
    let mut action =
        json!({"type": "ir.actions.act_window", "res_model": "res.users", "context": {"create": false}});
    let form = env.xmlid("base.view_users_form")?.map_or(json!(false), |v| json!(v));
    let more = match users {
        [one] => json!({"view_mode": "form", "views": [[form, "form"]], "res_id": one}),
        many => json!({"name": "Users", "view_mode": "list,form", "views": [[false, "list"], [form, "form"]],
            "domain": [["id", "in", many]]}),
    };
    if let (Json::Object(a), Json::Object(m)) = (&mut action, more) {
        a.extend(m);
    }
    Ok(action)
}

fn unlink(env: &Env, sup: Super<'_>, ids: &[i64]) -> Result<()> {
    rule::check(env, sup.model, ids, 'u')?;
    refuse_with_users(env, ids, Refusal::Delete)?;
    sup.unlink(env, ids)
}

fn copy_data(env: &Env, sup: Super<'_>, ids: &[i64], default: Map) -> Result<Vec<Map>> {
    let named = default.get("name").is_some_and(|n| !json_is_falsy(n));
    let mut all = sup.copy_data(env, ids, default)?;
    for vals in all.iter_mut().filter(|_| !named) {
        let name = vals.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
        vals.insert("name".into(), json!(format!("{name} (copy)")));
    }
    Ok(all)
}

/// The complete name, and what the context asks to see with it.
fn display_name(env: &Env, _: &Model, ids: &[i64]) -> Result<HashMap<i64, String>> {
    let address = env.flag("show_address");
    let mut names = fields::complete_names(env, ids, env.flag("partner_display_name_hide_company"))?;
    let extra =
        ["show_email", "show_vat", "partner_show_db_id", "address_inline"].iter().any(|k| env.flag(k));
    if !address && !extra {
        return Ok(names);
    }
    let addresses = if address { fields::addresses(env, ids, false)? } else { HashMap::new() };
    for r in env.sudo().fetch("res.partner", ids, &["email", "vat"])? {
        let Some(name) = names.get_mut(&r.id) else { continue };
        if let Some(a) = addresses.get(&r.id) {
            *name = squeeze(&format!("{name}\n{a}"));
        }
        if env.flag("partner_show_db_id") {
            *name = format!("{name} ({})", r.id);
        }
        if env.flag("address_inline") {
            *name = name.split('\n').filter(|l| !l.trim().is_empty()).collect::<Vec<_>>().join(", ");
        }
        if env.flag("show_email") && !r.str("email").is_empty() {
            *name = format!("{name} <{}>", r.str("email"));
        }
        if env.flag("show_vat") && !r.str("vat").is_empty() {
            *name = format!("{name} ‒ {}", r.str("vat"));
        }
        *name = name.trim().to_owned();
    }
    Ok(names)
}

/// Blank lines and blanks before line ends go.
fn squeeze(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').map(str::trim_end).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}

/// `Jo <jo@x.example>` becomes a contact with name and address; an address alone is also the name.
fn name_create(env: &Env, call: &Call<'_>) -> Result<Json> {
    let (name, address) = email::contact(call.text("name").unwrap_or_default());
    let mut vals = Map::new();
    let shown = if name.is_empty() { address.clone().unwrap_or_default() } else { name };
    vals.insert("name".into(), if shown.is_empty() { json!(false) } else { json!(shown) });
    match address {
        Some(a) => drop(vals.insert("email".into(), json!(a))),
        None if env.flag("force_email") => {
            return Err(Error::validation("Couldn't create contact without email address!"));
        }
        None => {}
    }
    let id = env.create("res.partner", Json::Object(vals))?;
    let names = env.display_names("res.partner", &[id])?;
    Ok(json!([id, names.get(&id)]))
}

/// The contact with that address, made when there is none.
fn find_or_create(env: &Env, call: &Call<'_>) -> Result<Json> {
    let text =
        call.text("email").ok_or_else(|| Error::value("An email is required for find_or_create to work"))?;
    let (name, address) = email::contact(text);
    if address.is_none() && !json_is_falsy(call.arg("assert_valid_email")) {
        return Err(Error::value("A valid email is required for find_or_create to work properly."));
    }
    if let Some(a) = &address
        && let Some(id) = env.search("res.partner", json!([["email_normalized", "=", a]]))?.first()
    {
        return Ok(json!(id));
    }
    let shown = if name.is_empty() { address.clone().unwrap_or_default() } else { name };
    Ok(json!(env.create("res.partner", json!({"name": shown, "email": address}))?))
}

/// For each kind of address asked for, the contact that serves: among its own contacts, then its company's.
fn address_get(env: &Env, call: &Call<'_>) -> Result<Json> {
    let mut kinds = call.strings("adr_pref")?;
    if !kinds.iter().any(|k| k == "contact") {
        kinds.push("contact".into());
    }
    let mut found = Map::new();
    let roots: Vec<i64> = env
        .fetch("res.partner", &call.ids, &["commercial_partner_id"])?
        .iter()
        .map(|r| r.int("commercial_partner_id"))
        .collect();
    let family = env.search("res.partner", json!([["id", "child_of", roots]]))?;
    let family = env.fetch("res.partner", &family, &["type", "parent_id"])?;
    let near = |id: i64| call.ids.contains(&id);
    for kind in &kinds {
        let own = family.iter().find(|r| r.str("type") == kind && (near(r.id) || near(r.int("parent_id"))));
        if let Some(r) = own.or_else(|| family.iter().find(|r| r.str("type") == kind)) {
            found.insert(kind.clone(), json!(r.id));
        }
    }
    let fallback =
        found.get("contact").cloned().or_else(|| call.ids.first().map(|i| json!(i))).unwrap_or(json!(false));
    for kind in kinds {
        found.entry(kind).or_insert_with(|| fallback.clone());
    }
    Ok(Json::Object(found))
}

fn open_commercial_entity(env: &Env, call: &Call<'_>) -> Result<Json> {
    let id = call.one()?;
    let partner = env.fetch_one("res.partner", id, &["commercial_partner_id"])?;
    Ok(json!({"type": "ir.actions.act_window", "res_model": "res.partner", "view_mode": "form",
        "views": [[false, "form"]], "res_id": partner.int("commercial_partner_id"), "target": "current"}))
}

/// Makes a company of the text in `company_name` and puts the contact below it.
fn create_company(env: &Env, call: &Call<'_>) -> Result<Json> {
    for p in env.fetch("res.partner", &call.ids, &["company_name", "vat"])? {
        if p.str("company_name").is_empty() {
            continue;
        }
        let company = env.create(
            "res.partner",
            json!({"name": p.str("company_name"), "is_company": true, "vat": p.str("vat")}),
        )?;
        env.write("res.partner", &[p.id], json!({"parent_id": company}))?;
    }
    Ok(json!(true))
}
