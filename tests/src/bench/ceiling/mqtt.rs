//! Messages over MQTT: our own listener, which stores each payload as it is and acknowledges it then. Nobody
//! reads what was stored, and no rule looks at it.

use std::sync::Arc;

use operandi_mqtt::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Listener, Message, Opened,
    Outgoing, SessionId, SessionKey, Settings,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Grouping, Job};

pub(super) const GROUPING: Grouping = Grouping {
    queue: 8_192,
    batch: 2_048,
};

/// Lets everybody in, and stores what they say.
struct Anyone(mpsc::Sender<Job>);

pub(super) async fn serve(jobs: mpsc::Sender<Job>, listen: &str) {
    let listener = Listener::new(Arc::new(Anyone(jobs)), Settings::default()).unwrap();
    let tcp = tokio::net::TcpListener::bind(listen).await.unwrap();
    listener.serve(tcp, CancellationToken::new()).await;
}

impl Desk for Anyone {
    type Peer = ();

    async fn authenticate(&self, credentials: Credentials) -> Result<Admitted<()>, Denied> {
        Ok(Admitted {
            peer: (),
            key: SessionKey::new(credentials.client_id),
        })
    }

    fn may_publish(&self, (): &(), _topic: &str) -> Result<(), Forbidden> {
        Ok(())
    }

    fn may_subscribe(&self, (): &(), _filter: &str) -> Result<(), Forbidden> {
        Ok(())
    }

    async fn deliver(&self, (): &(), message: Message) -> Result<(), DeliverError> {
        let (done, committed) = oneshot::channel();
        let job = (hex::encode(&message.payload), done);
        let sent = self.0.send(job).await;
        match (sent, committed.await) {
            (Ok(()), Ok(true)) => Ok(()),
            _ => Err(DeliverError::Unavailable),
        }
    }

    async fn retained(&self, (): &(), _filter: &str) -> Vec<Outgoing> {
        Vec::new()
    }

    async fn connected(&self, (): &(), _opened: Opened) {}

    async fn disconnected(&self, (): &(), _id: SessionId, _why: Ended) {}
}
