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

/// What came of sending requests.
pub struct Load {
    /// How long each answer took, in microseconds, sorted.
    answers_us: Vec<u64>,
    took: Duration,
}

impl Load {
    pub fn answers(&self) -> u64 {
        self.answers_us.len() as u64
    }

    pub fn per_second(&self) -> u64 {
        per_second(self.answers(), self.took)
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
/// When an answer is anything but a whole one with status 200.
pub async fn for_a_while(to: SocketAddr, request: Bytes, connections: usize, time: Duration) -> anyhow::Result<Load> {
    let end = Instant::now() + time;
    run(to, connections, move || (Instant::now() < end).then(|| request.clone())).await
}

/// Sends each request once.
///
/// # Errors
/// As `for_a_while`.
pub async fn each_once(to: SocketAddr, requests: Vec<Bytes>, connections: usize) -> anyhow::Result<Load> {
    let requests = std::sync::Mutex::new(requests.into_iter());
    let next = move || requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    run(to, connections, next).await
}

async fn run<N>(to: SocketAddr, connections: usize, next: N) -> anyhow::Result<Load>
where
    N: Fn() -> Option<Bytes> + Send + Sync + 'static,
{
    let next = Arc::new(next);
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..connections {
        running.spawn(connection(to, Arc::clone(&next)));
    }
    let mut answers_us = Vec::new();
    while let Some(finished) = running.join_next().await {
        answers_us.extend(finished.context("a connection of the load generator broke off")??);
    }
    let took = begun.elapsed();
    answers_us.sort_unstable();
    Ok(Load { answers_us, took })
}

async fn connection<N: Fn() -> Option<Bytes>>(to: SocketAddr, next: Arc<N>) -> anyhow::Result<Vec<u64>> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut answers_us = Vec::new();
    while let Some(request) = next() {
        let begun = Instant::now();
        stream.write_all(&request).await?;
        read_answer(&mut stream, &mut buffer).await?;
        answers_us.push(begun.elapsed().as_micros().try_into()?);
    }
    Ok(answers_us)
}

/// # Errors
/// When the answer is cut off, does not say how long it is, or has another status than 200.
pub async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
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
    ensure!(text.starts_with("HTTP/1.1 200 "), "an answer began with {:?}", text.lines().next().unwrap_or_default());
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
