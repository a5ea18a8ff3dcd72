//! The two programs, each a process of its own: started, killed and asked to stop as an operator, or a power cut, does it.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long a program may take until it answers, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
const STEP: Duration = Duration::from_millis(5);
/// How many ports a shop is started on before something else must be wrong.
const PORTS: usize = 5;

type Settings = Vec<(String, String)>;

/// Only with the settings that are given, whatever the environment or a `.env` of this project says. Both programs write
/// one log, so that it tells what followed what. `NOREN_BINARY` names another build of it, such as a release.
fn noren(command: &str, folder: &Path, settings: &[(String, String)]) -> Command {
    let log = File::options().create(true).append(true).open(log_of(folder)).unwrap();
    let binary = std::env::var("NOREN_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_noren").to_owned());
    let mut noren = Command::new(binary);
    noren.arg(command).env_clear().envs(settings.iter().cloned()).env("NO_COLOR", "1").current_dir(folder);
    noren.stdin(Stdio::null()).stderr(log.try_clone().unwrap()).stdout(log);
    noren
}

pub fn log_of(folder: &Path) -> PathBuf {
    folder.join("noren.log")
}

/// A port that nobody listens on.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The payment providers' stand-in. It runs until the value is dropped, and keeps its state in memory.
pub struct Simulator {
    child: Child,
    pub address: SocketAddr,
    /// What a shop must be started with to talk to it.
    pub settings: Settings,
}

impl Simulator {
    /// Its webhooks go to `shop_url`.
    pub async fn start(folder: &Path, shop_url: &str) -> Simulator {
        let address = free_address();
        let given = [("SIMULATOR_LISTEN", address.to_string()), ("PUBLIC_URL", shop_url.to_owned())];
        // It keeps its state beside an SQLite file; without one, in memory.
        let given = given.into_iter().chain([("DATABASE_URL", "none:".to_owned())]);
        let given: Settings = given.map(|(name, value)| (name.to_owned(), value)).collect();
        let mut child = noren("simulator", folder, &given).spawn().unwrap();
        let begun = Instant::now();
        loop {
            let printed = std::fs::read_to_string(log_of(folder)).unwrap_or_default();
            if let Some(settings) = complete(&printed) {
                until_ready(&mut child, address, "/control/state", folder).await;
                return Simulator { child, address, settings };
            }
            assert!(begun.elapsed() < PATIENCE && child.try_wait().unwrap().is_none(), "no simulator: {printed}");
            tokio::time::sleep(STEP).await;
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended by itself, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The `NAME=value` lines, once the last of them is there.
fn complete(printed: &str) -> Option<Settings> {
    let (whole, _) = printed.rsplit_once('\n')?;
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let pairs = whole.lines().filter_map(|line| line.split_once('=')).filter(|(name, _)| is_name(name));
    let settings: Settings = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    settings.iter().any(|(name, _)| name == "STABLEMINT_WEBHOOK_KEYS").then_some(settings)
}

/// A shop that can be started again and again with the same settings. It listens at another address each time, because a
/// port that was free may be taken while it is down; whoever needs it to stay where it is goes over the wire.
pub struct Shop {
    folder: PathBuf,
    settings: Settings,
    running: Mutex<Option<(Child, SocketAddr)>>,
}

impl Shop {
    /// Not started yet. `LISTEN` and `RUST_LOG` need not be among the settings.
    pub fn new(folder: &Path, mut settings: Settings) -> Shop {
        settings.push(("RUST_LOG".to_owned(), "noren=info,warn".to_owned()));
        Shop { folder: folder.to_owned(), settings, running: Mutex::new(None) }
    }

    /// Starts it and does not wait.
    pub fn spawn(&self) {
        let mut running = self.running();
        assert!(running.is_none(), "the shop is running");
        let address = free_address();
        let child = noren("serve", &self.folder, &self.settings).env("LISTEN", address.to_string()).spawn().unwrap();
        *running = Some((child, address));
    }

    /// Starts it and waits until it is ready; answers how long that took.
    pub async fn start(&self) -> Duration {
        for _ in 0..PORTS {
            let begun = Instant::now();
            let before = log_text(&self.folder).len();
            self.spawn();
            let Err(status) = self.until_ready(begun).await else { return begun.elapsed() };
            *self.running() = None;
            // Somebody's connection was given the port between its choice and its use.
            let is_taken = log_text(&self.folder).get(before..).is_some_and(|new| new.contains("in use"));
            assert!(is_taken, "the shop ended with {status}: {}", end_of_log(&self.folder));
        }
        panic!("{PORTS} ports were taken before the shop could use them");
    }

    async fn until_ready(&self, begun: Instant) -> Result<(), ExitStatus> {
        let address = self.address().expect("it was just started");
        while !answers(address, "/readyz").await {
            if let Some(status) = self.try_wait() {
                return Err(status);
            }
            assert!(begun.elapsed() < PATIENCE, "the shop is not ready: {}", end_of_log(&self.folder));
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }

    /// Where it listens, or will in a moment; `None` while it does not run.
    pub fn address(&self) -> Option<SocketAddr> {
        self.running().as_ref().map(|(_, address)| *address)
    }

    /// As a power cut does it. When this returns, nothing of it runs any more.
    pub fn kill(&self) {
        if let Some((mut child, _)) = self.running().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// As a service manager does it: SIGTERM. The program then ends when it is done.
    pub fn ask_to_stop(&self) {
        let pid = self.running().as_ref().expect("the shop is running").0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// How it ended, if it does within `patience`.
    pub async fn ended(&self, patience: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            let status = self.try_wait();
            if status.is_some() {
                *self.running() = None;
                return status;
            }
            tokio::time::sleep(STEP).await;
        }
        None
    }

    fn try_wait(&self) -> Option<ExitStatus> {
        self.running().as_mut().and_then(|(child, _)| child.try_wait().unwrap())
    }

    fn running(&self) -> MutexGuard<'_, Option<(Child, SocketAddr)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The client for what may be killed at any time. No connection is used twice: one to a shop that was killed since would
/// fail for no reason of the new one's. It is made once, because making one reads the machine's certificates.
pub fn fresh() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        noren::payments::http::install_tls();
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(PATIENCE);
        client.redirect(reqwest::redirect::Policy::none()).build().unwrap()
    })
}

async fn until_ready(child: &mut Child, address: SocketAddr, path: &str, folder: &Path) {
    let begun = Instant::now();
    while !answers(address, path).await {
        assert!(child.try_wait().unwrap().is_none(), "it ended: {}", end_of_log(folder));
        assert!(begun.elapsed() < PATIENCE, "it does not answer: {}", end_of_log(folder));
        tokio::time::sleep(STEP).await;
    }
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let answer = fresh().get(format!("http://{address}{path}")).timeout(Duration::from_secs(10)).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

fn log_text(folder: &Path) -> String {
    std::fs::read_to_string(log_of(folder)).unwrap_or_default()
}

pub fn end_of_log(folder: &Path) -> String {
    let log = log_text(folder);
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
