use std::time::Duration;

use rumqttc::{
    mqttbytes::{QoS as QoS4, v4},
    v5::mqttbytes::v5,
};
use tokio::time::sleep;

use crate::{
    QoS, SendOutcome, SessionKey, Settings,
    tests::{
        desk::{TestDesk, outgoing},
        raw::{Client, Stand, connect4, connect5, connect5_with, puback4, subscribe4, subscribe5},
    },
};

const SPAN: Duration = Duration::from_secs(10);

/// Number, payload and whether it is marked as sent before.
fn told(packet: v4::Packet) -> (u16, String, bool) {
    match packet {
        v4::Packet::Publish(it) => {
            let payload = String::from_utf8(it.payload.to_vec()).unwrap();
            (it.pkid, payload, it.dup)
        }
        other => panic!("{other:?}"),
    }
}

fn publish5(packet: v5::Packet) -> v5::Publish {
    match packet {
        v5::Packet::Publish(it) => it,
        other => panic!("{other:?}"),
    }
}

fn key() -> SessionKey {
    SessionKey::new("d")
}

/// A device of 3.1.1 whose session is kept and subscribed to everything of its own.
async fn kept(stand: &Stand) -> Client {
    let mut device = stand.dial();
    let mut connect = connect4("d");
    connect.clean_session = false;
    device.send4(v4::Packet::Connect(connect)).await;
    let present = match device.expect4().await {
        v4::Packet::ConnAck(ack) => ack.session_present,
        other => panic!("{other:?}"),
    };
    if !present {
        device.send4(subscribe4(1, "d/#")).await;
        device.expect4().await;
    }
    device
}

async fn hang_up(device: Client) {
    drop(device.stream);
    device.task.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_not_acknowledged_comes_again_in_order_and_marked() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    let mut device = kept(&stand).await;
    for payload in ["one", "two", "three"] {
        let outcome = sessions.send(&key(), outgoing("d/c", payload));
        assert_eq!(outcome, SendOutcome::Sent);
    }
    for (pkid, payload) in [(1, "one"), (2, "two"), (3, "three")] {
        let expected = (pkid, payload.to_owned(), false);
        assert_eq!(told(device.expect4().await), expected);
    }
    device.send4(puback4(2)).await;
    assert!(device.is_quiet(SPAN).await);
    hang_up(device).await;
    let outcome = sessions.send(&key(), outgoing("d/c", "four"));
    assert_eq!(outcome, SendOutcome::Queued);
    let mut device = kept(&stand).await;
    for expected in [(1, "one", true), (3, "three", true), (4, "four", false)] {
        let (pkid, payload, dup) = told(device.expect4().await);
        assert_eq!((pkid, payload.as_str(), dup), expected);
        device.send4(puback4(pkid)).await;
    }
    assert!(device.is_quiet(SPAN).await);
    hang_up(device).await;
    let mut device = kept(&stand).await;
    assert!(device.is_quiet(SPAN).await, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn a_command_past_its_time_is_not_sent() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    let mut device = kept(&stand).await;
    let command = |payload: &str, seconds| {
        let mut command = outgoing("d/c", payload);
        command.expires_in = Some(Duration::from_secs(seconds));
        command
    };
    assert_eq!(
        sessions.send(&key(), command("sent", 60)),
        SendOutcome::Sent
    );
    device.expect4().await;
    hang_up(device).await;
    for (payload, seconds) in [("short", 60), ("long", 600)] {
        let outcome = sessions.send(&key(), command(payload, seconds));
        assert_eq!(outcome, SendOutcome::Queued);
    }
    sleep(Duration::from_secs(61)).await;
    let mut device = kept(&stand).await;
    assert_eq!(told(device.expect4().await).1, "long");
    assert!(device.is_quiet(SPAN).await);
}

#[tokio::test(start_paused = true)]
async fn version_5_is_told_how_long_a_message_lives() {
    let stand = Stand::open();
    let mut device = stand.device5("d").await;
    device.send5(subscribe5(1, &["d/c"])).await;
    device.expect5().await;
    let mut command = outgoing("d/c", "x");
    command.expires_in = Some(Duration::from_millis(59_500));
    let _ = stand.listener.sessions().send(&key(), command);
    let properties = publish5(device.expect5().await).properties.unwrap();
    assert_eq!(properties.message_expiry_interval, Some(60));
}

#[tokio::test(start_paused = true)]
async fn no_more_is_on_the_way_than_the_device_takes() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    let mut device = stand.dial();
    device
        .send5(connect5_with("d", None, None, |it| {
            it.receive_maximum = Some(2)
        }))
        .await;
    device.expect5().await;
    device.send5(subscribe5(1, &["d/#"])).await;
    device.expect5().await;
    let outcomes: Vec<SendOutcome> = (0..4)
        .map(|it| sessions.send(&key(), outgoing("d/c", &it.to_string())))
        .collect();
    assert_eq!(outcomes[0], SendOutcome::Sent);
    assert_eq!(outcomes[3], SendOutcome::Queued);
    let first = publish5(device.expect5().await);
    publish5(device.expect5().await);
    assert!(device.is_quiet(SPAN).await);
    device
        .send5(v5::Packet::PubAck(v5::PubAck::new(first.pkid, None)))
        .await;
    assert_eq!(publish5(device.expect5().await).payload, "2");
    assert!(device.is_quiet(SPAN).await);
}

#[tokio::test(start_paused = true)]
async fn what_the_device_cannot_take_is_not_sent() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    let mut device = stand.dial();
    device
        .send5(connect5_with("d", None, None, |it| {
            it.max_packet_size = Some(100)
        }))
        .await;
    device.expect5().await;
    device.send5(subscribe5(1, &["d/#"])).await;
    device.expect5().await;
    let large = outgoing("d/c", &"x".repeat(100));
    assert_eq!(sessions.send(&key(), large), SendOutcome::TooLarge);
    let huge = outgoing("d/c", &"x".repeat(40_000));
    assert_eq!(sessions.send(&key(), huge), SendOutcome::TooLarge);
    assert_eq!(
        sessions.send(&key(), outgoing("d/c", "x")),
        SendOutcome::Sent
    );
    assert_eq!(publish5(device.expect5().await).payload, "x");
}

#[tokio::test(start_paused = true)]
async fn a_session_keeps_so_much_and_makes_room_of_the_expired() {
    let settings = Settings {
        queue_max: 3,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let sessions = stand.listener.sessions();
    assert_eq!(
        sessions.send(&key(), outgoing("d/c", "x")),
        SendOutcome::NoSession
    );
    hang_up(kept(&stand).await).await;
    let mut short = outgoing("d/c", "short");
    short.expires_in = Some(Duration::from_secs(5));
    assert_eq!(sessions.send(&key(), short), SendOutcome::Queued);
    for _ in 0..2 {
        assert_eq!(
            sessions.send(&key(), outgoing("d/c", "x")),
            SendOutcome::Queued
        );
    }
    assert_eq!(
        sessions.send(&key(), outgoing("d/c", "x")),
        SendOutcome::Full
    );
    sleep(Duration::from_secs(6)).await;
    assert_eq!(
        sessions.send(&key(), outgoing("d/c", "y")),
        SendOutcome::Queued
    );
    let mut once = outgoing("d/c", "z");
    once.qos = QoS::AtMostOnce;
    assert_eq!(
        sessions.send(&key(), once),
        SendOutcome::NoSession,
        "QoS 0 is not kept"
    );
}

#[tokio::test(start_paused = true)]
async fn all_sessions_share_the_room_for_what_is_kept() {
    let settings = Settings {
        queued_bytes_max: 2_000,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let sessions = stand.listener.sessions();
    hang_up(kept(&stand).await).await;
    let large = || outgoing("d/c", &"x".repeat(1_000));
    assert_eq!(sessions.send(&key(), large()), SendOutcome::Queued);
    assert_eq!(sessions.send(&key(), large()), SendOutcome::Full);
    let mut device = kept(&stand).await;
    let (pkid, ..) = told(device.expect4().await);
    device.send4(puback4(pkid)).await;
    assert!(device.is_quiet(SPAN).await);
    assert_eq!(
        sessions.send(&key(), large()),
        SendOutcome::Sent,
        "its room is free again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_given_what_is_retained() {
    let stand = Stand::open();
    *stand.desk.retained.lock().unwrap() =
        vec![outgoing("d/desired", "state"), outgoing("d/other", "more")];
    let mut device = stand.device4("d").await;
    device.send4(subscribe4(1, "d/desired")).await;
    assert!(matches!(device.expect4().await, v4::Packet::SubAck(_)));
    match device.expect4().await {
        v4::Packet::Publish(it) => {
            assert!(it.retain && it.qos == QoS4::AtLeastOnce);
            assert_eq!(it.payload, "state");
        }
        other => panic!("{other:?}"),
    }
    let _ = stand
        .listener
        .sessions()
        .send(&key(), outgoing("d/desired", "live"));
    match device.expect4().await {
        v4::Packet::Publish(it) => assert!(!it.retain),
        other => panic!("{other:?}"),
    }
    assert!(device.is_quiet(SPAN).await);
}

#[tokio::test(start_paused = true)]
async fn version_5_chooses_when_it_is_given_what_is_retained() {
    use v5::RetainForwardRule::{Never, OnEverySubscribe, OnNewSubscribe};
    let stand = Stand::open();
    *stand.desk.retained.lock().unwrap() = vec![outgoing("d/desired", "state")];
    let mut device = stand.device5("d").await;
    for (pkid, rule, given) in [
        (1, Never, false),
        (2, OnNewSubscribe, false),
        (3, OnEverySubscribe, true),
    ] {
        let mut filter = v5::Filter::new("d/desired", rumqttc::v5::mqttbytes::QoS::AtMostOnce);
        filter.retain_forward_rule = rule;
        let mut subscribe = v5::Subscribe::new(filter, None);
        subscribe.pkid = pkid;
        device.send5(v5::Packet::Subscribe(subscribe)).await;
        device.expect5().await;
        if given {
            let publish = publish5(device.expect5().await);
            assert_eq!((publish.pkid, publish.retain), (0, true), "QoS as granted");
        }
        assert!(device.is_quiet(SPAN).await, "{pkid}");
    }
}

#[tokio::test(start_paused = true)]
async fn filters_are_granted_one_by_one() {
    let settings = Settings {
        subscriptions_max: 2,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let mut device = stand.dial();
    device.send5(connect5("d", None)).await;
    device.expect5().await;
    let filters = ["d/a", "e/a", "d/#/x", "$share/g/d/a", "d/b", "d/c", "d/a"];
    device.send5(subscribe5(1, &filters)).await;
    match device.expect5().await {
        v5::Packet::SubAck(ack) => {
            use v5::SubscribeReasonCode as Code;
            let granted = Code::Success(rumqttc::v5::mqttbytes::QoS::AtLeastOnce);
            let expected = [
                granted,
                Code::NotAuthorized,
                Code::TopicFilterInvalid,
                Code::SharedSubscriptionsNotSupported,
                granted,
                Code::QuotaExceeded,
                granted,
            ];
            assert_eq!(ack.return_codes, expected);
        }
        other => panic!("{other:?}"),
    }
    let unsubscribe = v5::Unsubscribe {
        pkid: 2,
        filters: vec!["d/a".to_owned(), "d/x".to_owned()],
        properties: None,
    };
    device.send5(v5::Packet::Unsubscribe(unsubscribe)).await;
    match device.expect5().await {
        v5::Packet::UnsubAck(ack) => {
            use v5::UnsubAckReason::{NoSubscriptionExisted, Success};
            assert_eq!(ack.reasons, [Success, NoSubscriptionExisted]);
        }
        other => panic!("{other:?}"),
    }
    let outcome = stand.listener.sessions().send(&key(), outgoing("d/a", "x"));
    assert_eq!(outcome, SendOutcome::NotSubscribed);
}
