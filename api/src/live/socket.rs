//! One client of the live updates: what it follows is sent as it happens; when it is too slow, it is
//! told to read everything again.

use std::time::Duration;

use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    },
    response::Response,
};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::{RunId, WorkflowId},
    worker::{RunChange, Seen},
};
use serde::Deserialize;
use serde_json::json;
use tokio::time::MissedTickBehavior;
use utoipa::IntoParams;

use super::{
    filter::Filter,
    sensors::{LOOK, Sensors},
};
use crate::{
    app::App,
    auth::{Access, CanView},
    extract::{Language, Query},
    problem::{Code, Error},
};

/// How often a client is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(25);
/// How long a client may take to receive one message.
const SEND_TIME: Duration = Duration::from_secs(5);
/// How often a client may miss updates before it is cut off.
const MISSES_MAX: u32 = 5;
/// The most bytes a client may send in one message; it has nothing to say.
const INCOMING_BYTES_MAX: usize = 1024;

/// What a client follows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LiveQuery {
    /// Only runs of this workflow.
    #[param(value_type = Option<String>, format = "uuid")]
    workflow: Option<WorkflowId>,
    /// Only this run.
    #[param(value_type = Option<String>, format = "uuid")]
    run: Option<RunId>,
    /// Devices, too: how they do and what they last measured.
    #[serde(default)]
    devices: bool,
    /// Alerts, too.
    #[serde(default)]
    alerts: bool,
}

/// Follow runs, devices and alerts as they change.
///
/// A WebSocket. Each message is a JSON object with `type`: `run` when a run changed, `device.changed`,
/// `alert.changed`, and `resync` when messages were missed and everything should be read again.
#[utoipa::path(get, path = "/api/v1/live", operation_id = "followRuns", tag = "live", params(LiveQuery),
    responses((status = 101, description = "The connection becomes a WebSocket.")))]
pub async fn live(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<LiveQuery>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let upgrade = upgrade.map_err(|error| {
        let words = say!(
            "Esta dirección solo habla WebSocket: {error}.",
            "This address speaks WebSocket only: {error}.",
            "Este endereço só fala WebSocket: {error}.",
        );
        Error::new(Code::InvalidHeader).detail(Phrase::new(words).with("error", error))
    })?;
    let filter = Filter {
        org: access.org,
        workflow: query.workflow,
        run: query.run,
    };
    let sensors = Sensors::new(&app, access.org, lang, (query.devices, query.alerts));
    Ok(upgrade
        .max_message_size(INCOMING_BYTES_MAX)
        .on_upgrade(move |socket| follow(socket, app, filter, sensors)))
}

async fn follow(mut socket: WebSocket, app: App, filter: Filter, mut sensors: Sensors) {
    let mut watch = app.engine.changes().watch();
    let stop = app.stopping.clone();
    let mut ping = tokio::time::interval(PING_EVERY);
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut misses = 0;
    loop {
        let message = tokio::select! {
            () = stop.cancelled() => return close(socket, close_code::AWAY, "the server is stopping").await,
            incoming = socket.recv() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => continue,
            },
            _ = ping.tick() => Message::Ping(bytes::Bytes::new()),
            _ = looks.tick(), if sensors.any() => {
                if tell(&mut socket, &app, &mut sensors).await.is_err() {
                    return close(socket, close_code::POLICY, "too slow").await;
                }
                continue;
            }
            seen = watch.next() => match seen {
                Some(Seen::Change(change)) if filter.wants(&change) => Message::Text(text(&change).into()),
                Some(Seen::Change(_)) => continue,
                Some(Seen::Missed(missed)) => {
                    misses += 1;
                    metrics::counter!("live_missed_total").increment(missed);
                    if misses > MISSES_MAX {
                        return close(socket, close_code::POLICY, "too slow").await;
                    }
                    Message::Text(r#"{"type":"resync"}"#.into())
                }
                None => return,
            },
        };
        match tokio::time::timeout(SEND_TIME, socket.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => return close(socket, close_code::POLICY, "too slow").await,
        }
    }
}

/// Tells what changed of devices and alerts; an error when the client does not take it.
async fn tell(socket: &mut WebSocket, app: &App, sensors: &mut Sensors) -> Result<(), Slow> {
    let messages = match sensors.look(app).await {
        Ok(messages) => messages,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "what changed of devices could not be read; it is looked at again"
            );
            return Ok(());
        }
    };
    for message in messages {
        let sent =
            tokio::time::timeout(SEND_TIME, socket.send(Message::Text(message.into()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return Err(Slow);
        }
    }
    Ok(())
}

/// A client that takes nothing any more.
struct Slow;

/// A change as clients read it.
fn text(change: &RunChange) -> String {
    json!({
        "type": "run",
        "run_id": change.run,
        "workflow_id": change.workflow,
        "status": change.status,
        "step": change.step,
        "at": change.at.to_rfc3339(),
    })
    .to_string()
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    // The client may be gone already; nobody is left to tell.
    drop(tokio::time::timeout(SEND_TIME, socket.send(Message::Close(Some(frame)))).await);
}
