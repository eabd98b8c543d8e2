/* cmd_export.c: records, positions, matrix, windows and files for other systems: CSV or NDJSON, UTF-8, in a fixed order. */
#include <stdio.h>
#include <string.h>

#include "base/stop.h"
#include "cmds.h"
#include "outfile.h"
#include "rows.h"

/** Where rows go: a line each. */
struct exporter {
    FILE *out;
    bool csv;
    uint64_t count;
};

static void export_head(struct exporter *exporter, const struct row *sample)
{
    if (exporter->csv) row_csv_head(sample, exporter->out);
}

static void export_row(struct exporter *exporter, const struct row *row)
{
    struct json json;

    exporter->count++;
    if (exporter->csv) {
        row_csv(row, exporter->out);
        return;
    }
    json_start(&json, exporter->out);
    json_open(&json, NULL, '{');
    row_json(row, &json);
    json_close(&json);
}

static bool export_record(void *context, const struct clr_record *record)
{
    struct exporter *exporter = context;
    struct row row;

    row_of_record(&row, record);
    export_row(exporter, &row);
    return !ferror(exporter->out) && !clr_stop_requested();
}

static enum clr_status export_records(struct cli *cli, struct exporter *exporter)
{
    struct clr_record_filter filter;
    struct row row;

    CLR_TRY(records_filter(cli, &filter));
    if (filter.unmask) CLR_TRY(cli_audit(cli, CLR_OK));
    row_of_record(&row, &(struct clr_record){ 0 });
    export_head(exporter, &row);
    CLR_TRY(clr_records_each(cli->store, &clr_codecs, &filter, export_record, exporter, &cli->fault));
    if (!clr_stop_requested()) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_STOPPED, "stopped; the export is not complete", "已中止；导出不完整");
}

static void export_positions(struct exporter *exporter, const struct clr_positions *positions, enum clr_level level)
{
    struct row row;

    row_of_position(&row, &(struct clr_position){ 0 }, level, NULL);
    export_head(exporter, &row);
    for (size_t i = 0; i < positions->ledger.position_count; i++) {
        const struct clr_position *position = &positions->ledger.position[i];
        row_of_position(&row, position, level,
                        window_find(positions->window, positions->window_count, position->product, position->window));
        export_row(exporter, &row);
    }
}

static void export_matrix(struct exporter *exporter, const struct clr_ledger *ledger)
{
    struct row row;

    row_of_matrix(&row, &(struct clr_matrix_row){ 0 });
    export_head(exporter, &row);
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        row_of_matrix(&row, &ledger->matrix[i]);
        export_row(exporter, &row);
    }
}

static void export_windows(struct exporter *exporter, const struct clr_window_info *window, size_t count)
{
    struct row row;

    row_of_window(&row, &(struct clr_window_info){ 0 });
    export_head(exporter, &row);
    for (size_t i = 0; i < count; i++) {
        row_of_window(&row, &window[i]);
        export_row(exporter, &row);
    }
}

static enum clr_status export_ledger(struct cli *cli, struct exporter *exporter, const char *what)
{
    struct clr_positions positions = { 0 };
    struct clr_positions_filter filter;

    CLR_TRY(positions_filter(cli, &filter));
    const enum clr_status status = clr_positions_read(cli->store, &filter, &positions, &cli->fault);
    if (status == CLR_OK) {
        if (strcmp(what, "positions") == 0) export_positions(exporter, &positions, filter.level);
        else if (strcmp(what, "matrix") == 0) export_matrix(exporter, &positions.ledger);
        else export_windows(exporter, positions.window, positions.window_count);
    }
    clr_positions_free(&positions);
    return status;
}

static enum clr_status export_files(struct cli *cli, struct exporter *exporter)
{
    struct clr_summary summary = { 0 };
    const enum clr_status status = clr_summary_read(cli->store, &summary, &cli->fault);
    struct row row;

    if (status == CLR_OK) {
        row_of_file(&row, &(struct clr_file_info){ 0 });
        export_head(exporter, &row);
        for (size_t i = 0; i < summary.file_count; i++) {
            row_of_file(&row, &summary.file[i]);
            export_row(exporter, &row);
        }
    }
    clr_summary_free(&summary);
    return status;
}

static enum clr_status export_to(struct cli *cli, struct exporter *exporter, const char *what)
{
    CLR_TRY(cli_open(cli, !cli_given(cli, OPTION_ID_UNMASK)));
    if (strcmp(what, "records") == 0) return export_records(cli, exporter);
    if (strcmp(what, "files") == 0) return export_files(cli, exporter);
    return export_ledger(cli, exporter, what);
}

int cmd_export(struct cli *cli)
{
    const char *what = cli_text(cli, OPTION_ID_WHAT, "records"), *path = cli_text(cli, OPTION_ID_OUT_FILE, NULL);
    struct exporter exporter = { .csv = strcmp(cli_text(cli, OPTION_ID_EXPORT_FORMAT, "csv"), "csv") == 0 };
    struct outfile file;

    if (cli->json && path == NULL)
        return cli_fail(cli, clr_fault_say(&cli->fault, CLR_USAGE,
                                           "export --json needs --out FILE: standard output holds either the data or the result",
                                           "export --json 需要 --out FILE：标准输出要么给数据，要么给结果"));
    enum clr_status status = outfile_open(&file, path, &cli->fault);
    if (status != CLR_OK) return cli_fail(cli, status);
    exporter.out = file.out;
    status = export_to(cli, &exporter, what);
    if (status == CLR_OK) status = outfile_commit(&file, !cli->dry_run, &cli->fault);
    outfile_abort(&file);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        json_text(&json, "what", what);
        json_text(&json, "path", path);
        json_count(&json, "count", exporter.count);
        cli_json_end(cli, &json, CLR_OK);
    } else if (path != NULL) {
        cli_note(cli, "%llu rows written to %s", "已写 %llu 行到 %s", (unsigned long long)exporter.count, path);
    }
    cli_note_dry_run(cli);
    return 0;
}
