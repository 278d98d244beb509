//! Conversations: who follows what by which act, and what is logged.

use serde_json::json;
use workwarden::models::mail_thread::post;

use super::run;
use crate::support::both;

both!(followers_of_a_project_follow_its_new_tasks, |app| {
    run(&app, |env| {
        let partner = env.create("res.partner", json!({"name": "Ann"}))?;
        let project = env.create("project.project", json!({"name": "board"}))?;
        let args = vec![json!([partner])];
        env.call("project.project", &[project], "message_subscribe", args, Default::default())?;
        let task = env.create("project.task", json!({"name": "t", "project_id": project}))?;
        let found = env.fetch_one("project.task", task, &["message_partner_ids"])?;
        assert!(found.ids("message_partner_ids").contains(&partner));
        Ok(())
    });
});

both!(several_writes_of_one_transaction_are_one_message, |app| {
    let task = run(&app, |env| env.create("project.task", json!({"name": "t"})));
    run(&app, |env| {
        env.call("project.task", &[task], "is_blocked_by_dependences", vec![], Default::default())?;
        env.write("project.task", &[task], json!({"priority": "1"}))
    });
    let of =
        json!([["model", "=", "project.task"], ["res_id", "=", task], ["tracking_value_ids", "!=", false]]);
    let first = run(&app, |env| env.sudo().search("mail.message", &of));
    assert_eq!(first.len(), 1);
    run(&app, |env| env.write("project.task", &[task], json!({"priority": "1"})));
    assert_eq!(
        run(&app, |env| env.sudo().search("mail.message", &of)),
        first,
        "nothing changed, nothing said"
    );
});

both!(the_workflow_posts_plain_text, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "board"}))?;
        let ids = post::post(env, "project.project", &[project], "a < b", Some("mail.mt_comment"))?;
        let message = env.fetch_one("mail.message", ids[0], &["body", "record_name"])?;
        assert_eq!(message.str("body"), "<p>a &lt; b</p>");
        assert_eq!(message.str("record_name"), "board");
        Ok(())
    });
});

both!(archived_documents_have_nothing_to_do, |app| {
    run(&app, |env| {
        let project = env.create("project.project", json!({"name": "board"}))?;
        let args = vec![json!("mail.mail_activity_data_todo")];
        env.call("project.project", &[project], "activity_schedule", args, Default::default())?;
        let open = json!([["res_model", "=", "project.project"], ["res_id", "=", project]]);
        assert_eq!(env.count("mail.activity", &open)?, 1);
        env.write("project.project", &[project], json!({"active": false}))?;
        assert_eq!(env.count("mail.activity", &open)?, 0);
        Ok(())
    });
});

both!(documents_are_found_by_what_is_to_be_done, |app| {
    run(&app, |env| {
        let task = env.create("project.task", json!({"name": "t"}))?;
        let found = |op: &str, value| {
            env.search("project.task", json!([["id", "=", task], ["activity_state", op, value]]))
        };
        assert_eq!(found("=", json!(false))?, [task], "nothing is to be done anywhere");
        assert_eq!(found("!=", json!("today"))?, [task]);
        assert!(found("in", json!(["today", "overdue"]))?.is_empty());
        let kwargs = json!({"act_type_xmlid": "mail.mail_activity_data_todo"});
        let kwargs = kwargs.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        env.call("project.task", &[task], "activity_schedule", vec![], kwargs)?;
        assert_eq!(found("!=", json!(false))?, [task]);
        assert!(found("=", json!(false))?.is_empty());
        Ok(())
    });
});
