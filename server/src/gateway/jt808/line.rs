//! The way back to one terminal, shared by its connection's task and the committing thread.
//!
//! Acknowledgements are written by the committing thread itself, one write per connection and batch. It must never wait
//! for a terminal: what the socket does not take at once is left to the connection's task, and a terminal that lets too
//! much pile up is cut.

use super::answer::{Ack, Link, Outcome};
use crate::ingest::Acknowledge;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Most bytes of answers that may pile up for one terminal.
const MAX_PENDING_BYTES: usize = 64 * 1024;

/// The socket of one terminal and what it has not taken yet.
pub struct Line {
    stream: TcpStream,
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    cut: bool,
}

impl Line {
    /// The line of an accepted connection.
    pub fn new(stream: TcpStream) -> Arc<Line> {
        Arc::new(Line { stream, pending: Mutex::default(), wake: Notify::new() })
    }

    /// The socket, for reading.
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Resolves when there is something to write or the line was cut.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Writes bytes, or keeps what the socket does not take now. The line is cut when too much piles up.
    pub fn send(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let mut pending = self.lock();
        if pending.cut {
            return;
        }
        let mut rest = bytes;
        if pending.bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => rest = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => pending.cut = true,
            }
        }
        if pending.bytes.len() + rest.len() > MAX_PENDING_BYTES {
            pending.cut = true;
            metrics::counter!("cordon_terminals_cut_total", "reason" => "answers_pile_up").increment(1);
        } else {
            pending.bytes.extend_from_slice(rest);
        }
        let wake = pending.cut || !pending.bytes.is_empty();
        drop(pending);
        if wake {
            self.wake.notify_one();
        }
    }

    /// Writes what is pending as far as the socket takes it; returns whether anything is left.
    pub fn flush(&self) -> bool {
        let mut pending = self.lock();
        while !pending.bytes.is_empty() && !pending.cut {
            match self.stream.try_write(&pending.bytes) {
                Ok(written) => drop(pending.bytes.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return true,
                Err(_) => pending.cut = true,
            }
        }
        false
    }

    /// Whether the line is to be ended.
    pub fn is_cut(&self) -> bool {
        self.lock().cut
    }

    /// Ends the line: its task closes the socket.
    pub fn cut(&self) {
        self.lock().cut = true;
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What to acknowledge to a terminal once its fixes are kept.
pub struct LineAcks {
    /// Where the answers go.
    pub line: Arc<Line>,
    /// Whom to answer.
    pub link: Link,
    /// The messages.
    pub acks: Vec<Ack>,
}

impl Acknowledge for LineAcks {
    fn kept(self: Box<Self>, room: &mut Vec<u8>) {
        room.clear();
        for ack in &self.acks {
            self.link.ack_into(*ack, Outcome::Done, room);
        }
        self.line.send(room);
    }

    fn not_kept(self: Box<Self>) {
        metrics::counter!("cordon_ingest_unanswered_total").increment(self.acks.len() as u64);
    }
}
