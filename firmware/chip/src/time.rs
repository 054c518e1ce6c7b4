//! The task that asks a time server.

use embassy_net::{
    IpAddress, Stack,
    dns::DnsQueryType,
    udp::{PacketMetadata, UdpSocket},
};
use embassy_time::{Duration, Timer, with_timeout};
use operandi_node_core::{
    Backoff,
    sntp::{self, ROUND_TRIP_MS_MAX, SNTP_BYTES},
};

use crate::{
    board::TIME_SERVER,
    node::{Shared, uptime},
};

const PORT: u16 = 123;
const FIRST_MS: u64 = 2_000;
const LONGEST_MS: u64 = 300_000;
/// Seconds between two syncs: the crystal loses less than a quarter of a second in them.
const SYNC_SECS: u64 = 6 * 3_600;
const DNS_MS: u64 = 10_000;

/// Keeps the clock set. `broker` is asked when the time server cannot be reached, as in a LAN of its own.
#[embassy_executor::task]
pub(crate) async fn keep_time(node: Shared, stack: Stack<'static>, broker: alloc::string::String) {
    let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
    let mut servers = [TIME_SERVER, &broker].into_iter().cycle();
    loop {
        stack.wait_config_up().await;
        let server = servers.next().unwrap_or(TIME_SERVER);
        let told = match find(stack, server).await {
            Some(address) => ask(&node, stack, address).await,
            None => false,
        };
        if told {
            backoff.reset();
            node.news.signal(());
            Timer::after_secs(SYNC_SECS).await;
        } else {
            Timer::after_millis(backoff.wait(node.dice())).await;
        }
    }
}

/// The address of a host, given by name or as numbers.
pub(crate) async fn find(stack: Stack<'static>, host: &str) -> Option<IpAddress> {
    let asked = stack.dns_query(host, DnsQueryType::A);
    let found = with_timeout(Duration::from_millis(DNS_MS), asked).await;
    found.ok()?.ok()?.first().copied()
}

async fn ask(node: &Shared, stack: Stack<'static>, server: IpAddress) -> bool {
    let (mut in_meta, mut out_meta) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY; 2]);
    let (mut incoming, mut outgoing) = ([0; 2 * SNTP_BYTES], [0; SNTP_BYTES]);
    let mut socket = UdpSocket::new(
        stack,
        &mut in_meta,
        &mut incoming,
        &mut out_meta,
        &mut outgoing,
    );
    let dice = u64::from(node.dice()) << 32 | u64::from(node.dice());
    let asked = uptime();
    if socket.bind(0).is_err()
        || socket
            .send_to(&sntp::ask(dice), (server, PORT))
            .await
            .is_err()
    {
        return false;
    }
    let mut answer = [0; SNTP_BYTES];
    let wait = Duration::from_millis(ROUND_TRIP_MS_MAX);
    let Ok(Ok((length, _))) = with_timeout(wait, socket.recv_from(&mut answer)).await else {
        return false;
    };
    let came = uptime();
    match sntp::answer(&answer[..length], dice, asked, came) {
        Ok(wall) => {
            let was_set = node.now().wall.is_some();
            let by = node.clock.borrow_mut().sync(came, wall);
            if !was_set {
                // From the birth the server places what was told before.
                node.outbox.borrow_mut().introduce();
            }
            esp_println::println!("the clock is set, by {by} ms");
            true
        }
        Err(error) => {
            esp_println::println!("time: {error}");
            false
        }
    }
}
