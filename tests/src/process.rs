//! One process of the real binary: started, watched, killed.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use crate::services::workspace;

/// How long a process may take until it is ready; generous, since CI machines are slow.
const READY_SECS: u64 = 60;
/// How long a process may take to drain after a polite signal.
const DRAIN_SECS: u64 = 30;
/// How often a condition is looked at while waiting for it.
const POLL: Duration = Duration::from_millis(10);
/// How much of a process's log a failing test prints, in bytes.
const LOG_TAIL_BYTES: usize = 6_000;

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// All roles in one.
    Serve,
    Api,
    Worker,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Api => "api",
            Self::Worker => "worker",
        }
    }

    /// Whether it answers HTTP.
    #[must_use]
    pub fn listens(self) -> bool {
        match self {
            Self::Serve | Self::Api => true,
            Self::Worker => false,
        }
    }
}

/// A running process; killed when the value goes.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pub role: Role,
    log: PathBuf,
}

impl Process {
    /// Starts it and, when it listens, waits until it is ready.
    pub async fn start(
        role: Role,
        data: &Path,
        listen: SocketAddr,
        env: &[(String, String)],
    ) -> Self {
        let mut process = Self::launch(role, data, listen, env, &[]);
        if role.listens() {
            process.ready(listen).await;
        }
        process
    }

    /// Starts it without waiting. `wrapper` is a command the binary is run through, such as `prlimit`.
    #[must_use]
    pub fn launch(
        role: Role,
        data: &Path,
        listen: SocketAddr,
        env: &[(String, String)],
        wrapper: &[&str],
    ) -> Self {
        let log = data.with_extension(format!(
            "{}.{}.log",
            role.word(),
            uuid::Uuid::now_v7().simple()
        ));
        let mut words: Vec<String> = wrapper.iter().map(|&word| word.to_owned()).collect();
        words.extend([binary().display().to_string(), role.word().to_owned()]);
        words.extend(["--data".to_owned(), data.display().to_string()]);
        if role.listens() {
            words.extend(["--listen".to_owned(), listen.to_string()]);
        }
        let output = File::create(&log).unwrap();
        let child = Command::new(&words[0])
            .args(&words[1..])
            .env_remove("DATABASE_URL")
            .env_remove("REDIS_URL")
            // What a failing test prints should be what went wrong.
            .env("OPERANDI_LOG", "warn")
            .envs(env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("{words:?} did not start: {error}"));
        Self { child, role, log }
    }

    /// Waits until `/readyz` answers 200.
    pub async fn ready(&mut self, listen: SocketAddr) {
        let url = format!("http://{listen}/readyz");
        let http = crate::api::http();
        let deadline = Instant::now() + Duration::from_secs(READY_SECS);
        loop {
            if let Ok(answer) = http.get(&url).timeout(Duration::from_secs(2)).send().await
                && answer.status().is_success()
            {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!(
                    "the {} process ended with {status} before it was ready\n{}",
                    self.role.word(),
                    self.tail()
                );
            }
            assert!(
                Instant::now() < deadline,
                "not ready within {READY_SECS} s\n{}",
                self.tail()
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end and waits until it has drained; its exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let deadline = Instant::now() + Duration::from_secs(DRAIN_SECS);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(
                Instant::now() < deadline,
                "not drained within {DRAIN_SECS} s\n{}",
                self.tail()
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether it still runs.
    pub fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Memory it holds now, in bytes.
    #[must_use]
    pub fn rss_bytes(&self) -> u64 {
        rss_bytes(self.child.id())
    }

    /// Everything it has written.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    fn tail(&self) -> String {
        let log = self.log();
        let mut from = log.len().saturating_sub(LOG_TAIL_BYTES);
        while !log.is_char_boundary(from) {
            from += 1;
        }
        log[from..].to_owned()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            #[allow(
                clippy::print_stderr,
                reason = "a failing test shows what the process said"
            )]
            {
                eprintln!(
                    "--- end of the log of {} ---\n{}",
                    self.role.word(),
                    self.tail()
                );
            }
        }
    }
}

/// Resident memory of a process in bytes; 0 when it is gone.
#[must_use]
pub fn rss_bytes(pid: u32) -> u64 {
    const KIB: u64 = 1024;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or_default()
        * KIB
}

/// A loopback address nobody listens on.
#[must_use]
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

/// The binary under test, of the same profile as the tests; built when it is not there or stale.
#[must_use]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Ok(path) = std::env::var("OPERANDI_BIN") {
            return PathBuf::from(path);
        }
        let own = std::env::current_exe().unwrap();
        let folder = own
            .ancestors()
            .find(|folder| folder.ends_with("debug") || folder.ends_with("release"))
            .unwrap();
        let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build
            .args(["build", "--quiet", "--workspace", "--bins"])
            .current_dir(workspace());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "the operandi binary does not build"
        );
        folder.join("operandi")
    })
}

/// Runs the command line once; its exit code, output and errors.
#[must_use]
pub fn run(arguments: &[&str], env: &[(String, String)]) -> (i32, String, String) {
    let output = Command::new(binary())
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env_remove("REDIS_URL")
        .envs(env.iter().cloned())
        .output()
        .unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Looks at a condition until it holds; panics with `what` when it does not within `limit`.
pub async fn eventually<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
        tokio::time::sleep(POLL).await;
    }
}
