//! Events as they arrive and are stored; deliveries that count once; inboxes and journals.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    batch::Batch,
    change::{self, Step},
    matching::{Match, clean},
    prepare::{Data, Outcome, Stored, Work, encode},
    route::{Admission, Route},
};
use crate::{
    alert::AlertRefusal,
    core::State,
    event::{Ingest, NewEvent},
    ids::{AlertId, EventId, OrgId, RecordId, RunId},
    store::{
        alerts, readings,
        records::{self, Pending},
        sql::{Param, StoreError, Tx},
    },
};

/// In an event's `alert`: the alert of the same delivery.
const OWN_ALERT: &str = "$alert";

/// An event on its way through the transaction.
pub(super) struct Arrival<'w> {
    /// Which write brought it.
    pub(super) work: usize,
    pub(super) org: OrgId,
    pub(super) source: Cow<'w, str>,
    /// Brought by the delivery itself, not derived from its records.
    pub(super) own: bool,
    /// The event without its data.
    pub(super) event: Cow<'w, NewEvent>,
    pub(super) data: Data,
    /// What it offers to waits.
    pub(super) offers: Vec<Match>,
    pub(super) admissions: Vec<Admission>,
    pub(super) routes: Vec<Route>,
    /// Whether it is to be stored: an event of an effect is so only with its result.
    pub(super) accepted: bool,
}

/// An event's row.
#[derive(Serialize)]
pub(super) struct EventRow<'w> {
    o: OrgId,
    i: EventId,
    k: Cow<'w, str>,
    s: Cow<'w, str>,
    d: Arc<str>,
    r: Option<String>,
    at: Timestamp,
    now: Timestamp,
}

impl EventRow<'_> {
    /// An event that starts one run and is routed no further.
    pub(super) fn private(
        org: OrgId,
        id: EventId,
        kind: &'static str,
        source: &'static str,
        data: &Value,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (k, s) = (Cow::Borrowed(kind), Cow::Borrowed(source));
        Ok(Self {
            o: org,
            i: id,
            k,
            s,
            d: encode(data)?.into(),
            r: None,
            at: now,
            now,
        })
    }
}

/// An inbox row.
#[derive(Serialize)]
pub(super) struct InboxRow {
    pub(super) o: OrgId,
    pub(super) i: RunId,
    pub(super) n: String,
    pub(super) a: Timestamp,
}

/// A journal row.
#[derive(Serialize)]
pub(super) struct JournalRow {
    pub(super) o: OrgId,
    pub(super) i: RunId,
    pub(super) p: i64,
    pub(super) e: String,
}

impl<'w> Batch<'w> {
    /// Writes the records of deliveries, and collects all events there are.
    pub(super) async fn gather(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        let mut pending = Vec::new();
        for (index, work) in work.iter().enumerate() {
            if let (Work::Ingest { ingest, .. }, None) = (work, &self.outcomes[index]) {
                pending.extend(ingest.records.iter().map(|write| Pending {
                    org: ingest.org,
                    delivery: index,
                    write,
                }));
            }
        }
        let kinds = Arc::clone(&self.shared.parts.kinds);
        let applied = records::apply(&mut self.tx, &kinds, self.now, &pending).await?;
        let mut derived: HashMap<usize, Vec<NewEvent>> = HashMap::new();
        for (pending, applied) in pending.iter().zip(applied) {
            self.records
                .entry(pending.delivery)
                .or_default()
                .push(applied.id);
            derived
                .entry(pending.delivery)
                .or_default()
                .extend(applied.events);
        }
        for (index, work) in work.iter().enumerate() {
            if let (Work::Ingest { ingest, .. }, None) = (work, &self.outcomes[index]) {
                derived
                    .entry(index)
                    .or_default()
                    .extend(self.sense(index, ingest).await?);
            }
            if let (Work::Change(change), None) = (work, &self.outcomes[index]) {
                match change::carry_out(self, change).await? {
                    Step::Over(changed) => self.outcomes[index] = Some(Outcome::Changed(changed)),
                    Step::Told(id, events) => {
                        self.records.insert(index, vec![id]);
                        derived.insert(index, events);
                    }
                }
            }
            match work {
                Work::Ingest { ingest, data, .. } if self.outcomes[index].is_none() => {
                    let records = self
                        .records
                        .get(&index)
                        .map(Vec::as_slice)
                        .unwrap_or_default();
                    let mut arriving = Vec::with_capacity(ingest.events.len());
                    let alert = self.alerts.get(&index).and_then(|answers| answers.first());
                    for (event, data) in ingest.events.iter().zip(data) {
                        let data = with_alert(named(data, records)?, alert)?;
                        arriving.push((Cow::Borrowed(event), data, true));
                    }
                    for mut event in derived.remove(&index).unwrap_or_default() {
                        let data = Data::of(std::mem::take(&mut event.data))?;
                        arriving.push((Cow::Owned(event), data, false));
                    }
                    let source = ingest.source.as_str();
                    for (event, data, own) in arriving {
                        self.arrive((index, ingest.org), Cow::Borrowed(source), own, event, data);
                    }
                }
                Work::Advance(prepared) => {
                    for event in &prepared.advance.events {
                        let org = prepared.advance.run.org;
                        let data = Data::of(event.data.clone())?;
                        self.arrive(
                            (index, org),
                            Cow::Borrowed("run"),
                            false,
                            Cow::Borrowed(event),
                            data,
                        );
                    }
                }
                Work::Change(change) => {
                    let org = change.command.org;
                    for mut event in derived.remove(&index).unwrap_or_default() {
                        let data = Data::of(std::mem::take(&mut event.data))?;
                        let (source, event) = (Cow::Borrowed("api"), Cow::Owned(event));
                        self.arrive((index, org), source, false, event, data);
                    }
                }
                Work::Ingest { .. }
                | Work::Start { .. }
                | Work::Deliver { .. }
                | Work::Fire { .. } => {}
            }
        }
        Ok(())
    }

    /// Applies what a delivery means for alerts and rules; gives what is to be told of it.
    async fn sense(&mut self, index: usize, ingest: &Ingest) -> Result<Vec<NewEvent>, StoreError> {
        readings::remember(&mut self.tx, &ingest.memories).await?;
        if ingest.alerts.is_empty() {
            return Ok(Vec::new());
        }
        let applied = alerts::apply(&mut self.tx, self.now, ingest.org, &ingest.alerts).await?;
        self.alerts.insert(index, applied.answers);
        Ok(applied.events)
    }

    fn arrive(
        &mut self,
        (work, org): (usize, OrgId),
        source: Cow<'w, str>,
        own: bool,
        event: Cow<'w, NewEvent>,
        data: Data,
    ) {
        let shapes = self.catalog.shapes(org, &event.kind);
        let offers = shapes
            .iter()
            .filter_map(|shape| Match::of_event(&event.kind, shape, &data.value))
            .collect();
        self.arrivals.push(Arrival {
            work,
            org,
            source,
            own,
            event,
            data,
            offers,
            admissions: Vec::new(),
            routes: Vec::new(),
            accepted: false,
        });
    }

    /// The events that one write brought, in order.
    pub(super) fn arrivals_of(&self, work: usize) -> Vec<usize> {
        (0..self.arrivals.len())
            .filter(|index| self.arrivals[*index].work == work)
            .collect()
    }

    /// Under which hashes waits for these events would be.
    pub(super) fn offers(&self) -> Vec<(OrgId, i64)> {
        let mut offers: Vec<_> = self
            .arrivals
            .iter()
            .flat_map(|arrival| arrival.offers.iter().map(|offer| (arrival.org, offer.hash)))
            .collect();
        offers.sort_unstable();
        offers.dedup();
        offers
    }

    /// Keeps history that no longer fits into a state.
    pub(super) fn journal_entries(&mut self, org: OrgId, run: RunId, stored: &Stored) {
        let rows = stored.journal.iter().map(|entry| JournalRow {
            o: org,
            i: run,
            p: 0,
            e: entry.clone(),
        });
        self.journal.extend(rows);
    }
}

/// An event's data with the id of its delivery's alert where it names it.
fn with_alert(
    data: Data,
    alert: Option<&Result<AlertId, AlertRefusal>>,
) -> Result<Data, StoreError> {
    if data.value.get("alert").and_then(Value::as_str) != Some(OWN_ALERT) {
        return Ok(data);
    }
    let mut value = Value::clone(&data.value);
    value["alert"] = match alert {
        Some(Ok(id)) => id.to_string().into(),
        Some(Err(_)) | None => Value::Null,
    };
    Data::of(value)
}

/// An event's data with the ids of its delivery's records where it names them.
fn named(data: &Data, ids: &[RecordId]) -> Result<Data, StoreError> {
    if ids.is_empty() {
        return Ok(data.clone());
    }
    let mut value = Value::clone(&data.value);
    records::substitute(&mut value, ids);
    Data::of(value)
}

/// Reads the states of runs and the events that started them.
pub(super) async fn states(
    tx: &mut Tx,
    keys: &[(OrgId, RunId)],
) -> Result<Vec<(OrgId, RunId, State, Value)>, StoreError> {
    #[derive(Serialize)]
    struct Wanted {
        o: OrgId,
        i: RunId,
    }
    let rows: Vec<_> = keys.iter().map(|&(o, i)| Wanted { o, i }).collect();
    let sql = "select run.org_id, run.id, run.state, event.data from @rows($1 r: o text, i text) cross join run \
               left join event on event.org_id = run.org_id and event.id = run.event_id \
               where run.org_id = r.o and run.id = r.i";
    let rows = tx.fetch_all(sql, &[Param::rows(&rows)?]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.id("org_id")?,
                row.id("id")?,
                row.json("state")?,
                row.opt_json("data")?.unwrap_or_default(),
            ))
        })
        .collect()
}

/// Writes events and what they offer to waits that come later.
pub(super) async fn flush(batch: &mut Batch<'_>) -> Result<(), StoreError> {
    let mut rows = std::mem::take(&mut batch.private);
    let mut keys = Vec::new();
    for arrival in batch.arrivals.iter().filter(|arrival| arrival.accepted) {
        rows.push(EventRow {
            o: arrival.org,
            i: arrival.event.id,
            k: clean(&arrival.event.kind),
            s: clean(&arrival.source),
            d: Arc::clone(&arrival.data.text),
            r: if arrival.routes.is_empty() {
                None
            } else {
                Some(encode(&arrival.routes)?)
            },
            at: arrival.event.occurred_at,
            now: batch.now,
        });
        let id = arrival.event.id;
        keys.extend(arrival.offers.iter().map(|offer| KeyRow {
            o: arrival.org,
            h: offer.hash,
            e: id,
            t: &offer.text,
        }));
    }
    if !rows.is_empty() {
        let sql = "insert into event (org_id, id, type, source, data, routes, occurred_at, received_at) \
                   select r.o, r.i, r.k, r.s, r.d, r.r, r.at, r.now from @rows($1 r: o text, i text, k text, s text, \
                   d text, r text, at int, now int)";
        batch.tx.execute(sql, &[Param::rows(&rows)?]).await?;
    }
    if !keys.is_empty() {
        let sql = "insert into event_key (org_id, hash, event_id, match_text, received_at, pos) \
                   select r.o, r.h, r.e, r.t, $2, $3 from @rows($1 r: o text, h int, e text, t text) where true \
                   on conflict do nothing";
        batch
            .tx
            .execute(
                sql,
                &[Param::rows(&keys)?, batch.now.into(), batch.position.into()],
            )
            .await?;
    }
    Ok(())
}

#[derive(Serialize)]
struct KeyRow<'a> {
    o: OrgId,
    h: i64,
    e: EventId,
    t: &'a str,
}

/// Writes inboxes and journals, deletions first.
pub(super) async fn flush_inbox(batch: &mut Batch<'_>) -> Result<(), StoreError> {
    #[derive(Serialize)]
    struct Taken {
        o: OrgId,
        i: i64,
    }
    #[derive(Serialize)]
    struct Emptied {
        o: OrgId,
        i: RunId,
    }
    if !batch.taken.is_empty() {
        let rows: Vec<_> = batch.taken.iter().map(|&(o, i)| Taken { o, i }).collect();
        let sql = "delete from inbox where id in (select n.id from @rows($1 r: o text, i int) cross join inbox n \
                   where n.id = r.i and n.org_id = r.o)";
        batch.tx.execute(sql, &[Param::rows(&rows)?]).await?;
    }
    if !batch.emptied.is_empty() {
        let rows: Vec<_> = batch
            .emptied
            .iter()
            .map(|&(o, i)| Emptied { o, i })
            .collect();
        let sql = "delete from inbox where (org_id, run_id) in (select r.o, r.i from @rows($1 r: o text, i text))";
        batch.tx.execute(sql, &[Param::rows(&rows)?]).await?;
    }
    if !batch.inbox.is_empty() {
        let sql = "insert into inbox (org_id, run_id, input, received_at) \
                   select r.o, r.i, r.n, r.a from @rows($1 r: o text, i text, n text, a int)";
        batch.tx.execute(sql, &[Param::rows(&batch.inbox)?]).await?;
    }
    if !batch.journal.is_empty() {
        let sql = "insert into journal (org_id, run_id, part, entry) \
                   select r.o, r.i, r.p, r.e from @rows($1 r: o text, i text, p int, e text)";
        batch
            .tx
            .execute(sql, &[Param::rows(&batch.journal)?])
            .await?;
    }
    Ok(())
}
