//! Pictures: made smaller where a field says so, and served in the size that is asked for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat};
use serde_json::json;
use std::io::Cursor;

use super::wire::{Site, never_shut};
use crate::support::both;
use workwarden::http::Options;
use workwarden::orm::{Env, SUPERUSER};
use workwarden::value::{Map, Value};

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

fn size(content: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(content).unwrap();
    (picture.width(), picture.height())
}

both!(a_picture_is_kept_in_the_sizes_of_its_fields, |app| {
    const FIELDS: [&str; 6] =
        ["image_1920", "image_1024", "image_512", "image_256", "image_128", "avatar_128"];
    let sizes = |env: &Env, id: i64| {
        let row = env.fetch_one("res.partner", id, &FIELDS).unwrap();
        FIELDS.map(|f| if let Value::Bytes(b) = row.get(f) { size(b) } else { (0, 0) })
    };
    app.with_env(SUPERUSER, Map::new(), |env| {
        let large = STANDARD.encode(picture(2400, 600));
        let id = env.create("res.partner", json!({"name": "Pic", "image_1920": large}))?;
        assert_eq!(sizes(env, id), [(1920, 480), (1024, 256), (512, 128), (256, 64), (128, 32), (128, 32)]);
        // another picture changes them all; one smaller than a field allows stays as it came
        env.write("res.partner", &[id], json!({"image_1920": STANDARD.encode(picture(100, 300))}))?;
        assert_eq!(sizes(env, id), [(100, 300), (100, 300), (100, 300), (85, 256), (43, 128), (43, 128)]);
        let kept = env.fetch_one("res.partner", id, &["image_1920"])?;
        assert_eq!(kept.get("image_1920"), &Value::Bytes(picture(100, 300)));
        env.write("res.partner", &[id], json!({"image_1920": false}))?;
        let bare = env.fetch_one("res.partner", id, &FIELDS)?;
        assert!(FIELDS[..5].iter().all(|f| bare.get(f).is_falsy()) && !bare.get("avatar_128").is_falsy());
        Ok(())
    })
    .unwrap();
});

both!(the_image_route_scales_crops_and_stands_in, |app| {
    never_shut(&app);
    let (id, bare) = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let image = STANDARD.encode(picture(800, 400));
            let id = env.create("res.partner", json!({"name": "Pic", "image_1920": image}))?;
            Ok((id, env.create("res.partner", json!({"name": "Bare"}))?))
        })
        .unwrap();
    let site = Site::on(app.shared(), Options::default());
    let login = json!({"params": {"db": app.db_name, "login": "admin", "password": "admin"}}).to_string();
    let json = [("content-type", "application/json")];
    let cookie = site.send("POST", "/web/session/authenticate", &json, login).cookie("session_id");
    let get = |path: &str| site.send("GET", path, &[("cookie", &cookie)], "");
    for (path, wanted) in [
        ("image_1920", (800, 400)),
        ("image_256", (256, 128)),
        ("image_1920/100x100", (100, 50)),
        ("image_1920/0x100/name.png", (200, 100)),
        ("image_1920/100x100?crop=1", (100, 100)),
        ("image_1920?width=80", (80, 40)),
    ] {
        let reply = get(&format!("/web/image/res.partner/{id}/{path}"));
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "image/png"), "{path}");
        assert_eq!(size(&reply.bytes), wanted, "{path}");
    }
    let query = get(&format!("/web/image?model=res.partner&id={id}&field=avatar_128&unique=1"));
    assert_eq!(size(&query.bytes), (128, 64));
    assert!(query.header("cache-control").contains("immutable"));
    // who has no picture is a letter
    let letter = get("/web/image/res.users/2/avatar_128");
    assert_eq!((letter.status, letter.content_type.as_str()), (200, "image/svg+xml"));
    assert!(letter.body.contains(">A</text>"), "{}", letter.body);
    for path in
        [format!("/web/image/res.partner/{bare}/image_128"), "/web/image/res.partner/0/image_128".into()]
    {
        let reply = get(&path);
        assert_eq!((reply.status, reply.content_type.as_str()), (200, "image/svg+xml"), "{path}");
    }
    assert_eq!(get(&format!("/web/image/res.partner/{bare}/image_128?download=1")).status, 404);
});
