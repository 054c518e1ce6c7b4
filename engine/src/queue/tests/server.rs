//! A Redis of the test's own, that it may flush, stop and start.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use redis::aio::MultiplexedConnection;

use crate::queue::{Hints, RedisSettings};

pub(super) struct Server {
    port: u16,
    child: Child,
}

impl Server {
    pub(super) async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .expect("a free port")
            .local_addr()
            .expect("its number")
            .port();
        let server = Self {
            port,
            child: launch(port),
        };
        server.connection().await;
        server
    }

    pub(super) async fn restart(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        self.child = launch(self.port);
        self.connection().await;
    }

    pub(super) fn hints(&self) -> Hints {
        let mut settings = RedisSettings::new(format!("redis://127.0.0.1:{}", self.port));
        settings.lease = std::time::Duration::from_millis(400);
        Hints::redis(settings).expect("a good address")
    }

    /// Waits until it answers.
    pub(super) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}", self.port))
            .expect("a good address");
        loop {
            match client.get_multiplexed_async_connection().await {
                Ok(connection) => return connection,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    /// All keys but the signals, which run out by themselves.
    pub(super) async fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = redis::cmd("KEYS")
            .arg("*")
            .query_async(&mut self.connection().await)
            .await
            .expect("it answers");
        keys.retain(|key| !key.ends_with(":signal"));
        keys
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn launch(port: u16) -> Child {
    Command::new("redis-server")
        .args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ])
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed")
}
