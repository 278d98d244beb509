//! The sliver of Python that data files and record rules are written in, parsed and evaluated without Python.
//!
//! ```text
//! expr    = or [ "if" or "else" expr ]
//! or      = and { "or" and }            and = not { "and" not }        not = "not" not | cmp
//! cmp     = sum [ ("==" | "!=" | "in" | "not in" | "<" | "<=" | ">" | ">=") sum ]
//! sum     = product { ("+" | "-") product }  product = unary { ("*" | "/" | "//" | "%" | "**") unary }
//! unary   = ("-" | "+") unary | postfix
//! postfix = atom { "." name | "(" args ")" | "[" expr "]" }
//! atom    = number | string+ | True | False | None | name | "(" [items] ")" | "[" [items] "]" | "{" [pairs] "}"
//! ```
//! Names and calls are answered by the caller's [`Scope`]; there are no side effects and no other builtins. Products
//! and keyword arguments can be read (views use them, in the browser) and not evaluated.

use crate::error::{Error, Result};
use crate::value::{Json, Map, json_is_falsy};

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A literal.
    Lit(Json),
    /// A name.
    Name(String),
    /// `a.b`.
    Attr(Box<Expr>, String),
    /// `f(a, b)`. A keyword argument is a [`Expr::Keyword`].
    Call(Box<Expr>, Vec<Expr>),
    /// `name=value` in a call.
    Keyword(String, Box<Expr>),
    /// `a[b]`.
    Item(Box<Expr>, Box<Expr>),
    /// List or tuple.
    List(Vec<Expr>),
    /// Dict.
    Dict(Vec<(Expr, Expr)>),
    /// `not`, `-`.
    Unary(&'static str, Box<Expr>),
    /// Everything with two sides.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `a if c else b`: (c, a, b).
    If(Box<Expr>, Box<Expr>, Box<Expr>),
}

/// What names mean while an expression is evaluated.
pub trait Scope {
    /// The value of a dotted name such as `user.partner_id.id` (at least one part).
    fn name(&self, path: &[&str]) -> Result<Json>;
    /// The value of a call such as `ref('base.x')`; the name may be dotted.
    fn call(&self, path: &[&str], args: &[Json]) -> Result<Json> {
        let _ = args;
        Err(Error::value(format!("{}() is not known here", path.join("."))))
    }
}

/// No names at all: literals only.
pub struct NoNames;

impl Scope for NoNames {
    fn name(&self, path: &[&str]) -> Result<Json> {
        Err(Error::value(format!("name '{}' is not defined", path.join("."))))
    }
}

/// Parses and evaluates a literal: lists, tuples, dicts, scalars.
pub fn literal(text: &str) -> Result<Json> {
    parse(text)?.eval(&NoNames)
}

/// Parses one expression; trailing text is an error.
pub fn parse(text: &str) -> Result<Expr> {
    let mut p = Parser { tokens: lex(text)?, at: 0, text };
    let e = p.expr()?;
    if p.at < p.tokens.len() {
        return Err(p.unexpected());
    }
    Ok(e)
}

impl Expr {
    /// The value under `scope`. Tuples come out as lists.
    pub fn eval(&self, scope: &dyn Scope) -> Result<Json> {
        Ok(match self {
            Expr::Lit(j) => j.clone(),
            Expr::Name(_) | Expr::Attr(..) => match self.path() {
                Some(path) => scope.name(&path)?,
                None => return Err(Error::value("attributes of computed values are not supported")),
            },
            Expr::Call(f, args) => {
                let args = args.iter().map(|a| a.eval(scope)).collect::<Result<Vec<_>>>()?;
                match f.path() {
                    Some(path) => scope.call(&path, &args)?,
                    None => return Err(Error::value("only named functions can be called")),
                }
            }
            Expr::Item(a, i) => item(&a.eval(scope)?, &i.eval(scope)?)?,
            Expr::Keyword(name, _) => {
                return Err(Error::value(format!("the keyword argument {name} is not known here")));
            }
            Expr::List(v) => Json::Array(v.iter().map(|e| e.eval(scope)).collect::<Result<_>>()?),
            Expr::Dict(v) => {
                let mut m = Map::new();
                for (k, e) in v {
                    let k = match k.eval(scope)? {
                        Json::String(s) => s,
                        other => other.to_string(),
                    };
                    m.insert(k, e.eval(scope)?);
                }
                Json::Object(m)
            }
            Expr::Unary("not", e) => Json::Bool(json_is_falsy(&e.eval(scope)?)),
            Expr::Unary(_, e) => match e.eval(scope)? {
                Json::Number(n) if n.is_i64() => Json::from(-n.as_i64().unwrap_or_default()),
                Json::Number(n) => Json::from(-n.as_f64().unwrap_or_default()),
                _ => return Err(Error::type_error("bad operand type for unary -")),
            },
            Expr::If(c, a, b) => return if json_is_falsy(&c.eval(scope)?) { b } else { a }.eval(scope),
            Expr::Binary("and", a, b) => {
                let l = a.eval(scope)?;
                if json_is_falsy(&l) { l } else { b.eval(scope)? }
            }
            Expr::Binary("or", a, b) => {
                let l = a.eval(scope)?;
                if json_is_falsy(&l) { b.eval(scope)? } else { l }
            }
            Expr::Binary(op, a, b) => binary(op, a.eval(scope)?, b.eval(scope)?)?,
        })
    }

    /// Every name that is used, with the attributes that follow it: `parent.state` is `["parent", "state"]`.
    pub fn names(&self) -> Vec<Vec<&str>> {
        let mut out = Vec::new();
        self.collect_names(&mut out);
        out
    }

    fn collect_names<'a>(&'a self, out: &mut Vec<Vec<&'a str>>) {
        match self {
            Expr::Lit(_) => {}
            Expr::Name(_) | Expr::Attr(..) => match (self.path(), self) {
                (Some(path), _) => out.push(path),
                (None, Expr::Attr(e, _)) => e.collect_names(out),
                _ => {}
            },
            Expr::Call(f, args) => {
                f.collect_names(out);
                args.iter().for_each(|a| a.collect_names(out));
            }
            Expr::Keyword(_, e) | Expr::Unary(_, e) => e.collect_names(out),
            Expr::Item(a, b) | Expr::Binary(_, a, b) => {
                a.collect_names(out);
                b.collect_names(out);
            }
            Expr::List(v) => v.iter().for_each(|e| e.collect_names(out)),
            Expr::Dict(v) => v.iter().for_each(|(k, e)| {
                k.collect_names(out);
                e.collect_names(out);
            }),
            Expr::If(a, b, c) => [a, b, c].iter().for_each(|e| e.collect_names(out)),
        }
    }

    fn path(&self) -> Option<Vec<&str>> {
        match self {
            Expr::Name(n) => Some(vec![n]),
            Expr::Attr(e, n) => {
                let mut p = e.path()?;
                p.push(n);
                Some(p)
            }
            _ => None,
        }
    }
}

fn item(a: &Json, i: &Json) -> Result<Json> {
    let found = match (a, i) {
        (Json::Array(v), Json::Number(n)) => {
            let n = n.as_i64().unwrap_or_default();
            let n = if n < 0 { n + v.len() as i64 } else { n };
            usize::try_from(n).ok().and_then(|n| v.get(n))
        }
        (Json::Object(m), Json::String(k)) => m.get(k),
        _ => None,
    };
    found.cloned().ok_or_else(|| Error::value(format!("no item {i} in {a}")))
}

fn binary(op: &str, a: Json, b: Json) -> Result<Json> {
    let contains = |x: &Json, c: &Json| match c {
        Json::Array(v) => Ok(v.contains(x)),
        Json::Object(m) => Ok(x.as_str().is_some_and(|k| m.contains_key(k))),
        Json::String(s) => Ok(x.as_str().is_some_and(|k| s.contains(k))),
        _ => Err(Error::type_error("argument of type is not iterable")),
    };
    let num = |j: &Json| j.as_f64().or(j.as_bool().map(f64::from));
    let order = || match (&a, &b) {
        (Json::String(x), Json::String(y)) => Some(x.cmp(y)),
        _ => num(&a).zip(num(&b)).and_then(|(x, y)| x.partial_cmp(&y)),
    };
    let ordered = |f: fn(std::cmp::Ordering) -> bool| {
        order().map(f).map(Json::Bool).ok_or_else(|| Error::type_error(format!("'{op}' not supported here")))
    };
    Ok(match op {
        "==" => Json::Bool(a == b),
        "!=" => Json::Bool(a != b),
        "in" => Json::Bool(contains(&a, &b)?),
        "not in" => Json::Bool(!contains(&a, &b)?),
        "<" => ordered(std::cmp::Ordering::is_lt)?,
        "<=" => ordered(std::cmp::Ordering::is_le)?,
        ">" => ordered(std::cmp::Ordering::is_gt)?,
        ">=" => ordered(std::cmp::Ordering::is_ge)?,
        "+" => match (a, b) {
            (Json::Array(mut x), Json::Array(y)) => {
                x.extend(y);
                Json::Array(x)
            }
            (Json::String(x), Json::String(y)) => Json::String(x + &y),
            (x, y) if x.is_i64() && y.is_i64() => {
                Json::from(x.as_i64().unwrap_or(0) + y.as_i64().unwrap_or(0))
            }
            (x, y) if x.is_number() && y.is_number() => {
                Json::from(x.as_f64().unwrap_or(0.0) + y.as_f64().unwrap_or(0.0))
            }
            _ => return Err(Error::type_error("unsupported operand types for +")),
        },
        "-" if a.is_i64() && b.is_i64() => Json::from(a.as_i64().unwrap_or(0) - b.as_i64().unwrap_or(0)),
        "-" if a.is_number() && b.is_number() => {
            Json::from(a.as_f64().unwrap_or(0.0) - b.as_f64().unwrap_or(0.0))
        }
        _ => return Err(Error::type_error(format!("unsupported operand types for {op}"))),
    })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Num(String),
    Str(String),
    Name(String),
    Op(&'static str),
}

const OPS: [&str; 24] = [
    "==", "!=", "<>", "<=", ">=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "+", "-", "**", "*",
    "//", "/", "%", "=",
];

fn lex(text: &str) -> Result<Vec<Token>> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(c) = rest.chars().next() else { return Ok(out) };
        if c == '#' {
            rest = rest.find('\n').map_or("", |i| &rest[i..]);
        } else if c == '\'' || c == '"' {
            let (s, after) = match rest.strip_prefix(&c.to_string().repeat(3)) {
                // a backslash in a long text is kept: nobody asks for what it means
                Some(long) => long
                    .split_once(&c.to_string().repeat(3))
                    .map(|(s, after)| (s.to_owned(), after))
                    .ok_or_else(|| Error::value("unterminated triple-quoted string"))?,
                None => string(rest, c)?,
            };
            out.push(Token::Str(s));
            rest = after;
        } else if c.is_ascii_digit() {
            let n = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'))
                .unwrap_or(rest.len());
            out.push(Token::Num(rest[..n].replace('_', "")));
            rest = &rest[n..];
        } else if c.is_alphabetic() || c == '_' {
            let n = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            out.push(Token::Name(rest[..n].to_owned()));
            rest = &rest[n..];
        } else if let Some(op) = OPS.iter().find(|op| rest.starts_with(**op)) {
            out.push(Token::Op(op));
            rest = &rest[op.len()..];
        } else {
            return Err(Error::value(format!("invalid syntax at {c:?} in {text:?}")));
        }
    }
}

fn string(text: &str, quote: char) -> Result<(String, &str)> {
    let mut s = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('n') => s.push('\n'),
                Some('t') => s.push('\t'),
                Some('r') => s.push('\r'),
                Some('\n') => {}
                Some(c @ ('\\' | '\'' | '"')) => s.push(c),
                Some(c) => {
                    s.push('\\');
                    s.push(c);
                }
                None => break,
            },
            c if c == quote => return Ok((s, &text[i + c.len_utf8()..])),
            c => s.push(c),
        }
    }
    Err(Error::value(format!("unterminated string in {text:?}")))
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    text: &'a str,
}

impl Parser<'_> {
    fn unexpected(&self) -> Error {
        match self.tokens.get(self.at) {
            Some(t) => Error::value(format!("invalid syntax: {t:?} not expected in {:?}", self.text)),
            None => Error::value(format!("invalid syntax: {:?} ends too early", self.text)),
        }
    }
    fn op(&mut self, op: &str) -> bool {
        let yes = matches!(self.tokens.get(self.at), Some(Token::Op(o)) if *o == op);
        self.at += usize::from(yes);
        yes
    }
    fn word(&mut self, word: &str) -> bool {
        let yes = matches!(self.tokens.get(self.at), Some(Token::Name(n)) if n == word);
        self.at += usize::from(yes);
        yes
    }
    fn need(&mut self, op: &str) -> Result<()> {
        if self.op(op) { Ok(()) } else { Err(self.unexpected()) }
    }
    fn expr(&mut self) -> Result<Expr> {
        let a = self.or()?;
        if !self.word("if") {
            return Ok(a);
        }
        let c = self.or()?;
        if !self.word("else") {
            return Err(self.unexpected());
        }
        Ok(Expr::If(Box::new(c), Box::new(a), Box::new(self.expr()?)))
    }
    fn or(&mut self) -> Result<Expr> {
        let mut a = self.and()?;
        while self.word("or") {
            a = Expr::Binary("or", Box::new(a), Box::new(self.and()?));
        }
        Ok(a)
    }
    fn and(&mut self) -> Result<Expr> {
        let mut a = self.not()?;
        while self.word("and") {
            a = Expr::Binary("and", Box::new(a), Box::new(self.not()?));
        }
        Ok(a)
    }
    fn not(&mut self) -> Result<Expr> {
        if self.word("not") { Ok(Expr::Unary("not", Box::new(self.not()?))) } else { self.cmp() }
    }
    fn cmp(&mut self) -> Result<Expr> {
        let a = self.sum()?;
        for op in ["==", "!=", "<=", ">=", "<", ">"] {
            if self.op(op) || (op == "!=" && self.op("<>")) {
                return Ok(Expr::Binary(op, Box::new(a), Box::new(self.sum()?)));
            }
        }
        if self.word("in") {
            return Ok(Expr::Binary("in", Box::new(a), Box::new(self.sum()?)));
        }
        if self.word("not") {
            if !self.word("in") {
                return Err(self.unexpected());
            }
            return Ok(Expr::Binary("not in", Box::new(a), Box::new(self.sum()?)));
        }
        Ok(a)
    }
    fn product(&mut self) -> Result<Expr> {
        let mut a = self.unary()?;
        while let Some(op) = ["**", "*", "//", "/", "%"].into_iter().find(|op| self.op(op)) {
            a = Expr::Binary(op, Box::new(a), Box::new(self.unary()?));
        }
        Ok(a)
    }
    fn sum(&mut self) -> Result<Expr> {
        let mut a = self.product()?;
        loop {
            let op = if self.op("+") {
                "+"
            } else if self.op("-") {
                "-"
            } else {
                return Ok(a);
            };
            a = Expr::Binary(op, Box::new(a), Box::new(self.product()?));
        }
    }
    fn unary(&mut self) -> Result<Expr> {
        if self.op("+") {
            return self.unary();
        }
        if self.op("-") { Ok(Expr::Unary("-", Box::new(self.unary()?))) } else { self.postfix() }
    }
    fn postfix(&mut self) -> Result<Expr> {
        let mut e = self.atom()?;
        loop {
            if self.op(".") {
                let Some(Token::Name(n)) = self.tokens.get(self.at).cloned() else {
                    return Err(self.unexpected());
                };
                self.at += 1;
                e = Expr::Attr(Box::new(e), n);
            } else if self.op("(") {
                e = Expr::Call(Box::new(e), self.items(")")?.0);
            } else if self.op("[") {
                let i = self.expr()?;
                self.need("]")?;
                e = Expr::Item(Box::new(e), Box::new(i));
            } else {
                return Ok(e);
            }
        }
    }
    /// Items up to `close`; also whether a comma was seen (a tuple of one).
    fn items(&mut self, close: &str) -> Result<(Vec<Expr>, bool)> {
        let (mut v, mut comma) = (Vec::new(), false);
        while !self.op(close) {
            let item = self.expr()?;
            v.push(match item {
                Expr::Name(name) if close == ")" && self.op("=") => {
                    Expr::Keyword(name, Box::new(self.expr()?))
                }
                item => item,
            });
            if self.op(",") {
                comma = true;
            } else {
                self.need(close)?;
                break;
            }
        }
        Ok((v, comma))
    }
    fn atom(&mut self) -> Result<Expr> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| self.unexpected())?;
        self.at += 1;
        Ok(match token {
            Token::Num(n) => Expr::Lit(match n.parse::<i64>() {
                Ok(i) => Json::from(i),
                Err(_) => Json::from(n.parse::<f64>().map_err(|_| Error::value(format!("bad number {n}")))?),
            }),
            Token::Str(mut s) => {
                while let Some(Token::Str(more)) = self.tokens.get(self.at) {
                    s.push_str(more);
                    self.at += 1;
                }
                Expr::Lit(Json::String(s))
            }
            Token::Name(n) => match n.as_str() {
                "True" => Expr::Lit(Json::Bool(true)),
                "False" => Expr::Lit(Json::Bool(false)),
                "None" => Expr::Lit(Json::Null),
                _ => Expr::Name(n),
            },
            Token::Op("(") => match self.items(")")? {
                (mut v, false) if v.len() == 1 => v.remove(0),
                (v, _) => Expr::List(v),
            },
            Token::Op("[") => Expr::List(self.items("]")?.0),
            Token::Op("{") => {
                let mut pairs = Vec::new();
                while !self.op("}") {
                    let k = self.expr()?;
                    self.need(":")?;
                    pairs.push((k, self.expr()?));
                    if !self.op(",") {
                        self.need("}")?;
                        break;
                    }
                }
                Expr::Dict(pairs)
            }
            Token::Op(_) => {
                self.at -= 1;
                return Err(self.unexpected());
            }
        })
    }
}
