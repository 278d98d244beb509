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

/// Messages to one partner alone about a document: (subject, body).
fn notices(
    env: &workwarden::orm::Env,
    model: &str,
    id: i64,
) -> workwarden::error::Result<Vec<(String, String)>> {
    let domain =
        json!([["model", "=", model], ["res_id", "=", id], ["message_type", "=", "user_notification"]]);
    let page = workwarden::orm::Page { order: Some("id".into()), ..Default::default() };
    let ids = env.sudo().search_with("mail.message", &domain, &page)?;
    let rows = env.sudo().fetch("mail.message", &ids, &["subject", "body"])?;
    Ok(rows.iter().map(|r| (r.str("subject").to_owned(), r.str("body").to_owned())).collect())
}

both!(who_is_made_responsible_is_told, |app| {
    run(&app, |env| {
        let user = |n: &str| env.create("res.users", json!({"name": n, "login": n}));
        let (ann, bob) = (user("ann")?, user("bob")?);
        let (of_ann, of_me) =
            (json!({"name": "x", "user_id": ann}), json!({"name": "x", "user_id": env.uid()}));
        // (model, values of the new document, values written to it, subjects of the notices)
        let assigned = "You have been assigned to x".to_owned();
        let cases = [
            ("project.project", of_ann.clone(), json!({}), 1),
            ("project.project", of_me.clone(), json!({"user_id": ann}), 1),
            ("project.project", of_ann.clone(), json!({"user_id": false}), 1),
            ("res.partner", of_me, json!({"name": "x"}), 0),
            ("res.partner", of_ann, json!({"user_id": bob}), 2),
            ("project.task", json!({"name": "x", "user_ids": [ann, bob]}), json!({}), 2),
            ("project.task", json!({"name": "x", "user_ids": [ann]}), json!({"user_ids": [[4, bob]]}), 2),
            (
                "project.task",
                json!({"name": "x", "user_ids": [ann]}),
                json!({"user_ids": [[6, 0, [ann]]]}),
                1,
            ),
        ];
        for (model, made, written, count) in cases {
            let id = env.create(model, made.clone())?;
            env.write(model, &[id], written.clone())?;
            let subjects: Vec<String> = notices(env, model, id)?.into_iter().map(|n| n.0).collect();
            assert_eq!(subjects, vec![assigned.clone(); count], "{model} {made} {written}");
        }
        Ok(())
    });
});

both!(an_activity_given_to_another_is_told_and_followed, |app| {
    run(&app, |env| {
        let ann = env.create("res.users", json!({"name": "ann", "login": "ann"}))?;
        let partner = env.create("res.partner", json!({"name": "x"}))?;
        let mine = json!({"summary": "call"});
        let kwargs = mine.as_object().cloned().unwrap_or_default();
        let made = env.call("res.partner", &[partner], "activity_schedule", vec![], kwargs)?;
        assert!(notices(env, "res.partner", partner)?.is_empty(), "nobody tells himself");
        let activity = made[0].as_i64().unwrap_or_default();
        env.write("mail.activity", &[activity], json!({"user_id": ann}))?;
        let told = notices(env, "res.partner", partner)?;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "\"x: call\" assigned to you");
        let follower = env.fetch_one("res.users", ann, &["partner_id"])?.int("partner_id");
        let followers = env.fetch_one("res.partner", partner, &["message_partner_ids"])?;
        assert!(followers.ids("message_partner_ids").contains(&follower));
        Ok(())
    });
});

both!(recipients_and_followers_of_the_subtype_are_notified, |app| {
    run(&app, |env| {
        let person = |n: &str| env.create("res.partner", json!({"name": n}));
        let (follower, recipient, gone) = (person("f")?, person("r")?, person("g")?);
        let project = env.create("project.project", json!({"name": "board"}))?;
        let args = vec![json!([follower])];
        env.call("project.project", &[project], "message_subscribe", args, Default::default())?;
        env.write("res.partner", &[gone], json!({"active": false}))?;
        // (keywords, who hears of it, whether it got a subject)
        let cases = [
            (json!({"body": "b", "subtype_xmlid": "mail.mt_comment"}), vec![follower], true),
            (json!({"body": "b", "subtype_xmlid": "mail.mt_note"}), vec![], false),
            (json!({"body": "b", "partner_ids": [recipient, gone]}), vec![recipient], true),
        ];
        let silent = json!({"body": "b", "author_id": recipient, "email_from": false});
        let silent = silent.as_object().cloned().unwrap_or_default();
        let refused = env.call("project.project", &[project], "message_post", vec![], silent).unwrap_err();
        assert!(refused.message.starts_with("Unable to send message"), "{}", refused.message);
        for (kwargs, heard, subject) in cases {
            let given = kwargs.as_object().cloned().unwrap_or_default();
            let id = env.call("project.project", &[project], "message_post", vec![], given)?;
            let id = id.as_i64().unwrap_or_default();
            let m = env.sudo().fetch_one("mail.message", id, &["notified_partner_ids", "subject"])?;
            assert_eq!(m.ids("notified_partner_ids"), heard, "{kwargs}");
            assert_eq!(m.str("subject"), if subject { "board" } else { "" }, "{kwargs}");
        }
        Ok(())
    });
});

both!(who_follows_may_answer_and_notices_are_their_readers_own, |app| {
    let (guest, project) = run(&app, |env| {
        let root = env.sudo();
        let group = root.need_xmlid("base.group_portal")?;
        let user = json!({"name": "g", "login": "g", "email": "g@x.example", "groups_id": [[6, 0, [group]]]});
        let guest = root.create("res.users", user)?;
        let project = json!({"name": "board", "user_id": guest, "privacy_visibility": "followers"});
        Ok((guest, root.create("project.project", project)?))
    });
    let post = |app: &crate::support::TestApp| {
        app.db.with_env(guest, Default::default(), workwarden::db::Mode::Write, |env| {
            env.call("project.project", &[project], "message_post", vec![], Default::default())
        })
    };
    assert!(post(&app).is_ok(), "who is made responsible follows");
    run(&app, |env| {
        let model = env.model("project.project")?;
        let partner = env.fetch_one("res.users", guest, &["partner_id"])?.int("partner_id");
        workwarden::models::mail_thread::follow::unsubscribe(&env.sudo(), model, &[project], &[partner])
    });
    assert!(post(&app).is_err(), "who does not follow may not");
    let told = json!([
        ["model", "=", "project.project"],
        ["res_id", "=", project],
        ["message_type", "=", "user_notification"]
    ]);
    let ann = run(&app, |env| env.sudo().create("res.users", json!({"name": "ann", "login": "ann"})));
    let seen = |uid: i64| {
        app.db
            .with_env(uid, Default::default(), workwarden::db::Mode::Write, |env| {
                env.count("mail.message", &told)
            })
            .unwrap()
    };
    assert_eq!((seen(2), seen(ann)), (1, 0), "the notice is of who wrote it and of who reads it");
});
