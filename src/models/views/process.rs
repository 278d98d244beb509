//! What is done to a combined view before a user gets it: what his groups do not see is taken out, what his rights
//! forbid is switched off, fields that expressions need are added, lines get a view of their own.

use super::{Used, combine, effects, names, plain};
use crate::error::Result;
use crate::orm::field::{Field, Kind};
use crate::orm::{Env, Model, access};
use crate::schema::arch::{Element, Node};
use crate::value::Json;
use indexmap::IndexSet;

/// Attributes of the root whose value is the name of a field.
const NAMING: [&str; 8] = [
    "date_start",
    "date_stop",
    "date_delay",
    "all_day",
    "color",
    "highlight_color",
    "create_name_field",
    "default_group_by",
];

/// Elements that are views of their own within a field.
const VIEWS: [&str; 5] = ["form", "list", "graph", "kanban", "calendar"];

/// Makes the view of `model` fit for the user of `env`; gives the fields it uses, by model.
pub fn process(env: &Env, mut arch: Element, model: &Model, mobile: bool) -> Result<(Element, Used)> {
    let mut pass = Pass { env, mobile, used: Used::new() };
    pass.view(&mut arch, model, true, true)?;
    effects::mark(env.registry(), &mut arch, model);
    Ok((arch, pass.used))
}

struct Pass<'e> {
    env: &'e Env,
    mobile: bool,
    used: Used,
}

/// One view, the outermost or one within a field.
struct Scope<'m> {
    model: &'m Model,
    /// Element of its root.
    kind: String,
    /// Whether it is the outermost.
    top: bool,
    /// Fields that it holds.
    have: IndexSet<String>,
    /// Fields that its expressions name.
    needs: IndexSet<String>,
    /// Fields that its expressions name of the record around it.
    above: Vec<String>,
}

impl Pass<'_> {
    /// Gives the names that the expressions within use of the record around.
    fn view(&mut self, root: &mut Element, model: &Model, editable: bool, top: bool) -> Result<Vec<String>> {
        let mut scope = Scope {
            model,
            kind: root.tag.clone(),
            top,
            have: IndexSet::new(),
            needs: IndexSet::new(),
            above: Vec::new(),
        };
        let bare = |v: &&str| v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let named = NAMING.iter().filter_map(|a| root.get(a)).filter(bare).filter(|n| model.has(n));
        let mut extra: IndexSet<String> = named.map(str::to_owned).collect();
        let editable = editable
            && match root.tag.as_str() {
                "form" => true,
                "list" => root.get("editable").is_some() || root.get("multi_edit").is_some(),
                _ => false,
            };
        self.inside(root, &mut scope, editable)?;
        if scope.kind != "search" {
            self.add_needed(root, &mut scope)?;
        }
        self.rights(root, model)?;
        for change in model.behaviours.iter().filter_map(|b| b.view) {
            change(self.env, root)?;
        }
        extra.extend(scope.have);
        self.used.entry(model.name.clone()).or_default().extend(extra);
        Ok(scope.above)
    }

    /// Fields that expressions name and the view lacks come in unseen.
    fn add_needed(&mut self, root: &mut Element, scope: &mut Scope<'_>) -> Result<()> {
        let how = if root.tag == "list" { "column_invisible" } else { "invisible" };
        for name in std::mem::take(&mut scope.needs) {
            let Some(field) = scope.model.fields.get(&name).filter(|_| name != "id") else { continue };
            if scope.have.contains(&name) || !access::sees(self.env, field)? {
                continue;
            }
            let attributes = [("name", name.as_str()), (how, "True"), ("readonly", "True")];
            root.nodes.push(Node::Element(Element::new("field", &attributes)));
            scope.have.insert(name);
        }
        Ok(())
    }

    /// The element's own expressions, then its children, each of which may go.
    fn inside(&mut self, e: &mut Element, scope: &mut Scope<'_>, editable: bool) -> Result<()> {
        for (_, expression) in names::conditions(e) {
            scope.need(expression);
        }
        if e.tag == "progressbar" {
            for name in ["field", "sum_field"].iter().filter_map(|a| e.get(a)) {
                scope.have.insert(name.to_owned());
            }
        }
        for node in std::mem::take(&mut e.nodes) {
            let Node::Element(mut child) = node else {
                e.nodes.push(node);
                continue;
            };
            if !self.shown(&child, scope.model)? {
                continue;
            }
            let grouped = child.attributes.shift_remove("groups").is_some();
            match child.tag.as_str() {
                "field" => self.field(&mut child, scope, editable)?,
                "groupby" => self.groupby(&mut child, scope)?,
                _ => self.inside(&mut child, scope, editable)?,
            }
            if grouped && child.tag == "t" && child.attributes.is_empty() {
                e.nodes.append(&mut child.nodes);
            } else {
                e.nodes.push(Node::Element(child));
            }
        }
        Ok(())
    }

    /// Whether the user's groups see an element.
    fn shown(&self, e: &Element, model: &Model) -> Result<bool> {
        if let Some(groups) = e.get("groups")
            && !in_groups(self.env, groups)?
        {
            return Ok(false);
        }
        let named = match e.tag.as_str() {
            "field" => e.get("name"),
            "label" => e.get("for"),
            _ => None,
        };
        match named.and_then(|n| model.fields.get(n)) {
            Some(field) => access::sees(self.env, field),
            None => Ok(true),
        }
    }

    fn field(&mut self, e: &mut Element, scope: &mut Scope<'_>, editable: bool) -> Result<()> {
        let Some(field) = e.get("name").and_then(|n| scope.model.fields.get(n)) else {
            return self.inside(e, scope, editable);
        };
        let fixed = field.readonly || matches!(e.get("readonly"), Some("1" | "True"));
        let editable = editable && !fixed;
        if scope.kind == "form" && scope.top {
            self.add_lines(e, field)?;
        }
        if field.kind.is_relational() {
            match (e.get("domain"), &field.domain) {
                (Some(text), _) => scope.need(text),
                (None, Json::String(text)) if editable => scope.need(text),
                _ => {}
            }
        }
        if field.kind == Kind::Properties
            && let Some((record, _)) = &field.definition
        {
            scope.needs.insert(record.clone());
        }
        if let Some(context) = e.get("context") {
            scope.need(context);
        }
        for (_, expression) in names::conditions(e) {
            scope.need(expression);
        }
        if let Some(comodel) = self.env.registry().find(&field.relation) {
            for child in e.children_mut().filter(|c| VIEWS.contains(&c.tag.as_str())) {
                let above = self.view(child, comodel, editable, false)?;
                scope.needs.extend(above);
            }
            if editable && matches!(field.kind, Kind::Many2one | Kind::Many2many) {
                for (attribute, op) in [("can_create", 'c'), ("can_write", 'w')] {
                    let may = access::allowed(self.env, comodel, op)?;
                    e.set(attribute, if may { "True" } else { "False" });
                }
            }
        }
        scope.have.insert(field.name.clone());
        Ok(())
    }

    /// The client asks for no view of the lines of a field: it must be there.
    fn add_lines(&self, e: &mut Element, field: &Field) -> Result<()> {
        let unseen = matches!(e.get("invisible"), Some("1" | "True"));
        if !field.kind.is_x2many() || e.get("widget").is_some() || unseen {
            return Ok(());
        }
        let mode = e.get("mode").unwrap_or("kanban,list").to_owned();
        let there = |kind: &str| e.children().any(|c| c.tag == kind && c.any(&|x| x.tag == "field"));
        if mode.split(',').any(|kind| there(kind.trim())) {
            return Ok(());
        }
        let Some(comodel) = self.env.registry().find(&field.relation) else { return Ok(()) };
        let wanted = match (e.get("mode"), self.mobile) {
            (Some(mode), _) => mode.split(',').next().unwrap_or("list").trim().to_owned(),
            (None, true) => "kanban".to_owned(),
            (None, false) => "list".to_owned(),
        };
        let root = self.env.sudo();
        let arch = match combine::default_id(&root, comodel, &wanted)? {
            Some(id) => combine::combined(&root, id)?,
            None => Element::parse(&plain::plain(self.env, comodel, &wanted)?, 0)?,
        };
        e.nodes.push(Node::Element(arch));
        Ok(())
    }

    fn groupby(&mut self, e: &mut Element, scope: &mut Scope<'_>) -> Result<()> {
        let Some(field) = e.get("name").and_then(|n| scope.model.fields.get(n)) else { return Ok(()) };
        scope.have.insert(field.name.clone());
        if let Some(comodel) = self.env.registry().find(&field.relation) {
            self.view(e, comodel, false, false)?;
        }
        Ok(())
    }

    /// `create`, `edit`, `delete` and, on a kanban by a many2one, the same for its columns.
    fn rights(&self, root: &mut Element, model: &Model) -> Result<()> {
        self.forbid(root, model, "")?;
        if root.tag == "kanban"
            && let Some(by) = root.get("default_group_by").and_then(|n| model.fields.get(n))
            && by.kind == Kind::Many2one
            && let Some(columns) = self.env.registry().find(&by.relation)
        {
            self.forbid(root, columns, "group_")?;
        }
        Ok(())
    }

    fn forbid(&self, root: &mut Element, model: &Model, prefix: &str) -> Result<()> {
        for (word, op) in [("create", 'c'), ("delete", 'u'), ("edit", 'w')] {
            let attribute = format!("{prefix}{word}");
            if root.get(&attribute).is_none() && !access::allowed(self.env, model, op)? {
                root.set(&attribute, "False");
            }
        }
        Ok(())
    }
}

impl Scope<'_> {
    /// Notes what an expression names; one that cannot be read was refused when the view was stored.
    fn need(&mut self, expression: &str) {
        if let Ok((own, above)) = names::split(expression) {
            self.needs.extend(own);
            self.above.extend(above);
        }
    }
}

/// `a,b,!c`: in one of those without `!` (if there are any) and in none of the others. Technical features are shown to
/// those who debug, and only the browser knows who does.
fn in_groups(env: &Env, groups: &str) -> Result<bool> {
    let (mut asked, mut any) = (false, false);
    for group in groups.split(',').map(str::trim).filter(|g| !g.is_empty()) {
        let has = |g: &str| if g == "base.group_no_one" { Ok(env.flag("debug")) } else { env.has_group(g) };
        if let Some(not) = group.strip_prefix('!') {
            if has(not)? {
                return Ok(false);
            }
        } else {
            asked = true;
            any |= has(group)?;
        }
    }
    Ok(any || !asked)
}
