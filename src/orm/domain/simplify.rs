//! A domain made smaller without a change of meaning.
//!
//! Rules of several groups are joined by OR, and much of one is often said by another: for a project manager, "has a
//! project" makes the visibility of the project a question that need not be asked. These laws hold in SQL's logic of
//! three values too, so that an empty column changes nothing:
//!
//! ```text
//! a OR a                = a          a OR (a AND b)        = a
//! a OR (b AND (a OR c)) = a OR (b AND c)
//! ```
//! and the same with AND and OR exchanged.

use super::Domain;

impl Domain {
    /// The same records, asked for with less.
    #[must_use]
    pub fn simplified(self) -> Domain {
        match self {
            Domain::Or(parts) => reduced(parts, Junction::Or),
            Domain::And(parts) => reduced(parts, Junction::And),
            other => other,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Junction {
    And,
    Or,
}

impl Junction {
    fn other(self) -> Junction {
        match self {
            Junction::And => Junction::Or,
            Junction::Or => Junction::And,
        }
    }

    /// What a domain joins by this; itself alone when it is something else.
    fn parts(self, d: &Domain) -> &[Domain] {
        match (self, d) {
            (Junction::And, Domain::And(v)) | (Junction::Or, Domain::Or(v)) => v,
            _ => std::slice::from_ref(d),
        }
    }

    fn join(self, parts: impl IntoIterator<Item = Domain>) -> Domain {
        let mut parts: Vec<Domain> = parts.into_iter().collect();
        match (parts.len(), self) {
            (1, _) => parts.remove(0),
            (0, Junction::And) => Domain::True,
            (0, Junction::Or) => Domain::False,
            (_, Junction::And) => Domain::And(parts),
            (_, Junction::Or) => Domain::Or(parts),
        }
    }
}

fn reduced(parts: Vec<Domain>, by: Junction) -> Domain {
    let mut flat: Vec<Domain> = Vec::new();
    for part in parts {
        for d in by.parts(&part.simplified()) {
            if !flat.contains(d) {
                flat.push(d.clone());
            }
        }
    }
    // a part that says all that another says, and more, says nothing new
    let says =
        |d: &Domain, all: &Domain| by.other().parts(all).iter().all(|p| by.other().parts(d).contains(p));
    // one after the other: two may say the same, and one of them must stay
    let mut i = 0;
    while i < flat.len() {
        if (0..flat.len()).any(|j| j != i && says(&flat[i], &flat[j])) {
            flat.remove(i);
        } else {
            i += 1;
        }
    }
    for i in 0..flat.len() {
        flat[i] = without(&flat[i], &flat, by);
    }
    by.join(flat)
}

/// `d`, one of `siblings` joined by `by`, without the alternatives within it that are siblings themselves.
fn without(d: &Domain, siblings: &[Domain], by: Junction) -> Domain {
    let inner = by.other().parts(d);
    if inner.len() < 2 {
        return d.clone();
    }
    by.other().join(inner.iter().map(|part| {
        let ways = by.parts(part);
        if ways.len() < 2 {
            return part.clone();
        }
        by.join(ways.iter().filter(|way| !siblings.contains(way)).cloned())
    }))
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use serde_json::{Value as Json, json};

    fn simplified(domain: Json) -> Json {
        parse(&domain).unwrap().simplified().to_json()
    }

    #[test]
    fn what_another_part_says_is_left_out() {
        let (a, b, c) = (json!(["a", "=", 1]), json!(["b", "=", 1]), json!(["c", "=", 1]));
        assert_eq!(simplified(json!(["|", a, a])), json!([a]));
        assert_eq!(simplified(json!(["|", a, "&", a, b])), json!([a]));
        assert_eq!(simplified(json!(["|", "&", b, a, a])), json!([a]));
        assert_eq!(simplified(json!(["|", a, "&", b, "|", a, c])), json!(["|", a, "&", b, c]));
        assert_eq!(simplified(json!(["&", a, "|", a, b])), json!([a]));
        assert_eq!(simplified(json!(["&", a, "|", b, "&", a, c])), json!(["&", a, "|", b, c]));
        assert_eq!(simplified(json!(["|", "|", a, b, "|", c, b])), json!(["|", "|", a, b, c]));
        let plain = json!(["|", a, "&", b, c]);
        assert_eq!(simplified(plain.clone()), plain);
    }

    /// Every domain over three leaves up to a depth, under every assignment of true, false and unknown.
    #[test]
    fn the_meaning_stays_whatever_is_true_false_or_unknown() {
        use super::Domain;
        fn value(d: &Domain, of: &[Option<bool>; 3]) -> Option<bool> {
            let fold = |v: &[Domain], stop: bool| {
                let all: Vec<_> = v.iter().map(|d| value(d, of)).collect();
                if all.contains(&Some(stop)) {
                    Some(stop)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(!stop)
                }
            };
            match d {
                Domain::True => Some(true),
                Domain::False => Some(false),
                Domain::And(v) => fold(v, false),
                Domain::Or(v) => fold(v, true),
                Domain::Not(d) => value(d, of).map(|b| !b),
                Domain::Leaf(l) => of[l.path.bytes().next().map_or(0, |b| usize::from(b - b'a'))],
            }
        }
        let mut all: Vec<Domain> = ["a", "b", "c"].iter().map(|p| Domain::leaf(p, "=", json!(1))).collect();
        for _ in 0..2 {
            let last = all.clone();
            for x in &last {
                for y in &last {
                    all.push(Domain::And(vec![x.clone(), y.clone()]));
                    all.push(Domain::Or(vec![x.clone(), y.clone()]));
                }
            }
            all.truncate(600);
        }
        let values = [Some(true), Some(false), None];
        for d in &all {
            let s = d.clone().simplified();
            for a in values {
                for b in values {
                    for c in values {
                        assert_eq!(value(d, &[a, b, c]), value(&s, &[a, b, c]), "{d:?} became {s:?}");
                    }
                }
            }
        }
    }
}
