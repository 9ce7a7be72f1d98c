//! Wall time and peak memory of commands, each in a process of its own; figures only, since a busy machine fails no build.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    /// The most memory that it had, in MiB.
    pub peak: f64,
}

/// The median of some runs.
#[derive(Clone, Copy, Debug)]
pub struct Median {
    pub wall: Duration,
    pub peak: f64,
}

/// Where to measure: the cluster that the end-to-end tests use.
pub struct Cluster {
    pub kubeconfig: PathBuf,
    pub kubectl: PathBuf,
}

/// What the first argument must be when this program is to measure one command for itself: the most memory of a child is
/// asked of a process that has had only this one.
const ONE: &str = "--measure-one";

/// To be called first in `main`: measures one command and ends, where this program has called itself for that.
pub fn serve() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    if args.next() != Some(OsString::from(ONE)) {
        return Ok(());
    }
    let program = args.next().ok_or("no command")?;
    let begin = Instant::now();
    let status =
        Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let wall = begin.elapsed();
    // Linux tells KiB, macOS bytes.
    let unit: i64 = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss() * unit;
    writeln!(std::io::stdout(), "{} {} {}", wall.as_micros(), peak, status.code().unwrap_or(-1))?;
    std::process::exit(0)
}

/// Runs `command` once; it must end with `code`.
pub fn run(command: &Command, code: i32) -> Result<Run, Box<dyn Error>> {
    let mut this = Command::new(std::env::current_exe()?);
    this.arg(ONE).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => this.env(name, value),
            None => this.env_remove(name),
        };
    }
    let output = this.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let [wall, peak, ended] = text.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err(format!("{command:?}: {text}").into());
    };
    if ended.parse::<i32>()? != code {
        return Err(format!("{command:?} ended with {ended}").into());
    }
    let peak = f64::from(u32::try_from(peak.parse::<i64>()? / 1024)?) / 1024.0;
    Ok(Run { wall: Duration::from_micros(wall.parse()?), peak })
}

/// Runs each of `commands` so often, in turns, so that all see the same machine.
pub fn medians(runs: usize, commands: &[Command]) -> Result<Vec<Median>, Box<dyn Error>> {
    let mut all: Vec<Vec<Run>> = vec![vec![]; commands.len()];
    for _ in 0..runs {
        for (command, runs) in commands.iter().zip(&mut all) {
            runs.push(run(command, 0)?);
        }
    }
    Ok(all.into_iter().map(median).collect())
}

fn median(mut runs: Vec<Run>) -> Median {
    let middle = runs.len() / 2;
    runs.sort_by_key(|run| run.wall);
    let wall = runs[middle].wall;
    runs.sort_by(|a, b| a.peak.total_cmp(&b.peak));
    Median { wall, peak: runs[middle].peak }
}

/// Prints `name`, the figures of ours and of theirs, and the ratio of the times.
pub fn row(name: &str, ours: Median, theirs: Median) -> Result<(), Box<dyn Error>> {
    let millis = |median: Median| median.wall.as_secs_f64() * 1000.0;
    let (ratio, peaks) = (millis(ours) / millis(theirs), format!("{:.0} : {:.0} MiB", ours.peak, theirs.peak));
    let (ours, theirs) = (millis(ours), millis(theirs));
    writeln!(std::io::stdout(), "{name:<44} {ours:>8.1} ms : {theirs:>8.1} ms = {ratio:>6.3}   {peaks}")?;
    Ok(())
}

impl Cluster {
    /// The one of `INDEXEDJOB_E2E_KUBECONFIG`, with the kubectl of `INDEXEDJOB_E2E_KUBECTL`; None, and a word on what is
    /// missing, where none is named.
    pub fn of_environment() -> Result<Option<Self>, Box<dyn Error>> {
        let Some(kubeconfig) = std::env::var_os("INDEXEDJOB_E2E_KUBECONFIG") else {
            writeln!(std::io::stdout(), "INDEXEDJOB_E2E_KUBECONFIG is not set: nothing is measured")?;
            return Ok(None);
        };
        let kubectl = std::env::var_os("INDEXEDJOB_E2E_KUBECTL").unwrap_or_else(|| "kubectl".into());
        Ok(Some(Self { kubeconfig: kubeconfig.into(), kubectl: kubectl.into() }))
    }

    /// Ours with these words.
    pub fn ours(&self, words: &str) -> Command {
        self.command(env!("CARGO_BIN_EXE_kubectl-indexedjob"), words)
    }

    /// The real kubectl with these words.
    pub fn kubectl(&self, words: &str) -> Command {
        self.command(&self.kubectl, words)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, words: &str) -> Command {
        let mut command = Command::new(program);
        command.args(words.split_whitespace()).env("KUBECONFIG", &self.kubeconfig);
        command
    }

    /// Runs kubectl to its end, which must be a good one.
    pub fn must(&self, words: &str) -> Result<(), Box<dyn Error>> {
        let output = self.kubectl(words).output()?;
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("kubectl {words}: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}
