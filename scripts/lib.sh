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

# debian PROGRAM PACKAGE: makes sure of a program; root installs it where it is missing.
debian() {
    ! command -v "$1" >/dev/null || return 0
    if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
        fail "$1 is needed (Debian: apt-get install $2)"
    fi
    say "installing $2"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get install -y --no-install-recommends "$2" ||
        { apt-get update && apt-get install -y --no-install-recommends "$2"; }; } \
        </dev/null >&2 || fail "apt-get could not install $2"
}

# ------------------------------------------------ tools of other languages, at their locked versions

# The npm packages that tests/clients/package-lock.json names, installed once per lock.
node_tools() {
    local dir=tests/clients
    command -v npm >/dev/null || fail 'node 20 and npm are needed'
    if ! cmp -s "$dir/package-lock.json" "$dir/node_modules/.kefu-lock"; then
        say 'npm packages'
        (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
        cp "$dir/package-lock.json" "$dir/node_modules/.kefu-lock"
    fi
}

# Runs a program of those packages, from the root of the repository.
node_tool() {
    local tool=$1
    shift
    "tests/clients/node_modules/.bin/$tool" "$@"
}

# python_tools NAME REQUIREMENTS: a virtual environment with exactly those; prints its bin directory.
python_tools() {
    local dir=${CARGO_TARGET_DIR:-target}/python/$1 requirements=$2
    command -v python3 >/dev/null || fail 'python 3.10 or newer is needed'
    if ! cmp -s "$requirements" "$dir/kefu-requirements"; then
        say "python packages: $1"
        rm -rf "$dir"
        python3 -m venv "$dir" || fail 'python has no venv (Debian: apt-get install python3-venv)'
        "$dir/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --requirement "$requirements" >&2
        cp "$requirements" "$dir/kefu-requirements"
    fi
    (cd "$dir/bin" && pwd)
}

# --------------------------------------------------------------------------------- a sandbox

# The password of a sandbox's admin.
sandbox_password="a sandbox's passphrase 1"

# sandbox DIR [serve's arguments…]: starts `kefu serve --sandbox` on a database of its own in DIR.
# Sets `url` and `server` (its process), which the caller kills; needs `built kefu`, or KEFU_BIN.
sandbox() {
    local dir=$1 try
    shift
    mkdir -p "$dir"
    : >"$dir/out"
    KEFU_ADMIN_PASSWORD=$sandbox_password KEFU_DATA_DIR=$dir KEFU_RATE_LIMIT=600000 \
        KEFU_RATE_BURST=100000 "${KEFU_BIN:-$(built kefu)}" serve --sandbox --listen 127.0.0.1:0 \
        --database "sqlite://$dir/sandbox.db" "$@" >"$dir/out" 2>"$dir/err" </dev/null &
    server=$!
    url=
    for ((try = 0; try < 600; try++)); do
        url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$dir/out" | head -n 1)
        [[ -z $url ]] || break
        kill -0 "$server" 2>/dev/null || { cat "$dir/err" >&2; fail 'the sandbox did not start'; }
        sleep 0.1
    done
    url=${url%/}
    [[ -n $url ]] || fail 'the sandbox is not ready after 60 s'
}
