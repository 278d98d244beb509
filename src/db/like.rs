//! PostgreSQL's LIKE in Rust, for SQLite, whose own folds ASCII only and has no escape by default.
//!
//! `pattern := ( '%' any run | '_' one character | '\' character, itself | character )*`. A lone backslash at the end,
//! an error on PostgreSQL, is itself here.

enum Token {
    One,
    Run,
    Char(char),
}

/// Whether the whole text matches.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    // `%needle%` is nearly all there is.
    if let Some(needle) = pattern.strip_prefix('%').and_then(|p| p.strip_suffix('%'))
        && !needle.contains(['%', '_', '\\'])
    {
        return text.contains(needle);
    }
    matches(text, &tokens(pattern))
}

/// The same regardless of case, by Unicode's simple lower case of each character.
pub(super) fn ilike(text: &str, pattern: &str) -> bool {
    like(&lower(text), &lower(pattern))
}

/// Character by character: no rules that look at neighbours, so that a pattern folds as the text does.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().flat_map(char::to_lowercase).collect()
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '%' => Token::Run,
            '_' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            c => Token::Char(c),
        });
    }
    out
}

/// Greedy with one way back: to the last run, which then takes a character more. O(text × pattern) at worst.
fn matches(text: &str, tokens: &[Token]) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        let next = text[at..].chars().next();
        let step = match (tokens.get(token), next) {
            (Some(Token::Run), _) => {
                token += 1;
                back = Some((at, token));
                continue;
            }
            (None, None) => return true,
            (Some(Token::One), Some(c)) => Some(c),
            (Some(Token::Char(want)), Some(c)) if *want == c => Some(c),
            _ => None,
        };
        if let Some(c) = step {
            at += c.len_utf8();
            token += 1;
            continue;
        }
        let Some((from, after_run)) = back else { return false };
        let Some(c) = text[from..].chars().next() else { return false };
        at = from + c.len_utf8();
        token = after_run;
        back = Some((at, after_run));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_postgresql_does() {
        assert!(
            like("abc", "a%") && like("abc", "%c") && like("abc", "a_c") && like("", "%") && like("", "")
        );
        assert!(!like("abc", "a_") && !like("abc", "ABC") && !like("", "_"));
        assert!(
            like("100%", r"100\%")
                && !like("100x", r"100\%")
                && like("a_b", r"%a\_b%")
                && !like("axb", r"%a\_b%")
        );
        assert!(like(r"a\b", r"a\\b") && like("aXbXc", "%X%X%") && like("été", "_t_"));
        assert!(ilike("ÉTÉ à Liège", "%été À li%") && ilike("Straße", "STRAßE") && !ilike("ete", "été"));
        assert!(like("mississippi", "%iss%ip%i") && !like("mississippi", "%iss%ipx%"));
    }
}
