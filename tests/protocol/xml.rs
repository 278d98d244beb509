//! XML-RPC over the wire: both paths, their faults, and what has no word in XML-RPC.

use super::wire::Site;

fn call(method: &str, params: &[&str]) -> String {
    let params: String = params.iter().map(|p| format!("<param><value>{p}</value></param>")).collect();
    format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
    )
}

/// A call of `object` as admin.
fn execute(site: &Site, password: &str, model: &str, method: &str) -> String {
    let admin = format!("<int>{}</int>", site.admin());
    let args = "<array><data><value><array><data/></array></value><value>read</value></data></array>";
    call("execute_kw", &["wire", &admin, password, model, method, args])
}

/// `(faultCode, faultString)` as they stand in the XML.
fn fault(xml: &str) -> (String, String) {
    let value = |name: &str| {
        let rest =
            xml.split(&format!("<name>{name}</name>\n<value><")).nth(1).unwrap_or_else(|| panic!("{xml}"));
        let (kind, rest) = rest.split_once('>').unwrap();
        format!("{kind} {}", rest.split("</").next().unwrap())
    };
    (value("faultCode"), value("faultString"))
}

#[test]
fn results_are_written_as_odoo_writes_them() {
    let site = Site::default();
    let login = site.xml("/xmlrpc/2/common", call("login", &["wire", "nobody", "x"]));
    assert_eq!(
        login,
        "<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n<value><boolean>0</boolean></value>\n</param>\n\
         </params>\n\n</methodResponse>\n"
    );
    assert!(site.xml("/xmlrpc/common", call("version", &[])).contains("<name>server_serie</name>"));
    let plain =
        site.send("POST", "/xmlrpc/2/common", &[("content-type", "text/plain")], call("version", &[]));
    assert_eq!((plain.status, plain.content_type.as_str()), (200, "text/xml"));
    assert_eq!(site.get("/xmlrpc/2/common").status, 405);
}

#[test]
fn faults_of_the_two_paths() {
    let site = Site::default();
    let v1 = |service: &str, body: String| fault(&site.xml(&format!("/xmlrpc/{service}"), body));
    let v2 = |service: &str, body: String| fault(&site.xml(&format!("/xmlrpc/2/{service}"), body));
    let unknown = || execute(&site, "admin", "no.such", "read");
    let text = "Object no.such doesn't exist";
    assert_eq!(v2("object", unknown()), ("int 2".into(), format!("string {text}")));
    assert_eq!(v1("object", unknown()), (format!("string warning -- UserError\n\n{text}"), "string ".into()));
    let denied = || execute(&site, "wrong", "res.partner", "check_access");
    assert_eq!(v2("object", denied()), ("int 3".into(), "string Access Denied".into()));
    assert_eq!(v1("object", denied()), ("string AccessDenied".into(), "string Access Denied".into()));
    let (code, text) = v1("nosuch", call("version", &[]));
    assert_eq!(code, "string nosuch");
    assert!(
        text.starts_with("string Traceback (most recent call last):\n")
            && text.ends_with("\nKeyError: 'nosuch'\n")
    );
    let (code, text) = v2("common", call("nosuch", &[]));
    assert_eq!(code, "int 1");
    assert!(text.ends_with("\nException: Method not found: nosuch\n"), "{text}");
}

#[test]
fn none_is_a_fault_after_the_work_is_done() {
    let site = Site::default();
    let (code, text) =
        fault(&site.xml("/xmlrpc/2/object", execute(&site, "admin", "res.partner", "check_access")));
    assert_eq!(code, "int 1");
    assert!(text.ends_with("\nTypeError: cannot marshal None unless allow_none is enabled\n"), "{text}");
    let (code, _) =
        fault(&site.xml("/xmlrpc/object", execute(&site, "admin", "res.partner", "check_access")));
    assert_eq!(code, "string cannot marshal None unless allow_none is enabled");
}
