/*
 * cell.c: keys and sums as bytes, and the set in which obligations are added up.
 */
#include "clear/cell.h"

#include <stdlib.h>

#define CAPACITY_MIN 64

static_assert(sizeof(struct clr_cell_sum) == 80, "seven 64-bit words and one wide");

/* ---- keys and sums as bytes ---- */

void clr_cell_key_pack(const struct clr_cell_key *key, uint8_t out[CLR_CELL_KEY_SIZE])
{
    memset(out, 0, CLR_CELL_KEY_SIZE);
    out[0] = key->product;
    clr_put_be32(out + 1, (uint32_t)key->window ^ 0x80000000u);     /* + 2^31: days before 1970 sort first */
    clr_put_be32(out + 5, key->issuer);
    clr_put_be32(out + 9, key->acquirer);
    out[13] = key->direction;
    out[14] = key->kind;
    out[15] = key->service;
    clr_put_be32(out + 16, key->rules_version);
    out[20] = (uint8_t)(key->fee_row >> 8);
    out[21] = (uint8_t)key->fee_row;
}

void clr_cell_key_unpack(const uint8_t in[CLR_CELL_KEY_SIZE], struct clr_cell_key *key)
{
    key->product = in[0];
    key->window = (clr_day)(clr_get_be32(in + 1) ^ 0x80000000u);
    key->issuer = clr_get_be32(in + 5);
    key->acquirer = clr_get_be32(in + 9);
    key->direction = in[13];
    key->kind = in[14];
    key->service = in[15];
    key->rules_version = clr_get_be32(in + 16);
    key->fee_row = (uint16_t)(in[20] << 8 | in[21]);
}

static void put_le64(uint8_t *to, uint64_t value)
{
    for (int i = 0; i < 8; i++) to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get_le64(const uint8_t *from)
{
    uint64_t value = 0;

    for (int i = 7; i >= 0; i--) value = value << 8 | from[i];
    return value;
}

void clr_cell_sum_pack(const struct clr_cell_sum *sum, uint8_t out[CLR_CELL_SUM_SIZE])
{
    const unsigned __int128 numerator = (unsigned __int128)sum->fee_numerator;

    put_le64(out, (uint64_t)sum->count);
    put_le64(out + 8, (uint64_t)sum->amount_fen);
    put_le64(out + 16, (uint64_t)sum->discount_fen);
    put_le64(out + 24, (uint64_t)sum->fee_fen);
    put_le64(out + 32, (uint64_t)sum->fee_issuer_fen);
    put_le64(out + 40, (uint64_t)sum->fee_centre_fen);
    put_le64(out + 48, (uint64_t)sum->fee_count);
    put_le64(out + 56, (uint64_t)numerator);
    put_le64(out + 64, (uint64_t)(numerator >> 64));
}

void clr_cell_sum_unpack(const uint8_t in[CLR_CELL_SUM_SIZE], struct clr_cell_sum *sum)
{
    sum->count = (int64_t)get_le64(in);
    sum->amount_fen = (clr_fen)get_le64(in + 8);
    sum->discount_fen = (clr_fen)get_le64(in + 16);
    sum->fee_fen = (clr_fen)get_le64(in + 24);
    sum->fee_issuer_fen = (clr_fen)get_le64(in + 32);
    sum->fee_centre_fen = (clr_fen)get_le64(in + 40);
    sum->fee_count = (int64_t)get_le64(in + 48);
    sum->fee_numerator = (clr_wide)((unsigned __int128)get_le64(in + 64) << 64 | get_le64(in + 56));
}

/* ---- sums ---- */

/** True when the sum left its range; `*to` is then meaningless. */
static bool move(int64_t *to, int64_t addend, int sign)
{
    return sign < 0 ? __builtin_sub_overflow(*to, addend, to) : __builtin_add_overflow(*to, addend, to);
}

static bool move_wide(clr_wide *to, clr_wide addend, int sign)
{
    return sign < 0 ? __builtin_sub_overflow(*to, addend, to) : __builtin_add_overflow(*to, addend, to);
}

enum clr_status clr_cell_sum_add(struct clr_cell_sum *to, const struct clr_cell_sum *addend, int sign)
{
    struct clr_cell_sum total = *to;
    bool overflow;

    overflow = move(&total.count, addend->count, sign);
    overflow |= move(&total.amount_fen, addend->amount_fen, sign);
    overflow |= move(&total.discount_fen, addend->discount_fen, sign);
    overflow |= move(&total.fee_fen, addend->fee_fen, sign);
    overflow |= move(&total.fee_issuer_fen, addend->fee_issuer_fen, sign);
    overflow |= move(&total.fee_centre_fen, addend->fee_centre_fen, sign);
    overflow |= move(&total.fee_count, addend->fee_count, sign);
    overflow |= move_wide(&total.fee_numerator, addend->fee_numerator, sign);
    if (overflow) return CLR_OVERFLOW;
    *to = total;
    return CLR_OK;
}

bool clr_cell_sum_is_zero(const struct clr_cell_sum *sum)
{
    return sum->count == 0 && sum->amount_fen == 0 && sum->discount_fen == 0 && sum->fee_fen == 0 && sum->fee_issuer_fen == 0
        && sum->fee_centre_fen == 0 && sum->fee_count == 0 && sum->fee_numerator == 0;
}

/* ---- the set ---- */

static bool key_equal(const struct clr_cell_key *a, const struct clr_cell_key *b)
{
    return a->issuer == b->issuer && a->acquirer == b->acquirer && a->window == b->window && a->product == b->product
        && a->direction == b->direction && a->kind == b->kind && a->service == b->service && a->fee_row == b->fee_row
        && a->rules_version == b->rules_version;
}

static uint64_t mix(uint64_t value)
{
    value ^= value >> 32;
    value *= UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 32;
}

/** Placement only: it decides no result, so it needs neither a seed nor a promise to stay the same. */
static uint64_t key_hash(const struct clr_cell_key *key)
{
    const uint64_t parties = (uint64_t)key->issuer << 32 | key->acquirer;
    const uint64_t when = (uint64_t)(uint32_t)key->window << 32 | key->rules_version;
    const uint64_t what = (uint64_t)key->product << 40 | (uint64_t)key->direction << 32 | (uint64_t)key->kind << 24
                        | (uint64_t)key->service << 16 | key->fee_row;

    return mix(mix(mix(parties) + when) + what);
}

/** Slot of the key, or the free slot where it belongs. The set always has a free slot. */
static size_t slot_of(const struct clr_cell *slot, const uint8_t *used, size_t capacity, const struct clr_cell_key *key)
{
    size_t at = (size_t)key_hash(key) & (capacity - 1);

    while (used[at] && !key_equal(&slot[at].key, key)) at = (at + 1) & (capacity - 1);
    return at;
}

void clr_cells_init(struct clr_cells *cells)
{
    *cells = (struct clr_cells){ 0 };
}

void clr_cells_free(struct clr_cells *cells)
{
    free(cells->slot);
    free(cells->used);
    clr_cells_init(cells);
}

void clr_cells_clear(struct clr_cells *cells)
{
    if (cells->capacity > 0) memset(cells->used, 0, cells->capacity);
    cells->count = 0;
}

static enum clr_status grow(struct clr_cells *cells)
{
    const size_t capacity = cells->capacity == 0 ? CAPACITY_MIN : cells->capacity * 2;
    struct clr_cell *slot;
    uint8_t *used;

    if (capacity > SIZE_MAX / 2 / sizeof *slot) return CLR_FULL;
    slot = malloc(capacity * sizeof *slot);
    used = calloc(capacity, 1);
    if (slot == NULL || used == NULL) {
        free(slot);
        free(used);
        return CLR_FULL;
    }
    for (size_t i = 0; i < cells->capacity; i++) {
        if (!cells->used[i]) continue;
        const size_t at = slot_of(slot, used, capacity, &cells->slot[i].key);
        slot[at] = cells->slot[i];
        used[at] = 1;
    }
    free(cells->slot);
    free(cells->used);
    cells->slot = slot;
    cells->used = used;
    cells->capacity = capacity;
    return CLR_OK;
}

enum clr_status clr_cells_add(struct clr_cells *cells, const struct clr_cell_key *key, const struct clr_cell_sum *addend, int sign)
{
    struct clr_cell_sum first = { 0 };
    size_t at;

    if (cells->capacity > 0) {
        at = slot_of(cells->slot, cells->used, cells->capacity, key);
        if (cells->used[at]) return clr_cell_sum_add(&cells->slot[at].sum, addend, sign);
    }
    CLR_TRY(clr_cell_sum_add(&first, addend, sign));    /* −INT64_MIN does not exist: before the slot is taken */
    if (cells->count + 1 > cells->capacity / 4 * 3) CLR_TRY(grow(cells));
    at = slot_of(cells->slot, cells->used, cells->capacity, key);
    memset(&cells->slot[at], 0, sizeof cells->slot[at]);
    cells->slot[at].key = *key;
    cells->slot[at].sum = first;
    cells->used[at] = 1;
    cells->count++;
    return CLR_OK;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/** The order of the packed keys, field by field. */
static int compare_cells(const void *left, const void *right)
{
    const struct clr_cell_key *a = &(*(const struct clr_cell *const *)left)->key;
    const struct clr_cell_key *b = &(*(const struct clr_cell *const *)right)->key;

    if (a->product != b->product) return compare_u32(a->product, b->product);
    if (a->window != b->window) return a->window < b->window ? -1 : 1;
    if (a->issuer != b->issuer) return compare_u32(a->issuer, b->issuer);
    if (a->acquirer != b->acquirer) return compare_u32(a->acquirer, b->acquirer);
    if (a->direction != b->direction) return compare_u32(a->direction, b->direction);
    if (a->kind != b->kind) return compare_u32(a->kind, b->kind);
    if (a->service != b->service) return compare_u32(a->service, b->service);
    if (a->rules_version != b->rules_version) return compare_u32(a->rules_version, b->rules_version);
    return compare_u32(a->fee_row, b->fee_row);
}

const struct clr_cell **clr_cells_sorted(const struct clr_cells *cells, size_t *count)
{
    const struct clr_cell **sorted = malloc((cells->count + 1) * sizeof *sorted);

    *count = 0;
    if (sorted == NULL) return NULL;
    for (size_t i = 0; i < cells->capacity; i++) {
        if (cells->used[i] && !clr_cell_sum_is_zero(&cells->slot[i].sum)) sorted[(*count)++] = &cells->slot[i];
    }
    qsort(sorted, *count, sizeof *sorted, compare_cells);
    return sorted;
}
