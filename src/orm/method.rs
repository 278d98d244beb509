//! Binding of arguments to a method's signature, with the words Python uses when they do not fit.

use super::behaviour::{Args, Method};
use super::model::Model;
use crate::error::{Error, Result};
use crate::value::{Json, Map};

/// The qualified name Python shows: `BaseModel.search`, `Base.web_read`, `ProjectTask.write`.
fn qualified(model: &Model, m: &Method) -> String {
    let overridden = model.behaviours.iter().any(|b| {
        b.model == model.name
            && match m.name {
                "create" => b.create.is_some(),
                "write" => b.write.is_some(),
                "unlink" => b.unlink.is_some(),
                "default_get" => b.default_get.is_some(),
                _ => false,
            }
    });
    match m.class {
        Some(class) if !overridden => format!("{class}.{}", m.name),
        _ => {
            let camel: String = model.name.split(['.', '_']).map(capitalised).collect();
            format!("{camel}.{}", m.name)
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut c = word.chars();
    c.next().map_or(String::new(), |f| f.to_uppercase().chain(c).collect())
}

/// Positional and keyword arguments bound to the parameters; what is left of the keywords goes to `**kwargs`.
/// Errors: Python's TypeErrors.
pub fn bind<'m>(
    model: &'m Model,
    m: &'m Method,
    args: Vec<Json>,
    mut kwargs: Map,
) -> Result<(Args<'m>, Map)> {
    let name = || qualified(model, m);
    let given = args.len();
    if given > m.params.len() {
        return Err(too_many(&name(), m, given));
    }
    let mut bound = Vec::with_capacity(m.params.len());
    let mut args = args.into_iter();
    let mut missing = Vec::new();
    for p in m.params.iter() {
        if let Some(a) = args.next() {
            if kwargs.contains_key(&p.name) {
                return Err(Error::type_error(format!(
                    "{}() got multiple values for argument '{}'",
                    name(),
                    p.name
                )));
            }
            bound.push(a);
        } else if let Some(k) = kwargs.shift_remove(&p.name) {
            bound.push(k);
        } else if let Some(d) = &p.default {
            bound.push(d.clone());
        } else {
            missing.push(format!("'{}'", p.name));
        }
    }
    if !m.variadic
        && let Some(extra) = kwargs.keys().next()
    {
        return Err(Error::type_error(format!("{}() got an unexpected keyword argument '{extra}'", name())));
    }
    match missing.as_slice() {
        [] => Ok((Args { params: &m.params, values: bound }, kwargs)),
        [one] => {
            Err(Error::type_error(format!("{}() missing 1 required positional argument: {one}", name())))
        }
        [first @ .., last] => Err(Error::type_error(format!(
            "{}() missing {} required positional arguments: {} and {last}",
            name(),
            missing.len(),
            first.join(", ")
        ))),
    }
}

fn too_many(name: &str, m: &Method, given: usize) -> Error {
    // Python counts `self`.
    let (least, most) = (m.params.iter().filter(|p| p.default.is_none()).count() + 1, m.params.len() + 1);
    let takes = if least == most { most.to_string() } else { format!("from {least} to {most}") };
    let plural = if takes == "1" { "" } else { "s" };
    Error::type_error(format!(
        "{name}() takes {takes} positional argument{plural} but {} were given",
        given + 1
    ))
}
