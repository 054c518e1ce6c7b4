//! Tells browsers of alerts: a task of every process that works, which takes what is due and hands it over.
//! What was taken by a process that died is told by another once its lease is over.

mod news;
mod signer;

use std::{sync::Arc, time::Duration};

use operandi_dsl::{catalog::Lang, time::Timestamp};
use operandi_engine::{
    clock::Clock,
    store::{
        Db, alerts,
        push::{self as store, Due, Subscription},
    },
};
use operandi_nodes::{
    push::{Browser, Message, PushError, Pushed, Signer, push},
    seal::Keyring,
    services::Services,
};
use tokio::{
    sync::OnceCell,
    task::{JoinHandle, JoinSet},
};
use tokio_util::sync::CancellationToken;
use url::Url;

use self::news::News;
pub(crate) use self::{
    news::trial,
    signer::{contact, signer},
};
use crate::{assembly::Assembly, names::Names};

/// How often is looked whether there is something to tell.
const ROUND: Duration = Duration::from_secs(1);
/// How many browsers are told at once.
const AT_ONCE: usize = 32;
/// How long a process has to tell one browser before another may; longer than handing it over can take.
const LEASE: Duration = Duration::from_secs(30);
/// How often one browser is tried to be told the same, each time after twice as long, some ten minutes in all.
const TRIES_MAX: i64 = 8;
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// Whoever tells.
struct Teller {
    db: Db,
    services: Arc<Services>,
    keyring: Arc<Keyring>,
    clock: Clock,
    contact: String,
    signer: OnceCell<Signer>,
}

/// Tells until `stopping` is cancelled, and then to its end what was begun.
pub fn start(
    assembly: &Assembly,
    public_url: Option<&Url>,
    stopping: CancellationToken,
) -> JoinHandle<()> {
    let teller = Teller {
        db: assembly.db.clone(),
        services: Arc::clone(&assembly.services),
        keyring: Arc::clone(&assembly.keyring),
        clock: assembly.clock.clone(),
        contact: contact(public_url),
        signer: OnceCell::new(),
    };
    tokio::spawn(Arc::new(teller).work(stopping))
}

impl Teller {
    async fn work(self: Arc<Self>, stopping: CancellationToken) {
        let mut telling = JoinSet::new();
        while !stopping.is_cancelled() {
            while telling.try_join_next().is_some() {}
            if let Err(error) = Arc::clone(&self).begin(&mut telling).await {
                tracing::warn!(
                    error = &*error,
                    "browsers could not be told of alerts; it is tried again"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = stopping.cancelled() => {}
            }
        }
        while telling.join_next().await.is_some() {}
    }

    async fn begin(self: Arc<Self>, telling: &mut JoinSet<()>) -> anyhow::Result<()> {
        let now = self.clock.now();
        let free = AT_ONCE.saturating_sub(telling.len());
        for mut news in store::due(&self.db, now, free).await? {
            if store::take(&self.db, &mut news, now.after(LEASE)).await? {
                let teller = Arc::clone(&self);
                telling.spawn(async move {
                    if let Err(error) = teller.tell(&news).await {
                        tracing::warn!(push.id = %news.browser, error = &*error, "a browser could not be told; it is tried again");
                    }
                });
            }
        }
        Ok(())
    }

    async fn tell(&self, due: &Due) -> anyhow::Result<()> {
        let again = match self.hand_over(due).await? {
            Some(Pushed::Later { after, says }) if due.tries < TRIES_MAX => {
                tracing::info!(push.id = %due.browser, push.tries = due.tries, reason = %says, "a browser is told later");
                Some(self.clock.now().after(pause(due.tries, after)))
            }
            Some(Pushed::Later { says, .. } | Pushed::Refused { says }) => {
                tracing::warn!(push.id = %due.browser, reason = %says, "a browser cannot be told");
                None
            }
            Some(Pushed::Gone) => {
                store::forget(&self.db, due.org, due.browser).await?;
                None
            }
            Some(Pushed::Taken) | None => None,
        };
        match again {
            Some(again) => store::put_off(&self.db, due, again).await?,
            None => store::told(&self.db, self.clock.now(), due).await?,
        }
        Ok(())
    }

    /// `None` when there is nobody or nothing to tell any more.
    async fn hand_over(&self, due: &Due) -> anyhow::Result<Option<Pushed>> {
        let listener = store::listening(&self.db, due.org, due.browser).await?;
        let alert = alerts::get(&self.db, due.org, due.alert).await?;
        let (Some(listener), Some(alert)) = (listener, alert) else {
            return Ok(None);
        };
        let names = Names::of(&self.db, due.org, std::slice::from_ref(&alert)).await?;
        let news = News::of(&alert, &names, due.told);
        let now = self.clock.now();
        let open = || signer(&self.db, &self.keyring, now, self.contact.clone());
        let signer = self.signer.get_or_try_init(open).await?;
        let sent = send(
            &self.services,
            signer,
            &listener,
            |lang| news.message(lang),
            now,
        )
        .await?;
        Ok(Some(sent))
    }
}

/// Sends a message to a browser, in its language.
///
/// # Errors
/// When it can be said to nobody.
pub(crate) async fn send(
    services: &Services,
    signer: &Signer,
    listener: &Subscription,
    says: impl FnOnce(Lang) -> Telling,
    now: Timestamp,
) -> Result<Pushed, PushError> {
    let known = &listener.browser;
    let browser = Browser::parse(&known.endpoint, &known.p256dh, &known.auth)?;
    let telling = says(Lang::parse(&known.lang).unwrap_or_default());
    let message = Message {
        topic: &telling.topic,
        text: &telling.text,
        is_urgent: telling.is_urgent,
    };
    push(&services.http, signer, &browser, message, now).await
}

/// A message, in one language.
pub(crate) struct Telling {
    topic: String,
    text: String,
    is_urgent: bool,
}

/// How long to wait after so many tries, unless the service asks for longer.
fn pause(tries: i64, asked: Option<Duration>) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, TRIES_MAX) - 1).unwrap_or_default();
    let own = FIRST_PAUSE.saturating_mul(1 << doublings);
    own.max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{TRIES_MAX, pause};

    #[test]
    fn each_pause_is_twice_the_last_unless_more_is_asked() {
        let secs =
            |tries, asked: Option<u64>| pause(tries, asked.map(Duration::from_secs)).as_secs();
        assert_eq!([1, 2, 3].map(|tries| secs(tries, None)), [5, 10, 20]);
        assert_eq!((secs(1, Some(3)), secs(1, Some(90))), (5, 90));
        let all: u64 = (1..TRIES_MAX).map(|tries| secs(tries, None)).sum();
        assert_eq!(all, 635);
        assert_eq!(secs(i64::MAX, None), secs(TRIES_MAX, None));
    }
}
