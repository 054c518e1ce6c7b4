//! DHCP for the few phones of a captive page (RFC 2131): an address each, and the node as router and DNS.

use alloc::vec::Vec;

use super::{PORTAL_ADDRESS, PORTAL_MASK};

/// Bytes of a message without fragments.
pub const DHCP_BYTES_MAX: usize = 576;

/// Phones at a time.
const LEASES_MAX: usize = 4;
/// The last byte of the first address that is given away.
const FIRST: u8 = 2;
/// Seconds of a lease: as long as somebody takes to fill in the form, and not much longer.
const LEASE_SECS: u32 = 600;

const OP_ASK: u8 = 1;
const OP_ANSWER: u8 = 2;
const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Where the hardware address, the cookie and the options stand.
const HARDWARE: usize = 28;
const COOKIE_AT: usize = 236;
const OPTIONS_AT: usize = 240;

const OPTION_MASK: u8 = 1;
const OPTION_ROUTER: u8 = 3;
const OPTION_DNS: u8 = 6;
const OPTION_ADDRESS: u8 = 50;
const OPTION_LEASE: u8 = 51;
const OPTION_KIND: u8 = 53;
const OPTION_SERVER: u8 = 54;
const OPTION_PAD: u8 = 0;
const OPTION_END: u8 = 255;

const DISCOVER: u8 = 1;
const OFFER: u8 = 2;
const REQUEST: u8 = 3;
const ACK: u8 = 5;
const NAK: u8 = 6;

type Hardware = [u8; 6];

/// Who has which address. The oldest lease makes room for a new phone.
#[derive(Clone, Debug, Default)]
pub struct Leases {
    holders: [Option<Hardware>; LEASES_MAX],
    next: usize,
}

impl Leases {
    /// The answer to a message; `None` if it wants none, or none of ours.
    pub fn answer(&mut self, message: &[u8]) -> Option<Vec<u8>> {
        let is_ask = message.first() == Some(&OP_ASK);
        if !is_ask || message.get(COOKIE_AT..OPTIONS_AT)? != COOKIE {
            return None;
        }
        let hardware: Hardware = message.get(HARDWARE..HARDWARE + 6)?.try_into().ok()?;
        let options = message.get(OPTIONS_AT..)?;
        let kind = match option(options, OPTION_KIND)? {
            [DISCOVER] => OFFER,
            [REQUEST] => match option(options, OPTION_SERVER) {
                // It has chosen another server.
                Some(server) if server != PORTAL_ADDRESS => return None,
                Some(_) | None => ACK,
            },
            _ => return None,
        };
        let address = self.address(hardware);
        let wanted = option(options, OPTION_ADDRESS);
        let current = message.get(12..16)?;
        let other = |wanted: &[u8]| wanted != address && wanted != [0; 4];
        if kind == ACK && other(wanted.unwrap_or(current)) {
            return Some(reply(message, NAK, [0; 4]));
        }
        Some(reply(message, kind, address))
    }

    fn address(&mut self, hardware: Hardware) -> [u8; 4] {
        let held = self
            .holders
            .iter()
            .position(|holder| *holder == Some(hardware));
        let place = held.unwrap_or_else(|| {
            let place = self.next;
            self.holders[place] = Some(hardware);
            self.next = (place + 1) % LEASES_MAX;
            place
        });
        let [a, b, c, _] = PORTAL_ADDRESS;
        [a, b, c, FIRST + place as u8]
    }
}

/// The content of an option.
fn option(mut options: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let (code, rest) = options.split_first()?;
        match *code {
            OPTION_PAD => options = rest,
            OPTION_END => return None,
            code => {
                let (length, rest) = rest.split_first()?;
                let (content, rest) = rest.split_at_checked((*length).into())?;
                if code == wanted {
                    return Some(content);
                }
                options = rest;
            }
        }
    }
}

/// An answer to `message`, which is at least as long as its fixed part.
fn reply(message: &[u8], kind: u8, address: [u8; 4]) -> Vec<u8> {
    let mut answer = message[..OPTIONS_AT].to_vec();
    answer[0] = OP_ANSWER;
    answer[3] = 0;
    answer[16..20].copy_from_slice(&address);
    answer[20..24].copy_from_slice(&PORTAL_ADDRESS);
    // The names of server and file are not used.
    answer[44..COOKIE_AT].fill(0);
    answer.extend([OPTION_KIND, 1, kind, OPTION_SERVER, 4]);
    answer.extend(PORTAL_ADDRESS);
    if kind != NAK {
        answer.extend([OPTION_LEASE, 4]);
        answer.extend(LEASE_SECS.to_be_bytes());
        for (code, content) in [
            (OPTION_MASK, PORTAL_MASK),
            (OPTION_ROUTER, PORTAL_ADDRESS),
            (OPTION_DNS, PORTAL_ADDRESS),
        ] {
            answer.extend([code, 4]);
            answer.extend(content);
        }
    }
    answer.push(OPTION_END);
    answer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(phone: u8, options: &[u8]) -> Vec<u8> {
        let mut bytes = alloc::vec![0; OPTIONS_AT];
        bytes[..8].copy_from_slice(&[OP_ASK, 1, 6, 0, 1, 2, 3, phone]);
        bytes[HARDWARE..HARDWARE + 6].copy_from_slice(&[2, 0, 0, 0, 0, phone]);
        bytes[COOKIE_AT..].copy_from_slice(&COOKIE);
        bytes.extend(options);
        bytes.push(OPTION_END);
        bytes
    }

    fn told(answer: &[u8]) -> (u8, [u8; 4]) {
        let kind = option(&answer[OPTIONS_AT..], OPTION_KIND).unwrap();
        (kind[0], answer[16..20].try_into().unwrap())
    }

    #[test]
    fn a_phone_gets_an_address_and_keeps_it() {
        let mut leases = Leases::default();
        let offer = leases
            .answer(&message(1, &[OPTION_KIND, 1, DISCOVER]))
            .unwrap();
        assert_eq!(told(&offer), (OFFER, [192, 168, 4, 2]));
        assert_eq!(offer[4..8], [1, 2, 3, 1], "the number of the asking");
        for (code, content) in [
            (OPTION_MASK, PORTAL_MASK),
            (OPTION_ROUTER, PORTAL_ADDRESS),
            (OPTION_DNS, PORTAL_ADDRESS),
            (OPTION_SERVER, PORTAL_ADDRESS),
        ] {
            assert_eq!(option(&offer[OPTIONS_AT..], code).unwrap(), content);
        }
        let request = [
            OPTION_KIND,
            1,
            REQUEST,
            OPTION_PAD,
            OPTION_ADDRESS,
            4,
            192,
            168,
            4,
            2,
            OPTION_SERVER,
            4,
            192,
            168,
            4,
            1,
        ];
        let ack = leases.answer(&message(1, &request)).unwrap();
        assert_eq!(told(&ack), (ACK, [192, 168, 4, 2]));
        let second = leases
            .answer(&message(2, &[OPTION_KIND, 1, DISCOVER]))
            .unwrap();
        assert_eq!(told(&second), (OFFER, [192, 168, 4, 3]));
    }

    #[test]
    fn an_address_of_another_network_is_refused_and_another_server_left_alone() {
        let mut leases = Leases::default();
        let at_home = [OPTION_KIND, 1, REQUEST, OPTION_ADDRESS, 4, 10, 0, 0, 7];
        assert_eq!(told(&leases.answer(&message(1, &at_home)).unwrap()).0, NAK);
        let elsewhere = [OPTION_KIND, 1, REQUEST, OPTION_SERVER, 4, 10, 0, 0, 1];
        assert_eq!(leases.answer(&message(1, &elsewhere)), None);
        assert_eq!(leases.answer(&message(1, &[OPTION_KIND, 1, 7])), None);
    }

    #[test]
    fn the_fifth_phone_takes_the_oldest_address() {
        let mut leases = Leases::default();
        let discover = [OPTION_KIND, 1, DISCOVER];
        let last: Vec<u8> = (1..=5)
            .map(|phone| told(&leases.answer(&message(phone, &discover)).unwrap()).1[3])
            .collect();
        assert_eq!(last, [2, 3, 4, 5, 2]);
    }

    proptest! {
        #[test]
        fn any_options_are_read_without_panic(options: Vec<u8>) {
            let mut leases = Leases::default();
            if let Some(answer) = leases.answer(&message(1, &options)) {
                prop_assert!(answer.len() <= DHCP_BYTES_MAX);
            }
        }
    }
}
