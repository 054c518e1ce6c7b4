//! How fast it is. Not part of the suite: it measures, and proves nothing.

use std::{sync::Arc, time::Instant};

use serde_json::json;

use super::world::{World, done};
use crate::store::{
    Db,
    sql::{Settings, Synchronous},
};

const RUNS: usize = 40_000;
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run it by name, optimised"]
#[allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures"
)]
async fn short_runs_per_second() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, name) = match std::env::var("OPERANDI_TEST_POSTGRES") {
        Ok(url) => (Settings::postgres(url), "postgres"),
        Err(_) => (
            Settings {
                synchronous: Synchronous::Full,
                ..Settings::folder(folder.path())
            },
            "sqlite full",
        ),
    };
    let world = World::new(Db::open(&settings).await.unwrap()).await;
    world
        .publish(
            "trigger: { event: x, where: 'event.total > 10', key: event.id }\n\
             steps: [ { id: i, if: 'event.total > 20', then: [ { id: s, set: { big: true } } ] }, { id: a, action: keyed, with: { id: '${event.id}' } } ]",
        )
        .await;
    let world = Arc::new(world);
    let permits = world.permits(10_000);
    let began = Instant::now();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|task| {
            let (world, permits) = (Arc::clone(&world), permits.clone());
            tokio::spawn(async move {
                for n in 0..RUNS / AT_ONCE {
                    let data = json!({ "id": format!("{task}-{n}"), "total": 30, "currency": "ARS", "items": [{ "sku": "a", "title": "Remera", "price": 10 }] });
                    let ingest = world.delivery(vec![world.event("x", data)]);
                    let begun = world.committer.ingest(ingest, Some(permits.clone())).await.unwrap().begun;
                    for begun in begun {
                        let results = begun.run.state.begun().iter().map(done).collect();
                        world.committer.advance(world.next(begun.run, results)).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let runs = u32::try_from(RUNS / AT_ONCE * AT_ONCE).unwrap();
    println!(
        "{name}: {:.0} runs/s",
        f64::from(runs) / began.elapsed().as_secs_f64()
    );
}
