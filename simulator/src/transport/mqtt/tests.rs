use std::time::Duration;

use operandi_protocol::{Kind, OrgId, Topic, WallTime};
use rumqttc::{Publish, QoS};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    run::{Run, run},
    scenario,
    tale::What,
    testing::{Broker, PASSWORD},
    transport::{Packet, Token},
};

/// Beyond it, a test is taken to hang.
const LONG: Duration = Duration::from_secs(20);

fn device() -> DeviceId {
    DeviceId::new("probe").unwrap()
}

fn packet(kind: Kind, token: u64, payload: &str) -> Packet {
    Packet {
        token: Token::new(token),
        topic: Topic {
            org: OrgId::new("acme").unwrap(),
            device: device(),
            kind,
        },
        payload: payload.into(),
    }
}

fn endpoint(broker: &Broker) -> Endpoint {
    Endpoint {
        host: broker.address.ip().to_string(),
        port: broker.address.port(),
    }
}

fn account(id: &str, password: &str) -> Account {
    Account {
        client_id: id.to_owned(),
        username: id.to_owned(),
        password: password.to_owned(),
    }
}

struct Stage {
    broker: Broker,
    mqtt: Mqtt,
    session: Session,
}

impl Stage {
    async fn new(password: &str) -> Self {
        let broker = Broker::start().await;
        let accounts = BTreeMap::from([(device(), account("probe", password))]);
        Self {
            mqtt: Mqtt::start(&endpoint(&broker), accounts, 1),
            broker,
            session: Session::NONE,
        }
    }

    fn order(&mut self, order: Order) {
        self.mqtt.order(Moment::default(), device(), order);
    }

    fn connect(&mut self) {
        self.session = self.session.next();
        let session = self.session;
        let will = packet(Kind::Death, 0, "lost");
        self.order(Order::Connect { session, will });
    }

    /// The next news, of the connection that is current.
    async fn news(&mut self) -> News {
        let news = timeout(LONG, self.mqtt.news.recv()).await.unwrap();
        let (_, session, news) = news.unwrap();
        assert_eq!(session, self.session);
        news
    }

    async fn wills(&self, count: usize) {
        let counted = |heard: &[crate::testing::Heard]| {
            heard.iter().filter(|heard| heard.is_will).count() >= count
        };
        timeout(LONG, self.broker.until(counted)).await.unwrap();
    }
}

#[tokio::test]
async fn messages_are_acknowledged_and_heard_and_a_drop_speaks_the_will() {
    let mut stage = Stage::new(PASSWORD).await;
    stage.connect();
    assert_eq!(stage.news().await, News::Connected);
    for token in 1..=3 {
        stage.order(Order::Publish(packet(Kind::Readings, token, "readings")));
    }
    for token in 1..=3 {
        assert_eq!(stage.news().await, News::Acknowledged(Token::new(token)));
    }
    let topic = packet(Kind::Command, 0, "").topic.to_string();
    let mut command = Publish::new(topic, QoS::AtLeastOnce, "open");
    command.pkid = 9;
    stage.broker.send("probe", command);
    let expected = News::Message {
        kind: Kind::Command,
        payload: b"open".to_vec(),
        retained: false,
    };
    assert_eq!(stage.news().await, expected);

    stage.order(Order::Drop);
    stage.wills(1).await;
    stage.connect();
    assert_eq!(stage.news().await, News::Connected);
    // The broker remembers the session, and nobody subscribes again.
    assert_eq!(stage.broker.subscribed_and_refused(), (1, 0));
    stage.mqtt.stop().await;
}

#[tokio::test]
async fn a_cut_connection_comes_back_by_itself() {
    let mut stage = Stage::new(PASSWORD).await;
    stage.connect();
    assert_eq!(stage.news().await, News::Connected);
    stage.broker.cut("probe");
    assert_eq!(stage.news().await, News::Lost);
    assert_eq!(stage.news().await, News::Connected);
    stage.order(Order::Publish(packet(Kind::Birth, 7, "birth")));
    assert_eq!(stage.news().await, News::Acknowledged(Token::new(7)));
}

#[tokio::test]
async fn a_goodbye_speaks_no_will() {
    let mut stage = Stage::new(PASSWORD).await;
    stage.connect();
    assert_eq!(stage.news().await, News::Connected);
    stage.order(Order::Publish(packet(Kind::Death, 1, "restart")));
    stage.order(Order::Leave);
    stage.connect();
    loop {
        match stage.mqtt.news.recv().await.unwrap() {
            (_, session, News::Connected) if session == stage.session => break,
            _ => {}
        }
    }
    stage.order(Order::Drop);
    stage.wills(1).await;
    let heard = stage.broker.heard();
    let told: Vec<(&[u8], bool)> = heard
        .iter()
        .map(|heard| (heard.payload.as_slice(), heard.is_will))
        .collect();
    assert_eq!(told, [(b"restart".as_slice(), false), (b"lost", true)]);
}

#[tokio::test]
async fn who_is_refused_is_never_connected() {
    let mut stage = Stage::new("wrong").await;
    stage.connect();
    timeout(LONG, async {
        while stage.broker.subscribed_and_refused().1 == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    stage.order(Order::Drop);
    assert!(stage.mqtt.news().is_none());
    let told = format!("{:?}", account("probe", PASSWORD));
    assert!(!told.contains(PASSWORD));
}

/// A whole scenario over real sockets: an outage drops them, and nothing is lost.
#[tokio::test]
async fn a_scenario_runs_against_a_broker() {
    let broker = Broker::start().await;
    let mut scenario = scenario::load(4, 4.0);
    scenario.lasts_secs = 300;
    let outage = r#"[{"at_secs": 150, "lasts_secs": 60, "event": "wifi_outage"}]"#;
    scenario.happenings = serde_json::from_str(outage).unwrap();
    let accounts = scenario.devices.iter();
    let accounts = accounts.map(|device| (device.id.clone(), account(&device.id, PASSWORD)));
    let run_it = Run {
        accounts: accounts.collect(),
        scenario,
        speed: Some(150.0),
        seed: 1,
        org: OrgId::new("acme").unwrap(),
        start: WallTime::new(1_763_900_000_000).unwrap(),
        endpoint: endpoint(&broker),
    };
    let mut kept = std::collections::BTreeSet::new();
    let stop = CancellationToken::new();
    let summary = timeout(
        LONG,
        run(&run_it, &stop, |tale| {
            if let What::Kept { id, .. } = &tale.what {
                kept.insert((tale.device.to_string(), *id));
            }
        }),
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(summary.kept, summary.acknowledged);
    assert_eq!(summary.connections, 8);
    let heard = broker.heard();
    // Each device was dropped once by the outage.
    let wills = heard.iter().filter(|heard| heard.is_will);
    assert!(wills.count() >= 4);
    let readings = heard
        .iter()
        .filter(|heard| heard.topic.ends_with("/readings"));
    let told: std::collections::BTreeSet<_> = readings
        .flat_map(|heard| {
            let batch: operandi_protocol::Readings =
                operandi_protocol::Message::decode(&heard.payload).unwrap();
            let client = heard.client.clone();
            batch
                .ids()
                .map(move |id| (client.clone(), id))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(told, kept);
    assert!(kept.len() > 1_000, "{}", kept.len());
}

#[tokio::test]
async fn what_is_missing_is_told_before_anything_begins() {
    let mut run_it = Run {
        accounts: BTreeMap::new(),
        scenario: scenario::load(1, 1.0),
        speed: Some(0.0),
        seed: 1,
        org: OrgId::new("acme").unwrap(),
        start: WallTime::new(1_763_900_000_000).unwrap(),
        endpoint: Endpoint {
            host: "127.0.0.1".to_owned(),
            port: 1,
        },
    };
    let stop = CancellationToken::new();
    let told = |error: crate::RunError| error.to_string();
    let error = run(&run_it, &stop, |_| {}).await.unwrap_err();
    assert_eq!(told(error), "the speed must be above 0 and at most 100000");
    run_it.speed = None;
    let error = run(&run_it, &stop, |_| {}).await.unwrap_err();
    assert_eq!(told(error), "give an account for device `load-1`");
    run_it.scenario.hours.open = 99.0;
    let error = run(&run_it, &stop, |_| {}).await.unwrap_err();
    assert_eq!(
        told(error),
        "the scenario cannot be run; mend 1 place(s), first hours.open: must be from 0 to 24, is 99"
    );
}
