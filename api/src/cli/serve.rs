//! `operandi serve`, `api` and `worker`: the same process in different roles.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::bail;
use clap::Args;
use operandi_engine::worker::Roles;
use tokio_util::sync::CancellationToken;

use super::Outcome;
use crate::{
    assembly::Assembly,
    devices, push, serve,
    settings::{DataArgs, DeviceArgs, HttpArgs, WorkArgs},
};

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    http: HttpArgs,
    #[command(flatten)]
    devices: DeviceArgs,
}

#[derive(Debug, Args)]
pub(super) struct WorkerArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    work: WorkArgs,
    /// Address for /metrics and /healthz; none when absent.
    #[arg(long, env = "OPERANDI_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
    /// How long a stop waits for what is under way, in seconds.
    #[arg(
        long,
        env = "OPERANDI_DRAIN_SECS",
        default_value_t = 20,
        value_name = "SECONDS"
    )]
    drain_secs: u64,
    /// The address people use, such as https://ops.example.com; push services are told it.
    #[arg(long, env = "OPERANDI_PUBLIC_URL", value_name = "URL")]
    public_url: Option<url::Url>,
}

/// Everything in one process.
pub(super) async fn all(args: ServeArgs) -> Outcome {
    listen(args, Roles::ALL).await
}

/// API and webhooks alone.
pub(super) async fn api(args: ServeArgs) -> Outcome {
    require_database(&args.data, "api")?;
    listen(
        args,
        Roles {
            ingress: true,
            worker: false,
        },
    )
    .await
}

/// Workers alone.
pub(super) async fn worker(args: WorkerArgs) -> Outcome {
    require_database(&args.data, "worker")?;
    let stopping = CancellationToken::new();
    serve::stop_on_signal(stopping.clone())?;
    let metrics = serve::collect_metrics()?;
    if let Some(address) = args.metrics_listen {
        serve::serve_metrics(metrics, address, stopping.clone()).await?;
    }
    let drain = Duration::from_secs(args.drain_secs);
    let roles = Roles {
        ingress: false,
        worker: true,
    };
    let assembly = Assembly::open(&args.data, &args.work, roles, drain).await?;
    assembly.engine.start().await?;
    let telling = push::start(&assembly, args.public_url.as_ref(), stopping.clone());
    tracing::info!("working");
    stopping.cancelled().await;
    assembly.engine.shutdown().await;
    telling.await?;
    assembly.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn listen(args: ServeArgs, roles: Roles) -> Outcome {
    let stopping = CancellationToken::new();
    serve::stop_on_signal(stopping.clone())?;
    let metrics = serve::collect_metrics()?;
    let drain = Duration::from_secs(args.http.drain_secs);
    let assembly = Assembly::open(&args.data, &args.work, roles, drain).await?;
    assembly.engine.start().await?;
    let listener = serve::listen(args.http.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    devices::open(&assembly.engine, &args.devices, &stopping).await?;
    let public_url = args.http.public_url.as_ref();
    let telling = roles
        .worker
        .then(|| push::start(&assembly, public_url, stopping.clone()));
    serve::serve(
        serve::app(&assembly, (args.http, args.devices), metrics, stopping),
        listener,
    )
    .await?;
    assembly.engine.shutdown().await;
    if let Some(telling) = telling {
        telling.await?;
    }
    assembly.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Separate processes need a database they can share.
fn require_database(data: &DataArgs, role: &str) -> anyhow::Result<()> {
    if data.database_url.is_none() {
        bail!(
            "`operandi {role}` shares its work with other processes and needs PostgreSQL: set DATABASE_URL, \
             or use `operandi serve`, which does everything in one process"
        );
    }
    Ok(())
}
