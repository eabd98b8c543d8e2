/* cmd_records.c: list records. Written while they are found: a list may be longer than memory. */
#include <stdio.h>

#include "base/stop.h"
#include "cmds.h"
#include "rows.h"
#include "suggest.h"
#include "text.h"

struct lister {
    struct listing listing;
    uint64_t count;
};

enum clr_status records_filter(struct cli *cli, struct clr_record_filter *out)
{
    const char *reason = cli_text(cli, OPTION_ID_REASON, NULL);

    *out = (struct clr_record_filter){
        .card = cli_text(cli, OPTION_ID_CARD, NULL),
        .file = cli_text(cli, OPTION_ID_FILE, NULL),
        .verdict = -1,
        .reason = -1,
        .unmask = cli_given(cli, OPTION_ID_UNMASK),
        .limit = cli_number(cli, OPTION_ID_LIMIT, 0),
    };
    if (cli_given(cli, OPTION_ID_VERDICT)) out->verdict = clr_verdict_find(clr_bytes_text(cli_text(cli, OPTION_ID_VERDICT, "")));
    if (reason == NULL) return CLR_OK;
    out->reason = clr_reason_find(clr_bytes_text(reason));
    if (out->reason >= 0) return CLR_OK;
    struct suggestion near = { .typed = reason };
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) suggest_offer(&near, clr_reason_term(bit).name);
    if (near.best != NULL)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--reason: there is no reason \"%.64s\"; did you mean %s?",
                             "--reason：没有“%.64s”这一原因；是否想用 %s？", reason, near.best);
    return clr_fault_say(&cli->fault, CLR_USAGE, "--reason: there is no reason \"%.64s\"; records --help lists them",
                         "--reason：没有“%.64s”这一原因；records --help 列出全部原因", reason);
}

/** A closed pipe ends the list quietly: `records | head` is no failure. */
static bool list_record(void *context, const struct clr_record *record)
{
    struct lister *lister = context;
    struct row row;

    row_of_record(&row, record);
    listing_add(&lister->listing, &row);
    lister->count++;
    return !ferror(stdout) && !clr_stop_requested();
}

int cmd_records(struct cli *cli)
{
    struct clr_record_filter filter;
    struct lister lister = { .count = 0 };
    struct json json;
    struct row row;

    enum clr_status status = records_filter(cli, &filter);
    if (status == CLR_OK) status = cli_open(cli, !filter.unmask);       /* who looks at card numbers is written down */
    if (status == CLR_OK && filter.unmask) status = cli_audit(cli, CLR_OK);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) cli_json_begin(cli, &json);
    row_of_record(&row, &(struct clr_record){ 0 });
    listing_open(&lister.listing, cli, cli->json ? &json : NULL, "records", NULL, &row);
    status = clr_records_each(cli->store, &clr_codecs, &filter, list_record, &lister, &cli->fault);
    if (status == CLR_OK && clr_stop_requested())
        status = clr_fault_say(&cli->fault, CLR_STOPPED, "stopped; the list is not complete", "已中止；列表不完整");
    if (status != CLR_OK && lister.count == 0) listing_cancel(&lister.listing);
    else listing_close(&lister.listing);
    if (cli->json) {
        json_count(&json, "count", lister.count);
        cli_json_finish(cli, &json, status);
    }
    if (status != CLR_OK) cli_say_fault(cli, &cli->fault, status);
    else if (lister.count == 0) cli_note(cli, "no record matches", "没有符合条件的记录");
    return cli_exit_code(status);
}
