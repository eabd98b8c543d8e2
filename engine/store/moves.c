#include "store/moves.h"

#include <sodium.h>
#include <stddef.h>
#include <stdlib.h>

#include "store/pack.h"

/* ---- texts ---- */

#define X(name) offsetof(struct clr_move, name),
static const size_t texts[] = { CLR_MOVE_TEXTS(X) }, more_texts[] = { CLR_MOVE_MORE_TEXTS(X) };
#undef X
#define TEXTS (sizeof texts / sizeof *texts)
#define MORE_TEXTS (sizeof more_texts / sizeof *more_texts)

static size_t place_of(size_t i) { return i < TEXTS ? texts[i] : more_texts[i - TEXTS]; }

static const char *text_of(const struct clr_move *move, size_t i)
{
    const char *text;
    memcpy(&text, (const char *)move + place_of(i), sizeof text);
    return text != NULL ? text : "";
}

static void set_text(struct clr_move *move, size_t i, const char *text) { memcpy((char *)move + place_of(i), &text, sizeof text); }

enum clr_status clr_move_own_texts(struct clr_move *move)
{
    size_t size = 0;
    for (size_t i = 0; i < TEXTS + MORE_TEXTS; i++) size += strlen(text_of(move, i)) + 1;
    char *const all = malloc(size);
    if (all == NULL) return CLR_FULL;
    char *to = all;
    for (size_t i = 0; i < TEXTS + MORE_TEXTS; i++) {
        const size_t one = strlen(text_of(move, i)) + 1;
        memcpy(to, text_of(move, i), one);
        set_text(move, i, to);
        to += one;
    }
    move->text = all;
    return CLR_OK;
}

void clr_move_free(struct clr_move *move)
{
    if (move->text == NULL) return;
    free(move->text);
    move->text = NULL;
    for (size_t i = 0; i < TEXTS + MORE_TEXTS; i++) set_text(move, i, NULL);
}

/* ---- one move ---- */

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
    for (size_t i = 0; i < MORE_TEXTS; i++) clr_pack_text(pack, text_of(move, TEXTS + i));
}

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
    for (size_t i = 0; i < TEXTS; i++) clr_pack_text(pack, text_of(move, i));
    if (!clr_move_is_plain(move)) pack_more(pack, move);
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

/** A text, copied to `*to`, which moves on behind its NUL. */
static const char *unpack_text(struct clr_unpack *unpack, char **to)
{
    const uint32_t size = clr_unpack_u32(unpack);
    char *const text = *to;
    if (unpack->bad || size > unpack->size - unpack->at) unpack->bad = true;
    if (unpack->bad) return "";
    clr_unpack_bytes(unpack, text, size);
    text[size] = '\0';
    *to += (size_t)size + 1;
    return text;
}

static void unpack_more(struct clr_unpack *unpack, struct clr_move *out, char **to)
{
    struct clr_txn *const txn = &out->txn;
    out->format = clr_unpack_u8(unpack);
    txn->type = clr_unpack_u8(unpack);
    out->event = clr_unpack_u8(unpack);
    out->reply = clr_unpack_u8(unpack);
    txn->sam = clr_unpack_u64(unpack);
    txn->sam_serial = clr_unpack_u64(unpack);
    txn->counter = clr_unpack_u32(unpack);
    txn->tac = clr_unpack_u32(unpack);
    txn->balance_fen = clr_unpack_u32(unpack);
    out->trans_id = clr_unpack_u32(unpack);
    out->stated_count = clr_unpack_u32(unpack);
    out->stated_disputed = clr_unpack_u32(unpack);
    out->result = clr_unpack_u16(unpack);
    out->message_id = clr_unpack_u64(unpack);
    out->entered_at_s = (int64_t)clr_unpack_u64(unpack);
    for (size_t i = 0; i < MORE_TEXTS; i++) set_text(out, TEXTS + i, unpack_text(unpack, to));
    if (clr_move_is_plain(out)) unpack->bad = true;
}

enum clr_status clr_move_unpack(struct clr_bytes key, struct clr_bytes value, struct clr_move *out)
{
    struct clr_unpack unpack = clr_unpack_of(value);
    memset(out, 0, sizeof *out);
    if (key.size != 8) return CLR_DAMAGED;
    /* Each text is shorter than its part of the row by its size of 4 bytes, which the NUL may take. */
    out->text = malloc(value.size + 1);
    if (out->text == NULL) return CLR_FULL;
    char *to = out->text;
    out->record = clr_get_be64(key.data);
    unpack_txn(&unpack, out);
    out->txn.file = clr_record_id_admission(out->record);
    out->original = clr_unpack_u64(&unpack);
    out->format = CLR_FORMAT_MOVES;
    out->entered_at_s = CLR_TIME_NONE;
    for (size_t i = 0; i < TEXTS; i++) set_text(out, i, unpack_text(&unpack, &to));
    for (size_t i = 0; i < MORE_TEXTS; i++) set_text(out, TEXTS + i, "");
    if (!unpack.bad && unpack.at < value.size) unpack_more(&unpack, out, &to);
    if (!unpack.bad && unpack.at == value.size && out->txn.product < CLR_PRODUCT_COUNT && out->txn.kind < CLR_KIND_COUNT) return CLR_OK;
    clr_move_free(out);
    return CLR_DAMAGED;
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

/** Within one format: every field that says who owes what, as it was written. Where it came from (package, number) says nothing. */
static bool same_as_written(const struct clr_move *a, const struct clr_move *b)
{
    const struct clr_txn *const x = &a->txn, *const y = &b->txn;
    if (x->service != y->service || (x->flags ^ y->flags) & CLR_FLAG_HAS_PRICE || x->price_fen != y->price_fen) return false;
    if (!clr_token_equal(&x->card, &y->card) || strcmp(a->orig_id, b->orig_id) != 0) return false;
    if (strcmp(a->issuer_code, b->issuer_code) != 0 || strcmp(a->acquirer_code, b->acquirer_code) != 0) return false;
    if (x->kind == CLR_KIND_DECIDE && strcmp(a->reason, b->reason) != 0) return false;
    if (clr_move_is_plain(a)) return true;
    if (x->flags != y->flags || x->type != y->type || x->counter != y->counter || x->tac != y->tac || x->balance_fen != y->balance_fen) return false;
    if (x->sam != y->sam || x->sam_serial != y->sam_serial || a->entered_at_s != b->entered_at_s) return false;
    if (a->reply != b->reply || a->result != b->result || a->stated_count != b->stated_count || a->stated_disputed != b->stated_disputed) return false;
    return strcmp(a->pass_id, b->pass_id) == 0 && strcmp(a->units, b->units) == 0 && strcmp(a->charges, b->charges) == 0 &&
           strcmp(a->dues, b->dues) == 0 && strcmp(a->provinces, b->provinces) == 0 && strcmp(a->province_parts, b->province_parts) == 0 &&
           strcmp(a->station, b->station) == 0;
}

/** Between two formats: what both have. */
static bool same_where_both_have(const struct clr_move *a, const struct clr_move *b)
{
    static const struct clr_token none = { { 0 } };
    const struct clr_txn *const x = &a->txn, *const y = &b->txn;
    const unsigned both = x->flags & y->flags;
    const bool cards = !clr_token_equal(&x->card, &none) && !clr_token_equal(&y->card, &none);
    if (cards && !clr_token_equal(&x->card, &y->card)) return false;
    if (both & CLR_FLAG_HAS_TAC && x->tac != y->tac) return false;
    if (both & CLR_FLAG_HAS_BALANCE && x->balance_fen != y->balance_fen) return false;
    return a->entered_at_s == CLR_TIME_NONE || b->entered_at_s == CLR_TIME_NONE || a->entered_at_s == b->entered_at_s;
}

bool clr_move_same_content(const struct clr_move *a, const struct clr_move *b)
{
    const struct clr_txn *const x = &a->txn, *const y = &b->txn;
    if (x->product != y->product || x->kind != y->kind || a->event != b->event) return false;
    if (x->amount_fen != y->amount_fen || a->negative != b->negative || x->traded_at_s != y->traded_at_s) return false;
    return a->format == b->format ? same_as_written(a, b) : same_where_both_have(a, b);
}

bool clr_move_same_identity(const struct clr_move *a, const struct clr_move *b)
{
    if (clr_move_is_plain(a) != clr_move_is_plain(b) || strcmp(a->id, b->id) != 0) return false;
    return clr_move_is_plain(a) || a->txn.product == b->txn.product;
}

/** The NULs behind purpose and scope keep ("ab", "c") and ("a", "bc") apart. These calls fail only for sizes they do not know. */
static void identity_of(const uint8_t key[CLR_STORE_KEY_SIZE], const char *purpose, const char *scope, const char *id, uint8_t token[16])
{
    crypto_generichash_state hash;
    int bad = crypto_generichash_init(&hash, key, CLR_STORE_KEY_SIZE, 16);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)purpose, strlen(purpose) + 1);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)scope, strlen(scope) + 1);
    bad |= crypto_generichash_update(&hash, (const unsigned char *)id, strlen(id));
    bad |= crypto_generichash_final(&hash, token, 16);
    CLR_ASSERT(bad == 0);
}

void clr_move_identity_in(const uint8_t key[CLR_STORE_KEY_SIZE], enum clr_product product, const char *id, uint8_t token[16])
{
    identity_of(key, "clear product identity", clr_product_term((unsigned)product).name, id, token);
}

void clr_move_identity(const uint8_t key[CLR_STORE_KEY_SIZE], const char *sender, const struct clr_move *move, uint8_t token[16])
{
    if (clr_move_is_plain(move)) identity_of(key, "clear move identity", sender, move->id, token);
    else clr_move_identity_in(key, (enum clr_product)move->txn.product, move->id, token);
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
    return unpack.bad || (value.size - unpack.at) % 8 != 0 ? CLR_DAMAGED : CLR_OK;      /* shares may follow: store/remaining.h */
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
