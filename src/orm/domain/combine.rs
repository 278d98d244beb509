//! Joining domains in the prefix form clients send and get back, as `expression.AND` and `OR` do.

use crate::value::Json;
use serde_json::json;

/// The prefix form with every implied `&` written out.
pub fn normalise(domain: &Json) -> Vec<Json> {
    let Json::Array(terms) = domain else { return Vec::new() };
    let mut out: Vec<Json> = Vec::with_capacity(terms.len() + 1);
    let mut expected: i64 = 1;
    for token in terms {
        if expected == 0 {
            out.insert(0, json!("&"));
            expected = 1;
        }
        match token {
            Json::String(op) => expected += i64::from(op != "!"),
            Json::Array(leaf) => {
                expected -= 1;
                if let [path, Json::String(op), sub] = leaf.as_slice()
                    && (op == "any" || op == "not any")
                {
                    out.push(json!([path, op, normalise(sub)]));
                    continue;
                }
            }
            _ => expected -= 1,
        }
        out.push(token.clone());
    }
    out
}

/// All of them hold.
pub fn and(domains: &[Json]) -> Json {
    combine("&", &json!([1, "=", 1]), &json!([0, "=", 1]), domains)
}

/// One of them holds.
pub fn or(domains: &[Json]) -> Json {
    combine("|", &json!([0, "=", 1]), &json!([1, "=", 1]), domains)
}

fn combine(operator: &str, unit: &Json, zero: &Json, domains: &[Json]) -> Json {
    let is = |d: &Json, what: &Json| d.as_array().is_some_and(|a| a.len() == 1 && a[0] == *what);
    let mut parts: Vec<Vec<Json>> = Vec::new();
    for d in domains {
        if is(d, zero) {
            return json!([zero]);
        }
        let terms = normalise(d);
        if !is(d, unit) && !terms.is_empty() {
            parts.push(terms);
        }
    }
    if parts.is_empty() {
        return if domains.is_empty() || domains.iter().any(|d| is(d, unit)) {
            json!([unit])
        } else {
            json!([])
        };
    }
    let mut out: Vec<Json> = vec![json!(operator); parts.len() - 1];
    out.extend(parts.into_iter().flatten());
    Json::Array(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_writes_implied_operators_out() {
        let d = and(&[json!([["a", "=", 1], ["b", "=", 2]]), json!([["c", "=", 3]]), json!([])]);
        assert_eq!(d, json!(["&", "&", ["a", "=", 1], ["b", "=", 2], ["c", "=", 3]]));
        assert_eq!(and(&[json!([]), json!([["c", "=", 3]])]), json!([["c", "=", 3]]));
    }
}
