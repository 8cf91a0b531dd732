//! What the roads promise, on maps that can be seen at a glance and on many random ones beside a search written otherwise.

mod approaching;
mod choosing;
mod closing;
mod data;
mod exact;
mod fast;
mod lines;
mod oracle;
mod own;
mod reaching;
mod routing;
mod sketch;
mod timed;
mod turning;
