//! The wall time from a time server (SNTP, RFC 4330): what to ask, and whether to believe the answer.

use operandi_protocol::{Uptime, WallTime};

/// Bytes of question and answer.
pub const SNTP_BYTES: usize = 48;
/// Milliseconds between question and answer: beyond them the time is too uncertain.
pub const ROUND_TRIP_MS_MAX: u64 = 3_000;

/// Version 4, client.
const ASK: u8 = 0b00_100_011;
const MODE_SERVER: u8 = 4;
/// The leap indicator of a server whose own clock is not set.
const UNSYNCHRONISED: u8 = 3;
/// Seconds from 1900 to 1970.
const EPOCH_SECS: i64 = 2_208_988_800;
/// Seconds of an NTP era; stamps below half of it are of the era that begins in 2036.
const ERA_SECS: i64 = 1 << 32;

/// Why an answer is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SntpError {
    #[error("the answer is no answer of a time server")]
    Shape,
    #[error("the answer is not to our question")]
    Foreign,
    #[error("the time server does not know the time itself")]
    Unsynchronised,
    #[error("the answer took too long to be exact")]
    Slow,
    #[error("the answer tells a time that cannot be")]
    Time,
}

/// A question. The server gives `dice` back, so an answer can only come from whoever read it.
#[must_use]
pub fn ask(dice: u64) -> [u8; SNTP_BYTES] {
    let mut bytes = [0; SNTP_BYTES];
    bytes[0] = ASK;
    bytes[40..].copy_from_slice(&dice.to_be_bytes());
    bytes
}

/// The wall time at `came`, from the answer to a question asked at `asked`.
///
/// # Errors
/// Why it is not believed.
pub fn answer(bytes: &[u8], dice: u64, asked: Uptime, came: Uptime) -> Result<WallTime, SntpError> {
    let bytes: &[u8; SNTP_BYTES] = bytes
        .get(..SNTP_BYTES)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(SntpError::Shape)?;
    if bytes[0] & 0b111 != MODE_SERVER {
        return Err(SntpError::Shape);
    }
    if bytes[24..32] != dice.to_be_bytes() {
        return Err(SntpError::Foreign);
    }
    // Stratum 0 is a refusal; 16 and more is no server with a time.
    if bytes[0] >> 6 == UNSYNCHRONISED || !(1..=15).contains(&bytes[1]) {
        return Err(SntpError::Unsynchronised);
    }
    let round_trip = came.since(asked);
    if round_trip > ROUND_TRIP_MS_MAX {
        return Err(SntpError::Slow);
    }
    let told = stamp_ms(bytes, 40);
    let held = (told - stamp_ms(bytes, 32)).clamp(0, round_trip as i64);
    let way = (round_trip as i64 - held) / 2;
    WallTime::new(told + way).map_err(|_| SntpError::Time)
}

/// The stamp at this byte, in milliseconds since 1970.
fn stamp_ms(bytes: &[u8; SNTP_BYTES], at: usize) -> i64 {
    let part =
        |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (secs, fraction) = (i64::from(part(at)), i64::from(part(at + 4)));
    let era = if secs < ERA_SECS / 2 { ERA_SECS } else { 0 };
    (secs + era - EPOCH_SECS) * 1_000 + ((fraction * 1_000) >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DICE: u64 = 0x0123_4567_89ab_cdef;

    fn up(ms: u64) -> Uptime {
        Uptime::new(ms).unwrap()
    }

    fn stamp(ms: i64) -> [u8; 8] {
        let secs = (ms.div_euclid(1_000) + EPOCH_SECS) as u32;
        // Rounded up, so that the same millisecond comes back.
        let fraction = ((ms.rem_euclid(1_000) << 32) as u64).div_ceil(1_000) as u32;
        (u64::from(secs) << 32 | u64::from(fraction)).to_be_bytes()
    }

    fn told(received_ms: i64, sent_ms: i64) -> [u8; SNTP_BYTES] {
        let mut bytes = [0; SNTP_BYTES];
        bytes[0] = 0b00_100_100;
        bytes[1] = 2;
        bytes[24..32].copy_from_slice(&DICE.to_be_bytes());
        bytes[32..40].copy_from_slice(&stamp(received_ms));
        bytes[40..].copy_from_slice(&stamp(sent_ms));
        bytes
    }

    #[test]
    fn half_of_the_way_is_added() {
        let noon = 1_763_900_000_000;
        let wall = answer(&told(noon, noon + 20), DICE, up(5_000), up(5_220));
        assert_eq!(wall.unwrap().ms(), noon + 20 + 100);
        assert_eq!(ask(DICE)[0], 0x23);
        assert_eq!(ask(DICE)[40..], DICE.to_be_bytes());
    }

    #[test]
    fn times_beyond_2036_are_of_the_next_era() {
        let later = 2_100_000_000_000;
        let wall = answer(&told(later, later), DICE, up(0), up(0));
        assert_eq!(wall.unwrap().ms(), later);
    }

    #[test]
    fn answers_that_cannot_be_believed_say_why() {
        let noon = 1_763_900_000_000;
        let good = told(noon, noon);
        let with = |at: usize, byte: u8| {
            let mut bytes = good;
            bytes[at] = byte;
            bytes
        };
        let cases: &[([u8; SNTP_BYTES], u64, SntpError)] = &[
            (with(0, 0b00_100_011), 1, SntpError::Shape),
            (with(24, 0), 1, SntpError::Foreign),
            (with(0, 0b11_100_100), 1, SntpError::Unsynchronised),
            (with(1, 0), 1, SntpError::Unsynchronised),
            (with(1, 16), 1, SntpError::Unsynchronised),
            (good, 3_001, SntpError::Slow),
            (told(0, 0), 1, SntpError::Time),
        ];
        for (bytes, came, error) in cases {
            assert_eq!(answer(bytes, DICE, up(0), up(*came)), Err(*error));
        }
        assert_eq!(
            answer(&good[..47], DICE, up(0), up(1)),
            Err(SntpError::Shape)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = answer(&bytes, DICE, up(0), up(10));
        }
    }
}
