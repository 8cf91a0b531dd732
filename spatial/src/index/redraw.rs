//! A top cell after an edit that leaves it cut as it is: leaves that the edit does not touch are copied as they lie.
//!
//! The words are those that [`Draft::write`] would write of the same zones; it costs a copy of the cell instead of sorting all
//! of its edges anew.

use super::Slot;
use super::draft::{Draft, Tally};
use super::leaf::Leaf;
use super::top::Top;

impl Draft {
    /// The cell with what is drafted here beside what is in `before` but for some slots; `None` if nothing is left. `tally` is
    /// of all that.
    ///
    /// The cut of `tally` must be that of `before`.
    pub fn write_over(mut self, before: &Top, without: &[Slot], tally: Tally) -> Option<Top> {
        let cut = u32::from(before.cut);
        let mut full: Vec<Slot> = before.full().iter().copied().filter(|slot| !without.contains(slot)).collect();
        full.append(&mut self.full);
        full.sort_unstable();
        if tally.is_empty() && full.is_empty() {
            return None;
        }
        let added = self.laid(cut);
        let mut words = Vec::with_capacity(before.words.len() + 4 * added.len());
        words.resize(before.leaves(), 0);
        let mut alone = Vec::new();
        for number in 0..before.leaves() {
            let at = words.len();
            let leaf = before.leaf(number);
            let is_left = !without.is_empty() && leaf.is_some_and(|leaf| leaf.names_any(without));
            if added.is_in(number) || is_left {
                alone.clear();
                self.write_leaf(&added, number, &mut alone);
                Leaf::at(&alone, 0).write_with(leaf, without, &mut words);
            } else if let Some(words_of_leaf) = before.leaf_words(number) {
                words.extend_from_slice(words_of_leaf);
            }
            Draft::place_leaf(&mut words, number, cut, at);
        }
        Some(Draft::closed(words, full, tally))
    }
}
