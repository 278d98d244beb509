//! One keep-alive connection: a POST out, its answer in. Any answer that is an error ends the measurement.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::error::{Error, Result};

/// An open connection.
pub(super) struct Wire {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
    /// Size of the last answer's body.
    pub(super) last_bytes: usize,
}

impl Wire {
    /// Connects to `http://HOST:PORT` for POSTs to `path`.
    pub(super) async fn open(url: &str, path: &str) -> Result<Wire> {
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let failed = |e: std::io::Error| Error::user(format!("cannot connect to {host}: {e}"));
        let stream = TcpStream::connect(host).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: "
        );
        Ok(Wire { stream, head, buffer: Vec::with_capacity(64 << 10), last_bytes: 0 })
    }

    /// A request for [`Wire::send`], whole.
    pub(super) fn request(&self, body: &str) -> Vec<u8> {
        format!("{}{}\r\n\r\n{body}", self.head, body.len()).into_bytes()
    }

    /// Sends a request and waits for the whole answer.
    pub(super) async fn send(&mut self, request: &[u8]) -> Result<()> {
        let failed = |e: std::io::Error| Error::user(format!("the connection broke: {e}"));
        self.stream.write_all(request).await.map_err(failed)?;
        self.buffer.clear();
        let mut whole = None;
        while whole.is_none_or(|(start, length)| self.buffer.len() < start + length) {
            if self.stream.read_buf(&mut self.buffer).await.map_err(failed)? == 0 {
                return Err(Error::user("the server closed the connection"));
            }
            if whole.is_none() {
                whole = head_of(&self.buffer).transpose()?;
            }
        }
        let (start, length) = whole.unwrap_or_default();
        self.last_bytes = length;
        let body = &self.buffer[start..];
        if body[..body.len().min(200)].windows(8).any(|w| w == b"\"error\":") {
            return Err(Error::user(format!(
                "the call failed: {}",
                String::from_utf8_lossy(&body[..body.len().min(2000)])
            )));
        }
        Ok(())
    }
}

/// Where the body begins and how long it is; None: the head is not complete.
fn head_of(buffer: &[u8]) -> Option<Result<(usize, usize)>> {
    const LENGTH: &[u8] = b"content-length:";
    let end = buffer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let length = buffer[..end]
        .split(|b| *b == b'\n')
        .find(|line| line.len() > LENGTH.len() && line[..LENGTH.len()].eq_ignore_ascii_case(LENGTH))
        .and_then(|line| std::str::from_utf8(&line[LENGTH.len()..]).ok()?.trim().parse().ok());
    Some(length.map(|l: usize| (end + 4, l)).ok_or_else(|| Error::user("an answer without Content-Length")))
}
