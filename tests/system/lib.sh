# lib.sh: helpers of the whole-program tests. Sourced; $CLEAR is the program, $WORK a fresh folder that is removed at the end.
set -eu
CLEAR=${1:?usage: $0 path-to-clear}
CLEAR=$(readlink -f "$CLEAR")
ORACLE=$(cd "$(dirname "$0")/../oracle" && pwd)
WORK=$(mktemp -d "${TMPDIR:-/tmp}/clear-test.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# new_store DIR RULES: an empty store with its own random key
new_store() {
    rm -rf "$1"
    "$CLEAR" init --store "$1" --quiet > /dev/null
    "$CLEAR" rules load --store "$1" --quiet "$2" > /dev/null
}

# digest_of STORE: the digest, hex
digest_of() { "$CLEAR" digest --store "$1" --json | sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p'; }

# number JSON-FILE NAME: the first number of that name
number() { sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p" "$1" | head -n 1; }
