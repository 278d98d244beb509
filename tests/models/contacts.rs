//! Contacts: what a company and its people share, names, addresses, what cannot be archived.

use serde_json::json;

use crate::support::both;
use workwarden::error::Kind;
use workwarden::orm::SUPERUSER;
use workwarden::value::Map;

both!(the_first_rows_are_as_any_others, |app| {
    app.with_env(SUPERUSER, Default::default(), |env| {
        let contacts =
            env.fetch("res.partner", &[1, 2], &["lang", "partner_share", "commercial_partner_id"])?;
        let seen = |i: usize, field: &str| contacts[i].get(field).clone();
        for i in [0, 1] {
            assert_eq!(seen(i, "lang").str(), "en_US");
            assert_eq!(contacts[i].opt("commercial_partner_id"), Some(contacts[i].id));
        }
        assert!(contacts[0].bool("partner_share") && !contacts[1].bool("partner_share"));
        let company = env.fetch_one("res.company", 1, &["create_date", "parent_path"])?;
        assert!(company.datetime("create_date").is_some());
        assert_eq!(company.str("parent_path"), "1/");
        assert_eq!(env.param("web.base.url")?.as_deref(), Some("http://localhost:8069"));
        Ok(())
    })
    .unwrap();
});

both!(people_follow_their_company, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let acme = env.create(
            "res.partner",
            json!({"name": "Acme", "is_company": true, "street": "One", "city": "Town", "vat": "V1",
                "website": "acme.example"}),
        )?;
        let people = env.create_many(
            "res.partner",
            ["Ann", "Bob"]
                .map(|n| Map::from_iter([("name".into(), json!(n)), ("parent_id".into(), json!(acme))]))
                .into(),
        )?;
        let dock =
            env.create("res.partner", json!({"parent_id": acme, "type": "delivery", "street": "Dock"}))?;
        let fields = ["street", "vat", "commercial_partner_id", "complete_name", "website"];
        for p in env.fetch("res.partner", &people, &fields)? {
            assert_eq!((p.str("street"), p.str("vat"), p.int("commercial_partner_id")), ("One", "V1", acme));
            assert!(p.str("complete_name").starts_with("Acme, "));
        }
        env.write("res.partner", &[acme], json!({"street": "Two", "vat": "V2"}))?;
        let ann = env.fetch_one("res.partner", people[0], &fields)?;
        assert_eq!((ann.str("street"), ann.str("vat")), ("Two", "V2"));
        let dock = env.fetch_one("res.partner", dock, &fields)?;
        assert_eq!((dock.str("street"), dock.str("vat")), ("Dock", "V2"));
        assert_eq!(dock.str("complete_name"), "Acme, Delivery Address");
        let acme = env.fetch_one("res.partner", acme, &["website", "contact_address"])?;
        assert_eq!(acme.str("website"), "http://acme.example");
        assert_eq!(acme.str("contact_address"), "Acme\nTwo\n\nTown  \n");
        Ok(())
    })
    .unwrap();
});

both!(names_are_made_and_found, |app| {
    app.with_env(SUPERUSER, Map::new(), |env| {
        let made =
            env.call("res.partner", &[], "name_create", vec![json!("Jo <Jo@X.example>")], Map::new())?;
        let id = made[0].as_i64().unwrap_or(0);
        let jo = env.fetch_one("res.partner", id, &["name", "email", "email_formatted"])?;
        assert_eq!((jo.str("name"), jo.str("email")), ("Jo", "jo@x.example"));
        assert_eq!(jo.str("email_formatted"), "\"Jo\" <jo@x.example>");
        let found = env.call("res.partner", &[], "name_search", vec![json!("jo@x")], Map::new())?;
        assert_eq!(found, json!([[id, "Jo"]]));
        let belgium = env.call(
            "res.country",
            &[],
            "name_search",
            vec![json!("BE"), json!([]), json!("ilike"), json!(1)],
            Map::new(),
        )?;
        assert_eq!(belgium[0][1], "Belgium");
        Ok(())
    })
    .unwrap();
});

both!(circles_and_users_are_refused, |app| {
    let error = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let a = env.create("res.partner", json!({"name": "A"}))?;
            let b = env.create("res.partner", json!({"name": "B", "parent_id": a}))?;
            env.write("res.partner", &[a], json!({"parent_id": b}))
        })
        .unwrap_err();
    assert_eq!(error.message, "You cannot create recursive Partner hierarchies.");
    let error = app
        .with_env(SUPERUSER, Map::new(), |env| {
            let partner = env.need_xmlid("base.partner_admin")?;
            env.write("res.partner", &[partner], json!({"active": false}))
        })
        .unwrap_err();
    assert_eq!(error.kind, Kind::RedirectWarning);
    assert_eq!(error.arguments.unwrap_or_default().len(), 4);
});
