//! The way back to one terminal, shared by its connection's task, the committing thread and whoever commands it.
//!
//! Acknowledgements are written by the committing thread itself, one write per connection and batch. It must never wait
//! for a terminal: what the socket does not take at once is left to the connection's task, and a terminal that lets too
//! much pile up is cut.

use super::answer::{Ack, Link, Outcome};
use super::command::Reply;
use super::location::Location;
use crate::ingest::Acknowledge;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};

/// Most bytes of answers that may pile up for one terminal.
const MAX_PENDING_BYTES: usize = 64 * 1024;

/// Most commands that may wait for the answer of one terminal.
const MAX_ASKS: usize = 8;

/// The socket of one terminal, what it has not taken yet and what it has not answered yet.
pub struct Line {
    stream: TcpStream,
    pending: Mutex<Pending>,
    asks: Mutex<Asks>,
    wake: Notify,
}

#[derive(Default)]
struct Asks {
    open: Vec<Ask>,
    closed: bool,
}

/// A command that waits for its answer.
struct Ask {
    serial: u16,
    msg_id: u16,
    done: oneshot::Sender<Reply>,
}

/// Why a command cannot wait for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAsk {
    /// As many as may wait do so.
    TooMany,
    /// The connection ended.
    Ended,
}

#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    cut: bool,
}

impl Line {
    /// The line of an accepted connection.
    pub fn new(stream: TcpStream) -> Arc<Line> {
        Arc::new(Line { stream, pending: Mutex::default(), asks: Mutex::default(), wake: Notify::new() })
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
                Ok(written) if written == pending.bytes.len() => pending.bytes = Vec::new(),
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

    /// Lets a command wait for its answer; to be called before it is sent.
    pub fn ask(&self, serial: u16, msg_id: u16) -> Result<oneshot::Receiver<Reply>, NoAsk> {
        let mut asks = self.asks();
        // Whoever asked may have gone away since.
        asks.open.retain(|ask| !ask.done.is_closed());
        if asks.closed {
            return Err(NoAsk::Ended);
        }
        if asks.open.len() >= MAX_ASKS {
            return Err(NoAsk::TooMany);
        }
        let (done, answer) = oneshot::channel();
        asks.open.push(Ask { serial, msg_id, done });
        Ok(answer)
    }

    /// Hands an answer to the command that waits for it, if one does and the answer settles it.
    pub fn answered(&self, serial: u16, reply: Reply) {
        let mut asks = self.asks();
        let at = asks.open.iter().position(|ask| ask.serial == serial && reply.settles(ask.msg_id));
        if let Some(at) = at {
            // Nobody waits any more when the send fails: the request was given up.
            drop(asks.open.swap_remove(at).done.send(reply));
        }
    }

    /// Lets a command wait no longer: its answer could not be kept.
    fn not_answered(&self, serial: u16) {
        self.asks().open.retain(|ask| ask.serial != serial);
    }

    /// No answer comes any more: whoever waits for one is told.
    pub fn close_asks(&self) {
        let mut asks = self.asks();
        asks.closed = true;
        asks.open = Vec::new();
    }

    fn asks(&self) -> MutexGuard<'_, Asks> {
        self.asks.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Positions among them that answer a command, with the command's serial.
    pub located: Vec<(u16, Box<Location>)>,
}

impl Acknowledge for LineAcks {
    fn kept(self: Box<Self>, room: &mut Vec<u8>) {
        room.clear();
        for ack in &self.acks {
            self.link.ack_into(*ack, Outcome::Done, room);
        }
        self.line.send(room);
        for (command, location) in self.located {
            self.line.answered(command, Reply::Location(location));
        }
    }

    fn not_kept(self: Box<Self>) {
        self.located.iter().for_each(|(command, _)| self.line.not_answered(*command));
        metrics::counter!("cordon_ingest_unanswered_total").increment(self.acks.len() as u64);
    }
}
