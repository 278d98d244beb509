//! Menus: which ones a user sees, and the map of them the web client boots with.

use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::{Behaviour, Call, Computed, Domain, Env, Method, Model, access};
use crate::value::{Json, Map, Value, json_is_falsy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::{HashMap, HashSet};

use super::base::{has_cycle, xml_ids};
use super::res_partner_category::path_names;

/// Behaviour of `ir.ui.menu`.
pub fn behaviour() -> Behaviour {
    Behaviour::new("ir.ui.menu")
        .compute("compute_complete_name", compute_complete_name)
        .display_name(|env, _, ids| path_names(env, "ir.ui.menu", ids, "parent_id", "/"))
        .constrains(&["parent_id"], check_recursion)
        .record_rule(of_own_groups)
        .method(Method::model("load_menus", "debug=False", load_menus).readonly())
        .method(Method::model("load_web_menus", "debug=False", load_web_menus).readonly())
        .method(Method::model("get_user_roots", "", get_user_roots).readonly())
}

fn compute_complete_name(env: &Env, _: &Model, ids: &[i64]) -> Result<Computed> {
    let mut out = Computed::new();
    for (id, name) in path_names(env, "ir.ui.menu", ids, "parent_id", "/")? {
        out.set(id, "complete_name", Value::Text(name));
    }
    Ok(out)
}

fn check_recursion(env: &Env, _: &Model, ids: &[i64]) -> Result<()> {
    if has_cycle(env, "ir.ui.menu", ids, "parent_id")? {
        return Err(crate::error::Error::validation("Error! You cannot create recursive menus."));
    }
    Ok(())
}

/// Menus of other groups do not exist for a user.
fn of_own_groups(env: &Env, _: &Model, op: char) -> Result<Domain> {
    if op != 'r' || env.flag("ir.ui.menu.full_list") {
        return Ok(Domain::True);
    }
    let groups: Vec<i64> = env.user()?.groups.iter().copied().collect();
    Ok(Domain::leaf("groups_id", "=", json!(false)).or(Domain::in_ids("groups_id", &groups)))
}

/// One menu on its way to the client.
struct Menu {
    id: i64,
    name: String,
    sequence: i64,
    parent: i64,
    action: Option<(String, i64)>,
    icon: String,
    children: Vec<i64>,
}

/// Who gets the menus of technical features: those who debug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Technical {
    /// They are shown to who has the group.
    Shown,
    /// They are not.
    Hidden,
}

/// Menus the user sees: of his groups, with an action whose model he may read, or above such a one.
fn visible(env: &Env, technical: Technical) -> Result<Vec<Menu>> {
    let ids = env.search("ir.ui.menu", json!([]))?;
    let fields = ["name", "sequence", "parent_id", "action", "web_icon", "groups_id"];
    let rows = env.fetch("ir.ui.menu", &ids, &fields)?;
    let no_one = env.xmlid("base.group_no_one")?;
    let user = env.user()?;
    let asked = |groups: &[i64]| {
        let debugs = |g: &i64| technical == Technical::Shown || Some(*g) != no_one;
        groups.is_empty() || groups.iter().any(|g| user.groups.contains(g) && debugs(g))
    };
    let mut menus: Vec<Menu> = rows
        .iter()
        .filter(|r| asked(r.ids("groups_id")))
        .map(|r| Menu {
            id: r.id,
            name: r.str("name").to_owned(),
            sequence: r.int("sequence"),
            parent: r.int("parent_id"),
            action: r
                .str("action")
                .split_once(',')
                .and_then(|(m, id)| Some((m.to_owned(), id.parse().ok()?))),
            icon: r.str("web_icon").to_owned(),
            children: Vec::new(),
        })
        .collect();
    let models = action_models(env, &menus)?;
    let allowed = |m: &Menu| match &m.action {
        None => false,
        Some(key) => match models.get(key).map(String::as_str) {
            None => false,
            Some("") => true,
            Some(model) => {
                env.registry().find(model).is_some_and(|m| access::allowed(env, m, 'r').unwrap_or(false))
            }
        },
    };
    let parents: HashMap<i64, i64> = menus.iter().map(|m| (m.id, m.parent)).collect();
    let mut shown: HashSet<i64> = HashSet::new();
    for m in menus.iter().filter(|m| allowed(m)) {
        let mut chain = vec![m.id];
        let mut at = m.parent;
        while at != 0 && chain.len() < 50 {
            let Some(above) = parents.get(&at) else { break };
            chain.push(at);
            at = *above;
        }
        // a menu below one that is hidden stays hidden
        if at == 0 {
            shown.extend(chain);
        }
    }
    menus.retain(|m| shown.contains(&m.id));
    Ok(menus)
}

/// Model behind each action (empty when it needs none); actions that are gone are left out.
fn action_models(env: &Env, menus: &[Menu]) -> Result<HashMap<(String, i64), String>> {
    let mut out = HashMap::new();
    let mut wanted: HashMap<&str, Vec<i64>> = HashMap::new();
    for (model, id) in menus.iter().filter_map(|m| m.action.as_ref()) {
        wanted.entry(model).or_default().push(*id);
    }
    for (name, ids) in wanted {
        let Some(model) = env.registry().find(name) else { continue };
        let column = match name {
            "ir.actions.act_window" => Sql::of("res_model"),
            "ir.actions.report" => Sql::of("model"),
            "ir.actions.server" => Sql::of("model_name"),
            _ => Sql::of("NULL"),
        };
        let sql =
            Sql::of("SELECT id, ").sql(column).raw(" FROM ").ident(&model.table).raw(" WHERE id").ids(&ids);
        for row in env.query(&sql, &[ColType::Int, ColType::Text])? {
            out.insert((name.to_owned(), row[0].int()), row[1].str().to_owned());
        }
    }
    Ok(out)
}

/// Short names of actions in addresses.
fn paths(env: &Env, menus: &[Menu]) -> Result<HashMap<i64, String>> {
    let ids: Vec<i64> = menus
        .iter()
        .filter_map(|m| m.action.as_ref())
        .filter(|(m, _)| m == "ir.actions.act_window")
        .map(|(_, i)| *i)
        .collect();
    let sql = Sql::of("SELECT id, path FROM ir_act_window WHERE path IS NOT NULL AND id").ids(&ids);
    Ok(env
        .query(&sql, &[ColType::Int, ColType::Text])?
        .iter()
        .map(|r| (r[0].int(), r[1].str().to_owned()))
        .collect())
}

/// Menus that a user sees, each with those below it.
struct Tree {
    menus: Vec<Menu>,
    /// Where each is in the list.
    at: HashMap<i64, usize>,
    roots: Vec<i64>,
    xmlids: HashMap<i64, String>,
}

impl Tree {
    fn of(env: &Env, technical: Technical) -> Result<Tree> {
        let mut menus = visible(env, technical)?;
        let ids: Vec<i64> = menus.iter().map(|m| m.id).collect();
        let xmlids = xml_ids(env, "ir.ui.menu", &ids)?;
        let at: HashMap<i64, usize> = menus.iter().enumerate().map(|(i, m)| (m.id, i)).collect();
        let mut roots = Vec::new();
        for i in 0..menus.len() {
            let (id, parent) = (menus[i].id, menus[i].parent);
            match at.get(&parent) {
                Some(p) => menus[*p].children.push(id),
                None => roots.push(id),
            }
        }
        Ok(Tree { menus, at, roots, xmlids })
    }

    /// The app that a menu belongs to.
    fn app<'t>(&'t self, menu: &'t Menu) -> &'t Menu {
        let mut top = menu;
        while let Some(p) = self.at.get(&top.parent) {
            top = &self.menus[*p];
        }
        top
    }

    fn xmlid(&self, menu: &Menu) -> String {
        self.xmlids.get(&menu.id).cloned().unwrap_or_default()
    }
}

/// The flat map as scripts get it: `root` and every menu by id.
fn menus(env: &Env, technical: Technical) -> Result<Map> {
    let tree = Tree::of(env, technical)?;
    let parents: Vec<i64> = tree.menus.iter().map(|m| m.parent).filter(|id| *id != 0).collect();
    let names = env.display_names("ir.ui.menu", &parents)?;
    let mut out = Map::new();
    for m in &tree.menus {
        let app = tree.app(m).id;
        let picture = (app == m.id).then(|| icon(env, &m.icon));
        let data =
            |(_, url): &(&str, String)| url.split_once("base64,").map_or(json!(""), |(_, data)| json!(data));
        out.insert(
            m.id.to_string(),
            json!({
                "id": m.id,
                "name": m.name,
                "sequence": m.sequence,
                "parent_id": names.get(&m.parent).map_or(json!(false), |name| json!([m.parent, name])),
                "action": m.action.as_ref().map_or(json!(false), |(model, id)| json!(format!("{model},{id}"))),
                "web_icon": if m.icon.is_empty() { json!(false) } else { json!(m.icon) },
                "children": m.children,
                "xmlid": tree.xmlid(m),
                "web_icon_data": picture.as_ref().map_or(json!(false), data),
                "web_icon_data_mimetype": picture.as_ref().map_or(json!(false), |(kind, _)| json!(kind)),
                "app_id": app,
            }),
        );
    }
    let root = json!({"id": false, "name": "root", "parent_id": [-1, ""], "children": tree.roots});
    out.insert("root".into(), root);
    Ok(out)
}

/// The flat map as the web client gets it, with each menu's app, its children in order, its action.
pub fn web_menus(env: &Env, technical: Technical) -> Result<Map> {
    let tree = Tree::of(env, technical)?;
    let Tree { menus, at, roots, .. } = &tree;
    let paths = paths(env, menus)?;
    let mut out = Map::new();
    out.insert(
        "root".into(),
        json!({"id": "root", "name": "root", "children": roots, "appID": false, "xmlid": "", "actionID": false,
            "actionModel": false, "actionPath": false, "webIcon": null, "webIconData": null,
            "webIconDataMimetype": null, "backgroundImage": null}),
    );
    for m in menus {
        let top = tree.app(m);
        // an app without an action of its own opens the first one below it
        let action =
            m.action.clone().or_else(|| if top.id == m.id { first_action(menus, at, m) } else { None });
        let path =
            action.as_ref().filter(|(a, _)| a == "ir.actions.act_window").and_then(|(_, id)| paths.get(id));
        let is_app = top.id == m.id;
        let icon = if is_app { Some(icon(env, &m.icon)) } else { None };
        out.insert(
            m.id.to_string(),
            json!({
                "id": m.id,
                "name": m.name,
                "children": m.children,
                "appID": top.id,
                "xmlid": tree.xmlid(m),
                "actionID": action.as_ref().map_or(json!(false), |(_, id)| json!(id)),
                "actionModel": action.as_ref().map_or(json!(false), |(model, _)| json!(model)),
                "actionPath": path.map_or(json!(false), |p| json!(p)),
                "webIcon": if is_app && !m.icon.is_empty() { json!(m.icon) } else { Json::Null },
                "webIconData": icon.as_ref().map_or(Json::Null, |(_, data)| json!(data)),
                "webIconDataMimetype": icon.as_ref().map_or(Json::Null, |(kind, _)| json!(kind)),
                "backgroundImage": null,
            }),
        );
    }
    Ok(out)
}

/// What an app without a picture shows.
const NO_ICON: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" \
    height=\"64\" rx=\"12\" fill=\"#71639e\"/><circle cx=\"32\" cy=\"32\" r=\"12\" fill=\"#fff\"/></svg>";

/// Type and data URL of `addon,path`: a picture among the addon's own files.
fn icon(env: &Env, web_icon: &str) -> (&'static str, String) {
    let (addon, path) = web_icon.split_once(',').unwrap_or_default();
    let addon = env.registry().addons.iter().find(|a| a.name() == addon);
    let (kind, bytes) = match addon.and_then(|a| a.files.get(path.trim())) {
        Some(bytes) if path.ends_with(".png") => ("image/png", bytes.as_slice()),
        Some(bytes) => ("image/svg+xml", bytes.as_slice()),
        None => ("image/svg+xml", NO_ICON.as_bytes()),
    };
    (kind, format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

fn first_action(menus: &[Menu], at: &HashMap<i64, usize>, m: &Menu) -> Option<(String, i64)> {
    m.children.iter().filter_map(|c| at.get(c)).find_map(|i| {
        let child = &menus[*i];
        child.action.clone().or_else(|| first_action(menus, at, child))
    })
}

fn asked_for(call: &Call<'_>) -> Technical {
    if json_is_falsy(call.arg("debug")) { Technical::Hidden } else { Technical::Shown }
}

fn load_menus(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(Json::Object(menus(env, asked_for(call))?))
}

fn load_web_menus(env: &Env, call: &Call<'_>) -> Result<Json> {
    Ok(Json::Object(web_menus(env, asked_for(call))?))
}

fn get_user_roots(env: &Env, _: &Call<'_>) -> Result<Json> {
    Ok(json!(env.search("ir.ui.menu", json!([["parent_id", "=", false]]))?))
}
