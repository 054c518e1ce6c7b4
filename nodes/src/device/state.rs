//! How a device does, as people see it, and a sentence why.

use std::time::Duration;

use operandi_dsl::{
    phrase::{Phrase, say},
    time::{Timestamp, format_span},
};
use operandi_engine::store::devices::{Farewell, Status};

/// How many expected intervals a device may keep silent and still be well, as with the gaps of rules.
const SILENT_INTERVALS: u32 = 3;
/// How long a device without a session that speaks on change only counts as there once it was heard.
const HEARD_HOLDS: Duration = Duration::from_secs(30 * 60);
/// How long a device takes to come back that said it would.
const COMES_BACK: Duration = Duration::from_secs(2 * 60);
/// What was heard so much later than the end of the session came another way: the clocks of two doors
/// are not one.
const AFTER_THE_END: Duration = Duration::from_secs(1);

/// How a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Online,
    /// It is there, or was just now, and says less than it should.
    Quiet,
    /// It said that it sleeps, and is not late.
    Sleeping,
    /// It is gone.
    Offline,
    /// Nobody has ever heard of it.
    Never,
}

impl State {
    /// Every one there is.
    pub const ALL: [Self; 5] = [
        Self::Online,
        Self::Quiet,
        Self::Sleeping,
        Self::Offline,
        Self::Never,
    ];

    /// The word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Quiet => "quiet",
            Self::Sleeping => "sleeping",
            Self::Offline => "offline",
            Self::Never => "never",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// How a device does, since when, and why, where that is not plain.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub state: State,
    pub since: Option<Timestamp>,
    pub reason: Option<Phrase>,
}

impl Condition {
    fn new(state: State, since: Option<Timestamp>, reason: Option<Phrase>) -> Self {
        Self {
            state,
            since,
            reason,
        }
    }

    /// How a device does at a moment, by what is known of it and the silence that is expected of it.
    ///
    /// A session is the truth while there is one. Without one, what was heard after its end, or without
    /// any, counts for as long as the expected interval says; else it is the goodbye that tells.
    #[must_use]
    pub fn of(status: Option<&Status>, expected: Option<Duration>, now: Timestamp) -> Self {
        let Some(status) = status else {
            return never();
        };
        let silence = expected.map(|every| every.saturating_mul(SILENT_INTERVALS));
        if status.session.is_some() {
            return connected(status, expected.zip(silence), now);
        }
        let ended = status.session_at;
        let heard = status
            .seen_at
            .filter(|seen| ended.is_none_or(|ended| *seen > ended.after(AFTER_THE_END)));
        match (heard, ended) {
            (Some(heard), _) => without_session(heard, expected.zip(silence), now),
            (None, Some(ended)) => gone(status.farewell, ended, silence, now),
            (None, None) => never(),
        }
    }
}

fn never() -> Condition {
    let reason = say!(
        "todavía no se conectó nunca",
        "it has never connected yet",
        "ainda não se conectou nenhuma vez",
    );
    Condition::new(State::Never, None, Some(Phrase::new(reason)))
}

/// Expected and bearable silence.
type Silence = Option<(Duration, Duration)>;

fn connected(status: &Status, silence: Silence, now: Timestamp) -> Condition {
    let heard = status.seen_at.max(status.session_at);
    match (silence, heard) {
        (Some((every, bearable)), Some(heard)) if now > heard.after(bearable) => {
            let reason = Phrase::new(say!(
                "está conectado, pero no manda mediciones, que se esperan cada {every}",
                "it is connected but sends no readings, which are expected every {every}",
                "está conectado, mas não envia medições, que são esperadas a cada {every}",
            ));
            let reason = reason.with("every", format_span(every));
            Condition::new(State::Quiet, Some(heard), Some(reason))
        }
        (Some(_) | None, _) => Condition::new(State::Online, status.session_at, None),
    }
}

fn without_session(heard: Timestamp, silence: Silence, now: Timestamp) -> Condition {
    let Some((every, bearable)) = silence else {
        if now <= heard.after(HEARD_HOLDS) {
            return Condition::new(State::Online, None, None);
        }
        let reason = say!(
            "habla solo cuando algo cambia, y hace rato que no dice nada",
            "it speaks only when something changes, and has said nothing for a while",
            "só fala quando algo muda, e faz tempo que não diz nada",
        );
        return Condition::new(State::Quiet, Some(heard), Some(Phrase::new(reason)));
    };
    if now <= heard.after(bearable) {
        return Condition::new(State::Online, None, None);
    }
    let reason = Phrase::new(say!(
        "dejó de mandar mediciones, que se esperan cada {every}",
        "it has stopped sending readings, which are expected every {every}",
        "parou de enviar medições, que são esperadas a cada {every}",
    ));
    let reason = reason.with("every", format_span(every));
    Condition::new(State::Offline, Some(heard), Some(reason))
}

fn gone(
    farewell: Option<Farewell>,
    ended: Timestamp,
    silence: Option<Duration>,
    now: Timestamp,
) -> Condition {
    let asleep = silence.is_none_or(|bearable| now <= ended.after(bearable));
    let back_soon = now <= ended.after(COMES_BACK);
    let (state, reason) = match farewell {
        Some(Farewell::Sleep) if asleep => (
            State::Sleeping,
            say!(
                "duerme hasta su próxima medición",
                "it sleeps until its next sample",
                "dorme até a próxima medição",
            ),
        ),
        Some(Farewell::Sleep) => (
            State::Offline,
            say!(
                "se durmió y no despertó a tiempo; revisá la batería",
                "it fell asleep and has not woken in time; check the battery",
                "dormiu e não acordou a tempo; verifique a bateria",
            ),
        ),
        Some(Farewell::Restart) if back_soon => (
            State::Quiet,
            say!(
                "se está reiniciando",
                "it is restarting",
                "está reiniciando"
            ),
        ),
        Some(Farewell::Update) if back_soon => (
            State::Quiet,
            say!(
                "está actualizando su firmware",
                "it is updating its firmware",
                "está atualizando o firmware",
            ),
        ),
        Some(Farewell::Restart) => (
            State::Offline,
            say!(
                "dijo que se reiniciaba y no volvió",
                "it said that it would restart and has not come back",
                "disse que ia reiniciar e não voltou",
            ),
        ),
        Some(Farewell::Update) => (
            State::Offline,
            say!(
                "actualizó su firmware y no volvió",
                "it updated its firmware and has not come back",
                "atualizou o firmware e não voltou",
            ),
        ),
        Some(Farewell::Closed) => (
            State::Offline,
            say!(
                "cerró la conexión",
                "it has closed the connection",
                "encerrou a conexão",
            ),
        ),
        Some(Farewell::Lost) | None => (
            State::Offline,
            say!(
                "se cortó la conexión; revisá la corriente y el Wi-Fi",
                "the connection was cut; check the power and the Wi-Fi",
                "a conexão caiu; verifique a energia e o Wi-Fi",
            ),
        ),
    };
    Condition::new(state, Some(ended), Some(Phrase::new(reason)))
}

#[cfg(test)]
mod tests {
    use operandi_dsl::{Sentence, catalog::Lang};
    use operandi_engine::{clock, ids::DeviceSessionId};

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn ago(seconds: u64) -> Option<Timestamp> {
        Some(NOW.before(Duration::from_secs(seconds)))
    }

    fn open(since: u64, seen: u64) -> Status {
        Status {
            session: Some(DeviceSessionId::from_uuid(clock::new_uuid())),
            session_at: ago(since),
            seen_at: ago(seen),
            ..Status::default()
        }
    }

    fn ended(farewell: Option<Farewell>, ended: u64, seen: u64) -> Status {
        Status {
            session_at: ago(ended),
            farewell,
            seen_at: ago(seen),
            ..Status::default()
        }
    }

    fn heard(seen: Option<u64>) -> Status {
        Status {
            seen_at: seen.and_then(ago),
            ..Status::default()
        }
    }

    #[test]
    fn what_is_known_says_how_a_device_does() {
        use Farewell as F;
        use State as S;
        let minute = Some(60);
        let table = [
            ("nothing is known", None, minute, S::Never, None),
            (
                "only settings are",
                Some(heard(None)),
                minute,
                S::Never,
                None,
            ),
            (
                "heard in time",
                Some(open(900, 180)),
                minute,
                S::Online,
                Some(900),
            ),
            (
                "connected and mute",
                Some(open(900, 181)),
                minute,
                S::Quiet,
                Some(181),
            ),
            (
                "just connected",
                Some(open(5, 999)),
                minute,
                S::Online,
                Some(5),
            ),
            (
                "on change only",
                Some(open(90_000, 80_000)),
                None,
                S::Online,
                Some(90_000),
            ),
            (
                "said goodbye while there",
                Some(Status {
                    farewell: Some(F::Restart),
                    ..open(9, 9)
                }),
                minute,
                S::Online,
                Some(9),
            ),
            (
                "cut off",
                Some(ended(Some(F::Lost), 1, 1)),
                minute,
                S::Offline,
                Some(1),
            ),
            (
                "without a reason",
                Some(ended(None, 1, 1)),
                minute,
                S::Offline,
                Some(1),
            ),
            (
                "closed",
                Some(ended(Some(F::Closed), 1, 1)),
                minute,
                S::Offline,
                Some(1),
            ),
            (
                "asleep",
                Some(ended(Some(F::Sleep), 180, 181)),
                minute,
                S::Sleeping,
                Some(180),
            ),
            (
                "overslept",
                Some(ended(Some(F::Sleep), 181, 181)),
                minute,
                S::Offline,
                Some(181),
            ),
            (
                "asleep until something happens",
                Some(ended(Some(F::Sleep), 90_000, 90_000)),
                None,
                S::Sleeping,
                Some(90_000),
            ),
            (
                "restarting",
                Some(ended(Some(F::Restart), 120, 120)),
                minute,
                S::Quiet,
                Some(120),
            ),
            (
                "not come back",
                Some(ended(Some(F::Restart), 121, 121)),
                minute,
                S::Offline,
                Some(121),
            ),
            (
                "updating",
                Some(ended(Some(F::Update), 30, 30)),
                minute,
                S::Quiet,
                Some(30),
            ),
            (
                "lost in the update",
                Some(ended(Some(F::Update), 500, 500)),
                minute,
                S::Offline,
                Some(500),
            ),
            (
                "heard after the end",
                Some(ended(Some(F::Lost), 900, 10)),
                minute,
                S::Online,
                None,
            ),
            (
                "heard with the end",
                Some(ended(Some(F::Lost), 10, 9)),
                minute,
                S::Offline,
                Some(10),
            ),
            (
                "by HTTP, in time",
                Some(heard(Some(180))),
                minute,
                S::Online,
                None,
            ),
            (
                "by HTTP, late",
                Some(heard(Some(181))),
                minute,
                S::Offline,
                Some(181),
            ),
            (
                "by HTTP, on change",
                Some(heard(Some(1_800))),
                None,
                S::Online,
                None,
            ),
            (
                "by HTTP, on change, long ago",
                Some(heard(Some(1_801))),
                None,
                S::Quiet,
                Some(1_801),
            ),
        ];
        for (what, status, every, state, since) in table {
            let every = every.map(Duration::from_secs);
            let condition = Condition::of(status.as_ref(), every, NOW);
            assert_eq!(condition.state, state, "{what}");
            assert_eq!(condition.since, since.and_then(ago), "{what}");
            assert_eq!(condition.reason.is_none(), state == State::Online, "{what}");
            if let Some(reason) = condition.reason {
                let reason = Sentence::from(reason);
                for lang in [Lang::Es, Lang::En, Lang::Pt] {
                    assert!(!reason.get(lang).contains('{'), "{what}: {reason}");
                }
            }
        }
    }

    #[test]
    fn words_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
        assert_eq!(State::parse("asleep"), None);
    }
}
