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
    /// The sentence, with [`LABEL`] for the field's label.
    pub message: String,
    /// Help: choices, a format, an action.
    pub more: Option<Json>,
    /// Whether the label is told beside the sentence.
    pub named: bool,
    /// Whether the record can be used all the same.
    pub warning: bool,
}

/// Stands for the field's label in a sentence.
pub const LABEL: &str = "\u{1}";

/// What is wrong with a text: the sentence, help, and whether the field's label is told beside it.
struct Fault {
    message: String,
    more: Option<Json>,
    named: bool,
}

impl Fault {
    fn new(message: String) -> Fault {
        Fault { message, more: None, named: true }
    }

    fn help(self, more: Json) -> Fault {
        Fault { more: Some(more), ..self }
    }

    /// A sentence that stands for itself.
    fn bare(message: String) -> Fault {
        Fault { message, more: None, named: false }
    }
}

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
                Cell::Text(t) => self.scalar(model, field, t)?,
                Cell::Records(lines) => self.relation(field, lines, &mut warnings)?,
            };
            let complain = |f: Fault, warning| Complaint {
                field: name.clone(),
                message: f.message,
                more: f.more,
                named: f.named,
                warning,
            };
            // what is doubtful is told only where the field can be set
            if value.is_ok() {
                complaints.extend(warnings.into_iter().map(|w| complain(Fault::bare(w), true)));
            }
            match value {
                Ok(v) => {
                    out.insert(name.clone(), v);
                }
                Err(fault) => complaints.push(complain(fault, false)),
            }
        }
        Ok(out)
    }

    fn scalar(&self, model: &Model, field: &Field, cell: &Json) -> Result<Result<Json, Fault>> {
        let text = text_of(cell);
        if field.kind == Kind::Selection {
            return self.selection(model, field, &text);
        }
        let seems =
            |what: &str| Fault::new(format!("'{text}' does not seem to be {what} for field '{LABEL}'"));
        Ok(match field.kind {
            Kind::Boolean => match text.to_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(json!(true)),
                "" | "0" | "false" | "no" => Ok(json!(false)),
                _ => Err(Fault::new(format!("Unknown value '{text}' for boolean field '{LABEL}'"))
                    .help(json!("Use '1' for yes and '0' for no"))),
            },
            Kind::Integer | Kind::Many2oneReference => match text.trim().parse::<i64>() {
                Ok(i) => Ok(json!(i)),
                Err(_) => Err(seems("an integer")),
            },
            Kind::Float | Kind::Monetary => match text.trim().parse::<f64>() {
                Ok(f) => Ok(json!(f)),
                Err(_) => Err(seems("a number")),
            },
            Kind::Date => match parse_date(&text) {
                Ok(d) => Ok(json!(d.format(crate::value::DATE_FORMAT).to_string())),
                Err(_) => Err(seems("a valid date").help(json!("Use the format '2012-12-31'"))),
            },
            Kind::DateTime => match parse_datetime(&text) {
                Ok(d) => {
                    let zone = self.env.tz().and_then(|z| z.parse().ok());
                    let utc = crate::orm::read_group::dates::to_utc(d, zone);
                    Ok(json!(utc.format(DATETIME_FORMAT).to_string()))
                }
                Err(_) => Err(seems("a valid datetime").help(json!("Use the format '2012-12-31 23:59:59'"))),
            },
            Kind::Properties => match serde_json::from_str::<Json>(&text) {
                Ok(list) if list.is_array() => Ok(list),
                _ => Err(Fault::new(format!(
                    "Unable to import'{LABEL}' Properties field as a whole, target individual property instead."
                ))),
            },
            Kind::Json | Kind::PropertiesDefinition => match serde_json::from_str::<Json>(&text) {
                Ok(j) => Ok(j),
                Err(_) => Err(seems("a valid JSON")),
            },
            _ => Ok(json!(text)),
        })
    }

    /// A choice by its value or its label, whatever their case.
    fn selection(&self, model: &Model, field: &Field, text: &str) -> Result<Result<Json, Fault>> {
        let all = crate::orm::cache::choices(self.env, model, field)?;
        let wanted = text.to_lowercase();
        let meant = |(v, l): &&(String, String)| v.to_lowercase() == wanted || l.to_lowercase() == wanted;
        Ok(match all.iter().find(meant) {
            Some((v, _)) => Ok(json!(v)),
            None => {
                let labels: Vec<&str> =
                    all.iter().map(|(v, l)| if l.is_empty() { v } else { l }.as_str()).collect();
                let message = format!("Value '{text}' not found in selection field '{LABEL}'");
                Err(Fault::new(message).help(json!(labels)))
            }
        })
    }

    fn relation(
        &self,
        field: &Field,
        lines: &[Found],
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        if field.kind == Kind::One2many {
            return self.lines(field, lines, warnings);
        }
        let (by, text) = match lines.first().map_or(Err(indirect()), reference) {
            Ok(found) => found,
            Err(fault) => return Ok(Err(fault)),
        };
        if field.kind == Kind::Many2one {
            return Ok(self
                .one(field, by, &text, warnings)
                .map(|id| id.map_or(json!(false), |id| json!(id))));
        }
        let mut ids = Vec::new();
        for part in text.split(',') {
            match self.one(field, by, part, warnings) {
                Ok(id) => ids.extend(id),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(json!([[6, 0, ids]])))
    }

    /// Lines of a one2many: known ones are changed, others made.
    fn lines(
        &self,
        field: &Field,
        lines: &[Found],
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        let comodel = self.env.model(&field.relation)?;
        let mut commands = Vec::new();
        for line in split(lines) {
            let refs = line.iter().filter(|(s, _)| By::of(s).is_some());
            let refs: Found = refs.map(|(s, c)| (s.clone(), c.clone())).collect();
            let mut complaints = Vec::new();
            let mut vals = self.record(comodel, &line, &mut complaints)?;
            for c in complaints {
                if c.warning {
                    warnings.push(c.message);
                    continue;
                }
                let child = comodel.fields.get(&c.field).map_or(c.field.as_str(), |f| f.string.as_str());
                let message = c.message.replace(LABEL, &format!("{LABEL}/{child}"));
                return Ok(Err(Fault { message, more: c.more, named: c.named }));
            }
            let mut id = None;
            if !refs.is_empty() {
                let (by, text) = match reference(&refs) {
                    Ok(found) => found,
                    Err(fault) => return Ok(Err(fault)),
                };
                match self.one(field, by, &text, warnings) {
                    Ok(found) => id = found,
                    // an external id nobody has yet is given to the line that is made
                    Err(_) if by == By::External => {
                        vals.insert("id".into(), json!(text));
                    }
                    Err(fault) => return Ok(Err(fault)),
                }
            }
            match id {
                Some(id) => commands.extend([json!([4, id, 0]), json!([1, id, vals])]),
                None => commands.push(json!([0, 0, vals])),
            }
        }
        Ok(Ok(Json::Array(commands)))
    }

    /// The record a text means; none where it says that there is none.
    fn one(
        &self,
        field: &Field,
        by: By,
        text: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Option<i64>, Fault> {
        let none = matches!(text.to_lowercase().as_str(), "" | "0" | "false" | "no");
        if text.is_empty() || (none && by != By::Name) {
            return Ok(None);
        }
        let found = self.lookup.ids(&field.relation, by, text);
        let [first, rest @ ..] = found else {
            if let Some(other) = self.lookup.other_model(&field.relation, text).filter(|_| by == By::External)
            {
                let wanted = &field.relation;
                let message =
                    format!("Invalid external ID {text}: expected model '{wanted}', found '{other}'");
                return Err(Fault::bare(message));
            }
            let message = match by == By::Database && text.trim().parse::<i64>().is_err() {
                true => format!("Invalid database id '{text}' for the field '{LABEL}'"),
                false => format!("No matching record found for {} '{text}' in field '{LABEL}'", by.label()),
            };
            return Err(Fault::new(message).help(choices(field, by)));
        };
        if !rest.is_empty() {
            warnings.push(format!(
                "Found multiple matches for value \"{text}\" in field \"{LABEL}\" ({} matches)",
                found.len()
            ));
        }
        Ok(Some(*first))
    }
}

fn indirect() -> Fault {
    Fault::bare("Can not create Many-To-One records indirectly, import the field separately".to_owned())
}

/// How a record of a relation is meant, and by which text: one way, and nothing else beside it.
fn reference(line: &Found) -> Result<(By, String), Fault> {
    let mut ways = line.iter().map(|(step, cell)| match (By::of(step), cell) {
        (Some(by), Cell::Text(t)) => Ok((by, text_of(t))),
        _ => Err(indirect()),
    });
    let first = ways.next().unwrap_or_else(|| Err(indirect()))?;
    match ways.next().transpose()? {
        None => Ok(first),
        Some(_) => Err(Fault::bare(format!(
            "Ambiguous specification for field '{LABEL}', only provide one of name, external id or database id"
        ))),
    }
}

/// One row that only names lines may name several.
fn split(lines: &[Found]) -> Vec<Found> {
    let [one] = lines else { return lines.to_vec() };
    let Ok((by, text)) = reference(one) else { return lines.to_vec() };
    let step = one.keys().next().cloned().unwrap_or_default();
    debug_assert!(By::of(&step) == Some(by), "a reference has one step");
    text.split(',').map(|t| Found::from_iter([(step.clone(), Cell::Text(json!(t)))])).collect()
}

/// The action that shows what could have been meant.
fn choices(field: &Field, by: By) -> Json {
    let mut action = json!({
        "name": "Possible Values", "type": "ir.actions.act_window", "target": "new", "view_mode": "list,form",
        "views": [[false, "list"], [false, "form"]], "context": {"create": false}, "help": "See all possible values",
        "res_model": field.relation,
    });
    if by != By::Name {
        action["res_model"] = json!("ir.model.data");
        action["domain"] = json!([["model", "=", field.relation]]);
    }
    action
}
