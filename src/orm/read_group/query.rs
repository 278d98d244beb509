//! The one statement of a grouped read: SELECT groups, aggregates … GROUP BY … ORDER BY.

use super::property;
use super::spec::{self, Spec};
use crate::db::{ColType, Granularity, Moment, Part, Sql};
use crate::error::{Error, Result};
use crate::orm::domain::compile::Compiler;
use crate::orm::domain::{Domain, combine};
use crate::orm::env::Env;
use crate::orm::field::{Field, Kind, convert};
use crate::orm::model::Model;
use crate::orm::{access, columns, expr, order, rule, search};
use crate::value::{Json, Value, py_str};
use serde_json::json;

/// What is asked of the database.
#[derive(Debug, Default)]
pub struct Request {
    /// Group-bys, dates with their granularity.
    pub groups: Vec<Spec>,
    /// Aggregates: `__count` or `field:function`.
    pub aggregates: Vec<String>,
    /// Order over group-bys and aggregates; empty: the group-bys.
    pub order: String,
    /// At most so many groups.
    pub limit: Option<i64>,
    /// Skip so many.
    pub offset: i64,
}

/// One group: values of the group-bys, results of the aggregates.
#[derive(Debug, Clone)]
pub struct Row {
    /// Values; dates are local, a relation is an id, empty is NULL.
    pub groups: Vec<Value>,
    /// Aggregates; a recordset is the list of its ids.
    pub aggregates: Vec<Value>,
}

/// Functions an aggregate may name.
const FUNCTIONS: &[&str] =
    &["sum", "avg", "max", "min", "bool_and", "bool_or", "array_agg", "recordset", "count", "count_distinct"];

/// The statement while it is put together.
pub struct Query<'e> {
    pub(super) env: &'e Env,
    pub(super) model: &'e Model,
    c: Compiler<'e>,
    pub(super) alias: String,
    pub(super) joins: Vec<Sql>,
    /// First day of the week, read when first needed.
    week_start: Option<u8>,
}

impl<'e> Query<'e> {
    /// A statement over the model's table.
    pub fn new(env: &'e Env, model: &'e Model) -> Query<'e> {
        let c = Compiler::of_search(env);
        let alias = c.alias(model);
        Query { env, model, c, alias, joins: Vec::new(), week_start: None }
    }

    /// Runs it.
    pub fn run(mut self, domain: &Domain, request: &Request) -> Result<Vec<Row>> {
        if search::finds_nothing(self.env, self.model, domain)? {
            let groups = Vec::new();
            let aggregates = request.aggregates.iter().map(|a| empty(a)).collect();
            let one = request.groups.is_empty().then_some(Row { groups, aggregates });
            return Ok(one.into_iter().collect());
        }
        let (sql, types) = self.statement(domain, request)?;
        let rows = self.env.query(&sql, &types)?;
        let n = request.groups.len();
        Ok(rows
            .into_iter()
            .map(|mut row| {
                let aggregates = row.split_off(n);
                Row { groups: row, aggregates }
            })
            .collect())
    }

    /// How many groups there are from `offset` on.
    pub fn count(mut self, domain: &Domain, request: &Request) -> Result<i64> {
        let bare =
            Request { aggregates: vec!["__count".into()], order: String::new(), ..clone_groups(request) };
        let (sql, _) = self.statement(domain, &bare)?;
        let sql = Sql::of("SELECT COUNT(*) FROM (").sql(sql).raw(") AS t");
        Ok(self.env.query(&sql, &[ColType::BigInt])?.first().map_or(0, |r| r[0].int()))
    }

    fn statement(&mut self, domain: &Domain, request: &Request) -> Result<(Sql, Vec<ColType>)> {
        if self.model.is_abstract {
            return Err(Error::user(format!("{} is abstract: it has no records", self.model.name)));
        }
        let cond = self.c.filtered(self.model, &self.alias.clone(), domain)?;
        let mut select = Vec::new();
        let mut types = Vec::new();
        for g in &request.groups {
            let (expr, kind) = self.group(g)?;
            select.push(expr);
            types.push(kind);
        }
        let (terms, also) = self.ordering(request)?;
        let mut refused = Ok(());
        for a in &request.aggregates {
            match self.aggregate(a) {
                Ok((expr, kind)) => {
                    select.push(expr);
                    types.push(kind);
                }
                // what the database says of the columns is heard when all the rest is right, before the conditions'
                Err(e) if e.kind == crate::error::Kind::Db => refused = refused.and(Err(e)),
                Err(e) => return Err(e),
            }
        }
        refused.and(self.c.refused())?;
        let mut sql = Sql::of("SELECT ")
            .sql(Sql::join(", ", select))
            .raw(" FROM ")
            .ident(&self.model.table)
            .raw(" AS ")
            .ident(&self.alias);
        for j in std::mem::take(&mut self.joins) {
            sql = sql.sql(j);
        }
        sql = sql.raw(" WHERE ").sql(cond);
        if !request.groups.is_empty() {
            let places = (1..=request.groups.len()).map(|i| Sql::of(i.to_string()));
            sql = sql.raw(" GROUP BY ").sql(Sql::join(", ", places.chain(also)));
            if !terms.is_empty() {
                sql = sql.raw(" ORDER BY ").sql(Sql::join(", ", terms));
            }
        }
        Ok((search::paged(sql, request.limit, request.offset)?, types))
    }

    /// A field of this model as an expression; a related one through the many2ones of its path.
    pub(super) fn field_sql(&mut self, field: &'e Field) -> Result<(Sql, ColType)> {
        expr::of(self.env, self.model, &self.alias, field, &mut self.joins)
    }

    /// Adds a join once.
    pub(super) fn join(&mut self, join: Sql) {
        expr::add_join(&mut self.joins, join);
    }

    /// The expression of a group-by and the type of its values.
    fn group(&mut self, g: &Spec) -> Result<(Sql, ColType)> {
        let field = self.known(&g.field, None)?;
        if field.kind == Kind::Properties {
            return property::group(self, field, g);
        }
        if g.property.is_some() {
            return Err(Error::value(format!("Property access on non-property field: {}", py_str(&g.text))));
        }
        let is_date = matches!(field.kind, Kind::Date | Kind::DateTime);
        if g.func.is_some() && !is_date {
            return Err(Error::value(format!(
                "Granularity set on a no-datetime field or property: {}",
                py_str(&g.text)
            )));
        }
        if let Some(of) = self.model.group_of(&field.name).filter(|_| !field.has_column()) {
            access::check_field(self.env, self.model, field, 'r')?;
            let grouped = of(self.env, self.model, &self.alias)?;
            self.join(grouped.join);
            return Ok((grouped.expr, grouped.kind));
        }
        if field.kind == Kind::Many2many {
            return Ok((self.many2many(field)?, ColType::Int));
        }
        let (expr, _) = self.field_sql(field)?;
        if is_date {
            let said = g.func.as_deref().unwrap_or_default();
            return self.moment(expr, field.kind, said);
        }
        if field.kind == Kind::Boolean {
            return Ok((Sql::of("COALESCE(").sql(expr).raw(", FALSE)"), ColType::Bool));
        }
        Ok((expr, columns::read_type(field)))
    }

    /// A date or datetime cut to a granularity, or a part of it as a number, in the zone of the context.
    pub(super) fn moment(&mut self, expr: Sql, kind: Kind, said: &str) -> Result<(Sql, ColType)> {
        let week_start = self.week_start()?;
        let kind = if kind == Kind::Date { ColType::Date } else { ColType::DateTime };
        let tz = self.env.ctx("tz").as_str();
        let m = Moment { expr, kind, tz, week_start };
        let dialect = self.env.dialect();
        if let Some(g) = Granularity::parse(said) {
            return Ok((dialect.date_trunc(g, m), kind));
        }
        if let Some(p) = Part::parse(said) {
            return Ok((dialect.date_part(p, m), ColType::Int));
        }
        Err(Error::value(format!("Granularity specification isn't correct: {}", py_str(said))))
    }

    fn week_start(&mut self) -> Result<u8> {
        if let Some(d) = self.week_start {
            return Ok(d);
        }
        let d = super::week_start(self.env)?;
        self.week_start = Some(d);
        Ok(d)
    }

    /// The ids a many2many links to; corecords that the rules hide do not group.
    fn many2many(&mut self, field: &'e Field) -> Result<Sql> {
        access::check_field(self.env, self.model, field, 'r')?;
        let place = expr::find(self.env, self.model, &self.alias, field, &mut self.joins)?;
        let (field, alias) = (place.field, place.alias);
        let Some(m) = field.m2m.as_ref().filter(|_| field.store) else {
            return Err(Error::value(format!(
                "Group by non-stored many2many field: {}",
                py_str(&field.name)
            )));
        };
        let comodel = self.env.model(&field.relation)?;
        let shown = rule::domain(self.env, comodel, 'r')?;
        let rel = format!("{alias}__{}", field.name);
        let mut join = Sql::of(" LEFT JOIN ")
            .ident(&m.table)
            .raw(" AS ")
            .ident(&rel)
            .raw(" ON ")
            .col(&alias, "id")
            .raw(" = ")
            .col(&rel, &m.own);
        if shown != Domain::True {
            let root = self.env.sudo().with_context(json!({"active_test": false}));
            let ids = self.c.subselect(&root, comodel, &shown, "id")?;
            join = join.raw(" AND ").col(&rel, &m.other).raw(" IN (").sql(ids).raw(")");
        }
        self.join(join);
        Ok(Sql::new().col(&rel, &m.other))
    }

    fn known(&self, name: &str, of: Option<&str>) -> Result<&'e Field> {
        self.model.fields.get(name).ok_or_else(|| {
            let tail = of.map_or(String::new(), |o| format!(" for {}.", py_str(o)));
            Error::value(format!(
                "Invalid field {} on model {}{tail}",
                py_str(name),
                py_str(&self.model.name)
            ))
        })
    }

    /// The expression of an aggregate and the type of its result.
    fn aggregate(&mut self, text: &str) -> Result<(Sql, ColType)> {
        if text == "__count" {
            return Ok((Sql::of("COUNT(*)"), ColType::BigInt));
        }
        let s = spec::parse(text)?;
        if s.property.is_some() {
            return Err(Error::value(format!(
                "Invalid {}, this dot notation is not supported",
                py_str(text)
            )));
        }
        let field = self.known(&s.field, Some(text))?;
        let Some(func) = s.func.as_deref() else {
            return Err(Error::value(format!("Aggregate method is mandatory for {}", py_str(&s.field))));
        };
        if !FUNCTIONS.contains(&func) {
            return Err(Error::value(format!(
                "Invalid aggregate method {} for {}.",
                py_str(func),
                py_str(text)
            )));
        }
        if func == "recordset" && !gathers(field) {
            return Err(Error::value(format!(
                "Aggregate method 'recordset' can be only used on relational field (or id) (for {}).",
                py_str(text)
            )));
        }
        let (expr, kind) = self.field_sql(field)?;
        check_types(func, field, kind)?;
        let d = self.env.dialect();
        let called = |name: &'static str, e: Sql| Sql::of(name).raw("(").sql(e).raw(")");
        Ok(match func {
            "sum" if matches!(kind, ColType::Float | ColType::Numeric) => (called("SUM", expr), kind),
            "sum" => (d.cast(called("SUM", expr), ColType::BigInt), ColType::BigInt),
            "avg" => (d.cast(called("AVG", expr), ColType::Float), ColType::Float),
            "max" => (called("MAX", expr), kind),
            "min" => (called("MIN", expr), kind),
            "bool_and" => (d.bool_and(expr), ColType::Bool),
            "bool_or" => (d.bool_or(expr), ColType::Bool),
            "count" => (called("COUNT", expr), ColType::BigInt),
            "count_distinct" => (Sql::of("COUNT(DISTINCT ").sql(expr).raw(")"), ColType::BigInt),
            _ => {
                let expr = if kind == ColType::DateTime { d.whole_seconds(expr) } else { expr };
                (d.agg_json(expr, Sql::new().col(&self.alias, "id")), ColType::Json)
            }
        })
    }

    /// ORDER BY, and what GROUP BY must name besides.
    fn ordering(&mut self, request: &Request) -> Result<(Vec<Sql>, Vec<Sql>)> {
        let (mut terms, mut also) = (Vec::new(), Vec::new());
        if request.groups.is_empty() {
            return Ok((terms, also));
        }
        for t in spec::order(&request.order)? {
            let place = request.groups.iter().position(|g| g.text == t.term);
            let Some(place) = place else {
                let (expr, _) = self.aggregate(&t.term).map_err(|e| match e.kind {
                    crate::error::Kind::Value => Error::value(format!(
                        "Order term {} is not a valid aggregate nor valid groupby",
                        py_str(&t.text)
                    )),
                    _ => e,
                })?;
                terms.push(order::directed(expr, t.desc, t.nulls_first, self.env));
                continue;
            };
            let field = self.model.fields.get(&t.term).filter(|f| f.kind == Kind::Many2one && f.has_column());
            let comodel =
                field.and_then(|f| self.env.registry().find(&f.relation)).filter(|m| m.order != "id");
            if comodel.is_none() {
                let expr = Sql::of((place + 1).to_string());
                terms.push(order::directed(expr, t.desc, t.nulls_first, self.env));
                continue;
            }
            let nulls = match t.nulls_first {
                None => "",
                Some(true) => " nulls first",
                Some(false) => " nulls last",
            };
            let text = format!("{} {}{nulls}", t.term, if t.desc { "desc" } else { "asc" });
            let o = order::compile(self.env, self.model, &self.alias, &text, false)?;
            o.joins.into_iter().for_each(|j| self.join(j));
            terms.extend(o.terms);
            also.extend(o.exprs);
        }
        Ok((terms, also))
    }
}

fn clone_groups(r: &Request) -> Request {
    Request {
        groups: r.groups.clone(),
        aggregates: Vec::new(),
        order: String::new(),
        limit: r.limit,
        offset: r.offset,
    }
}

/// PostgreSQL's refusal of a function for a type, on both databases.
fn check_types(func: &str, field: &Field, kind: ColType) -> Result<()> {
    let fits = match func {
        "sum" | "avg" => matches!(kind, ColType::Int | ColType::BigInt | ColType::Float | ColType::Numeric),
        "max" | "min" => !matches!(kind, ColType::Bool | ColType::Json | ColType::Bytes),
        "bool_and" | "bool_or" => kind == ColType::Bool,
        _ => true,
    };
    if fits {
        return Ok(());
    }
    let name = match kind {
        ColType::Bool => "boolean",
        ColType::Int => "integer",
        ColType::BigInt => "bigint",
        ColType::Float => "double precision",
        ColType::Numeric => "numeric",
        ColType::Text if field.translate || matches!(field.kind, Kind::Text | Kind::Html) => "text",
        ColType::Text => "character varying",
        ColType::DateTime => "timestamp without time zone",
        ColType::Date => "date",
        ColType::Json => "jsonb",
        ColType::Bytes => "bytea",
    };
    Err(Error::new(crate::error::Kind::Db, format!("function {func}({name}) does not exist\n"))
        .named("psycopg2.errors.UndefinedFunction"))
}

/// Whether a recordset can be gathered of it.
fn gathers(field: &Field) -> bool {
    field.kind.is_relational() || field.name == "id"
}

/// What an aggregate gives for a group without records.
pub fn empty(spec: &str) -> Value {
    match spec.split_once(':').map(|(_, f)| f) {
        _ if spec == "__count" => Value::Int(0),
        Some("count" | "count_distinct") => Value::Int(0),
        Some("array_agg" | "recordset") => Value::Json(json!([])),
        _ => Value::Null,
    }
}

/// An aggregate as clients see it: numbers of a float are floats in a list too, a recordset is what Python prints.
pub fn shown(model: &Model, spec: &str, value: Value) -> Json {
    let (name, func) = spec.split_once(':').unwrap_or((spec, ""));
    let field = model.fields.get(name);
    match (func, value, field) {
        (_, Value::Null, _) if spec == "__count" => json!(0),
        ("array_agg", Value::Json(Json::Array(all)), Some(f))
            if matches!(f.kind, Kind::Float | Kind::Monetary) =>
        {
            all.into_iter().map(|n| n.as_f64().map_or(n, |x| json!(x))).collect()
        }
        // SQLite has numbers for them
        ("array_agg", Value::Json(Json::Array(all)), Some(f)) if f.kind == Kind::Boolean => {
            all.into_iter().map(|b| b.as_i64().map_or(b, |n| json!(n != 0))).collect()
        }
        ("recordset", Value::Json(Json::Array(all)), Some(f)) => {
            let of = if f.name == "id" { &model.name } else { &f.relation };
            let mut ids: Vec<i64> = Vec::new();
            for id in all.iter().filter_map(Json::as_i64).filter(|id| *id != 0) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            json!(crate::orm::record::repr(of, &ids))
        }
        (_, value, _) => convert::plain(&value),
    }
}

/// The domain of a group: the search's own and what makes the group.
pub fn narrowed(domain: &Json, more: Json) -> Json {
    combine::and(&[domain.clone(), more])
}
