/* cmd_positions.c: who owes whom. */
#include <stdio.h>

#include "cmds.h"
#include "rows.h"
#include "text.h"
#include "value.h"

/** The last file admitted up to the end of a day; files without a stamp of their own belong to the one before them. */
static enum clr_status admission_on(struct cli *cli, clr_day day, uint32_t *out)
{
    struct clr_summary summary = { 0 };
    enum clr_status status = clr_summary_read(cli->store, &summary, &cli->fault);

    *out = 0;
    for (size_t i = 0; status == CLR_OK && i < summary.file_count; i++) {
        const struct clr_file_info *file = &summary.file[i];
        if (file->stamp != CLR_TIME_NONE && clr_day_of_time(file->stamp) > day) break;
        *out = file->admission;
    }
    clr_summary_free(&summary);
    if (status == CLR_OK && *out == 0)
        status = clr_fault_say(&cli->fault, CLR_NOT_FOUND, "--as-of %s: nothing was admitted by then",
                               "--as-of %s：截至该日尚未受理任何文件",
                               cli_text(cli, OPTION_ID_AS_OF, ""));
    return status;
}

enum clr_status positions_filter(struct cli *cli, struct clr_positions_filter *out)
{
    const char *as_of = cli_text(cli, OPTION_ID_AS_OF, NULL);
    uint64_t admission = 0;

    *out = (struct clr_positions_filter){
        .date = cli_day(cli, OPTION_ID_DATE),
        .product = cli_product(cli),
        .level = (enum clr_level)cli_number(cli, OPTION_ID_LEVEL, CLR_LEVEL_MEMBER),      /* the choices stand in the enum's order */
    };
    if (as_of == NULL) return CLR_OK;
    const clr_day day = clr_day_parse(clr_bytes_text(as_of));
    if (day != CLR_DAY_NONE) return admission_on(cli, day, &out->as_of_admission);
    if (!value_count(as_of, &admission) || admission == 0 || admission > CLR_ADMISSION_MAX)
        return clr_fault_say(&cli->fault, CLR_USAGE, "--as-of: \"%.64s\" is neither an admission number nor a date YYYY-MM-DD",
                             "--as-of：“%.64s”既不是受理号，也不是 YYYY-MM-DD 日期", as_of);
    out->as_of_admission = (uint32_t)admission;
    return CLR_OK;
}

static void positions_show(struct cli *cli, struct json *json, const struct clr_positions *positions, enum clr_level level)
{
    struct listing listing;
    struct row row;

    row_of_position(&row, &(struct clr_position){ 0 }, level, NULL);
    listing_open(&listing, cli, json, "positions", text_of("Positions", "头寸"), &row);
    for (size_t i = 0; i < positions->ledger.position_count; i++) {
        const struct clr_position *position = &positions->ledger.position[i];
        row_of_position(&row, position, level,
                        window_find(positions->window, positions->window_count, position->product, position->window));
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

static void matrix_show(struct cli *cli, struct json *json, const struct clr_ledger *ledger)
{
    struct listing listing;
    struct row row;

    row_of_matrix(&row, &(struct clr_matrix_row){ 0 });
    listing_open(&listing, cli, json, "matrix", text_of("Who owes whom", "应收应付矩阵"), &row);
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        row_of_matrix(&row, &ledger->matrix[i]);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

/** Σ net over everything shown. The engine checks each window; this sum is what the reader sees, so it is added up here. */
static enum clr_status net_sum(struct cli *cli, const struct clr_ledger *ledger, clr_fen *sum)
{
    *sum = 0;
    for (size_t i = 0; i < ledger->position_count; i++)
        if (clr_fen_add(sum, ledger->position[i].net_fen) != CLR_OK)
            return clr_fault_say(&cli->fault, CLR_OVERFLOW, "the sum of the nets left the range of amounts; call a person",
                                 "净额之和超出范围；请报告负责人");
    if (*sum == 0) return CLR_OK;
    return clr_fault_say(&cli->fault, CLR_UNBALANCED, "the nets sum to %lld fen, not to zero; call a person, change nothing",
                         "净额之和为 %lld 分而非零；请勿改动，立即报告负责人", (long long)*sum);
}

static void show(struct cli *cli, const struct clr_positions *positions, enum clr_level level, clr_fen sum, enum clr_status status)
{
    struct json json;

    if (!cli->json) {
        positions_show(cli, NULL, positions, level);
        matrix_show(cli, NULL, &positions->ledger);
        return;
    }
    cli_json_start(cli, &json, status);
    positions_show(cli, &json, positions, level);
    matrix_show(cli, &json, &positions->ledger);
    json_fen(&json, "net_sum_fen", sum);
    cli_json_end(cli, &json, status);
}

int cmd_positions(struct cli *cli)
{
    struct clr_positions positions = { 0 };
    struct clr_positions_filter filter;
    clr_fen sum = 0;

    enum clr_status status = cli_open(cli, true);
    if (status == CLR_OK) status = positions_filter(cli, &filter);
    if (status != CLR_OK) return cli_fail(cli, status);
    status = clr_positions_read(cli->store, &filter, &positions, &cli->fault);
    if (status != CLR_OK) {
        clr_positions_free(&positions);
        return cli_fail(cli, status);
    }
    status = net_sum(cli, &positions.ledger, &sum);
    show(cli, &positions, filter.level, sum, status);
    if (status != CLR_OK) cli_say_fault(cli, &cli->fault, status);
    clr_positions_free(&positions);
    return cli_exit_code(status);
}
