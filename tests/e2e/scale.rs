//! Long lists, from the file to the task.

use std::time::Duration;

use crate::harness::{Space, say};

/// What a task is given; as long as a path often is.
fn item(index: u32) -> String {
    format!("s3://bucket/{:02}/it's item {index}.parquet", index % 100)
}

/// A file of so many items.
fn write_list(space: &Space, count: u32) {
    let lines: String = (0..count).map(|index| item(index) + "\n").collect();
    space.write("list.txt", lines);
}

#[test]
fn the_last_of_a_hundred_thousand_items_is_the_last_line_of_the_file() {
    let space = Space::new("scale-last");
    write_list(&space, 100_000);
    let line = "create last --image docker.io/library/busybox --items-from list.txt --parallelism 3 --suspend";
    let created = space.indexedjob(line).args(["--", "printf", "%s|", "{}"]).output();
    created.is(
        0,
        "job.batch/last created\n",
        &["100000 items from list.txt; each in /input/data.txt, by init (packed in"],
    );
    say(&format!("100,000 items were sent in {:.1?}", created.took));
    // Who may write the status of a suspended Job says what is left to do: all but the ends of two packs.
    let status = r#"{"status":{"completedIndexes":"0,2-49999,50001-99998","succeeded":99997}}"#;
    space.kubectl("patch job last --subresource=status --type=merge -p").args([status]).ok();
    space.kubectl("patch job last --type=merge -p").args([r#"{"spec":{"suspend":false}}"#]).ok();
    space.completes("last");
    for index in [1, 50_000, 99_999] {
        let log = space.indexedjob(&format!("logs last --index {index}")).output();
        log.is(0, &format!("{}|", item(index)), &[]);
    }
}

#[test]
#[ignore = "takes minutes, and needs fake nodes"]
fn ten_thousand_items_are_done_on_fake_nodes() {
    let space = Space::new("scale-fake");
    if space.all("nodes -l type=kwok").is_empty() {
        return say("skipped, the cluster has no fake nodes: 10,000 items end to end");
    }
    write_list(&space, 10_000);
    let line = "create many --image docker.io/library/busybox --items-from list.txt --parallelism 1000 \
                --node-selector type=kwok --toleration kwok.x-k8s.io/node=fake:NoSchedule";
    let created = space.indexedjob(line).args(["--", "echo", "{}"]).output();
    created.is(0, "job.batch/many created\n", &["10000 items from list.txt; "]);
    let waiting = space.indexedjob("wait many --timeout=20m").spawn();
    let waited = waiting.finish_within(Duration::from_secs(1_200));
    waited.is(0, "job.batch/many condition met\n", &[]);
    assert_eq!(space.job("many")["status"]["completedIndexes"], "0-9999");
    say(&format!("10,000 items: created in {:.1?}, done after {:.0?}", created.took, created.took + waited.took));
    space.indexedjob("describe many").ok();
}
