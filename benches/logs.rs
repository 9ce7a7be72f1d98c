//! `logs` beside curl, kubectl and stern, in one run: `cargo bench --bench logs`.
//!
//! - 1,000 logs of a fake server: how long, and how much memory. The bar is 64 MiB.
//! - 100 finished pods of a real cluster (`INDEXEDJOB_E2E_KUBECONFIG`, `INDEXEDJOB_E2E_KUBECTL`): at most 1.3 times curl
//!   with as many connections, and 8 times as fast as kubectl and stern, if that is in the `PATH`.
//! - One index of it: at most a third of kubectl's time.
//!
//! Figures only: a machine that is busy fails no build.

#![expect(clippy::disallowed_methods, reason = "a benchmark has its own stdout and environment")]

#[path = "../tests/fake/mod.rs"]
mod fake;

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

const PLUGIN: &str = env!("CARGO_BIN_EXE_kubectl-indexedjob");
const CONNECTIONS: usize = 16;
const PODS: usize = 100;
const LINES: usize = 200;
const MIB: f64 = 1024.0 * 1024.0;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let args: Vec<String> = env::args().collect();
    // The most memory of a child is asked of a process that has had only this one.
    if let Some(at) = args.iter().position(|arg| arg == "--child") {
        return child(&args[at + 1..]);
    }
    of_a_fake_server(&args[0])?;
    of_a_cluster()
}

/// Runs the plugin once, and prints how long it took and what it used.
fn child(args: &[String]) -> Result<()> {
    let took = run(Command::new(PLUGIN).args(args))?;
    // Linux tells KiB, macOS bytes.
    let unit: u32 = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let peak = i32::try_from(getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss()).map(f64::from)? * f64::from(unit) / MIB;
    say(&format!("{:>8} ms {peak:>8.1} MiB", took.as_millis()))
}

/// 1,000 logs, of which one is huge.
fn of_a_fake_server(program: &str) -> Result<()> {
    let server = fake::Server::start();
    let job = server.add_job("x", 1000);
    for index in 0..1000 {
        let lines = if index == 500 { 4_000_000 } else { 10_000 };
        job.add_logged_pod(index, "a line of a log\n".repeat(lines));
    }
    job.complete();
    let home = tempfile::tempdir()?;
    let config = home.path().join("config");
    fs::write(&config, server.kubeconfig())?;
    let at_once = ["--max-log-requests", "1000"];
    for (name, args) in [
        ("1,000 logs", &[][..]),
        ("1,000 logs, prefixed", &["--prefix"]),
        ("1,000 logs, all at once", &at_once),
        ("1,000 logs, -f", &["-f"]),
        ("1,000 logs, -f, all at once", &[&["-f"][..], &at_once].concat()),
    ] {
        let mut command = Command::new(program);
        let words = command.args(["--child", "logs", "x"]).args(args).env("KUBECONFIG", &config);
        let output = words.stderr(Stdio::inherit()).output()?;
        say(&format!("{name:<32} {}", String::from_utf8_lossy(&output.stdout).trim_end()))?;
    }
    Ok(())
}

/// A cluster, and a finished Job of 100 pods in a namespace of its own, which goes when this does.
struct Bench {
    kubectl: PathBuf,
    config: PathBuf,
    home: tempfile::TempDir,
}

const NAMESPACE: &str = "indexedjob-bench-logs";

fn of_a_cluster() -> Result<()> {
    let Some(config) = env::var_os("INDEXEDJOB_E2E_KUBECONFIG") else {
        return say("100 pods: skipped, INDEXEDJOB_E2E_KUBECONFIG names no cluster");
    };
    let kubectl = env::var_os("INDEXEDJOB_E2E_KUBECTL").unwrap_or_else(|| "kubectl".into());
    let bench = Bench { kubectl: kubectl.into(), config: config.into(), home: tempfile::tempdir()? };
    bench.create_job()?;
    bench.hundred_pods()?;
    bench.one_index()
}

impl Bench {
    fn create_job(&self) -> Result<()> {
        self.kubectl(&["create", "namespace", NAMESPACE]).status()?;
        let create = format!(
            "create bench --image docker.io/library/busybox --completions {PODS} --parallelism 25 --wait -- seq {LINES}"
        );
        // The namespace's service account may still be missing.
        for _ in 0..5 {
            if self.plugin(&create).stdout(Stdio::null()).status()?.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_secs(1));
        }
        Err("the Job does not run".into())
    }

    fn hundred_pods(&self) -> Result<()> {
        let urls = self.curl_config()?;
        let many = format!("-l job-name=bench --tail=-1 --max-log-requests={PODS}");
        let words: Vec<&str> = [&["logs"][..], &many.split(' ').collect::<Vec<_>>()].concat();
        let curl = best(5, || {
            let mut curl = Command::new("curl");
            curl.args(["--silent", "--http1.1", "--parallel", "--parallel-max"]).arg(CONNECTIONS.to_string());
            curl.arg("--config").arg(&urls);
            curl
        })?;
        let ours = best(5, || self.plugin(&format!("logs bench --max-log-requests {CONNECTIONS}")))?;
        let kubectl = best(1, || self.kubectl(&words))?;
        let row = |name: &str, took: Duration| {
            let (to_curl, to_ours) = (took.div_duration_f64(curl), took.div_duration_f64(ours));
            say(&format!("100 pods: {name:<22} {:>8} ms {to_curl:>6.2} x curl {to_ours:>6.2} x ours", took.as_millis()))
        };
        row("curl", curl)?;
        row("kubectl indexedjob", ours)?;
        row("kubectl", kubectl)?;
        match in_path("stern") {
            None => say("100 pods: stern                  skipped, there is none in the PATH"),
            Some(stern) => row(
                "stern",
                best(1, || {
                    let mut command = Command::new(&stern);
                    command.arg("--kubeconfig").arg(&self.config).args(["--namespace", NAMESPACE, "--no-follow"]);
                    command.args(["--only-log-lines", "--max-log-requests", "100", "--selector", "job-name=bench"]);
                    command
                })?,
            ),
        }
    }

    fn one_index(&self) -> Result<()> {
        let of_three = "batch.kubernetes.io/job-name=bench,batch.kubernetes.io/job-completion-index=3";
        let kubectl = best(5, || self.kubectl(&["logs", "--tail=-1", "-l", of_three]))?;
        let ours = best(5, || self.plugin("logs bench --index 3"))?;
        say(&format!(
            "one index: kubectl {} ms, kubectl indexedjob {} ms, {:.2} of it",
            kubectl.as_millis(),
            ours.as_millis(),
            ours.div_duration_f64(kubectl)
        ))
    }

    /// A file for curl: the credentials, and the log of each pod.
    fn curl_config(&self) -> Result<PathBuf> {
        let view = self.kubectl(&["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]).output()?;
        let view: Value = serde_json::from_slice(&view.stdout)?;
        let (cluster, user) = (&view["clusters"][0]["cluster"], &view["users"][0]["user"]);
        let mut config = String::new();
        for (flag, data) in [
            ("cacert", &cluster["certificate-authority-data"]),
            ("cert", &user["client-certificate-data"]),
            ("key", &user["client-key-data"]),
        ] {
            let file = self.home.path().join(flag);
            let text = data.as_str().ok_or("the kubeconfig has no client certificate")?;
            fs::write(self.home.path().join("data"), text)?;
            let decoded = Command::new("base64").arg("-d").arg(self.home.path().join("data")).output()?;
            fs::write(&file, decoded.stdout)?;
            writeln!(config, "{flag} = \"{}\"", file.display())?;
        }
        let pods = self.kubectl(&["get", "pods", "-o", "name"]).output()?;
        let server = cluster["server"].as_str().ok_or("the kubeconfig has no server")?;
        for pod in String::from_utf8(pods.stdout)?.lines().filter_map(|line| line.strip_prefix("pod/")) {
            let url = format!("{server}/api/v1/namespaces/{NAMESPACE}/pods/{pod}/log");
            writeln!(config, "url = \"{url}\"\noutput = \"{}\"", self.home.path().join("out").display())?;
        }
        let path = self.home.path().join("curl");
        fs::write(&path, config)?;
        Ok(path)
    }

    fn kubectl(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.kubectl);
        command.arg("--kubeconfig").arg(&self.config).args(["--namespace", NAMESPACE]).args(args);
        command
    }

    fn plugin(&self, line: &str) -> Command {
        let mut command = Command::new(PLUGIN);
        let before_the_command = line.split(' ').position(|word| word == "--").unwrap_or(usize::MAX);
        let words: Vec<&str> = line.split(' ').collect();
        let (flags, rest) = words.split_at(before_the_command.min(words.len()));
        command.args(flags).arg("--kubeconfig").arg(&self.config).args(["--namespace", NAMESPACE]).args(rest);
        command
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let mut delete = self.kubectl(&["delete", "namespace", "--wait=false", NAMESPACE]);
        let _ = delete.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// Where the program is.
fn in_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|directory| directory.join(program)).find(|path| path.is_file())
}

/// The best of so many runs.
fn best(runs: u32, command: impl Fn() -> Command) -> Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..runs {
        best = best.min(run(&mut command())?);
    }
    Ok(best)
}

/// Runs it; its output goes to a file, since a pipe would measure who reads it.
fn run(command: &mut Command) -> Result<Duration> {
    let out = tempfile::NamedTempFile::new()?;
    let begin = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(out.reopen()?).stderr(Stdio::null()).status()?;
    let took = begin.elapsed();
    match status.success() {
        true => Ok(took),
        false => Err(format!("{command:?}: {status}").into()),
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
