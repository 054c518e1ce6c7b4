//! A new image on trial: it stays once it has shown that the next one can still reach the node.

use operandi_protocol::Uptime;

use super::download::Verified;

/// Boots that a trial may take: more say that it crashes.
pub const TRIAL_BOOTS_MAX: u8 = 3;
/// Milliseconds of a boot until the image must have proved itself: ten minutes, so that a router that
/// restarts does not condemn it.
pub const TRIAL_MS: u64 = 600_000;

/// What is known of the images, kept in flash through restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The image is kept.
    Settled {
        build: u32,
        /// The last one that was taken back.
        failed: Option<u32>,
    },
    /// The image is new.
    Trying {
        build: u32,
        /// The one to go back to.
        before: u32,
        /// Boots so far.
        boots: u8,
    },
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// An image lies in the other slot.
    Installed(Verified),
    /// The node started with this build.
    Booted { build: u32 },
    /// Sensors were read, and the server has answered to the birth: all that an image must be able to.
    Proved,
    /// Time passes.
    Tick { now: Uptime },
}

/// What `main` is to do, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Write the state to flash.
    Save,
    /// Boot the other slot from the next boot on.
    SwitchSlot,
    Restart,
}

/// Bytes of a kept [`Trial`]: kind (1), build (4), the other build (4), boots (1); little end first.
pub const TRIAL_BYTES: usize = 10;

const SETTLED: u8 = 0;
const FAILED: u8 = 1;
const TRYING: u8 = 2;

impl Trial {
    /// As it is kept.
    #[must_use]
    pub fn to_bytes(self) -> [u8; TRIAL_BYTES] {
        let (kind, build, other, boots) = match self {
            Self::Settled {
                build,
                failed: None,
            } => (SETTLED, build, 0, 0),
            Self::Settled {
                build,
                failed: Some(failed),
            } => (FAILED, build, failed, 0),
            Self::Trying {
                build,
                before,
                boots,
            } => (TRYING, build, before, boots),
        };
        let mut bytes = [0; TRIAL_BYTES];
        bytes[0] = kind;
        bytes[1..5].copy_from_slice(&build.to_le_bytes());
        bytes[5..9].copy_from_slice(&other.to_le_bytes());
        bytes[9] = boots;
        bytes
    }

    /// What `to_bytes` made; `None` for what no firmware of ours wrote.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (build, rest) = rest.split_first_chunk()?;
        let (other, rest) = rest.split_first_chunk()?;
        let (build, other) = (u32::from_le_bytes(*build), u32::from_le_bytes(*other));
        let boots = *rest.first()?;
        match *kind {
            SETTLED => Some(Self::Settled {
                build,
                failed: None,
            }),
            FAILED => Some(Self::Settled {
                build,
                failed: Some(other),
            }),
            TRYING => Some(Self::Trying {
                build,
                before: other,
                boots,
            }),
            _ => None,
        }
    }

    /// The build that was tried last and taken back.
    #[must_use]
    pub const fn failed(self) -> Option<u32> {
        match self {
            Self::Settled { failed, .. } => failed,
            Self::Trying { .. } => None,
        }
    }

    /// The next state and what to do. Saving before switching makes a cut in between harmless: the next
    /// boot tells by the build that runs.
    #[must_use]
    pub fn step(self, input: Input) -> (Self, &'static [Order]) {
        match (self, input) {
            (Self::Settled { build, .. }, Input::Installed(image)) => {
                let trying = Self::Trying {
                    build: image.build(),
                    before: build,
                    boots: 0,
                };
                (trying, &[Order::Save, Order::SwitchSlot, Order::Restart])
            }
            (
                Self::Trying {
                    build,
                    before,
                    boots,
                },
                Input::Booted { build: runs },
            ) => booted(build, before, boots, runs),
            (Self::Trying { build, .. }, Input::Proved) => {
                let settled = Self::Settled {
                    build,
                    failed: None,
                };
                (settled, &[Order::Save])
            }
            (Self::Trying { build, before, .. }, Input::Tick { now }) if now.ms() >= TRIAL_MS => {
                back(build, before)
            }
            (Self::Settled { build, failed }, Input::Booted { build: runs }) if runs != build => {
                // Flashed by cable: what runs is what counts.
                let settled = Self::Settled {
                    build: runs,
                    failed,
                };
                (settled, &[Order::Save])
            }
            (
                state,
                Input::Installed(_) | Input::Booted { .. } | Input::Proved | Input::Tick { .. },
            ) => (state, &[]),
        }
    }
}

/// A boot in the middle of a trial, with the build that `runs`.
fn booted(build: u32, before: u32, boots: u8, runs: u32) -> (Trial, &'static [Order]) {
    if runs != build {
        // The switch never happened, or the bootloader took it back: only then has the image failed.
        let settled = Trial::Settled {
            build: runs,
            failed: (boots > 0).then_some(build),
        };
        return (settled, &[Order::Save]);
    }
    if boots >= TRIAL_BOOTS_MAX {
        return back(build, before);
    }
    let trying = Trial::Trying {
        build,
        before,
        boots: boots + 1,
    };
    (trying, &[Order::Save])
}

fn back(build: u32, before: u32) -> (Trial, &'static [Order]) {
    let settled = Trial::Settled {
        build: before,
        failed: Some(build),
    };
    (settled, &[Order::Save, Order::SwitchSlot, Order::Restart])
}
