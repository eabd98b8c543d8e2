/*
 * manifest.c: manifest.json of a settlement: what went in, under which rules, what came out.
 *
 * Inputs are the files with obligations in these windows, or whose earliest record falls into one; their figures are the first ones, which never
 * change. So the manifest of a settlement is the same whenever it is made again.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "settle/output.h"
#include "settle/writer.h"
#include "store/files.h"

struct inputs {
    uint32_t *admission;                   /* with obligations in the windows; sorted */
    size_t count, capacity;
    uint64_t event_count;                  /* events with obligations in the windows */
};

static bool holds(const struct clr_window_list *windows, uint8_t product, clr_day day)
{
    for (size_t i = 0; i < windows->count; i++)
        if (windows->item[i].product == product && windows->item[i].day == day) return true;
    return false;
}

/** The deltas stand in order of admission and of event: each is counted when it differs from the one before. */
static enum clr_status note_delta(struct inputs *inputs, char source, uint64_t number, uint64_t *last_event)
{
    if (source == 'e') {
        inputs->event_count += number != *last_event;
        *last_event = number;
        return CLR_OK;
    }
    if (inputs->count > 0 && inputs->admission[inputs->count - 1] == number) return CLR_OK;
    if (inputs->count == inputs->capacity) {
        inputs->capacity = inputs->capacity * 2 + 64;
        uint32_t *const grown = realloc(inputs->admission, inputs->capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        inputs->admission = grown;
    }
    inputs->admission[inputs->count++] = (uint32_t)number;
    return CLR_OK;
}

static enum clr_status find_inputs(struct clr_tx *tx, const struct clr_window_list *windows, struct inputs *inputs, struct clr_fault *fault)
{
    static const char sources[] = { 'e', 'f' };
    for (size_t i = 0; i < sizeof sources; i++) {
        struct clr_scan scan;
        struct clr_bytes key, value;
        uint64_t last_event = 0;
        enum clr_status status;
        CLR_TRY(clr_scan_open(tx, CLR_TABLE_delta, &sources[i], 1, &scan, fault));
        while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
            struct clr_cell_key cell;
            if (key.size != 9 + CLR_CELL_KEY_SIZE) status = CLR_DAMAGED;
            if (status != CLR_OK) break;
            clr_cell_key_unpack(key.data + 9, &cell);
            if (holds(windows, cell.product, cell.window)) status = note_delta(inputs, sources[i], clr_get_be64(key.data + 1), &last_event);
            if (status != CLR_OK) break;
        }
        clr_scan_close(&scan);
        if (status != CLR_NOT_FOUND) return status;
    }
    return CLR_OK;
}

/* ---- parts ---- */

static void write_input(struct clr_writer *writer, const struct clr_file *file)
{
    char stamp[CLR_TIME_TEXT_SIZE];
    clr_write_open(writer, NULL, '{');
    clr_write_number(writer, "admission", file->admission);
    clr_write_text(writer, "name", file->name);
    clr_write_text(writer, "sender", file->sender);
    clr_write_text(writer, "format", clr_format_term(file->format).name);
    clr_write_digest(writer, "digest", file->received, CLR_DIGEST_SIZE);
    clr_write_text(writer, "stamp", clr_time_text(file->stamp, stamp));
    clr_write_number(writer, "rules_version", file->rules_version);
    clr_write_number(writer, "records", (int64_t)file->first.records);
    clr_write_number(writer, "received_fen", file->first.received_fen);
    for (unsigned verdict = 0; verdict < CLR_VERDICT_COUNT; verdict++) {
        clr_write_open(writer, clr_verdict_term(verdict).name, '{');
        clr_write_number(writer, "count", (int64_t)file->first.verdict[verdict].count);
        clr_write_number(writer, "amount_fen", file->first.verdict[verdict].amount_fen);
        clr_write_close(writer, '}');
    }
    clr_write_close(writer, '}');
}

/** Marks the rules versions that the inputs were judged by. */
static enum clr_status write_inputs(struct clr_tx *tx, const struct clr_window_list *windows, const struct inputs *inputs, bool *version, uint32_t version_count,
                                    struct clr_writer *writer, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    size_t at = 0;
    clr_write_open(writer, "inputs", '[');
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        while (at < inputs->count && inputs->admission[at] < file.admission) at++;
        const bool owes = at < inputs->count && inputs->admission[at] == file.admission;
        if (owes || (file.window != CLR_DAY_NONE && holds(windows, file.product, file.window))) {
            write_input(writer, &file);
            if (file.rules_version <= version_count) version[file.rules_version] = true;
        }
        clr_file_free(&file);
    }
    clr_scan_close(&scan);
    clr_write_close(writer, ']');
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

static enum clr_status write_rules(struct clr_store *store, const struct clr_settlement *settlement, const struct clr_books *books, bool *version,
                                   struct clr_writer *writer, struct clr_fault *fault)
{
    static const uint8_t no_keys[CLR_KEYS_DIGEST_SIZE] = { 0 };
    version[settlement->rules_version] = true;
    for (size_t i = 0; i < books->cells.count; i++)
        if (books->cells.cell[i].key.rules_version <= store->rules_count) version[books->cells.cell[i].key.rules_version] = true;
    clr_write_open(writer, "rules", '[');
    for (uint32_t number = 1; number <= store->rules_count; number++) {
        const struct clr_rules *rules;
        if (!version[number]) continue;
        CLR_TRY(clr_store_rules_get(store, number, &rules, fault));
        clr_write_open(writer, NULL, '{');
        clr_write_number(writer, "version", number);
        clr_write_digest(writer, "digest", rules->digest, CLR_DIGEST_SIZE);
        clr_write_close(writer, '}');
    }
    clr_write_close(writer, ']');
    clr_write_number(writer, "settled_by_rules", settlement->rules_version);
    /* Without keys a manifest is what it was before there were any. */
    if (memcmp(settlement->keys, no_keys, sizeof no_keys) != 0) clr_write_digest(writer, "settled_with_keys", settlement->keys, sizeof no_keys);
    return CLR_OK;
}

static void write_windows(const struct clr_settlement *settlement, const struct clr_books *books, struct clr_writer *writer)
{
    clr_write_open(writer, "windows", '[');
    for (size_t i = 0; i < settlement->windows.count; i++) {
        const struct clr_window_info *const info = &books->window[i];
        char day[CLR_DAY_TEXT_SIZE];
        clr_write_open(writer, NULL, '{');
        clr_write_text(writer, "product", clr_product_term(info->product).name);
        clr_write_text(writer, "window", clr_day_text(info->window, day));
        clr_write_text(writer, "settlement_date", clr_day_text(info->settlement_day, day));
        clr_write_number(writer, "count", (int64_t)info->count);
        clr_write_number(writer, "amount_fen", info->amount_fen);
        clr_write_close(writer, '}');
    }
    clr_write_close(writer, ']');
}

/** Sums over the participants' positions; each was within range, and so must be the sums. */
static enum clr_status write_totals(const struct clr_settlement *settlement, const struct clr_books *books, uint64_t event_count, struct clr_writer *writer)
{
    clr_fen receivable = 0, payable = 0, fee = 0, net = 0, paid = 0;
    for (size_t i = 0; i < books->participants.position_count; i++) {
        const struct clr_position *const position = &books->participants.position[i];
        CLR_TRY(clr_fen_add(&receivable, position->receivable_fen));
        CLR_TRY(clr_fen_add(&payable, position->payable_fen));
        CLR_TRY(clr_fen_add(&fee, position->fee_fen));
        CLR_TRY(clr_fen_add(&net, position->net_fen));
    }
    for (size_t i = 0; i < books->transfer_count; i++) CLR_TRY(clr_fen_add(&paid, books->transfer[i].amount_fen));
    clr_write_open(writer, "totals", '{');
    clr_write_number(writer, "receivable_fen", receivable);
    clr_write_number(writer, "payable_fen", payable);
    clr_write_number(writer, "fee_fen", fee);
    clr_write_number(writer, "net_sum_fen", net);
    clr_write_number(writer, "transfers", (int64_t)books->transfer_count);
    clr_write_number(writer, "transfers_fen", paid);
    clr_write_number(writer, "journal_lines", (int64_t)books->line_count);
    clr_write_number(writer, "events", (int64_t)event_count);
    clr_write_number(writer, "promoted", (int64_t)settlement->promoted);
    clr_write_number(writer, "expired", (int64_t)settlement->expired);
    clr_write_number(writer, "superseded", (int64_t)settlement->superseded);
    clr_write_close(writer, '}');
    return CLR_OK;
}

static void write_outputs(const struct clr_output_set *set, struct clr_writer *writer)
{
    clr_write_open(writer, "outputs", '[');
    for (unsigned i = 0; i < CLR_SETTLE_OUTPUTS && set->file[i].name != NULL; i++) {
        clr_write_open(writer, NULL, '{');
        clr_write_text(writer, "name", set->file[i].name);
        clr_write_number(writer, "bytes", (int64_t)set->file[i].size);
        clr_write_digest(writer, "digest", set->file[i].digest, CLR_DIGEST_SIZE);
        clr_write_close(writer, '}');
    }
    clr_write_close(writer, ']');
}

static enum clr_status render(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, const struct clr_books *books,
                              const struct clr_output_set *set, struct inputs *inputs, bool *version, struct clr_writer *writer, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];
    CLR_TRY(find_inputs(tx, &settlement->windows, inputs, fault));
    clr_write_open(writer, NULL, '{');
    clr_write_number(writer, "schema", 1);
    clr_write_text(writer, "type", "settlement");
    clr_write_text(writer, "date", clr_day_text(settlement->day, day));
    clr_write_text(writer, "product", settlement->product == CLR_ALL_PRODUCTS ? "*" : clr_product_term((unsigned)settlement->product).name);
    CLR_TRY(write_inputs(tx, &settlement->windows, inputs, version, store->rules_count, writer, fault));
    CLR_TRY(write_rules(store, settlement, books, version, writer, fault));
    write_windows(settlement, books, writer);
    const enum clr_status status = write_totals(settlement, books, inputs->event_count, writer);
    if (status != CLR_OK) return clr_fault_say(fault, status, "a total of this settlement left the range of amounts", "本次结算的合计超出金额范围");
    write_outputs(set, writer);
    clr_write_close(writer, '}');
    clr_write_raw(writer, "\n");
    return writer->pack.bad ? clr_memory_short(fault) : CLR_OK;
}

enum clr_status clr_manifest_render(struct clr_store *store, struct clr_tx *tx, const struct clr_settlement *settlement, const struct clr_books *books,
                                    const struct clr_output_set *set, char **data, size_t *size, struct clr_fault *fault)
{
    struct clr_writer writer = { 0 };
    struct inputs inputs = { 0 };
    bool *const version = calloc((size_t)store->rules_count + 1, sizeof *version);
    enum clr_status status = version == NULL ? clr_memory_short(fault) : CLR_OK;
    if (status == CLR_OK && settlement->rules_version > store->rules_count) status = CLR_DAMAGED;
    if (status == CLR_OK) status = render(store, tx, settlement, books, set, &inputs, version, &writer, fault);
    free(inputs.admission);
    free(version);
    if (status != CLR_OK) {
        clr_pack_free(&writer.pack);
        return status;
    }
    *data = (char *)writer.pack.data;
    *size = writer.pack.size;
    return CLR_OK;
}
