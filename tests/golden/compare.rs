//! What a case expects against what came: exact, types included, but for placeholders and operators.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value as Json, json};

/// Placeholders inside a string.
const PATTERNS: &[(&str, &str)] = &[
    ("<int>", r"-?\d+"),
    ("<float>", r"-?\d+\.\d+"),
    ("<datetime>", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?"),
    ("<date>", r"\d{4}-\d\d-\d\d"),
    ("<str>", r"[\s\S]*"),
    ("<any>", r"[\s\S]*"),
];

static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<int>|<float>|<datetime>|<date>|<str>|<any>").unwrap());

/// Err: where `got` is not what `want` asks for.
pub type Compared = Result<(), String>;

/// Holds `got` against `want`; `path` names the place.
pub fn compare(want: &Json, got: &Json, path: &str) -> Compared {
    match (want, got) {
        (Json::Object(wanted), _) => match operator(wanted) {
            Some((operator, argument)) => operate(operator, argument, got, path),
            None => objects(wanted, got, path),
        },
        (Json::String(text), _) => texts(text, got, path),
        (Json::Array(wanted), Json::Array(items)) if wanted.len() == items.len() => {
            let mut pairs = wanted.iter().zip(items).enumerate();
            pairs.try_for_each(|(at, (want, got))| compare(want, got, &format!("{path}[{at}]")))
        }
        (Json::Number(want), Json::Number(got)) if want.is_f64() && got.is_f64() => {
            let (want, got) = (want.as_f64().unwrap_or(f64::NAN), got.as_f64().unwrap_or(f64::NAN));
            let near = (want - got).abs() <= 1e-9 * want.abs().max(1.0);
            if near { Ok(()) } else { Err(format!("{path}: expected {want}, got {got}")) }
        }
        _ if want == got => Ok(()),
        _ => expected(&short(want), got, path),
    }
}

fn operator(wanted: &Map<String, Json>) -> Option<(&str, &Json)> {
    let (key, argument) = wanted.iter().next().filter(|_| wanted.len() == 1)?;
    ["$unordered", "$subset", "$contains", "$len", "$keys"].contains(&key.as_str()).then_some((key, argument))
}

fn operate(operator: &str, argument: &Json, got: &Json, path: &str) -> Compared {
    match (operator, argument, got) {
        ("$unordered", Json::Array(wanted), Json::Array(items)) => {
            let mut rest: Vec<&Json> = items.iter().collect();
            for want in wanted {
                let found = rest.iter().position(|got| compare(want, got, "").is_ok());
                rest.remove(
                    found.ok_or_else(|| format!("{path}: no element {} in {}", short(want), short(got)))?,
                );
            }
            if rest.is_empty() {
                Ok(())
            } else {
                Err(format!("{path}: unexpected elements {}", short(&json!(rest))))
            }
        }
        ("$contains", Json::Array(wanted), Json::Array(items)) => {
            match wanted.iter().find(|want| !items.iter().any(|got| compare(want, got, "").is_ok())) {
                Some(want) => Err(format!("{path}: no element {} in {}", short(want), short(got))),
                None => Ok(()),
            }
        }
        ("$subset", Json::Object(wanted), Json::Object(map)) => wanted.iter().try_for_each(|(key, want)| {
            let got = map.get(key).ok_or_else(|| format!("{path}.{key}: missing"))?;
            compare(want, got, &format!("{path}.{key}"))
        }),
        ("$len", want, _) => {
            let length = match got {
                Json::Array(items) => Some(items.len()),
                Json::String(text) => Some(text.chars().count()),
                Json::Object(map) => Some(map.len()),
                _ => None,
            };
            if json!(length) == *want { Ok(()) } else { expected(&format!("length {want}"), got, path) }
        }
        ("$keys", Json::Array(wanted), Json::Object(map)) => {
            let wanted = wanted.iter().map(|key| key.as_str().unwrap_or_default());
            same_keys(wanted.collect(), map.keys().map(String::as_str).collect(), path)
        }
        _ => expected(&format!("{operator} {}", short(argument)), got, path),
    }
}

fn objects(wanted: &Map<String, Json>, got: &Json, path: &str) -> Compared {
    let Json::Object(map) = got else { return expected("an object", got, path) };
    same_keys(wanted.keys().map(String::as_str).collect(), map.keys().map(String::as_str).collect(), path)?;
    wanted.iter().try_for_each(|(key, want)| compare(want, &map[key], &format!("{path}.{key}")))
}

fn same_keys(wanted: Vec<&str>, got: Vec<&str>, path: &str) -> Compared {
    let without = |a: &[&str], b: &[&str]| -> Vec<String> {
        a.iter().filter(|key| !b.contains(key)).map(|key| (*key).to_owned()).collect()
    };
    let (missing, extra) = (without(&wanted, &got), without(&got, &wanted));
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("{path}: missing keys {}, extra keys {}", short(&json!(missing)), short(&json!(extra))))
}

fn texts(want: &str, got: &Json, path: &str) -> Compared {
    match (want, got) {
        ("<any>", _) => Ok(()),
        ("<int>", Json::Number(number)) if !number.is_f64() => Ok(()),
        ("<float>", Json::Number(number)) if number.is_f64() => Ok(()),
        ("<int>" | "<float>", _) => expected(want, got, path),
        (_, Json::String(text)) if text == want || fits(want, text) => Ok(()),
        (_, Json::String(text)) if text.len() > 60 || want.len() > 60 => {
            let same = want.chars().zip(text.chars()).take_while(|(a, b)| a == b).count();
            let tail =
                |text: &str| short(&json!(text.chars().skip(same.saturating_sub(12)).collect::<String>()));
            Err(format!("{path}: differs at char {same}: expected {}, got {}", tail(want), tail(text)))
        }
        _ => expected(&short(&json!(want)), got, path),
    }
}

/// Whether `got` is `want` with something fitting for each placeholder.
fn fits(want: &str, got: &str) -> bool {
    let mut pattern = String::from(r"\A");
    let mut end = 0;
    for found in PLACEHOLDER.find_iter(want) {
        pattern.push_str(&regex::escape(&want[end..found.start()]));
        pattern
            .extend(PATTERNS.iter().find(|(name, _)| *name == found.as_str()).map(|(_, pattern)| *pattern));
        end = found.end();
    }
    pattern.push_str(&regex::escape(&want[end..]));
    end > 0 && Regex::new(&(pattern + r"\z")).unwrap().is_match(got)
}

fn expected(what: &str, got: &Json, path: &str) -> Compared {
    Err(format!("{path}: expected {what}, got {}", short(got)))
}

/// JSON, cut.
pub fn short(value: &Json) -> String {
    let text = value.to_string();
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[test]
fn types_count() {
    for (want, got, same) in [
        (json!(1), json!(1.0), false),
        (json!(false), json!(null), false),
        (json!(0.1), json!(0.1 + 1e-12), true),
        (json!("<int>"), json!(7), true),
        (json!("<int>"), json!("7"), false),
        (json!("at <datetime>."), json!("at 2026-01-02 03:04:05."), true),
        (json!({"$unordered": [1, 2]}), json!([2, 1]), true),
        (json!({"$unordered": [1, 2]}), json!([2, 1, 1]), false),
        (json!([{"$subset": {"a": 1}}]), json!([{"a": 1, "b": 2}]), true),
        (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
        (json!({"$keys": ["b", "a"]}), json!({"a": 1, "b": 2}), true),
        (json!({"$len": 2}), json!("ab"), true),
        (json!({"$contains": [3]}), json!([1, 2]), false),
    ] {
        assert_eq!(compare(&want, &got, "$").is_ok(), same, "{want} {got}");
    }
}
