//! Where vehicles stand in a list, by key: keys are given one after the other, so a table finds them sooner than a hash.

use crate::ids::VehicleKey;

/// Keys of one page of the table.
const WIDTH: usize = 1_024;
/// No vehicle.
const NOBODY: u32 = u32::MAX;

/// A place for each vehicle. Costs 4 bytes for each key of a page in use.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pages: Vec<Option<Box<[u32; WIDTH]>>>,
}

impl Places {
    /// Where a vehicle stands.
    #[inline]
    pub fn get(&self, key: VehicleKey) -> Option<usize> {
        let (page, place) = (key.0 as usize / WIDTH, key.0 as usize % WIDTH);
        let found = self.pages.get(page)?.as_ref()?[place];
        (found != NOBODY).then_some(found as usize)
    }

    /// Puts a vehicle at a place.
    pub fn set(&mut self, key: VehicleKey, at: usize) {
        let (page, place) = (key.0 as usize / WIDTH, key.0 as usize % WIDTH);
        if self.pages.len() <= page {
            self.pages.resize(page + 1, None);
        }
        self.pages[page].get_or_insert_with(|| Box::new([NOBODY; WIDTH]))[place] = at as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_found_where_he_was_put_and_nobody_else() {
        let mut places = Places::default();
        let keys = [0, 1, 1_023, 1_024, 70_000, 5_000_000];
        for (at, key) in keys.into_iter().enumerate() {
            assert_eq!(places.get(VehicleKey(key)), None);
            places.set(VehicleKey(key), at);
        }
        let found: Vec<Option<usize>> = keys.into_iter().map(|key| places.get(VehicleKey(key))).collect();
        assert_eq!(found, (0..keys.len()).map(Some).collect::<Vec<_>>());
        assert!([2, 1_025, 4_999_999, u32::MAX].into_iter().all(|key| places.get(VehicleKey(key)).is_none()));
    }
}
