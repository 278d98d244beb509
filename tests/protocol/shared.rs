//! Reads of the same kind that come in together are asked for together, and each caller gets his own answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::{Value as Json, json};
use workwarden::http::{Options, Server, serve};
use workwarden::orm::SUPERUSER;

use crate::support::{PASSWORD, both};

/// A server with one worker, so that all connections are one thread's.
fn server(app: &crate::support::TestApp) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    serve(app.shared(), listener, Options { workers: 1, calls: 4, ..Options::default() }).unwrap()
}

fn send(to: SocketAddr, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to).unwrap();
    let kind = if path.starts_with("/xmlrpc") { "text/xml" } else { "application/json" };
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    stream
}

fn receive(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// `execute_kw(test, uid, password, project.tags, read, [ids, [name, color]])`.
fn read(uid: i64, password: &str, ids: &Json) -> String {
    json!({"jsonrpc": "2.0", "method": "call", "id": ids, "params": {"service": "object", "method": "execute_kw",
        "args": ["test", uid, password, "project.tags", "read", [ids, ["name", "color"]], {}]}})
    .to_string()
}

fn read_xml(uid: i64, id: i64) -> String {
    let value = |inner: &str| format!("<value>{inner}</value>");
    let list = |items: &[String]| value(&format!("<array><data>{}</data></array>", items.concat()));
    let int = |n: i64| value(&format!("<int>{n}</int>"));
    let args = list(&[list(&[int(id)]), list(&[value("name"), value("color")])]);
    let all = [value("test"), int(uid), value(PASSWORD), value("project.tags"), value("read"), args];
    let params: String = all.iter().map(|v| format!("<param>{v}</param>")).collect();
    format!(
        "<?xml version='1.0'?><methodCall><methodName>execute_kw</methodName><params>{params}</params></methodCall>"
    )
}

both!(each_gets_his_own, |app| {
    let (tags, nobody) = app
        .with_env(SUPERUSER, Default::default(), |env| {
            let vals = (0..12).map(|i| json!({"name": format!("tag {i}"), "color": i})).map(|v| match v {
                Json::Object(vals) => vals,
                _ => Default::default(),
            });
            let tags = env.create_many("project.tags", vals.collect())?;
            let nobody = env.create(
                "res.users",
                json!({"name": "N", "login": "n", "password": "n", "groups_id": [[5]]}),
            )?;
            Ok((tags, nobody))
        })
        .unwrap();
    let server = server(&app);
    let to = server.address();
    let mut asked: Vec<(&str, String)> =
        tags.iter().map(|id| ("/jsonrpc", read(2, PASSWORD, &json!([id])))).collect();
    asked.extend(tags.iter().map(|id| ("/xmlrpc/2/object", read_xml(2, *id))));
    asked.push(("/jsonrpc", read(2, PASSWORD, &json!([tags[3], tags[1], tags[3]]))));
    asked.push(("/jsonrpc", read(2, PASSWORD, &json!(tags[5]))));
    let calls = asked.len() as u64;
    let odd = [
        ("/jsonrpc", read(2, PASSWORD, &json!([tags[0], 99_999]))),
        ("/jsonrpc", read(2, PASSWORD, &json!([tags[0], false]))),
        ("/jsonrpc", read(2, "wrong", &json!([tags[0]]))),
        ("/jsonrpc", read(nobody, "n", &json!([tags[0]]))),
    ];
    let all: Vec<_> = asked.iter().chain(&odd).collect();
    // one by one, which also proves who they are
    let expected: Vec<String> = all.iter().map(|(path, body)| receive(send(to, path, body))).collect();
    assert!(expected[2].contains("tag 2") && expected[14].contains("tag 2"), "{expected:?}");
    assert!(expected[24].contains("tag 3") && expected[25].contains("tag 5"), "{expected:?}");
    assert!(expected[28].contains("AccessDenied") && expected[29].contains("AccessError"), "{expected:?}");
    let together = |of: &[&(&str, String)]| {
        // nobody is answered before all have asked: the database has no connection for them
        let taken: Vec<_> = (0..6).map(|_| app.db.pool().get().unwrap()).collect();
        let streams: Vec<TcpStream> = of.iter().map(|(path, body)| send(to, path, body)).collect();
        // answered without a connection, after what came before it
        for _ in 0..2 {
            receive(send(to, "/healthz", ""));
        }
        drop(taken);
        streams.into_iter().map(receive).collect::<Vec<String>>()
    };
    let before = app.db.pool().statements();
    assert_eq!(together(&asked.iter().collect::<Vec<_>>()), expected[..calls as usize]);
    let sent = app.db.pool().statements() - before;
    assert!(sent < calls / 2, "{sent} statements for {calls} calls");
    assert_eq!(together(&all), expected);
    server.stop();
    server.wait().unwrap();
});
