//! Languages: installed by the wizard; translated fields then keep a value in each, the English one behind.

use serde_json::json;

use super::run;
use crate::support::both;
use workwarden::value::Map;

both!(an_installed_language_has_values_of_its_own, |app| {
    run(&app, |env| {
        let all = env.with_context(json!({"active_test": false}));
        let french = all.search("res.lang", json!([["code", "=", "fr_FR"]]))?;
        let wizard = env.create("base.language.install", json!({"lang_ids": [[6, 0, french]]}))?;
        assert_eq!(
            env.fetch_one("base.language.install", wizard, &["first_lang_id"])?.opt("first_lang_id"),
            french.first().copied()
        );
        let next = env.call("base.language.install", &[wizard], "lang_install", vec![], Map::new())?;
        assert_eq!(next["res_id"], wizard);
        let installed = env.call("res.lang", &[], "get_installed", vec![], Map::new())?;
        assert!(installed.as_array().unwrap().iter().any(|l| l[0] == "fr_FR"), "{installed}");

        let fr = env.with_context(json!({"lang": "fr_FR"}));
        let id = env.create("project.project", json!({"name": "House"}))?;
        assert_eq!(fr.fetch_one("project.project", id, &["name"])?.str("name"), "House");
        fr.write("project.project", &[id], json!({"name": "Maison"}))?;
        assert_eq!(fr.fetch_one("project.project", id, &["name"])?.str("name"), "Maison");
        assert_eq!(env.fetch_one("project.project", id, &["name"])?.str("name"), "House");
        assert_eq!(fr.search("project.project", json!([["name", "=", "Maison"]]))?, [id]);

        env.call("base.language.install", &[wizard], "switch_lang", vec![], Map::new())?;
        assert_eq!(env.fetch_one("res.users", env.uid(), &["lang"])?.str("lang"), "fr_FR");
        Ok(())
    });
});
