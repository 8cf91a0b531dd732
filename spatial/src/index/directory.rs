//! Where the top cells are: rows of coarse cells, and in each coarse cell its top cells, packed.
//!
//! Every level stands behind an `Arc`, so that a copy with a few cells changed copies those cells' blocks and shares the
//! rest. Any two 32-bit coordinates have a place; looking one up takes no hashing.

use super::Slot;
use super::grid::{COARSE_SHIFT, Cell, TOP_SHIFT};
use super::top::Top;
use std::sync::Arc;

/// Coarse cells along each side of the directory: all of the 32-bit coordinates.
const SIDE: usize = 1 << (32 - COARSE_SHIFT);
/// Top cells along each side of a coarse cell.
const TOPS: i32 = 1 << (COARSE_SHIFT - TOP_SHIFT);

/// One coarse cell.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Which of the top cells there are, bit by bit.
    present: [u64; 16],
    /// How many there are before each word of `present`.
    before: [u16; 16],
    tops: Vec<Top>,
    /// The zones that cover the coarse cell wholly.
    pub whole: Vec<Slot>,
}

impl Block {
    /// A top cell of this coarse cell.
    #[inline]
    pub fn top(&self, cell: Cell) -> Option<&Top> {
        let place = within(cell);
        let (word, bit) = (place / 64, place % 64);
        if self.present[word] >> bit & 1 == 0 {
            return None;
        }
        self.tops.get(self.rank(word, bit))
    }

    fn rank(&self, word: usize, bit: usize) -> usize {
        usize::from(self.before[word]) + (self.present[word] & ((1 << bit) - 1)).count_ones() as usize
    }

    fn set(&mut self, place: usize, top: Option<Top>) {
        let (word, bit) = (place / 64, place % 64);
        let rank = self.rank(word, bit);
        match (self.present[word] >> bit & 1 == 1, top) {
            (true, Some(top)) => self.tops[rank] = top,
            (true, None) => {
                self.tops.remove(rank);
            }
            (false, Some(top)) => self.tops.insert(rank, top),
            (false, None) => return,
        }
        let there = self.tops.len() as u16;
        let had = self.before[15] + self.present[15].count_ones() as u16;
        self.present[word] = if there < had { self.present[word] & !(1 << bit) } else { self.present[word] | 1 << bit };
        let mut sum = 0;
        for (before, present) in self.before.iter_mut().zip(self.present) {
            *before = sum;
            sum += present.count_ones() as u16;
        }
    }

    fn is_empty(&self) -> bool {
        self.tops.is_empty() && self.whole.is_empty()
    }
}

type Row = Vec<Option<Arc<Block>>>;

/// All coarse cells.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Empty until something is in it.
    rows: Vec<Option<Arc<Row>>>,
    /// Words of all top cells.
    words: usize,
}

impl Directory {
    /// A coarse cell, if anything is in it.
    #[inline]
    pub fn block(&self, coarse: Cell) -> Option<&Block> {
        let row = self.rows.get(place(coarse.row))?.as_ref()?;
        row.get(place(coarse.column))?.as_deref()
    }

    /// A top cell, if anything is in it.
    #[inline]
    pub fn top(&self, cell: Cell) -> Option<&Top> {
        self.block(cell.coarse())?.top(cell)
    }

    /// Words of all its top cells.
    pub fn words(&self) -> usize {
        self.words
    }

    /// Puts a top cell in place, or takes it away.
    pub fn set_top(&mut self, cell: Cell, top: Option<Top>) {
        let words = |top: Option<&Top>| top.map_or(0, Top::size);
        self.words = self.words + words(top.as_ref()) - words(self.top(cell));
        self.edit(cell.coarse(), |block| block.set(within(cell), top));
    }

    /// Changes a coarse cell.
    pub fn edit(&mut self, coarse: Cell, change: impl FnOnce(&mut Block)) {
        if self.rows.is_empty() {
            self.rows = vec![None; SIDE];
        }
        // A cell beyond the 32-bit coordinates, which a line along their border touches, is asked for by nobody.
        let Some(row) = self.rows.get_mut(place(coarse.row)) else { return };
        let row = Arc::make_mut(row.get_or_insert_with(|| Arc::new(vec![None; SIDE])));
        let Some(block) = row.get_mut(place(coarse.column)) else { return };
        change(Arc::make_mut(block.get_or_insert_default()));
        if block.as_ref().is_some_and(|block| block.is_empty()) {
            *block = None;
        }
    }
}

fn place(coarse: i32) -> usize {
    (coarse + SIDE as i32 / 2) as usize
}

fn within(cell: Cell) -> usize {
    ((cell.row & (TOPS - 1)) * TOPS + (cell.column & (TOPS - 1))) as usize
}
