//! Who has a workflow open, and which of them edits it.
//!
//! Nobody hands anything over: each editor only says what it wants, and whoever reads the rows finds the
//! same one. So several processes agree without a lock, and a page that vanished gives way by its silence.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use uuid::Uuid;

use crate::{
    ids::{OrgId, UserId, WorkflowId},
    store::sql::{Param, Row, StoreError, Tx},
};

/// How long an editor is known after it was last heard of.
pub const PRESENCE_LIFE: Duration = Duration::from_secs(30);
/// The most editors of one answer.
const EDITORS_MAX: u32 = 50;

/// What an editor says of itself.
#[derive(Clone, Debug)]
pub struct Beat<'a> {
    /// One open page.
    pub editor: Uuid,
    /// The person; `None` for a program.
    pub user: Option<UserId>,
    pub name: &'a str,
    /// Whether it wants to edit.
    pub editing: bool,
    /// Whether it takes that over from whoever does.
    pub take_over: bool,
}

/// An editor that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    pub editor: Uuid,
    pub user: Option<UserId>,
    pub name: String,
    /// Whether it is the one that edits.
    pub editing: bool,
    /// Since when it is there.
    pub since: Timestamp,
}

/// Hears one editor out; all that are there, the first that came first.
pub async fn beat(
    tx: &mut Tx,
    now: Timestamp,
    org: OrgId,
    workflow: WorkflowId,
    beat: &Beat<'_>,
) -> Result<Vec<Editor>, StoreError> {
    let life = i64::try_from(PRESENCE_LIFE.as_millis()).unwrap_or(i64::MAX);
    let silent = Timestamp(now.0.saturating_sub(life));
    let sql = "delete from presence where org_id = $1 and seen_at < $2";
    tx.execute(sql, &[org.into(), silent.into()]).await?;
    let sql = "insert into presence \
               (org_id, workflow_id, editor, user_id, name, since, seen_at, claimed_at, taken_at) \
               values ($1, $2, $3, $4, $5, $6, $6, $7, $8) \
               on conflict (org_id, workflow_id, editor) do update set \
               user_id = excluded.user_id, name = excluded.name, seen_at = excluded.seen_at, \
               claimed_at = case when excluded.claimed_at is null then null \
               else coalesce(presence.claimed_at, excluded.claimed_at) end, \
               taken_at = case when excluded.claimed_at is null then null \
               else coalesce(excluded.taken_at, presence.taken_at) end";
    let taken = beat.editing && beat.take_over;
    let params: [Param; 8] = [
        org.into(),
        workflow.into(),
        beat.editor.to_string().into(),
        beat.user.into(),
        beat.name.into(),
        now.into(),
        beat.editing.then_some(now).into(),
        taken.then_some(now).into(),
    ];
    tx.execute(sql, &params).await?;
    // The last that took over edits, else the first that wanted to.
    let sql = "select editor, user_id, name, since, claimed_at from presence \
               where org_id = $1 and workflow_id = $2 \
               order by coalesce(taken_at, 0) desc, case when claimed_at is null then 1 else 0 end, claimed_at, editor \
               limit $3";
    let params = [org.into(), workflow.into(), EDITORS_MAX.into()];
    let rows = tx.fetch_all(sql, &params).await?;
    let mut editors = (rows.iter().enumerate())
        .map(|(place, row)| read(row, place == 0))
        .collect::<Result<Vec<_>, _>>()?;
    editors.sort_by_key(|editor| (editor.since, editor.editor));
    Ok(editors)
}

fn read(row: &Row, first: bool) -> Result<Editor, StoreError> {
    Ok(Editor {
        editor: row.id("editor")?,
        user: row.opt_id("user_id")?,
        name: row.text("name")?,
        editing: first && row.opt_time("claimed_at")?.is_some(),
        since: row.time("since")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock, store::testing::on_each_database};

    /// What the pages `a`, `b` and `c` say, in seconds, and who edits after it.
    #[tokio::test]
    async fn one_edits_until_another_takes_over_or_it_falls_silent() {
        on_each_database(|db| async move {
            let org = OrgId::from_uuid(clock::new_uuid());
            let workflow = WorkflowId::from_uuid(clock::new_uuid());
            for (second, page, editing, take_over, there, edits) in [
                (0, 'a', true, false, "a", Some('a')),
                (1, 'b', true, false, "ab", Some('a')),
                (2, 'c', false, false, "abc", Some('a')),
                (3, 'b', true, true, "abc", Some('b')),
                (9, 'a', true, false, "abc", Some('b')),
                (10, 'b', true, false, "abc", Some('b')),
                (11, 'a', true, true, "abc", Some('a')),
                (12, 'a', false, false, "abc", Some('b')),
                (13, 'b', false, false, "abc", None),
                (35, 'b', true, false, "ab", Some('b')),
                (43, 'b', true, false, "b", Some('b')),
                (74, 'a', true, false, "a", Some('a')),
            ] {
                let mut tx = db.begin_write().await.unwrap();
                let name = page.to_string();
                let said = Beat {
                    editor: Uuid::from_u128(page as u128),
                    user: None,
                    name: &name,
                    editing,
                    take_over,
                };
                let now = Timestamp(second * 1_000 + 1_000_000);
                let editors = beat(&mut tx, now, org, workflow, &said).await.unwrap();
                let seen: String = editors.iter().map(|editor| editor.name.as_str()).collect();
                let holder = editors.iter().find(|editor| editor.editing);
                assert_eq!(seen, there, "at {second}");
                assert_eq!(holder.map(|one| one.name.clone()), edits.map(String::from));
                tx.commit().await.unwrap();
            }
        })
        .await;
    }
}
