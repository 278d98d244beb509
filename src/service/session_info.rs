//! What a web client is told of its session: who, where, which companies, which currencies.

use serde_json::json;

use crate::crypt;
use crate::db::{ColType, Sql};
use crate::error::Result;
use crate::orm::Env;
use crate::value::{DATETIME_FORMAT, Json, Map, Value};

use super::{App, common};

/// How many records "select all" may mean.
const ACTIVE_IDS_LIMIT: i64 = 20_000;

/// The answer of `/web/session/authenticate` and `get_session_info`.
pub fn session_info(app: &App, uid: i64, upload_limit: usize) -> Result<Json> {
    app.reading(uid, Map::new(), |env| {
        let mut info = identity(env, &app.db_name)?;
        info.extend(surroundings(env)?);
        info.insert("max_file_upload_size".into(), json!(upload_limit));
        Ok(Json::Object(info))
    })
}

/// Who it is.
fn identity(env: &Env, db: &str) -> Result<Map> {
    let user = env.user()?;
    let su = env.sudo();
    let partner = su.fetch_one("res.partner", user.partner_id, &["write_date"])?;
    let names = su.display_names("res.partner", &[user.partner_id])?;
    let written = partner.datetime("write_date").map(|at| at.format(DATETIME_FORMAT).to_string());
    let lang = user.lang.clone().unwrap_or_else(|| "en_US".into());
    let home = su.fetch_one("res.users", user.id, &["action_id"])?.opt("action_id");
    let settings = su.search("res.users.settings", json!([["user_id", "=", user.id]]))?;
    let info = json!({
        "uid": user.id,
        "is_system": env.has_group("base.group_system")?,
        "is_admin": env.su() || env.has_group("base.group_erp_manager")?,
        "is_public": env.has_group("base.group_public")?,
        "is_internal_user": env.has_group("base.group_user")?,
        "user_context": {"lang": lang, "tz": or_false(user.tz.as_deref()), "uid": user.id},
        "db": db,
        "user_settings": {"id": settings.first().map_or(Json::Bool(false), |id| json!(id)), "user_id": {"id": user.id}},
        "server_version": common::SERIES,
        "server_version_info": common::version_info(),
        "support_url": "",
        "name": user.name,
        "username": user.login,
        "partner_write_date": or_false(written.as_deref()),
        "partner_display_name": names.get(&user.partner_id).cloned().unwrap_or_default(),
        "partner_id": user.partner_id,
        "web.base.url": or_false(su.param("web.base.url")?.as_deref()),
        "active_ids_limit": ACTIVE_IDS_LIMIT,
        "profile_session": null,
        "profile_collectors": null,
        "profile_params": null,
        "home_action_id": home.map_or(Json::Bool(false), |id| json!(id)),
        "show_effect": true,
        "test_mode": false,
        "bundle_params": {"lang": lang},
        "view_info": view_info(),
        "cache_hashes": cache_hashes(env, &lang)?,
    });
    Ok(match info {
        Json::Object(map) => map,
        _ => Map::new(),
    })
}

fn or_false(text: Option<&str>) -> Json {
    text.map_or(Json::Bool(false), Json::from)
}

/// Companies and currencies.
fn surroundings(env: &Env) -> Result<Map> {
    let user = env.user()?;
    let su = env.sudo();
    let mut allowed = Map::new();
    for company in su.fetch("res.company", &user.company_ids, &["name", "sequence", "parent_id"])? {
        allowed.insert(
            company.id.to_string(),
            json!({
                "id": company.id,
                "name": company.str("name"),
                "sequence": company.int("sequence"),
                "child_ids": [],
                "parent_id": company.opt("parent_id").map_or(Json::Bool(false), |id| json!(id)),
            }),
        );
    }
    let several = allowed.len() > 1;
    let mut currencies = Map::new();
    let ids = su.search("res.currency", json!([["active", "=", true]]))?;
    for currency in su.fetch("res.currency", &ids, &["symbol", "position", "decimal_places"])? {
        currencies.insert(
            currency.id.to_string(),
            json!({
                "symbol": currency.str("symbol"),
                "position": currency.str("position"),
                "digits": [69, currency.int("decimal_places")],
            }),
        );
    }
    let mut info = Map::new();
    info.insert(
        "user_companies".into(),
        json!({
            "current_company": user.company_id,
            "allowed_companies": allowed,
            "disallowed_ancestor_companies": {},
        }),
    );
    info.insert("display_switch_company_menu".into(), json!(several));
    info.insert("currencies".into(), Json::Object(currencies));
    Ok(info)
}

/// Every view the client has code for must be named; only a form shows one record.
fn view_info() -> Json {
    let view = |name: &str, icon: &str, many: bool| json!({"display_name": name, "icon": icon, "multi_record": many});
    json!({
        "list": view("List", "oi oi-view-list", true),
        "form": view("Form", "fa fa-address-card", false),
        "graph": view("Graph", "fa fa-area-chart", true),
        "pivot": view("Pivot", "oi oi-view-pivot", true),
        "calendar": view("Calendar", "fa fa-calendar", true),
        "kanban": view("Kanban", "oi oi-view-kanban", true),
        "search": view("Search", "oi oi-search", true),
    })
}

/// What the client keeps menus and translations under: the menus change when a menu, an action, a right or the user's
/// groups do; the translations when a language's formats do.
fn cache_hashes(env: &Env, lang: &str) -> Result<Json> {
    let version = |tables: &[&str]| -> Result<Vec<Vec<Value>>> {
        let of = |table: &&str| Sql::of("SELECT count(*), max(write_date) FROM ").ident(table);
        let sql = Sql::join(" UNION ALL ", tables.iter().map(of));
        env.query(&sql, &[ColType::BigInt, ColType::DateTime])
    };
    let menus = version(&["ir_ui_menu", "ir_actions", "ir_model_access"])?;
    let langs = version(&["res_lang"])?;
    let mut groups: Vec<i64> = env.user()?.groups.iter().copied().collect();
    groups.sort_unstable();
    let program = env!("CARGO_PKG_VERSION");
    let menus = crypt::sha256_hex(format!("{program} {menus:?} {groups:?} {lang}").as_bytes());
    let words = crypt::sha256_hex(format!("{program} {langs:?} {lang}").as_bytes());
    Ok(json!({"load_menus": menus, "translations": words}))
}
