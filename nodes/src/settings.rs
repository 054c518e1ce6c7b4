//! What the operator of the machine decides for all nodes; read once and handed down.

use ipnet::IpNet;

/// The operator's choices.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Private networks that requests and connections may reach.
    pub allow_private_network: Vec<IpNet>,
}

/// Reads `OPERANDI_ALLOW_PRIVATE_NETWORK`: networks such as `10.0.0.0/8`, or single addresses, parted by commas.
///
/// # Errors
/// With the part that is neither.
pub fn parse_networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<std::net::IpAddr>().map(IpNet::from))
                .map_err(|_| {
                    format!("`{part}` is neither a network such as 10.0.0.0/8 nor an address")
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_or_named_as_wrong() {
        assert_eq!(
            parse_networks("127.0.0.0/8, ::1,").map(|networks| networks.len()),
            Ok(2)
        );
        assert_eq!(parse_networks(""), Ok(Vec::new()));
        assert!(parse_networks("127.0.0.0/8,all").is_err_and(|error| error.contains("`all`")));
    }
}
