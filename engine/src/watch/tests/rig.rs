//! An engine on a fresh database, fridges that say what they are told to, and a clock turned by hand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::BoxFuture;
use operandi_dsl::{
    catalog::Catalog, document::Document, expr::Language, program::compile, text, time::Timestamp,
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    alert::Alert,
    clock::Clock,
    ids::{OrgId, RecordId, WorkflowId},
    node::Registry,
    queue::Hints,
    sensor::{Metric, Pace},
    store::{
        Db, StoreError,
        accounts::{NewOrg, create_org},
        alerts,
        commit::OpenGate,
        events,
        readings::{self, At, Born, BornMetric, History, Order, Said, Spoken, What, append},
        records::Kinds,
        workflows::{self, Compiler, NewDraft},
    },
    watch::{MetricProfile, Passed, Profile, Profiles},
    worker::{Engine, Faults, NoContacts, Parts, Settings},
};

/// A Thursday, 0:00 UTC.
pub(super) const T0: Timestamp = Timestamp(1_767_225_600_000);
const BOOT: u64 = 77;

pub(super) fn at_minute(minute: i64) -> Timestamp {
    Timestamp(T0.0 + minute * 60_000)
}

/// Fridges that report each minute; devices can be taken away.
struct Fridges(Mutex<HashMap<RecordId, Profile>>);

impl Profiles for Fridges {
    fn profiles(
        &self,
        devices: Vec<(OrgId, RecordId)>,
    ) -> BoxFuture<'_, Result<Vec<Option<Profile>>, StoreError>> {
        let known = self.0.lock().unwrap();
        let found = devices
            .iter()
            .map(|(_, id)| known.get(id).cloned())
            .collect();
        Box::pin(async move { Ok(found) })
    }
}

pub(super) struct Rig {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) org: OrgId,
    pub(super) engine: Engine,
    fridges: Arc<Fridges>,
    seq: u64,
}

impl Rig {
    pub(super) async fn on(db: Db) -> Self {
        let clock = Clock::manual(T0);
        let mut tx = db.begin_write().await.unwrap();
        let org = create_org(&mut tx, T0, &NewOrg::named("test"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let fridges = Arc::new(Fridges(Mutex::default()));
        let engine = engine(&db, &clock, &fridges).await;
        Self {
            db,
            clock,
            org,
            engine,
            fridges,
            seq: 0,
        }
    }

    /// Another process after this one was killed: nothing is folded, nothing given away.
    pub(super) async fn crash(&mut self) {
        self.engine = engine(&self.db, &self.clock, &self.fridges).await;
    }

    pub(super) fn fridge(&self, number: u128) -> RecordId {
        self.patient(number, 0)
    }

    /// A fridge whose readings are held back for so many seconds, for earlier ones.
    pub(super) fn patient(&self, number: u128, seconds: u64) -> RecordId {
        let id = RecordId::from_uuid(Uuid::from_u128(number));
        let metric = MetricProfile {
            metric: Metric {
                pace: Pace::Every(Duration::from_secs(60)),
                tolerance: Duration::from_secs(seconds),
                power_on: None,
            },
            unit: Some("°C".to_owned()),
            scale: 1.0,
            offset: 0.0,
            least: Some(-60.0),
            greatest: Some(60.0),
        };
        let profile = Profile {
            name: format!("Heladera {number}"),
            place: Some("Local".to_owned()),
            tags: vec!["frio".to_owned()],
            metrics: HashMap::from([("temperature".to_owned(), metric)]),
        };
        self.fridges.0.lock().unwrap().insert(id, profile);
        id
    }

    pub(super) fn take_away(&self, device: RecordId) {
        self.fridges.0.lock().unwrap().remove(&device);
    }

    /// The owner takes a device's tags away.
    pub(super) fn untag(&self, device: RecordId) {
        if let Some(profile) = self.fridges.0.lock().unwrap().get_mut(&device) {
            profile.tags.clear();
        }
    }

    /// Publishes a rule over temperatures.
    pub(super) async fn rule(&self, sensor: &str) -> WorkflowId {
        let source = format!(
            "operandi: 1\nname: test\ntrigger: {{ sensor: {{ metric: temperature, {sensor} }} }}\nsteps: []\n"
        );
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

    /// Switches a rule on or off.
    pub(super) async fn switch(&self, rule: WorkflowId, on: bool) {
        let (programs, now) = (self.engine.programs(), self.clock.now());
        let mut tx = self.db.begin_write().await.unwrap();
        let announced = workflows::set_enabled(&mut tx, programs, now, (self.org, rule), on)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        announced.unwrap().committed(programs);
    }

    /// A device says a list of values, one minute apart, the last of them at this moment.
    pub(super) async fn say(&mut self, device: RecordId, values: &[f64]) {
        let now = self.clock.now();
        let first = i64::try_from(values.len()).unwrap() - 1;
        let list = (0_i64..).zip(values).map(|(index, value)| {
            self.seq += 1;
            let at = now.0 - (first - index) * 60_000;
            Spoken(
                Some(self.seq),
                "temperature".to_owned(),
                Some(*value),
                None,
                At::Time(at),
            )
        });
        let list = list.collect();
        self.tell(
            device,
            What::Readings {
                boot: Some(BOOT),
                sent: None,
                list,
            },
        )
        .await;
    }

    /// One value a minute, the clock going along, with a look after each.
    pub(super) async fn live(&mut self, device: RecordId, values: &[f64]) {
        for value in values {
            self.say(device, &[*value]).await;
            self.pass().await;
            self.clock.advance(Duration::from_secs(60));
        }
    }

    pub(super) async fn tell(&self, device: RecordId, what: What) {
        let said = Said {
            org: self.org,
            device,
            received: self.clock.now(),
            what,
        };
        append(&self.db, self.clock.now(), &[said]).await.unwrap();
    }

    pub(super) fn born(&self, uptime: u64, at: Option<i64>) -> What {
        What::Birth(Box::new(Born {
            boot: BOOT,
            firmware: "1.0.0".to_owned(),
            reset: "power_on".to_owned(),
            uptime,
            at,
            lost: 0,
            metrics: vec![BornMetric {
                name: "temperature".to_owned(),
                unit: "°C".to_owned(),
                every: 60,
            }],
            actuators: Vec::new(),
        }))
    }

    pub(super) async fn pass(&self) -> Passed {
        self.engine.watch().pass().await.unwrap()
    }

    /// Lets time pass, and the watch look.
    pub(super) async fn after(&self, minutes: u64) -> Passed {
        self.clock.advance(Duration::from_secs(minutes * 60));
        self.pass().await
    }

    pub(super) async fn alerts(&self) -> Vec<Alert> {
        let filter = alerts::Filter {
            limit: 100,
            ..alerts::Filter::default()
        };
        let mut found = alerts::list(&self.db, self.org, &filter).await.unwrap();
        found.reverse();
        found
    }

    /// Alerts in words, the oldest first.
    pub(super) async fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        for alert in self.alerts().await {
            let story = alerts::story(&self.db, self.org, alert.id).await.unwrap();
            let words: Vec<_> = story.iter().map(|entry| entry.told.word()).collect();
            let minute = (alert.since.0 - T0.0) / 60_000;
            told.push(format!(
                "{} since {minute}: {}",
                alert.level.word(),
                words.join(", ")
            ));
        }
        told
    }

    /// How many events of a kind there are.
    pub(super) async fn events(&self, kind: &str) -> usize {
        let filter = events::Filter {
            kind: Some(kind.to_owned()),
            limit: 100,
            ..events::Filter::default()
        };
        events::list(&self.db, self.org, &filter)
            .await
            .unwrap()
            .len()
    }

    /// All readings of a device, as charts show them.
    pub(super) async fn readings(&self, device: RecordId) -> Vec<(i64, Option<f64>)> {
        let order = Order {
            org: self.org,
            device,
            metric: "temperature".to_owned(),
            from: Timestamp(0),
            until: at_minute(1_000_000),
        };
        match readings::history(&self.db, &order, 100_000).await.unwrap() {
            History::Raw(rows) => rows
                .into_iter()
                .map(|(at, value)| ((at - T0.0) / 60_000, value))
                .collect(),
            History::Rolled(..) => panic!("so few readings are told one by one"),
        }
    }
}

async fn engine(db: &Db, clock: &Clock, fridges: &Arc<Fridges>) -> Engine {
    let compiler = Compiler::new(move |document, inputs| {
        let document: Document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let inputs = inputs.as_object().cloned().unwrap_or_default();
        compile(
            &document,
            &inputs,
            &Catalog::default(),
            &Language::untimed(),
        )
        .map_err(|error| error.to_string())
    });
    let settings = Settings {
        direct: 0,
        ..Settings::default()
    };
    Engine::new(Parts {
        db: db.clone(),
        clock: clock.clone(),
        nodes: Registry::default(),
        kinds: Arc::new(Kinds::new([])),
        gate: Arc::new(OpenGate),
        compiler,
        contacts: Arc::new(NoContacts),
        profiles: fridges.clone(),
        hints: Hints::memory(),
        settings,
        faults: Faults::default(),
    })
    .await
    .unwrap()
}
