/* Clearing totals of a target day in table ptot: put once, read as they were. */
#include <stdlib.h>

#include "store/pack.h"
#include "store/packages.h"

void clr_package_totals_free(struct clr_package_totals *totals)
{
    free(totals->package);
    free(totals->file);
    memset(totals, 0, sizeof *totals);
}

static void pack_sum(struct clr_pack *pack, const struct clr_package_sum *sum)
{
    clr_pack_u64(pack, sum->count);
    clr_pack_u64(pack, (uint64_t)sum->amount_fen);
}

static struct clr_package_sum unpack_sum(struct clr_unpack *unpack)
{
    const uint64_t count = clr_unpack_u64(unpack);
    return (struct clr_package_sum){ count, (clr_fen)clr_unpack_u64(unpack) };
}

enum clr_status clr_package_totals_put(struct clr_tx *tx, const struct clr_package_totals *totals, struct clr_fault *fault)
{
    uint8_t key[4];
    struct clr_bytes there;
    struct clr_pack pack = { 0 };
    clr_package_window_key(totals->target, key);
    const enum clr_status found = clr_tx_get(tx, CLR_TABLE_ptot, key, sizeof key, &there, fault);
    if (found == CLR_OK)
        return clr_fault_say(fault, CLR_INTERNAL, "clearing totals of a day are made only once", "某日的清分统计只能生成一次");
    if (found != CLR_NOT_FOUND) return found;
    clr_pack_u64(&pack, totals->settlement);
    clr_pack_u64(&pack, (uint64_t)totals->stamp);
    pack_sum(&pack, &totals->cleared);
    pack_sum(&pack, &totals->sums.accounted);
    pack_sum(&pack, &totals->sums.passed);
    pack_sum(&pack, &totals->sums.late);
    pack_sum(&pack, &totals->sums.refunded);
    clr_pack_u32(&pack, (uint32_t)totals->package_count);
    for (size_t i = 0; i < totals->package_count; i++) {
        clr_pack_text(&pack, totals->package[i].key.provider);
        clr_pack_u64(&pack, totals->package[i].key.message_id);
        pack_sum(&pack, &totals->package[i].sum);
    }
    clr_pack_u32(&pack, (uint32_t)totals->file_count);
    for (size_t i = 0; i < totals->file_count; i++) {
        clr_pack_text(&pack, totals->file[i].key.sender);
        clr_pack_u64(&pack, totals->file[i].key.file_id);
        pack_sum(&pack, &totals->file[i].passed);
        pack_sum(&pack, &totals->file[i].withheld);
        pack_sum(&pack, &totals->file[i].bad);
    }
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_ptot, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

static void unpack_text(struct clr_unpack *unpack, char *out, size_t room)
{
    const uint32_t size = clr_unpack_u32(unpack);
    memset(out, 0, room);
    if (size == 0 || size >= room) unpack->bad = true;
    else clr_unpack_bytes(unpack, out, size);
}

/** An entry is at least this long: a count that the bytes cannot hold is no reason to ask for memory. */
#define ENTRY_MIN 28

static void *entries(struct clr_unpack *unpack, size_t size, size_t *count)
{
    const uint32_t stated = clr_unpack_u32(unpack);
    *count = 0;
    if (unpack->bad || stated > (unpack->size - unpack->at) / ENTRY_MIN) {
        unpack->bad = true;
        return NULL;
    }
    *count = stated;
    return calloc((size_t)stated + 1, size);
}

static enum clr_status unpack_lists(struct clr_unpack *unpack, struct clr_package_totals *out)
{
    out->package = entries(unpack, sizeof *out->package, &out->package_count);
    if (unpack->bad) return CLR_DAMAGED;
    if (out->package == NULL) return CLR_FULL;
    for (size_t i = 0; i < out->package_count; i++) {
        unpack_text(unpack, out->package[i].key.provider, sizeof out->package[i].key.provider);
        out->package[i].key.message_id = clr_unpack_u64(unpack);
        out->package[i].sum = unpack_sum(unpack);
    }
    out->file = entries(unpack, sizeof *out->file, &out->file_count);
    if (unpack->bad) return CLR_DAMAGED;
    if (out->file == NULL) return CLR_FULL;
    for (size_t i = 0; i < out->file_count; i++) {
        unpack_text(unpack, out->file[i].key.sender, sizeof out->file[i].key.sender);
        out->file[i].key.window = out->target;
        out->file[i].key.file_id = clr_unpack_u64(unpack);
        out->file[i].passed = unpack_sum(unpack);
        out->file[i].withheld = unpack_sum(unpack);
        out->file[i].bad = unpack_sum(unpack);
    }
    return unpack->bad || unpack->at != unpack->size ? CLR_DAMAGED : CLR_OK;
}

enum clr_status clr_package_totals_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_package_totals *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 4) return CLR_DAMAGED;
    out->target = (clr_day)(clr_get_be32(key.data) ^ UINT32_C(0x80000000));
    out->settlement = clr_unpack_u64(&unpack);
    out->stamp = (int64_t)clr_unpack_u64(&unpack);
    out->cleared = unpack_sum(&unpack);
    out->sums.accounted = unpack_sum(&unpack);
    out->sums.passed = unpack_sum(&unpack);
    out->sums.late = unpack_sum(&unpack);
    out->sums.refunded = unpack_sum(&unpack);
    const enum clr_status status = unpack_lists(&unpack, out);
    if (status != CLR_OK) clr_package_totals_free(out);
    return status;
}

enum clr_status clr_package_totals_get(struct clr_tx *tx, clr_day target, struct clr_package_totals *out, struct clr_fault *fault)
{
    uint8_t key[4];
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    clr_package_window_key(target, key);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_ptot, key, sizeof key, &value, fault));
    return clr_package_totals_unpack(clr_bytes_of(key, sizeof key), value, out);
}
