#include "store/moves.h"

#include <sodium.h>
#include <stdlib.h>

#include "store/pack.h"

/* ---- one move ---- */

static void pack_move(struct clr_pack *pack, const struct clr_move *move)
{
    const struct clr_txn *const txn = &move->txn;
    clr_pack_bytes(pack, txn->card.byte, sizeof txn->card.byte);
    clr_pack_u64(pack, (uint64_t)txn->amount_fen);
    clr_pack_u64(pack, (uint64_t)txn->price_fen);
    clr_pack_u64(pack, txn->reasons);
    clr_pack_u64(pack, (uint64_t)txn->traded_at_s);
    clr_pack_u64(pack, txn->link);
    clr_pack_u32(pack, txn->issuer);
    clr_pack_u32(pack, txn->acquirer);
    clr_pack_u32(pack, (uint32_t)txn->window);
    clr_pack_u8(pack, txn->product);
    clr_pack_u8(pack, txn->kind);
    clr_pack_u8(pack, txn->service);
    clr_pack_u8(pack, move->negative);
    clr_pack_u16(pack, txn->flags);
    clr_pack_u16(pack, txn->detail);
    clr_pack_u64(pack, move->original);
    clr_pack_text(pack, move->id);
    clr_pack_text(pack, move->orig_id);
    clr_pack_text(pack, move->issuer_code);
    clr_pack_text(pack, move->acquirer_code);
    clr_pack_text(pack, move->reason);
    clr_pack_text(pack, move->note);
}

static void unpack_txn(struct clr_unpack *unpack, struct clr_move *out)
{
    struct clr_txn *const txn = &out->txn;
    clr_unpack_bytes(unpack, txn->card.byte, sizeof txn->card.byte);
    txn->amount_fen = (clr_fen)clr_unpack_u64(unpack);
    txn->price_fen = (clr_fen)clr_unpack_u64(unpack);
    txn->reasons = clr_unpack_u64(unpack);
    txn->traded_at_s = (int64_t)clr_unpack_u64(unpack);
    txn->link = clr_unpack_u64(unpack);
    txn->issuer = clr_unpack_u32(unpack);
    txn->acquirer = clr_unpack_u32(unpack);
    txn->window = (clr_day)clr_unpack_u32(unpack);
    txn->product = clr_unpack_u8(unpack);
    txn->kind = clr_unpack_u8(unpack);
    txn->service = clr_unpack_u8(unpack);
    out->negative = clr_unpack_u8(unpack) != 0;
    txn->flags = clr_unpack_u16(unpack);
    txn->detail = clr_unpack_u16(unpack);
    txn->trade_day = txn->traded_at_s == CLR_TIME_NONE ? CLR_DAY_NONE : clr_day_of_time(txn->traded_at_s);
}

enum clr_status clr_move_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_move *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 8) return CLR_DAMAGED;
    out->record = clr_get_be64(key.data);
    unpack_txn(&unpack, out);
    out->txn.file = clr_record_id_admission(out->record);
    out->original = clr_unpack_u64(&unpack);
    out->id = clr_unpack_text(&unpack);
    out->orig_id = clr_unpack_text(&unpack);
    out->issuer_code = clr_unpack_text(&unpack);
    out->acquirer_code = clr_unpack_text(&unpack);
    out->reason = clr_unpack_text(&unpack);
    out->note = clr_unpack_text(&unpack);
    if (!unpack.bad && unpack.at == value.size && out->txn.product < CLR_PRODUCT_COUNT && out->txn.kind < CLR_KIND_COUNT) return CLR_OK;
    clr_move_free(out);
    return CLR_DAMAGED;
}

void clr_move_free(struct clr_move *move)
{
    free(move->id);
    free(move->orig_id);
    free(move->issuer_code);
    free(move->acquirer_code);
    free(move->reason);
    free(move->note);
    move->id = move->orig_id = move->issuer_code = move->acquirer_code = move->reason = move->note = NULL;
}

enum clr_status clr_move_put(struct clr_tx *tx, const struct clr_move *move, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_pack pack = { 0 };
    clr_put_be64(key, move->record);
    pack_move(&pack, move);
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_move, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}

enum clr_status clr_move_get(struct clr_tx *tx, clr_record_id record, struct clr_move *out, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    clr_put_be64(key, record);
    CLR_TRY(clr_tx_get(tx, CLR_TABLE_move, key, sizeof key, &value, fault));
    return clr_move_unpack(clr_bytes_of(key, sizeof key), value, out);
}

/* ---- identity and content ---- */

bool clr_move_same_content(const struct clr_move *a, const struct clr_move *b)
{
    const struct clr_txn *const x = &a->txn, *const y = &b->txn;
    if (x->product != y->product || x->kind != y->kind || x->service != y->service) return false;
    if (x->amount_fen != y->amount_fen || a->negative != b->negative || x->traded_at_s != y->traded_at_s) return false;
    if ((x->flags ^ y->flags) & CLR_FLAG_HAS_PRICE || x->price_fen != y->price_fen || !clr_token_equal(&x->card, &y->card)) return false;
    if (strcmp(a->orig_id, b->orig_id) != 0 || strcmp(a->issuer_code, b->issuer_code) != 0 ||
        strcmp(a->acquirer_code, b->acquirer_code) != 0)
        return false;
    return x->kind != CLR_KIND_DECIDE || strcmp(a->reason, b->reason) == 0;
}

void clr_move_identity(const uint8_t key[CLR_STORE_KEY_SIZE], const char *sender, const char *id, uint8_t token[16])
{
    static const char purpose[] = "clear move identity";
    crypto_generichash_state hash;
    /* The NULs behind purpose and sender keep ("ab", "c") and ("a", "bc") apart. These calls fail only for sizes they do not know. */
    int bad = crypto_generichash_init(&hash, key, CLR_STORE_KEY_SIZE, 16);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)purpose, sizeof purpose);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)sender, strlen(sender) + 1);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)id, strlen(id));
    bad |= crypto_generichash_final(&hash, token, 16);
    CLR_ASSERT(bad == 0);
}

enum clr_status clr_move_identity_put(struct clr_tx *tx, const uint8_t token[16], clr_record_id record, struct clr_fault *fault)
{
    uint8_t key[24];
    memcpy(key, token, 16);
    clr_put_be64(key + 16, record);
    return clr_tx_put(tx, CLR_TABLE_mvid, key, sizeof key, "", 0, fault);
}

enum clr_status clr_move_identity_list(struct clr_tx *tx, const uint8_t token[16], size_t max, clr_record_id **out, size_t *count,
                                       struct clr_fault *fault)
{
    struct clr_scan scan;
    struct clr_bytes key, value;
    size_t capacity = 0;
    enum clr_status status;

    *out = NULL;
    *count = 0;
    CLR_TRY(clr_scan_open(tx, CLR_TABLE_mvid, token, 16, &scan, fault));
    while ((status = *count < max ? clr_scan_next(&scan, &key, &value, fault) : CLR_NOT_FOUND) == CLR_OK) {
        if (key.size != 24) status = CLR_DAMAGED;
        if (status == CLR_OK && *count == capacity) {
            capacity = capacity * 2 + 8;
            clr_record_id *const grown = realloc(*out, capacity * sizeof *grown);
            if (grown == NULL) status = CLR_FULL;
            else *out = grown;
        }
        if (status != CLR_OK) break;
        (*out)[(*count)++] = clr_get_be64(key.data + 16);
    }
    clr_scan_close(&scan);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    free(*out);
    *out = NULL;
    *count = 0;
    return status;
}

/* ---- what was given back ---- */

enum clr_status clr_refunded_get(struct clr_tx *tx, clr_record_id original, struct clr_refunded *out, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    memset(out, 0, sizeof *out);
    clr_put_be64(key, original);
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_mvref, key, sizeof key, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    struct clr_unpack unpack = clr_unpack_of(value);
    out->refunded_fen = (clr_fen)clr_unpack_u64(&unpack);
    out->count = clr_unpack_u32(&unpack);
    out->reversed = clr_unpack_u8(&unpack) != 0;
    return unpack.bad || unpack.at != value.size ? CLR_DAMAGED : CLR_OK;
}

enum clr_status clr_refunded_put(struct clr_tx *tx, clr_record_id original, const struct clr_refunded *refunded, struct clr_fault *fault)
{
    uint8_t key[8], value[13];
    clr_put_be64(key, original);
    memcpy(value, &refunded->refunded_fen, 8);
    memcpy(value + 8, &refunded->count, 4);
    value[12] = refunded->reversed;
    return clr_tx_put(tx, CLR_TABLE_mvref, key, sizeof key, value, sizeof value, fault);
}
