# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_indexedjob_global_optspecs
    string join \n kubeconfig= context= cluster= user= n/namespace= s/server= tls-server-name= insecure-skip-tls-verify= certificate-authority= client-certificate= client-key= token= as= as-group= as-uid= as-user-extra= request-timeout= disable-compression= warnings-as-errors= v/v= color= h/help V/version
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "create" -d 'Create an Indexed Job from flags, a script or a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "list" -d 'Show the Indexed Jobs of a namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "ls" -d 'Show the Indexed Jobs of a namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "status" -d 'Show what each index of a Job is doing'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "logs" -d 'Print logs by index: all, some, or one; as they are, as they come, or into files'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "cancel" -d 'Give up some indexes of a Job, or the whole Job, for good'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "suspend" -d 'Stop Jobs until they are resumed'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "resume" -d 'Let suspended Jobs run'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "scale" -d 'Change how many pods of a Job may run at a time, or how many indexes it has'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "delete" -d 'Delete Jobs, with their pods and helper objects'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "retry" -d 'Run only what failed or never ran, as a new Job in which everything else is done'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "version" -d 'Show the versions of the plugin and of the server'
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l timeout -d 'How long to stay: 90s, 5m, 1h30m; by default without end' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l progress -d 'How to show progress meanwhile: a bar on a terminal, else a line when something has changed; with --logs none' -r -f -a "auto\t'A bar on a terminal, lines elsewhere'
plain\t'Lines'
json\t'JSON objects on stdout, a line each, in place of what else stands there'
none\t'Nothing but the end'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l progress-interval -d 'The least time between two lines of progress' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l rm -d 'Delete the Job once it is complete; one that failed stays' -r -f -a "true\t''
false\t''"
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s l -l selector -d 'The Jobs with these labels that there are now: app=train, tier!=test, \'env in (a,b)\'' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l all -d 'All Jobs of the namespace that there are now' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l for -d 'What to wait for: complete, failed, finished, suspended, running, or so many indexes: succeeded=N, succeeded=P%, failed=N, failed=P%; also condition=complete, as kubectl has it' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l timeout -d 'How long to wait: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever; to read why it ended may take two seconds more' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l progress -d 'How to show progress: a bar on a terminal, else a line when something has changed' -r -f -a "auto\t'A bar on a terminal, lines elsewhere'
plain\t'Lines'
json\t'JSON objects on stdout, a line each, in place of what else stands there'
none\t'Nothing but the end'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l progress-interval -d 'The least time between two lines of progress' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s o -l output -d 'What to print of each Job when it is so, in place of "condition met"' -r -f -a "name\t'job.batch/NAME'
json\t'The objects as JSON'
yaml\t'The objects as YAML'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l index -d 'These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l state -d 'Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out' -r -f -a "succeeded\t'Done'
failed\t'Failed for good'
running\t'A pod of it runs'
retrying\t'Failed, and waits for its next attempt'
terminating\t'Its pod is being stopped'
pending\t'Not running yet'
starting\t'Pending, with a pod that is there'
unfinished\t'Neither succeeded nor failed in a Job that has ended'
skipped\t'Not done, and left out by the retry that made the Job'
all\t'Whatever its state'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l reason -d 'Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l exit-code -d 'Those whose last attempt that is over ended with one of these exit codes' -r
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand wait" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s A -l all-namespaces -d 'Of all namespaces' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s l -l selector -d 'Only those with these labels: app=train, tier!=test, \'env in (a,b)\'' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l non-indexed -d 'Jobs that are not Indexed, too; their columns count pods' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l sort -d 'What they are ordered by' -r -f -a "name\t'By name'
age\t'The newest first'
duration\t'The longest first'
failed\t'Those with most failed indexes first'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s w -l watch -d 'Go on, and show every Job that changes' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s o -l output -d 'How to print them' -r -f -a "wide\t'More columns'
name\t'Names: job.batch/NAME'
json\t'The documented schema'
yaml\t'The same'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l no-headers -d 'No line with the names of the columns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s A -l all-namespaces -d 'Of all namespaces' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s l -l selector -d 'Only those with these labels: app=train, tier!=test, \'env in (a,b)\'' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l non-indexed -d 'Jobs that are not Indexed, too; their columns count pods' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l sort -d 'What they are ordered by' -r -f -a "name\t'By name'
age\t'The newest first'
duration\t'The longest first'
failed\t'Those with most failed indexes first'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s w -l watch -d 'Go on, and show every Job that changes' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s o -l output -d 'How to print them' -r -f -a "wide\t'More columns'
name\t'Names: job.batch/NAME'
json\t'The documented schema'
yaml\t'The same'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l no-headers -d 'No line with the names of the columns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l index -d 'These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l state -d 'Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out' -r -f -a "succeeded\t'Done'
failed\t'Failed for good'
running\t'A pod of it runs'
retrying\t'Failed, and waits for its next attempt'
terminating\t'Its pod is being stopped'
pending\t'Not running yet'
starting\t'Pending, with a pod that is there'
unfinished\t'Neither succeeded nor failed in a Job that has ended'
skipped\t'Not done, and left out by the retry that made the Job'
all\t'Whatever its state'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l reason -d 'Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l exit-code -d 'Those whose last attempt that is over ended with one of these exit codes' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s o -l output -d 'How to print it; without it, a table' -r -f -a "wide\t'A table with every column, nothing cut'
json\t'One document, for programs'
yaml\t'The same as YAML'
csv\t'A header, and a line for each index'
ranges\t'The numbers as a set on one line, as --index takes it'
lines\t'The numbers, one a line'
name\t'The newest pod of each index as pod/NAME, one a line'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l sort -d 'The order of the rows' -r -f -a "number\t'Ascending'
duration\t'The longest first'
attempts\t'The most first'
node\t'By the node\'s name'
state\t'What failed first, what succeeded last'
age\t'The oldest pod first'
exit-code\t'The greatest first'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l map -d 'Draw a letter for each index, or for several where there are many' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l chain -d 'Show the tasks of all runs of a Job that was retried, each as its last run left it' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s w -l watch -d 'Show it again whenever it changes, until the Job ends; on a terminal in place' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l index -d 'These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l state -d 'Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out' -r -f -a "succeeded\t'Done'
failed\t'Failed for good'
running\t'A pod of it runs'
retrying\t'Failed, and waits for its next attempt'
terminating\t'Its pod is being stopped'
pending\t'Not running yet'
starting\t'Pending, with a pod that is there'
unfinished\t'Neither succeeded nor failed in a Job that has ended'
skipped\t'Not done, and left out by the retry that made the Job'
all\t'Whatever its state'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l reason -d 'Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l exit-code -d 'Those whose last attempt that is over ended with one of these exit codes' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l attempt -d 'Which attempts of an index: last, all, or the N-th; by default the last, with -f or --save all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s c -l container -d 'The container; by default the one that kubectl would choose' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l all-containers -d 'All containers of each pod, init containers first' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l tail -d 'Only so many lines from the end of each log; -1 is all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l since -d 'Only what is newer than this: 5s, 2m, 3h' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l since-time -d 'Only what is newer than this time (RFC 3339)' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l timestamps -d 'Begin every line with its time' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l limit-bytes -d 'Only so many bytes of each log' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l prefix -d 'Begin every line with [INDEX], [INDEX/ATTEMPT], [INDEX/ATTEMPT/CONTAINER], with several Jobs with [JOB/INDEX]; auto: with more than one log, on a terminal, with -f, and with --order=time' -r -f -a "auto\t'Where it is needed'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s o -l output -d 'How to print: json is one object a line; raw changes nothing, also on a terminal, where control characters are otherwise written out' -r -f -a "json\t'One object a line'
raw\t'The bytes as they are'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l order -d 'By index, each log whole, or all lines by their time' -r -f -a "index\t'By index and attempt, each log whole'
time\t'All lines by their time'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l save -d 'Save every log as DIR/INDEX/ATTEMPT.log, with joblog.tsv as of GNU parallel, pods.tsv (whose log each file has) and job.json; what is there already is not read again' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l max-log-requests -d 'How many logs are read at a time; the others wait for their turn. Each takes up to half a megabyte of memory' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l ignore-errors -d 'Exit with 0 also where some log cannot be read' -r -f -a "true\t''
false\t''"
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s f -l follow -d 'Wait for the containers to start, and follow their logs until the Job or what was selected has ended'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s p -l previous -d 'The container\'s previous run, else the previous attempt of the index'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -s l -l selector -d 'The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l index -d 'These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l state -d 'Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out' -r -f -a "succeeded\t'Done'
failed\t'Failed for good'
running\t'A pod of it runs'
retrying\t'Failed, and waits for its next attempt'
terminating\t'Its pod is being stopped'
pending\t'Not running yet'
starting\t'Pending, with a pod that is there'
unfinished\t'Neither succeeded nor failed in a Job that has ended'
skipped\t'Not done, and left out by the retry that made the Job'
all\t'Whatever its state'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l reason -d 'Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l exit-code -d 'Those whose last attempt that is over ended with one of these exit codes' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l timeout -d 'How long to wait until the server confirms it: 90s, 5m, or seconds; negative waits for ever' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l dry-run -d 'Only show what would be done: client, or server, which checks it' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -l all -d 'All Indexed Jobs of the namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -s l -l selector -d 'The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l dry-run -d 'Only show what would be done: client, or server, which checks it' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l all -d 'All Indexed Jobs of the namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -l drain -d 'Let what runs end first, and start nothing new meanwhile; stays until then'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand suspend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -s l -l selector -d 'The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l dry-run -d 'Only show what would be done: client, or server, which checks it' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -l all -d 'All Indexed Jobs of the namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s l -l selector -d 'The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s p -l parallelism -d 'How many pods may run at a time' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l completions -d 'How many indexes there are; the API changes that only together with parallelism, to the same number' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l dry-run -d 'Only show what would be done: client, or server, which checks it' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l all -d 'All Indexed Jobs of the namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -l now -d 'Also when running indexes are stopped for it, or done ones forgotten'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand scale" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -s l -l selector -d 'The Indexed Jobs with these labels, as in kubectl: app=train,tier!=test' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l older-than -d 'Of these only the Jobs that ended, or where they run were created, longer ago: 7d, 36h, 90m' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l ignore-not-found -d 'A Job that is not there is no error' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l wait -d 'Wait until the Jobs are gone' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l timeout -d 'How long to wait for each: 90s, 5m, or seconds; 0 or negative waits for ever' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l dry-run -d 'Only show what would be done: client, or server, which checks it' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l all -d 'All Indexed Jobs of the namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -l finished -d 'Of these only the Jobs that are complete or have failed'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l index -d 'These indexes: 3, or 0-9,20, or 0-15:4; - reads them from stdin; an empty set is none of them, never all' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l state -d 'Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out' -r -f -a "succeeded\t'Done'
failed\t'Failed for good'
running\t'A pod of it runs'
retrying\t'Failed, and waits for its next attempt'
terminating\t'Its pod is being stopped'
pending\t'Not running yet'
starting\t'Pending, with a pod that is there'
unfinished\t'Neither succeeded nor failed in a Job that has ended'
skipped\t'Not done, and left out by the retry that made the Job'
all\t'Whatever its state'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l reason -d 'Those with one of these reasons, as status shows them: OOMKilled, Error, ImagePullBackOff' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l exit-code -d 'Those whose last attempt that is over ended with one of these exit codes' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l via -d 'How the new Job learns what is done' -r -f -a "auto\t'The first that works'
status\t'Its status is told'
adopt\t'It takes over the pods that succeeded'
subset\t'It has only the tasks that are left'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l name -d 'The name of the new Job; by default NAME-r1, NAME-r2, ...' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l image -d 'The image of the container' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s I -d 'What stands for the item in COMMAND instead of {} and {column}; \'\' for nothing' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l parallelism -d 'How many tasks may run at once; by default as before' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l retries -d 'How often a task is tried again after a failure; by default as before' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l avoid-failed-nodes -d 'Keep off the nodes where the last attempts at these tasks failed' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l env -d 'A variable; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l env-from -d 'Variables from the keys of configmap/NAME or secret/NAME; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l working-dir -d 'The directory that the program begins in' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s c -l container -d 'The container that is meant, where a file has several' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l image-pull-policy -d 'When to pull the image' -r -f -a "Always\t'Each time'
IfNotPresent\t'If the node does not have it'
Never\t'Not at all'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l image-pull-secret -d 'A Secret to pull the image with; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l service-account -d 'The service account that the pods run as' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l time-limit -d 'How long an attempt may take: 90s, 5m, 1h30m' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l requests -d 'What each pod is sure to get: cpu=500m,memory=4Gi' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l limits -d 'What each pod gets at most: memory=8Gi' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l gpus -d 'So many GPUs for each pod: the limit of nvidia.com/gpu; of another kind by --limits' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l volume -d 'A volume and its place: pvc/data:/data, with :ro read-only' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l node-selector -d 'A label that a node must have: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l toleration -d 'A taint of nodes that is borne: KEY, KEY:EFFECT or KEY=VALUE:EFFECT; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l priority-class -d 'The priority class of the pods' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l runtime-class -d 'The runtime class of the pods' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l label -d 'A label of the Job and its pods: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l annotation -d 'An annotation of the Job and its pods: KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l wait -d 'Follow the Job to its end, as wait does' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l logs -d 'Print the logs of all tasks as they come, to the end' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l timeout -d 'How long to stay: 90s, 5m, 1h30m; by default without end' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l progress -d 'How to show progress meanwhile: a bar on a terminal, else a line when something has changed; with --logs none' -r -f -a "auto\t'A bar on a terminal, lines elsewhere'
plain\t'Lines'
json\t'JSON objects on stdout, a line each, in place of what else stands there'
none\t'Nothing but the end'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l progress-interval -d 'The least time between two lines of progress' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l undo -d 'Take back a retry that did not end: pods go back to the Job that they came from, and the new Job goes' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l dry-run -d 'Only show what would be created: client or server' -r -f -a "none\t'Create the objects'
client\t'Ask nobody'
server\t'Let the server check them'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s o -l output -d 'Print the name or the Job instead of kubectl\'s line' -r -f -a "name\t'job.batch/NAME'
json\t'The objects as JSON'
yaml\t'The objects as YAML'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand retry" -s h -l help -d 'Print help (see more with \'--help\')'
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l client -d 'The plugin\'s alone; no server is asked' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -s o -l output -d 'How to print them' -r -f -a "json\t'The documented schema'
yaml\t'The same'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l kubeconfig -d 'The kubeconfig file to use, and no other' -r -F
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l context -d 'The kubeconfig context to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l cluster -d 'The kubeconfig cluster to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l user -d 'The kubeconfig user to use' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -s n -l namespace -d 'The namespace of the Job' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -s s -l server -d 'Address of the API server' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l tls-server-name -d 'Name to check the server\'s certificate against' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l insecure-skip-tls-verify -d 'Do not check the server\'s certificate' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l certificate-authority -d 'File with the certificate of the server\'s authority' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l client-certificate -d 'File with the client\'s certificate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l client-key -d 'File with the client\'s key' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l token -d 'Bearer token' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l as -d 'User to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l as-group -d 'Group to impersonate; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l as-uid -d 'UID to impersonate' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l as-user-extra -d 'Extra of the impersonated user, KEY=VALUE; may be repeated' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l request-timeout -d 'How long one request may take: 90s, 5m, or seconds; 0 is no limit' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l disable-compression -d 'Do not ask the server to compress its answers' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l warnings-as-errors -d 'End with an error when the server warns' -r -f -a "true\t''
false\t''"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -s v -l v -d 'How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal; `NO_COLOR`, `CLICOLOR_FORCE` and TERM=dumb are heeded'
always\t'Always'
never\t'Never'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "create" -d 'Create an Indexed Job from flags, a script or a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "list" -d 'Show the Indexed Jobs of a namespace'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "status" -d 'Show what each index of a Job is doing'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "logs" -d 'Print logs by index: all, some, or one; as they are, as they come, or into files'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "cancel" -d 'Give up some indexes of a Job, or the whole Job, for good'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "suspend" -d 'Stop Jobs until they are resumed'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "resume" -d 'Let suspended Jobs run'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "scale" -d 'Change how many pods of a Job may run at a time, or how many indexes it has'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "delete" -d 'Delete Jobs, with their pods and helper objects'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "retry" -d 'Run only what failed or never ran, as a new Job in which everything else is done'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "version" -d 'Show the versions of the plugin and of the server'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe list status logs cancel suspend resume scale delete retry completion version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
