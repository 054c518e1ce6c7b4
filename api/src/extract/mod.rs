//! What handlers take from a request: bodies, queries, headers. Every refusal names the place and the remedy.

mod body;
mod caller;
mod language;
mod moment;
mod page;
mod query;
mod rev;

pub use self::{
    body::{BODY_BYTES_MAX, Body, read_bytes},
    caller::{Caller, Mqtt},
    language::Language,
    moment::Moment,
    page::{Page, page_size},
    query::{Ids, Query},
    rev::Rev,
};
