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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "create" -d 'Create an Indexed Job from flags or from a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "logs" -d 'Print the log of an index, or follow all logs'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -s f -l filename -d 'Create the Job of this file as it is, and nothing else; - is stdin' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l image -d 'The image of the container' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l completions -d 'So many tasks, numbered from 0' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items -d 'One task for each of these, as comma-separated values: foo,bar,"a, b"' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l items-via -d 'How an item travels: in a ConfigMap (any image), or by an init container (needs bash in --init-image) [default: configmap]' -r -f -a "configmap\t'A ConfigMap, one key per index'
init\t'An init container with a shell'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l item-path -d 'The file in which a task finds its item; with --items-via=init nothing else is in its directory [default: /input/data.txt]' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l init-image -d 'The image of the init container of --items-via=init [default: docker.io/library/bash]' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l parallelism -d 'How many tasks may run at once; by default all, at most 1000' -r
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l defaults -d 'What is set besides what was asked for: what suits an array (see below), or nothing' -r -f -a "array\t'What suits an array of tasks'
api\t'The API\'s own'"
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand create" -l dry-run -d 'Only show what would be created, without (client) or with (server) asking the server' -r -f -a "none\t'Create the objects'
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
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "create" -d 'Create an Indexed Job from flags or from a file'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "wait" -d 'Follow Jobs until they are complete, have failed or are gone'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "describe" -d 'Show a Job: all that kubectl describe shows, and what it never does'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "logs" -d 'Print the log of an index, or follow all logs'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "completion" -d 'Print the completion script of a shell'
complete -c kubectl-indexedjob -n "__fish_kubectl_indexedjob_using_subcommand help; and not __fish_seen_subcommand_from create wait describe logs completion help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
