//! The world outside: nodes of every promise whose answers chance decides, and a record of everything that
//! was ever asked of them.

use std::{
    collections::BTreeMap,
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::BoxFuture;
use operandi_dsl::{
    Sentence,
    catalog::{NodeSpec, Promise, Words},
};
use operandi_engine::{
    ids::RunId,
    node::{Call, Failure, Node, Outcome},
};
use serde_json::{Value, json};

/// The kinds of simulated nodes, one per promise.
pub const KINDS: &[&str] = &["sim.pure", "sim.keyed", "sim.repeatable", "sim.once"];

/// The reason every simulated refusal gives.
pub const REFUSAL: &str = "no_such_person";

/// One request that reached the world.
#[derive(Clone, Debug)]
pub struct Asked {
    pub run: RunId,
    pub step: String,
    pub intent: String,
    pub kind: String,
    pub params: Value,
    pub answer: Answer,
}

/// One request as it is made.
#[derive(Clone, Debug)]
pub struct Request {
    pub run: RunId,
    pub step: String,
    pub intent: String,
    pub kind: String,
    pub params: Value,
}

/// The promise of a simulated kind.
#[must_use]
pub fn promise(kind: &str) -> Promise {
    match kind {
        "sim.pure" => Promise::Pure,
        "sim.keyed" => Promise::Keyed,
        "sim.repeatable" => Promise::Repeatable,
        _ => Promise::Once,
    }
}

/// What the nodes of the world say of themselves.
#[must_use]
pub fn specs() -> Vec<NodeSpec> {
    KINDS.iter().map(|&kind| spec(kind)).collect()
}

fn spec(kind: &'static str) -> NodeSpec {
    let words = Words {
        es: "Simulado",
        en: "Simulated",
        pt: "Simulado",
    };
    NodeSpec {
        kind,
        title: words,
        summary: words,
        params: json!({
            "type": "object",
            "properties": { "step": { "type": "string" }, "key": {} },
            "required": ["step", "key"],
            "additionalProperties": false,
        }),
        output: json!(true),
        sends: false,
        promise: promise(kind),
        refusals: &[REFUSAL],
    }
}

/// What the world said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Done,
    Busy,
    Refused,
    Wrong,
    /// It may have happened; nobody saw the end.
    Silence,
}

/// What may happen while an effect of this promise, about this key, is performed.
pub type Meanwhile = Arc<dyn Fn(Promise, Value) -> BoxFuture<'static, ()> + Send + Sync>;

/// Everything outside.
pub struct World {
    seed: u64,
    asked: Mutex<Vec<Asked>>,
    /// How often each (key, step) was answered, which the next answer depends on.
    count: Mutex<BTreeMap<(String, String), u32>>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl World {
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            seed,
            asked: Mutex::default(),
            count: Mutex::default(),
            meanwhile: Mutex::default(),
        })
    }

    /// Lets things happen while effects are performed.
    pub fn meanwhile(&self, hook: Meanwhile) {
        *self.meanwhile.lock().unwrap() = Some(hook);
    }

    /// Nothing happens meanwhile any more.
    pub fn forget(&self) {
        *self.meanwhile.lock().unwrap() = None;
    }

    /// Everything that was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The nodes of this world.
    #[must_use]
    pub fn nodes(self: &Arc<Self>) -> Vec<Arc<dyn Node>> {
        KINDS
            .iter()
            .map(|&kind| {
                Arc::new(Actor {
                    kind,
                    world: self.clone(),
                }) as Arc<dyn Node>
            })
            .collect()
    }

    /// Asks the world for an effect.
    pub fn ask(&self, request: Request) -> Answer {
        let mut asked = self.asked.lock().unwrap();
        let Request {
            run,
            step,
            intent,
            kind,
            params,
        } = request;
        // A provider that deduplicates says the same of the same key once it has done it.
        let before = asked
            .iter()
            .any(|one| one.intent == intent && one.answer == Answer::Done);
        let answer = if before && promise(&kind) == Promise::Keyed {
            Answer::Done
        } else {
            self.draw(&step, &params)
        };
        asked.push(Asked {
            run,
            step,
            intent,
            kind,
            params,
            answer,
        });
        answer
    }

    /// The same for the same seed, key, step and number of the try, whatever else happens in between.
    fn draw(&self, step: &str, params: &Value) -> Answer {
        let place = (params["key"].to_string(), step.to_owned());
        let mut count = self.count.lock().unwrap();
        let tries = count.entry(place.clone()).or_default();
        *tries += 1;
        let mut hasher = DefaultHasher::new();
        (self.seed, place, *tries).hash(&mut hasher);
        match hasher.finish() % 100 {
            0..64 => Answer::Done,
            64..78 => Answer::Busy,
            78..87 => Answer::Refused,
            87..93 => Answer::Wrong,
            _ => Answer::Silence,
        }
    }
}

struct Actor {
    kind: &'static str,
    world: Arc<World>,
}

impl Node for Actor {
    fn spec(&self) -> NodeSpec {
        spec(self.kind)
    }

    fn perform(
        &self,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Outcome, Failure>> + Send + '_>> {
        Box::pin(async move {
            let hook = self.world.meanwhile.lock().unwrap().clone();
            if let Some(hook) = hook {
                hook(promise(self.kind), call.params["key"].clone()).await;
            }
            let detail = Sentence::from("as chance decided".to_owned());
            let request = Request {
                run: call.run,
                step: call.step.as_str().to_owned(),
                intent: call.intent.as_str().to_owned(),
                kind: self.kind.to_owned(),
                params: call.params,
            };
            match self.world.ask(request) {
                Answer::Done => Ok(Outcome {
                    output: json!({ "done": true }),
                    ..Outcome::default()
                }),
                Answer::Busy => Err(Failure::Retry {
                    after: Some(Duration::from_millis(10)),
                    detail,
                }),
                Answer::Refused => Err(Failure::Refused {
                    reason: REFUSAL,
                    detail,
                }),
                Answer::Wrong => Err(Failure::Params { detail }),
                Answer::Silence => Err(Failure::Unknown { detail }),
            }
        })
    }
}
