//! What the tasks share. All of them run on one executor, so a cell is enough; none is held across a wait.

use alloc::{
    rc::Rc,
    string::{String, ToString},
};
use core::cell::{Cell, RefCell};

use embassy_sync::{blocking_mutex::raw::NoopRawMutex, channel::Channel, signal::Signal};
use embassy_time::{Duration, Instant, Timer};
use esp_hal::rng::Rng;
use operandi_node_core::{
    Clock, Delivery, Now, Outbox, Settings, Vigil,
    keep::Keep,
    ota::{Order, Trial},
    ring::Ring,
};
use operandi_protocol::{Farewell, Uptime};

use crate::flash::{Drawer, Flash, Map};

/// Commands that wait for the outputs; the broker's are acknowledged when they are taken.
const DELIVERIES_MAX: usize = 8;
/// Milliseconds between two signs of life of a task that waits.
const BEAT_MS: u64 = 2_000;
/// Milliseconds that a farewell has to be said.
const FAREWELL_MS: u64 = 4_000;

/// The tasks that must not hang.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Task {
    Sampling,
    Outputs,
    Link,
    Broker,
}

/// Milliseconds after which each of them hangs: beyond the longest wait for flash or network.
pub(crate) const LIMITS_MS: [u64; 4] = [30_000, 10_000, 90_000, 180_000];

/// The node.
pub(crate) struct Node {
    pub(crate) flash: Flash,
    pub(crate) map: Map,
    pub(crate) clock: RefCell<Clock>,
    pub(crate) ring: RefCell<Ring<Flash>>,
    pub(crate) outbox: RefCell<Outbox>,
    pub(crate) settings: RefCell<Settings>,
    pub(crate) trial: Cell<Trial>,
    pub(crate) vigil: RefCell<Vigil<4>>,
    /// Every sensor was read since the boot.
    pub(crate) has_sampled: Cell<bool>,
    /// The bootloader knows that this image works.
    pub(crate) has_settled: Cell<bool>,
    /// There is a connection to the broker.
    pub(crate) is_online: Cell<bool>,
    /// There is something to publish.
    pub(crate) news: Signal<NoopRawMutex, ()>,
    /// The settings have changed, for those who sample and for those who update.
    pub(crate) tuned: Signal<NoopRawMutex, ()>,
    pub(crate) wanted: Signal<NoopRawMutex, ()>,
    pub(crate) deliveries: Channel<NoopRawMutex, Delivery, DELIVERIES_MAX>,
    /// The connection came or went, for the outputs.
    pub(crate) link: Signal<NoopRawMutex, ()>,
    pub(crate) leaving: Signal<NoopRawMutex, Farewell>,
    rng: Rng,
}

pub(crate) type Shared = Rc<Node>;

impl Node {
    pub(crate) fn new(
        flash: Flash,
        map: Map,
        ring: Ring<Flash>,
        (clock, limits_ms): (Clock, [u64; 4]),
        settings: Settings,
    ) -> Shared {
        let start = uptime();
        Rc::new(Self {
            flash,
            map,
            clock: RefCell::new(clock),
            ring: RefCell::new(ring),
            outbox: RefCell::new(Outbox::default()),
            settings: RefCell::new(settings),
            trial: Cell::new(Trial::Settled {
                build: crate::BUILD,
                failed: None,
            }),
            vigil: RefCell::new(Vigil::new(limits_ms, start)),
            has_sampled: Cell::new(false),
            has_settled: Cell::new(false),
            is_online: Cell::new(false),
            news: Signal::new(),
            tuned: Signal::new(),
            wanted: Signal::new(),
            deliveries: Channel::new(),
            link: Signal::new(),
            leaving: Signal::new(),
            rng: Rng::new(),
        })
    }

    pub(crate) fn now(&self) -> Now {
        let uptime = uptime();
        Now {
            uptime,
            wall: self.clock.borrow().wall(uptime),
        }
    }

    pub(crate) fn dice(&self) -> u32 {
        self.rng.random()
    }

    pub(crate) fn drawer(&self, drawer: Drawer) -> Keep<Flash> {
        self.map.drawer(&self.flash, drawer)
    }

    pub(crate) fn beat(&self, task: Task) {
        self.vigil.borrow_mut().beat(task as usize, uptime());
    }

    /// Waits, with signs of life.
    pub(crate) async fn rest(&self, task: Task, ms: u64) {
        let end = Instant::now() + Duration::from_millis(ms);
        while Instant::now() < end {
            self.beat(task);
            let left = end.saturating_duration_since(Instant::now());
            Timer::after(left.min(Duration::from_millis(BEAT_MS))).await;
        }
        self.beat(task);
    }

    /// Does what a trial orders. Whether it ends in a restart.
    pub(crate) fn obey(&self, (trial, orders): (Trial, &'static [Order])) -> bool {
        self.trial.set(trial);
        let mut restarts = false;
        for order in orders {
            match order {
                Order::Save => {
                    let saved = self.drawer(Drawer::Trial).save(&trial.to_bytes());
                    report("trial", saved.map_err(|error| error.to_string()));
                }
                Order::SwitchSlot => report(
                    "slot",
                    self.flash
                        .switch(&self.map)
                        .map_err(|error| alloc::format!("{error:?}")),
                ),
                Order::Restart => restarts = true,
            }
        }
        restarts
    }

    /// Says goodbye, and starts anew. Every output is safe after it.
    pub(crate) async fn restart(&self, why: Farewell) -> ! {
        self.leaving.signal(why);
        if self.is_online.get() {
            Timer::after_millis(FAREWELL_MS).await;
        }
        esp_hal::system::software_reset()
    }
}

/// Milliseconds since the boot.
pub(crate) fn uptime() -> Uptime {
    Uptime::default().plus(Instant::now().as_millis())
}

/// A fault goes to the serial line; the node goes on as well as it can.
pub(crate) fn report(what: &str, told: Result<(), String>) {
    if let Err(error) = told {
        esp_println::println!("{what}: {error}");
    }
}
