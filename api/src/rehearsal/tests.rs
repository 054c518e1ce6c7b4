use operandi_dsl::{check, expr::Language, program::compile, time::Timestamp};
use operandi_engine::core::EffectResult;
use serde_json::{Map, Value, json};

use super::{Event, World, rehearse};
use crate::extract::Moment;

const DOCUMENT: &str = r#"
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

async fn play(events: &[(i64, &str, Value)]) -> String {
    let language = Language::untimed();
    let catalog = operandi_nodes::catalog::catalog();
    let workflow =
        check(DOCUMENT, &catalog, &language).unwrap_or_else(|problems| panic!("{problems:?}"));
    let program = compile(workflow.document(), &Map::new(), &catalog, &language).unwrap();
    let world = World {
        zone: chrono_tz::UTC,
        holidays: Vec::new(),
        org: json!({}),
        contact: json!({}),
    };
    let events = events
        .iter()
        .map(|(minute, kind, data)| Event {
            kind: (*kind).to_owned(),
            data: data.clone(),
            at: Moment(Timestamp(minute * 60_000)),
        })
        .collect();
    let lines = rehearse(&program, &world, events, async |_| EffectResult::Done {
        output: Value::Null,
    })
    .await;
    lines
        .iter()
        .map(|line| format!("{:>3} {} {}\n", line.at.0 / 60_000, line.run, line.text))
        .collect()
}

#[tokio::test]
async fn a_cart_that_is_left_is_reminded_after_its_patience() {
    let said = play(&[(0, "cart.updated", json!({"cart_id": "c1", "total": 20}))]).await;
    assert!(said.contains("  0 1 starts by cart.updated"), "{said}");
    assert!(said.contains(" 60 1 completed (reminded)"), "{said}");
}

#[tokio::test]
async fn an_order_ends_the_run_and_a_new_cart_restarts_it() {
    let said = play(&[
        (0, "cart.updated", json!({"cart_id": "c1", "total": 20})),
        (5, "cart.updated", json!({"cart_id": "c2", "total": 1})),
        (10, "cart.updated", json!({"cart_id": "c1", "total": 30})),
        (20, "order.created", json!({"cart_id": "c1"})),
    ])
    .await;
    assert!(
        said.contains("  5 0 starts nothing: the trigger's condition does not hold"),
        "{said}"
    );
    assert!(said.contains(" 10 1 cancelled"), "{said}");
    assert!(said.contains(" 20 2 exited (bought)"), "{said}");
    assert!(!said.contains(" 60 "), "{said}");
}
