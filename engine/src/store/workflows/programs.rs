//! What listens to what, and compiled programs, in memory; the same in every process because each
//! commit looks at the catalog's revision.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::program::Program;
use serde_json::Value;

use crate::{
    clock,
    ids::{OrgId, WorkflowId},
    store::{
        accounts,
        sql::{Db, Dialect, Row, StoreError},
    },
};

/// How many compiled programs are kept; the rest is compiled again when needed.
const PROGRAMS_MAX: usize = 2_048;

/// How long an organisation's zone and holidays may be out of date.
const ORG_AGE_MAX: Duration = Duration::from_secs(2);

/// How many organisations are kept.
const ORGS_MAX: usize = 20_000;

/// Turns a stored document (JSON) and its inputs into a program.
#[derive(Clone)]
pub struct Compiler(Arc<Compile>);

type Compile = dyn Fn(&Value, &Value) -> Result<Program, String> + Send + Sync;

impl Compiler {
    /// Wraps the compiler.
    pub fn new(
        compile: impl Fn(&Value, &Value) -> Result<Program, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(compile))
    }

    /// Compiles a document with the answers given at installation.
    pub fn compile(&self, document: &Value, inputs: &Value) -> Result<Program, String> {
        (self.0)(document, inputs)
    }
}

impl fmt::Debug for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compiler")
    }
}

/// A published workflow, as routing sees it.
#[derive(Clone, Debug)]
pub struct Listener {
    pub org: OrgId,
    pub workflow: WorkflowId,
    /// The published version.
    pub version: i64,
    pub enabled: bool,
    /// Event types, `webhook:<connection>` and `sensor:<workflow>`.
    pub listens: Vec<String>,
}

/// The fields of one event type that some version matches on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(pub Vec<String>);

/// One moment of the catalog.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    revision: i64,
    published: BTreeMap<(OrgId, WorkflowId), Arc<Listener>>,
    by_type: HashMap<(OrgId, String), Vec<Arc<Listener>>>,
    shapes: HashMap<(OrgId, String), Vec<Arc<Shape>>>,
}

impl Catalog {
    /// The workflows that a type of event may start, enabled or not.
    #[must_use]
    pub fn listeners(&self, org: OrgId, kind: &str) -> &[Arc<Listener>] {
        self.by_type
            .get(&(org, kind.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    /// The published version of a workflow.
    #[must_use]
    pub fn published(&self, org: OrgId, workflow: WorkflowId) -> Option<&Arc<Listener>> {
        self.published.get(&(org, workflow))
    }

    /// The enabled rules over sensors.
    pub fn sensors(&self) -> impl Iterator<Item = &Arc<Listener>> {
        let is_rule = |kind: &String| kind.starts_with(SENSOR);
        self.published
            .values()
            .filter(move |listener| listener.enabled && listener.listens.iter().any(is_rule))
    }

    /// Rises with every change.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// What runs may match on in events of a type.
    #[must_use]
    pub fn shapes(&self, org: OrgId, kind: &str) -> &[Arc<Shape>] {
        self.shapes
            .get(&(org, kind.to_owned()))
            .map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, listener: Listener) {
        let key = (listener.org, listener.workflow);
        let listener = Arc::new(listener);
        if let Some(old) = self.published.insert(key, Arc::clone(&listener)) {
            for kind in &old.listens {
                if let Some(listeners) = self.by_type.get_mut(&(old.org, kind.clone())) {
                    listeners.retain(|other| other.workflow != old.workflow);
                }
            }
        }
        for kind in &listener.listens {
            self.by_type
                .entry((listener.org, kind.clone()))
                .or_default()
                .push(Arc::clone(&listener));
        }
    }

    fn put_shape(&mut self, org: OrgId, kind: String, fields: &str) {
        let shape = Shape(fields.split(',').map(str::to_owned).collect());
        let shapes = self.shapes.entry((org, kind)).or_default();
        if shapes.iter().all(|known| **known != shape) {
            shapes.push(Arc::new(shape));
        }
    }
}

/// An organisation as expressions and waits see it.
#[derive(Clone, Debug)]
pub struct OrgContext {
    pub value: Value,
    pub zone: Tz,
    pub holidays: Vec<NaiveDate>,
}

/// The catalog of this process, and its compiled programs.
#[derive(Debug)]
pub struct Programs {
    db: Db,
    compiler: Compiler,
    catalog: RwLock<Arc<Catalog>>,
    /// The least revision that a commit of this process must have seen.
    wanted: AtomicI64,
    reload: tokio::sync::Mutex<()>,
    cache: Mutex<Cache>,
    orgs: Mutex<HashMap<OrgId, (Duration, Arc<OrgContext>)>>,
}

/// What the channels of rules over sensors begin with.
pub(super) const SENSOR: &str = "sensor:";

type Key = (OrgId, WorkflowId, i64);

/// Two generations: what was used since the last turn, and what before. Using something brings it
/// into the young one; a full young one becomes the old one.
#[derive(Debug, Default)]
struct Cache {
    young: HashMap<Key, Arc<Program>>,
    old: HashMap<Key, Arc<Program>>,
}

impl Cache {
    fn get(&mut self, key: &Key) -> Option<Arc<Program>> {
        if let Some(program) = self.young.get(key) {
            return Some(Arc::clone(program));
        }
        let program = self.old.remove(key)?;
        self.put(*key, Arc::clone(&program));
        Some(program)
    }

    fn put(&mut self, key: Key, program: Arc<Program>) {
        if self.young.len() >= PROGRAMS_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, program);
    }
}

impl Programs {
    /// Reads the catalog.
    pub async fn load(db: Db, compiler: Compiler) -> Result<Arc<Self>, StoreError> {
        let programs = Self {
            db,
            compiler,
            catalog: RwLock::default(),
            wanted: AtomicI64::new(0),
            reload: tokio::sync::Mutex::default(),
            cache: Mutex::default(),
            orgs: Mutex::default(),
        };
        programs.refresh().await?;
        Ok(Arc::new(programs))
    }

    /// The compiler, for drafts and tests of documents.
    #[must_use]
    pub fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    /// The database the catalog is of.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The catalog as last seen.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The catalog as it stands: on PostgreSQL other processes may have changed it.
    pub async fn current(&self) -> Result<Arc<Catalog>, StoreError> {
        let revision = match self.db.dialect() {
            Dialect::Sqlite => None,
            Dialect::Postgres => {
                let row = self
                    .db
                    .fetch_one("select revision from catalog where id = 1", &[])
                    .await?;
                Some(row.int("revision")?)
            }
        };
        self.catalog_at(revision).await
    }

    /// The catalog as a transaction must see it that has read this revision. Without one, as this
    /// process left it: SQLite has no other writer.
    pub(in crate::store) async fn catalog_at(
        &self,
        revision: Option<i64>,
    ) -> Result<Arc<Catalog>, StoreError> {
        let catalog = self.catalog();
        let revision = revision.unwrap_or_else(|| self.wanted.load(Ordering::Acquire));
        if revision <= catalog.revision {
            return Ok(catalog);
        }
        self.refresh().await
    }

    /// Reads what changed since the catalog was last seen.
    pub async fn refresh(&self) -> Result<Arc<Catalog>, StoreError> {
        let _one = self.reload.lock().await;
        let mut catalog = Catalog::clone(&self.catalog());
        let seen = catalog.revision;
        let mut tx = self.db.begin_read().await?;
        let revision = tx
            .fetch_one("select revision from catalog where id = 1", &[])
            .await?
            .int("revision")?;
        let workflows = "select w.org_id, w.id, w.published, w.enabled, v.listens from workflow w, version v \
                         where w.revision > $1 and v.org_id = w.org_id and v.workflow_id = w.id and v.number = w.published";
        for row in tx.fetch_all(workflows, &[seen.into()]).await? {
            catalog.put(listener(&row)?);
        }
        let shapes = "select org_id, type, fields from event_shape where revision > $1";
        for row in tx.fetch_all(shapes, &[seen.into()]).await? {
            catalog.put_shape(row.id("org_id")?, row.text("type")?, &row.text("fields")?);
        }
        tx.rollback().await?;
        catalog.revision = revision;
        let catalog = Arc::new(catalog);
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&catalog);
        Ok(catalog)
    }

    /// Something that matters to routing was committed as this revision: commits from here on see it.
    pub(super) fn expect_revision(&self, revision: i64) {
        self.wanted.fetch_max(revision, Ordering::AcqRel);
    }

    /// The program of a version.
    pub async fn get(
        &self,
        org: OrgId,
        workflow: WorkflowId,
        version: i64,
    ) -> Result<Arc<Program>, StoreError> {
        let key = (org, workflow, version);
        if let Some(program) = self.cached(&key) {
            return Ok(program);
        }
        let sql = "select document, inputs from version where org_id = $1 and workflow_id = $2 and number = $3";
        let row = self
            .db
            .fetch_optional(sql, &[org.into(), workflow.into(), version.into()])
            .await?
            .ok_or_else(|| {
                StoreError::bug(format!(
                    "version {version} of workflow {workflow} is not there"
                ))
            })?;
        let program = self
            .compiler
            .compile(&row.json("document")?, &row.json("inputs")?)
            .map_err(|error| {
                StoreError::bug(format!(
                    "version {version} of workflow {workflow} does not compile: {error}"
                ))
            })?;
        let program = Arc::new(program);
        lock(&self.cache).put(key, Arc::clone(&program));
        Ok(program)
    }

    pub(super) fn cached(&self, key: &Key) -> Option<Arc<Program>> {
        lock(&self.cache).get(key)
    }

    /// An organisation's zone, holidays and value for expressions; at most [`ORG_AGE_MAX`] old.
    pub async fn org(&self, org: OrgId) -> Result<Arc<OrgContext>, StoreError> {
        let now = clock::monotonic();
        if let Some((at, context)) = lock(&self.orgs).get(&org)
            && now.saturating_sub(*at) < ORG_AGE_MAX
        {
            return Ok(Arc::clone(context));
        }
        let context = match accounts::org(&self.db, org).await? {
            Some(found) => OrgContext {
                value: found.document(),
                zone: found.tz(),
                holidays: found.holidays,
            },
            None => OrgContext {
                value: Value::Null,
                zone: Tz::UTC,
                holidays: Vec::new(),
            },
        };
        let context = Arc::new(context);
        let mut orgs = lock(&self.orgs);
        if orgs.len() >= ORGS_MAX {
            orgs.clear();
        }
        orgs.insert(org, (now, Arc::clone(&context)));
        Ok(context)
    }
}

fn listener(row: &Row) -> Result<Listener, StoreError> {
    Ok(Listener {
        org: row.id("org_id")?,
        workflow: row.id("id")?,
        version: row.int("published")?,
        enabled: row.flag("enabled")?,
        listens: row.json("listens")?,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
