//! The HTTP listener: bounded connections, a limit on how long headers may take, and an orderly end.

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// How long a request's headers may take to come.
const HEADER_LIMIT: Duration = Duration::from_secs(10);
/// Longest headers, bytes; more is answered with 431.
const HEADER_BYTES: usize = 64 * 1024;
/// Most headers of a request.
const MAX_HEADERS: usize = 100;
/// Most connections at once; more wait in the backlog.
const MAX_CONNECTIONS: u32 = 8_192;
/// How long open requests may take when the server stops.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stopping` turns true and the open requests have ended or their grace is over. Each request is answered by
/// the newest router of `routers`, also on a connection that was opened under an older one.
pub async fn serve(listener: TcpListener, routers: watch::Receiver<Router>, mut stopping: watch::Receiver<bool>) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    loop {
        let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        // Small answers leave at once; a socket that refuses this only answers a little later.
        let _ = stream.set_nodelay(true);
        let service = tower::service_fn({
            let routers = routers.clone();
            move |request: hyper::Request<hyper::body::Incoming>| answer(routers.borrow().clone(), request, peer)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_LIMIT)
            .max_buf_size(HEADER_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .with_upgrades();
        let mut stopping = stopping.clone();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stopped(&mut stopping) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "an HTTP connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    // Every connection gives its permit back when it ends.
    if tokio::time::timeout(GRACE, permits.acquire_many(MAX_CONNECTIONS)).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

/// Returns when the server stops.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error says that nobody can stop the server any more: it has ended.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

async fn answer(
    router: Router,
    request: hyper::Request<hyper::body::Incoming>,
    peer: SocketAddr,
) -> Result<axum::response::Response, std::convert::Infallible> {
    use tower::ServiceExt;
    let mut request: Request = request.map(axum::body::Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}
