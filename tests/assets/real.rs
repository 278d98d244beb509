//! The real tree, where ODOO_SOURCE names one: every bundle that the client asks for can be made.

use std::path::PathBuf;

use workwarden::assets::{Assets, Form, Part};

fn source() -> Option<PathBuf> {
    let path = std::env::var_os("ODOO_SOURCE").filter(|path| !path.is_empty());
    if path.is_none() {
        eprintln!("skipped: ODOO_SOURCE names no Odoo 18 source tree");
    }
    path.map(PathBuf::from)
}

/// Bundle, and how many scripts and style sheets Odoo 18.0 makes it of (0: no such part).
const BUNDLES: &[(&str, bool, bool)] = &[
    ("web.assets_web", true, true),
    ("web.assets_web_print", true, true),
    ("web.assets_web_dark", true, true),
    ("web.assets_backend_lazy", true, true),
    ("web.chartjs_lib", true, false),
    ("web.fullcalendar_lib", true, false),
    ("web.ace_lib", true, false),
    ("web.assets_emoji", true, false),
];

#[test]
fn every_bundle_is_made() {
    let Some(source) = source() else { return };
    let cache = tempfile::tempdir().unwrap();
    let assets = Assets::open(&source, cache.path().to_owned(), &[]).unwrap();
    for (name, script, style) in BUNDLES {
        for (part, there) in [(Part::Script, *script), (Part::Style, *style)] {
            let output =
                assets.output(name, part, Form::Minified).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert_eq!(output.is_some(), there, "{name} {part:?}");
        }
    }
    let boot = assets.output("web.assets_web", Part::Script, Form::Readable).unwrap().unwrap();
    let text = String::from_utf8_lossy(&boot.plain);
    assert!(text.matches("\nodoo.define(\"@web/").count() > 400, "modules");
    assert!(text.matches("\nregisterTemplate(\"").count() > 300, "templates");
    assert!(!text.contains("@mail/"), "no addon that is not installed");
}
