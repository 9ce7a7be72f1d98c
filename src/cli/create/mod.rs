//! `create`: its flags, and the plan they make.
//!
//! - `work`, `delivery`, `job`: groups of flags; `script`: flags from a script
//! - `parallel`: commands that are written for GNU parallel

mod delivery;
mod job;
mod parallel;
mod script;
mod work;

use clap::{ArgGroup, Args, ValueEnum};
use indexedjob_core::plan::{Base, Command, Defaults, Features, Name, Plan};

use self::delivery::DeliveryArgs;
use self::job::JobArgs;
use super::pod::PodArgs;
use super::value::Switch as _;
use super::{JobName, StayArgs, Usage};

pub(crate) use work::{ItemsSource, WorkArgs};

/// The flags of `create`.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("work").args(["completions", "array", "items", "items_from", "matrix"])))]
#[command(after_help = "See --help for all flags, examples and defaults.")]
#[command(help_template = "{about-with-newline}\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}")]
#[command(before_long_help = "Examples:
  # Five items, three at a time
  kubectl indexedjob create greet --image busybox --parallelism 3 \\
    --items foo,bar,baz,qux,xyz -- rev /input/data.txt
  # Tasks 1 to 100 in steps of 3, four at a time, as in Slurm
  kubectl indexedjob create train --image busybox --array 1-100:3%4 -- \\
    sh -c 'echo task $SLURM_ARRAY_TASK_ID'
  # A task for each row of a file, and wait for the end
  kubectl indexedjob create sweep --image busybox --items-from runs.csv --wait -- \\
    echo --lr {lr} --seed {seed}
  # The same from a product
  kubectl indexedjob create grid --image busybox --matrix lr=0.1,0.01 \\
    --matrix seed=1,2,3 -- echo --lr {lr} --seed {seed}
  # Every file of a list is an argument
  ls *.gz | kubectl indexedjob create unpack --image busybox --items-from - \\
    --volume pvc/data:/data -- gunzip /data/{}
  # A script, also one of Slurm
  kubectl indexedjob create --image debian --script run.sh -- ARG
  # A manifest, with nothing added to it but these flags
  kubectl indexedjob create -f job.yaml --parallelism 20 --env MODE=fast
  # Only look
  kubectl indexedjob create greet --image busybox --items a,b \\
    --dry-run=client -o yaml -- cat /input/data.txt")]
#[command(after_long_help = "Without --defaults=api or -f an array has these defaults:
  parallelism: all tasks at once, at most 1000
  backoffLimitPerIndex 0: an index runs once and fails for itself (Kubernetes 1.29+)
  podFailurePolicy: a pod that was evicted or preempted is run again, not counted
  terminationMessagePolicy FallbackToLogsOnError: a failure shows the end of its log

Exit codes: 0 created (with --wait or --logs: and complete), 1 failed, 2 wrong usage; with --wait or --logs as wait.")]
pub(crate) struct CreateArgs {
    /// The name of the Job; one that ends in - is completed by the server
    ///
    /// Its length and that of the last index together are at most 62 characters.
    #[arg(value_name = "NAME", value_parser = name)]
    name: Option<Name>,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    #[command(flatten)]
    delivery: DeliveryArgs,
    /// The image of the container
    #[arg(long, value_name = "IMAGE", help_heading = "Run")]
    image: Option<String>,
    /// Begin with the Job of this file; - is stdin
    ///
    /// A file of kind PodTemplate does, too. Nothing is added to it but what the flags say; fields that are named by them are replaced or merged by name.
    /// ConfigMaps in the file are created with the Job and belong to it.
    #[arg(short, long, value_name = "FILE", help_heading = "Run")]
    filename: Option<String>,
    /// Run this script by its #! line; what follows -- are its arguments
    ///
    /// Its #INDEXEDJOB lines are read as flags of this command, which come first. Of its #SBATCH lines the ones about
    /// array, job name, time, memory, CPUs and GPUs are translated.
    #[arg(long, value_name = "FILE", help_heading = "Run", hide_short_help = true, conflicts_with = "filename")]
    script: Option<String>,
    #[command(flatten)]
    job: JobArgs,
    #[command(flatten)]
    pod: PodArgs,
    #[command(flatten)]
    pub(crate) stay: StayArgs,
    /// Delete the Job once it is complete; one that failed stays
    #[arg(long, help_heading = "Stay", hide_short_help = true, switch = Some("false"))]
    pub(crate) rm: bool,
    /// Delete a finished Job of this name before
    #[arg(long, help_heading = "Output", hide_short_help = true, switch = Some("false"))]
    pub(crate) replace: bool,
    /// What is set besides what was asked for: what suits an array (see below), or nothing
    #[arg(long, value_enum, value_name = "SET", help_heading = "Output", hide_short_help = true, default_value_t = DefaultsArg::Array)]
    defaults: DefaultsArg,
    /// Only show what would be created: client or server
    ///
    /// With client it is shown without asking a server, except for the items of --items-from configmap/NAME; with server
    /// the server checks it and shows what it would store.
    #[arg(long, value_enum, value_name = "WHERE", help_heading = "Output", default_value_t = DryRun::None, hide_default_value = true, hide_possible_values = true)]
    pub(crate) dry_run: DryRun,
    /// Print the name or the objects instead of kubectl's line
    #[arg(short, long, value_enum, value_name = "FORM", help_heading = "Output", hide_short_help = true)]
    pub(crate) output: Option<Form>,
    /// The container's command and its arguments
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
    /// The command line itself, without the directives of a script.
    #[arg(skip)]
    line: script::Line,
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
enum DefaultsArg {
    /// What suits an array of tasks
    Array,
    /// The API's own
    Api,
}

/// What is read from elsewhere than the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// The file of `-f`.
    pub(crate) base: Option<Base>,
    /// The items of `--items-from`.
    pub(crate) items: Option<indexedjob_core::work::Items>,
    /// The script.
    pub(crate) script: Option<Vec<u8>>,
    /// Does somebody write to stdin?
    pub(crate) stdin_is_pipe: bool,
}

impl CreateArgs {
    /// The file to begin with; `-` is stdin.
    pub(crate) fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// The name that was given, or how it begins.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Name::as_str)
    }

    /// The script to run.
    pub(crate) fn script(&self) -> Option<&str> {
        self.script.as_deref()
    }

    /// Does what is made depend on what the server can do?
    pub(crate) fn needs_features(&self) -> bool {
        self.dry_run != DryRun::Client
            && (self.filename.is_none() || self.work.is_given() || self.job.retries.is_some())
    }

    /// Checks what can be checked before anything is read.
    pub(crate) fn check(&self) -> Result<(), Usage> {
        let from_stdin = [
            ("-f -", self.filename.as_deref() == Some("-")),
            ("--script -", self.script.as_deref() == Some("-")),
            ("--items-from -", matches!(self.work.source(), Some(ItemsSource::File("-")))),
        ];
        let mut from_stdin = from_stdin.iter().filter(|(_, given)| *given).map(|(flag, _)| flag);
        if let (Some(one), Some(other)) = (from_stdin.next(), from_stdin.next()) {
            return Err(Usage::new(format!("{one} and {other} both read stdin")));
        }
        self.stay.check()?;
        if self.rm && !self.stay.stays() {
            return Err(Usage::new("--rm goes with --wait or --logs")
                .hint("add --wait; --ttl 0 deletes it at its end, also when it failed"));
        }
        if self.output.is_some() && self.stay.logs && self.dry_run == DryRun::None {
            return Err(
                Usage::new("-o cannot be used with --logs: both write to stdout").hint("use --wait instead of --logs")
            );
        }
        if self.job.keep_entrypoint && (self.command.is_empty() || self.script.is_some()) {
            return Err(Usage::new("--keep-entrypoint goes with arguments after --, and not with a script"));
        }
        if let (Some(name), true) = (&self.name, self.replace)
            && matches!(name, Name::Prefix(_))
        {
            return Err(Usage::new("--replace needs a whole name"));
        }
        if self.job.count_disruptions && self.filename.is_some() {
            return Err(Usage::new("--count-disruptions cannot be used with -f: the file says what is counted")
                .hint("take the rule about DisruptionTarget out of the file's podFailurePolicy"));
        }
        self.delivery.check(&self.work, &self.pod)?;
        self.pod.check(self.line.wins("limits", "gpus"))?;
        parallel::refuse(&self.command)
    }

    /// What the flags and `inputs` mean. `namespace` is the one that was given as a flag.
    pub(crate) fn plan(self, inputs: Inputs, namespace: Option<String>, features: Features) -> Result<Plan, Usage> {
        let is_new = inputs.base.is_none();
        let called = self.name.as_ref().map_or("NAME", Name::as_str).to_owned();
        if is_new && self.name.is_none() {
            return Err(Usage::new("no name given")
                .hint("kubectl indexedjob create NAME --image IMAGE --completions N -- COMMAND"));
        }
        let image = self.image.filter(|image| !image.trim().is_empty());
        let work = self.work.work(inputs.items)?;
        if is_new && work.is_none() {
            return Err(work::none(&called, inputs.stdin_is_pipe));
        }
        if is_new && image.is_none() {
            return Err(
                Usage::new("no image given").hint(format!("kubectl indexedjob create {called} --image IMAGE ..."))
            );
        }
        let parallelism = self.job.parallelism(self.work.at_once()?, &self.line)?;
        self.job.check_queue(parallelism, inputs.base.as_ref())?;
        let token = self.delivery.token();
        let command = match self.script.zip(inputs.script) {
            Some((path, content)) => script::command(&path, content, self.command, token),
            None if self.command.is_empty() => Command::Keep,
            None => Command::Words { words: self.command, token, keep_entrypoint: self.job.keep_entrypoint },
        };
        Ok(Plan {
            base: inputs.base.unwrap_or(Base::New),
            name: self.name,
            namespace,
            delivery: self.delivery.delivery(work.as_ref())?,
            work,
            command,
            job: self.job.fields(parallelism),
            pod: self.pod.fields(image),
            defaults: match self.defaults {
                DefaultsArg::Array => Defaults::Array,
                DefaultsArg::Api => Defaults::Api,
            },
            features,
        })
    }
}

/// A whole name, or one that ends in `-`.
fn name(text: &str) -> Result<Name, String> {
    let name: JobName = text.parse()?;
    Ok(match name.as_str() {
        "-" => return Err("a name begins before the -".to_owned()),
        prefix if prefix.ends_with('-') => Name::Prefix(prefix.to_owned()),
        whole => Name::Whole(whole.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use indexedjob_core::work::Token;

    use super::super::{Cli, Stop, Verb, parse};
    use super::*;

    fn create(line: &[&str]) -> Result<Plan, Usage> {
        let args = ["kubectl-indexedjob", "create"].iter().chain(line).map(Into::into);
        match parse(args) {
            Ok(cli) => match cli.verb {
                Verb::Create(args) => {
                    args.check()?;
                    args.plan(Inputs::default(), None, Features::unasked())
                }
                other => panic!("{other:?}"),
            },
            Err(Stop::Usage(usage)) => Err(usage),
            Err(stop) => panic!("{stop:?}"),
        }
    }

    #[track_caller]
    fn refused(line: &[&str], want: &str) {
        let line: Vec<&str> = ["x", "--image=i"].iter().chain(line).copied().collect();
        let usage = create(&line).unwrap_err();
        let text = format!("{}\n{}", usage.message, usage.hint.unwrap_or_default());
        assert!(text.contains(want), "{text}");
    }

    #[test]
    fn flags_make_a_plan() {
        let line = ["x", "--image=i", "--items=a,b", "--parallelism=1", "--", "rev", "--flag"];
        let plan = create(&line).unwrap();
        assert_eq!((plan.name, plan.job.parallelism), (Some(Name::Whole("x".into())), Some(1)));
        assert_eq!(plan.work.unwrap().completions(), 2);
        let words = vec!["rev".to_owned(), "--flag".to_owned()];
        assert_eq!(plan.command, Command::Words { words, token: Token::Braces, keep_entrypoint: false });
        let prefix = create(&["train-", "--image=i", "--completions=1"]).unwrap();
        assert_eq!(prefix.name, Some(Name::Prefix("train-".into())));
    }

    #[test]
    fn work_is_given_exactly_once() {
        refused(&[], "no work given: one of --completions, --array, --items, --items-from, --matrix");
        refused(&["--completions=2", "--items=a"], "cannot be used with");
        refused(&["--array=1", "--matrix=a=b"], "cannot be used with");
        refused(&["--items="], "--items: the list is empty");
        refused(&["--items", "-"], "--items-from - reads items");
        refused(&["--items=@f"], "--items-from f reads items; for the item itself write --items '\"@f\"'");
        refused(&["--items=@f,g"], "--items '\"@f\",g'");
        let itself = create(&["x", "--image=i", "--items=\"@f\",g"]).unwrap();
        assert_eq!(itself.work.unwrap().items().unwrap().rows()[0].text, b"@f");
    }

    #[test]
    fn arrays_say_how_many_at_once() {
        let parallelism = |line: &[&str]| {
            let line: Vec<&str> = ["x", "--image=i"].iter().chain(line).copied().collect();
            create(&line).unwrap().job.parallelism
        };
        assert_eq!(parallelism(&["--array=0-15:2%4"]), Some(4));
        assert_eq!(parallelism(&["--array=0-15%4", "--parallelism=4"]), Some(4));
        refused(&["--array=0-15%4", "--parallelism=5"], "contradict each other");
        refused(&["--array=5-1"], "--array: the range 5-1 is descending");
    }

    #[test]
    fn flags_of_items_go_with_items() {
        for flag in ["--items-via=init", "--item-path=/a/b", "--item-env=A", "-I%"] {
            refused(&["--completions=2", flag], "goes with items");
        }
        refused(&["--items=a", "--item-env=A=col"], "the items have no columns");
        refused(&["--matrix=a=1", "--item-env=A=b"], "no column is called b; there are: a");
        refused(&["--matrix=a\u{1b}]0;x\u{7}=1", "--item-env=A=b\u{7}"], "called b\\x07; there are: a^[]0;x\\x07");
        let axes: Vec<String> = (0..12).map(|at| format!("--matrix=c{at}=1")).collect();
        let line: Vec<&str> = axes.iter().map(String::as_str).chain(["--item-env=A=b"]).collect();
        refused(&line, "there are: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more");
        refused(&["--items=a", "--item-env=A", "--env=A=1"], "the variable A is given twice");
        refused(&["--items=a", "--item-env=JOB_COMPLETION_INDEX"], "is the number of the task already");
        refused(&["--items=a", "--items-format=csv"], "--items-format goes with --items-from");
    }

    #[test]
    fn an_init_image_is_for_what_tasks_are_told() {
        refused(&["--completions=2", "--init-image=b"], "--init-image goes with items or --array");
        refused(&["--items=a", "--init-image=b", "--items-via=configmap"], "--init-image goes with --items-via=init");
        for work in ["--items=a", "--array=1-3"] {
            create(&["x", "--image=i", "--init-image=b", work]).unwrap();
        }
    }

    #[test]
    fn a_file_says_itself_whether_disruptions_are_counted() {
        let usage = create(&["-f", "job.yaml", "--count-disruptions"]).unwrap_err();
        assert_eq!(usage.message, "--count-disruptions cannot be used with -f: the file says what is counted");
        create(&["x", "--image=i", "--items=a", "--count-disruptions"]).unwrap();
    }

    #[test]
    fn numbers_have_limits() {
        for number in ["0", "-1", "2147483648"] {
            refused(&["--completions", number], "--completions must be between 1 and 2147483647");
        }
        refused(&["--completions=1", "--parallelism=-1"], "--parallelism must be between 0 and 100000");
    }

    #[test]
    fn the_item_is_in_a_directory() {
        for path in ["data.txt", "/data.txt", "/input/", "/in/../x"] {
            refused(&["--items=a", "--item-path", path], "absolute path with a directory");
        }
    }

    #[test]
    fn staying_needs_a_reason() {
        refused(&["--items=a", "--timeout=5s"], "--timeout goes with --wait or --logs");
        refused(&["--items=a", "--rm"], "--rm goes with --wait or --logs");
        refused(&["--items=a", "--progress=none"], "--progress goes with --wait or --logs");
        refused(&["--items=a", "--progress=json", "--logs"], "--logs and --progress=json both write to stdout");
        refused(&["--items=a", "--progress=json", "--wait", "-oname"], "--output and --progress=json both write");
        refused(&["--items=a", "-oname", "--logs"], "-o cannot be used with --logs");
        create(&["x", "--image=i", "--items=a", "-oyaml", "--logs", "--dry-run=client"]).unwrap();
    }

    #[test]
    fn a_queue_must_know_how_many_at_once() {
        refused(&["--items=a", "--queue=q"], "--queue needs --parallelism");
        let queued =
            |line: &[&str]| create(&[&["x", "--image=i", "--queue=q"], line].concat()).unwrap().job.parallelism;
        assert_eq!(queued(&["--items=a", "--parallelism=1"]), Some(1));
        assert_eq!(queued(&["--array=1-10%4"]), Some(4));
        let of_file = |job: serde_json::Value| {
            let words = ["kubectl-indexedjob", "create", "-f", "f", "--queue=q"].map(Into::into);
            let Ok(Cli { verb: Verb::Create(args), .. }) = parse(words) else { panic!("a right line") };
            let inputs = Inputs { base: Some(Base::File { job, helpers: vec![] }), ..Inputs::default() };
            args.plan(inputs, None, Features::unasked())
        };
        assert!(of_file(serde_json::json!({"spec": {"parallelism": 3}})).is_ok());
        assert!(
            of_file(serde_json::json!({"spec": {}})).unwrap_err().message.starts_with("--queue needs --parallelism")
        );
    }

    #[test]
    fn one_volume_has_one_place() {
        for path in ["/d", "/d/", "//d/."] {
            let second = format!("--volume=pvc/b:{path}");
            let want = format!("two volumes are mounted at {path}; one would hide the other");
            refused(&["--items=a", "--volume=pvc/a:/d", &second], &want);
        }
        create(&["x", "--image=i", "--items=a", "--volume=pvc/a:/d", "--volume=pvc/a:/d/e"]).unwrap();
    }

    #[test]
    fn gpus_are_said_once() {
        let limit = "--limits=nvidia.com/gpu=1";
        refused(&["--items=a", "--gpus=2", limit], "--gpus 2 and --limits nvidia.com/gpu=1 contradict each other");
        create(&["x", "--image=i", "--items=a", "--gpus=1", limit]).unwrap();
    }

    #[test]
    fn first_tries_of_newcomers() {
        refused(&["--completions=1", "--", "gzip", ":::", "a", "b"], "--items a,b -- gzip {}");
    }

    #[test]
    fn stdin_is_read_once() {
        assert!(create(&["-f", "-", "--items-from=-"]).unwrap_err().message.contains("both read stdin"));
    }
}
