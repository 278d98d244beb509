//! Attachments: content and what describes it, seen by who sees the record.

use serde_json::json;

use crate::support::both;
use workwarden::error::Kind;
use workwarden::orm::SUPERUSER;
use workwarden::value::{Map, Value};

both!(content_is_described_and_kept, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let id = env.create("ir.attachment", json!({"name": "x", "datas": "aGVs\nbG8="}))?;
        let fields = ["datas", "file_size", "mimetype", "checksum", "index_content"];
        let a = env.fetch_one("ir.attachment", id, &fields)?;
        assert_eq!(a.get("datas"), &Value::Bytes(b"hello".to_vec()));
        assert_eq!((a.int("file_size"), a.str("mimetype")), (5, "text/plain"));
        assert_eq!(a.str("checksum"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
        assert_eq!(a.str("index_content"), "hello");
        env.write("ir.attachment", &[id], json!({"datas": "AAEC/w=="}))?;
        let a = env.fetch_one("ir.attachment", id, &fields)?;
        assert_eq!((a.int("file_size"), a.str("mimetype")), (4, "application/octet-stream"));
        let bad = env.create("ir.attachment", json!({"name": "bad", "datas": "not base64!"})).unwrap_err();
        assert_eq!(bad.name(), "binascii.Error");
        Ok(())
    })
    .unwrap();
});

both!(pictures_of_fields_are_not_listed, |app| {
    let png =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    app.with_env(SUPERUSER, Map::new(), |env| {
        let id = env.create("res.partner", json!({"name": "Pic", "image_1920": png}))?;
        let of = json!([["res_model", "=", "res.partner"], ["res_id", "=", id]]);
        assert!(env.search("ir.attachment", of)?.is_empty());
        let asked = json!([["res_field", "=", "image_1920"], ["res_id", "=", id]]);
        assert_eq!(env.search("ir.attachment", asked)?.len(), 1);
        let wrong = env.write("res.partner", &[id], json!({"image_1920": "YWJj"})).unwrap_err();
        assert_eq!(wrong.message, "This file could not be decoded as an image file.");
        Ok(())
    })
    .unwrap();
});

both!(who_does_not_see_the_record_does_not_see_what_hangs_on_it, |app| {
    let (uid, hidden, public, own) = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let group = env.need_xmlid("base.group_user")?;
            let uid = env.create(
                "res.users",
                json!({"name": "Eve", "login": "eve", "groups_id": [[6, 0, [group]]]}),
            )?;
            let project =
                env.create("project.project", json!({"name": "Secret", "privacy_visibility": "followers"}))?;
            let attach = |more: serde_json::Value| {
                let mut vals = json!({"name": "f", "datas": "YQ=="});
                vals.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                vals
            };
            let on = |public: bool| {
                attach(json!({"res_model": "project.project", "res_id": project, "public": public}))
            };
            let hidden = env.create("ir.attachment", on(false))?;
            let public = env.create("ir.attachment", on(true))?;
            let own = env.with_user(uid).create("ir.attachment", attach(json!({})))?;
            Ok((uid, hidden, public, own))
        })
        .unwrap();
    let seen = app
        .with_env(uid, Map::new(), |env| {
            env.search("ir.attachment", json!([["id", "in", [hidden, public, own]]]))
        })
        .unwrap();
    assert_eq!(seen, [own, public]);
    let refused =
        app.with_env(uid, Map::new(), |env| env.fetch("ir.attachment", &[hidden], &["datas"]).map(drop));
    assert_eq!(refused.unwrap_err().kind, Kind::Access);
    let refused = app.with_env(uid, Map::new(), |env| env.unlink("ir.attachment", &[hidden]));
    assert_eq!(refused.unwrap_err().kind, Kind::Access);
});
