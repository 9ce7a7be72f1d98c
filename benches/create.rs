//! How long `create --dry-run=client` of 100,000 tasks takes, and how much memory: `cargo bench --bench create`.
//!
//! The bars are 0.5 s and 150 MiB. Figures only: a machine that is busy fails no build.

#![expect(clippy::disallowed_methods, reason = "a benchmark has its own stdout")]

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

const TASKS: u32 = 100_000;
const RUNS: usize = 5;
const MIB: f64 = 1024.0 * 1024.0;

/// What is run: its name, and the arguments of `create`.
const CASES: &[(&str, &[&str])] = &[
    ("nothing", &["--completions=1", "--", "true"]),
    ("array", &["--array=1-100000", "--", "true"]),
    ("lines", &["--items-from=items.txt", "--", "rev", "/input/data.txt"]),
    ("lines, yaml", &["--items-from=items.txt", "-o", "yaml", "--", "rev", "/input/data.txt"]),
    ("lines, {}", &["--items-from=items.txt", "--", "rev", "{}"]),
    ("lines, {}, yaml", &["--items-from=items.txt", "-o", "yaml", "--", "rev", "{}"]),
    ("csv", &["--items-from=items.csv", "--", "train", "--lr={lr}", "--seed={seed}", "{path}"]),
    ("csv, yaml", &["--items-from=items.csv", "-o", "yaml", "--", "train", "--lr={lr}", "--seed={seed}", "{path}"]),
    ("matrix", &["--matrix=a=0,1,2,3,4,5,6,7,8,9", "--matrix=b=0,1,2,3,4,5,6,7,8,9", "--", "x", "{a}", "{b}"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    // The most memory of a child is asked of a process that has had only this one.
    match args.iter().position(|arg| arg == "--case") {
        Some(at) => one(&args[at + 1]),
        None => all(&args[0]),
    }
}

/// Runs every case in processes of its own, and prints the table.
fn all(program: &str) -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    lists(home.path())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<18} {:>10} {:>10}", "create of 100,000", "best", "peak MiB")?;
    for (name, _) in CASES {
        let output =
            Command::new(program).args(["--case", name]).current_dir(home.path()).stderr(Stdio::inherit()).output()?;
        out.write_all(&output.stdout)?;
        if !output.status.success() {
            return Err(format!("{name}: {}", output.status).into());
        }
    }
    Ok(())
}

/// Runs one case a few times, and prints its row.
fn one(name: &str) -> Result<(), Box<dyn Error>> {
    let (_, args) = CASES.iter().find(|(known, _)| *known == name).ok_or("no such case")?;
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-indexedjob"));
        command.args(["create", "x", "--image=busybox", "--dry-run=client"]).args(*args);
        let begin = Instant::now();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        best = best.min(begin.elapsed());
        if !status.success() {
            return Err(format!("{name}: {status}").into());
        }
    }
    // Linux tells KiB, macOS bytes.
    let unit: u32 = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = i32::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss()).map(f64::from)? * f64::from(unit) / MIB;
    writeln!(std::io::stdout(), "{name:<18} {:>8} ms {peak:>10.1}", best.as_millis())?;
    Ok(())
}

/// The lists that the cases read.
fn lists(home: &Path) -> std::io::Result<()> {
    let lines: Vec<String> = (0..TASKS).map(|number| format!("s3://bucket/images/part-{number:06}.jpg")).collect();
    std::fs::write(home.join("items.txt"), lines.join("\n"))?;
    let rows = (0..TASKS).map(|number| format!("/data/part-{number:06}.jpg,0.{number},{number}"));
    let table: Vec<String> = std::iter::once("path,lr,seed".to_owned()).chain(rows).collect();
    std::fs::write(home.join("items.csv"), table.join("\n"))
}
