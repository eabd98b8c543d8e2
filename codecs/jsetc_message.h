/*
 * jsetc_message.h: the messages of the Jiangsu ETC interface as plain structs: what jsetc_read.h's texts mean, and what jsetc_write.h writes.
 *
 * Units     money in fen; whether the message has yuan or fen in its texts is said by the caller, never guessed. Times are seconds since 1970 UTC.
 * Ids       of participants are hexadecimal numbers: 0x20, 0xFD. Their normal form as text is upper case without leading zeros.
 * Errors    a field that cannot be read leaves its value at 0 (none) and a rule number in `bad`: the first one in the order of the fields.
 *           The bits of `has` say which fields were given and could be read.
 * Threads   pure.
 * Source    format notes, etc 1.2 to 1.4.
 */
#ifndef CLR_CODECS_JSETC_MESSAGE_H
#define CLR_CODECS_JSETC_MESSAGE_H

#include "fields.h"
#include "jsetc_read.h"

/** The first field that breaks a rule; 0: none. */
struct clr_jsetc_bad {
    uint8_t field, rule;
    bool any;
};

/** Header and the body's own fields; which of them a variant has: jsetc_schema.c. */
struct clr_jsetc_message {
    enum clr_jsetc_variant variant;
    uint32_t version;                       /* 0x00010000, 0x00020000 */
    uint8_t message_class, message_type, content;
    uint64_t sender, receiver, header_id;
    clr_day target;                         /* clearing date; CLR_DAY_NONE: none, or zeros in a confirmation */
    uint64_t operator_id, provider, issuer;
    uint64_t message_id;                    /* of the package, or of the message confirmed */
    uint64_t file_id;
    int64_t processed_at_s;                 /* CLR_TIME_NONE: none */
    uint32_t result, count, disputed;
    clr_fen amount_fen;
    bool amount_negative;                   /* never in a message of ours */
    bool swapped;                           /* provider and issuer stood in each other's place; here they are put right */
    uint64_t has;
    struct clr_jsetc_bad bad;
};

/** A package in a dispute result, refund or clearing totals. */
struct clr_jsetc_list {
    uint64_t provider, message_id;
    uint32_t count, messages, files;        /* as stated */
    clr_fen amount_fen;
    uint64_t has;
    struct clr_jsetc_bad bad;
};

/** A record of a reply: disputed, resolved or refunded; a package or a dispute file of clearing totals. */
struct clr_jsetc_line {
    uint32_t trans_id, result;
    clr_fen amount_fen;                     /* refunded */
    uint64_t message_id, file_id;           /* of clearing totals; both 0: the empty element of an empty List */
    bool amount_negative;
    uint64_t has;
    struct clr_jsetc_bad bad;
};

/** The eleven parts of Detail. Texts are as written. */
struct clr_jsetc_detail {
    struct clr_bytes vehicle_class, exit_type, exit_network, exit_plaza, exit_lane, entry_type, entry_network, entry_plaza, entry_lane;
    int64_t exited_at_s, entered_at_s;      /* CLR_TIME_NONE: none */
};

/**
 * CustomizedData: the 38 bytes that the card and its terminal made, as hexadecimal digits.
 *
 *   byte len field
 *     0   4  TAC
 *     4   4  amount, fen
 *     8   1  transaction type
 *     9   6  terminal
 *    15   4  terminal transaction counter
 *    19   7  time, BCD yyyymmddhhmmss
 *    26   2  reserved
 *    28   4  balance after, fen
 *    32   4  balance before, fen
 *    36   2  card transaction counter
 */
#define CLR_JSETC_CUSTOMIZED_SIZE 38
struct clr_jsetc_customized {
    uint32_t tac, amount_fen, terminal_counter, after_fen, before_fen;
    uint64_t terminal;
    uint16_t card_counter, reserved;
    uint8_t type;
    int64_t time_s;                         /* CLR_TIME_NONE: no such time */
};

/** An original transaction. Texts point where struct clr_jsetc_texts says. */
struct clr_jsetc_transaction {
    uint32_t trans_id;
    int64_t time_s;
    clr_fen fee_fen;                        /* absolute */
    bool fee_negative, time_impossible, detail_impossible;
    bool tac_blank;                         /* empty, or a constant that stands for none */
    uint8_t service_type, card_type, type, algorithm;      /* type: transaction type; algorithm 0: not said */
    uint16_t card_counter;                  /* TransNo; CustomizedData's where that is not given */
    uint16_t obu_state, vehicle_type;
    uint32_t before_fen, after_fen, tac, terminal_counter;
    uint64_t terminal, obu_id;
    uint8_t obu_digits;                     /* that obu_id is written with: 12 or 16, 0: none */
    struct clr_bytes network, card;         /* 4 and 16 hexadecimal digits */
    struct clr_bytes card_plate, obu_network, obu_plate, description, detail_text, outer_id, name, park_time;
    struct clr_jsetc_detail detail;
    struct clr_jsetc_customized customized;
    uint64_t has;
    uint64_t disagrees;                     /* fields that say something else than CustomizedData does */
    struct clr_jsetc_bad bad;
};

void clr_jsetc_message_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_message *out);
void clr_jsetc_list_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_list *out);
void clr_jsetc_line_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_line *out);
void clr_jsetc_transaction_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_reader *reader, struct clr_jsetc_transaction *out);

/** Normal form of a participant's id. @return its bytes, 0 for id 0 */
#define CLR_JSETC_ID_SIZE 20
size_t clr_jsetc_id_text(uint64_t id, char text[CLR_JSETC_ID_SIZE]);

#endif
