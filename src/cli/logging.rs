//! Log lines go to stderr: for eyes on a terminal, one JSON object a line otherwise.

use std::fmt;
use std::io::IsTerminal;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::{LogFormat, Settings};
use crate::error::{Error, Result};

/// Starts logging as `settings` say; to be called once.
pub fn start(settings: &Settings) -> Result<()> {
    let level = settings.log_level.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(directives(level))
        .map_err(|e| Error::user(format!("--log-level {level:?}: {e}")))?;
    let human = match settings.log_format.unwrap_or(LogFormat::Auto) {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (tests in one process) keeps the first.
    let _ = if human {
        lines.with_target(false).compact().try_init()
    } else {
        lines.fmt_fields(JsonFields).event_format(JsonLine).try_init()
    };
    Ok(())
}

/// One flat JSON object a line, as tracing's own format has it, at a fifth of its cost: there is one for every request.
struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        line.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut line)?;
        write!(line, "\",\"level\":\"{}\"", event.metadata().level())?;
        let mut fields = Fields { line, result: Ok(()) };
        event.record(&mut fields);
        let Fields { mut line, result } = fields;
        result?;
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                line.write_str(&fields.fields)?;
            }
        }
        line.write_str(",\"target\":")?;
        quoted(&mut line, event.metadata().target())?;
        line.write_str("}\n")
    }
}

/// The fields of spans, ready for a [`JsonLine`].
struct JsonFields;

impl<'w> FormatFields<'w> for JsonFields {
    fn format_fields<R: RecordFields>(&self, line: Writer<'w>, fields: R) -> fmt::Result {
        let mut written = Fields { line, result: Ok(()) };
        fields.record(&mut written);
        written.result
    }
}

/// Writes fields as `,"name":value`.
struct Fields<'w> {
    line: Writer<'w>,
    result: fmt::Result,
}

impl Fields<'_> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        let line = &mut self.line;
        self.result = self.result.and_then(|()| {
            line.write_str(",")?;
            quoted(line, field.name())?;
            line.write_str(":")?;
            value(line)
        });
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write(field, |line| quoted(line, &format!("{value:?}")));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, |line| quoted(line, value));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.write(field, |line| write!(line, "{value}"));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.write(field, |line| write!(line, "{value}"));
    }
    fn record_u128(&mut self, field: &Field, value: u128) {
        self.write(field, |line| write!(line, "{value}"));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write(field, |line| write!(line, "{value}"));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.write(field, |line| match value.is_finite() {
            true => write!(line, "{value:?}"),
            false => line.write_str("null"),
        });
    }
}

/// A JSON text.
fn quoted(line: &mut Writer<'_>, text: &str) -> fmt::Result {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\') {
        line.write_str("\"")?;
        line.write_str(text)?;
        return line.write_str("\"");
    }
    line.write_str(&serde_json::Value::from(text).to_string())
}

/// odoo-bin's names of levels are taken too. A bare level is ours; the crates below us stay at warn.
fn directives(level: &str) -> String {
    let bare = match level {
        "warning" => "warn",
        "critical" => "error",
        "debug_rpc" | "debug_sql" | "debug_rpc_answer" => "debug",
        "notset" => "trace",
        other => other,
    };
    match bare {
        "error" | "off" => bare.to_owned(),
        "warn" | "info" | "debug" | "trace" => format!("warn,workwarden={bare}"),
        directives => directives.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonFields, JsonLine, directives};
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    /// What was logged.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_one_json_object() {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(JsonFields)
            .event_format(JsonLine)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let odd = "a \"quoted\"\nline \u{e9} \u{1}";
            let _in = tracing::info_span!("job", job = 12, kind = "task").entered();
            tracing::warn!(target: "x::y", text = odd, n = -3, ratio = 0.5, wide = 7_u128, yes = true, "said {odd}");
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        let odd = "a \"quoted\"\nline \u{e9} \u{1}";
        assert_eq!((&line["level"], &line["target"]), (&"WARN".into(), &"x::y".into()));
        assert_eq!((line["job"].as_i64(), line["kind"].as_str()), (Some(12), Some("task")), "its span's");
        assert_eq!((&line["text"], &line["message"]), (&odd.into(), &format!("said {odd}").into()));
        assert_eq!(
            (line["n"].as_i64(), line["ratio"].as_f64(), line["wide"].as_u64()),
            (Some(-3), Some(0.5), Some(7))
        );
        assert!(
            line["yes"] == true && line["timestamp"].as_str().is_some_and(|t| t.ends_with('Z')),
            "{line}"
        );
    }

    #[test]
    fn levels_of_both_worlds() {
        assert_eq!(directives("warning"), "warn,workwarden=warn");
        assert_eq!(directives("workwarden::http=trace"), "workwarden::http=trace");
    }
}
