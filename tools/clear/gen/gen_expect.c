/* gen_expect.c: expected.json (interface.md `gen`): what `ingest --json` and `positions --json` must say about the files. */
#include <errno.h>
#include <string.h>

#include "../json.h"
#include "gen_run.h"
#include "gen_tac.h"

static void put_tally(struct json *json, const char *key, const struct gen_tally *tally)
{
    json_open(json, key, '{');
    json_count(json, "count", (uint64_t)tally->count);
    json_fen(json, "amount_fen", tally->amount_fen);
    json_close(json);
}

static void put_verdicts(struct json *json, const struct gen_figures *figures)
{
    int64_t records = 0;

    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) records += figures->verdict[v].count;
    json_count(json, "records", (uint64_t)records);
    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) put_tally(json, clr_verdict_term(v).name, &figures->verdict[v]);
}

static void put_named(struct json *json, const char *key, const char *name, const char *verdict, const struct gen_tally *tally)
{
    if (tally->count == 0) return;
    json_open(json, NULL, '{');
    json_text(json, key, name);
    if (verdict != NULL) json_text(json, "verdict", verdict);
    json_count(json, "count", (uint64_t)tally->count);
    json_fen(json, "amount_fen", tally->amount_fen);
    json_close(json);
}

static void put_lists(struct json *json, const struct gen_figures *figures)
{
    json_open(json, "kinds", '[');
    for (unsigned k = 0; k < CLR_KIND_COUNT; k++) put_named(json, "kind", clr_kind_term(k).name, NULL, &figures->kind[k]);
    json_close(json);
    json_open(json, "reasons", '[');
    for (unsigned r = 0; r < CLR_REASON_COUNT; r++)
        put_named(json, "reason", clr_reason_term(r).name, clr_verdict_term(clr_verdict_of(UINT64_C(1) << r)).name, &figures->reason[r]);
    json_close(json);
    json_open(json, "notes", '[');
    for (unsigned n = 0; n < CLR_NOTE_COUNT; n++)
        put_named(json, "reason", clr_note_term(n).name, clr_verdict_term(CLR_VERDICT_ACCEPTED).name, &figures->note[n]);
    json_close(json);
}

static void put_file(struct json *json, const struct gen_run *run, const struct gen_file *file)
{
    const struct gen_sender *sender = &run->world->rules->sender[file->sender];
    const bool declared = sender->declared && gen_format_is_open(file->format);
    char stamp[CLR_TIME_TEXT_SIZE], window[CLR_DAY_TEXT_SIZE];

    json_open(json, NULL, '{');
    json_text(json, "name", file->name);
    json_text(json, "sender", sender->name);
    json_text(json, "file_id", gen_format_is_xf(file->format) ? file->name : "");
    json_text(json, "format", clr_format_term(file->format).name);
    json_hex(json, "digest", file->digest, sizeof file->digest);
    json_text(json, "stamp", clr_time_text(run->options->received_at, stamp));
    json_text(json, "window", clr_day_text(declared ? run->world->date : run->world->window, window));
    json_text(json, "status", "ok");
    put_verdicts(json, &file->figures);
    put_lists(json, &file->figures);
    json_close(json);
}

static void put_ledger(struct json *json, const struct gen_ledger *ledger)
{
    const char *product = clr_product_term(CLR_PRODUCT_TRANSIT).name;
    char window[CLR_DAY_TEXT_SIZE];

    json_open(json, "positions", '[');
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct gen_position *position = &ledger->position[i];
        json_open(json, NULL, '{');
        json_text(json, "product", product);
        json_text(json, "window", clr_day_text(position->window, window));
        json_text(json, "participant", position->code);
        json_text(json, "level", "member");
        json_fen(json, "receivable_fen", position->receivable_fen);
        json_fen(json, "payable_fen", position->payable_fen);
        json_fen(json, "fee_fen", position->fee_fen);
        json_fen(json, "net_fen", position->net_fen);
        json_fen(json, "count", position->count);
        json_close(json);
    }
    json_close(json);
    json_open(json, "matrix", '[');
    for (size_t i = 0; i < ledger->row_count; i++) {
        const struct gen_row *row = &ledger->row[i];
        json_open(json, NULL, '{');
        json_text(json, "product", product);
        json_text(json, "window", clr_day_text(row->window, window));
        json_text(json, "payer", row->payer);
        json_text(json, "payee", row->payee);
        json_text(json, "kind", clr_kind_term(row->kind).name);
        json_fen(json, "count", row->count);
        json_fen(json, "amount_fen", row->amount_fen);
        json_close(json);
    }
    json_close(json);
}

static void put_ingest(struct json *json, const struct gen_run *run, const size_t *order, size_t count, const struct gen_figures *totals)
{
    json_open(json, "ingest", '{');
    json_open(json, "files", '[');
    for (size_t i = 0; i < count; i++) put_file(json, run, &run->files->file[order[i]]);
    json_close(json);
    json_open(json, "totals", '{');
    put_verdicts(json, totals);
    json_close(json);
    json_close(json);
}

/** Every record of a file is in exactly one bucket, else a bug of ours must not become someone's reference. */
static bool adds_up(const struct gen_file *file)
{
    int64_t verdicts = 0, reasons = file->figures.verdict[CLR_VERDICT_ACCEPTED].count, kinds = 0;

    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) verdicts += file->figures.verdict[v].count;
    for (unsigned r = 0; r < CLR_REASON_COUNT; r++) reasons += file->figures.reason[r].count;
    for (unsigned k = 0; k < CLR_KIND_COUNT; k++) kinds += file->figures.kind[k].count;
    return verdicts == (int64_t)file->records && reasons == verdicts && kinds == file->figures.verdict[CLR_VERDICT_ACCEPTED].count;
}

static enum clr_status sum_up(const struct gen_run *run, const size_t *order, size_t count, struct gen_figures *totals, struct gen_result *result,
                              struct clr_fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const struct gen_file *file = &run->files->file[order[i]];
        if (!adds_up(file))
            return clr_fault_say(fault, CLR_INTERNAL, "the figures of %s do not add up to its records", "%s 的各项数字与记录数不符", file->name);
        gen_figures_add(totals, &file->figures);
        result->bytes += file->bytes;
        if (file->format == run->options->format) {
            result->files++;
            result->records += file->records;
        } else {
            result->moves += file->records;
        }
    }
    for (unsigned v = 0; v < CLR_VERDICT_COUNT; v++) result->verdict[v] = (uint64_t)totals->verdict[v].count;
    result->stamp = run->options->received_at;
    return CLR_OK;
}

enum clr_status gen_expect_write(const struct gen_run *run, const struct gen_ledger *ledger, const size_t *order, size_t count,
                                 struct gen_result *result, struct clr_fault *fault)
{
    struct gen_figures totals = { 0 };
    char path[4096 + 16], stamp[CLR_TIME_TEXT_SIZE];
    struct json json;
    FILE *out;
    bool good;

    CLR_TRY(sum_up(run, order, count, &totals, result, fault));
    snprintf(path, sizeof path, "%s/expected.json", run->options->out);
    out = fopen(path, "wb");
    if (out == NULL) return clr_fault_say(fault, CLR_FULL, "%s cannot be written: %s", "无法写入 %s：%s", path, strerror(errno));
    json_start(&json, out);
    json_open(&json, NULL, '{');
    json_count(&json, "schema", 1);
    json_open(&json, "args", '[');
    json_text(&json, NULL, "--received-at");
    json_text(&json, NULL, clr_time_text(run->options->received_at, stamp));
    json_close(&json);
    json_text(&json, "rules", "rules/");
    if (run->tac != NULL) json_text(&json, "keys_key", GEN_TAC_KEY_NAME);
    put_ingest(&json, run, order, count, &totals);
    put_ledger(&json, ledger);
    json_close(&json);
    fputc('\n', out);
    good = !ferror(out);
    if (fclose(out) != 0) good = false;
    return good ? CLR_OK : clr_fault_say(fault, CLR_FULL, "%s cannot be written: %s", "无法写入 %s：%s", path, strerror(errno));
}
