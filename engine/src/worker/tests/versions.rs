//! What becomes of those who wait on an older version when a new one is published.

use std::time::Duration;

use operandi_dsl::{StepId, text, time::Timestamp};
use serde_json::json;

use super::rig::Rig;
use crate::{
    core::Status,
    ids::{RunId, WorkflowId},
    store::{
        runs, tally,
        testing::on_each_database,
        workflows::{self, NewDraft, ReplaceError, UNDO_TIME, Undone, Waiting},
    },
};

const OLD: &str = "trigger: { event: cart.updated, key: event.cart_id }
exit: [ { event: order.created, match: { cart_id: '${event.cart_id}' }, outcome: bought } ]
steps: [ { id: rest, wait: { for: 1h } }, { id: pay, action: once, with: {} } ]";

const NEW: &str = "trigger: { event: cart.updated, key: event.cart_id }
exit: [ { event: cart.gone, match: { cart_id: '${event.cart_id}' }, outcome: gone } ]
goal: { event: order.created, match: { cart_id: '${event.cart_id}' }, within: 5d }
steps:
  - { id: hello, wait: { for: 2h } }
  - { id: both, parallel: { a: [ { id: inside, wait: { for: 1h } } ], b: [] } }
  - { id: bye, stop: done }";

/// Publishes another version, with a choice for those who wait at `rest`; how many were told.
async fn publish(rig: &Rig, id: WorkflowId, to: Option<&str>) -> Result<usize, ReplaceError> {
    let source = format!("operandi: 1\nname: test\n{NEW}");
    let document = text::value(&source).unwrap_or_else(|problems| panic!("{problems:?}"));
    let draft = NewDraft {
        source,
        format: "yaml".into(),
        name: json!("test"),
    };
    let (now, programs) = (rig.clock.now(), rig.engine.programs());
    let mut tx = rig.db.begin_write().await.unwrap();
    let rev = workflows::save(&mut tx, now, rig.org, id, &draft, None).await;
    let rev = rev.unwrap().expect("it is there");
    let published = workflows::publish_in(&mut tx, programs, now, rig.org, (id, rev, &document));
    let (version, announced) = published.await.unwrap();
    let program = programs.compiler().compile(&document, &json!({})).unwrap();
    let choice = Waiting {
        version: 1,
        step: StepId::new("rest"),
        to: to.map(StepId::new),
    };
    let told =
        workflows::replace(&mut tx, now, (rig.org, id), (version, &program), &choice).await?;
    tx.commit().await.unwrap();
    announced.committed(programs);
    Ok(told)
}

async fn carts(rig: &Rig, carts: &[&str]) {
    for cart in carts {
        rig.event("cart.updated", json!({ "cart_id": cart })).await;
    }
    rig.settle().await;
}

/// Key, version, status and outcome of all runs.
async fn stand(rig: &Rig) -> Vec<(String, i64, Status, Option<String>)> {
    let filter = runs::Filter {
        limit: 100,
        ..runs::Filter::default()
    };
    let mut all: Vec<_> = (runs::list(&rig.db, rig.org, &filter)
        .await
        .unwrap()
        .into_iter())
    .map(|run| (run.key, run.version, run.status, run.outcome))
    .collect();
    all.sort_unstable_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    all
}

fn row(
    key: &str,
    version: i64,
    status: Status,
    outcome: Option<&str>,
) -> (String, i64, Status, Option<String>) {
    (key.to_owned(), version, status, outcome.map(str::to_owned))
}

async fn undo(rig: &Rig, id: WorkflowId) -> Result<i64, Undone> {
    let (now, programs) = (rig.clock.now(), rig.engine.programs());
    let mut tx = rig.db.begin_write().await.unwrap();
    let undone = workflows::undo(&mut tx, programs, now, rig.org, id).await;
    let (version, announced) = undone.unwrap()?;
    tx.commit().await.unwrap();
    announced.committed(programs);
    Ok(version)
}

#[tokio::test]
async fn they_go_over_from_where_they_wait_and_what_reached_them_before_still_counts() {
    on_each_database(|db| async move {
        let rig = Rig::on(db).await;
        let id = rig.publish(OLD).await;
        carts(&rig, &["c1", "c2", "c3"]).await;
        assert_eq!(publish(&rig, id, Some("hello")).await.unwrap(), 3);
        // Before anybody looked: the version they are on still says what ends them.
        rig.event("order.created", json!({ "cart_id": "c2" })).await;
        rig.settle().await;
        let waiting = |key| row(key, 2, Status::Waiting, None);
        let bought = row("c2", 1, Status::Exited, Some("bought"));
        assert_eq!(
            stand(&rig).await,
            [waiting("c1"), bought.clone(), waiting("c3")]
        );
        // From here on it is the new one.
        rig.event("cart.gone", json!({ "cart_id": "c1" })).await;
        rig.event("order.created", json!({ "cart_id": "c3" })).await;
        let gone = row("c1", 2, Status::Exited, Some("gone"));
        assert_eq!(
            stand(&rig).await,
            [gone.clone(), bought.clone(), waiting("c3")]
        );
        rig.after(Duration::from_secs(3_600)).await;
        assert!(rig.calls("once").is_empty(), "the old step is nobody's");
        rig.after(Duration::from_secs(3_600)).await;
        let standing = tally::standing(&rig.db, rig.org, id).await.unwrap();
        assert_eq!(standing.len(), 1);
        assert_eq!(
            (standing[0].version, standing[0].steps.as_str()),
            (2, "both inside")
        );
        rig.after(Duration::from_secs(3_600)).await;
        let done = row("c3", 2, Status::Completed, Some("done"));
        assert_eq!(stand(&rig).await, [gone, bought, done]);

        let period = (Timestamp(0), rig.clock.now());
        let numbers = tally::numbers(&rig.db, rig.org, id, period).await.unwrap();
        let (runs, steps) = (numbers.runs, numbers.steps);
        assert_eq!((runs.started, runs.completed, runs.exited), (3, 1, 2));
        assert_eq!((runs.failed, runs.cancelled, runs.converted), (0, 0, 1));
        let entered = |step: &str| (steps[step].entered, steps[step].waiting);
        assert_eq!((entered("rest"), entered("hello")), ((3, 0), (2, 0)));
        assert_eq!((entered("inside"), entered("bye")), ((1, 0), (1, 0)));
    })
    .await;
}

#[tokio::test]
async fn they_may_leave_and_impossible_places_are_named() {
    on_each_database(|db| async move {
        let rig = Rig::on(db).await;
        let id = rig.publish(OLD).await;
        carts(&rig, &["c1", "c2"]).await;
        for to in ["inside", "pay", "nowhere"] {
            let refused = publish(&rig, id, Some(to)).await;
            assert!(
                matches!(&refused, Err(ReplaceError::NoSuchStep(step)) if step.as_str() == to),
                "{refused:?}"
            );
        }
        assert_eq!(publish(&rig, id, None).await.unwrap(), 2);
        rig.settle().await;
        let left = |key| row(key, 1, Status::Exited, Some("new_version"));
        assert_eq!(stand(&rig).await, [left("c1"), left("c2")]);
    })
    .await;
}

#[tokio::test]
async fn a_version_is_taken_back_within_the_hour_and_once() {
    on_each_database(|db| async move {
        let rig = Rig::on(db).await;
        let id = rig.publish(OLD).await;
        assert_eq!(undo(&rig, id).await, Err(Undone::Nothing));
        carts(&rig, &["c1"]).await;
        publish(&rig, id, Some("hello")).await.unwrap();
        rig.settle().await;
        let live = workflows::live(&rig.db, rig.org, id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (live.version, live.undo_until),
            (2, Some(rig.clock.now().after(UNDO_TIME)))
        );
        rig.clock.advance(UNDO_TIME);
        assert_eq!(undo(&rig, id).await, Ok(1));
        assert_eq!(undo(&rig, id).await, Err(Undone::Nothing));
        carts(&rig, &["c2"]).await;
        let versions: Vec<_> = stand(&rig).await.into_iter().map(|run| run.1).collect();
        assert_eq!(
            versions,
            [2, 1],
            "who was moved stays, who comes takes the old one"
        );
        publish(&rig, id, None).await.unwrap();
        rig.clock.advance(UNDO_TIME + Duration::from_millis(1));
        assert_eq!(undo(&rig, id).await, Err(Undone::TooLate));
        let nobody = WorkflowId::from_uuid(uuid::Uuid::nil());
        assert_eq!(undo(&rig, nobody).await, Err(Undone::NotFound));
    })
    .await;
}

/// A run that fails, is told to go on, and completes: it is counted as what it became.
#[tokio::test]
async fn a_run_is_counted_as_what_became_of_it() {
    on_each_database(|db| async move {
        let rig = Rig::on(db).await;
        let id = rig
            .publish("steps: [ { id: pay, action: once, with: {} } ]")
            .await;
        let failure = crate::node::Failure::Params {
            detail: "no".to_owned().into(),
        };
        rig.tell("once", super::rig::Answer::Fail(failure));
        let run: RunId = rig.start(id).await;
        rig.settle().await;
        let period = (Timestamp(0), Timestamp(i64::MAX));
        let seen = tally::numbers(&rig.db, rig.org, id, period).await.unwrap();
        assert_eq!((seen.runs.failed, seen.steps["pay"].failed), (1, 1));
        rig.deliver(run, crate::core::Input::Retry).await;
        rig.settle().await;
        let seen = tally::numbers(&rig.db, rig.org, id, period).await.unwrap();
        assert_eq!(
            (seen.runs.started, seen.runs.failed, seen.runs.completed),
            (1, 0, 1)
        );
    })
    .await;
}
