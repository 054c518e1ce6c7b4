//! The task of the serial line, and the button that makes the node forget.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use embassy_time::{Duration, Ticker};
use embedded_io_async::Read;
use esp_hal::{Async, gpio::Input, uart::UartRx, usb::usb_serial_jtag::UsbSerialJtag};
use esp_println::println;
use operandi_node_core::{
    Debounce,
    setup::{Draft, Identity, Line, reply},
};
use operandi_protocol::Farewell;

use crate::{
    claiming::keep,
    flash::Drawer,
    node::{Shared, report, uptime},
};

/// Bytes of a line; what is longer is no line of ours.
const LINE_BYTES_MAX: usize = 160;
const HELP: &str =
    "ssid=NAME  password=WORD  server=http://HOST:PORT  code=CODE  save | show | erase";
/// Milliseconds for which the button is held to forget network and account.
const FORGET_MS: u64 = 5_000;
const LOOK_MS: u64 = 50;

#[embassy_executor::task]
pub(crate) async fn listen_usb(node: Shared, name: String, line: UsbSerialJtag<'static, Async>) {
    listen(node, name, line).await;
}

#[embassy_executor::task]
pub(crate) async fn listen_uart(node: Shared, name: String, line: UartRx<'static, Async>) {
    listen(node, name, line).await;
}

/// The button that also chooses the boot mode: held while the node runs, it makes it forget.
#[embassy_executor::task]
pub(crate) async fn watch_button(node: Shared, button: Input<'static>) {
    let mut held = Debounce::new(false, FORGET_MS);
    let mut ticker = Ticker::every(Duration::from_millis(LOOK_MS));
    loop {
        ticker.next().await;
        if held.take(button.is_low(), uptime()) == Some(true) {
            forget(&node).await;
        }
    }
}

async fn listen(node: Shared, name: String, mut line: impl Read) {
    let mut draft = Draft::default();
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        if line.read(&mut byte).await.is_err() {
            bytes.clear();
            continue;
        }
        if byte != *b"\n" && byte != *b"\r" {
            if bytes.len() < LINE_BYTES_MAX {
                bytes.extend(byte);
            }
            continue;
        }
        let told = core::mem::take(&mut bytes);
        if let Ok(told) = core::str::from_utf8(&told)
            && !told.is_empty()
        {
            obey(&node, &name, &mut draft, told).await;
        }
    }
}

async fn obey(node: &Shared, name: &str, draft: &mut Draft, line: &str) {
    match Line::parse(line) {
        Line::Tell { key, answer } => println!("{}", reply(draft.tell(key, answer))),
        Line::Save => match draft.finish() {
            Ok(setup) => {
                keep(node, &Identity::Told(setup));
                println!("saved");
                node.restart(Farewell::Restart).await;
            }
            Err(error) => println!("{error}"),
        },
        Line::Show => show(node, name),
        Line::Erase => forget(node).await,
        Line::Help => println!("{HELP}"),
    }
}

fn show(node: &Shared, name: &str) {
    let ring = node.ring.borrow();
    println!(
        "{name}: firmware {}, online {}, clock {:?}, readings kept {} and dropped {}, {:?}",
        env!("CARGO_PKG_VERSION"),
        node.is_online.get(),
        node.now().wall,
        ring.len(),
        ring.dropped(),
        node.trial.get(),
    );
}

async fn forget(node: &Shared) {
    println!("network and account are forgotten");
    for drawer in [Drawer::Identity, Drawer::Settings] {
        let erased = node.drawer(drawer).erase();
        report("erase", erased.map_err(|error| error.to_string()));
    }
    node.restart(Farewell::Restart).await
}
