//! An engine over the simulated world, put together by hand, and the events it is given.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use operandi_dsl::{document::Document, expr::Language, program::compile, time::Timestamp};
use operandi_engine::{
    clock::{self, Clock},
    event::{Ingest, NewEvent},
    ids::{EventId, OrgId},
    node::Registry,
    queue::Hints,
    store::{Db, commit::OpenGate, records::Kinds, workflows::Compiler},
    worker::{Engine, Faults, NoContacts, Parts, Settings},
};
use rand::{RngExt, rngs::StdRng};
use serde_json::Value;

use super::{model::catalog, world::World};

/// How often in a hundred the process dies where it may.
const DEATHS: u32 = 6;

pub(super) fn event(org: OrgId, now: Timestamp, kind: &str, data: Value) -> Ingest {
    let id = EventId::from_uuid(clock::new_uuid());
    let event = NewEvent {
        id,
        kind: kind.to_owned(),
        data,
        occurred_at: now,
    };
    let source = "simulation".to_owned();
    Ingest {
        org,
        source,
        dedupe: None,
        records: Vec::new(),
        events: vec![event],
        statuses: Vec::new(),
    }
}

pub(super) async fn engine(
    db: &Db,
    clock: &Clock,
    world: &Arc<World>,
    deaths: &Arc<AtomicBool>,
    fate: &Arc<Mutex<StdRng>>,
) -> Engine {
    let catalog = catalog();
    let compiler = Compiler::new(move |document, _| {
        let document: Document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let inputs = serde_json::Map::new();
        compile(&document, &inputs, &catalog, &Language::untimed())
            .map_err(|error| error.to_string())
    });
    let (deaths, fate) = (Arc::clone(deaths), Arc::clone(fate));
    let faults = Faults::when(move |_, _| {
        deaths.load(Ordering::SeqCst) && fate.lock().unwrap().random_range(0..100) < DEATHS
    });
    Engine::new(Parts {
        db: db.clone(),
        clock: clock.clone(),
        nodes: Registry::new(world.nodes()),
        kinds: Arc::new(Kinds::new([])),
        gate: Arc::new(OpenGate),
        compiler,
        contacts: Arc::new(NoContacts),
        hints: Hints::memory(),
        // Everything goes by hand: an ingest leaves the work to the next round.
        settings: Settings {
            direct: 0,
            ..Settings::default()
        },
        faults,
    })
    .await
    .unwrap()
}
