//! A simulated node: what the firmware's `main` does, over the firmware's own core.
//!
//! Readings go through the ring in flash and leave it when the broker has acknowledged them. A node knows
//! the thing it stands at only as `Hull`, and the network only as packets that it hands out.

mod flash;
mod live;
mod plan;
mod quartz;
mod talk;

use embedded_storage::nor_flash::NorFlashErrorKind;
use operandi_node_core::{
    Actuators, Clock, Now, Outbox, Sampler, Schedule, Settings,
    keep::{KEEP_SECTORS, Keep, KeepError},
    ring::{Ring, RingError},
};
use operandi_protocol::{
    BootId, Death, Farewell, Kind, Message as _, OrgId, ResetCause, State, Topic, Uptime, WallTime,
};

pub(crate) use self::plan::{MetricPlan, NodePlan};
use self::{
    flash::{Flash, SECTOR_BYTES},
    live::Live,
    quartz::Quartz,
};
use crate::{
    dice::Dice,
    hull::Hull,
    tale::What,
    time::Moment,
    transport::{Packet, Token},
};

/// How long it waits to ask for the time again, in milliseconds.
const SYNC_RETRY_MS: u64 = 60_000;

/// Why a node cannot go on. None of it happens to a scenario that was checked.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    #[error("the simulated flash failed; give the ring 3 sectors or more")]
    Flash(#[source] RingError<NorFlashErrorKind>),
    #[error("the settings cannot be kept in the simulated flash")]
    Keep(#[source] KeepError<NorFlashErrorKind>),
    #[error("a payload breaks a limit of the protocol; give the device less metrics")]
    Payload(#[from] operandi_protocol::Error),
}

impl From<RingError<NorFlashErrorKind>> for NodeError {
    fn from(error: RingError<NorFlashErrorKind>) -> Self {
        Self::Flash(error)
    }
}

impl From<KeepError<NorFlashErrorKind>> for NodeError {
    fn from(error: KeepError<NorFlashErrorKind>) -> Self {
        Self::Keep(error)
    }
}

/// What a node wants done, or tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Out {
    Publish(Packet),
    /// The connection does not answer: it is to be dropped and made anew.
    GiveUp,
    Tell(What),
}

/// What surrounds a node at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    pub(crate) now: Moment,
    /// The true time, for a node that asks.
    pub(crate) wall: WallTime,
    /// Whether somebody would answer.
    pub(crate) time_server: bool,
}

/// A node, with or without power.
#[derive(Debug)]
pub(crate) struct Node {
    org: OrgId,
    plan: NodePlan,
    /// Milliseconds that it waits for an acknowledgement.
    patience_ms: u64,
    flash: Flash,
    dice: Dice,
    /// Whether it looks at its sensors.
    samples: bool,
    /// Counts the packets of its life.
    packets: u64,
    live: Option<Live>,
    out: Vec<Out>,
}

impl Node {
    pub(crate) fn new(org: OrgId, plan: NodePlan, patience_ms: u64, dice: Dice) -> Self {
        Self {
            org,
            flash: Flash::new(plan.ring_sectors + KEEP_SECTORS),
            plan,
            patience_ms,
            dice,
            samples: true,
            packets: 0,
            live: None,
            out: Vec::new(),
        }
    }

    /// Power comes, or it starts anew: whatever was in memory is gone.
    pub(crate) fn boot(
        &mut self,
        reset: ResetCause,
        around: Around,
        hull: &mut Hull,
    ) -> Result<(), NodeError> {
        let boot = BootId::drawn(self.dice.whole());
        let zero = Uptime::default();
        let ring = Ring::open(self.flash.clone(), 0..self.ring_bytes())?;
        let settings = self.load_settings()?;
        let channels = self
            .plan
            .metrics
            .iter()
            .map(|metric| metric.channel.clone());
        let (actuators, acts) = Actuators::start(boot, &self.plan.outputs, zero);
        let mut sampler = Sampler::new(channels.collect());
        sampler.tune(settings.metrics());
        self.out.push(Out::Tell(What::Booted { boot, reset }));
        self.live = Some(Live {
            quartz: Quartz {
                booted: around.now,
                fast_ppm: self.plan.clock.fast_ppm,
            },
            boot,
            reset,
            clock: Clock::new(boot),
            sync_at: None,
            schedule: Schedule::new(&self.plan.intervals(&settings), zero),
            sampler,
            settings,
            actuators,
            dropped: ring.dropped(),
            ring,
            outbox: Outbox::default(),
            connection: None,
        });
        hull.boot(reset == ResetCause::PowerOn);
        self.perform(acts, around, hull)
    }

    /// It looks at its sensors no more, and only tells what it has.
    pub(crate) const fn stop_sampling(&mut self) {
        self.samples = false;
    }

    /// Power goes.
    pub(crate) fn halt(&mut self) {
        self.live = None;
    }

    pub(crate) const fn is_alive(&self) -> bool {
        self.live.is_some()
    }

    /// The payload that the broker is to speak if the node is lost.
    pub(crate) fn will(&self) -> Result<Option<Packet>, NodeError> {
        self.live
            .as_ref()
            .map(|live| self.death(live.boot, Farewell::Lost))
            .transpose()
    }

    /// Its goodbye before a restart, if anybody would hear it.
    pub(crate) fn farewell(&self) -> Result<Option<Packet>, NodeError> {
        self.live
            .as_ref()
            .filter(|live| live.connection.is_some())
            .map(|live| self.death(live.boot, Farewell::Restart))
            .transpose()
    }

    /// What it wants done since the last call.
    pub(crate) fn take_out(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// Readings that the server does not have yet.
    pub(crate) fn kept(&self) -> u32 {
        self.live.as_ref().map_or(0, |live| live.ring.len())
    }

    /// When it has something to do at the latest.
    pub(crate) fn due(&self) -> Option<Moment> {
        let live = self.live.as_ref()?;
        let sample = live.schedule.next().filter(|_| self.samples);
        let uptimes = [sample, live.actuators.next_due()];
        let uptimes = uptimes
            .into_iter()
            .flatten()
            .map(|at| live.quartz.moment(at));
        let patience = live
            .connection
            .as_ref()
            .and_then(|connection| connection.waits_since())
            .map(|sent| sent.plus(self.patience_ms));
        uptimes.chain(live.sync_at).chain(patience).min()
    }

    /// Does what is due: samples, makes safe, sets the clock, gives up waiting.
    pub(crate) fn tick(&mut self, around: Around, hull: &mut Hull) -> Result<(), NodeError> {
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        if live.sync_at.is_some_and(|at| at <= around.now) {
            self.sync(around);
        }
        if self.samples {
            self.sample(around, hull)?;
        }
        let Some(live) = &mut self.live else {
            return Ok(());
        };
        let now = live.now(around.now);
        let acts = live.actuators.tick(now);
        self.perform(acts, around, hull)?;
        self.lose_patience(around.now);
        self.pump(around)
    }

    const fn ring_bytes(&self) -> u32 {
        self.plan.ring_sectors * SECTOR_BYTES
    }

    /// The flash behind the ring holds what the server last wanted.
    fn keep(&self) -> Keep<Flash> {
        Keep::new(self.flash.clone(), self.ring_bytes())
    }

    fn load_settings(&self) -> Result<Settings, NodeError> {
        let metrics = self.plan.metrics.iter();
        let defaults: Vec<_> = metrics
            .map(|metric| (metric.info.name, metric.tuning))
            .collect();
        let mut settings = Settings::new(&defaults);
        if let Some(kept) = self.keep().load()? {
            settings.apply(&State::decode(&kept)?);
        }
        Ok(settings)
    }

    fn death(&self, boot: BootId, why: Farewell) -> Result<Packet, NodeError> {
        Ok(Packet {
            token: Token::NONE,
            topic: self.topic(Kind::Death),
            payload: Death { boot, why }.encode(self.plan.format)?,
        })
    }

    const fn topic(&self, kind: Kind) -> Topic {
        Topic {
            org: self.org,
            device: self.plan.device,
            kind,
        }
    }

    /// Asks for the time. Its answer comes at once.
    fn sync(&mut self, around: Around) {
        let Some(live) = &mut self.live else {
            return;
        };
        if !around.time_server || live.connection.is_none() {
            live.sync_at = Some(around.now.plus(SYNC_RETRY_MS));
            return;
        }
        let resync_ms = u64::from(self.plan.clock.resync_secs.max(1)) * 1_000;
        live.sync_at = Some(around.now.plus(resync_ms));
        let uptime = live.quartz.uptime(around.now);
        let corrected_ms = live.clock.sync(uptime, around.wall);
        self.out.push(Out::Tell(What::ClockSet { corrected_ms }));
        // A birth that could not tell the time is said again: it places what was measured before.
        if let Some(connection) = &mut live.connection {
            connection.repeat_birth();
        }
    }
}

impl Live {
    fn now(&self, now: Moment) -> Now {
        let uptime = self.quartz.uptime(now);
        Now {
            uptime,
            wall: self.clock.wall(uptime),
        }
    }
}
