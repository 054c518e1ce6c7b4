use std::time::Duration;

use rumqttc::{
    mqttbytes::v4,
    v5::mqttbytes::v5::{self, DisconnectReasonCode},
};
use tokio::{
    io::AsyncWriteExt,
    time::{Instant, sleep, timeout},
};

use crate::{
    Ended, Eviction, SessionKey, Settings, clock,
    tests::{
        desk::{TestDesk, Told},
        raw::{PIPE_BYTES, Stand, connect4, connect5_with, publish4, subscribe4, will4, will5},
    },
};

fn key(id: &str) -> SessionKey {
    SessionKey::new(id)
}

/// When the stream ended, as seconds since `began`.
async fn ended_after(began: Instant, client: &mut crate::tests::raw::Client) -> u64 {
    client.rest().await;
    clock::now().duration_since(began).as_secs()
}

#[tokio::test(start_paused = true)]
async fn silence_ends_after_one_and_a_half_keep_alives() {
    let stand = Stand::open();
    let mut device = stand.device4("d").await;
    let began = clock::now();
    sleep(Duration::from_secs(80)).await;
    device.send4(v4::Packet::PingReq).await;
    device.expect4().await;
    let took = ended_after(began, &mut device).await;
    assert!((170..=172).contains(&took), "{took} s");
    assert_eq!(stand.desk.endings(), [("d".to_owned(), Ended::Silent)]);
}

#[tokio::test(start_paused = true)]
async fn no_keep_alive_is_given_the_servers() {
    let settings = Settings {
        keep_alive_max: 40,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    for asked in [0, 3_000] {
        let mut device = stand.dial();
        let mut connect = connect4("d");
        connect.keep_alive = asked;
        device.send4(v4::Packet::Connect(connect)).await;
        device.expect4().await;
        let took = ended_after(clock::now(), &mut device).await;
        assert!((60..=62).contains(&took), "{took} s");
    }
    let mut device = stand.dial();
    device.send5(connect5_with("e", None, None, |_| ())).await;
    match device.expect5().await {
        v5::Packet::ConnAck(ack) => {
            assert_eq!(ack.properties.unwrap().server_keep_alive, Some(40));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(device.parting().await, Some(0x8D));
}

#[tokio::test(start_paused = true)]
async fn silence_is_not_blamed_on_a_device_that_is_not_read() {
    let settings = Settings {
        window: 1,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::closed(), settings);
    let mut device = stand.device4("d").await;
    for pkid in 1..=2 {
        device.send4(publish4("d/r", pkid, "x")).await;
    }
    assert!(device.is_quiet(Duration::from_secs(250)).await);
    stand.desk.gate.add_permits(2);
    for _ in 0..2 {
        device.expect4().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_will_is_published_unless_the_device_says_goodbye() {
    let stand = Stand::open();
    let connect = |id: &str| {
        let mut connect = connect4(id);
        connect.last_will = will4(&format!("{id}/death"), id);
        v4::Packet::Connect(connect)
    };
    let mut lost = stand.dial();
    lost.send4(connect("lost")).await;
    lost.expect4().await;
    drop(lost.stream);
    lost.task.await.unwrap();
    let mut leaving = stand.dial();
    leaving.send4(connect("leaving")).await;
    leaving.expect4().await;
    leaving.send4(v4::Packet::Disconnect).await;
    leaving.rest().await;
    let mut silent = stand.dial();
    silent.send4(connect("silent")).await;
    silent.expect4().await;
    silent.rest().await;
    assert_eq!(stand.desk.kept(), ["lost", "silent"]);
    let told = stand.desk.told();
    let death = Told::Kept("lost".to_owned(), "lost".to_owned());
    let place = told.iter().position(|it| *it == death).unwrap();
    assert!(
        matches!(&told[place + 1], Told::Disconnected(who, _, Ended::Lost) if who == "lost"),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_of_5_may_call_for_the_will() {
    let stand = Stand::open();
    for (id, reason) in [
        ("a", DisconnectReasonCode::NormalDisconnection),
        ("b", DisconnectReasonCode::DisconnectWithWillMessage),
    ] {
        let mut device = stand.dial();
        let will = will5(&format!("{id}/death"), id, None);
        device
            .send5(connect5_with(id, None, Some(will), |_| ()))
            .await;
        device.expect5().await;
        device
            .send5(v5::Packet::Disconnect(v5::Disconnect::new(reason)))
            .await;
        device.rest().await;
    }
    assert_eq!(stand.desk.kept(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_will_waits_and_is_withdrawn_when_the_device_is_back() {
    let stand = Stand::open();
    let will = |payload| Some(will5("d/death", payload, Some(60)));
    let mut first = stand.dial();
    first
        .send5(connect5_with("d", Some(600), will("early"), |_| ()))
        .await;
    first.expect5().await;
    drop(first.stream);
    sleep(Duration::from_secs(50)).await;
    let mut second = stand.dial();
    second
        .send5(connect5_with("d", Some(600), will("late"), |_| ()))
        .await;
    second.expect5().await;
    first.task.await.unwrap();
    assert!(stand.desk.kept().is_empty(), "it was back in time");
    drop(second.stream);
    sleep(Duration::from_secs(59)).await;
    assert!(stand.desk.kept().is_empty());
    second.task.await.unwrap();
    assert_eq!(stand.desk.kept(), ["late"]);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_will_is_published_when_its_session_ends() {
    let stand = Stand::open();
    let mut first = stand.dial();
    let will = will5("d/death", "lost", Some(600));
    first
        .send5(connect5_with("d", Some(6_000), Some(will), |_| ()))
        .await;
    first.expect5().await;
    drop(first.stream);
    sleep(Duration::from_secs(1)).await;
    assert!(stand.desk.kept().is_empty());
    let began = clock::now();
    let _clean = stand.device5("d").await;
    first.task.await.unwrap();
    assert_eq!(stand.desk.kept(), ["lost"]);
    assert!(clock::now().duration_since(began).as_secs() < 10);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_device_is_told_and_its_session_goes() {
    let stand = Stand::open();
    let sessions = stand.listener.sessions();
    assert!(!sessions.disconnect(&key("d"), Eviction::Revoked));
    let mut device = stand.dial();
    device
        .send5(connect5_with("d", Some(600), None, |_| ()))
        .await;
    device.expect5().await;
    assert!(sessions.is_connected(&key("d")));
    assert!(sessions.disconnect(&key("d"), Eviction::Administrative));
    assert_eq!(device.parting().await, Some(0x98));
    assert_eq!((sessions.connected(), sessions.count()), (0, 1));
    let mut device = stand.dial();
    device
        .send5(connect5_with("d", Some(600), None, |_| ()))
        .await;
    device.expect5().await;
    assert!(sessions.disconnect(&key("d"), Eviction::Revoked));
    assert_eq!(device.parting().await, Some(0x87));
    assert_eq!(sessions.count(), 0);
    let ended: Vec<Ended> = stand.desk.endings().into_iter().map(|it| it.1).collect();
    assert_eq!(ended, [Ended::Evicted, Ended::Evicted]);
}

#[tokio::test(start_paused = true)]
async fn a_device_that_reads_nothing_is_dropped_with_bounded_memory() {
    let settings = Settings {
        queue_max: 1_000,
        queue_bytes_max: 10_000_000,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let mut device = stand.device4("d").await;
    device.send4(subscribe4(1, "d/#")).await;
    device.expect4().await;
    let sessions = stand.listener.sessions();
    let mut accepted = 0;
    for _ in 0..1_000 {
        let mut message = crate::tests::desk::outgoing("d/c", &"x".repeat(1_000));
        message.qos = crate::QoS::AtMostOnce;
        if sessions.send(&key("d"), message) != crate::SendOutcome::Full {
            accepted += 1;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(accepted, 1_000, "the queue has room");
    let began = clock::now();
    device.task.await.unwrap();
    let took = clock::now().duration_since(began).as_secs();
    assert!((18..=23).contains(&took), "{took} s");
    let ended = Ended::Refused {
        code: "slow_reader",
    };
    assert_eq!(stand.desk.endings(), [("d".to_owned(), ended)]);
    assert_eq!(sessions.count(), 0, "and what was kept for it is gone");
}

#[tokio::test(start_paused = true)]
async fn a_device_that_does_not_read_its_answers_is_not_read_either() {
    let settings = Settings {
        out_bytes_max: 40 * 1_024,
        ..Settings::default()
    };
    let stand = Stand::new(TestDesk::open(), settings);
    let mut device = stand.device4("d").await;
    let mut sent = 0;
    // A ping is as long as its answer.
    let pings = [0xC0, 0].repeat(500);
    while timeout(Duration::from_secs(5), device.stream.write_all(&pings))
        .await
        .is_ok()
    {
        sent += pings.len();
        assert!(sent < 1_000_000, "answers are heaped up without end");
    }
    assert!(sent > 40 * 1_024, "{sent} bytes");
    assert!(
        sent < 40 * 1_024 + 2 * PIPE_BYTES + 64 * 1_024,
        "{sent} bytes"
    );
    device.task.await.unwrap();
    let ended = Ended::Refused {
        code: "slow_reader",
    };
    assert_eq!(stand.desk.endings(), [("d".to_owned(), ended)]);
}

#[tokio::test(start_paused = true)]
async fn shutting_down_is_no_death_of_a_device_but_ends_the_wait_of_a_will() {
    let stand = Stand::open();
    let mut gone = stand.dial();
    let will = will5("gone/death", "gone", Some(600));
    gone.send5(connect5_with("gone", Some(6_000), Some(will), |_| ()))
        .await;
    gone.expect5().await;
    drop(gone.stream);
    let mut here = stand.dial();
    let will = will5("here/death", "here", None);
    here.send5(connect5_with("here", None, Some(will), |_| ()))
        .await;
    here.expect5().await;
    sleep(Duration::from_secs(1)).await;
    assert!(stand.desk.kept().is_empty());
    stand.shutdown.cancel();
    assert_eq!(here.parting().await, Some(0x8B));
    gone.task.await.unwrap();
    assert_eq!(stand.desk.kept(), ["gone"]);
}

#[tokio::test(start_paused = true)]
async fn a_will_the_desk_does_not_keep_is_counted() {
    let counts = crate::tests::recorder::Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let stand = Stand::open();
    let mut device = stand.dial();
    let mut connect = connect4("d");
    connect.last_will = will4("d/death", crate::tests::desk::NO_PLACE);
    device.send4(v4::Packet::Connect(connect)).await;
    device.expect4().await;
    drop(device.stream);
    device.task.await.unwrap();
    assert_eq!(counts.get("operandi_mqtt_wills_lost"), 1);
    assert_eq!(stand.desk.endings(), [("d".to_owned(), Ended::Lost)]);
}
