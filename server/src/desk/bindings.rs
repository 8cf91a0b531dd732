//! Which vehicle a terminal's phone stood for, and when.
//!
//! A terminal that was taken out of one vehicle and put into another may still hold what it recorded in the first: a fix
//! belongs to the vehicle that carried the phone at its `fixed_at`, whoever carries it when the fix comes in.

use cordon_spatial::ids::VehicleKey;
use cordon_spatial::units::UnixMs;

/// The vehicles of one phone, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    /// By their beginnings; none overlaps another.
    spans: Vec<Span>,
}

/// For how long one vehicle carried a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which vehicle.
    pub vehicle: VehicleKey,
    /// Journal time of the edit that bound it.
    pub from: UnixMs,
    /// Journal time of the edit that ended it; `UnixMs::MAX` while it goes on.
    pub to: UnixMs,
}

impl Bindings {
    /// Takes a span in. What touches one of the same vehicle goes on from it.
    pub fn note(&mut self, mut span: Span) {
        self.spans.retain(|known| {
            let is_one = known.vehicle == span.vehicle && known.from <= span.to && span.from <= known.to;
            if is_one {
                (span.from, span.to) = (span.from.min(known.from), span.to.max(known.to));
            }
            !is_one
        });
        let place = self.spans.partition_point(|known| known.from <= span.from);
        self.spans.insert(place, span);
    }

    /// The vehicle carries it no more from `at` on.
    pub fn end(&mut self, vehicle: VehicleKey, at: UnixMs) {
        let going_on = self.spans.iter_mut().filter(|span| span.vehicle == vehicle && span.to == UnixMs::MAX);
        going_on.for_each(|span| span.to = at.max(span.from));
    }

    /// The vehicle that carries it now.
    pub fn now(&self) -> Option<VehicleKey> {
        self.spans.last().filter(|span| span.to == UnixMs::MAX).map(|span| span.vehicle)
    }

    /// The vehicle whose a fix of this instant is. The first binding holds since ever; an instant at which nobody carried the
    /// phone is the next one's, or the last one's after all of them.
    pub fn at(&self, fixed_at: UnixMs) -> Option<VehicleKey> {
        let next = self.spans.iter().find(|span| fixed_at < span.to);
        next.or(self.spans.last()).map(|span| span.vehicle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: VehicleKey = VehicleKey(1);
    const B: VehicleKey = VehicleKey(2);

    fn span(vehicle: VehicleKey, from: i64, to: i64) -> Span {
        Span { vehicle, from: UnixMs(from), to: UnixMs(to) }
    }

    #[test]
    fn an_instant_belongs_to_whoever_carried_the_phone() {
        let mut bindings = Bindings::default();
        assert_eq!((bindings.now(), bindings.at(UnixMs(5))), (None, None));
        bindings.note(span(A, 10, UnixMs::MAX.0));
        bindings.end(A, UnixMs(20));
        assert_eq!(bindings.now(), None);
        bindings.note(span(B, 30, UnixMs::MAX.0));
        assert_eq!(bindings.now(), Some(B));
        let asked = [5, 10, 19, 20, 29, 30, 99].map(|at| bindings.at(UnixMs(at)));
        assert_eq!(asked, [A, A, A, B, B, B, B].map(Some));
        bindings.end(B, UnixMs(40));
        assert_eq!((bindings.now(), bindings.at(UnixMs(50))), (None, Some(B)));
    }

    #[test]
    fn revisions_that_keep_the_phone_are_one_span_in_any_order() {
        let parts = [span(A, 10, 20), span(A, 20, 30), span(A, 30, UnixMs::MAX.0), span(B, 1, 5)];
        let mut forth = Bindings::default();
        parts.iter().for_each(|part| forth.note(*part));
        let mut back = Bindings::default();
        parts.iter().rev().for_each(|part| back.note(*part));
        assert_eq!(forth, back);
        assert_eq!(forth.spans, [span(B, 1, 5), span(A, 10, UnixMs::MAX.0)]);
    }
}
