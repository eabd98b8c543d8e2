#include "show_ingest.h"

#include <stdlib.h>

#include "cmds.h"
#include "memory.h"
#include "text.h"
#include "value.h"

static struct clr_term status_term(enum clr_file_status status)
{
    static const struct clr_term terms[] = {
        [CLR_FILE_OK] = { "ok", "完成", "ok" },
        [CLR_FILE_ALREADY_DONE] = { "already-done", "此前已受理", "already done" },
        [CLR_FILE_REFUSED] = { "refused", "拒收", "refused" },
    };
    return terms[status];
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* ---- for programs ---- */

static void findings_json(struct json *json, const struct clr_file_result *file)
{
    json_open(json, "findings", '[');
    for (size_t i = 0; i < file->finding_count; i++) {
        const struct clr_finding *finding = &file->finding[i];
        json_open(json, NULL, '{');
        json_text(json, "reason", clr_file_reason_term(finding->reason).name);
        json_flag(json, "refuses", (int)i == file->refusal);
        json_count(json, "record", finding->record);
        json_count(json, "offset", finding->offset);
        json_text(json, "field", finding->field);
        json_text(json, "declared", finding->declared);
        json_text(json, "seen", finding->seen);
        json_close(json);
    }
    json_close(json);
}

static void file_json(struct json *json, const struct clr_file_result *file)
{
    char day[CLR_DAY_TEXT_SIZE], time[CLR_TIME_TEXT_SIZE];

    json_open(json, NULL, '{');
    json_text(json, "name", or_empty(file->name));
    if (file->admission > 0) json_count(json, "admission", file->admission);
    else json_null(json, "admission");
    json_text(json, "sender", or_empty(file->sender));
    json_text(json, "file_id", or_empty(file->file_id));
    json_text(json, "format", or_empty(file->format));
    json_hex(json, "digest", file->digest, sizeof file->digest);
    json_text(json, "stamp", file->stamp == CLR_TIME_NONE ? NULL : clr_time_text(file->stamp, time));
    json_text(json, "window", file->window == CLR_DAY_NONE ? NULL : clr_day_text(file->window, day));
    json_text(json, "status", status_term(file->status).name);
    figures_json(json, &file->figures, true);
    if (file->changed) {
        json_open(json, "current", '{');
        figures_json(json, &file->current, true);
        json_close(json);
    }
    if (file->finding_count > 0) findings_json(json, file);
    if (file->status == CLR_FILE_REFUSED) cli_json_fault(json, "error", &file->fault, CLR_REFUSED);
    json_close(json);
}

void ingest_json(struct cli *cli, const struct clr_ingest_result *result, enum clr_status status)
{
    const uint64_t elapsed_us = cli_elapsed_us(cli);
    struct json json;

    cli_json_start(cli, &json, status);
    json_open(&json, "files", '[');
    for (size_t i = 0; i < result->file_count; i++) file_json(&json, &result->file[i]);
    json_close(&json);
    json_open(&json, "totals", '{');
    figures_json(&json, &result->totals, false);
    json_close(&json);
    json_seconds(&json, "elapsed_s", elapsed_us);
    json_count(&json, "records_per_s", value_rate(result->totals.records, elapsed_us));
    json_count(&json, "peak_memory_bytes", cli_peak_memory());
    cli_json_end(cli, &json, status);
}

/* ---- for people ---- */

/** Counts for all verdicts, amounts for what came in and what counts. */
static void figures_row(struct row *row, const struct clr_figures *figures)
{
    row_count(row, "records", "records", "记录", figures->records);
    row_fen(row, "received_fen", "amount", "金额", figures->received_fen);
    for (unsigned i = 0; i < CLR_VERDICT_COUNT; i++) {
        static const char *const amounts[] = { "accepted_fen", "duplicate_fen", "conflict_fen", "rejected_fen", "pending_fen" };
        const struct clr_term term = clr_verdict_term(i);

        row_count(row, term.name, term.en, term.zh, figures->verdict[i].count);
        row_fen(row, amounts[i], text_of("amount", "金额"), text_of("amount", "金额"), figures->verdict[i].amount_fen);
    }
}

static void file_row(struct row *row, const struct clr_file_result *file)
{
    row_start(row);
    row_text(row, "file", "file", "文件", or_empty(file->name));
    row_text(row, "format", "format", "格式", or_empty(file->format));
    row_term(row, "status", "status", "状态", status_term(file->status));
    row_day(row, "window", "window", "窗口", file->window);
    figures_row(row, &file->figures);
}

static void note_tally(struct table *table, const struct clr_term *term, const char *verdict, const struct clr_tally *tally)
{
    char count[VALUE_TEXT_SIZE], yuan[CLR_YUAN_TEXT_SIZE];

    if (tally->count == 0) return;
    char *line = memory_print("%s: %s  %s  %s  (%s)", verdict, term->name, value_count_text(tally->count, count),
                              clr_yuan_text(tally->amount_fen, yuan), text_of(term->en, term->zh));
    table_note(table, line);
    free(line);
}

static void note_figures(struct table *table, const struct clr_figures *figures)
{
    for (unsigned i = 0; i < CLR_REASON_COUNT; i++) {
        const struct clr_term term = clr_reason_term(i), verdict = clr_verdict_term(clr_verdict_of(UINT64_C(1) << i));
        note_tally(table, &term, text_of(verdict.en, verdict.zh), &figures->reason[i]);
    }
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) {
        const struct clr_term term = clr_note_term(i);
        note_tally(table, &term, text_of("note", "附注"), &figures->note[i]);
    }
}

/** In a pipe: one line a file and reason. */
static void reasons_lines(struct cli *cli, const struct clr_ingest_result *result)
{
    struct listing listing;
    struct row row;

    for (size_t i = 0; i <= result->file_count; i++) {
        const bool head = i == 0;
        const struct clr_file_result *file = head ? NULL : &result->file[i - 1];

        for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
            if (!head && file->figures.reason[bit].count == 0) continue;
            row_start(&row);
            row_text(&row, "file", "", "", head ? "" : or_empty(file->name));
            row_text(&row, "reason", "", "", clr_reason_term(bit).name);
            row_text(&row, "verdict", "", "", clr_verdict_term(clr_verdict_of(UINT64_C(1) << bit)).name);
            row_count(&row, "count", "", "", head ? 0 : file->figures.reason[bit].count);
            row_fen(&row, "amount_fen", "", "", head ? 0 : file->figures.reason[bit].amount_fen);
            if (!head) listing_add(&listing, &row);
        }
        if (head) listing_open(&listing, cli, NULL, NULL, NULL, &row);
    }
    listing_close(&listing);
}

static void totals_row(struct row *row, const struct clr_ingest_result *result)
{
    row_start(row);
    row_text(row, "file", "file", "文件", text_of("total", "合计"));
    row_text(row, "format", "format", "格式", "");
    row_text(row, "status", "status", "状态", "");
    row_text(row, "window", "window", "窗口", "");
    figures_row(row, &result->totals);
}

static void speed_line(struct cli *cli, const struct clr_ingest_result *result)
{
    const uint64_t elapsed_us = cli_elapsed_us(cli);
    char seconds[VALUE_TEXT_SIZE], rate[VALUE_TEXT_SIZE], memory[VALUE_TEXT_SIZE];

    cli_note(cli, "%s s, %s records/s, peak memory %s", "用时 %s 秒，%s 条/秒，内存峰值 %s", value_micros_text(elapsed_us, seconds),
             value_count_text(value_rate(result->totals.records, elapsed_us), rate), value_size_text(cli_peak_memory(), memory));
}

void ingest_tables(struct cli *cli, const struct clr_ingest_result *result)
{
    struct listing listing;
    struct row row;

    for (size_t i = 0; i < result->file_count; i++) {
        file_row(&row, &result->file[i]);
        if (i == 0) listing_open(&listing, cli, NULL, NULL, text_of("Files", "文件"), &row);
        listing_add(&listing, &row);
        note_figures(&listing.table, &result->file[i].figures);
    }
    if (result->file_count > 1 && cli->terminal) {
        totals_row(&row, result);
        listing_add(&listing, &row);
    }
    if (result->file_count > 0) listing_close(&listing);
    if (!cli->terminal) reasons_lines(cli, result);
    else speed_line(cli, result);
}

void ingest_say_refusals(struct cli *cli, const struct clr_ingest_result *result)
{
    for (size_t i = 0; i < result->file_count; i++) {
        const struct clr_file_result *file = &result->file[i];

        if (file->status == CLR_FILE_REFUSED) {
            struct clr_fault fault = file->fault;
            if (fault.path[0] == '\0') clr_fault_at(&fault, or_empty(file->name), 0, NULL);
            cli_say_fault(cli, &fault, CLR_REFUSED);
        }
        for (size_t at = 0; at < file->finding_count; at++) {
            const struct clr_term term = clr_file_reason_term(file->finding[at].reason);
            if ((int)at == file->refusal) continue;
            cli_note(cli, "warning: %s: %s (declared %s, seen %s)",
                     "警告：%s：%s（申报 %s，所见 %s）", or_empty(file->name), text_of(term.en, term.zh),
                     file->finding[at].declared, file->finding[at].seen);
        }
    }
}
