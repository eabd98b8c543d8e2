/* cmd_maintain.c: merge runs, and what a merge came to. */
#include "cmds.h"

static void maintained_row(struct row *row, const struct clr_maintained *done)
{
    row_start(row);
    row_count(row, "runs_before", "runs before", "原批次数", done->runs_before);
    row_count(row, "runs_after", "runs after", "现批次数", done->runs_after);
    row_count(row, "merges", "merges", "合并次数", done->merges);
    row_count(row, "merged_runs", "runs merged", "并入批次", done->runs);
    row_count(row, "merged_rows", "rows written again", "重写行数", done->rows);
    row_count(row, "merged_bytes", "bytes written", "写入字节", done->bytes);
}

void maintained_json(struct json *json, const struct clr_maintained *done)
{
    static const char *const ends[] = { [CLR_MAINTAIN_DONE] = "done", [CLR_MAINTAIN_NO_ROOM] = "no-room", [CLR_MAINTAIN_STOPPED] = "stopped",
                                        [CLR_MAINTAIN_OFF] = "off" };
    struct row row;
    json_text(json, "end", ends[done->end]);
    maintained_row(&row, done);
    row_json(&row, json);
}

void maintained_note(const struct cli *cli, const struct clr_maintained *done)
{
    if (done->merges > 0)
        cli_note(cli, "merged %llu runs: %llu before, %llu now", "已合并 %llu 个批次：原 %llu 个，现 %llu 个", (unsigned long long)done->runs,
                 (unsigned long long)done->runs_before, (unsigned long long)done->runs_after);
    if (done->end == CLR_MAINTAIN_NO_ROOM)
        cli_note(cli, "runs were not merged: %s%.0s; the files are in", "未合并批次：%.0s%s；文件均已入库", done->fault.en, done->fault.zh);
    if (done->end == CLR_MAINTAIN_STOPPED)
        cli_note(cli, "merging of runs was stopped; the files are in, `clear maintain` goes on", "批次合并已停止；文件均已入库，`clear maintain` 可继续");
}

int cmd_maintain(struct cli *cli)
{
    const struct clr_maintain_options options = { .dry_run = cli->dry_run, .progress = { progress_step, &cli->progress } };
    struct clr_maintained done = { 0 };
    enum clr_status status = cli_open(cli, false);

    if (status == CLR_OK) {
        cli_progress_start(cli);
        status = clr_maintain(cli->store, &options, &done, &cli->fault);
        progress_end(&cli->progress);
    }
    status = cli_audit(cli, status);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        maintained_json(&json, &done);
        json_seconds(&json, "elapsed_s", cli_elapsed_us(cli));
        cli_json_end(cli, &json, CLR_OK);
    } else {
        struct listing listing;
        struct row row;
        maintained_row(&row, &done);
        listing_open(&listing, cli, NULL, NULL, NULL, &row);
        listing_add(&listing, &row);
        listing_close(&listing);
    }
    cli_note_dry_run(cli);
    return 0;
}
