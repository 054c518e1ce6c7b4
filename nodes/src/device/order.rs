//! What an actuator may be told: a command that its device can obey, or everything that is wrong with it.

use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::store::devices::CommandState;
use operandi_protocol::limits::ON_SECS_MAX;
use serde_json::Value;

use super::fault::{Fault, Problem};
use crate::domain::device::{Actuator, Profile};

/// After how many seconds a command is not begun any more when nobody says.
pub const EXPIRES_SECS: u32 = 60;
/// The longest time in which a command may still be begun, in seconds.
const EXPIRES_SECS_MAX: u32 = 86_400;

/// What somebody wants of an actuator.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub actuator: &'a str,
    /// In percent.
    pub level: f64,
    /// Seconds; as long as the actuator may, when absent.
    pub max_on: Option<u32>,
    /// Seconds; [`EXPIRES_SECS`] when absent.
    pub expires_in: Option<u32>,
}

/// A command that its device can obey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub actuator: String,
    pub level: u8,
    pub safe: u8,
    pub max_on: u32,
    pub expires_in: u32,
}

/// The actuators of a device: those of its profile, and those that it says it has. Where both speak, the
/// device knows its safe state, and the shorter time holds.
#[must_use]
pub fn actuators(profile: Option<&Profile>, born: Option<&Value>) -> Vec<Actuator> {
    let mut known = profile.map_or_else(Vec::new, |profile| profile.actuators.clone());
    let born: Vec<Actuator> = born
        .and_then(|born| serde_json::from_value(born.clone()).ok())
        .unwrap_or_default();
    for own in born {
        match known.iter_mut().find(|known| known.name == own.name) {
            Some(known) => {
                known.safe = own.safe;
                known.max_on = known.max_on.min(own.max_on);
            }
            None => known.push(own),
        }
    }
    known
}

impl Order {
    /// Makes an order of a wish.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn of(wish: Wish<'_>, actuators: &[Actuator]) -> Result<Self, Vec<Fault>> {
        let Some(actuator) = actuators.iter().find(|one| one.name == wish.actuator) else {
            let known = actuators.iter().map(|one| one.name.clone()).collect();
            return Err(vec![Fault::new("actuator", Problem::Unknown { known })]);
        };
        let mut faults = Vec::new();
        let max_on = wish.max_on.unwrap_or(actuator.max_on);
        let expires_in = wish.expires_in.unwrap_or(EXPIRES_SECS);
        let longest = actuator.max_on.min(ON_SECS_MAX);
        let bounds = [
            ("max_on", max_on, longest),
            ("expires_in", expires_in, EXPIRES_SECS_MAX),
        ];
        for (path, seconds, most) in bounds {
            if seconds == 0 || seconds > most {
                let (min, max) = (1.0, f64::from(most));
                faults.push(Fault::new(path, Problem::Range { min, max }));
            }
        }
        let level = percent(wish.level);
        if level.is_none() {
            let (min, max) = (0.0, 100.0);
            faults.push(Fault::new("level", Problem::Range { min, max }));
        }
        match (level, u8::try_from(actuator.safe)) {
            (Some(level), Ok(safe)) if faults.is_empty() => Ok(Self {
                actuator: actuator.name.clone(),
                level,
                safe,
                max_on,
                expires_in,
            }),
            (Some(_) | None, Ok(_) | Err(_)) => Err(faults),
        }
    }
}

/// A whole percentage.
fn percent(level: f64) -> Option<u8> {
    // Exact: it is whole and at most 100.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    ((0.0..=100.0).contains(&level) && level.fract() == 0.0).then_some(level as u8)
}

/// Why a command did not come to what was wanted; `None` while it may, and when it did.
#[must_use]
pub fn failure(state: CommandState, code: Option<&str>) -> Option<Phrase> {
    let words = match state {
        CommandState::Pending
        | CommandState::Sent
        | CommandState::Accepted
        | CommandState::Done => return None,
        CommandState::Expired => say!(
            "no llegó a tiempo al dispositivo; no se movió nada",
            "it did not reach the device in time; nothing was switched",
            "não chegou a tempo ao dispositivo; nada foi acionado",
        ),
        CommandState::Unconfirmed => say!(
            "el dispositivo no confirmó; no se sabe si lo hizo",
            "the device has not confirmed; nobody knows whether it was done",
            "o dispositivo não confirmou; não se sabe se foi feito",
        ),
        CommandState::Refused => refusal(code.unwrap_or_default()),
    };
    Some(Phrase::new(words))
}

/// What a device's word for a refusal means.
fn refusal(code: &str) -> operandi_dsl::catalog::Words {
    match code {
        "unknown_actuator" => say!(
            "el dispositivo no tiene ese actuador; corregí su perfil",
            "the device has no such actuator; correct its profile",
            "o dispositivo não tem esse atuador; corrija o perfil",
        ),
        "level" => say!(
            "el actuador no puede quedar así; un relé solo conoce 0 y 100",
            "the actuator cannot stand so; a relay knows 0 and 100 only",
            "o atuador não pode ficar assim; um relé só conhece 0 e 100",
        ),
        "safe_state" => say!(
            "la posición segura del perfil no es la del dispositivo; corregila",
            "the profile's safe level is not the device's; correct it",
            "a posição segura do perfil não é a do dispositivo; corrija-a",
        ),
        "clock_unknown" => say!(
            "el dispositivo todavía no sabe la hora; probá de nuevo en un minuto",
            "the device does not know the time yet; try again in a minute",
            "o dispositivo ainda não sabe a hora; tente de novo em um minuto",
        ),
        "retained" => say!(
            "un intermediario había guardado la orden y puede ser vieja; dala de nuevo",
            "a broker had kept the command and it may be old; give it again",
            "um intermediário guardou o comando e ele pode ser velho; envie-o de novo",
        ),
        "fault" => say!(
            "la salida no obedeció; revisá el actuador y su cableado",
            "the output did not obey; check the actuator and its wiring",
            "a saída não obedeceu; verifique o atuador e a fiação",
        ),
        "overtaken" => say!(
            "otra orden, o la vuelta a la posición segura, llegó antes",
            "another command, or the way back to the safe level, came first",
            "outro comando, ou a volta à posição segura, chegou antes",
        ),
        _ => say!(
            "el dispositivo se negó sin decir por qué",
            "the device refused without saying why",
            "o dispositivo recusou sem dizer por quê",
        ),
    }
}

#[cfg(test)]
mod tests {
    use operandi_protocol::Refusal;
    use serde_json::json;

    use super::*;

    fn valve() -> Vec<Actuator> {
        vec![Actuator {
            name: "valve".to_owned(),
            title: None,
            safe: 0,
            max_on: 3600,
        }]
    }

    const WISH: Wish<'_> = Wish {
        actuator: "valve",
        level: 100.0,
        max_on: Some(900),
        expires_in: None,
    };

    #[test]
    fn a_wish_within_bounds_is_an_order() {
        let order = Order::of(WISH, &valve()).expect("an order");
        assert_eq!(
            (order.level, order.safe, order.max_on, order.expires_in),
            (100, 0, 900, 60)
        );
        let longest = Order::of(
            Wish {
                max_on: None,
                ..WISH
            },
            &valve(),
        )
        .expect("an order");
        assert_eq!(longest.max_on, 3600);
    }

    #[test]
    fn everything_that_is_wrong_is_said() {
        let paths = |wish| -> Vec<String> {
            let faults = Order::of(wish, &valve()).expect_err("no order");
            faults.into_iter().map(|fault| fault.path).collect()
        };
        let table = [
            (
                Wish {
                    actuator: "pump",
                    ..WISH
                },
                vec!["actuator"],
            ),
            (
                Wish {
                    level: 100.5,
                    ..WISH
                },
                vec!["level"],
            ),
            (
                Wish {
                    level: -1.0,
                    ..WISH
                },
                vec!["level"],
            ),
            (
                Wish {
                    level: f64::NAN,
                    ..WISH
                },
                vec!["level"],
            ),
            (
                Wish {
                    max_on: Some(3601),
                    ..WISH
                },
                vec!["max_on"],
            ),
            (
                Wish {
                    max_on: Some(0),
                    expires_in: Some(86_401),
                    level: 101.0,
                    ..WISH
                },
                vec!["max_on", "expires_in", "level"],
            ),
        ];
        for (wish, want) in table {
            assert_eq!(paths(wish), want, "{wish:?}");
        }
    }

    #[test]
    fn what_a_device_says_of_its_actuators_goes_before_its_profile() {
        let profile = Profile {
            actuators: valve(),
            ..Profile::default()
        };
        let born = json!([
            { "name": "valve", "safe": 100, "max_on": 600 },
            { "name": "pump", "safe": 0, "max_on": 60 },
        ]);
        let known: Vec<_> = actuators(Some(&profile), Some(&born))
            .into_iter()
            .map(|one| (one.name, one.safe, one.max_on))
            .collect();
        let want = [("valve".to_owned(), 100, 600), ("pump".to_owned(), 0, 60)];
        assert_eq!(known, want);
        assert_eq!(actuators(Some(&profile), None), valve());
        assert_eq!(actuators(None, Some(&json!("nonsense"))), []);
    }

    #[test]
    fn each_refusal_of_the_protocol_has_its_sentence() {
        let unknown = refusal("no such word");
        let refusals = [
            Refusal::UnknownActuator,
            Refusal::Level,
            Refusal::SafeState,
            Refusal::ClockUnknown,
            Refusal::Retained,
            Refusal::Fault,
            Refusal::Overtaken,
        ];
        for code in refusals {
            let word = serde_json::to_value(code).expect("a word");
            let said = refusal(word.as_str().expect("a word"));
            assert_ne!(said.en, unknown.en, "{word}");
        }
        for state in CommandState::ALL {
            let failed = failure(state, None).is_some();
            let done = state == CommandState::Done;
            assert_eq!(
                failed,
                !state.is_open() && !done || state == CommandState::Unconfirmed,
                "{state:?}"
            );
        }
    }
}
