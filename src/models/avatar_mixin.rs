//! Pictures that stand for people: their own, else a letter on a colour, else a silhouette.

use crate::error::Result;
use crate::orm::{Behaviour, Computed, Env, Model, Record};
use crate::value::Value;
use sha2::{Digest, Sha256};

/// Registers the avatar of each size, made from the picture of that size.
macro_rules! sizes {
    ($behaviour:expr, $make:ident) => {
        $behaviour
            .compute("compute_avatar_1920", |env, model, ids| $make(env, model, ids, "1920"))
            .compute("compute_avatar_1024", |env, model, ids| $make(env, model, ids, "1024"))
            .compute("compute_avatar_512", |env, model, ids| $make(env, model, ids, "512"))
            .compute("compute_avatar_256", |env, model, ids| $make(env, model, ids, "256"))
            .compute("compute_avatar_128", |env, model, ids| $make(env, model, ids, "128"))
    };
}

/// Behaviour of `avatar.mixin`.
pub fn behaviour() -> Behaviour {
    sizes!(Behaviour::new("avatar.mixin"), avatar)
}

/// The contacts' version: only colleagues get a letter, others a drawing that tells company from person.
pub fn of_partner() -> Behaviour {
    sizes!(Behaviour::new("res.partner"), partner_avatar)
}

/// The picture of that size where there is one, else a drawing.
fn fill(out: &mut Computed, r: &Record, size: &str, other: impl FnOnce() -> String) {
    let image = r.get(&format!("image_{size}"));
    let value = if image.is_falsy() { Value::Bytes(other().into_bytes()) } else { image.clone() };
    out.set(r.id, &format!("avatar_{size}"), value);
}

fn avatar(env: &Env, model: &Model, ids: &[i64], size: &str) -> Result<Computed> {
    let mut out = Computed::new();
    for r in env.fetch(&model.name, ids, &["name", &format!("image_{size}")])? {
        fill(&mut out, &r, size, || letter(r.str("name"), r.id));
    }
    Ok(out)
}

fn partner_avatar(env: &Env, _: &Model, ids: &[i64], size: &str) -> Result<Computed> {
    let root = env.sudo();
    let internal =
        root.search("res.users", serde_json::json!([["partner_id", "in", ids], ["share", "=", false]]))?;
    let colleagues: Vec<i64> =
        root.fetch("res.users", &internal, &["partner_id"])?.iter().map(|u| u.int("partner_id")).collect();
    let mut out = Computed::new();
    for r in env.fetch("res.partner", ids, &["name", "is_company", &format!("image_{size}")])? {
        fill(&mut out, &r, size, || {
            if colleagues.contains(&r.id) {
                letter(r.str("name"), r.id)
            } else if r.bool("is_company") {
                drawing(
                    "<path d='M50 150V40h80v110zM65 55h15v15H65zm35 0h15v15h-15zM65 85h15v15H65zm35 \
                        0h15v15h-15z' fill='#fff' fill-rule='evenodd'/>",
                )
            } else {
                drawing(
                    "<circle cx='90' cy='70' r='32' fill='#fff'/><path d='M30 165a60 55 0 0 1 120 0z' fill='#fff'/>",
                )
            }
        });
    }
    Ok(out)
}

fn drawing(shape: &str) -> String {
    svg("#adb5bd", shape)
}

fn svg(background: &str, inner: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8' ?><svg height='180' width='180' xmlns='http://www.w3.org/2000/svg'>\
         <rect fill='{background}' height='180' width='180'/>{inner}</svg>"
    )
}

/// The first letter of the name on a colour that follows from name and id; SVG.
pub fn letter(name: &str, id: i64) -> String {
    let Some(first) = name.chars().next() else {
        return drawing("<circle cx='90' cy='90' r='40' fill='#fff'/>");
    };
    let hash = Sha256::digest(format!("{name}{id}"));
    let hue = (u32::from(hash[0]) * 256 + u32::from(hash[1])) * 360 / 65536;
    let saturation = 40 + u32::from(hash[2]) * 30 / 255;
    let first: String = first.to_uppercase().collect();
    svg(
        &format!("hsl({hue}, {saturation}%, 45%)"),
        &format!(
            "<text fill='#ffffff' font-size='96' text-anchor='middle' x='90' y='125' \
                font-family='sans-serif'>{}</text>",
            html_escape::encode_text(&first)
        ),
    )
}
