//! Whether a view can be drawn: every field it names exists, every expression can be read by the browser and names
//! nothing unknown, every button has a method. A view that fails is refused when it is stored, not when it is shown.

use super::{combine, names};
use crate::error::Result;
use crate::orm::field::Kind;
use crate::orm::{Env, Model};
use crate::schema::arch::Element;
use crate::schema::pyexpr;
use crate::value::Json;

/// What is wrong with a view, and where.
#[derive(Debug)]
pub struct Fault {
    /// In words.
    pub message: String,
    /// Line in the text of the view it stands in.
    pub line: u32,
    /// That view.
    pub origin: i64,
}

/// The first fault of the stored view `id`, combined with what extends it; of an extension, in the view it extends.
pub fn stored(root: &Env, id: i64) -> Result<Option<Fault>> {
    let mut base = root.fetch_one("ir.ui.view", id, &["mode", "inherit_id", "model", "type"])?;
    while base.str("mode") == "extension"
        && let Some(above) = base.opt("inherit_id")
    {
        base = root.fetch_one("ir.ui.view", above, &["mode", "inherit_id", "model", "type"])?;
    }
    if base.str("type") == "qweb" || base.str("model").is_empty() {
        return Ok(None);
    }
    let arch = match combine::attempt(root, base.id)? {
        Ok(arch) => arch,
        Err(m) => return Ok(Some(Fault { message: m.message, line: m.line, origin: m.origin })),
    };
    let Some(model) = root.registry().find(base.str("model")) else {
        let message = format!("Model not found: {}", base.str("model"));
        return Ok(Some(Fault { message, line: arch.line, origin: base.id }));
    };
    Ok(faults(root, &arch, model)?.into_iter().next())
}

/// All faults of a combined view.
pub fn faults(root: &Env, arch: &Element, model: &Model) -> Result<Vec<Fault>> {
    let mut check = Check { root, found: Vec::new() };
    check.view(arch, model, None)?;
    Ok(check.found)
}

struct Check<'e> {
    root: &'e Env,
    found: Vec<Fault>,
}

/// The view an element is in, and the model of the record around it.
#[derive(Clone, Copy)]
struct Within<'m> {
    model: &'m Model,
    around: Option<&'m Model>,
    kind: &'m str,
}

impl Check<'_> {
    fn fault(&mut self, e: &Element, message: impl Into<String>) {
        self.found.push(Fault { message: message.into(), line: e.line, origin: e.origin });
    }

    fn view(&mut self, root: &Element, model: &Model, around: Option<&Model>) -> Result<()> {
        if root.tag == "kanban"
            && !root.any(&|e| ["card", "kanban-box"].contains(&e.get("t-name").unwrap_or_default()))
        {
            self.fault(root, "a kanban view needs a template named \"card\"");
        }
        if root.tag == "calendar" && root.get("date_start").is_none() {
            self.fault(root, "a calendar view needs the attribute date_start");
        }
        for name in [
            "date_start",
            "date_stop",
            "date_delay",
            "all_day",
            "color",
            "default_group_by",
            "create_name_field",
        ] {
            if let Some(field) = root.get(name)
                && !(name == "color" && field.is_empty())
            {
                self.has(root, model, field.split([':', '.', ',']).next().unwrap_or_default());
            }
        }
        if let Some(named) = root.get("quick_create_view")
            && self.root.xmlid(named)?.is_none()
        {
            self.fault(root, format!("there is no view \"{named}\""));
        }
        self.element(root, Within { model, around, kind: &root.tag })
    }

    fn has(&mut self, e: &Element, model: &Model, name: &str) {
        if !name.is_empty() && !model.has(name) {
            self.fault(e, format!("Field \"{name}\" does not exist in model \"{}\"", model.name));
        }
    }

    fn element(&mut self, e: &Element, within: Within<'_>) -> Result<()> {
        for (attribute, expression) in names::conditions(e) {
            self.expression(e, within, attribute, expression, &[]);
        }
        if let Some(groups) = e.get("groups") {
            self.groups(e, groups)?;
        }
        match e.tag.as_str() {
            "field" => return self.field(e, within),
            "groupby" => return self.groupby(e, within),
            "button" | "a" => self.button(e, within)?,
            "filter" => self.filter(e, within),
            "label" => {
                let id = e.get("for").unwrap_or_default();
                self.has(e, within.model, id.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()));
            }
            "progressbar" => {
                for name in ["field", "sum_field"] {
                    self.has(e, within.model, e.get(name).unwrap_or_default());
                }
                if serde_json::from_str::<Json>(e.get("colors").unwrap_or("{}")).is_err() {
                    self.fault(e, "colors of a progressbar are JSON");
                }
            }
            _ => {}
        }
        if within.kind == "kanban" {
            self.template(e, within);
        }
        e.children().try_for_each(|c| self.element(c, within))
    }

    /// `record.x.raw_value` in a card: the field must be there.
    fn template(&mut self, e: &Element, within: Within<'_>) {
        for value in e.attributes.iter().filter(|(k, _)| k.starts_with("t-")).map(|(_, v)| v) {
            for rest in value.split("record.").skip(1) {
                let n = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                self.has(e, within.model, &rest[..n]);
            }
        }
    }

    fn field(&mut self, e: &Element, within: Within<'_>) -> Result<()> {
        let Some(name) = e.get("name") else {
            self.fault(e, "Field tag must have a \"name\" attribute defined");
            return Ok(());
        };
        let Some(field) = within.model.fields.get(name) else {
            self.has(e, within.model, name);
            return Ok(());
        };
        for attribute in ["domain", "context", "filter_domain"] {
            if let Some(expression) = e.get(attribute) {
                let extra: &[&str] = if within.kind == "search" { &["self", "raw_value"] } else { &[] };
                self.expression(e, within, attribute, expression, extra);
            }
        }
        let readable = |options: &str| {
            let names = names::split(options).map(|(own, _)| own);
            names.is_ok_and(|own| own.iter().all(|n| n == "true" || n == "false"))
        };
        if let Some(options) = e.get("options")
            && !readable(options)
        {
            self.fault(e, format!("options of the field \"{name}\" cannot be read: {options}"));
        }
        let comodel = self.root.registry().find(&field.relation);
        for child in e.children() {
            match comodel {
                Some(comodel)
                    if matches!(child.tag.as_str(), "list" | "form" | "kanban" | "graph" | "calendar") =>
                {
                    self.view(child, comodel, Some(within.model))?;
                }
                _ => self.element(child, within)?,
            }
        }
        Ok(())
    }

    fn groupby(&mut self, e: &Element, within: Within<'_>) -> Result<()> {
        let name = e.get("name").unwrap_or_default();
        let field = within.model.fields.get(name).filter(|f| f.kind == Kind::Many2one);
        let Some(comodel) = field.and_then(|f| self.root.registry().find(&f.relation)) else {
            self.fault(e, format!("groupby: \"{name}\" is no many2one of \"{}\"", within.model.name));
            return Ok(());
        };
        e.children().try_for_each(|c| self.element(c, Within { model: comodel, around: None, kind: "list" }))
    }

    fn button(&mut self, e: &Element, within: Within<'_>) -> Result<()> {
        let name = e.get("name").unwrap_or_default();
        if let Some(context) = e.get("context") {
            self.expression(e, within, "context", context, &[]);
        }
        match e.get("type") {
            Some("object") => {
                let known = within.model.methods.contains_key(name);
                if !known || name.starts_with('_') {
                    let model = &within.model.name;
                    self.fault(
                        e,
                        format!("{name} is not a valid action on {model}: there is no such method"),
                    );
                }
            }
            Some("action") => {
                let numbered = name.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty();
                if !numbered && (!name.contains('.') || self.root.xmlid(name)?.is_none()) {
                    self.fault(e, format!("there is no action \"{name}\""));
                }
            }
            _ if e.tag == "button" && e.get("special").is_none() && within.kind != "kanban" => {
                self.fault(e, "a button needs type=\"object\", type=\"action\" or special=\"…\"");
            }
            _ => {}
        }
        Ok(())
    }

    fn filter(&mut self, e: &Element, within: Within<'_>) {
        if e.get("name").is_none() {
            self.fault(e, "a filter needs a name");
        }
        if let Some(date) = e.get("date") {
            self.has(e, within.model, date);
        }
        if let Some(domain) = e.get("domain") {
            self.expression(e, within, "domain", domain, &[]);
            self.leaves(e, within.model, domain);
        }
        let Some(context) = e.get("context") else { return };
        self.expression(e, within, "context", context, &[]);
        if let Ok(Json::Object(keys)) = pyexpr::literal(context) {
            let by = match keys.get("group_by") {
                Some(Json::Array(list)) => list.clone(),
                Some(one) => vec![one.clone()],
                None => Vec::new(),
            };
            for by in by.iter().filter_map(Json::as_str) {
                self.has(e, within.model, by.split([':', '.']).next().unwrap_or_default());
            }
        }
    }

    /// The fields on the left of a domain's leaves.
    fn leaves(&mut self, e: &Element, model: &Model, domain: &str) {
        let Ok(pyexpr::Expr::List(items)) = pyexpr::parse(domain) else { return };
        for item in items {
            if let pyexpr::Expr::List(leaf) = item
                && let Some(pyexpr::Expr::Lit(Json::String(path))) = leaf.first()
            {
                self.has(e, model, path.split('.').next().unwrap_or_default());
            }
        }
    }

    fn groups(&mut self, e: &Element, groups: &str) -> Result<()> {
        for group in groups.split(',').map(|g| g.trim().trim_start_matches('!')) {
            if self.root.xmlid(group)?.is_none() {
                self.fault(e, format!("The group \"{group}\" does not exist"));
            }
        }
        Ok(())
    }

    fn expression(&mut self, e: &Element, within: Within<'_>, attribute: &str, text: &str, extra: &[&str]) {
        let (own, above) = match names::split(text) {
            Ok(both) => both,
            Err(error) => {
                return self.fault(e, format!("{attribute}=\"{text}\" cannot be read: {}", error.message));
            }
        };
        for name in own {
            let known = within.model.has(&name) && within.kind != "search";
            if !known && !names::KNOWN.contains(&name.as_str()) && !extra.contains(&name.as_str()) {
                let model = &within.model.name;
                self.fault(
                    e,
                    format!("{attribute}=\"{text}\" names \"{name}\", which \"{model}\" does not have"),
                );
            }
        }
        for name in above {
            if within.around.is_none_or(|m| !m.has(&name)) {
                self.fault(e, format!("{attribute}=\"{text}\" names \"parent.{name}\", which is not there"));
            }
        }
    }
}
