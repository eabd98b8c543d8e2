/*
 * obligation.c: who owes whom for one trade. The busiest arithmetic of the engine: once an accepted record.
 */
#include "clear/obligation.h"

#include <string.h>

static clr_fen discount_of(const struct clr_trade *trade)
{
    if (!(trade->flags & CLR_FLAG_HAS_PRICE) || trade->price_fen <= trade->amount_fen) return 0;
    return trade->price_fen - trade->amount_fen;
}

/** The rest of clr_obligation_of, once the fee row is known. */
static enum clr_status book(const struct clr_rules *rules, uint16_t fee_row, const struct clr_trade *trade,
                            struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    const struct clr_fee_row *row = fee_row == CLR_FEE_NONE ? NULL : &rules->fee[fee_row];
    const clr_fen discount_fen = discount_of(trade);

    if (trade->amount_fen == 0 && (row == NULL || row->on != CLR_FEE_ON_COUNT)) return CLR_OK;
    /* Written field by field into the caller's sum: a local copy would be read back wider than it was stored, which stalls. */
    if (row != NULL) CLR_TRY(clr_fee_of(row, trade->amount_fen, discount_fen, sum));
    else clr_fee_none(sum);
    sum->count = trade->amount_fen != 0 ? 1 : 0;        /* a 0-fen trade with a fee is no obligation, only a fee */
    sum->amount_fen = trade->amount_fen;
    sum->discount_fen = discount_fen;
    *booked = true;
    *key = (struct clr_cell_key){
        .product = (uint8_t)trade->product,
        .direction = trade->kind == CLR_KIND_LOAD ? 1 : 0,
        .kind = (uint8_t)trade->kind,
        .service = (uint8_t)trade->service,
        .window = trade->window,
        .issuer = trade->issuer,
        .acquirer = trade->acquirer,
        .rules_version = rules->version,
        .fee_row = fee_row,
    };
    return CLR_OK;
}

enum clr_status clr_obligation_of(const struct clr_rules *rules, const struct clr_trade *trade,
                                  struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    *booked = false;
    if (!clr_trade_owes(trade)) return CLR_OK;
    CLR_ASSERT(trade->amount_fen >= 0);
    CLR_ASSERT(clr_party_is_known(trade->issuer) && clr_party_is_known(trade->acquirer));
    return book(rules, clr_rules_fee(rules, trade->product, trade->service, trade->kind, trade->issuer_index, trade->acquirer_index,
                                     trade->trade_day), trade, key, sum, booked);
}

void clr_fee_cache_init(struct clr_fee_cache *cache, const struct clr_rules *rules)
{
    memset(cache, 0, sizeof *cache);
    cache->rules = rules;
}

static struct clr_fee_cached *slot_of(struct clr_fee_cache *cache, const struct clr_trade *trade)
{
    const uint64_t parties = (uint64_t)(uint32_t)trade->issuer_index << 32 | (uint32_t)trade->acquirer_index;
    const uint64_t what = (uint64_t)(uint32_t)trade->trade_day << 24 | (uint64_t)trade->product << 16 | (uint64_t)trade->service << 8
                        | trade->kind;
    const uint64_t hash = (parties * UINT64_C(0x9e3779b97f4a7c15) ^ what) * UINT64_C(0xd6e8feb86659fd93);

    return &cache->slot[hash >> 32 & (CLR_FEE_CACHE_SIZE - 1)];
}

static bool holds(const struct clr_fee_cached *slot, const struct clr_trade *trade)
{
    return slot->used && slot->issuer == trade->issuer_index && slot->acquirer == trade->acquirer_index && slot->trade_day == trade->trade_day
        && slot->service == trade->service && slot->kind == trade->kind && slot->product == trade->product;
}

enum clr_status clr_obligation_cached(struct clr_fee_cache *cache, const struct clr_trade *trade,
                                      struct clr_cell_key *key, struct clr_cell_sum *sum, bool *booked)
{
    struct clr_fee_cached *slot;

    *booked = false;
    if (!clr_trade_owes(trade)) return CLR_OK;
    CLR_ASSERT(trade->amount_fen >= 0);
    CLR_ASSERT(clr_party_is_known(trade->issuer) && clr_party_is_known(trade->acquirer));
    slot = slot_of(cache, trade);
    if (!holds(slot, trade)) {
        *slot = (struct clr_fee_cached){
            .issuer = trade->issuer_index, .acquirer = trade->acquirer_index, .trade_day = trade->trade_day,
            .row = clr_rules_fee(cache->rules, trade->product, trade->service, trade->kind, trade->issuer_index, trade->acquirer_index,
                                 trade->trade_day),
            .product = (uint8_t)trade->product, .service = (uint8_t)trade->service, .kind = (uint8_t)trade->kind, .used = 1,
        };
    }
    return book(cache->rules, slot->row, trade, key, sum, booked);
}
