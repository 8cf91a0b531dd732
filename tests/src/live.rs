//! A console's live socket, read frame by frame.

use serde_json::Value;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// A connected `/live` socket.
pub struct Live {
    socket: WebSocket<TcpStream>,
    /// How many binary frames (positions) came so far.
    pub binary_frames: usize,
}

impl Live {
    /// Connects with a bearer token and asks for the whole world.
    pub fn connect(server: SocketAddr, token: &str) -> Live {
        let stream = TcpStream::connect(server).expect("the server listens");
        let request = tungstenite::http::Request::builder()
            .uri(format!("ws://{server}/live"))
            .header("Host", server.to_string())
            .header("Authorization", format!("Bearer {token}"))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", tungstenite::handshake::client::generate_key())
            .body(())
            .expect("the request is well formed");
        let (mut socket, _) = tungstenite::client(request, stream).expect("the server upgrades");
        let view = serde_json::json!({"type": "view", "bbox": [-180, -90, 180, 90], "zoom": 10});
        socket.send(Message::text(view.to_string())).expect("the socket is open");
        Live { socket, binary_frames: 0 }
    }

    /// Reads until a text frame satisfies `wanted`; that frame.
    pub fn until(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        let end = Instant::now() + crate::wait::PATIENCE;
        while Instant::now() < end {
            if let Some(frame) = self.text(Duration::from_secs(1)).filter(&mut wanted) {
                return frame;
            }
        }
        panic!("/live did not send {what}");
    }

    /// The next text frame, if one comes in time.
    pub fn text(&mut self, limit: Duration) -> Option<Value> {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            self.socket.get_ref().set_read_timeout(Some(left)).expect("a span over zero");
            match self.socket.read() {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("text frames are JSON")),
                Ok(Message::Binary(bytes)) => {
                    assert_eq!(bytes.get(..2), Some(&[0x56, 0x43][..]), "a binary frame begins with the magic");
                    self.binary_frames += 1;
                }
                Ok(_) => {}
                Err(tungstenite::Error::Io(e))
                    if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
                {
                    return None;
                }
                Err(e) => panic!("/live broke: {e}"),
            }
        }
    }
}
