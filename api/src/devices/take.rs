//! What is done with what a device said, whichever door it came by.

use operandi_engine::{
    ids::{CommandId, OrgId, RecordId},
    store::{
        StoreError,
        devices::{self, CommandState, Died, Farewell, Move, Reported},
        readings::Said,
    },
};
use operandi_protocol as protocol;
use serde_json::{Map, Value};

use super::{Hall, Heard};

/// Keeps it; done once it is kept.
///
/// # Errors
/// When it is not: the device must say it again.
pub(super) async fn take(
    hall: &Hall,
    (org, device): (OrgId, RecordId),
    heard: Heard,
) -> Result<(), StoreError> {
    let received = hall.clock.now();
    match heard {
        Heard::Log(what) => {
            let said = Said {
                org,
                device,
                received,
                what,
            };
            hall.intake.hand_in(said).await
        }
        Heard::Death(death) => {
            let died = Died {
                org,
                device,
                at: received,
                boot: i64::try_from(death.boot.get()).unwrap_or(i64::MAX),
                why: farewell(death.why),
            };
            let mut tx = hall.db.begin_write().await?;
            devices::died(&mut tx, &[died]).await?;
            tx.commit().await
        }
        Heard::Reported(state) => {
            let reported = Reported {
                org,
                device,
                revision: state.revision.into(),
                settings: settings(&state),
            };
            let mut tx = hall.db.begin_write().await?;
            devices::reported(&mut tx, &[reported]).await?;
            tx.commit().await
        }
        Heard::Confirm(confirmation) => {
            let Some(step) = moved(org, device, &confirmation) else {
                return Ok(());
            };
            let mut tx = hall.db.begin_write().await?;
            devices::move_commands(&mut tx, received, &[step]).await?;
            tx.commit().await
        }
    }
}

fn farewell(why: protocol::Farewell) -> Farewell {
    match why {
        protocol::Farewell::Lost => Farewell::Lost,
        protocol::Farewell::Restart => Farewell::Restart,
        protocol::Farewell::Update => Farewell::Update,
        protocol::Farewell::Sleep => Farewell::Sleep,
    }
}

fn settings(state: &protocol::State) -> Map<String, Value> {
    let settings = state.settings.iter().map(|(name, setting)| {
        let value = match setting {
            protocol::Setting::Switch(on) => (*on).into(),
            protocol::Setting::Number(number) => number.get().into(),
            protocol::Setting::Text(text) => text.clone().into(),
        };
        (name.as_str().to_owned(), value)
    });
    settings.collect()
}

/// Where a confirmation moves its command; `None` for one that we never gave.
fn moved(org: OrgId, device: RecordId, said: &protocol::Confirmation) -> Option<Move> {
    let id: CommandId = said.id.as_str().parse().ok()?;
    let (state, code) = match said.outcome {
        protocol::Outcome::Accepted => (CommandState::Accepted, None),
        protocol::Outcome::Done => (CommandState::Done, None),
        protocol::Outcome::Expired => (CommandState::Expired, None),
        protocol::Outcome::Refused(code) => (CommandState::Refused, Some(code.word().to_owned())),
    };
    Some(Move {
        org,
        device,
        id,
        state,
        code,
    })
}
