//! Where the database is: the one line a user writes.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::error::DbError;

/// A parsed database URL. Displayed without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(PathBuf),
    /// A URL as libpq reads it.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = DbError;

    fn from_str(text: &str) -> Result<Self, DbError> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("sqlite:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let path = path.split('?').next().unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(DbError::other(
                    "sqlite: needs the path of a file: sqlite:PATH or sqlite:///PATH",
                ));
            }
            return Ok(DatabaseUrl::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(text.to_owned()));
        }
        // The text is not repeated whole: it may hold a password.
        let scheme = text.split(':').next().unwrap_or_default();
        Err(DbError::other(format!(
            "unknown database scheme '{scheme}': known are sqlite:PATH, postgres://… and postgresql://…"
        )))
    }
}

impl DatabaseUrl {
    /// The same server with another database; None for a file.
    pub(super) fn on_same_server(&self, name: &str) -> Option<DatabaseUrl> {
        let DatabaseUrl::Postgres(url) = self else { return None };
        let (server, _, parameters) = split(url)?;
        let parameters: Vec<&str> = parameters.split('&').filter(|p| !names_database(p)).collect();
        let query = parameters.join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        Some(DatabaseUrl::Postgres(format!("{server}/{name}{mark}{query}")))
    }

    /// The name that the server has for the database; None for a file, or where libpq's defaults decide.
    pub(super) fn name_on_server(&self) -> Option<String> {
        let DatabaseUrl::Postgres(url) = self else { return None };
        let (_, name, parameters) = split(url)?;
        let named = parameters.split('&').find(|p| names_database(p)).and_then(|p| p.split_once('='));
        let raw = named.map_or(name, |(_, value)| value);
        // the decoding that libpq does
        let pair = format!("n={}", raw.replace('+', "%2B"));
        let decoded = ::url::form_urlencoded::parse(pair.as_bytes()).next()?.1.into_owned();
        Some(decoded).filter(|name| !name.is_empty())
    }
}

/// `scheme://authority`, the path without its slash, the parameters.
fn split(url: &str) -> Option<(&str, &str, &str)> {
    let (whole, parameters) = url.split_once('?').unwrap_or((url, ""));
    let authority = whole.find("://")? + 3;
    match whole[authority..].find('/') {
        Some(slash) => Some((&whole[..authority + slash], &whole[authority + slash + 1..], parameters)),
        None => Some((whole, "", parameters)),
    }
}

fn names_database(parameter: &str) -> bool {
    parameter.starts_with("dbname=")
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `postgres://user:***@host/db`. A password given as a parameter is hidden with all parameters.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://…".into() };
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, _)| (rest, "?…"));
    // The last '@': a password may hold one unescaped.
    let rest = match rest.rsplit_once('@') {
        Some((who, host)) => match who.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => format!("{who}@{host}"),
        },
        None => rest.to_owned(),
    };
    format!("{scheme}://{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_on_the_same_server() {
        let other = |text: &str| match text.parse::<DatabaseUrl>().unwrap().on_same_server("b-2") {
            Some(DatabaseUrl::Postgres(url)) => url,
            _ => String::new(),
        };
        assert_eq!(
            other("postgres://u:p%2F@h:1/a?sslmode=disable"),
            "postgres://u:p%2F@h:1/b-2?sslmode=disable"
        );
        assert_eq!(other("postgres://h1:1,h2:2"), "postgres://h1:1,h2:2/b-2");
        assert_eq!(other("postgresql:///?host=/run&dbname=a"), "postgresql:///b-2?host=/run");
        assert_eq!(other("sqlite:/a/b.db"), "");
        let name = |text: &str| text.parse::<DatabaseUrl>().unwrap().name_on_server();
        assert_eq!(name("postgres://h/a%20b?x=1").as_deref(), Some("a b"));
        assert_eq!(name("postgres:///?dbname=c").as_deref(), Some("c"));
        assert_eq!(name("postgres://h"), None);
    }
}
