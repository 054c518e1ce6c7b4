//! The write-ahead log goes back into the file beside the commits.

use std::time::Duration;

use serde_json::json;

use super::world::World;
use crate::store::sql::{Db, Settings};

/// More than the writes after which the log is folded, fewer than make SQLite fold it by itself.
const EVENTS: usize = 400;
/// Bytes of each.
const TEXT: usize = 1_000;

#[tokio::test]
async fn what_was_written_reaches_the_file_before_a_commit_has_to_fold_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&Settings::folder(folder.path())).await.unwrap();
    let file = folder.path().join("operandi.db");
    let size = || std::fs::metadata(&file).unwrap().len();
    let world = World::new(db).await;
    let before = size();
    for n in 0..EVENTS {
        let text = "x".repeat(TEXT);
        world
            .tell("thing.seen", json!({ "n": n, "text": text }))
            .await;
    }
    let grown = async {
        while size() < before + u64::try_from(EVENTS * TEXT).unwrap() / 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let soon = Duration::from_secs(20);
    let reached = tokio::time::timeout(soon, grown).await;
    assert!(reached.is_ok(), "still {} bytes", size());
}
