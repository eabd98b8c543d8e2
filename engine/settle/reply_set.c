#include "settle/reply_set.h"

#include <stdlib.h>

void clr_reply_set_free(struct clr_reply_set *set)
{
    if (set == NULL) return;
    free(set->part);
    free(set);
}

/* ---- parts ---- */

static uint64_t read_file_id(struct clr_bytes text)
{
    uint64_t value = 0;
    if (text.size == 0 || text.size > 18) return 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return 0;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return value;
}

/** What stands where: by the fields that the message, its lists and their lines have (codec.h struct clr_raw_toll). */
static enum clr_reply_part_is place_of(uint8_t reply, uint64_t message_id, uint32_t trans_id)
{
    switch (reply) {
    case CLR_REPLY_ACCOUNT: return trans_id == 0 ? CLR_PART_HEAD : CLR_PART_LINE;
    case CLR_REPLY_DISPUTE: return trans_id != 0 ? CLR_PART_LINE : message_id != 0 ? CLR_PART_LIST : CLR_PART_HEAD;
    case CLR_REPLY_TOTALS: return trans_id == 0 && message_id == 0 ? CLR_PART_HEAD : CLR_PART_LINE;
    default: return CLR_PART_HEAD;
    }
}

static enum clr_status append(struct clr_reply_set *set, const struct clr_reply_part *part)
{
    if (set->count == set->capacity) {
        const size_t capacity = set->capacity * 2 + 64;
        struct clr_reply_part *const grown = realloc(set->part, capacity * sizeof *grown);
        if (grown == NULL) return CLR_FULL;
        set->part = grown;
        set->capacity = capacity;
    }
    set->part[set->count++] = *part;
    set->linked = false;
    return CLR_OK;
}

static enum clr_status begin(struct clr_again *again, uint32_t admission)
{
    if (again->replies == NULL) again->replies = calloc(1, sizeof *again->replies);
    if (again->replies == NULL) return CLR_FULL;
    if (again->replies->admission == admission) return CLR_OK;
    again->replies->admission = admission;
    again->replies->count = 0;
    return CLR_OK;
}

/* ---- collected ---- */

enum clr_status clr_reply_collect(struct clr_again *again, uint32_t admission, uint64_t number, const struct clr_raw *raw)
{
    const struct clr_raw_toll *const toll = &raw->toll;
    if (raw->kind != CLR_KIND_REPLY || raw->product != CLR_PRODUCT_TOLL) return CLR_OK;
    struct clr_reply_part part = { .number = number, .reply = toll->reply, .trans_id = toll->trans_id, .result = toll->result,
                                   .count = toll->stated_count, .disputed = toll->stated_disputed, .at_s = raw->traded_at_s };
    CLR_TRY(begin(again, admission));
    part.is = place_of(toll->reply, toll->message_id, toll->trans_id);
    part.bad = (raw->reasons & CLR_REASON_MASK(MALFORMED)) != 0;
    part.has_amount = (raw->flags & CLR_FLAG_HAS_PRICE) != 0;
    part.amount_fen = raw->price_fen;
    part.file_id = read_file_id(raw->orig_id);
    part.keyed = clr_package_key_of(toll->provider, toll->message_id, &part.key);
    return append(again->replies, &part);
}

/* ---- read ---- */

static struct clr_reply_part part_of_move(const struct clr_move *move)
{
    struct clr_reply_part part = { .number = clr_record_id_number(move->record), .reply = move->reply, .trans_id = move->trans_id,
                                   .result = move->result, .count = move->stated_count, .disputed = move->stated_disputed,
                                   .at_s = move->txn.traded_at_s, .amount_fen = move->txn.price_fen };
    part.is = place_of(move->reply, move->message_id, move->trans_id);
    part.has_amount = (move->txn.flags & CLR_FLAG_HAS_PRICE) != 0;
    part.file_id = read_file_id(clr_bytes_text(move->orig_id));
    part.keyed = clr_package_key_of(clr_bytes_text(move->provider), move->message_id, &part.key);
    return part;
}

/** A record without a move: a duplicate says nothing new; anything else could not be read. */
static enum clr_status read_lost(struct clr_again *again, clr_record_id id, struct clr_fault *fault)
{
    struct clr_standing standing;
    CLR_TRY(clr_again_standing(again, id, &standing, fault));
    if (clr_verdict_of(standing.first) == CLR_VERDICT_DUPLICATE) return CLR_OK;
    const struct clr_reply_part part = { .number = clr_record_id_number(id), .is = CLR_PART_LINE, .bad = true, .count = UINT32_MAX, .disputed = UINT32_MAX };
    return append(again->replies, &part);
}

static enum clr_status read_one(struct clr_again *again, clr_record_id id, struct clr_fault *fault)
{
    struct clr_move move;
    const enum clr_status status = clr_move_get(again->tx, id, &move, fault);
    if (status == CLR_NOT_FOUND) return read_lost(again, id, fault);
    CLR_TRY(status);
    const struct clr_reply_part part = part_of_move(&move);
    const bool reply = move.txn.kind == CLR_KIND_REPLY;
    clr_move_free(&move);
    return reply ? append(again->replies, &part) : CLR_OK;
}

static enum clr_status read_all(struct clr_again *again, uint32_t admission, struct clr_fault *fault)
{
    const struct clr_file *file;
    CLR_TRY(clr_again_file(again, admission, &file, fault));
    const uint64_t records = file->first.records;
    for (uint64_t number = 1; number <= records; number++) CLR_TRY(read_one(again, clr_record_id_of(admission, number), fault));
    return CLR_OK;
}

/* ---- lines that say it again ---- */

struct named { uint32_t trans_id; size_t at; };

static int by_name(const void *a, const void *b)
{
    const struct named *const x = a, *const y = b;
    if (x->trans_id != y->trans_id) return x->trans_id < y->trans_id ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/** Lines [from, to) are of one list. */
static enum clr_status link_lines(struct clr_reply_set *set, size_t from, size_t to)
{
    size_t count = 0;
    struct named *const named = malloc((to - from + 1) * sizeof *named);
    if (named == NULL) return CLR_FULL;
    for (size_t i = from; i < to; i++)
        if (set->part[i].is == CLR_PART_LINE && set->part[i].trans_id != 0) named[count++] = (struct named){ set->part[i].trans_id, i };
    qsort(named, count, sizeof *named, by_name);
    for (size_t i = 1; i < count; i++) set->part[named[i].at].repeats = named[i].trans_id == named[i - 1].trans_id;
    free(named);
    return CLR_OK;
}

static enum clr_status link(struct clr_reply_set *set)
{
    size_t from = 0;
    if (set->linked) return CLR_OK;
    for (size_t i = 1; i <= set->count; i++) {
        if (i < set->count && set->part[i].is != CLR_PART_LIST) continue;
        CLR_TRY(link_lines(set, from, i));
        from = i;
    }
    set->linked = true;
    return CLR_OK;
}

enum clr_status clr_reply_set_get(struct clr_again *again, uint32_t admission, const struct clr_reply_set **out, struct clr_fault *fault)
{
    const bool known = again->replies != NULL && again->replies->admission == admission;
    if (!known) {
        CLR_TRY(begin(again, admission));
        const enum clr_status status = read_all(again, admission, fault);
        if (status != CLR_OK) {
            again->replies->admission = 0;
            return status;
        }
    }
    CLR_TRY(link(again->replies));
    *out = again->replies;
    return CLR_OK;
}

/* ---- looking ---- */

const struct clr_reply_part *clr_reply_part_of(const struct clr_reply_set *set, uint64_t number)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set->part[middle].number < number) low = middle + 1;
        else high = middle;
    }
    return low < set->count && set->part[low].number == number ? &set->part[low] : NULL;
}

const struct clr_reply_part *clr_reply_head(const struct clr_reply_set *set)
{
    return set->count > 0 && set->part[0].is == CLR_PART_HEAD && !set->part[0].bad ? &set->part[0] : NULL;
}

size_t clr_reply_list_end(const struct clr_reply_set *set, const struct clr_reply_part *list)
{
    size_t end = (size_t)(list - set->part) + 1;
    while (end < set->count && set->part[end].is == CLR_PART_LINE) end++;
    return end;
}

bool clr_reply_is_broken(const struct clr_reply_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->part[i].bad) return true;
    return false;
}
