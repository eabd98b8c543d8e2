/*
 * rules_stop_find.c: the stored stop list as a table to look cards up in: 24 bytes a row, a directory by the leading bits of the token, and
 * a bit map by some more of them. Nearly every card is on no list, and for a long list memory is what a look-up waits for: the map has 16 to
 * 32 bits a row, so that most cards are answered by touching one word.
 */
#include <endian.h>
#include <stdlib.h>

#include "model/rules_index.h"

static uint32_t seconds(int64_t time_s)
{
    return time_s <= 0 ? 0 : time_s >= UINT32_MAX ? UINT32_MAX : (uint32_t)time_s;
}

static uint32_t bucket_of(const struct clr_rules_index *index, const struct clr_token *card)
{
    return (uint32_t)((uint64_t)clr_get_be32(card->byte) >> (32 - index->stop_bits));
}

#define SEEN_BITS 7                           /* 2^7 bits for about 8 rows */

static uint64_t seen_bit(const struct clr_rules_index *index, const struct clr_token *card)
{
    return clr_get_be64(card->byte) >> (64 - SEEN_BITS - index->stop_bits);
}

/* Tokens are uniform: four to eight rows share the leading bits of a bucket. */
static enum clr_status index_stops(struct clr_rules_load *load)
{
    struct clr_rules_index *index = load->index;
    size_t bucket = 0;

    while (index->stop_bits < 28 && (index->stop_count >> index->stop_bits) > 8) index->stop_bits++;
    index->stop_first = calloc(((size_t)1 << index->stop_bits) + 1, sizeof *index->stop_first);
    index->stop_seen = calloc((size_t)1 << (index->stop_bits + SEEN_BITS - 6), sizeof *index->stop_seen);
    if (index->stop_first == NULL || index->stop_seen == NULL) return clr_rules_out_of_memory(load->fault, "status_list.csv");
    for (size_t i = 0; i < index->stop_count; i++) {
        const uint64_t bit = seen_bit(index, &index->stop[i].card);

        index->stop_seen[bit / 64] |= UINT64_C(1) << bit % 64;
        while (bucket < bucket_of(index, &index->stop[i].card)) index->stop_first[++bucket] = (uint32_t)i;
    }
    while (bucket < (size_t)1 << index->stop_bits) index->stop_first[++bucket] = (uint32_t)index->stop_count;
    return CLR_OK;
}

static enum clr_status damaged(struct clr_rules_load *load)
{
    const enum clr_status status = clr_fault_say(load->fault, CLR_DAMAGED, "the stored stop list is damaged; restore the store", "已存停用名单损坏；请先恢复存储");

    clr_fault_at(load->fault, "status_list.bin", 0, NULL);
    return status;
}

enum clr_status clr_rules_load_stops(struct clr_rules_load *load)
{
    const struct clr_rules_file *file = clr_rules_file_find(load->folder, "status_list.bin");
    struct clr_rules_index *index = load->index;
    struct clr_rules_stop_row before = { .zero = { 0 } };

    if (file == NULL || file->size == 0) return CLR_OK;
    if (file->size % sizeof before != 0 || file->size / sizeof before > CLR_RULES_STOPS_MAX) return damaged(load);
    index->stop_count = file->size / sizeof before;
    index->stop = malloc(index->stop_count * sizeof *index->stop);
    if (index->stop == NULL) return clr_rules_out_of_memory(load->fault, "status_list.csv");
    for (size_t i = 0; i < index->stop_count; i++) {
        struct clr_rules_stop_row row;

        memcpy(&row, file->data + i * sizeof row, sizeof row);
        row.from_s = (int64_t)le64toh((uint64_t)row.from_s);
        row.to_s = (int64_t)le64toh((uint64_t)row.to_s);
        if (i > 0 && clr_rules_stop_compare(&before, &row) >= 0) return damaged(load);
        index->stop[i] = (struct clr_rules_stop){ row.card, seconds(row.from_s), seconds(row.to_s) };
        before = row;
    }
    return index_stops(load);
}

/* First row of the bucket after those that start by `time_s` for this card. */
static uint32_t upper_bound(const struct clr_rules_stop *stop, uint32_t low, uint32_t high, const struct clr_token *card, uint32_t time_s)
{
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = memcmp(stop[middle].card.byte, card->byte, 16);

        if (order < 0 || (order == 0 && stop[middle].from_s <= time_s)) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The map's words are far apart and mostly not in the cache: a loop of nothing but loads waits for many of them at a time. */
bool clr_rules_cards_listed(const struct clr_rules *rules, const struct clr_token *cards, size_t count, bool *listed)
{
    const struct clr_rules_index *const index = clr_rules_index_of(rules);
    bool any = false;

    if (index->stop_count == 0) {
        memset(listed, 0, count * sizeof *listed);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const uint64_t bit = seen_bit(index, &cards[i]);

        listed[i] = index->stop_seen[bit / 64] >> bit % 64 & 1u;
        any |= listed[i];
    }
    return any;
}

bool clr_rules_card_stopped(const struct clr_rules *rules, const struct clr_token *card, int64_t time_s)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    const uint32_t at_s = seconds(time_s);
    uint32_t bucket, first, at;
    uint64_t bit;

    if (index->stop_count == 0 || time_s == CLR_TIME_NONE) return false;
    bit = seen_bit(index, card);
    if (!(index->stop_seen[bit / 64] >> bit % 64 & 1u)) return false;
    bucket = bucket_of(index, card);
    first = index->stop_first[bucket];
    at = upper_bound(index->stop, first, index->stop_first[bucket + 1], card, at_s);
    while (at > first && clr_token_equal(&index->stop[at - 1].card, card)) {
        if (index->stop[--at].to_s >= at_s) return true;
    }
    return false;
}
