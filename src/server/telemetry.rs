//! The log: lines with fields, to standard output. Never bodies, headers, addresses or names of people.

use tracing_subscriber::EnvFilter;

/// Starts the log. `RUST_LOG` chooses what is written (default: this crate's information, other crates' warnings).
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("noren=info,warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).init();
}
