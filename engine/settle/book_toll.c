#include "settle/book_toll.h"

#include <stdlib.h>

void clr_move_split(const struct clr_rules *rules, const struct clr_move *move, bool suspense, struct clr_toll_shares *out)
{
    const struct clr_toll_exit exit = {
        .amount_fen = move->txn.amount_fen,
        .journey_day = move->txn.trade_day,
        .format = (enum clr_format)move->format,
        .units = clr_bytes_text(move->units),
        .charges = clr_bytes_text(move->charges),
        .dues = clr_bytes_text(move->dues),
        .provinces = clr_bytes_text(move->provinces),
        .province_parts = clr_bytes_text(move->province_parts),
        .station = clr_bytes_text(move->station),
    };
    clr_toll_split(rules, &exit, suspense, out);
}

int clr_move_payer(const struct clr_rules *rules, const struct clr_move *move, int issuer_index)
{
    if (!(move->txn.flags & CLR_FLAG_AT_STATION)) return issuer_index;
    return clr_toll_station(rules, (enum clr_format)move->format, clr_bytes_text(move->station), move->txn.trade_day);
}

uint64_t clr_book_toll_reasons(const struct clr_booking *booking, bool suspense)
{
    struct clr_toll_shares shares;
    uint64_t reasons = 0;
    if (booking->txn->amount_fen == 0) return 0;
    if (clr_move_payer(booking->rules, booking->move, booking->issuer_index) < 0) reasons |= CLR_REASON_MASK(UNKNOWN_PARTICIPANT);
    clr_move_split(booking->rules, booking->move, suspense, &shares);
    return reasons | shares.reasons;
}

/** The purchase between the payer and nobody yet; CLR_INTERNAL when the payer is not known. */
static enum clr_status name_payer(const struct clr_rules *rules, const struct clr_move *move, struct clr_trade *trade)
{
    const int payer = clr_move_payer(rules, move, trade->issuer_index);
    if (payer < 0) return CLR_INTERNAL;
    trade->issuer_index = payer;
    trade->issuer = rules->participant[payer].party;
    trade->acquirer_index = -1;
    trade->acquirer = CLR_PARTY_NONE;
    return CLR_OK;
}

enum clr_status clr_book_toll(const struct clr_booking *booking, struct clr_cells *cells)
{
    const struct clr_txn *const txn = booking->txn;
    struct clr_toll_shares shares;
    struct clr_trade trade = {
        .product = (enum clr_product)txn->product,
        .kind = (enum clr_kind)txn->kind,
        .service = (enum clr_service)txn->service,
        .flags = txn->flags,
        .issuer_index = booking->issuer_index,
        .amount_fen = txn->amount_fen,
        .price_fen = txn->price_fen,
        .trade_day = txn->trade_day,
        .window = booking->window,
    };
    if (txn->amount_fen == 0) return CLR_OK;
    CLR_TRY(name_payer(booking->rules, booking->move, &trade));
    clr_move_split(booking->rules, booking->move, true, &shares);
    return shares.reasons == 0 ? clr_toll_book(booking->rules, &trade, &shares, cells) : CLR_INTERNAL;
}

/** What is left of each share: as kept, or the shares themselves before anything was given back. */
static enum clr_status begin_remaining(const struct clr_toll_shares *shares, struct clr_remaining *remaining)
{
    if (remaining->count > 0) return remaining->count == shares->count ? CLR_OK : CLR_DAMAGED;
    remaining->fen = malloc((shares->count + 1) * sizeof *remaining->fen);
    if (remaining->fen == NULL) return CLR_FULL;
    remaining->count = shares->count;
    clr_toll_remaining(shares, remaining->fen);
    return CLR_OK;
}

enum clr_status clr_book_toll_back(const struct clr_giving_back *back, const struct clr_move *original, struct clr_cells *cells)
{
    const struct clr_move *const move = back->move;
    struct clr_trade trade = *back->trade;
    struct clr_toll_shares shares;

    if (original->txn.amount_fen == 0) return CLR_OK;
    CLR_TRY(name_payer(back->rules, original, &trade));
    clr_move_split(back->rules, original, true, &shares);
    if (shares.reasons != 0) return CLR_INTERNAL;
    if (move->txn.kind == CLR_KIND_ADJUST)
        return clr_toll_book_adjust(back->rules, &trade, &shares, move->negative ? -move->txn.amount_fen : move->txn.amount_fen, back->window, cells);
    CLR_TRY(begin_remaining(&shares, back->remaining));
    return clr_toll_book_refund(back->rules, &trade, &shares, back->remaining->fen, (enum clr_kind)move->txn.kind, move->txn.amount_fen,
                                back->window, cells);
}
