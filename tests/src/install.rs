//! One installation of the product: its data folder, its database and its environment. Processes come
//! and go on it, and what they leave behind stays.

use std::{net::SocketAddr, path::PathBuf};

use tempfile::TempDir;

use crate::{
    api::Api,
    process::{Process, Role, free_address, run},
    services::{Database, Services},
};

/// Where an installation keeps its truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Embedded: SQLite and hints in memory.
    Sqlite,
    /// PostgreSQL and Redis.
    Postgres,
}

/// An installation; gone with the value.
#[derive(Debug)]
pub struct Install {
    pub mode: Mode,
    pub listen: SocketAddr,
    pub env: Vec<(String, String)>,
    folder: TempDir,
    data: PathBuf,
    database: Option<Database>,
}

/// A tenant and its key.
#[derive(Clone, Debug)]
pub struct Org {
    pub id: String,
    pub key: String,
}

impl Install {
    /// A fresh installation on the shared services.
    pub async fn new(mode: Mode) -> Self {
        match mode {
            Mode::Sqlite => Self::with(mode, None).await,
            Mode::Postgres => Self::with(mode, Some(&Services::shared())).await,
        }
    }

    /// A fresh installation on given services; SQLite needs none.
    pub async fn with(mode: Mode, services: Option<&Services>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("operandi-test-")
            .tempdir()
            .unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let mut env = vec![(
            "OPERANDI_ALLOW_PRIVATE_NETWORK".to_owned(),
            "127.0.0.0/8".to_owned(),
        )];
        let mut database = None;
        if let Some(services) = services {
            let made = services.create_database().await;
            env.push(("DATABASE_URL".to_owned(), made.url.clone()));
            env.push(("REDIS_URL".to_owned(), services.redis_database().await));
            database = Some(made);
        }
        Self {
            mode,
            listen: free_address(),
            env,
            folder,
            data,
            database,
        }
    }

    /// Keeps its data in `folder` instead.
    #[must_use]
    pub fn at(mut self, folder: PathBuf) -> Self {
        self.data = folder;
        self
    }

    /// Adds an environment variable for every process started from here on.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &std::path::Path {
        &self.data
    }

    /// A folder of this installation for whatever a test wants to put there.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The PostgreSQL address, when that is where the truth is.
    #[must_use]
    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(|database| database.url.as_str())
    }

    /// Makes a tenant by the command line.
    #[must_use]
    pub fn create_org(&self, name: &str) -> Org {
        let data = self.data.display().to_string();
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let words = [
            "admin",
            "create-org",
            "--data",
            &data,
            "--name",
            name,
            "--email",
            &email,
        ];
        let words: Vec<&str> = words
            .into_iter()
            .chain(["--password", "correct horse battery"])
            .collect();
        let (code, out, err) = run(&words, &self.env);
        assert_eq!(code, 0, "create-org: {out}{err}");
        let made: serde_json::Value =
            serde_json::from_str(&out).unwrap_or_else(|_| panic!("not JSON: {out}"));
        let text = |field: &str| {
            made[field]
                .as_str()
                .unwrap_or_else(|| panic!("no {field}: {out}"))
                .to_owned()
        };
        Org {
            id: text("org_id"),
            key: text("api_key"),
        }
    }

    /// Starts a process and waits until it is ready.
    pub async fn start(&self, role: Role) -> Process {
        Process::start(role, &self.data, self.listen, &self.env).await
    }

    /// A client with a tenant's key.
    #[must_use]
    pub fn api(&self, org: &Org) -> Api {
        Api::new(self.listen, &org.key)
    }

    /// The common case: one tenant, one process with all roles.
    pub async fn running(mode: Mode) -> (Self, Process, Api) {
        let install = Self::new(mode).await;
        let org = install.create_org("Tienda");
        let process = install.start(Role::Serve).await;
        let api = install.api(&org);
        (install, process, api)
    }
}
