//! Numbers that look random and can be had again: every test that uses them prints its seed.

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose moments and bytes.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The seed from `CORDON_TEST_SEED`, else from the clock; said on standard error, so that a failure can be repeated.
    pub fn seeded(test: &str) -> Random {
        let seed = std::env::var("CORDON_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(1, |d| d.as_micros() as u64)
        });
        eprintln!("{test}: CORDON_TEST_SEED={seed}");
        Random(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next_u64() as u8).collect()
    }
}
