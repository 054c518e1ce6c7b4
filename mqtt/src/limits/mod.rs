//! Who may come in, and how often. Pure but for the counters they hold; time is an argument.

mod budget;
mod door;
mod logins;

use std::net::{IpAddr, Ipv6Addr};

pub(crate) use budget::{Budget, Claim};
pub(crate) use door::{Door, Entry};
pub use logins::LOGIN_REFILL;
pub(crate) use logins::Logins;

/// The network part of an IPv6 address that one customer has.
const IPV6_SITE_BITS: u32 = 64;

/// The address that limits count by: an IPv6 customer has a whole /64 of them.
pub(crate) fn site(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let mask = u128::MAX << (u128::BITS - IPV6_SITE_BITS);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::site;

    #[test]
    fn one_customer_is_one_site() {
        let site = |text: &str| site(text.parse().unwrap()).to_string();
        assert_eq!(site("192.0.2.7"), "192.0.2.7");
        assert_eq!(site("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(site("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }
}
