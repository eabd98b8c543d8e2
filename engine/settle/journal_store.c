/* journal_store.c: the journal's rows in the store: put once, compared ever after. */
#include <stdlib.h>
#include <string.h>

#include "settle/books.h"
#include "store/pack.h"

#define ROW_KEY_SIZE 17

/** `number`: of the line within its entry, from 1. */
static void row_key(const struct clr_journal_line *line, uint32_t number, uint8_t key[ROW_KEY_SIZE])
{
    key[0] = line->product;
    clr_put_be32(key + 1, (uint32_t)line->window ^ 0x80000000u);
    clr_put_be64(key + 5, line->entry);
    clr_put_be32(key + 13, number);
}

static void row_value(const struct clr_journal_line *line, struct clr_pack *pack)
{
    clr_pack_u8(pack, line->kind);
    clr_pack_u64(pack, (uint64_t)line->debit_fen);
    clr_pack_text(pack, line->account);
}

static bool same_entry(const struct clr_journal_line *a, const struct clr_journal_line *b)
{
    return a->entry == b->entry && a->window == b->window && a->product == b->product;
}

static enum clr_status say_edited(const struct clr_journal_line *line, struct clr_fault *fault)
{
    char day[CLR_DAY_TEXT_SIZE];
    return clr_fault_say(fault, CLR_DAMAGED, "%s window %s: the stored journal is not the one of this settlement (entry %llu); restore a backup",
                         "产品 %s 窗口 %s：存储的分录与本次结算不符（分录 %llu）；请恢复备份", clr_product_term(line->product).name, clr_day_text(line->window, day),
                         (unsigned long long)line->entry);
}

static enum clr_status put_line(struct clr_tx *tx, const struct clr_journal_line *line, uint32_t number, struct clr_fault *fault)
{
    uint8_t key[ROW_KEY_SIZE];
    struct clr_pack pack = { 0 };
    struct clr_bytes there;
    row_key(line, number, key);
    enum clr_status status = clr_tx_get(tx, CLR_TABLE_jrnl, key, sizeof key, &there, fault);
    if (status == CLR_OK) return say_edited(line, fault);
    if (status != CLR_NOT_FOUND) return status;
    row_value(line, &pack);
    status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_jrnl, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_journal_put(struct clr_tx *tx, const struct clr_journal_line *line, size_t count, struct clr_fault *fault)
{
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = i > 0 && same_entry(&line[i], &line[i - 1]) ? number + 1 : 1;
        CLR_TRY(put_line(tx, &line[i], number, fault));
    }
    return CLR_OK;
}

static enum clr_status compare_line(struct clr_tx *tx, const struct clr_journal_line *line, uint32_t number, struct clr_fault *fault)
{
    uint8_t key[ROW_KEY_SIZE];
    struct clr_pack pack = { 0 };
    struct clr_bytes there;
    row_key(line, number, key);
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_jrnl, key, sizeof key, &there, fault);
    if (status == CLR_NOT_FOUND) return say_edited(line, fault);
    if (status != CLR_OK) return status;
    row_value(line, &pack);
    const bool bad = pack.bad, same = !bad && clr_bytes_equal(there, clr_bytes_of(pack.data, pack.size));
    clr_pack_free(&pack);
    if (bad) return CLR_FULL;
    return same ? CLR_OK : say_edited(line, fault);
}

static enum clr_status count_rows(struct clr_tx *tx, struct clr_window_key window, uint64_t *count, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    uint8_t prefix[5] = { window.product };
    enum clr_status status;
    clr_put_be32(prefix + 1, (uint32_t)window.day ^ 0x80000000u);
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_jrnl, prefix, sizeof prefix, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) ++*count;
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}

enum clr_status clr_journal_compare(struct clr_tx *tx, const struct clr_window_list *windows, const struct clr_journal_line *line, size_t count,
                                    struct clr_fault *fault)
{
    uint64_t rows = 0;
    uint32_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = i > 0 && same_entry(&line[i], &line[i - 1]) ? number + 1 : 1;
        CLR_TRY(compare_line(tx, &line[i], number, fault));
    }
    for (size_t i = 0; i < windows->count; i++) CLR_TRY(count_rows(tx, windows->item[i], &rows, fault));
    if (rows == count) return CLR_OK;
    return clr_fault_say(fault, CLR_DAMAGED, "the stored journal has %llu lines where this settlement made %zu; restore a backup",
                         "存储的分录有 %llu 行，而本次结算为 %zu 行；请恢复备份", (unsigned long long)rows, count);
}
