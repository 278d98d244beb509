//! Addresses in text, read and written as Odoo's mail tools do. Pure.
//!
//! ```text
//! list    = address { ("," | ";" | newline) address }
//! address = [ name ] "<" local "@" domain ">" | local "@" domain
//! ```

/// The addresses in `text`, as (name, address); parts without an `@` are left out.
pub fn split(text: &str) -> Vec<(String, String)> {
    pieces(text).into_iter().filter_map(|p| address(&p)).collect()
}

/// Cuts at commas, semicolons and line ends outside quotes.
fn pieces(text: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | ';' | '\n' if !quoted => {
                out.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

fn address(piece: &str) -> Option<(String, String)> {
    let piece = piece.trim();
    let (name, address) = match piece.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"').trim(), rest.split('>').next().unwrap_or(rest)),
        None => ("", piece.split_whitespace().find(|w| w.contains('@'))?),
    };
    let address = address.trim();
    let fits = address.split_once('@').is_some_and(|(l, d)| !l.is_empty() && !d.is_empty())
        && !address.contains(char::is_whitespace);
    fits.then(|| (name.to_owned(), address.to_owned()))
}

/// One address in lower case; the local part only when it is ASCII.
pub fn lower(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) if !local.is_ascii() => format!("{local}@{}", domain.to_lowercase()),
        _ => address.to_lowercase(),
    }
}

/// All addresses in `text`, in lower case.
pub fn normalize_all(text: &str) -> Vec<String> {
    split(text).iter().map(|(_, a)| lower(a)).collect()
}

/// The one address in `text`, in lower case; none when there are none or several.
pub fn normalize(text: &str) -> Option<String> {
    let mut all = normalize_all(text);
    if all.len() == 1 { all.pop() } else { None }
}

/// `"name" <address>`.
pub fn formatted(name: &str, address: &str) -> String {
    if name.is_empty() {
        return address.to_owned();
    }
    format!("\"{}\" <{address}>", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Name and address of a contact typed as one text: `Jo <jo@x.example>`, `jo@x.example`, `Jo`.
pub fn contact(text: &str) -> (String, Option<String>) {
    match split(text).into_iter().next() {
        Some((name, address)) => (name, Some(lower(&address))),
        None => (text.trim().to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_written() {
        assert_eq!(normalize("Jo <Jo@X.example>").as_deref(), Some("jo@x.example"));
        assert_eq!(normalize("a@b.example, c@d.example"), None);
        assert_eq!(
            normalize_all("a@b.example; \"Last, First\" <c@d.example>"),
            ["a@b.example", "c@d.example"]
        );
        assert_eq!(normalize("nobody"), None);
        assert_eq!(contact("Jo <jo@x.example>"), ("Jo".into(), Some("jo@x.example".into())));
        assert_eq!(contact("Jo"), ("Jo".into(), None));
        assert_eq!(formatted("A \"B\"", "a@b"), "\"A \\\"B\\\"\" <a@b>");
    }
}
