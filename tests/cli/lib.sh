# lib.sh: what the tests of the whole program share. Sourced; $1 is the program.
#
#   run CODE words…    run the program; its exit code must be CODE; stdout and stderr are in `out` and `err`
#   has FILE TEXT      the file holds the text          lacks FILE TEXT    it does not
#   empty FILE         the file is empty
#   result EXPRESSION  `out` is one JSON result object r of the contract, and the Python expression holds
set -euo pipefail
program=$(readlink -f "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/clear-cli-XXXXXX")
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work"
export LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
unset CLEAR_LANG CLEAR_STORE NO_COLOR LC_ALL
: > out
: > err

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    head -c 3000 out | sed 's/^/  out: /' >&2
    head -c 3000 err | sed 's/^/  err: /' >&2
    exit 1
}

run() {
    local wanted=$1 code=0
    shift
    "$program" "$@" > out 2> err || code=$?
    [ "$code" -eq "$wanted" ] || fail "exit $code instead of $wanted: $*"
}

has() { grep -qF -- "$2" "$1" || fail "$1 lacks \"$2\""; }
lacks() { ! grep -qF -- "$2" "$1" || fail "$1 has \"$2\""; }
empty() { [ ! -s "$1" ] || fail "$1 is not empty"; }

result() {
    python3 - "$1" <<'PYTHON' || fail "result: $1"
import json, sys
text = open("out", encoding="utf-8").read()
r = json.loads(text)
assert text.endswith("\n") and text.count("\n") == 1, "one object on one line"
assert list(r)[:3] == ["schema", "type", "command"] and r["schema"] == 1 and r["type"] == "result", list(r)
assert r["status"] in ("ok", "refused", "failed"), r["status"]
assert ("error" in r) == (r["status"] != "ok") == ("exit" in r), "a failure says why"
if not eval(sys.argv[1]):
    sys.exit("does not hold")
PYTHON
}
