use std::time::Duration;

use rumqttc::{mqttbytes::v4, v5::mqttbytes::v5};
use tokio::time::sleep;

use crate::{
    Ended, SendOutcome, SessionId, SessionKey,
    tests::{
        desk::{Told, outgoing},
        raw::{Stand, connect4, connect5, connect5_with, publish4, subscribe4, will4, will5},
    },
};

fn present4(packet: v4::Packet) -> bool {
    match packet {
        v4::Packet::ConnAck(ack) => ack.session_present,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn the_newer_connection_ends_the_older() {
    let stand = Stand::open();
    let mut older = stand.device5("d").await;
    let mut newer = stand.device4("d").await;
    assert_eq!(older.parting().await, Some(0x8E));
    newer.send4(publish4("d/r", 1, "x")).await;
    newer.expect4().await;
    assert_eq!(stand.listener.sessions().connected(), 1);
    let told = stand.desk.told();
    let connected: Vec<SessionId> = told
        .iter()
        .filter_map(|it| match it {
            Told::Connected(_, id, _) => Some(*id),
            Told::Kept(..) | Told::Disconnected(..) => None,
        })
        .collect();
    assert!(connected[0] < connected[1]);
    let late = Told::Disconnected("d".to_owned(), connected[0], Ended::TakenOver);
    assert!(
        told.contains(&late),
        "the desk can tell by the id: {told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn other_devices_with_other_keys_are_not_touched() {
    let stand = Stand::open();
    let mut one = stand.device4("a").await;
    let _two = stand.device4("b").await;
    one.send4(publish4("a/r", 1, "x")).await;
    one.expect4().await;
}

#[tokio::test(start_paused = true)]
async fn a_takeover_publishes_the_will_but_one_that_may_wait() {
    let stand = Stand::open();
    for payload in ["clean", "kept"] {
        let mut connect = connect4("a");
        connect.clean_session = payload == "clean";
        let again = v4::Packet::Connect(connect.clone());
        connect.last_will = will4("a/death", payload);
        let (mut older, mut newer) = (stand.dial(), stand.dial());
        older.send4(v4::Packet::Connect(connect)).await;
        older.expect4().await;
        newer.send4(again).await;
        newer.expect4().await;
        older.rest().await;
        older.task.await.unwrap();
    }
    let mut older = stand.dial();
    let will = will5("b/death", "five", Some(60));
    older
        .send5(connect5_with("b", Some(600), Some(will), |_| ()))
        .await;
    older.expect5().await;
    let mut newer = stand.dial();
    newer.send5(connect5("b", Some(600))).await;
    newer.expect5().await;
    older.rest().await;
    older.task.await.unwrap();
    assert_eq!(stand.desk.kept(), ["clean", "kept"]);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_found_again_until_it_expires_or_is_cleaned() {
    let stand = Stand::open();
    let key = SessionKey::new("d");
    let sessions = stand.listener.sessions();
    let connect = |clean: bool| {
        let mut connect = connect4("d");
        connect.clean_session = clean;
        v4::Packet::Connect(connect)
    };
    let mut expected = false;
    for (clean, present) in [(false, false), (false, true), (true, false), (false, false)] {
        let mut device = stand.dial();
        device.send4(connect(clean)).await;
        assert_eq!(present4(device.expect4().await), present);
        if !present {
            assert_eq!(
                sessions.send(&key, outgoing("d/c", "x")),
                SendOutcome::NotSubscribed
            );
            device.send4(subscribe4(1, "d/#")).await;
            device.expect4().await;
        }
        device.send4(v4::Packet::Disconnect).await;
        device.rest().await;
        device.task.await.unwrap();
        expected = !clean;
        assert_eq!(sessions.count() == 1, expected);
    }
    assert!(expected);
    sleep(Duration::from_secs(24 * 3_600 + 10)).await;
    assert_eq!(
        sessions.send(&key, outgoing("d/c", "x")),
        SendOutcome::NoSession
    );
    assert_eq!(sessions.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn leaving_5_may_shorten_its_session() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    let mut device = stand.dial();
    device.send5(connect5("d", Some(600))).await;
    device.expect5().await;
    let goodbye = v5::Disconnect {
        reason_code: v5::DisconnectReasonCode::NormalDisconnection,
        properties: Some(v5::DisconnectProperties {
            session_expiry_interval: Some(0),
            reason_string: None,
            user_properties: Vec::new(),
            server_reference: None,
        }),
    };
    device.send5(v5::Packet::Disconnect(goodbye)).await;
    device.rest().await;
    device.task.await.unwrap();
    assert_eq!(sessions.count(), 0);
}
