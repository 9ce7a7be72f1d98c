//! `create`: what it prints, and that a dry run creates nothing.

use serde_json::Value;

use crate::harness::Space;

const THREE: &str = "--image docker.io/library/busybox --items one,two,three";

#[test]
fn a_dry_run_creates_nothing_and_shows_the_objects() {
    let space = Space::new("create-dry");
    let command = ["--", "cat", "/input/data.txt"];
    let create = |flags: &str| space.indexedjob(&format!("create dry {THREE} {flags}")).args(command).output();
    let client = create("--dry-run=client");
    client.ends_with(0);
    assert!(client.text().starts_with("job.batch/dry created (dry run)\n"), "{client}");
    assert!(client.text().contains("two") && client.text().contains("cat /input/data.txt"), "{client}");
    let server = create("--dry-run=server");
    server.ends_with(0);
    assert!(server.text().starts_with("job.batch/dry created (server dry run)\n"), "{server}");
    for flags in ["--dry-run=client -o name", "--dry-run=server -o name"] {
        create(flags).is(0, "job.batch/dry\n", &[]);
    }
    // A list of the ConfigMap and the Job, not suspended; from the server with its defaults.
    for (flags, policy) in [("--dry-run=client", Value::Null), ("--dry-run=server", "ClusterFirst".into())] {
        let list: Value = serde_json::from_slice(&create(&format!("{flags} -o json")).stdout).expect("JSON");
        let [map, job] = list["items"].as_array().expect("a list").as_slice() else { panic!("{list}") };
        assert_eq!((&map["kind"], &job["kind"]), (&"ConfigMap".into(), &"Job".into()));
        assert_eq!(map["data"]["1"], "two");
        assert!(!job["spec"]["suspend"].as_bool().unwrap_or(false), "{job}");
        assert_eq!(job["spec"]["template"]["spec"]["dnsPolicy"], policy);
        let parsed = space.parsed(create(&format!("{flags} -o yaml")).stdout);
        let kinds: Vec<&Value> = parsed.iter().map(|object| &object["kind"]).collect();
        assert_eq!(kinds, ["ConfigMap", "Job"]);
    }
    space.is_empty();
}

#[test]
fn the_objects_of_a_dry_run_run_alike_by_kubectl() {
    let space = Space::new("create-piped");
    let create = space.indexedjob(&format!("create piped {THREE} --dry-run=client -o yaml"));
    let shown = create.args(["--", "cat", "/input/data.txt"]).ok();
    space.kubectl("create -f -").stdin(shown.stdout).ok();
    space.completes("piped");
    space.logs_are("piped", &["one", "two", "three"]);
}

#[test]
fn items_arrive_as_they_were_written_on_either_way() {
    let space = Space::new("create-items");
    let items = r#"two words,"a, ""b""",$HOME $(id) `id`,-n,it's *,$$ $(JOB_COMPLETION_INDEX)"#;
    let want = ["two words", "a, \"b\"", "$HOME $(id) `id`", "-n", "it's *", "$$ $(JOB_COMPLETION_INDEX)"];
    for via in ["configmap", "init"] {
        let create = space.indexedjob(&format!("create {via} --image docker.io/library/busybox --items-via {via}"));
        create.args(["--items", items, "--", "cat", "/input/data.txt"]).ok();
    }
    for via in ["configmap", "init"] {
        space.completes(via);
        space.logs_are(via, &want);
    }
}

#[test]
fn the_object_that_was_created_is_printed_in_the_form_that_was_asked_for() {
    let space = Space::new("create-output");
    let create = |name: &str, form: &str| {
        let line = format!("create {name} {THREE} --parallelism 0 -o {form}");
        space.indexedjob(&line).args(["--", "cat", "/input/data.txt"]).ok()
    };
    assert_eq!(create("by-name", "name").text(), "job.batch/by-name\n");
    for (name, form) in [("by-json", "json"), ("by-yaml", "yaml")] {
        // It is the Job in its final form: kubectl reads it, and the server has the same.
        let [printed] = <[Value; 1]>::try_from(space.parsed(create(name, form).stdout)).expect("one object");
        let there = space.job(name);
        assert_eq!((&printed["metadata"]["uid"], &printed["spec"]), (&there["metadata"]["uid"], &there["spec"]));
        assert_eq!(there["spec"]["suspend"], false);
    }
    let managers = space.kubectl("get job by-name -o json --show-managed-fields").json();
    let managers = managers["metadata"]["managedFields"].as_array().expect("a list");
    let managers: Vec<&Value> = managers.iter().map(|entry| &entry["manager"]).collect();
    assert!(managers.contains(&&"kubectl-indexedjob".into()), "{managers:?}");
}
