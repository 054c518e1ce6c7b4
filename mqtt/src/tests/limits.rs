use std::{sync::atomic::Ordering, time::Duration};

use bytes::BytesMut;
use rumqttc::{
    mqttbytes::v4::{self, ConnectReturnCode as Code4},
    v5::mqttbytes::v5::{self, ConnectReturnCode as Code5},
};
use tokio::time::advance;

use crate::{
    LOGIN_REFILL, Settings, clock,
    tests::{
        desk::TestDesk,
        raw::{Client, Stand, connect4, connect5, connect5_with, publish5, will4, will5},
        recorder::Counts,
    },
};

async fn answer4(client: &mut Client) -> Option<Code4> {
    match client.next4().await? {
        v4::Packet::ConnAck(ack) => Some(ack.code),
        other => panic!("{other:?}"),
    }
}

async fn answer5(client: &mut Client) -> Option<Code5> {
    match client.next5().await? {
        v5::Packet::ConnAck(ack) => Some(ack.code),
        other => panic!("{other:?}"),
    }
}

async fn try4(stand: &Stand, change: impl FnOnce(&mut v4::Connect)) -> Option<Code4> {
    let mut connect = connect4("d");
    change(&mut connect);
    let mut client = stand.dial();
    client.send4(v4::Packet::Connect(connect)).await;
    answer4(&mut client).await
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_says_nothing_is_closed() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let stand = Stand::open();
    let began = clock::now();
    let mut silent = stand.dial();
    let mut slow = stand.dial();
    slow.send(&[0x10]).await;
    assert!(silent.rest().await.is_empty() && slow.rest().await.is_empty());
    let took = clock::now().duration_since(began).as_secs();
    assert!((10..=14).contains(&took), "{took} s");
    assert_eq!(counts.refused("connect_timeout"), 2);
}

#[tokio::test(start_paused = true)]
async fn streams_are_counted_in_all_and_by_address() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let settings = Settings {
        connections_max: 3,
        connections_per_ip_max: 2,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let from = |text: &str| stand.dial_from(text.parse().unwrap());
    let (first, _second) = (from("192.0.2.1:1"), from("192.0.2.1:2"));
    tokio::task::yield_now().await;
    assert!(from("192.0.2.1:3").rest().await.is_empty());
    assert_eq!(counts.refused("connections_per_ip"), 1);
    let _third = from("192.0.2.2:1");
    tokio::task::yield_now().await;
    assert!(from("192.0.2.3:1").rest().await.is_empty());
    assert_eq!(counts.refused("connections_full"), 1);
    drop(first.stream);
    first.task.await.unwrap();
    let mut again = from("192.0.2.1:4");
    again.send4(v4::Packet::Connect(connect4("d"))).await;
    assert_eq!(answer4(&mut again).await, Some(Code4::Success));
}

#[tokio::test(start_paused = true)]
async fn wrong_logins_are_refused_then_not_even_asked() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let settings = Settings {
        failed_logins_per_client: 2,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let wrong = |it: &mut v4::Connect| {
        it.set_login("user", "wrong");
    };
    for _ in 0..2 {
        let answer = try4(&stand, wrong).await;
        assert_eq!(answer, Some(Code4::BadUserNamePassword));
    }
    let right = |_: &mut v4::Connect| ();
    assert_eq!(try4(&stand, right).await, Some(Code4::ServiceUnavailable));
    let neighbour = |it: &mut v4::Connect| {
        it.set_login("other", crate::tests::desk::PASSWORD);
    };
    assert_eq!(try4(&stand, neighbour).await, Some(Code4::Success));
    assert_eq!(counts.refused("credentials"), 2);
    assert_eq!(counts.refused("logins_too_many"), 1);
    advance(LOGIN_REFILL).await;
    assert_eq!(try4(&stand, right).await, Some(Code4::Success));
}

#[tokio::test(start_paused = true)]
async fn each_wrong_connect_is_answered_in_its_version() {
    let stand = Stand::open();
    let blocked = |it: &mut v4::Connect| {
        it.set_login("blocked", crate::tests::desk::PASSWORD);
    };
    assert_eq!(try4(&stand, blocked).await, Some(Code4::NotAuthorized));
    let nameless = |it: &mut v4::Connect| {
        it.client_id.clear();
        it.clean_session = false;
    };
    assert_eq!(try4(&stand, nameless).await, Some(Code4::BadClientId));
    let others_will = |it: &mut v4::Connect| it.last_will = will4("other/death", "x");
    assert_eq!(try4(&stand, others_will).await, Some(Code4::NotAuthorized));
    let no_will = |it: &mut v4::Connect| it.last_will = will4("d/#", "x");
    assert_eq!(try4(&stand, no_will).await, None);
    stand.desk.away.store(true, Ordering::SeqCst);
    let answer = try4(&stand, |_| ()).await;
    assert_eq!(answer, Some(Code4::ServiceUnavailable));
    stand.desk.away.store(false, Ordering::SeqCst);
    let mut will = will5("d/death", "x", None);
    will.qos = rumqttc::v5::mqttbytes::QoS::ExactlyOnce;
    let long = will5("d/death", &"x".repeat(5_000), None);
    for (packet, expected) in [
        (
            connect5_with("d", None, Some(will), |_| ()),
            Code5::QoSNotSupported,
        ),
        (
            connect5_with("d", None, Some(long), |_| ()),
            Code5::PacketTooLarge,
        ),
        (
            connect5_with("d", None, None, |it| {
                it.authentication_method = Some("SCRAM".to_owned());
            }),
            Code5::BadAuthenticationMethod,
        ),
        (
            connect5_with("d", None, None, |it| it.receive_maximum = Some(0)),
            Code5::ProtocolError,
        ),
        (
            connect5(&"d".repeat(200), None),
            Code5::ClientIdentifierNotValid,
        ),
        (connect5("d", None), Code5::Success),
    ] {
        let mut client = stand.dial();
        client.send5(packet).await;
        assert_eq!(answer5(&mut client).await, Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn other_versions_are_answered_with_the_word_all_know() {
    let stand = Stand::open();
    for bytes in [
        &b"\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x00"[..],
        &b"\x10\x0c\x00\x04MQTT\x06\x02\x00\x3c\x00\x00"[..],
    ] {
        let mut client = stand.dial();
        client.send(bytes).await;
        let answer = answer4(&mut client).await;
        assert_eq!(answer, Some(Code4::RefusedProtocolVersion));
    }
}

#[tokio::test(start_paused = true)]
async fn version_5_is_told_the_limits_and_held_to_them() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let settings = Settings {
        packet_bytes_max: 2_000,
        session_expiry_max: Duration::from_secs(100),
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let mut device = stand.dial();
    device.send5(connect5("", Some(600))).await;
    let told = match device.expect5().await {
        v5::Packet::ConnAck(ack) => ack.properties.unwrap(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told.max_packet_size, Some(2_000));
    assert_eq!(told.max_qos, Some(1));
    assert_eq!(told.topic_alias_max, Some(0));
    assert_eq!(told.receive_max, Some(256));
    assert_eq!(told.session_expiry_interval, Some(100));
    assert_eq!(told.shared_subscription_available, Some(0));
    let id = told.assigned_client_identifier.unwrap();
    let topic = format!("{id}/r");
    device.send5(publish5(&topic, 1, &"x".repeat(1_900))).await;
    assert!(matches!(device.expect5().await, v5::Packet::PubAck(_)));
    device.send5(publish5(&topic, 1, &"x".repeat(2_000))).await;
    assert_eq!(device.parting().await, Some(0x95));
    assert_eq!(counts.refused("packet_too_large"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_spoken_ends_the_connection_by_name() {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let stand = Stand::open();
    let cases: &[(&[u8], u8, &str)] = &[
        (b"\x34\x08\x00\x03d/r\x00\x01\x00", 0x9B, "qos"),
        (
            b"\x32\x0b\x00\x03d/r\x00\x01\x03\x23\x00\x01",
            0x94,
            "topic_alias",
        ),
        (b"\x30\x06\x00\x03d/#\x00", 0x90, "topic_invalid"),
        (b"\x10\x00", 0x82, "protocol_error"),
        (b"\x82\x00", 0x81, "malformed"),
    ];
    for (bytes, parting, code) in cases {
        let mut device = stand.device5("d").await;
        device.send(bytes).await;
        assert_eq!(device.parting().await, Some(*parting), "{code}");
        assert_eq!(counts.refused(code), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn as_many_sessions_are_kept_as_may_be() {
    let settings = Settings {
        sessions_max: 2,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let sessions = stand.listener.sessions();
    for id in ["a", "b"] {
        let mut device = stand.dial();
        device.send5(connect5(id, Some(600))).await;
        device.expect5().await;
        drop(device.stream);
        device.task.await.unwrap();
    }
    let (_one, _two) = (stand.device5("c").await, stand.device5("d").await);
    assert_eq!((sessions.connected(), sessions.count()), (2, 2));
    let mut third = stand.dial();
    third.send5(connect5("e", None)).await;
    assert_eq!(answer5(&mut third).await, Some(Code5::QuotaExceeded));
}

#[tokio::test(start_paused = true)]
async fn a_packet_may_come_in_pieces() {
    let stand = Stand::open();
    let mut client = stand.dial();
    let mut bytes = BytesMut::new();
    connect4("d").write(&mut bytes).unwrap();
    for byte in bytes {
        client.send(&[byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(answer4(&mut client).await, Some(Code4::Success));
}
