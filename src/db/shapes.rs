//! Which statements are worth keeping prepared.
//!
//! Diesel keeps every cached statement for as long as its connection lives, and PostgreSQL some 16 KB for each; dynamic
//! SQL has no end of shapes. So the first sight of a shape is not cached, the second is, and there are bounds.

use std::collections::HashSet;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Shapes kept prepared, at most, on each connection.
const CACHED: usize = 500;
/// Shapes remembered as seen once; when full it starts anew.
const SEEN: usize = 4096;

#[derive(Default)]
struct Shapes {
    seen: HashSet<u64>,
    cached: HashSet<u64>,
}

/// Process-wide: connections of one pool run the same statements.
static SHAPES: LazyLock<RwLock<Shapes>> = LazyLock::new(RwLock::default);

/// Notes the sight of a shape; true when its statement should be cached.
pub(super) fn worth_caching(shape: u64) -> bool {
    {
        let shapes = SHAPES.read().unwrap_or_else(PoisonError::into_inner);
        if shapes.cached.contains(&shape) {
            return true;
        }
        if shapes.cached.len() >= CACHED {
            return false;
        }
    }
    let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
    shapes.note(shape)
}

impl Shapes {
    fn note(&mut self, shape: u64) -> bool {
        if self.cached.len() < CACHED && self.seen.remove(&shape) {
            self.cached.insert(shape);
            return true;
        }
        if self.seen.len() >= SEEN {
            self.seen.clear();
        }
        self.seen.insert(shape);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_sight_is_cached_within_bounds() {
        let mut shapes = Shapes::default();
        assert!(!shapes.note(1));
        assert!(shapes.note(1));
        for n in 10..10_000_u64 {
            shapes.note(n);
            shapes.note(n);
        }
        assert_eq!(shapes.cached.len(), CACHED);
        assert!(shapes.seen.len() <= SEEN);
    }
}
