use super::*;
use axum::routing::get;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PATIENCE: Patience = Patience { head: Duration::from_millis(400), connections: 2 };

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

async fn served(patience: Patience) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let slow = |ms| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        "done"
    };
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let router = Router::new().route("/slow", get(move || slow(300))).route("/who", get(who));
    let stop = CancellationToken::new();
    let done = tokio::spawn(serve(listener, router, patience, stop.clone()));
    Served { address, stop, done }
}

impl Served {
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

/// All that comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    // A reset is an end too.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut text)).await.expect("no end came");
    text
}

#[tokio::test]
async fn a_request_whose_head_does_not_come_to_an_end_loses_its_connection() {
    let served = served(PATIENCE).await;
    let begun = Instant::now();
    let mut slow = served.send("GET /who HTTP/1.1\r\n").await;
    for _ in 0..3 {
        slow.write_all(b"a: b\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!rest(slow).await.contains("200 OK"));
    assert!(begun.elapsed() >= PATIENCE.head && begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    served.stop.cancel();
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_idle_connections_are_not_waited_for() {
    let served = served(Patience { head: Duration::from_secs(60), connections: 4 }).await;
    let (idle, half) = (served.send("").await, served.send("GET /who HT").await);
    let under_way = served.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    served.stop.cancel();
    assert!(rest(under_way).await.ends_with("done"));
    assert_eq!((rest(idle).await, rest(half).await), (String::new(), String::new()));
    tokio::time::timeout(Duration::from_secs(5), served.done).await.expect("it does not stop").unwrap();
}

#[tokio::test]
async fn more_connections_than_allowed_wait_until_one_ends() {
    let served = served(Patience { head: Duration::from_secs(60), ..PATIENCE }).await;
    let (one, _other) = (served.send("").await, served.send("").await);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut third = served.send("GET /who HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let early = tokio::time::timeout(Duration::from_millis(300), third.read_u8()).await;
    assert!(early.is_err(), "it was served although two others are there");
    drop(one);
    let own = third.local_addr().unwrap().to_string();
    assert!(rest(third).await.ends_with(&own), "and the router knows who asks");
    served.stop.cancel();
}
