//! The XML-RPC codec without a server.

use serde_json::{Value, json};
use workwarden::http::xmlrpc::decode::{MAX_DEPTH, call};
use workwarden::http::xmlrpc::encode::{FaultCode, Unmarshallable, answer, fault};

/// The one parameter of a call that holds `value`.
fn param(value: &str) -> Result<Value, String> {
    let body = format!(
        "<?xml version='1.0'?>\n<methodCall><methodName>m</methodName><params><param>{value}</param></params>\
         </methodCall>"
    );
    call(body.as_bytes()).map(|(_, mut params)| params.remove(0)).map_err(|e| e.to_string())
}

#[test]
fn reads_every_type() {
    let cases = [
        ("<value><int>-7</int></value>", json!(-7)),
        ("<value><i4>7</i4></value>", json!(7)),
        ("<value><i8>3000000000</i8></value>", json!(3_000_000_000_i64)),
        ("<value><int> 5 </int></value>", json!(5)),
        ("<value><boolean>1</boolean></value>", json!(true)),
        ("<value><double>1.5e300</double></value>", json!(1.5e300)),
        ("<value><string>a &lt;&amp;&gt; &#233;&#x1F389;</string></value>", json!("a <&> é🎉")),
        ("<value><string><![CDATA[<b>]]></string></value>", json!("<b>")),
        ("<value>plain</value>", json!("plain")),
        ("<value> padded </value>", json!(" padded ")),
        ("<value>  </value>", json!("  ")),
        ("<value></value>", json!("")),
        ("<value/>", json!("")),
        ("<value><string/></value>", json!("")),
        ("<value>\n <string>x</string>\n</value>", json!("x")),
        ("<value>a<!-- no -->b</value>", json!("ab")),
        ("<value><nil/></value>", json!(null)),
        ("<value><ex:nil/></value>", json!(null)),
        (
            "<value><dateTime.iso8601>20260314T09:26:53</dateTime.iso8601></value>",
            json!("2026-03-14 09:26:53"),
        ),
        (
            "<value><dateTime.iso8601>2026-03-14T09:26:53Z</dateTime.iso8601></value>",
            json!("2026-03-14 09:26:53"),
        ),
        ("<value><base64>\naGVs\nbG8=\n</base64></value>", json!("aGVsbG8=")),
        ("<value><array><data/></array></value>", json!([])),
        (
            "<value><array><data><value>a</value><value><int>1</int></value></data></array></value>",
            json!(["a", 1]),
        ),
        ("<value><struct/></value>", json!({})),
        (
            "<value><struct><member><name>k&amp;</name><value><int>1</int></value></member></struct></value>",
            json!({"k&": 1}),
        ),
    ];
    for (xml, expected) in cases {
        assert_eq!(param(xml).as_ref(), Ok(&expected), "{xml}");
    }
}

#[test]
fn refuses_what_is_no_call() {
    for bad in [
        "<value><int>x</int></value>",
        "<value><int>99999999999999999999</int></value>",
        "<value><boolean>2</boolean></value>",
        "<value><double>nan</double></value>",
        "<value><dateTime.iso8601>tomorrow</dateTime.iso8601></value>",
        "<value><base64>?</base64></value>",
        "<value><strange>1</strange></value>",
        "<value>&unknown;</value>",
        "<value>&#0;</value>",
        "<value><array><value>a</value></array></value>",
        "<value><int>1</int><int>2</int></value>",
        "<value><string>x</int></value>",
        "<value>",
        "",
    ] {
        assert!(param(bad).is_err(), "{bad}");
    }
    for body in
        [&b""[..], b"<", b"\xff\xfe", b"<methodCall/>", b"<a><methodName>m</methodName></a>", b"{\"a\": 1}"]
    {
        assert!(call(body).is_err(), "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn entities_do_not_multiply_and_nesting_ends() {
    let bomb = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>\
                <methodCall><methodName>&b;</methodName></methodCall>";
    assert!(call(bomb.as_bytes()).unwrap_err().to_string().contains("document type"));
    let nested = |n: usize| {
        let (open, close) = ("<value><array><data>".repeat(n), "</data></array></value>".repeat(n));
        param(&format!("{open}<value>x</value>{close}"))
    };
    assert!(nested(MAX_DEPTH).is_ok());
    assert!(nested(MAX_DEPTH + 1).is_err());
    assert!(nested(20_000).is_err());
}

#[test]
fn reads_latin_1_where_it_is_declared() {
    let body = b"<?xml version='1.0' encoding='ISO-8859-1'?><methodCall><methodName>m</methodName>\
        <params><param><value>caf\xe9</value></param></params></methodCall>";
    assert_eq!(call(body).unwrap().1, [json!("café")]);
    assert_eq!(
        call(b"\xef\xbb\xbf<methodCall><methodName> m </methodName></methodCall>").unwrap(),
        ("m".into(), vec![])
    );
}

#[test]
fn writes_as_odoo_does() {
    let result = json!([{"id": 3, "name": "<&> \"x\"\u{1}", "none": [], "f": 7.0, "b": false}]);
    assert_eq!(
        answer(&result).unwrap(),
        "<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n<value><struct>\n\
         <member>\n<name>id</name>\n<value><int>3</int></value>\n</member>\n\
         <member>\n<name>name</name>\n<value><string>&lt;&amp;&gt; \"x\"</string></value>\n</member>\n\
         <member>\n<name>none</name>\n<value><array><data>\n</data></array></value>\n</member>\n\
         <member>\n<name>f</name>\n<value><double>7.0</double></value>\n</member>\n\
         <member>\n<name>b</name>\n<value><boolean>0</boolean></value>\n</member>\n\
         </struct></value>\n</data></array></value>\n</param>\n</params>\n\n</methodResponse>\n"
    );
    assert_eq!(answer(&json!({"a": null})), Err(Unmarshallable::None));
    assert_eq!(answer(&json!([2_147_483_648_i64])), Err(Unmarshallable::BigInt));
    assert_eq!(answer(&json!(u64::MAX)), Err(Unmarshallable::BigInt));
    assert!(answer(&json!(-2_147_483_648_i64)).is_ok());
    assert!(
        fault(&FaultCode::Int(2), "a<b")
            .contains("<value><int>2</int></value>\n</member>\n<member>\n<name>faultString")
    );
    assert!(fault(&FaultCode::Text("x".into()), "").contains("<value><string></string></value>"));
}
