//! The story of the demo: what happens in the shop and what its workflow does, in the order of their happening.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use operandi_engine::{
    clock,
    core::Status,
    ids::RunId,
    worker::{RunChange, Seen, Watch},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{fridge::Line, setup::Stage};
use crate::{
    cli::say,
    shop::{Happening, Said, Visit},
};

/// How long the story listens on after the play has ended.
const EPILOGUE: Duration = Duration::from_millis(1500);
/// How long the shop may take to hear the server's answer.
const ANSWER_TIME: Duration = Duration::from_millis(40);
/// People remembered; the story of more is too long to be told.
const PEOPLE_MAX: usize = 10_000;

/// What the story hears of.
pub(super) enum Heard {
    Shop(Said),
    Line(Line),
}

pub(super) struct Story {
    http: reqwest::Client,
    server: Url,
    key: SecretString,
    began: Duration,
    /// Names by the number of the visit.
    names: HashMap<u64, String>,
    /// Names by phone digits.
    phones: HashMap<String, String>,
    /// Runs whose waiting was told, those whose end was told, and the visits that were waited for.
    waiting: HashSet<RunId>,
    ended: HashSet<RunId>,
    waited: HashSet<u64>,
    sums: Sums,
}

/// What the summary counts; money in cents.
#[derive(Debug, Default)]
struct Sums {
    carts: u64,
    alone: u64,
    messages: u64,
    recovered: u64,
    recovered_cents: i64,
    exited: u64,
    refused: u64,
}

impl Story {
    pub(super) fn new(server: &Url, stage: &Stage) -> anyhow::Result<Self> {
        Ok(Self {
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(5))
                .build()?,
            server: server.clone(),
            key: stage.api_key.clone(),
            began: clock::monotonic(),
            names: HashMap::new(),
            phones: HashMap::new(),
            waiting: HashSet::new(),
            ended: HashSet::new(),
            waited: HashSet::new(),
            sums: Sums::default(),
        })
    }

    /// Tells until the play is stopped; then the summary.
    pub(super) async fn tell(
        mut self,
        play: &str,
        mut heard: UnboundedReceiver<Heard>,
        mut watch: Watch,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let end = async {
            stop.cancelled().await;
            tokio::time::sleep(EPILOGUE).await;
        };
        tokio::pin!(end);
        let mut open = true;
        loop {
            tokio::select! {
                () = &mut end => break,
                said = heard.recv(), if open => match said {
                    Some(heard) => self.hear(heard)?,
                    None => open = false,
                },
                seen = watch.next() => match seen {
                    Some(Seen::Change(change)) => {
                        self.catch_up(&mut heard).await?;
                        self.run(play, &change).await?;
                    }
                    Some(Seen::Missed(_)) => {}
                    None => break,
                },
            }
        }
        self.summary()
    }

    /// The server knows of an order a moment before the shop has its answer; the story tells it the other
    /// way round.
    async fn catch_up(&mut self, heard: &mut UnboundedReceiver<Heard>) -> anyhow::Result<()> {
        tokio::time::sleep(ANSWER_TIME).await;
        while let Ok(heard) = heard.try_recv() {
            self.hear(heard)?;
        }
        Ok(())
    }

    fn hear(&mut self, heard: Heard) -> anyhow::Result<()> {
        match heard {
            Heard::Shop(said) => self.shop(said),
            Heard::Line((word, text)) => self.line(word, &text),
        }
    }

    fn shop(&mut self, said: Said) -> anyhow::Result<()> {
        match said {
            Said::Happened { happening, .. } => self.happening(&happening),
            Said::Message { recipient, text } => {
                self.sums.messages += 1;
                let name = self
                    .phones
                    .get(&digits(&recipient))
                    .cloned()
                    .unwrap_or(recipient);
                self.line("message", &format!("WhatsApp (sandbox) to {name}: {text}"))
            }
            Said::Refused { topic, answer } => {
                self.sums.refused += 1;
                self.line(
                    "refused",
                    &format!("the delivery {topic} was not taken: {answer}"),
                )
            }
        }
    }

    fn happening(&mut self, happening: &Happening) -> anyhow::Result<()> {
        match happening {
            Happening::Cart(visit) => {
                self.sums.carts += 1;
                if self.names.len() < PEOPLE_MAX {
                    self.names.insert(visit.number, name(visit));
                    self.phones.insert(digits(&visit.person.phone), name(visit));
                }
                let item = visit.items.first().map_or("something", |item| item.title);
                self.line(
                    "cart",
                    &format!(
                        "{} puts {item} into a cart ({})",
                        name(visit),
                        money(visit.total())
                    ),
                )
            }
            Happening::More(visit) => {
                let item = visit.items.last().map_or("something", |item| item.title);
                self.line(
                    "cart",
                    &format!("{} adds {item} ({})", name(visit), money(visit.total())),
                )
            }
            Happening::Left(visit) => {
                self.line("left", &format!("{} goes away without buying", name(visit)))
            }
            Happening::Order(visit) => {
                self.line(
                    "order",
                    &format!("{} orders for {}", name(visit), money(visit.total())),
                )?;
                if !visit.reminded {
                    self.sums.alone += 1;
                    return Ok(());
                }
                self.sums.recovered += 1;
                self.sums.recovered_cents += visit.total();
                self.line(
                    "recovered",
                    &format!(
                        "a sale of {} that was lost is won back",
                        money(visit.total())
                    ),
                )
            }
            Happening::Paid(visit) => self.line("paid", &format!("{} has paid", name(visit))),
        }
    }

    async fn run(&mut self, play: &str, change: &RunChange) -> anyhow::Result<()> {
        let first_wait = change.status == Status::Waiting
            && change
                .step
                .as_ref()
                .is_some_and(|step| step.as_str() == "patience")
            && self.waiting.insert(change.run);
        let ended = match change.status {
            Status::Exited | Status::Failed | Status::Unknown => self.ended.insert(change.run),
            Status::Running | Status::Waiting | Status::Completed | Status::Cancelled => false,
        };
        if !first_wait && !ended {
            return Ok(());
        }
        let Some(run) = self.read(change.run).await else {
            return Ok(());
        };
        let number = run["key"]
            .as_str()
            .and_then(|key| key.strip_prefix(play)?.strip_prefix('-')?.parse().ok());
        let Some(number) = number else { return Ok(()) };
        let Some(name) = self.names.get(&number).cloned() else {
            return Ok(());
        };
        match change.status {
            Status::Exited => {
                self.sums.exited += 1;
                let outcome = run["outcome"].as_str().unwrap_or_default();
                self.line(
                    "exited",
                    &format!("the run about {name} ends at once: {outcome}"),
                )
            }
            Status::Failed | Status::Unknown => self.line(
                "trouble",
                &format!("the run about {name} is {}: {run}", run["status"]),
            ),
            Status::Running | Status::Waiting | Status::Completed | Status::Cancelled => {
                if self.waited.insert(number) {
                    self.line("waiting", &format!("a run waits whether {name} buys alone"))
                } else {
                    self.line(
                        "waiting",
                        &format!("the cart changed: the wait for {name} begins anew"),
                    )
                }
            }
        }
    }

    async fn read(&self, run: RunId) -> Option<Value> {
        let url = self.server.join(&format!("api/v1/runs/{run}")).ok()?;
        self.http
            .get(url)
            .bearer_auth(self.key.expose_secret())
            .send()
            .await
            .ok()?
            .json()
            .await
            .ok()
    }

    fn line(&self, word: &str, text: &str) -> anyhow::Result<()> {
        let at = clock::monotonic().saturating_sub(self.began).as_secs();
        Ok(say(format!(
            "{:02}:{:02}  {word:<9}  {text}",
            at / 60,
            at % 60
        ))?)
    }

    fn summary(&self) -> anyhow::Result<()> {
        let sums = &self.sums;
        say("\nWhat happened")?;
        say(format!(
            "  {} carts were seen; {} people bought by themselves",
            sums.carts, sums.alone
        ))?;
        say(format!(
            "  {} messages were sent; {} runs ended because an order arrived",
            sums.messages, sums.exited
        ))?;
        say(format!(
            "  {} sales were won back: {}",
            sums.recovered,
            money(sums.recovered_cents)
        ))?;
        if sums.refused > 0 {
            say(format!("  {} deliveries were not taken", sums.refused))?;
        }
        Ok(())
    }
}

fn name(visit: &Visit) -> String {
    format!("{} {}", visit.person.first_name, visit.person.last_name)
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// Argentine pesos, as they are written there.
fn money(cents: i64) -> String {
    let whole = (cents / 100).to_string();
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("$ {grouped}")
}
