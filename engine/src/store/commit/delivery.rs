//! What counts once: deliveries and starts with an id of their own, and a schedule's time.

use std::collections::HashMap;

use serde::Serialize;

use super::{
    batch::Batch,
    matching::clean,
    prepare::{Outcome, Work},
    types::{Fire, Ingested, Started},
};
use crate::{
    ids::{EventId, OrgId, RunId},
    store::sql::{Param, StoreError},
};

/// What a delivery is known by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
struct Delivery {
    o: OrgId,
    s: String,
    d: String,
}

#[derive(Serialize)]
struct NewDelivery {
    #[serde(flatten)]
    delivery: Delivery,
    e: Option<EventId>,
    r: Option<RunId>,
}

impl<'w> Batch<'w> {
    /// Decides the writes that were delivered before.
    pub(super) async fn drop_duplicates(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        let named: Vec<(usize, NewDelivery)> = work
            .iter()
            .enumerate()
            .filter_map(|(index, work)| Some((index, self.delivery(work)?)))
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<_> = named.iter().map(|(_, row)| row).collect();
        // In one order everywhere: on PostgreSQL an insert waits for another's of the same key.
        rows.sort_unstable_by(|a, b| a.delivery.cmp(&b.delivery));
        let sql = "insert into delivery (org_id, source, dedupe, event_id, run_id, received_at) \
                   select r.o, r.s, r.d, r.e, r.r, $2 from @rows($1 r: o text, s text, d text, e text, r text) where true \
                   on conflict (org_id, source, dedupe) do nothing returning org_id, source, dedupe";
        let mut won = HashMap::new();
        for row in self
            .tx
            .fetch_all(sql, &[Param::rows(&rows)?, self.now.into()])
            .await?
        {
            let delivery = Delivery {
                o: row.id("org_id")?,
                s: row.text("source")?,
                d: row.text("dedupe")?,
            };
            won.insert(delivery, ());
        }
        // Of two in this batch the first one counts.
        let lost: Vec<_> = named
            .iter()
            .filter(|(_, row)| won.remove(&row.delivery).is_none())
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = lost.iter().map(|(_, row)| &row.delivery).collect();
        let sql = "select d.org_id, d.source, d.dedupe, d.event_id, d.run_id \
                   from @rows($1 r: o text, s text, d text) cross join delivery d \
                   where d.org_id = r.o and d.source = r.s and d.dedupe = r.d";
        let mut known: HashMap<Delivery, (Option<EventId>, Option<RunId>)> = HashMap::new();
        for row in self.tx.fetch_all(sql, &[Param::rows(&rows)?]).await? {
            let delivery = Delivery {
                o: row.id("org_id")?,
                s: row.text("source")?,
                d: row.text("dedupe")?,
            };
            known.insert(delivery, (row.opt_id("event_id")?, row.opt_id("run_id")?));
        }
        for (index, row) in lost {
            let (event, run) = known.get(&row.delivery).copied().unwrap_or_default();
            self.outcomes[*index] = Some(match (&work[*index], run) {
                (Work::Start { .. }, Some(run)) => Outcome::Started(Started::Run {
                    run,
                    duplicate: true,
                    begun: None,
                }),
                _ => Outcome::Ingested(Ingested {
                    duplicate: true,
                    events: event.into_iter().collect(),
                    ..Ingested::default()
                }),
            });
        }
        Ok(())
    }

    fn delivery(&self, work: &Work) -> Option<NewDelivery> {
        match work {
            Work::Ingest { ingest, .. } => {
                let (s, d) = (
                    clean(&ingest.source).into_owned(),
                    clean(ingest.dedupe.as_ref()?).into_owned(),
                );
                let e = ingest.events.first().map(|event| event.id);
                Some(NewDelivery {
                    delivery: Delivery {
                        o: ingest.org,
                        s,
                        d,
                    },
                    e,
                    r: None,
                })
            }
            Work::Start {
                start, run, event, ..
            } => {
                // A wish for a workflow that is not there must not use up its key.
                self.startable(start.org, start.workflow)?;
                let (s, d) = (
                    format!("start:{}", start.workflow),
                    clean(start.idempotency_key.as_ref()?).into_owned(),
                );
                Some(NewDelivery {
                    delivery: Delivery { o: start.org, s, d },
                    e: Some(*event),
                    r: Some(*run),
                })
            }
            Work::Advance(_) | Work::Deliver { .. } | Work::Fire { .. } | Work::Change(_) => None,
        }
    }
}

/// Moves a schedule on, if its time is still the one the caller saw.
pub(super) async fn claim(batch: &mut Batch<'_>, fire: &Fire) -> Result<bool, StoreError> {
    let key = [fire.org.into(), fire.workflow.into(), fire.at.into()];
    let claimed = match fire.next {
        Some(next) => {
            let sql = "update schedule set next_at = $4 where org_id = $1 and workflow_id = $2 and next_at = $3";
            let [org, workflow, at] = key;
            batch
                .tx
                .execute(sql, &[org, workflow, at, next.into()])
                .await?
        }
        None => {
            let sql =
                "delete from schedule where org_id = $1 and workflow_id = $2 and next_at = $3";
            batch.tx.execute(sql, &key).await?
        }
    };
    Ok(claimed > 0)
}

/// A start with a key of its own led to a run that was active already: the same again leads there too.
pub(super) async fn forget_start(
    batch: &mut Batch<'_>,
    org: OrgId,
    run: RunId,
    active: RunId,
) -> Result<(), StoreError> {
    let sql =
        "update delivery set run_id = $3 where org_id = $1 and run_id = $2 and received_at = $4";
    batch
        .tx
        .execute(
            sql,
            &[org.into(), run.into(), active.into(), batch.now.into()],
        )
        .await?;
    Ok(())
}
