#include "store/runs.h"

#include <stdlib.h>

#include "store/pack.h"

enum clr_status clr_run_put(struct clr_tx *tx, const struct clr_run *run, struct clr_fault *fault)
{
    struct clr_pack pack = { 0 };
    uint8_t key[8];

    clr_put_be64(key, run->id);
    clr_pack_u8(&pack, run->state);
    clr_pack_u8(&pack, run->bits);
    clr_pack_u32(&pack, run->file_count);
    for (uint32_t i = 0; i < run->file_count; i++) clr_pack_u32(&pack, run->admission[i]);
    clr_pack_u32(&pack, run->part_count);
    for (uint32_t i = 0; i < run->part_count; i++) {
        clr_pack_u16(&pack, run->part[i].partition);
        clr_pack_u16(&pack, run->part[i].part);
        clr_pack_u32(&pack, run->part[i].rows);
        clr_pack_u32(&pack, run->part[i].pending);
        clr_pack_u64(&pack, run->part[i].first_key_hash);
    }
    clr_pack_u32(&pack, run->day_count);
    for (uint32_t i = 0; i < run->day_count; i++) {
        clr_pack_u32(&pack, (uint32_t)run->day[i].day);
        clr_pack_u64(&pack, run->day[i].rows);
    }
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_run, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

/** A count that could fit the bytes that are left, else 0 and bad. */
static uint32_t unpack_count(struct clr_unpack *unpack, size_t item_size)
{
    const uint32_t count = clr_unpack_u32(unpack);
    if (!unpack->bad && (uint64_t)count * item_size > unpack->size - unpack->at) unpack->bad = true;
    return unpack->bad ? 0 : count;
}

static bool unpack_lists(struct clr_unpack *unpack, struct clr_run *out)
{
    out->file_count = unpack_count(unpack, 4);
    out->admission = calloc(out->file_count + 1, sizeof *out->admission);
    if (out->admission == NULL) return false;
    for (uint32_t i = 0; i < out->file_count; i++) out->admission[i] = clr_unpack_u32(unpack);

    out->part_count = unpack_count(unpack, 20);
    out->part = calloc(out->part_count + 1, sizeof *out->part);
    if (out->part == NULL) return false;
    for (uint32_t i = 0; i < out->part_count; i++) {
        out->part[i].partition = clr_unpack_u16(unpack);
        out->part[i].part = clr_unpack_u16(unpack);
        out->part[i].rows = clr_unpack_u32(unpack);
        out->part[i].pending = clr_unpack_u32(unpack);
        out->part[i].first_key_hash = clr_unpack_u64(unpack);
    }
    out->day_count = unpack_count(unpack, 12);
    out->day = calloc(out->day_count + 1, sizeof *out->day);
    if (out->day == NULL) return false;
    for (uint32_t i = 0; i < out->day_count; i++) {
        out->day[i].day = (clr_day)clr_unpack_u32(unpack);
        out->day[i].rows = clr_unpack_u64(unpack);
    }
    return true;
}

enum clr_status clr_run_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_run *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 8) return CLR_DAMAGED;
    out->id = clr_get_be64(key.data);
    out->state = clr_unpack_u8(&unpack);
    out->bits = clr_unpack_u8(&unpack);
    enum clr_status status = unpack_lists(&unpack, out) ? CLR_OK : CLR_FULL;
    if (status == CLR_OK && (unpack.bad || unpack.at != value.size || out->bits > 12)) status = CLR_DAMAGED;
    if (status == CLR_OK) status = clr_run_index(out);
    if (status != CLR_OK) clr_run_free(out);
    return status;
}

void clr_run_free(struct clr_run *run)
{
    free(run->admission);
    free(run->part);
    free(run->day);
    free(run->first_part);
    memset(run, 0, sizeof *run);
}

enum clr_status clr_run_index(struct clr_run *run)
{
    const uint32_t partitions = UINT32_C(1) << run->bits;
    free(run->first_part);
    run->first_part = calloc(partitions + 1, sizeof *run->first_part);
    if (run->first_part == NULL) return CLR_FULL;
    uint32_t at = 0;
    for (uint32_t partition = 0; partition < partitions; partition++) {
        run->first_part[partition] = at;
        while (at < run->part_count && run->part[at].partition == partition) at++;
    }
    run->first_part[partitions] = at;
    return at == run->part_count ? CLR_OK : CLR_DAMAGED;
}

enum clr_status clr_run_delete(struct clr_tx *tx, uint64_t id, bool *more, struct clr_fault *fault)
{
    uint8_t key[8];
    const uint64_t bytes_max = 32 << 20;
    clr_put_be64(key, id);
    CLR_TRY(clr_tx_delete_prefix(tx, CLR_TABLE_row, key, sizeof key, bytes_max, more, fault));
    if (*more) return CLR_OK;
    CLR_TRY(clr_tx_delete_prefix(tx, CLR_TABLE_idx, key, sizeof key, bytes_max, more, fault));
    if (*more) return CLR_OK;
    return clr_tx_delete(tx, CLR_TABLE_run, key, sizeof key, fault);
}

bool clr_run_has_day(const struct clr_run *run, clr_day day)
{
    uint32_t low = 0, high = run->day_count;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (run->day[middle].day < day) low = middle + 1;
        else high = middle;
    }
    return low < run->day_count && run->day[low].day == day;
}

uint64_t clr_run_rows(const struct clr_run *run)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < run->part_count; i++) rows += run->part[i].rows;
    return rows;
}
