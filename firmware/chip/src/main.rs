//! The node's binary: it wires drivers, network and flash to what the core decides, and decides nothing itself.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod broker;
mod claiming;
mod console;
mod flash;
mod guard;
mod http;
mod network;
mod node;
mod outputs;
mod portal;
mod sampling;
mod time;
mod update;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use embassy_executor::{SpawnError, Spawner};
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Stack, StackResources, StaticConfigV4};
use embassy_time::Timer;
use esp_backtrace as _;
use esp_hal::{
    clock::CpuClock,
    efuse::{InterfaceMacAddress, interface_mac_address},
    gpio::{Input, InputConfig, Pull},
    peripherals::{GPIO20, UART0, USB_DEVICE},
    rng::Rng,
    rtc_cntl::{Rtc, Rwdt, SocResetReason, reset_reason},
    system::Cpu,
    timer::timg::TimerGroup,
    uart::{Config as UartConfig, UartRx},
    usb::usb_serial_jtag::UsbSerialJtag,
};
use esp_radio::wifi::{ControllerConfig, Interface, WifiController};
use esp_storage::FlashStorage;
use operandi_node_core::{
    Clock, Settings,
    claim::hex,
    ota::{Input as TrialInput, Trial},
    portal::{PORTAL_ADDRESS, PORTAL_MASK},
    ring::Ring,
    setup::Identity,
};
use operandi_protocol::{BootId, Farewell, FirmwareVersion, Message, ResetCause, State};
use static_cell::StaticCell;

use crate::{
    board::{Board, Pins},
    flash::{Drawer, Flash},
    node::{LIMITS_MS, Node, Shared},
};

esp_bootloader_esp_idf::esp_app_desc!();

/// Rises with every release: 1.2.3 is 1,002,003.
pub(crate) const BUILD: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
    + number(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
    + number(env!("CARGO_PKG_VERSION_PATCH"));

/// Bytes of heap: what the bootloader leaves behind, and what the radio and connections need beside it.
const RECLAIMED_BYTES: usize = 64 * 1024;
const HEAP_BYTES: usize = 112 * 1024;
/// Rules of the radio that hold in any country.
const EVERYWHERE: [u8; 2] = *b"01";
const SOCKETS: usize = 8;
/// Milliseconds until a start that failed is tried again.
const AGAIN_MS: u64 = 5_000;

const fn number(digits: &str) -> u32 {
    match u32::from_str_radix(digits, 10) {
        Ok(number) => number,
        Err(_) => 0,
    }
}

/// What a claim and a birth say of the node.
#[derive(Clone, Copy)]
pub(crate) struct Who {
    hardware: [u8; 6],
    firmware: FirmwareVersion,
}

/// What the tasks of the network and the console need beside the node.
struct Parts {
    spawner: Spawner,
    radio: WifiController<'static>,
    name: String,
    hardware: [u8; 6],
    usb: USB_DEVICE<'static>,
    uart: (UART0<'static>, GPIO20<'static>),
    button: Input<'static>,
    watchdog: Rwdt,
}

#[esp_rtos::main]
async fn main(spawner: Spawner) -> ! {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    esp_alloc::heap_allocator!(#[esp_hal::ram(reclaimed)] size: RECLAIMED_BYTES);
    esp_alloc::heap_allocator!(size: HEAP_BYTES);
    // Before anything that may take its time outputs are made safe, and somebody watches.
    let board = Board::new(Pins {
        fridge: chip.GPIO4,
        freezer: chip.GPIO5,
        door: chip.GPIO6,
        alarm: chip.GPIO7,
    });
    let mut rtc = Rtc::new(chip.RTC_TIMER);
    guard::start(&mut rtc.rwdt);
    let timers = TimerGroup::new(chip.TIMG0);
    esp_rtos::start(timers.timer0, chip.FROM_CPU_INTR0);

    let mut hardware = [0; 6];
    hardware.copy_from_slice(interface_mac_address(InterfaceMacAddress::Station).as_bytes());
    // The radio is on before the first dice: without its noise they are none.
    let everywhere = ControllerConfig::default().with_country_info(EVERYWHERE);
    let radio = WifiController::new(chip.WIFI, everywhere);
    let started = match (radio, board) {
        (Ok(radio), Ok(board)) => {
            let parts = Parts {
                spawner,
                radio,
                name: format!("operandi-{}", hex(hardware)),
                hardware,
                usb: chip.USB_DEVICE,
                uart: (chip.UART0, chip.GPIO20),
                button: Input::new(chip.GPIO9, InputConfig::default().with_pull(Pull::Up)),
                watchdog: rtc.rwdt,
            };
            run(parts, board, Flash::new(FlashStorage::new(chip.FLASH))).await
        }
        (Err(error), _) => Err(format!("radio: {error}")),
        (_, Err(error)) => Err(format!("board: {error}")),
    };
    if let Err(why) = started {
        esp_println::println!("the node cannot start: {why}");
        Timer::after_millis(AGAIN_MS).await;
        esp_hal::system::software_reset()
    }
    core::future::pending().await
}

/// Opens what is kept in flash, and starts all tasks.
async fn run(parts: Parts, board: Board, flash: Flash) -> Result<(), String> {
    let map = flash
        .map()
        .map_err(|error| format!("partitions: {error:?}"))?;
    let ring = Ring::open(flash.clone(), map.ring.clone()).map_err(|error| error.to_string())?;
    let rng = Rng::new();
    let boot = BootId::drawn(u64::from(rng.random()) << 32 | u64::from(rng.random()));
    let defaults: Vec<_> = board
        .metrics
        .iter()
        .map(|metric| (metric.name, metric.tuning))
        .collect();
    let mut settings = Settings::new(&defaults);
    let kept = map.drawer(&flash, Drawer::Settings).load();
    if let Some(desired) = kept
        .ok()
        .flatten()
        .and_then(|bytes| State::decode(&bytes).ok())
    {
        settings.apply(&desired);
    }
    let identity = map.drawer(&flash, Drawer::Identity).load();
    let identity = identity
        .ok()
        .flatten()
        .and_then(|bytes| Identity::of_bytes(&bytes));
    let kept = map.drawer(&flash, Drawer::Trial).load();
    let trial = kept
        .ok()
        .flatten()
        .and_then(|bytes| Trial::of_bytes(&bytes));

    let limits = match identity {
        Some(_) => LIMITS_MS,
        // Without a network there are no tasks of one.
        None => [LIMITS_MS[0], LIMITS_MS[1], u64::MAX, u64::MAX],
    };
    let node = Node::new(flash, map, ring, (Clock::new(boot), limits), settings);
    let before = trial.unwrap_or(node.trial.get());
    if node.obey(before.step(TrialInput::Booted { build: BUILD })) {
        node.restart(Farewell::Update).await;
    }
    let firmware = FirmwareVersion::new(env!("CARGO_PKG_VERSION"));
    let who = Who {
        hardware: parts.hardware,
        firmware: firmware.map_err(|error| error.to_string())?,
    };
    start(parts, board, (node, who), identity).map_err(|error| format!("tasks: {error:?}"))
}

fn start(
    mut parts: Parts,
    board: Board,
    (node, who): (Shared, Who),
    identity: Option<Identity>,
) -> Result<(), SpawnError> {
    let spawner = parts.spawner;
    let actuators = board
        .outputs
        .iter()
        .map(|wired| wired.output.actuator)
        .collect();
    spawner.spawn(guard::guard(node.clone(), parts.watchdog)?);
    spawner.spawn(outputs::drive(node.clone(), board.outputs)?);
    spawner.spawn(sampling::sample(
        node.clone(),
        board.sensors,
        board.metrics.clone(),
    )?);
    spawner.spawn(console::watch_button(node.clone(), parts.button)?);
    let usb = UsbSerialJtag::new(parts.usb).into_async();
    spawner.spawn(console::listen_usb(node.clone(), parts.name.clone(), usb)?);
    let (uart, pin) = parts.uart;
    if let Ok(line) = UartRx::new(uart, UartConfig::default()) {
        let line = line.with_rx(pin).into_async();
        spawner.spawn(console::listen_uart(
            node.clone(),
            parts.name.clone(),
            line,
        )?);
    }
    let Some(identity) = identity else {
        let opened = network::open(&mut parts.radio, &parts.name);
        node::report("portal", opened.map_err(|error| error.to_string()));
        return portal(spawner, node, parts.radio, parts.name);
    };
    let network = identity.network().clone();
    let stack = stack(
        spawner,
        Interface::station(),
        Config::dhcpv4(Default::default()),
        &node,
    )?;
    spawner.spawn(network::join(node.clone(), parts.radio, network)?);
    match identity {
        Identity::Told(setup) => spawner.spawn(claiming::obtain(node, stack, setup, who)?),
        Identity::Claimed { account, .. } => {
            let life = broker::Life {
                account,
                firmware: who.firmware,
                reset: cause(node.trial.get()),
                metrics: board.metrics,
                actuators,
            };
            live(spawner, node, stack, life)?;
        }
    }
    Ok(())
}

/// The node is its own network until it was told another.
fn portal(
    spawner: Spawner,
    node: Shared,
    radio: WifiController<'static>,
    name: String,
) -> Result<(), SpawnError> {
    static RADIO: StaticCell<WifiController<'static>> = StaticCell::new();
    // Dropping it would close the network.
    RADIO.init(radio);
    let address = Ipv4Cidr::from_netmask(PORTAL_ADDRESS.into(), PORTAL_MASK.into());
    let config = Config::ipv4_static(StaticConfigV4 {
        address: address.unwrap_or(Ipv4Cidr::new(Ipv4Address::from(PORTAL_ADDRESS), 24)),
        gateway: None,
        dns_servers: Default::default(),
    });
    let stack = stack(spawner, Interface::access_point(), config, &node)?;
    spawner.spawn(portal::give_addresses(stack)?);
    spawner.spawn(portal::lead_names(stack)?);
    // Phones open a second connection before they use the first.
    spawner.spawn(portal::show_form(node.clone(), stack, name.clone())?);
    spawner.spawn(portal::show_form(node, stack, name)?);
    Ok(())
}

fn live(
    spawner: Spawner,
    node: Shared,
    stack: Stack<'static>,
    life: broker::Life,
) -> Result<(), SpawnError> {
    let broker = life.account.mqtt_host.clone();
    spawner.spawn(time::keep_time(node.clone(), stack, broker)?);
    spawner.spawn(update::update(node.clone(), stack)?);
    spawner.spawn(broker::talk(node.clone(), stack, life)?);
    // The settings that were kept may want an update.
    node.wanted.signal(());
    Ok(())
}

fn stack(
    spawner: Spawner,
    interface: Interface,
    config: Config,
    node: &Shared,
) -> Result<Stack<'static>, SpawnError> {
    static RESOURCES: StaticCell<StackResources<SOCKETS>> = StaticCell::new();
    let seed = u64::from(node.dice()) << 32 | u64::from(node.dice());
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(interface, config, resources, seed);
    spawner.spawn(network::move_packets(runner)?);
    Ok(stack)
}

/// Why the chip started. A panic shows as the watchdog that ended it.
fn cause(trial: Trial) -> ResetCause {
    if matches!(trial, Trial::Trying { boots: 1, .. }) {
        return ResetCause::Update;
    }
    match reset_reason(Cpu::ProCpu) {
        Some(SocResetReason::ChipPowerOn) => ResetCause::PowerOn,
        Some(SocResetReason::SysBrownOut | SocResetReason::CorePwrGlitch) => ResetCause::Brownout,
        Some(
            SocResetReason::CoreMwdt0
            | SocResetReason::CoreMwdt1
            | SocResetReason::CoreRtcWdt
            | SocResetReason::Cpu0Mwdt0
            | SocResetReason::Cpu0Mwdt1
            | SocResetReason::Cpu0RtcWdt
            | SocResetReason::SysRtcWdt
            | SocResetReason::SysSuperWdt,
        ) => ResetCause::Watchdog,
        Some(SocResetReason::CoreSw | SocResetReason::Cpu0Sw) => ResetCause::Restart,
        Some(SocResetReason::CoreDeepSleep) => ResetCause::Wake,
        Some(
            SocResetReason::SysClkGlitch
            | SocResetReason::CoreEfuseCrc
            | SocResetReason::CoreUsbUart
            | SocResetReason::CoreUsbJtag,
        )
        | None => ResetCause::Other,
    }
}
