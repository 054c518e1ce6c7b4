use std::{collections::BTreeMap, sync::Arc, time::Duration};

use operandi_dsl::{
    check,
    expr::Language,
    program::{Program, compile},
    time::Timestamp,
};
use operandi_engine::{
    core::{EffectResult, Intent, Reason},
    ids::RunId,
    store::{StoreError, commit::Verdict},
    worker::Contact,
};
use serde_json::{Map, Value, json};

use super::{
    Around, Event, Happening, Pretender, Sample, Setting, Story, rehearse, rehearse_sample,
};
use crate::extract::Moment;

const CART: &str = r#"
operandi: 1
name: { es: Carrito, en: Cart, pt: Carrinho }
trigger: { event: cart.updated, where: "event.total > 10.0", key: event.cart_id, mode: restart }
exit:
  - { event: order.created, match: { cart_id: "${event.cart_id}" }, outcome: bought }
steps:
  - id: patience
    wait: { for: 1h }
  - id: end
    stop: reminded
"#;

const SENDS: &str = r#"
operandi: 1
name: { es: Aviso, en: Notice, pt: Aviso }
trigger: { event: cart.updated, key: event.cart_id, mode: parallel }
exit:
  - { event: order.created, match: { cart_id: "${event.cart_id}" }, outcome: bought }
steps:
  - id: tell
    action: email.send
    with: { connection: c, to: "${event.to}", subject: "Hola", text: "${event.cart_id}" }
    purpose: transactional
    fallback: [ { id: other, stop: nobody } ]
  - id: later
    wait: { for: 1h }
"#;

/// A small world: two workflows can be called, and one person wants no mail.
struct World {
    pretender: Pretender,
    called: BTreeMap<&'static str, Arc<Program>>,
}

impl Around for World {
    async fn contact(&self, _: &Value) -> Result<Option<Arc<Contact>>, StoreError> {
        Ok(None)
    }

    async fn called(&self, workflow: &str) -> Result<Option<Arc<Program>>, StoreError> {
        Ok(self.called.get(workflow).cloned())
    }

    async fn judge(&self, _: RunId, intent: &Intent) -> Result<Verdict, StoreError> {
        Ok(match intent.params["to"].as_str() {
            Some("no@example.com") => Verdict::Refuse {
                reason: Reason::new("suppressed", "the person is not to be contacted".to_owned()),
            },
            _ => Verdict::Send {
                channel: "email".to_owned(),
                recipient: String::new(),
                contact: None,
            },
        })
    }

    async fn pretend(&self, intent: &Intent, now: Timestamp) -> EffectResult {
        self.pretender.pretend(intent, now).await
    }
}

fn program(document: &str) -> Arc<Program> {
    let language = Language::untimed();
    let catalog = operandi_nodes::catalog::catalog();
    let value = operandi_dsl::text::value(document).unwrap();
    let document = serde_json::from_value(value).unwrap();
    Arc::new(compile(&document, &Map::new(), &catalog, &language).unwrap())
}

fn world() -> World {
    // Fails only when it is installed already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let catalog = Arc::new(operandi_nodes::catalog::catalog());
    let called = "
operandi: 1
name: called
trigger: { manual: true }
steps: [ { id: rest, wait: { for: 10m } }, { id: end, set: { answer: '${event.a + 1}' } } ]
";
    World {
        pretender: Pretender::new(catalog, &Language::untimed(), None).unwrap(),
        called: [("other", program(called))].into(),
    }
}

fn setting() -> Setting {
    Setting {
        zone: chrono_tz::UTC,
        holidays: Vec::new(),
        org: json!({}),
    }
}

fn event((minute, kind, data): &(i64, &str, Value)) -> Event {
    Event {
        kind: (*kind).to_owned(),
        data: data.clone(),
        at: Moment(Timestamp(minute * 60_000)),
        occurred: None,
        id: None,
        source: None,
    }
}

fn said(story: &Story) -> String {
    let lines = story.lines.iter();
    lines
        .map(|line| format!("{:>3} {} {}\n", line.at.0 / 60_000, line.run, line.text()))
        .collect()
}

async fn play(document: &str, events: &[(i64, &str, Value)]) -> Story {
    let events = events.iter().map(event).collect();
    rehearse(program(document), &setting(), &world(), events)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_cart_that_is_left_is_reminded_after_its_patience() {
    let catalog = operandi_nodes::catalog::catalog();
    assert!(check(CART, &catalog, &Language::untimed()).is_ok());
    let story = play(
        CART,
        &[(0, "cart.updated", json!({"cart_id": "c1", "total": 20}))],
    )
    .await;
    let told = said(&story);
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            r#"  0 0 cart.updated arrives"#,
            r#"  0 1 starts by cart.updated"#,
            r#"  0 1 patience: waits until 1970-01-01T01:00:00Z at the latest"#,
            r#" 60 1 patience: wait {"until":"1970-01-01T01:00:00Z"}: done"#,
            r#" 60 1 end: done"#,
            r#" 60 1 completed (reminded)"#,
        ]
    );
    assert_eq!(
        (story.runs[0].status, story.runs[0].outcome.as_str()),
        ("completed", "reminded")
    );
}

#[tokio::test]
async fn an_order_ends_the_run_and_a_new_cart_restarts_it() {
    let story = play(
        CART,
        &[
            (0, "cart.updated", json!({"cart_id": "c1", "total": 20})),
            (5, "cart.updated", json!({"cart_id": "c2", "total": 1})),
            (10, "cart.updated", json!({"cart_id": "c1", "total": 30})),
            (20, "order.created", json!({"cart_id": "c1"})),
        ],
    )
    .await;
    let said = said(&story);
    assert!(
        said.contains("  5 0 starts nothing: the trigger's condition does not hold"),
        "{said}"
    );
    assert!(said.contains(" 10 1 cancelled (restarted)"), "{said}");
    assert!(said.contains(" 20 2 exited (bought)"), "{said}");
    assert!(!said.contains(" 60 "), "{said}");
}

#[tokio::test]
async fn messages_are_shown_refused_ones_counted_and_late_purchases_noticed() {
    let world = world();
    let setting = setting();
    let cart = |cart: &str, to: &str| json!({ "cart_id": cart, "to": to });
    let mut events: Vec<Event> = [
        (0, "cart.updated", cart("c1", "ana@example.com")),
        (1, "cart.updated", cart("c2", "no@example.com")),
        (2, "cart.updated", cart("c3", "eva@example.com")),
        (30, "order.created", json!({ "cart_id": "c1" })),
        (90, "order.created", json!({ "cart_id": "c3" })),
    ]
    .iter()
    .map(event)
    .collect();
    // They bought before the message left; the shop told us later, once after the run's end.
    events[3].occurred = Some(Timestamp(-60_000));
    events[4].occurred = Some(Timestamp(60_000));
    let story = rehearse(program(SENDS), &setting, &world, events)
        .await
        .unwrap();
    let sent: Vec<_> = story
        .messages
        .iter()
        .map(|message| (message.run, message.channel.as_str(), message.to.as_str()))
        .collect();
    assert_eq!(
        sent,
        [
            (1, "email", "ana@example.com"),
            (3, "email", "eva@example.com")
        ]
    );
    assert_eq!((story.tally.refused, story.tally.after_purchase), (1, 2));
    let outcomes: Vec<_> = story.runs.iter().map(|run| run.outcome.as_str()).collect();
    assert_eq!(outcomes, ["bought", "nobody", "completed"]);
}

#[tokio::test]
async fn happenings_are_injected_and_the_clock_stops_where_it_is_told() {
    let sample = |after: u64, until: Option<Duration>| Sample {
        event: json!({"cart_id": "c1", "total": 20}),
        happenings: vec![Happening {
            after: Duration::from_secs(after),
            kind: "order.created".to_owned(),
            data: json!({"cart_id": "c1"}),
        }],
        until,
        start: Timestamp(0),
    };
    let world = world();
    let setting = setting();
    let play = async |sample| {
        let story = rehearse_sample(program(CART), &setting, &world, sample)
            .await
            .unwrap();
        story.runs[0].outcome.clone()
    };
    assert_eq!(play(sample(600, None)).await, "bought");
    assert_eq!(play(sample(4_000, None)).await, "reminded");
    let half = Some(Duration::from_secs(1_800));
    assert_eq!(play(sample(4_000, half)).await, "waiting");
}

#[tokio::test]
async fn what_is_called_runs_along_or_it_is_said_that_it_does_not() {
    let calls = |workflow: &str| {
        format!(
            "
operandi: 1
name: caller
trigger: {{ event: x.y }}
steps:
  - {{ id: sub, call: {workflow}, with: {{ a: 1 }} }}
  - {{ id: end, stop: '${{steps.sub.output.end.answer}}' }}
"
        )
    };
    let story = play(&calls("other"), &[(0, "x.y", json!({}))]).await;
    let told = said(&story);
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            r#"  0 0 x.y arrives"#,
            r#"  0 1 starts by x.y"#,
            r#"  0 1 sub: call {"workflow":"other","event":{"a":1}}: waits"#,
            r#"  0 2 starts by a call of run 1"#,
            r#"  0 2 rest: waits until 1970-01-01T00:10:00Z at the latest"#,
            r#" 10 2 rest: wait {"until":"1970-01-01T00:10:00Z"}: done"#,
            r#" 10 2 end: done"#,
            r#" 10 2 completed"#,
            r#" 10 1 sub: call {"workflow":"other","event":{"a":1}}: done"#,
            r#" 10 1 end: done"#,
            r#" 10 1 completed (2)"#,
        ]
    );
    // Only the draft's own runs are cases.
    assert_eq!(story.runs.len(), 1);
    let story = play(&calls("missing"), &[(0, "x.y", json!({}))]).await;
    let said = said(&story);
    assert!(
        said.contains("the workflow missing is not run along"),
        "{said}"
    );
    assert_eq!(story.runs[0].outcome, "child_failed");
}
