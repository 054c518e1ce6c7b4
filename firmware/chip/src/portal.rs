//! The tasks of the captive page: addresses, names and the form, as the core answers them.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use embassy_net::{
    IpListenEndpoint, Ipv4Address, Stack,
    tcp::TcpSocket,
    udp::{PacketMetadata, UdpSocket},
};
use embassy_time::{Duration, Timer, with_timeout};
use embedded_io_async::Write;
use operandi_node_core::{
    http::{HEAD_BYTES_MAX, Request},
    portal::{DHCP_BYTES_MAX, DNS_BYTES_MAX, Leases, form, lead, saved},
    setup::{Draft, Identity, SetupError},
};
use operandi_protocol::Farewell;

use crate::{claiming::keep, node::Shared};

const DHCP_SERVER: u16 = 67;
const DHCP_CLIENT: u16 = 68;
const DNS: u16 = 53;
const HTTP: u16 = 80;
const TIMEOUT_MS: u64 = 5_000;
/// Bytes of the form's answers: each of four may be encoded as three.
const FORM_BYTES_MAX: usize = 1_024;
/// Milliseconds in which the phone can show the last page.
const SHOW_MS: u64 = 3_000;
const PACKETS: usize = 4;

#[embassy_executor::task]
pub(crate) async fn give_addresses(stack: Stack<'static>) {
    let mut leases = Leases::default();
    serve(stack, DHCP_SERVER, DHCP_BYTES_MAX, |message| {
        // A phone without an address hears only what is said to all.
        Some((
            leases.answer(message)?,
            Some((Ipv4Address::BROADCAST, DHCP_CLIENT)),
        ))
    })
    .await;
}

#[embassy_executor::task]
pub(crate) async fn lead_names(stack: Stack<'static>) {
    serve(stack, DNS, DNS_BYTES_MAX, |question| {
        Some((lead(question)?, None))
    })
    .await;
}

/// Answers datagrams, to their sender or to where the answer says.
async fn serve(
    stack: Stack<'static>,
    port: u16,
    bytes: usize,
    mut answer: impl FnMut(&[u8]) -> Option<(Vec<u8>, Option<(Ipv4Address, u16)>)>,
) {
    let mut in_meta = [PacketMetadata::EMPTY; PACKETS];
    let mut out_meta = [PacketMetadata::EMPTY; PACKETS];
    let (mut incoming, mut outgoing) = (vec![0; 2 * bytes], vec![0; 2 * bytes]);
    let mut socket = UdpSocket::new(
        stack,
        &mut in_meta,
        &mut incoming,
        &mut out_meta,
        &mut outgoing,
    );
    if let Err(error) = socket.bind(port) {
        esp_println::println!("port {port}: {error:?}");
        return;
    }
    let mut message = vec![0; bytes];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut message).await else {
            continue;
        };
        let Some((told, to)) = answer(&message[..length]) else {
            continue;
        };
        // A lost answer is asked for again.
        let _ = match to {
            Some(to) => socket.send_to(&told, to).await,
            None => socket.send_to(&told, from.endpoint).await,
        };
    }
}

/// Shows the form to whoever asks for anything, until it is filled in.
#[embassy_executor::task(pool_size = 2)]
pub(crate) async fn show_form(node: Shared, stack: Stack<'static>, name: String) {
    let (mut incoming, mut outgoing) = (vec![0; 2 * HEAD_BYTES_MAX], vec![0; 2 * HEAD_BYTES_MAX]);
    loop {
        let mut socket = TcpSocket::new(stack, &mut incoming, &mut outgoing);
        socket.set_timeout(Some(Duration::from_millis(TIMEOUT_MS)));
        let here = IpListenEndpoint {
            addr: None,
            port: HTTP,
        };
        if socket.accept(here).await.is_err() {
            continue;
        }
        let asked = with_timeout(Duration::from_millis(TIMEOUT_MS), read(&mut socket)).await;
        let (page, identity) = match asked.ok().flatten() {
            Some(Asked::Form) => (form(&name, None), None),
            Some(Asked::Told(body)) => match told(&body) {
                Ok(identity) => (saved(&name), Some(identity)),
                Err(error) => (form(&name, Some(&error.to_string())), None),
            },
            None => continue,
        };
        let write = async {
            socket.write_all(page.as_bytes()).await.ok()?;
            socket.close();
            socket.flush().await.ok()
        };
        let _ = with_timeout(Duration::from_millis(TIMEOUT_MS), write).await;
        if let Some(identity) = identity {
            keep(&node, &identity);
            Timer::after_millis(SHOW_MS).await;
            node.restart(Farewell::Restart).await;
        }
    }
}

enum Asked {
    Form,
    Told(Vec<u8>),
}

async fn read(socket: &mut TcpSocket<'_>) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 256];
        let length = socket
            .read(&mut chunk)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        bytes.extend(&chunk[..length]);
        let Some(request) = Request::parse(&bytes).ok()? else {
            continue;
        };
        if !request.is_post {
            return Some(Asked::Form);
        }
        let end = request.head + usize::try_from(request.length).ok()?;
        if end > HEAD_BYTES_MAX + FORM_BYTES_MAX {
            return None;
        }
        if let Some(body) = bytes.get(request.head..end) {
            return Some(Asked::Told(body.to_vec()));
        }
    }
}

fn told(body: &[u8]) -> Result<Identity, SetupError> {
    let mut draft = Draft::default();
    draft.tell_form(body)?;
    draft.finish().map(Identity::Told)
}
