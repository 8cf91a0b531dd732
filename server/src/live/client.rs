//! One console's connection: greets, sends what changes, listens to where it looks, and cuts it when it is too slow.

use super::frames::{self, Incoming};
use super::hub::Hub;
use super::positions::{Pace, View};
use super::sorts::Hidden;
use crate::auth::roles::{self, Action};
use crate::auth::sessions::Sessions;
use crate::auth::{Denied, Identity};
use crate::ingest::Pipeline;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use cordon_spatial::ids::Seq;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

/// Largest frame that a console may send, bytes.
pub const MAX_INCOMING: usize = 16 * 1024;
/// How long one frame may take to leave before the console counts as too slow.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between two looks at vehicles in alarm.
const TICK: Duration = Duration::from_millis(250);
/// Time between two looks at all others.
const ALL_EVERY: Duration = Duration::from_secs(1);
/// Time between two looks at whether the console may still watch.
const RECHECK: Duration = Duration::from_secs(2);

/// Why a connection ends, with its close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The console went away.
    Left,
    /// 1001: the server stops.
    Stopping,
    /// 1011: the store failed.
    Failed,
    /// 4008: the console does not keep up.
    TooSlow,
    /// 4401: no longer signed in.
    SignedOut,
    /// 4403: no longer allowed.
    NotAllowed,
}

impl End {
    fn close(self) -> Option<(u16, &'static str)> {
        match self {
            End::Left => None,
            End::Stopping => Some((1001, "the server is stopping")),
            End::Failed => Some((1011, "the store cannot be asked")),
            End::TooSlow => Some((4008, "too slow")),
            End::SignedOut => Some((4401, "not signed in")),
            End::NotAllowed => Some((4403, "not allowed")),
        }
    }

    /// How long the close frame may take to leave.
    fn farewell(self) -> Duration {
        match self {
            // What holds it up is the console itself: it is told why when it reads on.
            End::TooSlow => Duration::from_secs(60),
            _ => Duration::from_secs(2),
        }
    }
}

/// What a connection needs of the server.
#[derive(Clone)]
pub struct Context {
    /// What all consoles share.
    pub hub: Hub,
    /// For the time.
    pub pipeline: Pipeline,
    /// For looking whether the console may still watch.
    pub sessions: Arc<Sessions>,
    /// Turns true when the server stops.
    pub stopping: watch::Receiver<bool>,
}

/// Serves one console until it leaves or is cut.
pub async fn serve(mut socket: WebSocket, context: Context, identity: Identity) {
    let counted = context.hub.client();
    let end = match converse(&mut socket, &context, identity).await {
        Ok(()) => End::Left,
        Err(end) => end,
    };
    drop(counted);
    if let Some((code, reason)) = end.close() {
        metrics::counter!("cordon_ws_kicked_total", "reason" => reason).increment(1);
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let mut stopping = context.stopping.clone();
        // A console that takes nothing any more does not take its close frame either; one that wakes up in time does.
        tokio::select! {
            _ = tokio::time::timeout(end.farewell(), say_goodbye(&mut socket, close)) => {}
            () = crate::api::serve::stopped(&mut stopping), if end == End::TooSlow => {}
        }
    }
}

/// Sends the close frame and reads until the console closes too: a socket that is dropped with something unread loses what
/// it has not sent yet, the close frame as well.
async fn say_goodbye(socket: &mut WebSocket, close: Message) {
    if socket.send(close).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

async fn converse(socket: &mut WebSocket, context: &Context, identity: Identity) -> Result<(), End> {
    let Context { hub, pipeline, sessions, stopping } = context;
    let mut stopping = stopping.clone();
    let mut texts = hub.texts();
    let mut view = View::default();
    greet(socket, context, &identity).await?;
    let snapshot = view.snapshot(&hub.positions(), pipeline.now());
    send(socket, Message::Binary(snapshot.into())).await?;
    let mut tick = tokio::time::interval(TICK);
    // A late look does not put off the next: on a busy machine a second would else become two.
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut all_at = Instant::now();
    let mut changed = sessions.changed();
    let mut recheck = tokio::time::interval(RECHECK);
    recheck.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                None | Some(Err(_)) | Some(Ok(Message::Close(_))) => return Ok(()),
                Some(Ok(Message::Text(text))) => {
                    answer(socket, context, &identity, &mut view, &text).await?;
                }
                Some(Ok(Message::Binary(_))) => {
                    let frame = frames::error(hub.seq(), "bad_frame", "binary frames are not understood".to_owned());
                    send(socket, Message::Text(frame.text)).await?;
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            },
            text = texts.recv() => match text {
                Ok(frame) => send(socket, Message::Text(frame.text)).await?,
                Err(RecvError::Lagged(_)) => return Err(End::TooSlow),
                Err(RecvError::Closed) => return Err(End::Stopping),
            },
            _ = tick.tick() => {
                let pace = if all_at.elapsed() + TICK / 2 >= ALL_EVERY { Pace::All } else { Pace::Alarmed };
                if pace == Pace::All {
                    all_at = Instant::now();
                }
                let frames = view.changes(&hub.positions(), pace, pipeline.now());
                for frame in frames {
                    send(socket, Message::Binary(frame.into())).await?;
                }
            }
            _ = recheck.tick() => may_stay(context, &identity).await?,
            Ok(()) = changed.changed() => may_stay(context, &identity).await?,
            () = crate::api::serve::stopped(&mut stopping) => return Err(End::Stopping),
        }
    }
}

/// Ends when whoever watches is no longer signed in or no longer allowed to.
async fn may_stay(context: &Context, identity: &Identity) -> Result<(), End> {
    match context.sessions.recheck(identity, context.pipeline.now()).await {
        Ok(identity) if roles::allows(Action::SeeMap, identity.role) => Ok(()),
        Ok(_) | Err(Denied::NotAllowed | Denied::ForeignOrigin) => Err(End::NotAllowed),
        Err(Denied::NotSignedIn) => Err(End::SignedOut),
        Err(Denied::Unavailable) => Err(End::Failed),
    }
}

/// Sends the greeting with the open alarms.
async fn greet(socket: &mut WebSocket, context: &Context, identity: &Identity) -> Result<(), End> {
    let (seq, alarms) = context.hub.open_alarms().await.map_err(|error| {
        tracing::error!(%error, "a console cannot be greeted");
        End::Failed
    })?;
    let hello = frames::hello(seq, context.pipeline.now(), identity, &alarms, context.hub.catalog());
    send(socket, Message::Text(hello.text)).await
}

async fn answer(
    socket: &mut WebSocket,
    context: &Context,
    identity: &Identity,
    view: &mut View,
    text: &str,
) -> Result<(), End> {
    let hub = &context.hub;
    match understand(text) {
        Ok(Incoming::View { bbox, zoom, hide }) => {
            view.hide(Hidden::these(&hide));
            let snapshot = view.look(bbox, zoom, &hub.positions(), context.pipeline.now());
            send(socket, Message::Binary(snapshot.into())).await
        }
        Ok(Incoming::Resume { seq }) => match hub.since(Seq(seq)).await {
            Ok(Some(missed)) => {
                for frame in missed {
                    send(socket, Message::Text(frame.text)).await?;
                }
                Ok(())
            }
            Ok(None) => {
                greet(socket, context, identity).await?;
                let snapshot = view.snapshot(&hub.positions(), context.pipeline.now());
                send(socket, Message::Binary(snapshot.into())).await
            }
            Err(_) => Err(End::Failed),
        },
        Err(detail) => send(socket, Message::Text(frames::error(hub.seq(), "bad_frame", detail).text)).await,
    }
}

fn understand(text: &str) -> Result<Incoming, String> {
    let incoming = serde_json::from_str(text).map_err(|error| format!("the frame cannot be read: {error}"))?;
    if let Incoming::View { bbox: [west, south, east, north], .. } = incoming {
        let ordered = west <= east && south <= north;
        if !ordered || ![west, south, east, north].iter().all(|n| n.is_finite()) {
            return Err("bbox must be west, south, east, north with west <= east and south <= north".to_owned());
        }
    }
    Ok(incoming)
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Left),
        Err(_) => Err(End::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_must_be_a_box() {
        assert!(understand(r#"{"type":"view","bbox":[121,30,122,31],"zoom":12}"#).is_ok());
        assert!(understand(r#"{"type":"view","bbox":[122,30,121,31],"zoom":12}"#).is_err());
        assert!(understand("not json").is_err());
    }
}
