//! The figures as a Markdown table, ready for the README.

use super::pages::{Pages, Rate};
use super::start::Starts;
use super::webhooks::Webhooks;

pub struct Figures {
    pub orders: usize,
    /// One durable write on this disk, in microseconds.
    pub disk_us: u64,
    pub pages: Pages,
    pub webhooks: Webhooks,
    /// Bytes; `None` where it cannot be told.
    pub memory: Option<u64>,
    pub starts: Starts,
}

pub fn markdown(figures: &Figures) -> String {
    let Figures { orders, disk_us, pages, webhooks, memory, starts } = figures;
    let mut lines = vec![
        format!("`scripts/bench` {}, SQLite, everything on one machine:", machine()),
        String::new(),
        "| | Shop | Plain handler | Ratio | Aim |".to_owned(),
        "|---|--:|--:|--:|--:|".to_owned(),
    ];
    lines.extend(front_page("Front page, no basket yet", pages.without_basket, pages.plain, "at least 25 %"));
    lines.extend(front_page("Front page, something in the basket", pages.with_basket, pages.plain, ""));
    lines.extend([
        row("Webhooks acknowledged, each on the disk", &a_second(webhooks.acknowledged_per_second), ""),
        row("… 99th percentile", &milliseconds(webhooks.acknowledged_p99_us), ""),
        row("Webhooks settled: order fulfilled, on the disk", &a_second(webhooks.settled_per_second), ""),
        row("… processor time each, from arrival to fulfilled", &optional(webhooks.processor_ns, nanoseconds), ""),
        row(
            &format!("Ready after start, {orders} orders in the database"),
            &milliseconds(starts.existing_us),
            "300 ms",
        ),
        row("Ready after start, database to be made", &milliseconds(starts.empty_us), "300 ms"),
        row("Resident memory after all of it", &optional(*memory, megabytes), "60 MB"),
    ]);
    lines.push(String::new());
    lines.push(format!(
        "The front page has {} kB. Simulator, load generator and shop shared the machine. One small write that is on the \
         disk when it returns took {}.",
        pages.bytes / 1_000,
        milliseconds(*disk_us)
    ));
    lines.join("\n") + "\n"
}

fn front_page(title: &str, shop: Rate, plain: Rate, aim: &str) -> [String; 3] {
    let percent = shop.per_second * 100 / plain.per_second.max(1);
    let processor = |rate: Rate| optional(rate.processor_ns, nanoseconds);
    [
        format!("| {title} | {} | {} | {percent} % | {aim} |", a_second(shop.per_second), a_second(plain.per_second)),
        format!("| … 99th percentile | {} | {} | | |", milliseconds(shop.p99_us), milliseconds(plain.p99_us)),
        format!("| … processor time a page | {} | {} | | |", processor(shop), processor(plain)),
    ]
}

fn row(title: &str, value: &str, most: &str) -> String {
    let aim = if most.is_empty() { String::new() } else { format!("under {most}") };
    format!("| {title} | {value} | | | {aim} |")
}

/// What it ran on.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, model)| model);
    let model = model.map(|model| format!(" ({})", model.trim())).unwrap_or_default();
    format!("on {cores} cores{model}, {}", std::env::consts::OS)
}

fn optional(value: Option<u64>, write: fn(u64) -> String) -> String {
    value.map_or_else(|| "not known here".to_owned(), write)
}

pub fn a_second(count: u64) -> String {
    format!("{}/s", thousands(count))
}

/// 12,345
pub fn thousands(number: u64) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    format!("{},{:03}", thousands(number / 1_000), number % 1_000)
}

pub fn milliseconds(us: u64) -> String {
    match us {
        0..10_000 => format!("{}.{:02} ms", us / 1_000, us % 1_000 / 10),
        _ => format!("{} ms", us / 1_000),
    }
}

fn nanoseconds(ns: u64) -> String {
    match ns {
        0..1_000_000 => format!("{} µs", ns / 1_000),
        _ => milliseconds(ns / 1_000),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
