/* cmd_gen_run.c: hands the generator its words. */
#include "cmds.h"

int cmd_gen_run(struct cli *cli)
{
    return cmd_gen(cli->argc, cli->argv);
}
