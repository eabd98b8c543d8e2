/* cmd_resolve.c: decide one record that is in conflict or waits. */
#include <stdio.h>

#include "cmds.h"
#include "model/txn.h"
#include "rows.h"
#include "text.h"

static enum clr_status decide(struct cli *cli, struct clr_resolved *out)
{
    clr_record_id id;
    const bool accept = cli_given(cli, OPTION_ID_ACCEPT);

    if (accept == cli_given(cli, OPTION_ID_REJECT))
        return clr_fault_say(&cli->fault, CLR_USAGE, "resolve needs either --accept or --reject",
                             "resolve 需要 --accept 或 --reject 二者之一");
    CLR_TRY(cli_require(cli, OPTION_ID_REASON_TEXT));
    CLR_TRY(cli_open(cli, false));
    CLR_TRY(clr_record_find(cli->store, cli->arguments.operand[0], &id, &cli->fault));
    return clr_resolve(cli->store, id, accept, cli_text(cli, OPTION_ID_REASON_TEXT, ""), cli_received_at(cli), cli->dry_run, out,
                       &cli->fault);
}

static void resolved_row(struct row *row, const struct clr_resolved *resolved)
{
    char id[CLR_RECORD_ID_TEXT_SIZE], reasons[REASONS_TEXT_SIZE];

    row_start(row);
    row_text(row, "record", "record", "记录", row_keep(row, clr_record_id_text(resolved->record, id)));
    row_term(row, "from", "from", "原结论", clr_verdict_term(clr_verdict_of(resolved->from)));
    row_list(row, "from_reasons", "reasons", "原因", row_keep(row, reasons_text(resolved->from, reasons)));
    row_term(row, "to", "to", "现结论", clr_verdict_term(clr_verdict_of(resolved->to)));
    row_list(row, "to_reasons", "reasons", "原因", row_keep(row, reasons_text(resolved->to, reasons)));
    row_day(row, "window", "window", "窗口", resolved->window);
    row_count(row, "event", "event", "事件", resolved->event);
    row_flag(row, "already", "decided before", "此前已裁决", resolved->already);
}

int cmd_resolve(struct cli *cli)
{
    struct clr_resolved resolved = { 0 };
    struct row row;
    const enum clr_status status = cli_audit(cli, decide(cli, &resolved));

    if (status != CLR_OK) return cli_fail(cli, status);
    resolved_row(&row, &resolved);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        row_json(&row, &json);
        cli_json_end(cli, &json, CLR_OK);
    } else {
        struct listing listing;
        listing_open(&listing, cli, NULL, NULL, NULL, &row);
        listing_add(&listing, &row);
        listing_close(&listing);
    }
    cli_note_dry_run(cli);
    return 0;
}
