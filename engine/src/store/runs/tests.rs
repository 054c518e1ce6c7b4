//! What is due, for whom; lists.

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use super::*;
use crate::{
    clock,
    core::Status,
    ids::{OrgId, RunId, WorkflowId},
    store::{
        sql::{Db, Param},
        testing::on_each_database,
    },
};

#[derive(Serialize)]
struct NewRun {
    o: OrgId,
    i: RunId,
    w: WorkflowId,
    k: String,
    s: &'static str,
    d: Option<i64>,
    e: Option<i64>,
}

async fn insert(db: &Db, runs: &[NewRun]) {
    let sql = "insert into run (org_id, id, workflow_id, version, key, mode, status, seq, due_at, queued, state, \
               started_at, changed_at, ended_at) \
               select r.o, r.i, r.w, 1, r.k, 'parallel', r.s, 1, r.d, 0, '{}', 5, 5, r.e \
               from @rows($1 r: o text, i text, w text, k text, s text, d int, e int)";
    db.execute(sql, &[Param::rows(runs).unwrap()])
        .await
        .unwrap();
}

fn sleeping(org: OrgId, due: i64) -> NewRun {
    let (i, w) = (
        RunId::from_uuid(clock::new_uuid()),
        WorkflowId::from_uuid(clock::new_uuid()),
    );
    NewRun {
        o: org,
        i,
        w,
        k: String::new(),
        s: "waiting",
        d: Some(due),
        e: None,
    }
}

fn org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

#[tokio::test]
async fn a_backlog_hides_nobody() {
    on_each_database(|db| async move {
        let (big, small, idle) = (org(), org(), org());
        let mut runs: Vec<_> = (0..5_000).map(|_| sleeping(big, 10)).collect();
        runs.push(sleeping(small, 90));
        runs.push(sleeping(idle, 200));
        insert(&db, &runs).await;
        let found = due(&db, Timestamp(100), 100).await.unwrap();
        assert!(found.iter().any(|due| due.org == small));
        assert!(found.iter().all(|due| due.org != idle));
        assert_eq!(found.iter().filter(|due| due.org == big).count(), 50);
        assert!(found.is_sorted_by_key(|due| due.due));
        assert_eq!(due(&db, Timestamp(100), 10_000).await.unwrap().len(), 5_001);
        assert!(due(&db, Timestamp(9), 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_paged_and_of_one_organisation() {
    on_each_database(|db| async move {
        let (org, other) = (org(), org());
        let workflow = WorkflowId::from_uuid(clock::new_uuid());
        let of = |org, n: i64, s, e| NewRun {
            w: workflow,
            k: format!("k{}", n % 2),
            s,
            e,
            d: None,
            ..sleeping(org, 0)
        };
        let runs: Vec<_> = (0..10)
            .map(|n| {
                of(
                    org,
                    n,
                    if n < 3 { "failed" } else { "waiting" },
                    (n < 3).then_some(9),
                )
            })
            .chain([of(other, 0, "waiting", None)])
            .collect();
        insert(&db, &runs).await;
        let find = async |filter: Filter| list(&db, org, &filter).await.unwrap();
        let all = find(Filter {
            limit: 100,
            ..Filter::default()
        })
        .await;
        assert_eq!(all.len(), 10);
        assert!(all.is_sorted_by_key(|run| std::cmp::Reverse(run.id)));
        let failed = Filter {
            status: Some(Status::Failed),
            limit: 100,
            ..Filter::default()
        };
        assert_eq!(find(failed).await.len(), 3);
        let keyed = Filter {
            key: Some("k1".into()),
            workflow: Some(workflow),
            limit: 100,
            ..Filter::default()
        };
        assert_eq!(find(keyed).await.len(), 5);
        let first = find(Filter {
            limit: 4,
            ..Filter::default()
        })
        .await;
        let before = first.last().map(|run| run.id.to_string());
        let second = find(Filter {
            limit: 100,
            before,
            ..Filter::default()
        })
        .await;
        assert_eq!([first, second].concat(), all);
        assert_eq!(get(&db, other, all[0].id).await.unwrap(), None);
        assert_eq!(history(&db, other, all[0].id).await.unwrap(), None);
        let counted = counts(&db, org, Some(workflow), Timestamp(0))
            .await
            .unwrap();
        let counted: Vec<_> = counted
            .iter()
            .map(|count| (count.status, count.runs))
            .collect();
        assert_eq!(counted, [(Status::Failed, 3), (Status::Waiting, 7)]);
    })
    .await;
}
