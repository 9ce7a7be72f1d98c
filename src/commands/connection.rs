//! From the connection flags to what the cluster wants to know.

use std::collections::BTreeMap;

use crate::cli::ConnectionArgs;
use crate::cluster::{Attended, Connection};

impl From<ConnectionArgs> for Connection {
    fn from(args: ConnectionArgs) -> Self {
        let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in &args.impersonate_extra {
            extra.entry(key.clone()).or_default().push(value.clone());
        }
        Self {
            given: args.given_of_cluster(),
            kubeconfig: args.kubeconfig,
            context: args.context,
            cluster: args.cluster,
            user: args.user,
            namespace: args.namespace,
            server: args.server,
            tls_server_name: args.tls_server_name,
            insecure_skip_tls_verify: args.insecure_skip_tls_verify.unwrap_or(false),
            certificate_authority: args.certificate_authority,
            client_certificate: args.client_certificate,
            client_key: args.client_key,
            token: args.token,
            impersonate: args.impersonate,
            impersonate_uid: args.impersonate_uid,
            impersonate_groups: args.impersonate_groups,
            impersonate_user_extra: extra,
            request_timeout: args.request_timeout.0,
            disable_compression: args.disable_compression.unwrap_or(false),
            verbosity: args.verbosity,
            attended: Attended::Yes,
        }
    }
}
