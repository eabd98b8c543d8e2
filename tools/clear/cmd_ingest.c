/* cmd_ingest.c: take in files. What the result looks like is in show_ingest.c. */
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "keys_open.h"
#include "show_ingest.h"

static enum clr_archive_mode archive_mode(const struct cli *cli)
{
    return (enum clr_archive_mode)cli_number(cli, OPTION_ID_ARCHIVE, CLR_ARCHIVE_KEEP);   /* the choices stand in the enum's order */
}

static enum clr_status take_in(struct cli *cli, struct clr_ingest_result *result)
{
    const struct clr_ingest_options options = {
        .sender = cli_text(cli, OPTION_ID_SENDER, NULL),
        .format = cli_text(cli, OPTION_ID_FORMAT, NULL),
        .received_at = cli_received_at(cli),
        .archive = archive_mode(cli),
        .dry_run = cli->dry_run,
        .no_maintain = cli_number(cli, OPTION_ID_MAINTAIN, 0) == 1,      /* auto|never */
        .progress = { progress_step, &cli->progress },
    };
    CLR_TRY(cli_open(cli, false));
    CLR_TRY(cli_use_keys(cli));
    cli_progress_start(cli);
    const enum clr_status status = clr_ingest(cli->store, &clr_codecs, &options, cli->arguments.operand, cli->arguments.operand_count,
                                              result, &cli->fault);
    progress_end(&cli->progress);
    return status;
}

/** A refused file is no failed call: the first one's fault becomes the command's. */
static enum clr_status worst_of(struct cli *cli, const struct clr_ingest_result *result)
{
    if (result->worst == CLR_OK) return CLR_OK;
    for (size_t i = 0; i < result->file_count; i++) {
        if (result->file[i].status != CLR_FILE_REFUSED) continue;
        cli->fault = result->file[i].fault;
        break;
    }
    return result->worst;
}

/** --strict: rejected (but not out of scope), conflict and pending records. */
static bool strict_objects(const struct cli *cli, const struct clr_figures *totals)
{
    const uint64_t rejected = totals->verdict[CLR_VERDICT_REJECTED].count - totals->reason[CLR_REASON_BIT_OUT_OF_SCOPE].count;

    if (!cli_given(cli, OPTION_ID_STRICT)) return false;
    return rejected > 0 || totals->verdict[CLR_VERDICT_CONFLICT].count > 0 || totals->verdict[CLR_VERDICT_PENDING].count > 0;
}

int cmd_ingest(struct cli *cli)
{
    struct clr_ingest_result result = { 0 };
    enum clr_status status = take_in(cli, &result);

    if (status == CLR_OK) status = worst_of(cli, &result);
    status = cli_audit(cli, status);
    if (cli->json) ingest_json(cli, &result, status);
    else if (result.file_count > 0) ingest_tables(cli, &result);
    if (status != CLR_OK && (status != result.worst || result.file_count == 0)) cli_say_fault(cli, &cli->fault, status);
    else ingest_say_refusals(cli, &result);
    const bool strict = status == CLR_OK && strict_objects(cli, &result.totals);
    maintained_note(cli, &result.maintained);
    cli_note_dry_run(cli);
    clr_ingest_result_free(&result);
    return strict ? 3 : cli_exit_code(status);
}
