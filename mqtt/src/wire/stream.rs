//! A stream with its two buffers: reads what has come, writes what was said, both in as few calls as can be.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout},
};
use tokio_util::io::poll_read_buf;

use crate::{
    clock,
    wire::{Fault, Frame},
};

/// Room made before a read; it grows with what comes, and shrinks again, so that an idle device costs little.
const READ_BYTES_MIN: usize = 1_024;
const READ_BYTES_MAX: usize = 64 * 1_024;
/// Room for what is to be written that is kept when it is written.
const OUT_BYTES_KEPT: usize = 16 * 1_024;
/// Bytes read from a stream that is being closed.
const LINGER_BYTES_MAX: usize = 256 * 1_024;

/// What has happened on a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Io {
    /// There are more bytes to look at.
    Read,
    /// All that was said is on its way.
    Flushed,
    /// It ended or broke.
    Closed,
}

/// One stream.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    incoming: BytesMut,
    /// What is to be written. Whoever fills it asks [`Wire::has_room`] first.
    pub(crate) out: BytesMut,
    packet_max: usize,
    out_max: usize,
    read_bytes: usize,
    /// What the read buffer has taken of memory.
    reserved: usize,
    /// Since when the other side has taken nothing.
    stuck_since: Option<Instant>,
    must_flush: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(stream: S, packet_max: usize, out_max: usize) -> Self {
        Self {
            stream,
            incoming: BytesMut::new(),
            out: BytesMut::new(),
            packet_max,
            out_max,
            read_bytes: READ_BYTES_MIN,
            reserved: 0,
            stuck_since: None,
            must_flush: false,
        }
    }

    /// The next packet of what was read.
    ///
    /// # Errors
    /// When no packet begins like this.
    pub(crate) fn frame(&mut self) -> Result<Option<Frame>, Fault> {
        Frame::take(&mut self.incoming, self.packet_max)
    }

    /// Whether more may be said.
    pub(crate) fn has_room(&self) -> bool {
        self.out.len() < self.out_max
    }

    /// Since when the other side has taken nothing of what was written.
    pub(crate) fn stuck_since(&self) -> Option<Instant> {
        self.stuck_since
    }

    /// Writes what is there and, if `read`, waits for more. Safe to drop at any moment.
    pub(crate) async fn turn(&mut self, read: bool) -> Io {
        poll_fn(|context| self.poll_turn(context, read)).await
    }

    fn poll_turn(&mut self, context: &mut Context<'_>, read: bool) -> Poll<Io> {
        let had_words = !self.out.is_empty() || self.must_flush;
        match self.poll_write(context) {
            Poll::Ready(Err(_)) => return Poll::Ready(Io::Closed),
            Poll::Ready(Ok(())) if had_words => return Poll::Ready(Io::Flushed),
            Poll::Ready(Ok(())) | Poll::Pending => {}
        }
        if !read {
            return Poll::Pending;
        }
        match self.poll_read(context) {
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Io::Closed),
            Poll::Ready(Ok(_)) => Poll::Ready(Io::Read),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.is_empty() {
            match Pin::new(&mut self.stream).poll_write(context, &self.out) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => {
                    self.out.advance(written);
                    self.stuck_since = None;
                    self.must_flush = true;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.stuck_since.get_or_insert_with(clock::now);
                    return Poll::Pending;
                }
            }
        }
        if self.out.capacity() > OUT_BYTES_KEPT {
            self.out = BytesMut::new();
        }
        if self.must_flush {
            match Pin::new(&mut self.stream).poll_flush(context) {
                Poll::Ready(result) => {
                    result?;
                    self.must_flush = false;
                    self.stuck_since = None;
                }
                Poll::Pending => {
                    self.stuck_since.get_or_insert_with(clock::now);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads into what is left of the last room, since messages that are being kept hold all of it.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let room = |buffer: &BytesMut| buffer.capacity() - buffer.len();
        if self.incoming.is_empty() && self.reserved > 4 * self.read_bytes {
            // What a burst needed is given back.
            self.incoming = BytesMut::new();
        }
        if room(&self.incoming) < self.read_bytes / 4 {
            self.incoming.reserve(self.read_bytes);
            self.reserved = self.incoming.capacity();
        }
        let spare = room(&self.incoming);
        let stream = Pin::new(&mut self.stream);
        let read = poll_read_buf(stream, context, &mut self.incoming);
        if let Poll::Ready(Ok(bytes)) = &read {
            if *bytes == spare && spare >= self.read_bytes {
                self.read_bytes = (self.read_bytes * 2).min(READ_BYTES_MAX);
            } else if *bytes < self.read_bytes / 4 && *bytes < spare {
                self.read_bytes = (self.read_bytes / 2).max(READ_BYTES_MIN);
            }
        }
        read
    }

    /// Writes what is left and closes, for no longer than `wait`. What the other side still sends is read and
    /// thrown away, up to a bound: a socket closed over unread bytes takes back what was written last.
    pub(crate) async fn close(mut self, wait: Duration) {
        let farewell = async {
            self.stream.write_all_buf(&mut self.out).await?;
            self.stream.shutdown().await?;
            let mut left = LINGER_BYTES_MAX;
            while left > 0 {
                self.incoming.clear();
                self.incoming.reserve(READ_BYTES_MIN);
                match self.stream.read_buf(&mut self.incoming).await? {
                    0 => break,
                    bytes => left = left.saturating_sub(bytes),
                }
            }
            Ok::<(), io::Error>(())
        };
        // The stream is given up either way.
        let _ = timeout(wait, farewell).await;
    }
}
