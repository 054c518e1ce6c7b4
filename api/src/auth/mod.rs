//! Who is asking, and what they may do. A handler that needs somebody says so in its signature with
//! [`Access`]; there is no middleware that authenticates unseen.

mod access;
pub mod code;
pub mod cookie;
mod cross_site;
mod identity;
mod limiter;
pub mod password;
mod permission;
mod reporter;
pub mod token;

pub use self::{
    access::{
        Access, Anyone, CanAdminister, CanConnect, CanEdit, CanOperate, CanRecord, CanView, Needs,
    },
    cross_site::is_own,
    identity::{Actor, Identities, Identity},
    limiter::Limiter,
    permission::{Permission, Role},
    reporter::Reporter,
};
