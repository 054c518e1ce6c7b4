//! Connections kept opened for a short while, so that a delivery costs no look into the database.
//!
//! Another process may change a connection; that is seen when its time here is over.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use operandi_engine::{clock, ids::ConnectionId};
use operandi_nodes::connector::Connection;

use crate::{app::App, problem::Result};

/// How long a connection is kept.
const KEPT: Duration = Duration::from_secs(5);
/// How many are kept; unknown ids are kept too, so that guessing them costs the database nothing.
const KEPT_MAX: usize = 4096;

/// Connections by id.
#[derive(Debug, Default)]
pub struct Doors(RwLock<HashMap<ConnectionId, Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    until: Duration,
    connection: Option<Arc<Connection>>,
}

impl Doors {
    /// The opened connection; `None` when there is none or it is switched off.
    pub(super) async fn open(
        &self,
        app: &App,
        id: ConnectionId,
    ) -> Result<Option<Arc<Connection>>> {
        let now = clock::monotonic();
        if let Some(kept) = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            && now < kept.until
        {
            return Ok(kept.connection.clone());
        }
        let connection = app.open_connection(id).await?;
        let mut doors = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if doors.len() >= KEPT_MAX {
            doors.retain(|_, kept| now < kept.until);
        }
        if doors.len() < KEPT_MAX {
            doors.insert(
                id,
                Kept {
                    until: now + KEPT,
                    connection: connection.clone(),
                },
            );
        }
        Ok(connection)
    }

    /// Forgets a connection that was changed here.
    pub fn forget(&self, id: ConnectionId) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}
