//! How devices reach the process, and what they are told of it.

use std::{net::SocketAddr, str::FromStr};

use clap::Args;
use secrecy::SecretString;
use serde::Serialize;
use utoipa::ToSchema;

/// How devices reach the process.
#[derive(Clone, Debug, Default, Args)]
pub struct DeviceArgs {
    /// Address to listen on for devices that speak MQTT; none when absent.
    #[arg(long, env = "OPERANDI_MQTT_LISTEN", value_name = "ADDRESS")]
    pub mqtt_listen: Option<SocketAddr>,
    /// Where devices are told to speak MQTT, such as mqtt.example.com:1883. When absent, the host of the public
    /// address, or the one they asked, and the port that is listened on.
    #[arg(long, env = "OPERANDI_MQTT_PUBLIC", value_name = "HOST:PORT")]
    pub mqtt_public: Option<Broker>,
    /// A broker to hear devices through as its client: mqtt://user:password@host:1883. Of several processes each
    /// needs a name, and all the same share: `?client=one&share=shop`.
    #[arg(
        long,
        env = "OPERANDI_MQTT_BROKER",
        value_name = "URL",
        hide_env_values = true
    )]
    pub mqtt_broker: Option<SecretString>,
}

/// Where MQTT is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"host": "mqtt.example.com", "port": 1883}))]
pub struct Broker {
    pub host: String,
    pub port: u16,
}

impl FromStr for Broker {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (host, port) = text
            .rsplit_once(':')
            .ok_or("write a host and a port, such as mqtt.example.com:1883")?;
        let port = port
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or("the port is a number from 1 to 65535")?;
        let host = bare(host);
        if host.is_empty() {
            return Err("the host is missing before the port");
        }
        Ok(Self { host, port })
    }
}

impl DeviceArgs {
    /// Where a device that reached this host is to speak MQTT; `None` when nobody listens.
    #[must_use]
    pub fn broker(&self, host: Option<&str>) -> Option<Broker> {
        if let Some(broker) = &self.mqtt_public {
            return Some(broker.clone());
        }
        let port = self.mqtt_listen?.port();
        Some(Broker {
            host: bare(host?),
            port,
        })
    }
}

/// A host without the brackets that an IPv6 address wears in front of a port.
fn bare(host: &str) -> String {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_a_host_and_a_port() {
        for (text, want) in [
            ("mqtt.example.com:1883", Some(("mqtt.example.com", 1883))),
            ("[::1]:8883", Some(("::1", 8883))),
            ("mqtt.example.com", None),
            ("mqtt.example.com:0", None),
            (":1883", None),
        ] {
            let broker = text.parse::<Broker>().ok();
            let got = broker.as_ref().map(|one| (one.host.as_str(), one.port));
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn devices_are_told_what_was_set_else_where_they_asked() {
        let listening = DeviceArgs {
            mqtt_listen: Some(SocketAddr::from(([0, 0, 0, 0], 1883))),
            ..DeviceArgs::default()
        };
        let told = |args: &DeviceArgs, host| args.broker(host).map(|one| (one.host, one.port));
        let here = Some(("192.168.1.10".to_owned(), 1883));
        assert_eq!(told(&listening, Some("192.168.1.10")), here);
        assert_eq!(told(&listening, None), None);
        assert_eq!(told(&DeviceArgs::default(), Some("192.168.1.10")), None);
        let public = DeviceArgs {
            mqtt_public: "mqtt.example.com:8883".parse().ok(),
            ..listening
        };
        let there = Some(("mqtt.example.com".to_owned(), 8883));
        assert_eq!(told(&public, Some("192.168.1.10")), there);
    }
}
