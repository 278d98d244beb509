//! Cleaning of HTML that clients send, as `html_sanitize` does in Odoo. Pure.

/// The markup without scripts, event handlers and dangerous links.
pub fn sanitize(html: &str) -> String {
    // XML has no control characters, so a parser of it drops them; HTML's keeps them
    let printable: String = html.chars().filter(|c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r')).collect();
    ammonia::clean(&printable)
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
