//! Runs the real binary: a cleared environment, a home of its own, and a limit of time.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::fake::Server;
use crate::pipe::{Pipe, lock};

/// A run may take this long; the longest test has the server down for 10 seconds.
const LIMIT: Duration = Duration::from_secs(50);

/// A line that the test runner does not capture.
#[expect(clippy::disallowed_methods, reason = "a test that is skipped must be seen")]
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "it: {line}");
}

/// A run to be made.
pub(crate) struct Run {
    home: TempDir,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    stdin: Vec<u8>,
    stalled: bool,
    /// By what name it is called; None for its own.
    name: Option<String>,
}

/// A run against this server. The words of `line` are its arguments.
pub(crate) fn run(server: &Server, line: &str) -> Run {
    let run = run_without_config(line);
    let config = run.write("config", server.kubeconfig());
    run.env("KUBECONFIG", config)
}

/// A run with an empty home and nothing in the environment.
pub(crate) fn run_without_config(line: &str) -> Run {
    let home = TempDir::new().expect("a directory for temporary files");
    let run = Run {
        env: vec![("HOME".into(), home.path().into())],
        home,
        args: Vec::new(),
        stdin: Vec::new(),
        stalled: false,
        name: None,
    };
    run.args(line.split_whitespace())
}

impl Run {
    pub(crate) fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.into(), value.as_ref().into()));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// By this name, as a link to it.
    pub(crate) fn called(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Nobody reads its stdout, as with a pager that waits for a key.
    pub(crate) fn stalled(self) -> Self {
        Self { stalled: true, ..self }
    }

    /// Writes a file into the home, in which the program runs, and returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> OsString {
        let path = self.home().join(name);
        std::fs::write(&path, content).expect("the home is writable");
        path.into()
    }

    /// Adds a file to the home.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(name, content);
        self
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs it to its end.
    #[track_caller]
    pub(crate) fn output(self) -> Output {
        self.spawn().finish()
    }

    fn program(&self) -> PathBuf {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_kubectl-indexedjob"));
        let Some(name) = &self.name else { return program };
        let link = self.home().join(name);
        std::os::unix::fs::symlink(program, &link).expect("the home is writable");
        link
    }

    /// Starts it.
    #[track_caller]
    pub(crate) fn spawn(self) -> Running {
        let mut command = Command::new(self.program());
        command.args(&self.args).env_clear().envs(self.env.iter().map(|(key, value)| (key, value)));
        command.env("TZ", "UTC").current_dir(self.home.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary is built");
        let stdout = child.stdout.take().expect("piped");
        let (held, stdout) = match self.stalled {
            true => (Some(stdout), Pipe::drain(std::io::empty())),
            false => (None, Pipe::drain(stdout)),
        };
        let stderr = Pipe::drain(child.stderr.take().expect("piped"));
        let mut stdin = child.stdin.take().expect("piped");
        let bytes = self.stdin;
        // It may end without reading what it was given.
        std::thread::spawn(move || stdin.write_all(&bytes));
        Running { child: Arc::new(Mutex::new(child)), held, stdout, stderr, args: self.args, _home: self.home }
    }
}

/// A run that goes on. It is killed when it is dropped.
pub(crate) struct Running {
    child: Arc<Mutex<Child>>,
    /// stdout that nobody reads.
    held: Option<ChildStdout>,
    stdout: Pipe,
    stderr: Pipe,
    args: Vec<OsString>,
    _home: TempDir,
}

impl Running {
    /// Waits until stderr holds this text.
    #[track_caller]
    pub(crate) fn await_stderr(&self, text: &str) {
        if !self.stderr.wait_for(text, LIMIT / 2) {
            self.give_up(&format!("did not say {text:?}"));
        }
    }

    /// Waits until stdout holds this text.
    #[track_caller]
    pub(crate) fn await_stdout(&self, text: &str) {
        if !self.stdout.wait_for(text, LIMIT / 2) {
            self.give_up(&format!("did not say {text:?}"));
        }
    }

    /// True while it has not ended.
    pub(crate) fn goes_on(&self) -> bool {
        lock(&self.child).try_wait().expect("a child").is_none()
    }

    /// Closes the stdout that nobody has read.
    pub(crate) fn close_stdout(&mut self) {
        self.held = None;
    }

    /// Sends SIGINT.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends a signal by its name without SIG.
    pub(crate) fn signal(&self, name: &str) {
        let id = lock(&self.child).id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &id]).status();
        assert!(sent.expect("sh is there").success());
    }

    /// Sends SIGKILL, also from the server's thread, and returns when the process is gone.
    pub(crate) fn killer(&self) -> impl FnOnce() + Send + 'static {
        let child = self.child.clone();
        move || {
            let mut child = lock(&child);
            child.kill().expect("it goes on");
            child.wait().expect("a child");
        }
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn finish(self) -> Output {
        let status = self.await_end();
        let stdout = self.stdout.to_the_end(LIMIT);
        let stderr = String::from_utf8(self.stderr.to_the_end(LIMIT)).expect("stderr is UTF-8");
        Output { code: status.code(), stdout, stderr, args: self.args.clone() }
    }

    #[track_caller]
    fn await_end(&self) -> ExitStatus {
        let start = Instant::now();
        loop {
            // The lock is not held while waiting, so that the killer gets it.
            if let Some(status) = lock(&self.child).try_wait().expect("a child") {
                return status;
            }
            if start.elapsed() > LIMIT {
                self.give_up("did not end");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[track_caller]
    fn give_up(&self, what: &str) -> ! {
        let _ = lock(&self.child).kill();
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        panic!("{:?} {what}\n--- stdout\n{stdout}\n--- stderr\n{stderr}", self.args);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = lock(&self.child).kill();
    }
}

/// What a run said. `code` is none when a signal killed it.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    args: Vec<OsString>,
}

impl Output {
    /// Exit code, stdout and stderr, all three and exactly.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str, stderr: &str) {
        let want = (Some(code), stdout.into(), stderr.into());
        let found = (self.code, String::from_utf8_lossy(&self.stdout).into_owned(), self.stderr.clone());
        assert!(found == want, "{:?}\n--- want\n{}--- found\n{}", self.args, show(&want), show(&found));
    }

    /// Exit code and stdout exactly; stderr holds each of these texts, in this order.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, stdout: &str, stderr_parts: &[&str]) {
        let found = (self.code, String::from_utf8_lossy(&self.stdout).into_owned(), self.stderr.clone());
        let mut rest = self.stderr.as_str();
        let in_order = stderr_parts.iter().all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        });
        let right = found.0 == Some(code) && found.1 == stdout && in_order;
        assert!(
            right,
            "{:?}\n--- want code {code}, stdout {stdout:?}, and on stderr {stderr_parts:#?}\n--- found\n{}",
            self.args,
            show(&found)
        );
    }

    /// The same for output that is asserted by other means: only the code.
    #[track_caller]
    pub(crate) fn ends_with_code(&self, code: i32) {
        let stdout = String::from_utf8_lossy(&self.stdout);
        assert_eq!(self.code, Some(code), "{:?}\n--- stdout\n{stdout}\n--- stderr\n{}", self.args, self.stderr);
    }

    /// stdout as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }
}

fn show((code, stdout, stderr): &(Option<i32>, String, String)) -> String {
    format!("exit {code:?}\nstdout: {stdout}\nstderr: {stderr}\n")
}
