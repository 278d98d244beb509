//! Texts of an import to values that create and write take, with Odoo's sentences about what does not fit.

use super::extract::{Cell, Found};
use super::lookup::{By, Lookup, text_of};
use crate::error::Result;
use crate::orm::env::Env;
use crate::orm::field::convert::{parse_date, parse_datetime};
use crate::orm::field::{Field, Kind};
use crate::orm::model::Model;
use crate::value::{DATETIME_FORMAT, Json, Map, json_is_falsy};
use serde_json::json;

/// A complaint about one field of one record.
#[derive(Debug)]
pub struct Complaint {
    /// Field.
    pub field: String,
    /// The sentence.
    pub message: String,
    /// Help: choices, a format, an action.
    pub more: Option<Json>,
    /// Whether the record can be used all the same.
    pub warning: bool,
}

/// What is wrong with a text: the sentence (with `{}` for the field's label) and help.
type Fault = (String, Option<Json>);

/// Converts records of an import.
pub struct Converter<'e> {
    /// Who imports.
    pub env: &'e Env,
    /// What names and ids mean.
    pub lookup: &'e Lookup,
}

impl Converter<'_> {
    /// The values of a record; `id` and `.id` are left out.
    pub fn record(&self, model: &Model, record: &Found, complaints: &mut Vec<Complaint>) -> Result<Map> {
        let mut out = Map::new();
        for (name, cell) in record.iter().filter(|(n, _)| By::of(n).is_none()) {
            let field = model.field(name)?;
            let empty = match cell {
                Cell::Text(t) => json_is_falsy(t),
                Cell::Records(r) => r.is_empty(),
            };
            if empty {
                out.insert(name.clone(), json!(false));
                continue;
            }
            let mut warnings = Vec::new();
            let value = match cell {
                Cell::Text(t) => self.scalar(field, t),
                Cell::Records(lines) => self.relation(field, lines, complaints, &mut warnings)?,
            };
            let complain = |(message, more): Fault, warning| Complaint {
                field: name.clone(),
                message: message.replace("{}", &field.string),
                more,
                warning,
            };
            complaints.extend(warnings.into_iter().map(|w| complain((w, None), true)));
            match value {
                Ok(v) => {
                    out.insert(name.clone(), v);
                }
                Err(fault) => complaints.push(complain(fault, false)),
            }
        }
        Ok(out)
    }

    fn scalar(&self, field: &Field, cell: &Json) -> Result<Json, Fault> {
        let text = text_of(cell);
        let seems = |what: &str| format!("'{text}' does not seem to be {what} for field '{{}}'");
        match field.kind {
            Kind::Boolean => match text.to_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(json!(true)),
                "" | "0" | "false" | "no" => Ok(json!(false)),
                _ => Err((
                    format!("Unknown value '{text}' for boolean field '{{}}'"),
                    Some(json!("Use '1' for yes and '0' for no")),
                )),
            },
            Kind::Integer | Kind::Many2oneReference => match text.trim().parse::<i64>() {
                Ok(i) => Ok(json!(i)),
                Err(_) => Err((seems("an integer"), None)),
            },
            Kind::Float | Kind::Monetary => match text.trim().parse::<f64>() {
                Ok(f) => Ok(json!(f)),
                Err(_) => Err((seems("a number"), None)),
            },
            Kind::Date => match parse_date(&text) {
                Ok(d) => Ok(json!(d.format(crate::value::DATE_FORMAT).to_string())),
                Err(_) => Err((seems("a valid date"), Some(json!("Use the format '2012-12-31'")))),
            },
            Kind::DateTime => match parse_datetime(&text) {
                Ok(d) => {
                    let zone = self.env.tz().and_then(|z| z.parse().ok());
                    let utc = crate::orm::read_group::dates::to_utc(d, zone);
                    Ok(json!(utc.format(DATETIME_FORMAT).to_string()))
                }
                Err(_) => {
                    Err((seems("a valid datetime"), Some(json!("Use the format '2012-12-31 23:59:59'"))))
                }
            },
            Kind::Selection => selection(field, &text),
            Kind::Json | Kind::Properties | Kind::PropertiesDefinition => {
                match serde_json::from_str::<Json>(&text) {
                    Ok(j) => Ok(j),
                    Err(_) => Err((seems("valid JSON"), None)),
                }
            }
            _ => Ok(json!(text)),
        }
    }

    fn relation(
        &self,
        field: &Field,
        lines: &[Found],
        complaints: &mut Vec<Complaint>,
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        let refers = |line: &Found| -> Option<(By, String)> {
            line.iter().find_map(|(step, cell)| match (By::of(step), cell) {
                (Some(by), Cell::Text(t)) => Some((by, text_of(t))),
                _ => None,
            })
        };
        if field.kind == Kind::One2many {
            return self.lines(field, lines, complaints, warnings);
        }
        let Some((by, text)) = lines.first().and_then(refers) else {
            let fault = "Can not create Many-To-One records indirectly, import the field separately";
            return Ok(Err((fault.to_owned(), None)));
        };
        if field.kind == Kind::Many2one {
            return Ok(self.one(field, by, &text, warnings).map(|id| json!(id)));
        }
        let ids: Result<Vec<i64>, Fault> =
            text.split(',').filter(|t| !t.is_empty()).map(|t| self.one(field, by, t, warnings)).collect();
        Ok(ids.map(|ids| json!([[6, 0, ids]])))
    }

    /// Lines of a one2many: known ones are changed, others made.
    fn lines(
        &self,
        field: &Field,
        lines: &[Found],
        complaints: &mut Vec<Complaint>,
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        let comodel = self.env.model(&field.relation)?;
        let mut commands = Vec::new();
        for line in lines {
            let own: Vec<(&String, &Cell)> = line.iter().filter(|(s, _)| By::of(s).is_some()).collect();
            let bare = own.len() == line.len();
            let mut ids = Vec::new();
            for (step, cell) in own {
                let (Some(by), Cell::Text(t)) = (By::of(step), cell) else { continue };
                let text = text_of(t);
                for part in text.split(',').filter(|p| !p.is_empty()) {
                    match self.one(field, by, part, warnings) {
                        Ok(id) => ids.push(id),
                        // an external id nobody has yet names the line that is made
                        Err(_) if by == By::External && !bare => {}
                        Err(fault) => return Ok(Err(fault)),
                    }
                }
            }
            let vals = self.record(comodel, line, complaints)?;
            match ids.as_slice() {
                [] => commands.push(json!([0, 0, vals])),
                ids => {
                    for id in ids {
                        commands.push(json!([4, id, 0]));
                        if !vals.is_empty() {
                            commands.push(json!([1, id, vals]));
                        }
                    }
                }
            }
        }
        Ok(Ok(Json::Array(commands)))
    }

    /// The record a text means.
    fn one(&self, field: &Field, by: By, text: &str, warnings: &mut Vec<String>) -> Result<i64, Fault> {
        let found = self.lookup.ids(&field.relation, by, text);
        match found {
            [] => {
                let more = Some(choices(field, by));
                if by == By::Database && text.trim().parse::<i64>().is_err() {
                    return Err((format!("Invalid database id '{text}' for the field '{{}}'"), more));
                }
                Err((format!("No matching record found for {} '{text}' in field '{{}}'", by.label()), more))
            }
            [first, rest @ ..] => {
                if !rest.is_empty() {
                    warnings.push(format!(
                        "Found multiple matches for value \"{text}\" in field \"{{}}\" ({} matches)",
                        found.len()
                    ));
                }
                Ok(*first)
            }
        }
    }
}

fn selection(field: &Field, text: &str) -> Result<Json, Fault> {
    let found = field.selection.iter().find(|(v, l)| v == text || l == text);
    let found = found.or_else(|| field.selection.iter().find(|(_, l)| l.eq_ignore_ascii_case(text)));
    match found {
        Some((v, _)) => Ok(json!(v)),
        None => {
            let labels: Vec<&str> = field.selection.iter().map(|(_, l)| l.as_str()).collect();
            Err((format!("Value '{text}' not found in selection field '{{}}'"), Some(json!(labels))))
        }
    }
}

/// The action that shows what could have been meant.
fn choices(field: &Field, by: By) -> Json {
    let mut action = json!({
        "name": "Possible Values", "type": "ir.actions.act_window", "target": "new", "view_mode": "list,form",
        "views": [[false, "list"], [false, "form"]], "context": {"create": false}, "help": "See all possible values",
        "res_model": field.relation,
    });
    if by == By::External {
        action["res_model"] = json!("ir.model.data");
        action["domain"] = json!([["model", "=", field.relation]]);
    }
    action
}
