#compdef kubectl-indexedjob

autoload -U is-at-least

_kubectl-indexedjob() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_kubectl-indexedjob_commands" \
"*::: :->kubectl-indexedjob" \
&& ret=0
    case $state in
    (kubectl-indexedjob)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:kubectl-indexedjob-command-$line[1]:"
        case $line[1] in
            (create)
_arguments "${_arguments_options[@]}" : \
'--completions=[So many tasks, numbered from 0]:N:_default' \
'-a+[Tasks of these numbers\: 1-10, 0-15\:4,20%4]:SET[%P]:_default' \
'--array=[Tasks of these numbers\: 1-10, 0-15\:4,20%4]:SET[%P]:_default' \
'--items=[A task for each of these\: foo,bar,"a, b"]:LIST:_default' \
'--items-from=[A task for each line or row; - is stdin]:SOURCE:_default' \
'--items-format=[The format of --items-from \[default\: by the name of the file, else lines\]]:FORMAT:((lines\:"One item a line"
nul\:"Items that end in NUL, as find -print0 writes them"
csv\:"Comma-separated values with a header"
tsv\:"Tab-separated values with a header"
json\:"One array"
jsonl\:"One JSON value a line"))' \
'*--matrix=[A task for each combination\: lr=0.1,0.01; is repeated for each axis]:NAME=LIST:_default' \
'*--item-env=[A variable that holds the item, or a column of it; may be repeated]:NAME[=COLUMN]:_default' \
'--item-path=[The file in which a task finds its item; with columns one JSON object \[default\: /input/data.txt\]]:FILE:_default' \
'-I+[What stands for the item in the command instead of {} and {column}; '\'''\'' for nothing]:STRING:_default' \
'*--index-env=[A further variable that holds the number of the task; may be repeated]:NAME:_default' \
'--index-path=[A file that holds the number of the task]:FILE:_default' \
'--items-via=[How items travel\: auto, configmap or init]:WAY:((auto\:"By what suits their size"
configmap\:"A ConfigMap, one key per index"
init\:"An init container with a shell"))' \
'--init-image=[The image of the init container]:IMAGE:_default' \
'--image=[The image of the container]:IMAGE:_default' \
'-f+[Begin with the Job of this file; - is stdin]:FILE:_default' \
'--filename=[Begin with the Job of this file; - is stdin]:FILE:_default' \
'(-f --filename)--script=[Run this script by its #! line; what follows -- are its arguments]:FILE:_default' \
'--parallelism=[How many tasks may run at once]:N:_default' \
'--keep-entrypoint=[Words after -- are arguments of the image'\''s own entrypoint]::BOOL:(true false)' \
'--suspend=[Create it suspended\: no task runs until its spec.suspend is set to false]::BOOL:(true false)' \
'--queue=[The Kueue queue that starts it; needs --parallelism, all of which Kueue reserves at once]:QUEUE:_default' \
'--retries=[How often a task is tried again after a failure]:N:_default' \
'--count-disruptions=[Count evictions and preemptions as failures, too]::BOOL:(true false)' \
'--max-failed-indexes=[The Job fails when more than about N tasks, or P% of them, have failed; by default all of them run]:N|P%:_default' \
'--fail-job-on=[Exit codes that fail the whole Job\: 42 or 1,3-5]:CODES:_default' \
'--fail-index-on=[Exit codes after which a task is not tried again]:CODES:_default' \
'--backoff-limit=[The Job fails with more failed pods than this, of all tasks together]:N:_default' \
'--succeeded-count=[The Job is complete as soon as so many tasks have succeeded (Kubernetes 1.31+)]:N:_default' \
'--succeeded-indexes=[The Job is complete as soon as these tasks have succeeded; with --succeeded-count so many of them]:SET:_default' \
'--active-deadline=[How long the whole Job may take\: 90s, 5m, 1h30m]:DURATION:_default' \
'--pod-replacement-policy=[When a pod is replaced\: once it has ended, or as soon as it is being deleted]:WHEN:((Failed\:"Once it has ended"
TerminatingOrFailed\:"As soon as it is being deleted or has failed"))' \
'--ttl=[Delete the Job this long after its end; 0 at once]:DURATION:_default' \
'*--env=[A variable; may be repeated]:NAME=VALUE:_default' \
'*--env-from=[Variables from the keys of configmap/NAME or secret/NAME; may be repeated]:SOURCE:_default' \
'--working-dir=[The directory that the program begins in]:DIR:_default' \
'-c+[The container that is meant, where a file has several]:NAME:_default' \
'--container=[The container that is meant, where a file has several]:NAME:_default' \
'--image-pull-policy=[When to pull the image]:WHEN:((Always\:"Each time"
IfNotPresent\:"If the node does not have it"
Never\:"Not at all"))' \
'*--image-pull-secret=[A Secret to pull the image with; may be repeated]:SECRET:_default' \
'--service-account=[The service account that the pods run as]:NAME:_default' \
'--time-limit=[How long an attempt may take\: 90s, 5m, 1h30m]:DURATION:_default' \
'*--requests=[What each pod is sure to get\: cpu=500m,memory=4Gi]:RESOURCE=AMOUNT,...:_default' \
'*--limits=[What each pod gets at most\: memory=8Gi]:RESOURCE=AMOUNT,...:_default' \
'--gpus=[So many GPUs for each pod\: the limit of nvidia.com/gpu; of another kind by --limits]:N:_default' \
'*--volume=[A volume and its place\: pvc/data\:/data, with \:ro read-only]:SOURCE:PATH:_default' \
'*--node-selector=[A label that a node must have\: KEY=VALUE; may be repeated]:KEY=VALUE,...:_default' \
'*--toleration=[A taint of nodes that is borne\: KEY, KEY\:EFFECT or KEY=VALUE\:EFFECT; may be repeated]:TAINT:_default' \
'--priority-class=[The priority class of the pods]:NAME:_default' \
'--runtime-class=[The runtime class of the pods]:NAME:_default' \
'*--label=[A label of the Job and its pods\: KEY=VALUE; may be repeated]:KEY=VALUE,...:_default' \
'*--annotation=[An annotation of the Job and its pods\: KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--wait=[Follow the Job to its end, as wait does]::BOOL:(true false)' \
'--logs=[Print the logs of all tasks as they come, to the end]::BOOL:(true false)' \
'--timeout=[How long to stay\: 90s, 5m, 1h30m; by default without end]:DURATION:_default' \
'--progress=[How to show progress meanwhile\: a bar on a terminal, else a line when something has changed; with --logs none]:PROGRESS:((auto\:"A bar on a terminal, lines elsewhere"
plain\:"Lines"
json\:"JSON objects on stdout, a line each, in place of what else stands there"
none\:"Nothing but the end"))' \
'--progress-interval=[The least time between two lines of progress]:DURATION:_default' \
'--rm=[Delete the Job once it is complete; one that failed stays]::BOOL:(true false)' \
'--replace=[Delete a finished Job of this name before]::BOOL:(true false)' \
'--defaults=[What is set besides what was asked for\: what suits an array (see below), or nothing]:SET:((array\:"What suits an array of tasks"
api\:"The API'\''s own"))' \
'--dry-run=[Only show what would be created\: client or server]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'-o+[Print the name or the objects instead of kubectl'\''s line]:FORM:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--output=[Print the name or the objects instead of kubectl'\''s line]:FORM:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- The name of the Job; one that ends in - is completed by the server:_default' \
'*::command -- The container'\''s command and its arguments:_default' \
&& ret=0
;;
(wait)
_arguments "${_arguments_options[@]}" : \
'(--all)-l+[The Jobs with these labels that there are now\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'(--all)--selector=[The Jobs with these labels that there are now\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'()--all=[All Jobs of the namespace that there are now]::BOOL:(true false)' \
'--for=[What to wait for\: complete, failed, finished, suspended, running, or so many indexes\: succeeded=N, succeeded=P%, failed=N, failed=P%; also condition=complete, as kubectl has it]:WHAT:_default' \
'--timeout=[How long to wait\: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever; to read why it ended may take two seconds more]:DURATION:_default' \
'--progress=[How to show progress\: a bar on a terminal, else a line when something has changed]:PROGRESS:((auto\:"A bar on a terminal, lines elsewhere"
plain\:"Lines"
json\:"JSON objects on stdout, a line each, in place of what else stands there"
none\:"Nothing but the end"))' \
'--progress-interval=[The least time between two lines of progress]:DURATION:_default' \
'-o+[What to print of each Job when it is so, in place of "condition met"]:FORMAT:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--output=[What to print of each Job when it is so, in place of "condition met"]:FORMAT:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--index=[These indexes\: 3, or 0-9,20, or 0-15\:4; - reads them from stdin; an empty set is none of them, never all]:SET:_default' \
'*--state=[Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out]:STATE:((succeeded\:"Done"
failed\:"Failed for good"
running\:"A pod of it runs"
retrying\:"Failed, and waits for its next attempt"
terminating\:"Its pod is being stopped"
pending\:"Not running yet"
starting\:"Pending, with a pod that is there"
unfinished\:"Neither succeeded nor failed in a Job that has ended"
skipped\:"Not done, and left out by the retry that made the Job"
all\:"Whatever its state"))' \
'*--reason=[Those with one of these reasons, as status shows them\: OOMKilled, Error, ImagePullBackOff]:REASON:_default' \
'*--exit-code=[Those whose last attempt that is over ended with one of these exit codes]:N:_default' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME, or @latest, the newest one:_default' \
&& ret=0
;;
(describe)
_arguments "${_arguments_options[@]}" : \
'--show-events=[Show the events of the Job, too]::BOOL:(true false)' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME, or @latest, the newest one:_default' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'-A+[Of all namespaces]::BOOL:(true false)' \
'--all-namespaces=[Of all namespaces]::BOOL:(true false)' \
'-l+[Only those with these labels\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'--selector=[Only those with these labels\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'--non-indexed=[Jobs that are not Indexed, too; their columns count pods]::BOOL:(true false)' \
'--sort=[What they are ordered by]:ORDER:((name\:"By name"
age\:"The newest first"
duration\:"The longest first"
failed\:"Those with most failed indexes first"))' \
'-w+[Go on, and show every Job that changes]::BOOL:(true false)' \
'--watch=[Go on, and show every Job that changes]::BOOL:(true false)' \
'-o+[How to print them]:FORMAT:((wide\:"More columns"
name\:"Names\: job.batch/NAME"
json\:"The documented schema"
yaml\:"The same"))' \
'--output=[How to print them]:FORMAT:((wide\:"More columns"
name\:"Names\: job.batch/NAME"
json\:"The documented schema"
yaml\:"The same"))' \
'--no-headers=[No line with the names of the columns]::BOOL:(true false)' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(ls)
_arguments "${_arguments_options[@]}" : \
'-A+[Of all namespaces]::BOOL:(true false)' \
'--all-namespaces=[Of all namespaces]::BOOL:(true false)' \
'-l+[Only those with these labels\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'--selector=[Only those with these labels\: app=train, tier!=test, '\''env in (a,b)'\'']:SELECTOR:_default' \
'--non-indexed=[Jobs that are not Indexed, too; their columns count pods]::BOOL:(true false)' \
'--sort=[What they are ordered by]:ORDER:((name\:"By name"
age\:"The newest first"
duration\:"The longest first"
failed\:"Those with most failed indexes first"))' \
'-w+[Go on, and show every Job that changes]::BOOL:(true false)' \
'--watch=[Go on, and show every Job that changes]::BOOL:(true false)' \
'-o+[How to print them]:FORMAT:((wide\:"More columns"
name\:"Names\: job.batch/NAME"
json\:"The documented schema"
yaml\:"The same"))' \
'--output=[How to print them]:FORMAT:((wide\:"More columns"
name\:"Names\: job.batch/NAME"
json\:"The documented schema"
yaml\:"The same"))' \
'--no-headers=[No line with the names of the columns]::BOOL:(true false)' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
'--index=[These indexes\: 3, or 0-9,20, or 0-15\:4; - reads them from stdin; an empty set is none of them, never all]:SET:_default' \
'*--state=[Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out]:STATE:((succeeded\:"Done"
failed\:"Failed for good"
running\:"A pod of it runs"
retrying\:"Failed, and waits for its next attempt"
terminating\:"Its pod is being stopped"
pending\:"Not running yet"
starting\:"Pending, with a pod that is there"
unfinished\:"Neither succeeded nor failed in a Job that has ended"
skipped\:"Not done, and left out by the retry that made the Job"
all\:"Whatever its state"))' \
'*--reason=[Those with one of these reasons, as status shows them\: OOMKilled, Error, ImagePullBackOff]:REASON:_default' \
'*--exit-code=[Those whose last attempt that is over ended with one of these exit codes]:N:_default' \
'-o+[How to print it; without it, a table]:FORM:((wide\:"A table with every column, nothing cut"
json\:"One document, for programs"
yaml\:"The same as YAML"
csv\:"A header, and a line for each index"
ranges\:"The numbers as a set on one line, as --index takes it"
lines\:"The numbers, one a line"
name\:"The newest pod of each index as pod/NAME, one a line"))' \
'--output=[How to print it; without it, a table]:FORM:((wide\:"A table with every column, nothing cut"
json\:"One document, for programs"
yaml\:"The same as YAML"
csv\:"A header, and a line for each index"
ranges\:"The numbers as a set on one line, as --index takes it"
lines\:"The numbers, one a line"
name\:"The newest pod of each index as pod/NAME, one a line"))' \
'--sort=[The order of the rows]:KEY:((number\:"Ascending"
duration\:"The longest first"
attempts\:"The most first"
node\:"By the node'\''s name"
state\:"What failed first, what succeeded last"
age\:"The oldest pod first"
exit-code\:"The greatest first"))' \
'(-o --output)--map=[Draw a letter for each index, or for several where there are many]::BOOL:(true false)' \
'--chain=[Show the tasks of all runs of a Job that was retried, each as its last run left it]::BOOL:(true false)' \
'-w+[Show it again whenever it changes, until the Job ends; on a terminal in place]::BOOL:(true false)' \
'--watch=[Show it again whenever it changes, until the Job ends; on a terminal in place]::BOOL:(true false)' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The Job\: NAME, job/NAME, or @latest, the newest one:_default' \
&& ret=0
;;
(logs)
_arguments "${_arguments_options[@]}" : \
'--index=[These indexes\: 3, or 0-9,20, or 0-15\:4; - reads them from stdin; an empty set is none of them, never all]:SET:_default' \
'*--state=[Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out]:STATE:((succeeded\:"Done"
failed\:"Failed for good"
running\:"A pod of it runs"
retrying\:"Failed, and waits for its next attempt"
terminating\:"Its pod is being stopped"
pending\:"Not running yet"
starting\:"Pending, with a pod that is there"
unfinished\:"Neither succeeded nor failed in a Job that has ended"
skipped\:"Not done, and left out by the retry that made the Job"
all\:"Whatever its state"))' \
'*--reason=[Those with one of these reasons, as status shows them\: OOMKilled, Error, ImagePullBackOff]:REASON:_default' \
'*--exit-code=[Those whose last attempt that is over ended with one of these exit codes]:N:_default' \
'(-p --previous)--attempt=[Which attempts of an index\: last, all, or the N-th; by default the last, with -f or --save all]:last|all|N:_default' \
'(--all-containers)-c+[The container; by default the one that kubectl would choose]:NAME:_default' \
'(--all-containers)--container=[The container; by default the one that kubectl would choose]:NAME:_default' \
'--all-containers=[All containers of each pod, init containers first]::BOOL:(true false)' \
'--tail=[Only so many lines from the end of each log; -1 is all]:N:_default' \
'(--since-time)--since=[Only what is newer than this\: 5s, 2m, 3h]:DURATION:_default' \
'--since-time=[Only what is newer than this time (RFC 3339)]:TIME:_default' \
'--timestamps=[Begin every line with its time]::BOOL:(true false)' \
'--limit-bytes=[Only so many bytes of each log]:N:_default' \
'--prefix=[Begin every line with \[INDEX\], \[INDEX/ATTEMPT\], \[INDEX/ATTEMPT/CONTAINER\], with several Jobs with \[JOB/INDEX\]; auto\: with more than one log, on a terminal, with -f, and with --order=time]::WHEN:((auto\:"Where it is needed"
always\:"Always"
never\:"Never"))' \
'-o+[How to print\: json is one object a line; raw changes nothing, also on a terminal, where control characters are otherwise written out]:OUTPUT:((json\:"One object a line"
raw\:"The bytes as they are"))' \
'--output=[How to print\: json is one object a line; raw changes nothing, also on a terminal, where control characters are otherwise written out]:OUTPUT:((json\:"One object a line"
raw\:"The bytes as they are"))' \
'--order=[By index, each log whole, or all lines by their time]:ORDER:((index\:"By index and attempt, each log whole"
time\:"All lines by their time"))' \
'(-f --follow --tail --since --since-time --timestamps --limit-bytes --prefix -o --output --order)--save=[Save every log as DIR/INDEX/ATTEMPT.log, with joblog.tsv as of GNU parallel, pods.tsv (whose log each file has) and job.json; what is there already is not read again]:DIR:_files' \
'--max-log-requests=[How many logs are read at a time; the others wait for their turn. Each takes up to half a megabyte of memory]:N:_default' \
'--ignore-errors=[Exit with 0 also where some log cannot be read]::BOOL:(true false)' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-f[Wait for the containers to start, and follow their logs until the Job or what was selected has ended]' \
'--follow[Wait for the containers to start, and follow their logs until the Job or what was selected has ended]' \
'-p[The container'\''s previous run, else the previous attempt of the index]' \
'--previous[The container'\''s previous run, else the previous attempt of the index]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME, or @latest, the newest one:_default' \
&& ret=0
;;
(cancel)
_arguments "${_arguments_options[@]}" : \
'-l+[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--selector=[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--index=[These indexes\: 3, or 0-9,20, or 0-15\:4; - reads them from stdin; an empty set is none of them, never all]:SET:_default' \
'*--state=[Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out]:STATE:((succeeded\:"Done"
failed\:"Failed for good"
running\:"A pod of it runs"
retrying\:"Failed, and waits for its next attempt"
terminating\:"Its pod is being stopped"
pending\:"Not running yet"
starting\:"Pending, with a pod that is there"
unfinished\:"Neither succeeded nor failed in a Job that has ended"
skipped\:"Not done, and left out by the retry that made the Job"
all\:"Whatever its state"))' \
'*--reason=[Those with one of these reasons, as status shows them\: OOMKilled, Error, ImagePullBackOff]:REASON:_default' \
'*--exit-code=[Those whose last attempt that is over ended with one of these exit codes]:N:_default' \
'--timeout=[How long to wait until the server confirms it\: 90s, 5m, or seconds; negative waits for ever]:DURATION:_default' \
'--dry-run=[Only show what would be done\: client, or server, which checks it]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'--all[All Indexed Jobs of the namespace]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(suspend)
_arguments "${_arguments_options[@]}" : \
'-l+[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--selector=[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--dry-run=[Only show what would be done\: client, or server, which checks it]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'--all[All Indexed Jobs of the namespace]' \
'(--dry-run)--drain[Let what runs end first, and start nothing new meanwhile; stays until then]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(resume)
_arguments "${_arguments_options[@]}" : \
'-l+[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--selector=[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--dry-run=[Only show what would be done\: client, or server, which checks it]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'--all[All Indexed Jobs of the namespace]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(scale)
_arguments "${_arguments_options[@]}" : \
'-l+[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--selector=[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'-p+[How many pods may run at a time]:N:_default' \
'--parallelism=[How many pods may run at a time]:N:_default' \
'--completions=[How many indexes there are; the API changes that only together with parallelism, to the same number]:N:_default' \
'--dry-run=[Only show what would be done\: client, or server, which checks it]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'--all[All Indexed Jobs of the namespace]' \
'--now[Also when running indexes are stopped for it, or done ones forgotten]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(delete)
_arguments "${_arguments_options[@]}" : \
'-l+[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--selector=[The Indexed Jobs with these labels, as in kubectl\: app=train,tier!=test]:LABELS:_default' \
'--older-than=[Of these only the Jobs that ended, or where they run were created, longer ago\: 7d, 36h, 90m]:DURATION:_default' \
'--ignore-not-found=[A Job that is not there is no error]::BOOL:(true false)' \
'--wait=[Wait until the Jobs are gone]::BOOL:(true false)' \
'--timeout=[How long to wait for each\: 90s, 5m, or seconds; 0 or negative waits for ever]:DURATION:_default' \
'--dry-run=[Only show what would be done\: client, or server, which checks it]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'--all[All Indexed Jobs of the namespace]' \
'--finished[Of these only the Jobs that are complete or have failed]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(retry)
_arguments "${_arguments_options[@]}" : \
'--index=[These indexes\: 3, or 0-9,20, or 0-15\:4; - reads them from stdin; an empty set is none of them, never all]:SET:_default' \
'*--state=[Those in one of these states; pending includes starting, unfinished is what an ended Job leaves behind, skipped what a retry left out]:STATE:((succeeded\:"Done"
failed\:"Failed for good"
running\:"A pod of it runs"
retrying\:"Failed, and waits for its next attempt"
terminating\:"Its pod is being stopped"
pending\:"Not running yet"
starting\:"Pending, with a pod that is there"
unfinished\:"Neither succeeded nor failed in a Job that has ended"
skipped\:"Not done, and left out by the retry that made the Job"
all\:"Whatever its state"))' \
'*--reason=[Those with one of these reasons, as status shows them\: OOMKilled, Error, ImagePullBackOff]:REASON:_default' \
'*--exit-code=[Those whose last attempt that is over ended with one of these exit codes]:N:_default' \
'--via=[How the new Job learns what is done]:WAY:((auto\:"The first that works"
status\:"Its status is told"
adopt\:"It takes over the pods that succeeded"
subset\:"It has only the tasks that are left"))' \
'--name=[The name of the new Job; by default NAME-r1, NAME-r2, ...]:NAME:_default' \
'--image=[The image of the container]:IMAGE:_default' \
'-I+[What stands for the item in COMMAND instead of {} and {column}; '\'''\'' for nothing]:STRING:_default' \
'--parallelism=[How many tasks may run at once; by default as before]:N:_default' \
'--retries=[How often a task is tried again after a failure; by default as before]:N:_default' \
'--avoid-failed-nodes=[Keep off the nodes where the last attempts at these tasks failed]::BOOL:(true false)' \
'*--env=[A variable; may be repeated]:NAME=VALUE:_default' \
'*--env-from=[Variables from the keys of configmap/NAME or secret/NAME; may be repeated]:SOURCE:_default' \
'--working-dir=[The directory that the program begins in]:DIR:_default' \
'-c+[The container that is meant, where a file has several]:NAME:_default' \
'--container=[The container that is meant, where a file has several]:NAME:_default' \
'--image-pull-policy=[When to pull the image]:WHEN:((Always\:"Each time"
IfNotPresent\:"If the node does not have it"
Never\:"Not at all"))' \
'*--image-pull-secret=[A Secret to pull the image with; may be repeated]:SECRET:_default' \
'--service-account=[The service account that the pods run as]:NAME:_default' \
'--time-limit=[How long an attempt may take\: 90s, 5m, 1h30m]:DURATION:_default' \
'*--requests=[What each pod is sure to get\: cpu=500m,memory=4Gi]:RESOURCE=AMOUNT,...:_default' \
'*--limits=[What each pod gets at most\: memory=8Gi]:RESOURCE=AMOUNT,...:_default' \
'--gpus=[So many GPUs for each pod\: the limit of nvidia.com/gpu; of another kind by --limits]:N:_default' \
'*--volume=[A volume and its place\: pvc/data\:/data, with \:ro read-only]:SOURCE:PATH:_default' \
'*--node-selector=[A label that a node must have\: KEY=VALUE; may be repeated]:KEY=VALUE,...:_default' \
'*--toleration=[A taint of nodes that is borne\: KEY, KEY\:EFFECT or KEY=VALUE\:EFFECT; may be repeated]:TAINT:_default' \
'--priority-class=[The priority class of the pods]:NAME:_default' \
'--runtime-class=[The runtime class of the pods]:NAME:_default' \
'*--label=[A label of the Job and its pods\: KEY=VALUE; may be repeated]:KEY=VALUE,...:_default' \
'*--annotation=[An annotation of the Job and its pods\: KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--wait=[Follow the Job to its end, as wait does]::BOOL:(true false)' \
'--logs=[Print the logs of all tasks as they come, to the end]::BOOL:(true false)' \
'--timeout=[How long to stay\: 90s, 5m, 1h30m; by default without end]:DURATION:_default' \
'--progress=[How to show progress meanwhile\: a bar on a terminal, else a line when something has changed; with --logs none]:PROGRESS:((auto\:"A bar on a terminal, lines elsewhere"
plain\:"Lines"
json\:"JSON objects on stdout, a line each, in place of what else stands there"
none\:"Nothing but the end"))' \
'--progress-interval=[The least time between two lines of progress]:DURATION:_default' \
'--undo=[Take back a retry that did not end\: pods go back to the Job that they came from, and the new Job goes]::BOOL:(true false)' \
'--dry-run=[Only show what would be created\: client or server]:WHERE:((none\:"Create the objects"
client\:"Ask nobody"
server\:"Let the server check them"))' \
'-o+[Print the name or the Job instead of kubectl'\''s line]:FORM:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--output=[Print the name or the Job instead of kubectl'\''s line]:FORM:((name\:"job.batch/NAME"
json\:"The objects as JSON"
yaml\:"The objects as YAML"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The Job\: NAME, job/NAME; its newest run is gone on from:_default' \
'*::command -- The container'\''s command and its arguments, in place of the old ones; {} and {column} stand for the item, where its tasks have that in a variable or in their command:_default' \
&& ret=0
;;
(completion)
_arguments "${_arguments_options[@]}" : \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(version)
_arguments "${_arguments_options[@]}" : \
'--client=[The plugin'\''s alone; no server is asked]::BOOL:(true false)' \
'-o+[How to print them]:FORMAT:((json\:"The documented schema"
yaml\:"The same"))' \
'--output=[How to print them]:FORMAT:((json\:"The documented schema"
yaml\:"The same"))' \
'--kubeconfig=[The kubeconfig file to use, and no other]:FILE:_files' \
'--context=[The kubeconfig context to use]:NAME:_default' \
'--cluster=[The kubeconfig cluster to use]:NAME:_default' \
'--user=[The kubeconfig user to use]:NAME:_default' \
'-n+[The namespace of the Job]:NAME:_default' \
'--namespace=[The namespace of the Job]:NAME:_default' \
'-s+[Address of the API server]:URL:_default' \
'--server=[Address of the API server]:URL:_default' \
'--tls-server-name=[Name to check the server'\''s certificate against]:NAME:_default' \
'--insecure-skip-tls-verify=[Do not check the server'\''s certificate]::BOOL:(true false)' \
'--certificate-authority=[File with the certificate of the server'\''s authority]:FILE:_default' \
'--client-certificate=[File with the client'\''s certificate]:FILE:_default' \
'--client-key=[File with the client'\''s key]:FILE:_default' \
'--token=[Bearer token]:TOKEN:_default' \
'--as=[User to impersonate]:USER:_default' \
'*--as-group=[Group to impersonate; may be repeated]:GROUP:_default' \
'--as-uid=[UID to impersonate]:UID:_default' \
'*--as-user-extra=[Extra of the impersonated user, KEY=VALUE; may be repeated]:KEY=VALUE:_default' \
'--request-timeout=[How long one request may take\: 90s, 5m, or seconds; 0 is no limit]:DURATION:_default' \
'--disable-compression=[Do not ask the server to compress its answers]::BOOL:(true false)' \
'--warnings-as-errors=[End with an error when the server warns]::BOOL:(true false)' \
'-v+[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--v=[How much is told of requests\: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies]:LEVEL:_default' \
'--color=[When to use colours]:WHEN:((auto\:"On a terminal; \`NO_COLOR\`, \`CLICOLOR_FORCE\` and TERM=dumb are heeded"
always\:"Always"
never\:"Never"))' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_kubectl-indexedjob__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:kubectl-indexedjob-help-command-$line[1]:"
        case $line[1] in
            (create)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(wait)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(describe)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(status)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(logs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(cancel)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(suspend)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(resume)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(scale)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(delete)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(retry)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completion)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(version)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_kubectl-indexedjob_commands] )) ||
_kubectl-indexedjob_commands() {
    local commands; commands=(
'create:Create an Indexed Job from flags, a script or a file' \
'wait:Follow Jobs until they are complete, have failed or are gone' \
'describe:Show a Job\: all that kubectl describe shows, and what it never does' \
'list:Show the Indexed Jobs of a namespace' \
'ls:Show the Indexed Jobs of a namespace' \
'status:Show what each index of a Job is doing' \
'logs:Print logs by index\: all, some, or one; as they are, as they come, or into files' \
'cancel:Give up some indexes of a Job, or the whole Job, for good' \
'suspend:Stop Jobs until they are resumed' \
'resume:Let suspended Jobs run' \
'scale:Change how many pods of a Job may run at a time, or how many indexes it has' \
'delete:Delete Jobs, with their pods and helper objects' \
'retry:Run only what failed or never ran, as a new Job in which everything else is done' \
'completion:Print the completion script of a shell' \
'version:Show the versions of the plugin and of the server' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'kubectl-indexedjob commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__cancel_commands] )) ||
_kubectl-indexedjob__subcmd__cancel_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob cancel commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__completion_commands] )) ||
_kubectl-indexedjob__subcmd__completion_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob completion commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__create_commands] )) ||
_kubectl-indexedjob__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob create commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__delete_commands] )) ||
_kubectl-indexedjob__subcmd__delete_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob delete commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__describe_commands] )) ||
_kubectl-indexedjob__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob describe commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help_commands] )) ||
_kubectl-indexedjob__subcmd__help_commands() {
    local commands; commands=(
'create:Create an Indexed Job from flags, a script or a file' \
'wait:Follow Jobs until they are complete, have failed or are gone' \
'describe:Show a Job\: all that kubectl describe shows, and what it never does' \
'list:Show the Indexed Jobs of a namespace' \
'status:Show what each index of a Job is doing' \
'logs:Print logs by index\: all, some, or one; as they are, as they come, or into files' \
'cancel:Give up some indexes of a Job, or the whole Job, for good' \
'suspend:Stop Jobs until they are resumed' \
'resume:Let suspended Jobs run' \
'scale:Change how many pods of a Job may run at a time, or how many indexes it has' \
'delete:Delete Jobs, with their pods and helper objects' \
'retry:Run only what failed or never ran, as a new Job in which everything else is done' \
'completion:Print the completion script of a shell' \
'version:Show the versions of the plugin and of the server' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'kubectl-indexedjob help commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__cancel_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__cancel_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help cancel commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__completion_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__completion_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help completion commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__create_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__create_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help create commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__delete_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__delete_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help delete commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__describe_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help describe commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__help_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help help commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__list_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help list commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__logs_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help logs commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__resume_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__resume_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help resume commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__retry_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__retry_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help retry commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__scale_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__scale_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help scale commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__status_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help status commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__suspend_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__suspend_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help suspend commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__version_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__version_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help version commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__wait_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__wait_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help wait commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__list_commands] )) ||
_kubectl-indexedjob__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob list commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__logs_commands] )) ||
_kubectl-indexedjob__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob logs commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__resume_commands] )) ||
_kubectl-indexedjob__subcmd__resume_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob resume commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__retry_commands] )) ||
_kubectl-indexedjob__subcmd__retry_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob retry commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__scale_commands] )) ||
_kubectl-indexedjob__subcmd__scale_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob scale commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__status_commands] )) ||
_kubectl-indexedjob__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob status commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__suspend_commands] )) ||
_kubectl-indexedjob__subcmd__suspend_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob suspend commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__version_commands] )) ||
_kubectl-indexedjob__subcmd__version_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob version commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__wait_commands] )) ||
_kubectl-indexedjob__subcmd__wait_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob wait commands' commands "$@"
}

if [ "$funcstack[1]" = "_kubectl-indexedjob" ]; then
    _kubectl-indexedjob "$@"
else
    compdef _kubectl-indexedjob kubectl-indexedjob
fi
