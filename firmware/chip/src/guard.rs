//! The task that feeds the hardware watchdog, as long as all others make progress.
//!
//! A panic stops everything, this task included: the watchdog restarts the chip then, too.

use embassy_time::Timer;
use esp_hal::{
    rtc_cntl::{Rwdt, RwdtStage},
    time::Duration,
};
use operandi_node_core::ota::Input;
use operandi_protocol::Farewell;

use crate::node::{Shared, uptime};

/// Seconds without food after which the watchdog bites: longer than an erase of flash.
const BITE_SECS: u64 = 8;
const FEED_MS: u64 = 1_000;

/// Starts the watchdog. From here on somebody must feed it.
pub(crate) fn start(watchdog: &mut Rwdt) {
    watchdog.set_timeout(RwdtStage::Stage0, Duration::from_secs(BITE_SECS));
    watchdog.enable();
    watchdog.feed();
}

#[embassy_executor::task]
pub(crate) async fn guard(node: Shared, mut watchdog: Rwdt) {
    loop {
        let hanging = node.vigil.borrow().hanging(uptime());
        match hanging {
            None => watchdog.feed(),
            Some(task) => esp_println::println!("task {task} hangs: the watchdog is left hungry"),
        }
        if node.obey(node.trial.get().step(Input::Tick { now: uptime() })) {
            node.restart(Farewell::Update).await;
        }
        Timer::after_millis(FEED_MS).await;
    }
}
