//! A stored action as clients get it: the fields of its kind that they may know, whoever asks.

use serde_json::json;

use crate::error::{Error, Result};
use crate::orm::{Env, fetch, read as orm_read};
use crate::schema::pyexpr;
use crate::value::{Json, Map};

/// What a client may know of every action.
const COMMON: &[&str] = &[
    "binding_model_id",
    "binding_type",
    "binding_view_types",
    "display_name",
    "help",
    "id",
    "name",
    "type",
    "xml_id",
    "path",
];

/// And of one kind of them.
fn own(kind: &str) -> &'static [&'static str] {
    match kind {
        "ir.actions.act_window" => &[
            "context",
            "mobile_view_mode",
            "domain",
            "filter",
            "groups_id",
            "limit",
            "res_id",
            "res_model",
            "search_view_id",
            "target",
            "view_id",
            "view_mode",
            "views",
            "embedded_action_ids",
            "flags",
            "close_on_report_download",
        ],
        "ir.actions.act_window_close" => &["effect", "infos"],
        "ir.actions.act_url" => &["target", "url", "close"],
        "ir.actions.server" => &["groups_id", "model_name"],
        "ir.actions.client" => &["context", "params", "res_model", "tag", "target"],
        "ir.actions.report" => {
            &["report_name", "report_type", "target", "context", "data", "close_on_report_download", "domain"]
        }
        _ => &[],
    }
}

/// Whether a client may know a field of a kind of action.
pub fn readable(kind: &str, field: &str) -> bool {
    COMMON.contains(&field) || own(kind).contains(&field)
}

/// An action by its id; None: there is none. Everybody may read what he is shown, so no right is asked (as Odoo's
/// `_get_action_dict` under sudo).
pub fn read(env: &Env, id: i64) -> Result<Option<Map>> {
    let root = env.sudo();
    let actions = root.model("ir.actions.actions")?;
    let Some(action) = fetch::fetch_existing(&root, actions, &[id], &["type"])?.pop() else {
        return Ok(None);
    };
    let kind = action.str("type");
    let Ok(model) = root.model(kind) else { return Ok(None) };
    let wanted = COMMON.iter().chain(own(kind)).filter(|f| model.has(f));
    let fields: Vec<String> = wanted.map(|f| (*f).to_owned()).collect();
    Ok(orm_read::read(&root, model, &[id], &fields, true)?.into_iter().next())
}

/// An action that a record's button opens, under the name given. Its context gets the record for `active_id` (put in as
/// text, as Odoo does) and `more` besides; its domain stays a text, which the client evaluates.
pub fn opened_from(env: &Env, xml_id: &str, id: i64, name: &str, more: Map) -> Result<Json> {
    let stored = read(env, env.sudo().need_xmlid(xml_id)?)?;
    let mut action =
        stored.ok_or_else(|| Error::missing(format!("The action {xml_id} has been deleted.")))?;
    let text = action.get("context").and_then(Json::as_str).unwrap_or("{}");
    let Json::Object(mut context) = pyexpr::literal(&text.replace("active_id", &id.to_string()))? else {
        return Err(Error::value(format!("The context of the action {xml_id} is no dictionary: {text}")));
    };
    context.extend(more);
    action.insert("context".into(), context.into());
    action.insert("display_name".into(), json!(name));
    Ok(Json::Object(action))
}
