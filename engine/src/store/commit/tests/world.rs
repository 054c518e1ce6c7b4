//! An organisation on a fresh database, with a committer and a clock turned by hand; and a worker
//! small enough to see every commit.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use operandi_dsl::{
    catalog::{Catalog, NodeSpec, Promise, Words},
    document::Document,
    expr::Language,
    program::compile,
    text,
    time::Timestamp,
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    clock::{self, Clock},
    core::{self, Command, EffectResult, Entry, Env, Input, Intent, State, Status},
    event::{Ingest, NewEvent, SendStatus},
    ids::{EventId, OrgId, RunId, WorkflowId},
    store::{
        Db,
        accounts::{NewOrg, create_org},
        commit::{
            Advance, Advanced, Committer, Gate, Ingested, Lease, Loaded, OpenGate, Parts, Permits,
            StartRequest, Started, Touched,
        },
        events,
        records::{KindSpec, Kinds, Merge},
        runs,
        workflows::{self, Compiler, NewDraft, Programs},
    },
};

pub(super) const T0: Timestamp = Timestamp(1_767_225_600_000);

/// The process that the tests' worker says it is.
pub(super) const OWNER: &str = "worker-1";

#[derive(Clone)]
pub(super) struct World {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) org: OrgId,
    pub(super) programs: Arc<Programs>,
    pub(super) committer: Committer,
    pub(super) touched: Arc<Mutex<Vec<Touched>>>,
}

pub(super) fn compiler() -> Compiler {
    let words = Words {
        es: "n",
        en: "n",
        pt: "n",
    };
    let node = |kind: &'static str, promise, sends| {
        let (params, output) = (json!(true), json!(true));
        let spec = NodeSpec {
            kind,
            title: words,
            summary: words,
            params,
            output,
            sends,
            promise,
            refusals: &[],
        };
        (kind.to_owned(), spec)
    };
    let nodes = [
        node("pure", Promise::Pure, false),
        node("keyed", Promise::Keyed, false),
        node("once", Promise::Once, false),
        node("send", Promise::Once, true),
    ];
    let catalog = Catalog {
        nodes: nodes.into(),
        ..Catalog::default()
    };
    Compiler::new(move |document, inputs| {
        let document: Document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        compile(&document, &inputs, &catalog, &Language::untimed())
            .map_err(|error| error.to_string())
    })
}

/// One kind of record, whose aliases make two of them one.
fn kinds() -> Kinds {
    Kinds::new([KindSpec {
        name: "person".into(),
        keys: vec!["phone".into()],
        fields: Vec::new(),
        maps: Vec::new(),
        merge: Merge::IntoOldest,
        schema: Value::Bool(true),
    }])
}

impl World {
    pub(super) async fn new(db: Db) -> Self {
        Self::gated(db, Arc::new(OpenGate)).await
    }

    pub(super) async fn gated(db: Db, gate: Arc<dyn Gate>) -> Self {
        let mut tx = db.begin_write().await.unwrap();
        let org = create_org(&mut tx, T0, &NewOrg::named("test"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let clock = Clock::manual(T0);
        let programs = Programs::load(db.clone(), compiler()).await.unwrap();
        let touched: Arc<Mutex<Vec<Touched>>> = Arc::default();
        let seen = Arc::clone(&touched);
        let committer = Committer::start(Parts {
            db: db.clone(),
            programs: Arc::clone(&programs),
            kinds: Arc::new(kinds()),
            gate,
            clock: clock.clone(),
            touched: Arc::new(move |runs| seen.lock().unwrap().extend(runs)),
        });
        Self {
            db,
            clock,
            org,
            programs,
            committer,
            touched,
        }
    }

    pub(super) async fn publish(&self, yaml: &str) -> WorkflowId {
        let source = format!("operandi: 1\nname: test\n{yaml}");
        let draft = NewDraft {
            source: source.clone(),
            format: "yaml".into(),
            name: json!("test"),
        };
        let id = workflows::create(&self.db, self.clock.now(), self.org, &draft, &json!({}))
            .await
            .unwrap();
        self.publish_again(id, 1, &source).await;
        id
    }

    pub(super) async fn publish_again(&self, id: WorkflowId, rev: i64, source: &str) -> i64 {
        let document = text::value(source).unwrap_or_else(|problems| panic!("{problems:?}"));
        workflows::publish(
            &self.programs,
            self.clock.now(),
            self.org,
            id,
            rev,
            &document,
        )
        .await
        .unwrap()
    }

    pub(super) fn event(&self, kind: &str, data: Value) -> NewEvent {
        let id = EventId::from_uuid(clock::new_uuid());
        NewEvent {
            id,
            kind: kind.into(),
            data,
            occurred_at: self.clock.now(),
        }
    }

    pub(super) fn delivery(&self, events: Vec<NewEvent>) -> Ingest {
        Ingest {
            org: self.org,
            source: "api".into(),
            dedupe: None,
            records: vec![],
            events,
            statuses: vec![],
            alerts: Vec::new(),
            memories: Vec::new(),
        }
    }

    pub(super) async fn tell(&self, kind: &str, data: Value) -> Ingested {
        let ingest = self.delivery(vec![self.event(kind, data)]);
        self.committer.ingest(ingest, None).await.unwrap()
    }

    pub(super) async fn say(&self, status: SendStatus) {
        let ingest = Ingest {
            statuses: vec![status],
            alerts: Vec::new(),
            memories: Vec::new(),
            ..self.delivery(vec![])
        };
        self.committer.ingest(ingest, None).await.unwrap();
    }

    pub(super) fn wish(&self, workflow: WorkflowId, event: Value) -> StartRequest {
        StartRequest {
            org: self.org,
            workflow,
            event,
            idempotency_key: None,
        }
    }

    pub(super) async fn start(&self, workflow: WorkflowId, event: Value) -> RunId {
        match self
            .committer
            .start_run(self.wish(workflow, event), None)
            .await
            .unwrap()
        {
            Started::Run { run, .. } => run,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn permits(&self, count: usize) -> Permits {
        let (effect_timeout, margin) = (Duration::from_secs(30), Duration::from_secs(30));
        Permits {
            free: Arc::new(Semaphore::new(count)),
            owner: OWNER.into(),
            effect_timeout,
            margin,
        }
    }

    pub(super) async fn load(&self, run: RunId) -> Loaded {
        self.committer
            .load(self.org, run)
            .await
            .unwrap()
            .expect("the run is there")
    }

    pub(super) async fn run(&self, run: RunId) -> runs::Run {
        runs::get(&self.db, self.org, run)
            .await
            .unwrap()
            .expect("the run is there")
    }

    pub(super) async fn history(&self, run: RunId) -> Vec<Entry> {
        runs::history(&self.db, self.org, run)
            .await
            .unwrap()
            .expect("the run is there")
    }

    pub(super) async fn all_runs(&self) -> Vec<runs::Run> {
        let filter = runs::Filter {
            limit: 200,
            ..runs::Filter::default()
        };
        runs::list(&self.db, self.org, &filter).await.unwrap()
    }

    pub(super) async fn routes(&self, ingested: &Ingested) -> Vec<events::Decision> {
        let event = events::get(&self.db, self.org, ingested.events[0])
            .await
            .unwrap()
            .unwrap();
        event.routes.iter().map(|route| route.decision).collect()
    }

    pub(super) async fn count(&self, sql: &str) -> i64 {
        self.db
            .fetch_one(&format!("select count(*) as n from {sql}"), &[])
            .await
            .unwrap()
            .int("n")
            .unwrap()
    }

    /// Commits what the run becomes by its inbox and by time, then begins what it asks for.
    pub(super) async fn move_on(&self, run: RunId) -> Advanced {
        let loaded = self.load(run).await;
        self.committer
            .advance(self.next(loaded, vec![]))
            .await
            .unwrap()
    }

    /// What a run becomes by its inbox, by time and by these inputs; effects asked for are begun.
    pub(super) fn next(&self, loaded: Loaded, inputs: Vec<Input>) -> Advance {
        let mut state = loaded.state.clone();
        let applied: Vec<i64> = loaded.inbox.iter().map(|item| item.id).collect();
        let mut commands = Vec::new();
        let inbox = loaded.inbox.iter().map(|item| item.input.clone());
        for input in inbox.chain(inputs).chain([Input::Wake]) {
            commands.extend(self.apply(&loaded, &mut state, input));
        }
        let begin = state.requested();
        if !begin.is_empty() {
            let intents = begin.iter().map(|intent| intent.id.clone()).collect();
            commands.extend(self.apply(&loaded, &mut state, Input::Begin { intents }));
        }
        let until = self.clock.now().after(Duration::from_secs(60));
        let lease = (!state.begun().is_empty()).then(|| Lease {
            owner: OWNER.into(),
            until,
        });
        Advance {
            run: loaded,
            state,
            moved: None,
            applied,
            begin,
            lease,
            commands,
            events: vec![],
            sends: vec![],
        }
    }

    pub(super) fn apply(&self, run: &Loaded, state: &mut State, input: Input) -> Vec<Command> {
        let env = Env {
            run: run.run,
            key: &run.key,
            now: self.clock.now(),
            dice: 0,
            event: &run.event,
            org: &Value::Null,
            org_zone: chrono_tz::Tz::UTC,
            holidays: &[],
            contact: None,
            contact_zone: None,
        };
        core::apply(&run.program, state, &env, input)
    }

    /// Moves a run on, all its effects being done at once, until it blocks or ends.
    pub(super) async fn finish(&self, run: RunId) -> Status {
        for _ in 0..1_000 {
            let loaded = self.load(run).await;
            let state = &loaded.state;
            let ready =
                !loaded.inbox.is_empty() || state.due().is_some_and(|due| due <= self.clock.now());
            if loaded.status.is_final() && loaded.inbox.is_empty()
                || !ready && state.begun().is_empty()
            {
                return loaded.status;
            }
            let done = state.begun().iter().map(done).collect();
            let advance = self.next(loaded, done);
            match self.committer.advance(advance).await.unwrap() {
                Advanced::Committed(_) | Advanced::Conflict => {}
                Advanced::Judged { verdicts, .. } => panic!("{verdicts:?}"),
            }
        }
        panic!("it never blocks");
    }
}

/// The effect succeeded.
pub(super) fn done(intent: &Intent) -> Input {
    Input::Result {
        intent: intent.id.clone(),
        result: EffectResult::Done { output: json!({}) },
    }
}

/// Many at once, each its own task; gives their results in order.
pub(super) async fn at_once<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
