//! The queue's promises: fair, bounded, once at a time, and never ended by Redis.

mod fair;
mod runtime;
mod server;

use crate::{
    clock,
    ids::{OrgId, RunId},
    queue::{Class, Hint},
};

fn org() -> OrgId {
    OrgId::from_uuid(clock::new_uuid())
}

fn hint(org: OrgId, class: Class) -> Hint {
    Hint {
        org,
        run: RunId::from_uuid(clock::new_uuid()),
        class,
    }
}
