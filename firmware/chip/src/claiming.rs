//! The task that claims the account of a node that was set up.

use alloc::string::{String, ToString};

use embassy_net::Stack;
use embassy_time::Timer;
use operandi_node_core::{
    Backoff,
    claim::{Account, CLAIMS_PATH, ClaimError, claim},
    http::Url,
    setup::{Identity, Setup},
};
use operandi_protocol::Farewell;

use crate::{
    Who,
    flash::Drawer,
    http::{Buffers, ask},
    network::address,
    node::{Shared, Task, report},
};

const FIRST_MS: u64 = 2_000;
const LONGEST_MS: u64 = 60_000;
const ANSWER_BYTES_MAX: usize = 1_024;
/// Milliseconds in which the serial line can still be read before a restart.
const TELL_MS: u64 = 1_000;

/// Asks until there is an account, or the code is refused: then the node is set up anew.
#[embassy_executor::task]
pub(crate) async fn obtain(node: Shared, stack: Stack<'static>, setup: Setup, who: Who) {
    let mut backoff = Backoff::new(FIRST_MS, LONGEST_MS);
    loop {
        address(&node, stack).await;
        match once(stack, &setup, who).await {
            Ok(Ok(account)) => {
                let identity = Identity::Told(setup).claimed(account);
                keep(&node, &identity);
                node.restart(Farewell::Restart).await
            }
            Ok(Err(error @ ClaimError::Refused { .. })) => {
                esp_println::println!("{error}");
                let erased = node.drawer(Drawer::Identity).erase();
                report("identity", erased.map_err(|error| error.to_string()));
                Timer::after_millis(TELL_MS).await;
                node.restart(Farewell::Restart).await
            }
            Ok(Err(error @ (ClaimError::Later { .. } | ClaimError::Answer { .. }))) => {
                esp_println::println!("{error}");
            }
            Err(why) => esp_println::println!("{} cannot be reached: {why}", setup.server),
        }
        node.rest(Task::Broker, backoff.wait(node.dice())).await;
    }
}

async fn once(
    stack: Stack<'static>,
    setup: &Setup,
    who: Who,
) -> Result<Result<Account, ClaimError>, String> {
    let url = Url::parse(&setup.server).map_err(|error| error.to_string())?;
    let body = claim(&setup.code, who.hardware, who.firmware).map_err(|error| error.to_string())?;
    let head = url.post_json(CLAIMS_PATH, body.len());
    let mut buffers = Buffers::new();
    let asked = ask(stack, &mut buffers, &url, &head, &body).await;
    let response = asked.map_err(|error| error.to_string())?;
    let status = response.status;
    let answer = response.body(ANSWER_BYTES_MAX).await;
    let answer = answer.map_err(|error| error.to_string())?;
    Ok(Account::of_answer(status, &answer))
}

/// Keeps who the node is.
pub(crate) fn keep(node: &Shared, identity: &Identity) {
    let kept = identity.to_bytes().map_err(|error| error.to_string());
    report(
        "identity",
        kept.and_then(|bytes| {
            let saved = node.drawer(Drawer::Identity).save(&bytes);
            saved.map_err(|error| error.to_string())
        }),
    );
}
