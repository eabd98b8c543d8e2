#!/bin/bash
# help.sh: help, version and completion: two examples first, on stdout, in both languages, for every command.
. "$(dirname "$0")/lib.sh"

commands=$("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<< "$commands")" -ge 16 ] || fail "few commands: $commands"

run 2
empty out
has err "Usage: clear COMMAND"
has err "  ingest "
lacks err "Exit codes"

for lang in en zh; do
    run 0 --help --lang=$lang
    run 0 help --lang "$lang"
    empty err
    for command in $commands; do
        for way in "$command --help --lang $lang" "$command -h --lang=$lang" "help $command --lang $lang"; do
            # shellcheck disable=SC2086
            run 0 $way
            empty err
            case $lang in en) first="Examples:" ;; zh) first="示例：" ;; esac
            [ "$(head -n 1 out)" = "$first" ] || fail "$way: examples do not come first"
            [ "$(sed '/^$/q' out | grep -c "^  clear $command")" -ge 2 ] || fail "$way: fewer than two examples"
            has out "--store DIR"
            lacks out "--batch-records"
        done
    done
done
run 0 ingest --help --lang zh
has out "退出码："
run 0 records --help
has out "tac-mismatch"
run 0 help --json
result 'r["command"] == "help" and "Exit codes" in r["help"]'

# The name it was installed under is the name it speaks of.
ln -s "$program" clearing
./clearing ingest --help > out
has out "  clearing ingest --received-at"

run 0 --version
for part in clear LMDB xxHash libsodium OpenSSL zstd compiler; do has out "$part "; done
run 0 --version --json
result '{"clear", "LMDB", "xxHash", "libsodium", "OpenSSL", "zstd", "compiler"} <= set(r["versions"])'

run 0 completion bash
cp out clearing.bash
bash -n clearing.bash || fail "bash cannot read its completion"
complete_words() {
    bash -c '. ./clearing.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _clearing; printf "%s\n" "${COMPREPLY[@]}"' _ "$@" > out
}
complete_words clearing ing
[ "$(cat out)" = ingest ] || fail "command"
complete_words clearing ingest --recei
[ "$(cat out)" = --received-at ] || fail "option"
complete_words clearing ingest --archive ref
[ "$(cat out)" = reference ] || fail "choice"
complete_words clearing rules sh
[ "$(cat out)" = show ] || fail "word"
complete_words clearing help posi
[ "$(cat out)" = positions ] || fail "help takes commands"
touch "afile.txt"
complete_words clearing ingest afi
[ "$(cat out)" = afile.txt ] || fail "file"
run 0 completion zsh
has out "#compdef clearing"
for command in $commands; do has out "        $command)"; done
if command -v zsh > /dev/null; then zsh -n out || fail "zsh cannot read its completion"; fi
run 2 completion fish
has err "bash and zsh"
run 0 completion bash --json
result '"complete -o filenames" in r["script"]'
