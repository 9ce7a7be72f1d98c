//! What the flags say arrives at the server as it was meant, alone and laid over a file; nothing else does.

use serde_json::{Value, json};

use crate::harness::{Space, say};

const BUSYBOX: &str = "docker.io/library/busybox";

/// Everything of `want` is in `found`; lists are compared whole.
#[track_caller]
fn holds(found: &Value, want: &Value, path: &str) {
    match want {
        Value::Object(fields) => {
            for (key, want) in fields {
                holds(&found[key], want, &format!("{path}.{key}"));
            }
        }
        Value::Array(items) if items.iter().all(Value::is_object) => {
            assert_eq!(found.as_array().map(Vec::len), Some(items.len()), "{path}: {found}");
            items.iter().enumerate().for_each(|(at, want)| holds(&found[at], want, &format!("{path}[{at}]")));
        }
        want => assert_eq!(found, want, "{path}"),
    }
}

/// Every flag that sets a field of every server; the two that count successes are younger.
const FLAGS: &str = "--image busybox --completions 8 --parallelism 2 --retries 3 --max-failed-indexes 50% \
    --active-deadline 1h --ttl 10m --backoff-limit 9 --pod-replacement-policy Failed --fail-job-on 42 \
    --fail-index-on 3,5-6 --suspend --time-limit 90s --image-pull-policy Never --image-pull-secret registry \
    --working-dir /work --service-account robot --requests cpu=500m,memory=1Gi --limits memory=2Gi --gpus 2 \
    --node-selector disk=ssd,zone=a --toleration a=b:NoSchedule --toleration c --priority-class high \
    --runtime-class fast --label team=x,app=y --annotation note=z --env A=1 --env B=$(A)$$ --env-from secret/s \
    --env-from configmap/m --volume pvc/data:/data:ro --volume configmap/m:/m --volume secret/s:/s \
    --volume hostpath/mnt/x:/x --volume emptydir/1Gi:/e --volume memory/2Gi:/dev/shm --volume emptydir:/f \
    --index-env N --index-path /number/n --queue q";

/// What they make of the container.
fn container() -> Value {
    json!({
        "name": "worker", "image": "busybox", "imagePullPolicy": "Never", "workingDir": "/work",
        "command": ["run", "--fast", "$(A)", "$$$$"], "terminationMessagePolicy": "FallbackToLogsOnError",
        "env": [{"name": "N"}, {"name": "A", "value": "1"}, {"name": "B", "value": "$(A)$$$$"}],
        "envFrom": [{"secretRef": {"name": "s"}}, {"configMapRef": {"name": "m"}}],
        "resources": {
            "requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi", "nvidia.com/gpu": "2"},
        },
        "volumeMounts": [
            {"mountPath": "/data", "readOnly": true}, {"mountPath": "/m"}, {"mountPath": "/s"}, {"mountPath": "/x"},
            {"mountPath": "/e"}, {"mountPath": "/dev/shm"}, {"mountPath": "/f"}, {"mountPath": "/number/n"},
        ],
    })
}

/// What they make of the pod.
fn pod() -> Value {
    json!({
        "activeDeadlineSeconds": 90, "imagePullSecrets": [{"name": "registry"}], "serviceAccountName": "robot",
        "nodeSelector": {"disk": "ssd", "zone": "a"}, "priorityClassName": "high", "runtimeClassName": "fast",
        "tolerations": [
            {"key": "a", "operator": "Equal", "value": "b", "effect": "NoSchedule"}, {"key": "c", "operator": "Exists"},
        ],
        "restartPolicy": "Never", "containers": [container()],
        "volumes": [
            {"persistentVolumeClaim": {"claimName": "data"}}, {"configMap": {"name": "m"}},
            {"secret": {"secretName": "s"}}, {"hostPath": {"path": "/mnt/x"}}, {"emptyDir": {"sizeLimit": "1Gi"}},
            {"emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}, {"emptyDir": {}},
            {"downwardAPI": {"items": [{"path": "number"}]}},
        ],
    })
}

#[test]
fn every_flag_sets_its_field() {
    let space = Space::new("fields");
    let line = format!("create all {FLAGS} --dry-run=server -o json -- run --fast $(A) $$");
    let rules = json!([
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
        {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [3, 5, 6]}},
    ]);
    let metadata = json!({"labels": {"team": "x", "app": "y"}, "annotations": {"note": "z"}});
    let spec = json!({
        "completionMode": "Indexed", "completions": 8, "parallelism": 2, "backoffLimitPerIndex": 3,
        "maxFailedIndexes": 4, "activeDeadlineSeconds": 3600, "ttlSecondsAfterFinished": 600, "backoffLimit": 9,
        "podReplacementPolicy": "Failed", "suspend": true, "podFailurePolicy": {"rules": rules},
        "template": {"metadata": metadata, "spec": pod()},
    });
    let mut want = json!({"metadata": metadata, "spec": spec});
    want["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] = json!("q");
    holds(&space.indexedjob(&line).json(), &want, "");
}

#[test]
fn a_success_policy_counts_in_numbers() {
    let space = Space::new("fields-success");
    if space.server_minor() < 31 {
        return say("skipped, the server has no successPolicy");
    }
    let line = "create few --image busybox --array 10-40:10 --succeeded-indexes 10,30 --succeeded-count 1";
    let job = space.indexedjob(&format!("{line} --dry-run=server -o json -- true")).json();
    let rules = json!([{"succeededIndexes": "0,2", "succeededCount": 1}]);
    assert_eq!(job["spec"]["successPolicy"]["rules"], rules);
}

/// A Job with two containers and fields that no flag names.
const BASE: &str = r#"
apiVersion: batch/v1
kind: Job
metadata:
  name: base
  labels: {team: x, app: base}
spec:
  completionMode: Indexed
  completions: 3
  backoffLimit: 0700
  template:
    metadata: {labels: {team: x}}
    spec:
      restartPolicy: OnFailure
      hostAliases: [{ip: 10.0.0.1, hostnames: [yes.example]}]
      containers:
      - name: side
        image: side:1
      - name: main
        image: main:1
        command: [main, "$$(A)"]
        env: [{name: A, value: "1"}, {name: B, value: "on"}]
        volumeMounts: [{name: data, mountPath: /data}]
        lifecycle: {preStop: {exec: {command: ["true"]}}}
      volumes: [{name: data, emptyDir: {}}]
"#;

/// Without what the server makes up for each object.
fn settled(mut job: Value) -> Value {
    for place in ["/metadata", "/spec/template/metadata/labels", "/spec/template/metadata", "/spec"] {
        let generated = ["creationTimestamp", "uid", "managedFields", "generation", "selector", "resourceVersion"];
        if let Some(fields) = job.pointer_mut(place).and_then(Value::as_object_mut) {
            fields.retain(|key, _| !generated.contains(&key.as_str()) && !key.ends_with("controller-uid"));
        }
    }
    job
}

#[test]
fn flags_are_laid_over_a_file_and_nothing_else_is() {
    let space = Space::new("fields-file");
    let kubectls = space.kubectl("create -f - --dry-run=server -o json").stdin(BASE).json();
    let plain = space.indexedjob("create -f - --dry-run=server -o json").stdin(BASE).json();
    assert_eq!(settled(plain), settled(kubectls.clone()));
    let flags = "--completions 5 --env B=2 --env C=3 --label team=z --volume emptydir:/more --volume configmap/m:/data \
                 -c main --requests cpu=1 --dry-run=server -o json";
    let ours = space.indexedjob(&format!("create -f - {flags}")).stdin(BASE).json();
    let mut want = settled(kubectls);
    want["spec"]["completions"] = json!(5);
    want["metadata"]["labels"]["team"] = json!("z");
    want["spec"]["template"]["metadata"]["labels"]["team"] = json!("z");
    let ours = settled(ours);
    let pod = &mut want["spec"]["template"]["spec"];
    let main = &mut pod["containers"][1];
    main["env"] = json!([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"}]);
    main["resources"] = json!({"requests": {"cpu": "1"}});
    main["volumeMounts"] = json!([
        {"name": "configmap", "mountPath": "/data"}, {"name": "emptydir", "mountPath": "/more"},
    ]);
    pod["volumes"] = json!([
        {"name": "data", "emptyDir": {}}, {"name": "emptydir", "emptyDir": {}},
        {"name": "configmap", "configMap": {"name": "m", "defaultMode": 420}},
    ]);
    assert_eq!(ours, want);
    let unclear = space.indexedjob("create -f - --env B=2").stdin(BASE).output();
    unclear.fails(2, &["the pod has several containers: side, main", "hint: say which one is meant by -c NAME"]);
    space.is_empty();
}

#[test]
fn a_pod_template_becomes_a_job_by_flags() {
    let space = Space::new("fields-template");
    let container = json!({"name": "main", "image": BUSYBOX, "command": ["sh", "-c", "echo $ITEM in $PLACE"],
        "env": [{"name": "PLACE", "value": "here"}]});
    let template = json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "stored"},
        "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}});
    space.apply(&template.to_string());
    let stored = space.kubectl("get podtemplate stored -o yaml").ok().stdout;
    let line = "create made -f - --items one,two --item-env ITEM";
    space.indexedjob(line).stdin(stored).output().is(0, "job.batch/made created\n", &["2 items"]);
    space.completes("made");
    space.logs_are("made", &["one in here\n", "two in here\n"]);
    let job = space.job("made");
    assert_eq!(job["spec"]["template"]["metadata"]["labels"]["a"], "b");
    assert_eq!(job["spec"]["backoffLimitPerIndex"], Value::Null, "a default of ours was added to a file");
}

#[test]
fn our_own_yaml_piped_back_makes_the_same_job_and_owns_its_config_map() {
    let space = Space::new("fields-again");
    let line = format!("create again --image {BUSYBOX} --items one,two");
    let command = ["--", "cat", "/input/data.txt"];
    let shown = space.indexedjob(&format!("{line} --dry-run=client -o yaml")).args(command).ok().stdout;
    space.indexedjob("create -f -").stdin(shown).output().is(0, "job.batch/again created\n", &[]);
    space.completes("again");
    space.logs_are("again", &["one", "two"]);
    let [map] = &space.config_maps()[..] else { panic!("one ConfigMap") };
    assert_eq!(map["metadata"]["ownerReferences"][0]["uid"], space.job("again")["metadata"]["uid"]);
}

#[test]
fn a_field_that_the_server_does_not_have_is_named_and_nothing_is_left() {
    let space = Space::new("fields-dropped");
    if space.server_minor() >= 31 {
        return say("skipped, the server has every field that is tried here");
    }
    let reference = json!({"fileKeyRef": {"volumeName": "v", "path": "env", "key": "K"}});
    let mut job = space.parsed(BASE)[0].clone();
    let main = &mut job["spec"]["template"]["spec"]["containers"][1];
    main["env"] = json!([{"name": "K", "valueFrom": reference}]);
    // This server does not know the field.
    let unknown = space.indexedjob("create -f -").stdin(job.to_string()).output();
    let path = "spec.template.spec.containers[1].env[0].valueFrom.fileKeyRef";
    unknown.fails(1, &[&format!("strict decoding error: unknown field \"{path}\"")]);
    space.is_empty();
    // It knows this one, and drops it without a word, since the feature is off.
    for items in ["--completions 2", "--items a,b"] {
        let line = format!("create few --image {BUSYBOX} {items} --succeeded-count 1 -- true");
        let dropped = space.indexedjob(&line).output();
        dropped.fails(1, &["error: the server dropped spec.successPolicy", "hint: kubectl version"]);
        space.until("the Job is gone", || space.all("jobs").is_empty().then_some(()));
        assert_eq!(space.config_maps(), Vec::<Value>::new());
    }
}

#[test]
fn a_finished_job_is_replaced_and_no_other() {
    let space = Space::new("fields-replace");
    let create = |script: &str, flags: &str| {
        let line = format!("create again --image {BUSYBOX} --items a,b {flags}");
        space.indexedjob(&line).args(["--", "sh", "-c", script]).output()
    };
    create("true", "--replace").is(0, "job.batch/again created\n", &[]);
    space.completes("again");
    let first = space.job("again");
    create("sleep 600", "--replace").is(0, "job.batch/again created\n", &[]);
    let second = space.job("again");
    assert_ne!(first["metadata"]["uid"], second["metadata"]["uid"]);
    create("true", "--replace").fails(1, &["job again is not finished; only a finished one is replaced", "hint: "]);
    assert_eq!(space.job("again")["metadata"]["uid"], second["metadata"]["uid"]);
    space.until("only the ConfigMap of the second is left", || (space.config_maps().len() == 1).then_some(()));
}

#[test]
fn a_name_that_ends_in_a_dash_is_completed_by_the_server() {
    let space = Space::new("fields-name");
    let create = || {
        let line = format!("create nightly- --image {BUSYBOX} --items a,b --wait -- cat /input/data.txt");
        let output = space.indexedjob(&line).ok();
        let name =
            output.text().lines().next().and_then(|line| line.strip_prefix("job.batch/")?.strip_suffix(" created"));
        let name = name.expect("kubectl's line").to_owned();
        assert!(name.len() > "nightly-".len() && output.text().contains(&format!("/{name} condition met")), "{output}");
        space.logs_are(&name, &["a", "b"]);
        name
    };
    assert_ne!(create(), create());
    for map in space.config_maps() {
        let owner = &map["metadata"]["ownerReferences"][0]["name"];
        assert_eq!(owner, &map["metadata"]["labels"]["kubectl-indexedjob/job"], "{map}");
    }
}

/// Texts that some reader of YAML takes for something else than this text.
const HOSTILE: [&str; 99] = [
    "y",
    "n",
    "Y",
    "N",
    "yes",
    "no",
    "Yes",
    "No",
    "YES",
    "NO",
    "on",
    "off",
    "On",
    "Off",
    "ON",
    "OFF",
    "true",
    "false",
    "True",
    "FALSE",
    "null",
    "Null",
    "NULL",
    "~",
    "",
    " ",
    "0",
    "-0",
    "+1",
    "1",
    "007",
    "0644",
    "0o17",
    "0x1F",
    "0b101",
    "1_000",
    "1__0",
    "1e3",
    "1E3",
    "1.",
    ".5",
    "1.0",
    "-1.5e-3",
    ".inf",
    "-.INF",
    ".nan",
    ".NaN",
    "inf",
    "nan",
    "12:30:45",
    "1:2",
    "190:20:30",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "<<",
    "=",
    "-",
    "--",
    "---",
    "...",
    "- a",
    "? a",
    ": a",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "'a",
    "\"a",
    "[a",
    "{a",
    "]",
    "}",
    ",",
    "a,b",
    "\\",
    "\\n",
    "\t",
    "\ta",
    "a\t",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n",
    "a ",
    " a",
    "a\r\nb",
    "\u{85}",
    "\u{2028}\u{feff}",
    "\u{1f980}",
];

#[test]
fn ninety_nine_hostile_texts_are_read_by_kubectl_as_they_were_given() {
    let space = Space::new("fields-yaml");
    let env = HOSTILE.iter().enumerate().flat_map(|(at, text)| ["--env".to_owned(), format!("V{at}={text}")]);
    let create = space.indexedjob("create hostile --image busybox --completions 1 --dry-run=client -o yaml");
    let yaml = create.args(env).args(["--", "true"]).args(HOSTILE).ok();
    let job = space.kubectl("create -f - --dry-run=server -o json").stdin(yaml.stdout).json();
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    let values = container["env"].as_array().into_iter().flatten();
    let values: Vec<&str> = values.map(|variable| variable["value"].as_str().unwrap_or_default()).collect();
    assert_eq!(values, HOSTILE);
    let words = container["command"].as_array().into_iter().flatten().filter_map(Value::as_str);
    assert_eq!(words.skip(1).collect::<Vec<_>>(), HOSTILE);
}
