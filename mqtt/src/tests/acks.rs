use std::{sync::atomic::Ordering, time::Duration};

use rumqttc::{mqttbytes::v4, v5::mqttbytes::v5};
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::{
    Ended, Settings,
    tests::{
        desk::{BAD_PAYLOAD, NO_PLACE, PANIC, TestDesk},
        raw::{PIPE_BYTES, Stand, publish4, publish5},
    },
};

const SPAN: Duration = Duration::from_secs(30);

fn acked(packet: &v4::Packet) -> u16 {
    match packet {
        v4::Packet::PubAck(ack) => ack.pkid,
        other => panic!("{other:?}"),
    }
}

fn acked5(packet: &v5::Packet) -> (u16, v5::PubAckReason) {
    match packet {
        v5::Packet::PubAck(ack) => (ack.pkid, ack.reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_acknowledged_before_it_is_kept() {
    let stand = Stand::new(TestDesk::closed(), Settings::default());
    let mut device = stand.device4("d").await;
    for pkid in [7, 8, 9] {
        device
            .send4(publish4("d/r", pkid, &format!("{pkid}")))
            .await;
    }
    assert!(device.is_quiet(SPAN).await);
    assert_eq!(stand.desk.waiting.load(Ordering::SeqCst), 3, "all at once");
    stand.desk.gate.add_permits(2);
    assert_eq!(acked(&device.expect4().await), 7);
    assert_eq!(acked(&device.expect4().await), 8);
    assert!(device.is_quiet(SPAN).await);
    stand.desk.gate.add_permits(1);
    assert_eq!(acked(&device.expect4().await), 9);
    assert_eq!(stand.desk.kept(), ["7", "8", "9"]);
}

#[tokio::test(start_paused = true)]
async fn a_held_desk_stops_the_socket_and_loses_nothing() {
    let settings = Settings {
        window: 4,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::closed(), settings);
    let mut device = stand.device4("d").await;
    let payload = "x".repeat(500);
    let mut sent = 0_u16;
    loop {
        let packet = publish4("d/r", sent + 1, &format!("{sent}{payload}"));
        let mut bytes = bytes::BytesMut::new();
        packet.write(&mut bytes, usize::MAX).unwrap();
        // A packet is written whole or, where the pipe is full, taken up again below.
        let written = timeout(SPAN, device.stream.write_all(&bytes)).await;
        if written.is_err() {
            break;
        }
        sent += 1;
        assert!(sent < 1_000, "the socket is read without end");
    }
    assert_eq!(stand.desk.waiting.load(Ordering::SeqCst), 4);
    // What the listener has in its hands: the window, the pipe, and its read buffer.
    assert!(
        usize::from(sent) * 500 < 2 * PIPE_BYTES + 4 * 600 + 4_096,
        "{sent}"
    );
    stand.desk.gate.add_permits(10_000);
    for pkid in 1..=sent {
        assert_eq!(acked(&device.expect4().await), pkid);
    }
    assert_eq!(stand.desk.kept().len(), usize::from(sent));
}

#[tokio::test(start_paused = true)]
async fn all_connections_share_the_room_for_messages() {
    let settings = Settings {
        in_flight_bytes_max: 40 * 1_024,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::closed(), settings);
    let (mut greedy, mut other) = (stand.device4("a").await, stand.device4("b").await);
    let payload = "x".repeat(1_500);
    let greed = async {
        for pkid in 1..=100 {
            greedy.send4(publish4("a/r", pkid, &payload)).await;
        }
    };
    assert!(
        timeout(SPAN, greed).await.is_err(),
        "its socket is not read"
    );
    // Each counts its topic and payload, and 512 bytes.
    let taken = stand.desk.waiting.load(Ordering::SeqCst);
    assert_eq!(taken, 40 * 1_024 / (3 + 1_500 + 512));
    let packet = publish4("b/r", 1, &"y".repeat(3_000));
    other.send4(packet).await;
    stand.desk.gate.add_permits(100);
    assert_eq!(acked(&other.expect4().await), 1, "its turn comes");
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_while_the_window_is_full() {
    let settings = Settings {
        window: 1,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::closed(), settings);
    let mut device = stand.device4("d").await;
    device.send4(publish4("d/r", 1, "1")).await;
    device.send4(v4::Packet::PingReq).await;
    assert_eq!(device.expect4().await, v4::Packet::PingResp);
}

#[tokio::test(start_paused = true)]
async fn a_refused_payload_is_told_to_5_and_swallowed_for_4() {
    let stand = Stand::open();
    let mut four = stand.device4("a").await;
    four.send4(publish4("a/r", 1, BAD_PAYLOAD)).await;
    four.send4(publish4("a/r", 2, "good")).await;
    assert_eq!(acked(&four.expect4().await), 1);
    assert_eq!(acked(&four.expect4().await), 2);
    let mut five = stand.device5("b").await;
    five.send5(publish5("b/r", 1, BAD_PAYLOAD)).await;
    five.send5(publish5("b/r", 2, "fine")).await;
    let refused = v5::PubAckReason::PayloadFormatInvalid;
    assert_eq!(acked5(&five.expect5().await), (1, refused));
    let kept = v5::PubAckReason::Success;
    assert_eq!(acked5(&five.expect5().await), (2, kept));
    assert_eq!(stand.desk.kept(), ["good", "fine"]);
}

#[tokio::test(start_paused = true)]
async fn another_devices_topic_closes_4_and_is_told_to_5() {
    let stand = Stand::open();
    let mut four = stand.device4("a").await;
    four.send4(publish4("b/r", 1, "stolen")).await;
    assert!(four.rest().await.is_empty(), "no acknowledgement");
    let mut five = stand.device5("c").await;
    five.send5(publish5("b/r", 1, "stolen")).await;
    five.send5(publish5("b/r", 0, "stolen")).await;
    five.send5(publish5("c/r", 2, "own")).await;
    let refused = v5::PubAckReason::NotAuthorized;
    assert_eq!(acked5(&five.expect5().await), (1, refused));
    assert_eq!(acked5(&five.expect5().await).0, 2);
    assert_eq!(stand.desk.kept(), ["own"]);
    let ended = Ended::Refused {
        code: "other_device",
    };
    assert_eq!(stand.desk.endings(), [("a".to_owned(), ended)]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_ends_the_connection_and_silences_what_follows() {
    let stand = Stand::open();
    let mut four = stand.device4("a").await;
    let mut bytes = bytes::BytesMut::new();
    for (pkid, payload) in [(1, "one"), (2, NO_PLACE), (3, "three")] {
        let packet = publish4("a/r", pkid, payload);
        packet.write(&mut bytes, usize::MAX).unwrap();
    }
    four.send(&bytes).await;
    assert_eq!(acked(&four.expect4().await), 1);
    assert!(four.rest().await.is_empty());
    let mut five = stand.device5("b").await;
    five.send5(publish5("b/r", 0, NO_PLACE)).await;
    five.send5(publish5("b/r", 1, NO_PLACE)).await;
    assert_eq!(five.parting().await, Some(0x89));
    let endings = stand.desk.endings();
    assert!(endings.iter().all(|(_, why)| *why == Ended::Unavailable));
    assert_eq!(endings.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn more_than_the_announced_window_is_an_error_of_5() {
    let settings = Settings {
        window: 2,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::closed(), settings);
    let mut device = stand.device5("d").await;
    for pkid in 1..=3 {
        device.send5(publish5("d/r", pkid, "x")).await;
    }
    stand.desk.gate.add_permits(2);
    assert_eq!(device.parting().await, Some(0x93));
    assert_eq!(stand.desk.kept().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_desk_that_panics_costs_one_connection() {
    let stand = Stand::open();
    let mut broken = stand.device4("a").await;
    let mut well = stand.device4("b").await;
    broken.send4(publish4("a/r", 1, PANIC)).await;
    assert!(broken.rest().await.is_empty());
    well.send4(publish4("b/r", 1, "x")).await;
    assert_eq!(acked(&well.expect4().await), 1);
    assert_eq!(stand.listener.sessions().connected(), 1, "its seat is free");
    let endings = stand.desk.endings();
    assert_eq!(
        endings,
        [("a".to_owned(), Ended::Unavailable)],
        "and told of"
    );
}

#[tokio::test(start_paused = true)]
async fn shutting_down_keeps_what_is_in_flight_and_says_why() {
    let stand = Stand::new(TestDesk::closed(), Settings::default());
    let (mut four, mut five) = (stand.device4("a").await, stand.device5("b").await);
    four.send4(publish4("a/r", 1, "one")).await;
    five.send5(publish5("b/r", 1, "two")).await;
    assert!(four.is_quiet(Duration::from_millis(10)).await);
    stand.shutdown.cancel();
    assert!(four.is_quiet(Duration::from_secs(1)).await);
    stand.desk.gate.add_permits(2);
    assert_eq!(acked(&four.expect4().await), 1);
    assert_eq!(acked5(&five.expect5().await).0, 1);
    assert_eq!(five.parting().await, Some(0x8B));
    assert!(four.rest().await.is_empty());
    let endings = stand.desk.endings();
    assert!(endings.iter().all(|(_, why)| *why == Ended::Shutdown));
}

#[tokio::test(start_paused = true)]
async fn shutting_down_does_not_wait_for_ever() {
    let stand = Stand::new(TestDesk::closed(), Settings::default());
    let mut device = stand.device5("d").await;
    device.send5(publish5("d/r", 1, "x")).await;
    assert!(device.is_quiet(Duration::from_millis(10)).await);
    stand.shutdown.cancel();
    let packets = device.rest().await;
    assert_eq!(packets, [vec![0xE0, 2, 0x8B, 0]], "no acknowledgement");
}
