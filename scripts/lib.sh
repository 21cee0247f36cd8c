# shellcheck shell=bash
# What the scripts share. Sourced, not run.

# Messages go to standard error: standard output belongs to what a script prints for others.
say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() {
    printf '\033[31m!! %s\033[0m\n' "$*" >&2
    exit 1
}

# Builds the programs and every test, once. Whatever else runs cargo names the whole workspace too:
# with part of it selected, cargo picks other features of the dependencies and builds them again.
build_all() { cargo build --locked --workspace --lib --bins --tests; }

# Where `build_all` puts programs.
built() { printf '%s\n' "${CARGO_TARGET_DIR:-target}/debug/$1"; }

# The directory with initdb, pg_ctl and psql; installs PostgreSQL when root finds none.
postgres_bin() {
    local dir
    for dir in "${KEFU_POSTGRES_BIN:-}" "$(pg_config --bindir 2>/dev/null || true)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
        /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin; do
        if [[ -n $dir && -x $dir/initdb && -x $dir/pg_ctl ]]; then
            printf '%s\n' "$dir"
            return
        fi
    done
    if [[ -z ${1:-} && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
        say 'installing PostgreSQL'
        export DEBIAN_FRONTEND=noninteractive
        { apt-get install -y --no-install-recommends postgresql ||
            { apt-get update && apt-get install -y --no-install-recommends postgresql; }; } \
            </dev/null >&2 || fail 'apt-get could not install postgresql'
        postgres_bin again
        return
    fi
    fail 'no PostgreSQL found: install it (Debian: apt-get install postgresql), or name the directory of its programs in KEFU_POSTGRES_BIN'
}

# Runs a command as somebody who is not root, which PostgreSQL insists on.
unprivileged() {
    if [[ $(id -u) != 0 ]]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid "$(nobody)" --regid "$(id -g "$(nobody)")" --clear-groups "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$(nobody)" -- "$@"
    else
        su -s /bin/sh "$(nobody)" -c "$(printf '%q ' "$@")"
    fi
}

# Who that is.
nobody() {
    if [[ $(id -u) != 0 ]]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}
