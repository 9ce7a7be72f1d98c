//! [`Plan`]: what `create` will do, in enums that cannot hold a contradiction.

use serde_json::Value;

use crate::index_set::IndexSet;
use crate::work::{Source, Token, Work};

/// A Job to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What the flags are laid over.
    pub base: Base,
    /// Its name; None keeps the base's.
    pub name: Option<Name>,
    /// The namespace to write into the manifest; None leaves it to the request, as kubectl does.
    pub namespace: Option<String>,
    /// The tasks; None keeps the base's completions.
    pub work: Option<Work>,
    /// What the container runs.
    pub command: Command,
    /// How a task gets its item and its number.
    pub delivery: Delivery,
    /// Fields of the Job's spec.
    pub job: JobFields,
    /// Fields of the pod and of the container.
    pub pod: PodFields,
    /// What the manifest holds besides what was asked for.
    pub defaults: Defaults,
    /// What the server can do.
    pub features: Features,
}

/// What the flags are laid over.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// A Job with one container, named as in the Kubernetes docs.
    New,
    /// The Job of a file, with the objects that stood beside it.
    File {
        /// The Job; from a PodTemplate, one with nothing but this template.
        job: Value,
        /// `ConfigMaps` that the Job shall own.
        helpers: Vec<Value>,
    },
}

/// The name of a Job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// This one.
    Whole(String),
    /// One that begins so and that the server completes (`generateName`); it ends in `-`.
    Prefix(String),
}

impl Name {
    /// What is known of it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Whole(name) | Self::Prefix(name) => name,
        }
    }
}

/// What the container runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// What the base or the image says.
    Keep,
    /// These words: the container's `command`, or its `args` where the image's entrypoint is kept.
    Words {
        /// As the user typed them.
        words: Vec<String>,
        /// What stands for the item in them.
        token: Token,
        /// Are they the entrypoint's arguments?
        keep_entrypoint: bool,
    },
    /// A script that is brought along.
    Script {
        /// The last part of its path.
        file_name: String,
        /// Its bytes; the first line begins with `#!`.
        content: Vec<u8>,
        /// Its arguments, as the user typed them.
        words: Vec<String>,
        /// What stands for the item in them.
        token: Token,
    },
}

/// How a task gets its item and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The file that holds the item, in the container; absolute, with a directory above it.
    pub item_path: String,
    /// How lists travel.
    pub via: Via,
    /// The image of the init container; None for the default.
    pub init_image: Option<String>,
    /// Variables that hold the item or a column of it.
    pub item_env: Vec<(String, Source)>,
    /// Variables that hold the number.
    pub index_env: Vec<String>,
    /// A file that holds the number; absolute, with a directory above it.
    pub index_path: Option<String>,
}

/// How lists travel to the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By what suits their size.
    Auto,
    /// One key per index in a `ConfigMap`, mounted as one file. Needs no shell.
    ConfigMap,
    /// An init container writes the file, as in the Kubernetes docs.
    Init,
}

/// Fields of the Job's spec; None leaves a field to the base and the defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFields {
    /// How many pods may run at once.
    pub parallelism: Option<u32>,
    /// `backoffLimitPerIndex`: how often an index is tried again.
    pub retries: Option<u32>,
    /// Are pods that were evicted or preempted counted as failures?
    pub count_disruptions: bool,
    /// The Job fails when about more than so many indexes have failed.
    pub max_failed_indexes: Option<Share>,
    /// `activeDeadlineSeconds` of the Job.
    pub active_deadline: Option<u64>,
    /// `ttlSecondsAfterFinished`.
    pub ttl: Option<u32>,
    /// Is it to wait for somebody who resumes it?
    pub suspend: Option<bool>,
    /// `backoffLimit`: how many failures the Job as a whole survives.
    pub backoff_limit: Option<u32>,
    /// `podReplacementPolicy`: `Failed` or `TerminatingOrFailed`.
    pub pod_replacement_policy: Option<&'static str>,
    /// So many succeeded indexes are enough.
    pub succeeded_count: Option<u32>,
    /// The numbers of the tasks whose success is enough.
    pub succeeded_indexes: Option<IndexSet>,
    /// Exit codes that fail the Job.
    pub fail_job_on: Option<IndexSet>,
    /// Exit codes that fail the index at once.
    pub fail_index_on: Option<IndexSet>,
    /// The Kueue queue.
    pub queue: Option<String>,
}

/// A number of indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many.
    Count(u32),
    /// So many of a hundred, rounded down.
    Percent(u32),
}

impl Share {
    /// How many that is of `completions`.
    #[must_use]
    pub fn of(self, completions: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                u32::try_from(u64::from(completions) * u64::from(percent) / 100).unwrap_or(u32::MAX)
            }
        }
    }
}

/// Fields of the pod and of its worker container; what is empty or None leaves the base as it is, and what is named is
/// merged by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFields {
    /// The container that is meant; None for the only or the default one.
    pub container: Option<String>,
    /// Its image.
    pub image: Option<String>,
    /// When it is pulled.
    pub image_pull_policy: Option<&'static str>,
    /// Secrets to pull it with.
    pub pull_secrets: Vec<String>,
    /// Variables: names and values, in which Kubernetes expands `$(NAME)`.
    pub env: Vec<(String, String)>,
    /// `ConfigMaps` and Secrets whose keys are variables.
    pub env_from: Vec<EnvFrom>,
    /// The directory that the program begins in.
    pub working_dir: Option<String>,
    /// What the container asks for, by resource.
    pub requests: Vec<(String, String)>,
    /// What it may use at most, by resource.
    pub limits: Vec<(String, String)>,
    /// Volumes and where they are mounted.
    pub volumes: Vec<Mount>,
    /// `activeDeadlineSeconds` of each attempt.
    pub time_limit: Option<u64>,
    /// The service account that it runs as.
    pub service_account: Option<String>,
    /// Labels that a node must have.
    pub node_selector: Vec<(String, String)>,
    /// Taints of nodes that it bears.
    pub tolerations: Vec<Toleration>,
    /// Labels of the Job and of its pods.
    pub labels: Vec<(String, String)>,
    /// Annotations of the Job and of its pods.
    pub annotations: Vec<(String, String)>,
    /// Its priority class.
    pub priority_class: Option<String>,
    /// Its runtime class.
    pub runtime_class: Option<String>,
}

/// An object whose keys are variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvFrom {
    /// A `ConfigMap`.
    ConfigMap(String),
    /// A Secret.
    Secret(String),
}

/// A volume and where it is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub volume: Volume,
    /// Where; absolute.
    pub path: String,
    /// May it only be read?
    pub read_only: bool,
}

/// What can be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Volume {
    /// A `PersistentVolumeClaim`.
    Claim(String),
    /// A `ConfigMap`.
    ConfigMap(String),
    /// A Secret.
    Secret(String),
    /// A directory or file of the node.
    HostPath(String),
    /// An empty directory on the node's disk, with the most it may hold.
    EmptyDir(Option<String>),
    /// An empty directory in memory, with the most it may hold.
    Memory(Option<String>),
}

/// A taint that a pod bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toleration {
    /// The taint's key.
    pub key: String,
    /// Its value; None for any.
    pub value: Option<String>,
    /// Its effect; None for all.
    pub effect: Option<&'static str>,
}

/// What a manifest holds besides what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// Nothing: the API's defaults hold.
    Api,
    /// What suits an array of tasks, as far as the server knows the fields.
    Array,
}

/// What the server can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `backoffLimitPerIndex`: 1.29 and newer (KEP-3850).
    pub per_index: bool,
    /// `podFailurePolicy`: 1.26 and newer (KEP-3329).
    pub failure_policy: bool,
    /// Variables from a file that an init container wrote, `fileKeyRef`: 1.35 and newer (KEP-3721).
    pub file_key_ref: FileKeyRef,
}

/// May a variable come from a file?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKeyRef {
    /// The server does not know it.
    No,
    /// Nobody has asked a server; what every server runs is better.
    Unknown,
    /// It does.
    Yes,
}

/// The oldest minor version of Kubernetes 1 that runs Indexed Jobs as generally available.
pub const OLDEST_MINOR: u32 = 24;

impl Features {
    /// Those of Kubernetes 1.`minor`.
    #[must_use]
    pub fn of_minor(minor: u32) -> Self {
        Self {
            per_index: minor >= 29,
            failure_policy: minor >= 26,
            file_key_ref: if minor >= 35 { FileKeyRef::Yes } else { FileKeyRef::No },
        }
    }

    /// What a manifest is made for that no server has been asked about.
    #[must_use]
    pub fn unasked() -> Self {
        Self { per_index: true, failure_policy: true, file_key_ref: FileKeyRef::Unknown }
    }
}

/// A plan with the defaults of an array and nothing special, for tests.
#[cfg(test)]
pub(crate) fn sample(work: Work, command: &[&str]) -> Plan {
    let words: Vec<String> = command.iter().map(ToString::to_string).collect();
    Plan {
        base: Base::New,
        name: Some(Name::Whole("x".into())),
        namespace: None,
        work: Some(work),
        command: match words.is_empty() {
            true => Command::Keep,
            false => Command::Words { words, token: Token::Braces, keep_entrypoint: false },
        },
        delivery: Delivery {
            item_path: "/input/data.txt".into(),
            via: Via::Auto,
            init_image: None,
            item_env: vec![],
            index_env: vec![],
            index_path: None,
        },
        job: JobFields::default(),
        pod: PodFields { image: Some("busybox".into()), ..PodFields::default() },
        defaults: Defaults::Array,
        features: Features::unasked(),
    }
}
