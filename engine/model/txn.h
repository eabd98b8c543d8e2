/*
 * txn.h: the canonical record: what every format becomes, and all that later stages know.
 *
 *   off size meaning
 *     0    8  hash: placement. Top 12 bits from the card (from the identity when there is none), the other
 *             52 from the lookup key; under a secret seed; never part of a result
 *     8   16  card token (base/token.h)
 *    24    8  sam: PSAM terminal number as a decimal number; open data: device number
 *    32    8  sam_serial: the PSAM's transaction serial; open data: 0
 *    40    8  amount_fen: charged, absolute; 0 where it could not be read
 *    48    8  price_fen: price before discount; = amount where the format has none
 *    56    8  reasons: bit set of model/terms.h, notes in the high bits
 *    64    8  traded_at_s: seconds since 1970 UTC
 *    72    4  balance_fen: card balance before the trade (u32: account cards count down from 2^32)
 *    76    4  counter: card offline counter, normalised by the sender's counter_offset
 *    80    4  tac
 *    84    4  issuer: party reference (below)
 *    88    4  acquirer: party reference
 *    92    4  window: business date it falls into (days since 1970)
 *    96    4  file: ordinal of its file in the batch
 *   100    4  block: ordinal of its block in the batch
 *   104    4  index: 0-based number in the block; record number = block base + index + 1
 *   108    1  product     109 1 kind     110 1 service     111 1 type: transaction type as read (6, 9; open data: 1 entry 2 exit 3 bus)
 *   112    2  flags (below)
 *   114    2  detail: field number << 8 | rule number of the first malformed field, 0 if none
 *   116    4  trade_day: business-zone day of traded_at_s
 *   120    8  link: for a duplicate or conflict, the record it repeats (clr_record_id), 0 if none
 *
 * A party reference is 0 (no code given), a store-wide party id 1..0x7FFFFFFF (store/parties.h), or
 * CLR_PARTY_UNKNOWN | id of the unknown code as it was read (store/parties.h keeps the text, so that a
 * later rules version can resolve it).
 *
 * Records by kind say the direction, never the sign: amount_fen >= 0.
 * Threads   plain data.
 */
#ifndef CLR_MODEL_TXN_H
#define CLR_MODEL_TXN_H

#include <assert.h>
#include <stdint.h>

#include "base/day.h"
#include "base/money.h"
#include "base/token.h"
#include "model/terms.h"

typedef uint32_t clr_party;                    /* party reference */
#define CLR_PARTY_NONE 0u
#define CLR_PARTY_UNKNOWN 0x80000000u

static inline bool clr_party_is_known(clr_party party) { return party != 0 && !(party & CLR_PARTY_UNKNOWN); }

/* Flags. HAS_* say that the record carries the field; content is compared only where both records have it. */
#define CLR_FLAG_OPEN        0x0001            /* open data: no counter, no SAM serial; identity = card, time, device, type */
#define CLR_FLAG_GRAY        0x0002
#define CLR_FLAG_LOCK        0x0004
#define CLR_FLAG_BONUS       0x0008            /* local bonus purse */
#define CLR_FLAG_MONTHLY     0x0010            /* monthly, quarterly or yearly pass (xf monthly type is not 00) */
#define CLR_FLAG_TRANSFER    0x0020            /* interchange or transfer discount applied */
#define CLR_FLAG_HAS_PRICE   0x0040
#define CLR_FLAG_HAS_BALANCE 0x0080
#define CLR_FLAG_HAS_TAC     0x0100            /* a TAC was given that is none of the "no TAC" constants */
#define CLR_FLAG_HAS_GRAY    0x0200            /* the format has a gray flag */
#define CLR_FLAG_HAS_PURSE   0x0400            /* the format has the bonus-purse and lock fields */
#define CLR_FLAG_HAS_MONTHLY 0x0800            /* the format has the monthly field */
#define CLR_FLAG_AT_STATION  0x1000            /* toll: paid at the exit station by cash or phone, not by the card's issuer */
#define CLR_FLAG_LISTS_ONLY  0x2000            /* toll: the total is 0 but the unit lists are not: taken as 0, and shown */

struct clr_txn {
    uint64_t hash;
    struct clr_token card;
    uint64_t sam;
    uint64_t sam_serial;
    clr_fen amount_fen;
    clr_fen price_fen;
    uint64_t reasons;
    int64_t traded_at_s;
    uint32_t balance_fen;
    uint32_t counter;
    uint32_t tac;
    clr_party issuer;
    clr_party acquirer;
    clr_day window;
    uint32_t file;
    uint32_t block;
    uint32_t index;
    uint8_t product;
    uint8_t kind;
    uint8_t service;
    uint8_t type;
    uint16_t flags;
    uint16_t detail;
    clr_day trade_day;
    uint64_t link;
};
static_assert(sizeof(struct clr_txn) == 128, "two cache lines");

/*
 * A record id is (admission number, record number): bits 63..36 the admission (28 bits), bits 35..0 the 1-based
 * record number. Its order is the canonical order. As text: "r<admission>-<number>".
 */
typedef uint64_t clr_record_id;
#define CLR_ADMISSION_MAX ((UINT32_C(1) << 28) - 1)
#define CLR_RECORD_NUMBER_MAX ((UINT64_C(1) << 36) - 1)

static inline clr_record_id clr_record_id_of(uint32_t admission, uint64_t number) { return (uint64_t)admission << 36 | number; }
static inline uint32_t clr_record_id_admission(clr_record_id id) { return (uint32_t)(id >> 36); }
static inline uint64_t clr_record_id_number(clr_record_id id) { return id & CLR_RECORD_NUMBER_MAX; }

/** "r7-123" into `text`; "" for 0. @return `text`. */
#define CLR_RECORD_ID_TEXT_SIZE 32
const char *clr_record_id_text(clr_record_id id, char text[CLR_RECORD_ID_TEXT_SIZE]);

/** 0 when `text` is not a record id. */
clr_record_id clr_record_id_parse(struct clr_bytes text);

#endif
