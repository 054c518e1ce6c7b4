//! Faults made by hand on real databases: each is found, named and mended, and what is right is
//! left alone.

use operandi_dsl::{catalog::Catalog, expr::Language, program::compile};
use serde_json::{Value, json};

use super::*;
use crate::{
    clock,
    core::{Wait, WaitKind},
    ids::{OrgId, RunId, WorkflowId},
    store::{
        accounts::{NewOrg, create_org},
        schedules,
        sql::Param,
        testing::on_each_database,
        workflows::{self, Compiler, NewDraft},
    },
};

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const SILENCE: Duration = Duration::from_secs(60);

/// A name, a run, and the fault it has with the time it falls due instead.
type Case = (&'static str, Given, Option<(Fault, i64)>);

/// An open run, right until changed.
#[derive(Clone)]
struct Given {
    due: Option<i64>,
    owner: Option<&'static str>,
    queued: bool,
    ended: bool,
    inputs: usize,
    place: Value,
    /// Slots that have a row.
    rows: &'static [&'static str],
}

fn sleeping(until: i64) -> Given {
    Given {
        due: Some(until),
        owner: None,
        queued: false,
        ended: false,
        inputs: 0,
        place: json!({"sleeping": {"until": until}}),
        rows: &[],
    }
}

fn listening() -> Given {
    let wait = Wait {
        slot: "w".to_owned(),
        kind: WaitKind::Step,
        event: "x".to_owned(),
        fields: vec!["id".to_owned()],
        key: "1:1".to_owned(),
        conditional: false,
        until: None,
        since: NOW,
    };
    Given {
        due: None,
        place: json!({"awaiting": {"waits": [wait]}}),
        rows: &["w"],
        ..sleeping(0)
    }
}

async fn put(db: &Db, org: OrgId, given: &Given) -> RunId {
    let run = RunId::from_uuid(clock::new_uuid());
    let lane = json!({"id": 0, "at": "s", "place": given.place, "since": NOW});
    let state = json!({"lanes": [lane], "next_lane": 1, "next_intent": 0, "next_wait": 0});
    let ended = given.ended.then_some(NOW);
    let params: [Param; 9] = [
        org.into(),
        run.into(),
        if given.ended { "completed" } else { "waiting" }.into(),
        given.due.into(),
        given.owner.into(),
        given.queued.into(),
        state.to_string().into(),
        NOW.into(),
        ended.into(),
    ];
    db.execute(
        "insert into run (org_id, id, workflow_id, version, key, mode, status, seq, due_at, owner, queued, state, \
         started_at, changed_at, ended_at) values ($1, $2, 'wf', 1, 'k', 'queue', $3, 1, $4, $5, $6, $7, $8, $8, $9)",
        &params,
    )
    .await
    .unwrap();
    for slot in given.rows {
        put_wait(db, org, run, slot, "step", None).await;
    }
    for _ in 0..given.inputs {
        put_input(db, org, run).await;
    }
    run
}

async fn put_wait(
    db: &Db,
    org: OrgId,
    run: RunId,
    slot: &str,
    kind: &str,
    until: Option<Timestamp>,
) {
    db.execute(
        "insert into wait (org_id, hash, run_id, slot, kind, conditional, until_at, match_text) \
         values ($1, 7, $2, $3, $4, 0, $5, 'x')",
        &[
            org.into(),
            run.into(),
            slot.into(),
            kind.into(),
            until.into(),
        ],
    )
    .await
    .unwrap();
}

async fn put_input(db: &Db, org: OrgId, run: RunId) {
    db.execute(
        "insert into inbox (org_id, run_id, input, received_at) values ($1, $2, '{}', 0)",
        &[org.into(), run.into()],
    )
    .await
    .unwrap();
}

async fn beat(db: &Db, id: &str, at: Timestamp) {
    db.execute(
        "insert into process (id, roles, started_at, beat_at) values ($1, '', 0, $2)",
        &[id.into(), at.into()],
    )
    .await
    .unwrap();
}

async fn due(db: &Db, org: OrgId, run: RunId) -> Option<i64> {
    let sql = "select due_at from run where org_id = $1 and id = $2";
    db.fetch_one(sql, &[org.into(), run.into()])
        .await
        .unwrap()
        .opt_int("due_at")
        .unwrap()
}

async fn pass(db: &Db) -> Report {
    SelfCheck::default()
        .pass_rows(db, NOW, SILENCE)
        .await
        .unwrap()
}

fn new_org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

#[tokio::test]
async fn a_run_without_a_way_to_wake_is_found_and_woken() {
    on_each_database(|db| async move {
        let later = NOW.0 + 5_000;
        beat(&db, "alive", NOW).await;
        beat(&db, "silent", Timestamp(NOW.0 - 61_000)).await;
        let table: [Case; 15] = [
            ("sleeps", sleeping(later), None),
            ("listens", listening(), None),
            (
                "asks a person",
                Given {
                    due: None,
                    place: json!({"asking": {}}),
                    ..sleeping(0)
                },
                None,
            ),
            (
                "its effect's end is unknown",
                Given {
                    due: None,
                    place: acting("unknown"),
                    ..sleeping(0)
                },
                None,
            ),
            (
                "is being performed",
                Given {
                    owner: Some("alive"),
                    place: acting("begun"),
                    ..sleeping(later)
                },
                None,
            ),
            (
                "is due already",
                Given {
                    due: Some(NOW.0),
                    inputs: 1,
                    ..listening()
                },
                None,
            ),
            (
                "sleeps for ever",
                Given {
                    due: None,
                    ..sleeping(later)
                },
                Some((Fault::DueTooLate, later)),
            ),
            (
                "oversleeps",
                Given {
                    due: Some(later + 1),
                    ..sleeping(later)
                },
                Some((Fault::DueTooLate, later)),
            ),
            (
                "has input",
                Given {
                    inputs: 1,
                    ..listening()
                },
                Some((Fault::InputAsleep, NOW.0)),
            ),
            (
                "has input and sleeps",
                Given {
                    inputs: 2,
                    ..sleeping(later)
                },
                Some((Fault::InputAsleep, NOW.0)),
            ),
            (
                "listens in vain",
                Given {
                    rows: &[],
                    ..listening()
                },
                Some((Fault::WaitMissing, NOW.0)),
            ),
            (
                "was its process's",
                Given {
                    owner: Some("silent"),
                    place: acting("begun"),
                    ..sleeping(later)
                },
                Some((Fault::OwnerGone, NOW.0)),
            ),
            (
                "has a lease without end",
                Given {
                    owner: Some("alive"),
                    due: None,
                    place: acting("begun"),
                    ..sleeping(0)
                },
                Some((Fault::LeaseWithoutEnd, NOW.0)),
            ),
            (
                "joins nothing",
                Given {
                    due: None,
                    place: json!({"joining": {}}),
                    ..sleeping(0)
                },
                Some((Fault::NoWayToWake, NOW.0)),
            ),
            (
                "waits for its turn behind nobody",
                Given {
                    queued: true,
                    due: None,
                    ..sleeping(0)
                },
                Some((Fault::TurnLost, NOW.0)),
            ),
        ];
        for (name, given, expected) in table {
            let org = new_org();
            let run = put(&db, org, &given).await;
            let report = pass(&db).await;
            match expected {
                None => {
                    assert_eq!(report.faults, BTreeMap::new(), "{name}");
                    assert_eq!(due(&db, org, run).await, given.due, "{name}");
                }
                Some((fault, at)) => {
                    let found = Found {
                        found: 1,
                        repaired: 1,
                        examples: vec![run.to_string()],
                    };
                    assert_eq!(report.faults, BTreeMap::from([(fault, found)]), "{name}");
                    assert_eq!(due(&db, org, run).await, Some(at), "{name}");
                }
            }
            for sql in [
                "delete from run where org_id = $1",
                "delete from wait where org_id = $1",
                "delete from inbox where org_id = $1",
            ] {
                db.execute(sql, &[org.into()]).await.unwrap();
            }
        }
    })
    .await;
}

fn acting(phase: &str) -> Value {
    let intent = json!({
        "id": "00000000-0000-0000-0000-000000000000.1", "step": "s", "kind": "k", "params": {}, "attempt": 1,
        "purpose": null, "sends": false, "timeout_ms": null, "lane": null,
    });
    json!({"acting": {"intent": intent, "phase": phase}})
}

#[tokio::test]
async fn a_turn_behind_somebody_is_waited_for() {
    on_each_database(|db| async move {
        let org = new_org();
        put(&db, org, &sleeping(NOW.0 + 1)).await;
        let queued = put(
            &db,
            org,
            &Given {
                queued: true,
                due: None,
                ..sleeping(0)
            },
        )
        .await;
        assert_eq!(pass(&db).await.faults, BTreeMap::new());
        assert_eq!(due(&db, org, queued).await, None);
    })
    .await;
}

#[tokio::test]
async fn rows_of_runs_that_are_over_are_cleared_away() {
    on_each_database(|db| async move {
        let org = new_org();
        let ended = put(
            &db,
            org,
            &Given {
                ended: true,
                due: None,
                ..sleeping(0)
            },
        )
        .await;
        let ghost = RunId::from_uuid(clock::new_uuid());
        let open = put(&db, org, &listening()).await;
        put_wait(&db, org, ended, "goal", "goal", Some(Timestamp(NOW.0 + 1))).await;
        put_wait(&db, org, ended, "late", "goal", Some(NOW)).await;
        put_wait(&db, org, ended, "step", "step", None).await;
        put_wait(&db, org, ghost, "exit", "exit", None).await;
        put_input(&db, org, ended).await;
        put_input(&db, org, ghost).await;
        let faults = pass(&db).await.faults;
        let counts: Vec<_> = faults
            .iter()
            .map(|(fault, found)| (*fault, found.found, found.repaired))
            .collect();
        assert_eq!(
            counts,
            [(Fault::WaitOrphaned, 2, 2), (Fault::InputOrphaned, 2, 2)]
        );
        let sql = "select run_id, slot from wait where org_id = $1 order by slot";
        let left = db.fetch_all(sql, &[org.into()]).await.unwrap();
        let left: Vec<(RunId, String)> = left
            .iter()
            .map(|row| (row.id("run_id").unwrap(), row.text("slot").unwrap()))
            .collect();
        let kept = [(ended, "goal"), (ended, "late"), (open, "w")];
        assert_eq!(left, kept.map(|(run, slot)| (run, slot.to_owned())));
        assert_eq!(pass(&db).await.faults, BTreeMap::new());
    })
    .await;
}

#[tokio::test]
async fn a_pass_is_bounded_and_the_next_goes_on() {
    on_each_database(|db| async move {
        let org = new_org();
        let bad = Given {
            due: None,
            ..sleeping(NOW.0 + 1)
        };
        let count = u64::from(ROWS_PER_PASS) + 20;
        for _ in 0..count {
            put(&db, org, &bad).await;
        }
        let mut check = SelfCheck::default();
        let mut report = check.pass_rows(&db, NOW, SILENCE).await.unwrap();
        assert_eq!(
            (report.checked, report.round_complete),
            (u64::from(ROWS_PER_PASS), false)
        );
        report.merge(check.pass_rows(&db, NOW, SILENCE).await.unwrap());
        assert!(report.round_complete);
        let found = &report.faults[&Fault::DueTooLate];
        assert_eq!(
            (found.found, found.repaired, found.examples.len()),
            (count, count, EXAMPLES_MAX)
        );
        assert_eq!(
            check.pass_rows(&db, NOW, SILENCE).await.unwrap().faults,
            BTreeMap::new()
        );
    })
    .await;
}

#[tokio::test]
async fn an_enabled_schedule_has_one_next_time_and_no_other_has_any() {
    on_each_database(|db| async move {
        let mut tx = db.begin_write().await.unwrap();
        let org = create_org(&mut tx, NOW, &NewOrg::named("Shop")).await.unwrap();
        tx.commit().await.unwrap();
        let compiler = Compiler::new(|document, _| {
            let document = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
            compile(&document, &serde_json::Map::new(), &Catalog::default(), &Language::untimed())
                .map_err(|error| error.to_string())
        });
        let programs = Programs::load(db.clone(), compiler).await.unwrap();
        let triggers = [
            json!({"schedule": {"cron": "0 9 * * *"}}),
            json!({"schedule": {"cron": "0 10 * * *"}}),
            json!({"event": "x"}),
            json!({"manual": true}),
        ];
        let mut ids = Vec::new();
        for trigger in triggers {
            let document = json!({"operandi": 1, "name": "n", "trigger": trigger, "steps": [{"id": "a", "stop": "done"}]});
            let draft = NewDraft { source: document.to_string(), format: "json".to_owned(), name: json!("n") };
            let id = workflows::create(&db, NOW, org, &draft, &json!({})).await.unwrap();
            workflows::publish(&programs, NOW, org, id, 1, &document).await.unwrap();
            ids.push(id);
        }
        let next = |id: WorkflowId| {
            let db = db.clone();
            async move { schedules::next(&db, org, id).await.unwrap() }
        };
        let right = next(ids[0]).await;
        assert!(right.is_some());
        let pass = || async { SelfCheck::default().pass(&programs, NOW, SILENCE).await.unwrap() };
        assert_eq!(pass().await.faults, BTreeMap::new());
        db.execute("delete from schedule where org_id = $1 and workflow_id = $2", &[org.into(), ids[0].into()])
            .await
            .unwrap();
        db.execute("update workflow set enabled = 0 where org_id = $1 and id = $2", &[org.into(), ids[1].into()])
            .await
            .unwrap();
        let found = |id: WorkflowId| Found { found: 1, repaired: 1, examples: vec![id.to_string()] };
        let expected = [(Fault::ScheduleMissing, found(ids[0])), (Fault::ScheduleIdle, found(ids[1]))];
        assert_eq!(pass().await.faults, BTreeMap::from(expected));
        assert_eq!((next(ids[0]).await, next(ids[1]).await), (right, None));
        assert_eq!(pass().await.faults, BTreeMap::new());
    })
    .await;
}
