//! How each task gets what is its own: its item as a file, its item and its number in variables and in the words of its
//! command.
//!
//! - `inline`: lists in the script of an init container, as in the Kubernetes docs
//! - `lists`: lists in `ConfigMaps`
//! - `values`: variables and words, from files by Kubernetes or by a shell around the command
//! - `given`: another command for tasks that find what is their own already
//! - `needs`: what a plan asks for; `renumber`: some of the tasks of another Job
//! - `read_back`: the reverse, from a Job to its items

mod given;
mod inline;
mod lists;
mod needs;
mod read_back;
mod renumber;
mod values;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

pub use given::{Fields, Replacement, replace_command};
pub use read_back::{ItemPlace, Kept, TaskItems};
pub use renumber::{Part, renumber};

use self::lists::{List, Pack};
use self::needs::{Needs, Way};
use super::edit::Manifest;
use super::expansion::escaped;
use super::{JOB_LABEL, Problem};
use crate::plan::{Command, Plan, Via};
use crate::text::shown;
use crate::work::{Piece, Source, Word};

/// The image of the init container that writes inline lists, as in the Kubernetes docs.
const BASH: &str = "docker.io/library/bash";
/// The image of any other init container; it needs `sh`, `cp` and `sed`.
const SHELL: &str = "docker.io/library/busybox";
/// Where a script is mounted.
pub(super) const SCRIPT_PATH: &str = "/indexedjob-script";

/// How things reach the tasks, to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The file that holds the item; None where there are no items.
    pub item_path: Option<String>,
    /// How lists travel; None where there are none.
    pub travel: Option<String>,
    /// How values get into variables and words; None where there are none.
    pub values: Option<&'static str>,
    /// The program that keeps the `{}` in its arguments; None where none does.
    pub left_to: Option<&'static str>,
}

/// Lets every task of `plan` find what is its own; returns the helper objects that this needs.
pub(super) fn deliver(plan: &Plan, manifest: &mut Manifest, suffix: &str) -> Result<(Vec<Value>, Ways), Problem> {
    let needs = Needs::of(plan, manifest)?;
    let computed = needs.computed();
    let lists = needs.lists(computed.is_some());
    let travel = Travel::of(plan, &lists)?;
    let plumbing = manifest.free_name("volumes", values::VOLUME);
    let mut parts = Parts { plan, suffix, manifest, needs: &needs, lists: &lists, plumbing, helpers: Vec::new() };
    parts.script()?;
    parts.numbers();
    parts.values(computed.as_deref());
    parts.files(&travel, computed.as_deref())?;
    let helpers = parts.helpers;
    let ways = Ways {
        item_path: needs.items.map(|_| plan.delivery.item_path.clone()),
        travel: travel.told(),
        values: needs.way.told(),
        left_to: needs.left_to,
    };
    Ok((helpers, ways))
}

/// How lists travel.
enum Travel {
    /// There are none.
    Nothing,
    /// A key for each index.
    Keys,
    /// In the script of the init container, a part for each list.
    Inline(Vec<String>),
    /// Packed, for each list.
    Packed(Vec<Vec<Pack>>),
}

impl Travel {
    fn of(plan: &Plan, lists: &[List]) -> Result<Self, Problem> {
        if lists.is_empty() {
            return Ok(Self::Nothing);
        }
        let size = lists::keyed_size(lists);
        let fits = size <= lists::CONFIG_MAP_BYTES;
        let few = lists.iter().all(|list| list.entries.len() <= lists::KEYS);
        match plan.delivery.via {
            Via::Auto if fits && few => Ok(Self::Keys),
            Via::ConfigMap if fits => Ok(Self::Keys),
            Via::ConfigMap => {
                let problem = format!(
                    "the items take {size} bytes with their keys, and a ConfigMap holds {}",
                    lists::CONFIG_MAP_BYTES
                );
                Err(Problem::new(problem).hint("use --items-via init, or leave --items-via out"))
            }
            Via::Init => match Self::inline(plan, lists) {
                Some(inline) => Ok(inline),
                None => Self::packed(lists),
            },
            Via::Auto => Self::packed(lists),
        }
    }

    fn inline(plan: &Plan, lists: &[List]) -> Option<Self> {
        let script = |list: &List| {
            let entries: Vec<&[u8]> = list.entries.iter().map(AsRef::as_ref).collect();
            inline::script(&list.path(plan), &entries)
        };
        let scripts: Vec<String> = lists.iter().map(script).collect::<Option<_>>()?;
        let size: usize = scripts.iter().map(String::len).sum();
        (size <= inline::SCRIPT_BYTES).then_some(Self::Inline(scripts))
    }

    fn packed(lists: &[List]) -> Result<Self, Problem> {
        Ok(Self::Packed(lists.iter().map(lists::packed).collect::<Result<_, _>>()?))
    }

    fn told(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Keys => Some("configmap".to_owned()),
            Self::Inline(_) => Some("init".to_owned()),
            Self::Packed(packs) => {
                let count: usize = packs.iter().map(Vec::len).sum();
                let maps = if count == 1 { "ConfigMap" } else { "ConfigMaps" };
                Some(format!("init (packed in {count} {maps})"))
            }
        }
    }
}

impl List<'_> {
    /// The file that an init container writes it to.
    fn path(&self, plan: &Plan) -> String {
        match self.kind {
            lists::ITEM => plan.delivery.item_path.clone(),
            _ => values_file(),
        }
    }
}

fn values_file() -> String {
    format!("{}/{}", values::DIRECTORY, values::FILE)
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(directory, _)| directory)
}

/// The parts that are put into the Job, one after the other.
struct Parts<'a> {
    plan: &'a Plan,
    suffix: &'a str,
    manifest: &'a mut Manifest,
    needs: &'a Needs<'a>,
    lists: &'a [List<'a>],
    /// The volume of item, values and number, where an init container writes them.
    plumbing: String,
    helpers: Vec<Value>,
}

impl Parts<'_> {
    /// The script that is brought along.
    fn script(&mut self) -> Result<(), Problem> {
        let Command::Script { file_name, content, .. } = &self.plan.command else { return Ok(()) };
        let (size, most) = (file_name.len() + content.len(), lists::CONFIG_MAP_BYTES);
        if size > most {
            return Err(Problem::new(format!(
                "the script takes {size} bytes with its name, and a ConfigMap holds {most}"
            ))
            .hint("put it into the image, or on a volume"));
        }
        let name = self.helper_name("script", None);
        self.helper(&name, lists::single(file_name, content));
        let volume = self.manifest.free_name("volumes", "script");
        // Everybody may read and run it: the program's user is not known here.
        self.manifest.add_volume(json!({"name": volume, "configMap": {"name": name, "defaultMode": 0o555}}));
        self.mount_new(json!({"name": volume, "mountPath": SCRIPT_PATH, "readOnly": true}))
    }

    /// The variables that any server fills in.
    fn numbers(&mut self) {
        self.manifest.set_env_first(self.needs.fields());
    }

    /// Variables and words that are of each task its own, and the command.
    fn values(&mut self, computed: Option<&str>) {
        let needs = self.needs;
        match needs.way {
            Way::Nothing => {
                if let Some(words) = needs.words() {
                    // A Job that came from here may give its tasks their values by a shell around the old command.
                    let texts: Vec<Word> = words.iter().map(|word| vec![Piece::Text(word.clone())]).collect();
                    let wrapped = values::rewrapped(&self.manifest.container()["command"], &texts);
                    self.manifest.set_command(&wrapped.unwrap_or(words), needs.keep_entrypoint);
                }
            }
            Way::FileKeyRef => {
                let variables = needs.file_variables();
                if let Some(words) = needs.words() {
                    self.manifest.set_command(&words, needs.keep_entrypoint);
                }
                let entries =
                    variables.iter().map(|(name, source)| values::from_file(name, *source, &self.plumbing)).collect();
                self.manifest.set_env_first(entries);
            }
            Way::Wrapper => {
                let prelude = computed.map_or_else(|| format!(". {} || exit\n", values_file()), str::to_owned);
                let (exported, words) = needs.wrapped(&prelude, self.manifest.container());
                for name in &exported {
                    self.manifest.remove_env(name);
                }
                self.manifest.set_command(&words, false);
            }
        }
    }

    /// Files: volumes, mounts, the init container and the `ConfigMaps` behind them.
    fn files(&mut self, travel: &Travel, computed: Option<&str>) -> Result<(), Problem> {
        let number_path = self.plan.delivery.index_path.as_deref();
        let own_number_file = number_path.filter(|_| self.needs.numbering.set().is_some());
        let by_init = matches!(travel, Travel::Inline(_) | Travel::Packed(_));
        let has_init = by_init || self.needs.way == Way::FileKeyRef || own_number_file.is_some();
        let mut init = Init::default();
        match travel {
            Travel::Nothing => {}
            Travel::Keys => self.keys(has_init.then_some(&mut init))?,
            // Of several lists the first must not be missing unseen.
            Travel::Inline(scripts) if scripts.len() > 1 => init.inline = format!("set -e\n{}", scripts.concat()),
            Travel::Inline(scripts) => init.inline = scripts.concat(),
            Travel::Packed(packs) => self.packs(packs, &mut init),
        }
        if matches!(travel, Travel::Inline(_)) && self.needs.items.is_some() {
            // The docs' way: the directory of the item is a volume.
            let volume = self.manifest.free_name("volumes", "input");
            self.manifest.add_volume(json!({"name": volume, "emptyDir": {}}));
            let mount = json!({"name": volume, "mountPath": directory(&self.plan.delivery.item_path)});
            self.mount_new(mount.clone())?;
            init.mounts.push(mount);
        }
        let packed_items = matches!(travel, Travel::Packed(_)) && self.needs.items.is_some();
        if has_init && (packed_items || self.needs.way != Way::Nothing || own_number_file.is_some()) {
            self.plumbing(&mut init, computed, own_number_file)?;
        }
        if packed_items {
            // Only the one file: what else is in its directory stays.
            let path = &self.plan.delivery.item_path;
            let mount = json!({"name": self.plumbing, "mountPath": path, "subPath": lists::ITEM, "readOnly": true});
            self.mount_new(mount)?;
        }
        if let Some(path) = number_path.filter(|_| own_number_file.is_none()) {
            let volume = self.manifest.free_name("volumes", "index");
            let item = json!({"path": values::NUMBER_FILE, "fieldRef": values::index_field()});
            self.manifest.add_volume(json!({"name": volume, "downwardAPI": {"items": [item]}}));
            self.mount_new(json!({"name": volume, "mountPath": path, "subPath": values::NUMBER_FILE}))?;
        }
        if has_init {
            let container = init.container(self.plan, self.manifest);
            self.manifest.init_first(container);
        }
        Ok(())
    }

    /// A key for each index in one `ConfigMap`; with `init`, the values pass through it.
    fn keys(&mut self, init: Option<&mut Init>) -> Result<(), Problem> {
        let name = self.helper_name("items", None);
        self.helper(&name, lists::keyed(self.lists));
        let volume = self.manifest.free_name("volumes", "input");
        self.manifest.add_volume(json!({"name": volume, "configMap": {"name": name}}));
        let mount = |path: String, list: &List, index: &str| {
            let key = list.key(&format!("$({index})"));
            json!({"name": volume, "mountPath": path, "subPathExpr": key, "readOnly": true})
        };
        let mut through_init = init;
        for list in self.lists {
            match &mut through_init {
                Some(init) if list.kind != lists::ITEM => {
                    let path = format!("{}/{}", lists::PACKS_PATH, values::FILE);
                    init.mounts.push(mount(path.clone(), list, needs::INDEX));
                    let _ = writeln!(init.script, "cp {path} {}", values_file());
                }
                _ => self.mount_new(mount(list.path(self.plan), list, self.needs.index_variable()))?,
            }
        }
        Ok(())
    }

    /// Lines in several `ConfigMaps`, which only the init container mounts.
    fn packs(&mut self, packs: &[Vec<Pack>], init: &mut Init) {
        let mut sources = Vec::new();
        init.script.push_str(lists::PUT);
        for (list, packs) in self.lists.iter().zip(packs) {
            for pack in packs {
                let name = self.helper_name("items", Some(sources.len()));
                self.helper(&name, lists::single(&pack.key, pack.lines.as_bytes()));
                sources.push(json!({"configMap": {"name": name}}));
            }
            init.script.push_str(&lists::put_call(list, packs, &format!("{}/{}", values::DIRECTORY, list.kind)));
        }
        let volume = self.manifest.free_name("volumes", "lists");
        self.manifest.add_volume(json!({"name": volume, "projected": {"sources": sources}}));
        init.mounts.push(json!({"name": volume, "mountPath": lists::PACKS_PATH, "readOnly": true}));
    }

    /// The directory of item, values and number, which the init container fills.
    fn plumbing(&mut self, init: &mut Init, computed: Option<&str>, number: Option<&str>) -> Result<(), Problem> {
        self.manifest.add_volume(json!({"name": self.plumbing, "emptyDir": {}}));
        init.mounts.push(json!({"name": self.plumbing, "mountPath": values::DIRECTORY}));
        match computed {
            Some(computed) => {
                init.script.push_str(computed);
                let key = values::key(Source::Number);
                let _ = writeln!(init.script, "printf \"{key}='%s'\\n\" \"$IJ_N\" > {}", values_file());
            }
            None if number.is_some() => {
                let _ = writeln!(init.script, ". {}", values_file());
            }
            None => {}
        }
        if let Some(path) = number {
            let file = values::NUMBER_FILE;
            let _ = writeln!(init.script, "printf %s \"$IJ_N\" > {}/{file}", values::DIRECTORY);
            let mount = json!({"name": self.plumbing, "mountPath": path, "subPath": file, "readOnly": true});
            self.mount_new(mount)?;
        }
        if self.needs.way == Way::Wrapper && computed.is_none() {
            let mount = json!({"name": self.plumbing, "mountPath": values::DIRECTORY, "readOnly": true});
            self.mount_new(mount)?;
        }
        Ok(())
    }

    /// Mounts where nothing is mounted yet.
    fn mount_new(&mut self, mount: Value) -> Result<(), Problem> {
        let path = mount["mountPath"].as_str().unwrap_or_default();
        let taken = self.manifest.container()["volumeMounts"].as_array().into_iter().flatten();
        if taken.into_iter().any(|other| other["mountPath"] == path) {
            return Err(Problem::new(format!("something else is mounted at {}", shown(path)))
                .hint("choose another place for the item by --item-path, or for the number by --index-path"));
        }
        self.manifest.mount(mount);
        Ok(())
    }

    fn helper_name(&self, what: &str, number: Option<usize>) -> String {
        let name = self.manifest.name().trim_end_matches('-');
        let number = number.map_or_else(String::new, |number| format!("-{number}"));
        format!("{name}-{what}-{}{number}", self.suffix)
    }

    /// A `ConfigMap` of the Job. Who owns it is added once the Job is there.
    fn helper(&mut self, name: &str, content: Map<String, Value>) {
        let mut helper = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name},
            "immutable": true,
        });
        // The label of a Job whose name the server completes comes with its owner.
        if !self.manifest.name().ends_with('-') {
            helper["metadata"]["labels"] = json!({JOB_LABEL: self.manifest.name()});
        }
        if let Some(namespace) = self.manifest.job()["metadata"]["namespace"].as_str() {
            helper["metadata"]["namespace"] = json!(namespace);
        }
        content.into_iter().for_each(|(key, value)| helper[key] = value);
        self.helpers.push(helper);
    }
}

/// The init container.
#[derive(Default)]
struct Init {
    /// A program of bash, its dollars escaped.
    inline: String,
    /// A program of any `sh`.
    script: String,
    mounts: Vec<Value>,
}

impl Init {
    fn container(self, plan: &Plan, manifest: &Manifest) -> Value {
        let (shell, image) = if self.inline.is_empty() { ("sh", SHELL) } else { ("bash", BASH) };
        let script = match (self.inline, escaped(&self.script)) {
            (inline, script) if script.is_empty() => inline,
            (inline, script) => format!("{inline}set -e\n{script}"),
        };
        let mut container = json!({
            "name": manifest.free_name("initContainers", "input"),
            "image": plan.delivery.init_image.as_deref().unwrap_or(image),
            "command": [shell, "-c", script],
            "volumeMounts": self.mounts,
        });
        // A namespace with a quota refuses a container that says nothing; and this costs nothing, since it runs before
        // the worker.
        let asked = |kind: &str| {
            let amounts = manifest.container()["resources"][kind].as_object();
            let shared = amounts.into_iter().flatten().filter(|(name, _)| matches!(name.as_str(), "cpu" | "memory"));
            shared.map(|(name, amount)| (name.clone(), amount.clone())).collect::<Map<_, _>>()
        };
        for kind in ["requests", "limits"] {
            let amounts = asked(kind);
            if !amounts.is_empty() {
                container["resources"][kind] = Value::Object(amounts);
            }
        }
        // Nor one that may do more than the worker.
        let security = &manifest.container()["securityContext"];
        if !security.is_null() {
            container["securityContext"] = security.clone();
        }
        container
    }
}
