//! Cleaning of HTML that clients send, as `html_sanitize` does in Odoo. Pure.

/// The markup without scripts, event handlers and dangerous links.
pub fn sanitize(html: &str) -> String {
    ammonia::clean(html)
}
