# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cairn_global_optspecs
    string join \n c/config= d/data= listen= tenant= set= h/help V/version
end

function __fish_cairn_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cairn_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cairn_using_subcommand
    set -l cmd (__fish_cairn_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cairn -n "__fish_cairn_needs_command" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_needs_command" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_needs_command" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_needs_command" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_needs_command" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_needs_command" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_needs_command" -s V -l version -d 'Print version'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "serve" -d 'Serve the public pages, the desk and the API until told to stop (SIGTERM or Ctrl-C)'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "demo" -d 'Fill a fresh data directory with example reports and people, and serve it, to look around'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "doctor" -d 'Check disk, clock, settings, form, database, log, mail; say what to do about what is wrong'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "backup" -d 'Write everything into one file, also while cairn serves'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "restore" -d 'Restore a backup into an empty data directory, and verify every record of it'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "migrate" -d 'Bring the database\'s schema up to date (serving does so too)'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "user" -d 'Accounts of those who work here'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "tenant" -d 'Agencies or sectors on this installation that cannot see each other'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "log" -d 'The evidence log'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "receipt" -d 'Receipts that reporters hold'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "export" -d 'Take data out'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "report" -d 'Reports that come by other ways than the form'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "openpgp" -d 'The OpenPGP key of the service'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "import" -d 'Take over what another system kept, with its old numbers, threads, files and times. Run it as often as you like: what is here already is not taken twice. Works beside a running server'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "retention" -d 'How long what reports hold is kept'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "feeds" -d 'Machine reports: read them by hand, take them in, ask what was seen'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "constituents" -d 'The organisations that the team serves: whose networks are whose, and whom to tell'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "track" -d 'A strategy kept as files: check it, publish it, verify what somebody published'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "stats" -d 'How much of what there is'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "completions" -d 'Completions for a shell, on standard output'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "generate" -d 'Write the generated reference pages, manual and completions below a directory'
complete -c cairn -n "__fish_cairn_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand serve" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand serve" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand serve" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand serve" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand serve" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand serve" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand demo" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand demo" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand demo" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand demo" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand demo" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand demo" -l no-machine-reports -d 'Without example machine reports and what follows from them: notices, answers, a claim'
complete -c cairn -n "__fish_cairn_using_subcommand demo" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -l mail -d 'Connect to the outgoing mail server too'
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -l full -d 'Read every stored file back too; takes as long as there are bytes'
complete -c cairn -n "__fish_cairn_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand backup" -l key -d 'Seal it with this key file, which is made if it is not there' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand backup" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand backup" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand backup" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand backup" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand backup" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand backup" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand restore" -l key -d 'Its key file, if it is sealed' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand restore" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand restore" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand restore" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand restore" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand restore" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand restore" -l accept-findings -d 'Restore even if records disagree with the evidence log'
complete -c cairn -n "__fish_cairn_using_subcommand restore" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand migrate" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -f -a "add" -d 'Make an account; prints its first password, which must be changed at the first sign-in'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -f -a "list" -d 'List the accounts'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -f -a "reset" -d 'Give an account a new first password and forget its authenticator'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -f -a "seat" -d 'Say which accounts file returns for which organisations of a strategy'
complete -c cairn -n "__fish_cairn_using_subcommand user; and not __fish_seen_subcommand_from add list reset seat help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -l name -d 'Name to show' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -l role -d 'officer, lead, administrator, auditor, owner, statistician, publisher or reviewer' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -f -a "add" -d 'Let an account with the role of an owner file returns for an organisation, or change its address for reminders'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -f -a "list" -d 'List the seats'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -f -a "remove" -d 'Take a seat away. What was filed stays'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from seat" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "add" -d 'Make an account; prints its first password, which must be changed at the first sign-in'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the accounts'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Give an account a new first password and forget its authenticator'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "seat" -d 'Say which accounts file returns for which organisations of a strategy'
complete -c cairn -n "__fish_cairn_using_subcommand user; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'List them: name, title, doors, and where their data lie. The settings make them (`tenant.NAME.title` and the like)'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "list" -d 'List them: name, title, doors, and where their data lie. The settings make them (`tenant.NAME.title` and the like)'
complete -c cairn -n "__fish_cairn_using_subcommand tenant; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -f -a "verify" -d 'Recompute the whole log, compare every stored record with it, and read every stored file back. Works beside a running server'
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -f -a "rotate-key" -d 'Sign with a new key from now on; the old one stays in the published list. Stop the server first'
complete -c cairn -n "__fish_cairn_using_subcommand log; and not __fish_seen_subcommand_from verify rotate-key help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -l keys -d 'Published key list to check against, instead of the data directory\'s own' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from rotate-key" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Recompute the whole log, compare every stored record with it, and read every stored file back. Works beside a running server'
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from help" -f -a "rotate-key" -d 'Sign with a new key from now on; the old one stays in the published list. Stop the server first'
complete -c cairn -n "__fish_cairn_using_subcommand log; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -f -a "verify" -d 'Check a receipt file offline against the published keys'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and not __fish_seen_subcommand_from verify help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l keys -d 'Published key list (served at `/log.keys`); default is the data directory\'s own' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Check a receipt file offline against the published keys'
complete -c cairn -n "__fish_cairn_using_subcommand receipt; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -f -a "reports" -d 'All reports, without contact details. Logged in the evidence log'
complete -c cairn -n "__fish_cairn_using_subcommand export; and not __fish_seen_subcommand_from reports help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -l format -d 'csv or jsonl' -r -f -a "csv\t'Comma-separated values with a header, safe for spreadsheets'
jsonl\t'One JSON object a line'"
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -s o -l out -d 'File to write; standard output if absent' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from reports" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "reports" -d 'All reports, without contact details. Logged in the evidence log'
complete -c cairn -n "__fish_cairn_using_subcommand export; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -f -a "import-mail" -d 'Make reports of mail: one message on standard input (as a mail server\'s pipe), a maildir or an mbox'
complete -c cairn -n "__fish_cairn_using_subcommand report; and not __fish_seen_subcommand_from import-mail help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -l maildir -d 'Take the new messages of a maildir and mark them as seen' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -l mbox -d 'Take all messages of an mbox file' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from import-mail" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "import-mail" -d 'Make reports of mail: one message on standard input (as a mail server\'s pipe), a maildir or an mbox'
complete -c cairn -n "__fish_cairn_using_subcommand report; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "new" -d 'Make the key, if there is none yet (serving does so too, where mail goes out)'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "show" -d 'Show the keys: fingerprint, address, until when they hold'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "export" -d 'Print the public key, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "import" -d 'Put a key that was made elsewhere into use: a secret key without password, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "rotate" -d 'Make a new key and put it into use. The one before stays, to read what is still written to it'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "extend" -d 'Let the key in use hold for three years from now on'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and not __fish_seen_subcommand_from new show export import rotate extend help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -l secret -d 'Print the secret keys instead, to move them elsewhere. Whoever has them can read mail to this service'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from extend" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "new" -d 'Make the key, if there is none yet (serving does so too, where mail goes out)'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the keys: fingerprint, address, until when they hold'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "export" -d 'Print the public key, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "import" -d 'Put a key that was made elsewhere into use: a secret key without password, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Make a new key and put it into use. The one before stays, to read what is still written to it'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "extend" -d 'Let the key in use hold for three years from now on'
complete -c cairn -n "__fish_cairn_using_subcommand openpgp; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand import" -l mapping -d 'How its words are filed here (TOML, docs/import.md); built in if absent' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -l files -d 'Folder or zip archive with the files that the export names' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -l token-file -d 'File that holds the token, or name:password, for rt. Without it the environment\'s CAIRN_IMPORT_TOKEN is taken' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -l query -d 'Only tickets that this query of RT finds (TicketSQL), like "Queue = \'Incidents\'"' -r
complete -c cairn -n "__fish_cairn_using_subcommand import" -l requests -d 'Requests to rt at the same time, from 1 to 16' -r
complete -c cairn -n "__fish_cairn_using_subcommand import" -l certificates -d 'Certificates (PEM) that are believed in place of the public authorities\'' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -l rejects -d 'Write rows of a table that cannot be taken to this file, with the reason' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand import" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand import" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand import" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand import" -l dry-run -d 'Change nothing; say what would be taken, what is not in the mapping and what cannot be read'
complete -c cairn -n "__fish_cairn_using_subcommand import" -l count-in-figures -d 'Count what is imported in the public figures of the quarter in which it came in. Figures that were published may move'
complete -c cairn -n "__fish_cairn_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -f -a "check" -d 'Check the rules, and say what they would erase now and within 30 days. Changes nothing'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and not __fish_seen_subcommand_from check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check the rules, and say what they would erase now and within 30 days. Changes nothing'
complete -c cairn -n "__fish_cairn_using_subcommand retention; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "parse" -d 'Read reports and print one event a line in IntelMQ\'s data format. Rows that give none are counted on standard error by cause; with any of them the exit code is 3, and the events of all other rows are printed nevertheless'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "types" -d 'List the report types of a schema: key, name in files, feed, fields, classification'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "ingest" -d 'Take reports in: keep them as they are, and commit what was observed. Works beside a running server. Run it again with the same files as you like: what is in is not taken twice, and what was interrupted goes on where it stopped. Rows that give no observation go to quarantine; with any of them the exit code is 3, and all other rows are in'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "pull" -d 'Look now at the sources of the desk that are fetched or watched, and take in what came. Beside a running server, that does it'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "take" -d 'Take events from a list of IntelMQ in Redis, as machine reports: a batch at a time, acknowledged once it is committed. Killed at any moment it goes on without doubles. See docs/pilot.md'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "send" -d 'Send observations as events of IntelMQ, one JSON object a line: to a file, by POST, or to a list in Redis'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "quarantine" -d 'Rows that gave no observation'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "stats" -d 'How much of what there is, by feed'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "history" -d 'Where an address, name or URL was seen, one JSON object a line: where each observation stands, then every sighting with the place of its row'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "retain" -d 'Remove what was received before the last so many months: observations, files and states. Daily counts and the list of reports stay'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "db" -d 'What is known of addresses, offline: data sets of your own files'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and not __fish_seen_subcommand_from parse types ingest pull take send quarantine stats history retain db help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l schema -d 'Schema of Shadowserver\'s reports (JSON); the report type is told by the name of the file' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l format -d 'idf, csv, key-value, json, or the format of one source; see docs/feeds.md' -r -f -a "idf\t''
csv\t''
key-value\t''
json\t''
cymru-cap\t''
cymru-bogons\t''
n6\t''
feodotracker\t''
spamhaus-cert\t''
spamhaus-drop\t''
dataplane\t''
blocklist-de\t''
misp\t''
microsoft-ctip\t''
xarf\t''"
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l mapping -d 'Mapping file (TOML) for csv, key-value and json' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l feed -d 'A field of the feed that holds for all events, like `--feed feed.name=Example`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l file-name -d 'Name of the file that comes on standard input, such as 2050-01-01-scan_http-country.csv' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l observed -d 'When the report was received, for `time.observation`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l rejects -d 'Write each row that gave no event to this file, one JSON object a line: file, offset, bytes, line, cause, schema' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -l mail -d 'What comes is a mail: read its attachments'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from parse" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -l schema -d 'Schema of Shadowserver\'s reports (JSON)' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from types" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l schema -d 'Schema of Shadowserver\'s reports (JSON); the report type is told by the name of the file' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l format -d 'idf, csv, key-value, json, or the format of one source; see docs/feeds.md' -r -f -a "idf\t''
csv\t''
key-value\t''
json\t''
cymru-cap\t''
cymru-bogons\t''
n6\t''
feodotracker\t''
spamhaus-cert\t''
spamhaus-drop\t''
dataplane\t''
blocklist-de\t''
misp\t''
microsoft-ctip\t''
xarf\t''"
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l mapping -d 'Mapping file (TOML) for csv, key-value and json' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l feed -d 'A field of the feed that holds for all events, like `--feed feed.name=Example`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l source -d 'Who sends these reports' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l window-hours -d 'Hours without a sighting after which an observation is gone, and new when it is seen again. Kept with the feed; a week at first' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l complete -d 'Whether each report tells all there is, so that what the newest one no longer names is gone. Kept with the feed; no at first' -r -f -a "yes\t'Yes'
no\t'No'"
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l sets -d 'Folder of data sets that tell networks and places where reports don\'t; see `cairn feeds db`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l file-name -d 'Name of the file that comes on standard input, such as 2050-01-01-scan_http-country.csv' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from ingest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from pull" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l schema -d 'Schema of Shadowserver\'s reports (JSON); the report type is told by the name of the file' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l format -d 'idf, csv, key-value, json, or the format of one source; see docs/feeds.md' -r -f -a "idf\t''
csv\t''
key-value\t''
json\t''
cymru-cap\t''
cymru-bogons\t''
n6\t''
feodotracker\t''
spamhaus-cert\t''
spamhaus-drop\t''
dataplane\t''
blocklist-de\t''
misp\t''
microsoft-ctip\t''
xarf\t''"
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l mapping -d 'Mapping file (TOML) for csv, key-value and json' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l feed -d 'A field of the feed that holds for all events, like `--feed feed.name=Example`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l source -d 'Who sends these reports' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l window-hours -d 'Hours without a sighting after which an observation is gone, and new when it is seen again. Kept with the feed; a week at first' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l complete -d 'Whether each report tells all there is, so that what the newest one no longer names is gone. Kept with the feed; no at first' -r -f -a "yes\t'Yes'
no\t'No'"
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l sets -d 'Folder of data sets that tell networks and places where reports don\'t; see `cairn feeds db`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l redis -d 'Address of the Redis, on this machine: redis://127.0.0.1:6379/2, or unix:/run/redis/redis.sock#2' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l redis-password -d 'File with its password' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l queue -d 'The list, such as cairn-pilot-queue. It must be cairn\'s own: nothing else may take from it, nor from the list of the same name with -internal behind it, where entries lie until they are committed' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l batch -d 'Entries that are committed together' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -l follow -d 'Go on waiting when the list is empty, until the process is told to end'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from take" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l after -d 'Only what was committed after this number, which the run before told' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l source -d 'Only of this source' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l to -d 'A file to append to; standard output if nothing is said' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l http -d 'An address that takes JSON lines by POST' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l token -d 'File with a bearer token for it' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l redis -d 'Address of a Redis on this machine: redis://127.0.0.1:6379/2, or unix:/run/redis/redis.sock#2' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l redis-password -d 'File with its password' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l queue -d 'The list, such as file-output-queue: that of the bot that shall have the events' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -f -a "list" -d 'By cause, the most frequent first: number of the cause, rows, reports, number of the first report, cause'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -f -a "show" -d 'Rows, one JSON object a line: report, file, offset, bytes, line, cause, schema, and the row itself, cut'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -f -a "replay" -d 'Read rows again after their cause was mended, from the reports as they were received. Those that give observations leave the quarantine; with any left the exit code is 3'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from quarantine" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -l since -d 'Only sightings since this time' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -l months -d 'Whole months that are kept beside the present one' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from retain" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -f -a "build" -d 'Make a set from files: whose number (asn) or in which place (place) addresses are, whom to write to about them (abuse), or under what names are registered (suffix). Of files that say different things of one network the later one holds; for abuse all files are put together, in whatever order they come. The set is written whole or not at all, beside those of other days; lines that give nothing are counted, and with any of them the exit code is 3'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -f -a "info" -d 'Say what sets are made of'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -f -a "lookup" -d 'Look addresses and names up, one JSON object a line: what is known, of which network, by the set of which day. Of the sets in the folder only those are read that are needed'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from db" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "parse" -d 'Read reports and print one event a line in IntelMQ\'s data format. Rows that give none are counted on standard error by cause; with any of them the exit code is 3, and the events of all other rows are printed nevertheless'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "types" -d 'List the report types of a schema: key, name in files, feed, fields, classification'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "ingest" -d 'Take reports in: keep them as they are, and commit what was observed. Works beside a running server. Run it again with the same files as you like: what is in is not taken twice, and what was interrupted goes on where it stopped. Rows that give no observation go to quarantine; with any of them the exit code is 3, and all other rows are in'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "pull" -d 'Look now at the sources of the desk that are fetched or watched, and take in what came. Beside a running server, that does it'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "take" -d 'Take events from a list of IntelMQ in Redis, as machine reports: a batch at a time, acknowledged once it is committed. Killed at any moment it goes on without doubles. See docs/pilot.md'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "send" -d 'Send observations as events of IntelMQ, one JSON object a line: to a file, by POST, or to a list in Redis'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "quarantine" -d 'Rows that gave no observation'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "stats" -d 'How much of what there is, by feed'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "history" -d 'Where an address, name or URL was seen, one JSON object a line: where each observation stands, then every sighting with the place of its row'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "retain" -d 'Remove what was received before the last so many months: observations, files and states. Daily counts and the list of reports stay'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "db" -d 'What is known of addresses, offline: data sets of your own files'
complete -c cairn -n "__fish_cairn_using_subcommand feeds; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -f -a "import" -d 'Replace all that a source brought before by what the files say. What people look after here is never touched, and the same files again change nothing'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -f -a "lookup" -d 'Whose an address, a domain or an AS number is: all claims, the one that holds first'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -f -a "list" -d 'List them'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and not __fish_seen_subcommand_from import lookup list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l source -d 'Name of the source: what it brought before is replaced. The kind\'s own name if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l country -d 'Only what is in this country (two letters), for ripe' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -l dry-run -d 'Change nothing; say what it would come to'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from lookup" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l find -d 'Words of name, sector, networks, domains, AS numbers' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l source -d 'Only those of this source; `manual` for those that people look after here' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l conflict -d 'Only those that have a conflict'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l due -d 'Only those with a contact to confirm'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -l bounced -d 'Only those with a contact that mail came back from'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from help" -f -a "import" -d 'Replace all that a source brought before by what the files say. What people look after here is never touched, and the same files again change nothing'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from help" -f -a "lookup" -d 'Whose an address, a domain or an AS number is: all claims, the one that holds first'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from help" -f -a "list" -d 'List them'
complete -c cairn -n "__fish_cairn_using_subcommand constituents; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "check" -d 'Read a plan and say what is wrong in it: file, line, why, and how to mend it'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "build" -d 'Write the site of a plan, with everything that is needed to compute it again, into a new folder'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "preview" -d 'Show the site of a plan on this machine while you write its files: pages follow what you save, and what is wrong is shown with file and line. `--listen` names a loopback address; without it a free port is taken'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "pdf" -d 'Write the whole report of an edition as one tagged PDF (PDF/UA-1), the same that `build` puts into the site'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "verify" -d 'Compute every page, figure and chart of a bundle again, offline, and compare them byte for byte'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "progress" -d 'Compute progress by the Statistics Canada / Open SDG formulas for every series of a table'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "new" -d 'Begin an empty plan, with comments in its files that tell what goes where'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "import" -d 'Take figures into a plan: from a table, or a whole data repository of Open SDG as a new plan'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "due" -d 'List what has to be reported, by whom and by when: steps, initiatives, values of measures'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "return" -d 'Check a return that an owner filed (JSON), and write it into the plan\'s files with `--accept`'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "claims" -d 'List what is claimed and not shown'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "scorecard" -d 'List how each organisation stands with what it answers for'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "ready" -d 'List what stands in the way of signing an edition off, that which forbids it first'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "freeze" -d 'Freeze a draft edition: write down who signed it off in two roles, and the day of publication'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "edition" -d 'Begin the next edition as a draft copy of the newest one, with what its returns said'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "example" -d 'Write the example plans into a folder, to look at or to begin with'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "live" -d 'List the queries that live measures can ask, with definition, unit and bias'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "schema" -d 'Write JSON schemas of a plan\'s files, for editors'
complete -c cairn -n "__fish_cairn_using_subcommand track; and not __fish_seen_subcommand_from check build preview pdf verify progress new import due return claims scorecard ready freeze edition example live schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -l json -d 'One JSON object a fault, for editors'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -s o -l out -d 'Folder to make; what a build before left there is replaced' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l base-url -d 'Where the site will be published, for feeds and catalogues' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l challenge -d 'Where figures are challenged, such as `https://SERVICE/track/PLAN/challenge`; without it by mail' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l challenges -d 'Where what was challenged before is listed, such as `https://SERVICE/track/PLAN/challenges/`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -l sign -d 'Sign the bundle with the evidence log\'s key of the data directory'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from build" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -s o -l out -d 'File to write' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -l lang -d 'Language of its words: en or mi. What the plan has not translated stands in English, marked as such' -r -f -a "en\t''
mi\t''"
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -l edition -d 'Id of the edition; the newest if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from pdf" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -l keys -d 'Published key list that must have signed it (served at `/log.keys`)' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -l csv -d 'Table with the columns base_value, base_year, current_value, current_year, target, target_year, direction (1 or -1) and limit; other columns are kept. Added: progress_value, score, status' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -s o -l out -d 'File to write; standard output if absent' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from progress" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l id -d 'Short name: small letters, digits and - . _' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l title -d 'Title' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l owner -d 'The organisation that answers for it' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l country -d 'Country, two letters' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from new" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l csv -d 'A table: periods in the first column and a series in each other one, or one row a figure with the columns series, period and value. Bad rows are named and kept out, the others go in' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l vintage -d 'When the figures were published, where the table does not say: a day, month or year' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l source -d 'Id of their source in sources.csv, where the table does not say' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l series -d 'Id of the series, where the table has one and does not name it' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l open-sdg -d 'Folder of an Open SDG data repository, the one with `data` and `meta` in it' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l id -d 'Id of the new plan; the folder\'s name if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l title -d 'Its title' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l owner -d 'The organisation that answers for it' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l contact -d 'How to reach it' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l licence -d 'Licence of the figures, like CC-BY-4.0' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l country -d 'Country, two letters' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l edition -d 'Id of the edition; the newest if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l on -d 'The day that is asked about; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l format -d 'table, csv or json' -r -f -a "table\t'Columns for people'
csv\t'Comma-separated values with a header, safe for spreadsheets'
json\t'One JSON list'"
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from due" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -l accept -d 'Accept it in this role: write it into the plan\'s files if nothing is wrong with it' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -l on -d 'The day; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from return" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l edition -d 'Id of the edition; the newest if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l on -d 'The day that is asked about; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l format -d 'table, csv or json' -r -f -a "table\t'Columns for people'
csv\t'Comma-separated values with a header, safe for spreadsheets'
json\t'One JSON list'"
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from claims" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l edition -d 'Id of the edition; the newest if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l on -d 'The day that is asked about; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l format -d 'table, csv or json' -r -f -a "table\t'Columns for people'
csv\t'Comma-separated values with a header, safe for spreadsheets'
json\t'One JSON list'"
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from scorecard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l edition -d 'Id of the edition; the newest if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l on -d 'The day that is asked about; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l format -d 'table, csv or json' -r -f -a "table\t'Columns for people'
csv\t'Comma-separated values with a header, safe for spreadsheets'
json\t'One JSON list'"
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from ready" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l edition -d 'Id of the edition' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l on -d 'Day of publication' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l sign-off -d 'Who signed it off, as ROLE=OFFICE, or ROLE=OFFICE@DATE if not on the day of publication. At least two, in different roles' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from freeze" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l from -d 'Id of the plan\'s newest edition, which is copied' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l id -d 'Id of the new one' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l title -d 'Its title' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l title-mi -d 'Its title in te reo Māori' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l as-of -d 'The day up to which its figures count; today if absent' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from edition" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from example" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -l json -d 'As one JSON document, in both languages'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from live" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "check" -d 'Read a plan and say what is wrong in it: file, line, why, and how to mend it'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "build" -d 'Write the site of a plan, with everything that is needed to compute it again, into a new folder'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "preview" -d 'Show the site of a plan on this machine while you write its files: pages follow what you save, and what is wrong is shown with file and line. `--listen` names a loopback address; without it a free port is taken'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "pdf" -d 'Write the whole report of an edition as one tagged PDF (PDF/UA-1), the same that `build` puts into the site'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Compute every page, figure and chart of a bundle again, offline, and compare them byte for byte'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "progress" -d 'Compute progress by the Statistics Canada / Open SDG formulas for every series of a table'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "new" -d 'Begin an empty plan, with comments in its files that tell what goes where'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "import" -d 'Take figures into a plan: from a table, or a whole data repository of Open SDG as a new plan'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "due" -d 'List what has to be reported, by whom and by when: steps, initiatives, values of measures'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "return" -d 'Check a return that an owner filed (JSON), and write it into the plan\'s files with `--accept`'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "claims" -d 'List what is claimed and not shown'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "scorecard" -d 'List how each organisation stands with what it answers for'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "ready" -d 'List what stands in the way of signing an edition off, that which forbids it first'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "freeze" -d 'Freeze a draft edition: write down who signed it off in two roles, and the day of publication'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "edition" -d 'Begin the next edition as a draft copy of the newest one, with what its returns said'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "example" -d 'Write the example plans into a folder, to look at or to begin with'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "live" -d 'List the queries that live measures can ask, with definition, unit and bias'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Write JSON schemas of a plan\'s files, for editors'
complete -c cairn -n "__fish_cairn_using_subcommand track; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand stats" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand stats" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand stats" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand stats" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand stats" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand stats" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand completions" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand completions" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand completions" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand completions" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand completions" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand completions" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand generate" -s c -l config -d 'Settings file (TOML). Without it the built-in defaults hold' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand generate" -s d -l data -d 'Data directory; short for `--set storage.data=DIR`' -r -F
complete -c cairn -n "__fish_cairn_using_subcommand generate" -l listen -d 'Address to serve on; short for `--set server.listen=ADDRESS:PORT`' -r
complete -c cairn -n "__fish_cairn_using_subcommand generate" -l tenant -d 'The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and restore, the house and all its tenants' -r
complete -c cairn -n "__fish_cairn_using_subcommand generate" -l set -d 'Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md' -r
complete -c cairn -n "__fish_cairn_using_subcommand generate" -s h -l help -d 'Print help'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "serve" -d 'Serve the public pages, the desk and the API until told to stop (SIGTERM or Ctrl-C)'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "demo" -d 'Fill a fresh data directory with example reports and people, and serve it, to look around'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "doctor" -d 'Check disk, clock, settings, form, database, log, mail; say what to do about what is wrong'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "backup" -d 'Write everything into one file, also while cairn serves'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "restore" -d 'Restore a backup into an empty data directory, and verify every record of it'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "migrate" -d 'Bring the database\'s schema up to date (serving does so too)'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "user" -d 'Accounts of those who work here'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "tenant" -d 'Agencies or sectors on this installation that cannot see each other'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "log" -d 'The evidence log'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "receipt" -d 'Receipts that reporters hold'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "export" -d 'Take data out'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "report" -d 'Reports that come by other ways than the form'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "openpgp" -d 'The OpenPGP key of the service'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "import" -d 'Take over what another system kept, with its old numbers, threads, files and times. Run it as often as you like: what is here already is not taken twice. Works beside a running server'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "retention" -d 'How long what reports hold is kept'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "feeds" -d 'Machine reports: read them by hand, take them in, ask what was seen'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "constituents" -d 'The organisations that the team serves: whose networks are whose, and whom to tell'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "track" -d 'A strategy kept as files: check it, publish it, verify what somebody published'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "stats" -d 'How much of what there is'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "completions" -d 'Completions for a shell, on standard output'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "generate" -d 'Write the generated reference pages, manual and completions below a directory'
complete -c cairn -n "__fish_cairn_using_subcommand help; and not __fish_seen_subcommand_from serve demo doctor backup restore migrate user tenant log receipt export report openpgp import retention feeds constituents track stats completions generate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "add" -d 'Make an account; prints its first password, which must be changed at the first sign-in'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "list" -d 'List the accounts'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "reset" -d 'Give an account a new first password and forget its authenticator'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from user" -f -a "seat" -d 'Say which accounts file returns for which organisations of a strategy'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from tenant" -f -a "list" -d 'List them: name, title, doors, and where their data lie. The settings make them (`tenant.NAME.title` and the like)'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from log" -f -a "verify" -d 'Recompute the whole log, compare every stored record with it, and read every stored file back. Works beside a running server'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from log" -f -a "rotate-key" -d 'Sign with a new key from now on; the old one stays in the published list. Stop the server first'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from receipt" -f -a "verify" -d 'Check a receipt file offline against the published keys'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from export" -f -a "reports" -d 'All reports, without contact details. Logged in the evidence log'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from report" -f -a "import-mail" -d 'Make reports of mail: one message on standard input (as a mail server\'s pipe), a maildir or an mbox'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "new" -d 'Make the key, if there is none yet (serving does so too, where mail goes out)'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "show" -d 'Show the keys: fingerprint, address, until when they hold'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "export" -d 'Print the public key, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "import" -d 'Put a key that was made elsewhere into use: a secret key without password, armoured'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "rotate" -d 'Make a new key and put it into use. The one before stays, to read what is still written to it'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from openpgp" -f -a "extend" -d 'Let the key in use hold for three years from now on'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from retention" -f -a "check" -d 'Check the rules, and say what they would erase now and within 30 days. Changes nothing'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "parse" -d 'Read reports and print one event a line in IntelMQ\'s data format. Rows that give none are counted on standard error by cause; with any of them the exit code is 3, and the events of all other rows are printed nevertheless'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "types" -d 'List the report types of a schema: key, name in files, feed, fields, classification'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "ingest" -d 'Take reports in: keep them as they are, and commit what was observed. Works beside a running server. Run it again with the same files as you like: what is in is not taken twice, and what was interrupted goes on where it stopped. Rows that give no observation go to quarantine; with any of them the exit code is 3, and all other rows are in'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "pull" -d 'Look now at the sources of the desk that are fetched or watched, and take in what came. Beside a running server, that does it'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "take" -d 'Take events from a list of IntelMQ in Redis, as machine reports: a batch at a time, acknowledged once it is committed. Killed at any moment it goes on without doubles. See docs/pilot.md'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "send" -d 'Send observations as events of IntelMQ, one JSON object a line: to a file, by POST, or to a list in Redis'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "quarantine" -d 'Rows that gave no observation'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "stats" -d 'How much of what there is, by feed'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "history" -d 'Where an address, name or URL was seen, one JSON object a line: where each observation stands, then every sighting with the place of its row'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "retain" -d 'Remove what was received before the last so many months: observations, files and states. Daily counts and the list of reports stay'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from feeds" -f -a "db" -d 'What is known of addresses, offline: data sets of your own files'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from constituents" -f -a "import" -d 'Replace all that a source brought before by what the files say. What people look after here is never touched, and the same files again change nothing'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from constituents" -f -a "lookup" -d 'Whose an address, a domain or an AS number is: all claims, the one that holds first'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from constituents" -f -a "list" -d 'List them'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "check" -d 'Read a plan and say what is wrong in it: file, line, why, and how to mend it'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "build" -d 'Write the site of a plan, with everything that is needed to compute it again, into a new folder'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "preview" -d 'Show the site of a plan on this machine while you write its files: pages follow what you save, and what is wrong is shown with file and line. `--listen` names a loopback address; without it a free port is taken'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "pdf" -d 'Write the whole report of an edition as one tagged PDF (PDF/UA-1), the same that `build` puts into the site'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "verify" -d 'Compute every page, figure and chart of a bundle again, offline, and compare them byte for byte'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "progress" -d 'Compute progress by the Statistics Canada / Open SDG formulas for every series of a table'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "new" -d 'Begin an empty plan, with comments in its files that tell what goes where'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "import" -d 'Take figures into a plan: from a table, or a whole data repository of Open SDG as a new plan'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "due" -d 'List what has to be reported, by whom and by when: steps, initiatives, values of measures'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "return" -d 'Check a return that an owner filed (JSON), and write it into the plan\'s files with `--accept`'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "claims" -d 'List what is claimed and not shown'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "scorecard" -d 'List how each organisation stands with what it answers for'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "ready" -d 'List what stands in the way of signing an edition off, that which forbids it first'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "freeze" -d 'Freeze a draft edition: write down who signed it off in two roles, and the day of publication'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "edition" -d 'Begin the next edition as a draft copy of the newest one, with what its returns said'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "example" -d 'Write the example plans into a folder, to look at or to begin with'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "live" -d 'List the queries that live measures can ask, with definition, unit and bias'
complete -c cairn -n "__fish_cairn_using_subcommand help; and __fish_seen_subcommand_from track" -f -a "schema" -d 'Write JSON schemas of a plan\'s files, for editors'
