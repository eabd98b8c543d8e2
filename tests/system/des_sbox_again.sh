#!/bin/sh
# des_sbox_again.sh <des_sbox_gen> <des_sbox.h>: the generator derives the circuits again, to the very bytes that are checked in.
set -eu
made=$(mktemp)
trap 'rm -f "$made"' EXIT
"$1" >"$made"
cmp "$made" "$2"
