//! What many writes at once never do.

use std::collections::BTreeSet;

use serde_json::json;

use super::world::{World, at_once, done};
use crate::{
    core::Status,
    event::{Ingest, RecordWrite},
    store::{
        StoreError,
        commit::{Advanced, Fire, Started},
        schedules,
        testing::on_each_database,
    },
};

const MANY: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_delivery_counts_once() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: x }\nsteps: [ { id: a, wait: { for: 1h } } ]")
            .await;
        let tasks = (0..MANY).map(|_| {
            let world = world.clone();
            async move {
                let ingest = Ingest {
                    dedupe: Some("d-1".into()),
                    ..world.delivery(vec![world.event("x", json!({}))])
                };
                world.committer.ingest(ingest, None).await.unwrap()
            }
        });
        let ingested = at_once(tasks).await;
        assert_eq!(ingested.iter().filter(|one| !one.duplicate).count(), 1);
        let ids: BTreeSet<_> = ingested.iter().flat_map(|one| one.events.clone()).collect();
        assert_eq!(ids.len(), 1, "all are told of the same event");
        assert_eq!(world.all_runs().await.len(), 1);
        assert_eq!(world.count("event").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_start_with_a_key_gives_one_run() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let workflow = world
            .publish("trigger: { manual: true }\nsteps: [ { id: a, wait: { for: 1h } } ]")
            .await;
        let tasks = (0..MANY).map(|_| {
            let world = world.clone();
            async move {
                let mut wish = world.wish(workflow, json!({ "a": 1 }));
                wish.idempotency_key = Some("k".into());
                match world.committer.start_run(wish, None).await.unwrap() {
                    Started::Run { run, duplicate, .. } => (run, duplicate),
                    other => panic!("{other:?}"),
                }
            }
        });
        let started = at_once(tasks).await;
        assert_eq!(
            started.iter().filter(|(_, duplicate)| !duplicate).count(),
            1
        );
        assert!(started.iter().all(|(run, _)| *run == started[0].0));
        assert_eq!(world.all_runs().await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_order_and_a_send_never_both_win() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart, key: event.cart }\n\
                 exit: [ { event: order, match: { cart: '${event.cart}' }, outcome: bought } ]\n\
                 steps: [ { id: a, action: send, with: {} }, { id: b, wait: { for: 1h } } ]",
            )
            .await;
        let tasks = (0..MANY).map(|n| {
            let world = world.clone();
            async move {
                let run = world.tell("cart", json!({ "cart": n })).await.started[0];
                let loaded = world.load(run).await;
                let begin = world.next(loaded, vec![]);
                let order = async {
                    world.tell("order", json!({ "cart": n })).await;
                };
                let send = async {
                    matches!(
                        world.committer.advance(begin).await.unwrap(),
                        Advanced::Committed(_)
                    )
                };
                let ((), sent) = tokio::join!(order, send);
                (run, sent)
            }
        });
        let raced = at_once(tasks).await;
        for (run, sent) in &raced {
            let row = world.run(*run).await;
            assert_eq!(
                (row.status, row.outcome.as_deref()),
                (Status::Exited, Some("bought"))
            );
            let rows = world.count(&format!("send where run_id = '{run}'")).await;
            assert_eq!(
                rows,
                i64::from(*sent),
                "a send that could not begin leaves nothing"
            );
        }
        assert_eq!(world.count("wait").await, 0);
        assert_eq!(world.count("run where due_at is not null").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_start_and_the_order_that_ends_it_are_in_order() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart }\n\
                 exit: [ { event: order, match: { cart: '${event.cart}' } } ]\n\
                 steps: [ { id: b, wait: { for: 1h } } ]",
            )
            .await;
        let tasks = (0..MANY).map(|n| {
            let world = world.clone();
            async move {
                let (cart, order) = tokio::join!(
                    world.tell("cart", json!({ "cart": n })),
                    world.tell("order", json!({ "cart": n }))
                );
                (cart.started[0], cart.events[0], order.events[0])
            }
        });
        for (run, _, order) in at_once(tasks).await {
            // Either the order came first and the cart began a run, or the order ended it.
            let exited = world.run(run).await.status == Status::Exited;
            let routed = crate::store::events::get(&world.db, world.org, order)
                .await
                .unwrap()
                .unwrap()
                .routes;
            let seen = world
                .history(run)
                .await
                .iter()
                .any(|entry| entry.kind == "exit");
            assert_eq!(exited, seen);
            assert!(routed.len() <= 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_that_comes_while_its_wait_is_recorded_is_never_missed() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart }\n\
                 steps: [ { id: a, action: keyed }, { id: b, wait_for: { event: reply, match: { cart: '${event.cart}' } } } ]",
            )
            .await;
        let tasks = (0..MANY).map(|n| {
            let world = world.clone();
            async move {
                let run = world.tell("cart", json!({ "cart": n })).await.started[0];
                let Advanced::Committed(begun) = world.move_on(run).await else { panic!("nobody else is there") };
                let results = begun.state.begun().iter().map(done).collect();
                let wait = world.next(*begun, results);
                let reply = world.tell("reply", json!({ "cart": n }));
                let (_, waits) = tokio::join!(reply, world.committer.advance(wait));
                assert!(matches!(waits.unwrap(), Advanced::Committed(_)));
                world.finish(run).await
            }
        });
        let ended = at_once(tasks).await;
        assert_eq!(ended.iter().filter(|status| **status == Status::Completed).count(), MANY);
        assert_eq!((world.count("wait").await, world.count("inbox").await), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_workers_wins() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: x }\nsteps: [ { id: a, action: once } ]")
            .await;
        let run = world.tell("x", json!({})).await.started[0];
        let tasks = (0..8).map(|_| {
            let world = world.clone();
            async move { matches!(world.move_on(run).await, Advanced::Committed(_)) }
        });
        // Those that load after the first commit find nothing to begin, and commit nothing of it.
        let before = world.load(run).await;
        let stale: Vec<_> = (0..8).map(|_| world.next(before.clone(), vec![])).collect();
        let raced = stale.into_iter().map(|advance| {
            let world = world.clone();
            async move {
                matches!(
                    world.committer.advance(advance).await.unwrap(),
                    Advanced::Committed(_)
                )
            }
        });
        assert_eq!(
            at_once(raced).await.into_iter().filter(|won| *won).count(),
            1
        );
        at_once(tasks).await;
        assert_eq!(world.load(run).await.state.begun().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_poisoned_write_fails_alone() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let tasks = (0..MANY).map(|n| {
            let world = world.clone();
            async move {
                let mut ingest = world.delivery(vec![world.event("x", json!({ "n": n }))]);
                if n == 7 {
                    let (keys, patch) = (vec![("id".into(), "1".into())], serde_json::Map::new());
                    ingest.records.push(RecordWrite {
                        kind: "unheard_of".into(),
                        keys,
                        patch,
                        as_of: world.clock.now(),
                    });
                }
                world.committer.ingest(ingest, None).await.is_ok()
            }
        });
        let stored = at_once(tasks).await;
        assert_eq!(stored.iter().filter(|stored| **stored).count(), MANY - 1);
        assert!(!stored[7]);
        assert_eq!(world.count("event").await, i64::try_from(MANY).unwrap() - 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_queue_says_busy_and_loses_nothing() {
    on_each_database(|db| async move {
        let world = World::new(db.clone()).await;
        let mut held = db.begin_write().await.unwrap();
        if db.folder().is_none() {
            held.execute("lock table event in access exclusive mode", &[])
                .await
                .unwrap();
        }
        let tasks: Vec<_> = (0..4_000)
            .map(|n| {
                let world = world.clone();
                tokio::spawn(async move {
                    let ingest = world.delivery(vec![world.event("x", json!({ "n": n }))]);
                    world.committer.try_ingest(ingest, None).await
                })
            })
            .collect();
        // Every task has either its place in the queue or its answer once the last has been refused.
        let mut refused = 0;
        for task in tasks.iter().rev().take(1) {
            while !task.is_finished() {
                tokio::task::yield_now().await;
            }
        }
        held.rollback().await.unwrap();
        let mut stored = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => stored += 1,
                Err(StoreError::Busy) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(refused > 1_000, "{refused}");
        assert_eq!(world.count("event").await, stored);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schedule_fires_once_over_all_processes() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let workflow = world
            .publish("trigger: { schedule: { cron: '0 9 * * *', zone: UTC } }\nsteps: [ { id: a, wait: { for: 1h } } ]")
            .await;
        let at = schedules::next(&world.db, world.org, workflow).await.unwrap().expect("it is enabled");
        world.clock.advance(std::time::Duration::from_secs(100 * 3_600));
        let due = schedules::due(&world.db, world.clock.now(), 10).await.unwrap();
        assert_eq!(due.iter().map(|due| (due.workflow, due.at)).collect::<Vec<_>>(), [(workflow, at)]);
        let next = Some(at.after(std::time::Duration::from_secs(96 * 3_600)));
        let tasks = (0..10).map(|_| {
            let world = world.clone();
            async move {
                let fire = Fire { org: world.org, workflow, at, next, start: true };
                world.committer.fire(fire, None).await.unwrap().0
            }
        });
        assert_eq!(at_once(tasks).await.into_iter().filter(|claimed| *claimed).count(), 1);
        assert_eq!(world.all_runs().await.len(), 1);
        assert_eq!(schedules::next(&world.db, world.org, workflow).await.unwrap(), next);
    })
    .await;
}
