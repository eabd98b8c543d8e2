/* cmd_help.c: `help [COMMAND]` and `completion bash|zsh`: what is made from the table of commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmds.h"

/** A text made by the table: as it is, or as one member of the result object. */
struct maker {
    void (*make)(const struct maker *maker, FILE *out);
    const char *program;
    const struct command *command;
};

static int show_text(const struct cli *cli, const char *key, const struct maker *maker)
{
    char *text = NULL;
    size_t size = 0;
    struct json json;

    if (!cli->json) {
        maker->make(maker, stdout);
        return 0;
    }
    FILE *out = open_memstream(&text, &size);
    if (out != NULL) {
        maker->make(maker, out);
        fclose(out);
    }
    cli_json_start(cli, &json, CLR_OK);
    json_bytes(&json, key, text == NULL ? "" : text, size);
    cli_json_end(cli, &json, CLR_OK);
    free(text);
    return 0;
}

static void make_overview(const struct maker *maker, FILE *out) { help_overview(out, maker->program, false); }
static void make_help(const struct maker *maker, FILE *out) { help_command(out, maker->program, maker->command); }
static void make_bash(const struct maker *maker, FILE *out) { (void)maker; completion_bash(out); }
static void make_zsh(const struct maker *maker, FILE *out) { (void)maker; completion_zsh(out); }

int cmd_help(struct cli *cli)
{
    const char *name = cli->arguments.operand_count > 0 ? cli->arguments.operand[0] : NULL;
    const struct maker maker = { name == NULL ? make_overview : make_help, cli->program, name == NULL ? NULL : command_find(name) };

    if (name == NULL || maker.command != NULL) return show_text(cli, "help", &maker);
    return cli_fail(cli, command_unknown(name, &cli->fault));
}

int cmd_completion(struct cli *cli)
{
    const char *shell = cli->arguments.operand[0];
    const bool bash = strcmp(shell, "bash") == 0;
    const struct maker maker = { bash ? make_bash : make_zsh, cli->program, NULL };

    if (bash || strcmp(shell, "zsh") == 0) return show_text(cli, "script", &maker);
    return cli_fail(cli, clr_fault_say(&cli->fault, CLR_USAGE, "completion knows bash and zsh, not %.64s",
                                       "completion 只支持 bash 和 zsh，不支持 %.64s", shell));
}
