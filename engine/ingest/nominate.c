#include "ingest/nominate.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/runindex.h"

void clr_nominator_free(struct clr_nominator *nominator)
{
    free(nominator->hash);
    free(nominator->key_hash);
    free(nominator->at);
    free(nominator->order);
    free(nominator->day_of);
    free(nominator->start);
    free(nominator->near);
    memset(nominator, 0, sizeof *nominator);
}

static enum clr_status reserve(struct clr_nominator *nominator, size_t count)
{
    if (nominator->capacity >= count) return CLR_OK;
    const size_t capacity = count + count / 4 + 64;
    clr_nominator_free(nominator);
    nominator->hash = malloc(capacity * sizeof *nominator->hash);
    nominator->key_hash = malloc(capacity * sizeof *nominator->key_hash);
    nominator->at = malloc(capacity * sizeof *nominator->at);
    nominator->order = malloc(capacity * sizeof *nominator->order);
    nominator->day_of = malloc(capacity);
    if (!nominator->hash || !nominator->key_hash || !nominator->at || !nominator->order || !nominator->day_of) return CLR_FULL;
    nominator->capacity = capacity;
    return CLR_OK;
}

/* ---- the entries ---- */

/** Number of a day among those met; CLR_NOMINATE_DAYS when there is no place for it. */
static unsigned day_number(struct clr_nominator *nominator, clr_day day)
{
    unsigned number = 0;
    while (number < nominator->day_count && nominator->day[number] != day) number++;
    if (number == nominator->day_count && number < CLR_NOMINATE_DAYS) nominator->day[nominator->day_count++] = day;
    return number;
}

/** Hashes and days out of the records, once for all runs. */
static void collect(struct clr_nominator *nominator, const struct clr_entry *entries, size_t count, uint8_t *hit)
{
    unsigned last = 0;
    nominator->day_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + CLR_PREFETCH_RECORDS < count) clr_prefetch_record(entries[i + CLR_PREFETCH_RECORDS].txn);
        const struct clr_txn *const txn = entries[i].txn;
        if (last >= nominator->day_count || nominator->day[last] != txn->trade_day) last = day_number(nominator, txn->trade_day);
        nominator->hash[i] = txn->hash;
        nominator->day_of[i] = (uint8_t)last;
        hit[i] = last == CLR_NOMINATE_DAYS;
    }
}

/** Entries by the partition of a run of `bits`, in order of their key hashes: a counting sort. Runs of few sizes come one after another. */
static enum clr_status order_by(struct clr_nominator *nominator, size_t count, unsigned bits)
{
    const size_t partitions = (size_t)1 << bits;
    if (nominator->order_bits == bits) return CLR_OK;
    if (nominator->start_capacity < partitions + 1) {
        free(nominator->start);
        nominator->start = malloc((partitions + 1) * sizeof *nominator->start);
        nominator->start_capacity = nominator->start != NULL ? partitions + 1 : 0;
        if (nominator->start == NULL) return CLR_FULL;
    }
    uint32_t *const start = nominator->start;
    memset(start, 0, (partitions + 1) * sizeof *start);
    for (size_t i = 0; i < count; i++) start[clr_partition_of(nominator->hash[i], bits) + 1]++;
    for (size_t p = 0; p < partitions; p++) start[p + 1] += start[p];
    for (size_t i = 0; i < count; i++) nominator->order[start[clr_partition_of(nominator->hash[i], bits)]++] = (uint32_t)i;
    /* Now start[p] is the end of partition p. */
    nominator->order_bits = bits;
    return CLR_OK;
}

/* ---- the fingerprints ---- */

#define NEAR_SIZE ((uintptr_t)256 << 10)

/**
 * Fingerprints of one commit stand together in the file, and partitions are asked in their order: so a stretch is mapped at once, read in one piece
 * when it is cold, and the next one is asked for in advance. What the kernel does not know of is only slower.
 */
static void come_near(struct clr_near *near, struct clr_bytes value)
{
    static const uintptr_t page = 4096;
    const uintptr_t from = (uintptr_t)value.data, end = from + value.size;
    if (from >= near->from && end <= near->to) return;
    near->from = from & ~(page - 1);
    near->to = near->from + (value.size > NEAR_SIZE / 2 ? (value.size / page + 2) * page : NEAR_SIZE);
#ifdef MADV_POPULATE_READ
    (void)madvise((void *)near->from, near->to - near->from, MADV_POPULATE_READ);
#endif
    (void)madvise((void *)near->to, NEAR_SIZE, MADV_WILLNEED);
}

static enum clr_status index_of(struct clr_tx *tx, const struct clr_run *run, uint32_t part, struct clr_bytes *out)
{
    uint8_t key[CLR_SEGMENT_KEY_SIZE];
    clr_segment_key(run->id, run->part[part].partition, run->part[part].part, key);
    return clr_tx_get_raw(tx, CLR_TABLE_idx, key, sizeof key, out, NULL) == CLR_OK ? CLR_OK : CLR_DAMAGED;
}

/** Ask one partition of a run for `count` keys, which ascend. Rows of one key hash may lie on both sides of a cut. */
static enum clr_status ask_partition(struct clr_nominator *nominator, struct clr_tx *tx, const struct clr_run *run, struct clr_near *near, uint32_t partition,
                                     size_t count, uint8_t *hit)
{
    const uint64_t *const key = nominator->key_hash;
    const uint32_t first = run->first_part[partition], end = run->first_part[partition + 1];
    size_t from = 0;
    for (uint32_t part = first; part < end && from < count; part++) {
        struct clr_runindex index;
        struct clr_bytes value;
        size_t to = count;
        if (part + 1 < end) {
            const uint64_t cut = run->part[part + 1].first_key_hash;
            for (to = from; to < count && key[to] <= cut; to++) {}
        }
        if (to > from) {
            CLR_TRY(index_of(tx, run, part, &value));
            come_near(near, value);
            if (clr_runindex_open(value, &index) != CLR_OK || index.rows != run->part[part].rows) return CLR_DAMAGED;
            clr_runindex_nominate(&index, key + from, nominator->at + from, to - from, hit);
        }
        if (part + 1 < end)
            for (from = to; from > 0 && key[from - 1] == run->part[part + 1].first_key_hash; from--) {}
    }
    return CLR_OK;
}

/** Entries order[from, to) of days that the run holds. @return how many */
static size_t select_entries(struct clr_nominator *nominator, const uint8_t *held, size_t from, size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        const uint32_t at = nominator->order[i];
        nominator->key_hash[count] = clr_key_hash(nominator->hash[at]);
        nominator->at[count] = at;
        count += held[nominator->day_of[at]];
    }
    return count;
}

static enum clr_status ask_run(struct clr_nominator *nominator, struct clr_tx *tx, const struct clr_run *run, struct clr_near *near, size_t count, uint8_t *hit)
{
    uint8_t held[CLR_NOMINATE_DAYS + 1] = { 0 };
    bool any = false;
    for (unsigned d = 0; d < nominator->day_count; d++) any |= held[d] = clr_run_has_day(run, nominator->day[d]);
    if (!any) return CLR_OK;
    CLR_TRY(order_by(nominator, count, run->bits));
    for (size_t from = 0; from < count;) {
        const uint32_t partition = clr_partition_of(nominator->hash[nominator->order[from]], run->bits);
        const size_t to = nominator->start[partition];
        CLR_TRY(ask_partition(nominator, tx, run, near, partition, select_entries(nominator, held, from, to), hit));
        from = to;
    }
    return CLR_OK;
}

static enum clr_status reserve_near(struct clr_nominator *nominator, size_t runs)
{
    if (nominator->near_capacity >= runs) return CLR_OK;
    struct clr_near *const grown = realloc(nominator->near, runs * sizeof *grown);
    if (grown == NULL) return CLR_FULL;
    memset(grown + nominator->near_capacity, 0, (runs - nominator->near_capacity) * sizeof *grown);
    nominator->near = grown;
    nominator->near_capacity = runs;
    return CLR_OK;
}

enum clr_status clr_nominate(struct clr_nominator *nominator, struct clr_store *store, struct clr_tx *tx, const struct clr_entry *entries, size_t count,
                             uint8_t *hit)
{
    if (count == 0) return CLR_OK;
    CLR_TRY(reserve(nominator, count));
    CLR_TRY(reserve_near(nominator, store->run_count));
    collect(nominator, entries, count, hit);
    nominator->order_bits = UINT_MAX;
    for (size_t i = 0; i < store->run_count; i++)
        if (store->run[i]->day_count > 0) CLR_TRY(ask_run(nominator, tx, store->run[i], &nominator->near[i], count, hit));
    return CLR_OK;
}
