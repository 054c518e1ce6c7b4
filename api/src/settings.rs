//! The process's settings, read once from flags and environment and handed down.
//!
//! Nothing else in this crate reads the environment, save the OpenTelemetry exporter, whose standard
//! variables belong to it.

mod devices;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret as _, SecretString};

pub use self::devices::{Broker, DeviceArgs};

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct DataArgs {
    /// Folder of the embedded database, keys and messages.
    #[arg(
        long,
        env = "OPERANDI_DATA",
        default_value = "./data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// PostgreSQL instead of the embedded database: postgres://user:password@host/database
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// What a commit on the embedded database waits for.
    #[arg(long, env = "OPERANDI_SYNCHRONOUS", value_enum, default_value_t = Durability::Full)]
    pub synchronous: Durability,
    /// Connections to PostgreSQL, in all.
    #[arg(
        long,
        env = "OPERANDI_DATABASE_CONNECTIONS",
        default_value_t = 16,
        value_name = "N"
    )]
    pub database_connections: u32,
    /// Key that seals connection secrets: 32 bytes in base64. Without it the key file in the data folder.
    #[arg(
        long,
        env = "OPERANDI_MASTER_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub master_key: Option<SecretString>,
}

/// What a commit on the embedded database waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Durability {
    /// The disk: survives a power cut.
    Full,
    /// The operating system: survives a crash of the process.
    Normal,
}

/// How the process works and what it may reach.
#[derive(Clone, Debug, Args)]
pub struct WorkArgs {
    /// Redis for hints between processes: redis://host:6379. In memory when absent.
    #[arg(long, env = "REDIS_URL", value_name = "URL", hide_env_values = true)]
    pub redis_url: Option<SecretString>,
    /// Private networks that workflows and connections may reach, such as 127.0.0.0/8; separated by commas.
    #[arg(long, env = "OPERANDI_ALLOW_PRIVATE_NETWORK", value_name = "NETWORKS")]
    pub allow_private_network: Option<String>,
    /// Effects performed at once.
    #[arg(long, env = "OPERANDI_CONCURRENCY", value_name = "N")]
    pub concurrency: Option<usize>,
}

/// How the HTTP server answers.
#[derive(Clone, Debug, Args)]
pub struct HttpArgs {
    /// Address to listen on.
    #[arg(
        long,
        env = "OPERANDI_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,
    /// Address for /metrics alone; it then leaves the main one.
    #[arg(long, env = "OPERANDI_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// The address people use, such as https://ops.example.com; decides whether cookies are `Secure`.
    #[arg(long, env = "OPERANDI_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<url::Url>,
    /// Believe `X-Forwarded-For` of the proxy in front.
    #[arg(long, env = "OPERANDI_TRUST_PROXY")]
    pub trust_proxy: bool,
    /// The most bytes of one webhook delivery.
    #[arg(long, env = "OPERANDI_WEBHOOK_BYTES_MAX", default_value_t = 3 * 1024 * 1024, value_name = "BYTES")]
    pub webhook_bytes_max: usize,
    /// How long one request may take, in seconds.
    #[arg(
        long,
        env = "OPERANDI_REQUEST_SECS_MAX",
        default_value_t = 30,
        value_name = "SECONDS"
    )]
    pub request_secs_max: u64,
    /// How long a stop waits for what is under way, in seconds.
    #[arg(
        long,
        env = "OPERANDI_DRAIN_SECS",
        default_value_t = 20,
        value_name = "SECONDS"
    )]
    pub drain_secs: u64,
}

impl HttpArgs {
    /// Whether cookies are for encrypted connections only: always, except on a loopback address.
    #[must_use]
    pub fn secure_cookies(&self) -> bool {
        match &self.public_url {
            Some(url) => url.scheme() == "https",
            None => !self.listen.ip().is_loopback(),
        }
    }
}

impl DataArgs {
    /// The database to open.
    #[must_use]
    pub fn database(&self) -> operandi_engine::store::sql::Settings {
        use operandi_engine::store::sql::{Settings, Synchronous};
        let mut settings = match &self.database_url {
            Some(url) => Settings::postgres(url.expose_secret()),
            None => Settings::folder(&self.data),
        };
        settings.synchronous = match self.synchronous {
            Durability::Full => Synchronous::Full,
            Durability::Normal => Synchronous::Normal,
        };
        settings.connections = self.database_connections;
        settings
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::HttpArgs;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        http: HttpArgs,
    }

    #[test]
    fn cookies_are_secure_everywhere_but_on_loopback() {
        for (args, want) in [
            (&["x", "--listen", "127.0.0.1:1"][..], false),
            (&["x", "--listen", "0.0.0.0:1"], true),
            (
                &[
                    "x",
                    "--listen",
                    "127.0.0.1:1",
                    "--public-url",
                    "https://a.example",
                ],
                true,
            ),
            (
                &[
                    "x",
                    "--listen",
                    "0.0.0.0:1",
                    "--public-url",
                    "http://a.example",
                ],
                false,
            ),
        ] {
            assert_eq!(
                Line::parse_from(args).http.secure_cookies(),
                want,
                "{args:?}"
            );
        }
    }
}
