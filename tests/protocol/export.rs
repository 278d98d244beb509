//! What the web client posts beside calling methods: exports, pivot tables, uploads, the domain editor's question.

use std::io::Read as _;

use serde_json::{Value, json};
use workwarden::service::export::{self, Format};
use workwarden::value::Map;

use super::wire::{Reply, Site};

/// A session of admin, and the token that its forms carry.
fn session(site: &Site) -> (String, String) {
    let params = json!({"db": "wire", "login": "admin", "password": "admin"});
    let body = json!({"id": 1, "params": params}).to_string();
    let reply = site.send("POST", "/web/session/authenticate", &[("content-type", "application/json")], body);
    let cookie = reply.cookie("session_id");
    let page = site.send("GET", "/odoo", &[("cookie", &cookie)], "").body;
    let token = page.split("csrf_token: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    (cookie, token.to_owned())
}

/// A form with text fields and files as a browser sends it.
fn form(site: &Site, path: &str, cookie: &str, parts: &[(&str, Option<&str>, &str)]) -> super::wire::Reply {
    let mut body = String::new();
    for (name, file, content) in parts {
        let file = file.map_or(String::new(), |f| format!("; filename=\"{f}\"\r\nContent-Type: text/plain"));
        body.push_str(&format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--frontier--\r\n");
    let kind = "multipart/form-data; boundary=frontier";
    site.send("POST", path, &[("content-type", kind), ("cookie", cookie)], body)
}

fn result(site: &Site, path: &str, params: Value, cookie: &str) -> Value {
    site.rpc(path, params, cookie)["result"].clone()
}

fn tags(site: &Site, cookie: &str, names: &[&str]) -> Value {
    let values: Vec<Value> = names.iter().map(|n| json!({"name": n, "color": 4})).collect();
    let params = json!({"model": "project.tags", "method": "create", "args": [values], "kwargs": {}});
    result(site, "/web/dataset/call_kw", params, cookie)
}

#[test]
fn a_csv_is_what_the_dialog_asked_for() {
    let site = Site::default();
    let (cookie, token) = session(&site);
    let ids = tags(&site, &cookie, &["=1+1", "with \"quotes\", and commas"]);
    let fields =
        json!([{"name": "name", "label": "Name", "type": "char"}, {"name": "color", "label": "Color"}]);
    let data = json!({"model": "project.tags", "fields": fields, "ids": ids, "domain": [], "import_compat": false,
        "context": {}, "groupby": []});
    let post = |token: &str, data: &Value| {
        let data = data.to_string();
        form(&site, "/web/export/csv", &cookie, &[("data", None, &data), ("csrf_token", None, token)])
    };
    let reply = post(&token, &data);
    assert_eq!((reply.status, reply.content_type.as_str()), (200, "text/csv"), "{}", reply.body);
    let name = "attachment; filename*=UTF-8''Project%20Tags%20%28project.tags%29.csv";
    assert_eq!(reply.header("content-disposition"), name);
    let lines: Vec<&str> = reply.body.lines().collect();
    assert_eq!(lines[0], "\"Name\",\"Color\"");
    assert!(lines.contains(&"\"'=1+1\",\"4\""), "{lines:?}");
    assert!(lines.contains(&"\"with \"\"quotes\"\", and commas\",\"4\""), "{lines:?}");
    assert_eq!(post("", &data).status, 400);
    // an error is a page that the client takes apart
    let mut wrong = data.clone();
    wrong["model"] = json!("no.model");
    let reply = post(&token, &wrong);
    assert_eq!((reply.status, reply.content_type.as_str()), (500, "text/html"));
    assert!(reply.body.contains("no.model") && reply.body.contains("odoo.exceptions"), "{}", reply.body);
}

/// The texts of the first sheet.
fn texts(bytes: Vec<u8>) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for name in ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"] {
        archive.by_name(name).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

#[test]
fn a_spreadsheet_has_groups_with_sums() {
    let site = Site::default();
    let (cookie, _) = session(&site);
    let admin = site.admin();
    let project =
        json!({"model": "project.project", "method": "create", "args": [{"name": "Exported"}], "kwargs": {}});
    let project = result(&site, "/web/dataset/call_kw", project, &cookie);
    let task = |name: &str, hours: f64| {
        json!({"name": name, "project_id": project, "allocated_hours": hours,
            "date_deadline": "2026-03-04 10:00:00"})
    };
    let tasks = json!({"model": "project.task", "method": "create", "args": [[task("One", 1.5), task("Two", 2.25)]],
        "kwargs": {}});
    let ids = result(&site, "/web/dataset/call_kw", tasks, &cookie);
    let fields = json!([{"name": "name", "label": "Title", "type": "char"},
        {"name": "allocated_hours", "label": "Hours", "type": "float"},
        {"name": "date_deadline", "label": "Due", "type": "datetime"}]);
    let domain = json!([["project_id", "=", project]]);
    let ask = |by: Value, ids: &Value| -> Map {
        let data = json!({"model": "project.task", "fields": fields, "ids": ids, "domain": domain,
            "import_compat": false, "context": {}, "groupby": by});
        data.as_object().unwrap().clone()
    };
    let flat = export::file(site.app(), admin, &ask(json!([]), &ids), Format::Xlsx).unwrap();
    assert_eq!(flat.name, "Task (project.task).xlsx");
    let sheet = texts(flat.bytes);
    for text in ["Title", "One", "Two", "<v>1.5</v>"] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    let grouped =
        export::file(site.app(), admin, &ask(json!(["project_id"]), &json!(false)), Format::Xlsx).unwrap();
    let sheet = texts(grouped.bytes);
    for text in ["Exported (2)", "<v>3.75</v>", "One"] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    let refused =
        export::file(site.app(), admin, &ask(json!(["project_id"]), &ids), Format::Csv).unwrap_err();
    assert!(refused.message.contains("grouped data to csv"), "{}", refused.message);
}

#[test]
fn a_pivot_table_is_drawn_as_it_was_laid_out() {
    let table = json!({"model": "project.task", "title": "Tasks", "measure_count": 1, "origin_count": 1,
        "col_group_headers": [[{"title": "Total", "width": 2, "height": 1, "is_bold": false}],
            [{"title": "New", "width": 1, "height": 1}, {"title": "Done", "width": 1, "height": 1}]],
        "measure_headers": [{"title": "Count", "width": 1, "height": 1, "is_bold": true}], "origin_headers": [],
        "rows": [{"title": "Alpha", "indent": 1, "values": [{"value": 7}, {"value": 41.5, "is_bold": true}]}]});
    let file = export::pivot(table.as_object().unwrap()).unwrap();
    assert_eq!(file.name, "Pivot Tasks (project.task).xlsx");
    let sheet = texts(file.bytes);
    for text in ["Total", "New", "Done", "Count", "     Alpha", "<v>41.5</v>", "<v>7</v>"] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
}

#[test]
fn the_dialog_lists_fields_and_what_lies_behind_them() {
    let site = Site::default();
    let (cookie, _) = session(&site);
    let formats = result(&site, "/web/export/formats", json!({}), &cookie);
    assert_eq!(formats[0]["tag"], "xlsx");
    let ask = |params: Value| result(&site, "/web/export/get_fields", params, &cookie);
    let all = ask(json!({"model": "project.task", "domain": [], "import_compat": false}));
    let of = |list: &Value, id: &str| list.as_array().unwrap().iter().find(|f| f["id"] == id).cloned();
    let project = of(&all, "project_id").unwrap();
    assert_eq!((&project["value"], &project["children"]), (&json!("project_id/id"), &json!(true)));
    assert_eq!(project["params"]["model"], "project.project");
    assert!(of(&all, ".id").is_some());
    let labels: Vec<String> =
        all.as_array().unwrap().iter().map(|f| f["string"].as_str().unwrap().to_lowercase()).collect();
    assert!(labels.is_sorted());
    let behind = ask(
        json!({"model": "project.project", "domain": [], "import_compat": false, "prefix": "project_id",
        "parent_name": "Project", "parent_field_type": "many2one", "parent_field": project["params"]["parent_field"]}),
    );
    assert_eq!(of(&behind, "project_id/name").unwrap()["string"], "Project/Name");
    assert_eq!(of(&behind, "project_id/id").unwrap()["string"], "Project/External ID");
    let compatible = ask(json!({"model": "project.task", "domain": [], "import_compat": true}));
    assert!(of(&compatible, "write_date").is_none() && of(&compatible, "name").is_some());
    // a saved list tells its labels in its own order
    let lines = json!([[0, 0, {"name": "project_id/name"}], [0, 0, {"name": "name"}]]);
    let values = json!({"name": "mine", "resource": "project.task", "export_fields": lines});
    let create = json!({"model": "ir.exports", "method": "create", "args": [[values]], "kwargs": {}});
    let id = result(&site, "/web/dataset/call_kw", create, &cookie)[0].clone();
    let list =
        result(&site, "/web/export/namelist", json!({"model": "project.task", "export_id": id}), &cookie);
    let told: Vec<&str> = list.as_array().unwrap().iter().map(|f| f["string"].as_str().unwrap()).collect();
    assert_eq!(told, ["Project/Name", "Title"]);
}

#[test]
fn a_domain_is_tried_out() {
    let site = Site::default();
    let (cookie, _) = session(&site);
    let ask = |domain: Value| {
        let params = json!({"model": "project.task", "domain": domain});
        result(&site, "/web/domain/validate", params, &cookie)
    };
    assert_eq!(ask(json!([["name", "ilike", "x"]])), true);
    assert_eq!(ask(json!([["nothing", "=", 1]])), false);
    assert_eq!(ask(json!([["name", "between", 1]])), false);
    let params = json!({"model": "no.model", "domain": []});
    let refused = site.rpc("/web/domain/validate", params, &cookie);
    assert_eq!(refused["error"]["data"]["name"], "odoo.exceptions.ValidationError");
}

#[test]
fn uploaded_files_become_attachments() {
    let site = Site::default();
    let (cookie, token) = session(&site);
    let id = tags(&site, &cookie, &["with files"])[0].to_string();
    let parts = |token: &str| {
        let fields =
            [("csrf_token", None, token), ("model", None, "project.tags"), ("id", None, id.as_str())];
        let files = [("ufile", Some("a.txt"), "first"), ("ufile", Some("b.txt"), "second one")];
        form(&site, "/web/binary/upload_attachment", &cookie, &[&fields[..], &files[..]].concat())
    };
    let made = parts(&token).json();
    assert_eq!((&made[0]["filename"], &made[1]["size"]), (&json!("a.txt"), &json!(10)), "{made}");
    let content = site.send("GET", &format!("/web/content/{}", made[1]["id"]), &[("cookie", &cookie)], "");
    assert_eq!(content.body, "second one");
    assert_eq!(parts("forged").status, 400);
    // a form's download button posts what it wants
    let second = made[1]["id"].to_string();
    let asked = |token: &str, more: &[(&str, Option<&str>, &str)]| {
        let fields = [("csrf_token", None, token), ("model", None, "ir.attachment"), ("id", None, &second)];
        let rest = [("field", None, "datas"), ("download", None, "true")];
        form(&site, "/web/content", &cookie, &[&fields[..], &rest[..], more].concat())
    };
    let named = |reply: Reply| reply.header("content-disposition").to_owned();
    assert_eq!(asked(&token, &[]).body, "second one");
    assert_eq!(named(asked(&token, &[])), "attachment; filename*=UTF-8''b.txt");
    let by_field = ("filename_field", None, "mimetype");
    assert_eq!(named(asked(&token, &[by_field])), "attachment; filename*=UTF-8''text%2Fplain");
    assert_eq!(named(asked(&token, &[("filename", None, "c.txt")])), "attachment; filename*=UTF-8''c.txt");
    assert_eq!(asked("forged", &[]).status, 400);
}

#[test]
fn the_file_of_an_import_is_posted_to_it() {
    let site = Site::default();
    let (cookie, token) = session(&site);
    let model = |method: &str, args: Value| {
        let params = json!({"model": "base_import.import", "method": method, "args": args, "kwargs": {}});
        result(&site, "/web/dataset/call_kw", params, &cookie)
    };
    let id = model("create", json!([{"res_model": "project.tags"}]));
    let post = |token: &str, id: &str| {
        let file = "\u{feff}name,color\nfrom a file,4\n";
        let parts = [("csrf_token", None, token), ("id", None, id), ("ufile", Some("tags.csv"), file)];
        form(&site, "/base_import/set_file", &cookie, &parts)
    };
    assert_eq!(post("", &id.to_string()).status, 400);
    assert_eq!(post(&token, "x").status, 400);
    assert_eq!(post(&token, &id.to_string()).json(), json!({"result": true}));
    let options = json!({"has_headers": true, "quoting": "\""});
    let preview = model("parse_preview", json!([[id], options]));
    assert_eq!(preview["matches"], json!({"0": ["name"], "1": ["color"]}), "{preview}");
    let fields = json!(["name", "color"]);
    let done = model("execute_import", json!([[id], fields, fields, preview["options"]]));
    assert_eq!(done["ids"].as_array().map(Vec::len), Some(1), "{done}");
}
