//! The task that fetches images and hands them, as read back from flash, to the core to be judged.

use alloc::{
    format,
    string::{String, ToString},
    vec,
};

use embassy_net::Stack;
use embassy_time::Timer;
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use operandi_node_core::{
    http::Url,
    ota::{
        Download, Input, MANIFEST_BYTES, Running, SIGNATURE_BYTES, SignedManifest, Step, Trial,
        Verified, keys,
    },
};
use operandi_protocol::Farewell;

use crate::{
    board::BOARD,
    flash::Flash,
    http::{Buffers, Response, ask},
    node::{Node, Shared},
};

/// Public keys that images must be signed with, given when this was built. Without keys no image is taken.
const KEYS: Option<&str> = option_env!("OPERANDI_UPDATE_KEYS");
const MANIFEST_SUFFIX: &str = ".manifest";
const SECTOR_BYTES: usize = Flash::ERASE_SIZE;
/// Connections for one image: each goes on where the last one broke.
const TRIES_MAX: u32 = 10;
const RETRY_MS: u64 = 5_000;
const OK: u16 = 200;
const PARTIAL: u16 = 206;

/// What came of one connection.
enum Piece {
    Whole,
    /// It broke; the image is good up to here.
    Broken(u32),
}

#[embassy_executor::task]
pub(crate) async fn update(node: Shared, stack: Stack<'static>) {
    loop {
        node.wanted.wait().await;
        let wanted = node.settings.borrow().update().map(ToString::to_string);
        let (Some(url), Trial::Settled { .. }) = (wanted, node.trial.get()) else {
            continue;
        };
        tell(&node, "fetching");
        stack.wait_config_up().await;
        match install(&node, stack, &url).await {
            Ok(image) => {
                tell(&node, "installed");
                if node.obey(node.trial.get().step(Input::Installed(image))) {
                    node.restart(Farewell::Update).await;
                }
            }
            Err(why) => tell(&node, &why),
        }
    }
}

/// The server sees what becomes of its wish.
fn tell(node: &Node, state: &str) {
    esp_println::println!("update: {state}");
    node.settings.borrow_mut().updated(state);
    node.outbox.borrow_mut().report();
    node.news.signal(());
}

async fn install(node: &Node, stack: Stack<'static>, url: &str) -> Result<Verified, String> {
    let keys = keys(KEYS.unwrap_or_default()).filter(|keys| !keys.is_empty());
    let keys = keys.ok_or("this build trusts no key")?;
    let url = Url::parse(url).map_err(told)?;
    let mut buffers = Buffers::new();
    let head = url.get(MANIFEST_SUFFIX, 0);
    let response = ask(stack, &mut buffers, &url, &head, &[])
        .await
        .map_err(told)?;
    if response.status != OK {
        return Err(format!("no manifest ({})", response.status));
    }
    let file = response
        .body(MANIFEST_BYTES + SIGNATURE_BYTES)
        .await
        .map_err(told)?;
    let signed = SignedManifest::check_file(&file, &keys);
    let signed = signed.ok_or("no key of ours signed the manifest")?;
    let spare = &node.map.spare;
    let running = Running {
        board: BOARD,
        build: crate::BUILD,
        slot_bytes: spare.end - spare.start,
        failed: node.trial.get().failed(),
    };
    let mut download = Download::begin(&signed, &running).map_err(told)?;
    let (mut from, size) = (0, signed.manifest().size);
    for _ in 0..TRIES_MAX {
        let head = url.get("", from);
        let Ok(response) = ask(stack, &mut buffers, &url, &head, &[]).await else {
            Timer::after_millis(RETRY_MS).await;
            continue;
        };
        if response.status != if from == 0 { OK } else { PARTIAL } {
            return Err(format!("no image ({})", response.status));
        }
        match fetch(node, response, &mut download, from, size).await? {
            Piece::Whole => return download.finish().map_err(told),
            Piece::Broken(at) => from = at,
        }
        Timer::after_millis(RETRY_MS).await;
    }
    Err("the connection broke too often".into())
}

/// Takes the image from `from` on, sector by sector.
async fn fetch(
    node: &Node,
    mut response: Response<'_>,
    download: &mut Download,
    mut from: u32,
    size: u32,
) -> Result<Piece, String> {
    let mut flash = node.flash.clone();
    let mut sector = vec![0; SECTOR_BYTES];
    while from < size {
        let left = usize::try_from(size - from).unwrap_or(SECTOR_BYTES);
        let length = left.min(SECTOR_BYTES);
        let Ok(read) = response.read(&mut sector[..length]).await else {
            return Ok(Piece::Broken(from));
        };
        if read < length {
            return Ok(Piece::Broken(from));
        }
        sector[length..].fill(0xff);
        let at = node.map.spare.start + from;
        flash.erase(at, at + SECTOR_BYTES as u32).map_err(fault)?;
        flash.write(at, &sector).map_err(fault)?;
        flash.read(at, &mut sector).map_err(fault)?;
        match download.chunk(from, &sector[..length]).map_err(told)? {
            Step::Taken(to) | Step::Resume(to) => from = to,
        }
    }
    Ok(Piece::Whole)
}

fn told(error: impl core::fmt::Display) -> String {
    error.to_string()
}

fn fault(error: impl core::fmt::Debug) -> String {
    format!("{error:?}")
}
