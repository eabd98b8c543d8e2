/* gen_book.c: records counted, obligations and fees summed. See gen_book.h. */
#include "gen_book.h"

#include <stdlib.h>
#include <string.h>

#define CELLS_FIRST 1024
#define KINDS 2                               /* purchases and loads bear fees */

void gen_figures_count(struct gen_figures *figures, int reason, enum clr_kind kind, int64_t amount_fen, bool unverified, int sign)
{
    struct gen_tally *tally[4];
    size_t count = 0;
    static const enum clr_verdict verdicts[] = {
#define X(name, bit, verdict, ...) [bit] = CLR_VERDICT_##verdict,
        CLR_REASON_LIST(X)
#undef X
    };

    tally[count++] = &figures->verdict[reason == GEN_ACCEPTED ? CLR_VERDICT_ACCEPTED : verdicts[reason]];
    tally[count++] = reason == GEN_ACCEPTED ? &figures->kind[kind] : &figures->reason[reason];
    if (reason == GEN_ACCEPTED && unverified) tally[count++] = &figures->note[0];
    for (size_t i = 0; i < count; i++) {
        tally[i]->count += sign;
        tally[i]->amount_fen += sign * amount_fen;
    }
}

static void add_tallies(struct gen_tally *to, const struct gen_tally *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i].count += from[i].count;
        to[i].amount_fen += from[i].amount_fen;
    }
}

void gen_figures_add(struct gen_figures *to, const struct gen_figures *from)
{
    add_tallies(to->verdict, from->verdict, CLR_VERDICT_COUNT);
    add_tallies(to->kind, from->kind, CLR_KIND_COUNT);
    add_tallies(to->reason, from->reason, CLR_REASON_COUNT);
    add_tallies(to->note, from->note, CLR_NOTE_COUNT);
}

/* ---- fees ---- */

int64_t gen_round_ppm(__int128 numerator)
{
    return (int64_t)(numerator >= 0 ? (numerator + 500000) / 1000000 : (numerator - 500000) / 1000000);
}

int64_t gen_share(int64_t fen, int64_t ppm)
{
    return (int64_t)((__int128)fen * ppm / 1000000);      /* C division truncates: a floor above zero, its mirror image below */
}

int64_t gen_fee_close(const struct gen_fee *fee, __int128 numerator)
{
    int64_t fen = gen_round_ppm(numerator);

    if (fee->total && fen <= 0) return fen;
    if (fen < fee->min_fen) fen = fee->min_fen;
    return fen > fee->max_fen ? fee->max_fen : fen;
}

struct parts {
    int64_t count, fen, issuer_fen, centre_fen;
    __int128 numerator;
};

/** What a deal of `amount_fen` bears under a row; nothing when all of it is gone. */
static struct parts parts_of(const struct gen_fee *fee, int64_t amount_fen, int64_t discount_fen, bool gone)
{
    struct parts parts = { 0 };
    const int64_t base = fee->on == GEN_FEE_ON_COUNT ? 1 : fee->on == GEN_FEE_ON_DISCOUNT ? discount_fen : amount_fen;

    if (gone || (fee->on != GEN_FEE_ON_COUNT && (amount_fen == 0 || base == 0))) return parts;
    parts.count = 1;
    parts.numerator = (__int128)fee->rate_ppm * base + (__int128)fee->fixed_fen * 1000000;
    if (fee->total) return parts;
    parts.fen = gen_fee_close(fee, parts.numerator);
    parts.issuer_fen = gen_share(parts.fen, fee->issuer_share_ppm);
    parts.centre_fen = gen_share(parts.fen, fee->centre_share_ppm);
    parts.numerator = 0;
    return parts;
}

/* ---- cells ---- */

static uint64_t hash_of(const struct gen_cell *key)
{
    const uint64_t parties = (uint64_t)(uint32_t)key->window << 32 | (uint32_t)key->issuer << 16 | key->acquirer;
    const uint64_t rest = (uint64_t)key->fee_row << 16 | (unsigned)key->kind << 8 | key->acquirer_pays;

    return (parties * UINT64_C(0x9e3779b97f4a7c15) ^ rest * UINT64_C(0xd6e8feb86659fd93)) * UINT64_C(0xc2b2ae3d27d4eb4f);
}

static bool same_key(const struct gen_cell *a, const struct gen_cell *b)
{
    return a->window == b->window && a->issuer == b->issuer && a->acquirer == b->acquirer && a->fee_row == b->fee_row && a->kind == b->kind
        && a->acquirer_pays == b->acquirer_pays;
}

static struct gen_cell *slot_of(struct gen_cell *cells, size_t size, const struct gen_cell *key)
{
    size_t at = (size_t)(hash_of(key) >> 20) & (size - 1);

    while (cells[at].used && !same_key(&cells[at], key)) at = (at + 1) & (size - 1);
    return &cells[at];
}

static struct gen_cell *cell_of(struct gen_book *book, const struct gen_cell *key)
{
    struct gen_cell *cell = slot_of(book->cell, book->cell_size, key);

    if (cell->used) return cell;
    if (book->cell_count * 2 >= book->cell_size) {
        const size_t size = book->cell_size * 2;
        struct gen_cell *more = calloc(size, sizeof *more);
        if (more == NULL) {
            book->failed = true;
            return NULL;
        }
        for (size_t i = 0; i < book->cell_size; i++) {
            if (book->cell[i].used) *slot_of(more, size, &book->cell[i]) = book->cell[i];
        }
        free(book->cell);
        book->cell = more;
        book->cell_size = size;
        cell = slot_of(book->cell, size, key);
    }
    *cell = *key;
    cell->used = true;
    book->cell_count++;
    return cell;
}

enum clr_status gen_book_make(const struct gen_rules *rules, clr_day date, struct gen_book *out, struct clr_fault *fault)
{
    *out = (struct gen_book){ .rules = rules, .cell_size = CELLS_FIRST, .cache_day = { date - 1, date } };
    out->cell = calloc(out->cell_size, sizeof *out->cell);
    out->fee_cache = calloc(2 * KINDS * CLR_SERVICE_COUNT * rules->party_count * rules->party_count, sizeof *out->fee_cache);
    if (out->cell != NULL && out->fee_cache != NULL) return CLR_OK;
    gen_book_free(out);
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

void gen_book_free(struct gen_book *book)
{
    free(book->cell);
    free(book->fee_cache);
    *book = (struct gen_book){ 0 };
}

static uint16_t look_up_fee(const struct gen_book *book, const struct gen_deal *deal)
{
    const struct gen_party *party = book->rules->party;

    return gen_rules_fee(book->rules, deal->service, (int)deal->kind, party[deal->issuer].code, party[deal->acquirer].code, deal->trade_day);
}

static uint16_t fee_row_of(struct gen_book *book, const struct gen_deal *deal)
{
    const size_t parties = book->rules->party_count;
    const size_t day = deal->trade_day == book->cache_day[1];
    const size_t at = (((day * KINDS + (deal->kind == CLR_KIND_LOAD)) * CLR_SERVICE_COUNT + deal->service) * parties + (size_t)deal->issuer) * parties
                    + (size_t)deal->acquirer;

    if (deal->trade_day != book->cache_day[day]) return look_up_fee(book, deal);
    if (book->fee_cache[at] == 0) book->fee_cache[at] = (uint16_t)(look_up_fee(book, deal) + 1u);      /* GEN_FEE_NONE + 1 is 0: looked up again */
    return (uint16_t)(book->fee_cache[at] - 1u);
}

static struct gen_cell key_of(const struct gen_deal *deal, enum clr_kind kind, uint16_t fee_row, clr_day window, bool turned)
{
    return (struct gen_cell){ .window = window, .issuer = (uint16_t)deal->issuer, .acquirer = (uint16_t)deal->acquirer, .fee_row = fee_row,
                              .kind = (uint8_t)kind, .acquirer_pays = (deal->kind == CLR_KIND_LOAD) != turned };
}

static void add_parts(struct gen_cell *cell, const struct parts *parts, int sign)
{
    cell->fee_count += sign * parts->count;
    cell->fee_fen += sign * parts->fen;
    cell->fee_issuer_fen += sign * parts->issuer_fen;
    cell->fee_centre_fen += sign * parts->centre_fen;
    cell->numerator += sign * parts->numerator;
}

void gen_book_deal(struct gen_book *book, const struct gen_deal *deal, int sign)
{
    const uint16_t fee_row = fee_row_of(book, deal);
    const struct gen_cell key = key_of(deal, deal->kind, fee_row, deal->window, false);
    struct parts parts = { 0 };
    struct gen_cell *cell;

    if (fee_row != GEN_FEE_NONE) parts = parts_of(&book->rules->fee[fee_row], deal->amount_fen, deal->discount_fen, false);
    if (deal->amount_fen == 0 && parts.count == 0) return;
    cell = cell_of(book, &key);
    if (cell == NULL) return;
    if (deal->amount_fen != 0) cell->count += sign;
    cell->amount_fen += sign * deal->amount_fen;
    add_parts(cell, &parts, sign);
}

void gen_book_refund(struct gen_book *book, const struct gen_deal *deal, enum clr_kind kind, int64_t refunded_fen, int64_t refund_fen, clr_day window)
{
    const uint16_t fee_row = fee_row_of(book, deal);
    const struct gen_cell key = key_of(deal, kind, fee_row, window, true);
    struct gen_cell *cell = cell_of(book, &key);

    if (cell == NULL) return;
    cell->count++;
    cell->amount_fen += refund_fen;
    if (fee_row == GEN_FEE_NONE || (book->rules->fee[fee_row].keep && kind == CLR_KIND_REFUND)) return;
    const struct gen_fee *fee = &book->rules->fee[fee_row];
    const int64_t left = deal->amount_fen - refunded_fen;
    const struct parts before = parts_of(fee, left, deal->discount_fen, false);
    const struct parts after = parts_of(fee, left - refund_fen, deal->discount_fen, left == refund_fen);
    add_parts(cell, &after, 1);
    add_parts(cell, &before, -1);
}

void gen_book_adjust(struct gen_book *book, const struct gen_deal *deal, int64_t adjust_fen, clr_day window)
{
    const struct gen_cell key = key_of(deal, CLR_KIND_ADJUST, GEN_FEE_NONE, window, adjust_fen < 0);
    struct gen_cell *cell = adjust_fen == 0 ? NULL : cell_of(book, &key);

    if (cell == NULL) return;
    cell->count++;
    cell->amount_fen += adjust_fen < 0 ? -adjust_fen : adjust_fen;
}
