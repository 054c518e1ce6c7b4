//! Which addresses an outgoing connection may reach. It knows nothing of HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Refuses every address that is not public, save the networks it was told to allow.
#[derive(Clone, Debug, Default)]
pub struct AddressGuard {
    allowed: Vec<IpNet>,
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(head: [u16; 4], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(
        Ipv6Addr::new(head[0], head[1], head[2], head[3], 0, 0, 0, 0),
        prefix,
    )
}

/// IPv4 networks that are not the public internet.
const CLOSED_V4: [Ipv4Net; 14] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// The only part of IPv6 that is the public internet, and what inside it is not.
const OPEN_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);
const CLOSED_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0, 0], 23),
    v6([0x2001, 0xdb8, 0, 0], 32),
    v6([0x2002, 0, 0, 0], 16),
    v6([0x3fff, 0, 0, 0], 20),
];

/// Translates IPv4 addresses; RFC 6052 and its local twin of RFC 8215.
const NAT64: [Ipv6Net; 2] = [v6([0x64, 0xff9b, 0, 0], 96), v6([0x64, 0xff9b, 1, 0], 48)];

impl AddressGuard {
    /// Allows these networks besides the public internet.
    #[must_use]
    pub fn allowing(allowed: Vec<IpNet>) -> Self {
        Self { allowed }
    }

    /// Whether a connection to this address may be opened.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        let plain = address.to_canonical();
        self.allowed
            .iter()
            .any(|net| net.contains(&address) || net.contains(&plain))
            || match plain {
                // A mapped address is refused as such: nothing public is published that way.
                IpAddr::V4(v4) => {
                    address.is_ipv4() && !CLOSED_V4.iter().any(|net| net.contains(&v4))
                }
                IpAddr::V6(v6) => {
                    OPEN_V6.contains(&v6)
                        && !CLOSED_V6.iter().chain(&NAT64).any(|net| net.contains(&v6))
                }
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let guard = AddressGuard::default();
        for (address, open) in [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("172.15.255.255", true),
            ("172.32.0.1", true),
            ("100.63.255.255", true),
            ("100.128.0.1", true),
            ("2606:4700:4700::1111", true),
            ("2a00:1450:4001:80e::200e", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.1.2.3", false),
            ("100.64.0.1", false),
            ("100.127.255.255", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("192.0.0.192", false),
            ("192.0.2.1", false),
            ("192.168.1.1", false),
            ("198.18.0.1", false),
            ("203.0.113.9", false),
            ("224.0.0.1", false),
            ("239.255.255.250", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("::", false),
            ("::1", false),
            ("::7f00:1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("64:ff9b::7f00:1", false),
            ("64:ff9b::a9fe:a9fe", false),
            ("64:ff9b:1::a00:1", false),
            ("2002:7f00:1::", false),
            ("2002:a00:1::1", false),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("3fff::1", false),
            ("fc00::1", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("100::1", false),
        ] {
            assert_eq!(
                guard.permits(address.parse().expect("an address")),
                open,
                "{address}"
            );
        }
    }

    #[test]
    fn a_named_network_is_let_through_and_nothing_beside_it() {
        let guard = AddressGuard::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
        for (address, open) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("::1", false),
            ("10.0.0.1", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(
                guard.permits(address.parse().expect("an address")),
                open,
                "{address}"
            );
        }
    }
}
