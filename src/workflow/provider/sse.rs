//! Server-sent events, as the providers stream them: bytes in, the data of whole events out.

/// Collects bytes until an event is whole.
#[derive(Debug, Default)]
pub(super) struct Events {
    buffer: Vec<u8>,
    data: String,
}

impl Events {
    /// Takes a piece of the stream, gives the data of each event that ended in it.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<String> {
        self.buffer.extend_from_slice(bytes);
        let mut out = vec![];
        let mut start = 0;
        while let Some(length) = self.buffer[start..].iter().position(|&b| b == b'\n') {
            let line = String::from_utf8_lossy(&self.buffer[start..start + length]).into_owned();
            start += length + 1;
            self.line(line.trim_end_matches('\r'), &mut out);
        }
        self.buffer.drain(..start);
        out
    }

    /// Bytes held back so far.
    pub(super) fn pending(&self) -> usize {
        self.buffer.len() + self.data.len()
    }

    fn line(&mut self, line: &str, out: &mut Vec<String>) {
        if line.is_empty() {
            if !self.data.is_empty() {
                out.push(std::mem::take(&mut self.data));
            }
        } else if let Some(data) = line.strip_prefix("data:") {
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
        }
        // Other fields (event, id, retry, comments) say nothing that the data does not say.
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_pieces_together() {
        let mut events = Events::default();
        assert!(events.feed(b"event: x\r\ndata: {\"a\":").is_empty());
        assert_eq!(events.feed(b" 1}\r\n\r\n: ping\n\ndata:b\ndata: c\n\n"), ["{\"a\": 1}", "b\nc"]);
        let e = "data: é\n\n".as_bytes();
        assert!(events.feed(&e[..7]).is_empty());
        assert_eq!(events.feed(&e[7..]), ["é"], "a character cut in two");
        assert_eq!(events.pending(), 0);
    }
}
