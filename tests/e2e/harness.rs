//! The cluster, a namespace for each test, and kubectl with the plugin on its PATH.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::pipe::Pipe;

/// The plugin that is tested.
pub(crate) const PLUGIN: &str = env!("CARGO_BIN_EXE_kubectl-indexedjob");

/// No run may take longer; more than the `--timeout=300s` of any wait.
const LIMIT: Duration = Duration::from_secs(330);

/// Any state that a test waits for comes sooner, also on a busy machine.
const SOON: Duration = Duration::from_secs(120);

/// The cluster that the environment names.
pub(crate) struct Cluster {
    kubectl: PathBuf,
    /// The kubeconfig as one object, with every certificate in it.
    config: Value,
    lab: Option<Lab>,
}

/// The program that runs the cluster, where the cluster is a lab.
pub(crate) struct Lab {
    program: PathBuf,
    directory: PathBuf,
}

/// The cluster; ends the whole run with one line where none is named.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let Some(kubeconfig) = variable("INDEXEDJOB_E2E_KUBECONFIG") else {
            end("no cluster is named: run `make test`, or `KUBECONFIG=... make e2e` for a cluster of your own");
        };
        let kubectl = variable("INDEXEDJOB_E2E_KUBECTL").unwrap_or_else(|| "kubectl".into());
        let config = match read_config(&kubectl, &kubeconfig) {
            Ok(config) => config,
            Err(why) => end(&format!("{} cannot read {}: {why}", kubectl.display(), kubeconfig.display())),
        };
        let lab = variable("INDEXEDJOB_E2E_LAB").zip(variable("INDEXEDJOB_E2E_LAB_DIR"));
        Cluster { kubectl, config, lab: lab.map(|(program, directory)| Lab { program, directory }) }
    })
}

impl Cluster {
    /// Its kubectl.
    pub(crate) fn kubectl(&self) -> &Path {
        &self.kubectl
    }

    /// The lab; where there is none, says that `what` is skipped.
    pub(crate) fn lab(&self, what: &str) -> Option<&Lab> {
        if self.lab.is_none() {
            say(&format!("skipped, the cluster is no lab: {what}"));
        }
        self.lab.as_ref()
    }
}

impl Lab {
    /// Runs the lab's program for this cluster.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) {
        let mut command = Command::new(&self.program);
        let output = command.args(args).arg("--dir").arg(&self.directory).stdin(Stdio::null()).output();
        let output = output.expect("the lab program is there");
        assert!(output.status.success(), "lab {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn read_config(kubectl: &Path, kubeconfig: &Path) -> Result<Value, String> {
    let mut command = Command::new(kubectl);
    command.args(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]).env("KUBECONFIG", kubeconfig);
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

#[expect(clippy::disallowed_methods, reason = "the contract with the Makefile")]
pub(crate) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// A line that the test runner does not capture.
#[expect(clippy::disallowed_methods, reason = "a test that is skipped must be seen")]
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "e2e: {line}");
}

#[expect(clippy::disallowed_methods, reason = "one line for the whole run, and not one for each test")]
fn end(line: &str) -> ! {
    say(line);
    std::process::exit(2);
}

/// A namespace and a home of its own; the namespace is deleted when the test ends, well or not.
pub(crate) struct Space {
    pub(crate) namespace: String,
    home: TempDir,
}

impl Space {
    /// A new namespace; `test` is in its name.
    pub(crate) fn new(test: &str) -> Self {
        let home = TempDir::new().expect("a directory for temporary files");
        let random = RandomState::new().hash_one(0) % 0xf_ffff;
        let space = Self { namespace: format!("e2e-{test}-{random:05x}"), home };
        space.write("config", space.config().to_string());
        let labels = json!({"app.kubernetes.io/managed-by": "kubectl-indexedjob-e2e"});
        let metadata = json!({"name": space.namespace, "labels": labels});
        space.apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}).to_string());
        // Until then no pod can be created, and the Job's events would say so.
        space.until("the namespace has its service account", || {
            (space.kubectl("get serviceaccount default").output().code == Some(0)).then_some(())
        });
        space
    }

    /// The kubeconfig, with this namespace in its context.
    pub(crate) fn config(&self) -> Value {
        let mut config = cluster().config.clone();
        config["contexts"][0]["context"]["namespace"] = json!(self.namespace);
        config
    }

    /// A kubeconfig that has nothing but this token to tell who is there; returns its path.
    pub(crate) fn config_with_token(&self, token: &str) -> PathBuf {
        let mut config = self.config();
        config["users"][0]["user"] = json!({"token": token});
        let name = format!("config-{:x}", RandomState::new().hash_one(token));
        self.write(&name, config.to_string())
    }

    /// A kubeconfig of a new service account, without any right or with those of a `ClusterRole` in this namespace.
    pub(crate) fn config_of_user(&self, name: &str, role: Option<&str>) -> PathBuf {
        self.kubectl(&format!("create serviceaccount {name}")).ok();
        if let Some(role) = role {
            let account = format!("{}:{name}", self.namespace);
            self.kubectl(&format!("create rolebinding {name} --clusterrole={role} --serviceaccount={account}")).ok();
        }
        let token = self.kubectl(&format!("create token {name}")).ok();
        self.config_with_token(token.text().trim())
    }

    /// The minor version of the server: 37 for 1.37.1.
    #[track_caller]
    pub(crate) fn server_minor(&self) -> u32 {
        let version = self.kubectl("version -o json").json();
        let minor = version["serverVersion"]["minor"].as_str().unwrap_or_default();
        minor.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().expect("a server has a minor version")
    }

    /// Writes a file into the home, in which everything runs.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("the home is writable");
        path
    }

    /// A link of this name to a program, on the PATH before everything else; one that is there stays. Returns its directory.
    pub(crate) fn link(&self, name: &str, program: impl AsRef<Path>) -> PathBuf {
        let bin = self.home.path().join("bin");
        std::fs::create_dir_all(&bin).expect("the home is writable");
        if !bin.join(name).exists() {
            std::os::unix::fs::symlink(program, bin.join(name)).expect("the home is writable");
        }
        bin
    }

    /// What is in a file of the home.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.home.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `kubectl indexedjob` with the words of `line`.
    pub(crate) fn indexedjob(&self, line: &str) -> Run<'_> {
        let run = Run { plugin: true, ..self.program(&cluster().kubectl) };
        run.args(["indexedjob"]).args(line.split_whitespace())
    }

    /// `kubectl` with the words of `line`.
    pub(crate) fn kubectl(&self, line: &str) -> Run<'_> {
        self.program(&cluster().kubectl).args(line.split_whitespace())
    }

    /// Another program, in the same environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Run<'_> {
        Run {
            space: self,
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            kubeconfig: self.home.path().join("config"),
            stdin: Vec::new(),
            env: Vec::new(),
            plugin: false,
        }
    }

    /// Creates these objects with kubectl.
    #[track_caller]
    pub(crate) fn apply(&self, manifests: &str) {
        self.kubectl("create -f -").stdin(manifests).ok();
    }

    /// What kubectl reads in this text: every object as kubectl would send it.
    #[track_caller]
    pub(crate) fn parsed(&self, manifests: impl Into<Vec<u8>>) -> Vec<Value> {
        let output = self.kubectl("create --dry-run=client -o json -f -").stdin(manifests).ok();
        let documents = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
        let documents = documents.map(|document| document.expect("kubectl writes JSON"));
        documents.flat_map(|document| document["items"].as_array().cloned().unwrap_or_else(|| vec![document])).collect()
    }

    /// The Job as the server has it.
    #[track_caller]
    pub(crate) fn job(&self, name: &str) -> Value {
        self.kubectl(&format!("get job {name} -o json")).json()
    }

    /// Every object of a kind.
    #[track_caller]
    pub(crate) fn all(&self, kind: &str) -> Vec<Value> {
        let list = self.kubectl(&format!("get {kind} -o json")).json();
        list["items"].as_array().cloned().unwrap_or_default()
    }

    /// The ConfigMaps that carry our label.
    #[track_caller]
    pub(crate) fn config_maps(&self) -> Vec<Value> {
        self.all("configmaps -l kubectl-indexedjob/job")
    }

    /// Neither a Job nor a ConfigMap of ours is in the namespace.
    #[track_caller]
    pub(crate) fn is_empty(&self) {
        let names = |objects: Vec<Value>| -> Vec<String> {
            objects.iter().map(|object| object["metadata"]["name"].to_string()).collect()
        };
        assert_eq!((names(self.all("jobs")), names(self.config_maps())), (vec![], vec![]), "something was created");
    }

    /// Asks again and again, until there is an answer.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        self.within(SOON, what, ask)
    }

    /// The same with a limit of its own.
    #[track_caller]
    pub(crate) fn within<T>(&self, limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            if start.elapsed() > limit {
                let there = self.kubectl("get jobs,pods,configmaps,events").output();
                panic!("after {} s not: {what}\n{there}", limit.as_secs());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Until a pod of this Job has this phase.
    #[track_caller]
    pub(crate) fn until_a_pod_is(&self, job: &str, phase: &str) {
        let line = format!("get pods -l job-name={job} --field-selector=status.phase={phase} -o name");
        self.until(&format!("a pod of {job} is {phase}"), || {
            (!self.kubectl(&line).ok().stdout.is_empty()).then_some(())
        });
    }

    /// `kubectl indexedjob wait` says that the Job is complete, and nothing else on stdout.
    #[track_caller]
    pub(crate) fn completes(&self, name: &str) {
        let waited = self.indexedjob(&format!("wait {name} --timeout=300s")).output();
        waited.is(0, &format!("job.batch/{name} condition met\n"), &[]);
    }

    /// The logs of indexes 0.., as `kubectl indexedjob logs` prints them.
    #[track_caller]
    pub(crate) fn logs_are(&self, name: &str, want: &[&str]) {
        for (index, want) in want.iter().enumerate() {
            self.indexedjob(&format!("logs {name} --index {index}")).output().is(0, want, &[]);
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        let mut delete = self.kubectl("delete namespace --wait=false").args([&self.namespace]).command();
        let _ = delete.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

/// A run to be made.
pub(crate) struct Run<'a> {
    space: &'a Space,
    program: OsString,
    args: Vec<OsString>,
    kubeconfig: PathBuf,
    stdin: Vec<u8>,
    env: Vec<(OsString, OsString)>,
    plugin: bool,
}

impl Run<'_> {
    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn stdin(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self { stdin: bytes.into(), ..self }
    }

    /// What `change` makes of it.
    pub(crate) fn pipe(self, change: impl FnOnce(Self) -> Self) -> Self {
        change(self)
    }

    /// With this variable, too.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// With the kubeconfig of somebody else.
    pub(crate) fn kubeconfig(self, path: &Path) -> Self {
        Self { kubeconfig: path.to_owned(), ..self }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let plugin = Path::new(PLUGIN).parent().expect("a file is in a directory").to_owned();
        let others = variable("PATH").unwrap_or_default();
        let own = [self.space.home.path().join("bin"), plugin];
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others)));
        command.args(&self.args).env_clear().current_dir(self.space.home.path());
        command.env("PATH", path.expect("no directory has a separator in its name"));
        command.env("HOME", self.space.home.path()).env("KUBECONFIG", &self.kubeconfig);
        command.env("TZ", "UTC").env("TERM", "xterm").envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Its words; none of those that are given here means anything to a shell.
    pub(crate) fn line(&self) -> String {
        let program = self.program.to_string_lossy();
        let words = std::iter::once(program).chain(self.args.iter().map(|arg| arg.to_string_lossy()));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Starts it.
    #[track_caller]
    pub(crate) fn spawn(self) -> Running {
        let mut command = self.command();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().expect("the program is there");
        let stdout = Pipe::drain(child.stdout.take().expect("piped"));
        let stderr = Pipe::drain(child.stderr.take().expect("piped"));
        let mut stdin = child.stdin.take().expect("piped");
        let line = self.line();
        let bytes = self.stdin;
        // It may end without reading what it was given.
        std::thread::spawn(move || stdin.write_all(&bytes));
        Running { child, stdout, stderr, line, start, plugin: self.plugin }
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn output(self) -> Output {
        self.spawn().finish()
    }

    /// Runs it to its good end.
    #[track_caller]
    pub(crate) fn ok(self) -> Output {
        let output = self.output();
        output.ends_with(0);
        output
    }

    /// Runs it to its good end and reads the JSON it prints.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let output = self.ok();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{output}"))
    }
}

/// A run that goes on. It is killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Pipe,
    stderr: Pipe,
    line: String,
    start: Instant,
    plugin: bool,
}

impl Running {
    /// Waits until stderr holds this text.
    #[track_caller]
    pub(crate) fn await_stderr(&mut self, text: &str) {
        if !self.stderr.wait_for(text, SOON) {
            self.give_up(&format!("did not say {text:?}"));
        }
    }

    /// Waits until stdout holds this text.
    #[track_caller]
    pub(crate) fn await_stdout(&mut self, text: &str) {
        if !self.stdout.wait_for(text, SOON) {
            self.give_up(&format!("did not print {text:?}"));
        }
    }

    /// True while it has not ended.
    pub(crate) fn goes_on(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Sends a signal by its name without SIG.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status();
        assert!(sent.expect("sh is there").success());
    }

    /// Sends SIGKILL, and returns when the process is gone.
    pub(crate) fn kill(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().expect("a child");
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn finish(self) -> Output {
        self.finish_within(LIMIT)
    }

    /// The same with a limit of its own.
    #[track_caller]
    pub(crate) fn finish_within(mut self, limit: Duration) -> Output {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            if self.start.elapsed() > limit {
                self.give_up("did not end");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let took = self.start.elapsed();
        let (stdout, stderr) = (self.stdout.to_the_end(SOON), self.stderr.to_the_end(SOON));
        let stderr = String::from_utf8(stderr).expect("stderr is UTF-8");
        let output = Output { code: status.code(), stdout, stderr, took, line: std::mem::take(&mut self.line) };
        // Here stderr is never a terminal.
        let drawn = self.plugin && output.stderr.contains(['\r', '\u{1b}']);
        assert!(!drawn, "control characters off a terminal\n{output}");
        output
    }

    #[track_caller]
    fn give_up(&mut self, what: &str) -> ! {
        let _ = self.child.kill();
        panic!("{} {what}\n--- stdout\n{}\n--- stderr\n{}", self.line, self.stdout.text(), self.stderr.text());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run said, and how long it took. `code` is None when a signal ended it.
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    line: String,
}

impl Output {
    /// Exit code and stdout exactly; stderr holds each of these texts, in this order.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str, stderr_parts: &[&str]) {
        let right = self.code == Some(code) && self.stdout == stdout.as_bytes() && self.has_in_order(stderr_parts);
        assert!(right, "wanted: exit {code}, on stderr {stderr_parts:#?}, stdout:\n{stdout}\n--- found\n{self}");
    }

    /// The same without stdout.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, stderr_parts: &[&str]) {
        self.is(code, "", stderr_parts);
    }

    /// Only the code.
    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) {
        assert!(self.code == Some(code), "wanted: exit {code}\n--- found\n{self}");
    }

    fn has_in_order(&self, parts: &[&str]) -> bool {
        let mut rest = self.stderr.as_str();
        parts.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    }

    /// stdout as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr, took, line } = self;
        writeln!(f, "{line}\nexit {code:?} after {took:.1?}")?;
        write!(f, "--- stdout\n{}\n--- stderr\n{stderr}", String::from_utf8_lossy(stdout))
    }
}
