/* cmd_init.c: make a store and its key. */
#include <stdio.h>
#include <stdlib.h>

#include "cmds.h"
#include "outfile.h"
#include "text.h"

/** The store is made beside its place and removed: everything that could fail has been tried. */
static enum clr_status try_create(struct cli *cli, const char *path, const struct clr_store_options *options)
{
    CLR_TRY(outfile_room(path, &cli->fault));
    char *beside = outfile_beside(path);
    const enum clr_status status = clr_store_create(beside, options, &cli->fault);
    outfile_remove_tree(beside);
    free(beside);
    return status;
}

int cmd_init(struct cli *cli)
{
    struct clr_store_options options;
    const char *path = cli_store_path(cli);

    cli_store_options(cli, false, &options);
    enum clr_status status = cli->dry_run ? try_create(cli, path, &options) : clr_store_create(path, &options, &cli->fault);
    if (status == CLR_OK && !cli->dry_run) {
        status = cli_open(cli, false);
        status = cli_audit(cli, status);
    }
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        json_text(&json, "store", path);
        cli_json_end(cli, &json, CLR_OK);
    } else if (cli->terminal) {
        printf(text_of("Store %s is ready. Next: %s rules load DIR\n", "账库 %s 已建立。下一步：%s rules load DIR\n"), path, cli->program);
    } else {
        printf("store\t%s\n", path);
    }
    cli_note_dry_run(cli);
    return 0;
}
