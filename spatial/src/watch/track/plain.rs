//! The fix that changes nothing but the last place, as most do: it costs a fraction of a whole step.
//!
//! What is asked here is what makes each part of the whole step ([`Track::append`] and what follows it) do nothing. Where one
//! answer is no, the whole step is taken: so this can only be too careful.

use super::super::foreseen::Foreseen;
use super::super::history::hour_of;
use super::super::silence::Sign;
use super::super::step::{crosses_date_line, joins_path};
use super::{Surroundings, Track};
use crate::fix::Fix;

impl Track {
    /// Takes the newest fix if it brings its vehicle a new place, by a way that meets no boundary, and nothing else.
    ///
    /// Returns whether it was taken; nothing is changed otherwise.
    #[inline]
    pub fn take_plain(&mut self, around: Surroundings<'_>, fix: &Fix, foreseen: &Foreseen) -> bool {
        if !self.is_next(around, fix) || !self.only_moves(around, fix, foreseen) {
            return false;
        }
        #[cfg(test)]
        let whole = self.after_whole_step(around, fix);
        self.window.push(*fix, around.settings.window_fixes);
        self.state.last = Some(*fix);
        self.hearing.received(Sign::Fix, around.now);
        self.trim(around);
        #[cfg(test)]
        assert_eq!(*self, whole, "a plain fix does what the whole step does");
        true
    }

    /// What the whole step makes of it, which must have nothing to tell.
    #[cfg(test)]
    fn after_whole_step(&self, around: Surroundings<'_>, fix: &Fix) -> Track {
        let (mut whole, mut out) = (self.clone(), super::Outbox::default());
        whole.take(around, &mut [*fix], &super::NoPast, &mut out);
        assert!(out.tells.is_empty() && out.checkpoints.is_empty(), "{:?}", out.tells);
        assert_eq!(out.taken, [super::Taken::Kept(fix.marks)]);
        whole
    }

    /// Whether the step over the newest fix does no more than move the last place.
    #[inline]
    fn only_moves(&self, around: Surroundings<'_>, fix: &Fix, foreseen: &Foreseen) -> bool {
        let Surroundings { map, settings, now, .. } = around;
        let (state, context) = (&self.state, self.context(around));
        let Some(last) = &state.last else { return false };
        let age = now - fix.fixed_at;
        // The fix: on the path, of a vehicle that is on, elsewhere, soon after the last one and received soon.
        joins_path(fix.marks)
            && fix.alarm_bits == state.terminal.bits
            && fix.acc_on != Some(false)
            && fix.fixed_at - last.fixed_at <= settings.gap
            && last.fixed_at >= hour_of(fix.fixed_at)
            && age.0.abs() <= settings.clock_off.0.min(settings.gap.0)
            && fix.position != last.position
            && !crosses_date_line(last.position, fix.position)
            && !context.is_impossible(last, fix)
            // The vehicle: nothing that a fix or time goes on with, ends or is asked about.
            && state.quiet.calm
            && context.is_steady(state, fix)
            && state.parked.is_none()
            && state.suspects.is_empty()
            && state.still.is_none()
            && self.visits.is_none()
            && self.due.is_none()
            && self.clock.is_none()
            && self.hearing.goes_on()
            && self.window.len().checked_sub(1).is_some_and(|newest| self.window.is_plain(newest))
            && foreseen.is_free(map, (last.position, fix.position))
    }
}
