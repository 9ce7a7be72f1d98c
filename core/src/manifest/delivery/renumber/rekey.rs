//! Files that are mounted by the index, where nothing can tell a mount the index that its task had.

use serde_json::{Value, json};

use super::super::super::Problem;
use super::{HINT, Part, each_container, helper, helper_name, index_variables};
use crate::index_set::IndexSet;
use crate::text::shown;

/// A mount by the index: its volume, its expression, and the variables in it that hold the index.
struct ByIndex {
    volume: String,
    expression: String,
    variables: Vec<String>,
}

impl ByIndex {
    /// The file of the task at `index`.
    fn key(&self, index: &str) -> String {
        let expression = self.expression.clone();
        self.variables.iter().fold(expression, |key, name| key.replace(&format!("$({name})"), index))
    }
}

fn mounts_by_index(job: &mut Value) -> Result<Vec<ByIndex>, Problem> {
    let mut found = Vec::new();
    each_container(job, |container| {
        let variables = index_variables(container);
        for mount in container["volumeMounts"].as_array().into_iter().flatten() {
            let expression = mount["subPathExpr"].as_str().unwrap_or_default().to_owned();
            if variables.iter().any(|name| expression.contains(&format!("$({name})"))) {
                let volume = mount["name"].as_str().unwrap_or_default().to_owned();
                found.push(ByIndex { volume, expression, variables: variables.clone() });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Files that are mounted by the index get keys by the new one, in `ConfigMaps` of the new Job.
pub(super) fn rekey(job: &mut Value, part: &Part, helpers: &mut Vec<Value>) -> Result<(), Problem> {
    let mounts = mounts_by_index(job)?;
    let owner = json!({"metadata": job["metadata"]});
    let volumes = job["spec"]["template"]["spec"].get_mut("volumes").and_then(Value::as_array_mut);
    for volume in volumes.into_iter().flatten() {
        let name = volume["name"].as_str().unwrap_or_default().to_owned();
        let used: Vec<&ByIndex> = mounts.iter().filter(|mount| mount.volume == name).collect();
        if used.is_empty() {
            continue;
        }
        let wanted = volume["configMap"]["name"].as_str();
        let map = part.maps.iter().find(|map| wanted.is_some() && map["metadata"]["name"].as_str() == wanted);
        let map = map.ok_or_else(|| {
            let problem = format!("the volume {} is mounted by the index, and is no ConfigMap", shown(&name));
            Problem::new(problem).hint(HINT)
        })?;
        let new = helper_name(&owner, "items", part.suffix, helpers.len());
        helpers.push(helper(&owner, &new, rekeyed(map, part.indexes, &used)));
        volume["configMap"]["name"] = json!(new);
    }
    Ok(())
}

/// What `mounts` show of `map`, under the keys of the new indexes.
fn rekeyed(map: &Value, indexes: &IndexSet, mounts: &[&ByIndex]) -> serde_json::Map<String, Value> {
    let mut content = serde_json::Map::new();
    for kind in ["data", "binaryData"] {
        let mut entries = serde_json::Map::new();
        for (new, old) in indexes.iter().enumerate() {
            for mount in mounts {
                if let Some(value) = map[kind].get(mount.key(&old.to_string())) {
                    entries.insert(mount.key(&new.to_string()), value.clone());
                }
            }
        }
        if !entries.is_empty() {
            content.insert(kind.to_owned(), Value::Object(entries));
        }
    }
    content
}
