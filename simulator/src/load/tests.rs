use operandi_protocol::{BootId, Message as _, ReadingId, Readings};

use super::*;
use crate::testing::{Broker, Heard, PASSWORD};

fn load(broker: &Broker, devices: u32) -> Load {
    let signed = |number| {
        let id = format!("load-{number}");
        let account = Account {
            client_id: id.clone(),
            username: id.clone(),
            password: PASSWORD.to_owned(),
        };
        (DeviceId::new(&id).unwrap(), account)
    };
    Load {
        org: OrgId::new("acme").unwrap(),
        endpoint: Endpoint {
            host: broker.address.ip().to_string(),
            port: broker.address.port(),
        },
        accounts: (0..devices).map(signed).collect(),
        messages_per_sec: None,
        window: 16,
        readings_per_message: 2,
        format: Format::Cbor,
        lasts: Duration::from_millis(400),
        drain: Duration::from_secs(10),
        breaks_every: None,
        seed: 1,
        start: WallTime::new(1_763_900_000_000).unwrap(),
    }
}

async fn sent(load: &Load) -> Report {
    let progress = Progress::default();
    let report = send(load, &CancellationToken::new(), &progress)
        .await
        .unwrap();
    assert_eq!(progress.sent(), report.total.sent);
    assert_eq!(progress.acknowledged(), report.total.acknowledged);
    assert_eq!(progress.resent(), report.total.resent);
    assert_eq!(progress.connections(), report.total.connections);
    report
}

fn stored(broker: &Broker) -> Vec<(DeviceId, ReadingId)> {
    let heard = broker.heard();
    let readings = heard
        .iter()
        .filter(|heard| heard.topic.ends_with("/readings"));
    let ids = readings.flat_map(|heard: &Heard| {
        let device = DeviceId::new(&heard.client).unwrap();
        let batch = Readings::decode(&heard.payload).unwrap();
        batch.ids().map(|id| (device, id)).collect::<Vec<_>>()
    });
    ids.collect()
}

#[tokio::test]
async fn everything_sent_is_acknowledged_and_there() {
    let broker = Broker::start().await;
    let report = sent(&load(&broker, 5)).await;
    let total = &report.total;
    assert_eq!((report.devices, total.connections, total.resent), (5, 5, 0));
    assert!(total.sent > 100, "{total:?}");
    assert_eq!(total.sent, total.acknowledged);
    assert_eq!(total.ledger.len(), total.sent * 2);
    assert!(report.rate() > 0.0 && total.latency.quantile(0.5).is_some());
    let stored = stored(&broker);
    assert_eq!(stored.len() as u64, total.ledger.len());
    assert_eq!(total.ledger.missing(stored), []);
    let goodbyes = broker.goodbyes(5);
    tokio::time::timeout(Duration::from_secs(20), goodbyes)
        .await
        .unwrap();
    // A birth comes before the first reading of each.
    for client in (0..5).map(|number| format!("load-{number}")) {
        let heard = broker.heard();
        let first = heard.iter().find(|heard| heard.client == client).unwrap();
        assert!(first.topic.ends_with("/birth"));
    }
}

/// The broker cuts each connection before it acknowledges the hundredth message: that one is sent again.
#[tokio::test]
async fn what_was_cut_is_sent_again_and_counted() {
    let broker = Broker::start().await;
    broker.cut_at(100);
    let mut load = load(&broker, 2);
    load.messages_per_sec = Some(2_000.0);
    let total = sent(&load).await.total;
    assert!(total.connections > 4 && total.resent > 0, "{total:?}");
    assert_eq!(total.sent, total.acknowledged);
    let stored = stored(&broker);
    assert!(
        stored.len() as u64 > total.ledger.len(),
        "nothing came twice"
    );
    assert_eq!(total.ledger.missing(stored), []);
}

#[tokio::test]
async fn devices_break_their_own_connections_and_lose_nothing() {
    let broker = Broker::start().await;
    let mut load = load(&broker, 4);
    load.breaks_every = Some(Duration::from_millis(60));
    let total = sent(&load).await.total;
    assert!(total.connections > 6, "{total:?}");
    assert_eq!(total.sent, total.acknowledged);
    assert_eq!(total.ledger.missing(stored(&broker)), []);
}

#[tokio::test]
async fn a_rate_is_kept() {
    let broker = Broker::start().await;
    let mut load = load(&broker, 4);
    load.messages_per_sec = Some(500.0);
    let total = sent(&load).await.total;
    // 0.4 s of it: less only if the machine was too slow, never more.
    assert!((50..=200).contains(&total.sent), "{}", total.sent);
}

/// A server that forgets what it has acknowledged is found out.
#[tokio::test]
async fn a_lost_reading_is_found() {
    let broker = Broker::start().await;
    let total = sent(&load(&broker, 1)).await.total;
    let mut stored = stored(&broker);
    let lost = stored.remove(stored.len() / 2);
    assert_eq!(total.ledger.missing(stored), [lost]);
    assert!(!total.ledger.contains(
        lost.0,
        ReadingId {
            boot: BootId::drawn(0),
            seq: 0
        }
    ));
}

#[tokio::test]
async fn numbers_that_make_no_load_are_refused() {
    let broker = Broker::start().await;
    let good = load(&broker, 1);
    let cases = [
        (
            Load {
                accounts: BTreeMap::new(),
                ..good.clone()
            },
            LoadError::Nobody,
        ),
        (
            Load {
                window: 0,
                ..good.clone()
            },
            LoadError::Window,
        ),
        (
            Load {
                readings_per_message: 129,
                ..good.clone()
            },
            LoadError::Readings,
        ),
        (
            Load {
                messages_per_sec: Some(0.0),
                ..good
            },
            LoadError::Rate,
        ),
    ];
    for (load, expected) in cases {
        let refused = send(&load, &CancellationToken::new(), &Progress::default()).await;
        assert_eq!(refused.unwrap_err(), expected);
    }
}
