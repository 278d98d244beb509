//! Cleaning of HTML that clients send, as `html_sanitize` does in Odoo. Pure.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::OnceLock;

/// Elements that stand on their own, not in a line of text.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];
/// Elements without an end.
const VOID: &[&str] = &["area", "br", "col", "hr", "img", "wbr"];
/// Elements allowed beyond ammonia's own.
const MORE_TAGS: &[&str] =
    &["address", "font", "main", "section", "svg", "label", "tt", "big", "button", "u", "strike", "s"];
/// Attributes allowed everywhere.
const ATTRIBUTES: &[&str] = &[
    "align", "alt", "bgcolor", "border", "class", "color", "colspan", "dir", "face", "height", "id", "lang",
    "name", "role", "rowspan", "size", "style", "summary", "tabindex", "target", "title", "type", "valign",
    "width",
];

fn cleaner() -> &'static Builder<'static> {
    static CLEANER: OnceLock<Builder<'static>> = OnceLock::new();
    CLEANER.get_or_init(|| {
        let mut b = Builder::default();
        b.add_tags(MORE_TAGS)
            .add_generic_attributes(ATTRIBUTES)
            .generic_attribute_prefixes(HashSet::from(["data-o-", "data-oe-", "data-embedded", "data-last-"]))
            .link_rel(None)
            .url_relative(UrlRelative::PassThrough)
            // known here, so that the filter below empties such addresses instead of dropping the attribute
            .add_url_schemes(["javascript", "vbscript", "data", "cid"])
            .attribute_filter(|_, attribute, value| match attribute {
                "href" | "src" | "cite" | "action" => Some(address(value)),
                _ => Some(Cow::Borrowed(value)),
            });
        b
    })
}

/// The address, or nothing when following it would run code.
fn address(value: &str) -> Cow<'_, str> {
    match url::Url::parse(value.trim_matches(|c: char| c.is_whitespace() || c.is_control())) {
        Ok(u) if matches!(u.scheme(), "javascript" | "vbscript") => Cow::Borrowed(""),
        Ok(u) if u.scheme() == "data" && (!u.path().starts_with("image/") || u.path().contains("svg")) => {
            Cow::Borrowed("")
        }
        _ => Cow::Borrowed(value),
    }
}

/// The markup without scripts, event handlers and dangerous links. Text that stands for itself becomes a paragraph.
pub fn sanitize(html: &str) -> String {
    // XML has no control characters, so a parser of it drops them; HTML's keeps them
    let printable: String = html.chars().filter(|c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r')).collect();
    let html = printable.as_str();
    if html.trim().is_empty() {
        return String::new();
    }
    let mut clean = cleaner().clean(html).to_string();
    if !html.to_ascii_lowercase().contains("<tbody") {
        // what the parser adds to a table
        clean = clean.replace("<tbody>", "").replace("</tbody>", "");
    }
    if starts_with_text(html) {
        return paragraph(clean.trim_start());
    }
    let clean = clean.trim();
    if clean.is_empty() || block_at(clean).is_some() || is_one_element(clean) {
        return clean.to_owned();
    }
    format!("<span>{clean}</span>")
}

/// A page of ours shows it: no scripts, styles, classes, ids or forms, nothing loaded from elsewhere.
fn guest() -> &'static Builder<'static> {
    static GUEST: OnceLock<Builder<'static>> = OnceLock::new();
    GUEST.get_or_init(|| {
        let mut b = Builder::default();
        b.link_rel(Some("noopener noreferrer nofollow"))
            .url_relative(UrlRelative::Deny)
            .add_url_schemes(["data"])
            .attribute_filter(|element, attribute, value| match (element, attribute) {
                ("img", "src") => Some(address(value)).filter(|v| v.starts_with("data:image/")),
                (_, "href" | "src" | "cite") if value.trim_start().starts_with("data:") => None,
                _ => Some(Cow::Borrowed(value)),
            });
        b
    })
}

/// HTML that somebody or some model wrote, as it may stand in a page of ours.
pub fn guest_html(html: &str) -> String {
    guest().clean(html).to_string()
}

/// Markdown, likewise. Its headings begin below those of the page.
pub fn guest_markdown(text: &str) -> String {
    use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
    let below = |level: HeadingLevel| match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    guest_html(&out)
}

/// Whether, comments and what belongs into a head aside, text comes first.
fn starts_with_text(html: &str) -> bool {
    let mut rest = html.trim_start();
    loop {
        let lower = rest.get(..8.min(rest.len())).unwrap_or_default().to_ascii_lowercase();
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|i| i + 3)
        } else if lower.starts_with("<script") {
            rest.to_ascii_lowercase().find("</script>").map(|i| i + 9)
        } else if lower.starts_with("<style") {
            rest.to_ascii_lowercase().find("</style>").map(|i| i + 8)
        } else {
            break;
        };
        match end {
            Some(i) => rest = rest[i..].trim_start(),
            None => return false,
        }
    }
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (None, _) => false,
        (Some('<'), Some(c)) => !(c.is_ascii_alphabetic() || c == '/' || c == '!'),
        _ => true,
    }
}

/// The line before the first block as a paragraph, the rest as it is.
fn paragraph(clean: &str) -> String {
    match block_at(clean) {
        Some(0) => clean.to_owned(),
        Some(i) => format!("<p>{}</p>{}", &clean[..i], &clean[i..]),
        None => format!("<p>{clean}</p>"),
    }
}

/// The tag that begins at `<`: its name, and whether it ends an element.
fn tag(at: &str) -> Option<(&str, bool)> {
    let inner = at.strip_prefix('<')?;
    let (inner, end) = inner.strip_prefix('/').map_or((inner, false), |i| (i, true));
    let name = inner.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    (!name.is_empty()).then_some((name, end))
}

fn tags(clean: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    clean.match_indices('<').filter_map(|(i, _)| tag(&clean[i..]).map(|(name, end)| (i, name, end)))
}

/// Where the first block begins.
fn block_at(clean: &str) -> Option<usize> {
    tags(clean).find(|(_, name, end)| !end && BLOCKS.contains(name)).map(|(i, ..)| i)
}

/// Whether one element holds everything.
fn is_one_element(clean: &str) -> bool {
    if !clean.starts_with('<') {
        return false;
    }
    let mut depth = 0usize;
    for (i, name, end) in tags(clean) {
        if end {
            depth = depth.saturating_sub(1);
        } else if !VOID.contains(&name) {
            depth += 1;
        }
        if depth == 0 {
            return clean[i..].find('>').is_some_and(|j| i + j + 1 == clean.len());
        }
    }
    false
}

/// The text of some markup, entities as they stand.
pub fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_cleaned_as_odoo_does() {
        for (given, want) in [
            ("plain text", "<p>plain text</p>"),
            ("one\ntwo", "<p>one\ntwo</p>"),
            ("<b>x</b>", "<b>x</b>"),
            ("a@b.example <c>", "<p>a@b.example </p>"),
            ("<p>ok <b>bold</b> <i>it</i></p>", "<p>ok <b>bold</b> <i>it</i></p>"),
            ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
            ("<script>1</script>b", "<p>b</p>"),
            ("<p onclick=\"x()\">click</p>", "<p>click</p>"),
            ("<a href=\"javascript:alert(1)\">j</a>", "<a href=\"\">j</a>"),
            ("<a href=\"JaVa&#10;script:alert(1)\">j</a>", "<a href=\"\">j</a>"),
            (
                "<a href=\"https://example.com\" target=\"_blank\">l</a>",
                "<a href=\"https://example.com\" target=\"_blank\">l</a>",
            ),
            ("<img src=\"x.png\" onerror=\"a()\">", "<img src=\"x.png\">"),
            (
                "<p style=\"color: red; position: fixed\">s</p>",
                "<p style=\"color: red; position: fixed\">s</p>",
            ),
            ("<div class=\"c\" data-x=\"1\">d</div>", "<div class=\"c\">d</div>"),
            ("<p class=\"k\" data-oe-x=\"1\">a</p>", "<p class=\"k\" data-oe-x=\"1\">a</p>"),
            ("<iframe src=\"//evil\"></iframe>after", "<span>after</span>"),
            ("a < b & c", "<p>a &lt; b &amp; c</p>"),
            ("<p>unclosed", "<p>unclosed</p>"),
            ("<ul><li>1<li>2</ul>", "<ul><li>1</li><li>2</li></ul>"),
            ("", ""),
            ("<p><br></p>", "<p><br></p>"),
            ("&nbsp;x", "<p>&nbsp;x</p>"),
            ("<table><tr><td>c</td></tr></table>", "<table><tr><td>c</td></tr></table>"),
            ("<svg><circle/></svg>", "<svg></svg>"),
            ("<form><input name=\"a\"></form>", ""),
            ("<style>p{}</style>t", "<p>t</p>"),
            ("<!-- c -->t", "<p>t</p>"),
            ("<h1 id=\"a\" title=\"b\">h</h1>", "<h1 id=\"a\" title=\"b\">h</h1>"),
            ("<font color=\"red\">f</font>", "<font color=\"red\">f</font>"),
            ("<p>a</p><p>b</p>", "<p>a</p><p>b</p>"),
            ("<span t-esc=\"x\">q</span>", "<span>q</span>"),
            ("x <b>y</b><p>z</p>", "<p>x <b>y</b></p><p>z</p>"),
            ("<b>x</b> y", "<span><b>x</b> y</span>"),
        ] {
            assert_eq!(sanitize(given), want, "{given}");
        }
    }

    #[test]
    fn what_runs_code_does_not_survive() {
        for evil in [
            "<img src=x onerror=alert(1)>",
            "<a href=' javascript:alert(1)'>x</a>",
            "<a href='data:text/html,<script>1</script>'>x</a>",
            "<svg onload=alert(1)></svg>",
            "<math><mi xlink:href='javascript:1'>x</mi></math>",
            "<button formaction='javascript:1'>x</button>",
            "<svg><script>1</script></svg>",
        ] {
            let clean = sanitize(evil).to_lowercase();
            for bad in ["javascript", "onerror", "onload", "<script", "text/html", "formaction"] {
                assert!(!clean.contains(bad), "{evil} -> {clean}");
            }
        }
    }
}
