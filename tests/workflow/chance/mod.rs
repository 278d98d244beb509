//! Random sequences against what must always hold: of the pure machine (`pure`), and of the real engine with its
//! worker, a provider that fails at times, lost workers and a clock that jumps (`engine`).
//!
//! Seeded, so that a failure comes again: it is told with its seed. `WW_CHANCE=n` runs n times as many.

mod engine;
mod pure;

/// xorshift64*: small, and the same everywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// How many seeds to try, of what is usual.
pub fn seeds(usual: u64) -> std::ops::Range<u64> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    let times = std::env::var("WW_CHANCE").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    0..usual * times
}
