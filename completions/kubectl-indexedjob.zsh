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
'(--image --completions --items --items-via --item-path --init-image --parallelism --defaults)-f+[Create the Job of this file as it is, and nothing else; - is stdin]:FILE:_default' \
'(--image --completions --items --items-via --item-path --init-image --parallelism --defaults)--filename=[Create the Job of this file as it is, and nothing else; - is stdin]:FILE:_default' \
'--image=[The image of the container]:IMAGE:_default' \
'--completions=[So many tasks, numbered from 0]:N:_default' \
'--items=[One task for each of these, as comma-separated values\: foo,bar,"a, b"]:LIST:_default' \
'--items-via=[How an item travels\: in a ConfigMap (any image), or by an init container (needs bash in --init-image) \[default\: configmap\]]:WAY:((configmap\:"A ConfigMap, one key per index"
init\:"An init container with a shell"))' \
'--item-path=[The file in which a task finds its item; with --items-via=init nothing else is in its directory \[default\: /input/data.txt\]]:FILE:_default' \
'--init-image=[The image of the init container of --items-via=init \[default\: docker.io/library/bash\]]:IMAGE:_default' \
'--parallelism=[How many tasks may run at once; by default all, at most 1000]:N:_default' \
'--defaults=[What is set besides what was asked for\: what suits an array (see below), or nothing]:SET:((array\:"What suits an array of tasks"
api\:"The API'\''s own"))' \
'--dry-run=[Only show what would be created, without (client) or with (server) asking the server]:WHERE:((none\:"Create the objects"
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
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- The name of the Job; its length and that of the last index together are at most 62 characters:_default' \
'*::command -- The container'\''s command and its arguments:_default' \
&& ret=0
;;
(wait)
_arguments "${_arguments_options[@]}" : \
'--timeout=[How long to wait\: 90s, 5m, 1h30m, or seconds; 0 looks once, negative waits for ever]:DURATION:_default' \
'--progress=[How to show progress\: a bar on a terminal, else a line when something has changed]:PROGRESS:((auto\:"A bar on a terminal, lines elsewhere"
plain\:"Lines"
none\:"Nothing but the end"))' \
'--progress-interval=[The least time between two plain lines]:DURATION:_default' \
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
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
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
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The Jobs\: NAME, job/NAME:_default' \
&& ret=0
;;
(logs)
_arguments "${_arguments_options[@]}" : \
'--index=[The completion index; may be left out with -f]:N:_default' \
'-c+[The container; by default the one that kubectl would choose]:NAME:_default' \
'--container=[The container; by default the one that kubectl would choose]:NAME:_default' \
'--tail=[Only so many lines from the end; -1 is all]:N:_default' \
'(--since-time)--since=[Only what is newer than this\: 5s, 2m, 3h]:DURATION:_default' \
'--since-time=[Only what is newer than this time (RFC 3339)]:TIME:_default' \
'--limit-bytes=[Only so many bytes]:N:_default' \
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
'-f[Wait for the container to start, and follow its log until it ends; without --index, follow every attempt of every index until the Job ends, each line after \[INDEX\] or \[INDEX/ATTEMPT\]]' \
'--follow[Wait for the container to start, and follow its log until it ends; without --index, follow every attempt of every index until the Job ends, each line after \[INDEX\] or \[INDEX/ATTEMPT\]]' \
'-p[The container'\''s previous run, else the previous attempt of the index]' \
'--previous[The container'\''s previous run, else the previous attempt of the index]' \
'--timestamps[Begin every line with its time]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The Job\: NAME, job/NAME:_default' \
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
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
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
(logs)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completion)
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
'create:Create an Indexed Job from flags or from a file' \
'wait:Follow Jobs until they are complete, have failed or are gone' \
'describe:Show a Job\: all that kubectl describe shows, and what it never does' \
'logs:Print the log of an index, or follow all logs' \
'completion:Print the completion script of a shell' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'kubectl-indexedjob commands' commands "$@"
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
(( $+functions[_kubectl-indexedjob__subcmd__describe_commands] )) ||
_kubectl-indexedjob__subcmd__describe_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob describe commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help_commands] )) ||
_kubectl-indexedjob__subcmd__help_commands() {
    local commands; commands=(
'create:Create an Indexed Job from flags or from a file' \
'wait:Follow Jobs until they are complete, have failed or are gone' \
'describe:Show a Job\: all that kubectl describe shows, and what it never does' \
'logs:Print the log of an index, or follow all logs' \
'completion:Print the completion script of a shell' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'kubectl-indexedjob help commands' commands "$@"
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
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__logs_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help logs commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__help__subcmd__wait_commands] )) ||
_kubectl-indexedjob__subcmd__help__subcmd__wait_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob help wait commands' commands "$@"
}
(( $+functions[_kubectl-indexedjob__subcmd__logs_commands] )) ||
_kubectl-indexedjob__subcmd__logs_commands() {
    local commands; commands=()
    _describe -t commands 'kubectl-indexedjob logs commands' commands "$@"
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
