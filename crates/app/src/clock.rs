//! The one place that asks the system what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cairn_kernel::time::Micros;

/// A clock; tests set theirs.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The system's.
    #[default]
    System,
    /// Stands still until it is set.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn fixed(at: Micros) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    /// Sets a fixed clock; the system's is left alone.
    pub fn set(&self, at: Micros) {
        if let Self::Fixed(now) = self {
            now.store(at.0, Ordering::Relaxed);
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Micros {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the home of the clock")]
            Self::System => Micros::from(jiff::Timestamp::now()),
            Self::Fixed(now) => Micros(now.load(Ordering::Relaxed)),
        }
    }
}
