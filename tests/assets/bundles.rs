//! Bundles of the small tree, as the floor makes them.

use std::path::Path;
use std::sync::Arc;

use workwarden::assets::{self, Assets, Form, Part, Source};
use workwarden::schema::load_addons;

use super::tree;

fn open(cache: &Path) -> Assets {
    Assets::open(&tree(), cache.join("assets"), &[]).unwrap()
}

fn made(assets: &Assets, name: &str, part: Part, form: Form) -> String {
    let output = assets.output(name, part, form).unwrap().unwrap();
    String::from_utf8(output.plain.clone()).unwrap()
}

#[test]
fn files_stand_in_the_order_that_the_operations_say() {
    let cache = tempfile::tempdir().unwrap();
    let text = made(&open(cache.path()), assets::BOOT, Part::Script, Form::Readable);
    let files: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("/* /")?.strip_suffix(" */"))
        .map(|url| url.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(files, ["box.js", "box.js", "after.js", "new.js", "open.js", "main.js"]);
    assert!(
        text.contains("registerTemplate(\"web.List\", \"/web/static/src/views/list.xml\", `<t xml:space=")
    );
    assert!(!text.contains("not for the browser"));
    assert!(!text.contains("crm") && !text.contains("@web/core/old"), "{text}");
}

#[test]
fn styles_are_one_source() {
    let cache = tempfile::tempdir().unwrap();
    let text = made(&open(cache.path()), assets::BOOT, Part::Style, Form::Minified);
    assert!(
        text.starts_with(".before{color:#123456}.list{color:#123456}@media print{.list{display:none}}"),
        "{text}"
    );
    assert!(
        text.contains(".plain{background: url(\"/base/static/src/../img/p.png\")") && !text.contains("/*"),
        "{text}"
    );
}

#[test]
fn a_lazy_bundle_says_which_templates_it_builds_on() {
    let cache = tempfile::tempdir().unwrap();
    let assets = open(cache.path());
    let text = made(&assets, "web.far", Part::Script, Form::Minified);
    assert!(text.contains("checkPrimaryTemplateParents([") && text.contains("t-name=\"web.Far\""), "{text}");
    assert!(assets.output("web.far", Part::Style, Form::Minified).unwrap().is_none());
    assert!(assets.links("web.none", Form::Minified).unwrap().is_empty());
}

#[test]
fn what_was_made_is_kept_and_found_again() {
    let cache = tempfile::tempdir().unwrap();
    let first = open(cache.path()).output(assets::BOOT, Part::Script, Form::Minified).unwrap().unwrap();
    let folder = cache.path().join("assets").join(&first.digest);
    // told from a new one by what stands there
    std::fs::write(folder.join("web.assets_web.min.js"), "kept").unwrap();
    assert_eq!(made(&open(cache.path()), assets::BOOT, Part::Script, Form::Minified), "kept");
    let mut unpacked = String::new();
    let mut gzip = flate2::read::GzDecoder::new(&first.gzip[..]);
    std::io::Read::read_to_string(&mut gzip, &mut unpacked).unwrap();
    assert_eq!(unpacked.as_bytes(), first.plain);
}

#[test]
fn readable_bundles_follow_the_files() {
    let copy = tempfile::tempdir().unwrap();
    copy_tree(&tree(), copy.path());
    let assets = Assets::open(copy.path(), copy.path().join("cache"), &[]).unwrap();
    let before = made(&assets, assets::BOOT, Part::Script, Form::Readable);
    let old = assets.digest(assets::BOOT, Part::Script, Form::Minified).unwrap();
    let main = copy.path().join("addons/web/static/src/main.js");
    std::fs::write(main, "odoo.changed = true;").unwrap();
    let after = made(&assets, assets::BOOT, Part::Script, Form::Readable);
    assert!(!before.contains("odoo.changed") && after.contains("odoo.changed"));
    assert_ne!(
        assets.digest(assets::BOOT, Part::Script, Form::Minified).unwrap(),
        old,
        "the address changes too"
    );
}

fn copy_tree(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn trees_are_found_in_the_shapes_people_have() {
    let home = tempfile::tempdir().unwrap();
    let container = home.path().join("usr/lib/python3/dist-packages/odoo");
    for addon in ["base", "web"] {
        std::fs::create_dir_all(container.join("addons").join(addon)).unwrap();
        std::fs::write(container.join("addons").join(addon).join("__manifest__.py"), "{}").unwrap();
    }
    let deeper = [home.path().to_owned(), container.clone(), container.join("addons")];
    for path in deeper.into_iter().chain([container.parent().unwrap().to_owned(), tree()]) {
        Source::find(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
    let wrong = Source::find(&tree().join("addons")).unwrap_err().message;
    assert!(wrong.contains("base/__manifest__.py") && wrong.contains("--odoo-source"), "{wrong}");
    assert!(!wrong.contains("web/__manifest__.py"), "only what is missing: {wrong}");
}

#[test]
fn no_step_leads_out_of_the_static_folder() {
    let source = Source::find(&tree()).unwrap();
    assert!(source.place("web", "fonts/f.woff2").is_some());
    assert!(source.place("crm", "src/crm.js").is_some(), "files of any addon of the tree");
    for path in [
        "../secret.py",
        "fonts/../../secret.py",
        "/etc/passwd",
        "",
        "fonts",
        "fonts//f.woff2",
        "./fonts/f.woff2",
    ] {
        assert!(source.place("web", path).is_none(), "{path}");
    }
    for addon in ["..", ".", "", "web/..", "none"] {
        assert!(source.place(addon, "fonts/f.woff2").is_none(), "{addon}");
    }
}

#[test]
fn one_makes_it_while_others_wait() {
    let cache = tempfile::tempdir().unwrap();
    let assets = Arc::new(open(cache.path()));
    assets.prepare().unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let output = loop {
        match assets.output(assets::BOOT, Part::Style, Form::Minified) {
            Ok(output) => break output.unwrap(),
            Err(e) => {
                assert!(e.kind == workwarden::error::Kind::Busy && std::time::Instant::now() < end, "{e}")
            }
        }
        std::thread::yield_now();
    };
    assert!(!output.plain.is_empty());
}

#[test]
fn an_addon_of_this_server_adds_its_files_to_bundles() {
    let home = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = home.path().join("greeter").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let open = || Assets::open(&tree(), home.path().join("cache"), &load_addons(&[home.path().into()])?);
    write(
        "manifest.toml",
        "[assets]\n\"web.assets_web\" = [\"greeter/static/src/**/*\", [\"remove\", \"web/static/src/new.js\"]]\n",
    );
    write(
        "static/src/deep/greet.js",
        "import { box } from \"@web/core/box\";\nexport const greeting = box;\n",
    );
    write("static/src/greet.scss", ".greet { color: red; }\n");
    write("static/unused.js", "greeter.unused = true;");
    let assets = open().unwrap();
    let script = made(&assets, assets::BOOT, Part::Script, Form::Readable);
    let (before, greet) = script.split_once("/* /greeter/static/src/deep/greet.js */").unwrap();
    assert!(before.contains("/* /web/static/src/main.js */"), "after the tree's: {script}");
    assert!(greet.contains("odoo.define(\"@greeter/deep/greet\", [\"@web/core/box\"]"), "{greet}");
    assert!(!script.contains("/web/static/src/new.js") && !script.contains("unused"), "{script}");
    assert!(made(&assets, assets::BOOT, Part::Style, Form::Minified).contains(".greet{color:red}"));
    assert_eq!(
        assets.source().place("greeter", "unused.js").unwrap().read().unwrap(),
        "greeter.unused = true;".as_bytes()
    );
    assert!(assets.source().place("greeter", "../manifest.toml").is_none());
    write("manifest.toml", "[assets]\n\"web.assets_web\" = [[\"rename\", \"x\"]]\n");
    let refused = open().unwrap_err().message;
    assert!(refused.contains("greeter: manifest.toml") && refused.contains("rename"), "{refused}");
}

#[test]
fn what_ships_follows_runs_in_the_backend_bundle() {
    let cache = tempfile::tempdir().unwrap();
    let assets = Assets::open(&tree(), cache.path().to_owned(), &load_addons(&[]).unwrap()).unwrap();
    let script = made(&assets, "web.assets_backend", Part::Script, Form::Minified);
    for module in ["follow", "run_views"] {
        assert!(script.contains(&format!("odoo.define(`@ai_project_workflow/{module}`")), "{script}");
    }
}
