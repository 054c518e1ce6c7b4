//! Why a connection ends, and what follows from it.

use crate::{
    desk::Ended,
    refusal::Code,
    session::{Eviction, Ousted},
    wire::{Fault, Leave, Parting},
};

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Goodbye(Leave),
    Lost,
    Silent,
    Slow,
    Ousted(Ousted),
    Unavailable,
    /// The desk did.
    Panicked,
    Refused {
        code: &'static str,
        parting: Parting,
    },
    Shutdown,
}

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Refused {
            code: fault.code.as_str(),
            parting: fault.parting,
        }
    }
}

impl End {
    /// What the desk is told.
    pub(super) fn ended(self) -> Ended {
        match self {
            Self::Goodbye(_) => Ended::Goodbye,
            Self::Lost => Ended::Lost,
            Self::Silent => Ended::Silent,
            Self::Slow => Ended::Refused {
                code: Code::SlowReader.as_str(),
            },
            Self::Ousted(Ousted::TakenOver { resumed: _ }) => Ended::TakenOver,
            Self::Ousted(Ousted::Evicted(_)) => Ended::Evicted,
            Self::Unavailable | Self::Panicked => Ended::Unavailable,
            Self::Refused { code, parting: _ } => Ended::Refused { code },
            Self::Shutdown => Ended::Shutdown,
        }
    }

    /// What MQTT 5 is told, if anybody is there to be told.
    pub(super) fn parting(self) -> Option<Parting> {
        match self {
            Self::Goodbye(_) | Self::Lost => None,
            Self::Silent => Some(Parting::KeepAlive),
            Self::Slow => Some(Parting::Quota),
            Self::Ousted(Ousted::TakenOver { resumed: _ }) => Some(Parting::TakenOver),
            Self::Ousted(Ousted::Evicted(Eviction::Revoked)) => Some(Parting::NotAuthorized),
            Self::Ousted(Ousted::Evicted(Eviction::Administrative)) => {
                Some(Parting::Administrative)
            }
            Self::Unavailable | Self::Panicked => Some(Parting::Busy),
            Self::Refused { code: _, parting } => Some(parting),
            Self::Shutdown => Some(Parting::ShuttingDown),
        }
    }

    /// What is counted as refused.
    pub(super) fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Silent => Some(Code::KeepAlive.as_str()),
            Self::Slow => Some(Code::SlowReader.as_str()),
            Self::Unavailable | Self::Panicked => Some(Code::Unavailable.as_str()),
            Self::Refused { code, parting: _ } => Some(code),
            Self::Goodbye(_) | Self::Lost | Self::Ousted(_) | Self::Shutdown => None,
        }
    }

    /// Whether a will is to be published. A server that shuts down says nothing of its devices: they are well,
    /// and will be back before anybody could act on it.
    pub(super) fn calls_for_will(self) -> bool {
        match self {
            Self::Goodbye(leave) => leave.with_will,
            Self::Shutdown => false,
            Self::Lost
            | Self::Silent
            | Self::Slow
            | Self::Ousted(_)
            | Self::Unavailable
            | Self::Panicked
            | Self::Refused { .. } => true,
        }
    }
}
