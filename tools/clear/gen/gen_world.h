/*
 * gen_world.h: the made-up world that files come from: issuers with their cards, operators with their terminals, senders.
 *
 * Cards     numbers 0 .. card_count − 1, in one stretch an issuer; the last ones of a stretch are on the stop list when --stop asks for it.
 * State     a card knows its counter, balance and last trade; a terminal its serial. Nothing else is remembered of a trade.
 * Owner     struct gen_world owns everything; free with gen_world_free(). Parties are rows of the rules it was made from.
 * Threads   one.
 */
#ifndef CLEAR_GEN_WORLD_H
#define CLEAR_GEN_WORLD_H

#include "gen.h"
#include "gen_random.h"
#include "gen_rules.h"

#define GEN_CARD_TEXT_SIZE 32
#define GEN_UNIT_SIZE 64
#define GEN_NAME_SIZE 96

enum { GEN_CARD_STOPPED = 1, GEN_CARD_AVOIDED = 2, GEN_CARD_INSIDE = 4, GEN_CARD_STUDENT = 8 };

struct gen_card {
    uint32_t balance_fen;
    int32_t last_s;                           /* of the last trade, seconds after 00:00 of the date */
    uint16_t counter;                         /* of the next trade */
    uint8_t flags;
};

struct gen_issuer {
    int party;
    char prefix[24];                          /* of its card numbers */
    unsigned digits;                          /* of a card number after the prefix */
    char city[8];                             /* city of card, "" if it has none */
    uint64_t space;                           /* how many different numbers it has */
    uint64_t offset;                          /* of the first card in them */
    uint64_t first, count;                    /* its cards */
    uint64_t stopped;                         /* the last of them, on the stop list */
};

struct gen_operator {
    int party;
    char unit[GEN_UNIT_SIZE];                 /* unit, merchant or company as records name it */
    char city[8];                             /* city of transaction */
    bool city_known;                          /* the city alone names this operator */
    uint8_t service;                          /* enum clr_service */
    unsigned home;                            /* index of the issuer of its region */
    unsigned source;                          /* index of the sender that uploads for it */
    uint32_t terminal_first, terminal_count;
};

/* What one sender sends: files in time order. */
struct gen_source {
    int sender;                               /* row of the rules */
    char stem[GEN_NAME_SIZE];                 /* of the file names, with the serial number left out */
    char tail[GEN_NAME_SIZE];                 /* what follows the serial */
    unsigned serial_width;
    unsigned industry;                        /* xf: of the header and the name */
    uint32_t *operators;  unsigned operator_count;
    uint32_t *weight;                         /* running sums over its operators */
    unsigned files;                           /* how many it sends */
};

struct gen_world {
    const struct gen_options *options;
    const struct gen_rules *rules;
    clr_day date, window, stamp_day;          /* window: of receipt */
    int64_t stamp_s;
    struct gen_issuer *issuer;      size_t issuer_count;
    struct gen_operator *operator;  size_t operator_count;
    struct gen_source *source;      size_t source_count;
    struct gen_card *card;          uint64_t card_count;
    uint32_t *serial;               uint32_t terminal_count;
    int moves_sender;                         /* row of the rules for the additional moves file, −1 if not wanted */
};

/** Build the world that `options` ask for. @return CLR_OK | CLR_USAGE (the rules do not have what the format needs) | CLR_FULL */
CLR_MUST_USE enum clr_status gen_world_make(const struct gen_options *options, const struct gen_rules *rules, struct gen_random *random,
                                            struct gen_world *out, struct clr_fault *fault);
void gen_world_free(struct gen_world *world);

/** Issuer of a card. */
const struct gen_issuer *gen_world_issuer(const struct gen_world *world, uint64_t card);

/** The card's number as records of the format print it: digits, or letters in open data. @return `text`. */
const char *gen_world_card_text(const struct gen_world *world, uint64_t card, char text[GEN_CARD_TEXT_SIZE]);

/** A card number that no prefix and no alias of the rules knows; `ordinal` makes it unique. @return `text`. */
const char *gen_world_unknown_card(const struct gen_world *world, uint64_t ordinal, char text[GEN_CARD_TEXT_SIZE]);

/** Append the stopped cards to `directory`/status_list.csv. @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status gen_world_write_stops(const struct gen_world *world, const char *directory, struct clr_fault *fault);


static inline bool gen_format_is_open(enum clr_format format) { return format == CLR_FORMAT_SZT_CSV || format == CLR_FORMAT_SZT_JSON; }
static inline bool gen_format_is_xf(enum clr_format format) { return format == CLR_FORMAT_XF158 || format == CLR_FORMAT_XF160; }

/** A code (unit, merchant or company) that no participant answers to. @return `text`. */
const char *gen_world_unknown_unit(const struct gen_world *world, char text[GEN_UNIT_SIZE]);

#endif
