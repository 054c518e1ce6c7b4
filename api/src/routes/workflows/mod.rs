//! Workflows: drafts that are edited, versions that run.

mod change;
mod document;
mod edit;
mod inputs;
mod numbers;
mod presence;
mod publication;
mod publish;
mod read;
mod rehearse;
mod views;

pub(crate) use self::{
    change::{__path_check, __path_check_draft, __path_create, __path_delete, __path_save},
    edit::__path_edit,
    inputs::__path_set_inputs,
    numbers::__path_numbers,
    presence::__path_presence,
    publication::{__path_publication, __path_undo},
    publish::{__path_disable, __path_enable, __path_publish, __path_version, __path_versions},
    read::{__path_export, __path_get, __path_list},
    rehearse::{__path_rehearse, __path_rehearse_over_past},
};
pub(crate) use self::{
    change::{check, check_draft, create, delete, save},
    edit::edit,
    inputs::set_inputs,
    numbers::numbers,
    presence::presence,
    publication::{publication, undo},
    publish::{disable, enable, publish, version, versions},
    read::{export, get, list},
    rehearse::{rehearse, rehearse_over_past},
};
