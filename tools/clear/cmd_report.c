/* cmd_report.c: the settlement report of a business date, as one HTML file, at any time again. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/outplace.h"
#include "cmds.h"
#include "outfile.h"
#include "publish/report.h"
#include "text.h"

/** A dry run writes the report beside its place and removes it. */
static enum clr_status write_report(struct cli *cli, const char *path)
{
    const clr_day date = cli_day(cli, OPTION_ID_DATE);
    const int product = cli_product(cli);

    CLR_TRY(clr_outplace_file(path, &cli->fault));
    if (!cli->dry_run) return clr_report_write(cli->store, date, product, path, text_lang_name(), &cli->fault);
    char *beside = outfile_beside(path);
    const enum clr_status status = clr_report_write(cli->store, date, product, beside, text_lang_name(), &cli->fault);
    unlink(beside);
    free(beside);
    return status;
}

int cmd_report(struct cli *cli)
{
    const char *path = cli_text(cli, OPTION_ID_OUT_FILE, "");
    enum clr_status status = cli_require(cli, OPTION_ID_DATE);

    if (status == CLR_OK) status = cli_require(cli, OPTION_ID_OUT_FILE);
    if (status == CLR_OK) status = cli_open(cli, true);
    if (status == CLR_OK) status = write_report(cli, path);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        char day[CLR_DAY_TEXT_SIZE];
        cli_json_start(cli, &json, CLR_OK);
        json_text(&json, "date", clr_day_text(cli_day(cli, OPTION_ID_DATE), day));
        json_text(&json, "path", path);
        cli_json_end(cli, &json, CLR_OK);
    } else if (cli->terminal) {
        printf(text_of("The report is in %s\n", "报告已写入 %s\n"), path);
    } else {
        printf("report\t%s\n", path);
    }
    cli_note_dry_run(cli);
    return 0;
}
