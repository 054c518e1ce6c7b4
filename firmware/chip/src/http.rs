//! Plain HTTP over one connection: a head out, a head in, and the body piece by piece.

use alloc::{vec, vec::Vec};

use embassy_net::{Stack, tcp::TcpSocket};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::Write;
use operandi_node_core::http::{Answer, HEAD_BYTES_MAX, HttpError, Url};

use crate::time::find;

const TIMEOUT_MS: u64 = 15_000;
const IN_BYTES: usize = 4_096;
const OUT_BYTES: usize = 1_024;

/// Why there is no answer; all but `Http` may pass by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failed {
    #[error("the host has no address")]
    Name,
    #[error("the host does not answer, or no longer")]
    Connection,
    #[error("{0}")]
    Http(HttpError),
}

/// The memory of one connection.
pub(crate) struct Buffers {
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

/// An answer whose body is still to be read.
pub(crate) struct Response<'a> {
    socket: TcpSocket<'a>,
    pub(crate) status: u16,
    pub(crate) length: u32,
    /// What came with the head.
    rest: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self {
            incoming: vec![0; IN_BYTES],
            outgoing: vec![0; OUT_BYTES],
        }
    }
}

/// Sends `head` and `body` to the server of `url`, and reads the head of the answer.
pub(crate) async fn ask<'a>(
    stack: Stack<'static>,
    buffers: &'a mut Buffers,
    url: &Url,
    head: &str,
    body: &[u8],
) -> Result<Response<'a>, Failed> {
    let address = find(stack, &url.host).await.ok_or(Failed::Name)?;
    let mut socket = TcpSocket::new(stack, &mut buffers.incoming, &mut buffers.outgoing);
    socket.set_timeout(Some(Duration::from_millis(TIMEOUT_MS)));
    let lost = |_| Failed::Connection;
    soon(socket.connect((address, url.port)))
        .await?
        .map_err(|_| Failed::Connection)?;
    soon(socket.write_all(head.as_bytes()))
        .await?
        .map_err(lost)?;
    soon(socket.write_all(body)).await?.map_err(lost)?;
    soon(socket.flush()).await?.map_err(lost)?;
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 256];
        let length = soon(socket.read(&mut chunk)).await?.map_err(lost)?;
        if length == 0 || bytes.len() > HEAD_BYTES_MAX {
            return Err(Failed::Connection);
        }
        bytes.extend(&chunk[..length]);
        if let Some(answer) = Answer::parse(&bytes).map_err(Failed::Http)? {
            return Ok(Response {
                socket,
                status: answer.status,
                length: answer.length,
                rest: bytes.split_off(answer.head),
            });
        }
    }
}

impl Response<'_> {
    /// Fills `chunk`, as far as the body goes. Gives the bytes; fewer than asked for are the last.
    pub(crate) async fn read(&mut self, chunk: &mut [u8]) -> Result<usize, Failed> {
        let mut filled = self.rest.len().min(chunk.len());
        chunk[..filled].copy_from_slice(&self.rest[..filled]);
        self.rest.drain(..filled);
        while filled < chunk.len() {
            let read = soon(self.socket.read(&mut chunk[filled..])).await?;
            let length = read.map_err(|_| Failed::Connection)?;
            if length == 0 {
                break;
            }
            filled += length;
        }
        Ok(filled)
    }

    /// The body, if it has at most `max` bytes.
    pub(crate) async fn body(mut self, max: usize) -> Result<Vec<u8>, Failed> {
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        if length > max {
            return Err(Failed::Http(HttpError::Length));
        }
        let mut body = vec![0; length];
        if self.read(&mut body).await? < length {
            return Err(Failed::Connection);
        }
        Ok(body)
    }
}

async fn soon<T>(deed: impl Future<Output = T>) -> Result<T, Failed> {
    let wait = Duration::from_millis(TIMEOUT_MS);
    with_timeout(wait, deed)
        .await
        .map_err(|_| Failed::Connection)
}
