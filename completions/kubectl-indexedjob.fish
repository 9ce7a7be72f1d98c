# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_indexedjob_global_optspecs
    string join \n kubeconfig= context= cluster= user= n/namespace= s/server= tls-server-name= insecure-skip-tls-verify= certificate-authority= client-certificate= client-key= token= as= as-group= as-uid= as-user-extra= request-timeout= disable-compression= h/help V/version
end

function __fish_kubectl_indexedjob_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_indexedjob_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_indexedjob_using_subcommand
    set -l cmd (__fish_kubectl_indexedjob_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "create" -d 'Create an Indexed Job from flags, a script or a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "logs" -d 'Print the log of an index, or follow all logs'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l completions -d 'So many tasks, numbered from 0' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s a -l array -d 'Tasks of these numbers: 1-10, 0-15:4,20%4' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items -d 'A task for each of these: foo,bar,"a, b"' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items-from -d 'A task for each line or row; - is stdin' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items-format -d 'The format of --items-from [default: by the name of the file, else lines]' -r -f -a "lines\t'One item a line'
nul\t'Items that end in NUL, as find -print0 writes them'
csv\t'Comma-separated values with a header'
tsv\t'Tab-separated values with a header'
json\t'One array'
jsonl\t'One JSON value a line'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l matrix -d 'A task for each combination: lr=0.1,0.01; is repeated for each axis' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l item-env -d 'A variable that holds the item, or a column of it; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l item-path -d 'The file in which a task finds its item; with columns one JSON object [default: /input/data.txt]' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s I -d 'What stands for the item in the command instead of {} and {column}; \'\' for nothing' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l index-env -d 'A further variable that holds the number of the task; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l index-path -d 'A file that holds the number of the task' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items-via -d 'How items travel: auto, configmap or init' -r -f -a "auto\t'By what suits their size'
configmap\t'A ConfigMap, one key per index'
init\t'An init container with a shell'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l init-image -d 'The image of the init container' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l image -d 'The image of the container' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s f -l filename -d 'Begin with the Job of this file; - is stdin' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l script -d 'Run this script by its #! line; what follows -- are its arguments' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l parallelism -d 'How many tasks may run at once' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l keep-entrypoint -d 'Words after -- are arguments of the image\'s own entrypoint' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l suspend -d 'Create it suspended: no task runs until its spec.suspend is set to false' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l queue -d 'The Kueue queue that starts it; needs --parallelism, all of which Kueue reserves at once' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l retries -d 'How often a task is tried again after a failure' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l count-disruptions -d 'Count evictions and preemptions as failures, too' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l max-failed-indexes -d 'The Job fails when more than about N tasks, or P% of them, have failed; by default all of them run' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l fail-job-on -d 'Exit codes that fail the whole Job: 42 or 1,3-5' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l fail-index-on -d 'Exit codes after which a task is not tried again' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l backoff-limit -d 'The Job fails with more failed pods than this, of all tasks together' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l succeeded-count -d 'The Job is complete as soon as so many tasks have succeeded (Kubernetes 1.31+)' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l succeeded-indexes -d 'The Job is complete as soon as these tasks have succeeded; with --succeeded-count so many of them' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l active-deadline -d 'How long the whole Job may take: 90s, 5m, 1h30m' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l pod-replacement-policy -d 'When a pod is replaced: once it has ended, or as soon as it is being deleted' -r -f -a "Failed\t'Once it has ended'
TerminatingOrFailed\t'As soon as it is being deleted or has failed'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l ttl -d 'Delete the Job this long after its end; 0 at once' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l env -d 'A variable; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l env-from -d 'Variables from the keys of configmap/NAME or secret/NAME; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l working-dir -d 'The directory that the program begins in' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s c -l container -d 'The container that is meant, where a file has several' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l image-pull-policy -d 'When to pull the image' -r -f -a "Always\t'Each time'
IfNotPresent\t'If the node does not have it'
Never\t'Not at all'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l image-pull-secret -d 'A Secret to pull the image with; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l service-account -d 'The service account that the pods run as' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l time-limit -d 'How long an attempt may take: 90s, 5m, 1h30m' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l requests -d 'What each pod is sure to get: cpu=500m,memory=4Gi' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l limits -d 'What each pod gets at most: memory=8Gi' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l gpus -d 'So many GPUs for each pod: the limit of nvidia.com/gpu; of another kind by --limits' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l volume -d 'A volume and its place: pvc/data:/data, with :ro read-only' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l node-selector -d 'A label that a node must have: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l toleration -d 'A taint of nodes that is borne: KEY, KEY:EFFECT or KEY=VALUE:EFFECT; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l priority-class -d 'The priority class of the pods' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l runtime-class -d 'The runtime class of the pods' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l label -d 'A label of the Job and its pods: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l annotation -d 'An annotation of the Job and its pods: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l wait -d 'Follow the Job to its end, as wait does' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l logs -d 'Print the logs of all tasks as they come, to the end' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l rm -d 'Delete the Job once it is complete; one that failed stays' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l timeout -d 'How long to stay: 90s, 5m, 1h30m; by default without end' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l replace -d 'Delete a finished Job of this name before' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l defaults -d 'What is set besides what was asked for: what suits an array (see below), or nothing' -r -f -a "array\t'What suits an array of tasks'
api\t'The API\'s own'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l dry-run -d 'Only show what would be created: client or server' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s o -l output -d 'Print the name or the objects instead of kubectl\'s line' -r -f -a "name\t'job.batch/NAME'
json\t'The objects as JSON'
yaml\t'The objects as YAML'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l timeout -d 'How long to wait: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l progress -d 'How to show progress: a bar on a terminal, else a line when something has changed' -r -f -a "auto\t'A bar on a terminal, lines elsewhere'
plain\t'Lines'
none\t'Nothing but the end'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l progress-interval -d 'The least time between two plain lines' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l show-events -d 'Show the events of the Job, too' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l index -d 'The completion index; may be left out with -f' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s c -l container -d 'The container; by default the one that kubectl would choose' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l tail -d 'Only so many lines from the end; -1 is all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l since -d 'Only what is newer than this: 5s, 2m, 3h' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l since-time -d 'Only what is newer than this time (RFC 3339)' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l limit-bytes -d 'Only so many bytes' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s f -l follow -d 'Wait for the container to start, and follow its log until it ends; without --index, follow every attempt of every index until the Job ends, each line after [INDEX] or [INDEX/ATTEMPT]'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s p -l previous -d 'The container\'s previous run, else the previous attempt of the index'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l timestamps -d 'Begin every line with its time'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "create" -d 'Create an Indexed Job from flags, a script or a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "logs" -d 'Print the log of an index, or follow all logs'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
