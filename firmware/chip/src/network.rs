//! The tasks of the wireless network: joining it, staying in it, and moving packets.

use alloc::string::ToString;

use embassy_net::{Runner, Stack};
use embassy_time::{Duration, with_timeout};
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, Interface, WifiController, WifiError,
    ap::AccessPointConfig, sta::StationConfig,
};
use operandi_node_core::{Backoff, setup::Network};

use crate::{
    board::SETUP_PASSPHRASE,
    node::{Shared, Task, report},
};

const JOIN_MS: u64 = 30_000;
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 60_000;
/// Milliseconds between two looks at a network that is joined.
const LOOK_MS: u64 = 1_000;
/// Quarters of a decibel: 15 dBm. The default of 5 does not leave a cold room.
const POWER: i8 = 60;

#[embassy_executor::task(pool_size = 2)]
pub(crate) async fn move_packets(mut runner: Runner<'static, Interface>) {
    runner.run().await;
}

/// Joins the network again and again.
#[embassy_executor::task]
pub(crate) async fn join(node: Shared, mut radio: WifiController<'static>, network: Network) {
    report(
        "radio",
        configure(&mut radio, &network).map_err(|error| error.to_string()),
    );
    let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
    loop {
        node.beat(Task::Link);
        let joined = with_timeout(Duration::from_millis(JOIN_MS), radio.connect_async()).await;
        if let Ok(Ok(_)) = joined {
            backoff.reset();
            while radio.is_connected() {
                node.rest(Task::Link, LOOK_MS).await;
            }
        } else {
            let left = Duration::from_millis(LOOK_MS);
            let _ = with_timeout(left, radio.disconnect_async()).await;
        }
        let wait = backoff.wait(node.dice());
        esp_println::println!("no Wi-Fi `{}`: again in {wait} ms", network.ssid);
        node.rest(Task::Link, wait).await;
    }
}

/// Opens the node's own network, by which it is set up.
pub(crate) fn open(radio: &mut WifiController<'static>, name: &str) -> Result<(), WifiError> {
    let config = AccessPointConfig::default()
        .with_ssid(name.try_into()?)
        .with_authentication(AuthenticationMethodConfig::Wpa2Personal(
            SETUP_PASSPHRASE.try_into()?,
        ));
    radio.set_config(&Config::AccessPoint(config))
}

fn configure(radio: &mut WifiController<'static>, network: &Network) -> Result<(), WifiError> {
    let authentication = if network.passphrase.is_empty() {
        AuthenticationMethodConfig::Open
    } else {
        // The least that is accepted: networks of WPA2, and those that offer WPA3 beside it.
        AuthenticationMethodConfig::Wpa2Personal(network.passphrase.as_str().try_into()?)
    };
    let config = StationConfig::default()
        .with_ssid(network.ssid.as_str().try_into()?)
        .with_authentication(authentication);
    radio.set_config(&Config::Station(config))?;
    radio.set_max_tx_power(POWER)
}

/// Waits until the network has given an address; with signs of life.
pub(crate) async fn address(node: &Shared, stack: Stack<'static>) {
    while !stack.is_config_up() {
        node.rest(Task::Broker, LOOK_MS).await;
    }
}
