#include "store/remaining.h"

#include <stdlib.h>

#include "store/pack.h"

enum clr_status clr_remaining_get(struct clr_tx *tx, clr_record_id original, struct clr_remaining *out, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_bytes value;
    *out = (struct clr_remaining){ NULL, 0 };
    clr_put_be64(key, original);
    const enum clr_status status = clr_tx_get(tx, CLR_TABLE_mvref, key, sizeof key, &value, fault);
    if (status == CLR_NOT_FOUND) return CLR_OK;
    CLR_TRY(status);
    if (value.size < CLR_REFUNDED_SIZE || (value.size - CLR_REFUNDED_SIZE) % 8 != 0) return CLR_DAMAGED;
    out->count = (value.size - CLR_REFUNDED_SIZE) / 8;
    if (out->count == 0) return CLR_OK;
    out->fen = malloc(out->count * sizeof *out->fen);
    if (out->fen == NULL) return CLR_FULL;
    memcpy(out->fen, value.data + CLR_REFUNDED_SIZE, out->count * sizeof *out->fen);
    return CLR_OK;
}

void clr_remaining_free(struct clr_remaining *remaining)
{
    free(remaining->fen);
    *remaining = (struct clr_remaining){ NULL, 0 };
}

enum clr_status clr_remaining_put(struct clr_tx *tx, clr_record_id original, const struct clr_refunded *refunded,
                                  const struct clr_remaining *remaining, struct clr_fault *fault)
{
    uint8_t key[8];
    struct clr_pack pack = { 0 };
    clr_put_be64(key, original);
    clr_pack_u64(&pack, (uint64_t)refunded->refunded_fen);
    clr_pack_u32(&pack, refunded->count);
    clr_pack_u8(&pack, refunded->reversed);
    for (size_t i = 0; i < remaining->count; i++) clr_pack_u64(&pack, (uint64_t)remaining->fen[i]);
    const enum clr_status status = pack.bad ? CLR_FULL : clr_tx_put(tx, CLR_TABLE_mvref, key, sizeof key, pack.data, pack.size, fault);
    clr_pack_free(&pack);
    return status;
}
