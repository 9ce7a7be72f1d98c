//! The fake does what the real server does, where a test would be misled otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use serde_json::{Value, json};
use tower::Service;

use crate::fake::{Body, Ending, Fake, Fault, LiveLog, Log, On, Pod, When};

const JOBS: &str = "/apis/batch/v1/namespaces/default/jobs";
const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), test).await.expect("it ends") })
}

async fn open(fake: &Fake, method: &str, path: &str, kind: &str, body: &Value) -> http::Response<Body> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    fake.clone().call(request.body(Full::new(Bytes::from(body))).expect("a request")).await.expect("an answer")
}

async fn ask(fake: &Fake, method: &str, path: &str, body: Value) -> (u16, Value) {
    let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let response = open(fake, method, path, kind, &body).await;
    let code = response.status().as_u16();
    let bytes = response.into_body().collect().await.expect("a whole body").to_bytes();
    (code, serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes))))
}

/// The next watch event: its type and the object's name.
async fn next(body: &mut Body) -> Option<(String, Value)> {
    let frame = body.frame().await?.expect("no cut").into_data().expect("data");
    let event: Value = serde_json::from_slice(&frame).expect("a whole frame");
    Some((event["type"].as_str().unwrap_or_default().into(), event["object"].clone()))
}

fn indexed(name: &str) -> Value {
    let container = json!({"name": "worker", "image": "busybox"});
    let template = json!({"spec": {"restartPolicy": "Never", "containers": [container]}});
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
        "spec": {"completions": 2, "completionMode": "Indexed", "template": template},
    })
}

#[test]
fn a_job_is_stored_with_the_servers_defaults() {
    run(async {
        let fake = Fake::new();
        let (code, job) = ask(&fake, "POST", &format!("{JOBS}?fieldManager=me"), indexed("x")).await;
        assert_eq!(code, 201);
        let spec = &job["spec"];
        assert_eq!(
            (&spec["parallelism"], &spec["suspend"], &spec["backoffLimit"]),
            (&json!(1), &json!(false), &json!(6))
        );
        let uid = &job["metadata"]["uid"];
        assert_eq!(spec["selector"]["matchLabels"]["batch.kubernetes.io/controller-uid"], *uid);
        assert_eq!(spec["template"]["metadata"]["labels"]["job-name"], "x");
        assert_eq!(job["metadata"]["managedFields"][0]["manager"], "me");
        assert_eq!(ask(&fake, "GET", &format!("{JOBS}/x"), Value::Null).await, (200, job));
        let (code, list) = ask(&fake, "GET", "/apis/batch/v1/jobs", Value::Null).await;
        assert_eq!((code, &list["kind"], &list["items"][0]["kind"]), (200, &json!("JobList"), &Value::Null));
    });
}

#[test]
fn errors_are_worded_as_the_servers() {
    run(async {
        let fake = Fake::new();
        let message = async |method: &str, path: &str, body: Value| {
            let (code, status) = ask(&fake, method, path, body).await;
            (code, status["reason"].as_str().unwrap_or_default().to_owned(), status["message"].clone())
        };
        let expect = |code: u16, reason: &str, text: &str| (code, reason.to_owned(), json!(text));
        let missing = expect(404, "NotFound", "jobs.batch \"x\" not found");
        assert_eq!(message("GET", &format!("{JOBS}/x"), Value::Null).await, missing);
        assert_eq!(message("DELETE", &format!("{JOBS}/x"), Value::Null).await, missing);
        let mut unbounded = indexed("x");
        unbounded["spec"]["completions"] = Value::Null;
        let text = "Job.batch \"x\" is invalid: spec.completions: Required value: when completion mode is Indexed";
        assert_eq!(message("POST", JOBS, unbounded).await, expect(422, "Invalid", text));
        ask(&fake, "POST", JOBS, indexed("x")).await;
        let exists = expect(409, "AlreadyExists", "jobs.batch \"x\" already exists");
        assert_eq!(message("POST", JOBS, indexed("x")).await, exists);
        let elsewhere = JOBS.replace("default", "nowhere");
        let text = "namespaces \"nowhere\" not found";
        assert_eq!(message("POST", &elsewhere, indexed("x")).await, expect(404, "NotFound", text));
        let text = "Operation cannot be fulfilled on jobs.batch \"x\": the object has been modified; please apply your \
            changes to the latest version and try again";
        let stale = json!({"metadata": {"resourceVersion": "1"}, "spec": {"suspend": true}});
        assert_eq!(message("PATCH", &format!("{JOBS}/x"), stale).await, expect(409, "Conflict", text));
        fake.forbid("watch", "jobs");
        let text = "jobs.batch \"x\" is forbidden: User \"u\" cannot watch resource \"jobs\" in API group \"batch\" in \
            the namespace \"default\"";
        let path = format!("{JOBS}?watch=true&fieldSelector=metadata.name%3Dx");
        assert_eq!(message("GET", &path, Value::Null).await, expect(403, "Forbidden", text));
        fake.unauthorized(true);
        assert_eq!(message("GET", JOBS, Value::Null).await, expect(401, "Unauthorized", "Unauthorized"));
    });
}

#[test]
fn selectors_pick() {
    run(async {
        let fake = Fake::new();
        let job = fake.add_job("x", 3);
        let failed = job.add_pod(Pod::new(0).failed(1));
        let done = job.add_pod(Pod::new(1).succeeded());
        let case = async |query: &str, want: &[&String]| {
            let (_, list) = ask(&fake, "GET", &format!("/api/v1/namespaces/default/pods?{query}"), Value::Null).await;
            let names: Vec<_> =
                list["items"].as_array().expect("a list").iter().map(|pod| &pod["metadata"]["name"]).collect();
            assert_eq!(names, want, "{query}");
        };
        case("labelSelector=job-name%3Dx", &[&failed, &done]).await;
        case("labelSelector=job-name%3D%3Dx,batch.kubernetes.io/job-completion-index%20in%20(1,2)", &[&done]).await;
        case("labelSelector=batch.kubernetes.io/job-completion-index+notin+(1,2)", &[&failed]).await;
        case("labelSelector=batch.kubernetes.io/job-completion-index!%3D0", &[&done]).await;
        case("labelSelector=!job-name", &[]).await;
        case("labelSelector=job-name&fieldSelector=status.phase%3DFailed", &[&failed]).await;
        case("fieldSelector=status.phase!%3DFailed", &[&done]).await;
        case("limit=1", &[&failed]).await;
        let (_, list) = ask(&fake, "GET", "/api/v1/namespaces/default/pods?limit=1", Value::Null).await;
        let token = list["metadata"]["continue"].as_str().expect("a token");
        case(&format!("limit=1&continue={token}"), &[&done]).await;
        fake.compact();
        let path = format!("/api/v1/namespaces/default/pods?continue={token}");
        assert_eq!(ask(&fake, "GET", &path, Value::Null).await.0, 410);
        let (code, status) = ask(&fake, "GET", &format!("{JOBS}?fieldSelector=spec.x%3D1"), Value::Null).await;
        assert_eq!((code, &status["message"]), (400, &json!("field label \"spec.x\" not supported for Job")));
    });
}

#[test]
fn a_watch_sees_what_happens_after_its_revision() {
    run(async {
        let fake = Fake::new();
        let job = fake.add_job("x", 1);
        let since = job.json()["metadata"]["resourceVersion"].as_str().expect("a revision").to_owned();
        fake.add_job("y", 1);
        job.complete();
        let path =
            format!("{JOBS}?watch=1&fieldSelector=metadata.name%3Dx&resourceVersion={since}&allowWatchBookmarks=1");
        let mut body = open(&fake, "GET", &path, "", &Value::Null).await.into_body();
        let (kind, object) = next(&mut body).await.expect("an event");
        assert_eq!((kind.as_str(), &object["status"]["succeeded"]), ("MODIFIED", &json!(1)));
        let uid = job.uid();
        job.recreate();
        let (kind, object) = next(&mut body).await.expect("an event");
        assert_eq!((kind.as_str(), &object["metadata"]["uid"]), ("DELETED", &json!(uid)));
        let (kind, object) = next(&mut body).await.expect("an event");
        assert_eq!(kind, "ADDED");
        assert_ne!(object["metadata"]["uid"], uid);
        fake.bookmark_watches();
        assert_eq!(next(&mut body).await.expect("an event").0, "BOOKMARK");
        fake.close_watches();
        assert_eq!(next(&mut body).await, None);
        fake.compact();
        let mut body = open(&fake, "GET", &path, "", &Value::Null).await.into_body();
        let (kind, status) = next(&mut body).await.expect("an event");
        assert_eq!((kind.as_str(), &status["code"], &status["reason"]), ("ERROR", &json!(410), &json!("Expired")));
    });
}

#[test]
fn a_watch_can_break_in_the_middle_of_a_frame() {
    run(async {
        let fake = Fake::new();
        fake.add_job("x", 1);
        fake.fault(On::watch("*/jobs").nth(1), Fault::CutFrame(0));
        let mut body = open(&fake, "GET", &format!("{JOBS}?watch=1"), "", &Value::Null).await.into_body();
        assert!(body.frame().await.expect("a frame").is_ok());
        assert!(body.frame().await.expect("an end").is_err());
        let mut body = open(&fake, "GET", &format!("{JOBS}?watch=1"), "", &Value::Null).await.into_body();
        assert_eq!(next(&mut body).await.expect("an event").0, "ADDED");
        fake.cut_watches();
        assert!(body.frame().await.expect("half a frame").is_ok());
        assert!(body.frame().await.expect("an end").is_err());
    });
}

#[test]
fn dependents_follow_their_owner_unless_orphaned() {
    run(async {
        let fake = Fake::new();
        for (policy, left) in [("Background", 0), ("Foreground", 0), ("Orphan", 1)] {
            let uid = fake.add_job("x", 1).uid();
            let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": uid});
            let map = json!({"metadata": {"name": "items", "ownerReferences": [owner]}, "data": {"0": "foo"}});
            assert_eq!(ask(&fake, "POST", CONFIG_MAPS, map).await.0, 201);
            ask(&fake, "DELETE", &format!("{JOBS}/x?propagationPolicy={policy}"), Value::Null).await;
            assert_eq!(fake.config_maps().len(), left, "{policy}");
        }
        assert_eq!(fake.config_maps()[0]["metadata"]["ownerReferences"], json!([]));
        let lost = json!({"metadata": {"name": "lost", "ownerReferences": [{"uid": "gone"}]}});
        assert_eq!(ask(&fake, "POST", CONFIG_MAPS, lost).await.0, 201);
        assert_eq!(fake.config_maps().len(), 1, "a ConfigMap of nobody is collected");
    });
}

#[test]
fn a_strategic_merge_patch_merges_lists_by_key() {
    run(async {
        let fake = Fake::new();
        let pod = fake.add_job("x", 1).add_pod(Pod::new(0));
        let other = fake.add_job("y", 1).uid();
        let old = fake.job("default", "x").uid();
        let body = json!({"metadata": {
            "ownerReferences": [{"$patch": "delete", "uid": old}, {"uid": other, "kind": "Job", "name": "y"}],
            "finalizers": ["mine"], "labels": {"job-name": null},
        }});
        let path = format!("/api/v1/namespaces/default/pods/{pod}");
        let response = open(&fake, "PATCH", &path, "application/strategic-merge-patch+json", &body).await;
        assert_eq!(response.status(), 200);
        let (_, pod) = ask(&fake, "GET", &path, Value::Null).await;
        let metadata = &pod["metadata"];
        assert_eq!(metadata["ownerReferences"], json!([{"uid": other, "kind": "Job", "name": "y"}]));
        assert_eq!(metadata["finalizers"], json!(["batch.kubernetes.io/job-tracking", "mine"]));
        assert_eq!(metadata["labels"]["job-name"], Value::Null);
        assert_eq!(metadata["labels"]["batch.kubernetes.io/job-name"], "x");
    });
}

#[test]
fn the_controller_suspends_resumes_and_completes() {
    run(async {
        let fake = Fake::new();
        fake.run_controller();
        let mut suspended = indexed("x");
        suspended["spec"]["suspend"] = json!(true);
        let (_, posted) = ask(&fake, "POST", JOBS, suspended).await;
        let job = fake.job("default", "x");
        assert_eq!(job.json()["status"]["conditions"][0]["type"], "Suspended");
        let revision = &posted["metadata"]["resourceVersion"];
        let patch = json!({"metadata": {"resourceVersion": revision}, "spec": {"suspend": false}});
        assert_eq!(ask(&fake, "PATCH", &format!("{JOBS}/x"), patch).await.0, 409);
        assert_eq!(ask(&fake, "PATCH", &format!("{JOBS}/x"), json!({"spec": {"suspend": false}})).await.0, 200);
        let status = &job.json()["status"];
        assert_eq!((&status["completedIndexes"], &status["succeeded"]), (&json!("0,1"), &json!(2)));
    });
}

#[test]
fn logs_answer_as_the_kubelet_does() {
    run(async {
        let fake = Fake::new();
        let job = fake.add_job("x", 2);
        let pod = job.add_pod(Pod::new(0).running());
        let log = |query: &str| format!("/api/v1/namespaces/default/pods/{pod}/log?{query}");
        let script = vec![(Duration::ZERO, b"a\n".to_vec()), (Duration::from_millis(1), b"b\nc".to_vec())];
        fake.log("default", &pod, "worker", Log::Script(script, Ending::Eof));
        for query in ["", "container=worker", "follow=true"] {
            assert_eq!(ask(&fake, "GET", &log(query), Value::Null).await, (200, json!("a\nb\nc")), "{query}");
        }
        assert_eq!(ask(&fake, "GET", &log("tailLines=2&limitBytes=2"), Value::Null).await.1, json!("b\n"));
        let says = async |path: String| ask(&fake, "GET", &path, Value::Null).await.1["message"].clone();
        let text = format!("previous terminated container \"worker\" in pod \"{pod}\" not found");
        assert_eq!(says(log("previous=true")).await, text);
        assert_eq!(says(log("container=zz")).await, format!("container zz is not valid for pod {pod}"));
        assert_eq!(says(log("").replace(&pod, "p")).await, "pods \"p\" not found");
        let waiting = job.add_pod(Pod::new(1).unscheduled());
        assert_eq!(ask(&fake, "GET", &log("").replace(&pod, &waiting), Value::Null).await.0, 204);
    });
}

#[test]
fn a_live_log_answers_by_the_kubelets_rules_for_times() {
    run(async {
        let fake = Fake::new();
        let pod = fake.add_job("x", 1).add_pod(Pod::new(0).running());
        let live = LiveLog::new();
        fake.log("default", &pod, "worker", Log::Live(live.clone()));
        let ask = async |query: &str| {
            let path = format!("/api/v1/namespaces/default/pods/{pod}/log?{query}");
            ask(&fake, "GET", &path, Value::Null).await.1
        };
        for (millis, piece) in [(900, "a\n"), (1900, "long "), (3000, "line\n"), (3000, "b")] {
            live.write(millis, piece);
        }
        assert_eq!(ask("").await, json!("a\nlong line\nb"));
        let (first, third) = ("2026-01-02T03:04:06.900000000Z", "2026-01-02T03:04:08.000000000Z");
        let since = "timestamps=true&sinceTime=2026-01-02T03:04:";
        assert_eq!(ask(&format!("{since}06Z")).await, json!(format!("{first} long line\n{third} b")));
        assert_eq!(ask(&format!("{since}07Z")).await, json!(format!("line\n{third} b")));
        live.limit(3, Ending::Eof);
        assert_eq!(ask("follow=true").await, json!("a\nl"));
        live.rotate();
        live.write(4000, "c\n");
        live.end();
        assert_eq!(ask("follow=true").await, json!("c\n"));
    });
}

#[test]
fn faults_hit_the_requests_they_are_for_and_hooks_see_the_store() {
    run(async {
        let fake = Fake::new();
        fake.fault(On::get(&format!("{JOBS}/*")).nth(2), Fault::RetryAfter(429, 1));
        let seen = Arc::new(AtomicU64::new(99));
        for (when, want) in [(When::Before, 0), (When::After, 1)] {
            let (inner, seen) = (fake.clone(), seen.clone());
            fake.on_write(1, when, move || {
                assert_eq!(inner.jobs().len(), want);
                seen.fetch_add(1, Ordering::SeqCst);
            });
        }
        assert_eq!(ask(&fake, "POST", &format!("{JOBS}?dryRun=All"), indexed("x")).await.0, 201);
        assert_eq!((fake.writes(), fake.jobs().len()), (0, 0));
        assert_eq!(ask(&fake, "POST", JOBS, indexed("x")).await.0, 201);
        assert_eq!((fake.writes(), seen.load(Ordering::SeqCst)), (1, 101));
        let path = format!("{JOBS}/x");
        for want in [200, 429, 200] {
            assert_eq!(ask(&fake, "GET", &path, Value::Null).await.0, want);
        }
        let codes: Vec<_> = fake.requests_to("GET", "*/jobs/x").iter().map(|request| request.code).collect();
        assert_eq!(codes, [Some(200), Some(429), Some(200)]);
    });
}
