/*
 * report_inputs.c: the files of a report and what each brought into its windows, from the deltas.
 *
 * Deltas stand in order of admission and of event, so parts come out sorted by admission, and by window within one.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "publish/report_facts.h"

/** Index of a window, window_count when it is not one of the report's. */
static size_t window_of(const struct clr_report_facts *facts, uint8_t product, clr_day day)
{
    size_t at = 0;
    while (at < facts->window_count && (facts->window[at].alone.product != (int)product || facts->window[at].alone.day != day)) at++;
    return at;
}

static enum clr_status add_share(struct clr_report_share *to, const struct clr_cell_sum *sum)
{
    if (__builtin_add_overflow(to->count, sum->count, &to->count)) return CLR_OVERFLOW;
    return clr_fen_add(&to->amount_fen, sum->amount_fen);
}

/** Room for one more of `size` bytes each. */
static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return items;
    const size_t more = *capacity * 2 + 16;
    void *const grown = realloc(items, more * size);
    if (grown != NULL) *capacity = more;
    return grown;
}

static enum clr_status add_part(struct clr_report_facts *facts, uint32_t admission, size_t window, const struct clr_cell_sum *sum)
{
    struct clr_report_part *last = facts->part_count > 0 ? &facts->part[facts->part_count - 1] : NULL;
    if (last == NULL || last->admission != admission || last->window != window) {
        struct clr_report_part *const grown = grow(facts->part, facts->part_count, &facts->part_capacity, sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        facts->part = grown;
        last = &grown[facts->part_count++];
        *last = (struct clr_report_part){ .admission = admission, .window = window };
    }
    return add_share(&last->share, sum);
}

static enum clr_status take_delta(struct clr_report_facts *facts, struct clr_bytes key, struct clr_bytes value)
{
    struct clr_cell_key cell;
    struct clr_cell_sum sum;
    if (key.size != 9 + CLR_CELL_KEY_SIZE || value.size != CLR_CELL_SUM_SIZE) return CLR_DAMAGED;
    clr_cell_key_unpack(key.data + 9, &cell);
    const size_t window = window_of(facts, cell.product, cell.window);
    if (window == facts->window_count) return CLR_OK;
    clr_cell_sum_unpack(value.data, &sum);
    if (key.data[0] == 'e') return add_share(&facts->window[window].later, &sum);
    return add_part(facts, (uint32_t)clr_get_be64(key.data + 1), window, &sum);
}

static enum clr_status read_deltas(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault)
{
    static const char sources[] = { 'f', 'e' };
    for (size_t i = 0; i < sizeof sources; i++) {
        struct clr_scan scan;
        struct clr_bytes key, value;
        enum clr_status status;
        CLR_TRY(clr_scan_open(tx, CLR_TABLE_delta, &sources[i], 1, &scan, fault));
        while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
            status = take_delta(facts, key, value);
            if (status != CLR_OK) break;
        }
        clr_scan_close(&scan);
        if (status == CLR_DAMAGED)
            clr_fault_say(fault, status, "an obligation of a file cannot be read; restore a backup", "文件的债务记录无法读取；请恢复备份");
        if (status == CLR_OVERFLOW)
            clr_fault_say(fault, status, "the turnover of a window left the range of amounts", "窗口交易额超出金额范围");
        if (status != CLR_NOT_FOUND) return status == CLR_FULL ? clr_memory_short(fault) : status;
    }
    return CLR_OK;
}

/* ---- files ---- */

/** Takes the file over. */
static enum clr_status keep_file(struct clr_report_facts *facts, struct clr_file *file)
{
    struct clr_file *const grown = grow(facts->file, facts->file_count, &facts->file_capacity, sizeof *grown);
    if (grown == NULL) {
        clr_file_free(file);
        return CLR_FULL;
    }
    facts->file = grown;
    grown[facts->file_count++] = *file;
    if (file->rules_version <= facts->store->rules_count) facts->rules_used[file->rules_version] = true;
    return clr_figures_add(&facts->received, &file->first);
}

static enum clr_status read_files(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    size_t at = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        while (at < facts->part_count && facts->part[at].admission < file.admission) at++;
        const bool brought = at < facts->part_count && facts->part[at].admission == file.admission;
        const bool begins = file.window != CLR_DAY_NONE && window_of(facts, file.product, file.window) < facts->window_count;
        if (brought || begins) status = keep_file(facts, &file);
        else clr_file_free(&file);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    if (status == CLR_FULL) return clr_memory_short(fault);
    if (status == CLR_OVERFLOW)
        return clr_fault_say(fault, status, "the files of this report sum up to more than amounts can hold",
                             "报告内文件的合计超出金额范围");
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

/** What the files brought and what events brought is what the window holds: asked once more, because the report shows it side by side. */
static enum clr_status check_shares(const struct clr_report_facts *facts, struct clr_fault *fault)
{
    for (size_t i = 0; i < facts->window_count; i++) {
        const struct clr_window_info *const info = clr_report_info(&facts->window[i]);
        clr_wide count = facts->window[i].later.count, amount = facts->window[i].later.amount_fen;
        for (size_t k = 0; k < facts->part_count; k++) {
            if (facts->part[k].window != i) continue;
            count += facts->part[k].share.count;
            amount += facts->part[k].share.amount_fen;
        }
        if (count != (int64_t)info->count || amount != info->amount_fen)
            return clr_fault_say(fault, CLR_UNBALANCED, "what the files brought is not what the window holds; call a person",
                                 "文件带来的金额与窗口金额不符；请人工处理");
    }
    return CLR_OK;
}

enum clr_status clr_report_inputs_read(struct clr_report_facts *facts, struct clr_tx *tx, struct clr_fault *fault)
{
    CLR_TRY(read_deltas(facts, tx, fault));
    CLR_TRY(read_files(facts, tx, fault));
    return check_shares(facts, fault);
}
