//! Runs of one key.

use serde_json::json;

use super::world::{World, at_once};
use crate::{
    core::{Input, Status},
    ids::WorkflowId,
    store::{
        commit::{Delivered, Started},
        events::Decision,
        testing::on_each_database,
        workflows,
    },
};

const MANY: usize = 40;

async fn many(world: &World, mode: &str) {
    world
        .publish(&format!(
            "trigger: {{ event: x, key: event.k, mode: {mode} }}\nsteps: [ {{ id: a, wait: {{ for: 1h }} }} ]"
        ))
        .await;
    let tasks = (0..MANY).map(|n| {
        let world = world.clone();
        async move { world.tell("x", json!({ "k": n % 2 })).await }
    });
    at_once(tasks).await;
}

async fn open(world: &World) -> Vec<crate::store::runs::Run> {
    world
        .all_runs()
        .await
        .into_iter()
        .filter(|run| !run.status.is_final())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn single_lets_one_run() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        many(&world, "single").await;
        assert_eq!(world.all_runs().await.len(), 2);
        let told = world.tell("x", json!({ "k": 0 })).await;
        assert_eq!(world.routes(&told).await, [Decision::ActiveAlready]);
        world.clock.advance(std::time::Duration::from_secs(3_600));
        for run in open(&world).await {
            assert_eq!(world.finish(run.id).await, Status::Completed);
        }
        let told = world.tell("x", json!({ "k": 0 })).await;
        assert_eq!(world.routes(&told).await, [Decision::Started]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn restart_keeps_the_newest() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        many(&world, "restart").await;
        let runs = world.all_runs().await;
        assert_eq!(runs.len(), MANY);
        assert_eq!(open(&world).await.len(), 2);
        assert_eq!(
            runs.iter()
                .filter(|run| run.outcome.as_deref() == Some("restarted"))
                .count(),
            MANY - 2
        );
        assert_eq!(world.count("run where due_at is not null").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn queue_takes_turns() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        many(&world, "queue").await;
        let mut done = 0;
        for _ in 0..MANY / 2 {
            let turns = world
                .count("run where queued = 0 and ended_at is null")
                .await;
            assert_eq!(turns, 2, "one at a time for each key");
            for run in open(&world)
                .await
                .into_iter()
                .filter(|run| run.due_at.is_some())
            {
                world.finish(run.id).await;
                world.clock.advance(std::time::Duration::from_secs(3_600));
                assert_eq!(world.finish(run.id).await, Status::Completed);
                done += 1;
            }
        }
        assert_eq!((done, open(&world).await.len()), (MANY, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_queued_run_can_be_cancelled_and_parallel_runs_do_not_care() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        many(&world, "parallel").await;
        assert_eq!(open(&world).await.len(), MANY);
        let queue = world
            .publish(
                "trigger: { manual: true, mode: queue }\nsteps: [ { id: a, wait: { for: 1h } } ]",
            )
            .await;
        let first = world.start(queue, json!({})).await;
        let second = world.start(queue, json!({})).await;
        let third = world.start(queue, json!({})).await;
        let cancel = Input::Cancel {
            reason: "enough".into(),
        };
        let told = world
            .committer
            .deliver(world.org, second, cancel.clone())
            .await
            .unwrap();
        assert_eq!(told, Delivered::Accepted);
        assert_eq!(world.run(second).await.status, Status::Cancelled);
        assert_eq!(
            world
                .committer
                .deliver(world.org, second, cancel.clone())
                .await
                .unwrap(),
            Delivered::Over
        );
        world
            .committer
            .deliver(world.org, first, cancel)
            .await
            .unwrap();
        assert_eq!(world.finish(first).await, Status::Cancelled);
        assert_eq!(world.finish(third).await, Status::Waiting);
        assert!(world.run(third).await.due_at.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_published_and_enabled_workflows_start() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let workflow = world
            .publish(
                "trigger: { event: x, where: event.a }\nsteps: [ { id: a, wait: { for: 1h } } ]",
            )
            .await;
        let decide = async |data| world.routes(&world.tell("x", data).await).await;
        assert_eq!(decide(json!({ "a": true })).await, [Decision::Started]);
        assert_eq!(
            decide(json!({ "a": false })).await,
            [Decision::ConditionFalse]
        );
        assert_eq!(decide(json!({ "a": 5 })).await, [Decision::ConditionFailed]);
        let now = world.clock.now();
        switch(&world, workflow, false).await;
        assert_eq!(decide(json!({ "a": true })).await, [Decision::Disabled]);
        let mut wish = world.wish(workflow, json!({}));
        wish.idempotency_key = Some("k".into());
        assert!(matches!(
            world.committer.start_run(wish.clone(), None).await.unwrap(),
            Started::NotFound
        ));
        switch(&world, workflow, true).await;
        let started = world.committer.start_run(wish, None).await.unwrap();
        assert!(
            matches!(
                started,
                Started::Run {
                    duplicate: false,
                    ..
                }
            ),
            "the first try did not use the key up"
        );
        let source = "operandi: 1\nname: test\ntrigger: { event: y }\nsteps: []";
        let draft = workflows::NewDraft {
            source: source.into(),
            format: "yaml".into(),
            name: json!("t"),
        };
        let mut tx = world.db.begin_write().await.unwrap();
        let rev = workflows::save(&mut tx, now, world.org, workflow, &draft, Some(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(rev, Some(2));
        assert_eq!(world.publish_again(workflow, 2, source).await, 2);
        assert!(
            decide(json!({ "a": true })).await.is_empty(),
            "the new version listens to something else"
        );
        let told = world.tell("y", json!({})).await;
        assert_eq!(world.run(told.started[0]).await.version, 2);
    })
    .await;
}

async fn switch(world: &World, workflow: WorkflowId, enabled: bool) {
    let mut tx = world.db.begin_write().await.unwrap();
    let (now, object) = (world.clock.now(), (world.org, workflow));
    let announced = workflows::set_enabled(&mut tx, &world.programs, now, object, enabled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    announced.unwrap().committed(&world.programs);
}
