//! Changes told across processes by publish and subscribe.

use std::sync::Arc;

use futures::StreamExt;
use redis::RedisResult;
use tokio::sync::mpsc;

use super::{RedisHints, link::Link};

/// How many texts travel in one round trip.
const PIPELINE_MAX: usize = 256;

impl RedisHints {
    /// Sends what is published; what fails is lost: listeners ask for the truth when in doubt.
    pub(super) async fn publish_all(self: Arc<Self>, mut published: mpsc::Receiver<Arc<str>>) {
        let mut link = Link::new(self.client.clone(), "publish");
        let channel = format!("{}:live", self.prefix);
        let mut texts = Vec::new();
        while published.recv_many(&mut texts, PIPELINE_MAX).await > 0 {
            let mut pipeline = redis::pipe();
            for text in texts.drain(..) {
                pipeline.publish(&channel, &*text).ignore();
            }
            let sent: RedisResult<()> = match link.connection().await {
                Ok(connection) => pipeline.query_async(connection).await,
                Err(error) => Err(error),
            };
            match sent {
                Ok(()) => link.succeeded(),
                Err(error) => link.failed(&error).await,
            }
        }
    }

    /// Hands out what any process publishes, this one included.
    pub(super) async fn listen(self: Arc<Self>) {
        let mut link = Link::new(self.client.clone(), "listen");
        loop {
            match self.listen_once(&mut link).await {
                // The connection ended; a pause keeps a refusing server from being stormed.
                Ok(()) => tokio::time::sleep(std::time::Duration::from_millis(100)).await,
                Err(error) => link.failed(&error).await,
            }
        }
    }

    async fn listen_once(&self, link: &mut Link) -> RedisResult<()> {
        let mut subscription = self.client.get_async_pubsub().await?;
        subscription
            .subscribe(format!("{}:live", self.prefix))
            .await?;
        link.succeeded();
        let mut messages = subscription.into_on_message();
        while let Some(message) = messages.next().await {
            if let Ok(text) = message.get_payload::<String>() {
                self.live.hand_out(text.into());
            }
        }
        Ok(())
    }
}
