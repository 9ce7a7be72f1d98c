//! How fast `status` is beside curl and kubectl on the same pods in the same run, and what 100,000 indexes take:
//! `INDEXEDJOB_E2E_KUBECONFIG=... cargo bench --bench status`.
//!
//! The bars, on 10,000 finished pods: the screen in 0.3 s; `--state all` in at most 1.4 of curl's time for the same list,
//! with at most 64 MiB. 100,000 indexes from recorded pages: linear, and at most 250 MiB.
//!
//! The pods are made on the fake nodes of the lab, which takes minutes; `INDEXEDJOB_BENCH_PODS` is how many, and
//! `INDEXEDJOB_BENCH_JOB=NAMESPACE/NAME` takes those of a Job that is there already.

#![expect(clippy::disallowed_methods, reason = "a benchmark has its own stdout")]
#![expect(unreachable_pub, reason = "the module is shared by benchmarks")]

mod measure;

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use k8s_openapi::ByteString;
use measure::{Cluster, Median, medians, row};
use serde_json::{Value, json};

const RUNS: usize = 5;
/// kubectl's page size, and ours.
const PAGE: u32 = 500;
/// A pod as a server of 1.37 sends it, with its managedFields, and `@INDEX@` where its index stands.
const POD: &str = include_str!("recorded-pod.json");
const UID: &str = "0b80ac6a-35e1-4e53-87b5-8c66abbc65f5";

fn main() -> Result<(), Box<dyn Error>> {
    measure::serve()?;
    recorded()?;
    let Some(cluster) = Cluster::of_environment()? else { return Ok(()) };
    if let Some(job) = variable("INDEXEDJOB_BENCH_JOB") {
        return beside_others(&cluster, job.split_once('/').ok_or("INDEXEDJOB_BENCH_JOB is no NAMESPACE/NAME")?);
    }
    let pods = variable("INDEXEDJOB_BENCH_PODS").unwrap_or_else(|| "10000".to_owned());
    cluster.must("create namespace bench-status")?;
    let measured = made(&cluster, &pods).and_then(|()| beside_others(&cluster, ("bench-status", "many")));
    cluster.must("delete namespace bench-status --wait=false")?;
    measured
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// So many pods that end at once on fake nodes.
fn made(cluster: &Cluster, pods: &str) -> Result<(), Box<dyn Error>> {
    let create = format!(
        "create many -n bench-status --image docker.io/library/busybox --completions {pods} --parallelism 1000 \
         --node-selector type=kwok --toleration kwok.x-k8s.io/node=fake:NoSchedule -- true"
    );
    for words in [create.as_str(), "wait many -n bench-status --timeout=40m"] {
        let output = cluster.ours(words).output()?;
        if !output.status.success() {
            return Err(format!("{words}: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    Ok(())
}

/// The screen and all rows, beside curl's list and kubectl's table.
fn beside_others(cluster: &Cluster, (namespace, job): (&str, &str)) -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let curl = curl(cluster, namespace, job, home.path())?;
    let status = format!("status {job} -n {namespace}");
    let commands = [
        curl,
        cluster.ours(&status),
        cluster.ours(&format!("{status} --state all")),
        cluster.ours(&format!("{status} -o json")),
        cluster.kubectl(&format!("get pods -n {namespace} -l job-name={job}")),
    ];
    let figures = medians(RUNS, &commands)?;
    let names = ["status : curl", "status --state all : curl", "status -o json : curl", "kubectl get pods : curl"];
    names.iter().zip(&figures[1..]).try_for_each(|(name, ours)| row(name, *ours, figures[0]))
}

/// The whole list, as the server sends it.
fn curl(cluster: &Cluster, namespace: &str, job: &str, home: &Path) -> Result<Command, Box<dyn Error>> {
    let read = |words: &str| -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_slice(&cluster.kubectl(words).output()?.stdout)?)
    };
    let config = read("config view --raw --minify --flatten -o json")?;
    let (server, user) = (&config["clusters"][0]["cluster"], &config["users"][0]["user"]);
    let mut command = Command::new("curl");
    for (flag, data) in [
        ("--cacert", &server["certificate-authority-data"]),
        ("--cert", &user["client-certificate-data"]),
        ("--key", &user["client-key-data"]),
    ] {
        let bytes: ByteString = serde_json::from_value(data.clone())?;
        let file = home.join(&flag[2..]);
        std::fs::write(&file, bytes.0)?;
        command.arg(flag).arg(file);
    }
    let uid = read(&format!("get job {job} -n {namespace} -o json"))?["metadata"]["uid"].clone();
    let (url, uid) = (server["server"].as_str().unwrap_or_default(), uid.as_str().unwrap_or_default());
    let query = format!("labelSelector=batch.kubernetes.io/controller-uid={uid}");
    command.args(["-sSf", &format!("{url}/api/v1/namespaces/{namespace}/pods?{query}")]);
    Ok(command)
}

/// Jobs of several sizes, from a server that sends recorded pods in pages.
fn recorded() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(&stream));
        }
    });
    for form in ["--state all", "-o json", "--sort duration --state all"] {
        let sizes = [25_000, 50_000, 100_000];
        let command = |completions: u32| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-indexedjob"));
            command.args(["status", &format!("j{completions}"), "--server", &url, "-n", "default"]);
            command.args(form.split_whitespace()).env("KUBECONFIG", "/dev/null");
            command
        };
        let figures = medians(3, &sizes.map(command))?;
        let seconds = |figure: &Median| figure.wall.as_secs_f64();
        let times: Vec<_> =
            figures.iter().map(|figure| format!("{:.1} s {:.0} MiB", seconds(figure), figure.peak)).collect();
        writeln!(std::io::stdout(), "recorded, {form:<28} 25k, 50k, 100k: {}", times.join(", "))?;
    }
    Ok(())
}

/// Answers requests on one connection until it is closed.
fn answer(stream: &TcpStream) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let request = lines.next()?.ok()?;
        while !lines.next()?.ok()?.is_empty() {}
        let body = body(request.split_whitespace().nth(1)?);
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = stream;
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).ok()?;
    }
}

/// A Job called by its size, or a page of its pods: the token says of how many, and where it begins.
fn body(path: &str) -> String {
    if let Some((_, name)) = path.split_once("/jobs/j") {
        let completions: u32 = name.parse().unwrap_or(0);
        let labels = json!({"batch.kubernetes.io/controller-uid": format!("{UID}.{completions}")});
        return json!({
            "metadata": {"name": format!("j{completions}"), "namespace": "default", "uid": UID},
            "spec": {
                "completions": completions, "parallelism": 1000, "completionMode": "Indexed",
                "backoffLimitPerIndex": 0, "selector": {"matchLabels": labels},
            },
            "status": {
                "completedIndexes": format!("0-{}", completions - 1),
                "conditions": [{"type": "Complete", "status": "True"}],
            },
        })
        .to_string();
    }
    let number = |name: &str| -> Option<u32> {
        let digits: String = path.split_once(name)?.1.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let total = number(&format!("{UID}.")).unwrap_or(0);
    let first = number("continue=").unwrap_or(0);
    let end = total.min(first + PAGE);
    let pods: Vec<String> = (first..end).map(|index| POD.replace("@INDEX@", &index.to_string())).collect();
    let next = if end < total { end.to_string() } else { String::new() };
    format!("{{\"metadata\":{{\"resourceVersion\":\"1\",\"continue\":\"{next}\"}},\"items\":[{}]}}", pods.join(","))
}
