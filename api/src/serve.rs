//! The process: listens, works, and on a signal ends what is under way before it goes.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Mutex,
    time::Duration,
};

use anyhow::Context as _;
use axum::{Router, middleware::from_fn_with_state, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;

use crate::{
    app::{App, Parts},
    assembly::Assembly,
    auth::{Identities, Limiter},
    editor,
    hooks::{self, Doors},
    middleware::{EdgeSettings, edge},
    probes, routes,
    settings::{DeviceArgs, HttpArgs},
};

/// Buckets of durations in /metrics, in seconds.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
/// How often the exporter of metrics tidies up.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts collecting metrics for the whole process.
///
/// # Errors
/// When something else collects them already.
pub fn collect_metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("metrics cannot be collected")?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// The handlers' state.
#[must_use]
pub fn app(
    assembly: &Assembly,
    (http, devices): (HttpArgs, DeviceArgs),
    metrics: PrometheusHandle,
    stopping: CancellationToken,
) -> App {
    App::new(Parts {
        db: assembly.db.clone(),
        engine: assembly.engine.clone(),
        programs: assembly.engine.programs().clone(),
        services: assembly.services.clone(),
        keyring: assembly.keyring.clone(),
        catalog: assembly.catalog.clone(),
        kinds: assembly.kinds.clone(),
        language: assembly.language.clone(),
        clock: assembly.clock.clone(),
        http,
        devices,
        metrics,
        stopping,
        identities: Identities::default(),
        doors: Doors::default(),
        logins: Mutex::new(Limiter::<(IpAddr, String)>::default()),
        claims: Mutex::new(Limiter::<IpAddr>::default()),
        self_check: tokio::sync::Mutex::default(),
    })
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let settings = EdgeSettings {
        time_max: Duration::from_secs(app.http.request_secs_max),
    };
    let mut router = Router::new()
        .merge(routes::router().layer(CompressionLayer::new()))
        .merge(hooks::router())
        .merge(probes::router());
    if app.http.metrics_listen.is_none() {
        let metrics = app.metrics.clone();
        router = router.route("/metrics", get(async move || probes::render(&metrics)));
    }
    router
        .merge(
            Router::new()
                .fallback(editor::serve)
                .layer(CompressionLayer::new()),
        )
        .layer(from_fn_with_state(settings, edge))
        .with_state(app)
}

/// Serves until `stopping` is cancelled, and then what is under way for at most the draining time.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(app: App, listener: TcpListener) -> anyhow::Result<()> {
    let stopping = app.stopping.clone();
    let drain = Duration::from_secs(app.http.drain_secs);
    if let Some(address) = app.http.metrics_listen {
        serve_metrics(app.metrics.clone(), address, stopping.clone()).await?;
    }
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let serving = serving.into_future();
    tokio::pin!(serving);
    tokio::select! {
        done = &mut serving => done.context("the listener ended")?,
        () = async { stopping.cancelled().await; tokio::time::sleep(drain).await } => {
            tracing::warn!(drain_secs = drain.as_secs(), "some requests did not end in time");
        }
    }
    Ok(())
}

/// Serves `/metrics` and `/healthz` alone, on an address of their own, until `stopping` is cancelled.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve_metrics(
    metrics: PrometheusHandle,
    address: SocketAddr,
    stopping: CancellationToken,
) -> anyhow::Result<()> {
    let router: Router = Router::new()
        .route("/metrics", get(async move || probes::render(&metrics)))
        .route("/healthz", get(probes::alive));
    let listener = listen(address).await?;
    tokio::spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stopping.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the metrics listener ended"
            );
        }
    });
    Ok(())
}

/// Listens on an address.
///
/// # Errors
/// When it is taken or not this machine's.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; is it taken? choose another with --listen")
    })
}

/// Cancels the token when the process is asked to end.
///
/// # Errors
/// When the system gives no signals.
pub fn stop_on_signal(stopping: CancellationToken) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: what is under way is finished first");
        stopping.cancel();
    });
    Ok(())
}
