//! Changes of records by people and programs.

use serde_json::{Map, Value, json};

use super::world::World;
use crate::{
    clock,
    core::Status,
    event::{Ingest, RecordWrite},
    ids::RecordId,
    store::{
        accounts::NewAudit,
        commit::{ChangeRequest, Changed, Claimed},
        records::{Command, Deed, RecordError},
        sql::StoreError,
        testing::on_each_database,
    },
};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn new_id() -> RecordId {
    RecordId::from_uuid(clock::new_uuid())
}

fn person(world: &World, id: RecordId, phone: &str, key: Option<&str>) -> ChangeRequest {
    let command = Command {
        org: world.org,
        kind: "person".into(),
        deed: Deed::Create {
            id,
            keys: vec![("phone".into(), phone.into())],
            document: object(json!({ "name": "Ana" })),
        },
    };
    asked(command, key)
}

fn asked(command: Command, key: Option<&str>) -> ChangeRequest {
    let audit = NewAudit {
        actor: "system".into(),
        action: "record.test".into(),
        object_kind: "person".into(),
        object_id: command.record().to_string(),
        detail: json!({}),
    };
    let claim = key.map(|key| Claimed {
        key: key.into(),
        fingerprint: "print".into(),
        answer: json!({ "id": command.record() }),
    });
    ChangeRequest {
        command,
        claim,
        audit,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_is_told_noted_and_answered_in_one_commit() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish("trigger: { event: person.created }\nsteps: [ { id: a, wait: { for: 1h } } ]")
            .await;
        let id = new_id();
        let first = person(&world, id, "1", Some("k"));
        let done = world.committer.change(first.clone()).await.unwrap();
        assert!(matches!(done, Changed::Done(made) if made == id));
        let counts = async || {
            [
                world.count("record").await,
                world.count("event where type = 'person.created'").await,
                world.count("run").await,
                world.count("audit").await,
                world.count("idempotency").await,
            ]
        };
        assert_eq!(counts().await, [1, 1, 1, 1, 1]);

        let again = world.committer.change(first).await.unwrap();
        let Changed::Repeated { fingerprint, answer } = again else {
            panic!("{again:?}");
        };
        assert_eq!((fingerprint.as_str(), answer), ("print", json!({ "id": id })));
        assert_eq!(counts().await, [1, 1, 1, 1, 1]);

        let taken = person(&world, new_id(), "1", Some("other"));
        let refused = world.committer.change(taken).await.unwrap();
        assert!(
            matches!(&refused, Changed::Refused(RecordError::KeyTaken { holder, .. }) if *holder == id),
            "{refused:?}"
        );
        assert_eq!(counts().await, [1, 1, 1, 1, 1], "the key is free again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_for_a_record_hears_of_the_one_that_took_it_in() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        world
            .publish(
                "trigger: { event: cart }\nsteps: [ { id: a, wait_for: \
                 { event: reply, match: { 'from.person': '${event.person}' }, timeout: 2h } } ]",
            )
            .await;
        let (old, kept) = (new_id(), new_id());
        for (id, phone) in [(old, "1"), (kept, "2")] {
            world
                .committer
                .change(person(&world, id, phone, None))
                .await
                .unwrap();
        }
        let run = world.tell("cart", json!({ "person": old })).await.started[0];
        let merge = |id, from| Command {
            org: world.org,
            kind: "person".into(),
            deed: Deed::Merge { id, from },
        };
        world
            .committer
            .change(asked(merge(kept, old), None))
            .await
            .unwrap();
        world
            .tell("reply", json!({ "from": { "person": new_id() } }))
            .await;
        assert_eq!(world.finish(run).await, Status::Waiting);
        world
            .tell("reply", json!({ "from": { "person": kept } }))
            .await;
        assert_eq!(world.finish(run).await, Status::Completed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_breaks_a_rule_is_refused_at_the_door() {
    on_each_database(|db| async move {
        let world = World::new(db).await;
        let write = |kind: &str, key: &str| RecordWrite {
            kind: kind.into(),
            keys: vec![(key.into(), "1".into())],
            patch: Map::new(),
            as_of: world.clock.now(),
        };
        for bad in [write("person", "passport"), write("ghost", "phone")] {
            let ingest = Ingest {
                records: vec![bad],
                ..world.delivery(vec![])
            };
            let refused = world.committer.ingest(ingest, None).await;
            assert!(
                matches!(refused, Err(StoreError::Refused(_))),
                "{refused:?}"
            );
        }
        assert_eq!(world.count("record").await, 0);
    })
    .await;
}
