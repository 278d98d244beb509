//! Points at which a test can have this process stand still, to be killed there. A release build has none of it.
//!
//! `WORKWARDEN_FAULT=POINT:N:FILE`, read only by builds with debug assertions: the N-th passage of POINT makes FILE and
//! waits until FILE is gone. The one who set it kills the process meanwhile, or stops it and lets it go on.

/// Passes a point. See the module for what that means.
#[cfg(debug_assertions)]
pub(crate) fn point(name: &str) {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Plan {
        point: String,
        left: AtomicU32,
        file: std::path::PathBuf,
    }
    static PLAN: LazyLock<Option<Plan>> = LazyLock::new(|| {
        let text = crate::config::fault()?;
        let mut parts = text.splitn(3, ':');
        let point = parts.next()?.to_owned();
        let left = AtomicU32::new(parts.next()?.parse().ok()?);
        Some(Plan { point, left, file: parts.next()?.into() })
    });
    let Some(plan) = PLAN.as_ref().filter(|plan| plan.point == name) else { return };
    if plan.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)) != Ok(1) {
        return;
    }
    if std::fs::write(&plan.file, name).is_ok() {
        while plan.file.exists() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
pub(crate) fn point(_: &str) {}
