//! `create`: its flags, and the plan they make.

use std::ops::RangeInclusive;

use clap::{ArgGroup, Args, ValueEnum};
use indexedjob_core::plan::{Defaults, Delivery, Features, Plan, Via};
use indexedjob_core::work::{self, Work};

use super::{JobName, Usage};

/// The file of the item where none is given, as in the Kubernetes docs.
const ITEM_PATH: &str = "/input/data.txt";
/// The image of the init container where none is given, as in the Kubernetes docs.
const INIT_IMAGE: &str = "docker.io/library/bash";

/// Create an Indexed Job from flags, or from a file.
///
/// What follows -- is the container's command, as in kubectl create job. With --items each index finds its item in the
/// file /input/data.txt; the index itself is in the environment variable `JOB_COMPLETION_INDEX`.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("work").args(["completions", "items"])))]
#[command(after_help = "Examples:
  # Five items, three at a time
  kubectl indexedjob create greet --image busybox --parallelism 3 \\
    --items foo,bar,baz,qux,xyz -- rev /input/data.txt
  # A hundred tasks that know their number
  kubectl indexedjob create train --image busybox --completions 100 -- \\
    sh -c 'echo task $JOB_COMPLETION_INDEX'
  # A manifest, with nothing added to it
  kubectl indexedjob create -f job.yaml
  # Only look
  kubectl indexedjob create greet --image busybox --items a,b \\
    --dry-run=client -o yaml -- cat /input/data.txt

Without --defaults=api an array has these defaults:
  backoffLimitPerIndex 0: an index runs once and fails for itself (Kubernetes 1.29+)
  podFailurePolicy: a pod that was evicted or preempted is run again, not counted
  terminationMessagePolicy FallbackToLogsOnError: a failure shows the end of its log")]
pub(crate) struct CreateArgs {
    /// The name of the Job; its length and that of the last index together are at most 62 characters
    #[arg(value_name = "NAME")]
    name: Option<JobName>,
    /// Create the Job of this file as it is, and nothing else; - is stdin
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["image", "completions", "items", "items_via", "item_path", "init_image", "parallelism", "defaults", "command"])]
    filename: Option<String>,
    /// The image of the container
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// So many tasks, numbered from 0
    #[arg(long, value_name = "N", help_heading = "Work", allow_negative_numbers = true, value_parser = whole)]
    completions: Option<i64>,
    /// One task for each of these, as comma-separated values: foo,bar,"a, b"
    #[arg(long, value_name = "LIST", help_heading = "Work", allow_hyphen_values = true)]
    items: Option<String>,
    /// How an item travels: in a ConfigMap (any image), or by an init container (needs bash in --init-image)
    /// [default: configmap]
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Work")]
    items_via: Option<ViaArg>,
    /// The file in which a task finds its item; with --items-via=init nothing else is in its directory
    /// [default: /input/data.txt]
    #[arg(long, value_name = "FILE", help_heading = "Work", value_parser = item_path)]
    item_path: Option<String>,
    /// The image of the init container of --items-via=init [default: docker.io/library/bash]
    #[arg(long, value_name = "IMAGE", help_heading = "Work")]
    init_image: Option<String>,
    /// How many tasks may run at once; by default all, at most 1000
    #[arg(long, value_name = "N", help_heading = "Run", allow_negative_numbers = true, value_parser = whole)]
    parallelism: Option<i64>,
    /// What is set besides what was asked for: what suits an array (see below), or nothing
    #[arg(long, value_enum, value_name = "SET", help_heading = "Run", default_value_t = DefaultsArg::Array)]
    defaults: DefaultsArg,
    /// Only show what would be created, without (client) or with (server) asking the server
    #[arg(long, value_enum, value_name = "WHERE", help_heading = "Output", default_value_t = DryRun::None)]
    pub(crate) dry_run: DryRun,
    /// Print the name or the objects instead of kubectl's line
    #[arg(short, long, value_enum, value_name = "FORM", help_heading = "Output")]
    pub(crate) output: Option<Form>,
    /// The container's command and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Whether to create anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DryRun {
    /// Create the objects
    None,
    /// Ask nobody
    Client,
    /// Let the server check them
    Server,
}

/// What to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// job.batch/NAME
    Name,
    /// The objects as JSON
    Json,
    /// The objects as YAML
    Yaml,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ViaArg {
    /// A ConfigMap, one key per index
    Configmap,
    /// An init container with a shell
    Init,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DefaultsArg {
    /// What suits an array of tasks
    Array,
    /// The API's own
    Api,
}

/// Where the Job comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// From a file, as it is; the name, if one was given, must be its name.
    File {
        /// Its path; `-` is stdin.
        path: String,
        /// The name that was given beside it.
        name: Option<JobName>,
    },
    /// From flags.
    Flags(Plan),
}

impl CreateArgs {
    /// Does the plan depend on what the server can do?
    pub(crate) fn needs_features(&self) -> bool {
        self.filename.is_none() && self.defaults == DefaultsArg::Array && self.dry_run != DryRun::Client
    }

    /// What the flags mean. `namespace` is the one that was given as a flag.
    pub(crate) fn source(self, namespace: Option<String>, features: Features) -> Result<Source, Usage> {
        if let Some(path) = self.filename {
            return Ok(Source::File { path, name: self.name });
        }
        let name = self.name.as_ref().ok_or_else(|| {
            Usage::new("no name given").hint("kubectl indexedjob create NAME --image IMAGE --completions N -- COMMAND")
        })?;
        let (name, work) = (name.as_str().to_owned(), self.work(name)?);
        let delivery = self.delivery()?;
        let parallelism = self.parallelism.map(|p| number("--parallelism", p, 0..=100_000)).transpose()?;
        let image = self.image.filter(|image| !image.trim().is_empty()).ok_or_else(|| {
            Usage::new("no image given").hint(format!("kubectl indexedjob create {name} --image IMAGE ..."))
        })?;
        let defaults = match self.defaults {
            DefaultsArg::Array => Defaults::Array(features),
            DefaultsArg::Api => Defaults::Api,
        };
        Ok(Source::Flags(Plan { name, namespace, image, command: self.command, work, delivery, parallelism, defaults }))
    }

    fn delivery(&self) -> Result<Delivery, Usage> {
        let of_items = [
            ("--items-via", self.items_via.is_some()),
            ("--item-path", self.item_path.is_some()),
            ("--init-image", self.init_image.is_some()),
        ];
        if let Some((flag, _)) = of_items.iter().find(|(_, given)| *given && self.items.is_none()) {
            return Err(Usage::new(format!("{flag} goes with --items")));
        }
        let via = match (self.items_via, &self.init_image) {
            (None | Some(ViaArg::Configmap), None) => Via::ConfigMap,
            (None | Some(ViaArg::Configmap), Some(_)) => {
                return Err(Usage::new("--init-image goes with --items-via=init"));
            }
            (Some(ViaArg::Init), image) => Via::Init { image: image.as_deref().unwrap_or(INIT_IMAGE).to_owned() },
        };
        Ok(Delivery { path: self.item_path.as_deref().unwrap_or(ITEM_PATH).to_owned(), via })
    }

    fn work(&self, name: &JobName) -> Result<Work, Usage> {
        match (self.completions, &self.items) {
            (Some(completions), _) => Ok(Work::Completions(number("--completions", completions, 1..=i32::MAX)?)),
            (None, Some(list)) => {
                let items = work::items(list).map_err(|error| Usage::new(format!("--items: {error}")))?;
                Ok(Work::Items(items))
            }
            (None, None) => Err(Usage::new("no work given: --completions or --items is needed").hint(format!(
                "kubectl indexedjob create {} --image IMAGE --completions 10 -- COMMAND",
                name.as_str()
            ))),
        }
    }
}

/// A number of the API with its limits.
fn number(flag: &str, number: i64, limits: RangeInclusive<i32>) -> Result<u32, Usage> {
    let fits = i32::try_from(number).ok().filter(|number| limits.contains(number));
    let number = fits.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| Usage::new(format!("{flag} must be between {} and {}", limits.start(), limits.end())))
}

/// A whole number of any size; one beyond every limit is the largest there is.
fn whole(text: &str) -> Result<i64, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    match !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX })),
        false => Err("it must be a whole number".to_owned()),
    }
}

fn item_path(path: &str) -> Result<String, String> {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let parts_are_names = path.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
    if path.contains([':', '\0']) {
        return Err("a path in a container holds no colon".to_owned());
    }
    if directory.is_empty() || !path.starts_with('/') || !parts_are_names {
        return Err("write an absolute path with a directory, such as /input/data.txt".to_owned());
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Stop, Verb, parse};
    use super::*;

    fn create(line: &[&str]) -> Result<Source, Usage> {
        let args = ["kubectl-indexedjob", "create"].iter().chain(line).map(Into::into);
        match parse(args) {
            Ok(cli) => match cli.verb {
                Verb::Create(args) => args.source(None, Features::newest()),
                other => panic!("{other:?}"),
            },
            Err(Stop::Usage(usage)) => Err(usage),
            Err(stop) => panic!("{stop:?}"),
        }
    }

    #[track_caller]
    fn refused(line: &[&str], want: &str) {
        let message = create(line).unwrap_err().message;
        assert!(message.contains(want), "{message}");
    }

    #[test]
    fn flags_make_a_plan() {
        let line = ["x", "--image=i", "--items=a,b", "--parallelism=1", "--", "rev", "--flag"];
        let Source::Flags(plan) = create(&line).unwrap() else { panic!("a plan") };
        assert_eq!((plan.name.as_str(), plan.work.completions(), plan.parallelism), ("x", 2, Some(1)));
        assert_eq!(plan.command, ["rev", "--flag"]);
    }

    #[test]
    fn work_is_given_exactly_once() {
        refused(&["x", "--image=i"], "no work given: --completions or --items");
        refused(&["x", "--image=i", "--completions=2", "--items=a"], "cannot be used with");
        refused(&["x", "--image=i", "--items="], "--items: the list is empty");
    }

    #[test]
    fn flags_of_items_go_with_items() {
        refused(&["x", "--image=i", "--completions=2", "--items-via=init"], "--items-via goes with --items");
        refused(&["x", "--image=i", "--completions=2", "--item-path=/a/b"], "--item-path goes with --items");
        refused(&["x", "--image=i", "--items=a", "--init-image=b"], "--init-image goes with --items-via=init");
    }

    #[test]
    fn numbers_have_limits() {
        for number in ["0", "-1", "2147483648"] {
            refused(&["x", "--image=i", "--completions", number], "--completions must be between 1 and 2147483647");
        }
        refused(&["x", "--image=i", "--completions=1", "--parallelism=-1"], "--parallelism must be between 0");
    }

    #[test]
    fn a_file_goes_with_no_flag_of_ours() {
        assert_eq!(create(&["-f", "-"]).unwrap(), Source::File { path: "-".into(), name: None });
        refused(&["-f", "j.yaml", "--completions=3"], "cannot be used with");
        refused(&["-f", "j.yaml", "--image=i"], "cannot be used with");
    }

    #[test]
    fn the_item_is_in_a_directory() {
        for path in ["data.txt", "/data.txt", "/input/", "/in/../x"] {
            refused(&["x", "--image=i", "--items=a", "--item-path", path], "absolute path with a directory");
        }
    }
}
