#include "settle/gray.h"

#define COUNTERS_YZ316 65536u
#define COUNTERS_XF 1000000u

/** Does the row hold its identity, and is it card data? Others say nothing about a counter. */
static bool tells(const struct clr_past *past)
{
    const enum clr_verdict verdict = clr_verdict_of(past->reasons);
    return verdict != CLR_VERDICT_REJECTED && verdict != CLR_VERDICT_DUPLICATE && !(past->txn.flags & CLR_FLAG_OPEN);
}

/** Record n+1: the earliest of the next counter, NULL when none is here yet. Rows stand in canonical order, which breaks ties. */
static const struct clr_past *next_record(const struct clr_again *again, const struct clr_subject *subject)
{
    const uint32_t counters = subject->format == CLR_FORMAT_YZ316 ? COUNTERS_YZ316 : COUNTERS_XF;
    const uint32_t wanted = (subject->txn.counter + 1) % counters;
    const struct clr_past *next = NULL;
    for (size_t i = 0; i < again->past.count; i++) {
        const struct clr_past *const past = &again->past.item[i];
        if (!tells(past) || past->txn.counter != wanted || past->txn.traded_at_s < subject->txn.traded_at_s) continue;
        if (next == NULL || past->txn.traded_at_s < next->txn.traded_at_s) next = past;
    }
    return next;
}

/** Another record with counter n that counts, up to the day of record n+1: a counter may come round again after that. */
static const struct clr_past *same_counter(const struct clr_again *again, const struct clr_subject *subject, const struct clr_past *next)
{
    for (size_t i = 0; i < again->past.count; i++) {
        const struct clr_past *const past = &again->past.item[i];
        if (!tells(past) || past->txn.counter != subject->txn.counter || clr_verdict_of(past->reasons) != CLR_VERDICT_ACCEPTED) continue;
        if (next == NULL || past->txn.trade_day <= next->txn.trade_day) return past;
    }
    return NULL;
}

static enum clr_gray by_balance(const struct clr_txn *gray, const struct clr_txn *next)
{
    if (!(gray->flags & next->flags & CLR_FLAG_HAS_BALANCE)) return CLR_GRAY_WAITS;
    const int64_t before = gray->balance_fen, after = next->balance_fen;
    if (after == before - gray->amount_fen) return CLR_GRAY_COUNTS;
    return after == before ? CLR_GRAY_REFUTED : CLR_GRAY_WAITS;
}

enum clr_status clr_gray_examine(struct clr_again *again, const struct clr_subject *subject, enum clr_gray *out, clr_record_id *link,
                                 struct clr_fault *fault)
{
    const clr_day day = subject->txn.trade_day;
    *out = CLR_GRAY_WAITS;
    *link = 0;
    CLR_TRY(clr_again_card_rows(again, subject, day, day + again->rules->product[subject->txn.product].retention_days, fault));
    const struct clr_past *const next = next_record(again, subject), *const other = same_counter(again, subject, next);
    if (other != NULL) {
        *out = CLR_GRAY_SUPERSEDED;
        *link = other->id;
    } else if (next != NULL) {
        *out = by_balance(&subject->txn, &next->txn);
        if (*out == CLR_GRAY_REFUTED) *link = next->id;
    }
    return CLR_OK;
}
