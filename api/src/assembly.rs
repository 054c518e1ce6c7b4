//! Puts the product together from its settings: database, keys, nodes, engine.

mod shelf;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use operandi_dsl::{catalog::Catalog, expr::Language, program::compile};
use operandi_engine::{
    clock::{self, Clock},
    queue::{Hints, RedisSettings},
    store::{
        Db,
        records::{self, Kinds},
        workflows::Compiler,
    },
    worker::{Engine, Faults, Parts, Roles, Settings},
};
use operandi_nodes::{
    catalog::{catalog, kinds, registry},
    gate::ConsentGate,
    seal::Keyring,
    services::Services,
    settings::parse_networks,
};
use secrecy::ExposeSecret as _;

use self::shelf::Shelf;
use crate::settings::{DataArgs, WorkArgs};

/// The product, put together; nothing moves before `engine.start()`.
pub struct Assembly {
    pub db: Db,
    pub engine: Engine,
    pub services: Arc<Services>,
    pub keyring: Arc<Keyring>,
    pub catalog: Arc<Catalog>,
    pub kinds: Arc<Kinds>,
    pub language: Arc<Language>,
    pub clock: Clock,
}

impl Assembly {
    /// Opens everything.
    ///
    /// # Errors
    /// With what to do about it, when the database, the keys or Redis cannot be used.
    pub async fn open(
        data: &DataArgs,
        work: &WorkArgs,
        roles: Roles,
        drain: Duration,
    ) -> anyhow::Result<Self> {
        let db = open_database(data).await?;
        let keyring = Arc::new(open_keyring(data)?);
        let clock = Clock::system();
        let language = Language::new(clock::monotonic);
        let catalog = Arc::new(catalog());
        let kinds = Arc::new(kinds());
        records::reindex(&db, &kinds, clock.now())
            .await
            .context("the index of records cannot be brought up to date")?;
        let shelf = Arc::new(Shelf::new(db.clone(), clock.clone()));
        let networks = parse_networks(work.allow_private_network.as_deref().unwrap_or_default())
            .map_err(|error| anyhow::anyhow!("OPERANDI_ALLOW_PRIVATE_NETWORK: {error}"))?;
        let node_settings = operandi_nodes::settings::Settings {
            allow_private_network: networks,
        };
        let services = Services::over(
            node_settings,
            clock.clone(),
            Arc::clone(&language),
            Arc::clone(&keyring),
            shelf.clone(),
        )?;
        let mut settings = Settings {
            roles,
            drain,
            ..Settings::default()
        };
        if let Some(concurrency) = work.concurrency {
            settings.concurrency = concurrency.max(1);
            settings.direct = concurrency.max(1);
        }
        let engine = Engine::new(Parts {
            db: db.clone(),
            clock: clock.clone(),
            nodes: registry(&services),
            kinds: Arc::clone(&kinds),
            gate: Arc::new(ConsentGate),
            compiler: compiler(Arc::clone(&catalog), Arc::clone(&language)),
            contacts: shelf.clone(),
            profiles: shelf.clone(),
            hints: open_hints(work)?,
            settings,
            faults: Faults::default(),
        })
        .await
        .context("the workflows cannot be read from the database")?;
        shelf.attach(engine.clone());
        Ok(Self {
            db,
            engine,
            services,
            keyring,
            catalog,
            kinds,
            language,
            clock,
        })
    }
}

/// Opens and migrates the database.
///
/// # Errors
/// When it cannot be opened.
pub async fn open_database(data: &DataArgs) -> anyhow::Result<Db> {
    if data.database_url.is_none() {
        std::fs::create_dir_all(&data.data).with_context(|| {
            format!(
                "the data folder {} cannot be made; choose another with --data",
                data.data.display()
            )
        })?;
    }
    let what = if data.database_url.is_some() {
        "the database of DATABASE_URL"
    } else {
        "the embedded database"
    };
    Db::open(&data.database())
        .await
        .with_context(|| format!("{what} cannot be opened"))
}

/// The keys that seal secrets: from the environment, else of the data folder.
///
/// # Errors
/// When they cannot be read.
pub fn open_keyring(data: &DataArgs) -> anyhow::Result<Keyring> {
    if let Some(keys) = &data.master_key {
        return Keyring::parse(keys).context("OPERANDI_MASTER_KEY cannot be used");
    }
    std::fs::create_dir_all(&data.data).with_context(|| {
        format!(
            "the data folder {} cannot be made; choose another with --data",
            data.data.display()
        )
    })?;
    Keyring::load_or_create(&data.data).context("the key file of the data folder cannot be used")
}

fn open_hints(work: &WorkArgs) -> anyhow::Result<Hints> {
    match &work.redis_url {
        None => Ok(Hints::memory()),
        Some(url) => Hints::redis(RedisSettings::new(url.expose_secret()))
            .context("REDIS_URL cannot be used; write it like redis://127.0.0.1:6379"),
    }
}

/// Compiles stored documents by what this build knows.
pub(crate) fn compiler(catalog: Arc<Catalog>, language: Arc<Language>) -> Compiler {
    Compiler::new(move |document, inputs| {
        let document =
            serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        let answers = inputs.as_object().cloned().unwrap_or_default();
        compile(&document, &answers, &catalog, &language).map_err(|error| error.to_string())
    })
}
