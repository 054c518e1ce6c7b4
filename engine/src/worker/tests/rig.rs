//! An engine on a fresh database, with nodes that answer as told and a clock turned by hand.

use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    pin::Pin,
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
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::{
    clock::{self, Clock},
    core::{Input, Status},
    event::{Ingest, NewEvent},
    ids::{EventId, OrgId, RunId, WorkflowId},
    node::{Call, Failure, Node, Outcome, Registry},
    queue::Hints,
    store::{
        Db,
        accounts::{NewOrg, create_org},
        commit::{Gate, OpenGate, StartRequest, Started},
        records::Kinds,
        sql::{self, Dialect},
        workflows::{self, Compiler, NewDraft},
    },
    worker::{DEAD_AFTER, Engine, Faults, HEARTBEAT, NoContacts, Parts, Settings},
};

pub(super) const T0: Timestamp = Timestamp(1_767_225_600_000);

/// What a fake node does with a call.
pub(super) enum Answer {
    Done(Value),
    Fail(Failure),
    Panic,
    /// Never answers.
    Hang,
    /// Answers when told.
    When(Arc<Notify>),
}

/// A node that answers as told, else `{}`, and remembers its calls.
pub(super) struct Fake {
    kind: &'static str,
    promise: Promise,
    answers: Mutex<VecDeque<Answer>>,
    calls: Mutex<Vec<Call>>,
}

impl Fake {
    fn spec_of(kind: &'static str, promise: Promise) -> NodeSpec {
        let words = Words {
            es: kind,
            en: kind,
            pt: kind,
        };
        NodeSpec {
            kind,
            title: words,
            summary: words,
            params: json!(true),
            output: json!(true),
            sends: kind == "send",
            promise,
            refusals: &[],
        }
    }
}

impl Node for Fake {
    fn spec(&self) -> NodeSpec {
        Self::spec_of(self.kind, self.promise)
    }

    fn perform(
        &self,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + '_>> {
        self.calls.lock().unwrap().push(call);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            let output = match answer {
                None => json!({}),
                Some(Answer::Done(output)) => output,
                Some(Answer::Fail(failure)) => return Err(failure),
                Some(Answer::Panic) => panic!("as told"),
                Some(Answer::Hang) => std::future::pending().await,
                Some(Answer::When(told)) => {
                    told.notified().await;
                    json!({})
                }
            };
            Ok(Outcome {
                output,
                ..Outcome::default()
            })
        })
    }

    fn lane(&self, params: &Value) -> Option<String> {
        params.get("lane")?.as_str().map(str::to_owned)
    }
}

const NODES: [(&str, Promise); 5] = [
    ("pure", Promise::Pure),
    ("keyed", Promise::Keyed),
    ("repeatable", Promise::Repeatable),
    ("once", Promise::Once),
    ("send", Promise::Once),
];

/// A database, an organisation, and engines over them, one at a time or several.
pub(super) struct Rig {
    /// Kept until the test has ended.
    #[allow(dead_code, reason = "dropping it removes the folder")]
    folder: Option<TempDir>,
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) org: OrgId,
    nodes: BTreeMap<&'static str, Arc<Fake>>,
    pub(super) engine: Engine,
}

impl Rig {
    /// On SQLite in a folder of its own.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&sql::Settings::folder(folder.path()))
            .await
            .unwrap();
        Self {
            folder: Some(folder),
            ..Self::on(db).await
        }
    }

    pub(super) async fn on(db: Db) -> Self {
        let clock = Clock::manual(T0);
        let mut tx = db.begin_write().await.unwrap();
        let org = create_org(&mut tx, T0, &NewOrg::named("test"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let fake = |(kind, promise)| {
            let (answers, calls) = (Mutex::default(), Mutex::default());
            (
                kind,
                Arc::new(Fake {
                    kind,
                    promise,
                    answers,
                    calls,
                }),
            )
        };
        let nodes = BTreeMap::from_iter(NODES.map(fake));
        let engine = engine(&db, &clock, &nodes, Setup::default()).await;
        Self {
            folder: None,
            db,
            clock,
            org,
            nodes,
            engine,
        }
    }

    /// Another process: the one before does nothing more, and in time that is noticed.
    pub(super) async fn restart(&mut self, setup: Setup) {
        self.engine = engine(&self.db, &self.clock, &self.nodes, setup).await;
        let worker = self.engine.worker();
        worker.join().await.unwrap();
        if self.db.dialect() == Dialect::Postgres {
            self.clock.advance(DEAD_AFTER + HEARTBEAT);
            worker.beat_once().await.unwrap();
        }
    }

    /// Publishes a workflow of these steps and more.
    pub(super) async fn publish(&self, yaml: &str) -> WorkflowId {
        let trigger = if yaml.contains("trigger:") {
            ""
        } else {
            "trigger: { manual: true }\n"
        };
        let source = format!("operandi: 1\nname: test\n{trigger}{yaml}");
        let document = text::value(&source).unwrap_or_else(|problems| panic!("{problems:?}"));
        let draft = NewDraft {
            source,
            format: "yaml".into(),
            name: json!("test"),
        };
        let now = self.clock.now();
        let id = workflows::create(&self.db, now, self.org, &draft, &json!({}))
            .await
            .unwrap();
        workflows::publish(self.engine.programs(), now, self.org, id, 1, &document)
            .await
            .unwrap();
        id
    }

    pub(super) async fn start(&self, workflow: WorkflowId) -> RunId {
        self.start_with(workflow, json!({ "cart_id": "c1", "contact": "ana" }))
            .await
    }

    pub(super) async fn start_with(&self, workflow: WorkflowId, event: Value) -> RunId {
        let start = StartRequest {
            org: self.org,
            workflow,
            event,
            idempotency_key: None,
        };
        match self.engine.start_run(start).await.unwrap() {
            Started::Run { run, .. } => run,
            other => panic!("{other:?}"),
        }
    }

    /// Publishes and starts.
    pub(super) async fn run(&self, yaml: &str) -> RunId {
        let workflow = self.publish(yaml).await;
        self.start(workflow).await
    }

    pub(super) async fn event(&self, kind: &str, data: Value) {
        let id = EventId::from_uuid(clock::new_uuid());
        let event = NewEvent {
            id,
            kind: kind.into(),
            data,
            occurred_at: self.clock.now(),
        };
        let ingest = Ingest {
            org: self.org,
            source: "api".into(),
            dedupe: None,
            records: Vec::new(),
            events: vec![event],
            statuses: Vec::new(),
            alerts: Vec::new(),
            memories: Vec::new(),
        };
        self.engine.ingest(ingest).await.unwrap();
    }

    pub(super) async fn deliver(&self, run: RunId, input: Input) {
        self.engine.deliver(self.org, run, input).await.unwrap();
    }

    /// Works until nothing is due any more.
    pub(super) async fn settle(&self) {
        for _ in 0..100 {
            if self.engine.worker().work_once().await.unwrap() == 0 {
                return;
            }
        }
        panic!("it never settles");
    }

    pub(super) async fn after(&self, span: Duration) {
        self.clock.advance(span);
        self.settle().await;
    }

    pub(super) fn tell(&self, kind: &str, answer: Answer) {
        self.nodes[kind].answers.lock().unwrap().push_back(answer);
    }

    pub(super) fn calls(&self, kind: &str) -> Vec<Call> {
        self.nodes[kind].calls.lock().unwrap().clone()
    }

    pub(super) async fn status(&self, run: RunId) -> Status {
        self.engine
            .committer()
            .load(self.org, run)
            .await
            .unwrap()
            .expect("the run is there")
            .status
    }
}

/// What differs between the engines of tests.
pub(super) struct Setup {
    pub(super) settings: Settings,
    pub(super) faults: Faults,
    pub(super) gate: Arc<dyn Gate>,
}

impl Default for Setup {
    fn default() -> Self {
        // Everything goes by hand: an ingest leaves the work to the next round.
        let settings = Settings {
            direct: 0,
            ..Settings::default()
        };
        Self {
            settings,
            faults: Faults::default(),
            gate: Arc::new(OpenGate),
        }
    }
}

async fn engine(
    db: &Db,
    clock: &Clock,
    nodes: &BTreeMap<&'static str, Arc<Fake>>,
    setup: Setup,
) -> Engine {
    let catalog = Catalog {
        nodes: NODES
            .map(|(kind, promise)| (kind.to_owned(), Fake::spec_of(kind, promise)))
            .into(),
        ..Catalog::default()
    };
    let compiler = Compiler::new(move |document, inputs| {
        let document: Document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        compile(&document, &inputs, &catalog, &Language::untimed())
            .map_err(|error| error.to_string())
    });
    let nodes = nodes.values().map(|node| Arc::clone(node) as Arc<dyn Node>);
    Engine::new(Parts {
        db: db.clone(),
        clock: clock.clone(),
        nodes: Registry::new(nodes),
        kinds: Arc::new(Kinds::new([])),
        gate: setup.gate,
        compiler,
        contacts: Arc::new(NoContacts),
        profiles: Arc::new(crate::watch::NoProfiles),
        hints: Hints::memory(),
        settings: setup.settings,
        faults: setup.faults,
    })
    .await
    .unwrap()
}
