//! [`Plan`]: what `create` will do, in enums that cannot hold a contradiction.

use crate::work::Work;

/// A Job to be made from flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// The namespace to write into the manifest; None leaves it to the request, as kubectl does.
    pub namespace: Option<String>,
    /// The image of the worker.
    pub image: String,
    /// The worker's `command`; empty means the image's own.
    pub command: Vec<String>,
    /// The tasks.
    pub work: Work,
    /// How an item reaches its task; unused where the work has no items.
    pub delivery: Delivery,
    /// How many pods may run at once; None for the default.
    pub parallelism: Option<u32>,
    /// What the manifest holds besides what was asked for.
    pub defaults: Defaults,
}

/// How an item reaches its task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The file that holds the item, in the worker; absolute, with a directory above it.
    pub path: String,
    /// How it travels there.
    pub via: Via,
}

/// How an item travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// One key per index in a ConfigMap, mounted as that one file. Needs no shell.
    ConfigMap,
    /// An init container writes the file, as in the Kubernetes docs.
    Init {
        /// Its image, which must have bash.
        image: String,
    },
}

/// What a manifest holds besides what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// Nothing: the API's defaults hold.
    Api,
    /// What suits an array of tasks, as far as the server knows the fields.
    Array(Features),
}

/// What the server can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// `backoffLimitPerIndex`: 1.29 and newer (KEP-3850).
    pub per_index: bool,
    /// `podFailurePolicy`: 1.26 and newer (KEP-3329).
    pub failure_policy: bool,
}

/// The oldest minor version of Kubernetes 1 that runs Indexed Jobs as generally available.
pub const OLDEST_MINOR: u32 = 24;

impl Features {
    /// Those of Kubernetes 1.`minor`.
    #[must_use]
    pub fn of_minor(minor: u32) -> Self {
        Self { per_index: minor >= 29, failure_policy: minor >= 26 }
    }

    /// Those of the newest server.
    #[must_use]
    pub fn newest() -> Self {
        Self { per_index: true, failure_policy: true }
    }
}
