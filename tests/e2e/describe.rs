//! `describe`, line by line against the real kubectl.

use crate::harness::Space;

/// Our description of the Job; it has every line of kubectl's, byte for byte and in the same order, and more.
#[track_caller]
pub(crate) fn shows_every_line_of_kubectl(space: &Space, job: &str) -> String {
    shows_lines_of_kubectl(space, job, &[])
}

/// The same without those lines of kubectl's that have one of these words.
#[track_caller]
fn shows_lines_of_kubectl(space: &Space, job: &str, but: &[&str]) -> String {
    let kubectls = space.kubectl(&format!("describe job {job}")).ok();
    let ours = space.indexedjob(&format!("describe {job}")).output();
    ours.ends_with(0);
    assert_eq!(ours.stderr, "", "{ours}");
    let (kubectls, shown) = (without_ages(kubectls.text()), without_ages(ours.text()));
    let mut rest = shown.iter();
    for line in kubectls.iter().filter(|line| !but.iter().any(|word| line.contains(word))) {
        assert!(
            rest.any(|other| other == line),
            "kubectl's line is not there, or not in its place:\n{line:?}\n--- kubectl\n{}\n--- ours\n{}",
            kubectls.join("\n"),
            shown.join("\n")
        );
    }
    assert!(shown.len() > kubectls.len(), "nothing was added\n{ours}");
    ours.text().to_owned()
}

/// The lines; in the table of events `AGE` stands for every age and the padding after it, since a second may pass
/// between two runs. The title of the column and the line below it are followed by the same padding.
fn without_ages(text: &str) -> Vec<String> {
    let mut in_events = false;
    let lines = text.lines().map(|line| {
        in_events |= line.starts_with("Events:");
        // Two columns are before the age.
        let columns: Vec<&str> = line.split("  ").filter(|column| !column.trim().is_empty()).map(str::trim).collect();
        match columns.get(2) {
            Some(age) if in_events && line.starts_with("  ") => {
                let (before, after) = line.split_at(line.find(&format!(" {age}")).map_or(0, |at| at + 1));
                format!("{before}AGE {}", after[age.len()..].trim_start())
            }
            _ => line.to_owned(),
        }
    });
    lines.collect()
}

#[test]
fn ages_are_the_only_thing_that_is_not_compared() {
    let events = |age: &str| {
        let dashes = "  ----    ------            ----  ----            -------";
        format!(
            "Name: 5s  6s  7s\nEvents:\n{dashes}\n  Normal  SuccessfulCreate  {age} job-controller  Created pod: x-5s"
        )
    };
    assert_eq!(without_ages(&events("9s   ")), without_ages(&events("10s  ")));
    let lines = without_ages(&events("2m (x3 over 5m)  "));
    assert_eq!(lines[0], "Name: 5s  6s  7s");
    assert_eq!(lines[3], "  Normal  SuccessfulCreate  AGE job-controller  Created pod: x-5s");
}

#[test]
fn a_failed_job_is_described_as_by_kubectl_and_says_why_it_failed() {
    let space = Space::new("describe-failed");
    let create = space.indexedjob("create failing --image docker.io/library/busybox --completions 3");
    create.args(["--", "sh", "-c", "echo work $JOB_COMPLETION_INDEX; exit $((JOB_COMPLETION_INDEX / 2 * 7))"]).ok();
    space.indexedjob("wait failing --timeout=300s").output().ends_with(3);
    let described = shows_every_line_of_kubectl(&space, "failing");
    let statuses = "Pods Statuses:      0 Active (0 Ready) / 2 Succeeded / 1 Failed";
    assert!(described.lines().any(|line| line == statuses), "{described}");
    for text in ["FailedIndexes", "exit 7", "index 2", "work 2"] {
        assert!(described.contains(text), "{text}\n{described}");
    }
}

/// A Job with a bit of everything that kubectl describes; it is suspended, so nothing of it must exist.
const EVERYTHING: &str = r#"
apiVersion: batch/v1
kind: Job
metadata:
  name: everything
  labels: {app: demo, team: "42"}
  annotations: {note: "two\nlines", other: one line}
spec:
  suspend: true
  completions: 7
  parallelism: 2
  completionMode: Indexed
  backoffLimitPerIndex: 1
  maxFailedIndexes: 3
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 60
  podReplacementPolicy: Failed
  podFailurePolicy:
    rules:
    - action: FailIndex
      onExitCodes: {operator: In, values: [42]}
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget, status: "True"}]
  template:
    metadata:
      labels: {tier: batch}
      annotations: {checksum: abc}
    spec:
      restartPolicy: Never
      serviceAccountName: robot
      nodeSelector: {disk: ssd, zone: a}
      tolerations:
      - {key: gpu, operator: Exists, effect: NoSchedule}
      - {key: slow, operator: Equal, value: "yes", effect: NoExecute, tolerationSeconds: 300}
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {tier: batch}}}
      initContainers:
      - name: first
        image: docker.io/library/bash
        command: [bash, -c, "echo one\necho two\n"]
      containers:
      - name: main
        image: docker.io/library/busybox:1.36
        command: [sh, -c]
        args: ["sleep $JOB_COMPLETION_INDEX", ""]
        ports: [{containerPort: 80, name: web}, {containerPort: 53, protocol: UDP, hostPort: 53}]
        resources:
          limits: {cpu: "1", memory: 1Gi}
          requests: {cpu: 100m, memory: 64Mi, ephemeral-storage: 1G}
        env:
        - {name: PLAIN, value: text with spaces}
        - {name: LINES, value: "a\nb"}
        - {name: FIELD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
        - {name: KEY, valueFrom: {configMapKeyRef: {name: settings, key: colour, optional: true}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: secrets, key: password}}}
        envFrom:
        - {configMapRef: {name: settings}}
        - {prefix: S_, secretRef: {name: secrets, optional: true}}
        volumeMounts:
        - {name: scratch, mountPath: /scratch}
        - {name: settings, mountPath: /etc/settings, readOnly: true, subPath: part}
        - {name: all, mountPath: /all}
        livenessProbe: {exec: {command: [ls, /]}, initialDelaySeconds: 5}
        readinessProbe: {httpGet: {path: /ready, port: web}, periodSeconds: 7}
        startupProbe: {tcpSocket: {port: 80}, failureThreshold: 9}
      - name: side
        image: docker.io/library/busybox
      volumes:
      - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
      - {name: settings, configMap: {name: settings, optional: true}}
      - {name: secrets, secret: {secretName: secrets}}
      - {name: data, persistentVolumeClaim: {claimName: data, readOnly: true}}
      - {name: host, hostPath: {path: /var/log, type: Directory}}
      - {name: nfs, nfs: {server: files.example.com, path: /export}}
      - name: index
        downwardAPI:
          items:
          - {path: index, fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}
      - name: all
        projected:
          sources:
          - {serviceAccountToken: {path: token, expirationSeconds: 7200}}
          - {configMap: {name: settings}}
          - {secret: {name: secrets, optional: true}}
          - {downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
"#;

/// Lines that an older kubectl writes in other words; ours are those of 1.37.
fn older_lines(space: &Space) -> &'static [&'static str] {
    let version = space.kubectl("version --client -o json").json();
    match version["clientVersion"]["minor"].as_str().and_then(|minor| minor.parse().ok()) {
        Some(0..37) => &[" Ports:", "Liveness:", "Readiness:", "Startup:", "ConfigMapOptional:", "SecretOptionalName:"],
        _ => &[],
    }
}

#[test]
fn a_job_with_a_bit_of_everything_is_described_as_by_kubectl() {
    let space = Space::new("describe-everything");
    space.indexedjob("create -f -").stdin(EVERYTHING).output().is(0, "job.batch/everything created\n", &[]);
    space.until("the Job has its condition", || {
        space.job("everything")["status"]["conditions"][0]["type"].is_string().then_some(())
    });
    let described = shows_lines_of_kubectl(&space, "everything", older_lines(&space));
    for text in ["Completed Indexes:           <none>", "Max Failed Indexes:", "JobSuspended", "exits with 42"] {
        assert!(described.contains(text), "{text}\n{described}");
    }
}
