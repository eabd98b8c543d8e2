/* figures.c: control totals of a file's records. See figures.h. */
#include "model/figures.h"

static void tally_add(struct clr_tally *tally, clr_fen amount_fen)
{
    tally->count++;
    tally->amount_fen += amount_fen;                 /* at most received_fen, which was checked before */
}

static void buckets_add(struct clr_figures *figures, uint64_t reasons, enum clr_kind kind, clr_fen amount_fen)
{
    const int primary = clr_reason_primary(reasons);

    tally_add(&figures->verdict[clr_verdict_of(reasons)], amount_fen);
    if (primary >= 0) {
        tally_add(&figures->reason[primary], amount_fen);
        return;
    }
    tally_add(&figures->kind[kind], amount_fen);
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) {
        if (reasons >> (62 + i) & 1) tally_add(&figures->note[i], amount_fen);
    }
}

enum clr_status clr_figures_count(struct clr_figures *figures, uint64_t reasons, enum clr_kind kind, clr_fen amount_fen)
{
    CLR_ASSERT((unsigned)kind < CLR_KIND_COUNT);
    CLR_ASSERT(amount_fen >= 0);                     /* amounts are absolute: every bucket is at most the sum of all */
    CLR_TRY(clr_fen_add(&figures->received_fen, amount_fen));
    figures->records++;
    buckets_add(figures, reasons, kind, amount_fen);
    return CLR_OK;
}

static void tally_add_many(struct clr_tally *tally, uint64_t records, clr_fen amount_fen)
{
    tally->count += records;
    tally->amount_fen += amount_fen;                 /* at most received_fen, which was checked before */
}

enum clr_status clr_figures_count_accepted(struct clr_figures *figures, uint64_t notes, enum clr_kind kind, uint64_t records, clr_fen amount_fen)
{
    CLR_ASSERT((unsigned)kind < CLR_KIND_COUNT);
    CLR_ASSERT(amount_fen >= 0 && clr_reason_primary(notes) < 0);
    CLR_TRY(clr_fen_add(&figures->received_fen, amount_fen));
    figures->records += records;
    tally_add_many(&figures->verdict[CLR_VERDICT_ACCEPTED], records, amount_fen);
    tally_add_many(&figures->kind[kind], records, amount_fen);
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) {
        if (notes >> (62 + i) & 1) tally_add_many(&figures->note[i], records, amount_fen);
    }
    return CLR_OK;
}

/* The record must have been counted there, or the figures do not belong to it. */
static enum clr_status tally_take(struct clr_tally *tally, clr_fen amount_fen)
{
    if (tally->count == 0 || tally->amount_fen < amount_fen) return CLR_UNBALANCED;
    tally->count--;
    tally->amount_fen -= amount_fen;
    return CLR_OK;
}

static enum clr_status buckets_take(struct clr_figures *figures, uint64_t reasons, enum clr_kind kind, clr_fen amount_fen)
{
    const int primary = clr_reason_primary(reasons);

    CLR_TRY(tally_take(&figures->verdict[clr_verdict_of(reasons)], amount_fen));
    if (primary >= 0) return tally_take(&figures->reason[primary], amount_fen);
    CLR_TRY(tally_take(&figures->kind[kind], amount_fen));
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) {
        if (reasons >> (62 + i) & 1) CLR_TRY(tally_take(&figures->note[i], amount_fen));
    }
    return CLR_OK;
}

enum clr_status clr_figures_move(struct clr_figures *figures, uint64_t from, uint64_t to, enum clr_kind kind, clr_fen amount_fen)
{
    struct clr_figures moved = *figures;             /* all or nothing; events are rare enough for a copy */

    CLR_ASSERT((unsigned)kind < CLR_KIND_COUNT);
    CLR_ASSERT(amount_fen >= 0);
    CLR_TRY(buckets_take(&moved, from, kind, amount_fen));
    buckets_add(&moved, to, kind, amount_fen);
    *figures = moved;
    return CLR_OK;
}

static enum clr_status tallies_add(struct clr_tally *to, const struct clr_tally *from, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (__builtin_add_overflow(to[i].count, from[i].count, &to[i].count)) return CLR_OVERFLOW;
        CLR_TRY(clr_fen_add(&to[i].amount_fen, from[i].amount_fen));
    }
    return CLR_OK;
}

enum clr_status clr_figures_add(struct clr_figures *to, const struct clr_figures *from)
{
    struct clr_figures sum = *to;

    if (__builtin_add_overflow(sum.records, from->records, &sum.records)) return CLR_OVERFLOW;
    CLR_TRY(clr_fen_add(&sum.received_fen, from->received_fen));
    CLR_TRY(tallies_add(sum.verdict, from->verdict, CLR_VERDICT_COUNT));
    CLR_TRY(tallies_add(sum.kind, from->kind, CLR_KIND_COUNT));
    CLR_TRY(tallies_add(sum.reason, from->reason, CLR_REASON_COUNT));
    CLR_TRY(tallies_add(sum.note, from->note, CLR_NOTE_COUNT));
    *to = sum;
    return CLR_OK;
}

/* CLR_OK when the tallies add up to `count` and `amount_fen` exactly. */
static enum clr_status tallies_check(const struct clr_tally *tally, unsigned tallies, uint64_t count, clr_fen amount_fen)
{
    uint64_t count_sum = 0;
    clr_fen fen_sum = 0;

    for (unsigned i = 0; i < tallies; i++) {
        if (tally[i].amount_fen < 0) return CLR_UNBALANCED;
        if (__builtin_add_overflow(count_sum, tally[i].count, &count_sum)) return CLR_UNBALANCED;
        if (clr_fen_add(&fen_sum, tally[i].amount_fen) != CLR_OK) return CLR_UNBALANCED;
    }
    return count_sum == count && fen_sum == amount_fen ? CLR_OK : CLR_UNBALANCED;
}

enum clr_status clr_figures_check(const struct clr_figures *figures)
{
    const struct clr_tally accepted = figures->verdict[CLR_VERDICT_ACCEPTED];

    CLR_TRY(tallies_check(figures->verdict, CLR_VERDICT_COUNT, figures->records, figures->received_fen));
    CLR_TRY(tallies_check(figures->kind, CLR_KIND_COUNT, accepted.count, accepted.amount_fen));
    return tallies_check(figures->reason, CLR_REASON_COUNT, figures->records - accepted.count,
                         figures->received_fen - accepted.amount_fen);
}
