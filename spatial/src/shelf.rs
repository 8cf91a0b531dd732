//! Places by number, shared between versions: what a snapshot of the one-map is made of.
//!
//! A tree of two levels of 256 below a list. Each part stands behind an `Arc`, so that the next version copies the parts
//! that lead to what changed, and parts without content are dropped: numbers may grow for ever.

use std::sync::Arc;

const BITS: u32 = 8;
const WIDTH: usize = 1 << BITS;

/// 256 places; `None` where nothing stands.
type Part<T> = Vec<Option<T>>;

/// Values by 32-bit number. A clone costs one step for each 65,536 numbers up to the largest in use.
#[derive(Clone, Debug)]
pub struct Shelf<T> {
    parts: Part<Arc<Part<Arc<Part<T>>>>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf { parts: Vec::new() }
    }
}

impl<T: Clone> Shelf<T> {
    /// What stands at a number.
    #[inline]
    pub fn get(&self, number: u32) -> Option<&T> {
        self.place(number)?.as_ref()
    }

    /// The place of a number, whether anything stands there or not.
    #[inline]
    pub fn place(&self, number: u32) -> Option<&Option<T>> {
        let [high, middle, low] = places(number);
        self.parts.get(high)?.as_ref()?.get(middle)?.as_ref()?.get(low)
    }

    /// Puts a value at a number, or takes it away; gives back what stood there.
    pub fn set(&mut self, number: u32, value: Option<T>) -> Option<T> {
        let [high, middle, low] = places(number);
        if self.parts.len() <= high {
            self.parts.resize(high + 1, None);
        }
        let upper = &mut self.parts[high];
        let parts = Arc::make_mut(upper.get_or_insert_with(|| Arc::new(vec![None; WIDTH])));
        let part = &mut parts[middle];
        let values = Arc::make_mut(part.get_or_insert_with(|| Arc::new(vec![None; WIDTH])));
        let before = std::mem::replace(&mut values[low], value);
        if values[low].is_none() && values.iter().all(Option::is_none) {
            *part = None;
            if parts.iter().all(Option::is_none) {
                *upper = None;
            }
        }
        before
    }

    /// All numbers with their values, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let place = |base: usize, low: usize| ((base << BITS) + low) as u32;
        let upper = self.parts.iter().enumerate().filter_map(|(high, part)| Some((high, part.as_ref()?)));
        let middle = upper.flat_map(|(high, parts)| {
            let parts = parts.iter().enumerate();
            parts.filter_map(move |(middle, part)| Some(((high << BITS) + middle, part.as_ref()?)))
        });
        middle.flat_map(move |(base, part)| {
            let values = part.iter().enumerate();
            values.filter_map(move |(low, value)| Some((place(base, low), value.as_ref()?)))
        })
    }
}

fn places(number: u32) -> [usize; 3] {
    let number = number as usize;
    [number >> (2 * BITS), number >> BITS & (WIDTH - 1), number & (WIDTH - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_in_the_next_version_alone_and_empty_parts_go() {
        let mut shelf = Shelf::default();
        let numbers = [0, 1, 255, 256, 65_535, 65_536, 1 << 24];
        for number in numbers {
            assert_eq!(shelf.set(number, Some(number)), None);
        }
        let before = shelf.clone();
        assert_eq!(shelf.set(256, None), Some(256));
        assert_eq!(shelf.set(255, Some(7)), Some(255));
        assert_eq!((shelf.get(256), before.get(256)), (None, Some(&256)));
        assert_eq!((shelf.get(255), before.get(255)), (Some(&7), Some(&255)));
        assert_eq!(before.iter().collect::<Vec<_>>(), numbers.iter().map(|n| (*n, n)).collect::<Vec<_>>());
        assert!(shelf.get(2).is_none() && shelf.get(u32::MAX).is_none());
        for number in numbers {
            shelf.set(number, None);
        }
        assert!(shelf.parts.iter().all(Option::is_none));
    }
}
