//! The templates of `/ai` and what they need: words for states, moments, sizes, artifacts made harmless.

use std::sync::OnceLock;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, ErrorKind};

use crate::crypt;
use crate::error::{Error, Result};
use crate::html;
use crate::value::Json;

/// The stylesheet.
pub const CSS: &str = include_str!("page/page.css");
/// The script.
pub const JS: &str = include_str!("page/page.js");

const TEMPLATES: [(&str, &str); 5] = [
    ("layout.html", include_str!("page/layout.html")),
    ("error.html", include_str!("page/error.html")),
    ("projects.html", include_str!("page/projects.html")),
    ("project.html", include_str!("page/project.html")),
    ("artifact.html", include_str!("page/artifact.html")),
];

/// What clients are told in words of ours: values of selections, and what else a page knows by a short name.
const LABELS: [(&str, &str); 39] = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("approval_pending", "Waiting for approval"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("pending", "Pending"),
    ("queued", "Queued"),
    ("processing", "Being written"),
    ("current", "current"),
    ("ahead", "to come"),
    ("ai", "AI"),
    ("system", "System"),
    ("cli_loop", "Command"),
    ("hold", "This stage is complete. It goes on when somebody says so."),
    ("condition", "This stage is complete. It goes on when its condition holds."),
    ("delay", "This stage is complete. It goes on after a while."),
    ("manual_wait", "This stage is a person's work. Go on when it is done."),
    ("manual", "Manual"),
    ("design", "Design approval"),
    ("content", "Content approval"),
    ("final", "Final approval"),
    ("page", "Page"),
    ("chapter", "Chapter"),
    ("video", "Video"),
    ("section", "Section"),
    ("document", "Document"),
    ("image", "Image"),
    ("code", "Code"),
    ("data", "Data"),
    ("log", "Log"),
    ("other", "Other"),
    ("400", "Bad request"),
    ("401", "Not logged in"),
    ("403", "Not for you"),
    ("404", "Not found"),
    ("405", "Not possible here"),
    ("422", "Not possible"),
    ("503", "Too much at once"),
];

/// The word for `key`, or itself.
pub fn label(key: &str) -> &str {
    LABELS.iter().find(|(k, _)| *k == key).map_or(key, |(_, word)| word)
}

fn environment() -> Result<&'static Environment<'static>> {
    static ENVIRONMENT: OnceLock<Result<Environment<'static>>> = OnceLock::new();
    ENVIRONMENT.get_or_init(build).as_ref().map_err(Clone::clone)
}

fn build() -> Result<Environment<'static>> {
    let mut env = Environment::new();
    for (name, text) in TEMPLATES {
        env.add_template(name, text).map_err(broken)?;
    }
    env.add_filter("label", |key: String| label(&key).to_owned());
    env.add_filter("bytes", bytes);
    env.add_filter("time", time);
    env.add_filter("body", body);
    env.add_function("file", file);
    env.add_global("version", &version()[..12]);
    Ok(env)
}

/// Changes when the stylesheet or the script does.
pub fn version() -> String {
    crypt::sha256_hex(format!("{CSS}{JS}").as_bytes())
}

fn broken(e: minijinja::Error) -> Error {
    Error::internal("The page could not be made.").detail(format!("{e:#}"))
}

/// The page.
pub fn render(template: &str, context: &Json) -> Result<String> {
    let template = environment()?.get_template(template).map_err(broken)?;
    template.render(Serde(context)).map_err(broken)
}

/// 1234 → 1.2 kB.
fn bytes(n: i64) -> String {
    match n {
        ..1000 => format!("{n} bytes"),
        1000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        _ => format!("{:.1} MB", n as f64 / 1e6),
    }
}

/// A moment, for people and (in its attribute) for the script that knows their time zone.
fn time(at: Value) -> Value {
    let Some(text) = at.as_str() else { return Value::from("") };
    let shown = text.get(..16).unwrap_or(text).replace('T', " ");
    let (text, shown) = (html_escape::encode_double_quoted_attribute(text), html_escape::encode_text(&shown));
    Value::from_safe_string(format!("<time datetime=\"{text}\">{shown} UTC</time>"))
}

fn text_of(piece: &Value, field: &str) -> Result<String, minijinja::Error> {
    Ok(piece.get_attr(field)?.as_str().unwrap_or_default().to_owned())
}

/// An artifact's text as HTML that can do nothing.
fn body(piece: Value) -> Result<Value, minijinja::Error> {
    let (kind, mimetype) = (text_of(&piece, "kind")?, text_of(&piece, "mimetype")?);
    let content = text_of(&piece, "content")?;
    let plain = |text: &str| format!("<pre><code>{}</code></pre>", html_escape::encode_text(text));
    let html = match mimetype.as_str() {
        _ if matches!(kind.as_str(), "code" | "log") => plain(&content),
        "text/html" => html::guest_html(&content),
        "application/json" => match serde_json::from_str::<Json>(&content) {
            Ok(json) => plain(&format!("{json:#}")),
            Err(_) => plain(&content),
        },
        "" | "text/markdown" | "text/plain" => html::guest_markdown(&content),
        _ => plain(&content),
    };
    Ok(Value::from_safe_string(html))
}

/// The file of an artifact: a picture where it is one, and the way to save it.
fn file(piece: Value) -> Result<Value, minijinja::Error> {
    let id = i64::try_from(piece.get_attr("id")?)
        .map_err(|e| minijinja::Error::new(ErrorKind::InvalidOperation, e.to_string()))?;
    let file = piece.get_attr("file")?;
    let size = bytes(i64::try_from(file.get_attr("size")?).unwrap_or(0));
    let name = text_of(&piece, "name")?;
    let name = html_escape::encode_double_quoted_attribute(&name);
    let mimetype = text_of(&file, "mimetype")?;
    let mimetype = html_escape::encode_text(&mimetype);
    let picture = match file.get_attr("image")?.is_true() {
        true => format!(
            "<img src=\"/web/image/ai.artifact/{id}/content_binary\" alt=\"{name}\" loading=\"lazy\">"
        ),
        false => String::new(),
    };
    Ok(Value::from_safe_string(format!(
        "<div class=\"file\">{picture}<a class=\"button small\" download \
         href=\"/web/content/ai.artifact/{id}/content_binary?download=true\">Download ({mimetype}, {size})</a></div>"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_templates_can_be_read() {
        assert!(environment().is_ok());
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1840), "1.8 kB");
    }

    #[test]
    fn a_body_can_do_nothing() {
        let show = |mimetype: &str, content: &str| {
            let piece = json!({"kind": "page", "mimetype": mimetype, "content": content});
            body(Value::from(Serde(&piece))).unwrap().to_string()
        };
        let hostile = "# Hi <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) \
            [b](data:text/html,x) <form action=/ai><button id=main class=button style=color:red>x</button></form>\n\n\
            ![p](https://elsewhere.example/p.png) <iframe src=https://elsewhere.example></iframe>";
        for mimetype in ["text/markdown", "text/html", ""] {
            let html = show(mimetype, hostile);
            for word in [
                "<script",
                "onerror",
                "href=\"javascript:",
                "href=\"data:",
                "src=\"data:",
                "<form",
                "<button",
                "style=",
                "id=",
                "class=",
                "<iframe",
            ] {
                assert!(!html.contains(word), "{mimetype} {word}: {html}");
            }
            assert!(!html.contains("src=\"http"), "{html}");
        }
        assert!(show("text/markdown", hostile).starts_with("<h3>Hi"));
        assert_eq!(
            show("application/json", "{\"a\":\"<b>\"}"),
            "<pre><code>{\n  \"a\": \"&lt;b&gt;\"\n}</code></pre>"
        );
        assert_eq!(
            show("text/css", "</code><script>"),
            "<pre><code>&lt;/code&gt;&lt;script&gt;</code></pre>"
        );
    }
}
