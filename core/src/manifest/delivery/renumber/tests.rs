use super::*;
use crate::numbering::Index;

fn job() -> Value {
    let mounts = json!([{"name": "input", "mountPath": "/input/data.txt", "subPathExpr": "$(JOB_COMPLETION_INDEX)"}]);
    let command = json!(["run", "--index=$(JOB_COMPLETION_INDEX)", "$(OTHER)"]);
    json!({
        "metadata": {"name": "x-r1", "annotations": {}},
        "spec": {"completions": 8, "parallelism": 8, "maxFailedIndexes": 4, "template": {"spec": {
            "containers": [{"name": "w", "image": "i", "command": command, "volumeMounts": mounts}],
            "volumes": [{"name": "input", "configMap": {"name": "x-items"}}],
        }}},
    })
}

fn part<'a>(indexes: &'a IndexSet, file_key_ref: bool, maps: &'a [Value]) -> Part<'a> {
    Part { indexes, numbers: indexes, file_key_ref, maps, suffix: "abcde" }
}

fn set(text: &str) -> IndexSet {
    text.parse().unwrap()
}

#[test]
fn kubernetes_tells_every_container_the_index_that_its_task_had() {
    let indexes = set("3,7");
    let Objects { job, helpers } = renumber(job(), &part(&indexes, true, &[])).unwrap();
    let spec = &job["spec"];
    assert_eq!(
        (&spec["completions"], &spec["parallelism"], &spec["maxFailedIndexes"]),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(job["metadata"]["annotations"][NUMBERS], "3,7");
    let pod = &spec["template"]["spec"];
    let from = json!({"fileKeyRef": {"volumeName": VOLUME, "path": "values", "key": "IJ_N"}});
    assert_eq!(pod["containers"][0]["env"], json!([{"name": INDEX, "valueFrom": from}]));
    let script = pod["initContainers"][0]["command"][2].as_str().unwrap();
    assert!(script.contains("printf \"IJ_N='%s'\\n\" \"$$IJ_N\" > /indexedjob-retry/values"), "{script}");
    assert!(helpers.is_empty());
    // Again, for a run of the run.
    let again = renumber(job.clone(), &part(&set("1"), true, &[])).unwrap().job;
    let pod = &again["spec"]["template"]["spec"];
    let own = |at: usize| pod["initContainers"][at]["env"][0]["valueFrom"]["fileKeyRef"]["volumeName"].clone();
    assert_eq!((own(1), &pod["initContainers"][0]["name"]), (json!("indexedjob-retry-2"), &json!("retry-2")));
    assert_eq!(pod["containers"][0]["env"][0]["valueFrom"]["fileKeyRef"]["volumeName"], VOLUME);
}

#[test]
fn a_shell_tells_it_where_kubernetes_cannot() {
    let map = json!({"metadata": {"name": "x-items"}, "data": {"0": "a", "3": "d"}, "binaryData": {"7": "/w=="}});
    let indexes = set("3,7");
    let Objects { job, helpers } = renumber(job(), &part(&indexes, false, &[map])).unwrap();
    let pod = &job["spec"]["template"]["spec"];
    let script = "IJ_N=$$(((JOB_COMPLETION_INDEX - 0) * 1 + 3))";
    let command = pod["containers"][0]["command"].as_array().unwrap();
    assert!(command[2].as_str().unwrap().contains("export JOB_COMPLETION_INDEX=\"$$IJ_N\"\n"), "{command:?}");
    assert!(command[2].as_str().unwrap().contains(script), "{command:?}");
    assert_eq!(command[4..], [json!("run"), json!("--index="), json!("$(OTHER)")]);
    assert!(pod["initContainers"].is_null());
    assert_eq!(pod["volumes"][0]["configMap"]["name"], "x-r1-items-abcde-0");
    assert_eq!((&helpers[0]["data"], &helpers[0]["binaryData"]), (&json!({"0": "d"}), &json!({"1": "/w=="})));
}

#[test]
fn items_are_read_back_under_the_new_indexes() {
    let map = json!({"metadata": {"name": "x-items"}, "data": {"0": "a", "3": "d", "5": "f", "7": "h"}});
    let items = |job: &Value, maps: &[Value]| {
        let items = ItemPlace::of(job).unwrap().read(maps);
        [0, 1, 2].map(|index| items.get(Index(index)).map(|item| String::from_utf8_lossy(item).into_owned()))
    };
    let want = |items: [Option<&str>; 3]| items.map(|item| item.map(str::to_owned));
    let mut array = job();
    array["metadata"]["annotations"][NUMBERS] = json!("10-17");
    for (job, numbers, newest) in [(job(), "3,5,7", "5,7"), (array, "13,15,17", "15,17")] {
        let (indexes, numbers) = (set("3,5,7"), set(numbers));
        let smaller = |job: &Value, indexes: &IndexSet, numbers: &IndexSet, file_key_ref, map: &Value| {
            let maps = std::slice::from_ref(map);
            renumber(job.clone(), &Part { indexes, numbers, file_key_ref, maps, suffix: "abcde" }).unwrap()
        };
        let first = smaller(&job, &indexes, &numbers, true, &map).job;
        assert_eq!(items(&first, std::slice::from_ref(&map)), want([Some("d"), Some("f"), Some("h")]));
        let second = smaller(&first, &set("1,2"), &set(newest), true, &map).job;
        assert_eq!(items(&second, std::slice::from_ref(&map)), want([Some("f"), Some("h"), None]));
        let rekeyed = smaller(&job, &indexes, &numbers, false, &map);
        assert_eq!(items(&rekeyed.job, &rekeyed.helpers), want([Some("d"), Some("f"), Some("h")]));
    }
}

#[test]
fn what_cannot_be_translated_is_refused() {
    let indexes = set("3,7");
    let refused = |edit: &dyn Fn(&mut Value), file_key_ref| {
        let mut job = job();
        edit(&mut job["spec"]["template"]["spec"]);
        renumber(job, &part(&indexes, file_key_ref, &[])).unwrap_err().to_string()
    };
    assert!(refused(&|_| {}, false).contains("the volume input is mounted by the index, and is no ConfigMap"));
    let no_command = |pod: &mut Value| {
        pod["volumes"] = json!([]);
        pod["containers"][0] = json!({"name": "w", "image": "i"});
    };
    assert!(refused(&no_command, false).contains("the container w has no command"));
    let field = json!({"fieldPath": "metadata.annotations['batch.kubernetes.io/job-completion-index']"});
    let file =
        |pod: &mut Value| pod["volumes"][0] = json!({"name": "v", "downwardAPI": {"items": [{"fieldRef": field}]}});
    assert!(refused(&file, true).contains("the volume v gives each task a file with its index"));
}

#[test]
fn the_first_indexes_need_no_translation_and_many_need_a_list() {
    let first = renumber(job(), &part(&set("0-2"), true, &[])).unwrap().job;
    assert!(first["spec"]["template"]["spec"]["initContainers"].is_null());
    assert!(first["metadata"]["annotations"][NUMBERS].is_null());
    let irregular: IndexSet = (1..200u32).map(|index| index * index).collect();
    let many = renumber(job(), &part(&irregular, true, &[])).unwrap();
    assert_eq!(many.helpers.len(), 1);
    assert!(many.helpers[0]["data"]["values-0"].as_str().unwrap().starts_with("=IJ_N='1'\\n\n=IJ_N='4'\\n\n"));
}
