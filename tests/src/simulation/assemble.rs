//! An engine over the simulated world, put together by hand, and the events it is given.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use operandi_dsl::{catalog::Promise, document::Document, expr::Language, program::compile};
use operandi_engine::{
    clock::{self, Clock},
    event::{Ingest, NewEvent},
    ids::{EventId, OrgId},
    node::Registry,
    queue::Hints,
    store::{Db, commit::OpenGate, records::Kinds, workflows::Compiler},
    watch::NoProfiles,
    worker::{Engine, Faults, NoContacts, Parts, Settings},
};
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{
    family::Stored,
    generate::SIGNALS,
    judge,
    model::catalog,
    summary::Summary,
    world::{Meanwhile, World},
};

/// How often in a hundred the process dies where it may.
const DEATHS: u32 = 6;
/// How often in a hundred an event comes while an effect is performed.
const MEANWHILES: u32 = 15;

/// What chance decides about processes and about what happens while they work.
pub(super) type Fate = Arc<Mutex<StdRng>>;

/// The events that were accepted, and how they came.
#[derive(Default)]
pub(super) struct Tidings(Mutex<Vec<(Stored, Came)>>);

/// When an event came, as far as whoever sent it knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// At any time.
    Somewhen,
    /// While an effect was performed that its run had committed.
    WhileActing,
    /// After a look had read its run, and before it committed what it made of it.
    WhileRecording,
}

impl Tidings {
    pub(super) fn events(&self) -> Vec<Stored> {
        let events = self.0.lock().unwrap();
        events.iter().map(|(event, _)| event.clone()).collect()
    }

    /// Counts the events that moved waits, by when they came.
    pub(super) fn coverage(&self, mut summary: Summary, all: &[judge::Told]) -> Summary {
        let events = self.0.lock().unwrap();
        for entry in all.iter().flat_map(|told| &told.history) {
            let id = &entry.output["event_id"];
            let Some((event, came)) = events.iter().find(|(event, _)| json!(event.id) == *id)
            else {
                continue;
            };
            match came {
                Came::WhileRecording if event.at == entry.started_at => summary.during += 1,
                Came::WhileActing if event.at <= entry.started_at => summary.before += 1,
                _ if event.at < entry.started_at => summary.before += 1,
                Came::Somewhen | Came::WhileActing | Came::WhileRecording => summary.after += 1,
            }
        }
        summary
    }
}

/// Lets an event arrive.
pub(super) async fn ingest(engine: &Engine, told: &Tidings, org: OrgId, kind: &str, data: Value) {
    arrive(engine, told, org, Came::Somewhen, (kind, data)).await;
}

async fn arrive(engine: &Engine, told: &Tidings, org: OrgId, came: Came, what: (&str, Value)) {
    let (kind, data) = what;
    let id = EventId::from_uuid(clock::new_uuid());
    let at = engine.clock().now();
    let kind = kind.to_owned();
    let event = NewEvent {
        id,
        kind: kind.clone(),
        data: data.clone(),
        occurred_at: at,
    };
    let delivery = Ingest {
        org,
        source: "simulation".to_owned(),
        dedupe: None,
        records: Vec::new(),
        events: vec![event],
        statuses: Vec::new(),
        alerts: Vec::new(),
        memories: Vec::new(),
    };
    engine.ingest(delivery).await.unwrap();
    let stored = Stored { id, kind, at, data };
    told.0.lock().unwrap().push((stored, came));
}

/// What may happen while an effect is performed: an event about the same key.
pub(super) fn meanwhile(engine: Engine, told: Arc<Tidings>, org: OrgId, fate: Fate) -> Meanwhile {
    Arc::new(move |promise, key| {
        let drawn = {
            let mut fate = fate.lock().unwrap();
            let kind = *SIGNALS.choose(&mut *fate).unwrap_or(&SIGNALS[0]);
            let good = fate.random_range(0..3) > 0;
            (fate.random_range(0..100) < MEANWHILES)
                .then_some((kind, json!({ "key": key, "good": good })))
        };
        let came = match promise {
            Promise::Pure => Came::WhileRecording,
            Promise::Keyed | Promise::Repeatable | Promise::Once => Came::WhileActing,
        };
        let (engine, told) = (engine.clone(), Arc::clone(&told));
        Box::pin(async move {
            if let Some(what) = drawn {
                arrive(&engine, &told, org, came, what).await;
            }
        })
    })
}

pub(super) async fn engine(
    db: &Db,
    clock: &Clock,
    world: &Arc<World>,
    deaths: &Arc<AtomicBool>,
    fate: &Fate,
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
        profiles: Arc::new(NoProfiles),
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
