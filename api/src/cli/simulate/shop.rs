//! `operandi simulate shop`: plays a small shop against a running server.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{super::{Outcome, say}, span};
use crate::{
    serve,
    shop::{DriveSettings, Driver, Habits, Happening, Said, Shop},
};

#[derive(Debug, Args)]
pub(in crate::cli) struct ShopArgs {
    /// The server.
    #[arg(long, env = "OPERANDI_SERVER", default_value = "http://127.0.0.1:8080")]
    server: Url,
    /// The id of the shop's Shopify connection.
    #[arg(long)]
    connection: String,
    /// The client secret of that connection.
    #[arg(long, env = "OPERANDI_SHOP_SECRET", hide_env_values = true)]
    secret: SecretString,
    /// With a key the shop's people see sandbox messages and come back.
    #[arg(long, env = "OPERANDI_API_KEY", hide_env_values = true)]
    api_key: Option<SecretString>,
    /// How many seconds of the shop pass in one.
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    /// The same seed plays the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long to play, such as 60s; until Ctrl-C when absent.
    #[arg(long = "for", value_parser = span, value_name = "SPAN")]
    time: Option<Duration>,
}

pub(super) async fn run(args: ShopArgs) -> Outcome {
    let stop = CancellationToken::new();
    serve::stop_on_signal(stop.clone())?;
    if let Some(time) = args.time {
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            stop.cancel();
        });
    }
    let settings = DriveSettings {
        server: args.server,
        connection: args.connection,
        secret: args.secret,
        api_key: args.api_key,
        speed: args.speed.clamp(0.01, 100_000.0),
    };
    let driver = Driver::new(settings, Shop::new(args.seed, Habits::default()))?;
    let (mut told, mut refused) = (0_u64, 0_u64);
    driver
        .run(stop, |said| {
            let line = match said {
                Said::Happened { happening, .. } => {
                    told += 1;
                    describe(&happening)
                }
                Said::Message { recipient, text } => format!("message to {recipient}: {text}"),
                Said::Refused { topic, answer } => {
                    refused += 1;
                    format!("{topic} was refused: {answer}")
                }
            };
            // A reader that has gone away does not end the play.
            drop(say(line));
        })
        .await;
    say(format!(
        "{told} things happened, {refused} deliveries were refused"
    ))?;
    Ok(if refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn describe(happening: &Happening) -> String {
    let (word, visit) = match happening {
        Happening::Cart(visit) => ("cart", visit),
        Happening::More(visit) => ("more in the cart", visit),
        Happening::Order(visit) => ("order", visit),
        Happening::Paid(visit) => ("paid", visit),
        Happening::Left(visit) => ("left", visit),
    };
    format!(
        "{word}: {} {} ({} items)",
        visit.person.first_name,
        visit.person.last_name,
        visit.items.len()
    )
}
