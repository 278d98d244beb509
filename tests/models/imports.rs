//! base_import: files become records.

use serde_json::{Value as Json, json};

use crate::support::both;
use workwarden::error::Result;
use workwarden::orm::Env;
use workwarden::value::Map;

use super::run;

/// An import of a file to a model, as the client drives it.
struct Import<'e> {
    env: &'e Env,
    id: i64,
    options: Json,
}

impl Import<'_> {
    fn of<'e>(env: &'e Env, model: &str, file: &[u8], kind: &str) -> Result<Import<'e>> {
        use base64::Engine as _;
        let file = base64::engine::general_purpose::STANDARD.encode(file);
        let vals = json!({"res_model": model, "file": file, "file_name": "list", "file_type": kind});
        let id = env.create("base_import.import", vals)?;
        let options = json!({"has_headers": true, "quoting": "\"", "separator": "", "encoding": "", "date_format": "",
            "datetime_format": "", "float_thousand_separator": ",", "float_decimal_separator": ".", "limit": 2000,
            "skip": 0, "keep_matches": false, "advanced": true, "sheet": "", "sheets": []});
        Ok(Import { env, id, options })
    }

    fn call(&self, method: &str, args: Json, kwargs: Json) -> Result<Json> {
        let args = args.as_array().cloned().unwrap();
        self.env.call("base_import.import", &[self.id], method, args, kwargs.as_object().cloned().unwrap())
    }

    /// The preview; what it found goes into the options, as in the client.
    fn preview(&mut self) -> Result<Json> {
        let preview = self.call("parse_preview", json!([self.options]), json!({}))?;
        if let Some(found) = preview.get("options") {
            self.options = found.clone();
        }
        Ok(preview)
    }

    fn execute(&self, fields: Json, columns: Json, dryrun: bool) -> Result<Json> {
        self.call("execute_import", json!([fields, columns, self.options]), json!({"dryrun": dryrun}))
    }
}

both!(a_file_is_previewed_tried_and_imported, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "Bäckerei"}))?;
        env.create("project.tags", json!({"name": "sweet"}))?;
        env.create("project.tags", json!({"name": "salty"}))?;
        let text = "Title;Project;Deadlin;Allocated Time;Tags;Nothing of ours\r\n\
            Brezeln;Bäckerei;31/12/2026;1.234,5;sweet,salty;\"a;b\"\r\n\
            Torte;Bäckerei;1/2/2027;2;;c\r\n";
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(text);
        let mut import = Import::of(env, "project.task", &latin, "text/csv")?;
        let preview = import.preview()?;
        let matches = json!({"0": ["name"], "1": ["project_id"], "2": ["date_deadline"], "3": ["allocated_hours"],
            "4": ["tag_ids"]});
        assert_eq!(preview["matches"], matches, "{preview}");
        assert_eq!(preview["headers"][5], "Nothing of ours");
        assert_eq!(preview["header_types"][2], json!(["date", "datetime"]));
        assert_eq!(preview["preview"][5], json!(["a;b", "c"]));
        assert_eq!(preview["file_length"], 3);
        let found = |key: &str| preview["options"][key].clone();
        assert_eq!((found("separator"), found("date_format")), (json!(";"), json!("%d/%m/%Y")));
        let fields = json!(["name", "project_id", "date_deadline", "allocated_hours", "tag_ids", false]);
        let columns = json!(["title", "project", "deadlin", "allocated time", "tags", "nothing of ours"]);
        let here = json!([["project_id", "=", project]]);
        let tried = import.execute(fields.clone(), columns.clone(), true)?;
        assert_eq!(
            (&tried["messages"], &tried["name"]),
            (&json!([]), &json!(["Brezeln", "Torte"])),
            "{tried}"
        );
        assert_eq!(env.count("project.task", here.clone())?, 0, "a test stores nothing");
        let done = import.execute(fields, columns, false)?;
        let ids: Vec<i64> = serde_json::from_value(done["ids"].clone()).unwrap();
        assert_eq!(done["nextrow"], 0);
        let tasks =
            env.fetch("project.task", &ids, &["name", "allocated_hours", "tag_ids", "date_deadline"])?;
        assert_eq!((tasks[0].str("name"), tasks[0].float("allocated_hours")), ("Brezeln", 1234.5));
        assert_eq!(tasks[0].ids("tag_ids").len(), 2);
        assert_eq!(tasks[1].datetime("date_deadline").unwrap().to_string(), "2027-02-01 00:00:00");
        // the column of that name is known from now on
        let again = Import::of(env, "project.task", b"Deadlin,Title\n2026-01-01,x", "text/csv")?.preview()?;
        assert_eq!(again["matches"]["0"], json!(["date_deadline"]));
        Ok(())
    });
});

both!(what_does_not_fit_is_told_by_row_and_mended_as_the_user_says, |app| {
    run(&app, |env| {
        let file = b"name,project_id,state,tag_ids\nA,No such project,01_in_progress,\nB,,Nonsense,new tag\n";
        let fields = json!(["name", "project_id", "state", "tag_ids"]);
        let mut import = Import::of(env, "project.task", file, "text/csv")?;
        import.preview()?;
        let said = import.execute(fields.clone(), fields.clone(), true)?;
        assert_eq!(said["ids"], false);
        let messages = said["messages"].as_array().unwrap();
        let of = |field: &str| messages.iter().find(|m| m["field"] == field).unwrap();
        assert_eq!(of("project_id")["rows"], json!({"from": 0, "to": 0}));
        assert_eq!(
            (&of("project_id")["value"], &of("project_id")["field_type"]),
            (&json!("No such project"), &json!("name"))
        );
        assert_eq!(of("project_id")["field_path"], json!(["project_id"]));
        assert_eq!(of("project_id")["moreinfo"]["res_model"], "project.project");
        assert_eq!(of("state")["record"], 1);
        assert!(of("state")["moreinfo"].as_array().unwrap().contains(&json!("In Progress")));
        import.options["name_create_enabled_fields"] = json!({"tag_ids": true});
        import.options["import_set_empty_fields"] = json!(["project_id"]);
        import.options["import_skip_records"] = json!(["state"]);
        let done = import.execute(fields.clone(), fields, false)?;
        let ids: Vec<i64> = serde_json::from_value(done["ids"].clone()).unwrap();
        let tasks = env.fetch("project.task", &ids, &["name", "project_id"])?;
        assert_eq!(
            tasks.iter().map(|t| (t.str("name"), t.opt("project_id"))).collect::<Vec<_>>(),
            [("A", None)]
        );
        assert_eq!(env.count("project.tags", json!([["name", "=", "new tag"]]))?, 1, "{done}");
        Ok(())
    });
});

both!(a_file_that_cannot_be_used_says_why, |app| {
    run(&app, |env| {
        let error = |file: &[u8], kind: &str| -> Result<String> {
            let preview = Import::of(env, "project.tags", file, kind)?.preview()?;
            Ok(preview["error"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(error(b"", "text/csv")?, "Import file has no content or is corrupt");
        assert!(error(b"<a/>", "text/html")?.starts_with("Unsupported file format \"text/html\""));
        assert!(error(b"name,color\nx,1\ny\n", "text/csv")?.contains("row 3 has 1 cells"));
        let import = Import::of(env, "project.tags", b"name;color\nx;soon", "text/csv")?;
        let refused = |fields: Json| -> Result<Json> { import.execute(fields.clone(), fields, false) };
        let said = refused(json!([false]))?;
        assert_eq!(said["messages"][0]["message"], "You must configure at least one field to import");
        assert_eq!(said["messages"][0]["not_matching_error"], true);
        assert!(
            refused(json!(["name"]))?["messages"][0]["message"].as_str().unwrap().contains("title row has 1")
        );
        let file = b"name,date_deadline\nx,31.12.2026";
        let mut import = Import::of(env, "project.task", file, "text/csv")?;
        import.options["date_format"] = json!("%Y-%m-%d");
        let fields = json!(["name", "date_deadline"]);
        let said = import.execute(fields.clone(), fields, false)?;
        let why = "Column date_deadline contains incorrect values. Error in line 1: time data '31.12.2026' does not \
                   match format '%Y-%m-%d'";
        assert_eq!(
            (&said["messages"][0]["message"], &said["messages"][0]["field_path"]),
            (&json!(why), &json!(["date_deadline"]))
        );
        Ok(())
    });
});

both!(a_workbook_is_read_as_well, |app| {
    run(&app, |env| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let days = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet().set_name("Tasks").unwrap();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 12, 31).unwrap();
        for (column, title) in ["Title", "Allocated Time", "Deadline"].into_iter().enumerate() {
            sheet.write(0, column as u16, title).unwrap();
        }
        sheet.write(1, 0, "Cake").unwrap();
        sheet.write(1, 1, 2.5).unwrap();
        sheet.write_with_format(1, 2, &day, &days).unwrap();
        sheet.write(2, 0, "Bread").unwrap();
        sheet.write(2, 1, 3).unwrap();
        book.add_worksheet().set_name("Other").unwrap();
        let file = book.save_to_buffer().unwrap();
        let mut import = Import::of(env, "project.task", &file, "application/octet-stream")?;
        let preview = import.preview()?;
        assert_eq!(preview["options"]["sheets"], json!(["Tasks", "Other"]), "{preview}");
        assert_eq!(preview["preview"], json!([["Cake", "Bread"], ["2.5", "3"], ["2026-12-31"]]));
        let fields = json!(["name", "allocated_hours", "date_deadline"]);
        let done = import.execute(fields.clone(), fields, false)?;
        let ids: Vec<i64> = serde_json::from_value(done["ids"].clone()).unwrap();
        let tasks = env.fetch("project.task", &ids, &["allocated_hours", "date_deadline"])?;
        assert_eq!((tasks[0].float("allocated_hours"), tasks[1].float("allocated_hours")), (2.5, 3.0));
        assert_eq!(tasks[0].datetime("date_deadline").unwrap().to_string(), "2026-12-31 00:00:00");
        Ok(())
    });
});

both!(large_files_go_in_pieces, |app| {
    run(&app, |env| {
        let file: String = (0..7).map(|i| format!("piece {i}\n")).collect();
        let mut import = Import::of(env, "project.tags", format!("name\n{file}").as_bytes(), "text/csv")?;
        import.options["limit"] = json!(3);
        let mut pieces = vec![];
        loop {
            let done = import.execute(json!(["name"]), json!(["name"]), false)?;
            pieces.push(done["ids"].as_array().unwrap().len());
            match done["nextrow"].as_u64().unwrap() {
                0 => break,
                next => import.options["skip"] = json!(next),
            }
        }
        assert_eq!(pieces, [3, 3, 1]);
        assert_eq!(env.count("project.tags", json!([["name", "=like", "piece %"]]))?, 7);
        Ok(())
    });
});

both!(the_fields_to_choose_from, |app| {
    run(&app, |env| {
        let args = vec![json!("project.task")];
        let tree = env.call("base_import.import", &[], "get_fields_tree", args, Map::new())?;
        let tree = tree.as_array().unwrap();
        let of = |name: &str| tree.iter().find(|f| f["name"] == name);
        assert_eq!(tree[0]["string"], "External ID");
        assert_eq!(of("name").unwrap()["required"], true);
        assert!(of("create_date").is_none() && of("task_count").is_none());
        assert!(of("display_name").is_some(), "a task's can be written: its name is read out of it");
        let project = of("project_id").unwrap();
        assert_eq!(
            (&project["comodel_name"], &project["fields"][1]["name"]),
            (&json!("project.project"), &json!(".id"))
        );
        let lines = of("child_ids").unwrap()["fields"].as_array().unwrap();
        assert!(lines.iter().any(|f| f["name"] == "name" && f["model_name"] == "project.task"));
        Ok(())
    });
});
