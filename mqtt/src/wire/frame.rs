//! Cuts a stream into packets: the fixed header, its flags and its length.

use bytes::{Bytes, BytesMut};

use crate::wire::Fault;

/// Bytes of a remaining length.
const LENGTH_BYTES_MAX: usize = 4;

/// The types a client sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connect,
    Publish,
    PubAck,
    Subscribe,
    Unsubscribe,
    Ping,
    Disconnect,
}

/// One whole packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) first: u8,
    /// Bytes of the fixed header.
    pub(crate) header: usize,
    /// The packet with its fixed header.
    pub(crate) bytes: Bytes,
}

impl Frame {
    /// Takes the first packet off `buffer`, if all of it is there.
    ///
    /// # Errors
    /// When no packet can begin like this, told from its first bytes.
    pub(crate) fn take(buffer: &mut BytesMut, bytes_max: usize) -> Result<Option<Self>, Fault> {
        let Some(&first) = buffer.first() else {
            return Ok(None);
        };
        let kind = kind(first)?;
        let Some((length_bytes, remaining)) = remaining(&buffer[1..])? else {
            return Ok(None);
        };
        let header = 1 + length_bytes;
        let whole = header + remaining;
        if whole > bytes_max {
            return Err(Fault::TOO_LARGE);
        }
        if buffer.len() < whole {
            return Ok(None);
        }
        Ok(Some(Self {
            kind,
            first,
            header,
            bytes: buffer.split_to(whole).freeze(),
        }))
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.header..]
    }

    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len() - self.header
    }
}

/// The type, with the flags that belong to it (MQTT 5, table 2-2).
fn kind(first: u8) -> Result<Kind, Fault> {
    match (first >> 4, first & 0x0F) {
        (1, 0) => Ok(Kind::Connect),
        (3, _) => Ok(Kind::Publish),
        (4, 0) => Ok(Kind::PubAck),
        (8, 2) => Ok(Kind::Subscribe),
        (10, 2) => Ok(Kind::Unsubscribe),
        (12, 0) => Ok(Kind::Ping),
        (14, 0) => Ok(Kind::Disconnect),
        // The packets of QoS 2, of authentication in steps, and those only a server sends.
        (2 | 5..=7 | 9 | 11 | 13 | 15, _) => Err(Fault::PROTOCOL),
        (_, _) => Err(Fault::MALFORMED),
    }
}

/// The remaining length and how many bytes told it.
fn remaining(bytes: &[u8]) -> Result<Option<(usize, usize)>, Fault> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(LENGTH_BYTES_MAX).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Some((place + 1, value)));
        }
    }
    if bytes.len() < LENGTH_BYTES_MAX {
        Ok(None)
    } else {
        Err(Fault::MALFORMED)
    }
}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;

    use super::{Frame, Kind};
    use crate::wire::Fault;

    fn take(bytes: &[u8]) -> Result<Option<(Kind, usize)>, Fault> {
        let mut buffer = BytesMut::from(bytes);
        let frame = Frame::take(&mut buffer, 200)?;
        Ok(frame.map(|frame| (frame.kind, frame.remaining())))
    }

    #[test]
    fn packets_are_cut_and_judged_by_their_first_bytes() {
        assert_eq!(take(&[]), Ok(None));
        assert_eq!(take(&[0xC0]), Ok(None));
        assert_eq!(take(&[0xC0, 0, 1]), Ok(Some((Kind::Ping, 0))));
        assert_eq!(take(&[0x30, 3, 0, 1]), Ok(None));
        assert_eq!(take(&[0x30, 3, 0, 1, 97]), Ok(Some((Kind::Publish, 3))));
        assert_eq!(take(&[0x30, 0xFF, 0xFF]), Ok(None));
        assert_eq!(take(&[0x30, 0xFF, 0xFF, 0xFF, 0xFF]), Err(Fault::MALFORMED));
        assert_eq!(take(&[0x30, 0xFF, 0x7F]), Err(Fault::TOO_LARGE));
        assert_eq!(take(&[0x80, 0]), Err(Fault::MALFORMED), "flags");
        assert_eq!(take(&[0x00, 0]), Err(Fault::MALFORMED));
        assert_eq!(take(&[0x62, 2, 0, 1]), Err(Fault::PROTOCOL), "QoS 2");
        assert_eq!(take(&[0xF0, 0]), Err(Fault::PROTOCOL));
    }
}
