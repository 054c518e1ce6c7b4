//! The beginning of a connection: from the first byte to the answered CONNECT.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    select,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    connection::Shared,
    desk::{Admitted, Credentials, Denied, Desk},
    refusal::Code,
    session::{Asked, Call, Seat},
    wire::{Encoder, Frame, Greeting, Hello, Io, NoEntry, Protocol, Welcome, Will, Wire, greeting},
};

/// A device that was let in.
pub(super) struct Guest<P> {
    pub(super) peer: P,
    pub(super) seat: Seat,
    pub(super) will: Option<Will>,
    pub(super) protocol: Protocol,
    /// Seconds, as granted.
    pub(super) keep_alive: u16,
    pub(super) client_id: String,
}

/// A stream that was turned away.
struct Turned {
    /// None if there is nothing to count: it just went away.
    code: Option<&'static str>,
    who: String,
    answer: Option<(Protocol, NoEntry)>,
}

impl Turned {
    fn silently(code: Code) -> Self {
        Self {
            code: Some(code.as_str()),
            who: String::new(),
            answer: None,
        }
    }

    fn gone() -> Self {
        Self {
            code: None,
            who: String::new(),
            answer: None,
        }
    }
}

/// Waits for a CONNECT and answers it. None if the stream is to be closed.
pub(super) async fn greet<D: Desk, S: AsyncRead + AsyncWrite + Unpin>(
    shared: &Shared<D>,
    wire: &mut Wire<S>,
    remote: SocketAddr,
    shutdown: &CancellationToken,
) -> Option<Guest<D::Peer>> {
    let wait = shared.settings.connect_wait;
    let greeted = select! {
        () = shutdown.cancelled() => Err(Turned::gone()),
        greeted = timeout(wait, admit(shared, wire, remote)) => {
            greeted.unwrap_or_else(|_| Err(Turned::silently(Code::ConnectTimeout)))
        }
    };
    let turned = match greeted {
        Ok(guest) => return Some(guest),
        Err(turned) => turned,
    };
    if let Some(code) = turned.code {
        shared.refusals.note(code, remote.ip(), &turned.who);
    }
    if let Some((protocol, why)) = turned.answer {
        Encoder(protocol).no_entry(&mut wire.out, why);
    }
    None
}

async fn admit<D: Desk, S: AsyncRead + AsyncWrite + Unpin>(
    shared: &Shared<D>,
    wire: &mut Wire<S>,
    remote: SocketAddr,
) -> Result<Guest<D::Peer>, Turned> {
    let mut hello = match greeting(first(wire).await?) {
        Greeting::Hello(hello) => hello,
        Greeting::Refused {
            protocol,
            why,
            client_id,
        } => {
            return Err(Turned {
                code: Some(code(why).as_str()),
                who: client_id,
                answer: Some((protocol, why)),
            });
        }
        Greeting::Nonsense => return Err(Turned::silently(Code::ConnectExpected)),
    };
    let call = Call::new(shared.next_id());
    let assigned = hello.client_id.is_empty();
    if assigned {
        hello.client_id = format!("auto-{}", call.id.0);
    }
    let admitted = authenticate(shared, &hello, remote).await?;
    let settings = &shared.settings;
    let asked = Asked {
        clean: hello.clean,
        expiry: hello.expiry.min(settings.session_expiry_max),
        window: settings.send_window.min(hello.receive_max).into(),
        packet_max: hello.packet_max.map_or(usize::MAX, |bytes| bytes as usize),
    };
    let full = |code: Code| Turned {
        code: Some(code.as_str()),
        who: admitted.key.as_str().to_owned(),
        answer: Some((hello.protocol, NoEntry::Quota)),
    };
    let key = admitted.key.clone();
    let seat = shared.registry.attach(key, call, asked).map_err(full)?;
    let keep_alive = match hello.keep_alive {
        0 => settings.keep_alive_max,
        seconds => seconds.min(settings.keep_alive_max),
    };
    let welcome = Welcome {
        session_present: seat.resumed,
        expiry: seat.expiry,
        window: settings.window,
        packet_max: settings.packet_bytes_max,
        assigned_id: assigned.then(|| hello.client_id.clone()),
        keep_alive: (keep_alive != hello.keep_alive).then_some(keep_alive),
    };
    Encoder(hello.protocol).welcome(&mut wire.out, welcome);
    Ok(Guest {
        peer: admitted.peer,
        seat,
        will: hello.will.map(|will| Will {
            delay: will.delay.min(settings.will_delay_max),
            ..will
        }),
        protocol: hello.protocol,
        keep_alive,
        client_id: hello.client_id,
    })
}

/// The first packet.
async fn first<S: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<S>) -> Result<Frame, Turned> {
    loop {
        match wire.frame() {
            Ok(Some(frame)) => return Ok(frame),
            Ok(None) => {}
            // No version is known yet in which it could be answered.
            Err(fault) => return Err(Turned::silently(fault.code)),
        }
        match wire.turn(true).await {
            Io::Read | Io::Flushed => {}
            Io::Closed => return Err(Turned::gone()),
        }
    }
}

/// Asks the desk who it is, and whether its will would be heard.
async fn authenticate<D: Desk>(
    shared: &Shared<D>,
    hello: &Hello,
    remote: SocketAddr,
) -> Result<Admitted<D::Peer>, Turned> {
    let turned = |code: &'static str, why: NoEntry| Turned {
        code: Some(code),
        who: hello.client_id.clone(),
        answer: Some((hello.protocol, why)),
    };
    let will_bytes = hello.will.as_ref().map_or(0, |will| will.payload.len());
    if will_bytes > shared.settings.will_bytes_max {
        return Err(turned(Code::WillTooLarge.as_str(), NoEntry::WillTooLarge));
    }
    let who = hello.username.as_deref().unwrap_or(&hello.client_id);
    let logins = || {
        shared
            .logins
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    };
    if !logins().may_try(remote.ip(), who, clock::now()) {
        return Err(turned(Code::LoginsTooMany.as_str(), NoEntry::Rate));
    }
    let credentials = Credentials {
        client_id: hello.client_id.clone(),
        username: hello.username.clone(),
        password: hello.password.clone(),
        remote,
    };
    let admitted = match shared.desk.authenticate(credentials).await {
        Ok(admitted) => admitted,
        Err(Denied::Credentials) => {
            logins().failed(remote.ip(), who, clock::now());
            return Err(turned(Code::Credentials.as_str(), NoEntry::Credentials));
        }
        Err(Denied::Forbidden { code }) => return Err(turned(code, NoEntry::Forbidden)),
        Err(Denied::Unavailable) => {
            return Err(turned(Code::Unavailable.as_str(), NoEntry::Unavailable));
        }
    };
    if let Some(will) = &hello.will {
        let may = shared.desk.may_publish(&admitted.peer, &will.topic);
        may.map_err(|forbidden| turned(forbidden.code, NoEntry::Forbidden))?;
    }
    Ok(admitted)
}

/// What a CONNECT that is wrong in itself counts as.
fn code(why: NoEntry) -> Code {
    match why {
        NoEntry::Protocol => Code::ProtocolUnsupported,
        NoEntry::ClientId => Code::ClientId,
        NoEntry::Malformed => Code::Malformed,
        NoEntry::ProtocolError | NoEntry::Forbidden => Code::ProtocolError,
        NoEntry::WillTooLarge => Code::WillTooLarge,
        NoEntry::TopicInvalid => Code::TopicInvalid,
        NoEntry::Qos => Code::Qos,
        NoEntry::AuthMethod => Code::AuthMethod,
        NoEntry::Credentials => Code::Credentials,
        NoEntry::Unavailable => Code::Unavailable,
        NoEntry::Quota => Code::SessionsFull,
        NoEntry::Rate => Code::LoginsTooMany,
    }
}

/// One and a half times the keep-alive (MQTT-3.1.2-24).
pub(super) fn patience(keep_alive: u16) -> Duration {
    Duration::from_millis(u64::from(keep_alive) * 1_500)
}
