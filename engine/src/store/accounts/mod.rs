//! Who there is: organisations, people, their roles, sessions, API keys, and what they did.
//!
//! It keeps hashes and sealed texts as it is given them. It must never know a password, a token, a
//! key, or what a role may do.

mod audit;
mod key;
mod member;
mod org;
mod session;
#[cfg(test)]
mod tests;
mod user;

use super::sql::StoreError;

pub use self::{
    audit::{AUDIT_PAGE_MAX, AuditEntry, AuditFilter, NewAudit, audit_log, write_audit},
    key::{
        ApiKey, ApiKeyId, KeyHolder, NewApiKey, api_key_by_hash, api_keys, create_api_key,
        revoke_api_key,
    },
    member::{
        Member, Membership, OWNER, add_member, member_role, members, memberships, organisations_of,
        remove_member, set_role,
    },
    org::{NewOrg, Org, OrgPatch, create_org, org, orgs, update_org},
    session::{NewSession, Session, end_session, end_sessions_of, session_by_hash, start_session},
    user::{NewUser, User, create_user, disable_user, set_password, set_totp, user, user_by_email},
};

/// Why something was not done to an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("there is no such thing in this organisation")]
    NotFound,
    /// Somebody changed it since the caller looked.
    #[error("it was changed in the meantime")]
    Changed,
    #[error("this e-mail address is in use")]
    EmailTaken,
    #[error("this person is a member already")]
    MemberAlready,
    #[error("an organisation keeps at least one owner")]
    LastOwner,
    #[error(transparent)]
    Store(#[from] StoreError),
}
