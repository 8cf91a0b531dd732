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

/// A binary frame, with the members of its records that tests look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    /// 1 snapshot, 2 delta, 3 gone, 4 counts by cell.
    pub kind: u8,
    /// The server's time of the frame, ms since 1970.
    pub base_ms: i64,
    /// Key (or count), longitude and latitude in 1e-7 degree, and flags of each record.
    pub records: Vec<(u32, i32, i32, u8)>,
}

impl Positions {
    /// Reads a frame.
    ///
    /// # Panics
    /// When it is not as INTERFACES has it.
    pub fn read(bytes: &[u8]) -> Positions {
        let (head, records) = bytes.split_at(16);
        assert_eq!(head[..3], [0x56, 0x43, 1], "a binary frame begins with the magic and the version");
        let count = u32::from_le_bytes(head[4..8].try_into().expect("four bytes")) as usize;
        assert_eq!(records.len(), count * 20, "the header counts the records");
        let number = |record: &[u8], at: usize| i32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes"));
        let records = records
            .chunks(20)
            .map(|record| (number(record, 0) as u32, number(record, 4), number(record, 8), record[19]))
            .collect();
        Positions { kind: head[3], base_ms: i64::from_le_bytes(head[8..16].try_into().expect("eight bytes")), records }
    }
}

impl Live {
    /// Connects with a bearer token and asks for the whole world.
    pub fn connect(server: SocketAddr, token: &str) -> Live {
        Live::connect_with(server, "Authorization", &format!("Bearer {token}"))
    }

    /// Connects with a credential in a header and asks for the whole world.
    pub fn connect_with(server: SocketAddr, header: &str, credential: &str) -> Live {
        let stream = TcpStream::connect(server).expect("the server listens");
        let request = tungstenite::http::Request::builder()
            .uri(format!("ws://{server}/live"))
            .header("Host", server.to_string())
            .header(header, credential)
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

    /// Looks at a box (west, south, east, north, degrees) at a zoom of the map.
    pub fn look(&mut self, bbox: [f64; 4], zoom: f64) {
        self.look_without(bbox, zoom, &[]);
    }

    /// Looks and leaves layers of vehicles out of the counts.
    pub fn look_without(&mut self, bbox: [f64; 4], zoom: f64, hide: &[&str]) {
        let view = serde_json::json!({"type": "view", "bbox": bbox, "zoom": zoom, "hide": hide});
        self.socket.send(Message::text(view.to_string())).expect("the socket is open");
    }

    /// Reads until a binary frame satisfies `wanted`; that frame.
    pub fn positions_until(&mut self, what: &str, mut wanted: impl FnMut(&Positions) -> bool) -> Positions {
        let end = Instant::now() + crate::wait::PATIENCE;
        while Instant::now() < end {
            if let Some(Message::Binary(bytes)) = self.message(end) {
                let frame = Positions::read(&bytes);
                if wanted(&frame) {
                    return frame;
                }
            }
        }
        panic!("/live did not send {what}");
    }

    /// Reads until the server closes; its close code.
    pub fn closed(&mut self) -> u16 {
        let end = Instant::now() + crate::wait::PATIENCE;
        while Instant::now() < end {
            if let Some(Message::Close(close)) = self.message(end) {
                return close.expect("the server says why").code.into();
            }
        }
        panic!("/live was not closed");
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
            if let Message::Text(text) = self.message(end)? {
                return Some(serde_json::from_str(&text).expect("text frames are JSON"));
            }
        }
    }

    /// The next frame of any kind, if one comes in time.
    fn message(&mut self, end: Instant) -> Option<Message> {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        self.socket.get_ref().set_read_timeout(Some(left)).expect("a span over zero");
        match self.socket.read() {
            Ok(message) => {
                if let Message::Binary(bytes) = &message {
                    assert_eq!(bytes.get(..2), Some(&[0x56, 0x43][..]), "a binary frame begins with the magic");
                    self.binary_frames += 1;
                }
                Some(message)
            }
            Err(tungstenite::Error::Io(e))
                if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
            {
                None
            }
            Err(e) => panic!("/live broke: {e}"),
        }
    }
}
