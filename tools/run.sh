#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets the checkout up, then runs a TypeScript file of it under the project's own Node:
# `sh tools/run.sh [--tools-only] tools/check.ts [ARGS]`. The file's path is relative to the
# checkout. With --tools-only nothing is compiled first, so it works on a checkout that does not.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
if [ "${1-}" = --tools-only ]; then
	shift
	sh "$root/tools/setup.sh" --tools-only
else
	sh "$root/tools/setup.sh"
fi
[ $# -gt 0 ] || {
	echo "usage: sh tools/run.sh [--tools-only] SCRIPT.ts [ARGS]" >&2
	exit 1
}
script=$1
shift
exec "$root/build/node" "$root/$script" "$@"
