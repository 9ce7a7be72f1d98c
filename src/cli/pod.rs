//! The flags about a pod and its container, the same for every verb that makes Jobs.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use indexedjob_core::plan::{EnvFrom, Mount, PodFields, Toleration};
use indexedjob_core::text::shown;

use super::{Usage, value};

/// The resource of a GPU where none is named.
const GPU: &str = "nvidia.com/gpu";

/// Fields of the pod and of its container.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PodArgs {
    /// A variable; may be repeated
    ///
    /// In VALUE, $(NAME) is the value of another variable, as in any manifest; write $$(NAME) for the text itself.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Run", value_parser = value::pair)]
    env: Vec<(String, String)>,
    /// Variables from the keys of configmap/NAME or secret/NAME; may be repeated
    #[arg(long, value_name = "SOURCE", help_heading = "Run", hide_short_help = true, value_parser = value::env_from)]
    env_from: Vec<EnvFrom>,
    /// The directory that the program begins in
    #[arg(long, value_name = "DIR", help_heading = "Run", hide_short_help = true)]
    working_dir: Option<String>,
    /// The container that is meant, where a file has several
    #[arg(short, long, value_name = "NAME", help_heading = "Run", hide_short_help = true)]
    container: Option<String>,
    /// When to pull the image
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Run", hide_short_help = true)]
    image_pull_policy: Option<PullPolicy>,
    /// A Secret to pull the image with; may be repeated
    #[arg(long, value_name = "SECRET", help_heading = "Run", hide_short_help = true)]
    image_pull_secret: Vec<String>,
    /// The service account that the pods run as
    #[arg(long, value_name = "NAME", help_heading = "Run", hide_short_help = true)]
    service_account: Option<String>,
    /// How long an attempt may take: 90s, 5m, 1h30m
    ///
    /// The pod's activeDeadlineSeconds; the attempt then fails, and others go on.
    #[arg(long, value_name = "DURATION", help_heading = "Failure", hide_short_help = true, value_parser = value::seconds)]
    time_limit: Option<u64>,
    /// What each pod is sure to get: cpu=500m,memory=4Gi
    #[arg(long, value_name = "RESOURCE=AMOUNT,...", help_heading = "Resources", value_delimiter = ',', value_parser = value::amount)]
    requests: Vec<(String, String)>,
    /// What each pod gets at most: memory=8Gi
    #[arg(long, value_name = "RESOURCE=AMOUNT,...", help_heading = "Resources", value_delimiter = ',', value_parser = value::amount)]
    limits: Vec<(String, String)>,
    /// So many GPUs for each pod: the limit of nvidia.com/gpu; of another kind by --limits
    #[arg(long, value_name = "N", help_heading = "Resources", hide_short_help = true, value_parser = value::positive)]
    gpus: Option<u32>,
    /// A volume and its place: pvc/data:/data, with :ro read-only
    ///
    /// Sources: pvc/NAME, configmap/NAME, secret/NAME, hostpath/DIR, emptydir[/SIZE], memory/SIZE. May be repeated.
    #[arg(long, value_name = "SOURCE:PATH", help_heading = "Resources", value_parser = value::mount)]
    volume: Vec<Mount>,
    /// A label that a node must have: KEY=VALUE; may be repeated
    #[arg(long, value_name = "KEY=VALUE,...", help_heading = "Placement", hide_short_help = true, value_delimiter = ',', value_parser = value::pair)]
    node_selector: Vec<(String, String)>,
    /// A taint of nodes that is borne: KEY, KEY:EFFECT or KEY=VALUE:EFFECT; may be repeated
    #[arg(long, value_name = "TAINT", help_heading = "Placement", hide_short_help = true, value_parser = value::toleration)]
    toleration: Vec<Toleration>,
    /// The priority class of the pods
    #[arg(long, value_name = "NAME", help_heading = "Placement", hide_short_help = true)]
    priority_class: Option<String>,
    /// The runtime class of the pods
    #[arg(long, value_name = "NAME", help_heading = "Placement", hide_short_help = true)]
    runtime_class: Option<String>,
    /// A label of the Job and its pods: KEY=VALUE; may be repeated
    #[arg(long, value_name = "KEY=VALUE,...", help_heading = "Run", hide_short_help = true, value_delimiter = ',', value_parser = value::pair)]
    label: Vec<(String, String)>,
    /// An annotation of the Job and its pods: KEY=VALUE; may be repeated
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Run", hide_short_help = true, value_parser = value::pair)]
    annotation: Vec<(String, String)>,
}

/// When to pull an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PullPolicy {
    /// Each time
    #[value(name = "Always")]
    Always,
    /// If the node does not have it
    #[value(name = "IfNotPresent")]
    IfNotPresent,
    /// Not at all
    #[value(name = "Never")]
    Never,
}

/// The names in a path: `/d`, `/d/` and `//d/.` are one place.
fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect()
}

impl PodArgs {
    /// Checks what no value tells alone. `limits_win` where the command line gives --limits and only a script --gpus.
    pub(super) fn check(&self, limits_win: bool) -> Result<(), Usage> {
        let of_gpus = self.limits.iter().rfind(|(resource, _)| resource == GPU);
        if let (Some(gpus), Some((_, limit)), false) = (self.gpus, of_gpus, limits_win)
            && *limit != gpus.to_string()
        {
            return Err(Usage::new(format!("--gpus {gpus} and --limits {GPU}={limit} contradict each other")));
        }
        let mut places = BTreeSet::new();
        let twice = self.volume.iter().find(|mount| !places.insert(parts(&mount.path)));
        match twice {
            Some(mount) => Err(Usage::new(format!(
                "--volume: two volumes are mounted at {}; one would hide the other",
                shown(&mount.path)
            ))),
            None => Ok(()),
        }
    }

    /// The names of the variables that are set.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.env.iter().map(|(name, _)| name.as_str())
    }

    /// The fields, with this image.
    pub(super) fn fields(self, image: Option<String>) -> PodFields {
        let gpus = self.gpus.map(|count| (GPU.to_owned(), count.to_string()));
        PodFields {
            container: self.container,
            image,
            image_pull_policy: self.image_pull_policy.map(|policy| match policy {
                PullPolicy::Always => "Always",
                PullPolicy::IfNotPresent => "IfNotPresent",
                PullPolicy::Never => "Never",
            }),
            pull_secrets: self.image_pull_secret,
            env: self.env,
            env_from: self.env_from,
            working_dir: self.working_dir,
            requests: self.requests,
            limits: gpus.into_iter().chain(self.limits).collect(),
            volumes: self.volume,
            time_limit: self.time_limit,
            service_account: self.service_account,
            node_selector: self.node_selector,
            tolerations: self.toleration,
            labels: self.label,
            annotations: self.annotation,
            priority_class: self.priority_class,
            runtime_class: self.runtime_class,
        }
    }
}
