# shellcheck shell=bash disable=SC2034
# What the scripts share: the versions, where the tools live, the one environment that everything is built in, and how
# they talk. Sourced, not run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# A second clone finds the tools here again; only node_modules is per clone.
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/noren

RUST_OLDEST=1.95
NODE_OLDEST=20
# wasm-bindgen has no line here: it must be exactly what Cargo.lock says. The npm tools are in package-lock.json.
CARGO_LEPTOS=0.3.11
CARGO_LEPTOS_OLDEST=0.3.7
CARGO_DENY=0.20.2
CARGO_DENY_OLDEST=0.18.0

say() { printf 'noren: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# at_least 1.95 1.96.0: is the second version the first or a later one?
at_least() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# The version of a crate in Cargo.lock.
locked() { awk -v name="name = \"$1\"" '$0 == name { getline; gsub(/version = |"/, ""); print; exit }' "$ROOT/Cargo.lock"; }

# Is this compiler new enough, and has it the standard library of the browser's target?
rust_fits() {
    local version libraries
    version=$("$1" --version 2>/dev/null | cut -d ' ' -f 2) || return 1
    libraries=$("$1" --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) || return 1
    at_least "$RUST_OLDEST" "${version:-0}" && compgen -G "$libraries/libcore-*.rlib" >/dev/null
}

# Where `rustup target add` cannot download, setup falls back on Debian's compiler in /usr/bin. Then all of Rust comes
# from there, for the server and the checks too: artefacts of two compilers do not share a target folder. Links, because
# putting /usr/bin first would also change which node, npm and git are found.
use_debian_rust() {
    local links=$TOOLS/debian-rust cargo_bin=${CARGO_HOME:-$HOME/.cargo}/bin
    if [[ ! -e $links/rustc ]]; then
        mkdir -p "$links"
        ln -sf /usr/bin/{cargo,rustc,rustdoc,rustfmt,cargo-fmt,cargo-clippy,clippy-driver} "$links/"
    fi
    export RUSTC=/usr/bin/rustc
    # Cargo looks for `cargo clippy` in its own folder first, unless PATH names that folder.
    PATH=$links:$PATH:$cargo_bin
}

use_rust() {
    if rust_fits "${RUSTC:-rustc}"; then return 0; fi
    if rust_fits /usr/bin/rustc; then use_debian_rust; else return 1; fi
}

# Everything that builds Noren does so after this, so that nothing is built twice for a difference in the environment.
use_tools() {
    cd "$ROOT" || return 1
    use_rust || return 1
    PATH=$TOOLS/cargo-deny-$CARGO_DENY/bin:$TOOLS/cargo-leptos-$CARGO_LEPTOS/bin:$TOOLS/wasm-bindgen-$(locked wasm-bindgen)/bin:$ROOT/node_modules/.bin:$PATH
    export PATH
}

# The islands are always built for release: that takes 20 seconds longer than for debugging, makes them a seventh of the
# size, and what is tried and tested is what is shipped.
build_islands() {
    mkdir -p target
    touch target/.islands-begun
    cargo leptos build --release --frontend-only && mv target/.islands-begun target/.islands-built
}

# cargo-leptos would take 7 seconds to find that nothing has changed. Folders count, for what was deleted from them.
see_to_islands() {
    if [[ -e target/site/pkg/noren.wasm && -e target/.islands-built ]] &&
        [[ -z $(find src style public Cargo.toml Cargo.lock package-lock.json -newer target/.islands-built -print -quit) ]]; then
        return
    fi
    say "Building what runs in the browser …"
    build_islands
}

# A line a minute, so that a person and a machine that watch see that something still happens. The trap is for an
# interrupted script: what runs in a script's background does not hear Ctrl-C.
start_heartbeat() {
    (minutes=0; while sleep 60 >/dev/null 2>&1; do minutes=$((minutes + 1)); say "… $minutes min"; done) &
    heartbeat=$!
    trap 'kill "$heartbeat" 2>/dev/null || true' EXIT
}

stop_heartbeat() {
    kill "$heartbeat" 2>/dev/null || true
    wait "$heartbeat" 2>/dev/null || true
    trap - EXIT
}

# long name "What is happening" command…: for what takes a while. Its output goes to a log.
long() {
    local status=0
    mkdir -p "$TOOLS/log"
    say "$2"
    start_heartbeat
    "${@:3}" >"$TOOLS/log/$1.log" 2>&1 </dev/null || status=$?
    stop_heartbeat
    return "$status"
}

# limited seconds command…: macOS has no timeout; there the command runs unlimited.
limited() { if command -v timeout >/dev/null; then timeout "$@"; else "${@:2}"; fi; }

as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

install_debian() {
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# The folder of PostgreSQL's programs: the newest of Debian's, which are not on PATH, or those that are.
find_postgres() {
    local newest
    newest=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || true
    [[ $newest ]] || newest=$(command -v initdb) || return 1
    dirname "$newest"
}
