//! `operandi simulate`: plays what does not exist against a running server.

pub(super) mod sensors;
mod shop;

use std::time::Duration;

use clap::Subcommand;
use operandi_dsl::time::parse_span;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum SimulateCommand {
    /// A small online shop: its carts, orders and people.
    Shop(shop::ShopArgs),
    /// Sensors over MQTT: fridges, ovens, soil, tanks, doors, scales and cards, with their faults.
    Sensors(sensors::SensorsArgs),
}

pub(super) async fn run(command: SimulateCommand) -> Outcome {
    match command {
        SimulateCommand::Shop(args) => shop::run(args).await,
        SimulateCommand::Sensors(args) => sensors::run(args).await,
    }
}

pub(super) fn span(text: &str) -> Result<Duration, String> {
    parse_span(text).map_err(|error| error.to_string())
}
