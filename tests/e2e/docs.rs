//! The Kubernetes docs' page "Indexed Job for Parallel Processing with Static Work Assignment", row by row.

use serde_json::{Value, json};

use crate::describe::shows_every_line_of_kubectl;
use crate::harness::{Space, cluster, say};

/// The docs' first manifest: an init container picks the item.
const WITH_ITEMS: &str = include_str!("manifests/indexed-job.yaml");

/// The docs' second manifest: a volume holds the index.
const WITH_VOLUME: &str = include_str!("manifests/indexed-job-vol.yaml");

/// The docs' example by flags, up to how the items travel.
const BY_FLAGS: &str =
    "create indexed-job --image docker.io/library/busybox --items foo,bar,baz,qux,xyz --parallelism 3";

const REVERSED: [&str; 5] = ["oof\n", "rab\n", "zab\n", "xuq\n", "zyx\n"];

/// Both objects, as the server has them, are the same but for what it generates for each.
#[track_caller]
fn are_the_same(ours: &Value, kubectls: &Value) {
    let mut pair = [ours.clone(), kubectls.clone()];
    for object in &mut pair {
        let generated = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "labels"];
        let template = "/spec/template/metadata/labels";
        for (place, keys) in [("/metadata", &generated[..]), ("/spec", &["selector"]), (template, &[])] {
            let Some(Value::Object(fields)) = object.pointer_mut(place) else { continue };
            fields.retain(|key, _| !keys.contains(&key.as_str()) && !key.ends_with("controller-uid"));
        }
        object.as_object_mut().expect("an object").remove("status");
    }
    let [ours, kubectls] = pair;
    assert_eq!(ours, kubectls);
}

#[test]
fn the_docs_manifest_runs_unmodified_from_a_file() {
    let space = Space::new("docs-file");
    space.write("indexed-job.yaml", WITH_ITEMS);
    let created = space.indexedjob("create -f indexed-job.yaml").output();
    created.is(0, "job.batch/indexed-job created\n", &[]);
    space.completes("indexed-job");
    space.logs_are("indexed-job", &REVERSED);
    let described = shows_every_line_of_kubectl(&space, "indexed-job");
    for line in ["Pods Statuses:      0 Active (0 Ready) / 5 Succeeded / 0 Failed", "Completed Indexes:  0-4"] {
        assert!(described.lines().any(|other| other == line), "{line}\n{described}");
    }
    assert!(described.contains("  Normal  Completed "), "no event tells that it completed\n{described}");
}

#[test]
fn the_docs_manifest_from_stdin_gets_nothing_of_ours() {
    let space = Space::new("docs-stdin");
    let kubectls = space.kubectl("create --dry-run=server -o json -f -").stdin(WITH_ITEMS).json();
    let created = space.indexedjob("create -f -").stdin(WITH_ITEMS).output();
    created.is(0, "job.batch/indexed-job created\n", &[]);
    let ours = space.job("indexed-job");
    are_the_same(&ours, &kubectls);
    let labels: Vec<&String> = ours["metadata"]["labels"].as_object().expect("labels").keys().collect();
    assert!(labels.iter().all(|label| !label.starts_with("kubectl-indexedjob/")), "{labels:?}");
    assert_eq!(space.config_maps(), Vec::<Value>::new());
}

#[test]
fn the_same_by_flags_is_the_docs_manifest_field_for_field() {
    let space = Space::new("docs-flags");
    let line = format!("{BY_FLAGS} --items-via init --defaults=api");
    let command = ["--", "rev", "/input/data.txt"];
    let shown = space.indexedjob(&line).args(["--dry-run=client", "-o", "yaml"]).args(command).ok();
    assert_eq!(space.parsed(shown.stdout), space.parsed(WITH_ITEMS));
    space.is_empty();
    let created = space.indexedjob(&line).args(command).output();
    created.is(0, "job.batch/indexed-job created\n", &["5 items"]);
    space.completes("indexed-job");
    space.logs_are("indexed-job", &REVERSED);
}

#[test]
fn without_the_apis_defaults_only_our_documented_ones_differ() {
    let space = Space::new("docs-defaults");
    let line = format!("{BY_FLAGS} --items-via init");
    let command = ["--", "rev", "/input/data.txt"];
    let shown = space.indexedjob(&line).args(["--dry-run=client", "-o", "yaml"]).args(command).ok();
    let mut want = space.parsed(WITH_ITEMS);
    want[0]["spec"]["backoffLimitPerIndex"] = json!(0);
    let disruption = json!([{"type": "DisruptionTarget", "status": "True"}]);
    want[0]["spec"]["podFailurePolicy"] = json!({"rules": [{"action": "Ignore", "onPodConditions": disruption}]});
    let worker = &mut want[0]["spec"]["template"]["spec"]["containers"][0];
    worker["terminationMessagePolicy"] = json!("FallbackToLogsOnError");
    assert_eq!(space.parsed(shown.stdout), want);
    space.indexedjob(&line).args(command).ok();
    space.completes("indexed-job");
    space.logs_are("indexed-job", &REVERSED);
    assert_eq!(space.job("indexed-job")["spec"]["backoffLimitPerIndex"], 0);
}

#[test]
fn items_in_a_config_map_need_no_shell_and_go_with_the_job() {
    let space = Space::new("docs-configmap");
    let created = space.indexedjob(BY_FLAGS).args(["--", "rev", "/input/data.txt"]).output();
    created.is(0, "job.batch/indexed-job created\n", &["5 items"]);
    let (image, command) = image_without_a_shell();
    let one = space.indexedjob(&format!("create bare --image {image} --items no-shell")).args(["--", command]);
    one.args(["/input/data.txt"]).ok();
    space.completes("indexed-job");
    // The file holds the item and nothing else, so no newline ends the log.
    space.logs_are("indexed-job", &REVERSED.map(str::trim_end));
    space.completes("bare");
    space.logs_are("bare", &["no-shell"]);
    let job = space.job("indexed-job");
    let maps = space.config_maps();
    let owners: Vec<&Value> = maps.iter().map(|map| &map["metadata"]["ownerReferences"][0]["uid"]).collect();
    assert_eq!(owners.len(), 2);
    assert!(owners.contains(&&job["metadata"]["uid"]), "{owners:?}");
    assert!(job["metadata"]["annotations"].get("kubectl-indexedjob/creating").is_none(), "{job}");
    space.kubectl("delete job indexed-job bare").ok();
    space.until("the ConfigMaps are gone", || space.config_maps().is_empty().then_some(()));
}

/// An image with a single file, a program that prints files; on a cluster that is no lab, one where no shell is run.
fn image_without_a_shell() -> (&'static str, &'static str) {
    const IMAGE: &str = "docker.io/library/indexedjob-e2e-cat:1";
    let Some(lab) = cluster().lab("an image without a shell") else {
        return ("docker.io/library/busybox", "cat");
    };
    // A busybox that is called cat is cat, and nothing else.
    let busybox = ["/bin/busybox", "/usr/bin/busybox"].into_iter().find(|path| std::path::Path::new(path).exists());
    let Some(busybox) = busybox else {
        say("skipped, there is no busybox on this machine: an image without a shell");
        return ("docker.io/library/busybox", "cat");
    };
    lab.run(&["image", "add", IMAGE, "--binary", &format!("{busybox}:/cat")]);
    (IMAGE, "/cat")
}

#[test]
fn the_docs_variant_with_a_volume_shows_the_index_as_a_file() {
    let space = Space::new("docs-volume");
    space.indexedjob("create -f -").stdin(WITH_VOLUME).output().is(0, "job.batch/indexed-job created\n", &[]);
    space.completes("indexed-job");
    space.logs_are("indexed-job", &["0", "1", "2", "3", "4"]);
}

#[test]
fn a_task_knows_its_index_from_the_environment() {
    let space = Space::new("docs-env");
    let flags = space.indexedjob("create own --image docker.io/library/busybox --completions 2");
    let flags = flags.args(["--", "sh", "-c", "echo task $JOB_COMPLETION_INDEX"]).output();
    flags.is(0, "job.batch/own created\n", &[]);
    let manifest = r"
apiVersion: batch/v1
kind: Job
metadata: {name: named}
spec:
  completions: 2
  parallelism: 2
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: worker
        image: docker.io/library/busybox
        command: [echo, my index is $(MY_INDEX)]
        env:
        - name: MY_INDEX
          valueFrom:
            fieldRef:
              fieldPath: metadata.annotations['batch.kubernetes.io/job-completion-index']
";
    space.indexedjob("create -f -").stdin(manifest).ok();
    space.completes("own");
    space.logs_are("own", &["task 0\n", "task 1\n"]);
    space.completes("named");
    space.logs_are("named", &["my index is 0\n", "my index is 1\n"]);
}

#[test]
fn a_list_in_a_config_map_is_read_as_environment_and_as_volume() {
    let space = Space::new("docs-list");
    space.apply(
        r"
apiVersion: v1
kind: ConfigMap
metadata: {name: colours}
data:
  words: red green
  lines: |
    red
    green
",
    );
    let manifest = r"
apiVersion: batch/v1
kind: Job
metadata: {name: colours}
spec:
  completions: 2
  parallelism: 2
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: worker
        image: docker.io/library/busybox
        command:
        - sh
        - -c
        - |
          set -- $WORDS
          shift $JOB_COMPLETION_INDEX
          echo environment: $1
          echo volume: $(sed -n $((JOB_COMPLETION_INDEX + 1))p /list/lines)
        env:
        - name: WORDS
          valueFrom: {configMapKeyRef: {name: colours, key: words}}
        volumeMounts: [{name: list, mountPath: /list}]
      volumes: [{name: list, configMap: {name: colours}}]
";
    space.indexedjob("create -f -").stdin(manifest).ok();
    space.completes("colours");
    space.logs_are("colours", &["environment: red\nvolume: red\n", "environment: green\nvolume: green\n"]);
}
