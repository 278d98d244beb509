//! Whatever comes in, what goes out has the protocol's form, and the server goes on.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use workwarden::http::Options;

use super::wire::Site;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[test]
fn broken_xml_is_a_fault() {
    let site = Site::default();
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>\
                <methodCall><methodName>&b;</methodName></methodCall>";
    let deep = format!(
        "<methodCall><methodName>m</methodName><params><param>{}",
        "<value><array><data>".repeat(50_000)
    );
    let bodies: [Vec<u8>; 7] = [
        b"".to_vec(),
        b"<not xml".to_vec(),
        b"<methodCall></methodCall>".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        bomb.into(),
        deep.into(),
        b"<methodCall><methodName>m</methodName><params><param><value><int>x</int></value></param></params>"
            .to_vec(),
    ];
    for path in ["/xmlrpc/2/object", "/xmlrpc/object"] {
        for body in &bodies {
            let answer = site.xml(path, body.clone());
            assert!(answer.contains("<fault>") && answer.contains("ExpatError"), "{answer}");
        }
    }
}

#[test]
fn broken_json_is_a_page_and_wrong_types_are_errors() {
    let site = Site::default();
    for body in
        [b"{\"a\": \"\xff\"}".to_vec(), b"{\"a\": \"\\ud800\"}".to_vec(), "[".repeat(100_000).into_bytes()]
    {
        assert_eq!(site.send("POST", "/jsonrpc", JSON, body).status, 400);
    }
    let admin = site.admin();
    let odd =
        [json!(null), json!(5), json!(1.5), json!("x"), json!([]), json!({}), json!([[[]]]), json!(true)];
    for one in &odd {
        for other in &odd {
            let answer = site.rpc("/jsonrpc", json!({"service": one, "method": other, "args": one}), "");
            assert!(answer["error"]["data"]["name"].is_string(), "{one} {other}: {answer}");
            let args = json!(["wire", admin, "admin", one, other, one, other]);
            let answer =
                site.rpc("/jsonrpc", json!({"service": "object", "method": "execute_kw", "args": args}), "");
            assert!(answer["error"]["data"]["name"].is_string(), "{one} {other}: {answer}");
            let args = json!(["wire", one, other, "res.users", "search_count", [[]]]);
            let answer =
                site.rpc("/jsonrpc", json!({"service": "object", "method": "execute_kw", "args": args}), "");
            assert!(answer["error"]["data"]["name"].is_string(), "{one} {other}: {answer}");
        }
    }
}

#[test]
fn a_body_too_large_is_refused_in_the_routes_own_form() {
    let site = Site::new(Options { body_limit: 1 << 20, ..Options::default() });
    let big = || vec![b' '; 100 << 20];
    let reply = site.send("POST", "/jsonrpc", JSON, big());
    assert_eq!((reply.status, reply.content_type.as_str()), (413, "application/json"));
    assert_eq!(reply.json()["error"]["data"]["name"], "werkzeug.exceptions.RequestEntityTooLarge");
    let reply = site.send("POST", "/xmlrpc/2/object", &[("content-type", "text/xml")], big());
    assert_eq!((reply.status, reply.content_type.as_str()), (413, "text/xml"));
    assert!(reply.body.contains("<fault>"));
    let reply = site.send("POST", "/json/2/m/f", JSON, big());
    assert_eq!((reply.status, reply.content_type.as_str()), (413, "application/json"));
    // a length that is only found out on the way
    let mut stream = TcpStream::connect(site.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
        .write_all(
            b"POST /jsonrpc HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
              transfer-encoding: chunked\r\n\r\n",
        )
        .unwrap();
    for _ in 0..3 {
        stream.write_all(b"80000\r\n").unwrap();
        stream.write_all(&vec![b' '; 0x80000]).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(site.execute("res.users", "search_count", json!([[]]))["result"].is_i64(), "the server goes on");
}

#[test]
fn a_client_that_stops_sending_is_let_go() {
    let site = Site::new(Options { client_timeout: Duration::from_millis(400), ..Options::default() });
    let mut stream = TcpStream::connect(site.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
        .write_all(
            b"POST /jsonrpc HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
              content-length: 50\r\n\r\n{",
        )
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn connections_are_kept_and_the_end_waits_for_nobody_idle() {
    let site = Site::default();
    let mut stream = TcpStream::connect(site.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    for _ in 0..2 {
        stream.write_all(b"GET /web/health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut part = [0u8; 1024];
        let n = stream.read(&mut part).unwrap();
        assert!(String::from_utf8_lossy(&part[..n]).starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn many_logins_at_once_wait_their_turn() {
    let site = Site::default();
    let addr = site.address();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                let args = ["wire", "nobody", "guess"];
                let body = json!({"params": {"service": "common", "method": "login", "args": args}}).to_string();
                let head = format!(
                    "POST /jsonrpc HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
                     content-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all((head + &body).as_bytes()).unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).unwrap();
                assert!(answer.ends_with("\"result\":false}"), "{answer}");
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
