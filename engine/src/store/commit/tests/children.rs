//! Runs that others call and wait for: they end with whoever called them.

use std::time::Duration;

use serde_json::json;

use super::world::World;
use crate::{
    core::{Input, Status},
    ids::RunId,
    store::{commit::Advanced, runs::Run, testing::on_each_database},
};

/// The newest run that this one called.
async fn called_by(world: &World, run: RunId) -> Run {
    let runs = world.all_runs().await.into_iter();
    runs.filter(|other| other.parent == Some(run))
        .max_by_key(|run| run.id)
        .expect("it was called")
}

/// A run that calls one that calls one that waits; all three, begun.
async fn family(world: &World, head: &str) -> [RunId; 3] {
    let last = "trigger: { manual: true }\nsteps: [ { id: c, wait: { for: 1h } }, { id: s, action: send, with: {} } ]";
    let mut id = world.publish(last).await;
    for head in ["", head] {
        let call =
            format!("{head}\ntrigger: {{ manual: true }}\nsteps: [ {{ id: p, call: '{id}' }} ]");
        id = world.publish(&call).await;
    }
    let root = world.start(id, json!({ "cart": 1 })).await;
    world.finish(root).await;
    let middle = called_by(world, root).await.id;
    world.finish(middle).await;
    let last = called_by(world, middle).await.id;
    world.finish(last).await;
    [root, middle, last]
}

async fn assert_ended(world: &World, runs: &[RunId]) {
    for run in runs {
        let row = world.run(*run).await;
        let seen = (row.status, row.outcome.as_deref(), row.due_at);
        assert_eq!(seen, (Status::Cancelled, Some("caller_ended"), None));
        let history = world.history(*run).await;
        assert_eq!(history.last().unwrap().kind, "caller");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_called_run_ends_with_its_caller_however_that_ends() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let [root, middle, last] = family(&world, "").await;
        let reason = "enough".to_owned();
        let cancel = Input::Cancel { reason };
        world
            .committer
            .deliver(world.org, root, cancel)
            .await
            .unwrap();
        assert_eq!(world.finish(root).await, Status::Cancelled);
        assert_ended(&world, &[middle, last]).await;

        let exit = "exit: [ { event: order, match: { cart: '${event.cart}' } } ]";
        let [root, middle, last] = family(&world, exit).await;
        world.clock.advance(Duration::from_secs(3_600));
        // The send was asked for, but not begun, when the order came.
        let late = world.load(last).await;
        world.tell("order", json!({ "cart": 1 })).await;
        assert_eq!(world.run(root).await.status, Status::Exited);
        assert_ended(&world, &[middle, last]).await;
        let send = world.next(late, vec![]);
        assert_eq!(send.begin.len(), 1);
        let answer = world.committer.advance(send).await.unwrap();
        assert!(matches!(answer, Advanced::Conflict), "{answer:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_caller_ends_what_it_called_and_a_retry_calls_again() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let child = "trigger: { manual: true }\nsteps: [ { id: c, wait: { for: 2h } } ]";
        let child = world.publish(child).await;
        let free = format!("{{ id: free, call: '{child}', wait: false }}");
        let parent = format!(
            "trigger: {{ manual: true }}\nsteps: [ {free}, {{ id: both, parallel: {{ \
             a: [ {{ id: sub, call: '{child}' }} ], \
             b: [ {{ id: w, wait: {{ for: 1h }} }}, {{ id: bad, set: {{ x: '${{no.such}}' }} }} ] }} }} ]"
        );
        let parent = world.publish(&parent).await;
        let run = world.start(parent, json!({})).await;
        world.finish(run).await;
        let sub = called_by(&world, run).await.id;
        world.clock.advance(Duration::from_secs(3_600));
        assert_eq!(world.finish(run).await, Status::Failed);
        assert_ended(&world, &[sub]).await;
        // Whoever was called without waiting goes its own way.
        assert_eq!(world.count("run where ended_at is null").await, 1);
        world.committer.deliver(world.org, run, Input::Retry).await.unwrap();
        world.move_on(run).await;
        assert_ne!(called_by(&world, run).await.id, sub);
    })
    .await;
}
