//! Takes connections and serves them, with limits that `axum::serve` does not have: on the time that a request's head may
//! take, and on how many connections there are. How long a stop waits for them is for [`super::stopping`].
//!
//! Without the first, whoever sends a request a byte a minute keeps a connection for ever, on hundreds of connections at
//! once (tokio-rs/axum#2741).

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a request's head may take, from the connection's beginning or the last answer on. So it is also how long
    /// a connection may idle: longer than proxies wait before they use one again.
    pub head: Duration,
    /// How many connections there are at once. The next ones wait in the operating system's queue until one ends.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Patience {
        // A process may have 1,024 files open unless somebody allows more, and the database needs some.
        Patience { head: Duration::from_secs(75), connections: 900 }
    }
}

/// Until `stop`; then no connection is taken any more, idle ones are closed, and what is under way is finished.
pub async fn serve(listener: TcpListener, router: Router, patience: Patience, stop: CancellationToken) {
    let tasks = TaskTracker::new();
    let free = Arc::new(Semaphore::new(patience.connections));
    // Never closed, so the permit is always had in the end.
    while let Some(Ok(permit)) = stop.run_until_cancelled(Arc::clone(&free).acquire_owned()).await {
        match stop.run_until_cancelled(listener.accept()).await {
            None => break,
            Some(Ok((stream, peer))) => {
                tasks.spawn(one(stream, peer, router.clone(), patience, stop.clone(), permit));
            }
            Some(Err(error)) => {
                tracing::error!(%error, "a connection could not be taken");
                // Most likely too many files are open: others must close before the next try can do better.
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn one(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
    stop: CancellationToken,
    _permit: OwnedSemaphorePermit,
) {
    let asked = Arc::new(AtomicBool::new(false));
    let now_asked = Arc::clone(&asked);
    let service = router.map_request(move |request: hyper::Request<Incoming>| {
        now_asked.store(true, Ordering::Relaxed);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    let served = match stop.run_until_cancelled(connection.as_mut()).await {
        Some(served) => served,
        // Browsers connect ahead of time. Such a connection does not count as idle to hyper, which would wait for its
        // first request.
        None if !asked.load(Ordering::Relaxed) => return,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        // Whoever went away in the middle, or was too slow: nothing that the shop could mend.
        tracing::debug!(%error, "a connection ended badly");
    }
}

#[cfg(test)]
#[path = "connections_tests.rs"]
mod tests;
