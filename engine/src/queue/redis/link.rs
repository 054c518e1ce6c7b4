//! One connection of one task: made when needed, thrown away after an error, never hurried.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, aio::MultiplexedConnection};

/// The pause after the first error in a row, and the longest one.
const PAUSE: Duration = Duration::from_millis(50);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// How long connecting, and any answer besides an asked-for wait, may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

pub(super) struct Link {
    client: Client,
    connection: Option<MultiplexedConnection>,
    pause: Duration,
    /// Which task it is, for the log.
    task: &'static str,
}

impl Link {
    pub(super) fn new(client: Client, task: &'static str) -> Self {
        Self {
            client,
            connection: None,
            pause: PAUSE,
            task,
        }
    }

    pub(super) async fn connection(&mut self) -> RedisResult<&mut MultiplexedConnection> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(ANSWER_WITHIN))
                    .set_response_timeout(Some(ANSWER_WITHIN));
                self.client
                    .get_multiplexed_async_connection_with_config(&config)
                    .await?
            }
        };
        Ok(self.connection.insert(connection))
    }

    /// All is well again.
    pub(super) fn succeeded(&mut self) {
        if self.pause > PAUSE {
            tracing::info!(task = self.task, "Redis answers again");
        }
        self.pause = PAUSE;
    }

    /// Notes an error and waits before the next try.
    pub(super) async fn failed(&mut self, error: &RedisError) {
        self.connection = None;
        metrics::counter!("operandi_redis_errors", "task" => self.task).increment(1);
        if self.pause == PAUSE {
            tracing::warn!(task = self.task, error = %error, "Redis does not answer; trying again");
        }
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
    }
}
