/*
 * gen_fault.c: one record of a file, with at most one fault. Each fault's effect on the verdicts follows from how it is made.
 *
 * The draw of a record's fault is one number of a million; the rates are stretches of it, one after the other.
 */
#include <string.h>

#include "gen_run.h"

/* Faults that take a record's slot, in the order of their stretches. Gaps take none, cross-region, loads and refunds are no faults. */
static const enum gen_rate faults[] = { GEN_RATE_DUPLICATES, GEN_RATE_CONFLICTS, GEN_RATE_BAD_TAC, GEN_RATE_MALFORMED, GEN_RATE_LATE, GEN_RATE_GRAY, GEN_RATE_UNKNOWN,
                                        GEN_RATE_ZERO, GEN_RATE_TEST, GEN_RATE_STOP, GEN_RATE_GAPS };

static enum gen_rate draw_fault(struct gen_run *run)
{
    uint64_t draw = gen_random_below(run->random, GEN_PPM);

    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
        const uint32_t rate = run->options->rate_ppm[faults[i]];
        if (draw < rate) return faults[i];
        draw -= rate;
    }
    return GEN_RATE_COUNT;
}

static const struct gen_source *source_at(const struct gen_run *run, unsigned source)
{
    return &run->world->source[source];
}

static enum clr_status write_as(struct gen_run *run, unsigned source, struct gen_trade *trade, int reason)
{
    CLR_TRY(gen_run_write(run, source, trade));
    gen_run_count(run, trade, reason, 1);
    return CLR_OK;
}

static enum clr_status no_memory(struct gen_run *run)
{
    return clr_fault_say(run->fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

/* ---- ordinary records ---- */

static bool is_refundable(const struct gen_trade *trade)
{
    return gen_trade_owes(trade) && trade->amount_fen > 0;
}

/** A normal record was written: it may be refunded later, or be the first of a pair. */
static enum clr_status remember(struct gen_run *run, const struct gen_trade *trade)
{
    if (run->options->format != CLR_FORMAT_MOVES && is_refundable(trade) && gen_random_chance(run->random, run->options->rate_ppm[GEN_RATE_REFUNDS])) {
        struct gen_original *more = gen_grow(run->original, run->original_count, &run->original_size, sizeof *more);
        if (more == NULL) return no_memory(run);
        run->original = more;
        run->original[run->original_count++].trade = *trade;
        return CLR_OK;
    }
    if (run->pool_count < GEN_POOL_SIZE) run->pool[run->pool_count++] = *trade;
    else run->pool[gen_random_below(run->random, GEN_POOL_SIZE)] = *trade;
    return CLR_OK;
}

static enum clr_status write_normal(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_NORMAL, &trade)) {
        return clr_fault_say(run->fault, CLR_USAGE, "no card is left to draw: give more --cards", "没有可用的卡：请增大 --cards");
    }
    if (run->options->format == CLR_FORMAT_MOVES && gen_random_chance(run->random, run->options->rate_ppm[GEN_RATE_LOADS])) {
        trade.flags |= GEN_TRADE_LOAD;
        trade.amount_fen = trade.price_fen = 5000 * (uint32_t)gen_random_between(run->random, 1, 4);
    }
    CLR_TRY(write_as(run, source, &trade, GEN_ACCEPTED));
    return remember(run, &trade);
}

static enum clr_status write_wanted(struct gen_run *run, unsigned source, int32_t time_s, enum gen_want want, int reason)
{
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, want, &trade)) return write_normal(run, source, time_s);
    return write_as(run, source, &trade, reason);
}

/* ---- repeats ---- */

/** Takes a trade out of the pool, so that it bears no other fault. False when none fits. */
static bool take_original(struct gen_run *run, unsigned source, bool paying, struct gen_trade *out)
{
    const enum clr_format format = run->options->format;

    for (unsigned tries = 0; tries < 16 && run->pool_count > 0; tries++) {
        const size_t at = (size_t)gen_random_below(run->random, run->pool_count);
        const struct gen_trade *trade = &run->pool[at];
        const bool own = run->world->operator[trade->operator].source == source;
        if (paying && !is_refundable(trade)) continue;
        /* A merchant's xf file holds its own records only, and the identity of a moves row begins with its sender. */
        if (!own && (gen_format_is_xf(format) || format == CLR_FORMAT_MOVES)) continue;
        *out = *trade;
        run->pool[at] = run->pool[--run->pool_count];
        return true;
    }
    return false;
}

/** The second record of a pair was written: count it now if its file is the first one's, else when the order of files is known. */
static enum clr_status count_second(struct gen_run *run, const struct gen_trade *first, const struct gen_trade *second, int reason)
{
    struct gen_pair *more;

    if (first->file == second->file) {
        gen_run_count(run, second, reason == CLR_REASON_BIT_DUPLICATE_IN_HISTORY ? CLR_REASON_BIT_DUPLICATE_IN_FILE : reason, 1);
        return CLR_OK;
    }
    more = gen_grow(run->pair, run->pair_count, &run->pair_size, sizeof *more);
    if (more == NULL) return no_memory(run);
    run->pair = more;
    run->pair[run->pair_count++] = (struct gen_pair){ *first, *second, reason };
    return CLR_OK;
}

static enum clr_status write_duplicate(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade first, second;

    if (!take_original(run, source, false, &first)) return write_normal(run, source, time_s);
    second = first;
    CLR_TRY(gen_run_write(run, source, &second));
    return count_second(run, &first, &second, CLR_REASON_BIT_DUPLICATE_IN_HISTORY);
}

/** Another record of the same identity: other amount, or other TAC; or the card's counter once more at another terminal. */
static int make_conflict(struct gen_run *run, struct gen_trade *trade)
{
    const enum clr_format format = run->options->format;
    const bool has_card_data = !gen_format_is_open(format) && format != CLR_FORMAT_MOVES;
    const uint64_t way = has_card_data ? gen_random_below(run->random, 3) : 0;

    if (way == 2) {
        trade->serial += 500000000 + (uint32_t)gen_random_below(run->random, 100000000);
        trade->tac = gen_plan_tac(run->random);
        trade->amount_fen = trade->amount_fen / 2 + 1;
        return CLR_REASON_BIT_COUNTER_CONFLICT;
    }
    if (way == 1 && run->tac != NULL) {       /* right TACs differ where what they are made over does: some seconds of the same day */
        const int32_t second = trade->time_s % CLR_DAY_S, apart = (int32_t)gen_random_between(run->random, 1, 50);
        trade->time_s += second >= CLR_DAY_S / 2 ? -apart : apart;
    } else if (way == 1) {
        const uint32_t tac = gen_plan_tac(run->random);
        trade->tac = tac == trade->tac ? tac ^ 0x01010101u : tac;
    } else trade->amount_fen = trade->amount_fen / 2 + 1 == trade->amount_fen ? trade->amount_fen - 1 : trade->amount_fen / 2 + 1;
    return CLR_REASON_BIT_CONFLICT;
}

static enum clr_status write_conflict(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade first, second;
    int reason;

    if (!take_original(run, source, true, &first) || first.amount_fen < 4) return write_normal(run, source, time_s);
    second = first;
    reason = make_conflict(run, &second);
    CLR_TRY(gen_run_write(run, source, &second));
    return count_second(run, &first, &second, reason);
}

/* ---- gray records ---- */

/** Both were written: the normal one counts, whichever came first. */
static void count_twins(struct gen_run *run, const struct gen_trade *gray, const struct gen_trade *normal)
{
    gen_run_count(run, gray, CLR_REASON_BIT_SUPERSEDED, 1);
    gen_run_count(run, normal, GEN_ACCEPTED, 1);
}

static bool has_next_file(const struct gen_run *run, unsigned source)
{
    const struct gen_source *of = source_at(run, source);
    const size_t current = run->current[source];

    return current + 1 < run->files->count && run->files->file[current + 1].source == of;
}

static enum clr_status write_gray(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade gray, normal;
    const uint64_t way = gen_random_below(run->random, 8);

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &gray)) return write_normal(run, source, time_s);
    normal = gray;
    gray.flags |= GEN_TRADE_GRAY | GEN_TRADE_NO_TAC;
    if (way < 2 || run->slot + 2 > run->options->records) return write_as(run, source, &gray, CLR_REASON_BIT_GRAY);
    /* The proof of the transaction is of the same tap; some terminals write it with a serial of their own and the time of the second tap. */
    if (way % 2 == 0) {
        normal.serial = run->world->serial[run->world->operator[normal.operator].terminal_first + normal.terminal]++;
        normal.time_s += (int32_t)gen_random_between(run->random, 1, 60);
        if (normal.time_s >= CLR_DAY_S) normal.time_s = CLR_DAY_S - 1;
    }
    if (way == 7) CLR_TRY(gen_run_write(run, source, &normal));
    CLR_TRY(gen_run_write(run, source, &gray));
    if (way == 6 && run->held_count < GEN_HELD_MAX && has_next_file(run, source)) {
        run->held[run->held_count++] = (struct gen_held){ gray, normal, (uint16_t)source };
        gen_run_count(run, &gray, CLR_REASON_BIT_GRAY, 1);
        return CLR_OK;
    }
    if (way != 7) CLR_TRY(gen_run_write(run, source, &normal));
    count_twins(run, &gray, &normal);
    return CLR_OK;
}

enum clr_status gen_run_release(struct gen_run *run, unsigned source)
{
    for (size_t i = 0; i < run->held_count && run->slot < run->options->records; ) {
        struct gen_held held = run->held[i];
        if (held.source != source || run->current[source] == held.gray.file) {
            i++;
            continue;
        }
        run->held[i] = run->held[--run->held_count];
        CLR_TRY(gen_run_write(run, source, &held.normal));
        gen_run_count(run, &held.gray, CLR_REASON_BIT_GRAY, -1);
        count_twins(run, &held.gray, &held.normal);
    }
    return CLR_OK;
}

/* ---- the others ---- */

static enum clr_status write_damaged(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &trade)) return write_normal(run, source, time_s);
    trade.damage = (uint8_t)gen_damage_draw(run->random, run->options->format);
    return write_as(run, source, &trade, (int)gen_damage_reason((enum gen_damage)trade.damage));
}

static enum clr_status write_bad_tac(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &trade)) return write_normal(run, source, time_s);
    trade.flags |= GEN_TRADE_BAD_TAC;
    return write_as(run, source, &trade, CLR_REASON_BIT_TAC_MISMATCH);
}

static enum clr_status write_late(struct gen_run *run, unsigned source, int32_t time_s)
{
    const clr_day limit = (clr_day)run->world->rules->late_days;
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &trade)) return write_normal(run, source, time_s);
    trade.time_s -= (limit + 2 + (int32_t)gen_random_below(run->random, 30)) * CLR_DAY_S;
    return write_as(run, source, &trade, CLR_REASON_BIT_TOO_LATE);
}

static enum clr_status write_unknown(struct gen_run *run, unsigned source, int32_t time_s)
{
    const enum clr_format format = run->options->format;
    struct gen_trade trade;
    bool card = gen_random_chance(run->random, 500000);

    if (gen_format_is_open(format) || format == CLR_FORMAT_MOVES) card = false;
    if (gen_format_is_xf(format)) card = true;                     /* the unit is the merchant the file is of */
    if (card) return write_wanted(run, source, time_s, GEN_WANT_UNKNOWN_CARD, CLR_REASON_BIT_UNKNOWN_PARTICIPANT);
    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &trade)) return write_normal(run, source, time_s);
    trade.flags |= GEN_TRADE_UNKNOWN_UNIT;
    if (format == CLR_FORMAT_MOVES && gen_random_chance(run->random, 500000)) trade.flags ^= GEN_TRADE_UNKNOWN_UNIT | GEN_TRADE_UNKNOWN_PARTY;
    return write_as(run, source, &trade, CLR_REASON_BIT_UNKNOWN_PARTICIPANT);
}

static enum clr_status write_test(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_trade trade;

    if (!gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &trade)) return write_normal(run, source, time_s);
    trade.flags |= GEN_TRADE_TEST;
    return write_as(run, source, &trade, CLR_REASON_BIT_TEST_RECORD);
}

static enum clr_status draw_load(struct gen_run *run, unsigned source, int32_t time_s)
{
    struct gen_load load = { .time_s = time_s, .amount_fen = 5000 * (uint32_t)gen_random_between(run->random, 1, 4) };
    struct gen_load *more;

    if (run->options->format == CLR_FORMAT_MOVES || !gen_random_chance(run->random, run->options->rate_ppm[GEN_RATE_LOADS])) return CLR_OK;
    load.card = gen_plan_load(run->planner, load.amount_fen);
    if (load.card == UINT32_MAX) return CLR_OK;
    load.operator = (uint16_t)source_at(run, source)->operators[gen_random_below(run->random, source_at(run, source)->operator_count)];
    more = gen_grow(run->load, run->load_count, &run->load_size, sizeof *more);
    if (more == NULL) return no_memory(run);
    run->load = more;
    run->load[run->load_count++] = load;
    return CLR_OK;
}

/** Format moves: the next part of what is under way, or the first part about some original of the present file. */
static enum clr_status write_moves_part(struct gen_run *run, unsigned source, bool *written)
{
    struct gen_file *file = &run->files->file[run->current[source]];

    *written = false;
    if (run->files->file[run->part_of.file].closed) run->part_at = run->part_count;       /* what is left of that story stays untold */
    if (run->part_at == run->part_count) {
        struct gen_trade original;
        if (!gen_random_chance(run->random, run->options->rate_ppm[GEN_RATE_REFUNDS]) || !take_original(run, source, true, &original)) return CLR_OK;
        if (original.file != run->current[source]) return CLR_OK;
        run->part_of = original;
        run->part_at = 0;
        run->part_count = gen_parts_draw(run->random, original.amount_fen, run->part);
    } else if (run->part_of.file != run->current[source]) {
        return CLR_OK;                        /* another source's turn: the rest waits */
    }
    *written = true;
    run->slot++;
    return gen_run_part(run, file, &run->part_of, &run->part[run->part_at++], false);
}

enum clr_status gen_run_step(struct gen_run *run, unsigned source, int32_t time_s)
{
    bool written = false;

    CLR_TRY(draw_load(run, source, time_s));
    if (run->options->format == CLR_FORMAT_MOVES) CLR_TRY(write_moves_part(run, source, &written));
    if (written) return CLR_OK;
    switch (draw_fault(run)) {
    case GEN_RATE_DUPLICATES: return write_duplicate(run, source, time_s);
    case GEN_RATE_CONFLICTS: return write_conflict(run, source, time_s);
    case GEN_RATE_BAD_TAC: return write_bad_tac(run, source, time_s);
    case GEN_RATE_MALFORMED: return write_damaged(run, source, time_s);
    case GEN_RATE_LATE: return write_late(run, source, time_s);
    case GEN_RATE_GRAY: return write_gray(run, source, time_s);
    case GEN_RATE_UNKNOWN: return write_unknown(run, source, time_s);
    case GEN_RATE_ZERO: return write_wanted(run, source, time_s, GEN_WANT_ZERO, GEN_ACCEPTED);
    case GEN_RATE_TEST: return write_test(run, source, time_s);
    case GEN_RATE_STOP: return write_wanted(run, source, time_s, GEN_WANT_STOPPED, CLR_REASON_BIT_CARD_STATUS);
    case GEN_RATE_GAPS: {                     /* the trade happened; its record never came */
        struct gen_trade lost;
        gen_plan_trade(run->planner, source_at(run, source), time_s, GEN_WANT_PLAIN, &lost);
        return CLR_OK;
    }
    default: return write_normal(run, source, time_s);
    }
}
