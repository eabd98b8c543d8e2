#include "settle/read.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/digest.h"
#include "store/files.h"

/** The settlement that closed a window, without its windows; number 0: it is open, or was closed empty. */
static enum clr_status settlement_of(struct clr_tx *tx, struct clr_window_key window, struct clr_settlement *out, struct clr_fault *fault)
{
    enum clr_window_state state;
    uint64_t number;

    memset(out, 0, sizeof *out);
    enum clr_status status = clr_window_row_get(tx, window, &state, &number, fault);
    if (status == CLR_NOT_FOUND || (status == CLR_OK && (state == CLR_WINDOW_OPEN || number == 0))) return CLR_OK;
    if (status != CLR_OK) return status;
    status = clr_settlement_get(tx, number, out, fault);
    if (status == CLR_NOT_FOUND)
        return clr_fault_say(fault, CLR_DAMAGED, "a closed window names settlement %llu, which is not there; restore a backup",
                             "已关闭窗口引用的结算 %llu 不存在；请恢复备份", (unsigned long long)number);
    if (status == CLR_OK) clr_window_list_free(&out->windows);
    return status;
}

enum clr_status clr_window_rules(struct clr_store *store, struct clr_tx *tx, struct clr_window_key window, uint32_t *version, struct clr_fault *fault)
{
    struct clr_settlement settlement;
    CLR_TRY(settlement_of(tx, window, &settlement, fault));
    *version = settlement.number != 0 ? settlement.rules_version : store->rules_count;
    return CLR_OK;
}

/* ---- ledgers ---- */

static const struct clr_rules *look_up(void *context, uint32_t version) { return clr_store_rules_version(context, version); }

static enum clr_status append(void **items, size_t *count, const void *more, size_t more_count, size_t size)
{
    if (more_count == 0) return CLR_OK;
    uint8_t *const grown = realloc(*items, (*count + more_count) * size);
    if (grown == NULL) return CLR_FULL;
    memcpy(grown + *count * size, more, more_count * size);
    *items = grown;
    *count += more_count;
    return CLR_OK;
}

/** Windows shown by one rules version, one behind the other: their part of the ledger. */
static enum clr_status add_part(struct clr_store *store, const struct clr_cell_list *cells, size_t from, size_t to, uint32_t version, enum clr_level level,
                                struct clr_ledger *out, struct clr_fault *fault)
{
    struct clr_ledger part;
    const struct clr_rules *rules = NULL;
    if (version != 0) CLR_TRY(clr_store_rules_get(store, version, &rules, fault));
    enum clr_status status = clr_ledger_build(cells->pointer + from, to - from, look_up, store, rules, level, &part);
    if (status == CLR_DAMAGED)
        clr_fault_say(fault, status, "an obligation names rules that the store does not have; restore a backup", "债务记录引用了存储中没有的规则；请恢复备份");
    else if (status == CLR_UNBALANCED)
        clr_fault_say(fault, status, "the positions do not sum to zero; nothing is published, call a person", "头寸合计不为零；未发布任何结果，请人工处理");
    else if (status == CLR_OVERFLOW)
        clr_fault_say(fault, status, "a position left the range of amounts", "头寸超出金额范围");
    if (status != CLR_OK) return status;
    status = append((void **)&out->position, &out->position_count, part.position, part.position_count, sizeof *part.position);
    if (status == CLR_OK) status = append((void **)&out->matrix, &out->matrix_count, part.matrix, part.matrix_count, sizeof *part.matrix);
    clr_ledger_free(&part);
    return status == CLR_OK ? CLR_OK : clr_memory_short(fault);
}

static bool same_window(const struct clr_cell_key *a, const struct clr_cell_key *b) { return a->product == b->product && a->window == b->window; }

static enum clr_status add_parts(struct clr_store *store, struct clr_tx *tx, const struct clr_cell_list *cells, enum clr_level level, struct clr_ledger *out,
                                 struct clr_fault *fault)
{
    size_t from = 0;
    uint32_t version = 0;
    for (size_t at = 0; at < cells->count;) {
        const struct clr_cell_key *const key = &cells->cell[at].key;
        uint32_t own;
        CLR_TRY(clr_window_rules(store, tx, (struct clr_window_key){ key->product, key->window }, &own, fault));
        if (at > from && own != version) {
            CLR_TRY(add_part(store, cells, from, at, version, level, out, fault));
            from = at;
        }
        version = own;
        while (at < cells->count && same_window(key, &cells->cell[at].key)) at++;
    }
    return cells->count > from ? add_part(store, cells, from, cells->count, version, level, out, fault) : CLR_OK;
}

enum clr_status clr_ledger_of_cells(struct clr_store *store, struct clr_tx *tx, const struct clr_cell_list *cells, enum clr_level level,
                                    struct clr_ledger *out, struct clr_fault *fault)
{
    memset(out, 0, sizeof *out);
    const enum clr_status status = add_parts(store, tx, cells, level, out, fault);
    if (status != CLR_OK) clr_ledger_free(out);
    return status;
}

/* ---- windows ---- */

static struct clr_window_info *info_of(struct clr_window_info *info, size_t count, uint8_t product, clr_day day)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const struct clr_window_info *const at = &info[middle];
        if (at->product < product || (at->product == product && at->window < day)) low = middle + 1;
        else high = middle;
    }
    return low < count && info[low].product == product && info[low].window == day ? &info[low] : NULL;
}

static enum clr_status describe_state(struct clr_store *store, struct clr_tx *tx, struct clr_window_info *info, struct clr_fault *fault)
{
    struct clr_settlement settlement;
    const struct clr_rules *rules;
    info->settlement_day = CLR_DAY_NONE;
    CLR_TRY(clr_store_window_state(tx, (enum clr_product)info->product, info->window, &info->state, fault));
    CLR_TRY(settlement_of(tx, (struct clr_window_key){ info->product, info->window }, &settlement, fault));
    memcpy(info->keys, settlement.keys, CLR_DIGEST_SIZE);
    const uint32_t version = settlement.number != 0 ? settlement.rules_version : store->rules_count;
    if (version == 0) return CLR_OK;
    CLR_TRY(clr_store_rules_get(store, version, &rules, fault));
    info->settlement_day = clr_rules_settlement_day(rules, (enum clr_product)info->product, info->window);
    return CLR_OK;
}

static enum clr_status add_sums(struct clr_window_info *info, size_t count, const struct clr_cell_list *cells, struct clr_fault *fault)
{
    for (size_t i = 0; i < cells->count; i++) {
        const struct clr_cell *const cell = &cells->cell[i];
        struct clr_window_info *const of = info_of(info, count, cell->key.product, cell->key.window);
        if (of == NULL) continue;
        of->count += (uint64_t)cell->sum.count;                /* a window's sum is what it took in less what came back */
        if (clr_fen_add(&of->amount_fen, cell->sum.amount_fen) != CLR_OK)
            return clr_fault_say(fault, CLR_OVERFLOW, "the turnover of a window left the range of amounts", "窗口交易额超出金额范围");
    }
    return CLR_OK;
}

static enum clr_status add_backlog(struct clr_tx *tx, struct clr_window_info *info, size_t count, uint32_t admission, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_file, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_file file;
        status = clr_file_unpack(key, value, &file);
        if (status != CLR_OK) break;
        struct clr_window_info *const of = file.window == CLR_DAY_NONE || file.admission > admission ? NULL : info_of(info, count, file.product, file.window);
        if (of != NULL) of->pending += file.current.verdict[CLR_VERDICT_PENDING].count + file.current.verdict[CLR_VERDICT_CONFLICT].count;
        clr_file_free(&file);
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_windows_describe(struct clr_store *store, struct clr_tx *tx, const struct clr_window_list *windows, const struct clr_cell_list *cells,
                                     uint32_t admission, struct clr_window_info **out, struct clr_fault *fault)
{
    struct clr_window_info *const info = calloc(windows->count + 1, sizeof *info);
    enum clr_status status = CLR_OK;
    *out = NULL;
    if (info == NULL) return clr_memory_short(fault);
    for (size_t i = 0; i < windows->count && status == CLR_OK; i++) {
        info[i].product = windows->item[i].product;
        info[i].window = windows->item[i].day;
        status = describe_state(store, tx, &info[i], fault);
    }
    if (status == CLR_OK) status = add_sums(info, windows->count, cells, fault);
    if (status == CLR_OK) status = add_backlog(tx, info, windows->count, admission, fault);
    if (status == CLR_OK) *out = info;
    else free(info);
    return status;
}
