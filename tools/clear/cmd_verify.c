/* cmd_verify.c: re-check the whole store. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmds.h"
#include "crash.h"
#include "text.h"
#include "value.h"

#define PROBLEMS_SHOWN (sizeof ((struct clr_verify_report *)0)->problem / sizeof ((struct clr_verify_report *)0)->problem[0])

static size_t problems_shown(const struct clr_verify_report *report)
{
    return report->problem_count < PROBLEMS_SHOWN ? (size_t)report->problem_count : PROBLEMS_SHOWN;
}

static void verify_json(struct cli *cli, const struct clr_verify_report *report, enum clr_status status)
{
    struct json json;

    cli_json_start(cli, &json, status);
    json_count(&json, "values", report->values);
    json_count(&json, "records", report->records);
    json_count(&json, "files", report->files);
    json_count(&json, "runs", report->runs);
    json_count(&json, "problem_count", report->problem_count);
    json_open(&json, "problems", '[');
    for (size_t i = 0; i < problems_shown(report); i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "en", report->problem[i].en);
        json_text(&json, "zh", report->problem[i].zh);
        json_close(&json);
    }
    json_close(&json);
    json_seconds(&json, "elapsed_s", cli_elapsed_us(cli));
    cli_json_end(cli, &json, status);
}

static void verify_table(struct cli *cli, const struct clr_verify_report *report)
{
    struct row row;
    struct listing listing;

    row_start(&row);
    row_count(&row, "files", "files", "文件", report->files);
    row_count(&row, "records", "records", "记录", report->records);
    row_count(&row, "runs", "runs", "批次", report->runs);
    row_count(&row, "values", "stored values", "存储值", report->values);
    row_count(&row, "problems", "problems", "问题", report->problem_count);
    listing_open(&listing, cli, NULL, NULL, text_of("Checked", "已核验"), &row);
    listing_add(&listing, &row);
    listing_close(&listing);
    for (size_t i = 0; i < problems_shown(report); i++) {
        fputs("  ", stdout);
        table_print_clean(stdout, text_of(report->problem[i].en, report->problem[i].zh));
        putchar('\n');
    }
}

static int verify_store(struct cli *cli)
{
    static struct clr_verify_report report;
    enum clr_status status = cli_open(cli, true);

    if (status != CLR_OK) return cli_fail(cli, status);
    status = clr_verify(cli->store, &report, &cli->fault);
    if (status != CLR_OK && status != CLR_DAMAGED) return cli_fail(cli, status);
    if (cli->json) verify_json(cli, &report, status);
    else verify_table(cli, &report);
    if (status != CLR_OK) {
        if (cli->fault.en[0] == '\0')
            clr_fault_say(&cli->fault, status, "the store is damaged: restore a backup, or replay from the archive",
                          "账库已损坏：请恢复备份，或从归档重放");
        cli_say_fault(cli, &cli->fault, status);
    }
    return cli_exit_code(status);
}

/**
 * LMDB trusts its pages: opening a store whose pages are damaged may end the process. So the whole command runs in a child, and a child that
 * died of a signal is the finding. (The engine's own walk has a child of its own, for programs that call it without this command.)
 */
int cmd_verify(struct cli *cli)
{
    int ended;

    fflush(NULL);
    const pid_t child = fork();
    if (child < 0) return verify_store(cli);
    if (child == 0) {
        crash_guard_off();
        const int code = verify_store(cli);
        fflush(NULL);
        _exit(code);
    }
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(ended)) return WEXITSTATUS(ended);
    clr_fault_say(&cli->fault, CLR_DAMAGED, "the store's pages are damaged: reading them ended with signal %d; restore a backup",
                  "账库的数据页已损坏：读取时因信号 %d 终止；请恢复备份", WTERMSIG(ended));
    return cli_fail(cli, CLR_DAMAGED);
}
