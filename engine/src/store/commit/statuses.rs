//! The rows of sends: written when they begin, moved on by results and by what providers say.

use std::collections::{BTreeMap, HashMap, btree_map::Entry};

use operandi_dsl::{document::Purpose, time::Timestamp};
use serde::Serialize;

use super::{
    batch::Batch,
    matching::clean,
    prepare::{Work, encode},
    types::{SendAsk, SendEnd, Verdict},
};
use crate::{
    core::{Input, Intent, Reason, reason::DELIVERY_FAILED},
    event::{Delivery, SendStatus},
    ids::{IntentId, OrgId, RecordId, RunId, WorkflowId},
    store::sql::{Param, StoreError, Tx},
};

/// A send's row as it begins.
#[derive(Serialize)]
pub(super) struct SendRow {
    o: OrgId,
    n: IntentId,
    r: RunId,
    w: WorkflowId,
    s: String,
    k: String,
    p: Option<Purpose>,
    ch: String,
    to_: String,
    c: Option<RecordId>,
    a: Timestamp,
}

impl SendRow {
    fn of(
        ask: &SendAsk,
        channel: &str,
        recipient: &str,
        contact: Option<RecordId>,
        now: Timestamp,
    ) -> Self {
        Self {
            o: ask.org,
            n: ask.intent.clone(),
            r: ask.run,
            w: ask.workflow,
            s: ask.step.as_str().to_owned(),
            k: ask.kind.clone(),
            p: ask.purpose,
            ch: clean(channel).into_owned(),
            to_: clean(recipient).into_owned(),
            c: contact,
            a: now,
        }
    }
}

/// The questions to the gate about these effects.
pub(super) fn asks(
    org: OrgId,
    workflow: WorkflowId,
    run: RunId,
    intents: &[Intent],
) -> Vec<SendAsk> {
    let sends = intents.iter().filter(|intent| intent.sends);
    sends
        .map(|intent| SendAsk {
            org,
            workflow,
            run,
            step: intent.step.clone(),
            intent: intent.id.clone(),
            kind: intent.kind.clone(),
            params: intent.params.clone(),
            purpose: intent.purpose,
        })
        .collect()
}

/// Writes the sends that begin. One that is repeated after a crash has its row already.
pub(super) async fn flush(tx: &mut Tx, sends: &[SendRow]) -> Result<(), StoreError> {
    if sends.is_empty() {
        return Ok(());
    }
    let sql = "insert into send (org_id, intent, run_id, workflow_id, step, kind, purpose, channel, recipient, \
               contact_id, status, rank, created_at, changed_at) \
               select r.o, r.n, r.r, r.w, r.s, r.k, r.p, r.ch, r.to_, r.c, 'intended', 0, r.a, r.a \
               from @rows($1 r: o text, n text, r text, w text, s text, k text, p text, ch text, to_ text, c text, a int) \
               where true on conflict (org_id, intent) do nothing";
    tx.execute(sql, &[Param::rows(sends)?]).await?;
    Ok(())
}

#[derive(Serialize)]
struct Moved {
    o: OrgId,
    n: IntentId,
    st: &'static str,
    rk: i64,
    pid: Option<String>,
    ch: Option<String>,
    to_: Option<String>,
    re: Option<String>,
    a: Timestamp,
}

/// Notes how sends ended.
pub(super) async fn ended<'a>(
    tx: &mut Tx,
    now: Timestamp,
    ends: impl Iterator<Item = (OrgId, &'a [(IntentId, SendEnd)])>,
) -> Result<(), StoreError> {
    let mut moved = Vec::new();
    for (org, ends) in ends {
        for (intent, end) in ends {
            let (delivery, receipt, reason) = match end {
                SendEnd::Accepted(receipt) => (Delivery::Accepted, Some(receipt), None),
                SendEnd::Failed { reason } => (Delivery::Failed, None, Some(reason)),
                SendEnd::Unknown { reason } => (Delivery::Intended, None, Some(reason)),
            };
            moved.push(Moved {
                o: org,
                n: intent.clone(),
                st: status_text(delivery),
                rk: rank(delivery),
                pid: receipt.map(|receipt| clean(&receipt.provider_id).into_owned()),
                ch: receipt.map(|receipt| clean(&receipt.channel).into_owned()),
                to_: receipt.map(|receipt| clean(&receipt.recipient).into_owned()),
                re: reason.map(encode).transpose()?,
                a: now,
            });
        }
    }
    move_on(tx, &moved).await
}

/// Moves sends on, never back.
async fn move_on(tx: &mut Tx, moved: &[Moved]) -> Result<(), StoreError> {
    if moved.is_empty() {
        return Ok(());
    }
    let sql = "update send set status = case when r.rk >= send.rank then r.st else send.status end, \
               rank = case when r.rk >= send.rank then r.rk else send.rank end, \
               provider_id = coalesce(send.provider_id, r.pid), channel = coalesce(r.ch, send.channel), \
               recipient = coalesce(r.to_, send.recipient), \
               reason = case when r.rk >= send.rank then r.re else send.reason end, changed_at = r.a \
               from @rows($1 r: o text, n text, st text, rk int, pid text, ch text, to_ text, re text, a int) \
               where send.org_id = r.o and send.intent = r.n";
    tx.execute(sql, &[Param::rows(moved)?]).await?;
    Ok(())
}

/// Writes what providers say: of each send the latest word.
pub(super) async fn flush_said(
    tx: &mut Tx,
    said: &[(Known, &SendStatus)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut moved: BTreeMap<(OrgId, &IntentId), Moved> = BTreeMap::new();
    for (known, status) in said {
        let next = moved_by(known, status, now)?;
        match moved.entry((known.org, &known.intent)) {
            Entry::Vacant(place) => drop(place.insert(next)),
            Entry::Occupied(mut place) if place.get().rk < next.rk => drop(place.insert(next)),
            Entry::Occupied(_) => {}
        }
    }
    let moved: Vec<Moved> = moved.into_values().collect();
    move_on(tx, &moved).await
}

/// What is known of a send when a provider speaks of it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) org: OrgId,
    intent: IntentId,
    pub(super) run: RunId,
    rank: i64,
}

impl<'w> Batch<'w> {
    /// Notes a send that begins.
    pub(super) fn note_send(&mut self, ask: &SendAsk, verdicts: &HashMap<IntentId, Verdict>) {
        if let Some(Verdict::Send {
            channel,
            recipient,
            contact,
        }) = verdicts.get(&ask.intent)
        {
            self.sends
                .push(SendRow::of(ask, channel, recipient, *contact, self.now));
        }
    }

    /// Finds the sends that providers speak of.
    pub(super) async fn find_sends(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Said<'a> {
            o: OrgId,
            n: &'a str,
            pid: &'a str,
        }
        let mut said: Vec<(OrgId, &'w SendStatus)> = Vec::new();
        for (index, work) in work.iter().enumerate() {
            if let (Work::Ingest { ingest, .. }, None) = (work, &self.outcomes[index]) {
                said.extend(ingest.statuses.iter().map(|status| (ingest.org, status)));
            }
        }
        if said.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = said
            .iter()
            .map(|(o, status)| Said {
                o: *o,
                n: status.intent.as_ref().map_or("", IntentId::as_str),
                pid: &status.provider_id,
            })
            .collect();
        let sql = "select s.org_id, s.intent, s.run_id, s.rank, s.provider_id from @rows($1 r: o text, n text) \
                   cross join send s where s.org_id = r.o and s.intent = r.n union \
                   select s.org_id, s.intent, s.run_id, s.rank, s.provider_id from @rows($1 r: o text, pid text) \
                   cross join send s where s.org_id = r.o and s.provider_id = r.pid and s.provider_id is not null";
        let mut known: HashMap<(OrgId, String), Known> = HashMap::new();
        for row in self.tx.fetch_all(sql, &[Param::rows(&rows)?]).await? {
            let intent = row.text("intent")?;
            let Some(id) = IntentId::parse(&intent) else {
                continue;
            };
            let found = Known {
                org: row.id("org_id")?,
                intent: id,
                run: row.id("run_id")?,
                rank: row.int("rank")?,
            };
            if let Some(provider) = row.opt_text("provider_id")? {
                known.insert((found.org, provider), found.clone());
            }
            known.insert((found.org, intent), found);
        }
        self.said = said
            .into_iter()
            .filter_map(|(org, status)| {
                let by_intent = status
                    .intent
                    .as_ref()
                    .and_then(|intent| known.get(&(org, intent.as_str().to_owned())));
                let found = by_intent.or_else(|| known.get(&(org, status.provider_id.clone())))?;
                Some((found.clone(), status))
            })
            .collect();
        Ok(())
    }

    /// Tells runs that may wait for a provider's word. The rows themselves are written last, after
    /// those of the runs, as everywhere.
    pub(super) fn settle_statuses(&mut self) -> Result<(), StoreError> {
        let first: Vec<_> = self
            .said
            .iter()
            .filter(|(known, _)| known.rank == 0)
            .cloned()
            .collect();
        for (known, status) in first {
            let said = status.error.as_ref().unwrap_or(&status.provider_id);
            let detail = said.clone().into();
            let input = Input::Settled {
                intent: known.intent,
                delivery: status.status,
                detail,
            };
            self.put_into_inbox(known.org, known.run, &input)?;
        }
        Ok(())
    }

    /// Runs that have just become unknown learn what the provider said before.
    pub(super) async fn settle_unknown(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Unknown {
            o: OrgId,
            n: IntentId,
        }
        let mut rows = Vec::new();
        for work in work {
            let Work::Advance(prepared) = work else {
                continue;
            };
            let advance = &prepared.advance;
            let before = advance.run.state.unknown();
            let new = advance
                .state
                .unknown()
                .into_iter()
                .filter(|intent| intent.sends && !before.contains(intent));
            rows.extend(new.map(|intent| Unknown {
                o: advance.run.org,
                n: intent.id,
            }));
        }
        if rows.is_empty() {
            return Ok(());
        }
        let sql = "select s.org_id, s.intent, s.run_id, s.status, s.reason, s.provider_id \
                   from @rows($1 r: o text, n text) cross join send s \
                   where s.org_id = r.o and s.intent = r.n and s.rank > 0";
        for row in self.tx.fetch_all(sql, &[Param::rows(&rows)?]).await? {
            let Some(intent) = IntentId::parse(&row.text("intent")?) else {
                continue;
            };
            let delivery = status_of(&row.text("status")?)?;
            let detail = match row.opt_json::<Reason>("reason")? {
                Some(reason) => reason.says,
                None => row.opt_text("provider_id")?.unwrap_or_default().into(),
            };
            self.put_into_inbox(
                row.id("org_id")?,
                row.id("run_id")?,
                &Input::Settled {
                    intent,
                    delivery,
                    detail,
                },
            )?;
        }
        Ok(())
    }
}

fn moved_by(known: &Known, status: &SendStatus, now: Timestamp) -> Result<Moved, StoreError> {
    let told = |error: &String| Reason::new(DELIVERY_FAILED, error.clone());
    let reason = status.error.as_ref().map(told);
    Ok(Moved {
        o: known.org,
        n: known.intent.clone(),
        st: status_text(status.status),
        rk: rank(status.status),
        pid: (!status.provider_id.is_empty()).then(|| clean(&status.provider_id).into_owned()),
        ch: None,
        to_: None,
        re: reason.map(|reason| encode(&reason)).transpose()?,
        a: now,
    })
}

/// A delivery as it is stored.
pub(in crate::store) fn status_text(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Intended => "intended",
        Delivery::Accepted => "accepted",
        Delivery::Sent => "sent",
        Delivery::Failed => "failed",
        Delivery::Delivered => "delivered",
        Delivery::Read => "read",
    }
}

/// Reads a stored delivery.
pub(in crate::store) fn status_of(text: &str) -> Result<Delivery, StoreError> {
    Ok(match text {
        "intended" => Delivery::Intended,
        "accepted" => Delivery::Accepted,
        "sent" => Delivery::Sent,
        "failed" => Delivery::Failed,
        "delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        other => return Err(StoreError::bug(format!("`{other}` is no status of a send"))),
    })
}

/// Later states win.
fn rank(delivery: Delivery) -> i64 {
    match delivery {
        Delivery::Intended => 0,
        Delivery::Accepted => 1,
        Delivery::Sent => 2,
        Delivery::Failed => 3,
        Delivery::Delivered => 4,
        Delivery::Read => 5,
    }
}
