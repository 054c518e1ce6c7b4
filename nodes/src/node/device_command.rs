//! Tells an actuator what to do, and waits until its device says what became of it.

use std::{sync::Arc, time::Duration};

use operandi_dsl::{
    Sentence,
    catalog::Promise,
    phrase::{Phrase, say},
};
use operandi_engine::{
    ids::{CommandId, IntentId},
    node::{Call, Failure},
    store::devices::{CommandState, NewCommand},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Card, Deed, Done, Scalar, Span};
use crate::{
    device::{Fault, Order, Problem, Wish, failure},
    services::{Services, UNKNOWN_DEVICE},
    words::{help, titles, words},
};

/// The reasons a command may be refused for.
mod reason {
    pub(super) const UNKNOWN_ACTUATOR: &str = "unknown_actuator";
    pub(super) const EXPIRED: &str = "expired";
    pub(super) const REFUSED: &str = "refused";
    pub(super) const UNCONFIRMED: &str = "unconfirmed";
}

/// How long the device's word is waited for when nobody says; within what a try of a step may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for it.
const TIMEOUT_MAX: Duration = Duration::from_secs(10 * 60);
/// The pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The device, by its id or its serial number.
    #[schemars(extend(
        "x-widget" = "record", "x-record" = "device",
        "x-titles" = titles("Dispositivo", "Device", "Dispositivo"),
        "x-help" = help("El dispositivo, por su id o su número de serie.", "O dispositivo, por seu id ou número de série."),
    ))]
    pub device: Scalar,
    /// Which of its actuators, by the name in its profile.
    #[schemars(extend(
        "x-titles" = titles("Actuador", "Actuator", "Atuador"),
        "x-help" = help("Cuál de sus actuadores, por el nombre de su perfil.", "Qual dos atuadores, pelo nome no perfil."),
    ))]
    pub actuator: String,
    /// How it is to stand, in percent; a relay knows 0 and 100.
    #[schemars(range(min = 0, max = 100), extend(
        "x-titles" = titles("Nivel (%)", "Level (%)", "Nível (%)"),
        "x-help" = help("Cómo debe quedar, en porcentaje; un relé solo conoce 0 y 100.", "Como deve ficar, em porcentagem; um relé só conhece 0 e 100."),
    ))]
    pub level: f64,
    /// When it goes back to its safe level by itself; as late as its profile allows when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Tiempo máximo", "Longest time", "Tempo máximo"),
        "x-help" = help("Cuándo vuelve sola a su posición segura; lo más tarde que permita su perfil si falta.", "Quando volta sozinho à posição segura; o mais tarde que o perfil permitir se faltar."),
    ))]
    pub max_on: Option<Span>,
    /// How long the device may still begin it; a minute when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Vence en", "Expires in", "Vence em"),
        "x-help" = help("Hasta cuándo el dispositivo puede empezar; un minuto si falta.", "Até quando o dispositivo pode começar; um minuto se faltar."),
    ))]
    pub expires_in: Option<Span>,
    /// Waits until the device says what became of it.
    #[serde(default = "yes")]
    #[schemars(extend(
        "x-titles" = titles("Esperar la confirmación", "Wait for the confirmation", "Esperar a confirmação"),
        "x-help" = help("Espera a que el dispositivo diga qué pasó.", "Espera o dispositivo dizer o que aconteceu."),
    ))]
    pub wait: bool,
    /// How long it waits, at most 10 minutes; 20 seconds when absent. What nobody has sent by then is taken back.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Tiempo de espera", "Timeout", "Tempo de espera"),
        "x-help" = help("Cuánto espera, como mucho 10 minutos; 20 segundos si falta. Lo que nadie envió hasta entonces se retira.", "Quanto espera, no máximo 10 minutos; 20 segundos se faltar. O que ninguém enviou até lá é retirado."),
    ))]
    pub timeout: Option<Span>,
}

fn yes() -> bool {
    true
}

/// What became of a command.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Commanded {
    /// The command's id.
    command: String,
    /// How far it has come: `done`, or `pending` when it was not waited for.
    state: &'static str,
    /// The device's word for a refusal.
    code: Option<String>,
}

/// Tells an actuator what to do.
pub(crate) struct DeviceCommand(Arc<Services>);

impl Deed for DeviceCommand {
    type Params = Params;
    type Output = Commanded;

    const CARD: Card = Card {
        kind: "device.command",
        title: words(
            "Accionar un dispositivo",
            "Command a device",
            "Acionar um dispositivo",
        ),
        summary: words(
            "Le dice a un actuador cómo quedar y espera a que su dispositivo lo confirme. Nunca queda así más de lo que permite su perfil.",
            "Tells an actuator how to stand and waits for its device to confirm. It never stays so for longer than its profile allows.",
            "Diz a um atuador como ficar e espera o dispositivo confirmar. Nunca fica assim por mais tempo do que o perfil permite.",
        ),
        channel: None,
        promise: Promise::Keyed,
        refusals: &[
            UNKNOWN_DEVICE,
            reason::UNKNOWN_ACTUATOR,
            reason::EXPIRED,
            reason::REFUSED,
            reason::UNCONFIRMED,
        ],
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Commanded>, Failure> {
        let timeout = params.timeout.map_or(TIMEOUT, |span| span.0);
        if timeout > TIMEOUT_MAX {
            return Err(Failure::Params {
                detail: say!(
                    "`timeout` pasa de 10 minutos",
                    "`timeout` is longer than 10 minutes",
                    "`timeout` passa de 10 minutos",
                )
                .into(),
            });
        }
        let new = self.order(call, &params).await?;
        let id = new.id;
        self.0.command(call.org, new).await?;
        if !params.wait {
            return Ok(Done::with(Commanded {
                command: id.to_string(),
                state: CommandState::Pending.as_str(),
                code: None,
            }));
        }
        let deadline = self.0.clock.now().after(timeout);
        loop {
            let (state, code) = self.progress(call, id).await?;
            if !state.is_open() {
                return settled(id, state, code);
            }
            if self.0.clock.now() >= deadline {
                return self.give_up(call, id).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl DeviceCommand {
    /// The command that the parameters ask for.
    async fn order(&self, call: &Call, params: &Params) -> Result<NewCommand, Failure> {
        let device = self.0.device(call.org, &params.device.0).await?;
        let wish = Wish {
            actuator: &params.actuator,
            level: params.level,
            max_on: params.max_on.map(seconds),
            expires_in: params.expires_in.map(seconds),
        };
        let order = Order::of(wish, &device.actuators).map_err(wrong)?;
        let now = self.0.clock.now();
        Ok(NewCommand {
            id: command_id(&call.intent),
            device: device.id,
            actuator: order.actuator,
            level: order.level.into(),
            safe: order.safe.into(),
            max_on: order.max_on.into(),
            expires_at: now.after(Duration::from_secs(order.expires_in.into())),
            by: format!("run:{}", call.run),
        })
    }

    async fn progress(
        &self,
        call: &Call,
        id: CommandId,
    ) -> Result<(CommandState, Option<String>), Failure> {
        // One whose device was deleted meanwhile has nobody who could confirm it.
        let progress = self.0.progress(call.org, id).await?;
        Ok(progress.unwrap_or((CommandState::Unconfirmed, None)))
    }

    /// Nobody has said in time what became of it: what was not even sent is not to happen later.
    async fn give_up(&self, call: &Call, id: CommandId) -> Result<Done<Commanded>, Failure> {
        if self.0.withdraw(call.org, id).await? {
            return settled(id, CommandState::Expired, None);
        }
        let (state, code) = self.progress(call, id).await?;
        if state.is_open() {
            return settled(id, CommandState::Unconfirmed, None);
        }
        settled(id, state, code)
    }
}

/// What a command came to.
fn settled(
    id: CommandId,
    state: CommandState,
    code: Option<String>,
) -> Result<Done<Commanded>, Failure> {
    let reason = match state {
        CommandState::Expired => reason::EXPIRED,
        CommandState::Refused => reason::REFUSED,
        CommandState::Unconfirmed => reason::UNCONFIRMED,
        CommandState::Pending
        | CommandState::Sent
        | CommandState::Accepted
        | CommandState::Done => {
            return Ok(Done::with(Commanded {
                command: id.to_string(),
                state: state.as_str(),
                code,
            }));
        }
    };
    let detail = failure(state, code.as_deref())
        .map_or_else(|| Sentence::from(state.as_str().to_owned()), Sentence::from);
    Err(Failure::Refused { reason, detail })
}

/// What is wrong with a wish, as one failure.
fn wrong(faults: Vec<Fault>) -> Failure {
    let unknown = faults
        .iter()
        .any(|fault| matches!(fault.problem, Problem::Unknown { .. }));
    let mut sentences = faults.into_iter().map(|fault| {
        Phrase::new(say!(
            "`{path}` {what}: {hint}",
            "`{path}` {what}: {hint}",
            "`{path}` {what}: {hint}",
        ))
        .with("path", fault.path)
        .with_sentence("what", fault.problem.message().into())
        .with_sentence("hint", fault.problem.hint().into())
    });
    let first = sentences.next().map(Sentence::from);
    let first = first.unwrap_or_else(|| Sentence::from(String::new()));
    let detail = sentences.fold(first, |before, next| {
        Phrase::new(say!(
            "{before}; {next}",
            "{before}; {next}",
            "{before}; {next}"
        ))
        .with_sentence("before", before)
        .with_sentence("next", next.into())
        .into()
    });
    if unknown {
        Failure::Refused {
            reason: reason::UNKNOWN_ACTUATOR,
            detail,
        }
    } else {
        Failure::Params { detail }
    }
}

/// Whole seconds, a begun one counting.
fn seconds(span: Span) -> u32 {
    let Span(span) = span;
    let whole = span.as_secs() + u64::from(span.subsec_nanos() > 0);
    u32::try_from(whole).unwrap_or(u32::MAX)
}

/// The command of an effect: the same for the same effect, so that a repetition is the same command to the
/// store and to the device.
fn command_id(intent: &IntentId) -> CommandId {
    let digest = Sha256::digest(intent.as_str().as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    CommandId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use operandi_dsl::{catalog::Lang, time::Timestamp};
    use operandi_engine::{
        clock::{self, Clock},
        ids::RecordId,
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        node::tests::call,
        services::{StoredDevice, memory::Memory},
    };

    /// What is seen of a command at one look.
    type Look = (CommandState, Option<&'static str>);

    /// A shop with a valve whose device answers in this way, look by look.
    fn shop(answers: &[Look]) -> Arc<Memory> {
        let memory = Memory {
            clock: Clock::manual(Timestamp(1_800_000_000_000)),
            ..Memory::default()
        };
        let device = StoredDevice {
            id: RecordId::from_uuid(clock::new_uuid()),
            document: json!({
                "name": "Riego", "serial": "C3-1",
                "profile": { "actuators": [{ "name": "valve", "safe": 0, "max_on": 3600 }] },
            }),
            actuators: None,
            metrics: Vec::new(),
        };
        memory.devices.lock().expect("a lock").push(device);
        let answers = answers
            .iter()
            .map(|(state, code)| (*state, code.map(str::to_owned)));
        memory.answers.lock().expect("a lock").extend(answers);
        Arc::new(memory)
    }

    async fn give(memory: &Arc<Memory>, fields: Value) -> Result<Commanded, Failure> {
        let mut params = json!({ "device": "c3-1", "actuator": "valve", "level": 100 });
        let all = params.as_object_mut().expect("an object");
        all.extend(fields.as_object().expect("an object").clone());
        let params = serde_json::from_value(params).expect("params");
        let node = DeviceCommand(Memory::share(memory));
        node.perform(&call(), params).await.map(|done| done.output)
    }

    /// The reason of a refusal; nothing for what was done.
    fn refusal(result: &Result<Commanded, Failure>) -> Option<&'static str> {
        match result {
            Ok(_) => None,
            Err(Failure::Refused { reason, detail }) => {
                for lang in [Lang::Es, Lang::En, Lang::Pt] {
                    assert!(!detail.get(lang).contains('{'), "{detail}");
                }
                Some(reason)
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_waits_for_the_devices_word() {
        use CommandState as S;
        let table: &[(&[Look], Option<&str>)] = &[
            (&[(S::Done, None)], None),
            (
                &[
                    (S::Pending, None),
                    (S::Sent, None),
                    (S::Accepted, None),
                    (S::Done, None),
                ],
                None,
            ),
            (
                &[(S::Sent, None), (S::Refused, Some("clock_unknown"))],
                Some("refused"),
            ),
            (&[(S::Sent, None), (S::Expired, None)], Some("expired")),
            (&[(S::Sent, None)], Some("unconfirmed")),
            (&[(S::Accepted, None)], Some("unconfirmed")),
            (&[(S::Pending, None)], Some("expired")),
        ];
        for (answers, want) in table {
            let memory = shop(answers);
            let result = give(&memory, json!({ "timeout": "5s" })).await;
            assert_eq!(refusal(&result), *want, "{answers:?}");
            let pending = *answers == [(S::Pending, None)];
            assert_eq!(
                memory.withdrawn.lock().expect("a lock").len(),
                usize::from(pending)
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_asks_for_what_the_parameters_say() {
        let memory = shop(&[]);
        let fields = json!({ "wait": false, "max_on": "15m", "expires_in": "1500ms" });
        let given = give(&memory, fields).await.expect("given");
        assert_eq!((given.state, given.code), ("pending", None));
        let commands = memory.commands.lock().expect("a lock").clone();
        assert_eq!(commands.len(), 1);
        let command = &commands[0];
        assert_eq!(command.id.to_string(), given.command);
        assert_eq!((command.level, command.safe, command.max_on), (100, 0, 900));
        assert_eq!(command.expires_at, Timestamp(1_800_000_002_000));
        assert!(command.by.starts_with("run:"), "{}", command.by);
    }

    #[tokio::test]
    async fn what_cannot_be_told_is_refused_before_anything_happens() {
        let memory = shop(&[]);
        for (fields, reason) in [
            (json!({ "device": "another" }), Some("unknown_device")),
            (json!({ "actuator": "pump" }), Some("unknown_actuator")),
            (json!({ "max_on": "2h" }), None),
            (json!({ "level": 50.5, "max_on": "0s" }), None),
            (json!({ "timeout": "11m" }), None),
        ] {
            let result = give(&memory, fields.clone()).await;
            match reason {
                Some(reason) => assert_eq!(refusal(&result), Some(reason), "{fields}"),
                None => assert!(
                    matches!(result, Err(Failure::Params { .. })),
                    "{fields}: {result:?}"
                ),
            }
        }
        assert_eq!(memory.commands.lock().expect("a lock").len(), 0);
    }

    #[test]
    fn an_effect_has_one_command_that_devices_can_name() {
        let (one, other) = (call().intent, call().intent);
        assert_eq!(command_id(&one), command_id(&one));
        assert_ne!(command_id(&one), command_id(&other));
        let id = command_id(&one).to_string();
        assert!(operandi_protocol::CommandId::new(&id).is_ok(), "{id}");
    }
}
