//! Waits: what runs listen for, as rows that events find by hash; and the look-back, by which a new
//! wait finds the events that came while it was being recorded.

use std::collections::{BTreeMap, HashMap};

use operandi_dsl::time::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{matching::Match, types::Horizon};
use crate::{
    core::{Wait, WaitKind},
    ids::{EventId, OrgId, RunId},
    store::sql::{Dialect, Param, StoreError, Tx},
};

/// How long before a wait's `since` the look-back looks for events whose commit took that long,
/// in milliseconds.
const COMMIT_MS_MAX: i64 = 60_000;

/// How many events a look-back gives for one wait.
const LOOK_BACK_MAX: i64 = 16;

/// One wait of one run.
#[derive(Clone, Debug)]
pub(super) struct WaitRow {
    pub(super) run: RunId,
    pub(super) slot: String,
    pub(super) kind: WaitKind,
    pub(super) conditional: bool,
    pub(super) until: Option<Timestamp>,
    pub(super) outcome: Option<String>,
    pub(super) text: String,
}

impl WaitRow {
    pub(super) fn of(run: RunId, wait: &Wait, text: &str, outcome: Option<String>) -> Self {
        Self {
            run,
            slot: wait.slot.clone(),
            kind: wait.kind,
            conditional: wait.conditional,
            until: wait.until,
            outcome,
            text: text.to_owned(),
        }
    }

    /// Exits go first: what ends a run spares it all else.
    pub(super) fn rank(&self) -> u8 {
        match self.kind {
            WaitKind::Exit => 0,
            WaitKind::Goal => 1,
            WaitKind::Step => 2,
        }
    }
}

/// The waits a transaction knows of, and its changes to them.
#[derive(Default)]
pub(super) struct Waits {
    by_hash: HashMap<(OrgId, i64), Vec<WaitRow>>,
    added: Vec<(OrgId, i64, WaitRow)>,
    removed: Vec<(OrgId, RunId, i64, String)>,
    /// Runs that ended by something else than their own advance.
    ended: Vec<(OrgId, RunId)>,
}

impl Waits {
    /// Reads the waits that these events may meet.
    pub(super) async fn load(
        &mut self,
        tx: &mut Tx,
        offers: &[(OrgId, i64)],
    ) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Wanted {
            o: OrgId,
            h: i64,
        }
        if offers.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = offers.iter().map(|&(o, h)| Wanted { o, h }).collect();
        let sql = "select w.org_id, w.hash, w.run_id, w.slot, w.kind, w.conditional, w.until_at, w.outcome, w.match_text \
                   from @rows($1 r: o text, h int) cross join wait w where w.org_id = r.o and w.hash = r.h";
        for row in tx.fetch_all(sql, &[Param::rows(&rows)?]).await? {
            let key = (row.id("org_id")?, row.int("hash")?);
            let wait = WaitRow {
                run: row.id("run_id")?,
                slot: row.text("slot")?,
                kind: kind_of(&row.text("kind")?)?,
                conditional: row.flag("conditional")?,
                until: row.opt_time("until_at")?,
                outcome: row.opt_text("outcome")?,
                text: row.text("match_text")?,
            };
            self.by_hash.entry(key).or_default().push(wait);
        }
        Ok(())
    }

    /// The runs of all waits read, with those whose condition is still to be looked at.
    pub(super) fn runs(&self, offers: &[(OrgId, i64)]) -> Vec<(OrgId, RunId, bool)> {
        let known = offers
            .iter()
            .filter_map(|key| self.by_hash.get(key).map(|waits| (key.0, waits)));
        known
            .flat_map(|(org, waits)| {
                waits.iter().map(move |wait| {
                    (
                        org,
                        wait.run,
                        wait.conditional && wait.kind != WaitKind::Step,
                    )
                })
            })
            .collect()
    }

    /// The waits an event meets, exits first.
    pub(super) fn meeting(&self, org: OrgId, offer: &Match) -> Vec<WaitRow> {
        let mut found: Vec<_> = self
            .by_hash
            .get(&(org, offer.hash))
            .into_iter()
            .flatten()
            .filter(|wait| wait.text == offer.text)
            .cloned()
            .collect();
        found.sort_by_key(WaitRow::rank);
        found
    }

    /// The new waits of a run, by slot.
    pub(super) fn of_run(&self, org: OrgId, run: RunId) -> BTreeMap<String, WaitRow> {
        let own = self
            .added
            .iter()
            .filter(|(other, _, wait)| *other == org && wait.run == run);
        own.map(|(_, _, wait)| (wait.slot.clone(), wait.clone()))
            .collect()
    }

    pub(super) fn add(&mut self, org: OrgId, hash: i64, wait: WaitRow) {
        self.by_hash
            .entry((org, hash))
            .or_default()
            .push(wait.clone());
        self.added.push((org, hash, wait));
    }

    pub(super) fn remove(&mut self, org: OrgId, run: RunId, hash: i64, slot: &str) {
        if let Some(waits) = self.by_hash.get_mut(&(org, hash)) {
            waits.retain(|wait| wait.run != run || wait.slot != slot);
        }
        self.added.retain(|(other, at, wait)| {
            *other != org || *at != hash || wait.run != run || wait.slot != slot
        });
        self.removed.push((org, run, hash, slot.to_owned()));
    }

    /// All waits of a run but its goal are over.
    pub(super) fn end(&mut self, org: OrgId, run: RunId) {
        self.added.retain(|(other, _, wait)| {
            *other != org || wait.run != run || wait.kind == WaitKind::Goal
        });
        self.ended.push((org, run));
    }

    /// Writes the changes, deletions first.
    pub(super) async fn flush(&self, tx: &mut Tx) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Ended {
            o: OrgId,
            i: RunId,
        }
        #[derive(Serialize)]
        struct Removed<'a> {
            o: OrgId,
            i: RunId,
            h: i64,
            s: &'a str,
        }
        #[derive(Serialize)]
        struct Added<'a> {
            o: OrgId,
            h: i64,
            i: RunId,
            s: &'a str,
            k: &'static str,
            c: i64,
            u: Option<Timestamp>,
            oc: Option<&'a str>,
            t: &'a str,
        }
        if !self.ended.is_empty() {
            let rows: Vec<_> = self.ended.iter().map(|&(o, i)| Ended { o, i }).collect();
            // By way of the index over runs: by the primary key it would be all waits of the organisation.
            let sql = "delete from wait where (org_id, hash, run_id, slot) in \
                       (select w.org_id, w.hash, w.run_id, w.slot from @rows($1 r: o text, i text) cross join wait w \
                       where w.org_id = r.o and w.run_id = r.i and w.kind <> 'goal')";
            tx.execute(sql, &[Param::rows(&rows)?]).await?;
        }
        if !self.removed.is_empty() {
            let rows: Vec<_> = self
                .removed
                .iter()
                .map(|(o, i, h, s)| Removed {
                    o: *o,
                    i: *i,
                    h: *h,
                    s,
                })
                .collect();
            let sql = "delete from wait where (org_id, hash, run_id, slot) in \
                       (select r.o, r.h, r.i, r.s from @rows($1 r: o text, h int, i text, s text))";
            tx.execute(sql, &[Param::rows(&rows)?]).await?;
        }
        if !self.added.is_empty() {
            let rows: Vec<_> = self
                .added
                .iter()
                .map(|(org, hash, wait)| Added {
                    o: *org,
                    h: *hash,
                    i: wait.run,
                    s: &wait.slot,
                    k: kind_text(wait.kind),
                    c: i64::from(wait.conditional),
                    u: wait.until,
                    oc: wait.outcome.as_deref(),
                    t: &wait.text,
                })
                .collect();
            let sql = "insert into wait (org_id, hash, run_id, slot, kind, conditional, until_at, outcome, match_text) \
                       select r.o, r.h, r.i, r.s, r.k, r.c, r.u, r.oc, r.t from @rows($1 r: o text, h int, i text, \
                       s text, k text, c int, u int, oc text, t text)";
            tx.execute(sql, &[Param::rows(&rows)?]).await?;
        }
        Ok(())
    }
}

/// A new wait that looks back.
#[derive(Serialize)]
pub(super) struct LookBack<'a> {
    pub(super) n: RunId,
    pub(super) o: OrgId,
    pub(super) h: i64,
    pub(super) t: &'a str,
    pub(super) s: &'a str,
    pub(super) since: Timestamp,
    pub(super) floor: i64,
    pub(super) horizon: &'a str,
    /// The event that started the run never counts.
    pub(super) e: String,
}

impl<'a> LookBack<'a> {
    pub(super) fn of(
        org: OrgId,
        n: RunId,
        horizon: &'a Horizon,
        start: Option<EventId>,
        wait: &'a (Wait, Match),
    ) -> Self {
        let (wait, found) = wait;
        Self {
            n,
            o: org,
            h: found.hash,
            t: &found.text,
            s: &wait.slot,
            since: wait.since,
            floor: wait.since.0.saturating_sub(COMMIT_MS_MAX),
            horizon: &horizon.0,
            e: start.map(|id| id.to_string()).unwrap_or_default(),
        }
    }
}

/// An event that a look-back found.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) slot: String,
    pub(super) id: EventId,
    pub(super) kind: String,
    pub(super) at: Timestamp,
    pub(super) data: Value,
}

/// Finds the events that new waits have missed: received since they count, or committed after their
/// run was read. By run. The rows are [`LookBack`]s, so many.
pub(super) async fn look_back(
    tx: &mut Tx,
    waits: Param,
    count: usize,
) -> Result<HashMap<RunId, Vec<Seen>>, StoreError> {
    let mut found: HashMap<RunId, Vec<Seen>> = HashMap::new();
    let unseen = match tx.dialect() {
        Dialect::Sqlite => "k.pos > cast(r.horizon as bigint)",
        Dialect::Postgres => {
            "not pg_visible_in_snapshot(k.pos::text::xid8, r.horizon::pg_snapshot)"
        }
    };
    let sql = format!(
        "select r.n, r.s, k.event_id, k.received_at, e.type, e.data \
               from @rows($1 r: n text, o text, h int, t text, s text, since int, floor int, horizon text, e text) \
               cross join event_key k cross join event e \
               where k.org_id = r.o and k.hash = r.h and k.received_at >= r.floor and k.match_text = r.t \
               and k.event_id <> r.e and (k.received_at >= r.since or {unseen}) \
               and e.org_id = k.org_id and e.id = k.event_id \
               order by k.received_at, k.event_id limit $2"
    );
    let limit = LOOK_BACK_MAX.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX));
    for row in tx.fetch_all(&sql, &[waits, limit.into()]).await? {
        let seen = Seen {
            slot: row.text("s")?,
            id: row.id("event_id")?,
            kind: row.text("type")?,
            at: row.time("received_at")?,
            data: row.json("data")?,
        };
        found.entry(row.id("n")?).or_default().push(seen);
    }
    Ok(found)
}

fn kind_text(kind: WaitKind) -> &'static str {
    match kind {
        WaitKind::Step => "step",
        WaitKind::Exit => "exit",
        WaitKind::Goal => "goal",
    }
}

fn kind_of(text: &str) -> Result<WaitKind, StoreError> {
    Ok(match text {
        "step" => WaitKind::Step,
        "exit" => WaitKind::Exit,
        "goal" => WaitKind::Goal,
        other => return Err(StoreError::bug(format!("`{other}` is no kind of wait"))),
    })
}
