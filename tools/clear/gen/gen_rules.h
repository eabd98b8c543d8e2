/*
 * gen_rules.h: the generator's own reading of a rules folder: just enough to draw parties and to compute fees.
 *
 * Deliberately not the engine's reader: what the generator expects must not come from the code it is compared with.
 * It trusts the folder (the engine checks it): unknown columns are ignored, rows of other products, too.
 *
 * Owner     struct gen_rules owns its texts; free with gen_rules_free().
 * Threads   immutable after gen_rules_read().
 */
#ifndef CLEAR_GEN_RULES_H
#define CLEAR_GEN_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/status.h"
#include "model/terms.h"

#define GEN_NOBODY (-1)
#define GEN_FEE_NONE UINT16_MAX
#define GEN_DAY_OPEN INT32_MAX

struct gen_party {
    char *code, *region, *settles_via, *aliases;
    int role;                                 /* enum clr_role */
    clr_day from, to;
};

struct gen_card_rule {
    char *prefix;
    int format;                               /* −1 = any */
    unsigned length;                          /* 0 = any */
    char *issuer;
    clr_day from, to;
};

enum gen_fee_payer { GEN_FEE_ACQUIRER, GEN_FEE_ISSUER, GEN_FEE_THIRD };
enum gen_fee_base { GEN_FEE_ON_AMOUNT, GEN_FEE_ON_DISCOUNT, GEN_FEE_ON_COUNT };

struct gen_fee {
    int service, kind;                        /* −1 = any */
    char *issuer, *acquirer;                  /* code, NULL = any */
    enum gen_fee_payer payer;
    char *third;                              /* code of a third party that pays */
    enum gen_fee_base on;
    bool total, keep;
    int64_t rate_ppm, fixed_fen, min_fen, max_fen;
    int64_t issuer_share_ppm, centre_share_ppm;
    clr_day from, to;
};

struct gen_sender {
    char *name, *match;                       /* match: globs with blanks or ';' between them */
    int format;                               /* −1 = any */
    bool declared;                            /* window = declared */
    int counter_offset;
    bool unfit;                               /* yuan, GBK or waiting for TACs: files for it are not generated */
};

struct gen_stop {
    char *card;
    int64_t from, to;                         /* INT64_MIN, INT64_MAX = open */
};

struct gen_rules {
    struct gen_party *party;          size_t party_count;
    struct gen_card_rule *card;       size_t card_count;
    struct gen_fee *fee;              size_t fee_count;
    struct gen_sender *sender;        size_t sender_count;
    struct gen_stop *stop;            size_t stop_count;
    int64_t cut_off_s;                        /* of transit: seconds after midnight of the business date */
    int64_t late_days;
    int64_t amount_max_fen;                   /* INT64_MAX = none */
};

/** Read DIRECTORY. @return CLR_OK | CLR_USAGE (a file is missing or cannot be read) | CLR_FULL */
CLR_MUST_USE enum clr_status gen_rules_read(const char *directory, struct gen_rules *out, struct clr_fault *fault);
void gen_rules_free(struct gen_rules *rules);

/** Row of a participant valid on `day`, GEN_NOBODY if none. */
int gen_rules_party(const struct gen_rules *rules, const char *code, clr_day day);

/** Does `party` answer to the alias `format.field:value` (exactly, or by a prefix alias)? */
bool gen_rules_answers(const struct gen_party *party, enum clr_format format, const char *field, const char *value);

/**
 * Value of the party's first alias `format.field:…` into `value`; of a prefix alias the prefix without its `*`, and `*prefix` is true.
 * @return false when it has none.
 */
bool gen_rules_alias(const struct gen_party *party, enum clr_format format, const char *field, char *value, size_t size, bool *prefix);

/** Issuer's row by the longest matching prefix of cards.csv, GEN_NOBODY if none. */
int gen_rules_card_issuer(const struct gen_rules *rules, enum clr_format format, const char *number, clr_day day);

/** Most specific fee row: acquirer, then issuer, then service, then kind. */
uint16_t gen_rules_fee(const struct gen_rules *rules, int service, int kind, const char *issuer, const char *acquirer, clr_day day);

/** Code of the member through which a party settles on `day`. */
const char *gen_rules_member(const struct gen_rules *rules, const char *code, clr_day day);

/** The sender whose glob fits best (most literal characters; the first of equals), −1 if none. */
int gen_rules_sender(const struct gen_rules *rules, const char *name, enum clr_format format);

/** A whole text file into memory, ended by 0. `*out` NULL and CLR_OK when it does not exist. Free it. */
CLR_MUST_USE enum clr_status gen_rules_slurp(const char *directory, const char *name, char **out, size_t *size, struct clr_fault *fault);

#endif
