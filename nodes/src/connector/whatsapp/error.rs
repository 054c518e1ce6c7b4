//! What Meta's error codes mean for us, as data.

use operandi_dsl::phrase::{Phrase, say};
use std::time::Duration;

use operandi_engine::node::Failure;

/// The code that says the person wants no marketing from us.
pub(super) const OPTED_OUT: i64 = 131_050;

/// The reasons a message may be refused for; a fallback may serve some.
pub(crate) mod reason {
    pub(crate) const WINDOW_CLOSED: &str = "window_closed";
    pub(crate) const UNDELIVERABLE: &str = "undeliverable";
    pub(crate) const OPTED_OUT: &str = "opted_out";
    pub(crate) const MARKETING_CAP: &str = "marketing_cap";
    pub(crate) const EXPERIMENT: &str = "experiment";
    pub(crate) const NUMBER_RESTRICTED: &str = "number_restricted";
    pub(crate) const TEMPLATE_UNAVAILABLE: &str = "template_unavailable";
    pub(crate) const POLICY: &str = "policy";
    pub(crate) const PHONE_NEEDED: &str = "phone_needed";
    pub(crate) const NO_ADDRESS: &str = "no_address";
    pub(crate) const MEDIA: &str = "media";
    pub(crate) const REJECTED: &str = "rejected";
}

/// All of [`reason`].
pub(crate) const REFUSALS: &[&str] = &[
    reason::WINDOW_CLOSED,
    reason::UNDELIVERABLE,
    reason::OPTED_OUT,
    reason::MARKETING_CAP,
    reason::EXPERIMENT,
    reason::NUMBER_RESTRICTED,
    reason::TEMPLATE_UNAVAILABLE,
    reason::POLICY,
    reason::PHONE_NEEDED,
    reason::NO_ADDRESS,
    reason::MEDIA,
    reason::REJECTED,
];

/// What is done about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Again after this many seconds.
    Retry { after_secs: u64 },
    /// Again after 4, 16, 64 ... seconds: the limit of messages to one person.
    PairWait,
    /// Not at all, for this reason.
    Refuse(&'static str),
    /// Not before a person renewed the connection.
    Reconnect,
    /// Not with these parameters.
    Params,
}

use Reaction::{PairWait, Params, Reconnect, Refuse, Retry};

/// The longest wait for the limit of messages to one person, as a power of four seconds.
const PAIR_POWER_MAX: u32 = 6;

/// First and last code, and what is done.
const REACTIONS: &[(i64, i64, Reaction)] = &[
    (0, 0, Reconnect),
    (1, 2, Retry { after_secs: 10 }),
    (3, 3, Reconnect),
    (4, 4, Retry { after_secs: 300 }),
    (10, 10, Reconnect),
    (100, 100, Params),
    (190, 190, Reconnect),
    (200, 299, Reconnect),
    (368, 368, Reconnect),
    (80_007, 80_007, Retry { after_secs: 300 }),
    (130_429, 130_429, Retry { after_secs: 5 }),
    (130_472, 130_472, Refuse(reason::EXPERIMENT)),
    (130_497, 130_497, Reconnect),
    (131_000, 131_000, Retry { after_secs: 10 }),
    (131_008, 131_009, Params),
    (131_016, 131_016, Retry { after_secs: 30 }),
    (131_021, 131_021, Params),
    (131_026, 131_026, Refuse(reason::UNDELIVERABLE)),
    (131_030, 131_030, Refuse(reason::UNDELIVERABLE)),
    (131_031, 131_031, Reconnect),
    (131_037, 131_037, Reconnect),
    (131_042, 131_042, Reconnect),
    (131_045, 131_045, Reconnect),
    (131_047, 131_047, Refuse(reason::WINDOW_CLOSED)),
    (131_048, 131_048, Refuse(reason::NUMBER_RESTRICTED)),
    (131_049, 131_049, Refuse(reason::MARKETING_CAP)),
    (131_050, 131_050, Refuse(reason::OPTED_OUT)),
    (131_051, 131_051, Params),
    (131_052, 131_053, Refuse(reason::MEDIA)),
    (131_056, 131_056, PairWait),
    (131_057, 131_057, Retry { after_secs: 120 }),
    (131_062, 131_062, Refuse(reason::PHONE_NEEDED)),
    (131_063, 131_063, Refuse(reason::NUMBER_RESTRICTED)),
    (131_064, 131_064, Refuse(reason::NUMBER_RESTRICTED)),
    (132_000, 132_000, Params),
    (132_001, 132_001, Refuse(reason::TEMPLATE_UNAVAILABLE)),
    (132_005, 132_005, Params),
    (132_007, 132_007, Refuse(reason::POLICY)),
    (132_008, 132_008, Params),
    (132_012, 132_012, Params),
    (132_015, 132_016, Refuse(reason::TEMPLATE_UNAVAILABLE)),
    (132_068, 132_068, Refuse(reason::TEMPLATE_UNAVAILABLE)),
    (132_069, 132_069, Retry { after_secs: 60 }),
    (133_016, 133_016, Retry { after_secs: 300 }),
    (135_000, 135_000, Retry { after_secs: 10 }),
];

/// What is done about a code; `None` for one we do not know.
pub(super) fn reaction(code: i64) -> Option<Reaction> {
    REACTIONS
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&code))
        .map(|(_, _, reaction)| *reaction)
}

/// A code as the failure of a send.
pub(super) fn failure(code: i64, status: u16, detail: &str, attempt: u32) -> Failure {
    let detail = Phrase::new(say!(
        "error {code} de WhatsApp: {detail}",
        "WhatsApp error {code}: {detail}",
        "erro {code} do WhatsApp: {detail}",
    ))
    .with("code", code)
    .with("detail", detail)
    .into();
    match reaction(code) {
        Some(Retry { after_secs }) => Failure::Retry {
            after: Some(Duration::from_secs(after_secs)),
            detail,
        },
        Some(PairWait) => {
            let power = attempt.clamp(1, PAIR_POWER_MAX);
            Failure::Retry {
                after: Some(Duration::from_secs(4_u64.pow(power))),
                detail,
            }
        }
        Some(Refuse(reason)) => Failure::Refused { reason, detail },
        Some(Reconnect) => Failure::Reconnect { detail },
        Some(Params) => Failure::Params { detail },
        None if status == 401 => Failure::Reconnect { detail },
        None if status == 429 || status >= 500 => Failure::Retry {
            after: None,
            detail,
        },
        None => Failure::Refused {
            reason: reason::REJECTED,
            detail,
        },
    }
}
