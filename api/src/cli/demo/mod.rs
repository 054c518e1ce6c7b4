//! `operandi demo`: a server on embedded defaults, a small living shop, and the story of both.

mod fridge;
mod setup;
mod story;

use std::{
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::Args;
use operandi_dsl::time::format_span;
use operandi_engine::{clock, worker::Roles};
use tokio_util::sync::CancellationToken;
use url::Url;

use self::{
    fridge::Fridge,
    setup::Stage,
    story::{Heard, Story},
};
use super::{Outcome, say, simulate::span};
use crate::{
    assembly::Assembly,
    devices, push, serve,
    settings::{DataArgs, DeviceArgs, Durability, HttpArgs, WorkArgs},
    shop::{DriveSettings, Driver, Habits, Shop},
};

/// How long the workflow waits in the shop's own time.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Where devices usually speak MQTT.
const MQTT_PORT: u16 = 1883;
/// How long what is under way may take at the end.
const DRAIN_SECS: u64 = 5;

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Where to listen; another free port is taken when this one is not free.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep the data in this folder; a fresh one that goes away with the demo when absent.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How long to play, such as 60s; until Ctrl-C when absent.
    #[arg(long = "for", value_parser = span, value_name = "SPAN")]
    time: Option<Duration>,
    /// How long the workflow waits before it writes; the shop's hour lasts as long.
    #[arg(long, value_parser = span, default_value = "5s")]
    patience: Duration,
    /// The same seed plays the same day.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

pub(super) async fn run(args: DemoArgs) -> Outcome {
    let stop = CancellationToken::new();
    serve::stop_on_signal(stop.clone())?;
    let folder = Folder::new(args.data.clone());
    let outcome = play(&args, &folder, stop).await;
    folder.clear();
    outcome
}

async fn play(args: &DemoArgs, folder: &Folder, stop: CancellationToken) -> Outcome {
    let data = DataArgs {
        data: folder.path.clone(),
        database_url: None,
        synchronous: Durability::Full,
        database_connections: 1,
        master_key: None,
    };
    let work = WorkArgs {
        redis_url: None,
        allow_private_network: None,
        concurrency: None,
    };
    let metrics = serve::collect_metrics()?;
    let assembly =
        Assembly::open(&data, &work, Roles::ALL, Duration::from_secs(DRAIN_SECS)).await?;
    assembly.engine.start().await?;
    let listener = match serve::listen(args.listen).await {
        Ok(listener) => listener,
        Err(_) => serve::listen(SocketAddr::new(args.listen.ip(), 0)).await?,
    };
    let address = listener.local_addr()?;
    let server = Url::parse(&format!("http://{address}/"))?;
    let http = HttpArgs {
        listen: address,
        metrics_listen: None,
        public_url: None,
        trust_proxy: false,
        webhook_bytes_max: operandi_nodes::connector::BODY_BYTES_MAX,
        request_secs_max: 30,
        drain_secs: DRAIN_SECS,
    };
    let doors = DeviceArgs {
        mqtt_listen: Some(free_address(address.ip(), MQTT_PORT)?),
        ..DeviceArgs::default()
    };
    // The server outlives the play a little, so that its last words are heard.
    let closing = CancellationToken::new();
    devices::open(&assembly.engine, &doors, &closing).await?;
    let app = serve::app(&assembly, (http, doors), metrics, closing.clone());
    let serving = tokio::spawn(serve::serve(app, listener));
    let telling = push::start(&assembly, None, closing.clone());

    let stage = Stage::build(&assembly, &server, args.patience).await?;
    let fridge = Fridge::install(&server, &stage.api_key).await?;
    introduce(args, &server, &stage)?;
    let time = args.time;
    let timer = stop.clone();
    tokio::spawn(async move {
        if let Some(time) = time {
            tokio::time::sleep(time).await;
            timer.cancel();
        }
    });
    let story = Story::new(&server, &stage)?;
    let speed = PATIENCE.as_secs_f64() / args.patience.as_secs_f64().max(0.1);
    let settings = DriveSettings {
        server: server.clone(),
        connection: stage.shop.clone(),
        secret: stage.secret.clone(),
        api_key: Some(stage.api_key.clone()),
        speed,
    };
    let habits = Habits {
        arrival: Duration::from_secs(1500),
        pause: Duration::from_secs(1500),
        ..Habits::default()
    };
    let driver = Driver::new(settings, Shop::new(args.seed, habits))?;
    let (tell, heard) = tokio::sync::mpsc::unbounded_channel();
    let play = driver.play().to_owned();
    let of_fridge = tell.clone();
    let cooling = tokio::spawn(fridge.play(stop.clone(), move |line| {
        drop(of_fridge.send(Heard::Line(line)));
    }));
    let playing = tokio::spawn(driver.run(stop.clone(), move |said| {
        drop(tell.send(Heard::Shop(said)));
    }));
    story
        .tell(&play, heard, assembly.engine.changes().watch(), stop)
        .await?;
    playing.await?;
    cooling.await?;

    closing.cancel();
    serving.await??;
    assembly.engine.shutdown().await;
    telling.await?;
    assembly.db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn introduce(args: &DemoArgs, server: &Url, stage: &Stage) -> anyhow::Result<()> {
    use secrecy::ExposeSecret as _;
    let patience = format_span(args.patience);
    say(format!(
        "operandi runs at {server} with a demo shop; an hour of the shop lasts {patience}."
    ))?;
    say(
        "Two workflows are published: workflows/online-shop/cart-recovery.yaml reminds people of carts they left, \
         and workflows/butcher/fridge-alarm.yaml watches a simulated fridge that speaks MQTT.",
    )?;
    say(format!(
        "Open {server} in a browser to see the editor, and sign in as {} with the password {}",
        stage.email,
        stage.password.expose_secret()
    ))?;
    say(format!(
        "Or use the API: curl -H 'Authorization: Bearer {}' {server}api/v1/runs",
        stage.api_key.expose_secret()
    ))?;
    let end = args.time.map_or_else(
        || "Ctrl-C ends it.".to_owned(),
        |time| format!("It ends by itself after {}.", format_span(time)),
    );
    say(format!("{end}\n"))?;
    Ok(())
}

/// The usual port, or a free one when that is taken.
fn free_address(ip: IpAddr, port: u16) -> anyhow::Result<SocketAddr> {
    let usual = TcpListener::bind((ip, port));
    let listener = usual.or_else(|_| TcpListener::bind((ip, 0)))?;
    Ok(listener.local_addr()?)
}

/// Where the demo keeps its data.
struct Folder {
    path: PathBuf,
    ours: bool,
}

impl Folder {
    fn new(given: Option<PathBuf>) -> Self {
        match given {
            Some(path) => Self { path, ours: false },
            None => {
                let name = format!("operandi-demo-{}", clock::new_uuid().simple());
                Self {
                    path: std::env::temp_dir().join(name),
                    ours: true,
                }
            }
        }
    }

    /// Takes away what nobody asked to keep.
    fn clear(&self) {
        if self.ours {
            // What stays behind is in the folder for temporary things.
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}
