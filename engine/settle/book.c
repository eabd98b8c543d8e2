#include "settle/book_toll.h"

/* ---- what is paid ---- */

static struct clr_trade trade_of(const struct clr_booking *booking)
{
    const struct clr_txn *const txn = booking->txn;
    return (struct clr_trade){
        .product = (enum clr_product)txn->product,
        .kind = (enum clr_kind)txn->kind,
        .service = (enum clr_service)txn->service,
        .flags = txn->flags,
        .issuer = booking->issuer,
        .acquirer = booking->acquirer,
        .issuer_index = booking->issuer_index,
        .acquirer_index = booking->acquirer_index,
        .amount_fen = txn->amount_fen,
        .price_fen = txn->price_fen,
        .trade_day = txn->trade_day,
        .window = booking->window,
    };
}

/** One payer and one payee, both known. */
static bool is_plain(const struct clr_booking *booking) { return booking->issuer_index >= 0 && booking->acquirer_index >= 0; }

/** Nothing says how an amount is split that has no single payer or payee. */
static uint64_t unsplit(const struct clr_booking *booking)
{
    const bool unasked = booking->issuer == CLR_PARTY_NONE || booking->acquirer == CLR_PARTY_NONE;
    return unasked && booking->txn->amount_fen > 0 ? CLR_REASON_MASK(SPLIT_INCOMPLETE) : 0;
}

uint64_t clr_book_reasons(const struct clr_booking *booking)
{
    return clr_move_is_split(booking->move) ? clr_book_toll_reasons(booking, false) : unsplit(booking);
}

uint64_t clr_book_refusal(const struct clr_booking *booking)
{
    return clr_move_is_split(booking->move) ? clr_book_toll_reasons(booking, true) : unsplit(booking);
}

enum clr_status clr_book(const struct clr_booking *booking, struct clr_cells *cells)
{
    const struct clr_trade trade = trade_of(booking);
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    if (clr_move_is_split(booking->move)) return clr_book_toll(booking, cells);
    if (!is_plain(booking)) return CLR_OK;                   /* 0 fen: nothing to split */
    CLR_TRY(clr_obligation_of(booking->rules, &trade, &key, &sum, &booked));
    return booked ? clr_cells_add(cells, &key, &sum, 1) : CLR_OK;
}

/* ---- what is given back ---- */

/** Of an original with several payees, which its own texts name. @param[out] split  it is one */
static enum clr_status book_split_back(const struct clr_giving_back *back, struct clr_cells *cells, bool *split)
{
    struct clr_move original;
    *split = false;
    if (back->trade->product != CLR_PRODUCT_TOLL || back->trade->kind != CLR_KIND_PURCHASE) return CLR_OK;
    enum clr_status status = clr_move_get(back->tx, back->original, &original, NULL);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    *split = clr_move_is_split(&original);
    if (*split) status = clr_book_toll_back(back, &original, cells);
    clr_move_free(&original);
    return status;
}

enum clr_status clr_book_back(const struct clr_giving_back *back, struct clr_cells *cells)
{
    const struct clr_move *const move = back->move;
    struct clr_cell_key key;
    struct clr_cell_sum sum;
    bool booked;
    CLR_TRY(book_split_back(back, cells, &booked));
    if (booked) return CLR_OK;
    if (back->trade->issuer == CLR_PARTY_NONE || back->trade->acquirer == CLR_PARTY_NONE) return CLR_OK;      /* of 0 fen, as in clr_book() */
    if (move->txn.kind == CLR_KIND_ADJUST)
        CLR_TRY(clr_adjust_of(back->rules, back->trade, move->negative ? -move->txn.amount_fen : move->txn.amount_fen, back->window, &key, &sum,
                              &booked));
    else
        CLR_TRY(clr_refund_of(back->rules, back->trade, (enum clr_kind)move->txn.kind, back->refunded_fen, move->txn.amount_fen, back->window,
                              &key, &sum, &booked));
    return booked ? clr_cells_add(cells, &key, &sum, 1) : CLR_OK;
}
