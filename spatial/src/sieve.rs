//! Tells of most keys that were never put in that they were not, by one line of the cache.

/// Bits that keys leave behind. A key that was put in is always told of as possibly there; of the others about one in twenty
/// is. Derived from a list of keys that its owner keeps: it says nothing of its own, so that all are equal, and one that was
/// lost (a snapshot holds none) is made anew when the next key is put in.
#[derive(Clone, Debug, Default)]
pub struct Sieve {
    lines: Vec<Line>,
    /// How many keys were put in.
    count: usize,
}

#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; 8]);

/// So few keys are looked through as fast.
const FEW: usize = 64;
/// Keys for each line when it is made anew, and when it is full. Each leaves two of 512 bits.
const ROOMY: usize = 24;
const FULL: usize = 60;

impl PartialEq for Sieve {
    fn eq(&self, _: &Sieve) -> bool {
        true
    }
}

impl Sieve {
    /// Whether a key may have been put in. Keys are hashes: any of their bits tell them apart.
    pub fn may_hold(&self, key: u64) -> bool {
        let Some(line) = self.line(key) else { return true };
        let Line(words) = &self.lines[line];
        bits(key).into_iter().all(|(word, bit)| words[word] & bit != 0)
    }

    /// Puts a key in; `all` are the `count` that its owner keeps, this one among them.
    pub fn put(&mut self, key: u64, count: usize, all: impl Iterator<Item = u64>) {
        if self.lines.is_empty() && count <= FEW {
            return;
        }
        self.count += 1;
        if self.count > self.lines.len() * FULL {
            let lines = (count / ROOMY + 1).next_power_of_two();
            self.lines.clear();
            self.lines.resize(lines, Line::default());
            self.count = count;
            return all.for_each(|key| self.mark(key));
        }
        self.mark(key);
    }

    /// Forgets all: keys left.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.count = 0;
    }

    fn mark(&mut self, key: u64) {
        let Some(line) = self.line(key) else { return };
        let Line(words) = &mut self.lines[line];
        bits(key).into_iter().for_each(|(word, bit)| words[word] |= bit);
    }

    /// The line of a key; there is none before the first.
    fn line(&self, key: u64) -> Option<usize> {
        let last = self.lines.len().checked_sub(1)?;
        Some((key >> 32) as usize & last)
    }
}

/// The two bits of a line that a key leaves: which words, and which bits of them.
fn bits(key: u64) -> [(usize, u64); 2] {
    [key, key >> 16].map(|part| ((part >> 6 & 7) as usize, 1 << (part & 63)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like hashes.
    fn keys(range: std::ops::Range<u64>) -> Vec<u64> {
        range.map(|n| xxhash_rust::xxh3::xxh3_64(&n.to_le_bytes())).collect()
    }

    #[test]
    fn what_was_put_in_is_found_and_most_else_is_not() {
        let (there, others) = (keys(0..2_000), keys(2_000..12_000));
        let mut sieve = Sieve::default();
        for (count, key) in there.iter().enumerate() {
            sieve.put(*key, count + 1, there[..=count].iter().copied());
            assert!(there[..=count].iter().all(|known| sieve.may_hold(*known)), "after {count}");
        }
        let doubted = others.iter().filter(|key| sieve.may_hold(**key)).count();
        assert!(doubted < others.len() / 10, "{doubted} of {}", others.len());
        let mut restored = Sieve::default();
        restored.put(there[0], there.len(), there.iter().copied());
        assert!(there.iter().all(|known| restored.may_hold(*known)));
    }
}
