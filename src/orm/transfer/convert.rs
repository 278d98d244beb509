//! Texts of an import to values that create and write take, with Odoo's sentences about what does not fit.

use super::extract::{Cell, Found};
use super::lookup::{By, Lookup, full_xid, text_of};
use super::remedies::Remedies;
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
    /// What is wrong.
    pub fault: Fault,
    /// Whether the record can be used all the same.
    pub warning: bool,
}

/// Stands for the field's label in a sentence.
pub const LABEL: &str = "\u{1}";

/// What is wrong with a text.
#[derive(Debug, Default)]
pub struct Fault {
    /// The sentence, with [`LABEL`] for the field's label.
    pub message: String,
    /// What may help to mend it: choices, a format, an action, the value.
    pub info: Map,
    /// Whether the label is told beside the sentence.
    pub named: bool,
    /// The fields that lead to it.
    pub path: Vec<String>,
}

impl Fault {
    fn new(message: String) -> Fault {
        Fault { message, named: true, ..Fault::default() }
    }

    fn with(mut self, key: &str, value: Json) -> Fault {
        self.info.insert(key.to_owned(), value);
        self
    }

    fn help(self, more: Json) -> Fault {
        self.with("moreinfo", more)
    }

    /// A sentence that stands for itself.
    pub fn bare(message: String) -> Fault {
        Fault { message, ..Fault::default() }
    }
}

/// A field of an import, and the way to it.
pub(super) struct Place<'f> {
    field: &'f Field,
    path: Vec<String>,
}

impl Place<'_> {
    /// Whether it is one of these, given as `a/b`.
    pub(super) fn is_in(&self, paths: &[String]) -> bool {
        !paths.is_empty() && paths.contains(&self.path.join("/"))
    }
}

/// Converts records of an import.
pub struct Converter<'e> {
    /// Who imports.
    pub env: &'e Env,
    /// What names and ids mean.
    pub lookup: &'e Lookup,
    /// What to do about values that fit nothing.
    pub remedies: &'e Remedies,
}

impl Converter<'_> {
    /// The values of a record; `id` and `.id` are left out. `above` are the fields that lead to it.
    pub fn record(
        &self,
        model: &Model,
        record: &Found,
        above: &[String],
        complaints: &mut Vec<Complaint>,
    ) -> Result<Map> {
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
            let place = Place { field, path: [above, std::slice::from_ref(name)].concat() };
            let mut warnings = Vec::new();
            let value = match cell {
                Cell::Text(t) => self.scalar(model, &place, t)?,
                Cell::Records(lines) => self.relation(&place, lines, &mut warnings)?,
            };
            let complain = |fault, warning| Complaint { field: name.clone(), fault, warning };
            // what is doubtful is told only where the field can be set
            if value.is_ok() {
                complaints.extend(warnings.into_iter().map(|w| complain(Fault::bare(w), true)));
            }
            match value {
                Ok(v) => {
                    out.insert(name.clone(), v);
                }
                Err(mut fault) => {
                    if fault.path.is_empty() {
                        fault.path = place.path;
                    }
                    complaints.push(complain(fault, false));
                }
            }
        }
        Ok(out)
    }

    fn scalar(&self, model: &Model, place: &Place<'_>, cell: &Json) -> Result<Result<Json, Fault>> {
        let text = text_of(cell);
        let field = place.field;
        if field.kind == Kind::Selection {
            let found = self.selection(model, field, &text)?;
            return Ok(found.or_else(|fault| self.remedies.instead(place).ok_or(fault)));
        }
        let seems =
            |what: &str| Fault::new(format!("'{text}' does not seem to be {what} for field '{LABEL}'"));
        Ok(match field.kind {
            Kind::Boolean => match text.to_lowercase().as_str() {
                "true" | "yes" | "1" => Ok(json!(true)),
                "" | "0" | "false" | "no" => Ok(json!(false)),
                _ => self.remedies.instead(place).ok_or_else(|| {
                    Fault::new(format!("Unknown value '{text}' for boolean field '{LABEL}'"))
                        .help(json!("Use '1' for yes and '0' for no"))
                }),
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
        place: &Place<'_>,
        lines: &[Found],
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        if place.field.kind == Kind::One2many {
            return self.lines(place, lines, warnings);
        }
        let (by, text) = match lines.first().map_or(Err(indirect()), reference) {
            Ok(found) => found,
            Err(fault) => return Ok(Err(fault)),
        };
        if place.field.kind == Kind::Many2one {
            return self.one(place, by, &text, warnings);
        }
        let mut ids = Vec::new();
        for part in text.split(',') {
            match self.one(place, by, part, warnings)? {
                Ok(Json::Number(id)) => ids.push(id),
                // the whole record is left out
                Ok(Json::Null) => return Ok(Ok(Json::Null)),
                Ok(_) => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(json!([[6, 0, ids]])))
    }

    /// Lines of a one2many: known ones are changed, others made.
    fn lines(
        &self,
        place: &Place<'_>,
        lines: &[Found],
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        let comodel = self.env.model(&place.field.relation)?;
        let mut commands = Vec::new();
        for line in split(lines) {
            let refs = line.iter().filter(|(s, _)| By::of(s).is_some());
            let refs: Found = refs.map(|(s, c)| (s.clone(), c.clone())).collect();
            let mut complaints = Vec::new();
            let mut vals = self.record(comodel, &line, &place.path, &mut complaints)?;
            for Complaint { field, fault, warning } in complaints {
                if warning {
                    warnings.push(fault.message);
                    continue;
                }
                let child = comodel.fields.get(&field).map_or(field.as_str(), |f| f.string.as_str());
                let message = fault.message.replace(LABEL, &format!("{LABEL}/{child}"));
                return Ok(Err(Fault { message, ..fault }));
            }
            let mut id = None;
            if !refs.is_empty() {
                let (by, text) = match reference(&refs) {
                    Ok(found) => found,
                    Err(fault) => return Ok(Err(fault)),
                };
                match self.one(place, by, &text, warnings)? {
                    Ok(found) => id = found.as_i64(),
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

    /// The id of the record a text means; false where it says that there is none, null where its record is left out.
    fn one(
        &self,
        place: &Place<'_>,
        by: By,
        text: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Result<Json, Fault>> {
        let none = matches!(text.to_lowercase().as_str(), "" | "0" | "false" | "no");
        if text.is_empty() || (none && by != By::Name) {
            return Ok(Ok(json!(false)));
        }
        let found = self.lookup.ids(&place.field.relation, by, text);
        let [first, rest @ ..] = found else { return self.nobody(place, by, text) };
        if !rest.is_empty() {
            warnings.push(format!(
                "Found multiple matches for value \"{text}\" in field \"{LABEL}\" ({} matches)",
                found.len()
            ));
        }
        Ok(Ok(json!(first)))
    }

    /// What becomes of a text that means no record.
    fn nobody(&self, place: &Place<'_>, by: By, text: &str) -> Result<Result<Json, Fault>> {
        let comodel = &place.field.relation;
        let mut why = None;
        if by == By::Name && self.remedies.makes(place) {
            match self.remedies.made_by_name(self.env, comodel, text)? {
                Some(id) => return Ok(Ok(json!(id))),
                None => {
                    why = Some(format!(
                        "Cannot create new '{}' records from their name alone. Please create those records manually \
                         and try importing again.",
                        self.env.model(comodel)?.description
                    ));
                }
            }
        }
        if let Some(instead) = self.remedies.instead(place) {
            return Ok(Ok(instead));
        }
        if let Some(other) = self.lookup.other_model(comodel, text).filter(|_| by == By::External) {
            let xid = full_xid(text, self.env.ctx("_import_current_module").as_str().unwrap_or_default());
            let message = format!("Invalid external ID {xid}: expected model '{comodel}', found '{other}'");
            return Ok(Err(Fault::bare(message)));
        }
        let more = choices(place.field, by);
        if by == By::Database && text.trim().parse::<i64>().is_err() {
            let message = format!("Invalid database id '{text}' for the field '{LABEL}'");
            return Ok(Err(Fault::new(message).help(more)));
        }
        let of_file = self.remedies.of_file;
        let short: String = text.chars().take(if of_file { 50 } else { usize::MAX }).collect();
        let mut message = format!("No matching record found for {} '{short}' in field '{LABEL}'", by.label());
        if let Some(why) = &why {
            message = format!(
                "{message} and the following error was encountered when we attempted to create one: {why}"
            );
        }
        let mut fault = Fault::new(message).help(more);
        if of_file {
            fault = fault.with("value", json!(short)).with("field_type", json!(by.label()));
            if let Some(why) = why {
                fault = fault.with("error_message", json!(why));
            }
        }
        fault.path = place.path.clone();
        fault.path.extend(by.step().map(str::to_owned));
        Ok(Err(fault))
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
