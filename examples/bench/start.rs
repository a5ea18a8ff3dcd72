//! How long the shop takes from being started to being ready, and what a durable write costs on this disk.

use super::programs::Bench;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

const STARTS: usize = 10;
const WRITES: usize = 100;

pub struct Starts {
    /// With no database yet, in microseconds.
    pub empty_us: u64,
    /// With the database of this run, the median of ten, in microseconds.
    pub existing_us: u64,
}

/// Starts the shop on the database that the run left behind. Each time it was killed before, not asked to stop.
///
/// # Errors
/// When it does not become ready.
pub async fn again(bench: &Bench, simulator: &super::programs::Program) -> anyhow::Result<u64> {
    let mut took_us = Vec::new();
    for _ in 0..STARTS {
        let (_shop, ready_us) = bench.shop(simulator).await?;
        took_us.push(ready_us);
    }
    Ok(median(took_us))
}

/// The least that a commit can cost here: a small write that is on the disk when the call returns. In microseconds.
///
/// # Errors
/// When the folder cannot be written to.
pub fn durable_write_us(folder: &Path) -> anyhow::Result<u64> {
    let mut file = File::create(folder.join("durable"))?;
    let mut took_us = Vec::new();
    for _ in 0..WRITES {
        let begun = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        took_us.push(begun.elapsed().as_micros().try_into()?);
    }
    Ok(median(took_us))
}

pub fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}
