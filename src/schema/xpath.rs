//! The part of XPath 1.0 that views are extended with.
//!
//! ```text
//! union = path { "|" path }
//! path  = [ "/" | "//" ] step { ( "/" | "//" ) step } | "(" union ")" { "[" expr "]" } [ ( "/" | "//" ) path ]
//! step  = "." | ".." | "@" name | [ axis "::" ] ( name | "*" | "node()" | "text()" ) { "[" expr "]" }
//! expr  = and { "or" and }    and = cmp { "and" cmp }
//! cmp   = value [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value ]
//! value = number | string | function "(" [ expr { "," expr } ] ")" | union
//! ```
//! Functions: not, last, position, count, contains, starts-with, string-length, normalize-space, name, true, false, and
//! Odoo's hasclass.

use super::arch::{Element, Node, Place};
use crate::error::{Error, Result};

/// The elements that `expr` finds in the document whose root is `root`, in document order.
pub fn find(root: &Element, expr: &str) -> Result<Vec<Place>> {
    let mut parser = Parser { text: expr, rest: expr.trim() };
    let union = parser.union()?;
    if !parser.rest.is_empty() {
        return Err(parser.unexpected());
    }
    let items = union.eval(root, &Item::Node(vec![0]))?;
    Ok(items
        .into_iter()
        .filter_map(|i| match i {
            Item::Node(p) if !p.is_empty() => Some(p),
            _ => None,
        })
        .collect())
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    SelfOnly,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
}

const AXES: [(&str, Axis); 12] = [
    ("child", Axis::Child),
    ("descendant", Axis::Descendant),
    ("descendant-or-self", Axis::DescendantOrSelf),
    ("self", Axis::SelfOnly),
    ("parent", Axis::Parent),
    ("ancestor", Axis::Ancestor),
    ("ancestor-or-self", Axis::AncestorOrSelf),
    ("following-sibling", Axis::FollowingSibling),
    ("preceding-sibling", Axis::PrecedingSibling),
    ("following", Axis::Following),
    ("preceding", Axis::Preceding),
    ("attribute", Axis::Attribute),
];

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Name(String),
    Any,
    Node,
    Text,
}

#[derive(Debug)]
struct Step {
    axis: Axis,
    test: Test,
    predicates: Vec<Expr>,
}

#[derive(Debug)]
enum Start {
    /// At the context node.
    Here,
    /// At the document.
    Document,
    /// At what an expression in brackets finds.
    Group(Box<Union>, Vec<Expr>),
}

#[derive(Debug)]
struct Path {
    start: Start,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Union(Vec<Path>);

#[derive(Debug)]
enum Expr {
    Or(Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Compare(&'static str, Box<Expr>, Box<Expr>),
    Number(f64),
    Text(String),
    Call(String, Vec<Expr>),
    Nodes(Union),
}

/// A node, or a text that has no place of its own.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Node(Place),
    Text(String),
}

#[derive(Debug)]
enum Value {
    Number(f64),
    Text(String),
    Bool(bool),
    Nodes(Vec<String>),
}

impl Value {
    fn truth(&self) -> bool {
        match self {
            Value::Number(n) => *n != 0.0,
            Value::Text(t) => !t.is_empty(),
            Value::Bool(b) => *b,
            Value::Nodes(n) => !n.is_empty(),
        }
    }
    fn text(&self) -> String {
        match self {
            Value::Number(n) => n.to_string(),
            Value::Text(t) => t.clone(),
            Value::Bool(b) => b.to_string(),
            Value::Nodes(n) => n.first().cloned().unwrap_or_default(),
        }
    }
    fn number(&self) -> f64 {
        match self {
            Value::Number(n) => *n,
            Value::Bool(b) => f64::from(*b),
            other => other.text().trim().parse().unwrap_or(f64::NAN),
        }
    }
}

/// Where a predicate is asked: the item, its position from 1, and how many there are.
struct Focus<'a> {
    root: &'a Element,
    item: &'a Item,
    position: usize,
    last: usize,
}

impl Union {
    fn eval(&self, root: &Element, item: &Item) -> Result<Vec<Item>> {
        let mut out: Vec<Item> = Vec::new();
        for path in &self.0 {
            for found in path.eval(root, item)? {
                if !out.contains(&found) {
                    out.push(found);
                }
            }
        }
        in_order(&mut out);
        Ok(out)
    }
}

/// Document order of what has a place.
fn in_order(items: &mut [Item]) {
    if items.iter().all(|i| matches!(i, Item::Node(_))) {
        items.sort_by(|a, b| match (a, b) {
            (Item::Node(a), Item::Node(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
    }
}

impl Path {
    fn eval(&self, root: &Element, item: &Item) -> Result<Vec<Item>> {
        let mut at = match &self.start {
            Start::Here => vec![item.clone()],
            Start::Document => vec![Item::Node(Vec::new())],
            Start::Group(union, predicates) => {
                let mut found = union.eval(root, item)?;
                for p in predicates {
                    found = filter(root, found, p)?;
                }
                found
            }
        };
        for step in &self.steps {
            let mut next: Vec<Item> = Vec::new();
            for item in &at {
                for found in step.eval(root, item)? {
                    if !next.contains(&found) {
                        next.push(found);
                    }
                }
            }
            in_order(&mut next);
            at = next;
        }
        Ok(at)
    }
}

fn filter(root: &Element, items: Vec<Item>, predicate: &Expr) -> Result<Vec<Item>> {
    let last = items.len();
    let mut out = Vec::new();
    for (i, item) in items.into_iter().enumerate() {
        let focus = Focus { root, item: &item, position: i + 1, last };
        let keep = match predicate.eval(&focus)? {
            Value::Number(n) => n == (i + 1) as f64,
            v => v.truth(),
        };
        if keep {
            out.push(item);
        }
    }
    Ok(out)
}

impl Step {
    fn eval(&self, root: &Element, item: &Item) -> Result<Vec<Item>> {
        let Item::Node(place) = item else { return Ok(Vec::new()) };
        let mut items = if self.axis == Axis::Attribute {
            let of = root.at(place);
            of.into_iter()
                .flat_map(|e| e.attributes.iter())
                .filter(|(k, _)| self.test == Test::Any || self.test == Test::Name((*k).clone()))
                .map(|(_, v)| Item::Text(v.clone()))
                .collect()
        } else if self.test == Test::Text {
            texts(root, place, self.axis)
        } else {
            places(root, place, self.axis)
                .into_iter()
                .filter(|p| match (&self.test, root.at(p)) {
                    (Test::Name(n), Some(e)) => e.tag == *n,
                    (Test::Any, Some(_)) | (Test::Node, _) => true,
                    _ => false,
                })
                .map(Item::Node)
                .collect()
        };
        for p in &self.predicates {
            items = filter(root, items, p)?;
        }
        Ok(items)
    }
}

fn texts(root: &Element, place: &Place, axis: Axis) -> Vec<Item> {
    let below = match axis {
        Axis::Child => vec![place.clone()],
        _ => places(root, place, Axis::DescendantOrSelf),
    };
    let of = |e: &Element| {
        e.nodes
            .iter()
            .filter_map(|n| match n {
                Node::Text(t) => Some(Item::Text(t.clone())),
                Node::Element(_) => None,
            })
            .collect::<Vec<_>>()
    };
    below.iter().filter_map(|p| root.at(p)).flat_map(of).collect()
}

/// Elements (and the document) on an axis, nearest first.
fn places(root: &Element, place: &Place, axis: Axis) -> Vec<Place> {
    let mut out = Vec::new();
    match axis {
        Axis::SelfOnly => out.push(place.clone()),
        Axis::Child => children(root, place, &mut out),
        Axis::Descendant => descendants(root, place, &mut out),
        Axis::DescendantOrSelf => {
            out.push(place.clone());
            descendants(root, place, &mut out);
        }
        Axis::Parent | Axis::Ancestor | Axis::AncestorOrSelf => {
            if axis == Axis::AncestorOrSelf {
                out.push(place.clone());
            }
            let mut at = place.clone();
            while at.pop().is_some() {
                out.push(at.clone());
                if axis == Axis::Parent {
                    break;
                }
            }
        }
        Axis::FollowingSibling | Axis::PrecedingSibling => siblings(root, place, axis, &mut out),
        Axis::Following => {
            let mut all = Vec::new();
            descendants(root, &Vec::new(), &mut all);
            out.extend(all.into_iter().filter(|p| p > place && !p.starts_with(place)));
        }
        Axis::Preceding => {
            let mut all = Vec::new();
            descendants(root, &Vec::new(), &mut all);
            out.extend(all.into_iter().rev().filter(|p| p < place && !place.starts_with(p)));
        }
        Axis::Attribute => {}
    }
    out
}

fn siblings(root: &Element, place: &Place, axis: Axis, out: &mut Vec<Place>) {
    let Some((own, above)) = place.split_last() else { return };
    let mut all = Vec::new();
    children(root, &above.to_vec(), &mut all);
    if axis == Axis::FollowingSibling {
        out.extend(all.into_iter().filter(|p| p.last() > Some(own)));
    } else {
        out.extend(all.into_iter().rev().filter(|p| p.last() < Some(own)));
    }
}

fn children(root: &Element, place: &Place, out: &mut Vec<Place>) {
    if place.is_empty() {
        out.push(vec![0]);
        return;
    }
    let Some(e) = root.at(place) else { return };
    for (i, node) in e.nodes.iter().enumerate() {
        if matches!(node, Node::Element(_)) {
            let mut p = place.clone();
            p.push(i);
            out.push(p);
        }
    }
}

fn descendants(root: &Element, place: &Place, out: &mut Vec<Place>) {
    let mut direct = Vec::new();
    children(root, place, &mut direct);
    for p in direct {
        out.push(p.clone());
        descendants(root, &p, out);
    }
}

impl Expr {
    fn eval(&self, f: &Focus<'_>) -> Result<Value> {
        Ok(match self {
            Expr::Or(a, b) => Value::Bool(a.eval(f)?.truth() || b.eval(f)?.truth()),
            Expr::And(a, b) => Value::Bool(a.eval(f)?.truth() && b.eval(f)?.truth()),
            Expr::Number(n) => Value::Number(*n),
            Expr::Text(t) => Value::Text(t.clone()),
            Expr::Compare(op, a, b) => Value::Bool(compare(op, &a.eval(f)?, &b.eval(f)?)),
            Expr::Nodes(union) => Value::Nodes(
                union
                    .eval(f.root, f.item)?
                    .into_iter()
                    .map(|i| match i {
                        Item::Text(t) => t,
                        Item::Node(p) => f.root.at(&p).map(Element::text).unwrap_or_default(),
                    })
                    .collect(),
            ),
            Expr::Call(name, args) => call(name, args, f)?,
        })
    }
}

fn compare(op: &str, a: &Value, b: &Value) -> bool {
    if let (Value::Nodes(list), other) | (other, Value::Nodes(list)) = (a, b) {
        let flipped = !matches!(a, Value::Nodes(_));
        return list.iter().any(|t| {
            let one = Value::Text(t.clone());
            if flipped { compare(op, other, &one) } else { compare(op, &one, other) }
        });
    }
    match op {
        "=" | "!=" => {
            let same = match (a, b) {
                (Value::Bool(_), _) | (_, Value::Bool(_)) => a.truth() == b.truth(),
                (Value::Number(_), _) | (_, Value::Number(_)) => a.number() == b.number(),
                _ => a.text() == b.text(),
            };
            same == (op == "=")
        }
        "<" => a.number() < b.number(),
        "<=" => a.number() <= b.number(),
        ">" => a.number() > b.number(),
        _ => a.number() >= b.number(),
    }
}

fn call(name: &str, args: &[Expr], f: &Focus<'_>) -> Result<Value> {
    let values = args.iter().map(|a| a.eval(f)).collect::<Result<Vec<_>>>()?;
    let own = match f.item {
        Item::Node(p) => f.root.at(p),
        Item::Text(_) => None,
    };
    Ok(match (name, values.as_slice()) {
        ("not", [v]) => Value::Bool(!v.truth()),
        ("true", []) => Value::Bool(true),
        ("false", []) => Value::Bool(false),
        ("last", []) => Value::Number(f.last as f64),
        ("position", []) => Value::Number(f.position as f64),
        ("count", [Value::Nodes(n)]) => Value::Number(n.len() as f64),
        ("contains", [a, b]) => Value::Bool(a.text().contains(&b.text())),
        ("starts-with", [a, b]) => Value::Bool(a.text().starts_with(&b.text())),
        ("string-length", [v]) => Value::Number(v.text().chars().count() as f64),
        ("normalize-space", [v]) => Value::Text(v.text().split_whitespace().collect::<Vec<_>>().join(" ")),
        ("name", []) => Value::Text(own.map(|e| e.tag.clone()).unwrap_or_default()),
        ("hasclass", classes) => {
            let have: Vec<&str> =
                own.and_then(|e| e.get("class")).unwrap_or_default().split_whitespace().collect();
            Value::Bool(classes.iter().all(|c| have.contains(&c.text().as_str())))
        }
        _ => return Err(Error::value(format!("the function {name}() is not known in expressions of views"))),
    })
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn unexpected(&self) -> Error {
        let rest = if self.rest.is_empty() { "its end" } else { self.rest };
        Error::value(format!(
            "Invalid Expression while parsing xpath \u{201c}{}\u{201d}: at {rest}",
            self.text
        ))
    }
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }
    fn need(&mut self, token: &str) -> Result<()> {
        if self.eat(token) { Ok(()) } else { Err(self.unexpected()) }
    }
    fn word(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        if rest.starts_with(|c: char| c.is_alphanumeric() || "_-.".contains(c)) {
            return false;
        }
        self.rest = rest.trim_start();
        true
    }
    fn name(&mut self) -> Option<&'a str> {
        let starts = self.rest.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        let text = self.rest;
        let n = text.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(text.len());
        (starts && n > 0).then(|| {
            self.rest = text[n..].trim_start();
            &text[..n]
        })
    }
    fn union(&mut self) -> Result<Union> {
        let mut paths = vec![self.path()?];
        while self.eat("|") {
            paths.push(self.path()?);
        }
        Ok(Union(paths))
    }
    fn path(&mut self) -> Result<Path> {
        let mut steps = Vec::new();
        let start = if self.eat("(") {
            let union = self.union()?;
            self.need(")")?;
            Start::Group(Box::new(union), self.predicates()?)
        } else if self.eat("//") {
            steps.push(anywhere());
            steps.push(self.step()?);
            Start::Document
        } else if self.eat("/") {
            steps.push(self.step()?);
            Start::Document
        } else {
            steps.push(self.step()?);
            Start::Here
        };
        loop {
            if self.eat("//") {
                steps.push(anywhere());
            } else if !self.eat("/") {
                return Ok(Path { start, steps });
            }
            steps.push(self.step()?);
        }
    }
    fn predicates(&mut self) -> Result<Vec<Expr>> {
        let mut out = Vec::new();
        while self.eat("[") {
            out.push(self.or()?);
            self.need("]")?;
        }
        Ok(out)
    }
    fn step(&mut self) -> Result<Step> {
        if self.eat("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: self.predicates()? });
        }
        if self.eat(".") {
            return Ok(Step { axis: Axis::SelfOnly, test: Test::Node, predicates: self.predicates()? });
        }
        let mut axis = Axis::Child;
        if self.eat("@") {
            axis = Axis::Attribute;
        } else if let Some((name, a)) =
            AXES.iter().find(|(n, _)| self.rest.strip_prefix(n).is_some_and(|r| r.starts_with("::")))
        {
            axis = *a;
            self.rest = self.rest[name.len() + 2..].trim_start();
        }
        let test = if self.eat("*") {
            Test::Any
        } else if self.eat("text()") {
            Test::Text
        } else if self.eat("node()") {
            Test::Node
        } else {
            Test::Name(self.name().ok_or_else(|| self.unexpected())?.to_owned())
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }
    fn or(&mut self) -> Result<Expr> {
        let mut a = self.and()?;
        while self.word("or") {
            a = Expr::Or(Box::new(a), Box::new(self.and()?));
        }
        Ok(a)
    }
    fn and(&mut self) -> Result<Expr> {
        let mut a = self.compare()?;
        while self.word("and") {
            a = Expr::And(Box::new(a), Box::new(self.compare()?));
        }
        Ok(a)
    }
    fn compare(&mut self) -> Result<Expr> {
        let a = self.value()?;
        for op in ["!=", "<=", ">=", "=", "<", ">"] {
            if self.eat(op) {
                return Ok(Expr::Compare(op, Box::new(a), Box::new(self.value()?)));
            }
        }
        Ok(a)
    }
    fn value(&mut self) -> Result<Expr> {
        let c = self.rest.chars().next().ok_or_else(|| self.unexpected())?;
        if c == '\'' || c == '"' {
            let end = self.rest[1..].find(c).ok_or_else(|| self.unexpected())?;
            let text = self.rest[1..=end].to_owned();
            self.rest = self.rest[end + 2..].trim_start();
            return Ok(Expr::Text(text));
        }
        if c.is_ascii_digit() {
            let n = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(self.rest.len());
            let number = self.rest[..n].parse().map_err(|_| self.unexpected())?;
            self.rest = self.rest[n..].trim_start();
            return Ok(Expr::Number(number));
        }
        let before = self.rest;
        if let Some(name) = self.name()
            && !["text", "node"].contains(&name)
            && self.eat("(")
        {
            let mut args = Vec::new();
            while !self.eat(")") {
                args.push(self.or()?);
                if !self.eat(",") {
                    self.need(")")?;
                    break;
                }
            }
            return Ok(Expr::Call(name.to_owned(), args));
        }
        self.rest = before;
        // brackets around a condition, or around a path
        if c == '(' {
            self.eat("(");
            if let Ok(inner) = self.or()
                && self.eat(")")
                && !matches!(inner, Expr::Nodes(_))
            {
                return Ok(inner);
            }
            self.rest = before;
        }
        Ok(Expr::Nodes(self.union()?))
    }
}

/// `//` between two steps.
fn anywhere() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: &str = r#"<form><sheet><group name="a"><field name="x" class="one two"/><field name="y"/></group>
        <group><field name="z" widget="w"/><label for="z"/></group>
        <notebook><page name="p">Hello</page><page name="q"/></notebook></sheet></form>"#;

    fn found(expr: &str) -> Vec<String> {
        let root = Element::parse(VIEW, 0).unwrap();
        find(&root, expr)
            .unwrap()
            .iter()
            .map(|p| root.at(p).unwrap())
            .map(|e| e.get("name").map_or(e.tag.clone(), str::to_owned))
            .collect()
    }

    #[test]
    fn finds_what_views_ask_for() {
        for (expr, names) in [
            ("//field[@name='y']", vec!["y"]),
            ("/form/sheet/group[1]/field", vec!["x", "y"]),
            ("//field[@name='x']/..", vec!["a"]),
            ("//notebook/page[last()]", vec!["q"]),
            ("//page[position() < 2]", vec!["p"]),
            ("(//field)[2]", vec!["y"]),
            ("//field[1]", vec!["x", "z"]),
            ("//field[hasclass('two')]", vec!["x"]),
            ("//*[@widget or @for]", vec!["z", "label"]),
            ("//field[@name='z' and not(@class)]", vec!["z"]),
            ("//field[@name='x']/following-sibling::field", vec!["y"]),
            ("//label/preceding-sibling::*[1]", vec!["z"]),
            ("//page[text()='Hello']", vec!["p"]),
            ("//page[contains(., 'ell')]", vec!["p"]),
            ("//group[field[@name='z']]", vec!["group"]),
            ("//field[@name='x'] | //page[@name='q']", vec!["x", "q"]),
            ("//field[@name='z']/ancestor::sheet//page", vec!["p", "q"]),
            ("sheet/group[not(@name)]", vec!["group"]),
            ("//field[@name=\"nothing\"]", vec![]),
            ("//group[count(field) = 2 and (@name='a' or @name='b')]", vec!["a"]),
            (".", vec!["form"]),
        ] {
            assert_eq!(found(expr), names, "{expr}");
        }
    }

    #[test]
    fn says_where_it_does_not_understand() {
        let root = Element::parse(VIEW, 0).unwrap();
        for (expr, says) in [("//field[@name='y'", "its end"), ("//field[@name=]", "]"), ("//a[foo()]", "")] {
            let e = find(&root, expr);
            assert!(e.is_err() || says.is_empty(), "{expr}");
        }
        let unknown = find(&root, "//field[foo()]").unwrap_err();
        assert!(unknown.message.contains("foo()"), "{}", unknown.message);
    }
}
