/* cmd_status.c: windows, files, backlog, space and the one invariant that can be seen at a glance. */
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "rows.h"
#include "text.h"
#include "value.h"

static void windows_show(struct cli *cli, struct json *json, const struct clr_summary *summary)
{
    struct listing listing;
    struct row row;

    row_of_window(&row, &(struct clr_window_info){ 0 });
    listing_open(&listing, cli, json, "windows", text_of("Windows", "清算窗口"), &row);
    for (size_t i = 0; i < summary->window_count; i++) {
        row_of_window(&row, &summary->window[i]);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

static void files_show(struct cli *cli, struct json *json, const struct clr_summary *summary)
{
    struct listing listing;
    struct row row;

    row_of_file(&row, &(struct clr_file_info){ 0 });
    listing_open(&listing, cli, json, "files", text_of("Files", "文件"), &row);
    for (size_t i = 0; i < summary->file_count; i++) {
        row_of_file(&row, &summary->file[i]);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

/** The store as a whole: what stands in neither list. */
static void store_row(struct row *row, const struct clr_summary *summary)
{
    row_start(row);
    row_count(row, "rules_versions", "rules versions", "规则版本数", summary->rules_versions);
    row_count(row, "unfinished_files", "unfinished files", "未完成文件", summary->unfinished_files);
    row_count(row, "events", "events", "事件", summary->events);
    row_count(row, "runs", "runs", "批次", summary->runs);
    row_day(row, "busiest_day", "day of most runs", "批次最多之日", summary->busiest_day);
    row_count(row, "busiest_day_runs", "its runs", "该日批次", summary->busiest_day_runs);
    row_flag(row, "merge_due", "merge due (maintain)", "应合并 (maintain)", summary->merge_due);
    row_count(row, "merges", "merges", "合并次数", summary->merges);
    row_count(row, "merge_runs", "last merge: runs", "上次合并批次", summary->merge_runs);
    row_count(row, "merge_rows", "last merge: rows", "上次合并行数", summary->merge_rows);
    row_count(row, "merge_bytes", "last merge: written", "上次合并写入", summary->merge_bytes);
    row_count(row, "packages", "toll packages", "交易包", summary->packages);
    row_count(row, "packages_waiting", "without account result", "未收到记账结果的包", summary->packages_waiting);
    row_count(row, "packages_disputed", "with open disputes", "有未决争议的包", summary->packages_disputed);
    row_count(row, "packages_overdue", "overdue", "逾期的包", summary->packages_overdue);
    row_time(row, "last_stamp", "last stamp", "最近接收时间", summary->last_stamp);
    row_flag(row, "balanced", "balanced", "平衡", summary->balanced);
    row_count(row, "live_bytes", "in use", "已用空间", summary->live_bytes);
    row_count(row, "free_bytes", "free", "空闲空间", summary->free_bytes);
    row_count(row, "map_bytes", "limit", "空间上限", summary->map_bytes);
    row_count(row, "archive_bytes", "archive", "归档", summary->archive_bytes);
}

static void status_json(struct cli *cli, const struct clr_summary *summary, enum clr_status status)
{
    struct json json;
    struct row row;

    cli_json_start(cli, &json, status);
    store_row(&row, summary);
    row_json(&row, &json);
    json_open(&json, "totals", '{');
    figures_json(&json, &summary->totals, true);
    json_close(&json);
    windows_show(cli, &json, summary);
    files_show(cli, &json, summary);
    cli_json_end(cli, &json, status);
}

static bool is_size(const struct row_field *field)
{
    const size_t length = strlen(field->name);
    return length > 6 && strcmp(field->name + length - 6, "_bytes") == 0;
}

/** A fact as it is shown in the column of values. */
static const char *fact_text(const struct cli *cli, const struct row_field *field, char text[VALUE_TEXT_SIZE])
{
    if (field->type == ROW_FLAG && !cli->terminal) return field->count != 0 ? "true" : "false";
    if (field->type == ROW_FLAG) return field->count != 0 ? text_of("yes", "是") : text_of("no", "否");
    if (field->type != ROW_COUNT) return field->text == NULL ? "" : field->text;
    if (cli->terminal && is_size(field)) return value_size_text(field->count, text);
    if (cli->terminal) return value_count_text(field->count, text);
    snprintf(text, VALUE_TEXT_SIZE, "%llu", (unsigned long long)field->count);
    return text;
}

/** Facts one under another: a row with ten columns of big numbers is hard to read. */
static void store_table(struct cli *cli, const struct clr_summary *summary)
{
    struct table table;
    struct row row;
    char text[VALUE_TEXT_SIZE];

    store_row(&row, summary);
    cli_table_start(cli, &table, text_of("Store", "账库"));
    table_column(&table, cli->terminal ? text_of("fact", "项目") : "fact", TABLE_LEFT);
    table_column(&table, cli->terminal ? text_of("value", "值") : "value", TABLE_LEFT);
    for (size_t i = 0; i < row.count; i++) {
        table_cell(&table, cli->terminal ? text_of(row.field[i].en, row.field[i].zh) : row.field[i].name);
        table_cell(&table, fact_text(cli, &row.field[i], text));
    }
    table_end(&table);
}

int cmd_status(struct cli *cli)
{
    struct clr_summary summary = { 0 };
    enum clr_status status = cli_open(cli, true);

    if (status == CLR_OK) status = clr_summary_read(cli->store, &summary, &cli->fault);
    if (status != CLR_OK) {
        clr_summary_free(&summary);
        return cli_fail(cli, status);
    }
    if (!summary.balanced)
        status = clr_fault_say(&cli->fault, CLR_UNBALANCED, "the nets of all windows do not sum to zero; call a person, change nothing",
                               "所有窗口的净额之和不为零；请勿改动，立即报告负责人");
    if (cli->json) {
        status_json(cli, &summary, status);
    } else {
        windows_show(cli, NULL, &summary);
        files_show(cli, NULL, &summary);
        store_table(cli, &summary);
    }
    if (status != CLR_OK) cli_say_fault(cli, &cli->fault, status);
    clr_summary_free(&summary);
    return cli_exit_code(status);
}
