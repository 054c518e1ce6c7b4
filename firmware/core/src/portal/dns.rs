//! DNS that answers every name with the node's own address (RFC 1035).

use alloc::vec::Vec;

use super::PORTAL_ADDRESS;

/// Bytes of a question (RFC 1035, 4.2.1).
pub const DNS_BYTES_MAX: usize = 512;

const HEAD_BYTES: usize = 12;
const IS_ANSWER: u8 = 0x80;
const OPCODE: u8 = 0x78;
const RECURSION_WANTED: u8 = 0x01;
const TYPE_A: [u8; 2] = [0, 1];
const CLASS_IN: [u8; 2] = [0, 1];
/// Seconds; soon the phone must ask its real network again.
const TTL_SECS: u32 = 5;

/// The answer that leads to the node; `None` to what is no question. Other types than A get an empty one.
#[must_use]
pub fn lead(question: &[u8]) -> Option<Vec<u8>> {
    let head = question.get(..HEAD_BYTES)?;
    let is_question = head[2] & (IS_ANSWER | OPCODE) == 0 && head[4..6] == [0, 1];
    if !is_question || question.len() > DNS_BYTES_MAX {
        return None;
    }
    let name_end = end_of_name(question)?;
    let asked = question.get(name_end..name_end + 4)?;
    let leads = asked[..2] == TYPE_A && asked[2..] == CLASS_IN;

    let mut answer = Vec::with_capacity(name_end + 20);
    answer.extend(&head[..2]);
    answer.push(IS_ANSWER | head[2] & RECURSION_WANTED);
    answer.push(0);
    answer.extend([0, 1, 0, u8::from(leads), 0, 0, 0, 0]);
    answer.extend(&question[HEAD_BYTES..name_end + 4]);
    if leads {
        // The name is the one at byte 12.
        answer.extend([0xc0, HEAD_BYTES as u8]);
        answer.extend(TYPE_A.iter().chain(&CLASS_IN));
        answer.extend(TTL_SECS.to_be_bytes());
        answer.extend([0, 4]);
        answer.extend(PORTAL_ADDRESS);
    }
    Some(answer)
}

/// The byte after the name of the first question, which cannot be compressed.
fn end_of_name(question: &[u8]) -> Option<usize> {
    let mut at = HEAD_BYTES;
    loop {
        match *question.get(at)? {
            0 => return Some(at + 1),
            length @ 1..=63 => at += 1 + usize::from(length),
            64.. => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question(kind: u8) -> Vec<u8> {
        let mut bytes = Vec::from([0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        bytes.extend(b"\x0cconnectivity\x05check\x00");
        bytes.extend([0, kind, 0, 1]);
        // What follows (EDNS) is passed over.
        bytes.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn every_name_is_the_node() {
        let answer = lead(&question(1)).unwrap();
        assert_eq!(answer[..12], [0xab, 0xcd, 0x81, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
        let tail = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 192, 168, 4, 1];
        assert!(answer.ends_with(&tail));
        assert_eq!(answer.len(), 12 + 20 + 4 + 16);
    }

    #[test]
    fn other_types_have_no_answer_and_answers_none_at_all() {
        let answer = lead(&question(28)).unwrap();
        assert_eq!((answer[7], answer.len()), (0, 12 + 20 + 4));
        let mut told = question(1);
        told[2] |= IS_ANSWER;
        assert_eq!(lead(&told), None);
        let mut compressed = question(1);
        compressed[12] = 0xc0;
        assert_eq!(lead(&compressed), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(tail: Vec<u8>) {
            let mut bytes = question(1)[..12].to_vec();
            bytes.extend(tail);
            let _ = lead(&bytes);
        }
    }
}
