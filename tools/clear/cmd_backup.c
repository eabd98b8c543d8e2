/* cmd_backup.c: a hot, compacted, verified copy of the store. */
#include <stdio.h>
#include <stdlib.h>

#include "cmds.h"
#include "outfile.h"
#include "text.h"

/** The copy is made beside its place, checked, and removed. */
static enum clr_status try_backup(struct cli *cli, const char *directory)
{
    CLR_TRY(outfile_room(directory, &cli->fault));
    char *beside = outfile_beside(directory);
    const enum clr_status status = clr_backup(cli->store, beside, &cli->fault);
    outfile_remove_tree(beside);
    free(beside);
    return status;
}

int cmd_backup(struct cli *cli)
{
    const char *directory = cli->arguments.operand[0];
    enum clr_status status = cli_open(cli, false);

    if (status == CLR_OK) status = cli->dry_run ? try_backup(cli, directory) : clr_backup(cli->store, directory, &cli->fault);
    status = cli_audit(cli, status);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        json_text(&json, "directory", directory);
        cli_json_end(cli, &json, CLR_OK);
    } else if (cli->terminal) {
        printf(text_of("The store is copied to %s and checked.\n", "账库已备份到 %s 并核验。\n"), directory);
    } else {
        printf("backup\t%s\n", directory);
    }
    cli_note_dry_run(cli);
    return 0;
}
