/* What a store's digest says of its moves: every judged field, in canonical order. Bytes and cards are covered by the files' digests. */
#include <openssl/evp.h>
#include <stdlib.h>

#include "store/moves.h"
#include "store/pack.h"
#include "store/store.h"

/** What moves of other formats than the moves CSV have beside that. */
static void pack_more(struct clr_pack *pack, const struct clr_move *move)
{
    const struct clr_txn *const txn = &move->txn;
    clr_pack_u8(pack, move->format);
    clr_pack_u8(pack, txn->type);
    clr_pack_u8(pack, move->event);
    clr_pack_u8(pack, move->reply);
    clr_pack_u64(pack, txn->sam);
    clr_pack_u64(pack, txn->sam_serial);
    clr_pack_u32(pack, txn->counter);
    clr_pack_u32(pack, txn->tac);
    clr_pack_u32(pack, txn->balance_fen);
    clr_pack_u32(pack, move->trans_id);
    clr_pack_u32(pack, move->stated_count);
    clr_pack_u32(pack, move->stated_disputed);
    clr_pack_u16(pack, move->result);
    clr_pack_u64(pack, move->message_id);
    clr_pack_u64(pack, (uint64_t)move->entered_at_s);
#define X(name) clr_pack_text(pack, move->name);
    CLR_MOVE_MORE_TEXTS(X)
#undef X
}

static void pack_leaf(struct clr_pack *pack, const struct clr_store *store, const struct clr_move *move)
{
    const struct clr_txn *const txn = &move->txn;
    clr_pack_u64(pack, move->record);
    clr_pack_u64(pack, txn->reasons);
    clr_pack_u64(pack, (uint64_t)txn->amount_fen);
    clr_pack_u64(pack, (uint64_t)txn->price_fen);
    clr_pack_u64(pack, (uint64_t)txn->traded_at_s);
    clr_pack_u64(pack, txn->link);
    clr_pack_u64(pack, move->original);
    clr_pack_u32(pack, (uint32_t)txn->window);
    clr_pack_u8(pack, txn->product);
    clr_pack_u8(pack, txn->kind);
    clr_pack_u8(pack, txn->service);
    clr_pack_u8(pack, move->negative);
    clr_pack_u16(pack, txn->flags);
    clr_pack_u16(pack, txn->detail);
    clr_pack_text(pack, clr_party_text(&store->parties, txn->issuer));
    clr_pack_text(pack, clr_party_text(&store->parties, txn->acquirer));
    clr_pack_text(pack, move->id);
    clr_pack_text(pack, move->orig_id);
    clr_pack_text(pack, move->issuer_code);
    clr_pack_text(pack, move->acquirer_code);
    clr_pack_text(pack, move->reason);
    clr_pack_text(pack, move->note);
    if (!clr_move_is_plain(move)) pack_more(pack, move);
}

static enum clr_status hash_move(const struct clr_store *store, const struct clr_move *move, struct evp_md_ctx_st *context)
{
    struct clr_pack pack = { 0 };
    pack_leaf(&pack, store, move);
    enum clr_status status = pack.bad ? CLR_FULL : CLR_OK;
    const uint64_t size = pack.size;
    if (status == CLR_OK && (EVP_DigestUpdate(context, &size, sizeof size) != 1 || EVP_DigestUpdate(context, pack.data, pack.size) != 1))
        status = CLR_INTERNAL;
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_moves_digest(const struct clr_store *store, struct clr_tx *tx, struct evp_md_ctx_st *context, struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    enum clr_status status;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_move, NULL, 0, &scan, fault));
    while ((status = clr_scan_next(&scan, &key, &value, fault)) == CLR_OK) {
        struct clr_move move;
        status = clr_move_unpack(key, value, &move);
        if (status != CLR_OK) break;
        status = hash_move(store, &move, context);
        clr_move_free(&move);
        if (status != CLR_OK) break;
    }
    clr_scan_close(&scan);
    return status == CLR_NOT_FOUND ? CLR_OK : status;
}
