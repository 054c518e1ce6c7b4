//! A scenario against a real broker, in real time or faster.

use std::{collections::BTreeMap, time::Duration};

use operandi_protocol::{DeviceId, OrgId, WallTime};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    scenario::{Problem, Scenario},
    tale::Tale,
    time::Moment,
    transport::{Account, Endpoint, Mqtt},
    world::{NodeError, Setup, Summary, World},
};

/// Simulated seconds in a real one.
pub const SPEED_MAX: f64 = 100_000.0;
/// How often the world is moved on.
const TICK: Duration = Duration::from_millis(20);
/// How long what is still on its way may take when the scenario is over.
const DRAIN: Duration = Duration::from_secs(10);

/// A scenario, and where it is to be run.
#[derive(Clone, Debug)]
pub struct Run {
    pub scenario: Scenario,
    /// In place of the scenario's.
    pub speed: Option<f64>,
    pub seed: u64,
    pub org: OrgId,
    /// What time it is: the caller's clock, since there is none here.
    pub start: WallTime,
    pub endpoint: Endpoint,
    /// By device id.
    pub accounts: BTreeMap<String, Account>,
}

/// Why a run does not begin, or ends early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("the scenario cannot be run; mend {} place(s), first {}", .0.len(), .0[0])]
    Scenario(Vec<Problem>),
    #[error("the speed must be above 0 and at most {SPEED_MAX}")]
    Speed,
    #[error("give an account for device `{0}`")]
    Account(String),
    #[error("a node cannot go on")]
    Node(#[from] NodeError),
}

/// Runs a scenario until it is over or `stop` is cancelled, and tells what happens. At the end nothing is
/// measured any more, and what is on its way has a moment to arrive.
///
/// # Errors
/// What is wrong with the scenario, its accounts or its nodes. A broker that cannot be reached is no error:
/// nodes wait for it.
pub async fn run(
    run: &Run,
    stop: &CancellationToken,
    mut tell: impl FnMut(&Tale),
) -> Result<Summary, RunError> {
    let speed = run.speed.unwrap_or(run.scenario.speed);
    if !(speed > 0.0 && speed <= SPEED_MAX) {
        return Err(RunError::Speed);
    }
    let setup = Setup {
        org: run.org,
        seed: run.seed,
        start: run.start,
        speed,
    };
    let mut world = World::new(&run.scenario, &setup).map_err(RunError::Scenario)?;
    let mut mqtt = Mqtt::start(&run.endpoint, accounts(run)?, run.seed);
    let end = Moment::from_secs(run.scenario.lasts_secs);
    let step_ms = TICK.as_secs_f64() * 1_000.0 * speed;
    let mut ticks = interval(TICK);
    // A late machine catches up: simulated time keeps its promise to real time.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut passed_ms = 0.0;
    let mut drained = Duration::ZERO;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => break,
        }
        passed_ms += step_ms;
        world.advance(Moment::from_ms(passed_ms as u64), &mut mqtt)?;
        for tale in world.take_tales() {
            tell(&tale);
        }
        if world.now() >= end {
            world.stop_sampling();
            drained += TICK;
            if world.waiting() == 0 || drained >= DRAIN {
                break;
            }
        }
    }
    mqtt.stop().await;
    Ok(world.summary())
}

/// The account of each device.
fn accounts(run: &Run) -> Result<BTreeMap<DeviceId, Account>, RunError> {
    let devices = run.scenario.devices.iter();
    devices
        .map(|device| {
            let missing = || RunError::Account(device.id.clone());
            let account = run.accounts.get(&device.id).ok_or_else(missing)?;
            let id = DeviceId::new(&device.id).map_err(|_| missing())?;
            Ok((id, account.clone()))
        })
        .collect()
}
