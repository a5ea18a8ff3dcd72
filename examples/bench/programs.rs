//! The programs that take part, each in a process of its own: started, watched, and ended with the value.

use super::load;
use anyhow::{Context, bail};
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// The key and the secret that shop and simulator agree on.
const SECRET_KEY: &str = "sk_test_benchmark";
pub const WEBHOOK_SECRET: &str = "whsec_benchmark";

/// How long a program may take until it answers.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait before asking again whether it answers.
const BETWEEN_QUESTIONS: Duration = Duration::from_micros(500);

/// Where everything is.
pub struct Bench {
    noren: PathBuf,
    itself: PathBuf,
    folder: TempDir,
    /// The shop's.
    pub database_url: String,
    shop_listens: SocketAddr,
}

impl Bench {
    /// With an SQLite file for the shop, unless there is a database for it.
    ///
    /// # Errors
    /// When the shop was not built beside this program.
    pub fn prepare(database_url: Option<String>) -> anyhow::Result<Bench> {
        let itself = std::env::current_exe()?;
        let built = itself.parent().and_then(Path::parent).context("this program lies in no target folder")?;
        let noren = built.join("noren");
        if !noren.exists() {
            bail!("{} is missing: scripts/bench builds it", noren.display());
        }
        // Beside the programs and not in /tmp, which may be in memory, where a durable write costs nothing.
        let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(built)?;
        let file = || format!("sqlite://{}", folder.path().join("noren.db").display());
        let database_url = database_url.unwrap_or_else(file);
        Ok(Bench { noren, itself, folder, database_url, shop_listens: free_address()? })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the shop; also how long it took until it was ready, in microseconds.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn shop(&self, simulator: &Program) -> anyhow::Result<(Program, u64)> {
        let listen = self.shop_listens;
        let mut command = self.noren_at(listen)?;
        command
            .arg("serve")
            .env("DATABASE_URL", &self.database_url)
            .env("LISTEN", listen.to_string())
            .env("KOMOJU_API_URL", format!("http://{}/komoju/api/v1", simulator.address));
        Program::start(command, listen, "/readyz").await
    }

    /// # Errors
    /// When it does not answer.
    pub async fn simulator(&self) -> anyhow::Result<Program> {
        let listen = free_address()?;
        let mut command = self.noren_at(self.shop_listens)?;
        command
            .arg("simulator")
            .env("SIMULATOR_LISTEN", listen.to_string())
            // It keeps its state beside an SQLite file. Without one it keeps it in memory, and leaves the disk to the shop.
            .env("DATABASE_URL", "none:");
        Ok(Program::start(command, listen, "/control/state").await?.0)
    }

    /// The plain handler, with the shop's front page as it just came.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn plain(&self, page: &[u8]) -> anyhow::Result<Program> {
        let (listen, file) = (free_address()?, self.folder().join("page.html"));
        std::fs::write(&file, page)?;
        let mut command = Command::new(&self.itself);
        command.arg("plain").arg(listen.to_string()).arg(&file);
        Ok(Program::start(command, listen, "/").await?.0)
    }

    /// Only with the settings that are given here, whatever the environment or a `.env` of this project says.
    fn noren_at(&self, shop: SocketAddr) -> anyhow::Result<Command> {
        let log = File::options().create(true).append(true).open(self.folder().join("noren.log"))?;
        let mut command = Command::new(&self.noren);
        command
            .env_clear()
            .current_dir("/")
            .env("PUBLIC_URL", format!("http://{shop}"))
            .env("KOMOJU_SECRET_KEY", SECRET_KEY)
            .env("KOMOJU_WEBHOOK_SECRETS", WEBHOOK_SECRET)
            // All shoppers of the benchmark come from one address.
            .env("CHECKOUTS_PER_MINUTE", "1000000")
            .stdout(log);
        Ok(command)
    }
}

/// A port that nobody listens on. Somebody could take it before the program does; then the run fails, and says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A program that runs until the value is dropped.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    async fn start(mut command: Command, address: SocketAddr, path: &str) -> anyhow::Result<(Program, u64)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("{command:?} does not start"))?;
        let mut program = Program { child, address };
        while !answers(address, request.as_bytes()).await {
            if let Some(status) = program.child.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            if begun.elapsed() > PATIENCE {
                bail!("{command:?} does not answer");
            }
            tokio::time::sleep(BETWEEN_QUESTIONS).await;
        }
        let took_us = begun.elapsed().as_micros().try_into()?;
        Ok((program, took_us))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Resident memory in bytes; `None` where there is no `/proc`.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn memory(&mut self) -> anyhow::Result<Option<u64>> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the shop ended with {status}");
        }
        let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())) else { return Ok(None) };
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(kibibytes.map(|kibibytes| kibibytes * 1024))
    }

    /// The processor time that it has used, in milliseconds; `None` where there is no `/proc`.
    pub fn processor_ms(&self) -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // proc(5): after the name, which may contain anything, utime and stime are the 12th and 13th field; Linux shows
        // them to programs in hundredths of a second on every machine.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some((ticks(11)? + ticks(12)?) * 10)
    }
}

async fn answers(address: SocketAddr, request: &[u8]) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        load::read_answer(&mut stream, &mut vec![0; 64 * 1024], 200).await
    };
    asked.await.is_ok()
}
