//! Any bytes at any moment: nothing panics, everything ends, and a neighbour goes on.

use std::time::Duration;

use bytes::BytesMut;
use proptest::{collection::vec, prelude::*, sample::select};
use rumqttc::mqttbytes::v4;
use tokio::{io::AsyncWriteExt, runtime::Builder, time::timeout};

use crate::{
    Settings,
    tests::{
        desk::TestDesk,
        raw::{Client, Stand, publish4, publish5, subscribe4, subscribe5},
    },
};

/// How far the stranger gets before it sends what it likes.
#[derive(Clone, Copy, Debug)]
enum After {
    Nothing,
    Connect4,
    Connect5,
}

/// Bytes that are likely to reach deep: whole packets with some of their bytes changed, and noise.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let noise = vec(any::<u8>(), 0..200);
    let packets = vec(select(samples()), 1..6);
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let bent = (packets, changes).prop_map(|(packets, changes)| {
        let mut bytes = packets.concat();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes
    });
    prop_oneof![noise, bent]
}

fn samples() -> Vec<Vec<u8>> {
    let four = |packet: v4::Packet| {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, usize::MAX).unwrap();
        bytes.to_vec()
    };
    let five = |packet: rumqttc::v5::mqttbytes::v5::Packet| {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, None).unwrap();
        bytes.to_vec()
    };
    vec![
        four(publish4("d/r", 1, "one")),
        four(publish4("d/r", 0, "")),
        four(subscribe4(1, "d/#")),
        five(publish5("d/r", 1, "one")),
        five(subscribe5(1, &["d/#", "d/+"])),
        five(crate::tests::raw::connect5("d", Some(60))),
        four(v4::Packet::Connect(crate::tests::raw::connect4("d"))),
        vec![0x40, 2, 0, 1],
        vec![0x40, 4, 0, 1, 0x10, 0],
        vec![0xA2, 7, 0, 1, 0, 3, b'd', b'/', b'#'],
        vec![0xC0, 0],
        vec![0xE0, 0],
        vec![0xE0, 2, 4, 0],
        vec![0x30, 0xFF, 0xFF, 0x7F],
    ]
}

async fn still_lives(neighbour: &mut Client, stand: &Stand, pkid: u16) {
    neighbour.send4(publish4("n/r", pkid, "alive")).await;
    match neighbour.expect4().await {
        v4::Packet::PubAck(ack) => assert_eq!(ack.pkid, pkid),
        other => panic!("{other:?}"),
    }
    assert!(stand.desk.kept().iter().any(|it| it == "alive"));
}

async fn assault(after: After, bytes: &[u8]) {
    let settings = Settings {
        packet_bytes_max: 4_096,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let mut neighbour = stand.device4("n").await;
    let mut stranger = match after {
        After::Nothing => stand.dial(),
        After::Connect4 => stand.device4("d").await,
        After::Connect5 => stand.device5("d").await,
    };
    let write = stranger.stream.write_all(bytes);
    // It may be closed on the way, which is an answer.
    let _ = timeout(Duration::from_secs(5), write).await;
    still_lives(&mut neighbour, &stand, 1).await;
    drop(stranger.stream);
    stranger.task.await.expect("no panic");
    still_lives(&mut neighbour, &stand, 2).await;
    let sessions = stand.listener.sessions();
    assert_eq!(sessions.connected(), 1, "only the neighbour is left");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_their_own_connection_at_most(
        after in select(vec![After::Nothing, After::Connect4, After::Connect5]),
        bytes in bytes(),
    ) {
        let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(assault(after, &bytes));
    }
}
