//! The load generator: keep-alive connections that write a prepared request and count the answer's bytes. It parses as
//! little as it can, so that most of the machine is left to what is measured.

use anyhow::{Context, ensure};
use axum::body::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A request as it goes over the wire, and the status that it must be answered with.
#[derive(Clone)]
pub struct Request {
    pub bytes: Bytes,
    pub status: u16,
}

/// What came of sending requests.
#[derive(Default)]
pub struct Load {
    /// How long each answer with status 200 took, in microseconds, sorted.
    answers_us: Vec<u64>,
    /// How many were to be refused, and were.
    pub refused: u64,
    pub took: Duration,
}

impl Load {
    /// Those with status 200.
    pub fn answers(&self) -> u64 {
        self.answers_us.len() as u64
    }

    pub fn per_second(&self) -> u64 {
        per_second(self.answers(), self.took)
    }

    /// One after the other.
    pub fn and(mut self, later: Load) -> Load {
        self.answers_us.extend(later.answers_us);
        self.answers_us.sort_unstable();
        Load { answers_us: self.answers_us, refused: self.refused + later.refused, took: self.took + later.took }
    }

    /// 99 of 100 answers took no longer than this, in microseconds.
    pub fn p99_us(&self) -> u64 {
        let at = self.answers_us.len() * 99 / 100;
        self.answers_us.get(at).copied().unwrap_or_default()
    }
}

pub fn per_second(count: u64, took: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000_000 / took.as_micros().max(1)).unwrap_or(u64::MAX)
}

/// Sends the same request over and over, on so many connections, for so long.
///
/// # Errors
/// When an answer is anything but a whole one with the status that is expected, here 200.
pub async fn for_a_while(to: SocketAddr, request: Bytes, connections: usize, time: Duration) -> anyhow::Result<Load> {
    let end = Instant::now() + time;
    let request = Request { bytes: request, status: 200 };
    run(to, connections, move || (Instant::now() < end).then(|| request.clone())).await
}

/// Sends each request once.
///
/// # Errors
/// As `for_a_while`.
pub async fn each_once(to: SocketAddr, requests: Vec<Request>, connections: usize) -> anyhow::Result<Load> {
    let requests = std::sync::Mutex::new(requests.into_iter());
    let next = move || requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    run(to, connections, next).await
}

async fn run<N>(to: SocketAddr, connections: usize, next: N) -> anyhow::Result<Load>
where
    N: Fn() -> Option<Request> + Send + Sync + 'static,
{
    let next = Arc::new(next);
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..connections {
        running.spawn(connection(to, Arc::clone(&next)));
    }
    let mut load = Load::default();
    while let Some(finished) = running.join_next().await {
        let (answers_us, refused) = finished.context("a connection of the load generator broke off")??;
        load.answers_us.extend(answers_us);
        load.refused += refused;
    }
    load.took = begun.elapsed();
    load.answers_us.sort_unstable();
    Ok(load)
}

async fn connection<N: Fn() -> Option<Request>>(to: SocketAddr, next: Arc<N>) -> anyhow::Result<(Vec<u64>, u64)> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let (mut answers_us, mut refused) = (Vec::new(), 0);
    while let Some(request) = next() {
        let begun = Instant::now();
        stream.write_all(&request.bytes).await?;
        read_answer(&mut stream, &mut buffer, request.status).await?;
        match request.status {
            200 => answers_us.push(begun.elapsed().as_micros().try_into()?),
            _ => refused += 1,
        }
    }
    Ok((answers_us, refused))
}

/// # Errors
/// When the answer is cut off, does not say how long it is, or has another status.
pub async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8], status: u16) -> anyhow::Result<()> {
    let mut filled = 0;
    let head = loop {
        let read = stream.read(buffer.get_mut(filled..).context("an answer's head is too long")?).await?;
        ensure!(read > 0, "the connection was closed before the answer");
        filled += read;
        if let Some(end) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = std::str::from_utf8(&buffer[..head]).context("an answer's head is not text")?;
    let first = text.lines().next().unwrap_or_default();
    ensure!(first.starts_with(&format!("HTTP/1.1 {status} ")), "an answer began with {first:?} instead of {status}");
    let mut missing = (head + content_length(text)?).saturating_sub(filled);
    while missing > 0 {
        let most = missing.min(buffer.len());
        let read = stream.read(&mut buffer[..most]).await?;
        ensure!(read > 0, "the connection was closed in the middle of an answer");
        missing -= read;
    }
    Ok(())
}

fn content_length(head: &str) -> anyhow::Result<usize> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = fields
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer does not say how long it is")?;
    Ok(value.trim().parse()?)
}
