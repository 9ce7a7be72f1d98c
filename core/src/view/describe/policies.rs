//! The policies of a Job, each rule in words.

use k8s_openapi::api::batch::v1::{
    PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule, SuccessPolicy, SuccessPolicyRule,
};

use crate::index_set::IndexSet;
use crate::numbering::Numbering;

/// The rules of a pod failure policy, in their order: the first that fits a failed pod decides.
pub(super) fn failure(policy: Option<&PodFailurePolicy>) -> Vec<String> {
    policy.into_iter().flat_map(|policy| &policy.rules).map(failure_rule).collect()
}

fn failure_rule(rule: &PodFailurePolicyRule) -> String {
    let action = match rule.action.as_str() {
        "FailJob" => "fail the Job",
        "FailIndex" => "fail the index",
        "Ignore" => "ignore the failure",
        "Count" => "count the failure",
        other => other,
    };
    let codes = rule.on_exit_codes.iter().map(exit_codes);
    let conditions = rule.on_pod_conditions.iter().flatten().map(pod_condition);
    let when = either(codes.chain(conditions).collect());
    if when.is_empty() { action.to_owned() } else { format!("{action} when {when}") }
}

/// 0 is no failure, so no rule is about it.
fn exit_codes(codes: &PodFailurePolicyOnExitCodesRequirement) -> String {
    let who = match codes.container_name.as_deref() {
        None | Some("") => "a container".to_owned(),
        Some(name) => format!("container {name}"),
    };
    let values = either(codes.values.iter().map(ToString::to_string).collect());
    match codes.operator.as_str() {
        "In" => format!("{who} exits with {values}"),
        "NotIn" => format!("{who} fails with another exit code than {values}"),
        operator => format!("the exit code of {who} is {operator} {values}"),
    }
}

fn pod_condition(pattern: &PodFailurePolicyOnPodConditionsPattern) -> String {
    match (pattern.type_.as_str(), pattern.status.as_deref().unwrap_or("True")) {
        ("DisruptionTarget", "True") => "the pod was disrupted (DisruptionTarget)".to_owned(),
        (kind, "True") => format!("the pod has the condition {kind}"),
        (kind, status) => format!("the pod has the condition {kind}={status}"),
    }
}

/// The rules of a success policy, of which one is enough.
pub(super) fn success(policy: Option<&SuccessPolicy>, numbering: &Numbering) -> Vec<String> {
    policy.into_iter().flat_map(|policy| &policy.rules).map(|rule| success_rule(rule, numbering)).collect()
}

fn success_rule(rule: &SuccessPolicyRule, numbering: &Numbering) -> String {
    // Without numbers of their own the API's text says it, whatever it is.
    let numbers = |text: &String| match numbering.set() {
        Some(all) => numbering.numbers(&IndexSet::from_api(text, all.len())).to_string(),
        None => text.clone(),
    };
    match (rule.succeeded_count, rule.succeeded_indexes.as_ref().map(numbers)) {
        (Some(count), Some(indexes)) => format!("succeed when any {count} of the indexes {indexes} have succeeded"),
        (Some(count), None) => format!("succeed when any {count} of all indexes have succeeded"),
        (None, Some(indexes)) => format!("succeed when the indexes {indexes} have succeeded"),
        (None, None) => "succeed when all indexes have succeeded".to_owned(),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(mut parts: Vec<String>) -> String {
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} or {last}", parts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, from_value, json};

    use super::*;

    #[track_caller]
    fn says<T: DeserializeOwned>(text: impl Fn(&T) -> String, rule: Value, want: &str) {
        assert_eq!(text(&from_value(rule).unwrap()), want);
    }

    #[test]
    fn rules_about_exit_codes() {
        let rule = |action, operator, values: &[i32]| json!({"action": action, "onExitCodes": {"operator": operator, "values": values}});
        says(failure_rule, rule("FailJob", "In", &[42]), "fail the Job when a container exits with 42");
        says(failure_rule, rule("FailIndex", "In", &[1, 2, 3]), "fail the index when a container exits with 1, 2 or 3");
        let other = "count the failure when a container fails with another exit code than 1 or 2";
        says(failure_rule, rule("Count", "NotIn", &[1, 2]), other);
        says(failure_rule, rule("New", "Above", &[9]), "New when the exit code of a container is Above 9");
    }

    #[test]
    fn rules_about_pod_conditions() {
        let rule = json!({"action": "Ignore", "onPodConditions": [
            {"type": "DisruptionTarget"}, {"type": "Ready", "status": "False"}, {"type": "Bad", "status": "True"}
        ]});
        let words = "ignore the failure when the pod was disrupted (DisruptionTarget), the pod has the condition \
                     Ready=False or the pod has the condition Bad";
        says(failure_rule, rule, words);
    }

    fn without_numbers(rule: &SuccessPolicyRule) -> String {
        success_rule(rule, &Numbering::default())
    }

    #[test]
    fn rules_about_success() {
        says(without_numbers, json!({"succeededIndexes": "0,2-5"}), "succeed when the indexes 0,2-5 have succeeded");
        says(without_numbers, json!({"succeededCount": 3}), "succeed when any 3 of all indexes have succeeded");
        let both = json!({"succeededIndexes": "0-9", "succeededCount": 3});
        says(without_numbers, both, "succeed when any 3 of the indexes 0-9 have succeeded");
    }
}
