//! Workflows: drafts, published versions, and the catalog of what listens to what.

mod draft;
mod past;
mod presence;
mod programs;
mod publish;
mod replace;
#[cfg(test)]
mod tests;

pub(in crate::store) use self::publish::sensor_channel;
pub use self::{
    draft::{
        Draft, NewDraft, OPEN_SHOWN_MAX, Standing, Summary, create, create_in, delete_unpublished,
        get, list, save, set_inputs, standing, version, versions,
    },
    past::{PastEvent, PastEvents, past_events},
    presence::{Beat, Editor, PRESENCE_LIFE, beat},
    programs::{Catalog, Compiler, Listener, OrgContext, Programs, Shape},
    publish::{Announced, PublishError, publish, publish_in, set_enabled},
    replace::{Live, REPLACED_MAX, ReplaceError, UNDO_TIME, Undone, Waiting, live, replace, undo},
};
