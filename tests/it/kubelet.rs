//! What a cluster does with the objects that `create` makes: each index gets its files and variables, its init containers
//! run, then its container. Paths of the containers lie in a directory of the test's own.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use k8s_openapi::ByteString;
use serde_json::Value;
use tempfile::TempDir;

/// The variable that the job controller adds to every container that has none of that name.
const INDEX: &str = "JOB_COMPLETION_INDEX";

/// The Job and the `ConfigMaps` of one `create`, as `-o json` prints them.
pub(crate) struct Cluster {
    pod: Value,
    maps: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
}

/// One task that has been run.
pub(crate) struct Task {
    root: TempDir,
    /// What its container printed.
    pub(crate) stdout: Vec<u8>,
}

impl Cluster {
    #[track_caller]
    pub(crate) fn new(objects: &str) -> Self {
        let object: Value = serde_json::from_str(objects).expect("JSON");
        let objects = if object["kind"] == "List" { object["items"].as_array().cloned() } else { None };
        let objects = objects.unwrap_or_else(|| vec![object]);
        let (jobs, maps): (Vec<_>, Vec<_>) = objects.into_iter().partition(|object| object["kind"] == "Job");
        let [job] = &jobs[..] else { panic!("one Job") };
        let maps = maps.iter().map(|map| (text(&map["metadata"]["name"]).to_owned(), content(map)));
        Self { pod: job["spec"]["template"]["spec"].clone(), maps: maps.collect() }
    }

    /// How many `ConfigMaps` there are.
    pub(crate) fn maps(&self) -> usize {
        self.maps.len()
    }

    /// The program of the init container; empty where there is none.
    pub(crate) fn init_script(&self) -> &str {
        self.pod["initContainers"][0]["command"][2].as_str().unwrap_or_default()
    }

    /// Runs the task at `index`; `shell` is put in place of `sh`.
    #[track_caller]
    pub(crate) fn run(&self, index: usize, shell: &[&str]) -> Task {
        let mut node =
            Node { cluster: self, index, root: TempDir::new().expect("a directory"), homes: BTreeMap::new() };
        for container in list(&self.pod["initContainers"]) {
            node.mount(container);
            node.start(container, shell);
        }
        let worker = &self.pod["containers"][0];
        node.mount(worker);
        let stdout = node.start(worker, shell);
        Task { root: node.root, stdout }
    }
}

impl Task {
    /// The bytes of a file of the container.
    #[track_caller]
    pub(crate) fn file(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.root.path().join(path.trim_start_matches('/'))).expect(path)
    }
}

/// `data` and `binaryData`.
fn content(map: &Value) -> BTreeMap<String, Vec<u8>> {
    let entries = |key: &str| map[key].as_object().cloned().into_iter().flatten();
    let data = entries("data").map(|(key, value)| (key, text(&value).as_bytes().to_vec()));
    let binary = entries("binaryData").map(|(key, value)| {
        let ByteString(bytes) = serde_json::from_value(value).expect("base64");
        (key, bytes)
    });
    data.chain(binary).collect()
}

/// Where one task runs.
struct Node<'a> {
    cluster: &'a Cluster,
    index: usize,
    root: TempDir,
    /// Where the init containers have mounted each empty directory.
    homes: BTreeMap<String, PathBuf>,
}

impl Node<'_> {
    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    #[track_caller]
    fn mount(&mut self, container: &Value) {
        let variables = self.variables(container);
        for mount in list(&container["volumeMounts"]) {
            let name = text(&mount["name"]);
            let volume = list(&self.cluster.pod["volumes"]).iter().find(|volume| volume["name"] == name);
            let volume = volume.unwrap_or_else(|| panic!("no volume {name}"));
            let place = self.path(text(&mount["mountPath"]));
            let part = match mount["subPathExpr"].as_str() {
                Some(expression) => Some(expand(expression, &variables)),
                None => mount["subPath"].as_str().map(str::to_owned),
            };
            if !volume["emptyDir"].is_null() {
                let home = self.homes.entry(name.to_owned()).or_insert_with(|| place.clone()).clone();
                match part {
                    Some(part) => write(place, &std::fs::read(home.join(&part)).expect(&part)),
                    None => std::fs::create_dir_all(&place).expect("a directory"),
                }
                continue;
            }
            let files = self.files(volume);
            match part {
                Some(part) => write(place, files.get(&part).unwrap_or_else(|| panic!("{name} has no {part}"))),
                None => files.iter().for_each(|(key, bytes)| write(place.join(key), bytes)),
            }
        }
    }

    /// The files of a volume that is filled from `ConfigMaps` or the pod's fields.
    fn files(&self, volume: &Value) -> BTreeMap<String, Vec<u8>> {
        let of_map = |source: &Value| self.cluster.maps[text(&source["configMap"]["name"])].clone();
        if !volume["downwardAPI"].is_null() {
            let items = list(&volume["downwardAPI"]["items"]).iter();
            let files = items.map(|item| (text(&item["path"]).to_owned(), self.field(&item["fieldRef"]).into_bytes()));
            return files.collect();
        }
        match &volume["projected"] {
            Value::Null => of_map(volume),
            projected => list(&projected["sources"]).iter().flat_map(of_map).collect(),
        }
    }

    fn field(&self, field: &Value) -> String {
        match text(&field["fieldPath"]) {
            "metadata.annotations['batch.kubernetes.io/job-completion-index']" => self.index.to_string(),
            "metadata.labels['controller-uid']" => "u-1".to_owned(),
            other => panic!("{other}"),
        }
    }

    /// The variables of a container, as a kubelet makes them: each sees those before it.
    fn variables(&self, container: &Value) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        for variable in list(&container["env"]) {
            let source = &variable["valueFrom"];
            let value = match (source["fieldRef"].is_null(), source["fileKeyRef"].is_null()) {
                (false, _) => self.field(&source["fieldRef"]),
                (_, false) => self.value_in_file(&source["fileKeyRef"]),
                _ => expand(variable["value"].as_str().unwrap_or_default(), &variables),
            };
            variables.insert(text(&variable["name"]).to_owned(), value);
        }
        variables.entry(INDEX.to_owned()).or_insert_with(|| self.index.to_string());
        variables
    }

    /// `ParseEnv` of `pkg/kubelet/util/env`, for files without comments.
    fn value_in_file(&self, source: &Value) -> String {
        // Before the init containers have run nobody asks.
        let Some(home) = self.homes.get(text(&source["volumeName"])) else { return String::new() };
        let bytes = std::fs::read(home.join(text(&source["path"]))).expect("the file of values");
        assert!(bytes.len() <= 64 << 10, "the file is too long for a kubelet");
        let content = String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n");
        let mut rest = content.as_str();
        while let Some((key, after)) = rest.split_once("='") {
            let (value, after) = after.split_once('\'').expect("a closing quote");
            if key == text(&source["key"]) {
                assert!(value.len() <= 32 << 10, "the value is too long for a kubelet");
                return value.to_owned();
            }
            rest = after.strip_prefix('\n').expect("nothing follows the quote");
        }
        String::new()
    }

    #[track_caller]
    fn start(&self, container: &Value, shell: &[&str]) -> Vec<u8> {
        let variables = self.variables(container);
        let words = ["command", "args"].iter().flat_map(|key| list(&container[*key]));
        let words: Vec<String> = words.map(|word| self.placed(&expand(text(word), &variables))).collect();
        let program = if words[0] == "sh" { shell } else { &[words[0].as_str()][..] };
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).args(&words[1..]).env_clear().env("PATH", "/usr/bin:/bin").envs(&variables);
        let output = command.stdin(Stdio::null()).output().expect("the program is there");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{shell:?} {words:?} {}: {stderr}", output.status);
        output.stdout
    }

    /// Paths of the container as they are on this machine.
    fn placed(&self, word: &str) -> String {
        let root = self.root.path().to_str().expect("a plain path");
        ["/indexedjob", "/input/"]
            .iter()
            .fold(word.to_owned(), |word, path| word.replace(path, &format!("{root}{path}")))
    }
}

fn write(path: PathBuf, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    std::fs::write(path, bytes).expect("a file");
}

/// What Kubernetes makes of `$(NAME)` and `$$` (`Expand` in `third_party/forked/golang/expansion`).
pub(crate) fn expand(text: &str, variables: &BTreeMap<String, String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            out.push_str(&variables.get(name).cloned().unwrap_or_else(|| format!("$({name})")));
            rest = after;
        } else {
            // Up to 1.33 the byte behind the dollar was taken for a character.
            assert!(!rest.starts_with(|c: char| !c.is_ascii()), "an old kubelet garbles {text:?}");
            out.push('$');
        }
    }
    out + rest
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The parts of what a program printed, each with a NUL behind it.
pub(crate) fn parts(stdout: &[u8]) -> Vec<&OsStr> {
    let mut parts: Vec<_> = stdout.split(|byte| *byte == 0).map(OsStr::from_bytes).collect();
    parts.pop();
    parts
}
