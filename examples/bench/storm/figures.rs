//! The storm's figures as a Markdown table.

use super::stand::Measured;
use super::traffic::Shares;
use crate::load;
use crate::report::{a_second, machine, milliseconds, thousands};

/// What was measured on one engine.
pub struct Figures {
    pub engine: &'static str,
    pub few: Measured,
    pub many: Measured,
}

/// A line of the table: how it is measured, in what, and whether more of it is better.
struct Line {
    title: &'static str,
    measure: fn(&Measured, &Shares) -> u64,
    write: fn(u64) -> String,
    more_is_better: bool,
}

const LINES: [Line; 7] = [
    Line {
        title: "Webhooks answered",
        measure: |measured, shares| load::per_second(shares.webhooks() as u64, measured.load.took),
        write: a_second,
        more_is_better: true,
    },
    Line {
        title: "… acknowledged, each on the disk",
        measure: |measured, _| measured.load.per_second(),
        write: a_second,
        more_is_better: true,
    },
    Line {
        title: "… of these, new ones",
        measure: |measured, shares| load::per_second(shares.new_ones() as u64, measured.load.took),
        write: a_second,
        more_is_better: true,
    },
    Line {
        title: "… 99th percentile until acknowledged",
        measure: |measured, _| measured.load.p99_us(),
        write: milliseconds,
        more_is_better: false,
    },
    Line {
        title: "… until all of them were settled",
        measure: |measured, _| u64::try_from(measured.settling.as_micros()).unwrap_or(u64::MAX),
        write: |us| format!("{} s", us / 1_000_000),
        more_is_better: false,
    },
    Line {
        title: "From webhook to fulfilment when it is calm, median",
        measure: |measured, _| percentile(&measured.calm_ms, 50),
        write: |ms| format!("{ms} ms"),
        more_is_better: false,
    },
    Line {
        title: "… 99th percentile",
        measure: |measured, _| percentile(&measured.calm_ms, 99),
        write: |ms| format!("{ms} ms"),
        more_is_better: false,
    },
];

pub fn markdown(figures: &[Figures], many: usize, shares: &Shares, load_averages: [&str; 2]) -> String {
    let many = thousands(many as u64);
    let mut head = "| Orders in the database |".to_owned();
    let mut rule = "|---|".to_owned();
    for figures in figures {
        head += &format!(" {}: 1,000 | {many} | Growth |", figures.engine);
        rule += "--:|--:|--:|";
    }
    let mut lines = vec![format!("`scripts/bench --storm` {}:", machine()), String::new(), head, rule];
    lines.extend(LINES.iter().map(|line| row(line, figures, shares)));
    lines.extend([String::new(), explanation(figures, shares, load_averages)]);
    lines.join("\n") + "\n"
}

fn row(line: &Line, figures: &[Figures], shares: &Shares) -> String {
    let mut row = format!("| {} |", line.title);
    for Figures { few, many, .. } in figures {
        let (few, many) = ((line.measure)(few, shares), (line.measure)(many, shares));
        let (from, to) = if line.more_is_better { (many, few) } else { (few, many) };
        row += &format!(" {} | {} | {} |", (line.write)(few), (line.write)(many), growth(from, to));
    }
    row
}

/// 1.05 ×
fn growth(from: u64, to: u64) -> String {
    let hundredths = to * 100 / from.max(1);
    format!("{}.{:02} ×", hundredths / 100, hundredths % 100)
}

fn explanation(figures: &[Figures], shares: &Shares, [before, after]: [&str; 2]) -> String {
    let count = |count: usize| thousands(count as u64);
    let disk_us = figures.iter().map(|figures| figures.few.disk_us.min(figures.many.disk_us)).min().unwrap_or_default();
    format!(
        "{} webhooks on 64 connections: {} that tell of a payment, {} other new ones, {} duplicates and {} forgeries. Growth \
         is by how much it is worse with more orders; the aim is no more than 1.30. Shop, simulator, database and load \
         generator shared the machine, whose load was {before} before and {after} after. One small write that is on the disk \
         when it returns took {}.",
        count(shares.webhooks()),
        count(shares.told),
        count(shares.others),
        count(shares.duplicates),
        count(shares.forgeries),
        milliseconds(disk_us)
    )
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default()
}
